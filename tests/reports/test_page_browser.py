"""The what-if page in a browser: what it shows, against the run's draws in Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from model.archive.dials import dials, monthly
from model.result.asked import question
from model.sampling.reweighting import efficiency_of, smoothed, weighted_quantiles
from reports.page.assembling import page
from reports.page.content import BEARABLE, FIRM
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from tests.cases import write_case
from tests.reports.browser import Browser, lacking
from tests.reports.runs import RIVALS, add_checks, write_run, write_scenarios

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking() or "all is there")

Floats = NDArray[np.float64]

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1> \" ' & ${1}"
#: Part of an interval's width by which a number of the page may differ from Python's: columns are
#: whole numbers of 16 bits, those of other rates of 8.
ROUNDED, COARSE = 1e-3, 2e-2


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of two readings, with three scenarios, checks, and texts that would act."""
    base = tmp_path_factory.mktemp("browsed")
    folder = write_case(
        base / "case",
        readings_toml=RIVALS,
        sources={
            "paper": {"title": HOSTILE, "publisher": HOSTILE},
            "newspaper": {"title": "A report", "url": 'https://example.org/"><script>'},
        },
        evidence={
            "payment": {"said_by": HOSTILE, "note": HOSTILE},
            "workers": {"reliability": "C"},
        },
        timeline={"title": HOSTILE},
    )
    path = write_run(base / "runs", folder, write_scenarios(folder / "scenarios"))
    add_checks(path, folder)
    return SavedRun.open(path)


@pytest.fixture(scope="module")
def html(saved: SavedRun, english: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(page(saved, english))
    return path


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.driver.quit()


@pytest.fixture
def browser(window: Browser, html: Path) -> Iterator[Browser]:
    """The page as it is at first; whatever a test does, it asks for nothing and complains never."""
    window.wide(1200)
    window.requests()  # of the browser's own first page
    window.open(html)
    yield window
    assert window.complaints() == []
    assert {one.partition(":")[0] for one in window.requests()} <= {"file", "about", "data", "blob"}
    assert window.run("return window.hacked") is None


class Draws:
    """The run's draws, weighed in Python as the page should weigh them."""

    def __init__(self, run: SavedRun) -> None:
        self.run, self.dials = run, dials(run.folder)
        self.held = {one.name: one for one in self.dials.quantities}
        self.tail = min(run.manifest["convergence"]["min_ess_bulk"] / 800, 1.0)
        self.shares = [one["weight"] for one in run.summary["readings"].values()]
        self.powers: dict[str, float] = {}
        self.logs = np.zeros(800)

    def hold(self, name: str, value: float) -> None:
        """Weigh draws by their distance from a value."""
        dial = self.held[name]

        def scaled(x: Any) -> Any:
            return np.log(x / (1 - x)) if dial.support == "fraction" else np.log(x)

        width = 0.25 * scaled(dial.posterior).std()
        self.logs += -0.5 * ((scaled(dial.posterior) - scaled(value)) / width) ** 2

    @property
    def weights(self) -> Floats:
        found = np.zeros(800)
        claims = sum(
            (self.powers.get(row, 1.0) - 1.0) * density
            for row, density in zip(self.dials.rows, self.dials.densities, strict=True)
        )
        for place, share in enumerate(self.shares):
            own = self.dials.reading == place
            one = np.ones(own.sum())
            if self.powers:
                one, _ = smoothed(claims[own], self.tail)
            one = one * np.exp(self.logs[own])
            found[own] = share * one / one.sum()
        return found

    @property
    def effective(self) -> float:
        return efficiency_of(self.weights) * min(800.0, self.dials.effective * 800)

    def quantiles(self, draws: Floats) -> Floats:
        return weighted_quantiles(draws, self.weights, [0.05, 0.5, 0.95])

    def takes(self, year: int, definition: str = "state_take") -> Floats:
        return np.asarray(self.run.yearly_draws(definition).sel(year=year)).ravel()


@pytest.fixture
def draws(saved: SavedRun) -> Draws:
    return Draws(saved)


def agree(browser: Browser, draws: Draws, values: Floats, within: float = ROUNDED) -> None:
    """The answer's numbers and effective draws are Python's."""
    found = browser.answer()
    low, middle, high = draws.quantiles(values)
    ours = np.array([found["q05"], found["q50"], found["q95"]])
    assert np.max(np.abs(ours - [low, middle, high])) < within * (high - low)
    assert found["effective"] == pytest.approx(draws.effective, rel=1e-2)


def test_numbers_at_the_start_are_the_summarys(
    browser: Browser, saved: SavedRun, english: Catalogue
) -> None:
    year = saved.year
    for definition, by_currency in saved.summary["scenarios"]["baseline"]["annual"][
        str(year)
    ].items():
        browser.set("what", definition)
        for currency, numbers in by_currency.items():
            browser.set("in", currency)
            found = browser.answer()
            for name in ("q05", "q25", "q50", "q75", "q95"):
                assert found[name] == numbers[name], (definition, currency, name)
    browser.set("what", "state_take")
    browser.set("in", "usd")
    parts = english.numbers.amount(
        *(saved.annual(year, "state_take")[q] for q in ("q50", "q05", "q95"))
    )
    assert browser.text("number") == f"${parts.middle} {parts.scale}"
    span = f"${parts.low} to ${parts.high} {parts.scale}".replace("$−", "−$")
    assert browser.text("interval") == f"90% interval: {span}"
    assert f"In {year}, the state take came to about ${parts.middle}" in browser.text("sentence")
    assert browser.run("return document.querySelectorAll('#dots circle.dot').length") == 50


def test_a_quarter_at_the_start_is_the_sum_of_its_months(browser: Browser, saved: SavedRun) -> None:
    browser.set("when", "2018Q2")
    by_month = monthly(saved.folder, "baseline")["usd"].sel(definition="surplus")
    sums = by_month.sel(month=["2018-04", "2018-05", "2018-06"]).sum("month").to_numpy()
    browser.set("what", "surplus")
    assert browser.answer()["q50"] == pytest.approx(np.median(sums), rel=1e-6)


# Five positions, each recomputed in Python from the run


@pytest.mark.parametrize("quantile", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("name", ["plan", "workers", "part_paid", "broker_margin", "keep_share"])
def test_a_slider_conditions_the_draws(
    name: str, quantile: float, browser: Browser, draws: Draws
) -> None:
    browser.set(f"lever-{name}", float(np.quantile(draws.held[name].posterior, quantile)))
    value = float(re.search(rf"{name}=([\d.]+)", browser.run("return location.hash"))[1])  # type: ignore[index]
    draws.hold(name, value)
    if draws.effective < BEARABLE:  # one of the readings has hardly a draw there
        assert (name, quantile) == ("plan", 0.3)
        assert "q50" not in browser.answer()
        return
    agree(browser, draws, draws.takes(draws.run.year))
    verdict = browser.text("verdict")
    assert ("rough" in verdict) == (draws.effective < FIRM)
    assert ("The draws bear this" in verdict) == (draws.effective >= FIRM)


def test_readings_sources_and_grades_weigh_the_draws(browser: Browser, draws: Draws) -> None:
    takes = draws.takes(draws.run.year)
    browser.set("reading-share", 60)
    draws.shares = [0.4, 0.6]
    agree(browser, draws, takes)
    # the letter C is of one row
    browser.set("trust-C", 0.75)
    draws.powers = {"workers": 0.75}
    agree(browser, draws, takes)
    place = browser.run(
        "return [...document.querySelectorAll('#sources li label')].findIndex("
        "(one) => one.textContent.includes('A newspaper'))"
    )
    browser.set(f"source-{place}", False)
    draws.powers |= {"arrivals": 0.0, "new": 0.0}
    found = browser.answer()
    assert found["effective"] == pytest.approx(draws.effective, rel=2e-2)
    if "q50" in found:
        agree(browser, draws, takes)


def test_another_rate_projects_the_draws_anew(browser: Browser, draws: Draws) -> None:
    year = draws.run.year
    browser.set("lever-rate", float(np.log(1.25)))
    assert "rate=1.25" in browser.run("return location.hash")
    gained = draws.dials.rates[year][2]  # a quarter more
    agree(browser, draws, draws.takes(year) + gained[3], COARSE)
    browser.set("what", "billings")
    agree(browser, draws, draws.takes(year, "billings") / 1.25, COARSE)
    # in rubles, billings are what they were
    browser.set("in", "rub")
    before = draws.run.summary["scenarios"]["baseline"]["annual"][str(year)]["billings"]["rub"]
    assert browser.answer()["q50"] == pytest.approx(before["q50"], rel=COARSE)


def test_scenarios_follow_what_is_set(browser: Browser, draws: Draws) -> None:
    cards = "return [...document.querySelectorAll('#beside article')].map((one) => one.textContent)"
    assert len(browser.run(cards)) == 3
    before = browser.run(cards)
    value = float(np.quantile(draws.held["workers"].posterior, 0.7))
    browser.set("lever-workers", value)
    assert browser.run(cards) != before
    browser.set("beside-0", False)
    assert len(browser.run(cards)) == 2


# What the draws do not bear


def test_beyond_what_the_draws_bear_the_page_says_so(browser: Browser, draws: Draws) -> None:
    for name, quantile in (("plan", 0.97), ("workers", 0.97), ("keep_share", 0.03)):
        browser.set(f"lever-{name}", float(np.quantile(draws.held[name].posterior, quantile)))
    found = browser.answer()
    assert found["effective"] < BEARABLE
    assert "q50" not in found
    assert browser.text("number") == "no number"
    assert "no number is given" in browser.text("sentence")
    assert re.search("do not (bear|reach)", browser.text("verdict"))
    command = browser.text("command")
    assert re.search(r"--set plan=[\d.]+ \\\n", command)
    assert re.search(r"--set keep_share=0\.\d+", command)
    assert "model.case add my_case --quantity working" in command
    browser.run("document.getElementById('reset').click()")
    browser.settle()
    assert browser.text("number") != "no number"
    assert "--set" not in browser.text("command")


def test_the_command_is_one_that_the_program_reads(browser: Browser, draws: Draws) -> None:
    browser.set("lever-plan", float(np.quantile(draws.held["plan"].posterior, 0.5)))
    browser.set("reading-share", 60)
    browser.set("trust-C", 0.5)
    words = browser.text("command").replace("\\\n", " ").split()
    assert words[:3] == [".venv/bin/python", "-m", "model.estimate"]
    asked = dict(zip(words[3::2], words[4::2], strict=True))
    assert asked["--weight"] == "workers=0.5"
    assert asked["--reading"] == "share=0.6"
    assert asked["--set"].startswith("plan=")
    read = question(
        draws.run.folder / "inputs",
        set=dict([asked["--set"].split("=")]),
        reading={"share": 0.6},
        weight={"workers": 0.5},
    )
    (fixed,) = read.what_if.fixed
    assert fixed[0] == "plan"


# Texts, the network, the address


def test_texts_of_the_inputs_are_only_texts(browser: Browser) -> None:
    assert browser.run("return document.scripts.length") == 2
    assert browser.run("return document.images.length") == 0
    assert "<script>window.hacked=1</script>" in browser.text("sources")
    assert "<img src=x onerror" in browser.text("about")
    links = browser.run("return [...document.querySelectorAll('a[target]')].map((one) => one.href)")
    assert links
    assert all(one.startswith("https://") for one in links)
    rel = browser.run("return [...document.querySelectorAll('a[target]')].map((one) => one.rel)")
    assert set(rel) == {"noopener noreferrer"}


def test_the_policy_forbids_to_load_anything(window: Browser, html: Path) -> None:
    window.open(html)
    refused = window.driver.execute_async_script(
        "const done = arguments[0]; const found = [];"
        "document.addEventListener('securitypolicyviolation', (one) =>"
        " found.push(one.effectiveDirective));"
        "const image = new Image(); image.src = 'https://example.org/a.png';"
        "const script = document.createElement('script'); script.textContent = 'window.hacked=1';"
        "document.body.append(script, image);"
        "fetch('https://example.org/').catch(() => setTimeout(() => done(found), 100));"
    )
    assert {"connect-src", "img-src"} <= set(refused)
    assert any(one.startswith("script-src") for one in refused)
    assert window.run("return window.hacked") is None
    window.complaints()
    window.requests()


def test_the_address_holds_the_state(browser: Browser, html: Path, draws: Draws) -> None:
    browser.set("lever-plan", float(np.quantile(draws.held["plan"].posterior, 0.5)))
    browser.set("reading-share", 40)
    browser.set("when", "2017")
    browser.set("in", "rub")
    browser.set("believe", "official_total")
    fragment = browser.run("return location.hash")
    told = browser.text("sentence"), browser.text("command"), browser.text("believed")
    browser.open(html, fragment)
    assert (browser.text("sentence"), browser.text("command"), browser.text("believed")) == told
    for nonsense in ("#plan=1e9&rate=x&when=1066&what=<b>&off=nobody&reading.share=7&trust.Z=1",
                     "#%%%&=&plan=&beside=zzz"):  # fmt: skip
        browser.open(html, nonsense)
        assert "--set" not in browser.text("command")
        assert browser.text("number") != "no number"


def test_a_stored_answer_to_belief_is_told(browser: Browser, saved: SavedRun) -> None:
    browser.set("believe", "official_total")
    row = saved.check_table("held_out").set_index("row").loc["official_total"]
    said = browser.text("believed")
    assert said.startswith("If you believe an official (150 to 300 million USD/year")
    if np.isfinite(row["believed_q50"]):
        assert f"the state take of {saved.year} is $" in said
    else:
        assert "no draw of this estimate comes near" in said


def test_what_is_taken_along(browser: Browser, saved: SavedRun) -> None:
    # a browser without a screen has no clipboard: what would be copied is caught
    browser.run(
        "window.taken = []; navigator.clipboard.writeText = (text) =>"
        " { window.taken.push(text); return Promise.resolve(); };"
        "window.saved = []; HTMLAnchorElement.prototype.click = function () {"
        " window.saved.push([this.download, this.href]); };"
    )
    for name in ("sentence", "command", "link", "table", "picture"):
        browser.run("document.getElementById(arguments[0]).click()", f"take-{name}")
    browser.driver.execute_async_script("setTimeout(arguments[0], 500)")
    sentence, command, link = browser.run("return window.taken")
    assert sentence.startswith(f"In {saved.year}, the state take came to about $")
    assert saved.name in sentence
    assert command == browser.text("command")
    assert link.startswith("file://")
    table, picture = browser.run("return window.saved")
    assert (table[0], picture[0]) == (f"{saved.name}.csv", f"{saved.name}.png")
    text = browser.driver.execute_async_script(
        "const done = arguments[0]; const read = Blob.prototype.text;"
        "URL.createObjectURL = (blob) => { read.call(blob).then(done); return 'blob:x'; };"
        "document.getElementById('take-table').click();"
    )
    lines = text.split("\r\n")
    assert lines[0].startswith("period,projected,definition,currency,q05,q25,q50,q75,q95,")
    row = next(one for one in lines if one.startswith(f"{saved.year},false,state_take,USD,"))
    assert float(row.split(",")[6]) == saved.annual(saved.year, "state_take")["q50"]
    size = browser.driver.execute_async_script(
        "const done = arguments[0];"
        "URL.createObjectURL = (blob) => { createImageBitmap(blob).then((one) =>"
        " done([one.width, one.height])); return 'blob:x'; };"
        "document.getElementById('take-picture').click();"
    )
    assert size == [1200, 675]


# Everybody can use it


def test_a_keyboard_moves_it_and_a_reader_hears_it(browser: Browser) -> None:
    from selenium.webdriver.common.keys import Keys

    before = browser.text("sentence")
    slider = browser.driver.find_element("id", "lever-plan")
    slider.send_keys(Keys.ARROW_RIGHT)
    slider.send_keys(Keys.ARROW_RIGHT)
    browser.settle()
    assert browser.text("sentence") != before
    assert "plan=" in browser.run("return location.hash")
    assert slider.get_attribute("aria-valuetext").startswith("held at")
    browser.driver.execute_async_script("setTimeout(arguments[0], 600)")
    assert browser.text("live").startswith(browser.text("sentence"))
    assert browser.run("return document.getElementById('live').getAttribute('role')") == "status"


def test_every_control_has_a_name_and_every_drawing_words(browser: Browser) -> None:
    nameless = browser.run(
        "return [...document.querySelectorAll('input, select, button, summary, a')].filter((one) =>"
        " !(one.getAttribute('aria-label') || one.labels?.[0]?.textContent.trim()"
        " || one.textContent.trim())).map((one) => one.outerHTML)"
    )
    assert nameless == []
    silent = browser.run(
        "return [...document.querySelectorAll('svg')].filter((one) =>"
        " !one.getAttribute('aria-label') && one.getAttribute('aria-hidden') !== 'true').length"
    )
    assert silent == 0
    names = browser.run("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(names) == len(set(names))
    levels = browser.run(
        "return [...document.querySelectorAll('h1, h2, h3')].map((h) => h.tagName)"
    )
    assert levels[0] == "H1"
    assert levels.count("H1") == 1


def test_text_stands_out_from_its_ground() -> None:
    """Contrast of WCAG 2.1: 4.5 for text; 3 for what is drawn."""
    style = (Path(__file__).parents[2] / "reports" / "page" / "style.css").read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", style))

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    def contrast(one: str, other: str) -> float:
        dark, bright = sorted((light(one), light(other)))
        return (bright + 0.05) / (dark + 0.05)

    for name in ("ink", "faint", "blue-ink", "orange-ink"):
        for ground in ("#ffffff", colours["pale"]):
            assert contrast(colours[name], ground) >= 4.5, (name, ground)
    for name in ("blue", "orange"):
        assert contrast(colours[name], "#ffffff") >= 3


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_it_fits_screens(width: int, browser: Browser) -> None:
    browser.wide(width)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(
        "return [...document.querySelectorAll('svg, input, select, button, pre')].every((one) =>"
        " one.getBoundingClientRect().right <= innerWidth + 1)"
    )
    assert browser.picture().startswith(b"\x89PNG")


def test_it_prints_as_one_page(browser: Browser, draws: Draws) -> None:
    browser.set("lever-plan", float(np.quantile(draws.held["plan"].posterior, 0.5)))
    document = pypdfium2.PdfDocument(browser.printed())
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    assert "the state take of" in re.sub(r"\s+", " ", text)
    assert "Release" not in text


def test_a_run_that_did_not_converge_says_so(
    browser: Browser, failed_run: SavedRun, english: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "failed.html"
    path.write_bytes(page(failed_run, english))
    browser.open(path)
    assert "converge" in browser.text("warning").lower()
    assert not browser.run("return document.getElementById('warning').hidden")


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_other_languages(language: str, browser: Browser, saved: SavedRun, tmp_path: Path) -> None:
    from reports.texts import catalogue

    path = tmp_path / "other.html"
    path.write_bytes(page(saved, catalogue(language)))
    browser.open(path)
    body = browser.run("return document.body.innerText")
    assert not re.search(r"\{[a-z_]+\}|undefined|NaN", body)
    assert len(re.findall("[가-힣]" if language == "ko" else "[а-яё]", body)) > 1000


def test_no_brace_is_left_unfilled(browser: Browser, draws: Draws, saved: SavedRun) -> None:
    for name in ("plan", "workers"):
        browser.set(f"lever-{name}", float(np.quantile(draws.held[name].posterior, 0.4)))
    browser.set("believe", "official_total")
    body = browser.run("return document.body.innerText")
    assert not re.search(r"\{[a-z_]+\}|undefined|NaN|\[object", body.replace("${1}", ""))
    assert json.loads(browser.text("data"))["case"] == saved.summary["case"]
