"""Rows about the sum over several hosts, and about a change since another date, by brute force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.economy import Calendar, Cells, accounts, segment_weights, workers
from model.evidence.synthesis import Synthesis, log_quantities, synthesis
from model.projection.blocks import project
from model.projection.prediction import held_out_rows
from tests.cases import row, write_case
from tests.kinds import alike_hosts, several_hosts

GROUPS = {"asia": ["china"], "world": ["russia", "china"]}
TOTAL = {"value": "900", "role": "holdout"}
YEAR = ("2017-01", "2017-12", "about")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return several_hosts(tmp_path_factory.mktemp("several"))


@pytest.fixture(scope="module")
def parts(case: Case) -> Synthesis:
    return synthesis(case)


@pytest.fixture(scope="module")
def drawn(parts: Synthesis) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Standard normals, and the quantity of each row at them."""
    normals = np.random.default_rng(4).normal(size=(5, parts.size))
    found = np.exp(log_quantities(parts, normals))
    return normals, dict(zip(parts.evidence.ids, found.T, strict=True))


def of(case: Case, quantity: str, host: str, base: str = "") -> tuple[str, Any]:
    """The first row about a quantity of a place."""
    rows = case.evidence
    same = (rows["quantity"] == quantity) & (rows["host"] == host) & (rows["base"] == base)
    found = rows[same].iloc[0]
    return str(found["id"]), found


def force(case: Case, parts: Synthesis, normals: np.ndarray) -> tuple[Any, dict[str, Any]]:
    layout = parts.layout
    values = layout.by_family(layout.natural(normals[:, : layout.size]))
    return workers(values, Calendar.of(case)), values


def place(case: Case, month: Any) -> int:
    return int(case.timeline.months.get_loc(str(month)))


def over(case: Case, stock: np.ndarray, told: dict[str, str]) -> np.ndarray:
    """Mean of a stock over the months of a row, (n, H)."""
    first, last = place(case, told["start"]), place(case, told["end"])
    return np.asarray(stock[..., first : last + 1].mean(axis=-1))


def test_a_stock_of_several_hosts_is_their_sum(
    case: Case, parts: Synthesis, drawn: tuple[np.ndarray, dict[str, np.ndarray]]
) -> None:
    normals, found = drawn
    name, told = of(case, "permitted", "world")
    permitted = over(case, force(case, parts, normals)[0].permitted, told)
    np.testing.assert_allclose(found[name], permitted.sum(axis=-1), rtol=1e-12)


def test_each_host_has_its_own_factor(
    case: Case, parts: Synthesis, drawn: tuple[np.ndarray, dict[str, np.ndarray]]
) -> None:
    normals, found = drawn
    name, told = of(case, "quota", "asia")
    stocks, values = force(case, parts, normals)
    each = over(case, stocks.permitted, told) / values["quota_use"]
    np.testing.assert_allclose(found[name], each[:, 1:].sum(axis=-1), rtol=1e-12)


def test_a_change_is_a_ratio_of_two_sums(
    case: Case, parts: Synthesis, drawn: tuple[np.ndarray, dict[str, np.ndarray]]
) -> None:
    normals, found = drawn
    name, _ = of(case, "working", "world", "working@2017-08")
    working = force(case, parts, normals)[0].working
    now = working[..., place(case, "2018-07") :].mean(axis=-1).sum(axis=-1)
    then = working[..., place(case, "2017-08")].sum(axis=-1)
    np.testing.assert_allclose(found[name], now / then, rtol=1e-12)


def test_a_change_of_a_flow_compares_sums_over_the_windows(
    case: Case, parts: Synthesis, drawn: tuple[np.ndarray, dict[str, np.ndarray]]
) -> None:
    normals, found = drawn
    name, _ = of(case, "entries", "asia", "entries@2017-01..2017-06")
    flows = force(case, parts, normals)[0]
    entries = (flows.permit_entries + flows.irregular_entries)[:, 1:].sum(axis=1)
    ratio = entries[:, place(case, "2018-07") :].sum(axis=-1) / entries[:, :6].sum(axis=-1)
    np.testing.assert_allclose(found[name], ratio, rtol=1e-12)


def test_a_change_of_an_item_of_the_accounts(
    case: Case, parts: Synthesis, drawn: tuple[np.ndarray, dict[str, np.ndarray]]
) -> None:
    normals, found = drawn
    name, told = of(case, "state_take", "russia", "state_take@2017-01..2017-12")
    values = force(case, parts, normals)[1]
    own = [one.id for one in case.segments].index(told["segments"][0])
    months = np.array([[place(case, "2018-07"), place(case, "2018-12")], [0, 11]])
    cells = Cells.windows(case, months[:, 0], months[:, 1], np.array([own, own]))
    take = np.maximum(accounts(values, cells).state_take, 1e-6)
    np.testing.assert_allclose(found[name], take[:, 0] / take[:, 1], rtol=1e-9)
    assert segment_weights(values, parts.measured.host_of_segment).shape[-1] == 4


def totals(folder: Path, groups: dict[str, list[str]] | None) -> dict[str, Any]:
    rows = {
        "of_world": row("total_billings", *YEAR, "million USD/year", host="world", **TOTAL),
        "of_asia": row("total_billings", *YEAR, "million USD/year", host="asia", **TOTAL),
    }
    timeline = {"groups": groups} if groups else {}
    case = alike_hosts(folder, evidence=rows, timeline=timeline)
    parts = synthesis(case)
    draws = parts.layout.natural(np.random.default_rng(1).normal(size=(50, parts.layout.size)))
    from model.evidence.synthesis import ErrorSizes

    return held_out_rows(
        case, parts.layout, draws, project(case, parts.layout, draws), 1, ErrorSizes()
    )


def test_totals_of_groups_are_compared_with_their_sum(tmp_path: Path) -> None:
    groups = {"asia": ["china", "kuwait"], "world": ["russia", "china", "kuwait"]}
    found = totals(tmp_path, groups)
    assert found["of_asia"]["predicted_for"] == ["china", "kuwait"]
    assert found["of_world"]["predicted_for"] == ["russia", "china", "kuwait"]
    assert found["of_world"]["probability_above"] is not None
    assert "share" not in found["of_world"]


def test_without_the_group_a_world_total_is_of_more_than_the_hosts(tmp_path: Path) -> None:
    found = totals(tmp_path, None)
    assert "share" in found["of_world"]
    assert found["of_asia"]["predicted"] is None


def faults_of(folder: Path, **changes: Any) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(folder, two_hosts=True, **changes))
    return str(caught.value)


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({"asia": ["chnia"]}, "groups.asia[1]: there is no host 'chnia'; did you mean 'china'?"),
        ({"china": ["russia"]}, "'china' is the name of a host; rename the group"),
        ({"payment": ["russia"]}, "'payment' is the name of a quantity; rename the group"),
        ({"asia": ["china", "china"]}, "'china' occurs twice; name it once"),
        ({"world": ["russia"]}, "china is not in it; the world is all hosts of the case"),
        ({"asia": []}, "groups.asia"),
    ],
)
def test_faults_in_groups(groups: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert told in faults_of(tmp_path, timeline={"groups": groups})


WORKERS = {"quantity": "working", "start": "2018-06", "end": "2018-06", "value": "60"}
CHANGE = WORKERS | {"unit": "percent", "base": "working@2017-08"}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"host": "asai"}, "'asai' is not a host of timeline.toml; did you mean 'asia'?"),
        (
            {"host": "world", "quantity": "segment_workers", "unit": "percent"},
            "a share of the workers is not summed over hosts, as 'world' would be; name one host",
        ),
        (
            {"host": "world", "quantity": "payment", "unit": "USD/month"},
            "an amount per worker is not summed over hosts",
        ),
        (
            {"host": "world", "quantity": "quota_use", "unit": "percent"},
            "quota_use is not summed over hosts",
        ),
        ({"host": "world", "segment": "forestry"}, "'world' is several hosts; leave the cell"),
        (CHANGE | {"base": "permitted@2017-08"}, "write working@2017-08"),
        (CHANGE | {"base": "working@2017"}, "is not a quantity at another date"),
        (CHANGE | {"base": "working@2017-13"}, "names no month; write working@YYYY-MM"),
        (CHANGE | {"base": "working@2017-08..2017-02"}, "2017-02 is before 2017-08"),
        (CHANGE | {"base": "working@2018-06"}, "the two dates are one"),
        (CHANGE | {"base": "working@2012-06"}, "2012-06 to 2012-06 lies outside the timeline"),
        (CHANGE | {"unit": "persons"}, "is not a share of another date's value; write 'percent'"),
        (
            CHANGE | {"quantity": "quota_use", "base": "quota_use@2017-08"},
            "quota_use is not compared with another date; leave the cell blank",
        ),
    ],
)  # fmt: skip
def test_faults_in_rows(cells: dict[str, str], told: str, tmp_path: Path) -> None:
    cells = row("working", "2018-06", "2018-06", "about", "persons") | WORKERS | cells
    assert told in faults_of(tmp_path, evidence={"odd": cells}, timeline={"groups": GROUPS})


def test_a_change_may_exceed_one(tmp_path: Path) -> None:
    rise = row("working", "2018-06", "2018-06", "about", "percent") | CHANGE | {"value": "140"}
    case = read_case(write_case(tmp_path, evidence={"rise": rise}))
    assert synthesis(case).evidence.log_figure[
        list(synthesis(case).evidence.ids).index("rise")
    ] == pytest.approx(np.log(1.4))
