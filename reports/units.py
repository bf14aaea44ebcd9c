"""Units of figures in the language of a report: "24,000 persons", "million USD/year"."""

from __future__ import annotations

import re
from typing import Any

from reports.texts import Catalogue

#: The count whose form of a word goes with an interval, a bound or no figure at all.
MANY = 5
#: A count that goes with the form of a few.
FEW = 2
#: A currency, with the year in whose prices a figure is.
_CURRENCY = re.compile(r"([A-Z]{3})(\d{4})?")


def unit_text(unit: str, texts: Catalogue, count: Any = MANY) -> str:
    """A unit as it stands behind a figure; blank for a pure number."""
    if unit in ("", "1"):
        return ""
    counted, *per = unit.split("/")
    words = texts.content["units"]["words"]
    said = [
        texts.say(f"units.words.{word}", count=count) if word in words else _currency(word, texts)
        for word in counted.split()
    ]
    periods = texts.content["units"]["per"]
    rates = [
        texts.say(f"units.per.{word}") if word in periods else _currency(word, texts)
        for word in per
    ]
    if counted == "1":
        return texts.say("units.once", per="/".join(rates))
    joined = said[0]
    for word in said[1:]:
        joined = texts.say("units.joined", size=joined, unit=word)
    for rate in rates:
        joined = texts.say("units.rate", unit=joined, per=rate)
    return joined


def with_unit(figure: str, unit: str, texts: Catalogue, count: Any = MANY) -> str:
    """A figure and its unit.

    Parameters
    ----------
    figure : str
        As it is printed.
    unit : str
        As the inputs write it; a word that is not in the catalogue stays as it is.
    texts : Catalogue
    count : number or str
        What the unit goes with, where it is one number.
    """
    said = unit_text(unit, texts, count)
    return texts.say("units.figure", figure=figure, unit=said) if said else figure


def within(count: str) -> int:
    """A count whose form of a word goes with a bound at another, which Russian puts in genitive.

    The genitive of one is the form of a few, that of all others the form of many.
    """
    digits = re.sub(r"\D", "", count)[-2:]
    return FEW if len(digits) == 2 and digits[1] == "1" and digits != "11" else MANY


def _currency(word: str, texts: Catalogue) -> str:
    """A currency by the name that the catalogue has for it, else by its code."""
    found = _CURRENCY.fullmatch(word)
    if found is None:
        return word
    known = found[1] in texts.content["units"]["currencies"]
    name = texts.say(f"units.currencies.{found[1]}") if known else found[1]
    return texts.say("units.prices", currency=name, year=found[2]) if found[2] else name
