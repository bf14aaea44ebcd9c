"""Questions in a terminal, answered with a line each."""

from __future__ import annotations

import sys

from model.terminal.output import say
from model.terminal.plain_text import one_line


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
