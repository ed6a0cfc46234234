"""What the figures of many periods show: the recent trend, the control chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

import numpy as np

from nhsind.derivation.trend import NO_TREND, NO_TREND_POSSIBLE, TREND_POINTS
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.wording import listed, number_words, periods_words, short_words
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.signals import FLAGS

# What the chart signalled before the latest point, told of the last few spans.
MOST_SPANS = 2
# What the points of a span are, in few words.
WHERE = FLAGS | {
    "trend_up": "rising",
    "trend_down": "falling",
    "two_of_three_high": "far above the mean",
    "two_of_three_low": "far below the mean",
    "shift_high": "above the mean",
    "shift_low": "below the mean",
}
# As many verdicts alike in a row are told beside limits that leave either open, as is a shift.
RUN = 7


def tell_pattern(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """What the periods so far show: of years the trend, of shorter ones the control chart."""
    return tell_patterns([evidence], about)


def tell_patterns(lines: Sequence[Evidence], about: Subject) -> Iterator[str]:
    """The patterns of some lines of one kind of period; two judgements of one series may differ."""
    tell = tell_trends if lines and lines[0].period.kind == "year" else tell_charts
    return tell(lines, about)


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
        yield say(
            "trend",
            years=_five_periods(evidence),
            of=_called("of", [evidence]),
            direction=found.direction,
            judged=found.judgement,
        )
    if steady:
        years = _five_periods(steady[0])
        yield say("trend", years=years, of=_called("in", steady), none=True)


def _five_periods(evidence: Evidence) -> str:
    return f"the five {periods_words(evidence.period)} to {short_words(evidence.period)}"


def _is_unbroken(evidence: Evidence, about: Subject) -> bool:
    """Whether the trend's points are the last periods themselves, with no gap between them."""
    places = evidence.places[evidence.rows[about.code], -TREND_POINTS:]
    values = evidence.columns.numbers["value"]
    return bool((places >= 0).all() and not np.isnan(values[places]).any())


def tell_charts(lines: Sequence[Evidence], about: Subject) -> Iterator[str]:
    """The latest points of some control charts, then what else they signal.

    Those that show chance and no more are told in one sentence.
    """
    quiet: dict[str, list[Evidence]] = {}
    told_of: set[str] = set()
    for evidence in lines:
        chart = evidence.charts.get(about.code)
        if chart is None or chart.variation is None:
            continue
        points = int(chart.known.size)
        periods = f"{points} {periods_words(evidence.period)} to {short_words(evidence.period)}"
        earlier = _earlier_signals(evidence, chart)
        is_calm = chart.variation == "common_cause" and not chart.assurance and not earlier
        if is_calm and chart.basis.is_plain:
            quiet.setdefault(periods, []).append(evidence)
            continue
        again, told_of = periods in told_of, told_of | {periods}
        told = [_latest(evidence, chart, about.code, periods=periods, again=again)]
        told += [_conflict(chart), earlier]
        told.append(_aim(evidence, chart, about.code) if chart.assurance else "")
        if not chart.basis.is_plain:
            told += chart.basis.words([short_words(each) for each in evidence.periods])
        yield f"{'; '.join(filter(None, told))}."
    for periods, alike in quiet.items():
        yield say("quiet", of=_called("of", alike), periods=periods, one=len(alike) == 1)


def why_special(evidence: Evidence, chart: ControlChart, code: str) -> str:
    """`below the lower limit`: why the latest point is special; empty where it is not.

    Limits of a share of few units lie closer than one of them moves it, so that chance alone is
    outside them far more often than of others: it is said where one more or less would be within.
    """
    last, figure = int(chart.known[-1]), evidence.figure(code)
    label = chart.labels[last]
    because = FLAGS[label] if label else ""
    below = label == "below_limits"
    is_outside = below or label == "above_limits"
    if is_outside and evidence.line.is_share and figure is not None and figure.denominator:
        limit = float((chart.lower_limit if below else chart.upper_limit)[last])
        if abs(float(chart.value[last]) - limit) <= evidence.line.per / float(figure.denominator):
            other = "more" if below else "fewer"
            because += f"; one {other} of {number_words(figure.denominator)} would be within it"
    return because


def _latest(
    evidence: Evidence, chart: ControlChart, code: str, *, periods: str, again: bool
) -> str:
    return say(
        "chart",
        of=_called("of", [evidence]),
        periods=periods,
        latest=evidence.period.kind,
        again=again,
        because=why_special(evidence, chart, code),
        improvement=chart.variation == "improvement",
        concern=chart.variation == "concern",
        special=chart.variation == "neutral",
    )


def _conflict(chart: ControlChart) -> str:
    """Both of what the latest point is, where rules disagree."""
    if not chart.is_conflict:
        return ""
    signals = [FLAGS[flag] for flag in chart.flags[int(chart.known[-1])]]
    return say("chart_conflict", signals=listed(signals))


def _aim(evidence: Evidence, chart: ControlChart, code: str) -> str:
    """What the limits promise, and what the periods were where they were not so."""
    latest = evidence.figure(code)
    is_plan = latest is None or isnan(latest.standard)
    periods = periods_words(evidence.period)
    met = _verdicts(evidence, chart, code, is_plan=is_plan)
    expected = {"pass": True, "fail": False}.get(chart.assurance or "")
    # Limits that leave either open: how often it was missed.
    others = met.count(False if expected is None else not expected)
    run = _run(met)
    return say(
        "chart_aim",
        goal="plan" if is_plan else "standard",
        meets=expected is True,
        misses=expected is False,
        others=f"{others} of {len(met)} {periods}" if others else "",
        run=f"{run} {periods}" if run >= RUN else "",
        met=bool(met) and met[-1],
        special=chart.variation != "common_cause",
    )


def _verdicts(evidence: Evidence, chart: ControlChart, code: str, *, is_plan: bool) -> list[bool]:
    """Whether the figures of a chart met their standard or plan, of those of which it is known."""
    held = evidence.columns.meets_plan if is_plan else evidence.columns.meets_standard
    rows = evidence.places[evidence.rows[code], chart.known].tolist()
    return [verdict for row in rows if row >= 0 and (verdict := held[row]) is not None]


def _run(met: Sequence[bool]) -> int:
    """How many of the latest verdicts are alike."""
    return next((n for n, each in enumerate(reversed(met)) if each != met[-1]), len(met))


def run_words(evidence: Evidence, code: str) -> str:
    """`missed in each of the last 18 months`, of a chart whose limits leave open what comes.

    Of one whose limits promise something, when it was not so: `missed in 2 of 24 months`.
    """
    chart, latest = evidence.charts.get(code), evidence.figure(code)
    if chart is None or latest is None or chart.promise not in ("hit_or_miss", "pass", "fail"):
        return ""
    met = _verdicts(evidence, chart, code, is_plan=isnan(latest.standard))
    if chart.promise != "hit_or_miss":
        others = met.count(chart.promise == "fail")
        told = f"{others} of {len(met)} {periods_words(evidence.period)}"
        return f"{'met' if chart.promise == 'fail' else 'missed'} in {told}" if others else ""
    if (run := _run(met)) < RUN:
        return ""
    periods = periods_words(evidence.period)
    return f"{'met' if met[-1] else 'missed'} in each of the last {run} {periods}"


def _earlier_signals(evidence: Evidence, chart: ControlChart) -> str:
    """`April to October 2016 (below the mean) signalled concern`: before those that still signal.

    Empty where none do; of many, the latest.
    """
    spans = _spans(chart)
    if spans and spans[-1][2] == int(chart.known[-1]):
        spans.pop()
    by_meaning: dict[str, dict[str, list[str]]] = {}
    for meaning, first, last in spans[-MOST_SPANS:]:
        alike = by_meaning.setdefault(meaning, {}).setdefault(_where(chart, first, last), [])
        alike.append(_span_words(evidence, first, last))
    said = [
        say("chart_before", **{meaning: True, "when": listed(_whens(by_where))})
        for meaning, by_where in by_meaning.items()
    ]
    earlier = f" (earlier {periods_words(evidence.period)} signalled too)"
    also = earlier if len(spans) > MOST_SPANS else ""
    return f"{listed(said)}{also}"


def _spans(chart: ControlChart) -> list[tuple[str, int, int]]:
    """What each run of signalling points means, with its first and last point."""
    found: list[tuple[str, int, int]] = []
    for point, meaning in enumerate(chart.meanings):
        if meaning and found and found[-1][0] == meaning and found[-1][2] == point - 1:
            found[-1] = (meaning, found[-1][1], point)
        elif meaning:
            found.append((meaning, point, point))
    return found


def _span_words(evidence: Evidence, first: int, last: int) -> str:
    ends = [short_words(evidence.periods[place]) for place in (first, last)]
    return " to ".join(dict.fromkeys(ends))


def _where(chart: ControlChart, first: int, last: int) -> str:
    """`above the mean and rising`: what was special of the points of a span."""
    labels = dict.fromkeys(label for label in chart.labels[first : last + 1] if label)
    return listed([WHERE[label] for label in labels])


def _whens(by_where: dict[str, list[str]]) -> list[str]:
    """`April 2016 to October 2016 (above the mean)`: spans with what was special of them."""
    return [f"{listed(spans)} ({where})" for where, spans in by_where.items()]


def _called(word: str, lines: Sequence[Evidence]) -> str:
    """Which counts a sentence is about, where several share a paragraph."""
    names = [each.line.waiting_in_words for each in lines if each.line.kind == "count"]
    return f" {word} {listed(names)}" if names else ""
