"""Times whose day and time of day stand in two columns of an extract: which two, and how written.

A day alone is no time: taken for midnight it would make every wait of hours a wait of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nhsind.sources.date_formats import DAYS, EXCEL
from nhsind.sources.date_ways import DateWay
from nhsind.sources.likely_columns import ALMOST_ALL, Values, words_of

TIMES_OF_DAY = {
    "hh:mm": re.compile(r"\d{1,2}:\d{2}"),
    "hh:mm:ss": re.compile(r"\d{1,2}:\d{2}:\d{2}"),
}


def are_days(values: Values, ways: Iterable[DateWay]) -> bool:
    """Whether values say the day and no time of it, in whichever of some ways they are written."""
    formats = {name for way in ways for name in way.formats}
    if not values.present or not formats:
        return False
    if EXCEL in formats and any("." in value for value in values.present):
        return False
    return formats <= {*DAYS, EXCEL}


def time_beside(
    heading: str, values: Mapping[str, Values], unused: Iterable[str]
) -> tuple[str, list[str]] | None:
    """The heading of the times of day that belong to the days of another, and how they are written.

    It has the same words but for date and time, and almost all its values are times of day. None
    where no heading does, or several do.
    """
    found = []
    for other in unused:
        present = values[other].present
        used = [name for name, shape in TIMES_OF_DAY.items() if any(map(shape.fullmatch, present))]
        times = [
            each for each in present if any(TIMES_OF_DAY[name].fullmatch(each) for name in used)
        ]
        are_times = values[other].share_of(times) >= ALMOST_ALL
        if used and are_times and words_of(other) == words_of(heading):
            found.append((other, used))
    return found[0] if len(found) == 1 else None
