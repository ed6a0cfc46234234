"""Changes of rounded figures: where the interval of a change lies, whatever the exact counts are.

By interval arithmetic over what is released of each figure: the range of its value and of the
limits of its interval. What all exact counts behind it agree on holds for these ranges; the ranges
may be wider than they need be, so that less is told, but nothing untrue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhsind.statistics.intervals import poisson_ratio

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """The ends of a change's 95% interval, over all that they could be.

    `ends`: within which the interval lies; `core`: what it holds in every case, empty (its first
    above its second) where there is no such part.
    """

    ends: tuple[float, float]
    core: tuple[float, float]

    @property
    def is_clear(self) -> bool:
        """Whether every interval leaves out no change, on the same side."""
        return self.ends[0] > 0 or self.ends[1] < 0

    @property
    def is_none(self) -> bool:
        """Whether every interval includes no change."""
        return self.core[0] <= 0 <= self.core[1]


@dataclass(frozen=True)
class Ranges:
    """What is known of the same figure of many organisations: ends of value and of interval."""

    lowest: Array
    highest: Array
    lower: tuple[Array, Array]
    upper: tuple[Array, Array]
    sizes: Array


def spreads_of(kind: str, per: int, now: Ranges, before: Ranges) -> tuple[Array, Array]:
    """Ends and cores of the change between two figures, each of two rows.

    A difference of proportions by Newcombe's method; else a relative change.
    """
    if kind == "proportion":
        return _differences(now, before)
    exposures = (1.0, 1.0) if kind == "count" else (now.sizes, before.sizes)
    counts = [
        (each.lowest, each.highest)
        if kind == "count"
        else (each.lowest * each.sizes / per, each.highest * each.sizes / per)
        for each in (now, before)
    ]
    low = poisson_ratio(counts[0][0], counts[1][1], *exposures)
    high = poisson_ratio(counts[0][1], counts[1][0], *exposures)
    ends, core = (low[0], high[1]), (high[0], low[1])
    return np.array(ends) - 1, np.array(core) - 1


def _differences(now: Ranges, before: Ranges) -> tuple[Array, Array]:
    def away(*sides: Any) -> Array:
        return np.asarray(np.sqrt(sum(np.maximum(each, 0) ** 2 for each in sides)))

    lowest, highest = now.lowest - before.highest, now.highest - before.lowest
    down = away(now.highest - now.lower[0], before.upper[1] - before.lowest)
    up = away(now.upper[1] - now.lowest, before.highest - before.lower[0])
    least_down = away(now.lowest - now.lower[1], before.upper[0] - before.highest)
    least_up = away(now.upper[0] - now.highest, before.lowest - before.lower[1])
    return (
        np.array([lowest - down, highest + up]),
        np.array([highest - least_down, lowest + least_up]),
    )
