"""Day numbers agree with the calendar, on every kind of frame."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nhsind.definitions.dates import day_number, has_come, has_gone, minutes_between, months_later

DAYS = [date(1896, 2, 28) + timedelta(days=step) for step in range(0, 80_000, 13)]
DAYS += [date(year, 2, 28) for year in (1900, 2000, 2016, 2017)]
DAYS += [date(2016, 2, 29), date(2000, 2, 29), date(2017, 1, 31), date(2017, 12, 31)]


def later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def frame_of(kind: str, **columns: list[date | None]) -> Any:
    columns = columns or {"day": [*DAYS, None]}
    arrow = pa.table({name: pa.array(days, pa.date32()) for name, days in columns.items()})
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


@pytest.mark.parametrize("kind", ["pandas", "numpy", "polars", "duckdb"])
@pytest.mark.parametrize("months", [0, 1, 3, 12, 24])
def test_some_months_have_come_and_gone_by_the_calendar(kind: str, months: int) -> None:
    """Up to two days before and after; nobody knows of a day that is missing."""
    pairs = [
        (since, later(since, months) + timedelta(days=step))
        for since in DAYS
        for step in (-2, -1, 0, 1, 2)
    ]
    since: list[date | None] = [*(pair[0] for pair in pairs), DAYS[0], None]
    day: list[date | None] = [*(pair[1] for pair in pairs), None, DAYS[0]]
    frame = nw.from_native(frame_of(kind, since=since, day=day)).lazy()
    asked = nw.col("day"), nw.col("since"), months
    both = frame.select(come=has_come(*asked), gone=has_gone(*asked)).collect(backend="pyarrow")
    for name, reached in (("come", 0), ("gone", 1)):
        found = both[name].to_list()
        assert not any(found[-2:])
        steps = [(day - later(since, months)).days for since, day in pairs]
        assert [bool(each) for each in found[:-2]] == [step >= reached for step in steps]


@pytest.mark.parametrize("kind", ["pandas", "numpy", "polars", "duckdb"])
def test_minutes_are_whole_ones_forwards_and_back(kind: str) -> None:
    """Over midnight, a leap day and a year's end, to the microsecond; missing where a time is."""
    start = datetime(2015, 12, 31, 22, 30, 59, 400_000)
    lengths = [
        timedelta(days=days, seconds=seconds, microseconds=parts)
        for days in (0, 1, 60, 366, 9_000)
        for seconds in (0, 1, 59, 60, 61, 5_340, 14_399, 14_400, 86_399)
        for parts in (0, 1, 599_999, 600_000, 999_999)
    ]
    stops = [start + sign * length for length in lengths for sign in (1, -1)]
    times = pa.table(
        {
            "start": pa.array([*[start] * len(stops), start, None, None], pa.timestamp("us")),
            "stop": pa.array([*stops, None, start, None], pa.timestamp("us")),
        }
    )
    frame = nw.from_native(
        {
            "pandas": lambda: times.to_pandas(types_mapper=pd.ArrowDtype),
            "numpy": lambda: times.to_pandas(),
            "polars": lambda: pl.from_arrow(times),
            "duckdb": lambda: duckdb.connect().from_arrow(times),
        }[kind]()
    ).lazy()
    found = frame.select(minutes=minutes_between(nw.col("start"), nw.col("stop")))
    minutes = found.collect(backend="pyarrow")["minutes"].to_list()
    wanted = [sign * (length // timedelta(minutes=1)) for length in lengths for sign in (1, -1)]
    assert all(pd.isna(missing) for missing in minutes[-3:])
    assert [int(number) for number in minutes[:-3]] == wanted
