"""Checks a record table and types it: everything that cannot be read is named at once.

What cannot be read (a missing column, a text where a date belongs, a code outside its closed
list, an unknown commissioner) becomes a `Problem`. A record that reads but cannot be true is
kept, marked, and becomes a `Finding`: the lines that need it leave it out and count it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from nhsind.definitions.record_tables import (
    BLANKS,
    OF_ANY_TABLE,
    Column,
    Reading,
    Table,
    canonical,
    literal,
    quote,
    reading,
    sql_type,
)
from nhsind.errors import Problem, nearest
from nhsind.geography import ALWAYS_KNOWN, Geography
from nhsind.sources.tabular import MOST_LISTED, Stored

MOST_ROWS_LISTED = 5

# Codes have few distinct values; with more than this a column is tested in the database.
MOST_DISTINCT_VALUES = 20_000
# By name: the SQL condition, what it means in words, the lines that leave such rows out.
Faults = dict[str, tuple[str, str, tuple[str, ...]]]
TEXT_KINDS = ("identifier", "code", "commissioner", "choice")

# The row counted from 1, by a name that no column has.
_ROW = "row_number() OVER () AS nhsind_row"

REPEATED = "repeated"
IDENTIFIER_DISAGREES = "identifier_disagrees"
IDENTIFIER_MISSING = "identifier_missing"
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

    def __str__(self) -> str:
        """One line for people: how many, why, out of which lines, where the first ones are."""
        noun = "row" if self.rows == 1 else "rows"
        effect = f"out of {', '.join(self.lines)}" if self.lines and self.left_out else ""
        where = f"; first at {', '.join(self.places)}" if self.places else ""
        text = f"{self.table}: {self.rows:,} {noun}: {self.about}"
        return text + (f" ({effect})" if effect else "") + where


def check_table(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    geography: Geography | None,
) -> tuple[list[Problem], list[Finding]]:
    """Check `raw` and make the view `table.name`: typed columns, `count` and `record_fault`.

    Columns that the family does not read are ignored; optional ones that are not given are empty.
    """
    readings = {
        column.name: reading(column, raw.columns[column.name], raw.header[column.name])
        for column in table.columns.values()
        if column.name in raw.columns
    }
    problems = [
        *raw.problems,
        *_missing_columns(table, raw),
        *_unreadable(con, table, raw, readings),
        *_unknown_commissioners(con, table, raw, readings, geography),
    ]
    if problems:
        return problems, []
    tidy = _tidy_columns(con, table, raw, readings)
    values = {
        name: quote(raw.header[name]) if name in tidy else item.value
        for name, item in readings.items()
    }
    given_count = "count" in values
    values["count"] = f"coalesce({values['count']}, 1)" if given_count else "1::BIGINT"
    typed = f"{table.name}_typed"
    values |= {
        column.name: f"NULL::{sql_type(column)}"
        for column in table.columns.values()
        if column.optional and column.name not in values and _may_be_filled(table, column)
    }
    kept = ", ".join(f"{sql} AS {quote(name)}" for name, sql in values.items())
    # What has to be parsed is parsed once; what lies there typed is read where it lies.
    parsed = [name for name, item in readings.items() if not item.native and name not in tidy]
    con.execute(
        f"CREATE OR REPLACE TEMP {'TABLE' if parsed else 'VIEW'} {quote(typed)} AS "
        f"SELECT {kept} FROM {quote(raw.name)}"
    )
    return [], _mark_identifiers(con, table, raw, typed, given_count)


def _may_be_filled(table: Table, column: Column) -> bool:
    """Whether rules may take a column that was not given for one without values.

    Not those that say how units are placed or counted: there it matters that they are not given.
    """
    return column not in OF_ANY_TABLE and column.name not in (
        table.identifier,
        *table.organisations.values(),
    )


def _missing_columns(table: Table, raw: Stored) -> list[Problem]:
    return [
        Problem(
            raw.place,
            "the column is missing",
            line=1 if raw.unit == "line" else None,
            column=name,
            allowed=f"the columns of {table.family}/{table.name}: {', '.join(table.columns)}",
            nearest=nearest(name, [other for other in raw.columns if other not in table.columns]),
        )
        for name in table.required(set(raw.columns))
        if name not in raw.columns
    ]


def _unreadable(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, readings: dict[str, Reading]
) -> list[Problem]:
    tested = {
        name: item
        for name, item in readings.items()
        if item.unreadable != "false" and not _all_in_list(con, table.columns[name], raw)
    }
    if not tested:
        return []
    (counts,) = con.execute(
        "SELECT "
        + ", ".join(f"count(*) FILTER (WHERE {item.unreadable})" for item in tested.values())
        + f" FROM {quote(raw.name)}"
    ).fetchall()
    problems: list[Problem] = []
    for (name, item), bad in zip(tested.items(), counts, strict=True):
        if bad:
            column = table.columns[name]
            is_list = column.kind == "choice"
            problems += _list_values(
                con,
                column,
                raw,
                quote(raw.header[name]),
                item.unreadable,
                "is not in the list" if is_list else f"is not {column.allowed}",
                column.allowed,
                column.values if is_list else (),
            )
    return problems


def _all_in_list(con: duckdb.DuckDBPyConnection, column: Column, raw: Stored) -> bool:
    """Whether a column has a closed list and holds nothing else; its distinct values tell."""
    if column.kind != "choice" or raw.columns[column.name].upper() != "VARCHAR":
        return False
    values = _distinct(con, raw, quote(raw.header[column.name]))
    allowed = column.spellings
    return values is not None and all(
        value.strip(BLANKS).lower() in ("", *allowed) for value in values
    )


def _list_values(
    con: duckdb.DuckDBPyConnection,
    column: Column,
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
              SELECT {source}, {_ROW} FROM {quote(raw.name)}
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


def _tidy_columns(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, readings: dict[str, Reading]
) -> set[str]:
    """The text columns whose values can be read as they stand, without trimming or case.

    Trimming five million texts costs as much as counting them, so one look decides: at the
    distinct values of a code, at the ends of each identifier.
    """
    blank = "[\\s\\x{00A0}\\x{200B}\\x{FEFF}]"
    tidy = set()
    for name in readings:
        column, source = table.columns[name], quote(raw.header[name])
        if raw.columns[name].upper() != "VARCHAR" or column.kind not in TEXT_KINDS:
            continue
        values = None if column.kind == "identifier" else _distinct(con, raw, source)
        if values is not None:
            is_tidy = all(value and value == canonical(column, value) for value in values)
        else:
            if column.width or column.aliases:
                continue
            untidy = f"{source} = '' OR regexp_matches({source}, '^{blank}|{blank}$')"
            if column.kind != "identifier":
                untidy += (
                    f" OR {source} <> {'lower' if column.kind == 'choice' else 'upper'}({source})"
                )
            ((found,),) = con.execute(
                f"SELECT coalesce(bool_or({untidy}), false) FROM {quote(raw.name)}"
            ).fetchall()
            is_tidy = not found
        if is_tidy:
            tidy.add(name)
    return tidy


def _distinct(con: duckdb.DuckDBPyConnection, raw: Stored, source: str) -> list[str] | None:
    """The distinct values of a column, or None if there are too many to look at one by one."""
    rows = con.execute(
        f"SELECT DISTINCT {source} FROM {quote(raw.name)} "
        f"WHERE {source} IS NOT NULL LIMIT {MOST_DISTINCT_VALUES + 1}"
    ).fetchall()
    return [value for (value,) in rows] if len(rows) <= MOST_DISTINCT_VALUES else None


def _unknown_commissioners(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    readings: dict[str, Reading],
    geography: Geography | None,
) -> list[Problem]:
    """Codes that the given geography does not know, at whatever date."""
    listed = geography.known("ccg") if geography else set()
    if not listed:
        return []
    known = listed | ALWAYS_KNOWN
    noun = "code" if len(listed) == 1 else "codes"
    place = geography.place if geography else ""
    allowed = f"{len(listed):,} {noun} of {place}, {', '.join(sorted(ALWAYS_KNOWN))}"
    problems = []
    for name, item in readings.items():
        if table.columns[name].kind != "commissioner":
            continue
        source = quote(raw.header[name])
        codes = con.execute(
            f"SELECT DISTINCT {item.value} FROM {quote(raw.name)} WHERE {source} IS NOT NULL"
        ).fetchall()
        strange = [code for (code,) in codes if code is not None and code not in known]
        if strange:
            problems += _list_values(
                con,
                table.columns[name],
                raw,
                item.value,
                f"{item.value} IN ({', '.join(literal(code) for code in strange)})",
                f"is not a commissioner that {place} knows",
                allowed,
                tuple(sorted(known)),
            )
    return problems


def _mark_identifiers(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, typed: str, given_count: bool
) -> list[Finding]:
    """Make the view `table.name`, in which each identifier stands once or is marked."""
    view = f"CREATE OR REPLACE TEMP VIEW {quote(table.name)} AS "
    if not table.key or table.key[0] not in raw.columns:
        con.execute(view + f"SELECT *, NULL::VARCHAR AS record_fault FROM {quote(typed)}")
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
        findings += _mark_repeats(con, table, raw, typed, view, marked)
    about = RECORD_FAULTS[IDENTIFIER_MISSING]
    return findings + find(con, table, raw, typed, {IDENTIFIER_MISSING: (missing, about, ())})


def _key(table: Table) -> tuple[str, str]:
    """The identifying columns as SQL, and that none of them is missing."""
    columns = [quote(name) for name in table.key]
    return ", ".join(columns), " AND ".join(f"{column} IS NOT NULL" for column in columns)


def _mark_repeats(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, typed: str, view: str, marked: str
) -> list[Finding]:
    """Repeated identifiers: agreeing rows stand once, disagreeing ones are marked, all listed."""
    ident, known = _key(table)
    name = quote(f"{table.name}_repeats")
    compared = ", ".join(quote(column) for column in table.columns if column in raw.columns)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT *,
              row_number() OVER (PARTITION BY {ident}) AS occurrence,
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
        f"AS nth FROM (SELECT {ident}, {_ROW} FROM {quote(typed)}) "
        f"JOIN (SELECT DISTINCT {ident}, versions FROM {name} WHERE occurrences > 1) "
        f"USING ({ident})"
    )
    faults: Faults = {
        REPEATED: ("versions = 1 AND nth > 1", RECORD_FAULTS[REPEATED], ()),
        IDENTIFIER_DISAGREES: ("versions > 1", RECORD_FAULTS[IDENTIFIER_DISAGREES], ()),
    }
    return _first_of_each(con, table, raw, f"({places})", faults)


def find(
    con: duckdb.DuckDBPyConnection,
    table: Table,
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
    placed = f"(SELECT *, {_ROW} FROM {quote(relation)})"
    return _first_of_each(con, table, raw, placed, present) if present else []


def _first_of_each(
    con: duckdb.DuckDBPyConnection,
    table: Table,
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
            findings.append(_finding(table, raw, fault, total, first, about, lines))
    return findings


def _finding(
    table: Table,
    raw: Stored,
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
