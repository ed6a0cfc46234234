"""The verbs of nhsind as functions: `import nhsind as ind; ind.derive("rtt", period="2018-03")`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import nhsind.synthetic.data_set as synthetic
from nhsind.definitions import cards
from nhsind.definitions.cards import Card
from nhsind.definitions.definition import (
    Indicator,
    all_indicators,
    family_codes,
    find,
    load_family,
    select,
)
from nhsind.definitions.output_columns import OUTPUT_COLUMNS, empty_output
from nhsind.definitions.record_tables import describe_tables
from nhsind.derivation import reconciliation
from nhsind.derivation.flags import organisations, trace_units
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.derivation.values import measure, whole_if_all_are
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import LEVELS
from nhsind.periods import Period, parse_periods
from nhsind.release import results as family_results
from nhsind.release.results import Results
from nhsind.sources.belonging import shares
from nhsind.sources.checked_input import ENGINES, Input
from nhsind.sources.findings import Finding
from nhsind.sources.inputs import Data, open_input

if TYPE_CHECKING:
    from nhsind.charts import Chart
    from nhsind.narrative.telling import Narrative
    from nhsind.report.run import Summary
    from nhsind.tables.tables import Table

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
    codes = family_codes() if family is None else [load_family(family.lower()).code]
    for code, own in shares(data, codes, source).items():
        try:
            source_input = open_input(load_family(code), own, source)
        except InputError as error:
            problems += error.problems
            continue
        if strict:
            problems += _as_problems([item for item in source_input.findings if item.left_out])
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
        raise InputError(dict.fromkeys(problems))
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
    revisions: bool = False,
) -> pd.DataFrame:
    """Derive lines from records or published files: the output table of the contract.

    `selectors`: indicator codes or families. `data`: a folder, files, a dict of table name to
    frame (pandas, Polars, DuckDB, Arrow), or one frame where the family needs one table; None
    for the embedded sample. `period`: months, quarters, years or ranges `A..B`. `level`: ccg,
    provider, tcp, stp, region, england; None for the family's own. `geography`: a month or date
    to whose organisations merged commissioners are restated. `strict`: a record that cannot be
    true is an error. `revisions`: of published files of the same months the one given last
    counts. `notes` collects what was left out; without it, it goes to stderr.

    Raises UsageError (unknown name, a period the line does not answer) and InputError (every
    problem of the input).
    """
    chosen = select([selectors] if isinstance(selectors, str) else list(selectors))
    if not chosen:
        raise UsageError("name at least one indicator or family")
    asked_by_code = _named_codes(selectors)
    periods = parse_periods(period)
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if engine not in ENGINES:
        raise unknown("engine", engine, ENGINES)
    restate = _restate_date(geography)
    told = notes if notes is not None else Notes()
    own_data = shares(data, list(chosen), source)
    tables = []
    problems: list[Problem] = []
    for family_code, codes in chosen.items():
        family = load_family(family_code)
        lines = [family.indicators[code] for code in codes]
        _refuse_unanswered(lines, periods, asked_by_code, told)
        if family_code not in own_data and not asked_by_code & set(codes):
            told.remarks.append(f"the data hold nothing of {family_code}: left out")
            continue
        if progress:
            progress(f"reading {family_code}")
        try:
            own = own_data.get(family_code, data)
            opened = open_input(family, own, source, level=level, revisions=revisions)
            told.findings += opened.findings
            told.remarks += opened.notes
            if strict:
                refuse_if_strict(opened.findings, codes)
            lines = _held_lines(opened, lines, asked_by_code, told)
            _refuse_uncovered(opened, lines, periods, asked_by_code, told)
            if progress and not problems:
                progress(f"deriving {family_code}")
            # Once something is wrong, only what else is wrong is looked for.
            wanted = [] if problems else lines
            own_level = level or opened.own_level
            tables.append(measure(opened, wanted, periods, own_level, engine, restate))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    # One without rows would take the types of its columns from the others.
    filled = [table for table in tables if not table.empty] or [empty_output()]
    result = pd.concat(filled, ignore_index=True)[OUTPUT_COLUMNS]
    for name in ("numerator", "denominator"):
        result[name] = whole_if_all_are(result[name])
    if org is not None:
        result = _only(result, [org] if isinstance(org, str) else list(org))
    keys = ["indicator", "org_code", "period"]
    if notes is None:
        for line in told.lines():
            print(line, file=sys.stderr)
    return result.sort_values(keys, ignore_index=True)


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
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)
    _refuse_unanswered([indicator], periods, {indicator.code}, Notes())
    opened = open_input(family, data, source, level=level)
    _refuse_uncovered(opened, [indicator], periods, {indicator.code}, Notes())
    wanted = level or opened.own_level
    code_of_org = org.strip().upper() if org else None
    if code_of_org is not None:
        present = organisations(opened, opened.base_level(wanted))
        if code_of_org not in present:
            raise unknown("organisation of this input", code_of_org, present)
    return trace_units(opened, indicator, periods, wanted, engine, code_of_org)


def reconcile(
    family: str,
    data: Data,
    source: str | None = None,
    published: str | Path | None = None,
    progress: Progress | None = None,
    revisions: bool = False,
) -> Reconciliation:
    """Derive from published files and compare every cell that the publisher printed.

    `revisions`: of files of the same months the one given last counts. The result has `summary`,
    `differences`, `cells` (DataFrames) and `agrees`.
    """
    return reconciliation.reconcile(
        load_family(family.lower()), data, source, published, progress, revisions
    )


def define(code: str) -> Card:
    """The definition of a line: a card in JupyterLab, text when printed."""
    return cards.define(code)


def sample(
    folder: str | Path,
    seed: int | None = None,
    ccgs: int | None = None,
    months: int | None = None,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> Path:
    """Write the synthetic data set to a new folder; see `nhsind.synthetic.data_set.write_sample`."""
    return synthetic.write_sample(
        Path(folder),
        seed if seed is not None else synthetic.DEFAULT_SEED,
        ccgs if ccgs is not None else synthetic.DEFAULT_CCGS,
        months if months is not None else synthetic.DEFAULT_MONTHS,
        scale,
        progress,
    )


def results(
    family: str,
    organisation: str | None = None,
    period: str | Period | None = None,
    data: Data | None = None,
    released: str | Path | None = None,
    level: str | None = None,
) -> Results:
    """A family's figures for a notebook; see `nhsind.release.results.results`."""
    found = family_results.results(family, organisation, period, data, released, level)
    layers = Path(released) / family_results.LAYERS if released is not None else None
    if layers is not None and layers.is_file():
        from nhsind.charts import use_layers

        use_layers(found, json.loads(layers.read_text("utf-8")))
    return found


def table(kind: str, found: Results, *codes: str) -> Table:
    """A table of released figures: result, attrition, activity, quality or provenance."""
    from nhsind.tables import tables

    return tables.table(kind, found, *codes)


def fate_table(
    code: str, records: pd.DataFrame | Mapping[str, pd.DataFrame], period: str | Period
) -> Table:
    """Example records (of one table, or tables by name) with the fate of each and the reason."""
    from nhsind.tables import tables

    return tables.fate_table(code, records, period)


def chart(
    kind: str,
    found: Results,
    *codes: str,
    org: str | None = None,
    rules: str = "mdc-sql-2.5",
    recalculate_at: Sequence[str] | Mapping[str, str] = (),
) -> Chart:
    """A chart of released figures: spc, funnel, ranked, trend or attrition.

    `codes` left out: the family's first line that is no count. See `nhsind.charts.chart`.
    """
    from nhsind import charts

    if not codes:
        lines = found.family.indicators.values()
        first = next((line.code for line in lines if not line.is_count), None)
        codes = (first or next(iter(found.family.indicators)),)
    return charts.chart(kind, found, *codes, org=org, rules=rules, recalculate_at=recalculate_at)


def chart_of(
    kind: str,
    code: str,
    data: Data | None,
    period: str | Period | Sequence[str | Period],
    org: str,
    level: str | None = None,
    source: str | None = None,
    rules: str = "mdc-sql-2.5",
    recalculate_at: Sequence[str] = (),
) -> Chart:
    """A chart of one line straight from data: the periods given, the last of them the chart's own.

    The figures are released under the family's disclosure policy first. Raises as `derive`, and
    DisclosureError where release refuses.
    """
    line = find(code)
    periods = parse_periods(period)
    _refuse_unanswered([line], periods, {line.code}, Notes())
    kinds = {each.kind for each in periods}
    if len(kinds) > 1:
        raise UsageError(f"a chart shows periods of one kind, not {' and '.join(sorted(kinds))}")
    last, first = periods[-1], periods[0]
    history = next(step for step in range(10**4) if last.shift(-step) == first)
    opened = open_input(load_family(line.family), data, source, level=level)
    _held_lines(opened, [line], {line.code}, Notes())
    found = family_results.compute(
        opened, last, level or opened.own_level, history=history, codes=[line.code]
    )
    return chart(kind, found, line.code, org=org, rules=rules, recalculate_at=recalculate_at)


def interpret(found: Results, org: str | None = None) -> Narrative:
    """What a family's released figures say, in sentences."""
    from nhsind.narrative import telling as narrative

    return narrative.interpret(found, org)


def run(
    parameters: str | Path,
    data: Data | None = None,
    out: str | Path = "reports",
    jobs: int | None = None,
    runner: str | None = None,
    force: bool = False,
    strict: bool = False,
    scheduler: str | None = None,
    due: bool = False,
    as_of: str | date | None = None,
) -> Summary:
    """Publish the reports of a run plan; see `nhsind.report.run.run`."""
    from nhsind.report.run import run as run_plan

    day = None if as_of is None else _day(as_of)
    return run_plan(
        Path(parameters), data, Path(out), jobs, runner, force, strict, scheduler, due, day
    )


def due(as_of: str | date, family: str | None = None) -> pd.DataFrame:
    """Which families and periods are due on a day; see `nhsind.derivation.schedule.due`."""
    from nhsind.derivation.schedule import due as due_table

    families = None if family is None else [load_family(family.lower()).code]
    return due_table(_day(as_of), families)


def _day(given: str | date) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f'"{given}" is not a day: write 2018-04-10') from None


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


def _held_lines(
    opened: Input, lines: list[Indicator], by_code: set[str], notes: Notes
) -> list[Indicator]:
    """The lines whose tables are there; a missing one is an error for a line asked for by code."""
    problems = []
    for line in lines:
        if opened.holds(line):
            continue
        lacking = ", ".join(opened.family.tables_missing(line, opened.tables))
        text = f"holds no table {lacking}, which {line.code} needs"
        if line.code in by_code:
            problems.append(Problem(opened.description, text))
        else:
            notes.remarks.append(f"{opened.description} {text}: left out")
    if problems:
        raise InputError(problems)
    return [line for line in lines if opened.holds(line)]


def _refuse_uncovered(
    opened: Input, lines: list[Indicator], periods: list[Period], by_code: set[str], notes: Notes
) -> None:
    """Published files answer only for the lines and months they hold; nothing is taken for 0."""
    problems = []
    for line in lines:
        lacking = [
            str(each) for each in periods if line.answers(each) and not opened.covers(line, each)
        ]
        if not lacking:
            continue
        text = f"does not hold what {line.code} needs for {', '.join(lacking)}"
        months = opened.months_of_events(line)
        if months is not None and line.code in by_code:
            held = ", ".join(str(month) for month in months) or "none"
            raise UsageError(f"{line.code} has figures only for the months of its survey: {held}")
        if line.code in by_code:
            problems.append(Problem(opened.description, text))
        else:
            notes.remarks.append(f"{opened.description} {text}: left out")
    if problems:
        raise InputError(problems)


def refuse_if_strict(findings: list[Finding], codes: Collection[str]) -> None:
    """Records left out of one of the lines are an error; rows that agree are only reported."""
    left_out = [item for item in findings if item.left_out and set(item.lines) & set(codes)]
    if left_out:
        raise InputError(_as_problems(left_out))


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
    if table.empty:  # of no line that has such periods; a note says so
        return table
    wanted = [code.strip().upper() for code in codes]
    present = set(table["org_code"])
    missing = [code for code in wanted if code not in present]
    if missing:
        raise unknown("organisation of this input", missing[0], sorted(present))
    return table[table["org_code"].isin(wanted)]
