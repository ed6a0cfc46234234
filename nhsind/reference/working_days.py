"""The working days of England: weekdays that are no bank holiday.

Source: https://www.gov.uk/bank-holidays and the Banking and Financial Dealings Act 1971; days that
were moved or added by royal proclamation since 2000 are listed.
"""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY = 5
# Day by day: the bank holiday that was kept on another one, and the one that was.
MOVED = {
    date(2002, 5, 27): date(2002, 6, 4),
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),
    date(2022, 5, 30): date(2022, 6, 2),
}
# Jubilees, a royal wedding, a state funeral, a coronation.
ADDED = (
    date(2002, 6, 3),
    date(2011, 4, 29),
    date(2012, 6, 5),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
)


def working_days(first: date, last: date) -> int:
    """How many working days there are from one day to another, both included."""
    holidays = {day for year in range(first.year, last.year + 1) for day in bank_holidays(year)}
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return sum(day.weekday() < SATURDAY and day not in holidays for day in days)


def bank_holidays(year: int) -> list[date]:
    """The bank holidays of England; one on a weekend is kept on the next working day."""
    easter = easter_sunday(year)
    usual = [
        _working_days_from(date(year, 1, 1))[0],
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
        *_working_days_from(date(year, 12, 25))[:2],
    ]
    return sorted([MOVED.get(day, day) for day in usual] + [d for d in ADDED if d.year == year])


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar (the anonymous algorithm)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    day = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * day) // 451
    month, place = divmod(epact + day - 7 * late + 114, 31)
    return date(year, month, place + 1)


def _working_days_from(day: date) -> list[date]:
    week = [day + timedelta(days=step) for step in range(7)]
    return [each for each in week if each.weekday() < SATURDAY]


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
