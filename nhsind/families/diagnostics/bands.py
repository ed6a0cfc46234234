"""Waits by week, as the layouts of the diagnostics file print them, as rows of its table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.sources.banded import Banded, month_ends

LINE = "E.B.4"
WEEKS = 13
# Each band begins with its first day (six weeks, 42 days, stand in the one from 6 to 7) and stands
# for its longest whole-day wait, the open one for its first day.
DAYS = np.array([*(7 * week - 1 for week in range(1, WEEKS + 1)), 7 * WEEKS])


def waits(
    banded: Banded, rows: pd.DataFrame, who: pd.Series[str], codes: Mapping[str, str]
) -> pa.Table:
    """One row per filled band: so many waits as long as it stands for, still waiting.

    `who`: whom each of `rows` is of, for words about a cell. `codes`: the columns of the family's
    table that hold codes, with those of `rows` that they are taken from.
    """
    at, bands, counts = banded.filled(who)
    chosen, ends = rows.iloc[at], month_ends(rows["period"])[at]
    return pa.table(
        {name: pa.array(chosen[column], pa.string()) for name, column in codes.items()}
        | {
            "test": pa.array(chosen["test"], pa.string()),
            "clock_start_date": pa.array(ends - DAYS[bands], pa.date32()),
            "test_date": pa.nulls(len(at), pa.date32()),
            "count": pa.array(counts, pa.int64()),
            "counts_for": pa.array([LINE] * len(at), pa.string()),
            "counts_in": pa.array(ends, pa.date32()),
        }
    )
