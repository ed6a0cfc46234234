"""Reads the full extract: one month, provider x commissioner x treatment function x part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.errors import UsageError
from nhsind.families.rtt.bands import DAYS_IN_WEEK, WITHIN_18_WEEKS, BandedCounts
from nhsind.periods import parse_period
from nhsind.sources.cells import month_name
from nhsind.sources.printed import NOTHING, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import totals_in, wrong_totals

TOTAL_FUNCTION = "999"
PARTS = {"Part_1A": "E.M.18", "Part_1B": "E.M.19", "Part_2": "E.B.3", "Part_3": "E.M.20"}
NEW_PERIODS = "Part_3"
# Lies inside Part_2.
SUBSET_PART = "Part_2A"
WEEKS = (104, 52)
MONTH, PART, FUNCTION = "Period", "RTT Part Type", "Treatment Function Code"
PROVIDER, COMMISSIONER = "Provider Org Code", "Commissioner Org Code"
NAMES = ("Provider Org Name", "Commissioner Org Name")
TOTAL, UNKNOWN = "Total All", "Patients with unknown clock start date"
# Until September 2017 the year stood in a column of its own.
YEAR = "Year"
SPELLINGS = {MONTH: (MONTH, "Period Name"), PART: (PART, "RTT Part Name")}


def is_full_extract(path: Path) -> bool:
    """Whether a file, or the one that is packed in it, has the headings of an extract."""
    return any(csv_has(path, name, FUNCTION) for name in SPELLINGS[PART])


def read_full_extract(path: Path) -> PublishedFile:
    """The full extract (CSV, or a zip of one): provider x commissioner x function x part.

    C_999 rows are the publisher's totals of functions and only compared with, those of
    organisations are checked and left aside; Part_2A lies inside Part_2 and is left out. Raises
    InputError for missing columns, cells that are not what belongs there, and rows that stand
    twice.
    """
    printed = read_csv(path, FUNCTION)
    table = replace(printed.without_remarks(), spellings=SPELLINGS)
    bands, longest = _bands(table)
    table.require(MONTH, PROVIDER, COMMISSIONER, *NAMES, PART, FUNCTION, UNKNOWN, TOTAL)
    table.refuse_twice(MONTH, PROVIDER, COMMISSIONER, PART, FUNCTION, *bands, UNKNOWN, TOTAL)
    parts = (
        table.texts(PART).str.lower().map({part.lower(): part for part in (*PARTS, SUBSET_PART)})
    )
    allowed = ", ".join((*PARTS, SUBSET_PART))
    table.refuse(parts.isna(), PART, "is not a known part", allowed)
    months = _months(table)
    functions = table.codes(FUNCTION).str.removeprefix("C_")
    (total,) = table.numbers(TOTAL, marks={"": NOTHING})
    totals = totals_in(table, (PROVIDER, COMMISSIONER), NAMES)
    keys = (months, parts, functions)
    notes = wrong_totals(
        table, totals, codes=(PROVIDER, COMMISSIONER), keys=keys, counts={TOTAL: total}
    )
    table, months, parts = table.where(~totals), months[~totals], parts[~totals]
    codes = {name: table.codes(name) for name in (PROVIDER, COMMISSIONER)}
    for name, column in codes.items():
        table.refuse(column == "", name, "is missing", "the code of an organisation")
    table.refuse_repeated(months, *codes.values(), parts, functions[~totals])
    return _file(
        path,
        table,
        months=months,
        parts=parts,
        codes=codes,
        functions=functions[~totals],
        bands=bands,
        longest=longest,
        notes=notes,
    )


def _file(
    path: Path,
    table: Printed,
    *,
    months: pd.Series[Any],
    parts: pd.Series[Any],
    codes: dict[str, pd.Series[Any]],
    functions: pd.Series[Any],
    bands: Sequence[str],
    longest: list[int],
    notes: list[str],
) -> PublishedFile:
    """The rows of organisations, part by part and month by month."""
    columns = [column.whole for column in table.numbers(*bands, marks={"": NOTHING})]
    counts = np.column_stack(columns)
    total, unknown = (item.whole for item in table.numbers(TOTAL, UNKNOWN, marks={"": NOTHING}))
    is_total = (functions == TOTAL_FUNCTION).to_numpy()
    lines = table.cells.index.to_numpy()
    tables, left_out, blocks = [], [], []
    for part, line in PARTS.items():
        of_part = (parts == part).to_numpy()
        for month in sorted(months.unique()):
            rows = of_part & (months == month).to_numpy()
            is_new = part == NEW_PERIODS
            block = BandedCounts(
                line,
                parse_period(month),
                bands=total[rows, None] if is_new else counts[rows],
                longest=[0] if is_new else longest,
                unknown=unknown[rows],
                total=total[rows],
                place=table.place,
                source_rows=lines[rows],
                columns={
                    "ccg_code": codes[COMMISSIONER].to_numpy()[rows],
                    "provider_code": codes[PROVIDER].to_numpy()[rows],
                    "treatment_function_code": functions.to_numpy()[rows],
                },
                unit=table.unit,
            )
            rows_of_part, left = block.pathways(~is_total[rows])
            tables.append(rows_of_part)
            left_out += left
            blocks.append((block, is_total[rows]))
    of_provider, of_commissioner = (table.texts(name) for name in NAMES)
    return PublishedFile(
        place=str(path),
        tables={"pathways": pa.concat_tables(tables)},
        names={
            "ccg": dict(zip(codes[COMMISSIONER], of_commissioner, strict=True)),
            "provider": dict(zip(codes[PROVIDER], of_provider, strict=True)),
        },
        costly_answers=partial(_answers, blocks),
        left_out=left_out,
        notes=notes,
    )


def _answers(blocks: list[tuple[BandedCounts, Any]]) -> list[Answers]:
    """The publisher's totals of all functions, and the same band by band."""
    totals = [block.totals_printed(chosen) for block, chosen in blocks]
    bands = [
        block.bands_printed(chosen) for block, chosen in blocks if block.line in WITHIN_18_WEEKS
    ]
    return [
        Answers(pd.concat(totals, ignore_index=True), ("provider_code",)),
        Answers(pd.concat(bands, ignore_index=True), ("provider_code", "clock_start_date")),
    ]


def _bands(table: Printed) -> tuple[list[str], list[int]]:
    """The weekly bands, up to 104 weeks (52 in files before 2021), and the wait of each in days."""
    weeks = next((most for most in WEEKS if table.has(f"Gt {most} Weeks SUM 1")), WEEKS[0])
    expected = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(weeks)]
    expected.append(f"Gt {weeks} Weeks SUM 1")
    table.require(*expected)
    longest = [(week + 1) * DAYS_IN_WEEK for week in range(weeks)]
    return expected, [*longest, weeks * DAYS_IN_WEEK + 1]


def _months(table: Printed) -> pd.Series[Any]:
    """The month of each row: `RTT-April-2018`, or the month's name beside a financial year."""
    if not table.has(YEAR):
        return table.months(MONTH, "RTT-{}")
    years, names = table.texts(YEAR), table.texts(MONTH)
    found = {pair: _month(*pair) for pair in set(zip(years, names, strict=True))}
    months = pd.Series(
        [found[pair] for pair in zip(years, names, strict=True)], years.index, dtype=object
    )
    table.refuse(months == "", MONTH, "is no month of its year", "such as 2016-17 and APRIL")
    return months


def _month(year: str, name: str) -> str:
    """The month of a financial year, such as 2017-18, by its name; empty where there is none."""
    try:
        period = parse_period(year.replace("-", "/"))
    except UsageError:
        return ""
    word = month_name(name.removeprefix("RTT-"))
    within = period.split_months() if period.kind == "year" else []
    return next((str(month) for month in within if word and month.words.startswith(word)), "")
