"""Who counts in the line of diagnostic waits (JTD page 14)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import days_waited_by
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, units


@units("waits")
def waits(tables: Tables, periods: Frame) -> Frame:
    """One row per wait and period."""
    return by_period(tables["waits"], periods)


@fault("waits")
def tested_before_clock_start() -> nw.Expr:
    """The test is dated before the clock starts, so one of the dates is wrong."""
    return (col("test_date") < col("clock_start_date")).fill_null(False)


@fault("waits")
def clock_start_missing() -> nw.Expr:
    """The day the clock started is missing."""
    return col("clock_start_date").is_null()


@fault("waits")
def which_test_missing() -> nw.Expr:
    """Which test the patient waits for is missing."""
    return col("test").is_null()


@clause
def started_by_the_last_day() -> nw.Expr:
    """The clock has started by the last day of the period, or on it."""
    return (col("clock_start_date") <= col("period_end")).fill_null(False)


@clause
def not_tested_by_the_last_day() -> nw.Expr:
    """The test has not been carried out by the close of the last day."""
    waiting = col("test_date").is_null()
    return waiting | (col("test_date") > col("period_end")).fill_null(False)


@clause
def six_weeks_or_more(six_weeks_before: Limit) -> nw.Expr:
    """From clock start to the last day is {six_weeks_before} or more."""
    return (col("clock_start_date") <= six_weeks_before.day).fill_null(False)


@wait(six_weeks_or_more)
def days_by_the_last_day() -> nw.Expr:
    """Days from clock start to the last day, or to a test before it."""
    return days_waited_by(col("clock_start_date"), col("period_end"), col("test_date"))
