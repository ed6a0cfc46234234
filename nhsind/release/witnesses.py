"""Whole numbers that fit everything shown, and clear the hidden counts that stand at an end there.

A set of whole numbers that fits everything and has a hidden count at one end of its range shows
that this end cannot be ruled out. One program serves all counts together. For a count that stays
without a witness, in a large table, one is looked for among those that differ from another only
near it; then it has a program of its own, which also names the shown counts that narrow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from nhsind.release.protection import Array
from nhsind.release.system import ALMOST, MOST_TOGETHER, System

# How far whole numbers are looked for: not by a clock, or a slower machine would withhold more.
MOST_NODES = 1000
# An unknown without an upper bound is looked for so much above its lower one.
HIGHEST = 1e6
INFEASIBLE = 2
# A narrowed count, the range that is left of it, and the others that narrow it.
Narrowed = tuple[int, tuple[float, float], list[int]]


class ContradictionError(Exception):
    """The shown counts do not fit the relations."""


class Witnesses:
    """The ends of hidden counts' ranges that whole numbers fitting everything were found at.

    Of parts that have nothing to do with each other, side by side.
    """

    def __init__(self, parts: list[System]) -> None:
        self.parts = parts
        ends = np.cumsum([0, *(len(part.low) for part in parts)]).tolist()
        self.spans = [slice(*each) for each in pairwise(ends)]
        self.low = np.concatenate([part.low for part in parts])
        high = np.concatenate([part.high for part in parts])
        self.high = np.minimum(high, self.low + HIGHEST)
        # What witnesses have of each unknown at least and at most, and the last of them.
        self.least, self.most, self.last = (
            np.full(ends[-1], each) for each in (np.inf, -np.inf, np.nan)
        )
        self.weights = csr_array(block_diag([part.rows.weights for part in parts], format="csr"))
        self.is_equal = np.concatenate([part.rows.is_equal for part in parts])

    def apart(self) -> Iterator[Witnesses]:
        """Each part by itself, with what was found of it."""
        for part, span in zip(self.parts, self.spans, strict=True):
            alone = Witnesses([part])
            alone.least, alone.most = self.least[span], self.most[span]
            alone.last = self.last[span]
            yield alone

    def look_for_all(self) -> None:
        """Look for witnesses of all counts at once, as long as more are found."""
        before, wanted = np.inf, self.wanted()
        while before > wanted.sum() > 0:
            before = wanted.sum()
            for sign in (-1.0, 1.0):
                # Of a large part one is enough, near which others are looked for.
                enough = [
                    -np.inf if _is_large(part) and not np.isnan(self.last[span]).any() else np.inf
                    for part, span in zip(self.parts, self.spans, strict=True)
                ]
                self.look(np.where(self.wanted(), sign, 0.0), enough)
            wanted = self.wanted()

    def uncleared(self) -> Iterator[Narrowed]:
        """Each hidden count that is narrowed, what is left, and the others that narrow it.

        Of one part.
        """
        for one in np.flatnonzero(self.wanted()).tolist():
            if self.wanted()[one] and _is_large(self.parts[0]):
                self.look_near(one)
            if not self.wanted()[one]:
                continue
            by: dict[int, None] = {}
            for sign, found in ((-1.0, self.most), (1.0, self.least)):
                cost = np.zeros(len(self.low))
                cost[one] = sign
                by |= dict.fromkeys(self.look(cost, [sign * found[one]]))
            if self.wanted()[one]:
                by.pop(one, None)
                left = max(self.least[one], self.low[one]), min(self.most[one], self.high[one])
                yield one, left, list(by) or self._beside(one)

    def wanted(self) -> Array:
        """The hidden counts that witnesses leave in doubt."""
        return np.concatenate(
            [
                part.narrowed(self.least[span], self.most[span])
                for part, span in zip(self.parts, self.spans, strict=True)
            ]
        )

    def look(self, cost: Array, enough: list[float]) -> list[int]:
        """Look for whole numbers of the least cost; the unknowns whose bounds made it no less.

        `enough`: of each part, the cost that a witness has already. Where real numbers have none
        below it, whole ones are not looked for.
        """
        if not cost.any():
            return []
        found = least_cost(self.weights, self.is_equal, cost=cost, low=self.low, high=self.high)
        marginals = abs(found.lower.marginals) + abs(found.upper.marginals)
        whole, least = np.round(found.x), np.ceil(found.fun - ALMOST)
        is_off = abs(found.x - whole) > ALMOST
        for part, span, known in zip(self.parts, self.spans, enough, strict=True):
            if is_off[span].any():
                ends = self.low[span], self.high[span]
                whole[span] = _whole(part, cost[span], *ends) if least < known else np.nan
        self._note(whole)
        return [int(each) for each in np.flatnonzero(marginals > ALMOST)]

    def look_near(self, one: int) -> None:
        """Look for witnesses of one count that differ from the last one only near it.

        Among twice as many unknowns where that did not do. A program over a few hundred takes
        milliseconds, one over all of a national table ten seconds and more. Of one part.
        """
        order = self._by_distance(one)
        most = MOST_TOGETHER
        while most < len(self.low) and self.wanted()[one] and not np.isnan(self.last).any():
            near = np.zeros(len(self.low), dtype=bool)
            near[order[:most]] = True
            relations = np.flatnonzero((self.weights != 0) @ near)
            unknowns = np.unique(self.weights[relations].indices)
            part, is_free = self.parts[0].among(relations, unknowns), near[unknowns]
            for sign in (-1.0, 1.0):
                ends = (
                    np.where(is_free, each[unknowns], self.last[unknowns])
                    for each in (self.low, self.high)
                )
                witness = self.last.copy()
                witness[unknowns] = _whole(part, np.where(unknowns == one, sign, 0.0), *ends)
                self._note(witness)
            most *= 2

    def _by_distance(self, one: int) -> Array:
        """The unknowns that hang together with one, nearest first: over the fewest terms."""
        number = len(self.low)
        distance = dijkstra(self._graph, directed=False, indices=one)[:number]
        order = np.argsort(distance, kind="stable")
        found: Array = order[np.isfinite(distance[order])]
        return found

    @cached_property
    def _graph(self) -> csr_array:
        """Unknowns and, after them, relations, as far from each other as these have terms."""
        weights = self.weights.tocoo()
        free = (self.low < self.high)[weights.col]
        row, unknown = weights.row[free], weights.col[free]
        terms = np.bincount(row, minlength=weights.shape[0])[row].astype(float)
        ends = unknown, len(self.low) + row
        size = sum(weights.shape)
        return csr_array(coo_array((terms, ends), shape=(size, size)))

    def _note(self, witness: Array) -> None:
        """Keep what whole numbers, NaN where none were found, say of each unknown."""
        self.least = np.fmin(self.least, witness)
        self.most = np.fmax(self.most, witness)
        self.last = np.where(np.isnan(witness), self.last, witness)

    def _beside(self, one: int) -> list[int]:
        """All unknowns that share a relation with one."""
        rows = self.weights[:, [one]].nonzero()[0]
        beside = np.unique(self.weights[rows].nonzero()[1])
        return [int(each) for each in beside if each != one]


def _is_large(part: System) -> bool:
    return len(part.low) > MOST_TOGETHER


def least_cost(weights: csr_array, is_equal: Array, *, cost: Array, low: Array, high: Array) -> Any:
    """The solution of least cost in real numbers; ContradictionError if there is none."""
    number_equal = int(is_equal.sum())
    found = linprog(
        cost,
        A_ub=weights[~is_equal] if number_equal < len(is_equal) else None,
        b_ub=np.zeros(len(is_equal) - number_equal) if number_equal < len(is_equal) else None,
        A_eq=weights[is_equal] if number_equal else None,
        b_eq=np.zeros(number_equal) if number_equal else None,
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    if found.status == INFEASIBLE:
        raise ContradictionError
    if found.status != 0:
        raise ArithmeticError(f"the audit's linear program ended with: {found.message}")
    return found


def _whole(part: System, cost: Array, low: Array, high: Array) -> Array | float:
    """The same in whole numbers; NaN where none were found among so many nodes."""
    is_equal = part.rows.is_equal
    if not cost.any():
        return np.nan
    found = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(
            part.rows.weights, np.where(is_equal, 0.0, -np.inf), np.zeros(len(is_equal))
        ),
        options={"node_limit": MOST_NODES},
    )
    return np.nan if found.x is None else np.round(found.x)
