"""Building blocks for a family's `prepare`: units of a period, and belonging to one.

Every unit table has the columns of its records, and of the period it stands in: `period`,
`period_start`, `period_end` and the limit dates that the indicators name.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

Frame = nw.LazyFrame[Any]
Tables = dict[str, Frame]


def by_period(records: Frame, periods: Frame) -> Frame:
    """One row per record and period; the clauses that follow leave few of them."""
    return records.join(periods, how="cross")


def in_the_period(date_column: str) -> nw.Expr:
    """The date lies in the period, its first and last day included; a missing date does not."""
    day = nw.col(date_column)
    return ((day >= nw.col("period_start")) & (day <= nw.col("period_end"))).fill_null(False)
