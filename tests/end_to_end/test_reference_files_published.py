"""The Organisation Data Service's own reference files, as the geography of published figures."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import Run
from python_calamine import CalamineWorkbook

import nhsind as ind
from nhsind import Notes
from nhsind.errors import EXIT_DONE, EXIT_INPUT, InputError
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.sources.reference_files import read_geography_files, read_reference_file

APRIL_2015 = "2015-04"


@pytest.fixture(scope="module")
def merger(published: Path) -> Path:
    return published / "reference" / "CCG_STP_RefFile_Apr20.xlsx"


@pytest.fixture(scope="module")
def stp_map(published: Path) -> Path:
    return published / "reference" / "openprescribing_fixtures" / "stps_2017-08.xlsx"


@pytest.fixture(scope="module")
def commissioners(published: Path) -> Path:
    return published / "reference" / "eccg_2026_jhau.csv"


@pytest.fixture(scope="module")
def workbook(published: Path) -> Path:
    (path,) = (published / "rtt").glob("Incomplete-Commissioner-Apr15-*.xls")
    return path


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def placed(geography: Geography, level: str, month: str) -> Callable[[str], str | None]:
    return lambda code: geography.parent("ccg", code, level, parse_period(month))


class TestMergersOfApril2020:
    def test_every_commissioner_is_in_the_stp_and_region_printed(self, merger: Path) -> None:
        geography = read_geography_files([merger])
        for sheet, month, regions in (
            ("Pre-Apr 2020", "2020-03", 6),
            ("Post-Apr 2020", "2020-04", 4),
        ):
            rows = cells(merger, sheet)[1:]
            for row in rows:
                assert placed(geography, "stp", month)(row[0]) == row[2]
                assert placed(geography, "region", month)(row[0]) == row[regions]
                assert geography.names("ccg")[row[0]]
            assert len(rows) == {"2020-03": 191, "2020-04": 135}[month]

    def test_the_stps_have_as_many_commissioners_as_the_file_counts(self, merger: Path) -> None:
        printed = {row[2]: row[4] for row in cells(merger, "STP Implementation")[1:]}
        after = [row[0] for row in cells(merger, "Post-Apr 2020")[1:]]
        geography = read_geography_files([merger])
        assert Counter(map(placed(geography, "stp", "2020-04"), after)) == printed
        assert len(printed) == 42

    def test_closing_commissioners_have_their_successors(self, merger: Path) -> None:
        geography = read_geography_files([merger])
        printed = cells(merger, "CCG Mergers")[1:] + [
            [row[0], row[1], row[3], row[4]] for row in cells(merger, "Commissioning Hubs")[1:]
        ]
        assert len(printed) == 74 + 19
        for old, _, _, new in printed:
            assert geography.successor(old, date(2020, 3, 31)) == old
            assert geography.successor(old, date(2020, 4, 1)) == new

    def test_rows_and_days(self, merger: Path) -> None:
        rows = read_reference_file(merger)
        days = rows.groupby(["valid_from", "valid_to"]).size().to_dict()
        # 74 CCGs and 19 hubs close, 18 CCGs open; 117 CCGs and 8 later hubs have no days.
        assert days == {("", "2020-03-31"): 93, ("2020-04-01", ""): 18, ("", ""): 125}


class TestTheMapOfPartners:
    def test_it_is_that_of_the_year_before_the_mergers(self, merger: Path, stp_map: Path) -> None:
        """The file's name says August 2017; what it holds is of April 2019."""
        rows = read_reference_file(stp_map).set_index("ccg_code")
        before = {row[0]: (row[2], row[6]) for row in cells(merger, "Pre-Apr 2020")[1:]}
        found = rows[["stp_code", "region_code"]].apply(tuple, axis="columns").to_dict()
        assert found == before and len(found) == 191
        assert rows["stp_name"].ne("").all() and rows["stp_code"].nunique() == 42
        assert rows.loc["00L", "ccg_name"] == "NHS NORTHUMBERLAND CCG"


class TestCommissioners:
    def test_211_ccgs_opened_in_april_2013(self, commissioners: Path) -> None:
        rows = read_reference_file(commissioners)
        assert len(rows) == 320
        ccgs = rows[rows["stp_code"] != ""]
        open_then = (ccgs["valid_from"] == "2013-04-01").sum()
        assert open_then == 211
        hubs = rows[rows["stp_code"] == ""]
        assert len(hubs) == 35 and hubs["ccg_name"].str.contains("HUB").all()

    def test_days_are_those_of_the_lines(self, commissioners: Path) -> None:
        rows = read_reference_file(commissioners).set_index("ccg_code")
        with commissioners.open(newline="") as lines:
            for line in csv.reader(lines):
                row = rows.loc[line[0]]
                assert row["valid_from"].replace("-", "") == line[10]
                assert row["valid_to"].replace("-", "") == line[11]


class TestDerivation:
    def test_an_stp_is_the_sum_of_its_commissioners(
        self, workbook: Path, merger: Path, commissioners: Path
    ) -> None:
        files = [workbook, merger, commissioners]
        by_ccg = ind.derive("E.B.3", workbook, period=APRIL_2015, notes=Notes()).set_index(
            "org_code"
        )
        by_stp = ind.derive("E.B.3", files, period=APRIL_2015, level="stp", notes=Notes())
        by_stp = by_stp.set_index("org_code")
        # Dorset is one CCG; Devon was two, which the merger's file no longer knows.
        figures = ["numerator", "denominator"]
        assert by_stp.loc["QVV", figures].equals(by_ccg.loc["11J", figures])
        devon = by_ccg.loc[["99P", "99Q"], figures].sum()
        assert by_stp.loc["QJK", figures].astype(int).equals(devon.astype(int))
        assert by_stp.loc["QVV", "org_name"] == "Dorset STP"
        # NHS England commissions for itself: in England, and in no STP.
        assert len(by_stp) == 42
        known = by_stp[figures].sum() + by_ccg.loc["X24", figures]
        assert known.astype(int).equals(by_ccg[figures].sum().astype(int))

    def test_a_region_is_the_sum_of_its_stps(
        self, workbook: Path, merger: Path, commissioners: Path
    ) -> None:
        files = [workbook, merger, commissioners]
        tables = [
            ind.derive("E.B.3", files, period=APRIL_2015, level=level, notes=Notes())
            for level in ("stp", "region")
        ]
        assert tables[0]["denominator"].sum() == tables[1]["denominator"].sum()
        assert len(tables[1]) == 7

    def test_merged_commissioners_are_restated(
        self, workbook: Path, merger: Path, commissioners: Path
    ) -> None:
        files = [workbook, merger, commissioners]
        then = ind.derive("E.B.3", workbook, period=APRIL_2015, notes=Notes()).set_index("org_code")
        now = ind.derive("E.B.3", files, period=APRIL_2015, geography="2020-04", notes=Notes())
        now = now.set_index("org_code")
        assert now.loc["84H", "denominator"] == then.loc[["00D", "00J"], "denominator"].sum()
        assert not {"00D", "00J"} & set(now.index)
        assert now["denominator"].sum() == then["denominator"].sum()

    def test_commissioners_that_the_file_does_not_know_are_named(
        self, workbook: Path, merger: Path
    ) -> None:
        with pytest.raises(InputError) as error:
            ind.derive("E.B.3", [workbook, merger], period=APRIL_2015, level="stp", notes=Notes())
        said = "\n".join(map(str, error.value.problems))
        for code in ("00W", "01M", "13P"):
            assert f'"{code}" is not a commissioner that CCG_STP_RefFile_Apr20.xlsx knows' in said
        assert "27 values: is not a commissioner" in str(error.value)

    def test_of_printed_counts_they_are_named_in_a_note(
        self, published: Path, merger: Path
    ) -> None:
        monthly = published / "iapt" / "feb2019_feb2020.xlsx"
        notes = Notes()
        table = ind.derive(
            "E.A.3", [monthly, merger], period="2019-20-Q1", level="stp", notes=notes
        )
        assert len(table) == 42
        said = [line for line in notes.lines() if "does not know" in line]
        assert said == [
            "CCG_STP_RefFile_Apr20.xlsx does not know 03X, 03Y, 04J, 04R, 13Q, 14E, 99P, 99Q: "
            "in no STP's or region's total"
        ]

    def test_it_may_be_the_geography_of_frames(self, merger: Path) -> None:
        rows = pd.DataFrame(
            {
                "pathway_id": ["1", "2"],
                "ccg_code": ["00D", "84H"],
                "clock_start_date": "2020-03-01",
                "clock_stop_date": None,
                "stop_type": None,
            }
        )
        table = ind.derive(
            "E.B.3",
            {"pathways": rows, "geography": merger},
            period="2020-03",
            level="stp",
            notes=Notes(),
        )
        assert table[["org_code", "denominator"]].to_numpy().tolist() == [["QHM", 2]]

    def test_the_command(
        self, nhsind: Run, workbook: Path, merger: Path, commissioners: Path
    ) -> None:
        asked = ["derive", "rtt", "--level", "stp", "--period", APRIL_2015, "--data", workbook]
        status, out, _ = nhsind(*asked, "--data", merger, "--data", commissioners)
        assert status == EXIT_DONE and "rtt,E.B.3,stp,QVV,Dorset STP,2015-04," in out
        status, out, messages = nhsind(*asked)
        assert status == EXIT_INPUT and not out and "geography" in messages

    def test_reconciling_leaves_it_aside(
        self, nhsind: Run, workbook: Path, merger: Path, commissioners: Path
    ) -> None:
        files = ["--data", workbook, "--data", merger, "--data", commissioners]
        status, _, messages = nhsind("reconcile", "rtt", *files)
        assert status == EXIT_DONE and "cells compared are equal" in messages
        # The regions of 2020 share a code with those of 2015, and not their commissioners.
        assert "the geography has other organisations at their level" in messages
