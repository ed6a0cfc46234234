"""NHS Digital's IAPT files: which layouts there are, and how each is recognised.

They print counts, exact for England and rounded to 5 below it, where numbers under 5 are hidden.
"""

from __future__ import annotations

from pathlib import Path

from nhsind.families.iapt import annual, monthly, monthly_csv
from nhsind.sources.printed import csv_head, sheet_head, sheet_names
from nhsind.sources.published import PublishedFile, Reader


def _is_tidied(path: Path) -> bool:
    head = csv_head(path)
    return "reporting_period" in head and "finished_course_treatment" in head


def _is_annual(path: Path) -> bool:
    head = csv_head(path).replace("_", "")
    as_issued = "VariableType" in head and "CountFinishedCourseTreatment" in head
    return as_issued or _is_tidied(path)


def _read_annual(path: Path) -> PublishedFile:
    read = annual.read_annual if _is_tidied(path) else annual.read_annual_as_issued
    return read(path)


def _is_by_measure(path: Path) -> bool:
    head = csv_head(path)
    return monthly_csv.MEASURE in head and monthly_csv.VALUE in head


def _is_monthly(path: Path) -> bool:
    if monthly.SHEET not in sheet_names(path):
        return _is_by_measure(path)
    head = sheet_head(path, monthly.SHEET)
    return "Group Type" in head and "Finished a Course of Treatment" in head


def _read_monthly(path: Path) -> PublishedFile:
    read = monthly_csv.read_monthly_csv if _is_by_measure(path) else monthly.read_monthly
    return read(path)


READERS = (
    Reader(
        "iapt-annual",
        "IAPT annual data (.csv or .csv.gz), as issued with a column for each figure (OrgType, "
        "VariableType, CountFinishedCourseTreatment) and the year in its name, or tidied with a "
        "figure in each row (reporting_period, org_type, measure_name, measure_statistic, value)",
        _is_annual,
        _read_annual,
        headings=(annual.AS_ISSUED, tuple(annual.HEADINGS)),
    ),
    Reader(
        "iapt-monthly",
        "IAPT monthly data: time series (.xlsx) with a sheet Table 1 (Group Type, Month / Year, "
        "First Treatment, Finished a Course of Treatment), or as issued (.csv) with a measure in "
        "each row (GROUP_TYPE, ORG_CODE1, MEASURE_NAME, MEASURE_VALUE_SUPPRESSED)",
        _is_monthly,
        _read_monthly,
        headings=(monthly.HEADINGS, monthly_csv.HEADINGS),
    ),
)
