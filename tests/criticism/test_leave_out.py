"""The answer without a source: the same as a fit that never had it."""

from __future__ import annotations

import numpy as np
import pytest

from model.archive.saved_fit import Fitted
from model.archive.under_scenarios import Results
from model.case.case import Case
from model.criticism.leave_out import LeftOut, groups, headline, leave_out, left_out_table
from model.criticism.refits import Task, refit, yearly_revenue
from model.equations.quantities import HEADLINE
from model.evidence.synthesis import Synthesis
from model.projection.blocks import project
from model.projection.projection import quantiles
from model.question import SamplerOptions, WhatIf
from model.sampling.fitting import Posterior, fit
from model.sampling.parallel import executor
from model.sampling.reweighting import weighted_quantiles
from model.sampling.whatif import changed_parts, left_out
from tests.cases import recorded_bytes

LONG = SamplerOptions(draws=2000, tune=500, chains=4, seed=41, target_accept=0.99)
#: Standard errors that two right answers may differ by; effective draws are a third of all.
ALLOWED = 4.5


@pytest.fixture(scope="module")
def fitted(tiny: Case, tiny_parts: Synthesis) -> Fitted:
    return Fitted.of(Results.of(tiny, fit(tiny_parts, LONG)))


@pytest.fixture(scope="module")
def without(fitted: Fitted) -> list[LeftOut]:
    with executor(2) as workers:
        return leave_out(fitted.case, fitted.posterior, fitted.gate, workers)


def test_groups_are_rows_sources_and_origins_that_count(tiny: Case, tiny_parts: Synthesis) -> None:
    found = {(one.kind, one.name): one.rows for one in groups(tiny, tiny_parts)}
    assert found[("source", "newspaper")] == ("arrivals", "new")
    assert found[("origin", "newspaper")] == ("arrivals", "new")
    assert found[("row", "plan")] == ("plan",)
    assert not any(name == "official_total" for _, name in found)
    quiet = left_out(tiny_parts, tiny, ["arrivals"])
    after = {(one.kind, one.name): one.rows for one in groups(tiny, quiet)}
    assert after[("source", "newspaper")] == ("new",)
    assert ("row", "arrivals") not in after
    assert ("origin", "newspaper") not in after


def test_leaving_out_is_what_dropping_is(tiny: Case, tiny_parts: Synthesis) -> None:
    """Weights and shared errors are those of the what-if on the command line."""
    dropped = changed_parts(tiny_parts, tiny, WhatIf(drop_sources=("newspaper",)))
    rows = groups(tiny, tiny_parts)
    newspaper = next(one.rows for one in rows if one.name == "newspaper")
    again = left_out(tiny_parts, tiny, newspaper)
    assert recorded_bytes(again) == recorded_bytes(dropped)
    # what was left out, or weighed less, before stays so
    halved = changed_parts(
        tiny_parts, tiny, WhatIf(drop_rows=("plan",), weights=(("payment", 0.5),))
    )
    both = left_out(halved, tiny, ["quota"]).evidence
    weight = dict(zip(both.ids, both.weight, strict=True))
    assert weight["plan"] == weight["quota"] == 0.0
    assert weight["payment"] == 0.5
    assert weight["kept"] == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("source", ["newspaper", "paper"])
def test_a_refit_equals_a_fresh_fit_without_the_source(
    fitted: Fitted, without: list[LeftOut], source: str
) -> None:
    case, parts = fitted.case, fitted.posterior.parts
    one = next(x for x in without if x.group.kind == "source" and x.group.name == source)
    dropped = changed_parts(parts, case, WhatIf(drop_sources=(source,)))
    fresh = fit(dropped, LONG)
    # on a scale that is a log's far from zero: firms may lose more than the plan brings
    ours, theirs = (np.arcsinh(x.yearly_take / 1e7) for x in (_Take(case, one), _Take(case, fresh)))
    error = theirs.std() * np.sqrt(3 / len(ours) + 3 / len(theirs))
    assert abs(ours.mean() - theirs.mean()) < ALLOWED * error
    assert ours.std() == pytest.approx(theirs.std(), rel=0.15)
    # every basic quantity as well, on the scale on which its prior is normal
    standard = fresh.normals.reshape(-1, parts.size)
    apart = one.fit.normals.mean(axis=0) - standard.mean(axis=0)
    errors = standard.std(axis=0) * np.sqrt(5 / len(ours) + 5 / len(theirs))
    assert (np.abs(apart) < ALLOWED * errors).all()


class _Take:
    """The headline's draws of a refit or of a fit."""

    def __init__(self, case: Case, of: LeftOut | Posterior) -> None:
        yearly = (
            of.fit.yearly if isinstance(of, LeftOut) else yearly_revenue(case, of.layout, of.draws)
        )
        year = case.timeline.headline
        self.yearly_take = yearly.sel(definition=HEADLINE, year=year).to_numpy()


@pytest.mark.slow
def test_importance_sampling_agrees_where_it_is_reliable(
    fitted: Fitted, without: list[LeftOut]
) -> None:
    """Single rows are left out by weights where Pareto's k allows it: the same as a refit."""
    year = fitted.case.timeline.headline
    told = [one for one in without if one.group.kind == "row" and one.weights.weights is not None]
    assert told
    takes = fitted.projection.yearly_usd.sel(definition=HEADLINE, year=year).to_numpy()
    for one in told[:3]:
        assert one.weights.pareto_k <= 0.7
        weighted = weighted_quantiles(takes, one.weights.weights, [0.5])[0]
        sampled = headline(refit(Task(fitted.case, one.parts)), year)
        # medians of some 300 effective draws each
        allowed = ALLOWED * 1.25 * sampled["sd"] * np.sqrt(2 / 300)
        assert abs(weighted - sampled["q50"]) < allowed
        assert abs(headline(one.fit, year)["q50"] - sampled["q50"]) < allowed


def test_the_table_tells_what_moves_the_headline(fitted: Fitted, without: list[LeftOut]) -> None:
    result = left_out_table(fitted, without)
    assert set(result.table["kind"]) == {"source", "origin"}
    most = result.table.loc[result.table["shift"].abs().idxmax()]
    assert f"Leaving out {most['group']} moves" in result.sentence
    assert result.passed == bool((result.table["shift"].abs() <= 1.0).all())
    projection = project(fitted.case, fitted.posterior.layout, fitted.posterior.draws)
    year = fitted.case.timeline.headline
    full = quantiles(projection.yearly_usd.sel(definition=HEADLINE, year=year).to_numpy())
    for row in result.table.itertuples():
        assert row.shift == pytest.approx((row.q50 - full["q50"]) / full["sd"])
