"""Rival readings: what each fits, weights, and the mixture of their draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.archive.answer import read_inputs
from model.case.case import Case, read_case
from model.case.contents import Change
from model.case.faults import CaseError
from model.evidence.synthesis import synthesis
from model.projection.projection import Projector
from model.question import Question, SamplerOptions, WhatIf
from model.sampling.fitting import Posterior
from model.sampling.rivals import Rival, check_heard, mixed, parts_of, rivals, weights
from tests.cases import toml_text, write_case

TWO = {
    "claim": {
        "title": "A plan", "weight": 3, "follows": "plan", "leave_out": ["handed_over"],
        "basis": "a guess for the tests",
    },
    "share": {
        "title": "A share", "weight": 1, "follows": "earnings", "leave_out": ["plan"],
        "basis": "a guess for the tests", "bases": {"handed_over": "net_of_tax"},
        "priors": {
            "plan": {"p05": 100.0, "p95": 900.0, "unit": "USD/month", "basis": "a guess"},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case with two readings."""
    return read_case(write_case(tmp_path_factory.mktemp("two"), readings_toml=toml_text(TWO)))


@pytest.fixture(scope="module")
def told(two: Case) -> tuple[Rival, ...]:
    return rivals(two, WhatIf())


def made_up(rival: Rival, seed: int) -> Posterior:
    """Draws of a reading that nobody fitted."""
    parts = rival.parts
    normals = np.random.default_rng(seed).normal(size=(2, 400, parts.size))
    natural = parts.layout.natural(normals[..., : parts.layout.size])
    stats = {"diverging": np.zeros((2, 400), dtype=bool)}
    notes = {"whitened": True, "gradients": 1}
    options = SamplerOptions(draws=400, chains=2)
    return Posterior(parts.layout, parts, normals, natural, stats, options, notes)


def test_a_reading_without_a_draw_is_told_before_anything_is_sampled(
    two: Case, tmp_path: Path
) -> None:
    """The quantiles of no draws ended in an IndexError, after the sampling."""
    check_heard((), 100)
    few = WhatIf(readings=(("claim", 0.001),))
    check_heard(rivals(two, few), 1000)
    with pytest.raises(CaseError, match=r"readings.toml, claim: .* one draw in 400"):
        check_heard(rivals(two, few), 400)
    text = toml_text(TWO).replace("weight = 3", "weight = 1e-9")
    case = write_case(tmp_path / "two", readings_toml=text)
    with pytest.raises(CaseError, match="raise the weight"):
        read_inputs(Question(case))
    # 0.7 and three times 0.1 make one, but for the last digit
    assert 0.7 + 0.1 + 0.1 + 0.1 < 1.0
    names = [replace(two.readings[0], name=f"reading_{n}") for n in range(3)]
    case_of_five = replace(two, readings=(*names, *two.readings))
    asked = WhatIf(readings=(("claim", 0.7), *((one.name, 0.1) for one in names)))
    assert [weight for one, weight in weights(case_of_five, asked) if one.name == "share"] == [0.0]


def test_a_case_without_the_file_has_one_reading(tiny: Case) -> None:
    assert tiny.readings == ()
    assert rivals(tiny, WhatIf()) == ()
    assert parts_of(synthesis(tiny), ()).evidence.weight.tolist() == [1.0] * 9


def test_each_reading_leaves_out_and_reads_as_it_says(two: Case, told: tuple[Rival, ...]) -> None:
    claim, share = told
    assert [one.weight for one in told] == [0.75, 0.25]
    weight = {
        one.reading.name: dict(
            zip(one.parts.evidence.ids, one.parts.evidence.weight.tolist(), strict=True)
        )
        for one in told
    }
    assert weight["claim"]["handed_over"] == weight["share"]["plan"] == 0.0
    assert weight["claim"]["plan"] == weight["share"]["handed_over"] == 1.0
    bases = [one.case.evidence.set_index("id").at["handed_over", "base"] for one in told]
    assert bases == ["wage_fund", "net_of_tax"]
    place = share.parts.layout.index["plan"]
    assert share.parts.layout.scale[place] > claim.parts.layout.scale[place]
    together = parts_of(synthesis(two), told).evidence
    assert together.weight[together.ids.index("plan")] == 0.75
    assert together.weight[together.ids.index("workers")] == 1.0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [((), [0.75, 0.25]), ((("claim", 1.0),), [1.0, 0.0]), ((("share", 0.4),), [0.6, 0.4])],
)
def test_weights_that_are_told_are_taken_and_the_others_share_the_rest(
    two: Case, asked: tuple[tuple[str, float], ...], expected: list[float]
) -> None:
    found = [weight for _, weight in weights(two, WhatIf(readings=asked))]
    assert found == pytest.approx(expected)
    assert len(rivals(two, WhatIf(readings=asked))) == sum(one > 0.0 for one in expected)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ((("clame", 1.0),), "did you mean 'claim'"),
        ((("claim", 1.5),), "write a weight from 0 to 1"),
        ((("claim", 0.5), ("share", 0.2)), "they must sum to 1"),
        ((("claim", 0.5), ("claim", 0.5)), "given twice"),
    ],
)
def test_weights_that_cannot_be_are_told(
    two: Case, asked: tuple[tuple[str, float], ...], words: str
) -> None:
    with pytest.raises(CaseError, match=words):
        weights(two, WhatIf(readings=asked))


def test_the_mixture_is_the_pooled_draws_in_proportion(two: Case, told: tuple[Rival, ...]) -> None:
    fits = [made_up(one, seed) for seed, one in enumerate(told)]
    mixture = mixed(parts_of(synthesis(two), told), fits, told, 400)
    assert mixture.normals.shape == fits[0].normals.shape
    assert np.bincount(mixture.reading).tolist() == [300, 100]
    # by hand: three quarters of one fit's draws and a quarter of the other's
    pooled = np.concatenate(
        [
            fits[0].natural[:, np.arange(300) * 400 // 300],
            fits[1].natural[:, np.arange(100) * 400 // 100],
        ],
        axis=1,
    )
    np.testing.assert_allclose(mixture.natural, pooled, rtol=1e-12)
    own = mixture.of_reading(1)
    assert own.sum() == 200
    np.testing.assert_allclose(mixture.draws[own], pooled[:, 300:].reshape(200, -1), rtol=1e-12)


def test_a_weight_of_one_gives_that_readings_draws(two: Case) -> None:
    (one,) = rivals(two, WhatIf(readings=(("claim", 1.0),)))
    alone = made_up(one, 5)
    mixture = mixed(parts_of(synthesis(two), (one,)), [alone], (one,), 400)
    np.testing.assert_array_equal(mixture.normals, alone.normals)
    np.testing.assert_array_equal(mixture.natural, alone.natural)


def test_a_claim_that_follows_earnings_keeps_its_share_of_the_wage_fund(two: Case) -> None:
    layout = synthesis(two).layout
    normals = np.random.default_rng(3).normal(size=(50, layout.size))
    months = two.timeline.months
    half = Change("payment", "russia", "", months[0], None, "scale", ((months[0], 0.7),))
    more = Change("plan", "russia", "", months[0], None, "scale", ((months[0], 2.0),))

    def collected(changes: list[Change], *, follows: bool) -> np.ndarray:
        draws = layout.natural(normals)
        projector = Projector(two, layout, draws, follows_earnings=np.full(50, follows))
        revenue = projector.project(changes).revenue
        return np.asarray(revenue.sel(definition="plan_collected", host="russia"))

    before = collected([], follows=False)
    earnings, plan = (collected([more], follows=follows) for follows in (True, False))
    # a higher plan brings nothing where the state takes a share
    np.testing.assert_allclose(earnings, before, rtol=1e-9)
    assert (plan >= before - 1e-6).all()
    earnings, plan = (collected([half], follows=follows) for follows in (True, False))
    # a claim that falls with earnings collects no more than one that does not
    assert (earnings <= plan + 1e-6 * np.abs(plan)).all()
    assert earnings.sum() < before.sum()


def test_faults_of_the_file_are_told_in_their_place(tmp_path: Path) -> None:
    wrong = {
        "claim": TWO["claim"] | {"leave_out": ["handed_ower"], "weight": -1},
        "share": TWO["share"] | {"bases": {"workers": "billings"}},
    }
    folder = write_case(tmp_path / "wrong", readings_toml=toml_text(wrong))
    with pytest.raises(CaseError) as told:
        read_case(folder)
    text = str(told.value)
    assert "readings.toml" in text
    assert "claim.weight" in text
    assert "too small; write a number above 0" in text
    assert "workers is an amount and has no base" in text
