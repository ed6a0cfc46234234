"""How many sound rows a record table has by month, and how many units by organisation and month."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw

from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.place import ROWS, Frame, Place
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
    place: Place, family: Family, *, table: str, column: str, organisation: str
) -> MonthlyRows:
    """One look at a checked table, by the month of `column` and by `organisation` ('': none).

    Sound is a row that no line placed by that date would leave out as faulty. `organisation`: a
    column of the table, or of the one that has its organisations.
    """
    lines = [
        line for line in family.indicators.values() if (table, column) in family.dates_of(line)
    ]
    faults = [
        rule()
        for name, rule in family.faults.items()
        if rule.table == table and all(name in line.faults for line in lines)
    ]
    sound = place.frame(table).filter(nw.col("record_fault").is_null())
    for fault in faults:
        sound = sound.filter(~fault)
    holder = family.tables[table].organisations_of
    if organisation and holder:
        sound = _with_organisation(sound, place.frame(holder), family.tables[holder], organisation)
    elif organisation:
        sound = sound.filter(~nw.col(organisation).is_null())
    day = nw.col(column).cast(nw.Date)
    dated = sound.select(
        code=nw.col(organisation) if organisation else nw.lit(""), day=day, units=nw.col("count")
    )
    dated = dated.with_columns(year=nw.col("day").dt.year(), month=nw.col("day").dt.month())
    counted = dated.group_by("code", "year", "month").agg(
        nw.len().alias(ROWS),
        nw.col("units").sum().alias("units"),
        nw.col("day").min().alias("first"),
        nw.col("day").max().alias("last"),
    )
    return _counted(place.rows(counted).to_pylist())


def _with_organisation(rows: Frame, held: Frame, holder: RecordTable, organisation: str) -> Frame:
    """The rows with the organisation of what they name; one that is named nowhere has none."""
    key = str(holder.identifier)
    known = held.filter(nw.col("record_fault").is_null(), ~nw.col(key).is_null())
    known = known.select(key, organisation).unique(subset=key)
    return rows.drop(organisation, strict=False).join(known, on=key, how="left")


def _counted(rows: list[dict[str, Any]]) -> MonthlyRows:
    """The rows of organisations and months put together by month."""
    months: dict[Period, MonthOfRows] = {}
    units: dict[str, dict[Period, int]] = {}
    for row in rows:
        if row["first"] is None:
            continue
        month = month_of(row["first"])
        held = months.get(month, MonthOfRows(month, 0, row["first"], row["last"]))
        months[month] = MonthOfRows(
            month,
            held.rows + row[ROWS],
            min(held.first_day, row["first"]),
            max(held.last_day, row["last"]),
            held.units + int(row["units"] or 0),
        )
        if row["code"]:
            units.setdefault(row["code"], {})[month] = int(row["units"])
    total = sum(row[ROWS] for row in rows)
    return MonthlyRows(total, [months[month] for month in sorted(months)], units)
