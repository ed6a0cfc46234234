"""How the values of a sample's tables are written: days, times, identifiers, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.definitions.column_sql import literal

Array = np.ndarray[Any, Any]


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV: missing is empty, text is quoted only where it must be."""
    con = duckdb.connect()
    con.register("made", pa.Table.from_pandas(table, preserve_index=False))
    con.execute(f"COPY (FROM made) TO {literal(str(path))} (HEADER, DELIMITER ',')")
    con.close()


def day_text(days: Any) -> Array:
    """Days (datetime64) as YYYY-MM-DD."""
    return _text_of_each(np.asarray(days).astype("datetime64[D]"))


def time_text(times: Any) -> Array:
    """Times (datetime64) as YYYY-MM-DDTHH:MM:SS."""
    return np.asarray(times).astype("datetime64[s]").astype(str).astype(object)


def only_where(chosen: Any, values: Any) -> Array:
    """The values where chosen, missing elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[chosen] = np.asarray(values, dtype=object)[chosen]
    return result


def identifiers(letter: str, chosen: Any, digits: int = 7) -> Array:
    """An identifier for each chosen row, missing elsewhere: rows that stand for many have none."""
    chosen = np.asarray(chosen)
    names = np.full(len(chosen), None, dtype=object)
    names[chosen] = numbered(letter, int(chosen.sum()), digits)
    return names


def numbered(letter: str, number: int, digits: int = 7) -> Array:
    """So many identifiers, from 1."""
    return np.array([f"{letter}{place:0{digits}d}" for place in range(1, number + 1)], dtype=object)


def _text_of_each(days: Array) -> Array:
    """Few days stand in many rows: each is written once."""
    if not len(days):
        return np.array([], dtype=object)
    first = days.min()
    every = np.arange(first, days.max() + 1).astype(str).astype(object)
    return np.asarray(every[(days - first).astype(int)])
