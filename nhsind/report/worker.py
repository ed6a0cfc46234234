"""What happens in the process of one report: run the notebook, check the run, write the page.

Imported by the fork server, so that a report's process starts with the libraries loaded; nothing
here opens a database or reads Parquet before the fork.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill

import nhsind.charts
import nhsind.narrative
import nhsind.tables
from nhsind.errors import NhsindError
from nhsind.report import engine
from nhsind.report.page import render_page
from nhsind.report.publishing import write_whole

PRELOADED = (nhsind.charts, nhsind.narrative, nhsind.tables, engine)
# All that a notebook's process may see of the environment of the run.
ALLOWED_ENVIRONMENT = (
    "PATH HOME TMPDIR LANG LC_ALL SYSTEMROOT VIRTUAL_ENV XDG_CACHE_HOME XDG_STATE_HOME PYTHONPATH "
    "PYTHONHASHSEED JUPYTER_PATH COVERAGE_PROCESS_START"
).split()
RUNNERS = ("fork", "kernel")


class RunError(NhsindError):
    """A notebook did not run as a published one must."""


@dataclass(frozen=True)
class Task:
    """One report to make. `failed` is where a failed run's notebook and log are kept, privately."""

    notebook: Path
    parameters: dict[str, str | None]
    heading: dict[str, Any]
    staged: Path
    failed: Path
    runner: str


def make_report(task: Task, answer: Any, runner_lives: Any) -> None:
    """Make one report and send `("done", None)` or `("failed", what went wrong)`.

    `runner_lives` is a pipe that the run holds open; when the run ends, however, so does this.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # so that the run can end whatever the notebook starts
    threading.Thread(target=_end_with, args=(runner_lives,), daemon=True).start()
    for name in set(os.environ) - set(ALLOWED_ENVIRONMENT):
        del os.environ[name]
    os.environ["TZ"], os.environ["TQDM_DISABLE"] = "UTC", "1"
    with tempfile.TemporaryDirectory(prefix="nhsind-") as folder:
        executed = Path(folder) / "report.ipynb"
        log = Path(folder) / "log.txt"
        try:
            _redirect(log)
            page = _run(task, executed, folder)
            write_whole(task.staged, page)
            answer.send(("done", None))
        except BaseException as error:
            traceback.print_exc()
            sys.stderr.flush()
            _keep(task.failed, executed, log)
            answer.send(("failed", f"{type(error).__name__}: {str(error).strip()[:2000]}"))
        finally:
            os.chdir("/")


def _end_with(runner_lives: Any) -> None:
    with contextlib.suppress(EOFError, OSError):
        runner_lives.recv()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


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
    if not code[-1].outputs:
        raise RunError("the last cell shows nothing: the report did not reach its end")


def _run(task: Task, executed: Path, folder: str) -> str:
    papermill.execute_notebook(
        str(task.notebook),
        str(executed),
        parameters=task.parameters,
        engine_name="nhsind" if task.runner == "fork" else None,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        cwd=folder,
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
