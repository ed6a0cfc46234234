"""Reference files as a geography: each layout in small, what is refused, and several as one."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_workbooks import write_xlsx

from nhsind.errors import InputError
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.sources.geography_files import COLUMNS
from nhsind.sources.reference_files import (
    ODS_COLUMNS,
    is_reference_file,
    read_geography_files,
    read_reference_file,
    read_reference_files,
)

Sheets = dict[str, list[list[Any]]]
PLACED = ["CCG Code", "CCG Name", "STP Code", "STP Name", "Region Code", "Region Name"]
BEFORE, AFTER = "Pre-Apr 2020", "Post-Apr 2020"
# 00A and 00B merge into 00M; 00C stays; 00D moves to another STP.
MERGER: Sheets = {
    "Title Sheet": [],
    "CCG Mergers": [
        ["Legacy (closing) CCG Code", "Legacy (closing) CCG Name", "New CCG Name", "New CCG Code"],
        ["00A", "Ambleside\xa0CCG", "NHS Merged CCG", "00M"],
        ["00B", "Barrow CCG", "NHS Merged CCG", "00M"],
    ],
    "Commissioning Hubs": [
        [
            "Legacy (closing) Commissioning Hub Code",
            "Legacy (closing) Commissioning Hub Name",
            "Activity Type",
            "New / Retained Commissioning Hub Name",
            "New / Retained Commissioning Hub Code",
        ],
        ["13X", "North Hub", "Comm Hub", "Great North Hub", "85J"],
        ["13Y", "West Hub", "Comm Hub", "Great North Hub", "85J"],
    ],
    BEFORE: [
        [*PLACED[:4], "Region (Local Office) Code", "Region (Local Office) Name", *PLACED[4:]],
        ["00A", "NHS Ambleside CCG", "QAA", "Lakes STP", "Q1", "Office", "Y61", "North"],
        ["00B", "NHS Barrow CCG", "QAA", "Lakes STP", "Q1", "Office", "Y61", "North"],
        ["00C", "NHS Carlisle CCG", "QBB", "Border STP", "Q1", "Office", "Y61", "North"],
        ["00D", "NHS Dalton CCG", "QBB", "Border STP", "Q1", "Office", "Y61", "North"],
    ],
    AFTER: [
        PLACED,
        ["00M", "NHS Merged CCG", "QAA", "Lakes STP", "Y61", "North"],
        ["00C", "NHS Carlisle CCG", "QBB", "Border Partnership STP", "Y61", "North"],
        ["00D", "NHS Dalton CCG", "QAA", "Lakes STP", "Y61", "North"],
    ],
}
STP_MAP: Sheets = {
    "Current STPs": [
        ["SUSTAINABILITY & TRANSFORMATION PARTNERSHIPS"],
        [],
        ["NHS England Region", "ODS STP Code", "STP Name", "CCG", "ODS CCG Code", "Trusts"],
        ["North West (Y62)", "QAA", "Lakes STP\n", "Ambleside", "00A", "A trust"],
        ["North West (Y62)", "QAA", "", "Barrow", "00B", "Another trust"],
        ["North West (Y62)", "QAA", "", "", "", "A third trust"],
        ["London (Y56)", "QBB", "City STP", "City", " 00C ", "A fourth trust"],
    ],
    "CCGs": [["Code", "Org Name"], ["00A", "NHS AMBLESIDE CCG"]],
}


def ods_line(code: str, name: str, **values: str) -> list[str]:
    given = {"Organisation Code": code, "Name": name, **values}
    return [given.get(column, "") for column in ODS_COLUMNS]


def commissioner(code: str, name: str, opened: str, closed: str = "", kind: str = "") -> list[str]:
    return ods_line(
        code,
        name,
        **{
            "National Grouping": "Y62",
            "High Level Health Geography": "QAA",
            "Open Date": opened,
            "Close Date": closed,
            "Organisation Sub-Type Code": kind,
        },
    )


COMMISSIONERS = [
    commissioner("00A", "NHS AMBLESIDE CCG", "20130401", "20200331"),
    commissioner("00M", "NHS LAKES ICB - 00M", "20200401", kind="RO319"),
    commissioner("A1B2C", "LAKES - SUB-ICB REPORTING ENTITY", "20240401", kind="RO327"),
    commissioner("13X", "NORTH COMMISSIONING HUB", "20150401", "20200331", "RO218"),
]


def write_lines(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


@pytest.fixture
def merger(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "merger.xlsx", MERGER)


@pytest.fixture
def stp_map(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "map.xlsx", STP_MAP)


@pytest.fixture
def commissioners(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "eccg.csv", COMMISSIONERS)


@pytest.fixture
def spoil(tmp_path: Path) -> Callable[[Sheets, Callable[[Sheets], None]], Path]:
    def spoilt(sheets: Sheets, change: Callable[[Sheets], None]) -> Path:
        copy = {name: [list(row) for row in rows] for name, rows in sheets.items()}
        change(copy)
        return write_xlsx(tmp_path / "spoilt.xlsx", copy)

    return spoilt


Spoil = Callable[[Sheets, Callable[[Sheets], None]], Path]


def said_of(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_geography_files([path])
    return "\n".join(str(problem) for problem in error.value.problems)


def stp(geography: Geography, code: str, period: str) -> str | None:
    return geography.parent("ccg", code, "stp", parse_period(period))


class TestMerger:
    def test_the_rows_are_those_of_a_geography(self, merger: Path) -> None:
        rows = read_reference_file(merger)
        assert list(rows.columns) == COLUMNS
        columns = ["ccg_code", "stp_code", "successor_ccg_code", "valid_from", "valid_to"]
        assert rows[columns].to_numpy().tolist() == [
            ["00A", "QAA", "00M", "", "2020-03-31"],
            ["00B", "QAA", "00M", "", "2020-03-31"],
            ["00D", "QBB", "", "", "2020-03-31"],
            ["00C", "QBB", "", "", ""],
            ["00M", "QAA", "", "2020-04-01", ""],
            ["00D", "QAA", "", "2020-04-01", ""],
            ["13X", "", "85J", "", "2020-03-31"],
            ["13Y", "", "85J", "", "2020-03-31"],
            ["85J", "", "", "", ""],
        ]

    def test_parents_before_and_after(self, merger: Path) -> None:
        geography = read_geography_files([merger])
        assert stp(geography, "00D", "2020-03") == "QBB"
        assert stp(geography, "00D", "2020-04") == "QAA"
        assert stp(geography, "00A", "2020-03") == stp(geography, "00M", "2020-04") == "QAA"
        assert geography.parent("ccg", "00C", "region", parse_period("2019-05")) == "Y61"
        # The name after the merger.
        assert geography.names("stp")["QBB"] == "Border Partnership STP"
        assert geography.names("region")["Y61"] == "North"

    def test_successors(self, merger: Path) -> None:
        geography = read_geography_files([merger])
        assert geography.successor("00A", date(2020, 3, 31)) == "00A"
        assert geography.successor("00A", date(2020, 4, 1)) == "00M"
        assert geography.successor("13Y", date(2020, 4, 1)) == "85J"
        assert geography.successor("00C", date(2020, 4, 1)) == "00C"

    def test_hubs_are_known_and_in_no_stp(self, merger: Path) -> None:
        geography = read_geography_files([merger])
        assert {"13X", "13Y", "85J"} <= geography.known("ccg")
        assert stp(geography, "13X", "2019-05") is None
        assert geography.parent("ccg", "13X", "england", parse_period("2019-05")) == "ENGLAND"

    def test_another_months_merger_has_its_day(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for name in (BEFORE, AFTER):
                sheets[name.replace("Apr 2020", "Apr 2021")] = sheets.pop(name)

        geography = read_geography_files([spoil(MERGER, change)])
        assert geography.successor("00A", date(2021, 3, 31)) == "00A"
        assert geography.successor("00A", date(2021, 4, 1)) == "00M"

    @pytest.mark.parametrize("name", ["CCG Mergers", "Commissioning Hubs", BEFORE, AFTER])
    def test_a_renamed_column_is_named(self, spoil: Spoil, name: str) -> None:
        def change(sheets: Sheets) -> None:
            sheets[name][0][-1] = "renamed"

        said = said_of(spoil(MERGER, change))
        assert f"sheet {name}," in said and "the column is missing" in said and "renamed" in said

    def test_a_commissioner_given_twice_is_refused(self, spoil: Spoil) -> None:
        path = spoil(MERGER, lambda sheets: sheets[AFTER].append(sheets[AFTER][1]))
        assert "stands in an earlier row too: 00M" in said_of(path)

    def test_a_file_without_hubs_is_read(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            del sheets["Commissioning Hubs"]

        assert len(read_reference_file(spoil(MERGER, change))) == 6

    def test_a_missing_sheet_is_named(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            del sheets[AFTER]

        assert f'has no readable sheet "{AFTER}"' in said_of(spoil(MERGER, change))

    def test_a_sheet_of_no_month_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            for name in (BEFORE, AFTER):
                sheets[name.replace("Apr", "Smarch")] = sheets.pop(name)

        assert 'the sheet "Pre-Smarch 2020" names no month' in said_of(spoil(MERGER, change))

    def test_remarks_below_are_no_commissioners(self, spoil: Spoil) -> None:
        path = spoil(MERGER, lambda sheets: sheets[AFTER].append(["Source: NHS Digital"]))
        assert len(read_reference_file(path)) == 9


class TestStpMap:
    def test_commissioners_with_stp_and_region_at_any_date(self, stp_map: Path) -> None:
        rows = read_reference_file(stp_map).set_index("ccg_code")
        assert list(rows.index) == ["00A", "00B", "00C"]
        assert list(rows["stp_code"]) == ["QAA", "QAA", "QBB"]
        assert list(rows["stp_name"]) == ["Lakes STP", "Lakes STP", "City STP"]
        assert list(rows["region_code"]) == ["Y62", "Y62", "Y56"]
        assert list(rows["region_name"]) == ["North West", "North West", "London"]
        assert (rows[["valid_from", "valid_to", "successor_ccg_code"]] == "").all(axis=None)
        geography = read_geography_files([stp_map])
        assert stp(geography, "00B", "2013-04") == stp(geography, "00B", "2025-03") == "QAA"

    def test_the_full_name_where_the_file_has_it(self, stp_map: Path) -> None:
        rows = read_reference_file(stp_map).set_index("ccg_code")
        assert list(rows["ccg_name"]) == ["NHS AMBLESIDE CCG", "Barrow", "City"]

    def test_a_commissioner_of_two_stps_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Current STPs"][-1][4] = "00A"

        assert "stands in an earlier row too: 00A" in said_of(spoil(STP_MAP, change))

    def test_a_region_without_its_code_is_refused(self, spoil: Spoil) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Current STPs"][3][0] = "North West"

        assert '"North West" is no region' in said_of(spoil(STP_MAP, change))

    @pytest.mark.parametrize("at", range(5))
    def test_a_renamed_column_is_named(self, spoil: Spoil, at: int) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Current STPs"][2][at] = "renamed"

        name = STP_MAP["Current STPs"][2][at]
        assert name.lower() in said_of(spoil(STP_MAP, change)).lower()


class TestCommissioners:
    def test_days_and_places(self, commissioners: Path) -> None:
        rows = read_reference_file(commissioners).set_index("ccg_code")
        assert list(rows["valid_from"]) == ["2013-04-01", "2020-04-01", "2024-04-01", "2015-04-01"]
        assert list(rows["valid_to"]) == ["2020-03-31", "", "", "2020-03-31"]
        assert list(rows["stp_code"]) == ["QAA", "QAA", "QAA", ""]
        assert list(rows["region_code"]) == ["Y62", "Y62", "Y62", ""]

    def test_a_closed_commissioner_stays_where_it_was(self, commissioners: Path) -> None:
        geography = read_geography_files([commissioners])
        assert stp(geography, "00A", "2015-04") == stp(geography, "00A", "2021-04") == "QAA"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_marks_and_letters_of_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        lines = [list(line) for line in COMMISSIONERS]
        lines[0][0:2] = ["\xa05E1 ", "NHS B\xe9ziers CCG"]
        path = write_lines(tmp_path / "eccg.csv", lines, encoding)
        rows = read_reference_file(path)
        assert list(rows.loc[0, ["ccg_code", "ccg_name"]]) == ["5E1", "NHS B\xe9ziers CCG"]

    def test_a_line_cut_short_is_refused(self, commissioners: Path) -> None:
        commissioners.write_text(commissioners.read_text()[:-30])
        said = said_of(commissioners)
        assert "eccg.csv line 4" in said and "values, not 27" in said

    @pytest.mark.parametrize("text", ["soon", "20201301", "2020"])
    def test_a_day_that_is_none_is_refused(self, tmp_path: Path, text: str) -> None:
        lines = [*COMMISSIONERS, commissioner("00Z", "NHS Z CCG", text)]
        path = write_lines(tmp_path / "eccg.csv", lines)
        assert f'line 5 column "Open Date": "{text}" is not a day' in said_of(path)

    def test_a_day_of_closing_before_opening_is_refused(self, tmp_path: Path) -> None:
        lines = [commissioner("00Z", "NHS Z CCG", "20200401", "20130401"), *COMMISSIONERS]
        assert "is before valid_from" in said_of(write_lines(tmp_path / "eccg.csv", lines))

    def test_a_commissioner_given_twice_is_refused(self, tmp_path: Path) -> None:
        path = write_lines(tmp_path / "eccg.csv", [*COMMISSIONERS, COMMISSIONERS[0]])
        assert "stands in an earlier row too: 00A" in said_of(path)


class TestSeveral:
    def test_the_first_that_knows_a_commissioner_decides(
        self, merger: Path, commissioners: Path
    ) -> None:
        rows = read_reference_files([merger, commissioners]).set_index("ccg_code")
        assert rows.loc["00A", "successor_ccg_code"] == "00M"
        assert rows.loc["A1B2C", "valid_from"] == "2024-04-01"
        assert list(rows.index).count("00M") == 1 and rows.loc["00M", "stp_name"] == "Lakes STP"
        other_way = read_reference_files([commissioners, merger]).set_index("ccg_code")
        assert other_way.loc["00A", "successor_ccg_code"] == ""
        assert other_way.loc["00A", "valid_from"] == "2013-04-01"

    def test_names_come_from_the_file_that_has_them(
        self, merger: Path, commissioners: Path
    ) -> None:
        geography = read_geography_files([merger, commissioners])
        assert geography.names("stp")["QAA"] == "Lakes STP"
        assert geography.place == "merger.xlsx, eccg.csv"

    def test_a_geography_of_ones_own_is_read_as_before(self, tmp_path: Path) -> None:
        path = tmp_path / "geography.csv"
        path.write_text("ccg_code,stp_code\n00A,QAA\n")
        geography = read_geography_files([path])
        assert stp(geography, "00A", "2020-04") == "QAA" and geography.place == "geography.csv"


class TestRecognition:
    def test_each_layout_is_known(self, merger: Path, stp_map: Path, commissioners: Path) -> None:
        assert all(map(is_reference_file, (merger, stp_map, commissioners)))

    def test_it_is_known_whatever_its_name(self, merger: Path) -> None:
        assert is_reference_file(merger.rename(merger.with_name("pathways.xlsx")))

    def test_trusts_and_practices_have_the_same_columns_and_are_none(self, tmp_path: Path) -> None:
        trust = ods_line("RA2", "ROYAL SURREY COUNTY HOSPITAL NHS TRUST")
        practice = ods_line("A81001", "THE DENSHAM SURGERY", Commissioner="00K")
        for line in (trust, practice):
            assert not is_reference_file(write_lines(tmp_path / "other.csv", [line, line]))

    @pytest.mark.parametrize(
        "content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe\x00", b'"00A","x\n']
    )
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_other_files_are_none_and_nothing_is_raised(
        self, tmp_path: Path, content: bytes, ending: str
    ) -> None:
        path = tmp_path / f"other.{ending}"
        path.write_bytes(content)
        assert not is_reference_file(path)
        with pytest.raises(InputError, match="is no reference file known here"):
            read_reference_file(path)

    def test_a_zip_without_a_workbook_and_a_missing_file_are_none(self, tmp_path: Path) -> None:
        path = tmp_path / "other.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "CCG Mergers")
        assert not is_reference_file(path)
        assert not is_reference_file(tmp_path / "missing.csv")

    def test_a_truncated_workbook_is_none(self, merger: Path) -> None:
        merger.write_bytes(merger.read_bytes()[:600])
        assert not is_reference_file(merger)
