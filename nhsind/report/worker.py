"""What happens in the process of a report: run the notebook, check the run, write the page.

Imported by the fork server, so that processes start with the libraries loaded; nothing here opens
a database or reads Parquet before the fork. Reports of the same figures share a process that has
read them, and from which each is forked.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat.validator import get_validator
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import papermill_io

import nhsind
import nhsind.charts
import nhsind.narrative.interpretation
import nhsind.tables.kinds
import nhsind.tables.records
from nhsind.definitions.catalogue import load_own_families
from nhsind.errors import NhsindError
from nhsind.geography import ENGLAND
from nhsind.narrative.gathering import gather_ahead
from nhsind.narrative.templates import texts
from nhsind.release.keeping import hold
from nhsind.report import engine
from nhsind.report.guard import run_each
from nhsind.report.page import load_templates, render_page
from nhsind.report.publishing import stage
from nhsind.report.sections import for_report
from nhsind.report.task import DONE, FAILED, Task

# What the notebooks call is loaded before the fork: a report would load it each time.
CALLED = ("results", "chart", "define")
PRELOADED = (
    nhsind.charts,
    nhsind.narrative.interpretation,
    nhsind.tables.kinds,
    nhsind.tables.records,
)
# What a report's process may take beside what the libraries hold at its start.
MOST_MEMORY = 3 * 1024**3
# A chart of a page is about 100 kB; a notebook that shows more than this has gone wrong.
MOST_SHOWN = 20 * 1024**2
SECONDS_TO_START_KERNEL = 60
# How papermill is told of a notebook to read as reports run it.
AS_IN_REPORTS = "nhsind-report:"


class RunError(NhsindError):
    """A notebook did not run as a published one must."""


class _AsInReports:
    """What papermill reads notebooks by: without what reports leave out, once a process."""

    def read(self, path: str) -> str:
        return _source(Path(path.removeprefix(AS_IN_REPORTS)))

    def pretty_path(self, path: str) -> str:
        return path


@cache
def _source(notebook: Path) -> str:
    written: str = nbformat.writes(for_report(nbformat.read(notebook, as_version=4)))
    return written


papermill_io.register(AS_IN_REPORTS, _AsInReports())


def prepare() -> None:
    """What every report needs, made once in the server that their processes are forked from."""
    load_own_families()
    for name in CALLED:
        getattr(nhsind, name)
    load_templates()
    texts()
    nhsind.charts.prepare()
    engine.prepare()
    get_validator(version=4, version_minor=5)  # compiled, and kept by nbformat


def make_reports(
    tasks: Sequence[Task], environment: dict[str, str], answer: Any, runner_lives: Any
) -> None:
    """Make reports of the same figures; what is sent is that of `guard.run_each`.

    Of each `done`, or `failed` with the reason; `unwritable` with what the system did not let it
    write, which is the run's to handle.

    `environment` is the run's: the server that this is forked from has that of the first run of
    its process. `runner_lives` is a pipe that the run holds open; when the run ends, however, so
    does this.
    """
    os.environ.clear()
    os.environ.update(environment, TZ="UTC", TQDM_DISABLE="1")
    if len(tasks) > 1 and tasks[0].runner == "fork":
        _hold_figures(tasks)
    folders = [task.working / f"{os.getpid()}-{place}" for place, task in enumerate(tasks)]
    works = [
        (partial(_make, task, folder=folder), folder)
        for task, folder in zip(tasks, folders, strict=True)
    ]
    run_each(works, answer, runner_lives)


def _hold_figures(tasks: Sequence[Task]) -> None:
    """Read the figures that reports have in common, and gather what their sentences are made of."""
    given = tasks[0].parameters
    # What is wrong with them each report says itself.
    with contextlib.suppress(Exception):
        if given.get("released") is not None:
            found = hold(Path(str(given["released"])))
            organisations = [str(each.parameters["organisation"]) for each in tasks]
            gather_ahead(found, organisations)
            found.look_ahead([*organisations, ENGLAND])
            found.for_organisation(organisations[0])  # works out what all views of it share
            _source(tasks[0].notebook)


def _make(task: Task, answer: Any, *, folder: Path) -> None:
    # What was here before the fork stays: looking through it would copy its pages.
    gc.freeze()
    _limit_memory()
    executed, log = folder / "report.ipynb", folder / "log.txt"
    try:
        folder.mkdir(parents=True, mode=0o700)
        _redirect(log)
        page = _run(task, executed, folder)
        stage(task.staged, page)
        answer.send((DONE, None))
    except BaseException as error:
        # A full disk takes no log either.
        with contextlib.suppress(OSError):
            traceback.print_exc()
            sys.stderr.flush()
            _keep(task.failed, executed, log)
        answer.send(_went_wrong(error))
    finally:
        os.chdir("/")


def _limit_memory() -> None:
    """A notebook that asks for too much gets a MemoryError, and the machine stays usable."""
    if sys.platform != "linux":
        return
    import resource

    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = held + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


def _went_wrong(error: BaseException) -> tuple[str, str]:
    """A cell's errors reach us wrapped by papermill: a plain OSError is a file we cannot write."""
    if isinstance(error, OSError) and error.errno is not None:
        return "unwritable", f"{error.filename or 'a report'}: {error.strerror}"
    if isinstance(error, PapermillExecutionError):
        error_of_cell = f"{error.ename}: {error.evalue}".strip()[:2000]
        return FAILED, f"cell {error.exec_count} failed: {error_of_cell}"
    return FAILED, f"{type(error).__name__}: {str(error).strip()[:2000]}"


def check_run(notebook: Any) -> None:
    """Whether a notebook ran as it must: every code cell, in order, without error or warning.

    The runner's own word is not taken for it. Raises RunError with the first cell that did not.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if not code:
        raise RunError("the notebook has no code cell")
    last = 0
    for number, cell in enumerate(code, start=1):
        if not isinstance(cell.get("execution_count"), int) or cell.execution_count <= last:
            raise RunError(f"cell {number} of {len(code)} did not run")
        last = cell.execution_count
        failed = [output.ename for output in cell.outputs if output.output_type == "error"]
        if failed:
            raise RunError(f"cell {number} of {len(code)} failed: {failed[0]}")
        if any(output.get("name") == "stderr" for output in cell.outputs):
            raise RunError(f"cell {number} of {len(code)} wrote to stderr")
        if len(str(cell.outputs)) > MOST_SHOWN:
            raise RunError(f"cell {number} of {len(code)} shows more than {MOST_SHOWN:,} bytes")
    if not code[-1].outputs:
        raise RunError("the last cell shows nothing: the report did not reach its end")


def _run(task: Task, executed: Path, folder: Path) -> str:
    is_here = task.runner == "fork"
    notebook: Any = papermill.execute_notebook(
        f"{AS_IN_REPORTS}{task.notebook}",
        # Nobody reads the notebook of a report that is made.
        None if is_here else str(executed),
        parameters=task.parameters,
        engine_name="nhsind" if is_here else None,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        cwd=str(folder),
        start_timeout=SECONDS_TO_START_KERNEL,
        execution_timeout=task.seconds_per_cell,
        **({"for_page": True, "failed": executed} if is_here else {}),
    )
    try:
        check_run(notebook)
        return render_page(notebook, task.heading)
    except NhsindError:
        nbformat.write(notebook, executed)
        raise


def _redirect(log: Path) -> None:
    """Send what libraries write to a private log."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def _keep(folder: Path, executed: Path, log: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (executed, log):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
