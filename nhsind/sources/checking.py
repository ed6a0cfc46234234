"""Checks a record table and types it: everything that cannot be read is named at once.

What cannot be read (a missing column, a text where a date belongs, a code outside its closed
list, an unknown commissioner) becomes a `Problem`. A record that reads but cannot be true is
kept, marked, and becomes a `Finding`: the lines that need it leave it out and count it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import duckdb

from nhsind.definitions.column_sql import (
    ColumnReading,
    carried_text,
    literal,
    quote,
    reading,
    sql_type,
)
from nhsind.definitions.record_tables import (
    BLANKS,
    OF_ANY_TABLE,
    Column,
    RecordTable,
    canonical,
    carried,
)
from nhsind.engines.embedded import NUMBERED, numbered_rows
from nhsind.engines.place import ROW
from nhsind.errors import Problem
from nhsind.geography import ALWAYS_KNOWN, Geography
from nhsind.sources.arrow_tables import instant_of
from nhsind.sources.clocks import on_one_clock
from nhsind.sources.findings import SQL_ROW, Finding
from nhsind.sources.hints import likeliest, written_otherwise
from nhsind.sources.mapping_advice import for_a_column
from nhsind.sources.record_checks import Typed, Typing
from nhsind.sources.spelling import TEXT_KINDS, undo
from nhsind.sources.stored import Stored
from nhsind.sources.wrong_values import list_values


def as_meant(
    con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored
) -> tuple[Stored, list[Finding]]:
    """The stored table with its values as they were meant, and what had to be undone for it.

    What cannot be made out is added to the table's problems.
    """
    plain, strange, findings = undo(con, table, raw)
    plain, mixed = on_one_clock(con, table, plain)
    wrong = [*strange, *mixed]
    times = [column.name for column in table.columns.values() if column.kind == "timestamp"]
    refused = frozenset(problem.column for problem in wrong if problem.column)
    refused |= frozenset(times if mixed else ()) | raw.refused
    return replace(plain, problems=(*raw.problems, *wrong), refused=refused), findings


def typed_by(con: duckdb.DuckDBPyConnection) -> Typing:
    """How tables of the embedded DuckDB are typed; see `type_stored`."""

    def typing(
        table: RecordTable, raw: Stored, geography: Geography | None, also: Collection[str]
    ) -> Typed:
        return type_stored(con, table, raw=raw, geography=geography, also=also)

    return typing


def type_stored(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    geography: Geography | None,
    also: Collection[str] = (),
) -> Typed:
    """Check what `raw` holds and make `NAME_typed` of it: typed columns and `count`.

    Columns that the family does not read are ignored, but for those of `also`, which are carried
    along as text; optional ones that are not given are empty.
    """
    raw, findings = as_meant(con, table, raw)
    readings = {
        column.name: reading(column, raw.columns[column.name], raw.header[column.name])
        for column in table.columns.values()
        if column.name in raw.columns and column.name not in raw.refused
    }
    problems = [
        *raw.problems,
        *missing_columns(table, raw),
        *_unreadable(con, table, raw, readings),
        *_unknown_commissioners(con, table, raw=raw, readings=readings, geography=geography),
    ]
    if problems:
        return Typed(raw, problems, findings)
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
        if column.optional and column.name not in values and may_be_filled(table, column)
    }
    own = {
        carried(name): carried_text(raw.header[name], raw.columns[name])
        for name in also
        if name in raw.columns and name not in table.columns
    }
    values |= own
    kept = ", ".join(f"{sql} AS {quote(name)}" for name, sql in values.items())
    # What has to be parsed is parsed once; what lies there typed is read where it lies.
    parsed = [name for name, item in readings.items() if not item.native and name not in tidy]
    con.execute(
        f"CREATE OR REPLACE TEMP {'TABLE' if parsed else 'VIEW'} {quote(typed)} AS "
        f"SELECT {kept} FROM {quote(raw.name)}"
    )
    if not parsed:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote(typed + NUMBERED)} AS "
            f"SELECT {kept}, {ROW} FROM ({numbered_rows(con, raw.name)})"
        )
    return Typed(raw, [], findings, given_count, own)


def may_be_filled(table: RecordTable, column: Column) -> bool:
    """Whether rules may take a column that was not given for one without values.

    Not those that say how units are placed or counted: there it matters that they are not given.
    """
    return column not in OF_ANY_TABLE and column.name not in (
        table.identifier,
        *table.organisations.values(),
    )


def missing_columns(table: RecordTable, raw: Stored) -> list[Problem]:
    """The columns that must be there and are not, each with what may stand for it."""
    return [
        Problem(
            raw.place,
            "the column is missing",
            line=1 if raw.unit == "line" else None,
            column=name,
            allowed=f"the columns of {table.family}/{table.name}: {', '.join(table.columns)}",
            nearest='" or "'.join(likeliest(name, _unread(table, raw))) or None,
            advice=for_a_column(table, raw.place, raw.mapping),
        )
        for name in table.required(set(raw.columns))
        if name not in raw.columns
    ]


def _unread(table: RecordTable, raw: Stored) -> list[str]:
    """The columns that the table has and the family does not read."""
    others = [name for name in raw.columns if name not in table.columns]
    instants = {instant_of(column) for column in raw.columns}
    return [raw.header[name].strip(BLANKS) for name in others if name not in instants]


def _unreadable(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    raw: Stored,
    readings: dict[str, ColumnReading],
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
            otherwise = _all_written_otherwise(
                con, column, raw=raw, unreadable=item.unreadable, bad=bad
            )
            problems += otherwise or list_values(
                con,
                column,
                raw=raw,
                value=quote(raw.header[name]),
                condition=item.unreadable,
                message="is not in the list" if is_list else f"is not {column.allowed}",
                allowed=column.allowed,
                near=column.values if is_list else (),
            )
    return problems


def _all_written_otherwise(
    con: duckdb.DuckDBPyConnection, column: Column, *, raw: Stored, unreadable: str, bad: int
) -> list[Problem]:
    """One problem instead of many where all dates of a column are written in another order."""
    if column.kind not in ("date", "timestamp") or raw.columns[column.name].upper() != "VARCHAR":
        return []
    values = raw.distinct(con, column.name)
    present = [value for value in values or [] if value.strip(BLANKS)]
    message = written_otherwise(present)
    if message is None:
        return []
    name = quote(raw.header[column.name])
    ((row, first),) = con.execute(
        f"""SELECT min(nhsind_row), arg_min({name}, nhsind_row) FROM (
              SELECT {name}, {SQL_ROW} FROM {quote(raw.name)}) WHERE {unreadable}"""
    ).fetchall()
    line = raw.lines([row])[row]
    return [
        Problem(
            raw.place, message, line, column.name, first, column.allowed, rows=bad, unit=raw.unit
        )
    ]


def _all_in_list(con: duckdb.DuckDBPyConnection, column: Column, raw: Stored) -> bool:
    """Whether a column has a closed list and holds nothing else; its distinct values tell."""
    if column.kind != "choice" or raw.columns[column.name].upper() != "VARCHAR":
        return False
    values = raw.distinct(con, column.name)
    allowed = column.spellings
    return values is not None and all(
        value.strip(BLANKS).lower() in ("", *allowed) for value in values
    )


def _tidy_columns(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    raw: Stored,
    readings: dict[str, ColumnReading],
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
        values = None if column.kind == "identifier" else raw.distinct(con, name)
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


def _unknown_commissioners(
    con: duckdb.DuckDBPyConnection,
    table: RecordTable,
    *,
    raw: Stored,
    readings: dict[str, ColumnReading],
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
            problems += list_values(
                con,
                table.columns[name],
                raw=raw,
                value=item.value,
                condition=f"{item.value} IN ({', '.join(literal(code) for code in strange)})",
                message=f"is not a commissioner that {place} knows",
                allowed=allowed,
                near=tuple(sorted(known)),
            )
    return problems
