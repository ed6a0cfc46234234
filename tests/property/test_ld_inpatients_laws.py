"""Laws that the figures on inpatients with a learning disability obey for any set of stays."""

from __future__ import annotations

from collections import Counter
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
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

QUARTERS = [f"2017-18-Q{number}" for number in (1, 2, 3, 4)]
EDGES = [
    parse_period(quarter).end + timedelta(days=step) for quarter in QUARTERS for step in (-1, 0, 1)
]
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 3, 1), date(2018, 4, 30)))
LINES = {"E.K.1a": "ccg", "E.K.1b": "nhse", "E.K.1a_rate": "ccg", "E.K.1b_rate": "nhse"}
PEOPLE = {"A": 200_000, "B": 150_001, "NONC": 10}


class Stay(NamedTuple):
    person_id: str
    origin_ccg_code: str | None
    bed_commissioner: str | None
    admission_date: date | None
    discharge_date: date | None


@st.composite
def stays(draw: st.DrawFn, ccgs: Sequence[str | None]) -> list[Stay]:
    rows = [
        Stay(
            f"p{draw(st.integers(1, 9))}",
            draw(st.sampled_from(ccgs)),
            draw(st.sampled_from(["ccg", "nhse", "ccg", "nhse", None])),
            draw(st.one_of(DATES, DATES, st.none())),
            draw(st.one_of(st.none(), DATES)),
        )
        for _ in range(draw(st.integers(3, 14)))
    ]
    return rows + draw(st.lists(st.sampled_from(rows), max_size=2))


def tables(rows: Sequence[Stay]) -> dict[str, pd.DataFrame]:
    people = [(ccg, quarter, number) for ccg, number in PEOPLE.items() for quarter in QUARTERS]
    return {
        "inpatients": pd.DataFrame(list(rows), columns=Stay._fields, dtype=object),
        "population": pd.DataFrame(people, columns=["ccg_code", "period", "population"]),
    }


@lawful(3)
@given(stays(("A", "B", None)), st.randoms(use_true_random=False))
def test_order_and_other_columns_change_nothing(rows: list[Stay], random: Random) -> None:
    order_and_other_columns_change_nothing("ld_inpatients", tables(rows), QUARTERS, random)


@lawful(3)
@given(stays(("A", "B", "NONC", None)))
def test_england_is_the_sum_of_its_commissioners(rows: list[Stay]) -> None:
    england_is_the_sum("ld_inpatients", tables(rows), QUARTERS)


@lawful(30)
@given(stays(("A", "B", "NONC", None)))
def test_a_plain_loop_over_stays_gives_the_same_figures(rows: list[Stay]) -> None:
    distinct = list(dict.fromkeys(rows))
    # Rows of one person and one admission that still differ contradict each other.
    same = Counter((row.person_id, row.admission_date) for row in distinct if row.admission_date)
    expected = {
        (line, ccg, quarter): [0, people if line.endswith("rate") else None]
        for line in LINES
        for ccg, people in PEOPLE.items()
        for quarter in QUARTERS
    }
    for quarter in QUARTERS:
        end = parse_period(quarter).end
        open_stays = [
            row
            for row in distinct
            if row.admission_date
            and same[row.person_id, row.admission_date] == 1
            and row.admission_date <= end
            and (row.discharge_date is None or row.discharge_date > end)
        ]
        latest = {
            row.person_id: max(
                other.admission_date or end
                for other in open_stays
                if other.person_id == row.person_id
            )
            for row in open_stays
        }
        for row in open_stays:
            if row.admission_date != latest[row.person_id] or row.origin_ccg_code is None:
                continue
            for line, bed in LINES.items():
                if row.bed_commissioner == bed:
                    expected[line, row.origin_ccg_code, quarter][0] += 1
    found = figures_of(derive("ld_inpatients", tables(rows), QUARTERS))
    assert found == {key: tuple(value) for key, value in expected.items()}
