"""Which hidden counts could be narrowed by whoever knows all that is shown, and by what.

Bounds are first carried from relation to relation: what that narrows is exposed, rounded counts
that must keep some values included. Of the rest, hidden counts all,
linear programs look for witnesses: a set of whole numbers that fits everything shown and has a
hidden count at one end of its range shows that this end cannot be ruled out. One program serves
all counts that are left; a count that stays without a witness has one of its own, which also names
the shown counts that narrow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, csr_array, eye_array, hstack

from nhsind.release.carriers import Carriers
from nhsind.release.protection import Array
from nhsind.release.system import ALMOST, MOST_TERMS, System

# How far whole numbers are looked for: not by a clock, or a slower machine would withhold more.
MOST_NODES = 1000
# Programs over more unknowns take minutes: then wide relations (`MOST_TERMS`) are left out.
MOST_TOGETHER = 500
# An unknown without an upper bound is looked for so much above its lower one.
HIGHEST = 1e6
INFEASIBLE = 2


class _ContradictionError(Exception):
    """The shown counts do not fit the relations."""


@dataclass(frozen=True)
class Exposed:
    """The hidden counts that are narrowed: by unknown, the range that is left.

    `named`: of those that programs found, the unknowns whose bounds narrow them.
    """

    left: dict[int, tuple[float, float]]
    named: dict[int, list[int]]
    carriers: Carriers

    def by(self, one: int) -> list[int]:
        """The unknowns that narrow one, over whatever lies between."""
        if one not in self.named:
            return self.carriers.of(one)
        found = dict.fromkeys(self.named[one])
        for each in self.named[one]:
            found |= dict.fromkeys(self.carriers.of(each))
        found.pop(one, None)
        return list(found)

    def first(self, place: Array) -> dict[int, int | None]:
        """By narrowed count: of the unknowns that narrow it the one of the least finite place."""
        found = self.carriers.first(place, [one for one in self.left if one not in self.named])
        for one in self.named:
            by = self.by(one)
            found[one] = min(by, key=place.__getitem__, default=None)
        return {
            one: each if each is not None and np.isfinite(place[each]) else None
            for one, each in sorted(found.items())
        }


def exposed(system: System, cleared: set[bytes] | None = None) -> Exposed:
    """The hidden counts that are narrowed.

    Relations that the shown counts contradict are set aside. `cleared` keeps what needs no second
    look, for whoever asks again about almost the same system.
    """
    cleared = set() if cleared is None else cleared
    low, high, is_contradicted = system.propagated()
    if is_contradicted:
        system = consistent(system)
        low, high, _ = system.propagated()
    carriers = Carriers(system, low, high)
    narrowed = np.flatnonzero(system.narrowed(low, high)).tolist()
    if narrowed:
        return Exposed({one: (low[one], high[one]) for one in narrowed}, {}, carriers)
    bounded = replace(system.of_hidden(), low=low, high=high)
    try:
        found = list(_without_witnesses(bounded, cleared))
    except _ContradictionError:
        return exposed(consistent(system), cleared)
    return Exposed(
        {one: left for one, left, _ in found}, {one: by for one, _, by in found}, carriers
    )


def beside_hidden(system: System) -> Array:
    """The unknowns (a mask) of which a smaller range could narrow a hidden count.

    Those that hang together with one. Totals of more than `MOST_TERMS` counts that are not known
    do not bind: each that a smaller range is left of keeps three values.
    """
    low, high, is_contradicted = system.propagated()
    if is_contradicted:
        return beside_hidden(consistent(system))
    is_free = low < high
    terms = (system.rows.weights != 0) @ is_free.astype(float)
    narrow = system.rows.only(terms <= MOST_TERMS)
    found = np.zeros(len(low), dtype=bool)
    bounded = replace(system, low=low, high=high).with_rows(narrow).essential()
    for _, unknowns in bounded.parts():
        found[unknowns] = True
    return found & is_free


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


def _without_witnesses(
    system: System, cleared: set[bytes]
) -> Iterator[tuple[int, tuple[float, float], list[int]]]:
    """The hidden counts that no witness clears: what is left of each, and what narrows it."""
    parts = [(places, part, part.fingerprint) for places, part in _parts(system)]
    # Parts that are the same are looked at once.
    different = {key: part for _, part, key in parts if key not in cleared}
    narrowed = dict(zip(different, _narrowed(list(different.values())), strict=True))
    cleared |= {key for key, found in narrowed.items() if not found}
    for places, _, key in parts:
        for one, left, by in narrowed.get(key, []):
            yield int(places[one]), left, [int(places[each]) for each in by]


def _parts(system: System) -> Iterator[tuple[Array, System]]:
    """What hangs together, of a system with carried bounds: the places of its unknowns, and they.

    Of a part with many unknowns the totals of many are set aside, so that it falls into the
    organisations' own.
    """
    system = system.essential()
    for relations, places in system.parts():
        part = system.among(relations, places)
        is_wide = part.rows.is_wider_than(MOST_TERMS)
        if np.count_nonzero(part.low != part.high) > MOST_TOGETHER and is_wide.any():
            for own, smaller in _parts(part.with_rows(part.rows.only(~is_wide))):
                yield places[own], smaller
        else:
            yield places, part


def _narrowed(parts: list[System]) -> list[list[tuple[int, tuple[float, float], list[int]]]]:
    """Of each part its narrowed counts: the range that is left, and the others that narrow them."""
    if not parts:
        return []
    together = _Witnesses(parts)
    together.look_for_all()
    spans = zip(parts, together.spans, strict=True)
    return [
        list(_Witnesses([part], together.least[span], together.most[span]).uncleared())
        for part, span in spans
    ]


class _Witnesses:
    """The ends of hidden counts' ranges that whole numbers fitting everything were found at.

    Of parts that have nothing to do with each other, side by side.
    """

    def __init__(
        self, parts: list[System], least: Array | None = None, most: Array | None = None
    ) -> None:
        self.parts = parts
        ends = np.cumsum([0, *(len(part.low) for part in parts)]).tolist()
        self.spans = [slice(*each) for each in pairwise(ends)]
        self.low = np.concatenate([part.low for part in parts])
        high = np.concatenate([part.high for part in parts])
        self.high = np.minimum(high, self.low + HIGHEST)
        self.least = np.full(ends[-1], np.inf) if least is None else least
        self.most = np.full(ends[-1], -np.inf) if most is None else most
        self.weights = csr_array(block_diag([part.rows.weights for part in parts], format="csr"))
        self.is_equal = np.concatenate([part.rows.is_equal for part in parts])

    def look_for_all(self) -> None:
        """Look for witnesses of all counts at once, as long as more are found."""
        before, wanted = np.inf, self.wanted()
        while before > wanted.sum() > 0:
            before = wanted.sum()
            for sign in (-1.0, 1.0):
                self.look(np.where(self.wanted(), sign, 0.0))
            wanted = self.wanted()

    def uncleared(self) -> Iterator[tuple[int, tuple[float, float], list[int]]]:
        """Each hidden count that is narrowed, what is left, and the others that narrow it."""
        for one in np.flatnonzero(self.wanted()).tolist():
            if not self.wanted()[one]:
                continue
            by: dict[int, None] = {}
            for sign in (-1.0, 1.0):
                cost = np.zeros(len(self.low))
                cost[one] = sign
                by |= dict.fromkeys(self.look(cost))
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

    def look(self, cost: Array) -> list[int]:
        """Look for whole numbers of the least cost; the unknowns whose bounds made it no less."""
        if not cost.any():
            return []
        found = _least(self.weights, self.is_equal, cost=cost, low=self.low, high=self.high)
        marginals = abs(found.lower.marginals) + abs(found.upper.marginals)
        whole = np.round(found.x)
        is_off = abs(found.x - whole) > ALMOST
        for part, span in zip(self.parts, self.spans, strict=True):
            if is_off[span].any():
                whole[span] = _whole(part, cost[span], self.low[span], self.high[span])
        self.least = np.fmin(self.least, whole)
        self.most = np.fmax(self.most, whole)
        return [int(each) for each in np.flatnonzero(marginals > ALMOST)]

    def _beside(self, one: int) -> list[int]:
        """All unknowns that share a relation with one."""
        rows = self.weights[:, [one]].nonzero()[0]
        beside = np.unique(self.weights[rows].nonzero()[1])
        return [int(each) for each in beside if each != one]


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
