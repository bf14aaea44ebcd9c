"""Renews what README.md states about the shipped case, its picture and the committed brief.

Run by `make readme`; the tests use its functions. Everything comes from one run with all scenarios.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import model
from model.case.folders import scenario_names
from model.terminal.wording import MILLION, three
from reports.brief import brief
from reports.figures import caption, totals, years
from reports.figures.files import spoken
from reports.figures.style import content
from reports.saved_run import SavedRun
from reports.texts import catalogue

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "state_take.svg"
BRIEF = ROOT / "docs" / "brief.pdf"
#: Characters in a line of the sample: a terminal's.
WIDTH = 80


def answer(run: SavedRun) -> str:
    """The answer, the press's figure and the official one, in three sentences."""
    numbers = catalogue().numbers.parts(*three(run.annual(run.year, "state_take"), MILLION))
    press = run.summary["press_arithmetic"]["usd"] / MILLION
    official = years.best_total(run)
    assert official is not None
    figures = totals.in_millions(run, official)
    low, high = totals.ends(figures)
    same = catalogue().numbers.parts(*three(figures["predicted"]))
    text = (
        f"**In {run.year} the North Korean state took about ${numbers.middle} million from its "
        f"workers in Russia; the 90% interval is ${numbers.low} million to ${numbers.high} "
        f"million.** The figure that the press arrives at by multiplying is ${press:.0f} million; "
        f"it measures something else. The official range, ${low:.0f} million to ${high:.0f} "
        "million, was held out of the fit; for its twelve months the model says "
        f"${same.middle} million ({same.low} to {same.high})."
    )
    return textwrap.fill(text, 100, break_on_hyphens=False)


#: How fast it went, and how long a reading was sampled, which the last digits decide.
OF_THE_MACHINE = re.compile(r"[\w ]+: [\d,]+ of [\d,]+|Not converged yet; sampling for")


def sample(output: Path) -> str:
    """What the first command prints, without the run's key and what depends on the machine."""
    command = [sys.executable, "-m", "model.estimate", "--output", str(output), "--fresh"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    printed = re.sub(r"; [\d.]+ s in all", "", done.stdout)
    printed = re.sub(r"Wrote\s+\S*/(\w+)-[0-9a-f]{12}/", r"Wrote runs/\1-.../", printed)
    said = [line for line in done.stderr.splitlines() if not OF_THE_MACHINE.match(line)]
    lines = [*said, *printed.splitlines()]
    wrapped = [textwrap.wrap(line, WIDTH) or [""] for line in lines]
    return "\n".join(f"    {line}".rstrip() for several in wrapped for line in several)


def picture(run: SavedRun) -> bytes:
    """The state take by year as SVG, letters as shapes: README's reader has no font of ours."""
    texts = catalogue()
    drawing = content(years.draw(run), "svg", letters=False).decode("utf-8")
    return spoken(drawing, caption("years", run, texts), years.describe(run, texts))


def renewed(text: str, name: str, block: str) -> str:
    """A text with another block between the marks of that name.

    Raises
    ------
    ValueError
        When the marks are missing.
    """
    start, end = f"<!-- {name}: make readme -->\n", f"\n<!-- /{name} -->"
    head, found, rest = text.partition(start)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"README.md has no marks for {name}")
    return f"{head}{start}{block}{end}{tail}"


def main() -> int:
    """Estimate, and write README's blocks, its picture and the brief."""
    scenarios = scenario_names(model.INPUTS)
    estimate = model.fit(scenarios=scenarios)
    estimate.drivers()
    run = SavedRun.open(estimate.folder)
    if not run.converged:
        sys.stderr.write("The sampler did not converge: nothing was written.\n")
        return 3
    text = renewed(README.read_text(encoding="utf-8"), "answer", answer(run))
    with tempfile.TemporaryDirectory() as folder:
        text = renewed(text, "sample", sample(Path(folder)))
    README.write_text(text, encoding="utf-8")
    PICTURE.write_bytes(picture(run))
    BRIEF.write_bytes(brief(run, catalogue()))
    sys.stdout.write(
        f"Wrote {README.name}, {PICTURE.relative_to(ROOT)}, {BRIEF.relative_to(ROOT)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
