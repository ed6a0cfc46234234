"""The judged number: against standard, plan, benchmark and its own past. Pure functions.

Standards and plans are tested by exact arithmetic; chance is judged by intervals, whose method
travels with the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor, isnan, nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhsind.definitions.definition import Indicator, Standard
from nhsind.statistics.intervals import newcombe, numbers, poisson_ratio, student_error, welch

Number = int | Decimal | Fraction

COMPARISONS = {
    ">=": Fraction.__ge__,
    ">": Fraction.__gt__,
    "<=": Fraction.__le__,
    "<": Fraction.__lt__,
}
# Which way is better; lines of other polarities (neutral, activity, monitor) have no better.
DIRECTIONS = {"higher": 1, "lower": -1, "lower growth": -1}

# Fingertips, recent trends: five points, standard errors from 95% intervals with 2 x 1.96, and
# the chi-square quantile of 99.8% with one degree of freedom (CHIINV(0.002, 1); published with
# the method as ChiSquareConfidence = 9.54953570608324, and rounded to 9.5495 in its guidance).
TREND_POINTS = 5
TREND_WIDTH = 3.92
TREND_CHI_SQUARE = 9.54953570608324
NO_TREND, NO_TREND_POSSIBLE = "no significant change", "cannot be calculated"

NEWCOMBE = "Newcombe's interval of the difference of two proportions"
SHARE = "Wilson's interval of the share of the two counts' sum"
SHARE_BY_EXPOSURE = "Wilson's interval of the share of the two counts' sum, by denominator"
WELCH = "Welch's interval of the difference of two means"
METHODS = {"proportion": NEWCOMBE, "mean": WELCH, "count": SHARE}
# Lower and upper: two numbers, or two arrays.
Ends = tuple[Any, Any]


@dataclass(frozen=True)
class Verdict:
    """A value against one standard."""

    standard: Standard
    meets: bool
    gap: Fraction
    units_short: int

    @property
    def words(self) -> str:
        """`standard met` or `standard not met`."""
        return "standard met" if self.meets else "standard not met"


@dataclass(frozen=True)
class Change:
    """A value against an earlier one.

    `difference`: in the value's unit, exact. `relative`: the share of the earlier value by which
    it changed (0.5 is half as much again), or None where that was 0. `lower`, `upper`: interval
    of the difference, or of the relative change if `is_relative`. `method`, `level`: of it.
    """

    difference: Fraction
    relative: Fraction | None
    lower: float
    upper: float
    is_relative: bool
    method: str
    level: float

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval leaves out no change."""
        return self.lower > 0 or self.upper < 0


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


def value_of(numerator: Number, denominator: Number | None, per: Number = 1) -> Fraction:
    """The exact value: numerator / denominator times `per`; of a count, the numerator."""
    if denominator is None:
        return Fraction(numerator)
    return Fraction(numerator) * Fraction(per) / Fraction(denominator)


def meets(
    numerator: Number, denominator: Number | None, standard: Standard, per: Number = 1
) -> bool:
    """Whether a value meets the standard, exactly; equality decides by the operator.

    `denominator` None: a count. `per`: what a rate's value is multiplied by.
    """
    value = value_of(numerator, denominator, per)
    return bool(COMPARISONS[standard.operator](value, standard.exact))


def judge(
    numerator: Number, denominator: Number | None, standard: Standard, per: Number = 1
) -> Verdict:
    """The verdict with its gap: value minus standard, and how many units too few (or too many).

    `units_short` is how many more whole units in the numerator (fewer, for a lower-is-better
    line) would have met the standard with the same denominator; 0 if it is met.
    """
    value, limit = value_of(numerator, denominator, per), standard.exact
    passed = meets(numerator, denominator, standard, per)
    needed = limit if denominator is None else limit * Fraction(denominator) / Fraction(per)
    missing = needed - Fraction(numerator)
    short = 0
    if not passed:
        short = {
            ">=": ceil(missing),
            ">": floor(missing) + 1,
            "<=": ceil(-missing),
            "<": floor(-missing) + 1,
        }[standard.operator]
    return Verdict(standard, passed, value - limit, short)


def meets_plan(indicator: Indicator, value: float, plan: float) -> bool | None:
    """Whether a value meets the organisation's own plan; None for lines without a direction."""
    if indicator.polarity == "higher":
        return value >= plan
    if indicator.polarity in ("lower", "lower growth"):
        return value <= plan
    return None


def plan_gap(value: Fraction, plan: float) -> Fraction:
    """Value minus plan, exactly: the plan is the decimal number that was written down."""
    return value - Fraction(str(plan))


def plans_met(verdicts: Iterable[bool | None]) -> tuple[int, int]:
    """How many periods met their plan, of how many that had a verdict."""
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known), len(known)


def compare(
    lower: float, upper: float, benchmark: float, polarity: str, itself: bool = False
) -> str | None:
    """An organisation's interval against a benchmark's value.

    `better` or `worse` if the whole interval lies strictly beyond it and the line has a better,
    `higher` or `lower` if it has none, else `similar`. None where a number is missing, or for the
    benchmark `itself`.
    """
    if itself or any(map(isnan, (lower, upper, benchmark))):
        return None
    side = (lower > benchmark) - (upper < benchmark)
    if not side:
        return "similar"
    direction = DIRECTIONS.get(polarity, 0)
    if not direction:
        return "higher" if side > 0 else "lower"
    return "better" if side == direction else "worse"


def change(
    kind: str,
    now: tuple[Number, Number | None],
    before: tuple[Number, Number | None],
    per: Number = 1,
    level: float = 0.95,
    intervals: tuple[Ends, Ends] | None = None,
    ends: tuple[float, float] | None = None,
) -> Change | None:
    """The change between two figures of a line, with its interval.

    `now`, `before`: numerator and denominator. `intervals`: of means, the Student t intervals of
    both at `level`. `ends`: the interval of the change, where `change_interval` has already been
    asked for many. None where there is no interval: no cases, both counts 0, means without
    intervals or of fewer than two values.
    """
    if 0 in (now[1], before[1]):
        return None
    if ends is None:
        counts = float(now[0]), float(before[0])
        sizes = [None if each is None else float(each) for each in (now[1], before[1])]
        ends = change_interval(kind, counts, (sizes[0], sizes[1]), level, intervals)
    if isnan(ends[0]) or isnan(ends[1]):
        return None
    later, earlier = value_of(*now, per), value_of(*before, per)
    return Change(
        difference=later - earlier,
        relative=(later - earlier) / earlier if earlier else None,
        lower=float(ends[0]),
        upper=float(ends[1]),
        is_relative=kind not in ("proportion", "mean"),
        method=METHODS.get(kind, SHARE_BY_EXPOSURE),
        level=level,
    )


def change_interval(
    kind: str,
    counts: tuple[Any, Any],
    sizes: tuple[Any, Any],
    level: float = 0.95,
    intervals: tuple[Ends, Ends] | None = None,
) -> Ends:
    """The interval of a change, for numbers or arrays: of now and before.

    Proportions are compared by Newcombe's method (a difference), counts and rates by Wilson's
    interval of the first count's share of the sum (a relative change: 0.5 is half as much again;
    rates and ratios by their denominators `sizes`), means by Welch's (a difference), for
    which `intervals` holds the Student t intervals of both. Missing where it has none.
    """
    if kind == "proportion":
        lower, upper = newcombe(counts[0], sizes[0], counts[1], sizes[1], level)
    elif kind == "mean":
        if intervals is None:
            nothing = np.full(np.shape(counts[0]), np.nan)
            return nothing, nothing
        errors = [student_error(*each, n, level) for each, n in zip(intervals, sizes, strict=True)]
        means = [numbers(total) / numbers(n) for total, n in zip(counts, sizes, strict=True)]
        lower, upper = welch(means[0], errors[0], sizes[0], means[1], errors[1], sizes[1], level)
    else:
        after, before = (1, 1) if kind == "count" else sizes
        lower, upper = poisson_ratio(counts[0], counts[1], after, before, level)
        return lower - 1, upper - 1
    return lower, upper


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


def half_up(value: Fraction, places: int) -> Decimal:
    """An exact ratio rounded half up (away from zero) to `places` decimal places."""
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    shown = Decimal(whole).scaleb(-places)
    quantum = Decimal(1).scaleb(-places)
    return (-shown if value < 0 and whole else shown).quantize(quantum, ROUND_HALF_UP)


def percentage(numerator: Number, denominator: Number, places: int = 1) -> str:
    """`93.1%`, rounded half up from the exact ratio."""
    return f"{half_up(value_of(numerator, denominator, 100), places)}%"
