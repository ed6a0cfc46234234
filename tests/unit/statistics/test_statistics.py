"""Intervals against scipy and against the formulas written out a second time."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from nhsind.statistics.intervals import (
    byar,
    clopper_pearson,
    exact_poisson,
    multiplier,
    newcombe,
    numbers,
    poisson,
    poisson_ratio,
    proportion_of_many,
    student,
    student_error,
    welch,
    wilson,
)

LEVELS = (0.95, 0.998)
CLOSE = 1e-10
PROPORTIONS = [
    *((0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (9, 10), (46, 50), (81, 263), (1, 1000)),
    *((999, 1000), (9200, 10000), (1, 1_000_000), (2_894_573, 3_000_000)),
]
COUNTS = [0, 1, 2, 5, 9, 10, 11, 50, 117, 1000, 123_456, 2_000_000]


def byar_by_hand(count: int, level: float) -> tuple[float, float]:
    """Breslow and Day 1987, volume II, page 69."""
    z = stats.norm.ppf(1 - (1 - level) / 2)
    more = count + 1
    upper = more * math.pow(1 - 1 / (9 * more) + z / (3 * math.sqrt(more)), 3)
    if count == 0:
        return math.nan, upper
    lower = count * math.pow(1 - 1 / (9 * count) - z / (3 * math.sqrt(count)), 3)
    return (lower if lower >= 0 else math.nan), upper


def exact_by_hand(count: int, level: float) -> tuple[float, float]:
    """Halves of chi-square quantiles with 2x and 2x + 2 degrees of freedom."""
    tail = (1 - level) / 2
    lower = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return lower, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2


def test_multipliers() -> None:
    assert multiplier(0.95) == pytest.approx(1.959963985, abs=5e-10)
    assert multiplier(0.998) == pytest.approx(3.090232306, abs=5e-10)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("x", "n"), PROPORTIONS)
@pytest.mark.parametrize(("interval", "name"), [(wilson, "wilson"), (clopper_pearson, "exact")])
def test_an_interval_of_a_proportion_is_scipys(
    interval: Callable[..., Any], name: str, x: int, n: int, level: float
) -> None:
    expected = stats.binomtest(x, n).proportion_ci(confidence_level=level, method=name)
    assert interval(x, n, level=level) == pytest.approx(
        (expected.low, expected.high), abs=1e-12, rel=1e-9
    )


@pytest.mark.parametrize(("x", "n"), [(1, 2), (0, 3), (8, 10), (400, 1000)])
def test_of_many_that_reaches_furthest_is_taken(x: int, n: int) -> None:
    score, exact = (of(x, n, level=0.998) for of in (wilson, clopper_pearson))
    lower, upper = proportion_of_many(x, n)
    assert (lower, upper) == (min(score[0], exact[0]), max(score[1], exact[1]))
    assert (lower, upper) != score  # alone it is too short at one end


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", COUNTS)
def test_exact_poisson_is_chi_square_quantiles(count: int, level: float) -> None:
    assert exact_poisson(count, level) == pytest.approx(exact_by_hand(count, level), rel=CLOSE)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", COUNTS)
def test_byar_is_its_formula(count: int, level: float) -> None:
    expected = byar_by_hand(count, level)
    assert byar(count, level) == pytest.approx(expected, rel=CLOSE, nan_ok=True)


def test_a_negative_lower_limit_of_byar_is_missing() -> None:
    assert math.isnan(byar(1, 0.998)[0])
    assert byar(1, 0.95)[0] > 0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("count", "method"), [(0, exact_poisson), (9, exact_poisson), (10, byar)])
def test_poisson_changes_its_method_at_ten_events(
    count: int, method: Callable[..., object], level: float
) -> None:
    other = byar if method is exact_poisson else exact_poisson
    assert poisson(count, level) == method(count, level)
    assert poisson(count, level) != other(count, level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "values",
    [
        [14.0, 15.0],
        [0, 1, 3, 3, 7, 12, 126],
        [2.5, 2.5, 2.5],
        list(range(1000)),
        [100_000 + step % 7 for step in range(365)],
    ],
    ids=["two", "waits", "all alike", "a thousand", "far from zero"],
)
def test_student_is_scipys(values: list[float], level: float) -> None:
    sample = np.array(values, dtype=float)
    got = student(sample.sum(), (sample**2).sum(), len(sample), level)
    error = stats.sem(sample)
    expected = (
        stats.t.interval(level, len(sample) - 1, loc=sample.mean(), scale=error)
        if error
        else (sample.mean(), sample.mean())
    )
    assert got == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe_is_method_10_of_table_ii(
    counts: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    """Newcombe 1998, Statistics in Medicine 17: 873-890."""
    assert newcombe(*counts) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("n", [0, 1])
def test_a_mean_of_fewer_than_two_values_has_no_interval(n: int) -> None:
    assert all(map(math.isnan, student(5.0 * n, 25.0 * n, n)))


@pytest.mark.parametrize(("x", "n"), [(-1, 10), (1, 0), (0, 0), (5, -5), (11, 10), (1, -1)])
def test_impossible_proportions_are_errors(x: int, n: int) -> None:
    with pytest.raises(ValueError, match="proportion"):
        wilson(x, n)
    with pytest.raises(ValueError, match="proportion"):
        wilson([1, x], [2, n])
    with pytest.raises(ValueError, match="proportion"):
        clopper_pearson(x, n)


@pytest.mark.parametrize("method", [exact_poisson, byar, poisson])
@pytest.mark.parametrize("count", [-1, -0.5, [3, -1], [None, -1]])
def test_negative_counts_are_errors(method: Callable[..., object], count: object) -> None:
    with pytest.raises(ValueError, match="negative"):
        method(count)


@pytest.mark.parametrize("level", [0, 1, -0.95, 1.5, 95, math.nan])
def test_impossible_levels_are_errors(level: float) -> None:
    calls: list[Callable[[], object]] = [
        lambda: wilson(1, 2, level=level),
        lambda: clopper_pearson(1, 2, level=level),
        lambda: exact_poisson(1, level),
        lambda: byar(1, level),
        lambda: poisson(1, level),
        lambda: student(1, 1, 2, level),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="level"):
            call()


@pytest.mark.parametrize("missing", [None, math.nan, np.nan, pd.NA], ids=repr)
def test_missing_in_is_missing_out(missing: object) -> None:
    for interval in (
        wilson(missing, 10),
        clopper_pearson(missing, 10),
        wilson(3, missing),
        exact_poisson(missing),
        byar(missing),
        poisson(missing),
        student(missing, 4, 5),
        student(3, missing, 5),
        student(3, 4, missing),
    ):
        assert all(map(math.isnan, interval))


@pytest.mark.parametrize(
    "counts",
    [
        [5, None, 12],
        (5, math.nan, 12),
        np.array([5, math.nan, 12]),
        pd.Series([5, None, 12], index=[7, 8, 9]),
        pd.Series([5, None, 12], dtype="Int64"),
        pd.array([5, None, 12], dtype="Int64"),
        [5, pd.NA, 12],
    ],
    ids=["list", "tuple", "numpy", "series", "Int64 series", "Int64 array", "list with NA"],
)
def test_arrays_are_their_elements_one_by_one(counts: object) -> None:
    expected = [method(value) for method in (exact_poisson, byar, poisson) for value in (5, 12)]
    got = []
    for lower, upper in (exact_poisson(counts), byar(counts), poisson(counts)):
        assert math.isnan(lower[1])
        assert math.isnan(upper[1])
        got += [(lower[0], upper[0]), (lower[2], upper[2])]
    assert got == expected
    lower, upper = wilson(counts, 20)
    assert [(lower[0], upper[0]), (lower[2], upper[2])] == [wilson(5, 20), wilson(12, 20)]
    assert math.isnan(lower[1])


def test_numbers_give_floats_and_arrays_give_arrays() -> None:
    assert all(type(end) is float for end in (*wilson(1, 2), *byar(1), *student(3, 5, 2)))
    assert all(end.shape == (1,) for end in (*wilson([1], 2), *wilson(1, [2]), *poisson([4])))
    assert all(end.shape == (0,) for end in (*wilson([], []), *exact_poisson([])))


PROPORTION = st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
COUNT = st.integers(0, 10**9)
LEVEL = st.floats(0.5, 0.999)


@given(PROPORTION, LEVEL)
def test_wilson_brackets_the_proportion_within_0_and_1(xn: tuple[int, int], level: float) -> None:
    x, n = xn
    lower, upper = wilson(x, n, level=level)
    assert 0 <= lower <= x / n <= upper <= 1
    assert (lower == 0) == (x == 0)
    assert (upper == 1) == (x == n)


@given(PROPORTION)
def test_wilson_of_the_complement_is_mirrored(xn: tuple[int, int]) -> None:
    x, n = xn
    lower, upper = wilson(x, n)
    assert wilson(n - x, n) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@given(COUNT, LEVEL)
def test_count_intervals_bracket_the_count(count: int, level: float) -> None:
    for method in (exact_poisson, byar, poisson):
        lower, upper = method(count, level)
        assert upper > count
        assert math.isnan(lower) or 0 <= lower <= count


@given(PROPORTION, COUNT, LEVEL, LEVEL)
def test_a_wider_level_gives_a_wider_interval(
    xn: tuple[int, int], count: int, first: float, second: float
) -> None:
    narrow, wide = sorted((first, second))
    assume(wide - narrow > 1e-6)
    pairs = [(wilson(*xn, level=narrow), wilson(*xn, level=wide))]
    pairs += [(method(count, narrow), method(count, wide)) for method in (exact_poisson, byar)]
    for inner, outer in pairs:
        assert outer[1] - inner[1] >= 0
        assert math.isnan(outer[0]) or outer[0] <= inner[0]
        assert outer != inner


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=40), LEVEL)
def test_student_brackets_the_mean_evenly(values: list[int], level: float) -> None:
    squares = sum(value * value for value in values)
    mean = sum(values) / len(values)
    lower, upper = student(sum(values), squares, len(values), level)
    assert lower <= mean + 1e-9
    assert upper >= mean - 1e-9
    assert (lower + upper) / 2 == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("counts", [(30, 20), (1, 1), (1500, 1000), (0, 7), (123_456, 120_000)])
def test_a_ratio_of_counts_is_wilsons_share_of_the_sum(
    counts: tuple[int, int], level: float
) -> None:
    share = stats.binomtest(counts[0], sum(counts)).proportion_ci(level, method="wilson")
    expected = (share.low / (1 - share.low), share.high / (1 - share.high))
    assert poisson_ratio(*counts, level=level) == pytest.approx(expected, rel=1e-9)


def test_a_ratio_of_rates_is_that_of_the_counts_by_exposure() -> None:
    plain = poisson_ratio(30, 20)
    assert poisson_ratio(30, 20, exposure1=300, exposure2=100) == pytest.approx(
        [end / 3 for end in plain]
    )
    assert poisson_ratio(20, 30, exposure1=100, exposure2=300) == pytest.approx(
        [3 / plain[1], 3 / plain[0]]
    )
    lower, upper = poisson_ratio([30, None, 30], [20, 20, 20], exposure1=[1, 1, 3], exposure2=1)
    assert [lower[0], upper[0]] == pytest.approx(plain)
    assert np.isnan([lower[1], upper[1]]).all()
    assert [lower[2], upper[2]] == pytest.approx([end / 3 for end in plain])


def test_a_ratio_of_nothing() -> None:
    assert all(map(math.isnan, poisson_ratio(0, 0)))
    lower, upper = poisson_ratio(7, 0)
    assert (upper, lower > 0) == (math.inf, True)
    assert poisson_ratio(0, 7)[0] == 0


@pytest.mark.parametrize("call", [(-1, 2), (1, -2), (1, 2, 0, 1), (1, 2, 1, -1)])
def test_impossible_ratios_are_errors(call: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"negative|above 0"):
        poisson_ratio(*call)


@pytest.mark.parametrize("level", LEVELS)
def test_welch_is_scipys(level: float) -> None:
    first, second = [12.0, 15, 9, 30, 22, 14], [7.0, 9, 8, 15]
    test = stats.ttest_ind(first, second, equal_var=False)
    expected = test.confidence_interval(level)
    got = welch(
        np.mean(first),
        stats.sem(first),
        n1=6,
        mean2=np.mean(second),
        error2=stats.sem(second),
        n2=4,
        level=level,
    )
    assert got == pytest.approx((expected.low, expected.high), rel=1e-10)


def test_welch_of_few_values_and_of_values_all_alike() -> None:
    assert all(map(math.isnan, welch(5, 1, n1=1, mean2=4, error2=1, n2=9)))
    assert all(map(math.isnan, welch(5, 1, n1=9, mean2=4, error2=1, n2=1)))
    assert all(map(math.isnan, welch(5, 0, n1=1, mean2=4, error2=0, n2=9)))
    assert all(map(math.isnan, welch(5, 0, n1=9, mean2=4, error2=0, n2=1)))
    assert welch(5, 0, n1=9, mean2=3, error2=0, n2=9) == (2, 2)
    lower, upper = welch([5, 5], [1, 1], n1=[9, 9], mean2=[3, None], error2=1, n2=9)
    assert (lower[0], upper[0]) == welch(5, 1, n1=9, mean2=3, error2=1, n2=9)
    assert math.isnan(lower[1]) and math.isnan(upper[1])


@pytest.mark.parametrize("level", LEVELS)
def test_a_standard_error_comes_back_from_its_interval(level: float) -> None:
    sample = np.array([12.0, 15, 9, 30, 22, 14])
    interval = student(sample.sum(), (sample**2).sum(), sample.size, level)
    assert student_error(*interval, sample.size, level) == pytest.approx(stats.sem(sample))
    assert math.isnan(student_error(1, 2, 1))


def test_decimals_are_numbers() -> None:
    assert numbers([Decimal("10.5"), None, 2]).tolist()[0] == 10.5
    assert wilson(Decimal("10.5"), Decimal("21")) == wilson(10.5, 21)


@given(st.integers(1, 200), st.floats(0.001, 0.999), st.data())
def test_beyond_an_exact_interval_chance_is_less_than_its_tail(
    n: int, share: float, data: st.DataObject
) -> None:
    x = data.draw(st.integers(0, n))
    lower, upper = clopper_pearson(x, n, level=0.998)
    tails = stats.binom.cdf(x, n, share), stats.binom.sf(x - 1, n, share)
    assume(all(abs(each - 0.001) > 1e-9 for each in tails))
    assert (share > upper, share < lower) == tuple(each < 0.001 for each in tails)
