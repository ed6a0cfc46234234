"""How a sample's tables are written: days, values that only some rows have, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.definitions.column_sql import literal


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV: missing is empty, text is quoted only where it must be."""
    con = duckdb.connect()
    con.register("made", pa.Table.from_pandas(table, preserve_index=False))
    con.execute(f"COPY (FROM made) TO {literal(str(path))} (HEADER, DELIMITER ',')")
    con.close()


def day_text(days: Any) -> np.ndarray:
    """Days (datetime64) as YYYY-MM-DD."""
    return np.asarray(days).astype("datetime64[D]").astype(str).astype(object)


def only_where(chosen: Any, values: Any) -> np.ndarray:
    """The values where chosen, missing elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[chosen] = np.asarray(values, dtype=object)[chosen]
    return result
