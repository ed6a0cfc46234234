"""Which movements of a series are more than chance: the rules of control charts, one by one.

The tools in use differ, so a rule set has a name and every chart carries it: `mdc-sql-2.5` is NHS
England's SQL tool, `mdc-2023` has its two-sigma rule as changed in 2023, `ptd-0.2` is the R package
NHSRplotthedots. docs/spc.md shows them side by side.

In every array a row is a chart and a column a point, in order of time; missing is not a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Three sigma in mean moving ranges: 3 / d2, with Shewhart's d2 = 1.128 for ranges of two.
LIMIT_WIDTH = 2.66
# The upper limit of moving ranges in their mean: Shewhart's D4 for ranges of two.
MOVING_RANGE_LIMIT = 3.267
TWO_OF_THREE_SIGMA = 2 / 3
# How many points make a shift and a trend, ends included (SQL tool, step 2a).
SHIFT_POINTS = 7
TREND_POINTS = 7
# "Two of three": the window, and how many of its points must be far from the mean.
WINDOW_POINTS = 3
WINDOW_FAR_POINTS = 2
# Numbers nearer than this share of the largest value are equal: far more than rounding can do to a
# mean or a limit, far less than any real difference.
EQUAL_WITHIN = 1e-12
FLAGS = {  # in order of precedence, where a point has several
    "above_limits": "above the upper limit",
    "below_limits": "below the lower limit",
    "trend_up": "seven or more points rising",
    "trend_down": "seven or more points falling",
    "two_of_three_high": "two of three points far above the mean",
    "two_of_three_low": "two of three points far below the mean",
    "shift_high": "seven or more points above the mean",
    "shift_low": "seven or more points below the mean",
}

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]
Parts = list[tuple[int, int]]


@dataclass(frozen=True)
class RuleSet:
    """Where the tools in use differ; the defaults are those of NHS England's SQL tool."""

    name: str
    source: str
    # Outlying moving ranges: left out unless asked otherwise? Is one that is on the limit outlying?
    # Does the mean leave out the points at which they end?
    screens: bool = False
    screens_on_the_limit: bool = False
    screens_the_mean: bool = True
    trend_crosses_parts: bool = True
    outside_counts_as_far: bool = False


SQL_TOOL = RuleSet("mdc-sql-2.5", "NHS England Making Data Count, SQL tool 2.5")
SQL_TOOL_2023 = RuleSet(
    "mdc-2023", "NHS England Making Data Count, two-sigma rule of 2023", outside_counts_as_far=True
)
R_PACKAGE = RuleSet("ptd-0.2", "NHSRplotthedots 0.2", True, True, False, trend_crosses_parts=False)
RULES = {rule.name: rule for rule in (SQL_TOOL, SQL_TOOL_2023, R_PACKAGE)}


def above(values: Numbers, line: Numbers, near: Numbers) -> Truth:
    """Points strictly above a line; one that is on it is not."""
    return values - line > near


def shift(on_one_side: Truth) -> Truth:
    """Seven or more points in a row on one side of the mean."""
    return _covered(_windows(on_one_side, SHIFT_POINTS), SHIFT_POINTS, on_one_side.shape[1])


def trend(steps: Truth) -> Truth:
    """Seven or more points, ends included, from each to the next of which the series goes one way.

    A step belongs to the point it leads to, so the step to the very first point is none of theirs.
    """
    starts = _windows(steps[:, 1:], TREND_POINTS - 1)
    return _covered(starts, TREND_POINTS, steps.shape[1])


def two_of_three(far: Truth, on_one_side: Truth) -> Truth:
    """The far points among three in a row on one side of the mean, at least two of them far."""
    starts = _windows(far, WINDOW_POINTS, WINDOW_FAR_POINTS) & _windows(on_one_side, WINDOW_POINTS)
    return far & _covered(starts, WINDOW_POINTS, far.shape[1])


def outlying(ranges: Numbers, near: Numbers, rule: RuleSet) -> Truth:
    """Moving ranges beyond 3.267 times their mean; where nothing moves, none is."""
    average = mean_of(ranges)
    beyond = ranges - MOVING_RANGE_LIMIT * average
    return (beyond >= -near if rule.screens_on_the_limit else beyond > near) & (average > near)


def centre_and_width(
    values: Numbers, near: Numbers, rule: RuleSet, screens: bool
) -> tuple[Numbers, Numbers]:
    """The mean of a part, and how far from it the limits are: 2.66 mean moving ranges."""
    ranges = np.abs(np.diff(values, axis=1))
    if screens:
        left_out = outlying(ranges, near, rule)
        ranges = np.where(left_out, np.nan, ranges)
        if rule.screens_the_mean:
            # A range belongs to the point at which it ends; the first point of a part has none.
            values = np.concatenate(
                [values[:, :1], np.where(left_out, np.nan, values[:, 1:])], axis=1
            )
    return mean_of(values), LIMIT_WIDTH * mean_of(ranges)


def signals(
    values: Numbers, mean: Numbers, *, width: Numbers, parts: Parts, rule: RuleSet
) -> Truth:
    """Flags x charts x points: which rules the points meet, in the order of `FLAGS`."""
    near, before = nearness(values), np.roll(values, 1, axis=1)
    whole = [(0, values.shape[1])] if rule.trend_crosses_parts else parts
    found = {}
    # Downwards, the same rules hold for the series upside down.
    for high, v, m, b in ((True, values, mean, before), (False, -values, -mean, -before)):
        outside, far = above(v, m + width, near), above(v, m + TWO_OF_THREE_SIGMA * width, near)
        if not rule.outside_counts_as_far:
            far &= ~outside
        on_side = above(v, m, near)
        found["above_limits" if high else "below_limits"] = outside
        found["trend_up" if high else "trend_down"] = _by_part(trend, whole, above(v, b, near))
        name = "two_of_three_high" if high else "two_of_three_low"
        found[name] = _by_part(two_of_three, parts, far, on_side)
        found["shift_high" if high else "shift_low"] = _by_part(shift, parts, on_side)
    return np.stack([found[name] for name in FLAGS])


def nearness(values: Numbers) -> Numbers:
    """How near numbers of a chart are that count as equal, as a column."""
    largest = np.max(np.abs(np.nan_to_num(values)), axis=1, initial=0, keepdims=True)
    return np.asarray(EQUAL_WITHIN * largest)


def mean_of(values: Numbers) -> Numbers:
    """Mean of each row's known numbers, as a column; missing where there are none."""
    count = np.count_nonzero(~np.isnan(values), axis=1, keepdims=True)
    least = np.fmin.reduce(values, axis=1, keepdims=True, initial=np.nan)
    # Summed from the least number on, equal numbers have their own value as mean, to the last bit.
    return np.asarray(least + np.nansum(values - least, axis=1, keepdims=True) / count.clip(1))


def _windows(hits: Truth, size: int, least: int | None = None) -> Truth:
    """Where windows begin of whose `size` points all, or `least`, are hits."""
    if hits.shape[1] < size:
        return np.zeros((len(hits), 0), dtype=bool)
    counts = np.lib.stride_tricks.sliding_window_view(hits, size, axis=1).sum(axis=-1)
    return np.asarray(counts >= (least or size))


def _covered(starts: Truth, size: int, points: int) -> Truth:
    """The points of all windows that begin at `starts`."""
    covered = np.zeros((len(starts), points), dtype=bool)
    for step in range(size):
        covered[:, step : step + starts.shape[1]] |= starts
    return covered


def _by_part(rule: Callable[..., Truth], parts: Parts, *lines: Truth) -> Truth:
    return np.concatenate([rule(*(line[:, a:b] for line in lines)) for a, b in parts], axis=1)


def parts_between(starts: tuple[int, ...], points: int) -> Parts:
    """Where the parts of a chart begin and end, from where new ones start."""
    return list(zip((0, *starts), (*starts, points), strict=True))
