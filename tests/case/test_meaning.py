"""What a case's files say decides the key of a run; how they are laid out does not."""

from __future__ import annotations

import csv
import io
import random
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.archive.answer import Hooks, found, read_inputs
from model.case.case import Case, read_case
from model.case.checkout import INPUTS
from model.case.folders import case_name
from model.case.meaning import content_hashes
from model.evidence.synthesis import entry_labels, log_quantities, row_densities, synthesis
from model.question import Question, arguments
from tests.cases import write_case
from tests.reports.runs import HALF, write_run

TABLE = b"id,value,note\nb,1600.50,two\na,3,\n"
SETTINGS = b'title = "A case"\n[reliability]\nA = 0.1\nB = 0.25\n'


def of(name: str, content: bytes) -> str:
    return content_hashes({name: content})[name]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.replace(b"\n", b"\r\n"),
        TABLE.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + TABLE,
        TABLE.rstrip(b"\n"),
        b"id,value,note\na,3,\nb,1600.50,two\n",
        b"note,id,value\ntwo,b,1600.50\n,a,3\n",
        b"id,value,note,,\nb,1600.50,two,,\na,3,,,\n,,,,\n\n",
        b'"id","value","note"\n"b","1600.50","two"\n"a","3",""\n',
        b"id, value ,note\nb , 1600.50,two\na,3,\n",
        TABLE.replace(b"1600.50", b"1600.5").replace(b"3", b"3.0"),
        TABLE.replace(b"1600.50", b"1.6005e3").replace(b"a,3", b"a,+3."),
    ],
)
def test_a_table_in_another_layout_says_the_same(content: bytes) -> None:
    assert content != TABLE
    assert of("evidence.csv", content) == of("evidence.csv", TABLE)


@pytest.mark.parametrize(
    "content",
    [
        TABLE.replace(b"1600.50", b"1600.51"),
        TABLE.replace(b"1600.50", b"1600.50 RUB"),
        TABLE.replace(b"two", b"Two"),
        TABLE.replace(b"value", b"high"),
        TABLE + b"a,3,\n",
        TABLE.replace(b"b,1600.50,two\n", b""),
        # read one after the other, the cells are the same; which column holds which is not
        b"id,note,value\nb,1600.50,two\na,3,\n",
        # no table that a case can hold: faults must be reported, not answered from the archive
        TABLE.replace(b"two", b"tw\xe4"),
        TABLE.replace(b"two", b'tw"o"'),
        TABLE.replace(b"two", b"two,"),
        TABLE.replace(b"two", b"tw\xe2\x80\xaeo"),
        TABLE.replace(b"id,value,note", b"id,value,note,note").replace(b"two", b"two,two"),
    ],
)
def test_another_table_says_something_else(content: bytes) -> None:
    assert of("evidence.csv", content) != of("evidence.csv", TABLE)


def test_text_that_looks_like_a_number_stays_text() -> None:
    one, other = (f"id,said_by\na,{cell}\n".encode() for cell in ("007", "7"))
    assert of("evidence.csv", one) != of("evidence.csv", other)


@pytest.mark.parametrize(
    "content",
    [
        SETTINGS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + SETTINGS,
        b"# a comment\n" + SETTINGS.replace(b"0.1", b"0.1 # small"),
        b'title="A case"\nreliability = { B = 2.5e-1, A = 0.10 }\n',
    ],
)
def test_settings_in_another_layout_say_the_same(content: bytes) -> None:
    assert of("reading.toml", content) == of("reading.toml", SETTINGS)


@pytest.mark.parametrize(
    "content",
    [
        SETTINGS.replace(b"0.25", b"0.26"),
        SETTINGS.replace(b"A case", b"a case"),
        SETTINGS.replace(b"0.25", b'"0.25"'),
        SETTINGS.replace(b"0.25", b"true"),
        SETTINGS + "# unseen \u202e".encode(),
        SETTINGS + b"[",
    ],
)
def test_other_settings_say_something_else(content: bytes) -> None:
    assert of("reading.toml", content) != of("reading.toml", SETTINGS)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        # readings are fitted one after the other, each from the draws of the first
        ("readings.toml", b"[a]\nweight = 1\n[b]\nweight = 2\n", b"[b]\nweight=2\n[a]\nweight=1\n"),
        # the first host's labels lack its name
        ("timeline.toml", b"[hosts.a]\nx=1\n[hosts.b]\nx=1", b"[hosts.b]\nx=1\n[hosts.a]\nx=1"),
        ("timeline.toml", b'start = "2018-01-01"', b"start = 2018-01-01"),
    ],
)
def test_an_order_that_is_read_counts(name: str, one: bytes, other: bytes) -> None:
    assert of(name, one) != of(name, other)


# Cases


def shuffled_table(text: str, seed: int) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    draw = random.Random(seed)
    order = draw.sample(range(len(rows[0])), len(rows[0]))
    body = draw.sample(rows[1:], len(rows) - 1)
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(
        [[row[place] for place in order] for row in [rows[0], *body]]
    )
    return "\ufeff" + out.getvalue()


def reversed_settings(text: str) -> str:
    """TOML tables of the first level in the reverse order, with comments and other line ends."""
    head, *tables = f"\n{text}".split("\n[")
    blocks: dict[str, list[str]] = {}
    for table in tables:
        # lists of tables, and what lies inside a table, stay in their order
        name = table.strip("[").partition("]")[0].partition(".")[0]
        blocks.setdefault(name, []).append(f"[{table}")
    body = [line for name in reversed(blocks) for line in blocks[name]]
    changed = "\n".join([head, "# a remark", *body])
    assert tomllib.loads(changed) == tomllib.loads(text)
    return changed.replace("\n", "\r\n")


def laid_out_anew(source: Path, target: Path, seed: int = 1) -> Path:
    """The same case as somebody else's spreadsheet and editor would save it."""
    shutil.copytree(source, target)
    for path in sorted(target.rglob("*")):
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        if path.suffix == ".csv":
            path.write_text(shuffled_table(text, seed), encoding="utf-8", newline="")
        elif path.suffix == ".toml" and path.name != "readings.toml":
            path.write_text(reversed_settings(text), encoding="utf-8", newline="")
    return target


def same_arrays(one: Case, other: Case) -> None:
    """Everything that a fit is made from, entry by entry, so that one seed gives the same draws."""
    ours, theirs = synthesis(one), synthesis(other)
    assert one.priors == other.priors
    assert entry_labels(ours) == entry_labels(theirs)
    assert ours.evidence.ids == theirs.evidence.ids
    np.testing.assert_array_equal(ours.evidence.log_figure, theirs.evidence.log_figure)
    normals = np.random.default_rng(1).normal(size=(3, ours.size))
    densities = [
        row_densities(parts, normals, log_quantities(parts, normals)) for parts in (ours, theirs)
    ]
    np.testing.assert_array_equal(*densities)
    assert one.segments == other.segments
    assert one.hosts == other.hosts
    assert one.rates.per_usd.equals(other.rates.per_usd)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_real_case_laid_out_anew_is_the_same_question(tmp_path: Path, seed: int) -> None:
    folder = laid_out_anew(INPUTS, tmp_path / "russia", seed)
    asked, again = Question(), Question(folder)
    one, other = read_inputs(asked), read_inputs(again)
    assert other.keys == one.keys
    same_arrays(one.case, other.case)


def write_answered(base: Path, **changes: object) -> tuple[Path, Path]:
    """A case, and a run that answers its plain question."""
    folder = write_case(base / "case", **changes)
    key, _ = read_inputs(Question(folder)).keys
    return folder, write_run(base / "runs", folder, key=key)


def test_a_run_is_found_for_a_colleagues_copy(tmp_path: Path) -> None:
    folder, run = write_answered(tmp_path / "mine")
    theirs = laid_out_anew(folder, tmp_path / "theirs" / "case")
    answer = found(Question(theirs), run.parent)
    assert answer is not None
    assert answer.folder == run
    # the copy in the run stays as it was read
    kept = run / "inputs" / "evidence.csv"
    assert kept.read_bytes() == (folder / "evidence.csv").read_bytes()
    assert kept.read_bytes() != (theirs / "evidence.csv").read_bytes()


def test_a_run_is_found_for_the_copy_in_it(tmp_path: Path) -> None:
    _, run = write_answered(tmp_path)
    answer = found(Question(run / "inputs"), run.parent)
    assert answer is not None
    assert answer.folder == run


def test_rows_of_warnings_are_said_to_be_those_of_the_run(tmp_path: Path) -> None:
    # a payment a thousand times the prior's is a slip of unit
    folder, run = write_answered(
        tmp_path / "mine", evidence={"payment": {"value": "99000000", "low": "", "high": ""}}
    )
    said: list[str] = []
    hooks = Hooks(say=said.append)
    answer = found(Question(folder), run.parent, hooks)
    assert answer is not None
    assert answer.manifest["warnings"]
    assert said == []
    theirs = laid_out_anew(folder, tmp_path / "theirs" / "case")
    assert found(Question(theirs), run.parent, hooks) is not None
    assert said == [f"Same inputs in another layout; rows are those of {run / 'inputs'}"]


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: folder.joinpath("evidence.csv").write_bytes(
            folder.joinpath("evidence.csv").read_bytes().replace(b"exact", b"about", 1)
        ),
        lambda folder: folder.joinpath("priors.toml").write_bytes(
            folder.joinpath("priors.toml").read_bytes().replace(b"p95 = ", b"p95 = 1", 1)
        ),
    ],
)
def test_another_case_is_another_question(tmp_path: Path, change: Change) -> None:
    folder, run = write_answered(tmp_path)
    change(folder)
    assert found(Question(folder), run.parent) is None


def test_a_scenario_with_a_remark_is_the_same_scenario(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (tmp_path / "half.toml").write_text(HALF)
    asked = Question(folder, scenarios=(str(tmp_path / "half.toml"),))
    before = read_inputs(asked).keys
    (tmp_path / "half.toml").write_bytes(
        ("# by me\n" + HALF.replace("set = 0", "set = 0.0")).replace("\n", "\r\n").encode()
    )
    assert read_inputs(asked).keys == before
    (tmp_path / "half.toml").write_text(HALF.replace("set = 0", "set = 1"))
    assert read_inputs(asked).keys != before


def test_a_case_has_its_name_in_a_run_too(tmp_path: Path) -> None:
    inputs = tmp_path / "my-case-0123456789ab" / "inputs"
    inputs.mkdir(parents=True)
    assert case_name(inputs) == "inputs"  # no run
    (inputs.parent / "manifest.json").write_text("{}")
    assert case_name(inputs) == "my-case"
    assert case_name(inputs.parent) == "my-case-0123456789ab"


def test_arguments_name_the_copy_and_no_path(tmp_path: Path) -> None:
    asked = Question(tmp_path, scenarios=("status.quo", str(tmp_path / "mine.v2.toml")))
    said = arguments(asked, "case-0123456789ab/inputs")
    assert said == [
        "--inputs", "case-0123456789ab/inputs", "--scenario", "status.quo", "--scenario", "mine.v2",
    ]  # fmt: skip
    # the case shipped with the program needs no copy, unless a scenario is from elsewhere
    assert arguments(Question(scenarios=("status_quo",)), "copy") == ["--scenario", "status_quo"]
    assert arguments(Question(scenarios=("a/b.toml",)), "copy")[:2] == ["--inputs", "copy"]


def test_the_copy_in_a_run_is_found_among_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.case.checkout import case_folder

    kept = tmp_path / "runs" / "case-0123456789ab" / "inputs"
    kept.mkdir(parents=True)
    monkeypatch.setenv("SENT_WORKERS_RUNS", str(tmp_path / "runs"))
    assert case_folder("case-0123456789ab/inputs").resolve() == kept
    assert case_folder("elsewhere/inputs") == Path("elsewhere/inputs")


def test_the_case_of_line_ends_is_read(tmp_path: Path) -> None:
    folder = laid_out_anew(write_case(tmp_path / "one"), tmp_path / "case")
    assert read_case(folder).hashes == read_case(tmp_path / "one").hashes
