"""Lines and data that a command prints: none of it acts, and what cannot be written is said."""

from __future__ import annotations

import codecs
import contextlib
import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from model.terminal.ending import INTERRUPTED
from model.terminal.plain_text import csv_text, json_text, one_line, wrapped

if TYPE_CHECKING:
    import pandas as pd

#: What is written for characters of ours that a terminal's encoding lacks.
PLAIN = {
    "–": "-", "—": "-", "−": "-", "×": "x", "…": "...", "→": "->", "±": "+/-", "≤": "<=",
    "≥": ">=", "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
#: Name of the error handler that writes them, and all others by their code.
READABLE = "sent_workers.readable"


def _readable(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start]
    if lacking in PLAIN:
        return PLAIN[lacking], error.start + 1
    return lacking.encode("ascii", "backslashreplace").decode(), error.start + 1


codecs.register_error(READABLE, _readable)

#: Exit status if what was asked for could not be printed.
UNPRINTED = 2


def say(text: str = "") -> None:
    """Print one line on standard output."""
    sys.stdout.write(f"{one_line(text)}\n")


def tell(text: str = "", hang: str = "") -> None:
    """Print a text on standard output over as many lines as it needs, broken between words."""
    for line in wrapped(text, columns(), hang):
        sys.stdout.write(f"{line}\n")


def columns() -> int:
    """Columns of the terminal, or what ``COLUMNS`` says; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def complain(text: str) -> None:
    """Print a text on standard error: by words in a terminal, elsewhere on one line."""
    lines = [one_line(text)]
    if getattr(sys.stderr, "isatty", bool)():  # a closed stream has no such method
        lines = wrapped(text, columns(), "  ")
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def print_json(content: Any) -> None:
    """Print JSON on standard output; characters that its encoding lacks are JSON's escapes."""
    text = json_text(content)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeError:
        text = json.dumps(json.loads(text), indent=1) + "\n"
    sys.stdout.write(text)


def print_csv(table: pd.DataFrame) -> None:
    """Print a table as CSV on standard output."""
    sys.stdout.write(csv_text(table))


def print_as(
    form: str,
    table: Callable[[], pd.DataFrame],
    content: Callable[[], Any],
    show: Callable[[], object],
) -> None:
    """Print what was found as CSV, as JSON, or as a reader wants it.

    Parameters
    ----------
    form : {"csv", "json", "table"}
    table : callable
        Makes the table that CSV is of.
    content : callable
        Makes what JSON is of.
    show : callable
        Prints it for a reader.
    """
    if form == "csv":
        print_csv(table())
    elif form == "json":
        print_json(content())
    else:
        show()


class Outlet:
    """A stream that remembers why it could not be written, instead of raising in mid-command.

    Attributes
    ----------
    error : OSError or None
        The first that came.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.error: OSError | None = None
        self._stream = stream
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=READABLE)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text, or remember why not."""
        self._try(lambda stream: stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Hand over what was written, or remember why not."""
        self._try(lambda stream: stream.flush())

    def _try(self, work: Callable[[TextIO], object]) -> None:
        if self.error is not None:
            return
        try:
            if self._stream is None:
                raise OSError(errno.EBADF, "it is closed")
            work(self._stream)
        except OSError as error:
            self.error = error
            self._discard()

    def _discard(self) -> None:
        """Let what is still buffered go nowhere, so that the interpreter can end in peace."""
        if self._stream is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    @property
    def lost(self) -> str:
        """Why something was lost that somebody wanted, or blank; who left a pipe wants no more."""
        error = self.error
        return "" if error is None or error.errno == errno.EPIPE else error.strerror or "no reason"


def answer_shell(app: Callable[[], object]) -> None:
    """Tell a shell that completes what was typed what may follow; a fault is silent."""
    with contextlib.suppress(Exception):
        app()


def command_line(app: Callable[[], object]) -> NoReturn:
    """Run a command to its end and exit: the last thing done, by every command.

    Standard output that cannot be written, such as that of a full disk, is said in one line, with
    a status other than zero; a closed pipe is quiet.
    """
    out, err = Outlet(sys.stdout), Outlet(sys.stderr)
    streams: Any = sys
    streams.stdout, streams.stderr = out, err
    status: Any = 0
    try:
        app()
    except SystemExit as ended:
        status = ended.code or 0
        # Typer turns an interruption that nobody handled into a status, and says nothing
        if isinstance(getattr(ended.__context__, "__cause__", None), KeyboardInterrupt):
            complain("Interrupted.")
    except KeyboardInterrupt:
        complain("Interrupted.")
        status = INTERRUPTED
    out.flush()
    if out.lost:
        complain(f"standard output cannot be written ({out.lost}); what it has is not whole")
    err.flush()
    if out.lost or err.lost:
        status = status or UNPRINTED
    sys.exit(status)
