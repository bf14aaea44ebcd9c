"""What a source says of its own certainty: the coverage of a range, and a figure inside it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from scipy import stats

from model.case.case import read_case
from model.case.faults import CaseError
from model.case.intervals import lopsided
from model.evidence.synthesis import synthesis
from tests.cases import write_case

Z95 = stats.norm.ppf(0.975)


def quantiles(below: float, above: float, coverage: float) -> list[float]:
    """Logs of the lower end, the median and the upper end that are read, by SciPy."""
    location, deviation, tail = lopsided(below, above, coverage)
    ends = [(1 - coverage) / 2, 0.5, (1 + coverage) / 2]
    if tail == 0.0:
        return [float(x) for x in stats.norm(location, deviation).ppf(ends)]
    found = stats.exponnorm.ppf(ends, abs(tail) / deviation, scale=deviation)
    sign = 1.0 if tail > 0.0 else -1.0
    return sorted(float(location + sign * x) for x in found)


@pytest.mark.parametrize(
    ("low", "value", "high", "coverage"),
    [
        (120, 150, 180, 0.95), (120, 150, 187.5, 0.95), (100, 150, 170, 0.9),
        (100, 150, 220, 0.95), (90, 100, 115, 0.8), (400, 600, 720, 0.9), (90, 100, 200, 0.999),
    ],
)  # fmt: skip
def test_median_and_ends_are_those_stated(
    low: float, value: float, high: float, coverage: float
) -> None:
    found = quantiles(math.log(value / low), math.log(high / value), coverage)
    expected = [math.log(low / value), 0.0, math.log(high / value)]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("below", "above"), [(0.1, 1.0), (1.0, 0.1)])
def test_an_interval_too_lopsided_is_read_as_wider(below: float, above: float) -> None:
    low, middle, high = quantiles(below, above, 0.8)
    assert middle == pytest.approx(0.0, abs=1e-9)
    assert max(-low, high) == pytest.approx(1.0, rel=1e-6)
    assert min(-low, high) > 0.1


def kept(tmp_path: Path, **cells: str) -> tuple[float, float, float, float]:
    """Log figure, error, tail and offset of a range of what workers keep, graded B2."""
    said = synthesis(read_case(write_case(tmp_path, evidence={"kept": cells}))).evidence
    place = said.ids.index("kept")
    return tuple(  # type: ignore[return-value]
        float(one[place]) for one in (said.log_figure, said.error, said.tail, said.offset)
    )


GRADE = math.hypot(0.08, 0.08)


@pytest.mark.parametrize(
    ("coverage", "half"),
    [("", stats.norm.ppf(0.9)), ("0.95", Z95), ("95%", Z95), ("0.5", stats.norm.ppf(0.75))],
)
def test_coverage_of_a_row_goes_before_the_cases(
    coverage: str, half: float, tmp_path: Path
) -> None:
    *_, error, tail, offset = kept(tmp_path, low="120", high="180", coverage=coverage)
    assert error == pytest.approx(math.hypot(GRADE, math.log(1.5) / 2 / half), rel=1e-12)
    assert (tail, offset) == (0.0, 0.0)
    if coverage == "0.95":
        assert error == pytest.approx(0.1532, abs=1e-4)


def test_a_central_figure_is_kept(tmp_path: Path) -> None:
    middle, error, tail, offset = kept(
        tmp_path, low="120", value="150", high="220", coverage="0.95"
    )
    location, deviation, mean = lopsided(math.log(150 / 120), math.log(220 / 150), 0.95)
    assert error == pytest.approx(math.hypot(GRADE, deviation), rel=1e-12)
    # the truth lies above the figure where the interval is longer: a floor
    assert tail == pytest.approx(-mean)
    assert tail < 0.0
    assert offset == pytest.approx(-location)
    # a printed figure is the median, whatever the reading
    plain, *_ = kept(tmp_path, low="", high="", value="150", qualifier="exact")
    assert middle + offset == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"value": "250"}, "value: 250 is not between low and high"),
        ({"coverage": "95"}, "is not the probability of an interval; write a fraction"),
        ({"coverage": "1"}, "is not the probability of an interval"),
        ({"qualifier": "about", "low": "", "high": "", "value": "9", "coverage": "0.9"},
         "only a 'range' has a coverage"),
        ({"qualifier": "about", "value": "9"}, "a figure with its interval is a 'range'"),
    ],
)  # fmt: skip
def test_what_is_no_interval_is_refused(
    cells: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CaseError, match=message):
        read_case(write_case(tmp_path, evidence={"kept": cells}))


@pytest.mark.parametrize("coverage", ["0.8", ""])
def test_an_interval_read_as_wider_is_said(coverage: str, tmp_path: Path) -> None:
    """Also with the coverage of ``reading.toml``, which is 0.8 too."""
    cells = {"low": "90", "value": "100", "high": "200", "coverage": coverage}
    case = read_case(write_case(tmp_path, evidence={"kept": cells}))
    (said,) = (str(one) for one in case.warnings if one.column == "low")
    assert "read as from 77.6 to 200" in said
