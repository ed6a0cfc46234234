"""NHS Digital's patients registered with practices, by five-year age group and sex.

The rows of commissioners become the table `population`, which the estimate is calculated from:
registered on the first of a month, they are set against the register of the month before. Rows of
practices do not say whose they are, so a file that has only those is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.families.dementia.common import OF_COMMISSIONERS
from nhsind.periods import month_of
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import PublishedFile
from nhsind.sources.totals import refuse_totals

KIND, CODE, DAY = "ORG_TYPE", "ORG_CODE", "EXTRACT_DATE"
SEX, GROUP, PATIENTS = "SEX", "AGE_GROUP_5", "NUMBER_OF_PATIENTS"
SEXES, ALL = ("FEMALE", "MALE"), "ALL"
GROUPS = [f"{age}_{age + 4}" for age in range(0, 95, 5)] + ["95+"]


def read_practice_list(path: Path) -> PublishedFile:
    """Read the patients registered with the practices of each commissioner."""
    table = read_csv(path, GROUP)
    table.require(DAY, KIND, CODE, SEX, GROUP, PATIENTS)
    table = _of_commissioners(table)
    table.refuse(table.codes(CODE) == "", CODE, "is missing", "the code of a commissioner")
    refuse_totals(table, CODE)
    table.refuse_repeated(table.days(DAY), CODE, SEX, GROUP)
    sexes, groups = [*SEXES, ALL], [*GROUPS, ALL]
    table.refuse(~table.codes(SEX).isin(sexes), SEX, "is not known here", ", ".join(sexes))
    table.refuse(~table.codes(GROUP).isin(groups), GROUP, "is not known here", ", ".join(groups))
    rows = _patients(table)
    wrong, notes = _contradicting(rows)
    kept = rows[~wrong & (rows["sex"] != ALL) & (rows["age_band"] != ALL)]
    columns = {
        name: pa.array(kept[name].tolist(), pa.string())
        for name in ("ccg_code", "month", "sex", "age_band")
    }
    columns["registered_patients"] = pa.array(kept["registered_patients"].tolist(), pa.int64())
    return PublishedFile(place=str(path), tables={"population": pa.table(columns)}, notes=notes)


def _of_commissioners(table: Printed) -> Printed:
    kinds = table.codes(KIND)
    of_commissioners = kinds.isin(OF_COMMISSIONERS)
    if not of_commissioners.any():
        raise InputError(
            Problem(
                table.place,
                "has no rows of commissioners, and practices do not say whose they are",
                column=KIND,
                value=", ".join(sorted(set(kinds)))[:80],
                allowed=f"the file whose {KIND} is {' or '.join(OF_COMMISSIONERS)} in some rows",
            )
        )
    return table.where(of_commissioners)


def _patients(table: Printed) -> pd.DataFrame:
    days = table.days(DAY)
    first = days.map(lambda day: day is not None and day.day == 1).astype(bool)
    table.refuse(~first, DAY, "is not the first day of a month", "such as 01SEP2017")
    months = days.map({day: str(month_of(day).shift(-1)) for day in days.unique()})
    (patients,) = table.numbers(PATIENTS)
    return pd.DataFrame(
        {
            "ccg_code": table.codes(CODE),
            "month": months,
            "sex": table.codes(SEX),
            "age_band": table.codes(GROUP),
            "registered_patients": patients.values.astype(np.int64),
            "place": table.places(),
        }
    )


def _contradicting(rows: pd.DataFrame) -> tuple[Any, list[str]]:
    """The rows of commissioners whose groups do not add up to their totals, and notes on them."""
    commissioner = ["ccg_code", "month"]
    is_total = rows["age_band"] == ALL
    groups = rows[~is_total & (rows["sex"] != ALL)]
    both = groups.assign(sex=ALL)
    added = pd.concat([groups, both]).groupby([*commissioner, "sex"])["registered_patients"].sum()
    totals = rows[is_total].join(added.rename("added"), on=[*commissioner, "sex"])
    totals["added"] = totals["added"].fillna(0).astype(np.int64)
    wrong = totals[totals["added"] != totals["registered_patients"]]
    columns = ["place", "ccg_code", "sex", "added", "registered_patients"]
    notes = [
        f"{place}: the groups of {code} {sex.lower()} add up to {found:,} and the total says "
        f"{total:,}; the commissioner is left out"
        for place, code, sex, found, total in zip(*(wrong[name] for name in columns), strict=True)
    ]
    left_out = pd.MultiIndex.from_frame(wrong[commissioner])
    return pd.MultiIndex.from_frame(rows[commissioner]).isin(left_out), notes
