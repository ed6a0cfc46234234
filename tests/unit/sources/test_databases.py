"""Tables that lie in DuckDB and SQLite files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

import nhsind as ind
from nhsind.errors import InputError
from nhsind.given import SAMPLE_IN_WORDS, given

ROWS = [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)]
MAKE = """CREATE TABLE {name} (pathway_id VARCHAR, ccg_code VARCHAR, clock_start_date {day},
          clock_stop_date {day}, stop_type VARCHAR)"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A DuckDB and an SQLite file of the same pathways, and one that is no database."""
    found = {name: tmp_path / f"own.{name}" for name in ("duckdb", "sqlite", "none")}
    with duckdb.connect(str(found["duckdb"])) as made:
        made.execute("CREATE SCHEMA waits")
        made.execute(MAKE.format(name="waits.list", day="DATE"))
        made.executemany("INSERT INTO waits.list VALUES (?, ?, ?, ?, ?)", ROWS)
    lite = sqlite3.connect(found["sqlite"])
    lite.execute(MAKE.format(name="pathways", day="TEXT"))
    lite.executemany("INSERT INTO pathways VALUES (?, ?, ?, ?, ?)", ROWS)
    lite.commit()
    lite.close()
    found["none"].write_text("no database")
    return found


@pytest.mark.parametrize("place", ["duckdb::waits.list", "duckdb::WAITS.List", "sqlite::pathways"])
@pytest.mark.parametrize("engine", ["duckdb", "pandas", "polars"])
def test_a_table_is_read_where_it_lies(files: dict[str, Path], place: str, engine: str) -> None:
    kind, table = place.split("::")
    given_as = f"{files[kind]}::{table}"
    for data in (given_as, {"pathways": given_as}):
        row = ind.derive("E.B.3", data, period="2018-03", engine=engine).iloc[0]
        assert (row["numerator"], row["denominator"]) == (1, 2)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("duckdb::waits.lists", 'Did you mean "waits.list"'),
        ("duckdb::list", "has no such table"),
        ("sqlite::pathway", 'Did you mean "pathways"'),
        ("none::pathways", "is no DuckDB or SQLite database"),
        ("gone::pathways", "there is no such database file"),
    ],
)
def test_what_is_not_there_is_said(files: dict[str, Path], place: str, told: str) -> None:
    kind, table = place.split("::")
    where = files.get(kind, Path("gone.duckdb"))
    with pytest.raises(InputError, match=told):
        ind.derive("E.B.3", f"{where}::{table}", period="2018-03")


def test_columns_that_are_wrong_are_named_with_the_table(files: dict[str, Path]) -> None:
    with duckdb.connect(str(files["duckdb"])) as made:
        made.execute("ALTER TABLE waits.list RENAME ccg_code TO commissioner")
    with pytest.raises(InputError) as refused:
        ind.derive("E.B.3", f"{files['duckdb']}::waits.list", period="2018-03")
    (problem,) = refused.value.problems
    assert problem.place.endswith("::waits.list") and problem.column == "ccg_code"


def test_a_database_that_another_program_writes_is_locked(files: dict[str, Path]) -> None:
    lite = sqlite3.connect(files["sqlite"])
    lite.execute("BEGIN EXCLUSIVE")
    with pytest.raises(InputError, match="is locked by another program"):
        ind.derive("E.B.3", f"{files['sqlite']}::pathways", period="2018-03")
    lite.close()


def test_a_table_of_several_that_a_family_has_is_known_by_its_name(files: dict[str, Path]) -> None:
    with pytest.raises(ind.UsageError, match="has the name of no table of sus"):
        ind.derive("E.M.10", f"{files['duckdb']}::waits.list", period="2018-03")


def test_a_table_of_a_dict_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "anything.csv"
    file.write_text(
        "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type\na,00A,2018-03-01,,\n"
    )
    table = ind.derive("E.B.3", {"pathways": file}, period="2018-03")
    assert table["denominator"].tolist() == [1]
    with pytest.raises(InputError, match="is not there; it is given as the table pathways"):
        ind.derive("E.B.3", {"pathways": "nowhere.csv"}, period="2018-03")


def test_the_sample_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert given("sample").described_as == SAMPLE_IN_WORDS
    assert given([Path("sample")]).is_sample
    (tmp_path / "sample").mkdir()
    assert not given("sample").is_sample
