"""Values that are likely slips of the pen: told, and kept."""

from __future__ import annotations

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import RecordTable
from nhsind.errors import nearest
from nhsind.sources.findings import ROW, Finding
from nhsind.sources.stored import Stored

# A commissioner that is seen once, where a usual one is seen this often, is noted.
USUALLY_SEEN = 1_000
SEEN_ONCE = "code_seen_once"
DISAGREES = "rows_disagree"
# So many of those whose rows disagree are named.
MOST_NAMED = 5


def seen_once(con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored) -> list[Finding]:
    """Commissioners that stand in one row only, beside others with thousands.

    They are kept: what is no slip is a small commissioner.
    """
    findings = []
    for column in table.columns.values():
        if column.kind != "commissioner" or column.name not in raw.columns:
            continue
        code = quote(column.name)
        rows = con.execute(
            f"""SELECT {code}, count(*) AS seen, min(nhsind_row)
                FROM (SELECT {code}, {ROW} FROM {quote(f"{table.name}_typed")})
                WHERE {code} IS NOT NULL GROUP BY 1 ORDER BY 2, 1"""
        ).fetchall()
        if not rows or rows[len(rows) // 2][1] < USUALLY_SEEN:
            continue
        once = [(name, row) for name, seen, row in rows if seen == 1]
        if not once:
            continue
        often = [name for name, seen, _ in rows if seen >= USUALLY_SEEN]
        lines = raw.lines(row for _, row in once)
        named = [
            f"{name}" + (f" (beside {near})" if (near := nearest(name, often)) else "")
            for name, _ in once
        ]
        about = (
            f"{column.name} {', '.join(named)} is seen once, where others are seen "
            f"{USUALLY_SEEN:,} times and more: a slip? Kept"
        )
        places = tuple(f"{raw.unit} {lines.get(row)}" for _, row in once)
        findings.append(Finding(raw.place, SEEN_ONCE, about, (), len(once), places, False))
    return findings


def disagreeing(con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored) -> list[Finding]:
    """Rows that disagree on what describes something they share, such as their department."""
    findings = []
    for column in table.columns.values():
        keys = column.one_per
        if not keys or not {column.name, *keys} <= set(raw.columns):
            continue
        shared = ", ".join(quote(key) for key in keys)
        known = " AND ".join(f"{quote(key)} IS NOT NULL" for key in keys)
        groups = con.execute(
            f"""SELECT {shared}, count(*), string_agg(DISTINCT {quote(column.name)}, ', ' ORDER BY
                  {quote(column.name)}) FROM {quote(f"{table.name}_typed")}
                WHERE {known} AND {quote(column.name)} IS NOT NULL GROUP BY {shared}
                HAVING count(DISTINCT {quote(column.name)}) > 1 ORDER BY {shared}"""
        ).fetchall()
        if not groups:
            continue
        named = [f"{' '.join(map(str, row[:-2]))} ({row[-1]})" for row in groups[:MOST_NAMED]]
        more = f" and {len(groups) - MOST_NAMED:,} more" if len(groups) > MOST_NAMED else ""
        about = (
            f"{column.name} differs within one {' and '.join(keys)}: {', '.join(named)}{more}; "
            "what most rows say decides"
        )
        rows = sum(row[-2] for row in groups)
        findings.append(Finding(raw.place, DISAGREES, about, (), rows, (), False))
    return findings
