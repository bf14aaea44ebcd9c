"""Write the .ipynb of each notebooks/NAME.py, without outputs, and execute it.

Run by `make notebooks`; the tests use its functions. The .py file is the source to edit.
"""

from __future__ import annotations

import html
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
#: Where they are kept with their results.
PAGES = ROOT / "docs" / "notebooks"
#: Seconds after which a notebook counts as hanging.
LIMIT = 900


def sources() -> list[Path]:
    """Sources of the notebooks, in reading order."""
    return sorted(FOLDER.glob("[0-9]*.py"))


def notebook_of(source: Path) -> Any:
    """The notebook of a source, without outputs and with stable ids."""
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
        If a cell raises.
    """
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=LIMIT, startup_timeout=LIMIT, kernel_name="python3", resources=resources
    )
    return client.execute()


def complaints(notebook: Any) -> list[str]:
    """Output of executed cells on standard error, mainly warnings; empty for a good notebook."""
    return [
        f"cell {place}: {output.text.strip()}"
        for place, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]


STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 sans-serif; color: #202124 }
pre, code { font: 13px/1.45 monospace }
pre { overflow-x: auto; margin: 0; padding: .5rem .7rem }
.input_area { background: #f6f8fa; border-left: 3px solid #0072b2 }
.output_wrapper { margin: .4rem 0 1.2rem; overflow-x: auto }
.prompt, .anchor-link { display: none }
table { border-collapse: collapse; font-size: 13px }
table.dataframe { border: 0 }
th, td { padding: .15rem .6rem; text-align: left; border: 0; border-bottom: 1px solid #dadce0 }
.dataframe th, .dataframe td { text-align: right }
.output_area pre { white-space: pre-wrap }
img, svg { max-width: 100%; height: auto }
"""  # noqa: E501


def page(notebook: Any, title: str) -> str:
    """An executed notebook as one HTML file that loads nothing and runs nothing."""
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    # paths of this machine would differ on the next
    body = re.sub(rf"{re.escape(tempfile.gettempdir())}/tmp\w+/", "", body.replace(f"{ROOT}/", ""))
    body = body.replace("No description has been provided for this image", "Figure drawn above")
    colours = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}{colours}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def main() -> int:
    """Write the .ipynb files, execute them and print each one's time and errors."""
    status = 0
    for source in sources():
        source.with_suffix(".ipynb").write_text(text_of(source), encoding="utf-8")
        began = time.perf_counter()
        try:
            done = executed(notebook_of(source), FOLDER)
            wrong = complaints(done)
            PAGES.mkdir(exist_ok=True)
            text = page(done, source.stem.replace("_", " "))
            (PAGES / f"{source.stem}.html").write_text(text, encoding="utf-8")
        except CellExecutionError as error:
            wrong = [str(error)]
        sys.stdout.write(f"{source.stem}: {time.perf_counter() - began:.1f} s\n")
        for one in wrong:
            status = 1
            sys.stdout.write(f"  {one}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
