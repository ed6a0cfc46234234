"""Files of someone's own that a mapping reads: CSV, Parquet, sheets of workbooks, databases.

A sheet is named `FILE.xlsx::Sheet`; without a name the workbook's only sheet with a table is meant.
A table of a database file is named `FILE.duckdb::schema.table`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.sources.cells import UNCALCULATED, tidy
from nhsind.sources.databases import DatabaseTable, is_database, store_database_table, tables_of
from nhsind.sources.delimited import SEPARATORS
from nhsind.sources.encodings import as_utf8, is_utf8
from nhsind.sources.files import content
from nhsind.sources.stored import Stored
from nhsind.sources.tabular import store_file, store_frame
from nhsind.sources.workbooks import Rows, open_workbook, sheet

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
TABLES = (".csv", ".parquet", *WORKBOOKS)
OF_A_SHEET = "::"
# Above a sheet's table may stand this many rows of its title and notes.
MOST_ABOVE = 20
# Where the headings of a CSV file stand, in bytes from its beginning.
HEAD_OF_TEXT = 200_000


def store_own(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    """Put a file, a sheet of a workbook or a table of a database into the connection under `name`.

    Raises InputError if it is not there or is no table.
    """
    file, sheet_name = parts_of(path)
    if not file.is_file():
        raise InputError(Problem(str(file), "is not there"))
    if file.suffix.lower() in WORKBOOKS:
        return _store_sheet(con, name, file, sheet_name)
    if is_database(file):
        return store_database_table(con, name, DatabaseTable(file, sheet_name))
    if file.suffix.lower() != ".csv":
        return store_file(con, name, file)
    return _store_csv(con, name, file)


def _store_csv(con: duckdb.DuckDBPyConnection, name: str, file: Path) -> Stored:
    """A CSV file in whichever encoding and with whichever separator it is written."""
    text = None if is_utf8(file) else as_utf8(content(file), file)
    separator, above = _layout(file if text is None else text)
    if text is None:
        return store_file(con, name, file, above=above, separator=separator)
    with TemporaryDirectory() as folder:
        readable = Path(folder) / file.name
        readable.write_bytes(text)
        return store_file(
            con, name, readable, above=above, separator=separator, place=str(file), lines_of=file
        )


def _layout(given: Path | bytes) -> tuple[str, int]:
    """What separates the values of a CSV file, and how many lines stand above its headings.

    The headings are the first line that has more than half as many texts as the fullest of those
    looked at; the sign that makes most texts of these lines separates them.
    """
    if isinstance(given, bytes):
        opened = io.StringIO(given[:HEAD_OF_TEXT].decode("utf-8", "ignore"), newline="")
    else:
        with given.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            opened = io.StringIO("".join(islice(file, MOST_ABOVE)), newline="")
    top = list(islice(opened, MOST_ABOVE))
    best, chosen, above = 0, ",", 0
    for separator in (",", *SEPARATORS):
        try:
            rows = [next(csv.reader([line], delimiter=separator), []) for line in top]
        except csv.Error:  # which the reader of the file tells better
            continue
        texts = [sum(1 for cell in row if tidy(cell)) for row in rows]
        fullest = max(texts, default=0)
        if fullest > best:
            best, chosen = fullest, separator
            above = next((at for at, number in enumerate(texts) if 2 * number > fullest), 0)
    return chosen, above


def parts_of(path: Path) -> tuple[Path, str]:
    """The file, and the sheet that is named of it; empty where none is."""
    file, _, sheet_name = str(path).partition(OF_A_SHEET)
    return Path(file), sheet_name


def each_table(path: Path) -> list[Path]:
    """The tables of a file: itself, the sheets of a workbook that hold one, those of a database.

    A workbook of one such sheet stands for it. Raises InputError for one that cannot be read.
    """
    if parts_of(path)[1]:
        return [path]
    if is_database(path):
        return [Path(f"{path}{OF_A_SHEET}{name}") for name in tables_of(path)]
    if path.suffix.lower() not in WORKBOOKS:
        return [path]
    names = _sheets_with_tables(path)
    return [path] if len(names) == 1 else [Path(f"{path}{OF_A_SHEET}{name}") for name in names]


def _sheets_with_tables(path: Path) -> list[str]:
    book = open_workbook(path)
    return [name for name in book.sheet_names if _head(sheet(book, name, str(path))) is not None]


def _store_sheet(con: duckdb.DuckDBPyConnection, name: str, file: Path, wanted: str) -> Stored:
    chosen = _chosen_sheet(file, wanted)
    place = f"{file}{OF_A_SHEET}{chosen}"
    rows = sheet(open_workbook(file), chosen, place)
    top = _head(rows)
    assert top is not None
    headings = {at: tidy(cell) for at, cell in enumerate(rows[top]) if tidy(cell)}
    below = rows[top + 1 :]
    while not any(_text(cell) for cell in below[-1]):
        below.pop()
    problems = [
        *_repeated(place, list(headings.values()), top + 1),
        *_uncalculated(place, headings, below, top + 2),
    ]
    if problems:
        raise InputError(problems)
    columns = {heading: _texts([row[at] for row in below]) for at, heading in headings.items()}
    stored = store_frame(con, name, pd.DataFrame(columns, dtype=object), place)
    return replace(stored, first_row=top + 2)


def _chosen_sheet(file: Path, wanted: str) -> str:
    """The sheet that is named, or the only one with a table. Raises InputError where none is."""
    names = _sheets_with_tables(file)
    allowed = ", ".join(names) or None
    if wanted and wanted not in names:
        raise InputError(Problem(str(file), f'has no table in a sheet "{wanted}"', allowed=allowed))
    if wanted or len(names) == 1:
        return wanted or names[0]
    text = f"has several: name one, {file.name}{OF_A_SHEET}SHEET" if names else "holds no table"
    raise InputError(Problem(str(file), text, allowed=allowed))


def _repeated(place: str, headings: list[str], row: int) -> Iterator[Problem]:
    plain = [heading.lower() for heading in headings]
    for heading in dict.fromkeys(headings):
        if plain.count(heading.lower()) > 1:
            yield Problem(place, "the column stands more than once", row, heading, unit="row")


def _uncalculated(
    place: str, headings: dict[int, str], below: Rows, first: int
) -> Iterator[Problem]:
    for number, row in enumerate(below):
        for at, heading in headings.items():
            if row[at] == UNCALCULATED:
                text = "is a formula that was saved without its value"
                yield Problem(place, text, first + number, heading, unit="row")


def _head(rows: Rows) -> int | None:
    """The row of the headings: the first that has as many texts as the widest of those below."""
    widths = [sum(1 for cell in row if _text(cell)) for row in rows]
    if len(rows) < 2 or max(widths, default=0) < 2:
        return None
    for at, row in enumerate(rows[:MOST_ABOVE]):
        texts = sum(1 for cell in row if isinstance(cell, str) and tidy(cell))
        if texts >= 2 and texts == widths[at] and texts >= max(widths[at + 1 :], default=0):
            return at if any(widths[at + 1 :]) else None
    return None


def _texts(cells: list[Any]) -> list[str | None]:
    """A column as texts. Among times a day alone is its midnight, which is one number in Excel."""
    has_times = any(isinstance(cell, datetime) and cell.time() != time(0) for cell in cells)
    if not has_times:
        return [_text(cell) for cell in cells]
    return [
        f"{_text(cell)}T00:00:00"
        if isinstance(cell, date) and (not isinstance(cell, datetime) or cell.time() == time(0))
        else _text(cell)
        for cell in cells
    ]


def _text(cell: Any) -> str | None:
    """A cell as a CSV would have it; days and times as nhsind's tables do."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        is_day = cell.time() == time(0)
        return cell.date().isoformat() if is_day else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None
