"""E.B.3 by CCG for twelve month ends over five million pathways, beside hand-written SQL.

Both read the same Parquet file in the same run, alternately, and each leaves out repeated,
contradicting and impossible records; the figures must be equal. The last line is the ratio of
the medians: nhsind's time over the hand-written query's.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

PERIODS = "2017-04..2018-03"

# The table: 207 CCGs, waits of weeks to months, a few records of each faulty kind.
MAKE = """
COPY (
  WITH made AS (
    SELECT i, 'P' || lpad(i::VARCHAR, 9, '0') AS pathway_id,
      'ZX' || lpad((1 + (hash(i) % 207))::VARCHAR, 3, '0') AS ccg_code,
      DATE '2016-01-01' + ((hash(i * 7 + 1) % 820)::INTEGER) AS clock_start_date,
      (-ln(1 - (hash(i * 7 + 2) % 1000003) / 1000003.0) * 50)::INTEGER AS wait
    FROM range({rows}) t(i)
  ), stopped AS (
    SELECT *, clock_start_date + wait AS stop FROM made
  ), records AS (
    SELECT pathway_id, CASE WHEN i % 50021 = 5 THEN NULL ELSE ccg_code END AS ccg_code,
      CASE WHEN i % 50021 = 1 THEN NULL ELSE clock_start_date END AS clock_start_date,
      CASE WHEN i % 50021 = 2 THEN clock_start_date - 1
           WHEN stop <= DATE '2018-03-31' THEN stop END AS clock_stop_date,
      CASE WHEN stop <= DATE '2018-03-31' OR i % 50021 = 2
           THEN CASE WHEN i % 4 = 0 THEN 'admitted' ELSE 'non_admitted' END END AS stop_type, i
    FROM stopped
  )
  SELECT * EXCLUDE i FROM records
  UNION ALL SELECT * EXCLUDE i FROM records WHERE i % 50021 = 3
  UNION ALL SELECT * EXCLUDE i REPLACE (clock_start_date - 5 AS clock_start_date)
    FROM records WHERE i % 50021 = 4
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

HAND_WRITTEN = """
WITH periods AS (
  SELECT strftime(first, '%Y-%m') AS period, last_day(first) AS period_end
  FROM (SELECT unnest(range(DATE '2017-04-01', DATE '2018-04-01', INTERVAL 1 MONTH))::DATE AS first)
), single AS (
  SELECT pathway_id, any_value(ccg_code) AS ccg_code, any_value(clock_start_date) AS start,
    any_value(clock_stop_date) AS stop
  FROM '{path}'
  WHERE pathway_id IS NOT NULL
  GROUP BY pathway_id
  HAVING count(DISTINCT (ccg_code, clock_start_date, clock_stop_date, stop_type)) = 1
)
SELECT ccg_code AS org_code, period,
  sum(CASE WHEN start >= period_end - 126 THEN 1 ELSE 0 END)::BIGINT AS numerator,
  count(*) AS denominator
FROM single JOIN periods ON start <= period_end AND (stop IS NULL OR stop > period_end)
WHERE ccg_code IS NOT NULL AND start IS NOT NULL AND (stop IS NULL OR stop >= start)
GROUP BY ALL ORDER BY ALL
"""

# The same with the cheapest way to drop repeats: it finds disagreeing rows by a second pass.
HAND_WRITTEN_FAST = """
WITH periods AS (
  SELECT strftime(first, '%Y-%m') AS period, last_day(first) AS period_end
  FROM (SELECT unnest(range(DATE '2017-04-01', DATE '2018-04-01', INTERVAL 1 MONTH))::DATE AS first)
), repeated AS (
  SELECT pathway_id FROM '{path}' GROUP BY 1 HAVING count(*) > 1
), good AS (
  SELECT pathway_id, ccg_code, clock_start_date AS start, clock_stop_date AS stop
  FROM '{path}' ANTI JOIN repeated USING (pathway_id) WHERE pathway_id IS NOT NULL
  UNION ALL
  SELECT pathway_id, any_value(ccg_code), any_value(clock_start_date), any_value(clock_stop_date)
  FROM '{path}' SEMI JOIN repeated USING (pathway_id)
  GROUP BY pathway_id
  HAVING count(DISTINCT (ccg_code, clock_start_date, clock_stop_date, stop_type)) = 1
)
SELECT ccg_code AS org_code, period,
  sum(CASE WHEN start >= period_end - 126 THEN 1 ELSE 0 END)::BIGINT AS numerator,
  count(*) AS denominator
FROM good JOIN periods ON start <= period_end AND (stop IS NULL OR stop > period_end)
WHERE ccg_code IS NOT NULL AND start IS NOT NULL AND (stop IS NULL OR stop >= start)
GROUP BY ALL ORDER BY ALL
"""


def by_hand(folder: Path, query: str = HAND_WRITTEN_FAST) -> pd.DataFrame:
    """The figure by hand-written SQL on a connection of its own."""
    path = folder / "rtt" / "pathways.parquet"
    with duckdb.connect() as con:
        table: pd.DataFrame = con.sql(query.format(path=path)).df()
    return table


def by_nhsind(folder: Path) -> pd.DataFrame:
    """The figure by nhsind, from the folder to the output table; what it left out is discarded."""
    import nhsind as ind

    with contextlib.redirect_stderr(io.StringIO()):
        table: pd.DataFrame = ind.derive("E.B.3", data=folder, period=PERIODS)
    return table


def seconds(call: object, folder: Path) -> tuple[float, pd.DataFrame]:
    """How long a call takes, and what it gives."""
    start = time.perf_counter()
    table = call(folder)  # type: ignore[operator]
    return time.perf_counter() - start, table


def peak_memory(folder: Path) -> float:
    """Peak resident memory, in megabytes, of a process that derives the figure once."""
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2]); import derive;"
        "derive.by_nhsind(pathlib.Path(sys.argv[1]))"
    )
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", program, str(folder), here], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Make the table, run both alternately, compare the figures, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rtt").mkdir()
        path = folder / "rtt" / "pathways.parquet"
        duckdb.sql(MAKE.format(rows=options.rows, path=path))
        print(f"{options.rows:,} pathways, {path.stat().st_size / 1e6:.0f} MB of Parquet")
        times: dict[str, list[float]] = {"hand": [], "hand, one pass": [], "nhsind": []}
        for _ in range(options.repeats):
            spent, expected = seconds(by_hand, folder)
            times["hand"].append(spent)
            spent, one_pass = seconds(lambda at: by_hand(at, HAND_WRITTEN), folder)
            times["hand, one pass"].append(spent)
            spent, found = seconds(by_nhsind, folder)
            times["nhsind"].append(spent)
        keys = ["org_code", "period", "numerator", "denominator"]
        for other in (expected, one_pass):
            same = (found[keys].astype(str).to_numpy() == other[keys].astype(str).to_numpy()).all()
            if not same:
                raise SystemExit("the figures differ")
        print(f"equal figures for {len(found):,} CCGs and month ends")
        for name, spent_times in times.items():
            print(
                f"{name}: median {statistics.median(spent_times):.2f} s, all "
                + " ".join(f"{value:.2f}" for value in spent_times)
            )
        print(f"peak memory of nhsind: {peak_memory(folder):,.0f} MB")
        ratio = statistics.median(times["nhsind"]) / statistics.median(times["hand"])
        print(f"ratio: {ratio:.2f}")


if __name__ == "__main__":
    main()
