"""What is printed fits the terminal: no line is longer, no word is split, no silent cut."""

from __future__ import annotations

import io

import pytest

from model.terminal.plain_text import wrapped
from model.terminal.screen import Lines, lasting
from model.terminal.tables import Column, Screen, put

WIDTHS = (60, 80, 120)
PROSE = (
    "The press's arithmetic gives $378 million a year; the chance that the wedge, which that "
    "arithmetic measures, was larger than in 상트페테르부르크 is 10%."
)
COLUMNS = [Column("Year", "left"), *(Column(f"A heading number {n}", rank=n) for n in range(6))]
ROWS = [("2017", *["160 (110 to 230)"] * 6)]


def table(width: int, *, terminal: bool, wide: bool = False) -> list[str]:
    file = io.StringIO()
    console = Screen(file=file, force_terminal=terminal, width=width, color_system=None)
    put(console, COLUMNS, ROWS, "A title", wide=wide)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", WIDTHS)
def test_prose_is_broken_between_words(width: int) -> None:
    from rich.cells import cell_len

    lines = wrapped(f"  {PROSE}", width, "  ")
    assert all(cell_len(line) <= width for line in lines)
    assert " ".join(" ".join(lines).split()) == PROSE
    assert lines[0].startswith("  The")
    assert all(line.startswith("    ") for line in lines[1:])


def test_a_word_longer_than_the_line_is_whole() -> None:
    assert wrapped("see /a/very/long/path now", 10) == ["see", "/a/very/long/path", "now"]
    assert wrapped("", 10) == [""]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_a_terminal_and_says_what_it_left_out(width: int) -> None:
    lines = table(width, terminal=True)
    assert all(len(line) <= width for line in lines)
    said = " ".join(" ".join(lines).split())
    _, _, named = said.partition(f"Left out to fit {width} columns: ")
    left = [one.heading for one in COLUMNS[1:] if one.heading in named]
    shown = next(line for line in lines if line.split()[:1] == ["2017"]).count("160 (110 to 230)")
    assert shown + len(left) == 6
    assert bool(left) == (width < 120)
    # the highest rank goes first
    assert left == [one.heading for one in COLUMNS[shown + 1 :]]


@pytest.mark.parametrize(("terminal", "wide"), [(False, False), (True, True)])
def test_elsewhere_and_with_wide_a_table_is_whole(terminal: bool, wide: bool) -> None:
    lines = table(60, terminal=terminal, wide=wide)
    assert next(one for one in lines if "2017" in one).count("160 (110 to 230)") == 6
    assert "Left out" not in " ".join(lines)


def test_no_line_of_a_table_ends_with_blanks_in_a_file() -> None:
    file = io.StringIO()
    console = Screen(file=file, force_terminal=False, width=80)
    texts = [Column("Quantity", "left"), Column("What it is", "left")]
    put(console, texts, [("plan", "what is claimed"), ("levies", "")], "A title")
    assert file.getvalue() == ("A title\nQuantity  What it is\nplan      what is claimed\nlevies\n")


def test_a_name_is_not_cut_where_prose_beside_it_can_fold() -> None:
    file = io.StringIO()
    console = Screen(file=file, force_terminal=True, width=60, color_system=None)
    name = "declared_ratio.spb_construction"  # longer than what is kept whole unasked
    put(console, [Column("Quantity", "left"), Column("What", "left")], [(name, PROSE)])
    lines = file.getvalue().splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert any(name in line for line in lines)
    assert "…" not in file.getvalue()


def test_columns_are_closer_where_that_makes_a_whole_table_fit() -> None:
    for width, printed in ((130, 124), (110, 106), (100, 124)):
        lines = table(width, terminal=False)
        assert max(map(len, lines)) == printed
        assert next(one for one in lines if "2017" in one).count("160 (110 to 230)") == 6


def test_long_work_is_a_line_every_ten_seconds_with_the_time_left() -> None:
    said: list[str] = []
    now = [0.0]
    lines = Lines(said.append, lambda: now[0])
    for second in range(26):
        now[0] = float(second)
        lines("sampling", second * 10, 400)
    assert said == [
        "Sampling …",
        "Sampling: 100 of 400, about 30 s left",
        "Sampling: 200 of 400, about 20 s left",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (40, "40 s"), (100, "2 min"), (7500, "2 h 5 min")]
)
def test_times_are_said_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
