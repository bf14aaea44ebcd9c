"""A tiny case with a known answer, fitted from its files, to test the installation.

Only one row is about ``registrations_per_entry`` here, so its posterior is conjugate and known in
closed form, while the rest of the model is sampled along with it.
"""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from model.case.checkout import INPUTS
from model.equations.quantities import BASIC, READ_BY

ASKED = "registrations_per_entry"
FIGURE = 3.0
#: Prior quantiles by unit; any will do, since only the tested quantity has evidence.
QUANTILES = {
    "persons": (5_000.0, 40_000.0),
    "persons/month": (50.0, 2_000.0),
    "1/month": (0.02, 0.3),
    "money/month": (10_000.0, 60_000.0),
    "USD/year": (100.0, 500.0),
    "USD/month": (200.0, 800.0),
    "fraction": (0.05, 0.4),
    "1": (0.7, 1.4),
}
RATIO = (1.0, 4.0)
TABLES = {
    "evidence.csv": [
        {
            "id": "claim", "quantity": ASKED, "host": "host", "segment": "", "start": "2017-01",
            "end": "2017-12", "qualifier": "exact", "low": "", "value": str(FIGURE), "high": "",
            "unit": "registrations/person", "base": "", "source": "book", "said_by": "the author",
            "origin": "", "reliability": "B", "credibility": "2", "role": "fit", "note": "",
        }
    ],
    "sources.csv": [
        {
            "id": "book", "title": "A book", "publisher": "A press", "date": "2018", "url": "",
            "accessed": "", "note": "",
        }
    ],
    "segments.csv": [
        {
            "id": f"segment_{letter}", "host": "host", "region": "region", "sector": "sector",
            "share_p05": "0.2", "share_p95": "0.8", "note": "",
        }
        for letter in "ab"
    ],
    "firms.csv": [
        dict.fromkeys(
            [
                "id", "name", "host", "segment", "workers_approved", "start", "end", "linked_by",
                "source", "note",
            ],
            "",
        )
    ],
}  # fmt: skip
TIMELINE = """
title = "Self-test"
start = "2017-01"
end = "2017-12"
reference = "2017-07"
headline = 2017
phases = [{name = "all", start = "2017-01", because = "one phase will do"}]
tax_periods = [{name = "all", start = "2017-01", because = "one period will do"}]

[hosts.host]
title = "A host"
currency = "USD"
"""


def write_tiny_case(folder: Path) -> None:
    """Write the files of the tiny case, with the default case's ``reading.toml``."""
    for name, rows in TABLES.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(row for row in rows if any(row.values()))
    (folder / "timeline.toml").write_text(TIMELINE, encoding="utf-8")
    tables = []
    for basic in BASIC:
        if basic.name == "segment_share" or basic.name in READ_BY:
            continue
        p05, p95 = RATIO if "/person" in basic.unit else QUANTILES[basic.unit]
        unit = basic.unit.replace("money", "USD")
        tables.append(
            f"[{basic.name}]\np05 = {p05}\np95 = {p95}\nunit = {json.dumps(unit)}\n"
            'basis = "made up for the self-test"\n'
        )
    (folder / "priors.toml").write_text("\n".join(tables), encoding="utf-8")
    (folder / "reading.toml").write_bytes((INPUTS / "reading.toml").read_bytes())


def run_self_test(say: Callable[[str], object]) -> bool:
    """Fit the tiny case and compare it with its closed form; True if both agree within chance.

    Parameters
    ----------
    say : callable
        Called with each line of the report.
    """
    from model.archive.under_scenarios import Results
    from model.case.case import read_case
    from model.evidence.synthesis import synthesis
    from model.question import SamplerOptions
    from model.sampling.fitting import fit

    with tempfile.TemporaryDirectory() as folder:
        write_tiny_case(Path(folder))
        case = read_case(folder)
    # with grades as they stand there is a closed form
    reading = replace(case.reading, letter_sd=0.0, off_share=0.0)
    case = replace(case, reading=reading)
    parts = synthesis(case)
    say("Fitting a case with a known answer …")
    results = Results.of(case, fit(parts, SamplerOptions(seed=1)))
    place = parts.layout.index[ASKED]
    precision = parts.layout.scale[place] ** -2 + parts.evidence.error[0] ** -2
    expected_sd = precision**-0.5
    pulled = parts.layout.location[place] / parts.layout.scale[place] ** 2
    expected = (pulled + math.log(FIGURE) / parts.evidence.error[0] ** 2) / precision
    draws = np.log(results.posterior.draws[:, place])
    # at 400 or more effective draws, four standard errors of a mean are at most a fifth of an sd
    checks = {
        "mean": (draws.mean(), expected, 0.2 * expected_sd),
        "standard deviation": (draws.std(), expected_sd, 0.15 * expected_sd),
    }
    passed = results.convergence.converged
    say(f"{'converged' if passed else 'NOT converged'}")
    for name, (found, known, allowed) in checks.items():
        near = abs(found - known) <= allowed
        passed = passed and near
        say(f"{name}: {found:.4f}, exact {known:.4f}: {'agrees' if near else 'DIFFERS'}")
    say("PASSED" if passed else "FAILED")
    return passed
