"""Laws that the diagnostic figures obey for any set of waits."""

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
def waits(draw: st.DrawFn, ccgs: Sequence[str | None], name: str = "w") -> list[Wait]:
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
    return {"waits": pd.DataFrame(list(rows), columns=Wait._fields, dtype=object)}


@lawful(6)
@given(waits(("A", "B", None)), st.randoms(use_true_random=False))
def test_order_and_other_columns_change_nothing(rows: list[Wait], random: Random) -> None:
    order_and_other_columns_change_nothing("diagnostics", frame(rows), ALL, random)


@lawful(6)
@given(waits(("A", "B", "X24", "NONC", None)))
def test_england_is_the_sum_of_its_commissioners(rows: list[Wait]) -> None:
    england = Wait("sure", "A", "1", date(2017, 12, 1), None)
    england_is_the_sum("diagnostics", frame([*rows, england]), ALL)


@lawful(6)
@given(waits(("A", "B")), waits(("OTHER",), "s"))
def test_unrelated_organisations_change_nothing(rows: list[Wait], others: list[Wait]) -> None:
    strangers_change_nothing("diagnostics", frame(rows), frame(others), ALL, "OTHER")


@lawful(6)
@given(waits(("A", "B", None)))
def test_records_and_their_counts_agree(rows: list[Wait]) -> None:
    columns = list(Wait._fields[1:])
    once = frame(list(dict.fromkeys(rows)))["waits"]
    counted = once.groupby(columns, dropna=False, as_index=False).size()
    counted = counted.rename(columns={"size": "count"}).astype(dict.fromkeys(columns, object))
    counted = counted.where(counted.notna(), None)
    records = derive("diagnostics", frame(rows), ALL)
    assert_frame_equal(records, derive("diagnostics", {"waits": counted}, ALL))


@lawful(6)
@given(waits(("A", "B", None)))
def test_a_quarter_is_its_last_month(rows: list[Wait]) -> None:
    found = figures_of(derive("diagnostics", frame(rows), ALL))
    for line, code, period in found:
        if period == "2018-03":
            assert found[line, code, period] == found[line, code, "2017-18-Q4"]
            assert found[line, code, period] == found[line, code, "2017-18"]


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
