"""Held-out published totals: how likely each is, and what it would imply if believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive.believed import moves
from model.archive.check_result import CheckResult
from model.archive.finding import Finding, chance, finding
from model.case.case import Case
from model.case.printed_figures import printed_figure
from model.equations.quantities import HEADLINE
from model.equations.subjects import is_total
from model.projection.prediction import (
    LEAST,
    central,
    log_densities,
    may_be_off,
    modelled_total,
    only_in_part,
    tail_probability,
)
from model.projection.projection import Projection, Projector, quantiles
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.reweighting import MAX_PARETO_K, smoothed, weighted_quantiles
from model.terminal.wording import MILLION, moves_in_words

Floats = NDArray[np.float64]

#: Two-sided probability below which a total is reported as incompatible with the model.
INCOMPATIBLE = 0.01
#: The least probable totals are told one by one; of the others the table tells.
TOLD = 5
#: What else a published state take may mean: money that is sent home, and by whom.
MEANINGS = {
    "with_managers": ("state_take", "managers_take"),
    "sent": ("state_take", "managers_take", "worker_keeps"),
}

READING = (
    "The total as printed (the middle of a range) and the model's estimate for the same "
    "definition, place and months, in the row's unit. “p” is the two-sided probability of a figure "
    "as far off, given the total's hedge and grade; totals of one origin share one error. “If "
    "believed” is the state take of the headline's year if the row were fitted as well, by "
    "reweighting where Pareto's k allows it; “moves” names the quantities that would move most. "
    "“With managers” and “sent” are the estimate if the total means what state and managers have, "
    "or that and what workers keep. “Implied” is the total divided by the workers present, in the "
    "row's currency per worker and year. For a worldwide total “share” is the model's part of it."
)


def held_out_totals(
    case: Case, posterior: Posterior, gate: Convergence, projection: Projection, seed: int
) -> CheckResult:
    """Compare published totals with the model.

    Returns
    -------
    CheckResult
        Failed if a total for a modelled host is incompatible with the model.
    """
    rows = case.evidence[case.evidence["role"] == "holdout"]
    rows = rows[rows["quantity"].map(is_total).astype(bool)]
    rng = np.random.default_rng(seed)
    count = len(posterior.draws)
    shared = {origin: rng.normal(size=count) for origin in sorted(set(rows["origin"]))}
    takes = projection.yearly_usd.sel(definition=HEADLINE)
    year = case.timeline.headline
    headline = takes.sel(year=year).to_numpy() if year in takes["year"] else None
    relative = min(gate.min_ess_bulk / count, 1.0)
    letters = posterior.error_sizes.letters
    meanings = Projector(case, posterior.layout, posterior.draws).sums(MEANINGS)
    lines, moved = [], dict[str, list[Any]]()
    for row in rows.itertuples():
        line: dict[str, Any] = {
            "row": row.id,
            "origin": row.origin,
            "definition": row.quantity.removeprefix("total_"),
            "place": row.host,
            "unit": row.unit,
        }
        said, observed = printed_figure(case.reading, row), central(row)
        hosts, total = modelled_total(case, row, projection)
        line["observed"] = observed
        if total is not None:
            line |= {key: float(quantiles(total)[key]) for key in ("q50", "q05", "q95")}
            if only_in_part(case, row.host):
                line |= _named("share", total / observed)
                line["share_above_one"] = float((total > observed).mean())
            else:
                log_total = np.log(np.maximum(total, LEAST))
                sizes = said.error * letters.get(row.reliability, 1.0)
                common = np.sqrt(case.reading.echo_shared) * sizes * shared[row.origin]
                own = np.sqrt(1.0 - case.reading.echo_shared) * sizes * np.ones(count)
                own = may_be_off(own, posterior.parts.evidence, rng) * rng.normal(size=count)
                noise = common + own
                if np.isfinite(said.tail):
                    noise += said.tail * rng.exponential(size=count)
                above = float((log_total + noise > said.log).mean())
                line["p"] = tail_probability(above, said.tail)
                if line["definition"] == HEADLINE:
                    for name in MEANINGS:
                        _, other = modelled_total(case, row, meanings, name)
                        assert other is not None
                        again = np.log(np.maximum(other, LEAST)) + noise
                        line |= _named(name, other)
                        above = float((again > said.log).mean())
                        line[f"{name}_p"] = tail_probability(above, said.tail)
                line |= _implied(row, projection, observed, hosts)
                if headline is not None:
                    fitted = log_densities(case, row, total)
                    found, moved[row.id] = _if_believed(headline, fitted, relative, posterior)
                    line |= found
        lines.append(line)
    columns = [
        "row", "origin", "definition", "place", "unit", "observed", "q50", "q05", "q95", "p",
        "believed_q50", "believed_q05", "believed_q95", "pareto_k", "moves",
        *(f"{name}_{key}" for name in MEANINGS for key in ("q50", "q05", "q95", "p")),
        "implied_q50", "implied_q05", "implied_q95", "share_q50", "share_q05", "share_q95",
        "share_above_one",
    ]  # fmt: skip
    table = pd.DataFrame(lines, columns=columns)
    findings = _said(table, count, moved)
    p = table["p"].dropna()
    passed = None if p.empty else bool((p >= INCOMPATIBLE).all())
    return CheckResult.saying("held_out", passed, findings, READING, table, "totals")


def _named(name: str, draws: Floats) -> dict[str, float]:
    numbers = quantiles(draws)
    return {f"{name}_{key}": float(numbers[key]) for key in ("q50", "q05", "q95")}


def _implied(row: Any, projection: Projection, total: float, hosts: list[str]) -> dict[str, float]:
    """The total per year and worker present in its window."""
    months = pd.PeriodIndex(projection.workers["month"].to_index(), freq="M")
    inside = np.asarray((months >= row.start) & (months <= row.end))
    present = projection.workers.sel(stock="working", host=hosts).isel(month=inside)
    return _named("implied", total * row.factor / present.sum("host").mean("month").to_numpy())


def _if_believed(
    headline: Floats, log_ratio: Floats, relative: float, posterior: Posterior
) -> tuple[dict[str, Any], list[Any]]:
    """Quantiles of the headline if the row were fitted as well, Pareto's k, and what else moves."""
    weights, k = smoothed(log_ratio, relative)
    found: dict[str, Any] = {"pareto_k": k}
    moved: list[Any] = []
    if k <= MAX_PARETO_K:
        ends = weighted_quantiles(headline, weights, (0.5, 0.05, 0.95))
        names = ("believed_q50", "believed_q05", "believed_q95")
        found |= {name: float(end) for name, end in zip(names, ends, strict=True)}
        moved = moves(posterior, weights)
        found["moves"] = moves_in_words(moved)
    return found, moved


def _said(table: pd.DataFrame, draws: int, moved: dict[str, list[Any]]) -> list[Finding]:
    compared = table[table["p"].notna()].sort_values("p")
    said = [finding("totals", count=len(compared)) if len(compared) else finding("no_total")]
    rest = compared.iloc[TOLD:]
    if len(rest) > 1:
        compared = compared.iloc[:TOLD]
    said += [
        finding(
            "total", row=row.row, chance=chance(row.p, draws),
            believed=_believed(row, moved.get(row.row, [])), meant=_meant(row, draws),
        )
        for row in compared.itertuples()
    ]  # fmt: skip
    if len(rest) > 1:
        said.append(finding("more_totals", count=len(rest), chance=chance(rest["p"].min(), draws)))
    world = table[table["share_q50"].notna()]
    smaller = world[world["share_above_one"] > 1.0 - INCOMPATIBLE]
    world = world.drop(smaller.index)
    if not world.empty:
        low, high = 100 * world["share_q50"].min(), 100 * world["share_q50"].max()
        said.append(finding("world_part", count=len(world), low=low, high=high))
    if not smaller.empty:
        said.append(finding("narrower", rows=list(smaller["row"])))
    return said


def _believed(row: Any, moved: list[Any]) -> Finding:
    """What the headline would be if the total were evidence, and what else would move."""
    if not np.isfinite(row.believed_q50):
        return finding("beyond_draws")
    take = [value / MILLION for value in _ends(row, "believed")]
    seen = [one for one in moved if f"{one['before']:.3g}" != f"{one['after']:.3g}"]
    if not seen:
        return finding("if_believed", take=take)
    return finding("if_believed_with", take=take, moved=[finding("moved", **one) for one in seen])


def _meant(row: Any, draws: int) -> Finding:
    """The comparison if the total means money sent home, where that is nearer to it."""
    if not row.sent_p > row.p:
        return finding("nothing_more")
    return finding(
        "if_sent",
        managers=_ends(row, "with_managers"),
        managers_chance=chance(row.with_managers_p, draws),
        sent=_ends(row, "sent"),
        sent_chance=chance(row.sent_p, draws),
    )


def _ends(row: Any, name: str) -> list[float]:
    return [getattr(row, f"{name}_{key}") for key in ("q50", "q05", "q95")]
