"""Puts what the user gives, files or data frames, where the checks can look at it.

CSV is read as text only: a code such as `5E1` stays a code. A file that is no table at all (empty,
not UTF-8, no header) is an error here, a ragged line a problem of the table; what its values mean
is for `checking`.
"""

from __future__ import annotations

import csv
import io
import mmap
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import InputError, Problem
from nhsind.periods import FIRST_MONTH_OF_YEAR, Period

# More wrong values or lines than this of one kind are counted, not listed.
MOST_LISTED = 10_000
# Codes have few distinct values; with more than this a column is tested in the database.
MOST_DISTINCT_VALUES = 20_000
TABLES = "a data frame (pandas, Polars, Arrow, DuckDB), a list of dicts or a dict of columns"


def instant_of(column: str) -> str:
    """The column that stands beside one of times with a zone: the same times in UTC."""
    return f"nhsind instant of {column.strip(BLANKS).lower()}"


@dataclass(frozen=True)
class Stored:
    """A table as it lies in the connection before checking.

    `columns`: stored type by column name (trimmed, lower case); `header`: the name as written;
    `problems`: lines that could not be read, and values of the `refused` columns; `path`: the CSV
    file, for its line numbers; `seen`, `_lines`: distinct values and lines that were looked at.
    """

    name: str
    place: str
    columns: dict[str, str]
    header: dict[str, str]
    unit: str = "row"
    path: Path | None = None
    problems: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    seen: dict[str, list[str] | None] = field(default_factory=dict, compare=False, repr=False)
    _lines: list[_CsvLines] = field(default_factory=list, compare=False, repr=False)

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
            return {row: row for row in wanted}
        if not self._lines:
            self._lines.append(_CsvLines(self.path, len(self.header)))
        return self._lines[0].of(wanted)


def columns_given(raws: Mapping[str, Stored]) -> dict[str, frozenset[str]]:
    """The columns of each table as they were given."""
    return {name: frozenset(raw.columns) for name, raw in raws.items()}


def store_file(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    """Put a CSV or Parquet file into the connection under `name`.

    Raises InputError if it is no table: empty, damaged, without a header, a column twice.
    """
    if path.stat().st_size == 0:
        raise InputError(Problem(str(path), "the file is empty"))
    return (_store_parquet if path.suffix == ".parquet" else _store_csv)(con, name, path)


def store_frame(con: duckdb.DuckDBPyConnection, name: str, frame: Any, place: str) -> Stored:
    """Put a data frame into the connection under `name`; InputError if it is no table."""
    table = as_arrow(frame, place)
    con.register(name, table)
    return _stored(con, name, place=place)


def store_relation(con: duckdb.DuckDBPyConnection, name: str, query: str, place: str) -> Stored:
    """Put what a query gives into the connection under `name`, read where it lies."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quote(name)} AS {query}")
    return _stored(con, name, place=place)


def as_arrow(frame: Any, place: str = "data frame") -> pa.Table:
    """Any data frame, a list of dicts or a dict of columns as an Arrow table.

    Columns that mix kinds of Python value become text, which the checks then read. Times with a
    zone become the local times they show; beside them stand the same times in UTC. Raises
    InputError for what is no table.
    """
    try:
        table = _arrow(frame, place)
    except InputError:
        raise
    except Exception as error:  # whatever a library says of what it cannot read
        message = f"is no table that can be read ({brief(error)})"
        raise InputError(Problem(place, message, allowed=TABLES)) from error
    if not table.column_names:
        raise InputError(Problem(place, "has no columns"))
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            times = table.column(at)
            table = table.set_column(at, column.name, pc.local_timestamp(times))
            in_utc = times.cast(pa.timestamp(column.type.unit, "UTC"))
            table = table.append_column(instant_of(column.name), pc.local_timestamp(in_utc))
    return table


def _arrow(frame: Any, place: str) -> pa.Table:
    if isinstance(frame, Mapping) or (
        isinstance(frame, list | tuple) and all(isinstance(row, Mapping) for row in frame)
    ):
        frame = pd.DataFrame(frame)
    if isinstance(frame, pd.DataFrame):
        names = [_column_name(name) for name in frame.columns]
        _refuse_repeated(names, place)
        return pa.table({name: _pandas_column(frame.iloc[:, at]) for at, name in enumerate(names)})
    _refuse_repeated(column_names(frame) or [], place)
    try:
        native: Any = nw.from_native(frame)
    except TypeError as error:
        message = f"is of type {type(frame).__name__}, which is no table"
        raise InputError(Problem(place, message, allowed=TABLES)) from error
    if isinstance(native, nw.LazyFrame):
        native = native.collect(backend="pyarrow")
    return native.to_arrow()


def column_names(frame: Any) -> list[str] | None:
    """The columns of whatever is a table, as they are written; None for what is none."""
    if isinstance(frame, list | tuple):
        rows = [row for row in frame if isinstance(row, Mapping)]
        return [str(name) for name in rows[0]] if rows and len(rows) == len(frame) else None
    if isinstance(frame, Mapping):
        return [str(name) for name in frame]
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return list(frame.column_names)
    if isinstance(frame, pd.Series | str | bytes):
        return None
    is_lazy = hasattr(frame, "collect_schema")
    columns = frame.collect_schema().names() if is_lazy else getattr(frame, "columns", None)
    try:
        return None if columns is None else [_column_name(name) for name in columns]
    except TypeError:
        return None


def _column_name(name: Any) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def brief(error: Exception) -> str:
    """The first line of a library's message."""
    return str(error).split("\n")[0][:160]


def _stored(
    con: duckdb.DuckDBPyConnection,
    name: str,
    *,
    place: str,
    path: Path | None = None,
    problems: tuple[Problem, ...] = (),
) -> Stored:
    rows = con.execute(f"DESCRIBE {quote(name)}").fetchall()
    written = [str(row[0]) for row in rows]
    _refuse_repeated(written, place)
    tidy = [column.strip(BLANKS).lower() for column in written]
    return Stored(
        name,
        place,
        dict(zip(tidy, (str(row[1]) for row in rows), strict=True)),
        dict(zip(tidy, written, strict=True)),
        "row" if path is None else "line",
        path,
        problems,
    )


def _refuse_repeated(names: list[str], place: str, line: int | None = None) -> None:
    tidy = [name.strip(BLANKS).lower() for name in names]
    repeated = sorted({name for name in tidy if name and tidy.count(name) > 1})
    if repeated:
        raise InputError(
            [Problem(place, "the column stands more than once", line, name) for name in repeated]
        )


def _store_parquet(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    try:
        schema = pq.read_schema(path)
        _refuse_repeated(schema.names, str(path))
        zones = {
            field.name: field.type.tz
            for field in schema
            if pa.types.is_timestamp(field.type) and field.type.tz
        }
        local = ", ".join(
            f"timezone({literal(zone)}, {quote(column)}) AS {quote(column)}"
            for column, zone in zones.items()
        )
        instants = "".join(
            f", timezone('UTC', {quote(column)}) AS {quote(instant_of(column))}" for column in zones
        )
        shown = f"* REPLACE ({local}){instants}" if zones else "*"
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote(name)} AS "
            f"SELECT {shown} FROM read_parquet({_one_file(path)})"
        )
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise InputError(
            Problem(str(path), f"is not a readable Parquet file ({brief(error)})")
        ) from error
    return _stored(con, name, place=str(path))


def _store_csv(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    header = _csv_header(path)
    _refuse_null_bytes(path)
    columns = "{" + ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header) + "}"
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {quote(name)} AS SELECT * FROM read_csv(
                  {_one_file(path)}, auto_detect=false, header=true, columns={columns},
                  delim=',', quote='"', escape='"', nullstr='', strict_mode=true,
                  store_rejects=true, rejects_limit=0, rejects_table='rejected_lines')"""
        )
        rejected = con.execute(
            """SELECT line, first(column_name), first(error_type), first(csv_line)
               FROM rejected_lines GROUP BY line ORDER BY line"""
        ).fetchall()
        con.execute("DROP TABLE rejected_lines")
        con.execute("DROP TABLE reject_scans")
    except duckdb.Error as error:
        raise InputError(
            Problem(str(path), f"is not a readable CSV file ({brief(error)})")
        ) from error
    rejected = [row for row in rejected if (row[3] or "").strip(BLANKS)]
    problems = [
        Problem(
            str(path),
            f"the line cannot be read ({str(kind).lower().replace('_', ' ')})",
            line,
            column or None,
            (text or "").strip()[:80] or None,
            f"{len(header)} values separated by commas, in UTF-8",
        )
        for line, column, kind, text in rejected[:MOST_LISTED]
    ]
    if len(rejected) > MOST_LISTED:
        more = len(rejected) - MOST_LISTED
        problems.append(Problem(str(path), f"and {more:,} other lines cannot be read"))
    return _stored(con, name, place=str(path), path=path, problems=tuple(problems))


def _one_file(path: Path) -> str:
    """A path as SQL text; brackets and stars in it are a name, not a pattern."""
    text = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path))
    return literal(text)


def _csv_header(path: Path) -> list[str]:
    """The header row; columns without a name get one, a repeated one is refused."""
    with path.open("rb") as file:
        first = file.readline()
    try:
        header = next(csv.reader(io.StringIO(first.decode("utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error) as error:
        message = "the header cannot be read: CSV is text in UTF-8, its lines end with LF or CRLF"
        raise InputError(Problem(str(path), message, 1)) from error
    if not any(name.strip(BLANKS) for name in header):
        raise InputError(Problem(str(path), "the file has no header", 1))
    _refuse_repeated(header, str(path), 1)
    return [
        name if name.strip(BLANKS) else f"column {at}" for at, name in enumerate(header, start=1)
    ]


def _refuse_null_bytes(path: Path) -> None:
    """Raise InputError for a byte 0: the mark of a damaged file, and part of no text."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = content.find(b"\0")
        if place >= 0:
            line = content[:place].count(b"\n") + 1
            raise InputError(Problem(str(path), "holds a byte 0: the file is damaged", line))


class _CsvLines:
    """The line on which each row of a CSV file begins, read as far as anyone has asked.

    Rows are lines unless a value holds a line end, or lines are blank or unreadable; reading the
    file again is the only way to know, and is done only when there is something to report.
    """

    def __init__(self, path: Path, width: int) -> None:
        self.begins = array("q")
        self._rest = self._read(path, width)

    def of(self, rows: set[int]) -> dict[int, int]:
        """The lines of rows, counted from 1; those that the file does not have are left out."""
        missing = max(rows, default=0) - len(self.begins)
        self.begins.extend(islice(self._rest, max(0, missing)))
        return {row: self.begins[row - 1] for row in rows if row <= len(self.begins)}

    @staticmethod
    def _read(path: Path, width: int) -> Iterator[int]:
        csv.field_size_limit(sys.maxsize)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = csv.reader(file)
            next(lines, None)
            begins = lines.line_num + 1
            for cells in lines:
                # Commas after the last value are no values.
                if len(cells) >= width and not any(cells[width:]):
                    yield begins
                begins = lines.line_num + 1


def _pandas_column(column: pd.Series[Any]) -> pa.Array:
    """A pandas column in Arrow; one of mixed kinds, or of none that Arrow has, as text."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return _as_text(column)
    if column.dtype == object:
        kinds = {type(value) for value in column if not _is_missing(value)}
        if len(kinds) > 1:
            return _as_text(column)
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return _as_text(column)


def _as_text(column: pd.Series[Any]) -> pa.Array:
    return pa.array([None if _is_missing(value) else _text(value) for value in column], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, pd.Period):
        return _period_text(value)
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _period_text(value: pd.Period) -> str:
    """A pandas period as it is written in tables: a month, a quarter or a year of the NHS."""
    start = value.start_time.date()
    months = {"M": 1, "Q": 3, "Y": 12, "A": 12}.get(value.freqstr[:1])
    is_ours = months is not None and (months < 12 or start.month == FIRST_MONTH_OF_YEAR)
    return str(Period(start, months)) if months is not None and is_ours else str(value)


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))
