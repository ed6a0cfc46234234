"""Makes tables of the contract from someone's own files, as a mapping says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.errors import InputError, Problem, nearest
from nhsind.sources.date_formats import FORMATS, clean, iso_text
from nhsind.sources.findings import SQL_ROW
from nhsind.sources.mapping_advice import for_a_value, total_lines
from nhsind.sources.mapping_file import Mapping, TableMapping, place_of_mapping
from nhsind.sources.own_files import parts_of, store_own
from nhsind.sources.stored import Stored, stored_columns
from nhsind.sources.tabular import MOST_LISTED

DATED = ("date", "timestamp", "month")


def store_mapped(
    con: duckdb.DuckDBPyConnection, name: str, table: RecordTable, mapping: Mapping
) -> Stored:
    """Put a mapped table into the connection under `name`, with nhsind's columns, dates and codes.

    The files' other columns are there too, under their own names. Raises InputError for files and
    columns that are not there.
    """
    mapped = mapping.tables(table.family)[table.name]
    problems: list[Problem] = []
    parts: list[Stored] = []
    for at, path in enumerate(mapping.files(mapped)):
        try:
            if not parts_of(path)[0].is_file():
                text = f"is not there; {mapping.path.name} names it"
                raise InputError(Problem(str(path), text))
            raw = _put_together(con, store_own(con, f"{name}_file_{at}", path), mapped)
            missing = _missing(raw, mapped, mapping.path)
            if missing:
                raise InputError(missing)
            parts.append(raw)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    said_by = place_of_mapping(mapping.path.parent)
    totals = [line for raw in parts for line in total_lines(con, raw)]
    wrong = [
        replace(problem, advice=for_a_value(table, said_by, totals))
        for raw in parts
        for problem in _unreadable_dates(con, raw, table, mapped)
    ]
    shown = " UNION ALL BY NAME ".join(_selected(raw, table, mapped) for raw in parts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {quote(name)} AS {shown}")
    described = con.execute(f"DESCRIBE {quote(name)}").fetchall()
    place = ", ".join(raw.place for raw in parts)
    columns, header = stored_columns({str(row[0]): str(row[1]) for row in described}, place)
    only = parts[0] if len(parts) == 1 else None
    return Stored(
        name,
        place,
        columns,
        header,
        only.unit if only else "row",
        only.path if only else None,
        (*(problem for raw in parts for problem in raw.problems), *wrong),
        frozenset(
            column
            for column, heading in mapped.headings.items()
            if any(problem.column == heading for problem in wrong)
        ),
        only.first_row if only else 1,
        only.above if only else 0,
        (only.width or len(only.header)) if only else 0,
        said_by,
        only.separator if only else ",",
        mapped.headings,
        totals,
    )


def _put_together(con: duckdb.DuckDBPyConnection, raw: Stored, mapped: TableMapping) -> Stored:
    """A file with the columns that are made of two: nothing where one of the values is missing."""
    made = {
        name: parts
        for name, parts in mapped.together.items()
        if all(_key(part) in raw.columns for part in parts)
    }
    if not made:
        return raw
    values = ", ".join(
        " || ' ' || ".join(clean(f"{quote(raw.header[_key(part)])}::VARCHAR") for part in parts)
        + f" AS {quote(name)}"
        for name, parts in made.items()
    )
    whole = f"{raw.name}_whole"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quote(whole)} AS SELECT *, {values} FROM {quote(raw.name)}"
    )
    return replace(
        raw,
        name=whole,
        columns=raw.columns | {_key(name): "VARCHAR" for name in made},
        header=raw.header | {_key(name): name for name in made},
        width=raw.width or len(raw.header),
    )


def _missing(raw: Stored, mapped: TableMapping, path: Path) -> list[Problem]:
    """The headings that the mapping names and the file does not have."""
    return [
        Problem(
            raw.place,
            f"has no such column, which {path.name} takes for {name}",
            column=heading,
            allowed=", ".join(raw.header.values()),
            nearest=nearest(heading, list(raw.header.values())),
        )
        for name, given in mapped.columns.items()
        for heading in ([given] if isinstance(given, str) else given)
        if _key(heading) not in raw.columns
    ]


def _key(heading: str) -> str:
    return heading.strip().lower()


def _selected(raw: Stored, table: RecordTable, mapped: TableMapping) -> str:
    """The query for a file's rows as rows of the table."""
    values = {
        name: _value(raw, table.columns[name], heading, mapped)
        for name, heading in mapped.headings.items()
    }
    values |= {name: literal(value) for name, value in mapped.constants.items()}
    taken = {_key(heading) for heading in mapped.headings.values()}
    # A column of the table's own name that the mapping leaves out is as it stands.
    values |= {
        heading: quote(heading)
        for name, heading in raw.header.items()
        if name not in taken and name not in values
    }
    listed = ", ".join(f"{value} AS {quote(name)}" for name, value in values.items())
    return f"SELECT {listed} FROM {quote(raw.name)}"


def _value(raw: Stored, column: Column, heading: str, mapped: TableMapping) -> str:
    """The SQL for a column's values: codes as what they stand for, dates as the tables have them.

    What is not written as the mapping says stays as it is, for the checks to name.
    """
    source = quote(raw.header[_key(heading)])
    codes, formats = mapped.codes.get(column.name, {}), mapped.formats_of(column.name)
    if not codes and not formats:
        return source
    text = _with_codes(clean(f"{source}::VARCHAR"), codes)
    if column.kind not in DATED or not formats:
        return text
    day = iso_text(_parsed(text, formats), column.kind)
    return f"coalesce({day}, {text})"


def _with_codes(text: str, codes: dict[str, str]) -> str:
    if not codes:
        return text
    cases = " ".join(
        f"WHEN {literal(key.strip().lower())} THEN {literal(value) if value else 'NULL'}"
        for key, value in codes.items()
    )
    return f"CASE lower({text}) {cases} ELSE {text} END"


def _parsed(text: str, formats: tuple[str, ...]) -> str:
    return f"coalesce({', '.join(FORMATS[name].value(text) for name in formats)}, NULL)"


def _unreadable_dates(
    con: duckdb.DuckDBPyConnection, raw: Stored, table: RecordTable, mapped: TableMapping
) -> list[Problem]:
    """The dates that are not written as the mapping says, under the file's own headings."""
    problems = []
    for name, heading in mapped.headings.items():
        formats = mapped.formats_of(name)
        if not formats or table.columns[name].kind not in DATED:
            continue
        source = f"{quote(raw.header[_key(heading)])}::VARCHAR"
        text = _with_codes(clean(source), mapped.codes.get(name, {}))
        rows = con.execute(
            f"""SELECT value, min(nhsind_row), count(*) FROM (
                  SELECT {text} AS value, {_parsed(text, formats)} AS day, {SQL_ROW}
                  FROM {quote(raw.name)})
                WHERE value IS NOT NULL AND day IS NULL GROUP BY 1 ORDER BY 2
                LIMIT {MOST_LISTED}"""
        ).fetchall()
        lines = raw.lines(row for _, row, _ in rows)
        problems += [
            Problem(
                raw.place,
                f"is not a date as the mapping says of {name}",
                lines.get(row),
                heading,
                value,
                " or ".join(formats),
                rows=affected,
                unit=raw.unit,
            )
            for value, row, affected in rows
        ]
    return problems
