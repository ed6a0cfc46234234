"""From sums to the output table: levels, values, intervals, standards, plans, status."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
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
from nhsind.derivation.figures import Array, as_exact, as_floats, as_number, whole_if_all_are
from nhsind.derivation.organisation_sums import not_covered_sums, sums
from nhsind.derivation.standards import COMPARISONS, meets_plan, value_of
from nhsind.periods import Period, parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.counts import SLACKS
from nhsind.sources.lost_months import lost_of
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
            counted = sums(
                source, indicator, periods=covered, level=level, engine=engine, restate=restate
            )
            lost = {str(each): "; ".join(lost_of(source, indicator, each)) for each in covered}
            of_lost = counted["period"].map(lost)
            parts.append(counted.assign(note=counted["note"].where(counted["note"] != "", of_lost)))
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
            tables.append(
                _finish(source, indicator, counted=summed, level=level, is_whole=by is None)
            )
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
    *,
    counted: pd.DataFrame,
    level: str,
    is_whole: bool,
) -> pd.DataFrame:
    """The sums of one line with all columns of the output table."""
    counted = counted.drop(columns=SLACKS, errors="ignore").reset_index(drop=True)
    placed = list(zip(counted["org_code"], counted["period"], strict=True))
    names = {pair: source.name_of(level, *pair) for pair in dict.fromkeys(placed)}
    counted = counted.assign(
        **{name: whole_if_all_are(counted[name]) for name in indicator.measures}
    )
    told = pd.DataFrame(
        {
            "family": indicator.family,
            "indicator": indicator.code,
            "org_level": level,
            "org_name": [names[pair] for pair in placed],
            "kind": indicator.kind,
            "unit": indicator.unit_of_value,
            "plan": _plans(indicator, placed, source.plans if is_whole else None),
            **value_columns(counted, indicator),
        },
        index=counted.index,
    )
    rest = counted.columns.difference(told.columns, sort=False)
    table = pd.concat([counted[rest], told], axis="columns")
    # A count that a standard asks of the whole says nothing of a part; a share does.
    judged = indicator if is_whole or not indicator.is_count else replace(indicator, standards=())
    return table.assign(**verdict_columns(table, judged))


def value_columns(figures: pd.DataFrame, indicator: Indicator) -> dict[str, Any]:
    """`value`, `ci_lower`, `ci_upper`, `status` and `note` of numerators and denominators.

    `figures`: with numerator, denominator, and where they apply the sum of squares of a mean,
    `mark` and `note`. Where a `mark` stands for a figure it is the status, unless another goes
    before it. A partial figure has a value; others that are marked have none.
    """
    numerator = as_floats(figures["numerator"])
    status = np.full(len(figures), Status.OK, dtype=object)
    if indicator.is_count:
        denominator, value = np.ones(len(figures)), numerator
    else:
        denominator = as_floats(figures["denominator"])
        has_cases = denominator > 0
        status[~has_cases] = Status.NO_CASES
        status[np.isnan(denominator)] = Status.NO_DENOMINATOR
        numerator = np.where(has_cases, numerator, np.nan)
        denominator = np.where(has_cases, denominator, np.nan)
        value = numerator * indicator.per / denominator
    lower, upper = _interval(figures, indicator, numerator, denominator)
    if "mark" in figures and (marks := figures["mark"].fillna("").to_numpy(dtype=object)).any():
        status = np.array(
            [first_of(pair) for pair in zip(status, marks, strict=True)], dtype=object
        )
        has_value = np.isin(status, [Status.OK, Status.PARTIAL])
        value, lower, upper = (np.where(has_value, each, np.nan) for each in (value, lower, upper))
    notes = figures["note"].to_numpy(dtype=object) if "note" in figures else [""] * len(figures)
    return {
        "value": value,
        "ci_lower": lower,
        "ci_upper": upper,
        "status": status,
        "note": [_note(*each) for each in zip(status, notes, strict=True)],
    }


def _note(status: Status, note: str) -> str:
    if status == Status.OK:
        return ""
    if status != Status.NO_CASES or note.startswith(NO_CASES):
        return note
    return f"{NO_CASES}: {note}" if note else NO_CASES


def _interval(
    figures: pd.DataFrame, indicator: Indicator, numerator: Array, denominator: Array
) -> tuple[Array, Array]:
    """Wilson for a proportion, Student for a mean, Poisson on the numerator for the others."""
    nothing = np.full(len(figures), np.nan)
    if not indicator.has_interval or indicator.numerator.public:
        return nothing, nothing
    if indicator.kind == "proportion":
        return wilson(numerator, denominator)
    if indicator.kind == "mean":
        if "squares" not in figures:
            return nothing, nothing  # nothing is known of the spread
        return student(numerator, as_floats(figures["squares"]), denominator)
    events = np.where(numerator == np.floor(numerator), numerator, np.nan)
    lower, upper = poisson(events)
    return lower / denominator * indicator.per, upper / denominator * indicator.per


def verdict_columns(table: pd.DataFrame, indicator: Indicator) -> dict[str, pd.Series[Any]]:
    """`standard`, `comparator`, `meets_standard`, `meets_plan` and `plan` of a table's counts."""
    pairs = list(zip(table["period"], table["org_level"], strict=True))
    found = {
        (text, level): indicator.standard(parse_period(text), level)
        for text, level in dict.fromkeys(pairs)
    }
    not_covered = (table["status"] == Status.NOT_COVERED).to_numpy()
    plans = table["plan"].to_numpy(dtype=float)
    if any(found.values()) or not np.isnan(plans).all():
        own = [name for name in table.columns if name.startswith("standard_")]
        rows = table[["status", "plan", "numerator", "denominator", "period", *own]]
        judged = [
            _judged(indicator, found[pair], row)
            for pair, row in zip(pairs, rows.to_dict("records"), strict=True)
        ]
    else:
        judged = [(np.nan, None, None, None)] * len(table)
    limits, comparators, standards_met, plans_met = (
        zip(*judged, strict=True) if judged else [()] * 4
    )
    return {
        "standard": pd.Series(limits, index=table.index, dtype=float),
        "comparator": pd.Series(comparators, index=table.index, dtype=object),
        "meets_standard": pd.Series(standards_met, index=table.index, dtype="boolean"),
        "meets_plan": pd.Series(plans_met, index=table.index, dtype="boolean"),
        "plan": pd.Series(np.where(not_covered, np.nan, plans), index=table.index),
    }


def _judged(
    indicator: Indicator, standard: Standard | None, row: Mapping[Hashable, Any]
) -> tuple[float, str | None, bool | None, bool | None]:
    """The standard's limit and operator for a row, and whether it meets it, and its plan."""
    if row["status"] == Status.NOT_COVERED:
        return np.nan, None, None, None
    is_planned = not pd.isna(row["plan"])
    is_judged = row["status"] == Status.OK and (is_planned or standard is not None)
    value = _exact_value(indicator, row) if is_judged and not pd.isna(row["numerator"]) else None
    meets_own_plan = None
    if value is not None and is_planned:
        meets_own_plan = meets_plan(indicator, value, row["plan"])
    limit = None if standard is None else limit_of(indicator, standard, row)
    if standard is None or limit is None:
        return np.nan, None, None, meets_own_plan
    verdict = None if value is None else bool(COMPARISONS[standard.operator](value, limit))
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


def _exact_value(indicator: Indicator, row: Mapping[Any, Any]) -> Fraction:
    """The value of a row that has one, as a fraction."""
    denominator = None if indicator.is_count else as_number(row["denominator"])
    return value_of(as_number(row["numerator"]), denominator, indicator.per)


def _plans(
    indicator: Indicator, placed: Sequence[tuple[str, str]], plans: pd.DataFrame | None
) -> Array:
    """The plan of each organisation and period, missing where there is none."""
    if plans is None:
        return np.full(len(placed), np.nan)
    mine = plans[plans["indicator"] == indicator.own_code.upper()]
    by_key = {
        (code, period): plan
        for code, period, plan in mine[["org_code", "period", "plan"]].itertuples(index=False)
    }
    return np.array([by_key.get(pair, np.nan) for pair in placed], dtype=float)
