"""Firms tied by links, their sums, and the command that prints them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model
from model.archive import store
from model.exposure.as_data import TOLD, content, table
from model.exposure.by_firm import QUANTITIES, WORKER_MONTHS, YIELDS
from model.exposure.networks import (
    Exposures,
    NoSuchFirmError,
    NoSuchLinkError,
    components,
    exposures,
)
from tests.cases import write_case
from tests.exposure.test_by_firm import fitted_of
from tests.reports import runs

ROOT = Path(__file__).parents[2]


def firm(workers: object = "", **cells: object) -> dict[str, object]:
    dated = {"start": "2017-01", "end": "2017-12"} | cells
    return {
        "name": "A firm", "host": "russia", "source": "paper", "workers_approved": str(workers),
    } | dated  # fmt: skip


#: a-b by address, b-c by owner, d-e by name, f alone; g and h are for the workers of a.
FIRMS = {
    "firm_1": None,
    "a": firm(10, name="Alpha"),
    "b": firm(20, name="Beta", contract="90000", contract_currency="USD", start="2017-07"),
    "c": firm("", name="Gamma"),
    "d": firm("", name="Delta"),
    "e": firm("", name="Epsilon"),
    "f": firm(7, name="Zeta"),
    "g": firm(10, name="Eta", same_workers_as="a"),
    "h": firm(9, name="Theta", same_workers_as="g"),
}
LINKS = """\
firm,other,kind,source,note
b,a,address,paper,one house
c,b,owner,newspaper,
a,b,address,newspaper,the same house
d,e,name,paper,
g,a,email,paper,
h,g,director,paper,
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Exposures:
    folder = tmp_path_factory.mktemp("networks")
    return exposures(fitted_of(folder, firms=FIRMS, links_csv=LINKS))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["address"], ["a b"]),
        (["owner"], ["b c"]),
        (["address", "owner"], ["a b c"]),
        (["name", "director"], ["d e", "g h"]),
        (["address", "director", "email"], ["a b g h"]),
        (["address", "director", "email", "name", "owner"], ["a b c g h", "d e"]),
        ([], []),
    ],
)
def test_networks_are_what_the_kinds_asked_for_tie(
    found: Exposures, kinds: list[str], expected: list[str]
) -> None:
    case = found.economy.case
    links = case.links[case.links["kind"].isin(kinds)]
    told = components(case.firms["id"].tolist(), links)
    assert [" ".join(members) for members, _ in told] == expected
    assert sum(len(own) for _, own in told) == len(links)


def test_components_are_those_found_by_hand() -> None:
    """Random links: two firms are together if and only if a walk leads from one to the other."""
    rng = np.random.default_rng(3)
    names = [f"firm{number}" for number in range(14)]
    for _ in range(20):
        pairs = rng.choice(14, size=(int(rng.integers(0, 12)), 2))
        links = pd.DataFrame(
            [(names[one], names[other]) for one, other in pairs if one != other],
            columns=["firm", "other"],
        )
        reached = {name: {name} for name in names}
        for _ in names:
            for one, other in links.itertuples(index=False):
                joined = reached[one] | reached[other]
                reached |= dict.fromkeys(joined, joined)
        told = [set(members) for members, _ in components(names, links)]
        for one, other in combinations(names, 2):
            together = any({one, other} <= members for members in told)
            assert together == (other in reached[one]), (one, other)


def test_a_sum_is_of_its_firms_draws(found: Exposures) -> None:
    """Approvals and contracts apart; of those for the same workers, one."""
    by_id = {(one.firm, one.basis): one for one in found.firms}
    approvals, contract, nothing = found.networks
    assert approvals.firms == contract.firms == ("a", "b", "c", "g", "h")
    assert (approvals.basis, contract.basis, nothing.basis) == ("approvals", "contract", "")
    assert approvals.counted == ("a", "b")
    assert approvals.same == ("g", "h")
    assert approvals.unknown == ("c",)
    assert contract.counted == ("b",)
    assert contract.unknown == ("a", "c", "g", "h")
    assert (nothing.firms, nothing.unknown, nothing.draws) == (("d", "e"), ("d", "e"), {})
    for name in QUANTITIES:
        own = by_id["a", "approvals"].draws[name] + by_id["b", "approvals"].draws[name]
        np.testing.assert_allclose(approvals.draws[name], own)
        np.testing.assert_array_equal(contract.draws[name], by_id["b", "contract"].draws[name])


def test_a_sum_is_compared_with_the_months_of_any_of_its_firms(found: Exposures) -> None:
    baseline = found.economy._projector.baseline
    year = baseline.revenue_usd.sel(host="russia", month=slice("2017-01", "2017-12"))
    (approvals, contract, _) = found.networks
    for name in YIELDS:
        whole = year.sel(definition=name)
        np.testing.assert_allclose(
            found.shares(approvals)[name], approvals.draws[name] / whole.sum("month").to_numpy()
        )
        half = whole.isel(month=slice(6, 12)).sum("month").to_numpy()
        np.testing.assert_allclose(found.shares(contract)[name], contract.draws[name] / half)


@pytest.mark.parametrize(
    ("changes", "kinds", "counted"),
    [
        ({}, ["email"], ["a"]),
        # the firm named is not known: the nearest to it counts
        ({"a": firm("")}, ["email", "director"], ["g"]),
        ({"a": firm(""), "g": firm("", same_workers_as="a")}, ["email", "director"], ["h"]),
        # a is not in the network: of g and h, the one that h names
        ({}, ["director"], ["g"]),
        ({"h": firm(9)}, ["director"], ["g", "h"]),
    ],
)
def test_workers_approved_twice_count_once(
    tmp_path: Path, changes: dict[str, object], kinds: list[str], counted: list[str]
) -> None:
    fitted = fitted_of(tmp_path / "same", firms=FIRMS | changes, links_csv=LINKS)
    (network,) = exposures(fitted, kinds).networks
    assert list(network.counted) == counted


def test_links_of_a_retracted_source_tie_nothing(tmp_path: Path) -> None:
    sources = {"newspaper": {"status": "retracted"}}
    fitted = fitted_of(tmp_path / "gone", firms=FIRMS, links_csv=LINKS, sources=sources)
    assert exposures(fitted, ["owner"]).networks == ()
    (network,) = {one.firms for one in exposures(fitted, ["address"]).networks}
    assert network == ("a", "b")


def test_firms_asked_for_bring_their_networks(found: Exposures, tmp_path: Path) -> None:
    fitted = fitted_of(tmp_path / "some", firms=FIRMS, links_csv=LINKS)
    some = exposures(fitted, firms=["f", "e"])
    assert [one.firm for one in some.firms] == ["e", "f"]
    assert [one.firms for one in some.networks] == [("d", "e")]
    with pytest.raises(NoSuchFirmError, match=r"'z' is not an id of firms\.csv; write one of a, b"):
        exposures(fitted, firms=["z"])
    with pytest.raises(NoSuchLinkError, match=r"'adress' is not a kind .* did you mean 'address'"):
        exposures(fitted, ["adress"])


def test_the_table_and_json_hold_the_same_numbers(found: Exposures) -> None:
    frame, told = table(found), json.loads(json.dumps(content(found)))
    by_id = {(one.firm, one.basis): one for one in found.firms}
    seen = 0
    for what, ids in (("firm", "id"), ("network", "firms")):
        for block in told[f"{what}s"]:
            name = block[ids] if what == "firm" else " + ".join(block[ids])
            same = (frame["what"] == what) & (frame["id"] == name)
            rows = frame[same & (frame["basis"] == block["basis"])].set_index("quantity")
            seen += len(rows)
            assert list(rows.index) == list(block["amounts"] or [""])
            for quantity, numbers in block["amounts"].items():
                for key in TOLD:
                    assert rows.loc[quantity, key] == numbers[key]
                    assert rows.loc[quantity, f"share_{key}"] == block["shares"][quantity][key]
    assert seen == len(frame)
    for quantity in QUANTITIES:
        numbers = frame[(frame["id"] == "f") & (frame["quantity"] == quantity)].iloc[0]
        expected = np.quantile(by_id["f", "approvals"].draws[quantity], [0.05, 0.5, 0.95])
        np.testing.assert_allclose([numbers[key] for key in TOLD], expected, rtol=1e-7)


# The command line


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of linked firms."""
    base = tmp_path_factory.mktemp("exposed")
    firms = FIRMS | {"a": firm(10, name="[bold]Alpha[/bold]=1+1")}
    runs.write_run(base / "runs", write_case(base / "case", firms=firms, links_csv=LINKS))
    return base / "runs"


def command(*arguments: str | Path, columns: int = 80) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "model.exposure", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": str(columns)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def printed(output: Path) -> Iterator[str]:
    before = sorted(output.rglob("*"))
    done = command("case", "--runs", output)
    assert done.returncode == 0, done.stderr
    yield done.stdout
    assert sorted(output.rglob("*")) == before, "nothing is written"


def test_firms_and_networks_are_printed(printed: str) -> None:
    lines = printed.splitlines()
    assert any(line.startswith("[bold]Alpha[/bold]=1+1") for line in lines)
    assert "10 approvals" in printed
    assert "USD 90,000 contract" in printed
    said = " ".join(printed.split())
    assert "Not known, since neither approvals nor a contract is stated: Gamma, Delta" in said
    assert "Delta, Epsilon: not known." in said
    assert "Gamma is owned by Beta, according to A newspaper (newspaper)." in said
    assert "linked by address, according to A university (paper)." in said
    assert "of 2 of 5 firms" in said
    assert "Not counted, because a source says that the workers are another's: Eta, Theta." in said


def test_the_command_prints_what_python_does(output: Path) -> None:
    frame = model.load("case", output).exposure(links=["address"], firms=["a", "f"])
    asked = ["case", "--runs", output, "--links", "address", "--firm", "a", "--firm", "f"]
    done = command(*asked, "--format", "csv")
    assert done.returncode == 0, done.stderr
    read = pd.read_csv(io.StringIO(done.stdout), keep_default_na=False, na_values={"q05": [""]})
    assert read["id"].tolist() == frame["id"].tolist()
    for key in TOLD:
        np.testing.assert_array_equal(read[key].astype(float), frame[key])
    told = json.loads(command(*asked, "--format", "json").stdout)
    assert told["links_of"] == ["address"]
    (alpha, _) = told["firms"]
    own = frame[(frame["id"] == "a") & (frame["quantity"] == WORKER_MONTHS)].iloc[0]
    assert alpha["amounts"][WORKER_MONTHS] == {key: own[key] for key in TOLD}
    assert command(*asked, "--format", "json").stdout == json.dumps(told, indent=1) + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--links", "adress"], "--links: 'adress' is not a kind of link; did you mean 'address'?"),
        (["--links", "address,"], "--links: '' is not a kind of link; write one of address"),
        (["--firm", "z"], "--firm: 'z' is not an id of firms.csv; write one of a, b"),
    ],
)
def test_a_wrong_option_is_reported(output: Path, arguments: list[str], said: str) -> None:
    done = command("case", "--runs", output, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.rstrip().endswith("nothing was computed")


def test_a_run_that_is_not_there_or_did_not_converge(output: Path, tmp_path: Path) -> None:
    done = command("nowhere", "--runs", output)
    assert (done.returncode, done.stdout) == (2, "")
    case = write_case(tmp_path / "case", firms=FIRMS)
    folder = runs.write_run(tmp_path / "runs", case, gate=runs.FAILED)
    done = command(folder, "--format", "csv")
    assert done.returncode == 3
    assert "NOT CONVERGED" in done.stderr
    assert (folder / store.MANIFEST).exists()
    assert "a,Alpha,approvals" in done.stdout


def test_a_case_without_firms_says_so(tmp_path: Path) -> None:
    folder = runs.write_run(
        tmp_path / "runs", write_case(tmp_path / "case", firms={"firm_1": None})
    )
    done = command(folder)
    assert done.returncode == 0, done.stderr
    assert "The case names no firms (firms.csv)." in done.stdout
    done = command(folder, "--format", "csv")
    assert done.stdout.startswith("what,id,name")


def test_help_answers_without_the_numerical_libraries() -> None:
    code = (
        "import sys, model.exposure.__main__; "
        "print({'numpy', 'pandas', 'pymc', 'pytensor', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
