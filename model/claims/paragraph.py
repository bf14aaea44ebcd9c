"""A paragraph with each of its figures checked against the posterior of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model.case.faults import cut
from model.claims.catalogue import words
from model.claims.numerals import Printed, figures
from model.claims.rule import ORDER, Verdict, agreement, claimed
from model.claims.scale import check_whole, claim_in_unit, draws_in_unit, unit_of
from model.claims.scanning import Token, plain, sentences
from model.claims.scene import Context, Scene
from model.claims.senses import Clause, NotModelledError, sense_of
from model.claims.standing import Asked, Standing
from model.claims.timespans import spans
from model.claims.whereabouts import Gazetteer
from model.equations.subjects import MEASURED_BY_NAME
from model.projection.prediction import distribution

Json = dict[str, Any]

#: Figures of one text that are checked; a page has some dozens.
MOST = 1000
#: Tokens before a figure in which what denies it stands.
DENIED = 8
#: The share of the workers in some segments.
SHARE = "segment_workers"
#: Months of a window from which yearly quotas are added up.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Meaning:
    """One quantity that a figure may mean, and how far it agrees.

    Attributes
    ----------
    quantity, base : str
        As in evidence.csv; the base of a share, or blank.
    title : str
        In words.
    posterior : dict
        Its distribution, in the figure's unit.
    probability : float
        That the claim is true of it, as it is worded.
    reached : float or None
        Of an upper end, the chance that the quantity comes up to it.
    agreement : float
        What the verdict follows from.
    verdict : Verdict
    """

    quantity: str
    base: str
    title: str
    posterior: Json
    probability: float
    reached: float | None
    agreement: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text, with its verdict.

    Attributes
    ----------
    text : str
        As printed, with its hedge.
    sentence, first, stop : int
        Number of its sentence, from 1, and its places in the text.
    qualifier : str
    low, high : float
        Ends of a range; otherwise both the figure.
    unit : str
    negated : bool
        Whether the sentence denies it.
    measures, place, dates : str
        What it seems to measure, where and when; blank if nothing modelled.
    assumed : tuple of str
        What the sentence does not say and is taken for granted.
    meanings : tuple of Meaning
        The most favourable first.
    verdict : Verdict
        That of the most favourable meaning.
    because : str
        Of a figure that is not about anything modelled, why not.
    """

    text: str
    sentence: int
    first: int
    stop: int
    qualifier: str
    low: float
    high: float
    unit: str
    negated: bool
    measures: str = ""
    place: str = ""
    dates: str = ""
    assumed: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    verdict: Verdict = Verdict.NOT_MODELLED
    because: str = ""

    @property
    def unsure(self) -> bool:
        """Whether the verdict depends on what the figure means."""
        return len({one.verdict for one in self.meanings}) > 1

    @property
    def of_worker(self) -> bool:
        """Whether it is an amount of one worker."""
        kinds = {MEASURED_BY_NAME[one.quantity].kind for one in self.meanings if not one.base}
        return kinds == {"worker_month"}


@dataclass(frozen=True, repr=False)
class Paragraph:
    """A text with its figures checked.

    Attributes
    ----------
    run : str
    converged : bool
    figures : tuple of Figure
    cut : bool
        Whether the text has more figures than are checked.
    """

    run: str
    converged: bool
    figures: tuple[Figure, ...]
    cut: bool = False

    def __repr__(self) -> str:
        """The sentences that the command prints."""
        from model.claims.told import sentence

        return "\n".join(map(sentence, self.figures)) or "No figures."

    @property
    def table(self) -> Any:
        """A row for each meaning of each figure, as a DataFrame."""
        from model.claims.as_data import table

        return table(self)


def check(folder: Path, text: str, pause: Callable[[], None] = lambda: None) -> Paragraph:
    """Check each figure of a text against the posterior of a run.

    Parameters
    ----------
    folder : Path
        Of the run.
    text : str
    pause : callable
        Called before each sentence; may raise, to interrupt.

    Raises
    ------
    CaseError
        If the run's inputs cannot be read, for example because an older program wrote them.
    DamagedRunError
    """
    return checked(Standing.of(folder), folder.name, text, pause)


def checked(
    standing: Standing, run: str, text: str, pause: Callable[[], None] = lambda: None
) -> Paragraph:
    """The same with a posterior that was read before."""
    text = plain(text)
    checker = _Checker(standing, text)
    found: list[Figure] = []
    for number, tokens in enumerate(sentences(text), start=1):
        for figure in checker.of_sentence(tokens, number, pause):
            if len(found) == MOST:
                return Paragraph(run, standing.converged, tuple(found), cut=True)
            found.append(figure)
    return Paragraph(run, standing.converged, tuple(found))


class _Checker:
    """Checks the sentences of one text, in their order."""

    def __init__(self, standing: Standing, text: str) -> None:
        self._standing, self._text = standing, text
        self._places = Gazetteer(standing.case)
        self._context = Context(standing.case)

    def of_sentence(
        self, tokens: list[Token], number: int, pause: Callable[[], None]
    ) -> Iterator[Figure]:
        """The figures of one sentence, one by one."""
        pause()
        dated, dates = spans(tokens)
        printed = figures(tokens, dates)
        mentions = self._places.mentions(tokens) if printed else []
        for one in printed:
            clause = Clause(tokens, mentions, one)
            blank = self._blank(clause, number)
            try:
                yield self._judged(blank, clause, self._context.scene(clause, dated))
            except NotModelledError as error:
                yield replace(blank, because=str(error))

    def _blank(self, clause: Clause, number: int) -> Figure:
        """A figure before anything is known of what it measures."""
        tokens, printed = clause.tokens, clause.printed
        first, stop = tokens[printed.hedged_from].start, tokens[printed.stop - 1].end
        return Figure(
            text=cut(self._text[first:stop]), sentence=number, first=first, stop=stop,
            qualifier=printed.qualifier, low=printed.low, high=printed.high,
            unit=unit_of(printed), negated=denied(clause),
        )  # fmt: skip

    def _judged(self, blank: Figure, clause: Clause, scene: Scene) -> Figure:
        """The figure with what it may mean, and the verdict of each."""
        printed = clause.printed
        dollars = float("nan")
        if printed.currency:
            rate = self._standing.per_usd(printed.currency, scene.start, scene.end)
            dollars = printed.high / rate
        sense = sense_of(clause, dollars)
        meanings, assumed, missing = [], list(scene.assumed), ""
        for quantity, base in sense.quantities:
            try:
                where = scene if quantity != SHARE else _parts_named(clause, scene)
                meaning, note = self._meaning(quantity, base, printed, where, blank.negated)
            except NotModelledError as error:
                missing = str(error)
                continue
            meanings.append(meaning)
            if note and note not in assumed:
                assumed.append(note)
        if not meanings:
            raise NotModelledError(missing)
        meanings.sort(key=lambda one: ORDER.index(one.verdict))
        return replace(
            blank, measures=sense.name, place=scene.place, dates=scene.dates,
            assumed=tuple(assumed), meanings=tuple(meanings), verdict=meanings[0].verdict,
        )  # fmt: skip

    def _meaning(
        self, quantity: str, base: str, printed: Printed, scene: Scene, negated: bool
    ) -> tuple[Meaning, str]:
        """One quantity that a figure may mean, and what is taken for granted for it."""
        if quantity == "quota" and (scene.end - scene.start).n >= MONTHS:
            quantity = "authorisations"
        asked = Asked(quantity, base, scene.hosts, scene.segments, scene.start, scene.end)
        check_whole(asked, printed, cut=scene.cut)
        if quantity == SHARE and not scene.segments:
            raise NotModelledError("it names no part of the workers that the case tells apart")
        draws = self._standing.draws(asked, printed.currency or "USD")
        draws = draws_in_unit(asked, printed, draws)
        ends = claimed(self._standing.case.reading, printed)
        ends, note = claim_in_unit(asked, printed, ends)
        how = agreement(printed.qualifier, ends, draws)
        meaning = Meaning(
            quantity, base, title_of(quantity, base), distribution(draws),
            how.probability, how.reached, how.agreement, how.verdict(negated=negated),
        )  # fmt: skip
        return meaning, note


def _parts_named(clause: Clause, scene: Scene) -> Scene:
    """A scene with the parts of the hosts that a clause names besides, of whose share it speaks."""
    if scene.segments:
        return scene
    named = [one for one in clause.mentions if clause.first <= one.first < clause.stop]
    own = [one.segments for one in named if set(one.hosts) == set(scene.hosts)]
    return replace(scene, segments=frozenset().union(*own))


def title_of(quantity: str, base: str) -> str:
    """A quantity in words, with the base of a share."""
    told = quantity.removeprefix("total_").replace("_", " ")
    return f"{told} / {base.replace('_', ' ')}" if base else told


def denied(clause: Clause) -> bool:
    """Whether a word before a figure, in its clause, says that it is not so."""
    tokens, first = clause.tokens, clause.printed.hedged_from
    no, but = words("negations"), words("negations", "but")
    for place in range(max(clause.first, first - DENIED), first):
        low = tokens[place].low
        behind = tokens[place + 1].low if place + 1 < len(tokens) else ""
        if (low in no or low.endswith("n't")) and behind not in but:
            return True
    return False
