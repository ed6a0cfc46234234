"""Every family's figures and findings are the same, wherever its records lie."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.definitions.catalogue import family_codes

PERIODS = ["2018-03", "2017-18-Q4", "2017-18"]
TOLD = ["fault", "rows", "left_out_of", "about"]
# Where time is short: a snapshot, half days, a join, and one with booleans and decimals.
SOON = ("rtt", "sus", "ae", "phb")
FAMILIES = [
    code if code in SOON else pytest.param(code, marks=pytest.mark.long) for code in family_codes()
]


def findings(data: object, code: str, engine: str = "duckdb") -> pd.DataFrame:
    """What `check` says, without the places, which only files have."""
    found = ind.check(data, code, engine=engine)[TOLD]
    return found.sort_values(TOLD, ignore_index=True)


def same(sample: Path, data: object, code: str, engine: str) -> None:
    expected = ind.derive(code, sample, period=PERIODS)
    assert not expected.empty
    assert_frame_equal(expected, ind.derive(code, data, period=PERIODS, engine=engine))
    assert_frame_equal(findings(sample, code), findings(data, code, engine))


@pytest.mark.parametrize("code", FAMILIES)
def test_on_postgres(code: str, sample: Path, parquet: Path, warehouse: str) -> None:
    same(sample, [warehouse, parquet], code, "ibis")


@pytest.mark.parametrize("code", FAMILIES)
def test_on_spark(code: str, sample: Path, parquet: Path, spark: None) -> None:
    same(sample, parquet, code, "spark")


@pytest.mark.parametrize("code", FAMILIES)
def test_on_ibis_over_duckdb(code: str, sample: Path) -> None:
    """What DuckDB has read is given to Ibis, and its rules run there."""
    expected = ind.derive(code, sample, period=PERIODS)
    assert_frame_equal(expected, ind.derive(code, sample, period=PERIODS, engine="ibis"))
