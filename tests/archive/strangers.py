"""What a stranger can do to a saved run, with its seal and its checksums made anew."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from model.archive import store


def resealed(folder: Path, **changes: Any) -> None:
    """Give a changed run a manifest that fits: the seal is no signature."""
    manifest = json.loads((folder / store.MANIFEST).read_text())
    for name in manifest["files"]:
        path = folder / name
        if path.is_file() and not path.is_symlink():
            manifest["files"][name] = store.checksum(path)
    manifest |= changes
    text = json.dumps(store.sealed(manifest), ensure_ascii=True)
    (folder / store.MANIFEST).write_text(text)


def changed(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file of a run and seal it anew."""
    path = folder / name
    content = change(json.loads(path.read_text()))
    if name == store.MANIFEST:
        path.write_text(json.dumps(store.sealed(content)))
    else:
        path.write_text(json.dumps(content))
        resealed(folder)


def placed(content: Any, where: str, value: Any) -> Any:
    """A nested dictionary with a value at a dotted place."""
    *path, last = where.split(".")
    node = content
    for part in path:
        node = node[part]
    node[last] = value
    return content


# Draws that are not plain

Draws = Callable[[h5py.File, Path], None]


def _again(file: h5py.File, name: str, array: Any, **options: Any) -> None:
    """Put another array in the place of one."""
    del file[name]
    file.create_dataset(name, data=array, **options)


def external_link(file: h5py.File, secret: Path) -> None:
    del file["sample_stats/energy"]
    file["sample_stats/energy"] = h5py.ExternalLink(str(secret), "/secret")


def linked_group(file: h5py.File, secret: Path) -> None:
    del file["revenue"]
    file["revenue"] = h5py.ExternalLink(str(secret), "/")


def soft_link(file: h5py.File, secret: Path) -> None:
    del file["sample_stats/energy"]
    file["sample_stats/energy"] = h5py.SoftLink("/sample_stats/step_size")


def raw_storage(file: h5py.File, secret: Path) -> None:
    shape = file["sample_stats/energy"].shape
    del file["sample_stats/energy"]
    size = int(np.prod(shape)) * 8
    file.create_dataset("sample_stats/energy", shape, dtype="f8", external=[(str(secret), 0, size)])


def virtual(file: h5py.File, secret: Path) -> None:
    shape = file["sample_stats/energy"].shape
    del file["sample_stats/energy"]
    layout = h5py.VirtualLayout(shape, "f8")
    layout[:] = h5py.VirtualSource(str(secret), "secret", shape)
    file.create_virtual_dataset("sample_stats/energy", layout)


def complex_numbers(file: h5py.File, secret: Path) -> None:
    _again(file, "unconstrained/normals", file["unconstrained/normals"][:] + 1j)


def records(file: h5py.File, secret: Path) -> None:
    _again(file, "sample_stats/energy", np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]))


def packed(file: h5py.File, secret: Path) -> None:
    _again(file, "sample_stats/energy", np.zeros((10_000, 1000)), compression="gzip")


def promised(file: h5py.File, secret: Path) -> None:
    del file["unconstrained/normals"]
    file.create_dataset("unconstrained/normals", (10**6, 10**6, 10), dtype="f8", chunks=(1, 1, 1))


def promised_whole(file: h5py.File, secret: Path) -> None:
    del file["unconstrained/normals"]
    file.create_dataset("unconstrained/normals", (10**6, 10**6, 10), dtype="f8")


def dated(file: h5py.File, secret: Path) -> None:
    file["sample_stats/energy"].attrs["units"] = "days since 0001-01-01"
    file["sample_stats/energy"].attrs["calendar"] = "360_day"


def scaled(file: h5py.File, secret: Path) -> None:
    file["sample_stats/energy"].attrs["scale_factor"] = "a text"


def large_attribute(file: h5py.File, secret: Path) -> None:
    # in pieces, as HDF5 itself keeps no larger one
    file["revenue"].attrs.create("title", np.zeros(8000))
    for number in range(2000):
        file["revenue"].attrs.create(f"more{number}", number)


def group_for_array(file: h5py.File, secret: Path) -> None:
    del file["unconstrained/normals"]
    file.create_group("unconstrained/normals")


def array_for_group(file: h5py.File, secret: Path) -> None:
    del file["unconstrained"]
    file["unconstrained"] = np.zeros(3)


def a_group_in_itself(file: h5py.File, secret: Path) -> None:
    file["revenue/again"] = file["/"]


def of_texts(file: h5py.File, secret: Path) -> None:
    shape = file["unconstrained/normals"].shape
    _again(
        file,
        "unconstrained/normals",
        np.full(shape, "1.0", dtype=object),
        dtype=h5py.string_dtype(),
    )


def not_finite(file: h5py.File, secret: Path) -> None:
    file["unconstrained/normals"][0, 0, 0] = np.nan


def fewer(file: h5py.File, secret: Path) -> None:
    _again(file, "unconstrained/normals", file["unconstrained/normals"][:, :10])


HARMFUL: tuple[Draws, ...] = (
    external_link, linked_group, soft_link, raw_storage, virtual, complex_numbers, records, packed,
    promised, promised_whole, dated, scaled, large_attribute, group_for_array, array_for_group,
    a_group_in_itself, of_texts, not_finite, fewer,
)  # fmt: skip


def harm(folder: Path, how: Draws) -> None:
    """Change a run's draws and seal the run anew; what lies beside it is the ``secret``."""
    secret = folder.parent / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.full((2, 400), 42.0)
    with h5py.File(folder / store.POSTERIOR, "r+") as file:
        how(file, secret)
    resealed(folder)


# What is no file


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def elsewhere(path: Path) -> None:
    """The same file, but as a link."""
    moved = path.parent.parent / f"moved-{path.name}"
    shutil.move(path, moved)
    path.symlink_to(moved)


def folder_there(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()
