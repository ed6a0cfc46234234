"""How a line of an organisation stands: variation of its latest figure, and assurance.

From released figures alone: of what release hides or rounds there is neither, and it is said why.
"""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

from nhsind.definitions.statuses import Status
from nhsind.narrative.evidence import Evidence
from nhsind.narrative.wording import short_words
from nhsind.release.telling import TOO_COARSE
from nhsind.statistics.control_chart import MINIMUM_POINTS

# How it begins where a figure has no control chart for its kind.
NO_CHART = "no control chart"


class Standing(NamedTuple):
    """Variation and its direction, assurance (empty: no target), or `why_none`.

    Assurance is what `ControlChart.promise` has.
    """

    variation: str = ""
    direction: str = ""
    assurance: str = ""
    why_none: str = ""


def standing(evidence: Evidence, organisation: str) -> Standing:
    """The standing of an organisation's line in the period that the evidence is of."""
    line, figure = evidence.line, evidence.figure(organisation)
    when = short_words(evidence.period)
    if figure is not None and figure.status == Status.SUPPRESSED and not figure.is_known:
        return Standing(why_none=f"the figure for {when} is hidden")
    if figure is None or not figure.is_known:
        return Standing(why_none=f"no figure for {when}")
    if line.is_rolling:
        return Standing(why_none=f"{NO_CHART}: its periods overlap")
    if line.is_count and line.numerator.public:
        return Standing(why_none=f"{NO_CHART}: nearly the same people each time")
    chart = evidence.charts.get(organisation)
    if chart is None:
        return Standing(why_none=TOO_COARSE)
    if chart.variation is None:
        return Standing(why_none=f"fewer than {MINIMUM_POINTS} points with a figure")
    return Standing(chart.variation, chart.direction, chart.promise or "")


def by_most(aim: float, value: float, lower: float, upper: float) -> tuple[bool, float]:
    """The place of a missed aim: beyond chance before within it, then the largest share of it.

    Beyond chance is where the interval leaves the aim out. Of a range nothing is told.
    """
    if isnan(aim) or isnan(value):
        return True, 0.0
    beyond_chance = lower > aim or upper < aim
    return not beyond_chance, -abs(value - aim) / max(abs(value), abs(aim), 1e-9)
