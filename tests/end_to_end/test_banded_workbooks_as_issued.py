"""RTT and DM01 workbooks as their publisher issues them now: equal to the last cell, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError

# RTT ---------------------------------------------------------------------------------------------

RTT_HEADER = [
    *("", "Region Code", "Org Code", "Org Name", "Treatment Function Code", "Treatment Function"),
    *(f">{week}-{week + 1}" for week in range(104)),
    *("104 plus", "Patients with unknown clock start date"),
    "Total number of completed pathways (all)",
    "Total number of completed pathways (with a known clock start)",
]


def rtt_row(code: str, function: str, early: int, late: int, unknown: int = 0) -> list[Any]:
    bands = [early, *[0] * 17, late, *[0] * 86]
    known = early + late
    ends = [unknown, known + unknown, known]
    return ["", "Y56", code, f"NAME {code}", function, "x", *map(float, [*bands, *ends])]


RTT_ROWS = [
    rtt_row("00L", "C_100", 6, 2, 1),
    rtt_row("00L", "X02", 4, 0),
    rtt_row("00L", "C_999", 10, 2, 1),
    rtt_row("Y56", "C_100", 3, 3),
    rtt_row("Y56", "C_999", 3, 3),
]


def rtt_file(folder: Path, rows: list[list[Any]], what: str = "completed admitted") -> Path:
    head = [["", "Title:", "Referral to Treatment (RTT) Waiting Times"]]
    head += [["", "Summary:", f"Monthly RTT waiting times for {what} pathways."]]
    head += [["", "Period:", "December 2024"], []]
    return write_xlsx(folder / "rtt.xlsx", {"Sub-ICB": [*head, RTT_HEADER, *rows]})


def test_every_cell_of_the_rtt_workbook_is_equal(published: Path) -> None:
    (path,) = (published / "as_issued" / "rtt").glob("Admitted-Commissioner-Dec24*.xlsx")
    result = ind.reconcile("rtt", path)
    assert result.agrees and len(result.cells) == 6_192
    # Its sheets of regions and systems: a geography would say who belongs to which.
    assert result.notes == [
        "2,352 printed figures are not compared: the data have no figures at their level"
    ]
    assert set(result.cells["org_level"]) == {"ccg", "england"}
    england = ind.derive("E.M.18", path, period="2024-12", level="england", notes=Notes())
    assert england["numerator"].tolist() == [275_133]


@pytest.mark.parametrize(
    ("what", "line"), [("completed admitted", "E.M.18"), ("completed non-admitted", "E.M.19")]
)
def test_the_summary_says_the_part(tmp_path: Path, what: str, line: str) -> None:
    path = rtt_file(tmp_path, RTT_ROWS, what)
    table = ind.derive(line, path, period="2024-12", notes=Notes())
    assert table.set_index("org_code")["numerator"].to_dict() == {"00L": 13, "Y56": 6}
    assert ind.reconcile("rtt", path).agrees


def providers(folder: Path, what: str, sheets: dict[str, list[list[Any]]]) -> Path:
    """A workbook by provider: its headings, as it calls them, and a sheet for each kind."""
    head = [["", "Title:", "Referral to Treatment (RTT) Waiting Times"]]
    head += [["", "Summary:", f"Monthly RTT waiting times for {what}."]]
    head += [["", "Period:", "December 2024"], []]
    return write_xlsx(
        folder / "providers.xlsx", {name: [*head, *rows] for name, rows in sheets.items()}
    )


PROVIDER_HEADER = [name.replace("Org ", "Provider ") for name in RTT_HEADER]


def test_providers_of_the_independent_sector_stand_in_a_sheet_of_their_own(tmp_path: Path) -> None:
    """Without them England would lack what they do."""
    sheets = {
        "National": [RTT_HEADER, rtt_row("", "C_999", 13, 5, 1)],
        "Provider": [PROVIDER_HEADER, rtt_row("RX1", "C_100", 6, 2, 1)],
        "IS Provider": [PROVIDER_HEADER, rtt_row("NVC01", "C_100", 7, 3)],
    }
    path = providers(tmp_path, "completed admitted pathways", sheets)
    table = ind.derive("E.M.18", path, period="2024-12", level="provider", notes=Notes())
    assert table.set_index("org_code")["numerator"].to_dict() == {"NVC01": 10, "RX1": 9}
    result = ind.reconcile("rtt", path)
    assert result.agrees and "ENGLAND" in set(result.cells["org_code"])
    sheets["IS Provider"].append(rtt_row("RX1", "C_110", 1, 0))
    with pytest.raises(InputError, match=r'IS Provider, row 7.*"RX1" stands in another sheet'):
        path = providers(tmp_path, "completed admitted pathways", sheets)
        ind.derive("E.M.18", path, period="2024-12")


@pytest.mark.parametrize("heading", ["Number of new RTT periods", "Number of new RTT clock starts"])
def test_a_workbook_of_new_periods_is_the_line_of_new_clock_starts(
    tmp_path: Path, heading: str
) -> None:
    header = [*PROVIDER_HEADER[:6], f"{heading} during the month"]
    rows = [
        ["", "Y56", code, f"NAME {code}", function, "x", number]
        for code, function, number in (
            ("RX1", "C_100", 40.0),
            ("RX1", "C_110", 2.0),
            ("RX1", "C_999", 42.0),
            ("RX2", "C_100", 5.0),
            ("RX2", "C_999", 5.0),
        )
    ]
    path = providers(tmp_path, "new RTT clock starts", {"Provider": [header, *rows]})
    table = ind.derive("E.M.20", path, period="2024-12", level="provider", notes=Notes())
    assert table.set_index("org_code")["numerator"].to_dict() == {"RX1": 42, "RX2": 5}
    assert ind.reconcile("rtt", path).agrees
    rows[2][-1] = 43.0
    path = providers(tmp_path, "new RTT clock starts", {"Provider": [header, *rows]})
    assert not ind.reconcile("rtt", path).agrees


@pytest.mark.parametrize(
    ("what", "total", "said"),
    [
        (
            "incomplete pathways with a decision to admit",
            "Total number of incomplete pathways",
            "have a decision to admit",
        ),
        (
            "incomplete pathways",
            "Total number of incomplete pathways with a decision to admit for treatment",
            "have a decision to admit",
        ),
        (
            "completed admitted pathways (adjusted)",
            "Total number of completed pathways (all)",
            "with adjustments",
        ),
    ],
)
def test_a_part_of_the_pathways_is_no_line(
    tmp_path: Path, what: str, total: str, said: str
) -> None:
    """Headings alike, and far fewer pathways."""
    header = [*PROVIDER_HEADER[:-3], "Patients with unknown clock start date", total]
    header += [PROVIDER_HEADER[-1], "Total within 18 weeks", "% within 18 weeks"]
    row = [*rtt_row("RX1", "C_100", 6, 2), 6.0, 0.75]
    path = providers(tmp_path, what, {"Provider": [header, row]})
    with pytest.raises(InputError, match=said):
        ind.derive("rtt", path, period="2024-12")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.append(rows[0]), "stands in an earlier row too"),
        (lambda rows: rows[0].__setitem__(2, "TOTAL"), "stands for a total"),
        (lambda rows: rows[0].__setitem__(2, ""), "is missing"),
        (lambda rows: rows[0].__setitem__(4, ""), "is missing"),
        (lambda rows: rows[0].__setitem__(6, "x"), "is not a number"),
    ],
)
def test_a_wrong_rtt_row_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    rows = [list(row) for row in RTT_ROWS]
    change(rows)
    with pytest.raises(InputError, match=said):
        ind.derive("E.M.18", rtt_file(tmp_path, rows), period="2024-12", notes=Notes())


def test_a_sheet_that_does_not_say_its_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not say of which pathways"):
        ind.derive("E.M.18", rtt_file(tmp_path, RTT_ROWS, "some"), period="2024-12", notes=Notes())


def test_bands_that_do_not_add_up_leave_the_commissioner_without_a_figure(tmp_path: Path) -> None:
    rows = [list(row) for row in RTT_ROWS]
    rows[0][6] += 1
    path = rtt_file(tmp_path, rows)
    table = ind.derive("E.M.18", path, period="2024-12", notes=Notes()).set_index("org_code")
    assert table["status"].to_dict() == {"00L": "not_available", "Y56": "ok"}
    assert ind.reconcile("rtt", path).agrees


def rtt_row_of_52(place: list[str], function: str, early: int, late: int) -> list[Any]:
    bands = [early, *[0] * 17, late, *[0] * 34]
    total = float(early + late)
    share = early / total if total else "-"
    ends = [total, float(early), share, "-", "-"]
    return ["", *place, function, "x", *map(float, bands), *ends]


@pytest.mark.parametrize("prefix", ["", "C_", "IP"])
@pytest.mark.parametrize("code", ["CCG Code", "Commissioner Code"])
def test_the_sheet_commissioner_of_52_weeks(tmp_path: Path, prefix: str, code: str) -> None:
    name = code.replace("Code", "Name")
    bands = [*(f">{week}-{week + 1}" for week in range(52)), "52 plus"]
    ends = ["Total number of incomplete pathways", "Total within 18 weeks", "% within 18 weeks"]
    ends += ["Average (median) waiting time (in weeks)", "92nd percentile waiting time (in weeks)"]
    head = [["", "Title:", "Referral to Treatment (RTT) Waiting Times"]]
    head += [["", "Summary:", "Monthly RTT waiting times for incomplete pathways."]]
    head += [["", "Period:", "June 2018"], []]

    def header(*places: str) -> list[str]:
        return ["", *places, "Treatment Function Code", "Treatment Function", *bands, *ends]

    rows = [
        rtt_row_of_52(["Y56", ccg, f"CCG {ccg}"], prefix + function, 3 * size, size)
        for size, ccg in ((10, "00L"), (20, "00N"))
        for function in ("100", "999")
    ]
    systems = [
        rtt_row_of_52([stp, "S"], prefix + function, 3 * size, size)
        for size, stp in ((30, "QF7"), (5, "-"))
        for function in ("100", "999")
    ]
    sheets = {
        "Commissioner": [*head, header("Region Code", code, name), *rows],
        "STP": [*head, header("STP Code", "STP Name"), *systems],
        "Region": [*head, header("Region Code", "Region Name")],
    }
    if prefix == "IP" and code == "CCG Code":
        sheets["Region"].append(rtt_row_of_52(["Y56", "R"], "IP100", 90, 30))
        sheets["National"] = [*head, header(), rtt_row_of_52([], "IP999", 90, 30)]
    else:
        sheets["Region"].append(rtt_row_of_52(["Y56", "R"], "100", 90, 30))
    path = write_xlsx(tmp_path / "rtt.xlsx", sheets)
    table = ind.derive("E.B.3", path, period="2018-06", notes=Notes()).set_index("org_code")
    assert table[["numerator", "denominator"]].to_numpy().tolist() == [[30, 40], [60, 80]]
    places = tmp_path / "geography.csv"
    places.write_text("ccg_code,stp_code,region_code\n00L,QF7,Y56\n00N,QF7,Y56\n")
    done = ind.reconcile("rtt", [path, places])
    assert done.agrees
    if prefix != "IP" or code != "CCG Code":  # the reader of 2014-15 has no systems
        assert {"ccg", "stp", "region"} == set(done.cells["org_level"])


# DM01 --------------------------------------------------------------------------------------------

BANDS = ["0 <01 weeks", *(f"{week:02d} <{week + 1:02d} weeks" for week in range(1, 13))]
DM01_HEADER = [
    *("", "Regional Team Code", "Regional Team Name", "Provider Code", "Provider Name"),
    *("Diagnostic ID", "Diagnostic Test Name", "Total Waiting List", "Number waiting 6+ Weeks"),
    *("Number waiting 13+ Weeks", "Percentage waiting 6+ weeks", *BANDS, "13+ weeks"),
]


def dm01_row(code: str, test: Any, name: str, early: int, late: int) -> list[Any]:
    total = early + late
    bands = [early, *[0] * 5, late, *[0] * 7]
    ids = ["", "Y56", "LONDON", code, f"NAME {code}", test, name]
    return [*ids, *map(float, (total, late, 0)), late / total, *map(float, bands)]


def dm01_rows() -> list[list[Any]]:
    england = dm01_row("", "", "", 130, 30)
    england[1], england[2], england[4] = "", "", "Total"
    return [
        england,
        [],
        dm01_row("RF4", 1.0, "MRI", 90, 10),
        dm01_row("RF4", 2.0, "CT", 20, 0),
        dm01_row("RF4", 16.0, "Total", 110, 10),
        dm01_row("R1H", 1.0, "MRI", 20, 20),
        dm01_row("R1H", 16.0, "Total", 20, 20),
    ]


def dm01_file(folder: Path, rows: list[list[Any]]) -> Path:
    head = [["", "Title:", "Monthly Diagnostics"], ["", "Period:", "August 2024"], []]
    sheets = {"Provider": [["x"]], "Provider by Test": [*head, DM01_HEADER, *rows]}
    return write_xlsx(folder / "dm01.xlsx", sheets)


@pytest.mark.parametrize(
    ("month", "cells", "waiting", "six_weeks"),
    [("August-2024", 45_329, 1_562_141, 374_205), ("March-2025", 46_533, 1_703_242, 312_744)],
)
def test_every_cell_of_the_dm01_workbook_is_equal(
    published: Path, month: str, cells: int, waiting: int, six_weeks: int
) -> None:
    (path,) = (published / "as_issued" / "diagnostics").glob(f"*Provider-{month}*.xls")
    result = ind.reconcile("diagnostics", path)
    assert result.agrees and result.notes == [] and len(result.cells) == cells
    period = pd.Period(month.replace("-", " "), "M")
    england = ind.derive("E.B.4", path, period=str(period), level="england", notes=Notes())
    # The publisher's own total row, which is not counted.
    assert (england["numerator"].item(), england["denominator"].item()) == (six_weeks, waiting)


def test_totals_of_tests_and_of_england_are_not_counted(tmp_path: Path) -> None:
    path = dm01_file(tmp_path, dm01_rows())
    table = ind.derive("E.B.4", path, period="2024-08", notes=Notes()).set_index("org_code")
    assert table["denominator"].to_dict() == {"R1H": 40, "RF4": 120}
    result = ind.reconcile("diagnostics", path)
    assert result.agrees and result.notes == []


@pytest.mark.parametrize("row", [0, 4])
def test_a_total_that_is_not_the_sum_is_told(tmp_path: Path, row: int) -> None:
    rows = dm01_rows()
    rows[row][7] += 1
    (said,) = ind.reconcile("diagnostics", dm01_file(tmp_path, rows)).notes
    assert f"row {row + 5}: the total says" in said and "Total Waiting List" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.append(rows[2]), "stands in an earlier row too"),
        (lambda rows: rows[2].__setitem__(3, ""), "is missing"),
        (lambda rows: rows[2].__setitem__(5, ""), "is missing"),
        (lambda rows: rows[2].__setitem__(12, "x"), "is not a number"),
    ],
)
def test_a_wrong_dm01_row_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    rows = [list(row) for row in dm01_rows()]
    change(rows)
    with pytest.raises(InputError, match=said):
        ind.derive("E.B.4", dm01_file(tmp_path, rows), period="2024-08", notes=Notes())
