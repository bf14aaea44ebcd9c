"""A run as ArviZ reads it: prior, posterior, what both predict, and the density of each row.

For a mixture of rival readings, what belongs to a draw is that of its own reading: its priors, its
rows and their weights. A row that the reading leaves out has a log density of zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.archive import draws_file
from model.archive.saved_fit import Fitted
from model.case.case import Case
from model.equations.quantities import HEADLINE
from model.evidence.likelihood import Evidence
from model.evidence.synthesis import ErrorSizes, Synthesis, log_quantities
from model.projection.blocks import yearly_usd
from model.projection.prediction import replicate
from model.result.readable_tables import known
from model.sampling.fitting import Posterior
from model.sampling.rivals import restated

Floats = NDArray[np.float64]
Groups = dict[str, xr.Dataset]

MIXTURE = "a mixture of readings; loo, psense and effective sizes are meant for one: idata_of(NAME)"


def inference_data(fitted: Fitted, reading: str | None = None) -> xr.DataTree:
    """The draws of a fit, or those of one of its readings.

    Returns
    -------
    DataTree
        Groups ``posterior`` and ``prior`` (basic quantities, and the state take by year),
        ``posterior_predictive`` and ``prior_predictive`` (log figures that would be printed),
        ``log_likelihood`` and ``log_prior``, ``observed_data``, ``constant_data`` and
        ``sample_stats``.
    """
    told = {one.reading.name: (one.case, one.parts) for one in fitted.rivals}
    if reading is not None:
        known(reading, told)
    alone = not told
    chosen = {"": (fitted.case, fitted.posterior.parts)} if alone else told
    each = [
        _of_reading(fitted, None if alone else place, *parts)
        for place, (name, parts) in enumerate(chosen.items())
        if reading in (None, name)
    ]
    groups = {name: _one_after_another([one[name] for one in each]) for name in each[0]}
    # which rows were observed, in any of the readings
    rows = groups["log_likelihood"]["row"].to_numpy()
    wanted = fitted.posterior.parts if len(each) > 1 else None
    said = (wanted or next(p for n, (_, p) in chosen.items() if reading in (None, n))).evidence
    groups |= _stated(fitted.case, said, rows)
    note = MIXTURE if len(each) > 1 else "one reading of the evidence"
    groups["/"] = xr.Dataset(attrs={"title": fitted.case.title, "note": note})
    return xr.DataTree.from_dict(groups)


def _of_reading(fitted: Fitted, place: int | None, case: Case, parts: Synthesis) -> Groups:
    """Everything that depends on draws, of the draws from one reading."""
    own = fitted.posterior
    if place is not None:
        assert own.reading is not None
        mine = own.reading == place
        some = replace(
            own, normals=own.normals[:, mine], natural=own.natural[:, mine],
            stats={name: one[:, mine] for name, one in own.stats.items()}, reading=None,
        )  # fmt: skip
        own = replace(some, layout=parts.layout, parts=parts, normals=restated(parts.layout, some))
    chains, draws = own.normals.shape[:2]
    base = {"chain": np.arange(chains), "draw": np.arange(draws)}
    seed = [own.options.seed, 5 if place is None else 10 + place]
    rng = np.random.default_rng(seed)
    normals = rng.normal(size=own.normals.shape)
    before = replace(
        own, normals=normals, natural=parts.layout.natural(normals[..., : parts.layout.size])
    )
    found = {
        "sample_stats": xr.Dataset({n: (("chain", "draw"), s) for n, s in own.stats.items()}, base),
        "log_likelihood": draws_file.log_likelihood(own, base),
        "log_prior": draws_file.log_prior(own, base),
    }
    rows = found["log_likelihood"]["row"].to_numpy()
    for name, one, sizes in (
        ("posterior", own, own.error_sizes), ("prior", before, ErrorSizes())
    ):  # fmt: skip
        found[name] = _quantities(case, one, base)
        found[f"{name}_predictive"] = _printed(case, one, sizes, rng, base).sel(row=rows)
    return found


def _quantities(case: Case, own: Posterior, base: Mapping[str, Any]) -> xr.Dataset:
    """Basic quantities, and the state take of whole years in dollars."""
    families = draws_file.families(case, own, {**base, **draws_file.coordinates(case)})
    yearly = yearly_usd(case, own.layout, own.draws).sel(definition=HEADLINE)
    shape = (*own.normals.shape[:2], -1)
    amounts = yearly.transpose("draw", "year").to_numpy().reshape(shape)
    attributes = {"units": "USD", "long_name": "State take of the year."}
    return families.assign(
        {HEADLINE: (("chain", "draw", "year"), amounts, attributes)}
    ).assign_coords(year=yearly["year"].to_numpy())


def _printed(
    case: Case, own: Posterior, sizes: ErrorSizes, rng: np.random.Generator, base: Mapping[str, Any]
) -> xr.Dataset:
    """Log figures that would be printed, with fresh errors, in canonical units."""
    said = own.parts.evidence
    logs = log_quantities(own.parts, own.flat)
    figures = replicate(said, logs, rng, case.reading, sizes)
    shaped = figures.reshape(*own.normals.shape[:2], -1)
    return xr.Dataset(
        {"log_figure": (("chain", "draw", "row"), shaped)}, {**base, "row": list(said.ids)}
    )


def _stated(case: Case, said: Evidence, rows: NDArray[Any]) -> Groups:
    """What was observed, and how each row is read."""
    place = [said.ids.index(row) for row in rows]
    table = case.evidence.set_index("id").loc[list(rows)]
    numbers = {name: getattr(said, name) for name in ("weight", "error", "tail", "to_printed")}
    texts = {name: table[name].to_numpy() for name in ("quantity", "qualifier", "unit", "source")}
    return {
        "observed_data": xr.Dataset({"log_figure": ("row", said.log_figure[place])}, {"row": rows}),
        "constant_data": xr.Dataset(
            {
                **{name: ("row", one[place]) for name, one in numbers.items()},
                **{name: ("row", one.astype(str)) for name, one in texts.items()},
            },
            {"row": rows},
        ),
    }


def _one_after_another(parts: list[xr.Dataset]) -> xr.Dataset:
    """The draws of several readings as one; what only some of them have is zero in others."""
    if len(parts) == 1:
        return parts[0]
    joined = xr.concat(
        parts, "draw", join="outer", fill_value=0.0, coords="minimal", compat="override"
    )
    return joined.assign_coords(draw=np.arange(joined.sizes["draw"]))
