"""Families derived in processes of their own: the same figures, the same errors, in their order."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from report_world import DONE, INPUT, World, files_of, status

import nhsind as ind
from nhsind.errors import InputError, Problem
from nhsind.report import pool
from nhsind.report.pool import in_processes, make_here, meanwhile
from nhsind.report.task import DONE as MADE
from nhsind.report.task import PART, STARTED, Task

PLAN = """
family: [eip, dementia, wheelchairs]
periods: [2017-12, 2017-18-Q3]
organisations: [ZX001]
data: {data}
mode: explore
"""


@pytest.fixture
def records(world: World, tmp_path: Path) -> Path:
    """The records of three families, to be spoilt."""
    folder = tmp_path / "records"
    for name in ("eip", "dementia", "wheelchairs"):
        shutil.copytree(world.sample / name, folder / name)
    for path in world.sample.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


def plan_of(records: Path) -> Path:
    path = records.parent / "plan.yaml"
    path.write_text(PLAN.format(data=records), "utf-8")
    return path


def spoil(records: Path, family: str) -> None:
    """A table of the family without its first column."""
    path = sorted((records / family).iterdir())[0]
    path.unlink()
    path.with_suffix(".csv").write_text("nothing\n1\n", "utf-8")


@pytest.mark.usefixtures("home")
def test_two_at_a_time_publish_what_one_does(records: Path, tmp_path: Path) -> None:
    plan = plan_of(records)
    for jobs in (1, 2):
        assert status("run", plan, "--jobs", jobs, "--out", tmp_path / str(jobs)) == DONE
    one, two = files_of(tmp_path / "1"), files_of(tmp_path / "2")
    assert one == two and len(one) > 10


@pytest.mark.usefixtures("home")
def test_what_is_wrong_is_said_of_the_first_family_that_it_is_wrong_of(
    records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever process ends first, and as one process would say it."""
    plan = plan_of(records)
    for family in ("wheelchairs", "dementia"):
        spoil(records, family)
    said = []
    for jobs in (1, 2):
        assert status("run", plan, "--jobs", jobs, "--out", tmp_path / "out") == INPUT
        said.append(capsys.readouterr().err)
        assert not (tmp_path / "out" / "index.html").exists()
    assert said[0] == said[1]
    assert "dementia" in said[0] and "wheelchairs" not in said[0]


@pytest.mark.usefixtures("home")
def test_problems_travel_whole(records: Path, tmp_path: Path) -> None:
    spoil(records, "eip")
    with pytest.raises(InputError) as raised:
        ind.run(plan_of(records), out=tmp_path / "out", jobs=2)
    assert raised.value.problems and all(isinstance(x, Problem) for x in raised.value.problems)


def ends(task: int, environment: dict[str, str], answer: Any, runner_lives: Any) -> None:
    """Ends at once with the status of its task, but for the first, which answers."""
    answer.send((STARTED, None))
    if task == 0:
        answer.send(("done", environment["SAID"]))
    os._exit(task)


def test_a_process_that_ends_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    found = {
        task: (state, said)
        for task, state, said in in_processes([0, 3], 2, work=ends, environment={"SAID": "well"})
    }
    assert found == {0: ("done", "well"), 3: ("failed", "its process ended with status 3")}


SECONDS_TO_WAIT = 20.0


def waits(task: Path, environment: dict[str, str], answer: Any, runner_lives: Any) -> None:
    """Ends when its file is there, or with the run; its own process writes `begun` beside it."""
    answer.send((STARTED, None))
    task.with_suffix(".begun").touch()
    while not task.exists() and not runner_lives.poll(0.01):
        pass
    answer.send(("done", task.name))
    task.with_suffix(".ended").touch()


def comes(path: Path) -> bool:
    """Whether a file is there before long."""
    limit = time.monotonic() + SECONDS_TO_WAIT
    while not path.exists() and time.monotonic() < limit:
        time.sleep(0.01)
    return path.exists()


def test_the_next_process_starts_while_what_the_one_before_gave_is_worked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    first, second = tmp_path / "first", tmp_path / "second"
    first.touch()
    with meanwhile([first, second], 1, work=waits, environment={}) as given:
        assert next(given) == (first, "done", "first")
        assert comes(second.with_suffix(".begun"))  # nobody has asked for it
        second.touch()
        assert list(given) == [(second, "done", "second")]


def test_processes_end_with_the_block_that_they_work_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    tasks = [tmp_path / name for name in ("a", "b", "c")]
    with pytest.raises(KeyError), meanwhile(tasks, 2, work=waits, environment={}):
        assert all(comes(each.with_suffix(".begun")) for each in tasks[:2])
        raise KeyError
    assert all(comes(each.with_suffix(".ended")) for each in tasks[:2])
    assert not tasks[2].with_suffix(".begun").exists()


def test_what_keeps_processes_from_starting_is_raised_where_they_are_asked_for() -> None:
    with (
        pytest.raises(AttributeError),
        meanwhile([0], 1, work=lambda *_: None, environment={}) as given,
    ):
        next(given)


def dies_in_the_second(batch: list[Task], environment: Any, answer: Any, runner_lives: Any) -> None:
    """Makes the first of the reports that it is given, and ends in the second."""
    answer.send((STARTED, None))
    answer.send((PART, (0, MADE, None)))
    if len(batch) > 1:
        os._exit(5)
    answer.send((MADE, None))


def test_reports_behind_one_that_takes_its_process_with_it_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(pool, "make_reports", dies_in_the_second)
    tasks = [
        Task(
            tmp_path / "n.ipynb", {"released": "r"}, {}, tmp_path / str(place), *[tmp_path] * 2, ""
        )
        for place in range(5)
    ]
    outcomes = [(task.staged.name, reason) for task, reason in make_here(tasks, 1)]
    died = "its process ended with status 5"
    assert outcomes == [("0", None), ("1", died), ("2", None), ("3", died), ("4", None)]


def forgets_the_last(batch: list[Task], environment: Any, answer: Any, runner_lives: Any) -> None:
    """Ends well, and tells of all reports but the last."""
    answer.send((STARTED, None))
    for place in range(len(batch) - 1):
        answer.send((PART, (place, MADE, None)))
    answer.send((MADE, None))


def test_a_report_that_nothing_is_told_of_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(pool, "make_reports", forgets_the_last)
    tasks = [
        Task(tmp_path, {"released": "r"}, {}, tmp_path / str(place), tmp_path, tmp_path, "fork")
        for place in range(2)
    ]
    assert [reason for _, reason in make_here(tasks, 1)] == [
        None,
        "its process told nothing of it",
    ]
