"""An estimate as one workbook: a sheet for each table, and one that says what they are."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.archive import store
from model.archive.crate import UNSTATED
from model.archive.exporting import NotOursError, licence_of
from model.archive.plain_files import agreeing
from model.archive.show import HEADINGS, MEANINGS
from model.archive.yearly_table import changes_in_words, yearly_table
from model.case.folders import BASELINE
from model.equations.quantities import DEFINITIONS
from model.question import described
from model.result.readable_tables import READABLE, THREE
from model.terminal.sheets import Sheet, untouched, workbook
from model.terminal.wording import counted

if TYPE_CHECKING:
    from model.result.estimate import Estimate

Json = dict[str, Any]

#: Where a command writes a workbook, in the folder of a run.
FOLDER = "report"
#: Names of columns for people, beside those of quantiles.
WORDS = {
    **READABLE,
    **{f"change_{key}": f"change {word}" for key, word in {"mean": "mean", "sd": "sd",
       **READABLE}.items()},
    **{f"share_{key}": f"share {READABLE[key]}" for key in THREE},
    "probability_lower": "chance of less",
    "probability_higher": "chance of more",
}  # fmt: skip
NAMES = HEADINGS | {"wedge": "Wedge"}
SAID = MEANINGS | {"wedge": "payment minus declared salary, as the press computes it"}
WARNING = "NO: do not use these numbers"


def workbook_of(estimate: Estimate, view: pd.DataFrame | None = None) -> bytes:
    """An estimate as the bytes of a workbook.

    Parameters
    ----------
    estimate : Estimate
    view : DataFrame, optional
        A table of ``view_table``, for a sheet of its own.

    Raises
    ------
    DamagedRunError
        If the run's files contradict each other.
    """
    with agreeing(estimate.folder):
        found = [Sheet("Notes", _notes(estimate))]
        if view is not None:
            found.append(Sheet("View", _worded(view.drop(columns="converged"))))
        yearly = yearly_table(estimate.summary).drop(columns="converged")
        mixture = yearly["reading"] == ""
        found.append(Sheet("Revenue", _worded(yearly[mixture].drop(columns="reading"))))
        if places := _places(estimate.summary):
            found.append(Sheet("Places", _worded(pd.DataFrame(places))))
        if len(estimate.summary["scenarios"]) > 1:
            found.append(Sheet("Scenarios", _scenarios(estimate.summary)))
        if not mixture.all():
            weights = {name: one["weight"] for name, one in estimate.summary["readings"].items()}
            own = yearly[~mixture].drop(columns="changes")
            own.insert(0, "weight", own["reading"].map(weights))
            own.insert(0, "reading", own.pop("reading"))
            found.append(Sheet("Readings", _worded(own)))
        found += [
            Sheet("Quantities", estimate.quantities.reset_index()),
            Sheet("Evidence", estimate.evidence.reset_index()),
            Sheet("Held out", estimate.held_out.reset_index()),
            Sheet("Sources", _sources(estimate)),
            Sheet("Convergence", _convergence(estimate)),
        ]
        return workbook(found, estimate.title)


def write_workbook(path: Path, content: bytes) -> Path:
    """Write a workbook, whole or not at all; a former one is replaced if nobody has changed it.

    Raises
    ------
    NotOursError
        If something else is there, or somebody has saved it since.
    OSError
        If it cannot be written.
    """
    if os.path.lexists(path) and not untouched(path):
        raise NotOursError(
            f"{path} is there and is no workbook of this program, or was changed since, so it is "
            "not replaced; move or rename it"
        )
    store.replace_file(path, content)
    return path


def place_in(run: Path) -> Path:
    """Where a command writes the workbook of a run: among its reports, by the run's name."""
    return run / FOLDER / f"{run.name}.xlsx"


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    """A table without columns that are all blank, under headings for people."""
    some = [name for name in table if not table[name].isin(["", None]).all()]
    some = [name for name in some if not table[name].isna().all()]
    found = table[some].rename(columns=WORDS)
    return found.assign(year=found["year"].astype(int)) if "year" in found else found


def _notes(estimate: Estimate) -> pd.DataFrame:
    """What the tables are: what was asked, by what, in which units, on what terms."""
    summary, manifest = estimate.summary, estimate.manifest
    sampler, warnings = manifest["sampler"], manifest["warnings"]
    command = ["python", "-m", "model.estimate", *manifest["arguments"]]
    lines = [
        ("Case", estimate.title),
        ("Read", manifest["read"]),
        ("Converged", "yes" if estimate.converged else WARNING),
        ("What if", "; ".join(described(manifest["what_if"])) or "nothing changed"),
        ("Scenarios", ", ".join(manifest["scenarios"]) or "none: what happened"),
        ("Run", estimate.folder.name),
        ("Date of the run", manifest["date"]),
        ("Command", shlex.join(command)),
        ("Program", f"Sent workers {manifest['versions']['model']}"),
        ("Seed", sampler["seed"]),
        ("Draws", f"{counted(sampler['chains'], 'chain', 'chains')} of {sampler['draws']:,}"),
        ("Units", "Revenue is an amount a year, in units of the currency named: dollars, not "
         "millions. Quantities and rows of evidence have the unit beside them."),
        ("Numbers", "The median, with 5% and 95%: the interval between them holds the truth with "
         "90% probability, if the model and the grades of the sources are right. sd is the "
         "standard deviation. Quantiles of a sum are not the sums of quantiles; means add up."),
        *((NAMES[name], f"{name}: {SAID[name]}") for name in SAID),
        ("Changes", "A change is a scenario less what happened, draw by draw. What the chances of "
         "less and of more lack to one is the chance that nothing changes."),
        *([("Readings", "Questions that no source settles are read in several ways. All sheets "
            "but Readings have their mixture by weight.")] if "readings" in summary else []),
        ("Terms of the data", licence_of(estimate.folder) or UNSTATED),
        *(("Warning", one) for one in warnings),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["About", "Note"]).astype(object)


def _places(summary: Json) -> list[Json]:
    """Revenue of each host and named group of hosts, and its part of all; none of one host."""
    return [
        {
            "scenario": scenario, "place": name, "hosts": ", ".join(place["hosts"]), "year": year,
            "definition": definition, "currency": "USD", **numbers["usd"],
            **{f"share_{key}": place["share"][year][definition][key] for key in THREE},
        }
        for scenario, block in summary["scenarios"].items()
        for name, place in block.get("places", {}).items()
        for year, definitions in place["annual"].items()
        for definition, numbers in definitions.items()
    ]  # fmt: skip


def _scenarios(summary: Json) -> pd.DataFrame:
    """What each scenario changes, and what is at stake for the state over its months."""
    lines = []
    for name, block in summary["scenarios"].items():
        if name == BASELINE:
            continue
        stake = block["at_stake"]
        for definition in reversed(DEFINITIONS):
            for currency, numbers in stake[definition].items():
                lines.append(
                    {
                        "scenario": name, "title": block["title"],
                        "changes": changes_in_words(block), "from": stake["from"],
                        "to": stake["to"], "definition": definition,
                        "currency": currency.upper(),
                        **{f"change_{key}" if not key.startswith("probability") else key: value
                           for key, value in numbers.items()},
                        "description": block["description"], "basis": block["basis"],
                        "sources": ", ".join(block["sources"]),
                    }
                )  # fmt: skip
    return _worded(pd.DataFrame(lines))


def _sources(estimate: Estimate) -> pd.DataFrame:
    from model.case.listing import listing

    return listing(estimate.case, "sources")


def _convergence(estimate: Estimate) -> pd.DataFrame:
    """The verdict on the chains; of several readings, the worst and each one's own."""
    whole = {"converged": estimate.converged, **estimate.convergence}
    own = estimate.summary["answered_by"].get("readings", {})
    lines = [
        {
            "reading": name,
            **{key: value for key, value in one.items() if key not in ("worst", "how")},
            **{f"worst {key}": value for key, value in one["worst"].items()},
        }
        for name, one in {("all" if own else ""): whole, **own}.items()
    ]
    return _worded(pd.DataFrame(lines))
