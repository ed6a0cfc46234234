"""How a line grows with its records where they lie: DuckDB beside Spark, in one run.

The records of `derive.py`, as many as each of `--rows` says; with `--skewed` nine tenths of them
belong to one commissioner. Each engine derives in a process of its own, Spark in `local[*]` with
its start, all engines one after the other on the same file. The figures must be equal. Printed are
seconds by the clock and of processor time, and the memory (PSS) of the process and what it started.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
from derive import PARTS, PERIODS, path_of

from reports import descendants, memory_of, processor_seconds

ENGINES = ("duckdb", "spark")
SECONDS_BETWEEN_LOOKS = 0.2
# A table in which one commissioner has nine records of ten.
SKEW = """
COPY (
  SELECT * REPLACE (
    CASE WHEN hash({key}) % 10 > 0 AND ccg_code IS NOT NULL THEN 'ZX001' ELSE ccg_code END
      AS ccg_code)
  FROM '{path}'
) TO '{skewed}' (FORMAT parquet, COMPRESSION zstd)
"""


def derive_once(engine: str, line: str, folder: str, out: str) -> None:
    """Derive a line with an engine, in this process, and write the figures."""
    import nhsind as ind

    with contextlib.redirect_stderr(io.StringIO()):
        table = ind.derive(line, data=folder, period=PERIODS, engine=engine)
    table[["org_code", "period", "numerator", "denominator"]].to_csv(out, index=False)


def measured(engine: str, line: str, folder: Path) -> tuple[float, float, float, pd.DataFrame]:
    """Seconds by the clock and of processor time, megabytes at most, and the figures."""
    out = folder / f"{engine}.csv"
    began, spent = time.perf_counter(), processor_seconds()
    running = subprocess.Popen(
        [sys.executable, __file__, "--once", engine, line, str(folder), str(out)],
        stderr=subprocess.DEVNULL,
    )
    most = 0
    used = spent
    while running.poll() is None:
        family = [running.pid, *descendants(running.pid)]
        most = max(most, sum(map(memory_of, family)))
        used = max(used, processor_seconds())
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if running.returncode:
        raise SystemExit(f"{engine} failed")
    return (
        time.perf_counter() - began,
        max(used, processor_seconds()) - spent,
        most / 1024,
        pd.read_csv(out),
    )


def skewed(path: Path) -> None:
    """Give nine records of ten to one commissioner."""
    other = path.with_suffix(".skewed")
    key = duckdb.execute(f"SELECT * FROM '{path}' LIMIT 0").description[0][0]
    query = SKEW.replace("{path}", str(path)).replace("{skewed}", str(other))
    duckdb.sql(query.replace("{key}", key))
    other.replace(path)


def main() -> None:
    """Measure every engine at every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="|".join(PARTS))
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--skewed", action="store_true")
    parser.add_argument("--once", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        derive_once(*options.once)
        return
    for name in options.parts or ("rtt", "ae"):
        part = PARTS[name]
        for rows in options.rows:
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                path = path_of(part, folder)
                path.parent.mkdir()
                duckdb.sql(part.make.replace("{rows}", str(rows)).replace("{path}", str(path)))
                if options.skewed:
                    skewed(path)
                size = path.stat().st_size / 1e6
                print(f"{part.line}: {rows:,} {part.table}, {size:.0f} MB of Parquet", flush=True)
                figures: list[pd.DataFrame] = []
                for engine in options.engines:
                    clock, spent, memory, found = measured(engine, part.line, folder)
                    figures.append(found)
                    print(
                        f"{engine}: {clock:.1f} s, {spent:.1f} s of processor time, "
                        f"{memory:,.0f} MB, {rows / clock:,.0f} rows a second",
                        flush=True,
                    )
                if not all(figures[0].equals(other) for other in figures):
                    raise SystemExit("the figures differ")
                print(f"equal figures for {len(figures[0]):,} CCGs and months", flush=True)


if __name__ == "__main__":
    main()
