"""Control charts: values with their limits, and what is special about them in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import isnan

import pandas as pd

from nhsind.charts.base import (
    Chart,
    factor,
    missing_words,
    noted,
    number_words,
    own_name,
    standard_of,
    undrawn,
)
from nhsind.charts.control_drawing import Control, draw
from nhsind.charts.lettering import clean
from nhsind.charts.times import gap_words, in_words, span, time_line
from nhsind.charts.trend import trend_chart
from nhsind.definitions.statuses import Mark
from nhsind.periods import Period, parse_period
from nhsind.release.results import Results
from nhsind.statistics.control_chart import ASSURANCE, VARIATION, ControlChart
from nhsind.statistics.shewhart import spc
from nhsind.statistics.signals import FLAGS
from nhsind.tables.cells import is_rounded, value_words
from nhsind.tables.small_table import Table

# Improvement or concern by direction; a line of activity has neither.
POLARITY = {"higher": "higher", "lower": "lower", "lower growth": "lower"}
OF_ROUNDED = (
    "Limits and special causes are not shown: they would take the counts as exact, which are "
    "rounded."
)
Recalculations = Mapping[str, str] | Sequence[str]

# The icon speaks of the latest point alone; what else the chart shows is said apart.
EARLIER_ONLY = "variation: the latest point is within limits, and earlier points are special causes"


def control_chart(
    results: Results, code: str, rules: str = "mdc-sql-2.5", recalculate_at: Recalculations = ()
) -> Chart:
    """The organisation's values over time with mean and limits, standard and special causes."""
    line = results.line(code)
    periods = time_line(results, code)
    rows = [results.figure(code, period=each) for each in periods]
    if any(row is not None and is_rounded(row) for row in rows):
        return trend_chart(results, [code], OF_ROUNDED)
    values = [float("nan") if row is None else float(row["value"]) for row in rows]
    standards = [standard_of(results, line, row) for row in rows]
    targets = [float("nan") if each is None else each[0] / factor(line) for each in standards]
    reasons = _positions(recalculate_at, periods)
    found = spc(
        pd.Series(values, index=[in_words(each) for each in periods], dtype=float),
        target=targets if any(standards) else None,
        polarity=POLARITY.get(line.polarity, "neutral"),
        rules=rules,
        recalculate_at=list(reasons),
    )
    control = Control(line, found, periods, rows, standards, reasons)
    title = f"{line.title}, {own_name(results)}, {span(periods) if periods else ''}"
    gaps = gap_words(
        own_name(results),
        periods,
        {
            each: missing_words(row)
            for each, row, value in zip(periods, rows, values, strict=True)
            if isnan(value)
        },
    )
    table = _table(control, f"Control chart: {title}")
    if not found.known.size:
        return undrawn(f"{title}: there is no value to draw. {gaps}".strip(), table)
    verdicts = [f"{_sentence_case(words)}." for words in _verdicts(found)]
    unseen = " ".join(_unseen(control))
    told = [_recalculated(control), *(f"{_sentence_case(each)}." for each in found.warnings)]
    told = [each for each in (*told, unseen, gaps) if each]
    caption = " ".join(
        [f"Control chart of {title}.", *verdicts, *told, f"Setting: {found.setting}."]
    )
    alt = " ".join([f"Control chart of {title}.", *_in_words(control), *verdicts, *told])
    return Chart(draw(control, verdicts, alt), alt, caption, table)


def _positions(given: Recalculations, periods: Sequence[Period]) -> dict[int, str]:
    """Where limits begin anew, with the reasons; those outside the chart change nothing in it."""
    reasons = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, "")
    found = {}
    for text, reason in reasons.items():
        start = parse_period(str(text)).start
        after = [place for place, each in enumerate(periods) if each.start >= start]
        if after and after[0] > 0:
            found[after[0]] = clean(reason)
    return dict(sorted(found.items()))


def _verdicts(found: ControlChart) -> Iterator[str]:
    if found.variation == "common_cause" and any(found.meanings):
        yield EARLIER_ONLY
    elif found.variation is not None:
        yield f"variation: {VARIATION[found.variation]}"
    if found.assurance is not None:
        yield f"assurance: {ASSURANCE[found.assurance]}"


def _in_words(control: Control) -> Iterator[str]:
    """The last value, its mean and limits, the standard, and each special cause."""
    found, periods = control.chart, control.periods
    last = int(found.known[-1])
    yield f"The last value is {value_words(control.rows[last])}, in {in_words(periods[last])}."
    mean, lower, upper = (
        float(each[last]) for each in (found.mean, found.lower_limit, found.upper_limit)
    )
    if not isnan(upper):
        yield (
            f"Its mean is {number_words(mean, control.line)}, its limits are "
            f"{number_words(lower, control.line)} and {number_words(upper, control.line)}."
        )
    standard = control.standards[last]
    if standard is not None:
        yield f"{standard[1]}."
    groups = groupby(
        range(len(periods)), key=lambda place: (found.labels[place], found.meanings[place])
    )
    for (flag, meaning), run in groups:
        points = list(run)
        if flag:
            when = span([periods[points[0]], periods[points[-1]]][: len(points)])
            side = "" if meaning == "neutral" else f" ({meaning})"
            yield f"{when}: {FLAGS[flag]}{side}."


def _recalculated(control: Control) -> str:
    """When limits were made anew, and why."""
    return " ".join(
        f"Limits were recalculated from {in_words(control.periods[at])}{f': {why}' if why else ''}."
        for at, why in control.reasons.items()
    )


def _unseen(control: Control) -> Iterator[str]:
    """Limits that lie where no value can be."""
    for name, limits in (
        ("lower", control.chart.lower_limit),
        ("upper", control.chart.upper_limit),
    ):
        drawn = control.drawn(limits)
        if any(not isnan(value) and at is None for value, at in zip(limits, drawn, strict=True)):
            beyond = "below 0" if name == "lower" else "above 100%"
            yield f"The {name} limit lies {beyond}, where it is not drawn."


def _table(control: Control, caption: str) -> Table:
    found, line = control.chart, control.line
    standards = any(control.standards)
    rows = []
    for place, period in enumerate(control.periods):
        row = control.rows[place]
        cells = [period.words, Mark.NOT_AVAILABLE if row is None else value_words(row)]
        for each in (found.mean, found.lower_limit, found.upper_limit):
            value = float(each[place])
            cells.append("none" if isnan(value) else number_words(value, line))
        if standards:
            standard = control.standards[place]
            cells.append(standard[1].removeprefix("Standard ") if standard else "none")
        flag, meaning = found.labels[place], found.meanings[place]
        side = "" if meaning in ("", "neutral") else f": {meaning}"
        cells.append(f"{FLAGS[flag]}{side}" if flag else "none")
        rows.append(tuple(cells))
    headings = ["Period", "Value", "Mean", "Lower limit", "Upper limit"]
    headings += ["Standard"] if standards else []
    words = frozenset({len(headings)})
    headings.append("Special cause")
    return noted(
        Table(caption, tuple(headings), tuple(rows), words=words),
        *(f"{_sentence_case(each)}." for each in _verdicts(found)),
        _recalculated(control),
    )


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
