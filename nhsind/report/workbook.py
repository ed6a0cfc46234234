"""The released figures of a family and period as an accessible workbook (.xlsx), by gptables.

Cover, contents, notes, then one table a sheet, one sheet a line. Numbers are those that the pages
show, as numbers; every text is a text, whatever it looks like. The same figures give the same
bytes. docs/accessible-workbooks.md lists the rules kept and the test of each.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from itertools import chain, groupby
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from gptables import Cover, GPTable, GPWorkbook, Theme, gptheme
from gptables.core.wrappers import GPWorksheet

from nhsind.charts.lettering import clean
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark, mark_notes
from nhsind.derivation.values import as_exact
from nhsind.geography import ENGLAND
from nhsind.narrative import wording
from nhsind.narrative.numbers import half_up
from nhsind.output import without_formulas
from nhsind.release.results import Results, provenance
from nhsind.report.page import publication_block
from nhsind.tables.cells import standard_words, verdict_words
from nhsind.version import __version__

LANGUAGE = "en-GB"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# The sizes of titles in gptables' theme: names and numbers of the styles that Excel has for them.
HEADINGS = {"16": ("Heading 1", "16"), "14": ("Heading 2", "17")}
# What a zip file has for a time where there is none.
NO_TIME = (1980, 1, 1, 0, 0, 0)
# Excel holds no more in a cell; XlsxWriter would leave such a cell empty.
LONGEST_TEXT = 32_767
# Nothing that is written may be taken for anything but a text or a number.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# What gptables reads in a text: links, and references to notes.
MARKUP = {"](": "] (", "$$": "$ $"}
NAME, CODE = "Organisation", "Organisation code"
LOWER, UPPER = "95% interval, from", "95% interval, to"
STANDARD, VERDICT, PLAN_VERDICT = "Standard", "Standard met?", "Plan met?"
# Words in the column after a number would touch it.
BESIDE_NUMBERS = {"indent": 1}
# Widths in characters, so that columns stay narrow enough for a large font.
WIDTHS = {CODE: 14.0, NAME: 42.0}
WIDTH, NOTES_WIDTHS = 16.0, (12.0, 34.0, 100.0)
A4 = 9  # Excel's number of the paper: a table is printed on its whole width
# How many letters of gptables' font take the room of a digit of Excel's own, at least; the height
# of its lines and of the highest row that Excel has, in points.
LETTERS, LINE_HEIGHT, HIGHEST_ROW = 1.1, 16.0, 409.0
ONE_TABLE = "This worksheet contains one table."
Cells = dict[str, list[Any]]


@dataclass(frozen=True)
class _Note:
    """A note, and the lines it is about: none is all."""

    text: str
    about: tuple[str, ...] = ()

    @property
    def is_general(self) -> bool:
        """Whether the note is about every line."""
        return not self.about


@dataclass(frozen=True)
class _Sheet:
    """The table of one line: cells by heading, and the number format of those that have one."""

    line: Indicator
    cells: Cells
    formats: dict[str, str]
    legend: list[str]


def workbook(found: Results, explore: bool) -> bytes:
    """The workbook of all organisations and England; `explore` says that it is not to be published.

    Only lines that have figures for the period have a sheet.
    """
    held = set(found.figures.frame["indicator"])
    sheets = [_sheet(found, line) for line in found.family.indicators.values() if line.code in held]
    notes = _notes(found, [sheet.line for sheet in sheets])
    tables = {"Notes": _notes_table(notes)}
    for sheet in sheets:
        tables[sheet.line.code] = _table(found, sheet, notes)
    content = io.BytesIO()
    book = GPWorkbook(content, OPTIONS)
    book.set_theme(_theme())
    _write_cover(book, _cover(found, explore))
    contents = book.make_table_of_contents(tables, column_names=["Worksheet", "What it holds"])
    for name, table in {"Contents": contents, **tables}.items():
        _write_table(book, name, table)
    for worksheet in book.worksheets():
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
    book.set_properties(
        {
            "title": _plain(f"{found.family.title}, {found.period.words}"),
            "subject": _plain(found.publication.get("title", "NHS performance indicators")),
            "author": _plain(found.publication.get("contact", "nhsind")),
            "comments": f"Made by nhsind {__version__}",
            # The clock would change the bytes; the figures are as of this day.
            "created": datetime.combine(found.period.end, time()),
        }
    )
    book.close()
    return _finished(content.getvalue())


def _theme() -> Theme:
    """gptables' own, with texts of several lines beside the first line of their neighbours."""
    theme = deepcopy(gptheme)
    for name in ("cover_text", "data", "index_2"):
        getattr(theme, f"update_{name}_format")({"valign": "top"})
    return theme


def _write_cover(book: GPWorkbook, cover: Cover) -> None:
    worksheet = book.add_worksheet(cover.cover_label)
    worksheet.write_cover(cover)
    parts = [["", *part] for part in (cover.intro, cover.about, cover.contact)]
    for row, text in enumerate(chain.from_iterable(parts), 1):
        _fit(worksheet, row, [text], [cover.width])


def _write_table(book: GPWorkbook, name: str, table: GPTable) -> None:
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


def _finished(content: bytes) -> bytes:
    """The workbook with its language named, its titles tagged and no time of day in it."""
    finished = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for member in made.namelist():
            part = made.read(member)
            if member == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                part = part.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)
            elif member == "xl/styles.xml":
                part = _with_headings(part)
            kept.writestr(
                zipfile.ZipInfo(member, NO_TIME), part, compress_type=zipfile.ZIP_DEFLATED
            )
    return finished.getvalue()


def _with_headings(styles: bytes) -> bytes:
    """Titles in Excel's own heading styles, which screen readers name; XlsxWriter has only formats.

    gptables' theme has titles in bold letters of their own sizes.
    """
    ElementTree.register_namespace("", SPREADSHEET)
    root = ElementTree.fromstring(styles)
    fonts, formats, bases, names = (
        root.find(f"{{{SPREADSHEET}}}{name}")
        for name in ("fonts", "cellXfs", "cellStyleXfs", "cellStyles")
    )
    assert fonts is not None and formats is not None and bases is not None and names is not None
    for size, (name, number) in HEADINGS.items():
        titles = [each for each in formats if _is_bold(fonts[int(each.attrib["fontId"])], size)]
        for each in titles:
            each.set("xfId", str(len(bases)))
        style = {"name": name, "xfId": str(len(bases)), "builtinId": number}
        ElementTree.SubElement(names, f"{{{SPREADSHEET}}}cellStyle", style)
        base = {key: titles[0].attrib[key] for key in ("numFmtId", "fontId", "fillId", "borderId")}
        ElementTree.SubElement(bases, f"{{{SPREADSHEET}}}xf", base)
    for group in (bases, names):
        group.set("count", str(len(group)))
    declared: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return declared


def _is_bold(font: ElementTree.Element, size: str) -> bool:
    found = font.find(f"{{{SPREADSHEET}}}sz")
    bold = font.find(f"{{{SPREADSHEET}}}b")
    return found is not None and found.attrib["val"] == size and bold is not None


# The sheets of text ------------------------------------------------------------------------------


def _cover(found: Results, explore: bool) -> Cover:
    intro = ["NOT FOR PUBLICATION: these figures are exploratory and have not been released."]
    block = dict(publication_block(found.publication))
    contact = block.pop("Contact", "none given")
    return Cover(
        _plain(f"{found.family.title}, {found.period.words}"),
        intro=_plain_texts(
            [
                *(intro if explore else []),
                "All organisations and England, one worksheet for each indicator.",
                *(f"{name}: {words}" for name, words in block.items()),
            ]
        ),
        about=_plain_texts(
            [
                found.family.about,
                f"The definitions are those of: {found.family.document}.",
                f"Where the figures come from: {found.source}.",
                _disclosure_words(found.figures.policy),
                f"In place of a number may stand {wording.listed(list(Mark))}; the worksheet "
                "Notes says what each means.",
                "The same figures, unrounded and with one row for each figure, are in the CSV file "
                "beside this one; data-dictionary.csv explains its columns.",
            ]
        ),
        contact=_plain_texts([contact]),
    )


def _disclosure_words(policy: Disclosure) -> str:
    """What is done so that nobody can be recognised in the figures, and on whose word."""
    reason = " ".join(policy.reason.split())
    source = f" Source: {policy.source}." if policy.source else ""
    if policy.rule != "suppress":
        return f"Disclosure control: counts are neither suppressed nor rounded. {reason}{source}"
    lowest = 0 if policy.hide_zeros else 1
    rules = [f"counts from {lowest} to {policy.threshold} are suppressed"]
    if policy.base > 1:
        rules.append(f"other counts are rounded to the nearest {policy.base}")
    if policy.exempt_england:
        rules.append("counts for England are exact")
    return (
        f"Disclosure control: {'; '.join(rules)}. Values, intervals and verdicts are worked out "
        f"from the counts shown. {reason}{source}"
    )


def _notes(found: Results, lines: list[Indicator]) -> list[_Note]:
    """What a reader must know of the figures, general things first."""
    texts = [*mark_notes(Mark)]
    texts += [
        "Numbers are shown rounded half up to one decimal place, counts as they were released. "
        "Whether a standard or plan is met is decided before rounding: 94.96% is shown as 95.0% "
        "and does not meet a standard of 95%.",
        "95% intervals are Wilson's for a proportion, Student's for a mean and Poisson's for the "
        "numerator of a count, rate or ratio. Organisations whose intervals overlap may differ by "
        "chance alone.",
        _disclosure_words(found.figures.policy),
        *(
            f"{name}: {words}."
            for name, words in provenance(found).items()
            if name in ("Data", "Definitions", "Derived by")
        ),
    ]
    notes = [_Note(text) for text in texts]
    for reading in found.family.readings:
        about = tuple(line.code for line in lines if reading in line.readings)
        if about:
            words = (
                f"Reading {reading.code.replace('_', ' ')}: {reading.question} {reading.reading}"
            )
            changes = f" What the choice changes: {reading.changes}" if reading.changes else ""
            notes.append(_Note((words + changes).replace("`", ""), about))
    return notes


def _notes_table(notes: list[_Note]) -> GPTable:
    cells: Cells = {
        "Note": [f"note {number}" for number in range(1, len(notes) + 1)],
        "Applies to": [", ".join(note.about) or "all indicators" for note in notes],
        "Note text": [note.text for note in notes],
    }
    return _gptable("notes", "Notes on the figures", ONE_TABLE, cells)


# The sheets of figures ---------------------------------------------------------------------------


def _sheet(found: Results, line: Indicator) -> _Sheet:
    """The table of a line: England first, then the organisations by their code."""
    period = found.period_of(line.code)
    figures = found.figures.frame
    rows = figures[(figures["indicator"] == line.code) & (figures["period"] == str(period))]
    rows = rows.sort_values("org_code", key=lambda codes: codes.where(codes != ENGLAND, ""))
    made: list[Any] = rows.to_dict("records")
    scale, sign = (100, "%") if line.is_share else (1, "")
    shown = f"0.0{sign}" if sign else "#,##0.0"
    value = f"Value ({'percentage' if line.is_share else line.unit})"
    cells: Cells = {
        CODE: [row["org_code"] for row in made],
        NAME: [found.names.get(row["org_code"]) or row["org_code"] for row in made],
    }
    formats = {}
    parts = [] if line.is_count else [("Numerator", "numerator"), ("Denominator", "denominator")]
    parts = [(value, "numerator")] if line.is_count else parts
    for heading, name in parts:
        cells[heading] = [_count(row[name], row[f"{name}_mark"]) for row in made]
        formats[heading] = _count_format(cells[heading])
    if not line.is_count:
        cells[value] = [_value(line, row, scale) for row in made]
        formats[value] = shown
    if rows["ci_upper"].notna().any():
        for heading, name in ((LOWER, "ci_lower"), (UPPER, "ci_upper")):
            cells[heading] = [_limit(line, row, name, scale) for row in made]
            formats[heading] = "#,##0" if line.is_count else shown
    if rows["standard"].notna().any():
        standards = [line.standard(period, str(row["org_level"])) for row in made]
        cells[STANDARD] = [
            standard_words(standard, row) for standard, row in zip(standards, made, strict=True)
        ]
        cells[VERDICT] = [verdict_words(row) for row in made]
    if rows["plan"].notna().any():
        plan = value.replace("Value", "Plan")
        cells[plan] = [_plan(row["plan"], scale) for row in made]
        formats[plan] = formats[value]
        cells[PLAN_VERDICT] = [_met_words(row) for row in made]
    return _Sheet(line, cells, formats, _legend(line, cells))


def _legend(line: Indicator, cells: Cells) -> list[str]:
    """What the figures of the table are, in words, and the marks that stand in it."""
    held = {cell for column in cells.values() for cell in column if isinstance(cell, str)}
    words = [("Value" if line.is_count else "Numerator", line.numerator_in_words)]
    if line.denominator_in_words is not None:
        words.append(("Denominator", line.denominator_in_words))
    return [
        *(f"{name}: {text}" for name, text in words),
        *([] if VERDICT in cells else ["There is no standard for these figures."]),
        *([] if UPPER in cells else ["There is no 95% interval of these figures."]),
        *mark_notes(held),
    ]


def _table(found: Results, sheet: _Sheet, notes: list[_Note]) -> GPTable:
    line = sheet.line
    return _gptable(
        re.sub(r"\W", "_", f"figures_{line.code}"),
        f"{line.code}: {line.title}, {found.period_of(line.code).words}",
        f"{ONE_TABLE} {_notes_words(notes, line.code)}, on the worksheet Notes, apply to it.",
        sheet.cells,
        sheet.formats,
        sheet.legend,
    )


def _notes_words(notes: list[_Note], code: str) -> str:
    """`Notes 1 to 9, 12 and 14`: the general ones and those of a line."""
    numbers = [n for n, note in enumerate(notes, 1) if note.is_general or code in note.about]
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), lambda item: item[1] - item[0])
    ]
    words = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return f"Notes {wording.listed(words)}"


def _gptable(
    name: str,
    title: str,
    instructions: str,
    cells: Cells,
    formats: dict[str, str] | None = None,
    legend: Iterable[str] = (),
) -> GPTable:
    """A table as gptables takes it, every text made harmless."""
    table = pd.DataFrame(
        {
            heading: pd.Series(
                [_cell(cell) if isinstance(cell, str) else cell for cell in column], dtype=object
            )
            for heading, column in cells.items()
        }
    )
    formatting: list[dict[str, Any]] = [
        {"column": {"columns": [heading], "format": {"num_format": shown, "align": "right"}}}
        for heading, shown in (formats or {}).items()
    ]
    formatting += [
        {"column": {"columns": [heading], "format": BESIDE_NUMBERS, "include_names": True}}
        for heading in (STANDARD, VERDICT, PLAN_VERDICT)
        if heading in cells
    ]
    return GPTable(
        without_formulas(table),
        name,
        _plain(title),
        instructions=_plain(instructions),
        legend=_plain_texts(legend),
        additional_formatting=formatting,
        index_columns={2: 0},
    )


# Cells -------------------------------------------------------------------------------------------


def _count(value: Any, mark: Any) -> int | float | str:
    """A released count, a whole number where it is one, to one place where not; or its mark."""
    if pd.isna(value):
        return str(mark or Mark.NOT_AVAILABLE)
    exact = as_exact(value)
    return int(exact) if exact.denominator == 1 else float(half_up(exact, 1))


def _count_format(cells: list[Any]) -> str:
    return "#,##0.0" if any(isinstance(cell, float) for cell in cells) else "#,##0"


def _value(line: Indicator, row: dict[str, Any], scale: int) -> float | str:
    """A value as it is shown and no more exact: 92.1% is 0.921."""
    if pd.isna(row["value"]):
        return str(row["value_mark"] or Mark.NOT_AVAILABLE)
    exact = as_exact(row["numerator"]) * line.per / as_exact(row["denominator"])
    return _rounded(exact, scale)


def _limit(line: Indicator, row: dict[str, Any], name: str, scale: int) -> float | str:
    """A limit of the interval as it is shown; Byar's lower limit is missing where it is 0."""
    if pd.isna(row["ci_upper"]):
        return str(row["value_mark"] or Mark.NOT_APPLICABLE)
    limit = 0.0 if pd.isna(row[name]) else float(row[name])
    return round(limit) if line.is_count else round(round(scale * limit, 1) / scale, 3)


def _plan(value: Any, scale: int) -> float | str:
    return Mark.NOT_APPLICABLE if pd.isna(value) else _rounded(Fraction(str(value)), scale)


def _rounded(exact: Fraction, scale: int) -> float:
    return float(half_up(exact * scale, 1) / scale)


def _met_words(row: dict[str, Any]) -> str:
    """Whether the plan is met; without a value, why there is none."""
    if pd.isna(row["meets_plan"]):
        return (
            Mark.NOT_APPLICABLE
            if pd.isna(row["plan"])
            else str(row["value_mark"] or Mark.NOT_APPLICABLE)
        )
    return "met" if row["meets_plan"] else "not met"


def _cell(text: str) -> str:
    """The text of a cell; gptables refuses one without a letter or digit, which no mark has."""
    plain = _plain(text)
    return plain if re.search("[A-Za-z0-9]", plain) else f"{plain} (as given)"


def _plain(text: str) -> str:
    """A text of one line without what would be invisible, or markup to gptables."""
    plain = clean(text)
    for markup, harmless in MARKUP.items():
        while markup in plain:
            plain = plain.replace(markup, harmless)
    return plain[:LONGEST_TEXT]


def _plain_texts(texts: Iterable[str]) -> list[str]:
    return [_plain(text) for text in texts]
