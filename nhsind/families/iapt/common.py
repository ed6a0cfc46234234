"""What NHS Digital's IAPT files have in common.

Figures of England are exact; below it counts are rounded to 5 and percentages to whole ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nhsind.sources.published import Answers, printed_cells

Array = np.ndarray[Any, Any]


def count_slack(levels: pd.Series[Any], added_up: Any = 1) -> Array:
    """How far rounding may have moved a count, or a sum of so many of them."""
    return np.where(levels == "england", 0.0, 2.5 * added_up)


def share_rounding(levels: pd.Series[Any]) -> Array:
    """How far rounding may have moved a percentage, as a fraction: one decimal for England."""
    return np.where(levels == "england", 0.0005, 0.005)


def england_in_all(counts: pd.DataFrame) -> Answers:
    """England's counts: what those of its commissioners must add up to."""
    rows = counts[(counts["org_level"] == "england") & (counts["mark"] == "")]
    cells = [
        printed_cells(known, name, known[name])
        for name in ("numerator", "denominator")
        for known in [rows[rows[name].notna()]]
    ]
    return Answers(pd.concat(cells, ignore_index=True), complete=False, adds_up=True)
