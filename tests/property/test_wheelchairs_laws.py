"""Laws that the children's wheelchair figures obey for any set of episodes."""

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
from pandas.testing import assert_frame_equal

from nhsind.periods import parse_period

ALL = [*QUARTERS, "2017-18"]
EDGES = edges(QUARTERS)
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 3, 1), date(2018, 4, 30)))
OUTCOMES = ("equipment_delivered", "equipment_delivered", "modification", "not_prescribed", None)


class Episode(NamedTuple):
    episode_id: str
    ccg_code: str | None
    date_of_birth: date | None
    referral_date: date | None
    prescription_date: date | None
    closed_date: date | None
    outcome: str | None


@st.composite
def episodes(draw: st.DrawFn, ccgs: Codes, name: str = "e") -> list[Episode]:
    rows = []
    for number in range(draw(st.integers(5, 25))):
        closed = draw(DATES)
        wait = draw(st.sampled_from([-1, 0, 1, 125, 126, 127, 400, None]))
        born = draw(
            st.sampled_from(
                [
                    date(2010, 5, 5),
                    date(2000, 2, 29),
                    date(1960, 1, 1),
                    date(closed.year - 18, closed.month, min(closed.day, 28)),
                    date(closed.year - 18, closed.month, min(closed.day, 27) + 1),
                    closed,
                    closed + timedelta(days=1),
                    None,
                ]
            )
        )
        rows.append(
            Episode(
                f"{name}{number}",
                draw(st.sampled_from(ccgs)),
                born,
                None if wait is None else closed - timedelta(days=wait),
                draw(st.none() | DATES),
                draw(st.sampled_from([closed, closed, closed, None])),
                draw(st.sampled_from(OUTCOMES)),
            )
        )
    return rows + draw(st.lists(st.sampled_from(rows), max_size=3))


def frame(rows: Sequence[Episode]) -> dict[str, pd.DataFrame]:
    return {"episodes": table_of(Episode, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return episodes(codes, name).map(frame)


WHEELCHAIRS = Family(
    "wheelchairs",
    tables,
    ALL,
    examples=4,
    made_of={"2017-18": QUARTERS},
    counted={"episodes": "episode_id"},
)
TestCommonLaws = common_laws(WHEELCHAIRS)


@lawful(4)
@given(episodes(("A", "B", None)))
def test_the_prescription_changes_nothing(rows: list[Episode]) -> None:
    without = frame([row._replace(prescription_date=None) for row in rows])
    absent = {"episodes": without["episodes"].drop(columns="prescription_date")}
    expected = derive("wheelchairs", frame(rows), ALL)
    assert_frame_equal(expected, derive("wheelchairs", without, ALL))
    assert_frame_equal(expected, derive("wheelchairs", absent, ALL))


@lawful(15)
@given(episodes(("A", "B", "NONC", None)))
def test_a_plain_loop_over_episodes_gives_the_same_figures(rows: list[Episode]) -> None:
    expected: dict[tuple[str, str, str], list[int]] = {
        ("E.O.1", row.ccg_code, period): [0, 0] for row in rows if row.ccg_code for period in ALL
    }
    waiting = {("E.O.1_waiting", code, period): 0 for _, code, period in expected}
    for row in dict.fromkeys(rows):
        born, referred, closed = row.date_of_birth, row.referral_date, row.closed_date
        if not (row.ccg_code and born and referred):
            continue
        for period in ALL:
            end = parse_period(period).end
            age = end.year - born.year - ((end.month, end.day) < (born.month, born.day))
            is_true = closed is None or closed >= max(referred, born)
            is_open = is_true and (closed is None or closed > end)
            long = (end - referred).days > 126
            waiting["E.O.1_waiting", row.ccg_code, period] += is_open and long and age < 18
        if not (closed and row.outcome):
            continue
        if closed < referred or closed < born or row.outcome == "not_prescribed":
            continue
        age = closed.year - born.year - ((closed.month, closed.day) < (born.month, born.day))
        for period in ALL:
            if age < 18 and parse_period(period).contains(closed):
                expected["E.O.1", row.ccg_code, period][0] += (closed - referred).days <= 126
                expected["E.O.1", row.ccg_code, period][1] += 1
    if expected:
        found = figures_of(derive("wheelchairs", frame(rows), ALL))
        counts = {key: (count, None) for key, count in waiting.items()}
        assert found == {key: tuple(value) for key, value in expected.items()} | counts
