"""What a reader is told of a figure whose data are cut: each way by which a part is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import nhsind as ind
from nhsind.errors import InputError

MONTHS = [str(month) for month in pd.period_range("2016-04", "2018-03", freq="M")]
CODES = ["00A", "00B", "00C"]
DECLARED = pd.DataFrame(
    [("ers", table, MONTHS[0], MONTHS[-1]) for table in ("bookings", "mar")],
    columns="family table from to".split(),
)


def whole() -> dict[str, pd.DataFrame]:
    """Ten rows of ten bookings each commissioner's month, of 120 referrals."""
    rows = [
        (code, f"{month}-{day}", "First Outpatient", "340", "yes", "no", "no", 10)
        for code in CODES
        for month in MONTHS
        for day in range(19, 29)
    ]
    columns = "ccg_code booking_date appt_type specialty new_booking previously_booked".split()
    returns = [(code, month, 120, 0, 0) for code in CODES for month in MONTHS]
    return {
        "bookings": pd.DataFrame(rows, columns=[*columns, "converted_from_assessment", "count"]),
        "mar": pd.DataFrame(
            returns, columns="ccg_code month mar_gp_referrals_all non_english dental_share".split()
        ),
    }


def without(
    table: str, month: str = "", code: str = "", days: str = ""
) -> Callable[[pd.DataFrame, str], pd.DataFrame]:
    """A table without the rows of a month, of a commissioner, up to a day."""
    column = {"bookings": "booking_date", "mar": "month"}[table]

    def cut(rows: pd.DataFrame, name: str) -> pd.DataFrame:
        if name != table:
            return rows
        lost = rows[column].str.startswith(month)
        if code:
            lost &= rows["ccg_code"] == code
        if days:
            lost &= rows[column] <= days
        return rows[~lost]

    return cut


# What is lost, whether coverage is declared, the period: England's status, and words on stderr.
CUTS: list[tuple[Any, bool, str, str, str]] = [
    (without("mar", "2018-03", "00A"), True, "2018-03", "partial", "00A"),
    (without("bookings", "2018-03"), True, "2018-03", "ok", "hardly a row of it by booking_date"),
    (without("bookings", "2018-03"), False, "2018-03", "not_covered", "covers 2016-04 to 2018-02"),
    (without("bookings", "2018-01"), False, "2018-01", "not_covered", "2017-12 and 2018-02 to"),
    (without("bookings", "2018-03", "00A"), True, "2018-03", "ok", "00A has far less in 2018-03"),
    (
        *(without("bookings", "2018-03", "00A", "2018-03-24"), False, "2018-03"),
        *("ok", "00A has far less in 2018-03"),
    ),
    (without("bookings", "2016"), False, "2016-10", "not_covered", "covers 2017-01 to 2018-03"),
]


@pytest.mark.parametrize(("cut", "is_declared", "period", "status", "told"), CUTS)
def test_every_loss_is_told_or_not_covered(
    cut: Callable[[pd.DataFrame, str], pd.DataFrame],
    is_declared: bool,
    period: str,
    status: str,
    told: str,
) -> None:
    data = {name: cut(rows, name) for name, rows in whole().items()}
    data |= {"coverage": DECLARED} if is_declared else {}
    asked = [period, "2017-12"]  # one that is covered, so that the other has a row
    found = ind.derive("E.P.1", data, period=asked, level="england").set_index("period")
    assert found.at[period, "status"] == status
    said = [*found.attrs["notes"], str(found.at[period, "note"])]
    assert any(told in line for line in said), said
    if status == "not_covered":
        with pytest.raises(InputError, match=told):
            ind.derive("E.P.1", data, period=period, level="england")


def test_of_whole_data_nothing_is_said() -> None:
    for beside in ({}, {"coverage": DECLARED}):
        found = ind.derive("E.P.1", whole() | beside, period=MONTHS[6:], level="england")
        assert set(found["status"]) == {"ok"} and not found.attrs["notes"]
