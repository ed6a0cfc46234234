"""What became of each unit: the trace unit by unit, the attrition rule by rule."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.derivation.columns import columns_described
from nhsind.derivation.flags import with_flags
from nhsind.derivation.shown_columns import FIXED, as_known, shown_beside
from nhsind.derivation.sums import exact
from nhsind.derivation.units import placed, units_of
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

# The number of those that share an identifier, by a name that no column has.
GROUP = "nhsind_group"


def trace_units(
    source: Input,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    organisation: str | None = None,
    columns: Sequence[str] | None = None,
    more: Sequence[str] = (),
) -> pd.DataFrame:
    """Every unit of a line and period with its fate.

    Columns: indicator, record_id, org_code, period, in_denominator (missing for a count),
    in_numerator, excluded_because (the first fault or clause that failed, empty for a unit in the
    numerator), quantity, count. `quantity` summed over a flag is what `count_units` gives; the
    denominator of a mean is `count` summed. A line whose numerator and denominator count different
    units has rows of both. Then `columns` of the units; None: those that the line's clauses and
    faults read, and the wait where a clause judges one. `more`: columns beside those.

    Raises UsageError for a column that no units of the line have.
    """
    family = source.family
    units = units_of(source, indicator, periods, engine)
    traced = []
    measured = _measured(source, indicator, units, level)
    measures = [measure for measure, _, _ in measured]
    beside = shown_beside(
        source, indicator, measures=measures, units=units, columns=columns, more=more
    )
    for (measure, org, frame), also in zip(measured, beside, strict=True):
        if organisation is not None:
            frame = frame.filter((nw.col(org) == organisation).fill_null(False))
        frame = with_flags(frame, family, indicator=indicator, measure=measure, org=org)
        shown = indicator.numerator if indicator.is_inside else measure
        identifier = family.identifier(measure.units)
        names = frame.collect_schema().names()
        record = nw.col(identifier) if identifier in names else nw.lit(None, dtype=nw.String)
        chosen = frame.select(
            nw.lit(indicator.code).alias("indicator"),
            record.alias("record_id"),
            nw.col(org).alias("org_code"),
            "period",
            "in_denominator",
            "in_numerator",
            "excluded_because",
            nw.col(shown.quantity).cast(nw.Int64).alias("quantity"),
            nw.col("count").cast(nw.Int64),
            **also,
        )
        part = source.place.rows(chosen).to_pandas()
        described = columns_described(source, measure)
        part = part.assign(**{each: as_known(part[each], described.get(each)) for each in also})
        traced.append(part.assign(quantity=exact(part["quantity"], shown.scale)))
    result = pd.concat(traced, ignore_index=True)
    for name in ("in_denominator", "in_numerator"):
        result[name] = result[name].astype("boolean")
    if indicator.is_count:
        result["in_denominator"] = pd.NA
        result["in_denominator"] = result["in_denominator"].astype("boolean")
    # Of one type, whatever the engine.
    result = result.astype({"indicator": "str", "period": "str", "count": "int64"})
    for name in ("record_id", "org_code", "excluded_because"):
        result[name] = result[name].astype("object").where(result[name].notna(), None)
    named = dict.fromkeys([*(columns or ()), *(name for also in beside for name in also)])
    for name in named:
        result[name] = result[name].astype("object").where(result[name].notna(), None)
    return _in_order(result[[*FIXED, *named]])


def _in_order(traced: pd.DataFrame) -> pd.DataFrame:
    """By organisation, period and identifier; rows that share these by all they hold, as texts."""
    order = ["org_code", "period", "record_id"]
    ordered: pd.DataFrame = traced.sort_values(order, ignore_index=True, kind="stable")
    is_shared = ordered.duplicated(order, keep=False).to_numpy()
    if not is_shared.any():
        return ordered
    shared = ordered[is_shared]
    texts = shared[shared.columns.difference(order, sort=False)].map(str)
    texts.insert(0, GROUP, shared.groupby(order, dropna=False, sort=False).ngroup())
    places = ordered.index.to_numpy(copy=True)
    places[is_shared] = texts.sort_values(list(texts.columns)).index
    return ordered.take(places).reset_index(drop=True)


def attrition(
    source: Input,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
) -> pd.DataFrame:
    """How many units each fault and clause leaves out, by organisation and period.

    Columns: org_code, period, part (whose units they are: denominator, where the numerator lies in
    it, or numerator), excluded_because (empty: passes all), in_denominator, units.
    """
    units = units_of(source, indicator, periods, engine)
    parts = []
    for measure, org, frame in _measured(source, indicator, units, level):
        flagged = with_flags(frame, source.family, indicator=indicator, measure=measure, org=org)
        grouped = (
            flagged.select(
                nw.col(org).alias("org_code"),
                "period",
                "excluded_because",
                "in_denominator",
                units="count",
            )
            .group_by("org_code", "period", "excluded_because", "in_denominator")
            .agg(nw.col("units").sum())
            .with_columns(nw.col("units").cast(nw.Int64))
        )
        part = "numerator" if measure is indicator.numerator else "denominator"
        parts.append(source.place.rows(grouped).to_pandas().assign(part=part))
    keys = ["org_code", "period", "part", "excluded_because"]
    counted: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return counted.sort_values(keys, ignore_index=True)


def _measured(
    source: Input, indicator: Indicator, units: Tables, level: str
) -> list[tuple[Measure, str, Frame]]:
    """The unit tables to show for a line: its denominator's, and its numerator's if another."""
    shown = [indicator.denominator or indicator.numerator]
    if indicator.denominator and indicator.numerator.units != indicator.denominator.units:
        shown.append(indicator.numerator)
    result = []
    for measure in shown:
        frame, org = placed(source, indicator, measure=measure, units=units, level=level)
        result.append((measure, org, frame))
    return result
