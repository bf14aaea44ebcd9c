"""The CSV files of a case: their columns, the cells allowed in each, and what each means."""

from __future__ import annotations

from typing import Any

from model.case.qualifiers import ONE_FIGURE, QUALIFIERS
from model.case.reader import columns as of
from model.equations.quantities import BASES

#: What may tie two firms.
LINKS_OF = ("address", "director", "email", "name", "owner")
ROLES = ("fit", "holdout", "context")

#: What columns of several tables mean.
HOST = "The host, one of timeline.toml."
SEGMENTS_NAMED = (
    "Which workers: ids, sectors or regions of segments.csv joined by '+', perhaps behind 'not'; "
    "blank for all of the host's."
)
END = "Last month or day; blank where the start names the whole period."
BASE = (
    "Of a share: what it is a share of, which may be its own quantity at another date, such as "
    "working@2017-08. Blank for any other figure."
)
RELIABILITY = (
    "Grade of the source in the Admiralty code, from A (reliable) to F (not to be judged)."
)
CREDIBILITY = (
    "Grade of the claim in the Admiralty code, from 1 (confirmed) to 6 (not to be judged)."
)
SOURCE = "The source: an id of sources.csv."
LISTED = {
    "foreignKeys": [{"fields": "source", "reference": {"resource": "sources", "fields": "id"}}]
}

EVIDENCE = of.table(
    "Published claims, a row each: the figure as printed, with its hedge, its source and grade.",
    {
        "id": (of.ident(), "The row's own name."),
        "quantity": (
            of.filled("the quantity"),
            "What the figure is of: a quantity of the model or one that is measured on it.",
        ),
        "host": (of.word("a host"), f"{HOST} Of a row that is not fitted, any other place."),
        "segment": (of.free(), SEGMENTS_NAMED),
        "start": (
            of.window(),
            "First month or day that the figure is about, not the date of publication; or a year, "
            "a quarter or a fiscal year.",
        ),
        "end": (of.window(blank=True), END),
        "qualifier": (
            of.one_of("qualifier", QUALIFIERS),
            "The hedge printed with the figure.",
        ),
        "low": (of.figure(), "The lower figure of a range or spread, in the unit of the row."),
        "value": (
            of.figure(),
            "The figure, or a range's central one, in the unit of the row.",
        ),
        "high": (of.figure(), "The higher figure of a range or spread, in the unit of the row."),
        "unit": (of.free(), "The unit of the figures, such as RUB/month or persons."),
        "base": (of.base(BASES), BASE),
        "source": (of.filled("the source"), SOURCE),
        "said_by": (of.free(), "Who said it, where that is not the source itself."),
        "origin": (
            of.matching(
                "an origin",
                rf"{of.IDENT.pattern}(/same|/opposite)?",
                "write an id, perhaps with /same or /opposite, or leave it blank",
                blank=True,
            ),
            "Name shared by rows that repeat one statement or come from one count; /same and "
            "/opposite say how rows of different quantities err together.",
        ),
        "reliability": (of.one_of("reliability", "ABCDEF", fold=True), RELIABILITY),
        "credibility": (of.one_of("credibility", "123456"), CREDIBILITY),
        "role": (
            of.one_of("role", ROLES),
            "Whether the row is fitted, held out to be compared, or kept for the record.",
        ),
        "note": (of.free(), "The statement in words, and the reasons for grade and reading."),
        "coverage": (
            of.optional(of.coverage()),
            "Of a range: the probability that it holds the figure; blank for that of reading.toml.",
        ),
        "panel": (
            of.optional(of.word("a panel's name", blank=True)),
            "Name shared by rows of experts who were asked about the same thing.",
        ),
        "replaces": (
            of.optional(of.free()),
            "Id of an older row that this one revises.",
        ),
    },
    metadata=LISTED,
)
PROSPECTS = of.table(
    "Sources that might be found, a row for each statement that one would make.",
    {
        "id": (of.ident(), "The row's own name."),
        "prospect": (
            of.matching(
                "a prospect's name",
                of.IDENT.pattern,
                "write up to 80 letters, digits, '-' and '_'",
            ),
            "The source that might be found; its rows share its error.",
        ),
        "title": (of.free(), "The source in words, in the first of its rows."),
        "quantity": (of.filled("the quantity"), "What the statement would be about."),
        "host": (of.word("a host"), HOST),
        "segment": (of.free(), SEGMENTS_NAMED),
        "start": (
            of.window(),
            "First month or day that it would be about, or a period.",
        ),
        "end": (of.window(blank=True), END),
        "qualifier": (
            of.one_of("qualifier", ONE_FIGURE),
            "The hedge that the statement would be printed with.",
        ),
        "base": (of.base(BASES), BASE),
        "reliability": (of.one_of("reliability", "ABCDEF", fold=True), RELIABILITY),
        "credibility": (of.one_of("credibility", "123456"), CREDIBILITY),
        "statements": (
            of.count("a number of statements"),
            "How many sources would each state it; blank for one.",
        ),
        "units": (
            of.count("a number of firms or crews"),
            "How many firms or crews it would be the mean of; blank for all.",
        ),
        "note": (of.free(), "Why the source might be found."),
    },
)
SOURCES = of.table(
    "What was read.",
    {
        "id": (of.ident(), "The source's name in the other tables."),
        "title": (of.filled("the title"), "Title, or what it is."),
        "publisher": (of.free(), "Who published it, or where it was read."),
        "date": (of.loose_date(), "Day, month or year of publication; blank if unknown."),
        "url": (
            of.matching(
                "an address",
                r"https?://\S+",
                "write one that starts with http:// or https://, or leave it blank",
                blank=True,
            ),
            "Its address; blank if unknown.",
        ),
        "accessed": (of.loose_date(), "Day, month or year when it was read; blank if not kept."),
        "note": (of.free(), "What a reader of its figures should know."),
        "status": (
            of.optional(of.status()),
            "Blank, or that it was retracted, perhaps with the date: its rows then weigh nothing.",
        ),
    },
)
SEGMENTS = of.table(
    "Parts of each host's workers.",
    {
        "id": (of.unique(of.word("a segment's id")), "The segment's name in the other tables."),
        "host": (of.word("a host"), HOST),
        "region": (of.name("a region"), "Where the workers are."),
        "sector": (of.name("a sector"), "What they do."),
        "share_p05": (
            of.share(),
            "5% quantile of its share of the host's workers before any evidence.",
        ),
        "share_p95": (
            of.share(),
            "95% quantile of its share of the host's workers before any evidence.",
        ),
        "note": (of.free(), "The basis of the prior."),
    },
)
FIRMS = of.table(
    "Firms named in the sources.",
    {
        "id": (of.ident(), "The firm's name in this table."),
        "name": (of.filled("the name"), "The firm's name as published."),
        "host": (of.word("a host"), HOST),
        "segment": (of.free(), "An id of segments.csv, or blank if it is not known."),
        "workers_approved": (of.persons(), "Workers approved for it; blank if not stated."),
        "start": (
            of.date(blank=True),
            "First month or day of the approvals or the contract; blank if not stated.",
        ),
        "end": (
            of.date(blank=True),
            "Last month or day of the approvals or the contract; blank if not stated.",
        ),
        "linked_by": (of.free(), "What ties it to workers of the sender."),
        "source": (of.filled("the source"), SOURCE),
        "note": (of.free(), "What else is known of it."),
        "contract": (
            of.optional(of.rate(blank=True)),
            "Value of its contracts for workers in these months; blank if not stated.",
        ),
        "contract_currency": (
            of.optional(of.currency(blank=True)),
            "Code of the contract's currency.",
        ),
        "same_workers_as": (
            of.optional(of.free()),
            "Firm of this table whose approvals are for the same workers, if a source says so.",
        ),
    },
    metadata=LISTED,
)
LINKS = of.table(
    "What ties two firms, a row each.",
    {
        "firm": (
            of.filled("the firm"),
            "One of the two: an id of firms.csv. Of an owner, the owned.",
        ),
        "other": (of.filled("the other firm"), "The other, an id of firms.csv."),
        "kind": (
            of.one_of("kind of link", LINKS_OF),
            "What they share, or that one owns the other.",
        ),
        "source": (of.filled("the source"), SOURCE),
        "note": (of.free(), "What the source says."),
    },
    unique=["firm", "other", "kind", "source"],
    report_duplicates="exclude_first",
    metadata={
        "foreignKeys": [
            *LISTED["foreignKeys"],
            *(
                {"fields": side, "reference": {"resource": "firms", "fields": "id"}}
                for side in ("firm", "other")
            ),
        ]
    },
)


def _by_month(title: str, figure: str, meaning: str) -> Any:
    """Return the schema of a table with a figure by month and currency."""
    return of.table(
        title,
        {
            "month": (of.month(), "The month."),
            "currency": (of.currency(), "Code of the currency."),
            figure: (of.rate(), meaning),
            "source": (of.filled("the source"), "Where the figure is from."),
        },
        unique=["month", "currency"],
        report_duplicates="exclude_first",
    )


FX = _by_month(
    "Exchange rates that override or extend the European Central Bank's.",
    "per_usd",
    "Units of the currency per US dollar, above zero.",
)
PRICES = _by_month("Price indices.", "index", "The index of the month, in any base, above zero.")

#: Schemas by file.
TABLES = {
    "evidence.csv": EVIDENCE,
    "sources.csv": SOURCES,
    "firms.csv": FIRMS,
    "links.csv": LINKS,
    "segments.csv": SEGMENTS,
    "prospects.csv": PROSPECTS,
    "fx.csv": FX,
    "prices.csv": PRICES,
}
