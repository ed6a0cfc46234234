"""Laws that the early intervention in psychosis figures obey for any set of referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    QUARTERS,
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    edges,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

ALL = [*QUARTERS, "2017-18"]
EDGES = edges(QUARTERS)
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 1, 1), date(2018, 6, 30)))
WAITS = st.sampled_from([-1, 0, 1, 13, 14, 15, 90, None])


class Referral(NamedTuple):
    referral_id: str
    ccg_code: str | None
    pathway: str | None
    referral_received_date: date | None
    treatment_start_date: date | None


@st.composite
def referrals(draw: st.DrawFn, ccgs: Codes, name: str = "r") -> list[Referral]:
    rows = []
    for number in range(draw(st.integers(3, 25))):
        treated, wait = draw(st.none() | DATES), draw(WAITS)
        received = None if wait is None or not treated else treated - timedelta(days=wait)
        ccg, pathway = draw(st.sampled_from(ccgs)), draw(st.sampled_from(["fep", "arms", None]))
        rows.append(Referral(f"{name}{number}", ccg, pathway, received, treated))
    rows += draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows


def frame(rows: Sequence[Referral]) -> dict[str, pd.DataFrame]:
    return {"referrals": table_of(Referral, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return referrals(codes, name).map(frame)


EIP = Family(
    "eip",
    tables,
    ALL,
    examples=4,
    made_of={"2017-18": QUARTERS},
    counted={"referrals": "referral_id"},
)
TestCommonLaws = common_laws(EIP)


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
