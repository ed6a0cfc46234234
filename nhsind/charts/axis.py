"""Axes that end at round numbers, and labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from matplotlib.ticker import MaxNLocator


@dataclass(frozen=True)
class Axis:
    """The values that an axis names, from its lowest to its highest."""

    ticks: tuple[float, ...]

    @property
    def low(self) -> float:
        """Where the axis starts."""
        return self.ticks[0]

    @property
    def high(self) -> float:
        """Where the axis ends."""
        return self.ticks[-1]

    @property
    def words(self) -> list[str]:
        """The numbers of the axis: with the decimals of the step, large ones in millions."""
        return [self._words(tick) for tick in self.ticks]

    def _words(self, tick: float) -> str:
        if tick == 0:
            return "0"
        step = self.ticks[1] - self.ticks[0]
        for size, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
            if max(abs(self.low), abs(self.high)) >= size:
                return f"{tick / size:,.{_decimals(step / size)}f}{name}"
        return f"{tick:,.{_decimals(step)}f}"


def axis(
    values: Sequence[float], is_percentage: bool = False, ticks: int = 5, whole: bool = False
) -> Axis:
    """An axis that holds the values, ending at round numbers.

    Percentages keep to 0-100 and may start above 0; everything else includes 0. `whole`: counts,
    which have no ticks between whole numbers.
    """
    low, high = min(values), max(values)
    if is_percentage:
        room = max((high - low) * 0.06, 0.5)
        low, high = max(0.0, low - room), min(100.0, high + room)
        low = 0.0 if low < high / 4 else min(low, max(0.0, high - 2))
    else:
        low, high = min(0.0, low), max(0.0, high)
        high = high or (1.0 if low == 0 else 0.0)
    locator = MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10], integer=whole, min_n_ticks=1)
    return Axis(tuple(float(f"{tick:.12g}") for tick in locator.tick_values(low, high)))


def _decimals(step: float) -> int:
    return max(0, -floor(log10(step) + 1e-9))


def apart(places: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """The places moved as little as is simple, so that each is `gap` from the next."""
    order = sorted(range(len(places)), key=lambda each: (places[each], each))
    moved = [max(lowest, min(highest, places[each])) for each in order]
    for place in range(1, len(moved)):
        moved[place] = max(moved[place], moved[place - 1] + gap)
    limit = highest
    for place in range(len(moved) - 1, -1, -1):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - gap
    found = [0.0] * len(places)
    for place, each in enumerate(order):
        found[each] = moved[place]
    return found
