"""Reads the national time series: England by month, quarter and year, a block for each standard.

The series to September 2023 has the nine standards that are lines. The one since then has the
combined standards, which the sum of their parts is compared with, and referrals seen, the
denominators of E.B.6 and E.B.7; how many were seen in time it does not tell. The faster diagnosis
standard is no line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.headings import places_of, plain_cells
from nhsind.sources.printed import NOT_AVAILABLE, Printed, below, once
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.recognising import sheet_head, sheet_named
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

# Every block of a sheet begins with a column of periods, headed so.
PERIODS = {"Monthly": "Monthly", "Quarterly": "Quarterly", "Annual": "Year"}
REFERRALS = "Monthly Referrals Seen"
# Words of a block's title, and the line.
COMBINED = {"(31-days)": "CWT_31_DAYS", "(62-days)": "CWT_62_DAYS"}
NINE = {
    "Two Week Wait From GP Urgent Referral": "E.B.6",
    "Two Week Wait Breast Symptomatic": "E.B.7",
    "Decision to Treat to a First Treatment": "E.B.8",
    "(Surgery)": "E.B.9",
    "(Anti-Cancer Drug Regimen)": "E.B.10",
    "(Radiotherapy)": "E.B.11",
    "from GP Urgent Referral to a First Treatment": "E.B.12",
    "from a National Screening Service": "E.B.13",
    "Following a Consultant Upgrade": "E.B.14",
}
# The series by the last word of the names of its sheets.
SERIES = {"Data": NINE, "Performance": COMBINED}
SEEN = {"Urgent Suspected Cancer": "E.B.6", "Urgent Breast Symptomatic": "E.B.7"}
FIGURES = {"Total": "denominator", "Within Standard": "numerator", "Performance (%)": "value"}
# Before a standard was set its cells are empty, but for the first.
NOT_YET = {"": NOT_AVAILABLE, "-": NOT_AVAILABLE, "no standard set": NOT_AVAILABLE}
A_DAY, SHORT_QUARTER = re.compile(r"\d{4}-\d\d-\d\d.*"), re.compile(r"\d\d/\d\d Q[1-4]")
SO_FAR = "YTD"


def is_series(path: Path) -> bool:
    """Whether a workbook is a national series, by its sheets and their headings."""
    series = _series(path)
    if series is None:
        return False
    head = sheet_head(path, f"Monthly {series}").lower()
    return all(title.lower() in head for title in SERIES[series])


def read_series(path: Path) -> PublishedFile:
    """A national time series: England by month, quarter and year.

    Raises InputError for a sheet, block or heading that is missing, and for cells that are no
    numbers or periods.
    """
    workbook = open_workbook(path)
    series = _series(path) or next(iter(SERIES))

    def tables(name: str, first: str, titles: dict[str, str], *headings: str) -> list[pd.DataFrame]:
        rows, place = sheet(workbook, name, str(path)), f"{path.name}, sheet {name},"
        return list(_tables(rows, place, first=first, titles=titles, headings=headings))

    standards = pd.concat(
        [
            table
            for kind, first in PERIODS.items()
            for table in tables(f"{kind} {series}", first, SERIES[series], *FIGURES)
        ],
        ignore_index=True,
    )
    # The quarters and years of the nine are of a later count than their months; of the combined
    # standards they are sums.
    is_month = pd.Series([parse_period(text).kind == "month" for text in standards["period"]])
    own = is_month | ~standards["indicator"].isin(list(COMBINED.values()))
    counts = standards[own].drop(columns="value").assign(mark="")
    answers = [Answers(_cells(standards, "numerator", "denominator", "value"))]
    if sheet_named(path, REFERRALS):
        seen = pd.concat(tables(REFERRALS, "Monthly", SEEN, "Total"), ignore_index=True)
        counts = pd.concat([counts, seen.assign(mark=NOT_AVAILABLE)], ignore_index=True)
        answers.append(Answers(_cells(seen, "denominator")))
    return PublishedFile(
        place=str(path), counts=counts, names={"england": {ENGLAND: "England"}}, answers=answers
    )


def _series(path: Path) -> str | None:
    return next((name for name in SERIES if sheet_named(path, f"Monthly {name}")), None)


def _tables(
    rows: Rows, place: str, *, first: str, titles: dict[str, str], headings: tuple[str, ...]
) -> Iterator[pd.DataFrame]:
    """The blocks that `titles` name, side by side in a sheet."""
    top = header_row(rows, [first, *headings], place=place)
    starts = places_of(first, plain_cells(rows[top]))
    blocks = {}
    for start, end in pairwise([*starts, len(rows[top])]):
        words = " ".join(tidy(cell) for row in rows[:top] for cell in row[start:end])
        blocks[tidy(words)] = below([row[start:end] for row in rows], top, place=place)
    for title, line in titles.items():
        found = [table for words, table in blocks.items() if title.lower() in words.lower()]
        if len(found) != 1:
            text = f'has {len(found)} blocks with "{title}" in the title, not one'
            raise InputError(Problem(place, text, allowed="; ".join(blocks)))
        found[0].require(first, *headings)
        # Without its first heading a block would be taken for a part of the one at its left.
        found[0].refuse_twice(*headings)
        yield _rows(found[0], first, headings).assign(indicator=line)


def _rows(table: Printed, first: str, headings: tuple[str, ...]) -> pd.DataFrame:
    """One row per period with a figure; a year so far is none."""
    cells = pd.concat([table.texts(name) for name in headings], axis=1)
    filled = ~cells.apply(lambda column: column.str.lower().isin([*NOT_YET]))
    so_far = table.texts(first).str.upper().str.endswith(SO_FAR)
    table = once(table.where(filled.any(axis=1) & ~so_far))
    columns = table.numbers(*headings, marks=NOT_YET, parts="decimal")
    read = {FIGURES[name]: column for name, column in zip(headings, columns, strict=True)}
    rows = pd.DataFrame({name: column.values for name, column in read.items()})
    partly = rows.isna().any(axis=1)
    table.refuse(partly, headings[0], "stands in a row that lacks a figure", "all figures, or none")
    if "numerator" not in rows:
        rows["numerator"] = None
    periods = [_period(cell) for cell in table.cells[table.position(first)]]
    wrong = [period == "" for period in periods]
    table.refuse(wrong, first, "is not a period", "a month, quarter or year")
    table.refuse_repeated(pd.Series(periods, index=table.cells.index, dtype=object))
    return rows.assign(org_level="england", org_code=ENGLAND, period=periods, place=table.places())


def _period(cell: object) -> str:
    """The period of a month's first day, of `21/22 Q1` or of `2021/22`; empty if it is none."""
    text = tidy(cell)
    if A_DAY.fullmatch(text):
        text = text[: len("2021-04")]
    elif SHORT_QUARTER.fullmatch(text):
        text = f"20{text}"
    try:
        return str(parse_period(text))
    except UsageError:
        return ""


def _cells(rows: pd.DataFrame, *figures: str) -> pd.DataFrame:
    base = rows[["indicator", "org_level", "org_code", "period", "place"]]
    cells: pd.DataFrame = pd.concat(
        [printed_cells(base, name, rows[name]) for name in figures], ignore_index=True
    )
    return cells
