"""Typeset data and a template as an accessible PDF with Typst; any warning is an error."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typst

from model.archive import store
from model.terminal.plain_text import cleaned
from reports import glyphs
from reports.figures.style import FONTS
from reports.saved_run import ReportError

TEMPLATES = Path(__file__).parent / "templates"
#: Tagged and accessible (ISO 14289-1), and archival (ISO 19005-2, level A).
STANDARDS: Any = ["a-2a", "ua-1"]


def typeset(template: str, data: Mapping[str, Any], figures: Mapping[str, bytes]) -> bytes:
    """Typeset a template as a PDF; text is never interpreted as markup.

    Parameters
    ----------
    template : str
        Name of a file in ``templates/``, without its extension.
    data : mapping
        Plain JSON that the template reads.
    figures : mapping of str to bytes
        SVG by name, without extension.

    Raises
    ------
    ReportError
        If anything is missing, or Typst warns. Characters that no font has are told by their codes.
    """
    text = json.dumps(cleaned(data), ensure_ascii=False, allow_nan=False)
    foreign = glyphs.foreign(text + b"".join(figures.values()).decode("utf-8"))
    fonts, missing = glyphs.fallbacks(glyphs.lacking(foreign))
    try:
        return _typeset(template, glyphs.legible(cleaned(data), missing), figures, fonts)
    except NoGlyphError:
        # as where fonts have each character, but not side by side
        figures = {name: _legible_drawing(one, foreign) for name, one in figures.items()}
        return _typeset(template, glyphs.legible(cleaned(data), foreign), figures, ())


class NoGlyphError(ReportError):
    """A text that no font has."""


def _legible_drawing(drawing: bytes, missing: frozenset[str]) -> bytes:
    return str(glyphs.legible(drawing.decode("utf-8"), missing)).encode()


def _typeset(
    template: str, data: Any, figures: Mapping[str, bytes], others: Iterable[Path]
) -> bytes:
    """Typeset legible data with the fonts of this program and some others."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder)
        for path in TEMPLATES.glob("*.typ"):
            shutil.copy(path, build)
        for name, content in figures.items():
            check_name(name)
            (build / f"{name}.svg").write_bytes(content)
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        (build / "data.json").write_text(text, encoding="utf-8")
        (build / "fonts").mkdir()
        for path in others:
            shutil.copy(path, build / "fonts")
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True,
            font_paths=[str(FONTS), str(build / "fonts")],
        )  # fmt: skip
        try:
            pdf, warnings = typst.compile_with_warnings(
                str(build / f"{template}.typ"),
                root=str(build),
                font_paths=fonts,
                pdf_standards=STANDARDS,
                timestamp=0,  # the document carries the run's date
            )
        except typst.TypstError as error:
            kind = NoGlyphError if "could not be displayed" in str(error) else ReportError
            raise kind(f"{template}: {_said(error, build)}; no report was made") from None
    if warnings:
        said = "; ".join(str(warning) for warning in warnings)
        raise ReportError(f"{template}: {said.replace(folder, '')}; no report was made")
    assert isinstance(pdf, bytes)
    return pdf


def check_name(name: str) -> None:
    """Refuse a name of a figure, which may hold that of a host, that is more than a name.

    Raises
    ------
    ReportError
    """
    if not re.fullmatch(r"[\w.\-]+", name):
        raise ReportError(f"{name!r} cannot be the name of a file; no report was made")


def pages(pdf: bytes) -> int:
    """Number of pages of a PDF that Typst made."""
    found = re.search(rb"/Type\s*/Pages\s*/Count\s+(\d+)", pdf)
    assert found is not None
    return int(found[1])


def _said(error: Exception, build: Path) -> str:
    hints = " ".join(getattr(error, "hints", None) or [])
    text = f"{getattr(error, 'message', None) or error} {hints}".strip()
    if "font" in text:
        text += f": add a font with these characters to {FONTS}"
    return text.replace(str(build), "")


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file or none.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    try:
        store.replace_file(path, content)
    except OSError as error:
        raise ReportError(f"{path} cannot be written ({error.strerror})") from None
