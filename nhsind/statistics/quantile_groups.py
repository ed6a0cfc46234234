"""Organisations put into groups of equal number by their values, as Fingertips has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhsind.errors import NumberError
from nhsind.statistics.intervals import numbers

Array = NDArray[np.float64]


def quantiles(values: ArrayLike, groups: int, inverted: bool = False) -> Array | None:
    """The group of each value, from 1 (lowest; highest if `inverted`), as `phe_quantile` does.

    q = floor((Q + 1) - ceil((n + 1 - rank) / (n / Q))); ties share the lowest rank; missing values
    have none and do not count. Returns None with fewer values than groups; raises NumberError for
    fewer than two groups. Computed in whole numbers, so that it is the formula's own answer: there
    is no 0 to become 1, and R's division is off in a few cases of 14, 18 or 20 groups.
    """
    if groups < 2:
        raise NumberError(f"values are put into two groups or more, not {groups}")
    given = numbers(values).ravel()
    known = ~np.isnan(given)
    ordered = -given[known] if inverted else given[known]
    size = ordered.size
    if size < groups:
        return None
    ranks = np.searchsorted(np.sort(ordered), ordered, side="left") + 1
    # A ceiling in whole numbers: -(-a // b).
    result = np.full(given.size, np.nan)
    result[known] = groups + 1 + (-(size + 1 - ranks) * groups) // size
    return result
