"""What no fitted claim speaks of is called assumed, by a rule and not by a list."""

from __future__ import annotations

import copy

import pytest

from model.equations.quantities import BASIC_BY_NAME, DEFINITIONS, USES
from reports import annex_results, assumed, brief, findings, front
from reports.figures import priors
from reports.saved_run import SavedRun
from reports.texts import Catalogue

#: Of the small case, whose claims say nothing of brokers, managers and firms.
SILENT = ["broker_take", "managers_take", "left_with_others", "left_with_own_firms"]


def saying(run: SavedRun, quantity: str, weight: float = 1.0) -> SavedRun:
    """A copy with one more fitted row, about a quantity."""
    new = SavedRun(run.folder, run.manifest, copy.deepcopy(run.summary))
    one = next(iter(run.summary["evidence"]))
    new.summary["evidence"]["more"] = run.summary["evidence"][one] | {"weight": weight}
    new.__dict__["evidence"] = run.evidence | {"more": run.evidence[one] | {"quantity": quantity}}
    return new


def test_the_rule_covers_every_use_with_basic_quantities() -> None:
    assert set(assumed.FIXED_BY) == set(USES)
    assert {name for names in assumed.FIXED_BY.values() for name in names} <= set(BASIC_BY_NAME)


def test_uses_of_which_no_row_speaks(run: SavedRun) -> None:
    assert set(SILENT) <= set(assumed.uses(run))
    assert not {"worker_keeps", "plan_collected"} & set(assumed.uses(run))


@pytest.mark.parametrize(
    ("quantity", "known"),
    [
        ("broker_take", {"broker_take"}),
        ("broker_margin", {"broker_take"}),
        ("managers_share", {"managers_take"}),
        ("own_firms", {"left_with_others", "left_with_own_firms"}),
        ("vat_rate.before_2019", {"turnover_tax"}),
        ("wage_fund", set()),
        ("state_take", set()),
    ],
)
def test_a_claim_ends_an_assumption(run: SavedRun, quantity: str, known: set[str]) -> None:
    before = set(assumed.uses(run))
    assert set(assumed.uses(saying(run, quantity))) == before - known
    assert set(assumed.uses(saying(run, quantity, weight=0.0))) == before


def test_names_are_marked(run: SavedRun, english: Catalogue) -> None:
    assert assumed.name_of(run, "broker_margin", english) == "Brokers' margin (assumed)"
    assert assumed.name_of(run, "plan", english) == "State plan"
    assert assumed.name_of(run, "exchange_rate.RUB", english) == "Exchange rate: RUB"
    told = saying(run, "broker_take")
    assert assumed.name_of(told, "broker_margin", english) == "Brokers' margin"
    assert assumed.use_of(told, "broker_take", english) == "Brokers"
    marked = [label for label in priors.chosen(run) if assumed.quantity(run, label)]
    said = priors.describe(run, english)
    assert all(f"{english.name(label)} (assumed)" in said for label in marked)


def test_sentences_say_so_only_where_it_is_so(run: SavedRun, english: Catalogue) -> None:
    told = saying(run, "own_firms")
    assert findings.share(told, english).key == "share.known"
    assert "assumed" in front.box(run, english)["words"]
    assert "assumed" not in front.box(told, english)["words"]
    said = {one.key: one.text for one in findings.supposed(run, english)}
    shares = run.summary["accounts"]["items"]
    whole = sum(shares[use]["share"]["mean"] for use in assumed.uses(run))
    assert english.numbers.percent(whole) in said["unknown.assumed"]
    assert "local brokers" in said["unknown.assumed"]


def scaled(run: SavedRun, **sensitivities: float) -> SavedRun:
    """The same run with a made-up check by power-scaling, alike for all definitions."""
    new = SavedRun(run.folder, run.manifest, run.summary)
    rows = [[name.replace("_", " "), *[value] * len(DEFINITIONS)] for name, value in
            (sensitivities | {"noise, all priors": 0.01}).items()]  # fmt: skip
    columns = ["component", *DEFINITIONS]
    new.__dict__["checks"] = {"power_scaling": {"passed": None, "columns": columns, "rows": rows}}
    return new


@pytest.mark.parametrize(
    ("priors", "evidence", "decided"),
    [(0.2, 0.1, True), (0.1, 0.2, False), (0.04, 0.01, False), (0.06, 0.01, True)],
)
def test_what_priors_decide_is_mostly_assumed(
    run: SavedRun, english: Catalogue, priors: float, evidence: float, decided: bool
) -> None:
    told = scaled(run, all_priors=priors, evidence=evidence)
    assert assumed.mostly(told, "state_take") == decided
    table = brief.years(told, english)
    marked = ["(mostly assumed)" in head for head in table["head"][1:]]
    assert marked == [decided] * len(DEFINITIONS)
    assert table["assumed"] == (list(range(1, len(DEFINITIONS) + 1)) if decided else [])
    results = annex_results.results(told, english)
    assert len(results["faint"]) == (len(results["rows"]) if decided else 0)
    assert not assumed.mostly(run, "state_take")
