"""All families of a run: each derived and released in a process of its own, taken in their order.

Families share nothing, so what is found does not depend on how many are derived at a time. Frames,
Spark and databases stay where they are: a run of them derives there, one family after the other.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhsind.engines.embedded import INSTALLED
from nhsind.errors import NhsindError
from nhsind.release.ledger import Ledger
from nhsind.report.guard import run_guarded
from nhsind.report.pool import meanwhile
from nhsind.report.store import FamilyTask, StoredResults, Told, derive_family, stored_in
from nhsind.report.task import STARTED, allowed_environment
from nhsind.sources.belonging import is_paths
from nhsind.sources.given_elsewhere import addresses_in

RAISED = "raised"


@dataclass(frozen=True)
class _Derived:
    """What a family's process gives back; the figures themselves are in the store."""

    stored: list[tuple[Path, bool, str]]
    told: Told
    released: list[dict[str, Any]]


def derive_families(
    tasks: Sequence[FamilyTask],
    ledger: Ledger,
    told: Told,
    step: Callable[[str], None],
    *,
    jobs: int = 1,
) -> Iterator[StoredResults]:
    """Give the released figures of each family and period, derived where they are not kept.

    `jobs`: how many families at a time; the rest, and the errors, are those of `derive_family`.
    """
    if jobs > 1 and len(tasks) > 1 and all(map(_is_of_files, tasks)):
        yield from _in_order(tasks, jobs, ledger=ledger, told=told, step=step)
    else:
        for task in tasks:
            yield from derive_family(task, ledger, told, step)


def _is_of_files(task: FamilyTask) -> bool:
    """Whether a process of its own can read what a family is derived from, and is of use."""
    paths = [task.data] if isinstance(task.data, str | Path) else task.data
    return is_paths(paths) and not addresses_in(paths) and task.plan.engine in INSTALLED


def _in_order(
    tasks: Sequence[FamilyTask],
    jobs: int,
    *,
    ledger: Ledger,
    told: Told,
    step: Callable[[str], None],
) -> Iterator[StoredResults]:
    """The families as they were asked for, whichever ends first; so with what goes wrong."""
    ended: dict[str, tuple[str, Any]] = {}
    environment = {**os.environ, **allowed_environment()}
    sent = [_Sent(task, replace(ledger, waiting=[])) for task in tasks]
    with meanwhile(sent, jobs, work=_derive, environment=environment) as processes:
        for task in tasks:
            step(f"deriving {task.family}")
            while task.family not in ended:
                done, state, said = next(processes)
                ended[done.task.family] = state, said
            state, said = ended.pop(task.family)
            if state == RAISED:
                raise said
            if not isinstance(said, _Derived):
                raise NhsindError(f"{task.family} was not derived: {said}")
            told.waiting += said.told.waiting
            told.refused += said.told.refused
            ledger.waiting += said.released
            for folder, is_new, of_data in said.stored:
                yield stored_in(folder, is_new=is_new, of_data=of_data)


@dataclass(frozen=True)
class _Sent:
    """What a family's process is given. The ledger is its own: what it adds comes back."""

    task: FamilyTask
    ledger: Ledger


def _derive(sent: _Sent, environment: dict[str, str], answer: Any, runner_lives: Any) -> None:
    """Derive a family in this process, and send what came of it or what was raised."""
    os.environ.clear()
    os.environ.update(environment)
    folder = sent.task.root / f".{os.getpid()}"
    run_guarded(lambda: _send(sent, answer), answer, runner_lives, folder)


def _send(sent: _Sent, answer: Any) -> None:
    answer.send((STARTED, None))
    told = Told()
    try:
        stored = list(derive_family(sent.task, sent.ledger, told, lambda _: None))
    except Exception as error:
        if not isinstance(error, NhsindError | OSError):  # a fault of ours: say where
            error.add_note("".join(traceback.format_exception(error)))
        answer.send((RAISED, error))
    else:
        places = [(each.folder, each.is_new, each.of_data) for each in stored]
        answer.send(("done", _Derived(places, told, sent.ledger.waiting)))
