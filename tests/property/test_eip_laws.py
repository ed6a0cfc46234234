"""Laws that the early intervention in psychosis figures obey for any set of referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pandas as pd
from common_laws import (
    derive,
    england_is_the_sum,
    figures_of,
    lawful,
    order_and_other_columns_change_nothing,
    strangers_change_nothing,
)
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from nhsind.periods import parse_period

QUARTERS = [f"2017-18-Q{number}" for number in (1, 2, 3, 4)]
ALL = [*QUARTERS, "2017-18"]
EDGES = [
    day + timedelta(days=step)
    for quarter in QUARTERS
    for day in (parse_period(quarter).start, parse_period(quarter).end)
    for step in (-1, 0, 1)
]
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 1, 1), date(2018, 6, 30)))
WAITS = st.sampled_from([-1, 0, 1, 13, 14, 15, 90, None])


class Referral(NamedTuple):
    referral_id: str
    ccg_code: str | None
    pathway: str | None
    referral_received_date: date | None
    treatment_start_date: date | None


@st.composite
def referrals(draw: st.DrawFn, ccgs: Sequence[str | None], name: str = "r") -> list[Referral]:
    rows = []
    for number in range(draw(st.integers(3, 25))):
        treated, wait = draw(st.none() | DATES), draw(WAITS)
        received = None if wait is None or not treated else treated - timedelta(days=wait)
        ccg, pathway = draw(st.sampled_from(ccgs)), draw(st.sampled_from(["fep", "arms", None]))
        rows.append(Referral(f"{name}{number}", ccg, pathway, received, treated))
    rows += draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows


def frame(rows: Sequence[Referral]) -> dict[str, pd.DataFrame]:
    return {"referrals": pd.DataFrame(list(rows), columns=Referral._fields, dtype=object)}


@lawful(4)
@given(referrals(("A", "B", None)), st.randoms(use_true_random=False))
def test_order_and_other_columns_change_nothing(rows: list[Referral], random: Random) -> None:
    order_and_other_columns_change_nothing("eip", frame(rows), ALL, random)


@lawful(4)
@given(referrals(("A", "B", "X24", "NONC", None)))
def test_england_is_the_sum_of_its_commissioners(rows: list[Referral]) -> None:
    england = Referral("sure", "A", "fep", date(2017, 4, 1), date(2017, 4, 2))
    england_is_the_sum("eip", frame([*rows, england]), ALL)


@lawful(4)
@given(referrals(("A", "B")), referrals(("OTHER",), "s"))
def test_unrelated_organisations_change_nothing(
    rows: list[Referral], others: list[Referral]
) -> None:
    strangers_change_nothing("eip", frame(rows), frame(others), ALL, "OTHER")


@lawful(4)
@given(referrals(("A", "B", None)))
def test_records_and_their_counts_agree(rows: list[Referral]) -> None:
    columns = list(Referral._fields[1:])
    once = frame(list(dict.fromkeys(rows)))["referrals"]
    counted = once.groupby(columns, dropna=False, as_index=False).size()
    counted = counted.rename(columns={"size": "count"}).astype(dict.fromkeys(columns, object))
    counted = counted.where(counted.notna(), None)
    assert_frame_equal(derive("eip", frame(rows), ALL), derive("eip", {"referrals": counted}, ALL))


@lawful(15)
@given(referrals(("A", "B", "NONC", None)))
def test_a_plain_loop_over_referrals_gives_the_same_figures(rows: list[Referral]) -> None:
    expected: dict[tuple[str, str, str], list[int]] = {
        ("E.H.4", row.ccg_code, period): [0, 0] for row in rows if row.ccg_code for period in ALL
    }
    for row in dict.fromkeys(rows):
        received, treated = row.referral_received_date, row.treatment_start_date
        if row.ccg_code is None or received is None or treated is None or treated < received:
            continue
        for period in ALL:
            if parse_period(period).contains(treated):
                expected["E.H.4", row.ccg_code, period][0] += (treated - received).days <= 14
                expected["E.H.4", row.ccg_code, period][1] += 1
    if expected:
        found = figures_of(derive("eip", frame(rows), ALL))
        assert found == {key: tuple(value) for key, value in expected.items()}
