"""The specifications of a family in batches, so that each is opened and derived once.

A query costs Spark a second before it reads the first of a case's few records. So the cases' tables
are put together, and each case has organisations and identifiers of its own: `A` of the eighth is
`A.7`. What a case says is then looked for in the rows of its own organisations.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd

sys.path.append(str(Path(__file__).resolve().parents[1] / "spec"))
from spec import FATE, Row, Spec, check_derived, check_traced, specs_of

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import RecordTable
from nhsind.derivation.fates import trace_units
from nhsind.derivation.values import measure
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input

# What is in no batch, and why.
ALONE = "cases that agree with no other about what a whole table says"
OF_ENGLAND = "answers for England, which all cases of a batch together are"
NOBODYS = "fates of records with neither organisation nor identifier to tell whose they are"
# A batch of fewer cases is not worth its queries.
FEWEST = 2
# Months before a period that a line may look at: those of patients treated two years before.
LOOKED_BACK = 36
PURCHASER = "responsible_purchaser_type"
# By line and level the output table and the trace of a batch.
Found = dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]]


@dataclass(eq=False)
class Batch:
    """Cases of one family by their number in it, which agree about what a whole table says."""

    family: Family
    cases: dict[int, Spec] = field(default_factory=dict)
    told: dict[object, object] = field(default_factory=dict)

    def takes(self, number: int, case: Spec) -> bool:
        """Put a case in, unless its tables say as a whole what those of others do not."""
        told = told_by_tables(case)
        if any(self.told.get(key, value) != value for key, value in told.items()):
            return False
        self.told |= told
        self.cases[number] = own(case, number)
        return True

    @property
    def covers(self) -> str:
        """The months of all periods that are asked for, and those that lines look back to."""
        asked = {each for case in self.cases.values() for each in periods_of(case)}
        months = [month for text in asked for month in parse_period(text).split_months()]
        return f"{min(months).shift(-LOOKED_BACK)}..{max(months)}"

    def write(self, folder: Path) -> Path:
        """The tables of all cases as CSV, in a folder of the family's."""
        (folder / self.family.code).mkdir(parents=True)
        for name, table in self.family.tables.items():
            rows = [row for case in self.cases.values() for row in case.records.get(name, [])]
            given = {column for row in rows for column in row} - set(FATE)
            needed = table.required(given)
            columns = [each for each in table.columns if each in given or each in needed]
            if rows:
                values = [[row.get(column) for column in columns] for row in rows]
                frame = pd.DataFrame(values, columns=columns, dtype=object)
                frame.to_csv(folder / self.family.code / f"{name}.csv", index=False)
        return folder


def told_by_tables(case: Spec) -> dict[object, object]:
    """What the tables of a case say by all their rows, and so to those of others in the batch."""
    told: dict[object, object] = {}
    for name, rows in case.records.items():
        table = case.family.tables[name]
        has_counts = any("count" in row for row in rows)
        # Rows need an identifier unless the table counts.
        if has_counts or not all(row.get(column) for row in rows for column in table.key):
            told[name, "count"] = has_counts
        # Where there is no column for one, every row is one of its own.
        for column in table.key:
            if table.columns[column].optional:
                told[name, column] = any(column in row for row in rows)
        # Where nobody names a purchaser, nobody is left out for it.
        if PURCHASER in table.columns:
            told[name, PURCHASER] = any(row.get(PURCHASER) for row in rows)
        # A department is busy by the months of its quarter that have any attendance.
        if case.line.looks_across:
            held = defaultdict(set)
            for time in filter(None, (row.get("arrival_datetime") for row in rows)):
                month = parse_period(time[:7])
                held[month.quarter].add(month)
            told |= {(name, quarter): months for quarter, months in held.items()}
    return told


def own(case: Spec, number: int) -> Spec:
    """The case with organisations and identifiers of its own."""
    level = _level(case)
    records = {}
    for name, rows in case.records.items():
        table = case.family.tables[name]
        named = (*table.key[:1], table.organisations.get(level, ""))
        columns = _naming(table)
        records[name] = [
            _renamed(row if any(map(row.get, named)) else _without_fate(row), number, *columns)
            for row in rows
        ]
    units = [row for row in case.units if row["org_code"] or row["id"]]
    made = replace(
        case,
        records=records,
        answers=[_renamed(row, number, "org_code") for row in case.answers],
        units=[_renamed(row, number, "org_code", "id") for row in units],
    )
    made.__dict__["level"] = level
    return made


def _level(case: Spec) -> str:
    """What `case.level` is: told here without opening the input of each of 500 cases."""
    if case.family.record_level != "ccg":
        return case.family.record_level
    given = {
        level
        for name, rows in case.records.items()
        for level, column in case.family.tables[name].organisations.items()
        if any(column in row for row in rows)
    }
    return "provider" if given == {"provider"} else "ccg"


def _naming(table: RecordTable) -> list[str]:
    """The columns of organisations, and of identifiers of this table's rows and of others'."""
    tables = load_family(table.family).tables.values()
    listing = {column.listed_in for each in tables for column in each.columns.values()}
    own_key = table.key[:1] if table.name in listing else ()
    return [
        name
        for name, column in table.columns.items()
        if column.kind in ("identifier", "commissioner")
        or column.listed_in
        or name in (*own_key, *table.organisations.values())
    ]


def _renamed(row: Row, number: int, *columns: str) -> Row:
    return row | {name: f"{row[name]}.{number}" for name in columns if row.get(name)}


def _without_fate(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in FATE}


def periods_of(case: Spec) -> set[str]:
    """The periods that a case says something of."""
    return {case.period} | {row.get("period") or case.period for row in case.answers}


def answers_by_level(case: Spec) -> dict[str, list[Row]]:
    """A case's answers for organisations that are its own in a batch too."""
    by_level = defaultdict(list)
    for row in case.answers:
        by_level[row.get("org_level") or case.level].append(row)
    return {level: rows for level, rows in by_level.items() if level != "england"}


@cache
def batches_of(code: str) -> list[Batch]:
    """The batches of a family: each case is in the first that takes it."""
    return [batch for batch in _all_batches(code) if len(batch.cases) >= FEWEST]


@cache
def _all_batches(code: str) -> list[Batch]:
    batches: list[Batch] = []
    for number, case in enumerate(specs_of(code)):
        if not any(batch.takes(number, case) for batch in batches):
            batches.append(Batch(load_family(code)))
            batches[-1].takes(number, case)
    return batches


def left_out(code: str) -> Counter[str]:
    """How much of a family's specifications is in no batch, and why."""
    alone = [batch for batch in _all_batches(code) if batch not in batches_of(code)]
    found = Counter({ALONE: sum(len(batch.cases) for batch in alone)})
    specs = specs_of(code)
    for number, case in (pair for batch in batches_of(code) for pair in batch.cases.items()):
        found[OF_ENGLAND] += len(case.answers) - sum(map(len, answers_by_level(case).values()))
        found[NOBODYS] += fates_said(specs[number]) - fates_said(case)
    return found


def fates_said(case: Spec) -> int:
    """Of how many records and units a case says what becomes of them."""
    rows = [row for rows in case.records.values() for row in rows if set(FATE) & set(row)]
    return len(rows) + len(case.units)


def derived(batch: Batch, source: Input, engine: str) -> Found:
    """What a whole batch gives, each line for all periods of its cases at once."""
    asked = defaultdict(set)
    for case in batch.cases.values():
        for level in answers_by_level(case):
            asked[case.indicator, level] |= periods_of(case)
    found = {}
    for (code, level), texts in asked.items():
        line, periods = batch.family.indicators[code], sorted(map(parse_period, texts))
        measured = measure(source, [line], periods=periods, level=level, engine=engine)
        traced = trace_units(source, line, periods=periods, level=level, engine=engine)
        found[code, level] = measured, traced
    return found


def check_batch(batch: Batch, found: Found) -> Counter[str]:
    """Each case gives its answers, and its records meet their fates; how many were looked at."""
    seen: Counter[str] = Counter()
    numbered = {
        key: (
            measured.assign(case=_numbers(measured["org_code"])),
            traced.assign(case=_numbers(traced["record_id"]).fillna(_numbers(traced["org_code"]))),
        )
        for key, (measured, traced) in found.items()
    }
    for number, case in batch.cases.items():
        for level, rows in answers_by_level(case).items():
            measured, traced = (
                table[table["case"] == number] for table in numbered[case.indicator, level]
            )
            asked = {row.get("period") or case.period for row in rows}
            check_derived(case, rows, measured[measured["period"].isin(asked)])
            seen["answers"] += len(rows)
            if level == case.level:
                check_traced(case, traced[traced["period"] == case.period])
                seen["cases"] += 1
                seen["fates"] += fates_said(case)
    return seen


def _numbers(codes: pd.Series[str]) -> pd.Series[float]:
    """The number of the case that each code is of; missing for what no case has alone."""
    return pd.to_numeric(codes.astype("string").str.extract(r"\.(\d+)$", expand=False))
