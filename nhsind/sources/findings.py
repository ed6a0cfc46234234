"""Findings: records that read but cannot be true, or lack what a line needs, counted and placed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import RecordTable
from nhsind.sources.stored import Stored

MOST_ROWS_LISTED = 5
# By name: the SQL condition, what it means in words, the lines that leave such rows out.
Faults = dict[str, tuple[str, str, tuple[str, ...]]]
# The row counted from 1, by a name that no column has.
ROW = "row_number() OVER () AS nhsind_row"

REPEATED = "repeated"
IDENTIFIER_DISAGREES = "identifier_disagrees"
IDENTIFIER_MISSING = "identifier_missing"
UNUSUAL = "unusual_number"
RECORD_FAULTS = {
    REPEATED: "Rows that repeat an identifier and agree: counted once",
    IDENTIFIER_DISAGREES: "Rows that share an identifier and disagree: all left out",
    IDENTIFIER_MISSING: "Rows without an identifier: left out",
}


@dataclass(frozen=True)
class Finding:
    """Records that read but cannot be true, or lack what a line needs."""

    table: str
    fault: str
    about: str
    lines: tuple[str, ...]
    rows: int
    places: tuple[str, ...]
    left_out: bool = True

    @property
    def is_refused(self) -> bool:
        """Whether strict checking refuses it: what is left out of figures, or not as usual."""
        return self.left_out or self.fault == UNUSUAL

    def __str__(self) -> str:
        """One line for people: how many, why, out of which lines, where the first ones are."""
        noun = "row" if self.rows == 1 else "rows"
        effect = f"out of {', '.join(self.lines)}" if self.lines and self.left_out else ""
        where = f"; first at {', '.join(self.places)}" if self.places else ""
        number = "" if self.fault == UNUSUAL else f" {self.rows:,} {noun}:"
        text = f"{self.table}:{number} {self.about}"
        return text + (f" ({effect})" if effect else "") + where


def find(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    relation: str,
    faults: Faults,
) -> list[Finding]:
    """The findings for the rows of `relation` that fulfil SQL conditions.

    `faults`: by name, the condition, what it means in words, the lines that leave such rows out.
    One look counts them; a second, only if there are any, finds the first of each.
    """
    if not faults:
        return []
    counts = [f"count(*) FILTER (WHERE {sql})" for sql, _, _ in faults.values()]
    (totals,) = con.execute(f"SELECT {', '.join(counts)} FROM {quote(relation)}").fetchall()
    present = {fault: faults[fault] for fault, total in zip(faults, totals, strict=True) if total}
    placed = f"(SELECT *, {ROW} FROM {quote(relation)})"
    return first_of_each(con, table, raw=raw, placed=placed, faults=present) if present else []


def first_of_each(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    placed: str,
    faults: Faults,
) -> list[Finding]:
    """The findings of a relation that has the column `nhsind_row`, each with its first few rows."""
    ident = quote(table.identifier) if table.identifier in raw.columns else "NULL"
    wanted = []
    for sql, _, _ in faults.values():
        where = f"FILTER (WHERE {sql})"
        wanted += [
            f"count(*) {where}",
            f"min(nhsind_row, {MOST_ROWS_LISTED}) {where}",
            f"arg_min(coalesce({ident}, ''), nhsind_row, {MOST_ROWS_LISTED}) {where}",
        ]
    (row,) = con.execute(f"SELECT {', '.join(wanted)} FROM {placed}").fetchall()
    findings = []
    for at, (fault, (_, about, lines)) in enumerate(faults.items()):
        total, places, idents = row[3 * at : 3 * at + 3]
        if total:
            first = list(zip(places, idents, strict=True))
            findings.append(
                _finding(table, raw, fault=fault, count=total, rows=first, about=about, lines=lines)
            )
    return findings


def _finding(
    table: RecordTable,
    raw: Stored,
    *,
    fault: str,
    count: int,
    rows: list[Any],
    about: str,
    lines: tuple[str, ...],
) -> Finding:
    at = raw.lines(row for row, _ in rows)
    places = tuple(
        f"{raw.unit} {at.get(row)}" + (f" ({table.identifier} {ident})" if ident else "")
        for row, ident in rows
    )
    return Finding(raw.place, fault, about, lines, count, places, fault != REPEATED)
