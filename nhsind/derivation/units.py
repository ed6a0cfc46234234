"""From record tables to the units that may count in a line, joined to the periods asked for."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables, day_of, looked_up_by
from nhsind.engines.place import distinct
from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

# Their frames are rows, not a query of them.
HOLD_ROWS = ("pandas", "polars")


def period_table(source: Input, line: Indicator, periods: list[Period], engine: str) -> Frame:
    """The small table of periods, and days counted from them, that the records are joined to.

    It has the days that any line of the family names, so that lines share it; where a variant of
    a line has another limit, the line's own.
    """
    days = days_of_periods(source.family, line)
    columns: dict[str, list[object]] = {
        "period": [str(period) for period in periods],
        "period_start": [period.start for period in periods],
        "period_end": [period.end for period in periods],
        "financial_year_end": [period.financial_year.end for period in periods],
    }
    for limit in days:
        columns[limit.name] = [limit.day_of(period) for period in periods]
    # Unit tables that were planned with other periods keep theirs.
    key: tuple[Limit | Period, ...] = (*days, *periods)
    name = f"periods_{source.period_sets.setdefault(key, len(source.period_sets))}"
    return source.place.small(name, pa.table(columns), engine)


def days_of_periods(family: Family, line: Indicator) -> tuple[Limit, ...]:
    """The limits that are days counted from the period, those of the line before all others."""
    lines = (*family.indicators.values(), *family.supporting.values(), line)
    named = {limit.name: limit for each in lines for limit in each.limits.values()}
    return tuple(limit for limit in named.values() if limit.is_of_a_period)


def organisations(source: Input, level: str) -> list[str]:
    """Every organisation of a base level in the family's input, also one whose records all fail.

    Looked for once for an input.
    """
    if level in source.present:
        return source.present[level]
    codes: set[str | None] = set()
    for name in source.tables:
        column = source.family.tables[name].organisations.get(level)
        if column and column in source.columns(name):
            held = distinct(source.place.frame(f"{name}_typed"), column)
            codes.update(row[column] for row in source.place.rows(held).to_pylist())
    source.present[level] = sorted(code for code in codes if code is not None)
    return source.present[level]


def units_of(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    engine: str,
    *,
    for_sums: bool = False,
) -> Tables:
    """The unit tables of the periods, with the rows that may count in this line.

    `for_sums`: a unit whose day must be in the period need not have rows of others.

    Raises InputError where a record table, or a column of its own, is missing.
    """
    missing = source.lacks(indicator)
    if missing:
        raise InputError(
            [
                Problem(source.description, f"holds no {name}, which {indicator.code} needs")
                for name in missing
            ]
        )
    needed = dict.fromkeys(measure.units for measure in indicator.measures.values())
    return {
        name: _countable(
            _unit_table(
                source,
                indicator,
                name=name,
                periods=periods,
                engine=engine,
                day=_day_of_all(source.family, indicator, name) if for_sums else None,
            ),
            indicator,
        )
        for name in needed
    }


def _day_of_all(family: Family, line: Indicator, name: str) -> str | None:
    """The day that all measures of a line want in the period of the units of a table; else None."""
    if not family.units[name].has_days:
        return None
    counting = [line.denominator] if line.is_inside else list(line.measures.values())
    days = set()
    for measure in counting:
        if measure is not None and measure.units == name:
            asked = (measure.returned_by,) if measure.returned_by else measure.clauses
            wanted = (day_of(family.clauses[each].of(line.limits)) for each in asked)
            days.add(next((day for day in wanted if day), None))
    return days.pop() if len(days) == 1 else None


def _unit_table(
    source: Input,
    line: Indicator,
    *,
    name: str,
    periods: list[Period],
    engine: str,
    day: str | None,
) -> Frame:
    """A unit table of the periods; the query for it is planned once for all lines of its limits.

    `day`: by which units are looked up, where the periods are months and the frame is a query.
    """
    unit_table = source.family.units[name]
    own = tuple(line.limits[limit] for limit in unit_table.limits)
    days = days_of_periods(source.family, line)
    is_query = engine not in HOLD_ROWS
    if not is_query or any(period.kind != "month" for period in periods):
        day = None
    key: tuple[str | Limit | Period, ...] = (engine, name, day or "", *own, *days, *periods)
    if is_query and key in source.planned:
        return source.planned[key]
    table = period_table(source, line, periods, engine)
    if day is not None:
        table = looked_up_by(table, day)
    made = unit_table(source.frames(engine), table, *own)
    if is_query:
        source.planned[key] = made
    return made


def _countable(frame: Frame, indicator: Indicator) -> Frame:
    """Without the rows of published tables that stand for another line or month."""
    names = frame.collect_schema().names()
    if "counts_for" in names:
        frame = frame.filter(
            (nw.col("counts_for") == (indicator.counted_as or indicator.code).upper()).fill_null(
                True
            )
        )
    if "counts_in" in names:
        month_end = nw.col("counts_in")
        if indicator.period_rule == "snapshot":
            inside = month_end == nw.col("period_end")
        else:
            inside = (month_end >= nw.col("period_start")) & (month_end <= nw.col("period_end"))
        frame = frame.filter(inside.fill_null(True))
    return frame


def placed(
    source: Input, indicator: Indicator, *, measure: Measure, units: Tables, level: str
) -> tuple[Frame, str]:
    """A unit table and the column that places its units at a level below England.

    Raises InputError if the units do not carry it.
    """
    frame = units[measure.units]
    names = frame.collect_schema().names()
    base = source.base_level(level)
    column = source.family.organisations(measure.units).get(base)
    if column is None or column not in names:
        raise InputError(
            Problem(
                f"{source.family.code}/{source.family.units[measure.units].of}",
                f"level {level} needs the column",
                column=column or f"{base}_code",
            )
        )
    return frame, column
