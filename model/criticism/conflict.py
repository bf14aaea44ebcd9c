"""Do sources contradict each other? Node-splitting compares each row with all the others.

For each row, each source and each origin the posterior is split. ``indirect`` is the estimate of
its quantities from all other rows and the priors; ``direct`` is the estimate from its
own figures, with nothing else known. Both have the same scale, so the interval of their difference
should contain zero (Presanis, Ohlssen, Spiegelhalter and De Angelis 2013,
https://doi.org/10.1214/13-STS426). An origin's common error is one number: if other rows of the
origin inform it, the direct side uses that information.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import exponnorm, false_discovery_control, norm

from model.archive.check_result import CheckResult
from model.archive.finding import Finding, chance, finding, names_or_none
from model.case.case import Case
from model.case.statements import statements
from model.criticism.leave_out import TOLD, LeftOut
from model.evidence.likelihood import told
from model.evidence.synthesis import Synthesis, common_errors, log_quantities, own_errors
from model.kernel.hedge_densities import extremes_logpdf
from model.projection.prediction import may_be_off, tail_probability

Floats = NDArray[np.float64]

Scales = tuple[tuple[float, float], ...]

#: Kinds of the groups compared. A host's rows contradict no others: hardly any other row is about
#: the same quantities.
KINDS = ("row", *TOLD)
#: Direct draws for each indirect one: indirect draws are expensive, direct ones cost nothing.
REPEATS = 10
#: Least probability used: the draws resolve nothing smaller.
LEAST = 1e-6
#: Tail probability below which a single row is flagged.
FLAGGED = 0.02
#: Share of the groups reported as conflicts that may be false alarms (Benjamini and Hochberg 1995).
FALSE_SHARE = 0.05


@dataclass(frozen=True)
class Split:
    """A group of rows compared with all others.

    Attributes
    ----------
    rows : tuple of str
    direct, indirect : array, (n, rows)
        Log of the quantity that each row is about, in canonical units, in pairs.
    p_values : array, (rows,)
        Two-sided probability of a difference as far from zero, row by row.
    p_value : float
        The same for all rows together.
    """

    rows: tuple[str, ...]
    direct: Floats
    indirect: Floats
    p_values: Floats
    p_value: float


def split(
    case: Case,
    parts: Synthesis,
    normals: Floats,
    rows: Sequence[str],
    rng: np.random.Generator,
) -> Split:
    """Compare rows with a posterior that was fitted without them.

    Parameters
    ----------
    case : Case
    parts : Synthesis
        The arrays of that fit, in which the rows have zero weight.
    normals : array, (n, size)
        Its draws.
    rows : sequence of str
        Ids.
    rng : Generator
    """
    said = parts.evidence
    places = [said.ids.index(row) for row in rows]
    log_quantity = log_quantities(parts, normals)
    once = log_quantity[:, places]
    common, own = _errors(parts, normals, places, case.reading.echo_shared)
    indirect, shared, alone = (np.repeat(one, REPEATS, axis=0) for one in (once, common, own))
    alone = may_be_off(alone, said, rng)
    direct = np.empty_like(indirect)
    p_values = np.empty(len(places))
    for position, place in enumerate(places):
        known, repeated = common[:, position], shared[:, position]
        located = said.log_figure[place]
        if place in said.spread:
            located = _located(parts, place, len(indirect), rng)
            above = (located - repeated - indirect[:, position]) / alone[:, position]
            p_values[position] = tail_probability(float(norm.cdf(above).mean()))
        else:
            apart = located - known - once[:, position]
            below = _error_below(apart, own[:, position], said.tail[place], said.scales)
            chance_of = float(below.mean())
            if said.bound[place]:
                chance_of = 1.0 - chance_of
            p_values[position] = tail_probability(chance_of, said.tail[place])
        error = alone[:, position] * rng.normal(size=len(indirect))
        if not said.bound[place]:
            error += said.tail[place] * rng.exponential(size=len(indirect))
        direct[:, position] = located - repeated - error
    told = _first_of_each(case, parts, places)
    # a bound is no estimate of its quantity: it holds or not
    single = [float(p_values[one]) for one in told if said.bound[places[one]]]
    estimates = [one for one in told if not said.bound[places[one]]]
    if len(estimates) == 1:
        single += [float(p_values[estimates[0]])]
    elif estimates:
        single += [max(_joint((direct - indirect)[:, estimates]), 2.0 / len(normals))]
    joint = min(1.0, len(single) * min(single))
    return Split(tuple(rows), direct, indirect, p_values, joint)


def _errors(
    parts: Synthesis, normals: Floats, places: Sequence[int], echo: float
) -> tuple[Floats, Floats]:
    """The error each row shares with its origin, (n, rows), and the deviation of the rest."""
    said, chosen = parts.evidence, list(places)
    # a poor row may share less error with its origin's best row than that row does with itself
    least = np.minimum(np.abs(said.shared_error), np.sqrt(echo) * told(said.error, said.varied))
    split = replace(said, shared_error=np.sign(said.shared_error) * least)
    parts = replace(parts, evidence=split)
    return common_errors(parts, normals)[:, chosen], own_errors(parts, normals)[:, chosen]


def _error_below(bound: Floats, deviation: Floats, tail: float, scales: Scales) -> Floats:
    """Probability that an error with its hedge's exponential tail is below a bound."""

    def below(deviation: Floats) -> Floats:
        if tail == 0.0 or np.isinf(tail):  # no tail, or a bare bound
            return np.asarray(norm.cdf(bound / deviation))
        modified = exponnorm(abs(tail) / deviation, scale=deviation)
        return np.asarray(modified.cdf(bound) if tail > 0.0 else modified.sf(-bound))

    found = [chance * below(np.hypot(deviation, added)) for chance, added in scales if chance]
    return np.asarray(sum(found))


def _located(parts: Synthesis, place: int, count: int, rng: np.random.Generator) -> Floats:
    """Draws of the log mean of units of which the lowest and highest are known, by quadrature."""
    said = parts.evidence
    middle, half = said.log_figure[place], said.half_width[place]
    centre, width = parts.spread_deviation
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    variance = np.exp(2.0 * (centre + width * nodes))
    grid = middle + (half + 4.0 * np.exp(centre + 2.0 * width)) * np.linspace(-1.0, 1.0, 2001)
    # the mean of log-normal units lies above their centre by half their variance
    log_density = extremes_logpdf(
        middle - half, middle + half, grid[:, None] - variance / 2, np.sqrt(variance), said.units
    )
    density = np.exp(log_density - log_density.max()) @ weights
    return np.asarray(np.interp(rng.random(count) * density.sum(), np.cumsum(density), grid))


def _first_of_each(case: Case, parts: Synthesis, places: Sequence[int]) -> list[int]:
    """Positions within ``places`` of the best row for each statement."""
    ids, error = parts.evidence.ids, parts.evidence.error
    rows = case.evidence.set_index("id").loc[[ids[place] for place in places]]
    stated = statements(rows)
    best: dict[tuple[object, ...], int] = {}
    for position in sorted(range(len(places)), key=lambda one: error[places[one]]):
        best.setdefault(stated[position], position)
    return sorted(best.values())


def _joint(apart: Floats) -> float:
    """Share of draws at least as far from their centre as zero is, by Mahalanobis distance."""
    centre = apart.mean(axis=0)
    inverse = np.linalg.pinv(np.cov(apart.T))
    around = apart - centre
    distances = np.einsum("ni,ij,nj->n", around, inverse, around)
    return float((distances >= centre @ inverse @ centre).mean())


def conflicts(case: Case, without: Sequence[LeftOut], seed: int) -> CheckResult:
    """Compare each row, source and origin with all others, and report those contradicted.

    Returns
    -------
    CheckResult
        ``direct`` and ``indirect`` are in the row's own unit; ``difference`` is direct over
        indirect. Failed if a row, or a source or origin, is in conflict, by Benjamini and
        Hochberg's rule applied to the rows and, separately, to the sources and origins.
    """
    without = [one for one in without if one.group.kind in KINDS]
    if not without:
        return CheckResult.saying("conflict", None, [finding("no_row")], READING, pd.DataFrame())
    splits: dict[tuple[str, ...], Split] = {}
    for one in without:
        if one.group.rows not in splits:
            rng = np.random.default_rng([seed, len(splits)])
            splits[one.group.rows] = split(case, one.parts, one.fit.normals, one.group.rows, rng)
    found = [splits[one.group.rows] for one in without]
    draws = min(len(one.fit.normals) for one in without)
    by_row = {
        one.group.name: result.p_value
        for one, result in zip(without, found, strict=True)
        if one.group.kind == "row"
    }
    by_group = {
        one.group.rows: result.p_value
        for one, result in zip(without, found, strict=True)
        if one.group.kind != "row"
    }
    rows_adjusted, adjusted = _adjusted(by_row), _adjusted(by_group)
    # compared with all rows outside its own origin
    outside = {
        row: float(p)
        for one, result in zip(without, found, strict=True)
        if one.group.kind == "origin"
        for row, p in zip(result.rows, result.p_values, strict=True)
    }
    lines: list[dict[str, object]] = []
    groups: dict[str, float] = {}
    for one, result in zip(without, found, strict=True):
        group, single = one.group, one.group.kind == "row"
        p_adjusted = rows_adjusted[group.name] if single else adjusted[group.rows]
        lines += _lines(case, one, result, p_adjusted)
        if not single and p_adjusted <= FALSE_SHARE and one.fit.reliable:
            groups[group.name] = result.p_value
    unsure = [one.group.name for one in without if not one.fit.reliable]
    rows = {
        row: by_row[row]
        for row, p in rows_adjusted.items()
        if p <= FALSE_SHARE and row not in unsure
    }
    flagged = sorted((row for row, p in by_row.items() if p < FLAGGED), key=by_row.__getitem__)
    said = [
        finding(
            "conflict", rows=len(by_row), in_rows=_named(rows, draws), groups=len(by_group),
            in_groups=_named(groups, draws),
        ),
        finding(
            "flagged", limit=FLAGGED, expected=FLAGGED * len(by_row), names=names_or_none(flagged)
        ),
    ]  # fmt: skip
    among = [row for row in rows if outside.get(row, 0.0) >= FLAGGED]
    if among:
        said.append(finding("within_series", names=among))
    if unsure:
        said.append(finding("poor_refits", names=unsure))
    passed = not rows and not groups
    return CheckResult.saying("conflict", passed, said, READING, pd.DataFrame(lines), "conflicts")


def _adjusted(p_values: Mapping[Any, float]) -> dict[Any, float]:
    """Probabilities adjusted for their number (Benjamini and Hochberg 1995)."""
    values = np.maximum(list(p_values.values()), LEAST)
    return dict(zip(p_values, false_discovery_control(values).tolist(), strict=True))


def _named(found: Mapping[str, float], draws: int) -> Finding:
    """Name those in conflict, the worst first, with their probabilities."""
    if not found:
        return finding("none_is")
    names = [
        finding("with_chance", name=name, chance=chance(found[name], draws))
        for name in sorted(found, key=found.__getitem__)
    ]
    return finding("one_is" if len(names) == 1 else "several_are", names=names)


READING = (
    "Direct: the estimate from the row alone. Indirect: the estimate of the same quantity from all "
    "rows outside its group and the priors. Both are medians with 90% intervals; the "
    "difference is a ratio. The group is the row alone, its source, or its origin. The p-value is "
    "the probability of a difference at least as large, for the row and for its group together; "
    "“adjusted” allows for the number of comparisons."
)


def _lines(case: Case, one: LeftOut, result: Split, p_adjusted: float) -> list[dict[str, object]]:
    """Lines of the table for one row, or for the rows of a group."""
    said = one.parts.evidence
    units = case.evidence.set_index("id")["unit"]
    lines = []
    for position, row in enumerate(result.rows):
        factor = said.to_printed[said.ids.index(row)]
        direct, indirect = result.direct[:, position], result.indirect[:, position]
        lines.append(
            {
                "kind": one.group.kind,
                "group": one.group.name,
                "row": row,
                "unit": str(units[row]),
                **_three("direct", direct, factor),
                **_three("indirect", indirect, factor),
                **_three("difference", direct - indirect, 1.0),
                "p_row": float(result.p_values[position]),
                "p_group": result.p_value,
                "p_adjusted": p_adjusted,
                "reliable": one.fit.reliable,
            }
        )
    return lines


def _three(name: str, logs: Floats, factor: float) -> dict[str, float]:
    ends = np.exp(np.quantile(logs, [0.5, 0.05, 0.95])) * factor
    return {f"{name}_{end}": float(x) for end, x in zip(("q50", "q05", "q95"), ends, strict=True)}
