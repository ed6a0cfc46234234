"""Laws that the diagnostic figures obey for any set of waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
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

ALL = ["2017-12", "2018-02", "2018-03", "2017-18-Q4", "2017-18"]
ENDS = [parse_period(text).end for text in ALL]
EDGES = [end - timedelta(days=days) for end in ENDS for days in (-1, 0, 1, 41, 42, 43)]
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 9, 1), date(2018, 5, 1)))
TESTED = st.one_of(st.none(), st.sampled_from([-1, 0, 1, 41, 42, 43, 200]))


class Wait(NamedTuple):
    wait_id: str
    ccg_code: str | None
    test: str | None
    clock_start_date: date | None
    test_date: date | None


@st.composite
def waits(draw: st.DrawFn, ccgs: Codes, name: str = "w") -> list[Wait]:
    rows = []
    for number in range(draw(st.integers(3, 25))):
        start, days = draw(DATES), draw(TESTED)
        tested = None if days is None else start + timedelta(days=days)
        test = draw(st.sampled_from(["1", "02", "MRI", "Gastroscopy", "15", None]))
        given_start = draw(st.sampled_from([start, start, start, start, None]))
        rows.append(Wait(f"{name}{number}", draw(st.sampled_from(ccgs)), test, given_start, tested))
    rows += draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows


def frame(rows: Sequence[Wait]) -> dict[str, pd.DataFrame]:
    return {"waits": table_of(Wait, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return waits(codes, name).map(frame)


DIAGNOSTICS = Family(
    "diagnostics",
    tables,
    ALL,
    examples=6,
    made_of={"2017-18-Q4": ["2018-02", "2018-03"], "2017-18": ["2017-12", "2018-03"]},
    counted={"waits": "wait_id"},
)
TestCommonLaws = common_laws(DIAGNOSTICS)


@lawful(25)
@given(waits(("A", "B", "NONC", None)))
def test_a_plain_loop_over_waits_gives_the_same_figures(rows: list[Wait]) -> None:
    expected = {
        ("E.B.4", row.ccg_code, period): [0, 0] for row in rows if row.ccg_code for period in ALL
    }
    for row in dict.fromkeys(rows):
        start, tested = row.clock_start_date, row.test_date
        if row.ccg_code is None or row.test is None or start is None:
            continue
        if tested is not None and tested < start:
            continue
        for period, end in zip(ALL, ENDS, strict=True):
            if start <= end and (tested is None or tested > end):
                expected["E.B.4", row.ccg_code, period][0] += (end - start).days >= 42
                expected["E.B.4", row.ccg_code, period][1] += 1
    if expected:
        found = figures_of(derive("diagnostics", frame(rows), ALL))
        assert found == {key: tuple(value) for key, value in expected.items()}
