"""The figures of a glance in words: the value, its verdicts, its past as it is drawn."""

from __future__ import annotations

from math import isnan

from nhsind.charts.base import bare, drawn_value
from nhsind.charts.times import span
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import PARTLY, Mark, Status
from nhsind.narrative.evidence import Figure
from nhsind.narrative.values import figure_told
from nhsind.periods import Period
from nhsind.release.results import Row
from nhsind.tables.cells import plan_verdict_words, told_words


def told_value(row: Row) -> str:
    """The value in words, which say where it is rounded or of a part."""
    return told_words(row) + (f" {PARTLY}" if row["status"] == Status.PARTIAL else "")


def plan_verdict(line: Indicator, row: Row) -> str:
    """`met` or `not met` of its plan, or why not; empty where there is none."""
    words = plan_verdict_words(line, row)
    return "" if words == Mark.NOT_APPLICABLE else words


def drawn_point(line: Indicator, figure: Figure | None) -> float | None:
    """A past value as its trend is drawn; None of a range and of what is not known."""
    if figure is None or not figure.is_known:
        return None
    if isnan(figure.value):
        return None
    value = drawn_value({"value": figure.value}, line)
    return None if value is None else round(value, 4)


def trend_words(line: Indicator, periods: list[Period], past: list[Figure | None]) -> str:
    """`March 2017 to March 2018: from 91.2% to 93.7%, between 90.1% and 94.0%`."""
    known = [each for each in past if each is not None and not isnan(each.value)]
    if len(known) < 2:
        return ""
    places = [at for at, each in enumerate(past) if each is not None and not isnan(each.value)]
    ordered = sorted(known, key=lambda each: each.value)
    first, last, low, high = (
        bare(figure_told(line, each), line)
        for each in (known[0], known[-1], ordered[0], ordered[-1])
    )
    gaps = len(periods) - len(known)
    missing = f"; {gaps} of {len(periods)} periods have no number to draw" if gaps else ""
    ends = span(periods[places[0] : places[-1] + 1])
    return f"{ends}: from {first} to {last}, between {low} and {high}{missing}"
