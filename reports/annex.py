"""Write the annex of a saved run: model, priors, claims, conflicts, checks and convergence."""

from __future__ import annotations

import math
from typing import Any

from model.equations.accounts import UNEVEN
from model.equations.subjects import is_total
from model.terminal.output import command_line
from model.terminal.wording import three
from reports import (
    annex_checks,
    annex_errors,
    annex_exposure,
    annex_results,
    assumed,
    command,
    driver_findings,
    figures,
    gather,
    readings,
    typed,
)
from reports.assumed import name_of
from reports.citations import claim, figure_printed, grade, measured, place, publisher, speaker
from reports.figures import evidence, lacking, ranks
from reports.figures.of_document import FigureFiles
from reports.findings import narrowing
from reports.front import front
from reports.saved_run import SavedRun
from reports.tables import case_title, chapters, table
from reports.texts import Catalogue
from reports.typesetting import typeset
from reports.units import unit_text, with_unit

Json = dict[str, Any]

CHECK_FIGURES = ("leave_one_out", "conflicts", "sensitivity", "as_of")
CALIBRATION_FIGURES = ("calibration", "echo")


def annex(run: SavedRun, texts: Catalogue) -> bytes:
    """Return the annex as a PDF.

    Raises
    ------
    ReportError
        If it cannot be typeset.
    """
    texts = readings.worded(run, texts)
    files = FigureFiles(run, texts)
    drawn: Json = {name: files.block(name) for name in ("ladder", "priors", "ranks")}
    drawn["workers"] = [files.block("workers", host=host) for host in run.hosts]
    if run.scenarios:
        drawn["scenarios"] = [files.block("scenarios", host=host) for host in run.hosts]
    silent = lacking(run)
    drawn |= {name: files.block(name) for name in ("totals", "networks") if name not in silent}
    drawn["checks"], drawn["calibration"], drawn["drivers"] = (
        [files.block(name) for name in names if name not in silent]
        for names in (CHECK_FIGURES, CALIBRATION_FIGURES, figures.OF_DRIVERS)
    )
    pieces = [files.block("evidence", part=part) for part in range(len(evidence.parts(run)))]
    for number, piece in enumerate(pieces, start=1):
        piece["caption"] += f" ({number} / {len(pieces)})"
    data = content(run, texts) | {
        "figures": drawn,
        "evidence_figures": pieces,
        "check_figures": drawn.pop("checks"),
        "calibration_figures": drawn.pop("calibration"),
        "driver_figures": drawn.pop("drivers"),
    }
    return typeset("annex", data, files.drawn)


def content(run: SavedRun, texts: Catalogue) -> Json:
    """The content of the annex as plain JSON, without figures."""
    texts = readings.worded(run, texts)
    tables = {
        "evidence": evidence_table(run, texts),
        "context": context_table(run, texts),
        "struck": struck_table(run, texts),
        "holdout": holdout_table(run, texts),
    }
    return (
        front(run, texts)
        | tables
        | {
            "anchors": sorted({row[0] for one in tables.values() if one for row in one["rows"]}),
            "struck-rows": list(run.summary.get("struck", {})),
            "words": texts.content["annex"]
            | {"footer": texts.say("annex.footer", case=case_title(run, texts))},
            "model": model_texts(run, texts),
            "results": annex_results.results(run, texts),
            "scenarios": annex_results.scenarios(run, texts),
            "readings": readings.blocks(run, texts),
            "catalogue": catalogue_table(run, texts),
            "errors": annex_errors.blocks(run, texts),
            "conflicts": conflicts(run, texts),
            "exposure": annex_exposure.block(run, texts),
            **driver_findings.blocks(run, texts),
            **annex_checks.blocks(run, texts),
            "convergence": convergence(run, texts),
            "versions": [[name, value] for name, value in run.manifest["versions"].items()],
            "hashes": [[name, value] for name, value in run.manifest["files"].items()],
            "commands": commands(run),
            "sources": sources_table(run, texts),
            "gather": gather.block(run, texts),
        }
    )


def model_texts(run: SavedRun, texts: Catalogue) -> Json:
    """The prose beside the equations, with numbers from the inputs."""
    errors, percent = run.reading["errors"], texts.numbers.percent
    values = {
        "uneven": percent(UNEVEN),
        "names": assumed.listed(run, texts),
        "letter_sd": texts.numbers.plain(errors["letter_sd"]),
        "off_share": percent(errors["off_share"]),
        "off_by": texts.numbers.plain(errors["off_by"]),
        "shared": percent(run.reading["echo"]["shared"]),
        "coverage": percent(run.reading["range"]["coverage"]),
    } | chapters(texts)
    said = {
        key: texts.say(f"annex.model.{key}", **values) for key in texts.content["annex"]["model"]
    }
    return said if assumed.uses(run) else said | {"assumed": ""}


def catalogue_table(run: SavedRun, texts: Catalogue) -> Json:
    """Every basic quantity: prior, posterior, remaining width and basis."""
    rows: list[list[str]] = []
    last = ""
    for label, quantity in run.summary["quantities"].items():
        basis = run.basis(label)
        both = [texts.numbers.interval(*three(quantity[side])) for side in ("prior", "posterior")]
        rows.append(
            [
                name_of(run, label, texts),
                label,
                unit_text(quantity["unit"], texts),
                *both,
                texts.numbers.percent(narrowing(run, label)),
                texts.say("annex.catalogue.as_above") if basis and basis == last else basis,
            ]
        )
        last = basis
    columns = ("quantity", "unit", "prior", "posterior", "left", "basis")
    return table(texts, "catalogue", columns, rows)


def evidence_table(run: SavedRun, texts: Catalogue) -> Json:
    """Every fitted row: the claim, its speaker, its reading and its prediction."""
    rows: list[list[Any]] = []
    for name in run.evidence:
        if name not in run.summary["evidence"]:
            continue
        row, found = run.evidence[name], run.summary["evidence"][name]
        predicted = texts.numbers.interval(*three(found["predicted"]))
        rows.append(
            [
                name,
                claim(run, name, texts),
                said_by(run, name, texts),
                grade(row),
                reading(found, texts),
                with_unit(predicted, found["unit"], texts),
                "" if found["surprise"] is None else texts.numbers.percent(found["surprise"]),
                row["note"],
            ]
        )
    columns = ("claim", "said", "grade", "reading", "predicted", "surprise")
    return table(texts, "evidence", columns, rows)


def said_by(run: SavedRun, name: str, texts: Catalogue) -> Json:
    """The speaker, and where the statement was read."""
    row = run.evidence[name]
    parts = (row["said_by"] and speaker(run, name, texts), publisher(run, row["source"], texts))
    said = "; ".join(dict.fromkeys(part for part in parts if part))
    return {"text": said, "source": row["source"]}


def reading(found: Json, texts: Catalogue) -> str:
    """Error, tail and weight of a row, as read from its words and grade."""

    def hundredths(value: float) -> str:
        return texts.numbers.rounded(value, 0.01)

    said = [texts.say("annex.evidence.error", error=hundredths(found["error"]))]
    if found["tail"] is None:
        said.append(texts.say("annex.evidence.bound"))
    elif found["tail"]:
        side = "below" if found["tail"] < 0 else "above"
        said.append(texts.say(f"annex.evidence.tail_{side}", tail=hundredths(abs(found["tail"]))))
    if found["weight"] != 1.0:
        said.append(texts.say("annex.evidence.weight", weight=hundredths(found["weight"])))
    return "; ".join(said)


def context_table(run: SavedRun, texts: Catalogue) -> Json:
    """Every row kept as context and not fitted."""
    rows = [
        [name, claim(run, name, texts), said_by(run, name, texts), grade(row), row["note"]]
        for name, row in run.evidence.items()
        if row["role"] == "context" and name not in run.summary.get("struck", {})
    ]
    return table(texts, "context", ("claim", "said", "grade"), rows)


def struck_table(run: SavedRun, texts: Catalogue) -> Json | None:
    """Every row that weighs nothing because it was taken back, if there is one."""
    rows = []
    for name, found in run.summary.get("struck", {}).items():
        since = found.get("since", "")
        date = texts.say("annex.struck.since", date=texts.date(since)) if since else ""
        why = texts.say(f"annex.struck.{found['why']}", by=found["by"], since=date)
        note = run.evidence[name]["note"]
        rows.append([name, claim(run, name, texts), said_by(run, name, texts), why, note])
    return table(texts, "struck", ("claim", "said", "why"), rows) if rows else None


def conflicts(run: SavedRun, texts: Catalogue) -> Json:
    """Surprising rows, and origins that count once."""
    names = evidence.surprising(run)
    fitted = len(run.summary["evidence"])
    expected = round((1 - evidence.SURPRISING) * fitted)
    key = "none" if not names else "one" if len(names) == 1 else "some"
    return {
        "text": texts.say(
            f"annex.conflicts.{key}",
            surprising=len(names),
            fitted=fitted,
            expected=expected,
            names=", ".join(names),
        ),
        "named": names,
        "origins": table(texts, "origins", ("origin", "rows"), shared_errors(run, texts)),
    }


def shared_errors(run: SavedRun, texts: Catalogue) -> list[list[Any]]:
    """Errors that several rows share, with their rows in words and by name."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name in run.summary["evidence"]:
        row = run.evidence[name]
        origin, _, how = row["origin"].partition("/")
        # an origin errs alike on one quantity, and on several only if the inputs say how
        error = (origin, "" if how else measured(row["quantity"], texts))
        opposite = how == "opposite"
        said = texts.say("annex.origins.opposite", row=name) if opposite else name
        found.setdefault(error, {})[name] = said
    return [
        [", ".join(part for part in error if part), ", ".join(rows.values()), list(rows)]
        for error, rows in found.items()
        if error[0] and len(rows) > 1
    ]


def holdout_table(run: SavedRun, texts: Catalogue) -> Json:
    """Every held-out row: published figure, prediction and probability of more."""
    rows = []
    for name, found in run.summary["holdout"].items():
        row = run.evidence[name]
        predicted = above = texts.say("annex.holdout.silent")
        if found["predicted"] is not None:
            predicted = texts.numbers.interval(*three(found["predicted"]))
            if found["probability_above"] is not None:
                above = texts.numbers.percent(found["probability_above"])
            elif found.get("share") is not None:
                share = texts.numbers.shares(*three(found["share"]))
                above = texts.say("annex.holdout.share", share=share)
        of = measured(row["quantity"], texts)
        if is_total(row["quantity"]):
            of = texts.say(f"definitions.{found['definition']}.name")
        hosts = ", ".join(place(host, texts) for host in found.get("predicted_for", []))
        where = f"{place(row['host'], texts)} / {hosts or texts.say('none')}"
        rows.append(
            [
                name,
                said_by(run, name, texts),
                grade(row),
                figure_printed(row, texts),
                of,
                where,
                predicted,
                above,
            ]
        )
    columns = ("row", "said", "grade", "printed", "definition", "place", "predicted", "above")
    return table(texts, "holdout", columns, rows)


def convergence(run: SavedRun, texts: Catalogue) -> Json:
    """The convergence gate, its verdict and the worst quantity by each diagnostic."""
    gate, sampler = run.summary["convergence"], run.manifest["sampler"]
    names = {"rhat": "max_rhat", "ess_bulk": "min_ess_bulk", "ess_tail": "min_ess_tail"}
    rows = []
    for key, entry in names.items():
        value = gate[entry]
        unit = 0.001 if key == "rhat" else 1.0
        text = texts.numbers.rounded(math.nan if value is None else value, unit)
        limit = texts.say(f"annex.convergence.limit_{key}")
        rows.append(
            [texts.say(f"annex.convergence.{key}"), text, limit, gate["worst"].get(key, "")]
        )
    rows.append(
        [
            texts.say("annex.convergence.divergences"),
            str(gate["divergences"]),
            texts.say("annex.convergence.limit_divergences"),
            "",
        ]
    )
    verdict = "passed" if run.converged else "failed"
    block = table(texts, "convergence", ("diagnostic", "value", "limit", "worst"), rows)
    said = texts.say(
        f"annex.convergence.{verdict}",
        chains=sampler["chains"],
        draws=sampler["draws"],
        tune=sampler["tune"],
        seed=sampler["seed"],
        shown=len(ranks.chosen(run)),
        figure="@figure",
    )
    if len(run.summary.get("readings", {})) > 1:
        said += " " + texts.say("annex.convergence.readings")
    return block | {"text": said}


def sources_table(run: SavedRun, texts: Catalogue) -> Json:
    """Every source read, with its address."""
    rows = [
        [name, row["title"], publisher(run, name, texts), texts.date(row["date"]), row["url"]]
        for name, row in run.sources.items()
    ]
    return table(texts, "sources", ("id", "title", "publisher", "date"), rows)


def commands(run: SavedRun) -> list[str]:
    """Two commands that reproduce the run and this annex, from the copy of the inputs it holds."""
    return [typed.estimate(run), typed.command("reports.annex", run.name)]


if __name__ == "__main__":
    command_line(command.annex)
