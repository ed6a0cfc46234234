"""NHS Digital's IAPT files: which layouts there are, and how each is recognised.

Both print counts, exact for England and rounded to 5 below it, where numbers under 5 are hidden.
"""

from __future__ import annotations

from pathlib import Path

from nhsind.families.iapt import annual, monthly
from nhsind.sources.printed import csv_head, sheet_head, sheet_names
from nhsind.sources.published import Reader


def _is_annual(path: Path) -> bool:
    head = csv_head(path)
    return "reporting_period" in head and "finished_course_treatment" in head


def _is_monthly(path: Path) -> bool:
    if monthly.SHEET not in sheet_names(path):
        return False
    head = sheet_head(path, monthly.SHEET)
    return "Group Type" in head and "Finished a Course of Treatment" in head


READERS = (
    Reader(
        "iapt-annual",
        "IAPT annual data (.csv or .csv.gz) with a figure in each row: reporting_period, org_type, "
        "measure_name, measure_statistic, value",
        _is_annual,
        annual.read_annual,
    ),
    Reader(
        "iapt-monthly",
        "IAPT monthly time series (.xlsx): sheet Table 1 with Group Type, Month / Year, "
        "First Treatment and Finished a Course of Treatment",
        _is_monthly,
        monthly.read_monthly,
    ),
)
