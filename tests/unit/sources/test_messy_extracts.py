"""What a newcomer's extracts are like: slips among dates, other names, encodings, workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import xlsxwriter

import nhsind as ind
from nhsind.cli import main
from nhsind.errors import InputError
from nhsind.sources.mapping_file import checked_mapping
from nhsind.sources.proposing import proposed_mapping

HEADINGS = "Pathway ID,Commissioner Code,RTT Start,RTT End,Admitted (Y/N)"


def extract(where: Path, *rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> Path:
    (where / "a.csv").write_text("\n".join([headings, *rows]) + "\n", encoding=encoding)
    return where


def ended(number: int, stop: str = "", how: str = "Y") -> str:
    day = dt.date(2017, 1, 1) + dt.timedelta(number)
    return f"P{number},08H,{day:%d/%m/%Y},{stop or f'{day + dt.timedelta(40):%d/%m/%Y}'},{how}"


def test_one_impossible_day_makes_no_other_column_of_a_column_of_dates(tmp_path: Path) -> None:
    rows = [ended(number) for number in range(40)]
    rows[5], rows[6] = ended(5, "31/02/2017"), ended(6, how="N")
    text, asked = proposed_mapping(extract(tmp_path, *rows, "Total,,,,40"))
    assert 'clock_stop_date = "RTT End"' in text
    assert '"dd/mm/yyyy"  # 39 of 40 values, as 10/02/2017; 1 is no date' in text
    assert '#? "31/02/2017" = ""  # no date (1 row)' in text
    assert '#? stop_type = "Admitted (Y/N)"' in text and '#? "40" = ?' in text
    assert asked == 5  # two words, the heading, the value of the total
    answered = text.replace('#? "40" = ?', '"40" = "" #').replace("#? stop", "stop")
    answered = answered.replace('#? "Y"', '"Y"').replace('#? "N"', '"N"')
    (tmp_path / "mapping.toml").write_text(answered)
    with pytest.raises(
        InputError, match=r'with "VALUE" = "" below \[rtt.pathways.codes'
    ) as refused:
        ind.check(tmp_path, "rtt")
    assert [each.value for each in refused.value.problems] == ["31/02/2017"]
    assert 'line 42 reads "Total"' in str(refused.value.advice)
    answered = answered.replace('#? "31', '"31')
    (tmp_path / "mapping.toml").write_text(answered)
    faults = set(ind.check(tmp_path, "rtt")["fault"])
    assert faults == {"clock_start_missing", "organisation_missing"}  # of the total
    (tmp_path / "mapping.toml").write_text(answered.replace('"40" = ""', ""))
    with pytest.raises(InputError, match=r'column "stop_type" \(your "Admitted \(Y/N\)"\): "40"'):
        ind.check(tmp_path, "rtt")


def test_half_dates_are_asked_about_and_many_values_are_not_listed(tmp_path: Path) -> None:
    rows = [ended(number, "" if number % 3 else f"week {number}") for number in range(60)]
    text, asked = proposed_mapping(extract(tmp_path, *rows))
    assert "#? clock_stop_date = ?  (values such as" in text and asked < 5
    kinds = [f"P{number},08H,01/01/2017,01/02/2017,kind {number}" for number in range(60)]
    headings = HEADINGS.replace("Admitted (Y/N)", "Stop Type")
    text, asked = proposed_mapping(extract(tmp_path, *kinds, headings=headings))
    assert "#? and 48 more values" in text and asked < 20


NAMES = {
    "dictionary": (
        "PATIENT PATHWAY IDENTIFIER,ORGANISATION CODE (CODE OF COMMISSIONER),"
        "REFERRAL TO TREATMENT PERIOD START DATE,REFERRAL TO TREATMENT PERIOD END DATE,Status"
    ),
    "spoken": "UPI,CCG,Clock Start,Clock Stop,Admitted/Non-admitted",
    "short": "Ref No,Responsible CCG,rtt_start_dt,rtt_end_dt,Outcome",
}


@pytest.mark.parametrize("headings", NAMES.values(), ids=NAMES)
def test_a_waiting_list_is_told_by_other_names(tmp_path: Path, headings: str) -> None:
    rows = [ended(n, how="Admitted" if n % 2 else "Non Admitted") for n in range(4)]
    text, _ = proposed_mapping(extract(tmp_path, *rows, headings=headings))
    given = headings.split(",")
    assert "[rtt.pathways]" in text and f'ccg_code = "{given[1]}"' in text
    assert f'clock_start_date = "{given[2]}"' in text and f'clock_stop_date = "{given[3]}"' in text
    assert f'stop_type = "{given[4]}"' in text


def test_a_table_that_is_almost_as_like_is_named_and_can_be_chosen(tmp_path: Path) -> None:
    extract(tmp_path, *(ended(number) for number in range(4)))
    text, _ = proposed_mapping(tmp_path)
    assert "almost as like phb.budgets (4 of 4)" in text and "[rtt.pathways]" in text
    text, _ = proposed_mapping(tmp_path, ["phb.budgets"])
    assert "[phb.budgets]" in text and 'start_date = "RTT Start"' in text
    assert "[phb.budgets]" in proposed_mapping(tmp_path, ["phb"])[0]
    with pytest.raises(ind.errors.UsageError, match=r'Did you mean "rtt.pathways"'):
        proposed_mapping(tmp_path, ["rtt.pathway"])


ATTENDANCES = (
    "Attendance No,CCG,Provider,Department ID,Dept Type,Att Category,Arrival Date,Arrival Time,"
    "Departure Date,Departure Time"
).split(",")


def workbook(where: Path, *rows: list[Any]) -> None:
    """A workbook with Excel's own days and times."""
    with xlsxwriter.Workbook(where / "ae.xlsx") as book:
        shapes = {
            dt.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            dt.time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(at, place, cell, shapes.get(type(cell)))


def test_days_and_times_of_a_workbook_in_two_columns(tmp_path: Path) -> None:
    day = dt.date(2018, 3, 1)
    rows = [
        [f"A{n}", "08H", "RKE", "D", "1", "1", day, dt.time(9, n, 30), day, dt.time(13, n)]
        for n in range(20)
    ]
    workbook(tmp_path, ATTENDANCES, *rows, ["Total", *[None] * 8, 20])
    text, asked = proposed_mapping(tmp_path)
    assert asked == 0 and 'attendance_category = "Att Category"' in text
    assert 'arrival_datetime = "yyyy-mm-dd hh:mm:ss"' in text
    (tmp_path / "mapping.toml").write_text(text)
    found = ind.check(tmp_path, "ae").set_index("fault")
    assert found.loc["departure_missing", "rows"] == 1  # the total


def test_midnight_among_the_times_of_a_workbook(tmp_path: Path) -> None:
    arrived = [dt.datetime(2018, 3, 1, hour) for hour in range(20)]
    rows = [
        [f"A{n}", "08H", "RKE", "D", "1", "1", each, each + dt.timedelta(hours=2)]
        for n, each in enumerate(arrived)
    ]
    workbook(tmp_path, [*ATTENDANCES[:6], "Arrival Date/Time", "Departure Date/Time"], *rows)
    text, asked = proposed_mapping(tmp_path)
    (tmp_path / "mapping.toml").write_text(text)
    assert asked == 0 and ind.check(tmp_path, "ae").empty


def test_a_day_without_a_time_is_a_midnight_only_where_it_is_said(tmp_path: Path) -> None:
    headings = ",".join([*ATTENDANCES[:6], "Arrival Date/Time,Departure Date/Time"])
    rows = [f"A{n},08H,RKE,D,1,1,21/03/2018 10:{n},21/03/2018 11:{n}" for n in range(10, 30)]
    rows.append("B,08H,RKE,D,1,1,22/03/2018,22/03/2018 01:00")
    text, asked = proposed_mapping(extract(tmp_path, *rows, headings=headings))
    question = '#? arrival_datetime = ["dd/mm/yyyy hh:mm", "dd/mm/yyyy 00:00"]'
    assert asked == 1 and question in text
    (tmp_path / "mapping.toml").write_text(text)
    with pytest.raises(InputError, match='"22/03/2018" is not a date as the mapping says'):
        ind.check(tmp_path, "ae")
    kept = [line for line in text.splitlines() if not line.startswith('arrival_datetime = "dd')]
    (tmp_path / "mapping.toml").write_text("\n".join(kept).replace("#? arrival", "arrival"))
    assert ind.check(tmp_path, "ae").empty
    days = {"ae": {"attendances": {"files": "a", "formats": {"arrival_datetime": "dd/mm/yyyy"}}}}
    with pytest.raises(InputError, match='say "dd/mm/yyyy 00:00"'):
        checked_mapping(days, "mapping.toml")


def test_treatment_functions_in_three_spellings(tmp_path: Path) -> None:
    headings = f"{HEADINGS},Treatment Function Code"
    functions = ["100", "C_101", "GENERAL SURGERY", "ENT", "X01", "999"]
    rows = [f"{ended(number)},{each}" for number, each in enumerate(functions)]
    text, _ = proposed_mapping(extract(tmp_path, *rows, headings=headings))
    assert '"C_101" = "101"' in text and '"GENERAL SURGERY" = "100"' in text
    assert '#? "ENT" = ?' in text and '"X01"' not in text and '"999"' not in text


def test_the_commonest_codes_outside_a_list_are_named() -> None:
    codes = ["100", "ENT", "ENT", "999"]
    pathways = pd.DataFrame(
        {
            "pathway_id": list("abcd"),
            "ccg_code": "00A",
            "clock_start_date": "2018-03-01",
            "clock_stop_date": None,
            "stop_type": None,
            "treatment_function_code": codes,
        }
    )
    (found,) = ind.check(pathways, "rtt").to_dict("records")
    assert (found["fault"], found["rows"]) == ("code_not_listed", 3)
    assert found["about"].endswith('the commonest are "ENT" (2), "999" (1)')


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_semicolons_and_other_encodings_are_read_by_map_and_check(
    tmp_path: Path, encoding: str
) -> None:
    headings = HEADINGS.replace("Admitted (Y/N)", "Stop Type,Zuständig").replace(",", ";")
    rows = [f"{ended(n, how='admitted')},Müller".replace(",", ";") for n in (14, 20, 35)]
    title = f"Extract – waits\n{headings}"
    text, asked = proposed_mapping(extract(tmp_path, *rows, headings=title, encoding=encoding))
    assert asked == 0 and "Other columns, there for --by and --columns: Zuständig" in text
    (tmp_path / "mapping.toml").write_text(text, "utf-8")
    traced = ind.trace("E.M.18", tmp_path, period="2017-03", columns=["Zuständig", "RTT Start"])
    assert traced["Zuständig"].tolist() == ["Müller"] * 3
    rows[1] = rows[1].replace("21/01/2017", "soon")
    extract(tmp_path, *rows, headings=title, encoding=encoding)
    with pytest.raises(InputError, match=r'a.csv line 4 column "RTT Start": "soon"'):
        ind.check(tmp_path, "rtt")


def test_tables_of_a_database_are_mapped(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    con = duckdb.connect(str(file))
    con.execute(
        'CREATE SCHEMA w; CREATE TABLE w.list (UPI TEXT, CCG TEXT, "Clock Start" TEXT, '
        '"Clock Stop" DATE, "Stop Type" TEXT, Team TEXT)'
    )
    con.execute(
        "INSERT INTO w.list VALUES ('a', '00A', '25/03/2018', NULL, NULL, 'North'), "
        "('b', '00A', '24/03/2018', '2018-03-30', 'Admitted', 'South')"
    )
    con.execute("CREATE TABLE w.other AS SELECT 1 AS x, 2 AS y")
    con.close()
    for text, asked in (proposed_mapping(file), proposed_mapping(tmp_path)):
        assert 'files = ["warehouse.duckdb::w.list"]' in text and asked == 1  # w.other
    text, asked = proposed_mapping(Path(f"{file}::w.list"))
    assert asked == 0
    (tmp_path / "mapping.toml").write_text(text)
    found = ind.derive("E.B.3", tmp_path, period="2018-03", by=["Team", "CCG"])
    assert found[["Team", "CCG", "numerator"]].to_numpy().tolist() == [
        ["North", "00A", 1],
        ["South", "00A", 0],
    ]
    assert ind.units_of(found.iloc[0])["Team"].tolist() == ["North"]
    for call in (lambda: ind.derive("E.B.3", file, period="2018-03"), lambda: ind.check(file)):
        with pytest.raises(InputError, match=r"is a database.*such as.*Allowed: w.list, w.other"):
            call()


def test_what_was_proposed_already_is_said_to_be_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extract(tmp_path, *(ended(number) for number in range(4)))
    said = []
    for _ in range(3):
        with pytest.raises(SystemExit):
            main(["map", str(tmp_path)])
        said.append(capsys.readouterr().err)
        if len(said) == 2:
            (tmp_path / "mapping.toml").write_text("# mine\n")
    assert "wrote" in said[0] and "says the same" in said[1]
    assert "the proposal above" in said[2] and "--out FILE writes it" in said[2]


def test_units_that_change_are_shown_with_columns_of_ones_own() -> None:
    pathways = pd.DataFrame(
        [("a", "00A", "2017-12-01", "x"), ("b", "00A", "2018-03-01", "y")],
        columns=["pathway_id", "ccg_code", "clock_start_date", "Team"],
    ).assign(clock_stop_date=None, stop_type=None)
    sooner = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    found = ind.compare("E.B.3", sooner, data=pathways, period="2018-03", columns="Team")
    assert found.units[["record_id", "Team"]].to_numpy().tolist() == [["a", "x"]]
    with pytest.raises(ind.errors.UsageError, match=r"is not a known column of what E.B.3 counts"):
        ind.compare("E.B.3", sooner, data=pathways, period="2018-03", columns=["tem"])
