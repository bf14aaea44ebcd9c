"""What was asked can be asked again from what is written down of it."""

from __future__ import annotations

from pathlib import Path

import typer

from model.estimate import app
from model.question import Question, SamplerOptions, WhatIf, arguments, options_asked
from model.sampling.whatif import what_if_of


def test_arguments_ask_the_same_question() -> None:
    asked = Question(
        Path("other"),
        WhatIf(
            fixed=(("broker_margin", 0.3, ""), ("payment", 900.0, "USD/month")),
            priors=(("upkeep", 5000.0, 9000.0, "RUB/month"),),
            drop_sources=("wsj",),
            drop_rows=("row-1", "row-2"),
            weights=(("row-3", 0.5),),
            without=("plan",),
            as_of="2018-08-02",
        ),
        ("status_quo", "my.toml"),
        "2021-12",
        SamplerOptions(draws=500, seed=7),
    )
    command = typer.main.get_command(app)
    found = command.make_context("estimate", arguments(asked)).params
    again = what_if_of(
        fixed=found["set_"],
        priors=found["prior"],
        drop_sources=found["drop_source"],
        drop_rows=found["drop_row"],
        weights=found["weight"],
        without=[side.value for side in found["without"]],
        as_of=found["as_of"],
    )
    assert again == asked.what_if
    assert (Path(found["inputs"]), tuple(found["scenario"])) == (asked.inputs, asked.scenarios)
    assert (found["horizon"], found["draws"], found["seed"]) == ("2021-12", 500, 7)
    assert (found["tune"], found["chains"]) == (150, 4)


def test_arguments_tell_what_was_asked_of_the_sampler() -> None:
    asked = SamplerOptions(draws=500, tune=60, chains=2, seed=7)
    what_if = WhatIf(drop_rows=("a", "b"), as_of="2018-08-02")
    assert options_asked(arguments(Question(what_if=what_if, options=asked))) == asked
    assert options_asked(arguments(Question())) == SamplerOptions()


def test_the_plain_question_needs_no_arguments() -> None:
    assert arguments(Question()) == []
