"""Faulty records, of each kind that `check` reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

# Spoils the chosen rows of a table in place and returns rows to add.
Spoiler = Callable[[pd.DataFrame, Any], pd.DataFrame]


def spoil(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int, *ways: Spoiler
) -> pd.DataFrame:
    """Spoil `wanted` records in each of the ways; different records for each.

    A table too small for that stays whole.
    """
    if len(table) < 4 * wanted * len(ways):
        return table
    chosen = rng.permutation(len(table))[: wanted * len(ways)].reshape(len(ways), wanted)
    table = table.reset_index(drop=True)
    added = [
        extra for rows, way in zip(chosen, ways, strict=True) if len(extra := way(table, rows))
    ]
    spoiled: pd.DataFrame = pd.concat([table, *added], ignore_index=True)
    return spoiled


def set_to(column: str, value: str | None) -> Spoiler:
    """Overwrites a column of the chosen records; None blanks it."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        table.loc[rows, column] = value
        return table.iloc[:0]

    return way


def repeated(**changed: str) -> Spoiler:
    """Repeats the chosen records, equal or with columns changed so that they disagree."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        again: pd.DataFrame = table.loc[rows].assign(**changed)
        return again

    return way
