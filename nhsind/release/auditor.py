"""Which hidden counts could be narrowed by whoever knows all that is shown, and by what.

Bounds are first carried from relation to relation: what that narrows is exposed. Of the rest,
linear programs look for witnesses: a set of whole numbers that fits everything shown and has a
hidden count at one end of its range shows that this end cannot be ruled out. One program serves
many counts; a count that is left without a witness has one of its own, which also names the shown
counts that narrow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack

from nhsind.release.protection import Array
from nhsind.release.system import ALMOST, Rows, System

# By unknown: the unknowns that narrow it.
Exposed = dict[int, list[int]]
# How far whole numbers are looked for: not by a clock, or a slower machine would withhold more.
MOST_NODES = 1000
# Programs over more unknowns take minutes: then what adds up more than this many terms counts by
# the bounds that it gives alone.
MOST_TOGETHER = 500
MOST_TERMS = 20
MOST_ROUNDS = 12
# An unknown without an upper bound is looked for no higher.
HIGHEST = 1e6
INFEASIBLE = 2


class _ContradictionError(Exception):
    """The shown counts do not fit the relations."""


def exposed(system: System, cleared: set[bytes] | None = None) -> Exposed:
    """The hidden counts that are narrowed, each with the other unknowns that narrow it.

    Relations that the shown counts contradict are set aside. `cleared` keeps what needs no second
    look, for whoever asks again about almost the same system.
    """
    cleared = set() if cleared is None else cleared
    low, high, is_contradicted = system.propagated()
    if is_contradicted:
        system = consistent(system)
        low, high, _ = system.propagated()
    narrowed = np.flatnonzero(system.narrowed(low, high))
    if len(narrowed):
        carriers = _Carriers(system, low, high)
        return {int(one): carriers.of(int(one)) for one in narrowed}
    try:
        return dict(_without_witnesses(system, cleared))
    except _ContradictionError:
        return exposed(consistent(system), cleared)


def consistent(system: System) -> System:
    """Without the relations that the shown counts contradict: as few as will do.

    A record without a place, or a revised edition, makes a total differ from what is shown below
    it: everybody sees that the relation cannot hold. A total that holds more than its parts still
    holds them.
    """
    rows = system.rows
    number, relations = len(system.low), len(rows.is_equal)
    weights = hstack([rows.weights, -eye_array(relations), eye_array(relations)])
    # That a total holds more than its parts is likelier than anything else.
    cost = np.concatenate([np.zeros(number), np.full(relations, 3.0), 2.0 - rows.may_be_less])
    low = np.concatenate([system.low, np.zeros(2 * relations)])
    never_under = np.where(rows.is_equal, np.inf, 0.0)
    high = np.concatenate([system.high, np.full(relations, np.inf), never_under])
    found = _least(csr_array(weights), rows.is_equal, cost=cost, low=low, high=high).x
    over, under = found[number : number + relations], found[number + relations :]
    return system.with_rows(rows.without(over > ALMOST, under > ALMOST))


class _Carriers:
    """The relations that give the unknowns their bounds where these were carried to them."""

    def __init__(self, system: System, low: Array, high: Array) -> None:
        row, unknown, weight = system.rows.directed
        bound = system.carried_bounds(low, high)
        up = weight > 0
        self.is_cut = low > system.low, high < system.high
        is_binding = np.where(
            up,
            (np.floor(bound + ALMOST) <= high[unknown]) & self.is_cut[1][unknown],
            (np.ceil(-bound - ALMOST) >= low[unknown]) & self.is_cut[0][unknown],
        )
        self.of_unknown: dict[int, list[int]] = {}
        for one, by in zip(unknown[is_binding].tolist(), row[is_binding].tolist(), strict=True):
            self.of_unknown.setdefault(one, []).append(by)
        # What a relation bounds another by: the lower ends of what it adds, the upper of the rest.
        self.members: dict[int, list[tuple[int, bool]]] = {}
        ends = zip(row.tolist(), unknown.tolist(), (~up).tolist(), strict=True)
        for by, one, is_upper in ends:
            self.members.setdefault(by, []).append((one, is_upper))

    def of(self, one: int) -> list[int]:
        """The unknowns whose bounds were carried to one, over whatever lies between."""
        found: dict[int, None] = {}
        waiting, seen, done = [one], set[int](), {one}
        while waiting:
            for by in self.of_unknown.get(waiting.pop(), []):
                if by in seen:
                    continue
                seen.add(by)
                for other, is_upper in self.members[by]:
                    found[other] = None
                    if self.is_cut[is_upper][other] and other not in done:
                        done.add(other)
                        waiting.append(other)
        found.pop(one, None)
        return list(found)


def _without_witnesses(system: System, cleared: set[bytes]) -> Iterator[tuple[int, list[int]]]:
    """The hidden counts that no witness clears, one connected component after the other.

    Of one with many unknowns the totals of many are set aside once the bounds that they give have
    been carried, so that it falls into the organisations' own.
    """
    components = system.rows.components
    for component in np.unique(components[system.is_hidden]):
        among = components == component
        places = np.flatnonzero(among)
        part = system.among(among)
        is_wide = part.rows.is_wider_than(MOST_TERMS)
        if len(places) > MOST_TOGETHER and is_wide.any():
            low, high, _ = part.propagated()
            bounded = replace(part, low=low, high=high)
            found = list(_without_witnesses(bounded.with_rows(part.rows.only(~is_wide)), cleared))
        elif part.fingerprint in cleared:
            continue
        else:
            found = list(_Witnesses(part).uncleared())
            if not found:
                cleared.add(part.fingerprint)
        for one, by in found:
            yield int(places[one]), [int(places[each]) for each in by]


class _Witnesses:
    """The ends of hidden counts' ranges that whole numbers fitting everything were found at."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.least = np.full(len(system.low), np.inf)
        self.most = np.full(len(system.low), -np.inf)
        self.low = system.low
        self.high = np.minimum(system.high, np.maximum(HIGHEST, system.low))

    def uncleared(self) -> Iterator[tuple[int, list[int]]]:
        """Each hidden count that is narrowed, and the others that narrow it."""
        wanted = self.wanted()
        for _ in range(MOST_ROUNDS):
            for sign in (-1.0, 1.0):
                self.look(np.where(self.wanted(), sign, 0.0))
            before, wanted = wanted.sum(), self.wanted()
            if not wanted.any():
                return
            if wanted.sum() == before:
                break
        for one in np.flatnonzero(wanted):
            if not self.wanted()[one]:
                continue
            by: dict[int, None] = {}
            for sign in (-1.0, 1.0):
                cost = np.zeros(len(self.low))
                cost[one] = sign
                by |= dict.fromkeys(self.look(cost))
            if self.wanted()[one]:
                by.pop(int(one), None)
                yield int(one), list(by) or self._beside(int(one))

    def wanted(self) -> Array:
        """The hidden counts that witnesses leave in doubt."""
        return self.system.narrowed(self.least, self.most)

    def look(self, cost: Array) -> list[int]:
        """Look for whole numbers of the least cost; the unknowns whose bounds made it no less."""
        rows = self.system.rows
        if not cost.any():
            return []
        found = _least(rows.weights, rows.is_equal, cost=cost, low=self.low, high=self.high)
        binding = np.flatnonzero(
            (abs(found.lower.marginals) > ALMOST) | (abs(found.upper.marginals) > ALMOST)
        )
        whole = np.round(found.x)
        if abs(found.x - whole).max() > ALMOST:
            whole = _whole(rows, cost, self.low, self.high)
        if whole is not None:
            self.least = np.minimum(self.least, whole)
            self.most = np.maximum(self.most, whole)
        return [int(each) for each in binding]

    def _beside(self, one: int) -> list[int]:
        """All unknowns that share a relation with one."""
        weights = self.system.rows.weights
        rows = weights[:, [one]].nonzero()[0]
        return [int(each) for each in np.unique(weights[rows].nonzero()[1]) if each != one]


def _least(weights: csr_array, is_equal: Array, *, cost: Array, low: Array, high: Array) -> Any:
    """The solution of least cost in real numbers; _ContradictionError if there is none."""
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
        raise _ContradictionError
    if found.status != 0:
        raise ArithmeticError(f"the audit's linear program ended with: {found.message}")
    return found


def _whole(rows: Rows, cost: Array, low: Array, high: Array) -> Array | None:
    """The same in whole numbers, or None where none were found among so many nodes."""
    found = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(
            rows.weights, np.where(rows.is_equal, 0.0, -np.inf), np.zeros(len(rows.is_equal))
        ),
        options={"node_limit": MOST_NODES},
    )
    return None if found.x is None else np.round(found.x)
