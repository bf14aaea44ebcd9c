"""Refits of the small case: shares add up, none is made twice, Ctrl-C keeps what was done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import model
from model.archive import store
from model.archive.pruning import judged, remove
from model.diary import refits
from model.diary.asked import asked_diary
from model.diary.book import as_json
from model.diary.published import days_of
from model.diary.refits import Refits
from tests.cases import write_case

OPTIONS: dict[str, Any] = {"draws": 1000, "chains": 4, "seed": 5}
ASKED: dict[str, Any] = {"definition": "state_take", "year": None, "every": False}
GRADED = {"evidence": {"plan": {"reliability": "E"}}}
CHANGED = GRADED | {"priors": {"payment": {"p05": 60000, "p95": 130000}}}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two estimates of one case, which differ in a grade and a prior."""
    base = tmp_path_factory.mktemp("refits")
    for place, changes in enumerate(({}, CHANGED)):
        estimate = model.fit(
            write_case(base / str(place) / "case", **changes), output=base / "runs", **OPTIONS
        )
        assert estimate.converged
    return base / "runs"


class StopError(Exception):
    """What a user does."""


@pytest.mark.slow
def test_a_move_is_split_by_refits_that_are_made_once_and_survive_an_interruption(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    whole = refits.results_of

    def counting(question: Any, inputs: Any) -> Any:
        made.append(inputs.keys[1])
        return whole(question, inputs)

    monkeypatch.setattr(refits, "results_of", counting)

    def stop() -> None:
        if len(made) == 2:
            raise StopError

    with pytest.raises(StopError):
        asked_diary(Refits(runs, check=stop), "", explain=True, known="", **ASKED)
    assert [path.stem for path in (runs / store.REFITS).iterdir()] == made[:1]
    said: list[str] = []
    found = asked_diary(Refits(runs, said.append), "", explain=True, known="", **ASKED)
    # two groups make four states, of which two are the runs
    assert len({*made}) == 2
    assert len(made) == 3, "the one that was kept is not made again"
    assert [line.partition(":")[0] for line in said] == ["Refit 1 of 1"]
    step = found.entries[-1].step
    assert step is not None
    assert not step.note
    assert [one.label for one in step.causes] == ["1 row from paper graded anew", "priors"]
    assert sum(one.moved for one in step.causes) == pytest.approx(step.moved, rel=1e-9)
    assert all(one.error > 0 for one in step.causes)
    # dearer workers leave more; the other change is what is left
    assert step.causes[1].moved > 2 * step.causes[1].error
    again = asked_diary(Refits(runs), "", explain=True, known="", **ASKED)
    assert len(made) == 3
    assert as_json(again) == as_json(found)


@pytest.mark.slow
def test_a_state_between_is_the_estimate_of_its_inputs(runs: Path, tmp_path: Path) -> None:
    asked_diary(Refits(runs), "", explain=True, known="", **ASKED)
    own = model.fit(write_case(tmp_path / "case", **GRADED), output=tmp_path / "runs", **OPTIONS)
    kept = json.loads((runs / store.REFITS / f"{own.manifest['fit']}.json").read_text())
    amounts = own.revenue("state_take").loc[own.year]
    numbers = kept["annual"]["state_take"][str(own.year)]
    assert numbers["q50"] == pytest.approx(amounts["median"])
    assert numbers["q95"] == pytest.approx(amounts["95%"])


@pytest.mark.slow
def test_a_refit_that_was_tampered_with_is_made_anew(runs: Path) -> None:
    before = asked_diary(Refits(runs), "", explain=True, known="", **ASKED)
    path = next((runs / store.REFITS).iterdir())
    content = path.read_bytes()
    told = json.loads(content)
    told["annual"]["state_take"] = {
        year: {key: value * 2 for key, value in one.items()}
        for year, one in told["annual"]["state_take"].items()
    }
    path.write_text(json.dumps(told))
    after = asked_diary(Refits(runs), "", explain=True, known="", **ASKED)
    assert as_json(after) == as_json(before)
    assert path.read_bytes() == content


@pytest.mark.slow
def test_what_could_have_been_known_when_is_the_estimate_as_of_each_day(runs: Path) -> None:
    found = asked_diary(Refits(runs), "", explain=False, known="date", **ASKED)
    assert [one.date for one in found.entries] == ["2018-08-02", "2018-12-31"]
    first, last = found.entries
    newest = runs / found.folder.name
    own = model.fit(newest / "inputs", as_of="2018-08-02", output=runs, **OPTIONS)
    amounts = own.revenue("state_take").loc[own.year]
    assert first.numbers is not None
    assert first.numbers["q50"] == pytest.approx(amounts["median"])
    assert first.asked == "2 rows"
    assert last.step is not None
    assert last.step.label == "7 rows published (paper)"
    assert found.whole is not None
    assert last.step.moved == pytest.approx(found.whole.moved)
    # with every row published, it is the estimate itself
    assert last.numbers is not None
    whole = model.load(newest).revenue("state_take").loc[own.year]
    assert last.numbers["q50"] == pytest.approx(whole["median"])


def test_days_are_those_of_fitted_sources_and_the_last_of_each_period(tmp_path: Path) -> None:
    case = model.read_case(write_case(tmp_path / "case"))
    assert [str(day) for day in days_of(case, "date")] == ["2018-08-02", "2018-12-31"]
    assert [str(day) for day in days_of(case, "year")] == ["2018-12-31"]


def test_refits_are_no_runs_and_go_where_few_runs_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / store.REFITS
    own, other = folder / "0123456789ab.json", folder / "ba9876543210.json"
    store.replace_json(own, store.sealed({"fit": own.stem, "annual": {}}))
    store.replace_json(other, {"fit": other.stem, "seal": "of somebody else"})
    assert list(store.run_folders(tmp_path)) == []
    assert judged(tmp_path).doomed == []
    (doomed,) = judged(tmp_path, keep=0).doomed
    assert doomed.path == own
    remove(doomed)
    assert list(folder.iterdir()) == [other]
