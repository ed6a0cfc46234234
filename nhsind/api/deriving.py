"""From data to figures: derive them, trace them to their records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd

from nhsind.api.units import ASKED, Question, asked
from nhsind.arguments import checked
from nhsind.definitions.catalogue import (
    Selectors,
    each_of,
    family_codes,
    find,
    load_family,
    select,
)
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.output_columns import empty_output, output_columns
from nhsind.derivation.breakdown import breakdown_by, split_lines
from nhsind.derivation.figures import whole_if_all_are
from nhsind.derivation.members import totals_without
from nhsind.derivation.organisations_asked import only
from nhsind.derivation.questions import (
    Notes,
    any_covered,
    held_lines,
    not_covered,
    not_held,
    overlooked,
    refuse_if_strict,
    refuse_no_survey,
    refuse_unanswered,
    refuse_unknown_level,
)
from nhsind.derivation.tracing import trace_line
from nhsind.derivation.values import measure
from nhsind.engines.embedded import ENGINES
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import Geography
from nhsind.given import given
from nhsind.periods import Period, parse_periods
from nhsind.sources.belonging import shares
from nhsind.sources.inputs import Data, open_input
from nhsind.sources.unusual_findings import unusual_findings

Periods = str | Period | Sequence[str | Period]
KEYS = ["indicator", "org_code", "period"]


@checked
def derive(
    selectors: str | Indicator | Sequence[str | Indicator],
    data: Data | None = None,
    *,
    period: Periods,
    level: str | None = None,
    org: str | Sequence[str] | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    geography: str | None = None,
    strict: bool = False,
    notes: Notes | None = None,
    progress: Callable[[str], None] | None = None,
    revisions: bool = False,
    covers: str | None = None,
    tolerance: str | float | None = None,
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Derive lines from records or published files: the output table.

    Nothing is printed: what was left out, and why, stands in `attrs["notes"]` of the table, a
    list of sentences.

    Parameters
    ----------
    selectors
        Codes of indicators, variants of them, or codes of families, whose every line is meant.
    data
        A folder, files, a dict of table name to frame (pandas, Polars, DuckDB, Arrow), or one
        frame where the family needs one table; None: the embedded sample.
    period
        Months, quarters, years or ranges `A..B`.
    level
        ccg, provider, tcp, stp, region or england; None: the family's own.
    org
        Only these organisations.
    source
        Name of a published layout; None: recognised.
    engine
        What the rules run on: duckdb, pandas or polars. The figures are the same.
    geography
        A month or date to whose organisations merged commissioners are restated.
    strict
        Whether a record that cannot be true is an error.
    notes
        Collects what `attrs["notes"]` says as objects: findings, and lines left out.
    progress
        Called with what is being done.
    revisions
        Of published files of the same months the one given last counts, and of rows that are alike
        in all one.
    covers
        The months that the records cover, as `2017-04..2018-03`; None: as a `coverage.csv`
        declares, else as their dates tell. A period that is not covered has rows without numbers,
        of status `not_covered`.
    tolerance
        An organisation's month under this share of its usual number, or over its reciprocal, is
        named; None: 0.5.
    by
        Columns of the family's table, also of your own: a row per group of each organisation, in
        columns before `kind`. Groups add up to the figure of the whole; units without a value are
        the group `(missing)`. A denominator of a table without the column cannot be split.

    Raises
    ------
    UsageError
        An unknown name, a period that a line named by its code does not answer, or a column that
        its units do not have.
    InputError
        Every problem of the input, or none of the periods is covered.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> table = derive("E.B.3", pathways, period="2018-03")
    >>> table[["numerator", "denominator", "meets_standard"]].to_numpy().tolist()
    [[1, 2, False]]
    >>> table.attrs["notes"]
    []
    """
    chosen = select(selectors)
    if not chosen:
        raise UsageError("name at least one indicator or family")
    by_code = _named_codes(selectors)
    periods = parse_periods(period)
    refuse_unknown_level(level)
    if engine not in ENGINES:
        raise unknown("engine", engine, ENGINES)
    restate = _restate_date(geography)
    names = [by] if isinstance(by, str) else [] if by is None else list(by)
    groups = breakdown_by(names) if names else None
    wanted_orgs = [org] if isinstance(org, str) else [] if org is None else list(org)
    asked_for = [code.strip().upper() for code in wanted_orgs]
    also, shown = (groups.keys, groups.columns) if groups else ((), ())
    told = notes if notes is not None else Notes()
    read = given(data).data
    own_data = shares(read, list(chosen), source)
    tables = []
    problems: list[Problem] = []
    uncovered: list[Problem] = []
    none_held: list[Problem] = []
    geographies: list[Geography | None] = []
    is_covered = any_held = False
    for family_code, lines in chosen.items():
        family = load_family(family_code)
        codes = [line.own_code for line in lines]
        told.remarks += [f"{line.code} is {line.variant_words}" for line in lines if line.differs]
        refuse_unanswered(lines, periods, by_code, told)
        if family_code not in own_data and not by_code & {line.code for line in lines}:
            told.remarks.append(f"the data hold nothing of {family_code}: left out")
            continue
        if progress:
            progress(f"reading {family_code}")
        try:
            own = own_data.get(family_code, read)
            opened = open_input(
                family,
                own,
                source=source,
                level=level,
                revisions=revisions,
                covers=covers,
                tolerance=tolerance,
                also=also,
                engine=engine,
            )
            geographies.append(opened.geography)
            months = {month for each in periods for month in each.split_months()}
            own_level = level or opened.own_level
            is_own = own_level == opened.base_level(level) and restate is None
            unusual = unusual_findings(
                opened, codes, months, level=level, organisations=asked_for if is_own else ()
            )
            findings = [*opened.findings, *unusual]
            told.findings += findings
            told.remarks += opened.notes
            if strict:
                refuse_if_strict(findings, codes)
            none_held += not_held(opened, lines)
            lines = held_lines(opened, lines, by_code, told)
            refuse_no_survey(opened, lines, periods=periods, by_code=by_code, notes=told)
            if groups:
                lines, remarks = split_lines(opened, lines, groups, by_code)
                told.remarks += remarks
            lacking = not_covered(opened, lines, periods)
            told.remarks += map(str, lacking)
            told.remarks += overlooked(opened, lines, periods)
            told.remarks += totals_without(opened, lines, periods, level=own_level, restate=restate)
            uncovered += lacking
            is_covered = is_covered or any_covered(opened, lines, periods)
            if progress and not problems:
                progress(f"deriving {family_code}")
            # Once something is wrong, only what else is wrong is looked for.
            wanted = [] if problems else lines
            tables.append(
                measure(
                    opened,
                    wanted,
                    periods=periods,
                    level=own_level,
                    engine=engine,
                    restate=restate,
                    by=groups,
                )
            )
            any_held = any_held or bool(lines)
        except InputError as error:
            problems += error.problems
    problems += [] if is_covered else uncovered
    problems += [] if any_held else none_held
    if problems:
        raise InputError(dict.fromkeys(problems))
    result = _one_table(tables, shown)
    if result.empty:
        of, dates = ", ".join(chosen), ", ".join(map(str, periods))
        told.remarks.append(f"no line of {of} has a figure for {dates}: the table is empty")
    if org is not None:
        result = only(result, asked_for, geographies)
    result = result.sort_values([*KEYS, *shown], ignore_index=True)
    result.attrs["notes"] = told.lines()
    named = {line.code: line for lines in chosen.values() for line in lines}
    question = Question(read, named, source, engine, covers, restate, shown)
    result.attrs[ASKED] = asked(question)
    return result


@checked
def trace(
    code: str | Indicator,
    data: Data | None = None,
    *,
    period: Periods,
    org: str | None = None,
    level: str | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    covers: str | None = None,
    tolerance: str | float | None = None,
    columns: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Every unit of a line with its fate and the reason; adds up to what `derive` gives.

    Parameters
    ----------
    code
        An indicator's code, or a variant.
    data, period, level, source, engine, covers, tolerance
        As for `derive`.
    org
        Only the units of this organisation.
    columns
        What is shown of each unit beside its fate: columns of its records, also of your own.
        None: the dates and codes that the line's clauses read, and `days_waited` (or
        `minutes_waited`) where a clause judges a wait.

    Returns
    -------
    DataFrame
        indicator, record_id, org_code, period, in_denominator, in_numerator, excluded_because,
        quantity, count, then `columns`.

    Raises
    ------
    UsageError
        An unknown name or column, or a period that the line does not answer.
    InputError
        Every problem of the input.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> units = trace("E.B.3", pathways, period="2018-03")
    >>> units[["record_id", "in_numerator", "excluded_because"]].to_numpy().tolist()
    [['a', True, None], ['b', False, 'within_18_weeks']]
    """
    return trace_line(
        code,
        given(data).data,
        periods=parse_periods(period),
        org=org,
        level=level,
        source=source,
        engine=engine,
        covers=covers,
        tolerance=tolerance,
        columns=[columns] if isinstance(columns, str) else columns,
    )


def _named_codes(selectors: Selectors) -> set[str]:
    names = each_of(selectors)
    return {
        find(name).code
        for name in names
        if isinstance(name, Indicator) or name.lower() not in family_codes()
    }


def _restate_date(text: str | None) -> date | None:
    """The day to whose organisations figures are restated: a date, or the first of a month."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        raise UsageError(f'"{text}" is not a date: write 2019-04 or 2019-04-01') from None


def _one_table(tables: Sequence[pd.DataFrame], by: Sequence[str]) -> pd.DataFrame:
    # One without rows would take the types of its columns from the others.
    filled = [table for table in tables if not table.empty] or [
        empty_output().reindex(columns=output_columns(by))
    ]
    result = pd.concat(filled, ignore_index=True)[output_columns(by)]
    for name in ("numerator", "denominator"):
        result[name] = whole_if_all_are(result[name])
    return result
