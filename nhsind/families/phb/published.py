"""NHS Digital's patients registered with each practice, as the population of a commissioner.

A list drawn on a day is the population of the quarter that the day lies in.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.periods import month_of
from nhsind.sources.headings import COMMISSIONER_CODE
from nhsind.sources.printed import read_csv
from nhsind.sources.published import PublishedFile, Reader
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import refuse_totals

DAY, KIND, COMMISSIONER, PRACTICE = "EXTRACT_DATE", "TYPE", "CCG_CODE", "CODE"
SEX, AGE, PATIENTS = "SEX", "AGE", "NUMBER_OF_PATIENTS"
ALL, OF_A_PRACTICE = "ALL", "GP"
SPELLINGS = {COMMISSIONER: COMMISSIONER_CODE}


def read_list_size(path: Path) -> PublishedFile:
    """Read the patients of each commissioner: the sum of its practices, all ages and both sexes."""
    table = replace(read_csv(path, PATIENTS), spellings=SPELLINGS)
    table.require(DAY, KIND, COMMISSIONER, PRACTICE, SEX, AGE, PATIENTS)
    whole = (table.codes(SEX) == ALL) & (table.codes(AGE) == ALL)
    table = table.where(whole & (table.codes(KIND) == OF_A_PRACTICE))
    if table.cells.empty:
        text = f"has no rows of practices ({KIND} {OF_A_PRACTICE}) of all ages and both sexes"
        raise InputError(Problem(table.place, text))
    # Patients of a practice without a commissioner are found by the checks of records.
    table.refuse(table.codes(PRACTICE) == "", PRACTICE, "is missing", "the code of a practice")
    refuse_totals(table, COMMISSIONER, PRACTICE)
    days = table.days(DAY)
    table.refuse(days.isna(), DAY, "is not a day", "such as 01JAN2021")
    table.refuse_repeated(days, PRACTICE)
    (patients,) = table.numbers(PATIENTS)
    rows = pd.DataFrame(
        {
            "ccg_code": table.codes(COMMISSIONER),
            "period": days.map({day: str(month_of(day).quarter) for day in days.unique()}),
            "day": days,
            "patients": patients.values.astype("int64"),
        }
    )
    sums = rows.groupby(["ccg_code", "period", "day"], as_index=False)["patients"].sum()
    population = pa.table(
        {
            "ccg_code": pa.array(list(sums["ccg_code"]), pa.string()),
            "period": pa.array(list(sums["period"]), pa.string()),
            "gp_registered_population": pa.array(list(sums["patients"]), pa.int64()),
        }
    )
    return PublishedFile(place=str(path), tables={"population": population})


def _is_list_size(path: Path) -> bool:
    return any(csv_has(path, PATIENTS, name) for name in COMMISSIONER_CODE)


READERS = (
    Reader(
        "list-size",
        "patients registered with each practice (.csv): EXTRACT_DATE, TYPE, CCG_CODE or "
        "SUB_ICB_LOCATION_CODE, CODE, SEX, AGE, NUMBER_OF_PATIENTS",
        _is_list_size,
        read_list_size,
        records=True,
        headings=((DAY, KIND, COMMISSIONER, PRACTICE, SEX, AGE, PATIENTS),),
    ),
)
