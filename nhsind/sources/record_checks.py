"""The checks of a family's record tables: each table's own, its faults, which table lists which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import duckdb
import narwhals.stable.v2 as nw

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import Column
from nhsind.errors import InputError, Problem
from nhsind.geography import Geography
from nhsind.sources.checking import as_meant, check_table
from nhsind.sources.findings import Finding, find
from nhsind.sources.slips import disagreeing, seen_once
from nhsind.sources.stored import Stored


def check_tables(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    *,
    raws: dict[str, Stored],
    geography: Geography | None,
    problems: list[Problem],
    level: str | None,
    also: Collection[str] = (),
) -> list[Finding]:
    """Check and type the tables of a family, and find the records that some lines leave out.

    Makes, for each, the view of its name and `NAME_faults` with a column per fault. `also`: columns
    of the user's own to carry along. Raises InputError with `problems` and every problem of every
    table.
    """
    findings: list[Finding] = []
    for name, raw in list(raws.items()):
        table = family.tables[name]
        raw, undone = as_meant(con, table, raw)
        raws[name] = raw
        found, marked = check_table(con, table, raw, geography, also)
        findings += undone
        problems += found
        findings += [replace(item, lines=family.lines_of(name)) for item in marked]
        if not found:
            findings += _rule_findings(family, con, name=name, raw=raw, level=level)
            findings += [] if geography else seen_once(con, table, raw)
            findings += disagreeing(con, table, raw)
    if problems:
        raise InputError(problems)
    for name, raw in raws.items():
        findings += _unlisted(family, con, name=name, raw=raw, raws=raws)
    return findings


def _unlisted(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    *,
    name: str,
    raw: Stored,
    raws: Mapping[str, Stored],
) -> list[Finding]:
    """The records that belong to an identifier which its own table does not have."""
    table = family.tables[name]
    conditions = {}
    for column in table.columns.values():
        there = column.listed_in
        identifier = family.tables[there].identifier if there else None
        if not identifier or column.name not in raw.columns or there not in raws:
            continue
        if identifier not in raws[there].columns:
            continue
        listed = f"SELECT {quote(identifier)} FROM {quote(there)} WHERE {quote(identifier)} NOTNULL"
        conditions[f"{column.name}_not_listed"] = (
            f"{quote(column.name)} NOT IN ({listed})",
            f"{column.name} is not in the table {there}, so the record belongs to nobody",
            family.lines_of(name),
        )
    return find(con, table, raw=raw, relation=f"{name}_typed", faults=conditions)


def _rule_findings(
    family: Family, con: duckdb.DuckDBPyConnection, *, name: str, raw: Stored, level: str | None
) -> list[Finding]:
    """The findings of the family's own faults and of missing organisations."""
    table = family.tables[name]
    faults = {key: rule for key, rule in family.faults.items() if rule.table == name}
    lines = {
        key: tuple(code for code, line in family.indicators.items() if key in line.faults)
        for key in faults
    }
    flagged = nw.from_native(con.table(f"{name}_typed")).lazy()
    if faults:
        flagged = flagged.with_columns(**{key: rule() for key, rule in faults.items()})
    view = f"{name}_faults"
    flagged.to_native().create_view(view, replace=True)
    conditions = {
        key: (_may_count(raw, quote(key), lines[key]), rule.says, lines[key])
        for key, rule in faults.items()
    }
    listed = [c for c in table.columns.values() if c.known and c.name in raw.columns]
    findings = find(
        con,
        table,
        raw=raw,
        relation=view,
        faults={c.name: _not_listed(c, family, name) for c in listed},
    )
    places = table.organisations
    base = level if level in ("ccg", "provider") else family.record_level
    column = places.get(base) if places.get(base) in raw.columns else places.get("provider")
    if column in raw.columns:
        conditions["organisation_missing"] = (
            f"{quote(column)} IS NULL",
            f"{column} is missing",
            family.lines_of(name),
        )
    return find(con, table, raw=raw, relation=view, faults=conditions) + [
        replace(item, left_out=False, fault="code_not_listed") for item in findings
    ]


def _not_listed(column: Column, family: Family, table: str) -> tuple[str, str, tuple[str, ...]]:
    """Codes outside an open list: kept, judged as none of those listed, and counted."""
    known = ", ".join(literal(code) for code in column.known)
    about = f"{column.name} holds a code that is not in its list: kept, and counts as none of those"
    return f"{quote(column.name)} NOT IN ({known})", about, family.lines_of(table)


def _may_count(raw: Stored, condition: str, lines: tuple[str, ...]) -> str:
    """A fault of a row that counts for one line only matters if that line leaves it out."""
    if "counts_for" not in raw.columns:
        return condition
    codes = ", ".join(literal(code.upper()) for code in lines)
    return f"{condition} AND (counts_for IS NULL OR counts_for IN ({codes}))"
