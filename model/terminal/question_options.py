"""Options that state a question and how it is sampled, grouped as the help shows them."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from model.terminal.options import QUESTION

#: Heading of the sampler's options in the help.
SAMPLER = "The sampler"


class Side(StrEnum):
    """Sides of the accounts of which rows can be left out."""

    plan = "plan"
    payments = "payments"


#: Options under these headings.
_question = partial(typer.Option, rich_help_panel=QUESTION)
_sampler = partial(typer.Option, rich_help_panel=SAMPLER)

Scenario = Annotated[
    list[str] | None,
    _question(metavar="NAME", help="A scenario of the case by name, or a .toml file. Repeatable."),
]
Horizon = Annotated[
    str,
    _question(metavar="MONTH", help="Last month to project, YYYY-MM, past the data."),
]
Fixed = Annotated[
    list[str] | None,
    _question("--set", metavar="QUANTITY=VALUE", help="Fix a basic quantity exactly. Repeatable."),
]
Sweep = Annotated[
    list[str] | None,
    _question(
        metavar="QUANTITY=FIRST:LAST:COUNT",
        help="Estimate with a quantity fixed at each of COUNT values. Twice for two quantities.",
    ),
]
Prior = Annotated[
    list[str] | None,
    _question(metavar="QUANTITY=P05:P95", help="Replace a prior. Repeatable."),
]
DropSource = Annotated[
    list[str] | None,
    _question(metavar="ID", help="Drop a source's rows from the fit. Repeatable."),
]
DropRow = Annotated[
    list[str] | None,
    _question(metavar="ID", help="Drop a row from the fit. Repeatable."),
]
Weight = Annotated[
    list[str] | None,
    _question(metavar="ROW=FACTOR", help="Multiply a row's weight by FACTOR. Repeatable."),
]
Without = Annotated[
    list[Side] | None,
    _question(metavar="SIDE", help="Leave out rows about the plan, or about payments. Repeatable."),
]
Believe = Annotated[
    list[str] | None,
    _question(metavar="ROW", help="Take a held-out total as evidence, too. Repeatable."),
]
Reading = Annotated[
    list[str] | None,
    _question(
        metavar="NAME=WEIGHT",
        help="Weight of a rival reading; the others share what is left. Repeatable.",
    ),
]
AsOf = Annotated[
    str,
    _question(metavar="DATE", help="Fit only evidence published by this day, YYYY-MM-DD."),
]
Strict = Annotated[
    bool,
    _question("--strict", help="Treat probable slips of unit as errors."),
]
Draws = Annotated[
    int,
    _sampler(min=100, max=1_000_000, help="Kept draws per chain."),
]
Tune = Annotated[
    int,
    _sampler(min=50, max=1_000_000, help="Warm-up draws per chain."),
]
Chains = Annotated[int, _sampler(min=2, max=100, help="Number of chains.")]
Seed = Annotated[int, _sampler(min=0, max=2**63 - 1, help="Random seed.")]
Cores = Annotated[
    int | None,
    _sampler(min=1, help="Chains sampled at once. Does not change the draws."),
]
Fresh = Annotated[
    bool,
    _sampler("--fresh", help="Fit anew, ignoring the archive."),
]
