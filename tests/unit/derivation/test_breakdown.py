"""Figures by the values of columns: whole groups, named blanks, what cannot be split."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nhsind as ind
from nhsind.definitions.output_columns import OUTPUT_COLUMNS
from nhsind.definitions.record_tables import Column
from nhsind.derivation.breakdown import MISSING, group_name

COLUMNS = "pathway_id ccg_code clock_start_date clock_stop_date stop_type Team".split()
IN_TIME, LATE = "2018-03-01", "2017-06-01"
PATHWAYS = pd.DataFrame(
    [
        ("a", "00A", IN_TIME, None, None, "North "),
        ("b", "00A", LATE, None, None, "North"),
        ("c", "00A", IN_TIME, None, None, None),
        ("d", "00B", IN_TIME, None, None, "South"),
        ("e", "00B", "2018-06-01", None, None, "West"),
    ],
    columns=COLUMNS,
)


def by_team(code: str = "E.B.3", **options: Any) -> pd.DataFrame:
    return ind.derive(code, PATHWAYS, period="2018-03", by="team", covers="2018-03", **options)


def test_each_organisation_has_a_row_for_each_group_of_its_records() -> None:
    shown = by_team()[["org_code", "team", "numerator", "denominator", "value", "status"]]
    assert shown.astype(object).where(shown.notna(), None).to_numpy().tolist() == [
        ["00A", MISSING, 1, 1, 1.0, "ok"],
        ["00A", "North", 1, 2, 0.5, "ok"],
        ["00B", "South", 1, 1, 1.0, "ok"],
        ["00B", "West", 0, 0, None, "no_cases"],
    ]


def test_the_organisations_own_column_can_be_asked_for() -> None:
    table = ind.derive("E.B.3", PATHWAYS, period="2018-03", by="ccg_code", covers="2018-03")
    assert table[["org_code", "ccg_code", "denominator"]].to_numpy().tolist() == [
        ["00A", "00A", 3],
        ["00B", "00B", 1],
    ]


def test_the_columns_stand_before_kind() -> None:
    at = OUTPUT_COLUMNS.index("kind")
    expected = [*OUTPUT_COLUMNS[:at], "Team", "stop_type", *OUTPUT_COLUMNS[at:]]
    table = ind.derive(
        "E.B.3", PATHWAYS, period="2018-03", by=["Team", "stop_type"], covers="2018-03"
    )
    assert list(table.columns) == expected


def test_a_period_that_is_not_covered_has_its_groups_without_numbers() -> None:
    table = ind.derive(
        "E.B.3", PATHWAYS, period=["2018-03", "2018-04"], by="team", covers="2018-03"
    )
    rows = table[table["period"] == "2018-04"]
    assert rows["team"].tolist() == [MISSING, "North", "South", "West"]
    assert set(rows["status"]) == {"not_covered"} and rows["numerator"].isna().all()


def test_a_share_of_a_group_is_judged_and_its_organisations_plan_is_not() -> None:
    plans = pd.DataFrame(
        [("E.B.3", "00A", "2018-03", 0.9)], columns="indicator org_code period plan".split()
    )
    data = {"pathways": PATHWAYS, "plans": plans}
    table = ind.derive("E.B.3", data, period="2018-03", by="team", covers="2018-03")
    assert table["meets_standard"].tolist()[:3] == [True, False, True]
    assert table["plan"].isna().all() and table["meets_plan"].isna().all()


def test_a_standard_for_the_count_of_a_whole_judges_no_group() -> None:
    people = pd.DataFrame(
        [("p", "2005-01-01", "00A", "x")], columns="person_id date_of_birth ccg_code team".split()
    )
    contacts = pd.DataFrame(
        [("p", "r", f"2017-05-0{day}", "direct", "01", "true") for day in (1, 2)],
        columns="person_id referral_id contact_date contact_type medium attended".split(),
    )
    estimates = pd.DataFrame(
        [("00A", "2017-18", 2, 0)],
        columns="ccg_code financial_year diagnosable_cyp baseline_2a".split(),
    )
    data = {"people": people, "contacts": contacts, "estimates": estimates}
    asked = {"period": "2017-18", "covers": "2016-04..2018-03"}
    (whole,) = ind.derive("E.H.9_2A", data, **asked).to_dict("records")
    (group,) = ind.derive("E.H.9_2A", data, by="team", **asked).to_dict("records")
    assert whole["meets_standard"] is True and group["numerator"] == whole["numerator"] == 1
    assert pd.isna(group["standard"]) and pd.isna(group["meets_standard"])
    # The estimates have no teams; and had they one, it would tell no two of a commissioner apart.
    for named in (estimates, estimates.assign(team="x")):
        split = data | {"estimates": named}
        (share,) = ind.derive("E.H.9", split, by="team", **asked).to_dict("records")
        assert (share["numerator"], share["status"]) == (1, "no_denominator")
        assert share["note"] == "the denominator is of cyp/estimates and is not split by team"


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        ind.UsageError, match='"teem" is not a known column of rtt/pathways'
    ) as told:
        ind.derive("E.B.3", PATHWAYS, period="2018-03", by="teem")
    assert 'Did you mean "team"?' in str(told.value) and "stop_type" in str(told.value)


@pytest.mark.parametrize("names", [["team", "Team"], ["org_code"], ["treatment_function_code"]])
def test_what_cannot_be_a_breakdown_is_refused(names: list[str]) -> None:
    with pytest.raises(ind.UsageError):
        ind.derive("E.B.3", PATHWAYS, period="2018-03", by=names)


def test_rows_that_agree_but_for_their_group_count_once() -> None:
    twice = PATHWAYS.head(1)
    for order in ([twice, twice.assign(Team="South")], [twice.assign(Team="South"), twice]):
        table = ind.derive("E.B.3", pd.concat(order), period="2018-03", by="team", covers="2018-03")
        assert table[["team", "denominator"]].to_numpy().tolist() == [["North", 1]]


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        (None, "", "(missing)"),
        ("(missing)", "", '"(missing)"'),
        ('"(missing)"', "", '""(missing)""'),
        ("missing", "", "missing"),
        (True, "boolean", "true"),
        (3.0, "integer", "3"),
        (pd.Timestamp("2018-03-31").date(), "month", "2018-03"),
        (pd.Timestamp("2018-03-31").date(), "financial_year", "2017-18"),
        (pd.Timestamp("2018-03-31").date(), "date", "2018-03-31"),
        (250_000_000, "decimal", "0.25"),
    ],
)
def test_a_group_is_named_by_its_value(value: object, kind: str, name: str) -> None:
    assert group_name(value, Column("x", kind) if kind else None) == name
