"""Flags summed: numerator and denominator of a line by organisation and period."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.derivation.flags import each_holds, is_sound
from nhsind.derivation.units import placed, units_of
from nhsind.periods import Period
from nhsind.sources.checked_input import Input


def counted_once(
    source: Input, indicator: Indicator, *, periods: list[Period], level: str, engine: str
) -> pd.DataFrame:
    """The sums of a line by organisation and period, counted once for all levels above it."""
    key = _key(source, indicator, periods=periods, level=level, engine=engine)
    # Another variant may have the code of this one.
    if key not in source.counted or source.counted[key][0] != indicator:
        counted = count_units(source, indicator, periods=periods, level=level, engine=engine)
        source.counted[key] = indicator, counted
    return source.counted[key][1]


def counted_with_and_without(
    source: Input,
    indicator: Indicator,
    without: Indicator,
    *,
    clause: str,
    periods: list[Period],
    level: str,
    engine: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sums of a line, and by organisation and period those `without` one of its clauses.

    One look at the units gives both, and those of the line are kept as `counted_once` keeps them.
    """
    found = count_units(
        source, without, periods=periods, level=level, engine=engine, also_by_clause=clause
    )
    mine = found[found[clause].astype(bool)].drop(columns=clause).reset_index(drop=True)
    key = _key(source, indicator, periods=periods, level=level, engine=engine)
    source.counted[key] = indicator, mine
    keys, figures = ["org_code", "period"], [*indicator.measures]
    both = found.groupby(keys, as_index=False)[figures].sum()
    return mine, both.astype(dict.fromkeys(keys, object))


def _key(
    source: Input, indicator: Indicator, *, periods: list[Period], level: str, engine: str
) -> tuple[str | Period, ...]:
    return (engine, indicator.code, source.base_level(level), *periods)


def count_units(
    source: Input,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    also_by: tuple[str, ...] = (),
    also_by_clause: str = "",
) -> pd.DataFrame:
    """The sums of a line by organisation and period.

    `also_by_clause`: also by whether a clause holds, in a column of its name. Columns: org_code,
    period, those of `also_by`, numerator, denominator (missing for a count),
    those of `standard_from`, and where units have shares in the numerator, as days, the sum of
    squares. Only organisations and periods with units; whole numbers, or exact decimals where the
    quantity has parts.
    """
    family = source.family
    units = units_of(source, indicator, periods, engine, for_sums=True)
    keys = ["org_code", "period", *also_by, *filter(None, [also_by_clause])]
    parts: list[pd.DataFrame] = []
    for alias, measure in indicator.measures.items():
        if alias == "numerator" and indicator.is_inside:
            continue  # summed with the denominator it lies in
        frame, org = placed(source, indicator, measure=measure, units=units, level=level)
        frame = frame.filter(is_sound(family, indicator, measure, org))
        sums = {alias: nw.col(measure.quantity)}
        if alias == "numerator" and measure.adds_up_shares:
            sums["squares"] = _squared(measure)
        if measure.returned_by:
            # Who returned nothing has no row; who returned none of those counted has a 0.
            frame = frame.filter(*each_holds(family, indicator, (measure.returned_by,)))
            hit = reduce(and_, each_holds(family, indicator, measure.clauses))
            sums[alias] = nw.when(hit).then(sums[alias]).otherwise(0)
        elif measure.clauses:
            frame = frame.filter(*each_holds(family, indicator, measure.clauses))
        if alias == "denominator" and indicator.is_inside:
            sums |= _sums_inside(family, indicator)
        if also_by_clause:
            (holds,) = each_holds(family, indicator, (also_by_clause,))
            frame = frame.with_columns(**{also_by_clause: holds.fill_null(False)})
        frame = frame.select(
            nw.col(org).alias("org_code"), *[nw.col(name) for name in keys[1:]], **sums
        )
        grouped = frame.group_by(*keys).agg(*[nw.col(name).sum() for name in sums])
        grouped = grouped.with_columns(*[nw.col(name).cast(nw.Int64) for name in sums])
        part = source.place.rows(grouped).to_pandas()
        # Without rows a key has no type that could be merged.
        parts.append(part.astype(dict.fromkeys(keys, object)))
    counted = reduce(lambda a, b: a.merge(b, on=keys, how="outer"), parts)
    if "denominator" not in counted:
        counted["denominator"] = pd.NA
    # A denominator without numerator rows is a numerator of 0, but not where a return is missing.
    if also_by or not family.is_return(indicator.numerator):
        counted["numerator"] = counted["numerator"].fillna(0)
    if "returned" in counted:
        counted.loc[counted.pop("returned") == 0, "numerator"] = pd.NA
    for alias, measure in indicator.measures.items():
        counted[alias] = exact(counted[alias], measure.scale)
    sums_of = [name for name in counted.columns if name not in keys]
    for name in set(sums_of) - set(indicator.measures):
        counted[name] = counted[name].astype("Int64")
    return counted[[*keys, *sums_of]].sort_values(keys, ignore_index=True)


def _sums_inside(family: Family, indicator: Indicator) -> dict[str, nw.Expr]:
    """The numerator's quantity where its clauses hold; of shares of units also the squares."""
    numerator = indicator.numerator
    quantity = nw.col(numerator.quantity)
    sums = {"numerator": quantity}
    if numerator.adds_up_shares:
        sums["squares"] = _squared(numerator)
    if not numerator.clauses:
        return sums
    hit = reduce(and_, each_holds(family, indicator, numerator.clauses))
    counted = {name: nw.when(hit).then(value).otherwise(0) for name, value in sums.items()}
    if numerator.returned_by:
        (returned,) = each_holds(family, indicator, (numerator.returned_by,))
        counted["returned"] = nw.when(returned).then(1).otherwise(0)
    return counted


def _squared(measure: Measure) -> nw.Expr:
    """A row stands for `count` equal units: its quantity squared over `count` is their squares."""
    quantity = nw.col(measure.quantity)
    return nw.when(nw.col("count") > 0).then(quantity * quantity // nw.col("count"))


def exact(totals: pd.Series[Any], scale: int) -> pd.Series[Any]:
    """Sums of whole parts of 1/scale as whole numbers, else as Decimals without a remainder."""
    whole = totals.astype("Int64")
    if scale == 1:
        return whole
    values: list[Any] = [
        pd.NA if pd.isna(total) else _shortest(Decimal(int(total)) / scale) for total in whole
    ]
    return pd.Series(values, index=totals.index, dtype=object)


def _shortest(value: Decimal) -> Decimal | int:
    return int(value) if value == value.to_integral_value() else value.normalize()
