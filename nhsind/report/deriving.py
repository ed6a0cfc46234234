"""All families of a run: each derived and released in a process of its own, taken in their order.

Families share nothing, so what is found does not depend on how many are derived at a time. Frames
stay where they are: a run of them derives here, one family after the other.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.errors import NhsindError, Problem
from nhsind.periods import Period
from nhsind.release.ledger import Ledger
from nhsind.report.guard import run_guarded
from nhsind.report.plan import Plan
from nhsind.report.pool import in_processes
from nhsind.report.store import Refusal, Stored, derive_family, keep_only, stored_in
from nhsind.report.worker import STARTED, allowed_environment
from nhsind.sources.belonging import is_paths
from nhsind.sources.inputs import Data

RAISED = "raised"


@dataclass(frozen=True)
class _Task:
    """A family to derive: what `derive_family` takes."""

    plan: Plan
    data: Data
    described_as: str | None
    family: str
    periods: list[Period]
    strict: bool
    root: Path
    ledger: Ledger


@dataclass(frozen=True)
class _Derived:
    """What a family's process gives back; the figures themselves are in the store."""

    stored: list[tuple[Path, bool, str]]
    waiting: list[Problem]
    released: list[dict[str, Any]]
    refused: list[Refusal]


def derive_families(
    plan: Plan,
    data: Data,
    *,
    described_as: str | None,
    wanted: Sequence[tuple[Family, list[Period]]],
    strict: bool,
    root: Path,
    waiting: list[Problem],
    ledger: Ledger,
    refused: list[Refusal],
    step: Callable[[str], None],
    jobs: int = 1,
) -> Iterator[Stored]:
    """Give the released figures of each family and period, derived where they are not kept.

    `jobs`: how many families at a time; the other parameters and the errors are those of
    `derive_family`. What this call does not use is removed from the store at the end.
    """
    used = set()
    if jobs > 1 and len(wanted) > 1 and (isinstance(data, str | Path) or is_paths(data)):
        tasks = [
            _Task(plan, data, described_as, family.code, periods, strict, root, ledger)
            for family, periods in wanted
        ]
        found = _in_order(tasks, jobs, waiting=waiting, ledger=ledger, refused=refused, step=step)
    else:
        found = (
            stored
            for family, periods in wanted
            for stored in derive_family(
                plan,
                data,
                described_as=described_as,
                family=family,
                periods=periods,
                strict=strict,
                root=root,
                waiting=waiting,
                ledger=ledger,
                refused=refused,
                step=step,
            )
        )
    for stored in found:
        used.add(stored.folder)
        yield stored
    keep_only(used, root)


def _in_order(
    tasks: list[_Task],
    jobs: int,
    *,
    waiting: list[Problem],
    ledger: Ledger,
    refused: list[Refusal],
    step: Callable[[str], None],
) -> Iterator[Stored]:
    """The families as they were asked for, whichever ends first; so with what goes wrong."""
    ended: dict[str, tuple[str, Any]] = {}
    environment = {**os.environ, **allowed_environment()}
    processes = in_processes(tasks, jobs, work=_derive, environment=environment)
    for task in tasks:
        step(f"deriving {task.family}")
        while task.family not in ended:
            done, state, said = next(processes)
            ended[done.family] = state, said
        state, said = ended.pop(task.family)
        if state == RAISED:
            processes.close()
            raise said
        if not isinstance(said, _Derived):
            raise NhsindError(f"{task.family} was not derived: {said}")
        waiting += said.waiting
        ledger.waiting += said.released
        refused += said.refused
        for folder, is_new, of_data in said.stored:
            yield stored_in(folder, is_new=is_new, of_data=of_data)


def _derive(task: _Task, environment: dict[str, str], answer: Any, runner_lives: Any) -> None:
    """Derive a family in this process, and send what came of it or what was raised."""
    os.environ.clear()
    os.environ.update(environment)
    folder = task.root / f".{os.getpid()}"
    run_guarded(lambda: _send(task, answer), answer, runner_lives, folder)


def _send(task: _Task, answer: Any) -> None:
    answer.send((STARTED, None))
    waiting: list[Problem] = []
    refused: list[Refusal] = []
    ledger = replace(task.ledger, waiting=[])
    try:
        stored = list(
            derive_family(
                task.plan,
                task.data,
                described_as=task.described_as,
                family=load_family(task.family),
                periods=task.periods,
                strict=task.strict,
                root=task.root,
                waiting=waiting,
                ledger=ledger,
                refused=refused,
                step=lambda _: None,
            )
        )
    except Exception as error:
        if not isinstance(error, NhsindError | OSError):  # a fault of ours: say where
            error.add_note("".join(traceback.format_exception(error)))
        answer.send((RAISED, error))
    else:
        places = [(each.folder, each.is_new, each.of_data) for each in stored]
        answer.send(("done", _Derived(places, waiting, ledger.waiting, refused)))
