"""Where an organisation of a size may lie by chance: limits of proportions, rates and counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from nhsind.statistics.intervals import exact_poisson, multiplier, numbers

# Two and three standard deviations, as the field names them: PHEindicatormethods, p = 0.975, 0.999.
WARNING_LEVEL, ALARM_LEVEL = 0.95, 0.998

Array = NDArray[np.float64]
Limits = tuple[Any, Any]


def proportion_limits(
    average: float, denominators: ArrayLike, level: float = WARNING_LEVEL
) -> Limits:
    """Limits of a proportion around `average` (0 to 1) for each denominator, clipped to 0 to 1.

    Returns (lower, upper) arrays. The formula is p ± z sqrt(p (1 - p) / n); that of
    PHEindicatormethods (`sigma_adjustment`) is the same, written as the root of a quadratic.
    """
    sizes = numbers(denominators)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = multiplier(level) * np.sqrt(average * (1 - average) / sizes)
    missing = ~(sizes > 0) | np.isnan(average)
    return (
        np.where(missing, np.nan, np.clip(average - half, 0, 1)),
        np.where(missing, np.nan, np.clip(average + half, 0, 1)),
    )


def exact_limits(average: float, denominators: ArrayLike, level: float = WARNING_LEVEL) -> Limits:
    """Exact binomial limits of a proportion around `average` for each denominator.

    A count is strictly below the lower limit where so low a count, or a lower one, has less than
    half of 1 - `level` by the binomial (and the same above); between whole counts the distribution
    is continued by the incomplete beta function, as Spiegelhalter 2005 (Statistics in Medicine
    24:1185-1202, appendix A.1.1) interpolates. Returns (lower, upper) arrays.
    """
    sizes = numbers(denominators)
    multiplier(level)
    tail = (1 - level) / 2
    missing = ~(sizes > 0) | np.isnan(average)
    whole = np.where(missing, 1.0, sizes)
    lower = _least_count(average, whole, tail) / whole
    upper = 1 - _least_count(1 - average, whole, tail) / whole
    return np.where(missing, np.nan, lower), np.where(missing, np.nan, upper)


def _least_count(average: float, sizes: Array, tail: float) -> Array:
    """The count up to which the binomial has `tail`; 0 where 0 alone has more."""
    if not 0 < average < 1:
        return np.zeros_like(sizes) if average <= 0 else np.asarray(sizes - tail)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = special.bdtrik(tail, sizes, average)
    none_below = sizes * np.log1p(-average) >= np.log(tail)
    return np.where(none_below, 0.0, np.nan_to_num(found))


def rate_limits(average: float, denominators: ArrayLike, level: float = WARNING_LEVEL) -> Limits:
    """Limits of a rate or ratio around `average` (per one of the denominator).

    The observed counts at which `expected_limits` equals what is expected (average times
    denominator), over the denominator: the same curve as PHEindicatormethods draws through whole
    counts, found for each denominator. Returns (lower, upper) arrays.
    """
    sizes = numbers(denominators)
    tail = (1 - level) / 2
    multiplier(level)
    expected = average * sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        # gdtrib(1, p, m) is the k whose gammaincinv(k, p) is m.
        lower = np.maximum(special.gdtrib(1.0, 1 - tail, expected) - 1, 0) / sizes
        upper = special.gdtrib(1.0, tail, expected) / sizes
    missing = ~(sizes > 0) | ~(expected >= 0)
    return np.where(missing, np.nan, lower), np.where(missing, np.nan, upper)


def expected_limits(observed: ArrayLike, level: float = WARNING_LEVEL) -> Limits:
    """The expected counts from which an observed count O is significantly low, and high.

    Chi-square quantiles: chi2.ppf(.975, 2(O + 1)) / 2, which an expected count must pass for O to
    be low, and chi2.ppf(.025, 2 O) / 2, which it must fall short of for O to be high (.999 and
    .001 at 99.8%). Returns (low, high); NumberError for a negative count.
    """
    high, low = exact_poisson(observed, level)
    return low, high
