"""What a shown pair of counts could be: the set of true pairs that the policy would show like it.

A rounded count is not exact, and a hidden one is not nothing. Everything said of released counts
is tested against this set: an answer (a verdict, a percentage at some precision) is published
where all pairs give it, or where whichever answer is given, enough values of each count remain.
Whether it is published depends on the shown counts alone, so that its absence tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhsind.definitions.disclosure import Disclosure
from nhsind.release.protection import HIDDEN, protect

Counts = NDArray[np.int64]
Answers = NDArray[Any]
# Gives one answer for each pair of a numerator and a denominator.
Answer = Callable[[Counts, Counts], Answers]

# Whatever is answered, a rounded count must be left this many values.
FEWEST_VALUES_OF_A_ROUNDED_COUNT = 3
# Digits after the point of a percentage, from the finest that is worth printing.
FINEST_PLACES, COARSEST_PLACES = 1, 0


@dataclass(frozen=True)
class Possible:
    """The true pairs behind a shown pair.

    `pairs`: one row per pair, numerator and denominator, in order. `hidden`: whether each of the
    two is hidden; `rounded`: whether each is a rounded count.
    """

    pairs: Counts
    hidden: tuple[bool, bool]
    rounded: tuple[bool, bool]

    @property
    def is_exact(self) -> bool:
        """Whether there is one pair only: nothing was rounded or hidden."""
        return len(self.pairs) == 1

    def leaves_enough(self, part: NDArray[np.bool_]) -> bool:
        """Whether knowing that the true pair is in `part` of the pairs leaves enough values.

        A hidden count must keep all the values it has, a rounded one at least three (or all).
        """
        for place in (0, 1):
            all_values = np.unique(self.pairs[:, place])
            left = np.unique(self.pairs[part, place])
            if self.hidden[place] and len(left) < len(all_values):
                return False
            fewest = min(FEWEST_VALUES_OF_A_ROUNDED_COUNT, len(all_values))
            if self.rounded[place] and len(left) < fewest:
                return False
        return True

    def may_tell(self, *answers: Answers) -> bool:
        """Whether the true one of `answers` (one per pair) may be published.

        It may where all are equal, or where each of them would leave enough values. Of several
        answers told side by side, each combination must.
        """
        _, kind = np.unique(np.column_stack(answers), axis=0, return_inverse=True)
        kind = kind.ravel()
        kinds = range(int(kind.max()) + 1)
        return len(kinds) == 1 or all(self.leaves_enough(kind == which) for which in kinds)


@dataclass(frozen=True)
class Share:
    """A proportion as it may be printed.

    `places`: the digits after the point of the percentage, with `value` the true proportion
    rounded to them; or None, with `lowest` and `highest`, the range that the shown counts allow.
    """

    places: int | None
    value: Fraction | None
    lowest: Fraction
    highest: Fraction


@lru_cache(maxsize=200_000)
def possible(
    numerator: int | None,
    denominator: int | None,
    policy: Disclosure,
    *,
    is_national: bool = False,
    is_inside: bool = True,
) -> Possible:
    """The true pairs that the policy shows as this pair.

    `numerator`, `denominator`: shown counts; None for a hidden one; a line without a denominator
    has -1. `is_inside`: the numerator is a part of the denominator. Raises ValueError for a pair
    that the policy would never show.
    """
    shown = [HIDDEN if count is None else count for count in (numerator, denominator)]
    wholes = _candidates(shown[1], policy)
    parts = _candidates(shown[0], policy)
    if shown[0] == HIDDEN and is_inside:  # a small rest hides the part of an exact whole
        rests = np.arange(policy.threshold + 1)
        parts = np.union1d(parts, (wholes[:, None] - rests).ravel())
    grid = np.array([(part, whole) for part in parts for whole in wholes], dtype=np.int64)
    grid = grid[grid[:, 0] >= 0]
    if is_inside:
        grid = grid[grid[:, 0] <= grid[:, 1]]
    national, inside = np.full(len(grid), is_national), np.full(len(grid), is_inside)
    given = protect(grid[:, 0], grid[:, 1], policy=policy, is_national=national, inside=inside)
    pairs = grid[(given[0] == shown[0]) & (given[1] == shown[1])]
    if not len(pairs):
        raise ValueError(f"the policy shows no pair as {numerator} of {denominator}")
    spread = [len(np.unique(pairs[:, place])) > 1 for place in (0, 1)]
    hidden = (shown[0] == HIDDEN, shown[1] == HIDDEN)
    rounded = (spread[0] and not hidden[0], spread[1] and not hidden[1])
    return Possible(pairs, hidden, rounded)


def told(found: Possible, answer: Answer, true: tuple[int, int], *also: Answer) -> Any | None:
    """The true answer where it may be published, else None: the shown counts are too coarse.

    `also`: what is told of the same counts beside it.
    """
    if not found.may_tell(*_of_each(found, answer, *also)):
        return None
    return answer(np.array([true[0]]), np.array([true[1]])).tolist()[0]


def share(found: Possible, true: tuple[int, int], *also: Answer) -> Share:
    """The proportion as finely as is safe: a tenth of a per cent, a whole one, or a range.

    `true`: the true pair, whose denominator is above 0. Pairs with a denominator of 0 have none.
    `also`: what is told of the same counts beside it, such as a verdict.
    """
    beside = _of_each(found, *also)
    some = found.pairs[found.pairs[:, 1] > 0]
    # The extremes of a ratio of whole numbers, exactly.
    ratios = some[:, 0] / some[:, 1]
    ends = [Fraction(*map(int, some[place])) for place in (ratios.argmin(), ratios.argmax())]
    for places in range(FINEST_PLACES, COARSEST_PLACES - 1, -1):
        if found.may_tell(_per_cent(found.pairs[:, 0], found.pairs[:, 1], places), *beside):
            steps = 100 * 10**places
            rounded = int(_per_cent(np.array([true[0]]), np.array([true[1]]), places)[0])
            return Share(places, Fraction(rounded, steps), ends[0], ends[1])
    return Share(None, None, ends[0], ends[1])


def _of_each(found: Possible, *answers: Answer) -> list[Answers]:
    return [answer(found.pairs[:, 0], found.pairs[:, 1]) for answer in answers]


def _per_cent(numerators: Counts, denominators: Counts, places: int) -> Counts:
    """Percentages in steps of a digit, rounded half up in whole numbers; -1 where there is none."""
    steps = 100 * 10**places
    whole = np.maximum(denominators, 1)
    rounded = (2 * numerators * steps + whole) // (2 * whole)
    return np.where(denominators > 0, rounded, -1)


def _candidates(count: int, policy: Disclosure) -> Counts:
    if count == HIDDEN:
        return np.arange(policy.threshold + 1)
    if count < 0:
        return np.array([-1])
    return np.arange(max(0, count - policy.base), count + policy.base + 1)
