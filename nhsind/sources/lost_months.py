"""Months that a table is said to cover and of which it has hardly a row: lost, or not there yet.

What is declared is believed: the months are covered, and a count of nothing is 0. That the rows
themselves would tell otherwise is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from statistics import median

from nhsind.definitions.indicators import Indicator
from nhsind.periods import Period, listed
from nhsind.sources.checked_input import Input
from nhsind.sources.coverage import (
    TOO_FEW_TO_MISS_MONTHS,
    Coverage,
    inferred,
    months_between,
    months_looked_at,
)


def lost_months(source: Input, table: str, column: str) -> list[Period]:
    """The months that are declared of a table and that its rows alone would not tell as covered.

    None where so few rows are usual that a month without one is nothing strange.
    """
    # A row that stands for several units is as good as these.
    months = [replace(each, rows=each.units) for each in source.monthly(table, column).months]
    if not months or median(each.rows for each in months) < TOO_FEW_TO_MISS_MONTHS:
        return []
    told = inferred(table, column, sum(each.rows for each in months), months)
    declared = source.declared.of(table, column)
    spans = (declared.spans if declared else None) or ()
    said = [month for span in spans for month in months_between(*span)]
    return [month for month in said if not told.covers([month])]


def lost_of(source: Input, line: Indicator, period: Period) -> list[str]:
    """One clause per table: which months a line's figure of a period needs are hardly there."""
    return lost_by(source, source.family.placed_by(line), months_looked_at(line, period))


def lost_by(source: Input, dates: Iterable[tuple[str, str]], months: Iterable[Period]) -> list[str]:
    """One clause per table: which of some months are hardly there by one of its dates."""
    needed = set(months)
    found = []
    for table, column in dates if not source.is_published else ():
        lost = lost_months(source, table, column) if table in source.tables else []
        if told := listed(each for each in lost if each in needed):
            name = f"{source.family.code}/{table}"
            found.append(f"{name} is said to cover {told} and has hardly a row of it by {column}")
    return found


def coverages(source: Input) -> list[Coverage]:
    """What each record table covers by each of its dates, and what of it is hardly there."""
    found = []
    for known in source.coverages():
        lost = listed(lost_months(source, known.table, known.column))
        why = f"{known.why}; of {lost} it has hardly a row" if lost else known.why
        found.append(replace(known, why=why))
    return found
