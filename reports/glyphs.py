"""Characters that the fonts of this program lack: set in a font of the system, or told by code.

Fonts are asked in a fixed order: this program's and Typst's own, then those that matplotlib brings,
then the system's, and each only for what all before it lack. So texts that need none of the
system's are the same bytes everywhere. What no font here has is told by its code: a report may
lack a letter, but is never refused for it.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib as mpl
import typst
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FaceFlags, FT2Font

FONTS = Path(__file__).parent / "fonts"
#: Fonts of the system that are plain and whole, before others that have as many characters.
PLAIN = ("Noto Sans", "Source Han Sans", "PingFang", "Microsoft YaHei", "Segoe UI", "DejaVu Sans")
#: Fonts that have a box for every character and a letter for none.
NO_FONTS = ("LastResort", "Last Resort", "Adobe Blank", "Unicode BMP Fallback")
#: Most codes that are shown of a piece of text, and most fonts of the system for one document.
MOST_CODES, MOST_FONTS = 3, 8
#: Characters replaced in this process, for who asked for the report.
told: set[str] = set()


def foreign(text: str) -> frozenset[str]:
    """Characters of a text that this program's fonts lack."""
    own = _own()
    return frozenset(one for one in set(text) if ord(one) not in own and not one.isspace())


@cache
def lacking(characters: frozenset[str]) -> frozenset[str]:
    """Those of foreign characters that Typst's own fonts lack, too."""
    if len(characters) > 1:
        return frozenset[str]().union(*(lacking(frozenset({one})) for one in characters))
    return frozenset(one for one in characters if not _typst_has(one))


@cache
def fallbacks(characters: frozenset[str]) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Fonts for characters, the fewest that have most of them, and the characters none has."""
    rest = {one for one in characters if unicodedata.category(one)[0] != "C"}
    chosen: list[Path] = []
    never = characters - rest
    for files in (_matplotlibs(), _systems()) if rest else ():
        while rest and len(chosen) < MOST_FONTS:
            best = max(files, key=lambda file: _merit(file, rest), default=None)
            found = {one for one in rest if best is not None and ord(one) in _codes(best)}
            if not found or best is None:
                break
            chosen.append(best)
            rest -= found
    return tuple(chosen), frozenset(rest | never)


def family(font: Path) -> str:
    """Name of a font's family."""
    return str(FT2Font(str(font)).family_name)


def legible(content: Any, missing: Iterable[str], key: str = "", most: int = MOST_CODES) -> Any:
    """Nested lists and dictionaries with missing characters told by their codes in every text.

    Addresses have them in the form that addresses have for them, names of files as they are. Of a
    piece, ``most`` codes are told.
    """
    missing = frozenset(missing)
    if not missing or key == "file":
        return content
    if isinstance(content, str):
        if re.match(r"https?://\S+$", content):
            return "".join(quote(one) if one in missing else one for one in content)
        return _told(content, missing, most)
    if isinstance(content, dict):
        return {name: legible(value, missing, name, most) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [legible(one, missing, key, most) for one in content]
    return content


def _told(text: str, missing: frozenset[str], most: int) -> str:
    """A text with each piece of missing characters as a note: ``[3 Han characters: U+4E2D …]``."""
    pieces: list[tuple[str, str]] = []  # script, or blank for text that is shown, and the piece
    for one in text:
        script = _script(one) if one in missing else ""
        if pieces and pieces[-1][0] == script:
            pieces[-1] = (script, pieces[-1][1] + one)
        else:
            pieces.append((script, one))
    told.update(one for one in text if one in missing)
    # beside what is read from the right, a note is still read from the left
    mark = "\u200e" if any(unicodedata.bidirectional(one) in ("R", "AL") for one in text) else ""
    return "".join(
        f"{mark}{_note(script, piece, most)}{mark}" if script else piece for script, piece in pieces
    )


def _note(script: str, piece: str, most: int) -> str:
    codes = "".join(f" U+{ord(one):04X}" for one in piece[:most])
    codes = codes and f":{codes}{' …' if len(piece) > most else ''}"
    name = f"{script.strip()} character{'s' if len(piece) > 1 else ''}".lstrip()
    return f"[{len(piece)} {name}{codes}]"


def _script(character: str) -> str:
    """Name of the script of a letter; a blank for what is none."""
    word = unicodedata.name(character, "").partition(" ")[0]
    if unicodedata.category(character)[0] not in "LM" or not word:
        return " "
    return "Han" if word == "CJK" else word.capitalize()


def scripts(characters: Iterable[str]) -> str:
    """Scripts of characters in words, with the code of one of each."""
    by_script = {_script(one).strip() or "other": one for one in sorted(characters, reverse=True)}
    return ", ".join(f"{name} (U+{ord(one):04X})" for name, one in sorted(by_script.items()))


# Fonts


@cache
def _own() -> frozenset[int]:
    codes = frozenset[int]().union(*(_codes(path) for path in sorted(FONTS.glob("*.ttf"))))
    # archives allow no characters of private use, which mean something to one font only
    return frozenset(code for code in codes if unicodedata.category(chr(code)) != "Co")


@cache
def _codes(font: Path) -> frozenset[int]:
    """Codes of the characters of a font that can be set in any size; none if it is no such font."""
    try:
        face = FT2Font(str(font))
        whole = FaceFlags.SCALABLE in face.face_flags
        if not whole or any(name in face.family_name for name in NO_FONTS):
            return frozenset()
        return frozenset(face.get_charmap())
    except (OSError, RuntimeError, ValueError, TypeError):  # a file that FreeType cannot read
        return frozenset()


def _merit(font: Path, wanted: Iterable[str]) -> tuple[int, bool, bool, str]:
    codes = _codes(font)
    count = sum(ord(one) in codes for one in wanted)
    if not count:
        return 0, False, False, ""
    face = FT2Font(str(font))
    plain = face.family_name.startswith(PLAIN)
    return count, plain, face.style_name in ("Regular", "Book", "Roman"), font.name


def _matplotlibs() -> list[Path]:
    return [Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")]


@cache
def _systems() -> tuple[Path, ...]:
    return tuple(sorted(Path(path) for path in findSystemFonts()))


@cache
def _typst_has(character: str) -> bool:
    """Whether Typst's own fonts have a character, which only Typst can tell."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.typ")
        page.write_text(f'#set document(title: "")\n#"\\u{{{ord(character):x}}}"', encoding="utf-8")
        standards: Any = ["a-2a"]
        try:
            typst.compile(str(page), font_paths=fonts, pdf_standards=standards, timestamp=0)
        except typst.TypstError:
            return False
    return True
