"""Options that state a question and how it is sampled, grouped as the help shows them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from model.terminal.options import QUESTION

#: Heading of the sampler's options in the help.
SAMPLER = "The sampler"


class Side(StrEnum):
    """Sides of the accounts of which rows can be left out."""

    plan = "plan"
    payments = "payments"


Scenario = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="A scenario of the case by name, or a .toml file. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
Horizon = Annotated[
    str,
    typer.Option(
        metavar="MONTH",
        help="Last month to project, YYYY-MM, past the data.",
        rich_help_panel=QUESTION,
    ),
]
Fixed = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="QUANTITY=VALUE",
        help="Fix a basic quantity exactly. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
Sweep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="QUANTITY=FIRST:LAST:COUNT",
        help="Estimate with a quantity fixed at each of COUNT values. Twice for two quantities.",
        rich_help_panel=QUESTION,
    ),
]
Prior = Annotated[
    list[str] | None,
    typer.Option(
        metavar="QUANTITY=P05:P95",
        help="Replace a prior. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
DropSource = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID",
        help="Drop a source's rows from the fit. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
DropRow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID", help="Drop a row from the fit. Repeatable.", rich_help_panel=QUESTION
    ),
]
Weight = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROW=FACTOR",
        help="Multiply a row's weight by FACTOR. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
Without = Annotated[
    list[Side] | None,
    typer.Option(
        metavar="SIDE",
        help="Leave out rows about the plan, or about payments. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
Believe = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROW",
        help="Take a held-out total as evidence, too. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
Reading = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=WEIGHT",
        help="Weight of a rival reading; the others share what is left. Repeatable.",
        rich_help_panel=QUESTION,
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        metavar="DATE",
        help="Fit only evidence published by this day, YYYY-MM-DD.",
        rich_help_panel=QUESTION,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Treat probable slips of unit as errors.", rich_help_panel=QUESTION
    ),
]
Draws = Annotated[
    int,
    typer.Option(min=100, max=1_000_000, help="Kept draws per chain.", rich_help_panel=SAMPLER),
]
Tune = Annotated[
    int,
    typer.Option(min=50, max=1_000_000, help="Warm-up draws per chain.", rich_help_panel=SAMPLER),
]
Chains = Annotated[
    int, typer.Option(min=2, max=100, help="Number of chains.", rich_help_panel=SAMPLER)
]
Seed = Annotated[
    int, typer.Option(min=0, max=2**63 - 1, help="Random seed.", rich_help_panel=SAMPLER)
]
Cores = Annotated[
    int | None,
    typer.Option(
        min=1, help="Chains sampled at once. Does not change the draws.", rich_help_panel=SAMPLER
    ),
]
Fresh = Annotated[
    bool,
    typer.Option("--fresh", help="Fit anew, ignoring the archive.", rich_help_panel=SAMPLER),
]
