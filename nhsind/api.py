"""The verbs of nhsind as functions: `import nhsind as ind; ind.derive("rtt", period="2018-03")`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import nhsind.synthetic.data_set as synthetic
from nhsind.definitions import cards
from nhsind.definitions.cards import Card
from nhsind.definitions.catalogue import all_indicators, family_codes, find, load_family, select
from nhsind.definitions.output_columns import OUTPUT_COLUMNS, empty_output
from nhsind.definitions.record_tables import describe_tables
from nhsind.derivation import reconciliation
from nhsind.derivation.questions import (
    Notes as Notes,
)
from nhsind.derivation.questions import (
    as_problems,
    held_lines,
    refuse_if_strict,
    refuse_unanswered,
    refuse_uncovered,
)
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.derivation.tracing import trace_line
from nhsind.derivation.values import measure, whole_if_all_are
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import LEVELS
from nhsind.given import given
from nhsind.periods import Period, parse_period, parse_periods
from nhsind.release.results import Results, compute, load, own_kind
from nhsind.sources.belonging import shares
from nhsind.sources.checked_input import ENGINES
from nhsind.sources.inputs import Data, open_input

if TYPE_CHECKING:
    from nhsind.charts import Chart
    from nhsind.narrative.interpretation import Narrative
    from nhsind.report.run import Summary
    from nhsind.tables.small_table import Table

Progress = Callable[[str], None]


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
    for code, own in shares(given(data).data, codes, source).items():
        try:
            source_input = open_input(load_family(code), own, source)
        except InputError as error:
            problems += error.problems
            continue
        if strict:
            problems += as_problems([item for item in source_input.findings if item.left_out])
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
    read = given(data).data
    own_data = shares(read, list(chosen), source)
    tables = []
    problems: list[Problem] = []
    for family_code, codes in chosen.items():
        family = load_family(family_code)
        lines = [family.indicators[code] for code in codes]
        refuse_unanswered(lines, periods, asked_by_code, told)
        if family_code not in own_data and not asked_by_code & set(codes):
            told.remarks.append(f"the data hold nothing of {family_code}: left out")
            continue
        if progress:
            progress(f"reading {family_code}")
        try:
            own = own_data.get(family_code, read)
            opened = open_input(family, own, source, level=level, revisions=revisions)
            told.findings += opened.findings
            told.remarks += opened.notes
            if strict:
                refuse_if_strict(opened.findings, codes)
            lines = held_lines(opened, lines, asked_by_code, told)
            refuse_uncovered(opened, lines, periods, asked_by_code, told)
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
    return trace_line(
        code,
        given(data).data,
        periods=parse_periods(period),
        org=org,
        level=level,
        source=source,
        engine=engine,
    )


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
    """Write the synthetic data set to a new folder; see `write_sample` of nhsind.synthetic."""
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
    """A family's figures for a notebook: from data to explore, or from what a run released.

    `released`: a folder that a publishing run made; nothing else is then read. Otherwise `data`
    (None: the embedded sample) is derived. `organisation` None: the first; `period` None: the
    last month of the sample or of published files. Raises UsageError for an unknown organisation
    or a missing period.
    """
    if released is not None:
        found = load(Path(released))
    else:
        definition, read = load_family(family), given(data)
        opened = open_input(definition, read.data)
        if period is None:
            month = read.last_month or opened.latest_month()
            period = month and own_kind(definition, month)
        if period is None:
            raise UsageError("give a period, such as 2018-03: records do not say which is meant")
        found = compute(
            opened,
            period if isinstance(period, Period) else parse_period(period),
            level or opened.own_level,
            explore=not read.is_sample,
            described_as=read.described_as,
        )
    return found if organisation is None else found.for_organisation(organisation)


def table(kind: str, found: Results, *codes: str) -> Table:
    """A table of released figures: result, attrition, activity, quality or provenance."""
    from nhsind.tables import kinds

    return kinds.table(kind, found, *codes)


def fate_table(
    code: str,
    records: pd.DataFrame | Mapping[str, pd.DataFrame],
    period: str | Period,
    found: Results | None = None,
) -> Table:
    """Example records (of one table, or tables by name) with the fate of each and the reason.

    `found`: the results of the notebook that shows them; the reports of a run then work the
    fates out once.
    """
    from nhsind.tables import records as tables_of_records

    return tables_of_records.fate_table(code, records, period, found)


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
    refuse_unanswered([line], periods, {line.code}, Notes())
    kinds = {each.kind for each in periods}
    if len(kinds) > 1:
        raise UsageError(f"a chart shows periods of one kind, not {' and '.join(sorted(kinds))}")
    last, first = periods[-1], periods[0]
    history = next(step for step in range(10**4) if last.shift(-step) == first)
    read = given(data)
    opened = open_input(load_family(line.family), read.data, source, level=level)
    held_lines(opened, [line], {line.code}, Notes())
    found = compute(
        opened,
        last,
        level or opened.own_level,
        history=history,
        codes=[line.code],
        described_as=read.described_as,
    )
    return chart(kind, found, line.code, org=org, rules=rules, recalculate_at=recalculate_at)


def interpret(found: Results, org: str | None = None) -> Narrative:
    """What a family's released figures say, in sentences."""
    from nhsind.narrative import interpretation

    return interpretation.interpret(found, org)


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
    from nhsind.report.plan import read_plan
    from nhsind.report.run import run as run_plan

    plan = read_plan(Path(parameters), needs_periods=not due)
    read = given(plan.data if data is None else data)
    return run_plan(
        plan,
        read.data,
        Path(out),
        described_as=read.described_as,
        jobs=jobs,
        runner=runner,
        force=force,
        strict=strict,
        scheduler=scheduler,
        due=due,
        as_of=None if as_of is None else _day(as_of),
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
