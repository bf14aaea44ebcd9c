"""Forms of the JSON files of a run but its summary, each checked once, when it is read."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    model_validator,
)

from model.archive.plain_files import inside

#: Entries of a run's manifest.
MOST_FILES = 10_000

# Values


def _inside(name: str) -> str:
    if not inside(name):
        raise ValueError("this is not the name of a file inside the run")
    return name


Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Count = Annotated[int, Field(ge=0, lt=2**63)]
#: A number, or null if it was not finite.
Number = float | None
Chance = Annotated[float, Field(ge=0, le=1)] | None
Cell = str | bool | Whole | float | None
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, AfterValidator(_inside)]
Month = Annotated[str, StringConstraints(pattern=r"^(199[0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])$")]
Year = Annotated[str, StringConstraints(pattern=r"^(199[0-9]|20[0-9]{2}|2100)$")]
YearNumber = Annotated[int, Field(ge=1990, le=2100)]
Definition = Literal["billings", "wedge", "surplus", "state_take", "plan_collected"]


class Form(BaseModel):
    """An object of a file; keys that are not named here are left alone."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)


class Exact(Form):
    """An object without other keys."""

    model_config = ConfigDict(extra="forbid")


class Numbers(Exact):
    """Mean, standard deviation and quantiles."""

    mean: Number
    sd: Number
    q05: Number
    q25: Number
    q50: Number
    q75: Number
    q95: Number


class Change(Numbers):
    """Numbers of a difference from the baseline."""

    probability_lower: Chance
    probability_higher: Chance


class Convergence(Form):
    """The verdict on the chains."""

    max_rhat: Number
    min_ess_bulk: Number
    min_ess_tail: Number
    divergences: Count
    worst: dict[str, str]


class Verdict(Convergence):
    """The verdict on the chains, in one word as well."""

    converged: bool


class Believed(Form):
    """Held-out rows that were believed, and what moved."""

    class Move(Form):
        """A quantity that moved."""

        quantity: str
        before: float
        after: float

    rows: list[str]
    moves: list[Move]


class AnsweredBy(Form):
    """How the draws were obtained."""

    how: str
    readings: dict[str, Verdict] | None = None
    believed: Believed | None = None


# manifest.json


#: Lists of fixed length, as JSON has no tuples.
Pair = Annotated[tuple[str, float], Strict(False)]
Setting = Annotated[tuple[str, float, str], Strict(False)]
Prior = Annotated[tuple[str, float, float, str], Strict(False)]


class Asked(Exact):
    """What a run was asked that the inputs do not say."""

    fixed: list[Setting] = []
    priors: list[Prior] = []
    drop_sources: list[str] = []
    drop_rows: list[str] = []
    weights: list[Pair] = []
    without: list[str] = []
    as_of: str = ""
    readings: list[Pair] = []
    believe: list[str] = []


class Sampler(Form):
    """Options of the sampler."""

    draws: Annotated[int, Field(ge=1, le=10**8)]
    tune: Annotated[int, Field(ge=0, le=10**8)]
    chains: Annotated[int, Field(ge=1, le=10**4)]
    seed: Count
    target_accept: Annotated[float, Field(gt=0, lt=1)]


class Versions(Form):
    """Versions of the program and of the libraries that do its arithmetic."""

    __pydantic_extra__: dict[str, str] = Field(init=False)

    model: str
    source: str


class Manifest(Form):
    """manifest.json: what was asked of the program, and the SHA-256 of each file of the run."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    fit: str
    read: str
    inputs: dict[str, str]
    scenarios: list[str]
    horizon: Month
    what_if: Asked
    warnings: list[str]
    versions: Versions
    sampler: Sampler
    answered_by: AnsweredBy
    convergence: Verdict
    seconds: dict[str, float]
    files: Annotated[dict[FileName, Digest], Field(max_length=MOST_FILES)]
    seal: Digest
    date: str | None = None
    arguments: list[str] | None = None


# checks.json, drivers.json, calibration.json


class Short(Form):
    """The verdict of a check."""

    passed: bool | None
    sentence: str


class Grid(Form):
    """A table."""

    columns: list[str]
    rows: list[list[Cell]]

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("two columns have one name")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has more or fewer cells than there are columns")
        return self


class Said(Form):
    """What a sentence, or a part of one, is made of: the key of its text, and its values."""

    key: str
    values: dict[str, Value]


Value = Cell | Said | list[Cell | Said]


class Check(Short, Grid):
    """A check in full."""

    reading: str
    figure: str
    said: list[Said] = []


class Checks(Form):
    """checks.json: the results of ``model.criticism``."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    checks: dict[str, Check]


class Tables(Form):
    """The tables of one answer of ``model.drivers``."""

    groups: Grid
    quantities: Grid
    correlations: Grid
    knowing: Grid
    prospects: Grid


class Driver(Form):
    """What drives the revenue of one year under one definition."""

    definition: Definition
    year: YearNumber
    numbers: Numbers
    explained: Number
    degree: Whole
    between_readings: Number
    tables: Tables


class DriversFile(Form):
    """drivers.json: the results of ``model.drivers``, by definition and year."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    asked: dict[str, Driver]


class Curves(Form):
    """Curves of the ranks and their band; empty if no case could be fitted."""

    lower: list[Number] = []
    upper: list[Number] = []
    curves: dict[str, list[Number]] = {}
    definitions: list[str] = []


class World(Form):
    """What came of the cases of one simulated world; of none, its name alone."""

    world: str
    cases: Count
    take_inside: Chance = None
    plan_inside: Chance = None
    surplus_inside: Chance = None
    billings_inside: Chance = None
    workers_inside: Chance = None
    take_to_truth: Number = None
    wider: Number = None
    differs: str = ""


class Worlds(Short):
    """The verdict on all worlds, and each in a line."""

    reading: str
    lines: list[World]
    said: list[Said] = []


class Study(Form):
    """What was simulated, and with which program."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    case: str
    inputs: dict[str, str]
    versions: Versions
    seed: Count


class Misspecified(Study):
    """misspecified.json: coverage in worlds unlike the model, by ``model.calibration``."""

    cases: Count
    misspecified: Worlds


class Calibration(Study):
    """calibration.json: the results of ``model.calibration``."""

    replicates: Count
    slips: Count
    divergences: Count
    checks: dict[str, Check]
    ranks: Curves
