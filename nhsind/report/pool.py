"""Processes on this machine: one for each report or family, so many at a time, none left behind."""

from __future__ import annotations

import multiprocessing
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from nhsind.errors import NhsindError
from nhsind.report.task import DONE, FAILED, PART, STARTED, Task, allowed_environment

SECONDS_TO_START = 60
SECONDS_PER_REPORT = 300
SECONDS_TO_END = 10
# The most reports that one process makes, each in a child of its own, so that those who work side
# by side end together.
MOST_TOGETHER = 20
T = TypeVar("T")
# A made report has no reason; one that failed says why.
Outcome = tuple[Task, str | None]
# What a process does: its task, its environment, where it answers, and what it lives with.
Work = Callable[[T, dict[str, str], Any, Any], None]


@dataclass
class _Running(Generic[T]):
    """A task's process. It ends, with all that it started, when `lives` is closed."""

    task: T
    process: Any
    lives: Any
    limit: float
    has_started: bool = False


def make_here(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """Make reports, `jobs` at a time, and give each as it ends; whatever one starts ends with it.

    Raises NhsindError where the system does not let a report be written.
    """
    for task in tasks:
        task.staged.unlink(missing_ok=True)
    waiting = _together(tasks, jobs)
    while waiting:
        left: list[Sequence[Task]] = []
        yield from _made(waiting, jobs, left)
        waiting = left


def _together(tasks: Sequence[Task], jobs: int) -> list[Sequence[Task]]:
    """The reports of the same figures together, which are read once for them."""
    groups: dict[tuple[Path, str | None], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.notebook, task.parameters.get("released")), []).append(task)
    found: list[Sequence[Task]] = []
    for group in groups.values():
        size = min(MOST_TOGETHER, -(-len(group) // jobs))
        found += [group[first : first + size] for first in range(0, len(group), size)]
    return found


def _made(
    batches: list[Sequence[Task]], jobs: int, left: list[Sequence[Task]]
) -> Iterator[Outcome]:
    """What became of each report; of a process that failed, those behind the one are `left`."""
    environment = allowed_environment()
    ended = {id(batch): 0 for batch in batches}
    for batch, state, said in in_processes(
        batches, jobs, work=make_reports, environment=environment, seconds=SECONDS_PER_REPORT
    ):
        place = ended[id(batch)]
        if state == PART:
            _, state, said = said
        elif place < len(batch):  # the process ended with a report that it does not tell of
            state, said = FAILED, said or "its process told nothing of it"
            left += filter(None, [batch[place + 1 :]])
        else:
            continue
        ended[id(batch)] = place + 1
        if state == "unwritable":
            raise NhsindError(f"{said}; nothing was published")
        yield batch[place], None if state == DONE else said


def make_reports(
    batch: Sequence[Task], environment: dict[str, str], answer: Any, runner_lives: Any
) -> None:
    """Make reports of the same figures; see `worker.make_reports`.

    Only here are the libraries imported that run notebooks: the run itself needs none of them.
    """
    from nhsind.report import worker

    worker.make_reports(batch, environment, answer, runner_lives)


def in_processes(
    tasks: Sequence[T],
    jobs: int,
    *,
    work: Work[T],
    environment: dict[str, str],
    seconds: float = float("inf"),
    until: Any = None,
) -> Generator[tuple[T, str, Any], None, None]:
    """Do tasks in a process each, `jobs` at a time: task, state and answer of each as it ends.

    `work` answers with a pair of state and what belongs to it, after `(STARTED, None)`, and may
    give any number of `PART` before. `failed`, with the reason, is the state of a process that did
    not answer in time or ended without.
    `until`: the end of a pipe; when the other is closed, all end that are not done.
    """
    method = "forkserver" if hasattr(os, "fork") else "spawn"
    context: Any = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["nhsind.report.preload"])
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    running: dict[Any, _Running[T]] = {}
    waiting = list(reversed(tasks))
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                answer, started = _start(waiting.pop(), context, work, environment)
                running[answer] = started
            soonest = min(each.limit for each in running.values())
            timeout = None if soonest == float("inf") else max(0.0, soonest - time.monotonic())
            ready = wait([*running, *([until] if until else [])], timeout=timeout)
            if until in ready:
                return
            now = time.monotonic()
            late = [answer for answer, each in running.items() if each.limit <= now]
            for answer in dict.fromkeys([*ready, *late]):
                state, said = _answer(answer, running[answer], answer in ready, seconds)
                if state == STARTED:
                    running[answer].has_started = True
                    running[answer].limit = time.monotonic() + seconds
                    continue
                if state == PART:
                    yield running[answer].task, state, said
                    continue
                ended = running.pop(answer)
                _end(ended)
                yield ended.task, state, said
    finally:
        for each in running.values():
            each.lives.close()
        for each in running.values():
            _end(each)


@contextmanager
def meanwhile(tasks: Sequence[T], jobs: int, **more: Any) -> Iterator[Iterator[tuple[T, str, Any]]]:
    """What `in_processes` gives, with the next processes started while the caller is at work.

    A thread keeps `jobs` processes busy; all end with the block.
    """
    until, ends = multiprocessing.Pipe(duplex=False)
    given: queue.SimpleQueue[tuple[tuple[T, str, Any] | None, BaseException | None]]
    given = queue.SimpleQueue()

    def keep_busy() -> None:
        try:
            for each in in_processes(tasks, jobs, until=until, **more):
                given.put((each, None))
            given.put((None, None))
        except BaseException as error:  # the caller's to raise
            given.put((None, error))

    def taken() -> Iterator[tuple[T, str, Any]]:
        while True:
            each, error = given.get()
            if error is not None:
                raise error
            if each is None:
                return
            yield each

    thread = threading.Thread(target=keep_busy, name="processes")
    thread.start()
    try:
        yield taken()
    finally:
        ends.close()
        thread.join()
        until.close()


def _start(
    task: T, context: Any, work: Work[T], environment: dict[str, str]
) -> tuple[Any, _Running[T]]:
    """Start a task's process; gives the pipe that its answers come by."""
    answer, theirs = context.Pipe(duplex=False)
    watched, lives = context.Pipe(duplex=False)  # closed with this process, however it ends
    process = context.Process(target=work, args=(task, environment, theirs, watched))
    with _without_main():
        process.start()
    theirs.close()
    watched.close()
    return answer, _Running(task, process, lives, time.monotonic() + SECONDS_TO_START)


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes must not run the caller's script again, whether or not it guards its main part."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _answer(answer: Any, running: _Running[T], is_ready: bool, seconds: float) -> tuple[str, Any]:
    """A task's state: started, what its work says, or failed, and what belongs to it."""
    if not is_ready:
        if not running.has_started:
            return FAILED, f"did not start within {SECONDS_TO_START} seconds"
        return FAILED, f"took longer than {seconds:g} seconds"
    try:
        state, said = answer.recv()
        if state not in (STARTED, PART):
            running.process.join(SECONDS_TO_END)
        return state, said
    except EOFError:
        running.process.join(SECONDS_TO_END)
        return FAILED, f"its process ended with status {running.process.exitcode}"


def _end(running: _Running[T]) -> None:
    """End a task's process with everything it started."""
    running.lives.close()
    process = running.process
    process.join(SECONDS_TO_END)
    if process.exitcode is None:
        with suppress(ProcessLookupError):
            process.kill()
        process.join()
