"""What published registers and estimates of dementia have in common."""

from __future__ import annotations

import pandas as pd

from nhsind.sources.published import printed_cells

LINE = "E.A.S.1"
# What the rows of commissioners are called over the years.
OF_COMMISSIONERS = ("CCG", "SUB_ICB_LOC", "SUB_ICB_LOCATION", "SUB_ICB", "SICBL")
# Estimates are printed to one decimal place.
ESTIMATE_SLACK = 0.05


def figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Cells of register and estimate, at the estimate's rounding; none where one is hidden."""
    known = rows[rows["mark"] == ""] if "mark" in rows else rows
    slack = known["denominator_slack"].to_numpy()
    cells: list[pd.DataFrame] = [
        printed_cells(known, "numerator", known["numerator"]),
        printed_cells(known, "denominator", known["denominator"], slack),
    ]
    return pd.concat(cells, ignore_index=True)
