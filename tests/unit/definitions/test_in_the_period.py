"""Dates and times in a period: the whole of its last day is within."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nhsind.definitions.unit_tables import in_the_period

ROWS = pa.table(
    {
        "day": [
            date(2018, 2, 28),
            date(2018, 3, 1),
            date(2018, 3, 31),
            date(2018, 3, 31),
            date(2018, 4, 1),
            None,
        ],
        "time": [
            datetime(2018, 2, 28, 23, 59, 59),
            datetime(2018, 3, 1),
            datetime(2018, 3, 31),
            datetime(2018, 3, 31, 23, 59, 59),
            datetime(2018, 4, 1),
            None,
        ],
        "period_start": [date(2018, 3, 1)] * 6,
        "period_end": [date(2018, 3, 31)] * 6,
    }
)


@pytest.mark.parametrize("column", ["day", "time"])
@pytest.mark.parametrize("engine", ["duckdb", "polars", "pandas"])
def test_the_whole_of_the_last_day_is_in_the_period(engine: str, column: str) -> None:
    natives: dict[str, Any] = {
        "duckdb": duckdb.connect().from_arrow(ROWS),
        "polars": pl.from_arrow(ROWS),
        "pandas": ROWS.to_pandas(types_mapper=pd.ArrowDtype),
    }
    frame: nw.LazyFrame[Any] = nw.from_native(natives[engine]).lazy()
    found = frame.select(inside=in_the_period(column)).collect(backend="pyarrow").to_native()
    assert found["inside"].to_pylist() == [False, True, True, True, False, False]
