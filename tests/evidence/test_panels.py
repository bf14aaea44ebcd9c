"""Experts of one panel: their disagreement widens the error, as a random effect."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.synthesis import Synthesis, log_quantities, row_densities, synthesis
from tests.cases import row, write_case

FIGURES = {"e1": "10000", "e2": "20000", "e3": "40000"}
TABLE = {"deviation_p05": 0.1, "deviation_p95": 2.0, "basis": "a guess for the tests"}


def panel(folder: Path, name: str = "experts", **changes: object) -> Case:
    rows = {
        one: row("permitted", "2018-06", "2018-06", "exact", "persons", value=value, panel=name)
        for one, value in FIGURES.items()
    }
    plain = {"errors.letter_sd": 0.0, "errors.off_share": 0.0, **changes}
    return read_case(write_case(folder, evidence=rows, reading=plain))


def pooled(parts: Synthesis) -> tuple[float, float]:
    """Mean and deviation of the log number that the three rows imply, by quadrature."""
    grid, scores = np.linspace(6.0, 13.5, 1201), np.linspace(-5.0, 5.0, 201)
    places = [parts.evidence.ids.index(one) for one in FIGURES]
    total = np.zeros((len(grid), len(scores)))
    start = parts.layout.size + sum(parts.error_counts[:2])
    for column, score in enumerate(scores):
        normals = np.zeros((len(grid), parts.size))
        if parts.evidence.panels:
            normals[:, start] = score
        logs = log_quantities(parts, normals)
        logs[:, places] = grid[:, None]
        found = row_densities(parts, normals, logs)[:, places]
        total[:, column] = found.sum(axis=1) - score**2 / 2
    weight = np.exp(total - total.max()).sum(axis=1)
    weight /= weight.sum()
    mean = float(weight @ grid)
    return mean, float(np.sqrt(weight @ (grid - mean) ** 2))


def test_disagreement_widens_the_error(tmp_path: Path) -> None:
    """DerSimonian and Laird's estimate is 0.40; not knowing the deviation adds to it."""
    error = math.hypot(0.08, 0.08)
    logs = np.log([float(one) for one in FIGURES.values()])
    alone = pooled(synthesis(panel(tmp_path / "alone", name="")))
    assert alone[1] == pytest.approx(error / math.sqrt(3), rel=1e-3)
    spread = max(logs.var(ddof=1) - error**2, 0.0)
    of_moments = math.sqrt((error**2 + spread) / 3)
    assert of_moments == pytest.approx(0.40, abs=0.005)
    mean, deviation = pooled(synthesis(panel(tmp_path / "panel")))
    assert mean == pytest.approx(logs.mean(), abs=1e-3)
    assert of_moments * 0.9 < deviation < of_moments * 1.6


def test_pooling_is_the_random_effect_model(tmp_path: Path) -> None:
    """Against the same by quadrature, written down anew."""
    parts = synthesis(panel(tmp_path, panel=TABLE))
    grid, error = np.linspace(6.0, 13.5, 1201), math.hypot(0.08, 0.08)
    scores = np.linspace(-5.0, 5.0, 201)
    scale = math.log(20.0) / (2 * stats.norm.ppf(0.95))
    between = np.exp((math.log(0.1) + math.log(2.0)) / 2 + scale * scores)
    logs = np.log([float(one) for one in FIGURES.values()])
    apart = logs[:, None, None] - grid[:, None]
    log_density = stats.norm(0, np.hypot(error, between)).logpdf(apart).sum(axis=0)
    weight = np.exp(log_density - scores**2 / 2).sum(axis=1)
    weight /= weight.sum()
    mean = float(weight @ grid)
    expected = mean, float(np.sqrt(weight @ (grid - mean) ** 2))
    assert pooled(parts) == pytest.approx(expected, rel=1e-9)


def test_without_a_table_experts_differ_as_units_do(tmp_path: Path) -> None:
    parts = synthesis(panel(tmp_path))
    assert parts.panel_deviation == parts.spread_deviation
    assert parts.evidence.panels == ("experts",)


def test_experts_of_one_origin_would_be_copies(tmp_path: Path) -> None:
    rows = {
        one: row("permitted", "2018-06", "2018-06", "exact", "persons", value=value,
                 panel="experts", origin="book")
        for one, value in FIGURES.items()
    }  # fmt: skip
    with pytest.raises(CaseError, match="e1 has the origin 'book' too; experts of a panel speak"):
        read_case(write_case(tmp_path, evidence=rows))


def test_an_expert_alone_is_warned_of(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path, evidence={"workers": {"panel": "experts"}}))
    assert ["one expert only" in str(one) for one in case.warnings].count(True) == 1


def test_the_ends_of_a_panels_deviation_are_in_order(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"panel.deviation_p05.*is not below deviation_p95"):
        panel(tmp_path, panel={**TABLE, "deviation_p05": 3.0})
