"""Control charts of rare events: days between them (T), cases between them (G).

Counts of what happens a few times a year have no useful limits; the time, or the number of cases,
from one event to the next has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import UsageError
from nhsind.statistics.basis import Basis
from nhsind.statistics.chart_making import Lines, numbers_of
from nhsind.statistics.given import in_time
from nhsind.statistics.signals import Numbers, RuleSet, centre_and_width, mean_of, nearness

# Days between events, to this power, are nearly normal (Nelson 1994).
POWER = 1 / 3.6
# The median of a geometric distribution in its mean: the logarithm of 2, as the SQL tool has it.
MEDIAN_IN_MEAN = 0.693
SIGMAS = 3
RARE = ("T", "G")


def days_between(events: Any) -> pd.Series[float]:
    """Days from each event to the next, by the day of the later.

    Raises UsageError for what is no day and for days that run backwards.
    """
    days = [_day(event) for event in events]
    backwards = [at for at in range(1, len(days)) if days[at] < days[at - 1]]
    if backwards:
        at = backwards[0]
        raise UsageError(
            f"the events are not in order of time: {days[at]} comes after {days[at - 1]}"
        )
    gaps = [float((later - earlier).days) for earlier, later in pairwise(days)]
    return pd.Series(gaps, index=[day.isoformat() for day in days[1:]], dtype=float)


def are_days(values: Any) -> bool:
    """Whether a sequence is of days, not of numbers."""
    held = list(values) if isinstance(values, Sequence | pd.Index | np.ndarray | pd.Series) else []
    first = _plain(held[0]) if held else None
    # A time of the day, and a missing day, are refused as days and not taken for numbers.
    return isinstance(first, date) or isinstance(in_time(first), date)


def _plain(value: Any) -> Any:
    return pd.Timestamp(value) if isinstance(value, np.datetime64) else value


def _day(event: Any) -> date:
    day = in_time(_plain(event))
    if not isinstance(day, date):
        raise UsageError(f'"{event}" is no day: days of events are written as 2018-03-31')
    return day


def rare_lines(given: Any, *, kind: str, basis: Basis, rule: RuleSet, screens: bool) -> Lines:
    """Values and limits of a chart of gaps between events, one row.

    T: days, on the scale of their 3.6th root mean ± 2.66 mean moving ranges, turned back; without a
    lower limit where that is below 0. G: cases; the centre is the median (0.693 of the mean m), the
    upper limit m + 3 sqrt(m (m + 1)), and there is no lower one.

    Raises UsageError for a gap below 0.
    Sources: Making Data Count, SQL tool 2.4; Nelson 1994; Benneyan 2001.
    """
    shown = numbers_of(given, 1)[np.newaxis]
    if np.any(shown < 0):
        raise UsageError("days and cases between events are numbers of 0 or more")
    values = basis.without_ghosts(shown)
    return (
        _cases(shown, values, basis)
        if kind == "G"
        else _days(shown, values, basis=basis, rule=rule, screens=screens)
    )


def _days(shown: Numbers, values: Numbers, *, basis: Basis, rule: RuleSet, screens: bool) -> Lines:
    roots = values**POWER
    centre, width = np.full_like(roots, np.nan), np.full_like(roots, np.nan)
    for start, end, held in basis.parts(roots.shape[1]):
        part = np.s_[:, start:end]
        centre[part], width[part] = centre_and_width(
            roots[:, start:held], nearness(roots), rule, screens
        )
    low = centre - width
    lower = np.where(low >= 0, low, np.nan) ** (1 / POWER)
    middle, upper = centre ** (1 / POWER), (centre + width) ** (1 / POWER)
    return Lines(shown, values, middle, lower, upper, width, (roots, centre), screens=screens)


def _cases(shown: Numbers, values: Numbers, basis: Basis) -> Lines:
    mean = np.full_like(values, np.nan)
    for start, end, held in basis.parts(values.shape[1]):
        mean[:, start:end] = mean_of(values[:, start:held])
    centre, upper = MEDIAN_IN_MEAN * mean, mean + SIGMAS * np.sqrt(mean * (mean + 1))
    none = np.full_like(values, np.nan)
    return Lines(shown, values, centre, none, upper, upper - centre, one_sided=True)
