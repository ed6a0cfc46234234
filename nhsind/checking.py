"""Checks a record table and types it: everything that cannot be read is named at once.

What cannot be read (a missing column, a text where a date belongs, a code outside its closed
list, an unknown commissioner) becomes a `Problem`. A record that reads but cannot be true is
kept, marked, and becomes a `Finding`: the lines that need it leave it out and count it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from nhsind.errors import Problem, nearest
from nhsind.geography import ALWAYS_KNOWN, Geography
from nhsind.schema import BLANKS, Column, Reading, Table, literal, quote, reading

# More distinct wrong values than this in one column are counted, not listed.
MOST_VALUES_LISTED = 20
MOST_ROWS_LISTED = 5

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


@dataclass(frozen=True)
class Stored:
    """A table as it lies in the connection before checking: its columns, and what a row is."""

    name: str
    place: str
    columns: dict[str, str]
    header: dict[str, str]
    unit: str = "line"
    first_row: int = 2


def stored(con: duckdb.DuckDBPyConnection, name: str, place: str, unit: str = "line") -> Stored:
    """Describe a table or view of the connection; column names are compared trimmed, lower case."""
    rows = con.execute(f"DESCRIBE {quote(name)}").fetchall()
    columns = {str(row[0]).strip(BLANKS).lower(): str(row[1]) for row in rows}
    header = {str(row[0]).strip(BLANKS).lower(): str(row[0]) for row in rows}
    return Stored(name, place, columns, header, unit, 2 if unit == "line" else 1)


def check_table(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, geography: Geography | None
) -> tuple[list[Problem], list[Finding]]:
    """Check `raw` and make the view `table.name`: typed columns, `count` and `record_fault`."""
    problems = _missing_columns(table, raw)
    readings = {
        column.name: reading(column, raw.columns[column.name], raw.header[column.name])
        for column in table.columns.values()
        if column.name in raw.columns
    }
    problems += _unreadable(con, table, raw, readings)
    if problems:
        return problems, []
    values = _cheapest(con, table, raw, readings)
    typed = f"{table.name}_typed"
    kept = [f"{sql} AS {quote(name)}" for name, sql in values.items()]
    if "count" not in values:
        kept.append("1::BIGINT AS count")
    else:
        kept[list(values).index("count")] = f"coalesce({values['count']}, 1) AS count"
    # Columns the family does not know are carried only by name, for `trace`; none is needed.
    for name in ("counts_for", "counts_in", "source_row"):
        if name in raw.columns:
            kept.append(f"{quote(raw.header[name])} AS {name}")
    native = all(item.native for item in readings.values())
    kind = "VIEW" if native else "TABLE"
    con.execute(
        f"CREATE OR REPLACE TEMP {kind} {quote(typed)} AS SELECT {', '.join(kept)} "
        f"FROM {quote(raw.name)}"
    )
    problems += _unknown_commissioners(con, table, raw, typed, geography)
    if problems:
        return problems, []
    return [], _mark_identifiers(con, table, raw, typed, given_count="count" in values)


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
    tested = {name: item for name, item in readings.items() if item.unreadable != "false"}
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
            problems += _list_values(con, table.columns[name], raw, item.unreadable)
    return problems


def _list_values(
    con: duckdb.DuckDBPyConnection, column: Column, raw: Stored, condition: str
) -> list[Problem]:
    """One problem per distinct wrong value, with its first line and how many rows have it."""
    source = quote(raw.header[column.name])
    rows = con.execute(
        f"""SELECT {source}::VARCHAR, min(place), count(*) FROM (
              SELECT *, row_number() OVER () + {raw.first_row - 1} AS place FROM {quote(raw.name)}
            ) WHERE {condition} GROUP BY 1 ORDER BY 2"""
    ).fetchall()
    listed = [
        Problem(
            raw.place,
            f"is not {column.allowed}" if column.kind != "choice" else "is not in the list",
            line=line,
            column=column.name,
            value=value,
            allowed=column.allowed,
            nearest=nearest(value, column.values) if column.kind == "choice" else None,
            rows=affected,
            unit=raw.unit,
        )
        for value, line, affected in rows[:MOST_VALUES_LISTED]
    ]
    rest = rows[MOST_VALUES_LISTED:]
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


def _cheapest(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, readings: dict[str, Reading]
) -> dict[str, str]:
    """The SQL of each value; text that is already clean is read as it stands.

    Trimming five million identifiers costs as much as counting them, so one look decides.
    """
    blank = "[\\s\\x{00A0}\\x{200B}\\x{FEFF}]"
    tests: dict[str, str] = {}
    for name in readings:
        source = quote(raw.header[name])
        if raw.columns[name].upper() != "VARCHAR":
            continue
        untidy = f"{source} = '' OR regexp_matches({source}, '^{blank}|{blank}$')"
        if table.columns[name].kind in ("code", "commissioner"):
            tests[name] = f"{untidy} OR {source} <> upper({source})"
        elif table.columns[name].kind == "identifier":
            tests[name] = untidy
        elif table.columns[name].kind == "choice":
            tests[name] = f"{untidy} OR {source} <> lower({source})"
    values = {name: item.value for name, item in readings.items()}
    if tests:
        (found,) = con.execute(
            "SELECT "
            + ", ".join(f"coalesce(bool_or({test}), false)" for test in tests.values())
            + f" FROM {quote(raw.name)}"
        ).fetchall()
        for name, is_untidy in zip(tests, found, strict=True):
            if not is_untidy:
                values[name] = quote(raw.header[name])
    return values


def _unknown_commissioners(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    typed: str,
    geography: Geography | None,
) -> list[Problem]:
    known = (geography.known("ccg") if geography else set()) | ALWAYS_KNOWN
    if geography is None or not geography.known("ccg"):
        return []
    problems = []
    for column in table.columns.values():
        if column.kind != "commissioner" or column.name not in raw.columns:
            continue
        codes = con.execute(
            f"SELECT DISTINCT {quote(column.name)} FROM {quote(typed)} "
            f"WHERE {quote(column.name)} IS NOT NULL"
        ).fetchall()
        strange = sorted(code for (code,) in codes if code not in known)
        if not strange:
            continue
        listed = ", ".join(literal(code) for code in strange)
        rows = con.execute(
            f"""SELECT {quote(column.name)}, min(place), count(*) FROM (
                  SELECT *, row_number() OVER () + {raw.first_row - 1} AS place
                  FROM {quote(typed)}
                ) WHERE {quote(column.name)} IN ({listed}) GROUP BY 1 ORDER BY 2"""
        ).fetchall()
        problems += [
            Problem(
                raw.place,
                "is not a commissioner that geography.csv knows",
                line=line,
                column=column.name,
                value=code,
                allowed=f"{len(known) - len(ALWAYS_KNOWN):,} codes of geography.csv, "
                + ", ".join(sorted(ALWAYS_KNOWN)),
                nearest=nearest(code, sorted(known)),
                rows=affected,
                unit=raw.unit,
            )
            for code, line, affected in rows
        ]
    return problems


def _mark_identifiers(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, typed: str, given_count: bool
) -> list[Finding]:
    """Make the view `table.name`, in which each identifier stands once or is marked."""
    view = f"CREATE OR REPLACE TEMP VIEW {quote(table.name)} AS "
    if table.identifier is None or table.identifier not in raw.columns:
        con.execute(view + f"SELECT *, NULL::VARCHAR AS record_fault FROM {quote(typed)}")
        return []
    ident = quote(table.identifier)
    # Hashes are a third cheaper to group than texts; a collision only costs a second look.
    repeats = con.sql(
        f"SELECT hash({ident}) FROM {quote(typed)} WHERE {ident} IS NOT NULL "
        "GROUP BY 1 HAVING count(*) > 1"
    ).to_arrow_table()
    missing_is_fault = f"{ident} IS NULL"
    if given_count:
        missing_is_fault = "false"
    single = (
        f"SELECT *, CASE WHEN {missing_is_fault} THEN '{IDENTIFIER_MISSING}' END AS record_fault "
        f"FROM {quote(typed)}"
    )
    findings: list[Finding] = []
    if repeats.num_rows == 0:
        con.execute(view + single)
    else:
        findings += _mark_repeats(con, table, raw, typed, repeats, view, single)
    if not given_count:
        findings += finding_of(con, table, raw, typed, f"{ident} IS NULL", IDENTIFIER_MISSING)
    return findings


def _mark_repeats(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    typed: str,
    repeats: Any,
    view: str,
    single: str,
) -> list[Finding]:
    ident = quote(table.identifier or "")
    name = quote(f"{table.name}_repeats")
    compared = ", ".join(quote(column) for column in table.columns if column in raw.columns)
    con.register("repeated_hashes", repeats)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
            WITH suspects AS (
              SELECT *, row_number() OVER () + {raw.first_row - 1} AS place FROM {quote(typed)}
            )
            SELECT *,
              row_number() OVER (PARTITION BY {ident} ORDER BY place) AS occurrence,
              count(*) OVER (PARTITION BY {ident}) AS occurrences,
              count(DISTINCT row({compared})) OVER (PARTITION BY {ident}) AS versions
            FROM suspects WHERE hash({ident}) IN (FROM repeated_hashes)"""
    )
    con.unregister("repeated_hashes")
    dropped = "place, occurrence, occurrences, versions"
    disagree = f"CASE WHEN versions > 1 THEN '{IDENTIFIER_DISAGREES}' END AS record_fault"
    con.execute(
        view
        + f"""SELECT * FROM ({single}) WHERE {ident} IS NULL
                OR {ident} NOT IN (SELECT {ident} FROM {name})
              UNION ALL BY NAME
              SELECT * EXCLUDE ({dropped}), {disagree}
              FROM {name} WHERE versions > 1 OR occurrence = 1"""
    )
    findings = []
    for fault, condition in (
        (REPEATED, "versions = 1 AND occurrence > 1"),
        (IDENTIFIER_DISAGREES, "versions > 1"),
    ):
        rows = con.execute(
            f"SELECT place, {ident} FROM {name} WHERE {condition} ORDER BY place"
        ).fetchall()
        if rows:
            findings.append(_finding(table, raw, fault, len(rows), rows[:MOST_ROWS_LISTED]))
    return findings


def finding_of(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    relation: str,
    condition: str,
    fault: str,
    about: str | None = None,
    lines: tuple[str, ...] = (),
) -> list[Finding]:
    """The finding for the rows of `relation` that fulfil an SQL condition; none if no row does."""
    ((total,),) = con.execute(
        f"SELECT count(*) FROM {quote(relation)} WHERE {condition}"
    ).fetchall()
    if not total:
        return []
    ident = quote(table.identifier) if table.identifier in raw.columns else "NULL"
    rows = con.execute(
        f"""SELECT place, {ident} FROM (
              SELECT *, row_number() OVER () + {raw.first_row - 1} AS place FROM {quote(relation)}
            ) WHERE {condition} ORDER BY place LIMIT {MOST_ROWS_LISTED}"""
    ).fetchall()
    return [_finding(table, raw, fault, total, rows, about, lines)]


def _finding(
    table: Table,
    raw: Stored,
    fault: str,
    count: int,
    rows: list[Any],
    about: str | None = None,
    lines: tuple[str, ...] = (),
) -> Finding:
    places = tuple(
        f"{raw.unit} {place}" + (f" ({table.identifier} {ident})" if ident else "")
        for place, ident in rows
    )
    return Finding(
        table=raw.place,
        fault=fault,
        about=about or RECORD_FAULTS[fault],
        lines=lines,
        rows=count,
        places=places,
        left_out=fault != REPEATED,
    )
