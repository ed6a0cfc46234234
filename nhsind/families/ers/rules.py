"""Who counts in the use of the e-Referral Service, and what it is set against (JTD 75-76)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.dates import month_number
from nhsind.definitions.record_tables import BILLIONTHS
from nhsind.definitions.unit_tables import (
    Frame,
    Tables,
    between,
    by_period,
    in_the_period,
    sound,
    units,
)

FIRST_OUTPATIENT, TWO_WEEK_WAIT = "FIRST OUTPATIENT", "2WW"
MAR_FIGURES = ("mar_gp_referrals_all", "non_english", "dental_share")
# Far more than England makes in a month; times a billion it still is a whole number of 64 bits.
MOST_REFERRALS = 10**9


@units("bookings", has_days=True)
def bookings(tables: Tables, periods: Frame) -> Frame:
    """One row per booking and period."""
    return by_period(tables["bookings"], periods)


@units("mar")
def estimates(tables: Tables, periods: Frame) -> Frame:
    """One row per return of a commissioner's month and period, with its estimate of referrals.

    `months_held` counts the period's months that have one good return.
    """
    usable = ~referral_figures_missing() & ~referral_figures_impossible()
    english = nw.col("mar_gp_referrals_all") - nw.col("non_english")
    # A share has up to nine decimal places, so the estimate is kept in whole billionths.
    estimate = nw.when(usable).then(english * (BILLIONTHS - nw.col("dental_share"))).otherwise(0)
    returns = tables["mar"].with_columns(
        of=nw.col("ccg_code").fill_null(""),
        count=nw.lit(1, dtype=nw.Int64),
        referrals_estimated=estimate,
    )
    returns = by_period(returns, periods)
    good = sound(returns).filter(usable, month_in_the_period())
    held = good.group_by("of", "period").agg(months_held=nw.len())
    return returns.join(held, on=["of", "period"], how="left")


def _says(column: str, answer: bool) -> nw.Expr:
    return (col(column) == nw.lit(answer)).fill_null(False)


def _converted() -> nw.Expr:
    return _says("converted_from_assessment", True)


def _new() -> nw.Expr:
    return _says("new_booking", True) & _says("previously_booked", False)


def _two_week_wait() -> nw.Expr:
    return (col("specialty") == TWO_WEEK_WAIT).fill_null(False)


def _first_outpatient_or_two_week_wait() -> nw.Expr:
    return (col("appt_type") == FIRST_OUTPATIENT).fill_null(False) | _two_week_wait()


# Faults -------------------------------------------------------------------------------------------


@fault("bookings")
def booking_date_missing() -> nw.Expr:
    """The day of the booking is missing."""
    return col("booking_date").is_null()


@fault("bookings")
def decisive_answer_missing() -> nw.Expr:
    """Whether the booking counts hangs on a field that is missing."""
    may_be_converted = ~_says("converted_from_assessment", False)
    counts = _converted() | (_new() & _first_outpatient_or_two_week_wait())
    return ~counts & (may_be_converted | (_may_be_new() & _may_be_of_the_kind()))


@fault("bookings")
def decisive_answer_missing_of_the_new() -> nw.Expr:
    """Whether the booking counts, as a new one, hangs on a field that is missing (A55)."""
    may_be_converted = ~_says("converted_from_assessment", False)
    may_be_of_the_kind = _may_be_of_the_kind() | may_be_converted
    counts = _new() & (_first_outpatient_or_two_week_wait() | _converted())
    return ~counts & _may_be_new() & may_be_of_the_kind


@fault("bookings")
def decisive_answer_missing_but_of_two_week_waits() -> nw.Expr:
    """Whether the booking, of no two week wait, counts hangs on a field that is missing (A55)."""
    return decisive_answer_missing() & ~_two_week_wait()


def _may_be_new() -> nw.Expr:
    return ~_says("new_booking", False) & ~_says("previously_booked", True)


def _may_be_of_the_kind() -> nw.Expr:
    kind_is_open = col("appt_type").is_null() | col("specialty").is_null()
    return _first_outpatient_or_two_week_wait() | kind_is_open


@fault("mar")
def month_missing() -> nw.Expr:
    """The month of the return is missing."""
    return col("month").is_null()


@fault("mar")
def referral_figures_missing() -> nw.Expr:
    """GP referrals, those outside England, or the share of dental ones is missing."""
    total, outside, dental = (col(name).is_null() for name in MAR_FIGURES)
    return total | outside | dental


@fault("mar")
def referral_figures_impossible() -> nw.Expr:
    """More is taken off than there are referrals, or there are more than a thousand million."""
    outside = col("non_english") > col("mar_gp_referrals_all")
    dental = col("dental_share") > BILLIONTHS
    too_many = col("mar_gp_referrals_all") > MOST_REFERRALS
    return outside.fill_null(False) | dental.fill_null(False) | too_many.fill_null(False)


# Bookings -----------------------------------------------------------------------------------------


@clause
def booked_in_the_period() -> nw.Expr:
    """Booked in the period, its first and last day included."""
    return in_the_period("booking_date")


@clause
def new_or_converted() -> nw.Expr:
    """It is new and nothing was booked before, or it is converted from an assessment (A55)."""
    return _new() | _converted()


@clause
def new_and_not_booked_before() -> nw.Expr:
    """It is new and nothing was booked before, converted or not (A55)."""
    return _new()


@clause
def new_or_converted_or_two_week_wait() -> nw.Expr:
    """It is new and nothing was booked before, or it is converted or of two week waits (A55)."""
    return _new() | _converted() | _two_week_wait()


@clause
def first_outpatient_or_two_week_wait_or_converted() -> nw.Expr:
    """It is a first outpatient, two week wait or converted booking, which counts once (A55)."""
    return _first_outpatient_or_two_week_wait() | _converted()


# Estimates ----------------------------------------------------------------------------------------


@clause
def month_in_the_period() -> nw.Expr:
    """The return is of a month of the period."""
    return between("month", "period_start", "period_end")


@clause
def every_month_is_there() -> nw.Expr:
    """Each month of the period has its return."""
    months = month_number(col("period_end")) - month_number(col("period_start")) + 1
    return (col("months_held") == months).fill_null(False)
