"""Exact limits of small denominators, and limits widened for overdispersion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nhsind.errors import NumberError
from nhsind.statistics.funnel_limits import exact_limits, proportion_limits
from nhsind.statistics.funnels import funnel
from nhsind.statistics.overdispersion import dispersion

# FunnelPlotR, tests/testthat/test-funnel_plot.R and test-OD_adjust_func.R: observed and expected
# counts of six groups. What it computes is written out below from R/OD_adjust_func.R (SHMI:
# logarithm of the ratio, 1 / expected as its variance), around the groups' own average; the phi
# that it prints, around 1, is in test_published_answers.py.
OBSERVED, EXPECTED = [100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220]


def test_the_example_of_funnelplotr() -> None:
    found = funnel(OBSERVED, EXPECTED, kind="ratio", limits="SHMI")
    total = sum(OBSERVED) / sum(EXPECTED)
    z = [
        math.log(o / e / total) * math.sqrt(total * e)
        for o, e in zip(OBSERVED, EXPECTED, strict=True)
    ]
    # Tenths of six by rank: floor(10 rank / 7) is 1, 2, 4, 5, 7, 8, so none is left out.
    phi = sum(each**2 for each in z) / 6
    weights = [total * e for e in EXPECTED]
    tau = max(0.0, (6 * phi - 5) / (sum(weights) - sum(w * w for w in weights) / sum(weights)))
    assert found.dispersion is not None
    assert found.dispersion.phi == pytest.approx(phi, rel=1e-12) and phi > 1
    assert found.dispersion.tau_squared == pytest.approx(tau, rel=1e-12)
    upper = total * math.exp(3.090232306167813 * math.sqrt(1 / (total * 100) + tau))
    assert found.table["upper_998"].iloc[4] == pytest.approx(upper)
    # Its own check of the fifth: the limit of chance alone is above the widened one.
    plain = funnel(OBSERVED, EXPECTED, kind="ratio")
    assert plain.table["lower_95"].iloc[4] > found.table["lower_95"].iloc[4]
    assert f"{phi:,.1f} times as much as chance explains (SHMI method" in found.method


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 300), st.floats(0.001, 0.999), st.data(), st.sampled_from([0.95, 0.998]))
def test_beyond_an_exact_limit_is_what_the_binomial_says(
    size: int, average: float, data: st.DataObject, level: float
) -> None:
    count = data.draw(st.integers(0, size))
    lower, upper = exact_limits(average, [size], level)
    tail = (1 - level) / 2
    as_low, as_high = (
        stats.binom.cdf(count, size, average),
        stats.binom.sf(count - 1, size, average),
    )
    if abs(as_low - tail) > 1e-9:
        assert (count / size < lower[0]) == (as_low < tail)
    if abs(as_high - tail) > 1e-9:
        assert (count / size > upper[0]) == (as_high < tail)


def test_one_of_two_is_not_below_an_average_of_97_in_100() -> None:
    """Its probability is 0.059; the normal limits flag it."""
    assert stats.binom.cdf(1, 2, 0.97) == pytest.approx(0.0591)
    assert exact_limits(0.97, [2], 0.998)[0][0] < 0.5 < proportion_limits(0.97, [2], 0.998)[0][0]
    counts, sizes = [1, *[485] * 5, 483], [2, *[500] * 5, 498]
    assert funnel(counts, sizes).table["place"].iloc[0] == "below 99.8%"
    assert funnel(counts, sizes, limits="exact").table["place"].iloc[0] == "inside"


def test_exact_limits_at_the_ends_and_of_nothing() -> None:
    for average, value in ((0.0, 0.0), (1.0, 1.0)):
        lower, upper = exact_limits(average, [1, 50], 0.998)
        assert np.all((lower <= value) & (value <= upper))
    assert np.isnan(exact_limits(0.5, [0], 0.95)).all()
    large, normal = (of(0.9, [10**7], 0.998) for of in (exact_limits, proportion_limits))
    assert np.ravel(large) == pytest.approx(np.ravel(normal), abs=1e-6)


def test_wide_limits_are_for_those_that_differ_and_exact_ones_for_the_rest() -> None:
    rng = np.random.default_rng(18)
    sizes = rng.integers(2000, 20000, 60)
    alike, unlike = rng.binomial(sizes, 0.8), rng.binomial(sizes, rng.uniform(0.7, 0.9, 60))
    by_chance, differing = funnel(alike, sizes, limits="auto"), funnel(unlike, sizes, limits="auto")
    assert by_chance.limits == "exact" and by_chance.method == "binomial, exact limits"
    assert differing.limits == "CQC" and differing.dispersion is not None
    assert differing.dispersion == dispersion(unlike, sizes)

    def outside(**asked: str) -> int:
        return int(funnel(unlike, sizes, **asked).table["place"].str.endswith("99.8%").sum())

    assert outside() > 40 and outside(limits="auto") <= 3
    # Nine are too few to tell how far organisations differ.
    assert funnel(unlike[:9], sizes[:9], limits="auto").limits == "exact"
    assert funnel(unlike[:10], sizes[:10], limits="auto").limits == "CQC"


def test_the_curve_is_that_of_the_table() -> None:
    rng = np.random.default_rng(17)
    sizes = np.sort(rng.integers(50, 5000, 30))
    counts = rng.binomial(sizes, rng.uniform(0.5, 0.9, 30))
    for limits in ("normal", "exact", "CQC", "SHMI"):
        made = funnel(counts, sizes, limits=limits)
        columns = ["lower_95", "upper_95", "lower_998", "upper_998"]
        assert made.curve(sizes)[columns].to_numpy() == pytest.approx(
            made.table[columns].to_numpy()
        )


def test_limits_of_no_known_name_are_refused() -> None:
    with pytest.raises(NumberError, match="limits must be one of normal, exact, auto, CQC, SHMI"):
        funnel([1], [2], limits="wide")
