"""No change to a published file alters a figure without a word: each layout, one change at a time.

A change either is refused, or leaves every figure as it was, or is said (a note, a row left out).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from published_copies import Rows, write_csv
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind.definitions.catalogue import load_family
from nhsind.errors import InputError
from nhsind.sources.inputs import open_input
from nhsind.sources.published import PublishedFile, read_file, recognise

TOTALS = ("TOTAL", "England", "ALL", "-", "")


class Layout(NamedTuple):
    """A small file: its family, rows, where the header stands, and what its columns hold."""

    family: str
    rows: list[list[Any]]
    top: int
    organisation: int
    name: int
    month: int
    sheet: str = ""
    beside: dict[str, list[list[Any]]] | None = None


def ambulance() -> Layout:
    header = "Year,Month,Region,Org Code,Org Name,A0,A7,A17,A53,A54,A55,A56".split(",")
    rows = [
        ["2017", "8", "Eng", "Eng", "England", "9", "300", "30", "150", "60", "60", "270"],
        ["2017", "8", "Y60", "RX9", "ONE", "9", "100", "10", "50", "20", "20", "90"],
        ["2017", "8", "Y60", "RYA", "TWO", "9", "200", "20", "100", "40", "40", "180"],
    ]
    return Layout("ambulance", [header, *rows], 0, 3, 4, 1)


def hes() -> Layout:
    names = [
        *("Ordinary Elective", "Daycase Elective", "Elective total", "Non-Elective"),
        *("First attendances seen - GP referrals", "First attendances seen - other referrals"),
        *("First attendances seen total", "Subsequent attendances seen"),
    ]
    header = [
        *("Activity Month", "Organisation breakdown", "Org Code", "Org Name"),
        *("Region Code", "Region Name"),
        *(f"Specific acute specialties: {name}" for name in names),
    ]
    counts = ["10", "20", "30", "40", "5", "10", "15", "50"]
    rows = [
        ["Apr 2020", "CCG", code, f"NAME {code}", "Y60", "MIDLANDS", *counts]
        for code in ("00C", "00D")
    ]
    return Layout("sus", [header, *rows], 0, 2, 3, 0)


def iapt() -> Layout:
    header = (
        "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,ORG_CODE2,"
        "ORG_NAME2,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE_SUPPRESSED"
    ).split(",")
    measures = ("Count_Recovery", "Count_FinishedCourseTreatment", "Count_NotAtCaseness")
    rows = [
        [
            "01/05/2023",
            "31/05/2023",
            "SubICB",
            code,
            f"NAME {code}",
            "all",
            "all",
            "M1",
            name,
            value,
        ]
        for code in ("00L", "00N")
        for name, value in zip(measures, ("20", "50", "5"), strict=True)
    ]
    return Layout("iapt", [header, *rows], 0, 3, 4, 0)


def recorded() -> Layout:
    header = ["ORG_TYPE", "ORG_CODE", "NAME", "ACH_DATE", "MEASURE", "VALUE"]
    rows = [
        ["CCG", code, f"NAME {code}", "2017-12-31", "DEMENTIA_REGISTER_65_PLUS", "100"]
        for code in ("00C", "00D")
    ]
    return Layout("dementia", [header, *rows], 0, 1, 2, 3)


def practices() -> Layout:
    header = "ACH_DATE,PRACTICE_CODE,NAME,COMMISSIONER_ORGANISATION_CODE,Measure,Value".split(",")
    rows = [
        ["31AUG2018", code, f"NAME {code}", "00K", "DEMENTIA_REGISTER_65_PLUS", "30"]
        for code in ("A81001", "A81002")
    ]
    return Layout("dementia", [header, *rows], 0, 1, 3, 0)


def referrals() -> Layout:
    header = ["Year", "Period", "Region Code", "Region Name", "Org Code", "Org Name"]
    counts = ["GP Referrals Made (G&A)", "Other Referrals Made (G&A)"]
    title = [["Title:", "Monthly Hospital Activity"], ["Period:", "April 2017"]]
    rows = [
        *title,
        [*header, *counts],
        ["2017-18", "April", "", "", "", "England", 30.0, 12.0],
        ["2017-18", "April", "Y54", "NORTH", "00C", "NAME 00C", 10.0, 5.0],
        ["2017-18", "April", "Y54", "NORTH", "00D", "NAME 00D", 20.0, 7.0],
    ]
    region = [*title, [*header[:4], *counts], ["2017-18", "April", "Y54", "NORTH", 30.0, 12.0]]
    return Layout("referrals", rows, 2, 4, 5, 1, "Commissioner", {"Region": region})


def cancer() -> Layout:
    header = ["PERIOD", "STANDARD", "ICB SUB LOCATION", "SUB-CATEGORY"]
    counts = ["TOTAL", "WITHIN STANDARD", "BREACHES"]
    rows = [
        ["2024-04-01", "62-day Combined", code, "62-day (Screening)", 10.0, 8.0, 2.0]
        for code in ("00L", "00N")
    ]
    return Layout("cancer", [[*header, *counts], *rows], 0, 2, 3, 0, "Extract")


LAYOUTS: dict[str, Callable[[], Layout]] = {
    made.__name__: made for made in (ambulance, hes, iapt, recorded, practices, referrals, cancer)
}


def written(layout: Layout, rows: Rows, folder: Path) -> Path:
    if layout.sheet:
        return write_xlsx(folder / "file.xlsx", {layout.sheet: rows, **(layout.beside or {})})
    return write_csv(folder / "file.csv", rows)


def read(layout: Layout, rows: Rows, folder: Path) -> PublishedFile:
    path = written(layout, rows, folder)
    return recognise(load_family(layout.family), path).read(path)


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


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Layout:
    return LAYOUTS[str(request.param)]()


def unchanged_or_said(layout: Layout, rows: Rows, folder: Path) -> bool:
    """Whether a changed file is refused, gives the same figures, or says that something is odd."""
    before = read(layout, layout.rows, folder)
    try:
        after = read(layout, rows, folder)
    except InputError:
        return True
    return figures(before) == figures(after) or said(after) > said(before)


class TestEveryLayout:
    def test_it_is_read_as_it_stands(self, layout: Layout, tmp_path: Path) -> None:
        found = read(layout, layout.rows, tmp_path)
        assert found.counts is not None or found.tables

    @pytest.mark.parametrize("word", TOTALS)
    @pytest.mark.parametrize("columns", [("organisation",), ("name",), ("organisation", "name")])
    def test_a_row_of_totals_is_no_organisation(
        self, layout: Layout, tmp_path: Path, columns: tuple[str, ...], word: str
    ) -> None:
        row = list(layout.rows[-1])
        for name in columns:
            row[getattr(layout, name)] = word
        assert unchanged_or_said(layout, [*layout.rows, row], tmp_path)

    def test_a_row_twice(self, layout: Layout, tmp_path: Path) -> None:
        assert unchanged_or_said(layout, [*layout.rows, layout.rows[-1]], tmp_path)

    def test_a_row_twice_with_another_figure(self, layout: Layout, tmp_path: Path) -> None:
        row = [*layout.rows[-1][:-1], 1.0 if layout.sheet else "1"]
        assert unchanged_or_said(layout, [*layout.rows, row], tmp_path)

    @pytest.mark.parametrize("note", ["Note: one trust did not submit.", "Source: the publisher"])
    def test_a_note_below(self, layout: Layout, tmp_path: Path, note: str) -> None:
        assert unchanged_or_said(layout, [*layout.rows, [], [note]], tmp_path)

    def test_columns_added_and_moved_leave_every_figure(
        self, layout: Layout, tmp_path: Path
    ) -> None:
        top = layout.top
        moved = [
            *layout.rows[:top],
            *(
                ["New" if at == 0 else "x", *reversed(row)]
                for at, row in enumerate(layout.rows[top:])
            ),
        ]
        assert figures(read(layout, moved, tmp_path)) == figures(
            read(layout, layout.rows, tmp_path)
        )

    @pytest.mark.parametrize("wrong", ["Arpil", "31/13/2017", "x"])
    def test_a_month_misspelt(self, layout: Layout, tmp_path: Path, wrong: str) -> None:
        rows = [list(row) for row in layout.rows]
        rows[-1][layout.month] = wrong
        assert unchanged_or_said(layout, rows, tmp_path)

    def test_blanks_around_a_code(self, layout: Layout, tmp_path: Path) -> None:
        rows = [list(row) for row in layout.rows]
        code = rows[-1][layout.organisation]
        rows[-1][layout.organisation] = f"\u00a0{code.lower()} "
        assert figures(read(layout, rows, tmp_path)) == figures(read(layout, layout.rows, tmp_path))

    @pytest.mark.parametrize("spelt", ["the same", "otherwise"])
    def test_a_row_twice_alike_counts_once_where_asked(
        self, layout: Layout, tmp_path: Path, spelt: str
    ) -> None:
        row = list(layout.rows[-1])
        if spelt == "otherwise":
            row[layout.organisation] = f'="{row[layout.organisation].lower()}"'
            row[-1] = f" {row[-1]}.0" if isinstance(row[-1], str) else f"{row[-1]:.2f}"
        path = written(layout, [*layout.rows, row], tmp_path)
        reader = recognise(load_family(layout.family), path)
        found = read_file(reader, path, equal_once=True)
        assert figures(found) == figures(read(layout, layout.rows, tmp_path))
        assert any("alike in all" in note for note in found.notes)

    def test_rows_of_the_same_that_differ_are_refused_though_asked(
        self, layout: Layout, tmp_path: Path
    ) -> None:
        row = [*layout.rows[-1][:-1], 1.0 if layout.sheet else "1"]
        path = written(layout, [*layout.rows, row], tmp_path)
        with pytest.raises(InputError, match="stands"):
            open_input(load_family(layout.family), path, revisions=True)


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
