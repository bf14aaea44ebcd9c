"""Do the published rows fit as well as simulated ones? Their total misfit, in its distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.archive.check_result import CheckResult
from model.archive.finding import finding
from model.calibration.replicates import THIN, Replicate, Study, misfit_of, settled_fit

READING = (
    "Total misfit of the rows (minus twice their log density, averaged over the draws of a fit) as "
    "published, and in simulated cases as told; “share_below” is the share of these with less."
)
#: Shares of the simulated misfits beyond which the published rows fit too badly, or too well.
EXTREME = (0.01, 0.99)


def misfit(study: Study, replicates: Sequence[Replicate], enough: int) -> CheckResult:
    """Compare the total misfit of the published rows with that of simulated ones.

    Returns
    -------
    CheckResult
        Failed if one simulated case in a hundred, or fewer, fits as badly, or as well: rows that
        agree better than their grades allow copy each other. There is no verdict on fewer than
        ``enough`` cases.
    """
    simulated = np.array([one.misfit for one in replicates if one.ranks is not None])
    own = own_misfit(study)
    if not len(simulated):
        return CheckResult.saying("misfit", None, [finding("no_case")], READING, pd.DataFrame())
    below = float((simulated < own).mean())
    low, middle, high = np.quantile(simulated, [0.05, 0.5, 0.95])
    how = "worse" if below > EXTREME[1] else "better" if below < EXTREME[0] else "well"
    said = finding(
        "misfit", how=how, own=own, middle=middle, low=low, high=high, cases=len(simulated),
        below=100 * below,
    )  # fmt: skip
    passed = EXTREME[0] <= below <= EXTREME[1] if len(simulated) >= enough else None
    table = pd.DataFrame(
        [{"misfit": own, "q50": middle, "q05": low, "q95": high, "share_below": below}]
    )
    return CheckResult.saying("misfit", passed, [said], READING, table)


def own_misfit(study: Study) -> float:
    """Total misfit of the rows as published."""
    posterior = settled_fit(study.fitted(study.parts), study.seed)
    return misfit_of(posterior.parts, posterior.flat[THIN - 1 :: THIN])
