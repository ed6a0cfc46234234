"""Counts by how long units have waited: rows checked against their total, filled bands as rows.

A band becomes a row of the family's table that stands for a wait of so many days; which waits
are within a limit is for the clauses to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nhsind.periods import parse_period
from nhsind.sources.printed import Printed
from nhsind.sources.published import LeftOut, rows_left_out

Array = np.ndarray[Any, Any]
NOT_THEIR_TOTAL = "the bands do not add up to the printed total"


@dataclass(frozen=True)
class Banded:
    """The rows of a printed table with their bands.

    `counts`: one row per row and one column per band; `totals`: what is printed as their sum;
    `adds_up`: whether it is. Rows in which it is not are left out and never repaired.
    """

    table: Printed
    counts: Array
    totals: Array
    adds_up: Array

    def filled(self, organisations: pd.Series[Any]) -> tuple[Array, Array, Array]:
        """Row, band and count of each filled band of the rows that add up.

        An organisation that has nothing but zeros keeps one band, of 0 units.
        """
        rows, bands = np.nonzero(self.counts * self.adds_up[:, None])
        counts = self.counts[rows, bands]
        # Numbers of the organisations: NumPy looks texts up one by one.
        codes, _ = pd.factorize(organisations)
        firsts = np.unique(codes[self.adds_up], return_index=True)[1]
        candidates = np.flatnonzero(self.adds_up)[firsts]
        empty = candidates[~np.isin(codes[candidates], codes[rows])]
        none = np.zeros(len(empty), dtype=np.int64)
        return (
            np.concatenate([rows, empty]),
            np.concatenate([bands, none]),
            np.concatenate([counts, none]),
        )

    def left_out(self, rows: pd.DataFrame, counted: Any = True) -> list[LeftOut]:
        """The rows that do not add up; `rows` says what each is of, as printed counts do.

        `counted`: which of the rows the lines count at all.
        """
        wrong = ~self.adds_up & np.asarray(counted, dtype=bool)
        details = both_sums(self.counts[wrong].sum(axis=1), self.totals[wrong])
        return rows_left_out(rows[wrong], [NOT_THEIR_TOTAL] * len(details), details)


def read_bands(table: Printed, headings: Sequence[str], total: str) -> Banded:
    """The bands of a table, and whether they add up to the printed total, row by row.

    Raises InputError for missing columns and for cells that are no numbers.
    """
    table.require(*headings, total)
    columns = table.numbers(*headings, total)
    numbers = np.array([column.values.tolist() for column in columns], dtype=np.int64)
    counts, totals = numbers[:-1].T, numbers[-1]
    return Banded(table, counts, totals, counts.sum(axis=1) == totals)


def both_sums(added: Array, totals: Array) -> list[str]:
    """The sum of each row's bands beside what is printed as their total."""
    return [f"{sum_:,}, not {total:,}" for sum_, total in zip(added, totals, strict=True)]


def month_ends(months: pd.Series[Any]) -> Array:
    """The last day of each of a column of months such as `2017-06`."""
    ends = {text: np.datetime64(parse_period(text).end) for text in months.unique()}
    return np.array([ends[text] for text in months], dtype="datetime64[D]")
