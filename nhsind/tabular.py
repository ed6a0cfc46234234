"""Puts what the user gives, files or data frames, where the checks can look at it.

CSV is read as text only: a code such as `5E1` stays a code. A file that is no table at all (empty,
ragged, not UTF-8, no header) is an error here; what its values mean is for `checking`.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from nhsind.checking import Stored, stored
from nhsind.errors import InputError, Problem
from nhsind.schema import BLANKS, literal, quote


def store_file(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> Stored:
    """Put a CSV or Parquet file into the connection under `name`; InputError if it is no table."""
    if path.stat().st_size == 0:
        raise InputError(Problem(str(path), "the file is empty"))
    if path.suffix == ".parquet":
        try:
            con.read_parquet(str(path)).create_view(name, replace=True)
        except duckdb.Error as error:
            raise InputError(
                Problem(str(path), f"is not a readable Parquet file ({brief(error)})")
            ) from error
        return stored(con, name, str(path), unit="row")
    header = _csv_header(path)
    columns = "{" + ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header) + "}"
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {quote(name)} AS SELECT * FROM read_csv(
                  {literal(str(path))}, auto_detect=false, header=true, columns={columns},
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
    if rejected:
        raise InputError(
            Problem(
                str(path),
                f"the line cannot be read ({str(kind).lower().replace('_', ' ')})",
                line,
                column or None,
                (text or "").strip()[:80] or None,
                f"{len(header)} values separated by commas, in UTF-8",
            )
            for line, column, kind, text in rejected
        )
    return stored(con, name, str(path))


def _csv_header(path: Path) -> list[str]:
    """The header row; columns without a name or with a repeated one are refused."""
    with path.open("rb") as file:
        first = file.readline()
    try:
        header = next(csv.reader(io.StringIO(first.decode("utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(Problem(str(path), "the header is not text in UTF-8", 1)) from error
    names = [name.strip(BLANKS).lower() for name in header]
    if not any(names):
        raise InputError(Problem(str(path), "the file has no header", 1))
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise InputError(
            [Problem(str(path), "the column stands more than once", 1, name) for name in repeated]
        )
    return [name or f"column {place}" for place, name in enumerate(header, start=1)]


def as_arrow(frame: Any) -> pa.Table:
    """Any data frame as an Arrow table; columns of mixed Python values become text."""
    if isinstance(frame, pd.DataFrame):
        frame = frame.reset_index(drop=True)
        frame.columns = [str(name) for name in frame.columns]
        columns: dict[str, Any] = {}
        for name in frame.columns:
            try:
                columns[name] = pa.array(frame[name], from_pandas=True)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                texts = [None if pd.isna(value) else str(value) for value in frame[name]]
                columns[name] = pa.array(texts, type=pa.string())
        return pa.table(columns)
    native: Any = nw.from_native(frame)
    if isinstance(native, nw.LazyFrame):
        native = native.collect(backend="pyarrow")
    table: pa.Table = native.to_arrow()
    return table


def brief(error: Exception) -> str:
    """The first line of a library's message."""
    return str(error).split("\n")[0][:160]
