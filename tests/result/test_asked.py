"""Arguments of ``model.fit``: single names, dictionaries, and faults told in Python's words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import model
from model.result.asked import question


def test_one_name_may_stand_for_a_list_of_names(tiny_folder: Path) -> None:
    one = question(
        tiny_folder, scenarios="half", drop_source="paper", drop_row="quota", without="plan",
        believe="total", reading="plan", as_of=2018,
    )  # fmt: skip
    many = question(
        tiny_folder, scenarios=["half"], drop_source=["paper"], drop_row=["quota"],
        without=["plan"], believe=["total"], reading={"plan": 1.0}, as_of="2018",
    )  # fmt: skip
    assert one == many
    assert one.what_if.drop_sources == ("paper",)
    assert one.scenarios == ("half",)
    path = tiny_folder / "half.toml"
    assert question(tiny_folder, scenarios=path).scenarios == (str(path),)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"set": {"broker_margim": 0.3}}, "set: no basic quantity 'broker_margim'; did you mean"),
        ({"set": {"upkeep": "much"}}, 'write set={"QUANTITY": 0.2}, or with a unit'),
        ({"set": {"broker_margin": 1.5}}, "set: broker_margin must lie between 0 and 1"),
        ({"prior": {"upkeep": "5000"}}, 'write prior={"QUANTITY": (0.1, 0.3)}'),
        ({"prior": {"upkeep": (9, 5)}}, "9 is not below 5; write the lower end first"),
        ({"drop_source": "wsk"}, "drop_source: 'wsk' is not a source"),
        ({"drop_row": "quoat"}, "drop_row: 'quoat' is not a fitted row"),
        ({"weight": {"quota": "x"}}, 'write weight={"ROW": 0.5}'),
        ({"reading": "other"}, "reading: "),
        ({"as_of": "yesterday"}, "as_of: 'yesterday' is not a date"),
        ({"believe": "nothing"}, "believe: 'nothing' is not a held-out total"),
        ({"horizon": "soon"}, "horizon: "),
    ],
)
def test_faults_speak_python(
    asked: dict[str, Any], said: str, tiny_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(model.CaseError, match=re.escape(said)) as told:
        model.fit(tiny_folder, output=tmp_path, **asked)
    assert "--" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ({"draws": 10}, ValueError, "draws=10; write a whole number from 100 to 1,000,000"),
        ({"chains": 1}, ValueError, "chains=1; write a whole number from 2 to 100"),
        ({"seed": -1}, ValueError, "seed=-1"),
        ({"tune": 99.5}, TypeError, "tune=99.5; write a whole number"),
        ({"draws": True}, TypeError, "draws=True"),
        ({"drop_source": 3}, TypeError, "drop_source=3; write a name or a list of names"),
        ({"drop_row": [3]}, TypeError, "3 is not a name"),
        ({"set": ["upkeep=3"]}, TypeError, 'write a dictionary, such as {"NAME": ...}'),
        ({"prior": {"upkeep": 3}}, TypeError, "write the 5% and the 95% quantile"),
        ({"without": "plans"}, ValueError, "write one of: 'plan', 'payments'"),
    ],
)
def test_arguments_of_another_kind_are_told(
    asked: dict[str, Any], kind: type[Exception], said: str, tiny_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=re.escape(said)):
        model.fit(tiny_folder, output=tmp_path, **asked)
    assert list(tmp_path.iterdir()) == []


def test_a_reading_of_no_draw_is_told_in_python(tmp_path: Path) -> None:
    from tests.cases import write_case
    from tests.reports.runs import RIVALS

    folder = write_case(tmp_path / "case", readings_toml=RIVALS)
    with pytest.raises(model.CaseError) as told:
        model.fit(folder, reading={"share": 0.001}, draws=100, output=tmp_path / "runs")
    assert 'ask for more draws, or leave it out with reading={"share": 0}' in str(told.value)
    assert "--" not in str(told.value)
