"""A table of a DuckDB or SQLite file, named as FILE.duckdb::schema.table, read where it lies."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import literal, quote
from nhsind.errors import InputError, Problem, nearest
from nhsind.sources.arrow_tables import brief
from nhsind.sources.stored import Stored
from nhsind.sources.tabular import store_frame, store_relation

SEPARATOR = "::"
# Endings of database files.
DATABASES = (".duckdb", ".sqlite", ".sqlite3", ".db", ".ddb")
SQLITE_HEAD = b"SQLite format 3\0"
# Where a DuckDB file says that it is one.
DUCKDB_MARK, DUCKDB_MARK_AT = b"DUCK", 8
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


def is_database(file: Path) -> bool:
    """Whether a file is a DuckDB or SQLite database, by how it begins."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(SQLITE_HEAD))
    except OSError:
        return False
    return head == SQLITE_HEAD or head[DUCKDB_MARK_AT:].startswith(DUCKDB_MARK)


def tables_of(file: Path) -> list[str]:
    """The tables and views of a database file, of DuckDB with their schema.

    Raises InputError for one that is locked or damaged.
    """
    if _is_sqlite(file):
        return sorted(_sqlite_names(file))
    con = duckdb.connect()
    return sorted(_duckdb_names(con, _attached(con, file, "own_file")))


def no_table_named(file: Path) -> Problem:
    """What is said of a database file of which no table is named."""
    there = tables_of(file)
    example = there[0] if there else "schema.table"
    return Problem(
        str(file),
        f'is a database: name one of its tables, such as "{file}{SEPARATOR}{example}"',
        allowed=", ".join(there) or "it holds no table at all",
    )


def store_database_table(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    """Put a table of a database file into the connection under `name`.

    Of a DuckDB file it is read where it lies. Raises InputError where there is no such file or
    table, or the file is no database, or another program has it locked.
    """
    if not table.file.is_file():
        raise InputError(Problem(str(table.file), "there is no such database file"))
    if not table.table:
        raise InputError(no_table_named(table.file))
    of_kind = _of_sqlite if _is_sqlite(table.file) else _of_duckdb
    return of_kind(con, name, table)


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE_HEAD)) == SQLITE_HEAD


def _of_duckdb(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    catalogue = _attached(con, table.file, f"{name}_file")
    there = _duckdb_names(con, catalogue)
    wanted = table.table if "." in table.table else f"main.{table.table}"
    found = next((pair for key, pair in there.items() if key.lower() == wanted.lower()), None)
    if found is None:
        raise InputError(_no_such_table(table, sorted(there)))
    query = f"SELECT * FROM {'.'.join(map(quote, (catalogue, *found)))}"
    return store_relation(con, name, query, table.place)


def _attached(con: duckdb.DuckDBPyConnection, file: Path, name: str) -> str:
    """The name under which a file is attached: a file is attached once, whatever tables it has."""
    path = str(file.resolve())
    rows = con.execute("SELECT database_name FROM duckdb_databases() WHERE path = ?", [path])
    if (row := rows.fetchone()) is not None:
        return str(row[0])
    try:
        con.execute(f"ATTACH {literal(path)} AS {quote(name)} (READ_ONLY)")
    except duckdb.Error as error:
        is_locked = "lock" in str(error).lower()
        text = "is locked by another program" if is_locked else "is no DuckDB or SQLite database"
        raise InputError(Problem(str(file), f"{text} ({brief(error)})")) from error
    return name


def _duckdb_names(con: duckdb.DuckDBPyConnection, catalogue: str) -> dict[str, tuple[str, str]]:
    held = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? "
        "UNION ALL SELECT schema_name, view_name FROM duckdb_views() "
        "WHERE database_name = ? AND NOT internal",
        [catalogue, catalogue],
    ).fetchall()
    return {f"{schema}.{name}": (str(schema), str(name)) for schema, name in held}


@contextlib.contextmanager
def _sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads; InputError for a file that is locked or damaged."""
    address = f"{file.resolve().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=1)) as database:
            yield database
    except sqlite3.Error as error:
        text = "is locked by another program" if "locked" in str(error) else "cannot be read"
        raise InputError(Problem(str(file), f"{text} ({brief(error)})")) from error


def _sqlite_names(file: Path) -> list[str]:
    asked = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    with _sqlite(file) as database:
        return [str(name) for (name,) in database.execute(asked)]


def _of_sqlite(con: duckdb.DuckDBPyConnection, name: str, table: DatabaseTable) -> Stored:
    there = _sqlite_names(table.file)
    wanted = table.table.removeprefix("main.").lower()
    found = next((each for each in there if each.lower() == wanted), None)
    if found is None:
        raise InputError(_no_such_table(table, sorted(there)))
    with _sqlite(table.file) as database:
        asked = database.execute(f"SELECT * FROM {quote(found)}")
        columns = [str(column[0]) for column in asked.description]
        values = asked.fetchall()
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
