"""The files of a run: their content and how they are written."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from model.archive import store
from model.archive.draws_file import write_posterior
from model.archive.keys import run_name, versions
from model.archive.months_file import write_months
from model.archive.summary import convergence_block
from model.archive.under_scenarios import Results
from model.case.exchange import Rates
from model.case.faults import CaseError, Fault, quote
from model.case.folders import BASELINE, COPY, scenario_file
from model.projection.projection import revenue_table, workers_table
from model.question import Question, arguments
from model.terminal.plain_text import csv_text

Json = dict[str, Any]

#: Variable that sets the date of a run.
EPOCH = "SOURCE_DATE_EPOCH"
MARK = b"The sampler did not converge: do not use the numbers of this run.\n"


def run_files(results: Results, content: Json) -> dict[str, store.Writer]:
    """Writers of a run's files except the manifest; ``content`` is the summary's."""
    case, posterior = results.case, results.posterior
    projections = results.projections
    own = {one.name: projections[one.name].until(results.end_of(one)) for one in results.scenarios}
    converged = results.convergence.converged
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "revenue.csv": lambda: pd.concat(
            [revenue_table(case, one, name) for name, one in own.items()]
        ),
        "workers.csv": lambda: pd.concat([workers_table(one, name) for name, one in own.items()]),
        "exchange_rates.csv": lambda: rates_table(results.rates),
    }
    scenarios = {one.name: one.content for one in results.scenarios if one.content}
    writers: dict[str, store.Writer] = {
        store.SUMMARY: lambda path: store.write_json(path, content),
        **{name: _table_writer(make) for name, make in tables.items()},
        store.POSTERIOR: lambda path: write_posterior(
            path, case, posterior, results.yearly_usd, converged=converged
        ),
        store.MONTHS: lambda path: write_months(path, case, projections, posterior.options.chains),
        **{f"{COPY}/{name}": _copier(content) for name, content in case.files.items()},
        **{f"{COPY}/{scenario_file(name)}": _copier(one) for name, one in scenarios.items()},
    }
    if not converged:
        writers[store.NOT_CONVERGED] = _copier(MARK)
    return writers


def _table_writer(make: Callable[[], pd.DataFrame]) -> store.Writer:
    def write(path: Path) -> None:
        path.write_text(csv_text(make(), float_format="%.8g"), encoding="utf-8", newline="")

    return write


def _copier(content: bytes) -> store.Writer:
    def copy(path: Any) -> None:
        path.write_bytes(content)

    return copy


def rates_table(rates: Rates) -> pd.DataFrame:
    """Exchange rates used: month, currency, units per US dollar and source."""
    table = rates.per_usd.melt(ignore_index=False, var_name="currency", value_name="per_usd")
    source = rates.source.melt(ignore_index=False, var_name="currency", value_name="source")
    table["source"] = source["source"].to_numpy()
    table = table[table["currency"] != "USD"]
    table = table.rename_axis("month").reset_index()
    if rates.rows is None:
        return table
    return pd.concat([table, rates_table(rates.rows).dropna()], ignore_index=True)


def manifest(results: Results, question: Question, keys: tuple[str, str], diagnosis: Json) -> Json:
    """Content of ``manifest.json`` except the checksums.

    Parameters
    ----------
    keys : (str, str)
        Of the run and of its fit.
    diagnosis : dict
        How the draws were obtained.
    """
    posterior, gate = results.posterior, results.convergence
    options = posterior.options
    return {
        "schema": store.SCHEMA,
        "run": keys[0],
        "fit": keys[1],
        "case": results.case.name,
        "title": results.case.title,
        "read": results.case.in_short,
        "date": today(),
        "inputs": results.case.hashes,
        "scenarios": [one.name for one in results.scenarios if one.name != BASELINE],
        "horizon": str(results.projection.revenue["month"].to_numpy()[-1]),
        "what_if": question.what_if.asked,
        "arguments": arguments(question, f"{run_name(results.case.name, keys[0])}/{COPY}"),
        "warnings": [str(warning) for warning in results.case.warnings],
        "versions": versions(),
        "sampler": {
            **{name: getattr(options, name) for name in store.OPTIONS},
            **posterior.notes,
        },
        "answered_by": diagnosis,
        "convergence": {"converged": gate.converged, **convergence_block(gate)},
        "seconds": posterior.seconds,
    }


def today() -> str:
    """Today's date in UTC, or that of ``SOURCE_DATE_EPOCH``, so that builds can be compared.

    Raises
    ------
    CaseError
        If the variable holds no time from 1970 to 9999.
    """
    said = os.environ.get(EPOCH, "")
    try:
        seconds = int(said) if re.fullmatch(r"\d{1,12}", said, re.ASCII) else None
        if said and seconds is None:
            raise ValueError(said)
        moment = datetime.fromtimestamp(time.time() if seconds is None else seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        message = f"{quote(said)} is no number of seconds from 1970 to 9999; correct or unset it"
        raise CaseError("the environment", [Fault(EPOCH, None, None, message)]) from None
    return moment.date().isoformat()
