"""What the titles of a cancer waits workbook say: its period, its basis, its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import Period, parse_period
from nhsind.sources.workbooks import Rows, tidy

# Titles stand in the first column that is filled of the first rows.
HEAD = 10
# Part A is admitted care, part B other care, part C both; of one month's workbooks only the last.
PART = re.compile(r"(?:PART\s+([A-Z])\b\W*)?(.*)", re.I | re.S)
QUARTER = re.compile(r"\bQ(?:UARTER)?\s*([1-4]|ONE|TWO|THREE|FOUR)\W+(\d{4})\s*[-/]\s*\d\d", re.I)
NUMBERED = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4}
# JUL 2021/22 (the July of that year), July 2021, Jul-21.
MONTH = re.compile(
    r"(?:PERIOD\s*:\s*)?([A-Z]{3,9})[ -]+(\d{4}|\d\d)(?:\s*[-/]\s*(\d{4}|\d\d))?"
    r"(?:\s*\(?(?:PROVISIONAL|FINAL|REVISED)\)?)?",
    re.I,
)


def part_title(cell: str) -> tuple[str, str]:
    """The letter of a part and what it is of, in capitals: `PART C:ALL CARE` is C and ALL CARE."""
    match = PART.fullmatch(cell)
    return ((match[1] or "").upper(), match[2].strip().upper()) if match else ("", "")


def is_by_commissioner(sheets: Iterable[Rows]) -> bool:
    """Whether the titles say that the organisations are commissioners."""
    return any(re.search(r"BASIS\W+COMMISSIONER", title, re.I) for title in _titles(sheets))


def period_of(standards: Iterable[Rows], sheets: dict[str, Rows], path: Path) -> Period:
    """The month or quarter that the standards' sheets name, else the front page.

    Raises InputError where none is named, or several.
    """
    periods = _named(standards) or _named(sheets.values())
    if len(periods) != 1:
        several = f"names several periods: {', '.join(map(str, sorted(periods)))}"
        text = several if periods else "names no quarter and no month"
        allowed = "a title such as Q1 2015-2016 or July 2021"
        raise InputError(Problem(path.name, text, allowed=allowed))
    return periods.pop()


def _titles(sheets: Iterable[Rows]) -> list[str]:
    return [first_text(row) for rows in sheets for row in rows[:HEAD]]


def first_text(row: Iterable[object]) -> str:
    """What stands in the first cell of a row that is filled; the first day of a month is the
    month."""
    cell = next((cell for cell in row if tidy(cell)), "")
    if hasattr(cell, "year") and hasattr(cell, "month"):
        return parse_period(f"{cell.year:04d}-{cell.month:02d}").words
    return tidy(cell)


def _named(sheets: Iterable[Rows]) -> set[Period]:
    titles = _titles(sheets)
    quarters = {_quarter(*match.groups()) for title in titles if (match := QUARTER.search(title))}
    months = {_month(*match.groups()) for title in titles if (match := MONTH.fullmatch(title))}
    return quarters or {month for month in months if month is not None}


def _quarter(number: str, year: str) -> Period:
    number = str(NUMBERED.get(number.upper(), number))
    return parse_period(f"{year}-{(int(year) + 1) % 100:02d}-Q{number}")


def _month(name: str, year: str, until: str | None) -> Period | None:
    """The month of a calendar year, or of a financial year where its second year is given."""
    try:
        if until is None:
            return parse_period(f"{name} {year if len(year) > 2 else '20' + year}")
        of_year = parse_period(f"{year}/{until[-2:]}")
        first = parse_period(f"{name} {of_year.start.year}")
        return first if of_year.contains(first.start) else first.shift(12)
    except UsageError:
        return None
