"""Compute the drivers of a saved run's revenue and the value of information; save both with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive import store
from model.archive.check_result import plain
from model.archive.saved_fit import Fitted
from model.case.reader.prospects import other_prospects
from model.drivers.information import worth_of_prospects, worth_of_quantities
from model.drivers.outcome import Outcome
from model.drivers.shares import Shares, held_at_ends, shares_of
from model.projection.horizon import extended
from model.projection.projection import Projector
from model.sampling.fitting import Posterior
from model.terminal import html
from model.terminal.tables import cell
from model.terminal.wording import percent

Json = dict[str, Any]
Floats = NDArray[np.float64]

#: What a run keeps of the results besides numbers and tables.
RESTORED = ("definition", "year", "explained", "degree", "between_readings")
#: Number of groups named in a sentence.
MAIN = 3
#: Number of drivers, the largest first, for which correlations are saved.
CORRELATED = 24


@dataclass(frozen=True, repr=False)
class Drivers(html.Shown):
    """Results for one year's revenue under one definition.

    Attributes
    ----------
    definition : str
    year : int
    numbers : dict
        Mean, standard deviation and quantiles of the revenue, in dollars.
    explained : float
        Share of the variance that the regression explains.
    degree : int
        Of its polynomials.
    between_readings : float
        Share of the variance that lies between rival readings; zero if the run has one.
    tables : dict of str to DataFrame
        ``groups``, ``quantities``, ``correlations`` (see ``shares.Shares``), ``knowing`` and
        ``prospects`` (see ``information``).
    """

    definition: str
    year: int
    numbers: dict[str, float]
    explained: float
    degree: int
    between_readings: float
    tables: dict[str, pd.DataFrame]

    def __repr__(self) -> str:
        """The largest groups, with their shares."""
        main = self.groups.head(MAIN)["share"]
        shares = ", ".join(f"{title} {percent(share)}" for title, share in main.items())
        return f"Drivers of {self.definition} in {self.year}, share of the variance: {shares}"

    def _repr_html_(self) -> str:
        """Shares of the variance by group, and of the main quantities."""
        tables = (("group", self.groups), ("quantity", self.quantities.head(2 * MAIN)))
        return html.paragraph(repr(self), strong=True) + "".join(
            html.table(
                (name, *table.columns),
                [
                    (label, *map(cell, row))
                    for label, row in zip(table.index, table.itertuples(index=False), strict=True)
                ],
            )
            for name, table in tables
        )

    @property
    def name(self) -> str:
        """Its key in ``drivers.json``."""
        return f"{self.definition} {self.year}"

    @property
    def groups(self) -> pd.DataFrame:
        """Shares of the variance by group, the largest first."""
        table = self.tables["groups"].sort_values("share", ascending=False, kind="stable")
        return table.set_index("title").drop(columns="group")

    @property
    def quantities(self) -> pd.DataFrame:
        """Shares of the variance by quantity, and the tornado, the largest share first."""
        return self.tables["quantities"].set_index("quantity")

    @property
    def correlations(self) -> pd.DataFrame:
        """Correlations of the main drivers with each other."""
        return self.tables["correlations"].set_index("quantity")

    @property
    def knowing(self) -> pd.DataFrame:
        """Value of knowing each quantity exactly, the largest first."""
        return self.tables["knowing"].set_index("quantity")

    @property
    def prospects(self) -> pd.DataFrame:
        """Value of each source that might be found, the largest first."""
        table = self.tables["prospects"]
        return table if table.empty else table.set_index("title")

    @classmethod
    def of(
        cls, found: Shares, between: float, knowing: pd.DataFrame, prospects: pd.DataFrame
    ) -> Drivers:
        """Combine the results, with the main drivers' correlations as a table."""
        ties = found.correlations.iloc[:CORRELATED, :CORRELATED]
        tables = {
            "groups": found.groups,
            "quantities": found.quantities,
            "correlations": ties.rename_axis("quantity").reset_index(),
            "knowing": knowing,
            "prospects": prospects,
        }
        return cls(
            found.definition,
            found.year,
            found.numbers,
            found.explained,
            found.degree,
            between,
            tables,
        )

    def content(self) -> Json:
        """All results as plain JSON."""
        return {
            "definition": self.definition,
            "year": self.year,
            "numbers": {name: plain(value) for name, value in self.numbers.items()},
            "explained": plain(self.explained),
            "degree": self.degree,
            "between_readings": plain(self.between_readings),
            "tables": {
                name: {
                    "columns": list(table.columns),
                    "rows": [
                        [plain(cell) for cell in row] for row in table.itertuples(index=False)
                    ],
                }
                for name, table in self.tables.items()
            },
        }

    @classmethod
    def from_content(cls, content: Json) -> Drivers:
        """The results from which ``content`` was made."""
        tables = {
            name: pd.DataFrame(table["rows"], columns=table["columns"])
            for name, table in content["tables"].items()
        }
        rest = {key: content[key] for key in RESTORED}
        return cls(numbers=dict(content["numbers"]), tables=tables, **rest)


def ask(
    folder: Path, definition: str, year: int | None = None, *, prospects: Path | None = None
) -> Drivers:
    """Compute what drives a run's revenue under a definition in a year.

    Parameters
    ----------
    folder : Path
        A run.
    definition : str
    year : int, optional
        A whole year up to the run's horizon; by default the headline's.
    prospects : Path, optional
        A file of sources that might be found; by default those of the run's own inputs.

    Raises
    ------
    NoSuchRevenueError
        If the run has no such definition or year.
    TooFewDrawsError, NoVarianceError
        If the run has fewer than ten draws for each quantity, or its revenue does not vary.
    DamagedRunError, CaseError
        As raised by ``archive.Fitted.saved``.
    """
    from threadpoolctl import threadpool_limits

    # the matrices are small, so threads of linear algebra would only wait for each other
    with threadpool_limits(1):
        return _ask(Fitted.saved(folder), folder, definition, year, prospects)


def _ask(
    fitted: Fitted, folder: Path, definition: str, year: int | None, prospects: Path | None
) -> Drivers:
    case, posterior = fitted.case, fitted.posterior
    valued = case.prospects if prospects is None else other_prospects(prospects, case)
    horizon = pd.Period(store.read_manifest(folder)["horizon"], freq="M")
    longer, projection = extended(case, horizon), fitted.projection
    if longer is not case:
        projection = Projector(
            longer, posterior.layout, posterior.draws, posterior.options.seed
        ).baseline
    asked = case.timeline.headline if year is None else year
    outcome = Outcome.of(case, posterior, projection, definition, asked)
    found = shares_of(outcome, held_at_ends(longer, posterior, outcome))
    answer = Drivers.of(
        found,
        between_readings(posterior, outcome.result),
        worth_of_quantities(outcome),
        worth_of_prospects(case, posterior.layout, outcome, valued, posterior.error_sizes.letters),
    )
    # with the digits that are saved, so that the first print is the same as later ones
    return Drivers.from_content(answer.content())


def between_readings(posterior: Posterior, result: Floats) -> float:
    """Share of the variance of a result, (n,), that lies between rival readings.

    The law of total variance: the variance of the readings' means, over the whole.
    """
    if len(posterior.readings) == 1 or np.ptp(result) == 0.0:
        return 0.0
    middle = result.mean()
    apart = sum(own.mean() * (result[own].mean() - middle) ** 2 for own in posterior.readings)
    return float(apart / result.var())


def record(
    folder: Path, found: Drivers, before_publishing: Callable[[], object] = lambda: None
) -> None:
    """Save results with the run, beside those already there.

    Raises
    ------
    DamagedRunError
        If the run does not match its checksums.
    """

    def write(path: Path) -> None:
        # what another process saved meanwhile is kept, too
        kept = (store.read_added(path.parent, store.DRIVERS) or {"asked": {}})["asked"]
        asked = dict(sorted((kept | {found.name: found.content()}).items()))
        store.write_json(path, {"schema": store.SCHEMA, "asked": asked})

    store.add_to_run(folder, {store.DRIVERS: write}, before_publishing)


def recorded(folder: Path, definition: str, year: int) -> Drivers | None:
    """Read the results saved in a run; None if they were not computed.

    Raises
    ------
    DamagedRunError
        If they cannot be read.
    """
    kept = (store.read_added(folder, store.DRIVERS) or {"asked": {}})["asked"]
    content = kept.get(f"{definition} {year}")
    with store.agreeing(folder):
        return None if content is None else Drivers.from_content(content)
