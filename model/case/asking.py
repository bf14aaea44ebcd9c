"""Ask for a row of evidence, column by column: each answer is checked before the next question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from model.case.adding import Draft, default_role, drafted
from model.case.case import Case
from model.case.columns import COLUMNS
from model.case.faults import closest, shown
from model.case.qualifiers import PAIRS, QUALIFIERS
from model.case.reader.evidence import UNMEASURED
from model.case.reader.tables import ROLES
from model.case.units import examples, is_pure
from model.equations.quantities import BASES, BASIC, BASIC_BY_NAME
from model.equations.subjects import MEASURED, MEASURED_BY_NAME

Ask = Callable[[str], str]
Tell = Callable[[str], object]

#: How the columns of a new source are called among the answers.
OF_SOURCE = "source_"
HELP, BACK = "?", "back"
#: Most ids of sources that are listed.
MOST_SOURCES = 40


def row_of(case: Case, answers: Mapping[str, str]) -> Draft:
    """Read the row that answers make; faults have the name of an answer as their file."""
    cells = {name: cell for name, cell in answers.items() if not name.startswith(OF_SOURCE)}
    told: dict[str, object] = dict(cells)
    described = {
        name.removeprefix(OF_SOURCE): cell
        for name, cell in answers.items()
        if name.startswith(OF_SOURCE)
    }
    if described:
        told["new_source"] = described
    return drafted(case, told)


class Dialogue:
    """Questions and answers about one row.

    Parameters
    ----------
    case : Case
    given : mapping of str to str
        Answers that need no question.
    ask : callable
        Called with a question; returns the answer.
    tell : callable
        Called with a text.
    """

    def __init__(self, case: Case, given: Mapping[str, str], ask: Ask, tell: Tell) -> None:
        self._case, self._ask, self._tell = case, ask, tell
        self.answers = dict(given)
        self._asked: set[str] = set()

    def held(self) -> Draft:
        """Ask until the row has no error left."""
        self._tell("Enter takes what is in brackets, or leaves the cell blank. ? tells more.")
        self._tell("back returns to the question before.")
        self._retract(tuple(self.answers))
        while (name := self._next()) is not None:
            self._question(name)
        return row_of(self._case, self.answers)

    def _next(self) -> str | None:
        """The first column that is still to be asked for."""
        return next(
            (name for name in COLUMNS if name not in self.answers and self._applies(name)), None
        )

    def _question(self, name: str) -> None:
        if name not in self._asked:
            self._tell("")
            self._tell(f"{name}: {COLUMNS[name].short}")
            self._asked.add(name)
        default = self._default(name)
        while True:
            answer = self._ask(f"{name} [{default}]> " if default else f"{name}> ") or default
            if answer != HELP:
                break
            self._tell(f"  {COLUMNS[name].more}")
            for line in self._choices(name):
                self._tell(f"  {line}")
        if answer == BACK:
            names = list(COLUMNS)
            before = [one for one in names[: names.index(name)] if one in self._asked]
            self._forget(*[one for one in before if one in self.answers][-1:])
            return
        self.answers[name] = answer
        if name == "source" and answer and self._new_source():
            near = closest(answer, tuple(self._case.sources["id"]))
            meant = f"; did you mean {shown(near)}?" if near else "."
            self._tell(f"  {shown(answer)} is not in sources.csv{meant}")
            self._tell("  Describe it if it is new; a blank title asks for the id again.")
        if name == f"{OF_SOURCE}title" and not answer:
            self._forget("source", name)
            return
        self._retract((name,))

    def _retract(self, latest: tuple[str, ...]) -> None:
        """Tell each error in what was answered, and forget the answers that it is about."""
        for fault in row_of(self._case, self.answers).faults:
            name = fault.file
            if name == "new_source":
                name = f"{OF_SOURCE}{fault.column}"
            if name not in self.answers or self._waits(name):
                continue
            self._tell(f"  {name}: {fault.message}")
            self._forget(name, *(one for one in latest if len(latest) == 1))

    def _waits(self, name: str) -> bool:
        """Whether an error may be due only to what was not asked yet."""
        return name == "source" and self._new_source() and bool(self.answers["source"])

    def _forget(self, *names: str) -> None:
        for name in names:
            self.answers.pop(name, None)

    # What is asked

    def _get(self, name: str) -> str:
        return self.answers.get(name, "")

    def _kind(self) -> str:
        measured = MEASURED_BY_NAME.get(self._get("quantity"))
        return measured.kind if measured is not None else "basic"

    def _new_source(self) -> bool:
        return self._get("source") not in set(self._case.sources["id"])

    def _applies(self, name: str) -> bool:
        """Whether a column can have a cell, given the answers before."""
        qualifier = self._get("qualifier")
        if name.startswith(OF_SOURCE):
            return self._new_source() and bool(self._get("source"))
        if name == "segment":
            return self._kind() not in ("total", "basic")
        if name in ("low", "high"):
            return qualifier in PAIRS
        if name == "value":
            return qualifier not in PAIRS or qualifier == "range"
        if name == "coverage":
            return qualifier == "range"
        return name != "base" or self._is_share()

    def _is_share(self) -> bool:
        signed = any(self._get(name).endswith("%") for name in ("low", "value", "high"))
        pure = is_pure(self._get("unit")) if self._get("unit") else signed
        return self._kind() in ("worker_month", "level", "flow") and pure

    def _default(self, name: str) -> str:
        if name == "end":
            return self._get("start")
        if name == "role":
            return default_role(self._get("quantity"))
        if name == "host" and len(self._case.hosts) == 1:
            return self._case.hosts[0].name
        return row_of(self._case, self.answers)["id"] if name == "id" else ""

    # What there is to choose from

    def _choices(self, name: str) -> list[str]:
        """Lines with what a column may hold, as far as it can be listed."""
        if name == "quantity":
            names = {*MEASURED_BY_NAME, *UNMEASURED}
            told = [(one.name, one.unit, one.definition) for one in MEASURED]
            told += [(one.name, one.unit, one.definition) for one in BASIC if one.name not in names]
            return [f"{quantity} ({unit}): {definition}" for quantity, unit, definition in told]
        if name == "unit":
            return [f"For {self._get('quantity')}: {', '.join(self._units())}, …"]
        words = {
            "host": [one.name for one in self._case.hosts],
            "segment": self._segments(),
            "qualifier": list(QUALIFIERS),
            "base": list(BASES),
            "role": list(ROLES),
            "source": list(self._case.sources["id"]),
        }.get(name, [])
        more = ", …" if len(words) > MOST_SOURCES else ""
        return [", ".join(map(shown, words[:MOST_SOURCES])) + more] if words else []

    def _segments(self) -> list[str]:
        own = [one for one in self._case.segments if one.host == self._get("host")]
        return list(dict.fromkeys(w for one in own for w in (one.id, one.sector, one.region)))

    def _units(self) -> list[str]:
        quantity = self._get("quantity")
        found = MEASURED_BY_NAME.get(quantity) or BASIC_BY_NAME.get(quantity.partition(".")[0])
        own = [one.currency for one in self._case.hosts if one.name == self._get("host")]
        currencies = list(dict.fromkeys([*own, "USD"]))
        return examples(found.unit, currencies)[:6] if found is not None else ["USD/month"]
