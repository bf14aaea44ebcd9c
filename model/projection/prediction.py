"""Posterior predictions of each figure: fitted rows, held-out rows and published totals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.case.case import Case
from model.case.changes import is_change, months_before
from model.case.contents import WORLD, Reading
from model.case.printed_figures import printed_figure
from model.equations.subjects import is_total
from model.evidence.economy import Layout
from model.evidence.likelihood import Evidence, evidence
from model.evidence.measurement import measurement
from model.evidence.row_equations import log_quantities
from model.evidence.synthesis import ErrorSizes, panel_prior, spread_prior
from model.kernel.hedge_densities import tailed_logpdf
from model.projection.projection import USD, Projection, quantiles

Floats = NDArray[np.float64]
#: Least total, in a row's unit, that has a logarithm.
LEAST = 1e-12
Json = dict[str, Any]


def number(x: float) -> float | None:
    """Round a float to eight significant digits, more than any draw carries.

    None if it is not finite, which JSON cannot represent; absurd priors overflow.
    """
    return float(f"{x:.8g}") if math.isfinite(x) else None


def distribution(draws: Floats) -> Json:
    """Mean, standard deviation and quantiles of draws, (n,), as plain numbers."""
    return {name: number(float(value)) for name, value in quantiles(draws).items()}


def replicate(
    rows: Evidence,
    log_quantity: Floats,
    rng: np.random.Generator,
    reading: Reading,
    sizes: ErrorSizes,
) -> Floats:
    """Log figures that the model expects to be printed, (n, R), in canonical units.

    Each row gets a fresh error and its hedge's tail; a ``spread`` row gets the mid-point of the
    lowest and highest of n fresh units, a bare bound the figure that is held against it. A row of
    a panel is what a further expert would say.

    Parameters
    ----------
    rows : Evidence
    log_quantity : array, (n, R)
    rng : Generator
    reading : Reading
    sizes : ErrorSizes
        A letter's factor or a panel's deviation that is not there is drawn from its prior.
    """
    draws = log_quantity.shape[0]
    size = np.ones((draws, len(rows.letters) or 1))
    for place, letter in enumerate(rows.letters):
        fresh = np.exp(rows.letter_sd * rng.normal(size=draws))
        size[:, place] = sizes.letters.get(letter, fresh)
    scale = rows.error * size[:, rows.letter]
    centre, width = panel_prior(reading)
    for place, panel in enumerate(rows.panels):
        new: Floats = np.exp(centre + width * rng.normal(size=draws))
        between = sizes.panels.get(panel, new)
        own = rows.panel == place
        scale[:, own] = np.hypot(scale[:, own], between[:, None])
    error = rng.normal(size=log_quantity.shape) * may_be_off(scale, rows, rng)
    tail = rng.exponential(size=log_quantity.shape) * np.where(rows.bound, 0.0, rows.tail)
    figures = log_quantity + error + tail
    centre, width = spread_prior(reading)
    for place in rows.spread:
        deviation = np.exp(centre + width * rng.normal(size=draws))
        units = rng.choice(rows.units, size=draws)
        # extremes of n normals through the extremes of n uniforms
        low = rng.beta(1.0, units)
        high = low + (1.0 - low) * rng.beta(units - 1.0, 1.0)
        from scipy.special import ndtri

        # the quantity is the mean of log-normal units, which lies above their centre
        figures[:, place] += deviation * (ndtri(low) + ndtri(high)) / 2 - deviation**2 / 2
    return figures


def may_be_off(error: Floats, rows: Evidence, rng: np.random.Generator) -> Floats:
    """Deviations of errors, some of which are of figures that are off."""
    chances, added = zip(*rows.scales, strict=True)
    return np.asarray(np.hypot(error, rng.choice(added, size=error.shape, p=chances)))


def surprise(observed: float, predicted: Floats, tail: float = 0.0) -> float | None:
    """Share of predictions nearer the centre than the figure: 0 expected, 1 out of range.

    One minus the two-sided tail probability, so 0.95 means that one prediction in twenty is as
    far out. Of a bare bound, which has an infinite tail, the share on its other side.
    """
    above = float(np.mean(predicted > observed) + 0.5 * np.mean(predicted == observed))
    return number(1.0 - tail_probability(above, tail))


def tail_probability(above: float, tail: float = 0.0) -> float:
    """Two-sided tail probability of a figure that draws exceed with a given probability.

    Of a bare bound it is the probability that it holds.
    """
    if math.isinf(tail):
        return 1.0 - above if tail > 0.0 else above
    return 2.0 * min(above, 1.0 - above)


def fitted_rows(
    case: Case, layout: Layout, draws: Floats, seed: int, fitted: Evidence, sizes: ErrorSizes
) -> Json:
    """Observed, predicted and surprise of each fitted row, in the row's own unit.

    ``error`` is the standard deviation of the log figure, ``tail`` the mean of its hedge's tail
    on the same scale (negative for a floor), as hedges and grades are read. ``weight`` is one, or
    the row's part of it if several rows repeat one statement, or zero if it was left out of the
    fit; ``fitted`` is the evidence used in the fit.
    """
    weights = dict(zip(fitted.ids, fitted.weight.tolist(), strict=True))
    return {
        row_id: {
            "observed": number(observed),
            "unit": unit,
            "predicted": distribution(predicted),
            "surprise": surprise(observed, predicted, reading[1]),
            "error": number(reading[0]),
            "tail": number(reading[1]),
            "weight": number(weights[row_id]),
        }
        for row_id, observed, unit, predicted, reading in _predict(
            case, layout, draws, seed, "fit", sizes
        )
    }


def held_out_rows(
    case: Case, layout: Layout, draws: Floats, projection: Projection, seed: int, sizes: ErrorSizes
) -> Json:
    """Observed and predicted of each held-out row; published totals under their definition.

    ``predicted_for`` lists the hosts that the prediction covers. A published world total is never
    scored against the modelled hosts, which are a part of it: ``share`` is what part theirs would
    be. Rows outside the timeline have no prediction.
    """
    results: Json = {}
    for row_id, observed, unit, predicted, _ in _predict(
        case, layout, draws, seed, "holdout", sizes
    ):
        results[row_id] = _held_out(observed, unit, predicted)
    rows = case.evidence[case.evidence["role"] == "holdout"]
    for row in rows.itertuples():
        if is_total(row.quantity):
            results[row.id] = _published_total(case, row, projection)
    return dict(sorted(results.items()))


def _held_out(observed: float, unit: str, predicted: Floats | None) -> Json:
    entry: Json = {"observed": number(observed), "unit": unit, "predicted": None}
    entry["probability_above"] = None
    if predicted is not None:
        entry["predicted"] = distribution(predicted)
        entry["probability_above"] = number(float(np.mean(predicted > observed)))
    return entry


def only_in_part(case: Case, place: str) -> bool:
    """Whether a total is for the world, of which the case's hosts are only a part."""
    return place == WORLD and not case.members(place)


def central(row: Any) -> float:
    """A row's figure, or the middle of its two on the log scale, in the unit that is printed."""
    if not math.isnan(row.value):
        return float(row.value)
    return math.exp((math.log(row.low) + math.log(row.high)) / 2)


def _published_total(case: Case, row: Any, projection: Projection) -> Json:
    """A published total in dollars a year, and revenue of the same months as a yearly rate."""
    figures = [float(f) for f in (row.low, row.value, row.high) if not math.isnan(f)]
    observed = central(row)
    hosts, predicted = modelled_total(case, row, projection)
    low, high = (end(figures) if len(figures) > 1 else None for end in (min, max))
    block = _held_out(observed, row.unit, predicted) | {"low": low, "high": high}
    if predicted is not None and only_in_part(case, row.host):
        block |= {"probability_above": None, "share": distribution(predicted / observed)}
    elif predicted is not None and len(figures) > 1:
        inside = (predicted >= min(figures)) & (predicted <= max(figures))
        block["probability_inside"] = number(float(inside.mean()))
    return {
        **block,
        "definition": row.quantity.removeprefix("total_"),
        "published_for": row.host,
        "predicted_for": hosts,
    }


def modelled_total(
    case: Case, row: Any, projection: Projection, definition: str = ""
) -> tuple[list[str], Floats | None]:
    """The model's counterpart of a published total: its hosts, and draws in the row's unit.

    Parameters
    ----------
    row : named tuple
        A row of ``case.evidence`` about a total.
    projection : Projection
    definition : str
        Of the projection's revenue; by default the row's own.

    Returns
    -------
    hosts : list of str
        Hosts with revenue in the sum. A host's or a group's total is compared with its own
        revenue, a world total with the modelled part of the world, others with nothing.
    draws : array, (n,), or None
        As a yearly rate over the row's window; None if the model does not cover it.
    """
    hosts = list(case.members(row.host))
    if only_in_part(case, row.host):
        hosts = [host.name for host in case.hosts]
    months = pd.PeriodIndex(projection.revenue["month"].to_index(), freq="M")
    inside = np.asarray((months >= row.start) & (months <= row.end))
    definition = definition or row.quantity.removeprefix("total_")
    own = {host.name: host.currency for host in case.hosts}.get(row.host)
    covered = hosts and row.currency in (USD, own)
    if not covered or row.start < months[0] or row.end > months[-1]:
        return [], None
    # only a host's own total is known in its own currency
    revenue = projection.revenue_usd if row.currency == USD else projection.revenue
    chosen = revenue.sel(definition=definition, host=hosts).isel(month=inside)
    yearly = chosen.sum(["host", "month"]).to_numpy() * 12 / inside.sum()
    return hosts, yearly / row.factor


def log_densities(case: Case, row: Any, predicted: Floats) -> Floats:
    """Log density of a printed total given each draw of the quantity, (n,), in the row's unit.

    A quantity that is not above zero is as good as nothing, of which the figure is improbable.
    """
    found = printed_figure(case.reading, row)
    apart = found.log - np.log(np.maximum(predicted, LEAST))
    return tailed_logpdf(apart, found.error, found.tail, case.reading.off)


def _covered(case: Case, row: Any) -> bool:
    """Whether a row's place and all its dates are modelled."""
    months = case.timeline.months
    dates = [row.start, row.end, *(months_before(row.base) if is_change(row.base) else ())]
    return bool(case.members(row.host)) and months[0] <= min(dates) and max(dates) <= months[-1]


def _predict(
    case: Case, layout: Layout, draws: Floats, seed: int, role: str, sizes: ErrorSizes
) -> list[tuple[str, float, str, Floats, tuple[float, float]]]:
    """Id, figure, unit, replicated figures and reading of the rows of a role, where modelled.

    The reading is the row's error and tail.
    """
    rows = case.evidence[case.evidence["role"] == role]
    total = [is_total(name) for name in rows["quantity"]]
    rows = rows[~np.array(total, dtype=bool)]
    rows = rows[[_covered(case, row) for row in rows.itertuples()]]
    if rows.empty:
        return []
    measured = measurement(case, layout, rows)
    said = evidence(case, measured)
    log_quantity = log_quantities(layout, measured, draws)
    rng = np.random.default_rng(seed)
    replicated = replicate(said, log_quantity, rng, case.reading, sizes)
    units = rows.set_index("id")["unit"]
    return [
        (
            row_id,
            float(np.exp(said.log_figure[place] + said.offset[place]) * said.to_printed[place]),
            str(units[row_id]),
            np.exp(replicated[:, place] + said.offset[place]) * said.to_printed[place],
            (float(said.error[place]), float(said.tail[place])),
        )
        for place, row_id in enumerate(measured.ids)
    ]
