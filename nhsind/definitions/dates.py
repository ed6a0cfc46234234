"""Days and months as whole numbers, for lengths of time that engines count apart.

Dates are compared as dates wherever that is enough; these expressions are for what dates alone do
not give on every engine.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.unit_tables import Frame

# Months run from March, so that a leap day is the last of its year; five of them have 153 days.
FIRST_MONTH, DAYS_OF_FIVE_MONTHS = 3, 153
# From 1 March of the year before the first to that year's first day.
DAYS_BEFORE_YEAR_1 = 306
# Columns that stand only while a day is being worked out.
PARTS = ("year_of_day", "month_of_day", "day_of_month", "last_day_of_month")


def day_number(date: nw.Expr) -> nw.Expr:
    """The days from a fixed day to a date: the difference of two is a length in days."""
    before = date.dt.year() - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + date.dt.ordinal_day()


def days_between(start: nw.Expr, stop: nw.Expr) -> nw.Expr:
    """The days from one date to another; missing where a date is."""
    return day_number(stop) - day_number(start)


def month_number(date: nw.Expr) -> nw.Expr:
    """A running number of the month of a date or time: the difference of two is in months."""
    return date.dt.year() * 12 + date.dt.month() - 1


def months_later(date: nw.Expr, months: int) -> nw.Expr:
    """The day number of the same day some calendar months later, or of that month's last day."""
    month = month_number(date) + months
    same_day = _first_of(month) + date.dt.day() - 1
    last_day = _first_of(month + 1) - 1
    return nw.min_horizontal(same_day, last_day)


def _first_of(month: nw.Expr) -> nw.Expr:
    """The day number of the first day of a month, given by its running number."""
    from_march = month - (FIRST_MONTH - 1)
    year = from_march // 12
    days = year * 365 + year // 4 - year // 100 + year // 400
    five_months = DAYS_OF_FIVE_MONTHS * (from_march - year * 12) + 2
    return days + five_months // 5 + 1 - DAYS_BEFORE_YEAR_1


def with_months_later(frame: Frame, name: str, date_column: str, months: int) -> Frame:
    """Add the day number of the same day some calendar months later, or of that month's last day.

    Column by column, because as one expression it would hold its parts many times over.
    """
    year, month, day, last = (nw.col(part) for part in PARTS)
    found = dict(zip(PARTS, _parts(nw.col(date_column)), strict=False))
    frame = frame.with_columns(**found)
    frame = frame.with_columns(**{PARTS[3]: year * 12 + month - 1 + months})
    frame = frame.with_columns(**{PARTS[0]: last // 12, PARTS[1]: _rest(last, 12) + 1})
    frame = frame.with_columns(**{PARTS[3]: _days_in(year, month)})
    frame = frame.with_columns(**{PARTS[2]: nw.when(day > last).then(last).otherwise(day)})
    return frame.with_columns(**{name: _number(year, month, day)}).drop(*PARTS)


def _parts(date: nw.Expr) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    return date.dt.year(), date.dt.month(), date.dt.day()


def _number(year: nw.Expr, month: nw.Expr, day: nw.Expr) -> nw.Expr:
    is_early = nw.when(month < FIRST_MONTH)
    year = is_early.then(year - 1).otherwise(year)
    since_march = is_early.then(month + 12 - FIRST_MONTH).otherwise(month - FIRST_MONTH)
    leap_days = year // 4 - year // 100 + year // 400
    in_the_year = (DAYS_OF_FIVE_MONTHS * since_march + 2) // 5 + day
    return year * 365 + leap_days + in_the_year - DAYS_BEFORE_YEAR_1


def _days_in(year: nw.Expr, month: nw.Expr) -> nw.Expr:
    is_leap = (_rest(year, 4) == 0) & ((_rest(year, 100) != 0) | (_rest(year, 400) == 0))
    february = nw.when(is_leap).then(29).otherwise(28)
    # Long and short months alternate, twice.
    return nw.when(month == 2).then(february).otherwise(30 + _rest(month + month // 8, 2))


def _rest(number: nw.Expr, divisor: int) -> nw.Expr:
    """The remainder; pandas on Arrow has no operator for it."""
    return number - number // divisor * divisor
