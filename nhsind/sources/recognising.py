"""What a file looks like from outside, by which its layout is recognised before it is read.

The headings in its first lines, the names of its sheets, the first rows of one. Where a file cannot
be opened at all it looks like nothing: who reads it says why.
"""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from itertools import islice
from pathlib import Path

from nhsind.errors import InputError
from nhsind.sources.cells import tidy
from nhsind.sources.delimited import HEAD, MOST_ABOVE, head
from nhsind.sources.headings import lacking, plain
from nhsind.sources.workbooks import Rows, open_workbook, sheet

MOST_ROWS = 30


def csv_has(path: Path, *wanted: str) -> bool:
    """Whether one of the first lines of a CSV file has the headings."""
    return any(not lacking(wanted, row) for row in first_rows(path))


def first_rows(path: Path) -> list[list[str]]:
    """The cells of the first lines of a CSV file; none where it is no text."""
    return _rows(csv_head(path))


@lru_cache(maxsize=8)
def _rows(text: str) -> list[list[str]]:
    """A file is asked for once per layout: its head is split once."""
    try:
        return list(islice(csv.reader(io.StringIO(text)), MOST_ABOVE))
    except csv.Error:
        return []


def csv_head(path: Path, size: int = HEAD) -> str:
    """The beginning of a CSV file as text; empty where it is no text."""
    return head(path, size)


def sheet_has(path: Path, name: str, *wanted: str) -> bool:
    """Whether one of the first rows of a sheet has the headings."""
    return any(not lacking(wanted, row) for row in first_rows_of(path, name))


def first_rows_of(path: Path, name: str, rows: int = MOST_ROWS) -> Rows:
    """The cells of the first rows of a sheet; none where it cannot be read."""
    try:
        return sheet(open_workbook(path), name, str(path))[:rows]
    except InputError:
        return []


def sheet_named(path: Path, *names: str) -> str | None:
    """The first of several sheets that a workbook has, their names compared as headings are."""
    held = {plain(name) for name in sheet_names(path)}
    return next((name for name in names if plain(name) in held), None)


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets; none where it is no workbook."""
    try:
        return open_workbook(path).sheet_names
    except InputError:
        return []


def sheet_head(path: Path, name: str, rows: int = MOST_ROWS) -> str:
    """The first rows of a sheet as text."""
    cells = first_rows_of(path, name, rows)
    return "\n".join(" | ".join(tidy(cell) for cell in row) for row in cells)
