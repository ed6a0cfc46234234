"""Standardised rates by hand, against scipy's quantiles, and on either side of ten events."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nhsind.statistics.standardised import BYAR, EXACT, direct_rate, indirect_rate, indirect_ratio

EVENTS, PEOPLE, STANDARD = [4, 9, 30], [1000, 1500, 800], [5000, 7000, 3000]
REFERENCE, REFERENCE_PEOPLE = [400, 900, 2500], [120_000, 140_000, 60_000]


def byar(count: float, level: float) -> tuple[float, float]:
    """Breslow and Day 1987, volume II, page 69."""
    z = stats.norm.ppf(0.5 + level / 2)
    more = count + 1
    return (
        count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3,
        more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3,
    )


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_a_direct_rate_by_hand(level: float) -> None:
    total = sum(STANDARD)
    rate = sum(s * x / n for s, x, n in zip(STANDARD, EVENTS, PEOPLE, strict=True)) / total
    spread = sum(x * (s / n) ** 2 for s, x, n in zip(STANDARD, EVENTS, PEOPLE, strict=True))
    scale = math.sqrt(spread / total**2 / 43)
    low, high = byar(43, level)
    found = direct_rate(EVENTS, PEOPLE, standard_population=STANDARD, level=level)
    assert found.value == pytest.approx(rate * 100_000, rel=1e-12)
    assert found.lower == pytest.approx((rate + scale * (low - 43)) * 100_000, rel=1e-9)
    assert found.upper == pytest.approx((rate + scale * (high - 43)) * 100_000, rel=1e-9)
    assert (found.observed, found.expected, found.method, found.level) == (
        43,
        None,
        "Dobson",
        level,
    )


def test_a_direct_rate_needs_ten_events() -> None:
    nine, ten = (direct_rate([4, 5, last], PEOPLE, standard_population=STANDARD) for last in (0, 1))
    assert math.isnan(nine.value) and math.isnan(nine.lower) and nine.observed == 9
    assert ten.value > 0 and ten.observed == 10


def test_missing_events_are_none() -> None:
    assert direct_rate([None, 9, 30], PEOPLE, standard_population=STANDARD) == direct_rate(
        [0, 9, 30], PEOPLE, standard_population=STANDARD
    )


def test_an_indirect_ratio_by_hand_and_from_a_total() -> None:
    pairs = zip(REFERENCE, REFERENCE_PEOPLE, PEOPLE, strict=True)
    expected = sum(x / n * people for x, n, people in pairs)
    found = indirect_ratio(
        EVENTS,
        PEOPLE,
        reference_events=REFERENCE,
        reference_population=REFERENCE_PEOPLE,
        multiplier=100,
    )
    low, high = byar(43, 0.95)
    assert found.expected == pytest.approx(expected, rel=1e-12)
    assert found.value == pytest.approx(4300 / expected, rel=1e-12)
    assert found.lower == pytest.approx(100 * low / expected, rel=1e-9)
    assert found.upper == pytest.approx(100 * high / expected, rel=1e-9)
    assert (
        indirect_ratio(
            43,
            PEOPLE,
            reference_events=REFERENCE,
            reference_population=REFERENCE_PEOPLE,
            multiplier=100,
        )
        == found
    )
    rate = indirect_rate(
        EVENTS, PEOPLE, reference_events=REFERENCE, reference_population=REFERENCE_PEOPLE
    )
    crude = sum(REFERENCE) / sum(REFERENCE_PEOPLE)
    assert rate.value == pytest.approx(43 / expected * crude * 100_000, rel=1e-12)


@pytest.mark.parametrize(("observed", "method"), [(0, EXACT), (9, EXACT), (10, BYAR)])
def test_the_interval_is_exact_below_ten(observed: int, method: str) -> None:
    found = indirect_ratio(
        observed, PEOPLE, reference_events=REFERENCE, reference_population=REFERENCE_PEOPLE
    )
    assert found.method == method
    assert found.expected is not None
    if method == EXACT:
        high = stats.chi2.ppf(0.975, 2 * observed + 2) / 2
        low = stats.chi2.ppf(0.025, 2 * observed) / 2 if observed else 0
    else:
        low, high = byar(observed, 0.95)
    assert found.lower == pytest.approx(low / found.expected, rel=1e-9, abs=1e-12)
    assert found.upper == pytest.approx(high / found.expected, rel=1e-9)


@given(st.lists(st.tuples(st.integers(5, 500), st.integers(1000, 90_000)), min_size=1, max_size=8))
def test_at_the_own_population_as_standard_the_rate_is_the_crude_one(
    bands: list[tuple[int, int]],
) -> None:
    events, people = np.array(bands).T
    if events.sum() < 10:
        return
    found = direct_rate(events, people, standard_population=people)
    assert found.value == pytest.approx(100_000 * events.sum() / people.sum(), rel=1e-9)
    assert found.lower < found.value < found.upper
    itself = indirect_ratio(events, people, reference_events=events, reference_population=people)
    assert itself.value == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: direct_rate([-1, 9, 30], PEOPLE, standard_population=STANDARD),
        lambda: direct_rate(EVENTS, [0, 1, 1], standard_population=STANDARD),
        lambda: direct_rate(EVENTS, [None, 1, 1], standard_population=STANDARD),
        lambda: direct_rate(EVENTS, PEOPLE, standard_population=STANDARD[:2]),
        lambda: direct_rate(43, 1000, standard_population=5000),
        lambda: indirect_ratio(
            EVENTS[:2], PEOPLE, reference_events=REFERENCE, reference_population=REFERENCE_PEOPLE
        ),
        lambda: indirect_ratio(
            EVENTS, PEOPLE, reference_events=REFERENCE, reference_population=[0, 1, 1]
        ),
        lambda: indirect_ratio(
            EVENTS, [0, 0, 0], reference_events=REFERENCE, reference_population=REFERENCE_PEOPLE
        ),
        lambda: indirect_ratio(
            [-1, 0, 0], PEOPLE, reference_events=REFERENCE, reference_population=REFERENCE_PEOPLE
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]
