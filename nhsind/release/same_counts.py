"""What is counted where, and which lines count the same there though they are written otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nhsind.definitions.relations import Counted, Relations
from nhsind.periods import Period
from nhsind.release.shown_cells import Cell


class CountedPlace(NamedTuple):
    """What is counted in an organisation of a level and a period; of a partial total its line."""

    what: Counted
    level: str
    code: str
    period: Period
    apart: str = ""

    def at(self, period: Period, what: Counted | None = None) -> CountedPlace:
        """The same organisation at another period, or of what else is counted."""
        return CountedPlace(what or self.what, self.level, self.code, period, self.apart)


def same_counts(
    cells: Sequence[Cell], places: Sequence[CountedPlace], relations: Relations
) -> dict[CountedPlace, CountedPlace]:
    """By place the one that stands for it: sums of the same parts count the same.

    `places`: of each cell. So a year's budgets and those of the four quarters that end with it are
    withheld together or not at all.
    """
    found: dict[CountedPlace, CountedPlace] = {}

    def first(place: CountedPlace) -> CountedPlace:
        while (other := found.get(place, place)) != place:
            place = other
        return place

    of_parts: dict[frozenset[tuple[CountedPlace, int]], CountedPlace] = {}
    sums = {relation.total.line: relation for relation in relations.sums}
    for cell, place in zip(cells, places, strict=True):
        relation = sums.get(cell.line)
        if relation is None or cell.figure not in relations.figures_of(relation):
            continue
        own = relation.total.relation_at(place.period)
        if own is not None and relations.family.indicators[cell.line].answers(place.period):
            parts = Counter(
                place.at(part.of(own), relations.counted[part.line, cell.figure])
                for part in relation.parts
            )
            found[first(place)] = first(of_parts.setdefault(frozenset(parts.items()), place))
    return {place: first(place) for place in places}
