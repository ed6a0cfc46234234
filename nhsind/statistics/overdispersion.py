"""Overdispersion: organisations that differ by more than chance allows, and limits that say so.

With large denominators the usual funnel flags nearly everyone, because its limits know only the
chance within an organisation. Spiegelhalter's additive model adds a variance between
organisations: figures are transformed, their z-scores trimmed of the most extreme, and what
spread is left widens the limits (Spiegelhalter 2005, "Handling over-dispersion of performance
indicators", Quality and Safety in Health Care 14:347-351). Pure functions over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhsind.errors import NumberError
from nhsind.statistics.intervals import finite, multiple, multiplier, numbers

Array = NDArray[np.float64]

# How the most extreme z-scores are kept from deciding the spread, as their users name it.
CQC, SHMI = "CQC", "SHMI"
METHODS = {
    CQC: "z-scores of the outer tenths winsorised",
    SHMI: "z-scores of the outer tenths left out",
}
TRIMMED = 0.1


@dataclass(frozen=True)
class Dispersion:
    """How far organisations spread beyond chance, and what that adds to the limits.

    `phi`: the mean square of the trimmed z-scores, 1 where chance explains all. `tau_squared`:
    the variance between organisations on the transformed scale, 0 where none is needed. `counted`:
    how many organisations the two rest on. `average`: the value that limits are drawn around.
    """

    method: str
    kind: str
    average: float
    phi: float
    tau_squared: float
    counted: int

    def limits(
        self, denominators: ArrayLike, level: float = 0.95, *, folded: bool = False
    ) -> tuple[Any, Any]:
        """Limits (lower, upper) around the average for each denominator, in the value's unit.

        A proportion's limit that passes 0% or 100% on the transformed scale is 0% or 100%. The R
        package FunnelPlotR takes the sine beyond there too, where it turns back, so that the
        limit of a wider spread is a narrower one; `folded` gives its figures.
        """
        sizes = numbers(denominators)
        z = multiplier(level)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = z * np.sqrt(
                _error(sizes, self.average, self.kind, self.method) ** 2 + self.tau_squared
            )
        middle = _middle(self.average, self.kind, self.method)
        ends = [middle - spread, middle + spread]
        if self.kind == "proportion" and not folded:
            ends = [np.clip(end, 0, np.pi / 2) for end in ends]
        lower, upper = (_back(end, self.average, self.kind, self.method) for end in ends)
        known = sizes > 0
        return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def dispersion(
    numerators: ArrayLike,
    denominators: ArrayLike,
    kind: str = "proportion",
    *,
    method: str = CQC,
    average: float | None = None,
) -> Dispersion:
    """The dispersion of some organisations around their common average, or a given one.

    `numerators`, `denominators`: one number per organisation; one with a missing number or a
    denominator of 0 is left out. `kind`: `proportion` (arcsine of the root), or `rate` and `ratio`
    (observed over expected: root for CQC, logarithm for SHMI, where a count of 0 has none and is
    left out). `average`: per one of the denominator, such as 1 for events over those expected;
    None: that of all together. Raises NumberError for another kind or method, negative numbers, a
    proportion above 1, or an average that the kind cannot have.
    """
    if kind not in ("proportion", "rate", "ratio"):
        raise NumberError(f"kind must be proportion, rate or ratio, not {kind!r}")
    if method not in METHODS:
        raise NumberError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    counts, sizes = finite(numerators), finite(denominators)
    if counts.shape != sizes.shape:
        raise NumberError("there must be a denominator for each numerator")
    if np.any(counts < 0) or np.any(sizes < 0):
        raise NumberError("counts and denominators cannot be negative")
    known = ~np.isnan(counts) & (sizes > 0)
    counts, sizes = counts[known], sizes[known]
    if kind == "proportion" and np.any(counts > sizes):
        raise NumberError("a proportion needs x <= n")
    if average is not None:
        middle = average_of(average, kind)
    else:
        middle = float(counts.sum() / sizes.sum()) if sizes.size else np.nan
    scores, errors = _scores(counts, sizes, average=middle, kind=kind, method=method)
    kept, errors = _trimmed(scores, errors, method)
    size = len(kept)
    phi = float(np.mean(kept**2)) if size else np.nan
    return Dispersion(method, kind, middle, phi, _between(phi, errors), size)


def average_of(given: float, kind: str) -> float:
    """A given average; NumberError for one that a proportion, rate or ratio cannot have."""
    found = multiple(given, "average")
    if kind == "proportion" and found > 1:
        raise NumberError(f"the average of a proportion is 1 at most, not {given!r}")
    return found


def _scores(
    counts: Array, sizes: Array, *, average: float, kind: str, method: str
) -> tuple[Array, Array]:
    """z-scores on the transformed scale and their standard errors."""
    errors = _error(sizes, average, kind, method)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "proportion":
            values = np.arcsin(np.sqrt(counts / sizes))
        else:
            ratio = counts / (average * sizes)
            values = np.sqrt(ratio) if method == CQC else np.log(ratio)
        scores = (values - _middle(average, kind, method)) / errors
    usable = np.isfinite(scores)
    return scores[usable], errors[usable]


def _middle(average: float, kind: str, method: str) -> float:
    """The average on the transformed scale."""
    if kind == "proportion":
        return float(np.arcsin(np.sqrt(average)))
    return 1.0 if method == CQC else 0.0


def _error(sizes: Array, average: float, kind: str, method: str) -> Array:
    """The standard error by chance alone on the transformed scale."""
    if kind == "proportion":
        return np.asarray(1 / (2 * np.sqrt(sizes)))
    # Where nothing is expected there is no error, and no z-score either.
    expected = np.where(average * sizes > 0, average * sizes, np.nan)
    return np.asarray(1 / (2 * np.sqrt(expected)) if method == CQC else 1 / np.sqrt(expected))


def _back(values: Array, average: float, kind: str, method: str) -> Array:
    """From the transformed scale to the value's own."""
    if kind == "proportion":
        return np.asarray(np.sin(values) ** 2)
    ratio = np.maximum(values, 0) ** 2 if method == CQC else np.exp(values)
    return np.asarray(average * ratio)


def _trimmed(scores: Array, errors: Array, method: str) -> tuple[Array, Array]:
    """The z-scores without the pull of the most extreme, and the errors of those kept."""
    if not scores.size:
        return scores, errors
    if method == CQC:
        low, high = np.quantile(scores, [TRIMMED, 1 - TRIMMED])
        return np.clip(scores, low, high), errors
    groups = 1 / TRIMMED
    ranks = pd.Series(scores).rank(method="average").to_numpy()
    tenth = np.floor(ranks * groups / (len(scores) + 1))
    inside = (tenth > 0) & (tenth < groups - 1)
    return scores[inside], errors[inside]


def _between(phi: float, errors: Array) -> float:
    """The variance between organisations by the method of moments; 0 where chance explains all."""
    size = len(errors)
    if size < 2 or np.isnan(phi) or size * phi < size - 1:
        return 0.0
    weights = 1 / errors**2
    spare = weights.sum() - (weights**2).sum() / weights.sum()
    return float(max(0.0, (size * phi - (size - 1)) / spare)) if spare > 0 else 0.0
