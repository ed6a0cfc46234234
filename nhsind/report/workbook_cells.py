"""Cells of a workbook: numbers as they are shown and no more exact, and harmless texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pandas as pd
from gptables import GPTable

from nhsind.charts.lettering import clean
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark
from nhsind.derivation.figures import as_exact
from nhsind.narrative.numbers import half_up
from nhsind.output import without_formulas
from nhsind.release.hidden import mark_of
from nhsind.tables.cells import is_rounded, plan_verdict_words, value_words

# Excel holds no more in a cell; XlsxWriter would leave such a cell empty.
LONGEST_TEXT = 32_767
# What gptables reads in a text: links, and references to notes.
MARKUP = {"](": "] (", "$$": "$ $"}
STANDARD, VERDICT, PLAN_VERDICT = "Standard", "Standard met?", "Plan met?"
# Words in the column after a number would touch it.
BESIDE_NUMBERS = {"indent": 1}
Cells = dict[str, list[Any]]


def made_table(
    name: str,
    title: str,
    *,
    instructions: str,
    cells: Cells,
    formats: dict[str, str] | None = None,
    legend: Iterable[str] = (),
) -> GPTable:
    """A table as gptables takes it, every text made harmless."""
    table = pd.DataFrame(
        {
            heading: pd.Series(
                [_cell(cell) if isinstance(cell, str) else cell for cell in column], dtype=object
            )
            for heading, column in cells.items()
        }
    )
    formatting: list[dict[str, Any]] = [
        {"column": {"columns": [heading], "format": {"num_format": shown, "align": "right"}}}
        for heading, shown in (formats or {}).items()
    ]
    formatting += [
        {"column": {"columns": [heading], "format": BESIDE_NUMBERS, "include_names": True}}
        for heading in (STANDARD, VERDICT, PLAN_VERDICT)
        if heading in cells
    ]
    return GPTable(
        without_formulas(table),
        name,
        plain(title),
        instructions=plain(instructions),
        legend=plain_texts(legend),
        additional_formatting=formatting,
        index_columns={2: 0},
    )


def count_cell(value: Any, mark: Any) -> int | float | str:
    """A released count, a whole number where it is one, to one place where not; or its mark."""
    if pd.isna(value):
        return str(mark or Mark.NOT_AVAILABLE)
    exact = as_exact(value)
    return int(exact) if exact.denominator == 1 else float(half_up(exact, 1))


def count_format(cells: list[Any]) -> str:
    """Excel's format of a column of counts: to one place where one is no whole number."""
    return "#,##0.0" if any(isinstance(cell, float) for cell in cells) else "#,##0"


def value_cell(line: Indicator, row: dict[str, Any], scale: int) -> float | str:
    """A value as it is shown and no more exact: 92.1% is 0.921.

    Of rounded counts as text, since a column has one format and their digits differ.
    """
    if is_rounded(row):
        return value_words(row).removesuffix(f" {line.unit}")
    if pd.isna(row["value"]):
        return mark_of(row) or Mark.NOT_AVAILABLE
    exact = as_exact(row["numerator"]) * line.per / as_exact(row["denominator"])
    return _rounded(exact, scale)


def limit_cell(line: Indicator, row: dict[str, Any], name: str, scale: int) -> float | str:
    """A limit of the interval as it is shown; Byar's lower limit is missing where it is 0."""
    if pd.isna(row["ci_upper"]):
        return mark_of(row) or Mark.NOT_APPLICABLE
    limit = 0.0 if pd.isna(row[name]) else float(row[name])
    return round(limit) if line.is_count else round(round(scale * limit, 1) / scale, 3)


def plan_cell(value: Any, scale: int) -> float | str:
    """A plan as it is shown and no more exact."""
    return Mark.NOT_APPLICABLE if pd.isna(value) else _rounded(Fraction(str(value)), scale)


def _rounded(exact: Fraction, scale: int) -> float:
    return float(half_up(exact * scale, 1) / scale)


def plan_verdict(line: Indicator, row: dict[str, Any]) -> str:
    """Whether the plan is met; without a value, why there is none."""
    if is_rounded(row):
        return plan_verdict_words(line, row)
    if pd.isna(row["meets_plan"]):
        return Mark.NOT_APPLICABLE if pd.isna(row["plan"]) else mark_of(row) or Mark.NOT_APPLICABLE
    return "met" if row["meets_plan"] else "not met"


def _cell(text: str) -> str:
    """The text of a cell; gptables refuses one without a letter or digit, which no mark has."""
    told = plain(text)
    return told if re.search("[A-Za-z0-9]", told) else f"{told} (as given)"


def plain(text: str) -> str:
    """A text of one line without what would be invisible, or markup to gptables."""
    told = clean(text)
    for markup, harmless in MARKUP.items():
        while markup in told:
            told = told.replace(markup, harmless)
    return told[:LONGEST_TEXT]


def plain_texts(texts: Iterable[str]) -> list[str]:
    """Each text as `plain` makes it."""
    return [plain(text) for text in texts]
