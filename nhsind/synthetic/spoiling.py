"""Faulty records, of each kind that `check` reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

# Spoils the chosen rows of a table in place and returns rows to add.
Spoiler = Callable[[pd.DataFrame, Any], pd.DataFrame]


def spoil(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int, *ways: Spoiler, among: Any = None
) -> pd.DataFrame:
    """Spoil `wanted` records in each of the ways; different records for each.

    `among`: only rows that are true here. Where there are too few, nothing is spoilt.
    """
    open_to_it = np.arange(len(table)) if among is None else np.flatnonzero(among)
    if len(open_to_it) < 4 * wanted * len(ways):
        return table
    chosen = rng.permutation(open_to_it)[: wanted * len(ways)].reshape(len(ways), wanted)
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


def day_after(column: str, other: str) -> Spoiler:
    """Sets a day of the chosen records to the day after another one: an order that cannot be."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        rows = rows[table.loc[rows, other].notna().to_numpy()]
        days = table.loc[rows, other].to_numpy().astype("datetime64[D]") + 1
        table.loc[rows, column] = days.astype(str).astype(object)
        return table.iloc[:0]

    return way


def repeated(**changed: str) -> Spoiler:
    """Repeats the chosen records, equal or with columns changed so that they disagree."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        again: pd.DataFrame = table.loc[rows].assign(**changed)
        return again

    return way
