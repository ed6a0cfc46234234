"""The commissioners of a folder's other families: they tell whether the data are of England."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.column_sql import quote
from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import Column, canonical
from nhsind.engines.connections import connected


class Neighbours:
    """The tables that the same folders hold of other families than one.

    They are read one after the other, no more of them than it takes to know.
    """

    def __init__(self, folders: Iterable[Path], but: Family) -> None:
        self._read: set[str] = set()
        self._unread = _commissioners_in(folders, but)

    def have(self, commissioners: set[str]) -> bool:
        """Whether all these commissioners are in them."""
        while not commissioners <= self._read:
            more = next(self._unread, None)
            if more is None:
                return False
            self._read |= more
        return True


def _commissioners_in(folders: Iterable[Path], but: Family) -> Iterator[set[str]]:
    """Those in each table of all families but one; a table that cannot be read has none."""
    others = [load_family(code) for code in family_codes() if code != but.code]
    with connected() as con:
        for folder in folders:
            for family in others:
                for name, table in family.tables.items():
                    columns = [c for c in table.columns.values() if c.kind == "commissioner"]
                    for ending in ("csv", "parquet"):
                        path = folder / family.code / f"{name}.{ending}"
                        if columns and path.is_file():
                            yield _codes(con, path, columns)


def _codes(con: duckdb.DuckDBPyConnection, path: Path, columns: list[Column]) -> set[str]:
    try:
        if path.suffix == ".csv":
            relation = con.read_csv(str(path), all_varchar=True, header=True)
        else:
            relation = con.read_parquet(str(path))
        held = {name.strip().lower(): name for name in relation.columns}
        return {
            canonical(column, str(code))
            for column in columns
            if column.name in held
            for (code,) in relation.select(quote(held[column.name])).distinct().fetchall()
            if code is not None
        }
    except duckdb.Error:
        return set()
