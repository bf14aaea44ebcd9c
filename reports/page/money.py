"""Revenue on the page: numbers of all draws as the summary has them, and columns of draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.archive.dials import monthly
from model.equations.quantities import DEFINITIONS
from reports.annex_results import change_in_words
from reports.page.columns import Kept, number
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]
Floats = NDArray[np.float64]

USD = "usd"
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
#: Characters that a column takes for each draw, in base64 of two bytes.
CHARACTERS = 8 / 3
#: Characters that columns may take, so that the page stays below its limit.
ROOM = 2_550_000
#: Fewest draws for which quarters are worth their room.
FEWEST = 1500


@dataclass(frozen=True)
class Span:
    """A whole year or quarter, and its months."""

    key: str
    months: tuple[str, ...]
    parts: tuple[str, ...] = field(default=())

    @property
    def year(self) -> bool:
        """Whether it is a year."""
        return "Q" not in self.key


def spans(months: list[str], *, quarters: bool) -> list[Span]:
    """Whole years, and whole quarters if wanted; a year then adds up its quarters."""
    by_quarter: dict[str, list[str]] = {}
    by_year: dict[str, list[str]] = {}
    for month in months:
        year, place = month.split("-")
        by_year.setdefault(year, []).append(month)
        by_quarter.setdefault(f"{year}Q{(int(place) + 2) // 3}", []).append(month)
    whole = {key: tuple(own) for key, own in by_quarter.items() if len(own) == 3}
    found = [
        Span(
            year, tuple(own),
            tuple(key for key in whole if key.startswith(f"{year}Q")) if quarters else (),
        )
        for year, own in by_year.items()
        if len(own) == 12
    ]  # fmt: skip
    return found + ([Span(key, own) for key, own in whole.items()] if quarters else [])


def most_draws(columns: int) -> int:
    """How many draws fit, of so many columns."""
    return int(ROOM / CHARACTERS / max(columns, 1))


@dataclass(frozen=True)
class Money:
    """Draws of a scenario's revenue by month and currency, (definition, month, n)."""

    scenario: str
    draws: dict[str, xr.DataArray]

    @classmethod
    def of(cls, run: SavedRun, scenario: str) -> Money:
        """Read them from a run."""
        return cls(scenario, monthly(run.folder, scenario))

    @property
    def months(self) -> list[str]:
        """The months."""
        return [str(month) for month in self.draws[USD]["month"].to_numpy()]

    @property
    def own(self) -> str:
        """The hosts' own currency, if they share one besides the dollar."""
        return next((name for name in self.draws if name != USD), "")

    def summed(self, months: tuple[str, ...], currency: str = USD) -> Floats:
        """Sums over months, (definition, n)."""
        chosen = self.draws[currency].sel(month=list(months), definition=list(DEFINITIONS))
        return np.asarray(chosen.sum("month").transpose("definition", "draw").to_numpy())

    def per_usd(self, span: Span) -> float | None:
        """Units of the hosts' currency that a dollar of the span's revenue is; the median draw's.

        Months have rates of their own, so draws differ, by less than their digits.
        """
        if not self.own:
            return None
        dollars, own = self.summed(span.months), self.summed(span.months, self.own)
        ratio = np.divide(own, dollars, out=np.full_like(own, np.nan), where=dollars > 0.0)
        return number(float(np.nanmedian(ratio))) if np.isfinite(ratio).any() else None


def table(run: SavedRun, money: Money, told: list[Span]) -> Json:
    """Quantiles of all draws by span, definition and currency; of years, the summary's own."""
    annual = run.summary["scenarios"][money.scenario]["annual"]
    found: Json = {}
    for span in told:
        if span.key in annual:
            found[span.key] = {
                definition: {
                    currency: {name: numbers[name] for name in QUANTILES}
                    for currency, numbers in by_currency.items()
                }
                for definition, by_currency in annual[span.key].items()
            }
        else:
            sums = {currency: money.summed(span.months, currency) for currency in money.draws}
            found[span.key] = {
                definition: {currency: quantiles(draws[place]) for currency, draws in sums.items()}
                for place, definition in enumerate(DEFINITIONS)
            }
    return found


def quantiles(draws: Floats) -> Json:
    """Quantiles of draws, (n,)."""
    levels = np.quantile(draws, list(QUANTILES.values()))
    return {name: number(float(one)) for name, one in zip(QUANTILES, levels, strict=True)}


def columns(money: Money, told: list[Span], kept: Kept) -> Json:
    """Columns of draws in dollars, by definition, of spans that are no sums of others."""
    found: Json = {}
    for span in told:
        if not span.parts:
            sums = money.summed(span.months)
            found[span.key] = {
                definition: kept.column(sums[place]) for place, definition in enumerate(DEFINITIONS)
            }
    return found


def periods(run: SavedRun, money: Money, told: list[Span], texts: Catalogue) -> list[Json]:
    """What may be chosen: years, then quarters."""
    return [
        {
            "key": span.key,
            "label": _label(span, texts),
            "year": span.key[:4],
            "projected": run.projected(span.months[-1]),
            "parts": list(span.parts),
            "per_usd": money.per_usd(span),
        }
        for span in told
    ]


def _label(span: Span, texts: Catalogue) -> str:
    if span.year:
        return span.key
    year, _, quarter = span.key.partition("Q")
    return texts.say("page.quarter", year=year, quarter=quarter)


def scenario(run: SavedRun, name: str, before: Money, kept: Kept, texts: Catalogue) -> Json:
    """A scenario beside what happened: its words, its years and what is at stake."""
    money, block = Money.of(run, name), run.scenarios[name]
    stake = block["at_stake"]
    months = tuple(month for month in money.months if stake["from"] <= month <= stake["to"])
    apart = money.summed(months) - before.summed(
        tuple(month for month in months if month in before.months)
    )
    own = spans(money.months, quarters=False)
    years: Json = {}
    for span in own:
        ours = money.summed(span.months)
        same = set(span.months) <= set(before.months)
        if not same or not np.array_equal(ours, before.summed(span.months)):
            years[span.key] = {
                definition: kept.column(ours[place]) for place, definition in enumerate(DEFINITIONS)
            }
    return {
        "key": name,
        "title": texts.titled("scenarios", name, block["title"]),
        "description": texts.titled("descriptions", name, block["description"]),
        "basis": block["basis"],
        "changes": [
            change_in_words(run, one, texts) for one in run.scenario_file(name).get("changes", [])
        ],
        "sources": [
            {"title": run.sources[one]["title"] or one, "url": safe(run.sources[one]["url"])}
            for one in block["sources"]
            if one in run.sources
        ],
        "from": texts.month(stake["from"]),
        "to": texts.month(stake["to"]),
        "years": [
            {
                "key": span.key,
                "projected": run.projected(span.key),
                "per_usd": money.per_usd(span),
            }
            for span in own
        ],
        "table": table(run, money, own),
        "draws": years,
        "stake": {
            definition: {
                key: stake[definition][USD][key]
                for key in (*QUANTILES, "probability_lower", "probability_higher")
            }
            for definition in DEFINITIONS
        },
        "apart": {
            definition: kept.column(apart[place]) for place, definition in enumerate(DEFINITIONS)
        },
    }  # fmt: skip


def safe(url: str) -> str:
    """An address that opens a page; blank if it is another kind, as one that would run a script."""
    return url if url.startswith(("https://", "http://")) else ""
