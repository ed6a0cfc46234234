"""Opens the tables of published files: a workbook's sheet, a CSV file with or without headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.sources.cells import NOT_AVAILABLE, NOTHING, SUPPRESSED, months, tidy
from nhsind.sources.delimited import (
    MOST_LISTED,
    read_columns,
    read_lines,
    refuse_other_separators,
)
from nhsind.sources.printed_table import Numbers, Printed
from nhsind.sources.repeated_rows import once
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet

__all__ = [
    "NOTHING",
    "NOT_AVAILABLE",
    "SUPPRESSED",
    "Numbers",
    "Printed",
    "below",
    "not_empty",
    "once",
    "printed_period",
    "read_csv",
    "read_headerless_csv",
    "read_sheet",
]


def below(
    rows: Rows, top: int, *, place: str, until: int | None = None, unit: str = "row"
) -> Printed:
    """The rows below row `top` (from 0), which holds the headings; blank rows are left out."""
    headings = tuple(tidy(cell) for cell in rows[top])
    width = len(headings)
    kept, numbers = [], []
    for number, row in enumerate(rows[top + 1 : until], start=top + 2):
        if any(cell is not None and tidy(cell) for cell in row):
            kept.append([*row[:width], *[""] * (width - len(row))])
            numbers.append(number)
    cells = pd.DataFrame(kept, index=numbers, columns=range(width), dtype=object)
    return Printed(place, headings, cells, top + 1, unit)


def read_sheet(path: Path, name: str, *wanted: str) -> Printed:
    """The table of a sheet whose header row has the wanted headings."""
    place = f"{path.name}, sheet {name},"
    rows = sheet(open_workbook(path), name, str(path))
    return not_empty(once(below(rows, header_row(rows, wanted, place=place), place=place)))


def read_csv(path: Path, *wanted: str, whole_lines: bool = False) -> Printed:
    """The table of a CSV file with the wanted headings: UTF-8, UTF-16 or Windows-1252, also packed.

    `whole_lines`: each line has a value for each heading, as records do; else what is not there
    at a line's end is empty. Raises InputError for a damaged file, one that is cut off within its
    last line, a quotation mark left open, missing headings, and lines with more values than the
    header has columns.
    """
    lines = read_lines(path)
    top_rows = lines.top()
    try:
        top = header_row(top_rows, wanted, place=path.name, unit="line")
    except InputError:
        refuse_other_separators(lines, wanted)
        raise
    headings = tuple(tidy(cell) for cell in top_rows[top])
    columns, numbers = read_columns(lines, top, len(headings), whole_lines=whole_lines)
    cells = _as_text(columns, [int(number) for number in numbers])
    return not_empty(once(Printed(path.name, headings, cells, int(lines.numbers[top]), "line")))


def read_headerless_csv(path: Path, headings: Sequence[str]) -> Printed:
    """A CSV file without a header, each line of which has a value for each of the headings.

    Raises InputError for a damaged file, and for lines of any other length.
    """
    lines = read_lines(path)
    rows = lines.data.split(b"\n")
    lengths = {
        int(number): row.count(b",") + 1
        for number, row in zip(lines.numbers, rows, strict=True)
        if row.strip(b', \t"')
    }
    wrong = [number for number, length in lengths.items() if length < len(headings)]
    if wrong:
        raise InputError(
            Problem(path.name, f"has {lengths[number]} values, not {len(headings)}", number)
            for number in wrong[:MOST_LISTED]
        )
    columns, numbers = read_columns(lines, None, len(headings))
    cells = _as_text(columns, [int(number) for number in numbers])
    return once(Printed(path.name, tuple(headings), cells, 0, "line"))


def not_empty(table: Printed) -> Printed:
    """The table; InputError if nothing stands below its headings, as in a file that was cut."""
    if table.cells.empty:
        message = "has nothing below the headings"
        raise InputError(Problem(table.place, message, table.top, unit=table.unit))
    return table


def printed_period(text: str | None, place: str) -> Period:
    """The month that a file names (April 2015, Apr-15, a day of it); InputError if it is none."""
    given = tidy(text)
    period = months([given])[given]
    if period is None:
        raise InputError(
            Problem(place, "is not a month", None, "Period:", text, "a month such as April 2015")
        )
    return period


def _as_text(columns: pa.Table, numbers: list[int]) -> pd.DataFrame:
    dtype = pd.StringDtype("pyarrow", na_value=float("nan"))
    cells: pd.DataFrame = columns.to_pandas(types_mapper={pa.string(): dtype}.get)
    cells.columns = pd.RangeIndex(columns.num_columns)
    cells.index = pd.Index(numbers)
    return cells
