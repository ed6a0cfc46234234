"""How much a reading matters: each choice of each line of a family, beside the line itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nhsind.definitions.choosing import choices_of
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.variants import variant
from nhsind.derivation.comparing import Comparison, compare
from nhsind.errors import InputError
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

COLUMNS = [
    *("reading", "choice", "indicator", "period", "value", "value_then", "difference"),
    *("unit", "units", "verdicts", "says"),
]


def how_readings_matter(
    source: Input, month: Period, *, level: str, engine: str = "duckdb"
) -> pd.DataFrame:
    """Each choice of each reading: the total of all with and without it, who changes, what turns.

    For each line the month, quarter or year that ends with `month`: the first in which something
    differs, else the first that it answers. Columns: reading, choice, indicator, period, value,
    value_then, difference, unit, units (how many change their fate), verdicts (how many
    organisations' turn) and says. Lines that the input cannot answer are left out.
    """
    rows = []
    for line in source.family.indicators.values():
        if not source.holds(line):
            continue
        for reading in choices_of(line).values():
            for choice in reading.choices.values():
                other = variant(line, source.family, readings={reading.code: choice.name})
                if not other.differs or not source.holds(other):
                    continue
                row = _row(source, line, other, month, level=level, engine=engine)
                if row is not None:
                    rows.append(
                        {"reading": reading.code, "choice": choice.name, **row}
                        | {"says": " ".join(choice.reading.split())}
                    )
    order = {reading.code: place for place, reading in enumerate(source.family.readings)}
    found = pd.DataFrame(rows, columns=COLUMNS)
    by_reading = found["reading"].map(order)
    return found.iloc[by_reading.argsort(kind="stable")].reset_index(drop=True)


def _row(
    source: Input, line: Indicator, other: Indicator, month: Period, *, level: str, engine: str
) -> dict[str, object] | None:
    """What a choice changes of a line, in the first period in which it changes anything."""
    judged = any(row.kind == "standard" for row in (*line.standards, *other.standards))
    level = level if judged else "england"  # without a verdict none can turn
    first = None
    for period in _periods(source, line, other, month):
        found = compare(source, line, other, periods=[period], level=level, engine=engine)
        row = _counted(found, period)
        if row["units"] or row["verdicts"] or row["difference"]:
            return row
        first = first or row
    return first


def _periods(source: Input, line: Indicator, other: Indicator, month: Period) -> Iterator[Period]:
    kinds = (month, month.quarter, month.financial_year)
    for period in kinds:
        if period.end != month.end or not line.answers(period):
            continue
        try:
            if all(source.covers(each, period) for each in (line, other)):
                yield period
        except InputError:
            continue


def _counted(found: Comparison, period: Period) -> dict[str, object]:
    figures = found.figures
    total = figures[figures["org_code"] == ENGLAND].iloc[0]
    others = figures[figures["org_code"] != ENGLAND]
    unlike = others["meets_standard"].astype(object).fillna("none") != others[
        "meets_standard_then"
    ].astype(object).fillna("none")
    flows = found.flows[found.flows["org_code"] == ENGLAND]
    difference = float(total["difference"])
    return {
        "indicator": found.line.code,
        "period": str(period),
        "value": float(total["value"]),
        "value_then": float(total["value_then"]),
        "difference": 0.0 if pd.isna(difference) else difference,
        "unit": str(total["unit"]),
        "units": int(flows["units"].sum()),
        "verdicts": int(unlike.sum()),
    }
