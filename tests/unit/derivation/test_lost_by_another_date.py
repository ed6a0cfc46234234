"""Rows that are lost by a date that does not place a line's units are told, or not covered."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import nhsind as ind

MONTHS = pd.period_range("2016-04", "2018-03", freq="M")
PLACES = pd.DataFrame({"ccg_code": list("ABCD"), "ccg_name": list("abcd")})

NATIONAL = pd.DataFrame(
    [("rtt", "pathways", "2016-04", "2018-03", "yes")],
    columns="family table from to national".split(),
)


def pathways() -> pd.DataFrame:
    """Twenty a month that start in it and stop two months later."""
    rows = [
        (f"{month}-{n}", "00A", month.start_time.date(), (month + 2).start_time.date(), "admitted")
        for month in MONTHS
        for n in range(20)
        if month + 2 <= MONTHS[-1]
    ]
    columns = "pathway_id ccg_code clock_start_date clock_stop_date stop_type".split()
    return pd.DataFrame(rows, columns=columns)


def said(code: str, data: object, period: str) -> str:
    return "\n".join(ind.derive(code, data, period=period).attrs["notes"])


def test_starts_that_are_lost_are_told_of_later_stops() -> None:
    whole = pathways()
    assert "clock_start_date" not in said("E.M.18", whole, "2018-03")
    lost = whole[whole["clock_start_date"].map(lambda day: (day.year, day.month) != (2017, 11))]
    told = "rtt/pathways does not cover 2017-11 by clock_start_date: what happened then is not "
    assert f"{told}known to E.M.18 of 2018-03" in said("E.M.18", lost, "2018-03")
    # Of stops before it nothing is said.
    assert "2017-11" not in said("E.M.18", lost, "2017-10")
    assert "2017-11" not in said("E.M.20", lost, "2018-01")


def test_lost_starts_are_told_for_a_year() -> None:
    whole = pathways()
    lost = whole[whole["clock_start_date"].map(lambda day: (day.year, day.month) != (2016, 8))]
    assert "does not cover 2016-08 by clock_start_date" in said("E.M.18", lost, "2017-07")
    assert "does not cover 2016-08 by clock_start_date" not in said("E.M.18", lost, "2017-08")


def test_records_that_begin_late_are_told_for_a_year() -> None:
    begins = "rtt/pathways begins with 2016-04 by clock_start_date: what began before is not in"
    assert f"{begins} E.M.18 of 2016-08" in said("E.M.18", pathways(), "2016-08")
    assert begins in said("E.M.18", pathways(), "2017-03")
    assert begins not in said("E.M.18", pathways(), "2017-04")


def test_what_a_figure_is_compared_with_is_told_of_too() -> None:
    found = ind.results("rtt", "00A", period="2017-08", data=pathways())
    quality = found.quality.frame
    told = quality.loc[quality["fault"] == "gap", "about"].tolist()
    assert any(text.endswith("E.M.18, E.M.19 of 2016-08") for text in told)
    # Of those that start in a month, none is known by an earlier date.
    assert not any("E.M.20" in text for text in told)


def courses(last: date = date(2018, 3, 31)) -> dict[str, pd.DataFrame]:
    """A course for each of 28 days of a month, of a session in each of three months."""
    referrals, appointments = [], []
    for month in MONTHS[:-2]:
        for n in range(28):
            name = f"{month}-{n}"
            days = [date((month + i).year, (month + i).month, n + 1) for i in range(3)]
            referrals.append((name, "00A", days[0], days[2]))
            appointments += [(name, day, "02", "true") for day in days if day <= last]
    columns = "referral_id ccg_code referral_received_date referral_end_date".split()
    sessions = "referral_id appointment_date appointment_type attended".split()
    return {
        "referrals": pd.DataFrame(referrals, columns=columns),
        "appointments": pd.DataFrame(appointments, columns=sessions),
    }


def test_courses_are_covered_only_where_their_sessions_are() -> None:
    table = ind.derive("E.H.1_A1", courses(), period="2017-18-Q3..2017-18-Q4")
    assert table["status"].tolist() == ["ok", "ok"]
    cut = ind.derive("E.H.1_A1", courses(date(2018, 1, 31)), period="2017-18-Q3..2017-18-Q4")
    assert cut["status"].tolist() == ["ok", "not_covered"]
    assert "iapt/appointments covers 2016-04 to 2018-01" in cut["note"].iloc[1]


def test_sessions_that_are_lost_are_told_of_later_courses() -> None:
    data = courses()
    lost = data["appointments"]["appointment_date"].map(lambda day: day.month == 11)
    data["appointments"] = data["appointments"][~lost]
    for code in ("E.H.1_A1", "E.H.1_B1"):
        told = said(code, data, "2017-18-Q4")
        assert f"2017-11 by appointment_date: what happened then is not known to {code}" in told


@pytest.mark.parametrize(("held", "is_told"), [("ABD", True), ("AB", False), ("ABCD", False)])
def test_few_commissioners_without_a_row_are_told_beside_england(held: str, is_told: bool) -> None:
    """Of four one, not two: where many have none, that is nothing strange."""
    rows = pathways()
    rows["ccg_code"] = [held[at % len(held)] for at in range(len(rows))]
    data = {"pathways": rows, "geography": PLACES, "coverage": NATIONAL}
    notes = "\n".join(ind.derive("E.M.18", data, period="2018-03", level="england").attrs["notes"])
    told = "rtt has no row of C, which geography lists: nothing of theirs is in England's"
    assert (told in notes) == is_told and ("has no row of" in notes) == is_told


def test_sessions_that_are_declared_and_lost_are_told_of_courses() -> None:
    """Both of those that end then and of those that end later; of first sessions their own."""
    data = courses()
    lost = data["appointments"]["appointment_date"].map(lambda day: (day.year, day.month))
    data["appointments"] = data["appointments"][lost != (2017, 11)]
    columns = "family table from to".split()
    rows = [("iapt", table, "2016-04", "2018-03") for table in ("referrals", "appointments")]
    data["coverage"] = pd.DataFrame(rows, columns=columns)
    lost = "iapt/appointments is said to cover 2017-11 and has hardly a row of it by "
    for period in ("2017-18-Q3", "2017-18-Q4"):
        told = said("E.H.1_A1", data, period)
        assert f"{lost}appointment_date: what happened then is not known to E.H.1_A1" in told
    assert lost not in said("E.H.1_A1", data, "2017-18-Q2")
    assert f"{lost}appointment_date: what is lost" in said("E.H.3_C4", data, "2017-18-Q3")


def test_starts_that_are_declared_and_lost_are_told_of_a_later_snapshot() -> None:
    whole = pathways()
    started = whole["clock_start_date"].map(lambda day: (day.year, day.month))
    data = {"pathways": whole[started != (2017, 10)], "coverage": NATIONAL}
    lost = "rtt/pathways is said to cover 2017-10 and has hardly a row of it by clock_start_date"
    assert f"{lost}: those of that time are missing from E.B.3" in said("E.B.3", data, "2017-12")
    assert f"{lost}: what happened then is not known to E.M.18" in said("E.M.18", data, "2017-12")
    assert lost not in said("E.B.3", data, "2017-09")
