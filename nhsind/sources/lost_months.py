"""Months that a table is said to cover and of which it has hardly a row: lost, or not there yet.

What is declared is believed: the months are covered, and a count of nothing is 0. That the rows
themselves would tell otherwise is said beside it. So it is of tables with so few rows a month that
one without any is nothing strange, where several in a row are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
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

# In one table of so many chance may leave months empty that are then told as lost.
ONE_IN = 1000


def lost_months(source: Input, table: str, column: str) -> list[Period]:
    """The months of which a table has hardly a row, though it is said or taken to cover them.

    Of those declared, what its rows alone would not tell as covered; and months in a row without
    any unit, where chance leaves so many together in less than one table in a thousand.
    """
    # A row that stands for several units is as good as these.
    months = [replace(each, rows=each.units) for each in source.monthly(table, column).months]
    known = source.coverage(table, column)
    is_declared = source.declared.of(table, column) is not None
    if not months or not known.spans or not (is_declared or known.is_sparse):
        return []
    said = sorted({month for span in known.spans for month in months_between(*span)})
    lost = empty_beyond_chance(said, {each.month: each.rows for each in months})
    if is_declared and median(each.rows for each in months) >= TOO_FEW_TO_MISS_MONTHS:
        told = inferred(table, column, sum(each.rows for each in months), months)
        lost |= {month for month in said if not told.covers([month])}
    return sorted(lost)


def empty_beyond_chance(months: Sequence[Period], numbers: Mapping[Period, int]) -> set[Period]:
    """The months in a row without a unit that are too many together to be so by chance.

    Each of N units falls into any of n months alike: given k months in a row are empty with the
    chance (1 - k/n)^N, some k in a row with at most n - k + 1 times that, which is less than 1 in
    1,000 for those that are given. Nothing where there is no unit at all.
    """
    n, units = len(months), sum(numbers.get(month, 0) for month in months)
    found: set[Period] = set()
    for is_empty, alike in groupby(months, key=lambda month: not numbers.get(month)):
        run = [*alike]
        k = len(run)
        if is_empty and units and ONE_IN * (n - k + 1) * (1 - k / n) ** units < 1:
            found.update(run)
    return found


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
            is_declared = source.declared.of(table, column) is not None
            how = "is said" if is_declared else "is taken"
            found.append(f"{name} {how} to cover {told} and has hardly a row of it by {column}")
    return found


def coverages(source: Input) -> list[Coverage]:
    """What each record table covers by each of its dates, and what of it is hardly there."""
    found = []
    for known in source.coverages():
        lost = listed(lost_months(source, known.table, known.column))
        why = f"{known.why}; of {lost} it has hardly a row" if lost else known.why
        found.append(replace(known, why=why))
    return found
