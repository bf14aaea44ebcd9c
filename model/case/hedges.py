"""Likelihood of the true value behind one hedged figure."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd

from model.case.contents import Reading
from model.case.printed_figures import printed_figure
from model.case.qualifiers import PAIRS
from model.case.qualifiers import QUALIFIERS as ALL
from model.kernel.hedge_densities import tailed_logpdf

QUALIFIERS = tuple(one for one in ALL if one not in PAIRS)


def likelihood_of_truth(
    reading: Reading, qualifier: str, value: float, grade: str
) -> pd.Series[float]:
    """Likelihood of each possible true value, given one figure printed with a hedge.

    Parameters
    ----------
    reading : Reading
    qualifier : str
        One of ``QUALIFIERS``.
    value : float
        The printed figure, above zero.
    grade : str
        A letter and a digit, such as ``B2``.

    Returns
    -------
    Series
        By true value, over the range where it is not negligible; the maximum is one.

    Raises
    ------
    ValueError
        If the hedge, figure or grade is invalid.
    """
    if qualifier not in QUALIFIERS:
        raise ValueError(f"{qualifier!r} is not a hedge; write one of {', '.join(QUALIFIERS)}")
    letter, digit = grade[:1].upper(), grade[1:]
    if letter not in reading.reliability or digit not in map(str, reading.credibility):
        raise ValueError(f"{grade!r} is not a grade; write a letter A to F and a digit 1 to 6")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{value!r} is not a figure above zero")
    row = SimpleNamespace(
        qualifier=qualifier, value=value, reliability=letter, credibility=int(digit),
        quantity="", base="",
    )  # fmt: skip
    found = printed_figure(reading, row)
    # beyond four deviations and five tails the likelihood is negligible; a bound's is level there
    far = 5 * (1.0 if math.isinf(found.tail) else abs(found.tail))
    low = found.log - 4 * found.error - far * (found.tail > 0.0)
    high = found.log + 4 * found.error + far * (found.tail < 0.0)
    truth = np.linspace(low, high, 400)
    log_likelihood = tailed_logpdf(found.log - truth, found.error, found.tail, reading.off)
    likelihood = np.exp(log_likelihood - log_likelihood.max())
    return pd.Series(likelihood, index=pd.Index(np.exp(truth), name="truth"), name=qualifier)
