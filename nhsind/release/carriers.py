"""Which shown counts the bounds of others were carried from."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from nhsind.release.protection import Array
from nhsind.release.system import ALMOST, System


class Carriers:
    """The relations that give the unknowns their bounds where these were carried to them."""

    def __init__(self, system: System, low: Array, high: Array) -> None:
        self.row, self.unknown, weight = system.rows.directed
        bound = system.carried_bounds(low, high)
        up = weight > 0
        is_cut = low > system.low, high < system.high
        self.is_binding = np.where(
            up,
            (np.floor(bound + ALMOST) <= high[self.unknown]) & is_cut[1][self.unknown],
            (np.ceil(-bound - ALMOST) >= low[self.unknown]) & is_cut[0][self.unknown],
        )
        # A relation bounds another by the lower ends of what it adds, by the upper of the rest.
        self.is_carried = np.where(up, is_cut[0][self.unknown], is_cut[1][self.unknown])

    def of(self, one: int) -> list[int]:
        """The unknowns whose bounds were carried to one, over whatever lies between."""
        found: dict[int, None] = {}
        waiting, seen, done = [one], set[int](), {one}
        while waiting:
            for by in self._binding(waiting.pop()):
                if by in seen:
                    continue
                seen.add(by)
                start, end = np.searchsorted(self.row, [by, by + 1])
                found |= dict.fromkeys(self.unknown[start:end].tolist())
                carried = self.unknown[start:end][self.is_carried[start:end]].tolist()
                waiting += [each for each in carried if each not in done]
                done.update(carried)
        found.pop(one, None)
        return list(found)

    def first(self, place: Array, wanted: list[int]) -> dict[int, int | None]:
        """By wanted unknown: of those whose bounds were carried to it the one of the least place.

        Places differ, but for infinite ones. Worked out for all unknowns at once.
        """
        if not wanted:
            return {}
        best = np.full(len(place), np.inf)
        row, unknown, binding = self.row, self.unknown, self.is_binding
        of_row = np.full(int(row.max(initial=-1)) + 1, np.inf)
        while True:
            known = np.where(self.is_carried, best[unknown], np.inf)
            np.minimum.at(of_row, row, np.minimum(place[unknown], known))
            new = best.copy()
            np.minimum.at(new, unknown[binding], of_row[row[binding]])
            if (new == best).all():
                break
            best = new
        order = np.argsort(place)
        at = order[np.searchsorted(place[order], best[wanted]).clip(max=len(order) - 1)]
        found: dict[int, int | None] = {
            one: int(each) if np.isfinite(best[one]) else None
            for one, each in zip(wanted, at, strict=True)
        }
        for one in (each for each, first in found.items() if first == each):
            # Whether any but itself narrows it.
            found[one] = min(self.of(one), key=place.__getitem__, default=None)
        return found

    def _binding(self, one: int) -> list[int]:
        """The relations that bind an unknown."""
        unknowns, rows = self._by_unknown
        start, end = np.searchsorted(unknowns, [one, one + 1])
        found: list[int] = rows[start:end].tolist()
        return found

    @cached_property
    def _by_unknown(self) -> tuple[Array, Array]:
        """The unknowns that relations bind, in order, and the relations."""
        unknowns, rows = self.unknown[self.is_binding], self.row[self.is_binding]
        order = np.argsort(unknowns, kind="stable")
        return unknowns[order], rows[order]
