"""Control charts of proportions and rates by their denominators: p, u, and Laney's p' and u'.

A p- or u-chart has limits as wide as counting alone makes them. With large denominators that is
next to nothing, and nearly every point lies outside; Laney's charts are as much wider as the points
differ more than counting explains, from one to the next.
"""

from __future__ import annotations

import numpy as np

from nhsind.errors import UsageError
from nhsind.statistics.basis import Basis
from nhsind.statistics.chart_making import Lines
from nhsind.statistics.signals import MOVING_RANGE_LIMIT, Numbers, mean_of

SIGMAS = 3
# The mean range of two draws from a normal distribution, in its sigma.
D2 = 1.128
PROPORTIONS, RATES = ("p", "p'"), ("u", "u'")


def attribute_lines(
    numerators: Numbers,
    denominators: Numbers,
    *,
    kind: str,
    basis: Basis,
    per: float = 1,
    screens: bool | None = None,
) -> Lines:
    """Values and limits of charts; a row of each array is a chart.

    The centre is the sum of a part's numerators over that of its denominators, a limit three sigma
    from it: of a proportion sqrt(p (1 - p) / n), of a rate sqrt(u / n), by Laney times the mean
    moving range of the points' distances from the centre in sigma, over 1.128. `per`: what a rate
    is for. `screens`: leave out outlying moving ranges of Laney's charts, once. A point is missing,
    and has no limits, where either number is missing or the denominator is 0.

    Raises UsageError for a number below 0 and a numerator of a proportion above its denominator.
    Source: D. B. Laney, Quality Engineering 14(4), 2002.
    """
    is_proportion = kind in PROPORTIONS
    x, n = numerators, denominators
    if np.any(x < 0) or np.any(n < 0) or (is_proportion and np.any(x > n)):
        allowed = "0 <= numerator <= denominator" if is_proportion else "numbers of 0 or more"
        raise UsageError(f"a {'proportion' if is_proportion else 'rate'} needs {allowed}")
    missing = np.isnan(x + n) | (n == 0)
    x, n = (np.where(missing, np.nan, line) for line in (x, n))
    given, sizes = x / n, n
    x, n = basis.without_ghosts(x), basis.without_ghosts(n)
    centre, sigma = np.full_like(x, np.nan), np.full_like(x, np.nan)
    for start, end, held in basis.parts(x.shape[1]):
        part, basis_of_part = np.s_[:, start:end], np.s_[:, start:held]
        centre[part] = mean_of(x[basis_of_part]) / mean_of(n[basis_of_part])
        counting = centre[part] * (1 - centre[part]) if is_proportion else centre[part]
        sigma[part] = np.sqrt(counting / sizes[part])
        if kind.endswith("'"):
            sigma[part] *= _sigma_z((x / n - centre)[basis_of_part], sigma[basis_of_part], screens)
    width = SIGMAS * sigma
    highest = 1.0 if is_proportion else np.inf
    lower, upper = np.maximum(centre - width, 0), np.minimum(centre + width, highest)
    return Lines(
        per * given,
        per * x / n,
        per * centre,
        per * lower,
        per * upper,
        per * width,
        screens=bool(screens) if kind.endswith("'") else None,
    )


def _sigma_z(distances: Numbers, sigma: Numbers, screens: bool | None) -> Numbers:
    """How many times wider than counting alone the points move from one to the next."""
    # Where all are nought or all of them, nothing moves.
    z = np.where(
        sigma > 0, distances / np.where(sigma > 0, sigma, 1), np.where(sigma == 0, 0, np.nan)
    )
    ranges = np.abs(np.diff(z, axis=1))
    if screens:
        ranges = np.where(ranges > MOVING_RANGE_LIMIT * mean_of(ranges), np.nan, ranges)
    return mean_of(ranges) / D2
