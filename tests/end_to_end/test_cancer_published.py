"""NHS England's own cancer waits files: they reconcile to the last cell, spoilt copies are caught.

The real files are read where they lie. Spoilt ones are small copies of them, each with one fault.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import (
    Reconcile,
    Run,
    Sheets,
    Spoil,
    spoilt_workbook,
)
from python_calamine import CalamineWorkbook
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.cli import main
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE, EXIT_INPUT, InputError, UsageError
from nhsind.families.cancer.extracts import read_commissioner_extract
from nhsind.families.cancer.workbook import read_workbook

QUARTER = "2015-16-Q1"
MONTHS, EXTRACTED = ("2023-04", "2023-05", "2023-06", "2023-07", "2023-08"), "2023-04..2023-09"
# The sheets of all cancers: where the counts are (column of the total; in time and later follow).
LINES = {
    "E.B.6": ("TWO WEEK WAIT-ALL CANCER", 4),
    "E.B.7": ("TWO WEEK WAIT-BREAST SYMPTOMS", 4),
    "E.B.8": ("31-DAY FIRST TREAT (ALL CANCER)", 5),
    "E.B.9": ("31-DAY SUB TREAT (SURGERY)", 5),
    "E.B.10": ("31-DAY SUB TREAT (DRUGS)", 5),
    "E.B.11": ("31-DAY SUB TREAT (RADIOTHERAPY)", 5),
    "E.B.12": ("62-DAY (ALL CANCER)", 5),
    "E.B.13": ("62-DAY (SCREENING)", 5),
    "E.B.14": ("62-DAY (CONSULTANT UPGRADE)", 5),
}
BY_CANCER = {
    "E.B.6": ("TWO WEEK WAIT-BY CANCER", 4),
    "E.B.8": ("31-DAY FIRST TREAT (BY CANCER)", 5),
    "E.B.12": ("62-DAY (BY CANCER)", 5),
}
# The row ALL ENGLISH PROVIDERS, of part C where there are parts, as one reads it in Excel.
ENGLAND = {
    "E.B.6": (393_047, 419_827),
    "E.B.7": (52_676, 56_415),
    "E.B.8": (66_902, 68_640),
    "E.B.9": (12_535, 13_195),
    "E.B.10": (21_489, 21_567),
    "E.B.11": (22_682, 23_239),
    "E.B.12": (27_713, 33_806),
    "E.B.13": (4_568, 4_908),
    "E.B.14": (4_631, 5_173),
}
# Providers with a figure in the quarter.
PROVIDERS = dict(zip(LINES, (159, 134, 165, 156, 144, 81, 168, 148, 151), strict=True))


@cache
def family(path: Path, period: str, level: str | None = None) -> pd.DataFrame:
    """Every line that a file holds, without notes; each test's own copies have their own path."""
    return ind.derive("cancer", path, period=period, level=level, notes=Notes())


def derived(line: str, path: Path, period: str, level: str | None = None) -> pd.DataFrame:
    """One line by organisation; the months of 2023 are derived together."""
    table = family(path, EXTRACTED if period in (*MONTHS, "2023-09") else period, level)
    return table[(table["indicator"] == line) & (table["period"] == period)].set_index("org_code")


def problems(path: Path, period: str = QUARTER, source: str | None = None) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(InputError) as error:
        ind.derive("cancer", path, period=period, source=source, notes=Notes())
    return "\n".join(str(problem) for problem in error.value.problems)


def sheets_of(path: Path) -> Sheets:
    """The sheets as cells."""
    workbook = CalamineWorkbook.from_path(path)
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }


def by_line(cells: pd.DataFrame) -> dict[tuple[str, str], int]:
    return cells.groupby(["indicator", "org_level"]).size().to_dict()


# The provider workbook -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(published: Path) -> Path:
    (path,) = (published / "cancer").glob("Q1-2015-2016*.xlsx")
    return path


@pytest.fixture(scope="module")
def cells(workbook: Path) -> Sheets:
    return sheets_of(workbook)


@pytest.fixture(scope="module")
def reconciled(workbook: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("cancer", [workbook])


def rows_of(sheets: Sheets, name: str, total: int) -> Iterator[tuple[str, str, list[Any]]]:
    """Code, provider's name and counts of a sheet's rows, of its last part; by their columns."""
    rows = sheets[name]
    starts = [at for at, row in enumerate(rows) if row[0] == "PART C:ALL CARE"] or [0]
    for row in rows[starts[0] :]:
        if len(row) > total and isinstance(row[total], float):
            yield row[1], row[2], row[total : total + 3]


class TestWorkbook:
    def test_every_cell_is_equal(self, reconciled: Reconciliation) -> None:
        assert reconciled.agrees and reconciled.differences.empty and reconciled.notes == []
        # In time, all and percentage of each provider and of England; of three standards in time
        # and all once more, added up over the sheets by cancer.
        expected = {}
        for line, providers in PROVIDERS.items():
            figures = 5 if line in BY_CANCER else 3
            expected |= {(line, "provider"): figures * providers, (line, "england"): figures}
        assert by_line(reconciled.cells) == expected
        assert len(reconciled.cells) == 3 * 1_306 + 3 * 9 + 2 * 492 + 2 * 3 == 4_935
        assert set(reconciled.cells["period"]) == {QUARTER}

    @pytest.mark.parametrize("line", LINES)
    def test_the_figures_are_those_of_the_cells(
        self, workbook: Path, cells: Sheets, line: str
    ) -> None:
        """Every provider by another way: straight from the columns of FORMATS.md."""
        table = derived(line, workbook, QUARTER)
        printed = {code: counts for code, _, counts in rows_of(cells, *LINES[line]) if code}
        assert len(printed) == PROVIDERS[line]
        known = table[table["status"] == "ok"]
        assert set(known.index) == set(printed)
        for code, (total, within, _) in printed.items():
            assert (known.loc[code, "numerator"], known.loc[code, "denominator"]) == (within, total)
            assert known.loc[code, "value"] == pytest.approx(within / total, abs=1e-12)

    @pytest.mark.parametrize("line", LINES)
    def test_england_is_the_printed_row(self, workbook: Path, line: str) -> None:
        england = derived(line, workbook, QUARTER, "england").loc["ENGLAND"]
        assert (england["numerator"], england["denominator"]) == ENGLAND[line]
        assert england["org_name"] == "England"

    def test_standards_are_judged(self, workbook: Path) -> None:
        england = family(workbook, QUARTER, "england").set_index("indicator")["meets_standard"]
        assert england.dropna().to_dict() == {
            line: line != "E.B.12" for line in LINES if line != "E.B.14"
        }

    def test_halves_are_exact(self, workbook: Path) -> None:
        """A patient whom two trusts share is half a patient in each."""
        upgrades = derived("E.B.14", workbook, QUARTER)
        assert upgrades.loc["RYR", "denominator"] == Decimal("38.5")
        assert isinstance(upgrades.loc["RR1", "denominator"], Decimal)
        assert sum(map(Decimal, upgrades["denominator"].dropna())) == 5173

    def test_whole_numbers_among_halves_are_printed_whole(
        self, workbook: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out.csv"
        derive = ("derive", "E.B.14", "--period", QUARTER, "--data", workbook, "--out", out)
        with pytest.raises(SystemExit):
            main([str(argument) for argument in derive])
        printed = pd.read_csv(out, dtype=str).set_index("org_code")[["numerator", "denominator"]]
        assert printed.loc["RYR"].tolist() == ["34", "38.5"]
        assert printed.loc["RR1"].tolist() == ["57", "71.5"]

    def test_a_trust_named_england_is_no_total(self, workbook: Path) -> None:
        heart = derived("E.B.12", workbook, QUARTER).loc["RR1"]
        assert heart["org_name"] == "HEART OF ENGLAND NHS FOUNDATION TRUST"
        assert (heart["numerator"], heart["denominator"]) == (Decimal("352.5"), 426)

    def test_a_provider_that_is_not_printed_has_no_figure(self, workbook: Path) -> None:
        """Worcestershire PCT saw patients within two weeks and treated nobody: that is no 0."""
        assert derived("E.B.6", workbook, QUARTER).loc["5PL", "denominator"] == 4
        treated = derived("E.B.8", workbook, QUARTER).loc["5PL"]
        assert treated["status"] == "not_available" and pd.isna(treated["numerator"])

    def test_a_quarter_is_no_month_and_no_year(self, workbook: Path) -> None:
        for period in ("2015-04", "2015-06", "2015-16", "2015-16-Q2"):
            with pytest.raises(InputError, match=period):
                ind.derive("E.B.12", workbook, period=period, notes=Notes())

    def test_the_file_given_twice_is_refused(self, workbook: Path, tmp_path: Path) -> None:
        copy = shutil.copy(workbook, tmp_path / "copy.xlsx")
        with pytest.raises(InputError, match=r"E\.B\.10 2015-16-Q1.*give one"):
            ind.derive("cancer", [workbook, copy], period=QUARTER, notes=Notes())


# A workbook with one fault ---------------------------------------------------------------------

KEPT = ("RYR", "RR1", "5PL", "RYJ", "RXW")
# Of five providers with two week waits, four treat, and one of these has no radiotherapy.
SMALL_ROWS, SMALL_BY_CANCER = 5 + 4 + 4 + 4 + 4 + 3 + 4 + 4 + 4, 5 + 4 + 4
SMALL_CELLS = 3 * (SMALL_ROWS + 9) + 2 * (SMALL_BY_CANCER + 3)


def cut(sheets: Sheets) -> Sheets:
    """Some providers of every sheet, and England as their sum."""
    small = {"Frontpage": sheets["Frontpage"]}
    totals = dict((*LINES.values(), *BY_CANCER.values()))
    for name, rows in sheets.items():
        if name not in totals:
            continue
        at, sums = totals[name], {}
        kept: list[list[Any]] = []
        for row in rows:
            if not isinstance(row[at], float):
                sums = sums if row[at] == "" else {}  # another part begins
                kept.append(list(row))
                continue
            kind = str(row[at - 1]).upper()
            numbers = [*row[at : at + 3], *row[at + 5 :]]
            if row[1] in KEPT:
                before = sums.get(kind, [0.0] * len(numbers))
                sums[kind] = [one + other for one, other in zip(before, numbers, strict=True)]
                kept.append(list(row))
            elif row[2] == "ALL ENGLISH PROVIDERS" and kind in sums:
                total, within, after, *bands = sums[kind]
                kept.append([*row[:at], total, within, after, within / total, "", *bands])
        small[name] = kept
    return small


@pytest.fixture(scope="module")
def small(cells: Sheets) -> Sheets:
    return cut(cells)


@pytest.fixture
def spoil(small: Sheets, tmp_path: Path) -> Spoil:
    return lambda change: spoilt_workbook(tmp_path / "spoilt.xlsx", small, change)


SIXTY_TWO, TWO_WEEKS = "62-DAY (ALL CANCER)", "TWO WEEK WAIT-ALL CANCER"


def find(rows: list[list[Any]], code: str) -> list[Any]:
    """A provider's last row: that of part C."""
    return [row for row in rows if len(row) > 1 and row[1] == code][-1]


def headings(rows: list[list[Any]]) -> list[Any]:
    """The last row of headings: that of part C."""
    return [row for row in rows if "TOTAL" in row][-1]


class TestSingleFaults:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil) -> None:
        result = ind.reconcile("cancer", spoil(lambda sheets: None))
        assert result.agrees and result.notes == [] and len(result.cells) == SMALL_CELLS

    def test_the_layout_of_the_second_quarter(self, spoil: Spoil) -> None:
        """Other footnote numbers, no area, sorted by name, no notes below, other blanks."""

        def change(sheets: Sheets) -> None:
            sheets.pop("Frontpage")
            for name, rows in sheets.items():
                for row in rows:
                    row[:] = [
                        cell.replace("Q1 2015-2016 (April, May, June)", "Q2 2015-2016 (July)")
                        .replace(" (2)", " (1)")
                        .replace("(3)", "(2)")
                        if isinstance(cell, str)
                        else cell
                        for cell in row
                    ]
                    if len(row) > 5 and isinstance(row[5], float):
                        row[0] = ""
                ends = [at for at, row in enumerate(rows) if str(row[0]).startswith("SOURCE")]
                del rows[(ends or [len(rows)])[0] :]
                if name == TWO_WEEKS:
                    first = next(at for at, row in enumerate(rows) if "TOTAL" in row) + 1
                    total = rows.pop()
                    body = [row for row in rows[first:] if row[1]]
                    rows[first:] = [*sorted(body, key=lambda row: row[2]), total]

        path = spoil(change)
        result = ind.reconcile("cancer", path)
        assert result.agrees and len(result.cells) == SMALL_CELLS
        assert set(result.cells["period"]) == {"2015-16-Q2"}
        assert derived("E.B.12", path, "2015-16-Q2").loc["RR1", "numerator"] == Decimal("352.5")

    @pytest.mark.parametrize("sheet", [TWO_WEEKS, SIXTY_TWO])
    @pytest.mark.parametrize("step", [1, -1])
    def test_a_row_that_contradicts_itself_is_left_out(
        self, spoil: Spoil, sheet: str, step: int
    ) -> None:
        at = dict(LINES.values())[sheet]

        def change(sheets: Sheets) -> None:
            find(sheets[sheet], "RR1")[at + 1] += step

        path = spoil(change)
        line = "E.B.6" if sheet == TWO_WEEKS else "E.B.12"
        (left_out,) = read_workbook(path).left_out
        assert f"spoilt.xlsx, sheet {sheet}, row" in left_out.place
        assert "do not add up to" in left_out.why
        assert (left_out.organisation, left_out.lines) == ("RR1", (line,))
        assert derived(line, path, QUARTER).loc["RR1", "status"] == "not_available"

    @pytest.mark.parametrize(
        ("column", "moved"), [(3, 1), (0, 4)], ids=["percentage", "total and later"]
    )
    def test_a_changed_figure_is_noticed(self, spoil: Spoil, column: int, moved: int) -> None:
        """In the 62 days of one provider: its percentage; one patient more, treated later."""

        def change(sheets: Sheets) -> None:
            row = find(sheets[SIXTY_TWO], "RYR")
            row[5 + column] += 0.0001 if column == 3 else 1
            if column == 0:
                row[7] += 1

        differences = ind.reconcile("cancer", spoil(change)).differences
        # The percentage; or it and the total by cancer, of the provider and of England.
        assert len(differences) == (1 if moved == 1 else 5)
        assert set(differences["indicator"]) == {"E.B.12"}

    def test_england_is_compared(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            (row,) = [row for row in sheets[TWO_WEEKS] if row[2] == "ALL ENGLISH PROVIDERS"]
            row[5] += 1

        (difference,) = ind.reconcile("cancer", spoil(change)).differences.to_dict("records")
        assert (difference["org_level"], difference["figure"]) == ("england", "numerator")
        assert "TWO WEEK WAIT-ALL CANCER" in difference["place"]

    def test_a_provider_left_out_is_noticed(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets[SIXTY_TWO].remove(find(sheets[SIXTY_TWO], "RYJ"))

        differences = ind.reconcile("cancer", spoil(change)).differences
        assert {"england"} <= set(differences["org_level"])

    @pytest.mark.parametrize("sheet", [TWO_WEEKS, SIXTY_TWO, "62-DAY (BY CANCER)"])
    def test_a_provider_that_stands_twice_is_refused(self, spoil: Spoil, sheet: str) -> None:
        def change(sheets: Sheets) -> None:
            row = find(sheets[sheet], "RYR")
            sheets[sheet].insert(sheets[sheet].index(row), list(row))

        assert "stands in an earlier row too: RYR" in problems(spoil(change))

    @pytest.mark.parametrize(
        ("sheet", "heading"),
        [
            (TWO_WEEKS, "ODS CODE (3)"),
            (TWO_WEEKS, "TOTAL"),
            (SIXTY_TWO, "WITHIN 62 DAYS"),
            (SIXTY_TWO, "AFTER 62 DAYS"),
            (SIXTY_TWO, "ACCOUNTABLE PROVIDER"),
            ("31-DAY SUB TREAT (DRUGS)", "AFTER 31 DAYS"),
        ],
    )
    def test_a_renamed_column_is_refused(self, spoil: Spoil, sheet: str, heading: str) -> None:
        def change(sheets: Sheets) -> None:
            row = headings(sheets[sheet])
            row[row.index(heading)] = "Another"

        name = heading.split(" (")[0].removeprefix("ACCOUNTABLE ").lower()
        assert name in problems(spoil(change)).lower()

    def test_a_missing_percentage_is_named_with_the_headings_found(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for row in sheets[SIXTY_TWO]:
                row[:] = ["" if str(cell).startswith("PERCENTAGE") else cell for cell in row]

        said = problems(spoil(change))
        assert "PERCENTAGE" in said and "WITHIN 62 DAYS" in said

    def test_columns_in_another_order_are_refused(self, spoil: Spoil) -> None:
        """Else the band WITHIN 14 DAYS could be taken for the count."""

        def change(sheets: Sheets) -> None:
            row = headings(sheets[TWO_WEEKS])
            row[5], row[6] = row[6], "Another"

        assert "not in the order TOTAL, WITHIN 14 DAYS" in problems(spoil(change))

    def test_a_header_one_row_lower_is_found(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for rows in sheets.values():
                rows.insert(3, [""])

        result = ind.reconcile("cancer", spoil(change))
        assert result.agrees and len(result.cells) == SMALL_CELLS

    def test_text_below_the_table_is_no_provider(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for rows in sheets.values():
                rows += [["", "", ""], ["", "", "Crown copyright"], ["(9) Revised", "", "", 7.0]]

        result = ind.reconcile("cancer", spoil(change))
        assert result.agrees and len(result.cells) == SMALL_CELLS

    def test_a_row_without_its_code_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            find(sheets[SIXTY_TWO], "RYJ")[1] = ""

        said = problems(spoil(change))
        assert SIXTY_TWO in said and "is missing" in said

    @pytest.mark.parametrize(
        ("sheet", "cell", "reads"),
        [
            (TWO_WEEKS, "4,019", True),
            (TWO_WEEKS, "4019.0", True),
            (TWO_WEEKS, 4018.5, False),
            (TWO_WEEKS, "*", False),
            (TWO_WEEKS, "", False),
            (TWO_WEEKS, -4019.0, False),
            (TWO_WEEKS, "40,19", False),
            (SIXTY_TWO, "394.0", True),
            (SIXTY_TWO, 394.25, False),
            (SIXTY_TWO, True, False),
        ],
    )
    def test_what_is_not_a_number_of_patients_is_refused(
        self, spoil: Spoil, sheet: str, cell: Any, reads: bool
    ) -> None:
        """Halves stand only where trusts share patients."""
        at = dict(LINES.values())[sheet]

        def change(sheets: Sheets) -> None:
            find(sheets[sheet], "RYR")[at] = cell

        path = spoil(change)
        if reads:
            line = "E.B.6" if sheet == TWO_WEEKS else "E.B.12"
            assert derived(line, path, QUARTER).loc["RYR", "denominator"] in (4019, 394)
        else:
            assert f"{sheet}, row" in problems(path) and "is not a number" in problems(path)

    def test_a_code_like_a_number_stays_text(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for rows in sheets.values():
                for row in rows:
                    row[:] = ["5E1" if cell == "5PL" else cell for cell in row]

        assert derived("E.B.6", spoil(change), QUARTER).loc["5E1", "denominator"] == 4

    def test_missing_sheets_are_all_named(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            del sheets[SIXTY_TWO], sheets["62-DAY (SCREENING)"]

        said = problems(spoil(change))
        assert SIXTY_TWO in said and "62-DAY (SCREENING)" in said

    def test_a_workbook_without_sheets_by_cancer_is_read(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for name, _ in BY_CANCER.values():
                del sheets[name]

        result = ind.reconcile("cancer", spoil(change))
        assert result.agrees and len(result.cells) == 3 * (SMALL_ROWS + 9)

    def test_a_sheet_without_part_c_is_refused(self, spoil: Spoil) -> None:
        """Admitted care alone is not the standard."""

        def change(sheets: Sheets) -> None:
            rows = sheets[SIXTY_TWO]
            del rows[[row[0] for row in rows].index("PART C:ALL CARE") :]

        assert "has no part C" in problems(spoil(change))

    @pytest.mark.parametrize("title", ["Q2 2015-2016 (July, August, September)", "a quarter"])
    def test_the_quarter_is_read_from_the_sheets(self, spoil: Spoil, title: str) -> None:
        """One other quarter among the sheets contradicts; a title without one does not."""

        def change(sheets: Sheets) -> None:
            sheets[SIXTY_TWO][1][0] = title

        path = spoil(change)
        if title.startswith("Q2"):
            assert "several periods: 2015-16-Q1, 2015-16-Q2" in problems(path)
        else:
            assert ind.reconcile("cancer", path).agrees

    def test_the_front_page_tells_where_the_sheets_do_not(self, spoil: Spoil) -> None:
        """It may also speak of an earlier quarter, which counts for nothing beside the sheets."""

        def earlier(sheets: Sheets) -> None:
            sheets["Frontpage"][8][0] = "Figures of Q4 2014-2015 are revised."

        def untitled(sheets: Sheets) -> None:
            for name in {*sheets} - {"Frontpage"}:
                sheets[name][1][0] = ""

        for change in (earlier, untitled):
            assert set(ind.reconcile("cancer", spoil(change)).cells["period"]) == {QUARTER}

    def test_a_workbook_without_a_quarter_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets.pop("Frontpage")
            for rows in sheets.values():
                rows[1][0] = ""

        assert "names no quarter" in problems(spoil(change))

    @pytest.mark.parametrize("source", [None, "cancer-workbook"])
    def test_a_damaged_file_is_refused(
        self, workbook: Path, tmp_path: Path, source: str | None
    ) -> None:
        path = tmp_path / "damaged.xlsx"
        path.write_bytes(workbook.read_bytes()[:200_000])
        assert "cannot be read as a workbook" in problems(path, source=source)

    def test_another_workbook_is_refused_with_what_is_known(
        self, published: Path, tmp_path: Path
    ) -> None:
        (path,) = (published / "rtt").glob("RTT-Overview*.xlsx")
        said = problems(path)
        assert "is of no layout known here; its sheets are" in said
        assert "nearest of the known layouts: cancer-" in said and said.count("(without") == 3


# The extracts of 2023 --------------------------------------------------------------------------

TREATED = ("E.B.8", "E.B.9", "E.B.10", "E.B.11", "E.B.12", "E.B.13", "E.B.14")
# Where both extracts print a line: stage or route, treatment; and the sub-category.
ROUTES = {
    "E.B.8": ("First Treatment", None, "31-day (First)"),
    "E.B.9": ("Subsequent Treatment", "Surgery", "31-day Sub (Surgery)"),
    "E.B.10": (
        "Subsequent Treatment",
        "Anti-cancer drug regimen",
        "31-day Sub (Anti-cancer drug regimen)",
    ),
    "E.B.11": ("Subsequent Treatment", "Radiotherapy", "31-day Sub (Radiotherapy)"),
    "E.B.12": ("Urgent Suspected Cancer", None, "62-day (Urgent Suspected Cancer)"),
    "E.B.13": ("Screening", None, "62-day (Screening)"),
    "E.B.14": ("Consultant Upgrade", None, "62-day (Consultant Upgrade)"),
}


@pytest.fixture(scope="module")
def provider(published: Path) -> Path:
    (path,) = (published / "cancer").glob("*Provider-Provisional.xlsx")
    return path


@pytest.fixture(scope="module")
def commissioner(published: Path) -> Path:
    (path,) = (published / "cancer").glob("*ICB-Sub-Location.xlsx")
    return path


@pytest.fixture(scope="module")
def series(published: Path) -> Path:
    (path,) = (published / "cancer").glob("CWT-CRS-National*.xlsx")
    return path


@pytest.fixture(scope="module")
def provider_rows(provider: Path) -> pd.DataFrame:
    return frame_of(provider)


@pytest.fixture(scope="module")
def commissioner_rows(commissioner: Path) -> pd.DataFrame:
    return frame_of(commissioner)


def frame_of(path: Path) -> pd.DataFrame:
    """The single sheet of an extract."""
    ((header, *rows),) = sheets_of(path).values()
    return pd.DataFrame(rows, columns=header)


class TestExtracts:
    def test_providers_agree_by_cancer_by_breaches_and_with_the_series(
        self, provider: Path, series: Path, provider_rows: pd.DataFrame, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("cancer", [provider, series])
        assert result.agrees and len(result.notes) == 1  # the series is of more months
        assert len(result.cells) == 23_524
        rows = provider_rows[provider_rows["CANCER TYPE"] == "ALL CANCERS"]
        expected = {("CWT_31_DAYS", "england"): 24, ("CWT_62_DAYS", "england"): 24}
        parts = {line: route[:2] for line, route in ROUTES.items()}
        for line, (stage, modality) in parts.items():
            chosen = rows[rows["STAGE/ROUTE"] == stage]
            chosen = chosen[chosen["TREATMENT MODALITY"] == modality] if modality else chosen
            # In time and all: by the breaches, and where all treatments are printed by cancer.
            figures = 2 if modality else 4
            expected[line, "provider"] = figures * chosen.groupby(["PERIOD", "ORG CODE"]).ngroups
        for days in ("31", "62"):
            chosen = rows[rows["STANDARD"] == f"{days}-day Combined"]
            groups = chosen.groupby(["PERIOD", "ORG CODE"]).ngroups
            expected[f"CWT_{days}_DAYS", "provider"] = 4 * groups
        assert by_line(result.cells) == expected
        quarters = set(result.cells.loc[result.cells["org_level"] == "england", "period"])
        assert quarters == {*MONTHS, "2023-09", "2023-24-Q1", "2023-24-Q2"}

    def test_commissioners_agree_with_the_series(
        self, commissioner: Path, series: Path, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("cancer", [commissioner, series])
        assert result.agrees and len(result.notes) == 1
        england = result.cells[result.cells["org_level"] == "england"]
        # Five months and a quarter, two combined standards, three figures each.
        assert len(england) == 36 and len(result.cells) == 9_968

    @pytest.mark.parametrize("line", TREATED)
    def test_both_extracts_make_one_england(
        self, provider: Path, commissioner: Path, line: str
    ) -> None:
        for month in (*MONTHS, "2023-24-Q1"):
            one = derived(line, provider, month, "england").loc["ENGLAND"]
            other = derived(line, commissioner, month, "england").loc["ENGLAND"]
            assert int(one["numerator"]) == one["numerator"] == int(other["numerator"])
            assert int(one["denominator"]) == one["denominator"] == int(other["denominator"])

    @pytest.mark.parametrize("line", TREATED)
    def test_providers_are_those_of_the_columns(
        self, provider: Path, provider_rows: pd.DataFrame, line: str
    ) -> None:
        stage, modality, _ = ROUTES[line]
        rows = provider_rows[provider_rows["STAGE/ROUTE"] == stage]
        # By treatment: the same patients stand again by cancer.
        rows = rows[rows["CANCER TYPE"] == "ALL CANCERS"]
        rows = rows[rows["TREATMENT MODALITY"] == modality] if modality else rows
        rows = rows[rows["PERIOD"].astype(str) == "2023-09-01"]
        table = derived(line, provider, "2023-09")
        added = rows.groupby("ORG CODE")[["WITHIN STANDARD", "TOTAL TREATED"]].sum()
        known = table[table["status"] == "ok"]
        assert set(known.index) == set(added.index)
        for code, (within, total) in added.iterrows():
            assert (known.loc[code, "numerator"], known.loc[code, "denominator"]) == (within, total)

    @pytest.mark.parametrize("line", TREATED)
    def test_commissioners_are_those_of_the_rows(
        self, commissioner: Path, commissioner_rows: pd.DataFrame, line: str
    ) -> None:
        rows = commissioner_rows[commissioner_rows["SUB-CATEGORY"] == ROUTES[line][2]]
        rows = rows[rows["PERIOD"].astype(str) == "2023-07-01"].set_index("ICB SUB LOCATION")
        table = derived(line, commissioner, "2023-07")
        known = table[table["status"] == "ok"]
        assert known["org_level"].unique().tolist() == ["ccg"]
        assert known["numerator"].to_dict() == rows["WITHIN STANDARD"].to_dict()
        assert known["denominator"].to_dict() == rows["TOTAL"].to_dict()

    def test_a_quarter_is_the_sum_of_its_months(
        self, provider: Path, provider_rows: pd.DataFrame
    ) -> None:
        rows = provider_rows[provider_rows["STAGE/ROUTE"] == "Consultant Upgrade"]
        rows = rows[rows["CANCER TYPE"] == "ALL CANCERS"]
        summer = rows[rows["MONTH"].isin(["JUL", "AUG", "SEP"])]
        england = derived("E.B.14", provider, "2023-24-Q2", "england").loc["ENGLAND"]
        assert england["denominator"] == summer["TOTAL TREATED"].sum()
        assert england["numerator"] == summer["WITHIN STANDARD"].sum()
        with pytest.raises(InputError, match="2023-24-Q3"):
            ind.derive("E.B.14", provider, period="2023-24-Q3", notes=Notes())

    @pytest.mark.parametrize("line", TREATED)
    def test_a_month_without_a_row_had_no_patients(
        self, provider: Path, commissioner: Path, line: str
    ) -> None:
        """The extracts print no zeros; so organisations add up to England in a quarter too."""
        for path in (provider, commissioner):
            quarter = derived(line, path, "2023-24-Q1")
            england = derived(line, path, "2023-24-Q1", "england").loc["ENGLAND"]
            for figure in ("numerator", "denominator"):
                assert sum(map(float, quarter[figure].dropna())) == england[figure]
        if line == "E.B.13":
            june = derived(line, commissioner, "2023-06").loc["01Y"]
            assert (june["denominator"], june["status"]) == (0, "no_cases")
            whole = derived(line, commissioner, "2023-24-Q1").loc["01Y"]
            assert (whole["numerator"], whole["denominator"]) == (7, 10)

    def test_unknown_commissioners_count_in_england(
        self, commissioner: Path, commissioner_rows: pd.DataFrame
    ) -> None:
        august = derived("E.B.12", commissioner, "2023-08")
        assert (august.loc["UNKNOWN", "numerator"], august.loc["UNKNOWN", "denominator"]) == (
            35,
            53,
        )
        england = derived("E.B.12", commissioner, "2023-08", "england").loc["ENGLAND"]
        assert (england["numerator"], england["denominator"]) == (9_960, 15_868)
        assert august["denominator"].dropna().sum() == 15_868

    def test_two_week_waits_are_not_in_the_extracts(self, provider: Path) -> None:
        with pytest.raises(InputError, match=r"E\.B\.6"):
            ind.derive("E.B.6", provider, period="2023-04", notes=Notes())
        notes = Notes()
        table = ind.derive("cancer", provider, period="2023-04", notes=notes)
        assert set(table["indicator"]) == set(TREATED)
        assert any("E.B.7" in line for line in notes.lines())

    def test_halves_of_patients_are_exact(self, provider: Path) -> None:
        upgrades = derived("E.B.14", provider, "2023-09")["denominator"].dropna()
        halves = [value for value in upgrades if value != int(value)]
        assert halves and all(isinstance(value, Decimal) for value in halves)


# The national series ---------------------------------------------------------------------------


class TestSeries:
    def test_quarters_and_years_are_the_sums_of_months(self, series: Path) -> None:
        result = ind.reconcile("cancer", series)
        assert result.agrees
        # 19 months, 6 quarters and a year, two combined standards, three figures.
        assert len(result.cells) == 26 * 2 * 3
        printed = result.cells.set_index(["indicator", "period", "figure"])["printed"]
        assert printed["CWT_62_DAYS", "2023-09", "denominator"] == 22_747.5
        assert printed["CWT_31_DAYS", "2022-23", "numerator"] == 550_051
        assert not any(period == "2023-24" for period in result.cells["period"])

    def test_referrals_seen_are_denominators_without_numerators(self, series: Path) -> None:
        for line, months in {"E.B.6": (135_801, 148_674), "E.B.7": (18_556, 20_006)}.items():
            for month, count in zip(("2015-04", "2015-06"), months, strict=True):
                england = derived(line, series, month, "england").loc["ENGLAND"]
                assert england["denominator"] == count and pd.isna(england["numerator"])
                assert england["status"] == "not_available" and pd.isna(england["value"])

    def test_months_of_2015_are_provisional_beside_the_quarter(
        self, series: Path, workbook: Path
    ) -> None:
        """The series' cover says so: until March 2018 months do not add up to quarters."""
        for line, printed in {"E.B.6": 416_727, "E.B.7": 56_212}.items():
            england = derived(line, series, QUARTER, "england").loc["ENGLAND"]
            assert england["denominator"] == printed < ENGLAND[line][1]
        result = ind.reconcile("cancer", [workbook, series])
        assert result.agrees and len(result.cells) == 4_935  # nothing of the series

    def test_combined_standards_are_no_lines(self, series: Path) -> None:
        with pytest.raises(UsageError, match="CWT_31_DAYS"):
            ind.derive("CWT_31_DAYS", series, period="2023-04", notes=Notes())
        with pytest.raises(InputError, match=r"E\.B\.8"):
            ind.derive("E.B.8", series, period="2023-04", level="england", notes=Notes())

    @pytest.mark.parametrize(
        ("sheet", "row", "column", "new", "said"),
        [
            ("Monthly Performance", 1, 16, "Another standard", "(62-days)"),
            ("Monthly Performance", 3, 10, "Another", "within standard"),
            ("Annual Performance", 3, 8, "Another", "stands above two"),
            ("Annual Performance", 3, 15, "Another", "stands above two"),
            ("Monthly Referrals Seen", 3, 2, "Another", "Total"),
            ("Monthly Performance", 20, 9, "", "lacks a figure"),
            ("Monthly Performance", 20, 9, "n/a", "is not a number"),
            ("Quarterly Performance", 9, 8, "a quarter", "is not a period"),
        ],
    )
    def test_a_fault_is_named(
        self, series: Path, tmp_path: Path, sheet: str, row: int, column: int, new: str, said: str
    ) -> None:
        sheets = sheets_of(series)
        sheets[sheet][row][column] = new
        path = write_xlsx(tmp_path / "spoilt.xlsx", sheets)
        assert said.lower() in problems(path, "2023-04", "cancer-series").lower()

    def test_a_changed_figure_differs_from_the_extract(
        self, series: Path, commissioner: Path, tmp_path: Path
    ) -> None:
        sheets = sheets_of(series)
        (row,) = [row for row in sheets["Monthly Performance"] if str(row[15]) == "2023-08-01"]
        row[17] += 0.5
        path = write_xlsx(tmp_path / "spoilt.xlsx", sheets)
        (difference,) = ind.reconcile("cancer", [commissioner, path]).differences.to_dict("records")
        assert (difference["indicator"], difference["period"]) == ("CWT_62_DAYS", "2023-08")
        assert difference["difference"] == -0.5


# An extract with one fault ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def few(provider_rows: pd.DataFrame) -> list[list[Any]]:
    """Two providers in April."""
    rows = provider_rows[provider_rows["ORG CODE"].isin(["RWY", "RXK"])]
    rows = rows[rows["MONTH"] == "APR"].astype({"PERIOD": str})
    return [list(rows.columns), *rows.values.tolist()]


@pytest.fixture(scope="module")
def few_commissioners(commissioner_rows: pd.DataFrame) -> list[list[Any]]:
    rows = commissioner_rows[commissioner_rows["ICB SUB LOCATION"].isin(["00L", "UNKNOWN"])]
    rows = rows[rows["MONTH"] == "APR"].astype({"PERIOD": str})
    return [list(rows.columns), *rows.values.tolist()]


def extract(folder: Path, rows: list[list[Any]]) -> Path:
    return write_xlsx(folder / "extract.xlsx", {"CWT CRS Extract": rows})


def copied(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(row) for row in rows]


class TestExtractFaults:
    def test_without_a_fault_the_copies_reconcile(
        self, few: list[list[Any]], few_commissioners: list[list[Any]], tmp_path: Path
    ) -> None:
        for rows in (few, few_commissioners):
            result = ind.reconcile("cancer", extract(tmp_path, rows))
            assert result.agrees and len(result.cells) > 20

    @pytest.mark.parametrize("heading", ["PERIOD", "ORG CODE", "TOTAL TREATED", "CANCER TYPE"])
    def test_a_renamed_column_is_refused(
        self, few: list[list[Any]], tmp_path: Path, heading: str
    ) -> None:
        rows = copied(few)
        rows[0][rows[0].index(heading)] = "Another"
        path = extract(tmp_path, rows)
        assert heading.lower() in problems(path, "2023-04", "cancer-provider").lower()

    @pytest.mark.parametrize("heading", ["ICB SUB LOCATION", "SUB-CATEGORY", "BREACHES"])
    def test_a_renamed_column_of_commissioners_is_refused(
        self, few_commissioners: list[list[Any]], tmp_path: Path, heading: str
    ) -> None:
        rows = copied(few_commissioners)
        rows[0][rows[0].index(heading)] = "Another"
        path = extract(tmp_path, rows)
        assert heading.lower() in problems(path, "2023-04", "cancer-commissioner").lower()

    @pytest.mark.parametrize(
        ("column", "value", "said"),
        [
            (3, "31-day Another", "is not a known standard"),
            (5, "Another Route", "is not a known route"),
            (4, "", "is missing"),
            (8, "12.3", "is not a number"),
            (8, "*", "is not a number"),
            (0, "some day", "is not a month"),
        ],
    )
    def test_a_cell_that_cannot_be_read_is_refused(
        self, few: list[list[Any]], tmp_path: Path, column: int, value: str, said: str
    ) -> None:
        rows = copied(few)
        (row,) = [row for row in rows if row[4:7] == ["RWY", "Urgent Suspected Cancer", "Surgery"]]
        row[column] = value
        assert said in problems(extract(tmp_path, rows), "2023-04")

    def test_a_row_that_stands_twice_is_refused(
        self, few: list[list[Any]], few_commissioners: list[list[Any]], tmp_path: Path
    ) -> None:
        for rows in (few, few_commissioners):
            path = extract(tmp_path, [*rows, rows[-1]])
            assert "stands in an earlier row too" in problems(path, "2023-04")

    @pytest.mark.parametrize("breaches", [0, 1])
    def test_a_row_that_contradicts_itself_is_left_out(
        self, few_commissioners: list[list[Any]], tmp_path: Path, breaches: int
    ) -> None:
        rows = copied(few_commissioners)
        (row,) = [r for r in rows if r[4] == "UNKNOWN" and "Urgent Suspected" in r[5]]
        row[7 + breaches] += 1
        path = extract(tmp_path, rows)
        left_out = read_commissioner_extract(path).left_out
        assert {item.lines for item in left_out} == {("E.B.12",), ("CWT_62_DAYS",)}
        assert all("do not add up to" in item.why for item in left_out)
        assert derived("E.B.12", path, "2023-04").loc["UNKNOWN", "status"] == "not_available"
        assert derived("E.B.13", path, "2023-04")["status"].eq("ok").any()

    def test_a_sum_that_lacks_a_row_is_no_figure(
        self, few: list[list[Any]], tmp_path: Path
    ) -> None:
        """Three treatments of four are not the patients of the provider."""
        rows = copied(few)
        (row,) = [r for r in rows if r[4:7] == ["RWY", "Urgent Suspected Cancer", "Surgery"]]
        row[9] += 0.5
        path = extract(tmp_path, rows)
        assert derived("E.B.12", path, "2023-04")["status"].to_dict() == {
            "RWY": "not_available",
            "RXK": "ok",
        }
        assert derived("E.B.8", path, "2023-04")["status"].eq("ok").all()

    def test_totals_of_all_cancers_and_treatments_are_not_counted(
        self, few: list[list[Any]], provider: Path, tmp_path: Path
    ) -> None:
        """Another edition may print them beside their parts."""
        total = ["2023-04-01", "2023/24", "APR", "62-day Combined", "RWY"]
        total += ["Urgent Suspected Cancer", "ALL MODALITIES", "ALL CANCERS", 99.0, 98.0, 1.0]
        path = extract(tmp_path, [*few, total])
        table = derived("E.B.12", path, "2023-04")
        expected = derived("E.B.12", provider, "2023-04").loc["RWY"]
        assert table.loc["RWY", "denominator"] == expected["denominator"] < 99

    def test_an_extract_without_treatments_holds_no_line(
        self, few: list[list[Any]], tmp_path: Path
    ) -> None:
        """The faster diagnosis standard is none of the family's lines."""
        rows = [row for row in few if row[3] in ("STANDARD", "28-day FDS")]
        assert len(rows) > 10
        assert "has no rows of treatments" in problems(extract(tmp_path, rows), "2023-04")

    def test_a_header_below_a_title_is_found(self, few: list[list[Any]], tmp_path: Path) -> None:
        rows = [["Cancer waits"], [], *few]
        assert ind.reconcile("cancer", extract(tmp_path, rows)).agrees


# As a user runs it -----------------------------------------------------------------------------


def test_the_commands_say_what_agrees(workbook: Path, spoil: Spoil, nhsind: Run) -> None:
    def change(sheets: Sheets) -> None:
        find(sheets[SIXTY_TWO], "RYR")[8] += 0.001

    status, _, said = nhsind("reconcile", "cancer", "--data", workbook)
    assert status == EXIT_DONE and "all 4,935 cells compared are equal" in said
    status, _, said = nhsind("reconcile", "cancer", "--data", spoil(change))
    assert status == EXIT_DIFFERENCES and "1 cells differ" in said
    status, _, said = nhsind("derive", "E.B.12", "--data", workbook, "--period", "2015-04")
    assert status == EXIT_INPUT and "2015-04" in said
