"""Times with a zone keep what it says: durations between them are elapsed time.

A row's first time stands as its own clock showed it, so that its day places the row; the others
stand on that same clock, as much later as they were, also in a night when clocks change. Times
without a zone are as they are read.
"""

from __future__ import annotations

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import BLANKS, RecordTable
from nhsind.errors import Problem
from nhsind.sources.arrow_tables import instant_of
from nhsind.sources.spelling import replaced
from nhsind.sources.stored import Stored

# At the end of a time: Z, +01:00, +0100 or +01.
ZONE = r"\s*([Zz]|[+-]\d{2}(:?\d{2})?)\s*$"
TIME_AND_ZONE = r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?" + ZONE


def on_one_clock(
    con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored
) -> tuple[Stored, list[Problem]]:
    """The stored table with its zoned times as local ones, on the clock of the row's first.

    A problem where some times have a zone and others of the same rows have none: then how much
    time passed between them is not known.
    """
    given = [
        column.name
        for column in table.columns.values()
        if column.kind == "timestamp" and column.name in raw.columns
    ]
    kinds = {name: _zones(con, raw, name) for name in given}
    zoned = [name for name in given if kinds[name] in ("text", "instant")]
    if not zoned and "mixed" not in kinds.values():
        return raw, []
    strange = [name for name in given if kinds[name] == "mixed"]
    strange += [name for name in given if kinds[name] == "none"]
    if strange:
        message = "has times with a time zone beside times without one: durations are not known"
        allowed = "a time zone with every time, or with none"
        return raw, [Problem(raw.place, message, column=name, allowed=allowed) for name in strange]
    return replaced(con, raw, _on_the_first(raw, zoned, kinds)), []


def _zones(con: duckdb.DuckDBPyConnection, raw: Stored, name: str) -> str:
    """How a column's times have a zone: `instant`, `text`, `mixed`, `none`, or `empty`."""
    if instant_of(name) in raw.columns:
        return "instant"
    time = quote(raw.header[name])
    if raw.columns[name].upper() != "VARCHAR":
        filled = f"SELECT 1 FROM {quote(raw.name)} WHERE {time} IS NOT NULL LIMIT 1"
        return "none" if con.execute(filled).fetchone() else "empty"
    # Only a time longer than to the second can have a zone: a look at lengths is cheap.
    has_zone = f"length({time}) > 16 AND regexp_matches({time}, {literal(TIME_AND_ZONE)})"
    filled = f"nullif(trim({time}, {literal(BLANKS)}), '') IS NOT NULL"
    ((some, others),) = con.execute(
        f"SELECT bool_or({has_zone}), bool_or({filled} AND NOT ({has_zone})) FROM {quote(raw.name)}"
    ).fetchall()
    if not some:
        return "none" if others else "empty"
    return "mixed" if others else "text"


def _on_the_first(
    raw: Stored, zoned: list[str], kinds: dict[str, str]
) -> dict[str, tuple[str, str]]:
    """By column: SQL for its time on the clock of the first, and the SQL's type."""
    local, instant = {}, {}
    for name in zoned:
        time = quote(raw.header[name])
        if kinds[name] == "instant":
            local[name], instant[name] = time, quote(raw.header[instant_of(name)])
        else:
            local[name] = f"regexp_replace(trim({time}, {literal(BLANKS)}), {literal(ZONE)}, '')"
            instant[name] = f"timezone('UTC', try_cast({time} AS TIMESTAMPTZ))"
    first = zoned[0]
    is_text = kinds[first] == "text"
    start = f"try_cast({local[first]} AS TIMESTAMP)"
    made = {first: (local[first], "VARCHAR" if is_text else "TIMESTAMP")}
    for name in zoned[1:]:
        later = f"{start} + ({instant[name]} - {instant[first]})"
        if kinds[name] == "text":
            # What cannot be read stays as it is, for the checks to name.
            later = f"strftime({later}, '%Y-%m-%dT%H:%M:%S.%f')"
        kind = "VARCHAR" if kinds[name] == "text" else "TIMESTAMP"
        made[name] = (f"coalesce({later}, {local[name]})", kind)
    return made
