"""A question from Python's arguments, with faults told in Python's words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.case.checkout import case_folder
from model.case.faults import CaseError, Fault
from model.question import Question, SamplerOptions
from model.sampling.whatif import SIDES, what_if_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Smallest and largest value of each option of the sampler, as on the command line.
LIMITS = {
    "draws": (100, 1_000_000), "tune": (50, 1_000_000), "chains": (2, 100), "seed": (0, 2**63 - 1),
}  # fmt: skip
#: Forms of the command line, and what stands for them in Python.
FORMS = {
    "write QUANTITY=VALUE, with an optional unit": (
        'write set={"QUANTITY": 0.2}, or with a unit {"QUANTITY": "9000 RUB/month"}'
    ),
    "write QUANTITY=P05:P95": (
        'write prior={"QUANTITY": (0.1, 0.3)}, or with a unit {"QUANTITY": "5000:9000 RUB/month"}'
    ),
    "write QUANTITY=FIRST:LAST:COUNT, with an optional unit": (
        'write {"QUANTITY": (0.1, 0.5, 5)}, or with a unit {"QUANTITY": "4000:9000:3 RUB/month"}'
    ),
    "write ROW=W, a factor of at least 0": 'write weight={"ROW": 0.5}, a factor of at least 0',
    "write NAME=WEIGHT, from 0 to 1": 'write reading={"NAME": 0.5}, from 0 to 1',
    "write P05:P95": "write the lower end first",
}
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([\w.]+)=(0)\b)?")
Single = str | os.PathLike[str]


def question(
    inputs: str | Path,
    *,
    scenarios: Single | Sequence[Single] = (),
    horizon: object = "",
    set: Mapping[str, float | str] | None = None,
    prior: Mapping[str, tuple[float, float] | str] | None = None,
    drop_source: str | Sequence[str] = (),
    drop_row: str | Sequence[str] = (),
    weight: Mapping[str, float] | None = None,
    without: str | Sequence[str] = (),
    as_of: object = "",
    reading: str | Mapping[str, float] | None = None,
    believe: str | Sequence[str] = (),
    **sampler: int,
) -> Question:
    """The question in the arguments of ``model.fit``.

    Raises
    ------
    CaseError
        With every argument that cannot be read.
    TypeError, ValueError
        If an argument is of another kind, or an option of the sampler out of its limits.
    """
    for name, value in sampler.items():
        low, high = LIMITS[name]
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name}={value!r}; write a whole number")
        if not low <= value <= high:
            raise ValueError(f"{name}={value}; write a whole number from {low:,} to {high:,}")
    sides = _several("without", without)
    for side in sides:
        if side not in SIDES:
            raise ValueError(f"without={side!r}; write one of: {', '.join(map(repr, SIDES))}")
    weights = {reading: 1.0} if isinstance(reading, str) else reading
    with in_python():
        what_if = what_if_of(
            fixed=_pairs("set", set, str),
            priors=_pairs("prior", prior, _ends),
            drop_sources=_several("drop_source", drop_source),
            drop_rows=_several("drop_row", drop_row),
            weights=_pairs("weight", weight, str),
            without=sides,
            as_of=str(as_of),
            readings=_pairs("reading", weights, str),
            believe=_several("believe", believe),
        )
    asked = tuple(dict.fromkeys(_several("scenarios", scenarios)))
    options = SamplerOptions(**{name: int(value) for name, value in sampler.items()})
    return Question(case_folder(inputs), what_if, asked, str(horizon), options)


def _several(name: str, value: Any) -> tuple[str, ...]:
    """Names, also where a single one is given."""
    if isinstance(value, str | os.PathLike):
        return (os.fspath(value),)
    if isinstance(value, Mapping) or not hasattr(value, "__iter__"):
        raise TypeError(f"{name}={value!r}; write a name or a list of names")
    found = list(value)
    for one in found:
        if not isinstance(one, str | os.PathLike):
            raise TypeError(f"{name}={value!r}: {one!r} is not a name")
    return tuple(os.fspath(one) for one in found)


def _pairs(name: str, value: Any, said: Callable[[Any], str]) -> list[str]:
    """Entries of a mapping as the command line has them."""
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f'{name}={value!r}; write a dictionary, such as {{"NAME": ...}}')
    return [f"{key}={said(one)}" for key, one in (value or {}).items()]


def _ends(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, Sequence) or len(value) != 2:
        raise TypeError(f"prior: {value!r}; write the 5% and the 95% quantile, as in (0.1, 0.3)")
    return f"{value[0]}:{value[1]}"


@contextmanager
def in_python() -> Iterator[None]:
    """Tell faults of options as those of arguments."""
    try:
        yield
    except CaseError as error:
        faults = [
            Fault(_argument(one.file), one.row, one.column, _worded(one.message))
            for one in error.faults
        ]
        raise CaseError(_worded(error.folder), faults) from None


def _argument(name: str) -> str:
    return name.removeprefix("--").replace("-", "_") if name.startswith("--") else name


def _worded(message: str) -> str:
    """A message without forms and options of the command line."""
    for form, other in FORMS.items():
        if form in message:
            message = message.replace(form, other)
            break
    return _OPTION.sub(_as_argument, message)


def _as_argument(found: re.Match[str]) -> str:
    name, key, value = found[1].replace("-", "_"), found[2], found[3]
    return f'{name}={{"{key}": {value}}}' if key else name
