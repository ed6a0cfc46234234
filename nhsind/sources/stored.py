"""A table as it lies in the connection before checking, and where its rows stand in the file."""

from __future__ import annotations

import csv
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import Problem
from nhsind.sources.arrow_tables import refuse_repeated

# Codes have few distinct values; with more than this a column is tested in the database.
MOST_DISTINCT_VALUES = 20_000


@dataclass(frozen=True)
class Stored:
    """A table as it lies in the connection before checking.

    `columns`: stored type by column name (trimmed, lower case); `header`: the name as written;
    `problems`: lines that could not be read, and values of the `refused` columns; `path`: the CSV
    file, for its line numbers; `first_row`: of a sheet, where the row below its headings stands;
    `above`: how many lines of a CSV file stand above its headings; `width`: how many values a line
    of it has, where that is not how many columns there are; `mapping`: the file that says how the
    table was made of others; `separator`: what stands between the values of a line; `headings`:
    how the file calls columns that the mapping took from it; `totals`: lines that read like
    totals; `seen`, `_lines`: distinct values and lines that were looked at.
    """

    name: str
    place: str
    columns: dict[str, str]
    header: dict[str, str]
    unit: str = "row"
    path: Path | None = None
    problems: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    first_row: int = 1
    above: int = 0
    width: int = 0
    mapping: Path | None = None
    separator: str = ","
    headings: Mapping[str, str] = field(default_factory=dict)
    totals: Sequence[str] = ()
    seen: dict[str, list[str] | None] = field(default_factory=dict, compare=False, repr=False)
    _lines: list[CsvLines] = field(default_factory=list, compare=False, repr=False)

    def distinct(self, con: duckdb.DuckDBPyConnection, column: str) -> list[str] | None:
        """The distinct values of a column, or None if there are too many to look at each."""
        if column not in self.seen:
            source = quote(self.header[column])
            rows = con.execute(
                f"SELECT DISTINCT {source} FROM {quote(self.name)} "
                f"WHERE {source} IS NOT NULL LIMIT {MOST_DISTINCT_VALUES + 1}"
            ).fetchall()
            few = len(rows) <= MOST_DISTINCT_VALUES
            self.seen[column] = [value for (value,) in rows] if few else None
        return self.seen[column]

    def lines(self, rows: Iterable[int]) -> dict[int, int]:
        """Where rows, counted from 1, stand: the line that an editor shows, or the row itself."""
        wanted = set(rows)
        if self.path is None:
            return {row: row + self.first_row - 1 for row in wanted}
        if not self._lines:
            width = self.width or len(self.header)
            self._lines.append(CsvLines(self.path, width, self.above, self.separator))
        return self._lines[0].of(wanted)


def columns_given(raws: Mapping[str, Stored]) -> dict[str, frozenset[str]]:
    """The columns of each table as they were given."""
    return {name: frozenset(raw.columns) for name, raw in raws.items()}


def stored_as(
    con: duckdb.DuckDBPyConnection,
    name: str,
    *,
    place: str,
    path: Path | None = None,
    problems: tuple[Problem, ...] = (),
    above: int = 0,
) -> Stored:
    """What the connection holds under a name; InputError for a column that is there twice."""
    rows = con.execute(f"DESCRIBE {quote(name)}").fetchall()
    types, header = stored_columns({str(row[0]): str(row[1]) for row in rows}, place)
    unit = "row" if path is None else "line"
    return Stored(name, place, types, header, unit, path, problems, above=above)


def stored_columns(types: Mapping[str, str], place: str) -> tuple[dict[str, str], dict[str, str]]:
    """Stored type and name as written by tidy name; InputError where two have one tidy name."""
    refuse_repeated(list(types), place)
    tidy = {column: column.strip(BLANKS).lower() for column in types}
    return {tidy[each]: types[each] for each in types}, {tidy[each]: each for each in types}


class CsvLines:
    """The line on which each row of a CSV file begins, read as far as anyone has asked.

    Rows are lines unless a value holds a line end, or lines are blank or unreadable; reading the
    file again is the only way to know, and is done only when there is something to report.
    """

    def __init__(self, path: Path, width: int, above: int = 0, separator: str = ",") -> None:
        self.begins = array("q")
        self._rest = self._read(path, width, above, separator)

    def of(self, rows: set[int]) -> dict[int, int]:
        """The lines of rows, counted from 1; those that the file does not have are left out."""
        missing = max(rows, default=0) - len(self.begins)
        self.begins.extend(islice(self._rest, max(0, missing)))
        return {row: self.begins[row - 1] for row in rows if row <= len(self.begins)}

    @staticmethod
    def _read(path: Path, width: int, above: int, separator: str) -> Iterator[int]:
        csv.field_size_limit(sys.maxsize)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = csv.reader(islice(file, above, None), delimiter=separator)
            next(lines, None)
            begins = above + lines.line_num + 1
            for cells in lines:
                # Commas after the last value are no values.
                if len(cells) == width or (len(cells) > width and not any(cells[width:])):
                    yield begins
                begins = above + lines.line_num + 1
