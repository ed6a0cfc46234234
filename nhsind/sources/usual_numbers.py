"""Months in which an organisation's numbers are far from its own past: data may be missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import median

from nhsind.errors import UsageError
from nhsind.periods import Period
from nhsind.sources.coverage import Coverage, months_between
from nhsind.sources.monthly_rows import MonthlyRows

# A month is set against the months before it: at most a year of them, and not fewer than six.
MOST_MONTHS_BEFORE, FEWEST_MONTHS_BEFORE = 12, 6
# Under half of the usual number, or over twice it, unless the plan or the command says otherwise.
DEFAULT_TOLERANCE = 0.5
WHY_UNUSUAL = "data may be missing, or there twice"
_WHO_HAS = re.compile(
    r"(?P<organisation>\S+) has far (?P<way>less|more) in (?P<when>\S+) than is usual"
)
# What chance alone hardly ever does to a count.
LEVEL = 0.999


@dataclass(frozen=True)
class Unusual:
    """An organisation's month whose number is far from the median of its months before."""

    table: str
    column: str
    organisation: str
    month: Period
    number: int
    usual: float

    @property
    def is_less(self) -> bool:
        """Whether there is less than usual, not more."""
        return self.number < self.usual

    @property
    def distance(self) -> float:
        """How far from usual, in standard deviations of a count of that size, about."""
        return 2 * abs(sqrt(self.number) - sqrt(self.usual))

    @property
    def far(self) -> str:
        """`far less` or `far more`."""
        return "far less" if self.is_less else "far more"

    @property
    def words(self) -> str:
        """`00A has far less in 2018-03 than is usual`, without a number that might be small."""
        return words_of(self.organisation, "less" if self.is_less else "more", self.month)


def words_of(organisation: str, way: str, when: Period) -> str:
    """`00A has far less in 2018-03 than is usual`; `way`: `less` or `more`."""
    return f"{organisation} has far {way} in {when} than is usual"


def who_has(words: str) -> tuple[str, tuple[str, str]] | None:
    """The organisation, whether it has `less` or `more`, and when, of words that begin so."""
    found = _WHO_HAS.match(words)
    return None if found is None else (found["organisation"], (found["way"], found["when"]))


def unusual_months(
    monthly: MonthlyRows,
    known: Coverage,
    is_closed: Callable[[str, Period], bool],
    tolerance: float = DEFAULT_TOLERANCE,
) -> list[Unusual]:
    """The months with unusual numbers of each organisation, in order.

    Of the months that the table covers, from an organisation's first; `is_closed` tells those in
    which it is closed, which are none of its own.
    """
    if not monthly.months:
        return []
    last = monthly.months[-1].month
    if known.spans is not None:
        last = max((span[1] for span in known.spans), default=last)
    found = []
    for code, units in sorted(monthly.units.items()):
        months = [each for each in months_between(min(units), last) if known.covers([each])]
        numbers = [units.get(month, 0) for month in months]
        for at in range(FEWEST_MONTHS_BEFORE, len(months)):
            usual = median(numbers[max(0, at - MOST_MONTHS_BEFORE) : at])
            if is_unusual(numbers[at], usual, tolerance) and not is_closed(code, months[at]):
                unusual = Unusual(known.table, known.column, code, months[at], numbers[at], usual)
                found.append(unusual)
    return found


def is_unusual(number: int, usual: float, tolerance: float = DEFAULT_TOLERANCE) -> bool:
    """Whether a number is under a share of the usual one, or over its reciprocal, beyond chance.

    Beyond chance is outside the limits between which a Poisson number of that mean lies in 99.9%
    of months. Where nothing is usual, nothing is unusual.
    """
    if not usual or (tolerance * usual <= number and tolerance * number <= usual):
        return False
    from scipy import special  # heavy, and hardly ever needed

    tail = (1 - LEVEL) / 2
    return bool(
        special.pdtr(number, usual) < tail
        or (number > usual and special.pdtr(number - 1, usual) >= 1 - tail)
    )


def tolerance_of(text: str | float | None) -> float:
    """The share that a plan or command gives, else the default. UsageError for no share."""
    if text is None:
        return DEFAULT_TOLERANCE
    try:
        share = float(text)
    except ValueError:
        share = 0
    if not 0 < share <= 1:
        raise UsageError(f'"{text}" is no tolerance: write a share above 0, such as 0.5')
    return share
