"""Connections to one database know nothing of each other, nor a process of its parent's."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.derivation.values import measure
from nhsind.engines.connections import connected
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input


def test_what_one_connection_holds_another_does_not_see() -> None:
    one, other = connected(), connected()
    for con, value in ((one, 1), (other, 2)):
        con.execute(f"CREATE TEMP TABLE held AS SELECT {value} AS value")
        con.execute("CREATE TEMP VIEW shown AS SELECT * FROM held")
        con.register("given", pd.DataFrame({"value": [value * 10]}))
    for con, value in ((one, 1), (other, 2)):
        assert con.execute("SELECT value FROM shown").fetchall() == [(value,)]
        assert con.execute("SELECT value FROM given").fetchall() == [(value * 10,)]


def test_inputs_that_are_open_together_keep_their_own_tables() -> None:
    def waits(**more: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "ccg_code": ["00A"],
                "provider_code": ["RAA"],
                "treatment_function_code": ["100"],
                "clock_start_date": ["2018-03-01"],
                "clock_stop_date": [None],
                "stop_type": [None],
                **{name: [value] for name, value in more.items()},
            }
        )

    rtt, month = load_family("rtt"), parse_period("2018-03")
    tables = [waits(count="3"), waits(pathway_id="p1")]
    opened = [open_input(rtt, {"pathways": table}) for table in tables]
    line = [rtt.indicators["E.B.3"]]
    derived = [measure(each, line, periods=[month], level="ccg") for each in opened]
    assert [list(table["numerator"]) for table in derived] == [[3], [1]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_child_has_a_database_of_its_own() -> None:
    parents = connected()
    parents.execute("CREATE TABLE of_the_parent AS SELECT 1 AS value")
    child = os.fork()
    if child == 0:
        found = connected().execute("SELECT table_name FROM duckdb_tables()").fetchall()
        os._exit(1 if ("of_the_parent",) in found else 0)
    parents.execute("DROP TABLE of_the_parent")
    assert os.waitpid(child, 0)[1] == 0
