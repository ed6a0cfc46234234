"""A table of a DuckDB or SQLite file, named as FILE.duckdb::schema.table, read where it lies."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.errors import InputError, Problem, nearest
from nhsind.sources.arrow_tables import brief
from nhsind.sources.stored import Stored
from nhsind.sources.tabular import store_frame, store_relation

SEPARATOR = "::"
SQLITE_HEAD = b"SQLite format 3\0"
_PLACE = re.compile(rf"(?P<file>.+?){SEPARATOR}(?P<table>.*)", re.DOTALL)


@dataclass(frozen=True)
class DatabaseTable:
    """A table of a database file: `table` is its name, with its schema before it where given."""

    file: Path
    table: str

    @property
    def name(self) -> str:
        """The table's own name."""
        return self.table.rpartition(".")[2]

    @property
    def place(self) -> str:
        """How it is named to the user."""
        return f"{self.file}{SEPARATOR}{self.table}"


def database_table(place: str | Path) -> DatabaseTable | None:
    """The table that a text names; None where it names no table of a database."""
    found = _PLACE.fullmatch(str(place))
    return DatabaseTable(Path(found["file"]), found["table"].strip()) if found else None


def store_database_table(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    """Put a table of a database file into the connection under `name`.

    Of a DuckDB file it is read where it lies. Raises InputError where there is no such file or
    table, or the file is no database, or another program has it locked.
    """
    if not table.file.is_file():
        raise InputError(Problem(str(table.file), "there is no such database file"))
    with table.file.open("rb") as file:
        is_sqlite = file.read(len(SQLITE_HEAD)) == SQLITE_HEAD
    return _of_sqlite(con, name, table) if is_sqlite else _of_duckdb(con, name, table)


def _of_duckdb(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    catalogue = f"{name}_file"
    try:
        con.execute(f"ATTACH {literal(str(table.file))} AS {quote(catalogue)} (READ_ONLY)")
    except duckdb.Error as error:
        is_locked = "lock" in str(error).lower()
        text = "is locked by another program" if is_locked else "is no DuckDB or SQLite database"
        raise InputError(Problem(str(table.file), f"{text} ({brief(error)})")) from error
    held = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? "
        "UNION ALL SELECT schema_name, view_name FROM duckdb_views() "
        "WHERE database_name = ? AND NOT internal",
        [catalogue, catalogue],
    ).fetchall()
    there = {f"{schema}.{name_}": (str(schema), str(name_)) for schema, name_ in held}
    wanted = table.table if "." in table.table else f"main.{table.table}"
    found = next((pair for key, pair in there.items() if key.lower() == wanted.lower()), None)
    if found is None:
        raise InputError(_no_such_table(table, sorted(there)))
    query = f"SELECT * FROM {'.'.join(map(quote, (catalogue, *found)))}"
    return store_relation(con, name, query, table.place)


def _of_sqlite(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    address = f"{table.file.resolve().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=1)) as database:
            rows = database.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            ).fetchall()
            there = {str(each): str(each) for (each,) in rows}
            wanted = table.table.removeprefix("main.").lower()
            found = next((each for each in there if each.lower() == wanted), None)
            if found is None:
                raise InputError(_no_such_table(table, sorted(there)))
            asked = database.execute(f"SELECT * FROM {quote(found)}")
            columns = [str(column[0]) for column in asked.description]
            values = asked.fetchall()
    except sqlite3.Error as error:
        is_locked = "locked" in str(error)
        text = "is locked by another program" if is_locked else "cannot be read"
        raise InputError(Problem(table.place, f"{text} ({brief(error)})")) from error
    by_column = {column: [row[at] for row in values] for at, column in enumerate(columns)}
    return store_frame(con, name, by_column, table.place)


def _no_such_table(table: DatabaseTable, there: list[str]) -> Problem:
    names = [name.rpartition(".")[2] for name in there]
    near = nearest(table.name, names)
    full = next((name for name in there if name.rpartition(".")[2] == near), None)
    return Problem(
        str(table.file),
        "has no such table",
        value=table.table,
        allowed=", ".join(there) or "it holds no table at all",
        nearest=full,
    )
