"""Small inputs that once gave a wrong or misleading answer, each kind with others like it.

The folder of cases stands beside the repository; where it is not, only the others are tried.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import Run
from report_world import REPOSITORY

import nhsind as ind
from nhsind.errors import InputError

CASES = REPOSITORY.parent / "shared" / "cases"
FILES, RECORDS = CASES / "files", CASES / "records"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the folder of cases is not here")


def wanted_of_records() -> list[Any]:
    if not RECORDS.is_dir():
        return []
    return [
        pytest.param(folder, asked, id=f"{folder.name} {asked['code']} {asked['org']}")
        for folder in sorted(RECORDS.iterdir())
        for asked in json.loads((folder / "expect.json").read_text("utf-8"))
    ]


def row_of(table: pd.DataFrame, organisation: str) -> dict[str, Any]:
    (row,) = table[table["org_code"] == organisation].to_dict("records")
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


@needs_cases
@pytest.mark.parametrize(("folder", "asked"), wanted_of_records())
def test_records(folder: Path, asked: dict[str, Any]) -> None:
    want = asked["want"]
    options = {"period": asked["period"], "level": asked["level"]}
    if "exit" in want:
        with pytest.raises(InputError) as refused:
            ind.derive(asked["code"], folder, **options)
        assert refused.value.exit_status == want["exit"]
        return
    row = row_of(ind.derive(asked["code"], folder, **options), asked["org"])
    columns = {"n": "numerator", "d": "denominator", "meets": "meets_standard"}
    for key, expected in want.items():
        found = row[columns.get(key, key)]
        close = pytest.approx(expected) if isinstance(expected, float) else expected
        assert found == close, key


# What a reader gives: file, line, period, level, organisation, numerator and denominator.
READ = [
    *(
        ("total_rows/ae_total_in_parent_org.csv", "E.B.5", "2024-03", "ENGLAND", 1458, 1880),
        ("total_rows/Monthly-AE-three-rows.csv", "E.B.5_1", "2026-02", "ENGLAND", 18434, None),
        ("total_rows/eip_england_row.csv", "E.H.4", "2017-18-Q1", "ENGLAND", 30, 90),
    ),
    *(
        (f"rtt_extract/{name}.csv", "E.B.3", "2018-04", "00A", 125, 150)
        for name in ("codes_with_blanks", "cp1252", "floats", "trailing_commas")
    ),
    ("rtt_extract/thousand.csv", "E.B.3", "2018-04", "00A", 1125, 1150),
    # "2017-18, APRIL" is April 2017, whatever the file is asked for.
    ("rtt_extract/old_2017_layout.csv", "E.B.3", "2017-04", "00A", 125, 150),
    ("strange_codes/excel_formula", "E.B.3", "2018-03", "00A", 1, 2),
]


@needs_cases
@pytest.mark.parametrize(("name", "code", "period", "organisation", "n", "d"), READ)
def test_files_that_are_read(
    name: str, code: str, period: str, organisation: str, n: int, d: int | None
) -> None:
    level = "england" if organisation == "ENGLAND" else "ccg"
    table = ind.derive(code, FILES / name, period=period, level=level)
    row = row_of(table, organisation)
    assert (row["numerator"], row["denominator"], row["status"]) == (n, d, "ok")
    if level == "ccg":
        assert set(table["org_code"]) <= {"00A", "00B"}


REFUSED = [
    ("rows_twice/rtt_one_row_twice.csv", "E.B.3", "2018-04", "line 9: stands in an earlier row"),
    ("rows_twice/dm01_us_dates.csv", "E.B.4", "2018-01", "is not a month for certain"),
    ("unclosed_quote/ae_unclosed.csv", "E.B.5", "2024-03", "line 2: a quotation mark opens"),
    ("unclosed_quote/ae_unclosed_big.csv", "E.B.5", "2024-03", "line 2: a quotation mark opens"),
    ("strange_codes/zero_width_inside", "E.B.3", "2018-03", "zero width space"),
    ("refusals/rtt_heading_twice.csv", "E.B.3", "2018-04", "stands above two columns"),
    ("refusals/dem.xls", "E.A.S.1", "2017-03", "holds 2024-01"),
    ("rtt_extract/old_2017_layout.csv", "E.B.3", "2018-04", "holds 2017-04"),
]


@needs_cases
@pytest.mark.parametrize(("name", "code", "period", "says"), REFUSED)
def test_files_that_are_refused(name: str, code: str, period: str, says: str, nhsind: Run) -> None:
    status, out, err = nhsind("derive", code, "--data", FILES / name, "--period", period)
    assert (status, out) == (65, "")
    assert says in err
    assert "Traceback" not in err


@needs_cases
class TestOtherFiles:
    def test_a_workbook_by_another_name_is_read(self) -> None:
        table = ind.derive("E.A.S.1", FILES / "refusals/dem.xls", period="2024-01", level="england")
        assert table["status"].tolist() == ["ok"]

    def test_two_months_joined_are_two_months(self) -> None:
        path = FILES / "refusals/two_months_totals.csv"
        months = ["2024-03", "2024-04"]
        table = ind.derive("E.B.5", path, period=months, level="england")
        assert table["status"].tolist() == ["ok", "ok"]
        assert ind.reconcile("ae", path).agrees

    def test_a_plan_that_is_released_soon(self, nhsind: Run, tmp_path: Path) -> None:
        folder = tmp_path / "plan"
        shutil.copytree(FILES / "refusals", folder)
        status, _, err = nhsind("run", folder / "p.yaml", "--out", tmp_path / "out")
        assert status == 65
        assert '"soon" release_datetime is not allowed' in err
        assert not (tmp_path / "out").exists()

    def test_rows_left_out_are_findings(self, nhsind: Run) -> None:
        path = FILES / "quarantine/dm01_june_2023_three_rows.csv"
        status, out, err = nhsind("check", "--data", path)
        assert status == 0
        assert "row_left_out,2,E.B.4" in out
        assert "no record is left out" not in err
        assert nhsind("check", "--strict", "--data", path)[0] == 65
        table = ind.derive("E.B.4", path, period="2023-06", level="ccg")
        assert dict(zip(table["org_code"], table["status"], strict=True)) == {
            "QE1": "not_available",
            "X24": "ok",
        }
        table = ind.derive("E.B.4", path, period="2023-06", level="england")
        assert table[["numerator", "denominator", "status"]].to_numpy().tolist() == [
            [154, 827, "partial"]
        ]

    def test_what_is_left_out_is_said_once(self, nhsind: Run) -> None:
        path = FILES / "quarantine/dm01_june_2023_three_rows.csv"
        _, _, err = nhsind("derive", "E.B.4", "--data", path, "--period", "2023-06")
        assert err.count("line 3") == err.count("line 4") == 1

    def test_a_note_below_is_no_row(self, nhsind: Run) -> None:
        with_note, without = (
            nhsind("reconcile", "referrals", "--data", FILES / "footnotes" / name)
            for name in ("with-note.xls", "without-note.xls")
        )
        assert with_note == without
        assert with_note[0] == 0

    def test_a_region_sheet_of_another_year_is_said(self, nhsind: Run) -> None:
        path = FILES / "regions/region-sheet-other-year.xls"
        status, _, err = nhsind("reconcile", "referrals", "--data", path)
        assert status == 0
        assert "6 printed figures are not compared: the data hold nothing of their line" in err

    def test_regions_without_a_code_and_parts_beside_a_total(self, nhsind: Run) -> None:
        for name in ("HES_MAR_four_rows.csv", "HES_MAR_part_suppressed.csv"):
            status, _, err = nhsind("reconcile", "sus", "--data", FILES / "regions" / name)
            assert status == 0, err
        assert "1 totals beside a hidden part are not compared" in err

    def test_codes_with_blanks_reconcile(self) -> None:
        done = ind.reconcile("rtt", FILES / "rtt_extract/codes_with_blanks.csv")
        assert done.agrees
        assert len(done.cells) == 110

    def test_successors(self, nhsind: Run) -> None:
        options = ("--period", "2018-03", "--geography", "2019-04")
        table = ind.derive(
            "E.B.3",
            FILES / "successors/no_end_date",
            period="2018-03",
            geography="2019-04",
        )
        row = row_of(table, "14L")
        assert (row["numerator"], row["denominator"]) == (4, 5)
        status, out, err = nhsind(
            "derive", "E.B.3", "--data", FILES / "successors/two_successors", *options
        )
        assert (status, out) == (65, "")
        assert '"14L, 01M" is not one code' in err
