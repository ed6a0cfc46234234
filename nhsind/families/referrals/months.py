"""The month of each row of a Monthly Activity Return, from its financial year and month's name.

A return is of one month, which its head names too. Rows are as they were typed: a year filled down
as a series (2017-18, 2017-19, 2017-20), a month misspelt. Where a row cannot be read as it stands,
and differs from the head by no more than that, its month is the head's.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import pandas as pd

from nhsind.errors import UsageError
from nhsind.periods import MONTH_NAMES, Period, parse_period
from nhsind.sources.printed import Printed

# The nearest names of two months are those of June and July, at 0.5; one wrong letter is nearer.
LIKE_ENOUGH = 0.7


def months_of(table: Printed, head: Period | None) -> tuple[pd.Series[Any], list[str]]:
    """The month of each row, and notes on those that the head decided.

    Raises InputError for rows whose month cannot be told, and where they are of several months.
    """
    names, years = table.texts("Period"), table.texts("Year")
    head_year = str(head.financial_year) if head else ""
    in_no_month = [
        not _month(head_year or "2017-18", name) and not _like(head, name) for name in names
    ]
    table.refuse(in_no_month, "Period", "is not a month", "a month such as April")
    as_written = [_month(year, name) for year, name in zip(years, names, strict=True)]
    found = [
        month or _from_head(head, year, name)
        for month, year, name in zip(as_written, years, names, strict=True)
    ]
    wrong_year = [month is None for month in found]
    table.refuse(wrong_year, "Year", "is not a financial year", "a year as 2013-14")
    months = pd.Series([str(month) for month in found], index=years.index, dtype=object)
    month = "" if months.empty else months.mode().iloc[0]
    table.refuse(months != month, "Period", f"is not in {month}, as most rows are", "one month")
    return months, _notes(table, head, month, sum(month is None for month in as_written))


def _notes(table: Printed, head: Period | None, month: str, misspelt: int) -> list[str]:
    notes = []
    if misspelt:
        text = f"{misspelt:,} rows with a misspelt month or year are of {month}, as the head says"
        notes.append(f"{table.place} {text}")
    if head and month and str(head) != month:
        notes.append(f"{table.place} the head says {head} and the rows {month}: the rows count")
    return notes


@lru_cache(maxsize=1024)
def _month(year: str, name: str) -> Period | None:
    """The month of a financial year; None where either is not written as it should be."""
    title = name.capitalize()
    if title not in MONTH_NAMES:
        return None
    try:
        # With a stroke, 2011/12 is no December.
        period = parse_period(year.replace("-", "/"))
    except UsageError:
        return None
    months = period.split_months() if period.kind == "year" else []
    return next((month for month in months if month.words.startswith(title)), None)


def _from_head(head: Period | None, year: str, name: str) -> Period | None:
    """The head's month, if the row begins with its year and is like its name."""
    same_year = head is not None and year.startswith(str(head.financial_year.start.year))
    return head if same_year and _like(head, name) else None


def _like(head: Period | None, name: str) -> bool:
    if head is None:
        return False
    own = MONTH_NAMES[head.start.month - 1].lower()
    return SequenceMatcher(None, own, name.lower()).ratio() >= LIKE_ENOUGH
