"""Counts of people far below what the priors give: too few zeros, which no other check notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.case.contents import Host, Prior, Reading, Segment
from model.case.phases import Timeline
from model.case.reader.figures import FIGURES
from model.case.reader.priors import label
from model.equations.subjects import COUNTS, MEASURED_BY_NAME, YEARLY_RATES
from model.equations.workforce import workforce

Floats = npt.NDArray[np.float64]

#: Draws from the priors: enough for a median and a 5% quantile, of which only the size matters.
DRAWS = 400
#: Bounds: the truth may lie any distance above a floor, and a small number behind ``below`` is
#: meant as it is.
BOUNDS = ("at_least", "more_than", "incomplete", "above", "below")

_COLUMNS = (
    "row", "quantity", "host", "segments", "base", "start", "end", "first_part",
    "last_part", "unit", "factor", "qualifier", *FIGURES,
)  # fmt: skip


def low_counts(
    evidence: pd.DataFrame,
    priors: Mapping[str, Prior],
    hosts: tuple[Host, ...],
    segments: tuple[Segment, ...],
    timeline: Timeline,
    reading: Reading,
) -> Iterator[tuple[int, str, str]]:
    """Yield row, column and message for each fitted count that is probably too small.

    The priors are drawn from and carried through stock and flow to the row's own window. A figure
    is reported if it lies below the 5% quantile of what they give, and a further factor
    ``reading.slip_factor`` below the median. The range of one quantile alone would be too wide:
    over the months the errors of all rates add up. Floors (``at_least`` and the like) are left to
    `model.case.reader.plausibility.slips`.
    """
    names = [host.name for host in hosts]
    drawn = _Drawn(priors, hosts, segments, timeline)
    fitted = evidence[evidence["role"] == "fit"]
    columns = [fitted[name].tolist() for name in _COLUMNS]
    for cells in zip(*columns, strict=True):
        row = dict(zip(_COLUMNS, cells, strict=True))
        if row["quantity"] not in COUNTS or row["qualifier"] in BOUNDS:
            continue
        if row["base"] or row["host"] not in names:
            continue  # a change, or several hosts
        fifth, middle = drawn.expected(row)
        for column in FIGURES:
            value = row[column] * row["factor"]
            if (
                isnan(value)
                or value <= 0.0
                or value >= fifth
                or value * reading.slip_factor >= middle
            ):
                continue
            message = (
                f"{row[column]:g} {row['unit']} is a factor of {middle / value:,.0f} below the "
                f"middle of what the priors give {row['quantity']} in these months, "
                f"{float(f'{middle:.3g}'):,.10g}; probably a slip of unit or a lost digit, so "
                "check it"
            )
            yield row["row"], column, message


#: What a row's count is of, in the order of the parameters of ``_Drawn._count``.
_KEY = ("quantity", "host", "segments", "start", "end", "first_part", "last_part")


class _Drawn:
    """Draws from the priors of the workforce, host by host, made when first needed."""

    def __init__(
        self,
        priors: Mapping[str, Prior],
        hosts: tuple[Host, ...],
        segments: tuple[Segment, ...],
        timeline: Timeline,
    ) -> None:
        self.priors, self.hosts = priors, hosts
        self.segments, self.timeline = segments, timeline
        self.paths: dict[str, dict[str, Floats]] = {}
        self.found: dict[tuple[Any, ...], tuple[float, float]] = {}

    def expected(self, row: Mapping[str, Any]) -> tuple[float, float]:
        """Return the 5% quantile and the median of a row's count."""
        key = tuple(row[name] for name in _KEY)
        if key not in self.found:
            with np.errstate(all="ignore"):  # a prior may reach past the largest number
                draws = np.nan_to_num(self._count(*key))
            low, middle = np.quantile(draws, [0.05, 0.5])
            self.found[key] = float(low), float(middle)
        return self.found[key]

    def _count(
        self,
        quantity: str,
        host: str,
        segments: tuple[str, ...],
        start: pd.Period,
        end: pd.Period,
        first_part: float,
        last_part: float,
    ) -> Floats:
        """Return the draws of a count in a window, shape (DRAWS,)."""
        if host not in self.paths:
            self.paths[host] = self._summed(host)
        first = self.timeline.months[0].ordinal
        last = len(self.timeline.months)
        begin = min(max(start.ordinal - first, 0), last - 1)
        stop = min(max(end.ordinal - first + 1, begin + 1), last)
        names, powers = COUNTS[quantity]
        total = np.zeros(DRAWS)
        for name in names:
            summed = self.paths[host][name]
            total += summed[:, stop] - summed[:, begin]
            # of a first or last month that is a part, the days outside are taken off again
            total -= (1.0 - first_part) * (summed[:, begin + 1] - summed[:, begin])
            total -= (1.0 - last_part) * (summed[:, stop] - summed[:, stop - 1])
        if MEASURED_BY_NAME[quantity].kind == "level":
            total /= stop - begin
        elif quantity in YEARLY_RATES:
            total /= 12.0
        for factor, power in powers.items():
            total *= self._draw(factor, host) ** power
        return total * self._share(host, segments)

    def _summed(self, host: str) -> dict[str, Floats]:
        """Return each monthly path summed from the first month, shape (DRAWS, T + 1)."""
        of = {
            name: self._draw(name, host)
            for name in ("permitted_at_start", "irregular_at_start")
        } | {
            name: self._by_month(name, host, index)
            for name, index in (
                ("permit_exit", "phase"), ("permit_inflow", "phase"), ("irregular_exit", ""),
                ("irregular_inflow", "irregular_phase"), ("irregular_working", ""),
                ("share_present", ""),
            )
        }  # fmt: skip
        force = workforce(**of)
        paths = {
            name: np.asarray(force.path(name))
            for name in dict.fromkeys(name for names, _ in COUNTS.values() for name in names)
        }
        before = np.zeros((DRAWS, 1))
        return {
            name: np.concatenate([before, np.cumsum(path, axis=1)], axis=1)
            for name, path in paths.items()
        }

    def _by_month(self, name: str, host: str, index: str) -> Floats:
        """Return draws of a quantity in each month, shape (DRAWS, T)."""
        if not index:
            months = len(self.timeline.months)
            return np.repeat(self._draw(name, host)[:, None], months, axis=1)
        by_stretch = [
            self._draw(name, host, one.name) for one in self.timeline.stretches(index, host)
        ]
        return np.stack(by_stretch, axis=1)[:, self.timeline.stretch_of_month(index, host)]

    def _share(self, host: str, segments: tuple[str, ...]) -> Floats | float:
        """Return draws of the share of the host's workers in some of its segments."""
        own = [segment.id for segment in self.segments if segment.host == host]
        if not segments or len(segments) == len(own):
            return 1.0
        shares = {name: self._draw("segment_share", host, name) for name in own}
        part: Floats = np.sum([shares[name] for name in segments], axis=0)
        whole: Floats = np.sum(list(shares.values()), axis=0)
        return part / whole

    def _draw(self, name: str, host: str, index: str = "") -> Floats:
        """Return draws of a basic quantity, shape (DRAWS,); one if the case has no prior of it."""
        own = label(name, host, index, self.hosts[0].name)
        prior = self.priors.get(own)
        if prior is None:
            return np.ones(DRAWS)
        # the same numbers for the same quantity, whatever else the case holds
        normals = np.random.default_rng([ord(one) for one in own]).standard_normal(DRAWS)
        latent = prior.location + prior.scale * normals
        return 1.0 / (1.0 + np.exp(-latent)) if prior.support == "fraction" else np.exp(latent)
