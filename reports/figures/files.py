"""Figures of a run as SVG and PNG files."""

from __future__ import annotations

from reports import figures
from reports.figures import evidence
from reports.figures.style import content
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from reports.typesetting import check_name


def drawn(run: SavedRun, texts: Catalogue) -> dict[str, bytes]:
    """Draw every figure for which the run has data, by file name."""
    silent = figures.lacking(run) | {"evidence"}
    files: dict[str, bytes] = {}
    for name, module in figures.FIGURES.items():
        if name in silent:
            continue
        if name in ("workers", "scenarios"):
            for host in run.hosts:
                files |= both(f"{name}-{host}", module.draw(run, texts=texts, host=host))
        else:
            files |= both(name, module.draw(run, texts=texts))
    for part in range(len(evidence.parts(run))):
        files |= both(f"evidence-{part + 1}", evidence.draw(run, texts=texts, part=part))
    return files


def both(name: str, axes: object) -> dict[str, bytes]:
    """Return a figure as SVG and as PNG."""
    check_name(name)
    return {f"{name}.{kind}": content(axes, kind) for kind in ("svg", "png")}
