"""Priors stated as other quantiles or as mean and deviation, against closed forms and SciPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import lognorm, norm

from model.case.case import Case, read_case
from model.case.contents import Prior
from tests.case.test_hostile_files import faults_of, only_fault
from tests.cases import write_case

NEITHER = {"p05": None, "p95": None}


def prior_of(case: Case, label: str) -> Prior:
    (found,) = [one for one in case.priors if one.label == label]
    return found


def read(tmp_path: Path, quantity: str, **keys: object) -> Case:
    return read_case(write_case(tmp_path / "small", priors={quantity: NEITHER | keys}))


def test_mean_and_deviation_are_those_of_a_log_normal(tmp_path: Path) -> None:
    case = read(tmp_path, "upkeep", mean=9000, sd=3000, unit="RUB/month")
    prior = prior_of(case, "upkeep")
    # s = sqrt(ln(1 + 1/9)) = 0.32459, median = 9000/sqrt(1 + 1/9) = 8538.1
    assert (prior.p05, prior.p95) == pytest.approx((5006.0, 14563.0), rel=1e-3)
    told = lognorm(prior.scale, scale=np.exp(prior.location))
    assert (told.mean(), told.std()) == pytest.approx((9000.0, 3000.0), rel=1e-9)
    (note,) = case.notes
    assert (note.file, note.column) == ("priors.toml", "upkeep")
    assert "mean 9000 and sd 3000 RUB/month" in note.message
    assert "p05 5,006 and p95 14,563" in note.message


@pytest.mark.parametrize("keys", [("p10", "p90"), ("p25", "p75"), ("p50", "p95"), ("p01", "p30")])
def test_any_two_quantiles_are_those_of_a_log_normal(keys: tuple[str, str], tmp_path: Path) -> None:
    exact = lognorm(0.7, scale=50_000.0)
    stated = {key: float(exact.ppf(int(key[1:]) / 100)) for key in keys}
    prior = prior_of(read(tmp_path, "payment", **stated, unit="RUB/month"), "payment")
    assert prior.p05 == pytest.approx(exact.ppf(0.05), rel=1e-9)
    assert prior.p95 == pytest.approx(exact.ppf(0.95), rel=1e-9)


def test_quantiles_of_a_fraction_are_those_of_a_logit_normal(tmp_path: Path) -> None:
    exact = [float(expit(-0.4 + 0.9 * norm.ppf(at))) for at in (0.1, 0.9, 0.05, 0.95)]
    stated = {"p10": 100 * exact[0], "p90": 100 * exact[1], "unit": "percent"}
    prior = prior_of(read(tmp_path, "quota_use", **stated), "quota_use")
    assert (prior.p05, prior.p95) == pytest.approx(exact[2:], rel=1e-9)


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 0.1), (0.02, 0.01), (0.5, 0.3), (0.97, 0.05)])
def test_moments_of_a_fraction_are_matched(mean: float, sd: float, tmp_path: Path) -> None:
    prior = prior_of(read(tmp_path, "quota_use", mean=mean, sd=sd, unit="fraction"), "quota_use")
    location = (logit(prior.p05) + logit(prior.p95)) / 2
    scale = (logit(prior.p95) - logit(prior.p05)) / (2 * norm.ppf(0.95))
    moments = [
        quad(lambda z, power=power: expit(location + scale * z) ** power * norm.pdf(z), -9, 9)[0]
        for power in (1, 2)
    ]
    assert moments[0] == pytest.approx(mean, rel=1e-6)
    assert np.sqrt(moments[1] - moments[0] ** 2) == pytest.approx(sd, rel=1e-5)


def test_quantiles_stated_as_ever_are_untouched_and_without_a_note(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "small"))
    assert case.notes == ()
    assert prior_of(case, "permitted_at_start").p05 == 25000


def test_a_note_is_no_warning(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "small", priors={"upkeep": NEITHER | {"mean": 9000, "sd": 3000}})
    assert read_case(folder, strict=True).notes


@pytest.mark.parametrize(
    ("keys", "column", "words"),
    [
        ({"p10": 5}, "upkeep", "write two quantiles, such as p10 and p90 (a median is p50)"),
        ({"p05": 5, "p50": 7, "p95": 9}, "upkeep", "got p05, p50, p95"),
        ({"p05": 5, "p95": 9, "mean": 7, "sd": 1}, "upkeep", "got p05, p95, mean, sd"),
        ({"mean": 9000}, "upkeep", "got mean"),
        ({"p10": 9, "p90": 5}, "upkeep.p10", "9 is not below p90, 5"),
        ({"p10": -9, "p90": 5}, "upkeep.p10", "write a figure above zero"),
        ({"mean": 9000, "sd": 0}, "upkeep.sd", "write a figure above zero"),
        ({"p10": "5", "p90": 9}, "upkeep.p10", "'5' is not a number; write 5 without"),
        ({"p10": "1 600,5", "p90": 9}, "upkeep.p10", "write 1600.5 without quotation marks"),
        ({"p10": 5, "p00": 1, "p90": 9}, "upkeep.p00", "unknown key; remove it"),
        ({"p10": 5, "median": 7, "p90": 9}, "upkeep.median", "unknown key; remove it"),
        ({"p5": 5, "p95": 9}, "upkeep.p5", "did you mean 'p05'?"),
        ({"mean": 1e-300, "sd": 1e300}, "upkeep.mean", "too narrow or too wide"),
    ],
)  # fmt: skip
def test_other_figures_are_refused(
    keys: dict[str, object], column: str, words: str, tmp_path: Path
) -> None:
    fault = only_fault(write_case(tmp_path / "small", priors={"upkeep": NEITHER | keys}))
    assert fault.column == column
    assert words in fault.message


@pytest.mark.parametrize("sd", [0.499, 0.6, 30.0])
def test_a_share_of_all_or_nothing_is_refused(sd: float, tmp_path: Path) -> None:
    keys = NEITHER | {"mean": 0.5, "sd": sd, "unit": "fraction"}
    fault = only_fault(write_case(tmp_path / "small", priors={"quota_use": keys}))
    assert fault.column == "quota_use.sd"
    assert "state two quantiles" in fault.message


def test_a_reading_may_state_them_too(tmp_path: Path) -> None:
    before = '[ours]\ntitle = "Ours"\nweight = 1.0\nfollows = "plan"\nbasis = "a test"\n'
    prior = '[ours.priors.payment]\nmean = 9000\nsd = 3000\nunit = "RUB/month"\nbasis = "a test"\n'
    folder = write_case(tmp_path / "small")
    (folder / "readings.toml").write_text(before + prior)
    case = read_case(folder)
    ((label, p05, p95, _),) = case.readings[0].priors
    assert (label, p05, p95) == (
        "payment",
        pytest.approx(5006, rel=1e-3),
        pytest.approx(14563, rel=1e-3),
    )
    assert case.notes[0].column == "ours.priors.payment"
    (folder / "readings.toml").write_text(before + prior.replace("mean = 9000", "p10 = 9000"))
    assert faults_of(folder)[0].column == "ours.priors.payment"
