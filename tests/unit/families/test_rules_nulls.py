"""Every clause and fault means the same on every kind of data frame, also where fields are missing.

Records with a missing value in each column, in each pair of columns and in all are put through a
family's unit tables and rules as pandas frames of both kinds of types, as Polars frames and as
DuckDB relations. No rule may answer "missing", and the four must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, product
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.family import Family
from nhsind.definitions.limits import Limit
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.definitions.unit_tables import Tables
from nhsind.derivation.units import period_table
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input

PERIODS = ["2016-02", "2017-06", "2017-18-Q1", "2017-18"]
# Before, in and after the periods, and at most 18 weeks apart.
DATES = ("2017-04-01", "2017-06-30", "2017-08-05")
MOST_COLUMNS_CROSSED = 4
# Columns that any table may carry; no rule reads them.
OF_ANY_TABLE = {"count", "counts_for", "counts_in"}

Connection = duckdb.DuckDBPyConnection
Convert = Callable[[pa.Table, Connection], Any]
KINDS: dict[str, Convert] = {
    "pandas numpy": lambda table, _: table.to_pandas(date_as_object=False),
    "pandas pyarrow": lambda table, _: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda table, _: pl.from_arrow(table),
    "duckdb": lambda table, connection: connection.from_arrow(table),
}


def values_of(column: Column) -> tuple[str, ...]:
    """Some values of a column, as text."""
    if column.values:
        return column.values
    return {
        "date": DATES,
        "timestamp": tuple(f"{day}T10:30:00" for day in DATES),
        "month": ("2017-06",),
        "period": ("2017-18-Q1",),
        "financial_year": ("2017-18",),
        "boolean": ("true", "false"),
        "integer": ("3",),
        "decimal": ("0.25",),
        "days": ("mon wed",),
    }.get(column.kind, column.known[:1] or ("AB1",))


def records(table: RecordTable) -> pd.DataFrame:
    """Rows of a table with missing values: every combination if few columns may be missing.

    Dates, lists and flags are crossed; where that would be too many rows, each column and each
    pair of columns is missing in turn.
    """
    free = [c for c in table.columns.values() if c.kind in ("date", "choice", "boolean")]
    rest = [c for c in table.columns.values() if c not in free and c.name not in OF_ANY_TABLE]
    names = [column.name for column in (*free, *rest)]
    constant = [values_of(column)[0] for column in rest]
    if len(free) <= MOST_COLUMNS_CROSSED:
        rows = [[*row, *constant] for row in product(*[(None, *values_of(c)) for c in free])]
    else:
        deepest = max(len(values_of(column)) for column in free)
        steps = [[values_of(c)[step % len(values_of(c))] for c in free] for step in range(deepest)]
        rows = [[*step, *constant] for step in steps]
    rows += list(_with_gaps(rows[-1]))
    table_of_rows = pd.DataFrame(rows, columns=names, dtype=object)
    identifier = table.identifier
    if identifier:  # distinct, so that no record is left out as a repetition
        given = table_of_rows[identifier].notna()
        table_of_rows.loc[given, identifier] = [f"r{n}" for n in range(given.sum())]
    return table_of_rows


def _with_gaps(row: list[Any]) -> Iterator[list[Any]]:
    every = range(len(row))
    gaps = [*combinations(every, 1), *combinations(every, 2), tuple(every)]
    for gap in gaps:
        yield [None if place in gap else value for place, value in enumerate(row)]


@cache
def checked_records(code: str) -> tuple[dict[str, pa.Table], pa.Table]:
    """The family's checked records by table, and the periods."""
    family = load_family(code)
    opened = open_input(family, {name: records(table) for name, table in family.tables.items()})
    # Every line's limits by name: lines that share a name differ only in its value.
    line = next(iter(family.indicators.values()))
    periods = period_table(opened, line, [parse_period(text) for text in PERIODS], "duckdb")
    return {name: _arrow(frame) for name, frame in opened.frames("duckdb").items()}, _arrow(periods)


def _arrow(frame: nw.LazyFrame[Any]) -> pa.Table:
    return frame.collect(backend="pyarrow").to_native()


def unit_tables(family: Family, convert: Convert) -> Tables:
    """The family's unit tables, made from checked records in one kind of frame."""
    given, periods = checked_records(family.code)
    limits = limits_by_name(family)
    connection = duckdb.connect()

    def native(table: pa.Table) -> nw.LazyFrame[Any]:
        return nw.from_native(convert(table, connection)).lazy()

    tables = {name: native(table) for name, table in given.items()}
    frame_of_periods = native(periods)
    return {
        name: made.of_line(tables, frame_of_periods, limits) for name, made in family.units.items()
    }


def limits_by_name(family: Family) -> dict[str, Limit]:
    """One value of each limit that a line of the family has."""
    lines = (family.indicators | family.supporting).values()
    return {name: limit for line in lines for name, limit in line.limits.items()}


def rules_of_units(family: Family) -> dict[str, list[str]]:
    """The rules that are asked of each unit table."""
    asked: dict[str, set[str]] = {}
    for line in (family.indicators | family.supporting).values():
        for measure in line.measures.values():
            own = asked.setdefault(measure.units, set())
            own.update(family.faults_of(line, measure.units), measure.clauses)
    return {name: sorted(rules) for name, rules in asked.items()}


def answers(family: Family, kind: str) -> dict[tuple[str, str], list[tuple[str, Any]]]:
    """What each rule says of each unit, by rule and unit table; a unit is named by its fields."""
    tables = unit_tables(family, KINDS[kind])
    limits = limits_by_name(family)
    rules = {name: rule.of(limits) for name, rule in family.clauses.items()}
    rules |= {name: rule() for name, rule in (family.faults | family.remarks).items()}
    found = {}
    for name, asked in rules_of_units(family).items():
        columns = sorted(tables[name].collect_schema().names())
        answered = {f"answer {place}": rules[rule] for place, rule in enumerate(asked)}
        frame = tables[name].with_columns(**answered)
        rows = frame.collect().select(*columns, *answered).rows()
        units = [" ".join(map(_plain, row[: len(columns)])) for row in rows]
        for place, rule in enumerate(asked, len(columns)):
            said = [row[place] for row in rows]
            found[rule, name] = list(zip(units, said, strict=True))
    return found


def _plain(value: Any) -> str:
    """A field as text, the same for every kind of frame."""
    if pd.isna(value):
        return ""
    # Whole numbers are floating point where numpy has to mark some as missing.
    return str(value).removesuffix(" 00:00:00").removesuffix(".0")


@pytest.fixture(scope="module", params=family_codes())
def by_kind(request: pytest.FixtureRequest) -> dict[str, dict[tuple[str, str], Any]]:
    family = load_family(request.param)
    return {kind: answers(family, kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_no_rule_answers_missing(by_kind: dict[str, Any], kind: str) -> None:
    for (rule, table), said in by_kind[kind].items():
        odd = [unit for unit, answer in said if answer is not True and answer is not False]
        assert not odd, f"{rule} of {table} says neither true nor false of: {odd[0]}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "duckdb"])
def test_every_kind_of_frame_answers_alike(by_kind: dict[str, Any], kind: str) -> None:
    for key, said in by_kind[kind].items():
        mine, theirs = Counter(said), Counter(by_kind["duckdb"][key])
        assert mine == theirs, f"{key[0]}: {kind} {mine - theirs}, duckdb {theirs - mine}"


@pytest.mark.parametrize("code", family_codes())
def test_the_records_lack_every_column_somewhere(code: str) -> None:
    for table in load_family(code).tables.values():
        rows = records(table)
        missing = {name for name in rows if rows[name].isna().any()}
        assert missing == set(table.columns) - OF_ANY_TABLE


@pytest.mark.parametrize("kind", KINDS)
def test_a_careless_rule_would_be_noticed(kind: str) -> None:
    """A comparison without a word on missing values: missing in three kinds, kept in pandas'."""
    arrow = pa.table({"stop_type": pa.array(["admitted", None])})
    frame = nw.from_native(KINDS[kind](arrow, duckdb.connect())).lazy()
    said = frame.select(answer=nw.col("stop_type") != "admitted").collect()["answer"].to_list()
    assert said[0] is False
    assert said[1] is True if kind == "pandas numpy" else pd.isna(said[1])
