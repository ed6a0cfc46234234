"""The page of an organisation as a Word file, for board papers (the extra `nhsind[word]`).

The same content as the page: headings in Word's own styles, tables whose first row repeats, every
picture with its description. The same content gives the same bytes.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Sequence
from datetime import datetime, time
from html import unescape
from typing import Any

from nhsind.charts.lettering import clean
from nhsind.charts.pixels import painted, refuse_unpainted
from nhsind.errors import UsageError
from nhsind.report.workbook_file import LANGUAGE, without_times

EXTRA = "word"
# Of a page of A4 on its side, in centimetres: its sides, its margins, what is between them.
LONG, SHORT, MARGIN = 29.7, 21.0, 1.5
# What the total of all organisations is called, England or not.
BESIDE = "beside"
# The breadth of each column of a section's table, by its heading, in centimetres.
COLUMNS = {
    "Line": 5.6,
    "Value": 2.4,
    "Met?": 2.2,
    "Counts": 3.0,
    BESIDE: 2.2,
    "Standard or plan": 3.0,
    "Change": 3.2,
    "Trend": 2.6,
    "Control chart": 2.5,
}
TREND = "Trend"
TEXT_POINTS, NOTE_POINTS = 8, 7
GRID_BREADTH, TREND_BREADTH = 16.0, 2.3
DESCRIBED = re.compile(r'aria-label="([^"]*)"')
DRAWING = re.compile(r"<svg .*?</svg>", re.DOTALL)


def refuse_unwritten() -> None:
    """Raise UsageError, naming the extra, where a package that writes Word files is missing."""
    _docx()
    refuse_unpainted("pages as Word files", EXTRA)


def document(content: dict[str, Any]) -> bytes:
    """An organisation's page as a Word file.

    `content`: what organisation.html.j2 names, of released figures. Raises UsageError without
    python-docx or resvg.
    """
    paper = _Paper(content["title"], content["as_of"])
    paper.heading(content["title"], 0)
    areas = ", ".join(content["areas"])
    if not content["is_national"]:
        paper.words(f"Organisation code {content['code']}{f', {areas}' if areas else ''}.")
    for words in content["banners"]:
        paper.words(words)
    paper.heading("What needs attention", 1)
    paper.words(content["verdicts"])
    for line in content["pressing"]:
        figure = line.figure
        paper.words(
            f"{line.title} ({line.code}), {line.period}: {figure.value}; "
            f"{'; '.join(figure.concerns)}",
            "List Bullet",
        )
    for each in content["unusual"]:
        paper.words(f"{each.what}, {each.words}: {each.told}", "List Bullet")
    if content["grid"]:
        paper.heading("Variation and assurance", 1)
        paper.picture(content["grid"], GRID_BREADTH)
    for section in content["sections"]:
        paper.heading(section.words, 1)
        if section.gap:
            paper.words(section.gap)
        paper.table(f"{section.words}: lines at a glance", section)
    for note in (*content["notes"], *([content["of_changes"]] if content["sections"] else [])):
        paper.note(note)
    for families, publication in content["publications"]:
        paper.heading("About this publication", 1)
        if len(content["publications"]) > 1:
            paper.words("; ".join(families))
        for name, words in publication:
            paper.words(f"{name}: {words}")
    return paper.finished()


class _Paper:
    """A Word file while it is written."""

    def __init__(self, title: str, as_of: Any) -> None:
        self.docx = _docx()
        self.file: Any = self.docx.Document()
        self.cm, self.points = self.docx.shared.Cm, self.docx.shared.Pt
        paper = {
            "orientation": self.docx.enum.section.WD_ORIENT.LANDSCAPE,
            "page_width": self.cm(LONG),
            "page_height": self.cm(SHORT),
        }
        sides = ("left", "right", "top", "bottom")
        for name, value in (paper | {f"{side}_margin": self.cm(MARGIN) for side in sides}).items():
            setattr(self.file.sections[0], name, value)
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = "Arial", self.points(TEXT_POINTS + 2)
        fonts = style.element.rPr
        language = self.docx.oxml.OxmlElement("w:lang")
        language.set(self.docx.oxml.ns.qn("w:val"), LANGUAGE)
        fonts.append(language)
        # The clock would change the bytes; the figures are as of this day.
        moment = datetime.combine(as_of, time())
        said = {"title": clean(title), "language": LANGUAGE, "author": "nhsind", "comments": ""}
        for name, value in {**said, "created": moment, "modified": moment}.items():
            setattr(self.file.core_properties, name, value)

    def heading(self, words: str, level: int) -> None:
        """A heading in Word's own style; 0 is the title."""
        self.file.add_heading(clean(words), level)

    def words(self, words: str, style: str | None = None) -> None:
        """A paragraph."""
        self.file.add_paragraph(clean(words), style)

    def note(self, words: str) -> None:
        """A paragraph in small letters."""
        self.file.add_paragraph().add_run(clean(words)).font.size = self.points(NOTE_POINTS)

    def picture(self, figure: str, breadth: float) -> None:
        """The drawing in a piece of a page, with its description and its caption."""
        if drawing := DRAWING.search(figure):
            self._draw(self.file.add_paragraph(), drawing[0], breadth)
        for caption in re.findall(r"<(?:figcaption|p)>(.*?)</", figure, re.DOTALL):
            self.note(unescape(caption))

    def table(self, caption: str, section: Any) -> None:
        """The lines of a section, with a first row that repeats on every page."""
        columns = [name for name in COLUMNS if section.beside or name != BESIDE]
        table = self.file.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.autofit = False
        for column, name in zip(table.columns, columns, strict=True):
            column.width = self.cm(COLUMNS[name])  # Word goes by the cells, others by this
        self._described(table, caption)
        head = table.rows[0]
        self._flag(head, "w:tblHeader")
        named = [section.beside if name == BESIDE else name for name in columns]
        self._fill(head, columns, named, bold=True)
        for line in section.lines:
            when = f", {line.period}" if line.period != section.period else ""
            figure = line.figure
            told = {
                "Line": f"{line.title} ({line.code}{when})",
                "Value": figure.value,
                "Counts": figure.counts,
                BESIDE: line.england,
                "Standard or plan": line.standard,
                "Met?": line.verdict,
                "Change": figure.change,
                TREND: "" if line.spark else "none to draw",
                "Control chart": line.standing,
            }
            row = table.add_row()
            self._flag(row, "w:cantSplit")
            self._fill(row, columns, [told[name] for name in columns])
            if line.spark:
                cell = row.cells[columns.index(TREND)]
                self._draw(cell.paragraphs[0], str(line.spark), TREND_BREADTH)

    def finished(self) -> bytes:
        """The file, without a time of day in it."""
        written = io.BytesIO()
        self.file.save(written)
        return without_times(written.getvalue())

    def _fill(
        self, row: Any, columns: Sequence[str], texts: Sequence[str], bold: bool = False
    ) -> None:
        for cell, name, text in zip(row.cells, columns, texts, strict=True):
            cell.width = self.cm(COLUMNS[name])
            run = cell.paragraphs[0].add_run(clean(text))
            run.font.size, run.bold = self.points(TEXT_POINTS), bold

    def _draw(self, paragraph: Any, svg: str, breadth: float) -> None:
        picture = paragraph.add_run().add_picture(io.BytesIO(painted(svg)), self.cm(breadth))
        described = DESCRIBED.search(svg)
        picture._inline.docPr.set("descr", unescape(described[1]) if described else "")

    def _flag(self, row: Any, name: str) -> None:
        row._tr.get_or_add_trPr().append(self.docx.oxml.OxmlElement(name))

    def _described(self, table: Any, words: str) -> None:
        """Word shows a table's description to who cannot see it; python-docx has no name for it."""
        about = self.docx.oxml.OxmlElement("w:tblCaption")
        about.set(self.docx.oxml.ns.qn("w:val"), clean(words))
        table._tbl.tblPr.append(about)


def _docx() -> Any:
    try:
        found: Any = importlib.import_module("docx")
        for part in ("enum.section", "oxml", "oxml.ns", "shared"):
            importlib.import_module(f"docx.{part}")
    except ImportError:
        raise UsageError(
            f"pages as Word files need the package python-docx: nhsind[{EXTRA}]"
        ) from None
    return found
