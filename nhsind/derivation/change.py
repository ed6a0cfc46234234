"""The change between two figures, with its interval, whose method travels with it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isnan
from typing import Any

import numpy as np

from nhsind.derivation.standards import Number, value_of
from nhsind.statistics.intervals import newcombe, numbers, poisson_ratio, student_error, welch

NEWCOMBE = "Newcombe's interval of the difference of two proportions"
SHARE = "Wilson's interval of the share of the two counts' sum"
SHARE_BY_EXPOSURE = "Wilson's interval of the share of the two counts' sum, by denominator"
WELCH = "Welch's interval of the difference of two means"
METHODS = {"proportion": NEWCOMBE, "mean": WELCH, "count": SHARE}
# Lower and upper: two numbers, or two arrays.
Ends = tuple[Any, Any]


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


def change(
    kind: str,
    now: tuple[Number, Number | None],
    *,
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
        ends = change_interval(
            kind, counts, sizes=(sizes[0], sizes[1]), level=level, intervals=intervals
        )
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
    *,
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
        lower, upper = newcombe(counts[0], sizes[0], x2=counts[1], n2=sizes[1], level=level)
    elif kind == "mean":
        if intervals is None:
            nothing = np.full(np.shape(counts[0]), np.nan)
            return nothing, nothing
        errors = [student_error(*each, n, level) for each, n in zip(intervals, sizes, strict=True)]
        means = [numbers(total) / numbers(n) for total, n in zip(counts, sizes, strict=True)]
        lower, upper = welch(
            means[0],
            errors[0],
            n1=sizes[0],
            mean2=means[1],
            error2=errors[1],
            n2=sizes[1],
            level=level,
        )
    else:
        after, before = (1, 1) if kind == "count" else sizes
        lower, upper = poisson_ratio(
            counts[0], counts[1], exposure1=after, exposure2=before, level=level
        )
        return lower - 1, upper - 1
    return lower, upper
