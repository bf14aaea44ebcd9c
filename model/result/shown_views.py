"""A view of an answer as printed in the terminal: one table, of periods or of scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.archive.show import HEADINGS
from model.case.folders import BASELINE
from model.equations.quantities import HEADLINE
from model.result.drawn_money import money_in_words
from model.terminal.tables import Column, put, screen, stacked
from model.terminal.wording import ENGLISH, interval, three, unchanged

if TYPE_CHECKING:
    import pandas as pd

    from model.terminal.view_options import View

#: Sizes in which amounts are printed, by the largest median that still needs the next smaller one.
SIZES = ((1e10, 1e9, "billion"), (1e6, 1e6, "million"), (1e5, 1e3, "thousand"))


def show_view(table: pd.DataFrame, view: View, *, wide: bool = False) -> None:
    """Print a table of ``view_table``: definitions by period, or changes by scenario and period."""
    console = screen()
    if not table["converged"].all():
        console.tell("NOT CONVERGED: do not use these numbers.", "bold red")
    mixture = table[table["reading"] == ""]
    largest = float(mixture.loc[mixture["measure"] == "amount", "q50"].abs().max())
    scale, size = next(((unit, word) for least, unit, word in SIZES if largest >= least), (1.0, ""))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in mixture.to_dict("records"):
        key = (row["scenario"], f"{row['period']} p" if row["projected"] else row["period"])
        found.setdefault(key, {})[f"{row['measure']} {row['definition']}"] = row
    money = money_in_words(view.currency, view.real, per_worker=view.per_worker, size=size)
    title = f"Revenue by {view.by.partition('/')[0]}, {money}: median (90% interval)"
    told = {scenario for scenario, _ in found}
    if told == {BASELINE}:
        columns = [Column("Period", "left")]
        columns += [Column(HEADINGS[name], rank=name != HEADLINE) for name in HEADINGS]
        rows: list[list[Any]] = [
            [period, *(_cell(numbers[f"amount {name}"], scale) for name in HEADINGS)]
            for (_, period), numbers in found.items()
        ]
    else:
        columns = [
            Column("Scenario", "left"), Column("Period", "left"), Column("State take", rank=1),
            Column("Change"), Column("Chance it is higher", rank=2),
        ]  # fmt: skip
        rows, last = [], ""
        for (scenario, period), numbers in found.items():
            cells: list[Any] = [_cell(numbers[f"amount {HEADLINE}"], scale), "", ""]
            change = numbers.get(f"change {HEADLINE}")
            if change is not None:
                cells[1] = "none" if unchanged(change) else _cell(change, scale)
                if not unchanged(change):
                    cells[2] = stacked(*ENGLISH.chances(change))
            rows.append(["" if scenario == last else scenario, period, *cells])
            last = scenario
    put(console, columns, rows, title, wide=wide)
    if mixture["projected"].any():
        console.tell("  p: projected, past the data")


def _cell(numbers: dict[str, Any], scale: float) -> str:
    return interval(*three(numbers, scale))
