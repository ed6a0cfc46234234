"""Reading Excel workbooks safely: cells as values, columns found by their heading.

Old (.xls) and new (.xlsx) workbooks are read by calamine, which gives cached values and runs no
formula. Sheet and row numbers in messages are those that Excel shows.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import InputError, Problem

# A spreadsheet packed more tightly than this is not one that a publisher made.
LARGEST_UNPACKED = 1024 * 1024 * 1024
LARGEST_RATIO = 200

UNCALCULATED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)</c>')

Rows = list[list[Any]]


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook; InputError if it is damaged, truncated or packed to harm."""
    if zipfile.is_zipfile(path):
        refuse_zip_bomb(path)
        _refuse_uncalculated(path)
    try:
        return CalamineWorkbook.from_path(path)
    except Exception as error:  # calamine raises its own and Rust's panics alike
        raise InputError(
            Problem(str(path), f"cannot be read as a workbook ({str(error)[:120]})")
        ) from error


def refuse_zip_bomb(path: Path) -> None:
    """InputError if a zip file unpacks to more than a publisher's file would."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
        packed = sum(item.compress_size for item in archive.infolist()) or 1
    if unpacked > LARGEST_UNPACKED or unpacked / packed > LARGEST_RATIO:
        raise InputError(
            Problem(str(path), f"unpacks to {unpacked:,} bytes, more than is safe to read")
        )


def _refuse_uncalculated(path: Path) -> None:
    """InputError where a formula was saved without its value, which would read as an empty cell."""
    problems = []
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    found = UNCALCULATED.search(archive.read(name))
                    if found:
                        message = f"cell {found[1].decode()} of {name} is a formula without a value"
                        problems.append(
                            Problem(str(path), message, allowed="open it in Excel and save it")
                        )
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, ValueError):
        return  # opening it says what is wrong
    if problems:
        raise InputError(problems)


def sheet(workbook: CalamineWorkbook, name: str, place: str) -> Rows:
    """All cells of a sheet, row by row from the first."""
    try:
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception as error:
        raise InputError(Problem(place, f'has no readable sheet "{name}"')) from error


def tidy(cell: Any) -> str:
    """A cell as text: blanks of every kind joined and taken off the ends."""
    return re.sub(rf"[{BLANKS}]+", " ", str(cell)).strip(" ") if cell is not None else ""


def label(rows: Rows, name: str) -> str | None:
    """The cell right of a label such as `Period:`, in the sheet's head."""
    for row in rows[:20]:
        for place, cell in enumerate(row[:-1]):
            if tidy(cell).lower() == name.lower():
                return tidy(row[place + 1]) or None
    return None


def header_row(
    rows: Rows, wanted: Iterable[str], place: str, within: int = 40, unit: str = "row"
) -> int:
    """The row that has all the wanted headings; InputError naming those of the best row."""
    names = [name.lower() for name in wanted]
    best: tuple[int, list[str]] = (-1, names)
    for index, row in enumerate(rows[:within]):
        headings = [tidy(cell).lower() for cell in row]
        missing = [
            name for name in names if not any(heading.startswith(name) for heading in headings)
        ]
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


def column(headings: list[str], start: str) -> int:
    """The column whose heading begins with `start` (case and blanks ignored)."""
    return next(
        place for place, name in enumerate(headings) if name.lower().startswith(start.lower())
    )
