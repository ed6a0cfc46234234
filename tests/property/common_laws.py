"""Laws that the figures of every family obey, for the property tests of families to call."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from random import Random

import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.api import Notes

EXAMPLES = os.environ.get("NHSIND_EXAMPLES")


def lawful(examples: int) -> settings:
    """A few examples, the same every time; NHSIND_EXAMPLES=500 tries more of them, at random."""
    return settings(
        max_examples=int(EXAMPLES or examples),
        deadline=None,
        derandomize=EXAMPLES is None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


Tables = Mapping[str, pd.DataFrame]


def derive(
    family: str, tables: Tables, periods: Sequence[str], level: str | None = "ccg"
) -> pd.DataFrame:
    return ind.derive(family, dict(tables), list(periods), level=level, notes=Notes())


def order_and_other_columns_change_nothing(
    family: str, tables: Tables, periods: Sequence[str], random: Random
) -> None:
    """Rows and columns in any order, and columns with names that the package uses itself."""
    others = {}
    for name, table in tables.items():
        columns = list(table)
        random.shuffle(columns)
        rows = list(range(len(table)))
        random.shuffle(rows)
        other = table.iloc[rows][columns].reset_index(drop=True)
        for extra in ("period_end", "record_fault", "place", "numerator", "second_contact"):
            other.insert(0, extra, range(len(other)))
        others[name] = other
    expected = derive(family, tables, periods)
    assert_frame_equal(expected, derive(family, others, periods))


def england_is_the_sum(family: str, tables: Tables, periods: Sequence[str]) -> None:
    """Numerators and denominators of the commissioners in England add up."""
    ccgs = derive(family, tables, periods)
    england = derive(family, tables, periods, "england")
    keys, figures = ["indicator", "period"], ["numerator", "denominator"]
    inside = ccgs[ccgs["org_code"] != "NONC"]
    added = inside.groupby(keys)[figures].agg(lambda part: part.dropna().sum()).sort_index()
    found = england.set_index(keys)[figures].sort_index()
    assert list(found.index) == list(added.index)
    for key in found.index:
        for figure in figures:
            mine = found.loc[key, figure]
            assert (0 if pd.isna(mine) else mine) == added.loc[key, figure], (key, figure)


def strangers_change_nothing(
    family: str, mine: Tables, others: Tables, periods: Sequence[str], stranger: str
) -> None:
    """Rows of another organisation, under identifiers of their own, leave the figures alone."""
    alone = derive(family, mine, periods)
    both = {name: pd.concat([mine[name], others[name]], ignore_index=True) for name in mine}
    together = derive(family, both, periods)
    kept = together[together["org_code"] != stranger].reset_index(drop=True)
    assert_frame_equal(alone, kept, check_dtype=False)


def figures_of(table: pd.DataFrame) -> dict[tuple[str, str, str], tuple[object, object]]:
    """Numerator and denominator by line, organisation and period; missing as None."""
    return {
        (row.indicator, row.org_code, row.period): (
            None if pd.isna(row.numerator) else row.numerator,
            None if pd.isna(row.denominator) else row.denominator,
        )
        for row in table.itertuples()
    }
