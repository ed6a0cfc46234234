"""The released figures of a family and period as an accessible workbook (.xlsx), by gptables.

Cover, contents, notes, then one table a sheet, one sheet a line. Numbers are those that the pages
show, as numbers; every text is a text, whatever it looks like. The same figures give the same
bytes. docs/accessible-workbooks.md lists the rules kept and the test of each.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime, time
from itertools import chain
from textwrap import wrap
from typing import Any

from gptables import Cover, GPTable, GPWorkbook, Theme, gptheme
from gptables.core.wrappers import GPWorksheet

from nhsind.release.results import Results
from nhsind.report.workbook_cells import plain
from nhsind.report.workbook_file import finished
from nhsind.report.workbook_notes import cover_of, notes_of, notes_table
from nhsind.report.workbook_sheets import CODE, NAME, sheet_of, table_of
from nhsind.version import __version__

# Nothing that is written may be taken for anything but a text or a number.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# Widths in characters, so that columns stay narrow enough for a large font.
WIDTHS = {CODE: 14.0, NAME: 42.0}
WIDTH, NOTES_WIDTHS = 16.0, (12.0, 34.0, 100.0)
A4 = 9  # Excel's number of the paper: a table is printed on its whole width
# How many letters of gptables' font take the room of a digit of Excel's own, at least; the height
# of its lines and of the highest row that Excel has, in points.
LETTERS, LINE_HEIGHT, HIGHEST_ROW = 1.1, 16.0, 409.0


def workbook(found: Results, explore: bool) -> bytes:
    """The workbook of all organisations and England; `explore` says that it is not to be published.

    Only lines that have figures for the period have a sheet.
    """
    held = set(found.figures.frame["indicator"])
    sheets = [
        sheet_of(found, line) for line in found.family.indicators.values() if line.code in held
    ]
    notes = notes_of(found, [sheet.line for sheet in sheets])
    tables = {"Notes": notes_table(notes)}
    for sheet in sheets:
        tables[sheet.line.code] = table_of(found, sheet, notes)
    content = io.BytesIO()
    book = GPWorkbook(content, OPTIONS)
    book.set_theme(theme())
    write_cover(book, cover_of(found, explore))
    contents = book.make_table_of_contents(tables, column_names=["Worksheet", "What it holds"])
    for name, table in {"Contents": contents, **tables}.items():
        write_table(book, name, table)
    as_a4(book)
    book.set_properties(
        {
            "title": plain(f"{found.family.title}, {found.period.words}"),
            "subject": plain(found.publication.get("title", "NHS performance indicators")),
            "author": plain(found.publication.get("contact", "nhsind")),
            "comments": f"Made by nhsind {__version__}",
            # The clock would change the bytes; the figures are as of this day.
            "created": datetime.combine(found.period.end, time()),
        }
    )
    book.close()
    return finished(content.getvalue())


def theme() -> Theme:
    """gptables' own, with texts of several lines beside the first line of their neighbours."""
    theme = deepcopy(gptheme)
    for name in ("cover_text", "data", "index_2"):
        getattr(theme, f"update_{name}_format")({"valign": "top"})
    return theme


def as_a4(book: GPWorkbook) -> None:
    """Every sheet is printed on A4, as broad as it."""
    for worksheet in book.worksheets():
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)


def write_cover(book: GPWorkbook, cover: Cover) -> None:
    """The first sheet, its rows as high as their texts."""
    worksheet = book.add_worksheet(cover.cover_label)
    worksheet.write_cover(cover)
    parts = [["", *part] for part in (cover.intro, cover.about, cover.contact)]
    for row, text in enumerate(chain.from_iterable(parts), 1):
        _fit(worksheet, row, [text], [cover.width])


def write_table(book: GPWorkbook, name: str, table: GPTable) -> None:
    """A table on a sheet of its own, its rows as high as their texts."""
    worksheet = book.add_worksheet(name)
    worksheet.write_gptable(table, auto_width=False)
    widths = list(_widths(name, table))
    for place, width in enumerate(widths):
        worksheet.set_column(place, place, width)
    rows = [list(table.table.columns), *table.table.to_numpy().tolist()]
    for row, cells in enumerate(rows, table.data_range[0]):
        _fit(worksheet, row, cells, widths)


def _fit(worksheet: GPWorksheet, row: int, cells: Iterable[Any], widths: Iterable[float]) -> None:
    """Make a row as high as its longest text: Excel would, but not every other program does."""
    lines = max(
        len(wrap(cell, int(width * LETTERS)))
        if isinstance(cell, str) and len(cell) > width * LETTERS
        else 1
        for cell, width in zip(cells, widths, strict=True)
    )
    if lines > 1:
        worksheet.set_row(row, min(lines * LINE_HEIGHT, HIGHEST_ROW))


def _widths(name: str, table: GPTable) -> Iterable[float]:
    if name == "Contents":
        return (16.0, 100.0)
    if name == "Notes":
        return NOTES_WIDTHS
    return (WIDTHS.get(heading, WIDTH) for heading in table.table.columns)
