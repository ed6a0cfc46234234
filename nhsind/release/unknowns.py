"""The unknowns that cells are of, and what adds up among them.

Cells that count the same in one organisation and period are one unknown, unless what is shown of
them differs (then one of them was revised), or they are totals of other organisations. What adds up
follows from the definition, the geography and which organisations are in a total: never from
whether hidden counts do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np
import pandas as pd

from nhsind.definitions.relations import Counted, Relations
from nhsind.definitions.written_relations import Term
from nhsind.geography import ENGLAND, OUTSIDE_ENGLAND
from nhsind.periods import Period, parse_period
from nhsind.release.pieces import PIECE, totals_of_pieces
from nhsind.release.possible import FEWEST_VALUES_OF_A_ROUNDED_COUNT
from nhsind.release.protection import Array
from nhsind.release.same_counts import CountedPlace, same_counts
from nhsind.release.shown_cells import BASE_LEVELS, SHOWN, WITHHELD, Cell, each_of
from nhsind.release.system import MOST_TERMS, Rows, System

# By level, code and period: the organisations of levels above that an organisation is in. Of
# several of one level the others have a number after it.
Above = Mapping[tuple[str, str, str], Mapping[str, str]]
# By edition and level: the cells (places) that a total holds.
Held = dict[tuple[int, str], list[int]]


@dataclass(frozen=True)
class _Known:
    """What is known of an unknown as its cells are read, one after the other.

    `members`: by level, the organisations that it is the total of.
    """

    number: int
    low: float
    high: float
    members: dict[str, frozenset[str]]

    def may_be(self, low: float, high: float, members: dict[str, frozenset[str]]) -> bool:
        """Whether a cell with these bounds, of these organisations, may count the same."""
        is_of_others = any(self.members.get(level, of) != of for level, of in members.items())
        return not is_of_others and max(self.low, low) <= min(self.high, high)


# Unknowns with weights; whether their sum is 0 or not above 0; whether it may be less than 0.
Row = tuple[tuple[tuple[int, int], ...], bool, bool]


class Unknowns:
    """The unknowns of cells (`shown_cells.cells_of`, with `edition`) and their relations."""

    def __init__(self, cells: pd.DataFrame, relations: Relations, above: Above) -> None:
        self.cells, self.relations, self.above = cells, relations, above
        self.number = 0
        self._each = each_of(cells)
        self._held = self._held_in_totals()
        # By edition and place; and of the latest edition that has the place.
        self._of: dict[tuple[int, CountedPlace], int] = {}
        self._latest: dict[CountedPlace, int] = {}
        self.of_cell = self._numbered()
        rows = list(dict.fromkeys(self._relations()))
        self.rows = Rows.of(self.number, rows).with_differences(MOST_TERMS)

    def system(self, withheld: Array, with_rounded: bool = False) -> System:
        """The system of what is shown, with some cells (a mask) withheld.

        `with_rounded`: rounded counts too must keep some values, not small ones alone.
        """
        cells, number = self.cells, self.number
        low, high = np.zeros(number), np.full(number, np.inf)
        shown = ~withheld & (cells["state"] != WITHHELD).to_numpy()
        np.maximum.at(low, self.of_cell[shown], cells["low"].to_numpy()[shown])
        np.minimum.at(high, self.of_cell[shown], cells["high"].to_numpy()[shown])
        need_low, need_high = np.full(number, np.nan), np.full(number, np.nan)
        by_width, rounded, sums = np.zeros((3, number), dtype=bool)
        if with_rounded:
            least, most = cells["low"].to_numpy(), cells["high"].to_numpy()
            is_rounded = (cells["state"] == SHOWN).to_numpy() & (least < most)
            at, least, most = (each[is_rounded] for each in (self.of_cell, least, most))
            need_low[at] = least
            need_high[at] = np.minimum(most, least + FEWEST_VALUES_OF_A_ROUNDED_COUNT - 1)
            rounded[at] = True
        is_small = cells["need_low"].notna().to_numpy()
        need_low[self.of_cell[is_small]] = cells["need_low"].to_numpy()[is_small]
        need_high[self.of_cell[is_small]] = cells["need_high"].to_numpy()[is_small]
        # Of small ones that are withheld nothing says that they are small.
        rounded[self.of_cell[is_small]] = False
        by_width[self.of_cell[is_small]] = True
        by_width[self.of_cell[is_small & shown]] = False
        # A hidden sum is not said to be small.
        sums[self.of_cell[is_small & np.isinf(cells["high"].to_numpy())]] = True
        by_width |= rounded | sums
        return System(low, high, need_low, need_high, by_width, rounded, sums, self.rows)

    def _numbered(self) -> Array:
        """The unknown of each cell."""
        periods = {text: parse_period(text) for text in self.cells["period"].unique()}
        counted = self.relations.counted
        places = [
            CountedPlace(
                counted[cell.line, cell.figure],
                cell.level,
                cell.code,
                periods[cell.period],
                cell.apart,
            )
            for cell in self._each
        ]
        stands_for = same_counts(self._each, places, self.relations)
        known: dict[CountedPlace, list[_Known]] = {}
        found: list[int] = []
        for cell, place in zip(self._each, places, strict=True):
            low, high = (0.0, np.inf) if cell.state == WITHHELD else (cell.low, cell.high)
            members = self._members(cell)
            same = known.setdefault(stands_for[place], [])
            for spot, one in enumerate(same):
                if one.may_be(low, high, members):
                    least, most = max(low, one.low), min(high, one.high)
                    same[spot] = _Known(one.number, least, most, one.members | members)
                    number = one.number
                    break
            else:
                number = self._new()
                same.append(_Known(number, low, high, members))
            self._of[cell.edition, place] = self._latest[place] = number
            found.append(number)
        return np.array(found, dtype=np.int64)

    def _held_in_totals(self) -> dict[tuple[str, ...], Held]:
        """By total (line, figure, level, code, period): the cells in it."""
        found: dict[tuple[str, ...], Held] = {}
        for at, cell in enumerate(self._each):
            for above, parent in self._above(cell).items() if cell.in_totals else ():
                key = (cell.line, cell.figure, above.split()[0], parent, cell.period)
                found.setdefault(key, {}).setdefault((cell.edition, cell.level), []).append(at)
        return found

    def _members(self, cell: Cell) -> dict[str, frozenset[str]]:
        """By level, the organisations that a total is of in its own edition."""
        held = self._held.get((cell.line, cell.figure, cell.level, cell.code, cell.period), {})
        return {
            level: frozenset(self._each[at].code for at in cells)
            for (edition, level), cells in held.items()
            if edition == cell.edition and level != cell.level
        }

    def _new(self) -> int:
        self.number += 1
        return self.number - 1

    def _in(self, edition: int, place: CountedPlace) -> int:
        """The unknown of a place in an edition; else in another; else one that nothing shows."""
        found = self._known(edition, place)
        if found is None:
            found = self._latest[place] = self._new()
        return found

    def _known(self, edition: int, place: CountedPlace) -> int | None:
        return self._of.get((edition, place), self._latest.get(place))

    def _relations(self) -> Iterator[Row]:
        shown = list(self._of)
        yield from self._over_time(shown)
        yield from self._written(shown)
        yield from self._parts()
        yield from self._levels()
        yield from self._pieces()

    def _over_time(self, shown: list[tuple[int, CountedPlace]]) -> Iterator[Row]:
        """Quarters made of months and years made of quarters, where any of these is shown."""
        rules = self.relations.over_time
        held = {place for _, place in shown if place.what in rules}
        # Quarters of which only months are shown carry them to the year.
        carried = {place.at(place.period.quarter) for place in held if place.period.months == 1}
        for edition, place in shown:
            if place in held and place.period.kind == "quarter":
                yield from self._made_of(edition, place, place.period.split_months(), held)
            if place in held and place.period.kind == "year":
                quarters = [place.period.quarter.shift(step) for step in range(4)]
                yield from self._made_of(edition, place, quarters, held | carried)
                for part in map(place.at, quarters):
                    if part in carried and part not in held:
                        yield from self._made_of(edition, part, part.period.split_months(), held)

    def _made_of(
        self, edition: int, total: CountedPlace, periods: list[Period], held: set[CountedPlace]
    ) -> Iterator[Row]:
        is_flow = self.relations.over_time[total.what] == "flow"
        parts = [total.at(period) for period in (periods if is_flow else periods[-1:])]
        if any(part in held for part in parts):
            terms = [(self._in(edition, part), 1) for part in parts]
            yield (*terms, (self._in(edition, total), -1)), True, False

    def _written(self, shown: list[tuple[int, CountedPlace]]) -> Iterator[Row]:
        """The sums and parts that `[relations]` names, where the total or whole is shown."""
        for found in self.relations.sums:
            for figure in self.relations.figures_of(found):
                total = replace(found.total, figure=figure)
                for edition, place, own in self._anchors(total, shown):
                    parts = (replace(part, figure=figure) for part in found.parts)
                    held = [self._place(place, part, own) for part in parts]
                    terms = [(self._in(edition, each), 1) for each in held]
                    yield (*terms, (self._in(edition, place), -1)), True, False
        for within in self.relations.within:
            for edition, place, own in self._anchors(within.wholes[-1], shown):
                numbers = [
                    [self._known(edition, self._place(place, each, own)) for each in of]
                    for of in (within.parts, within.wholes)
                ]
                # A part that nothing shows is 0 or more; of such a whole nothing is known.
                known, most = ([each for each in of if each is not None] for of in numbers)
                if known and len(most) == len(within.wholes):
                    ends = [*((each, 1) for each in known), *((each, -1) for each in most)]
                    yield tuple(ends), False, False

    def _anchors(
        self, term: Term, shown: list[tuple[int, CountedPlace]]
    ) -> Iterator[tuple[int, CountedPlace, Period]]:
        """Where a term of a relation is shown, with the period that the relation is of there."""
        what = self.relations.counted[term.line, term.figure]
        line = self.relations.family.indicators[term.line]
        for edition, place in shown:
            if place.what == what and line.answers(place.period):
                own = term.relation_at(place.period)
                if own is not None:
                    yield edition, place, own

    def _place(self, place: CountedPlace, term: Term, own: Period) -> CountedPlace:
        """What a term counts in the organisation of a place, where the relation is of `own`."""
        return place.at(term.of(own), self.relations.counted[term.line, term.figure])

    def _parts(self) -> Iterator[Row]:
        """What counts a part of what is shown beside it."""
        parts: dict[Counted, list[tuple[Counted, int]]] = {}
        for part, whole in self.relations.parts:
            parts.setdefault(part, []).append((whole, 1))
        counted = self.relations.counted
        for line, least in self.relations.family.least_of_each.items():
            parts.setdefault(counted[line, "denominator"], []).append(
                (counted[line, "numerator"], least)
            )
        # Those that nothing shows too, such as the quarter before the first, in its window.
        seen = {place for _, place in self._of}
        unseen = [place for place in self._latest if place not in seen]
        places = [*self._of.items(), *(((-1, each), self._latest[each]) for each in unseen)]
        for (edition, place), number in places:
            for whole, weight in parts.get(place.what, []):
                other = self._known(edition, place.at(place.period, whole))
                if other is not None:
                    yield ((number, weight), (other, -1)), False, False

    def _levels(self) -> Iterator[Row]:
        """Totals as sums of the organisations in them, of the same edition where it has them."""
        for at, total in enumerate(self._each):
            held = self._in_total(total)
            for level in dict.fromkeys(level for _, level in held):
                editions = [edition for edition, of in held if of == level]
                if level == total.level and total.edition in editions:
                    continue  # who has given way to it is shown beside it: it is not their sum
                edition = total.edition if total.edition in editions else max(editions)
                numbers = self.of_cell[held[edition, level]].tolist()
                terms = [(number, 1) for number in dict.fromkeys(numbers)]
                yield (*terms, (int(self.of_cell[at]), -1)), self._is_all(held, level), True

    def _pieces(self) -> Iterator[Row]:
        """Totals of levels that overlap as sums of pieces, where no commissioner is shown."""
        totals: dict[tuple[Counted, str], dict[tuple[str, str], int]] = {}
        if not any(level == PIECE for level, _, _ in self.above):
            return
        for at, cell in enumerate(self._each):
            if not cell.apart:
                what = self.relations.counted[cell.line, cell.figure]
                same = totals.setdefault((what, cell.period), {})
                same[cell.level, cell.code] = int(self.of_cell[at])
        for (_, period), shown in totals.items():
            if any(level in BASE_LEVELS for level, _ in shown):
                continue
            found = totals_of_pieces(self.above, period, shown)
            numbers = {code: self._new() for code in dict.fromkeys(chain(*found.values()))}
            for total, of in found.items():
                yield (*((numbers[code], 1) for code in of), (shown[total], -1)), True, True

    def _in_total(self, total: Cell) -> Held:
        """The cells in a total: of its line, else of the one that counts the same with the most."""
        place = (total.level, total.code, total.period)
        held = self._held.get((total.line, total.figure, *place), {})
        if held or total.apart:
            return held
        what = self.relations.counted[total.line, total.figure]
        alike = (self._held.get((*each, *place), {}) for each in self._counting[what])
        return max(alike, key=lambda cells: sum(map(len, cells.values())), default={})

    @cached_property
    def _counting(self) -> dict[Counted, list[tuple[str, str]]]:
        """The lines and figures that each count is shown as."""
        found: dict[Counted, list[tuple[str, str]]] = {}
        for figure, what in self.relations.counted.items():
            found.setdefault(what, []).append(figure)
        return found

    def _is_all(self, held: Held, level: str) -> bool:
        """Whether everyone in a total is also in an organisation of a level below it."""
        base = (at for (_, of), cells in held.items() if of in BASE_LEVELS for at in cells)
        return level in BASE_LEVELS or all(level in self._above(self._each[at]) for at in base)

    def _above(self, cell: Cell) -> dict[str, str]:
        if cell.level == "england":
            return {}
        above = dict(self.above.get((cell.level, cell.code, cell.period), {}))
        if cell.code not in OUTSIDE_ENGLAND:
            above["england"] = ENGLAND
        return above
