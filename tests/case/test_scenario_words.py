"""What scenarios change, as values and in words, from the files as they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from model.case.case import read_case
from model.case.checkout import INPUTS
from model.case.folders import BASELINE, scenario_names
from model.case.reader.scenarios import read_scenarios
from model.case.scenario_words import changes_told
from tests.cases import write_case

CHANGES = {
    'quantity = "permit_inflow"\nfrom = "2018-01"\nset = 0\nunit = "persons/month"': (
        {"set": 0.0, "unit": "persons/month", "to": None},
        "permit_inflow set to 0 persons/month, from 2018-01 on",
    ),
    'quantity = "payment"\nsegment = "forestry"\nfrom = "2018-01"\nto = "2018-06"\nscale = 1.1': (
        {"scale": 1.1, "unit": "1", "to": "2018-06"},
        "payment.forestry times 1.1, 2018-01 to 2018-06",
    ),
    'quantity = "permit_exit"\nfrom = "2018-01"\nto = "2018-01"\nas_in = "2017-08"': (
        {"as_in": "2017-08", "unit": "1"},
        "permit_exit as in 2017-08, in 2018-01",
    ),
    'quantity = "plan"\nfrom = "2018-01"\nset = 12000\nunit = "USD/year"': (
        {"set": 1000.0, "unit": "USD/month"},
        "plan set to 1,000 USD/month, from 2018-01 on",
    ),
    'quantity = "plan"\nfrom = "2018-01"\nset = 60000\nunit = "RUB/month"': (
        {"set": 60000.0, "unit": "RUB/month"},
        "plan set to 60,000 RUB/month, from 2018-01 on",
    ),
    'quantity = "upkeep"\nfrom = "2018-01"\nset = 100\nunit = "USD/month"': (
        {"set": 100.0, "unit": "USD/month"},
        "upkeep set to 100 USD/month, from 2018-01 on",
    ),
    'quantity = "keep_share"\nfrom = "2018-01"\nset = 50\nunit = "percent"': (
        {"set": 0.5, "unit": "fraction"},
        "keep_share set to 0.5, from 2018-01 on",
    ),
    'quantity = "exchange_rate"\nfrom = "2018-01"\nset = 90\nunit = "RUB/USD"': (
        {"set": 90.0, "unit": "RUB/USD"},
        "exchange_rate set to 90 RUB/USD, from 2018-01 on",
    ),
    'quantity = "permit_exit"\nfrom = "2018-01"\nunit = "1/month"\n'
    'path = { "2018-01" = 0.1, "2018-03" = 0.5 }': (
        {"path": {"2018-01": 0.1, "2018-03": 0.5}, "unit": "1/month"},
        "permit_exit from 0.1 to 0.5 a month in 2 steps, from 2018-01 on",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_is_told(change: str, tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "case"))
    path = tmp_path / "one.toml"
    path.write_text(f'title = "t"\ndescription = "d"\n[[changes]]\n{change}\n', encoding="utf-8")
    scenario = next(one for one in read_scenarios(case, [str(path)]) if one.name != BASELINE)
    (told,) = changes_told(case, scenario)
    values, words = CHANGES[change]
    assert told["words"] == words
    expected: dict[str, Any] = values
    for key, value in expected.items():
        assert told[key] == pytest.approx(value) if key in ("set", "scale") else told[key] == value
    assert told["from"] == "2018-01"
    assert len({"set", "scale", "path", "as_in"} & set(told)) == 1


def test_the_shipped_scenarios_are_told_in_short() -> None:
    case = read_case(INPUTS)
    for one in read_scenarios(case, scenario_names(INPUTS)):
        told = changes_told(case, one)
        assert len(told) == len(one.changes)
        for change in told:
            assert change["words"].startswith(change["quantity"])
            assert len(change["words"]) < 100
