"""From records to flags: which unit of which period is in a line's denominator and numerator.

`count_units` sums the flags by organisation and period; `trace_units` shows them unit by unit.
Both read the same clauses in the same order, so a trace adds up to its figure.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from nhsind.definitions.definition import Family, Indicator, Measure
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import Period, month_of
from nhsind.sources.checked_input import Input, as_engine
from nhsind.sources.findings import RECORD_FAULTS

ORGANISATION_MISSING = "organisation_missing"


def period_table(source: Input, periods: list[Period], engine: str) -> Frame:
    """The small table of periods and limit dates that the records are joined to.

    A limit is a number of days or months from the period's last or first day: `end-126d` (or
    `-126d`), `start-3m`. Months from the last day end on a last day: a month or quarter shifted.
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
        "financial_year_end": [period.financial_year.end for period in periods],
    }
    for name, offset in limits.items():
        columns[name] = [_limit(period, offset) for period in periods]
    # Unit tables that were planned with other periods keep theirs.
    name = f"periods_{source.period_sets.setdefault(tuple(periods), len(source.period_sets))}"
    source.con.register("periods_given", pa.table(columns))
    source.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} AS FROM periods_given")
    return as_engine(source.con, name, engine)


def count_units(
    source: Input,
    indicator: Indicator,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    also_by: tuple[str, ...] = (),
) -> pd.DataFrame:
    """The sums of a line by organisation and period.

    Columns: org_code, period, those of `also_by`, numerator, denominator (missing for a count),
    those of `standard_from`, and of a mean the sum of squares. Only organisations and periods with
    units; whole numbers, or exact decimals where the quantity has parts.
    """
    family = source.family
    units = _units(source, indicator, periods, engine)
    keys = ["org_code", "period", *also_by]
    parts: list[pd.DataFrame] = []
    for alias, measure in indicator.measures.items():
        if alias == "numerator" and indicator.is_inside:
            continue  # summed with the denominator it lies in
        frame, org = _placed(source, indicator, measure, units, level)
        frame = frame.filter(
            _sound(family, indicator, measure, org), *_each(family, measure.clauses)
        )
        sums = {alias: nw.col(measure.quantity)}
        if alias == "denominator" and indicator.is_inside:
            sums |= _sums_inside(family, indicator)
        frame = frame.select(
            nw.col(org).alias("org_code"), *[nw.col(name) for name in keys[1:]], **sums
        )
        grouped = frame.group_by(*keys).agg(*[nw.col(name).sum() for name in sums])
        grouped = grouped.with_columns(*[nw.col(name).cast(nw.Int64) for name in sums])
        part = grouped.collect(backend="pyarrow").to_native().to_pandas()
        # Without rows a key has no type that could be merged.
        parts.append(part.astype(dict.fromkeys(keys, object)))
    counted = reduce(lambda a, b: a.merge(b, on=keys, how="outer"), parts)
    if "denominator" not in counted:
        counted["denominator"] = pd.NA
    # A denominator without numerator rows is a numerator of 0.
    counted["numerator"] = counted["numerator"].fillna(0)
    for alias, measure in indicator.measures.items():
        counted[alias] = exact(counted[alias], measure.scale)
    sums_of = [name for name in counted.columns if name not in keys]
    for name in set(sums_of) - set(indicator.measures):
        counted[name] = counted[name].astype("Int64")
    return counted[[*keys, *sums_of]].sort_values(keys, ignore_index=True)


def _sums_inside(family: Family, indicator: Indicator) -> dict[str, nw.Expr]:
    """The numerator's quantity where its clauses hold; of a mean also the squares.

    A row stands for `count` equal units, so its quantity squared over `count` is their squares.
    """
    numerator = indicator.numerator
    quantity = nw.col(numerator.quantity)
    sums = {"numerator": quantity}
    if indicator.kind == "mean":
        sums["squares"] = nw.when(nw.col("count") > 0).then(quantity * quantity // nw.col("count"))
    if not numerator.clauses:
        return sums
    hit = reduce(and_, _each(family, numerator.clauses))
    return {name: nw.when(hit).then(value).otherwise(0) for name, value in sums.items()}


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
    numerator), quantity, count. `quantity` summed over a flag is what `count_units` gives; the
    denominator of a mean is `count` summed. A line whose numerator and denominator count different
    units has rows of both.
    """
    family = source.family
    units = _units(source, indicator, periods, engine)
    traced = []
    for measure, org, frame in _measured(source, indicator, units, level):
        if organisation is not None:
            frame = frame.filter((nw.col(org) == organisation).fill_null(False))
        frame = _with_flags(frame, family, indicator, measure, org)
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
        )
        part = chosen.collect(backend="pyarrow").to_native().to_pandas()
        traced.append(part.assign(quantity=exact(part["quantity"], shown.scale)))
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

    Columns: org_code, period, part (whose units they are: denominator, where the numerator lies in
    it, or numerator), excluded_because (empty: passes all), in_denominator, units.
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
        part = "numerator" if measure is indicator.numerator else "denominator"
        parts.append(grouped.collect(backend="pyarrow").to_native().to_pandas().assign(part=part))
    keys = ["org_code", "period", "part", "excluded_because"]
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
            faults = [key for key, rule in source.family.faults.items() if rule.table == name]  # type: ignore[attr-defined]
            # A date that cannot be true says nothing of what the records cover.
            wrong = " OR ".join([f'"{key}"' for key in faults] or ["false"])
            ((first,),) = source.con.execute(
                f'SELECT min("{column}") FROM "{name}_faults" WHERE NOT ({wrong})'
            ).fetchall()
            if first:
                starts.append(date(first.year, first.month, 1))
    return max(starts) if starts else None


def why(family: Family, reason: str) -> str:
    """A fault's or clause's name in words, from where it is defined."""
    from nhsind.definitions.clauses import in_words

    if reason == ORGANISATION_MISSING:
        return "The organisation's code is missing."
    if reason in RECORD_FAULTS:
        return RECORD_FAULTS[reason]
    return in_words((family.clauses | family.faults)[reason])


def _units(source: Input, indicator: Indicator, periods: list[Period], engine: str) -> Tables:
    """The unit tables of the periods, with the rows that may count in this line.

    Raises InputError where a record table is missing.
    """
    missing = source.family.tables_missing(indicator, source.tables)
    if missing:
        raise InputError(
            [
                Problem(source.description, f"holds no table {name}, which {indicator.code} needs")
                for name in missing
            ]
        )
    needed = dict.fromkeys(measure.units for measure in indicator.measures.values())
    return {
        name: _countable(_unit_table(source, name, periods, engine), indicator) for name in needed
    }


def _unit_table(source: Input, name: str, periods: list[Period], engine: str) -> Frame:
    """A unit table of the periods; the query for it is planned once for all lines."""
    key: tuple[str | Period, ...] = (name, *periods)
    if engine == "duckdb" and key in source.planned:
        return source.planned[key]
    table = period_table(source, periods, engine)
    made = source.family.units[name].make(source.frames(engine), table)
    if engine == "duckdb":  # others hold the rows, not a query
        source.planned[key] = made
    return made


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
    """A unit table and the column that places its units at a level below England.

    Raises InputError if the units do not carry it.
    """
    frame = units[measure.units]
    names = frame.collect_schema().names()
    base = source.base_level(level)
    column = source.family.organisations(measure.units).get(base)
    if column is None or column not in names:
        raise InputError(
            Problem(
                f"{source.family.code}/{source.family.units[measure.units].of}",
                f"level {level} needs the column",
                column=column or f"{base}_code",
            )
        )
    return frame, column


def _with_flags(
    frame: Frame, family: Family, indicator: Indicator, measure: Measure, org: str
) -> Frame:
    """The columns in_denominator, in_numerator and excluded_because, of one measure's units."""
    shares = (
        indicator.denominator is not None
        and indicator.numerator.units == indicator.denominator.units
    )
    if shares and indicator.numerator_is_apart:
        assert indicator.denominator is not None
        conditions = _each(family, indicator.denominator.clauses)
        other = reduce(and_, conditions, _sound(family, indicator, measure, org))
        frame = _with_reason(frame, family, indicator, indicator.numerator, org, ())
        passed = nw.col("excluded_because").is_null()
        return frame.with_columns(in_denominator=other, in_numerator=passed)
    inside = indicator.denominator is not None and measure is indicator.denominator
    also = indicator.numerator.clauses if inside and shares else ()
    frame = _with_reason(frame, family, indicator, measure, org, also)
    because = nw.col("excluded_because")
    passed = because.is_null()
    if not inside:
        return frame.with_columns(in_denominator=nw.lit(False), in_numerator=passed)
    missed = [name for name in also if name not in measure.clauses]
    in_denominator = passed | because.is_in(missed).fill_null(False) if missed else passed
    return frame.with_columns(
        in_denominator=in_denominator, in_numerator=passed if shares else nw.lit(False)
    )


def _with_reason(
    frame: Frame,
    family: Family,
    indicator: Indicator,
    measure: Measure,
    org: str,
    also: tuple[str, ...],
) -> Frame:
    """The first fault or clause that a unit fails, in the order of the definition."""
    steps = [(name, family.faults[name]()) for name in family.faults_of(indicator, measure.units)]
    steps += [(name, ~family.clauses[name]()) for name in (*measure.clauses, *also)]
    # From the last to the first, so that each rule stands in the expression once.
    reason: nw.Expr = nw.lit(None, dtype=nw.String)
    for name, failed in reversed(steps):
        reason = nw.when(failed).then(nw.lit(name)).otherwise(reason)
    fault = nw.col("record_fault")
    reason = nw.when(fault.is_null()).then(reason).otherwise(fault)
    reason = nw.when(nw.col(org).is_null()).then(nw.lit(ORGANISATION_MISSING)).otherwise(reason)
    return frame.with_columns(excluded_because=reason)


def _sound(family: Family, indicator: Indicator, measure: Measure, org: str) -> nw.Expr:
    conditions = [~nw.col(org).is_null(), nw.col("record_fault").is_null()]
    faults = family.faults_of(indicator, measure.units)
    conditions += [~family.faults[name]() for name in faults]
    return reduce(and_, conditions)


def _each(family: Family, clauses: tuple[str, ...]) -> list[nw.Expr]:
    return [family.clauses[name]() for name in clauses]


def _limit(period: Period, offset: str) -> date:
    match = re.fullmatch(r"(start|end)?([+-]\d+)([dm])", offset)
    if match is None:
        raise UsageError(f'"{offset}" is not a limit: write -126d, end-126d or start-3m')
    side, number = match[1] or "end", int(match[2])
    if match[3] == "d":
        return (period.start if side == "start" else period.end) + timedelta(days=number)
    if side == "start":
        return month_of(period.start).shift(number).start
    return month_of(period.end).shift(number).end
