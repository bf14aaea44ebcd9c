"""What the workers of a firm bring: by hand from the draws, month by month; and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.archive.saved_fit import Fitted
from model.case.case import read_case
from model.equations.quantities import DEFINITIONS
from model.exposure.by_firm import QUANTITIES, WORKER_MONTHS, YIELDS, Exposed
from model.exposure.networks import Exposures, exposures
from model.projection.blocks import project
from model.projection.projection import Projector
from tests.cases import write_case
from tests.reports import runs

#: Rounding of sums of doubles in another order.
CLOSE = 1e-9

FIRMS: dict[str, dict[str, Any]] = {
    # firm_1, of the small case: 120 approvals in 2017, of a segment
    "of_host": {
        "name": "Of the host", "host": "russia", "workers_approved": "50", "start": "2017-03-15",
        "end": "2018-02", "source": "paper",
    },
    "longer": {
        "name": "Before and after", "host": "russia", "workers_approved": "50", "start": "2016-07",
        "end": "2017-02", "source": "paper",
    },
    "dollars": {
        "name": "In dollars", "host": "russia", "contract": "180000", "contract_currency": "USD",
        "start": "2017-01", "end": "2018-12", "source": "paper",
    },
    "both": {
        "name": "Both", "host": "russia", "segment": "forestry", "workers_approved": "10",
        "contract": "9000000", "contract_currency": "RUB", "start": "2018-01", "end": "2018-06",
        "source": "paper",
    },
    "euros": {
        "name": "In euros", "host": "russia", "contract": "1000", "contract_currency": "EUR",
        "start": "2018-01", "end": "2018-03", "source": "paper",
    },
    "unknown": {"name": "Unknown", "host": "russia", "source": "paper"},
    "undated": {"name": "Undated", "host": "russia", "workers_approved": "5", "source": "paper"},
    "half_dated": {
        "name": "Half dated", "host": "russia", "workers_approved": "5", "start": "2017-01",
        "source": "paper",
    },
    "earlier": {
        "name": "Earlier", "host": "russia", "workers_approved": "5", "start": "2010-01",
        "end": "2010-12", "source": "paper",
    },
}  # fmt: skip


def fitted_of(folder: Path, **changes: Any) -> Fitted:
    """A case with the prior's draws in the place of a posterior's."""
    case = read_case(write_case(folder, **changes))
    posterior = runs.prior_draws(case, draws=30)
    projection = project(case, posterior.layout, posterior.draws)
    return Fitted(case, posterior, runs.PASSED, projection)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted_of(tmp_path_factory.mktemp("firms"), firms=FIRMS)


@pytest.fixture(scope="module")
def found(fitted: Fitted) -> Exposures:
    return exposures(fitted)


def one(found: Exposures, firm: str, basis: str) -> Exposed:
    (only,) = (each for each in found.firms if (each.firm, each.basis) == (firm, basis))
    return only


def by_hand(fitted: Fitted, firm: Mapping[str, Any], approvals: float) -> dict[str, list[float]]:
    """Draw by draw and month by month, in plain Python, from each draw projected by itself."""
    case, layout = fitted.case, fitted.posterior.layout
    found: dict[str, list[float]] = {name: [] for name in QUANTITIES}
    names = [segment.id for segment in case.segments]
    for draw in fitted.posterior.draws:
        (host,) = Projector(case, layout, draw[None, :])._hosts.values()
        workers = (
            approvals * 12 * draw[layout.index["quota_use"]] * draw[layout.index["share_present"]]
        )
        found[WORKER_MONTHS].append(workers)
        for name in YIELDS:
            yields = []
            for place, month in enumerate(case.timeline.months):
                if not firm["start"][:7] <= str(month) <= firm["end"][:7]:
                    continue
                item = np.broadcast_to(
                    getattr(host.account, name), (1, len(case.timeline.months), len(names))
                )[0, place]
                if firm.get("segment"):
                    amount = item[names.index(firm["segment"])]
                else:
                    shares = [draw[layout.index[f"segment_share.{one}"]] for one in names]
                    amount = sum(
                        share / sum(shares) * own for share, own in zip(shares, item, strict=True)
                    )
                yields.append(amount / case.rates.of("RUB")[place])
            found[name].append(workers * sum(yields) / len(yields))
    return found


@pytest.mark.parametrize(
    ("firm", "cells"),
    [
        (
            "firm_1",
            {
                "segment": "spb_construction", "start": "2017-01", "end": "2017-12",
                "workers_approved": "120",
            },
        ),
        ("of_host", FIRMS["of_host"]),
        ("longer", FIRMS["longer"]),
        ("both", FIRMS["both"]),
    ],
)  # fmt: skip
def test_approvals_bring_what_their_months_and_workers_do(
    fitted: Fitted, found: Exposures, firm: str, cells: dict[str, Any]
) -> None:
    exposed = one(found, firm, "approvals")
    expected = by_hand(fitted, cells, float(cells["workers_approved"]))
    assert exposed.missing == ""
    assert list(exposed.draws) == list(QUANTITIES)
    for name in QUANTITIES:
        np.testing.assert_allclose(exposed.draws[name], expected[name], rtol=CLOSE, err_msg=name)


def test_a_contract_pays_for_worker_months(fitted: Fitted, found: Exposures) -> None:
    """In any currency: its value in dollars is the billings, and the rest is in proportion."""
    dollars, euros = one(found, "dollars", "contract"), one(found, "euros", "contract")
    rubles = one(found, "both", "contract")
    np.testing.assert_allclose(dollars.draws["billings"], 180_000.0, rtol=CLOSE)
    per_usd = fitted.case.rates.of("RUB")[12:18]
    value = 9e6 * np.mean(1.0 / per_usd)
    np.testing.assert_allclose(rubles.draws["billings"], value, rtol=CLOSE)
    # the euro cost 1.22 to 1.23 dollars early in 2018
    np.testing.assert_allclose(euros.draws["billings"], 1229.0, rtol=0.01)
    cells = {"start": "2017-01", "end": "2018-12"}
    for name in YIELDS:
        each = np.array(by_hand(fitted, cells, 1.0)[name])
        workers = by_hand(fitted, cells, 1.0)[WORKER_MONTHS]
        np.testing.assert_allclose(
            dollars.draws[name] / dollars.draws[WORKER_MONTHS], each / workers, rtol=CLOSE
        )


def test_a_firm_with_both_has_both_apart(found: Exposures) -> None:
    approvals, contract = one(found, "both", "approvals"), one(found, "both", "contract")
    assert (approvals.stated, contract.stated, contract.unit) == (10.0, 9e6, "RUB")
    assert not np.allclose(approvals.draws["billings"], contract.draws["billings"])
    assert sum(each.firm == "both" for each in found.firms) == 2


@pytest.mark.parametrize(
    ("firm", "basis", "missing"),
    [
        ("unknown", "", "neither approvals nor a contract is stated"),
        ("undated", "approvals", "its months are not stated"),
        ("half_dated", "approvals", "its months are not stated"),
        ("earlier", "approvals", "its months lie outside the timeline"),
    ],
)
def test_what_is_unknown_stays_unknown(
    found: Exposures, firm: str, basis: str, missing: str
) -> None:
    exposed = one(found, firm, basis)
    assert exposed.missing == missing
    assert exposed.draws == {}
    assert found.shares(exposed) == {}


def test_shares_are_of_the_same_months(fitted: Fitted, found: Exposures) -> None:
    exposed = one(found, "of_host", "approvals")
    dollars = fitted.projection.revenue_usd.sel(month=slice("2017-03", "2018-02"))
    shares = found.shares(exposed)
    for name in YIELDS:
        whole = dollars.sel(definition=name).sum(["host", "month"]).to_numpy()
        np.testing.assert_allclose(shares[name], exposed.draws[name] / whole, rtol=CLOSE)
    present = fitted.projection.present.sel(month=slice("2017-03", "2018-02"))
    workers = present.sum(["host", "month"]).to_numpy()
    np.testing.assert_allclose(
        shares[WORKER_MONTHS], exposed.draws[WORKER_MONTHS] / workers, rtol=CLOSE
    )


def test_no_share_is_told_if_some_months_lie_outside(found: Exposures) -> None:
    assert found.shares(one(found, "longer", "approvals")) == {}


def test_all_workers_of_a_segment_bring_what_the_host_does(fitted: Fitted) -> None:
    """The yields of segments, weighed by their shares, are the host's."""
    projector = Projector(fitted.case, fitted.posterior.layout, fitted.posterior.draws)
    (host,) = projector._hosts.values()
    mean = projector.per_worker_month("russia")
    parts = [
        projector.per_worker_month("russia", name) * host.weights[:, place, None]
        for place, name in enumerate(host.segments)
    ]
    np.testing.assert_allclose(sum(parts), mean, rtol=1e-8, atol=1e-8)
    assert mean.shape == (len(DEFINITIONS), 60, 24)


def test_firms_of_several_hosts(tmp_path: Path) -> None:
    """The second host's use of approvals, yields and rates are its own."""
    cells = {
        "name": "Textiles", "host": "china", "workers_approved": "30", "start": "2018-01",
        "end": "2018-12", "source": "paper",
    }  # fmt: skip
    fitted = fitted_of(tmp_path / "two", two_hosts=True, firms={"textiles": cells})
    found = exposures(fitted, firms=["textiles"])
    (exposed,) = found.firms
    draws, labels = fitted.posterior.draws, fitted.posterior.layout.index
    use = draws[:, labels["china.quota_use"]] * draws[:, labels["china.share_present"]]
    np.testing.assert_allclose(exposed.draws[WORKER_MONTHS], 30 * 12 * use, rtol=CLOSE)
    months = slice("2018-01", "2018-12")
    china = fitted.projection.revenue_usd.sel(host="china", month=months)
    present = fitted.projection.present.sel(host="china", month=months)
    for name in YIELDS:
        each = (china.sel(definition=name) / present).mean("month").to_numpy()
        np.testing.assert_allclose(exposed.draws[name], 30 * 12 * use * each, rtol=CLOSE)


def test_a_retracted_source_is_not_counted(tmp_path: Path) -> None:
    sources = {"newspaper": {"status": "retracted 2019-01"}}
    fitted = fitted_of(
        tmp_path / "retracted", sources=sources, evidence={},
        firms={"firm_1": {"source": "newspaper"}},
    )  # fmt: skip
    (exposed,) = exposures(fitted).firms
    assert exposed.missing == "newspaper was retracted"


def test_a_currency_without_a_rate_is_said(tmp_path: Path) -> None:
    cells = {"contract": "5", "contract_currency": "KPW", "workers_approved": ""}
    fitted = fitted_of(tmp_path / "won", firms={"firm_1": cells})
    (exposed,) = exposures(fitted).firms
    assert exposed.missing == "KPW has no rate in its months"
