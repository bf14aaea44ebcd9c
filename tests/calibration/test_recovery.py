"""A world of five hosts is recovered: truths and rows by NumPy alone, then fits of the rows."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm

from model.calibration import ranks
from model.calibration.replicates import OPTIONS, THIN
from model.case.case import Case, read_case
from model.equations.quantities import BASIC_BY_NAME, HEADLINE
from model.evidence.synthesis import synthesis
from model.projection.blocks import project
from model.sampling.fitting import fit
from model.sampling.parallel import completed, executor
from tests.cases import COLUMNS, Cells, Rows, row, table_text, write_case

HOSTS = ("russia", "china", "kuwait", "qatar", "poland")
#: What is common to the hosts' payments.
ALIKE = 0.6
WORLDS = 40
LEVELS = (0.5, 0.8, 0.9)
#: Chance that a right program fails one of the counts below.
RARE = 1e-4
pytestmark = pytest.mark.slow  # it samples
#: Errors as the small case's reading tells them: grade B2, letters' factors, figures that are off.
GRADE, LETTER, OFF, OFF_BY = math.hypot(0.08, 0.08), 0.5, 0.1, 0.8


def segment(host: str) -> Cells:
    return {
        "host": host, "region": host, "sector": "construction", "share_p05": "0.5",
        "share_p95": "0.9", "note": "guess",
    }  # fmt: skip


def written(folder: Path, rows: Rows) -> Case:
    """Five hosts that are the world, each with one segment and one phase, all paid in rubles."""
    hosts = {name: {"title": name.title(), "currency": "RUB"} for name in HOSTS}
    segments = dict.fromkeys(("spb_construction", "forestry"))
    timeline = {
        "hosts": hosts, "groups": {"world": list(HOSTS)}, "press_arithmetic": None,
        "phases": [{"name": "open", "start": "2017-01", "because": "no ban"}],
    }  # fmt: skip
    return read_case(
        write_case(
            folder, evidence_csv=table_text(COLUMNS["evidence"], rows), timeline=timeline,
            segments={**segments, **{f"{name}_all": segment(name) for name in HOSTS}},
            firms={"firm_1": None},
            priors={"payment": {"alike": ALIKE}, "permit_inflow.banned": None},
        )
    )  # fmt: skip


def told(figures: dict[tuple[str, str], float]) -> Rows:
    """A row for each figure, by quantity and host."""
    units = {
        "permitted": "persons",
        "payment": "RUB/month",
        "plan": "USD/month",
        "upkeep": "RUB/month",
    }
    rows = {}
    for (quantity, host), figure in figures.items():
        month = "2017-12" if quantity == "permitted" else "2018-07"
        rows[f"{quantity}_{host}"] = row(
            quantity, month, month, "exact", units[quantity], value=f"{figure:.12g}", host=host
        )
    return rows


def truth_of(case: Case, rng: np.random.Generator) -> dict[str, float]:
    """Basic quantities by label: quantiles of 5 and 95% as stated, payments alike among hosts."""
    common = rng.normal()
    found = {}
    for prior in case.priors:
        score = rng.normal()
        if prior.name == "payment":
            score = math.sqrt(ALIKE) * common + math.sqrt(1 - ALIKE) * score
        fraction = BASIC_BY_NAME[prior.name].support == "fraction"
        low, high = (math.log(x / (1 - x) if fraction else x) for x in (prior.p05, prior.p95))
        value = math.exp((low + high) / 2 + (high - low) / 2 / norm.ppf(0.95) * score)
        found[prior.label] = value / (1 + value) if fraction else value
    return found


def figures_of(truth: dict[str, float], rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """What is printed of a world: true quantities times errors."""
    true: dict[tuple[str, str], float] = {}
    for host in HOSTS:
        own = "" if host == HOSTS[0] else f"{host}."

        def of(name: str, own: str = own) -> float:
            return truth[f"{own}{name}"]

        stock = of("permitted_at_start")
        for _ in range(12):
            stock = stock * math.exp(-of("permit_exit.open")) + of("permit_inflow.open")
        true["permitted", host] = stock
        # at the reference month nothing has grown yet
        for name in ("payment", "plan"):
            true[name, host] = of(name) * of(f"{name}_ratio.{host}_all")
        true["upkeep", host] = of("upkeep")
    # of one host nothing is told but what others' payments say, and of two no plan
    true["permitted", "world"] = sum(true["permitted", host] for host in HOSTS)
    for name in ("permitted", "payment", "plan", "upkeep"):
        del true[name, "poland"]
    for host in ("kuwait", "qatar"):
        del true["plan", host]
    factor = math.exp(LETTER * rng.normal())
    figures = {}
    for key, value in true.items():
        added = OFF_BY / rng.choice([1.0, 2.0, 4.0]) if rng.random() < OFF else 0.0
        figures[key] = value * math.exp(math.hypot(GRADE * factor, added) * rng.normal())
    return figures


def takes(case: Case, natural: np.ndarray) -> np.ndarray:
    """State take of the headline's year of each host, and of all, (n, 6)."""
    found = project(case, synthesis(case).layout, natural)
    revenue = found.revenue_usd.sel(definition=HEADLINE)
    own = found.by_year(revenue).sel(year=case.timeline.headline, host=list(HOSTS))
    by_host = own.transpose("draw", "host").to_numpy()
    return np.column_stack([by_host, by_host.sum(axis=1)])


def recovered(folder: Path, number: int) -> tuple[np.ndarray, np.ndarray]:
    """The true takes of a world, (1, 6), and their draws, (39, 6)."""
    rng = np.random.default_rng([20180802, number])
    blank = written(folder / f"{number}_blank", told({("permitted", "russia"): 30_000.0}))
    truth = truth_of(blank, rng)
    case = written(folder / str(number), told(figures_of(truth, rng)))
    parts = synthesis(case)
    posterior = fit(parts, OPTIONS)
    true = np.array([[truth[label] for label in parts.layout.labels]])
    return takes(case, true), takes(case, posterior.draws[THIN - 1 :: THIN])


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[np.ndarray, np.ndarray]]:
    work: Any = partial(recovered, tmp_path_factory.mktemp("worlds"))
    with executor() as workers:
        done = dict(completed(workers, work, range(WORLDS)))
    return [done[number] for number in range(WORLDS)]


def counts(worlds: list[tuple[np.ndarray, np.ndarray]], narrower: float = 1.0) -> np.ndarray:
    """Ranks of the true takes among draws, (worlds, 6), of intervals so many times narrower."""
    found = []
    for true, draws in worlds:
        middle = np.median(draws, axis=0)
        found.append((middle + (draws - middle) / narrower < true).sum(axis=0))
    return np.array(found)


def faults(ranked: np.ndarray) -> list[str]:
    """Levels at which intervals hold the truth too rarely or too often, of the world and hosts."""
    found = []
    looks = 3 * len(LEVELS)
    for level in LEVELS:
        held = int(ranks.inside(ranked[:, -1], level).sum())
        few, many = (binom.ppf(p, len(ranked), level) for p in (RARE / looks, 1 - RARE / looks))
        if not few <= held <= many:
            found.append(f"the world's {level:.0%}: {held} of {len(ranked)}")
        # hosts of one world depend on each other
        shift = ranks.off_level(ranked[:, :-1], level)
        if abs(shift) > norm.isf(RARE / looks / 2):
            found.append(f"the hosts' {level:.0%}: {shift:+.1f} standard errors")
    return found


def test_each_hosts_and_the_worlds_take_lie_in_their_intervals(
    worlds: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    assert faults(counts(worlds)) == []


def test_intervals_a_quarter_as_wide_are_found_out(
    worlds: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    told = " ".join(faults(counts(worlds, narrower=4.0)))
    assert "the world's 90%" in told
    assert "the hosts' 90%" in told


def test_rows_narrow_what_they_are_about(worlds: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Not all is prior: of the host of which nothing is told, less is known than of the first."""
    spread = np.array([np.std(np.arcsinh(draws / 1e6), axis=0) for _, draws in worlds])
    assert np.median(spread[:, 0] / spread[:, HOSTS.index("poland")]) < 0.8
