"""Periods far from an organisation's own past, told from the counts that are shown alone.

Where counts are hidden or rounded, that a month of the records is unusual would itself tell a range
of a count. What anybody can see for himself tells nothing: every count is taken for all that it
could be, and a period is called unusual where each of them would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from statistics import median

import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.relations import Relations
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.release.shown_cells import WITHHELD, cells_released
from nhsind.sources.usual_numbers import (
    FEWEST_MONTHS_BEFORE,
    MOST_MONTHS_BEFORE,
    WHY_UNUSUAL,
    is_unusual,
    words_of,
)

# What a count could be: the least and the most.
Range = tuple[float, float]


def unusual_figures(
    figures: pd.DataFrame,
    policy: Disclosure,
    relations: Relations,
    *,
    periods: Mapping[str, Period],
    tolerance: float,
) -> list[tuple[str, str]]:
    """Whose figures of the lines' own periods are far from usual: what is said, the lines' codes.

    One for an organisation and period, of less and of more each.

    `figures`: released, with the periods before. `periods`: by line. The count of a proportion or
    mean is its denominator, of other lines the numerator.
    """
    cells = cells_released(figures, policy, relations)
    lines = relations.family.indicators
    of_line = {code: _counted(line) for code, line in lines.items() if code in periods}
    known: dict[tuple[str, str], dict[str, Range]] = {}
    for row in cells.to_dict("records"):
        if row["code"] != ENGLAND and of_line.get(row["line"]) == row["figure"]:
            is_open = row["state"] == WITHHELD  # it may be of any size
            ends = (0.0, inf) if is_open else (row["low"], row["high"])
            known.setdefault((row["line"], row["code"]), {})[row["period"]] = ends
    found: dict[str, list[str]] = {}
    for (code, organisation), held in sorted(known.items(), key=lambda each: each[0][::-1]):
        period = periods[code]
        earlier = (str(period.shift(-step)) for step in range(1, MOST_MONTHS_BEFORE + 1))
        before = [held[each] for each in earlier if each in held]
        now = held.get(str(period))
        if now is None or len(before) < FEWEST_MONTHS_BEFORE:
            continue
        if far := far_from_usual(now, before, tolerance):
            found.setdefault(words_of(organisation, far, period), []).append(code)
    return [(_told(who, [lines[code] for code in of]), " ".join(of)) for who, of in found.items()]


def _told(who: str, lines: Iterable[Indicator]) -> str:
    *others, last = dict.fromkeys(line.waiting_in_words for line in lines)
    counted = f"{', '.join(others)} and {last}" if others else last
    return f"{who}, by the published counts of {counted}: {WHY_UNUSUAL}"


def far_from_usual(now: Range, before: Iterable[Range], tolerance: float) -> str:
    """`less` or `more` where all that the counts could be agree; else nothing."""
    lows, highs = zip(*before, strict=True)
    least, most = median(lows), median(highs)
    low, high = now
    if high < least and is_unusual(int(high), least, tolerance):
        return "less"
    if most < low < inf and is_unusual(int(low), most, tolerance):
        return "more"
    return ""


def _counted(line: Indicator) -> str:
    return "denominator" if line.kind in ("proportion", "mean") else "numerator"
