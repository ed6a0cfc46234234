"""Tables as publishers print them: found by their headings, read exactly, bad cells all named.

A `Printed` is the rows below a header, from a sheet or a CSV file, as they stand there; columns
are found by heading (blanks, case and footnote numbers ignored), numbers are read without
floating point, and the marks of suppressed and missing cells keep their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.sources import cells as cell_reading
from nhsind.sources.cells import NOT_AVAILABLE, PARTS, UNCALCULATED, tidy
from nhsind.sources.headings import places_of, plain

MOST_LISTED = 20
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Numbers:
    """A column of printed numbers, each distinct cell read once.

    `read`: the numbers (int, Decimal or None) and marks of the distinct cells; `which`: the one
    of each row.
    """

    read: Sequence[tuple[int | Decimal | None, str]]
    which: Array
    index: pd.Index[Any]

    @cached_property
    def values(self) -> pd.Series[Any]:
        """The numbers: int, Decimal, or None where a mark stands."""
        return self._spread([number for number, _ in self.read])

    @cached_property
    def marks(self) -> pd.Series[Any]:
        """What the marks mean; empty where a number stands."""
        return self._spread([mark for _, mark in self.read])

    @property
    def whole(self) -> Array:
        """The numbers as 64-bit integers; every one must be whole and there."""
        whole = [int(number) for number, _ in self.read if number is not None]
        return np.array(whole, dtype=np.int64)[self.which]

    @property
    def floats(self) -> Array:
        """The values in floating point, missing as NaN."""
        known = [np.nan if number is None else float(number) for number, _ in self.read]
        return np.array(known, dtype=float)[self.which]

    def _spread(self, distinct: list[Any]) -> pd.Series[Any]:
        cells = np.empty(len(distinct), dtype=object)
        cells[:] = distinct
        return pd.Series(cells[self.which], index=self.index, dtype=object)


@dataclass(frozen=True)
class Printed:
    """The rows below a header; `cells` is indexed by the row or line number that a user sees.

    `spellings`: by the name that a reader uses for a column, its headings over the years.
    """

    place: str
    headings: tuple[str, ...]
    cells: pd.DataFrame
    top: int
    unit: str = "row"
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def position(self, heading: str, nth: int | None = None) -> int:
        """The column of a heading: the same text, else one that begins so.

        `nth`: which of several alike, from 0. Raises InputError where there is none, and where
        there are several and it is not said which.
        """
        if nth is None:
            self.refuse_twice(heading)
        found = self._places(heading)
        if len(found) <= (nth or 0):
            raise InputError(self._missing(heading))
        return found[nth or 0]

    def has(self, heading: str) -> bool:
        """Whether there is such a column."""
        return bool(self._places(heading))

    def _places(self, heading: str) -> list[int]:
        """Where a heading stands, in the first of its spellings that does."""
        spellings = self.spellings.get(heading, (heading,))
        return next(filter(None, (places_of(name, self.plain) for name in spellings)), [])

    def require(self, *headings: str) -> None:
        """Raise InputError naming every heading that is missing."""
        missing = [heading for heading in headings if not self.has(heading)]
        if missing:
            raise InputError(self._missing(heading) for heading in missing)

    def where(self, chosen: Any) -> Printed:
        """Only the chosen rows."""
        return replace(self, cells=self.cells[np.asarray(chosen, dtype=bool)])

    def texts(self, heading: str, nth: int | None = None) -> pd.Series[Any]:
        """A column as text, blanks joined and taken off the ends."""
        return self._read(heading, nth, tidy)

    def codes(self, heading: str, nth: int | None = None) -> pd.Series[Any]:
        """A column of codes, in capitals, without the formulas that keep them text."""
        return self._read(heading, nth, cell_reading.code)

    def months(self, heading: str, pattern: str = "{}") -> pd.Series[Any]:
        """A column of months as `2017-06`: a date, a day as text, or a month's name and year.

        `pattern`: what stands around the month, such as `MSitAE-{}`. Days such as 1/2/2017 are
        read one way throughout, as the column itself decides.
        """
        column = self._column(heading)
        found = cell_reading.months(column, pattern)
        wrong = column.map({cell: period is None for cell, period in found.items()}).astype(bool)
        allowed = "a month or a day of it, such as 2017-06-30"
        self._refuse(
            wrong, heading, column=column, message="is not a month for certain", allowed=allowed
        )
        return column.map({cell: str(period) for cell, period in found.items()}).astype(object)

    def days(self, heading: str) -> pd.Series[Any]:
        """A column of days: dates, or text such as 2017-09-01, 01SEP2017 or 20170901; else None."""
        column = self._column(heading)
        found = cell_reading.days(column)
        wrong = column.map({cell: not day and bool(tidy(cell)) for cell, day in found.items()})
        allowed = "such as 2017-09-01"
        self._refuse(
            wrong.astype(bool),
            heading,
            column=column,
            message="is not a day for certain",
            allowed=allowed,
        )
        return pd.Series([found[cell] for cell in column], index=column.index, dtype=object)

    def numbers(
        self,
        *headings: str | tuple[str, int | None],
        marks: Mapping[str, str] | None = None,
        parts: str = "whole",
    ) -> list[Numbers]:
        """Columns of numbers (a heading, or a heading and which of several alike).

        `marks`: what a text in place of a number means: `suppressed`, `not_available`, or
        `nothing` (0). `parts`: `whole`, `halves` or `decimal`. Raises InputError with every cell
        that is neither.
        """
        known = {key.lower(): meaning for key, meaning in (marks or {}).items()}
        size, allowed = PARTS[parts]
        if known:
            allowed += f", or {' '.join(repr(mark) for mark in known)}"
        columns, problems = [], []
        for name, nth in [(name, None) if isinstance(name, str) else name for name in headings]:
            column = self._column(name, nth)
            distinct, which = distinct_cells(column)
            read = [cell_reading.number(cell, known, size) for cell in distinct]
            wrong = np.array([result is None for result in read], dtype=bool)
            if wrong.any():
                problems += self._problems(
                    wrong[which], name, column=column, message="is not a number", allowed=allowed
                )
            columns.append(Numbers([item or (None, "") for item in read], which, column.index))
        if problems:
            raise InputError(problems)
        return columns

    def shares(self, heading: str, percent: bool = True, marks: Iterable[str] = ("", "-")) -> Array:
        """A column of printed percentages as fractions; NaN where a mark stands for one."""
        (column,) = self.numbers(
            heading, marks=dict.fromkeys(marks, NOT_AVAILABLE), parts="decimal"
        )
        return column.floats / 100 if percent else column.floats

    def refuse_twice(self, *headings: str) -> None:
        """Raise InputError naming the headings that two columns have: neither is the one."""
        text = "stands above two columns; keep the one that is meant"
        twice = [self._called(name) for name in headings if len(self._places(name)) > 1]
        if twice:
            raise InputError(
                Problem(self.place, text, self.top, name, unit=self.unit) for name in twice
            )

    def _called(self, heading: str) -> str:
        return self.spellings.get(heading, (heading,))[0]

    def without_remarks(self) -> Printed:
        """The rows of the table, not the remarks below it, which fill one cell only."""
        count = np.zeros(len(self.cells), dtype=np.int64)
        for place in self.cells.columns:
            rest = count <= 1
            if not rest.any():
                break
            distinct, which = distinct_cells(self.cells.loc[rest, place])
            count[rest] += np.array([bool(tidy(cell)) for cell in distinct], dtype=np.int64)[which]
        return self.where(count > 1)

    def places(self) -> list[str]:
        """File, sheet and row of each row."""
        return [f"{self.place} {self.unit} {number}" for number in self.cells.index]

    def refuse_repeated(self, *keys: str | pd.Series[Any]) -> None:
        """Raise InputError where two rows are of the same: codes of a heading, or values read.

        Each names the earlier row of its kind.
        """
        columns = [self.codes(key) if isinstance(key, str) else key for key in keys]
        values = pd.concat(columns, axis=1, ignore_index=True)
        again = values.duplicated()
        first = values[~again & values.duplicated(keep=False)].reset_index()
        held = dict(zip(map(tuple, first[values.columns].to_numpy()), first["index"], strict=True))
        problems = [
            Problem(
                self.place,
                f"stands in an earlier row too: {' '.join(map(str, key))} "
                f"({self.unit} {held[tuple(key)]})",
                number,
                allowed="--revisions counts rows once that are alike in all",
                unit=self.unit,
            )
            for number, *key in values[again].head(MOST_LISTED).itertuples(name=None)
        ]
        if problems:
            raise InputError(problems)

    def refuse(self, wrong: Any, heading: str, message: str, allowed: str) -> None:
        """Raise InputError with the cells of a column where `wrong` is true."""
        column = self.cells[self.position(heading)]
        self._refuse(
            np.asarray(wrong, dtype=bool), heading, column=column, message=message, allowed=allowed
        )

    @cached_property
    def plain(self) -> list[str]:
        """The headings as they are compared."""
        return [plain(name) for name in self.headings]

    def _column(self, heading: str, nth: int | None = None) -> pd.Series[Any]:
        """The cells of a column; InputError where one is a formula without its value."""
        column = self.cells[self.position(heading, nth)]
        if column.dtype == object:
            self._refuse(
                column.to_numpy() == UNCALCULATED,
                heading,
                column=column,
                message="is a formula without a value",
                allowed="open it in Excel and save it",
            )
        return column

    def _read(self, heading: str, nth: int | None, read: Callable[[Any], str]) -> pd.Series[Any]:
        column = self._column(heading, nth)
        distinct, which = distinct_cells(column)
        texts = np.array([read(cell) for cell in distinct], dtype=object)
        return pd.Series(texts[which], index=column.index, dtype=object)

    def _missing(self, heading: str) -> Problem:
        found = ", ".join(name for name in self.headings if name)
        name, *others = self.spellings.get(heading, (heading,))
        also = f" (or as {', '.join(others)})" if others else ""
        return Problem(
            self.place,
            f"the column is missing{also}",
            self.top,
            name,
            allowed=f"the headings found are {found[:600]}",
            unit=self.unit,
        )

    def _refuse(
        self, wrong: Any, heading: str, *, column: pd.Series[Any], message: str, allowed: str
    ) -> None:
        problems = self._problems(
            np.asarray(wrong), heading, column=column, message=message, allowed=allowed
        )
        if problems:
            raise InputError(problems)

    def _problems(
        self, wrong: Array, heading: str, *, column: pd.Series[Any], message: str, allowed: str
    ) -> list[Problem]:
        at = np.flatnonzero(wrong)
        name = self._called(heading)
        problems = [
            Problem(
                self.place,
                message,
                int(column.index[row]),
                name,
                tidy(column.iloc[row]).replace(UNCALCULATED, "")[:80],
                allowed,
                unit=self.unit,
            )
            for row in at[:MOST_LISTED]
        ]
        if len(at) > MOST_LISTED:
            text = f"{message}, as in the rows listed"
            problems.append(Problem(self.place, text, None, name, rows=len(at)))
        return problems


def distinct_cells(column: pd.Series[Any]) -> tuple[list[Any], Array]:
    """The distinct cells of a column, and which of them each row has.

    True and 1.0 are other cells than 1.
    """
    if column.dtype != object:
        which, distinct = pd.factorize(column)
        return list(distinct), which
    cells = column.to_numpy()
    if {*map(type, cells)} <= {str, float}:
        # No number of another type equals one of these.
        rows, texts = pd.factorize(cells, use_na_sentinel=False)
        return list(texts), rows
    found: dict[Any, int] = {}
    which = np.empty(len(column), dtype=np.int64)
    for row, cell in enumerate(column):
        key = cell if isinstance(cell, str) else (type(cell), cell)
        which[row] = found.setdefault(key, len(found))
    return [key if isinstance(key, str) else key[1] for key in found], which
