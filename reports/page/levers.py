"""What a page's sliders hold: their draws, ranges, curves of the prior, and exact refits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.archive.dials import FACTORS, Dial, Dials
from model.equations.quantities import DEFINITIONS
from reports.figures.totals import place_name
from reports.page.columns import Kept, number
from reports.saved_run import SavedRun, three_of
from reports.texts import Catalogue

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: Order of the sliders.
ORDER = ("plan", "part_paid", "workers", "broker_margin", "keep_share")
#: Width of the kernel, in standard deviations of the log or logit.
BANDWIDTH = 0.25
#: Places of a slider, and bins of a curve.
STEPS, BINS = 200, 60
#: Columns of a row of evidence that states a quantity which no option sets.
AS_ROW = {
    "workers": ("working", "persons", "", 1.0),
    "part_paid": ("plan_collected", "percent", "claim", 100.0),
}
#: What the copy of a case is called in a command.
MY_CASE = "my_case"


def levers(run: SavedRun, found: Dials, kept: Kept, texts: Catalogue) -> list[Json]:
    """Every slider but the exchange rate's."""
    ordered = sorted(found.quantities, key=lambda one: ORDER.index(one.name))
    return [_lever(run, one, kept, texts) for one in ordered]


def _lever(run: SavedRun, dial: Dial, kept: Kept, texts: Catalogue) -> Json:
    low, high = ends(dial)
    prior = dial.prior[np.isfinite(dial.prior)]
    counts, _ = np.histogram(prior, BINS, (low, high))
    share = counts / max(len(prior), 1)
    several = len(run.hosts) > 1 and dial.label
    first = place_name(run, next(iter(run.hosts)), texts)
    name = texts.say(f"page.levers.{dial.name}.name", year=run.year)
    middle, *interval = three_of(dial.posterior)
    return {
        "key": dial.name,
        "name": texts.say("entry", name=name, entry=first) if several else name,
        "means": texts.say(f"page.levers.{dial.name}.means", year=run.year),
        "held": texts.say(f"page.levers.{dial.name}.held", value="{value}"),
        "unit": texts.say(f"page.levers.{dial.name}.unit"),
        "percent": dial.support == "fraction",
        "low": low, "high": high, "steps": STEPS,
        "at": number(middle),
        "interval": [number(end) for end in interval],
        "bandwidth": number(BANDWIDTH * float(transformed(dial).std())),
        "prior": [number(float(one)) for one in share],
        "draws": kept.column(dial.posterior),
        "option": f"--set {dial.label}=" if dial.label else "",
        "row": "" if dial.label else _as_row(run, dial.name),
    }  # fmt: skip


def transformed(dial: Dial) -> Floats:
    """Posterior draws on the scale on which distances are measured: logs, or logits."""
    draws = dial.posterior
    if dial.support == "fraction":
        return np.asarray(np.log(draws) - np.log1p(-draws))
    return np.asarray(np.log(draws))


def ends(dial: Dial) -> tuple[float, float]:
    """Range of a slider: the prior's 90% and nearly all of the posterior, in round numbers."""
    prior = dial.prior[np.isfinite(dial.prior)]
    low = min(np.quantile(prior, 0.05), np.quantile(dial.posterior, 0.005))
    high = max(np.quantile(prior, 0.95), np.quantile(dial.posterior, 0.995))
    if dial.support == "fraction":
        return max(round(float(low), 2), 0.01), min(round(float(high), 2), 0.99)
    unit = 10.0 ** np.floor(np.log10(high - low) - 1)
    return max(float(np.floor(low / unit) * unit), unit), float(np.ceil(high / unit) * unit)


def _as_row(run: SavedRun, name: str) -> str:
    """Options of ``model.case add`` for a quantity that follows from others."""
    quantity, unit, base, _ = AS_ROW[name]
    words = [
        f"--quantity {quantity}", f"--host {next(iter(run.hosts))}", f"--start {run.year}-01",
        f"--end {run.year}-12", "--role fit", "--qualifier exact", f"--unit {unit}",
        *([f"--base {base}"] if base else []), "--grade A1", "--source what-if",
        "--source-title 'A what-if'", "--source-publisher us", "--source-date 2000",
        "--source-url ''", "--said-by us", "--note 'a what-if'", "--id what-if", "--yes",
    ]  # fmt: skip
    return " ".join(words)


def rates(run: SavedRun, found: Dials, kept: Kept, before: Json, texts: Catalogue) -> Json | None:
    """The slider of the exchange rate; nothing if all accounts are in dollars."""
    if not found.rates:
        return None
    years = {
        str(year): {
            definition: [kept.column(one[place], bits=8) for one in by_factor]
            for place, definition in enumerate(DEFINITIONS)
        }
        for year, by_factor in found.rates.items()
    }
    codes = sorted({str(host["currency"]) for host in run.hosts.values()} - {"USD"})
    one = before.get(str(run.year)) if len(run.hosts) == 1 else None
    return {
        "name": texts.say("page.levers.rate.name", currency=", ".join(codes)),
        "means": texts.say("page.levers.rate.means", year=run.year),
        "held": texts.say("page.levers.rate.held", value="{value}", currency=", ".join(codes)),
        "factors": list(FACTORS),
        "base": one,
        "low": min(FACTORS), "high": max(FACTORS), "steps": STEPS,
        "years": years,
        "from": str(run.timeline["start"])[:7],
        "hosts": [
            name for name, host in run.hosts.items() if host["currency"] != "USD"
        ] if len(run.hosts) > 1 else [],
    }  # fmt: skip
