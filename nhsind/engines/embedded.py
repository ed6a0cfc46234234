"""The embedded DuckDB: where everything is read that does not lie elsewhere.

Its checked tables can be given to pandas, Polars, PySpark and Ibis, which then run the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.engines.place import ROW, Fetched, Frame
from nhsind.errors import unknown

# Tables of so many rows are looked at in memory, where a question costs no planning.
FEW = 20_000
# What is added to the name of a view of what was read, for the same with its rows numbered.
NUMBERED = "_numbered"
# So many rows that share their keys with others are kept apart, so that no question looks for them
# again; more would take much memory.
MOST_KEPT = 1_000_000
# Hashes of keys come in batches of so many.
ROWS_OF_A_BATCH = 1_000_000
# Those of this installation, and those of the extras `spark` and `ibis`.
DUCKDB, PANDAS, POLARS = INSTALLED = ("duckdb", "pandas", "polars")
SPARK, IBIS = "spark", "ibis"
ENGINES = (*INSTALLED, SPARK, IBIS)


class Embedded:
    """Tables and views of a DuckDB connection."""

    engine = DUCKDB

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.fetched = Fetched()
        self._given: dict[tuple[str, str], Frame] = {}
        self._at_hand: dict[str, Frame | None] = {}
        self._small: set[str] = set()

    def frame(self, name: str, engine: str = DUCKDB) -> Frame:
        """A table as a lazy frame of an engine. UsageError for an unknown one.

        pandas gets Arrow-backed columns: with its own types a comparison with a missing value is
        False, everywhere else it is missing.
        """
        relation = self.con.table(name)
        native: Any = relation
        if engine == PANDAS:
            native = relation.to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
        elif engine == POLARS:
            import polars as pl

            native = pl.from_arrow(relation.to_arrow_table())
        elif engine in (SPARK, IBIS):
            if (name, engine) not in self._given:
                self._given[name, engine] = self._elsewhere(name, engine)
            return self._given[name, engine]
        elif engine not in ("", DUCKDB):
            raise unknown("engine", engine, ENGINES)
        frame: Frame = nw.from_native(native).lazy()
        return frame

    def _elsewhere(self, name: str, engine: str) -> Frame:
        table = self.con.table(name).to_arrow_table()
        if engine == SPARK:
            from nhsind.engines.spark import frame_of_arrow

            return frame_of_arrow(table)
        from nhsind.engines.ibis_tables import frame_of_arrow as in_ibis

        return in_ibis(name, table)

    def put(self, name: str, frame: Frame) -> None:
        """Make a view of a frame."""
        relation: duckdb.DuckDBPyRelation = frame.to_native()
        self.con.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {relation.sql_query()}')

    def small(self, name: str, table: pa.Table, engine: str = DUCKDB) -> Frame:
        """A table of its own, made once."""
        if name not in self._small:  # asked for again, it would have all frames planned anew
            self.con.register(f"{name}_given", table)
            self.con.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{name}" AS FROM "{name}_given"')
            self.con.unregister(f"{name}_given")
            self._small.add(name)
        return self.frame(name, engine)

    def keep(self, name: str, frame: Frame) -> Frame:
        """A table of what a frame gives."""
        relation: duckdb.DuckDBPyRelation = frame.to_native()
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {relation.sql_query()}')
        return self.frame(name)

    def rows(self, frame: Frame) -> pa.Table:
        """The rows of a frame, of whatever engine."""
        return self.fetched.note(frame.collect(backend="pyarrow").to_native())

    def at_hand(self, name: str) -> Frame | None:
        """A table of few rows in Polars, counted from 1; looked at once."""
        if find_spec("polars") is None:
            return None
        if name not in self._at_hand:
            self._at_hand[name] = self._numbered_here(name) if self._is_small(name) else None
        return self._at_hand[name]

    def _is_small(self, name: str) -> bool:
        """Whether a table has few rows; counting them reads no column."""
        some = self.con.query(f'SELECT count(*) FROM (SELECT 1 FROM "{name}" LIMIT {FEW + 1})')
        return bool(some.fetchall()[0][0] <= FEW)

    def _numbered_here(self, name: str) -> Frame:
        import polars as pl

        held = self.con.table(name).to_arrow_table()
        numbers = pa.array(range(1, held.num_rows + 1), pa.int64())
        rows: Any = pl.from_arrow(held.append_column(ROW, numbers))
        frame: Frame = nw.from_native(rows).lazy()
        return frame

    def numbered(self, name: str) -> Frame | None:
        """A table with its rows counted from 1, in the order of what was read."""
        frame: Frame = nw.from_native(self.con.query(numbered_rows(self.con, name))).lazy()
        return frame

    def sharing(self, name: str, key: Sequence[str]) -> Frame | None:
        """The rows whose key has a hash that others have too; kept, if they are not too many."""
        columns = ", ".join(f'"{column}"' for column in key)
        known = " AND ".join(f'"{column}" IS NOT NULL' for column in key)
        hashed = f"(hash({columns}) >> 32)::UINTEGER"
        hashes, rows = self._repeated_hashes(f'SELECT {hashed} FROM "{name}" WHERE {known}', name)
        if not rows:
            return None
        self.con.register("hashes_given", pa.table({"hashed": hashes}))
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}_hashes" AS FROM hashes_given')
        self.con.unregister("hashes_given")
        kind = "TABLE" if rows <= MOST_KEPT else "VIEW"
        rows_of_it = numbered_rows(self.con, name)
        self.con.execute(
            f'CREATE OR REPLACE TEMP {kind} "{name}_sharing" AS FROM ({rows_of_it}) '
            f'WHERE {known} AND {hashed} IN (FROM "{name}_hashes")'
        )
        return self.frame(f"{name}_sharing")

    def _repeated_hashes(self, query: str, name: str) -> tuple[pa.Array, int]:
        """The hashes that a query of them gives several times, and how many rows have one.

        Sorted where they lie: a query that groups takes ten times the memory of these numbers. Of
        half a hash some are alike by chance, one in a hundred of 50 million.
        """
        most = self.con.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0]
        hashes = np.empty(most, np.uint32)
        held = 0
        for batch in self.con.query(query).to_arrow_reader(ROWS_OF_A_BATCH):
            hashes[held : held + batch.num_rows] = batch.column(0).to_numpy()
            held += batch.num_rows
        hashes = hashes[:held]
        hashes.sort()
        again = hashes[1:][hashes[1:] == hashes[:-1]]
        different = np.unique(again)
        return pa.array(different), len(again) + len(different)


def numbered_rows(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """The query of a table or view with the column `ROW`, its rows counted from 1.

    What has been read knows the number of a row; other rows are counted one after the other.
    """
    told = name + NUMBERED
    known = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE view_name = $told AND temporary "
        "UNION ALL SELECT table_name FROM duckdb_tables() WHERE table_name = $name AND temporary",
        {"told": told, "name": name},
    ).fetchall()
    if (told,) in known:
        return f'FROM "{told}"'
    number = "rowid + 1" if known else "row_number() OVER ()"
    return f'SELECT *, {number} AS {ROW} FROM "{name}"'
