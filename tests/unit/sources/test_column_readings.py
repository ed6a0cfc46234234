"""Columns that lie elsewhere are read as the embedded DuckDB reads them: the same values, the same
refusals, whatever their stored type."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from nhsind.definitions.column_sql import quote
from nhsind.definitions.column_sql import reading as in_sql
from nhsind.definitions.record_tables import Column
from nhsind.sources.column_readings import labels_read, reading

CHOICE = Column("c", "choice", values=("01", "02", "admitted"), aliases={"in": "admitted"})
TEXTS = {
    "identifier": [" a ", "\u00a0", "A1", ""],
    "code": ["5e1 ", "\ufeff00a", "ab\tc"],
    "date": [
        *("2018-02-28", "2018-02-29", "2016-02-29", "1900-02-29", "2000-02-29", "2018-04-31"),
        *("2018-4-30", "20180430", "31/03/2018", "2018-13-01", "2018-00-10", " 2018-12-31 "),
    ],
    "timestamp": [
        *("2018-02-28T10:00:00", "2018-02-28 10:00", "2018-02-30T10:00", "2018-02-28"),
        *("2018-02-28T10:00:00.5", "2018-02-28T10:00:60", "2018-02-28T10:60"),
    ],
    "month": ["2018-02", "2018-13", "201802", "2018-2", "2016-02"],
    "financial_year": ["2017-18", "2017/18", "2017-2018", "2017-19", "2017"],
    "period": ["2017-18-Q1", "2017-18 q4", "2018-03", "2017/18", "2017-18-Q5", "2017-19-Q1"],
    "integer": ["0", "12", "1.5", "-1", "x", "1000000000000", "1000000000001", "007"],
    "decimal": ["0.5", "1", ".25", "1.", "1e-3", "-1", "x", "1000000000", "1000000001"],
    "days": ["mon tue", "Monday, Wed", "thurs/fri", "someday", "mon mon"],
    "boolean": ["true", "YES", "0", "1.0", "2", "no "],
    "choice": ["1", "01", " ADMITTED", "in", "out", "2"],
}


def told(column: Column, table: pa.Table) -> tuple[list[object], list[object]]:
    """What SQL and what expressions make of a column: values where they can be read, else '?'."""
    con = duckdb.connect()
    con.register("given", table)
    stored = con.execute("SELECT typeof(c) FROM given").fetchone()
    assert stored
    sql = in_sql(column, stored[0])
    rows = con.execute(
        f"SELECT {sql.unreadable}, {sql.value} FROM given ORDER BY {quote('at')}"
    ).fetchall()
    frame = nw.from_native(con.table("given")).lazy()
    item = reading(column, frame.collect_schema()["c"], "c")
    asked = frame.select("at", wrong=item.unreadable, value=item.value).sort("at")
    found = asked.collect(backend="pyarrow").to_native().to_pylist()
    means = {row["value"]: row["value"] for row in found}
    if item.label is not None:
        means = {None: None} | labels_read(means, item.label)
    mine = [
        "?"
        if row["wrong"] or (row["value"] is not None and means[row["value"]] is None)
        else means[row["value"]]
        for row in found
    ]
    return ["?" if wrong else value for wrong, value in rows], mine


@pytest.mark.parametrize("kind", TEXTS)
def test_texts(kind: str) -> None:
    column = CHOICE if kind == "choice" else Column("c", kind)
    texts = [*TEXTS[kind], None, " "]
    sql, mine = told(column, pa.table({"at": range(len(texts)), "c": texts}))
    assert mine == sql
    assert "?" in mine or kind in ("identifier", "code")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", pa.array([0.0, 1.0, 1.5, -1.0, float("nan"), float("inf"), None])),
        ("integer", pa.array([Decimal("3"), Decimal("3.5"), None])),
        ("decimal", pa.array([0.1, 1234567.25, -0.5, float("nan"), None])),
        ("decimal", pa.array([Decimal("0.1234"), Decimal("-1"), None])),
        ("choice", pa.array([1, 2, 3, None])),
        ("code", pa.array([7, 12, None])),
        ("boolean", pa.array([1, 0, 2, None])),
        ("date", pa.array([0, 86_400_000_000, 5, None], pa.timestamp("us"))),
        ("date", pa.array([1, 2, None])),
        ("month", pa.array([0, 58, None], pa.date32())),
        ("integer", pa.array([True, None])),
    ],
)
def test_stored_types(kind: str, values: pa.Array) -> None:
    column = CHOICE if kind == "choice" else Column("c", kind, width=2 if kind == "code" else 0)
    sql, mine = told(column, pa.table({"at": range(len(values)), "c": values}))
    assert mine == sql
