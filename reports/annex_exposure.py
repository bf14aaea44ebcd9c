"""The annex's chapter on firms: what workers approved for each bring, and those of linked firms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.equations.quantities import HEADLINE
from reports import exposed
from reports.citations import publisher
from reports.saved_run import SavedRun
from reports.tables import table
from reports.texts import Catalogue

if TYPE_CHECKING:
    from model import exposure

Json = dict[str, Any]

THOUSAND = 1e3
WORKER_MONTHS = "worker_months"
#: Definitions of revenue in the tables, from the narrowest.
SHOWN = ("plan_collected", HEADLINE, "billings")


def block(run: SavedRun, texts: Catalogue) -> Json | None:
    """Texts and tables of the chapter; nothing if the case names no firms."""
    if not exposed.told(run):
        return None
    found = exposed.found(run)
    firms = [one for one in found.firms if one.draws]
    groups = [one for group in exposed.networks(run) for one in group]
    return {
        "text": texts.say("annex.exposure.text"),
        "limits": texts.say("annex.exposure.limits"),
        "firms": _firms(run, firms, texts),
        "unknown": _unknown([one for one in found.firms if not one.draws], texts),
        "networks": _networks(run, [one for one in groups if one.draws], texts),
        "links": links(run, groups, texts) or [texts.say("annex.exposure.unlinked")],
        "same": _same(run, groups, texts),
    }


def _firms(run: SavedRun, firms: list[exposure.Exposed], texts: Catalogue) -> Json:
    """What is stated of each firm, and what follows from it."""
    rows = []
    for one in firms:
        period = texts.say("annex.exposure.period", first=one.first, last=one.last)
        said = {"text": exposed.stated(one, texts), "period": period, "source": one.source}
        rows.append([one.name, said, *_amounts(run, one, texts)])
    return _headed(table(texts, "exposure", ("firm", "stated", "months", "part"), rows), texts)


def _networks(run: SavedRun, groups: list[exposure.Network], texts: Catalogue) -> Json:
    """The sums of linked firms, by each basis."""
    names = exposed.names(run)
    rows = []
    for one in groups:
        basis = texts.say(f"exposure.by_{one.basis}")
        counted = texts.say(
            "annex.exposure.counted", basis=basis, counted=len(one.counted), firms=len(one.firms)
        )
        said = {"text": counted, "period": "", "source": ""}
        firms = ", ".join(names[firm] for firm in one.firms)
        rows.append([firms, said, *_amounts(run, one, texts)])
    block = table(texts, "exposure", ("network", "stated", "months", "part"), rows)
    return _headed(block | {"caption": texts.say("annex.exposure.networks_caption")}, texts)


def _headed(block: Json, texts: Catalogue) -> Json:
    """A table with the names of the definitions between its other columns."""
    first, part = block["head"][:3], block["head"][3:]
    names = (texts.say(f"definitions.{name}.name") for name in SHOWN)
    return block | {"head": [*first, *names, *part]}


def _amounts(
    run: SavedRun, one: exposure.Exposed | exposure.Network, texts: Catalogue
) -> list[str]:
    """Worker-months, dollars by definition, and the part of the host's state take."""
    part = exposed.share(run, one)
    share = texts.numbers.interval(*part) if part else texts.say("annex.exposure.untold")
    money = exposed.cells(one, SHOWN, texts, THOUSAND)
    return [*exposed.cells(one, (WORKER_MONTHS,), texts, 1.0), *money, share]


def _unknown(firms: list[exposure.Exposed], texts: Catalogue) -> list[str]:
    """Firms of which no amount is known, by what is missing."""
    lacking: dict[str, list[str]] = {}
    for one in firms:
        lacking.setdefault(_missing(one), []).append(one.name)
    said = []
    for key, names in lacking.items():
        missing = texts.say(f"exposure.missing.{key}", firms=", ".join(names))
        said.append(texts.say("annex.exposure.unknown", missing=missing))
    return said


def _missing(one: exposure.Exposed) -> str:
    """What keeps a firm's amounts from being known."""
    if not one.basis:
        return "nothing"
    if not (one.first and one.last):
        return "undated"
    return "other" if one.inside.any() else "outside"


def links(run: SavedRun, groups: list[exposure.Network], texts: Catalogue) -> list[str]:
    """Each link in a sentence, with its source."""
    names = exposed.names(run)
    said: dict[str, None] = {}
    for one in groups:
        for link in one.links.itertuples():
            source = f"{publisher(run, str(link.source), texts)} [{link.source}]".lstrip()
            told = texts.say(
                f"exposure.tied.{link.kind}", source=source,
                firm=names[str(link.firm)], other=names[str(link.other)],
            )  # fmt: skip
            said[told] = None
    return [f"{one}." for one in said]


def _same(run: SavedRun, groups: list[exposure.Network], texts: Catalogue) -> str:
    """Firms whose workers are counted with another firm; blank if there are none."""
    names = exposed.names(run)
    same = dict.fromkeys(names[firm] for one in groups for firm in one.same)
    return texts.say("annex.exposure.same", firms=", ".join(same)) if same else ""
