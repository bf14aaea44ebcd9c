"""Draws as netCDF: written in memory, and opened only if the file holds all of its plain arrays.

Arrays by month may be packed, as far as that promises no more memory than it should.

Files are read through Python, so HDF5 takes no lock: not all network drives have locks, nor may
everybody who reads a run lock its files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from model.archive.plain_files import DamagedRunError, opened
from model.terminal.plain_text import one_line

if TYPE_CHECKING:
    import xarray as xr

#: What netCDF, xarray and this program write beside an array; nothing else may stand there.
ATTRIBUTES = {
    "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_FillValue", "_NCProperties",
    "_Netcdf4Coordinates", "_Netcdf4Dimid", "converged", "dtype", "inference_library", "long_name",
    "title", "units",
}  # fmt: skip
#: Filters that may pack an array.
PACKING = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE}
#: Unpacked, arrays have at most this many times the bytes of their file, or these bytes.
MOST_TIMES, SMALL = 64, 2**28
#: Largest attribute in bytes, and the most arrays and labels.
LARGEST_ATTRIBUTE, MOST_ARRAYS, MOST_LABELS = 2**16, 1000, 10**6


class _NotPlainError(ValueError):
    """Something in a file that this program does not write; the text says what."""


def as_bytes(tree: xr.DataTree, packed: dict[str, Any] | None = None) -> bytes:
    """A tree as netCDF: HDF5 never writes to the disk itself, so a full one cannot crash it.

    Parameters
    ----------
    packed : dict, optional
        xarray's encoding by group and variable.
    """
    return bytes(tree.to_netcdf(engine="h5netcdf", encoding=packed))


@dataclass(frozen=True, slots=True)
class Labelled:
    """Numbers with a label for each place along each dimension, in the dimensions' order."""

    values: NDArray[np.float64]
    labels: dict[str, list[Any]]

    def sel(self, **chosen: Any) -> Labelled:
        """The part at some labels, without their dimensions."""
        places = tuple(
            own.index(chosen[dim]) if dim in chosen else slice(None)
            for dim, own in self.labels.items()
        )
        rest = {dim: own for dim, own in self.labels.items() if dim not in chosen}
        return Labelled(self.values[places], rest)


def read_arrays(path: Path, name: str) -> dict[str, Labelled]:
    """Read the arrays of numbers in a group of a run's draws.

    It needs no xarray, which takes longer to import than a run's draws to be read.

    Raises
    ------
    DamagedRunError
        As ``read_group``.
    """
    try:
        with opened(path) as whole:
            check_plain(path, whole)
            with h5py.File(whole, "r") as file:
                group = file[name]
                arrays = {one: group[one] for one in group if "DIMENSION_LIST" in group[one].attrs}
                return {one: _labelled(group, found) for one, found in arrays.items()}
    except Exception as error:  # whatever the libraries raise at a file made to harm
        raise _damaged(path, error) from None


def _labelled(group: Any, array: Any) -> Labelled:
    """An array with the labels of its dimensions, which lie beside it."""
    labels: dict[str, list[Any]] = {}
    for dimension in array.dims:
        scale = dimension[0]
        texts = h5py.check_string_dtype(scale.dtype) is not None
        labels[scale.name.rpartition("/")[2]] = (scale.asstr()[:] if texts else scale[:]).tolist()
    if len(labels) != array.ndim:
        raise _NotPlainError(f"{array.name} has dimensions without labels in {group.name}")
    return Labelled(np.asarray(array[:], dtype=np.float64), labels)


def read_group(path: Path, name: str, packed: dict[str, Any] | None = None) -> xr.Dataset:
    """Read a group of a run's draws.

    Parameters
    ----------
    path : Path
    name : str
    packed : dict, optional
        Labels by dimension that choose a part, from a file that may be packed.

    Raises
    ------
    DamagedRunError
        If the file cannot be read, lacks the group, or holds what this program does not write.
    """
    import xarray as xr

    options: Any = {"decode_times": False, "decode_timedelta": False}
    options |= {"mask_and_scale": False, "decode_coords": False}
    try:
        with opened(path) as file:
            check_plain(path, file, packed=packed is not None)
            with xr.open_dataset(file, engine="h5netcdf", group=name, **options) as found:
                labels = {name: one for name, one in (packed or {}).items() if name in found.dims}
                return found.sel(labels).load()
    except Exception as error:  # whatever the libraries raise at a file made to harm
        raise _damaged(path, error) from None


def read_tree(path: Path) -> xr.DataTree:
    """Read all of a run's draws.

    Raises
    ------
    DamagedRunError
        As ``read_group``.
    """
    import xarray as xr

    try:
        options: Any = {"decode_times": False, "decode_timedelta": False}
        with opened(path) as file:
            check_plain(path, file)
            with xr.open_datatree(file, engine="h5netcdf", **options) as found:
                return found.load()
    except Exception as error:  # see above
        raise _damaged(path, error) from None


def check_plain(path: Path, whole: BinaryIO, *, packed: bool = False) -> None:
    """Refuse a file that is not all plain arrays of its own, before any of them is read.

    Arrays may not be links, lie in other files or promise more than the file holds: so reading one
    reads this file only, and takes no more memory than its size, or a multiple of it if packed.

    Parameters
    ----------
    path : Path
        Its name, for messages.
    whole : file
        The file, open for reading.
    packed : bool
        Whether arrays may be packed.

    Raises
    ------
    DamagedRunError
    """
    try:
        size = whole.seek(0, 2)
        if packed:
            size = max(MOST_TIMES * size, SMALL)
        with h5py.File(whole, "r") as file:
            _check_attributes(file)
            names = _linked(file)
            count = 0
            for name in names:
                group = file[name]
                if not isinstance(group, h5py.Group):
                    raise _NotPlainError(f"{name} is no group")
                _check_attributes(group)
                inner = _linked(group)
                count += len(inner)
                if count > MOST_ARRAYS:
                    raise _NotPlainError("it holds too many arrays")
                size -= sum(_bytes_of(group[one], f"{name}/{one}", packed) for one in inner)
                if size < 0:
                    raise _NotPlainError("its arrays promise more than it holds")
    except Exception as error:  # see above
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> DamagedRunError:
    if isinstance(error, DamagedRunError):
        return error
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DamagedRunError(f"{path} cannot be read ({one_line(said)[:200]})")


def _linked(group: Any) -> list[str]:
    """Names in a group, each the thing itself and no link to another place or file."""
    if len(group) > MOST_ARRAYS:
        raise _NotPlainError("it holds too many arrays")
    names = [str(name) for name in group]
    for name in names:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise _NotPlainError(f"{name} is a link to another place")
    return names


def _bytes_of(array: Any, name: str, packed: bool) -> int:
    """Bytes in memory of an array that is plain, or packed if that is allowed."""
    if not isinstance(array, h5py.Dataset):
        raise _NotPlainError(f"{name} is no array")
    layout = array.id.get_create_plist()
    if layout.get_external_count() or array.is_virtual:
        raise _NotPlainError(f"{name} lies in another file")
    in_chunks = layout.get_layout() not in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
    filters = {layout.get_filter(place)[0] for place in range(layout.get_nfilters())}
    if (filters or in_chunks) and not packed:
        raise _NotPlainError(f"{name} is packed")
    if not filters <= PACKING:
        raise _NotPlainError(f"{name} is packed in an unknown way")
    _check_attributes(array)
    if h5py.check_string_dtype(array.dtype) is not None:
        if array.ndim != 1 or array.size > MOST_LABELS:
            raise _NotPlainError(f"{name} holds too many texts")
        return int(array.id.get_storage_size())
    if array.dtype.kind not in "iuf" or array.dtype.itemsize > 8:
        raise _NotPlainError(f"{name} holds no plain numbers")
    if in_chunks:
        # a piece is unpacked whole
        inside = all(part <= most for part, most in zip(array.chunks, array.shape, strict=True))
        if not inside or array.maxshape != array.shape:
            raise _NotPlainError(f"{name} has pieces larger than itself")
    elif array.id.get_storage_size() != array.nbytes:
        raise _NotPlainError(f"{name} promises more than it holds")
    return int(array.nbytes)


def _check_attributes(owner: Any) -> None:
    for name in owner.attrs:
        if name not in ATTRIBUTES:
            raise _NotPlainError(f"it holds an unknown attribute {name[:60]}")
        if owner.attrs.get_id(name).get_storage_size() > LARGEST_ATTRIBUTE:
            raise _NotPlainError(f"the attribute {name} is too large")
