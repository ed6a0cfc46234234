"""Totals are of the organisations that have both figures, and say whom they are without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.derivation.questions import Notes
from nhsind.errors import InputError

NUMBERS = ["numerator", "denominator", "value"]
PARENTS = pd.DataFrame(
    {"ccg_code": ["00J", "00K", "00L"], "stp_code": ["S1", "S1", "S2"], "tcp_code": "T1"}
)


def one(code: str, data: dict[str, pd.DataFrame], period: str, level: str, org: str) -> pd.Series:
    table = nhsind.derive(code, data=data, period=period, level=level, notes=Notes())
    return table.set_index("org_code").loc[org]


def bookings(day: str = "2017-07-10", **numbers: int) -> pd.DataFrame:
    rows = [
        {
            "count": number,
            "ccg_code": code[1:],
            "booking_date": day,
            "appt_type": "First Outpatient",
            "specialty": "x",
            "new_booking": "yes",
            "previously_booked": "no",
            "converted_from_assessment": "no",
        }
        for code, number in numbers.items()
    ]
    return pd.DataFrame(rows)


def mar(*rows: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["ccg_code", "month", "mar_gp_referrals_all"])
    return table.assign(non_english=0, dental_share=0)


@pytest.mark.parametrize(("level", "org"), [("stp", "S1"), ("england", "ENGLAND")])
def test_who_has_no_return_is_in_neither_sum(level: str, org: str) -> None:
    data = {
        "bookings": bookings("2018-01-10", c00J=60, c00K=50),
        "mar": mar(("00J", "2018-01", 100)),
        "geography": PARENTS,
    }
    row = one("E.P.1", data, "2018-01", level, org)
    assert row[NUMBERS].tolist() == [60, 100, 0.6]
    assert row["status"] == "partial" and "00K" in row["note"]
    assert pd.isna(row["meets_standard"]) and row["standard"] == 0.8
    data["mar"] = mar(("00J", "2018-01", 100), ("00K", "2018-01", 100))
    row = one("E.P.1", data, "2018-01", level, org)
    assert row[NUMBERS].tolist() == [110, 200, 0.55]
    assert (row["status"], row["note"], bool(row["meets_standard"])) == ("ok", "", False)


def test_a_quarter_is_of_those_that_have_each_of_its_months() -> None:
    months = ["2017-07", "2017-08", "2017-09"]
    returns = [("00J", month, 100) for month in months] + [("00K", m, 300) for m in months[:2]]
    data = {"bookings": bookings(c00J=60, c00K=150), "mar": mar(*returns)}
    row = one("E.P.1", data, "2017-18-Q2", "england", "ENGLAND")
    assert (*row[NUMBERS], row["status"]) == (60, 300, 0.2, "partial")
    own = one("E.P.1", data, "2017-18-Q2", "ccg", "00K")
    assert own["status"] == "no_denominator" and "ers/mar" in own["note"]
    assert own["numerator"] == 150 and pd.isna(own["value"])


def test_where_nobody_has_both_there_is_no_total() -> None:
    data = {"bookings": bookings(c00J=60), "mar": mar(("00J", "2017-08", 100))}
    row = one("E.P.1", data, "2017-07", "england", "ENGLAND")
    assert row["status"] == "no_denominator" and row[NUMBERS].isna().all()


def test_who_has_closed_is_missed_by_nobody() -> None:
    geography = PARENTS.assign(valid_to=["", "2017-06-30", ""], valid_from="")
    data = {
        "bookings": bookings(c00J=60, c00K=0),
        "mar": mar(("00J", "2017-07", 100)),
        "geography": geography,
    }
    assert one("E.P.1", data, "2017-07", "england", "ENGLAND")["status"] == "ok"
    data["geography"] = geography.assign(valid_to=["", "2017-07-01", ""])
    assert one("E.P.1", data, "2017-07", "england", "ENGLAND")["status"] == "partial"


def inpatients() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "count": 5,
            "person_id": None,
            "origin_ccg_code": ["00J", "00K"],
            "bed_commissioner": "ccg",
            "admission_date": "2018-01-01",
            "discharge_date": None,
        }
    )


def test_a_rate_of_a_partnership_is_over_the_populations_of_those_it_counts() -> None:
    population = pd.DataFrame(
        {"ccg_code": ["00J"], "period": ["2018-19-Q4"], "population": [500_000]}
    )
    data = {"inpatients": inpatients(), "population": population, "geography": PARENTS}
    row = one("E.K.1a_rate", data, "2018-19-Q4", "tcp", "T1")
    assert (*row[NUMBERS], row["status"]) == (5, 500_000, 10, "partial")
    assert pd.isna(row["meets_standard"])
    assert one("E.K.1a", data, "2018-19-Q4", "tcp", "T1")["value"] == 10


# Returns that are missing -----------------------------------------------------------------------


def dementia(*register: tuple[str, str, str, int]) -> dict[str, pd.DataFrame]:
    columns = ["ccg_code", "month", "age_band", "count"]
    estimates = [(code, month, 100) for code in ("06A", "06B") for month in ("2018-02", "2018-03")]
    return {
        "register": pd.DataFrame(register, columns=columns),
        "estimates": pd.DataFrame(estimates, columns=["ccg_code", "month", "estimated_prevalence"]),
    }


def test_a_register_that_is_missing_is_not_one_without_people() -> None:
    data = dementia(("06A", "2018-03", "65+", 70), ("06B", "2018-02", "65+", 70))
    row = one("E.A.S.1", data, "2018-03", "ccg", "06B")
    assert row["status"] == "not_available" and row[["numerator", "value"]].isna().all()
    assert "dementia/register" in row["note"]
    total = one("E.A.S.1", data, "2018-03", "england", "ENGLAND")
    assert (*total[NUMBERS], total["status"]) == (70, 100, 0.7, "partial")
    young = dementia(("06A", "2018-03", "65+", 70), ("06B", "2018-03", "0-64", 7))
    row = one("E.A.S.1", young, "2018-03", "ccg", "06B")
    assert (*row[NUMBERS], row["status"]) == (0, 100, 0, "ok")


def test_a_month_that_no_register_is_of_is_not_covered() -> None:
    data = dementia(("06A", "2018-03", "65+", 70))
    with pytest.raises(InputError, match="dementia/register has no row of it"):
        one("E.A.S.1", data, "2018-02", "ccg", "06A")


def survey(*answers: tuple[str, str]) -> dict[str, pd.DataFrame]:
    questions = "q1 q2 q3 q4 q6 q7 q8 q9".split()
    days = "q3a q4a q8a q9a".split()
    rows = pd.DataFrame(answers, columns=["practice_code", "survey_date"])
    rows = rows.assign(**dict.fromkeys(questions, "no"), **dict.fromkeys(days, ""))
    practices = {"practice_code": ["A1", "A2", "B1"], "ccg_code": ["00J", "00J", "00K"]}
    return {"survey": rows, "practices": pd.DataFrame(practices)}


def test_who_answered_nothing_has_no_figure_of_a_survey() -> None:
    data = survey(("A1", "2018-03-10"))
    own = one("E.D.14", data, "2018-03", "ccg", "00J")
    assert (*own[NUMBERS], own["status"]) == (0, 2, 0, "ok")
    assert one("E.D.14", data, "2018-03", "ccg", "00K")["status"] == "not_available"
    total = one("E.D.14", data, "2018-03", "england", "ENGLAND")
    assert (*total[NUMBERS], total["status"]) == (0, 2, 0, "partial")


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_required_number_is_the_sum_of_all_or_is_not_known(is_whole: bool) -> None:
    """Each of the two needs 30% of 10; two contacts on one day begin and make a treatment."""
    people = {"person_id": ["p", "q"], "ccg_code": ["00J", "00K"], "date_of_birth": "2007-01-01"}
    contacts = {"person_id": ["p", "p", "q", "q"], "referral_id": ["r", "r", "s", "s"]}
    given = {"contact_date": "2017-05-02", "contact_type": "indirect", "medium": "01"}
    codes = ["00J", "00K"] if is_whole else ["00J"]
    estimates = {"ccg_code": codes, "financial_year": "2017-18", "diagnosable_cyp": 10}
    data = {
        "people": pd.DataFrame(people),
        "contacts": pd.DataFrame(contacts).assign(**given, attended="yes"),
        "estimates": pd.DataFrame(estimates).assign(baseline_2a=1),
    }
    row = one("E.H.9_2A", data, "2017-18", "england", "ENGLAND")
    assert (row["value"], row["status"]) == (2, "ok")
    if is_whole:
        assert (row["standard"], bool(row["meets_standard"])) == (6, False)
    else:
        assert pd.isna(row["standard"]) and pd.isna(row["meets_standard"])


# Plans, names -------------------------------------------------------------------------------------


def budgets(**numbers: int) -> dict[str, pd.DataFrame]:
    codes = list(numbers)
    return {
        "budgets": pd.DataFrame(
            {
                "count": list(numbers.values()),
                "ccg_code": codes,
                "start_date": "2017-05-01",
                "end_date": None,
            }
        ),
        "population": pd.DataFrame(
            {"ccg_code": codes, "period": "2017-18-Q1", "gp_registered_population": 100_000}
        ),
    }


@pytest.mark.parametrize("number", [7, 14, 28, 29, 55, 57, 58])
@pytest.mark.parametrize(("more", "met"), [("", True), (".000000001", False)])
def test_a_plan_is_compared_with_the_exact_value(number: int, more: str, met: bool) -> None:
    plan = {"indicator": ["E.N.1"], "org_code": ["C7"], "period": ["2017-18-Q1"]}
    data: dict[str, Any] = budgets(C7=number)
    data["plans"] = pd.DataFrame({**plan, "plan": [f"{number}{more}"]})
    row = one("E.N.1", data, "2017-18-Q1", "ccg", "C7")
    assert row["value"] == number and bool(row["meets_plan"]) is met


def test_england_is_england_only_where_the_data_hold_every_commissioner() -> None:
    geography = PARENTS.assign(valid_from="", valid_to=["", "", "2017-06-29"])
    data: dict[str, Any] = {**budgets(**{"00J": 1, "00K": 1}), "geography": geography}

    def name() -> str:
        return str(one("E.N.1", data, "2017-18-Q1", "england", "ENGLAND")["org_name"])

    assert name() == "England"
    data["geography"] = geography.assign(valid_to=["", "", "2017-06-30"])
    assert name() == "all organisations in the data"
    spans = {"family": ["phb"], "table": ["budgets"], "from": ["2017-04"], "to": ["2018-03"]}
    data["coverage"] = pd.DataFrame({**spans, "national": ["yes"]})
    assert name() == "England"
    del data["geography"], data["coverage"]
    assert name() == "all organisations in the data"


@pytest.mark.parametrize(
    ("listed", "national", "name"),
    [
        (["00J", "00K"], "", "England"),
        (["00J", "00K"], "no", "all organisations in the data"),
        (["00J"], "", "all organisations in the data"),
        (["00J"], "yes", "England"),
    ],
)
def test_a_list_of_one_commissioner_is_none_of_england_and_no_wins(
    listed: list[str], national: str, name: str
) -> None:
    spans = {"family": ["phb"], "table": ["budgets"], "from": ["2017-04"], "to": ["2018-03"]}
    data: dict[str, Any] = {
        **budgets(**dict.fromkeys(listed, 1)),
        "geography": pd.DataFrame({"ccg_code": listed}),
        "coverage": pd.DataFrame({**spans, "national": [national]}),
    }
    assert one("E.N.1", data, "2017-18-Q1", "england", "ENGLAND")["org_name"] == name


@pytest.mark.parametrize("is_elsewhere", [True, False])
def test_who_is_in_no_table_of_the_family_is_missed_where_the_data_are_of_england(
    tmp_path: Path, is_elsewhere: bool
) -> None:
    """A commissioner without events whose return is lost too; its other records show the loss."""
    codes = ("00J", "00K")
    tables = {
        "ers/bookings": bookings("2018-01-10", c00J=60, c00K=50),
        "ers/mar": mar(*((code, "2018-01", 100) for code in codes)),
        "eip/referrals": pd.DataFrame({"ccg_code": ["00L", *codes][not is_elsewhere :]}),
    }
    PARENTS.to_csv(tmp_path / "geography.csv", index=False)
    for name, table in tables.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    found = nhsind.derive("E.P.1", tmp_path, period="2018-01", level="england", notes=Notes())
    row = found.loc[0]
    assert row[NUMBERS].tolist() == [110, 200, 0.55]
    if is_elsewhere:
        assert (row["org_name"], row["status"]) == ("England", "partial")
        assert row["note"] == (
            "of 2 of 3 organisations, without 00L: ers/mar does not have all of it"
        )
        assert pd.isna(row["meets_standard"])
    else:
        assert (row["org_name"], row["status"]) == ("all organisations in the data", "ok")


# Commissioners that are in no table --------------------------------------------------------------


def one_of_three(code: str) -> dict[str, Any]:
    population = {"ccg_code": [code], "period": ["2018-19-Q4"], "population": [500_000]}
    rows = inpatients()
    return {
        "inpatients": rows[rows["origin_ccg_code"] == code],
        "population": pd.DataFrame(population),
        "geography": PARENTS.assign(tcp_code=["T1", "T1", "T2"]),
    }


def test_a_partnership_misses_whom_the_geography_places_in_it() -> None:
    """The others of England are not asked for where the data are not of all of it."""
    data = one_of_three("00J")
    row = one("E.K.1a_rate", data, "2018-19-Q4", "tcp", "T1")
    assert (*row[NUMBERS], row["status"]) == (5, 500_000, 10, "partial")
    assert row["note"].startswith("of 1 of 2 organisations, without 00K: ld_inpatients/population")
    row = one("E.K.1a_rate", data, "2018-19-Q4", "england", "ENGLAND")
    assert (row["org_name"], row["status"]) == ("all organisations in the data", "ok")
    data["geography"] = data["geography"].assign(valid_to=["", "2018-12-31", ""], valid_from="")
    assert one("E.K.1a_rate", data, "2018-19-Q4", "tcp", "T1")["status"] == "ok"


def test_a_count_of_a_partnership_says_of_whom_there_is_nothing() -> None:
    asked = {"period": "2018-19-Q4", "level": "tcp"}
    (told,) = nhsind.derive("E.K.1a", data=one_of_three("00J"), **asked).attrs["notes"]
    assert (
        told == "ld_inpatients has no row of some that geography lists: E.K.1a of T1 (without 00K)"
    )
    for data, level in ((one_of_three("00L"), "tcp"), (one_of_three("00J"), "ccg")):
        asked["level"] = level
        assert nhsind.derive("E.K.1a", data=data, **asked).attrs["notes"] == []


def test_check_names_commissioners_that_no_table_has() -> None:
    def told(data: dict[str, Any]) -> list[str]:
        notes = nhsind.check(data, family="ld_inpatients").attrs["notes"]
        return [line for line in notes if line.startswith("no table")]

    data = one_of_three("00J")
    assert told(data) == ["no table of ld_inpatients has 00K, 00L, listed in geography"]
    data["geography"] = data["geography"].assign(valid_to=["", "2017-12-31", ""], valid_from="")
    assert told(data) == ["no table of ld_inpatients has 00L, listed in geography"]
    del data["geography"]
    assert told(data) == []
