"""Which hidden counts could be narrowed by whoever knows all that is shown, and by what.

Bounds are first carried from relation to relation: what that narrows is exposed, rounded counts
that must keep some values included. Of the rest, hidden counts all, linear programs look for
witnesses that clear them (`witnesses.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from nhsind.release.carriers import Carriers
from nhsind.release.protection import Array
from nhsind.release.system import ALMOST, MOST_TERMS, MOST_TOGETHER, System
from nhsind.release.witnesses import ContradictionError, Narrowed, Witnesses, least_cost


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
    except ContradictionError:
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
    found = least_cost(csr_array(weights), rows.is_equal, cost=cost, low=low, high=high).x
    over, under = found[number : number + relations], found[number + relations :]
    return system.with_rows(rows.without(over > ALMOST, under > ALMOST))


def _without_witnesses(system: System, cleared: set[bytes]) -> Iterator[Narrowed]:
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


def _narrowed(parts: list[System]) -> list[list[Narrowed]]:
    """Of each part its narrowed counts: the range that is left, and the others that narrow them."""
    if not parts:
        return []
    together = Witnesses(parts)
    together.look_for_all()
    return [list(each.uncleared()) for each in together.apart()]
