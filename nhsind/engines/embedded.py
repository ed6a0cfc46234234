"""The embedded DuckDB: where everything is read that does not lie elsewhere.

Its checked tables can be given to pandas, Polars, PySpark and Ibis, which then run the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from nhsind.engines.place import ROW, Fetched, Frame, repeated_keys
from nhsind.errors import unknown

# Tables of so many rows are looked at in memory, where a question costs no planning.
FEW = 20_000
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
        relation.create_view(name, replace=True)

    def small(self, name: str, table: pa.Table, engine: str = DUCKDB) -> Frame:
        """A table of its own, made once."""
        self.con.register(f"{name}_given", table)
        self.con.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{name}" AS FROM "{name}_given"')
        self.con.unregister(f"{name}_given")
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
        numbered = self.con.query(f'SELECT *, row_number() OVER () AS {ROW} FROM "{name}"')
        frame: Frame = nw.from_native(numbered).lazy()
        return frame

    def repeated(self, name: str, key: Sequence[str]) -> Frame:
        """The keys that several rows have.

        Hashes are a third cheaper to group than texts; a collision only costs a second look.
        """
        columns = ", ".join(f'"{column}"' for column in key)
        known = " AND ".join(f'"{column}" IS NOT NULL' for column in key)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated_hashes AS SELECT hash({columns}) AS hashed "
            f'FROM "{name}" WHERE {known} GROUP BY 1 HAVING count(*) > 1'
        )
        found = self.con.query(
            f'SELECT * FROM "{name}" WHERE {known} AND hash({columns}) IN (FROM repeated_hashes)'
        )
        frame: Frame = nw.from_native(found).lazy()
        return repeated_keys(frame, key)
