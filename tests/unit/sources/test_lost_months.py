"""Months in a row without a unit are told as lost where chance hardly leaves so many together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.derivation.questions import Notes
from nhsind.periods import parse_period
from nhsind.sources.lost_months import empty_beyond_chance

FIRST = parse_period("2016-04")


def lost(*numbers: int) -> str:
    months = [FIRST.shift(step) for step in range(len(numbers))]
    found = empty_beyond_chance(months, dict(zip(months, numbers, strict=True)))
    return " ".join(map(str, sorted(found)))


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        # 24 x (23/24)^236 is 0.00104, and ^237 is 0.0010.
        (([0] + [10] * 22 + [16]), ""),
        (([0] + [10] * 22 + [17]), "2016-04"),
        # 23 x (22/24)^115 is 0.00104, ^116 is 0.00095.
        (([5] * 20 + [0, 0] + [7, 8]), ""),
        (([5] * 20 + [0, 0] + [8, 8]), "2017-12 2018-01"),
        # A month alone is nothing strange beside those that are.
        (([8] * 10 + [0] + [8] * 8 + [0] * 5), "2017-11 2017-12 2018-01 2018-02 2018-03"),
        ([0] * 24, ""),
        ([4], ""),
    ],
)
def test_so_many_in_a_row_by_chance_in_one_table_of_a_thousand(
    numbers: list[int], told: str
) -> None:
    assert lost(*numbers) == told


def few(lost_from: str, lost_to: str, a_month: int) -> dict[str, pd.DataFrame]:
    """So many attendances in each of 24 months, but for those that are lost."""
    months = [str(FIRST.shift(step)) for step in range(24)]
    rows = [
        (f"{month}-{n}", "00A", f"{month}-{n + 1:02}", "1")
        for month in months
        if not lost_from <= month <= lost_to
        for n in range(a_month)
    ]
    columns = ["attendance_id", "ccg_code", "arrival_date", "attendance_category"]
    return {"ae_attendances": pd.DataFrame(rows, columns=columns)}


DECLARED = pd.DataFrame(
    [("sus", "ae_attendances", "2016-04", "2018-03")], columns="family table from to".split()
)


def remarks(data: dict[str, pd.DataFrame], period: str) -> list[str]:
    told = Notes()
    nhsind.derive("E.M.12", data=data, period=period, notes=told)
    return [line for line in told.remarks if "hardly a row" in line]


@pytest.mark.parametrize(("beside", "how"), [({"coverage": DECLARED}, "is said"), ({}, "is taken")])
def test_lost_months_of_a_table_with_few_rows_are_told(beside: dict[str, Any], how: str) -> None:
    """By those who declared them, or as they lie between its first row and its last."""
    data = few("2017-05", "2017-07", 5) | beside
    assert remarks(data, "2017-18-Q1") == [
        f"sus/ae_attendances {how} to cover 2017-05, 2017-06 and has hardly a row of it by "
        "arrival_date: what is lost is missing from E.M.12 of 2017-18-Q1"
    ]
    assert not remarks(data, "2017-04")
    assert not remarks(few("2017-05", "2017-05", 5) | beside, "2017-05")
    notes = nhsind.check(data, family="sus").attrs["notes"]
    assert any("of 2017-05 to 2017-07 it has hardly a row" in line for line in notes)


def test_undeclared_tables_of_fewer_than_100_rows_tell_nothing() -> None:
    data = few("2016-10", "2017-09", 8)
    assert len(data["ae_attendances"]) == 96 and not remarks(data, "2017-05")
    assert remarks(data | {"coverage": DECLARED}, "2017-05")
