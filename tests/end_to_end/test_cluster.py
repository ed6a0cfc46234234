"""Reports made on a Dask cluster of separate processes: the same as here, whoever dies."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from report_world import (
    DONE,
    FAILED,
    USAGE,
    Started,
    World,
    files_of,
    notebook_with,
    plan_text,
    status,
    use,
)

import nhsind

pytestmark = pytest.mark.usefixtures("home")


@dataclass
class Cluster:
    """A scheduler and its workers."""

    address: str
    folder: Path
    workers: list[Started] = field(default_factory=list)

    def start(self, *options: str, daemon: str = "false") -> Started:
        """Start a worker; its children may be ended with it."""
        os.environ["DASK_DISTRIBUTED__WORKER__DAEMON"] = daemon
        folder = self.folder / f"worker{len(self.workers)}"
        words = ["worker", self.address, "--nthreads", "1", "--no-dashboard", *options]
        worker = dask(*words, "--local-directory", str(folder))
        self.workers.append(worker)
        wait_until(lambda: "Registered to" in worker.words, worker)
        return worker


def dask(*words: str) -> Started:
    return Started(sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:])


def wait_until(condition: object, process: Started, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.1)
    assert condition(), process.words  # type: ignore[operator]


@pytest.fixture
def cluster(marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__DAEMON", "false")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    scheduler = dask("scheduler", *options)
    wait_until(lambda: "Scheduler at" in scheduler.words, scheduler)
    yield Cluster(f"tcp://127.0.0.1:{port}", tmp_path)


def test_a_cluster_makes_the_same_bytes(
    world: World, first: Path, cluster: Cluster, tmp_path: Path
) -> None:
    cluster.start()
    cluster.start()
    summary = nhsind.run(world.plan, out=tmp_path / "o", scheduler=cluster.address)
    assert (summary.made, summary.failed) == (4, {})
    assert files_of(tmp_path / "o") == files_of(first)
    # The workers leave nothing on their disks.
    assert not list(Path(os.environ["TMPDIR"]).glob("nhsind-*"))


def test_a_worker_that_dies_loses_nothing(
    world: World, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each report tells of which processes it comes; the worker of the first is then killed."""
    there = tmp_path / "runs"
    body = (
        "import psutil, time\n"
        "pids = [process.pid for process in psutil.Process().parents()]\n"
        f"print(organisation, *pids, file=open({str(there)!r}, 'a'))\n"
        "time.sleep(3)\n1"
    )
    use(monkeypatch, tmp_path / "slow.ipynb", body)
    cluster.start("--no-nanny")
    cluster.start("--no-nanny")
    driver = tmp_path / "driver.py"
    notebook = notebook_with(tmp_path / "slow.ipynb", body)
    driver.write_text(
        "import sys\nfrom pathlib import Path\nimport nhsind\n"
        "import nhsind.report.preparing as factory\n"
        f"factory.notebook_of = lambda family: Path({str(notebook)!r})\n"
        f"done = nhsind.run(Path({str(world.plan)!r}), out=Path({str(tmp_path / 'o')!r}), "
        f"scheduler={cluster.address!r})\n"
        "print(done.words)\nsys.exit(done.exit_status)\n"
    )
    running = Started(sys.executable, driver)
    wait_until(lambda: there.exists() and there.read_text().endswith("\n"), running)
    organisation, *pids = there.read_text().split("\n")[0].split()
    (worker,) = [worker for worker in cluster.workers if str(worker.pid) in pids]
    worker.send_signal(signal.SIGKILL)
    assert running.wait(timeout=180) == DONE, running.words
    assert "4 reports made" in running.words
    # The report that died with its worker was begun again, by the other.
    begun = [line.split() for line in there.read_text().splitlines()]
    there_first = [str(worker.pid) in pids for name, *pids in begun if name == organisation]
    assert there_first == [True, False]


@pytest.mark.faults
def test_a_report_that_fails_there_fails_as_it_does_here(
    world: World, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import os\nif organisation == 'ZX002':\n    raise KeyError('secret of 73519')\n"
    body += "if organisation == 'ZX003':\n    os._exit(3)\n2"
    use(monkeypatch, tmp_path / "bad.ipynb", body)
    cluster.start()
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001", "ZX002", "ZX003"], history="0"), "utf-8")
    here = nhsind.run(plan, out=tmp_path / "here")
    there = nhsind.run(plan, out=tmp_path / "there", scheduler=cluster.address)
    assert (there.exit_status, there.made) == (here.exit_status, here.made) == (FAILED, 1)
    assert there.failed == here.failed
    assert there.private is not None
    kept = sorted(path.name for path in there.private.rglob("*") if path.is_file())
    assert kept == ["log.txt", "report.ipynb"]


@pytest.mark.faults
def test_what_is_no_cluster_is_refused(
    world: World, cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", world.plan, "--out", tmp_path / "o", "--scheduler"]
    assert status(*run, cluster.address) == USAGE
    assert "has no workers; start one with" in capsys.readouterr().err
    assert status(*run, "nonsense") == USAGE
    assert "no scheduler at nonsense" in capsys.readouterr().err
    cluster.start(daemon="true")
    assert status(*run, cluster.address) == FAILED
    assert "this worker may start no process" in capsys.readouterr().out
