"""Any data frame, list of dicts or dict of columns as an Arrow table that the checks can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import InputError, Problem
from nhsind.periods import FIRST_MONTH_OF_YEAR, Period

TABLES = "a data frame (pandas, Polars, Arrow, DuckDB), a list of dicts or a dict of columns"


def instant_of(column: str) -> str:
    """The column that stands beside one of times with a zone: the same times in UTC."""
    return f"nhsind instant of {column.strip(BLANKS).lower()}"


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
        refuse_repeated(names, place)
        return pa.table({name: _pandas_column(frame.iloc[:, at]) for at, name in enumerate(names)})
    refuse_repeated(column_names(frame) or [], place)
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


def refuse_repeated(names: list[str], place: str, line: int | None = None) -> None:
    """Raise InputError for column names that stand more than once, as they are compared."""
    tidy = [name.strip(BLANKS).lower() for name in names]
    repeated = sorted({name for name in tidy if name and tidy.count(name) > 1})
    if repeated:
        raise InputError(
            [Problem(place, "the column stands more than once", line, name) for name in repeated]
        )


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
