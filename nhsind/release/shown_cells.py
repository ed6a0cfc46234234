"""The cells of released tables, and the unknowns and relations that they are of.

A cell is one count of a table: a line, a figure, an organisation, a period, and what is shown of
it. Cells that count the same are one unknown. What adds up follows from the definition, the
geography and which organisations are in a total: never from whether hidden counts do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import Counted, Relations
from nhsind.definitions.statuses import Mark
from nhsind.definitions.written_relations import Sum, Term, Within
from nhsind.geography import ENGLAND, OUTSIDE_ENGLAND
from nhsind.periods import Period, parse_period
from nhsind.release.protection import HIDDEN, Array, protect
from nhsind.release.system import Rows, System

# What is shown of a cell.
SHOWN, SMALL, WITHHELD = "shown", "small", "withheld"
# An organisation of a level.
Organisation = tuple[str, str]
Place = tuple[Counted, Organisation, Period]
Row = tuple[list[tuple[int, int]], bool, bool]


@dataclass(frozen=True)
class Cells:
    """Cells of tables of one family, a row each.

    Columns: `line`, `figure`, `level`, `code`, `period`, `state`, `count` (missing unless shown),
    `low` and `high` (what an outsider knows of it), `need_low` and `need_high` (of a small count),
    `in_totals`, and `fixed`: it is out already and cannot be withheld. `above`: by level, code and
    period the organisations that a row's are in.
    """

    table: pd.DataFrame
    above: dict[tuple[str, str, str], dict[str, str]]


def cells_of(
    table: pd.DataFrame, in_totals: Array, policy: Disclosure, relations: Relations
) -> pd.DataFrame:
    """The cells of a table whose counts are protected, with the index of their rows as `row`.

    `in_totals`: the rows that are whole, which totals are made of.
    """
    parts = []
    for figure in ("numerator", "denominator"):
        marked = table[f"{figure}_mark"] == Mark.SUPPRESSED
        counted = {line for line, name in relations.counted if name == figure}
        there = table["indicator"].isin(counted) & (marked | table[figure].notna())
        rows = table[there]
        other = "denominator" if figure == "numerator" else None
        national = (rows["org_level"] == "england").to_numpy()
        inside = (rows["kind"] == "proportion").to_numpy() & (other is not None)
        part = pd.DataFrame(
            {
                "row": rows.index,
                "line": rows["indicator"],
                "figure": figure,
                "level": rows["org_level"],
                "code": rows["org_code"],
                "period": rows["period"],
                "state": np.where(marked[there], SMALL, SHOWN),
                "count": rows[figure].astype("Int64"),
                "in_totals": in_totals[there.to_numpy()],
            }
        ).reset_index(drop=True)
        whole = rows["denominator"] if other else rows[figure]
        parts.append(pd.concat([part, _ranges(part, whole, inside, national, policy)], axis=1))
    return pd.concat(parts, ignore_index=True).assign(fixed=False)


def _ranges(
    part: pd.DataFrame,
    whole: pd.Series[int],
    inside: Array,
    national: Array,
    policy: Disclosure,
) -> pd.DataFrame:
    """What an outsider knows of each cell, and what a small one must keep."""
    counts = part["count"].fillna(HIDDEN).to_numpy(dtype=np.int64)
    none, nothing = np.full(len(counts), -1), np.zeros(len(counts), dtype=bool)
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    for step in range(-policy.base, policy.base + 1):
        tried = np.maximum(counts + step, 0)
        given, _ = protect(tried, none, policy, national, nothing)
        fits = given == counts
        low = np.where(fits, np.minimum(low, tried), low)
        high = np.where(fits, np.maximum(high, tried), high)
    small = counts == HIDDEN
    least = 0.0 if policy.hide_zeros else 1.0
    low = np.where(small, least, low)
    most = np.full(len(counts), float(policy.threshold))
    if policy.base == 1:
        # Beside an exact whole a small rest hides the part as well.
        wholes = whole.fillna(policy.threshold).to_numpy(dtype=float)
        is_part = inside & small
        low = np.where(is_part, np.minimum(low, wholes - policy.threshold).clip(0), low)
        most = np.where(is_part, np.maximum(most, wholes - least), most)
    high = np.where(small, most, high)
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "need_low": np.where(small, low, np.nan),
            "need_high": np.where(small, high, np.nan),
        }
    )


class Unknowns:
    """The unknowns that cells are of, and the relations among them."""

    def __init__(self, cells: Cells, relations: Relations) -> None:
        self.cells, self.relations = cells, relations
        self.places: dict[Place, int] = {}
        table = cells.table
        periods = {text: parse_period(text) for text in table["period"].unique()}
        self.of_cell = np.array(
            [
                self._number((relations.counted[line, figure], (level, code), periods[period]))
                for line, figure, level, code, period in zip(
                    *(table[name] for name in ("line", "figure", "level", "code", "period")),
                    strict=True,
                )
            ],
            dtype=np.int64,
        )
        self.in_totals = {self.of_cell[row] for row in np.flatnonzero(table["in_totals"])}
        self.rows = list(self._relations())

    def system(self, withheld: Array) -> System:
        """The system of what is shown, with some cells (a mask) withheld."""
        table, number = self.cells.table, len(self.places)
        low, high = np.zeros(number), np.full(number, np.inf)
        shown = ~withheld & (table["state"] != WITHHELD).to_numpy()
        np.maximum.at(low, self.of_cell[shown], table["low"].to_numpy()[shown])
        np.minimum.at(high, self.of_cell[shown], table["high"].to_numpy()[shown])
        need_low, need_high = np.full(number, np.nan), np.full(number, np.nan)
        is_small = table["need_low"].notna().to_numpy()
        need_low[self.of_cell[is_small]] = table["need_low"].to_numpy()[is_small]
        need_high[self.of_cell[is_small]] = table["need_high"].to_numpy()[is_small]
        told = np.zeros(number, dtype=bool)
        told[self.of_cell[shown]] = True
        return System(low, high, need_low, need_high, ~told, Rows.of(number, self.rows))

    def _number(self, place: Place) -> int:
        return self.places.setdefault(place, len(self.places))

    def _relations(self) -> Iterator[Row]:
        yield from self._over_time(list(self.places))
        yield from self._written()
        yield from self._parts()
        yield from self._levels()

    def _over_time(self, given: list[Place]) -> Iterator[Row]:
        """Quarters as sums of months, years as sums of quarters, where any of them is shown."""
        held: dict[tuple[Counted, Organisation], set[Period]] = {}
        for what, of, period in given:
            held.setdefault((what, of), set()).add(period)
        for (what, of), periods in held.items():
            kinds = self.relations.over_time.get(what, set())
            months = {each for each in periods if each.kind == "month"}
            quarters = {each for each in periods if each.kind == "quarter"}
            years = {each for each in periods if each.kind == "year"}
            if "month" in kinds:
                quarters |= {each.quarter for each in months if each.financial_year in years}
                for quarter in quarters & {each.quarter for each in months}:
                    yield self._sum(what, of, quarter, quarter.split_months())
            for year in years & {each.financial_year for each in quarters}:
                first = year.quarter
                yield self._sum(what, of, year, [first.shift(step) for step in range(4)])

    def _sum(
        self, what: Counted, of: Organisation, total: Period, parts: list[Period]
    ) -> Row:
        terms = [(self._number((what, of, part)), 1) for part in parts]
        return [*terms, (self._number((what, of, total)), -1)], True, False

    def _written(self) -> Iterator[Row]:
        """The sums and parts that `[relations]` names, where the total or whole is shown."""
        for found in self.relations.sums:
            yield from self._written_as(found, found.total, found.parts, is_sum=True)
        for within in self.relations.within:
            yield from self._written_as(within, within.whole, (within.part,), is_sum=False)

    def _written_as(
        self, found: Sum | Within, whole: Term, parts: tuple[Term, ...], is_sum: bool
    ) -> Iterator[Row]:
        counted, line = self.relations.counted, self.relations.family.indicators[whole.line]
        for figure in self.relations.figures_of(found):
            for what, of, period in list(self.places):
                if what != counted[whole.line, figure] or not line.answers(period):
                    continue
                # The relation's period, where the whole is of one before.
                own = period.shift(whole.back)
                held = [(counted[part.line, figure], of, part.of(own)) for part in parts]
                if is_sum or held[0] in self.places:
                    terms = [(self._number(place), 1) for place in held]
                    yield [*terms, (self.places[what, of, period], -1)], is_sum, False

    def _parts(self) -> Iterator[Row]:
        """What counts a part of what is shown beside it."""
        parts: dict[Counted, list[tuple[Counted, int]]] = {}
        for part, whole in self.relations.parts:
            parts.setdefault(part, []).append((whole, 1))
        for line, least in self.relations.family.least_of_each.items():
            units, sums = (self.relations.counted[line, name] for name in ("denominator", "numerator"))
            parts.setdefault(units, []).append((sums, least))
        for (what, of, period), number in list(self.places.items()):
            for whole, weight in parts.get(what, []):
                other = self.places.get((whole, of, period))
                if other is not None:
                    yield [(number, weight), (other, -1)], False, False

    def _levels(self) -> Iterator[Row]:
        """Totals of organisations, as sums of those that are in them."""
        held: dict[tuple[Place, str], list[int]] = {}
        for (what, (level, code), period), number in self.places.items():
            if number not in self.in_totals:
                continue
            for above, parent in self._above(level, code, period).items():
                place = (what, (above, parent), period)
                if place in self.places:
                    held.setdefault((place, level), []).append(number)
        for (place, _), numbers in held.items():
            yield [*((number, 1) for number in numbers), (self.places[place], -1)], True, True

    def _above(self, level: str, code: str, period: Period) -> dict[str, str]:
        if level == "england":
            return {}
        above = dict(self.cells.above.get((level, code, str(period)), {}))
        if code not in OUTSIDE_ENGLAND:
            above["england"] = ENGLAND
        return above
