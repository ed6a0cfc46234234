"""Values as spreadsheets, pandas and people write them: read as meant, said, or refused by name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError, NhsindError, Problem, UsageError, in_short

HEADER = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type"
LONDON = ZoneInfo("Europe/London")


def rtt(at: Path, *lines: str, header: str = HEADER) -> Path:
    (at / "rtt").mkdir(parents=True)
    (at / "rtt" / "pathways.csv").write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return at


def starts(data: Any, notes: Notes | None = None, **options: Any) -> dict[str, int]:
    told = notes if notes is not None else Notes()
    table = ind.derive("E.M.20", data=data, period="2018-03", notes=told, **options)
    return {row.org_code: int(row.value) for row in table.itertuples()}


def problems_of(data: Any, code: str = "E.M.20", period: str = "2018-03") -> list[Problem]:
    with pytest.raises(InputError) as error:
        ind.derive(code, data=data, period=period, notes=Notes())
    return error.value.problems


# Codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ['"=""00A"""', "'00A", "'00A'", '" =""00A"" "'])
def test_what_a_spreadsheet_puts_around_a_code_is_taken_off_and_said(
    tmp_path: Path, written: str
) -> None:
    notes = Notes()
    data = rtt(tmp_path, f"p1,{written},2018-03-01,,", "p2,00A,2018-03-02,,")
    assert starts(data, notes) == {"00A": 2}
    (said,) = [item for item in notes.findings if item.fault == "unwrapped"]
    assert (said.rows, said.places, said.left_out) == (1, ("line 2",), False)
    assert "ccg_code" in said.about


def test_a_protected_identifier_is_the_identifier(tmp_path: Path) -> None:
    data = rtt(tmp_path, '"=""p1""",00A,2018-03-01,,', "p1,00A,2018-03-01,,")
    assert starts(data) == {"00A": 1}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("00\u200bA", "zero width space (U+200B)"),
        ("00\u00adA", "soft hyphen (U+00AD)"),
        ("00\u00a0A", "no-break space (U+00A0)"),
        ("０0A", "fullwidth digit zero (U+FF10)"),
        ("00Ａ", "fullwidth latin capital letter a (U+FF21)"),
        ("00А", "cyrillic capital letter a (U+0410)"),
    ],
)
def test_a_sign_that_is_not_what_it_looks_like_is_refused_by_its_name(
    tmp_path: Path, code: str, name: str
) -> None:
    data = rtt(tmp_path, "p0,00A,2018-03-01,,", f"p1,{code},2018-03-01,,")
    (problem,) = problems_of(data)
    assert (problem.line, problem.column, problem.value) == (3, "ccg_code", code)
    assert name in problem.message


def test_blanks_around_a_code_and_letters_of_names_are_let_be(tmp_path: Path) -> None:
    header = f"{HEADER},provider_code"
    data = rtt(tmp_path, "p1,\u200b00A\u00a0,2018-03-01,,,É1", header=header)
    assert starts(data) == {"00A": 1}


def test_a_commissioner_seen_once_beside_thousands_is_noted_without_a_geography(
    tmp_path: Path,
) -> None:
    lines = [f"p{at},{'00A' if at % 2 else '00B'},2018-03-31,," for at in range(2000)]
    notes = Notes()
    assert starts(rtt(tmp_path / "a", *lines, "x,0OA,2018-03-31,,"), notes)["0OA"] == 1
    (said,) = [item for item in notes.findings if item.fault == "code_seen_once"]
    assert said.places == ("line 2002",)
    assert "0OA (beside 00A)" in said.about
    for place, more in (("b", lines[:-2]), ("c", [*lines, "y,0OA,2018-03-31,,"])):
        notes = Notes()
        starts(rtt(tmp_path / place, *more, "x,0OA,2018-03-31,,"), notes)
        assert not notes.findings
    known = rtt(tmp_path / "d", *lines, "x,0OA,2018-03-31,,")
    (known / "geography.csv").write_text("ccg_code\n00A\n00B\n0OA\n")
    notes = Notes()
    starts(known, notes)
    assert not notes.findings


def test_attendances_that_disagree_on_their_departments_access_are_reported(
    tmp_path: Path,
) -> None:
    header = "attendance_id,ccg_code,provider_code,department_id,department_type,access,"
    lines = [
        "a1,A,P,D1,3,walk_in,2018-03-01T10:00,2018-03-01T11:00",
        "a2,A,P,D1,3,appointment,2018-03-01T10:00,2018-03-01T11:00",
        "a3,A,P,D1,3,,2018-03-01T10:00,2018-03-01T11:00",
        "a4,A,P,D2,3,walk_in,2018-03-01T10:00,2018-03-01T11:00",
        "a5,A,Q,D1,3,walk_in,2018-03-01T10:00,2018-03-01T11:00",
        "a6,A,,D1,3,referral,2018-03-01T10:00,2018-03-01T11:00",
    ]
    (tmp_path / "ae").mkdir()
    path = tmp_path / "ae" / "attendances.csv"
    path.write_text("\n".join((f"{header}arrival_datetime,departure_datetime", *lines)) + "\n")
    notes = Notes()
    ind.derive("E.B.5", data=tmp_path, period="2018-03", notes=notes)
    (said,) = [item for item in notes.findings if item.fault == "rows_disagree"]
    assert (said.rows, said.left_out) == (2, False)
    assert "P D1 (appointment, walk_in)" in said.about
    path.write_text(path.read_text("utf-8").replace("appointment", "walk_in"), "utf-8")
    notes = Notes()
    ind.derive("E.B.5", data=tmp_path, period="2018-03", notes=notes)
    assert not [item for item in notes.findings if item.fault == "rows_disagree"]


# What is no table ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kind"), [(pd.Series(["a"]), "Series"), ([datetime(2018, 1, 1)], "list"), (5, "int")]
)
def test_what_is_no_table_is_named_by_its_type(given: Any, kind: str) -> None:
    (problem,) = problems_of({"pathways": given})
    assert problem.message == f"is of type {kind}, which is no table"
    assert "a data frame" in problem.allowed


# Whole numbers that blanks made fractions ---------------------------------------------------------


def waits(codes: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "wait_id": range(len(codes)),
            "ccg_code": "00A",
            "test": codes,
            "clock_start_date": "2018-03-01",
            "test_date": None,
        }
    )


@pytest.mark.parametrize(
    "codes",
    [
        [1.0, 2.0, None],
        ["1.0", "2.0", None],
        ["1.0", "colonoscopy", ""],
        [Decimal("1"), Decimal("2.00"), None],
        [1, 2, None],
    ],
)
def test_whole_numbers_among_blanks_are_codes(codes: list[Any]) -> None:
    table = ind.derive("E.B.4", data=waits(codes), period="2018-03", notes=Notes())
    assert table["denominator"].tolist() == [2]


@pytest.mark.parametrize("codes", [[1.0, 2.5], [Decimal("1.0"), Decimal("2.5")]])
def test_a_number_with_a_fraction_is_no_code(codes: list[Any]) -> None:
    (problem,) = problems_of(waits(codes), "E.B.4")
    assert (problem.column, problem.value, problem.line) == ("test", "2.5", 2)
    assert "no whole number" in problem.message


def test_identifiers_may_be_decimals_and_floats() -> None:
    frame = pd.DataFrame(
        {
            "pathway_id": [Decimal("10000000000000000001"), Decimal("10000000000000000002"), None],
            "ccg_code": "00A",
            "clock_start_date": "2018-03-01",
            "clock_stop_date": None,
            "stop_type": None,
        }
    )
    notes = Notes()
    assert starts(frame, notes) == {"00A": 2}
    assert [item.fault for item in notes.findings] == ["identifier_missing"]
    assert starts(frame.assign(pathway_id=[1.0, 2.0, 3.0])) == {"00A": 3}


@pytest.mark.parametrize(
    "months",
    [
        pd.to_datetime(["2018-03-01", "2018-03-31"]),
        pd.PeriodIndex(["2018-03", "2018-03"], freq="M"),
        pd.Index([datetime(2018, 3, 1), datetime(2018, 3, 31)]),
    ],
)
def test_months_may_be_dates_and_periods(months: Any) -> None:
    register = pd.DataFrame(
        {"ccg_code": ["06A", "06B"], "month": months, "age": [70, 70], "count": 8}
    )
    estimates = register[["ccg_code", "month"]].assign(estimated_prevalence=10)
    table = ind.derive(
        "E.A.S.1", {"register": register, "estimates": estimates}, period="2018-03", notes=Notes()
    )
    assert table["value"].tolist() == [0.8, 0.8]


def test_quarters_may_be_pandas_periods() -> None:
    budgets = pd.DataFrame(
        {"phb_id": ["a"], "ccg_code": "00A", "start_date": "2018-02-01", "end_date": None}
    )
    quarter = pd.PeriodIndex(["2018Q1"], freq="Q")
    population = pd.DataFrame(
        {"ccg_code": "00A", "period": quarter, "gp_registered_population": 100_000}
    )
    table = ind.derive(
        "E.N.1", {"budgets": budgets, "population": population}, period="2017-18-Q4", notes=Notes()
    )
    assert table["value"].tolist() == [1.0]


# Times with a zone --------------------------------------------------------------------------------


def attendances(arrival: Any, departure: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "attendance_id": ["a"],
            "ccg_code": "00A",
            "provider_code": "R",
            "department_id": "D",
            "department_type": "1",
            "count": 1000,
            "arrival_datetime": [arrival],
            "departure_datetime": [departure],
        }
    )


def within(frame: Any, month: str = "2018-03") -> int:
    table = ind.derive("E.B.5_2", {"attendances": frame}, period=month, level="ccg", notes=Notes())
    return int(table["numerator"].iloc[0])


IN, OUT = datetime(2018, 3, 25, 0, 30, tzinfo=LONDON), datetime(2018, 3, 25, 5, 15, tzinfo=LONDON)
ZONED = {
    "pandas": lambda a, b: attendances(pd.Timestamp(a), pd.Timestamp(b)),
    "fixed offsets": lambda a, b: attendances(a.isoformat(), b.isoformat()),
    "polars": lambda a, b: pl.from_pandas(attendances(pd.Timestamp(a), pd.Timestamp(b))),
    "arrow in UTC": lambda a, b: pa.table(
        {
            name: column if "datetime" not in name else pa.array(column, pa.timestamp("us", "UTC"))
            for name, column in attendances(a, b).items()
        }
    ),
}


@pytest.mark.parametrize("kind", ZONED)
def test_times_with_a_zone_tell_elapsed_time(kind: str, tmp_path: Path) -> None:
    """00:30 to 05:15 in the night when clocks go forward is 3 hours and 45 minutes."""
    frame = ZONED[kind](IN, OUT)
    assert within(frame) == 1000
    assert within(ZONED[kind](IN, OUT.replace(hour=5, minute=30))) == 1000  # 4:00:00
    assert within(ZONED[kind](IN, OUT.replace(hour=5, minute=31))) == 0
    # In autumn the same clock times are an hour more.
    back = datetime(2018, 10, 28, 0, 30, tzinfo=LONDON)
    assert within(ZONED[kind](back, back.replace(hour=3, minute=45)), "2018-10") == 0


def test_parquet_keeps_its_zone(tmp_path: Path) -> None:
    path = tmp_path / "attendances.parquet"
    attendances(pd.Timestamp(IN), pd.Timestamp(OUT)).to_parquet(path)
    table = ind.derive("E.B.5_2", path, period="2018-03", level="ccg", notes=Notes())
    assert table["numerator"].tolist() == [1000]


def test_times_without_a_zone_are_as_read() -> None:
    naive = attendances("2018-03-25T00:30:00", "2018-03-25T05:15:00")
    assert within(naive) == 0


def test_the_day_of_a_zoned_time_is_its_own() -> None:
    late = datetime(2018, 7, 1, 0, 10, tzinfo=LONDON)  # 30 June in UTC
    frame = attendances(pd.Timestamp(late), pd.Timestamp(late.replace(hour=1)))
    assert within(frame, "2018-07") == 1000


@pytest.mark.parametrize(
    ("arrival", "departure", "columns"),
    [
        ("2018-03-25T00:30:00+00:00", "2018-03-25T05:15:00", ["departure_datetime"]),
        (pd.Timestamp(IN), pd.Timestamp("2018-03-25T05:15:00"), ["departure_datetime"]),
    ],
)
def test_a_zone_with_one_of_two_times_is_refused(
    arrival: Any, departure: Any, columns: list[str]
) -> None:
    frame = {"attendances": attendances(arrival, departure)}
    problems = problems_of(frame, "E.B.5")
    assert [problem.column for problem in problems] == columns
    assert "durations are not known" in problems[0].message


def test_a_zoned_text_that_is_no_time_is_named() -> None:
    frame = attendances("2018-02-30T00:30:00+00:00", "2018-03-25T05:15:00+01:00")
    (problem,) = problems_of({"attendances": frame}, "E.B.5")
    assert problem.column == "arrival_datetime"


# What people write instead ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (["25/03/2018", "01/03/2018"], "looks like dd/mm/yyyy (write 2018-03-25)"),
        (["3/25/2018", "3/1/2018"], "looks like mm/dd/yyyy (write 2018-03-25)"),
        (["01.02.2018", "02.03.2018"], "dd/mm/yyyy (write 2018-02-01) or mm/dd/yyyy"),
    ],
)
def test_dates_that_are_all_written_otherwise_are_said_to_be(
    tmp_path: Path, dates: list[str], words: str
) -> None:
    data = rtt(tmp_path, *(f"p{at},00A,{text},," for at, text in enumerate(dates)), "x,00A,,,")
    (problem,) = problems_of(data)
    assert words in problem.message
    assert (problem.line, problem.rows, problem.value) == (2, 2, dates[0])


@pytest.mark.parametrize("dates", [["25/03/2018", "2018-03-01"], ["25/03/2018", "3/25/2018"]])
def test_dates_of_which_one_is_written_otherwise_are_named_one_by_one(
    tmp_path: Path, dates: list[str]
) -> None:
    data = rtt(tmp_path, *(f"p{at},00A,{text},," for at, text in enumerate(dates)))
    assert all("looks like" not in problem.message for problem in problems_of(data))


@pytest.mark.parametrize(
    ("header", "likely"),
    [
        (
            "PathwayID,CCG Code,ClockStartDate,StopDate,Stop",
            ["PathwayID", "CCG Code", "ClockStartDate", "StopDate"],
        ),
        (
            "id,commissioner_code,clock_start_dt,clock_stop_dt,kind",
            ["commissioner_code", "clock_start_dt", "clock_stop_dt"],
        ),
    ],
)
def test_a_missing_column_names_the_likeliest_of_the_users(
    tmp_path: Path, header: str, likely: list[str]
) -> None:
    found = [problem.nearest for problem in problems_of(rtt(tmp_path, "p,00A,,,", header=header))]
    assert all(any(each in str(near) for near in found) for each in likely), found


def test_many_problems_of_a_kind_are_one_line_and_all_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from nhsind.cli import main

    data = rtt(tmp_path, *(f"p{at},00A,bad{at},," for at in range(30)))
    problems = problems_of(data)
    assert len(problems) == 30
    (line,) = in_short(problems)
    assert '30 values: is not a date as YYYY-MM-DD; first "bad0" (line 2)' in line
    assert "and 27 more (30 rows affected)" in line
    assert str(InputError(problems)) == line
    assert len(in_short(problems[:5])) == 5
    for options, lines in (([], 3), (["--all"], 31)):
        with pytest.raises(SystemExit) as end:
            main(["check", "--data", str(data), *options])
        assert end.value.code == 65
        assert len(capsys.readouterr().err.strip().splitlines()) == lines


def test_a_blank_identifier_is_as_if_absent(tmp_path: Path) -> None:
    referrals = pd.DataFrame(
        {
            "referral_id": ["a"],
            "ccg_code": "01A",
            "referral_received_date": "2018-04-01",
            "referral_end_date": "2018-05-01",
        }
    )
    sessions = pd.DataFrame(
        {
            "referral_id": "a",
            "appointment_date": ["2018-04-05", "2018-04-12"],
            "appointment_type": "02",
            "attended": "true",
        }
    )
    answers = []
    for identified in (sessions, sessions.assign(appointment_id=[None, " "])):
        notes = Notes()
        tables = {"referrals": referrals, "appointments": identified}
        table = ind.derive("E.H.1_A1", tables, period="2018-19-Q1", notes=notes)
        answers.append((table["denominator"].tolist(), len(notes.findings)))
    assert answers == [([1], 0)] * 2


# Frames -------------------------------------------------------------------------------------------

GOOD = {
    "pathway_id": ["p1"],
    "ccg_code": ["00A"],
    "clock_start_date": ["2018-03-01"],
    "clock_stop_date": [None],
    "stop_type": [None],
}


def test_check_takes_frames() -> None:
    frame = pd.DataFrame(GOOD)
    assert ind.check(frame).empty
    assert ind.check(frame, family="rtt").empty
    assert ind.check({"pathways": frame}, family="rtt").empty
    assert ind.check(pl.DataFrame(frame)).empty
    wrong = frame.assign(clock_stop_date="2018-02-01", stop_type="admitted")
    assert ind.check(wrong)["family"].tolist() == ["rtt"]
    with pytest.raises(UsageError, match="name the family"):
        ind.check(frame.drop(columns="clock_start_date"))


def test_a_table_of_a_name_that_several_families_have_is_of_those_it_fits() -> None:
    referrals = pd.DataFrame(
        {
            "referral_id": ["a"],
            "ccg_code": "01A",
            "pathway": "fep",
            "referral_received_date": "2018-04-01",
            "treatment_start_date": "2018-03-01",
        }
    )
    assert set(ind.check({"referrals": referrals})["family"]) == {"eip"}


def test_a_list_of_dicts_and_a_dict_of_columns_are_tables() -> None:
    rows = pd.DataFrame(GOOD).to_dict("records")
    assert starts(rows) == {"00A": 1}
    assert starts({"pathways": rows}) == {"00A": 1}
    assert starts({"pathways": GOOD}) == {"00A": 1}


TWICE = duckdb.sql("SELECT 1 AS a, 2 AS a")
NO_TABLES: list[Any] = [
    *(5, 1.5, object(), {}, [], (), "nowhere.csv", "a\0b", "x" * 5000, b"abc", {1, 2}, True),
    *([1, 2], [{"a": 1}, 2], [[1]], [None], {"pathways": None}, {"pathways": 5}, {"x": [1]}),
    *({"pathways": {"a": [1, 2], "b": [1]}}, {5: pd.DataFrame(GOOD)}, iter([]), lambda: 1),
    *(
        pd.Series(["a"]),
        pd.Series(GOOD),
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pl.Series([1]),
    ),
    *(pl.DataFrame(), pa.table({}), pa.array([1]), duckdb.sql("SELECT 1 AS a"), TWICE),
    *(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),),
    *(
        pd.DataFrame([[1, 2]], columns=["a", "A"]),
        pd.DataFrame({("a", "b"): [1]}),
    ),
    *(
        pd.DataFrame({name: [object()] for name in GOOD}),
        pd.DataFrame({name: [[1]] for name in GOOD}),
    ),
    *(
        pd.DataFrame({name: [1 + 2j] for name in GOOD}),
        pd.DataFrame({name: [b"\xff"] for name in GOOD}),
    ),
    *(
        pd.DataFrame({name: ["\ud800"] for name in GOOD}, dtype=object),
        pd.DataFrame({name: [{"a": 1}] for name in GOOD}),
    ),
    *(pd.DataFrame(GOOD).assign(pathway_id=pd.Categorical(["x"])), pd.DataFrame(GOOD).iloc[:0]),
    *(pd.DataFrame(GOOD).assign(count=10**30), pd.DataFrame(GOOD).assign(count=float("inf"))),
    *(
        pd.DataFrame(GOOD).assign(clock_start_date=pd.Timedelta(1)),
        pd.DataFrame({name: [1] for name in GOOD}),
    ),
    *(pl.DataFrame(GOOD).with_columns(clock_start_date=pl.lit([1, 2])),),
]


@pytest.mark.parametrize(
    "data", NO_TABLES, ids=lambda data: f"{type(data).__name__} {str(data)[:20]!a}"
)
def test_whatever_is_given_as_data_gives_a_table_or_an_error_of_our_own(data: Any) -> None:
    calls = [
        lambda: ind.derive("E.M.20", data, period="2018-03", notes=Notes()),
        lambda: ind.derive(["rtt", "eip"], data, period="2018-03", notes=Notes()),
        lambda: ind.trace("E.M.20", data, period="2018-03"),
        lambda: ind.check(data, family="rtt"),
        lambda: ind.check(data),
        lambda: ind.results("rtt", period="2018-03", data=data),
        lambda: ind.reconcile("rtt", data),
    ]
    for call in calls:
        try:
            call()
        except NhsindError as error:
            assert str(error)
