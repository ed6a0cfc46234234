"""Published dementia registers, estimates and practice lists: they reconcile, faults are caught.

The real files are read where they lie. Spoilt ones are small copies of them, each with one fault.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import (
    Reconcile,
    Rows,
    Sheets,
    Spoil,
    csv_rows,
    spoilt_csv,
    spoilt_workbook,
    write_csv,
)
from python_calamine import CalamineWorkbook
from small_layouts import dementia_primary_care, written

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import InputError
from nhsind.families.dementia.practice_list import read_practice_list

LINE = "E.A.S.1"
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06")
HEADER = 9  # zero-based row of the header in Table 4
KIND, CODE, NAME, RECORDED, ESTIMATED, RATE = 0, 1, 3, 4, 5, 6
LEVELS = {"Region": "region", "ICB": "stp", "SUB_ICB_LOC": "ccg"}
Sheet = list[list[Any]]


def derived(data: Any, period: str, level: str | None = None) -> pd.DataFrame:
    return ind.derive(LINE, data, period=period, level=level, notes=Notes()).set_index("org_code")


def said_of(path: Any, period: str = "2024-06") -> str:
    """What is said of a file that is refused."""
    with pytest.raises(InputError) as error:
        derived(path, period)
    return "\n".join(str(problem) for problem in error.value.problems)


# Primary care data ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbooks(published: Path) -> list[Path]:
    return sorted((published / "dementia").glob("Primary-Care-Dementia-Data-*.xlsx"))


@pytest.fixture(scope="module")
def june(workbooks: list[Path]) -> Path:
    (path,) = [path for path in workbooks if "June" in path.name]
    return path


@pytest.fixture(scope="module")
def reconciled(workbooks: list[Path], reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("dementia", workbooks)


@cache
def table_4(path: Path) -> Sheet:
    workbook = CalamineWorkbook.from_path(path)
    return workbook.get_sheet_by_name("Table 4").to_python(skip_empty_area=False)


class TestPrimaryCare:
    def test_every_cell_is_equal(self, reconciled: Reconciliation) -> None:
        """The rate of each organisation; England beside its second row, and beside the sums of its
        regions, of its ICBs and of its sub-ICB locations."""
        assert reconciled.agrees and reconciled.differences.empty
        counted = reconciled.cells.groupby(["org_level", "figure"]).size().to_dict()
        months = len(MONTHS)
        assert counted == {
            ("england", "value"): months,
            ("england", "numerator"): 4 * months,
            ("england", "denominator"): 4 * months,
            ("region", "value"): 7 * months,
            ("stp", "value"): 42 * months,
            ("ccg", "value"): 106 * months,
        }
        assert set(reconciled.cells["period"]) == set(MONTHS)

    def test_registers_add_up_to_the_last_person(self, reconciled: Reconciliation) -> None:
        """Only estimates are rounded: their sums are off by no more than 0.8."""
        cells = reconciled.cells[reconciled.cells["org_level"] == "england"]
        worst = cells.assign(gap=cells["difference"].abs()).groupby("figure")["gap"].max()
        assert worst["numerator"] == 0 and 0 < worst["denominator"] < 0.8

    def test_rates_differ_by_rounding_only(self, reconciled: Reconciliation) -> None:
        rates = reconciled.cells[reconciled.cells["figure"] == "value"]
        assert len(rates) == 156 * len(MONTHS)
        assert (rates["difference"].abs() > 0).all()
        # The publisher divides by the estimate before it is rounded: that turns 00Q's of March.
        (row,) = rates[rates["difference"].abs() > 0.0005].to_dict("records")
        assert (row["org_code"], row["period"]) == ("00Q", "2024-03")
        assert 0.0005 < abs(row["difference"]) < 0.0005 + 0.05 / 1_000

    def test_rows_of_no_level_are_said_to_be_left_out(self, reconciled: Reconciliation) -> None:
        assert len(reconciled.notes) == len(MONTHS)
        for note in reconciled.notes:
            assert "437 rows of government regions and local authorities are left out" in note

    @pytest.mark.parametrize("kind", LEVELS)
    def test_the_figures_are_those_of_the_rows(self, june: Path, kind: str) -> None:
        rows = [row for row in table_4(june) if row[KIND] == kind]
        table = derived(june, "2024-06", LEVELS[kind])
        assert set(table.index) == {row[CODE] for row in rows}
        for row in rows:
            found = table.loc[row[CODE]]
            assert found["numerator"] == row[RECORDED]
            assert found["denominator"] == Decimal(repr(row[ESTIMATED]))
            assert f"{found['value']:.1%}" == f"{row[RATE]}%"
            assert found["org_name"] == row[NAME] and found["status"] == "ok"

    def test_england_is_counted_once(self, june: Path) -> None:
        """It stands in two rows, and as the sum of three kinds of part."""
        (row,) = derived(june, "2024-06", "england").to_dict("records")
        assert (row["numerator"], row["denominator"]) == (472_198, Decimal("726391.4"))
        assert f"{row['value']:.1%}" == "65.0%"

    def test_the_estimate_stays_exact(self, june: Path) -> None:
        table = derived(june, "2024-06")
        total = sum(Decimal(value) for value in table["denominator"])
        assert total == Decimal("726391.6")

    def test_a_quarter_is_its_last_month(self, workbooks: list[Path], june: Path) -> None:
        quarter = derived(workbooks, "2024-25-Q1", "stp")
        month = derived(june, "2024-06", "stp")
        assert quarter["value"].equals(month["value"])
        with pytest.raises(InputError, match=r"does not cover 2023-24-Q3 for E\.A\.S\.1"):
            derived(workbooks, "2023-24-Q3")

    def test_levels_above_come_from_the_file_itself(self, june: Path) -> None:
        assert len(derived(june, "2024-06", "region")) == 7
        assert len(derived(june, "2024-06", "stp")) == 42
        assert len(derived(june, "2024-06")) == 106


@pytest.fixture
def spoil(june: Path, tmp_path: Path) -> Spoil:
    sheets: Sheets = {"Title sheet": [["x"]], "Table 4": table_4(june)}
    return lambda change: spoilt_workbook(
        tmp_path / "dementia.xlsx", sheets, lambda copy: change(copy["Table 4"])
    )


def row_of(rows: Sheet, code: str) -> list[Any]:
    (row,) = [row for row in rows if len(row) > CODE and row[CODE] == code]
    return row


class TestSpoiltPrimaryCare:
    def test_without_a_fault_the_copy_gives_the_same(self, spoil: Spoil, june: Path) -> None:
        copy = spoil(lambda rows: None)
        pd.testing.assert_frame_equal(derived(copy, "2024-06"), derived(june, "2024-06"))
        assert ind.reconcile("dementia", copy).agrees

    @pytest.mark.parametrize(
        ("at", "above"),
        [(KIND, 0), (CODE, 0), (NAME, 0), (RECORDED, 0), (ESTIMATED, 0), (RATE, 1)],
    )
    def test_a_renamed_column_is_refused(self, spoil: Spoil, at: int, above: int) -> None:
        names = []

        def change(rows: Sheet) -> None:
            names.append(rows[HEADER - above][at].split("\n")[0])
            rows[HEADER - above][at] = "renamed"

        said = said_of(spoil(change))
        assert names[0].lower() in said.lower() or "no layout known" in said

    def test_missing_columns_are_named_at_once_with_those_found(self, spoil: Spoil) -> None:
        def change(rows: Sheet) -> None:
            rows[HEADER][RECORDED], rows[HEADER][ESTIMATED] = "a", "b"

        said = said_of(spoil(change))
        assert 'column "Recorded"' in said and 'column "Estimated"' in said
        assert "the headings found are Type, ODS Code, ONS Code, Name, a, b" in said

    def test_a_header_lower_or_further_right_is_found(self, spoil: Spoil) -> None:
        def change(rows: Sheet) -> None:
            rows.insert(HEADER - 2, ["A further remark"])
            for row in rows:
                row.insert(0, "")

        assert derived(spoil(change), "2024-06", "england").loc["ENGLAND", "numerator"] == 472_198

    def test_further_remarks_below_are_no_rows(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.extend([[], ["Crown copyright"], ["", "Contact us"]]))
        assert len(derived(path, "2024-06")) == 106

    def test_a_row_of_an_unknown_kind_is_not_lost_in_silence(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: row_of(rows, "00L").__setitem__(KIND, "PCN"))
        table = ind.derive("E.A.S.1", path, period="2024-06")
        assert "00L" not in set(table["org_code"])
        assert any(
            note.endswith("no level of nhsind; among them PCN") for note in table.attrs["notes"]
        )

    def test_kinds_are_known_in_other_words(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: row_of(rows, "00L").__setitem__(KIND, "Sub-ICB Location"))
        assert "00L" in derived(path, "2024-06").index

    def test_the_sheet_is_known_by_its_headings(self, tmp_path: Path) -> None:
        layout = dementia_primary_care()._replace(sheet="Table 3", beside={"Table 4": [["none"]]})
        layout.rows[0] = ["Table 3: Recorded dementia, March 2024"]
        path = written(layout, layout.rows, tmp_path)
        assert derived(path, "2024-03").loc["00L", "numerator"] == 10

    def test_a_row_given_twice_is_refused(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.insert(HEADER + 20, list(row_of(rows, "00L"))))
        assert "stands in an earlier row too: SUB_ICB_LOC 00L" in said_of(path)

    def test_a_month_given_twice_is_refused(self, spoil: Spoil, june: Path) -> None:
        said = said_of([june, spoil(lambda rows: None)])
        assert "holds E.A.S.1 2024-06" in said and "give one" in said

    def test_a_title_without_its_month_is_refused(self, spoil: Spoil) -> None:
        def change(rows: Sheet) -> None:
            rows[6][0] = rows[6][0].replace("June 2024", "this month")

        assert "has no title that ends with its month" in said_of(spoil(change))

    @pytest.mark.parametrize("value", ["n/a", -1, 12.5, "", "-"])
    def test_what_is_not_a_count_is_refused(self, spoil: Spoil, value: Any) -> None:
        said = said_of(spoil(lambda rows: row_of(rows, "00L").__setitem__(RECORDED, value)))
        assert 'column "Recorded"' in said and "is not a number" in said

    def test_marks_separators_and_codes(self, spoil: Spoil) -> None:
        def change(rows: Sheet) -> None:
            row_of(rows, "00L")[RECORDED:] = ["*", 5499.7, "*", "*", "*"]
            row_of(rows, "QHM")[RECORDED:] = ["*", "*", "*", "*", "*"]
            row_of(rows, "00N")[RECORDED] = "1,477"
            row_of(rows, "00P")[CODE] = "\xa05E1 "

        path = spoil(change)
        table = derived(path, "2024-06")
        assert table.loc["00L", "status"] == "suppressed" and pd.isna(table.loc["00L", "value"])
        assert table.loc["00N", "numerator"] == 1_477
        assert table.loc["5E1", "numerator"] == 2_352
        # England's own count stands, in two rows and as the sum of its regions; the sums of its
        # ICBs and of its locations are not known.
        result = ind.reconcile("dementia", path)
        assert result.agrees
        figures = result.cells[result.cells["org_level"] == "england"]["figure"].value_counts()
        assert figures.to_dict() == {"numerator": 2, "denominator": 2, "value": 1}
        assert "2 printed figures are not compared" in "\n".join(result.notes)

    @pytest.mark.parametrize(
        ("code", "at", "to", "cells"),
        [("00L", RATE, 63.3, 1), ("00L", RECORDED, 3_476.0, 1), ("QHM", RECORDED, 1.0, 2)],
    )
    def test_a_changed_figure_is_a_difference(
        self, spoil: Spoil, code: str, at: int, to: float, cells: int
    ) -> None:
        """A rate beside its counts; a location or ICB beside the others and England."""
        found = ind.reconcile(
            "dementia", spoil(lambda rows: row_of(rows, code).__setitem__(at, to))
        ).differences
        assert len(found) == cells

    @pytest.mark.parametrize("share", [0.3, 0.95])
    def test_a_truncated_workbook_is_refused(
        self, june: Path, tmp_path: Path, share: float
    ) -> None:
        path = tmp_path / june.name
        path.write_bytes(june.read_bytes()[: int(june.stat().st_size * share)])
        assert "cannot be read as a workbook" in said_of(path)

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "dementia.xlsx"
        path.touch()
        assert "the file is empty" in said_of(path)


# The year 2017 --------------------------------------------------------------------------------

JUNE_AND_JULY = {("2017-06", 628), ("2017-07", 2_616)}


@pytest.fixture(scope="module")
def year(published: Path) -> Path:
    return published / "dementia" / "recorded_vs_estimated_2017_without_april.csv"


@pytest.fixture(scope="module")
def year_reconciled(year: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("dementia", [year])


class TestYear2017:
    def test_seven_ways_to_divide_england_add_up(self, year_reconciled: Reconciliation) -> None:
        cells = year_reconciled.cells
        assert len(cells) == 7 * 11 * 2 and set(cells["org_level"]) == {"england"}
        assert cells["equal"].sum() == len(cells) - 4

    def test_deciles_of_two_months_count_more_than_england(
        self, year_reconciled: Reconciliation
    ) -> None:
        """The publisher's deciles of deprivation of June and July 2017 add up to 628 and 2,616
        people more than England; six other ways to divide it agree with England."""
        found = year_reconciled.differences
        assert found["place"].str.startswith("sum of deciles of deprivation").all()
        people = found[found["figure"] == "numerator"]
        gaps = set(zip(people["period"], -people["difference"], strict=True))
        assert gaps == JUNE_AND_JULY
        estimates = found[found["figure"] == "denominator"]
        assert [round(gap, 1) for gap in -estimates["difference"]] == [422.8, 2775.8]

    def test_the_figures_are_those_of_the_rows(self, year: Path) -> None:
        with year.open(newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["NAME"] == "ENGLAND"]
        assert len(rows) == 11
        for row in rows:
            table = derived(year, row["ACH_DATE"][:7], "england")
            (found,) = table.to_dict("records")
            assert found["numerator"] == float(row["VALUE_REGISTER"])
            assert found["denominator"] == Decimal(row["VALUE_ESTIMATE"])

    def test_the_standard_is_two_thirds(self, year: Path) -> None:
        june = derived(year, "2017-06").loc["ENGLAND"]
        assert bool(june["meets_standard"]) and round(june["value"], 4) == 0.6799

    def test_the_missing_month_is_missing(self, year: Path) -> None:
        assert "does not cover 2017-04 for E.A.S.1" in said_of(year, "2017-04")
        assert "level ccg" in said_of_level(year, "ccg")

    def test_a_quarter_is_its_last_month(self, year: Path) -> None:
        quarter, month = (derived(year, text)["value"] for text in ("2017-18-Q1", "2017-06"))
        assert quarter.equals(month)


def said_of_level(path: Path, level: str) -> str:
    with pytest.raises(InputError) as error:
        derived(path, "2017-06", level)
    return "\n".join(str(problem) for problem in error.value.problems)


@pytest.fixture
def spoil_year(year: Path, tmp_path: Path) -> Spoil:
    """England, its regions and some authorities, with one fault."""
    kinds = ("ORG_TYPE", "COUNTRY_GEOGRAPHICAL", "PHE_REGION")
    rows = [row for row in csv_rows(year) if row[2] in kinds]
    return lambda change: spoilt_csv(tmp_path / "year.csv", rows, change)


class TestSpoiltYear2017:
    def test_without_a_fault_the_copy_reconciles(self, spoil_year: Spoil) -> None:
        result = ind.reconcile("dementia", spoil_year(lambda rows: None))
        assert result.agrees and len(result.cells) == 22

    @pytest.mark.parametrize("at", range(1, 6))
    def test_a_renamed_column_is_refused(self, spoil_year: Spoil, at: int) -> None:
        names = []

        def change(rows: Rows) -> None:
            names.append(rows[0][at])
            rows[0][at] = "renamed"

        assert names_in(said_of(spoil_year(change), "2017-06"), names)

    def test_a_row_given_twice_is_refused(self, spoil_year: Spoil) -> None:
        path = spoil_year(lambda rows: rows.append(list(rows[1])))
        assert "stands in an earlier row too" in said_of(path, "2017-06")

    def test_an_unknown_kind_of_area_is_refused(self, spoil_year: Spoil) -> None:
        path = spoil_year(lambda rows: rows[1].__setitem__(2, "GALAXY"))
        assert '"GALAXY" is not known here' in said_of(path, "2017-06")

    @pytest.mark.parametrize(
        ("at", "value", "message"),
        [(4, "12.5", "is not a number"), (5, "n/a", "is not a number"), (3, "2017", "not a month")],
    )
    def test_what_cannot_be_read_is_refused(
        self, spoil_year: Spoil, at: int, value: str, message: str
    ) -> None:
        path = spoil_year(lambda rows: rows[1].__setitem__(at, value))
        assert message in said_of(path, "2017-06")

    def test_a_changed_part_is_a_difference(self, spoil_year: Spoil) -> None:
        def change(rows: Rows) -> None:
            (row,) = [r for r in rows if r[1] == "LONDON" and r[3] == "2017-06-30"]
            row[4] = str(float(row[4]) + 1)

        found = ind.reconcile("dementia", spoil_year(change)).differences
        assert list(zip(found["figure"], found["difference"], strict=True)) == [("numerator", -1)]

    def test_encodings_and_separators(self, spoil_year: Spoil, tmp_path: Path) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[1] = row[1].replace("LONDON", "L\xd6NDON")
                row[4] = f"{float(row[4]):,}"

        text = spoil_year(change).read_text("utf-8")
        for encoding in ("utf-8-sig", "cp1252"):
            path = tmp_path / f"{encoding}.csv"
            path.write_bytes(text.encode(encoding))
            assert derived(path, "2017-06").loc["ENGLAND", "numerator"] == 435_123

    def test_a_line_cut_short_is_refused(self, spoil_year: Spoil, tmp_path: Path) -> None:
        text = spoil_year(lambda rows: None).read_text("utf-8")
        path = tmp_path / "cut.csv"
        path.write_text(text[: text.rindex(",")])
        assert "is the file cut off?" in said_of(path, "2017-06")


def names_in(said: str, names: list[str]) -> bool:
    return names[0].lower() in said.lower() or "no layout known" in said


# Practice lists -------------------------------------------------------------------------------

FIRST_GROUPS = ("65_69", "70_74", "75_79", "80_84", "85_89", "90_94", "95+")
PER_CENT = {
    "FEMALE": ("1.8", "2.5", "6.2", "9.5", "18.1", "35.0", "35.0"),
    "MALE": ("1.2", "3.0", "5.2", "10.6", "12.8", "17.1", "17.1"),
}
AUGUST = "2017-08"  # the register that patients of 1 September are set against


@pytest.fixture(scope="module")
def excerpt(published: Path) -> Path:
    folder = published / "reference" / "openprescribing_fixtures"
    return folder / "gp-reg-pat-prac-quin-age_2017-09_excerpt.csv"


@pytest.fixture(scope="module")
def of_practices(excerpt: Path) -> Rows:
    return csv_rows(excerpt)


@pytest.fixture
def of_commissioners(
    of_practices: Rows, tmp_path: Path
) -> Callable[[Callable[[Rows], None]], Path]:
    """A list whose practices are commissioners: 00A and 00B stand for two of them, 5E1 a third."""
    codes = {"B85010": "00A", "B85054": "5E1", "L84018": "00B"}

    def written(change: Callable[[Rows], None] = lambda rows: None) -> Path:
        rows = [list(of_practices[0])]
        for row in of_practices[1:]:
            if row[3] in codes:
                rows.append([*row[:2], "CCG", codes[row[3]], *row[4:]])
            rows.append(list(row))
        change(rows)
        return write_csv(tmp_path / "list.csv", rows)

    return written


Lists = Callable[..., Path]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    path.write_text(
        "ccg_code,month,age_band,count\n"
        + "".join(f"{code},{AUGUST},65+,30\n" for code in ("00A", "00B", "5E1"))
    )
    return path


def expected(rows: Rows, practice: str) -> Decimal:
    """The estimate of one practice by hand."""
    patients = {(row[6], row[7]): int(row[8]) for row in rows[1:] if row[3] == practice}
    return sum(
        (
            patients[sex, group] * Decimal(rate) / 100
            for sex, rates in PER_CENT.items()
            for group, rate in zip(FIRST_GROUPS, rates, strict=True)
        ),
        Decimal(0),
    )


class TestPracticeList:
    def test_practices_alone_are_refused_and_what_is_needed_is_said(self, excerpt: Path) -> None:
        said = said_of(excerpt, AUGUST)
        assert "has no rows of commissioners, and practices do not say whose they are" in said
        assert "the file whose ORG_TYPE is CCG or" in said

    def test_the_estimate_is_calculated_from_it(
        self, of_commissioners: Lists, register: Path, of_practices: Rows
    ) -> None:
        table = derived([register, of_commissioners()], AUGUST)
        for code, practice in (("00A", "B85010"), ("5E1", "B85054"), ("00B", "L84018")):
            assert table.loc[code, "denominator"] == expected(of_practices, practice)
            assert table.loc[code, "numerator"] == 30
        assert len(table) == 3 and (table["status"] == "ok").all()
        assert expected(of_practices, "B85010") > 50

    def test_practices_and_totals_are_not_counted_beside_the_commissioners(
        self, of_commissioners: Lists, of_practices: Rows
    ) -> None:
        table = read_practice_list(of_commissioners()).tables["population"].to_pandas()
        assert set(table["ccg_code"]) == {"00A", "00B", "5E1"}
        assert len(table) == 3 * 2 * 20 and set(table["month"]) == {AUGUST}
        patients = {row[3]: int(row[8]) for row in of_practices if row[6] == row[7] == "ALL"}
        by_code = table.groupby("ccg_code")["registered_patients"].sum()
        assert by_code["00A"] == patients["B85010"] == 6_939

    def test_another_month_has_no_estimate(self, of_commissioners: Lists, register: Path) -> None:
        later = Path(str(register).replace("register", "later")) / "register.csv"
        later.parent.mkdir()
        later.write_text(register.read_text().replace(AUGUST, "2017-09"))
        table = derived([later, of_commissioners()], "2017-09")
        assert set(table["status"]) == {"no_denominator"}

    @pytest.mark.parametrize("text", ["01SEP2017", "01-Sep-17", "2017-09-01"])
    def test_days_in_every_dress(self, of_commissioners: Lists, register: Path, text: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[1] = text

        table = derived([register, of_commissioners(change)], AUGUST)
        assert set(table["status"]) == {"ok"}

    @pytest.mark.parametrize(
        ("at", "value", "message"),
        [
            (1, "15SEP2017", "is not the first day of a month"),
            (1, "", "is not the first day of a month"),
            (1, "soon", "is not a day"),
            (6, "UNKNOWN", "is not known here"),
            (7, "100+", "is not known here"),
            (8, "12.5", "is not a number"),
            (8, "*", "is not a number"),
        ],
    )
    def test_what_cannot_be_read_is_refused(
        self, of_commissioners: Lists, at: int, value: str, message: str
    ) -> None:
        def change(rows: Rows) -> None:
            next(row for row in rows if row[3] == "00A")[at] = value

        assert message in said_of(of_commissioners(change), AUGUST)

    def test_a_row_given_twice_is_refused(self, of_commissioners: Lists) -> None:
        path = of_commissioners(lambda rows: rows.append(list(rows[1])))
        assert "stands in an earlier row too" in said_of(path, AUGUST)

    @pytest.mark.parametrize("at", [1, 2, 3, 6, 7, 8])
    def test_a_renamed_column_is_refused(self, of_commissioners: Lists, at: int) -> None:
        names = []

        def change(rows: Rows) -> None:
            names.append(rows[0][at])
            rows[0][at] = "renamed"

        assert names_in(said_of(of_commissioners(change), AUGUST), names)

    @pytest.mark.parametrize(("sex", "group"), [("ALL", "ALL"), ("MALE", "ALL"), ("MALE", "70_74")])
    def test_groups_that_contradict_their_total_are_left_out_and_said(
        self, of_commissioners: Lists, register: Path, sex: str, group: str
    ) -> None:
        def change(rows: Rows) -> None:
            row = next(row for row in rows if row[3] == "00A" and row[6:8] == [sex, group])
            row[8] = str(int(row[8]) + 1)

        notes = Notes()
        table = ind.derive(LINE, [register, of_commissioners(change)], period=AUGUST, notes=notes)
        status = table.set_index("org_code")["status"].to_dict()
        assert status == {"00A": "no_denominator", "00B": "ok", "5E1": "ok"}
        assert "the groups of 00A" in notes.lines()[0] and "is left out" in notes.lines()[0]
