"""Funnel plots and quantile groups: comparing organisations whose sizes differ.

Limits are those of PHEindicatormethods (`calculate_funnel_limits`) and Fingertips: for proportions
the normal limits of the binomial around the average, for rates and ratios the counts at which a
Poisson count differs significantly from the one expected at the average. Where denominators are
small the normal limits mislead, and where they are large chance alone explains too little: exact
binomial limits and those of the additive model (`overdispersion`) are there by name, and `auto`
chooses. Pure functions over arrays, in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhsind.errors import NumberError
from nhsind.statistics.funnel_limits import (
    ALARM_LEVEL,
    WARNING_LEVEL,
    Array,
    Limits,
    exact_limits,
    proportion_limits,
    rate_limits,
)
from nhsind.statistics.given import paired
from nhsind.statistics.intervals import exact_poisson, finite, multiple, numbers, poisson
from nhsind.statistics.overdispersion import CQC, METHODS, Dispersion, average_of, dispersion

KINDS = ("proportion", "rate", "ratio")
BINOMIAL = "binomial, normal limits"
EXACT = "binomial, exact limits"
# What limits may be asked for, besides the methods of overdispersion by their names.
NORMAL, BY_EXACT, AUTO = "normal", "exact", "auto"
LIMITS = (NORMAL, BY_EXACT, AUTO, *METHODS)
# Fewer organisations tell little of how far organisations differ.
FEWEST_OF_A_DISPERSION = 10
# PHEindicatormethods draws its rate limits from exact Poisson quantiles, but tells significance
# by Byar's approximation from ten events; "chi-square" tells it by the limits that are drawn.
RULES = {
    "chi-square": "Poisson, chi-square limits",
    "byar-from-10": "Poisson, chi-square limits; significance by Byar's method from 10 events",
}
INSIDE = "inside"
PLACES = ("above 99.8%", "below 99.8%", "above 95%", "below 95%")
CURVE_POINTS = 100


@dataclass(frozen=True)
class Funnel:
    """Organisations against the limits around their common average.

    `average`: the sum of numerators over the sum of denominators, or what was given in its place,
    times `per`. `table`: one row per organisation as given: `denominator`, `value`, `lower_95`,
    `upper_95`, `lower_998`, `upper_998` (in the value's unit; missing without a denominator) and
    `place` (`inside`, `above 95%`, `below 99.8%` and so on, or None without a value). `method` and
    `levels` travel with the numbers. `limits`: `normal`, `exact`, or the method of `dispersion`,
    whose `phi` says how many times more the organisations differ than chance explains (None: not
    looked at).
    """

    average: float
    table: pd.DataFrame
    kind: str
    per: float
    method: str
    levels: tuple[float, float] = (WARNING_LEVEL, ALARM_LEVEL)
    limits: str = NORMAL
    dispersion: Dispersion | None = None

    def curve(self, denominators: ArrayLike | None = None) -> pd.DataFrame:
        """Limits for drawing: one row per denominator, in ascending order.

        `denominators` None: 100 from the least to the greatest of the organisations', in equal
        ratios (limits change fastest where denominators are small). Columns as in `table`.
        """
        if denominators is None:
            sizes = self.table["denominator"].to_numpy(dtype=float)
            sizes = sizes[sizes > 0]
            if sizes.size == 0:
                return _limit_table(np.array([]), self)
            grid = np.geomspace(sizes.min(), sizes.max(), CURVE_POINTS)
        else:
            grid = np.sort(numbers(denominators).ravel())
        return _limit_table(grid, self)

    def limits_at(self, denominators: ArrayLike, level: float) -> Limits:
        """Limits (lower, upper) of each denominator, per one of it."""
        sizes, middle = numbers(denominators), self.average / self.per
        if self.dispersion is not None and self.limits in METHODS:
            return self.dispersion.limits(sizes, level)
        if self.kind != "proportion":
            return rate_limits(middle, sizes, level)
        if self.limits == BY_EXACT:
            return exact_limits(middle, sizes, level)
        return proportion_limits(middle, sizes, level)


def funnel(
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    kind: str = "proportion",
    per: float = 1,
    labels: Sequence[Any] | None = None,
    rules: str = "chi-square",
    limits: str = NORMAL,
    average: float | None = None,
) -> Funnel:
    """The funnel of some organisations for one period.

    `numerators`, `denominators`: one number per organisation, two Series paired by labels; one
    with a missing number or a denominator of 0 has no place and no part in the average. `kind`:
    `proportion`, `rate` or `ratio`. `per`: what the value is multiplied by (100,000 for a rate per
    100,000). `labels`: the index of `table`; that of the numerators if they are a Series. `rules`:
    see RULES. `limits`: `normal`; `exact` (binomial, for small denominators); `CQC` or `SHMI`
    (the additive model of overdispersion); `auto`: CQC where ten organisations or more differ by
    more than chance explains, else exact. `average`: the value that limits are drawn around, per
    one of the denominator, such as 1 for events over those expected; None: that of all together.
    Raises NumberError for another kind, rule or limits, numbers of unlike length, negative ones, a
    proportion above 1, or an average that the kind cannot have.

    Examples
    --------
    >>> found = funnel([10, 20, 30], [100, 110, 120], labels=["A", "B", "C"])
    >>> list(found.table["place"])
    ['below 95%', 'inside', 'inside']
    """
    numerators, denominators = paired(numerators, denominators)
    if labels is None and isinstance(numerators, pd.Series):
        labels = list(numerators.index)
    counts, sizes, known = _checked(numerators, denominators, kind)
    _known_rules(rules)
    per = multiple(per, "per")
    if labels is not None and (isinstance(labels, str) or len(labels) != len(counts)):
        raise NumberError(f"give one label for each of the {len(counts)} organisations")
    if not isinstance(limits, str) or limits not in LIMITS:
        raise NumberError(f"limits must be one of {', '.join(LIMITS)}, not {limits!r}")
    middle = _average(counts, sizes, known) if average is None else average_of(average, kind)
    spread = None
    if limits in (AUTO, *METHODS):
        method = CQC if limits == AUTO else limits
        spread = dispersion(counts[known], sizes[known], kind, method=method, average=average)
    if limits == AUTO:
        enough = spread is not None and spread.counted >= FEWEST_OF_A_DISPERSION
        limits = CQC if enough and spread is not None and spread.tau_squared > 0 else BY_EXACT
    found = Funnel(
        middle * per,
        pd.DataFrame(),
        kind,
        per,
        _method(kind, rules, limits, spread),
        limits=limits,
        dispersion=spread,
    )
    table = _limit_table(sizes, found)
    with np.errstate(divide="ignore", invalid="ignore"):
        table.insert(1, "value", np.where(known, counts / sizes * per, np.nan))
    by_chance = limits == NORMAL or (kind != "proportion" and limits == BY_EXACT)
    places = (
        place(counts, sizes, kind=kind, average=average, rules=rules)
        if by_chance
        else _beyond(table, known)
    )
    table["place"] = pd.Series(places, dtype=object)
    if labels is not None:
        table.index = pd.Index(list(labels))
    return replace(found, table=table)


def _known_rules(rules: str) -> None:
    if not isinstance(rules, str) or rules not in RULES:
        raise NumberError(f"rules must be one of {', '.join(RULES)}, not {rules!r}")


def _method(kind: str, rules: str, limits: str, spread: Dispersion | None) -> str:
    """How limits are made, in words that belong under a plot."""
    if spread is not None and limits in METHODS:
        if not spread.tau_squared > 0:
            enough = spread.counted > 1
            why = "chance explains how organisations differ" if enough else "too few organisations"
            return f"not widened: {why} ({limits} method)"
        return (
            f"widened, since organisations differ {spread.phi:,.1f} times as much as chance "
            f"explains ({limits} method: {METHODS[limits]}; variance between organisations "
            f"{spread.tau_squared:.2g})"
        )
    if kind != "proportion":
        return RULES[rules]
    return EXACT if limits == BY_EXACT else BINOMIAL


def _beyond(table: pd.DataFrame, known: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Where each organisation lies, by limits that its value is compared with."""
    value = table["value"].to_numpy()
    far, near = "998", "95"
    beyond = [
        side
        for level in (far, near)
        for side in (
            value > table[f"upper_{level}"].to_numpy(),
            value < table[f"lower_{level}"].to_numpy(),
        )
    ]
    found = np.select(beyond, list(PLACES), INSIDE).astype(object)
    found[~known] = None
    return found


def place(
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    kind: str = "proportion",
    average: float | None = None,
    rules: str = "chi-square",
) -> NDArray[np.object_]:
    """Where each organisation lies: `inside`, or strictly beyond a limit; None without a value.

    `average` None: the sum of numerators over the sum of denominators. Errors as `funnel`.
    """
    counts, sizes, known = _checked(numerators, denominators, kind)
    _known_rules(rules)
    middle = _average(counts, sizes, known) if average is None else average
    beyond: list[NDArray[np.bool_]] = []
    for level in (ALARM_LEVEL, WARNING_LEVEL):
        with np.errstate(divide="ignore", invalid="ignore"):
            if kind == "proportion":
                lower, upper = proportion_limits(middle, sizes, level)
                beyond += [counts / sizes > upper, counts / sizes < lower]
            else:
                interval = exact_poisson if rules == "chi-square" else poisson
                lower, upper = interval(np.where(known, counts, np.nan), level)
                beyond += [middle * sizes < lower, middle * sizes > upper]
    # Above and below 99.8% come first: who is beyond these is beyond the others too.
    found = np.select(beyond, list(PLACES), INSIDE).astype(object)
    found[~known] = None
    return found


def _checked(
    numerators: ArrayLike, denominators: ArrayLike, kind: str
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Both as arrays of one length, and which organisations have a value."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise NumberError(f"a funnel is of {', '.join(KINDS)}, not of {kind!r}")
    numerators, denominators = paired(numerators, denominators)
    counts, sizes = np.atleast_1d(finite(numerators)), np.atleast_1d(finite(denominators))
    if counts.shape != sizes.shape or counts.ndim != 1:
        raise NumberError("a funnel needs one numerator and one denominator per organisation")
    known = (sizes > 0) & ~np.isnan(counts)
    if np.any(counts < 0) or np.any(sizes < 0):
        raise NumberError("numerators and denominators cannot be negative")
    if kind == "proportion" and np.any(counts[known] > sizes[known]):
        raise NumberError("a proportion needs numerators no greater than denominators")
    return counts, sizes, known


def _average(counts: Array, sizes: Array, known: NDArray[np.bool_]) -> float:
    return float(counts[known].sum() / sizes[known].sum()) if known.any() else float("nan")


def _limit_table(sizes: Array, of: Funnel) -> pd.DataFrame:
    """The limits of each denominator, in the value's unit."""
    near, far = (of.limits_at(sizes, level) for level in (WARNING_LEVEL, ALARM_LEVEL))
    return pd.DataFrame(
        {
            "denominator": sizes,
            "lower_95": near[0] * of.per,
            "upper_95": near[1] * of.per,
            "lower_998": far[0] * of.per,
            "upper_998": far[1] * of.per,
        }
    )
