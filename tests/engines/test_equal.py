"""Every family's figures and findings are the same, wherever its records lie."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.definitions.catalogue import family_codes

PERIODS = ["2018-03", "2017-18-Q4", "2017-18"]
MONTHS = "2018-01..2018-03"
# A family, the line of it that is changed, and by which limit.
VARIANTS = {
    "rtt": (("E.B.3",), {"longest_wait_within": "-112d"}),
    "ae": (("E.B.5",), {"longest_stay": "3h"}),
}
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


def wider(data: object, code: str, engine: str) -> list[pd.DataFrame]:
    """Figures of months at each level above the records', of later commissioners, of a variant."""
    asked = {"period": MONTHS, "engine": engine}
    tables = [
        ind.derive(code, data, level=level, **asked) for level in ("stp", "region", "england")
    ]
    tables.append(ind.derive(code, data, geography="2019-04", **asked))
    changed = ind.variant(*VARIANTS[code][0], limits=VARIANTS[code][1])
    return [*tables, ind.derive(changed, data, **asked)]


@pytest.mark.long
@pytest.mark.parametrize("engine", ["ibis", "spark"])
@pytest.mark.parametrize("code", VARIANTS)
def test_levels_geography_and_variants(
    code: str, engine: str, sample: Path, parquet: Path, request: pytest.FixtureRequest
) -> None:
    """Several months at once, which are looked up, and the same with other limits."""
    here = parquet if engine == "spark" else [request.getfixturevalue("warehouse"), parquet]
    if engine == "spark":
        request.getfixturevalue("spark")
    expected = wider(sample, code, "duckdb")
    assert all(len(table) > 1 for table in expected)
    for mine, theirs in zip(expected, wider(here, code, engine), strict=True):
        assert_frame_equal(mine, theirs)


@pytest.mark.parametrize("code", FAMILIES)
def test_on_ibis_over_duckdb(code: str, sample: Path) -> None:
    """What DuckDB has read is given to Ibis, and its rules run there."""
    expected = ind.derive(code, sample, period=PERIODS)
    assert_frame_equal(expected, ind.derive(code, sample, period=PERIODS, engine="ibis"))
