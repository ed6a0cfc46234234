"""From record tables to the units that may count in a line, joined to the periods asked for."""

from __future__ import annotations

import re
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.definitions.definition import Indicator, Measure
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import Period, month_of
from nhsind.sources.checked_input import Input, as_engine


def period_table(source: Input, periods: list[Period], engine: str) -> Frame:
    """The small table of periods and limit dates that the records are joined to.

    A limit is a number of days or months from the period's last or first day: `end-126d` (or
    `-126d`), `start-3m`. Months from the last day end on a last day: a month or quarter shifted.
    """
    limits: dict[str, str] = {}
    for indicator in source.family.indicators.values():
        for name, offset in indicator.limits.items():
            if limits.setdefault(name, offset) != offset:
                raise ValueError(f"{source.family.code}: two limits are called {name}")
    columns: dict[str, list[object]] = {
        "period": [str(period) for period in periods],
        "period_start": [period.start for period in periods],
        "period_end": [period.end for period in periods],
        "financial_year_end": [period.financial_year.end for period in periods],
    }
    for name, offset in limits.items():
        columns[name] = [_limit(period, offset) for period in periods]
    # Unit tables that were planned with other periods keep theirs.
    name = f"periods_{source.period_sets.setdefault(tuple(periods), len(source.period_sets))}"
    source.con.register("periods_given", pa.table(columns))
    source.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} AS FROM periods_given")
    return as_engine(source.con, name, engine)


def organisations(source: Input, level: str) -> list[str]:
    """Every organisation of a base level in the family's input, also one whose records all fail."""
    codes: set[str] = set()
    for name in source.tables:
        column = source.family.tables[name].organisations.get(level)
        if column and column in source.columns(name):
            rows = source.con.execute(
                f'SELECT DISTINCT "{column}" FROM "{name}_typed" WHERE "{column}" IS NOT NULL'
            ).fetchall()
            codes.update(code for (code,) in rows)
    return sorted(codes)


def covered_from(source: Input) -> date | None:
    """The first day of the first month that the records cover, or None if nothing says.

    A table may name a date (`covers_from`) that is recorded only from some month on, such as
    clock stops; snapshots before that month would lack what stopped earlier.
    """
    starts = []
    for name in source.tables:
        column = source.family.tables[name].covers_from
        if column:
            faults = [key for key, rule in source.family.faults.items() if rule.table == name]  # type: ignore[attr-defined]
            # A date that cannot be true says nothing of what the records cover.
            wrong = " OR ".join([f'"{key}"' for key in faults] or ["false"])
            ((first,),) = source.con.execute(
                f'SELECT min("{column}") FROM "{name}_faults" WHERE NOT ({wrong})'
            ).fetchall()
            if first:
                starts.append(date(first.year, first.month, 1))
    return max(starts) if starts else None


def units_of(source: Input, indicator: Indicator, periods: list[Period], engine: str) -> Tables:
    """The unit tables of the periods, with the rows that may count in this line.

    Raises InputError where a record table is missing.
    """
    missing = source.family.tables_missing(indicator, source.tables)
    if missing:
        raise InputError(
            [
                Problem(source.description, f"holds no table {name}, which {indicator.code} needs")
                for name in missing
            ]
        )
    needed = dict.fromkeys(measure.units for measure in indicator.measures.values())
    return {
        name: _countable(_unit_table(source, name, periods, engine), indicator) for name in needed
    }


def _unit_table(source: Input, name: str, periods: list[Period], engine: str) -> Frame:
    """A unit table of the periods; the query for it is planned once for all lines."""
    key: tuple[str | Period, ...] = (name, *periods)
    if engine == "duckdb" and key in source.planned:
        return source.planned[key]
    table = period_table(source, periods, engine)
    made = source.family.units[name].make(source.frames(engine), table)
    if engine == "duckdb":  # others hold the rows, not a query
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
    source: Input, indicator: Indicator, measure: Measure, units: Tables, level: str
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


def _limit(period: Period, offset: str) -> date:
    match = re.fullmatch(r"(start|end)?([+-]\d+)([dm])", offset)
    if match is None:
        raise UsageError(f'"{offset}" is not a limit: write -126d, end-126d or start-3m')
    side, number = match[1] or "end", int(match[2])
    if match[3] == "d":
        return (period.start if side == "start" else period.end) + timedelta(days=number)
    if side == "start":
        return month_of(period.start).shift(number).start
    return month_of(period.end).shift(number).end
