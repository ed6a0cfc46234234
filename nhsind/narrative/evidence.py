"""What is known of each line, gathered once for many organisations, for sentences to tell.

Released figures only, as matrices of organisations x periods: looking a figure up is then an
index, and control charts and recent trends are calculated for all organisations together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.derivation.change import change_interval
from nhsind.derivation.standards import DIRECTIONS, Number
from nhsind.derivation.trend import Trend, recent_trends
from nhsind.geography import ENGLAND
from nhsind.narrative.spreads import Ranges, Spread, spreads_of
from nhsind.periods import Period, parse_period
from nhsind.release.gate import FIGURES
from nhsind.release.results import Results
from nhsind.release.telling import PRECISION
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.intervals import numbers
from nhsind.statistics.shewhart import spc_many

# How far back plans are counted, and no further than what a control chart calls recent.
PLANNED_PERIODS = 12
A_PERIOD_BEFORE, A_YEAR_BEFORE = "the period before", "a year before"

Array = NDArray[np.float64]


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
    lower_most: float
    upper_least: float

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


@dataclass(frozen=True)
class Evidence:
    """The figures of one line up to `period`, its charts and trends.

    `places`: the row of `columns` for each organisation and period, -1 where there is none.
    `periods`: without gaps, the last is `period`. `charts`, `trends`: by organisation. `changes`:
    the interval of the change since an earlier period, by period and organisation; `spreads`: the
    same of rounded figures, of which there are no charts, trends or ranks.
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

    def figure(self, organisation: str, period: Period | None = None) -> Figure | None:
        """The figure of an organisation; None where there is none. `period` None: the last."""
        row = self.rows.get(organisation)
        back = 0 if period is None else _steps(period, self.period)
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
            *(float(numbers[name][place]) for name in PRECISION),
        )

    def plan_verdicts(self, organisation: str) -> list[bool | None]:
        """Whether each of the last twelve periods met its plan; None without plan or value."""
        places = self.places[self.rows[organisation], -PLANNED_PERIODS:]
        return [None if place < 0 else self.columns.meets_plan[place] for place in places.tolist()]

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

    def overlapping(self, organisation: str) -> int:
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
        is_other = np.ones(len(last), dtype=bool)
        is_other[[own, *([self.rows[ENGLAND]] if ENGLAND in self.rows else [])]] = False
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


def gather(results: Results, organisations: list[str]) -> dict[str, Evidence]:
    """The evidence of every line that has figures, with charts and trends of `organisations`."""
    frame = results.figures.frame
    columns = _columns(frame)
    codes, organisation_names = pd.factorize(frame["org_code"], sort=True)
    period_codes, period_names = pd.factorize(frame["period"])
    lines, line_names = pd.factorize(frame["indicator"])
    all_periods = [parse_period(str(name)) for name in period_names]
    rows = {str(code): row for row, code in enumerate(organisation_names)}
    found = {}
    for code, line in results.family.indicators.items():
        if code not in line_names:
            continue
        mine = np.flatnonzero(lines == line_names.get_loc(code))
        last = results.period_of(code)
        periods = _up_to(last, [all_periods[each] for each in np.unique(period_codes[mine])])
        position = {period: place for place, period in enumerate(periods)}
        column_of = np.array([position.get(period, -1) for period in all_periods])
        held = mine[column_of[period_codes[mine]] >= 0]
        places = np.full((len(rows), len(periods)), -1)
        places[codes[held], column_of[period_codes[held]]] = held
        wanted = [code for code in organisations if code in rows]
        everyone = Chosen(line, wanted, places[[rows[code] for code in wanted]], columns, periods)
        chosen = everyone.exact
        found[code] = Evidence(
            line,
            last,
            periods,
            rows,
            places,
            columns,
            charts=_charts(chosen),
            trends=_trends(chosen),
            changes={since: _changes(chosen, since) for since in earlier_periods(last).values()},
            spreads={since: spreads(everyone, since) for since in earlier_periods(last).values()},
        )
    return found


@dataclass(frozen=True)
class Chosen:
    """Some organisations' figures of a line, as matrices of organisations x periods."""

    line: Indicator
    organisations: list[str]
    places: NDArray[np.int_]
    columns: Columns
    periods: list[Period]

    def matrix(self, name: str) -> Array:
        """A column of the released table, missing where there is no figure."""
        return np.where(self.places >= 0, self.columns.numbers[name][self.places], np.nan)

    @property
    def exact(self) -> Chosen:
        """Those of which no figure is rounded."""
        is_exact = np.asarray(np.isnan(self.matrix("value_lowest")).all(axis=1))
        kept = [code for code, each in zip(self.organisations, is_exact, strict=True) if each]
        return replace(self, organisations=kept, places=self.places[is_exact])


def _charts(chosen: Chosen) -> dict[str, ControlChart]:
    """Control charts, against the standard or else the plan of each period.

    None of windows that overlap, whose points are not independent of one another, and none of a
    published population, which is nearly the same people each time.
    """
    if chosen.line.is_rolling or (chosen.line.is_count and chosen.line.numerator.public):
        return {}
    way = DIRECTIONS.get(chosen.line.polarity, 0)
    standard = chosen.matrix("standard")
    charts = spc_many(
        pd.DataFrame(
            chosen.matrix("value"), chosen.organisations, [str(each) for each in chosen.periods]
        ),
        np.where(np.isnan(standard), chosen.matrix("plan"), standard),
        polarity={1: "higher", -1: "lower", 0: "neutral"}[way],
    )
    return {str(code): chart for code, chart in charts.items()}


def _trends(chosen: Chosen) -> dict[str, Trend]:
    if chosen.line.is_rolling:
        return {}
    series = [chosen.matrix(name) for name in ("value", "ci_lower", "ci_upper")]
    found = recent_trends(series[0], series[1], series[2], chosen.line.polarity)
    return dict(zip(chosen.organisations, found, strict=True))


def _changes(chosen: Chosen, since: Period) -> dict[str, tuple[float, float]]:
    """The interval of the change since an earlier period, by organisation."""
    line = chosen.line
    if since not in chosen.periods or not line.has_interval:
        return {}
    columns = [-1, chosen.periods.index(since)]

    def pair(name: str) -> tuple[Array, Array]:
        now, before = chosen.matrix(name)[:, columns].T
        return now, before

    sizes = [np.where(each > 0, each, np.nan) for each in pair("denominator")]
    if line.kind != "count":
        known = ~np.isnan(sizes[0] + sizes[1])
        counts = [np.where(known, each, np.nan) for each in pair("numerator")]
    else:
        counts = list(pair("numerator"))
    lower, upper = pair("ci_lower"), pair("ci_upper")
    ends = change_interval(
        line.kind,
        (counts[0], counts[1]),
        (sizes[0], sizes[1]),
        intervals=((lower[0], upper[0]), (lower[1], upper[1])),
    )
    both = zip(np.asarray(ends[0]).tolist(), np.asarray(ends[1]).tolist(), strict=True)
    return dict(zip(chosen.organisations, both, strict=True))


def spreads(chosen: Chosen, since: Period) -> dict[str, Spread]:
    """The change since an earlier period where either figure is rounded, by organisation."""
    line = chosen.line
    if since not in chosen.periods or not line.has_interval or line.kind == "mean":
        return {}
    columns = [-1, chosen.periods.index(since)]

    def ranges(place: int) -> Ranges:
        def column(name: str, otherwise: str) -> Array:
            found = chosen.matrix(name)[:, place]
            return np.where(np.isnan(found), chosen.matrix(otherwise)[:, place], found)

        lower, upper = column("ci_lower", "ci_lower"), column("ci_upper", "ci_upper")
        sizes = column("denominator", "denominator")
        return Ranges(
            column("value_lowest", "value"),
            column("value_highest", "value"),
            (lower, column("ci_lower_most", "ci_lower")),
            (column("ci_upper_least", "ci_upper"), upper),
            np.where(sizes > 0, sizes, np.nan),
        )

    ends, core = spreads_of(line.kind, line.per, *(ranges(place) for place in columns))
    is_exact = np.isnan(chosen.matrix("value_lowest")[:, columns]).all(axis=1)
    known = np.asarray(~is_exact & np.isfinite(ends).all(axis=0))
    return {
        code: Spread((ends[0, row], ends[1, row]), (core[0, row], core[1, row]))
        for row, code in enumerate(chosen.organisations)
        if known[row]
    }


def earlier_periods(period: Period) -> dict[str, Period]:
    """The periods that a figure is compared with, by their words.

    Of years, the period before is also that of a year before, and is told once.
    """
    found = {A_PERIOD_BEFORE: period.previous, A_YEAR_BEFORE: period.year_before}
    if period.previous == period.year_before:
        del found[A_PERIOD_BEFORE]
    return found


def _columns(frame: pd.DataFrame) -> Columns:
    def plain(name: str) -> list[Any]:
        return [None if value is pd.NA else value for value in frame[name].tolist()]

    names = ("value", "ci_lower", "ci_upper", "standard", "plan", *FIGURES, *PRECISION)
    return Columns(
        plain("numerator"),
        plain("denominator"),
        plain("status"),
        plain("meets_standard"),
        plain("meets_plan"),
        frame["note"].fillna("").tolist(),
        {name: numbers(frame[name]) for name in names},
    )


def _up_to(last: Period, held: list[Period]) -> list[Period]:
    """Every period from the first that has figures to the last, whether or not it has any."""
    alike = [period for period in held if period.months == last.months]
    back = _steps(min([*alike, last]), last)
    return [last.shift(-step) for step in range(back, -1, -1)]


def _steps(earlier: Period, later: Period) -> int:
    """How many periods of one kind lie between two; -1 for different kinds."""
    if earlier.months != later.months:
        return -1
    months = (later.start.year - earlier.start.year) * 12 + later.start.month - earlier.start.month
    return months // later.months
