"""A papermill engine that runs a notebook in this process, in an IPython of its own.

Starting a kernel costs many times what a report does. A run forks one child per report from a
server that has the libraries loaded, and this engine runs the notebook there; papermill's own
engine, with a real kernel, gives the same outputs.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import nbformat
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from papermill.engines import Engine
from traitlets.config import Config

Outputs = list[dict[str, Any]]


def _output(kind: str, **held: Any) -> NotebookNode:
    """An output of a cell; nbformat's own maker would check each against its schema."""
    return NotebookNode(output_type=kind, **held)


class CellTimeout(BaseException):
    """A cell took too long. No Exception, so that a cell's own handlers do not take it."""


class _Stream:
    """Text written to stdout or stderr becomes a stream output, in order with the others."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.get("output_type") == "stream" and last["name"] == self.name:
            last["text"] += text
        elif text:
            self.outputs.append(_output("stream", name=self.name, text=text))
        return len(text)

    def flush(self) -> None:
        """Nothing is buffered."""

    def isatty(self) -> bool:
        """Never a terminal."""
        return False


class _Results(CapturingDisplayHook):
    """The value of a cell's last expression."""

    outputs: Outputs

    def __call__(self, result: Any | None = None) -> None:
        if result is None:
            return
        data, metadata = self.shell.display_formatter.format(result)
        count = self.shell.execution_count
        self.outputs.append(
            _output("execute_result", data=data, metadata=metadata, execution_count=count)
        )


class _Formatter(DisplayFormatter):
    """The forms of what a cell shows, be it with `display` or as its last expression."""

    # A page takes HTML where there is some; the text beside it would be made for nobody.
    for_page: bool = False

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> Any:
        """Data and metadata by kind."""
        if self.for_page:
            data, metadata = super().format(obj, include, {"text/plain", *(exclude or ())})
            if data:
                return data, metadata
        return super().format(obj, include, exclude)


class _Publisher(DisplayPublisher):
    """What a cell shows with `display`."""

    outputs: Outputs

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **others: Any) -> None:
        """Keep the shown object as an output."""
        self.outputs.append(_output("display_data", data=data, metadata=metadata or {}))


class InProcessEngine(Engine):
    """Runs the code cells one after the other in a fresh IPython shell of this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> None:
        """Run the notebook; stops at the first cell that raises, as papermill's engine does.

        `execution_timeout`: seconds per cell. `for_page`: HTML is shown without its text form.
        `failed`: where a notebook of which a cell raises is kept.
        """
        limit = settings.get("execution_timeout") or 0
        _Formatter.for_page = bool(settings.get("for_page"))
        shell = _fresh_shell()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            is_code = cell.cell_type == "code" and cell.source.strip()
            if is_code and _run_cell(shell, cell, limit):
                nb_man.cell_exception(cell, index)
                if settings.get("failed"):
                    nbformat.write(nb_man.nb, settings["failed"])
                break
            nb_man.cell_complete(cell, index)


def prepare() -> None:
    """Make a shell ahead, in the server that processes of reports are forked from."""
    global _prepared
    _prepared = _new_shell()


_prepared: InteractiveShell | None = None


def _fresh_shell() -> InteractiveShell:
    """A shell that has run nothing: the one made ahead, once, else a new one."""
    global _prepared
    shell, _prepared = _prepared or _new_shell(), None
    return shell


def _new_shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config, colors="nocolor")
    shell.display_formatter = _Formatter(parent=shell)
    return shell


def _run_cell(shell: InteractiveShell, cell: Any, limit: float) -> bool:
    """Run one cell, put its outputs into it, and say whether it failed; `limit` is in seconds."""
    outputs: Outputs = []
    cell.outputs = outputs
    with _capturing(shell, outputs), _limited(limit):
        result = shell.run_cell(cell.source, store_history=True)
    cell.execution_count = result.execution_count
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return False
    trace = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
    outputs.append(
        _output("error", ename=type(error).__name__, evalue=str(error), traceback=list(trace))
    )
    return True


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise CellTimeout in a cell that runs too long; one that holds the interpreter goes on."""
    if not (seconds and hasattr(signal, "SIGALRM") and _is_main_thread()):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise CellTimeout(f"the cell took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def _capturing(shell: InteractiveShell, outputs: Outputs) -> Iterator[None]:
    before = sys.stdout, sys.stderr, shell.display_pub, shell.display_trap.hook
    quiet: Any = shell
    show_traceback = shell._showtraceback
    sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)
    shell.display_pub = _Publisher()
    shell.display_pub.outputs = outputs
    shell.display_trap.hook = _Results(shell=shell, outputs=outputs)
    quiet._showtraceback = lambda *parts: None
    try:
        yield
    finally:
        sys.stdout, sys.stderr, shell.display_pub, shell.display_trap.hook = before
        quiet._showtraceback = show_traceback
