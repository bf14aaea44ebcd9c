"""Claims as footnotes: speaker, statement, place of reading and grade."""

from __future__ import annotations

from typing import Any

from model.case.reader.numbers import coverage
from reports.linked import Annex
from reports.saved_run import SavedRun
from reports.texts import Catalogue
from reports.units import with_unit, within

Json = dict[str, Any]
#: Columns of ``evidence.csv`` that hold figures; the catalogue has the words.
FIGURES = ("low", "value", "high")


def figure_printed(row: dict[str, str], texts: Catalogue) -> str:
    """Format a row's figure with its hedge and unit, e.g. "about 100,000 RUB/month"."""
    figures = {key: number(row[key], texts) for key in FIGURES if row[key]}
    if not figures:  # a claim without a number, kept as context
        return texts.say("hedges.silent")
    printed = next(iter(figures.values()))
    if len(figures) > 1:
        printed = texts.say("hedges.join", first=figures["low"], last=figures["high"])
    if len(figures) == len(FIGURES):
        printed = texts.say("hedges.within", value=figures["value"], ends=printed)
    hedge = row["qualifier"] or "exact"
    if row["unit"] == "percent":
        printed = texts.numbers.percent_sign.format(printed)
        base = _base(row["base"], texts) if row["base"] else ""
        printed = f"{printed} {base}".strip()
    else:
        last = list(figures.values())[-1]
        alone = len(figures) == 1 and hedge == "exact"
        printed = with_unit(printed, row["unit"], texts, last if alone else within(last))
    said = texts.say(f"hedges.{hedge}", figure=printed)
    stated = coverage(row.get("coverage", ""))
    if stated is None:
        return said
    return texts.say("hedges.coverage", figure=said, coverage=texts.numbers.percent(stated))


def _base(base: str, texts: Catalogue) -> str:
    """What a share is of: an item of the accounts, or its own quantity at another date."""
    quantity, _, months = base.partition("@")
    if not months:
        return texts.say(f"bases.{base}")
    first, _, last = months.partition("..")
    when = " – ".join(filter(None, (first, last)))
    return texts.say("bases.change", quantity=measured(quantity, texts), when=when)


def speaker(run: SavedRun, name: str, texts: Catalogue) -> str:
    """The speaker of a row, or else its publisher."""
    row = run.evidence[name]
    own = row["said_by"] or publisher(run, row["source"], texts)
    return texts.titled("speakers", name, own)


def publisher(run: SavedRun, source: str, texts: Catalogue) -> str:
    """Who published a source."""
    return texts.titled("publishers", source, run.sources[source]["publisher"])


def claim(run: SavedRun, name: str, texts: Catalogue) -> str:
    """A row's statement: quantity, place, time and the figure as printed."""
    row = run.evidence[name]
    where = _segment(row["segment"], texts) if row["segment"] else place(row["host"], texts)
    when = " – ".join(dict.fromkeys((row["start"], row["end"])))
    printed = figure_printed(row, texts)
    quantity = measured(row["quantity"], texts)
    return texts.say(
        "annex.evidence.one", quantity=quantity, where=where, when=when, printed=printed
    )


def measured(quantity: str, texts: Catalogue) -> str:
    """What a row measures, in words."""
    words: dict[str, str] = texts.content["measured"]
    if quantity in words:
        return words[quantity]
    known = quantity.partition(".")[0] in texts.content["quantities"]
    return texts.name(quantity) if known else quantity.replace("_", " ")


def place(host: str, texts: Catalogue) -> str:
    """A host as the case calls it in this language, else by its id."""
    return texts.titled("hosts", host, host)


def _segment(segment: str, texts: Catalogue) -> str:
    """A segment likewise, or all but one."""
    name = segment.removeprefix("not ")
    said = texts.titled("segments", name, name)
    return texts.say("annex.evidence.all_but", segment=said) if name != segment else said


def number(text: str, texts: Catalogue) -> str:
    """Format a figure with the digits that were printed."""
    decimals = len(text.partition(".")[2])
    return texts.numbers.rounded(float(text), 10.0**-decimals)


def grade(row: dict[str, str]) -> str:
    """The claim's grade in the Admiralty code, e.g. B2."""
    return f"{row['reliability'].upper()}{row['credibility']}"


def note(run: SavedRun, name: str, texts: Catalogue) -> Json:
    """A footnote on a row of evidence: text, place of reading, grade and the row's id."""
    row = run.evidence[name]
    source = run.sources[row["source"]]
    read = texts.say("read", date=texts.date(source["date"])) if source["date"] else ""
    said = speaker(run, name, texts)
    place = [publisher(run, row["source"], texts), read]
    return {
        "id": name,
        "text": texts.say("note", said=said, printed=figure_printed(row, texts)),
        "place": ", ".join(part for part in place if part),
        "url": source["url"],
        "grade": texts.say("grades.of", grade=grade(row)),
    }


class Notes:
    """Footnotes of one document; a row cited again refers to its first footnote."""

    def __init__(self, run: SavedRun, texts: Catalogue) -> None:
        self.run, self.texts = run, texts
        self._cited: set[str] = set()
        self._annex = Annex(run, texts)

    def cite(self, *names: str) -> list[Json]:
        """Return footnotes on rows, in order."""
        found = []
        for name in names:
            more = {"again": name in self._cited, "annex": self._annex.claim(name)}
            found.append(note(self.run, name, self.texts) | more)
            self._cited.add(name)
        return found


def best(run: SavedRun, names: list[str], most: int) -> list[str]:
    """The best-graded rows; rows of equal grade stay in the order of the file."""
    return sorted(names, key=lambda name: grade(run.evidence[name]))[:most]
