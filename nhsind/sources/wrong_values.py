"""Values that cannot be read, one by one: where each first stands and how many rows have it."""

from __future__ import annotations

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import Column
from nhsind.errors import Problem, nearest
from nhsind.sources.findings import SQL_ROW
from nhsind.sources.stored import Stored
from nhsind.sources.tabular import MOST_LISTED


def list_values(
    con: duckdb.DuckDBPyConnection,
    column: Column,
    *,
    raw: Stored,
    value: str,
    condition: str,
    message: str,
    allowed: str,
    near: tuple[str, ...] = (),
) -> list[Problem]:
    """One problem per distinct wrong value, with its first line and how many rows have it."""
    source = quote(raw.header[column.name])
    rows = con.execute(
        f"""SELECT {value}::VARCHAR, min(nhsind_row), count(*) FROM (
              SELECT {source}, {SQL_ROW} FROM {quote(raw.name)}
            ) WHERE {condition} GROUP BY 1 ORDER BY 2"""
    ).fetchall()
    lines = raw.lines(row for _, row, _ in rows[:MOST_LISTED])
    listed = [
        Problem(
            raw.place,
            message,
            lines.get(row),
            column.name,
            shown,
            allowed,
            nearest(shown, near) if near else None,
            affected,
            raw.unit,
        )
        for shown, row, affected in rows[:MOST_LISTED]
    ]
    rest = rows[MOST_LISTED:]
    if rest:
        listed.append(
            Problem(
                raw.place,
                f"and {len(rest):,} other values that are not allowed",
                column=column.name,
                rows=sum(row[2] for row in rest),
            )
        )
    return listed
