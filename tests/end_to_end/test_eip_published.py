"""NHS England's own EIP series: it reconciles to the last band, and spoilt copies are caught.

The real file is read where it lies. Spoilt ones are small copies of it, each with one fault.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import Change, Reconcile, Rows, Run, Spoil, csv_rows, refusal, spoilt_csv

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import EXIT_DONE, EXIT_INPUT, InputError

DATE, PROVIDER, PROVIDER_NAME, CODE, NAME, PART, FIRST = range(7)
TOTAL = 19
COMPLETED = "EIP pathways completed this month"
INCOMPLETE = "EIP pathways incomplete at month end"
QUARTERS = {
    "2016-17-Q1": ("04/2016", "05/2016", "06/2016"),
    "2017-18-Q3": ("10/2017", "11/2017", "12/2017"),
    "2017-18-Q4": ("01/2018", "02/2018", "03/2018"),
}


@cache
def table_of(path: Path, period: str, level: str | None = None) -> Any:
    """The line by organisation, without notes; each test's own copies have their own path."""
    return ind.derive("E.H.4", path, period=period, level=level, notes=Notes()).set_index(
        "org_code"
    )


def refused(path: Path, source: str | None = None) -> str:
    return refusal("E.H.4", path, "2017-18-Q4", source)


@pytest.fixture(scope="module")
def series(published: Path) -> Path:
    (path,) = (published / "eip").glob("EIP-Timeseries*.csv")
    return path


@pytest.fixture(scope="module")
def rows(series: Path) -> Rows:
    return csv_rows(series, "cp1252")


@pytest.fixture(scope="module")
def reconciled(series: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("eip", [series])


def added(rows: Rows, months: tuple[str, ...], part: str = COMPLETED) -> dict[str, Counter[str]]:
    """Referrals by commissioner: all, and those of the first two bands, within two weeks."""
    sums: dict[str, Counter[str]] = {"all": Counter(), "within": Counter()}
    for row in rows[1:]:
        if row[PART] == part and row[DATE][3:] in months:
            sums["all"][row[CODE]] += int(row[TOTAL])
            sums["within"][row[CODE]] += int(row[FIRST]) + int(row[FIRST + 1])
    return sums


class TestRealFile:
    def test_every_band_and_total_is_equal(self, reconciled: Reconciliation, rows: Rows) -> None:
        assert reconciled.agrees and reconciled.notes == []
        cells = reconciled.cells
        assert len(rows) - 1 == 15_332
        # 28 months with each commissioner that is printed: its total, and thirteen bands.
        printed = {(row[DATE], row[CODE]) for row in rows[1:]}
        assert len(printed) == 5_693
        providers = {(row[DATE], row[PROVIDER]) for row in rows[1:]}
        assert len(cells) == 14 * (5_693 + len(providers)) == 102_676
        assert set(cells["figure"]) == {"denominator"} and set(cells["org_level"]) == {
            "ccg",
            "provider",
        }
        assert (
            cells["period"].nunique() == 28
            and cells.loc[cells["org_level"] == "ccg", "org_code"].nunique() == 211
        )

    @pytest.mark.parametrize("quarter", QUARTERS)
    def test_a_quarter_is_the_sum_of_its_months(
        self, series: Path, rows: Rows, quarter: str
    ) -> None:
        """Another way: plain sums over the providers, and over the first two bands."""
        table, sums = table_of(series, quarter), added(rows, QUARTERS[quarter])
        assert len(table) == 211
        for code in table.index:
            assert table.loc[code, "denominator"] == sums["all"][code]
            assert table.loc[code, "numerator"] == sums["within"][code]

    def test_england(self, series: Path, rows: Rows) -> None:
        england = table_of(series, "2016-17", "england").loc["ENGLAND"]
        assert (england["numerator"], england["denominator"]) == (10_541, 14_163)
        assert england["org_name"] == "England" and pd.isna(england["meets_standard"])
        quarter = table_of(series, "2017-18-Q4", "england").loc["ENGLAND"]
        assert (quarter["numerator"], quarter["denominator"]) == (2_324, 3_142)
        assert quarter["meets_standard"]
        everyone = added(rows, QUARTERS["2017-18-Q4"])["all"]
        assert sum(everyone.values()) == 3_142  # NHS England's among them

    def test_nobody_treated_is_no_value_and_not_0(self, series: Path, rows: Rows) -> None:
        table, sums = table_of(series, "2017-18-Q3"), added(rows, QUARTERS["2017-18-Q3"])
        nobody = [code for code in table.index if sums["all"][code] == 0]
        assert nobody
        for code in nobody:
            row = table.loc[code]
            assert (row["numerator"], row["denominator"], row["status"]) == (0, 0, "no_cases")
            assert pd.isna(row["value"]) and pd.isna(row["meets_standard"])

    def test_a_value_of_0_stays_a_value(self, series: Path, rows: Rows) -> None:
        table, sums = table_of(series, "2016-17-Q1"), added(rows, QUARTERS["2016-17-Q1"])
        late = [code for code, count in sums["all"].items() if count and not sums["within"][code]]
        assert late and all(table.loc[code, "value"] == 0 for code in late)
        assert not any(table.loc[code, "meets_standard"] for code in late)

    def test_who_still_waits_is_left_out_by_the_clause(self, series: Path, rows: Rows) -> None:
        traced = ind.trace("E.H.4", series, period="2017-18-Q4", org="08Q")
        waiting = traced[~traced["in_denominator"]]
        assert set(waiting["excluded_because"]) == {"treatment_started_in_the_period"}
        months = QUARTERS["2017-18-Q4"]
        assert waiting["count"].sum() == added(rows, months, INCOMPLETE)["all"]["08Q"] > 0
        treated = traced[traced["in_denominator"]]
        assert treated["count"].sum() == added(rows, months)["all"]["08Q"]

    def test_two_weeks_are_judged_by_the_clause(self, series: Path, rows: Rows) -> None:
        """14 days are within two weeks; the band Gt_1_2_Weeks stands for them."""
        traced = ind.trace("E.H.4", series, period="2017-18-Q4", org="08Q")
        late = traced[traced["in_denominator"] & ~traced["in_numerator"]]
        mine = [
            row
            for row in rows[1:]
            if row[CODE] == "08Q"
            and row[PART] == COMPLETED
            and row[DATE][3:] in QUARTERS["2017-18-Q4"]
        ]
        assert late["count"].sum() == sum(
            int(cell) for row in mine for cell in row[FIRST + 2 : TOTAL]
        )

    def test_names_and_what_is_not_held(self, series: Path) -> None:
        table = table_of(series, "2017-18-Q4")
        assert table.loc["X24", "org_name"] == "NHS England"
        assert table.loc["00C", "org_name"] == "NHS DARLINGTON CCG"
        for period in ("2015-16-Q3", "2015-16", "2018-19-Q1"):
            with pytest.raises(InputError, match=period):
                ind.derive("E.H.4", series, period=period, notes=Notes())

    @pytest.mark.parametrize("engine", ["pandas", "polars"])
    def test_another_engine_gives_the_same(self, series: Path, engine: str) -> None:
        table = ind.derive("E.H.4", series, period="2017-18-Q4", engine=engine, notes=Notes())
        expected = table_of(series, "2017-18-Q4")
        for name in ("numerator", "denominator"):
            assert table.set_index("org_code")[name].to_dict() == expected[name].to_dict()


# One fault at a time ---------------------------------------------------------------------------

KEPT = ("08Q", "00C", "08K", "10W")


@pytest.fixture(scope="module")
def few(rows: Rows) -> Rows:
    """Four commissioners in the last quarter."""
    months = QUARTERS["2017-18-Q4"]
    kept = [row for row in rows[1:] if row[CODE] in KEPT and row[DATE][3:] in months]
    return [rows[0], *kept]


@pytest.fixture
def spoil(few: Rows, tmp_path: Path) -> Spoil:
    def spoilt(change: Change, encoding: str = "cp1252") -> Path:
        return spoilt_csv(tmp_path / "spoilt.csv", few, change, encoding)

    return spoilt


def busiest(rows: Rows, part: str = COMPLETED) -> list[str]:
    """The row with most referrals."""
    return max((row for row in rows if row[PART] == part), key=lambda row: int(row[TOTAL]))


class TestSingleFaults:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil, few: Rows) -> None:
        result = ind.reconcile("eip", spoil(lambda rows: None))
        printed = {(row[DATE], row[at]) for row in few[1:] for at in (CODE, PROVIDER)}
        assert result.agrees and len(result.cells) == 14 * len(printed)

    @pytest.mark.parametrize("part", [COMPLETED, INCOMPLETE])
    @pytest.mark.parametrize("band", [0, 2, 12])
    def test_a_row_that_contradicts_itself_is_left_out_and_listed(
        self, spoil: Spoil, few: Rows, part: str, band: int
    ) -> None:
        def change(rows: Rows) -> None:
            row = busiest(rows, part)
            row[FIRST + band] = str(int(row[FIRST + band]) + 1)

        path, row = spoil(change), busiest(few, part)
        result = ind.reconcile("eip", path)
        said = "\n".join(result.notes)
        total, line = int(row[TOTAL]), few.index(row) + 1
        assert result.agrees
        own = table_of(path, "2017-18-Q4").loc[row[CODE]]
        if part == COMPLETED:
            # What is left out of the treated is in no figure, and listed apart.
            assert f"spoilt.csv line {line} ({total + 1}, not {total})" in said
            assert own["status"] == "not_available" and pd.isna(own["denominator"])
            assert "rows that they are made of were left out" in said
        else:
            assert "1 row does not add up: of referrals that still wait" in said
            assert own["denominator"] == added(few, QUARTERS["2017-18-Q4"])["all"][row[CODE]]

    @pytest.mark.parametrize("words", [("Total", "Total"), ("ENG", "England"), ("-", "ALL CCGs")])
    def test_a_total_of_all_is_checked_and_not_counted(
        self, spoil: Spoil, few: Rows, words: tuple[str, str]
    ) -> None:
        def change(rows: Rows, more: int = 0) -> None:
            month = few[1][DATE]
            mine = [row for row in few[1:] if row[DATE] == month and row[PART] == COMPLETED]
            sums = [str(sum(int(row[at]) for row in mine) + more) for at in range(FIRST, TOTAL + 1)]
            rows.append([month, words[0], words[1], words[0], words[1], COMPLETED, *sums])

        plain = table_of(spoil(lambda rows: None), "2017-18-Q4", "england").loc["ENGLAND"]
        path = spoil(change)
        derived = ind.derive("E.H.4", path, period="2017-18-Q4", level="england", notes=Notes())
        assert derived["denominator"].tolist() == [plain["denominator"]]
        assert not ind.reconcile("eip", path).notes
        said = ind.reconcile("eip", spoil(lambda rows: change(rows, more=1))).notes
        assert f"line {len(few) + 1}: the total says" in said[0] and "Total_Pathways" in said[0]

    def test_a_total_of_no_printed_part_is_told(self, spoil: Spoil, few: Rows) -> None:
        row = [*few[1]]
        row[PROVIDER], row[CODE] = "All", "99Z"
        (said,) = ind.reconcile("eip", spoil(lambda rows: rows.append(row))).notes
        assert "is of no organisation that is printed; it is left out" in said

    def test_a_row_twice_by_another_spelling_of_its_month(self, spoil: Spoil, few: Rows) -> None:
        day, month, year = few[2][DATE].split("/")
        row = [f"{year}-{month}-{day}", *few[2][1:]]
        assert "stands in an earlier row too" in refused(spoil(lambda rows: rows.append(row)))

    def test_a_referral_moved_over_two_weeks_changes_the_value(
        self, spoil: Spoil, few: Rows
    ) -> None:
        """No value is printed to compare with, but the figure follows the bands."""

        def change(rows: Rows) -> None:
            row = busiest(rows)
            row[FIRST] = str(int(row[FIRST]) - 1)
            row[FIRST + 2] = str(int(row[FIRST + 2]) + 1)

        code = busiest(few)[CODE]
        before = added(few, QUARTERS["2017-18-Q4"])["within"][code]
        assert table_of(spoil(change), "2017-18-Q4").loc[code, "numerator"] == before - 1

    @pytest.mark.parametrize(
        "column", [DATE, PROVIDER, CODE, NAME, PART, FIRST, FIRST + 1, FIRST + 12, TOTAL]
    )
    def test_a_renamed_column_is_named(self, spoil: Spoil, few: Rows, column: int) -> None:
        def change(rows: Rows) -> None:
            rows[0][column] = "Another"

        assert few[0][column].lower() in refused(spoil(change), "eip-series").lower()

    def test_all_missing_bands_are_named_with_the_headings_found(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][FIRST + 4] = rows[0][FIRST + 9] = "Another"

        said = refused(spoil(change))
        assert "Gt_4_5_Weeks" in said and "Gt_9_10_Weeks" in said
        assert "the headings found are Date, Provider_Org_code" in said

    @pytest.mark.parametrize("column", [FIRST, FIRST + 12, TOTAL])
    @pytest.mark.parametrize("text", ["*", "", "-1", "2.5", "x"])
    def test_what_is_not_a_count_is_refused(self, spoil: Spoil, column: int, text: str) -> None:
        def change(rows: Rows) -> None:
            rows[3][column] = text

        said = refused(spoil(change))
        assert "spoilt.csv line 4" in said and "is not a number" in said

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            (DATE, "31 of March", "is not a month"),
            (DATE, "01/13/2018", "is not a month"),
            (CODE, "", "is missing"),
            (PART, "EIP pathways", "is not a known part"),
        ],
    )
    def test_other_wrong_cells_are_refused(
        self, spoil: Spoil, column: int, text: str, said: str
    ) -> None:
        def change(rows: Rows) -> None:
            rows[3][column] = text

        assert said in refused(spoil(change))

    def test_a_row_that_stands_twice_is_refused(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.append(list(rows[2])))
        assert "stands in an earlier row too" in refused(path)

    def test_the_series_given_twice_is_refused(self, spoil: Spoil, tmp_path: Path) -> None:
        path = spoil(lambda rows: None)
        copy = tmp_path / "copy.csv"
        copy.write_bytes(path.read_bytes())
        with pytest.raises(InputError, match=r"E\.H\.4 2018-01 and 2 other parts.*give one"):
            ind.derive("E.H.4", [path, copy], period="2017-18-Q4", notes=Notes())

    def test_commissioned_outside_england_counts_in_no_total(self, spoil: Spoil, few: Rows) -> None:
        code = busiest(few)[CODE]

        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[CODE] = "NONC" if row[CODE] == code else row[CODE]

        path, sums = spoil(change), added(few, QUARTERS["2017-18-Q4"])["all"]
        table = table_of(path, "2017-18-Q4")
        assert table.loc["NONC", "denominator"] == sums[code] > 0
        assert table.loc["NONC", "org_name"] == "Commissioned outside England"
        england = table_of(path, "2017-18-Q4", "england").loc["ENGLAND"]
        assert england["denominator"] == sum(sums.values()) - sums[code]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_a_bom_and_windows_letters_are_read(self, spoil: Spoil, encoding: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[NAME] = row[NAME].replace("NHS", "NHS\u2013\u00c9")

        path = spoil(change, encoding)
        assert ind.reconcile("eip", path).agrees
        names = table_of(path, "2017-18-Q4")["org_name"]
        assert all(name.startswith("NHS\u2013\u00c9") for name in names)

    def test_blanks_thousands_and_codes_like_numbers(self, spoil: Spoil, few: Rows) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[CODE] = {"00C": "\u00a05e1 "}.get(row[CODE], f" {row[CODE]}")
            row = busiest(rows)
            row[FIRST], row[TOTAL] = "1,000", f"{int(row[TOTAL]) - int(row[FIRST]) + 1000:,}"

        path = spoil(change)
        assert ind.reconcile("eip", path).agrees
        assert sorted(table_of(path, "2017-18-Q4").index) == sorted({*KEPT, "5E1"} - {"00C"})

    def test_a_commissioner_of_nothing_but_zeros_is_there(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                if row[CODE] == "00C":
                    row[FIRST : TOTAL + 1] = ["0"] * 14

        path = spoil(change)
        row = table_of(path, "2017-18-Q4").loc["00C"]
        assert (row["denominator"], row["status"]) == (0, "no_cases") and pd.isna(row["value"])
        assert ind.reconcile("eip", path).agrees

    def test_a_title_above_and_blank_lines_below_do_not_matter(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows.insert(0, ["Early intervention in psychosis"])
            rows += [[""] * 20, []]

        assert ind.reconcile("eip", spoil(change)).agrees

    def test_a_file_cut_within_a_line_is_refused(self, series: Path, tmp_path: Path) -> None:
        path = tmp_path / "cut.csv"
        data = series.read_bytes()[:100_000]
        lines = data[: data.rindex(b"\r\n")]
        path.write_bytes(lines[: lines.rindex(b",")])
        said = refused(path)
        assert "is the file cut off?" in said

    def test_another_file_is_not_claimed(self, published: Path) -> None:
        (path,) = (published / "diagnostics").glob("dm01_commissioner*.csv")
        said = refused(path)
        assert "is of no layout known here" in said and "nearest of the known layouts" in said


def test_the_commands_say_what_agrees(series: Path, nhsind: Run) -> None:
    status, _, said = nhsind("reconcile", "eip", "--data", series)
    assert status == EXIT_DONE and "all 102,676 cells compared are equal" in said
    command = ("derive", "E.H.4", "--data", series, "--level", "england", "--period")
    status, out, _ = nhsind(*command, "2016-17")
    assert status == EXIT_DONE and "10541,14163,0.7442632210689826" in out
    status, _, said = nhsind(*command, "2015-16")
    assert status == EXIT_INPUT and "2015-16" in said
