"""What to do where a file's columns are not nhsind's: how a mapping says for which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import RecordTable
from nhsind.sources.databases import DATABASES
from nhsind.sources.findings import SQL_ROW
from nhsind.sources.stored import Stored

# Endings of the files that a mapping reads.
MAPPABLE = (".csv", ".parquet", ".xlsx", ".xlsm", ".xls", *DATABASES)
# How a line of totals below a table begins.
TOTAL = r"(?i)^\s*(grand|sub)?[ -]*totals?\b.*$"
MOST_TOTALS = 3


def for_a_column(table: RecordTable, place: str, mapping: Path | None) -> str | None:
    """For a table that lacks a column: the mapping that made it, else how to have one proposed.

    `mapping`: the file, where one made the table. None for what is no file (a frame).
    """
    if mapping is not None:
        section = f"[{table.family}.{table.name}.columns]"
        return (
            f"a column that has another heading is named in {mapping}, below {section}: "
            'COLUMN = "HEADING"'
        )
    path = Path(place)
    if path.suffix.lower() not in MAPPABLE:
        return None
    folder = path.parent
    return for_own_files(folder.parent if folder.name == table.family else folder)


def for_own_files(folder: Path) -> str:
    """For files with headings, dates or codes of somebody's own."""
    return (
        f"headings of your own? nhsind map {folder} proposes a mapping.toml, which says for what "
        "each stands and is then read by every command"
    )


def for_a_folder(folder: Path) -> str | None:
    """For a folder without tables: a mapping, if it holds files that one can read."""
    if not folder.is_dir():
        return None
    holds = any(path.suffix.lower() in MAPPABLE for path in folder.rglob("*"))
    return for_own_files(folder) if holds else None


def for_a_value(table: RecordTable, mapping: Path | None, totals: Sequence[str]) -> str | None:
    """For values of a mapped file that cannot be read; `totals`: its lines that read like totals.

    None where no mapping made the table.
    """
    if mapping is None:
        return None
    total = f"; {', '.join(totals)}: a total is no record, take the line out of the file"
    return (
        f'a value that stands for nothing is left out as blank with "VALUE" = "" below '
        f"[{table.family}.{table.name}.codes.COLUMN] in {mapping}; else mend the file"
        + (total if totals else "")
    )


def total_lines(con: duckdb.DuckDBPyConnection, raw: Stored) -> list[str]:
    """The lines of a file whose first column reads like a total, as they are named to the user."""
    first = quote(next(iter(raw.header.values())))
    rows = con.execute(
        f"""SELECT nhsind_row, value FROM (
              SELECT {first}::VARCHAR AS value, {SQL_ROW} FROM {quote(raw.name)})
            WHERE regexp_matches(value, {literal(TOTAL)}) ORDER BY 1 LIMIT {MOST_TOTALS}"""
    ).fetchall()
    lines = raw.lines(row for row, _ in rows)
    return [f'{raw.unit} {lines.get(row, row)} reads "{value.strip()}"' for row, value in rows]
