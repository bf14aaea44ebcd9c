"""Units of printed figures, in a pint registry where every currency is its own dimension."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import pint

from model.case.faults import closest, quote

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
#: Currencies no longer in circulation of which the ECB's table has rates.
HISTORIC = frozenset(["CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "ROL", "SIT", "SKK", "TRL"])
#: Currency codes (ISO 4217), so that a slip such as "RUR" or "USS" is detected.
CURRENCIES = frozenset(_CODES.split()) | HISTORIC

#: Words for things counted; each is a dimension, so that visas never pass for persons.
COUNTED = {
    "person": "persons",
    "permit": "permits",
    "visa": "visas",
    "registration": "registrations",
}
#: Words for pure numbers.
NUMBERS = {
    "fraction": 1.0, "percent": 1e-2, "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9,
    "bn": 1e9, "trillion": 1e12,
}  # fmt: skip
TIMES = ("month", "months", "year", "years")

#: Longest unit that is parsed.
LONGEST = 80
#: Similarity above which a unit counts as a misspelling: a day must not become a year.
NEAR = 0.85


class UnitError(ValueError):
    """A unit that cannot be read or measures something else; the text advises what to write."""


def _registry() -> pint.UnitRegistry[Any]:
    """Return a registry of the words above only.

    The month is the base unit of time and a year is twelve months: with days, a year would be 12.17
    months and a yearly wage would not be twelve monthly ones.
    """
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    registry.define("month = [time] = _ = months")
    registry.define("year = 12 * month = _ = years")
    for singular, plural in COUNTED.items():
        registry.define(f"{singular} = [{singular}] = _ = {plural}")
    for word, size in NUMBERS.items():
        registry.define(f"{word} = {size}")
    for code in sorted(CURRENCIES):
        registry.define(f"{code} = [{code}]")
    return registry


REGISTRY = _registry()
WORDS = frozenset([*COUNTED, *COUNTED.values(), *NUMBERS, *TIMES, *CURRENCIES])
_TOKEN = re.compile(r"[^\W\d_]+|\S")


def canonical_unit(unit: str, currency: str) -> str:
    """Return the catalogue's unit with ``money`` replaced by a host's currency."""
    return unit.replace("money", currency)


def conversion(
    text: str,
    unit: str,
    currencies: Sequence[str] | None,
    what: str,
    *,
    convertible: bool = False,
) -> tuple[float, str]:
    """Return the factor from a figure printed in ``text`` to the catalogue's unit.

    Parameters
    ----------
    text : str
        The unit as written in the file, such as ``million USD/year``.
    unit : str
        The catalogue's unit, such as ``money/month``.
    currencies : sequence of str or None
        Currencies allowed for a figure of money; None if any is.
    what : str
        Name of the quantity, for the message.
    convertible : bool
        Whether other currencies are allowed too, because the figure is converted at a rate.

    Returns
    -------
    factor : float
        The factor; it does not convert currencies.
    currency : str
        The currency of the figure; blank if it is not money.

    Raises
    ------
    UnitError
        If the text is not a unit, or not a unit of this quantity.
    """
    allowed = None if currencies is None else tuple(currencies)
    found = _conversion(text, unit, allowed, what, convertible)
    if isinstance(found, str):
        raise UnitError(found)
    return found


@lru_cache(maxsize=4096)
def _conversion(
    text: str, unit: str, currencies: tuple[str, ...] | None, what: str, convertible: bool
) -> tuple[float, str] | str:
    """Return factor and currency, or the error; cached, because many rows share a unit."""
    try:
        parsed = parse(text, what, examples(unit, currencies))
        currency, target = "", unit
        if is_money(unit):
            currency = _currency(text, unit, currencies, what, convertible)
            target = canonical_unit(unit.replace("USD", "money"), currency)
        wanted: pint.Quantity[Any] = REGISTRY.Quantity(1.0) * REGISTRY.parse_expression(target)
        return float((parsed / wanted).to("fraction").magnitude), currency
    except UnitError as error:
        return str(error)
    except (pint.PintError, OverflowError):  # the latter from thousand**thousand
        return _other(text, unit, currencies, what)


def is_money(unit: str) -> bool:
    """Return whether a unit of the catalogue is a unit of money."""
    return bool({"money", "USD"} & set(_TOKEN.findall(unit)))


def is_pure(text: str) -> bool:
    """Return whether a unit is a readable pure number: ``percent``, ``fraction``, ``1``."""
    return pure_factor(text) is not None


@lru_cache(maxsize=4096)
def pure_factor(text: str) -> float | None:
    """Return the size of a pure number, such as 0.01 for ``percent``, or None for another unit."""
    try:
        return float(parse(text, "", ()).to("fraction").magnitude)
    except (UnitError, pint.PintError, OverflowError):
        return None


def parse(text: str, what: str, allowed: Collection[str]) -> pint.Quantity[Any]:
    """Return a printed unit as a pint quantity.

    Only known words, ``1``, ``*`` and ``/`` ever reach pint's parser.

    Raises
    ------
    UnitError
        If the text is not a unit.
    """
    text = text.replace("%", "percent")
    unknown = [token for token in _TOKEN.findall(text) if token not in WORDS | {"1", "*", "/"}]
    try:
        if not text or len(text) > LONGEST or unknown:
            raise ValueError(text)
        return REGISTRY.Quantity(1.0) * REGISTRY.parse_expression(text)
    except MemoryError:
        raise
    except Exception:  # pint raises many types of error, and all others mean "not a unit"
        of = f" of {what}" if what else ""
        got = f"{quote(text)} is not a unit{of}" if text else f"the unit{of} is missing"
        raise UnitError(f"{got}; {advice(text, allowed)}") from None


def examples(unit: str, currencies: Sequence[str] | None) -> list[str]:
    """Return ways to write a unit of the catalogue, the simplest first."""
    codes = ["USD"] if currencies is None else list(currencies)
    written = [unit]
    if is_money(unit):
        plain = unit.replace("USD", "money")
        rates = [plain, *(plain.replace(a, b) for a, b in (("month", "year"), ("year", "month")))]
        written = [canonical_unit(rate, code) for code, rate in product(codes, rates)]
        written += [f"{size} {one}" for size in ("thousand", "million") for one in written]
    elif unit in ("fraction", "1"):
        written = [unit, "percent"]
    return list(dict.fromkeys(written))


def advice(text: str, allowed: Collection[str]) -> str:
    """Return advice on what to write instead of an invalid unit."""
    options = list(allowed) or ["RUB/month", "persons"]
    longer = next((one for one in options if text and one.startswith(f"{text}/")), None)
    text = text.replace(" per ", "/")
    words = set(_TOKEN.findall(text))
    # a size, a currency or a time that is named, or nearly so, is not a misspelling of another
    told = words & WORDS | {size for word in words - WORDS if (size := closest(word, NUMBERS))}
    alike = [one for one in options if told <= set(_TOKEN.findall(one))]
    near = longer or closest(text, alike, cutoff=NEAR)
    return "write " + (repr(near) if near else " or ".join(map(repr, options[:4])))


def _currency(
    text: str, unit: str, currencies: Sequence[str] | None, what: str, convertible: bool
) -> str:
    """Return the single currency named in a readable unit of money."""
    named = sorted(set(_TOKEN.findall(text)) & CURRENCIES)
    if len(named) != 1:
        raise UnitError(_other(text, unit, currencies, what))
    if currencies is not None and not convertible and named[0] not in currencies:
        raise UnitError(
            f"{quote(text)} is in {named[0]}, but {what} is stated in {' or '.join(currencies)} "
            f"here; convert the figure and write {text.replace(named[0], currencies[0])!r}"
        )
    return str(named[0])


def _other(text: str, unit: str, currencies: Sequence[str] | None, what: str) -> str:
    """Return the message for a unit of another dimension."""
    options = examples(unit, currencies)
    got = f"{quote(text)} is not a unit of {what} (it has another dimension)"
    return f"{got}; {advice(text, options)}"
