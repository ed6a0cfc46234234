"""Numbers as people give them: paired by labels, in order of time, masked places missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhsind as ind
from nhsind.errors import NhsindError, NumberError, UsageError
from nhsind.statistics.funnels import funnel
from nhsind.statistics.shewhart import p_chart

LEVEL = [10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0]
RISING = [11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0]
MONTHS = pd.period_range("2017-01", periods=16, freq="M")


def series(index: Any) -> pd.Series[Any]:
    return pd.Series(range(len(index)), index=index, dtype=float)


def test_a_trend_is_not_found_across_a_month_that_is_absent() -> None:
    values = pd.Series([*LEVEL, *RISING], index=MONTHS)
    assert (ind.spc(values).table["flag"] == "trend_up").any()
    with_gap = values.where(values.index != MONTHS[12])
    assert not (ind.spc(with_gap).table["flag"] == "trend_up").any()
    with pytest.raises(UsageError, match="between 2017-12 and 2018-02 a period is absent"):
        ind.spc(values.drop(MONTHS[12]))
    assert ind.spc(values.drop(MONTHS[12]).reindex(MONTHS)).table["value"].isna().sum() == 1


ORDERLY = [
    MONTHS,
    pd.date_range("2017-01-01", periods=16, freq="MS"),
    pd.date_range("2017-01-31", periods=16, freq="ME"),
    pd.date_range("2017-01-02", periods=16, freq="7D"),
    pd.Index([str(month) for month in MONTHS]),
    pd.Index([month.start_time.date() for month in MONTHS]),
    pd.Index(
        [
            f"{year}-{(year + 1) % 100:02d}-Q{quarter}"
            for year in range(2014, 2018)
            for quarter in (1, 2, 3, 4)
        ]
    ),
]


@pytest.mark.parametrize("index", ORDERLY, ids=lambda index: str(index[0]))
def test_labels_of_time_that_repeat_or_run_backwards_or_leave_one_out_are_refused(
    index: pd.Index[Any],
) -> None:
    assert len(ind.spc(series(index)).table) == len(index)
    with pytest.raises(UsageError, match="comes after"):
        ind.spc(series(index[::-1]))
    with pytest.raises(UsageError, match="stands twice"):
        ind.spc(series(index.take([0, 1, 1, 2])))
    with pytest.raises(UsageError, match="a period is absent"):
        ind.spc(series(index.delete(5)))


@pytest.mark.parametrize(
    "index",
    [
        ["b", "a", "c"],
        ["2017-03", "2017-09", "2018-03"],  # a survey of every half year
        ["2017-03", "2017-09", "2018-04"],  # its dates need not be regular
        [date(2018, 1, 2), date(2018, 1, 3), date(2018, 1, 8)][:2],
    ],
)
def test_other_labels_say_nothing_about_time(index: list[Any]) -> None:
    assert len(ind.spc(series(pd.Index(index, dtype=object))).table) == len(index)


@pytest.mark.parametrize("index", [["b", "a", "a"], [2015, 2016, 2016], [0, 1, 0, 1]])
def test_labels_that_repeat_are_refused(index: list[Any]) -> None:
    with pytest.raises(UsageError, match="stands twice"):
        ind.spc(series(pd.Index(index)))


def test_numbers_as_labels_rise_and_what_they_leave_out_is_told() -> None:
    with pytest.raises(UsageError, match="2015 comes after 2016"):
        ind.spc(series(pd.Index([2014, 2016, 2015])))
    whole, parts = pd.Index([*range(16)]), pd.Index([*range(7), *range(8, 17)])
    assert ind.spc(series(whole)).warnings == ()
    (told,) = ind.spc(series(parts)).warnings
    assert told.startswith("the labels leave a step out between 6 and 8: ")


def test_a_masked_place_is_missing_and_a_dict_gives_its_values() -> None:
    masked = np.ma.masked_equal(np.array([*LEVEL, 9999.0]), 9999.0)
    assert ind.spc(masked).table["value"].isna().tolist() == [False] * 9 + [True]
    whole = np.ma.masked_equal(np.array([1, 2, 9999]), 9999)
    assert ind.spc(whole).table["value"].isna().tolist() == [False, False, True]
    lower, upper = ind.byar(whole)
    assert np.isnan(lower[2])
    assert np.isnan(upper[2])
    chart = ind.spc({"2017-01": 3, "2017-02": Decimal("4.5")})
    assert chart.table["value"].to_dict() == {"2017-01": 3.0, "2017-02": 4.5}
    assert ind.byar({"A": 12})[0] == pytest.approx(np.atleast_1d(ind.byar(12)[0]))


def test_two_series_are_paired_by_their_labels() -> None:
    hits, sizes = pd.Series({"A": 1, "B": 90}), pd.Series({"B": 100, "A": 10})
    expected = [ind.wilson(1, 10)[0], ind.wilson(90, 100)[0]]
    assert ind.wilson(hits, sizes)[0] == pytest.approx(expected)
    assert ind.wilson(dict(hits), dict(sizes))[0] == pytest.approx(expected)
    table = funnel(hits, sizes).table
    assert table["value"].to_dict() == {"A": 0.1, "B": 0.9}
    assert p_chart(hits, sizes).table["value"].to_dict() == {"A": 0.1, "B": 0.9}


def test_series_of_different_labels_are_not_paired_by_place() -> None:
    for pair in (ind.wilson, funnel, p_chart):
        with pytest.raises(NumberError, match="only one of them has A, C"):
            pair(pd.Series({"A": 1, "B": 2}), pd.Series({"B": 3, "C": 4}))
        with pytest.raises(NumberError, match="stands twice"):
            pair(pd.Series([1, 2], index=["A", "A"]), pd.Series([3], index=["A"]))


ODD: list[Any] = [
    *(None, "", "abc", b"abc", True, "5", [], {}, {"a": "b"}, object(), 10**400, -(10**400)),
    *([[1, 2], [3]], ["x"], [None], [1, None], [float("inf")], [float("nan")], [1 + 2j], {1, 2}),
    *(pd.NaT, pd.Timestamp("2018-01-01"), pd.DataFrame({"a": [1]}), pd.Series(["a"]), iter([1, 2])),
    *(np.array([[1.0, 2.0]]), np.array(["2018-01-01"], dtype="M8[D]"), np.ma.masked, lambda: 1),
    *(pd.Series([1.0], index=[pd.NaT]), pd.Series([1], index=pd.MultiIndex.from_tuples([(1, 2)]))),
    *(pd.Series([1, 2], index=pd.PeriodIndex(["2018-01", None], freq="M")), range(3), "12", -1, 0),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: f"{type(odd).__name__} {odd!r:.20}")
def test_whatever_is_given_gives_numbers_or_an_error_of_our_own(odd: Any) -> None:
    calls = [
        lambda: ind.spc(odd).table,
        lambda: ind.spc(LEVEL, target=odd).assurance,
        lambda: ind.spc(LEVEL, polarity=odd),
        lambda: ind.spc(LEVEL, rules=odd),
        lambda: ind.spc(LEVEL, recalculate_at=odd),
        lambda: ind.wilson(odd, 10),
        lambda: ind.wilson(1, odd),
        lambda: ind.wilson([1, 2, 3], odd),
        lambda: ind.wilson(1, 2, level=odd),
        lambda: ind.byar(odd),
        lambda: ind.byar(1, odd),
        lambda: ind.exact_poisson(odd),
        lambda: ind.exact_poisson(1, odd),
        lambda: p_chart(odd, [10]),
        lambda: funnel(odd, [10]),
        lambda: funnel([1], odd),
        lambda: funnel([1], [10], kind=odd),
        lambda: funnel([1], [10], rules=odd),
    ]
    for call in calls:
        try:
            call()
        except NhsindError as error:
            assert str(error)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_second_series_changes_nothing(hits: list[int], random: Any) -> None:
    x = pd.Series(hits, index=[f"O{place}" for place in range(len(hits))])
    n = x + 50
    mixed = n.sample(frac=1, random_state=random.randrange(10**6))
    assert np.array_equal(ind.wilson(x, n), ind.wilson(x, mixed))
