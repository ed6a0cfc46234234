"""Random small tables of counts, and how nhsind hides, releases and audits them.

For `tau_argus.py`. What adds up is written from the tables' own make, not taken from nhsind's
definitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import relations_of
from nhsind.definitions.statuses import Mark
from nhsind.release.auditor import exposed
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from nhsind.release.protection import HIDDEN, Array, protect
from nhsind.release.shown_cells import cells_of, is_said_withheld
from nhsind.release.unknowns import Unknowns

# Labels, and the labels that each is the sum of: of one that is no sum itself alone.
Axis = dict[str, tuple[str, ...]]
NOW = "2017-18-Q4"
MONTHS = ("2018-01", "2018-02", "2018-03")
# A sum of cells (places, with weights) that is 0.
Relation = list[tuple[int, int]]


def parts(*labels: str) -> Axis:
    return {label: (label,) for label in labels}


@dataclass(frozen=True)
class World:
    """A family's lines, organisations and periods, crossed; `levels`: of all but commissioners."""

    family: str
    lines: Axis
    organisations: Axis
    periods: Axis
    levels: dict[str, str]

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        return self.lines, self.organisations, self.periods

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        return [*product(*self.axes)]

    @property
    def above(self) -> dict[tuple[str, str, str], dict[str, str]]:
        """Who is in whom, as a release is told."""
        commissioners = self.organisations.keys() - self.levels.keys()
        return {
            ("ccg", each, period): {
                self.levels[code]: code
                for code, held in self.organisations.items()
                if each in held and self.levels.get(code, "england") != "england"
            }
            for each in sorted(commissioners)
            for period in self.periods
        }

    def drawn(self, random: np.random.Generator) -> Array:
        """The counts of all cells: of those that are no sums two in three are below 10."""
        base = [cell for cell in self.cells if [*self.base_cells_in(cell)] == [cell]]
        few, many = random.integers(0, 10, len(base)), random.integers(8, 40, len(base))
        drawn = np.where(random.random(len(base)) < 1 / 3, many, few)
        counts = dict(zip(base, drawn.tolist(), strict=True))
        return np.array(
            [sum(counts[each] for each in self.base_cells_in(cell)) for cell in self.cells]
        )

    def base_cells_in(self, cell: tuple[str, str, str]) -> product[tuple[str, str, str]]:
        line, code, period = cell
        return product(self.lines[line], self.organisations[code], self.periods[period])

    def relations(self) -> list[Relation]:
        """Each cell that is a sum along an axis, less the cells that it is the sum of."""
        place: dict[tuple[str, ...], int] = {cell: at for at, cell in enumerate(self.cells)}
        found = []
        for cell, at in place.items():
            for spot, axis in enumerate(self.axes):
                if axis[cell[spot]] != (cell[spot],):
                    held = [(*cell[:spot], each, *cell[spot + 1 :]) for each in axis[cell[spot]]]
                    found.append([(at, -1), *((place[each], 1) for each in held)])
        return found


PAIR = {**parts("E.N.1_1", "E.N.1_2"), "E.N.1_3": ("E.N.1_1", "E.N.1_2")}
QUARTER = {**parts(*MONTHS), NOW: MONTHS}
FEW, FIVE = parts("A", "B", "C"), parts("A", "B", "C", "D", "E")
ALL_OF_FEW: Axis = {**FEW, "ENGLAND": tuple(FEW)}
PARTNERSHIPS: Axis = {
    **FIVE,
    "S1": ("A", "B"),
    "S2": ("C", "D", "E"),
    "ENGLAND": tuple(FIVE),
}
OVERLAPPING: Axis = {**PARTNERSHIPS, "T1": ("A",), "T2": ("B", "C"), "T3": ("D", "E")}
ENGLAND = {"ENGLAND": "england"}
STPS = {**ENGLAND, "S1": "stp", "S2": "stp"}
WORLDS = {
    "lines and their sum, three commissioners": World("phb", PAIR, ALL_OF_FEW, parts(NOW), ENGLAND),
    "months and their quarter, five commissioners": World(
        "sus", parts("E.M.10"), {**FIVE, "ENGLAND": tuple(FIVE)}, QUARTER, ENGLAND
    ),
    "lines and their sum, five commissioners in two partnerships": World(
        "phb", PAIR, PARTNERSHIPS, parts(NOW), STPS
    ),
    "five commissioners, levels that overlap": World(
        "ld_inpatients",
        parts("E.K.1a"),
        OVERLAPPING,
        parts(NOW),
        {**STPS, "T1": "tcp", "T2": "tcp", "T3": "tcp"},
    ),
}


def rule(threshold: int, base: int, *, zeros: bool = False, england: bool = False) -> Disclosure:
    others = f"nearest {base}" if base > 1 else "exact"
    return Disclosure(
        rule="suppress",
        reason=f"{0 if zeros else 1} to {threshold}, others {others}{', England exact' * england}",
        source="this benchmark",
        checked_on="",
        threshold=threshold,
        base=base,
        hide_zeros=zeros,
        exempt_england=england,
    )


# The rules in use, with the rounding that goes with them and without.
RULES = [
    rule(threshold, base, zeros=zeros, england=england)
    for threshold, zeros, england in ((7, False, False), (7, True, False), (4, True, True))
    for base in (1, 5)
]


@dataclass(frozen=True)
class Ours:
    """A table of drawn counts as nhsind hides, releases and audits it."""

    world: World
    policy: Disclosure
    counts: Array

    @property
    def shown(self) -> Array:
        """The counts as the policy shows them, one by one."""
        none, nothing = np.full(len(self.counts), -1), np.zeros(len(self.counts), dtype=bool)
        national = np.array([code == "ENGLAND" for _, code, _ in self.world.cells])
        shown, _ = protect(
            self.counts, none, policy=self.policy, is_national=national, inside=nothing
        )
        return shown

    @property
    def small(self) -> Array:
        found: Array = self.shown == HIDDEN
        return found

    @property
    def frame(self) -> pd.DataFrame:
        """An output table of the exact counts."""
        lines, codes, periods = zip(*self.world.cells, strict=True)
        exact = self.counts.astype(float)
        nothing = pd.array([pd.NA] * len(codes), dtype="boolean")
        return pd.DataFrame(
            {
                "family": self.world.family,
                "indicator": lines,
                "org_level": [self.world.levels.get(code, "ccg") for code in codes],
                "org_code": codes,
                "org_name": codes,
                "period": periods,
                "kind": "count",
                "numerator": pd.array(self.counts, dtype="Int64"),
                "denominator": pd.array([pd.NA] * len(codes), dtype="Int64"),
                **dict.fromkeys(("value", "ci_lower", "ci_upper"), exact),
                **dict.fromkeys(("standard", "plan"), np.nan),
                **dict.fromkeys(("unit", "comparator"), ""),
                **dict.fromkeys(("meets_standard", "meets_plan"), nothing),
                "status": "ok",
            }
        )

    def withheld(self) -> Array:
        """The cells (a mask) that the release says are withheld, small ones among them."""
        family = load_family(self.world.family)
        released = release(Raw(self.frame), family, policy=self.policy, above=self.world.above)
        notes = [is_said_withheld(note, "numerator") for note in released.frame["note"]]
        hidden = (released.frame["numerator_mark"] == Mark.SUPPRESSED).to_numpy()
        found: Array = hidden & np.array(notes)
        if ((hidden & ~found) > self.small).any() or (self.small > hidden).any():
            raise AssertionError(f"what is hidden is not what the rule hides: {self}")
        return found

    def narrowed(self, withheld: Array) -> set[int]:
        """The small cells that our audit leaves less than the rule does."""
        relations = relations_of(load_family(self.world.family))
        table = self.frame.assign(
            numerator=pd.Series(self.shown, dtype="Int64").mask(self.small),
            numerator_mark=np.where(self.small, Mark.SUPPRESSED, ""),
            denominator_mark="",
        )
        is_whole = np.ones(len(table), dtype=bool)
        cells = cells_of(table, is_whole, self.policy, relations).assign(edition=0)
        unknowns = Unknowns(cells, relations, self.world.above)
        rows = cells["row"].to_numpy()
        system, found = unknowns.system(withheld[rows]), set[int]()
        # The audit stops at what is found first: what is told already need keep nothing.
        while told := [*exposed(system).left]:
            found |= {*told}
            needs = system.need_low.copy(), system.need_high.copy()
            for need in needs:
                need[told] = np.nan
            system = replace(system, need_low=needs[0], need_high=needs[1])
        return {row for row, one in zip(rows, unknowns.of_cell, strict=True) if one in found}
