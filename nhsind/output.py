"""Tables on their way out: for people, as CSV, as JSON, as Parquet."""

from __future__ import annotations

import io
import json
import math
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import UsageError
from nhsind.formats import FORMATS

# What a spreadsheet would run as a formula when it opens a CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def render(table: pd.DataFrame, form: str) -> str | bytes:
    """A table in one of the formats: parquet as bytes, the others as text."""
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
    return as_csv(table) if form == "csv" else _for_people(_with_words(table))


def as_csv(table: pd.DataFrame) -> str:
    """CSV: missing is empty, booleans `true` and `false`, whole numbers without a point."""
    shown = _with_words(table)
    for name in shown.columns:
        if pd.api.types.is_float_dtype(shown[name]):
            shown[name] = pd.Series(
                [_number(value) for value in shown[name]], index=shown.index, dtype=object
            )
    return shown.to_csv(index=False, lineterminator="\n")


def _with_words(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy()
    for name in shown.columns:
        if pd.api.types.is_bool_dtype(shown[name]):
            words = shown[name].map({True: "true", False: "false"})
            shown[name] = words.astype(object).where(words.notna(), None)
    return shown


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
            texts = [value for value in safe[name].unique() if isinstance(value, str)]
            formulas = {text: f"'{text}" for text in texts if text.startswith(FORMULA_STARTS)}
            if formulas:
                safe[name] = safe[name].replace(formulas)
    return safe


def storable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with columns that mix whole numbers and Decimals as Decimals, for Parquet."""
    stored = table.copy()
    stored.attrs = {}  # what a call had to say is not part of the table
    for name in stored.columns:
        if stored[name].dtype != object:  # Decimals are objects
            continue
        if any(isinstance(value, Decimal) for value in stored[name]):
            exact = [None if pd.isna(value) else Decimal(value) for value in stored[name]]
            stored[name] = pd.Series(exact, index=stored.index, dtype=object)
    return stored


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, Decimal):
        return _number(float(value))
    if isinstance(value, date):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> float | int | None:
    """A number as it is written: a whole one without a decimal point, none for a missing one."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


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
