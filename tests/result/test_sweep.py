"""Sweeps: each value is the estimate with the quantity fixed there; faults come before a fit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import model
from model.result import Estimate
from model.result.print_sweep import as_json, print_sweep
from model.result.sweep import Sweep
from model.result.sweep_axes import axes_of
from model.sampling.convergence import median_error
from tests.cases import write_case

SHORT = {"draws": 100, "tune": 100, "chains": 2, "seed": 5}


def test_values_are_read_with_units_and_rounded() -> None:
    (one,) = axes_of(["broker_margin=0.1:0.5:5"])
    assert one.values == (0.1, 0.2, 0.3, 0.4, 0.5)
    (one,) = axes_of(["broker_margin = 10% : 30% : 3"])
    assert (one.values, one.unit) == ((10.0, 20.0, 30.0), "percent")
    assert axes_of(["broker_margin=10:30:3%"]) == (one,)
    behind, before = (
        axes_of(["upkeep=4000:9000:2 RUB/month"]),
        axes_of(["upkeep=4000:9000 RUB/month:2"]),
    )
    assert behind == before
    assert behind[0].unit == "RUB/month"
    (down,) = axes_of(["plan=900:700:3"])
    assert down.values == (900.0, 800.0, 700.0)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["broker_margin=0.1:0.5"], "cannot be read; write QUANTITY=FIRST:LAST:COUNT"),
        (["broker_margin"], "cannot be read"),
        (["=0.1:0.5:5"], "cannot be read"),
        (["broker_margin=0.1:x:5"], "cannot be read"),
        (["broker_margin=0.1:0.5:-5"], "cannot be read"),
        (["broker_margin=0.1:0.5:1"], "write a count from 2 to 100"),
        (["broker_margin=0.1:0.5:99999999999"], "write a count from 2 to 100"),
        (["broker_margin=0.1:0.1:5"], "both ends are 0.1"),
        (["a=1:2:11", "b=1:2:11"], "asks for 121 fits; write at most 100"),
        (["a=1:2:2", "a=1:2:2"], "one quantity, or two different ones"),
        (["a=1:2:2", "b=1:2:2", "c=1:2:2"], "one quantity, or two different ones"),
    ],
)
def test_what_cannot_be_swept_is_told(texts: list[str], said: str) -> None:
    with pytest.raises(model.CaseError, match=re.escape(said)):
        axes_of(texts)


@pytest.fixture(scope="module")
def estimate(tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    base = tmp_path_factory.mktemp("sweep")
    return model.fit(write_case(base / "case"), output=base / "runs", **SHORT)


@pytest.fixture(scope="module")
def sweep(estimate: Estimate) -> Sweep:
    return estimate.sweep({"broker_margin": (0.1, 0.3, 2), "upkeep": "5000:9000:2 RUB/month"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "options", "said"),
    [
        ({"broker_margim": (0.1, 0.5, 3)}, {}, "sweep: no basic quantity 'broker_margim'; did you"),
        ({"broker_margin": (0.1, 1.5, 3)}, {}, "sweep: broker_margin must lie between 0 and 1"),
        ({"broker_margin": (0.1, 0.5)}, {}, 'write {"QUANTITY": (0.1, 0.5, 5)}'),
        ({"upkeep": "1:2:2 RUB/moth"}, {}, "sweep: "),
        ({"broker_margin": (0.1, 0.5, 3)}, {"year": 1999}, "1999 is no whole year of the case"),
    ],
)  # fmt: skip
def test_faults_come_before_a_fit_in_python_s_words(
    estimate: Estimate, values: dict[str, object], options: dict[str, int], said: str
) -> None:
    before = set(estimate.folder.parent.iterdir())
    with pytest.raises(model.CaseError, match=re.escape(said)) as told:
        estimate.sweep(values, **options)  # type: ignore[arg-type]
    assert "--" not in str(told.value)
    assert set(estimate.folder.parent.iterdir()) == before


@pytest.mark.slow
def test_each_value_is_the_estimate_with_it_fixed(estimate: Estimate, sweep: Sweep) -> None:
    table = sweep.table
    assert list(table["broker_margin"]) == [0.1, 0.1, 0.3, 0.3]
    assert list(table["upkeep (RUB/month)"]) == [5000, 9000, 5000, 9000]
    runs = estimate.folder.parent
    for row in table.to_dict("records"):
        upkeep = f"{row['upkeep (RUB/month)']:g} RUB/month"
        same = model.fit(
            runs.parent / "case", output=runs,
            set={"broker_margin": row["broker_margin"], "upkeep": upkeep}, **SHORT,
        )  # fmt: skip
        assert same.folder.name == row["run"]
        own = same.revenue("state_take").loc[same.year]
        unchanged = estimate.revenue("state_take").loc[same.year]
        assert [row[name] for name in ("median", "5%", "95%")] == [
            own[name] for name in ("median", "5%", "95%")
        ]
        assert row["change"] == pytest.approx(own["median"] - unchanged["median"])
        errors = [
            median_error(one.draws(between=(one.year, one.year)).isel(period=0).to_numpy())
            for one in (same, estimate)
        ]
        assert row["error"] == pytest.approx(float(np.hypot(*errors)))
    assert len(list(runs.glob("case-*"))) == 5, "nothing was fitted twice"
    # what brokers keep, the state does not get
    assert table["median"].iloc[3] < table["median"].iloc[1]


@pytest.mark.slow
def test_it_is_printed_for_people_and_machines(
    sweep: Sweep, estimate: Estimate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "not fixed" in repr(sweep)
    assert sweep._repr_html_().startswith("<table")
    found = {}
    for form in ("table", "json", "csv", "folder"):
        print_sweep(sweep, form, estimate.folder.parent, wide=False)
        found[form] = capsys.readouterr().out
    assert "broker_margin" in found["table"]
    assert "Monte Carlo" in found["table"]
    assert max(map(len, found["table"].splitlines())) <= 80
    assert json.loads(found["json"]) == json.loads(json.dumps(as_json(sweep)))
    assert json.loads(found["json"])["rows"][3]["fixed"]["upkeep"] == {
        "value": 9000.0, "unit": "RUB/month",
    }  # fmt: skip
    assert found["csv"].splitlines()[0].startswith("broker_margin,upkeep (RUB/month),q50,q05,q95")
    folders = list(map(Path, found["folder"].splitlines()))
    assert len(folders) == 5
    assert all((folder / "summary.json").exists() for folder in folders)
