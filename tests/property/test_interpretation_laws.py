"""Laws of interpretation: limits, intervals, comparisons, trends, groups and sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.derivation.change import change
from nhsind.derivation.standards import compare
from nhsind.derivation.trend import recent_trend
from nhsind.errors import DisclosureError
from nhsind.narrative.interpretation import interpret, interpret_all
from nhsind.periods import parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.results import Results
from nhsind.statistics.funnel_limits import expected_limits, proportion_limits, rate_limits
from nhsind.statistics.funnels import funnel, place
from nhsind.statistics.intervals import poisson_ratio
from nhsind.statistics.quantile_groups import quantiles

RTT = load_family("rtt")
WITHIN, ADMITTED = list(RTT.indicators)[:2]
EXACT = Disclosure("none", "a test", "a test", "2026-11-22")
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.998])
COUNT = st.integers(0, 10**6)
SIZE = st.integers(1, 10**7)
PAIR = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
AVERAGE = st.floats(0.001, 0.999)
OPPOSITE = {
    "better": "worse",
    "worse": "better",
    "getting better": "getting worse",
    "getting worse": "getting better",
    "similar": "similar",
    None: None,
}
LIMITS = pytest.mark.parametrize("limits", [proportion_limits, rate_limits])


# Funnels ------------------------------------------------------------------------------------------


@LIMITS
@given(AVERAGE, SIZE, LEVELS)
def test_limits_bracket_the_average(limits: Any, average: float, size: int, level: float) -> None:
    lower, upper = limits(average, size, level)
    # With few expected even one event is beyond a rate's upper limit, which is then below it all:
    # the upper limit is a count that would be surprising, and never fewer than expected.
    assert 0 <= lower <= average <= upper


@LIMITS
@given(AVERAGE, SIZE, st.integers(2, 50), LEVELS)
def test_limits_narrow_as_organisations_grow(
    limits: Any, average: float, size: int, times: int, level: float
) -> None:
    small, large = limits(average, size, level), limits(average, size * times, level)
    assert large[1] - large[0] <= small[1] - small[0]


@LIMITS
@given(AVERAGE, SIZE, LEVELS, LEVELS)
def test_wider_levels_have_wider_limits(
    limits: Any, average: float, size: int, first: float, second: float
) -> None:
    inner, outer = (limits(average, size, level) for level in sorted((first, second)))
    assert outer[0] <= inner[0] and inner[1] <= outer[1]


@given(st.lists(PAIR, min_size=1, max_size=30), st.sampled_from(["proportion", "rate"]))
def test_places_are_where_the_values_lie(pairs: list[tuple[int, int]], kind: str) -> None:
    found = funnel(*zip(*pairs, strict=True), kind=kind)
    table = found.table
    for row in table.itertuples():
        edges = {
            "above 99.8%": row.value > row.upper_998,
            "above 95%": row.upper_95 < row.value <= row.upper_998,
            "below 99.8%": row.value < row.lower_998,
            "below 95%": row.lower_998 <= row.value < row.lower_95,
            "inside": row.lower_95 <= row.value <= row.upper_95,
        }
        near = min(
            abs(row.value - limit)
            for limit in (row.lower_95, row.upper_95, row.lower_998, row.upper_998)
        )
        assert edges[row.place] or near < 1e-9 * max(row.value, row.upper_95)


@given(st.lists(PAIR, min_size=2, max_size=30), st.randoms())
def test_places_do_not_depend_on_the_order(pairs: list[tuple[int, int]], random: Any) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    # The average is a sum of whole numbers, so it is the same in any order.
    by_pair = dict(zip(pairs, place(*zip(*pairs, strict=True)), strict=True))
    assert place(*zip(*shuffled, strict=True)).tolist() == [by_pair[pair] for pair in shuffled]


@given(st.integers(0, 10**6), LEVELS)
def test_expected_limits_bracket_what_was_observed(observed: int, level: float) -> None:
    low, high = expected_limits(observed, level)
    assert high <= observed < low


# Quantile groups ----------------------------------------------------------------------------------


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=80, unique=True), st.integers(2, 10))
def test_groups_of_different_values_are_balanced_and_ordered(
    values: list[int], groups: int
) -> None:
    found = quantiles(values, groups)
    if len(values) < groups:
        assert found is None
        return
    assert found is not None
    in_order = found[np.argsort(values)]
    assert (np.diff(in_order) >= 0).all()
    sizes = np.bincount(found.astype(int), minlength=groups + 1)[1:]
    assert len(sizes) == groups and sizes.max() - sizes.min() <= 1


@given(st.lists(st.integers(0, 20), min_size=2, max_size=80), st.integers(2, 10))
def test_ties_share_a_group_and_inverting_is_ranking_the_negatives(
    values: list[int], groups: int
) -> None:
    found = quantiles(values, groups)
    assume(found is not None)
    assert found is not None
    by_value: dict[int, float] = {}
    for value, group in zip(values, found, strict=True):
        assert by_value.setdefault(value, group) == group
    inverted = quantiles(values, groups, inverted=True)
    assert inverted is not None
    assert inverted.tolist() == quantiles([-value for value in values], groups).tolist()  # type: ignore[union-attr]


# Intervals of change ------------------------------------------------------------------------------


@given(PAIR, PAIR, LEVELS, LEVELS)
def test_the_interval_of_a_change_brackets_it_and_widens(
    now: tuple[int, int], before: tuple[int, int], first: float, second: float
) -> None:
    for kind in ("proportion", "rate"):
        found = [change(kind, now, before=before, level=level) for level in sorted((first, second))]
        if found[0] is None or found[1] is None:
            assert kind == "rate" and now[0] == before[0] == 0
            continue
        inner, outer = found
        assert outer.lower <= inner.lower and inner.upper <= outer.upper
        middle = inner.relative if inner.is_relative else inner.difference
        if middle is not None:
            slack = 1e-9 * (1 + abs(float(middle)))
            assert inner.lower - slack <= middle <= inner.upper + slack


@given(PAIR, PAIR)
def test_a_change_undone_is_its_opposite(now: tuple[int, int], before: tuple[int, int]) -> None:
    there, back = change("proportion", now, before=before), change("proportion", before, before=now)
    assert there is not None and back is not None
    assert there.difference == -back.difference
    assert there.lower == pytest.approx(-back.upper, abs=1e-12)
    assert there.beyond_chance == back.beyond_chance or abs(there.lower * there.upper) < 1e-15


@given(st.integers(1, 10**6), st.integers(1, 10**6), SIZE, SIZE, LEVELS)
def test_a_ratio_turned_over_is_its_inverse(
    x1: int, x2: int, n1: int, n2: int, level: float
) -> None:
    lower, upper = poisson_ratio(x1, x2, exposure1=n1, exposure2=n2, level=level)
    other = poisson_ratio(x2, x1, exposure1=n2, exposure2=n1, level=level)
    assert (lower, upper) == pytest.approx((1 / other[1], 1 / other[0]), rel=1e-6)
    assert lower <= (x1 / n1) / (x2 / n2) * (1 + 1e-9)
    assert upper >= (x1 / n1) / (x2 / n2) * (1 - 1e-9)


# Polarity -----------------------------------------------------------------------------------------

NUMBER = st.floats(-1e6, 1e6)


@given(st.lists(NUMBER, min_size=2, max_size=2), NUMBER)
def test_reversing_polarity_swaps_better_and_worse(ends: list[float], benchmark: float) -> None:
    lower, upper = sorted(ends)
    found = compare(lower, upper, benchmark=benchmark, polarity="higher")
    assert compare(lower, upper, benchmark=benchmark, polarity="lower") == OPPOSITE[found]
    neutral = {"better": "higher", "worse": "lower"}.get(str(found), found)
    assert compare(lower, upper, benchmark=benchmark, polarity="neutral") == neutral


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(1, 50)), min_size=5, max_size=12))
def test_trends_of_a_series_upside_down_and_by_polarity(points: list[tuple[int, int]]) -> None:
    values = np.array([value for value, _ in points], dtype=float)
    half = np.array([half for _, half in points], dtype=float)
    up = recent_trend(values, values - half, values + half, "higher")
    lower = recent_trend(values, values - half, values + half, "lower")
    assert lower.judgement == OPPOSITE[up.judgement]
    assert lower.direction == up.direction
    down = recent_trend(-values, -values - half, -values + half, "higher")
    assert down.judgement == OPPOSITE[up.judgement]
    assert down.chi_square == pytest.approx(up.chi_square)


# Sentences ----------------------------------------------------------------------------------------

PERIODS = [str(parse_period("2018-03").shift(-step)) for step in range(4, -1, -1)]
ORGANISATIONS = ["A", "B", "C"]
CELLS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=len(PERIODS) * len(ORGANISATIONS),
    max_size=len(PERIODS) * len(ORGANISATIONS),
)
POLICIES = st.sampled_from(
    [
        replace(EXACT, rule="suppress", threshold=5),
        replace(EXACT, rule="suppress", threshold=7, base=5),
        replace(EXACT, rule="suppress", threshold=7, base=5, hide_zeros=True),
    ]
)


def told_from(
    cells: list[tuple[int, int]], policy: Disclosure, polarity: str = "higher", plan: float = 0.5
) -> Results:
    """E.B.3, and its numerators as counts of E.M.18, of three organisations and five months."""
    keys = [(code, period) for code in ORGANISATIONS for period in PERIODS]
    rows = [(WITHIN, *key, *pair) for key, pair in zip(keys, cells, strict=True)] + [
        (ADMITTED, *key, pair[0], None) for key, pair in zip(keys, cells, strict=True)
    ]
    columns = ["indicator", "org_code", "period", "numerator", "denominator"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        family="rtt", comparator=None, org_level="ccg", org_name="Somewhere", plan=plan
    )
    frame["kind"] = frame["indicator"].map({WITHIN: "proportion", ADMITTED: "count"})
    for name in ("numerator", "denominator"):
        frame[name] = frame[name].astype("Int64")
    lines = {code: replace(RTT.indicators[code], polarity=polarity) for code in (WITHIN, ADMITTED)}
    family = replace(RTT, indicators=lines)
    nothing = Released(pd.DataFrame(), policy)
    return Results(
        family=family,
        organisation="A",
        period=parse_period(PERIODS[-1]),
        level="ccg",
        figures=release(Raw(frame), family, policy=policy),
        steps=nothing,
        quality=nothing,
        groups=dict.fromkeys(ORGANISATIONS, ("S", "The STP")),
        source="Records: a test",
        publication={},
    )


def digits(text: str) -> str:
    """The digits of a text beside those of the line's own words."""
    return re.sub(r"\D", "", text.replace("within 18 weeks", ""))


@settings(deadline=None, max_examples=15)
@given(CELLS, POLICIES)
def test_a_suppressed_figure_has_no_number_in_its_paragraph(
    cells: list[tuple[int, int]], policy: Disclosure
) -> None:
    try:
        found = told_from(cells, policy)
    except DisclosureError:
        assume(False)
    for code, narrative in interpret_all(found).items():
        share = found.figure(WITHIN, code)
        count = found.figure(ADMITTED, code)
        assert share is not None and count is not None
        if "[c]" in (share["numerator_mark"], share["denominator_mark"]):
            assert not digits(narrative.paragraphs[0])
        if count["status"] == "suppressed":
            assert not digits(narrative.paragraphs[1])


@settings(deadline=None, max_examples=15)
@given(CELLS, POLICIES, st.data())
def test_true_data_that_are_released_alike_are_told_alike(
    cells: list[tuple[int, int]], policy: Disclosure, data: Any
) -> None:
    """Whatever hidden and rounded numbers truly are, the sentences are the same."""
    lowest = 0 if policy.hide_zeros else 1
    others = [
        (data.draw(st.integers(lowest, min(policy.threshold, whole))), whole)
        if lowest <= part <= policy.threshold and whole >= lowest
        else (part, whole)
        for part, whole in cells
    ]
    try:
        first, second = told_from(cells, policy), told_from(others, policy)
    except DisclosureError:
        assume(False)
    assume(first.figures.frame.equals(second.figures.frame))
    for code in ORGANISATIONS:
        assert interpret(first, code) == interpret(second, code)


SWAPPED = {
    "an improvement": "a deterioration",
    "getting better": "getting worse",
    "That is better": "That is worse",
    "variation: improvement": "variation: concern",
}


@settings(deadline=None, max_examples=30)
@given(CELLS)
def test_sentences_of_the_opposite_polarity_say_the_opposite(cells: list[tuple[int, int]]) -> None:
    higher, lower = told_from(cells, EXACT), told_from(cells, EXACT, "lower")
    for code in ORGANISATIONS:
        up, down = interpret(higher, code), interpret(lower, code)
        for good, bad in SWAPPED.items():
            for one, other in ((up, down), (down, up)):
                assert repr(one).count(good) == repr(other).count(bad)


@settings(deadline=None, max_examples=30)
@given(CELLS, st.sampled_from(["higher", "lower", "neutral", "activity", "monitor"]))
def test_sentences_are_sentences(cells: list[tuple[int, int]], polarity: str) -> None:
    for narrative in interpret_all(told_from(cells, EXACT, polarity)).values():
        for paragraph in narrative.paragraphs:
            assert paragraph[0].isupper() and paragraph.endswith(".")
            assert not re.search(r"  |nan|None|\.\.| ,|\(\)|\b1 \w+ pathways|inf\b", paragraph)
