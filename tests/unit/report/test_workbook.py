"""Workbooks of released figures: accessible, passive, and saying what the pages say.

Read twice: as people get them (calamine) and as XML. docs/accessible-workbooks.md names these
tests item by item.
"""

from __future__ import annotations

import io
import re
import time
import tomllib
import zipfile
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.output_columns import COLUMNS, TYPES, data_dictionary
from nhsind.definitions.standards import OPERATORS
from nhsind.definitions.statuses import WITHHELD, Mark
from nhsind.given import given
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.confidential import Released
from nhsind.release.hidden import mark_of
from nhsind.release.results import Results
from nhsind.release.telling import PRECISION
from nhsind.report.page import PUBLICATION_WORDS
from nhsind.report.workbook import workbook
from nhsind.sources.inputs import open_input
from nhsind.tables.cells import count_words, interval_words, value_words, verdict_words

REPOSITORY = Path(__file__).resolve().parents[3]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
PERIODS = {"rtt": "2018-03", "eip": "2017-18-Q4", "cart": "2017-18", "cyp": "2017-18-Q4"}
PUBLICATION = {
    "title": "Sample statistics",
    "release_datetime": "2018-05-10 09:30",
    "contact": "Sample statistics team, statistics@sample.invalid",
    "methodology": "As the definitions say",
    "revisions": "None",
    "next_release": "June 2018",
}
HOSTILE = [
    '=HYPERLINK("http://evil.invalid","x")',
    "+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    "\"Quoted\" & 'quoted' </t></si>",
    "[click](http://evil.invalid)",
    "[a](b) and [c](d)",
    "$$note$$ and $$$$",
    "https://evil.invalid",
    "mailto:x@evil.invalid",
    "{=SUM(A1:A2)}",
    "0012",
    "_x003D_1+1",
    "a\x00b\x07c\u202ed",
    "???",
    "   ",
    "Ωμέγα",
    "x" * 40_000,
]


@cache
def figures(family: str) -> Results:
    sample = given(None)
    opened = open_input(load_family(family), sample.data)
    return compute(
        opened,
        parse_period(PERIODS[family]),
        level=opened.own_level,
        history=0,
        publication=PUBLICATION,
        described_as=sample.described_as,
    )


class Book:
    """A workbook as people get it, and as XML."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.names = self.book.sheet_names
        self.parsed: dict[str, ElementTree.Element] = {}

    def xml(self, member: str) -> ElementTree.Element:
        """A member of the archive, parsed once: some tests ask for the styles of every cell."""
        if member not in self.parsed:
            self.parsed[member] = ElementTree.fromstring(self.archive.read(member))
        return self.parsed[member]

    def rows(self, sheet: str) -> list[list[Any]]:
        return self.book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)

    def sheet(self, name: str) -> ElementTree.Element:
        return self.xml(f"xl/worksheets/sheet{self.names.index(name) + 1}.xml")

    @cached_property
    def sheets(self) -> list[ElementTree.Element]:
        return [self.sheet(name) for name in self.names]

    @property
    def tagged(self) -> list[str]:
        """The sheets with a table: all but the cover."""
        return self.names[1:]

    def place(self, name: str) -> tuple[int, int, int, int]:
        """First row and column of a sheet's table, and its last, from 1."""
        left, top, right, bottom = re.fullmatch(
            r"([A-Z])(\d+):([A-Z])(\d+)", self.table(name).attrib["ref"]
        ).groups()  # type: ignore[union-attr]
        return int(top), ord(left) - 64, int(bottom), ord(right) - 64

    def table(self, name: str) -> ElementTree.Element:
        return self.xml(f"xl/tables/table{self.tagged.index(name) + 1}.xml")

    def cells(self, name: str) -> pd.DataFrame:
        """The table of a sheet, under its headings."""
        top, _, bottom, _ = self.place(name)
        heading, *rows = self.rows(name)[top - 1 : bottom]
        return pd.DataFrame(rows, columns=heading)

    def styles(self, part: str) -> list[ElementTree.Element]:
        return list(self.xml("xl/styles.xml").find(f"{MAIN}{part}") or [])

    def format_of(self, sheet: str, cell: str) -> ElementTree.Element:
        found = next(
            each for each in self.sheet(sheet).iter(f"{MAIN}c") if each.attrib["r"] == cell
        )
        return self.styles("cellXfs")[int(found.attrib["s"])]

    @property
    def texts(self) -> list[str]:
        return [
            str(cell)
            for name in self.names
            for row in self.rows(name)
            for cell in row
            if cell != ""
        ]


@cache
def book(family: str = "rtt") -> Book:
    return Book(workbook(figures(family), explore=False))


def renamed(family: str, names: list[str]) -> Results:
    """The figures with the names of the first organisations replaced."""
    found = figures(family)
    frame = found.figures.frame.copy()
    codes = [code for code in frame["org_code"].unique() if code != "ENGLAND"]
    given = dict(zip(codes, names, strict=False))
    frame["org_name"] = frame["org_code"].map(given).fillna(frame["org_name"])
    return replace(found, figures=Released(frame, found.figures.policy))


families = pytest.mark.parametrize("family", PERIODS)

# What stands in it -------------------------------------------------------------------------------


@families
def test_sheets_are_cover_contents_notes_and_one_for_each_line(family: str) -> None:
    held = figures(family).figures.frame["indicator"].unique()
    assert book(family).names == ["Cover", "Contents", "Notes", *figures(family).family.indicators]
    assert set(book(family).names[3:]) == set(held)


def test_the_cover_carries_the_publication_block_and_what_the_data_are() -> None:
    words = [row[0] for row in book("eip").rows("Cover")]
    assert set(PUBLICATION_WORDS) - set(PUBLICATION) == {"embargo", "correction"}
    for key in PUBLICATION_WORDS.keys() & PUBLICATION.keys():
        name = PUBLICATION_WORDS[key]
        assert PUBLICATION[key] in words or f"{name}: {PUBLICATION[key]}" in words
    text = " ".join(words)
    assert "Counts are rounded to the nearest 5; those from 0 to 4 are hidden" in text
    assert "first episode of psychosis" in text and "synthetic sample" in text
    assert "NOT FOR PUBLICATION" not in text
    assert "neither suppressed nor rounded" in " ".join(book("rtt").texts)


def test_exploring_says_so_first() -> None:
    explored = Book(workbook(replace(figures("eip"), publication={}), explore=True))
    assert explored.rows("Cover")[2][0].startswith("NOT FOR PUBLICATION")


def test_contents_link_to_every_sheet() -> None:
    links = {
        link.attrib["ref"]: link.attrib["location"]
        for link in book().sheet("Contents").iter(f"{MAIN}hyperlink")
    }
    listed = book().cells("Contents")["Worksheet"].tolist()
    assert listed == book().names[2:]
    top = book().place("Contents")[0]
    assert links == {f"A{top + row}": f"'{name}'!A1" for row, name in enumerate(listed, 1)}


@families
def test_notes_explain_every_mark_and_the_readings(family: str) -> None:
    notes = book(family).cells("Notes")
    text = " ".join(notes["Note text"])
    assert all(f"{mark} means {mark.explained}." in text for mark in Mark)
    lines = figures(family).family.indicators.values()
    for reading in chain.from_iterable(line.readings for line in lines):
        assert " ".join(reading.reading.split()).replace("`", "") in text
    assert notes["Note"].tolist() == [f"note {number}" for number in range(1, len(notes) + 1)]


@families
def test_a_sheet_names_the_notes_that_apply_to_it(family: str) -> None:
    notes = book(family).cells("Notes")
    for name in book(family).names[3:]:
        words = book(family).rows(name)[1][0]
        told = re.search(r"Notes (.*), on the worksheet Notes", words)
        assert told
        numbers: list[int] = []
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", told[1]):
            numbers += range(int(first), int(last or first) + 1)
        about = [
            name in each.split(", ") or each == "all indicators" for each in notes["Applies to"]
        ]
        assert numbers == [number for number, is_own in enumerate(about, 1) if is_own]


@families
def test_numbers_are_those_that_the_pages_show(family: str) -> None:
    found = figures(family)
    for line in found.family.indicators.values():
        cells = book(family).cells(line.code).set_index("Organisation code")
        assert cells.index[0] == "ENGLAND" and list(cells.index[1:]) == sorted(cells.index[1:])
        value = next(name for name in cells.columns if name.startswith("Value ("))
        places = 0 if line.is_count else 1
        for code, row in cells.iterrows():
            figure = found.figure(line.code, str(code))
            assert figure is not None
            if "Numerator" in cells:
                for heading in ("Numerator", "Denominator"):
                    name = heading.lower()
                    shown = count_words(figure[name], mark_of(figure, name))
                    assert worded(row[heading]) == shown
            shown = value_words(figure).removesuffix(f" {line.unit}")
            assert worded(row[value], line.is_share, places) == shown
            if "95% interval, to" in cells:
                lower, upper = (
                    worded(row[f"95% interval, {end}"], line.is_share, places)
                    for end in ("from", "to")
                )
                told = lower if lower in {*Mark, WITHHELD} else f"{lower} to {upper}"
                assert told == interval_words(figure)
            if "Standard met?" in cells:
                assert row["Standard met?"] == verdict_words(figure)
            else:
                assert pd.isna(figure["standard"])


def worded(cell: Any, is_share: bool = False, places: int | None = None) -> str:
    """A cell as its number format shows it."""
    if isinstance(cell, str):
        return cell
    places = (0 if float(cell).is_integer() else 1) if places is None else places
    return f"{cell * (100 if is_share else 1):,.{places}f}{'%' if is_share else ''}"


def test_marks_stand_where_there_is_no_number() -> None:
    cells = book("eip").cells("E.H.4")
    held = set(chain.from_iterable(cells.to_numpy().tolist()))
    assert {"[c]", "[z]"} <= held and "" not in held


def test_no_number_is_more_exact_than_what_is_shown() -> None:
    for name in book("eip").names[3:]:
        for cell in book("eip").sheet(name).iter(f"{MAIN}c"):
            if cell.attrib.get("t") != "s":
                number = float(cell.findtext(f"{MAIN}v") or "")
                assert number == round(number, 3)
    own = book("eip").format_of("E.H.4", f"E{book('eip').place('E.H.4')[0] + 1}")
    formats = {
        each.attrib["numFmtId"]: each.attrib["formatCode"] for each in book("eip").styles("numFmts")
    }
    assert formats[own.attrib["numFmtId"]] == "0.0%"


# The checklist: tables ---------------------------------------------------------------------------


@families
def test_every_sheet_but_the_cover_holds_one_tagged_table(family: str) -> None:
    made = book(family)
    for name, sheet in zip(made.names, made.sheets, strict=True):
        parts = sheet.findall(f"{MAIN}tableParts/{MAIN}tablePart")
        assert len(parts) == (0 if name == "Cover" else 1), name


@families
def test_tables_have_names_that_say_what_they_hold(family: str) -> None:
    made = book(family)
    names = [made.table(name).attrib["name"] for name in made.tagged]
    own = [f"figures_{re.sub('[.]', '_', code)}" for code in made.names[3:]]
    assert names == ["contents_table", "notes", *own]
    assert len({name.lower() for name in names}) == len(names)


@families
def test_no_cells_are_merged(family: str) -> None:
    assert not [
        sheet for sheet in book(family).sheets if sheet.find(f"{MAIN}mergeCells") is not None
    ]


@families
def test_no_cell_row_or_column_of_a_table_is_blank(family: str) -> None:
    for name in book(family).tagged:
        cells = book(family).cells(name)
        assert len(cells) and "" not in set(chain.from_iterable(cells.to_numpy().tolist())), name


@families
def test_a_table_has_one_tagged_header_row_of_its_headings(family: str) -> None:
    for name in book(family).tagged:
        table = book(family).table(name)
        assert (
            table.attrib.get("headerRowCount", "1") == "1" and "totalsRowCount" not in table.attrib
        )
        told = [each.attrib["name"] for each in table.iter(f"{MAIN}tableColumn")]
        assert told == book(family).cells(name).columns.tolist()
        assert all(told) and len(set(told)) == len(told)


@families
def test_text_wraps_in_tables_and_on_the_cover(family: str) -> None:
    made = book(family)
    for name in made.names:
        top = 0 if name == "Cover" else made.place(name)[0]
        for cell in made.sheet(name).iter(f"{MAIN}c"):
            row = int(re.sub(r"\D", "", cell.attrib["r"]))
            alignment = made.styles("cellXfs")[int(cell.attrib["s"])].find(f"{MAIN}alignment")
            if row >= top:
                assert alignment is not None and alignment.attrib.get("wrapText") == "1"


def test_rows_are_as_high_as_their_longest_text() -> None:
    """LibreOffice would print the lines of a row over each other; Excel would not."""
    for name in ("Cover", "Notes"):
        made = book("eip")
        widths = [float(each.attrib["width"]) for each in made.sheet(name).iter(f"{MAIN}col")]
        rows = {int(each.attrib["r"]): each for each in made.sheet(name).iter(f"{MAIN}row")}
        longest = 0
        for number, row in enumerate(made.rows(name), 1):
            if name == "Cover" or number >= made.place(name)[0]:
                lines = max(len(str(cell)) / width for cell, width in zip(row, widths, strict=True))
                longest = max(longest, lines)
                assert lines < 1.1 or float(rows[number].attrib["ht"]) >= 14 * lines / 1.25
        assert longest > 3


def test_without_a_value_the_plan_is_neither_met_nor_missed() -> None:
    cells = book("eip").cells("E.H.4")
    hidden = cells[cells["Value (percentage)"] == "[c]"]
    assert (
        len(hidden)
        and set(hidden["Plan met?"]) <= {"[c]", "[z]"}
        and "[c]" in set(hidden["Plan met?"])
    )


@families
def test_nothing_is_filtered_frozen_or_hidden(family: str) -> None:
    made = book(family)
    for member in made.archive.namelist():
        text = made.archive.read(member).decode("utf-8")
        assert not re.search(r"<autoFilter|<filterColumn|<pane|hidden=|\bstate=", text), member


@families
def test_columns_are_wide_enough_to_read_and_narrow_enough_to_enlarge(family: str) -> None:
    for sheet in book(family).sheets:
        widths = [float(each.attrib["width"]) for each in sheet.iter(f"{MAIN}col")]
        assert widths and all(12 <= width <= 101 for width in widths)


# The checklist: notes and formatting -------------------------------------------------------------


@families
def test_no_text_uses_symbols_or_superscript_for_a_note(family: str) -> None:
    assert not [text for text in book(family).texts if re.search("[*†‡§¶¹²³⁰-₟]", text)]
    assert b"vertAlign" not in book(family).archive.read("xl/styles.xml")


@families
def test_cells_of_figures_hold_numbers_marks_or_plain_words_only(family: str) -> None:
    operators = "|".join(OPERATORS.values())
    value = r"[\d,.]+%?"
    coarse = rf"{value}|{value} to {value}|too coarse to tell"  # of rounded counts
    marks = "|".join(map(re.escape, [*Mark, WITHHELD]))
    allowed = rf"{marks}|met|not met|none|({operators}) {value}|{coarse}"
    for name in book(family).names[3:]:
        cells = book(family).cells(name).drop(columns=["Organisation code", "Organisation"])
        for cell in chain.from_iterable(cells.to_numpy().tolist()):
            assert not isinstance(cell, str) or re.fullmatch(allowed, cell), cell


def test_a_cell_of_symbols_only_gets_words() -> None:
    shown = Book(workbook(renamed("eip", ["???", "***"]), explore=False)).cells("E.H.4")
    assert shown["Organisation"].tolist()[1:3] == ["??? (as given)", "*** (as given)"]


@families
def test_titles_are_tagged_as_headings(family: str) -> None:
    made = book(family)
    names = {each.attrib["xfId"]: each.attrib["name"] for each in made.styles("cellStyles")}
    for name in made.names:
        assert names[made.format_of(name, "A1").attrib["xfId"]] == "Heading 1"
    texts = [row[0] for row in made.rows("Cover")]
    for heading in ("Introductory information", "About these data", "Contact"):
        cell = f"A{texts.index(heading) + 1}"
        assert names[made.format_of("Cover", cell).attrib["xfId"]] == "Heading 2"
    assert names[made.format_of("Cover", "A3").attrib["xfId"]] == "Normal"


@families
def test_letters_are_large_plain_and_dark(family: str) -> None:
    _, *fonts = book(family).styles("fonts")  # the first is the one of empty cells
    for font in fonts:
        assert {each.tag.removeprefix(MAIN) for each in font} <= {
            "b",
            "u",
            "sz",
            "color",
            "name",
            "family",
        }
        assert font.find(f"{MAIN}name").attrib["val"] == "Arial"  # type: ignore[union-attr]
        assert int(font.find(f"{MAIN}sz").attrib["val"]) >= 12  # type: ignore[union-attr]
        colour = font.find(f"{MAIN}color")
        assert colour is None or colour.attrib == {"rgb": "FF0000FF"}
        assert (colour is None) == (font.find(f"{MAIN}u") is None)  # links are underlined too


@families
def test_text_is_at_the_left_and_numbers_at_the_right(family: str) -> None:
    made = book(family)
    for name in made.names[3:]:
        top = made.place(name)[0]
        for cell in made.sheet(name).iter(f"{MAIN}c"):
            if int(re.sub(r"\D", "", cell.attrib["r"])) > top and cell.attrib.get("t") != "s":
                own = made.styles("cellXfs")[int(cell.attrib["s"])].find(f"{MAIN}alignment")
                assert own is not None and own.attrib["horizontal"] == "right"
        for column in "AB":
            own = made.format_of(name, f"{column}{top + 1}").find(f"{MAIN}alignment")
            assert own is not None and own.attrib["horizontal"] == "left"


@families
def test_no_fill_and_no_line_but_under_headings(family: str) -> None:
    fills = [each[0].attrib["patternType"] for each in book(family).styles("fills")]
    assert fills == ["none", "gray125"]  # the two that every workbook declares
    assert {each.attrib.get("fillId") for each in book(family).styles("cellXfs")} == {"0"}
    for name in book(family).names[3:]:
        table = book(family).table(name)
        assert "name" not in table.find(f"{MAIN}tableStyleInfo").attrib  # type: ignore[union-attr]
        top = book(family).place(name)[0]
        for cell in book(family).sheet(name).iter(f"{MAIN}c"):
            own = book(family).styles("cellXfs")[int(cell.attrib["s"])]
            is_heading = int(re.sub(r"\D", "", cell.attrib["r"])) == top
            assert (own.attrib["borderId"] != "0") == is_heading


PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app)\.xml|xl/_rels/workbook\.xml\.rels|"
    r"xl/(workbook|sharedStrings|styles|theme/theme1)\.xml|xl/tables/table\d+\.xml|"
    r"xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
)


@families
def test_nothing_but_cells_and_tables_is_in_the_file(family: str) -> None:
    """No image, drawing, comment, macro, custom property, external link or embedded object."""
    made = book(family)
    assert [name for name in made.archive.namelist() if not PARTS.fullmatch(name)] == []
    for member in made.archive.namelist():
        text = made.archive.read(member).decode("utf-8")
        assert not re.search(r"<f>|<f |definedName|headerFooter|TargetMode|oleObject", text), member


# The checklist: structure and before publishing --------------------------------------------------


@families
def test_sheet_names_are_short_and_unique(family: str) -> None:
    names = book(family).names
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


@families
def test_no_sheet_is_blank_and_every_one_begins_with_its_title(family: str) -> None:
    titles = [book(family).rows(name)[0][0] for name in book(family).names]
    assert all(titles) and len(set(titles)) == len(titles)
    assert all(
        title.startswith(f"{name}: ")
        for name, title in zip(book(family).names[3:], titles[3:], strict=True)
    )


@families
def test_tables_begin_at_the_left_edge_and_nothing_is_below_or_beside(family: str) -> None:
    for name in book(family).tagged:
        top, left, bottom, right = book(family).place(name)
        rows = book(family).rows(name)
        assert left == 1 and len(rows) == bottom and len(rows[0]) == right
        for row in rows[: top - 1]:
            assert row[0] and not any(row[1:])


@families
def test_title_author_and_language_are_set(family: str) -> None:
    core = book(family).xml("docProps/core.xml")
    found = figures(family)
    assert core.findtext(f"{DUBLIN}title") == f"{found.family.title}, {found.period.words}"
    assert core.findtext(f"{DUBLIN}creator") == PUBLICATION["contact"]
    assert core.findtext(f"{DUBLIN}language") == "en-GB"


@families
def test_a_reader_begins_at_the_top_of_the_cover(family: str) -> None:
    view = book(family).xml("xl/workbook.xml").find(f"{MAIN}bookViews/{MAIN}workbookView")
    assert view is not None and view.attrib.get("activeTab", "0") == "0"
    assert view.attrib.get("firstSheet", "0") == "0"
    for place, sheet in enumerate(book(family).sheets):
        (own,) = sheet.iter(f"{MAIN}sheetView")
        assert own.attrib.get("tabSelected", "0") == ("1" if place == 0 else "0")
        assert own.attrib.get("topLeftCell", "A1") == "A1"
        assert all(each.attrib.get("activeCell") == "A1" for each in own.iter(f"{MAIN}selection"))


# Hostile names, bytes, time ----------------------------------------------------------------------


def test_hostile_names_are_texts() -> None:
    made = Book(workbook(renamed("eip", HOSTILE), explore=False))
    shown = made.cells("E.H.4").set_index("Organisation code")["Organisation"].tolist()[1:]
    for name, text in zip(HOSTILE, shown, strict=False):
        assert isinstance(text, str) and text
        assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))
        kept = re.sub("[^A-Za-z0-9]", "", text)
        assert re.sub("[^A-Za-z0-9]", "", name)[:1000] in kept or "\u202e" in name
    for member in made.archive.namelist():
        text = made.archive.read(member).decode("utf-8")
        assert not re.search("<f>|<f |TargetMode|http://evil.*Target", text), member
    links = [link.attrib for sheet in made.sheets for link in sheet.iter(f"{MAIN}hyperlink")]
    assert all(link["location"].startswith("'") for link in links) and len(links) == 2
    places = {f"B{row}" for row in range(made.place("E.H.4")[0] + 1, made.place("E.H.4")[2] + 1)}
    kinds = {
        c.attrib.get("t") for c in made.sheet("E.H.4").iter(f"{MAIN}c") if c.attrib["r"] in places
    }
    assert kinds == {"s"}


@families
def test_the_same_figures_give_the_same_bytes(
    family: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = book(family).content
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400 * 400)
    time.sleep(1)
    try:
        assert workbook(figures(family), explore=False) == before
    finally:
        monkeypatch.undo()
        time.tzset()
    assert {item.date_time for item in book(family).archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"2018-0" in book(family).archive.read("docProps/core.xml")


def test_a_workbook_is_made_in_a_moment() -> None:
    """Two hundred organisations and ten lines took 0.7 s of processor time, one line 0.1 s."""
    begun = time.process_time()
    workbook(figures("eip"), explore=False)
    assert time.process_time() - begun < 2


# The data dictionary -----------------------------------------------------------------------------


def test_the_dictionary_names_the_columns_of_the_tables_and_no_others() -> None:
    dictionary = data_dictionary([load_family(code) for code in family_codes()])
    held = set(chain.from_iterable(figures(family).figures.frame.columns for family in PERIODS))
    # Files of publishers bring one, exact means the other. What pages know of
    # rounded figures is in no table.
    assert set(dictionary["column"]) == (held - set(PRECISION)) | {"mark", "squares"}
    assert dictionary["column"].is_unique and dictionary["holds"].is_unique
    assert set(dictionary["type"]) <= set(TYPES)
    told = dictionary[["column", "holds", "type", "allowed_values", "empty_where"]]
    assert told.map(bool).all(axis=None)


@families
def test_the_dictionary_is_true_of_the_figures(family: str) -> None:
    frame = figures(family).figures.frame
    for column in COLUMNS:
        if column.empty == "never empty":
            assert frame[column.name].notna().all()
        allowed = column.allowed.split(", ")
        if column.name in ("family", "org_level", "kind", "status"):
            assert set(frame[column.name]) <= set(allowed)
    for name in ("numerator", "denominator", "value"):
        assert frame.loc[frame[f"{name}_mark"] != "", name].isna().all()
    assert (frame["value"].isna() == (frame["value_mark"] != "")).all()


# The conformance table ---------------------------------------------------------------------------


def conformance() -> list[list[str]]:
    text = (REPOSITORY / "docs" / "accessible-workbooks.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", text, re.MULTILINE)
    return [[number, *(cell.strip() for cell in cells.split("|"))] for number, cells in rows]


def test_every_item_of_the_checklist_has_a_test_that_exists_or_a_reason() -> None:
    rows = conformance()
    assert [int(row[0]) for row in rows] == list(range(1, 37))
    for _, item, essential, proof in rows:
        assert item and essential in ("yes", "") and len(proof) > 10
        for path, name in re.findall(r"`([\w/.]+)::(\w+)`", proof):
            assert f"def {name}(" in (REPOSITORY / path).read_text("utf-8"), item
        assert "`" in proof or "not tested" in proof or "does not apply" in proof, item


def test_gptables_is_a_dependency_with_a_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert any(each.startswith("gptables") for each in project["project"]["dependencies"])
    reasons = (REPOSITORY / "docs/decisions/0001-dependencies.md").read_text("utf-8")
    assert "| gptables |" in reasons and "distributed (extra" in reasons
