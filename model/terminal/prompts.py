"""Questions in a terminal, answered with a line each."""

from __future__ import annotations

import sys
import textwrap

from model.terminal.output import say
from model.terminal.plain_text import one_line

#: Columns of the text around questions, as terminals have at least.
WIDTH = 78


def answerable() -> bool:
    """Whether somebody can answer: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str) -> str:
    """Ask a question and return the line typed, without blanks around it.

    Raises
    ------
    EOFError
        If no more will be typed.
    """
    while True:
        try:
            sys.stdout.write(one_line(question))
            sys.stdout.flush()
            return input().strip()
        except UnicodeDecodeError:
            say("That is no text in this terminal's encoding; type it again.")
        except (EOFError, KeyboardInterrupt):
            say()  # what follows begins on a line of its own
            sys.stdout.flush()
            raise


def tell(text: str, indent: str = "") -> None:
    """Print a text over as many lines as it needs, a blank line if it is empty."""
    wrapper = textwrap.TextWrapper(
        WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    for line in wrapper.wrap(one_line(text)) or [""]:
        say(line)
