"""Doubts that cost nothing: what is allowed, and contradicts something else that the case holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from model.case.contents import Host, Prior, Reading, Segment
from model.case.exchange import FILE as FX
from model.case.exchange import Rates
from model.case.faults import Report
from model.case.phases import Timeline
from model.case.reader.doubtful_rates import doubtful_rates
from model.case.reader.evidence import FILE as EVIDENCE
from model.case.reader.low_counts import low_counts
from model.case.reader.plausibility import lopsided, slips
from model.case.reader.repeated import repeated_firms, repeated_rows

FIRMS = "firms.csv"
#: File, row, column and message.
Doubt = tuple[str, int, str, str]


def doubts(
    evidence: pd.DataFrame,
    firms: pd.DataFrame,
    priors: Sequence[Prior],
    hosts: tuple[Host, ...],
    segments: tuple[Segment, ...],
    timeline: Timeline,
    reading: Reading,
    rates: Rates,
    report: Report,
) -> Iterator[Doubt]:
    """Yield file, row, column and message of every probable error; ``report`` names rows."""
    by_label: Mapping[str, Prior] = {prior.label: prior for prior in priors}
    told: set[tuple[int, str]] = set()
    for row, column, message in slips(evidence, by_label, hosts, rates, reading):
        told.add((row, column))
        yield EVIDENCE, row, column, message
    for row, column, message in low_counts(evidence, by_label, hosts, segments, timeline, reading):
        if (row, column) not in told:
            yield EVIDENCE, row, column, message
    for row, column, message in lopsided(evidence, reading):
        yield EVIDENCE, row, column, message
    for row, column, message in repeated_rows(evidence, rates, partial(report.row_told, EVIDENCE)):
        yield EVIDENCE, row, column, message
    for row, column, message in repeated_firms(firms, partial(report.row_told, FIRMS)):
        yield FIRMS, row, column, message
    for row, column, message in doubtful_rates(rates.own, timeline.months):
        yield FX, row, column, message
