"""Intervals and tests: pure functions over numbers and arrays.

Proportions: Wilson score, Newcombe for a difference. Counts, rates and ratios that can pass 1:
exact Poisson below 10 events, Byar's approximation from 10, Wilson's interval of the share for a
ratio of two. Means: Student t, Welch for a difference. Definitions: statistics of the field as
PHEindicatormethods and Fingertips compute them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from nhsind.errors import NumberError
from nhsind.statistics.given import labelled, paired

# Below this many events Byar's approximation gives way to the exact interval.
BYAR_FROM = 10
# Byar's approximation divides by nine times the count; the constant is the method's own.
BYAR_NINE = 9.0

# How sure an interval is that is looked at as one of many. By chance alone one comparison in five
# hundred lies beyond it.
LEVEL_OF_MANY = 0.998

Interval = tuple[Any, Any]


def multiplier(level: float) -> float:
    """The normal multiplier of a two-sided interval: 1.959964 for 0.95, 3.090232 for 0.998."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise NumberError(f"level must lie between 0 and 1, not {level!r}")
    return float(special.ndtri(0.5 + level / 2))


def wilson(x: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Wilson score interval of the proportion x / n.

    `x`, `n`: numbers or arrays; a missing one gives a missing interval; two Series are paired by
    their labels. `level`: how sure the interval is. Returns (lower, upper) between 0 and 1, in the
    order of `x`. Raises NumberError for x < 0, n <= 0 or x > n, or what is no number.

    Examples
    --------
    >>> lower, upper = wilson(45, 50)
    >>> round(lower, 3), round(upper, 3)
    (0.786, 0.957)
    """
    hits, total = _proportion(x, n)
    z = multiplier(level)
    spread = z * np.sqrt(z**2 + 4 * hits * (1 - hits / total))
    lower = (2 * hits + z**2 - spread) / (2 * (total + z**2))
    upper = (2 * hits + z**2 + spread) / (2 * (total + z**2))
    # Both ends are exact where rounding would miss them by a hair.
    lower = np.where(hits == 0, 0.0, np.clip(lower, 0, 1))
    upper = np.where(hits == total, 1.0, np.clip(upper, 0, 1))
    missing = np.isnan(hits + total)
    return _shaped(np.where(missing, np.nan, lower)), _shaped(np.where(missing, np.nan, upper))


def clopper_pearson(x: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Exact interval of the proportion x / n, by Clopper and Pearson.

    What lies outside has a chance below half of 1 - `level` of x or fewer, or of x or more. Between
    whole counts the incomplete beta function continues it. Arguments, result, errors as `wilson`.

    Examples
    --------
    >>> lower, upper = clopper_pearson(45, 50)
    >>> round(lower, 3), round(upper, 3)
    (0.782, 0.967)
    """
    hits, total = _proportion(x, n)
    multiplier(level)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(hits == 0, 0.0, special.betaincinv(hits, total - hits + 1, tail))
        upper = np.where(hits == total, 1.0, special.betaincinv(hits + 1, total - hits, 1 - tail))
    missing = np.isnan(hits + total)
    return _shaped(np.where(missing, np.nan, lower)), _shaped(np.where(missing, np.nan, upper))


def proportion_of_many(x: ArrayLike, n: ArrayLike) -> Interval:
    """The interval of a proportion that is one of many to be compared: at `LEVEL_OF_MANY`.

    Wilson's, or Clopper and Pearson's where that reaches further: Wilson's is short of its level
    where few are compared with a share near 0 or 1. 1 of 2 beside 97% would be beyond it, and
    happens by chance in six of a hundred. Arguments, result and errors as `wilson`.
    """
    score, exact = (of(x, n, level=LEVEL_OF_MANY) for of in (wilson, clopper_pearson))
    return np.minimum(score[0], exact[0]), np.maximum(score[1], exact[1])


def newcombe(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Newcombe's interval of a difference of two independent proportions, x1/n1 - x2/n2.

    From the two Wilson intervals (Newcombe's method 10). Returns (lower, upper); errors and
    missing values as `wilson`.
    """
    x1, n1, x2, n2 = paired(x1, n1, x2, n2)
    low1, high1 = wilson(x1, n1, level=level)
    low2, high2 = wilson(x2, n2, level=level)
    first, second = numbers(x1) / numbers(n1), numbers(x2) / numbers(n2)
    gap = first - second
    lower = gap - np.sqrt((first - low1) ** 2 + (high2 - second) ** 2)
    upper = gap + np.sqrt((high1 - first) ** 2 + (second - low2) ** 2)
    return _shaped(lower), _shaped(upper)


def exact_poisson(x: ArrayLike, level: float = 0.95) -> Interval:
    """Exact Poisson interval of a count, from chi-square quantiles.

    `x`: a number or an array. `level`: how sure the interval is. Returns (lower, upper); the lower
    limit of 0 is 0. Raises NumberError for x < 0.

    Examples
    --------
    >>> lower, upper = exact_poisson(10)
    >>> round(lower, 2), round(upper, 2)
    (4.8, 18.39)
    """
    count = _events(x)
    multiplier(level)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        # gammaincinv(k, p) is half the chi-square quantile with 2k degrees of freedom.
        lower = np.where(count == 0, 0.0, special.gammaincinv(np.maximum(count, 1e-300), tail))
        upper = special.gammaincinv(count + 1, 1 - tail)
    lower = np.where(np.isnan(count), np.nan, lower)
    return _shaped(lower), _shaped(upper)


def byar(x: ArrayLike, level: float = 0.95) -> Interval:
    """Byar's approximate interval of a count.

    `x`: a number or an array. `level`: how sure the interval is. Returns (lower, upper); a lower
    limit that would be negative, and that of 0, is missing. Raises NumberError for x < 0.

    Examples
    --------
    >>> lower, upper = byar(10)
    >>> round(lower, 2), round(upper, 2)
    (4.79, 18.39)
    """
    count = _events(x)
    z = multiplier(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = count * (1 - 1 / (BYAR_NINE * count) - z / (3 * np.sqrt(count))) ** 3
    upper_count = count + 1
    upper = upper_count * (1 - 1 / (BYAR_NINE * upper_count) + z / (3 * np.sqrt(upper_count))) ** 3
    lower = np.where(lower < 0, np.nan, lower)
    return _shaped(lower), _shaped(upper)


def poisson(x: ArrayLike, level: float = 0.95) -> Interval:
    """Interval of a count: exact below 10 events, Byar's from 10."""
    count = _events(x)
    small = count < BYAR_FROM
    exact, approximate = exact_poisson(count, level), byar(count, level)
    lower = np.asarray(np.where(small, exact[0], approximate[0]))
    upper = np.asarray(np.where(small, exact[1], approximate[1]))
    return _shaped(lower), _shaped(upper)


def student(
    total: ArrayLike, total_of_squares: ArrayLike, n: ArrayLike, level: float = 0.95
) -> Interval:
    """Student t interval of a mean from the sum and the sum of squares of n values.

    Returns (lower, upper); missing for fewer than two values.
    """
    first, second, size = numbers(total), numbers(total_of_squares), numbers(n)
    multiplier(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = first / size
        variance = np.maximum(second - first * mean, 0) / (size - 1)
        half = special.stdtrit(size - 1, 0.5 + level / 2) * np.sqrt(variance / size)
    few = size < 2
    return (
        _shaped(np.where(few, np.nan, mean - half)),
        _shaped(np.where(few, np.nan, mean + half)),
    )


def poisson_ratio(
    x1: ArrayLike,
    x2: ArrayLike,
    exposure1: ArrayLike = 1,
    exposure2: ArrayLike = 1,
    *,
    level: float = 0.95,
) -> Interval:
    """Interval of the ratio of two Poisson rates, (x1 / exposure1) / (x2 / exposure2).

    Given the sum of the counts, x1 is a binomial share of it (Przyborowski and Wilenski 1940):
    Wilson's interval of that share, turned into a ratio. Without exposures: the ratio of two
    counts. Returns (lower, upper), upper infinite where x2 is 0; missing where both counts are 0
    or one is missing. Raises NumberError for negative counts or exposures not above 0.
    """
    first, second = _events(x1), _events(x2)
    before, after = numbers(exposure2), numbers(exposure1)
    if np.any(before <= 0) or np.any(after <= 0):
        raise NumberError("an exposure must be above 0")
    total = first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        some = np.where(total > 0, total, np.nan)
        low, high = (
            numbers(end) / (1 - numbers(end)) * before / after
            for end in wilson(np.where(total > 0, first, np.nan), some, level=level)
        )
    return _shaped(np.asarray(low)), _shaped(np.asarray(high))


def welch(
    mean1: ArrayLike,
    error1: ArrayLike,
    *,
    n1: ArrayLike,
    mean2: ArrayLike,
    error2: ArrayLike,
    n2: ArrayLike,
    level: float = 0.95,
) -> Interval:
    """Welch's interval of a difference of two means, mean1 - mean2, from their standard errors.

    Degrees of freedom by Welch and Satterthwaite. Returns (lower, upper); the difference itself
    where neither mean varies; missing for fewer than two values on either side.
    """
    multiplier(level)
    squares = [numbers(error) ** 2 for error in (error1, error2)]
    sizes = [numbers(n) for n in (n1, n2)]
    gap = numbers(mean1) - numbers(mean2)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = squares[0] + squares[1]
        freedom = both**2 / sum(
            square**2 / (size - 1) for square, size in zip(squares, sizes, strict=True)
        )
        half = np.where(both == 0, 0.0, special.stdtrit(freedom, 0.5 + level / 2) * np.sqrt(both))
    half = np.where((sizes[0] < 2) | (sizes[1] < 2), np.nan, half)
    return _shaped(np.asarray(gap - half)), _shaped(np.asarray(gap + half))


def student_error(lower: ArrayLike, upper: ArrayLike, n: ArrayLike, level: float = 0.95) -> Any:
    """The standard error of a mean, back from its Student t interval of n values."""
    size = numbers(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = (numbers(upper) - numbers(lower)) / (2 * special.stdtrit(size - 1, 0.5 + level / 2))
    return _shaped(np.where(size < 2, np.nan, error))


def numbers(values: ArrayLike) -> NDArray[np.float64]:
    """An array in floating point: whole, decimal or mixed; a missing value of any kind is NaN.

    Raises NumberError for what is no number.
    """
    values = labelled(values)
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "iufb":
            given = np.asarray(values, dtype=object)
            given = np.where(pd.isna(given), np.nan, given)
        return given.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise NumberError(f"numbers are needed, not {values!r:.60}") from error


def finite(values: ArrayLike) -> NDArray[np.float64]:
    """`numbers`, of which none may be infinite: no figure can be made of one."""
    found = numbers(values)
    if np.isinf(found).any():
        raise NumberError("no figure can be made of an infinite number")
    return found


def multiple(given: Any, name: str) -> float:
    """What a value is multiplied by, as a number above 0; NumberError for what is none."""
    try:
        found = float(given)
    except (TypeError, ValueError, OverflowError):
        found = np.nan
    if not 0 < found < np.inf or isinstance(given, str | bytes):
        raise NumberError(f"`{name}` is a number above 0, not {given!r:.60}")
    return found


def _proportion(x: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerators and denominators of proportions, as numbers that belong together."""
    x, n = paired(x, n)
    hits, total = finite(x), finite(n)
    _refuse_unlike(hits, total)
    if np.any(hits < 0) or np.any(total <= 0) or np.any(hits > total):
        raise NumberError("a proportion needs 0 <= x <= n and n > 0")
    return hits, total


def _refuse_unlike(*arrays: NDArray[np.float64]) -> None:
    """Raise NumberError where arrays of several numbers differ in how many they hold."""
    shapes = {array.shape for array in arrays if array.ndim}
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        sizes = " and ".join(str(array.size) for array in arrays if array.ndim)
        raise NumberError(f"{sizes} numbers cannot be paired") from None


def _events(values: ArrayLike) -> NDArray[np.float64]:
    count = finite(values)
    if np.any(count < 0):
        raise NumberError("a count of events cannot be negative")
    return count


def _shaped(result: NDArray[Any]) -> Any:
    """A float where only numbers were given, else an array."""
    return float(result) if np.ndim(result) == 0 else result
