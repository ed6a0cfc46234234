"""Families derived in processes of their own: the same figures, the same errors, in their order."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from report_world import DONE, INPUT, World, files_of, status

import nhsind as ind
from nhsind.errors import InputError, Problem
from nhsind.report.pool import in_processes
from nhsind.report.task import STARTED

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
