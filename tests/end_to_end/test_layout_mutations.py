"""No change to a published file alters a figure without a word: each layout, one change at a time.

A change either is refused, or leaves every figure as it was, or is said (a note, a row left out).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from published_copies import Rows, write_csv
from small_layouts import LAYOUTS, Layout, referrals, written
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import InputError
from nhsind.sources.inputs import open_input
from nhsind.sources.published import PublishedFile, read_file, readers, recognise

TOTALS = ("TOTAL", "England", "ALL", "-", "")


def read(layout: Layout, rows: Rows, folder: Path) -> PublishedFile:
    path = written(layout, rows, folder)
    return read_file(recognise(load_family(layout.family), path), path)


def figures(found: PublishedFile) -> Any:
    """Every figure that a file gives, without the place where it stands."""
    tables = {name: sorted(map(str, table.to_pylist())) for name, table in found.tables.items()}
    if found.counts is None:
        return tables
    counts = found.counts.drop(columns="place").astype(str)
    return sorted(map(tuple, counts.to_numpy().tolist())), tables


def said(found: PublishedFile) -> set[str]:
    """What a reader says of a file; where a row stands may differ."""
    return {*found.notes, *(row.why for row in found.left_out)}


@pytest.fixture(scope="session")
def as_it_stands(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The figures of a layout's own file, and what is said of it, read once."""
    folder = tmp_path_factory.mktemp("layouts")

    @cache
    def of(name: str) -> tuple[Any, set[str]]:
        layout = LAYOUTS[name]()
        found = read(layout, layout.rows, folder)
        return figures(found), said(found)

    return of


class Changed:
    """A layout's file with changes: which of them alter a figure without a word."""

    def __init__(self, name: str, before: tuple[Any, set[str]], folder: Path) -> None:
        self.name, self.layout, self.folder = name, LAYOUTS[name](), folder
        self.figures, self.said = before

    def without_a_word(self, rows: Rows) -> bool:
        """Whether a changed file gives other figures and nothing is said."""
        try:
            after = read(self.layout, rows, self.folder)
        except InputError:
            return False
        same = figures(after) == self.figures or said(after) > self.said
        return not (same or (self.layout.of_records and self._is_found(rows)))

    def _is_found(self, rows: Rows) -> bool:
        """Whether the checks of records find more in a file."""

        def findings(rows: Rows) -> set[str]:
            path = written(self.layout, rows, self.folder)
            return {
                str(item) for item in open_input(load_family(self.layout.family), path).findings
            }

        before = findings(self.layout.rows)
        try:
            return findings(rows) > before
        except InputError:
            return True

    def with_cell(self, row: int, column: int, value: Any) -> Rows:
        """The rows with one other cell."""
        rows = [list(cells) for cells in self.layout.rows]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = value
        return rows

    def with_another_figure(self) -> list[Any]:
        """The last row with another number."""
        row = list(self.layout.rows[-1])
        row[self.layout.figure] = 1.0 if self.layout.sheet else "1"
        return row


@pytest.fixture(params=LAYOUTS)
def changed(request: pytest.FixtureRequest, as_it_stands: Any, tmp_path: Path) -> Changed:
    return Changed(request.param, as_it_stands(request.param), tmp_path)


def of(which: Callable[[Layout], bool]) -> pytest.MarkDecorator:
    """For the layouts only that have what a test changes."""
    names = [name for name, made in LAYOUTS.items() if which(made())]
    return pytest.mark.parametrize("changed", names, indirect=True)


def test_every_reader_has_a_layout_here() -> None:
    held = {(layout.family, layout.reader) for layout in (made() for made in LAYOUTS.values())}
    known = {(code, name) for code in family_codes() for name in readers(load_family(code))}
    assert held == known


class TestEveryLayout:
    def test_it_is_read_by_its_own_reader(self, changed: Changed) -> None:
        layout = changed.layout
        path = written(layout, layout.rows, changed.folder)
        assert recognise(load_family(layout.family), path).name == layout.reader
        assert changed.figures and str(changed.figures) != str(([], {}))

    def test_it_is_reconciled_or_it_is_said_why_not(self, changed: Changed) -> None:
        """Also where a file prints nothing to compare with."""
        path = written(changed.layout, changed.layout.rows, changed.folder)
        try:
            assert len(ind.reconcile(changed.layout.family, path).cells)
        except InputError as error:
            assert "compare with" in str(error) or "shares no line" in str(error), error

    @of(lambda layout: bool(layout.codes + layout.names))
    def test_a_row_of_totals_is_no_organisation(self, changed: Changed) -> None:
        """In each column of organisations, in all of codes, in all of names, and in all of both.

        Each word and each of these at least once; in all columns each word.
        """
        layout = changed.layout
        whole = layout.codes + layout.names
        columns = [*((at,) for at in whole), layout.codes, layout.names]
        columns = [chosen for chosen in dict.fromkeys(columns) if chosen and chosen != whole]
        pairs = [(word, whole) for word in TOTALS]
        most = max(len(TOTALS), len(columns)) if columns else 0
        pairs += [(TOTALS[at % len(TOTALS)], columns[at % len(columns)]) for at in range(most)]
        found = []
        for word, chosen in pairs:
            row = list(layout.rows[-1])
            for at in chosen:
                row[at] = word
            if changed.without_a_word([*layout.rows, row]):
                found.append((word, chosen))
        assert not found

    def test_a_row_twice(self, changed: Changed) -> None:
        rows = changed.layout.rows
        assert not changed.without_a_word([*rows, rows[-1]])
        assert not changed.without_a_word([*rows, changed.with_another_figure()])

    def test_a_note_below(self, changed: Changed) -> None:
        for at, note in enumerate(("Note: one trust did not submit.", "Source: the publisher")):
            assert not changed.without_a_word([*changed.layout.rows, [], [""] * at + [note]])

    @of(lambda layout: not (layout.of_records and layout.family == "sus") and layout.top >= 0)
    def test_notes_below_leave_every_figure(self, changed: Changed) -> None:
        layout = changed.layout
        notes: Rows = [[], ["Notes"], ["1. Provisional"], ["Source: NHS England"]]
        found = read(layout, [*layout.rows, *notes], changed.folder)
        assert figures(found) == changed.figures

    def test_how_it_is_written_leaves_every_figure(self, changed: Changed) -> None:
        """Encodings, ends of lines, columns and blanks around, packed, another ending."""
        layout = changed.layout
        for path in (_workbooks if layout.sheet else _texts)(layout, changed.folder):
            reader = recognise(load_family(layout.family), path)
            assert figures(read_file(reader, path)) == changed.figures, path.name

    def test_columns_added_and_moved_leave_every_figure(self, changed: Changed) -> None:
        layout = changed.layout
        top = max(layout.top, 0)
        moved = [
            *layout.rows[:top],
            *(
                ["New" if at == 0 else "x", *reversed(row)]
                for at, row in enumerate(layout.rows[top:])
            ),
        ]
        if layout.fixed:
            assert not changed.without_a_word(moved)
        else:
            assert figures(read(layout, moved, changed.folder)) == changed.figures

    @of(lambda layout: layout.top >= 0)
    def test_headings_written_otherwise_leave_every_figure(self, changed: Changed) -> None:
        """Capitals, blanks, breaks, footnotes, and a sheet's capitals say nothing."""
        layout = changed.layout
        for name, write in OTHERWISE.items():
            rows = [list(row) for row in layout.rows]
            rows[layout.top] = [write(cell) if cell else cell for cell in rows[layout.top]]
            sheets = {key.upper(): cells for key, cells in (layout.beside or {}).items()}
            otherwise = layout._replace(sheet=layout.sheet.lower(), beside=sheets)
            assert figures(read(otherwise, rows, changed.folder)) == changed.figures, name

    @of(lambda layout: layout.top >= 0 and bool(layout.codes))
    def test_a_column_that_stands_twice(self, changed: Changed) -> None:
        """Also where only the mark of a footnote tells the two apart: neither is the one."""
        layout = changed.layout
        at = layout.figure % len(layout.rows[layout.top])
        for mark in ("", " (2)"):
            rows = [list(row) for row in layout.rows]
            for row in rows[layout.top :]:
                row += [""] * (at + 1 - len(row))
                row.insert(at, row[at])
            rows[layout.top][at] += mark
            rows[-1][at] = changed.with_another_figure()[layout.figure]
            with pytest.raises(InputError):
                read(layout, rows, changed.folder)

    @of(lambda layout: layout.month is not None)
    def test_a_month_misspelt(self, changed: Changed) -> None:
        month = changed.layout.month
        assert month is not None
        row, column = month if isinstance(month, tuple) else (-1, month)
        for wrong in ("Arpil", "31/13/2017", "x", ""):
            assert not changed.without_a_word(changed.with_cell(row, column, wrong)), wrong

    def test_blanks_around_a_code(self, changed: Changed) -> None:
        for column in changed.layout.codes:
            code = changed.layout.rows[-1][column]
            rows = changed.with_cell(-1, column, f"\u00a0{code.lower()} ")
            assert figures(read(changed.layout, rows, changed.folder)) == changed.figures

    @of(lambda layout: not layout.sheet)
    def test_a_quotation_mark_left_open(self, changed: Changed) -> None:
        """In any cell of a row, text or number: the rows below it would be lost."""
        layout = changed.layout
        path = written(layout, layout.rows, changed.folder)
        lines = path.read_text("utf-8").splitlines()
        reader = recognise(load_family(layout.family), path)
        at = max(layout.top, 0) + 1
        for column in {*layout.codes, *layout.names, layout.figure % len(layout.rows[at - 1])}:
            cells = lines[at].split(",")
            cells[column] = '"' + cells[column]
            path.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]), "utf-8")
            with pytest.raises(InputError, match=f"line {at + 1}.*quotation mark"):
                read_file(reader, path)

    @pytest.mark.parametrize("spelt", ["the same", "otherwise"])
    def test_a_row_twice_alike_counts_once_where_asked(self, changed: Changed, spelt: str) -> None:
        layout = changed.layout
        row = list(layout.rows[-1])
        if spelt == "otherwise":
            for column in layout.codes[:1]:
                row[column] = f'="{row[column].lower()}"'
            number = row[layout.figure]
            if str(number).replace(".", "").isdigit():
                row[layout.figure] = f" {float(number):.2f}"
        path = written(layout, [*layout.rows, row], changed.folder)
        reader = recognise(load_family(layout.family), path)
        found = read_file(reader, path, equal_once=True)
        assert figures(found) == changed.figures
        assert any("alike in all" in note for note in found.notes)

    @of(lambda layout: layout.reader != "artificial-hes")
    def test_rows_of_the_same_that_differ_are_refused_though_asked(self, changed: Changed) -> None:
        layout = changed.layout
        path = written(layout, [*layout.rows, changed.with_another_figure()], changed.folder)
        with pytest.raises(InputError, match="stands"):
            open_input(load_family(layout.family), path, revisions=True)


# One way of writing a heading each, as they came or as they may.
OTHERWISE: dict[str, Callable[[str], str]] = {
    "capitals": lambda text: f" {text.upper().replace(' ', '  ')} (1)",
    "small": lambda text: f"{text.lower()} [note 2, 3]".replace(" ", "\u00a0"),
    "broken": lambda text: text.replace(" ", "\n", 1) + "¹",
    "marked": lambda text: f"{text.title()}**",
}


def _texts(layout: Layout, folder: Path) -> Iterator[Path]:
    text = written(layout, layout.rows, folder).read_text("utf-8")
    forms = {
        "utf-16": text.encode("utf-16"),
        "marked": text.encode("utf-8-sig").replace(b"\r\n", b"\n"),
        "old-ends": text.replace("\r\n", "\r").encode(),
    }
    if layout.top >= 0:
        forms["blank-column"] = "".join(f",{line},,\n" for line in text.splitlines()).encode()
    for name, data in forms.items():
        path = folder / f"{layout.named}-{name}.csv"
        path.write_bytes(data)
        yield path
    packed = folder / f"{layout.named}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{layout.named}.csv", text)
        archive.writestr(f"__MACOSX/._{layout.named}.csv", b"junk")
    yield packed


def _workbooks(layout: Layout, folder: Path) -> Iterator[Path]:
    rows, beside = layout.rows, layout.beside or {}
    as_text = [
        [
            f" {cell:,.0f} " if isinstance(cell, float) and cell == int(cell) else cell
            for cell in row
        ]
        for row in rows
    ]
    yield write_xlsx(folder / f"{layout.named}.xls", {layout.sheet: rows, **beside})
    for name, sheets in {
        "blank in its name": {f"{layout.sheet} ": rows, **beside},
        "cover": {"Cover": [["NHS"]], layout.sheet: rows, **beside},
        "blank column": {layout.sheet: [["", *row] for row in rows], **beside},
        "numbers as text": {layout.sheet: as_text, **beside},
    }.items():
        yield write_xlsx(folder / f"{layout.named}-{name}.xlsx", sheets)


AE_HEADINGS = (
    "Period,Org Code,Parent Org,Org name,A&E attendances Type 1,A&E attendances Type 2,"
    "A&E attendances Other A&E Department,Attendances over 4hrs Type 1,"
    "Attendances over 4hrs Type 2,Attendances over 4hrs Other Department"
).split(",")


def test_england_lacks_an_organisation_of_which_every_row_is_left_out(tmp_path: Path) -> None:
    """In its own months only, however many are asked for."""
    rows = [
        [f"MSitAE-{month}-2024", code, "NHS", "x", attended, "0", "0", over, "0", "0"]
        for month in ("MARCH", "APRIL")
        for code, attended, over in (("RX1", "100", "20"), ("RX2", "50", "10"))
    ]
    rows[2][7] = "101"  # more over 4 hours than attended
    path = write_csv(tmp_path / "ae.csv", [AE_HEADINGS, *rows])
    for months in (["2024-03", "2024-04"], ["2024-04"]):
        table = ind.derive("E.B.5", path, period=months, level="england").set_index("period")
        assert table.loc["2024-04", ["numerator", "denominator", "status"]].to_list() == [
            *(40, 50, "partial")
        ]
        assert "RX1" in table.loc["2024-04", "note"]
    assert ind.derive("E.B.5", path, period=["2024-03", "2024-04"], level="england")[
        "status"
    ].to_list() == ["ok", "partial"]


def test_england_s_row_that_is_not_the_sum_is_told(tmp_path: Path) -> None:
    layout = referrals()
    rows = [list(row) for row in layout.rows]
    rows[3][6] = 31.0
    assert any("add up to 30" in note for note in read(layout, rows, tmp_path).notes)
    rows[3][4] = "Total"
    assert figures(read(layout, rows, tmp_path)) == figures(read(layout, layout.rows, tmp_path))


@pytest.mark.parametrize(
    ("name", "written_otherwise"),
    [
        ("dm01_csv", {"0 <01 weeks": "00 <01 weeks", "waiting 6+": "waiting 06+"}),
        ("dm01_workbook", {"June 2017": "Jun-17"}),
        ("rtt_2015", {"April 2015": "Apr-15"}),
        ("ae_workbook", {"March 2025": "2025-03-31"}),
        ("dementia_recorded", {"NAME": "ORG_NAME"}),
    ],
)
def test_other_years_words_leave_every_figure(
    name: str, written_otherwise: dict[str, str], as_it_stands: Any, tmp_path: Path
) -> None:
    """Headings with a nought before them, and months of the head in short or as a day."""
    layout = LAYOUTS[name]()
    rows = layout.rows
    for row in rows[: layout.top + 1]:
        for at, cell in enumerate(row):
            for words, others in written_otherwise.items():
                row[at] = cell = cell.replace(words, others) if isinstance(cell, str) else cell
    assert figures(read(layout, rows, tmp_path)) == as_it_stands(name)[0]
