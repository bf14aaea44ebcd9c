"""The list of runs: newest last, by name, with the headline; what is damaged is named."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model.archive import overview, store
from model.archive.__main__ import app
from model.archive.naming import give
from model.archive.overview import show_runs
from model.terminal.tables import Screen
from model.terminal.wording import MILLION
from tests.archive.strangers import resealed
from tests.reports.runs import FAILED, write_run

CHANGES = {
    "fixed": [["broker_margin", 0.1, ""]],
    "priors": [["upkeep", 5000.0, 9000.0, "RUB/month"]],
    "drop_rows": ["quota"],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """Three runs, the oldest with two names, the newest one that did not converge; one damaged."""
    output = tmp_path_factory.mktemp("overview")
    oldest = write_run(output, tiny_folder, key="ccccccccccc1")
    changed = write_run(output, tiny_folder, key="bbbbbbbbbbb2")
    asked = ["--draws", "300", "--seed", "7", "--horizon", "2019-12"]
    resealed(changed, what_if=CHANGES, arguments=asked, fit="0" * 12, horizon="2019-12")
    failed = write_run(output, tiny_folder, gate=FAILED, key="aaaaaaaaaaa3")
    damaged = write_run(output, tiny_folder, key="ddddddddddd4")
    with (damaged / store.SUMMARY).open("a") as file:
        file.write(" ")
    for seconds, folder in enumerate((oldest, changed, failed, damaged)):
        os.utime(folder / store.MANIFEST, (1e9 + seconds, 1e9 + seconds))
    give("base", oldest)
    give("first", oldest)
    return output


def printed(
    output: Path, width: int, monkeypatch: pytest.MonkeyPatch, *, wide: bool = False
) -> list[str]:
    file = io.StringIO()
    console = Screen(file=file, force_terminal=True, width=width, color_system=None)
    monkeypatch.setattr(overview, "screen", lambda: console)
    show_runs(output, wide=wide)
    return file.getvalue().splitlines()


def test_a_run_is_a_line_with_the_newest_last(runs: Path) -> None:
    done = CliRunner().invoke(app, ["list", "--runs", str(runs)])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    base, changed, failed = (
        next(line for line in lines if key in line) for key in ("ccc1", "bbb2", "aaa3")
    )
    assert lines.index(base) < lines.index(changed) < lines.index(failed)
    assert re.match(r"base, first +inputs unchanged +", base)
    _, summary = store.read_run(runs / "case-ccccccccccc1")
    year = summary["accounts"]["year"]
    take = summary["scenarios"]["baseline"]["annual"][str(year)]["state_take"]["usd"]
    _, _, cell = base.partition(f"{year}: ")
    told = [float(one.strip("()")) for one in cell.split()[:4] if one != "to"]
    assert told == pytest.approx([take[key] / MILLION for key in ("q50", "q05", "q95")], abs=5.0)
    assert store.read_manifest(runs / "case-ccccccccccc1")["date"] in base
    assert " yes " in base
    assert (
        "broker_margin = 0.1; upkeep from 5000 to 9000 RUB/month; without the row quota; "
        "300 draws a chain; seed 7; to 2019-12"
    ) in changed
    assert f"{year}: NOT CONVERGED" in failed
    assert " NO " in failed


def test_damaged_runs_are_named_in_a_line_below(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = printed(runs, 200, monkeypatch)
    assert lines[-1].startswith("case-ddddddddddd4  NOT READABLE: ")
    assert lines[-1].endswith("was changed after it was written")
    assert sum("ddddddddddd4" in line for line in lines) == 1


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_list_fits_and_says_what_it_left_out(
    runs: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line for line in printed(runs, width, monkeypatch) if str(runs) not in line]
    assert all(len(line.rstrip()) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "base, first" in text
    assert "inputs unchanged" in text
    headings = ("State take, USD million", "Date", "Converged", "Folder")
    _, _, left = text.partition(f"Left out to fit {width} columns: ")
    shown = {60: 0, 80: 2, 120: 4}[width]
    assert [one for one in headings if one in left] == list(headings[shown:])
    assert "Left out" not in " ".join(printed(runs, width, monkeypatch, wide=True))


def test_no_runs_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert " ".join(printed(tmp_path, 400, monkeypatch)) == f"{tmp_path} holds no runs"
