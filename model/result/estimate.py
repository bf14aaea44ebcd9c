"""One estimate in Python: the tables, draws, checks and drivers of a run on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.archive import store
from model.case.folders import BASELINE
from model.case.reader.cells import written_table
from model.equations.quantities import DEFINITIONS, HEADLINE
from model.projection.projection import USD
from model.result import in_notebooks, readable_tables
from model.result.further_questions import FurtherQuestions
from model.result.readable_tables import UNITS, known, readable

if TYPE_CHECKING:
    import xarray as xr

    from model.projection.by_period import Frequency
    from model.result.difference import Difference

Floats = NDArray[np.float64]
Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class Estimate(FurtherQuestions):
    """The answer to one question: a run on disk and everything that can be computed from it.

    ``model.fit`` and ``model.load`` return it. Tables are pandas objects; draws are NumPy or xarray
    objects. Amounts are in US dollars per year unless stated otherwise. ``one - other`` is the
    ``Difference`` of two estimates.

    Attributes
    ----------
    folder : Path
        Folder of the run; README.md describes its files.
    summary, manifest : dict
        Content of ``summary.json`` and ``manifest.json``.
    """

    folder: Path
    summary: Json
    manifest: Json
    _plots: Callable[[Estimate], Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """The headline in a sentence."""
        return in_notebooks.sentence(self.summary, self.manifest, self.folder)

    def _repr_html_(self) -> str:
        """The headline, and revenue by year."""
        return in_notebooks.page(self.summary, self.manifest, self.folder)

    def __sub__(self, other: object) -> Difference:
        """Revenue less that of another estimate, by year."""
        from model.result.difference import difference

        return difference(self, other) if isinstance(other, Estimate) else NotImplemented

    @property
    def plot(self) -> Any:
        """Figures by name, as matplotlib axes: ``estimate.plot.headline(year=2018, ax=axes)``."""
        if self._plots is None:
            raise AttributeError("figures are drawn of runs opened by model.fit or model.load")
        return self._plots(self)

    # --- results ----------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """Title of the case."""
        return str(self.manifest["title"])

    @property
    def converged(self) -> bool:
        """Whether the chains converged."""
        return bool(self.summary["converged"])

    @property
    def convergence(self) -> Json:
        """The worst R-hat and effective draws, and the number of divergences."""
        return dict(self.summary["convergence"])

    def revenue(
        self, definition: str | None = None, scenario: str = BASELINE, *, unit: str = ""
    ) -> pd.DataFrame:
        """Revenue by year, in dollars.

        Parameters
        ----------
        definition : str, optional
            One of ``billings``, ``wedge``, ``surplus``, ``state_take``, ``plan_collected``; by
            default all.
        scenario : str
        unit : {"", "thousand", "million", "billion"}
            Of dollars.

        Returns
        -------
        DataFrame
            Mean, standard deviation and quantiles; by year, or by year and definition.
        """
        annual = self._block(scenario)["annual"]
        chosen = DEFINITIONS if definition is None else (known(definition, DEFINITIONS),)
        table = pd.DataFrame(
            {
                (int(year), name): numbers[name]["usd"]
                for year, numbers in annual.items()
                for name in chosen
            }
        ).T.rename_axis(["year", "definition"])
        table = readable(table) / UNITS[known(unit, UNITS)]
        return table if definition is None else table.droplevel("definition")

    def versus(self, scenario: str, definition: str = HEADLINE, *, unit: str = "") -> pd.DataFrame:
        """Difference between a scenario and what happened, by year, in dollars.

        Returns
        -------
        DataFrame
            The columns of ``revenue``, ``probability_lower`` and ``probability_higher``; what these
            lack to one is the probability that nothing changes.
        """
        others = {key: one for key, one in self.summary["scenarios"].items() if key != BASELINE}
        years = others[known(scenario, others)]["versus_baseline"]
        name = known(definition, DEFINITIONS)
        table = pd.DataFrame({int(year): block[name]["usd"] for year, block in years.items()}).T
        money = [column for column in table if not column.startswith("probability")]
        table[money] /= UNITS[known(unit, UNITS)]
        return readable(table).rename_axis("year")

    def workers(self, scenario: str = BASELINE) -> pd.DataFrame:
        """Quantiles of permitted, irregular and working persons, by host, month and stock."""
        self._block(scenario)
        table = written_table(self.folder / "workers.csv")
        own = table[table["scenario"] == scenario].drop(columns="scenario")
        return readable(own.reset_index(drop=True))

    def draws(
        self,
        definition: str = HEADLINE,
        *,
        freq: Frequency = "Y",
        between: Sequence[object] | None = None,
        per: Literal["worker"] | None = None,
        currency: str = USD,
        real: int | None = None,
        scenario: str = BASELINE,
        unit: str = "",
    ) -> xr.DataArray:
        """Draws of revenue by month, quarter or year, from which any interval can be computed.

        Parameters
        ----------
        definition : str
        freq : {"M", "Q", "Y"} or str
            Length of a period; ``"FY/04"`` for years that begin in April.
        between : pair of str or int, optional
            First and last period, e.g. ``("2017-01", "2018-06")`` or ``(2017, 2018)``; by default
            each one that the run covers whole.
        per : {"worker"}, optional
            Divides by the average number of workers present in the period.
        currency : str
            Dollars and the hosts' currencies are converted with the run's own rates by month;
            others at the ECB's reference rates.
        real : int, optional
            Year at whose prices amounts are stated, by the case's index of the currency's prices
            (``prices.csv``).
        scenario : str
        unit : {"", "thousand", "million", "billion"}
            Of the currency.

        Returns
        -------
        DataArray, (chain, draw, period)
            Amounts per period. A draw is the same state of the world in all periods, definitions
            and scenarios of an estimate: add or subtract draws first, then take quantiles. The
            quantiles of a sum are not the sums of quantiles.

        Examples
        --------
        >>> quarters = estimate.draws("state_take", freq="Q")  # doctest: +SKIP
        >>> quarters.sel(period="2017Q4").quantile([0.05, 0.5, 0.95])  # doctest: +SKIP
        """
        from model.result.drawn_money import Wanted, drawn_money

        self._block(scenario)
        known(definition, DEFINITIONS)
        wanted = Wanted(
            definition, scenario, freq, between, per, currency, real, known(unit, UNITS)
        )
        return drawn_money(self.folder, lambda: self.case, wanted)

    @cached_property
    def posterior(self) -> xr.DataTree:
        """The posterior in ArviZ's schema."""
        from model.archive.plain_netcdf import read_tree

        return read_tree(self.folder / store.POSTERIOR)

    @cached_property
    def quantities(self) -> pd.DataFrame:
        """Each basic quantity: unit, prior and posterior (median, 5% and 95% quantile), basis."""
        return readable_tables.quantities(self.summary, self.case)

    def quantity(self, label: str) -> Floats:
        """Draws of a basic quantity, (n,), in its own unit."""
        posterior = self._fitted.posterior
        known(label, posterior.layout.labels)
        return np.asarray(posterior.draws[:, posterior.layout.index[label]])

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Each fitted row: its statement, the posterior's prediction and its surprise."""
        return readable_tables.evidence(self.summary, self.case)

    @cached_property
    def held_out(self) -> pd.DataFrame:
        """Each held-out row: its figure, the model's estimate and the probability above it."""
        return readable_tables.held_out(self.summary)

    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook: a sheet for each table, and notes on what they are.

        Parameters
        ----------
        path : str or Path
            A former workbook of an estimate is replaced, anything else is left alone.

        Raises
        ------
        NotOursError
            If there is something else, or somebody has changed the workbook since.
        """
        from model.result.spreadsheet import workbook_of, write_workbook

        return write_workbook(Path(path), workbook_of(self))

    def exposure(
        self, links: Sequence[str] | None = None, firms: Sequence[str] = ()
    ) -> pd.DataFrame:
        """What workers approved for firms bring, and firms that are linked: ``exposure.table``.

        Parameters
        ----------
        links : sequence of str, optional
            Kinds of links that tie networks; by default all.
        firms : sequence of str
            Ids of firms.csv; by default all.
        """
        from model.exposure import exposures, table

        return table(exposures(self._fitted, links, firms))

    def _block(self, scenario: str) -> Json:
        return dict(self.summary["scenarios"][known(scenario, self.summary["scenarios"])])
