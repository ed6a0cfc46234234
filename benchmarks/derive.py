"""Three lines by CCG for twelve months over five million records, beside hand-written SQL.

E.B.3 from pathways, E.B.5 from A&E attendances, E.J.3 from hospital spells with their management
type. Both sides read the same Parquet file in the same run, alternately; each counts the records
that are impossible, incomplete or hold codes that are not listed, counts those of each organisation
and month by each date that places them (by which gaps and unusual numbers are found), and leaves
out faulty, repeated and contradicting ones. The figures must be equal. The last line of each part
is the ratio of the medians, nhsind's over that of the hand-written queries: of seconds, and of
processor time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from nhsind.reference import (
    admission_methods,
    intended_managements,
    patient_classifications,
    treatment_functions,
)

LISTS = {
    "admission_methods": admission_methods.CODES,
    "patient_classifications": patient_classifications.CODES,
    "intended_managements": intended_managements.CODES,
    "treatment_functions": treatment_functions.CODES,
    "specific_acute": treatment_functions.SPECIFIC_ACUTE,
}
PERIODS = "2017-04..2018-03"

# Pathways: 207 CCGs, waits of weeks to months, a few records of each faulty kind.
MAKE_PATHWAYS = """
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

PATHWAYS_ONE_PASS = """
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
PATHWAYS_BY_HAND = """
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


# Attendances: 132 providers with up to 14 departments, some of them too quiet to count.
MAKE_ATTENDANCES = """
COPY (
  WITH made AS (
    SELECT i, 'A' || lpad(i::VARCHAR, 9, '0') AS attendance_id,
      'ZX' || lpad((1 + hash(i) % 207)::VARCHAR, 3, '0') AS ccg_code,
      'ZP' || lpad((1 + hash(i * 3 + 1) % 132)::VARCHAR, 3, '0') AS provider_code,
      -- Squared, so that the last departments see few.
      (sqrt(hash(i * 3 + 2) % 1000003 / 1000003.0) * 14)::INTEGER AS department,
      TIMESTAMP '2017-04-01' + to_seconds((hash(i * 3 + 3) % 31536000)::BIGINT) AS arrival,
      (-ln(1 - (hash(i * 5 + 1) % 1000003) / 1000003.0) * 5400)::INTEGER AS seconds
    FROM range({rows}) t(i)
  ), records AS (
    SELECT attendance_id, CASE WHEN i % 50021 = 5 THEN NULL ELSE ccg_code END AS ccg_code,
      provider_code,
      CASE WHEN i % 50021 = 6 THEN NULL ELSE 'D' || department END AS department_id,
      (1 + department % 4)::VARCHAR AS department_type,
      (1 + hash(i * 5 + 2) % 3)::VARCHAR AS attendance_category,
      CASE WHEN department = 7 THEN 'appointment' ELSE 'walk_in' END AS access,
      CASE WHEN i % 50021 = 1 THEN NULL ELSE arrival END AS arrival_datetime,
      CASE WHEN i % 50021 = 2 THEN arrival - INTERVAL 1 HOUR
           WHEN i % 5003 > 0 THEN arrival + to_seconds(seconds) END AS departure_datetime, i
    FROM made
  )
  SELECT * EXCLUDE i FROM records
  UNION ALL SELECT * EXCLUDE i FROM records WHERE i % 50021 = 3
  UNION ALL SELECT * EXCLUDE i REPLACE ('1' AS department_type, 'X' AS department_id)
    FROM records WHERE i % 50021 = 4
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

ATTENDANCES_BY_HAND = """
WITH repeated AS (
  SELECT attendance_id FROM '{path}' GROUP BY 1 HAVING count(*) > 1
), good AS (
  FROM '{path}' ANTI JOIN repeated USING (attendance_id) WHERE attendance_id IS NOT NULL
  UNION ALL BY NAME
  SELECT attendance_id, any_value(COLUMNS(* EXCLUDE attendance_id))
  FROM '{path}' SEMI JOIN repeated USING (attendance_id)
  GROUP BY attendance_id
  HAVING count(DISTINCT (ccg_code, provider_code, department_id, department_type,
    attendance_category, access, arrival_datetime, departure_datetime)) = 1
), placed AS (
  SELECT *, last_day(arrival_datetime) AS month, date_trunc('quarter', arrival_datetime) AS quarter
  FROM good
  WHERE arrival_datetime IS NOT NULL AND department_id IS NOT NULL AND provider_code IS NOT NULL
), by_month AS (
  SELECT provider_code, department_id, quarter, month, count(*) AS attendances
  FROM placed GROUP BY ALL
), months AS (
  SELECT quarter, count(DISTINCT month) AS months_held FROM by_month GROUP BY quarter
), busy AS (
  SELECT provider_code, department_id, quarter
  FROM by_month JOIN months USING (quarter)
  GROUP BY ALL HAVING sum(attendances) > 200 * any_value(months_held)
), counted AS (
  SELECT ccg_code AS org_code, month,
    count(*) FILTER (WHERE departure_datetime <= arrival_datetime + INTERVAL 4 HOUR) AS numerator,
    count(*) AS denominator
  FROM placed SEMI JOIN busy USING (provider_code, department_id, quarter)
  WHERE ccg_code IS NOT NULL AND month BETWEEN DATE '2017-04-01' AND DATE '2018-03-31'
    AND (departure_datetime IS NULL OR departure_datetime >= arrival_datetime)
    AND coalesce(attendance_category <> '2', true)
    AND NOT (coalesce(department_type IN ('3', '4'), false)
      AND coalesce(access IN ('appointment', 'referral'), false))
  GROUP BY ALL
)
SELECT org_code, strftime(month, '%Y-%m') AS period, numerator, denominator
FROM counted ORDER BY ALL
"""

# Spells of every classification and intention.
MAKE_SPELLS = """
COPY (
  WITH made AS (
    SELECT i, 'S' || lpad(i::VARCHAR, 9, '0') AS spell_id,
      'ZX' || lpad((1 + hash(i) % 207)::VARCHAR, 3, '0') AS ccg_code,
      DATE '2017-01-01' + (hash(i * 3 + 1) % 455)::INTEGER AS admitted,
      (-ln(1 - (hash(i * 3 + 2) % 1000003) / 1000003.0) * 3)::INTEGER AS nights,
      ['11', '12', '13', '21', '22', '2A', '28', '31', '81', '99']
        [1 + (hash(i * 3 + 3) % 10)::INTEGER]
        AS admission_method,
      ['1', '1', '1', '2', '2', '3', '4', '8'][1 + (hash(i * 5 + 1) % 8)::INTEGER]
        AS patient_classification,
      ['1', '1', '2', '2', '4', NULL][1 + (hash(i * 5 + 2) % 6)::INTEGER] AS intended_management,
      ['100', '110', '120', '300', '320', '420', '501', '711', '650']
        [1 + (hash(i * 5 + 3) % 9)::INTEGER]
        AS discharge_treatment_function_code
    FROM range({rows}) t(i)
  ), records AS (
    SELECT spell_id, CASE WHEN i % 50021 = 5 THEN NULL ELSE ccg_code END AS ccg_code,
      CASE WHEN i % 50021 = 1 THEN NULL ELSE admitted END AS admission_date,
      CASE WHEN i % 50021 = 2 THEN admitted - 1
           WHEN admitted + nights <= DATE '2018-03-31' THEN admitted + nights END AS discharge_date,
      * EXCLUDE (i, spell_id, ccg_code, admitted, nights), i
    FROM made
  )
  SELECT * EXCLUDE i FROM records
  UNION ALL SELECT * EXCLUDE i FROM records WHERE i % 50021 = 3
  UNION ALL SELECT * EXCLUDE i REPLACE (admission_date - 5 AS admission_date)
    FROM records WHERE i % 50021 = 4
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

# What both count beside the figure: records that lack something, or hold a code that is not listed.
PATHWAYS_CHECKS = """
SELECT count(*) FILTER (WHERE clock_stop_date < clock_start_date),
  count(*) FILTER (WHERE clock_start_date IS NULL),
  count(*) FILTER (WHERE clock_stop_date IS NOT NULL AND stop_type IS NULL),
  count(*) FILTER (WHERE stop_type NOT IN ('admitted', 'non_admitted')),
  count(*) FILTER (WHERE ccg_code IS NULL), count(*) FILTER (WHERE pathway_id IS NULL)
FROM '{path}'
"""
ATTENDANCES_CHECKS = """
SELECT count(*) FILTER (WHERE department_type NOT IN ('1', '2', '3', '4')),
  count(*) FILTER (WHERE access NOT IN ('walk_in', 'appointment', 'referral')),
  count(*) FILTER (WHERE attendance_category NOT IN ('1', '2', '3', '9')),
  count(*) FILTER (WHERE arrival_datetime IS NULL),
  count(*) FILTER (WHERE departure_datetime IS NULL),
  count(*) FILTER (WHERE department_id IS NULL OR provider_code IS NULL),
  count(*) FILTER (WHERE departure_datetime < arrival_datetime),
  count(*) FILTER (WHERE ccg_code IS NULL), count(*) FILTER (WHERE attendance_id IS NULL)
FROM '{path}'
"""
SPELLS_CHECKS = """
SELECT count(*) FILTER (WHERE admission_method NOT IN ({admission_methods})),
  count(*) FILTER (WHERE patient_classification NOT IN ({patient_classifications})),
  count(*) FILTER (WHERE intended_management NOT IN ({intended_managements})),
  count(*) FILTER (WHERE discharge_treatment_function_code NOT IN ({treatment_functions})),
  count(*) FILTER (WHERE discharge_date < admission_date),
  count(*) FILTER (WHERE admission_date IS NULL),
  count(*) FILTER (WHERE discharge_date IS NOT NULL AND discharge_treatment_function_code IS NULL),
  count(*) FILTER (WHERE discharge_date IS NOT NULL AND NOT (
    coalesce(admission_method[1] IN ('2', '3', '8'), false)
    OR coalesce(admission_method[1] = '1', false) AND (
      coalesce(patient_classification IN ('1', '3', '4'), false)
      OR coalesce(intended_management IN ('1', '2'), false) AND patient_classification IS NOT NULL
      OR coalesce(patient_classification = '2' AND discharge_date = admission_date, false)))),
  count(*) FILTER (WHERE ccg_code IS NULL), count(*) FILTER (WHERE spell_id IS NULL)
FROM '{path}'
"""

# Coverage and unusual numbers: how many of each organisation and month, by a date.
BY_MONTH = """
SELECT ccg_code, year({date}), month({date}), count(*), min({date}), max({date})
FROM '{path}' WHERE ccg_code IS NOT NULL GROUP BY ALL
"""

SPELLS_BY_HAND = """
WITH repeated AS (
  SELECT spell_id FROM '{path}' GROUP BY 1 HAVING count(*) > 1
), good AS (
  FROM '{path}' ANTI JOIN repeated USING (spell_id) WHERE spell_id IS NOT NULL
  UNION ALL BY NAME
  SELECT spell_id, any_value(COLUMNS(* EXCLUDE spell_id))
  FROM '{path}' SEMI JOIN repeated USING (spell_id)
  GROUP BY spell_id
  HAVING count(DISTINCT (ccg_code, admission_date, discharge_date, admission_method,
    patient_classification, intended_management, discharge_treatment_function_code)) = 1
), derived AS (
  SELECT ccg_code, last_day(discharge_date) AS month, discharge_date - admission_date AS nights,
    CASE
      WHEN admission_method[1] = '2' THEN 'EM'
      WHEN admission_method[1] IN ('3', '8') THEN 'NE'
      WHEN admission_method[1] = '1' AND patient_classification IS NOT NULL THEN CASE
        WHEN patient_classification = '3' THEN CASE WHEN nights = 0 THEN 'RDA' ELSE 'EL' END
        WHEN patient_classification = '4' THEN
          CASE WHEN nights = 0 THEN 'RDA' WHEN nights = 1 THEN 'RNA' ELSE 'EL' END
        WHEN intended_management = '1' THEN 'EL'
        WHEN intended_management = '2' THEN CASE WHEN nights = 0 THEN 'DC' ELSE 'EL' END
        WHEN patient_classification = '1' THEN 'EL'
        WHEN patient_classification = '2' AND nights = 0 THEN 'DC'
        ELSE 'UNK' END
      ELSE 'UNK' END AS management_type
  FROM good
  WHERE ccg_code IS NOT NULL AND discharge_date >= admission_date
    AND discharge_date BETWEEN DATE '2017-04-01' AND DATE '2018-03-31'
    AND discharge_treatment_function_code IN ({specific_acute})
), counted AS (
  SELECT ccg_code AS org_code, month, sum(nights)::BIGINT AS numerator
  FROM derived WHERE management_type IN ('DC', 'EL', 'EM', 'NE') GROUP BY ALL
)
SELECT org_code, strftime(month, '%Y-%m') AS period, numerator FROM counted ORDER BY ALL
"""


class Part(NamedTuple):
    """One line over one table: how it is made, checked by hand and counted by hand.

    The first query is the one that nhsind is held against. `coverage`: what a `coverage.csv` says
    of the records; where they are of all England, nobody counts what a rule loses by their being
    a part.
    """

    line: str
    family: str
    table: str
    make: str
    checks: str
    dates: tuple[str, ...]
    by_hand: dict[str, str]
    figures: tuple[str, ...]
    coverage: str = ""


PARTS = {
    "rtt": Part(
        "E.B.3",
        "rtt",
        "pathways",
        MAKE_PATHWAYS,
        PATHWAYS_CHECKS,
        ("clock_start_date", "clock_stop_date"),
        {"hand": PATHWAYS_BY_HAND, "hand, one pass": PATHWAYS_ONE_PASS},
        ("numerator", "denominator"),
    ),
    "ae": Part(
        "E.B.5",
        "ae",
        "attendances",
        MAKE_ATTENDANCES,
        ATTENDANCES_CHECKS,
        ("arrival_datetime",),
        {"hand": ATTENDANCES_BY_HAND},
        ("numerator", "denominator"),
        "family,table,from,to,national\nae,attendances,2017-04,2018-03,yes\n",
    ),
    "sus": Part(
        "E.J.3",
        "sus",
        "spells",
        MAKE_SPELLS,
        SPELLS_CHECKS,
        ("discharge_date",),
        {"hand": SPELLS_BY_HAND},
        ("numerator",),
    ),
}


def path_of(part: Part, folder: Path) -> Path:
    """Where the part's table lies."""
    return folder / part.family / f"{part.table}.parquet"


def by_hand(part: Part, folder: Path, name: str = "hand") -> pd.DataFrame:
    """The figure by hand-written SQL on a connection of its own, after the checks."""
    with duckdb.connect() as con:
        for query in (part.checks, *(BY_MONTH.replace("{date}", date) for date in part.dates)):
            con.sql(_filled_in(query, part, folder)).fetchall()
        table: pd.DataFrame = con.sql(_filled_in(part.by_hand[name], part, folder)).df()
    return table


def _filled_in(query: str, part: Part, folder: Path) -> str:
    query = query.replace("{path}", str(path_of(part, folder)))
    for name, codes in LISTS.items():
        query = query.replace(f"{{{name}}}", ", ".join(f"'{code}'" for code in codes))
    return query


def by_nhsind(part: Part, folder: Path) -> pd.DataFrame:
    """The figure by nhsind, from the folder to the output table; what it left out is discarded."""
    import nhsind as ind

    with contextlib.redirect_stderr(io.StringIO()):
        table: pd.DataFrame = ind.derive(part.line, data=folder, period=PERIODS)
    return table


class Took(NamedTuple):
    """Seconds by the clock, and of processor time of all threads."""

    clock: float
    processor: float


def seconds(call: Callable[[], pd.DataFrame]) -> tuple[Took, pd.DataFrame]:
    """How long a call takes, and what it gives."""
    start, spent = time.perf_counter(), time.process_time()
    table = call()
    return Took(time.perf_counter() - start, time.process_time() - spent), table


def peak_memory(part: Part, folder: Path) -> float:
    """Peak resident memory, in megabytes, of a process that derives the figure once."""
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[3]); import derive;"
        "derive.by_nhsind(derive.PARTS[sys.argv[1]], pathlib.Path(sys.argv[2]));"
        # Not of getrusage: a child begins with its parent's peak.
        "print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    arguments = [part.family, str(folder), str(Path(__file__).parent)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    return float(done.stdout.splitlines()[-1]) / 1024


def filled(table: pd.DataFrame, part: Part) -> pd.DataFrame:
    """The figures that are not 0; a query has no rows for those who have nothing."""
    figures = table[["org_code", "period", *part.figures]].set_index(["org_code", "period"])
    return figures[(figures != 0).any(axis=1)].astype("int64").sort_index()


def measure(part: Part, rows: int, repeats: int) -> None:
    """Make the table, run all alternately, compare the figures, print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = path_of(part, folder)
        path.parent.mkdir()
        if part.coverage:
            (folder / "coverage.csv").write_text(part.coverage, "utf-8")
        duckdb.sql(part.make.replace("{rows}", str(rows)).replace("{path}", str(path)))
        size = path.stat().st_size / 1e6
        print(f"{part.line}: {rows:,} {part.table}, {size:.0f} MB of Parquet")
        times: dict[str, list[Took]] = {name: [] for name in (*part.by_hand, "nhsind")}
        for _ in range(repeats):
            expected = {}
            for query in part.by_hand:
                spent, expected[query] = seconds(partial(by_hand, part, folder, query))
                times[query].append(spent)
            spent, found = seconds(partial(by_nhsind, part, folder))
            times["nhsind"].append(spent)
        for other in expected.values():
            if not filled(found, part).equals(filled(other, part)):
                raise SystemExit("the figures differ")
        print(f"equal figures for {len(found):,} CCGs and months")
        medians = {
            name: Took(*(statistics.median(each) for each in zip(*all_of, strict=True)))
            for name, all_of in times.items()
        }
        for name, all_of in times.items():
            print(
                f"{name}: median {medians[name].clock:.2f} s, all "
                + " ".join(f"{took.clock:.2f}" for took in all_of)
                + f"; of processor time {medians[name].processor:.2f} s"
            )
        print(f"peak memory of nhsind: {peak_memory(part, folder):,.0f} MB")
        clock, processor = (
            mine / theirs for mine, theirs in zip(medians["nhsind"], medians["hand"], strict=True)
        )
        print(f"ratio: {clock:.2f}, of processor time {processor:.2f}", flush=True)


def main() -> None:
    """Measure the parts asked for, all if none is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="|".join(PARTS))
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    for name in options.parts or PARTS:
        measure(PARTS[name], options.rows, options.repeats)


if __name__ == "__main__":
    main()
