"""NHS Digital's own IAPT files: they reconcile, marks keep their meaning, spoilt copies are caught.

The real files are read where they lie. Spoilt ones are small copies of them, each with one fault.
"""

from __future__ import annotations

import csv
import gzip
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
    refusal,
    spoilt_csv,
    spoilt_workbook,
)
from python_calamine import CalamineWorkbook

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import InputError
from nhsind.families.iapt.annual import read_annual

LEVELS = {
    "England": "england",
    "Commissioning Region": "region",
    "STP": "stp",
    "CCG": "ccg",
    "Provider": "provider",
}
LINES = ("E.A.S.2", "E.H.1_A1", "E.H.2_A2")
YEAR = "2017-18"


@cache
def family(path: Path, period: str, level: str | None) -> pd.DataFrame:
    """Every line that a file holds, without notes; each test's own copies have their own path."""
    return ind.derive("iapt", path, period=period, level=level, notes=Notes())


def derived(line: str, path: Path, period: str, level: str | None = None) -> pd.DataFrame:
    """One line by organisation."""
    table = family(path, period, level)
    return table[table["indicator"] == line].set_index("org_code")


def refused(path: Path) -> str:
    return refusal("iapt", path, YEAR)


# The annual data ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def annual(published: Path) -> Path:
    return published / "iapt" / "iapt_annual_2017-18_total_and_waiting.csv.gz"


@pytest.fixture(scope="module")
def annual_rows(annual: Path) -> Rows:
    with gzip.open(annual, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


@pytest.fixture(scope="module")
def cells(annual_rows: Rows) -> dict[tuple[str, str, str, str], str]:
    """The counts by another way: level, organisation, figure and wait to the text printed."""
    found = {}
    for _, _, _, kind, code, _, _, wait, band, measure, statistic, value in annual_rows[1:]:
        if statistic == "count":
            figure = measure if wait == "NULL" else f"{wait} {band} {measure}"
            found[LEVELS[kind], code, figure, statistic] = value
    return found


@pytest.fixture(scope="module")
def annual_reconciled(annual: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("iapt", [annual])


class TestAnnual:
    def test_recovery_of_england_is_the_percentage_printed(
        self, annual: Path, annual_reconciled: Reconciliation
    ) -> None:
        (row,) = derived("E.A.S.2", annual, YEAR, "england").to_dict("records")
        assert (row["numerator"], row["denominator"]) == (263_295, 554_709 - 36_767)
        assert f"{row['value']:.1%}" == "50.8%" and row["status"] == "ok"
        compared = annual_reconciled.cells.set_index(["indicator", "figure"])["printed"]
        assert compared["E.A.S.2", "value"] == 0.508

    def test_every_cell_is_equal(self, annual_reconciled: Reconciliation) -> None:
        """One printed percentage; England beside the sum of its commissioners; and the finished
        courses beside the sums of both waits' bands, where no band is hidden."""
        assert annual_reconciled.agrees and annual_reconciled.differences.empty
        counted = annual_reconciled.cells.groupby(["indicator", "org_level", "figure"]).size()
        assert counted.to_dict() == {
            ("E.A.S.2", "england", "value"): 1,
            ("E.H.1_A1", "england", "numerator"): 1,
            ("E.H.1_A1", "england", "denominator"): 3,
            ("E.H.2_A2", "england", "numerator"): 1,
            ("E.H.2_A2", "england", "denominator"): 1,
            ("E.H.1_A1", "region", "denominator"): 10,
            ("E.H.1_A1", "stp", "denominator"): 90,
            ("E.H.1_A1", "ccg", "denominator"): 387,
            ("E.H.1_A1", "provider", "denominator"): 282,
        }

    def test_what_is_not_compared_is_said(self, annual_reconciled: Reconciliation) -> None:
        """Two commissioners hide their courses not at caseness: E.A.S.2 has no sum of them."""
        (note,) = annual_reconciled.notes
        assert note.startswith("2 printed figures are not compared")

    def test_commissioners_do_not_add_up_exactly(self, annual_reconciled: Reconciliation) -> None:
        """Counts below England are rounded to 5; were England added up twice it would be 2-fold."""
        cells = annual_reconciled.cells
        added = cells[cells["org_level"] == "england"].set_index(["indicator", "figure"])
        gaps = added["difference"].groupby(level=[0, 1]).apply(lambda gaps: abs(gaps).max())
        assert gaps["E.H.1_A1", "numerator"] == 34 and gaps["E.H.2_A2", "numerator"] == 10
        assert gaps["E.H.1_A1", "denominator"] == 1

    @pytest.mark.parametrize(
        ("level", "organisations"),
        [("england", 1), ("region", 5), ("stp", 45), ("ccg", 211), ("provider", 170)],
    )
    def test_the_figures_are_those_of_the_rows(
        self,
        annual: Path,
        cells: dict[tuple[str, str, str, str], str],
        level: str,
        organisations: int,
    ) -> None:
        numerators = {
            "E.A.S.2": "recovery",
            "E.H.1_A1": "First treatment <6 weeks finished_course_treatment",
            "E.H.2_A2": "First treatment <18 weeks finished_course_treatment",
        }
        for line, figure in numerators.items():
            table = derived(line, annual, YEAR, level)
            assert len(table) == organisations
            for code, row in table.iterrows():
                key = (level, "All" if level == "england" else str(code))
                used = [figure, "finished_course_treatment"]
                used += ["not_at_caseness"] if line == "E.A.S.2" else []
                texts = [cells[*key, name, "count"] for name in used]
                assert row["status"] == ("suppressed" if "*" in texts else "ok")
                numerator, *parts = [None if text == "*" else int(text) for text in texts]
                assert numerator is None or row["numerator"] == numerator
                if None not in parts:
                    assert row["denominator"] == parts[0] - sum(parts[1:])

    def test_hidden_counts_make_the_figure_suppressed(self, annual: Path) -> None:
        by_ccg, by_provider = (
            derived("E.A.S.2", annual, YEAR, level) for level in ("ccg", "provider")
        )
        hidden = by_ccg[by_ccg["status"] == "suppressed"]
        assert list(hidden.index) == ["03T", "UNKNOWN"]
        assert hidden["value"].isna().all() and hidden["denominator"].isna().all()
        assert (by_provider["status"] == "suppressed").sum() == 10
        waits = derived("E.H.1_A1", annual, YEAR, "provider")
        assert (waits["status"] == "suppressed").sum() == 4

    def test_reliable_recovery_has_the_same_denominator(
        self, annual: Path, annual_rows: Rows, cells: dict[tuple[str, str, str, str], str]
    ) -> None:
        """Its percentage is printed everywhere: with our denominator it comes out within rounding,
        and not with the courses at caseness, which are printed too."""
        percentages = {
            (LEVELS[row[3]], row[4]): row[-1]
            for row in annual_rows
            if row[6] == "Total" and row[9:11] == ["reliable_recovery", "percentage"]
        }
        compared, otherwise = 0, 0
        for level in LEVELS.values():
            for code, row in derived("E.A.S.2", annual, YEAR, level).iterrows():
                key = (level, "All" if level == "england" else str(code))
                texts = [
                    cells[*key, name, "count"] for name in ("reliable_recovery", "at_caseness")
                ]
                hidden = {"*", "NULL"} & {*texts, percentages[key]}
                if hidden or row["status"] != "ok":
                    continue
                recovered, cases = map(int, texts)
                printed = float(percentages[key])
                near = (0.05, 0) if level == "england" else (0.5, 2.5)
                compared += 1
                assert lies_near(printed, near[0], recovered, row["denominator"], near[1])
                otherwise += lies_near(printed, near[0], recovered, cases, near[1])
        assert compared == 420
        assert otherwise < compared

    def test_what_the_file_does_not_hold_is_an_error_by_code(self, annual: Path) -> None:
        with pytest.raises(InputError) as error:
            codes = ["E.A.3", "E.H.3_C3", "E.A.S.2"]
            ind.derive(codes, annual, period=[YEAR, "2017-18-Q1"], notes=Notes())
        said = "\n".join(map(str, error.value.problems))
        assert "prints no figures of E.A.3, E.H.3_C3; it prints those of E.A.S.2" in said
        table = ind.derive("E.A.S.2", annual, period=[YEAR, "2017-18-Q1"], notes=Notes())
        assert set(table.loc[table["period"] == "2017-18-Q1", "status"]) == {"not_covered"}

    def test_by_family_it_is_left_out_and_said(self, annual: Path) -> None:
        notes = Notes()
        table = ind.derive("iapt", annual, period=YEAR, level="england", notes=notes)
        assert tuple(table["indicator"]) == LINES
        (left_out,) = [line for line in notes.lines() if line.endswith(": left out")]
        assert "prints no figures of E.A.3, E.H.1_B1, " in left_out


def lies_near(percent: float, around: float, part: int, whole: int, slack: float) -> bool:
    """Whether a printed percentage can be part / whole, all three being rounded."""
    lowest = (part - slack) / (whole + 2 * slack) * 100
    highest = (part + slack) / (whole - 2 * slack) * 100
    return lowest <= percent + around and percent - around <= highest


@pytest.fixture(scope="module")
def few(annual_rows: Rows) -> Rows:
    """England, two regions, two commissioners and one provider."""
    codes = {"All", "Y54", "Y55", "00C", "03T", "8J766"}
    return [annual_rows[0]] + [row for row in annual_rows[1:] if row[4] in codes]


@pytest.fixture
def spoil(few: Rows, tmp_path: Path) -> Spoil:
    return lambda change: spoilt_csv(tmp_path / "annual.csv", few, change)


def the_row(rows: Rows, code: str, *names: str) -> list[str]:
    (row,) = [row for row in rows if row[4] == code and row[7:11] == [*names, "count"]]
    return row


FINISHED = ("NULL", "NULL", "finished_course_treatment")
WITHIN_6 = ("First treatment", "<6 weeks", "finished_course_treatment")


class TestSpoiltAnnual:
    def test_without_a_fault_the_copy_gives_the_same(self, spoil: Spoil, annual: Path) -> None:
        table = derived("E.A.S.2", spoil(lambda rows: None), YEAR, "region")
        whole = derived("E.A.S.2", annual, YEAR, "region").loc[["Y54", "Y55"]]
        pd.testing.assert_frame_equal(table, whole)

    @pytest.mark.parametrize("column", ["value", "org_type", "measure_statistic", "variable_b"])
    def test_a_renamed_column_is_refused(self, spoil: Spoil, column: str) -> None:
        path = spoil(lambda rows: rows[0].__setitem__(rows[0].index(column), "renamed"))
        said = refused(path)
        assert f'column "{column}"' in said or column in said
        assert "the headings found are reporting_period" in said and "renamed" in said

    def test_all_missing_columns_are_named(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][3], rows[0][11] = "a", "b"

        said = refused(spoil(change))
        assert "org_type" in said and said.count("the column is missing") == 2

    def test_title_rows_above_the_header_are_accepted(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.insert(0, ["Psychological Therapies"]))
        assert derived("E.A.S.2", path, YEAR, "england").loc["ENGLAND", "numerator"] == 263_295

    def test_a_footer_is_no_organisation(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.append(["Source: NHS Digital"]))
        assert len(derived("E.A.S.2", path, YEAR, "region")) == 2

    def test_a_row_given_twice_is_refused(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.append(list(the_row(rows, "Y54", *FINISHED))))
        assert "stands in an earlier row too: 2017-18 COMMISSIONING REGION Y54" in refused(path)

    def test_the_same_year_given_twice_is_refused(self, spoil: Spoil, annual: Path) -> None:
        copy = spoil(lambda rows: None)
        with pytest.raises(InputError, match=r"holds E\.A\.S\.2 2017-18 at level ccg"):
            ind.derive("E.A.S.2", [annual, copy], period=YEAR, notes=Notes())

    def test_figures_that_no_row_holds_are_named(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[:] = [row for row in rows if row[9] != "not_at_caseness"]

        notes = Notes()
        path = spoil(change)
        table = ind.derive("iapt", path, period=YEAR, level="england", notes=notes)
        assert "E.A.S.2" not in set(table.loc[table["status"] == "ok", "indicator"])
        assert "E.H.1_A1" in set(table.loc[table["status"] == "ok", "indicator"])
        said = "\n".join(notes.lines())
        assert "holds no count of not_at_caseness" in said
        assert "holds no figures of E.A.S.2" in said

    def test_a_file_without_a_figure_of_any_line_is_refused(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[6] = "Gender" if row[9] == "finished_course_treatment" else row[6]

        assert "holds no count of finished_course_treatment" in refused(spoil(change))

    def test_an_organisation_without_a_row_has_no_figure(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.remove(the_row(rows, "Y54", "NULL", "NULL", "recovery")))
        table = derived("E.A.S.2", path, YEAR, "region")
        assert table["status"].to_dict() == {"Y54": "not_available", "Y55": "ok"}

    @pytest.mark.parametrize("value", ["n.k.", "-5", "12.5", "1,23", "9e99"])
    def test_what_is_not_a_count_is_refused_and_named(self, spoil: Spoil, value: str) -> None:
        said = refused(spoil(lambda rows: the_row(rows, "Y54", *FINISHED).__setitem__(11, value)))
        assert "is not a number" in said and "value" in said

    def test_marks_keep_their_meaning(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            the_row(rows, "Y54", *WITHIN_6)[11] = "*"
            the_row(rows, "Y55", *WITHIN_6)[11] = "NULL"

        table = derived("E.H.1_A1", spoil(change), YEAR, "region")
        assert table["status"].to_dict() == {"Y54": "suppressed", "Y55": "not_available"}
        assert table["value"].isna().all()

    def test_a_numerator_above_its_denominator_is_left_out_and_said(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            the_row(rows, "Y54", *WITHIN_6)[11] = "999999"

        path = spoil(change)
        table = ind.derive("E.H.1_A1", path, period=YEAR, level="region", notes=Notes())
        assert table.set_index("org_code")["status"]["Y54"] == "not_available"
        (row,) = read_annual(path).left_out
        assert "annual.csv line" in row.place and row.organisation == "Y54"
        assert row.why == "E.H.1_A1 counts 999,999 of 167,590"

    def test_a_band_that_does_not_add_up_is_a_difference(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            row = the_row(rows, "All", "First treatment", "29-56 days", FINISHED[2])
            row[11] = str(int(row[11]) + 1)

        found = ind.reconcile("iapt", spoil(change)).differences
        # Few commissioners are in the copy: England is not their sum.
        (row,) = found[found["figure"].eq("denominator") & found["printed"].eq(554_710)].to_dict(
            "records"
        )
        assert row["org_level"] == "england" and row["difference"] == -1

    def test_a_changed_percentage_is_a_difference(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            (row,) = [
                row for row in rows if row[9:11] == ["recovery", "percentage"] and row[11] == "50.8"
            ]
            row[11] = "50.9"

        found = ind.reconcile("iapt", spoil(change)).differences
        assert (found["figure"] == "value").sum() == 1

    def test_unknown_levels_and_years_are_refused(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            the_row(rows, "Y54", *FINISHED)[3] = "Galaxy"

        assert "is no level known here" in refused(spoil(change))

        def no_year(rows: Rows) -> None:
            the_row(rows, "Y54", *FINISHED)[0] = "2017"

        assert "is no financial year" in refused(spoil(no_year))

    def test_encodings_blanks_and_separators(self, spoil: Spoil, tmp_path: Path) -> None:
        def change(rows: Rows) -> None:
            for row in rows:
                if row[4] == "00C":
                    row[4], row[5] = "\xa05E1 ", "Caf\xe9"
            row = the_row(rows, "Y54", *FINISHED)
            row[11] = f"{int(row[11]):,}"

        text = spoil(change).read_text("utf-8")
        tables = []
        for encoding in ("utf-8-sig", "cp1252"):
            path = tmp_path / f"{encoding}.csv"
            path.write_bytes(text.encode(encoding))
            tables.append(derived("E.A.S.2", path, YEAR))
            assert derived("E.A.S.2", path, YEAR, "region").loc["Y54", "denominator"] == 158_980
        pd.testing.assert_frame_equal(*tables)
        assert list(tables[0].index) == ["03T", "5E1"]
        assert tables[0].loc["5E1", "org_name"] == "Caf\xe9"

    @pytest.mark.parametrize("share", [0.3, 0.9])
    def test_a_truncated_file_is_refused(self, annual: Path, tmp_path: Path, share: float) -> None:
        path = tmp_path / annual.name
        path.write_bytes(annual.read_bytes()[: int(annual.stat().st_size * share)])
        assert "cannot be read" in refused(path)

    def test_no_table_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "annual.csv"
        path.write_text("a,b\n1,2\n")
        assert "is of no layout known here; it begins with a,b" in refused(path)


# The monthly series ---------------------------------------------------------------------------

HEADER = 7  # zero-based row of the header
CCG, PROVIDER, KIND, MONTH, FIRST, COURSES = 0, 2, 4, 5, 7, 9


@pytest.fixture(scope="module")
def monthly(published: Path) -> Path:
    return published / "iapt" / "feb2019_feb2020.xlsx"


@pytest.fixture(scope="module")
def sheet(monthly: Path) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(monthly)
    return workbook.get_sheet_by_name("Table 1").to_python(skip_empty_area=False)


@pytest.fixture(scope="module")
def monthly_reconciled(monthly: Path, reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("iapt", [monthly])


class TestMonthly:
    def test_parts_add_up_where_none_is_hidden(self, monthly_reconciled: Reconciliation) -> None:
        """A commissioner's or provider's referrals are those with each of its partners, England's
        those of its commissioners: in five months no commissioner is hidden."""
        assert monthly_reconciled.agrees
        cells = monthly_reconciled.cells
        levels = cells["org_level"].value_counts().to_dict()
        assert levels == {"provider": 904, "ccg": 167, "england": 5}
        assert set(cells["indicator"]) == {"E.A.3"} and cells["period"].nunique() == 13

    def test_percentages_without_counts_are_not_compared(
        self, monthly_reconciled: Reconciliation
    ) -> None:
        notes = "\n".join(monthly_reconciled.notes)
        assert "9,146 printed figures are not compared" in notes
        assert "prints waits and recovery as percentages" in notes

    @pytest.mark.parametrize(
        ("level", "kind", "at"), [("ccg", "CCG", CCG), ("provider", "Provider", PROVIDER)]
    )
    def test_the_figures_are_those_of_the_rows(
        self, monthly: Path, sheet: list[list[Any]], level: str, kind: str, at: int
    ) -> None:
        months = ("2019-02", "2019-04", "2020-02")
        # Months are no period of the lines: the printed counts are what a quarter adds up.
        counts = read_counts(monthly)
        for line, column, figure in (
            ("E.A.3", FIRST, "numerator"),
            ("E.H.1_A1", COURSES, "denominator"),
        ):
            mine = counts[(counts["indicator"] == line) & (counts["org_level"] == level)]
            by_key = mine.set_index(["org_code", "period"])[figure]
            seen = 0
            for row in sheet[HEADER + 1 :]:
                month = f"{row[MONTH]:%Y-%m}"
                if row[KIND] != kind or month not in months or row[column] in ("*", "-"):
                    continue
                assert by_key[row[at] or "UNKNOWN", month] == row[column]
                seen += 1
            assert seen > 400

    def test_a_quarter_adds_up_its_months(self, monthly: Path) -> None:
        table = derived("E.A.3", monthly, "2019-20-Q1", "england")
        assert table.loc["ENGLAND", "numerator"] == 95_070 + 98_230 + 96_029
        assert table.loc["ENGLAND", "status"] == "no_denominator"
        assert table["value"].isna().all() and table["denominator"].isna().all()
        courses = derived("E.H.2_A2", monthly, "2019-20-Q1", "england")
        assert courses.loc["ENGLAND", "denominator"] == 49_389 + 52_086 + 47_783
        assert courses.loc["ENGLAND", "status"] == "not_available"
        assert courses["numerator"].isna().all() and courses["value"].isna().all()

    def test_hidden_and_absent_months(self, monthly: Path) -> None:
        """The unknown commissioner is hidden in half the months; 03X closed with March 2019."""
        table = derived("E.A.3", monthly, "2019-20-Q3")
        assert len(table) == 201
        assert table["status"].value_counts().to_dict() == {
            "no_denominator": 189,
            "not_available": 7,
            "suppressed": 5,
        }
        assert table.loc["UNKNOWN", "status"] == "suppressed"
        assert table.loc["03X", "status"] == "not_available"
        assert table.loc["03X", "org_name"] == "NHS EREWASH CCG"

    def test_an_organisation_that_closed_is_no_gap_above_it(
        self, monthly: Path, tmp_path: Path
    ) -> None:
        """15M took the place of four commissioners, which are printed with `-` from then on."""
        codes = ("03X", "03Y", "04J", "04R", "15M")
        geography = tmp_path / "geography.csv"
        geography.write_text("ccg_code,stp_code\n" + "".join(f"{code},QJ2\n" for code in codes))
        table = ind.derive(
            "E.A.3", [monthly, geography], period="2019-20-Q1", level="stp", notes=Notes()
        ).set_index("org_code")
        after = derived("E.A.3", monthly, "2019-20-Q1").loc["15M"]
        assert table.loc["QJ2", "numerator"] == after["numerator"] > 5_000
        assert table.loc["QJ2", "status"] == "no_denominator"

    def test_months_that_are_not_there(self, monthly: Path) -> None:
        """March 2020 is not there, so neither is the year nor its last quarter."""
        with pytest.raises(InputError) as error:
            ind.derive("E.A.S.2", monthly, period="2019-20-Q3", notes=Notes())
        assert "prints no figures of E.A.S.2; it prints those of E.A.3" in str(error.value)
        periods = ["2018-19", "2019-20", "2018-19-Q4", "2019-20-Q4", "2019-20-Q3"]
        table = ind.derive("E.A.3", monthly, period=periods, level="england", notes=Notes())
        said = table.set_index("period")["status"].to_dict()
        assert said == dict.fromkeys(periods[:4], "not_covered") | {periods[4]: "no_denominator"}

    def test_both_files_together(self, monthly: Path, annual: Path) -> None:
        table = ind.derive(
            "iapt", [annual, monthly], period=[YEAR, "2019-20-Q1"], level="england", notes=Notes()
        )
        covered = table[table["status"] != "not_covered"]
        answered = covered.groupby("indicator")["period"].agg(list).to_dict()
        both = [YEAR, "2019-20-Q1"]
        assert answered == {"E.A.3": [both[1]], "E.A.S.2": [YEAR]} | dict.fromkeys(LINES[1:], both)


@cache
def read_counts(path: Path) -> pd.DataFrame:
    from nhsind.families.iapt.monthly import read_monthly

    counts = read_monthly(path).counts
    assert counts is not None
    return counts


Sheet = list[list[Any]]


@pytest.fixture(scope="module")
def small(sheet: Sheet) -> Sheet:
    """England, one commissioner, one provider and the pair of them, of the first three months."""
    kept = [
        row
        for row in sheet[HEADER + 1 :]
        if row[MONTH].month in (4, 5, 6)
        and row[CCG] in ("all", "00C")
        and row[PROVIDER] in ("all", "RX301")
    ]
    return [list(row) for row in sheet[: HEADER + 1]] + kept


@pytest.fixture
def spoil_sheet(small: Sheet, tmp_path: Path) -> Spoil:
    sheets: Sheets = {"Title sheet": [["IAPT"]], "Table 1": small}
    return lambda change: spoilt_workbook(
        tmp_path / "monthly.xlsx", sheets, lambda copy: change(copy["Table 1"])
    )


QUARTER = "2019-20-Q1"


def refusal_of_a_quarter(path: Path) -> str:
    return refusal("E.A.3", path, QUARTER)


def find(rows: Sheet, kind: str) -> list[Any]:
    return next(row for row in rows[HEADER + 1 :] if row[KIND] == kind)


class TestSpoiltMonthly:
    def test_without_a_fault_the_copy_gives_the_same(
        self, spoil_sheet: Spoil, monthly: Path
    ) -> None:
        table = derived("E.A.3", spoil_sheet(lambda rows: None), QUARTER)
        whole = derived("E.A.3", monthly, QUARTER).loc[["00C"]]
        pd.testing.assert_frame_equal(table, whole)

    @pytest.mark.parametrize("at", [CCG, PROVIDER, KIND, MONTH, FIRST, COURSES, 10, 12])
    def test_a_renamed_column_is_refused(self, spoil_sheet: Spoil, at: int) -> None:
        names = []

        def change(rows: Sheet) -> None:
            names.append(rows[HEADER][at])
            rows[HEADER][at] = "renamed"

        said = refusal_of_a_quarter(spoil_sheet(change))
        assert names[0] in said or "no layout known" in said

    def test_a_header_lower_or_further_right_is_found(self, spoil_sheet: Spoil) -> None:
        def change(rows: Sheet) -> None:
            rows.insert(0, ["A further title"])
            for row in rows:
                row.insert(0, "")

        assert (
            derived("E.A.3", spoil_sheet(change), QUARTER, "england")["numerator"].sum() == 289_329
        )

    def test_remarks_below_the_table_are_no_rows(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: rows.extend([[], ["Copyright \xa9 2020"]]))
        assert len(derived("E.A.3", path, QUARTER)) == 1

    def test_a_row_without_its_kind_is_not_lost_in_silence(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: find(rows, "CCG").__setitem__(KIND, ""))
        assert "is not known here" in refusal_of_a_quarter(path)

    def test_a_month_given_twice_is_refused(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: rows.append(list(find(rows, "CCG"))))
        assert "stands in an earlier row too: CCG 00C ALL 2019-04" in refusal_of_a_quarter(path)

    @pytest.mark.parametrize("value", ["n/a", -5, 12.5, ""])
    def test_what_is_not_a_count_is_refused(self, spoil_sheet: Spoil, value: Any) -> None:
        said = refusal_of_a_quarter(
            spoil_sheet(lambda rows: find(rows, "CCG").__setitem__(FIRST, value))
        )
        assert "is not a number" in said and "First Treatment" in said and "row" in said

    def test_a_wrong_month_is_refused(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: find(rows, "CCG").__setitem__(MONTH, "Smarch 2019"))
        assert "is not a month" in refusal_of_a_quarter(path)

    def test_a_total_that_is_not_its_parts_is_a_difference(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: find(rows, "CCG/Provider").__setitem__(FIRST, 5000))
        found = ind.reconcile("iapt", path).differences
        changed = found[found["printed"] == 5000]
        assert set(changed["org_level"]) == {"ccg", "provider"}

    def test_codes_stay_text_and_marks_keep_their_meaning(self, spoil_sheet: Spoil) -> None:
        def change(rows: Sheet) -> None:
            for row in rows[HEADER + 1 :]:
                row[CCG] = row[CCG].replace("00C", "\xa05E1 ")
            find(rows, "CCG")[FIRST] = "*"
            find(rows, "Provider")[FIRST] = "-"

        path = spoil_sheet(change)
        assert derived("E.A.3", path, QUARTER)["status"].to_dict() == {"5E1": "suppressed"}
        by_provider = derived("E.A.3", path, QUARTER, "provider")
        assert by_provider["status"].to_dict() == {"RX301": "not_available"}

    def test_thousands_separators_are_read(self, spoil_sheet: Spoil) -> None:
        path = spoil_sheet(lambda rows: find(rows, "England").__setitem__(FIRST, "95,070"))
        assert derived("E.A.3", path, QUARTER, "england")["numerator"].sum() == 289_329

    @pytest.mark.parametrize("share", [0.3, 0.95])
    def test_a_truncated_workbook_is_refused(
        self, monthly: Path, tmp_path: Path, share: float
    ) -> None:
        path = tmp_path / monthly.name
        path.write_bytes(monthly.read_bytes()[: int(monthly.stat().st_size * share)])
        assert "cannot be read as a workbook" in refusal_of_a_quarter(path)
