"""Worlds unlike the model: each differs in what it says and in nothing else; the table counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, kstest, norm, t
from typer.testing import CliRunner

from model.archive import store
from model.calibration import misspecified, true_economies, worlds
from model.calibration.__main__ import _print_worlds, app
from model.calibration.misspecified import Fitted, Reader, compared, fitted, judged, simulate
from model.calibration.replicates import Study
from model.calibration.study import study_of
from model.calibration.true_economies import as_modelled, cheap_elsewhere
from model.calibration.worlds import AS_TOLD, OUTCOMES, WORLDS, outcomes_of, simulated
from model.case.case import Case, read_case
from model.evidence.economy import accounts, segment_weights
from model.evidence.row_equations import log_items, log_quantities
from model.evidence.synthesis import Synthesis
from model.sampling.parallel import completed, executor
from tests.cases import row, write_case
from tests.kinds import KINDS

#: Chance that a right program fails one of the comparisons of distributions below.
RARE = 1e-4
MANY = 40


@pytest.fixture(scope="module")
def study(tiny: Case) -> Study:
    return study_of(tiny)


@pytest.fixture(scope="module")
def told_more(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The small case with rows about what some worlds change, by segment."""
    always = {"start": "2018-07", "end": "2018-07", "qualifier": "about", "unit": "RUB/month"}
    rows = {
        "yonder": row("payment", value="60000", segment="forestry", **always),
        "here": row("payment", value="60000", segment="spb_construction", **always),
        **{
            f"claimed_{segment or 'all'}": row(
                "claim", value="50", base="wage_fund", segment=segment,
                **always | {"unit": "percent"},
            )
            for segment in ("", "forestry", "spb_construction")
        },
        "about_plan": row("plan", value="7000", **always | {"unit": "USD/year"}),
        "about_claim": row("claim", value="30000", **always),
        "one_voice": row("permitted", value="30000", **always | {"unit": "persons"}, origin="x"),
        "again": row(
            "permitted", value="30000", origin="x",
            **always | {"unit": "persons", "start": "2018-08", "end": "2018-08"},
        ),
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("told_more") / "case"
    return study_of(read_case(write_case(folder, evidence=rows)))


def place(study: Study, *rows: str) -> list[int]:
    return [study.parts.evidence.ids.index(one) for one in rows]


def both(study: Study, world: str, number: int) -> tuple[Synthesis, Synthesis]:
    """The case as printed in a world and in the model's own; both have the same truth."""
    (other, truth), (own, base) = (simulated(study, name, number) for name in (world, AS_TOLD))
    np.testing.assert_array_equal(truth, base)
    return other, own


def same_but(one: object, other: object, *names: str) -> None:
    for field in fields(one):  # type: ignore[arg-type]
        if field.name not in names:
            left, right = getattr(one, field.name), getattr(other, field.name)
            np.testing.assert_array_equal(left, right, err_msg=field.name)


def moved(study: Study, world: str) -> np.ndarray:
    """What a world adds to the log figures of many cases, (cases, R)."""
    found = []
    for number in range(MANY):
        other, own = both(study, world, number)
        same_but(other.evidence, own.evidence, "log_figure")
        assert other.layout is own.layout
        assert other.measured is own.measured
        found.append(other.evidence.log_figure - own.evidence.log_figure)
    return np.array(found)


def own_errors(study: Study) -> np.ndarray:
    """Log errors of many cases in the model's own world, without hedges' tails, (cases, R)."""
    said = study.parts.evidence
    found = []
    for number in range(MANY):
        normals = study.truth(number)
        _, shared, *_ = study.parts.errors(normals)
        scores = study.chance(number, 4).normal(size=len(said.ids))
        found.append(worlds.Errors(scores, shared).graded(study.parts))
    return np.array(found)


def test_figures_err_exactly_as_graded(told_more: Study) -> None:
    parts = told_more.parts
    said = parts.evidence
    plain = (said.tail == 0.0) & (said.half_width == 0.0)
    apart = []
    for number in range(MANY):
        normals = told_more.truth(number)
        printed, truth = simulated(told_more, AS_TOLD, number)
        apart.append(printed.evidence.log_figure - log_quantities_of(parts, normals))
        natural = parts.layout.natural(normals[None, : parts.layout.size])
        projector = as_modelled(told_more, natural, np.random.default_rng()).projector
        np.testing.assert_array_equal(outcomes_of(told_more.case, projector.baseline)[:, 0], truth)
    errors = np.array(apart)[:, plain]
    np.testing.assert_allclose(errors, own_errors(told_more)[:, plain], atol=1e-9)
    # neither a letter's factor nor figures that are off
    alone = said.origin[plain] < 0
    assert kstest((errors / said.error[plain])[:, alone].ravel(), norm.cdf).pvalue > RARE
    one, again = (said.ids.index(name) for name in ("one_voice", "again"))
    pair = np.array(apart)[:, [one, again]]
    assert np.corrcoef(pair.T)[0, 1] > 0.5


def log_quantities_of(parts: Synthesis, normals: np.ndarray) -> np.ndarray:
    natural = parts.layout.natural(normals[: parts.layout.size])
    return log_quantities(parts.layout, parts.measured, natural)


def test_errors_doubled_adds_each_error_once_more(told_more: Study) -> None:
    np.testing.assert_allclose(
        moved(told_more, "errors_doubled"), own_errors(told_more), atol=1e-12
    )


def test_heavy_tails_are_students(told_more: Study) -> None:
    total = moved(told_more, "heavy_tails") + own_errors(told_more)
    alone = told_more.parts.evidence.origin < 0
    scaled = (total / told_more.parts.evidence.error)[:, alone].ravel()
    assert kstest(scaled, t(3).cdf).pvalue > RARE
    assert (np.abs(scaled) > 3.0).mean() > 10 * norm.sf(3.0)


def test_one_statement_in_ten_is_off_by_a_factor_of_three(told_more: Study) -> None:
    off = moved(told_more, "slips")
    slipped = np.abs(off) > 1e-9
    np.testing.assert_allclose(np.abs(off[slipped]), np.log(3.0))
    assert binom.cdf(slipped.sum(), slipped.size, 0.1) > RARE
    assert binom.sf(slipped.sum(), slipped.size, 0.1) > RARE
    assert 0.3 < (off[slipped] > 0.0).mean() < 0.7


def test_a_shortfall_is_common_to_payments(told_more: Study) -> None:
    off = moved(told_more, "shortfall")
    payments = place(told_more, "payment", "yonder", "here")
    assert not np.delete(off, payments, axis=1).any()
    assert (np.ptp(off[:, payments], axis=1) < 1e-12).all()
    assert kstest(off[:, payments[0]] / 0.15, norm.cdf).pvalue > RARE


def test_origins_are_not_told(told_more: Study) -> None:
    other, own = both(told_more, "origins_unlabelled", 3)
    same_but(other.evidence, own.evidence, "origin", "origins", "shared_error", "shared_letter")
    assert own.evidence.origins
    assert other.evidence.origins == ()
    np.testing.assert_array_equal(other.evidence.own_error, own.evidence.error)


def natural_of(study: Study, number: int) -> np.ndarray:
    return study.parts.layout.natural(study.truth(number)[None, : study.parts.layout.size])


def test_payment_elsewhere_is_half_of_the_city(told_more: Study) -> None:
    natural, rng = natural_of(told_more, 2), np.random.default_rng(0)
    other, own = (make(told_more, natural, rng) for make in (cheap_elsewhere, as_modelled))
    city, elsewhere = place(told_more, "here", "yonder")
    assert other.log_quantity[city] == own.log_quantity[city]
    assert other.log_quantity[elsewhere] == pytest.approx(
        other.log_quantity[city] + np.log(0.5), abs=1e-12
    )
    same = place(told_more, "workers", "new", "declared", "plan", "kept", "about_claim")
    np.testing.assert_array_equal(other.log_quantity[same], own.log_quantity[same])
    np.testing.assert_array_equal(other.projector.baseline.workers, own.projector.baseline.workers)


def test_the_state_claims_a_share(told_more: Study) -> None:
    natural = natural_of(told_more, 2)
    share = np.random.default_rng(0).uniform(0.4, 0.7)
    other = true_economies.share_of_wage_fund(told_more, natural, np.random.default_rng(0))
    own = as_modelled(told_more, natural, np.random.default_rng(0))
    claims = place(told_more, "claimed_all", "claimed_forestry", "claimed_spb_construction")
    np.testing.assert_allclose(other.log_quantity[claims], np.log(share), rtol=1e-9)
    plan, claim = place(told_more, "about_plan", "about_claim")
    assert other.log_quantity[plan] == pytest.approx(other.log_quantity[claim], abs=1e-12)
    changed = place(told_more, "plan", "handed_over", "about_plan", "about_claim") + claims
    np.testing.assert_array_equal(
        np.delete(other.log_quantity, changed), np.delete(own.log_quantity, changed)
    )
    (host,) = other.projector._hosts.values()
    ratio = host.account.claim / host.account.wage_fund
    np.testing.assert_allclose(ratio, share)
    revenue, before = (one.projector.baseline.revenue for one in (other, own))
    for definition in ("billings", "wedge", "surplus"):
        np.testing.assert_allclose(
            revenue.sel(definition=definition), before.sel(definition=definition)
        )
    assert not np.allclose(*(one.sel(definition="plan_collected") for one in (revenue, before)))


def test_plans_are_noisy_and_round(told_more: Study) -> None:
    printed, _ = simulated(told_more, "share", 1)
    said, shipped = printed.evidence, told_more.parts.evidence
    for name in ("plan", "about_plan"):
        (at,) = place(told_more, name)
        figure = np.exp(said.log_figure[at]) * said.to_printed[at]
        assert figure == pytest.approx(float(f"{figure:.0e}"))
    exact, about = place(told_more, "plan", "about_plan")
    assert said.error[exact] == shipped.error[exact]
    half_unit = 0.5 * 10.0 ** np.floor(np.log10(figure) + 1e-9)
    grade = 2 * 0.08**2
    rounding = min(half_unit / np.sqrt(3) / figure, 0.1)
    assert said.error[about] == pytest.approx(np.sqrt(grade + rounding**2))
    np.testing.assert_array_equal(np.delete(said.error, about), np.delete(shipped.error, about))
    scores = worlds.Errors(np.ones(len(said.ids)), np.zeros(len(said.origins)))
    noisy = worlds.noisy_plans(told_more.parts, scores, np.random.default_rng())
    graded = scores.graded(told_more.parts)
    assert (noisy[[exact, about]] == 0.3).all()
    np.testing.assert_array_equal(
        np.delete(noisy, [exact, about]), np.delete(graded, [exact, about])
    )


def test_arrivals_vary_within_phases(told_more: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    natural = natural_of(told_more, 2)
    own = as_modelled(told_more, natural, np.random.default_rng(0))
    (constant,) = own.projector._hosts.values()
    ratios = []
    for seed in range(20):
        other = true_economies.uneven_arrivals(told_more, natural, np.random.default_rng(seed))
        (host,) = other.projector._hosts.values()
        for name in ("permit_inflow", "irregular_inflow"):
            ratios.append(host.flows[name] / constant.flows[name])
        # rows and projection have the same arrivals
        (at,) = place(told_more, "workers")
        stock = other.projector.baseline.workers.sel(stock="permitted", month="2017-12").item()
        assert np.exp(other.log_quantity[at]) == pytest.approx(stock)
        (new,) = place(told_more, "new")
        assert np.exp(other.log_quantity[new]) == pytest.approx(
            host.flows["permit_inflow"][0, 12:].sum()
        )
        kept = [at for at, name in enumerate(told_more.parts.evidence.ids) if "cl" in name]
        np.testing.assert_array_equal(other.log_quantity[kept], own.log_quantity[kept])
    logs = np.log(np.array(ratios)).ravel()
    assert kstest((logs + 0.125) / 0.5, norm.cdf).pvalue > RARE
    # the same equations: no variation, no difference
    monkeypatch.setattr(true_economies, "UNEVEN_ARRIVALS", 0.0)
    still = true_economies.uneven_arrivals(told_more, natural, np.random.default_rng(0))
    np.testing.assert_allclose(still.log_quantity, own.log_quantity, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        still.projector.baseline.revenue, own.projector.baseline.revenue, rtol=1e-12
    )


def test_rows_follow_from_accounts(real: Case) -> None:
    """Items of accounts that are the model's own are those of its rows."""
    study = study_of(real)
    parts, natural = study.parts, natural_of(study, 0)[0]
    values = parts.layout.by_family(natural)
    weights = segment_weights(values, parts.measured.host_of_segment)
    first = sum(parts.measured.groups[:2])
    found = log_items(parts.measured, accounts(values, parts.measured.cells), weights)
    known = log_quantities(parts.layout, parts.measured, natural)[first : first + len(found)]
    np.testing.assert_allclose(found, known, rtol=0, atol=1e-12)
    city = parts.measured.segments["segment"]
    assert real.segments[true_economies.quoted(parts.measured)].id == "spb_construction"
    assert len(city)


def two_hosts(folder: Path) -> Case:
    return read_case(write_case(folder, two_hosts=True))


MADE = (
    two_hosts,
    *(KINDS[name] for name in ("no_rows", "counts", "spreads", "one_year", "time_worked")),
)


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_every_world_prints_every_kind_of_case(
    make: Callable[[Path], Case], tmp_path: Path
) -> None:
    study = study_of(make(tmp_path))
    for name in WORLDS:
        printed, truth = simulated(study, name, 0)
        again, known = simulated(study, name, 0)
        assert np.isfinite(printed.evidence.log_figure).all()
        assert np.isfinite(truth).all()
        np.testing.assert_array_equal(printed.evidence.log_figure, again.evidence.log_figure)
        np.testing.assert_array_equal(truth, known)


TWO = (AS_TOLD, "errors_doubled")


def numbers(done: dict[str, list[Fitted]]) -> np.ndarray:
    return np.array([one.numbers for own in done.values() for one in own])


def test_what_is_done_is_kept_and_does_not_depend_on_cores(study: Study, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    def run(folder: str, cases: int, cores: int) -> dict[str, list[Fitted]]:
        seen.clear()
        with executor(cores) as pool:
            return simulate(
                study, cases, tmp_path / folder, pool, lambda *step: seen.append(step), TWO
            )

    run("a", 2, 2)
    longer = run("a", 3, 2)
    assert ("cases in as_told", 2, 3) in seen
    at_once = run("b", 3, 1)
    np.testing.assert_array_equal(numbers(longer), numbers(at_once))
    assert numbers(longer).shape == (6, len(OUTCOMES), 4)
    # read back as they were computed
    np.testing.assert_array_equal(numbers(run("a", 3, 1)), numbers(longer))
    assert len(run("a", 1, 1)[AS_TOLD]) == 1


def case_of(truth: float, low: float, middle: float, high: float) -> Fitted:
    return Fitted(np.array([[truth, low, middle, high]] * len(OUTCOMES)), 0)


def made_up(inside: int, cases: int, high: float = 4.0) -> list[Fitted]:
    """Cases of which so many have the truth in the interval."""
    return [case_of(2.0 if n < inside else 9.0, 1.0, 3.0, high) for n in range(cases)]


def test_the_table_is_counted_by_hand() -> None:
    own = [case_of(2.0, 1.0, 2.2, 4.0), case_of(5.0, 1.0, 2.0, 2.0), case_of(1.0, 1.0, 1.5, 9.0)]
    other = [case_of(2.0, 1.0, 4.0, 16.0), Fitted(None, 0), case_of(3.0, -1.0, 3.0, 2.5)]
    result = judged({AS_TOLD: own, "errors_doubled": other})
    table = result.table.set_index("world")
    told, doubled = table.loc[AS_TOLD], table.loc["errors_doubled"]
    assert (told["cases"], doubled["cases"]) == (3, 2)
    assert told["take_inside"] == pytest.approx(2 / 3)
    assert doubled["workers_inside"] == pytest.approx(0.5)
    assert told["take_to_truth"] == pytest.approx(1.1)
    assert doubled["take_to_truth"] == pytest.approx(1.5)
    assert told["width"] == pytest.approx(4.0)
    assert told["wider"] == pytest.approx(1.0)
    # an interval that reaches below zero is wider than any factor says
    assert np.isinf(doubled["width"])
    assert "Cases that could not be fitted: 1." in result.sentence
    assert result.passed is None
    lines = [json.dumps(one, allow_nan=False) for one in misspecified.lines(result)]
    assert len(lines) == 2


def test_wider_compares_the_same_cases() -> None:
    own = [case_of(1.0, 1.0, 1.0, width) for width in (2.0, 3.0, 100.0)]
    other = [case_of(1.0, 1.0, 1.0, 4.0), case_of(1.0, 1.0, 1.0, 9.0), Fitted(None, 0)]
    table = judged({AS_TOLD: own, "slips": other}).table.set_index("world")
    expected = (np.log(4) + np.log(9)) / (np.log(2) + np.log(3))
    assert table.loc["slips", "wider"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("inside", "high", "cases", "passed"),
    [
        (90, 8.0, 100, True),
        (85, 8.0, 100, True),
        (83, 8.0, 100, None),
        (70, 8.0, 100, False),
        (95, 4.1, 100, False),
        (10, 8.0, 10, None),
    ],
)
def test_verdicts(inside: int, high: float, cases: int, passed: bool | None) -> None:
    done = {
        AS_TOLD: made_up(round(0.9 * cases), cases),
        "errors_doubled": made_up(inside, cases, high),
    }
    result = judged(done)
    assert result.passed is passed
    reached = 1 + (inside >= 0.85 * cases)
    assert f"In {reached} of 2 simulated worlds" in result.sentence
    grew = np.log(high) / np.log(4.0)
    assert f"where errors are twice the grade's {grew:.2f}" in result.sentence


def over_confident(parts: Synthesis) -> Synthesis:
    """A reader who believes in half the errors, and in nothing that could tell him otherwise."""
    said = parts.evidence
    halved = {"error": said.error / 2, "shared_error": said.shared_error / 2}
    return replace(parts, evidence=replace(said, **halved, letter_sd=0.0, off=(0.0, said.off[1])))


def done_by(study: Study, cases: int, names: Sequence[str]) -> dict[str, list[Fitted]]:
    done = {}
    for name in names:
        with executor() as pool:
            found = dict(completed(pool, partial(fitted, Reader.of(study), name), range(cases)))
        done[name] = [found[number] for number in range(cases)]
    return done


@pytest.mark.slow
def test_an_over_confident_reader_fails(real: Case) -> None:
    # one reading, for a quarter of the time
    study = study_of(replace(real, readings=()))
    result = judged(done_by(replace(study, fitted=over_confident), 50, TWO))
    assert result.passed is False, result.sentence
    table = result.table.set_index("world")
    assert table.loc["errors_doubled", "take_inside"] < 0.75
    assert table.loc["errors_doubled", "wider"] < 1.1
    # as shipped, the width answers
    shipped = judged(done_by(study, 20, TWO)).table.set_index("world")
    assert shipped.loc["errors_doubled", "wider"] > 1.1


def test_the_result_is_saved_and_printed(
    tiny: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        misspecified, "fitted", lambda reader, world, number: case_of(2.0, 1.0, 2.5, 3.0 + number)
    )
    with executor(1) as pool:
        result, folder = compared(tiny, tmp_path, 3, pool)
    saved = json.loads((folder / store.MISSPECIFIED).read_text())
    assert saved["inputs"] == tiny.hashes
    assert saved["cases"] == 3
    lines = saved["misspecified"]["lines"]
    assert [one["world"] for one in lines] == list(WORLDS)
    assert {"cases", "take_inside", "workers_inside", "take_to_truth", "width"} <= set(lines[0])
    assert saved["misspecified"]["sentence"] == result.sentence
    assert result.sentence.startswith("In 9 of 9 simulated worlds")
    _print_worlds(result, wide=False)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    assert all(name in printed for name in WORLDS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--show", "calibration"], "write one of: misspecified"),
        (["--format", "csv"], "name it with --show; one of: misspecified"),
        (["--cases", "0"], "greater than or equal to 1"),
    ],
)
def test_faulty_arguments_are_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    asked = ["--misspecified", "--output", str(tmp_path / "runs"), *arguments]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
    assert not (tmp_path / "runs").exists()


def test_every_reading_is_fitted_to_the_same_figures(real: Case) -> None:
    """Readings differ in rows left out and in bases, not in what was printed."""
    study = study_of(real)
    reader = Reader.of(study)
    assert [one.reading.name for one in reader.rivals] == [one.name for one in real.readings]
    assert len(reader.rivals) > 1
    for world in ("as_told", "share", "origins_unlabelled"):
        printed, _ = simulated(study, world, 0)
        figures = printed.evidence
        for one in reader.rivals:
            said = worlds.read_by(one.case, world, printed, one.parts).evidence
            assert said.ids == figures.ids
            np.testing.assert_allclose(said.log_figure, figures.log_figure, rtol=1e-12)
            np.testing.assert_array_equal(said.half_width, figures.half_width)
            np.testing.assert_allclose(said.error, figures.error)
            assert said.origins == figures.origins
            left = {row for row, w in zip(said.ids, said.weight, strict=True) if not w}
            assert left >= set(one.reading.leave_out) & set(said.ids)
            unread = {row for row, w in zip(said.ids, figures.weight, strict=True) if not w}
            assert left <= unread | set(one.reading.leave_out)
