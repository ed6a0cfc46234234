"""Puts what the user gives, files or data frames, where the checks can look at it.

CSV is read as text only: a code such as `5E1` stays a code. A file that is no table at all (empty,
not UTF-8, no header) is an error here, a ragged line a problem of the table; what its values mean
is for `checking`.
"""

from __future__ import annotations

import csv
import io
import mmap
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import BLANKS
from nhsind.engines.embedded import NUMBERED
from nhsind.engines.place import ROW
from nhsind.errors import InputError, Problem
from nhsind.sources.arrow_tables import as_arrow, brief, instant_of, refuse_repeated
from nhsind.sources.delimited import SEPARATORS
from nhsind.sources.stored import Stored, stored_as

# More wrong values or lines than this of one kind are counted, not listed.
MOST_LISTED = 10_000


def store_file(
    con: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    *,
    above: int = 0,
    separator: str = ",",
    place: str = "",
    lines_of: Path | None = None,
) -> Stored:
    """Put a CSV or Parquet file into the connection under `name`.

    `above`: how many lines of a CSV file stand above its headings and are no part of the table.
    `place`, `lines_of`: of a copy, how its original is named, and where its lines are counted.
    Raises InputError if it is no table: empty, damaged, without a header, a column twice.
    """
    if path.stat().st_size == 0:
        raise InputError(Problem(str(path), "the file is empty"))
    if path.suffix == ".parquet":
        return _store_parquet(con, name, path)
    stored = _store_csv(con, name, path, above, separator=separator, place=place or str(path))
    return replace(stored, path=lines_of or path)


def store_frame(con: duckdb.DuckDBPyConnection, name: str, frame: Any, place: str) -> Stored:
    """Put a data frame into the connection under `name`; InputError if it is no table."""
    table = as_arrow(frame, place)
    con.register(name, table)
    return stored_as(con, name, place=place)


def store_relation(con: duckdb.DuckDBPyConnection, name: str, query: str, place: str) -> Stored:
    """Put what a query gives into the connection under `name`, read where it lies."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quote(name)} AS {query}")
    return stored_as(con, name, place=place)


def _store_parquet(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    try:
        schema = pq.read_schema(path)
        refuse_repeated(schema.names, str(path))
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
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote(name + NUMBERED)} AS "
            f"SELECT {shown}, file_row_number + 1 AS {ROW} FROM read_parquet({_one_file(path)})"
        )
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise InputError(
            Problem(str(path), f"is not a readable Parquet file ({brief(error)})")
        ) from error
    return stored_as(con, name, place=str(path))


def _store_csv(
    con: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    above: int,
    *,
    separator: str,
    place: str,
) -> Stored:
    header = _csv_header(path, above, separator=separator, place=place)
    _refuse_null_bytes(path, place)
    columns = "{" + ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header) + "}"
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {quote(name)} AS SELECT * FROM read_csv(
                  {_one_file(path)}, auto_detect=false, header=true, skip={above},
                  columns={columns},
                  delim={literal(separator)}, quote='"', escape='"', nullstr='', strict_mode=true,
                  store_rejects=true, rejects_limit=0, rejects_table='rejected_lines')"""
        )
        rejected = con.execute(
            """SELECT line, first(column_name), first(error_type), first(csv_line)
               FROM rejected_lines GROUP BY line ORDER BY line"""
        ).fetchall()
        con.execute("DROP TABLE rejected_lines")
        con.execute("DROP TABLE reject_scans")
    except duckdb.Error as error:
        raise InputError(Problem(place, f"is not a readable CSV file ({brief(error)})")) from error
    rejected = [row for row in rejected if (row[3] or "").strip(BLANKS)]
    problems = [
        Problem(
            place,
            f"the line cannot be read ({str(kind).lower().replace('_', ' ')})",
            line,
            column or None,
            (text or "").strip()[:80] or None,
            f"{len(header)} values separated by {SEPARATORS.get(separator, 'commas')}, in UTF-8",
        )
        for line, column, kind, text in rejected[:MOST_LISTED]
    ]
    if len(rejected) > MOST_LISTED:
        more = len(rejected) - MOST_LISTED
        problems.append(Problem(place, f"and {more:,} other lines cannot be read"))
    stored = stored_as(con, name, place=place, path=path, problems=tuple(problems), above=above)
    return replace(stored, separator=separator)


def _one_file(path: Path) -> str:
    """A path as SQL text; brackets and stars in it are a name, not a pattern."""
    text = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path))
    return literal(text)


def _csv_header(path: Path, above: int, *, separator: str, place: str) -> list[str]:
    """The header row; columns without a name get one, a repeated one is refused."""
    line = above + 1
    with path.open("rb") as file:
        first = next(islice(file, above, None), b"")
    try:
        header = next(csv.reader(io.StringIO(first.decode("utf-8-sig")), delimiter=separator), [])
    except (UnicodeDecodeError, csv.Error) as error:
        message = "the header cannot be read: CSV is text in UTF-8, its lines end with LF or CRLF"
        raise InputError(Problem(place, message, line)) from error
    if not any(name.strip(BLANKS) for name in header):
        raise InputError(Problem(place, "the file has no header", line))
    refuse_repeated(header, place, line)
    return [
        name if name.strip(BLANKS) else f"column {at}" for at, name in enumerate(header, start=1)
    ]


def _refuse_null_bytes(path: Path, place: str) -> None:
    """Raise InputError for a byte 0: the mark of a damaged file, and part of no text."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(b"\0")
        if at >= 0:
            line = content[:at].count(b"\n") + 1
            raise InputError(Problem(place, "holds a byte 0: the file is damaged", line))
