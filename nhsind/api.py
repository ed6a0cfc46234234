"""The verbs of nhsind as functions: `import nhsind as ind; ind.derive("rtt", period="2018-03")`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind import inputs, reconciliation
from nhsind.checking import Finding
from nhsind.definition import (
    Indicator,
    all_indicators,
    family_codes,
    find,
    load_family,
    select,
)
from nhsind.derivation import trace_units
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import LEVELS
from nhsind.inputs import Data, open_input
from nhsind.measure import OUTPUT_COLUMNS, measure
from nhsind.periods import Period, parse_periods
from nhsind.reconciliation import Reconciliation
from nhsind.schema import describe_tables

Progress = Callable[[str], None]


@dataclass
class Notes:
    """What a call has to say beside its result: findings, and lines or periods left out."""

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The notes as text, one a line."""
        return [str(item) for item in self.findings] + self.remarks


def list_indicators(family: str | None = None) -> pd.DataFrame:
    """Every indicator (of a family): code, family, title, kind, frequency, standard."""
    if family is not None and family.lower() not in family_codes():
        raise unknown("family", family, family_codes())
    rows = [
        {
            "code": line.code,
            "family": line.family,
            "title": line.title,
            "kind": line.kind,
            "frequency": line.frequency,
            "standard": "; ".join(row.words for row in line.standards),
        }
        for line in all_indicators().values()
        if family is None or line.family == family.lower()
    ]
    return pd.DataFrame(rows)


def schema(family: str | None = None) -> pd.DataFrame:
    """The input tables and columns (of a family), as the code that reads them has them."""
    codes = [family.lower()] if family else family_codes()
    return pd.concat(
        [describe_tables(load_family(code).tables) for code in codes], ignore_index=True
    )


def check(
    data: Data | None = None,
    family: str | None = None,
    source: str | None = None,
    strict: bool = False,
) -> pd.DataFrame:
    """Check the input of a family, or of every family that the data hold.

    Returns the records that some lines leave out: family, table, fault, rows, lines, about,
    places. Raises InputError with every problem of every family where something cannot be read;
    with `strict`, also where a record cannot be true.
    """
    problems: list[Problem] = []
    rows: list[dict[str, object]] = []
    for code in _families_in(data, family):
        try:
            source_input = open_input(load_family(code), data, source)
        except InputError as error:
            problems += error.problems
            continue
        if strict:
            problems += _as_problems(source_input.findings)
        rows += [
            {
                "family": code,
                "table": item.table,
                "fault": item.fault,
                "rows": item.rows,
                "left_out_of": " ".join(item.lines),
                "about": item.about,
                "places": "; ".join(item.places),
            }
            for item in source_input.findings
        ]
    if problems:
        raise InputError(problems)
    columns = ["family", "table", "fault", "rows", "left_out_of", "about", "places"]
    return pd.DataFrame(rows, columns=columns)


def derive(
    selectors: str | Sequence[str],
    data: Data | None = None,
    period: str | Period | Sequence[str | Period] = (),
    level: str | None = None,
    org: str | Sequence[str] | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    geography: str | None = None,
    strict: bool = False,
    notes: Notes | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Derive lines from records or published files: the output table of the contract.

    `selectors`: indicator codes or families. `data`: a folder, files, a dict of table name to
    frame (pandas, Polars, DuckDB, Arrow), or one frame where the family needs one table; None
    for the embedded sample. `period`: months, quarters, years or ranges `A..B`. `level`: ccg,
    provider, tcp, stp, region, england; None for the family's own. `geography`: a month or date
    to whose organisations merged commissioners are restated. `strict`: a record that cannot be
    true is an error. `notes` collects what was left out; without it, it goes to stderr.

    Raises UsageError (unknown name, a period the line does not answer) and InputError (every
    problem of the input).
    """
    chosen = select([selectors] if isinstance(selectors, str) else list(selectors))
    asked_by_code = _named_codes(selectors)
    periods = parse_periods(period)
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if engine not in inputs.ENGINES:
        raise unknown("engine", engine, inputs.ENGINES)
    restate = _restate_date(geography)
    told = notes if notes is not None else Notes()
    tables = []
    for family_code, codes in chosen.items():
        family = load_family(family_code)
        lines = [family.indicators[code] for code in codes]
        _refuse_unanswered(lines, periods, asked_by_code, told)
        if progress:
            progress(f"reading {family_code}")
        opened = open_input(family, data, source)
        told.findings += opened.findings
        told.remarks += opened.notes
        _refuse_if_strict(opened.findings, strict)
        if progress:
            progress(f"deriving {family_code}")
        tables.append(measure(opened, lines, periods, level or family.level, engine, restate))
    result = pd.concat(tables, ignore_index=True)
    if org is not None:
        result = _only(result, [org] if isinstance(org, str) else list(org))
    keys = ["indicator", "org_code", "period"]
    if notes is None:
        for line in told.lines():
            print(line, file=sys.stderr)
    return result.sort_values(keys, ignore_index=True)[OUTPUT_COLUMNS]


def trace(
    code: str,
    data: Data | None = None,
    period: str | Period | Sequence[str | Period] = (),
    org: str | None = None,
    level: str | None = None,
    source: str | None = None,
    engine: str = "duckdb",
) -> pd.DataFrame:
    """Every unit of a line with its fate and the reason; adds up to what `derive` gives.

    Columns: indicator, record_id, org_code, period, in_denominator, in_numerator,
    excluded_because, quantity, count.
    """
    indicator = find(code)
    family = load_family(indicator.family)
    periods = parse_periods(period)
    _refuse_unanswered([indicator], periods, {indicator.code}, Notes())
    opened = open_input(family, data, source)
    wanted = level or family.level
    return trace_units(
        opened, indicator, periods, wanted, engine, org.strip().upper() if org else None
    )


def reconcile(
    family: str,
    data: Data,
    source: str | None = None,
    published: str | Path | None = None,
    progress: Progress | None = None,
) -> Reconciliation:
    """Derive from published files and compare every cell that the publisher printed.

    The result has `summary`, `differences`, `cells` (DataFrames) and `agrees`.
    """
    return reconciliation.reconcile(load_family(family.lower()), data, source, published, progress)


def _named_codes(selectors: str | Sequence[str]) -> set[str]:
    names = [selectors] if isinstance(selectors, str) else list(selectors)
    return {find(name).code for name in names if name.lower() not in family_codes()}


def _refuse_unanswered(
    lines: list[Indicator], periods: list[Period], by_code: set[str], notes: Notes
) -> None:
    """A line asked for by code must answer every period; one of a family is left out, noted."""
    for line in lines:
        strange = [period for period in periods if not line.answers(period)]
        if not strange:
            continue
        text = (
            f"{line.code} is {line.frequency} and has no figure for "
            f"{', '.join(str(period) for period in strange)}"
        )
        if line.code in by_code:
            raise UsageError(text)
        notes.remarks.append(f"{text}: left out")


def _refuse_if_strict(findings: list[Finding], strict: bool) -> None:
    if strict and findings:
        raise InputError(_as_problems(findings))


def _as_problems(findings: list[Finding]) -> list[Problem]:
    return [
        Problem(item.table, f"{item.about}; first at {', '.join(item.places)}", rows=item.rows)
        for item in findings
    ]


def _restate_date(text: str | None) -> date | None:
    """The day to whose organisations figures are restated: a date, or the first of a month."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        raise UsageError(f'"{text}" is not a date: write 2019-04 or 2019-04-01') from None


def _only(table: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    wanted = [code.strip().upper() for code in codes]
    present = set(table["org_code"])
    missing = [code for code in wanted if code not in present]
    if missing:
        raise unknown("organisation of this input", missing[0], sorted(present))
    return table[table["org_code"].isin(wanted)]


def _families_in(data: Any, family: str | None) -> list[str]:
    if family is not None:
        return [load_family(family.lower()).code]
    if isinstance(data, str | Path):
        data = [data]
    if isinstance(data, list | tuple):
        folders = [Path(item) for item in data if Path(item).is_dir()]
        held = [code for code in family_codes() if any((f / code).is_dir() for f in folders)]
        return held or family_codes()
    return family_codes()
