"""Which periods are due: the last that has ended, by the frequency of each line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.indicators import ANSWERS
from nhsind.periods import Period, month_of


def due(as_of: date, families: Sequence[str] | None = None) -> pd.DataFrame:
    """What can be reported on a day: one row per family and frequency.

    Columns: family, frequency, period (the last that ended before `as_of`), ended (its last day),
    indicators. A period is due from the day after its last; figures of a survey are due only
    where a survey was taken in that month.
    """
    rows = []
    for code in families or family_codes():
        lines = load_family(code).indicators.values()
        for frequency in dict.fromkeys(line.frequency for line in lines):
            period = last_ended(ANSWERS[frequency][0], as_of)
            rows.append(
                {
                    "family": code,
                    "frequency": frequency,
                    "period": str(period),
                    "ended": period.end,
                    "indicators": " ".join(
                        line.code for line in lines if line.frequency == frequency
                    ),
                }
            )
    return pd.DataFrame(rows)


def periods_due(family: str, as_of: date) -> list[Period]:
    """The periods of a family that are due on a day, in order."""
    frequencies = dict.fromkeys(line.frequency for line in load_family(family).indicators.values())
    return sorted({last_ended(ANSWERS[each][0], as_of) for each in frequencies})


def last_ended(kind: str, as_of: date) -> Period:
    """The last month, quarter or year that ended before a day: the one before the day's own."""
    month = month_of(as_of)
    own = {"month": month, "quarter": month.quarter, "year": month.financial_year}
    return own[kind].previous
