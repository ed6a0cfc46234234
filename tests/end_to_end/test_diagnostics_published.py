"""NHS England's own DM01 file: it reconciles to the last band, and spoilt copies are caught.

The real file is read where it lies. Spoilt ones are small copies of it, each with one fault.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import Reconcile, Rows, Run, Spoil, csv_rows, refusal, spoilt_csv, write_csv

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE, EXIT_INPUT, InputError
from nhsind.families.diagnostics.published import read_dm01

MONTH, REGION, CODE, TEST, TOTAL, SIX, THIRTEEN, SHARE, FIRST = range(9)
LAST = FIRST + 13  # the open band
SIX_WEEKS = 6  # the bands before it have waited less


@cache
def table_of(path: Path, period: str, level: str | None = None) -> Any:
    """The line by organisation, without notes; each test's own copies have their own path."""
    return ind.derive("E.B.4", path, period=period, level=level, notes=Notes()).set_index(
        "org_code"
    )


def refused(path: Path, source: str | None = None) -> str:
    return refusal("E.B.4", path, "2024-02", source)


@pytest.fixture(scope="module")
def dm01(published: Path) -> Path:
    (path,) = (published / "diagnostics").glob("dm01_commissioner*.csv")
    return path


@pytest.fixture(scope="module")
def rows(dm01: Path) -> Rows:
    return csv_rows(dm01)


@pytest.fixture(scope="module")
def reconciled(dm01: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("diagnostics", [dm01])


class TestRealFile:
    def test_every_cell_is_equal_but_two_percentages(
        self, reconciled: Reconciliation, rows: Rows
    ) -> None:
        """The publisher prints 0.0 beside 101 of 469 and 160 of 1,192 that wait six weeks."""
        cells = reconciled.cells
        printed, nobody = len(rows) - 1, sum(row[TOTAL] == "0" for row in rows)
        assert (printed, nobody) == (14_619, 268)
        # Where nobody waits a percentage of 0.0 is printed, which is none.
        assert cells.groupby("figure").size().to_dict() == {
            "numerator": printed,
            "denominator": printed * (1 + 14),  # the waiting list, and its bands
            "value": printed - nobody,
        }
        assert len(cells) == 248_255 and set(cells["org_level"]) == {"ccg"}
        assert reconciled.notes == []
        differences = reconciled.differences
        odd = differences.set_index(["org_code", "period", "breakdown"])["figure"].to_dict()
        assert odd == {("QMJ", "2023-09", "14"): "value", ("QMJ", "2023-09", "15"): "value"}
        wrong = [
            row
            for row in rows
            if row[:3] == ["2023-09-30", "Y56", "QMJ"] and row[TEST] in ("14", "15")
        ]
        assert sorted((row[SIX], row[TOTAL], row[SHARE]) for row in wrong) == sorted(
            [("101", "469", "0.0"), ("160", "1192", "0.0")]
        )

    def test_months_organisations_and_tests(self, reconciled: Reconciliation) -> None:
        cells = reconciled.cells
        assert cells["period"].nunique() == 23 and "2023-06" not in set(cells["period"])
        assert cells["org_code"].nunique() == 43 and "X24" in set(cells["org_code"])
        tests = {text.split(" ")[0] for text in cells["breakdown"]}
        assert tests == {str(number) for number in range(1, 16)}

    @pytest.mark.parametrize("month", ["2023-04-30", "2024-02-29", "2025-03-31"])
    def test_the_figures_are_the_sums_of_the_columns(
        self, dm01: Path, rows: Rows, month: str
    ) -> None:
        """Another way: plain sums of the printed totals over the fifteen tests."""
        table = table_of(dm01, month[:7])
        of_month = [row for row in rows if row[MONTH] == month]
        codes = {row[CODE] for row in of_month}
        assert codes <= set(table.index)
        for code in codes:
            mine = [row for row in of_month if row[CODE] == code]
            assert table.loc[code, "denominator"] == sum(int(row[TOTAL]) for row in mine)
            assert table.loc[code, "numerator"] == sum(int(row[SIX]) for row in mine)

    def test_england_with_what_nhs_england_commissions(self, dm01: Path) -> None:
        england = table_of(dm01, "2025-03", "england").loc["ENGLAND"]
        assert (england["numerator"], england["denominator"]) == (312_915, 1_703_573)
        assert not england["meets_standard"]
        below = table_of(dm01, "2025-03")
        assert below["denominator"].sum() == england["denominator"]
        assert below.loc["X24", "denominator"] > 0

    def test_a_quarter_is_its_last_month(self, dm01: Path) -> None:
        quarter, month = table_of(dm01, "2024-25-Q4"), table_of(dm01, "2025-03")
        for name in ("numerator", "denominator"):
            assert quarter[name].tolist() == month[name].tolist()
        for period in ("2023-06", "2023-24-Q1", "2025-04"):
            with pytest.raises(InputError, match=period):
                ind.derive("E.B.4", dm01, period=period, notes=Notes())

    def test_a_trace_adds_up_to_what_is_derived(self, dm01: Path) -> None:
        traced = ind.trace("E.B.4", dm01, period="2024-02", org="QE1")
        derived = table_of(dm01, "2024-02").loc["QE1"]
        assert traced.loc[traced["in_denominator"], "count"].sum() == derived["denominator"]
        assert traced.loc[traced["in_numerator"], "count"].sum() == derived["numerator"]

    def test_six_weeks_are_judged_by_the_clauses(self, dm01: Path, rows: Rows) -> None:
        """42 days are six weeks; the band 05 <06 stands for 41 days, 06 <07 for 48."""
        traced = ind.trace("E.B.4", dm01, period="2024-02", org="QE1")
        waiting = traced[traced["in_denominator"]]
        mine = [row for row in rows if row[:3] == ["2024-02-29", "Y62", "QE1"]]
        shorter = sum(int(cell) for row in mine for cell in row[FIRST : FIRST + SIX_WEEKS])
        assert waiting.loc[~waiting["in_numerator"], "count"].sum() == shorter

    def test_organisations_are_compared_within_their_region(self, dm01: Path) -> None:
        groups = read_dm01(dm01).groups
        assert len(groups) == 42 and "X24" not in groups
        assert groups["QE1"] == ("Y62", "") and groups["QMJ"] == ("Y56", "")

    def test_another_engine_gives_the_same(self, dm01: Path) -> None:
        polars = ind.derive("E.B.4", dm01, period="2024-02", engine="polars", notes=Notes())
        expected = table_of(dm01, "2024-02")
        assert polars.set_index("org_code")["numerator"].to_dict() == (
            expected["numerator"].to_dict()
        )


# One fault at a time ---------------------------------------------------------------------------

KEPT = ("QE1", "QMJ", "X24")


@pytest.fixture(scope="module")
def few(rows: Rows) -> Rows:
    """Three organisations in February 2024."""
    kept = [row for row in rows[1:] if row[MONTH] == "2024-02-29" and row[CODE] in KEPT]
    return [rows[0], *kept]


@pytest.fixture
def spoil(few: Rows, tmp_path: Path) -> Spoil:
    return lambda change: spoilt_csv(tmp_path / "spoilt.csv", few, change)


def largest(rows: Rows) -> list[str]:
    """QE1's longest waiting list."""
    return max((row for row in rows if row[CODE] == "QE1"), key=lambda row: int(row[TOTAL]))


class TestSingleFaults:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil, few: Rows) -> None:
        result = ind.reconcile("diagnostics", spoil(lambda rows: None))
        nobody = sum(row[TOTAL] == "0" for row in few)
        assert result.agrees and len(result.cells) == 17 * (len(few) - 1) - nobody

    @pytest.mark.parametrize("band", [0, 5, 6, 13])
    def test_a_row_that_contradicts_itself_is_left_out_and_listed(
        self, spoil: Spoil, few: Rows, band: int
    ) -> None:
        def change(rows: Rows) -> None:
            row = largest(rows)
            row[FIRST + band] = str(int(row[FIRST + band]) + 1)

        path, row = spoil(change), largest(few)
        result = ind.reconcile("diagnostics", path)
        said = "\n".join(result.notes)
        line = few.index(row) + 1
        total = int(row[TOTAL])
        assert f"spoilt.csv line {line} ({total + 1:,}, not {total:,})" in said
        # Its total, its six weeks and their share are listed apart: nothing else differs.
        assert result.agrees
        assert "3 printed figures are not compared: rows that they are made of were left" in said
        left = table_of(path, "2024-02").loc["QE1"]
        assert left["status"] == "not_available" and pd.isna(left["denominator"])
        england = table_of(path, "2024-02", "england").loc["ENGLAND"]
        others = sum(int(each[TOTAL]) for each in few[1:] if each[CODE] != "QE1")
        assert (england["status"], england["denominator"]) == ("partial", others)

    def test_a_wait_moved_over_six_weeks_is_noticed(self, spoil: Spoil) -> None:
        """The bands still add up, so the row counts, and then differs from what is printed."""

        def change(rows: Rows) -> None:
            row = largest(rows)
            row[FIRST + 5] = str(int(row[FIRST + 5]) + 100)
            row[FIRST + 6] = str(int(row[FIRST + 6]) - 100)

        result = ind.reconcile("diagnostics", spoil(change))
        assert set(result.differences["figure"]) == {"numerator", "value"} and result.notes == []

    def test_a_percentage_may_be_rounded_and_no_more(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            row = largest(rows)
            row[SHARE] = f"{float(row[SHARE]) + 0.001:.3f}"

        (difference,) = ind.reconcile("diagnostics", spoil(change)).differences.to_dict("records")
        assert difference["figure"] == "value" and 0.0005 < abs(difference["difference"]) < 0.0016

    @pytest.mark.parametrize(
        "column", [MONTH, CODE, TEST, TOTAL, SIX, SHARE, FIRST, FIRST + 6, LAST]
    )
    def test_a_renamed_column_is_named_with_those_found(
        self, spoil: Spoil, few: Rows, column: int
    ) -> None:
        def change(rows: Rows) -> None:
            rows[0][column] = "Another"

        said = refused(spoil(change), "dm01")
        assert few[0][column].lower() in said.lower()
        if column not in (MONTH, TEST, TOTAL):
            assert "the headings found are" in said and "Another" in said

    def test_all_missing_columns_are_named_at_once(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][SIX] = rows[0][SHARE] = rows[0][FIRST + 3] = "Another"

        said = refused(spoil(change))
        for name in ("Number waiting 6+ Weeks", "Percentage waiting 6+ Weeks", "03 <04 weeks"):
            assert name in said

    def test_bands_in_another_order_are_found_by_heading(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows:
                row[FIRST : LAST + 1] = reversed(row[FIRST : LAST + 1])

        assert ind.reconcile("diagnostics", spoil(change)).agrees

    def test_blanks_and_case_of_headings_do_not_matter(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0] = [f" {name.upper()}\u00a0" for name in rows[0]]
            rows[0][TEST], rows[0][TOTAL] = " Diagnostic ID ", "Total Waiting List "

        assert ind.reconcile("diagnostics", spoil(change)).agrees

    def test_the_providers_layout(self, spoil: Spoil, few: Rows) -> None:
        """Its headings differ a little, and its organisations are providers."""

        def change(rows: Rows) -> None:
            rows[0][CODE] = "Provider Code"
            rows[0][SIX], rows[0][SHARE] = "Number waiting 6+ weeks", "Percentage waiting 6+ weeks"
            for row in rows[1:]:
                row[CODE] = {"QE1": "RTH", "QMJ": "RAL", "X24": "5E1"}[row[CODE]]

        path = spoil(change)
        result = ind.reconcile("diagnostics", path)
        assert result.agrees and set(result.cells["org_level"]) == {"provider"}
        table = table_of(path, "2024-02")  # the file's own level
        assert table["org_level"].unique().tolist() == ["provider"]
        assert sorted(table.index) == ["5E1", "RAL", "RTH"]
        total = sum(int(row[TOTAL]) for row in few[1:])
        assert table_of(path, "2024-02", "england").loc["ENGLAND", "denominator"] == total

    def test_without_any_organisation_the_column_is_missing(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][CODE] = "Code"

        assert "ICB Code" in refused(spoil(change))

    @pytest.mark.parametrize("column", [TOTAL, SIX, FIRST, FIRST + 7, LAST])
    @pytest.mark.parametrize("text", ["*", "", "-1", "2.5", "1e3", "12a"])
    def test_what_is_not_a_count_is_refused(self, spoil: Spoil, column: int, text: str) -> None:
        def change(rows: Rows) -> None:
            rows[2][column] = text

        said = refused(spoil(change))
        assert "spoilt.csv line 3" in said and "is not a number" in said

    def test_every_wrong_cell_is_named_at_once(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[2][FIRST] = rows[4][FIRST + 1] = "*"

        said = refused(spoil(change))
        assert "line 3" in said and "line 5" in said

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            (MONTH, "some month", "is not a month"),
            (CODE, "", "is missing"),
            (TEST, "16", "is not in the list"),
            (TEST, "", "is missing"),
        ],
    )
    def test_other_wrong_cells_are_refused(
        self, spoil: Spoil, column: int, text: str, said: str
    ) -> None:
        """Totals of all tests are not printed in this layout, so one could count twice."""

        def change(rows: Rows) -> None:
            largest(rows)[column] = text

        assert said in refused(spoil(change))

    def test_a_row_that_stands_twice_is_refused(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.append(list(rows[5])))
        assert "stands in an earlier row too" in refused(path)

    def test_the_month_given_twice_is_refused(self, spoil: Spoil, tmp_path: Path) -> None:
        path = spoil(lambda rows: None)
        copy = tmp_path / "copy.csv"
        copy.write_bytes(path.read_bytes())
        with pytest.raises(InputError, match=r"E\.B\.4 2024-02.*give one"):
            ind.derive("E.B.4", [path, copy], period="2024-02", notes=Notes())

    def test_thousands_and_blanks_around_codes(self, spoil: Spoil, few: Rows) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[TOTAL] = f"{int(row[TOTAL]):,}"
                row[CODE] = f"\u00a0{row[CODE].lower()} "

        result = ind.reconcile("diagnostics", spoil(change))
        assert result.agrees and set(result.cells["org_code"]) == set(KEPT)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "gzip"])
    def test_other_encodings_are_read(self, few: Rows, tmp_path: Path, encoding: str) -> None:
        """A BOM, a byte that only Windows knows, a packed file."""
        rows = [[*row, "Café" if number else "Note"] for number, row in enumerate(few)]
        if encoding == "gzip":
            plain = write_csv(tmp_path / "plain.csv", rows)
            path = tmp_path / "packed.csv.gz"
            path.write_bytes(gzip.compress(plain.read_bytes()))
        else:
            path = write_csv(tmp_path / "coded.csv", rows, encoding)
        assert ind.reconcile("diagnostics", path).agrees

    def test_a_title_above_and_a_blank_line_below_do_not_matter(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows.insert(0, ["Monthly Diagnostics", ""])
            rows.append([""] * 25)

        assert ind.reconcile("diagnostics", spoil(change)).agrees

    def test_a_line_cut_short_is_refused(self, few: Rows, tmp_path: Path) -> None:
        path = write_csv(tmp_path / "cut.csv", few)
        data = path.read_bytes()
        path.write_bytes(data[: data.rindex(b",", 0, -30)])
        assert refused(path).endswith("of the header; is the file cut off?")

    def test_an_organisation_of_nothing_but_zeros_is_there(self, spoil: Spoil) -> None:
        """Nobody waits: no cases, not an unknown organisation."""

        def change(rows: Rows) -> None:
            for row in rows[1:]:
                if row[CODE] == "X24":
                    row[TOTAL:SHARE] = ["0"] * 3
                    row[SHARE], row[FIRST : LAST + 1] = "0.0", ["0"] * 14

        path = spoil(change)
        table = table_of(path, "2024-02")
        assert (table.loc["X24", "denominator"], table.loc["X24", "status"]) == (0, "no_cases")
        assert pd.isna(table.loc["X24", "value"])
        assert ind.reconcile("diagnostics", path).agrees

    def test_another_file_is_not_claimed(self, published: Path) -> None:
        (path,) = (published / "diagnostics").glob("dm01_dim_diagnostic_test.csv")
        said = refused(path)
        assert "is of no layout known here; it begins with Diagnostic ID" in said
        assert "dm01 (without " in said


def test_the_commands_say_what_agrees(dm01: Path, spoil: Spoil, nhsind: Run) -> None:
    status, _, said = nhsind("reconcile", "diagnostics", "--data", spoil(lambda rows: None))
    assert status == EXIT_DONE and "cells compared are equal" in said
    status, _, said = nhsind("reconcile", "diagnostics", "--data", dm01)
    assert status == EXIT_DIFFERENCES and "2 cells differ" in said
    status, out, _ = nhsind(
        "derive", "E.B.4", "--data", dm01, "--period", "2025-03", "--org", "QE1"
    )
    assert status == EXIT_DONE and "10228,53110,0.1925814" in out
    status, _, said = nhsind("derive", "E.B.4", "--data", dm01, "--period", "2023-06")
    assert status == EXIT_INPUT and "2023-06" in said
