"""What notebooks call: the same numbers as the files of a run, and mistakes told in a sentence."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import model
from model.case import checkout
from model.equations.quantities import DEFINITIONS, USES
from model.result import Estimate
from tests.cases import write_case
from tests.reports.runs import PROSPECTS, write_scenarios

mpl.use("agg")
#: Keys of the summary by the columns of tables.
KEYS = {"5%": "q05", "25%": "q25", "median": "q50", "75%": "q75", "95%": "q95"}
SHORT = {"draws": 300, "tune": 300, "chains": 2, "seed": 5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_case(tmp_path_factory.mktemp("face") / "case", prospects_csv=PROSPECTS)
    write_scenarios(case / "scenarios")
    return case


@pytest.fixture(scope="module")
def estimate(folder: Path) -> Estimate:
    scenarios = sorted(path.stem for path in (folder / "scenarios").glob("*.toml"))
    return model.fit(folder, scenarios=scenarios, output=folder.parent / "runs", **SHORT)


pytestmark = pytest.mark.slow


def test_help_says_what_each_name_is() -> None:
    text = inspect.getdoc(model) or ""
    for name in ("fit", "load", "plot", "read_case", "new_case", "calibrate", "hedge"):
        assert f"``{name}``" in text or f"model.{name}" in text
    signature = inspect.signature(model.fit)
    assert all(
        one.kind is inspect.Parameter.KEYWORD_ONLY
        for name, one in signature.parameters.items()
        if name != "inputs"
    )


def test_tables_are_the_summary(estimate: Estimate) -> None:
    summary = json.loads((estimate.folder / "summary.json").read_text())
    annual = summary["scenarios"]["baseline"]["annual"]
    table = estimate.revenue()
    for year, blocks in annual.items():
        for definition in DEFINITIONS:
            row = table.loc[(int(year), definition)]
            assert row.rename(KEYS).to_dict() == blocks[definition]["usd"]
    take = estimate.revenue("state_take")
    assert list(take.index) == [int(year) for year in annual]
    pd.testing.assert_series_equal(
        take.loc[2018], table.loc[(2018, "state_take")], check_names=False
    )
    quantities = estimate.quantities
    assert set(quantities.index) == set(summary["quantities"])
    plan = summary["quantities"]["plan"]
    assert quantities.loc["plan", "posterior 95%"] == plan["posterior"]["q95"]
    assert quantities.loc["plan", "basis"] == "a guess for the tests"
    assert set(estimate.evidence.index) == set(summary["evidence"])
    assert estimate.evidence.loc["payment", "grade"] == "B2"
    assert estimate.held_out.loc["official_total", "unit"] == "million USD/year"


def test_draws_are_the_files(estimate: Estimate) -> None:
    draws = estimate.draws("surplus").sel(period="2018")
    row = estimate.revenue("surplus").loc[2018]
    assert draws.shape == (2, 300)
    assert np.median(draws) == pytest.approx(row["median"], rel=1e-6)
    assert float(draws.mean()) == pytest.approx(row["mean"], rel=1e-6)
    plan = estimate.quantity("plan")
    assert np.median(plan) == pytest.approx(
        estimate.quantities.loc["plan", "posterior median"], 1e-6
    )
    assert estimate.posterior["posterior"]["plan"].shape[:2] == (2, 300)


def test_scenarios_share_their_draws(estimate: Estimate) -> None:
    name = next(name for name in estimate.summary["scenarios"] if name != "baseline")
    change = estimate.draws(scenario=name) - estimate.draws()
    row = estimate.versus(name).loc[estimate.year]
    assert np.median(change.sel(period=str(estimate.year))) == pytest.approx(
        row["median"], rel=1e-6, abs=1.0
    )
    assert set(estimate.workers(name)["stock"]) == {"permitted", "irregular", "working"}


def test_priors_alone_are_wider(estimate: Estimate) -> None:
    prior = estimate.prior("billings")
    posterior = estimate.draws("billings").sel(period=str(estimate.year))
    spread = [np.log(np.quantile(x, 0.95) / np.quantile(x, 0.05)) for x in (prior, posterior)]
    assert spread[0] > 1.5 * spread[1]


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.revenue("profit"),
        lambda one: one.revenue(scenario="nothing"),
        lambda one: one.draws(scenario="nothing"),
        lambda one: one.versus("baseline"),
        lambda one: one.quantity("plam"),
        lambda one: model.plot("pie", one),
    ],
)
def test_what_is_not_there_is_told_with_what_is(ask: object, estimate: Estimate) -> None:
    assert callable(ask)
    with pytest.raises(KeyError, match="write one of"):
        ask(estimate)


def test_the_same_question_is_read_and_others_differ(folder: Path, estimate: Estimate) -> None:
    runs = folder.parent / "runs"
    scenarios = list(estimate.summary["scenarios"])[1:]
    again = model.fit(folder, scenarios=scenarios, name="small", output=runs, **SHORT)
    assert again.folder == estimate.folder
    assert model.load("small", runs).folder == estimate.folder
    with pytest.raises(ValueError, match="name='latest'"):
        model.fit(folder, name="latest", output=runs, **SHORT)
    assert model.load(estimate.folder.name[:-3], runs).folder == estimate.folder
    fixed = model.fit(
        folder, set={"broker_margin": 0.1}, prior={"upkeep": (5000, 9000)},
        drop_row=["quota"], weight={"plan": 0.5}, output=runs, **SHORT,
    )  # fmt: skip
    assert fixed.quantities.loc["broker_margin", ["posterior 5%", "posterior 95%"]].tolist() == (
        pytest.approx([0.1, 0.1])
    )
    assert fixed.evidence.loc["quota", "weight"] == 0.0
    assert fixed.evidence.loc["plan", "weight"] == pytest.approx(0.5)
    assert fixed.manifest["what_if"]["priors"] == [["upkeep", 5000.0, 9000.0, ""]]
    table = model.compare({"as it is": estimate, "fixed": fixed}, "billings", 2018)
    assert list(table.index) == ["as it is", "fixed"]
    assert table.loc["fixed", "median"] == fixed.revenue("billings").loc[2018, "median"]


def test_faults_are_the_whole_report(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(model.CaseError, match="did you mean 'broker_margin'"):
        model.fit(folder, set={"broker_margim": 0.3}, output=tmp_path, **SHORT)
    with pytest.raises(model.CaseError, match="there is no such folder"):
        model.read_case(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_drivers_and_figures(estimate: Estimate) -> None:
    import matplotlib.pyplot as plt

    axes = model.plot("tornado", estimate, definition="surplus", most=4)
    assert len(axes.get_yticks()) == 4
    assert plt.gcf() is axes.figure
    found = estimate.drivers("surplus")
    assert found.groups["share"].sum() == pytest.approx(found.explained, abs=1e-6)
    assert found.quantities.index[0] in set(found.knowing.index)
    assert len(found.prospects) == 3
    np.testing.assert_allclose(np.diag(found.correlations), 1.0)
    plt.close("all")


def test_runs_go_where_the_environment_says(
    folder: Path, estimate: Estimate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENT_WORKERS_RUNS", str(folder.parent / "runs"))
    assert model.load(estimate.folder.name).folder == estimate.folder
    assert model.runs_folder("here") == Path("here")
    monkeypatch.delenv("SENT_WORKERS_RUNS")
    assert model.runs_folder() == checkout.ROOT / "runs"


def test_pieces_by_themselves() -> None:
    left = model.stock(100.0, np.full(3, np.log(2.0)), np.array([0.0, 10.0, 0.0]))
    assert left == pytest.approx([50.0, 35.0, 17.5])
    month = model.worker_month(
        payment=1000.0, utilisation=0.5, declared_salary=200.0, vat_share=0.0, vat_rate=0.2,
        simplified_rate=0.06, income_tax_rate=0.1, contribution_rate=0.3, permit_cost=10.0,
        broker_margin=0.1, upkeep=50.0, keep_share=0.5, managers_share=0.05, plan=100.0,
        levies=1.1, own_firms=0.4,
    )  # fmt: skip
    assert month.billings == 500.0
    assert sum(getattr(month, name) for name in USES) == pytest.approx(500.0)
    assert month.claim == pytest.approx(110.0)
    assert month.state_take == month.plan_collected + month.left_with_own_firms
    assert month.wedge == 300.0


def test_hedges_lie_on_their_side() -> None:
    exact = model.hedge("exact", 700, "A1")
    assert exact.idxmax() == pytest.approx(700, rel=0.01)
    error = np.hypot(0.03, 0.03)
    inside = exact[exact > np.exp(-0.5)]
    assert np.log(inside.index.max() / 700) == pytest.approx(error, rel=0.03)
    floor, ceiling = model.hedge("at_least", 700), model.hedge("up_to", 700)
    assert floor.idxmax() > 700 > ceiling.idxmax()
    # as likely at a fifth above as the ceiling is at a fifth below, in logs
    above = np.interp(np.log(1.2), np.log(floor.index / 700), floor)
    below = np.interp(-np.log(1.2), np.log(ceiling.index / 700), ceiling)
    assert above == pytest.approx(below, rel=0.01)
    for wrong in (("spread", 700, "B2"), ("exact", -1.0, "B2"), ("exact", 700, "G2")):
        with pytest.raises(ValueError, match=r"write|figure"):
            model.hedge(*wrong)
