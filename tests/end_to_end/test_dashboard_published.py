"""The mental health dashboard, whose rates other files of early intervention are compared with."""

from __future__ import annotations

from pathlib import Path

import pytest
from published_copies import Rows, write_csv
from small_layouts import dashboard

import nhsind as ind
from nhsind.errors import InputError
from nhsind.families.dementia.published import DASHBOARD as DEMENTIA
from nhsind.families.eip.published import DASHBOARD as EIP
from nhsind.families.iapt.published import DASHBOARD as IAPT
from nhsind.sources.mental_health_dashboard import line_of

MONTHS = [f"01/{month:02d}/2016" for month in range(4, 10)]


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Two commissioners' referrals that started in six months: 2 and 3, 3 and 3 of 5, then all."""
    bands = [f"Gt_{week}_{week + 1}_Weeks" for week in range(12)]
    header = ["Date", "Provider_Org_code", "Provider_name", "Org_Code", "CCG_Name", "Description"]
    rows = [
        [
            *(day, "RX1", "A", code, "B", "EIP pathways completed this month"),
            *(str(early), "0", str(5 - early), *["0"] * 10, "5"),
        ]
        for day in MONTHS
        for code, early in (("00C", 2), ("00D", 3))
    ]
    return write_csv(tmp_path / "eip.csv", [[*header, *bands, "Gt_12_Plus_Weeks", TOTAL], *rows])


TOTAL = "Total_Pathways"


def printed(folder: Path, rows: Rows | None = None) -> Path:
    return write_csv(folder / "dashboard.csv", rows or dashboard().rows)


def test_printed_rates_are_compared_quarter_by_quarter(series: Path, tmp_path: Path) -> None:
    done = ind.reconcile("eip", series, published=printed(tmp_path))
    rates = done.cells[done.cells["figure"] == "value"]
    told = {(row.org_code, row.period): row.equal for row in rates.itertuples()}
    assert told == {
        ("ENGLAND", "2016-17-Q1"): True,
        ("ENGLAND", "2016-17-Q2"): False,
        ("00C", "2016-17-Q1"): True,
        ("00D", "2016-17-Q1"): True,
        ("00D", "2016-17-Q2"): False,
    }
    assert "dashboard.csv: columns left out: 2017/18 planned" in done.notes


def test_nothing_is_derived_from_rates_alone(tmp_path: Path) -> None:
    table = ind.derive("eip", printed(tmp_path), period="2016-17-Q1")
    assert table["org_code"].tolist() == ["00C", "00D"]
    assert set(table["status"]) == {"not_available"} and table["value"].isna().all()
    assert any("it serves to compare with" in note for note in table.attrs["notes"])


def test_counts_of_people_are_no_rates(tmp_path: Path) -> None:
    rows = dashboard().rows
    rows += [[*row[:5], "12", "13", "14", "EIP: number seen within two weeks"] for row in rows[1:]]
    (note,) = [
        note
        for note in ind.check(printed(tmp_path, rows)).attrs["notes"]
        if "counts and not rates" in note
    ]
    assert note.endswith("left out: EIP: number seen within two weeks")


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        (4, "LSOA", "is no level known here"),
        (2, "", "is missing"),
        (2, "Total", "stands for a total"),
        (5, "many", "is not a number"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, column: int, text: str, words: str) -> None:
    rows = dashboard().rows
    rows[2][column] = text
    with pytest.raises(InputError, match=words):
        ind.check(printed(tmp_path, rows))


@pytest.mark.parametrize("row", [1, 2])
def test_a_row_twice_is_refused(tmp_path: Path, row: int) -> None:
    rows = dashboard().rows
    with pytest.raises(InputError, match="stands in an earlier row too"):
        ind.check(printed(tmp_path, [*rows, rows[row]]))


def test_two_categories_of_one_line_are_refused(tmp_path: Path) -> None:
    rows = dashboard().rows
    rows += [[*row[:-1], "Psychosis: treated in 2 weeks"] for row in rows[1:]]
    with pytest.raises(InputError, match=r"E.H.4 is printed in another category too: Psychosis"):
        ind.check(printed(tmp_path, rows))


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("IAPT access rate", "E.A.3"),
        ("IAPT Recovery Rate", "E.A.S.2"),
        ("IAPT_recovery_rate_BAME", None),
        ("% of people who finish IAPT treatment seen within 6 weeks", "E.H.1_A1"),
        ("IAPT treated within 18 weeks", "E.H.2_A2"),
        ("EIP - % started treatment within two weeks", "E.H.4"),
        ("EIP services graded at level 3", None),
        ("Dementia diagnosis rate (aged 65+)", "E.A.S.1"),
        ("CYP access rate", None),
    ],
)
def test_the_words_of_a_category_tell_its_line(category: str, line: str | None) -> None:
    assert line_of(category, IAPT | EIP | DEMENTIA) == line
