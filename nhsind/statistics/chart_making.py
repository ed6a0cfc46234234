"""What all kinds of control charts are made with: what is asked, numbers, targets, signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import UsageError, unknown
from nhsind.statistics.basis import Baseline, Basis, Points, basis_of
from nhsind.statistics.control_chart import CONFLICTS, MINIMUM_POINTS, POLARITIES, ControlChart
from nhsind.statistics.given import labelled
from nhsind.statistics.signals import FLAGS, RULES, Numbers, RuleSet, parts_between, signals

# Without a lower limit and lines at two sigma these signals cannot be.
NOT_ONE_SIDED = ("below_limits", "two_of_three_high", "two_of_three_low")

# Sums and differences of greater numbers have no end in floating point.
GREATEST = 1e300


@dataclass(frozen=True)
class Asked:
    """What is asked of a chart of any kind; `spc` says what each is.

    Raises UsageError for an unknown word.
    """

    target: Any = None
    polarity: str = "higher"
    rules: str = "mdc-sql-2.5"
    exclude_outliers: bool | None = None
    recalculate_at: Points = ()
    baseline: Baseline = None
    ghost: Points = ()
    conflict: str = "improvement"

    def __post_init__(self) -> None:
        words = (("polarity", self.polarity, POLARITIES), ("rule set", self.rules, tuple(RULES)))
        for kind, word, allowed in (*words, ("rule for conflicts", self.conflict, CONFLICTS)):
            if not isinstance(word, str) or word not in allowed:
                raise unknown(kind, str(word), allowed)

    @property
    def rule(self) -> RuleSet:
        """The rule set."""
        return RULES[self.rules]

    def basis(self, index: pd.Index[Any]) -> Basis:
        """What limits are made from, by position in an index."""
        return basis_of(self.recalculate_at, self.baseline, self.ghost, index)


@dataclass(frozen=True)
class Lines:
    """Values, centres and limits of charts: in every array a row is a chart.

    `width`: from the centre to a limit, on the scale on which signals are sought. `scaled`: values
    and centre on that scale, where it is another; `one_sided`: there is an upper limit alone.
    """

    given: Numbers
    value: Numbers
    centre: Numbers
    lower: Numbers
    upper: Numbers
    width: Numbers
    scaled: tuple[Numbers, Numbers] | None = None
    one_sided: bool = False
    screens: bool | None = None


def charts_of(
    index: pd.Index[Any],
    lines: Lines,
    *,
    kind: str,
    why: Sequence[str] = (),
    asked: Asked,
    basis: Basis,
) -> list[ControlChart]:
    """The charts of some lines, with their signals; none of either for fewer than 15 points.

    `why`: for what reason each chart is of its kind; empty where it goes without saying.
    """
    goal = targets(asked.target, index, lines.value.shape)
    values, centre = lines.scaled or (lines.value, lines.centre)
    parts = parts_between(tuple(basis.recalculated), len(index))
    found = signals(values, centre, width=lines.width, parts=parts, rule=asked.rule)
    if lines.one_sided:
        found[[list(FLAGS).index(flag) for flag in NOT_ONE_SIDED]] = False
    few = np.count_nonzero(~np.isnan(lines.value), axis=1) < MINIMUM_POINTS
    lower, upper = (
        np.where(few[:, np.newaxis], np.nan, each) for each in (lines.lower, lines.upper)
    )
    found[:, few] = False
    reasons = why or [""] * len(values)
    rows = zip(lines.given, lines.value, lines.centre, lower, upper, strict=True)
    return [
        ControlChart(
            kind,
            index,
            value=value,
            mean=middle,
            lower_limit=low,
            upper_limit=high,
            signals=flags,
            target=aim,
            polarity=asked.polarity,
            rules=asked.rules,
            conflict=asked.conflict,
            exclude_outliers=lines.screens,
            basis=basis,
            given=row,
            why=reason,
        )
        for (row, value, middle, low, high), flags, aim, reason in zip(
            rows, found.swapaxes(0, 1), goal, reasons, strict=True
        )
    ]


def numbers_of(given: Any, dimensions: int) -> Numbers:
    """Numbers as an array, missing as nan; UsageError for what is no number, or infinite."""
    given = labelled(given)
    try:
        array = np.asarray(given if hasattr(given, "__array__") else list(given))
    except (TypeError, ValueError):
        raise UsageError("a sequence of numbers is needed") from None
    if array.ndim != dimensions:
        raise UsageError(f"values in {dimensions} dimension(s) are needed, not in {array.ndim}")
    if array.dtype.kind not in "iuf":
        array = np.array([_number(item) for item in array.ravel()]).reshape(array.shape)
    found = array.astype(float)
    if np.any(np.abs(found) > GREATEST):
        raise UsageError("an infinite number cannot be charted")
    return found


def _number(item: Any) -> float:
    if item is None or item is pd.NA or item is pd.NaT:
        return np.nan
    if isinstance(item, bool | np.timedelta64) or not isinstance(item, Real | Decimal):
        raise UsageError(f'"{item}" is not a number')
    try:
        return float(item)
    except OverflowError:
        return np.inf


def match(given: Any, index: pd.Index[Any], what: str) -> None:
    """Raise UsageError for numbers that are not one for each point."""
    if len(given) != len(index):
        raise UsageError(f"{len(given)} {what} do not fit {len(index)} points")
    if isinstance(given, pd.Series) and not given.index.equals(index):
        raise UsageError(f"the index of the {what} is not that of the values")


def targets(target: Any, index: pd.Index[Any], shape: tuple[int, ...]) -> Numbers:
    """The target of every point: one number, one per point, or one per series and point."""
    is_one = isinstance(target, str) or not np.iterable(target)
    target = [target] if is_one else labelled(target)
    lines = numbers_of(target, getattr(target, "ndim", 1))
    if lines.ndim == 1 and (lines.size > 1 or isinstance(target, pd.Series)):
        match(target if isinstance(target, pd.Series) else lines, index, "targets")
    if lines.shape not in ((1,), shape[-1:], shape):
        raise UsageError(f"{lines.size} targets do not fit {shape[-1]} points")
    return np.array(np.broadcast_to(lines, shape))
