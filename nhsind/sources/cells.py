"""Single cells as publishers print them: text, numbers without floating point, months, days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from typing import Any

from nhsind.definitions.record_tables import BLANKS, LARGEST_COUNT
from nhsind.definitions.statuses import Status
from nhsind.errors import UsageError
from nhsind.periods import Period, parse_period

# What the mark of an unprinted number means; the first two are statuses of the output table.
SUPPRESSED, NOT_AVAILABLE, NOTHING = Status.SUPPRESSED, Status.NOT_AVAILABLE, "nothing"
# What a column of numbers may hold: how many parts of one, and the same in words.
PARTS = {
    "whole": (1, "a whole number, 0 or more"),
    "halves": (2, "a number of wholes and halves, 0 or more"),
    "decimal": (None, "a number, 0 or more"),
}
# Stands in a workbook where a formula was saved without its value.
UNCALCULATED = "\ufffc"
GAPS = re.compile(f"[{BLANKS}]+")
# 1,234 and 1,234.5: commas stand between groups of three digits only.
NUMBER = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(\.\d*)?", re.ASCII)
POWER = re.compile(r"\d+(\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
# Of a count: one, or a thousand as it is written elsewhere.
THOUSAND_ELSEWHERE = re.compile(r"\d{1,3}(\.\d{3})+", re.ASCII)
# A code that a spreadsheet was told to take for text: ="00A".
FORMULA = re.compile(r'="([^"]*)"')
# 2017-09-01, 01SEP2017, 01-Sep-17, 01-Sep-2017, 20170901.
DAYS = ("%Y-%m-%d", "%d%b%Y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%Y%m%d")
SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?: 0?0:00(?::00)?)?")
TIMED = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*")
MONTHS = (
    "january february march april may june july august september october november december"
).split()
# A letter too many, missing, or out of place (Feburary); "Octember" and "Smarch" are no months.
LIKENESS_OF_A_MISSPELT = 0.85
SHORTEST_MISSPELT = 5


def tidy(cell: Any) -> str:
    """A cell as text: blanks of every kind joined and taken off the ends."""
    return GAPS.sub(" ", str(cell)).strip(" ") if cell is not None else ""


def code(cell: Any) -> str:
    """A cell as a code: in capitals, without the formula that keeps it text."""
    text = tidy(cell)
    match = FORMULA.fullmatch(text)
    return (tidy(match[1]) if match else text).upper()


def number(
    cell: Any, marks: Mapping[str, str], size: int | None
) -> tuple[int | Decimal | None, str] | None:
    """The exact number of a cell, or a mark's meaning; None where it is neither.

    `marks`: meanings by lower-case text. `size`: how many parts of one a number may have.
    """
    text = tidy(cell)
    if text.lower() in marks:
        meaning = marks[text.lower()]
        return (0, "") if meaning == NOTHING else (None, meaning)
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        if not isfinite(cell):
            return None
        found: int | Decimal = int(cell) if cell == int(cell) else Decimal(repr(cell))
    else:
        text = text.removesuffix("%").strip() if size is None else text
        match = NUMBER.fullmatch(text)
        if size is not None and THOUSAND_ELSEWHERE.fullmatch(text):
            return None
        if match is not None:
            whole, part = match[1].replace(",", ""), (match[2] or "").rstrip("0")
            found = Decimal(whole + part) if part.strip(".") else int(whole)
        elif size is None and POWER.fullmatch(text):
            found = Decimal(text)
        else:
            return None
    if not 0 <= found <= LARGEST_COUNT:
        return None
    if size is not None and found * size != int(found * size):
        return None
    return found, ""


def days(cells: Iterable[Any]) -> dict[Any, date | None]:
    """The day of each distinct cell of a column, or None; 01/02/2017 is read one way throughout.

    Which way the column itself decides, if it can; else such cells have no day.
    """
    distinct = list(dict.fromkeys(cells))
    slashed = {cell: match for cell in distinct if (match := SLASHED.fullmatch(tidy(cell)))}
    order = _order([_written(match) for match in slashed.values()])
    found: dict[Any, date | None] = {}
    for cell in distinct:
        match = slashed.get(cell)
        found[cell] = _slashed_day(match, order) if match else _day(cell)
    return found


def _order(written: list[tuple[int, int, int]]) -> str:
    """`day first`, `month first`, or empty where a column does not say.

    Publishers print months as their first or last day: the way of reading that makes more such
    days is the more likely, and month/day needs a day after the 12th besides.
    """
    day_first = sum(_bounds_a_month(year, second, first) for first, second, year in written)
    month_first = sum(_bounds_a_month(year, first, second) for first, second, year in written)
    a_day_first = any(first > 12 for first, _, _ in written)
    a_day_second = any(second > 12 for _, second, _ in written)
    if a_day_second and not a_day_first and month_first >= day_first:
        return "month first"
    return "day first" if a_day_first or a_day_second or day_first == len(written) else ""


def _bounds_a_month(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and day in (1, monthrange(year, month)[1])


def _slashed_day(match: re.Match[str], order: str) -> date | None:
    first, second, year = _written(match)
    if not order:
        return None
    day, month = (first, second) if order == "day first" else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(match: re.Match[str]) -> tuple[int, int, int]:
    """The two numbers before the year, and the year in full."""
    year = int(match[3])
    return int(match[1]), int(match[2]), year if year > 99 else 2000 + year


def _day(cell: Any) -> date | None:
    if hasattr(cell, "year"):
        return date(cell.year, cell.month, cell.day)
    text = tidy(cell)
    if match := TIMED.fullmatch(text):
        text = match[1]
    for shape in DAYS:
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    return None


def months(cells: Iterable[Any], pattern: str = "{}") -> dict[Any, Period | None]:
    """The month of each distinct cell, or None: a day of it, or its name and year.

    `pattern`: what stands around the month, such as `MSitAE-{}`. A month's name in full may be
    misspelt as long as it is most like one.
    """
    distinct = list(dict.fromkeys(cells))
    inner = {cell: _inside(cell, pattern) for cell in distinct}
    dated = days(text for text in inner.values() if text is not None)
    return {
        cell: None if text is None else _month(text, dated[text]) for cell, text in inner.items()
    }


def _inside(cell: Any, pattern: str) -> Any:
    """What stands within the pattern, or None; a date is itself."""
    if hasattr(cell, "year"):
        return cell
    before, _, after = pattern.partition("{}")
    text = tidy(cell)
    if not (text.lower().startswith(before.lower()) and text.lower().endswith(after.lower())):
        return None
    return text[len(before) : len(text) - len(after)]


def _month(text: Any, day: date | None) -> Period | None:
    if day is not None:
        return parse_period(f"{day.year:04d}-{day.month:02d}")
    named = re.match(r"([A-Za-z]+)[- ']*(.*)", text)
    if named:
        year = f"20{named[2]}" if re.fullmatch(r"\d{2}", named[2]) else named[2]
        text = f"{month_name(named[1]) or named[1]} {year}"
    try:
        period = parse_period(text)
    except UsageError:
        return None
    return period if period.kind == "month" else None


def month_name(word: str) -> str | None:
    """The month that a word names, in full, in short or misspelt; None where it names none."""
    lower = word.strip().lower()
    short = [name for name in MONTHS if name == lower or (lower == name[:3]) or lower == name[:4]]
    if short:
        return short[0].capitalize()
    if len(lower) < SHORTEST_MISSPELT:
        return None
    close = get_close_matches(lower, MONTHS, n=1, cutoff=LIKENESS_OF_A_MISSPELT)
    return close[0].capitalize() if close and close[0][0] == lower[0] else None
