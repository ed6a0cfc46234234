"""NHS Digital's IAPT files: which layouts there are, and how each is recognised.

They print counts, exact for England and rounded to 5 below it, where numbers under 5 are hidden.
"""

from __future__ import annotations

from pathlib import Path

from nhsind.families.iapt import annual, monthly, monthly_csv
from nhsind.sources.mental_health_dashboard import dashboard_reader
from nhsind.sources.published import PublishedFile, Reader
from nhsind.sources.recognising import csv_has, sheet_has, sheet_named


def _is_annual(path: Path) -> bool:
    return annual.is_as_issued(path) or annual.is_tidied(path)


def _read_annual(path: Path) -> PublishedFile:
    read = annual.read_annual if annual.is_tidied(path) else annual.read_annual_as_issued
    return read(path)


def _is_by_measure(path: Path) -> bool:
    return csv_has(path, monthly_csv.MEASURE, monthly_csv.VALUE)


def _is_monthly(path: Path) -> bool:
    if sheet_named(path, monthly.SHEET) is None:
        return _is_by_measure(path)
    return sheet_has(path, monthly.SHEET, "Group Type", monthly.FINISHED)


def _read_monthly(path: Path) -> PublishedFile:
    read = monthly_csv.read_monthly_csv if _is_by_measure(path) else monthly.read_monthly
    return read(path)


# The words of a category of the dashboard that is one of the lines, and those of others.
THERAPY = r"\b(iapt|talking therap\w*|psychological therap\w*)\b"
OF_SOME = (r"\b(bame|bme|black|ethnic\w*|older|65|perinatal|reliable|improv\w*)\b",)
DASHBOARD = {
    "E.A.3": ((THERAPY, r"\b(access|entering|roll\w*)\b"), OF_SOME),
    "E.A.S.2": ((THERAPY, r"\b(recover\w*)\b"), OF_SOME),
    "E.H.1_A1": ((THERAPY, r"\b(6|six) ?weeks?\b"), OF_SOME),
    "E.H.2_A2": ((THERAPY, r"\b(18|eighteen) ?weeks?\b"), OF_SOME),
}

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
    dashboard_reader(DASHBOARD),
)
