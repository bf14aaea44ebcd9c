"""Faulty scenario files: each fault is told once, by file, line and key, in words that help."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.case.case import Case, read_case
from model.case.contents import Scenario
from model.case.faults import CaseError
from model.case.reader.scenarios import ScenarioReader
from tests.cases import write_case

HEAD = 'title = "A trial"\ndescription = "For the tests."\n'


def changes(*lines: str) -> str:
    """A scenario with one change, whose lines begin at row 4."""
    return HEAD + "[[changes]]\n" + "\n".join(lines) + "\n"


def one(quantity: str, *lines: str, start: str = "2018-01") -> str:
    """A change from row 4 on: quantity, from, then the lines given."""
    return changes(f'quantity = "{quantity}"', f'from = "{start}"', *lines)


HALF = one("payment", "scale = 0.5")


def read(case: Case, path: Path, horizon: str = "", *more: Path) -> tuple[Scenario, ...]:
    reader = ScenarioReader(case, horizon)
    return reader.read([path, *more])


#: Text of the file, row, key, and words of the message.
FAULTS: dict[str, tuple[str, int | None, str | None, str]] = {
    "not TOML": (HEAD + "[[changes]\n", 3, None, "not valid TOML"),
    "no title": (HALF.replace('title = "A trial"\n', ""), None, "title", "missing"),
    "blank title": (HALF.replace("A trial", " "), 1, "title", "blank"),
    "no description": (
        HALF.replace("description", "# description"), None, "description", "missing",
    ),
    "unknown key": ("tittle = 1\n" + HALF, 1, "tittle", "unknown key; did you mean 'title'"),
    "unknown key of a change": (
        one("payment", "scale = 0.5", 'untill = "2018-02"'), 7, "changes[1].untill", "unknown key",
    ),
    "changes is no list": (HEAD + "changes = 3\n", 3, "changes", "not a list of tables"),
    "no change": (HEAD, None, None, "changes nothing; add [[changes]]"),
    "no quantity": (
        changes('from = "2018-01"', "scale = 2"), 3, "changes[1].quantity", "missing",
    ),
    "no from": (changes('quantity = "payment"', "scale = 2"), 3, "changes[1].from", "missing"),
    "percent sign": (
        one("keep_share", 'set = "30%"', 'unit = "percent"'), 6, "changes[1].set",
        "write 30 without quotation marks and unit = 'percent'",
    ),
    "decimal comma": (
        one("keep_share", 'set = "12,5"', 'unit = "percent"'), 6, "changes[1].set",
        "write 12.5 if the comma is the decimal mark, or 125 if it groups digits",
    ),
    "grouped by a point": (
        one("payment", 'set = "1.600"', 'unit = "USD/month"'), 6, "changes[1].set",
        "write 1600 if the mark groups thousands, or 1.6 if it is the decimal mark",
    ),
    "misspelt quantity": (
        one("paymant", "scale = 2"), 4, "changes[1].quantity", "did you mean 'payment'?",
    ),
    "nonsense": (one("xyzzy", "scale = 2"), 4, "changes[1].quantity", "write one of permit_inflow"),
    "quantity of the evidence alone": (
        one("quota_use", "scale = 2"), 4, "changes[1].quantity", "used only to read the evidence",
    ),
    "a growth": (
        one("payment_growth", "scale = 2"), 4, "changes[1].quantity", "change payment with a path",
    ),
    "a ratio": (
        one("declared_ratio", "scale = 2"), 4, "changes[1].quantity", "change declared_salary",
    ),
    "a start": (
        one("permitted_at_start", "scale = 2"), 4, "changes[1].quantity", "use --set",
    ),
    "a share": (one("segment_share", "scale = 2"), 4, "changes[1].quantity", "use --set"),
    "no way": (one("payment"), 3, "changes[1]", "write one of set, scale, path, as_in; got none"),
    "two ways": (
        one("payment", "scale = 2", "set = 3", 'unit = "RUB/month"'), 3, "changes[1]",
        "got set and scale",
    ),
    "no unit": (one("payment", "set = 3"), 3, "changes[1].unit", "the unit of payment is missing"),
    "misspelt unit": (
        one("payment", "set = 3", 'unit = "RUB/moth"'), 7, "changes[1].unit", "write 'RUB/month'",
    ),
    "other dimension": (
        one("payment", "set = 3", 'unit = "persons"'), 7, "changes[1].unit", "another dimension",
    ),
    "other currency": (
        one("payment", "set = 3", 'unit = "EUR/month"'), 7, "changes[1].unit",
        "stated in RUB or USD",
    ),
    "unit of a copy": (
        one("payment", 'as_in = "2017-02"', 'unit = "RUB/month"'), 7, "changes[1].unit",
        "remove the unit",
    ),
    "unit of a factor": (
        one("payment", "scale = 2", 'unit = "RUB/month"'), 7, "changes[1].unit",
        "a factor has none",
    ),
    "factor of one": (one("payment", "scale = 1"), 6, "changes[1].scale", "changes nothing"),
    "factor of 100 percent": (
        one("payment", "scale = 100", 'unit = "percent"'), 6, "changes[1].scale", "changes nothing",
    ),
    "negative factor": (one("payment", "scale = -1"), 6, "changes[1].scale", "0 or more"),
    "negative figure": (
        one("payment", "set = -1", 'unit = "RUB/month"'), 6, "changes[1].set", "0 or more",
    ),
    "NaN": (one("payment", "scale = nan"), 6, "changes[1].scale", "write"),
    "infinite": (one("payment", "scale = inf"), 6, "changes[1].scale", "not a finite number"),
    "text for a number": (one("payment", 'scale = "2"'), 6, "changes[1].scale", "not a number"),
    "more than the whole": (
        one("keep_share", "set = 1.2", 'unit = "fraction"'), 6, "changes[1].set",
        "more than the whole",
    ),
    "more than 100 percent": (
        one("keep_share", "set = 120", 'unit = "percent"'), 6, "changes[1].set",
        "more than the whole",
    ),
    "hazard": (
        one("permit_exit", "set = 6", 'unit = "1/month"'), 6, "changes[1].set", "write 5",
    ),
    "hazard in a path": (
        one("permit_exit", 'path = { "2018-01" = 1, "2018-02" = 90 }', 'unit = "1/month"'), 6,
        "changes[1].path", "write 5",
    ),
    "rate of zero": (
        one("exchange_rate", "set = 0", 'unit = "RUB/USD"'), 6, "changes[1].set", "rate is zero",
    ),
    "rate upside down": (
        one("exchange_rate", "set = 90", 'unit = "USD/RUB"'), 7, "changes[1].unit",
        "write 'RUB/USD'",
    ),
    "rate without unit": (
        one("exchange_rate", "set = 90"), 3, "changes[1].unit", "write 'RUB/USD'",
    ),
    "no month": (one("payment", "scale = 2", start="spring"), 5, "changes[1].from", "not a month"),
    "month 13": (one("payment", "scale = 2", start="2018-13"), 5, "changes[1].from", "not a month"),
    "before the timeline": (
        one("payment", "scale = 2", start="2016-12"), 5, "changes[1].from", "lies outside 2017-01",
    ),
    "long after the timeline": (
        one("payment", "scale = 2", start="2030-01"), 5, "changes[1].from", "lies outside",
    ),
    "out of order": (
        one("payment", "scale = 2", 'to = "2017-12"'), 7, "changes[1].to", "before the start",
    ),
    "empty path": (
        one("payment", "path = {}", 'unit = "RUB/month"'), 6, "changes[1].path", "empty",
    ),
    "path that starts early": (
        one("payment", 'path = { "2017-12" = 3 }', 'unit = "RUB/month"'), 6, "changes[1].path",
        "outside the months changed",
    ),
    "path that ends late": (
        one("payment", 'path = { "2018-12" = 3 }', 'unit = "RUB/month"', 'to = "2018-06"'), 6,
        "changes[1].path", "outside the months changed",
    ),
    "copy of a month past the data": (
        one("payment", 'as_in = "2019-02"'), 6, "changes[1].as_in", "past the data",
    ),
    "unknown host": (
        one("payment", "scale = 2", 'host = "rusia"'), 7, "changes[1].host",
        "did you mean 'russia'",
    ),
    "unknown segment": (
        one("payment", "scale = 2", 'segment = "forrestry"'), 7, "changes[1].segment",
        "did you mean 'forestry'",
    ),
    "segment of what has none": (
        one("upkeep", "scale = 2", 'segment = "forestry"'), 7, "changes[1].segment",
        "remove the segment",
    ),
    "set twice": (
        one("payment", 'as_in = "2017-02"')
        + '[[changes]]\nquantity = "payment"\nfrom = "2018-06"\nset = 3\nunit = "RUB/month"\n',
        3, "changes", "set twice in 2018-06",
    ),
    "unknown source": (
        'sources = ["papper"]\n' + HALF, 1, "sources[1]", "did you mean 'paper'",
    ),
    "horizon before the end": (
        'horizon = "2018-11"\n' + HALF, 1, "horizon", "before the end of the data, 2018-12",
    ),
    "horizon too far": ('horizon = "2024-01"\n' + HALF, 1, "horizon", "more than 60 months"),
    "horizon no month": ('horizon = "soon"\n' + HALF, 1, "horizon", "not a month"),
    "empty": ("", None, None, "the file is empty"),
    "zero byte": (HALF + "\0", 7, None, "zero byte"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_once(tiny: Case, tmp_path: Path, name: str) -> None:
    text, row, column, words = FAULTS[name]
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read(tiny, tmp_path / "mine.toml")
    (fault,) = caught.value.faults
    assert fault.file == "mine.toml"
    assert (fault.row, fault.column) == (row, column)
    assert words in fault.message


@pytest.mark.parametrize(
    ("horizon", "words"),
    [("soon", "write YYYY-MM"), ("2018", "write YYYY-MM"), ("2018-11", "before the end"),
     ("2019-01-05", "write YYYY-MM"), ("2999-01", "not a month"), ("2024-02", "60 months")],
)  # fmt: skip
def test_a_faulty_horizon_is_told(tiny: Case, tmp_path: Path, horizon: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(HALF)
    with pytest.raises(CaseError) as caught:
        read(tiny, tmp_path / "mine.toml", horizon)
    (fault,) = caught.value.faults
    assert fault.file == "--horizon"
    assert words in fault.message


def test_all_faults_of_two_files_come_at_once(tiny: Case, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(one("paymant", "scale = 2"))
    (tmp_path / "b.toml").write_text(
        one("payment", "scale = 1")
        + '[[changes]]\nquantity = "plan"\nfrom = "1990-01"\nscale = 2\n'
    )
    with pytest.raises(CaseError) as caught:
        read(tiny, tmp_path / "a.toml", "soon", tmp_path / "b.toml")
    assert [fault.file for fault in caught.value.faults] == [
        "--horizon", "a.toml", "b.toml", "b.toml",
    ]  # fmt: skip


def test_files_that_cannot_be_read_are_told(tiny: Case, tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "utf16.toml").write_bytes(HALF.encode("utf-16"))
    (tmp_path / "latin.toml").write_bytes(HALF.replace("trial", "tríal").encode("latin-1"))
    said = {
        "folder": "this is a folder",
        "utf16": "UTF-16",
        "latin": "not UTF-8",
        "latinn": "did you mean 'latin'?",
    }
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "latin.toml").write_text(HALF)
    for name, words in said.items():
        folder = tmp_path / "scenarios" if name == "latinn" else tmp_path
        with pytest.raises(CaseError) as caught:
            read(tiny, folder / f"{name}.toml")
        (fault,) = caught.value.faults
        assert words in fault.message
    for path in (tmp_path / "nowhere" / "mine.toml", tmp_path / "mine.toml"):
        with pytest.raises(CaseError, match=r"there is no (such )?file"):
            read(tiny, path)


def test_names_must_differ_and_the_baseline_changes_nothing(tiny: Case, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for folder in (tmp_path, tmp_path / "other"):
        (folder / "mine.toml").write_text(HALF)
    with pytest.raises(CaseError, match="two scenarios have this name"):
        read(tiny, tmp_path / "mine.toml", "", tmp_path / "other" / "mine.toml")
    (tmp_path / "baseline.toml").write_text(HALF)
    with pytest.raises(CaseError, match="the baseline is what happened"):
        read(tiny, tmp_path / "baseline.toml")
    (tmp_path / "baseline.toml").write_text(HEAD)
    (baseline,) = read(tiny, tmp_path / "baseline.toml")
    assert baseline.changes == ()


def test_two_hosts_need_a_name(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "case", two_hosts=True))
    (tmp_path / "mine.toml").write_text(HALF)
    with pytest.raises(CaseError, match="the host is missing"):
        read(case, tmp_path / "mine.toml")
    (tmp_path / "mine.toml").write_text(one("payment", "scale = 0.5", 'host = "china"'))
    (scenario,) = read(case, tmp_path / "mine.toml")
    assert scenario.changes[0].host == "china"


def test_every_way_is_read_into_the_catalogues_units(tiny: Case, tmp_path: Path) -> None:
    text = (
        'horizon = "2019-06"\nbasis = "A paper."\nsources = ["paper"]\n'
        + one("plan", "set = 7200", 'unit = "USD/year"', 'segment = "forestry"')
        + '[[changes]]\nquantity = "payment"\nfrom = "2018-01"\nto = "2018-03"\n'
        'path = { "2018-03" = 1.6, "2018-01" = 1.5 }\nunit = "thousand USD/month"\n'
        '[[changes]]\nquantity = "permit_cost"\nfrom = "2018-01"\nset = 20\nunit = "USD/month"\n'
        '[[changes]]\nquantity = "keep_share"\nfrom = "2018-01"\nscale = 50\nunit = "percent"\n'
        '[[changes]]\nquantity = "permit_inflow"\nfrom = "2018-01"\nas_in = "2017-02"\n'
        '[[changes]]\nquantity = "exchange_rate"\nfrom = "2018-01"\nset = 90\nunit = "RUB/USD"\n'
    )
    # as Windows and some editors write it
    (tmp_path / "mine.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (scenario,) = read(tiny, tmp_path / "mine.toml")
    assert (scenario.name, scenario.title, scenario.sources) == ("mine", "A trial", ("paper",))
    assert scenario.horizon == pd.Period("2019-06", freq="M")
    plan, payment, cost, keep, inflow, rate = scenario.changes
    january = pd.Period("2018-01", freq="M")
    assert plan.figures == ((january, pytest.approx(600.0)),)
    assert (plan.host, plan.segment, plan.currency, plan.last) == ("russia", "forestry", "", None)
    assert [figure for _, figure in payment.figures] == pytest.approx([1500.0, 1600.0])
    assert (payment.currency, str(payment.last)) == ("USD", "2018-03")
    assert cost.figures[0][1] == pytest.approx(240.0)
    assert (keep.how, keep.figures[0][1]) == ("scale", 0.5)
    assert (inflow.how, str(inflow.figures[0][0])) == ("as_in", "2017-02")
    assert (rate.quantity, rate.figures[0][1], rate.currency) == ("exchange_rate", 90.0, "")
