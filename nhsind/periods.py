"""Months, NHS quarters and financial years: reading, printing, ends, neighbours.

A financial year runs from 1 April to 31 March; quarters are Q1 April-June to Q4 January-March
(JTD conventions, definitions section 1). A period is a closed interval of dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, total_ordering
from typing import Any

from nhsind.errors import UsageError

MONTH_NAMES = (
    "January February March April May June July August September October November December"
).split()
FIRST_MONTH_OF_YEAR = 4
# Years beyond these are slips of the pen.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# As many spellings are remembered as 300 years have months.
MOST_SPELLINGS = 3_600
ACCEPTED = "2017-06 or Jun 2017 (month), 2017-18-Q1 or 2017/18 Q1 (quarter), 2017-18 or 2017/18"


@total_ordering
@dataclass(frozen=True)
class Period:
    """A month, quarter or financial year; `months` long, beginning on `start`."""

    start: date
    months: int

    @property
    def kind(self) -> str:
        """`month`, `quarter` or `year`."""
        return {1: "month", 3: "quarter", 12: "year"}[self.months]

    @property
    def end(self) -> date:
        """The last day."""
        year, month = _add_months(self.start, self.months - 1)
        return date(year, month, monthrange(year, month)[1])

    @property
    def financial_year(self) -> Period:
        """The financial year that contains the period."""
        year = self.start.year - (self.start.month < FIRST_MONTH_OF_YEAR)
        return Period(date(year, FIRST_MONTH_OF_YEAR, 1), 12)

    @property
    def quarter(self) -> Period:
        """The quarter that contains a month (a quarter itself; a year's first)."""
        year, month = _add_months(self.start, -((self.start.month - FIRST_MONTH_OF_YEAR) % 3))
        return Period(date(year, month, 1), 3)

    def shift(self, steps: int) -> Period:
        """The period of the same kind `steps` later (earlier if negative)."""
        return Period(date(*_add_months(self.start, steps * self.months), 1), self.months)

    @property
    def previous(self) -> Period:
        """The period of the same kind just before."""
        return self.shift(-1)

    @property
    def year_before(self) -> Period:
        """The same period one year earlier."""
        return self.shift(-12 // self.months)

    def split_months(self) -> list[Period]:
        """The period's calendar months, in order."""
        return [Period(date(*_add_months(self.start, i), 1), 1) for i in range(self.months)]

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the period, first and last day included."""
        return self.start <= day <= self.end

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.months) < (other.start, other.months)

    def __str__(self) -> str:
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        year = self.financial_year.start.year
        name = f"{year}-{(year + 1) % 100:02d}"
        if self.kind == "year":
            return name.replace("-", "/") if _is_also_a_month(name[-2:]) else name
        return f"{name}-Q{(self.start.month - FIRST_MONTH_OF_YEAR) % 12 // 3 + 1}"

    @property
    def in_paths(self) -> str:
        """For file names: as printed, without the stroke of `2011/12`."""
        return str(self).replace("/", "_")

    @property
    def words(self) -> str:
        """For people: `June 2017`, `Q1 of 2017/18 (April to June 2017)`, `2017/18`."""
        if self.kind == "month":
            return f"{MONTH_NAMES[self.start.month - 1]} {self.start.year}"
        year = self.financial_year.start.year
        name = f"{year}/{(year + 1) % 100:02d}"
        if self.kind == "year":
            return name
        months = f"{MONTH_NAMES[self.start.month - 1]} to {MONTH_NAMES[self.end.month - 1]}"
        return f"Q{str(self)[-1]} of {name} ({months} {self.end.year})"


def month_of(day: date) -> Period:
    """The calendar month that contains `day`."""
    return Period(day.replace(day=1), 1)


def parse_period(text: Any) -> Period:
    """Read one period in any accepted spelling, or as pandas has it (`pd.Period("2018-03")`).

    Up to 2011-12 a year's short name is also a month's: there `2011-12` is December 2011 and
    `2011/12` the financial year (which is also how it is printed).

    Raises UsageError naming the accepted spellings.
    """
    found = _spanned(text) if is_span(text) else _parse(" ".join(str(text).strip().split()))
    if found is None or not FIRST_YEAR <= found.start.year <= LAST_YEAR:
        raise UsageError(f'"{text}" is not a period. Write {ACCEPTED}')
    return found


def is_span(given: object) -> bool:
    """Whether something is a period of another library, which knows its first and last moment."""
    ends = (getattr(given, "start_time", None), getattr(given, "end_time", None))
    return all(isinstance(end, datetime) for end in ends)


def parse_periods(texts: str | Period | Iterable[str | Period]) -> list[Period]:
    """Read periods and ranges `A..B` (both ends included), without repeats, in order."""
    items = [texts] if isinstance(texts, str | Period) or is_span(texts) else list(texts)
    periods: list[Period] = []
    for item in items:
        if isinstance(item, Period):
            periods.append(item)
            continue
        first, separator, last = ("", "", "") if is_span(item) else str(item).partition("..")
        if not separator:
            periods.append(parse_period(item))
            continue
        start, end = parse_period(first), parse_period(last)
        if start.kind != end.kind or end < start:
            raise UsageError(
                f'"{item}" is not a range of periods: write the earlier first and two of one kind'
            )
        while start <= end:
            periods.append(start)
            start = start.shift(1)
    if not periods:
        raise UsageError(f"no period was given. Write {ACCEPTED}")
    return sorted(set(periods))


def listed(periods: Iterable[Period]) -> str:
    """Periods in words, three or more that follow each other as a span: `2017-04 to 2018-03`."""
    runs: list[list[Period]] = []
    for period in sorted(set(periods)):
        follows = runs and runs[-1][-1].months == period.months
        if follows and runs[-1][-1].shift(1) == period:
            runs[-1].append(period)
        else:
            runs.append([period])
    words = [
        [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(period) for period in run]
        for run in runs
    ]
    return ", ".join(text for run in words for text in run)


def _spanned(given: Any) -> Period | None:
    """The month, quarter or financial year that a period of another library is, if it is one."""
    first, last = given.start_time.date(), given.end_time.date()
    month = month_of(first)
    known = (month, month.quarter, month.financial_year)
    return next((each for each in known if (each.start, each.end) == (first, last)), None)


@lru_cache(maxsize=MOST_SPELLINGS)  # a table says each of its periods in every row
def _parse(text: str) -> Period | None:
    if match := re.fullmatch(r"([12]\d{3})[-/](\d{2}|\d{4})(?:[-/ ]?[Qq]([1-4]))?", text):
        year, second, quarter = int(match[1]), match[2], match[3]
        is_month = _is_also_a_month(second) and "/" not in text and not quarter
        if int(second) in ((year + 1) % 100, year + 1) and not is_month:
            months_in = 3 * (int(quarter) - 1) if quarter else 0
            start = date(*_add_months(date(year, FIRST_MONTH_OF_YEAR, 1), months_in), 1)
            return Period(start, 3 if quarter else 12)
        if quarter or len(second) == 4:
            return None
        month = int(second)
        return Period(date(year, month, 1), 1) if 1 <= month <= 12 and "/" not in text else None
    if match := re.fullmatch(r"([A-Za-z]{3,9})[ -]([12]\d{3})", text):
        names = [name for name in MONTH_NAMES if name.lower().startswith(match[1].lower())]
        return Period(date(int(match[2]), MONTH_NAMES.index(names[0]) + 1, 1), 1) if names else None
    return None


def _is_also_a_month(second: str) -> bool:
    return len(second) == 2 and 1 <= int(second) <= 12


def _add_months(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1
