"""The months that a case covers, and what cuts them, in all hosts or in one of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.equations.quantities import BY_TIME

Months = npt.NDArray[np.int64]
#: Phases by index of the catalogue, such as ``phase`` or ``tax_period``.
Stretches = Mapping[str, tuple["Phase", ...]]


@dataclass(frozen=True, slots=True)
class Phase:
    """A period from ``start`` until the next phase starts, defined by sanctions or taxes."""

    name: str
    start: pd.Period
    because: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """A measure against the workers' employment, with its date (YYYY-MM-DD) and legal source."""

    date: str
    instrument: str
    requires: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The months covered and their division into phases.

    Attributes
    ----------
    months : pd.PeriodIndex, shape (T,)
    reference : pd.Period
        Month in whose prices the priors state amounts of money.
    headline : int
        Year shown first.
    common : dict
        What an index of the catalogue runs over: ``phase``, ``irregular_phase``, ``tax_period``,
        and ``quarter``, of which months projected past the data belong to the last.
    own : dict
        The same by host, for what a host cuts in its own way.
    """

    title: str
    months: pd.PeriodIndex
    reference: pd.Period
    headline: int
    common: Stretches
    sanctions: tuple[Sanction, ...]
    own: Mapping[str, Stretches] = field(default_factory=dict)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Phases of hosts that have none of their own."""
        return self.common["phase"]

    def stretches(self, index: str, host: str = "") -> tuple[Phase, ...]:
        """Phases that an index of the catalogue runs over in a host."""
        return self.own.get(host, {}).get(index, self.common[index])

    def stretch_of_month(self, index: str, host: str = "") -> Months:
        """Number of the phase that contains each month, shape (T,)."""
        starts = [stretch.start.ordinal for stretch in self.stretches(index, host)]
        ordinals = np.array([month.ordinal for month in self.months], dtype=np.int64)
        return np.asarray(np.searchsorted(starts, ordinals, side="right") - 1, dtype=np.int64)

    def month_in_stretch(self, index: str, host: str = "") -> npt.NDArray[np.float64]:
        """One where a month lies in a phase, otherwise zero, shape (phases, T)."""
        numbers = np.arange(len(self.stretches(index, host)))
        within = numbers[:, None] == self.stretch_of_month(index, host)
        return np.asarray(within, dtype=np.float64)

    def apart(self, hosts: Sequence[str]) -> frozenset[str]:
        """Indexes over phases whose entries are not the same in all hosts."""
        return frozenset(
            index
            for index in BY_TIME
            if len({tuple(one.name for one in self.stretches(index, host)) for host in hosts}) > 1
        )

    def labels(self, hosts: Sequence[str]) -> dict[str, list[str]]:
        """Labels of a dimension for each index that runs over phases, as hosts have them.

        Where hosts have different entries, the dimension is ``host_INDEX`` and a label names both.
        """
        labels: dict[str, list[str]] = {}
        apart = self.apart(hosts)
        for index in BY_TIME:
            names = {host: [one.name for one in self.stretches(index, host)] for host in hosts}
            if index in apart:
                labels[f"host_{index}"] = [f"{host}.{one}" for host in hosts for one in names[host]]
            else:
                labels[index] = names[hosts[0]]
        return labels
