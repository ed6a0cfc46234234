"""Rows that a file prints twice alike: counted once where that is asked, else left to be refused.

Alike is what reads alike: `1,080` is 1080, `="00A"` is 00A, and 31/03/2018 is 2018-03-31.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pandas as pd

from nhsind.sources.cells import code, days, number
from nhsind.sources.printed_table import Printed, distinct_cells

MOST_NAMED = 5
# What is said of the rows counted once; None where it is not asked.
_SAID: ContextVar[list[str] | None] = ContextVar("rows_counted_once", default=None)


@contextmanager
def equal_rows_once() -> Iterator[list[str]]:
    """While files are read, rows that are alike count once; gives the list of what is said."""
    said: list[str] = []
    token = _SAID.set(said)
    try:
        yield said
    finally:
        _SAID.reset(token)


def once(table: Printed) -> Printed:
    """The table without rows that are alike to an earlier one, where that is asked."""
    said = _SAID.get()
    if said is None:
        return table
    again = as_read(table.cells).duplicated().to_numpy()
    if not again.any():
        return table
    numbers = [f"{number:,}" for number in table.cells.index[again]]
    more = f" and {len(numbers) - MOST_NAMED:,} more" if len(numbers) > MOST_NAMED else ""
    where = f"{table.unit}{'s' if len(numbers) > 1 else ''} {', '.join(numbers[:MOST_NAMED])}{more}"
    said.append(f"{table.place} {where}: alike in all to an earlier {table.unit}, counted once")
    return table.where(~again)


def as_read(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of a table as texts that are the same where the cells read alike."""
    return pd.DataFrame({name: _column(cells[name]) for name in cells.columns}, cells.index)


def _column(column: pd.Series[Any]) -> Any:
    distinct, which = distinct_cells(column)
    dates = days(distinct)
    texts = [_text(cell, dates[cell]) for cell in distinct]
    return pd.Series(texts, dtype=object).to_numpy()[which]


def _text(cell: Any, day: Any) -> str:
    if day is not None:
        return str(day.isoformat())
    read = number(cell, {}, None)
    return code(cell) if read is None else str(read[0])
