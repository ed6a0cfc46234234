"""Fixtures of the tests that run commands and reports; see published_copies, report_world."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from published_copies import Outcome, Reconcile, Run
from report_world import (
    DONE,
    Files,
    Started,
    World,
    files_of,
    plan_text,
    processes,
    published_once,
    status,
)

import nhsind as ind
from nhsind.cli import main
from nhsind.derivation.reconciliation import Reconciliation


@pytest.fixture
def nhsind(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as the shell would."""

    def run(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(int(end.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def reconciled_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Reconcile:
    """`ind.reconcile` of whole published files, each once: all processes of a test run share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "reconciled"
    folder.mkdir(exist_ok=True)

    def reconcile(family: str, paths: list[Path]) -> Reconciliation:
        name = hashlib.sha256("\n".join([family, *map(str, paths)]).encode()).hexdigest()
        kept = folder / name
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(ind.reconcile(family, paths)))
            found: Reconciliation = pickle.loads(kept.read_bytes())
        return found

    return reconcile


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> World:
    """Made once, whoever needs it first: all processes of a test run share it."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "world"
    found = World(root, root / "first/records", root / "second/records", root / "plan.yaml")
    with FileLock(f"{root}.lock"):
        if not found.plan.exists():
            for folder, seed in ((found.sample, 2017), (found.other, 5)):
                assert status("sample", folder, "--ccgs 6 --months 14 --seed", seed) == DONE
            found.plan.write_text(plan_text(found.sample), "utf-8")
    return found


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what a run keeps privately; nothing lands in the user's home."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    return folder


@pytest.fixture
def first(world: World) -> Path:
    """The reports of the first records; only to be read."""
    return published_once(world, world.sample, "reports")


@pytest.fixture
def second(world: World, first: Path) -> Files:
    """The reports of the other records, which revise the first."""
    return files_of(published_once(world, world.other, "other-reports", over=first))


@pytest.fixture
def out(first: Path, tmp_path: Path) -> Path:
    """A copy of the first reports to do things to."""
    return shutil.copytree(first, tmp_path / "out")


@pytest.fixture
def marker(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The run's private folder, which stands in the environment of all that it starts."""
    (home / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(home / "tmp"))
    yield home
    while Started.all:
        Started.all.pop().kill()  # first, or it starts the rest again
    for process in processes(home):
        os.kill(process, signal.SIGKILL)
