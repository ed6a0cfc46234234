"""nhsind's release beside tau-argus, the tool of the statistical offices, on random small tables.

nhsind does not depend on it; it has no dependencies of its own, so that a folder is enough, made
by a pip of the same version of Python:

    python3 -m pip install --target .tau-argus pytauargus==0.6.0
    PYTHONPATH=.tau-argus .venv/bin/python benchmarks/tau_argus.py

What adds up (`small_tables.py`) and what a rule shows of a count are written a second time, as
tau-argus takes them: files of cells, with the bounds that an outsider knows, and sums that are 0.
Asked is, of each table:

primary: does its minimum frequency rule, of records, hide the cells that our policy does?
audit:   of hidden counts where nothing is withheld, any cells, all but one of those that we do, or
         those that it does: does its audit find the same ones narrowed as ours?
release: does its audit find one narrowed in what we release?
theirs:  does ours find one narrowed in what its optimal suppression leaves, protected to the whole
         range of our rule? It does not say which of its crosses are small ones; nhsind does, and
         with that said it is asked again. Where no pattern protects, because the rule itself tells
         (counts of 1 to 7 whose sum is one of 1 to 7), it says nothing and its audit does.
others:  how many cells each withholds beside the small ones.

Its programs are in real numbers and ours in whole ones, so its intervals are rounded inwards. Its
suppression knows no rounding: of rules that round, its audit alone is asked. What must be 0 begins
with "!": exit 1 where it is not.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pytauargus import HiTaSCtrl  # type: ignore[import-not-found]
from pytauargus import protect as protected_by_tau_argus
from pytauargus._tauargus import audit_jj  # type: ignore[import-not-found]
from small_tables import RULES, WORLDS, Ours, World

from nhsind.definitions.disclosure import Disclosure
from nhsind.release.protection import Array
from nhsind.release.system import ALMOST

# What a withheld count may be at most: far above all that are drawn.
ANY = 100_000
SECONDS = 10
# LB_EQ_UB_EQ_INF of its errors: "Problem may be infeasible".
NO_PATTERN = 5009


@dataclass(frozen=True)
class Theirs:
    """The same table as tau-argus does it; `folder`: where its files lie."""

    world: World
    policy: Disclosure
    counts: Array
    folder: Path

    @property
    def least(self) -> int:
        return 0 if self.policy.hide_zeros else 1

    @property
    def most(self) -> int:
        return self.policy.threshold

    def known(self, withheld: Array) -> list[tuple[int, int]]:
        """What an outsider knows of each cell: the rule, said a second time."""
        return [
            (0, ANY) if is_withheld else self._range(code, count)
            for (_, code, _), count, is_withheld in zip(
                self.world.cells, self.counts.tolist(), withheld, strict=True
            )
        ]

    def _range(self, code: str, count: int) -> tuple[int, int]:
        if code == "ENGLAND" and self.policy.exempt_england:
            return count, count
        if self.least <= count <= self.most:
            return self.least, self.most
        base = self.policy.base
        near = range(max(0, count - base), count + base + 1)
        alike = [
            each
            for each in near
            if (each + base // 2) // base == (count + base // 2) // base
            and not self.least <= each <= self.most
        ]
        return alike[0], alike[-1]

    def narrowed(self, withheld: Array, small: Array) -> set[int]:
        """The small cells that its audit leaves less than the rule does."""
        known = self.known(withheld)
        is_known = np.array([low == high for low, high in known])
        states = np.where(small, "u", np.where(is_known, "s", "m"))
        found = set()
        for row in audit_jj(str(self._written(states, known))):
            at = row["cell"]
            low, high = np.ceil(row["min"] - ALMOST), np.floor(row["max"] + ALMOST)
            is_short = high - low < self.most - self.least
            is_cut = low > self.least or high < self.most
            # Of a small one that is withheld nothing says that it is small.
            found |= {at} if small[at] and (is_short if withheld[at] else is_cut) else set()
        return found

    def suppressed(self, small: Array, *, is_said: bool) -> Array | None:
        """The cells that its optimal suppression withholds beside the small ones, at equal costs.

        `is_said`: an outsider knows which of the withheld are small, and so their rule's range.
        None where it finds no pattern that protects.
        """
        known = [(self.least, self.most) if each and is_said else (0, ANY) for each in small]
        path = self._written(np.where(small, "u", "s"), known)
        out = self.folder / "suppressed.txt"
        code = HiTaSCtrl().full_jj(in_file_jj=str(path), out_file=str(out), max_time=SECONDS)
        if code == NO_PATTERN:
            return None
        if code != 0:
            raise ArithmeticError(f"tau-argus's suppression ended with {code}: {self}")
        found = np.zeros(len(small), dtype=bool)
        found[[int(each) for each in out.read_text().split()]] = True
        return found

    def unsafe(self) -> Array:
        """The cells (a mask) that its minimum frequency rule hides, of a record for each unit."""
        crossed = [spot for spot, axis in enumerate(self.world.axes) if len(axis) > 1]

        def codes(cell: tuple[str, ...]) -> tuple[str, ...]:
            totals = (self.world.axes[spot][cell[spot]] != (cell[spot],) for spot in crossed)
            own = (cell[spot].replace(".", "") for spot in crossed)
            return tuple("Total" if each else code for each, code in zip(totals, own, strict=True))

        names = [f"V{spot}" for spot in crossed]
        records = [
            {**dict(zip(names, codes(cell), strict=True)), "units": 1.0}
            for cell, count in zip(self.world.cells, self.counts.tolist(), strict=True)
            if "Total" not in codes(cell)
            for _ in range(count)
        ]
        if not records:
            return np.zeros(len(self.counts), dtype=bool)
        found = protected_by_tau_argus(
            records,
            names,
            response="units",
            safety_rules=f"FREQ({self.most + 1},0)",
            workdir=str(self.folder / "primary"),
        )
        rows = found.tables[0].rows
        unsafe = {tuple(row[name] for name in names) for row in rows if row["status"] == "U"}
        return np.array([codes(cell) in unsafe for cell in self.world.cells])

    def _written(self, states: Array, known: list[tuple[int, int]]) -> Path:
        """A file of cells (place, count, cost, state, bounds, protection below, above and in all)
        and of sums that are 0. The protection of a small cell is the rule's whole range."""
        cells = []
        for at, (count, state, (low, high)) in enumerate(
            zip(self.counts.tolist(), states, known, strict=True)
        ):
            levels = (count - self.least, self.most - count) if state == "u" else (0, 0)
            cells.append(f"{at} {count} 1 {state} {low} {high} {levels[0]} {levels[1]} 0")
        sums = [
            f"0 {len(row)} : {' '.join(f'{at} ({weight})' for at, weight in row)}"
            for row in self.world.relations()
        ]
        path = self.folder / "table.txt"
        path.write_text("\n".join(["0", str(len(cells)), *cells, str(len(sums)), *sums, ""]))
        return path


def compared(ours: Ours, theirs: Theirs, random: np.random.Generator) -> Counter[str]:
    """What came of one table."""
    found: Counter[str] = Counter()
    small, empty, released = ours.small, ours.counts == 0, ours.withheld()
    if len(ours.world.levels) == 1 and not ours.policy.exempt_england:
        # A cell without a record is empty to it, and never unsafe.
        differs = (theirs.unsafe() != small) & ~empty
        found["primary: cells with records"] = int((~empty).sum())
        found["! primary: unsafe to one alone"] = int(differs.sum())
    found["release: hidden counts"] = int(small.sum())
    found["! release: narrowed to tau-argus"] = len(theirs.narrowed(released, small))
    nothing, any_cells = np.zeros(len(small), dtype=bool), random.random(len(small))
    patterns = [nothing, any_cells < random.uniform(0.2, 0.7), released.copy()]
    if released.any():
        patterns[-1][random.choice(np.flatnonzero(released))] = False
    if ours.policy.base == 1:
        patterns += _suppressed(found, ours, theirs, released)
    for withheld in patterns:
        mine, its = ours.narrowed(withheld), theirs.narrowed(withheld, small)
        found["audit: hidden counts"] += int(small.sum())
        found["audit: narrowed to both"] += len(mine & its)
        found["! audit: narrowed to tau-argus alone"] += len(its - mine)
        found["! audit: narrowed to ours alone"] += len(mine - its)
    return found


def _suppressed(found: Counter[str], ours: Ours, theirs: Theirs, released: Array) -> list[Array]:
    """What its suppression withholds; counts what came of that."""
    small = ours.small
    crossed, beside_said = (theirs.suppressed(small, is_said=each) for each in (False, True))
    patterns = [each for each in (crossed, beside_said) if each is not None]
    found["! theirs: no pattern"] = int(crossed is None)
    if crossed is not None:
        found["theirs: hidden counts"] = int(small.sum())
        found["! theirs: narrowed to ours"] = len(ours.narrowed(crossed | small))
        found["theirs: narrowed to ours, were small ones said"] = len(ours.narrowed(crossed))
    is_safe = beside_said is not None and not theirs.narrowed(beside_said, small)
    found["theirs, small ones said: tables"] = 1
    found["theirs, small ones said: tables that no pattern protects"] = int(not is_safe)
    if crossed is not None and beside_said is not None and is_safe:
        found["others: in the tables that one does"] = int((~small).sum())
        found["others: withheld by tau-argus"] = int(crossed.sum())
        found["others: withheld by tau-argus, small ones said"] = int(beside_said.sum())
        found["others: withheld by ours"] = int((released & ~small).sum())
    return patterns


def disagreements(found: Counter[str]) -> int:
    return sum(number for what, number in found.items() if what.startswith("!"))


def main() -> None:
    """Draw tables of each world and rule, compare, and print what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=50, help="of each world and rule")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random, all_found = np.random.default_rng(options.seed), Counter[str]()
    # tau-argus leaves files of its own where it is run.
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        for name, world in WORLDS.items():
            for policy in RULES:
                found = Counter[str]()
                for _ in range(options.tables):
                    counts = world.drawn(random)
                    theirs = Theirs(world, policy, counts, Path(place))
                    found.update(compared(Ours(world, policy, counts), theirs, random))
                hidden, odd = found["release: hidden counts"], disagreements(found)
                print(f"{name}; {policy.reason}: {hidden} hidden, {odd} disagree", flush=True)
                all_found.update(found)
    print(f"{options.tables * len(WORLDS) * len(RULES):,} tables")
    print(*(f"  {what}: {number:,}" for what, number in all_found.items()), sep="\n")
    sys.exit(disagreements(all_found) > 0)


if __name__ == "__main__":
    main()
