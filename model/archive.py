"""Runs on disk: one folder a run, named by the hash of what it holds, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import model
from model.fitting import Posterior, SamplerOptions

Writer = Callable[[Path], None]

#: How often a run is moved to its place while another process writes the same one.
RETRIES = 100

PACKAGES = ("pymc", "pytensor", "numba", "nutpie", "arviz", "numpy", "scipy", "pandas", "xarray")


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries whose arithmetic it rests on."""
    found = {"model": model.__version__}
    for package in (*PACKAGES, "CurrencyConverter"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def run_key(hashes: Mapping[str, str], options: SamplerOptions, changes: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits of the hash of all that can change a run's numbers.

    That is: the inputs' content, what was asked of them, versions, sampler options and seed. The
    number of cores is not among them, since the draws do not depend on it.
    """
    asked = {
        "inputs": dict(sorted(hashes.items())),
        "changes": dict(changes),
        "versions": versions(),
        "draws": options.draws,
        "tune": options.tune,
        "chains": options.chains,
        "seed": options.seed,
        "target_accept": options.target_accept,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def write_run(
    output: Path,
    name: str,
    writers: Mapping[str, Writer],
    before_publishing: Callable[[], object] = lambda: None,
) -> Path:
    """Write a run's files into ``output/name``, which appears whole or not at all.

    Parameters
    ----------
    output : Path
        Folder of runs; made where it is missing.
    name : str
        Name of the run's folder. A run of that name is replaced.
    writers : mapping of file name to callable
        Each is called with the path that it must write.
    before_publishing : callable
        Called once all files are written; what it raises leaves nothing behind.

    Returns
    -------
    Path
        The run's folder.
    """
    output.mkdir(parents=True, exist_ok=True)
    target = output / name
    # beside the target, so that the final rename stays within one file system
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=output))
    try:
        for file_name, write in writers.items():
            write(draft / file_name)
        draft.chmod(0o755)
        before_publishing()
        _publish(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def _publish(draft: Path, target: Path) -> None:
    """Move a whole draft to its place; a former run of that name leaves it or stays."""
    for attempt in range(RETRIES):
        former = Path(tempfile.mkdtemp(prefix=f".{target.name}-former-", dir=target.parent))
        try:
            with contextlib.suppress(FileNotFoundError):
                os.replace(target, former / target.name)
            os.replace(draft, target)
        except BaseException as error:
            # the former run goes back, unless another process has put its own there meanwhile
            with contextlib.suppress(OSError):
                os.replace(former / target.name, target)
            if not isinstance(error, OSError) or attempt == RETRIES - 1:
                raise
        else:
            return
        finally:
            shutil.rmtree(former, ignore_errors=True)


def check_writable(output: Path, name: str) -> None:
    """Make and remove a folder where a run is to be written, before anything is computed.

    Raises
    ------
    OSError
        When the folder of runs cannot be made or written, or the name is too long.
    """
    missing = [folder for folder in (output, *output.parents) if not folder.exists()]
    try:
        output.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=f".{name}-former-", dir=output)).rmdir()
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()


def write_json(path: Path, content: Any) -> None:
    """Indented UTF-8 JSON; refuses NaN and infinities, which JSON does not know."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_posterior(path: Path, posterior: Posterior, title: str, *, converged: bool) -> None:
    """The posterior as netCDF in ArviZ's schema, without times, so that bytes repeat.

    ``posterior`` holds each family of basic quantities in its own unit, ``unconstrained`` the
    vector of standard normals, ``sample_stats`` what diagnostics need, ``observed_data`` the
    fitted figures in log canonical units.
    """
    import numpy as np
    import xarray as xr

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
    from model.synthesis import entry_labels

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
    }
    xr.DataTree.from_dict(groups).to_netcdf(path, engine="h5netcdf")
