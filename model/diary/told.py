"""A diary as a terminal shows it: a table of states, and each step in a sentence."""

from __future__ import annotations

from model.diary.book import RUNS, Diary
from model.terminal.tables import Column, Screen, put
from model.terminal.wording import counted

NOTE = (
    "A move is of the median, ± two standard errors of sampling; within that it is told as "
    "unchanged. What several changes moved is the mean over all orders in which they can be made, "
    "so that they add up."
)


def put_diary(console: Screen, found: Diary, *, wide: bool) -> None:
    """Print a diary."""
    bold = "bold" if console.is_terminal else ""
    if not found.converged:
        console.tell("NOT CONVERGED: do not use the numbers so marked.", "bold red")
    columns = [
        Column(one, "left" if place in (0, 3) else "right", rank=int(place == 3),
               style="bold" if place == 1 else "")
        for place, one in enumerate(found.headings)
    ]  # fmt: skip
    put(console, columns, found.lines(), found.heading, wide=wide)
    if not console.is_terminal:  # there a table ends with a blank line
        console.print()
    for one in found.entries:
        if one.step is None:
            continue
        name, said = found.told(one)
        console.tell(name, bold, hang="  ")
        console.tell(f"  {said}", hang="  ")
        if found.kind == RUNS:
            for line in one.step.changed:
                console.tell(f"    {line}", hang="  ")
    console.tell(f"  {NOTE}")
    if found.left_out:
        what_ifs = counted(found.left_out, "what-if is", "what-ifs are")
        console.tell(f"  {what_ifs} left out; --all tells them, too.")
    for line in found.damaged:
        console.tell(line, "bold red", hang="  ")
