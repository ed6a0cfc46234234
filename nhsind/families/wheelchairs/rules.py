"""Who counts in the children's wheelchair lines (JTD pages 73-74)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import days_between, days_waited_by
from nhsind.definitions.limits import Codes, Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units


@units("episodes")
def episodes(tables: Tables, periods: Frame) -> Frame:
    """One row per episode and period."""
    return by_period(tables["episodes"], periods)


@fault("episodes")
def closed_before_referral() -> nw.Expr:
    """The episode closes before the referral, so one of the dates is wrong."""
    return (col("closed_date") < col("referral_date")).fill_null(False)


@fault("episodes")
def closed_before_birth() -> nw.Expr:
    """The episode closes before the date of birth, so one of the dates is wrong."""
    return (col("closed_date") < col("date_of_birth")).fill_null(False)


@fault("episodes")
def referral_date_missing() -> nw.Expr:
    """The day of referral to the service is missing."""
    return col("referral_date").is_null()


@fault("episodes")
def date_of_birth_missing() -> nw.Expr:
    """The date of birth is missing."""
    return col("date_of_birth").is_null()


@fault("episodes")
def outcome_missing() -> nw.Expr:
    """The episode is closed, but how is missing."""
    return ~col("closed_date").is_null() & col("outcome").is_null()


@clause
def closed_in_the_period() -> nw.Expr:
    """The episode closes in the period, its first and last day included."""
    return in_the_period("closed_date")


@clause
def equipment_or_modification(outcomes: Codes) -> nw.Expr:
    """It closes with {outcomes} (A53)."""
    return outcomes.holds(col("outcome"))


@clause
def child_when_closed(age_below: Limit) -> nw.Expr:
    """The patient is a child, below {age_below} of age, on the day it closes (A53)."""
    return _is_younger(age_below, "closed_date")


@clause
def within_18_weeks(longest_wait: Limit) -> nw.Expr:
    """From referral to closing is {longest_wait} or less (A53)."""
    return (col("closed_date") <= longest_wait.after("referral_date")).fill_null(False)


@clause
def referred_by_the_last_day() -> nw.Expr:
    """The referral to the service came by the last day of the period, or on it."""
    return (col("referral_date") <= col("period_end")).fill_null(False)


@clause
def open_at_the_last_day() -> nw.Expr:
    """The episode is open at the close of the last day; closing on that day ends it."""
    return col("closed_date").is_null() | (col("closed_date") > col("period_end")).fill_null(False)


@clause
def child_on_the_last_day(age_below: Limit) -> nw.Expr:
    """The patient is a child, below {age_below} of age, on the last day."""
    return _is_younger(age_below, "period_end")


@clause
def over_18_weeks(longest_wait_within: Limit) -> nw.Expr:
    """From referral to the last day is more than {longest_wait_within}."""
    return (col("referral_date") < longest_wait_within.day).fill_null(False)


@wait(over_18_weeks)
def days_by_the_last_day() -> nw.Expr:
    """Days from referral to the last day, or to a closing before it."""
    return days_waited_by(col("referral_date"), col("period_end"), col("closed_date"))


@wait(within_18_weeks)
def days_to_closing() -> nw.Expr:
    """Days from referral to closing."""
    return days_between(col("referral_date"), col("closed_date"))


def _is_younger(age_below: Limit, day: str) -> nw.Expr:
    """Whether the patient is below an age on the day of a column."""
    # The difference of dates written as numbers is the age in completed years, times 10,000: so
    # who is born on 29 February is 18 on 1 March of a common year.
    age = _as_number(day) - _as_number("date_of_birth")
    return (age < age_below.number * 10_000).fill_null(False)


def _as_number(date_column: str) -> nw.Expr:
    """A date as the number YYYYMMDD."""
    day = col(date_column).dt
    # Floating point holds such numbers exactly; whole numbers have no missing value in pandas.
    year, month = day.year().cast(nw.Float64), day.month().cast(nw.Float64)
    return year * 10_000 + month * 100 + day.day().cast(nw.Float64)
