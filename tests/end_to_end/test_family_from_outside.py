"""A family in a folder of the user's own does all that the package's own families do.

Ambulance handovers: of the patients handed over in a month, how many within 15 minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from multiprocessing.forkserver import ensure_running
from pathlib import Path

import pytest
from report_world import command

import nhsind as ind
from nhsind.cli import main
from nhsind.definitions import catalogue
from nhsind.definitions.catalogue import DEFINITIONS, family_codes, load_family
from nhsind.definitions.new_family import write_new_family
from nhsind.errors import InputError, UsageError
from nhsind.synthetic.data_set import write_sample
from nhsind.synthetic.world import make_world
from nhsind.synthetic.writing import write_csv

LINE = "HANDOVERS.1"
TABLES = """
[handovers]
about = "One row per arrival by ambulance."
identifier = "handover_id"
organisations = { ccg = "ccg_code" }

[handovers.columns]
handover_id = { kind = "identifier", about = "Identifies the arrival" }
ccg_code = { kind = "commissioner", about = "Commissioner of the patient" }
arrival_datetime = { kind = "timestamp", about = "Time of arrival" }
handover_datetime = { kind = "timestamp", about = "Time of handover; empty where none was made" }
"""
RULES = '''
"""Who counts in the handovers."""

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, units

from .months import month_number


@units("handovers")
def handovers(tables: Tables, periods: Frame) -> Frame:
    """One row per arrival and period."""
    return by_period(tables["handovers"], periods)


@fault("handovers")
def arrival_missing() -> nw.Expr:
    """The time of arrival is missing."""
    return col("arrival_datetime").is_null()


@clause
def handed_over_in_the_period() -> nw.Expr:
    """The handover is made in the period, its first and last day included."""
    month = month_number("handover_datetime")
    from_, to = month_number("period_start"), month_number("period_end")
    return ((month >= from_) & (month <= to)).fill_null(False)


@clause
def within_the_limit(longest_wait: Limit) -> nw.Expr:
    """From arrival to handover is {longest_wait} or less."""
    return (col("handover_datetime") <= longest_wait.after("arrival_datetime")).fill_null(False)
'''
MONTHS = '''
"""Months as numbers."""

import narwhals.stable.v2 as nw


def month_number(column: str) -> nw.Expr:
    """A running number of the month of a date or time."""
    return nw.col(column).dt.year() * 12 + nw.col(column).dt.month()
'''
SAMPLE = '''
"""Synthetic handovers, three of four in time."""

import pandas as pd


def make(world):
    """The table `handovers`."""
    rows = [
        (f"H{place}-{month}-{n}", code, f"{month}-02T10:00:00", f"{month}-02T10:{minutes}:00")
        for place, code in enumerate(world.ccgs)
        for month in world.months
        for n, minutes in enumerate(("05", "14", "15", "16") * 10)
    ]
    names = ["handover_id", "ccg_code", "arrival_datetime", "handover_datetime"]
    return {"handovers": pd.DataFrame(rows, columns=names)}
'''
EXAMPLES = """
[the_limit]
about = "A handover after 15 minutes is within the limit, one after 16 is not."
period = "2018-03"

[the_limit.same.handovers]
ccg_code = "ZX001"
arrival_datetime = "2018-03-02T10:00:00"

[the_limit.records]
handovers = [
  { handover_id = "after 15 minutes", handover_datetime = "2018-03-02T10:15:00" },
  { handover_id = "after 16 minutes", handover_datetime = "2018-03-02T10:16:00" },
  { handover_id = "not handed over" },
]

[the_limit.fates."HANDOVERS.1"]
"after 15 minutes" = "numerator"
"after 16 minutes" = "denominator: within_the_limit"
"not handed over" = "left out: handed_over_in_the_period"
"""
PLAN = """
family: handovers
periods: 2018-02..2018-03
organisations: ZX001
mode: explore
"""


PUBLICATION = """
publication:
  title: Handovers
  contact: statistics@example.org
  methodology: as defined
  revisions: none
  next_release: none
  release_datetime: 2018-05-10
"""


def written(folder: Path) -> Path:
    """The family of handovers, begun with `new-family` and filled in."""
    place = write_new_family("handovers", folder)
    (place / "tables.toml").write_text(TABLES)
    (place / "rules.py").write_text(RULES)
    (place / "months.py").write_text(MONTHS)
    (place / "sample.py").write_text(SAMPLE)
    (place / "examples.toml").write_text(EXAMPLES)
    text = (place / "indicators.toml").read_text()
    for old, new in (
        ('"14d"', '"15min"'),
        ('"waits"', '"handovers"'),
        ('title = "Waits of', 'title = "Handovers of'),
        ('"ended_in_the_period"', '"handed_over_in_the_period"'),
        ('["start_missing", "ended_before_start"]', '["arrival_missing"]'),
    ):
        assert old in text
        text = text.replace(old, new)
    (place / "indicators.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("definitions"))


@pytest.fixture
def on_the_path(own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(DEFINITIONS, str(own))
    yield own


@pytest.fixture(scope="module")
def data(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The family's own sample, of three commissioners and six months."""
    folder = tmp_path_factory.mktemp("data")
    world = make_world(seed=1, ccgs=3, months=6, scale=1)
    os.environ[DEFINITIONS] = str(own)
    try:
        module = load_family("handovers").module("sample")
    finally:
        del os.environ[DEFINITIONS]
    assert module is not None
    (folder / "handovers").mkdir()
    for name, table in module.make(world).items():
        write_csv(table, folder / "handovers" / f"{name}.csv")
    write_csv(world.geography, folder / "geography.csv")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command prints that ends well."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([str(each) for each in arguments])
    printed = capsys.readouterr()
    assert not end.value.code, printed.out + printed.err
    return printed.out


def test_commands_take_it_with_the_option(
    own: Path, data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    option = ("--definitions", own)
    listed = run(capsys, "list", "handovers", "--format", "csv", *option)
    assert listed.splitlines()[1].startswith(f"{LINE},handovers,Handovers of 15 minutes or less")
    assert "From arrival to handover is 15 minutes or less" in run(
        capsys, "define", LINE.lower(), *option
    )
    assert "handover_datetime" in run(capsys, "schema", "handovers", *option)
    asked = ("--data", data, *option, "--format", "csv")
    derived = run(capsys, "derive", "handovers", "--period", "2018-03", *asked)
    assert derived.splitlines()[1].startswith("handovers,HANDOVERS.1,ccg,ZX001,")
    assert "within_the_limit" in run(capsys, "trace", LINE, "--period", "2018-03", *asked)
    assert run(capsys, "check", "--family", "handovers", *asked)
    drawn = tmp_path / "trend.svg"
    run(
        *(capsys, "chart", "trend", LINE, "--period", "2017-10..2018-03", "--org", "ZX001"),
        *("--data", data, "--out", drawn, *option),
    )
    assert drawn.read_text().startswith("<")
    assert DEFINITIONS not in os.environ
    assert "handovers" not in family_codes()


def test_it_publishes_with_its_own_notebook(
    own: Path, data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # As if this process had made reports before, when the folder was not yet named.
    multiprocessing.get_context("forkserver").set_forkserver_preload(["nhsind.report.preload"])
    ensure_running()
    plan, out = tmp_path / "plan.yaml", tmp_path / "out"
    plan.write_text(PLAN)
    run(capsys, "run", plan, "--data", data, "--out", out, "--jobs", 1, "--definitions", own)
    pages = [path for path in out.rglob("*.html") if "ZX001" in path.name]
    texts = [page.read_text("utf-8") for page in pages]
    assert any("15 minutes" in text and LINE in text for text in texts)


def test_a_changed_definition_makes_its_reports_again(
    own: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published, so that figures are kept; in processes of their own, as each reads a definition
    once."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    definitions = Path(shutil.copytree(own, tmp_path / "own"))
    plan, out = tmp_path / "plan.yaml", tmp_path / "out"
    plan.write_text(PLAN.replace("mode: explore", PUBLICATION))
    publish = command("run", plan, "--data", data, "--out", out, "--definitions", definitions)

    def published() -> tuple[int, str]:
        done = subprocess.run(publish, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made = int(done.stdout.split(" reports made")[0].split("\n")[-1])
        return made, next(out.rglob("*handovers-2018-03.csv")).read_text()

    made, before = published()
    assert made > 0 and published() == (0, before)
    file = definitions / "handovers" / "indicators.toml"
    assert "15min" in file.read_text()
    file.write_text(file.read_text().replace("15min", "10min"))
    again, after = published()
    assert again == made and after != before


def test_figures_are_exact_to_the_minute(on_the_path: Path, data: Path) -> None:
    table = ind.derive("handovers", data=data, period="2018-03", level="england")
    (row,) = table.to_dict("records")
    assert (row["numerator"], row["denominator"]) == (90, 120)
    traced = ind.trace(LINE, data=data, period="2018-03")
    assert traced["in_numerator"].sum() == 90
    fates = traced["excluded_because"].value_counts().to_dict()
    assert fates["within_the_limit"] == 30


def test_the_family_as_begun_works_and_its_specification_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(DEFINITIONS, raising=False)
    run(capsys, "new-family", "visits", tmp_path)
    monkeypatch.setenv(DEFINITIONS, str(tmp_path))
    specification = runpy.run_path(str(tmp_path / "visits" / "spec.py"))
    tests = [item for name, item in specification.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    module = load_family("visits").module("sample")
    assert module is not None
    (table,) = module.make(make_world(seed=1, ccgs=2, months=2, scale=1)).values()
    figures = ind.derive("visits", table, period="2018-03", level="england")
    assert 50 < figures["denominator"].iloc[0] < 400
    assert figures["value"].iloc[0] > 0.9


def test_an_installed_package_may_offer_families(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = own.parent / "installed" / "surgeons"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "handovers").symlink_to(own / "handovers")
    monkeypatch.syspath_prepend(str(package.parent))
    entry = EntryPoint("surgeons", "surgeons", catalogue.ENTRY_POINTS)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [entry])
    catalogue._from_packages.cache_clear()
    try:
        assert "handovers" in family_codes()
        assert load_family("handovers").package == "surgeons.handovers"
    finally:
        monkeypatch.undo()
        catalogue._from_packages.cache_clear()
    assert "handovers" not in family_codes()


# What is wrong is named ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Handovers", "1st", "hand overs", "../x", "a" * 31, "rtt"])
def test_a_name_that_is_none_or_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["new-family", name, str(tmp_path)])
    assert end.value.code == 2
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "handovers").mkdir()
    (tmp_path / "handovers" / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit) as end:
        main(["new-family", "handovers", str(tmp_path)])
    assert end.value.code == 2
    assert [path.name for path in (tmp_path / "handovers").iterdir()] == ["mine.txt"]


def test_folders_without_families_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, message in ((tmp_path / "none", "there is no folder"), (tmp_path, "holds no fam")):
        monkeypatch.setenv(DEFINITIONS, str(folder))
        with pytest.raises(UsageError, match=message):
            family_codes()


def test_a_family_of_a_taken_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_new_family("visits", tmp_path)
    (tmp_path / "visits").rename(tmp_path / "rtt")
    monkeypatch.setenv(DEFINITIONS, str(tmp_path))
    with pytest.raises(InputError, match="a family rtt lies in"):
        family_codes()


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("rules.py", "@clause", "@clause(", r"rules\.py line \d+: cannot be imported: SyntaxError"),
        (
            "rules.py",
            "import clause",
            "import klause",
            r"rules\.py line \d+: cannot be imported: I",
        ),
        ("rules.py", "def within_the_limit", "def within_the", '"within_the_limit" is no clause'),
        ("rules.py", '@units("waits"', '@units("weights"', '"weights" is no table of tables.to'),
        ("tables.toml", "kind = ", "kin = ", '"kin" is not a key here'),
    ],
)
def test_slips_of_rules_and_tables_are_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    old: str,
    new: str,
    problem: str,
) -> None:
    write_new_family("visits", tmp_path)
    path = tmp_path / "visits" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    monkeypatch.setenv(DEFINITIONS, str(tmp_path))
    with pytest.raises(InputError, match=problem):
        load_family("visits")
    assert "visits" in family_codes()


def test_a_folder_may_be_named_from_where_the_run_begins(
    own: Path,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(own.parent)
    monkeypatch.setenv(DEFINITIONS, own.name)
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN)
    assert run(capsys, "run", plan, "--data", data, "--out", tmp_path / "out", "--jobs", 1)


def test_a_sample_that_makes_another_table_is_refused(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = tmp_path / "definitions" / "handovers"
    shutil.copytree(own / "handovers", family)
    sample = family / "sample.py"
    sample.write_text(sample.read_text().replace('return {"handovers"', 'return {"waits"'))
    monkeypatch.setenv(DEFINITIONS, str(family.parent))
    with pytest.raises(InputError, match=r'sample\.py: "waits" is made here .* Allowed: handovers'):
        write_sample(tmp_path / "sample", ccgs=1, months=1, scale=0.01)
