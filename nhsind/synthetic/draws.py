"""Draws that are the same on every machine: uniform draws, and arithmetic that is exact everywhere.

Logarithms and exponentials differ in their last digit from one machine to the next, and a rounded
count with them. So quantiles are read from tables rounded to six places, and only sums, products,
quotients and square roots are taken, one at a time.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

STEPS = 512
_MIDDLES = [(step + 0.5) / (STEPS + 1) for step in range(STEPS + 1)]
_NORMAL = np.array([round(NormalDist().inv_cdf(middle), 6) for middle in _MIDDLES])
_EXPONENTIAL = np.array([round(-math.log1p(-step / (STEPS + 1)), 6) for step in range(STEPS + 1)])
# Up to this mean a count is drawn from the Poisson distribution, beyond it from the normal one.
LARGEST_SMALL_MEAN = 12.0
MOST_OF_A_SMALL_MEAN = 40
HALVINGS = 20


def normal(draw: Any) -> Array:
    """Uniform draws as draws of a standard normal distribution, within 3.1 of its mean."""
    return _quantile(_NORMAL, draw)


def exponential(draw: Any) -> Array:
    """Uniform draws as draws of an exponential distribution with mean 1, at most 6.2.

    Of a share it is -log(1 - share): how many mean waits it takes until so many have gone.
    """
    return _quantile(_EXPONENTIAL, draw)


def fading(times: Any) -> Array:
    """exp(-times): the share that is left after so many mean waits."""
    share: Array = np.maximum(0.0, 1 - np.asarray(times, dtype=float) / 2**HALVINGS)
    for _ in range(HALVINGS):
        share = share * share
    return share


def powers(base: float, exponent: Any) -> Array:
    """Powers of a base from -4 to 4, in straight steps between whole ones: always above 0."""
    upward = np.multiply.accumulate(np.full(4, base))
    table = np.concatenate([1 / upward[::-1], [1.0], upward])
    place = np.asarray(exponent, dtype=float).clip(-4, 4) + 4
    low = np.floor(place).astype(int).clip(0, len(table) - 2)
    return np.asarray(table[low] + (place - low) * (table[low + 1] - table[low]))


def whole(rng: np.random.Generator, mean: Any) -> Array:
    """Means as whole numbers, up or down so that no total shifts."""
    mean = np.asarray(mean, dtype=float)
    number: Array = np.floor(mean + rng.random(mean.shape)).astype(int)
    return number


def counts(rng: np.random.Generator, mean: Any, spread: Any = 1.0) -> Array:
    """Whole numbers about a mean, as far apart as chance makes them.

    `spread`: their variance over their mean, 1 for events that come singly.
    """
    mean = np.asarray(mean, dtype=float)
    draws = rng.random((2, *mean.shape))
    spread_out = np.sqrt(mean * spread) * normal(draws[0])
    number: Array = np.floor(mean + spread_out + draws[1]).clip(0).astype(int)
    small = mean < LARGEST_SMALL_MEAN
    number[small] = _poisson(mean[small], draws[0][small])
    return number


def parts(rng: np.random.Generator, number: Array, share: Any) -> Array:
    """How many of a number have what a share of all has: about binomial, never more than all."""
    share = np.broadcast_to(share, number.shape)
    return np.minimum(number, counts(rng, number * share, 1 - share))


def one_of(choices: Any, draw: Any, weights: Any = None) -> Array:
    """One of the choices for each draw; `weights`: whole numbers, equal where left out."""
    values = np.array(choices, dtype=object)
    if weights is None:
        return np.asarray(values[np.floor(np.asarray(draw) * len(values)).astype(int)])
    return np.asarray(values[place_of(weights, draw)])


def place_of(weights: Any, draw: Any) -> Array:
    """The place that each draw falls on, of places as wide as their weights (whole numbers)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    target = np.floor(np.asarray(draw) * edges[-1]).astype(np.int64)
    return np.asarray(np.searchsorted(edges, target, side="right"))


def spread_out(count: Array, most: Array) -> tuple[Array, Array]:
    """Rows that stand for units: the cell of each row, and its count.

    `most`: how many units of a cell a row may stand for. Empty cells have no row.
    """
    rows = -(-count // most)
    cell = np.repeat(np.arange(len(count)), rows)
    place = np.arange(len(cell)) - np.repeat(np.cumsum(rows) - rows, rows)
    each, more = np.divmod(count[cell], rows[cell])
    return cell, each + (place < more)


def evenly(number: Any) -> Array:
    """Fractions that fill 0 to 1 evenly as the number grows: for what chance must not bunch."""
    # The fractional part of the golden ratio, as a ratio of whole numbers.
    return np.asarray((np.asarray(number, dtype=np.int64) * 75025 % 121393) / 121393)


def _quantile(table: Array, draw: Any) -> Array:
    place = np.asarray(draw, dtype=float) * (len(table) - 1)
    low = np.floor(place).astype(int).clip(0, len(table) - 2)
    part = (place - low) * (table[low + 1] - table[low])
    return np.asarray(table[low] + part)


def _poisson(mean: Array, draw: Array) -> Array:
    chance = fading(mean)
    total = chance.copy()
    number = np.zeros(mean.shape, dtype=int)
    for step in range(1, MOST_OF_A_SMALL_MEAN):
        number += draw >= total
        chance = chance * mean / step
        total = total + chance
    return number
