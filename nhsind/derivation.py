"""From records to flags: which unit of which period is in a line's denominator and numerator.

`count_units` sums the flags by organisation and period; `trace_units` shows them unit by unit.
Both read the same clauses in the same order, so a trace adds up to its figure.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import reduce
from operator import and_

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from nhsind.checking import RECORD_FAULTS
from nhsind.definition import Family, Indicator, Measure
from nhsind.errors import InputError, Problem, UsageError
from nhsind.inputs import Input, as_engine, base_level
from nhsind.periods import Period
from nhsind.schema import Table
from nhsind.units import Frame, Tables

ORGANISATION_MISSING = "organisation_missing"


def period_table(source: Input, periods: list[Period], engine: str) -> Frame:
    """The small table of periods and limit dates that the records are joined to.

    A limit such as `-126d` is that many days from the period's last day.
    """
    limits: dict[str, str] = {}
    for indicator in source.family.indicators.values():
        for name, offset in indicator.limits.items():
            if limits.setdefault(name, offset) != offset:
                raise ValueError(f"{source.family.code}: two limits are called {name}")
    columns: dict[str, list[object]] = {
        "period": [str(period) for period in periods],
        "period_start": [period.start for period in periods],
        "period_end": [period.end for period in periods],
    }
    for name, offset in limits.items():
        columns[name] = [period.end + _days(offset) for period in periods]
    source.con.register("periods_given", pa.table(columns))
    source.con.execute("CREATE OR REPLACE TEMP TABLE periods AS FROM periods_given")
    return as_engine(source.con, "periods", engine)


def organisation_column(family: Family, level: str, units: str, columns: set[str]) -> str:
    """The column that places a unit at a level below England.

    Raises InputError if the records do not carry it.
    """
    table = _table_of(family, units)
    base = base_level(family, level)
    column = table.organisations.get(base)
    if column is None or column not in columns:
        raise InputError(
            Problem(
                f"{family.code}/{table.name}",
                f"level {level} needs the column",
                column=column or f"{base}_code",
                allowed=", ".join(table.columns),
            )
        )
    return column


def count_units(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    also_by: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Numerator and denominator of a line by organisation and period.

    Columns: org_code, period, those of `also_by`, numerator, denominator (missing for a count).
    Only organisations and periods with units; whole numbers.
    """
    family = source.family
    units = _units(source, indicator, periods, engine)
    keys = ["org_code", "period", *also_by]
    parts: list[pd.DataFrame] = []
    numerator, denominator = indicator.numerator, indicator.denominator
    for measure, alias in ((numerator, "numerator"), (denominator, "denominator")):
        if measure is None:
            continue
        inside = denominator is not None and numerator.units == denominator.units
        if alias == "numerator" and inside:
            continue  # summed with the denominator it lies in
        frame, org = _placed(source, indicator, measure, units, level)
        frame = frame.filter(_sound(family, indicator, org), _all(family, measure.clauses))
        sums = {alias: nw.col(measure.quantity)}
        if alias == "denominator" and inside:
            hit = _all(family, numerator.clauses)
            sums["numerator"] = nw.when(hit).then(nw.col(numerator.quantity)).otherwise(0)
        frame = frame.select(
            nw.col(org).alias("org_code"), *[nw.col(name) for name in keys[1:]], **sums
        )
        grouped = frame.group_by(*keys).agg(*[nw.col(name).sum() for name in sums])
        grouped = grouped.with_columns(*[nw.col(name).cast(nw.Int64) for name in sums])
        parts.append(grouped.collect(backend="pyarrow").to_native().to_pandas())
    counted = reduce(lambda a, b: a.merge(b, on=keys, how="outer"), parts)
    for name in ("numerator", "denominator"):
        if name not in counted:
            counted[name] = pd.NA
        counted[name] = counted[name].astype("Int64")
    # A denominator without numerator rows is a numerator of 0.
    counted["numerator"] = counted["numerator"].fillna(0)
    return counted[[*keys, "numerator", "denominator"]].sort_values(keys, ignore_index=True)


def trace_units(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    organisation: str | None = None,
) -> pd.DataFrame:
    """Every unit of a line and period with its fate.

    Columns: indicator, record_id, org_code, period, in_denominator (missing for a count),
    in_numerator, excluded_because (the first fault or clause that failed, empty for a unit in the
    numerator), quantity, count. `quantity` x flags, summed, is what `count_units` gives.
    """
    family = source.family
    units = _units(source, indicator, periods, engine)
    traced = []
    for measure, org, frame in _measured(source, indicator, units, level):
        if organisation is not None:
            frame = frame.filter((nw.col(org) == organisation).fill_null(False))
        frame = _with_flags(frame, family, indicator, measure, org)
        identifier = _table_of(family, measure.units).identifier
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
            nw.col(measure.quantity).cast(nw.Int64).alias("quantity"),
            nw.col("count").cast(nw.Int64),
        )
        traced.append(chosen.collect(backend="pyarrow").to_native().to_pandas())
    result = pd.concat(traced, ignore_index=True)
    for name in ("in_denominator", "in_numerator"):
        result[name] = result[name].astype("boolean")
    if indicator.is_count:
        result["in_denominator"] = pd.NA
        result["in_denominator"] = result["in_denominator"].astype("boolean")
    for name in ("record_id", "org_code", "excluded_because"):
        result[name] = result[name].astype("object").where(result[name].notna(), None)
    order = ["org_code", "period", "record_id"]
    ordered: pd.DataFrame = result.sort_values(order, ignore_index=True, kind="stable")
    return ordered


def attrition(
    source: Input, indicator: Indicator, periods: list[Period], level: str, engine: str = "duckdb"
) -> pd.DataFrame:
    """How many units each fault and clause leaves out, by organisation and period.

    Columns: org_code, period, excluded_because (empty: in the numerator), in_denominator, units.
    """
    units = _units(source, indicator, periods, engine)
    parts = []
    for measure, org, frame in _measured(source, indicator, units, level):
        flagged = _with_flags(frame, source.family, indicator, measure, org)
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
        parts.append(grouped.collect(backend="pyarrow").to_native().to_pandas())
    keys = ["org_code", "period", "excluded_because"]
    counted: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return counted.sort_values(keys, ignore_index=True)


def organisations(source: Input, level: str) -> list[str]:
    """Every organisation of a base level in the family's input, also one whose records all fail."""
    codes: set[str] = set()
    for name in source.tables:
        column = source.family.tables[name].organisations.get(level)
        if column and column in source.columns(name):
            rows = source.con.execute(
                f'SELECT DISTINCT "{column}" FROM "{name}_typed" WHERE "{column}" IS NOT NULL'
            ).fetchall()
            codes.update(code for (code,) in rows)
    return sorted(codes)


def covered_from(source: Input) -> date | None:
    """The first day of the first month that the records cover, or None if nothing says.

    A table may name a date (`covers_from`) that is recorded only from some month on, such as
    clock stops; snapshots before that month would lack what stopped earlier.
    """
    starts = []
    for name in source.tables:
        column = source.family.tables[name].covers_from
        if column:
            ((first,),) = source.con.execute(
                f'SELECT min("{column}") FROM "{name}_typed"'
            ).fetchall()
            if first:
                starts.append(first.replace(day=1))
    return max(starts) if starts else None


def why(family: Family, reason: str) -> str:
    """A fault's or clause's name in words, from where it is defined."""
    from nhsind.clauses import in_words

    if reason == ORGANISATION_MISSING:
        return "The organisation's code is missing."
    if reason in RECORD_FAULTS:
        return RECORD_FAULTS[reason]
    return in_words((family.clauses | family.faults)[reason])


def _units(source: Input, indicator: Indicator, periods: list[Period], engine: str) -> Tables:
    """The unit tables of the periods, with the rows that may count in this line."""
    needed = {measure.units for measure in (indicator.numerator, indicator.denominator) if measure}
    missing = [name for name in source.family.tables if name not in source.tables]
    if not source.tables:
        raise InputError(
            Problem(
                source.description, f"{indicator.code} needs records", allowed=", ".join(missing)
            )
        )
    prepared = source.family.rules.prepare(
        source.frames(engine), period_table(source, periods, engine)
    )
    return {name: _countable(prepared[name], indicator) for name in needed}


def _countable(frame: Frame, indicator: Indicator) -> Frame:
    """Without the rows of published tables that stand for another line or month."""
    names = frame.collect_schema().names()
    if "counts_for" in names:
        frame = frame.filter(
            (nw.col("counts_for") == (indicator.counted_as or indicator.code).upper()).fill_null(
                True
            )
        )
    if "counts_in" in names:
        month_end = nw.col("counts_in")
        if indicator.period_rule == "snapshot":
            inside = month_end == nw.col("period_end")
        else:
            inside = (month_end >= nw.col("period_start")) & (month_end <= nw.col("period_end"))
        frame = frame.filter(inside.fill_null(True))
    return frame


def _measured(
    source: Input, indicator: Indicator, units: Tables, level: str
) -> list[tuple[Measure, str, Frame]]:
    """The unit tables to show for a line: its denominator's, and its numerator's if another."""
    shown = [indicator.denominator or indicator.numerator]
    if indicator.denominator and indicator.numerator.units != indicator.denominator.units:
        shown.append(indicator.numerator)
    result = []
    for measure in shown:
        frame, org = _placed(source, indicator, measure, units, level)
        result.append((measure, org, frame))
    return result


def _placed(
    source: Input, indicator: Indicator, measure: Measure, units: Tables, level: str
) -> tuple[Frame, str]:
    frame = units[measure.units]
    names = set(frame.collect_schema().names())
    return frame, organisation_column(source.family, level, measure.units, names)


def _with_flags(
    frame: Frame, family: Family, indicator: Indicator, measure: Measure, org: str
) -> Frame:
    missing = nw.when(nw.col(org).is_null()).then(nw.lit(ORGANISATION_MISSING))
    reason: nw.Expr = missing.otherwise(nw.col("record_fault"))
    steps = [(name, family.faults[name](), True) for name in indicator.faults]
    inside = indicator.denominator is not None and measure is indicator.denominator
    clauses = list(measure.clauses)
    tested = clauses
    if inside and indicator.numerator.units == measure.units:
        tested = clauses + list(indicator.numerator.clauses)
    steps += [(name, family.clauses[name](), False) for name in tested]
    for name, rule, bad in steps:
        failed = rule if bad else ~rule
        reason = nw.when(reason.is_null() & failed).then(nw.lit(name)).otherwise(reason)
    frame = frame.with_columns(excluded_because=reason)
    because = nw.col("excluded_because")
    passed = because.is_null()
    if not inside:
        return frame.with_columns(in_denominator=nw.lit(False), in_numerator=passed)
    missed = [name for name in tested if name not in clauses]
    in_denominator = passed | because.is_in(missed).fill_null(False)
    in_numerator = passed if indicator.numerator.units == measure.units else nw.lit(False)
    return frame.with_columns(in_denominator=in_denominator, in_numerator=in_numerator)


def _sound(family: Family, indicator: Indicator, org: str) -> nw.Expr:
    conditions = [~nw.col(org).is_null(), nw.col("record_fault").is_null()]
    conditions += [~family.faults[name]() for name in indicator.faults]
    return reduce(and_, conditions)


def _all(family: Family, clauses: tuple[str, ...]) -> nw.Expr:
    return reduce(and_, [family.clauses[name]() for name in clauses])


def _table_of(family: Family, units: str) -> Table:
    return family.tables[units]


def _days(offset: str) -> timedelta:
    match = re.fullmatch(r"([+-]\d+)d", offset)
    if match is None:
        raise UsageError(f'"{offset}" is not a limit: write a number of days such as -126d')
    return timedelta(days=int(match[1]))
