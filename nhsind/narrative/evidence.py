"""What is known of each line, for sentences to tell.

Released figures only, as matrices of organisations x periods: looking a figure up is an index.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.derivation.standards import Number
from nhsind.derivation.trend import Trend
from nhsind.geography import ENGLAND
from nhsind.narrative.spreads import Spread
from nhsind.periods import Period
from nhsind.sources.usual_numbers import WHY_UNUSUAL
from nhsind.statistics.control_chart import ControlChart

# How far back plans are counted, and no further than what a control chart calls recent.
PLANNED_PERIODS = 12
A_PERIOD_BEFORE, A_YEAR_BEFORE = "the period before", "a year before"

Array = NDArray[np.float64]
# What a figure has of `telling.PRECISION`: its own columns, in the order of its fields.
OF_A_FIGURE = (
    "value_places",
    "value_lowest",
    "value_highest",
    "wide_lower",
    "wide_upper",
    "wide_lower_most",
    "wide_upper_least",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One released figure. `numerator` and `denominator` are None where hidden or missing."""

    numerator: Number | None
    denominator: Number | None
    value: float
    lower: float
    upper: float
    status: str
    standard: float
    meets_standard: bool | None
    plan: float
    meets_plan: bool | None
    note: str
    places: float
    lowest: float
    highest: float
    wide_lower: float
    wide_upper: float
    wide_lower_most: float
    wide_upper_least: float

    @property
    def is_whole(self) -> bool:
        """Whether it is of all that it is named after: what is judged, ranked or compared."""
        is_part = self.status == Status.PARTIAL
        return self.is_known and (self.status == Status.OK or (self.is_rounded and not is_part))

    @property
    def is_known(self) -> bool:
        """Whether the figure has a value, or a range of values, that may be told."""
        return self.numerator is not None and (self.is_rounded or not isnan(self.value))

    @property
    def is_rounded(self) -> bool:
        """Whether its counts are rounded, so that only what all exact ones agree on is told."""
        return not isnan(self.lowest)

    @property
    def pair(self) -> tuple[Number, Number | None]:
        """Numerator and denominator of a figure that is known."""
        assert self.numerator is not None
        return self.numerator, self.denominator


@dataclass(frozen=True)
class Columns:
    """The released table, column by column."""

    numerator: list[Number | None]
    denominator: list[Number | None]
    status: list[str]
    meets_standard: list[bool | None]
    meets_plan: list[bool | None]
    note: list[str]
    numbers: dict[str, Array]


class Unusually(NamedTuple):
    """That numbers are far from usual: `less` or `more`, and when."""

    way: str
    when: Period

    @property
    def words(self) -> str:
        """`far less in March 2018 than is usual`, and why that matters."""
        return f"far {self.way} in {self.when.words} than is usual: {WHY_UNUSUAL}"


@dataclass(frozen=True)
class Evidence:
    """The figures of one line up to `period`, its charts and trends.

    `places`: the row of `columns` for each organisation and period, -1 where there is none.
    `periods`: without gaps, the last is `period`. `charts`, `trends`: by organisation. `changes`:
    the interval of the change since an earlier period, by period and organisation; `spreads`: the
    same of rounded figures, of which there are no charts, trends or ranks. `in_doubt`: of whom
    numbers that the last figure rests on are far from usual.
    """

    line: Indicator
    period: Period
    periods: list[Period]
    rows: dict[str, int]
    places: NDArray[np.int_]
    columns: Columns
    charts: dict[str, ControlChart]
    trends: dict[str, Trend]
    changes: dict[Period, dict[str, tuple[float, float]]]
    spreads: dict[Period, dict[str, Spread]]
    in_doubt: dict[str, Unusually]

    def figure(self, organisation: str, period: Period | None = None) -> Figure | None:
        """The figure of an organisation; None where there is none. `period` None: the last."""
        row = self.rows.get(organisation)
        back = 0 if period is None else steps_between(period, self.period)
        if row is None or not 0 <= back < len(self.periods):
            return None
        place = int(self.places[row, -1 - back])
        if place < 0:
            return None
        held, numbers = self.columns, self.columns.numbers
        return Figure(
            held.numerator[place],
            held.denominator[place],
            float(numbers["value"][place]),
            float(numbers["ci_lower"][place]),
            float(numbers["ci_upper"][place]),
            held.status[place],
            float(numbers["standard"][place]),
            held.meets_standard[place],
            float(numbers["plan"][place]),
            held.meets_plan[place],
            held.note[place],
            *(float(numbers[name][place]) for name in OF_A_FIGURE),
        )

    def plan_verdicts(self, organisation: str) -> list[bool | None]:
        """Whether each of the last twelve periods met its plan; None without plan or value."""
        places = self.places[self.rows[organisation], -PLANNED_PERIODS:]
        return [None if place < 0 else self.columns.meets_plan[place] for place in places.tolist()]

    @cached_property
    def values(self) -> dict[str, float]:
        """The exact values of the last period, by organisation, without England.

        None where any is rounded: an order of what is rounded is not that of the exact figures.
        """
        last = self.places[:, -1]
        found = np.where(last >= 0, self.columns.numbers["value"][last], np.nan).tolist()
        if not np.isnan(self.columns.numbers["value_lowest"][last[last >= 0]]).all():
            return {}
        return {
            code: found[row]
            for code, row in self.rows.items()
            if code != ENGLAND and not isnan(found[row])
        }

    def overlapping(self, organisation: str, among: Collection[str]) -> int:
        """How many others of the last period have a 95% interval that overlaps with its own."""
        last = self.places[:, -1]
        lower, upper = (
            np.where(last >= 0, self.columns.numbers[name][last], np.nan)
            for name in ("ci_lower", "ci_upper")
        )
        # Byar's lower limit is missing where it would be negative.
        lower = np.where(np.isnan(lower) & ~np.isnan(upper), 0.0, lower)
        own = self.rows[organisation]
        overlaps = (lower <= upper[own]) & (upper >= lower[own])
        is_other = np.zeros(len(last), dtype=bool)
        is_other[[self.rows[code] for code in among]] = True
        is_other[own] = False
        return int((overlaps & is_other).sum())

    def together(self, organisations: list[str]) -> tuple[Number, Number] | None:
        """The sums of numerators and denominators of some organisations in the last period.

        None if the number of any of them is hidden, rounded or missing: nothing is made of these.
        """
        figures = [self.figure(code) for code in organisations]
        held = [each for each in figures if each is not None]
        if len(held) < len(figures) or any(each.is_rounded for each in held):
            return None
        numerators = [each.numerator for each in held if each.numerator is not None]
        denominators = [each.denominator for each in held if each.denominator is not None]
        if len(numerators) < len(held) or len(denominators) < len(held) or not sum(denominators):
            return None
        return sum(numerators), sum(denominators)


def earlier_periods(period: Period) -> dict[str, Period]:
    """The periods that a figure is compared with, by their words.

    Of years, the period before is also that of a year before, and is told once.
    """
    found = {A_PERIOD_BEFORE: period.previous, A_YEAR_BEFORE: period.year_before}
    if period.previous == period.year_before:
        del found[A_PERIOD_BEFORE]
    return found


def steps_between(earlier: Period, later: Period) -> int:
    """How many periods of one kind lie between two; -1 for different kinds."""
    if earlier.months != later.months:
        return -1
    months = (later.start.year - earlier.start.year) * 12 + later.start.month - earlier.start.month
    return months // later.months
