"""Publishers' files read plainly, and small copies of them with one fault each."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import InputError

Rows = list[list[str]]
Change = Callable[[Rows], object]
Spoil = Callable[..., Path]
Sheets = dict[str, list[list[Any]]]
ChangeSheets = Callable[[Sheets], object]


class Outcome(NamedTuple):
    """What a command ended with and printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]
Reconcile = Callable[[str, list[Path]], Reconciliation]


def csv_rows(path: Path, encoding: str = "utf-8-sig") -> Rows:
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.reader(lines))


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def spoilt_csv(path: Path, rows: Rows, change: Change, encoding: str = "utf-8") -> Path:
    """Rows with one change, written; the caller's stay as they were."""
    copy = [list(row) for row in rows]
    change(copy)
    return write_csv(path, copy, encoding)


def spoilt_workbook(path: Path, sheets: Sheets, change: ChangeSheets) -> Path:
    """Sheets with one change, written; the caller's stay as they were."""
    copy = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    change(copy)
    return write_xlsx(path, copy)


def replacing(place: int, column: int, text: str) -> Change:
    """The change of one cell."""

    def change(rows: Rows) -> None:
        rows[place][column] = text

    return change


def refusal(line: str, data: Path | list[Path], period: str, source: str | None = None) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(InputError) as error:
        ind.derive(line, data, period=period, source=source, notes=Notes())
    return "\n".join(str(problem) for problem in error.value.problems)
