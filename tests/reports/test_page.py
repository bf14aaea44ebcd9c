"""The what-if page without a browser: its draws, its policy, and texts that are only texts."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
from base64 import b64decode, b64encode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from model.archive import store
from model.archive.dials import FACTORS, at_other_rates, dials, monthly, row_by_reading
from model.archive.finding import finding
from model.archive.saved_fit import Fitted
from model.case.__main__ import app as case_command
from model.case.case import read_case
from model.equations.quantities import DEFINITIONS
from reports.page import levers as of_levers
from reports.page import money as of_money
from reports.page.assembling import LARGEST, as_script, assembled, digest, page
from reports.page.columns import Kept, decoded, encoded
from reports.page.content import content
from reports.page.money import safe, spans
from reports.page.sources import reading_of_refits
from reports.saved_run import ReportError, SavedRun
from reports.texts import Catalogue
from tests.cases import write_case
from tests.reports.runs import write_run
from tests.reports.test_commands import call

#: A finding that names the reading which the others are of.
OF_SHARE = finding("of_reading", reading="share").content()

FOLDER = Path(__file__).parents[2] / "reports" / "page"
HOSTILE = """</script><script>hacked=1</script><img src=x onerror=hacked=1> " ' & `${hacked=1}`"""

#: What would make mark-up or code of a text, or ask a network.
NEVER = (
    "innerHTML", "outerHTML", "insertAdjacent", "eval(", "document.write", "fetch(", "XMLHttp",
    "import(", "Function(", "WebSocket", "sendBeacon",
)  # fmt: skip
#: Largest error of a quantile at a rate between two that were projected, in widths of the interval.
INTERPOLATED = 0.01

RATE = """
title = "A dearer dollar"
description = "A quarter more."
[[changes]]
quantity = "exchange_rate"
from = "2017-01"
scale = 1.25
"""


@pytest.fixture(scope="module")
def told(rival_run: SavedRun, english: Catalogue) -> dict[str, Any]:
    return content(rival_run, english)


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of which titles, publishers, notes and addresses would act, if they could."""
    base = tmp_path_factory.mktemp("hostile")
    folder = write_case(
        base / "case",
        sources={
            "paper": {"title": HOSTILE, "publisher": HOSTILE, "url": 'https://a.example/"><b>'},
        },
        evidence={"payment": {"said_by": HOSTILE, "note": HOSTILE}},
        timeline={"title": HOSTILE},
    )
    scenario = folder / "scenarios" / "odd.toml"
    scenario.parent.mkdir(exist_ok=True)
    text = RATE.replace("A dearer dollar", "TITLE").replace("A quarter more.", "TITLE")
    scenario.write_text(text.replace('"TITLE"', json.dumps(HOSTILE)), encoding="utf-8")
    return SavedRun.open(write_run(base / "runs", folder, [scenario]))


class Elements(HTMLParser):
    """Elements and their attributes, and the text of scripts, as a browser takes them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        if tag in self.texts:
            self.texts[tag].append("")
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in self.texts:
            self.texts[self.inside][-1] += data


def test_the_page_has_one_script_and_a_policy_that_names_it(
    hostile_run: SavedRun, english: Catalogue
) -> None:
    made = page(hostile_run, english)
    assert len(made) <= LARGEST
    found = Elements(made.decode("utf-8"))
    assert [tag for tag in found.tags if tag in ("script", "style", "link", "img", "iframe")] == [
        "style", "script", "script",
    ]  # fmt: skip
    (policy,) = [v for tag, name, v in found.attributes if tag == "meta" and "'none'" in v]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    (data, script), (style,) = found.texts["script"], found.texts["style"]
    for text, kind in ((script, "script"), (style, "style")):
        seal = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{seal}'" in policy
    # no address is written in an attribute, and no handler
    assert not [one for one in found.attributes if one[1] in ("src", "style") or one[1][:2] == "on"]
    assert not re.search("[<>&\u2028\u2029]", data)
    kept = json.loads(data)
    # the paper's title came through as text
    assert "<script>hacked=1</script>" in kept["case"]
    paper = next(one for one in kept["sources"] if one["key"] == "paper")
    assert paper["url"] == 'https://a.example/"><b>'
    assert "</script>" in paper["title"]


def test_data_cannot_end_its_element() -> None:
    text = as_script({"</script>": "<!--\u2028\u2029&\x1b", "n": 1.5})
    assert not re.search("[<>&\u2028\u2029\x1b]", text)
    assert json.loads(text)["n"] == 1.5
    with pytest.raises(ValueError, match="Out of range"):
        as_script({"n": float("nan")})


def test_our_files_load_nothing_and_make_no_markup_of_text() -> None:
    for path in sorted(FOLDER.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        for word in NEVER:
            assert word not in text, (path.name, word)
        assert len(text.splitlines()) <= 350
        assert text.startswith("// ")
    for name in ("style.css", "page.html"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert "http" not in text.replace("http-equiv", "")
        assert "url(" not in text
        assert "@import" not in text


def test_the_same_run_gives_the_same_bytes(rival_run: SavedRun, tmp_path: Path) -> None:
    made = []
    for place, seed in enumerate("12"):
        path = tmp_path / f"{place}.html"
        done = call("reports.page", rival_run.folder, "--output", path, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1] == f"Wrote {path}"
        made.append(path.read_bytes())
    assert made[0] == made[1]
    text = made[0].decode()
    assert str(rival_run.folder.parent) not in text


def test_numbers_at_the_start_are_the_summarys(told: dict[str, Any], rival_run: SavedRun) -> None:
    annual = rival_run.summary["scenarios"]["baseline"]["annual"]
    assert {"2017", "2018"} <= set(told["table"])
    for year, by_definition in annual.items():
        for definition, by_currency in by_definition.items():
            for currency, numbers in by_currency.items():
                ours = told["table"][year][definition][currency]
                assert ours == {name: numbers[name] for name in of_money.QUANTILES}
    for one in told["scenarios"]:
        block = rival_run.summary["scenarios"][one["key"]]
        for definition in DEFINITIONS:
            stake = block["at_stake"][definition]["usd"]
            assert one["stake"][definition]["q50"] == stake["q50"]
            draws = decoded(one["apart"][definition], told["draws"]["kept"])
            width = stake["q95"] - stake["q05"]
            assert np.median(draws) == pytest.approx(stake["q50"], abs=1e-3 * width + 1)


def test_columns_are_the_draws(told: dict[str, Any], rival_run: SavedRun) -> None:
    count = told["draws"]["kept"]
    assert count == told["draws"]["of"] == 800
    for year in (2017, 2018):
        for definition in DEFINITIONS:
            draws = np.asarray(rival_run.yearly_draws(definition).sel(year=year)).ravel()
            ours = sum(
                decoded(told["draws"]["money"][f"{year}Q{q}"][definition], count)
                for q in range(1, 5)
            )
            assert np.max(np.abs(ours - draws)) < 2e-4 * np.ptp(draws)
    plan = next(one for one in told["levers"] if one["key"] == "plan")
    exact = rival_run.quantity_draws["plan"].ravel()
    np.testing.assert_allclose(decoded(plan["draws"], count), exact, rtol=2e-4)
    reading = np.frombuffer(b64decode(told["draws"]["reading"]), "u1")
    shares = [one["weight"] for one in told["readings"]]
    np.testing.assert_allclose(np.bincount(reading) / count, shares, atol=1e-6)


@pytest.mark.parametrize("low", [2.0, -5.0])
def test_a_column_keeps_its_digits(low: float) -> None:
    values = np.random.default_rng(1).gamma(2.0, 3.0, size=500) + low
    for bits in (8, 16):
        column = json.loads(json.dumps(encoded(values, bits)))
        off = np.abs(decoded(column, 500) - values)
        scale = np.ptp(np.log(values)) * values if low > 0 else np.ptp(values)
        assert np.max(off / scale) < 0.51 / (2**bits - 1) * 1.1
    assert encoded(np.full(3, 7.0)) == {"value": 7.0}


def test_kept_draws_are_spread_over_the_readings_in_proportion() -> None:
    reading = np.tile(np.repeat([0, 1, 2], [500, 300, 200]), 4)
    kept = Kept.of(reading, 1000)
    assert np.bincount(kept.reading).tolist() == [500, 300, 200]
    for one in range(3):
        own = np.flatnonzero(reading == one)
        chosen = kept.places[kept.reading == one]
        assert np.ptp(np.diff(np.searchsorted(own, chosen))) <= 1
    assert len(Kept.of(reading, 9999).places) == 4000


def test_quarters_add_up_to_years_and_leave_out_parts() -> None:
    months = [f"{2016 + n // 12}-{n % 12 + 1:02d}" for n in range(10, 12 * 3 + 2)]
    found = {span.key: span for span in spans(months, quarters=True)}
    assert list(found)[:2] == ["2017", "2018"]
    assert "2016Q4" not in found
    assert "2019Q1" not in found
    assert found["2017"].parts == ("2017Q1", "2017Q2", "2017Q3", "2017Q4")
    assert not any(span.parts for span in spans(months, quarters=False))


def test_only_addresses_of_pages_are_links() -> None:
    assert safe("https://example.org/a?b=1") == "https://example.org/a?b=1"
    for bad in ("javascript:alert(1)", " https://x", "data:text/html,x", "//x", "", "HTTPS://x"):
        assert safe(bad) == ""


def test_a_page_that_would_be_too_large_is_refused(
    rival_run: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.page.assembling.LARGEST", 10_000)
    with pytest.raises(ReportError, match="more than the 10,000 that one is allowed"):
        page(rival_run, english)


def test_fewer_draws_are_kept_where_there_is_no_room(
    rival_run: SavedRun, english: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_money, "ROOM", 60_000)
    told = content(rival_run, english)
    assert 100 < told["draws"]["kept"] < 800 == told["draws"]["of"]
    assert all("Q" not in one["key"] for one in told["periods"])  # quarters went first
    text = as_script(told)
    words = as_script(told | {"draws": {}, "scenarios": [], "levers": [], "groups": []})
    assert len(text) - len(words) < 60_000 + 60_000


# What a reader may turn


def test_densities_are_those_of_the_reading(rival_run: SavedRun) -> None:
    """A row that a reading leaves out says nothing of its draws; the rest is as stored."""
    fitted = Fitted.saved(rival_run.folder)
    found = row_by_reading(fitted)
    ids = list(fitted.posterior.parts.evidence.ids)
    plan, share = (fitted.posterior.of_reading(place) for place in (0, 1))
    assert not found[ids.index("handed_over"), plan].any()
    assert found[ids.index("handed_over"), share].all()
    assert not found[ids.index("plan"), share].any()
    with xr.open_dataset(
        rival_run.folder / store.POSTERIOR, group="log_likelihood", engine="h5netcdf"
    ) as stored:
        rows = stored["log_figure"].stack(n=("chain", "draw"))
        whole = rows.sel(row="payment").to_numpy()
        part = rows.sel(row="plan").to_numpy()
    np.testing.assert_allclose(found[ids.index("payment")], whole, rtol=1e-9)
    np.testing.assert_allclose(found[ids.index("plan"), plan], part[plan], rtol=1e-9)


def test_without_readings_densities_are_the_stored_ones(run: SavedRun) -> None:
    found = dials(run.folder)
    with xr.open_dataset(
        run.folder / store.POSTERIOR, group="log_likelihood", engine="h5netcdf"
    ) as stored:
        for row, ours in zip(found.rows, found.densities, strict=True):
            theirs = stored["log_figure"].sel(row=row).to_numpy().ravel()
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert not found.reading.any()
    assert 0.5 < found.effective <= 1.0  # draws of the prior are independent


def test_another_rate_is_what_a_scenario_of_it_gives(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    path = tmp_path / "dearer.toml"
    path.write_text(RATE)
    saved = SavedRun.open(write_run(tmp_path / "runs", folder, [path]))
    found = dials(saved.folder).rates
    place = FACTORS.index(1.25)
    for year in (2017, 2018):
        for number, definition in enumerate(DEFINITIONS):
            after, before = (
                np.asarray(saved.yearly_draws(definition, name).sel(year=year)).ravel()
                for name in ("dearer", "baseline")
            )
            np.testing.assert_allclose(found[year][place, number], after - before, atol=1.0)
        billings = np.asarray(saved.yearly_draws("billings").sel(year=year)).ravel()
        np.testing.assert_allclose(found[year][place, 0], billings * (1 / 1.25 - 1), rtol=1e-9)


def test_the_page_interpolates_rates_closely(rival_run: SavedRun) -> None:
    fitted = Fitted.saved(rival_run.folder)
    nodes = 1 / np.array([*FACTORS[:2], 1.0, *FACTORS[2:]])
    known = np.insert(at_other_rates(fitted)[2018], 2, 0.0, axis=0)
    for factor in (0.7, 1.1, 1.4):
        exact = at_other_rates(fitted, [factor])[2018][0]
        place = int(np.sum(nodes > 1 / factor))
        part = (1 / factor - nodes[place - 1]) / (nodes[place] - nodes[place - 1])
        ours = (1 - part) * known[place - 1] + part * known[place]
        for number, definition in enumerate(DEFINITIONS):
            revenue = np.asarray(rival_run.yearly_draws(definition).sel(year=2018)).ravel()
            levels = [0.05, 0.5, 0.95]
            one, other = (np.quantile(revenue + by[number], levels) for by in (ours, exact))
            assert np.max(np.abs(one - other)) < INTERPOLATED * np.ptp(other)


def test_part_paid_and_workers_are_of_the_headlines_year(rival_run: SavedRun) -> None:
    found = {one.name: one for one in dials(rival_run.folder).quantities}
    assert set(found) == set(of_levers.ORDER)
    by_month = monthly(rival_run.folder, "baseline")["usd"]
    assert by_month.sizes["draw"] == 800
    part = found["part_paid"].posterior
    assert (part > 0).all()
    assert (part < 1).all()
    assert found["workers"].posterior.mean() == pytest.approx(
        np.mean(
            [
                rival_run.summary["scenarios"]["baseline"]["workers"][f"2018-{m:02d}"]["working"][
                    "mean"
                ]
                for m in range(1, 13)
            ]
        ),
        rel=0.05,  # averages over months, against the ends of months
    )


@pytest.mark.parametrize("name", ["workers", "part_paid"])
def test_a_quantity_without_an_option_is_set_by_a_claim_that_is_read(
    name: str, told: dict[str, Any], tmp_path: Path
) -> None:
    lever = next(one for one in told["levers"] if one["key"] == name)
    assert lever["option"] == ""
    folder = write_case(tmp_path / "case")
    value = "50" if lever["percent"] else "21000"
    done = CliRunner().invoke(
        case_command, ["add", str(folder), *shlex.split(lever["row"]), "--value", value]
    )
    assert done.exit_code == 0, done.output
    assert "what-if" in set(read_case(folder).evidence["id"])


# The command


@pytest.mark.parametrize("name", ["summary.json", "posterior.nc", "months.nc", "manifest.json"])
def test_a_run_that_lacks_a_part_makes_no_page(
    name: str, rival_run: SavedRun, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(rival_run.folder, tmp_path / "runs" / rival_run.folder.name))
    (folder / name).unlink()
    done = call("reports.page", folder.name, "--runs", folder.parent)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "no report was made" in done.stderr
    assert not (folder / "report").exists()


def test_a_run_that_did_not_converge_says_so(failed_run: SavedRun, english: Catalogue) -> None:
    told = content(failed_run, english)
    assert told["converged"] is False
    assert "NOT CONVERGED" in told["warning"].upper()
    assert told["scenarios"] == []
    assert len(told["readings"]) == 1


def test_two_hosts_of_two_currencies(two_host_run: SavedRun, english: Catalogue) -> None:
    told = content(two_host_run, english)
    assert told["currencies"] == ["usd"]
    assert told["rate"]["base"] is None
    assert told["rate"]["hosts"] == ["russia", "china"]
    assert told["periods"][0]["per_usd"] is None
    assert digest("x").startswith("sha256-")
    assert assembled(told).startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_other_languages(language: str, rival_run: SavedRun, tmp_path: Path) -> None:
    done = call("reports.page", rival_run.folder, "--language", language, "--output",
                tmp_path / "page.html")  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in text
    assert re.search("[가-힣]" if language == "ko" else "[а-яё]", text)


@pytest.mark.parametrize(
    ("check", "title"),
    [
        ({"sentence": "Another wording.", "said": [OF_SHARE]}, "A share of earnings"),
        ({"sentence": "In the reading share: of an earlier version."}, "A share of earnings"),
        ({"sentence": "Of one reading.", "said": []}, ""),
    ],
)
def test_the_reading_of_stored_refits(
    check: dict[str, Any], title: str, rival_run: SavedRun, english: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(vars(rival_run), "checks", {"leave_one_out": check})
    assert reading_of_refits(rival_run, english) == title
