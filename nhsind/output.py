"""Tables on their way out: for people, as CSV, as JSON, as Parquet."""

from __future__ import annotations

import io
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import UsageError

FORMATS = ("table", "csv", "json", "parquet")
# What a spreadsheet would run as a formula when it opens a CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def render(table: pd.DataFrame, form: str) -> str | bytes:
    """A table in one of the formats. CSV: missing is empty, booleans `true` and `false`."""
    if form == "parquet":
        buffer = io.BytesIO()
        storable(table).to_parquet(buffer, index=False)
        return buffer.getvalue()
    if form == "json":
        rows = [
            {name: _plain(value) for name, value in row.items()}
            for row in table.astype(object).to_dict("records")
        ]
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    shown = table.copy()
    for name in shown.columns:
        if str(shown[name].dtype) in ("boolean", "bool"):
            words = shown[name].map({True: "true", False: "false"})
            shown[name] = words.astype(object).where(words.notna(), None)
    if form == "csv":
        return shown.to_csv(index=False, lineterminator="\n")
    return _for_people(shown)


def form_of(out: Path | None, form: str | None, is_terminal: bool) -> str:
    """The format asked for: by name, by the file's ending, else a table on a terminal, or CSV."""
    if form is not None:
        return form
    if out is not None:
        ending = out.suffix.lstrip(".").lower()
        if ending in FORMATS:
            return ending
        if ending in ("", "txt"):
            return "table"
        raise UsageError(f"{out} has an unknown ending. Allowed: .csv, .json, .parquet, .txt")
    return "table" if is_terminal else "csv"


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = [
                f"'{value}"
                if isinstance(value, str) and value.startswith(FORMULA_STARTS)
                else value
                for value in safe[name]
            ]
    return safe


def storable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with columns that mix whole numbers and Decimals as Decimals, for Parquet."""
    stored = table.copy()
    for name in stored.columns:
        if any(isinstance(value, Decimal) for value in stored[name]):
            exact = [None if pd.isna(value) else Decimal(value) for value in stored[name]]
            stored[name] = pd.Series(exact, index=stored.index, dtype=object)
    return stored


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _for_people(table: pd.DataFrame) -> str:
    if table.empty:
        return "nothing to show\n"
    shown = table.copy()
    for name in shown.columns:
        if pd.api.types.is_float_dtype(shown[name]):
            shown[name] = [
                "" if pd.isna(value) else f"{value:.4f}".rstrip("0").rstrip(".")
                for value in shown[name]
            ]
        shown[name] = ["" if pd.isna(value) else str(value) for value in shown[name]]
    constant = [name for name in ("family", "org_level") if name in shown]
    shown = shown.drop(columns=constant) if len(shown.columns) > 15 else shown
    return shown.to_string(index=False) + "\n"
