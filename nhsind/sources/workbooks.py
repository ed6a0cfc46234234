"""Reading Excel workbooks safely: cells as values, columns found by their heading.

Old (.xls) and new (.xlsx) workbooks are read by calamine, which gives cached values and runs no
formula. Sheet and row numbers in messages are those that Excel shows.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import unescape
from pathlib import Path
from posixpath import normpath
from typing import Any

from python_calamine import CalamineWorkbook

from nhsind.errors import InputError, Problem
from nhsind.sources.cells import UNCALCULATED, tidy
from nhsind.sources.files import DAMAGED, TEXT, WORKBOOKS, content, kind_of
from nhsind.sources.headings import lacking, plain

__all__ = ["Rows", "Workbook", "header_row", "label", "open_workbook", "sheet", "tidy"]

# Formulas saved without their values, which would read as empty cells.
NO_VALUE = rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v/>|<v></v>)?</c>"
WITHOUT_VALUE = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*>' + NO_VALUE)
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(r"<Relationship\s[^>]*>")

Rows = list[list[Any]]


@dataclass(frozen=True)
class Workbook:
    """An open workbook: its sheets by calamine, its bytes, and the sheets read so far."""

    calamine: CalamineWorkbook
    data: bytes
    read: dict[str, Rows] = field(default_factory=dict)

    @property
    def sheet_names(self) -> list[str]:
        """The names of all its sheets, charts included, without blanks around."""
        return [tidy(name) for name in self.calamine.sheet_names]

    def as_written(self, name: str) -> str:
        """A sheet's name as the workbook has it; capitals and blanks do not matter."""
        own = {plain(tidy(name)): name for name in reversed(self.calamine.sheet_names)}
        same = next((each for each in self.calamine.sheet_names if tidy(each) == name), None)
        return same or own.get(plain(name), name)


def open_workbook(path: Path) -> Workbook:
    """Open a workbook; InputError if it is damaged, truncated, packed to harm or of a kind not
    read."""
    try:
        stat = path.stat()
    except OSError as error:
        raise InputError(Problem(str(path), f"cannot be read ({error.strerror})")) from error
    return _opened(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=2)
def _opened(path: Path, changed: int, size: int) -> Workbook:
    """A file is asked for several times while its layout is looked for: it is opened once."""
    try:
        data = content(path)
    except InputError as error:
        raise InputError(
            replace(problem, message=problem.message.replace(DAMAGED, f"{DAMAGED} as a workbook"))
            for problem in error.problems
        ) from error
    if kind_of(data) not in WORKBOOKS:
        what = "it is text" if kind_of(data) == TEXT else "it is none"
        raise InputError(Problem(str(path), f"{DAMAGED} as a workbook ({what})"))
    try:
        return Workbook(CalamineWorkbook.from_filelike(io.BytesIO(data)), data)
    except Exception as error:  # calamine raises its own and Rust's panics alike
        text = f"{DAMAGED} as a workbook ({str(error)[:120]})"
        raise InputError(Problem(str(path), text)) from error


def sheet(workbook: Workbook, name: str, place: str) -> Rows:
    """All cells of a sheet, row by row from the first; the list is the caller's, not its rows.

    A formula that was saved without its value has `UNCALCULATED` in its place: only who reads
    that cell need mind.
    """
    if name not in workbook.read:
        workbook.read[name] = _cells(workbook, name, place)
    return list(workbook.read[name])


def _cells(workbook: Workbook, name: str, place: str) -> Rows:
    try:
        own = workbook.as_written(name)
        rows = workbook.calamine.get_sheet_by_name(own).to_python(skip_empty_area=False)
    except Exception as error:
        raise InputError(Problem(place, f'has no readable sheet "{name}"')) from error
    for row, at in _without_value(workbook.data, own):
        if row < len(rows) and at < len(rows[row]):
            rows[row][at] = UNCALCULATED
    return rows


def _without_value(data: bytes, name: str) -> list[tuple[int, int]]:
    """Row and column (from 0) of a sheet's formulas without a value; none in old workbooks."""
    if not data.startswith(b"PK"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            file = _sheet_files(archive).get(name)
            cells = archive.read(file) if file in archive.namelist() else b""
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, zlib.error, ValueError):
        return []
    return [(int(row) - 1, _place_of(letters)) for letters, row in WITHOUT_VALUE.findall(cells)]


def _sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """The file of each sheet within a workbook."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for text in RELATION.findall(relations):
        given = dict(re.findall(r'(\w+)="([^"]*)"', text))
        targets[given.get("Id")] = given.get("Target", "")
    files = {}
    for text in SHEET.findall(book):
        given = dict(re.findall(r'([\w:]+)="([^"]*)"', text))
        key = next((value for name, value in given.items() if name.endswith(":id")), None)
        target = targets.get(key, "")
        path = target[1:] if target.startswith("/") else normpath(f"xl/{target}")
        files[unescape(given.get("name", ""))] = path
    return files


def _place_of(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def label(rows: Rows, name: str) -> str | None:
    """The cell right of a label such as `Period:`, in the sheet's head."""
    for row in rows[:20]:
        for place, cell in enumerate(row[:-1]):
            if tidy(cell).lower() == name.lower():
                return tidy(row[place + 1]) or None
    return None


def header_row(
    rows: Rows, wanted: Iterable[str], *, place: str, within: int = 40, unit: str = "row"
) -> int:
    """The row that has all the wanted headings; InputError naming those of the best row."""
    names = list(wanted)
    best: tuple[int, list[str]] = (-1, names)
    for index, row in enumerate(rows[:within]):
        missing = lacking(names, row)
        if not missing:
            return index
        if len(missing) < len(best[1]):
            best = (index, missing)
    raise InputError(
        Problem(
            place,
            "is not the expected layout; these headings are missing: " + ", ".join(best[1]),
            line=best[0] + 1 if best[0] >= 0 else None,
            unit=unit,
        )
    )
