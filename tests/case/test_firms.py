"""firms.csv and links.csv: contracts, firms with the same workers, and what ties two firms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.archive.keys import fit_key
from model.case.case import read_case
from model.case.checkout import INPUTS
from model.case.faults import CaseError
from model.case.folders import CASE_FILES, files_of
from model.case.meaning import content_hashes
from model.question import SamplerOptions, WhatIf
from tests.cases import write_case

HEADER = "firm,other,kind,source,note\n"
FIRMS: dict[str, Any] = {
    "firm_2": {"name": "Another", "host": "russia", "source": "paper"},
    "firm_3": {"name": "A third", "host": "russia", "source": "paper"},
}


def faults_of(folder: Path, **changes: Any) -> list[str]:
    with pytest.raises(CaseError) as error:
        read_case(write_case(folder, **changes))
    return [str(one) for one in error.value.faults]


def test_links_are_read_in_order(tmp_path: Path) -> None:
    text = HEADER + "firm_2,firm_3,owner,paper,\nfirm_2,firm_1,address,newspaper,one house\n"
    case = read_case(write_case(tmp_path / "case", firms=FIRMS, links_csv=text))
    assert case.links.to_dict("records") == [
        {"row": 3, "firm": "firm_2", "other": "firm_1", "kind": "address",
         "source": "newspaper", "note": "one house"},
        {"row": 2, "firm": "firm_2", "other": "firm_3", "kind": "owner", "source": "paper",
         "note": ""},
    ]  # fmt: skip
    without = read_case(write_case(tmp_path / "without")).links
    assert without.empty
    assert list(without) == list(case.links)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("firm_1,firm_9,owner,paper,", "row 2, other: 'firm_9' is not an id of firms.csv"),
        ("firm_9,firm_1,owner,paper,", "row 2, firm: 'firm_9' is not an id of firms.csv"),
        (",firm_1,owner,paper,", "row 2, firm: the firm is missing; fill in the cell"),
        ("firm_1,firm_1,owner,paper,", "row 2, other: links 'firm_1' with itself"),
        (
            "firm_1,firm_2,boss,paper,",
            "row 2, kind: 'boss' is not a kind of link; write one of address, director, email, "
            "name, owner",
        ),
        ("firm_1,firm_2,adress,paper,", "row 2, kind: 'adress' is not a kind of link; did you"),
        ("firm_1,firm_2,owner,papers,", "row 2, source: 'papers' is not an id of sources.csv"),
        (
            "firm_1,firm_2,owner,paper,\nfirm_1,firm_2,owner,paper,again",
            "row 3, firm: another row has the same firm and other and kind and source",
        ),
        (
            "firm_1,firm_2,address,paper,\nfirm_2,firm_1,address,paper,",
            "row 3, other: the same link by the same source is in row 2; keep one of them",
        ),
    ],
)  # fmt: skip
def test_faults_of_links(tmp_path: Path, rows: str, expected: str) -> None:
    (fault,) = faults_of(tmp_path, firms=FIRMS, links_csv=f"{HEADER}{rows}\n")
    assert fault.startswith(f"links.csv, {expected}")


def test_two_sources_may_state_one_link(tmp_path: Path) -> None:
    text = HEADER + "firm_1,firm_2,address,paper,\nfirm_2,firm_1,address,newspaper,\n"
    assert len(read_case(write_case(tmp_path, firms=FIRMS, links_csv=text)).links) == 2


def test_all_faults_are_in_one_report(tmp_path: Path) -> None:
    text = HEADER + "firm_1,firm_1,owner,paper,\nfirm_1,firm_2,boss,papers,\n"
    firms = {"firm_2": FIRMS["firm_2"] | {"contract": "-1", "contract_currency": "USD"}}
    found = faults_of(tmp_path, firms=firms, links_csv=text)
    assert [one.split(":")[0] for one in found] == [
        "firms.csv, row 3, contract",
        "links.csv, row 2, other",
        "links.csv, row 3, kind",
        "links.csv, row 3, source",
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"contract": "5"}, "contract_currency: the contract of '5' has no currency"),
        ({"contract_currency": "USD"}, "contract: there is no contract in USD; write its value"),
        ({"contract": "0", "contract_currency": "USD"}, "contract: the contract is worth nothing"),
        ({"contract": "5 m", "contract_currency": "USD"}, "contract: "),
        ({"contract": "5", "contract_currency": "dollars"}, "contract_currency: 'dollars' is not"),
        ({"same_workers_as": "firm_9"}, "same_workers_as: 'firm_9' is not an id of firms.csv"),
        ({"same_workers_as": "firm_1"}, "same_workers_as: 'firm_1' leads back to 'firm_1' itself"),
    ],
)
def test_faults_of_firms(tmp_path: Path, cells: dict[str, str], expected: str) -> None:
    (fault,) = faults_of(tmp_path, firms={"firm_1": cells})
    assert fault.startswith(f"firms.csv, row 2, {expected}")


def test_a_ring_of_firms_with_the_same_workers(tmp_path: Path) -> None:
    ring = {"firm_1": "firm_2", "firm_2": "firm_3", "firm_3": "firm_2"}
    cells = {name: FIRMS.get(name, {}) | {"same_workers_as": to} for name, to in ring.items()}
    found = faults_of(tmp_path, firms=cells)
    # firm_1 is no part of it
    assert [one.split(",")[1] for one in found] == [" row 3", " row 4"]


def test_what_is_not_stated_is_not_read_as_a_number(tmp_path: Path) -> None:
    cells = {"contract": "180000", "contract_currency": "USD", "workers_approved": ""}
    firms = read_case(write_case(tmp_path, firms=FIRMS | {"firm_1": cells})).firms
    assert firms["contract"].tolist()[0] == 180_000.0
    assert np.isnan(firms["contract"].tolist()[1:]).all()
    assert firms["workers_approved"].isna().all()
    assert firms["start"].isna().tolist() == [False, True, True]


def test_links_are_a_part_of_the_key(tmp_path: Path) -> None:
    """They are a file of the case; their order and spelling are not."""

    def key(name: str, text: str | None, contract: str = "5") -> str:
        cells = {"contract": contract, "contract_currency": "USD"}
        folder = write_case(tmp_path / name, firms=FIRMS | {"firm_1": cells}, links_csv=text)
        case = read_case(folder)
        found = files_of(folder, ())
        assert found is not None
        assert content_hashes(found[0]) == case.hashes
        return fit_key(case.hashes, WhatIf(), SamplerOptions())

    rows = ["firm_1,firm_2,address,paper,", "firm_1,firm_3,owner,paper,"]
    both = HEADER + "\n".join(rows) + "\n"
    assert "links.csv" in CASE_FILES
    assert key("a", both) == key("b", HEADER + "\r\n".join(rows[::-1]))
    assert key("c", both, "5.0") == key("a", both)
    assert len({key("a", both), key("d", None), key("e", HEADER + rows[0])}) == 3


def test_the_shipped_links_are_those_published() -> None:
    case = read_case(INPUTS)
    told = case.links[["firm", "other", "kind"]].itertuples(index=False, name=None)
    assert list(told) == [("bu-khyn", "kanson", "address"), ("sakorenma", "genco", "owner")]
    firms = case.firms.set_index("id")
    for name in ("bu-khyn", "kanson", "genco", "mokran", "korea-cholsan"):
        assert np.isnan(firms.loc[name, ["workers_approved", "contract"]].astype(float)).all()
