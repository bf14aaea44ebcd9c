"""What no fitted claim speaks of: it is called assumed wherever it is printed.

A claim bears on a use of the contractors' money if it states the use itself, or a basic quantity
that fixes it once the billings are known. A claim about a sum of several uses, such as the wage
fund, bears on none of them.
"""

from __future__ import annotations

from model.equations.quantities import USES, family
from reports.saved_run import SavedRun
from reports.texts import Catalogue

#: The row of all priors in the check by power-scaling, and the sensitivity that counts.
PRIORS, MATTERS = "all priors", 0.05
#: Basic quantities that fix each use of the billings.
FIXED_BY: dict[str, tuple[str, ...]] = {
    "turnover_tax": ("vat_rate", "vat_share", "simplified_rate"),
    "contributions": ("contribution_rate",),
    "income_tax": ("income_tax_rate",),
    "permit_cost": ("permit_cost",),
    "broker_take": ("broker_margin",),
    "upkeep": ("upkeep", "upkeep_growth"),
    "worker_keeps": ("keep_share",),
    "managers_take": ("managers_share",),
    "left_with_others": ("own_firms",),
    "left_with_own_firms": ("own_firms",),
    "plan_collected": ("plan", "plan_growth", "plan_ratio", "levies"),
}


def uses(run: SavedRun) -> list[str]:
    """Uses on which no fitted claim bears, in the order of ``USES``."""
    stated = {
        run.evidence[name]["quantity"].partition(".")[0]
        for name, row in run.summary["evidence"].items()
        if row["weight"]
    }
    return [use for use in USES if not stated & {use, *FIXED_BY[use]}]


def quantity(run: SavedRun, label: str) -> bool:
    """Whether a basic quantity only fixes uses that are assumed."""
    fixed = {use for use, names in FIXED_BY.items() if family(label) in names}
    return bool(fixed) and fixed <= set(uses(run))


def mostly(run: SavedRun, definition: str) -> bool:
    """Whether the priors decide a revenue more than the evidence does, by power-scaling.

    That is so where a little more or less prior moves it by an amount that counts (Kallioinen et
    al. 2024), is no noise, and is more than as much evidence would.
    """
    if not run.checks.get("power_scaling", {}).get("rows"):
        return False
    moved = run.check_table("power_scaling").set_index("component")[definition]
    priors = float(moved[PRIORS])
    noise = float(moved.get(f"noise, {PRIORS}", 0.0))
    return priors > max(MATTERS, noise, float(moved["evidence"]))


def definition_name(run: SavedRun, definition: str, texts: Catalogue) -> str:
    """The name of a definition of revenue, marked if priors decide it."""
    name = texts.say(f"definitions.{definition}.name")
    return texts.say("mostly_assumed", name=name) if mostly(run, definition) else name


def name_of(run: SavedRun, label: str, texts: Catalogue) -> str:
    """A quantity's name, marked if it is assumed; also of an exchange rate."""
    name = texts.name(label)
    known = label in run.summary["quantities"]
    return texts.say("assumed", name=name) if known and quantity(run, label) else name


def use_of(run: SavedRun, use: str, texts: Catalogue, names: str = "items") -> str:
    """The name of a use of the money, marked if it is assumed."""
    name = texts.say(f"{names}.{use}")
    return texts.say("assumed", name=name) if use in uses(run) else name


def listed(run: SavedRun, texts: Catalogue) -> str:
    """All uses that are assumed, in a sentence."""
    return ", ".join(texts.say(f"takers.{use}") for use in uses(run))
