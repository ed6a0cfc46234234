"""The sheet of one line in a workbook: its figures, from England down, and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gptables import GPTable

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import mark_notes
from nhsind.geography import ENGLAND
from nhsind.release.hidden import mark_of
from nhsind.release.policies import rule_in_short
from nhsind.release.results import Results
from nhsind.report.workbook_cells import (
    PLAN_VERDICT,
    STANDARD,
    VERDICT,
    Cells,
    count_cell,
    count_format,
    limit_cell,
    made_table,
    plan_cell,
    plan_verdict,
    value_cell,
)
from nhsind.report.workbook_notes import ONE_TABLE, Note, notes_words
from nhsind.tables.cells import has_standard, standard_words, verdict_words

NAME, CODE = "Organisation", "Organisation code"
LOWER, UPPER = "95% interval, from", "95% interval, to"


@dataclass(frozen=True)
class Sheet:
    """The table of one line: cells by heading, and the number format of those that have one."""

    line: Indicator
    cells: Cells
    formats: dict[str, str]
    legend: list[str]


def sheet_of(found: Results, line: Indicator) -> Sheet:
    """The table of a line: England first, then the organisations by their code."""
    period = found.period_of(line.code)
    figures = found.figures.frame
    rows = figures[(figures["indicator"] == line.code) & (figures["period"] == str(period))]
    rows = rows.sort_values("org_code", key=lambda codes: codes.where(codes != ENGLAND, ""))
    made: list[Any] = rows.to_dict("records")
    scale, sign = (100, "%") if line.is_share else (1, "")
    shown = f"0.0{sign}" if sign else "#,##0.0"
    value = f"Value ({'percentage' if line.is_share else line.unit})"
    cells: Cells = {
        CODE: [row["org_code"] for row in made],
        NAME: [found.names.get(row["org_code"]) or row["org_code"] for row in made],
    }
    formats = {}
    parts = [] if line.is_count else [("Numerator", "numerator"), ("Denominator", "denominator")]
    parts = [(value, "numerator")] if line.is_count else parts
    for heading, name in parts:
        cells[heading] = [count_cell(row[name], mark_of(row, name)) for row in made]
        formats[heading] = count_format(cells[heading])
    if not line.is_count:
        cells[value] = [value_cell(line, row, scale) for row in made]
        formats[value] = shown
    if rows["ci_upper"].notna().any():
        for heading, name in ((LOWER, "ci_lower"), (UPPER, "ci_upper")):
            cells[heading] = [limit_cell(line, row, name, scale) for row in made]
            formats[heading] = "#,##0" if line.is_count else shown
    if any(map(has_standard, made)):
        standards = [line.standard(period, str(row["org_level"])) for row in made]
        cells[STANDARD] = [
            standard_words(standard, row) for standard, row in zip(standards, made, strict=True)
        ]
        cells[VERDICT] = [verdict_words(row) for row in made]
    if rows["plan"].notna().any():
        plan = value.replace("Value", "Plan")
        cells[plan] = [plan_cell(row["plan"], scale) for row in made]
        formats[plan] = formats[value]
        cells[PLAN_VERDICT] = [plan_verdict(line, row) for row in made]
    rule = rule_in_short(found.figures.policy)
    return Sheet(line, cells, formats, [*_legend(line, cells), *([rule] if rule else [])])


def _legend(line: Indicator, cells: Cells) -> list[str]:
    """What the figures of the table are, in words, and the marks that stand in it."""
    held = {cell for column in cells.values() for cell in column if isinstance(cell, str)}
    words = [("Value" if line.is_count else "Numerator", line.numerator_in_words)]
    if line.denominator_in_words is not None:
        words.append(("Denominator", line.denominator_in_words))
    return [
        *(f"{name}: {text}" for name, text in words),
        *([] if VERDICT in cells else ["There is no standard for these figures."]),
        *([] if UPPER in cells else ["There is no 95% interval of these figures."]),
        *mark_notes(held),
    ]


def table_of(found: Results, sheet: Sheet, notes: list[Note]) -> GPTable:
    """The sheet as gptables takes it, with the notes that apply to it."""
    line = sheet.line
    applying = f"{notes_words(notes, line.code)}, on the worksheet Notes, apply to it."
    return made_table(
        re.sub(r"\W", "_", f"figures_{line.code}"),
        f"{line.code}: {line.title}, {found.period_of(line.code).words}",
        instructions=f"{ONE_TABLE} {applying}",
        cells=sheet.cells,
        formats=sheet.formats,
        legend=sheet.legend,
    )
