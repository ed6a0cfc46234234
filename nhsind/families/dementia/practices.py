"""Recorded dementia by practice as issued: the registers of each commissioner's practices.

They become the table `register`; with the patients registered with practices, or estimates, the
diagnosis rate is derived from it. A commissioner of which one practice is hidden has no register.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.families.dementia.common import LINE
from nhsind.periods import month_of
from nhsind.sources.headings import COMMISSIONER_CODE
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, read_csv
from nhsind.sources.published import LeftOut, PublishedFile
from nhsind.sources.totals import refuse_totals

DAY, PRACTICE, COMMISSIONER = "ACH_DATE", "PRACTICE_CODE", "COMMISSIONER_ORGANISATION_CODE"
SPELLINGS = {COMMISSIONER: (COMMISSIONER, *COMMISSIONER_CODE)}
MEASURE, VALUE = "Measure", "Value"
REGISTERS = {"DEMENTIA_REGISTER_65_PLUS": "65+", "DEMENTIA_REGISTER_0_64": "0-64"}
MARKS = {"*": SUPPRESSED, "": NOT_AVAILABLE, "NA": NOT_AVAILABLE}
KEYS = ["ccg_code", "month", "age_band"]


def read_practices(path: Path) -> PublishedFile:
    """Read the registers of each commissioner: the sum of its practices, by age group."""
    table = replace(read_csv(path, PRACTICE), spellings=SPELLINGS)
    table.require(DAY, PRACTICE, COMMISSIONER, MEASURE, VALUE)
    table = table.where(table.codes(MEASURE).isin([*REGISTERS]))
    if table.cells.empty:
        text = f"holds none of {', '.join(REGISTERS)}"
        raise InputError(Problem(table.place, text, column=MEASURE))
    codes = table.codes(COMMISSIONER)
    table.refuse(codes == "", COMMISSIONER, "is missing", "the code of a commissioner")
    table.refuse(table.codes(PRACTICE) == "", PRACTICE, "is missing", "the code of a practice")
    refuse_totals(table, PRACTICE, COMMISSIONER)
    days = table.days(DAY)
    table.refuse(days.isna(), DAY, "is missing", "such as 31AUG2018")
    table.refuse_repeated(days, PRACTICE, MEASURE)
    (people,) = table.numbers(VALUE, marks=MARKS)
    rows = pd.DataFrame(
        {
            "ccg_code": codes,
            "month": days.map({day: str(month_of(day)) for day in days.unique()}),
            "age_band": table.codes(MEASURE).map(REGISTERS),
            "count": people.floats,
            "place": table.places(),
        }
    )
    hidden = rows[rows["count"].isna()]
    of_each = rows.groupby(KEYS)["count"]
    sums: pd.DataFrame = of_each.agg(lambda counts: counts.sum(skipna=False)).reset_index()
    kept = sums[sums["count"].notna()]
    columns = {name: pa.array(list(kept[name]), pa.string()) for name in KEYS}
    columns["count"] = pa.array(kept["count"].to_numpy().astype(np.int64), pa.int64())
    return PublishedFile(
        place=str(path),
        tables={"register": pa.table(columns)},
        left_out=[
            LeftOut(
                str(part["place"].iloc[0]),
                "a practice's register is not printed, so that of its commissioner is no sum",
                str(code),
                "ccg",
                (LINE,),
                (str(month),),
                len(part),
            )
            for (code, month), part in hidden[hidden["age_band"] == "65+"].groupby(KEYS[:2])
        ],
    )
