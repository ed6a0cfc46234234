"""What happens in the process of one report: run the notebook, check the run, write the page.

Imported by the fork server, so that a report's process starts with the libraries loaded; nothing
here opens a database or reads Parquet before the fork.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat.validator import get_validator
from papermill.exceptions import PapermillExecutionError

import nhsind
import nhsind.charts
import nhsind.narrative.interpretation
import nhsind.tables.kinds
import nhsind.tables.records
from nhsind.definitions.catalogue import load_own_families
from nhsind.errors import NhsindError
from nhsind.report import engine
from nhsind.report.guard import run_guarded
from nhsind.report.page import load_templates, render_page
from nhsind.report.publishing import write_whole
from nhsind.report.sections import for_report
from nhsind.report.task import STARTED, Task

# What the notebooks call is loaded before the fork: a report would load it each time.
CALLED = ("results", "chart")
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


class RunError(NhsindError):
    """A notebook did not run as a published one must."""


def prepare() -> None:
    """What every report needs, made once in the server that their processes are forked from."""
    load_own_families()
    for name in CALLED:
        getattr(nhsind, name)
    load_templates()
    nhsind.charts.prepare()
    engine.prepare()
    get_validator(version=4, version_minor=5)  # compiled, and kept by nbformat


def make_report(task: Task, environment: dict[str, str], answer: Any, runner_lives: Any) -> None:
    """Make one report: sends `("started", None)`, then `("done", None)` or `("failed", why)`.

    Sends `("unwritable", what)` if the system did not let it write, which is the run's to handle.

    `environment` is the run's: the server that this is forked from has that of the first run of
    its process. `runner_lives` is a pipe that the run holds open; when the run ends, however, so
    does this.
    """
    os.environ.clear()
    os.environ.update(environment, TZ="UTC", TQDM_DISABLE="1")
    folder = task.working / str(os.getpid())
    run_guarded(lambda: _make(task, answer, folder), answer, runner_lives, folder)


def _make(task: Task, answer: Any, folder: Path) -> None:
    answer.send((STARTED, None))
    # What was here before the fork stays: looking through it would copy its pages.
    gc.freeze()
    _limit_memory()
    executed, log = folder / "report.ipynb", folder / "log.txt"
    try:
        folder.mkdir(parents=True, mode=0o700)
        _redirect(log)
        page = _run(task, executed, folder)
        write_whole(task.staged, page)
        answer.send(("done", None))
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
        return "failed", f"cell {error.exec_count} failed: {error_of_cell}"
    return "failed", f"{type(error).__name__}: {str(error).strip()[:2000]}"


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
    papermill.execute_notebook(
        for_report(nbformat.read(task.notebook, as_version=4)),
        str(executed),
        parameters=task.parameters,
        engine_name="nhsind" if task.runner == "fork" else None,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        cwd=str(folder),
        start_timeout=SECONDS_TO_START_KERNEL,
        execution_timeout=task.seconds_per_cell,
        **({"for_page": True} if task.runner == "fork" else {}),
    )
    notebook: Any = nbformat.read(executed, as_version=4)
    check_run(notebook)
    return render_page(notebook, task.heading)


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
