"""Laws that the figures on inpatients with a learning disability obey for any set of stays."""

from __future__ import annotations

from collections import Counter
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
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

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
def stays(draw: st.DrawFn, ccgs: Codes, name: str = "p", size: int = 1) -> list[Stay]:
    rows = [
        Stay(
            f"{name}{draw(st.integers(1, 9 * size))}",
            draw(st.sampled_from(ccgs)),
            draw(st.sampled_from(["ccg", "nhse", "ccg", "nhse", None])),
            draw(st.one_of(DATES, DATES, st.none())),
            draw(st.one_of(st.none(), DATES)),
        )
        for _ in range(draw(st.integers(3, 14 * size)))
    ]
    return rows + draw(st.lists(st.sampled_from(rows), max_size=2))


def frames(rows: Sequence[Stay], codes: Codes = tuple(PEOPLE)) -> dict[str, pd.DataFrame]:
    people = [
        (code, quarter, number)
        for code, number in PEOPLE.items()
        for quarter in QUARTERS
        if code in codes
    ]
    return {
        "inpatients": table_of(Stay, rows),
        "population": pd.DataFrame(people, columns=["ccg_code", "period", "population"]),
    }


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return st.builds(frames, stays(codes, name), st.just(codes))


TestCommonLaws = common_laws(
    Family("ld_inpatients", tables, QUARTERS, made_of={"2017-18": QUARTERS})
)


@lawful(10)
@given(stays(("A", "B", "NONC", None), size=3))
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
            # What no line can use does not stand for the person.
            if row.admission_date
            and row.origin_ccg_code
            and row.bed_commissioner
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
            if row.admission_date != latest[row.person_id]:
                continue
            for line, bed in LINES.items():
                if row.bed_commissioner == bed:
                    expected[line, row.origin_ccg_code, quarter][0] += 1
    found = figures_of(derive("ld_inpatients", frames(rows), QUARTERS))
    assert found == {key: tuple(value) for key, value in expected.items()}
