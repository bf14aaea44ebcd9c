"""The answer without a host's rows: which rows, what it does to the sum, and to the host."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from model.archive.saved_fit import Fitted
from model.case.case import Case, read_case
from model.criticism import leave_out as module
from model.criticism.conflict import conflicts
from model.criticism.leave_out import HOST, Group, LeftOut, groups, left_out_table
from model.criticism.refits import Refit, yearly_revenue
from model.criticism.without_host import without_hosts
from model.equations.quantities import HEADLINE
from model.evidence.synthesis import synthesis
from model.projection.blocks import project
from model.sampling.convergence import Convergence
from model.sampling.fitting import fit
from model.sampling.parallel import executor
from model.sampling.reweighting import Reweighted
from model.sampling.whatif import left_out
from tests.cases import row, write_case
from tests.conftest import SHORT
from tests.reports.runs import PASSED, prior_draws

WORLD = {"groups": {"world": ["russia", "china"]}}
OF_ALL = row("working", "2018-06", "2018-06", "about", "persons", value="40000", host="world")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two hosts, with a row about both."""
    folder = tmp_path_factory.mktemp("hosts") / "case"
    return read_case(
        write_case(folder, two_hosts=True, evidence={"of_all": OF_ALL}, timeline=WORLD)
    )


def test_hosts_are_left_out_with_the_rows_about_them_alone(case: Case, tiny: Case) -> None:
    found = {one.name: one.rows for one in groups(case, synthesis(case)) if one.kind == HOST}
    assert found["china"] == ("china_payment",)
    assert {"workers", "plan", "payment"} <= set(found["russia"])
    assert not {"of_all", "official_total", "china_payment"} & set(found["russia"])
    assert not any(one.kind == HOST for one in groups(tiny, synthesis(tiny)))


@pytest.fixture(scope="module")
def fitted(case: Case) -> Fitted:
    posterior = prior_draws(case, draws=200)
    return Fitted(case, posterior, PASSED, project(case, posterior.layout, posterior.draws))


def made_up(case: Case, name: str, seed: int, *, reliable: bool = True) -> LeftOut:
    """A fit without a host's rows that other draws of the prior stand for."""
    (group,) = (
        one for one in groups(case, synthesis(case)) if (one.kind, one.name) == (HOST, name)
    )
    parts = left_out(synthesis(case), case, group.rows)
    draws = prior_draws(case, draws=150, seed=seed, parts=parts)
    yearly = yearly_revenue(case, draws.layout, draws.draws)
    gate = Convergence(1.0 if reliable else 1.4, 400.0, 400.0, 0, {})
    fit = Refit(draws.flat, draws.draws, yearly, gate)
    return LeftOut(group, parts, fit, Reweighted(None, None, 0.9, gate))


def takes_of(case: Case, natural: np.ndarray) -> dict[str, np.ndarray]:
    """Each host's take of the headline's year, month by month."""
    found = project(case, synthesis(case).layout, natural)
    take, rate = found.revenue.sel(definition=HEADLINE), found.per_usd
    months = [f"2018-{number:02}" for number in range(1, 13)]
    return {
        host: np.asarray(
            sum(
                take.sel(host=host, month=month).to_numpy()
                / float(rate.sel(host=host, month=month))
                for month in months
            )
        )
        for host in ("russia", "china")
    }


def test_the_sum_and_the_host_are_told_from_the_same_draws(case: Case, fitted: Fitted) -> None:
    without = [made_up(case, "russia", 8), made_up(case, "china", 9, reliable=False)]
    result = without_hosts(fitted, without)
    assert result.passed is None
    before = takes_of(case, fitted.posterior.draws)
    table = result.table.set_index("host")
    assert list(table["reliable"]) == [True, False]
    for one in without:
        after, name = takes_of(case, one.fit.natural), one.group.name
        line = table.loc[name]
        assert line["rows"] == len(one.group.rows)
        for start, now, then in (
            ("", after["russia"] + after["china"], before["russia"] + before["china"]),
            ("own_", after[name], before[name]),
        ):
            for key, level in (("q50", 0.5), ("q05", 0.05), ("q95", 0.95)):
                assert line[f"{start}{key}"] == pytest.approx(np.quantile(now, level))
            shift = (np.median(now) - np.median(then)) / then.std(ddof=1)
            assert line[f"{start}shift"] == pytest.approx(shift)
    most = table["shift"].abs().idxmax()
    assert f"about {most} the median state take of 2018" in result.sentence
    assert "Refits without china converged poorly." in result.sentence


def test_a_host_is_neither_a_source_nor_in_conflict(case: Case, fitted: Fitted) -> None:
    hosts = [made_up(case, "russia", 8), made_up(case, "china", 9)]
    assert left_out_table(fitted, hosts).table.empty
    assert conflicts(case, hosts, 1).table.empty


def test_without_rows_about_hosts_there_is_nothing_to_leave_out(fitted: Fitted) -> None:
    result = without_hosts(fitted, [])
    assert (result.passed, result.table.empty) == (None, True)


@pytest.mark.slow
def test_a_host_without_its_rows_is_what_its_priors_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No prior is alike and no row is about both: nothing else informs it."""
    case = read_case(write_case(tmp_path / "case", two_hosts=True))

    def only_hosts(*of: object) -> list[Group]:
        return [one for one in groups(*of) if one.kind == HOST]  # type: ignore[arg-type]

    monkeypatch.setattr(module, "groups", only_hosts)
    posterior = fit(synthesis(case), SHORT)
    projection = project(case, posterior.layout, posterior.draws)
    whole = Fitted(case, posterior, PASSED, projection)
    with executor(2) as workers:
        without = module.leave_out(case, posterior, PASSED, workers)
    table: pd.DataFrame = without_hosts(whole, without).table.set_index("host")
    (china,) = (one for one in without if one.group.name == "china")
    place = china.parts.layout.index["china.payment"]
    assert posterior.flat[:, place].std() < 0.85  # its row tells of it
    scores = china.fit.normals[:, place]
    # of some 300 effective draws
    assert abs(scores.mean()) < 4.5 / np.sqrt(300)
    assert (np.abs(scores) < norm.ppf(0.75)).mean() == pytest.approx(0.5, abs=4.5 * 0.5 / 17)
    # what is said of the other host is as before
    assert table.loc["china", "own_shift"] != 0.0
    before = np.median(takes_of(case, posterior.draws)["russia"])
    after = takes_of(case, china.fit.natural)["russia"]
    assert abs(np.median(after) - before) < 4.5 * 1.25 * after.std() * np.sqrt(2 / 300)
