"""Cells that are withheld so that no hidden count can be narrowed, and rounded ones not much.

Chosen from what is shown alone, in a stated order, so that which cells are withheld tells nothing
more: of those that narrow a hidden count, first those of windows and years, then totals of levels
above, then the rest; of these the oldest, and of these the one that loses least. A hidden count
may be withheld like a shown one: then nothing says that it is small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.relations import relations_of
from nhsind.definitions.statuses import Mark
from nhsind.errors import DisclosureError
from nhsind.periods import parse_period
from nhsind.release.auditor import Exposed, beside_hidden, exposed
from nhsind.release.contributions import TELLING
from nhsind.release.ledger import Earlier
from nhsind.release.printed import Left
from nhsind.release.protection import Array
from nhsind.release.shown_cells import (
    BASE_LEVELS,
    FIGURES,
    REFUSED_NOTE,
    WITHHELD,
    WITHHELD_NOTE,
    cells_of,
)
from nhsind.release.system import System
from nhsind.release.unknowns import Above, Unknowns

# Windows of several periods, and lines that are sums of lines, are withheld with the years.
LONGEST = 12
# Cells that a refusal names.
MOST_NAMED = 5
KINDS = ["is_zero", "is_short", "is_base"]


@dataclass(frozen=True)
class Protected:
    """A table after protection: by figure, the rows whose count is withheld.

    `is_close`: the rows with a count that hangs together with a hidden one. `cells`: those of the
    table, by the unknowns `of_cell` of the `system` that is left. `refused`: the lines of which
    every count is withheld, because what was released before tells a hidden one.
    """

    table: pd.DataFrame
    withheld: dict[str, Array]
    is_close: Array
    cells: pd.DataFrame
    of_cell: Array
    system: System
    refused: frozenset[str]

    def telling_rows(self, printed: Left) -> Array:
        """The rows (a mask) whose printed values and verdicts narrow a hidden count."""
        low, high = self.system.low.copy(), self.system.high.copy()
        rows = self.cells["row"].to_numpy()
        for figure, (least, most) in printed.items():
            mine = (self.cells["figure"] == figure).to_numpy() & ~np.isnan(least[rows])
            np.maximum.at(low, self.of_cell[mine], least[rows[mine]])
            np.minimum.at(high, self.of_cell[mine], most[rows[mine]])
        found = exposed(replace(self.system, low=low, high=high))
        by = [each for one in found.left for each in [one, *found.by(one)]]
        told = np.zeros(len(self.table), dtype=bool)
        told[rows[np.isin(self.of_cell, by)]] = True
        return told


def protect_together(
    shown: pd.DataFrame,
    is_whole: Array,
    *,
    family: Family,
    policy: Disclosure,
    above: Above,
    earlier: Earlier,
) -> Protected:
    """Withhold cells of a table whose counts are protected one by one, until none is narrowed.

    `is_whole`: the rows that have all their figures for the whole period. `above`: who is in whom.
    `earlier`: what was released before, whose hidden counts must not be narrowed either. A line
    of which a hidden count is told whatever is withheld is refused; DisclosureError, naming the
    cells, where no line is left.
    """
    relations = relations_of(family)
    own = cells_of(shown, is_whole, policy, relations).assign(edition=earlier.editions)
    cells = pd.concat([earlier.cells, own], ignore_index=True) if earlier.editions else own
    is_own = (cells["edition"] == earlier.editions).to_numpy()
    unknowns = Unknowns(cells, relations, {**earlier.above, **above})
    candidates = _Candidates(cells, unknowns, family, is_own)
    # What was withheld stays so: the same figures are released the same way again.
    before = (cells["state"] == WITHHELD).to_numpy() & ~is_own
    withheld = is_own & np.isin(unknowns.of_cell, candidates.begin(unknowns.of_cell[before]))
    cleared: set[bytes] = set()
    known, refused = _KnownBefore(), set[str]()
    while True:
        system = known.of(unknowns.system(withheld, with_rounded=True))
        found = exposed(system, cleared)
        if not found.left:
            break
        chosen = candidates.chosen(found)
        if not chosen:
            # Nothing that is withheld now undoes it, and nothing else may tell more. The lines
            # that a small count is told of are not released.
            small = [one for one in found.left if system.is_hidden[one]]
            refused |= _lines_of(found, small, cells[is_own], unknowns.of_cell[is_own])
            if refused >= set(own["line"]):
                raise _refusal(small, cells, unknowns)
            known.left |= found.left
            mine = is_own & cells["line"].isin(refused).to_numpy()
            withheld |= mine
            chosen = candidates.begin(unknowns.of_cell[mine])
        withheld |= np.isin(unknowns.of_cell, chosen) & is_own
    system, of_own = known.of(unknowns.system(withheld)), unknowns.of_cell[is_own]
    is_close = np.zeros(len(shown), dtype=bool)
    is_close[own["row"].to_numpy()[beside_hidden(system)[of_own]]] = True
    return Protected(
        *_applied(shown, cells[withheld]),
        is_close=is_close,
        cells=own,
        of_cell=of_own,
        system=system,
        refused=frozenset(refused),
    )


class _KnownBefore:
    """What earlier releases leave of hidden counts, which nothing can bring back."""

    def __init__(self) -> None:
        self.left: dict[int, tuple[float, float]] = {}

    def of(self, system: System) -> System:
        """A system in which they need keep no more."""
        if not self.left:
            return system
        need, is_sum = (system.need_low.copy(), system.need_high.copy()), system.is_sum.copy()
        for end in (0, 1):
            need[end][[*self.left]] = [left[end] for left in self.left.values()]
        is_sum[[*self.left]] = False
        return replace(system, need_low=need[0], need_high=need[1], is_sum=is_sum)


def _lines_of(found: Exposed, told: list[int], own: pd.DataFrame, of_cell: Array) -> set[str]:
    """The lines of a table that show counts which are told, or what tells them."""
    involved = [each for one in told for each in [one, *found.by(one)]]
    return set(own["line"][np.isin(of_cell, involved)])


def with_notes(
    table: pd.DataFrame,
    withheld: dict[str, Array],
    sums: Array,
    refused: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """With a note of what is small and what is withheld, in rows of which a count is withheld.

    `sums`: the rows whose numerator is hidden as a sum (`contributions`), which say so.
    """
    hidden = {name: (table[f"{name}_mark"] == Mark.SUPPRESSED).to_numpy() for name in FIGURES}
    small = {
        name: np.where(sums & (name == "numerator"), TELLING, Mark.SUPPRESSED.meaning)
        for name in FIGURES
    }
    notes = table["note"].tolist()
    for row in np.flatnonzero(np.logical_or.reduce([sums, *withheld.values()])):
        reasons = {
            name: WITHHELD_NOTE if withheld[name][row] else str(small[name][row])
            for name in FIGURES
            if hidden[name][row]
        }
        words = [f"{name} {why}" for name, why in reasons.items()]
        same = set(reasons.values())
        notes[row] = same.pop() if len(same) == 1 else "; ".join(words)
    is_refused = table["indicator"].isin(refused) & (table["note"] != "")
    return table.assign(note=pd.Series(notes, index=table.index).mask(is_refused, REFUSED_NOTE))


class _Candidates:
    """The unknowns that can still be withheld, in the order in which they are.

    `kind`: by unknown, the place of its kind in that order; `place`: its own place.
    """

    def __init__(
        self, cells: pd.DataFrame, unknowns: Unknowns, family: Family, is_own: Array
    ) -> None:
        self.kind, self.place = np.full((2, unknowns.number), np.inf)
        is_out = ~is_own & (cells["state"] != WITHHELD).to_numpy()
        for mine, of_cell in zip((self.kind, self.place), _order(cells, family), strict=True):
            np.minimum.at(mine, unknowns.of_cell[is_own], of_cell[is_own])
            # What is out already cannot be withheld.
            mine[unknowns.of_cell[is_out]] = np.inf

    def begin(self, unknowns: Array) -> list[int]:
        """Of unknowns withheld before those that can still be withheld, which now are."""
        chosen = [int(each) for each in np.unique(unknowns) if np.isfinite(self.place[each])]
        self.place[chosen] = np.inf
        return chosen

    def chosen(self, found: Exposed) -> list[int]:
        """For each hidden count the first that narrows it, of these the ones of the first kind.

        Withholding these may save the others. What nothing else saves is withheld itself.
        """
        best = {
            one if first is None else first
            for one, first in found.first(self.place).items()
            if first is not None or np.isfinite(self.place[one])
        }
        first_kind = min((self.kind[each] for each in best), default=np.inf)
        chosen = sorted(each for each in best if self.kind[each] == first_kind)
        self.place[chosen] = np.inf
        return chosen


def _order(cells: pd.DataFrame, family: Family) -> tuple[Array, Array]:
    """The place of each cell's kind, and of each cell, in the order of withholding."""
    months = cells["period"].map({each: parse_period(each).months for each in set(cells["period"])})
    sums = {each.total.line for each in family.sums}
    keys = pd.DataFrame(
        {
            "is_zero": (cells["count"] == 0).fillna(False),
            "is_short": -months.mask(cells["line"].isin(sums), LONGEST),
            "is_base": cells["level"].isin(BASE_LEVELS),
            "period": cells["period"],
            "most": cells["high"],
            "code": cells["code"],
            "line": cells["line"],
            "figure": cells["figure"],
        }
    )
    kinds = keys.groupby(KINDS).ngroup().to_numpy()
    places = np.empty(len(cells), dtype=np.int64)
    places[keys.sort_values(list(keys.columns)).index] = np.arange(len(cells))
    return kinds, places


def _applied(shown: pd.DataFrame, cells: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Array]]:
    """The table without the counts of some cells, and by figure where they were."""
    table = shown.copy()
    withheld = {}
    for figure in FIGURES:
        rows = cells.loc[cells["figure"] == figure, "row"]
        withheld[figure] = table.index.isin(rows)
        table.loc[rows, figure] = pd.NA
        table.loc[rows, f"{figure}_mark"] = Mark.SUPPRESSED
    return table, withheld


def _refusal(helpless: list[int], cells: pd.DataFrame, unknowns: Unknowns) -> DisclosureError:
    named = cells[np.isin(unknowns.of_cell, helpless)].drop_duplicates(["line", "period", "code"])
    columns = named[["line", "period", "code", "figure"]].astype(str)
    words = columns.agg(" ".join, axis="columns").tolist()
    more = f" and {len(words) - MOST_NAMED:,} more" if len(words) > MOST_NAMED else ""
    return DisclosureError(
        "what was released before tells hidden counts whatever is withheld now, so that no line "
        f"can be released: {'; '.join(words[:MOST_NAMED])}{more}. Leave the family out of the "
        "plan, sign a policy for it there, or name another ledger if that one is of other data"
    )
