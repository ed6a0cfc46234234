"""Unit tables: what a line counts, made from the record tables for some periods.

A family's `rules.py` marks with `@units` the functions that make them. A unit table has one row
per unit and period: the columns of its records, and of the period it stands in: `period`,
`period_start`, `period_end`, `financial_year_end` and the limit dates that the indicators name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import narwhals.stable.v2 as nw

from nhsind.definitions.dates import month_number
from nhsind.definitions.limits import Limit, Limits

Frame = nw.LazyFrame[Any]
Tables = dict[str, Frame]
Maker = Callable[..., Frame]
# What an expression is given to remember; those made of it do not have it.
_DAY = "nhsind_day"
# The number of a unit's month, before the name of the day that tells it.
_LOOKED_UP = "nhsind month of "


@dataclass(frozen=True)
class UnitTable:
    """How one unit table is made.

    `of`: the record table whose identifier and organisations the units have. `needs`: the record
    tables it is made from; each is a choice of one or more, of which one must be there. `limits`:
    the limits of a line that its maker takes. `has_days`: whether rows of other periods decide on
    nothing in it, so that units may be looked up by a day of theirs.
    """

    name: str
    of: str
    needs: tuple[tuple[str, ...], ...]
    identifier: str | None
    organisations: dict[str, str] | None
    limits: tuple[str, ...]
    has_days: bool
    make: Maker = field(repr=False)

    def __call__(self, tables: Tables, periods: Frame, *limits: Limit) -> Frame:
        """The unit table, with its limits in their order."""
        return self.make(tables, periods, *limits)

    def of_line(self, tables: Tables, periods: Frame, limits: Limits) -> Frame:
        """The unit table, with its limits chosen from those of a line."""
        return self.make(tables, periods, *(limits[name] for name in self.limits))

    def missing(self, held: list[str]) -> list[str]:
        """What it needs and `held` lacks, `a or b` where either would do."""
        return [
            " or ".join(choice) for choice in self.needs if not any(name in held for name in choice)
        ]


def units(
    of: str,
    *also: str,
    identifier: str | None = None,
    organisations: dict[str, str] | None = None,
    has_days: bool = False,
) -> Callable[[Maker], UnitTable]:
    """Make a function of `rules.py` the maker of the unit table of its name.

    It takes the family's record tables, the table of periods and the limits it names, and returns
    one row per unit and period. `of`: the table whose rows the units are; `also`: other tables it
    needs; `a|b` needs either. `identifier` and `organisations` (level: column) where they differ
    from those of `of`. `has_days`: the maker ends with `by_period`, and the days that clauses want
    `in_the_period` are columns of the rows it gives to it.
    """

    def mark(function: Maker) -> UnitTable:
        needs = tuple(tuple(name.split("|")) for name in (of, *also))
        limits = tuple(inspect.signature(function).parameters)[2:]
        return UnitTable(
            name=function.__name__,
            of=needs[0][0],
            needs=needs,
            identifier=identifier,
            organisations=organisations,
            limits=limits,
            has_days=has_days,
            make=function,
        )

    return mark


def unit_tables_of(module: ModuleType) -> dict[str, UnitTable]:
    """The unit tables that `module` makes, by name."""
    return {item.name: item for item in vars(module).values() if isinstance(item, UnitTable)}


def by_period(records: Frame, periods: Frame) -> Frame:
    """One row per record and period; the clauses that follow leave few of them.

    Where the periods are `looked_up_by` a day of the records, only the rows of that day's month.
    """
    keys = [name for name in periods.collect_schema().names() if name.startswith(_LOOKED_UP)]
    if not keys:
        return records.join(periods, how="cross")
    (key,) = keys
    day = nw.col(key.removeprefix(_LOOKED_UP))
    dated = records.filter(~day.is_null()).with_columns(**{key: month_number(day)})
    return dated.join(periods, on=key, how="inner").drop(key)


def looked_up_by(periods: Frame, day: str) -> Frame:
    """Periods that are months, so that each is found by a day of a unit.

    Enough where that day must be in the period: to compare each record with each month takes an
    engine longer.
    """
    return periods.with_columns(**{_LOOKED_UP + day: month_number(nw.col("period_end"))})


def stock(figures: Frame, periods: Frame, dated_by: str, holds_on: str = "period_end") -> Frame:
    """One row per figure of a stock (a population, a prevalence) and period that it is of.

    `dated_by`: the figures' own day, such as the last of their quarter or year, which must be the
    period's `holds_on`.
    """
    dated = figures.rename({dated_by: "figure_day"})
    on_the_day = (nw.col("figure_day") == nw.col(holds_on)).fill_null(False)
    return by_period(dated, periods).filter(on_the_day)


def sound(records: Frame, *faults: nw.Expr) -> Frame:
    """The records of a joined table that can be used: no fault of identity, none of `faults`.

    Only for tables that a unit table joins or adds up; the faults of its own records are applied,
    and told by `trace`, when the units are counted.
    """
    kept = records.filter(nw.col("record_fault").is_null())
    for fault in faults:
        kept = kept.filter(~fault)
    return kept


def in_the_period(date_column: str) -> nw.Expr:
    """The date lies in the period, its first and last day included; a missing date does not."""
    return of_the_day(between(date_column, "period_start", "period_end"), date_column)


def of_the_day(within: nw.Expr, day: str) -> nw.Expr:
    """A condition that holds only where `day`, a date or time of the unit, lies in the period."""
    vars(within)[_DAY] = day
    return within


def day_of(condition: nw.Expr) -> str | None:
    """The date or time of a unit that a condition wants in the period; None: it says of none."""
    day: str | None = vars(condition).get(_DAY)
    return day


def between(date_column: str, first: str, last: str) -> nw.Expr:
    """The date lies between two date columns, both days included; a missing date does not.

    Of a time its day counts, so that the whole of the last day is within.
    """
    day, earliest, latest = (nw.col(name).cast(nw.Date) for name in (date_column, first, last))
    return ((day >= earliest) & (day <= latest)).fill_null(False)
