"""Who may import whom: lower floors know nothing of higher ones, and readers of draws no PyMC."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Floor of each module; a module may import from its own floor and below.
FLOORS = {
    "": 0,
    "quantities": 1,
    "backend": 1,
    "workforce": 1,
    "accounts": 1,
    "kernel": 1,
    "wording": 1,
    "question": 1,
    "faults": 2,
    "units": 2,
    "contents": 2,
    "exchange": 2,
    "reader": 2,
    "case": 2,
    "economy": 2,
    "measurement": 2,
    "row_equations": 2,
    "likelihood": 2,
    "hedges": 2,
    "synthesis": 3,
    "readable": 3,
    "whitening": 4,
    "fitting": 4,
    "store": 4,
    "draws_file": 4,
    "whatif": 4,
    "reweighting": 4,
    "horizon": 5,
    "counterfactual": 5,
    "projection": 5,
    "prediction": 6,
    "accounting": 6,
    "summary": 6,
    "comparison": 6,
    "run_files": 6,
    "terminal": 6,
    "self_test": 6,
    "checks": 6,
    "parallel": 6,
    "record": 6,
    "refits": 6,
    "leave_out": 6,
    "predictive": 6,
    "conflict": 6,
    "sensitivity": 6,
    "believed": 6,
    "criticism": 6,
    "ranks": 6,
    "simulation": 6,
    "replicates": 6,
    "plants": 6,
    "echo": 6,
    "calibration": 6,
    "regression": 1,
    "subject": 6,
    "drivers": 6,
    "information": 6,
    "driven": 6,
    "driving": 6,
    "estimation": 7,
    "scaffold": 7,
    "answer": 7,
    "show": 7,
    "archive": 7,
    "verdicts": 6,
    "checking": 6,
    "calibrating": 6,
    "estimate": 7,
}
MODULES = sorted(p.relative_to(ROOT) for p in (ROOT / "model").rglob("*.py"))

REPORTS = sorted(p.relative_to(ROOT) for p in (ROOT / "reports").rglob("*.py"))


def module_of(dotted: str) -> str:
    """Second part of a dotted name, which decides the floor."""
    return dotted.split(".")[1] if "." in dotted else ""


def every_import_of(path: Path) -> set[str]:
    """What a module imports, anywhere; as a program it may hand over to its command line."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not is_program(node)]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {node.module, *(names if node.module == "model" else [])}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def is_program(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def imports_of(path: Path) -> set[str]:
    return {name for name in every_import_of(path) if name.split(".")[0] == "model"}


#: What notebooks open: it stands above all floors, and only what is called imports them.
FACE = Path("model/__init__.py")


@pytest.mark.parametrize("path", [path for path in MODULES if path != FACE], ids=str)
def test_no_module_imports_upwards(path: Path) -> None:
    own = module_of(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    assert own in FLOORS, f"{path} has no floor: give it one here"
    for name in imports_of(path):
        assert FLOORS[module_of(name)] <= FLOORS[own], f"{path} imports {name} from above"


@pytest.mark.parametrize("path", MODULES + REPORTS, ids=str)
def test_modules_are_of_readable_size_and_say_what_they_are(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("module", ["projection", "prediction", "case"])
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
        "lower = {'pymc', 'pytensor', 'nutpie', 'numba', 'arviz'} & set(sys.modules); "
        "ours = {'model.fitting', 'model.kernel', 'model.answer'} & set(sys.modules); "
        "print(sorted(lower | ours))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    for path in REPORTS:
        found = {name for name in every_import_of(path) if name.startswith("model.")}
        allowed = {"store", "question", "quantities", "wording"}
        assert {module_of(name) for name in found} <= allowed, path


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
