"""Units of printed figures, in a pint registry where every currency is its own dimension."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import product
from typing import Any

import pint

from model.case.faults import quote

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
#: Codes withdrawn from ISO 4217: those of which the ECB's table still has the rates of their time,
#: and the Belarusian ruble until 2016, whose successor it has no rates of either.
_HISTORIC = "CYP EEK HRK LTL LVL MTL ROL SIT SKK TRL BYR"
#: Withdrawn codes that sources still print, and the code that may be meant.
_RENAMED = {"RUR": "RUB"}
#: Currency codes (ISO 4217), so that a slip such as "RUR" or "USS" is detected.
CURRENCIES = frozenset([*_CODES.split(), *_HISTORIC.split()])

#: Words for things counted; each is a dimension, so that visas never pass for persons.
COUNTED = {
    "person": "persons",
    "permit": "permits",
    "visa": "visas",
    "registration": "registrations",
    "crossing": "crossings",
}
SIZES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mn": 1e6, "bn": 1e9,
}  # fmt: skip
#: Words for pure numbers.
NUMBERS = {"fraction": 1.0, "percent": 1e-2, **SIZES}
#: Short forms that are refused, because m may also be a month or, in accounts, a thousand.
SHORT = {"k": ("thousand",), "m": ("million", "thousand")}
TIMES = ("month", "months", "year", "years", "quarter", "quarters", "week", "weeks")
#: Words for time worked, which is no part of a calendar month until a case says how much of it.
WORKED = {
    "day": "shift", "days": "shift", "shift": "shift", "shifts": "shift", "hour": "hour",
    "hours": "hour",
}  # fmt: skip

#: Longest unit that is parsed.
LONGEST = 80
#: Similarity above which a word counts as a misspelling: a day must not become a year.
NEAR = 0.85


class UnitError(ValueError):
    """A unit that cannot be read or measures something else; the text advises what to write."""


def _registry() -> pint.UnitRegistry[Any]:
    """Return a registry of the words above only.

    The month is the base unit of time and a year is twelve months: with days, a year would be 12.17
    months and a yearly wage would not be twelve monthly ones. A week is its part of a mean year of
    365.25 days. Days, shifts and hours of work are dimensions of their own.
    """
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    registry.define("month = [time] = _ = months")
    registry.define("year = 12 * month = _ = years")
    registry.define("quarter = 3 * month = _ = quarters")
    registry.define(f"week = {7 * 12 / 365.25!r} * month = _ = weeks")
    registry.define("shift = [shift] = _ = shifts = day = days")
    registry.define("hour = [hour] = _ = hours")
    for singular, plural in COUNTED.items():
        registry.define(f"{singular} = [{singular}] = _ = {plural}")
    for word, size in NUMBERS.items():
        registry.define(f"{word} = {size}")
    for code in sorted(CURRENCIES):
        registry.define(f"{code} = [{code}]")
    return registry


REGISTRY = _registry()
WORDS = frozenset([*COUNTED, *COUNTED.values(), *NUMBERS, *TIMES, *WORKED, *CURRENCIES])
_TOKEN = re.compile(r"[^\W\d_]+|\S")
#: A currency with the year in whose prices a figure is, such as RUB2018.
_PRICES = re.compile(r"\b([A-Z]{3})((?:199|20[0-9])[0-9])\b", re.ASCII)


def canonical_unit(unit: str, currency: str) -> str:
    """Return the catalogue's unit with ``money`` replaced by a host's currency."""
    return unit.replace("money", currency)


def conversion(
    text: str, unit: str, currencies: Sequence[str] | None, what: str, *, others: bool = False
) -> tuple[float, str]:
    """Return the factor from a figure printed in ``text`` to the catalogue's unit.

    Parameters
    ----------
    text : str
        The unit as written in the file, such as ``million USD/year``.
    unit : str
        The catalogue's unit, such as ``money/month``.
    currencies : sequence of str or None
        Currencies allowed for a figure of money, the quantity's own first; None if any is.
    what : str
        Name of the quantity, for the message.
    others : bool
        Whether other currencies are allowed too, so that these serve only as examples.

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
    codes = None if currencies is None else tuple(currencies)
    found = _conversion(text, unit, codes, what, others or codes is None)
    if isinstance(found, str):
        raise UnitError(found)
    return found


@lru_cache(maxsize=4096)
def _conversion(
    text: str, unit: str, currencies: tuple[str, ...] | None, what: str, others: bool
) -> tuple[float, str] | str:
    """Return factor and currency, or the error; cached, because many rows share a unit."""
    try:
        parsed = parse(text, what, examples(unit, currencies), others=others)
        currency, target = "", unit
        if is_money(unit):
            currency = _currency(text, unit, currencies, what, others)
            target = canonical_unit(unit.replace("USD", "money"), currency)
        wanted: pint.Quantity[Any] = REGISTRY.Quantity(1.0) * REGISTRY.parse_expression(target)
        return float((parsed / wanted).to("fraction").magnitude), currency
    except UnitError as error:
        return str(error)
    except (pint.PintError, OverflowError):  # the latter from thousand**thousand
        return _other(text, unit, currencies, what, others)


def words(text: str) -> frozenset[str]:
    """Return the words of a unit as written."""
    return frozenset(_TOKEN.findall(text))


def worked_time(text: str) -> str:
    """Return the time worked that a unit is stated for, ``shift`` or ``hour``; blank if none."""
    named = {WORKED[word] for word in words(text) & WORKED.keys()}
    return "hour" if "hour" in named else "shift" if named else ""


def prices_of(text: str) -> tuple[str, int]:
    """Return a unit of money without the year of its prices, and that year; zero if none is named.

    ``RUB2018/month`` is rubles a month in prices of 2018.
    """
    named = {int(one[2]) for one in _PRICES.finditer(text) if one[1] in CURRENCIES}
    if len(named) != 1:
        return text, 0
    plain = _PRICES.sub(lambda one: one[1] if one[1] in CURRENCIES else one[0], text)
    return plain, named.pop()


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


def parse(
    text: str, what: str, allowed: Collection[str], *, others: bool = False
) -> pint.Quantity[Any]:
    """Return a printed unit as a pint quantity.

    Only known words, ``1``, ``*`` and ``/`` ever reach pint's parser. A percent sign stands alone:
    what "5 %/year" means depends on what grows.

    Raises
    ------
    UnitError
        If the text is not a unit.
    """
    try:
        return _quantity(text)
    except MemoryError:
        raise
    except Exception:  # pint raises many types of error, and all others mean "not a unit"
        of = f" of {what}" if what else ""
        got = f"{quote(text)} is not a unit{of}" if text else f"the unit{of} is missing"
        raise UnitError(f"{got}; {advice(text, allowed, others=others)}") from None


def _quantity(text: str) -> pint.Quantity[Any]:
    """Return a readable unit as a pint quantity; errors are of many types."""
    text = "percent" if text == "%" else text
    unknown = set(_TOKEN.findall(text)) - WORDS - {"1", "*", "/"}
    if not text or len(text) > LONGEST or unknown:
        raise ValueError(text)
    return REGISTRY.Quantity(1.0) * REGISTRY.parse_expression(text)


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


def advice(text: str, allowed: Collection[str], *, others: bool = False) -> str:
    """Return advice on what to write instead of an invalid unit."""
    options = list(allowed) or ["RUB/month", "persons"]
    for short, long in SHORT.items():
        if short in text.casefold().split():
            spelt = [re.sub(rf"(?i)(^|\s){short}(?=\s)", rf"\1{one}", text) for one in long]
            return f"write {' or '.join(repr(one) for one in spelt)}, as it is meant"
    for code in words(text) & _RENAMED.keys():
        return f"is it in {_RENAMED[code]}? Then write {text.replace(code, _RENAMED[code])!r}"
    meant = _meant(text, options, others)
    return "write " + (repr(meant) if meant else " or ".join(map(repr, options[:4])))


def currency_fault(text: str) -> str:
    """Return the message for a text that is not a currency.

    Codes that look alike are other countries' money, so only small letters are corrected.
    """
    code = text.upper()
    if code in _RENAMED:
        return f"{quote(text)} is not a currency in use; is it {_RENAMED[code]!r}? Then write that"
    advised = repr(code) if code in CURRENCIES else "an ISO code such as 'RUB'"
    return f"{quote(text)} is not a currency; write {advised}"


def _meant(text: str, options: Sequence[str], others: bool) -> str | None:
    """Return an invalid unit with its words corrected if it then measures what the options do."""
    if len(text) > LONGEST:
        return None
    corrected = _TOKEN.sub(lambda found: _corrected(found[0]), text.replace(" per ", "/"))
    period = options[0].rpartition("/")[2]
    wanted = {_dimension(option, others) for option in options}
    for unit in (corrected, f"{corrected}/{period}" if period in TIMES else ""):
        if unit != text and _dimension(unit, others) in wanted - {""}:
            return unit
    return None


def _corrected(word: str) -> str:
    """Return the known word that a word misspells, or the word as it is.

    No currency is likened to another, and a size only where no other size is as near.
    """
    fold = word.casefold()
    if word == "%":
        return "percent"
    if word in WORDS or not fold.isalpha():
        return word
    if word.upper() in CURRENCIES:
        return word.upper()
    known = WORDS - CURRENCIES
    if fold in known:
        return fold
    near = get_close_matches(fold, sorted(known), cutoff=NEAR)
    return word if not near or (len(near) > 1 and not SIZES.keys().isdisjoint(near)) else near[0]


def _dimension(unit: str, others: bool) -> str:
    """Return the dimension of a unit, with all currencies alike if ``others``; blank if invalid."""
    if others:
        unit = _TOKEN.sub(lambda found: "USD" if found[0] in CURRENCIES else found[0], unit)
    try:
        return str(_quantity(unit).dimensionality)
    except MemoryError:
        raise
    except Exception:  # as in `parse`
        return ""


def _currency(
    text: str, unit: str, currencies: Sequence[str] | None, what: str, others: bool
) -> str:
    """Return the single currency named in a readable unit of money."""
    named = sorted(set(_TOKEN.findall(text)) & CURRENCIES)
    if len(named) != 1:
        raise UnitError(_other(text, unit, currencies, what, others))
    if currencies is not None and not others and named[0] not in currencies:
        raise UnitError(
            f"{quote(text)} is in {named[0]}, but {what} is stated in {' or '.join(currencies)} "
            f"here; convert the figure and write {text.replace(named[0], currencies[0])!r}"
        )
    return str(named[0])


def _other(text: str, unit: str, currencies: Sequence[str] | None, what: str, others: bool) -> str:
    """Return the message for a unit of another dimension."""
    options = examples(unit, currencies)
    why = "it has another dimension"
    if worked_time(text) and not worked_time(unit):
        why = "days, shifts and hours are time worked, which only items of the accounts are paid by"
    got = f"{quote(text)} is not a unit of {what} ({why})"
    return f"{got}; {advice(text, options, others=others)}"
