"""A rule that is of everybody's records says so where the data are of some commissioners only."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.derivation.questions import Notes

LOST = "2 of 2 A&E attendances of 2018-03 are not in E.B.5"
WHY = (
    "department_busy_enough is judged on these data, which are not all of England "
    "(the reading busy_enough=every_department does without the rule)"
)


def attendances(busy: int = 0, **columns: Any) -> pd.DataFrame:
    """Two attendances at a department, and `busy` at another of the same provider."""
    rows = [("small", 1), ("small", 1), ("busy", busy)]
    return pd.DataFrame(
        {
            "ccg_code": "00A",
            "provider_code": "RAA",
            "department_id": [name for name, _ in rows],
            "department_type": "1",
            "arrival_datetime": "2018-03-05T10:00:00",
            "departure_datetime": "2018-03-05T12:00:00",
            "count": [number for _, number in rows],
            **columns,
        }
    )


def derived(line: Any, table: pd.DataFrame, **more: Any) -> tuple[pd.Series, list[str]]:
    notes = Notes()
    data = {"attendances": table, **more}
    found = nhsind.derive(line, data=data, period="2018-03", notes=notes)
    return found.iloc[0], [text for text in notes.remarks if "department_busy_enough" in text]


def test_what_the_rule_takes_from_a_part_of_england_is_said_with_its_number() -> None:
    row, told = derived("E.B.5", attendances())
    assert told == [f"ae: {LOST}: {WHY}"]
    assert row["status"] == "no_cases"
    said = WHY.replace("enough is", "enough, which is")
    why = f"2 A&E attendances, all left out by {said}"
    assert row["note"] == f"nothing to take a share, a rate or a mean of: {why}"
    row, told = derived("E.B.5", attendances(busy=601))
    assert told == [f"ae: {LOST.replace('2 of 2', '2 of 603')}: {WHY}"]
    assert (row["denominator"], row["status"], row["note"]) == (601, "ok", "")
    table = nhsind.check({"attendances": attendances()}, "ae")
    assert f"ae: {LOST}, E.B.5_1, E.B.5_2: {WHY}" in table.attrs["notes"]


def spans(**columns: str) -> pd.DataFrame:
    row = {"family": "ae", "table": "attendances", "from": "2018-01", "to": "2018-03"}
    return pd.DataFrame([{**row, **columns}])


@pytest.mark.parametrize("case", ["national", "of a provider", "without the rule"])
def test_nothing_is_said_where_the_rule_has_all_it_needs(case: str) -> None:
    line: Any = "E.B.5"
    table, more = attendances(busy=601), {}
    if case == "national":
        more = {"coverage": spans(national="yes")}
    elif case == "of a provider":
        table = table.drop(columns="ccg_code")
    else:
        line = nhsind.variant("E.B.5", readings={"busy_enough": "every_department"})
    assert derived(line, table, **more)[1] == []


def test_a_page_says_why_there_is_no_share_of_attendances_that_are_there() -> None:
    found = nhsind.results("ae", "00A", period="2018-03", data=attendances())
    said = str(nhsind.interpret(found, lines="E.B.5"))
    assert "there is no percentage of 00A for March 2018: 2 A&E attendances, all left out" in said
