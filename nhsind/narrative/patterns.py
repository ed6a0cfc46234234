"""What the figures of many periods show: the recent trend, the control chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

import numpy as np

from nhsind.derivation.trend import NO_TREND, NO_TREND_POSSIBLE, TREND_POINTS
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import listed, periods_words, short_words
from nhsind.statistics.signals import FLAGS

TREND_TEST = "chi-square test of a weighted line, 99.8%"
VARIATION = {
    "common_cause": "common cause variation only",
    "improvement": "special cause variation: improvement",
    "concern": "special cause variation: concern",
    "neutral": "special cause variation",
}
ASSURANCE = {
    "pass": "consistently meets",
    "fail": "consistently misses",
    "hit_or_miss": "may either meet or miss",
}


def tell_trend(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The recent trend, where the last five periods all have an interval."""
    return tell_trends([evidence], about)


def tell_trends(lines: Sequence[Evidence], about: Subject) -> Iterator[str]:
    """The recent trends of some lines; those that have none in one sentence."""
    steady = []
    for evidence in lines:
        found = evidence.trends.get(about.code)
        if found is None or found.direction == NO_TREND_POSSIBLE:
            continue
        if not _is_unbroken(evidence, about):
            continue
        if found.direction == NO_TREND:
            steady.append(evidence)
            continue
        judged = f" and {found.judgement}" if found.judgement else ""
        yield (
            f"{_five_periods(evidence)} the recent trend{_called('of', [evidence])} is "
            f"{found.direction}{judged} ({TREND_TEST})."
        )
    if steady:
        yield (
            f"{_five_periods(steady[0])} there is no significant recent trend"
            f"{_called('in', steady)} ({TREND_TEST})."
        )


def _five_periods(evidence: Evidence) -> str:
    periods = periods_words(evidence.period)
    return f"Over the five {periods} to {short_words(evidence.period)}"


def _is_unbroken(evidence: Evidence, about: Subject) -> bool:
    """Whether the trend's points are the last periods themselves, with no gap between them."""
    places = evidence.places[evidence.rows[about.code], -TREND_POINTS:]
    values = evidence.columns.numbers["value"]
    return bool((places >= 0).all() and not np.isnan(values[places]).any())


def tell_chart(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """What the control chart shows of its last point, if it has the points it needs."""
    return tell_charts([evidence], about)


def tell_charts(lines: Sequence[Evidence], about: Subject) -> Iterator[str]:
    """The control charts of some lines; those that show chance and no more in one sentence."""
    quiet: dict[str, list[Evidence]] = {}
    for evidence in lines:
        chart = evidence.charts.get(about.code)
        if chart is None or chart.variation is None:
            continue
        points = int(chart.known.size)
        periods = f"{points} {periods_words(evidence.period)} to {short_words(evidence.period)}"
        if chart.variation == "common_cause" and not chart.assurance:
            quiet.setdefault(periods, []).append(evidence)
            continue
        label = chart.labels[-1]
        because = f" (the last is {FLAGS[label]})" if label else ""
        text = (
            f"Over {periods} the control chart{_called('of', [evidence])} shows "
            f"{VARIATION[chart.variation]}{because}"
        )
        if chart.assurance:
            figure = evidence.figure(about.code)
            goal = "plan" if figure is None or isnan(figure.standard) else "standard"
            text += f"; by its limits the line {ASSURANCE[chart.assurance]} the {goal}"
        yield f"{text}."
    for periods, alike in quiet.items():
        show = "control chart{} shows" if len(alike) == 1 else "control charts{} show"
        show = show.format(_called("of", alike))
        yield f"Over {periods} the {show} {VARIATION['common_cause']}."


def _called(word: str, lines: Sequence[Evidence]) -> str:
    """Which counts a sentence is about, where several share a paragraph."""
    names = [each.line.waiting_in_words for each in lines if each.line.kind == "count"]
    return f" {word} {listed(names)}" if names else ""
