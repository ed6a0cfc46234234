"""The recent trend of a series, by the method of Fingertips."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhsind.derivation.standards import DIRECTIONS
from nhsind.statistics.intervals import numbers

# Fingertips, recent trends: five points, standard errors from 95% intervals with 2 x 1.96, and
# the chi-square quantile of 99.8% with one degree of freedom (CHIINV(0.002, 1); published with
# the method as ChiSquareConfidence = 9.54953570608324, and rounded to 9.5495 in its guidance).
TREND_POINTS = 5
TREND_WIDTH = 3.92
TREND_CHI_SQUARE = 9.54953570608324
NO_TREND, NO_TREND_POSSIBLE = "no significant change", "cannot be calculated"


@dataclass(frozen=True)
class Trend:
    """The recent trend of a series.

    `direction`: `increasing`, `decreasing`, `no significant change` or `cannot be calculated`.
    `judgement`: `getting better` or `getting worse` where the line has a better, else None.
    `slope`: of the weighted line, per period, and its `chi_square`; missing if not calculated.
    """

    direction: str
    judgement: str | None = None
    slope: float = nan
    chi_square: float = nan
    points: int = TREND_POINTS
    method: str = "Fingertips: weighted line through five points, chi-square test at 99.8%"


def recent_trend(
    values: ArrayLike, lower: ArrayLike, upper: ArrayLike, polarity: str = "neutral"
) -> Trend:
    """The recent trend of one series, oldest first, with its 95% intervals, by Fingertips' method.

    A line weighted by 1 / se², se = (upper - lower) / 3.92, through the last five points that
    have an interval; significant if its chi-square passes 9.5495 and its slope keeps its sign
    with each point left out. Points are taken as equally spaced and independent of one another:
    give no rolling or overlapping periods.
    """
    series, low, high = (np.atleast_2d(numbers(each)) for each in (values, lower, upper))
    return recent_trends(series, low, high, polarity)[0]


def recent_trends(
    values: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    polarity: str = "neutral",
) -> list[Trend]:
    """`recent_trend` of many series at once: one per row, one column per period."""
    if values.shape[1] < TREND_POINTS:
        return [Trend(NO_TREND_POSSIBLE)] * len(values)
    usable = ~np.isnan(values) & (upper - lower > 0)
    # A stable sort puts the points that can be used last, in their order.
    last = np.argsort(usable, axis=1, kind="stable")[:, -TREND_POINTS:]
    enough: NDArray[np.bool_] = np.all(np.take_along_axis(usable, last, axis=1), axis=1)
    points, low, high = (
        np.take_along_axis(each, last, axis=1)[enough] for each in (values, lower, upper)
    )
    slopes, chi_squares, is_steady = _weighted_lines(points, (high - low) / TREND_WIDTH)
    found = zip(slopes, chi_squares, is_steady, strict=True)
    return [
        _trend(*next(found), polarity) if each else Trend(NO_TREND_POSSIBLE)
        for each in enough.tolist()
    ]


def _weighted_lines(
    values: NDArray[np.float64], errors: NDArray[np.float64]
) -> tuple[list[float], list[float], list[bool]]:
    """Slope and chi-square of each row's line, and whether it survives each point's leaving."""
    time = np.arange(1.0, TREND_POINTS + 1)
    # First all points, then each left out.
    masks = np.vstack([np.ones(TREND_POINTS), 1 - np.eye(TREND_POINTS)])
    weights = masks / errors[:, None, :] ** 2
    # From the first point that is left in: equal values then make a slope of exactly 0.
    first = values[:, masks.argmax(axis=1)]
    total = weights.sum(axis=2)
    centred = time - ((weights * time).sum(axis=2) / total)[..., None]
    spread = (weights * centred**2).sum(axis=2)
    slopes = (weights * centred * (values[:, None, :] - first[..., None])).sum(axis=2) / spread
    keeps_sign = (np.sign(slopes) == np.sign(slopes[:, :1])).all(axis=1)
    chi_squares = slopes[:, 0] ** 2 * spread[:, 0]
    return slopes[:, 0].tolist(), chi_squares.tolist(), keeps_sign.tolist()


def _trend(slope: float, chi_square: float, keeps_sign: bool, polarity: str) -> Trend:
    if not (chi_square > TREND_CHI_SQUARE and keeps_sign):
        return Trend(NO_TREND, None, slope, chi_square)
    way = DIRECTIONS.get(polarity, 0) * (1 if slope > 0 else -1)
    judgement = {1: "getting better", -1: "getting worse", 0: None}[way]
    return Trend("increasing" if slope > 0 else "decreasing", judgement, slope, chi_square)
