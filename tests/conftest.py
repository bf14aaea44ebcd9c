"""Cases and fits that serve many tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from model.case.case import Case, read_case
from model.case.checkout import INPUTS
from model.evidence.synthesis import Synthesis, synthesis
from model.question import SamplerOptions
from model.sampling.fitting import Posterior, fit
from tests.cases import write_case
from tests.kinds import small_world
from tests.reports.runs import HALF, write_run

# a shell that runs the suite in the background has it, and all that it starts, ignore Ctrl-C
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-captures", action="store_true",
        help="write tests/terminal/captures/ anew: look at the changes before committing them",
    )  # fmt: skip


SHORT = SamplerOptions(draws=500, tune=300, chains=2, seed=1)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the small case."""
    return write_case(tmp_path_factory.mktemp("tiny") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Case:
    """The small case."""
    return read_case(tiny_folder)


@pytest.fixture(scope="session")
def tiny_parts(tiny: Case) -> Synthesis:
    """Arrays of the small case."""
    return synthesis(tiny)


@pytest.fixture(scope="session")
def tiny_posterior(tiny_parts: Synthesis) -> Posterior:
    """A short fit of the small case."""
    return fit(tiny_parts, SHORT)


@pytest.fixture(scope="session")
def small_world_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run of three hosts and two groups, with the prior's draws and a scenario."""
    base = tmp_path_factory.mktemp("small_world")
    case = small_world(base / "case")
    scenario = base / "half.toml"
    scenario.write_text(HALF.replace("[[changes]]", '[[changes]]\nhost = "china"'))
    return write_run(base / "runs", case.folder, [scenario])


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The case that the repository is about."""
    return INPUTS


@pytest.fixture(scope="session")
def real(real_folder: Path) -> Case:
    """The real case."""
    return read_case(real_folder)
