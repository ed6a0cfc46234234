"""What a table covers: each rule of coverage on both sides of its limit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.definitions.catalogue import family_codes, family_of, find, load_family
from nhsind.derivation.questions import Notes
from nhsind.errors import InputError, UsageError
from nhsind.periods import Period, month_of, parse_period
from nhsind.sources.coverage import (
    Coverage,
    MonthOfRows,
    inferred,
    months_looked_at,
    reaches_back_to,
    whole_from,
)
from nhsind.sources.declared import parse_covers


def months(*rows: int, first: str = "2017-01", last_day: int = 28) -> list[MonthOfRows]:
    """Months from `first` on with so many rows each, those without any left out."""
    start = parse_period(first)
    found = []
    for step, number in enumerate(rows):
        month = start.shift(step)
        if number:
            days = (month.start, month.start.replace(day=last_day))
            found.append(MonthOfRows(month, number, *days))
    return found


def known(*rows: int, unplaced: int = 0, **options: Any) -> Coverage:
    return inferred("table", "date", sum(rows) + unplaced, months(*rows, **options))


@pytest.mark.parametrize(("rows", "words"), [(99, "all that is asked"), (100, "2017-01")])
def test_fewer_than_100_rows_cover_what_is_asked(rows: int, words: str) -> None:
    assert known(rows).words == words


def test_a_table_of_rows_without_the_date_covers_nothing_by_it() -> None:
    assert known(unplaced=100).words == "nothing"
    assert known(unplaced=99).words == "all that is asked"


@pytest.mark.parametrize(("last", "words"), [(10, "2017-01 to 2017-04"), (9, "2017-01 to 2017-03")])
def test_a_month_under_a_tenth_of_the_usual_is_not_covered_at_the_end(
    last: int, words: str
) -> None:
    """The median of 100, 100, 100 and 10 (or 9) is 100, a tenth of which is 10."""
    assert known(100, 100, 100, last).words == words


def test_nor_at_the_beginning_nor_inside() -> None:
    assert known(9, 100, 100, 100).words == "2017-02 to 2017-04"
    assert known(100, 100, 9, 100).words == "2017-01 to 2017-02 and 2017-04"
    assert known(100, 100, 0, 100).words == "2017-01 to 2017-02 and 2017-04"


def test_usual_is_the_median_of_the_months_that_have_rows() -> None:
    """Of 200, 20 and none it is 110: months without rows do not count, and 20 is over a tenth."""
    assert known(200, 20, 0, 0, 0).words == "2017-01 to 2017-02"
    assert known(2000, 2000, 2000, 199).words == "2017-01 to 2017-03"


@pytest.mark.parametrize(
    ("usual", "words"), [(30, "2017-01 to 2017-03"), (29, "2017-01 to 2017-04")]
)
def test_from_30_rows_on_the_last_month_must_reach_its_last_seven_days(
    usual: int, words: str
) -> None:
    """April has 30 days: the 23rd is the eighth from its end, the 24th the seventh."""
    assert known(usual, usual, usual, usual, last_day=23).words == words
    assert known(usual, usual, usual, usual, last_day=24).words == "2017-01 to 2017-04"


def test_a_stray_month_after_the_last_does_not_hide_that_it_is_cut() -> None:
    assert known(100, 100, 100, 100, 0, 1, last_day=15).words == "2017-01 to 2017-03"


@pytest.mark.parametrize(
    ("usual", "words"), [(9, "2017-01 to 2018-12"), (10, "2017-01 to 2017-12 and 2018-12")]
)
def test_under_10_rows_a_month_months_without_rows_are_nothing_strange(
    usual: int, words: str
) -> None:
    assert known(*[usual] * 12, *[0] * 11, usual).words == words


# Which months a line looks at ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "period", "first", "number"),
    [
        ("E.B.5", "2017-18-Q4", "2018-01", 3),
        ("E.B.3", "2017-18-Q4", "2018-03", 1),
        ("E.H.10_rolling", "2017-18-Q4", "2017-10", 6),
        ("E.N.1_rolling", "2017-18-Q4", "2017-04", 12),
        ("CARTLeu03", "2017-18", "2016-04", 24),
        ("CARTLeu04", "2017-18", "2015-04", 36),
        ("E.H.9_2A", "2017-18-Q2", "2017-04", 6),
    ],
)
def test_windows_and_cohorts_look_back(code: str, period: str, first: str, number: int) -> None:
    looked_at = months_looked_at(find(code), parse_period(period))
    assert (str(looked_at[0]), len(looked_at)) == (first, number)


@pytest.mark.parametrize(
    ("code", "day"),
    [("E.B.3", "2017-04-14"), ("E.B.4", "2016-08-05"), ("E.K.1a", "2017-04-01"), ("E.B.5", None)],
)
def test_a_snapshot_is_whole_three_limits_after_the_records_begin(
    code: str, day: str | None
) -> None:
    """From 1 April 2016: 3 x 126 days, 3 x 42 days, a year; a flow is whole from the start."""
    found = whole_from(find(code), dt.date(2016, 4, 1))
    assert found == (dt.date.fromisoformat(day) if day else None)


def test_a_year_after_a_leap_day_is_its_month_s_last() -> None:
    assert whole_from(find("E.K.1a"), dt.date(2016, 2, 29)) == dt.date(2017, 2, 28)


def test_every_line_counts_by_a_date_or_has_a_table_of_figures() -> None:
    for code in family_codes():
        family = load_family(code)
        for line in family.indicators.values():
            tables = {table for table, _ in family.placed_by(line)}
            labelled = {name for name in family.tables_of(line) if family.tables[name].labelled_by}
            assert tables or labelled, line.code
            for table, column in family.placed_by(line):
                assert family.tables[table].columns[column].kind in ("date", "timestamp")
                assert ("birth" not in column and "end_date" not in column) or code == "iapt"


# From data to figures -----------------------------------------------------------------------------


def attendances(*days: str, code: str = "00A") -> pd.DataFrame:
    arrivals = pd.to_datetime(pd.Series(days)) + pd.Timedelta("10h")
    return pd.DataFrame(
        {
            "attendance_id": [f"{code}{place}" for place in range(len(days))],
            "ccg_code": code,
            "arrival_date": arrivals.dt.strftime("%Y-%m-%d"),
            "attendance_category": "1",
        }
    )


def every_month(first: str, last: str, rows: int) -> list[str]:
    """So many rows on the 28th of each month."""
    start, end = parse_period(first), parse_period(last)
    found = []
    while start <= end:
        found += [f"{start}-28"] * rows
        start = start.shift(1)
    return found


def derive(table: pd.DataFrame, period: Any, **options: Any) -> pd.DataFrame:
    data = {"ae_attendances": table}
    found = nhsind.derive("E.M.12", data=data, period=period, notes=Notes(), **options)
    return found.set_index("period")


def test_a_period_that_is_not_covered_has_a_row_without_numbers() -> None:
    table = derive(attendances(*every_month("2017-01", "2017-03", 40)), "2017-02..2017-05")
    assert table["status"].tolist() == ["ok", "ok", "not_covered", "not_covered"]
    assert table["value"].tolist()[:2] == [40, 40]
    numbers = "numerator denominator value ci_lower ci_upper standard plan".split()
    assert table.loc["2017-04":, numbers].isna().all(axis=None)
    assert "2017-01 to 2017-03" in table.loc["2017-04", "note"]
    assert table.loc["2017-02", "note"] == ""


def test_a_gap_inside_is_not_0() -> None:
    days = [*every_month("2017-01", "2017-03", 40), *every_month("2017-05", "2017-06", 40)]
    table = derive(attendances(*days), ["2017-04", "2017-05"])
    assert table["status"].to_dict() == {"2017-04": "not_covered", "2017-05": "ok"}
    assert derive(attendances(*days), ["2017-05", "2017-18-Q1"]).loc["2017-18-Q1", "status"] == (
        "not_covered"
    )


@pytest.mark.parametrize("period", ["2017-04", "2017-18-Q1", "2016-12", "2016-17-Q4"])
def test_nothing_covered_is_refused_and_what_is_covered_is_named(period: str) -> None:
    table = attendances(*every_month("2017-01", "2017-03", 40))
    if period == "2016-17-Q4":
        assert derive(table, period)["status"].tolist() == ["ok"]
        return
    with pytest.raises(InputError, match="covers 2017-01 to 2017-03") as refused:
        derive(table, period)
    assert refused.value.exit_status == 65


def test_rows_that_cannot_be_used_cover_nothing() -> None:
    table = attendances(*every_month("2017-01", "2017-12", 9), "2018-06-28")
    assert derive(table, "2018-05..2018-06")["value"].tolist() == [0, 1]
    table.loc[table.index[-1], "ccg_code"] = None
    with pytest.raises(InputError):
        derive(table, "2018-06")


def test_units_do_not_make_rows() -> None:
    """99 rows cover what is asked, whatever they stand for; and a row of many units is one row."""
    table = attendances(*every_month("2017-01", "2017-03", 33)).assign(count=1000)
    assert derive(table, "2018-01")["value"].tolist() == [0]
    more = attendances(*every_month("2017-01", "2017-03", 40), "2017-04-28")
    more = more.assign(count=[1] * 120 + [1000])
    with pytest.raises(InputError):
        derive(more, "2017-04")


def test_a_snapshot_before_the_records_reach_far_enough_back_is_not_covered() -> None:
    """Clocks from 1 January 2017 on: 378 days later is 14 January 2018."""
    days = every_month("2017-01", "2018-03", 10)
    days[0] = "2017-01-01"
    table = pd.DataFrame(
        {
            "pathway_id": [f"P{place}" for place in range(len(days))],
            "ccg_code": "00A",
            "clock_start_date": days,
            "clock_stop_date": None,
            "stop_type": None,
        }
    )
    found = nhsind.derive(
        "E.B.3", data=table, period=["2017-12", "2018-01", "2018-04"], notes=Notes()
    )
    assert found["status"].tolist() == ["not_covered", "ok", "not_covered"]
    assert found["denominator"].tolist()[1] == 130
    assert "and begins with 2017-01: who waited before" in found["note"].tolist()[0]


def test_who_left_is_told_where_the_dates_of_leaving_cover_the_month_or_just_before() -> None:
    """Pathways that were there on a day: whoever had stopped before it is in the table nowhere."""
    stops = known(100, 100, 100, 9, first="2017-01")
    told = {str(month.start)[:7]: stops.tells_who_left(month) for month in months_around("2016-11")}
    assert told == {
        "2016-11": False,
        "2016-12": True,  # the first stops are of its morrow
        "2017-01": True,
        "2017-03": True,
        "2017-04": False,  # nearly nobody stops any more: many stops are not in it
    }
    late = [MonthOfRows(parse_period("2017-01"), 100, dt.date(2017, 1, 8), dt.date(2017, 1, 31))]
    assert not inferred("table", "date", 100, late).tells_who_left(parse_period("2016-12"))
    sparse, none = known(9, 9, 9, unplaced=100), known(unplaced=100)
    assert sparse.tells_who_left(parse_period("2017-09"))
    assert not sparse.tells_who_left(parse_period("2016-11"))
    assert none.tells_who_left(parse_period("2016-11")), "a table of those who wait has no stops"


def months_around(first: str) -> list[Period]:
    return [parse_period(first).shift(step) for step in (0, 1, 2, 4, 5)]


def test_a_snapshot_before_the_records_of_those_who_left_is_not_covered() -> None:
    """Pathways that were running on 1 January 2018, whenever they began."""
    stops = [day for day in every_month("2018-01", "2018-03", 10) for _ in range(5)]
    stops[0] = "2018-01-03"
    table = pd.DataFrame({"pathway_id": [f"P{place}" for place in range(len(stops))]}).assign(
        ccg_code="00A", clock_stop_date=stops, stop_type="admitted"
    )
    starts = every_month("2016-01", "2017-12", 6)
    table["clock_start_date"] = [starts[place % len(starts)] for place in range(len(stops))]
    found = nhsind.derive("E.B.3", data=table, period=["2017-11", "2017-12"], notes=Notes())
    assert found["status"].tolist() == ["not_covered", "ok"]
    assert "covers 2018-01 to 2018-03 by clock_stop_date: who left" in found["note"][0]
    declared = nhsind.derive("E.B.3", data=table, period="2017-11", covers="2016-01..2018-03")
    assert declared["status"].tolist() == ["ok"]


@pytest.mark.parametrize(("code", "column"), [
    ("E.B.3", "clock_stop_date"),
    ("E.B.4", "test_date"),
    ("E.K.1a", "discharge_date"),
    ("E.O.1_waiting", "closed_date"),
])  # fmt: skip
def test_each_list_of_those_who_wait_has_a_date_of_leaving(code: str, column: str) -> None:
    assert [name for _, name in family_of(find(code)).left_by(find(code))] == [column]
    assert not family_of(find("E.M.18")).left_by(find("E.M.18")), "a flow has none"


def test_a_day_that_stands_for_none_does_not_begin_the_records() -> None:
    rows = [MonthOfRows(parse_period("1900-01"), 1, dt.date(1900, 1, 1), dt.date(1900, 1, 1))]
    assert inferred("table", "date", 301, rows + months(100, 100, 100)).earliest == dt.date(
        2017, 1, 1
    )
    assert inferred("table", "date", 100, rows).earliest == dt.date(1900, 1, 1)


@pytest.mark.parametrize("code", ["E.B.3", "E.K.1a"])
@pytest.mark.parametrize("period", ["2018-03", "2018-02", "2020-02", "2021-02"])
def test_a_snapshot_reaches_back_as_far_as_it_makes_records_whole(code: str, period: str) -> None:
    """Records that begin on that day hold all of it, those that begin a day later do not."""
    line, month = find(code), parse_period(period)
    first = reaches_back_to(line, month)
    assert first is not None
    whole, too_late = (whole_from(line, first + dt.timedelta(days=days)) for days in (0, 1))
    assert whole is not None and too_late is not None
    assert whole <= month.end
    assert too_late > month.end or first == dt.date(2020, 2, 28)  # the next is the leap day
    assert reaches_back_to(find("E.B.5"), month) is None


@pytest.mark.parametrize(
    ("gap", "is_told"), [("2017-02", False), ("2017-03", True), ("2018-02", True)]
)
def test_a_snapshot_says_which_months_before_it_are_missing(gap: str, is_told: bool) -> None:
    """Three times 126 days before 31 March 2018 is 18 March 2017."""
    days = [day for day in every_month("2016-01", "2018-03", 10) if day[:7] != gap]
    table = pd.DataFrame({"pathway_id": [f"P{place}" for place in range(len(days))]}).assign(
        ccg_code="00A", clock_start_date=days, clock_stop_date=None, stop_type=None
    )
    notes = Notes()
    nhsind.derive("E.B.3", data=table, period=["2018-03", "2018-04", "2017-02"], notes=notes)
    told = [line for line in notes.remarks if "those of that time" in line]
    assert (
        told
        == [
            f"rtt/pathways does not cover {gap} by clock_start_date: "
            "those of that time are missing from E.B.3 of 2018-03"
        ]
        * is_told
    )
    found = nhsind.results("rtt", "00A", period="2018-03", data=table)
    # Of the periods that it is compared with, too.
    gaps = found.quality.frame.query("fault == 'gap'")
    own = [text for text in gaps["about"] if "of 2018-03" in text]
    assert len(own) == is_told and all(text.startswith(tuple(told)) for text in own)
    assert set(gaps["lines"]) <= {"E.B.3"}


def attendances_on(days: list[str]) -> pd.DataFrame:
    """One of each day, of one department of one commissioner."""
    return pd.DataFrame({"attendance_id": [f"A{place}" for place in range(len(days))]}).assign(
        ccg_code="00A",
        provider_code="P",
        department_id="D",
        department_type="1",
        arrival_datetime=[f"{day}T10:00:00" for day in days],
        departure_datetime=[f"{day}T11:00:00" for day in days],
        attendance_category="1",
    )


@pytest.mark.parametrize(
    ("held", "period", "gap"),
    [
        (("2017-04", "2017-06"), "2017-05", ""),
        (("2017-04", "2017-06"), "2017-18-Q1", ""),
        (("2017-04", "2017-05"), "2017-05", "2017-06"),
        (("2017-05", "2017-08"), "2017-06", "2017-04"),
        (("2017-05", "2017-08"), "2017-08", "2017-09"),
    ],
)
def test_a_month_whose_quarter_is_not_whole_says_so(
    held: tuple[str, str], period: str, gap: str
) -> None:
    """More than 200 attendances a month is an average over the quarter."""
    table, notes = attendances_on(every_month(*held, 60)), Notes()
    nhsind.derive(["E.B.5", "E.B.5_1"], data=table, period=period, notes=notes)
    told = [line for line in notes.remarks if "fewer months" in line]
    assert told == [
        f"ae/attendances does not cover {gap} by arrival_datetime: "
        f"fewer months decide who counts in E.B.5, E.B.5_1 of {period}"
    ] * bool(gap)
    # A variant without that rule does not look there.
    without, notes = nhsind.variant("E.B.5", without=["department_busy_enough"]), Notes()
    nhsind.derive(without, data=table, period=period, notes=notes)
    assert not [line for line in notes.remarks if "fewer months" in line]


@pytest.mark.parametrize(
    ("lost", "told"), [("2017-05", ["2017-06"]), ("2017-06", []), ("2017-03", []), ("none", [])]
)
def test_a_declared_month_of_the_quarter_that_is_not_there_says_so(
    lost: str, told: list[str]
) -> None:
    """Of the other months of June's quarter; that June itself is lost is said otherwise."""
    days = [day for day in every_month("2016-10", "2017-09", 60) if not day.startswith(lost)]
    notes = Notes()
    nhsind.derive(
        "E.B.5", attendances_on(days), period="2017-06", covers="2016-10..2017-09", notes=notes
    )
    assert [line for line in notes.remarks if "fewer months" in line] == [
        f"ae/attendances is said to cover {lost} and has hardly a row of it by arrival_datetime: "
        f"fewer months decide who counts in E.B.5 of {period}"
        for period in told
    ]


def test_check_says_what_returns_are_there_and_whose_are_not() -> None:
    register = pd.DataFrame(
        [(code, month, "65+", 9) for code in ("00A", "00B") for month in ("2018-02", "2018-03")],
        columns=["ccg_code", "month", "age_band", "count"],
    )
    estimates = pd.DataFrame(
        [("00A", "2018-02", "12.5"), ("00A", "2018-03", "12.5"), ("00B", "2018-02", "12.5")],
        columns=["ccg_code", "month", "estimated_prevalence"],
    )
    found = nhsind.check({"register": register, "estimates": estimates}, family="dementia")
    held = "covers 2018-02, 2018-03: as its rows are labelled"
    assert found.attrs["notes"] == [
        f"dementia/register {held}",
        f"dementia/estimates {held}; not of 00B (2018-03)",
    ]


# What is declared ---------------------------------------------------------------------------------


def folder(at: Path, table: pd.DataFrame, coverage: str = "") -> Path:
    (at / "sus").mkdir(parents=True)
    table.to_csv(at / "sus" / "ae_attendances.csv", index=False)
    if coverage:
        (at / "coverage.csv").write_text(coverage)
    return at


def statuses(data: Any, **options: Any) -> list[str]:
    period = "2017-01..2017-04"
    found = nhsind.derive("E.M.12", data=data, period=period, notes=Notes(), **options)
    return found["status"].tolist()


def test_what_is_declared_replaces_what_the_rows_tell(tmp_path: Path) -> None:
    table = attendances(*every_month("2017-01", "2017-03", 40))
    text = "family,table,from,to\nsus,ae_attendances,2017-02,2017-04\n"
    assert statuses(folder(tmp_path / "a", table)) == ["ok", "ok", "ok", "not_covered"]
    assert statuses(folder(tmp_path / "b", table, text)) == ["not_covered", "ok", "ok", "ok"]
    frames = {"ae_attendances": table, "coverage": pd.read_csv(tmp_path / "b" / "coverage.csv")}
    assert statuses(frames) == ["not_covered", "ok", "ok", "ok"]


def test_the_option_wins_over_the_file_also_for_few_rows(tmp_path: Path) -> None:
    text = "family,table,from,to\nsus,ae_attendances,2017-01,2017-04\n"
    data = folder(tmp_path, attendances("2017-02-28"), text)
    assert statuses(data) == ["ok"] * 4
    assert statuses(data, covers="2017-02..2017-03") == ["not_covered", "ok", "ok", "not_covered"]


@pytest.mark.parametrize("text", ["x", "2017-02..2017-01", "2017-01..x", ".."])
def test_an_option_that_is_no_span_is_bad_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_covers(text)


def test_the_option_takes_longer_periods() -> None:
    assert parse_covers("2017-18") == (month_of(dt.date(2017, 4, 1)), month_of(dt.date(2018, 3, 1)))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("sos,ae_attendances,2017-01,2017-02", "family"),
        ("sus,attendances,2017-01,2017-02", "table"),
        ("sus,ae_attendances,2017-13,2017-02", "from"),
        ("sus,ae_attendances,2017-01,2017-18", "to"),
        ("sus,ae_attendances,2017-02,2017-01", "to"),
        ("rtt,waits,2017-02,2017-03", "table"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, column: str) -> None:
    data = folder(tmp_path, attendances("2017-02-28"), f"family,table,from,to\n{row}\n")
    with pytest.raises(InputError) as refused:
        statuses(data)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (2, column)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    data = folder(tmp_path, attendances("2017-02-28"), "family,table,first,to\n")
    with pytest.raises(InputError, match='column "from"'):
        statuses(data)


def test_check_tells_what_each_table_covers_and_why() -> None:
    notes = Notes()
    table = attendances(*every_month("2017-01", "2017-03", 40))
    nhsind.check({"ae_attendances": table}, family="sus", notes=notes)
    (line,) = [line for line in notes.lines() if "covers" in line]
    assert line.startswith("sus/ae_attendances covers 2017-01 to 2017-03 by arrival_date: ")
    assert "a usual month having 40" in line


# Declared, and not there ------------------------------------------------------------------------


@pytest.mark.parametrize(("a_month", "is_told"), [(40, True), (9, False)])
def test_what_is_declared_and_lost_is_said(a_month: int, is_told: bool) -> None:
    """With nine rows a month one without any is nothing strange."""
    told = Notes()
    table = attendances(*every_month("2016-01", "2017-03", a_month))
    asked = {"period": ["2017-03", "2017-04"], "covers": "2016-01..2017-04"}
    found = nhsind.derive("E.M.12", data={"ae_attendances": table}, notes=told, **asked)
    assert found["value"].tolist() == [a_month, 0]
    said = [line for line in told.remarks if "hardly a row" in line]
    assert (
        said
        == [
            "sus/ae_attendances is said to cover 2017-04 and has hardly a row of it by "
            "arrival_date: what is lost is missing from E.M.12 of 2017-04"
        ][:is_told]
    )
    told = Notes()
    nhsind.check({"ae_attendances": table}, family="sus", notes=told, covers="2016-01..2017-04")
    assert any("of 2017-04 it has hardly a row" in line for line in told.remarks) is is_told


def test_no_cases_of_a_month_that_is_lost_says_so() -> None:
    days = every_month("2017-01", "2017-03", 40)
    rows = [
        {
            "attendance_id": f"a{place}",
            "provider_code": "RA1",
            "department_id": "D",
            "department_type": "1",
            "arrival_datetime": f"{day}T08:00:00",
            "departure_datetime": f"{day}T09:00:00",
            "count": 20,
        }
        for place, day in enumerate(days)
    ]
    asked = {"data": pd.DataFrame(rows), "period": ["2017-03", "2017-04"], "level": "provider"}
    found = nhsind.derive("E.B.5", covers="2017-01..2017-04", notes=Notes(), **asked)
    assert found["status"].tolist() == ["ok", "no_cases"]
    assert found["note"].tolist()[0] == ""
    assert "ae/attendances is said to cover 2017-04 and has hardly a row" in found.at[1, "note"]
