"""Who counts in the early intervention in psychosis line (JTD pages 37-39)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import days_between
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units


@units("referrals", has_days=True)
def referrals(tables: Tables, periods: Frame) -> Frame:
    """One row per referral and period."""
    return by_period(tables["referrals"], periods)


@fault("referrals")
def treated_before_referral() -> nw.Expr:
    """Treatment starts before the referral was received, so one of the dates is wrong."""
    return (col("treatment_start_date") < col("referral_received_date")).fill_null(False)


@fault("referrals")
def referral_date_missing() -> nw.Expr:
    """The day the referral was received is missing."""
    return col("referral_received_date").is_null()


@clause
def treatment_started_in_the_period() -> nw.Expr:
    """The package of care starts in the period, its first and last day included."""
    return in_the_period("treatment_start_date")


@clause
def within_2_weeks(longest_wait: Limit) -> nw.Expr:
    """From referral to the start of treatment is {longest_wait} or less."""
    latest_start = longest_wait.after("referral_received_date")
    return (col("treatment_start_date") <= latest_start).fill_null(False)


@wait(within_2_weeks)
def days_to_treatment() -> nw.Expr:
    """Days from referral to the start of treatment."""
    return days_between(col("referral_received_date"), col("treatment_start_date"))
