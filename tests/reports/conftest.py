"""Runs that the tests of reports read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.saved_run import SavedRun
from reports.texts import Catalogue, catalogue
from tests.cases import write_case
from tests.exposure.test_networks import FIRMS, LINKS
from tests.reports.runs import (
    FAILED,
    PROSPECTS,
    RIVALS,
    add_checks,
    add_drivers,
    write_run,
    write_scenarios,
)

ODD = {
    "sharp": '#panic("x") and *stars* <label> @ref',
    "dollars": "$10 to $20 billion",
    "cyrillic": "Росстат, бюллетень № 7",
    "hangul": "통일연구원 (해외 노동자 보고서)",
}


@pytest.fixture(scope="session")
def english() -> Catalogue:
    return catalogue("en")


@pytest.fixture(scope="session")
def case_with_scenarios(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = write_case(tmp_path_factory.mktemp("reports") / "case")
    return folder, write_scenarios(folder / "scenarios")


@pytest.fixture(scope="session")
def run(case_with_scenarios: tuple[Path, list[Path]]) -> SavedRun:
    """A run with three scenarios that converged."""
    folder, scenarios = case_with_scenarios
    return SavedRun.open(write_run(folder.parent / "runs", folder, scenarios))


@pytest.fixture(scope="session")
def failed_run(case_with_scenarios: tuple[Path, list[Path]]) -> SavedRun:
    """A run without scenarios that did not converge."""
    folder, _ = case_with_scenarios
    path = write_run(folder.parent / "runs", folder, gate=FAILED, key="00000000dead")
    return SavedRun.open(path)


@pytest.fixture(scope="session")
def odd_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run whose names hold what a typesetter could take for markup, and other scripts."""
    base = tmp_path_factory.mktemp("odd")
    folder = write_case(
        base / "case",
        evidence={
            "official_total": {"said_by": ODD["sharp"]},
            "payment": {"said_by": ODD["cyrillic"], "note": ODD["dollars"]},
            "workers": {"said_by": ODD["hangul"]},
        },
        sources={"paper": {"title": ODD["sharp"], "publisher": ODD["dollars"]}},
        timeline={"title": f"{ODD['sharp']}: {ODD['hangul']}"},
    )
    return SavedRun.open(write_run(base / "runs", folder))


@pytest.fixture(scope="session")
def two_host_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of two hosts with two currencies, without press arithmetic and held-out totals."""
    base = tmp_path_factory.mktemp("two")
    folder = write_case(
        base / "case",
        two_hosts=True,
        evidence={"official_total": {"role": "context"}},
        timeline={"press_arithmetic": None},
    )
    return SavedRun.open(write_run(base / "runs", folder))


@pytest.fixture(scope="session")
def quoted_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run of two hosts whose case names amounts that everybody quotes for their sum."""
    base = tmp_path_factory.mktemp("quoted")
    timeline = {"press_arithmetic": None, "quoted": [500, 2000]}
    folder = write_case(base / "case", two_hosts=True, timeline=timeline)
    return SavedRun.open(write_run(base / "runs", folder))


@pytest.fixture(scope="session")
def linked_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run whose case names firms that are linked."""
    base = tmp_path_factory.mktemp("linked")
    folder = write_case(base / "case", firms=FIRMS, links_csv=LINKS)
    return SavedRun.open(write_run(base / "runs", folder))


@pytest.fixture(scope="session")
def checked_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run that was checked, of inputs that were calibrated."""
    base = tmp_path_factory.mktemp("checked")
    folder = write_case(base / "case")
    path = write_run(base / "runs", folder)
    add_checks(path, folder)
    return SavedRun.open(path)


@pytest.fixture(scope="session")
def driven_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run that was asked what drives two of its revenues, and of sources that might be found."""
    base = tmp_path_factory.mktemp("driven")
    folder = write_case(base / "case", prospects_csv=PROSPECTS)
    path = write_run(base / "runs", folder)
    add_drivers(path, ("state_take", 2018), ("surplus", 2018))
    return SavedRun.open(path)


@pytest.fixture(scope="session")
def rival_run(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run that mixes two readings, with three scenarios and drivers."""
    base = tmp_path_factory.mktemp("rivals")
    folder = write_case(base / "case", readings_toml=RIVALS)
    path = write_run(base / "runs", folder, write_scenarios(folder / "scenarios"))
    add_drivers(path, ("state_take", 2018))
    return SavedRun.open(path)
