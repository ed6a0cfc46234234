"""Days and months as whole numbers, for lengths of time that engines count apart.

Dates are compared as dates wherever that is enough; these expressions are for what dates alone do
not give on every engine.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

# Months run from March, so that a leap day is the last of its year; five of them have 153 days.
FIRST_MONTH, DAYS_OF_FIVE_MONTHS = 3, 153
# From 1 March of the year before the first to that year's first day.
DAYS_BEFORE_YEAR_1 = 306


def day_number(date: nw.Expr) -> nw.Expr:
    """The days from a fixed day to a date: the difference of two is a length in days."""
    before = date.dt.year() - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + date.dt.ordinal_day()


def days_between(start: nw.Expr, stop: nw.Expr) -> nw.Expr:
    """The days from one date to another; missing where a date is."""
    of_one_year = start.dt.year() == stop.dt.year()
    within = stop.dt.ordinal_day() - start.dt.ordinal_day()
    # Most are: an engine of columns works out the rest for the others only.
    return nw.when(of_one_year).then(within).otherwise(day_number(stop) - day_number(start))


def minutes_between(start: nw.Expr, stop: nw.Expr) -> nw.Expr:
    """The whole minutes from one time to another; missing where a time is.

    From parts of the times: not every engine says how long an interval is, and they round those
    that run backwards each in its own way. Here they are as long as forwards, and negative.
    """
    is_back = stop < start
    forwards = _minutes_forwards(start, stop)
    return nw.when(is_back).then(-_minutes_forwards(stop, start)).otherwise(forwards)


def _minutes_forwards(start: nw.Expr, stop: nw.Expr) -> nw.Expr:
    # Polars has hours in eight bits, and days of a year in sixteen.
    hours = (stop.dt.hour() - start.dt.hour()) * nw.lit(60, dtype=nw.Int64)
    days = days_between(start, stop) * nw.lit(24 * 60, dtype=nw.Int64)
    minutes = stop.dt.minute() - start.dt.minute()
    seconds, earlier = stop.dt.second(), start.dt.second()
    is_short = (seconds < earlier) | (
        (seconds == earlier) & (stop.dt.microsecond() < start.dt.microsecond())
    )
    begun = nw.when(is_short).then(1).otherwise(0)
    return days + hours + minutes - begun


def month_number(date: nw.Expr) -> nw.Expr:
    """A running number of the month of a date or time: the difference of two is in months."""
    return date.dt.year() * 12 + date.dt.month() - 1


def months_later(date: nw.Expr, months: int) -> nw.Expr:
    """The day number of the same day some calendar months later, or of that month's last day."""
    month = month_number(date) + months
    same_day = _first_of(month) + date.dt.day() - 1
    last_day = _first_of(month + 1) - 1
    return nw.min_horizontal(same_day, last_day)


def has_come(day: nw.Expr, since: nw.Expr, months: int) -> nw.Expr:
    """Whether a day is the last of some calendar months since another, or later; else missing.

    What a comparison with `months_later` gives, in an expression a hundredth as long.
    """
    full, same = _months_since(day, since, months)
    return full | (same & ((day.dt.day() >= since.dt.day()) | _ends_its_month(day)))


def has_gone(day: nw.Expr, since: nw.Expr, months: int) -> nw.Expr:
    """Whether a day is later than the last of some calendar months since another; else missing."""
    full, same = _months_since(day, since, months)
    return full | (same & (day.dt.day() > since.dt.day()))


def _months_since(day: nw.Expr, since: nw.Expr, months: int) -> tuple[nw.Expr, nw.Expr]:
    """Whether a day lies in a month after the one in which the months end, and in that one."""
    between = month_number(day) - month_number(since)
    return between > months, between == months


def _ends_its_month(day: nw.Expr) -> nw.Expr:
    number, month, year = day.dt.day(), day.dt.month(), day.dt.year()
    has_29 = (year // 4 * 4 == year) & ((year // 100 * 100 != year) | (year // 400 * 400 == year))
    of_february = (month == 2) & ((number == 29) | ((number == 28) & ~has_29))
    return (number == 31) | ((number == 30) & month.is_in([4, 6, 9, 11])) | of_february


def _first_of(month: nw.Expr) -> nw.Expr:
    """The day number of the first day of a month, given by its running number."""
    from_march = month - (FIRST_MONTH - 1)
    year = from_march // 12
    days = year * 365 + year // 4 - year // 100 + year // 400
    five_months = DAYS_OF_FIVE_MONTHS * (from_march - year * 12) + 2
    return days + five_months // 5 + 1 - DAYS_BEFORE_YEAR_1


def days_waited_by(start: nw.Expr, last_day: nw.Expr, stop: nw.Expr) -> nw.Expr:
    """Days from a start to a last day, or to a stop before it: nobody waits on after that."""
    return days_between(start, nw.when(stop < last_day).then(stop).otherwise(last_day))
