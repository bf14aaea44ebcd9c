"""The run in ArviZ's schema: its functions work, and the rows' densities are the textbook's."""

from __future__ import annotations

from pathlib import Path

import arviz as az
import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr

import model
from model.archive.saved_fit import Fitted
from model.evidence.readable.density import pymc_model
from model.evidence.readable.points import log_volume, point_of
from model.result import Estimate
from tests.cases import write_case
from tests.reports.runs import RIVALS, write_run

mpl.use("agg")
GROUPS = {
    "prior", "prior_predictive", "posterior", "posterior_predictive", "log_likelihood",
    "log_prior", "observed_data", "constant_data", "sample_stats",
}  # fmt: skip


@pytest.fixture(scope="module")
def fitted(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    """A fit, not draws of the prior: importance weights need draws near the posterior."""
    runs = tmp_path_factory.mktemp("idata")
    return model.fit(tiny_folder, output=runs, draws=500, tune=300, chains=2, seed=1)


@pytest.fixture(scope="module")
def rival(tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    base = tmp_path_factory.mktemp("rivals")
    return model.load(write_run(base / "runs", write_case(base / "case", readings_toml=RIVALS)))


@pytest.mark.slow
def test_all_groups_are_there_and_agree_on_rows(fitted: Estimate) -> None:
    data = fitted.idata
    assert set(data.children) == GROUPS
    assert data is fitted.idata
    rows = list(data["observed_data"]["row"].to_numpy())
    for name in ("log_likelihood", "prior_predictive", "posterior_predictive"):
        found = data[name]["log_figure"]
        assert found.dims == ("chain", "draw", "row")
        assert list(found["row"].to_numpy()) == rows
    assert set(data["prior"].data_vars) == set(data["posterior"].data_vars)
    stored = fitted.posterior
    xr.testing.assert_allclose(
        data["log_likelihood"]["log_figure"], stored["log_likelihood"]["log_figure"]
    )
    take = data["posterior"]["state_take"].sel(year=2018).to_numpy()
    np.testing.assert_allclose(take, fitted.draws().sel(period="2018"), rtol=1e-6)


@pytest.mark.slow
def test_rows_add_up_to_the_textbooks_density_in_one_draw(fitted: Estimate) -> None:
    """PyMC's density of one draw, less that of the standard normals, is the sum of the rows."""
    saved = Fitted.saved(fitted.folder)
    parts, normals = saved.posterior.parts, saved.posterior.normals[1, 77]
    whole = pymc_model(saved.case, parts).compile_logp()(point_of(parts, normals))
    whole += log_volume(parts, normals)
    before = -0.5 * (normals @ normals + len(normals) * np.log(2.0 * np.pi))
    rows = fitted.idata["log_likelihood"]["log_figure"].sel(chain=1, draw=77)
    assert float(rows.sum()) == pytest.approx(float(whole) - before, abs=1e-8)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto:UserWarning")
def test_leave_one_out_is_the_mean_of_inverse_densities(fitted: Estimate) -> None:
    data = fitted.idata
    found = az.loo(data, pointwise=True)
    assert found.n_data_points == data["observed_data"].sizes["row"]
    logs = data["log_likelihood"]["log_figure"]
    # each row is the sum of its densities by its own weights, draw by draw
    weights = np.exp(found.log_weights)
    summed = np.log(
        (weights * np.exp(logs)).sum(["chain", "draw"]) / weights.sum(["chain", "draw"])
    )
    np.testing.assert_allclose(found.elpd_i, summed, rtol=1e-8)
    # without smoothing: 1 / mean(1 / p), good where no draw dominates
    by_hand = -np.log(np.exp(-logs).mean(["chain", "draw"]))
    good = (found.pareto_k < 0.5).to_numpy()
    assert good.any()
    np.testing.assert_allclose(found.elpd_i.to_numpy()[good], by_hand[good], atol=0.05)


@pytest.mark.slow
def test_arviz_draws_and_judges_it(fitted: Estimate) -> None:
    import matplotlib.pyplot as plt

    data = fitted.idata
    az.plot_ppc_dist(data, num_samples=20)
    az.plot_prior_posterior(data, var_names=["plan", "state_take"])
    table = az.psense_summary(data, var_names=["plan", "state_take"])
    assert {"prior", "likelihood"} <= set(table.columns)
    assert (table[["prior", "likelihood"]] >= 0).all().all()
    plt.close("all")


def test_a_reading_has_its_own_draws_rows_and_priors(rival: Estimate) -> None:
    whole, plan, share = rival.idata, rival.idata_of("plan"), rival.idata_of("share")
    counts = [one["posterior"].sizes["draw"] for one in (whole, plan, share)]
    assert counts == [400, 300, 100]
    rows = [set(one["observed_data"]["row"].to_numpy()) for one in (whole, plan, share)]
    assert rows[0] - rows[1] == {"handed_over"} & rows[0]
    assert rows[0] - rows[2] == {"plan"}
    # the mixture's draws are those of the readings, one behind the other
    for name in ("plan", "payment"):
        both = xr.concat(
            [one["posterior"][name].drop_vars("draw") for one in (plan, share)], "draw"
        )
        np.testing.assert_array_equal(whole["posterior"][name], both)
    logs = whole["log_likelihood"]["log_figure"].sel(row="plan")
    np.testing.assert_array_equal(logs[:, 300:], 0.0)
    assert (logs[:, :300] != 0.0).any()
    # the prior of the plan is the reading's: 700 to 900 dollars
    ends = share["prior"]["plan"].quantile([0.05, 0.95]).to_numpy()
    np.testing.assert_allclose(ends, [700, 900], rtol=0.06)
    assert "idata_of" in whole.attrs["note"]
    with pytest.raises(KeyError, match="write one of: plan, share"):
        rival.idata_of("both")
