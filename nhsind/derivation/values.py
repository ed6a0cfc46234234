"""From sums to the output table: levels, values, intervals, standards, plans, status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.output_columns import OUTPUT_COLUMNS, empty_output
from nhsind.definitions.standards import Standard
from nhsind.definitions.statuses import Status
from nhsind.derivation.standards import COMPARISONS, meets_plan
from nhsind.derivation.sums import count_units
from nhsind.derivation.units import organisations
from nhsind.errors import InputError, Problem
from nhsind.periods import Period, parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.counts import SLACKS, printed_counts
from nhsind.statistics.intervals import poisson, student, wilson

Array = np.ndarray[Any, Any]


def measure(
    source: Input,
    indicators: list[Indicator],
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
) -> pd.DataFrame:
    """The output table of the contract for some lines of one family.

    One row per line, organisation and period that the line answers, sorted by these three; each
    organisation of the input has a row, also with no units. Further columns hold what a released
    table is judged by: a mean's sum of squares, the figures an own standard is made of. `restate`:
    add merged commissioners to their successors as of that day.
    """
    tables = []
    for indicator in indicators:
        asked = [
            period
            for period in periods
            if indicator.answers(period) and source.covers(indicator, period)
        ]
        if not asked:
            continue
        summed = sums(source, indicator, asked, level, engine, restate)
        tables.append(_finish(source, indicator, summed, level))
    if not tables:
        return empty_output()
    result = pd.concat(tables, ignore_index=True)
    others = [name for name in result.columns if name not in OUTPUT_COLUMNS]
    return result.sort_values(["indicator", "org_code", "period"], ignore_index=True)[
        [*OUTPUT_COLUMNS, *others]
    ]


def sums(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
    also_by: tuple[str, ...] = (),
    adds_up: bool | str = False,
) -> pd.DataFrame:
    """Numerator and denominator by organisation of `level` and period, from either door.

    Columns: org_code, period, those of `also_by`, numerator, denominator, and what else the line
    needs summed. Every organisation of the input and period has a row (with `also_by`, only
    combinations that have units). Printed counts also have a `mark` and their rounding, and with
    `adds_up` are added up from below where that can be.
    """
    keys = ["org_code", "period", *also_by]
    if not source.tables:
        return _printed_sums(source, indicator, periods, level, restate, also_by, adds_up)
    base = source.base_level(level)
    counted = count_units(source, indicator, periods, level, engine, also_by)
    present = organisations(source, base)
    if not also_by:
        grid = pd.MultiIndex.from_product(
            [present, [str(period) for period in periods]], names=["org_code", "period"]
        )
        counted = counted.set_index(keys).reindex(grid).reset_index()
    counted["numerator"] = counted["numerator"].fillna(0)
    # Where both are counted in the same units no unit is a denominator of 0; elsewhere the
    # denominator is another table's figure, and its absence is no number.
    if not indicator.is_count and _shares_units(indicator):
        counted["denominator"] = counted["denominator"].fillna(0)
    if level == base and restate is None:
        return counted
    return _raise_level(source, counted, base, level, restate, keys)


def _printed_sums(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    restate: date | None,
    also_by: tuple[str, ...],
    adds_up: bool | str,
) -> pd.DataFrame:
    """The same from printed counts; an organisation that is not printed has no figure, not 0."""
    if source.counts is None:
        raise InputError(Problem(source.description, f"holds nothing for {indicator.code}"))

    def placed(rows: pd.DataFrame, base: str) -> pd.DataFrame:
        stays = level == base and restate is None
        return rows if stays else _moved(source, rows, base, level, restate)

    counted, present, base = printed_counts(
        source.counts, indicator, periods, level, source.description, placed, also_by, adds_up
    )
    keys = ["org_code", "period", *also_by]
    if level != base or restate is not None:
        present = sorted(counted["org_code"].unique())
    if not also_by:
        grid = pd.MultiIndex.from_product(
            [present, [str(period) for period in periods]], names=["org_code", "period"]
        )
        counted = counted.set_index(keys).reindex(grid).reset_index()
        counted["mark"] = counted["mark"].fillna(Status.NOT_AVAILABLE)
    for name in ("numerator", "denominator"):
        counted[name] = whole_if_all_are(counted[name])
    return counted


def _shares_units(indicator: Indicator) -> bool:
    denominator = indicator.denominator
    return denominator is not None and indicator.numerator.units == denominator.units


def _raise_level(
    source: Input,
    counted: pd.DataFrame,
    base: str,
    level: str,
    restate: date | None,
    keys: list[str],
) -> pd.DataFrame:
    """Add up to a level above, through the geography; restate merged commissioners if asked."""
    raised = _moved(source, counted, base, level, restate)
    figures = [name for name in counted.columns if name not in keys]
    grouped = raised.groupby(keys, as_index=False)
    whole = [name for name in figures if str(raised[name].dtype) == "Int64"]
    totals = grouped[whole].sum(min_count=1)
    for name in set(figures) - set(whole):
        totals[name] = grouped[name].agg(_total)[name]
    return totals


def _moved(
    source: Input, counted: pd.DataFrame, base: str, level: str, restate: date | None
) -> pd.DataFrame:
    """The rows with the organisation above as theirs, without those that have none there."""
    geography = source.geography
    if geography is None and level != "england" and (level != base or restate):
        what = f"level {level}" if level != base else "restating merged organisations"
        raise InputError(Problem(source.description, f"{what} needs geography.csv"))
    if geography and level not in (base, "england") and not geography.known(level):
        text = f"places nothing at level {level}"
        raise InputError(Problem(geography.place, text, column=f"{level}_code"))
    if geography is None:
        from nhsind.geography import Geography

        geography = Geography()
    pairs = counted[["org_code", "period"]].drop_duplicates()
    moved = {}
    for code, period in pairs.itertuples(index=False):
        now = geography.successor(code, restate) if restate and base == "ccg" else code
        if level != base:
            now = geography.parent(base, now, level, parse_period(period))
        moved[code, period] = now
    targets = [moved[pair] for pair in zip(counted["org_code"], counted["period"], strict=True)]
    raised = counted.assign(org_code=targets)
    return raised[raised["org_code"].notna()]


def _total(values: pd.Series[Any]) -> Any:
    """The exact sum of whole numbers and Decimals; missing if all are."""
    known = [value for value in values if not pd.isna(value)]
    return sum(known[1:], known[0]) if known else pd.NA


def _finish(
    source: Input,
    indicator: Indicator,
    counted: pd.DataFrame,
    level: str,
) -> pd.DataFrame:
    table = counted.drop(columns=SLACKS, errors="ignore").reset_index(drop=True)
    table["family"] = indicator.family
    table["indicator"] = indicator.code
    table["org_level"] = level
    names = {code: source.name_of(level, code) for code in table["org_code"].unique()}
    table["org_name"] = table["org_code"].map(names)
    table["kind"] = indicator.kind
    table["unit"] = indicator.unit_of_value
    for name in indicator.measures:
        table[name] = whole_if_all_are(table[name])
    value_table(table, indicator)
    table["plan"] = np.nan
    _add_plans(table, indicator, source.plans)
    judge_table(table, indicator)
    return table


def value_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `value`, `ci_lower`, `ci_upper` and `status` from numerator and denominator.

    Where a `mark` of the publisher stands for one of them it is the status.
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
        table["value"] = numerator / safe * indicator.per
        _add_interval(table, indicator, np.where(has_cases, numerator, np.nan), safe)
        table.loc[~has_cases, "status"] = Status.NO_CASES
        table.loc[np.isnan(denominator), "status"] = Status.NO_DENOMINATOR
    if "mark" in table:
        marked = table["mark"].fillna("") != ""
        table.loc[marked, "status"] = table.loc[marked, "mark"]
        table.loc[marked, ["value", "ci_lower", "ci_upper"]] = np.nan


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


def as_floats(figures: pd.Series[Any]) -> Array:
    """Whole numbers, Decimals and missing values as floating point."""
    if str(figures.dtype) == "Int64":
        return figures.to_numpy(dtype=float, na_value=np.nan)
    return np.array([np.nan if pd.isna(value) else float(value) for value in figures], dtype=float)


def as_exact(figure: Any) -> Fraction:
    """A whole number of any kind or a Decimal as an exact fraction."""
    return Fraction(figure) if isinstance(figure, Decimal) else Fraction(int(figure))


def whole_if_all_are(figures: pd.Series[Any]) -> pd.Series[Any]:
    """The figures as whole numbers where all are, else as they stand."""
    if str(figures.dtype) == "Int64":
        return figures
    known = [value for value in figures if not pd.isna(value)]
    if all(value == int(value) for value in known):
        values = [pd.NA if pd.isna(value) else int(value) for value in figures]
        return pd.Series(values, index=figures.index, dtype="Int64")
    # Two halves are 1, not 1.0.
    exact = [
        int(value) if isinstance(value, Decimal) and value == int(value) else value
        for value in figures
    ]
    return pd.Series(exact, index=figures.index, dtype=object)


def judge_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `standard`, `comparator`, `meets_standard` and `meets_plan` from the counts."""
    length = len(table)
    table["standard"] = np.nan
    table["comparator"] = pd.Series([None] * length, dtype="object", index=table.index)
    table["meets_standard"] = pd.Series([pd.NA] * length, dtype="boolean", index=table.index)
    table["meets_plan"] = pd.Series([pd.NA] * length, dtype="boolean", index=table.index)
    for (text, level), part in table.groupby(["period", "org_level"]):
        standard = indicator.standard(parse_period(str(text)), str(level))
        if standard is None:
            continue
        rows = [cast("dict[str, Any]", row) for row in part.to_dict("records")]
        limits = [limit_of(indicator, standard, row) for row in rows]
        verdicts = [
            _verdict(indicator, standard, limit, row)
            for limit, row in zip(limits, rows, strict=True)
        ]
        at = part.index.to_list()
        table.loc[at, "standard"] = [np.nan if limit is None else float(limit) for limit in limits]
        table.loc[at, "comparator"] = [
            None if limit is None else standard.operator for limit in limits
        ]
        table.loc[at, "meets_standard"] = [
            pd.NA if verdict is None else verdict for verdict in verdicts
        ]
    planned = table[table["plan"].notna() & table["value"].notna()]
    table.loc[planned.index, "meets_plan"] = [
        pd.NA if (verdict := meets_plan(indicator, value, plan)) is None else verdict
        for value, plan in zip(planned["value"], planned["plan"], strict=True)
    ]


def limit_of(indicator: Indicator, standard: Standard, row: Mapping[str, Any]) -> Fraction | None:
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
    indicator: Indicator, standard: Standard, limit: Fraction | None, row: Mapping[str, Any]
) -> bool | None:
    """Whether a row's exact value meets the limit; None where it has no value."""
    if limit is None or row["status"] != Status.OK or pd.isna(row["numerator"]):
        return None
    if indicator.is_count:
        return bool(COMPARISONS[standard.operator](as_exact(row["numerator"]), limit))
    if pd.isna(row["denominator"]):
        return None
    value = as_exact(row["numerator"]) * indicator.per / as_exact(row["denominator"])
    return bool(COMPARISONS[standard.operator](value, limit))


def _add_plans(table: pd.DataFrame, indicator: Indicator, plans: pd.DataFrame | None) -> None:
    if plans is None:
        return
    mine = plans[plans["indicator"] == indicator.code.upper()]
    by_key = {
        (code, period): plan
        for code, period, plan in mine[["org_code", "period", "plan"]].itertuples(index=False)
    }
    keys = zip(table["org_code"], table["period"], strict=True)
    table["plan"] = [by_key.get(key, np.nan) for key in keys]
