"""What each column of evidence.csv holds, as help texts and questions tell it."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One line about a column, and what ``?`` adds to it."""

    short: str
    more: str


#: In the order in which they are asked for. ``grade`` stands for reliability and credibility, the
#: names with ``source_`` for the columns of sources.csv.
COLUMNS: dict[str, Column] = {
    "quantity": Column(
        "What the figure is about, such as plan, payment or permitted.",
        "Choose what the source counted, not what you would like to know: a quota, permits "
        "issued and people working are different quantities.",
    ),
    "host": Column(
        "The country that the workers are in.",
        "One of those in timeline.toml; a row for the record may name another.",
    ),
    "segment": Column(
        "The workers meant, if not all of the host's: an id, sector or region.",
        "Several are joined with '+'; 'not construction' means all others.",
    ),
    "start": Column(
        "When the period that the figure is about starts, such as 2018-07 or 2018.",
        "YYYY-MM or YYYY-MM-DD, a year, a quarter 2018Q3, or FY2018/04 for a fiscal year from "
        "April. Not the date of the article.",
    ),
    "end": Column(
        "When that period ends.", "As for the start. The last month named belongs to the period."
    ),
    "role": Column(
        "What the row is for: fit, holdout or context.",
        "fit enters the estimate, holdout is compared with it, context is kept for the record.",
    ),
    "qualifier": Column(
        "The word that goes with the figure, such as exact, about, at_least or range.",
        "A range is one speaker's interval of one figure, a spread the lowest and highest of "
        "many; below and above are bounds that say nothing of how far away the quantity is; "
        "incomplete is a count known to miss a part.",
    ),
    "low": Column("The lower figure, as printed.", "Digits with a point, such as 1600.50."),
    "value": Column(
        "The figure, as printed.",
        "Digits with a point, such as 1600.50. A range may have a central figure too; leave it "
        "blank if the source names none.",
    ),
    "high": Column("The upper figure, as printed.", "Digits with a point, such as 1600.50."),
    "unit": Column(
        "The unit as printed, such as USD/month, million USD/year, persons or percent.",
        "Nothing is converted by hand: currencies are converted at the rates of the period.",
    ),
    "base": Column(
        "What the figure is a share of.",
        "Where the source names none, the base is your reading.",
    ),
    "coverage": Column(
        "The probability of the range, if the source states it, such as 0.95.",
        "If it is blank, the range is read as reading.toml says.",
    ),
    "source": Column(
        "Where it was published: an id of sources.csv, or a new one.",
        "A new source is described in the questions that follow.",
    ),
    "source_title": Column("Title of the new source.", "If it is blank, another id is asked for."),
    "source_publisher": Column("Publisher of the new source.", "It may be blank."),
    "source_date": Column(
        "Date of the new source, such as 2018-08-02.",
        "YYYY-MM-DD, YYYY-MM or YYYY. A source without a date is left out by --as-of.",
    ),
    "source_url": Column("Address of the new source.", "It begins with http:// or https://."),
    "said_by": Column("Who said it, in a few words.", "The speaker, not the publisher."),
    "grade": Column(
        "The source from A to F and the claim from 1 to 6, such as B2.",
        "A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be "
        "judged; 1 confirmed by others, 2 probably true, 3 possibly true, 4 doubtful, "
        "5 improbable, 6 cannot be judged. Grade before looking at any result.",
    ),
    "origin": Column(
        "The row or event that it repeats, if it does.",
        "Rows of one origin share an error; copies of one statement have the weight of one. "
        "NAME/same and NAME/opposite share it across quantities.",
    ),
    "panel": Column(
        "The name of a panel, if several experts were asked the same.",
        "The others have rows with the same panel; their disagreement widens the error.",
    ),
    "replaces": Column(
        "The id of an older row, if this figure revises it.", "Only the revision counts."
    ),
    "note": Column("The words of the source, and why you read them so.", "Any text, on one line."),
    "id": Column(
        "A name for the row.", "Up to 80 letters, digits, '-', '_' and '.'; no other row has it."
    ),
}
