"""The slope index of inequality: how a figure changes from the most to the least deprived.

Groups (such as tenths of deprivation) stand at the middle of their share of the population, and a
line is fitted through their figures, weighted by population. The index is the line's rise over the
whole population. As PHEindicatormethods' `phe_sii` computes it, whose interval is simulated from
normal errors of the groups; here it is that normal interval itself, in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nhsind.errors import NumberError
from nhsind.statistics.given import paired
from nhsind.statistics.intervals import finite, multiplier


@dataclass(frozen=True)
class Slope:
    """The slope index with its interval, and the relative index: the line's last end by its first.

    `lower`, `upper`: missing where no intervals of the groups were given. `relative`: missing where
    the line passes nought, since there is no such ratio.
    """

    value: float
    lower: float
    upper: float
    relative: float
    level: float


def slope_index(
    values: ArrayLike,
    population: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    level: float = 0.95,
) -> Slope:
    """The slope index of groups in order, from the first of the social scale to the last.

    `values`, `population`: one number per group; Series are paired by their labels. `lower`,
    `upper`: the 95% limits of the values, from which their errors are taken. `level`: of the
    index's own interval. Raises NumberError for numbers of unlike length, Series of other labels,
    fewer than two groups, a missing or infinite number, limits that do not hold their value, or a
    population of 0.

    Examples
    --------
    >>> round(slope_index([78.1, 79.0, 80.2, 81.5], [10, 10, 10, 10]).value, 2)
    4.56
    """
    bounds = (lower, upper)
    if (lower is None) != (upper is None):
        raise NumberError("give both limits of each value, or neither")
    given = paired(values, population, *(each for each in bounds if each is not None))
    figures, people, *limits = (finite(each) for each in given)
    sure = multiplier(level)
    if figures.ndim != 1 or figures.shape != people.shape or figures.size < 2:
        raise NumberError("give one value and one population per group, of two groups or more")
    if np.isnan(figures).any() or not np.all(people > 0):
        raise NumberError("every group needs a value and a population above 0")
    share = people / people.sum()
    place = np.cumsum(share) - share / 2
    middle = float((share * place).sum())
    # What each group adds to the slope of the weighted line.
    pulls = share * (place - middle) / float((share * (place - middle) ** 2).sum())
    slope = float((pulls * figures).sum())
    start = float((share * figures).sum()) - slope * middle
    half = np.nan
    if limits:
        low, high = limits
        if low.shape != figures.shape or high.shape != figures.shape:
            raise NumberError("give the lower and the upper limit of each value")
        if not np.all((low <= figures) & (figures <= high)):
            raise NumberError("every value lies between its lower and its upper limit")
        errors = (high - low) / (2 * multiplier(0.95))
        half = float(sure * np.sqrt((pulls**2 * errors**2).sum()))
    relative = (start + slope) / start if start * (start + slope) > 0 else np.nan
    return Slope(slope, slope - half, slope + half, float(relative), level)
