"""Data that change while a run reads them end it; the same data elsewhere make nothing again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from report_world import DONE, INPUT, World, status

from nhsind.definitions.catalogue import load_family
from nhsind.report import run, store
from nhsind.report.store import fingerprint

PLAN = """
family: wheelchairs
periods: 2017-18-Q3
organisations: [ZX001]
data: {data}
mode: explore
"""


@pytest.fixture
def records(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    shutil.copytree(world.sample / "wheelchairs", folder / "wheelchairs")
    (tmp_path / "plan.yaml").write_text(PLAN.format(data=folder), "utf-8")
    return folder


def touch(records: Path) -> None:
    """Another table of the family, as a job that writes the folder anew would leave it."""
    (records / "wheelchairs" / "later.csv").write_text("a\n1\n", "utf-8")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("when", ["while they are read", "while reports are made"])
def test_data_that_change_end_the_run(
    when: str,
    records: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module, name = (store, "compute") if when == "while they are read" else (run, "_make")
    before = getattr(module, name)

    def then_changed(*arguments: Any, **named: Any) -> Any:
        done = before(*arguments, **named)
        touch(records)
        return done

    monkeypatch.setattr(module, name, then_changed)
    out = tmp_path / "out"
    assert status("run", tmp_path / "plan.yaml", "--jobs 1 --out", out) == INPUT
    said = capsys.readouterr().err
    assert "the data of wheelchairs: changed while they were read; run again" in said
    assert not (out / "index.html").exists()
    monkeypatch.undo()


@pytest.mark.usefixtures("home")
def test_data_that_stay_do_not(records: Path, tmp_path: Path) -> None:
    assert status("run", tmp_path / "plan.yaml", "--jobs 1 --out", tmp_path / "out") == DONE


MAPPING = """
[wheelchairs.episodes]
files = "{file}"
"""


def test_a_mapping_and_what_it_names_are_in_the_fingerprint(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own text, files beside the family's folder, and a mapping that lies elsewhere."""
    family = load_family("wheelchairs")
    seen = [fingerprint(records, family)]
    (records / "own.csv").write_text("a\n1\n", "utf-8")
    (records / "other.csv").write_text("a\n1\n", "utf-8")
    assert fingerprint(records, family) == seen[0], "which nothing names"
    for named in ("own.csv", "other.csv"):
        (records / "mapping.toml").write_text(MAPPING.format(file=named), "utf-8")
        seen.append(fingerprint(records, family))
    with (records / "mapping.toml").open("a") as file:
        file.write('columns = { episode_id = "a" }\n')
    seen.append(fingerprint(records, family))
    (records / "other.csv").write_text("a\n2\n", "utf-8")
    seen.append(fingerprint(records, family))
    (records / "own.csv").write_text("a\n2\n", "utf-8")
    assert fingerprint(records, family) == seen[-1], "which nothing names now"
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(MAPPING.format(file="own.csv") + "# of my own", "utf-8")
    monkeypatch.setenv("NHSIND_MAPPING", str(elsewhere))
    seen.append(fingerprint(records, family))
    assert len(set(seen)) == len(seen)


def test_a_table_of_a_database_is_in_the_fingerprint(tmp_path: Path) -> None:
    family, file = load_family("wheelchairs"), tmp_path / "records.duckdb"
    seen = []
    for row in (1, 2):
        with duckdb.connect(str(file)) as con:
            con.execute(f"CREATE OR REPLACE TABLE episodes AS SELECT {row} AS episode_id")
        seen.append(fingerprint(f"{file}::episodes", family))
    assert seen[0] != seen[1] == fingerprint([Path(f"{file}::episodes")], family)


def test_the_same_data_have_one_fingerprint_wherever_they_are(
    records: Path, tmp_path: Path
) -> None:
    family = load_family("wheelchairs")
    moved = Path(shutil.copytree(records, tmp_path / "elsewhere" / "other"))
    assert fingerprint(records, family) == fingerprint([moved], family)
    table = next((moved / "wheelchairs").iterdir())
    table.rename(table.with_name(f"x{table.name}"))
    assert fingerprint(records, family) != fingerprint(moved, family)
