"""Rows that share an identifier: those that agree stand once, those that disagree are marked."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import RecordTable
from nhsind.sources.findings import (
    IDENTIFIER_DISAGREES,
    IDENTIFIER_MISSING,
    RECORD_FAULTS,
    REPEATED,
    ROW,
    Faults,
    Finding,
    find,
    first_of_each,
)
from nhsind.sources.stored import Stored


def mark_identifiers(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    typed: str,
    given_count: bool,
    also: Collection[str] = (),
) -> list[Finding]:
    """Make the view `table.name`, in which each identifier stands once or is marked.

    `also`: columns carried along, which are not compared; of rows that agree the first by them
    stands.
    """
    view = f"CREATE OR REPLACE TEMP VIEW {quote(table.name)} AS "
    if not table.key or table.key[0] not in raw.columns:
        # An absent identifier is one that is blank throughout.
        blank = f", NULL::VARCHAR AS {quote(table.key[0])}" if table.key else ""
        con.execute(view + f"SELECT *{blank}, NULL::VARCHAR AS record_fault FROM {quote(typed)}")
        return []
    key, known = _key(table)
    # A row that gives its count stands for many units, and needs no identifier.
    is_needed = table.identifier and not given_count
    missing = f"{quote(table.key[0])} IS NULL" if is_needed else "false"
    marked = (
        f"SELECT *, CASE WHEN {missing} THEN '{IDENTIFIER_MISSING}' END AS record_fault "
        f"FROM {quote(typed)}"
    )
    # Hashes are a third cheaper to group than texts; a collision only costs a second look.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated_hashes AS SELECT hash({key}) AS hashed "
        f"FROM {quote(typed)} WHERE {known} GROUP BY 1 HAVING count(*) > 1"
    )
    ((repeats,),) = con.execute("SELECT count(*) FROM repeated_hashes").fetchall()
    findings: list[Finding] = []
    if repeats == 0:
        con.execute(view + marked)
    else:
        findings += _mark_repeats(
            con, table, raw=raw, typed=typed, view=view, marked=marked, also=also
        )
    about = RECORD_FAULTS[IDENTIFIER_MISSING]
    return findings + find(
        con, table, raw=raw, relation=typed, faults={IDENTIFIER_MISSING: (missing, about, ())}
    )


def _key(table: RecordTable) -> tuple[str, str]:
    """The identifying columns as SQL, and that none of them is missing."""
    columns = [quote(name) for name in table.key]
    return ", ".join(columns), " AND ".join(f"{column} IS NOT NULL" for column in columns)


def _mark_repeats(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    typed: str,
    view: str,
    marked: str,
    also: Collection[str],
) -> list[Finding]:
    """Repeated identifiers: agreeing rows stand once, disagreeing ones are marked, all listed."""
    ident, known = _key(table)
    name = quote(f"{table.name}_repeats")
    compared = ", ".join(quote(column) for column in table.columns if column in raw.columns)
    ordered = f" ORDER BY {', '.join(map(quote, also))}" if also else ""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT *,
              row_number() OVER (PARTITION BY {ident}{ordered}) AS occurrence,
              count(*) OVER (PARTITION BY {ident}) AS occurrences,
              count(DISTINCT row({compared})) OVER (PARTITION BY {ident}) AS versions
            FROM {quote(typed)} WHERE {known} AND hash({ident}) IN (FROM repeated_hashes)"""
    )
    con.execute(
        view
        + f"""SELECT * FROM ({marked}) ANTI JOIN {name} USING ({ident})
              UNION ALL BY NAME
              SELECT * EXCLUDE (occurrence, occurrences, versions),
                CASE WHEN versions > 1 THEN '{IDENTIFIER_DISAGREES}' END AS record_fault
              FROM {name} WHERE versions > 1 OR occurrence = 1"""
    )
    places = (
        f"SELECT nhsind_row, {ident}, versions, "
        f"row_number() OVER (PARTITION BY {ident} ORDER BY nhsind_row) "
        f"AS nth FROM (SELECT {ident}, {ROW} FROM {quote(typed)}) "
        f"JOIN (SELECT DISTINCT {ident}, versions FROM {name} WHERE occurrences > 1) "
        f"USING ({ident})"
    )
    faults: Faults = {
        REPEATED: ("versions = 1 AND nth > 1", RECORD_FAULTS[REPEATED], ()),
        IDENTIFIER_DISAGREES: ("versions > 1", RECORD_FAULTS[IDENTIFIER_DISAGREES], ()),
    }
    return first_of_each(con, table, raw=raw, placed=f"({places})", faults=faults)
