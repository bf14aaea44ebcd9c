"""One page from its data, scripts and style, which a policy forbids to load anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from model.archive.store import DamagedRunError
from model.terminal.plain_text import cleaned
from reports.page.content import content
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue

FOLDER = Path(__file__).parent
#: Scripts in the order in which they are read; each uses only those before it.
SCRIPTS = (
    "numbers", "smoothing", "draws", "state", "drawing", "answer", "levers", "sources", "others",
    "scenarios", "taking", "main",
)  # fmt: skip
#: The largest page that is written, in bytes.
LARGEST = 3_000_000
#: Signs that could end a script, begin a mark-up or break a line of one.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def page(run: SavedRun, texts: Catalogue) -> bytes:
    """The what-if page of a run.

    Raises
    ------
    ReportError
        If the run lacks what a page needs.
    """
    try:
        told = content(run, texts)
    except DamagedRunError as error:
        raise ReportError(f"{error}; no report was made") from None
    found = assembled(told)
    if len(found) > LARGEST:
        raise ReportError(
            f"{run.folder}: the page would have {len(found):,} bytes, more than the "
            f"{LARGEST:,} that one is allowed; estimate with fewer scenarios"
        )
    return found


def assembled(told: dict[str, Any]) -> bytes:
    """The page that shows what ``content`` tells."""
    script, style = scripts(), (FOLDER / "style.css").read_text(encoding="utf-8")
    values = {
        "LANGUAGE": html.escape(told["lang"]),
        "TITLE": html.escape(told["title"]),
        "POLICY": policy(script, style),
        "STYLE": style,
        "DATA": as_script(told),
        "SCRIPT": script,
    }
    template = (FOLDER / "page.html").read_text(encoding="utf-8")
    # one pass, so that nothing that is put in is searched for marks again
    found = re.sub(r"%([A-Z]+)%", lambda mark: values[mark[1]], template)
    return found.encode("utf-8")


def scripts() -> str:
    """All scripts as one, in a scope of their own."""
    parts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def policy(script: str, style: str) -> str:
    """What the page may do: run this script and look like this; nothing is loaded from anywhere."""
    return (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    """A text as a policy names it."""
    found = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(found).decode('ascii')}"


def as_script(told: dict[str, Any]) -> str:
    """JSON that may stand in a page: no text in it can end its element or begin another."""
    text = json.dumps(cleaned(told), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(ESCAPED)
