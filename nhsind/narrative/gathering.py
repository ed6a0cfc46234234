"""The evidence of every line, gathered from released figures for many organisations at once.

Charts, trends and changes are calculated for all organisations together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.change import change_interval
from nhsind.derivation.trend import Trend, recent_trends
from nhsind.narrative.counted import in_doubt
from nhsind.narrative.evidence import Columns, Evidence, earlier_periods, steps_between
from nhsind.narrative.line_charts import line_charts
from nhsind.narrative.spreads import Ranges, Spread, spreads_of
from nhsind.periods import Period, parse_period
from nhsind.release.gate import FIGURES
from nhsind.release.results import Results
from nhsind.release.telling import PRECISION
from nhsind.statistics.adjustments import Adjustments
from nhsind.statistics.chart_making import Asked
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.intervals import numbers

Array = NDArray[np.float64]


def gathered(results: Results) -> dict[str, Evidence]:
    """The evidence of the results' own organisation and period, which is gathered once."""
    key = (results.organisation, str(results.period))
    if key not in results.evidence:
        results.evidence[key] = gather(results, [results.organisation])
    found: dict[str, Evidence] = results.evidence[key]
    return found


def gather_ahead(results: Results, organisations: list[str]) -> None:
    """Gather the evidence of several organisations at once, which each then finds gathered."""
    found = gather(results, organisations)
    for code in organisations:
        results.evidence[code, str(results.period)] = found


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
            charts=_charts(chosen, results.adjustments.get(code) or Adjustments()),
            trends=_trends(chosen),
            changes={since: _changes(chosen, since) for since in earlier_periods(last).values()},
            spreads={since: spreads(everyone, since) for since in earlier_periods(last).values()},
            in_doubt=in_doubt(results.quality.frame, code),
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


def _charts(chosen: Chosen, adjustments: Adjustments) -> dict[str, ControlChart]:
    """Control charts, against the standard or else the plan of each period, adjusted as asked.

    None of windows that overlap, whose points are not independent of one another, and none of a
    published population, which is nearly the same people each time.
    """
    if chosen.line.is_rolling or (chosen.line.is_count and chosen.line.numerator.public):
        return {}
    standard = chosen.matrix("standard")
    target = np.where(np.isnan(standard), chosen.matrix("plan"), standard)
    charts = line_charts(
        chosen.line,
        pd.DataFrame(
            chosen.matrix("value"), chosen.organisations, [str(each) for each in chosen.periods]
        ),
        (chosen.matrix("numerator"), chosen.matrix("denominator")),
        kind=adjustments.kind,
        asked=Asked(target, **adjustments.on(chosen.periods)),
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
        sizes=(sizes[0], sizes[1]),
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
    back = steps_between(min([*alike, last]), last)
    return [last.shift(-step) for step in range(back, -1, -1)]
