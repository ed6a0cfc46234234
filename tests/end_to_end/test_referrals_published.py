"""The Monthly Activity Return: its years reconcile exactly, and spoilt copies are caught."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import (
    ChangeSheets,
    Reconcile,
    Sheets,
    Spoil,
    refusal,
    spoilt_workbook,
    write_csv,
)
from python_calamine import CalamineWorkbook
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.errors import InputError

HEADER = 13  # zero-based row of the header; England stands below it
YEAR, MONTH, GROUP, GROUP_NAME, CODE, NAME = range(1, 7)
BY_GPS, BY_OTHERS = 17, 19
NAMES = (
    "APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER JANUARY FEBRUARY MARCH".split()
)
LINES = ("E.M.7", "E.M.7a", "E.M.7b")


@cache
def sheet_of(path: Path, name: str) -> tuple[list[Any], ...]:
    workbook = CalamineWorkbook.from_path(path)
    return tuple(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))


def month_in(row: list[Any]) -> str:
    """2013-14 and APRIL as 2013-04, by another way than the reader's."""
    place = NAMES.index(str(row[MONTH]).strip().upper())
    year = int(str(row[YEAR])[:4]) + (place > 8)
    return f"{year}-{(place + 3) % 12 + 1:02d}"


def derived(data: Any, period: str, level: str | None = None, line: str = "referrals") -> Any:
    return ind.derive(line, data, period=period, level=level, notes=Notes())


def refused(path: Path, period: str = "2014-06") -> str:
    return refusal("referrals", path, period)


@pytest.fixture(scope="module")
def returns(published: Path) -> dict[str, Path]:
    """The 36 files by the month in their rows."""
    paths = sorted((published / "mar").glob("MAR_Prov*.xls"))
    return {month_in(sheet_of(path, "Provider")[HEADER + 1]): path for path in paths}


@pytest.fixture(scope="module")
def reconciled(returns: dict[str, Path], reconciled_once: Reconcile) -> Reconciliation:
    return reconciled_once("referrals", list(returns.values()))


class TestThreeYears:
    def test_every_cell_is_equal(self, reconciled: Reconciliation) -> None:
        assert reconciled.agrees and reconciled.notes == []
        cells = reconciled.cells
        # England in 36 months; 25 area teams in 24 of them, 4 regions in 12.
        expected = 36 + 24 * 25 + 12 * 4
        assert cells["indicator"].value_counts().to_dict() == dict.fromkeys(LINES, expected)
        assert len(cells) == 2_052
        months = cells.groupby("indicator")["period"].nunique()
        assert months.to_dict() == dict.fromkeys(LINES, 36)

    def test_all_months_of_three_years_are_there(self, returns: dict[str, Path]) -> None:
        months = [str(month) for month in ind_months()]
        assert sorted(returns) == months and len(months) == 36

    @pytest.mark.parametrize("month", ["2013-04", "2014-12", "2015-10"])
    def test_the_figures_are_those_of_the_rows(self, returns: dict[str, Path], month: str) -> None:
        rows = sheet_of(returns[month], "Provider")[HEADER + 3 :]
        expected = {row[CODE]: (row[BY_GPS], row[BY_OTHERS]) for row in rows}
        table = derived(returns[month], month)
        found = table.pivot(index="org_code", columns="indicator", values="numerator")
        assert set(found.index) == set(expected) and len(found) == len(rows)
        for code, (by_gps, by_others) in expected.items():
            assert found.loc[code].to_list() == [by_gps + by_others, by_gps, by_others]
        assert set(table["org_level"]) == {"provider"} and set(table["status"]) == {"ok"}

    def test_england_is_the_row_of_england(self, returns: dict[str, Path]) -> None:
        """April 2013: 1,005,963 by GPs and 588,776 by others, as the sheet shows."""
        england = derived(returns["2013-04"], "2013-04", "england").set_index("indicator")
        assert england["numerator"].to_dict() == {
            "E.M.7": 1_594_739,
            "E.M.7a": 1_005_963,
            "E.M.7b": 588_776,
        }

    def test_quarters_and_years_are_the_sums_of_england(self, returns: dict[str, Path]) -> None:
        """Of the rows of England, which no provider's figure comes from."""
        printed = (
            pd.DataFrame(
                [
                    {"period": month, "E.M.7a": row[BY_GPS], "E.M.7b": row[BY_OTHERS]}
                    for month, path in returns.items()
                    for row in [sheet_of(path, "Provider")[HEADER + 1]]
                ]
            )
            .set_index("period")
            .sort_index()
        )
        data = list(returns.values())
        years = {f"{year}-{year - 1999}": f"{year}-04" for year in (2013, 2014, 2015)}
        asked = [*years, "2014-15-Q2"]
        table = ind.derive("referrals", data, period=asked, level="england", notes=Notes())
        derived = table.set_index(["period", "indicator"])["numerator"]
        for year, first in years.items():
            of_year = printed.loc[first:].iloc[:12]
            assert of_year.index[-1] == f"{int(first[:4]) + 1}-03"
            for line in ("E.M.7a", "E.M.7b"):
                assert derived[year, line] == of_year[line].sum()
            assert derived[year, "E.M.7"] == of_year.to_numpy().sum()
        quarter = printed.loc["2014-07":"2014-09", "E.M.7a"]
        assert len(quarter) == 3 and derived["2014-15-Q2", "E.M.7a"] == quarter.sum()

    def test_a_provider_needs_every_month_of_a_year(self, returns: dict[str, Path]) -> None:
        """RYQ closed in 2013: no figure of the year, and none of its referrals is lost."""
        data = [returns[str(month)] for month in ind_months()[:12]]
        providers = derived(data, "2013-14", line="E.M.7a").set_index("org_code")
        assert providers.loc["RYQ", "status"] == "not_available"
        assert pd.isna(providers.loc["RYQ", "value"])
        england = derived(data, "2013-14", "england", "E.M.7a")
        assert england["value"].iloc[0] > providers["value"].sum() > 0

    def test_a_quarter_that_lacks_a_month_is_refused(self, returns: dict[str, Path]) -> None:
        files = [returns["2014-04"], returns["2014-06"]]
        with pytest.raises(InputError, match="2014-15-Q1"):
            derived(files, "2014-15-Q1", line="E.M.7")

    def test_regions_through_a_geography(self, returns: dict[str, Path], tmp_path: Path) -> None:
        """Providers placed by the groups that the file prints give the sheet Region."""
        path = returns["2015-10"]
        rows = [row for row in sheet_of(path, "Provider")[HEADER + 1 :] if row[CODE]]
        lines = [["provider_code", "region_code", "region_name"]]
        lines += [[row[CODE], row[GROUP], row[GROUP_NAME]] for row in rows]
        geography = write_csv(tmp_path / "geography.csv", lines)
        table = derived([path, geography], "2015-10", "region", "E.M.7b")
        regions = [row for row in sheet_of(path, "Region")[HEADER + 1 :] if row[GROUP]]
        printed = {row[GROUP]: row[BY_OTHERS - 2] for row in regions}
        assert dict(zip(table["org_code"], table["value"], strict=True)) == printed
        assert len(printed) == 4 and set(table["org_name"]) == {row[GROUP_NAME] for row in regions}

    def test_a_provider_is_compared_within_its_area_team(self, returns: dict[str, Path]) -> None:
        found = ind.results("referrals", None, period="2013-04", data=returns["2013-04"])
        name, members = found.for_organisation("RYJ").neighbours()
        assert name == "LONDON AREA TEAM" and {"RYJ", "RYQ", "RWK"} <= set(members)

    def test_two_files_of_one_month_are_refused_and_revisions_replace(
        self, returns: dict[str, Path], tmp_path: Path
    ) -> None:
        rows = [list(row) for row in sheet_of(returns["2014-06"], "Provider")]
        rows[HEADER + 3][BY_GPS] += 7
        groups = [list(row) for row in sheet_of(returns["2014-06"], "Area Team")]
        later = write_xlsx(tmp_path / "later.xlsx", {"Provider": rows, "Area Team": groups})
        both = [returns["2014-06"], later]
        with pytest.raises(InputError, match=r"E\.M\.7 2014-06 .*give one"):
            derived(both, "2014-06")
        notes = Notes()
        table = ind.derive("E.M.7a", both, period="2014-06", notes=notes, revisions=True)
        code = rows[HEADER + 3][CODE]
        figures = table.set_index("org_code")["value"]
        assert figures[code] == rows[HEADER + 3][BY_GPS]
        assert any(f"{code} numerator +7" in line for line in notes.lines())

    def test_what_the_return_does_not_hold(self, returns: dict[str, Path]) -> None:
        with pytest.raises(InputError, match="2013-05"):
            derived(returns["2013-04"], "2013-05", line="E.M.7")
        with pytest.raises(InputError, match="level ccg"):
            derived(returns["2013-04"], "2013-04", "ccg", "E.M.7")


def ind_months() -> list[Any]:
    return [
        month
        for year in ("2013-14", "2014-15", "2015-16")
        for month in ind.periods.parse_period(year).split_months()
    ]


# By commissioner -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def commissioners(published: Path) -> dict[str, Path]:
    """The files of April 2013 to April 2018 by the month in their head."""
    paths = sorted((published / "as_issued/mar_commissioner").glob("*.xls"))
    heads = {path: sheet_of(path, "Commissioner")[4][2] for path in paths}
    return {str(ind.periods.parse_period(head)): path for path, head in heads.items()}


class TestByCommissioner:
    def test_england_is_the_sum_of_its_commissioners_and_regions(
        self, commissioners: dict[str, Path], reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("referrals", list(commissioners.values()))
        assert result.agrees and set(result.cells["org_level"]) == {"england"}
        # 25 area teams, four regions, in 2018 five, and NHS England; those of April 2016 are
        # December's.
        expected = dict.fromkeys(commissioners, 3 * (1 + 5))
        expected |= {"2013-04": 3 * (1 + 26), "2016-04": 3, "2018-04": 3 * (1 + 6)}
        assert result.cells.groupby("period").size().to_dict() == expected
        said = "\n".join(result.notes)
        assert "12 rows with a misspelt month or year are of 2017-06" in said
        assert "the head says 2016-04 and the rows 2016-12" in said

    def test_the_figures_are_those_of_the_rows(self, commissioners: dict[str, Path]) -> None:
        for month in ("2013-04", "2017-06", "2018-04"):
            rows = [row for row in sheet_of(commissioners[month], "Commissioner") if row[CODE]]
            expected = {row[CODE]: (row[BY_GPS], row[BY_OTHERS]) for row in rows[1:]}
            table = derived(commissioners[month], month)
            found = table.pivot(index="org_code", columns="indicator", values="numerator")
            assert set(found.index) == set(expected) and len(expected) > 190
            for code, (by_gps, by_others) in expected.items():
                assert found.loc[code].to_list() == [by_gps + by_others, by_gps, by_others]
            assert set(table["org_level"]) == {"ccg"} and set(table["status"]) == {"ok"}

    def test_england_of_april_2017(self, commissioners: dict[str, Path]) -> None:
        england = derived(commissioners["2017-04"], "2017-04", "england").set_index("indicator")
        assert england["numerator"].to_dict() == {
            "E.M.7": 1_537_524,
            "E.M.7a": 961_015,
            "E.M.7b": 576_509,
        }

    def test_a_provider_return_with_a_footnote(
        self, published: Path, reconciled_once: Reconcile
    ) -> None:
        (path,) = (published / "as_issued/mar").glob("*.xls")
        result = reconciled_once("referrals", [path])
        assert result.agrees and len(result.cells) == 3 * (1 + 4)


# One fault at a time ---------------------------------------------------------------------------


@pytest.fixture
def spoil(returns: dict[str, Path], tmp_path: Path) -> Spoil:
    """June 2014 with three providers of two area teams, and England as their sum, changed."""
    path = returns["2014-06"]
    rows = [list(row) for row in sheet_of(path, "Provider")]
    kept = [row for row in rows if row[CODE] in ("NT324", "RYJ", "RWK")]
    england = [*rows[HEADER + 1][:7], *(sum(row[at] for row in kept) for at in range(7, 21))]
    teams: dict[str, list[Any]] = {}
    for row in kept:
        of_team = teams.setdefault(row[GROUP], [*row[:5], *[0.0] * 14])
        of_team[5:] = [a + b for a, b in zip(of_team[5:], row[7:], strict=True)]
    head = [list(row) for row in sheet_of(path, "Area Team")[: HEADER + 1]]
    sheets: Sheets = {
        "Provider": [*rows[: HEADER + 1], england, [""] * 21, *kept],
        "Area Team": [*head, *teams.values()],
        "Notes": [["", "Notes"]],
    }

    return lambda change: spoilt_workbook(tmp_path / "spoilt.xlsx", sheets, change)


def replacing(name: str, place: int, column: int, value: Any) -> ChangeSheets:
    def change(sheets: Sheets) -> None:
        sheets[name][place][column] = value

    return change


class TestSpoilt:
    def test_without_a_fault_the_copy_reconciles(self, spoil: Spoil) -> None:
        result = ind.reconcile("referrals", spoil(lambda sheets: None))
        assert result.agrees and len(result.cells) == 3 * (1 + 2)

    def test_without_englands_row_its_parts_are_compared(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            del sheets["Provider"][HEADER + 1]

        result = ind.reconcile("referrals", spoil(change))
        assert result.agrees and len(result.cells) == 3 * 2

    @pytest.mark.parametrize("column", [YEAR, GROUP, CODE, NAME, BY_GPS, BY_OTHERS])
    def test_a_renamed_column_is_refused_and_named(self, spoil: Spoil, column: int) -> None:
        names: list[str] = []

        def change(sheets: Sheets) -> None:
            names.append(sheets["Provider"][HEADER][column].strip())
            sheets["Provider"][HEADER][column] = "Another"

        path = spoil(change)
        assert names[0].lower() in refused(path).lower()

    def test_all_missing_columns_are_named(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for column in (BY_GPS, BY_OTHERS):
                sheets["Provider"][HEADER][column] = "Another"

        text = refused(spoil(change))
        assert "GP Referrals Made (G&A)" in text and "Other Referrals Made (G&A)" in text

    @pytest.mark.parametrize("column", [GROUP, BY_GPS - 2])
    def test_so_it_is_in_the_sheet_of_area_teams(self, spoil: Spoil, column: int) -> None:
        text = refused(spoil(replacing("Area Team", HEADER, column, "Another")))
        assert "sheet Area Team" in text and "missing" in text

    def test_columns_are_found_by_heading_and_rows_may_shift(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for row in sheets["Provider"][HEADER:]:
                row.reverse()
            sheets["Provider"][:0] = [["another title"], []]

        assert ind.reconcile("referrals", spoil(change)).agrees

    @pytest.mark.parametrize(
        ("grouping", "year", "month", "period"),
        [("SHA", "2012-13", "June", "2012-06"), ("Region", "2011-12", "December", "2011-12")],
    )
    def test_other_years_have_other_groupings(
        self, spoil: Spoil, grouping: str, year: str, month: str, period: str
    ) -> None:
        """2011-12 is the year here, and not December 2011."""

        def change(sheets: Sheets) -> None:
            sheets[grouping] = sheets.pop("Area Team")
            for name in ("Provider", grouping):
                header = sheets[name][HEADER]
                header[GROUP], header[GROUP_NAME] = f"{grouping} Code ", f"{grouping} Name"
                for row in sheets[name][HEADER + 1 :]:
                    if row[YEAR]:
                        row[YEAR], row[MONTH] = year, month

        path = spoil(change)
        assert ind.reconcile("referrals", path).agrees
        assert set(derived(path, period)["period"]) == {period}

    def test_a_return_without_providers_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            del sheets["Provider"][HEADER + 2 :]

        assert "holds no figures that can be used" in refused(spoil(change))

    def test_a_changed_count_is_a_difference(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Provider"][-1][BY_GPS] += 1

        differences = ind.reconcile("referrals", spoil(change)).differences
        # E.M.7 and E.M.7a, of England and of its area team.
        assert len(differences) == 4 and (differences["difference"] == 1).all()
        assert "E.M.7b" not in set(differences["indicator"])

    @pytest.mark.parametrize("name", ["Provider", "Area Team"])
    def test_a_row_too_few_is_a_difference(self, spoil: Spoil, name: str) -> None:
        def change(sheets: Sheets) -> None:
            sheets[name].pop()

        assert not ind.reconcile("referrals", spoil(change)).agrees

    @pytest.mark.parametrize("name", ["Provider", "Area Team"])
    def test_a_row_given_twice_is_refused(self, spoil: Spoil, name: str) -> None:
        def change(sheets: Sheets) -> None:
            sheets[name].append(list(sheets[name][-1]))

        assert "stands in an earlier row too" in refused(spoil(change))

    @pytest.mark.parametrize("value", ["", "*", "-", -1, 2.5, "some"])
    def test_what_is_not_a_count_is_refused_and_named(self, spoil: Spoil, value: Any) -> None:
        text = refused(spoil(replacing("Provider", HEADER + 3, BY_GPS, value)))
        assert 'row 17 column "GP Referrals Made (G&A)"' in text and "is not a number" in text

    @pytest.mark.parametrize(
        ("column", "value", "said"),
        [
            (MONTH, "Total", "is not a month"),
            (MONTH, "", "is not a month"),
            (YEAR, "2016", "is not a financial year"),
            (YEAR, "2013-15", "is not a financial year"),
            (YEAR, "2015-16", "is not in 2014-06"),
            (MONTH, "July", "is not in 2014-06"),
            (CODE, "", "is missing"),
        ],
    )
    def test_what_places_a_row_is_refused_where_it_is_wrong(
        self, spoil: Spoil, column: int, value: str, said: str
    ) -> None:
        assert said in refused(spoil(replacing("Provider", HEADER + 3, column, value)))

    @pytest.mark.parametrize(
        ("column", "value"),
        [(YEAR, "2014-16"), (YEAR, " 2014-15"), (MONTH, "Juen"), (MONTH, "JUNE ")],
    )
    def test_a_row_as_it_was_typed_is_of_the_month_that_the_head_names(
        self, spoil: Spoil, column: int, value: str
    ) -> None:
        result = ind.reconcile("referrals", spoil(replacing("Provider", HEADER + 3, column, value)))
        assert result.agrees and len(result.cells) == 3 * (1 + 2)
        is_misspelt = value in ("2014-16", "Juen")
        assert len(result.notes) == is_misspelt
        assert not is_misspelt or "1 rows with a misspelt month or year" in result.notes[0]

    def test_regions_of_another_month_are_not_compared(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for row in sheets["Area Team"][HEADER + 1 :]:
                row[MONTH] = "DECEMBER"

        result = ind.reconcile("referrals", spoil(change))
        assert result.agrees and len(result.cells) == 3
        assert any("the head says 2014-06 and the rows 2014-12" in note for note in result.notes)

    def test_codes_blanks_and_separators(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            row = sheets["Provider"][HEADER + 3]
            row[CODE], row[BY_GPS], row[BY_OTHERS] = "\u00a05e1 ", "1,234", "\u00a07 "

        table = derived(spoil(change), "2014-06").set_index(["org_code", "indicator"])
        assert table.loc[("5E1", "E.M.7a"), "value"] == 1_234
        assert table.loc[("5E1", "E.M.7"), "value"] == 1_241

    @pytest.mark.parametrize("share", [0.3, 0.9])
    def test_a_truncated_workbook_is_refused(
        self, returns: dict[str, Path], tmp_path: Path, share: float
    ) -> None:
        data = returns["2014-06"].read_bytes()
        path = tmp_path / "spoilt.xls"
        path.write_bytes(data[: int(len(data) * share)])
        assert "spoilt.xls" in refused(path)

    def test_another_workbook_is_refused_with_the_layout_named(self, published: Path) -> None:
        text = refused(published / "ae" / "march_2025_ae_raw.xls")
        assert "is of no layout known here" in text and "mar (without " in text
