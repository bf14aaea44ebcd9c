"""An estimate and a difference of two as notebooks show them: a sentence and a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.archive.show import HEADINGS
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.question import described
from model.terminal import html
from model.terminal.wording import MILLION, interval, three

Json = dict[str, Any]
WARNING = "NOT CONVERGED: do not use these numbers."


def in_millions(numbers: Json) -> str:
    """Median and interval in million dollars."""
    return interval(*three(numbers, MILLION))


def sentence(summary: Json, manifest: Json, folder: Path) -> str:
    """The headline in a sentence."""
    year = summary["accounts"]["year"]
    numbers = summary["scenarios"][BASELINE]["annual"].get(str(year), {})
    amount = "no whole year"
    if numbers:
        amount = f"{in_millions(numbers[HEADLINE]['usd'])} million dollars"
    mark = "" if summary["converged"] else f" {WARNING}"
    return f"{manifest['title']}. State take of {year}: {amount} ({folder.name}).{mark}"


def page(summary: Json, manifest: Json, folder: Path) -> str:
    """The headline, and revenue by year, with what was asked."""
    said = html.paragraph(sentence(summary, manifest, folder), strong=True)
    asked = described(summary.get("what_if", {}))
    if asked:
        said += html.paragraph(f"What if: {'; '.join(asked)}.")
    for name, block in summary["scenarios"].items():
        rows = [
            (year, *(in_millions(numbers[one]["usd"]) for one in HEADINGS))
            for year, numbers in block["annual"].items()
        ]
        what = "" if name == BASELINE else f"Scenario {name} ({block['title']}). "
        caption = f"{what}USD million a year: median (90% interval)"
        said += html.table(("Year", *HEADINGS.values()), rows, caption)
    return said
