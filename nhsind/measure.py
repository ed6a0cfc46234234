"""From sums to the output table: levels, values, intervals, standards, plans, status."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from nhsind.definition import Indicator
from nhsind.derivation import count_units, organisations
from nhsind.errors import InputError, Problem
from nhsind.inputs import Input, base_level
from nhsind.judge import meets, meets_plan
from nhsind.periods import Period, parse_period
from nhsind.statistics import poisson, wilson

OUTPUT_COLUMNS = (
    "family indicator org_level org_code org_name period kind numerator denominator value "
    "ci_lower ci_upper unit standard comparator meets_standard plan meets_plan status"
).split()


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
    organisation of the input has a row, also with no units. `restate`: add merged commissioners
    to their successors as of that day.
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
        return pd.DataFrame(columns=OUTPUT_COLUMNS)
    result = pd.concat(tables, ignore_index=True)
    return result.sort_values(["indicator", "org_code", "period"], ignore_index=True)[
        OUTPUT_COLUMNS
    ]


def sums(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
    also_by: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Numerator and denominator by organisation of `level` and period, from either door.

    Columns: org_code, period, those of `also_by`, numerator, denominator. Every organisation of
    the input and period has a row (with `also_by`, only combinations that have units).
    """
    keys = ["org_code", "period", *also_by]
    if source.tables:
        base = base_level(source.family, level)
        counted = count_units(source, indicator, periods, level, engine, also_by)
        present = organisations(source, base)
    else:
        counted, present, base = _printed(source, indicator, periods, level)
    if not also_by:
        grid = pd.MultiIndex.from_product(
            [present, [str(period) for period in periods]], names=["org_code", "period"]
        )
        counted = counted.set_index(keys).reindex(grid).reset_index()
    counted["numerator"] = counted["numerator"].fillna(0)
    if not indicator.is_count:
        counted["denominator"] = counted["denominator"].fillna(0)
    if level == base and restate is None:
        return counted
    return _raise_level(source, counted, base, level, restate, keys)


def _printed(
    source: Input, indicator: Indicator, periods: list[Period], level: str
) -> tuple[pd.DataFrame, list[str], str]:
    """Counts that the publisher printed: of the level asked, or of one below it."""
    counts = source.counts
    if counts is None:
        raise InputError(Problem(source.description, f"holds nothing for {indicator.code}"))
    for given in (level, base_level(source.family, level)):
        rows = counts[counts["org_level"] == given]
        if len(rows):
            mine = rows[rows["indicator"] == indicator.code]
            parts = [_of_period(mine, indicator, period) for period in periods]
            present = sorted(rows["org_code"].unique())
            return pd.concat(parts, ignore_index=True), present, given
    raise InputError(
        Problem(
            source.description,
            f"has no figures at level {level}",
            allowed=", ".join(sorted(counts["org_level"].unique())),
        )
    )


def _of_period(counts: pd.DataFrame, indicator: Indicator, period: Period) -> pd.DataFrame:
    """The printed counts of a period, added up from its months where they are printed by month."""
    if str(period) in set(counts["period"]):
        months = [str(period)]
    else:
        months = [str(month) for month in indicator.months_of(period)]
    rows = counts[counts["period"].isin(months)]
    figures = ["numerator", "denominator"]
    added = rows.groupby("org_code", as_index=False)[figures].sum(min_count=len(months))
    return added.assign(period=str(period))


def _raise_level(
    source: Input,
    counted: pd.DataFrame,
    base: str,
    level: str,
    restate: date | None,
    keys: list[str],
) -> pd.DataFrame:
    """Add up to a level above, through the geography; restate merged commissioners if asked."""
    geography = source.geography
    if geography is None and level != "england" and (level != base or restate):
        raise InputError(
            Problem(
                source.description,
                f"level {level} needs geography.csv"
                if level != base
                else "restating merged organisations needs geography.csv",
            )
        )
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
    raised = raised[raised["org_code"].notna()]
    return raised.groupby(keys, as_index=False)[["numerator", "denominator"]].sum(min_count=1)


def _finish(
    source: Input,
    indicator: Indicator,
    counted: pd.DataFrame,
    level: str,
) -> pd.DataFrame:
    table = counted.reset_index(drop=True)
    table["family"] = indicator.family
    table["indicator"] = indicator.code
    table["org_level"] = level
    names = {code: source.name_of(level, code) for code in table["org_code"].unique()}
    table["org_name"] = table["org_code"].map(names)
    table["kind"] = indicator.kind
    table["unit"] = indicator.unit_of_value
    table["numerator"] = table["numerator"].astype("Int64")
    table["denominator"] = table["denominator"].astype("Int64")
    value_table(table, indicator)
    table["plan"] = np.nan
    _add_plans(table, indicator, source.plans)
    judge_table(table, indicator)
    return table


def value_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `value`, `ci_lower`, `ci_upper` and `status` from numerator and denominator."""
    numerator = table["numerator"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    table["status"] = "ok"
    if indicator.is_count:
        table["value"] = numerator
        table["ci_lower"], table["ci_upper"] = poisson(numerator)
        return
    denominator = table["denominator"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    has_cases = denominator > 0
    safe = np.where(has_cases, denominator, np.nan)
    table["value"] = numerator / safe
    if indicator.kind == "proportion":
        table["ci_lower"], table["ci_upper"] = wilson(np.where(has_cases, numerator, np.nan), safe)
    else:
        lower, upper = poisson(numerator)
        table["ci_lower"], table["ci_upper"] = lower / safe, upper / safe
    table.loc[~has_cases, "status"] = "no_cases"


def judge_table(table: pd.DataFrame, indicator: Indicator) -> None:
    """Fill `standard`, `comparator`, `meets_standard` and `meets_plan` from the counts."""
    rows = len(table)
    table["standard"] = np.nan
    table["comparator"] = pd.Series([None] * rows, dtype="object", index=table.index)
    table["meets_standard"] = pd.Series([pd.NA] * rows, dtype="boolean", index=table.index)
    table["meets_plan"] = pd.Series([pd.NA] * rows, dtype="boolean", index=table.index)
    for (text, level), part in table.groupby(["period", "org_level"]):
        standard = indicator.standard(parse_period(str(text)), str(level))
        if standard is None:
            continue
        table.loc[part.index, "standard"] = float(standard.exact)
        table.loc[part.index, "comparator"] = standard.operator
        counted = part[["numerator", "denominator"]].notna().all(axis=1)
        judged = part[(part["status"] == "ok") & counted]
        table.loc[judged.index, "meets_standard"] = [
            meets(int(numerator), int(denominator), standard)
            for numerator, denominator in zip(
                judged["numerator"], judged["denominator"], strict=True
            )
        ]
    planned = table[table["plan"].notna() & table["value"].notna()]
    table.loc[planned.index, "meets_plan"] = [
        pd.NA if (verdict := meets_plan(indicator, value, plan)) is None else verdict
        for value, plan in zip(planned["value"], planned["plan"], strict=True)
    ]


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
