"""The results store: each family and period derived and released once, for all its reports.

Released figures only, in the run's private folder. They are kept, so that a later run of the same
data, plan and library reads them instead of deriving again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.charts import make_national_layers
from nhsind.definitions.catalogue import definition_digest, load_family
from nhsind.definitions.family import Family
from nhsind.definitions.relations import relations_of
from nhsind.derivation.members import totals_without
from nhsind.derivation.questions import not_covered, overlooked, refuse_if_strict
from nhsind.engines.addresses import is_address
from nhsind.errors import DisclosureError, InputError, Problem
from nhsind.periods import Period, parse_period
from nhsind.release.computing import compute, organisations_above, reaches
from nhsind.release.keeping import load, save
from nhsind.release.ledger import NOTHING, Earlier, Ledger
from nhsind.release.results import Results
from nhsind.release.shown_cells import REFUSED_NOTE, cells_released
from nhsind.report.plan import Plan
from nhsind.sources.checked_input import Input
from nhsind.sources.files_read import files_read
from nhsind.sources.inputs import Data, open_input
from nhsind.sources.unusual_findings import in_short, unusual_findings
from nhsind.statistics.adjustments import Adjustments
from nhsind.version import library_digest

NOTES = "notes.json"
# What the fingerprint of frames begins with.
FRAMES = "frames"


@dataclass(frozen=True)
class StoredResults:
    """The released figures of one family and period, and the folder that reports read them from.

    `is_new`: derived by this run, not kept from an earlier one. `of_data`: the fingerprint of the
    data that they are of.
    """

    found: Results
    folder: Path
    is_new: bool
    notes: list[str]
    of_data: str


@dataclass(frozen=True)
class Refusal:
    """A family and period of which nothing is published, and why."""

    family: str
    period: str
    reason: str


def refused_lines(found: Results) -> list[str]:
    """The lines of which no count is published, because with earlier ones it would tell."""
    figures = found.figures.frame
    refused = figures["note"] == REFUSED_NOTE
    return [code for code in found.family.indicators if refused[figures["indicator"] == code].any()]


@dataclass(frozen=True)
class FamilyTask:
    """A family to derive, with the periods of its reports.

    `described_as`: what pages say of the data; None: their kind, and the names of published files
    or of tables. `root`: the store's folder.
    """

    plan: Plan
    data: Data
    described_as: str | None
    family: str
    periods: Sequence[Period]
    strict: bool
    root: Path


@dataclass
class Told:
    """What deriving tells beside figures.

    `waiting`: what of the periods the data do not cover; `refused`: the periods that release
    refuses, or whose figures may not be published.
    """

    waiting: list[Problem] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def derive_family(
    task: FamilyTask, ledger: Ledger, told: Told, step: Callable[[str], None]
) -> Iterator[StoredResults]:
    """Give the released figures of a family's periods, derived where they are not kept.

    `ledger`: what was released before; what it does not hold of kept figures is derived again,
    beside it. `told`: takes what else there is to tell. Raises InputError and UsageError as
    `compute` does, InputError where the data changed while they were read.
    """
    read = _Reading(task)
    family = read.family
    for period in task.periods:
        folder = task.root / family.code / period.in_paths / read.key(period)
        is_new = not (folder / NOTES).is_file() or read.adds_to(ledger, folder)
        if is_new and not reaches(read.opened, period):
            told.waiting += not_covered(read.opened, list(family.indicators.values()), [period])
            continue
        if is_new:
            step(f"deriving {family.code} {period}")
            try:
                read.derive(period, folder, ledger)
            except DisclosureError as error:
                told.refused.append(Refusal(family.code, str(period), str(error)))
                continue
        yield stored_in(folder, is_new=is_new, of_data=read.fingerprint)


def stored_in(folder: Path, *, is_new: bool, of_data: str) -> StoredResults:
    """The figures that a folder of the store holds."""
    notes = json.loads((folder / NOTES).read_text("utf-8"))
    return StoredResults(load(folder), folder, is_new, notes, of_data)


def refuse_changed(data: Data, family: Family, of_data: str) -> None:
    """Raise InputError if the data are no longer those of a fingerprint: frames never tell."""
    if not of_data.startswith(FRAMES) and fingerprint(data, family) != of_data:
        place = f"the data of {family.code}"
        raise InputError(Problem(place, "changed while they were read; run again"))


def keep_only(used: Collection[Path], root: Path) -> None:
    """Remove from the store what a run did not use."""
    for kept in root.glob("*/*/*"):
        if kept not in used:
            shutil.rmtree(kept, ignore_errors=True)


class _Reading:
    """One family's input, opened when something of it must be derived."""

    def __init__(self, task: FamilyTask) -> None:
        self.plan, self.strict, self.family = task.plan, task.strict, load_family(task.family)
        self.data, self.described_as = task.data, task.described_as
        self._opened: Input | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Of the data before anything of them is read."""
        return fingerprint(self.data, self.family)

    @property
    def opened(self) -> Input:
        if self._opened is None:
            plan = self.plan
            self._opened = open_input(
                self.family,
                self.data,
                level=plan.level,
                covers=plan.covers,
                tolerance=plan.tolerance,
                engine=plan.engine,
            )
            if self.strict:
                refuse_if_strict(self._opened.findings, self.family.indicators)
        return self._opened

    def key(self, period: Period) -> str:
        """What figures depend on. A hash of the input is in it, so it stays in a private folder."""
        return _hash([library_digest(), definition_digest(self.family.code), *self._asked(period)])

    def release_name(self, period: Period) -> str:
        """What is asked of which data, whatever code answers; empty for data without a name."""
        return "" if self.fingerprint.startswith(FRAMES) else _hash(self._asked(period))

    def _asked(self, period: Period) -> list[Any]:
        plan = self.plan
        return [
            self.fingerprint,
            str(period),
            plan.level,
            plan.mode,
            plan.history,
            sorted(plan.publication.items()),
            self.strict,
            plan.covers,
            plan.tolerance,
            repr(plan.policies.get(self.family.code)),
            plan.lines_of(self.family),
            plan.england,
            repr(self._adjustments()),
        ]

    def _adjustments(self) -> dict[str, Adjustments]:
        """What the plan asks of the control charts of this family's lines."""
        lines, asked = self.family.indicators, self.plan.adjustments
        return {code: each for code, each in sorted(asked.items()) if code in lines}

    def adds_to(self, ledger: Ledger, folder: Path) -> bool:
        """Whether kept figures say what was not released before."""
        found = load(folder)
        return self._hides(found) and not ledger.holds(self.family.code, self._cells(found))

    def _hides(self, found: Results) -> bool:
        return self.plan.mode == "publish" and found.figures.policy.rule == "suppress"

    def _cells(self, found: Results) -> pd.DataFrame:
        figures = found.figures
        return cells_released(figures.frame, figures.policy, relations_of(self.family))

    def derive(self, period: Period, folder: Path, ledger: Ledger) -> None:
        """Derive, release and write a folder of the store, whole or not at all."""
        plan = self.plan
        unusual = unusual_findings(self.opened, months=period.split_months(), level=plan.level)
        if self.strict:
            refuse_if_strict(unusual, self.family.indicators)
        publish = plan.mode == "publish"
        name = self.release_name(period) if publish else ""
        found = self._compute(
            period, ledger.earlier(self.family.code, name) if publish else NOTHING
        )
        if self._tells_more(found, ledger, name):
            found = self._compute(period, ledger.earlier(self.family.code))
        if publish and not found.figures.publishable:
            raise DisclosureError(
                f"{self.family.code} has no disclosure policy with a source, so it cannot be "
                "published"
            )
        making = folder.with_name(f"{folder.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        make_national_layers(found)
        save(found, making, check=publish)
        lines = [*self.family.indicators.values()]
        missing = [
            f"{self.family.code} {each.message}"
            for each in not_covered(self.opened, lines, [period])
        ]
        missing += overlooked(self.opened, lines, [period])
        level = plan.level or self.opened.own_level
        missing += totals_without(self.opened, lines, [period], level=level)
        (making / NOTES).write_text(
            json.dumps([*self.opened.said_of_files, *in_short(unusual), *missing]), "utf-8"
        )
        # What was read must be what was hashed, or the figures would stand under a wrong key.
        refuse_changed(self.data, self.family, self.fingerprint)
        shutil.rmtree(folder, ignore_errors=True)
        making.replace(folder)
        if self._hides(found):
            shown = {parse_period(text) for text in found.figures.frame["period"].unique()}
            above = organisations_above(self.opened.geography, found.level, sorted(shown))
            ledger.add(self.family.code, self._cells(found), above, name)

    def _compute(self, period: Period, earlier: Earlier) -> Results:
        plan = self.plan
        return compute(
            self.opened,
            period,
            level=plan.level or self.opened.own_level,
            history=plan.history,
            explore=plan.mode != "publish",
            publication=plan.publication,
            described_as=self.described_as,
            signed=plan.policies.get(self.family.code),
            earlier=earlier,
            adjustments=self._adjustments(),
            codes=plan.lines_of(self.family),
            england=plan.england,
            engine=plan.engine,
        )

    def _tells_more(self, found: Results, ledger: Ledger, name: str) -> bool:
        """Whether a release that was made before would be another one now.

        The same one is protected against what there was before it, as it was then: what came
        later was protected against it. Another one is protected against all there is.
        """
        code = self.family.code
        return (
            self._hides(found)
            and ledger.knows(code, name)
            and not ledger.holds(code, self._cells(found))
        )


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def fingerprint(data: Data, family: Family) -> str:
    """The SHA-256 of all that a family may read of the data; of frames and databases, one that
    never repeats.

    Of contents and of the names within a folder: the same data elsewhere give the same.
    """
    items = [data] if isinstance(data, str | Path) else data
    if not isinstance(items, Sequence) or not all(isinstance(each, str | Path) for each in items):
        return f"{FRAMES} {uuid.uuid4()}"
    if any(map(is_address, items)):
        return f"{FRAMES} {uuid.uuid4()}"
    digest = hashlib.sha256()
    for item in map(Path, items):
        for name, path in files_read(item, family).items():
            digest.update(f"{name}\n".encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
