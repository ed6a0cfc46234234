"""Sentences of rounded figures: only what is true whatever the exact counts are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isnan

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import DIRECTIONS, value_of
from nhsind.geography import ENGLAND
from nhsind.narrative.changes import DETERIORATION, IMPROVEMENT
from nhsind.narrative.evidence import Evidence, Figure, earlier_periods
from nhsind.narrative.spreads import Spread
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import (
    counted,
    figure_words,
    interval_words,
    one,
    per_words,
    range_words,
    sentence,
    short_words,
    signed,
    standard_words,
    told_words,
    unit_words,
    value_words,
    when_words,
    whose,
)
from nhsind.release.telling import TOO_COARSE


def tell_rounded(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """What is counted, the verdict, the plan, the changes, England."""
    yield _what(evidence, figure, about)
    yield from tell_aims(evidence, figure, about)
    yield from _changes(evidence, figure, about)
    yield from _england(evidence, figure, about)


def figure_told(line: Indicator, figure: Figure) -> str:
    """A figure's value as it may be told: to its digits, as a range, or exactly."""
    if not figure.is_rounded:
        return figure_words(line, *figure.pair)
    if isnan(figure.value):
        return range_words(line, figure.lowest, figure.highest)
    return told_words(line, figure.value, figure.places)


def _what(evidence: Evidence, figure: Figure, about: Subject) -> str:
    line = evidence.line
    numerator, denominator = figure.pair
    assert denominator is not None
    value = figure_told(line, figure)
    parts = f"roughly {counted(numerator, line.within_in_words, line.unit)}"
    whole = counted(denominator, line.waiting_in_words, line.unit)
    of = whole if line.denominator is not None and line.denominator.public else f"roughly {whole}"
    if line.kind == "mean":
        said = f"the mean {line.within_in_words} of {whose(about.name)} {of} was {value}"
    elif line.kind == "rate":
        said = (
            f"{about.name} had {value} {line.within_in_words} {per_words(line.per)} "
            f"{line.waiting_in_words}: {parts} for {of}"
        )
    elif not line.is_share:
        said = (
            f"{about.name} had {value} {line.within_in_words} for each "
            f"{one(line.waiting_in_words, line.unit)}: {parts} and {of}"
        )
    else:
        said = f"{value} of {whose(about.name)} {of} were {line.within_in_words}"
    interval = interval_words(line, figure.lower, figure.upper)
    bracket = f" (95% interval within {interval})" if interval else ""
    return f"{when_words(evidence.period, line)}, {said}{bracket}."


def tell_aims(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """Whether the standard and the plan are met, by the exact figure, or that it is too coarse."""
    line = evidence.line
    of = f" for {line.waiting_in_words}" if line.kind == "count" else ""
    standard = line.standard(evidence.period, about.level)
    if standard is not None and not isnan(figure.standard):
        limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
        kind = "required standard" if standard.is_own else "standard"
        goal = f"the {kind}{of} of {standard_words(line, standard, limit)}"
        if figure.meets_standard is None:
            yield f"{sentence(TOO_COARSE)} whether {goal} was met."
        else:
            met = "met" if figure.meets_standard else "not met"
            yield f"{sentence(goal)} was {met}, by the exact figure."
    if isnan(figure.plan):
        return
    text = f"The plan{of} was {value_words(line, Fraction(str(figure.plan)))}"
    if figure.meets_plan is not None:
        yield f"{text}: by the exact figure it was {'' if figure.meets_plan else 'not '}met."
    elif line.polarity in DIRECTIONS:
        yield f"{text}: {TOO_COARSE} whether it was met."
    else:
        yield f"{text}."


def _changes(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    line = evidence.line
    for words, earlier in earlier_periods(evidence.period).items():
        before = evidence.figure(about.code, earlier)
        spread = evidence.spreads[earlier].get(about.code)
        if before is None or not before.is_whole or spread is None:
            continue
        then = f"{words} ({figure_told(line, before)} in {short_words(earlier)})"
        yield change_told(line, spread, then)


def change_told(line: Indicator, spread: Spread, then: str) -> str:
    """A change of rounded figures, where every pair of counts agrees on it."""
    if spread.is_clear:
        times = 1.0 if line.kind in ("proportion", "mean") else 100.0
        times *= 100.0 if line.kind == "proportion" else 1.0
        unit = unit_words(line) if line.kind in ("proportion", "mean") else ""
        ends = [f"{signed(times * end)}{'' if unit else '%'}" for end in spread.ends]
        is_more = spread.ends[0] > 0
        more = (
            ("more" if is_more else "fewer")
            if line.kind == "count"
            else ("higher" if is_more else "lower")
        )
        return (
            f"The 95% interval of the {'change' if unit else 'relative change'} lies within "
            f"{' to '.join(ends)}{f' {unit}' if unit else ''}: {more} than {then}"
            f"{better_words(line, spread)}."
        )
    if spread.is_none:
        return f"Not clearly different from {then}: the 95% interval of the change includes none."
    return f"{sentence(TOO_COARSE)} whether it changed from {then}."


def better_words(line: Indicator, spread: Spread) -> str:
    """Whether a clear change is an improvement, for lines of which one direction is better."""
    is_more = spread.ends[0] > 0
    way = DIRECTIONS.get(line.polarity, 0)
    if not way:
        return ""
    return IMPROVEMENT if is_more == (way > 0) else DETERIORATION


def _england(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The interval beside England's value, whatever the counts of both are."""
    line, england = evidence.line, evidence.figure(ENGLAND)
    if england is None or not england.is_whole or about.code == ENGLAND or isnan(figure.upper):
        return
    if england.is_rounded:
        lowest, highest = england.lowest, england.highest
    else:
        lowest = highest = float(value_of(*england.pair, line.per))
    stood = f"{sentence(about.everyone)} stood at {figure_told(line, england)}"
    if figure.lower > highest or figure.upper < lowest:
        is_above = figure.lower > highest
        way = DIRECTIONS.get(line.polarity, 0)
        better = "better" if is_above == (way > 0) else "worse"
        judged = f" That is {better}." if way else ""
        yield f"{stood}; the whole interval lies {'above' if is_above else 'below'} it.{judged}"
    elif figure.lower_most <= lowest and highest <= figure.upper_least:
        yield f"{stood}, within the interval: similar."
    else:
        yield f"{stood}; {TOO_COARSE} whether that is similar."
