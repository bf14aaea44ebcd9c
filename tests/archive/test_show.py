"""Scenarios in the terminal: one table of all, and what each of them changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.archive import store
from model.archive.answer import Answer
from model.archive.show import show
from model.terminal.wording import MILLION, interval, three
from tests.cases import write_case
from tests.reports.runs import write_run, write_scenarios

BOTH = ["russia", "china"]


@pytest.fixture(scope="module")
def answer(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    base = tmp_path_factory.mktemp("show")
    folder = write_run(base / "runs", tiny_folder, write_scenarios(base / "scenarios"))
    manifest, summary = store.read_run(folder)
    return Answer(folder, summary, manifest, found=True)


def heading(said: str) -> str:
    """The heading of the table of scenarios."""
    return said.partition("Scenarios, USD million")[2].partition("\nhalf")[0]


def test_all_scenarios_are_one_table(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    show(answer, brief=False)
    said = capsys.readouterr().out
    assert said.count("Scenarios, USD million") == 1
    assert max(map(len, said.splitlines())) <= 80
    lines = [line.strip() for line in said.splitlines()]
    for name, block in answer.summary["scenarios"].items():
        if name == "baseline":
            continue
        rows = lines[lines.index(name) + 1 :]
        year = next(row for row in rows if row.startswith("2018"))
        take = block["annual"]["2018"]["state_take"]["usd"]
        change = block["versus_baseline"]["2018"]["state_take"]["usd"]
        assert interval(*three(take, MILLION)) in year
        assert interval(*three(change, MILLION), finest=0.1) in year
        stake = block["at_stake"]["state_take"]["usd"]
        total = next(row for row in rows if row.startswith("in all"))
        assert interval(*three(stake, MILLION), finest=0.1) in total
        told = " ".join(lines)
        assert f"{name}: {block['title']}; in all, 2018-01 to 2018-12" in told
        for one in block["changes"]:
            assert one["words"] in told
    # nothing changes in 2017
    table = said.partition("Scenarios, USD million")[2].partition("half: ")[0]
    assert "2017" not in table
    assert "billings" not in heading(said)


def test_billings_are_told_if_asked_or_if_the_state_gets_the_same(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    show(answer, brief=True, wide=True)
    assert "billings" in heading(capsys.readouterr().out)
    same = dict.fromkeys(("mean", "sd", "q05", "q25", "q50", "q75", "q95"), 0.0)
    same |= {"probability_lower": 0.0, "probability_higher": 0.0}
    block = answer.summary["scenarios"]["half"]
    stake = block["at_stake"] | {"state_take": {"usd": same}}
    scenarios = answer.summary["scenarios"] | {"half": block | {"at_stake": stake}}
    show(Answer(answer.folder, answer.summary | {"scenarios": scenarios}, answer.manifest, True),
         brief=True)  # fmt: skip
    said = capsys.readouterr().out
    assert "billings" in heading(said)
    assert "none" in said


def test_places_of_several_hosts_are_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "case", two_hosts=True, timeline={"groups.both": BOTH})
    folder = write_run(tmp_path / "runs", case)
    manifest, summary = store.read_run(folder)
    show(Answer(folder, summary, manifest, found=True), brief=True)
    said = capsys.readouterr().out
    places = summary["scenarios"]["baseline"]["places"]
    assert list(places) == [*BOTH, "both"]
    lines = [line.strip() for line in said.partition("2018 by place")[2].splitlines()]
    for name, place in places.items():
        row = next(line for line in lines if line.startswith(name))
        assert interval(*three(place["annual"]["2018"]["state_take"]["usd"], MILLION)) in row
        share = three(place["share"]["2018"]["state_take"])
        assert interval(*(100.0 * one for one in share)) in row


def test_of_one_host_there_is_no_such_table(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    show(answer, brief=True)
    assert "by place" not in capsys.readouterr().out


def test_runs_made_before_tell_no_changes(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = {
        name: {key: value for key, value in block.items() if key != "changes"}
        for name, block in answer.summary["scenarios"].items()
    }
    old = Answer(answer.folder, answer.summary | {"scenarios": scenarios}, answer.manifest, True)
    show(old, brief=True)
    assert "double: " in capsys.readouterr().out
