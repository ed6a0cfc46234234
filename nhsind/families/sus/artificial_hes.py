"""Reads NHS Digital's artificial HES, record by record, as rows of the family's tables.

Each column was drawn by itself, so no two of a record need agree: these records test that reading
and rules hold, and their figures mean nothing. What HES says in its own way is read so:

* A spell is the last episode of it (SPELEND is Y); DISDATE is of that episode only.
* A day before 1901 stands for a day that is not known (HES writes 1582-10-15, 1600-01-01,
  1800-01-01 or 1801-01-01 where none, or no valid one, was sent): the date is left empty.
* `&` is a specialty or function that is not known: it is left empty.
* FYEAR (0708) is the financial year of a record, which a file of few records covers.
* Without a CCG (CCG_RESPONSIBILITY) the commissioner is UNKNOWN, who counts in England. All of the
  artificial records are so: their years are older than CCGs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.periods import Period, month_of
from nhsind.sources.printed import read_csv
from nhsind.sources.published import PublishedFile
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import refuse_totals

COMMISSIONER, PROVIDER = "CCG_RESPONSIBILITY", "PROCODE3"
PLACED = {"ccg_code": COMMISSIONER, "provider_code": PROVIDER}
# By table: its columns, and those of HES that they are read from.
COLUMNS = {
    "spells": PLACED
    | {
        "spell_id": "EPIKEY",
        "admission_date": "ADMIDATE",
        "discharge_date": "DISDATE",
        "admission_method": "ADMIMETH",
        "patient_classification": "CLASSPAT",
        "intended_management": "INTMANIG",
        "discharge_treatment_function_code": "TRETSPEF",
        "last_of_the_spell": "SPELEND",
    },
    "outpatients": PLACED
    | {
        "attendance_id": "ATTENDKEY",
        "appointment_date": "APPTDATE",
        "first_attendance": "FIRSTATT",
        "attendance_status": "ATTENDED",
        "main_specialty_code": "MAINSPEF",
        "treatment_function_code": "TRETSPEF",
    },
    "ae_attendances": PLACED
    | {
        "attendance_id": "AEKEY",
        "arrival_date": "ARRIVALDATE",
        "attendance_category": "AEATTENDCAT",
    },
}
# The artificial records lack it.
MAY_BE_ABSENT = ("intended_management",)
# What tells the three files apart.
OWN_COLUMNS = {"spells": "EPIORDER", "outpatients": "ATTENDKEY", "ae_attendances": "AEATTENDCAT"}
YEAR = "FYEAR"
OF_HES = {YEAR, "PARTYEAR", "PSEUDO_HESID", "ENCRYPTED_HESID"}
# 0708; HES begins in 1989.
TWO_YEARS, FIRST_YEAR = re.compile(r"(\d\d)(\d\d)", re.ASCII), 89
FIRST_KNOWN_DAY = "1901-01-01"
DATES = ("admission_date", "discharge_date", "appointment_date", "arrival_date")
NOT_KNOWN = "&"
OF_FUNCTIONS = (
    "discharge_treatment_function_code",
    "treatment_function_code",
    "main_specialty_code",
)
UNKNOWN_COMMISSIONER = "UNKNOWN"
MOST_NAMED = 5


def is_artificial_hes(path: Path) -> bool:
    """Whether a file's header is that of HES episodes, outpatients or A&E attendances."""
    return _table_of(path) is not None


def read_artificial_hes(path: Path) -> PublishedFile:
    """The file's records as one of the tables, with notes on what was left out or not known.

    Raises InputError for a file that is no table, and naming every column that is missing or
    stands twice.
    """
    name = _table_of(path) or "spells"
    records, years = _records(path, name)
    notes: list[str] = []
    if name == "spells":
        is_last = records.pop("last_of_the_spell").str.upper() == "Y"
        text = "episodes are not the last of a spell: no spell of their own"
        notes += _counted(path, ~is_last, text)
        records = records[is_last]
    notes += _without_days(path, records, COLUMNS[name])
    for column in set(OF_FUNCTIONS) & set(records):
        records[column] = records[column].replace(NOT_KNOWN, "")
    nobody = records["ccg_code"] == ""
    records["ccg_code"] = records["ccg_code"].mask(nobody, UNKNOWN_COMMISSIONER)
    text = f"records name no CCG: their commissioner is {UNKNOWN_COMMISSIONER}"
    notes += _counted(path, nobody, text)
    if name == "spells":
        undated = records["discharge_date"] == ""
        text = "spells have no known day of discharge: they are in no period"
        notes += _counted(path, undated, text)
    table = pa.table({column: pa.array(values, pa.string()) for column, values in records.items()})
    # Rows are counted after the other episodes have gone.
    place = f"{path} (last episodes)" if name == "spells" else str(path)
    return PublishedFile(place=place, tables={name: table}, notes=notes, years={name: years})


def _table_of(path: Path) -> str | None:
    """Which of the tables a file's header is of."""
    kinds = [(table, own, hes) for table, own in OWN_COLUMNS.items() for hes in OF_HES]
    return next((table for table, *both in kinds if csv_has(path, *both)), None)


def _records(path: Path, name: str) -> tuple[pd.DataFrame, list[Period]]:
    """The columns of a table as text, under its own names; and the years of the records."""
    columns = COLUMNS[name]
    printed = read_csv(path, OWN_COLUMNS[name], whole_lines=True)
    wanted = {
        column: hes
        for column, hes in columns.items()
        if printed.has(hes) or column not in MAY_BE_ABSENT
    }
    missing = [hes for hes in wanted.values() if not printed.has(hes)]
    if missing:
        raise InputError(
            Problem(path.name, "the column is missing", printed.top, hes, unit=printed.unit)
            for hes in missing
        )
    printed.refuse_twice(*wanted.values())
    refuse_totals(printed, COMMISSIONER, PROVIDER)
    texts = {
        column: (printed.codes if column in PLACED else printed.texts)(hes)
        for column, hes in wanted.items()
    }
    records = pd.DataFrame(texts, index=printed.cells.index)
    years = _years(printed.texts(YEAR).unique()) if printed.has(YEAR) else []
    return records.reindex(columns=[*columns], fill_value=""), years


def _years(texts: Iterable[str]) -> list[Period]:
    """The financial years that are named as 0708; none where one of them is no such name."""
    found = []
    for text in texts:
        match = TWO_YEARS.fullmatch(text)
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            return []
        century = 1900 if int(match[1]) >= FIRST_YEAR else 2000
        found.append(month_of(date(century + int(match[1]), 4, 1)).financial_year)
    return sorted(found)


def _without_days(path: Path, records: pd.DataFrame, columns: dict[str, str]) -> list[str]:
    """Empties the days that stand for none, and says of which columns and days."""
    notes = []
    for column in [name for name in DATES if name in records]:
        days = records[column]
        none = (days < FIRST_KNOWN_DAY) & (days.str.len() == len(FIRST_KNOWN_DAY))
        named = ", ".join(sorted(days[none].unique())[:MOST_NAMED])
        notes += _counted(path, none, f"records have {named} as {columns[column]}: a day not known")
        records[column] = days.mask(none, "")
    return notes


def _counted(path: Path, chosen: Any, text: str) -> list[str]:
    number = int(chosen.sum())
    return [f"{path.name}: {number:,} {text}"] if number else []
