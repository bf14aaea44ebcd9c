"""A held-out total believed: against weights by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.archive.believed import believable, believed
from model.case.case import Case
from model.case.faults import CaseError
from model.projection.blocks import project
from model.projection.prediction import log_densities, modelled_total
from model.sampling.convergence import Convergence
from model.sampling.fitting import Posterior
from model.sampling.reweighting import weighted_quantiles

SURE = Convergence(1.0, 4000.0, 4000.0, 0, {})


def test_draws_are_weighed_by_the_rows_density(tiny: Case, tiny_posterior: Posterior) -> None:
    projection = project(tiny, tiny_posterior.layout, tiny_posterior.draws)
    (row,) = believable(tiny, ["official_total"]).itertuples()
    _, predicted = modelled_total(tiny, row, projection)
    assert predicted is not None
    weights = np.exp(log_densities(tiny, row, predicted))
    expected = weighted_quantiles(predicted, weights / weights.sum(), [0.25, 0.5, 0.75])
    found, gate, told = believed(tiny, tiny_posterior, SURE, projection, ["official_total"])
    again = project(tiny, found.layout, found.draws)
    _, after = modelled_total(tiny, row, again)
    assert after is not None
    # weights in the tail are smoothed, and draws are chosen whole
    assert np.quantile(after, [0.25, 0.5, 0.75]) == pytest.approx(expected, rel=0.05)
    assert found.normals.shape == tiny_posterior.normals.shape
    efficiency = weights.sum() ** 2 / (weights**2).sum() / len(weights)
    assert gate.min_ess_bulk == pytest.approx(4000.0 * efficiency, rel=0.05)
    assert told["rows"] == ["official_total"]
    largest = [abs(np.log(one["after"] / one["before"])) for one in told["moves"]]
    assert largest
    assert max(largest) > 0.0


@pytest.mark.parametrize("row", ["world_total", "plan", "nothing"])
def test_only_totals_that_the_model_covers_can_be_believed(tiny: Case, row: str) -> None:
    with pytest.raises(CaseError, match="official_total"):
        believable(tiny, [row])
