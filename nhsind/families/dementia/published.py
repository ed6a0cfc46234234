"""Published dementia registers, estimates and practice lists: how each layout is recognised."""

from __future__ import annotations

from pathlib import Path

from nhsind.families.dementia import practice_list, practices, primary_care, recorded, year_2017
from nhsind.families.dementia.common import LINE
from nhsind.sources.mental_health_dashboard import dashboard_reader
from nhsind.sources.published import Reader
from nhsind.sources.recognising import csv_has, csv_head, sheet_has, sheet_head


def _is_primary_care(path: Path) -> bool:
    name = primary_care.rates_sheet(path)
    if name is None:
        return False
    is_of_dementia = "dementia" in sheet_head(path, name, 12).lower()
    return is_of_dementia and sheet_has(path, name, "ODS Code")


def _is_year_2017(path: Path) -> bool:
    return csv_has(path, year_2017.REGISTER) or csv_has(path, year_2017.ESTIMATE)


def _is_recorded(path: Path) -> bool:
    return csv_has(path, recorded.KIND, recorded.MEASURE) and _has_registers(path)


def _is_practices(path: Path) -> bool:
    return csv_has(path, practices.PRACTICE) and _has_registers(path)


def _has_registers(path: Path) -> bool:
    return "DEMENTIA_REGISTER" in csv_head(path).upper()


def _is_practice_list(path: Path) -> bool:
    return csv_has(path, practice_list.GROUP)


# The words of a category of the mental health dashboard that is the line.
DASHBOARD = {LINE: ((r"\bdementia\b", r"\bdiagnos\w*\b"), (r"\b(care plan|review\w*)\b",))}

READERS = (
    Reader(
        "dementia-primary-care",
        "primary care dementia data (.xlsx): sheet Table 4 with Type, ODS Code, Recorded, "
        "Estimated, Diagnosis rate (%)",
        _is_primary_care,
        primary_care.read_primary_care,
        headings=(
            (primary_care.SHEET, "Type", "ODS Code", primary_care.RECORDED, primary_care.RATE),
        ),
    ),
    Reader(
        "dementia-2017",
        "registers and estimates of 2017 (.csv): NAME, ORG_TYPE, ACH_DATE, VALUE_REGISTER, "
        "VALUE_ESTIMATE",
        _is_year_2017,
        year_2017.read_year_2017,
        headings=(
            ("NAME", year_2017.KIND, year_2017.MONTH, year_2017.REGISTER, year_2017.ESTIMATE),
        ),
    ),
    Reader(
        "dementia-recorded",
        "recorded dementia (.csv) with a measure in each row: ORG_TYPE, ORG_CODE, NAME, ACH_DATE, "
        "MEASURE, VALUE",
        _is_recorded,
        recorded.read_recorded,
        headings=((recorded.KIND, recorded.CODE, recorded.DAY, recorded.MEASURE, recorded.VALUE),),
    ),
    Reader(
        "dementia-practices",
        "recorded dementia by practice (.csv): ACH_DATE, PRACTICE_CODE, "
        "COMMISSIONER_ORGANISATION_CODE, Measure, Value",
        _is_practices,
        practices.read_practices,
        records=True,
        headings=((practices.DAY, practices.PRACTICE, practices.COMMISSIONER, "Measure"),),
    ),
    Reader(
        "practice-list",
        "patients registered with practices by age and sex (.csv): EXTRACT_DATE, ORG_TYPE, "
        "ORG_CODE, SEX, AGE_GROUP_5, NUMBER_OF_PATIENTS",
        _is_practice_list,
        practice_list.read_practice_list,
        records=True,
        headings=(
            (practice_list.DAY, practice_list.KIND, practice_list.GROUP, practice_list.PATIENTS),
        ),
    ),
    dashboard_reader(DASHBOARD),
)
