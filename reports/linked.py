"""Where the numbers of the brief stand in the annex: links to named places of its file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from model.equations.quantities import HEADLINE
from reports import command
from reports.saved_run import SavedRun
from reports.texts import Catalogue

Json = dict[str, Any]

#: Chapter of the annex for each line of the box that says how sure we are.
SURE = {
    "evidence": "evidence",
    "judgement": "catalogue",
    "checks": "checks",
    "before": "checks",
    "change": "checks",
}
#: Chapter for each finding, by the beginning of its key.
FINDINGS = {
    "workers": "results",
    "official": "holdout",
    "share": "results",
    "drivers": "drivers",
    "unknown.least": "catalogue",
    "unknown.assumed": "catalogue",
    "unknown.world": "holdout",
    "unknown": "evidence",
    "tied": "catalogue",
    "press.formula": "evidence",
    "press": "results",
}
#: Chapter for each figure.
FIGURES = {
    "headline": "holdout",
    "accounts": "results",
    "workers": "results",
    "scenarios": "scenarios",
    "tornado": "drivers",
    "years": "results",
    "hosts": "results",
    "meanings": "holdout",
}


class Annex:
    """The annex of the same run in the same language, which lies beside the brief.

    Its places are named alike in every language, so that names are plain letters.
    """

    def __init__(self, run: SavedRun, texts: Catalogue) -> None:
        self._run = run
        self._file = quote(command.named("annex.pdf", run, texts))

    def _at(self, name: str) -> str:
        return f"{self._file}#nameddest={quote(name)}"

    def chapter(self, key: str) -> str:
        """A chapter, by the key of its title."""
        return self._at(f"chapter-{key}")

    def result(self, year: int, definition: str = HEADLINE) -> str:
        """The row of a year's revenue."""
        return self._at(f"result-{definition}-{year}")

    def scenario(self, place: int) -> str:
        """A scenario, counted from those that change most."""
        return self._at(f"scenario-{place}")

    def claim(self, name: str) -> str:
        """A row of evidence; one that is neither fitted nor held out is a claim kept as context."""
        if name.isascii():
            return self._at(f"row-{name}")
        return self.chapter("evidence" if name in self._run.summary["evidence"] else "context")

    def finding(self, key: str) -> str:
        """What a sentence rests on, by its key."""
        if key.startswith("trend"):
            return self.result(self._run.years[-1])
        if key.startswith("scenario"):
            return self.scenario(0)
        found = next((one for one in FINDINGS if key.startswith(one)), "")
        return self.chapter(FINDINGS.get(found, "results"))

    def places(self) -> Json:
        """Places that the brief's template names."""
        return {
            "headline": self.result(self._run.year),
            "results": self.chapter("results"),
            "evidence": self.chapter("evidence"),
            "scenarios": self.chapter("scenarios") if self._run.scenarios else None,
            "sure": {key: self.chapter(chapter) for key, chapter in SURE.items()},
            "figures": {name: self.chapter(chapter) for name, chapter in FIGURES.items()},
        }
