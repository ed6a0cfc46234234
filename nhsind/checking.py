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

# Codes have few distinct values; with more than this a column is tested in the database.
MOST_DISTINCT_VALUES = 20_000
# By name: the SQL condition, what it means in words, the lines that leave such rows out.
Faults = dict[str, tuple[str, str, tuple[str, ...]]]
TEXT_KINDS = ("identifier", "code", "commissioner", "choice")

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
    tidy = _tidy_columns(con, table, raw, readings)
    values = {
        name: quote(raw.header[name]) if name in tidy else item.value
        for name, item in readings.items()
    }
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
    # What has to be parsed is parsed once; what lies there typed is read where it lies.
    parsed = [name for name, item in readings.items() if not item.native and name not in tidy]
    kind = "TABLE" if parsed else "VIEW"
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
            problems += _list_values(con, table.columns[name], raw, item.unreadable)
    return problems


def _all_in_list(con: duckdb.DuckDBPyConnection, column: Column, raw: Stored) -> bool:
    """Whether a column has a closed list and holds nothing else; its distinct values tell."""
    if column.kind != "choice" or raw.columns[column.name].upper() != "VARCHAR":
        return False
    values = _distinct(con, raw, quote(raw.header[column.name]))
    return values is not None and all(
        value.strip(BLANKS).lower() in ("", *column.values) for value in values
    )


def _list_values(
    con: duckdb.DuckDBPyConnection, column: Column, raw: Stored, condition: str
) -> list[Problem]:
    """One problem per distinct wrong value, with its first line and how many rows have it."""
    source = quote(raw.header[column.name])
    rows = con.execute(
        f"""SELECT {source}::VARCHAR, min(place), count(*) FROM (
              SELECT *, {_place(raw)} FROM {quote(raw.name)}
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
            is_tidy = all(
                value and value == _in_case(column, value.strip(BLANKS)) for value in values
            )
        else:
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


def _in_case(column: Column, text: str) -> str:
    """Codes are compared in upper case, words of a closed list in lower case."""
    return text.lower() if column.kind == "choice" else text.upper()


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
                  SELECT *, {_place(raw)} FROM {quote(typed)}
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
    # A row that gives its count stands for many units, and needs no identifier.
    missing = "false" if given_count else f"{ident} IS NULL"
    marked = (
        f"SELECT *, CASE WHEN {missing} THEN '{IDENTIFIER_MISSING}' END AS record_fault "
        f"FROM {quote(typed)}"
    )
    # Hashes are a third cheaper to group than texts; a collision only costs a second look.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated_hashes AS SELECT hash({ident}) AS hashed "
        f"FROM {quote(typed)} WHERE {ident} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    ((repeats,),) = con.execute("SELECT count(*) FROM repeated_hashes").fetchall()
    findings: list[Finding] = []
    if repeats == 0:
        con.execute(view + marked)
    else:
        findings += _mark_repeats(con, table, raw, typed, view, marked)
    about = RECORD_FAULTS[IDENTIFIER_MISSING]
    return findings + find(con, table, raw, typed, {IDENTIFIER_MISSING: (missing, about, ())})


def _mark_repeats(
    con: duckdb.DuckDBPyConnection, table: Table, raw: Stored, typed: str, view: str, marked: str
) -> list[Finding]:
    """Repeated identifiers: agreeing rows stand once, disagreeing ones are marked, all listed."""
    ident = quote(table.identifier or "")
    name = quote(f"{table.name}_repeats")
    compared = ", ".join(quote(column) for column in table.columns if column in raw.columns)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT *,
              row_number() OVER (PARTITION BY {ident}) AS occurrence,
              count(*) OVER (PARTITION BY {ident}) AS occurrences,
              count(DISTINCT row({compared})) OVER (PARTITION BY {ident}) AS versions
            FROM {quote(typed)} WHERE hash({ident}) IN (FROM repeated_hashes)"""
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
        f"SELECT place, {ident}, versions, row_number() OVER (PARTITION BY {ident} ORDER BY place) "
        f"AS nth FROM (SELECT {ident}, {_place(raw)} FROM {quote(typed)}) "
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
    placed = f"(SELECT *, {_place(raw)} FROM {quote(relation)})"
    return _first_of_each(con, table, raw, placed, present) if present else []


def _first_of_each(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Stored,
    placed: str,
    faults: Faults,
) -> list[Finding]:
    """The findings of a relation that has the column `place`, each with its first few rows."""
    ident = quote(table.identifier) if table.identifier in raw.columns else "NULL"
    wanted = []
    for sql, _, _ in faults.values():
        where = f"FILTER (WHERE {sql})"
        wanted += [
            f"count(*) {where}",
            f"min(place, {MOST_ROWS_LISTED}) {where}",
            f"arg_min(coalesce({ident}, ''), place, {MOST_ROWS_LISTED}) {where}",
        ]
    (row,) = con.execute(f"SELECT {', '.join(wanted)} FROM {placed}").fetchall()
    findings = []
    for at, (fault, (_, about, lines)) in enumerate(faults.items()):
        total, places, idents = row[3 * at : 3 * at + 3]
        if total:
            first = list(zip(places, idents, strict=True))
            findings.append(_finding(table, raw, fault, total, first, about, lines))
    return findings


def _place(raw: Stored) -> str:
    return f"row_number() OVER () + {raw.first_row - 1} AS place"


def _finding(
    table: Table,
    raw: Stored,
    fault: str,
    count: int,
    rows: list[Any],
    about: str,
    lines: tuple[str, ...],
) -> Finding:
    places = tuple(
        f"{raw.unit} {place}" + (f" ({table.identifier} {ident})" if ident else "")
        for place, ident in rows
    )
    return Finding(raw.place, fault, about, lines, count, places, fault != REPEATED)
