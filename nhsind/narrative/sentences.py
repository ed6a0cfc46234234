"""The sentences about one figure, each by a rule that can be read here.

A sentence that its numbers don't carry is not written. A word of change or difference follows the
interval that bears it; "significant" is written only with its test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isinf, isnan

import numpy as np
import pandas as pd

from nhsind.definitions.definition import Indicator
from nhsind.definitions.statuses import Mark, Status
from nhsind.derivation.change import Change, change
from nhsind.derivation.standards import (
    DIRECTIONS,
    Number,
    compare,
    judge,
    plan_gap,
    plans_met,
    value_of,
)
from nhsind.derivation.trend import NO_TREND, NO_TREND_POSSIBLE, TREND_POINTS
from nhsind.geography import ENGLAND
from nhsind.narrative.evidence import Evidence, Figure, earlier_periods
from nhsind.narrative.numbers import half_up
from nhsind.narrative.wording import (
    counted,
    figure_words,
    interval_words,
    listed,
    number_words,
    one,
    per_words,
    periods_words,
    scale,
    short_words,
    signed,
    size_words,
    standard_words,
    strict_words,
    unit_words,
    units_short_words,
    value_words,
    when_words,
    whose,
)
from nhsind.periods import Period
from nhsind.statistics.signals import FLAGS

# Below this many units a percentage moves by 2 points or more with each one.
SMALL_DENOMINATOR = 50
# Fewer organisations make no ranking.
FEWEST_RANKED = 3
TREND_TEST = "chi-square test of a weighted line, 99.8%"
IMPROVEMENT, DETERIORATION = ", an improvement", ", a deterioration"
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


@dataclass(frozen=True)
class Subject:
    """Whom the sentences are about, and the group (such as an STP) it belongs to."""

    code: str
    name: str
    group: tuple[str, str] | None
    members: list[str]
    level: str


# What is counted ----------------------------------------------------------------------------------


def tell_what(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """The value with its denominator and interval, as its kind of line is read."""
    line = evidence.line
    numerator, denominator = figure.pair
    assert denominator is not None
    value = figure_words(line, numerator, denominator)
    of = counted(denominator, line.waiting_in_words, line.unit)
    whole = f"{whose(about.name)} {of}"
    if line.kind == "mean":
        what, unit = line.within_in_words, f" {line.unit}"
        if line.unit.split(" ")[-1] in what.split(" "):
            what, unit = f"number of {what}", ""
        said = f"the mean {what} of {whole} was {value}{unit}"
    elif line.kind == "rate":
        numerators = counted(numerator, line.within_in_words, line.unit)
        said = (
            f"{about.name} had {value} {line.within_in_words} {per_words(line.per)} "
            f"{line.waiting_in_words}: {numerators} for {of}"
        )
    elif not line.is_share:
        numerators = counted(numerator, line.within_in_words, line.unit)
        said = (
            f"{about.name} had {value} {line.within_in_words} for each "
            f"{one(line.waiting_in_words, line.unit)}: {numerators} and {of}"
        )
    else:
        was = "was" if denominator == 1 else "were"
        said = f"{value} of {whole} {was} {line.within_in_words}"
    interval = interval_words(line, figure.lower, figure.upper)
    bracket = f" (95% interval {interval})" if interval else ""
    return f"{when_words(evidence.period, line)}, {said}{bracket}."


def tell_no_value(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """Why a figure has no value: suppressed, no cases, no denominator, not there."""
    line = evidence.line
    if figure.status == Status.SUPPRESSED:
        return f"{line.title}: the figure of {about.name} is suppressed, because it is small."
    if figure.status == Status.NO_CASES:
        nothing = "percentage" if line.is_share else line.kind
        return (
            f"{line.title}: {about.name} had no {line.waiting_in_words} in "
            f"{evidence.period.words}, so there is no {nothing}."
        )
    if figure.status == Status.NO_DENOMINATOR:
        return (
            f"{line.title}: {whose(about.name)} number of {line.waiting_in_words} is not known, "
            "so there is no value."
        )
    return f"{line.title}: the figure of {about.name} is not available."


# Standard and plan --------------------------------------------------------------------------------


def tell_verdict(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """Met or not, the gap in the value's own unit, and the units that would have met it."""
    line = evidence.line
    standard = line.standard(evidence.period, about.level)
    if standard is None or figure.meets_standard is None:
        return
    limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
    exact = replace(standard, value=str(limit))
    words = standard_words(line, standard, limit)
    verdict = judge(*figure.pair, exact, line.per)
    it = "That" if line.kind != "count" else f"The number of {line.waiting_in_words}"
    goal = f"the {'required ' if standard.is_own else ''}standard of {words}"
    if verdict.gap == 0:
        where = f"exactly at {goal}"
    else:
        side = "above" if verdict.gap > 0 else "below"
        where = f"{side} {goal} by {size_words(line, verdict.gap)}"
    if figure.meets_standard:
        yield f"{it} is {where}: the standard was met."
        return
    text = f"{it} is {where}: the standard was not met."
    if line.kind != "mean":
        more = standard.operator in (">=", ">")
        text += f" {units_short_words(line, verdict.units_short, more)} would have met it"
        if verdict.gap == 0:
            text += f", since it asks for {strict_words(standard, words)}"
        text += "."
    yield text


def tell_plan(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The plan, the gap, and how many of the last twelve periods met theirs."""
    line = evidence.line
    if isnan(figure.plan):
        return
    plan = Fraction(str(figure.plan))
    gap = plan_gap(value_of(*figure.pair, line.per), figure.plan)
    what = f" for {line.waiting_in_words}" if line.kind == "count" else ""
    text = f"The plan{what} was {value_words(line, plan)}: "
    if gap == 0:
        text += "exactly as planned"
    else:
        text += f"{_more(line, gap)} than planned"
        if line.kind == "count" and plan:
            text += f" ({half_up(abs(gap / plan) * 100, 1)}%)"
    if figure.meets_plan is None:
        yield f"{text}."
        return
    text += f", so the plan was {'' if figure.meets_plan else 'not '}met."
    met, planned = plans_met(evidence.plan_verdicts(about.code))
    if planned > 1:
        periods = f"{number_words(planned)} {periods_words(evidence.period)}"
        how_many = {0: "none", planned: "all"}.get(met, number_words(met))
        text += f" Of the last {periods} with a plan, {how_many} met theirs."
    yield text


def _more(line: Indicator, gap: Fraction) -> str:
    """`12 more`, `3.0 percentage points lower`, from the sign of a difference."""
    if line.kind == "count":
        return f"{number_words(abs(gap))} {'more' if gap > 0 else 'fewer'}"
    return f"{size_words(line, gap)} {'higher' if gap > 0 else 'lower'}"


# Change -------------------------------------------------------------------------------------------


def tell_changes(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """Against the period before and the same period a year before, each with its interval."""
    line = evidence.line
    for words, earlier in earlier_periods(evidence.period).items():
        changed = change_since(evidence, earlier, about.code)
        if changed is None:
            continue
        found, before = changed
        then = f"{words} ({figure_words(line, *before.pair)} in {short_words(earlier)})"
        interval = f"The 95% interval of the {interval_of_change(line, found)}"
        if not found.beyond_chance:
            yield f"{interval}: not clearly different from {then}."
            continue
        yield f"{interval}: {_more(line, found.difference)} than {then}{judged(line, found)}."


def change_since(
    evidence: Evidence, since: Period, organisation: str
) -> tuple[Change, Figure] | None:
    """The change since an earlier figure, and that; None without both or without an interval."""
    line, ends = evidence.line, evidence.changes[since].get(organisation)
    now, before = evidence.figure(organisation), evidence.figure(organisation, since)
    if ends is None or now is None or before is None or not (now.is_known and before.is_known):
        return None
    found = change(line.kind, now.pair, before.pair, line.per, ends=ends)
    # From nothing there is no relative change.
    return None if found is None or isinf(found.upper) else (found, before)


def interval_of_change(line: Indicator, found: Change) -> str:
    """`change is −2.2 to +3.2 percentage points`; of counts and rates, in per cent."""
    if found.is_relative:
        ends = f"{signed(100 * found.lower)}% to {signed(100 * found.upper)}%"
        return f"change is {ends}" if line.kind == "count" else f"relative change is {ends}"
    times = scale(line)
    ends = f"{signed(times * found.lower)} to {signed(times * found.upper)}"
    return f"change is {ends} {unit_words(line)}"


def judged(line: Indicator, found: Change) -> str:
    """Whether a change is an improvement, for lines of which one direction is better."""
    way = DIRECTIONS.get(line.polarity, 0)
    if not way:
        return ""
    return IMPROVEMENT if (found.difference > 0) == (way > 0) else DETERIORATION


# Comparison ---------------------------------------------------------------------------------------


def tell_benchmarks(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The interval beside England's value and its group's; never beside itself."""
    line = evidence.line
    england = evidence.figure(ENGLAND)
    if england is not None and england.is_known:
        pair = england.pair
        if pair[1] is not None and about.code != ENGLAND:
            yield from _beside(line, figure, "England", (pair[0], pair[1]))
    if about.group and len(about.members) > 1:
        group = evidence.together(about.members)
        if group is not None:
            name = about.group[1] or about.group[0]
            yield from _beside(line, figure, f"{name} as a whole", group)


def _beside(
    line: Indicator, figure: Figure, name: str, benchmark: tuple[Number, Number]
) -> Iterator[str]:
    value = value_of(*benchmark, line.per)
    found = compare(figure.lower, figure.upper, float(value), line.polarity)
    if found is None:
        return
    stood = f"{name} stood at {value_words(line, value)}"
    if found == "similar":
        yield f"{stood}, within the interval: similar."
        return
    side = "above" if figure.lower > float(value) else "below"
    judged = f" That is {found}." if found in ("better", "worse") else ""
    yield f"{stood}; the whole interval lies {side} it.{judged}"


def tell_rank(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The organisation's place by value, where one direction is better."""
    line = evidence.line
    values = evidence.values()
    if line.polarity not in ("higher", "lower") or len(values) < FEWEST_RANKED:
        return
    if about.code not in values:
        return
    own = values[about.code]
    highest_first = line.polarity == "higher"
    ahead = sum(value > own if highest_first else value < own for value in values.values())
    level = sum(value == own for value in values.values()) - 1
    shared = f", level with {level} others" if level > 1 else ", level with one other"
    yield (
        f"Ranked by value, it is number {ahead + 1} of {len(values)} organisations, "
        f"{'highest' if highest_first else 'lowest'} first{shared if level else ''}."
    )


# Patterns in time ---------------------------------------------------------------------------------


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


# Caution ------------------------------------------------------------------------------------------


def tell_caution(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """How much each unit of a small denominator weighs."""
    line, denominator = evidence.line, figure.denominator
    if line.kind != "proportion" or denominator is None or denominator >= SMALL_DENOMINATOR:
        return
    yield (
        f"With {counted(denominator, line.waiting_in_words, line.unit)} the figure moves by "
        f"{half_up(100 / Fraction(denominator), 1)} percentage points for each one."
    )


def tell_quality(found: pd.DataFrame) -> tuple[str, ...]:
    """One paragraph on records that no figure counts, or none."""
    if "rows" not in found or found.empty:
        return ()
    parts = []
    for about, rows, mark in zip(found["about"], found["rows"], found["rows_mark"], strict=True):
        number = "number suppressed" if mark == Mark.SUPPRESSED else counted(int(rows), "rows")
        parts.append(f"{str(about).rstrip('.')} ({number})")
    return (
        f"Records of all organisations together that are left out or counted once: "
        f"{'; '.join(parts)}.",
    )


# In the order in which they are told, after what is counted.
EACH_FIGURE = (
    tell_verdict,
    tell_plan,
    tell_changes,
    tell_benchmarks,
    tell_rank,
    tell_trend,
    tell_chart,
    tell_caution,
)
