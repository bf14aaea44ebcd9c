"""Questions about one estimate beyond its tables and draws, each answered when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from model.equations.quantities import DEFINITIONS, HEADLINE
from model.result.readable_tables import known
from model.terminal import html

if TYPE_CHECKING:
    import xarray as xr

    from model.archive.check_result import Checks
    from model.archive.saved_fit import Fitted
    from model.case.case import Case
    from model.claims import Paragraph
    from model.drivers.kept import Drivers
    from model.result.estimate import Estimate
    from model.result.sweep import Sweep
    from model.why import Chain, Claim

Floats = NDArray[np.float64]
Json = dict[str, Any]


class FurtherQuestions(html.Shown):
    """What an ``Estimate`` can be asked: its case, ArviZ's groups, checks, drivers, a sweep."""

    __slots__ = ()

    folder: Path
    summary: Json

    @property
    def year(self) -> int:
        """The headline's year."""
        return int(self.summary["accounts"]["year"])

    @cached_property
    def case(self) -> Case:
        """The inputs as read."""
        return self._fitted.case

    @cached_property
    def _fitted(self) -> Fitted:
        from model.archive.saved_fit import Fitted

        return Fitted.saved(self.folder)

    @cached_property
    def idata(self) -> xr.DataTree:
        """The run as ArviZ 1 reads it, made when first asked for.

        Groups ``prior``, ``prior_predictive``, ``posterior``, ``posterior_predictive``,
        ``log_likelihood``, ``log_prior``, ``observed_data``, ``constant_data``, ``sample_stats``.
        Log likelihoods carry the rows' weights. Where the run mixes readings, ask ``idata_of`` for
        leave-one-out, power-scaling and effective sizes.
        """
        from model.result.inference_data import inference_data

        return inference_data(self._fitted)

    def idata_of(self, reading: str) -> xr.DataTree:
        """``idata`` of the draws from one of the readings that the run mixes."""
        from model.result.inference_data import inference_data

        return inference_data(self._fitted, reading)

    def prior(self, definition: str = HEADLINE, year: int | None = None) -> Floats:
        """Draws of a year's revenue from the priors alone, (n,), without evidence."""
        from model.criticism.predictive_checks import prior_draws
        from model.criticism.refits import yearly_revenue

        fitted = self._fitted
        natural = prior_draws(fitted.posterior.layout, fitted.posterior.options.seed)
        yearly = yearly_revenue(fitted.case, fitted.posterior.layout, natural)
        years = [int(one) for one in yearly["year"].to_numpy()]
        chosen = yearly.sel(
            definition=known(definition, DEFINITIONS),
            year=known(self.year if year is None else year, years),
        )
        return np.asarray(chosen)

    def check(
        self,
        *,
        only: str | Sequence[str] = (),
        cores: int | None = None,
        fresh: bool = False,
    ) -> Checks:
        """Check the fit; each check is run once and saved with the run.

        Parameters
        ----------
        only : str or sequence of str
            Checks to run, with the fits that they need; by default all nine, or ten if the case
            has several hosts.
        cores : int, optional
            Number of parallel refits.
        fresh : bool
            Whether to check anew.

        Returns
        -------
        Checks
            The results of the checks that were asked for.

        Raises
        ------
        NotACheckError
            If ``only`` names a check that there is not, or that a case of one host has not.
        """
        from model.archive.check_result import Checks
        from model.criticism.kept import checks_of_run, record, recorded
        from model.criticism.suite import criticise, named_checks

        asked = named_checks(only, checks_of_run(self.folder))
        known = {} if fresh else {one.name: one for one in recorded(self.folder)}
        if missing := [name for name in asked if name not in known]:
            made = criticise(self._fitted, only=missing, cores=cores)
            record(self.folder, made, anew=fresh and not only)
            known |= {one.name: one for one in made}
        return Checks(known[name] for name in asked)

    def drivers(
        self, definition: str = HEADLINE, year: int | None = None, *, fresh: bool = False
    ) -> Drivers:
        """Compute what drives a year's revenue and the value of information; saved with the run.

        Parameters
        ----------
        definition : str
        year : int, optional
            By default, the headline's.
        fresh : bool
            Whether to compute anew.
        """
        from model.drivers.kept import ask, record, recorded

        asked = self.year if year is None else year
        found = None if fresh else recorded(self.folder, definition, asked)
        if found is None:
            found = ask(self.folder, definition, asked)
            record(self.folder, found)
        return found

    def why(self, answer: str = "", *, row: str = "") -> Chain | Claim:
        """Why an answer is what it is, or what a row of evidence does in it.

        Drivers and checks are told as far as they are saved: see ``drivers`` and ``check``.

        Parameters
        ----------
        answer : str
            A definition and a year, such as ``billings 2018``; by default the headline.
        row : str, optional

        Raises
        ------
        NoSuchAnswerError, NoSuchRowError
            The text says what is allowed.
        """
        from model.why import chain, claim

        found = chain(self.folder, answer)
        return claim(self.folder, row, found) if row else found

    def claims(self, text: str) -> Paragraph:
        """Check a newspaper's sentences: each figure of a text against the posterior.

        Parameters
        ----------
        text : str
            In English.

        Returns
        -------
        Paragraph
            Its ``figures`` have verdicts and meanings; its ``table`` is a DataFrame.
        """
        from model.claims import check

        return check(self.folder, text)

    def sweep(
        self,
        values: Mapping[str, Sequence[float] | str],
        *,
        definition: str = HEADLINE,
        year: int | None = None,
    ) -> Sweep:
        """Estimate anew with a quantity fixed at each of several values, or with two.

        Each fit is kept as a run beside this one, and read from there the next time.

        Parameters
        ----------
        values : mapping
            First value, last value and their number by quantity, ``{"broker_margin": (0.1, 0.5,
            5)}``; with a unit, ``{"upkeep": "4000:9000:3 RUB/month"}``.
        definition : str
        year : int, optional
            By default, the headline's.

        Returns
        -------
        Sweep
            Its ``table`` is a DataFrame, and ``plot()`` draws it.

        Raises
        ------
        CaseError
            With everything that cannot be estimated, before anything is.
        """
        from model.result.sweep import sweep_of

        return sweep_of(cast("Estimate", self), values, definition=definition, year=year)
