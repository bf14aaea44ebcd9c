"""The chain, and what a claim does, in sentences: about ten lines that a person can read aloud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from model.archive.show import HEADINGS
from model.equations.quantities import HEADLINE
from model.terminal.wording import FINEST, MILLION, counted, interval, percent, rounded, three

if TYPE_CHECKING:
    from model.why.chain import Chain, Pull
    from model.why.one_row import Claim

#: Millions below which a move is told to a tenth.
FINE = 10.0
#: Sources that are named in each direction, and quantities.
NAMED = 3


def chain_lines(found: Chain) -> list[str]:
    """The chain from the answer down to the claims that hold it, a paragraph each."""
    amount = interval(*three(found.amount, MILLION))
    parts = [
        f"{_name(part)} is ${interval(*three(numbers))} of that"
        for part, numbers in found.parts.items()
    ]
    return [
        f"{_name(found.definition).capitalize()} in {found.year}: ${amount} million, median and "
        "90% interval.",
        f"It is {interval(*three(found.worker_months, 1000.0))} thousand worker-months, at "
        f"${interval(*three(found.yielded))} each: draw by draw, one times the other.",
        *([f"Of a worker-month, {'; '.join(parts)}."] if parts else []),
        f"It is uncertain: {percent(found.shares['worker_months'])} of the variance is due to the "
        f"number of workers, {percent(found.shares['yielded'])} to what each of them yields.",
        _driven(found),
        *_by_reading(found),
        *_held(found),
    ]


def _name(definition: str) -> str:
    return HEADINGS.get(definition, definition).replace("_", " ").lower()


def _driven(found: Chain) -> str:
    """Groups of quantities and the largest single ones, by their share of the variance."""
    if not found.groups:
        what = "" if found.definition == HEADLINE else f" --what {found.definition}"
        return (
            "Which quantities that comes from is not saved with the run: python -m model.drivers "
            f"{found.run}{what} --year {found.year}"
        )
    groups = [f"{title.lower()} {percent(share)}" for title, share in found.groups]
    if found.between_readings:
        groups.append(f"between readings {percent(found.between_readings)}")
    single = ", ".join(f"{name} {percent(share)}" for name, share in found.quantities[:NAMED])
    return (
        f"By quantity: {', '.join(groups)}, not told apart {percent(max(found.unexplained, 0.0))}; "
        f"of single ones most by {single}."
    )


def _by_reading(found: Chain) -> list[str]:
    if len(found.readings) < 2:
        return []
    low, high = (rounded(end(found.readings.values()) / MILLION, 1.0) for end in (min, max))
    return [
        f"By reading, the median is from {low} to {high} million: no source settles which is right."
    ]


def _held(found: Chain) -> list[str]:
    """What pulls the answer up, and down, and how little the rest does."""
    if found.pulls is None:
        return [f"What each source does is worked out for the headline: {_checking(found.run)}"]
    lines, named = [], []
    for word, sign in (("up", 1.0), ("down", -1.0)):
        pulls = [pull for pull in found.pulls if pull.moves * sign > 0.0][:NAMED]
        named += pulls
        if pulls:
            lines.append(f"Pulled {word} by {_pulls(pulls)}.")
    rest = [abs(pull.moves) for pull in found.pulls if pull not in named]
    if rest:
        others = counted(len(rest), "other source or origin moves", "other sources or origins move")
        each = f"${rounded(max(rest) / MILLION, FINEST)} million"
        lines.append(f"{others} it by at most {each}{'' if len(rest) == 1 else ' each'}.")
    return lines


def _checking(run: str) -> str:
    """The command that saves what leaving each source out does."""
    return f"python -m model.criticism {run} --only leave_one_out"


def _pulls(pulls: Sequence[Pull]) -> str:
    return "; ".join(f"{pull.name}, {_moved(pull)} ({', '.join(pull.rows)})" for pull in pulls)


def _moved(pull: Pull) -> str:
    """How far a source moves the median, in millions."""
    sign = "+" if pull.moves > 0.0 else ""
    doubt = "" if pull.reliable else ", not reliably"
    moves = pull.moves / MILLION
    return f"{sign}{rounded(moves, FINEST if abs(moves) < FINE else 1.0)} million{doubt}"


def claim_lines(found: Claim) -> list[str]:
    """What a claim says, how the model sees it, and what the answer is without it."""
    lines = [
        f"{found.row}: {found.quantity} ({found.place}, {found.dates})",
        f"It says {found.read}. Source: {found.source}.",
    ]
    if found.predicted is not None:
        said = f"The model expects {interval(*three(found.predicted))} {found.unit}"
        if not math.isnan(found.surprise):
            said += f"; {percent(found.surprise)} of that lies nearer its middle than the figure"
        lines.append(f"{said}.")
    if found.role != "fit":
        return [*lines, "It is not fitted, and so it moves nothing."]
    if not found.weight:
        return [*lines, "In this run it weighs nothing, and so it moves nothing."]
    if found.pulls is None:
        return [*lines, f"What it does is not saved: {_checking(found.run)}"]
    return [*lines, *(_without(pull, found.row) for pull in found.pulls)]


def _without(pull: Pull, row: str) -> str:
    others = [one for one in pull.rows if one != row]
    along = f", and with it {', '.join(others)}," if others else ""
    amount = interval(*three(pull.without, MILLION))
    return (
        f"Without its {pull.kind} {pull.name}{along} the answer would be ${amount} million: it "
        f"moves the median by {_moved(pull)}."
    )
