"""From sums to the output table: levels, values, intervals, standards, plans, status."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.output_columns import empty_output, output_columns
from nhsind.definitions.standards import Standard
from nhsind.definitions.statuses import Status, first_of
from nhsind.derivation.breakdown import Breakdown, not_covered_by, sums_by
from nhsind.derivation.figures import Array, as_exact, as_floats, whole_if_all_are
from nhsind.derivation.organisation_sums import not_covered_sums, sums
from nhsind.derivation.standards import COMPARISONS, meets_plan, value_of
from nhsind.periods import Period, parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.counts import SLACKS
from nhsind.statistics.intervals import poisson, student, wilson

NO_CASES = "nothing to take a share, a rate or a mean of"


def measure(
    source: Input,
    indicators: list[Indicator],
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
    by: Breakdown | None = None,
) -> pd.DataFrame:
    """The output table of the contract for some lines of one family.

    One row per line, organisation and period that the line answers, sorted by these three; each
    organisation of the input has a row, also with no units, and with `not_covered` where the input
    does not cover the period. Further columns hold what a released table is judged by: a mean's sum
    of squares, the figures an own standard is made of. `restate`: add merged commissioners to their
    successors as of that day. `by`: a row per group of each organisation; the lines can be broken
    down so.
    """
    tables = []
    groups = by.columns if by else ()
    for indicator in indicators:
        asked = [period for period in periods if indicator.answers(period)]
        covered = [period for period in asked if source.covers(indicator, period)]
        parts = []
        if covered and by:
            counted = sums_by(
                source,
                indicator,
                by=by,
                periods=covered,
                level=level,
                engine=engine,
                restate=restate,
            )
            parts.append(counted)
        elif covered:
            parts.append(
                sums(
                    source, indicator, periods=covered, level=level, engine=engine, restate=restate
                )
            )
        # Months without a survey are nothing that a survey's data could cover.
        if not indicator.only_months_of and len(covered) < len(asked):
            rest = [period for period in asked if period not in covered]
            rows = not_covered_sums(source, indicator, periods=rest, level=level, restate=restate)
            if by:
                rows = not_covered_by(
                    source,
                    indicator,
                    by=by,
                    rows=rows,
                    level=level,
                    engine=engine,
                    restate=restate,
                )
            parts.append(rows)
        if parts:
            summed = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
            tables.append(_finish(source, indicator, summed, level, is_whole=by is None))
    if not tables:
        return empty_output().reindex(columns=output_columns(groups))
    result = pd.concat(tables, ignore_index=True)
    columns = output_columns(groups)
    others = [name for name in result.columns if name not in columns]
    keys = ["indicator", "org_code", "period", *groups]
    return result.sort_values(keys, ignore_index=True)[[*columns, *others]]


def _finish(
    source: Input,
    indicator: Indicator,
    counted: pd.DataFrame,
    level: str,
    is_whole: bool,
) -> pd.DataFrame:
    table = counted.drop(columns=SLACKS, errors="ignore").reset_index(drop=True)
    table["family"] = indicator.family
    table["indicator"] = indicator.code
    table["org_level"] = level
    pairs = table[["org_code", "period"]].drop_duplicates().itertuples(index=False)
    names = {(code, text): source.name_of(level, code, text) for code, text in pairs}
    placed = zip(table["org_code"], table["period"], strict=True)
    table["org_name"] = [names[pair] for pair in placed]
    table["kind"] = indicator.kind
    table["unit"] = indicator.unit_of_value
    for name in indicator.measures:
        table[name] = whole_if_all_are(table[name])
    value_table(table, indicator)
    table["plan"] = np.nan
    if is_whole:
        _add_plans(table, indicator, source.plans)
    # A count that a standard asks of the whole says nothing of a part; a share does.
    judged = indicator if is_whole or not indicator.is_count else replace(indicator, standards=())
    judge_table(table, judged)
    return table


def value_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `value`, `ci_lower`, `ci_upper`, `status` and `note` from numerator and denominator.

    Where a `mark` stands for one of them it is the status, unless another goes before it. A
    partial figure has a value; others that are marked have none.
    """
    numerator = as_floats(table["numerator"])
    table["status"] = Status.OK
    if indicator.is_count:
        table["value"] = numerator
        _add_interval(table, indicator, numerator, np.ones(len(table)))
    else:
        denominator = as_floats(table["denominator"])
        has_cases = denominator > 0
        safe = np.where(has_cases, denominator, np.nan)
        table["value"] = numerator * indicator.per / safe
        _add_interval(table, indicator, np.where(has_cases, numerator, np.nan), safe)
        table.loc[~has_cases, "status"] = Status.NO_CASES
        table.loc[np.isnan(denominator), "status"] = Status.NO_DENOMINATOR
    if "mark" in table:
        pairs = zip(table["status"], table["mark"].fillna(""), strict=True)
        table["status"] = [first_of(pair) for pair in pairs]
        has_value = table["status"].isin([Status.OK, Status.PARTIAL])
        table.loc[~has_value, ["value", "ci_lower", "ci_upper"]] = np.nan
    notes = table["note"] if "note" in table else pd.Series("", index=table.index)
    table["note"] = notes.where(table["status"] != Status.OK, "")
    table.loc[(table["status"] == Status.NO_CASES) & (table["note"] == ""), "note"] = NO_CASES


def _add_interval(
    table: pd.DataFrame, indicator: Indicator, numerator: Array, denominator: Array
) -> None:
    """Wilson for a proportion, Student for a mean, Poisson on the numerator for the others."""
    table["ci_lower"] = table["ci_upper"] = np.nan
    if not indicator.has_interval or indicator.numerator.public:
        return
    if indicator.kind == "proportion":
        lower, upper = wilson(numerator, denominator)
    elif indicator.kind == "mean":
        if "squares" not in table:
            return  # nothing is known of the spread
        lower, upper = student(numerator, as_floats(table["squares"]), denominator)
    else:
        events = np.where(numerator == np.floor(numerator), numerator, np.nan)
        lower, upper = poisson(events)
        lower, upper = lower / denominator * indicator.per, upper / denominator * indicator.per
    table["ci_lower"], table["ci_upper"] = lower, upper


def judge_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `standard`, `comparator`, `meets_standard` and `meets_plan` from the counts."""
    pairs = list(zip(table["period"], table["org_level"], strict=True))
    found = {
        (text, level): indicator.standard(parse_period(text), level)
        for text, level in dict.fromkeys(pairs)
    }
    judged = [
        _judged(indicator, found[pair], row)
        for pair, row in zip(pairs, table.to_dict("records"), strict=True)
    ]
    limits, comparators, standards_met, plans_met = (
        zip(*judged, strict=True) if judged else [()] * 4
    )
    table["standard"] = np.array(limits, dtype=float)
    table["comparator"] = pd.Series(comparators, index=table.index, dtype=object)
    table["meets_standard"] = pd.Series(standards_met, index=table.index, dtype="boolean")
    table["meets_plan"] = pd.Series(plans_met, index=table.index, dtype="boolean")
    table.loc[table["status"] == Status.NOT_COVERED, "plan"] = np.nan


def _judged(
    indicator: Indicator, standard: Standard | None, row: Mapping[Hashable, Any]
) -> tuple[float, str | None, bool | None, bool | None]:
    """The standard's limit and operator for a row, and whether it meets it, and its plan."""
    if row["status"] == Status.NOT_COVERED:
        return np.nan, None, None, None
    is_planned = row["status"] == Status.OK and not pd.isna(row["plan"])
    meets_own_plan = _meets_plan(indicator, row) if is_planned else None
    limit = None if standard is None else limit_of(indicator, standard, row)
    if standard is None or limit is None:
        return np.nan, None, None, meets_own_plan
    verdict = _verdict(indicator, standard, limit, row)
    return float(limit), standard.operator, verdict, meets_own_plan


def limit_of(indicator: Indicator, standard: Standard, row: Mapping[Any, Any]) -> Fraction | None:
    """The standard's value for one row; where each organisation has its own, from its figures."""
    if not standard.is_own:
        return standard.exact
    given = {name: row[f"standard_{name}"] for name in indicator.standard_from}
    if any(pd.isna(value) for value in given.values()):
        return None
    rules = load_family(indicator.family).rules
    function = getattr(rules, standard.value)
    limit: Fraction = function(
        parse_period(str(row["period"])), **{name: as_exact(value) for name, value in given.items()}
    )
    return limit


def _verdict(
    indicator: Indicator, standard: Standard, limit: Fraction, row: Mapping[Any, Any]
) -> bool | None:
    """Whether a row's exact value meets the limit; None where it has no value."""
    if row["status"] != Status.OK or pd.isna(row["numerator"]):
        return None
    return bool(COMPARISONS[standard.operator](_exact_value(indicator, row), limit))


def _meets_plan(indicator: Indicator, row: Mapping[Hashable, Any]) -> bool | None:
    """Whether a row's exact value meets its plan; None for lines without a direction."""
    if pd.isna(row["numerator"]):
        return None
    return meets_plan(indicator, _exact_value(indicator, row), row["plan"])


def _exact_value(indicator: Indicator, row: Mapping[Any, Any]) -> Fraction:
    """The value of a row that has one, as a fraction."""
    denominator = None if indicator.is_count else as_exact(row["denominator"])
    return value_of(as_exact(row["numerator"]), denominator, indicator.per)


def _add_plans(table: pd.DataFrame, indicator: Indicator, plans: pd.DataFrame | None) -> None:
    if plans is None:
        return
    mine = plans[plans["indicator"] == indicator.own_code.upper()]
    by_key = {
        (code, period): plan
        for code, period, plan in mine[["org_code", "period", "plan"]].itertuples(index=False)
    }
    keys = zip(table["org_code"], table["period"], strict=True)
    table["plan"] = [by_key.get(key, np.nan) for key in keys]
