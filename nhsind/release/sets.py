"""The true pairs behind many shown pairs of counts at once, and what of them may be told.

As arrays of rows x numerators x denominators; `possible` is the same of one pair, hidden counts
included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.figures import as_exact
from nhsind.release.possible import FEWEST_VALUES_OF_A_ROUNDED_COUNT
from nhsind.release.protection import protect

Truth = NDArray[np.bool_]
Whole = NDArray[np.int64]
# Whole numbers of any size, as Python has them: limits and plans have long denominators.
Exact = NDArray[np.object_]

COMPARISONS = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}


@dataclass(frozen=True)
class Sets:
    """The true pairs behind shown pairs of counts of one line.

    `numerators` (rows x i x 1), `denominators` (rows x 1 x j) and `valid` (rows x i x j): which of
    the pairs are shown like the row's. A value is `numerators` x `times` / `over`, exactly.
    `is_close`: the rows beside a hidden count, of which nothing is told that a pair denies.
    """

    numerators: Whole
    denominators: Whole
    valid: Truth
    times: Exact
    over: Exact
    is_close: Truth

    @property
    def is_exact(self) -> Truth:
        """The rows that one pair only is shown like."""
        return np.asarray(np.count_nonzero(self.valid, axis=(1, 2)) == 1)

    def of(self, rows: Truth) -> Sets:
        """Those of some rows."""
        return Sets(
            self.numerators[rows],
            self.denominators[rows],
            self.valid[rows],
            self.times[rows],
            self.over[rows],
            self.is_close[rows],
        )

    def meets(self, limits: Sequence[Fraction], operator: str) -> Truth:
        """Whether the value of each pair stands so to its row's limit."""
        above, below = (
            np.array([getattr(limit, name) for limit in limits], dtype=object)[:, None, None]
            for name in ("numerator", "denominator")
        )
        values = self.numerators * self.times * below
        return np.asarray(COMPARISONS[operator](values, above * self.over), dtype=bool)

    def rounded(self, steps: int) -> Whole:
        """The value of each pair in steps of 1/`steps`, rounded half up."""
        twice = 2 * self.numerators * self.times * steps
        return np.asarray((twice + self.over) // (2 * self.over), dtype=np.int64)

    def range_of(self, steps: int) -> tuple[Whole, Whole]:
        """The lowest and highest value of each row in steps of 1/`steps`, rounded outwards."""
        scaled = self.numerators * self.times * steps
        lowest = np.asarray(scaled // self.over, dtype=np.int64)
        highest = np.asarray(-(-scaled // self.over), dtype=np.int64)
        most = np.iinfo(np.int64).max
        return (
            np.where(self.valid, lowest, most).min(axis=(1, 2)),
            np.where(self.valid, highest, -1).max(axis=(1, 2)),
        )

    def first(self, answer: NDArray[Any]) -> NDArray[Any]:
        """The answer of the first pair of each row."""
        place = self.valid.reshape(len(self.valid), -1).argmax(axis=1)
        flat = np.broadcast_to(answer, self.valid.shape).reshape(len(self.valid), -1)
        return np.asarray(flat[np.arange(len(flat)), place])

    def agrees(self, answer: NDArray[Any]) -> Truth:
        """The rows of which all pairs give the same answer."""
        alike = (answer == self.first(answer)[:, None, None]) | ~self.valid
        return np.asarray(alike.all(axis=(1, 2)))

    def may_tell(self, *answers: NDArray[Any]) -> Truth:
        """The rows of which the true one of some answers (one per pair) may be told.

        It may where all are equal, or, of rows that are not close to a hidden count, where each
        that there is leaves enough numerators and denominators. Of several told side by side, each
        combination must.
        """
        shape = self.valid.shape
        kinds = np.zeros(shape, dtype=np.int64)
        for answer in answers:
            one = np.broadcast_to(answer, shape).astype(np.int64)
            one = one - one.min(axis=(1, 2), keepdims=True)
            kinds = kinds * (one.max(axis=(1, 2), keepdims=True) + 1) + one
        flat, valid = (each.reshape(shape[0], -1) for each in (kinds, self.valid))
        told = self.agrees(kinds)
        doubtful = np.flatnonzero(~told & ~self.is_close)
        kinds, of, enough = kinds[doubtful], self.valid[doubtful], np.ones(doubtful.size, bool)
        fewest = [
            np.minimum(FEWEST_VALUES_OF_A_ROUNDED_COUNT, of.any(axis=axis).sum(axis=1))
            for axis in (2, 1)
        ]
        for cell in range(flat.shape[1]):
            alike = (kinds == flat[doubtful, cell][:, None, None]) & of
            leaves = [
                alike.any(axis=axis).sum(axis=1) >= least
                for axis, least in zip((2, 1), fewest, strict=True)
            ]
            enough &= (leaves[0] & leaves[1]) | ~valid[doubtful, cell]
        told[doubtful] = enough
        return told


def sets_behind(
    shown: pd.DataFrame, line: Indicator, policy: Disclosure, is_close: Truth | None = None
) -> Sets:
    """The true pairs behind the counts of some rows of a line, none of them hidden or missing."""
    base = policy.base if policy.rule == "suppress" else 1
    still, around = np.zeros(1, dtype=np.int64), np.arange(-(base // 2), (base + 1) // 2)
    has_whole = line.denominator is not None and not line.denominator.public
    parts = shown["numerator"].to_numpy(dtype=np.int64)[:, None, None]
    wholes = (
        shown["denominator"].to_numpy(dtype=np.int64)[:, None, None]
        if has_whole
        else np.full((len(shown), 1, 1), -1)
    )
    numerators = parts + (still if line.numerator.public else around)[:, None]
    denominators = wholes + (around if has_whole else still)
    part, whole = np.broadcast_arrays(numerators, denominators)
    is_inside = line.kind == "proportion"
    is_national = (shown["org_level"] == "england").to_numpy()[:, None, None]
    given = protect(
        part.ravel(),
        whole.ravel(),
        policy=policy,
        is_national=np.broadcast_to(is_national, part.shape).ravel(),
        inside=np.full(part.size, is_inside),
    )
    alike = [
        (each.reshape(part.shape) == one) | (line.numerator.public and one is parts)
        for each, one in zip(given, (parts, wholes), strict=True)
    ]
    valid = alike[0] & alike[1] & (part >= 0)
    if is_inside and has_whole:
        valid &= part <= whole
    close = np.zeros(len(shown), dtype=bool) if is_close is None else is_close
    return Sets(numerators, denominators, valid, *ratio_of(shown, line, denominators), close)


def ratio_of(shown: pd.DataFrame, line: Indicator, denominators: Whole) -> tuple[Exact, Exact]:
    """What a numerator is multiplied and divided by to be the value, in whole numbers."""
    ones = np.full((len(shown), 1, 1), 1, dtype=object)
    if line.denominator is None:
        return ones, ones
    if not line.denominator.public:
        return ones * line.per, np.maximum(denominators, 1).astype(object)
    wholes = [as_exact(value) for value in shown["denominator"]]
    times = [line.per * whole.denominator for whole in wholes]
    over = [whole.numerator for whole in wholes]
    return (
        np.array(times, dtype=object)[:, None, None],
        np.array(over, dtype=object)[:, None, None],
    )
