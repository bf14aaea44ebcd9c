"""Priors that correlate, in time or between hosts: one map, there and back, and in the kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.case.case import Case
from model.evidence.economy import Layout
from model.kernel.native import evaluate
from model.kernel.recorded import TAPE
from model.kernel.tape import Tape
from tests.kinds import alike_hosts, uneven_arrivals


@pytest.mark.parametrize("made", [uneven_arrivals, alike_hosts])
def test_scores_and_normals_go_there_and_back(made: Callable[[Path], Case], tmp_path: Path) -> None:
    layout = Layout.of(made(tmp_path))
    normals = np.random.default_rng(1).normal(size=(3, 4, layout.size))
    np.testing.assert_allclose(layout.normals(layout.scores(normals)), normals, atol=1e-12)


@pytest.mark.parametrize(("made", "rtol"), [(uneven_arrivals, 1e-13), (alike_hosts, 1e-12)])
def test_the_kernel_has_the_same_quantities(
    made: Callable[[Path], Case], rtol: float, tmp_path: Path
) -> None:
    layout = Layout.of(made(tmp_path))
    normals = np.random.default_rng(2).normal(size=(20, layout.size))
    tape = Tape(layout.size)
    program = tape.program(natural=layout.natural(tape.normals, TAPE))
    np.testing.assert_allclose(
        evaluate(program, "natural", normals), layout.natural(normals), rtol=rtol
    )
