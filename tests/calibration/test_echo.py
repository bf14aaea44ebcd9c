"""Copies teach as much as one; independent sources as theory has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.calibration.echo import MOST, echo
from model.case.case import Case


def test_the_curves_are_those_of_theory(tiny: Case) -> None:
    result = echo(tiny.reading)
    assert result.passed
    table = result.table
    assert len(table) == MOST
    error = 0.08**2 + 0.08**2  # the tiny case's row is graded B2
    prior = table["copies"].iloc[0] ** -2 - 1 / error
    for row in table.itertuples():
        assert row.copies == pytest.approx(table["copies"].iloc[0], rel=1e-6)
        assert row.independent == pytest.approx((prior + row.k / error) ** -0.5, rel=1e-4)
        shared = error * (0.8 + 0.2 / row.k)
        assert row.one_origin == pytest.approx((prior + 1 / shared) ** -0.5, rel=1e-4)


def test_without_a_common_error_an_origin_is_as_good_as_independent_sources(tiny: Case) -> None:
    table = echo(replace(tiny.reading, echo_shared=0.0)).table
    assert table["one_origin"].to_numpy() == pytest.approx(table["independent"].to_numpy())
    assert table["copies"].iloc[-1] == pytest.approx(table["copies"].iloc[0])


def test_sharply_graded_sources_are_no_trouble(tiny: Case) -> None:
    sharp = dict.fromkeys(tiny.reading.reliability, 0.004)
    reading = replace(
        tiny.reading, reliability=sharp, credibility=dict.fromkeys(tiny.reading.credibility, 0.003)
    )
    assert echo(reading).passed


def test_counting_every_copy_in_full_would_fail(
    tiny: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    from model.evidence import likelihood

    monkeypatch.setattr(
        likelihood, "_weights", lambda rows, counted, error: np.ones(len(error)) * counted
    )
    assert not echo(tiny.reading).passed
