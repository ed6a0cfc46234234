"""The columns of the output table: their order, and what each holds.

`measure` makes the table, `release` adds the marks, a run publishes it as CSV beside this list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from nhsind.definitions.catalogue import family_codes
from nhsind.definitions.family import Family
from nhsind.definitions.indicators_file import KINDS
from nhsind.definitions.standards import OPERATORS
from nhsind.definitions.statuses import Mark, Status
from nhsind.geography import LEVELS

TYPES = ("text", "whole or decimal number", "decimal number", "true or false")
TEXT, COUNT, NUMBER, VERDICT = TYPES


@dataclass(frozen=True)
class OutputColumn:
    """One column: what it holds, its type, unit, allowed values; `empty`: where a cell is empty."""

    name: str
    holds: str
    type: str = TEXT
    unit: str = ""
    allowed: str = "any"
    empty: str = "never empty"


# What several columns say alike.
OF_VALUE = "that of the value: see unit"
NO_STANDARD = "there is no standard for the period and level"
NO_PLAN = "there is no plan"
NO_VALUE = "there is no value: see value_mark"
TOO_COARSE = "rounded counts are too coarse to tell: see note"
# The columns of every output table, in their order.
COLUMNS = (
    OutputColumn("family", "The family of indicators", allowed=", ".join(family_codes())),
    OutputColumn("indicator", "The code of the indicator's line, such as E.B.3"),
    OutputColumn("org_level", "What kind of organisation the row is of", allowed=", ".join(LEVELS)),
    OutputColumn("org_code", "The organisation's code; ENGLAND for the national figure"),
    OutputColumn("org_name", "The organisation's name", empty="the data do not name it"),
    OutputColumn(
        "period",
        "The month, quarter or financial year of the figure",
        allowed="2018-03 (a month), 2017-18-Q4 (a quarter), 2017-18 or 2011/12 (a year)",
    ),
    OutputColumn("kind", "What kind of value the line has", allowed=", ".join(KINDS)),
    OutputColumn(
        "numerator",
        "The count above the line; of a count, the value; of a mean, the total",
        COUNT,
        "what the line counts",
        "0 or more",
        "it is suppressed or not available: see numerator_mark",
    ),
    OutputColumn(
        "denominator",
        "The count below the line; of a mean, how many it is taken over",
        COUNT,
        "what the line counts",
        "0 or more",
        "it is suppressed or not available, or the line is a count: see denominator_mark",
    ),
    OutputColumn(
        "value",
        "The figure, not rounded; where counts are rounded, that of the true counts as finely as "
        "it is printed; a proportion is a fraction (0.9214 is 92.14%)",
        NUMBER,
        OF_VALUE,
        "0 or more",
        "there is no value: see value_mark",
    ),
    OutputColumn(
        "ci_lower",
        "The lower limit of the value's 95% interval; where counts are rounded, the lowest that "
        "it could have",
        NUMBER,
        OF_VALUE,
        "any number",
        "the line has no interval, the limit is 0, or there is no value: see value_mark",
    ),
    OutputColumn(
        "ci_upper",
        "The upper limit of the value's 95% interval; where counts are rounded, the highest that "
        "it could have",
        NUMBER,
        OF_VALUE,
        "0 or more",
        "the line has no interval, or there is no value: see value_mark",
    ),
    OutputColumn("unit", "What the value is in: proportion, ratio, days, pathways, per 100,000"),
    OutputColumn(
        "standard",
        "The number that the value is tested against",
        NUMBER,
        OF_VALUE,
        "0 or more",
        NO_STANDARD,
    ),
    OutputColumn(
        "comparator",
        "How the value must stand to the standard to meet it",
        allowed=", ".join(f"{sign} ({words})" for sign, words in OPERATORS.items()),
        empty=NO_STANDARD,
    ),
    OutputColumn(
        "meets_standard",
        "Whether the unrounded value meets the standard",
        VERDICT,
        allowed="true, false",
        empty=f"{NO_STANDARD}, {NO_VALUE}, or {TOO_COARSE}",
    ),
    OutputColumn(
        "plan",
        "The organisation's own plan for the period",
        NUMBER,
        OF_VALUE,
        "0 or more",
        NO_PLAN,
    ),
    OutputColumn(
        "meets_plan",
        "Whether the unrounded value meets the plan",
        VERDICT,
        allowed="true, false",
        empty=f"{NO_PLAN}, the line has no better direction, {NO_VALUE}, or {TOO_COARSE}",
    ),
    OutputColumn(
        "status", "Whether there is a value, and if not why", allowed=", ".join(reversed(Status))
    ),
    OutputColumn(
        "note",
        "What is behind a status that is not ok, in words; what rounded counts leave open",
        empty="the status is ok, and nothing is left open",
    ),
)
OUTPUT_COLUMNS = [column.name for column in COLUMNS]
_DTYPES = {TEXT: "str", COUNT: "Int64", NUMBER: "float64", VERDICT: "boolean"}
# Why a number is suppressed is a matter of each row.
MARK_SAYS = {Mark.SUPPRESSED: "suppressed; note says if as small or to protect another"}
# What release adds to every table.
MARK_COLUMNS = tuple(
    OutputColumn(
        f"{name}_mark",
        f"Why there is no {name}",
        allowed=", ".join(f"{mark} ({MARK_SAYS.get(mark, mark.meaning)})" for mark in Mark),
        empty=f"there is a {name}, or the data do not hold one",
    )
    for name in ("numerator", "denominator", "value")
)
# What only some tables have.
FURTHER_COLUMNS = (
    OutputColumn(
        "squares",
        "The sum of the squares of what a mean or another sum of shares is taken over",
        COUNT,
        "the square of what the line counts",
        "0 or more",
        "the line adds up no shares of units",
    ),
    OutputColumn(
        "mark",
        "The status of a figure that is not whole, or that the publisher of a file did not print",
        allowed=", ".join(
            (Status.NOT_COVERED, Status.SUPPRESSED, Status.NOT_AVAILABLE, Status.PARTIAL)
        ),
        empty="the figure is whole",
    ),
)


def standard_columns(families: list[Family]) -> list[OutputColumn]:
    """The figures that the standards of single organisations are made of, by their lines."""
    lines: dict[str, list[str]] = {}
    for family in families:
        for line in family.indicators.values():
            for name in line.standard_from:
                lines.setdefault(name, []).append(line.code)
    return [
        OutputColumn(
            f"standard_{name}",
            f"The {name.replace('_', ' ')} that an organisation's own standard is made of "
            f"({', '.join(codes)})",
            COUNT,
            "what the line counts",
            "0 or more",
            "the line has one standard for all, or the figure is not known",
        )
        for name, codes in sorted(lines.items())
    ]


def output_columns(by: Sequence[str] = ()) -> list[str]:
    """The columns of an output table, those of a breakdown before `kind`."""
    at = OUTPUT_COLUMNS.index("kind")
    return [*OUTPUT_COLUMNS[:at], *by, *OUTPUT_COLUMNS[at:]]


def empty_output() -> pd.DataFrame:
    """An output table without rows, its columns of the types that they have with rows."""
    columns = {column.name: pd.Series(dtype=_DTYPES[column.type]) for column in COLUMNS}
    return pd.DataFrame(columns)


def data_dictionary(families: list[Family]) -> pd.DataFrame:
    """Every column that an output table of these families can have, one a row."""
    columns = [*COLUMNS, *FURTHER_COLUMNS, *standard_columns(families), *MARK_COLUMNS]
    return pd.DataFrame(map(asdict, columns)).rename(
        columns={"name": "column", "allowed": "allowed_values", "empty": "empty_where"}
    )
