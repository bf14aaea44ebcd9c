"""The house: who may import whom, how large a module may be, what its names are."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Floor of each wing, and of the modules that stand by themselves. A wing imports from itself and
#: from the floors below it; wings of one floor know nothing of each other.
FLOORS = {
    "equations": 1,
    "terminal": 1,
    "kernel": 1,
    "case": 2,
    "question": 3,
    "evidence": 3,
    "sampling": 4,
    "projection": 4,
    "archive": 5,
    "criticism": 6,
    "drivers": 6,
    "exposure": 6,
    "why": 7,
    "claims": 7,
    "calibration": 7,  # it tests a check of criticism's
    "result": 8,
    "": 9,  # the face, which imports only what is called
    "estimate": 10,  # a command calls what notebooks call
    "diary": 10,
    "__main__": 11,  # it names all commands, and imports the one that is called
}
WINGS = sorted(path.name for path in (ROOT / "model").iterdir() if (path / "__init__.py").exists())
MODULES = sorted(p.relative_to(ROOT) for p in (ROOT / "model").rglob("*.py"))

REPORTS = sorted(p.relative_to(ROOT) for p in (ROOT / "reports").rglob("*.py"))


def wing_of(dotted: str) -> str:
    """Second part of a dotted name, which decides the floor."""
    return dotted.split(".")[1] if "." in dotted else ""


def every_import_of(path: Path) -> set[str]:
    """What a module imports, anywhere: inside functions and for types as well."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path} imports relatively"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            # a name of a package may be one of its modules
            found |= names if node.module == "model" else {node.module, *names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def imports_of(path: Path) -> set[str]:
    return {name for name in every_import_of(path) if name.split(".")[0] == "model"}


FACE = Path("model/__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_wing_imports_only_from_wings_below(path: Path) -> None:
    own = wing_of(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    assert own in FLOORS, f"{path} has no floor: give its wing one here"
    for name in imports_of(path):
        other = wing_of(name)
        assert other == own or FLOORS[other] < FLOORS[own], f"{path} imports {name} from above"


def test_every_floor_is_a_wing_or_one_of_few_modules() -> None:
    files = {path.stem for path in (ROOT / "model").glob("*.py")} - {"__init__"}
    assert files == {"__main__", "estimate", "question"}
    assert {*WINGS, *files, ""} == set(FLOORS)


@pytest.mark.parametrize("path", MODULES + REPORTS, ids=str)
def test_nothing_imports_a_command_line(path: Path) -> None:
    for name in every_import_of(path):
        assert "__main__" not in name.split("."), f"{path} imports {name}"
        assert not name.startswith("model.estimate"), f"{path} imports {name}"


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_says_what_it_is_and_hands_on_a_few_names(wing: str) -> None:
    module = importlib.import_module(f"model.{wing}")
    assert len(re.findall(r"[.?](?=\s)", module.__doc__)) >= 3
    assert 1 <= len(module.__all__) <= 10
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_no_two_modules_differ_by_an_ending() -> None:
    """As ``driven``, ``driving`` and ``drivers`` did: such names tell nobody anything."""
    names = sorted({path.stem for path in MODULES if path.stem[0] != "_"} | set(WINGS))
    for one, other in itertools.combinations(names, 2):
        stem = sum(same for same in itertools.takewhile(bool, map(str.__eq__, one, other)))
        assert stem < 4 or max(len(one), len(other)) - stem > 4, (one, other)


@pytest.mark.parametrize("path", MODULES + REPORTS, ids=str)
def test_modules_are_of_readable_size_and_say_what_they_are(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES + REPORTS, ids=str)
def test_all_that_is_printed_passes_the_terminal(path: Path) -> None:
    """Elsewhere text of a file could act: as markup, an escape sequence or a formula."""
    if path.parts[:2] in (("model", "terminal"), ("model", "kernel")):
        return
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            ways = ("sys.stdout", "sys.stderr", "typer.echo", "typer.secho")
            assert ast.unparse(node) not in ways, f"{path}: use model.terminal.output"
            assert node.attr != "to_csv", f"{path}: use csv_text"
    makers = {"rich.console.Console", "rich.text.Text", "rich.print"}
    used = makers & every_import_of(path)
    assert not used, f"{path}: use model.terminal.tables"


@pytest.mark.parametrize("path", MODULES + REPORTS, ids=str)
def test_every_command_ends_in_the_terminal(path: Path) -> None:
    """``app()`` alone would keep silent about standard output that cannot be written."""
    calls = re.search(r"^ +app\(\)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert not calls or path == Path("model/terminal/output.py")


@pytest.mark.parametrize("module", ["projection.projection", "projection.prediction", "case.case"])
def test_readers_of_draws_import_no_pymc(module: str) -> None:
    code = (
        f"import sys, model.{module}; "
        "print(sorted({'pymc', 'pytensor', 'nutpie'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_face_imports_nothing_before_it_is_called() -> None:
    code = "import sys; old = set(sys.modules); import model; print(sorted(set(sys.modules) - old))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas", "reports", "matplotlib"} & set(ast.literal_eval(done.stdout))


@pytest.mark.parametrize("path", [path for path in MODULES if path != FACE], ids=str)
def test_the_model_knows_nothing_of_reports(path: Path) -> None:
    assert "reports" not in {name.split(".")[0] for name in every_import_of(path)}


def test_reports_fit_nothing() -> None:
    """All of a report's work is done without the sampler, the kernel or a question's answer."""
    code = (
        "import sys, reports.annex, reports.brief, reports.figures.__main__; "
        "import reports.page.assembling; "
        "lower = {'pymc', 'pytensor', 'nutpie', 'numba', 'arviz'} & set(sys.modules); "
        "ours = {'model.sampling.fitting', 'model.kernel.native', 'model.archive.answer'}; "
        "print(sorted(lower | (ours & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    for path in REPORTS:
        wings = {f"model.{wing}" for wing in WINGS}
        found = {name for name in every_import_of(path) - wings if name.startswith("model.")}
        allowed = (
            "model.archive.dials", "model.archive.finding", "model.archive.months_file",
            "model.archive.moved",
            "model.archive.naming", "model.archive.plain_netcdf", "model.archive.store",
            "model.case.folders",
            "model.case.including",
            "model.case.qualifiers",
            "model.case.reader.cells", "model.case.reader.numbers",
            "model.case.reader.toml_places", "model.equations", "model.question",
            "model.terminal",
        )  # fmt: skip
        assert all(name.startswith(allowed) for name in found), path


def test_the_face_is_few_names_and_each_says_what_it_is() -> None:
    import model

    assert len(model.__all__) <= 13
    for name in set(model.__all__) - {"INPUTS", "CaseError"}:
        function = getattr(model, name)
        assert function.__module__ == "model"
        assert function.__doc__
        assert "return" in function.__annotations__
        for argument in function.__annotations__:
            if argument not in ("return", "items", "options"):
                # every argument is described, or named in the sentence above
                assert argument in function.__doc__, f"model.{name}: {argument}"
