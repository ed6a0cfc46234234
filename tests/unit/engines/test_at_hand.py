"""A table of few rows is looked through in memory, one of more by queries."""

from __future__ import annotations

import duckdb
import pytest

from nhsind.engines import embedded
from nhsind.engines.embedded import Embedded
from nhsind.engines.place import ROW


@pytest.mark.parametrize(("rows", "is_few"), [(0, True), (3, True), (4, False)])
def test_few_rows_are_at_hand(rows: int, is_few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "FEW", 3)
    con = duckdb.connect()
    con.execute(f"CREATE TABLE given AS SELECT 'x' || i AS name FROM range({rows}) t(i)")
    held = Embedded(con).at_hand("given")
    assert (held is not None) == is_few
    if held is not None:
        told = held.collect(backend="pyarrow").to_native().to_pylist()
        assert told == [{"name": f"x{at}", ROW: at + 1} for at in range(rows)]


def test_without_polars_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    con = duckdb.connect()
    con.execute("CREATE TABLE given AS SELECT 1 AS number")
    assert Embedded(con).at_hand("given") is None
