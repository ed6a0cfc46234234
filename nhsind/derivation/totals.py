"""Figures of a level above: sums over the organisations that have all of a figure.

An organisation that lacks its numerator or its denominator is in neither sum; the total is then
partial, and says whom it is without.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.statuses import Status, first_of
from nhsind.derivation.figures import total
from nhsind.derivation.members import absent_members, named
from nhsind.errors import InputError, Problem
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input


def raised(
    source: Input,
    indicator: Indicator,
    *,
    counted: pd.DataFrame,
    base: str,
    level: str,
    restate: date | None,
    keys: list[str],
) -> pd.DataFrame:
    """Figures of organisations of `base` added up to those of `level`, by `keys`.

    `counted`: with the columns `mark` and `note` of what is behind each figure. With `restate`
    merged commissioners are added to their successors. The required number of a line is a sum of
    all organisations or is not known.
    """
    rows = moved(source, counted, base=base, level=level, restate=restate)
    rows = rows[~_is_closed(source, rows, base)]
    absent, why = _absent(source, indicator, rows, base=base, level=level, restate=restate)
    figures = [name for name in counted.columns if name not in (*keys, "mark", "note", "own_code")]
    is_whole = rows["numerator"].notna() & (rows["mark"] == "")
    if not indicator.is_count:
        is_whole &= rows["denominator"].notna()
    parts = []
    for key, group in rows.groupby(keys, sort=True):
        whole = group[is_whole[group.index]]
        row: dict[str, Any] = dict(zip(keys, key, strict=True))
        for name in figures:
            is_standard = name.startswith("standard_")
            values = group[name] if is_standard else whole[name]
            is_lacking = is_standard and (values.isna().any() or key in absent)
            row[name] = pd.NA if is_lacking else total(values)
        row["mark"], row["note"] = _mark(group, whole, absent.get(key, []), why)
        parts.append(row)
    totals = pd.DataFrame(parts, columns=[*keys, *figures, "mark", "note"])
    for name in figures:
        if str(counted[name].dtype) == "Int64":
            totals[name] = totals[name].astype("Int64")
    return totals


def added_up(
    source: Input,
    counted: pd.DataFrame,
    *,
    base: str,
    level: str,
    restate: date | None,
    keys: list[str],
) -> pd.DataFrame:
    """Plain sums by `keys`, where a row that is not there is a count of nothing."""
    rows = moved(source, counted, base=base, level=level, restate=restate)
    figures = [name for name in counted.columns if name not in (*keys, "mark", "note")]
    grouped = rows.groupby(keys, as_index=False)
    whole = [name for name in figures if str(rows[name].dtype) == "Int64"]
    totals: pd.DataFrame = grouped[whole].sum(min_count=1)
    for name in set(figures) - set(whole):
        totals[name] = grouped[name].agg(total)[name]
    return totals.assign(mark="", note="")


def lacks_part_of(source: Input, measure: Measure) -> str:
    """That the tables of a measure do not have all of it, in words."""
    needs = source.family.units[measure.units].needs
    held = [name for choice in needs for name in choice if name in source.tables]
    tables = " or ".join(f"{source.family.code}/{name}" for name in held)
    return f"{tables} does not have all of it"


def _absent(
    source: Input,
    indicator: Indicator,
    rows: pd.DataFrame,
    *,
    base: str,
    level: str,
    restate: date | None,
) -> tuple[dict[tuple[Any, ...], list[str]], str]:
    """By total and period the commissioners that are in no table of the family, and what they lack.

    Of lines that need a return, which everybody gives.
    """
    returns = [part for part in indicator.measures.values() if source.family.is_return(part)]
    absent: dict[tuple[Any, ...], list[str]] = {}
    for text in rows["period"].unique() if returns else ():
        period = parse_period(text)
        for above, code in absent_members(source, period, base=base, level=level, restate=restate):
            absent.setdefault((above, text), []).append(code)
    return absent, lacks_part_of(source, returns[0]) if returns else ""


def _mark(group: pd.DataFrame, whole: pd.DataFrame, absent: list[str], why: str) -> tuple[str, str]:
    """What stands behind a total, and in words: `partial` and whom it is without."""
    lacking = group.loc[group.index.difference(whole.index)].sort_values("own_code")
    if lacking.empty and not absent:
        return "", ""
    causes: dict[str, list[str]] = {}
    told = [
        *zip(lacking["own_code"], lacking["note"], strict=True),
        *((code, why) for code in absent),
    ]
    for code, note in told:
        codes = causes.setdefault(note, [])
        if code not in codes:
            codes.append(code)
    number = group["own_code"].nunique() + len(absent)
    without = "; ".join(f"{named(codes)}: {note}" for note, codes in causes.items())
    if not whole.empty:
        held = whole["own_code"].nunique()
        return Status.PARTIAL, f"of {held:,} of {number:,} organisations, without {without}"
    marks = [mark or Status.NO_DENOMINATOR for mark in lacking["mark"]]
    return first_of(marks), without


def moved(
    source: Input, counted: pd.DataFrame, *, base: str, level: str, restate: date | None
) -> pd.DataFrame:
    """The rows with the organisation above as theirs and `own_code`, without those that have none.

    Raises InputError where the geography does not say who is above whom.
    """
    geography = source.geography
    if geography is None and level != "england" and (level != base or restate):
        what = f"level {level}" if level != base else "restating merged organisations"
        raise InputError(Problem(source.description, f"{what} needs geography.csv"))
    if geography and level not in (base, "england") and not geography.known(level):
        text = f"places nothing at level {level}"
        raise InputError(Problem(geography.place, text, column=f"{level}_code"))
    geography = geography or Geography()
    above = {}
    for code, period in counted[["org_code", "period"]].drop_duplicates().itertuples(index=False):
        now = geography.successor(code, restate) if restate and base == "ccg" else code
        if level != base:
            now = geography.parent(base, now, level, parse_period(period))
        above[code, period] = now
    targets = [above[pair] for pair in zip(counted["org_code"], counted["period"], strict=True)]
    placed = counted.assign(own_code=counted["org_code"], org_code=targets)
    return placed[placed["org_code"].notna()]


def _is_closed(source: Input, rows: pd.DataFrame, base: str) -> pd.Series[bool]:
    """The organisations that are closed, or not yet open, in a period and have nothing in it."""
    geography = source.geography
    empty = rows["numerator"].fillna(0) == 0
    if "denominator" in rows:
        empty &= rows["denominator"].isna()
    if geography is None:
        return empty & False
    # Few rows are empty, so that few organisations are looked up.
    asked = rows.loc[empty, ["own_code", "period"]]
    closed = [
        geography.is_closed(base, code, parse_period(period))
        for code, period in asked.itertuples(index=False)
    ]
    return empty & pd.Series(closed, index=asked.index, dtype=bool).reindex(
        rows.index, fill_value=False
    )
