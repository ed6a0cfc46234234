"""The days of a sample: weekdays, bank holidays, and how much happens on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nhsind.periods import Period
from nhsind.reference.working_days import bank_holidays

Array = np.ndarray[Any, Any]

SUNDAY = 6
# How much happens on each day, Monday first; a bank holiday is like a Sunday.
OFFICE_HOURS = (21, 21, 20, 20, 18, 1, 0)
EMERGENCIES = (112, 101, 98, 97, 98, 95, 100)


@dataclass(frozen=True)
class Calendar:
    """The days of some months: `days`, the edges of each month in them, and how heavy each is."""

    days: Array
    heavy_until: Array
    edges: Array

    def volume(self) -> Array:
        """How much each month has, against a month of ordinary days (mean of all: 1)."""
        of_months = np.diff(self._reached())
        return np.asarray(of_months / of_months.sum() * len(of_months))

    def pick(self, month: Array, draw: Array) -> Array:
        """A day in each row's month (its place among the months), heavier days more often."""
        reached = self._reached()
        below = reached[month]
        target = below + np.floor(draw * (reached[month + 1] - below)).astype(np.int64)
        return np.asarray(self.days[np.searchsorted(self.heavy_until, target, side="right")])

    def _reached(self) -> Array:
        return np.concatenate([[0], self.heavy_until])[self.edges]


def calendar_of(months: Sequence[Period], weights: Sequence[int] = OFFICE_HOURS) -> Calendar:
    """The calendar of consecutive months; `weights`: of each weekday, Monday first."""
    days = np.arange(np.datetime64(months[0].start), np.datetime64(months[-1].end) + 1)
    heavy = np.array(weights, dtype=np.int64)[weekday(days)]
    ends = [(np.datetime64(month.end) - days[0]).astype(int) + 1 for month in months]
    return Calendar(days, np.cumsum(heavy), np.array([0, *ends]))


def weekday(days: Array) -> Array:
    """The day of the week, Monday 0; a bank holiday counts as a Sunday."""
    # 1 January 1970 was a Thursday.
    of_week = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    years = range(int(str(days.min())[:4]), int(str(days.max())[:4]) + 1)
    holidays = np.array([day for year in years for day in bank_holidays(year)], "datetime64[D]")
    return np.where(np.isin(days, holidays), SUNDAY, of_week)


def to_working_day(days: Array) -> Array:
    """Saturdays go back to Friday and Sundays on to Monday; holidays stay."""
    of_week = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return np.asarray(days + np.select([of_week == SUNDAY - 1, of_week == SUNDAY], [-1, 1], 0))


def season(months: Sequence[Period], january_first: Sequence[float]) -> Array:
    """A figure for each month of the year, January first, as one for each of the months."""
    return np.array([january_first[month.end.month - 1] for month in months])
