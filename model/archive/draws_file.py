"""The draws of a run as netCDF in ArviZ's schema, readable anywhere without executing code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.archive import store
from model.archive.plain_netcdf import as_bytes, read_group
from model.case.case import Case
from model.equations.quantities import BASIC_BY_NAME
from model.evidence.synthesis import Synthesis, entry_labels, log_quantities, row_densities
from model.question import SamplerOptions
from model.sampling.fitting import STATS, Posterior

Floats = NDArray[np.float64]


def write_posterior(
    path: Path,
    case: Case,
    posterior: Posterior,
    yearly_usd: xr.DataArray,
    *,
    converged: bool,
) -> None:
    """Write the posterior as netCDF in ArviZ's schema, without times, so that bytes repeat.

    ``posterior`` holds each family of basic quantities in its own unit, ``unconstrained`` the
    vector of standard normals, ``sample_stats`` what diagnostics need, ``log_likelihood`` the log
    density of each row that counts, ``log_prior`` that of each basic quantity, ``observed_data``
    the fitted figures in log canonical units, and ``revenue`` the revenue from the same draws.

    Parameters
    ----------
    yearly_usd : DataArray, (scenario, definition, draw, year)
        Revenue by scenario, definition and whole year, all hosts together; draws chain by chain.
    """
    said = posterior.parts.evidence
    chains, draws = posterior.diverging.shape
    base = {"chain": np.arange(chains), "draw": np.arange(draws)}
    coords = {**base, **coordinates(case)}
    groups = {
        "/": xr.Dataset(
            attrs={
                "title": case.title,
                "inference_library": "nutpie",
                "converged": str(converged).lower(),
            }
        ),
        "/posterior": families(case, posterior, coords),
        "/unconstrained": xr.Dataset(
            {"normals": (("chain", "draw", "entry"), posterior.normals)},
            {**base, "entry": entry_labels(posterior.parts)},
        ),
        "/sample_stats": xr.Dataset(
            {
                **{name: (("chain", "draw"), one) for name, one in posterior.stats.items()},
                **({} if posterior.reading is None else {"reading": ("draw", posterior.reading)}),
            },
            base,
        ),
        "/log_likelihood": log_likelihood(posterior, base),
        "/log_prior": log_prior(posterior, base),
        "/observed_data": xr.Dataset(
            {"log_figure": (("row",), said.log_figure), "weight": (("row",), said.weight)},
            {"row": list(said.ids)},
        ),
        "/revenue": by_chain(yearly_usd, chains).assign_coords(base),
    }
    path.write_bytes(as_bytes(xr.DataTree.from_dict(groups)))


def coordinates(case: Case) -> dict[str, list[str]]:
    """Labels for the entries of indexed families."""
    hosts = [host.name for host in case.hosts]
    segments = [segment.id for segment in case.segments]
    return {"host": hosts, "segment": segments, **case.timeline.labels(hosts)}


def families(case: Case, posterior: Posterior, coords: dict[str, Any]) -> xr.Dataset:
    """Draws of the basic quantities, family by family.

    A family has the dimension of its index (``segment``, ``phase``, …), so that families multiply
    entry by entry, and ``host`` if there are several.
    """
    layout, several = posterior.layout, len(case.hosts) > 1
    currencies = {host.currency for host in case.hosts}
    money = currencies.pop() if len(currencies) == 1 else "host's currency"
    variables: dict[str, Any] = {}
    for name, block in layout.by_family(posterior.natural).items():
        basic = BASIC_BY_NAME[name]
        # with a single host, it is no dimension
        dims = tuple(
            one for one in layout.dims(name, len(case.hosts))[0] if several or one != "host"
        )
        shape = tuple(len(coords[dim]) for dim in dims)
        attributes = {
            "units": basic.unit.replace("money", money),
            "long_name": basic.definition,
        }
        shaped = block.reshape(*block.shape[:2], *shape)
        variables[name] = (("chain", "draw", *dims), shaped, attributes)
    used = {dim for dims, *_ in variables.values() for dim in dims}
    return xr.Dataset(variables, {dim: one for dim, one in coords.items() if dim in used})


def log_prior(posterior: Posterior, base: dict[str, Any]) -> xr.Dataset:
    """Log density of each basic quantity's standard normal, (chains, draws, N)."""
    layout = posterior.layout
    log_density = -0.5 * (posterior.normals[..., : layout.size] ** 2 + np.log(2.0 * np.pi))
    return xr.Dataset(
        {"prior": (("chain", "draw", "quantity"), log_density)},
        {**base, "quantity": list(layout.labels)},
    )


def log_likelihood(posterior: Posterior, base: dict[str, Any]) -> xr.Dataset:
    """Weighted log density of each row that counts, (chains, draws, rows)."""
    parts, said = posterior.parts, posterior.parts.evidence
    counted = np.flatnonzero(said.weight)
    rows = row_densities(parts, posterior.normals, log_quantities(parts, posterior.normals))
    return xr.Dataset(
        {"log_figure": (("chain", "draw", "row"), rows[..., counted])},
        {**base, "row": [said.ids[place] for place in counted]},
    )


def by_chain(yearly_usd: xr.DataArray, chains: int) -> xr.Dataset:
    """Draws of yearly revenue, (scenario, definition, year, chain, draw)."""
    ordered = yearly_usd.transpose("scenario", "definition", "year", "draw")
    amounts = ordered.to_numpy().reshape(*ordered.shape[:-1], chains, -1)
    names = ("scenario", "definition", "year")
    coords = {name: ordered[name].to_numpy() for name in names}
    return xr.Dataset({"yearly_usd": ((*names, "chain", "draw"), amounts)}, coords)


def _array(group: xr.Dataset, name: str, shape: tuple[int, ...]) -> Any:
    """Finite numbers of a known shape."""
    if name not in group or group[name].shape != shape:
        raise ValueError(f"it has no {name} of {' × '.join(map(str, shape))}")
    values = group[name].to_numpy()
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise ValueError(f"{name} is not finite")
    return values


@store.one_run
def read_posterior(folder: Path, parts: Synthesis, manifest: dict[str, Any]) -> Posterior:
    """Read the draws of a checked run, for the case for which they were drawn.

    Raises
    ------
    DamagedRunError
        If the file is not what ``write_posterior`` writes for this case.
    """
    path, sampler = folder / store.POSTERIOR, manifest["sampler"]
    options = SamplerOptions(**{name: sampler[name] for name in store.OPTIONS})
    each = (options.chains, options.draws)
    try:
        normals = _array(read_group(path, "unconstrained"), "normals", (*each, parts.size))
        found = read_group(path, "sample_stats")
        stats = {name: _array(found, name, each) for name in STATS}
        reading = _array(found, "reading", each[1:]) if "reading" in found else None
    except ValueError as error:
        raise store.DamagedRunError(f"{path} holds the draws of another case: {error}") from None
    layout = parts.layout
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=layout.natural(normals[..., : layout.size]),
        stats=stats,
        options=options,
        notes={name: sampler[name] for name in sampler if name not in store.OPTIONS},
        reading=reading,
    )
