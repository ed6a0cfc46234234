"""Control charts: which movements of a series are more than chance, by the rules of the NHS.

XmR charts (values and their moving ranges) and p-charts (proportions) by the rules of NHS
England's Making Data Count. The tools in use differ, so a rule set has a name and every chart
carries it: `mdc-sql-2.5` is NHS England's SQL tool, `mdc-2023` has its two-sigma rule as changed in
2023, `ptd-0.2` is the R package NHSRplotthedots. docs/spc.md shows them side by side.

In every array a row is a chart and a column a point, in order of time; missing is not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.errors import UsageError, unknown
from nhsind.statistics.given import labelled, paired, refuse_disorder

# Three sigma in mean moving ranges: 3 / d2, with Shewhart's d2 = 1.128 for ranges of two.
LIMIT_WIDTH = 2.66
# The upper limit of moving ranges in their mean: Shewhart's D4 for ranges of two.
MOVING_RANGE_LIMIT = 3.267
TWO_OF_THREE_SIGMA = 2 / 3
P_CHART_SIGMAS = 3
# How many points make a shift and a trend, ends included (SQL tool, step 2a).
SHIFT_POINTS = 7
TREND_POINTS = 7
# "Two of three": the window, and how many of its points must be far from the mean.
WINDOW_POINTS = 3
WINDOW_FAR_POINTS = 2
# What a chart needs for limits and icons, and a part for limits that last (SQL tool, step 2b).
MINIMUM_POINTS = 15
MINIMUM_POINTS_OF_A_PART = 12
# Numbers nearer than this share of the largest value are equal: far more than rounding can do to a
# mean or a limit, far less than any real difference.
EQUAL_WITHIN = 1e-12

POLARITIES = ("higher", "lower", "neutral")
CONFLICTS = ("improvement", "concern", "label")
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
HIGH = {"above_limits", "trend_up", "two_of_three_high", "shift_high"}
VARIATION = {
    "common_cause": "common cause variation: no significant change",
    "improvement": "special cause variation: improvement",
    "concern": "special cause variation: concern",
    "neutral": "special cause variation, where neither direction is better",
}
ASSURANCE = {
    "pass": "consistently meets the target",
    "fail": "consistently misses the target",
    "hit_or_miss": "hit or miss: the target lies between the limits",
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


@dataclass(frozen=True, eq=False)
class ControlChart:
    """One series with its limits, signals and verdicts.

    `target` has a number per point, missing where there is none. `recalculated_at`: the positions
    at which new parts begin. `exclude_outliers`: what was done; None for a p-chart, which has no
    moving ranges. `signals`: a row per flag of `FLAGS`, a column per point.
    """

    kind: str
    index: pd.Index[Any] = field(repr=False)
    value: Numbers = field(repr=False)
    mean: Numbers = field(repr=False)
    lower_limit: Numbers = field(repr=False)
    upper_limit: Numbers = field(repr=False)
    signals: Truth = field(repr=False)
    target: Numbers = field(repr=False)
    polarity: str
    rules: str
    conflict: str
    exclude_outliers: bool | None
    recalculated_at: tuple[int, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per point: value, mean, lower_limit, upper_limit, flag (empty: no signal)."""
        lines = {name: getattr(self, name) for name in ("value", "mean", "lower_limit")}
        lines |= {"upper_limit": self.upper_limit, "flag": np.array(self.labels, dtype=object)}
        return pd.DataFrame(lines, index=self.index)

    @cached_property
    def flags(self) -> tuple[tuple[str, ...], ...]:
        """All flags of each point, in order of precedence."""
        names = np.array(list(FLAGS))
        return tuple(tuple(names[point].tolist()) for point in self.signals.T)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The flag that names each point; where a trend turns, the one that begins there."""
        first = [names[0] if names else "" for names in self.flags]
        for point, names in enumerate(self.flags):
            if first[point] == "trend_up" and "trend_down" in names:
                falls = self.value[point + 1] < self.value[point]
                first[point] = "trend_down" if falls else "trend_up"
        return tuple(first)

    @cached_property
    def meanings(self) -> tuple[str, ...]:
        """What the signals of each point mean: improvement, concern, neutral, or empty."""
        return tuple(map(self._meaning, self.flags, self.labels))

    def _meaning(self, flags: tuple[str, ...], label: str) -> str:
        found = {_meaning(flag, self.polarity) for flag in flags}
        if len(found) > 1:
            return _meaning(label, self.polarity) if self.conflict == "label" else self.conflict
        return found.pop() if found else ""

    @property
    def known(self) -> NDArray[np.int_]:
        """Positions of the points that have a value."""
        return np.flatnonzero(~np.isnan(self.value))

    @cached_property
    def variation(self) -> str | None:
        """Of the last point with a value: a word of `VARIATION`; None where it has no limits."""
        if not self.known.size:
            return None
        last = self.known[-1]
        limited = not np.isnan(self.upper_limit[last])
        return self.meanings[last] or ("common_cause" if limited else None)

    @cached_property
    def assurance(self) -> str | None:
        """The last point's target against its limits: a word of `ASSURANCE`; None without them."""
        if not self.known.size or self.polarity == "neutral":
            return None
        lines = (self.target, self.lower_limit, self.upper_limit)
        target, lower, upper = (float(line[self.known[-1]]) for line in lines)
        if np.isnan(target + lower + upper):
            return None
        near = EQUAL_WITHIN * max(abs(target), float(np.abs(self.value[self.known]).max()))
        under, over = target <= lower + near, target >= upper - near
        met, missed = (under, over) if self.polarity == "higher" else (over, under)
        # Met is asked first: a constant 100% meets a target of 100%.
        return "pass" if met else "fail" if missed else "hit_or_miss"

    @property
    def setting(self) -> str:
        """How the chart was made, in words that belong under it."""
        words = [f"{self.kind} chart", f"rules {self.rules} ({RULES[self.rules].source})"]
        if self.exclude_outliers is not None:
            words += [f"outlying moving ranges {'left out' if self.exclude_outliers else 'kept'}"]
        direction = "neither direction" if self.polarity == "neutral" else self.polarity
        words += [f"{direction} is better"]
        if self.recalculated_at:
            starts = ", ".join(str(self.index[at]) for at in self.recalculated_at)
            words += [f"limits recalculated from {starts}"]
        return "; ".join(words)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the chart must be told."""
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if self.polarity == "neutral" and not np.isnan(self.target).all():
            yield "the target is not judged: neither direction is better"
        if self.known.size < MINIMUM_POINTS:
            needs = f"limits, signals and icons need {MINIMUM_POINTS}"
            yield f"points with a value: {self.known.size}; {needs}"
            return
        for start, end in _parts(self.recalculated_at, self.value.size):
            points = np.count_nonzero((self.known >= start) & (self.known < end))
            if points < MINIMUM_POINTS_OF_A_PART:
                span = f"from {self.index[start]} to {self.index[end - 1]}"
                few = f"fewer than {MINIMUM_POINTS_OF_A_PART}, so the limits are provisional"
                yield f"points with a value {span}: {points}; {few}"
        if len({_meaning(flag, self.polarity) for flag in self.flags[self.known[-1]]}) > 1:
            yield f"the last point is improvement and concern: shown as {self.variation}"


def spc(
    values: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    target: Any = None,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    exclude_outliers: bool | None = None,
    recalculate_at: Sequence[Any] = (),
    conflict: str = "improvement",
) -> ControlChart:
    """XmR chart of a series: mean ± 2.66 mean moving ranges, part by part, and its signals.

    `values`: a sequence, Series or dict in order of time; a period without a figure is a missing
    value in its place, and breaks moving ranges, runs and trends. `target`: a number, or one per
    point. `polarity`: which direction is better: `higher`, `lower` or `neutral`.
    `exclude_outliers`: leave out outlying moving ranges, once; None: as the rule set does.
    `recalculate_at`: index labels or positions of the first points of new parts. `conflict`: what a
    point is that is improvement by one rule and concern by another: `improvement`, `concern`, or
    `label`: as its first flag says.

    Raises UsageError for an unknown word, a value that is no finite number, a recalculation that is
    no point of the series, labels of time that repeat, run backwards or leave a step out.
    Sources: Making Data Count, SQL tool 2.5; NHSRplotthedots 0.2.
    """
    values = labelled(values)
    index = values.index if isinstance(values, pd.Series) else None
    row = pd.DataFrame(_numbers(values, 1)[np.newaxis], columns=index)
    return spc_many(row, target, polarity, rules, exclude_outliers, recalculate_at, conflict)[0]


def spc_many(
    matrix: pd.DataFrame,
    target: Any = None,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    exclude_outliers: bool | None = None,
    recalculate_at: Sequence[Any] = (),
    conflict: str = "improvement",
) -> dict[Hashable, ControlChart]:
    """The XmR charts of many series at once: `spc` of each row, by the row's label.

    `matrix`: organisations x periods. `target`: a number, one per period, or one per organisation
    and period. Other arguments and errors as `spc`.
    """
    rule = _checked(polarity, rules, conflict)
    refuse_disorder(matrix.columns)
    screens = rule.screens if exclude_outliers is None else bool(exclude_outliers)
    values, starts = _numbers(matrix, 2), _starts(recalculate_at, matrix.columns)
    if not matrix.index.is_unique:
        raise UsageError("two series have the same label")
    mean, width = np.full_like(values, np.nan), np.full_like(values, np.nan)
    for start, end in _parts(starts, values.shape[1]):
        part = np.s_[:, start:end]
        mean[part], width[part] = centre_and_width(values[part], _near(values), rule, screens)
    lines = values, mean, mean - width, mean + width, width
    settings = (polarity, rules, conflict, screens, starts)
    charts = _charts("XmR", matrix.columns, lines, target, settings)
    return dict(zip(matrix.index, charts, strict=True))


def p_chart(
    numerators: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    denominators: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    target: Any = None,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    recalculate_at: Sequence[Any] = (),
    conflict: str = "improvement",
) -> ControlChart:
    """p-chart of a proportion: p ± 3 sqrt(p (1 - p) / n) within 0 to 1, and its signals.

    p is the sum of the part's numerators over that of its denominators. A point is missing, and has
    no limits, where either number is missing or the denominator is 0. Values, limits and `target`
    are proportions (0.95, not 95). Other arguments and errors as `spc`; UsageError also for series
    of unequal length or index and for a numerator below 0 or above its denominator.
    """
    _checked(polarity, rules, conflict)
    numerators, denominators = paired(numerators, denominators)
    x, n = _numbers(numerators, 1), _numbers(denominators, 1)
    index = numerators.index if isinstance(numerators, pd.Series) else pd.RangeIndex(x.size)
    _match(denominators, index, "denominators")
    refuse_disorder(index)
    if np.any(x < 0) or np.any(n < 0) or np.any(x > n):
        raise UsageError("a proportion needs 0 <= numerator <= denominator")
    starts = _starts(recalculate_at, index)
    missing = np.isnan(x + n) | (n == 0)
    x, n = (np.where(missing, np.nan, line)[np.newaxis] for line in (x, n))
    mean = np.full_like(x, np.nan)
    for start, end in _parts(starts, x.size):
        mean[:, start:end] = _mean(x[:, start:end]) / _mean(n[:, start:end])
    width = P_CHART_SIGMAS * np.sqrt(mean * (1 - mean) / n)
    lines = x / n, mean, np.maximum(mean - width, 0), np.minimum(mean + width, 1), width
    return _charts("p", index, lines, target, (polarity, rules, conflict, None, starts))[0]


# The rules, one by one ----------------------------------------------------------------------------


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
    average = _mean(ranges)
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
    return _mean(values), LIMIT_WIDTH * _mean(ranges)


def signals(values: Numbers, mean: Numbers, width: Numbers, parts: Parts, rule: RuleSet) -> Truth:
    """Flags x charts x points: which rules the points meet, in the order of `FLAGS`."""
    near, before = _near(values), np.roll(values, 1, axis=1)
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


# How charts are put together ----------------------------------------------------------------------


def _charts(
    kind: str,
    index: pd.Index[Any],
    lines: tuple[Numbers, ...],
    target: Any,
    settings: tuple[str, str, str, bool | None, tuple[int, ...]],
) -> list[ControlChart]:
    values, mean, lower, upper, width = lines
    goal = _targets(target, index, values.shape)
    parts = _parts(settings[-1], len(index))
    found = signals(values, mean, width, parts, RULES[settings[1]])
    few = np.count_nonzero(~np.isnan(values), axis=1) < MINIMUM_POINTS
    found[:, few], lower[few], upper[few] = False, np.nan, np.nan
    rows = zip(values, mean, lower, upper, found.swapaxes(0, 1), goal, strict=True)
    return [ControlChart(kind, index, v, m, a, b, f, g, *settings) for v, m, a, b, f, g in rows]


def _meaning(flag: str, polarity: str) -> str:
    if polarity == "neutral":
        return "neutral"
    return "improvement" if (flag in HIGH) == (polarity == "higher") else "concern"


def _near(values: Numbers) -> Numbers:
    """How near numbers of a chart are that count as equal, as a column."""
    largest = np.max(np.abs(np.nan_to_num(values)), axis=1, initial=0, keepdims=True)
    return np.asarray(EQUAL_WITHIN * largest)


def _mean(values: Numbers) -> Numbers:
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


def _parts(starts: tuple[int, ...], points: int) -> Parts:
    return list(zip((0, *starts), (*starts, points), strict=True))


# What is given ------------------------------------------------------------------------------------


def _checked(polarity: str, rules: str, conflict: str) -> RuleSet:
    named = (("polarity", polarity, POLARITIES), ("rule set", rules, tuple(RULES)))
    for kind, word, allowed in (*named, ("rule for conflicts", conflict, CONFLICTS)):
        if not isinstance(word, str) or word not in allowed:
            raise unknown(kind, str(word), allowed)
    return RULES[rules]


def _numbers(given: Any, dimensions: int) -> Numbers:
    given = labelled(given)
    try:
        array = np.asarray(given if hasattr(given, "__array__") else list(given))
    except (TypeError, ValueError):
        raise UsageError("a sequence of numbers is needed") from None
    if array.ndim != dimensions:
        raise UsageError(f"values in {dimensions} dimension(s) are needed, not in {array.ndim}")
    if array.dtype.kind not in "iuf":
        array = np.array([_number(item) for item in array.ravel()]).reshape(array.shape)
    if np.isinf(array).any():
        raise UsageError("an infinite number cannot be charted")
    return array.astype(float)


def _number(item: Any) -> float:
    if item is None or item is pd.NA or item is pd.NaT:
        return np.nan
    if isinstance(item, bool | np.timedelta64) or not isinstance(item, Real | Decimal):
        raise UsageError(f'"{item}" is not a number')
    try:
        return float(item)
    except OverflowError:
        return np.inf


def _match(given: Any, index: pd.Index[Any], what: str) -> None:
    if len(given) != len(index):
        raise UsageError(f"{len(given)} {what} do not fit {len(index)} points")
    if isinstance(given, pd.Series) and not given.index.equals(index):
        raise UsageError(f"the index of the {what} is not that of the values")


def _targets(target: Any, index: pd.Index[Any], shape: tuple[int, ...]) -> Numbers:
    """The target of every point: one number, one per point, or one per series and point."""
    is_one = isinstance(target, str) or not np.iterable(target)
    target = [target] if is_one else labelled(target)
    lines = _numbers(target, getattr(target, "ndim", 1))
    if lines.ndim == 1 and lines.size > 1:
        _match(target if isinstance(target, pd.Series) else lines, index, "targets")
    if lines.shape not in ((1,), shape[-1:], shape):
        raise UsageError(f"{lines.size} targets do not fit {shape[-1]} points")
    return np.array(np.broadcast_to(lines, shape))


def _starts(recalculate_at: Sequence[Any], index: pd.Index[Any]) -> tuple[int, ...]:
    """Positions of the first points of new parts; with the very first, none begins."""
    single = isinstance(recalculate_at, str) or not np.iterable(recalculate_at)
    points = [recalculate_at] if single else recalculate_at
    return tuple(sorted({_position(point, index) for point in points} - {0}))


def _position(point: Any, index: pd.Index[Any]) -> int:
    place: Any
    try:
        place = index.get_loc(point)
    except (KeyError, TypeError, ValueError, pd.errors.InvalidIndexError):
        # In an index of numbers, a number that is no label is a mistake and no position.
        place = None if index.dtype.kind in "iuf" else point
    if isinstance(place, slice) and place.stop - place.start == 1:
        place = place.start
    known = isinstance(place, int | np.integer) and not isinstance(point, bool | np.bool_)
    if not known or not 0 <= place < len(index):
        raise UsageError(
            f'limits cannot be recalculated at "{point}": it is no point of the series'
        )
    return int(place)
