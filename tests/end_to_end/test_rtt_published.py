"""NHS England's own RTT files: they reconcile to the last cell, and spoilt copies are caught.

The real files are read where they lie. Spoilt ones are small copies of them, each with one fault.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from published_copies import Reconcile, Run, Sheets, Spoil, csv_rows, spoilt_workbook, write_csv
from python_calamine import CalamineWorkbook
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE, EXIT_INPUT, InputError
from nhsind.periods import parse_period

HEADER = 13  # zero-based row of the header in a commissioner workbook
CODE, FUNCTION, FIRST_BAND, LAST_BAND = 2, 4, 6, 58
TOTAL_WAITING, TOTAL_WITHIN, SHARE = 59, 60, 61  # of the incomplete pathways' workbook
WITHIN_18 = 18  # bands
MONTHS = ("2014-12", "2015-01", "2015-02", "2015-04")
JANUARY_WITHIN = '<c r="F104" s="27"><v>2706862</v></c>'  # as the overview series stores it


# Real workbooks and the overview series -------------------------------------------------------


@pytest.fixture(scope="module")
def workbooks(published: Path) -> list[Path]:
    return sorted((published / "rtt").glob("*.xls"))


@pytest.fixture(scope="module")
def overview(published: Path) -> Path:
    (path,) = (published / "rtt").glob("RTT-Overview*.xlsx")
    return path


@pytest.fixture(scope="module")
def january(workbooks: list[Path]) -> Path:
    """Incomplete pathways of January 2015."""
    (path,) = [path for path in workbooks if path.name.startswith("Incomplete-Commissioner-Jan15")]
    return path


@pytest.fixture(scope="module")
def reconciled(workbooks: list[Path], overview: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("rtt", [*workbooks, overview])


class TestWorkbooks:
    def test_every_cell_is_equal(self, workbooks: list[Path], reconciled: Reconciliation) -> None:
        assert len(workbooks) == 12
        assert reconciled.agrees and reconciled.differences.empty
        # The overview is of other months and lines too; nothing says who is in which region.
        regions, others = reconciled.notes
        assert "the data have no figures at their level" in regions
        assert "the data hold nothing of their line and period" in others
        # 3 parts x (3 x 4,240 + 4,200) rows, each with three figures of the percentage; the
        # completed parts also with "all"; 20 functions of England and the overview's months.
        assert len(reconciled.cells) == 187_020

    @pytest.mark.parametrize(
        ("line", "ccg", "england"),
        [
            ("E.B.3", 50_760, 252),
            ("E.M.18", 16_920, 84),
            ("E.M.19", 16_920, 84),
            ("RTT_ADMITTED", 50_760, 240),
            ("RTT_NON_ADMITTED", 50_760, 240),
        ],
    )
    def test_how_many_cells_are_compared(
        self, reconciled: Reconciliation, line: str, ccg: int, england: int
    ) -> None:
        cells = reconciled.cells[reconciled.cells["indicator"] == line]
        assert cells["org_level"].value_counts().to_dict() == {"ccg": ccg, "england": england}
        assert set(cells["period"]) == set(MONTHS)
        figures = {"numerator"} if line[:3] == "E.M" else {"numerator", "denominator", "value"}
        assert set(cells["figure"]) == figures

    def test_all_organisations_and_functions_are_there(self, reconciled: Reconciliation) -> None:
        cells = reconciled.cells[reconciled.cells["org_level"] == "ccg"]
        organisations = cells.groupby("period")["org_code"].nunique()
        assert organisations.to_dict() == dict(zip(MONTHS, (212, 212, 212, 210), strict=True))
        assert cells["breakdown"].nunique() == 20

    def test_the_overview_series_is_compared_too(self, reconciled: Reconciliation) -> None:
        cells = reconciled.cells[reconciled.cells["place"].str.contains("Full Time Series")]
        assert len(cells) == len(MONTHS) * (3 + 1 + 1) and cells["equal"].all()
        printed = cells.set_index(["indicator", "period", "figure"])["printed"]
        assert printed["E.B.3", "2015-01", "numerator"] == 2_706_862
        assert printed["E.B.3", "2015-01", "denominator"] == 2_924_045
        assert printed["E.M.18", "2014-12", "numerator"] == 279_866
        assert printed["E.M.19", "2015-04", "numerator"] == 847_010

    def test_the_figures_are_those_a_reader_of_the_sheet_sees(self, january: Path) -> None:
        """The same numbers by another way: the `Total` rows, straight from the cells."""
        rows = sheets_of(january)["Commissioner"][HEADER + 1 :]
        totals = {row[CODE]: row for row in rows if row[FUNCTION] == "IP999"}
        table = ind.derive("E.B.3", january, period="2015-01", notes=Notes()).set_index("org_code")
        assert set(table.index) == set(totals) and len(table) == 212
        for code, row in totals.items():
            assert table.loc[code, "numerator"] == row[TOTAL_WITHIN]
            assert table.loc[code, "denominator"] == row[TOTAL_WAITING]
        assert table.loc["X24", "org_name"] == "NHS England"
        assert table.loc["00C", "value"] == 3983 / 4220

    def test_nhs_england_counts_in_england(self, january: Path) -> None:
        ccgs = ind.derive("E.B.3", january, period="2015-01", notes=Notes())
        england = ind.derive("E.B.3", january, period="2015-01", level="england", notes=Notes())
        assert "X24" in set(ccgs["org_code"])
        assert england["denominator"].tolist() == [ccgs["denominator"].sum()] == [2_924_045]
        assert england["meets_standard"].tolist() == [True]


class TestOverview:
    def test_england_from_the_series_alone(self, overview: Path) -> None:
        table = ind.derive("rtt", overview, period="2017-06", level="england", notes=Notes())
        by_line = table.set_index("indicator")
        assert by_line["numerator"].to_dict() == {
            "E.B.3": 3_459_659,
            "E.M.18": 312_486,
            "E.M.19": 1_071_856,
            "E.M.20": 1_711_834,
        }
        assert by_line.loc["E.B.3", "denominator"] == 3_832_987
        assert not by_line.loc["E.B.3", "meets_standard"]

    def test_its_own_figures_agree_but_for_two_cells(
        self, overview: Path, reconciled_once: Reconcile
    ) -> None:
        """The publisher rounded one percentage, and one count is a ten millionth off."""
        result = reconciled_once("rtt", [overview])
        compared = result.cells.groupby("indicator").size().to_dict()
        # Months from August 2007 (three figures), April 2007, August 2007 and October 2015.
        assert compared == {"E.B.3": 3 * 179, "E.M.18": 183, "E.M.19": 179, "E.M.20": 81}
        odd = result.differences.set_index(["indicator", "period", "figure"])["printed"]
        assert odd.to_dict() == {
            ("E.B.3", "2021-09", "value"): 0.665,
            ("E.M.18", "2007-07", "numerator"): pytest.approx(297_504, abs=1e-5),
        }

    def test_flows_add_up_to_a_quarter_and_the_snapshot_is_its_last_month(
        self, overview: Path
    ) -> None:
        def figures(period: str) -> pd.Series[Any]:
            table = ind.derive("rtt", overview, period=period, level="england", notes=Notes())
            return table.groupby("indicator")["numerator"].sum()

        months, quarter = figures("2017-04..2017-06"), figures("2017-18-Q1")
        assert quarter["E.B.3"] == 3_459_659
        for line in ("E.M.18", "E.M.19", "E.M.20"):
            assert quarter[line] == months[line]

    def test_what_was_not_collected_is_not_a_count_of_0(self, overview: Path) -> None:
        """E.M.20 has been collected since October 2015."""
        notes = Notes()
        table = ind.derive("rtt", overview, period="2015-09..2015-10", level="england", notes=notes)
        new = table[table["indicator"] == "E.M.20"].set_index("period")
        assert new["status"].to_dict() == {"2015-09": "not_covered", "2015-10": "ok"}
        assert new.loc["2015-10", "numerator"] == 1_485_369 and pd.isna(new["numerator"].iloc[0])
        assert any("E.M.20" in line and "2015-09" in line for line in notes.lines())

    def test_the_series_given_twice_is_refused(self, overview: Path, tmp_path: Path) -> None:
        copy = shutil.copy(overview, tmp_path / "copy.xlsx")
        with pytest.raises(InputError, match="give one"):
            ind.derive("rtt", [overview, copy], period="2017-06", level="england", notes=Notes())

    def test_a_changed_figure_differs_from_the_workbooks(
        self, overview: Path, january: Path, tmp_path: Path
    ) -> None:
        changed = rewrite(overview, tmp_path, JANUARY_WITHIN, JANUARY_WITHIN.replace("62<", "63<"))
        result = ind.reconcile("rtt", [january, changed])
        (difference,) = result.differences.to_dict("records")
        assert (difference["period"], difference["figure"]) == ("2015-01", "numerator")
        assert (difference["printed"], difference["derived"]) == (2_706_863, 2_706_862)

    def test_a_renamed_column_is_refused(self, overview: Path, tmp_path: Path) -> None:
        path = rewrite(overview, tmp_path, ">New RTT periods<", ">Another<")
        with pytest.raises(InputError, match="New RTT"):
            ind.derive("rtt", path, period="2017-06", level="england", notes=Notes())

    @pytest.mark.parametrize(
        "cell",
        [
            '<c r="F104" s="27"><v>2706862.5</v></c>',
            '<c r="F104" s="27"><v>-2706862</v></c>',
            '<c r="F104" t="inlineStr"><is><t>many</t></is></c>',
        ],
        ids=["a half", "negative", "text"],
    )
    def test_what_is_not_a_count_is_refused(
        self, overview: Path, tmp_path: Path, cell: str
    ) -> None:
        """Only `-` says that a month was not collected."""
        path = rewrite(overview, tmp_path, JANUARY_WITHIN, cell)
        with pytest.raises(InputError, match="row 104"):
            ind.derive("E.B.3", path, period="2015-01", level="england", notes=Notes())

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('s="47"><v>0.92572515128871136</v>', 't="inlineStr"><is><t>n/a</t></is>'),
            ('s="90"><v>2924045</v>', 't="inlineStr"><is><t>-</t></is>'),
        ],
        ids=["a text for a percentage", "within 18 weeks of nothing"],
    )
    def test_a_percentage_needs_all_its_cells(
        self, overview: Path, tmp_path: Path, nhsind: Run, old: str, new: str
    ) -> None:
        path = rewrite(overview, tmp_path, old, new)
        result = nhsind(*"derive E.B.3 --period 2015-01 --level england --data".split(), path)
        assert result.status == EXIT_INPUT and "row 104" in result.err


# What a file does not hold ---------------------------------------------------------------------


class TestNotInTheFile:
    def test_a_line_that_the_file_does_not_hold_is_an_error_by_code(self, january: Path) -> None:
        """Nobody counted admissions here: 0 for every commissioner would be a false figure."""
        with pytest.raises(InputError, match=r"E\.M\.18"):
            ind.derive("E.M.18", january, period="2015-01", notes=Notes())

    def test_a_line_that_the_file_does_not_hold_is_left_out_with_a_note_by_family(
        self, january: Path
    ) -> None:
        notes = Notes()
        table = ind.derive("rtt", january, period="2015-01", notes=notes)
        assert set(table.loc[table["status"] == "ok", "indicator"]) == {"E.B.3"}
        others = table[table["indicator"] != "E.B.3"]
        assert set(others["status"]) == {"not_covered"} and others["numerator"].isna().all()
        assert any("E.M.18" in line for line in notes.lines())

    @pytest.mark.parametrize("period", ["2015-02", "2014-12", "2014-15-Q4", "2014-15"])
    def test_a_period_that_the_file_does_not_hold_is_an_error_by_code(
        self, january: Path, period: str
    ) -> None:
        """A quarter and a year end in March."""
        with pytest.raises(InputError, match=period):
            ind.derive("E.B.3", january, period=period, notes=Notes())
        with pytest.raises(InputError, match=period):
            ind.trace("E.B.3", january, period=period)

    def test_some_months_of_a_quarter_are_not_the_quarter(self, workbooks: list[Path]) -> None:
        files = [
            p for p in workbooks if p.name[:3] == "Non" and ("Jan" in p.name or "Feb" in p.name)
        ]
        assert len(files) == 2
        with pytest.raises(InputError, match="2014-15-Q4"):
            ind.derive("E.M.19", files, period="2014-15-Q4", notes=Notes())

    def test_its_last_month_is_a_quarters_snapshot(self, workbooks: list[Path]) -> None:
        (december,) = [p for p in workbooks if p.name.startswith("Incomplete-Commissioner-Dec14")]
        table = ind.derive("E.B.3", december, period="2014-15-Q3", level="england", notes=Notes())
        assert table["denominator"].tolist() == [2_928_414]
        assert table["numerator"].tolist() == [2_718_870]


# The full extract ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def extract(published: Path) -> Path:
    (path,) = (published / "rtt").glob("RTT-January-2026-full-extract*.zip")
    return path


@pytest.fixture(scope="module")
def extract_csv(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract")
    with zipfile.ZipFile(extract) as archive:
        (name,) = archive.namelist()
        return Path(archive.extract(name, folder))


@pytest.fixture(scope="module")
def few(extract_csv: Path) -> Path:
    """The extract's header and the rows of two providers."""
    rows = csv_rows(extract_csv)
    kept = [row for row in rows[1:] if row[3] in ("A4M8P", "R1F")]
    return write_csv(extract_csv.parent / "few.csv", [rows[0], *kept])


@pytest.fixture(scope="module")
def of_few(few: Path) -> pd.DataFrame:
    return ind.derive("rtt", few, period="2026-01", notes=Notes())


@pytest.fixture(scope="module")
def by_ccg(extract: Path) -> pd.DataFrame:
    return ind.derive("rtt", extract, period="2026-01", notes=Notes())


class TestFullExtract:
    def test_functions_add_up_to_the_total_band_by_band(
        self, extract: Path, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("rtt", [extract])
        assert result.agrees and result.notes == []
        compared = result.cells.groupby("indicator").size().to_dict()
        assert compared == {
            "E.B.3": 587_028,
            "E.M.18": 2_339,
            "E.M.19": 3_113,
            "E.M.20": 3_761,
            "RTT_ADMITTED": 247_934,
            "RTT_NON_ADMITTED": 329_978,
        }
        assert len(result.cells) == 1_174_153
        assert set(result.cells["org_level"]) == {"ccg"}

    @pytest.mark.parametrize(
        ("level", "column"),
        [("ccg", "Commissioner Org Code"), ("provider", "Provider Org Code")],
    )
    def test_the_figures_are_those_of_the_columns(
        self, extract_csv: Path, by_ccg: pd.DataFrame, level: str, column: str
    ) -> None:
        """The same sums in plain SQL over the CSV, from its `C_999` rows."""
        table = by_ccg
        if level != "ccg":
            table = ind.derive("rtt", extract_csv, period="2026-01", level=level, notes=Notes())
        found = table.pivot(index="org_code", columns="indicator", values="numerator")
        found["waiting"] = table[table["indicator"] == "E.B.3"].set_index("org_code")["denominator"]
        rows = f"read_csv('{extract_csv}', all_varchar=true)"
        within = " + ".join(
            f'coalesce("Gt {week:02d} To {week + 1:02d} Weeks SUM 1"::BIGINT, 0)'
            for week in range(WITHIN_18)
        )
        total = '"Total All"::BIGINT'
        expected = duckdb.sql(
            f"""SELECT "{column}" AS org_code,
                  sum(CASE WHEN part = 'Part_2' THEN {within} ELSE 0 END) AS "E.B.3",
                  sum(CASE WHEN part = 'Part_1A' THEN {total} ELSE 0 END) AS "E.M.18",
                  sum(CASE WHEN part = 'Part_1B' THEN {total} ELSE 0 END) AS "E.M.19",
                  sum(CASE WHEN part = 'Part_3' THEN {total} ELSE 0 END) AS "E.M.20",
                  sum(CASE WHEN part = 'Part_2' THEN {total} ELSE 0 END) AS waiting
                FROM (SELECT *, "RTT Part Type" AS part FROM {rows})
                WHERE "Treatment Function Code" = 'C_999' GROUP BY 1 ORDER BY 1"""
        ).to_arrow_table()
        wanted = pd.DataFrame(expected.to_pydict()).set_index("org_code").astype("Int64")
        assert_frame_equal(found, wanted, check_names=False)
        assert len(found) == {"ccg": 127, "provider": 453}[level]

    def test_outside_england_is_shown_and_in_no_total(
        self, extract: Path, by_ccg: pd.DataFrame
    ) -> None:
        england = ind.derive("rtt", extract, period="2026-01", level="england", notes=Notes())
        outside = by_ccg[by_ccg["org_code"] == "NONC"].set_index("indicator")["numerator"]
        inside = by_ccg[by_ccg["org_code"] != "NONC"].groupby("indicator")["numerator"].sum()
        assert (outside > 0).all() and len(outside) == 4
        assert england.set_index("indicator")["numerator"].to_dict() == inside.to_dict()

    def test_plain_csv_and_zip_give_the_same(self, extract_csv: Path, by_ccg: pd.DataFrame) -> None:
        assert_frame_equal(by_ccg, ind.derive("rtt", extract_csv, period="2026-01", notes=Notes()))

    def test_a_zip_is_recognised_by_what_it_holds(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path
    ) -> None:
        """Each month's file is called something else: `Full-CSV-data-file-May19-ZIP-3M.zip`."""
        path = tmp_path / "Full-CSV-data-file-Jan26-ZIP-3M.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(few, "January.csv")
        assert_frame_equal(of_few, ind.derive("rtt", path, period="2026-01", notes=Notes()))

    def test_a_subset_is_not_counted_beside_its_whole(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path
    ) -> None:
        """Part_2A lies inside Part_2."""
        rows = csv_rows(few)
        kept = [row for row in rows if row[9] != "Part_2A"]
        assert len(kept) < len(rows)
        without = write_csv(tmp_path / "without.csv", kept)
        assert_frame_equal(of_few, ind.derive("rtt", without, period="2026-01", notes=Notes()))

    def test_two_title_rows_above_the_header_are_accepted(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path
    ) -> None:
        titled = tmp_path / "titled.csv"
        titled.write_text("RTT waiting times\nJanuary 2026\n" + few.read_text("utf-8"), "utf-8")
        assert_frame_equal(of_few, ind.derive("rtt", titled, period="2026-01", notes=Notes()))
        assert ind.reconcile("rtt", titled).agrees

    @pytest.mark.parametrize("text", ["*", "-1", "2.5", "12,34", "9" * 20])
    def test_what_is_not_a_count_is_refused(
        self, few: Path, tmp_path: Path, nhsind: Run, text: str
    ) -> None:
        rows = csv_rows(few)
        rows[5][20] = text
        path = write_csv(tmp_path / "spoilt.csv", rows)
        result = nhsind("derive", "rtt", "--data", path, "--period", "2026-01")
        assert result.status == EXIT_INPUT and result.out == ""
        assert f'column "Gt 07 To 08 Weeks SUM 1": "{text}" is not a number' in result.err

    @pytest.mark.parametrize("title_rows", [0, 2])
    def test_a_wrong_cell_is_named_with_its_line_in_the_file(
        self, few: Path, tmp_path: Path, title_rows: int
    ) -> None:
        rows = csv_rows(few)
        rows[5][20] = "some"
        path = write_csv(tmp_path / "spoilt.csv", [["title"]] * title_rows + rows)
        with pytest.raises(InputError) as error:
            ind.derive("rtt", path, period="2026-01", notes=Notes())
        (problem,) = error.value.problems
        assert (problem.line, problem.column, problem.value) == (
            6 + title_rows,
            "Gt 07 To 08 Weeks SUM 1",
            "some",
        )

    @pytest.mark.parametrize("title_rows", [0, 2])
    def test_a_changed_band_is_left_out_and_its_line_named(
        self, few: Path, tmp_path: Path, title_rows: int
    ) -> None:
        rows = csv_rows(few)
        number, row = next(
            (number, row)
            for number, row in enumerate(rows)
            if row[9] == "Part_2" and row[11] != "C_999"
        )
        row[13] = str(int(row[13]) + 1)
        path = write_csv(tmp_path / "spoilt.csv", [["title"]] * title_rows + rows)
        result = ind.reconcile("rtt", path)
        # What lacks the row is listed apart; nothing else differs.
        assert result.agrees
        said = "\n".join(result.notes)
        assert f"line {number + 1 + title_rows} (" in said
        assert "printed figures are not compared: rows that they are made of were left out" in said
        for level, column in (("ccg", 7), ("provider", 3)):
            table = ind.derive("E.B.3", path, period="2026-01", level=level, notes=Notes())
            without = set(table.loc[table["status"] == "not_available", "org_code"])
            assert without == {row[column]}

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
    def test_names_in_any_encoding(self, few: Path, tmp_path: Path, encoding: str) -> None:
        rows = csv_rows(few)
        for row in rows[1:]:
            row[4] = "St Mary\u2019s Caf\u00e9"
        path = write_csv(tmp_path / "names.csv", rows, encoding)
        table = ind.derive("E.B.3", path, period="2026-01", level="provider", notes=Notes())
        assert set(table["org_name"]) == {"St Mary\u2019s Caf\u00e9"}

    @pytest.mark.parametrize("shape", ["{}.0", "{:,}", " {} "])
    def test_numbers_as_spreadsheets_save_them(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path, shape: str
    ) -> None:
        rows = csv_rows(few)
        changed = [rows[0]]
        for row in rows[1:]:
            cells = [shape.format(int(cell)) if cell else cell for cell in row[13:]]
            changed.append([*row[:13], *cells])
        empty = [[""] * len(rows[0]), []]
        path = write_csv(tmp_path / "saved.csv", [[*row, ""] for row in [*changed, *empty]])
        assert_frame_equal(of_few, ind.derive("rtt", path, period="2026-01", notes=Notes()))

    def test_blanks_and_small_letters_in_codes(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path
    ) -> None:
        rows = csv_rows(few)
        for row in rows[1:]:
            row[3], row[7], row[9] = f" {row[3].lower()}", f"{row[7]}\u00a0", f"{row[9]} "
        path = write_csv(tmp_path / "blanks.csv", rows)
        assert ind.reconcile("rtt", path).agrees
        assert_frame_equal(of_few, ind.derive("rtt", path, period="2026-01", notes=Notes()))

    def test_the_layout_until_september_2017(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path
    ) -> None:
        """The month's name beside its financial year: April 2017 and March 2018 are of 2017-18."""
        rows = csv_rows(few)
        header = ["Year", "Period Name", *rows[0][1:9], "RTT Part Name", *rows[0][10:]]
        for name, month in (("APRIL", "2017-04"), ("March", "2018-03")):
            old = [["2017-18", name, *row[1:]] for row in rows[1:]]
            path = write_csv(tmp_path / f"{name}.csv", [["RTT"], [], header, *old])
            table = ind.derive("rtt", path, period=month, notes=Notes())
            numbers = ["org_code", "numerator", "denominator"]
            assert_frame_equal(table[numbers], of_few[numbers])

    @pytest.mark.parametrize("change", [{}, {0: "RTT-JANUARY-2026"}, {3: " a4m8p "}])
    def test_a_row_twice_is_refused(
        self, few: Path, tmp_path: Path, change: dict[int, str]
    ) -> None:
        """By what it is of, not by its text."""
        rows = csv_rows(few)
        again = list(next(row for row in rows[1:] if row[3] == "A4M8P"))
        for place, text in change.items():
            again[place] = text
        path = write_csv(tmp_path / "twice.csv", [*rows, again])
        with pytest.raises(InputError, match=f"line {len(rows) + 1}: stands in an earlier row"):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    def test_a_heading_twice_is_refused(self, few: Path, tmp_path: Path) -> None:
        rows = [[*row, row[-1]] for row in csv_rows(few)]
        path = write_csv(tmp_path / "twice.csv", rows)
        with pytest.raises(InputError, match="stands above two columns"):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    @pytest.mark.parametrize(
        ("word", "columns"), [("TOTAL", (3, 7)), ("England", (3,)), ("-", (4,)), ("England", (8,))]
    )
    def test_totals_of_organisations_are_checked_and_not_counted(
        self, few: Path, of_few: pd.DataFrame, tmp_path: Path, columns: tuple[int, ...], word: str
    ) -> None:
        rows = csv_rows(few)
        code = rows[1][7]
        added: dict[tuple[str, str], list[int]] = {}
        for row in rows[1:]:
            if columns == (3,) and row[7] != code:
                continue
            sums = added.setdefault((row[9], row[11]), [0] * len(row[13:]))
            for at, cell in enumerate(row[13:]):
                sums[at] += int(cell or 0)
        more = []
        for (part, function), sums in added.items():
            row = ["RTT-January-2026", "QP", "Parent", "XXX", "X", "QC", "Parent", code, "X"]
            for column in columns:
                row[column] = word
            more.append([*row, part, "", function, "", *map(str, sums)])
        path = write_csv(tmp_path / "totals.csv", [*rows, *more])
        assert_frame_equal(of_few, ind.derive("rtt", path, period="2026-01", notes=Notes()))
        assert not [line for line in ind.reconcile("rtt", path).notes if "the total" in line]
        more[0][-1] = str(int(more[0][-1]) + 1)
        path = write_csv(tmp_path / "wrong.csv", [*rows, *more])
        said = "\n".join(ind.reconcile("rtt", path).notes)
        assert f"line {len(rows) + 1}: the total says" in said

    def test_a_renamed_band_is_refused(self, few: Path, tmp_path: Path) -> None:
        """A layout that is not known is refused, the missing column named."""
        rows = csv_rows(few)
        place = rows[0].index("Gt 17 To 18 Weeks SUM 1")
        rows[0][place] = "Weeks 17 to 18"
        path = write_csv(tmp_path / "spoilt.csv", rows)
        with pytest.raises(InputError, match="Gt 17 To 18 Weeks"):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    @pytest.mark.parametrize("name", ["Commissioner Org Code", "Total All", "Period"])
    def test_a_renamed_column_is_refused(self, few: Path, tmp_path: Path, name: str) -> None:
        rows = csv_rows(few)
        rows[0][rows[0].index(name)] = "Another"
        path = write_csv(tmp_path / "spoilt.csv", rows)
        with pytest.raises(InputError, match=name):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    def test_an_unknown_part_is_refused(self, few: Path, tmp_path: Path) -> None:
        rows = csv_rows(few)
        rows[1][9] = "Part_4"
        path = write_csv(tmp_path / "spoilt.csv", rows)
        with pytest.raises(InputError, match="Part_4"):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    @pytest.mark.parametrize("share", [0.5, 0.999])
    def test_a_truncated_zip_is_refused(self, extract: Path, tmp_path: Path, share: float) -> None:
        path = tmp_path / extract.name
        data = extract.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(InputError, match="zip"):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    def test_a_csv_cut_within_a_line_is_refused(self, few: Path, tmp_path: Path) -> None:
        data = few.read_bytes()
        path = tmp_path / "spoilt.csv"
        path.write_bytes(data[: data.rindex(b",", 0, -200)])
        with pytest.raises(InputError):
            ind.derive("rtt", path, period="2026-01", notes=Notes())

    def test_the_same_month_packed_and_plain_is_refused(self, few: Path, tmp_path: Path) -> None:
        packed = tmp_path / "rtt.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(few, "plain.csv")
        with pytest.raises(InputError, match=r"E\.B\.3 2026-01.*give one"):
            ind.derive("rtt", [few, packed], period="2026-01", notes=Notes())


def test_the_layout_before_2021_has_53_bands(tmp_path: Path) -> None:
    """Rows made by hand: the last band, open at 52 weeks, was `Gt 52 Weeks`."""
    bands = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(52)]
    header = [*ID_COLUMNS, *bands, "Gt 52 Weeks SUM 1", *TOTAL_COLUMNS]

    def row(part: str, function: str, weeks: dict[int, int], unknown: int, total: int) -> list[str]:
        identity = ["RTT-May-2019", "", "", "P01", "A Trust", "", "", "01C", "A CCG"]
        counts = [str(weeks.get(week, 0)) if weeks else "" for week in range(53)]
        known = str(sum(weeks.values())) if part in ("Part_1A", "Part_1B") else ""
        return [*identity, part, "", function, "", *counts, known, str(unknown or ""), str(total)]

    waiting, more = {0: 20, 17: 5, 18: 3, 51: 1, 52: 2}, {17: 1, 52: 4}
    both = {0: 20, 17: 6, 18: 3, 51: 1, 52: 6}
    rows = [
        row("Part_2", "C_100", waiting, 0, 31),
        row("Part_2", "X05", more, 0, 5),
        row("Part_2", "C_999", both, 0, 36),
        row("Part_2A", "C_100", {0: 7}, 0, 7),
        row("Part_1A", "C_100", {3: 8, 20: 1}, 4, 13),
        row("Part_1A", "C_999", {3: 8, 20: 1}, 4, 13),
        row("Part_1B", "C_100", {52: 6}, 0, 6),
        row("Part_1B", "C_999", {52: 6}, 0, 6),
        row("Part_3", "C_100", {}, 0, 12),
        row("Part_3", "C_999", {}, 0, 12),
    ]
    path = write_csv(tmp_path / "may.csv", [header, *rows])
    table = ind.derive("rtt", path, period="2019-05", notes=Notes()).set_index("indicator")
    assert table["numerator"].to_dict() == {"E.B.3": 26, "E.M.18": 13, "E.M.19": 6, "E.M.20": 12}
    assert table.loc["E.B.3", "denominator"] == 36
    result = ind.reconcile("rtt", path)
    assert result.agrees and result.notes == []
    # 53 bands of three parts, and the totals of four lines and two supporting ones.
    assert len(result.cells) == 3 * 53 + 3 + 3


# One fault at a time ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(january: Path) -> Sheets:
    """Three commissioners of January 2015, with England's sheet added up to fit."""
    return cut(sheets_of(january), ["01C", "00C", "X24"])


@pytest.fixture
def spoil(small: Sheets, tmp_path: Path) -> Spoil:
    return lambda change: spoilt_workbook(tmp_path / "spoilt.xlsx", small, change)


class TestSingleFaults:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil, nhsind: Run) -> None:
        result = nhsind("reconcile", "rtt", "--data", spoil(lambda sheets: None))
        assert result.status == EXIT_DONE
        # Three commissioners and England, 20 functions, three figures.
        assert "all 240 cells compared are equal" in result.err

    def test_a_band_changed_by_one_does_not_add_up(self, spoil: Spoil, nhsind: Run) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 2][FIRST_BAND + 3] += 1

        path = spoil(change)
        result = nhsind("reconcile", "rtt", "--data", path)
        # What lacks the row is listed apart; nothing else differs.
        assert result.status == EXIT_DONE
        assert "the bands do not add up to the printed total" in result.err
        assert result.err.count(f"row {HEADER + 3} (") == 1
        assert "not compared: rows that they are made of were left out" in result.err

        row = sheets_of(path)["Commissioner"][HEADER + 2]
        notes = Notes()
        table = ind.derive("E.B.3", path, period="2015-01", org=row[CODE], notes=notes)
        assert table["status"].tolist() == ["not_available"] and table["denominator"].isna().all()
        assert "the bands do not add up to the printed total" in table["note"].item()
        total = int(row[TOTAL_WAITING])
        place = f"row {HEADER + 3} ({total + 1:,}, not {total:,})"
        assert any("the bands do not add up" in line and place in line for line in notes.lines())

    @pytest.mark.parametrize("step", [1, -1])
    def test_a_pathway_moved_over_the_18_weeks_is_noticed(
        self, spoil: Spoil, nhsind: Run, step: int
    ) -> None:
        """The bands still add up, so the row counts, and then differs from what is printed."""

        def change(sheets: Sheets) -> None:
            row = sheets["Commissioner"][HEADER + 1]
            row[FIRST_BAND + WITHIN_18 - 1] += step
            row[FIRST_BAND + WITHIN_18] -= step

        result = nhsind("reconcile", "rtt", "--data", spoil(change))
        assert result.status == EXIT_DIFFERENCES
        # Numerator and percentage, of the row, of the commissioner's total, and of England's two.
        assert "8 cells differ" in result.err

    def test_a_percentage_changed_in_the_fourth_decimal_is_noticed(
        self, spoil: Spoil, nhsind: Run
    ) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 1][SHARE] += 0.0001

        result = nhsind("reconcile", "rtt", "--data", spoil(change))
        assert result.status == EXIT_DIFFERENCES
        assert "1 cells differ" in result.err
        (told,) = [line for line in result.err.splitlines() if f"row {HEADER + 2}" in line]
        assert "value" in told

    @pytest.mark.parametrize("column", [TOTAL_WAITING, TOTAL_WITHIN])
    def test_a_printed_total_changed_by_one_is_noticed(
        self, spoil: Spoil, nhsind: Run, column: int
    ) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 20][column] += 1  # the first commissioner's IP999

        result = nhsind("reconcile", "rtt", "--data", spoil(change))
        assert result.status == EXIT_DIFFERENCES
        assert "1 cells differ" in result.err

    @pytest.mark.parametrize("given_twice", [True, False], ids=["twice", "left out"])
    def test_a_row_too_many_or_too_few_is_noticed(
        self, spoil: Spoil, nhsind: Run, given_twice: bool
    ) -> None:
        def change(sheets: Sheets) -> None:
            rows = sheets["Commissioner"]
            if given_twice:
                rows.append(list(rows[HEADER + 1]))
            else:
                del rows[HEADER + 1]

        expected = EXIT_INPUT if given_twice else EXIT_DIFFERENCES
        assert nhsind("reconcile", "rtt", "--data", spoil(change)).status == expected

    def test_what_the_publisher_does_not_print_is_a_difference(
        self, spoil: Spoil, nhsind: Run
    ) -> None:
        """Comparing goes both ways: England's sheet lacks a function that commissioners have."""
        result = nhsind(
            *("reconcile", "rtt", "--data"),
            spoil(lambda sheets: sheets["National"].pop(HEADER + 1)),
        )
        assert result.status == EXIT_DIFFERENCES
        assert "3 cells differ" in result.err and "not printed" in result.err

    @pytest.mark.parametrize(
        ("column", "name"),
        [
            (CODE, "ccg code"),
            (FUNCTION, "treatment function code"),
            (FIRST_BAND, ">0-1"),
            (FIRST_BAND + WITHIN_18, ">18-19"),
            (LAST_BAND, "52 plus"),
            (TOTAL_WAITING, "total number of incomplete"),
            (TOTAL_WITHIN, "total within 18 weeks"),
            (SHARE, "% within 18 weeks"),
        ],
    )
    def test_a_renamed_column_is_refused(
        self, spoil: Spoil, nhsind: Run, column: int, name: str
    ) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER][column] = "Another"

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert result.status == EXIT_INPUT and result.out == ""
        assert name in result.err.lower()

    def test_a_band_that_stands_twice_is_refused(self, spoil: Spoil, nhsind: Run) -> None:
        """Still 53 bands, but what waited 18 to 19 weeks would count as within 18 weeks."""

        def change(sheets: Sheets) -> None:
            header = sheets["Commissioner"][HEADER]
            header[FIRST_BAND + WITHIN_18] = header[FIRST_BAND + WITHIN_18 - 1]

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert result.status == EXIT_INPUT and result.out == ""

    def test_a_header_one_row_lower_is_found(self, spoil: Spoil, nhsind: Run) -> None:
        def change(sheets: Sheets) -> None:
            for rows in sheets.values():
                rows.insert(HEADER - 1, [""])

        result = nhsind("reconcile", "rtt", "--data", spoil(change))
        assert result.status == EXIT_DONE and "all 240 cells" in result.err

    def test_no_header_is_refused(self, spoil: Spoil, nhsind: Run) -> None:
        result = nhsind(
            *("reconcile", "rtt", "--data"),
            spoil(lambda sheets: sheets["Commissioner"].pop(HEADER)),
        )
        assert result.status == EXIT_INPUT and "is of no layout known here" in result.err
        assert 'rtt-commissioner (without "CCG Code"' in result.err

    def test_a_header_shifted_to_the_right_is_refused(self, spoil: Spoil, nhsind: Run) -> None:
        result = nhsind(
            *("reconcile", "rtt", "--data"),
            spoil(lambda sheets: sheets["Commissioner"][HEADER].insert(0, "")),
        )
        assert result.status == EXIT_INPUT
        assert "Treatment Function Code" in result.err

    def test_bands_shifted_under_their_headings_give_no_figures(
        self, spoil: Spoil, nhsind: Run
    ) -> None:
        def change(sheets: Sheets) -> None:
            header = sheets["Commissioner"][HEADER]
            header.insert(FIRST_BAND, header.pop(LAST_BAND))  # ">0-1" now heads ">1-2"

        assert nhsind("reconcile", "rtt", "--data", spoil(change)).status in (
            EXIT_DIFFERENCES,
            EXIT_INPUT,
        )

    @pytest.mark.parametrize("text", ["*", "", "12a", "-5", -1.0, 2.5, 1e30])
    def test_what_is_not_a_count_is_refused(
        self, spoil: Spoil, nhsind: Run, text: str | float
    ) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 1][FIRST_BAND + 4] = text

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert result.status == EXIT_INPUT and result.out == ""
        assert f'row {HEADER + 2} column ">4-5": "{text}" is not a number' in result.err

    def test_every_wrong_cell_is_named_at_once(self, spoil: Spoil, nhsind: Run) -> None:
        def change(sheets: Sheets) -> None:
            for row in (HEADER + 1, HEADER + 7):
                sheets["Commissioner"][row][FIRST_BAND] = "*"

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert "the input has 2 problems" in result.err
        assert f"row {HEADER + 2} " in result.err and f"row {HEADER + 8} " in result.err

    def test_treatment_functions_of_two_parts_are_refused(self, spoil: Spoil, nhsind: Run) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 3][FUNCTION] = "AP110"

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert result.status == EXIT_INPUT and '"AP, IP"' in result.err

    @pytest.mark.parametrize("column", [CODE, FUNCTION])
    def test_a_row_without_its_code_is_not_lost_in_silence(
        self, spoil: Spoil, nhsind: Run, column: int
    ) -> None:
        """Refused, or counted without the row and said so."""

        def change(sheets: Sheets) -> None:
            sheets["Commissioner"][HEADER + 3][column] = ""

        path = spoil(change)
        result = nhsind("derive", "rtt", "--data", path, "--period", "2015-01")
        assert result.status in (EXIT_DONE, EXIT_INPUT)
        assert "missing" in result.err or f"row {HEADER + 4}" in result.err
        assert nhsind("reconcile", "rtt", "--data", path).status != EXIT_DONE

    def test_a_sheet_without_its_month_is_refused(self, spoil: Spoil, nhsind: Run) -> None:
        def change(sheets: Sheets) -> None:
            for row in sheets["Commissioner"][:HEADER]:
                row[:] = ["some time" if cell == "January 2015" else cell for cell in row]

        result = nhsind("derive", "rtt", "--data", spoil(change), "--period", "2015-01")
        assert result.status == EXIT_INPUT and "some time" in result.err

    @pytest.mark.parametrize("named", [True, False])
    def test_a_truncated_workbook_is_refused(
        self, january: Path, tmp_path: Path, nhsind: Run, named: bool
    ) -> None:
        path = tmp_path / january.name
        data = january.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        source = ["--source", "rtt-commissioner"] if named else []
        result = nhsind("derive", "rtt", "--data", path, "--period", "2015-01", *source)
        assert result.status == EXIT_INPUT and result.out == ""
        assert path.name in result.err

    @pytest.mark.parametrize("name", ["empty.xls", "empty.xlsx", "empty.csv", "rtt-empty.zip"])
    def test_an_empty_file_is_refused(self, tmp_path: Path, nhsind: Run, name: str) -> None:
        path = tmp_path / name
        path.touch()
        result = nhsind("derive", "rtt", "--data", path, "--period", "2015-01")
        assert result.status == EXIT_INPUT and "the file is empty" in result.err

    def test_the_same_month_given_twice_is_refused(
        self, january: Path, tmp_path: Path, nhsind: Run
    ) -> None:
        copy = shutil.copy(january, tmp_path / "Incomplete-again.xls")
        result = nhsind(*"derive rtt --period 2015-01 --data".split(), january, "--data", copy)
        assert result.status == EXIT_INPUT and result.out == ""
        assert "E.B.3 2015-01" in result.err and "give one" in result.err

    def test_two_parts_of_one_month_are_not_the_same(self, workbooks: list[Path]) -> None:
        files = [path for path in workbooks if "Jan15" in path.name]
        table = ind.derive("rtt", files, period="2015-01", level="england", notes=Notes())
        figures = table.set_index("indicator")["numerator"]
        assert figures["E.M.18"] == 303_346 and figures["E.M.19"] == 892_977


# Helpers ---------------------------------------------------------------------------------------

ID_COLUMNS = (
    "Period,Provider Parent Org Code,Provider Parent Name,Provider Org Code,Provider Org Name,"
    "Commissioner Parent Org Code,Commissioner Parent Name,Commissioner Org Code,"
    "Commissioner Org Name,RTT Part Type,RTT Part Description,Treatment Function Code,"
    "Treatment Function Name"
).split(",")
TOTAL_COLUMNS = ["Total", "Patients with unknown clock start date", "Total All"]


def sheets_of(path: Path) -> Sheets:
    """The sheets that the reader looks at, as cells."""
    workbook = CalamineWorkbook.from_path(path)
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in ("National", "Region", "Area Team", "Commissioner")
        if name in workbook.sheet_names
    }


def cut(sheets: Sheets, codes: list[str]) -> Sheets:
    """Some commissioners of an incomplete pathways' workbook, and England as their sum."""
    rows = sheets["Commissioner"]
    kept = [list(row) for row in rows[HEADER + 1 :] if row[CODE] in codes]
    by_function = {row[FUNCTION]: np.zeros(LAST_BAND - FIRST_BAND + 3) for row in kept}
    for row in kept:
        by_function[row[FUNCTION]] += np.array(row[FIRST_BAND : TOTAL_WITHIN + 1])
    national = [list(row) for row in sheets["National"][: HEADER + 1]]
    for function, sums in by_function.items():
        share = float(sums[-1] / sums[-2]) if sums[-2] else "-"
        national.append(["", function, "", *sums.tolist(), share, "-", "-"])
    return sheets | {
        "National": national,
        "Commissioner": [list(row) for row in rows[: HEADER + 1]] + kept,
    }


def rewrite(path: Path, folder: Path, old: str, new: str) -> Path:
    """A copy of a workbook (.xlsx) with one text of its parts replaced."""
    copy, found = folder / path.name, 0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            found += part.count(old.encode())
            target.writestr(name, part.replace(old.encode(), new.encode()))
    assert found == 1, f"{old} stands {found} times in {path.name}"
    return copy


def test_the_small_workbook_writer_keeps_cells(tmp_path: Path) -> None:
    rows = [["a", "", 1.5], [], ["", "<&", *range(60)]]
    path = write_xlsx(tmp_path / "cells.xlsx", {"One": rows, "Two": [["x"]]})
    workbook = CalamineWorkbook.from_path(path)
    assert workbook.sheet_names == ["One", "Two"]
    read = workbook.get_sheet_by_name("One").to_python(skip_empty_area=False)
    assert read[0][:3] == ["a", "", 1.5] and read[2][:62] == ["", "<&", *range(60)]
    assert parse_period("January 2015").end.day == 31
