"""A DuckDB file that Ibis asks: found by its address, only read, and never made."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.errors import InputError

PERIOD = "2018-03"


@pytest.mark.parametrize("called", ["rtt.pathways", "rtt_pathways"])
def test_the_figures_are_those_of_the_files(
    called: str, parquet: Path, sample: Path, tmp_path: Path
) -> None:
    file = tmp_path / "records.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("CREATE SCHEMA rtt")
        con.execute(f"CREATE TABLE {called} AS FROM '{parquet}/rtt/pathways.parquet'")
    # Another program may read it too: nobody locks it.
    with duckdb.connect(str(file), read_only=True):
        found = ind.derive("rtt", [f"duckdb://{file}", parquet], period=PERIOD)
    assert_frame_equal(ind.derive("rtt", sample, period=PERIOD), found)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not answer"):
        ind.derive("rtt", f"duckdb://{tmp_path}/records.duckdb", period=PERIOD)
    assert not list(tmp_path.iterdir())
