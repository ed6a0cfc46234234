"""Units that change their fate between a line and a variant of it: from which fate to which.

Where both count the same unit table, each unit is judged twice where it stands; where the variant
makes its units in another way, a unit is told by its identifier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame
from nhsind.derivation.columns import columns_described, columns_of, columns_there
from nhsind.derivation.flags import with_flags
from nhsind.derivation.shown_columns import as_known
from nhsind.derivation.sums import exact
from nhsind.derivation.units import placed, units_of
from nhsind.errors import unknown
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

NUMERATOR, DENOMINATOR, OUT = "numerator", "denominator", "left out"
FATES = ["was", "was_because", "becomes", "becomes_because"]
LEADING = ["record_id", "org_code", "period", "part", *FATES]
AMOUNTS = ["quantity", "quantity_then", "count"]
FLAGS = ("in_denominator", "in_numerator", "excluded_because")
# Days counted from the period are columns of all lines: the variant's have a name of their own.
OTHERS = "_of_the_variant"
# Columns that are asked for beside, until they have the names that they were asked by.
SHOWN = "nhsind shown "


def changed_units(
    source: Input,
    line: Indicator,
    variant: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    columns: Sequence[str] = (),
) -> pd.DataFrame:
    """The units that are in the numerator, the denominator or neither in one way and not the other.

    Columns: record_id (and the dates of the unit's record), org_code of the level that records
    are placed at, period, part (whose units they are: denominator, where the numerator lies in it,
    or numerator), was, was_because, becomes, becomes_because, quantity, quantity_then, count. Then
    `columns` of the units, as for a trace.

    Raises UsageError for a column that no units of the line have.
    """
    family = source.family
    # Of figures that are counted already only the standards can differ.
    if not source.tables or variant.counts_as(line):
        return pd.DataFrame(columns=[*LEADING, *AMOUNTS])
    variant = _apart(variant)
    own = units_of(source, line, periods, engine)
    others = units_of(source, variant, periods, engine)
    found = []
    pairs = _pairs(line, variant)
    beside = _beside(source, line, [measure for measure, _ in pairs], columns)
    for (measure, other), also in zip(pairs, beside, strict=True):
        frame, org = placed(source, line, measure=measure, units=own, level=level)
        if _is_same_table(family, line, variant=variant, measure=measure, other=other):
            frame, _ = placed(source, variant, measure=other, units=others, level=level)
            both = _judged_twice(
                frame, family, own=(line, measure), other=(variant, other), org=org
            )
        else:
            theirs, _ = placed(source, variant, measure=other, units=others, level=level)
            both = _joined(
                frame, theirs, family=family, own=(line, measure), other=(variant, other), org=org
            )
        part = NUMERATOR if measure is line.numerator else DENOMINATOR
        scales = (_quantity(line, measure), _quantity(variant, other))
        told = _told(source, both, measure=measure, org=org, scales=scales, also=also)
        found.append(told.assign(part=part))
    changed = pd.concat(found, ignore_index=True)
    dates = [name for name in changed.columns if name not in (*LEADING, *AMOUNTS)]
    order = ["org_code", "period", "part", "record_id"]
    return changed[[*LEADING, *AMOUNTS, *dates]].sort_values(order, ignore_index=True)


def _pairs(line: Indicator, variant: Indicator) -> list[tuple[Measure, Measure]]:
    """The measures whose units are looked at: the denominator's, the numerator's if another."""
    below = (line.denominator or line.numerator, variant.denominator or variant.numerator)
    shown = [below]
    if line.denominator and line.numerator.units != line.denominator.units:
        shown.append((line.numerator, variant.numerator))
    return shown


def _apart(variant: Indicator) -> Indicator:
    """The variant, its days counted from the period under names of their own."""
    limits = {
        name: Limit(name + OTHERS, limit.written) if limit.is_of_a_period else limit
        for name, limit in variant.limits.items()
    }
    return replace(variant, limits=limits)


def _is_same_table(
    family: Family, line: Indicator, *, variant: Indicator, measure: Measure, other: Measure
) -> bool:
    named = family.units[measure.units].limits
    return measure.units == other.units and all(
        line.limits[name].written == variant.limits[name].written for name in named
    )


def _quantity(line: Indicator, measure: Measure) -> Measure:
    return line.numerator if line.is_inside else measure


def _judged_twice(
    frame: Frame,
    family: Family,
    *,
    own: tuple[Indicator, Measure],
    other: tuple[Indicator, Measure],
    org: str,
) -> Frame:
    once = with_flags(frame, family, indicator=own[0], measure=own[1], org=org)
    once = once.rename({name: f"own_{name}" for name in FLAGS})
    twice = with_flags(once, family, indicator=other[0], measure=other[1], org=org)
    amounts = {
        "quantity": nw.col(_quantity(*own).quantity).cast(nw.Int64),
        "quantity_then": nw.col(_quantity(*other).quantity).cast(nw.Int64),
    }
    return _changed(twice.with_columns(**amounts))


def _joined(
    frame: Frame,
    theirs: Frame,
    *,
    family: Family,
    own: tuple[Indicator, Measure],
    other: tuple[Indicator, Measure],
    org: str,
) -> Frame:
    """Units told by their identifier; a unit that one of the two does not make is out in it."""
    keys = [*_identified_by(family, own[1], frame), org, "period"]
    once = with_flags(frame, family, indicator=own[0], measure=own[1], org=org)
    once = once.filter(nw.col("record_fault").is_null()).rename(
        {name: f"own_{name}" for name in FLAGS}
    )
    once = once.with_columns(quantity=nw.col(_quantity(*own).quantity).cast(nw.Int64))
    twice = with_flags(theirs, family, indicator=other[0], measure=other[1], org=org)
    twice = twice.filter(nw.col("record_fault").is_null()).select(
        *keys, *FLAGS, quantity_then=nw.col(_quantity(*other).quantity).cast(nw.Int64)
    )
    return _changed(once.join(twice, on=keys, how="inner"))


def _identified_by(family: Family, measure: Measure, frame: Frame) -> list[str]:
    made = family.units[measure.units]
    names = frame.collect_schema().names()
    key = [made.identifier] if made.identifier else list(family.tables[made.of].key)
    return [name for name in key if name in names]


def _changed(both: Frame) -> Frame:
    """Only the units that have another fate."""
    same = (nw.col("own_in_numerator") == nw.col("in_numerator")) & (
        nw.col("own_in_denominator") == nw.col("in_denominator")
    )
    return both.filter(~same.fill_null(False))


def _beside(
    source: Input, line: Indicator, measures: Sequence[Measure], columns: Sequence[str]
) -> list[dict[str, str]]:
    """For each measure which columns of its units are shown, by the name that was asked for."""
    known = [columns_of(source, line, measure) for measure in measures]
    for name in columns:
        if not any(name.lower() in each for each in known):
            held = columns_there(source, measures, but=name)
            raise unknown(f"column of what {line.code} counts", name, held)
    return [
        {name: each[name.lower()] for name in columns if name.lower() in each} for each in known
    ]


def _told(
    source: Input,
    both: Frame,
    *,
    measure: Measure,
    org: str,
    scales: tuple[Measure, Measure],
    also: Mapping[str, str],
) -> pd.DataFrame:
    family = source.family
    names = both.collect_schema().names()
    identifier = family.identifier(measure.units)
    record = nw.col(identifier) if identifier in names else nw.lit(None, dtype=nw.String)
    table = family.tables[family.units[measure.units].of]
    dates = [
        name
        for name, column in table.columns.items()
        if column.kind in ("date", "timestamp", "month") and name in names
    ]
    chosen = both.select(
        record.alias("record_id"),
        nw.col(org).alias("org_code"),
        "period",
        *(f"own_{name}" for name in FLAGS),
        *FLAGS,
        "quantity",
        "quantity_then",
        nw.col("count").cast(nw.Int64),
        *dates,
        **{f"{SHOWN}{name}": nw.col(held) for name, held in also.items()},
    )
    found: pd.DataFrame = source.place.rows(chosen).to_pandas()
    for prefix, words in (("own_", "was"), ("", "becomes")):
        found[words] = _fates(found[f"{prefix}in_numerator"], found[f"{prefix}in_denominator"])
        found[f"{words}_because"] = found[f"{prefix}excluded_because"].astype(object)
    for name, scaled in zip(("quantity", "quantity_then"), scales, strict=True):
        found[name] = exact(found[name], scaled.scale)
    described = columns_described(source, measure)
    for name in also:
        shown = as_known(found.pop(f"{SHOWN}{name}"), described.get(name.lower()))
        found = found.assign(**{name: shown})
    return found.drop(columns=[*FLAGS, *(f"own_{name}" for name in FLAGS)])


def _fates(in_numerator: pd.Series[Any], in_denominator: pd.Series[Any]) -> list[str]:
    pairs = zip(in_numerator.fillna(False), in_denominator.fillna(False), strict=True)
    return [NUMERATOR if above else DENOMINATOR if below else OUT for above, below in pairs]


def flows(changed: pd.DataFrame) -> pd.DataFrame:
    """How many units go from which fate to which, and what is to be said of each.

    Columns: those that place them (org_code, period, part), was, was_because, becomes,
    becomes_because, units.
    """
    keys = ["org_code", "period", "part", *FATES]
    added = changed.astype({"count": "int64"}).groupby(keys, dropna=False)["count"].sum()
    counted = pd.DataFrame(added.reset_index(name="units"))
    order = ["org_code", "period", "units"]
    return counted.sort_values(order, ascending=[True, True, False], ignore_index=True)
