"""Notebooks and systems that go wrong in every way known: what a run then publishes, and leaves.

Each fault is first shown to a naive runner (plain papermill and nbconvert, as most people use
them), which must get it wrong: a fault that it survives would test nothing.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from report_world import (
    DONE,
    FAILED,
    LEAVES_ITS_SESSION,
    NEVER_LETS_GO,
    Files,
    Started,
    World,
    command,
    files_of,
    left_behind,
    none_after,
    notebook_with,
    plan_text,
    status,
    use,
    wait_for,
)

import nhsind
import nhsind.report.preparing as factory
from nhsind.report import pool, publishing
from nhsind.report.manifest import verify

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.faults]
PAGE = "rtt/2018-03/ZX001.html"
SECONDS_OF_A_HANG, SECONDS_AT_MOST = 20, 120
# Runs a notebook as papermill's documentation shows, and makes a page of what came out.
NAIVE = """
import sys
import papermill
from nbconvert import HTMLExporter
import nbformat

notebook, out = sys.argv[1:3]
papermill.execute_notebook(notebook, out + "/report.ipynb", {"organisation": "ZX001"},
                           progress_bar=False, kernel_name="python3")
page, _ = HTMLExporter().from_notebook_node(nbformat.read(out + "/report.ipynb", 4))
open(out + "/report.html", "w").write(page)
"""


@dataclass(frozen=True)
class Fault:
    """A cell that goes wrong, why our run says the report failed, and what a naive one does."""

    cell: str
    reason: str
    naive: str  # published, hangs, leaves a process, or half (an unfinished notebook as the result)


FAULTS = {
    "sys.exit(0)": Fault("import sys\nsys.exit(0)", "cell 4 of 5", "published"),
    "killed": Fault("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "status", "half"),
    "endless loop": Fault("while True:\n    pass", "longer than", "hangs"),
    "hang in C": Fault(f"import re\n{NEVER_LETS_GO}", "longer than", "hangs"),
    "memory": Fault("held = bytearray(10**11)", "MemoryError", "half"),
    "output": Fault("print('x' * 50_000_000)", "shows more than", "published"),
    "a little output": Fault("print('5')", "stdout", "published"),
    "display": Fault(
        "from IPython.display import HTML\nHTML('<p>' + 'x' * 50_000_000 + '</p>')",
        "shows more than",
        "published",
    ),
    "stderr": Fault("import sys\nprint('a warning', file=sys.stderr)", "stderr", "published"),
}


@pytest.fixture
def plan(world: World, tmp_path: Path) -> Path:
    """One report."""
    path = tmp_path / "one.yaml"
    path.write_text(plan_text(world.sample, ["ZX001"], history="0"), "utf-8")
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_a_naive_runner_gets_it_wrong(marker: Path, tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    body = fault.cell
    notebook = notebook_with(tmp_path / "fault.ipynb", body)
    text = notebook.read_text("utf-8").replace("rtt = ind.results", "rtt = None and ind.results")
    notebook.write_text(text.replace("ind.table('result', rtt, 'E.B.3')", "'the end'"), "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    running = Started(sys.executable, "-c", NAIVE, notebook, out)
    end = time.monotonic() + (SECONDS_OF_A_HANG if fault.naive == "hangs" else SECONDS_AT_MOST)
    while running.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    if fault.naive == "hangs":
        assert running.poll() is None
    elif fault.naive == "published":
        assert running.poll() == DONE and (out / "report.html").is_file()
    else:
        # The result lies at its final place, unfinished.
        assert running.poll() not in (None, DONE) and (out / "report.ipynb").is_file()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_failed_report_and_nothing_published_is_touched(
    plan: Path, marker: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "o"
    use(monkeypatch, tmp_path / "good.ipynb", "1")
    assert nhsind.run(plan, out=out).exit_status == DONE
    before = (out / PAGE).read_bytes()
    use(monkeypatch, tmp_path / "bad.ipynb", FAULTS[name].cell)
    monkeypatch.setattr(factory, "SECONDS_PER_CELL", 4)
    monkeypatch.setattr(pool, "SECONDS_PER_REPORT", 12)
    summary = nhsind.run(plan, out=out)
    assert (summary.exit_status, summary.made, list(summary.failed)) == (FAILED, 0, [PAGE])
    assert FAULTS[name].reason in summary.failed[PAGE]
    assert (out / PAGE).read_bytes() == before
    assert PAGE not in (out / "index.html").read_text("utf-8")
    assert verify(out) and left_behind(marker) == []
    use(monkeypatch, tmp_path / "good.ipynb", "1")
    assert nhsind.run(plan, out=out).exit_status == DONE
    assert verify(out) == []


@pytest.mark.parametrize("runner", ["fork", "kernel"])
@pytest.mark.parametrize("cell", [1, 2, 3, 4])
def test_a_kernel_killed_in_any_cell_is_a_failure(
    plan: Path, tmp_path: Path, cell: int, runner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """papermill says of every cell of such a notebook that it completed."""
    notebook = notebook_with(tmp_path / "killed.ipynb", "1")
    sources = [
        '"organisation = None',
        '"import nhsind as ind',
        '"source": "1"',
        "\"ind.table('result'",
    ]
    text = notebook.read_text("utf-8")
    deadly = "import os; os.kill(os.getpid(), 9)\\n"
    old = sources[cell - 1]
    new = f'"source": "{deadly}1"' if cell == 3 else f'"{deadly}{old[1:]}'
    assert text.count(old) == 1
    notebook.write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(factory, "notebook_of", lambda family: notebook)
    summary = nhsind.run(plan, out=tmp_path / "o", runner=runner)
    assert (summary.exit_status, summary.made, list(summary.failed)) == (FAILED, 0, [PAGE])
    assert not (tmp_path / "o" / PAGE).exists()


def test_a_process_that_a_notebook_leaves_ends_with_the_report(
    plan: Path, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"import os, subprocess, time\n{LEAVES_ITS_SESSION}"
    body += "if os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n1"
    use(monkeypatch, tmp_path / "forks.ipynb", body)
    nhsind.run(plan, out=tmp_path / "o")
    assert none_after(20, marker)


def test_a_folder_on_another_device_is_refused_and_taken_back(
    world: World, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of one family may be mounted from elsewhere: a rename cannot reach it."""
    before, move = files_of(out), Path.replace

    def replace(self: Path, place: Path) -> Path:
        if "staged" in self.parts and Path(place).suffix == ".html":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(place))
        return move(self, place)

    monkeypatch.setattr(publishing.Path, "replace", replace)
    assert status("run", world.plan, "--data", world.other, "--out", out) == FAILED
    assert "nothing was published" in capsys.readouterr().err
    assert files_of(out) == before


def test_one_bad_organisation_of_twenty_is_one_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = tmp_path / "records"
    assert status("sample", records, "--ccgs 20 --months 14") == DONE
    plan = tmp_path / "twenty.yaml"
    plan.write_text(plan_text(records, None, history="0"), "utf-8")
    use(monkeypatch, tmp_path / "bad.ipynb", "assert organisation != 'ZX013'\n1")
    summary = nhsind.run(plan, out=tmp_path / "o")
    assert (summary.exit_status, summary.made) == (FAILED, 19)
    index = (tmp_path / "o" / "index.html").read_text("utf-8")
    assert "1 report is missing because of an error" in index
    assert "rtt/2018-03/ZX013.html" not in index
    use(monkeypatch, tmp_path / "good.ipynb", "assert organisation != 'ZX099'\n1")
    again = nhsind.run(plan, out=tmp_path / "o")
    assert again.exit_status == DONE and verify(tmp_path / "o") == []


def test_fifty_kills_at_random_moments_leave_every_file_whole(
    world: World, marker: Path, out: Path, second: Files
) -> None:
    old, chance, new = files_of(out), random.Random(2026), second
    words = command("run", world.plan, "--data", world.other, "--out", out, "--force")
    holder = out / ".nhsind" / "holder"
    reference = out.with_name("reference")
    began = time.monotonic()
    again = command("run", world.plan, "--data", world.other, "--out", reference)
    assert Started(*again).end() == DONE
    seconds = time.monotonic() - began
    for _ in range(50):
        holder.unlink(missing_ok=True)
        running = Started(*words)
        wait_for(holder.exists, running)
        time.sleep(chance.uniform(0, seconds))
        running.end(signal.SIGKILL)
        held = files_of(out)
        for path, content in held.items():
            if path in old or path in new:
                assert content in (old.get(path), new.get(path)), path
        assert set(old) <= set(held)
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    assert files_of(out) == new
    assert none_after(20, marker)
