"""Ibis: tables of the user's own database, asked in its SQL; nothing is written there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.definitions.column_sql import literal, quote
from nhsind.engines.addresses import NOT_WHOLE, is_whole, scheme_of, without_passwords
from nhsind.engines.place import Elsewhere, Frame, no_answer
from nhsind.errors import InputError, Problem, UsageError, nearest

if TYPE_CHECKING:
    import ibis
    from ibis.backends.sql import SQLBackend

# What PostgreSQL is called by ibis and its drivers.
POSTGRES = ("postgres", "postgresql")
DUCKDB = "duckdb"
# DuckDB's service, whose addresses name no file.
_MOTHERDUCK = "://md:"
_TABLES_OF_DUCKDB = """
SELECT table_name FROM information_schema.tables
WHERE table_catalog IN (current_database(), 'temp')
  AND table_schema = coalesce(?, current_schema())
"""


def is_ibis(frame: Any) -> bool:
    """Whether something is an Ibis table."""
    return type(frame).__module__.split(".")[0] == "ibis" and hasattr(frame, "schema")


def frame_of_arrow(name: str, table: pa.Table) -> Frame:
    """A table of this process as a frame of Ibis, which DuckDB runs."""
    return _lazy(_ibis().memtable(table))


def _ibis() -> Any:
    try:
        import ibis
    except ImportError as error:
        text = "the engine ibis needs Ibis: pip install 'nhsind[ibis]'"
        raise UsageError(text) from error
    return ibis


def _lazy(table: ibis.Table) -> Frame:
    lazy: Frame = nw.from_native(table).lazy()
    return lazy


class Ibis(Elsewhere):
    """Tables of a database that Ibis speaks to."""

    engine = "ibis"

    def __init__(self, described_as: str, database: SQLBackend | None = None) -> None:
        super().__init__(described_as)
        self.database = database

    @classmethod
    def at(cls, address: str) -> Ibis:
        """The database of an address. Raises InputError where it does not let us in.

        A password is best left to `.pgpass` or PGPASSWORD, which the driver reads.
        """
        shown = without_passwords(address)
        # What parsing says of it would tell a part of the password.
        if not is_whole(address):
            raise InputError(Problem(shown, NOT_WHOLE))
        ibis = _ibis()
        scheme = scheme_of(address)
        known = (
            address.replace("postgresql://", "postgres://", 1) if scheme in POSTGRES else address
        )
        # A file that is not there would be made, and one that is there locked.
        is_file = scheme == DUCKDB and _MOTHERDUCK not in address
        how = {"read_only": True} if is_file else {}
        try:
            return cls(shown, ibis.connect(known, **how))
        except Exception as error:  # no such driver, host, database or user
            raise no_answer(shown, error) from error

    def given(self, name: str, table: ibis.Table) -> None:
        """Put a table of the user's; all must be of one database."""
        found = table.get_backend()
        if self.database is not None and found is not self.database:
            raise UsageError("the Ibis tables are of two databases: give those of one")
        self.database = found
        identifiers = [name for name, kind in table.schema().items() if kind.is_uuid()]
        texts = table.mutate(**{name: table[name].cast("string") for name in identifiers})
        self.put(name, _lazy(_ordered_by_bytes(found, texts)))

    def names(self, schema: str | None = None) -> list[str]:
        """The tables and views of a schema; None: those that need no schema."""
        assert self.database is not None
        try:
            return sorted(_listed(self.database, schema))
        except Exception as error:  # no such schema: it holds nothing
            if schema is not None and self._answers():
                return []
            raise no_answer(self.described_as, error) from error

    def _answers(self) -> bool:
        assert self.database is not None
        try:
            _listed(self.database)
        except Exception:  # of whatever driver
            return False
        return True

    def table(self, name: str, table: str) -> None:
        """Put a table of the database, `schema.table` or `table`. InputError if it is not there."""
        assert self.database is not None
        schema, _, own = table.rpartition(".")
        there = self.names(schema or None)
        if own not in there:
            near = nearest(own, there)
            allowed = ", ".join(there) or "none at all"
            problem = Problem(
                self.described_as, "has no such table", None, None, table, allowed, near
            )
            raise InputError(problem)
        try:
            self.given(name, self.database.table(own, database=schema or None))
        except Exception as error:  # no right to read it, a type that nobody knows
            raise no_answer(self.described_as, error) from error

    def beside(self, table: pa.Table) -> Frame:
        """A table written out in the query itself: a reader need not be let write."""
        assert self.database is not None
        # With its types given, nothing is asked of the database to learn them.
        schema = _ibis().schema({field.name: _type_name(field.type) for field in table.schema})
        return _lazy(self.database.sql(_written_out(table), schema=schema, dialect="duckdb"))


def _ordered_by_bytes(database: SQLBackend, table: ibis.Table) -> ibis.Table:
    """A table whose texts have the order of their bytes, as on every other engine.

    PostgreSQL orders by the language of the database, and has types of the user's own, which are
    texts to Ibis but not to its functions. A table of this process within stays as it is.
    """
    is_here = bool(table.op().find(_ibis().expr.operations.InMemoryTable))
    if database.name not in POSTGRES or is_here:
        return table
    kinds = table.schema()
    columns = ", ".join(
        f'CAST({quote(name)} AS TEXT) COLLATE "C" AS {quote(name)}'
        if kind.is_string()
        else quote(name)
        for name, kind in kinds.items()
    )
    text = f"SELECT {columns} FROM ({database.compile(table)}) AS given"
    # With its types given, no view is made to learn them: a reader may not make one.
    return database.sql(text, schema=kinds, dialect=database.name)


def _listed(database: SQLBackend, schema: str | None = None) -> list[str]:
    if database.name != DUCKDB:
        return list(database.list_tables(database=schema))
    # Ibis 12 asks DuckDB by a name that DuckDB 2 no longer has (ibis-project/ibis#12001).
    rows = database.con.execute(_TABLES_OF_DUCKDB, [schema]).fetchall()
    return [name for (name,) in rows]


def _written_out(table: pa.Table) -> str:
    """A table as a query that reads none."""
    columns: Sequence[str] = table.column_names
    rows = [
        "SELECT "
        + ", ".join(
            f"{_literal(value, table.schema.field(name).type)} AS {quote(name)}"
            for name, value in zip(columns, row.values(), strict=True)
        )
        for row in table.to_pylist()
    ]
    return " UNION ALL ".join(rows)


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_date(kind):
        return "date"
    return "string" if pa.types.is_string(kind) else "int64"


def _literal(value: Any, kind: pa.DataType) -> str:
    if value is None:
        named = "DATE" if pa.types.is_date(kind) else "TEXT"
        return f"CAST(NULL AS {named})"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"CAST('{value.isoformat()}' AS DATE)"
    if isinstance(value, str):
        return f"CAST({literal(value)} AS TEXT)"
    return f"CAST({int(value)} AS BIGINT)"
