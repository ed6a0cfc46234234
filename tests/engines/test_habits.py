"""What engines do differently, and that the rules do not notice: the table of docs/scale.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa
import pytest

from nhsind.definitions.dates import minutes_between, months_later
from nhsind.definitions.record_tables import BILLIONTHS, Column
from nhsind.engines.embedded import ENGINES, Embedded
from nhsind.engines.ibis_tables import Ibis
from nhsind.engines.place import Frame
from nhsind.sources.column_readings import reading

POSTGRES = "postgres"
HABITS = """
SELECT * FROM (VALUES
  (7, 'x', true, 0.5000::DECIMAL(18, 4), DATE '2018-01-31', TIMESTAMPTZ '2018-03-25 00:30:00+00'),
  (-7, 'y', false, 0.1000, DATE '2020-01-31', TIMESTAMPTZ '2018-03-25 04:15:00+00'),
  (NULL, NULL, NULL, NULL, NULL, NULL)
) AS habits (n, code, yes, amount, day, arrived)"""


@pytest.fixture(scope="module", params=[*ENGINES, POSTGRES])
def frame(request: pytest.FixtureRequest) -> Iterator[tuple[str, Frame]]:
    """The same three rows, the last of nothing but missing values, on each engine."""
    engine = request.param
    if engine == POSTGRES:
        import psycopg

        server = request.getfixturevalue("server")
        with psycopg.connect(server.address(), autocommit=True) as owner:
            owner.execute(f"CREATE TABLE IF NOT EXISTS habits AS {HABITS}")
        place = Ibis.at(server.address())
        place.table("habits", "habits")
        yield engine, place.frame("habits")
        return
    if engine == "spark":
        request.getfixturevalue("spark")
    con = duckdb.connect()
    con.execute(f"SET timezone = 'UTC'; CREATE TABLE habits AS {HABITS}")
    yield engine, Embedded(con).frame("habits", engine)


def values(frame: Frame, **named: nw.Expr) -> dict[str, list[object]]:
    table: pa.Table = frame.select(**named).collect(backend="pyarrow").to_native()
    return {name: table.column(name).to_pylist() for name in named}


def test_a_comparison_with_a_missing_value_is_missing(frame: tuple[str, Frame]) -> None:
    """So a filter drops it, and what a rule means by it is said with fill_null."""
    _, rows = frame
    assert values(rows.filter(nw.col("code") != "x"), code=nw.col("code")) == {"code": ["y"]}
    kept = rows.filter((nw.col("code") != "x").fill_null(True))
    assert sorted(map(str, values(kept, code=nw.col("code"))["code"])) == ["None", "y"]


def test_a_join_on_a_missing_key_is_not_relied_on(frame: tuple[str, Frame]) -> None:
    _, rows = frame
    known = rows.select("code").filter(~nw.col("code").is_null())
    for how, left in (("semi", ["x", "y"]), ("anti", [None])):
        found = rows.select("code").join(known, on="code", how=how)
        assert sorted(values(found, code=nw.col("code"))["code"], key=str) == left


def test_decimals_are_whole_billionths(frame: tuple[str, Frame]) -> None:
    """Of pandas DuckDB has read them: no records lie there."""
    engine, rows = frame
    if engine == "pandas":
        return
    column = Column("amount", "decimal")
    read = reading(column, rows.collect_schema()["amount"], "amount")
    sums = values(rows.select(amount=read.value), amount=nw.col("amount").sum())
    assert int(str(sums["amount"][0])) == 6 * BILLIONTHS // 10
    assert not any(values(rows, wrong=read.unreadable)["wrong"])


def test_times_with_a_zone_are_those_of_the_session(frame: tuple[str, Frame]) -> None:
    """In UTC here; on other clocks they are what the user's session shows."""
    engine, rows = frame
    local = values(rows, time=nw.col("arrived").dt.replace_time_zone(None))["time"]
    assert sorted(map(str, local)) == ["2018-03-25 00:30:00", "2018-03-25 04:15:00", "None"], engine


def test_booleans_are_counted_as_one_and_nothing(frame: tuple[str, Frame]) -> None:
    """PostgreSQL casts no boolean to a large integer: rules say what is one."""
    _, rows = frame
    flags = rows.select(yes=nw.when(nw.col("yes")).then(1).otherwise(0))
    assert values(flags, yes=nw.col("yes").sum()) == {"yes": [1]}


def test_a_month_after_its_last_day_is_the_next_ones_last(frame: tuple[str, Frame]) -> None:
    _, rows = frame
    found = values(rows, day=months_later(nw.col("day"), 1))["day"]
    days = {None if day is None else int(str(day)) for day in found}
    ends = {date(2018, 2, 28).toordinal(), date(2020, 2, 29).toordinal()}
    assert days == {None, *ends}


def test_division_of_what_is_not_negative_is_the_same(frame: tuple[str, Frame]) -> None:
    """Databases need not agree on negative numbers: no rule divides them."""
    _, rows = frame
    found = values(rows.filter(nw.col("n") > 0), half=nw.col("n") // 2)
    assert [int(str(half)) for half in found["half"]] == [3]


def test_a_day_is_told_from_a_time_of_it(frame: tuple[str, Frame]) -> None:
    """A time at midnight is a day; one after it is none, and nobody cuts it off."""
    _, rows = frame
    at = nw.lit(datetime(2018, 3, 1, 0, 0))
    with_times = rows.with_columns(midnight=at, later=nw.lit(datetime(2018, 3, 1, 0, 1)))
    schema = with_times.collect_schema()
    for name, wrong in (("midnight", 0), ("later", 3)):
        read = reading(Column(name, "date"), schema[name], name)
        assert sum(map(bool, values(with_times, wrong=read.unreadable)["wrong"])) == wrong, name


def test_the_length_of_an_interval_is_not_asked_for(frame: tuple[str, Frame]) -> None:
    """Ibis has no way to: minutes come from the parts of both times, forwards and back."""
    _, rows = frame
    local = nw.col("arrived").dt.replace_time_zone(None)
    noon = nw.lit(datetime(2018, 3, 24, 23, 59, 59, 500_000))
    there = rows.with_columns(local=local, before=noon)
    found = values(
        there,
        minutes=minutes_between(nw.col("before"), nw.col("local")),
        back=minutes_between(nw.col("local"), nw.col("before")),
    )
    known = {None if pd.isna(each) else int(str(each)) for each in found["minutes"]}
    assert known == {None, 30, 255}
    assert {None if pd.isna(each) else int(str(each)) for each in found["back"]} == {
        None,
        -30,
        -255,
    }
