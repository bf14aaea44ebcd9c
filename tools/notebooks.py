"""Pairs each notebooks/NAME.py with its .ipynb, without outputs, and executes it.

Run by `make notebooks`; the tests use its functions. The .py is the source: edit that one.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).parents[1] / "notebooks"
#: What a notebook may take before it counts as hanging, in seconds.
LIMIT = 900


def sources() -> list[Path]:
    """Every notebook's source, in the order in which they are read."""
    return sorted(FOLDER.glob("[0-9]*.py"))


def notebook_of(source: Path) -> Any:
    """The notebook of a source: no outputs, and ids that do not change."""
    notebook = jupytext.read(source)
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place:02d}"
        cell.metadata.clear()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "jupytext": {"formats": "ipynb,py:percent"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def text_of(source: Path) -> str:
    """The text of a notebook's .ipynb."""
    return str(nbformat.writes(notebook_of(source))) + "\n"


def executed(notebook: Any, folder: Path) -> Any:
    """A notebook with its outputs.

    Raises
    ------
    CellExecutionError
        When a cell raises.
    """
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=LIMIT, startup_timeout=LIMIT, kernel_name="python3", resources=resources
    )
    return client.execute()


def complaints(notebook: Any) -> list[str]:
    """What executed cells wrote to standard error, warnings above all; a good notebook: nothing."""
    return [
        f"cell {place}: {output.text.strip()}"
        for place, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]


def main() -> int:
    """Write the .ipynb files, execute them, and say how long each took and what was wrong."""
    status = 0
    for source in sources():
        source.with_suffix(".ipynb").write_text(text_of(source), encoding="utf-8")
        began = time.perf_counter()
        try:
            wrong = complaints(executed(notebook_of(source), FOLDER))
        except CellExecutionError as error:
            wrong = [str(error)]
        sys.stdout.write(f"{source.stem}: {time.perf_counter() - began:.1f} s\n")
        for one in wrong:
            status = 1
            sys.stdout.write(f"  {one}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
