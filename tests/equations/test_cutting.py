"""Cutting a segment into equal parts moves no answer beyond what averaging explains."""

from __future__ import annotations

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.equations.accounts import WorkerMonth
from model.evidence.economy import Cells, Layout, accounts, host_of_segment, segment_weights
from tests.cases import write_case

DRAWS = 40_000
WHOLE, PARTS = "forestry", tuple(f"forestry_{part}" for part in "abcd")
RATIOS = ("payment_ratio", "declared_ratio", "plan_ratio")
Values = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def whole(tiny: Case) -> tuple[Case, Values]:
    return tiny, draws_of(tiny, {})


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory, tiny: Case) -> tuple[Case, Values]:
    """The same draws but for the ratios of the parts, which are independent."""
    part = {
        "host": "russia", "region": "far_east", "sector": "forestry",
        "share_p05": "0.1", "share_p95": "0.3", "note": "a guess",
    }  # fmt: skip
    changes = {WHOLE: None} | dict.fromkeys(PARTS, part)
    case = read_case(write_case(tmp_path_factory.mktemp("cut") / "cut", segments=changes))
    of_whole = draws_of(tiny, {})["segment_share"][:, place_of(tiny, WHOLE)]
    return case, draws_of(case, dict.fromkeys(PARTS, of_whole / len(PARTS)))


def place_of(case: Case, segment: str) -> int:
    return [one.id for one in case.segments].index(segment)


def draws_of(case: Case, shares: Values) -> Values:
    """Draws of the priors by family; each quantity has normals of its own name."""
    layout = Layout.of(case)
    normals = [
        np.random.default_rng(list(label.encode())).normal(size=DRAWS) for label in layout.labels
    ]
    values = layout.by_family(layout.natural(np.stack(normals, axis=-1)))
    for segment, share in shares.items():
        values["segment_share"][:, place_of(case, segment)] = share
    return values


def averages(case: Case, values: Values, *names: str) -> Values:
    """Items of a worker-month of July 2018, averaged over the segments' workers."""
    month, segments = np.full(len(case.segments), 18), np.arange(len(case.segments))
    account: WorkerMonth = accounts(values, Cells.windows(case, month, month, segments))
    weights = segment_weights(values, host_of_segment(case))
    return {name: (weights * getattr(account, name)).sum(axis=-1) for name in names}


NAMES = ("billings", "wedge", "surplus", "state_take", "plan_collected")


@pytest.fixture(scope="module")
def averaged(whole: tuple[Case, Values], cut: tuple[Case, Values]) -> Values:
    """The whole segment, with ratios that are the means of its parts' ratios."""
    (case, values), (other, parts) = whole, cut
    own = [place_of(other, part) for part in PARTS]
    values = {name: value.copy() for name, value in values.items()}
    for name in RATIOS:
        values[name][:, place_of(case, WHOLE)] = parts[name][:, own].mean(axis=1)
    return averages(case, values, *NAMES)


def test_what_is_linear_in_the_ratios_moves_by_their_averaging_alone(
    cut: tuple[Case, Values], averaged: Values
) -> None:
    found = averages(*cut, "billings", "wedge", "surplus")
    for name, amounts in found.items():
        np.testing.assert_allclose(amounts, averaged[name], rtol=1e-9, atol=1e-6)


def test_averaging_ratios_leaves_their_mean_and_a_part_of_their_variance(
    whole: tuple[Case, Values], cut: tuple[Case, Values]
) -> None:
    """The mean of four log-normals is nearly log-normal: Fenton (1960) has its moments."""
    case = whole[0]
    own = [place_of(cut[0], part) for part in PARTS]
    for name in RATIOS:
        prior = next(one for one in case.priors if one.label == f"{name}.{WHOLE}")
        location, variance = prior.location, prior.scale**2
        mean = cut[1][name][:, own].mean(axis=1)
        of_logs = np.log1p(np.expm1(variance) / len(PARTS))
        error = mean.std() / np.sqrt(DRAWS)
        assert mean.mean() == pytest.approx(np.exp(location + variance / 2), abs=4.5 * error)
        assert np.log(mean).var() == pytest.approx(of_logs, rel=0.03)
        centre = location + (variance - of_logs) / 2
        assert np.median(mean) == pytest.approx(np.exp(centre), rel=0.01)


@pytest.mark.parametrize("name", ["billings", "surplus", "state_take"])
def test_a_segment_cut_into_four_moves_no_answer(
    name: str, cut: tuple[Case, Values], averaged: Values
) -> None:
    found, expected = averages(*cut, name)[name], averaged[name]
    scale = abs(np.median(expected))
    assert abs(np.median(found) - np.median(expected)) < 0.03 * scale
    assert abs(found.mean() - expected.mean()) < 0.03 * abs(expected.mean())
