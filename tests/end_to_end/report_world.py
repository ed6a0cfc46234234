"""A small world to make reports of: its records, plan, notebooks, and the processes of a run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import nbformat.v4 as nb
import pytest
from filelock import FileLock

import nhsind.report.preparing as factory
from nhsind.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
ORGANISATIONS = ["ZX001", "ZX002", "ZX003", "ZX004"]
REPORTS = [f"rtt/2018-03/{code}.html" for code in ORGANISATIONS]
TABLE = "rtt/2018-03/rtt-2018-03.csv"
GLANCE = "rtt/2018-03/rtt-2018-03.json"
WORKBOOK = "rtt/2018-03/rtt-2018-03.xlsx"
DICTIONARY = "data-dictionary.csv"
PACKAGE = "datapackage.json"
LINES = [f"indicators/{line}/2018-03.html" for line in ("E.B.3", "E.M.18", "E.M.19", "E.M.20")]
PLACES = [f"organisations/{code}.html" for code in ORGANISATIONS]
PAGES = ["index.html", *LINES, *PLACES]
DONE, FAILED, USAGE, INPUT, HELD, INTERRUPTED = 0, 1, 2, 65, 75, 130
# Runs a plan with another notebook, as the tests in this process do by monkeypatch.
DRIVER = """
import sys
from pathlib import Path
import nhsind
import nhsind.report.preparing as factory

if __name__ == "__main__":
    notebook, plan, out = map(Path, sys.argv[1:4])
    factory.notebook_of = lambda family: notebook
    summary = nhsind.run(plan, out=out, jobs=2, runner=sys.argv[4])
    print(summary.words)
    sys.exit(summary.exit_status)
"""
Files = dict[str, bytes]


@dataclass(frozen=True)
class World:
    """A small sample, the same organisations with other records, and a plan for the first."""

    root: Path
    sample: Path
    other: Path
    plan: Path


def plan_text(records: Path, codes: list[str] | None = ORGANISATIONS, **changed: str) -> str:
    """The plan of `make report` for one family and month, with records and organisations (None:
    all) of its own."""
    organisations = "all" if codes is None else f"[{', '.join(codes)}]"
    text = (REPOSITORY / "parameters" / "sample.yaml").read_text("utf-8")
    own = {"family": "rtt", "periods": "2018-03", "level": "ccg", "data": str(records)}
    for key, value in {**own, "organisations": organisations, **changed}.items():
        text, count = re.subn(rf"^{key}:.*$", f"{key}: {value}", text, flags=re.MULTILINE)
        text += "" if count else f"{key}: {value}\n"
    return text


def status(*words: Any) -> int:
    """The exit status of a command in this process; a text may hold several words."""
    arguments: list[str] = []
    for word in words:
        arguments += [str(word)] if isinstance(word, Path) else str(word).split()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def command(*words: Any) -> list[str]:
    return [sys.executable, "-m", "nhsind", *map(str, words)]


def cli(*words: Any, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), capture_output=True, text=True, cwd=cwd, env=os.environ | env, timeout=120
    )


def files_of(out: Path) -> Files:
    """What is published in a folder: every file but those of hidden folders."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.relative_to(out).parts[0].startswith(".")
    }


def published_once(world: World, data: Path, name: str, over: Path | None = None) -> Path:
    """A folder that a run has published to, `over` what another had published before."""
    out = world.root / name
    with FileLock(f"{out}.lock"):
        if not out.exists():
            if over:
                shutil.copytree(over, out)
            done = cli("run", world.plan, "--data", data, "--out", out)
            assert done.returncode == DONE, done.stderr
            assert "4 reports made, 0 were up to date" in done.stdout
    return out


def notebook_with(path: Path, body: str) -> Path:
    """A small report whose third cell is `body`; its last cell shows the result."""
    cells = [
        nb.new_markdown_cell("# A test report"),
        nb.new_code_cell(
            "organisation = None\nperiod = None\ndata = None\nreleased = None",
            metadata={"tags": ["parameters"]},
        ),
        nb.new_code_cell(
            "import nhsind as ind\n"
            "rtt = ind.results('rtt', organisation, period=period, data=data, released=released)"
        ),
        nb.new_code_cell(body),
        nb.new_code_cell("ind.table('result', rtt, 'E.B.3')"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    path.write_text(json.dumps(nb.new_notebook(cells=cells, metadata=kernel)), "utf-8")
    return path


def use(monkeypatch: pytest.MonkeyPatch, path: Path, body: str) -> None:
    notebook = notebook_with(path, body)
    monkeypatch.setattr(factory, "notebook_of", lambda family: notebook)


def processes(marker: Path) -> list[int]:
    """The processes that were started with a marker in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The children of the tests' own process are theirs.
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            marked = str(marker).encode() in (entry / "environ").read_bytes()
            if marked and parent != os.getpid():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def words_of(process: int) -> str:
    """The command line of a process, empty if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def none_after(seconds: float, marker: Path) -> bool:
    end = time.monotonic() + seconds
    while processes(marker) and time.monotonic() < end:
        time.sleep(0.05)
    return not processes(marker)


def wait_for(condition: Callable[[], Any], running: Started) -> None:
    end = time.monotonic() + 60
    while not condition() and running.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


class Started(subprocess.Popen[bytes]):
    """A command in a process of its own. What it says goes to a file: what outlives it would hold
    a pipe open."""

    all: ClassVar[list[Started]] = []

    def __init__(self, *words: Any) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115
        super().__init__(list(map(str, words)), stdout=self.said, stderr=self.said)
        Started.all.append(self)

    def end(self, number: int | None = None) -> int:
        """The exit status, after a signal if one is given."""
        if number is not None:
            self.send_signal(number)
        return self.wait(timeout=60)

    @property
    def words(self) -> str:
        self.said.seek(0)
        return self.said.read().decode("utf-8")


# A call into C that holds the interpreter: no thread, no handler gets its turn.
NEVER_LETS_GO = "re.match('(a+)+$', 'a' * 60 + 'b')"
LEAVES_ITS_SESSION = "subprocess.Popen(['sleep', '600'], start_new_session=True)\n"


def sleeping(
    world: World, tmp_path: Path, place: Path, pause: str = "time.sleep(600)", runner: str = "fork"
) -> Started:
    """A run whose notebooks sleep; returns once one of them does."""
    there = tmp_path / "sleeps"
    begin = "import re, subprocess, time"
    notebook = notebook_with(
        tmp_path / "sleeps.ipynb", f"{begin}\nopen({str(there)!r}, 'w')\n{pause}"
    )
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    running = Started(sys.executable, driver, notebook, world.plan, place, runner)
    wait_for(there.exists, running)
    assert running.poll() is None
    return running


def left_behind(home: Path) -> list[Path]:
    """The folders of report processes."""
    return [*home.glob("nhsind/runs/*/working/*"), *home.glob("tmp/nhsind-*")]
