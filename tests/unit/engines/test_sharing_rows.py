"""Rows whose keys others have too, found by half a hash of each; and the numbers of rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.engines import embedded
from nhsind.engines.embedded import Embedded, numbered_rows
from nhsind.engines.place import ROW
from nhsind.sources.inputs import open_input

HASH = "SELECT (hash('R' || i) >> 32)::UINTEGER AS half, 'R' || i AS key FROM range(200000) t(i)"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def sharing(con: duckdb.DuckDBPyConnection, *key: str) -> list[tuple[object, ...]] | None:
    """The rows of `given` that share a key, in their order, the last value its number."""
    held = Embedded(con).sharing("given", key)
    if held is None:
        return None
    rows = held.collect(backend="pyarrow").to_native().to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=lambda row: int(str(row[-1])))


def test_rows_that_share_a_key_have_their_numbers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TEMP TABLE given AS SELECT * FROM (VALUES ('a', 1), ('b', 2), (NULL, 3), "
        "('a', 4), (NULL, 5), ('c', 6), ('c', NULL)) t(key, other)"
    )
    assert sharing(con, "key") == [("a", 1, 1), ("a", 4, 4), ("c", 6, 6), ("c", None, 7)]
    assert sharing(con, "key", "other") is None


@pytest.mark.parametrize(("most", "kind"), [(2, "LOCAL TEMPORARY"), (1, "VIEW")])
def test_many_rows_are_not_kept(
    con: duckdb.DuckDBPyConnection, most: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "MOST_KEPT", most)
    con.execute("CREATE TEMP TABLE given AS SELECT * FROM (VALUES ('a'), ('b'), ('a')) t(key)")
    assert sharing(con, "key") == [("a", 1), ("a", 3)]
    asked = "SELECT table_type FROM information_schema.tables WHERE table_name = 'given_sharing'"
    assert con.execute(asked).fetchall() == [(kind,)]


def test_keys_with_one_half_of_a_hash_are_no_repeats(tmp_path: Path) -> None:
    """Two different identifiers that look alike at first: nothing is found, and both count."""
    con = duckdb.connect()
    alike = con.execute(
        f"SELECT list(key ORDER BY key) FROM ({HASH}) GROUP BY half HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    assert alike, "of 200,000 some four pairs are alike"
    (tmp_path / "rtt").mkdir()
    rows = [f"{key},00A,2018-01-01,," for key in (*alike[0][0], "other")]
    head = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type"
    (tmp_path / "rtt" / "pathways.csv").write_text("\n".join([head, *rows]), "utf-8")
    opened = open_input(load_family("rtt"), tmp_path)
    assert isinstance(opened.place, Embedded)
    assert opened.place.con.table("pathways_typed_sharing").fetchall()
    assert not [each for each in opened.findings if each.fault.startswith(("rep", "ident"))]
    assert len(opened.place.con.table("pathways").fetchall()) == len(rows)


@pytest.mark.parametrize("made", ["TABLE", "VIEW", "parquet"])
def test_rows_are_counted_as_they_were_read(
    con: duckdb.DuckDBPyConnection, made: str, tmp_path: Path
) -> None:
    """By the table or the file itself where these know, else one after the other."""
    rows = "SELECT i FROM range(300000) t(i)"
    if made == "parquet":
        from nhsind.sources.tabular import store_file

        con.execute(f"COPY ({rows}) TO '{tmp_path}/given.parquet' (ROW_GROUP_SIZE 50000)")
        store_file(con, "given", tmp_path / "given.parquet")
    else:
        con.execute(f"CREATE TEMP {made} given AS {rows}")
    query = numbered_rows(con, "given")
    assert ("OVER" in query) == (made == "VIEW")
    wrong = f"SELECT count(*), count(*) FILTER ({ROW} <> i + 1) FROM ({query})"
    assert con.execute(wrong).fetchall() == [(300_000, 0)]
