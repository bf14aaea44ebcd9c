"""Priors that are alike between hosts or segments: what is said of them, and what it implies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.case.case import Case, read_case
from model.case.faults import CaseError
from model.evidence.economy import Layout
from tests.cases import recorded_bytes, write_case
from tests.kinds import alike_hosts

HOSTS = ("", "china.", "kuwait.")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return alike_hosts(tmp_path_factory.mktemp("alike"))


@pytest.fixture(scope="module")
def root(case: Case) -> np.ndarray:
    """The linear map from standard normals to scores."""
    layout = Layout.of(case)
    return layout.scores(np.eye(layout.size)).T


def of(case: Case, *labels: str) -> list[int]:
    index = Layout.of(case).index
    return [index[label] for label in labels]


def test_margins_are_the_stated_priors(case: Case, root: np.ndarray) -> None:
    np.testing.assert_allclose(np.diag(root @ root.T), 1.0, atol=1e-12)


def test_correlation_between_hosts_is_as_stated(case: Case, root: np.ndarray) -> None:
    found = root @ root.T
    own = of(case, *(f"{host}payment" for host in HOSTS))
    np.testing.assert_allclose(found[np.ix_(own, own)], 0.6 + 0.4 * np.eye(3), atol=1e-12)
    # Kuwait's own table does not state it
    own = of(case, *(f"{host}keep_share" for host in HOSTS))
    stated = [[1.0, 0.3, 0.0], [0.3, 1.0, 0.0], [0.0, 0.0, 1.0]]
    np.testing.assert_allclose(found[np.ix_(own, own)], stated, atol=1e-12)


def test_segments_of_all_hosts_are_alike(case: Case, root: np.ndarray) -> None:
    labels = [one for one in Layout.of(case).labels if "payment_ratio" in one]
    own = of(case, *labels)
    assert len(own) == 4
    np.testing.assert_allclose((root @ root.T)[np.ix_(own, own)], 0.5 + 0.5 * np.eye(4), atol=1e-12)


def test_phases_of_one_name_are_alike(case: Case, root: np.ndarray) -> None:
    own = of(case, *(f"{h}permit_exit.{p}" for h in HOSTS for p in ("open", "banned")))
    between = np.kron(0.4 + 0.6 * np.eye(3), np.eye(2))
    np.testing.assert_allclose((root @ root.T)[np.ix_(own, own)], between, atol=1e-12)


def test_alike_and_lasting_together_are_a_kronecker_product(case: Case, root: np.ndarray) -> None:
    quarters = [f"{year}q{n}" for year in (2017, 2018) for n in (1, 2, 3, 4)]
    own = of(case, *(f"{h}arrivals_ratio.{q}" for h in HOSTS for q in quarters))
    apart = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    stated = np.kron(0.25 + 0.75 * np.eye(3), 0.6**apart)
    np.testing.assert_allclose((root @ root.T)[np.ix_(own, own)], stated, atol=1e-12)


def test_nothing_else_correlates(case: Case, root: np.ndarray) -> None:
    families = [label.removeprefix("china.").removeprefix("kuwait.").partition(".")[0]
                for label in Layout.of(case).labels]  # fmt: skip
    same = np.equal.outer(families, families)
    assert not (np.abs(root @ root.T)[~same] > 1e-12).any()


def test_a_host_without_data_follows_the_conditional_in_closed_form(
    root: np.ndarray, case: Case
) -> None:
    """Linear and Gaussian: two hosts' scores are seen with error, the third is predicted."""
    own = of(case, *(f"{host}payment" for host in HOSTS))
    design, error, seen = root[own[:2]], 0.7, np.array([1.3, -0.4])
    # posterior of all the normals, then the third host's score
    gain = design.T @ np.linalg.inv(design @ design.T + error**2 * np.eye(2))
    mean = root[own[2]] @ gain @ seen
    variance = root[own[2]] @ (np.eye(len(root)) - gain @ design) @ root[own[2]]
    # by hand, from the stated correlation alone
    weight = np.array([0.6, 0.6]) @ np.linalg.inv([[1 + error**2, 0.6], [0.6, 1 + error**2]])
    assert mean == pytest.approx(weight @ seen, abs=1e-12)
    assert variance == pytest.approx(1.0 - weight @ [0.6, 0.6], abs=1e-12)


def test_alike_of_nothing_is_the_case_as_it_was(tmp_path: Path) -> None:
    plain = read_case(write_case(tmp_path / "plain", two_hosts=True))
    zero = {"keep_share": {"alike": 0.0}, "permit_exit": {"alike": 0.0}}
    stated = read_case(write_case(tmp_path / "zero", two_hosts=True, priors=zero))
    from model.evidence.synthesis import synthesis

    assert recorded_bytes(synthesis(plain)) == recorded_bytes(synthesis(stated))


def faults_of(folder: Path, **changes: Any) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(folder, **changes))
    return str(caught.value)


SHARE = {"p05": 0.1, "p95": 0.5, "unit": "1", "basis": "a guess for the tests"}


@pytest.mark.parametrize(
    ("priors", "told"),
    [
        ({"keep_share": {"alike": 1.0}}, "keep_share.alike"),
        ({"keep_share": {"alike": -0.5}}, "keep_share.alike"),
        (
            {"keep_share": {"alike": 0.5}, "china.keep_share": SHARE | {"alike": 0.4}},
            "china.keep_share.alike: 0.4 is not 0.5, as in [keep_share]; state it alike",
        ),
        (
            {
                "permit_exit": {"alike": 0.5, "lasting": 0.5},
                "china.permit_exit": SHARE | {"unit": "1/month", "alike": 0.5},
            },
            "permit_exit.alike: china has other entries, or another lasting, than russia",
        ),
    ],
)
def test_what_cannot_be_alike_is_refused(priors: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert told in faults_of(tmp_path, two_hosts=True, priors=priors)


def test_one_host_has_nothing_to_be_alike_with(tmp_path: Path) -> None:
    told = faults_of(tmp_path, priors={"keep_share": {"alike": 0.5}})
    assert "keep_share has one entry in a case of one host; remove it" in told


def test_a_host_that_states_it_alone_is_warned(tmp_path: Path) -> None:
    priors = {"china.keep_share": SHARE | {"alike": 0.5}}
    case = read_case(write_case(tmp_path, two_hosts=True, priors=priors))
    assert any("no other host states it for keep_share" in str(one) for one in case.warnings)
