"""Spark Connect, which Databricks' notebooks and others' servers speak: a session without a JVM.

In a process of its own: one that has a classic session can have no other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nhsind as ind

PERIOD = "2018-03"
QUICKLY = {
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
PROGRAM = """
import sys
from pathlib import Path
from pyspark.sql import SparkSession
import nhsind as ind

parquet, out, *settings = sys.argv[1:]
builder = SparkSession.builder.remote("local[2]")
for setting in settings:
    builder = builder.config(*setting.split("="))
session = builder.getOrCreate()
pathways = session.read.parquet(f"{parquet}/rtt/pathways.parquet")
assert "connect" in type(pathways).__module__
data = {"pathways": pathways} | {
    name: f"{parquet}/{name}.csv" for name in ("geography", "plans", "coverage")
}
line = "E.B.3"
found = ind.derive(line, data, period="2018-03")
found.to_csv(f"{out}/frame.csv")
ind.derive(line, parquet, period="2018-03", engine="spark").to_csv(f"{out}/folder.csv")
org = found["org_code"].iloc[0]
ind.trace(line, data, period="2018-03", org=org).to_csv(f"{out}/trace.csv")
session.stop()
"""


@pytest.mark.long
def test_a_session_of_spark_connect(sample: Path, parquet: Path, tmp_path: Path) -> None:
    """Frames of it, and a folder that it reads: figures and traces are those of the files."""
    settings = [f"{name}={value}" for name, value in QUICKLY.items()]
    own = {name: value for name, value in os.environ.items() if name != "PYSPARK_SUBMIT_ARGS"}
    program = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = subprocess.run(
        [*program, str(parquet), str(tmp_path), *settings], env=own, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr[-5_000:]
    expected = ind.derive("E.B.3", sample, period=PERIOD)
    for given in ("frame", "folder"):
        assert (tmp_path / f"{given}.csv").read_text("utf-8") == expected.to_csv(), given
    traced = ind.trace("E.B.3", sample, period=PERIOD, org=expected["org_code"].iloc[0])
    assert (tmp_path / "trace.csv").read_text("utf-8") == traced.to_csv()
