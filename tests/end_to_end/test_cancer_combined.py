"""The combined extract of cancer waits: what is counted, what checks it, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from published_copies import Rows, write_csv

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError

HEADER = ["Period", "Basis", "Org_Code", "Parent_Org", "Org_Name", "Standard_or_Item"]
HEADER += ["Cancer_Type", "Referral_Route_or_Stage", "Treatment_Modality"]
HEADER += ["Total", "Within", "After", "Performance", "In_32_to_38_days"]
ALL = "ALL MODALITIES"
# By standard, route and treatment: the line, and how many were in time of ten.
PRINTED = {
    ("31D", "ALL STAGES", ALL): ("CWT_31_DAYS", 9),
    ("31D", "First Treatment", ALL): ("E.B.8", 8),
    ("31D", "Subsequent", "Surgery"): ("E.B.9", 7),
    ("31D", "Subsequent", "Anti-cancer drug regimen"): ("E.B.10", 6),
    ("31D", "Subsequent", "Radiotherapy"): ("E.B.11", 5),
    ("62D", "ALL ROUTES", ALL): ("CWT_62_DAYS", 4),
    ("62D", "Urgent Suspected Cancer", ALL): ("E.B.12", 3),
    ("62D", "Screening", ALL): ("E.B.13", 2),
    ("62D", "Consultant Upgrade", ALL): ("E.B.14", 1),
}
# Of no line: another standard, and parts of those above.
OTHERS = (
    ("FDS", "ALL ROUTES", ""),
    ("31D", "Subsequent", ALL),
    ("31D", "Subsequent", "Other"),
    ("62D", "Breast Symptomatic", ALL),
    ("62D", "ALL ROUTES", "Surgery"),
)
WHO = (
    ("Provider", "RX1", "ONE NHS TRUST", 1),
    ("Provider", "RX2", "TWO NHS TRUST", 2),
    ("Provider", "Total", "Total", 3),
    ("Commissioner", "QE1", "NHS ONE INTEGRATED CARE BOARD", 1),
    ("Commissioner", "13Q", "NATIONAL COMMISSIONING HUB 1", 3),
    ("Commissioner", "Total", "Total", 4),
)


def rows_printed(month: str = "01/06/2025") -> Rows:
    rows: list[list[Any]] = [list(HEADER)]
    for basis, code, name, times in WHO:
        for (standard, route, treatment), (_, within) in PRINTED.items():
            for cancer, share in (("ALL CANCERS", 1), ("Breast", 0.5), ("Lung", 0.5)):
                numbers = [10 * times * share, within * times * share]
                what = [standard, cancer, route, treatment]
                rows.append([month, basis, code, "LONDON", name, *what, *numbers])
                rows[-1] += [numbers[0] - numbers[1], within / 10, ""]
        for standard, route, treatment in OTHERS:
            what = [standard, "ALL CANCERS", route, treatment]
            rows.append([month, basis, code, "LONDON", name, *what, 999, 999, 0, 1, ""])
    return rows


def written(folder: Path, rows: Rows, name: str = "combined.csv") -> Path:
    return write_csv(folder / name, rows)


@pytest.mark.parametrize(("level", "code"), [("provider", "RX1"), ("stp", "QE1")])
def test_each_line_is_of_its_own_rows(tmp_path: Path, level: str, code: str) -> None:
    path = written(tmp_path, rows_printed())
    table = ind.derive("cancer", path, period="2025-06", level=level, notes=Notes())
    found = table[table["org_code"] == code].set_index("indicator")
    for line, within in [item for item in PRINTED.values() if item[0].startswith("E")]:
        assert found.loc[line, ["numerator", "denominator"]].tolist() == [within, 10], line


def test_every_printed_figure_is_equal_on_either_basis(tmp_path: Path) -> None:
    result = ind.reconcile("cancer", written(tmp_path, rows_printed()))
    assert result.agrees and {"provider", "stp", "england"} <= set(result.cells["org_level"])


def test_a_part_of_a_board_is_a_commissioner_as_ccgs_were(tmp_path: Path) -> None:
    rows = [
        [*row[:2], "00L", row[3], "NHS ONE ICB - 00L", *row[5:]] if row[2] == "QE1" else row
        for row in rows_printed()
    ]
    path = written(tmp_path, rows)
    table = ind.derive("E.B.8", path, period="2025-06", level="ccg", notes=Notes())
    assert table.set_index("org_code")["numerator"].to_dict() == {"00L": 8}


@pytest.mark.parametrize("name", ["April-2026-Combined.csv", "cwt_2026_04.csv"])
def test_the_file_s_name_tells_the_month_that_no_column_does(tmp_path: Path, name: str) -> None:
    rows = [row[1:] for row in rows_printed()]
    path = written(tmp_path, rows, name)
    table = ind.derive("E.B.8", path, period="2026-04", level="provider", notes=Notes())
    assert table["numerator"].tolist() == [8, 16]
    with pytest.raises(InputError, match="tells no month"):
        ind.derive("E.B.8", written(tmp_path, rows, "combined-2026-27.csv"), period="2026-04")


def test_sums_and_totals_that_differ_are_told(tmp_path: Path) -> None:
    rows = rows_printed()
    lung = next(row for row in rows if row[2] == "RX1" and row[6] == "Lung" and row[5] == "62D")
    lung[10] += 1
    assert not ind.reconcile("cancer", written(tmp_path, rows)).agrees
    rows = rows_printed()
    total = next(row for row in rows if row[2] == "Total" and row[6] == "ALL CANCERS")
    total[9] += 5
    notes = Notes()
    ind.derive("E.B.8", written(tmp_path, rows), period="2025-06", level="provider", notes=notes)
    assert "says 35 in Total, and the organisations add up to 30" in "\n".join(notes.lines())


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, "Region", "is no basis"),
        (2, "", "is missing"),
        (5, "104D", "is not a known standard"),
        (9, "x", "is not a number"),
        (9, 11.25, "is not a number"),
        (0, "13/2025", "is not a month"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, column: int, value: Any, said: str) -> None:
    rows = rows_printed()
    rows[1][column] = value
    with pytest.raises(InputError, match=said):
        ind.derive("cancer", written(tmp_path, rows), period="2025-06", level="provider")


def test_a_row_that_contradicts_itself_is_left_out(tmp_path: Path) -> None:
    rows = rows_printed()
    first = next(row for row in rows if row[2] == "RX1" and row[7] == "First Treatment")
    first[10] -= 1
    path = written(tmp_path, rows)
    table = ind.derive("E.B.8", path, period="2025-06", level="provider", notes=Notes())
    assert table.set_index("org_code")["status"].to_dict() == {"RX1": "not_available", "RX2": "ok"}


def test_a_line_without_rows_is_told(tmp_path: Path) -> None:
    notes = Notes()
    path = written(tmp_path, rows_printed())
    ind.derive("E.B.8", path, period="2025-06", level="provider", notes=notes)
    assert "holds no rows of E.B.6" in "\n".join(notes.lines())
