"""What NHS Digital's IAPT files have in common.

Figures of England are exact; below it counts are rounded to 5 and percentages to whole ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed
from nhsind.sources.published import Answers, printed_cells

Array = np.ndarray[Any, Any]
# What the levels are called over the years, without blanks and signs between the words.
LEVELS = {
    "ENGLAND": "england",
    "COMMISSIONINGREGION": "region",
    "REGION": "region",
    "STP": "stp",
    "ICB": "stp",
    "INTEGRATEDCAREBOARD": "stp",
    "INTEGRATEDCAREBOARDICB": "stp",
    "CCG": "ccg",
    "SUBICB": "ccg",
    "SUBICBLOCATION": "ccg",
    "PROVIDER": "provider",
}
KNOWN_LEVELS = "England, Commissioning Region, STP or ICB, CCG or SubICB, Provider"
MARKS = {
    "*": SUPPRESSED,
    **dict.fromkeys(("", "-", "NULL", "N/A"), NOT_AVAILABLE),
}


def levels_of(table: Printed, heading: str, known: Any = False) -> pd.Series[Any]:
    """The level of each row; InputError for those of none, but for the rows that are `known`."""
    kinds = table.codes(heading)
    levels = kinds.map({kind: LEVELS.get(re.sub(r"[^A-Z]", "", kind)) for kind in kinds.unique()})
    nobody = levels.isna().to_numpy() & ~np.asarray(known, dtype=bool)
    table.refuse(nobody, heading, "is no level known here", KNOWN_LEVELS)
    return levels


def lacking_lines(place: str, lines: Iterable[str]) -> list[str]:
    """Notes on the lines that a file has no figures of."""
    return [f"{place} holds no figures of {line}" for line in sorted(lines)]


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
