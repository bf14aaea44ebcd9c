"""Read and check a folder of inputs as one immutable case, reporting every error at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from model.case.contents import (
    Host,
    Prior,
    Prospect,
    Reading,
    RivalReading,
    Segment,
)
from model.case.exchange import Rates, changeovers_of, reference_rates
from model.case.faults import FAR, CaseError, Fault, Report
from model.case.folders import case_name, fault_in_name, is_beside
from model.case.meaning import content_hashes
from model.case.phases import Timeline
from model.case.publication import last_day
from model.case.reader.doubts import doubts
from model.case.reader.evidence import read_evidence
from model.case.reader.files import Folder
from model.case.reader.firms import read_firms, read_links
from model.case.reader.included_priors import read_all_priors
from model.case.reader.kept_files import KeptFiles
from model.case.reader.lacking import check_read_by
from model.case.reader.prices import Index, in_prices_of_window, read_prices
from model.case.reader.priors import Dimensions, resolve
from model.case.reader.prospects import read_prospects
from model.case.reader.readings import read_readings
from model.case.reader.references import check_references, press_rows
from model.case.reader.row_currencies import with_row_currencies
from model.case.reader.small_tables import read_fx, read_segments, read_sources
from model.case.reader.taken_hosts import tell
from model.case.reader.timeline import read_reading, read_timeline
from model.case.reader.titles import Titles, read_titles
from model.case.statements import Struck, struck_out
from model.case.summed_up import SummedUp


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Case(SummedUp):
    """All the inputs of one estimate.

    Attributes
    ----------
    name : str
        Name of the folder.
    title : str
    folder : Path
    timeline : Timeline
    hosts : tuple of Host
        In the timeline's order; labels leave out the first.
    segments : tuple of Segment
        By host, then by id.
    priors : tuple of Prior
        One per basic quantity, in the catalogue's order, then by host and index.
    evidence : pd.DataFrame
        One row per published figure, sorted by id; see
        `model.case.reader.evidence.read_evidence`.
    sources, firms : pd.DataFrame
        Sorted by id.
    reading : Reading
    rates : Rates
        Units of each host's currency, and of others that rows need, per US dollar, by month.
    press : dict or None
        Rows of evidence that the press multiplies, by their role in the multiplication.
    warnings : tuple of Fault
        Probable errors.
    prices : mapping
        Price index by currency and month, from prices.csv.
    links : pd.DataFrame
        What ties two firms, by firm, other, kind and source; empty without links.csv.
    groups : mapping of str to tuple of str
        Hosts of each named group, of whose sum rows may speak.
    notes : tuple of Fault
        How figures were read that stand for others, such as priors stated as mean and deviation.
    files : dict
        Bytes of each file read, by name.
    prospects : tuple of Prospect
        Sources that might be found; they do not affect the fit.
    readings : tuple of RivalReading
        Rival readings; none if the case has only one.
    titles : mapping
        Titles in other languages, by language, kind and name.
    struck : mapping of str to Struck
        Rows that no longer count, by id, with the reason.
    """

    name: str
    title: str
    folder: Path
    timeline: Timeline
    hosts: tuple[Host, ...]
    segments: tuple[Segment, ...]
    priors: tuple[Prior, ...]
    evidence: pd.DataFrame
    sources: pd.DataFrame
    firms: pd.DataFrame
    reading: Reading
    rates: Rates
    press: dict[str, str] | None
    warnings: tuple[Fault, ...]
    files: dict[str, bytes]
    prospects: tuple[Prospect, ...] = ()
    readings: tuple[RivalReading, ...] = ()
    struck: Mapping[str, Struck] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()
    prices: Index = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    titles: Mapping[str, Titles] = field(default_factory=dict)

    def members(self, place: str) -> tuple[str, ...]:
        """Hosts that a row's place stands for: a host, a group's hosts; none if not modelled."""
        if any(host.name == place for host in self.hosts):
            return (place,)
        return self.groups.get(place, ())

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of what each file says that a fit depends on, by name, whatever its layout."""
        return content_hashes(
            {name: content for name, content in self.files.items() if not is_beside(name)}
        )

    @property
    def typed_evidence(self) -> pd.DataFrame:
        """Rows of evidence.csv as typed: its columns in its order, every cell a text.

        Rows of hosts that are taken from other cases are not among them, and stay as they are.
        """
        from model.case.adding import typed_evidence

        return typed_evidence(self)

    def with_evidence(self, frame: pd.DataFrame) -> Case:
        """Return the case with other evidence, read and checked as a file of the case is.

        Parameters
        ----------
        frame : DataFrame
            Columns as in ``typed_evidence``; ``id`` may be the index. Numbers, dates and months are
            written as text; what is missing is blank.

        Raises
        ------
        CaseError
            With every error, by the row's id and the column.
        """
        from model.case.adding import with_evidence

        return with_evidence(self, frame)

    def add(self, **cells: object) -> Case:
        """Return the case with one row of evidence more, read and checked as the file's rows are.

        Parameters
        ----------
        **cells
            Columns of evidence.csv, as text or numbers. ``grade="B2"`` stands for reliability and
            credibility. Left out, the host is the case's only one, ``end`` is ``start``, the role
            is fit (holdout for a total) and the id is made of quantity and start. A source that
            is not in sources.csv is described by ``new_source``, a dict of its columns.

        Raises
        ------
        CaseError
            With every error, by argument.
        """
        from model.case.adding import added

        return added(self, cells)

    def published_by(self, day: date) -> frozenset[str]:
        """Ids of the sources published by a day; a source without a date is not among them."""
        dates = zip(self.sources["id"], self.sources["date"].map(last_day), strict=True)
        return frozenset(source for source, last in dates if last is not None and last <= day)


def read_case(folder: str | Path, *, strict: bool = False) -> Case:
    """Read a folder of inputs.

    Parameters
    ----------
    folder : str or Path
    strict : bool
        Whether to treat warnings as errors.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every error in every file, as far as each file can be checked without the others.
    """
    path = Path(folder)
    report = Report(str(folder))
    # os.path, because pathlib raises on names that no system accepts
    if not os.path.isdir(path):
        what = "this is a file" if os.path.exists(path) else "there is no such folder"
        report.add(str(folder), None, None, f"{what}; name a folder that holds a case")
        raise CaseError(str(folder), report.faults)
    wrong = fault_in_name(path) or fault_in_name(Path(path.resolve().name))
    if wrong is not None:
        report.add(str(folder), None, None, wrong)
        raise CaseError(str(folder), report.faults)
    return _checked(Folder(path, report), str(folder), strict=strict)


def read_again(case: Case, files: Mapping[str, bytes]) -> Case:
    """Read a case that was changed in memory, from the bytes of its files by name."""
    name = str(case.folder)
    folder = KeptFiles(case.folder, Report(name), kept=files)
    return replace(_checked(folder, name, strict=False), name=case.name)


def _checked(folder: Folder, name: str, *, strict: bool) -> Case:
    case, report = _read(folder), folder.report
    faults = report.faults + (report.warnings if strict else ())
    if faults or case is None:
        raise CaseError(name, sorted(faults, key=lambda one: (one.file, one.row or 0)))
    return case


def _read(folder: Folder) -> Case | None:
    """Read every file and return the case, or None if any file has an error."""
    report = folder.report
    dated = read_timeline(folder)
    file, text, timeline, hosts = dated if dated is not None else (None, "", None, None)
    sources = read_sources(folder)
    reading = read_reading(folder)
    split = read_segments(folder, hosts)
    segments, shares = split if split is not None else (None, {})
    groups = {} if file is None else {name: tuple(own) for name, own in file.groups.items()}
    dimensions = Dimensions(timeline, hosts, segments, groups)
    prior_file = read_all_priors(folder, dimensions)
    priors = resolve(prior_file, shares) if prior_file is not None else ()
    evidence = read_evidence(folder, dimensions, sources)
    firms = read_firms(folder, hosts, segments, sources)
    links = read_links(folder, firms, sources)
    own_rates = read_fx(folder)
    index = read_prices(folder)
    if evidence is not None:
        evidence = in_prices_of_window(evidence, index, report)
    prospects = read_prospects(folder, dimensions)
    readings = () if evidence is None else read_readings(folder, evidence, priors)
    titles = read_titles(folder, timeline)
    rates = None
    if timeline is not None and hosts:
        currencies = [host.currency for host in hosts]
        rates = reference_rates(
            timeline.months, currencies, own_rates, report, changeovers_of(hosts)
        )
        if evidence is not None:
            rates = with_row_currencies(evidence, rates, report)
    if evidence is not None and prior_file is not None:
        check_read_by(evidence, {name for path in prior_file.tables for name in path}, report)
    if file is not None:
        check_references(report, file, text, evidence, sources)
    if (
        report.faulty or timeline is None or hosts is None or segments is None or rates is None
        or evidence is None or sources is None or firms is None or reading is None
    ):  # fmt: skip
        return None
    struck = struck_out(evidence, sources)
    out = evidence["id"].isin(struck)
    # nothing is compared with a figure that was taken back
    evidence["role"] = evidence["role"].mask(out & (evidence["role"] == "holdout"), "context")
    counting = evidence[~out]
    for doubt in doubts(counting, firms, priors, hosts, segments, timeline, reading, rates, report):
        report.warn(*doubt)
    tell(folder, timeline, evidence, sources)
    for table in (evidence, sources, firms, links):
        # lines as an editor shows them, now that nothing more is reported
        table["row"] %= FAR
    return Case(
        name=case_name(folder.path),
        title=timeline.title,
        folder=folder.path,
        timeline=timeline,
        hosts=hosts,
        segments=segments,
        priors=priors,
        evidence=evidence,
        sources=sources,
        firms=firms,
        reading=reading,
        rates=rates,
        press=press_rows(file),
        warnings=report.warnings,
        files=folder.all_files,
        prospects=prospects,
        readings=readings,
        struck=struck,
        notes=report.notes,
        prices=index,
        groups=groups,
        links=links,
        titles=titles,
    )
