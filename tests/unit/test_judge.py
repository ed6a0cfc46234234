"""Verdicts by exact arithmetic, units short of a standard, and rounding half up."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhsind.definition import Standard, find
from nhsind.judge import half_up, judge, meets, meets_plan, percentage

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
