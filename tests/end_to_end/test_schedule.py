"""What is due and when, runs of what is due, and the schedules of docs/scheduling as they stand."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from report_world import DONE, REPOSITORY, USAGE, World, files_of, plan_text, status

import nhsind
import nhsind as ind

pytestmark = pytest.mark.usefixtures("home")
SCHEDULING = REPOSITORY / "docs" / "scheduling"


@pytest.mark.parametrize(
    ("day", "month", "quarter", "year"),
    [
        ("2018-03-31", "2018-02", "2017-18-Q3", "2016-17"),  # the last day is not over
        ("2018-04-01", "2018-03", "2017-18-Q4", "2017-18"),
        ("2018-04-30", "2018-03", "2017-18-Q4", "2017-18"),
        ("2018-05-01", "2018-04", "2017-18-Q4", "2017-18"),
        ("2020-02-29", "2020-01", "2019-20-Q3", "2018-19"),
        ("2020-03-01", "2020-02", "2019-20-Q3", "2018-19"),
        ("2018-01-01", "2017-12", "2017-18-Q3", "2016-17"),
    ],
)
def test_a_period_is_due_from_the_day_after_its_last(
    day: str, month: str, quarter: str, year: str
) -> None:
    table = ind.due(day).set_index(["family", "frequency"])["period"]
    assert table["rtt", "monthly"] == table["gp_access", "survey month"] == month
    assert table["eip", "quarterly"] == table["phb", "quarter only"] == quarter
    assert table["cart", "annual"] == table["phb", "annual"] == year


def test_every_line_is_due_once() -> None:
    table = ind.due(date(2018, 4, 10))
    lines = [code for cell in table["indicators"] for code in cell.split()]
    assert sorted(lines) == sorted(ind.list()["code"])
    assert (table["ended"] < date(2018, 4, 10)).all()


def test_the_command_says_what_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("due rtt --as-of 2018-04-10 --format csv") == DONE
    rows = capsys.readouterr().out.splitlines()
    assert rows[1].startswith("rtt,monthly,2018-03,2018-03-31,E.B.3")
    assert status("due --as-of April") == USAGE
    assert '"April" is not a day' in capsys.readouterr().err


def test_a_run_of_what_is_due_is_a_run_of_those_periods(world: World, tmp_path: Path) -> None:
    plan = tmp_path / "due.yaml"
    text = plan_text(world.sample, ["ZX001"], family="[rtt, eip]", history="0")
    plan.write_text(re.sub(r"^periods:.*\n", "", text, flags=re.MULTILINE), "utf-8")
    summary = nhsind.run(plan, out=tmp_path / "o", due=True, as_of=date(2018, 4, 10))
    assert (summary.made, summary.failed) == (2, {})
    held = files_of(tmp_path / "o")
    assert {"rtt/2018-03/ZX001.html", "eip/2017-18-Q4/ZX001.html"} <= set(held)
    # A day later nothing new has ended.
    again = nhsind.run(plan, out=tmp_path / "o", due=True, as_of=date(2018, 4, 11))
    assert (again.made, again.up_to_date) == (0, 2)
    assert files_of(tmp_path / "o") == held


def test_figures_of_too_old_data_are_not_made(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Open pathways would be counted as waiting for ever."""
    summary = nhsind.run(world.plan, out=tmp_path / "o", due=True, as_of=date(2018, 4, 10))
    assert summary.made == 4
    run = ["run", world.plan, "--due", "--out", tmp_path / "o", "--as-of"]
    before = files_of(tmp_path / "o")
    capsys.readouterr()
    assert status(*run, "2018-07-10") == DONE
    told = capsys.readouterr().out
    assert "does not cover 2018-06 for E.B.3" in told
    assert "nothing that is due is covered: nothing was published" in told
    assert files_of(tmp_path / "o") == before


def test_a_plan_without_periods_is_an_error_but_for_what_is_due(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "none.yaml"
    text = re.sub(r"^periods:.*\n", "", plan_text(world.sample), flags=re.MULTILINE)
    plan.write_text(text, "utf-8")
    assert status("run", plan, "--out", tmp_path / "o") == 65
    assert "periods" in capsys.readouterr().err


def test_the_line_for_cron_runs_as_cron_runs_it(world: World, tmp_path: Path) -> None:
    """Without the user's environment, by sh, with the places of the line put in."""
    text = (SCHEDULING / "README.md").read_text("utf-8")
    (line,) = re.findall(r"```cron\n(.*)\n```", text)
    fields = line.split(" ", 5)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields[:5])
    command = fields[5].replace("--due", "--due --as-of 2018-04-10")
    for place, here in {
        "/srv/nhsind": REPOSITORY,
        ".venv/bin/nhsind": Path(sys.executable).with_name("nhsind"),
        "parameters/mine.yaml": world.plan,
        "/srv/records": world.sample,
        "/srv/www/reports": tmp_path / "o",
        "/srv/log/nhsind.log": tmp_path / "log",
    }.items():
        assert place in command
        command = command.replace(place, shlex.quote(str(here)))
    # A % ends a command in a crontab.
    assert "%" not in line
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    kept = {name: os.environ[name] for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME")}
    done = subprocess.run(["/bin/sh", "-c", command], env=home | kept, check=False)
    said = (tmp_path / "log").read_text("utf-8")
    assert done.returncode == DONE and "4 reports made" in said, said


def test_the_dag_runs_commands_that_there_are() -> None:
    """Airflow itself is no dependency; the file was imported with it when it was written."""
    tree = ast.parse((SCHEDULING / "airflow_dag.py").read_text("utf-8"))
    words = " ".join(
        part.value
        for part in ast.walk(tree)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    options = set(re.findall(r"--[a-z-]+", words))
    told = subprocess.run(
        [sys.executable, "-m", "nhsind", "run", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert options == {"--due", "--as-of", "--data", "--out"}
    assert all(option in told for option in options)
