"""Control charts of series as they are given: XmR charts and p-charts.

XmR charts (values and their moving ranges) and p-charts (proportions) by the rules of NHS England's
Making Data Count, named in `signals`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.errors import UsageError, unknown
from nhsind.statistics.basis import Baseline, Basis, Points, basis_of
from nhsind.statistics.control_chart import CONFLICTS, MINIMUM_POINTS, POLARITIES, ControlChart
from nhsind.statistics.given import labelled, paired, refuse_disorder
from nhsind.statistics.signals import (
    RULES,
    Numbers,
    RuleSet,
    centre_and_width,
    mean_of,
    nearness,
    parts_between,
    signals,
)

P_CHART_SIGMAS = 3


def spc(
    values: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    target: Any = None,
    *,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    exclude_outliers: bool | None = None,
    recalculate_at: Points = (),
    baseline: Baseline = None,
    ghost: Points = (),
    conflict: str = "improvement",
) -> ControlChart:
    """XmR chart of a series: mean ± 2.66 mean moving ranges, part by part, and its signals.

    `values`: a sequence, Series or dict in order of time; a period without a figure is a missing
    value in its place, and breaks moving ranges, runs and trends. `target`: a number, or one per
    point. `polarity`: which direction is better: `higher`, `lower` or `neutral`.
    `exclude_outliers`: leave out outlying moving ranges, once; None: as the rule set does.
    `recalculate_at`: index labels or positions of the first points of new parts, or a mapping of
    them to the reasons. `baseline`: how many first points the limits of the first part are made
    from and held at, or a mapping of that to the reason. `ghost`: points that are shown and left
    out of everything else, as if they were missing, or a mapping of them to the reasons.
    `conflict`: what a point is that is improvement by one rule and concern by another:
    `improvement`, `concern`, or `label`: as its first flag says.

    Raises UsageError for an unknown word, a value that is no finite number, a recalculation or
    ghost that is no point of the series, a baseline of fewer than two points or more than there
    are, labels that repeat, times that run backwards or leave a step out.
    Sources: Making Data Count, SQL tool 2.5; NHSRplotthedots 0.2.
    """
    values = labelled(values)
    index = values.index if isinstance(values, pd.Series) else None
    row = pd.DataFrame(_numbers(values, 1)[np.newaxis], columns=index)
    return spc_many(
        row,
        target,
        polarity=polarity,
        rules=rules,
        exclude_outliers=exclude_outliers,
        recalculate_at=recalculate_at,
        baseline=baseline,
        ghost=ghost,
        conflict=conflict,
    )[0]


def spc_many(
    matrix: pd.DataFrame,
    target: Any = None,
    *,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    exclude_outliers: bool | None = None,
    recalculate_at: Points = (),
    baseline: Baseline = None,
    ghost: Points = (),
    conflict: str = "improvement",
) -> dict[Hashable, ControlChart]:
    """The XmR charts of many series at once: `spc` of each row, by the row's label.

    `matrix`: organisations x periods. `target`: a number, one per period, or one per organisation
    and period. Other arguments and errors as `spc`; a ghosted point is one of every chart.
    """
    rule = _checked(polarity, rules, conflict)
    refuse_disorder(matrix.columns)
    screens = rule.screens if exclude_outliers is None else bool(exclude_outliers)
    given = _numbers(matrix, 2)
    basis = basis_of(recalculate_at, baseline, ghost, matrix.columns)
    if not matrix.index.is_unique:
        raise UsageError("two series have the same label")
    values = basis.without_ghosts(given)
    mean, width = np.full_like(values, np.nan), np.full_like(values, np.nan)
    for start, end, held in basis.parts(values.shape[1]):
        part = np.s_[:, start:end]
        mean[part], width[part] = centre_and_width(
            values[:, start:held], nearness(values), rule, screens
        )
    lines = values, mean, mean - width, mean + width, width
    settings = _Settings("XmR", polarity, rules, conflict, screens)
    charts = _charts(matrix.columns, given, lines, target=target, settings=settings, basis=basis)
    return dict(zip(matrix.index, charts, strict=True))


def p_chart(
    numerators: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    denominators: Sequence[Any] | pd.Series[Any] | NDArray[Any],
    *,
    target: Any = None,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    recalculate_at: Points = (),
    baseline: Baseline = None,
    ghost: Points = (),
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
    basis = basis_of(recalculate_at, baseline, ghost, index)
    missing = np.isnan(x + n) | (n == 0)
    x, n = (np.where(missing, np.nan, line)[np.newaxis] for line in (x, n))
    given, sizes = x / n, n
    x, n = basis.without_ghosts(x), basis.without_ghosts(n)
    mean = np.full_like(x, np.nan)
    for start, end, held in basis.parts(x.size):
        mean[:, start:end] = mean_of(x[:, start:held]) / mean_of(n[:, start:held])
    width = P_CHART_SIGMAS * np.sqrt(mean * (1 - mean) / sizes)
    lines = x / n, mean, np.maximum(mean - width, 0), np.minimum(mean + width, 1), width
    settings = _Settings("p", polarity, rules, conflict, None)
    return _charts(index, given, lines, target=target, settings=settings, basis=basis)[0]


@dataclass(frozen=True)
class _Settings:
    """What is the same for every chart that is made at once."""

    kind: str
    polarity: str
    rules: str
    conflict: str
    screens: bool | None


def _charts(
    index: pd.Index[Any],
    given: Numbers,
    lines: tuple[Numbers, ...],
    *,
    target: Any,
    settings: _Settings,
    basis: Basis,
) -> list[ControlChart]:
    values, mean, lower, upper, width = lines
    goal = _targets(target, index, values.shape)
    parts = parts_between(tuple(basis.recalculated), len(index))
    found = signals(values, mean, width=width, parts=parts, rule=RULES[settings.rules])
    few = np.count_nonzero(~np.isnan(values), axis=1) < MINIMUM_POINTS
    found[:, few], lower[few], upper[few] = False, np.nan, np.nan
    rows = zip(given, values, mean, lower, upper, found.swapaxes(0, 1), goal, strict=True)
    return [
        ControlChart(
            settings.kind,
            index,
            value=value,
            mean=middle,
            lower_limit=low,
            upper_limit=high,
            signals=flags,
            target=aim,
            polarity=settings.polarity,
            rules=settings.rules,
            conflict=settings.conflict,
            exclude_outliers=settings.screens,
            basis=basis,
            given=row,
        )
        for row, value, middle, low, high, flags, aim in rows
    ]


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
