"""All periods of a family as an accessible workbook: a line a sheet, organisations down, periods
across; of a line with a denominator a sheet each of numerators and denominators besides.

The sheets of text are written by gptables, the tables by XlsxWriter beneath it, which takes a
tenth of the time: they have some hundred thousand cells.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from gptables import Cover, GPTable, GPWorkbook

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import PARTLY, Mark, Status, mark_notes
from nhsind.geography import ENGLAND
from nhsind.narrative.numbers import half_up
from nhsind.periods import parse_period
from nhsind.release.hidden import mark_of
from nhsind.release.policies import shortened
from nhsind.release.telling import range_told
from nhsind.report.workbook import OPTIONS, as_a4, theme, write_cover, write_table
from nhsind.report.workbook_cells import made_table, plain
from nhsind.report.workbook_file import finished
from nhsind.report.workbook_notes import ONE_TABLE, cover
from nhsind.report.workbook_sheets import CODE, NAME
from nhsind.version import __version__

Row = Mapping[str, str]
# What a sheet shows of each figure, and what its name ends in.
PARTS = {"value": "", "numerator": " numerator", "denominator": " denominator"}
# Titles as gptables has them, which `workbook_file` tags as headings.
TITLE = {"bold": True, "font_size": 16, "font_name": "Arial"}
TEXT = {"font_size": 12, "font_name": "Arial"}
CODE_WIDTH, NAME_WIDTH, PERIOD_WIDTH = 14.0, 42.0, 16.0


@dataclass(frozen=True)
class _Sheet:
    """A table of one line: `part` of its figures; `scale`: what they are multiplied by."""

    name: str
    title: str
    legend: tuple[str, ...]
    part: str
    shown: str
    scale: int
    rows: Sequence[Row]


def series_workbook(
    family: Family, rows: Sequence[Row], publication: Mapping[str, str], rule: str
) -> bytes:
    """The released figures of all periods; `rule`: how the policy shows them.

    `rows`: the tidy table, by line, organisation and period, its cells as texts.
    """
    by_line: dict[str, list[Row]] = {}
    for row in rows:
        by_line.setdefault(row["indicator"], []).append(row)
    sheets = [
        sheet
        for line in family.indicators.values()
        if line.code in by_line
        for sheet in _sheets(line, by_line[line.code])
    ]
    ends = [parse_period(text).end for text in {row["period"] for row in rows}]
    content = io.BytesIO()
    book = GPWorkbook(content, OPTIONS)
    book.set_theme(theme())
    write_cover(book, _cover(family, publication, rule))
    named = {sheet.name: GPTable(_EMPTY, "t", plain(sheet.title)) for sheet in sheets}
    columns = ["Worksheet", "What it holds"]
    write_table(book, "Contents", book.make_table_of_contents(named, column_names=columns))
    for sheet in sheets:
        _write(book, sheet, rule)
    as_a4(book)
    book.set_properties(
        {
            "title": plain(f"{family.title}, all periods"),
            "subject": plain(publication.get("title", "NHS performance indicators")),
            "author": plain(publication.get("contact", "nhsind")),
            "comments": f"Made by nhsind {__version__}",
            "created": datetime.combine(max(ends), time()),
        }
    )
    book.close()
    return finished(content.getvalue())


_EMPTY = made_table("t", "t", instructions="", cells={"a": ["b"]}).table


def _cover(family: Family, publication: Mapping[str, str], rule: str) -> Cover:
    return cover(
        f"{family.title}, all periods",
        family,
        publication,
        holds=["All periods that have been published, of all organisations and England."],
        about=[
            "Values are rounded half up to one decimal place, after they are judged"
            f"{', those of rounded counts to as many as they may be told with' if rule else ''}.",
            *([rule] if rule else []),
            f"A value that is {PARTLY} is of some of the organisations that it should be of.",
        ],
        beside=", with intervals, standards, plans, verdicts and notes",
    )


def _sheets(line: Indicator, rows: Sequence[Row]) -> list[_Sheet]:
    is_share = line.is_share
    title = f"{line.code}: {line.title}"
    words = [("Value" if line.is_count else "Numerator", line.numerator_in_words)]
    if line.denominator_in_words is not None:
        words.append(("Denominator", line.denominator_in_words))
    told = {name.lower(): f"{name}: {text}" for name, text in words}
    unit = "percentage" if is_share else line.unit
    shown = "#,##0" if line.is_count else "0.0%" if is_share else "#,##0.0"
    legend = tuple(told.values())
    value = _Sheet(
        line.code,
        f"{title}, {unit}, all periods",
        legend,
        "numerator" if line.is_count else "value",
        shown,
        100 if is_share else 1,
        rows,
    )
    counts = [
        _Sheet(
            f"{line.code}{PARTS[part]}",
            f"{title}, {part}, all periods",
            (told[part],),
            part,
            "#,##0",
            1,
            rows,
        )
        for part in ("numerator", "denominator")
        if not line.is_count and part in told
    ]
    return [value, *counts]


def _write(book: GPWorkbook, sheet: _Sheet, rule: str) -> None:
    """One table, England first, the latest period first, since it is what most look for."""
    periods = sorted(
        {row["period"] for row in sheet.rows}, key=lambda text: parse_period(text).end, reverse=True
    )
    places = {period: place for place, period in enumerate(periods, 2)}
    cells: dict[str, dict[int, int | float | str]] = {}
    names: dict[str, str] = {}
    for row in sheet.rows:
        code = row["org_code"]
        names[code] = row["org_name"] or code
        cells.setdefault(code, {})[places[row["period"]]] = _cell(sheet, row)
    marks = mark_notes(
        {each for held in cells.values() for each in held.values() if isinstance(each, str)}
    )
    worksheet = book.add_worksheet(sheet.name)
    title, text = book.add_format(TITLE), book.add_format(TEXT)
    head = book.add_format({**TEXT, "bold": True, "text_wrap": True, "valign": "top"})
    number, whole = (
        book.add_format({**TEXT, "num_format": shown, "align": "right"})
        for shown in (sheet.shown, sheet.shown.replace(".0", ""))
    )
    above = [ONE_TABLE, *sheet.legend, *([shortened(rule)] if rule else []), *marks]
    worksheet.write_string(0, 0, plain(sheet.title), title)
    for place, words in enumerate(above, 1):
        worksheet.write_string(place, 0, plain(words), text)
    first = len(above) + 1
    headings = [CODE, NAME, *(parse_period(period).words for period in periods)]
    ordered = sorted(cells, key=lambda code: (code != ENGLAND, code))
    worksheet.add_table(
        first,
        0,
        first + len(ordered),
        len(headings) - 1,
        {
            "header_row": True,
            "autofilter": False,
            "columns": [{"header": plain(name), "header_format": head} for name in headings],
            "style": None,
            "name": re.sub(r"\W", "_", f"series_{sheet.name}"),
        },
    )
    for place, code in enumerate(ordered, first + 1):
        worksheet.write_string(place, 0, plain(code), text)
        worksheet.write_string(place, 1, plain(names[code]), text)
        for column in range(2, len(headings)):
            cell = cells[code].get(column, str(Mark.NOT_AVAILABLE))
            if isinstance(cell, str):
                worksheet.write_string(place, column, cell, number)
            else:
                # Of rounded counts a value is told to fewer digits, or it would seem exact.
                is_whole = rule and float(round(cell * sheet.scale, 6)).is_integer()
                worksheet.write_number(place, column, cell, whole if is_whole else number)
    worksheet.set_column(0, 0, CODE_WIDTH)
    worksheet.set_column(1, 1, NAME_WIDTH)
    worksheet.set_column(2, len(headings) - 1, PERIOD_WIDTH)
    worksheet.freeze_panes(first + 1, 2)


def _cell(sheet: _Sheet, row: Row) -> int | float | str:
    """A figure as it is shown and no more exact, with a word where it is of a part.

    Without a value, the range that rounded counts leave for it, or its mark.
    """
    text = row[sheet.part]
    if not text:
        between = range_told(row["note"]) if sheet.part == "value" else ""
        return between or mark_of(row, sheet.part) or str(Mark.NOT_AVAILABLE)
    shown, number = _shown(text, sheet.scale)
    if row["status"] == Status.PARTIAL and sheet.part == "value":
        return f"{float(shown):,.1f}{'%' if sheet.scale == 100 else ''} {PARTLY}"
    return number


@lru_cache(maxsize=65536)
def _shown(text: str, scale: int) -> tuple[Fraction | Decimal, int | float]:
    """A figure at its scale, no more exact than it is shown, and as the number of a cell."""
    exact = Fraction(text) * scale
    if exact.denominator != 1:
        shown = half_up(exact, 1)
        return shown, float(Fraction(shown) / scale)
    return exact, int(exact) if scale == 1 else float(exact / scale)
