"""What is said of each figure: one sentence, and a table if it may mean several things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from model.case.qualifiers import FLOORS
from model.claims.rule import CEILINGS, UPPER_ENDS, Verdict
from model.terminal.tables import Column, Screen, put, screen
from model.terminal.wording import ENGLISH, counted, percent, three

if TYPE_CHECKING:
    from model.claims.paragraph import Figure, Meaning, Paragraph

#: Styles of verdicts in a terminal; the word is always there.
STYLES = {
    Verdict.SUPPORTED: "green",
    Verdict.STRETCHED: "yellow",
    Verdict.CONTRADICTED: "bold red",
    Verdict.NOT_MODELLED: "dim",
}
NOT_MODELLED = "not about anything modelled"
WORDS = {one: one.value for one in Verdict} | {Verdict.NOT_MODELLED: NOT_MODELLED}
RULE = (
    "Supported: it meets the middle half of the posterior, or is more likely right than wrong. "
    "Stretched: it meets the 90% interval only, or is right with a chance from 10%. Contradicted: "
    "neither. Of several meanings the most favourable counts. The rule: docs/claims.md."
)
#: What a two-sided claim does with the posterior.
MEETS = {
    Verdict.SUPPORTED: "the figure meets the middle half of that",
    Verdict.STRETCHED: "the figure meets its 90% interval but not its middle half",
    Verdict.CONTRADICTED: "the figure misses its 90% interval",
}


def show(found: Paragraph, *, wide: bool = False) -> None:
    """Print each figure with its verdict."""
    console = screen()
    console.print()
    if not found.figures:
        console.tell("The text has no figures but dates.")
        return
    console.tell(summary(found), "bold")
    framed = False  # a table in a terminal ends in a blank line of its own
    for one in found.figures:
        if not framed:
            console.print()
        _show_figure(console, one, wide=wide)
        framed = console.is_terminal and len(one.meanings) > 1
    console.print()
    if any(one.meanings for one in found.figures):
        console.tell(RULE)
    if found.cut:
        console.tell(
            f"The text has more than {len(found.figures):,} figures; only these are checked."
        )


def _show_figure(console: Screen, one: Figure, *, wide: bool) -> None:
    console.tell(sentence(one), STYLES[one.verdict] if console.is_terminal else "", hang="  ")
    if one.assumed:
        console.tell(f"  Taken for granted: {'; '.join(one.assumed)}.", hang="  ")
    if len(one.meanings) > 1:
        columns = [
            Column("  It may mean", "left"),
            Column("Verdict", "left"),
            Column("Posterior, 90%"),
            Column("Chance", rank=1),
        ]
        rows = [
            [f"  {meaning.title}", meaning.verdict.value, standing(one, meaning), _chance(meaning)]
            for meaning in one.meanings
        ]  # fmt: skip
        put(console, columns, rows, wide=wide)


def _chance(meaning: Meaning) -> str:
    """Chance that the claim is true; of an upper end, also that it is reached."""
    told = percent(meaning.probability)
    return told if meaning.reached is None else f"{told}, reached {percent(meaning.reached)}"


def summary(found: Paragraph) -> str:
    """How many figures have each verdict."""
    verdicts = [one.verdict for one in found.figures]
    told = [f"{verdicts.count(one)} {WORDS[one]}" for one in Verdict if one in verdicts]
    return f"{counted(len(verdicts), 'figure', 'figures')}: {', '.join(told)}."


def sentence(one: Figure) -> str:
    """The sentence that says what a figure is worth."""
    said = f"“{one.text}”"
    if one.verdict is Verdict.NOT_MODELLED:
        return f"{said} is {NOT_MODELLED}: {one.because}."
    best = one.meanings[0]
    denied = ", which the sentence denies," if one.negated else ""
    told = (
        f"{said}{denied} seems to be {one.measures}; {one.place}, {one.dates}. "
        f"{best.verdict.value.capitalize()} as {best.title}: the model says "
        f"{standing(one, best)}{_how(one, best)}."
    )
    return f"{told} {_unsure(one)}" if one.unsure else told


def _how(one: Figure, best: Meaning) -> str:
    """Why the verdict is what it is."""
    chance = percent(best.probability)
    if one.qualifier in FLOORS:
        return f"; the chance of that much or more is {chance}"
    if one.qualifier in CEILINGS:
        return f"; the chance of that much or less is {chance}"
    if one.qualifier in UPPER_ENDS and best.reached is not None:
        reached = percent(best.reached)
        return f"; the chance that it is no more is {chance}, that it comes up to it {reached}"
    verdict = best.verdict
    if one.negated and verdict is not Verdict.STRETCHED:
        swapped = {Verdict.SUPPORTED, Verdict.CONTRADICTED} - {verdict}
        verdict = swapped.pop()
    return f", and {MEETS[verdict]}"


def _unsure(one: Figure) -> str:
    """The verdicts of the other meanings."""
    best, *others = one.meanings
    told = [
        f"{_listed([other.title for other in others if other.verdict is verdict])} "
        f"it is {verdict.value}"
        for verdict in Verdict
        if verdict is not best.verdict and any(other.verdict is verdict for other in others)
    ]
    return f"Unsure: as {'; as '.join(told)}."


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def standing(one: Figure, meaning: Meaning) -> str:
    """Median and 90% interval of what the model says, in the figure's unit."""
    middle, low, high = three(meaning.posterior)
    if one.unit == "fraction":
        return ENGLISH.shares(middle, low, high)
    parts = ENGLISH.amount(middle, low, high)
    told = ENGLISH.between.format(middle=parts.middle, low=parts.low, high=parts.high)
    currency, _, time = one.unit.partition("/")
    worded = [parts.scale, "" if currency == "1" else currency, _time(one, time)]
    return " ".join([told, *filter(None, worded)])


def _time(one: Figure, time: str) -> str:
    if not time and one.meanings and one.of_worker:
        time = "month"
    return f"{'an' if time == 'hour' else 'a'} {time}" if time else ""
