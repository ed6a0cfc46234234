"""The query that `nhsind sql` prints gives the figures that `derive` gives, on the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import nhsind as ind
from nhsind.definitions.catalogue import all_indicators, family_codes, load_family
from nhsind.definitions.column_sql import quote, sql_type
from nhsind.definitions.record_tables import Column
from nhsind.derivation.query import USUAL
from nhsind.derivation.values import measure
from nhsind.engines.embedded import Embedded
from nhsind.given import given
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import open_input
from nhsind.synthetic.data_set import write_sample


def warehouse(opened: Input) -> duckdb.DuckDBPyConnection:
    """The family's tables as somebody's own database has them: in its schema, and unchecked.

    Days, numbers and yes and no are typed; months, periods, years and counts are text.
    """
    assert isinstance(opened.place, Embedded)
    con, family = opened.place.con, opened.family
    con.execute(f"CREATE SCHEMA {quote(family.code)}")
    for table in family.tables.values():
        held = opened.given[table.name] if table.name in opened.tables else frozenset()
        shown = ", ".join(
            f"{_given(name) if name in held else 'NULL'}::{lying_as(column)} AS {quote(name)}"
            for name, column in table.columns.items()
        )
        of = f"FROM {quote(f'{table.name}_raw')}" if held else "LIMIT 0"
        con.execute(f"CREATE TABLE {quote(family.code)}.{quote(table.name)} AS SELECT {shown} {of}")
    return con


def _given(name: str) -> str:
    return f"nullif({quote(name)}, '')"


def lying_as(column: Column) -> str:
    if column.name == "count":
        return "VARCHAR"
    kinds = {"decimal": "DOUBLE", **dict.fromkeys(("month", "period", "financial_year"), "VARCHAR")}
    return kinds.get(column.kind, sql_type(column))


def known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fifth of the sample: enough that every line has units."""
    return write_sample(tmp_path_factory.mktemp("query") / "sample", scale=0.2)


@pytest.mark.parametrize("code", family_codes())
def test_the_printed_query_gives_the_figures(sample: Path, code: str) -> None:
    family = load_family(code)
    opened = open_input(family, given(sample).data)
    con = warehouse(opened)
    lines = [line for line in all_indicators().values() if line.family == code]
    assert lines
    for line in lines:
        period = next(each for each in USUAL if line.answers(parse_period(each)))
        if line.only_months_of:
            period = str((opened.months_of_events(line) or [])[-1])
        derived = measure(opened, [line], periods=[parse_period(period)], level=family.record_level)
        asked = con.execute(ind.sql(line.code, period=period)).fetchall()
        found = {
            org: (known(numerator), known(denominator)) for org, _, numerator, denominator in asked
        }
        expected = {
            row.org_code: (known(row.numerator), known(row.denominator))
            for row in derived.itertuples()
        }
        assert found, line.code
        # Organisations without units have no row in a query.
        nothing = {(0.0, 0.0), (0.0, None), (None, None)}
        lacking = {org: pair for org, pair in expected.items() if org not in found}
        assert set(lacking.values()) <= nothing, line.code
        assert found == {org: pair for org, pair in expected.items() if org in found}, line.code


def test_a_query_of_a_variant_has_its_own_limit() -> None:
    variant = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    text = ind.sql(variant, period="2018-03")
    assert "E.B.3*" in text and "112 days or less" in text and "DATE '2017-12-09'" in text


def test_rows_of_somebodys_own_agree_and_disagree() -> None:
    """A code in another case is the same code; another code is not."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA rtt")
    con.execute(
        """CREATE TABLE rtt.pathways AS SELECT pathway_id, trim(ccg_code) || ' ' AS ccg_code,
        NULL AS provider_code, tfc AS treatment_function_code, DATE '2018-03-01' AS
        clock_start_date, NULL::DATE AS clock_stop_date, NULL AS stop_type, count FROM (VALUES
        ('a', '00A', '100', NULL), ('a', '00a', '100', NULL), ('b', '00A', '100', '1'),
        ('b', '00A', '110', '1'), (NULL, '00A', '100', '7'), (NULL, '00A', '100', NULL))
        AS t(pathway_id, ccg_code, tfc, count)"""
    )
    asked = con.execute(ind.sql("E.B.3", period="2018-03")).fetchall()
    assert asked == [("00A", "2018-03", 8, 8)]
