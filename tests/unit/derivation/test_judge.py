"""Verdicts, plans, comparisons, changes and recent trends, on each side of every boundary."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nhsind.definitions.catalogue import find
from nhsind.definitions.standards import Standard
from nhsind.derivation.change import Change, change, change_interval
from nhsind.derivation.standards import (
    compare,
    judge,
    meets,
    meets_plan,
    plan_gap,
    plans_met,
    value_of,
)
from nhsind.derivation.trend import TREND_CHI_SQUARE, recent_trend, recent_trends
from nhsind.narrative.numbers import half_up, percentage
from nhsind.statistics.intervals import newcombe, student

OPERATORS = [">=", ">", "<=", "<"]
RATIO = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def standard(operator: str, value: str) -> Standard:
    return Standard(operator, value, "month")


AT_LEAST_92 = standard(">=", "0.92")


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (46, 50, True),
        (45, 50, False),
        (23, 25, True),
        (9200, 10000, True),
        (9199, 10000, False),
        (92 * 10**15, 10**17, True),
        (92 * 10**15 - 1, 10**17, False),
        (1, 1, True),
        (0, 1, False),
    ],
)
def test_92_percent_exactly_meets_at_least_92_percent(
    numerator: int, denominator: int, expected: bool
) -> None:
    assert meets(numerator, denominator, AT_LEAST_92) is expected


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        (">=", False, True, True),
        (">", False, False, True),
        ("<=", True, True, False),
        ("<", True, False, False),
    ],
)
@pytest.mark.parametrize("value", ["0.92", "2/3", "0.005", "1", "0.4"])
def test_each_operator_on_each_side(
    operator: str, value: str, below: bool, equal: bool, above: bool
) -> None:
    limit = Fraction(value)
    numerator, denominator = limit.numerator * 1000, limit.denominator * 1000
    verdicts = [
        meets(numerator + step, denominator, standard(operator, value)) for step in (-1, 0, 1)
    ]
    assert verdicts == [below, equal, above]


@given(RATIO, st.integers(0, 10_000), st.sampled_from(OPERATORS))
def test_a_verdict_is_integer_cross_multiplication(
    ratio: tuple[int, int], ten_thousandths: int, operator: str
) -> None:
    numerator, denominator = ratio
    left, right = numerator * 10_000, ten_thousandths * denominator
    expected = {">=": left >= right, ">": left > right, "<=": left <= right, "<": left < right}
    value = str(Decimal(ten_thousandths).scaleb(-4))
    assert meets(numerator, denominator, standard(operator, value)) is expected[operator]


@pytest.mark.parametrize("value", ["0.92", "0.95", "0.85", "0.93", "0.99", "0.667", "0.002"])
def test_the_nearest_binary_fraction_would_misjudge_every_exact_hit(value: str) -> None:
    limit, binary = Fraction(value), Fraction(float(value))
    hits = [(int(limit * n), n) for n in range(1, 2001) if (limit * n).denominator == 1]
    assert hits
    for x, n in hits:
        assert not (Fraction(x, n) >= binary and Fraction(x, n) <= binary)
        assert meets(x, n, standard(">=", value))
        assert meets(x, n, standard("<=", value))
        assert not meets(x, n, standard(">", value))
        assert not meets(x, n, standard("<", value))


def test_float_arithmetic_would_misjudge_what_exact_arithmetic_does_not() -> None:
    hits = [(23 * k, 25 * k) for k in range(1, 401)]
    assert all((n - x) / n > 1 - 0.92 for x, n in hits), "the share that waited too long"
    assert all(meets(n - x, n, standard("<=", "0.08")) for x, n in hits)
    near_misses = [(92 * 10**k - 1, 100 * 10**k) for k in range(18)]
    assert any(x / n >= 0.92 for x, n in near_misses), "the quotient rounds up to 0.92"
    assert not any(meets(x, n, AT_LEAST_92) for x, n in near_misses)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("value", ["0.92", "0.01", "2/3", "0.5", "1/7"])
def test_units_short_is_the_smallest_change_that_meets_the_standard(
    operator: str, value: str
) -> None:
    row = standard(operator, value)
    direction = 1 if operator in (">=", ">") else -1
    for denominator in range(1, 41):
        for numerator in range(denominator + 1):
            short = judge(numerator, denominator, row).units_short
            smallest = next(
                step
                for step in range(denominator + 2)
                if meets(numerator + direction * step, denominator, row)
            )
            assert short == smallest, (numerator, denominator)


def test_a_verdict_carries_its_gap_and_words() -> None:
    short = judge(900, 1000, AT_LEAST_92)
    assert (short.meets, short.units_short, short.gap) == (False, 20, Fraction(-2, 100))
    assert short.words == "standard not met"
    met = judge(930, 1000, AT_LEAST_92)
    assert (met.meets, met.units_short, met.gap) == (True, 0, Fraction(1, 100))
    assert met.words == "standard met"


def test_a_figure_shown_as_the_standard_need_not_meet_it() -> None:
    assert percentage(9496, 10000) == "95.0%"
    assert not meets(9496, 10000, standard(">=", "0.95"))
    assert percentage(9504, 10000) == "95.0%"
    assert not meets(9504, 10000, standard("<=", "0.95"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "places", "shown"),
    [
        (1, 16, 1, "6.3%"),
        (1, 16, 2, "6.25%"),
        (3, 16, 1, "18.8%"),
        (1, 400, 1, "0.3%"),
        (1, 2000, 1, "0.1%"),
        (1, 2001, 1, "0.0%"),
        (1, 8, 0, "13%"),
        (5, 8, 0, "63%"),
        (2, 3, 1, "66.7%"),
        (0, 7, 1, "0.0%"),
        (7, 7, 1, "100.0%"),
        (9995, 10000, 1, "100.0%"),
        (99949, 100000, 1, "99.9%"),
        (3, 2, 1, "150.0%"),
    ],
)
def test_percentages_are_rounded_half_up(
    numerator: int, denominator: int, places: int, shown: str
) -> None:
    assert percentage(numerator, denominator, places) == shown


def test_halves_are_rounded_away_from_zero_and_zero_has_no_sign() -> None:
    assert str(half_up(Fraction(-1, 16) * 100, 1)) == "-6.3"
    assert str(half_up(Fraction(-1, 1000), 1)) == "0.0"


@given(RATIO, st.integers(0, 6))
def test_rounding_is_decimals(ratio: tuple[int, int], places: int) -> None:
    numerator, denominator = ratio
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(numerator) * 100 / Decimal(denominator)
        expected = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert half_up(Fraction(numerator, denominator) * 100, places) == expected
    assert percentage(numerator, denominator, places) == f"{expected}%"


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_exact_ties_go_away_from_zero(whole: int, places: int) -> None:
    """(2k + 1) halves of the last place lie between k and k + 1: away from zero is decided."""
    tie = Fraction(2 * whole + 1, 2 * 10**places)
    away = whole + 1 if tie > 0 else whole
    assert half_up(tie, places) == Decimal(away).scaleb(-places)


@pytest.mark.parametrize(
    ("polarity", "below", "equal", "above"),
    [
        ("higher", False, True, True),
        ("lower", True, True, False),
        ("lower growth", True, True, False),
        ("activity", None, None, None),
        ("neutral", None, None, None),
        ("monitor", None, None, None),
    ],
)
def test_a_plan_is_judged_by_the_lines_direction(
    polarity: str, below: bool | None, equal: bool | None, above: bool | None
) -> None:
    line = replace(find("E.B.3"), polarity=polarity)
    assert [meets_plan(line, value, 0.92) for value in (0.91, 46 / 50, 0.93)] == [
        below,
        equal,
        above,
    ]


# Counts, rates and half units ---------------------------------------------------------------------


def test_counts_and_rates_are_judged_in_their_own_unit() -> None:
    at_most_15 = standard("<=", "15")
    assert meets(15, None, at_most_15) and not meets(16, None, at_most_15)
    assert meets(15, 1_000_000, at_most_15, per=1_000_000)
    assert not meets(16, 1_000_000, at_most_15, per=1_000_000)
    # 15 a million of 1,234,567 are 18.518...: 18 meet it, 19 do not.
    assert [meets(x, 1_234_567, at_most_15, 1_000_000) for x in (18, 19)] == [True, False]
    assert judge(40, 1_234_567, at_most_15, 1_000_000).units_short == 22
    assert judge(40, None, at_most_15).units_short == 25


@pytest.mark.parametrize(
    ("numerator", "denominator", "met", "short"),
    [
        ("42.5", "50", True, 0),
        ("42", "50", False, 1),
        ("40.5", "50", False, 2),
        ("9", "10.5", True, 0),
    ],
)
def test_half_units_are_exact(numerator: str, denominator: str, met: bool, short: int) -> None:
    verdict = judge(Decimal(numerator), Decimal(denominator), standard(">=", "0.85"))
    assert (verdict.meets, verdict.units_short) == (met, short)


@pytest.mark.parametrize("operator", OPERATORS)
def test_units_short_of_half_units_is_the_smallest_whole_change(operator: str) -> None:
    row = standard(operator, "0.4")
    direction = 1 if operator in (">=", ">") else -1
    for halves in range(21):
        numerator = Decimal(halves) / 2
        short = judge(numerator, Decimal("10.5"), row).units_short
        smallest = next(
            step for step in range(20) if meets(numerator + direction * step, Decimal("10.5"), row)
        )
        assert short == smallest, numerator


def test_values_are_exact() -> None:
    assert value_of(1, 3, 100_000) == Fraction(100_000, 3)
    assert value_of(Decimal("0.5"), None) == Fraction(1, 2)


# Plans --------------------------------------------------------------------------------------------


def test_a_plan_is_the_decimal_that_was_written() -> None:
    assert plan_gap(Fraction(93, 100), 0.93) == 0
    assert plan_gap(Fraction(1, 3), 0.3) == Fraction(1, 30)
    assert plan_gap(Fraction(1500), np.float64(1400)) == 100


def test_plans_met_are_counted_among_those_known() -> None:
    assert plans_met([True, None, False, True]) == (2, 3)
    assert plans_met([None]) == (0, 0)


# Comparison with a benchmark ----------------------------------------------------------------------

WORDS = {
    "higher": ("better", "worse"),
    "lower": ("worse", "better"),
    "lower growth": ("worse", "better"),
    "neutral": ("higher", "lower"),
    "activity": ("higher", "lower"),
    "monitor": ("higher", "lower"),
}


@pytest.mark.parametrize("polarity", WORDS)
def test_a_whole_interval_beyond_a_benchmark(polarity: str) -> None:
    above, below = WORDS[polarity]
    up, down = math.nextafter(0.5, 1), math.nextafter(0.5, 0)
    assert compare(up, 0.6, benchmark=0.5, polarity=polarity) == above
    assert compare(0.5, 0.6, benchmark=0.5, polarity=polarity) == "similar"
    assert compare(0.4, 0.5, benchmark=0.5, polarity=polarity) == "similar"
    assert compare(0.4, down, benchmark=0.5, polarity=polarity) == below


def test_nothing_is_compared_with_itself_or_without_an_interval() -> None:
    assert compare(0.6, 0.7, benchmark=0.5, polarity="higher", itself=True) is None
    for numbers in ((math.nan, 0.7, 0.5), (0.6, math.nan, 0.5), (0.6, 0.7, math.nan)):
        assert compare(*numbers, "higher") is None


# Change -------------------------------------------------------------------------------------------


def test_proportions_change_by_newcombe() -> None:
    found = change("proportion", (56, 70), before=(48, 80))
    assert found is not None
    assert (found.difference, found.relative) == (Fraction(1, 5), Fraction(1, 3))
    # Newcombe 1998, table II, example a, method 10.
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.beyond_chance and not found.is_relative and "Newcombe" in found.method
    wide = change("proportion", (56, 70), before=(48, 80), level=0.998)
    assert wide is not None and wide.level == 0.998
    assert (wide.lower, wide.upper) == newcombe(56, 70, x2=48, n2=80, level=0.998)
    assert not wide.beyond_chance


def test_counts_change_by_the_share_of_their_sum() -> None:
    """The share 60/100 by Wilson is 0.50200 to 0.69060: at 59/100 it holds a half."""
    found = change("count", (60, None), before=(40, None))
    assert found is not None and found.is_relative and found.relative == Fraction(1, 2)
    low, high = 0.5020026, 0.6905987
    expected = (low / (1 - low) - 1, high / (1 - high) - 1)
    assert (found.lower, found.upper) == pytest.approx(expected, rel=1e-4)
    assert found.beyond_chance
    less = change("count", (59, None), before=(41, None))
    assert less is not None and not less.beyond_chance


@pytest.mark.parametrize("kind", ["rate", "ratio"])
def test_rates_change_by_counts_and_denominators(kind: str) -> None:
    """The same counts of the same people; then of twice as many, which halves the rate."""
    same = change(kind, (60, 1000), before=(40, 1000), per=100_000)
    count = change("count", (60, None), before=(40, None))
    assert same is not None and count is not None
    assert (same.lower, same.upper) == pytest.approx((count.lower, count.upper))
    assert same.difference == 2000
    twice = change(kind, (60, 2000), before=(40, 1000), per=100_000)
    assert twice is not None and twice.difference == -1000
    assert 1 + twice.upper == pytest.approx((1 + count.upper) / 2)
    assert "denominator" in same.method


@pytest.mark.parametrize(
    ("lower", "upper", "beyond"),
    [(0.0, 0.1, False), (1e-9, 0.1, True), (-0.1, 0.0, False), (-0.1, -1e-9, True), (-1, 1, False)],
)
def test_an_interval_that_touches_no_change_holds_it(
    lower: float, upper: float, beyond: bool
) -> None:
    found = Change(Fraction(0), None, lower, upper, False, "by hand", 0.95)
    assert found.beyond_chance is beyond


def test_means_change_by_welch() -> None:
    first, second = [12.0, 15, 9, 30, 22, 14], [7.0, 9, 8, 15]
    sums = [(sum(each), sum(x * x for x in each), len(each)) for each in (first, second)]
    intervals = (student(*sums[0]), student(*sums[1]))
    found = change(
        "mean",
        (int(sums[0][0]), sums[0][2]),
        before=(int(sums[1][0]), sums[1][2]),
        intervals=intervals,
    )
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert found is not None
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found.difference == Fraction(102, 6) - Fraction(39, 4)


@pytest.mark.parametrize(
    ("kind", "now", "before", "more"),
    [
        ("proportion", (0, 0), (1, 2), {}),
        ("proportion", (1, 2), (0, 0), {}),
        ("count", (0, None), (0, None), {}),
        ("mean", (10, 2), (10, 3), {}),
        ("mean", (10, 2), (10, 3), {"intervals": ((math.nan, math.nan), (1, 2))}),
        ("mean", (10, 1), (10, 3), {"intervals": ((1, 2), (1, 2))}),
    ],
)
def test_no_change_without_an_interval(kind: str, now: Any, before: Any, more: Any) -> None:
    assert change(kind, now, before=before, **more) is None


def test_intervals_of_many_changes_are_those_of_each() -> None:
    counts, sizes = ([60, 40, 7.5], [40, 60, 10]), ([100, 80, 20], [90, 70, 30])
    spread = tuple((np.array([5.0, 4, 3]), np.array([7.0, 8, 9])) for _ in range(2))
    for kind in ("proportion", "count", "rate", "mean"):
        lower, upper = change_interval(kind, counts, sizes=sizes, intervals=spread)
        for place in range(3):
            now, before = (
                (Fraction(x[place]), None if kind == "count" else n[place])
                for x, n in zip(counts, sizes, strict=True)
            )
            own = tuple((each[0][place], each[1][place]) for each in spread)
            alone = change(kind, now, before=before, intervals=own)
            assert alone is not None
            assert (alone.lower, alone.upper) == pytest.approx((lower[place], upper[place]))
            again = change(kind, now, before=before, ends=(alone.lower, alone.upper))
            assert again == alone


def test_from_nothing_there_is_no_relative_change() -> None:
    found = change("count", (7, None), before=(0, None))
    assert found is not None and found.relative is None and found.upper == math.inf


# Recent trends ------------------------------------------------------------------------------------

# Published with Fingertips' own calculator, oldest first: value, lower and upper 95% limit.
PUBLISHED = {
    "increasing": """
        24.67 23.16 26.25, 24.6 23.15 26.19, 28 26.44 29.64, 30.2 28.63 31.9, 30.6 28.98 32.25""",
    "no significant change": """
        20.5506 18.1803 23.1427, 19.5952 17.3444 22.0602, 19.0349 16.8421 21.4394,
        21.3966 19.0918 23.8975, 18.4372 16.2925 20.7941""",
    # Yorkshire and the Humber, MMR for one dose at 2 years, 2020 to 2024.
    "decreasing": """
        92.6254 92.4168 92.8288, 92.3221 92.1072 92.5315, 90.8708 90.6358 91.1004,
        90.017 89.7694 90.2594, 90.1013 89.8578 90.3396""",
}
EYES = [(2.935, 2.7841, 3.0919), (1.93028, 1.8085, 2.058), (2.7567, 2.6113, 2.9082)]
EYES += [(2.8701, 2.7225, 3.0237), (3.0121, 2.8616, 3.1683)]


@pytest.mark.parametrize("direction", PUBLISHED)
def test_published_trends(direction: str) -> None:
    points = [[float(x) for x in point.split()] for point in PUBLISHED[direction].split(",")]
    found = recent_trend(*zip(*points, strict=True))
    assert found.direction == direction
    if direction == "increasing":
        assert round(found.chi_square, 2) == 46.77, "published with the calculator"


def test_a_published_trend_that_holds_without_any_one_point() -> None:
    """Preventable sight loss from diabetic eye disease, England 2020 to 2024: increasing."""
    found = recent_trend(*zip(*EYES, strict=True), "lower")
    assert (found.direction, found.judgement) == ("increasing", "getting worse")


def test_the_constant_is_the_99_8_per_cent_quantile() -> None:
    assert pytest.approx(stats.chi2.ppf(0.998, 1), rel=1e-12) == TREND_CHI_SQUARE


def straight(slope: float, error: float = 1.0) -> tuple[Any, Any, Any]:
    """Five points on a line with one standard error: chi-square is slope² x 10 / error²."""
    values = slope * np.arange(5.0)
    return values, values - 1.96 * error, values + 1.96 * error


@pytest.mark.parametrize("sign", [1, -1])
def test_significant_strictly_beyond_the_quantile(sign: int) -> None:
    edge = math.sqrt(TREND_CHI_SQUARE / 10)
    below, above = (recent_trend(*straight(sign * edge * k)) for k in (1 - 1e-9, 1 + 1e-9))
    assert below.direction == "no significant change"
    assert above.direction == ("increasing" if sign > 0 else "decreasing")
    assert above.chi_square == pytest.approx(TREND_CHI_SQUARE, rel=1e-8)


def test_the_weighted_line_is_numpys() -> None:
    values, lower, upper = (np.array(column) for column in zip(*EYES, strict=True))
    errors = (upper - lower) / 3.92
    (slope, _), covariance = np.polyfit(np.arange(5), values, 1, w=1 / errors, cov="unscaled")
    found = recent_trend(values, lower, upper)
    assert found.slope == pytest.approx(slope, rel=1e-9)
    assert found.chi_square == pytest.approx(slope**2 / covariance[0, 0], rel=1e-9)


@pytest.mark.parametrize(
    "values",
    [[1.0, 1, 1, 1, 9], [9.0, 1, 1, 1, 1], [0.3, 0.3, 0.3, 0.3, 0.9], [7.0, 1, 2, 3, 4]],
    ids=["last", "first", "not in binary", "turns round"],
)
def test_one_outlying_point_makes_no_trend(values: list[float]) -> None:
    lower, upper = np.array(values) - 0.01, np.array(values) + 0.01
    found = recent_trend(values, lower, upper)
    assert found.chi_square > TREND_CHI_SQUARE
    assert found.direction == "no significant change"


def test_rounding_gives_no_point_a_sign() -> None:
    """Without the first point the others are level, whatever their weights."""
    values, errors = np.array([9.0, 1, 1, 1, 1]), np.array([1, 1, 1, 2, 1]) / 100
    found = recent_trend(values, values - 1.96 * errors, values + 1.96 * errors)
    assert found.chi_square > TREND_CHI_SQUARE and found.direction == "no significant change"


@pytest.mark.parametrize(
    ("polarity", "rising", "falling"),
    [
        ("higher", "getting better", "getting worse"),
        ("lower", "getting worse", "getting better"),
        ("lower growth", "getting worse", "getting better"),
        *((each, None, None) for each in ("neutral", "activity", "monitor")),
    ],
)
def test_trends_are_judged_by_polarity(
    polarity: str, rising: str | None, falling: str | None
) -> None:
    assert recent_trend(*straight(5), polarity).judgement == rising
    assert recent_trend(*straight(-5), polarity).judgement == falling
    assert recent_trend(*straight(0.1), polarity).judgement is None


def test_the_last_five_points_with_an_interval_count() -> None:
    values, lower, upper = straight(5)
    longer = [np.concatenate([[900.0, 5.0], each]) for each in (values, lower, upper)]
    longer[1][:2], longer[2][:2] = [899, 4], [901, 6]
    assert recent_trend(*longer) == recent_trend(values, lower, upper)
    gap = [np.insert(each, 3, math.nan) for each in (values, lower, upper)]
    assert recent_trend(*gap) == recent_trend(values, lower, upper)


def test_the_last_points_of_a_long_series_stay_in_their_order() -> None:
    values, lower, upper = straight(5)
    gaps = np.full(20, math.nan)
    longer = [np.concatenate([gaps, np.repeat(each, 3)]) for each in (values, lower, upper)]
    for each in longer:
        each[-15:][np.arange(15) % 3 > 0] = math.nan
    assert recent_trend(*longer) == recent_trend(values, lower, upper)


def test_without_five_points_or_intervals_it_cannot_be_calculated() -> None:
    values, lower, upper = straight(5)
    for lacking in (
        (values[:4], lower[:4], upper[:4]),
        (np.array([*values[:4], math.nan]), lower, upper),
        (values, np.array([*lower[:4], math.nan]), upper),
        (values, lower, np.array([*upper[:4], math.nan])),
        (values, values, values),
        ([], [], []),
    ):
        found = recent_trend(*lacking)
        assert found.direction == "cannot be calculated"
        assert found.judgement is None and math.isnan(found.chi_square)


def test_many_series_at_once_are_each_alone() -> None:
    rows = [straight(5), straight(0.1), straight(math.nan), straight(-5)]
    together = recent_trends(*(np.array(each) for each in zip(*rows, strict=True)), "higher")
    assert [repr(each) for each in together] == [repr(recent_trend(*row, "higher")) for row in rows]
    directions = ["increasing", "no significant change", "cannot be calculated", "decreasing"]
    assert [each.direction for each in together] == directions
