"""A figure's value in words, exact or rounded."""

from __future__ import annotations

from math import isnan

from nhsind.definitions.indicators import Indicator
from nhsind.narrative.evidence import Figure
from nhsind.narrative.wording import figure_words, number_words, range_words, told_words


def figure_told(line: Indicator, figure: Figure) -> str:
    """A figure's value as it may be told: to its digits, as a range, or exactly."""
    if not figure.is_rounded:
        return figure_words(line, *figure.pair)
    if line.kind == "count":
        return f"roughly {number_words(figure.pair[0])}"
    if isnan(figure.value):
        return range_words(line, figure.lowest, figure.highest)
    return told_words(line, figure.value, figure.places)
