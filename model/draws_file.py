"""The draws of a run as netCDF in ArviZ's schema: opens anywhere, executes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from model import store
from model.backend import NUMPY
from model.fitting import Posterior
from model.question import SamplerOptions
from model.synthesis import Synthesis, entry_labels


def write_posterior(
    path: Path, posterior: Posterior, yearly_usd: xr.DataArray, title: str, *, converged: bool
) -> None:
    """The posterior as netCDF in ArviZ's schema, without times, so that bytes repeat.

    ``posterior`` holds each family of basic quantities in its own unit, ``unconstrained`` the
    vector of standard normals, ``sample_stats`` what diagnostics need, ``observed_data`` the
    fitted figures in log canonical units, ``revenue`` what follows from the same draws.

    Parameters
    ----------
    yearly_usd : DataArray, (scenario, definition, draw, year)
        Revenue by scenario, definition and whole year, all hosts together; draws chain by chain.
    """
    layout, said = posterior.layout, posterior.parts.evidence
    sizes = [size for _, size in layout.families]
    stops = np.cumsum(sizes)
    variables: dict[str, Any] = {}
    coords: dict[str, list[str]] = {}
    for (name, size), stop in zip(layout.families, stops, strict=True):
        block = posterior.natural[..., stop - size : stop]
        labels = layout.labels[stop - size : stop]
        if labels == (name,):
            variables[name] = (("chain", "draw"), block[..., 0])
        else:
            variables[name] = (("chain", "draw", f"{name}_entry"), block)
            coords[f"{name}_entry"] = [label.removeprefix(f"{name}.") for label in labels]
    chains, draws = posterior.diverging.shape
    base = {"chain": np.arange(chains), "draw": np.arange(draws)}
    groups = {
        "/": xr.Dataset(
            attrs={
                "title": title,
                "inference_library": "nutpie",
                "converged": str(converged).lower(),
            }
        ),
        "/posterior": xr.Dataset(variables, {**base, **coords}),
        "/unconstrained": xr.Dataset(
            {"normals": (("chain", "draw", "entry"), posterior.normals)},
            {**base, "entry": entry_labels(posterior.parts)},
        ),
        "/sample_stats": xr.Dataset(
            {
                "diverging": (("chain", "draw"), posterior.diverging),
                "n_steps": (("chain", "draw"), posterior.steps),
            },
            base,
        ),
        "/observed_data": xr.Dataset(
            {"log_figure": (("row",), said.log_figure), "weight": (("row",), said.weight)},
            {"row": list(said.ids)},
        ),
        "/revenue": _by_chain(yearly_usd, chains).assign_coords(base),
    }
    xr.DataTree.from_dict(groups).to_netcdf(path, engine="h5netcdf")


def _by_chain(yearly_usd: xr.DataArray, chains: int) -> xr.Dataset:
    """Draws of yearly revenue, (scenario, definition, year, chain, draw)."""
    ordered = yearly_usd.transpose("scenario", "definition", "year", "draw")
    amounts = ordered.to_numpy().reshape(*ordered.shape[:-1], chains, -1)
    names = ("scenario", "definition", "year")
    coords = {name: ordered[name].to_numpy() for name in names}
    return xr.Dataset({"yearly_usd": ((*names, "chain", "draw"), amounts)}, coords)


def read_posterior(folder: Path, parts: Synthesis, manifest: dict[str, Any]) -> Posterior:
    """The draws of a run that has been checked, for the case they were drawn for.

    Raises
    ------
    DamagedRunError
        When the file is not what ``write_posterior`` writes for this case.
    """
    try:
        with xr.open_datatree(folder / store.POSTERIOR, engine="h5netcdf") as tree:
            normals = np.asarray(tree["unconstrained"]["normals"].to_numpy())
            stats = tree["sample_stats"]
            diverging, steps = stats["diverging"].to_numpy(), stats["n_steps"].to_numpy()
        sampler = manifest["sampler"]
        options = SamplerOptions(**{name: sampler[name] for name in store.OPTIONS})
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise store.DamagedRunError(
            f"{folder / store.POSTERIOR} cannot be read ({error})"
        ) from None
    if normals.shape[-1] != parts.size:
        raise store.DamagedRunError(f"{folder / store.POSTERIOR} holds the draws of another case")
    layout = parts.layout
    return Posterior(
        layout=layout,
        parts=parts,
        normals=normals,
        natural=layout.natural(NUMPY, normals[..., : layout.size], layout.location, layout.scale),
        diverging=diverging.astype(bool),
        steps=steps,
        options=options,
        notes={name: sampler[name] for name in sampler if name not in (*store.OPTIONS, "fastmath")},
    )
