"""What no chart, funnel, standardised rate or slope can be made of is said; nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nhsind as ind
from nhsind.errors import NhsindError
from nhsind.statistics.funnels import funnel

WAITS = [10, 12, 11, 13, 12, 11, 10, 12, 13, 11, 12, 11, 10, 11, 30]
EVENTS, PEOPLE = pd.Series({"young": 15, "old": 16}), pd.Series({"old": 50, "young": 60})
STANDARD = pd.Series({"young": 1, "old": 2})
REFERENCE = {
    "reference_events": pd.Series({"old": 30, "young": 20}),
    "reference_population": pd.Series({"young": 100, "old": 200}),
}
OTHER = pd.Series({"young": 1, "aged": 2})
PERIODS = pd.period_range("2017-01", periods=15, freq="M")


def test_age_bands_are_paired_by_their_labels() -> None:
    """One next to the other, young people's events would be divided by the number of the old."""
    by_labels = ind.direct_rate(EVENTS, PEOPLE, standard_population=STANDARD)
    assert by_labels == ind.direct_rate([15, 16], [60, 50], standard_population=[1, 2])
    plain = {"reference_events": [20, 30], "reference_population": [100, 200]}
    for standardised in (ind.indirect_ratio, ind.indirect_rate):
        assert standardised(EVENTS, PEOPLE, **REFERENCE) == standardised(
            [15, 16], [60, 50], **plain
        )
        assert standardised(31, PEOPLE, **REFERENCE) == standardised(31, [60, 50], **plain)
    values = pd.Series({"most": 10, "least": 20})
    turned = {"lower": pd.Series({"least": 17, "most": 8}), "upper": values + 3}
    assert ind.slope_index(values, pd.Series({"least": 9, "most": 5}), **turned) == (
        ind.slope_index([10, 20], [5, 9], lower=[8, 17], upper=[13, 23])
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ind.direct_rate(EVENTS, OTHER, standard_population=STANDARD), "aged"),
        (lambda: ind.indirect_ratio(OTHER, PEOPLE, **REFERENCE), "aged"),
        (lambda: ind.slope_index(EVENTS, OTHER), "aged"),
        (lambda: ind.direct_rate([9, math.inf], [9, 9], standard_population=[1, 1]), "infinite"),
        (lambda: ind.direct_rate([9, 9], [9, math.inf], standard_population=[1, 1]), "infinite"),
        (lambda: ind.direct_rate([1, 1], [9, 9], standard_population=[1, 1], level=7), "level"),
        (
            lambda: ind.direct_rate([9, 9], [9, 9], standard_population=[1, 1], multiplier=-1),
            "`multiplier` is a number above 0",
        ),
        # A missing number of events is not none: the ratio would be 0.
        (lambda: ind.indirect_ratio(None, PEOPLE, **REFERENCE), "missing"),
        (lambda: ind.indirect_ratio(EVENTS * np.nan, PEOPLE, **REFERENCE), "missing"),
        (lambda: ind.slope_index([1, 2], [1, 1], lower=[0, None], upper=[2, 3]), "between"),
        (lambda: ind.slope_index([1, 2], [1, 1], lower=[2, 3], upper=[0, 1]), "between"),
        (lambda: ind.slope_index([1, math.inf], [1, 1]), "infinite"),
        (lambda: ind.slope_index([1, 2], [1, 1], level=0), "level"),
        (lambda: ind.wilson(math.inf, math.inf), "infinite"),
        (lambda: ind.byar(math.inf), "infinite"),
        (lambda: funnel([1, math.inf], [5, 5], kind="rate"), "infinite"),
        (lambda: funnel([1, 2], [5, 5], per=0), "`per` is a number above 0"),
        (lambda: funnel([1, 2], [5, 5], per="100"), "`per` is a number above 0"),  # type: ignore[arg-type]
        (lambda: funnel([1, 2], [5, 5], labels=["A"]), "one label for each of the 2"),
        (lambda: ind.spc(WAITS, denominators=[100] * 15, per=0), "`per` is a number above 0"),
        (lambda: ind.spc([-1, *WAITS[1:]], denominators=[100] * 15), "0 or more"),
        (lambda: ind.spc(WAITS, denominators=[-100] * 15, kind="XmR"), "0 or more"),
        (lambda: ind.spc(WAITS, denominators=[0, *[100] * 14]), "has a denominator of 0"),
        (lambda: ind.spc([1e308, -1e308] * 8), "infinite"),
        (lambda: ind.spc({*range(20)}), "a set has no order"),  # type: ignore[arg-type]
        # The target of one month is not that of all.
        (lambda: ind.spc(pd.Series(WAITS, PERIODS), {"2017-03": 12}), "1 targets do not fit 15"),
        (lambda: ind.spc(pd.Series(WAITS, [*PERIODS[:14], pd.NaT])), "is missing"),
        (lambda: ind.spc([pd.NaT, "2018-01-01"], kind="T"), "is no day"),
        (lambda: ind.spc(pd.to_datetime(["2018-01-01 10:00"] * 2), kind="T"), "is no day"),
    ],
)
def test_it_is_refused_in_words(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(NhsindError, match=message):
        call()


def test_a_relative_index_needs_a_line_that_does_not_pass_nought() -> None:
    assert math.isnan(ind.slope_index([0, 1], [1, 1]).relative)
    assert ind.slope_index([-4, -2], [1, 1]).relative == pytest.approx(0.2)


@pytest.mark.parametrize("limits", ["CQC", "SHMI"])
def test_limits_that_are_not_widened_do_not_say_so(limits: str) -> None:
    said = f"not widened: chance explains how organisations differ ({limits} method)"
    assert funnel([3] * 12, [5] * 12, limits=limits).method == said
    assert funnel([3], [5], limits=limits).method.startswith("not widened: too few organisations")
    with np.errstate(all="raise"):
        assert np.isnan(
            funnel([0] * 12, [5] * 12, kind="rate", limits=limits).table["lower_95"]
        ).all()


def test_a_part_of_one_point_has_no_limits_to_be_provisional() -> None:
    chart = ind.spc(WAITS + WAITS, recalculate_at=[29])
    assert chart.variation is None and np.isnan(chart.upper_limit[29])
    assert chart.warnings == (
        "points with a value from 29 to 29: 1; fewer than 12, so there are no limits",
    )
    two = ind.spc(WAITS + WAITS, recalculate_at=[28])
    assert two.warnings[0].endswith("fewer than 12, so the limits are provisional")
    # A p-chart has limits of every part; a missing denominator at its beginning takes none away.
    one = ind.spc(WAITS[:-1] * 2, denominators=[40] * 14 + [None, *[40] * 13], kind="p",
                  recalculate_at=[14])  # fmt: skip
    assert not one.warnings or "no limits" not in one.warnings[0]
