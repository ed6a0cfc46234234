"""Who counts in the referral to treatment lines (JTD pages 12-13 and 67-69)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import days_between, days_waited_by
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units


@units("pathways", has_days=True)
def pathways(tables: Tables, periods: Frame) -> Frame:
    """One row per pathway and period."""
    return by_period(tables["pathways"], periods)


@fault("pathways")
def stop_before_start() -> nw.Expr:
    """The clock stops before it starts, so one of the dates is wrong."""
    return (col("clock_stop_date") < col("clock_start_date")).fill_null(False)


@fault("pathways")
def clock_start_missing() -> nw.Expr:
    """The day the clock started is missing."""
    return col("clock_start_date").is_null()


@fault("pathways")
def stop_type_missing() -> nw.Expr:
    """The clock has stopped, but how is missing."""
    return ~col("clock_stop_date").is_null() & col("stop_type").is_null()


@clause
def started_by_the_last_day() -> nw.Expr:
    """The clock has started by the last day of the period, or on it."""
    return (col("clock_start_date") <= col("period_end")).fill_null(False)


@clause
def not_stopped_by_the_last_day() -> nw.Expr:
    """The clock still runs at the close of the last day; a stop on that day ends it (A10)."""
    running = col("clock_stop_date").is_null()
    return running | (col("clock_stop_date") > col("period_end")).fill_null(False)


@clause
def within_18_weeks(longest_wait_within: Limit) -> nw.Expr:
    """From clock start to the last day is {longest_wait_within} or less (A09)."""
    return (col("clock_start_date") >= longest_wait_within.day).fill_null(False)


@clause
def started_in_the_period() -> nw.Expr:
    """The clock starts in the period, its first and last day included."""
    return in_the_period("clock_start_date")


@clause
def stopped_in_the_period() -> nw.Expr:
    """The clock stops in the period, its first and last day included."""
    return in_the_period("clock_stop_date")


@clause
def stopped_by_admission() -> nw.Expr:
    """The clock stops by admission, as a day case or an inpatient."""
    return (col("stop_type") == "admitted").fill_null(False)


@clause
def stopped_without_admission() -> nw.Expr:
    """The clock stops for any other reason than admission."""
    return (col("stop_type") == "non_admitted").fill_null(False)


@clause
def clock_start_known() -> nw.Expr:
    """The day the clock started is known."""
    return ~col("clock_start_date").is_null()


@clause
def stopped_within_18_weeks(longest_wait: Limit) -> nw.Expr:
    """From clock start to clock stop is {longest_wait} or less."""
    return (col("clock_stop_date") <= longest_wait.after("clock_start_date")).fill_null(False)


@wait(within_18_weeks)
def days_by_the_last_day() -> nw.Expr:
    """Days from clock start to the last day, or to a stop before it."""
    return days_waited_by(col("clock_start_date"), col("period_end"), col("clock_stop_date"))


@wait(stopped_within_18_weeks)
def days_to_the_stop() -> nw.Expr:
    """Days from clock start to clock stop."""
    return days_between(col("clock_start_date"), col("clock_stop_date"))
