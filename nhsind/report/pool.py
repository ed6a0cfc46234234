"""The processes of the reports on this machine: one each, so many at a time, none left behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from types import ModuleType
from typing import Any

from nhsind.errors import NhsindError
from nhsind.report.worker import STARTED, Task, allowed_environment, make_report

SECONDS_TO_START = 60
SECONDS_PER_REPORT = 300
SECONDS_TO_END = 10
# A made report has no reason; one that failed says why.
Outcome = tuple[Task, str | None]


@dataclass
class _Running:
    """A report's process. It ends, with all that it started, when `lives` is closed."""

    task: Task
    process: Any
    lives: Any
    limit: float
    has_started: bool = False


def make_here(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """Make reports, `jobs` at a time, and give each as it ends; whatever one starts ends with it.

    Raises NhsindError where the system does not let a report be written.
    """
    method = "forkserver" if hasattr(os, "fork") else "spawn"
    context: Any = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["nhsind.report.preload"])
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    running: dict[Any, _Running] = {}
    waiting = list(reversed(tasks))
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                answer, started = _start(waiting.pop(), context)
                running[answer] = started
            soonest = min(each.limit for each in running.values())
            ready = wait(list(running), timeout=max(0.0, soonest - time.monotonic()))
            now = time.monotonic()
            late = [answer for answer, each in running.items() if each.limit <= now]
            for answer in dict.fromkeys([*ready, *late]):
                state, reason = _answer(answer, running[answer], answer in ready)
                if state == STARTED:
                    running[answer].has_started = True
                    running[answer].limit = time.monotonic() + SECONDS_PER_REPORT
                    continue
                ended = running.pop(answer)
                _end(ended)
                if state == "unwritable":
                    raise NhsindError(f"{reason}; nothing was published")
                yield ended.task, None if state == "done" else reason
    finally:
        for each in running.values():
            each.lives.close()
        for each in running.values():
            _end(each)


def _start(task: Task, context: Any) -> tuple[Any, _Running]:
    """Start a report's process; gives the pipe that its answers come by."""
    task.staged.unlink(missing_ok=True)
    answer, theirs = context.Pipe(duplex=False)
    watched, lives = context.Pipe(duplex=False)  # closed with this process, however it ends
    process = context.Process(
        target=make_report, args=(task, allowed_environment(), theirs, watched)
    )
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


def _answer(answer: Any, running: _Running, is_ready: bool) -> tuple[str, str]:
    """A report's state: started, done, failed or unwritable, and what went wrong."""
    if not is_ready:
        if not running.has_started:
            return "failed", f"did not start within {SECONDS_TO_START} seconds"
        return "failed", f"took longer than {SECONDS_PER_REPORT} seconds"
    try:
        state, reason = answer.recv()
        if state != STARTED:
            running.process.join(SECONDS_TO_END)
        return state, reason or ""
    except EOFError:
        running.process.join(SECONDS_TO_END)
        return "failed", f"its process ended with status {running.process.exitcode}"


def _end(running: _Running) -> None:
    """End a report's process with everything it started."""
    running.lives.close()
    process = running.process
    process.join(SECONDS_TO_END)
    if process.exitcode is None:
        with suppress(ProcessLookupError):
            process.kill()
        process.join()
