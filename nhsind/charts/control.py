"""Control charts of released figures: values with their limits, and what is special about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.charts.base import (
    Chart,
    bare,
    factor,
    missing_words,
    noted,
    number_words,
    own_name,
    standard_of,
    undrawn,
    unit_words,
)
from nhsind.charts.control_drawing import drawn_chart
from nhsind.charts.control_parts import ChartAim, Control, Scale, VerdictLine
from nhsind.charts.control_words import (
    aim_cell,
    aim_name,
    basis_words,
    cause_cell,
    limit_cells,
    verdicts,
)
from nhsind.charts.times import gap_words, short, span, time_line
from nhsind.charts.times import in_words as period_words
from nhsind.charts.trend import trend_chart
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark
from nhsind.narrative.line_charts import line_charts
from nhsind.periods import Period
from nhsind.release.results import Results
from nhsind.statistics.adjustments import Adjustments
from nhsind.statistics.chart_making import Asked
from nhsind.tables.cells import is_rounded, value_words
from nhsind.tables.small_table import Table

OF_ROUNDED = (
    "Limits and special causes are not shown: they would take the counts as exact, which are "
    "rounded."
)
OVERLAPPING = (
    "It is no control chart: each period holds a part of the one before, so that its points are "
    "not independent of one another."
)


def control_chart(
    results: Results,
    code: str,
    rules: str = "mdc-sql-2.5",
    adjustments: Adjustments | None = None,
) -> Chart:
    """The organisation's values over time with mean and limits, aims and special causes.

    `adjustments` None: those of the results. Of rounded counts, and of windows that overlap, it
    is a line chart and says why.
    """
    line = results.line(code)
    periods = time_line(results, code)
    rows = [results.figure(code, period=each) for each in periods]
    if any(row is not None and is_rounded(row) for row in rows):
        return trend_chart(results, [code], OF_ROUNDED)
    if line.is_rolling:
        return trend_chart(results, [code], OVERLAPPING)
    values = [float("nan") if row is None else float(row["value"]) for row in rows]
    aims = _aims(results, line, rows)
    target = aims[0].values if aims else ()
    own = adjustments or results.adjustments.get(code) or Adjustments()
    goal = [_given(each, factor(line)) for each in target] if target else None
    found = line_charts(
        line,
        pd.DataFrame([values], columns=[period_words(each) for each in periods], dtype=float),
        (_counts(rows, "numerator"), _counts(rows, "denominator")),
        kind=own.kind,
        asked=Asked(goal, rules=rules, **own.on(periods)),
    )[0]
    control = Control(
        found,
        [short(each) for each in periods],
        [period_words(each) for each in periods],
        [Mark.NOT_AVAILABLE if row is None else value_words(row) for row in rows],
        _scale(line),
        aims,
    )
    title = f"{line.title}, {own_name(results)}, {span(periods) if periods else ''}"
    gaps = gap_words(
        own_name(results),
        periods,
        {
            each: missing_words(row)
            for each, row, value in zip(periods, rows, values, strict=True)
            if isnan(value)
        },
    )
    said = verdicts(control)
    table = _table(control, periods, said, caption=f"Control chart: {title}")
    if not found.known.size:
        return undrawn(f"{title}: there is no value to draw. {gaps}".strip(), table)
    return drawn_chart(
        control, said, table, heading=f"Control chart of {title}", gaps=[gaps] if gaps else []
    )


def _counts(rows: Sequence[Any], name: str) -> NDArray[np.float64]:
    """A count of each row of figures, as one row."""
    held = [np.nan if row is None or pd.isna(row[name]) else float(row[name]) for row in rows]
    return np.array([held])


def _given(drawn: float | None, times: float) -> float:
    return float("nan") if drawn is None else drawn / times


def _scale(line: Indicator) -> Scale:
    @cache  # limits are the same at every point of a part
    def words(value: float) -> str:
        return number_words(value, line)

    return Scale(
        unit_words(line),
        words,
        lambda value: bare(words(value), line),
        factor(line),
        is_percentage=line.kind == "proportion",
        whole=line.kind == "count",
    )


def _aims(results: Results, line: Indicator, rows: Sequence[Any]) -> list[ChartAim]:
    """The standard of each period, else the plan, is the target; plans beside it a line of theirs.

    A line without either has none.
    """
    standards = [standard_of(results, line, row) for row in rows]
    words = _scale(line).words
    plans = [
        None if row is None or pd.isna(row["plan"]) else factor(line) * float(row["plan"])
        for row in rows
    ]
    planned = [
        "" if plan is None else f"Plan {bare(words(plan / factor(line)), line)}" for plan in plans
    ]
    plan = ChartAim("plan", plans, planned, planned[-1] if planned else "")
    if not any(standards):
        return [replace(plan, name="target")] if any(planned) else []
    targets = [
        (plan, words) if each is None else each
        for each, plan, words in zip(standards, plans, planned, strict=True)
    ]
    target = ChartAim("target", [each[0] for each in targets], [each[1] for each in targets], "")
    target = replace(target, words=target.told[-1])
    differs = any(own not in (None, aim) for own, aim in zip(plans, target.values, strict=True))
    return [target, plan] if differs else [target]


def _table(
    control: Control, periods: Sequence[Period], said: Sequence[VerdictLine], *, caption: str
) -> Table:
    cells = []
    for place, period in enumerate(periods):
        own = [period.words, control.told[place]]
        own += limit_cells(control, place)
        own += [aim_cell(aim, place) for aim in control.aims]
        cells.append((*own, cause_cell(control, place)))
    headings = ["Period", "Value", "Mean", "Lower limit", "Upper limit"]
    headings += [aim_name(aim) for aim in control.aims]
    words = frozenset({len(headings)})
    headings.append("Special cause")
    return noted(
        Table(caption, tuple(headings), tuple(cells), words=words),
        *(each.words for each in said),
        *basis_words(control),
    )
