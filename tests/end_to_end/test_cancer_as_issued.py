"""Cancer waits as issued: workbooks by commissioner and month, and the series of nine standards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from published_copies import ChangeSheets, Sheets, Spoil, refusal, spoilt_workbook

import nhsind as ind
from nhsind import Notes
from nhsind.families.cancer.titles import part_title, period_of
from nhsind.families.cancer.workbook import read_workbook

NINE = {f"E.B.{number}" for number in range(6, 15)}


def derived(line: str, path: Path, period: str, level: str | None = None) -> Any:
    table = ind.derive(line, path, period=period, level=level, notes=Notes())
    return table.set_index("org_code")


class TestJuly2021:
    """A month by CCG: nine standards, no row of England, some percentages left empty."""

    @pytest.fixture
    def path(self, published: Path) -> Path:
        return published / "as_issued/cancer/nhs_commissioner_wait_times_jul_2021.xlsx"

    def test_every_cell_is_equal(self, path: Path) -> None:
        result = ind.reconcile("cancer", path)
        cells = result.cells
        assert result.agrees and set(cells["indicator"]) == NINE
        assert set(cells["org_level"]) == {"ccg"} and set(cells["period"]) == {"2021-07"}
        by_figure = cells["figure"].value_counts()
        assert by_figure["numerator"] == by_figure["denominator"] == 969
        # 24 rows have counts and no percentage, which is then no answer.
        assert by_figure["value"] == 969 - 24

    def test_the_figures_are_those_of_the_rows(self, path: Path) -> None:
        row = derived("E.B.12", path, "2021-07").loc["02P"]
        assert (row["numerator"], row["denominator"]) == (46, 63)
        assert row["org_name"] == "NHS BARNSLEY CCG"


class TestNineStandards:
    """England from October 2009 to September 2023."""

    @pytest.fixture
    def path(self, published: Path) -> Path:
        (path,) = (published / "as_issued/cancer").glob("*National-Time-Series*.xlsx")
        return path

    def test_every_cell_is_equal(self, path: Path) -> None:
        result = ind.reconcile("cancer", path)
        assert result.agrees and len(result.cells) == 6_408
        assert set(result.cells["indicator"]) == NINE
        # The first months are those of October 2009; quarters and years reach further back.
        assert {"2008-09-Q4", "2009-10", "2017-18", "2023-09"} <= set(result.cells["period"])

    def test_a_year_is_as_printed_and_no_sum_of_provisional_months(self, path: Path) -> None:
        year = derived("E.B.6", path, "2018-19", "england").loc["ENGLAND"]
        assert (year["numerator"], year["denominator"]) == (2_066_264, 2_245_524)

    def test_before_a_standard_was_set_there_is_no_figure(self, path: Path) -> None:
        with pytest.raises(ind.errors.InputError, match=r"2009-10|2009-11"):
            derived("E.B.7", path, "2009-10", "england")


# One fault at a time ---------------------------------------------------------------------------

HEADING = ["ODS CODE (1)", "PROVIDER (2)", "CARE SETTING", "CANCER TYPE"]
COUNTS = ["TOTAL", "WITHIN 62 DAYS", "AFTER 62 DAYS", "", "", "WITHIN 31 DAYS"]
SEEN = ["ODS CODE (1)", "PROVIDER (2)", "SUSPECTED TYPE OF CANCER"]


def quarter() -> Sheets:
    """A quarter of 2017-18 by CCG, its columns called as those of providers are."""
    sheets: Sheets = {"Frontpage": [["Cancer waits"]]}
    titles = ["Q1 2017-2018 (April, May, June)", "BASIS: COMMISSIONER BASED", "DEFINITIONS"]
    for name, days in {
        "TWO WEEK WAIT-ALL CANCER": 14,
        "TWO WEEK WAIT-BREAST SYMPTOMS": 14,
        "31-DAY FIRST TREAT (ALL CANCER)": 31,
        "31-DAY SUB TREAT (SURGERY)": 31,
        "31-DAY SUB TREAT (DRUGS)": 31,
        "31-DAY SUB TREAT (RADIOTHERAPY)": 31,
        "62-DAY (ALL CANCER)": 62,
        "62-DAY (SCREENING)": 62,
        "62-DAY (CONSULTANT UPGRADE)": 62,
    }.items():
        counts = [text.replace("62", str(days)) for text in COUNTS[:3]]
        kinds = SEEN[2:] if days == 14 else HEADING[2:]
        share = [""] * (2 + len(kinds) + 3) + ["PERCENTAGE"]
        of = ["ALL CANCERS"] * len(kinds)
        rows = [
            ["00C", "NHS DARLINGTON CCG", *of, 10, 8, 2, 0.8],
            ["00D", "NHS DURHAM CCG", *of, 20, 20, 0, 1.0],
            [],
            ["", "ALL ENGLISH CCGS", *of, 30, 28, 2, 28 / 30],
        ]
        part = [] if days == 14 else [["PART A: ADMITTED CARE"], [], [], ["PART C:ALL CARE"]]
        head = ["ODS CODE (1)", "PROVIDER (2)", *kinds, *counts, ""]
        notes = [[], ["SOURCE: the publisher"], ["NOTES: (1) the code"]]
        sheets[name] = [[name], *([title] for title in titles), *part, share, head, *rows, *notes]
    return sheets


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    return lambda change: spoilt_workbook(tmp_path / "spoilt.xlsx", quarter(), change)


TWO_WEEKS, UPGRADES = "TWO WEEK WAIT-ALL CANCER", "62-DAY (CONSULTANT UPGRADE)"


class TestAQuarterByCommissioner:
    def test_it_is_read_as_ccgs_and_reconciles(self, spoil: Spoil) -> None:
        path = spoil(lambda sheets: None)
        result = ind.reconcile("cancer", path)
        assert result.agrees and len(result.cells) == 9 * 3 * 3
        assert set(result.cells["org_level"]) == {"ccg", "england"}
        row = derived("E.B.14", path, "2017-18-Q1").loc["00C"]
        assert (row["numerator"], row["denominator"], row["org_level"]) == (8, 10, "ccg")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda s: s[TWO_WEEKS].insert(7, list(s[TWO_WEEKS][6])), "stands in an earlier row"),
            (lambda s: s[TWO_WEEKS][6].__setitem__(0, ""), "is missing"),
            (lambda s: s[TWO_WEEKS][6].__setitem__(3, "ten"), "is not a number"),
            (lambda s: s[TWO_WEEKS][5].__setitem__(3, "ALL"), "missing: TOTAL"),
            (lambda s: s[UPGRADES][1].__setitem__(0, "Q2 2017-2018"), "several periods"),
        ],
    )
    def test_a_fault_is_named(self, spoil: Spoil, change: ChangeSheets, said: str) -> None:
        assert said in refusal("cancer", spoil(change), "2017-18-Q1")

    @pytest.mark.parametrize(
        "words", ["ENGLAND", "TOTAL", "ALL ENGLISH COMMISSIONERS", "England Total"]
    )
    def test_england_may_be_called_otherwise(self, spoil: Spoil, words: str) -> None:
        def change(sheets: Sheets) -> None:
            sheets[TWO_WEEKS][-4][1] = words

        assert len(ind.reconcile("cancer", spoil(change)).cells) == 9 * 3 * 3

    def test_a_row_that_contradicts_itself_is_a_finding(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets[TWO_WEEKS][6][4] += 1

        (left_out,) = read_workbook(spoil(change)).left_out
        assert (left_out.organisation, left_out.level, left_out.lines, left_out.periods) == (
            "00C",
            "ccg",
            ("E.B.6",),
            ("2017-18-Q1",),
        )


class TestTitles:
    @pytest.mark.parametrize(
        ("title", "period"),
        [
            ("PERIOD: JUL 2021/22", "2021-07"),
            ("PERIOD: JAN 2021/22", "2022-01"),
            ("PERIOD: MAR 2021-2022", "2022-03"),
            ("Apr-24", "2024-04"),
            ("April 2017", "2017-04"),
            ("SEPTEMBER 2017 (FINAL)", "2017-09"),
            ("Q3 2017-2018 (October, November, December)", "2017-18-Q3"),
            ("QUARTER FOUR 2016/17", "2016-17-Q4"),
        ],
    )
    def test_a_period_is_read(self, title: str, period: str) -> None:
        rows = [["CANCER WAITS"], [title], ["DEFINITIONS:  DCB0147 Amd 16/2019"], ["AMD 23/2011"]]
        assert str(period_of([rows], {}, Path("book.xlsx"))) == period

    @pytest.mark.parametrize("title", ["Jly-21", "JUL", "2021/22", "PERIOD: JUL 2021/23"])
    def test_what_is_no_period_is_refused(self, title: str) -> None:
        with pytest.raises(ind.errors.InputError, match="names no quarter and no month"):
            period_of([[[title]]], {}, Path("book.xlsx"))

    def test_parts_have_letters_or_none(self) -> None:
        assert part_title("PART C:ALL CARE") == ("C", "ALL CARE")
        assert part_title("PART D: URGENT SCREENING") == ("D", "URGENT SCREENING")
        assert part_title("ALL CARE") == ("", "ALL CARE")
        assert part_title("PARTLY TREATED") == ("", "PARTLY TREATED")
