"""Day numbers agree with the calendar, on every kind of frame."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nhsind.definitions.dates import day_number, months_later

DAYS = [date(1896, 2, 28) + timedelta(days=step) for step in range(0, 80_000, 13)]
DAYS += [date(year, 2, 28) for year in (1900, 2000, 2016, 2017)]
DAYS += [date(2016, 2, 29), date(2000, 2, 29), date(2017, 1, 31), date(2017, 12, 31)]


def later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def frame_of(kind: str) -> Any:
    arrow = pa.table({"day": pa.array([*DAYS, None], pa.date32())})
    return {
        "pandas": lambda: arrow.to_pandas(types_mapper=pd.ArrowDtype),
        "numpy": lambda: arrow.to_pandas(date_as_object=False),
        "polars": lambda: pl.from_arrow(arrow),
        "duckdb": lambda: duckdb.connect().from_arrow(arrow),
    }[kind]()


@pytest.mark.parametrize("kind", ["pandas", "numpy", "polars", "duckdb"])
@pytest.mark.parametrize("months", [0, 1, 3, 12, 14])
def test_months_later_is_the_calendars(kind: str, months: int) -> None:
    day = nw.col("day")
    frame = nw.from_native(frame_of(kind)).lazy()
    found = frame.select(days=months_later(day, months) - day_number(day))
    days = found.collect(backend="pyarrow")["days"].to_list()
    assert pd.isna(days[-1])
    wanted = [(later(day, months) - day).days for day in DAYS]
    assert [int(number) for number in days[:-1]] == wanted
