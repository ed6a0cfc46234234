"""Reads the national time series: England's combined standards, and referrals seen.

The combined standards of 2023 are no lines of the family: the sum of their parts is compared with
them. The faster diagnosis standard has no parts here. Referrals seen are the denominators of E.B.6
and E.B.7; how many were seen in time the series does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.printed import NOT_AVAILABLE, Printed, below, sheet_head, sheet_names
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

# Every block of a sheet begins with a column of periods, headed so.
PERFORMANCE = {
    "Monthly Performance": "Monthly",
    "Quarterly Performance": "Quarterly",
    "Annual Performance": "Year",
}
REFERRALS = "Monthly Referrals Seen"
# A word of a block's title, and the line.
COMBINED = {"(31-days)": "CWT_31_DAYS", "(62-days)": "CWT_62_DAYS"}
SEEN = {"Urgent Suspected Cancer": "E.B.6", "Urgent Breast Symptomatic": "E.B.7"}
FIGURES = {"Total": "denominator", "Within Standard": "numerator", "Performance (%)": "value"}
# Before a standard was worked out its cells are empty.
NOT_YET = {"": NOT_AVAILABLE, "-": NOT_AVAILABLE}
A_DAY, SHORT_QUARTER = re.compile(r"\d{4}-\d\d-\d\d.*"), re.compile(r"\d\d/\d\d Q[1-4]")
SO_FAR = "YTD"


def is_series(path: Path) -> bool:
    """Whether a workbook is the national series, by a sheet and its headings."""
    first = next(iter(PERFORMANCE))
    return first in sheet_names(path) and "(62-days)" in sheet_head(path, first)


def read_series(path: Path) -> PublishedFile:
    """The national time series: England by month, quarter and year.

    Raises InputError for a sheet, block or heading that is missing, and for cells that are no
    numbers or periods.
    """
    workbook = open_workbook(path)

    def tables(name: str, first: str, titles: dict[str, str], *headings: str) -> list[pd.DataFrame]:
        rows, place = sheet(workbook, name, str(path)), f"{path.name}, sheet {name},"
        return list(_tables(rows, place, first, titles, headings))

    parts = [
        table
        for name, first in PERFORMANCE.items()
        for table in tables(name, first, COMBINED, *FIGURES)
    ]
    combined = pd.concat(parts, ignore_index=True)
    referrals = pd.concat(tables(REFERRALS, "Monthly", SEEN, "Total"), ignore_index=True)
    is_month = [parse_period(text).kind == "month" for text in combined["period"]]
    months = combined[is_month].drop(columns="value").assign(mark="")
    counts = pd.concat([months, referrals.assign(mark=NOT_AVAILABLE)], ignore_index=True)
    return PublishedFile(
        place=str(path),
        counts=counts,
        names={"england": {ENGLAND: "England"}},
        answers=[
            Answers(_cells(combined, "numerator", "denominator", "value")),
            Answers(_cells(referrals, "denominator")),
        ],
    )


def _tables(
    rows: Rows, place: str, first: str, titles: dict[str, str], headings: tuple[str, ...]
) -> Iterator[pd.DataFrame]:
    """The blocks that `titles` name, side by side in a sheet."""
    top = header_row(rows, [first, *headings], place)
    starts = [at for at, cell in enumerate(rows[top]) if tidy(cell) == first]
    blocks = {}
    for start, end in zip(starts, [*starts[1:], len(rows[top])], strict=True):
        words = " ".join(tidy(cell) for row in rows[:top] for cell in row[start:end])
        blocks[tidy(words)] = below([row[start:end] for row in rows], top, place)
    for title, line in titles.items():
        found = [table for words, table in blocks.items() if title in words]
        if len(found) != 1:
            text = f'has {len(found)} blocks with "{title}" in the title, not one'
            raise InputError(Problem(place, text, allowed="; ".join(blocks)))
        found[0].require(first, *headings)
        _refuse_two_blocks(found[0], headings)
        yield _rows(found[0], first, headings).assign(indicator=line)


def _refuse_two_blocks(table: Printed, headings: tuple[str, ...]) -> None:
    """Without its first heading a block would be taken for a part of the one at its left."""
    twice = [name for name in headings if table.headings.count(name) > 1]
    if twice:
        text = f"{twice[0]} stands twice below one column of periods"
        raise InputError(Problem(table.place, text, table.top, unit=table.unit))


def _rows(table: Printed, first: str, headings: tuple[str, ...]) -> pd.DataFrame:
    """One row per period with a figure; a year so far is none."""
    filled = pd.concat([table.texts(name) for name in headings], axis=1) != ""
    so_far = table.texts(first).str.upper().str.endswith(SO_FAR)
    table = table.where(filled.any(axis=1) & ~so_far)
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
