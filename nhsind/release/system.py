"""Counts that are shown, hidden or withheld, as unknowns with bounds, and what adds up among them.

Every unknown is a whole number of which an outsider knows a range: what the rounding leaves of a
shown count, the range that the rule hides, nothing of a withheld one. Relations are rows of a
sparse matrix: a weighted sum of unknowns that is 0, or not above 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from nhsind.release.protection import Array

# Bounds are whole numbers; what a division leaves over is less than this.
ALMOST = 1e-6
MOST_ROUNDS = 60
# What adds up more terms counts, in a large table, by the bounds that it gives alone.
MOST_TERMS = 20
# Programs in whole numbers over more unknowns take seconds and minutes.
MOST_TOGETHER = 500
# Of a hidden sum, such as days of two patients: who knows one share must not learn the other.
MOST_KNOWN = 0.5


@dataclass(frozen=True)
class Rows:
    """Relations: the weights of unknowns, a row each; `is_equal`: 0, else not above 0.

    `may_be_less`: of an equality that may fail because a total holds more than its parts.
    """

    weights: csr_array
    is_equal: Array
    may_be_less: Array

    @classmethod
    def of(cls, number: int, rows: Iterable[tuple[Sequence[tuple[int, int]], bool, bool]]) -> Rows:
        """Rows of (unknown, weight) pairs over `number` unknowns."""
        places, unknowns, weights, equal, less = [], [], [], [], []
        for place, (terms, is_equal, may_be_less) in enumerate(rows):
            equal.append(is_equal)
            less.append(may_be_less)
            for unknown, weight in terms:
                places.append(place)
                unknowns.append(unknown)
                weights.append(float(weight))
        matrix = csr_array(
            coo_array((weights, (places, unknowns)), shape=(len(equal), number), dtype=float)
        )
        return cls(matrix, np.array(equal, dtype=bool), np.array(less, dtype=bool))

    @cached_property
    def directed(self) -> Any:
        """All that is not above 0, as (row, unknown, weight) by row; equalities both ways."""
        found = self.weights.tocoo()
        row, unknown, weight = found.row, found.col, found.data
        both = self.is_equal[row]
        return (
            np.concatenate([row, row[both] + len(self.is_equal)]),
            np.concatenate([unknown, unknown[both]]),
            np.concatenate([weight, -weight[both]]),
        )

    def without(self, over: Array, under: Array) -> Rows:
        """Without rows that come out above 0, or below; a total may still hold its parts."""
        kept = ~over & (~under | self.may_be_less)
        return Rows(
            csr_array(self.weights[kept]), (self.is_equal & ~under)[kept], self.may_be_less[kept]
        )

    def is_wider_than(self, terms: int) -> Array:
        """The rows that weigh more unknowns than that."""
        found: Array = np.diff(self.weights.indptr) > terms
        return found

    def only(self, kept: Array) -> Rows:
        """The rows of a mask alone."""
        return Rows(csr_array(self.weights[kept]), self.is_equal[kept], self.may_be_less[kept])

    def with_differences(self, terms: int) -> Rows:
        """With what two sums of nearly the same unknowns differ by, of up to so many terms.

        A total with and without one organisation is their difference and nothing else.
        """
        weights = self.weights[np.flatnonzero(self.is_equal)]
        is_in = (weights != 0).astype(float)
        common = (is_in @ is_in.T).tocoo()
        sizes = np.diff(is_in.indptr)
        one, other = common.row, common.col
        differing = sizes[one] + sizes[other] - 2 * common.data
        fewest = np.minimum(terms, np.minimum(sizes[one], sizes[other]) - 1)
        is_near = (one < other) & (common.data > 1) & (differing <= fewest)
        differences = csr_array(weights[one[is_near]] - weights[other[is_near]])
        differences.eliminate_zeros()
        differences = differences[np.diff(differences.indptr) <= terms]
        number = differences.shape[0]
        return Rows(
            csr_array(vstack([self.weights, differences])),
            np.concatenate([self.is_equal, np.ones(number, dtype=bool)]),
            np.concatenate([self.may_be_less, np.zeros(number, dtype=bool)]),
        )

    def among(self, kept: Array, unknowns: Array) -> Rows:
        """Some relations (places) over some unknowns (places), the only ones that these weigh."""
        weights = self.weights[kept][:, unknowns]
        return Rows(csr_array(weights), self.is_equal[kept], self.may_be_less[kept])


@dataclass(frozen=True)
class System:
    """Unknowns with what is known of each: `low` and `high`, and the relations.

    `need_low`, `need_high`: the range that a hidden count must keep, NaN for others. `by_width`:
    hidden counts of which it is not said that they are small, which must keep as many values, and
    rounded ones. `is_sum`: hidden sums of shares of units, whose least may be no more than
    `MOST_KNOWN` of their most.
    """

    low: Array
    high: Array
    need_low: Array
    need_high: Array
    by_width: Array
    is_rounded: Array
    is_sum: Array
    rows: Rows

    @cached_property
    def fingerprint(self) -> bytes:
        """The same for systems of the same bounds, needs and relations."""
        rows = self.rows.weights
        held = (
            self.low,
            self.high,
            self.need_low,
            self.need_high,
            self.by_width,
            self.is_rounded,
            self.is_sum,
        )
        parts = (*held, rows.data, rows.indices, rows.indptr, self.rows.is_equal)
        return hashlib.sha256(
            b"|".join(np.ascontiguousarray(each).tobytes() for each in parts)
        ).digest()

    @property
    def is_hidden(self) -> Array:
        """The unknowns that are small."""
        found: Array = ~np.isnan(self.need_low) & ~self.is_rounded
        return found

    def narrowed(self, low: Array, high: Array) -> Array:
        """The counts that are left less than they need between these bounds."""
        with np.errstate(invalid="ignore"):
            is_short = high - low < self.need_high - self.need_low - ALMOST
            is_cut = (low > self.need_low + ALMOST) | (high < self.need_high - ALMOST)
            found: Array = np.where(self.by_width, is_short, is_cut)
            found |= self.is_sum & (low > MOST_KNOWN * high) & ~np.isnan(self.need_low)
        return found

    def propagated(self) -> tuple[Array, Array, bool]:
        """The bounds that follow from the relations one at a time, and whether they contradict."""
        low, high = self.low.copy(), self.high.copy()
        _, unknown, weight = self.rows.directed
        up = weight > 0
        for _ in range(MOST_ROUNDS):
            bound = self.carried_bounds(low, high)
            new_low, new_high = low.copy(), high.copy()
            np.minimum.at(new_high, unknown[up], np.floor(bound[up] + ALMOST))
            np.maximum.at(new_low, unknown[~up], np.ceil(-bound[~up] - ALMOST))
            if (new_low > new_high).any():
                return new_low, new_high, True
            if (new_low == low).all() and (new_high == high).all():
                break
            low, high = new_low, new_high
        return low, high, False

    def carried_bounds(self, low: Array, high: Array) -> Array:
        """What each unknown of each directed relation is at most (times -1: at least, where its
        weight is below 0), given the bounds of the others."""
        row, unknown, weight = self.rows.directed
        number = 2 * len(self.rows.is_equal)
        least = np.where(weight > 0, weight * low[unknown], weight * high[unknown])
        endless = np.isinf(least)
        finite = np.where(endless, 0.0, least)
        total = np.bincount(row, finite, number)[row] - finite
        others_endless = np.bincount(row, endless, number)[row] - endless > 0
        found: Array = np.where(others_endless, np.inf, -total) / np.abs(weight)
        return found

    def of_hidden(self) -> System:
        """The same, of which only the hidden counts must keep something."""
        none = np.where(self.is_rounded, np.nan, [self.need_low, self.need_high])
        return replace(self, need_low=none[0], need_high=none[1])

    def with_rows(self, rows: Rows) -> System:
        """The same unknowns with other relations."""
        return replace(self, rows=rows)

    def among(self, relations: Array, unknowns: Array) -> System:
        """Some relations (places) with the unknowns (places) that they are of."""
        return System(
            self.low[unknowns],
            self.high[unknowns],
            self.need_low[unknowns],
            self.need_high[unknowns],
            self.by_width[unknowns],
            self.is_rounded[unknowns],
            self.is_sum[unknowns],
            self.rows.among(relations, unknowns),
        )

    def essential(self) -> System:
        """Without the relations that say nothing of hidden counts, given the bounds.

        A part that cannot pass its whole; a sum of known counts; a sum with a count of which
        nothing else is said, whose bounds leave room for every value of the others.
        """
        rows, kept = self.rows, np.ones(len(self.rows.is_equal), dtype=bool)
        is_fixed = self.low == self.high
        found = rows.weights.tocoo()
        row, unknown, weight = found.row, found.col, found.data
        ends = weight * self.low[unknown], weight * self.high[unknown]
        least, most = np.minimum(*ends), np.maximum(*ends)
        kept &= np.bincount(row, ~is_fixed[unknown], len(kept)) > 0
        kept &= rows.is_equal | (np.bincount(row, most, len(kept)) > 0)
        may_go = ~self.is_hidden & ~is_fixed
        while True:
            times = np.bincount(unknown[kept[row]], minlength=len(self.low))
            alone = kept[row] & may_go[unknown] & (times[unknown] == 1) & (abs(weight) == 1)
            at = np.flatnonzero(alone)
            # What the count must be, for every sum of the others that there can be.
            up, is_equal = weight[at] > 0, rows.is_equal[row[at]]
            others = _rest(least, row, at, -np.inf), _rest(most, row, at, np.inf)
            lowest, highest = (np.where(up, -others[1 - end], others[end]) for end in (0, 1))
            fits_low = (self.low[unknown[at]] <= lowest) | ~(is_equal | up)
            fits_high = (self.high[unknown[at]] >= highest) | ~(is_equal | ~up)
            gone = row[at[fits_low & fits_high]]
            if not len(gone):
                return self.with_rows(rows.only(kept))
            kept[gone] = False

    def parts(self) -> list[tuple[Array, Array]]:
        """What hangs together through counts that are not known, where a hidden one is in it.

        Of each such part the places of its relations, and of all unknowns that they are of.
        """
        weights = self.rows.weights
        relations, size = weights.shape[0], sum(weights.shape)
        found = weights.tocoo()
        free = (self.low != self.high)[found.col]
        ends = found.row[free], relations + found.col[free]
        graph = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
        _, labels = connected_components(graph, directed=False)
        hidden = np.unique(labels[relations:][self.is_hidden])
        order = np.argsort(labels[:relations], kind="stable")
        bounds = [np.searchsorted(labels[order], hidden, side) for side in ("left", "right")]
        parts = [order[start:end] for start, end in zip(*bounds, strict=True) if start < end]
        return [(mine, np.unique(weights[mine].indices)) for mine in parts]


def _rest(ends: Array, row: Array, at: Array, endless: float) -> Array:
    """The sum of the ends of a row's terms without the one at a place of it."""
    is_endless = np.isinf(ends)
    finite = np.where(is_endless, 0.0, ends)
    others_endless = np.bincount(row, is_endless)[row[at]] - is_endless[at] > 0
    found: Array = np.where(others_endless, endless, np.bincount(row, finite)[row[at]] - finite[at])
    return found
