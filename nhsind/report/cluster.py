"""Reports on other machines: the same tasks, sent to the workers of a Dask cluster.

What a worker needs travels with the task (the notebook and the released figures, never the data),
and what it made travels back, so that the machines share no disk. Each worker makes a report as
this machine would, in a process of its own. A report whose worker dies is given to another.
"""

from __future__ import annotations

import importlib
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhsind.errors import UsageError
from nhsind.report.pool import Outcome, make_here
from nhsind.report.publishing import stage
from nhsind.report.task import Task
from nhsind.version import library_digest

SECONDS_TO_CONNECT = 30
HOW_TO_START = "DASK_DISTRIBUTED__WORKER__DAEMON=false dask worker ADDRESS --nthreads 1"
Files = dict[str, bytes]


@dataclass(frozen=True)
class _Made:
    """What a worker sends back: a page, or why there is none and what it kept of the failure."""

    page: bytes | None
    reason: str | None
    kept: Files


def make_on(address: str, tasks: Sequence[Task]) -> Iterator[Outcome]:
    """Make reports on the cluster whose scheduler is at `address`; gives each as it ends.

    Raises UsageError where the cluster cannot be used: not reached, without workers, of another
    version of nhsind, or `distributed` is not installed here.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise UsageError("--scheduler needs the package distributed: nhsind[cluster]") from None
    try:
        client: Any = distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"there is no scheduler at {address} ({error or 'no answer'})") from None
    with client:
        _refuse_unfit(client, address)
        folders: dict[str, Any] = {}
        sent: dict[Any, Task] = {}
        for task in tasks:
            released = str(task.parameters["released"])
            if released not in folders:
                # A task, not scattered data: it is made again if the worker that holds it dies.
                folders[released] = client.submit(_as_given, _read_folder(Path(released)))
            notebook = task.notebook.read_bytes()
            future = client.submit(_make_there, task, notebook, folders[released], pure=False)
            sent[future] = task
        try:
            ended = distributed.as_completed(list(sent), loop=client.loop, raise_errors=False)
            for future in ended:
                task = sent.pop(future)
                yield task, _taken(task, future)
        finally:
            with suppress(Exception):  # the cluster may be gone
                client.cancel(list(sent), force=True)


def _refuse_unfit(client: Any, address: str) -> None:
    found = client.run(_worker_digest)
    if not found:
        raise UsageError(f"{address} has no workers; start one with: {HOW_TO_START}")
    others = [worker for worker, digest in found.items() if digest != library_digest()]
    if others:
        raise UsageError(f"another version of nhsind runs on {', '.join(sorted(others))}")


def _worker_digest() -> str:
    return library_digest()


def _as_given(files: Files) -> Files:
    return files


def _taken(task: Task, future: Any) -> str | None:
    """Put what a worker made where a report made here would be; why it failed, or None."""
    if future.status != "finished":
        error = future.exception()
        return f"{type(error).__name__}: {str(error).strip()[:2000]}"
    made: _Made = future.result()
    if made.page is not None:
        stage(task.staged, made.page)
        return None
    for name, content in made.kept.items():
        task.failed.mkdir(parents=True, exist_ok=True, mode=0o700)
        (task.failed / name).write_bytes(content)
    return made.reason


def _make_there(task: Task, notebook: bytes, released: Files) -> _Made:
    """Runs on a worker: lay out what came with the task, make the report, send it back."""
    if multiprocessing.current_process().daemon:
        # Dask's workers may not have children unless they are told so at their start.
        return _Made(None, f"this worker may start no process; start it with: {HOW_TO_START}", {})
    root = Path(tempfile.mkdtemp(prefix="nhsind-"))
    try:
        store = root / "released"
        for name, content in released.items():
            (store / name).parent.mkdir(parents=True, exist_ok=True)
            (store / name).write_bytes(content)
        (root / task.notebook.name).write_bytes(notebook)
        here = replace(
            task,
            notebook=root / task.notebook.name,
            parameters=task.parameters | {"released": str(store)},
            staged=root / "report.html",
            working=root / "working",
            failed=root / "failed",
        )
        ((_, reason),) = make_here([here], 1)
        kept = _read_folder(here.failed) if here.failed.is_dir() else {}
        page = here.staged.read_bytes() if reason is None else None
        return _Made(page, reason, kept)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _read_folder(folder: Path) -> Files:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
