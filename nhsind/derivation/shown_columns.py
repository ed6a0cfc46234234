"""What a trace shows of a unit beside its fate: columns of its records, and how long it waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.clauses import waits_of
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.record_tables import BILLIONTHS, Column
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.derivation.columns import columns_among, columns_read, columns_there
from nhsind.derivation.sums import exact
from nhsind.errors import UsageError, unknown
from nhsind.sources.checked_input import Input

# The columns of every trace, in their order.
FIXED = (
    "indicator",
    "record_id",
    "org_code",
    "period",
    "in_denominator",
    "in_numerator",
    "excluded_because",
    "quantity",
    "count",
)
# What a unit has of the period it stands in, and of how it may count.
OF_A_PERIOD = (
    "period_start",
    "period_end",
    "financial_year_end",
    "record_fault",
    "counts_for",
    "counts_in",
)


def shown_beside(
    source: Input,
    line: Indicator,
    *,
    measures: Sequence[Measure],
    units: Tables,
    columns: Sequence[str] | None,
    more: Sequence[str],
) -> list[dict[str, nw.Expr]]:
    """For each measure what is shown of its units, by the name that it is shown under.

    `units`: the unit tables that the measures count. `columns`; None: those that the line's
    clauses and faults read, and the wait where a clause judges one. `more`: columns beside those.

    Raises UsageError for a column that no units of the line have.
    """
    found = []
    for measure in measures:
        known, decide = _known(source, line, measure, units[measure.units])
        wanted = [*(decide if columns is None else columns), *more]
        found.append({name: known[name] for name in wanted if name in known})
    for name in [*(columns or ()), *more]:
        if name in FIXED:
            raise UsageError(f'every row of the trace has its "{name}"')
        if not any(name in shown for shown in found):
            held = columns_there(source, measures, but=name)
            raise unknown(f"column of what {line.code} counts", name, held)
    return found


def _known(
    source: Input, line: Indicator, measure: Measure, units: Frame
) -> tuple[Mapping[str, nw.Expr], list[str]]:
    """Everything that could be shown of a measure's units, and the names of what decides on one."""
    names = units.collect_schema().names()
    known = {name: nw.col(name) for name in names}
    known |= {name: nw.col(held) for name, held in columns_among(source, measure, names).items()}
    shares = measure.units == line.numerator.units
    judged = (*measure.clauses, *(line.numerator.clauses if shares else ()))
    waits = waits_of(source.family.rules)
    waited = {waits[name].name: waits[name].length() for name in judged if name in waits}
    limits = {limit.name for limit in line.limits.values()}
    places = set(source.family.organisations(measure.units).values())
    hidden = {*FIXED, *OF_A_PERIOD, *limits, *places}
    read = columns_read(source, line, measure, units)
    return known | waited, [name for name in [*read, *waited] if name not in hidden]


def as_known(values: pd.Series[Any], column: Column | None) -> pd.Series[Any]:
    """Values as objects: numbers as they were given, missing as None."""
    if column is not None and column.kind == "decimal":
        values = exact(values, BILLIONTHS)
    elif pd.api.types.is_float_dtype(values):  # whole numbers among missing ones
        values = values.astype("Int64")
    return values.astype(object).where(values.notna(), None)
