"""Draws as short text: every column is a list of whole numbers in base64, on a log scale or not."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Kept:
    """The draws that a page holds, and which reading each is from.

    Attributes
    ----------
    places : array of int, (k,)
        Among all draws, chain by chain.
    reading : array of int, (k,)
    count : int
        How many draws the run has.
    """

    places: Places
    reading: Places
    count: int

    @classmethod
    def of(cls, reading: Places, most: int) -> Kept:
        """At most so many draws, evenly spaced among those of each reading and in proportion."""
        count = len(reading)
        if count <= most:
            return cls(np.arange(count), reading, count)
        chosen = []
        for number in np.unique(reading):
            own = np.flatnonzero(reading == number)
            wanted = max(1, len(own) * most // count)
            chosen.append(own[np.arange(wanted) * len(own) // wanted])
        places = np.sort(np.concatenate(chosen))
        return cls(places, reading[places], count)

    def column(self, values: Floats, bits: int = 16) -> Json:
        """The kept part of some draws, (n,), as ``encoded``."""
        return encoded(np.asarray(values)[self.places], bits)


def encoded(values: Floats, bits: int = 16) -> Json:
    """Values as whole numbers between their lowest and highest, on a log scale if all are positive.

    Sixteen bits keep them to half of 1/65535 of the range: far finer than any number that is
    printed. A column of one value is that value.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return {"value": number(low)}
    logs = low > 0.0
    scaled = np.log(values) if logs else values
    start, end = float(scaled.min()), float(scaled.max())
    steps = 2**bits - 1
    whole = np.rint((scaled - start) / (end - start) * steps)
    kind = "<u2" if bits == 16 else "u1"
    return {
        "low": start, "high": end, "log": logs, "bits": bits,
        "text": base64.b64encode(whole.astype(kind).tobytes()).decode("ascii"),
    }  # fmt: skip


def decoded(column: Json, count: int) -> Floats:
    """The values of a column as the page reads them, for tests and for whoever opens the page."""
    if "value" in column:
        return np.full(count, column["value"])
    kind = "<u2" if column["bits"] == 16 else "u1"
    whole = np.frombuffer(base64.b64decode(column["text"]), dtype=kind).astype(float)
    steps = 2 ** column["bits"] - 1
    scaled = column["low"] + (column["high"] - column["low"]) * (whole / steps)
    return np.asarray(np.exp(scaled) if column["log"] else scaled)


def number(value: float) -> float | None:
    """A float with eight digits, as in the summary; nothing if it is not finite."""
    return float(f"{value:.8g}") if np.isfinite(value) else None
