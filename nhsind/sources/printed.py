"""Tables as publishers print them: found by their headings, read exactly, bad cells all named.

A `Printed` is the rows below a header, from a sheet or a CSV file, as they stand there; columns
are found by heading (blanks, case and footnote numbers ignored), numbers are read without
floating point, and the marks of suppressed and missing cells keep their meaning.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.record_tables import LARGEST_COUNT
from nhsind.definitions.statuses import Status
from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import Period, parse_period
from nhsind.sources.workbooks import LARGEST_UNPACKED, Rows, header_row, open_workbook, sheet, tidy

# What the mark of an unprinted number means; the first two are statuses of the output table.
SUPPRESSED, NOT_AVAILABLE, NOTHING = Status.SUPPRESSED, Status.NOT_AVAILABLE, "nothing"
MOST_LISTED = 20
Array = np.ndarray[Any, Any]
# 1,234 and 1,234.5: commas stand between groups of three digits only.
NUMBER = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?")
# 2017-09-01, 01SEP2017, 01-Sep-17, 01-Sep-2017, 20170901, 01/09/2017.
DAYS = ("%Y-%m-%d", "%d%b%Y", "%d-%b-%y", "%d-%b-%Y", "%Y%m%d", "%d/%m/%Y")
PARTS = {
    "whole": (1, "a whole number, 0 or more"),
    "halves": (2, "a number of wholes and halves, 0 or more"),
    "decimal": (None, "a number, 0 or more"),
}


@dataclass(frozen=True)
class Numbers:
    """A column of printed numbers: `values` (int, Decimal or None) and the `marks` of the rest."""

    values: pd.Series[Any]
    marks: pd.Series[Any]

    @property
    def floats(self) -> Array:
        """The values in floating point, missing as NaN."""
        return np.array([np.nan if v is None else float(v) for v in self.values], dtype=float)


@dataclass(frozen=True)
class Printed:
    """The rows below a header; `cells` is indexed by the row or line number that a user sees."""

    place: str
    headings: tuple[str, ...]
    cells: pd.DataFrame
    top: int
    unit: str = "row"

    def position(self, heading: str, nth: int = 0) -> int:
        """The column of a heading: the same text, else one that begins so. InputError if none."""
        wanted = _plain(heading)
        names = [_plain(name) for name in self.headings]
        same = [at for at, name in enumerate(names) if name == wanted]
        alike = same or [at for at, name in enumerate(names) if name.startswith(wanted)]
        if nth >= len(alike):
            raise InputError(self._missing(heading))
        return alike[nth]

    def has(self, heading: str) -> bool:
        """Whether there is such a column."""
        try:
            self.position(heading)
        except InputError:
            return False
        return True

    def require(self, *headings: str) -> None:
        """Raise InputError naming every heading that is missing."""
        missing = [heading for heading in headings if not self.has(heading)]
        if missing:
            raise InputError(self._missing(heading) for heading in missing)

    def where(self, chosen: Any) -> Printed:
        """Only the chosen rows."""
        return replace(self, cells=self.cells[np.asarray(chosen, dtype=bool)])

    def texts(self, heading: str, nth: int = 0) -> pd.Series[Any]:
        """A column as text, blanks joined and taken off the ends."""
        column = self.cells[self.position(heading, nth)]
        return column.map({cell: tidy(cell) for cell in column.unique()}).fillna("").astype(object)

    def codes(self, heading: str, nth: int = 0) -> pd.Series[Any]:
        """A column of codes, in capitals."""
        return self.texts(heading, nth).str.upper()

    def months(self, heading: str, pattern: str = "{}") -> pd.Series[Any]:
        """A column of months as `2017-06`: a date, a day as text, or a month's name and year.

        `pattern`: what stands around the month, such as `MSitAE-{}`.
        """
        column = self.cells[self.position(heading)]
        found = {cell: _month(cell, pattern) for cell in column.unique()}
        wrong = column.map({cell: period is None for cell, period in found.items()}).astype(bool)
        self._refuse(wrong, heading, column, "is not a month", "a month or a day of it")
        return column.map({cell: str(period) for cell, period in found.items()}).astype(object)

    def days(self, heading: str) -> pd.Series[Any]:
        """A column of days: dates, or text such as 2017-09-01, 01SEP2017 or 20170901; else None."""
        column = self.cells[self.position(heading)]
        found = {cell: _day(cell) for cell in column.unique()}
        wrong = column.map({cell: not day and bool(tidy(cell)) for cell, day in found.items()})
        self._refuse(wrong.astype(bool), heading, column, "is not a day", "such as 2017-09-01")
        return pd.Series([found[cell] for cell in column], index=column.index, dtype=object)

    def numbers(
        self,
        *headings: str | tuple[str, int],
        marks: Mapping[str, str] | None = None,
        parts: str = "whole",
    ) -> list[Numbers]:
        """Columns of numbers (a heading, or a heading and which of several alike).

        `marks`: what a text in place of a number means: `suppressed`, `not_available`, or
        `nothing` (0). `parts`: `whole`, `halves` or `decimal`. Raises InputError with every cell
        that is neither.
        """
        pairs = [(name, 0) if isinstance(name, str) else name for name in headings]
        places = [self.position(name, nth) for name, nth in pairs]
        known = {key.lower(): meaning for key, meaning in (marks or {}).items()}
        size, allowed = PARTS[parts]
        if known:
            allowed += f", or {' '.join(repr(mark) for mark in known)}"
        columns, problems = [], []
        for (name, _), at in zip(pairs, places, strict=True):
            column = self.cells[at]
            read: dict[Any, tuple[Any, str] | None] = {}
            for cell in _distinct(column):
                read[cell] = _number(cell, known, size)
            results = [read[_key(cell)] for cell in column]
            wrong = np.array([result is None for result in results], dtype=bool)
            problems += self._problems(wrong, name, column, "is not a number", allowed)
            values = [None if result is None else result[0] for result in results]
            words = ["" if result is None else result[1] for result in results]
            columns.append(
                Numbers(
                    pd.Series(values, index=column.index, dtype=object),
                    pd.Series(words, index=column.index, dtype=object),
                )
            )
        if problems:
            raise InputError(problems)
        return columns

    def shares(
        self, heading: str, nth: int = 0, percent: bool = True, marks: Iterable[str] = ("", "-")
    ) -> Array:
        """A column of printed percentages as fractions; NaN where a mark stands for one."""
        (column,) = self.numbers(
            (heading, nth), marks=dict.fromkeys(marks, NOT_AVAILABLE), parts="decimal"
        )
        return column.floats / 100 if percent else column.floats

    def without_remarks(self) -> Printed:
        """The rows of the table, not the remarks below it, which fill one cell only."""
        filled = self.cells.map(lambda cell: cell is not None and tidy(cell) != "")
        return self.where(filled.sum(axis="columns") > 1)

    def places(self) -> list[str]:
        """File, sheet and row of each row."""
        return [f"{self.place} {self.unit} {number}" for number in self.cells.index]

    def refuse_repeated(self, *headings: str) -> None:
        """Raise InputError where two rows have the same codes."""
        keys = pd.DataFrame({heading: self.codes(heading) for heading in headings})
        again = keys.duplicated()
        problems = [
            Problem(
                self.place,
                "stands in an earlier row too: " + " ".join(keys.loc[number]),
                number,
                unit=self.unit,
            )
            for number in keys.index[again][:MOST_LISTED]
        ]
        if problems:
            raise InputError(problems)

    def refuse(self, wrong: Any, heading: str, message: str, allowed: str) -> None:
        """Raise InputError with the cells of a column where `wrong` is true."""
        column = self.cells[self.position(heading)]
        self._refuse(np.asarray(wrong, dtype=bool), heading, column, message, allowed)

    def _missing(self, heading: str) -> Problem:
        found = ", ".join(name for name in self.headings if name)
        return Problem(
            self.place,
            "the column is missing",
            self.top,
            heading,
            allowed=f"the headings found are {found[:600]}",
            unit=self.unit,
        )

    def _refuse(
        self, wrong: Any, heading: str, column: pd.Series[Any], message: str, allowed: str
    ) -> None:
        problems = self._problems(np.asarray(wrong), heading, column, message, allowed)
        if problems:
            raise InputError(problems)

    def _problems(
        self, wrong: Array, heading: str, column: pd.Series[Any], message: str, allowed: str
    ) -> list[Problem]:
        at = np.flatnonzero(wrong)
        problems = [
            Problem(
                self.place,
                message,
                int(column.index[row]),
                heading,
                tidy(column.iloc[row])[:80],
                allowed,
                unit=self.unit,
            )
            for row in at[:MOST_LISTED]
        ]
        if len(at) > MOST_LISTED:
            problems.append(
                Problem(
                    self.place, f"{message}, as in the rows listed", None, heading, rows=len(at)
                )
            )
        return problems


def below(rows: Rows, top: int, place: str, until: int | None = None, unit: str = "row") -> Printed:
    """The rows below row `top` (from 0), which holds the headings; blank rows are left out."""
    headings = tuple(tidy(cell) for cell in rows[top])
    width = len(headings)
    kept, numbers = [], []
    for number, row in enumerate(rows[top + 1 : until], start=top + 2):
        if any(cell is not None and tidy(cell) for cell in row):
            kept.append([*row[:width], *[""] * (width - len(row))])
            numbers.append(number)
    cells = pd.DataFrame(kept, index=numbers, columns=range(width), dtype=object)
    return Printed(place, headings, cells, top + 1, unit)


def read_sheet(path: Path, name: str, *wanted: str) -> Printed:
    """The table of a sheet whose header row has the wanted headings."""
    place = f"{path.name}, sheet {name},"
    rows = sheet(open_workbook(path), name, str(path))
    return _not_empty(below(rows, header_row(rows, wanted, place), place))


def read_csv(path: Path, *wanted: str) -> Printed:
    """The table of a CSV file (UTF-8 or Windows-1252, also gzipped) with the wanted headings.

    Raises InputError for a damaged file, missing headings, and lines with more values than the
    header has columns.
    """
    rows = list(csv.reader(io.StringIO(_decoded(path), newline="")))
    top = header_row(rows, wanted, path.name, unit="line")
    width = len(rows[top])
    long = [
        number
        for number, row in enumerate(rows[top + 1 :], start=top + 2)
        if any(tidy(cell) for cell in row[width:])
    ]
    if long:
        raise InputError(
            Problem(path.name, f"has more than the {width} values of the header", number)
            for number in long[:MOST_LISTED]
        )
    return _not_empty(below(rows, top, path.name, unit="line"))


def _not_empty(table: Printed) -> Printed:
    """The table; InputError if nothing stands below its headings, as in a file that was cut."""
    if table.cells.empty:
        message = "has nothing below the headings"
        raise InputError(Problem(table.place, message, table.top, unit=table.unit))
    return table


def read_headerless_csv(path: Path, headings: Sequence[str]) -> Printed:
    """A CSV file without a header, each line of which has a value for each of the headings.

    Raises InputError for a damaged file, and for lines of any other length.
    """
    rows = list(csv.reader(io.StringIO(_decoded(path), newline="")))
    lines = {n: row for n, row in enumerate(rows, start=1) if any(tidy(cell) for cell in row)}
    wrong = [number for number, row in lines.items() if len(row) != len(headings)]
    if wrong:
        raise InputError(
            Problem(path.name, f"has {len(lines[number])} values, not {len(headings)}", number)
            for number in wrong[:MOST_LISTED]
        )
    cells = pd.DataFrame(
        [*lines.values()], index=[*lines], columns=range(len(headings)), dtype=object
    )
    return Printed(path.name, tuple(headings), cells, 0, "line")


def csv_head(path: Path, size: int = 20_000) -> str:
    """The beginning of a CSV file as text, for recognising it; empty where it is no text."""
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return ""
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                return file.read(size).decode("cp1252", "replace")
        with path.open("rb") as plain:
            return plain.read(size).decode("cp1252", "replace")
    except (OSError, EOFError, zlib.error):
        return ""


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets, for recognising it; none where it is no workbook."""
    if path.suffix.lower() not in (".xls", ".xlsx", ".xlsm"):
        return []
    try:
        return [str(name) for name in open_workbook(path).sheet_names]
    except InputError:
        return []


def sheet_head(path: Path, name: str, rows: int = 30) -> str:
    """The first rows of a sheet as text, for recognising it."""
    try:
        cells = sheet(open_workbook(path), name, str(path))[:rows]
    except InputError:
        return ""
    return "\n".join(" | ".join(tidy(cell) for cell in row) for row in cells)


def printed_period(text: str | None, place: str) -> Period:
    """The month that a file names; InputError if it is none."""
    try:
        period = parse_period(text or "")
    except UsageError:
        period = None
    if period is None or period.kind != "month":
        raise InputError(
            Problem(place, "is not a month", None, "Period:", text, "a month such as April 2015")
        )
    return period


def _decoded(path: Path) -> str:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                data = file.read(LARGEST_UNPACKED + 1)
        else:
            data = path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(Problem(str(path), f"cannot be read ({str(error)[:120]})")) from error
    if len(data) > LARGEST_UNPACKED:
        raise InputError(Problem(str(path), "unpacks to more than is safe to read"))
    if b"\0" in data[:10_000]:
        raise InputError(Problem(str(path), "is not text"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _plain(heading: str) -> str:
    """A heading without case, blanks and the number of a footnote."""
    return re.sub(r"\s*\(\d+\)\s*$", "", tidy(heading)).lower()


def _month(cell: Any, pattern: str) -> Period | None:
    if hasattr(cell, "year"):
        return parse_period(f"{cell.year:04d}-{cell.month:02d}")
    before, _, after = pattern.partition("{}")
    text = tidy(cell)
    if not (text.lower().startswith(before.lower()) and text.lower().endswith(after.lower())):
        return None
    text = text[len(before) : len(text) - len(after)]
    for shape in (r"(?P<y>\d{4})-(?P<m>\d{2})-\d{2}.*", r"\d{1,2}/(?P<m>\d{1,2})/(?P<y>\d{4})"):
        if match := re.fullmatch(shape, text):
            text = f"{match['y']}-{int(match['m']):02d}"
    try:
        period = parse_period(text.replace("-", " ") if re.match(r"[A-Za-z]", text) else text)
    except UsageError:
        return None
    return period if period.kind == "month" else None


def _day(cell: Any) -> date | None:
    if hasattr(cell, "year"):
        return date(cell.year, cell.month, cell.day)
    for shape in DAYS:
        try:
            return datetime.strptime(tidy(cell), shape).date()
        except ValueError:
            continue
    return None


def _key(cell: Any) -> Any:
    """True and 1.0 are other cells than 1."""
    return cell if isinstance(cell, str) else (type(cell), cell)


def _distinct(column: Sequence[Any] | pd.Series[Any]) -> dict[Any, None]:
    return dict.fromkeys(_key(cell) for cell in column)


def _number(
    key: Any, marks: Mapping[str, str], size: int | None
) -> tuple[int | Decimal | None, str] | None:
    """The exact number (or a mark's meaning) of a cell; None where it is neither."""
    cell = key if isinstance(key, str) else key[1]
    text = tidy(cell)
    if text.lower() in marks:
        meaning = marks[text.lower()]
        return (0, "") if meaning == NOTHING else (None, meaning)
    number: int | Decimal
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        if not np.isfinite(cell):
            return None
        number = int(cell) if cell == int(cell) else Decimal(repr(cell))
    else:
        match = NUMBER.fullmatch(text.removesuffix("%").strip())
        if match is None:
            return None
        whole, part = match[1].replace(",", ""), (match[2] or "").rstrip("0")
        number = Decimal(whole + part) if part.strip(".") else int(whole)
    if not 0 <= number <= LARGEST_COUNT:
        return None
    if size is not None and number * size != int(number * size):
        return None
    return number, ""
