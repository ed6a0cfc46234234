"""The slope index: by hand, against numpy's weighted line, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhsind as ind
from nhsind.errors import NumberError


def test_two_equal_groups_by_hand() -> None:
    """They stand at a quarter and three quarters, so the line rises twice their difference."""
    found = ind.slope_index([10, 20], [500, 500], lower=[8, 17], upper=[12, 23])
    assert found.value == pytest.approx(20)
    assert found.relative == pytest.approx(25 / 5)
    half = 2 * np.sqrt(2**2 + 3**2)
    assert (found.lower, found.upper) == pytest.approx((20 - half, 20 + half))
    wider = ind.slope_index([10, 20], [500, 500], lower=[8, 17], upper=[12, 23], level=0.998)
    assert wider.upper - wider.value == pytest.approx(half * 3.090232306 / 1.959963985)
    assert np.isnan(ind.slope_index([10, 20], [500, 500]).lower)


@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(1, 10_000)), min_size=2, max_size=10))
def test_it_is_the_weighted_least_squares_line(groups: list[tuple[float, int]]) -> None:
    values, people = (np.array(each, dtype=float) for each in zip(*groups, strict=True))
    share = people / people.sum()
    place = np.cumsum(share) - share / 2
    slope, start = np.polyfit(place, values, 1, w=np.sqrt(share))
    found = ind.slope_index(values, people)
    assert found.value == pytest.approx(slope, rel=1e-6, abs=1e-6)
    if abs(start) > 1e-3 and start * (start + slope) > 1e-6:
        assert found.relative == pytest.approx((start + slope) / start, rel=1e-4, abs=1e-4)


def test_its_interval_is_that_of_simulated_groups() -> None:
    rng = np.random.default_rng(1)
    values, errors = np.array([60.0, 64, 66, 71, 73]), np.array([1.0, 2, 1, 1.5, 2])
    people = [900, 1100, 1000, 800, 1200]
    z = 1.959963985
    found = ind.slope_index(values, people, lower=values - z * errors, upper=values + z * errors)
    drawn = [ind.slope_index(rng.normal(values, errors), people).value for _ in range(20_000)]
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([found.lower, found.upper], abs=0.15)


@pytest.mark.parametrize(
    ("arguments", "limits"),
    [
        (([1], [1]), {}),
        (([1, 2], [1]), {}),
        (([1, None], [1, 1]), {}),
        (([1, 2], [1, 0]), {}),
        (([1, 2], [1, 1]), {"lower": [0, 1]}),
        (([1, 2], [1, 1]), {"lower": [2, 3], "upper": [1, 4]}),
    ],
)
def test_what_has_no_slope_is_refused(arguments: tuple[list[object], ...], limits: object) -> None:
    with pytest.raises(NumberError):
        ind.slope_index(*arguments, **limits)  # type: ignore[arg-type]


def test_standardised_rates_are_public() -> None:
    assert (
        ind.direct_rate([4, 9, 30], [1000, 1500, 800], standard_population=[5, 7, 3]).method
        == "Dobson"
    )
    assert ind.indirect_ratio(
        [43], [100], reference_events=[43], reference_population=[100]
    ).value == pytest.approx(1)
    assert ind.indirect_rate(
        [43], [100], reference_events=[43], reference_population=[100]
    ).value == pytest.approx(43_000)
