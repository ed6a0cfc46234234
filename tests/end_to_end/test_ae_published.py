"""NHS England's A&E files: they reconcile to the last attendance, and spoilt copies are caught.

The real files are read where they lie; the figures are found a second time by plain reading.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import (
    Change,
    Reconcile,
    Rows,
    Sheets,
    Spoil,
    csv_rows,
    refusal,
    replacing,
    spoilt_csv,
    spoilt_workbook,
    write_csv,
)
from python_calamine import CalamineWorkbook
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import InputError

MONTHLY = {
    "2024-06": "June-2024",
    "2024-07": "July-2024-revised",
    "2024-08": "August-2024",
    "2024-09": "September-2024",
    "2024-12": "December-2024",
    "2025-01": "January-2025",
    "2025-03": "March-2025",
    "2025-04": "April-2025",
    "2025-05": "May-2025",
}
LINES = ("E.B.5", "E.B.5_1", "E.B.5_2")
# Zero-based columns of a monthly file: not booked, booked, those over 4 hours of each.
SEEN, BOOKED, LATE, BOOKED_LATE = (range(first, first + 3) for first in (4, 7, 10, 13))
HEADER = 15  # zero-based row of the header in the provider workbook


def derived(data: Any, period: str, level: str | None = None, line: str = "ae") -> pd.DataFrame:
    return ind.derive(line, data, period=period, level=level, notes=Notes())


def numbers(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """E.B.5's two figures by organisation."""
    mine = table[(table["indicator"] == "E.B.5") & (table["status"] != "not_available")]
    mine = mine.set_index("org_code")
    return {code: (int(row["numerator"]), int(row["denominator"])) for code, row in mine.iterrows()}


def refused(path: Path | list[Path], period: str = "2024-06") -> str:
    return refusal("ae", path, period)


def sheet_of(path: Path, name: str) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(path)
    return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "ae"


@pytest.fixture(scope="module")
def monthly(folder: Path) -> dict[str, Path]:
    return {month: folder / f"Monthly-AE-{name}.csv" for month, name in MONTHLY.items()}


@pytest.fixture(scope="module")
def series(folder: Path) -> Path:
    return folder / "Monthly-AE-Time-Series-March-2025.xls"


@pytest.fixture(scope="module")
def long(folder: Path) -> Path:
    return folder / "ae_attendances_2016-04_2018-03.csv"


@pytest.fixture(scope="module")
def workbook(folder: Path) -> Path:
    return folder / "march_2025_ae_raw.xls"


# Providers, 2016 to 2018 -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_years(long: Path, series: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("ae", [long, series])


class TestTwoYears:
    def test_england_is_the_series_but_for_one_breach_in_two_months(
        self, two_years: Reconciliation
    ) -> None:
        """The series, revised since, has one wait over 4 hours more in July and August 2017."""
        differences = two_years.differences
        assert set(differences["period"]) == {"2017-07", "2017-08"}
        assert set(differences["breakdown"]) == {"", "1"}
        counts = differences[differences["figure"] == "numerator"]
        assert (counts["derived"] - counts["printed"] == 1).all()
        # Per month: E.B.5's numerator and value, E.B.5_2, each in all and of major departments.
        assert len(differences) == 12 and set(differences["indicator"]) == {"E.B.5", "E.B.5_2"}
        printed = counts.set_index(["indicator", "period", "breakdown"])["printed"]
        assert printed["E.B.5", "2017-07", ""] == 1_873_763
        assert printed["E.B.5_2", "2017-08", "1"] == 1_073_662

    def test_how_many_cells_are_compared(self, two_years: Reconciliation) -> None:
        """24 months, 3 types of department and all of them."""
        found = two_years.cells.groupby(["indicator", "figure"])["equal"].agg(["size", "sum"])
        assert found.T.to_dict("list") == {
            ("E.B.5", "denominator"): [96, 96],
            ("E.B.5", "numerator"): [96, 92],
            ("E.B.5", "value"): [96, 92],
            ("E.B.5_1", "numerator"): [96, 96],
            ("E.B.5_2", "numerator"): [96, 92],
        }

    def test_providers_are_the_rows_of_the_file(self, long: Path) -> None:
        expected: dict[str, list[int]] = {}
        for row in csv_rows(long)[1:]:
            if row[0] == "2017-03-01":
                seen, late = (int(float(text)) for text in row[3:5])
                figures = expected.setdefault(row[1], [0, 0])
                figures[0] += seen - late
                figures[1] += seen
        table = derived(long, "2017-03")
        assert numbers(table) == {code: tuple(pair) for code, pair in expected.items()}
        # Types 1, 2 and other of one trust: 21,289 + 813 + 2,850 attended, 2,879 + 22 + 6 over.
        assert numbers(table)["RF4"] == (22_045, 24_952)
        assert set(table["org_level"]) == {"provider"}

    def test_a_provider_that_opens_in_a_quarter_is_no_gap_in_england(self, long: Path) -> None:
        """Of the provider itself nothing can be said for the whole quarter."""
        quarter, months = "2017-18-Q3", "2017-10..2017-12"
        providers = derived(long, quarter, line="E.B.5")
        status = providers["status"].value_counts().to_dict()
        assert status == {"ok": 226, "not_available": 45}
        england = derived(long, quarter, "england", "E.B.5")
        monthly = derived(long, months, "england", "E.B.5")
        assert england["numerator"].tolist() == [monthly["numerator"].sum()] == [5_296_485]
        assert england["denominator"].tolist() == [monthly["denominator"].sum()] == [6_025_062]

    def test_the_year_is_the_sum_of_its_months(self, long: Path) -> None:
        year = derived(long, "2017-18", "england").set_index("indicator")
        rows = [row for row in csv_rows(long)[1:] if "2017-04-01" <= row[0] <= "2018-03-01"]
        seen = sum(int(float(row[3])) for row in rows)
        late = sum(int(float(row[4])) for row in rows)
        assert year.loc["E.B.5_1", "numerator"] == seen == 23_830_120
        assert year.loc["E.B.5_2", "numerator"] == seen - late

    def test_the_file_alone_prints_no_answer(self, long: Path) -> None:
        with pytest.raises(InputError, match="prints no answers"):
            ind.reconcile("ae", long)


# Monthly files ---------------------------------------------------------------------------------


class TestMonthly:
    def test_every_total_and_the_series_are_equal(
        self, monthly: dict[str, Path], series: Path, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("ae", [*sorted(monthly.values()), series])
        assert result.agrees
        # The series begins fourteen years before.
        told = "printed figures are not compared: the data hold nothing of their line"
        assert any(told in said for said in result.notes)
        found = result.cells.groupby(["indicator", "figure"]).size().to_dict()
        # Nine months of the row TOTAL by type; seven months of the series by type and in all,
        # which also prints the share.
        assert found == {
            ("E.B.5", "denominator"): 9 * 3 + 7 * 4,
            ("E.B.5", "numerator"): 9 * 3 + 7 * 4,
            ("E.B.5", "value"): 7 * 4,
            ("E.B.5_1", "numerator"): 9 * 3 + 7 * 4,
            ("E.B.5_2", "numerator"): 9 * 3 + 7 * 4,
        }

    @pytest.mark.parametrize("month", MONTHLY)
    def test_booked_attendances_count_and_totals_do_not(
        self, monthly: dict[str, Path], month: str
    ) -> None:
        """The sums of the columns by another way; the total row is England's and no provider."""
        rows = [row for row in csv_rows(monthly[month])[1:] if any(row)]
        total = [row for row in rows if row[0].strip().upper() == "TOTAL"]
        providers = {row[1]: row for row in rows if row not in total}
        assert len(total) == 1

        def of(row: list[str], *columns: range) -> int:
            return sum(int(row[place]) for places in columns for place in places)

        table = derived(monthly[month], month)
        seen = {code: of(row, SEEN, BOOKED) for code, row in providers.items()}
        within = {code: seen[code] - of(row, LATE, BOOKED_LATE) for code, row in providers.items()}
        assert numbers(table) == {code: (within[code], seen[code]) for code in providers}
        england = derived(monthly[month], month, "england").set_index("indicator")
        assert england.loc["E.B.5_1", "numerator"] == of(total[0], SEEN, BOOKED)
        assert england.loc["E.B.5", "denominator"] == sum(seen.values())
        assert england.loc["E.B.5_2", "numerator"] == sum(within.values())

    def test_figures_seen_in_the_file(self, monthly: dict[str, Path]) -> None:
        table = derived(monthly["2024-06"], "2024-06").set_index(["indicator", "org_code"])
        guys = table.loc["E.B.5", "RJ1"]
        # 10,382 + 739 + 6,688 attended, none booked; 4,003 + 264 were over 4 hours.
        assert (guys["numerator"], guys["denominator"]) == (13_542, 17_809)
        assert guys["org_name"] == "GUY'S AND ST THOMAS' NHS FOUNDATION TRUST"
        assert not guys["meets_standard"] and guys["standard"] == 0.95
        assert table.loc[("E.B.5_1", "RJ1"), "value"] == 17_809

    def test_a_department_without_attendances_has_no_share(self, monthly: dict[str, Path]) -> None:
        table = derived(monthly["2024-06"], "2024-06", line="E.B.5")
        empty = table[table["denominator"] == 0]
        assert len(empty) > 0 and set(empty["status"]) == {"no_cases"}
        assert empty["value"].isna().all()

    def test_a_quarter_needs_its_months(self, monthly: dict[str, Path]) -> None:
        summer = [monthly[month] for month in ("2024-07", "2024-08", "2024-09")]
        quarter = derived(summer, "2024-25-Q2", "england", "E.B.5_1")
        months = [
            derived(path, month, "england", "E.B.5_1")
            for path, month in zip(summer, ("2024-07", "2024-08", "2024-09"), strict=True)
        ]
        assert quarter["value"].tolist() == [sum(month["value"].iloc[0] for month in months)]
        with pytest.raises(InputError, match="2024-25-Q3"):
            derived(monthly["2024-12"], "2024-25-Q3", line="E.B.5")

    def test_the_system_map_places_providers(
        self, monthly: dict[str, Path], folder: Path, workbook: Path, tmp_path: Path
    ) -> None:
        """Providers added up through the published map are the sheet of systems, but for four
        providers that the map does not have (in QKK, QNX, QNQ without attendances, and QU9)."""
        mapped = csv_rows(folder / "System-Mapping.csv")[1:]
        rows = [["provider_code", "stp_code", "stp_name"]]
        rows += [[row[0], row[2], row[3]] for row in mapped]
        geography = write_csv(tmp_path / "geography.csv", rows)
        table = derived([monthly["2025-03"], geography], "2025-03", "stp")
        printed = {
            row[1]: (row[10], row[6])
            for row in sheet_of(workbook, "System Level Data")[HEADER + 1 :]
            if row[1] not in ("", "-")
        }
        found = numbers(table)
        assert set(found) == set(printed) and len(printed) == 42
        gaps = {
            code: tuple(int(b - a) for a, b in zip(found[code], printed[code], strict=True))
            for code in printed
            if found[code] != printed[code]
        }
        assert gaps == {
            "QKK": (8_459, 8_643),
            "QNX": (1_024, 1_024),
            "QU9": (2_020, 2_020),
        }

    def test_the_wording_until_2020(self, monthly: dict[str, Path], tmp_path: Path) -> None:
        """Other headings, and no booked attendances; rows made by hand."""
        header = [
            *("Period", "Org Code", "Parent Org", "Org name"),
            "Number of A&E attendances Type 1",
            "Number of A&E attendances Type 2",
            "Number of A&E attendances Other A&E Department",
            "Number of attendances over 4hrs Type 1",
            "Number of attendances over 4hrs Type 2",
            "Number of attendances over 4hrs Other A&E Department",
        ]
        rows = [
            header,
            [
                "MSitAE-DECEMBER-2018",
                "RJ1",
                "LONDON",
                "ST THOMAS",
                "1000",
                "50",
                "200",
                "100",
                "5",
                "1",
            ],
            [
                "MSitAE-DECEMBER-2018",
                "5E1",
                "LONDON",
                "A WALK-IN CENTRE",
                "0",
                "0",
                "70",
                "0",
                "0",
                "0",
            ],
            ["Total ", "Total ", "Total", "Total", "1000", "50", "270", "100", "5", "1"],
        ]
        path = write_csv(tmp_path / "december.csv", rows)
        assert numbers(derived(path, "2018-12")) == {"RJ1": (1_144, 1_250), "5E1": (70, 70)}
        result = ind.reconcile("ae", path)
        assert result.agrees and len(result.cells) == 3 * 4

    def test_waits_that_were_not_reported_are_no_zeros(self, tmp_path: Path) -> None:
        """In the field test some trusts reported none: no share of theirs, nor in England's."""
        rows = [
            ["Period", "Org Code", "Org name", *UNTIL_2020],
            ["MSitAE-JUNE-2019", "RGT", "TESTING", "1000", "0", "9", "-", "0", "1"],
            ["MSitAE-JUNE-2019", "RJ1", "ANOTHER", "500", "20", "30", "50", "0", "0"],
            ["MSitAE-JUNE-2019", "RYJ", "SILENT", "800", "0", "0", "0", "0", "0"],
            ["TOTAL", "TOTAL", "TOTAL", "2300", "20", "39", "50", "0", "1"],
        ]
        path = write_csv(tmp_path / "june.csv", rows)
        notes = Notes()
        table = ind.derive("ae", path, period="2019-06", notes=notes).set_index(
            ["indicator", "org_code"]
        )
        assert table.loc[("E.B.5", "RGT"), "status"] == "not_available"
        assert table.loc[("E.B.5_2", "RGT"), "status"] == "not_available"
        assert table.loc[("E.B.5_1", "RGT"), "value"] == 1_009
        england = derived(path, "2019-06", "england").set_index("indicator")
        assert england["numerator"].to_dict() == {
            "E.B.5": 1_300,
            "E.B.5_1": 2_359,
            "E.B.5_2": 1_300,
        }
        assert england.loc["E.B.5", "denominator"] == 1_350
        said = "\n".join(notes.lines())
        assert "RGT 2019-06: no waits are printed" in said
        assert "major departments of RYJ" in said
        assert ind.reconcile("ae", path).agrees


UNTIL_2020 = (
    *(f"Number of A&E attendances {name}" for name in ("Type 1", "Type 2", "Other A&E Department")),
    *(
        f"Number of attendances over 4hrs {name}"
        for name in ("Type 1", "Type 2", "Other A&E Department")
    ),
)


# The provider workbook -------------------------------------------------------------------------


class TestWorkbook:
    def test_every_cell_is_equal(self, workbook: Path, reconciled_once: Reconcile) -> None:
        result = reconciled_once("ae", [workbook])
        assert result.agrees and result.notes == []
        found = result.cells.groupby(["indicator", "org_level", "figure"]).size()
        # Three types and all of them: 198 providers; England and its 42 systems.
        assert set(found["E.B.5", "provider"]) == {198 * 4}
        assert set(found["E.B.5", "england"]) == {43 * 4}
        assert len(result.cells) == 5 * 4 * (198 + 43)

    def test_it_gives_what_the_csv_of_the_month_gives(
        self, workbook: Path, monthly: dict[str, Path]
    ) -> None:
        pairs = [derived(path, "2025-03") for path in (workbook, monthly["2025-03"])]
        columns = ["indicator", "org_code", "numerator", "denominator", "status"]
        assert pairs[0][columns].equals(pairs[1][columns])
        both = [workbook, monthly["2025-03"]]
        assert "give one" in refused(both, "2025-03")
        notes = Notes()
        ind.derive("ae", both, period="2025-03", revisions=True, notes=notes)
        assert sum("their counts agree" in line for line in notes.lines()) == 3

    def test_a_provider_is_compared_within_its_system(self, workbook: Path) -> None:
        """Also the one that the publisher's map spells NTV0b."""
        found = ind.results("ae", None, period="2025-03", data=workbook, level="provider")
        assert found.groups["NTV0B"][0] == "QXU" and len(found.groups) == 198
        name, members = found.for_organisation("RC9").neighbours()
        assert name.startswith("NHS Bedfordshire, Luton") and {"RC9", "RD8"} <= set(members)


# England's series ------------------------------------------------------------------------------


class TestSeries:
    def test_its_own_figures_agree(self, series: Path, reconciled_once: Reconcile) -> None:
        result = reconciled_once("ae", [series])
        assert result.agrees
        found = result.cells.groupby(["indicator", "figure"]).size()
        # Months from August 2010, waits from November 2010; three types and all.
        assert found["E.B.5_1", "numerator"] == 176 * 4
        assert set(found["E.B.5"]) == {173 * 4} and found["E.B.5_2", "numerator"] == 173 * 4
        (note,) = result.notes
        assert "49 months from 2019-05 to 2023-05" in note

    def test_figures_seen_in_the_file(self, series: Path) -> None:
        table = derived(series, "2025-03").set_index("indicator")
        assert set(table["org_code"]) == {"ENGLAND"}
        assert table["numerator"].to_dict() == {
            "E.B.5": 1_791_316,
            "E.B.5_1": 2_389_064,
            "E.B.5_2": 1_791_316,
        }
        assert table.loc["E.B.5", "denominator"] == 2_389_064

    def test_trusts_of_the_field_test_attended_and_have_no_share(self, series: Path) -> None:
        """May 2019: 216,240 of 2,172,006 attendances were at the trusts that tested."""
        table = derived(series, "2019-05").set_index("indicator")
        assert table.loc["E.B.5_1", "numerator"] == 2_172_006
        assert table.loc["E.B.5", "denominator"] == 2_172_006 - 216_240

    def test_apportioned_weeks_keep_their_parts(self, series: Path) -> None:
        """December 2010: 1,647,823 and 6 sevenths of 1,737,741 and a seventh."""
        table = derived(series, "2010-12", line="E.B.5")
        assert float(table["numerator"].iloc[0]) == pytest.approx(1_647_823 + 6 / 7, abs=1e-5)
        assert float(table["denominator"].iloc[0]) == pytest.approx(1_737_741 + 1 / 7, abs=1e-5)
        assert table["value"].iloc[0] == pytest.approx(0.9482562255696805, abs=1e-11)

    def test_months_without_waits_have_attendances_only(self, series: Path) -> None:
        table = derived(series, "2010-08").set_index("indicator")
        assert table["status"].to_dict() == {
            "E.B.5": "not_covered",
            "E.B.5_1": "ok",
            "E.B.5_2": "not_covered",
        }
        assert table.loc["E.B.5_1", "numerator"] == 1_752_381
        with pytest.raises(InputError, match="2010-08"):
            derived(series, "2010-08", line="E.B.5")

    def test_a_quarter_and_a_year(self, series: Path) -> None:
        quarter = derived(series, "2024-25-Q4", line="E.B.5_1")
        assert quarter["numerator"].tolist() == [2_218_130 + 2_081_878 + 2_389_064]
        assert derived(series, "2024-25", line="E.B.5_1")["value"].iloc[0] > 27_000_000


# One fault at a time ---------------------------------------------------------------------------


@pytest.fixture
def spoil(monthly: dict[str, Path], tmp_path: Path) -> Spoil:
    """A copy of June 2024: its header, three providers and their total, changed."""

    def spoilt(change: Change) -> Path:
        rows = csv_rows(monthly["2024-06"])
        kept = [rows[0], *(row for row in rows if row[1] in ("RJ1", "AJN", "RC9"))]
        totals = [str(sum(int(row[place]) for row in kept[1:])) for place in range(4, len(rows[0]))]
        kept.append([*["TOTAL"] * 4, *totals])
        return spoilt_csv(tmp_path / "spoilt.csv", kept, change)

    return spoilt


class TestSpoiltMonthly:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil) -> None:
        result = ind.reconcile("ae", spoil(lambda rows: None))
        assert result.agrees and len(result.cells) == 12

    @pytest.mark.parametrize("column", [0, 1, 3, 5, 8, 12, 15])
    def test_a_renamed_column_is_refused_and_named(self, spoil: Spoil, column: int) -> None:
        names: list[str] = []

        def change(rows: Rows) -> None:
            names.append(rows[0][column])
            rows[0][column] = "Another"

        text = refused(spoil(change))
        assert names[0] in text or names[0].lower() in text

    def test_all_missing_columns_are_named(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][5], rows[0][14] = "One", "Two"

        text = refused(spoil(change))
        assert "A&E attendances Type 2" in text and "4hrs Booked Appointments Type 2" in text

    def test_columns_are_found_by_heading(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows:
                row.reverse()

        moved = spoil(change)
        assert ind.reconcile("ae", moved).agrees

    def test_title_rows_above_the_header_are_accepted(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.__setitem__(slice(0, 0), [["A&E"], ["June 2024"]]))
        assert ind.reconcile("ae", path).agrees

    @pytest.mark.parametrize(
        ("word", "columns"),
        [
            ("TOTAL", (0,)),
            ("TOTAL", (2,)),
            ("Total ", (1,)),
            ("England", (3,)),
            ("England", (0,)),
            ("ALL PROVIDERS", (3,)),
            ("ALL PROVIDERS", (0, 1, 2, 3)),
            ("-", (2,)),
            ("-", (0, 1, 2, 3)),
        ],
    )
    def test_a_total_is_known_in_any_column(
        self, spoil: Spoil, word: str, columns: tuple[int, ...]
    ) -> None:
        def change(rows: Rows, more: int = 0) -> None:
            rows[-1][:4] = ["MSitAE-JUNE-2024", "XXX", "XXX", "XXX"]
            for column in columns:
                rows[-1][column] = word
            rows[-1][4] = str(int(rows[-1][4]) + more)

        path = spoil(change)
        plain = derived(spoil(lambda rows: None), "2024-06", "england")
        path = spoil(change)
        assert numbers(derived(path, "2024-06", "england")) == numbers(plain)
        result = ind.reconcile("ae", path)
        assert result.agrees and not [line for line in result.notes if "the total" in line]
        said = ind.reconcile("ae", spoil(lambda rows: change(rows, more=1))).notes
        assert any("line 5: the total says" in line and "Type 1" in line for line in said)

    def test_months_joined_have_a_total_each(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            july = [list(row) for row in rows[1:]]
            for row in july:
                row[0] = row[0].replace("JUNE", "JULY")
            rows += july

        path = spoil(change)
        assert ind.reconcile("ae", path).agrees
        june, july = (numbers(derived(path, month, "england")) for month in ("2024-06", "2024-07"))
        assert june == july == numbers(derived(spoil(lambda rows: None), "2024-06", "england"))

    def test_a_row_given_twice_is_refused(self, spoil: Spoil) -> None:
        text = refused(spoil(lambda rows: rows.insert(2, list(rows[1]))))
        assert "stands in an earlier row too" in text

    @pytest.mark.parametrize("again", [True, False], ids=["twice", "of two months"])
    def test_a_total_is_of_one_month_and_stands_once(self, spoil: Spoil, again: bool) -> None:
        def change(rows: Rows) -> None:
            if again:
                rows.append(list(rows[-1]))
            else:
                rows[1][0] = "MSitAE-MAY-2024"

        assert "names no one month for its total" in refused(spoil(change))

    def test_a_changed_total_is_a_difference(self, spoil: Spoil) -> None:
        path = spoil(replacing(-1, 7, "1"))
        differences = ind.reconcile("ae", path).differences
        # Booked attendances of major departments: attendances, and who is within.
        assert len(differences) == 4 and set(differences["breakdown"]) == {"1"}

    def test_a_provider_too_few_is_a_difference(self, spoil: Spoil) -> None:
        assert not ind.reconcile("ae", spoil(lambda rows: rows.pop(1))).agrees

    @pytest.mark.parametrize("column", [10, 13])
    def test_more_waits_than_attendances_are_left_out_and_said(
        self, spoil: Spoil, column: int
    ) -> None:
        """Also where only the booked ones contradict: the sum of both would hide it."""

        def change(rows: Rows) -> None:
            rows[[row[1] for row in rows].index("RJ1")][column] = "10383"

        path, notes = spoil(change), Notes()
        table = ind.derive("ae", path, period="2024-06", notes=notes)
        assert set(table.loc[table["org_code"] == "RJ1", "status"]) == {"not_available"}
        (line,) = [line for line in notes.lines() if "RJ1 2024-06" in line]
        assert "spoilt.csv line" in line and "(RJ1 2024-06, department type 1)" in line

    @pytest.mark.parametrize("text", ["*", "-1", "2.5", "12,34", "", "9" * 20])
    def test_what_is_not_a_count_is_refused_and_named(self, spoil: Spoil, text: str) -> None:
        found = refused(spoil(replacing(1, 4, text)))
        assert f'line 2 column "A&E attendances Type 1": "{text}" is not a number' in found

    def test_a_missing_code_is_refused(self, spoil: Spoil) -> None:
        assert 'column "Org Code": "" is missing' in refused(spoil(replacing(1, 1, " ")))

    def test_codes_blanks_and_separators(self, spoil: Spoil) -> None:
        """5E1 is a code and no number; blanks of all kinds stand around codes and numbers."""

        def change(rows: Rows) -> None:
            rows[1][1], rows[1][4], rows[1][6] = "\u00a05e1 ", "1,234", " 7 "
            rows[-1][0] = "Total\u00a0"

        table = derived(spoil(change), "2024-06", line="E.B.5_1").set_index("org_code")
        assert table.loc["5E1", "value"] >= 1_241

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_encodings(self, spoil: Spoil, tmp_path: Path, encoding: str) -> None:
        text = spoil(replacing(1, 3, "St Ann\u2019s \u2013 UTC")).read_text("utf-8")
        path = tmp_path / "encoded.csv"
        path.write_bytes(text.encode(encoding))
        table = derived(path, "2024-06")
        assert "St Ann\u2019s \u2013 UTC" in set(table["org_name"])

    def test_the_same_month_given_twice_is_refused(self, spoil: Spoil, tmp_path: Path) -> None:
        path = spoil(lambda rows: None)
        copy = tmp_path / "copy.csv"
        copy.write_bytes(path.read_bytes())
        assert "E.B.5 2024-06" in refused([path, copy])

    def test_a_line_with_too_many_values_is_refused(self, spoil: Spoil) -> None:
        assert "more than the 22 values" in refused(spoil(lambda rows: rows[1].append("5")))

    def test_a_file_without_providers_is_refused(self, spoil: Spoil) -> None:
        def only_the_total(rows: Rows) -> None:
            del rows[1:-1]

        assert "holds rows of totals only" in refused(spoil(only_the_total))
        assert "nothing below the headings" in refused(
            spoil(lambda rows: rows.__delitem__(slice(1, None)))
        )

    def test_where_every_provider_is_left_out_the_reasons_are_told(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:-1]:
                row[10] = "999999"

        text = refused(spoil(change))
        assert "holds no figures that can be used" in text and text.count("is left out") == 3

    def test_a_binary_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "spoilt.csv"
        path.write_bytes(b"\x00\x01" * 100)
        assert "is of no layout known here" in refused(path) or "no table" in refused(path)


class TestSpoiltLong:
    def rows(self) -> Rows:
        return [
            ["period", "org_code", "type", "attendances", "breaches", "admissions"],
            ["2017-03-01", "RF4", "1", "100.0", "20.0", "5.0"],
            ["2017-03-01", "RF4", "other", "50", "0", "0"],
        ]

    def test_without_a_fault_it_is_read(self, tmp_path: Path) -> None:
        path = write_csv(tmp_path / "long.csv", self.rows())
        assert numbers(derived(path, "2017-03")) == {"RF4": (130, 150)}

    @pytest.mark.parametrize(
        ("place", "column", "text", "said"),
        [
            (2, 2, "4", "is not a type of department"),
            (2, 2, "1", "stands in an earlier row too"),
            (1, 0, "2017-03", None),
            (1, 0, "March", "is not a month"),
            (1, 3, "100.5", "is not a number"),
            (1, 1, "", "is missing"),
            (0, 4, "late", "breaches"),
        ],
    )
    def test_one_fault(
        self, tmp_path: Path, place: int, column: int, text: str, said: str | None
    ) -> None:
        rows = self.rows()
        rows[place][column] = text
        path = write_csv(tmp_path / "long.csv", rows)
        if said is None:
            assert numbers(derived(path, "2017-03")) == {"RF4": (130, 150)}
        else:
            assert said in refused(path, "2017-03")

    def test_more_breaches_than_attendances_leave_the_provider_out(self, tmp_path: Path) -> None:
        rows = self.rows()
        rows[2][4] = "51"
        rows.append(["2017-03-01", "RJ1", "1", "10", "1", "0"])
        notes = Notes()
        table = ind.derive(
            "ae", write_csv(tmp_path / "long.csv", rows), period="2017-03", notes=notes
        )
        assert set(table.loc[table["status"] == "ok", "org_code"]) == {"RJ1"}
        assert set(table.loc[table["org_code"] == "RF4", "status"]) == {"not_available"}
        assert any("RF4 2017-03" in line and "line 3" in line for line in notes.lines())


@pytest.fixture(scope="module")
def small(workbook: Path) -> Sheets:
    """Two providers of the workbook, England and their system."""
    providers = sheet_of(workbook, "Provider Level Data")
    systems = sheet_of(workbook, "System Level Data")
    kept = [*providers[: HEADER + 2], *(row for row in providers if row[1] in ("RC9", "RD8"))]
    return {
        "Provider Level Data": kept,
        "System Level Data": [*systems[: HEADER + 2], *(row for row in systems if row[1] == "QHG")],
    }


@pytest.fixture
def spoil_sheets(small: Sheets, tmp_path: Path) -> Spoil:
    return lambda change: spoilt_workbook(tmp_path / "spoilt.xlsx", small, change)


PROVIDERS = "Provider Level Data"


class TestSpoiltWorkbook:
    def test_two_providers_are_not_england(self, spoil_sheets: Spoil) -> None:
        """England and the system are printed of more providers than are kept."""
        result = ind.reconcile("ae", spoil_sheets(lambda sheets: None))
        assert set(result.differences["org_level"]) == {"england"}
        providers = result.cells[result.cells["org_level"] == "provider"]
        assert len(providers) == 2 * 4 * 5 and providers["equal"].all()

    @pytest.mark.parametrize("column", [1, 3, 5, 7, 10, 11, 15, 16, 18])
    def test_a_renamed_column_is_refused(self, spoil_sheets: Spoil, column: int) -> None:
        def change(sheets: Sheets) -> None:
            sheets[PROVIDERS][HEADER][column] = "Another"

        text = refused(spoil_sheets(change), "2025-03")
        assert "missing" in text or "is not there behind the three types" in text

    def test_groups_that_change_places_are_told_apart(self, spoil_sheets: Spoil) -> None:
        """The same headings stand in three groups: each belongs to the total behind it."""

        def change(sheets: Sheets) -> None:
            for row in sheets[PROVIDERS][HEADER:]:
                row[4:16] = [*row[12:16], *row[4:12]]

        path = spoil_sheets(change)
        assert numbers(derived(path, "2025-03"))["RC9"] == (19_152, 26_625)

    def test_a_contradicting_row_is_left_out_and_said(self, spoil_sheets: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets[PROVIDERS][HEADER + 3][12] += 1

        notes = Notes()
        table = ind.derive("ae", spoil_sheets(change), period="2025-03", notes=notes)
        assert set(table.loc[table["status"] == "ok", "org_code"]) == {"RC9"}
        assert set(table.loc[table["org_code"] == "RD8", "status"]) == {"not_available"}
        assert any("row 19 (RD8 2025-03, department type 1)" in line for line in notes.lines())

    def test_a_changed_percentage_is_a_difference(self, spoil_sheets: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets[PROVIDERS][HEADER + 2][17] += 1e-9

        differences = ind.reconcile("ae", spoil_sheets(change)).differences
        mine = differences[differences["org_level"] == "provider"]
        assert mine[["org_code", "figure", "breakdown"]].values.tolist() == [["RC9", "value", "1"]]

    def test_no_waits_is_no_share(self, spoil_sheets: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            row = sheets[PROVIDERS][HEADER + 2]
            row[8:20] = ["-"] * 12

        table = derived(spoil_sheets(change), "2025-03").set_index(["indicator", "org_code"])
        assert table.loc[("E.B.5", "RC9"), "status"] == "not_available"
        assert table.loc[("E.B.5_1", "RC9"), "value"] == 26_625
        assert table.loc[("E.B.5", "RD8"), "status"] == "ok"

    @pytest.mark.parametrize("text", ["March", "2024-25", ""])
    def test_the_month_must_be_one(self, spoil_sheets: Spoil, text: str) -> None:
        def change(sheets: Sheets) -> None:
            sheets[PROVIDERS][5][2] = text

        assert "is not a month" in refused(spoil_sheets(change), "2025-03")

    def test_a_row_given_twice_is_refused(self, spoil_sheets: Spoil) -> None:
        def twice(sheets: Sheets) -> None:
            sheets[PROVIDERS].append(list(sheets[PROVIDERS][HEADER + 2]))

        assert "stands in an earlier row too" in refused(spoil_sheets(twice), "2025-03")

    @pytest.mark.parametrize("share", [0.3, 0.9])
    def test_a_truncated_workbook_is_refused(
        self, workbook: Path, tmp_path: Path, share: float
    ) -> None:
        data = workbook.read_bytes()
        path = tmp_path / "spoilt.xls"
        path.write_bytes(data[: int(len(data) * share)])
        assert "cannot be read as a workbook" in refused(path, "2025-03") or "layout" in refused(
            path, "2025-03"
        )


class TestSpoiltSeries:
    @pytest.fixture
    def sheets(self, series: Path) -> Sheets:
        """The last two months of the series."""
        found = {}
        for name, top in (("Activity", 13), ("Performance", 13)):
            rows = sheet_of(series, name)
            found[name] = [list(row) for row in [*rows[: top + 1], *rows[-2:]]]
        return found

    def test_without_a_fault_it_agrees(self, sheets: Sheets, tmp_path: Path) -> None:
        result = ind.reconcile("ae", write_xlsx(tmp_path / "series.xlsx", sheets))
        assert result.agrees and len(result.cells) == 2 * 4 * 5

    @pytest.mark.parametrize(
        ("name", "column"),
        [("Activity", 1), ("Activity", 5), ("Performance", 3), ("Performance", 9)],
    )
    def test_a_renamed_column_is_refused(
        self, sheets: Sheets, tmp_path: Path, name: str, column: int
    ) -> None:
        sheets[name][13][column] = "Another"
        with pytest.raises(InputError):
            derived(write_xlsx(tmp_path / "series.xlsx", sheets), "2025-03")

    def test_a_month_given_twice_is_refused(self, sheets: Sheets, tmp_path: Path) -> None:
        sheets["Performance"].append(list(sheets["Performance"][-1]))
        path = write_xlsx(tmp_path / "series.xlsx", sheets)
        assert "stands in an earlier row too" in refused(path, "2025-03")

    def test_a_changed_total_is_a_difference(self, sheets: Sheets, tmp_path: Path) -> None:
        sheets["Activity"][-1][5] += 1
        (difference,) = ind.reconcile(
            "ae", write_xlsx(tmp_path / "series.xlsx", sheets)
        ).differences.to_dict("records")
        assert difference["indicator"] == "E.B.5_1" and difference["difference"] == -1

    def test_what_is_no_month_is_refused(self, sheets: Sheets, tmp_path: Path) -> None:
        sheets["Activity"][-1][1] = "Total"
        path = write_xlsx(tmp_path / "series.xlsx", sheets)
        assert '"Total" is not a month' in refused(path, "2025-03")


def test_files_of_no_known_layout_are_refused_with_the_layouts_named(folder: Path) -> None:
    text = refused(folder / "System-Mapping.csv")
    assert "is of no layout known here" in text
    assert "nearest of the known layouts: ae-" in text
