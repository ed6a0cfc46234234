"""How many sound rows a record table has by month, and how many units by organisation and month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import duckdb
import narwhals.stable.v2 as nw

from nhsind.definitions.column_sql import quote
from nhsind.definitions.family import Family
from nhsind.periods import Period, month_of
from nhsind.sources.coverage import MonthOfRows


@dataclass(frozen=True)
class MonthlyRows:
    """The sound rows of a table by one of its dates.

    `rows`: all, also those without the date. `months`: those with rows, in order. `units`: by
    organisation and month, how many units the rows stand for; empty without organisations.
    """

    rows: int = 0
    months: list[MonthOfRows] = field(default_factory=list)
    units: dict[str, dict[Period, int]] = field(default_factory=dict)


def monthly_rows(
    con: duckdb.DuckDBPyConnection, family: Family, *, table: str, column: str, organisation: str
) -> MonthlyRows:
    """One look at a checked table, by the month of `column` and by `organisation` ('': none).

    Sound is a row that no line placed by that date would leave out as faulty.
    """
    lines = [
        line for line in family.indicators.values() if (table, column) in family.placed_by(line)
    ]
    faults = [
        rule()
        for name, rule in family.faults.items()
        if rule.table == table and all(name in line.faults for line in lines)
    ]
    sound = nw.from_native(con.table(table)).lazy().filter(nw.col("record_fault").is_null())
    for fault in faults:
        sound = sound.filter(~fault)
    if organisation:
        sound = sound.filter(~nw.col(organisation).is_null())
    code = quote(organisation) if organisation else "''"
    day = f"{quote(column)}::DATE"
    counted: duckdb.DuckDBPyRelation = sound.to_native().aggregate(
        f"{code} AS code, date_trunc('month', {day})::DATE AS month, count(*), "
        f"sum(count)::BIGINT, min({day}), max({day})",
        "1, 2",
    )
    return _counted(counted.fetchall())


def _counted(rows: list[tuple[str, date | None, int, int, date, date]]) -> MonthlyRows:
    """The rows of organisations and months put together by month."""
    months: dict[Period, MonthOfRows] = {}
    units: dict[str, dict[Period, int]] = {}
    for code, day, number, size, first, last in rows:
        if day is None:
            continue
        month = month_of(day)
        held = months.get(month, MonthOfRows(month, 0, first, last))
        months[month] = MonthOfRows(
            month, held.rows + number, min(held.first_day, first), max(held.last_day, last)
        )
        if code:
            units.setdefault(code, {})[month] = size
    total = sum(row[2] for row in rows)
    return MonthlyRows(total, [months[month] for month in sorted(months)], units)
