"""The control chart of any series, of labels and numbers that are no figures of nhsind's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import floor, isnan, log10
from typing import Any

import numpy as np
import pandas as pd

from nhsind.charts.base import Chart, noted, undrawn
from nhsind.charts.control_drawing import drawn_chart, paint
from nhsind.charts.control_parts import ChartAim, Control, Scale, VerdictLine
from nhsind.charts.control_words import (
    aim_cell,
    aim_name,
    basis_words,
    cause_cell,
    limit_cells,
    verdicts,
)
from nhsind.charts.lettering import clean
from nhsind.charts.times import MOST_NAMED, short
from nhsind.charts.times import in_words as period_words
from nhsind.errors import UsageError
from nhsind.narrative.wording import listed
from nhsind.periods import MONTH_NAMES, Period, parse_period
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.given import in_time, labelled
from nhsind.tables.small_table import Table


@dataclass(frozen=True)
class SeriesChart(Chart):
    """A chart that can be had as PNG too."""

    control: Control = field(repr=False, compare=False)
    verdicts: Sequence[VerdictLine] = field(repr=False, compare=False)

    @cached_property
    def png(self) -> bytes:
        """The drawing in pixels, two for each of the page."""
        return paint(self.control, self.verdicts)


def series_chart(
    chart: ControlChart,
    *,
    title: str = "",
    unit: str = "",
    percent: bool = False,
    lines: Mapping[str, Any] | None = None,
    annotations: Mapping[Any, str] | None = None,
) -> Chart:
    """The drawing of a series' control chart.

    `title`: what is charted; `unit`: what its numbers are. `percent`: they are shares, drawn as
    percentages. `lines`: further lines by name, such as a plan or trajectory: a number, or one per
    point. `annotations`: words over a point, by its label or position. Raises UsageError for
    a line that does not fit the points and an annotation at none.
    """
    names, brief = _names(chart.index)
    scale = _scale(chart, clean(unit), percent)
    aims = [_aim(name, values, chart, scale) for name, values in _lines(chart, lines or {})]
    notes = {_place(chart.index, at): clean(words) for at, words in (annotations or {}).items()}
    told_values = ["none" if isnan(value) else _as_given(value, scale) for value in chart.given]
    control = Control(chart, brief, names, told_values, scale, aims, notes)
    when = " to ".join(dict.fromkeys([names[0], names[-1]])) if names else ""
    subject = ", ".join(filter(None, [clean(title), when]))
    heading = f"Control chart of {subject}" if title else f"Control chart, {subject}"
    table = _table(control, heading.rstrip(", "))
    if not chart.known.size:
        return undrawn(f"{heading.rstrip(', ')}: there is no value to draw.", table)
    said = verdicts(control)
    made = drawn_chart(control, said, table, heading=heading, gaps=list(_gaps(control)))
    return SeriesChart(**vars(made), control=control, verdicts=said)


def _names(index: pd.Index[Any]) -> tuple[list[str], list[str]]:
    """Each point's name for sentences and for the axis; dates of months are named as months."""
    found: list[Any] = [in_time(_plain(label)) for label in index]
    days = [each for each in found if isinstance(each, date)]
    if len(days) == len(found) and days:
        ends = pd.DatetimeIndex(days).is_month_end.all()
        if len({day.day for day in days}) == 1 or ends:
            found = [parse_period(f"{day:%Y-%m}") for day in days]
    pairs = [_name(label, each) for label, each in zip(index, found, strict=True)]
    return [name for name, _ in pairs], [brief for _, brief in pairs]


def _plain(label: Any) -> Any:
    """A period of pandas as its text, which `in_time` reads."""
    return str(label) if isinstance(label, pd.Period) else label


def _name(label: Any, when: Any) -> tuple[str, str]:
    if isinstance(when, Period):
        return period_words(when), short(when)
    if isinstance(when, date):
        month = MONTH_NAMES[when.month - 1]
        return f"{when.day} {month} {when.year}", f"{when.day} {month[:3]} {when.year}"
    name = clean(str(label))
    return (f"point {name}", name) if isinstance(label, int | np.integer) else (name, name)


def _scale(chart: ControlChart, unit: str, percent: bool) -> Scale:
    values = chart.given[~np.isnan(chart.given)] * (100 if percent else 1)
    spread = float(np.ptp(values)) if values.size else 0.0
    places = 1 if percent or spread <= 0 else min(9, max(1, 2 - floor(log10(spread))))

    def words(value: float) -> str:
        return f"{100 * value:,.1f}%" if percent else f"{value:,.{places}f}".replace("-", "−")

    whole = not percent and bool((values == np.round(values)).all()) and spread >= 2
    return Scale(
        unit or ("%" if percent else ""),
        words,
        words,
        100.0 if percent else 1.0,
        is_percentage=percent and bool(values.size) and values.min() >= 0 and values.max() <= 100,
        whole=whole,
    )


def _lines(chart: ControlChart, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The target, if there is one, and the further lines, as numbers per point."""
    found = [] if np.isnan(chart.target).all() else [("Target", chart.target)]
    for name, values in given.items():
        values = labelled(values) if np.iterable(values) else values
        if isinstance(values, pd.Series):
            values = values.reindex(chart.index)
        try:
            numbers = np.asarray(values, dtype=float)
            found.append((clean(name), np.broadcast_to(numbers, chart.given.shape)))
        except (TypeError, ValueError):
            raise UsageError(
                f'the line "{name}" is no number for each of {chart.given.size} points'
            ) from None
    return found


def _aim(name: str, values: Any, chart: ControlChart, scale: Scale) -> ChartAim:
    told = ["" if isnan(value) else f"{name} {_as_given(value, scale)}" for value in values]
    drawn = [None if isnan(value) else scale.factor * float(value) for value in values]
    return ChartAim("target" if name == "Target" else "aim", drawn, told, told[-1])


def _as_given(value: float, scale: Scale) -> str:
    """A number as it was given, to twelve digits."""
    shown = f"{scale.factor * float(value):,.12g}".replace("-", "−")
    return f"{shown}%" if scale.factor != 1 else shown


def _place(index: pd.Index[Any], at: Any) -> int:
    try:
        place = index.get_loc(at)
    except (KeyError, TypeError, ValueError):
        place = at
    if not isinstance(place, int) or not 0 <= place < len(index):
        raise UsageError(f'nothing can be noted at "{at}": it is no point of the series')
    return place


def _gaps(control: Control) -> list[str]:
    """Which points have no value."""
    missing = [
        name for name, value in zip(control.names, control.chart.given, strict=True) if isnan(value)
    ]
    if not missing:
        return []
    if len(missing) > MOST_NAMED:
        return [f"{len(missing)} of {len(control.names)} points have no value."]
    return [f"There is no value for {listed(missing)}."]


def _table(control: Control, caption: str) -> Table:
    rows = []
    for place, name in enumerate(control.names):
        cells = [name, control.told[place], *limit_cells(control, place)]
        cells += [aim_cell(aim, place) for aim in control.aims]
        rows.append((*cells, cause_cell(control, place)))
    headings = ["Point", "Value", "Mean", "Lower limit", "Upper limit"]
    headings += [aim_name(aim) for aim in control.aims]
    words = frozenset({len(headings)})
    table = Table(caption, (*headings, "Special cause"), tuple(rows), words=words)
    return noted(table, *(each.words for each in verdicts(control)), *basis_words(control))
