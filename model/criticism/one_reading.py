"""The reading that refits examine, where a run mixes several."""

from __future__ import annotations

from dataclasses import replace

from model.archive.check_result import CheckResult
from model.archive.finding import OF_READING, finding, in_english
from model.archive.saved_fit import Fitted
from model.archive.under_scenarios import verdict
from model.projection.blocks import project
from model.sampling.fitting import fit


def one_reading(fitted: Fitted) -> tuple[Fitted, str]:
    """A fit of the reading in which the most rows count, and its name; blank if there is one only.

    Leaving out a row, or scaling it, means something only where it is fitted, and refits of every
    reading would cost as many times more.

    Raises
    ------
    NoStartingPointError
        If its density is finite nowhere.
    """
    if not fitted.rivals:
        return fitted, ""
    most = max(fitted.rivals, key=lambda one: (one.counted, one.weight))
    posterior = fit(most.parts, fitted.posterior.options)
    projection = project(most.case, posterior.layout, posterior.draws)
    gate = verdict(posterior, projection.yearly_usd)
    return Fitted(most.case, posterior, gate, projection), most.reading.name


def said_of(result: CheckResult, reading: str) -> CheckResult:
    """The result with the reading that it is of."""
    if not reading:
        return result
    said = (finding(OF_READING, reading=reading), *result.said)
    return replace(result, sentence=in_english(said), said=said)
