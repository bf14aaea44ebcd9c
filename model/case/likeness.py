"""Words that look alike and change a figure: sizes, quantiles, statistics and currencies."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

#: Sizes as sources write them, in several languages; ``mil`` is a thousand in some.
SIZES = frozenset(
    ("hundred", "thousand", "million", "billion", "trillion", "milliard", "mil", "mill", "mio",
     "mln", "mn", "mm", "mrd", "md", "bil", "bln", "bn", "bio", "tn", "trn", "k")
)  # fmt: skip
#: Statistics of a distribution, of which none stands for another.
STATISTICS = frozenset(
    ("mean", "average", "median", "mode", "sd", "se", "std", "variance", "var", "low", "high")
)
#: Similarity above which a word counts as a misspelt size: a billion must not become a million.
MISSPELT = 0.9

_TOKEN = re.compile(r"[A-Za-z]+\d*|\d+")
_QUANTILE = re.compile(r"[pq]0*(\d+)", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")


def same_meaning(word: str, option: str) -> bool:
    """Return whether a word may be a slip of an option, with no other size, quantile or currency.

    Parameters
    ----------
    word : str
        A word of a file.
    option : str
        An allowed word, in which currencies have capital letters.
    """
    written = _TOKEN.findall(word.replace("_", " "))
    offered = _TOKEN.findall(option.replace("_", " "))
    lower = {one.casefold() for one in written}
    return (
        _quantiles(written) == _quantiles(offered)
        and _told(written, STATISTICS) == _told(offered, STATISTICS)
        and all(one.casefold() in lower for one in offered if _CURRENCY.fullmatch(one))
        and _sizes(lower) == _sizes({one.casefold() for one in offered})
    )


def _quantiles(tokens: list[str]) -> set[int]:
    found = [_QUANTILE.fullmatch(one) for one in tokens]
    return {int(one[1]) for one in found if one and len(one[1]) <= 3}


def _told(tokens: list[str], words: frozenset[str]) -> set[str]:
    return {one.casefold() for one in tokens} & words


def _sizes(tokens: set[str]) -> set[str]:
    """Return the sizes named, in the singular and rightly spelt."""
    found = set()
    for token in tokens:
        one = token.removesuffix("s")
        near = [size for size in SIZES if _likeness(one, size) >= MISSPELT]
        found |= {one} if one in SIZES else set(near)
    return found


def _likeness(word: str, size: str) -> float:
    return SequenceMatcher(None, word, size).ratio()
