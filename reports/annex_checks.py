"""Blocks of the annex on a run's checks and its calibration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from model.archive import store
from model.archive.finding import named
from model.terminal.wording import MILLION
from reports import typed
from reports.citations import figure_printed
from reports.saved_run import SavedRun
from reports.tables import table
from reports.texts import Catalogue

Json = dict[str, Any]

#: Rows shown for the power of the checks: those with slips found least often.
POOREST = 15
LEVELS = (50, 80, 90, 95)
#: What calibrates the inputs of a run.
STUDY = ("model.calibration",)


def blocks(run: SavedRun, texts: Catalogue) -> Json:
    """Every block of the annex about checks."""
    return {
        "checks": verdicts(run, texts),
        "believed": believed(run, texts),
        "calibration": calibrated(run, texts),
        "power": power(run, texts),
        "coverage": coverage(run, texts),
        "worlds": worlds(run, texts),
    }


def verdicts(run: SavedRun, texts: Catalogue) -> Json:
    """The verdict and sentence of each check, and how to run those that the run lacks."""
    judged = [one["passed"] for one in run.checks.values() if one["passed"] is not None]
    command, key = typed.command("model.criticism", run.name), "none"
    if run.checks:
        key = "part" if judged else "part_told"
    if not run.not_checked:
        command, key = "", "done"
    text = texts.say(
        f"annex.checks.{key}", passed=sum(judged), judged=len(judged), file=store.CHECKS,
        names=", ".join(texts.say(f"checks.{name}").lower() for name in run.not_checked),
    )  # fmt: skip
    return _found("checks", run.checks, texts) | {"text": text, "command": command}


def calibrated(run: SavedRun, texts: Catalogue) -> Json:
    """The verdict and sentence of each study, or how to calibrate the inputs."""
    found = run.calibration
    text, command = texts.say("annex.calibration.none"), typed.command(*STUDY)
    if found["checks"]:
        command = ""
        text = texts.say("annex.calibration.done", cases=found["replicates"], slips=found["slips"])
    return _found("calibration", found["checks"], texts) | {"text": text, "command": command}


def _found(name: str, checks: Mapping[str, Json], texts: Catalogue) -> Json:
    words = {True: "passed", False: "failed", None: "told"}
    rows = [
        [
            texts.say(f"checks.{key}"),
            texts.say(f"checks.{words[one['passed']]}"),
            texts.found(one.get("said", ()), one["sentence"]),
        ]
        for key, one in checks.items()
    ]
    return table(texts, name, ("check", "verdict", "found"), rows)


def believed(run: SavedRun, texts: Catalogue) -> Json:
    """Totals for modelled places: how far off each is, and what it would imply."""
    rows = []
    if "held_out" in run.checks:
        totals = run.check_table("held_out")
        for row in totals[totals["p"].notna()].itertuples():
            implied, answer = (
                [_or_nan(getattr(row, f"{name}_{end}")) for end in ("q50", "q05", "q95")]
                for name in ("implied", "believed")
            )
            million = [amount / MILLION for amount in answer]
            rows.append(
                [
                    row.row,
                    figure_printed(run.evidence[row.row], texts),
                    texts.numbers.interval(row.q50, row.q05, row.q95),
                    texts.numbers.rounded(row.p, 0.01),
                    texts.numbers.interval(*implied),
                    texts.numbers.interval(*million)
                    if all(map(math.isfinite, million))
                    else texts.say("none"),
                ]
            )
    columns = ("row", "printed", "predicted", "p", "implied", "believed")
    return table(texts, "believed", columns, rows)


def _or_nan(value: float | None) -> float:
    """A number of a table, in which a total that cannot be believed has none."""
    return math.nan if value is None else float(value)


def power(run: SavedRun, texts: Catalogue) -> Json:
    """How often slips are found, over all rows and for the rows where it is least often."""
    rows, over = [], texts.content["annex"]["power"]["over"]
    if "power" in run.calibration["checks"]:
        for row in run.check_table("power").head(POOREST).itertuples():
            shares = [row.found, row.false]
            told = ["" if math.isnan(x) else rate(x, texts) for x in shares]
            rows.append(
                [over.get(row.row, row.row), texts.numbers.rounded(row.planted, 1.0), *told]
            )
    return table(texts, "power", ("row", "planted", "found", "false"), rows)


def coverage(run: SavedRun, texts: Catalogue) -> Json:
    """How often the intervals of each quantity contained the truth."""
    rows = []
    if "calibration" in run.calibration["checks"]:
        for row in run.check_table("calibration").itertuples():
            held = [rate(getattr(row, f"held_{level}"), texts) for level in LEVELS]
            rows.append([label(row.quantity, texts), *held, texts.numbers.rounded(row.p, 0.001)])
    columns = ("quantity", *(f"held_{level}" for level in LEVELS), "p")
    return table(texts, "coverage", columns, rows)


def label(quantity: str, texts: Catalogue) -> str:
    """A quantity's label, or the revenue of a year in words."""
    said = named(quantity)
    return said if isinstance(said, str) else texts.found([said.content()], quantity)


def worlds(run: SavedRun, texts: Catalogue) -> Json:
    """How often intervals contained the truth in worlds that differ from the model."""
    outcomes = ("take", "plan", "surplus", "billings", "workers")
    rows = []
    for line in run.worlds.get("lines", []):
        if not line["cases"]:
            continue
        inside = [rate(line[f"{one}_inside"], texts) for one in outcomes]
        ratios = [texts.numbers.rounded(line[key], 0.01) for key in ("take_to_truth", "wider")]
        world = texts.content["found"]["differs"].get(line["world"], line["differs"])
        rows.append([world, str(line["cases"]), *inside, *ratios])
    block = table(texts, "worlds", ("world", "cases", *outcomes, "to_truth", "wider"), rows)
    said = texts.found(run.worlds.get("said", ()), run.worlds.get("sentence", ""))
    command = "" if said else typed.command(*STUDY, "--misspecified")
    return block | {"text": said or texts.say("annex.worlds.none"), "command": command}


def rate(share: float, texts: Catalogue) -> str:
    """Format a frequency in whole per cent. It is a count, so 0% and 100% are exact."""
    return texts.numbers.percent_sign.format(f"{100 * share:.0f}")
