"""How a command ends that is interrupted or out of memory: in one line, without a traceback."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from types import FrameType, TracebackType

TYPE_CHECKING = False  # typing takes as long to import as all of this
if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED, EXHAUSTED = 130, 2

#: Messages of libraries that could not get memory.
_SHORT = ("cannot allocate memory", "failed to map segment", "can't start new thread")
_struck = False


def strike(number: int, frame: FrameType | None) -> None:
    """Handle Ctrl-C: remember it, because a library may turn the exception into another."""
    global _struck
    _struck = True
    raise KeyboardInterrupt


def exhausted(error: BaseException) -> str | None:
    """Say in one line that memory ran out, if that is what the error means; else None.

    Under a limit on memory, libraries fail in many ways, so any error is taken to be due to it.
    """
    short = isinstance(error, MemoryError) or any(word in str(error).lower() for word in _SHORT)
    ours = type(error).__module__.startswith(("typer", "click"))  # a status, or a faulty argument
    if not isinstance(error, Exception) or ours or not (short or _limited()):
        return None
    why = " ".join(str(error).split())[:200]
    return (
        f"Out of memory ({type(error).__name__}{': ' if why else ''}{why}); close other programs, "
        "raise the limit on memory, or ask for less; nothing is half-written.\n"
    )


def _limited() -> bool:
    """Whether the memory of this process is limited, as by ``ulimit -v``."""
    try:
        import resource
    except ImportError:  # not on Windows
        return False
    limits = [resource.getrlimit(one)[0] for one in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return any(limit != resource.RLIM_INFINITY for limit in limits)


def _end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report an error that nothing caught."""
    if _struck or issubclass(kind, KeyboardInterrupt):
        _leave("Interrupted.\n", INTERRUPTED)
    elif said := exhausted(error):
        _leave(said, EXHAUSTED)
    else:
        sys.__excepthook__(kind, error, trace)


def _end_unraisable(dropped: UnraisableHookArgs) -> None:
    """End, where Python would go on after Ctrl-C because it has nobody to tell."""
    if dropped.exc_type is KeyboardInterrupt:
        _leave("Interrupted.\n", INTERRUPTED)
    else:
        sys.__unraisablehook__(dropped)


def _leave(said: str, status: int) -> None:
    sys.stderr.write(said)
    sys.stderr.flush()
    os._exit(status)


# While runpy looks for a module to run as a command, this stands in for its path.
if sys.argv[:1] == ["-m"]:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, strike)
    if not sys.warnoptions:  # warnings are for developers; python -W shows them
        warnings.simplefilter("ignore")
    sys.excepthook = _end
    sys.unraisablehook = _end_unraisable
