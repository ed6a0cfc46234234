"""A report's process keeps watch over a child of its own, in which the notebook runs.

The one that watches runs no notebook's code, so not even a call that holds the interpreter keeps
it from ending the notebook, and all that the notebook started, when the run ends.

Only Linux hands over what a notebook put into a session of its own (PR_SET_CHILD_SUBREAPER) and
ends the notebook if the watching process itself is killed (PR_SET_PDEATHSIG); other systems with
fork end the notebook's process group. Windows has no fork: there a thread keeps watch, which a call
that holds the interpreter delays until it returns.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from nhsind.report.task import DONE, FAILED, PART, STARTED

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Where the system has no handle of a process to wait for.
SECONDS_BETWEEN_LOOKS = 0.02

# A report's work: it is given the pipe that it answers by.
Work = Callable[[Any], None]


def run_guarded(work: Callable[[], None], answer: Any, runner_lives: Any, folder: Path) -> None:
    """Do `work`, then end all that it started and remove its folder; with the run, if that ends.

    `answer` is for `work` alone. `runner_lives` is a pipe that the run holds open. Where there is
    fork this ends the process, with the status of `work`.
    """
    if not hasattr(os, "fork"):
        threading.Thread(target=_exit_with, args=(runner_lives,), daemon=True).start()
        work()
        shutil.rmtree(folder, ignore_errors=True)
        return
    guard = _begin_guard()
    child = os.fork()
    if child == 0:
        _in_child(work, runner_lives, guard)
    # Held here too, the pipe would not tell the run that the child has died.
    answer.close()
    os._exit(_seen_off(child, runner_lives, folder))


def run_each(works: Sequence[tuple[Work, Path]], answer: Any, runner_lives: Any) -> None:
    """Do one work after the other, each in a child of its own with what this process holds.

    Nothing that one does reaches the next: a child ends with all that it started, and its folder.
    Sends `STARTED` before each, and after it `PART` with its place, and the state and the reason
    that it answered with; `failed` if it ended without. Then ends this process, as `run_guarded`.
    """
    if hasattr(os, "fork"):
        guard = _begin_guard()
    else:
        threading.Thread(target=_exit_with, args=(runner_lives,), daemon=True).start()
    for place, (work, folder) in enumerate(works):
        answer.send((STARTED, None))
        heard, theirs = multiprocessing.Pipe(duplex=False)
        status = 0
        if not hasattr(os, "fork"):
            work(theirs)
        else:
            child = os.fork()
            if child == 0:
                heard.close()
                answer.close()
                _in_child(partial(work, theirs), runner_lives, guard)
            status = _seen_off(child, runner_lives, folder)
        theirs.close()
        said = (FAILED, f"its process ended with status {status}")
        with contextlib.suppress(EOFError, OSError):
            said = heard.recv()
        heard.close()
        shutil.rmtree(folder, ignore_errors=True)
        answer.send((PART, (place, *said)))
    answer.send((DONE, None))
    if hasattr(os, "fork"):
        os._exit(0)


def _begin_guard() -> int:
    os.setsid()  # a Ctrl+C at the terminal is the run's to handle
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    return os.getpid()


def _seen_off(child: int, runner_lives: Any, folder: Path) -> int:
    """The status of a child when it has ended, with all that it started and its folder.

    If the run ends first, so do the child and this process.
    """
    killed = False
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if not killed and _has_ended(runner_lives, child):
            killed = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    _end_started(child)
    shutil.rmtree(folder, ignore_errors=True)
    if killed:
        os._exit(128 + signal.SIGKILL)
    status = os.waitstatus_to_exitcode(ended[1])
    return status if status >= 0 else 128 - status


def _has_ended(runner_lives: Any, child: int) -> bool:
    """Wait until the child or the run ends, or a moment; whether it is the run."""
    if not hasattr(os, "pidfd_open"):
        return bool(runner_lives.poll(SECONDS_BETWEEN_LOOKS))
    handle = os.pidfd_open(child)
    try:
        return runner_lives in wait([handle, runner_lives])
    finally:
        os.close(handle)


def _in_child(work: Callable[[], None], runner_lives: Any, guard: int) -> None:
    try:
        os.setsid()
        runner_lives.close()
        # The signal comes when the thread that forked ends: here the guard's main thread, which
        # lasts as long as the guard. It is lost on a fork, so it is asked for after it.
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == guard:  # else the guard died before it was asked for
            work()
            os._exit(0)
    finally:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _wait_for_end(runner_lives: Any) -> None:
    with contextlib.suppress(EOFError, OSError):
        runner_lives.recv()


def _exit_with(runner_lives: Any) -> None:
    _wait_for_end(runner_lives)
    os._exit(1)


def _end_started(child: int) -> None:
    """End the child's group, then whatever else it left, each of which becomes ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    while started := _children():
        for process in started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        # Once it is gone, its own children are ours and the next to end.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _children() -> list[int]:
    """The children of this process, dead ones that nobody has waited for included."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The second field is a name that may hold anything, brackets and spaces too.
            parent = entry.read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(entry.parent.name))
    return found
