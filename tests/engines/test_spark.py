"""Spark: what comes back from it, whose session it is, and a worker that dies."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.cli import main
from nhsind.definitions.catalogue import find, load_family
from nhsind.derivation.sums import count_units
from nhsind.engines.spark import session
from nhsind.errors import InputError
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input
from nhsind.sources.unusual_findings import unusual_findings

PERIOD = "2018-03"


def test_only_sums_and_findings_come_back(sample: Path, parquet: Path, spark: None) -> None:
    """Fewer rows in all than one in twenty of the records, and no answer with more than 1,000."""
    opened = open_input(load_family("rtt"), [parquet], engine="spark")
    counted = count_units(
        opened, find("E.B.3"), periods=[parse_period(PERIOD)], level="ccg", engine="spark"
    )
    unusual_findings(opened)
    records = len((sample / "rtt" / "pathways.csv").read_text("utf-8").splitlines())
    assert counted["denominator"].sum() > 1_000
    assert 20 * opened.place.fetched.rows < records
    assert opened.place.fetched.most < 1_000


def test_a_data_frame_of_the_user(sample: Path, parquet: Path, spark: None) -> None:
    """In their own session: derived, traced and broken down there."""
    frame = session().read.parquet(str(parquet / "rtt" / "pathways.parquet"))
    data = {"pathways": frame, "geography": sample / "geography.csv"}
    expected = ind.derive("E.B.3", sample, period=PERIOD)
    org = expected["org_code"].iloc[0]
    found = ind.derive("E.B.3", data, period=PERIOD, covers="2016-04..2018-03")
    planned = ["plan", "meets_plan"]  # the sample's folder has plans
    assert_frame_equal(expected.drop(columns=planned), found.drop(columns=planned))
    mine = ind.trace("E.B.3", sample, period=PERIOD, org=org)
    theirs = ind.trace("E.B.3", data, period=PERIOD, org=org, covers="2016-04..2018-03")
    assert_frame_equal(mine, theirs)


@pytest.mark.long
def test_commands(parquet: Path, sample: Path, spark: None, tmp_path: Path) -> None:
    """Parquet that Spark wrote, a folder of parts, read by `--engine spark`."""
    (tmp_path / "rtt").mkdir()
    for name in ("geography.csv", "plans.csv"):
        shutil.copy(sample / name, tmp_path)
    parts = session().read.parquet(str(parquet / "rtt" / "pathways.parquet")).repartition(4)
    parts.write.parquet(str(tmp_path / "rtt" / "pathways.parquet"))
    out = {}
    for engine, folder in (("duckdb", sample), ("spark", tmp_path)):
        out[engine] = tmp_path / f"{engine}.csv"
        command = f"derive E.B.3 --data {folder} --period {PERIOD} --by treatment_function_code"
        covers = "--covers 2016-04..2018-03"
        with pytest.raises(SystemExit) as end:
            main([*command.split(), *covers.split(), "--engine", engine, "--out", str(out[engine])])
        assert end.value.code == 0
    assert out["duckdb"].read_bytes() == out["spark"].read_bytes()


@pytest.mark.long
def test_a_worker_that_dies_in_mid_derivation(sample: Path, parquet: Path, spark: None) -> None:
    """The figure still comes, and is the same."""
    if not session().sparkContext.master.startswith("local-cluster"):
        pytest.skip("the worker would be this process")
    opened = open_input(load_family("rtt"), [parquet], engine="spark")
    periods = [parse_period(PERIOD)]
    killed: list[int] = []

    def kill() -> None:
        workers = [
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if b"CoarseGrainedExecutorBackend" in _command(entry)
        ]
        os.kill(min(workers), signal.SIGKILL)
        killed.append(min(workers))

    # With the first answer on its way.
    threading.Timer(0.2, kill).start()
    line = find("E.B.3")
    theirs = count_units(opened, line, periods=periods, level="ccg", engine="spark")
    again = count_units(opened, line, periods=periods, level="ccg", engine="spark")
    mine = count_units(open_input(load_family("rtt"), sample), line, periods=periods, level="ccg")
    assert killed
    assert_frame_equal(mine, theirs)
    assert_frame_equal(mine, again)


def _command(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""


def test_parquet_that_is_none(spark: None, tmp_path: Path) -> None:
    (tmp_path / "rtt").mkdir()
    (tmp_path / "rtt" / "pathways.parquet").write_text("no Parquet at all")
    with pytest.raises(InputError, match="does not answer"):
        ind.derive("rtt", tmp_path, period=PERIOD, engine="spark")
