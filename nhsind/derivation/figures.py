"""Exact figures: whole numbers and Decimals of a column, as fractions, floats and sums."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]


def as_floats(figures: pd.Series[Any]) -> Array:
    """Whole numbers, Decimals and missing values as floating point."""
    if str(figures.dtype) == "Int64":
        return figures.to_numpy(dtype=float, na_value=np.nan)
    return np.array([np.nan if pd.isna(value) else float(value) for value in figures], dtype=float)


def as_exact(figure: Any) -> Fraction:
    """A whole number of any kind or a Decimal as an exact fraction."""
    return Fraction(as_number(figure))


def as_number(figure: Any) -> int | Decimal:
    """A whole number of any kind as Python's own; a Decimal as it is."""
    return figure if isinstance(figure, Decimal) else int(figure)


def whole_if_all_are(figures: pd.Series[Any]) -> pd.Series[Any]:
    """The figures as whole numbers where all are, else as they stand."""
    if str(figures.dtype) == "Int64":
        return figures
    known = [value for value in figures if not pd.isna(value)]
    if all(value == int(value) for value in known):
        values = [pd.NA if pd.isna(value) else int(value) for value in figures]
        return pd.Series(values, index=figures.index, dtype="Int64")
    # Two halves are 1, not 1.0.
    exact = [
        int(value) if isinstance(value, Decimal) and value == int(value) else value
        for value in figures
    ]
    return pd.Series(exact, index=figures.index, dtype=object)


def total(figures: pd.Series[Any]) -> Any:
    """The exact sum of whole numbers and Decimals; missing if all are."""
    known = [value for value in figures if not pd.isna(value)]
    return sum(known[1:], known[0]) if known else pd.NA
