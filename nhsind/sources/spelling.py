"""What spreadsheets, pandas and word processors do to values on their way into a table, undone.

Excel's signs around a code are taken off and said; whole numbers that blanks turned into 1.0 are
whole numbers again; an optional identifier without any value is no identifier. Signs that nobody
sees, or that only look like a letter, are refused by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import BLANKS, Column, RecordTable
from nhsind.errors import Problem
from nhsind.sources.findings import MOST_ROWS_LISTED, SQL_ROW, UNWRAPPED, Finding
from nhsind.sources.stored import Stored
from nhsind.sources.wrong_values import list_values

TEXT_KINDS = ("identifier", "code", "commissioner", "choice")
CODE_KINDS = ("code", "commissioner", "choice")
# ="00A" keeps a spreadsheet from taking a code for a number, and so does an apostrophe before it.
WRAPPED = re.compile(r"""="([^"]*)"|'([^']*)'?""")
SQL_FORMULA, SQL_APOSTROPHE = literal('^="([^"]*)"$'), literal("^'([^']*)'?$")
BECAME_A_FRACTION, FRACTION = re.compile(r"\d+\.0+"), re.compile(r"\d*\.\d*[1-9]\d*")
# What a value must hold for any of this to be looked at.
SQL_ODD = literal(r"""^\s*[='"]|[^ -~]|\.0+\s*$""")

Undone = tuple[Stored, list[Problem], list[Finding]]


def undo(con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored) -> Undone:
    """The stored table with its values as they were meant, what is wrong, and what was undone."""
    raw = _without_blank_identifier(con, table, raw)
    problems: list[Problem] = []
    findings: list[Finding] = []
    instead: dict[str, tuple[str, str]] = {}
    for column in table.columns.values():
        if column.name not in raw.columns:
            continue
        stored = raw.columns[column.name].upper()
        if column.kind in (*TEXT_KINDS, "boolean") and stored.startswith(("DEC", "DOU", "FLO")):
            wrong = _with_fraction(con, column, raw)
            problems += wrong
            name = quote(raw.header[column.name])
            number = f"{name}::VARCHAR" if wrong else f"{name}::DECIMAL(38, 0)::VARCHAR"
            instead[column.name] = (number, "VARCHAR")
        elif column.kind in TEXT_KINDS and stored == "VARCHAR":
            odd = _odd_values(con, column, raw)
            if column.kind in CODE_KINDS:
                problems += _strange_signs(con, column, raw, odd)
            text, found = _as_meant(con, column, raw, odd)
            findings += found
            if text is not None:
                instead[column.name] = (text, "VARCHAR")
    return replaced(con, raw, instead), problems, findings


def replaced(
    con: duckdb.DuckDBPyConnection, raw: Stored, instead: dict[str, tuple[str, str]]
) -> Stored:
    """The table with some columns read by other SQL; `instead`: SQL and its type by column."""
    if not instead:
        return raw
    name = f"{raw.name}_undone"
    columns = ", ".join(f"{sql} AS {quote(raw.header[key])}" for key, (sql, _) in instead.items())
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quote(name)} AS "
        f"SELECT * REPLACE ({columns}) FROM {quote(raw.name)}"
    )
    types = {key: kind for key, (_, kind) in instead.items()}
    return replace(raw, name=name, columns=raw.columns | types, seen={})


def _without_blank_identifier(
    con: duckdb.DuckDBPyConnection, table: RecordTable, raw: Stored
) -> Stored:
    name = table.identifier
    if name is None or name not in raw.columns or not table.columns[name].optional:
        return raw
    there = f"nullif(trim({quote(raw.header[name])}::VARCHAR, {literal(BLANKS)}), '') IS NOT NULL"
    if con.execute(f"SELECT 1 FROM {quote(raw.name)} WHERE {there} LIMIT 1").fetchone():
        return raw
    return replace(raw, columns={key: raw.columns[key] for key in raw.columns if key != name})


def _with_fraction(con: duckdb.DuckDBPyConnection, column: Column, raw: Stored) -> list[Problem]:
    """Numbers that are no whole ones stand where a code belongs."""
    name = quote(raw.header[column.name])
    wrong = f"NOT isfinite({name}::DOUBLE) OR {name} <> floor({name})"
    message = "is no whole number, so it is no code"
    return list_values(
        con, column, raw=raw, value=name, condition=wrong, message=message, allowed=column.allowed
    )


def _odd_values(con: duckdb.DuckDBPyConnection, column: Column, raw: Stored) -> list[str]:
    """The distinct values of a column that may need undoing."""
    values = None if column.kind == "identifier" else raw.distinct(con, column.name)
    if values is not None:
        return [value for value in values if _is_odd(value)]
    name = quote(raw.header[column.name])
    if column.kind == "identifier":
        # Signs within identifiers are let be: a look at both ends is cheap.
        ends = f"left({name}, 1) IN ('=', '''') OR suffix({name}, '.0')"
        rows = con.execute(f"SELECT {name} FROM {quote(raw.name)} WHERE {ends} LIMIT 1")
    else:
        found = f"regexp_matches({name}, {SQL_ODD})"
        rows = con.execute(f"SELECT DISTINCT {name} FROM {quote(raw.name)} WHERE {found}")
    return [value for (value,) in rows.fetchall()]


def _is_odd(value: str) -> bool:
    tidy = value.strip(BLANKS)
    return (
        tidy[:1] in ("=", "'")
        or tidy.endswith(".0")
        or not tidy.isascii()
        or (not tidy.isprintable())
    )


def _as_meant(
    con: duckdb.DuckDBPyConnection, column: Column, raw: Stored, odd: list[str]
) -> tuple[str | None, list[Finding]]:
    """SQL for a text column without Excel's signs and without the .0 of whole numbers."""
    name = quote(raw.header[column.name])
    tidy = f"trim({name}, {literal(BLANKS)})"
    texts = [value.strip(BLANKS) for value in odd]
    if any(WRAPPED.fullmatch(text) for text in texts):
        bare = f"regexp_replace({tidy}, {SQL_FORMULA}, '\\1')"
        bare = f"regexp_replace({bare}, {SQL_APOSTROPHE}, '\\1')"
        about = (
            f'{column.name} is protected as in a spreadsheet, by ="" or an apostrophe: '
            "read without these signs"
        )
        found = _finding(con, raw, fault=UNWRAPPED, about=about, condition=f"{bare} <> {tidy}")
        return bare, found
    if any(BECAME_A_FRACTION.fullmatch(text) for text in texts):
        fraction = f"regexp_full_match({tidy}, {literal(FRACTION.pattern)})"
        where = f"SELECT 1 FROM {quote(raw.name)} WHERE {fraction} LIMIT 1"
        if not con.execute(where).fetchone():
            return f"regexp_replace({tidy}, '^(\\d+)\\.0+$', '\\1')", []
    return None, []


def _finding(
    con: duckdb.DuckDBPyConnection, raw: Stored, *, fault: str, about: str, condition: str
) -> list[Finding]:
    ((rows, first),) = con.execute(
        f"""SELECT count(*), min(nhsind_row, {MOST_ROWS_LISTED})
            FROM (SELECT *, {SQL_ROW} FROM {quote(raw.name)}) WHERE {condition}"""
    ).fetchall()
    lines = raw.lines(first or [])
    places = tuple(f"{raw.unit} {lines.get(row)}" for row in first or [])
    return [Finding(raw.place, fault, about, (), rows, places, False)] if rows else []


def _strange_signs(
    con: duckdb.DuckDBPyConnection, column: Column, raw: Stored, odd: list[str]
) -> list[Problem]:
    strange = [value for value in odd if any(True for _ in strange_signs(column, value))]
    if not strange:
        return []
    name = quote(raw.header[column.name])
    problems = []
    for value in strange:
        signs = ", ".join(dict.fromkeys(strange_signs(column, value)))
        message = f"holds a sign that is not what it looks like: {signs}"
        same = f"{name} = {literal(value)}"
        problems += list_values(
            con,
            column,
            raw=raw,
            value=name,
            condition=same,
            message=message,
            allowed="letters and digits",
        )
    return problems


def strange_signs(column: Column, value: str) -> Iterator[str]:
    """The names of the signs in a code that cannot be seen, or look like others."""
    for sign in value.strip(BLANKS):
        if " " <= sign <= "~":
            continue
        category = unicodedata.category(sign)
        is_invisible = category in ("Cc", "Cf", "Zl", "Zp", "Zs")
        looks_like = unicodedata.normalize("NFKC", sign)
        if is_invisible or looks_like.isascii() or column.kind == "commissioner":
            name = unicodedata.name(sign, "a control sign").lower()
            yield f"{name} (U+{ord(sign):04X})"
