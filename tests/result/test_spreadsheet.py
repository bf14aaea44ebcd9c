"""The workbook of an estimate: its numbers are the summary's, and no file of others is lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import model
from model.archive.exporting import NotOursError
from model.archive.pruning import judged
from model.archive.yearly_table import yearly_table
from model.equations.quantities import DEFINITIONS
from model.result import Estimate
from model.result.spreadsheet import place_in, workbook_of
from model.result.views import view_table
from model.terminal.view_options import View
from tests.cases import write_case
from tests.reports.runs import FAILED, RIVALS, write_run, write_scenarios

SHEETS = ["Notes", "Revenue", "Scenarios", "Readings", "Quantities", "Evidence", "Held out",
          "Sources", "Convergence"]  # fmt: skip
NUMBERS = {"q05": "5%", "q25": "25%", "q50": "median", "q75": "75%", "q95": "95%", "mean": "mean",
           "sd": "sd"}  # fmt: skip


@pytest.fixture(scope="module")
def estimate(tmp_path_factory: pytest.TempPathFactory) -> Estimate:
    base = tmp_path_factory.mktemp("book")
    inputs = write_case(base / "case", timeline={"title": "=1+1"}, readings_toml=RIVALS)
    return model.load(write_run(base / "runs", inputs, write_scenarios(base / "scenarios")))


def sheets_of(path: Path) -> dict[str, pd.DataFrame]:
    return pd.read_excel(path, sheet_name=None, keep_default_na=False, na_values=[""])


def test_numbers_are_those_of_the_summary(estimate: Estimate, tmp_path: Path) -> None:
    found = sheets_of(estimate.to_excel(tmp_path / "out.xlsx"))
    assert list(found) == SHEETS
    told = 0
    answers = {"": estimate.summary} | estimate.summary["readings"]
    for reading, content in answers.items():
        table = found["Readings" if reading else "Revenue"]
        own = table[table["reading"] == reading] if reading else table
        rows = own.set_index(["scenario", "year", "definition", "currency"])
        for scenario, block in content["scenarios"].items():
            for year, definitions in block["annual"].items():
                for definition, currencies in definitions.items():
                    for currency, numbers in currencies.items():
                        row = rows.loc[(scenario, int(year), definition, currency.upper())]
                        for key, name in NUMBERS.items():
                            assert row[name] == pytest.approx(numbers[key], rel=1e-12)
                            told += 1
                        if scenario != "baseline":
                            change = block["versus_baseline"][year][definition][currency]
                            assert row["change median"] == pytest.approx(change["q50"], rel=1e-12)
                            assert row["chance of less"] == change["probability_lower"]
        assert len(rows) == 4 * 2 * len(DEFINITIONS) * 2
    assert told == 3 * 4 * 2 * len(DEFINITIONS) * 2 * len(NUMBERS)
    quantities = found["Quantities"].set_index("quantity")
    for name, block in estimate.summary["quantities"].items():
        assert quantities.loc[name, "posterior 5%"] == block["posterior"]["q05"]
        assert quantities.loc[name, "unit"] == block["unit"]
    evidence = found["Evidence"].set_index("id")["median"].to_dict()
    assert evidence == {
        row: said["predicted"]["q50"] for row, said in estimate.summary["evidence"].items()
    }
    stake = estimate.summary["scenarios"]["half"]["at_stake"]["billings"]["rub"]
    scenarios = found["Scenarios"].set_index(["scenario", "definition", "currency"])
    assert scenarios.loc[("half", "billings", "RUB"), "change 95%"] == stake["q95"]
    words = set(found["Scenarios"].loc[found["Scenarios"]["scenario"] == "dearer", "changes"])
    assert words == {"payment times 1.1, from 2018-01 on"}


def test_notes_say_what_the_tables_are(estimate: Estimate, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(estimate.to_excel(tmp_path / "out.xlsx"))
    notes = dict(book["Notes"].iter_rows(values_only=True))
    assert notes["Case"] == "=1+1"
    assert notes["Converged"] == "yes"
    assert notes["Run"] == estimate.folder.name
    assert notes["Seed"] == estimate.manifest["sampler"]["seed"]
    assert notes["Command"].startswith("python -m model.estimate --inputs case-")
    assert notes["Terms of the data"].startswith("The case states no licence")
    for name in DEFINITIONS:
        assert any(str(said).startswith(f"{name}: ") for said in notes.values())
    assert not any(cell.data_type == "f" for page in book for row in page for cell in row)


def test_one_that_did_not_converge_says_so(tiny_folder: Path, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs", tiny_folder, gate=FAILED)
    book = openpyxl.load_workbook(model.load(folder).to_excel(tmp_path / "out.xlsx"))
    notes = dict(book["Notes"].iter_rows(values_only=True))
    assert notes["Converged"].startswith("NO")
    assert "Scenarios" not in book.sheetnames


def test_a_view_has_a_sheet(estimate: Estimate) -> None:
    view = view_table(estimate, View(by="quarter"))
    assert workbook_of(estimate, view) != workbook_of(estimate)
    assert workbook_of(estimate, view) == workbook_of(estimate, view)


def test_only_a_workbook_that_nobody_changed_is_replaced(
    estimate: Estimate, tmp_path: Path
) -> None:
    path = estimate.to_excel(tmp_path / "out.xlsx")
    before = path.read_bytes()
    assert estimate.to_excel(path).read_bytes() == before
    openpyxl.load_workbook(path).save(path)
    theirs = path.read_bytes()
    with pytest.raises(NotOursError, match="move or rename it"):
        estimate.to_excel(path)
    assert path.read_bytes() == theirs
    link = tmp_path / "link.xlsx"
    link.symlink_to(tmp_path / "nowhere.xlsx")
    with pytest.raises(NotOursError):
        estimate.to_excel(link)
    assert not (tmp_path / "nowhere.xlsx").exists()


def test_prune_takes_our_workbook_and_leaves_theirs(tiny_folder: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    old = model.load(write_run(runs, tiny_folder))
    path = old.to_excel(place_in(old.folder))
    assert path.name == f"{old.folder.name}.xlsx"
    assert [one.path for one in judged(runs, keep=0).doomed] == [old.folder]
    openpyxl.load_workbook(path).save(path)
    found = judged(runs, keep=0)
    assert not found.doomed
    assert "report/" in found.spared[0][1]


def test_the_table_for_machines_has_readings_and_changes(estimate: Estimate) -> None:
    table = yearly_table(estimate.summary)
    own = table[table["reading"] == ""]
    assert list(table["reading"].unique()) == ["", "plan", "share"]
    assert len(own) == 4 * 2 * len(DEFINITIONS) * 2
    assert own[own["scenario"] == "baseline"]["change_q50"].isna().all()
    half = own[(own["scenario"] == "half") & (own["year"] == "2018")]
    assert set(half["changes"]) == {"permit_inflow set to 0 persons/month, from 2018-01 on"}
    row = half[(half["definition"] == "billings") & (half["currency"] == "USD")].iloc[0]
    change = estimate.summary["scenarios"]["half"]["versus_baseline"]["2018"]["billings"]["usd"]
    assert row["change_q05"] == change["q05"]
    assert row["probability_higher"] == change["probability_higher"]
