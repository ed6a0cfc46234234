"""Sentences of rounded figures: only what is true whatever the exact counts are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isnan

from nhsind.derivation.standards import DIRECTIONS, value_of
from nhsind.geography import ENGLAND
from nhsind.narrative.aims import goal_words, is_same_aim
from nhsind.narrative.changes import tell_changes
from nhsind.narrative.comparisons import NEARLY, SIMILAR, WIDE, relation_words
from nhsind.narrative.counted import value_told
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import (
    counted,
    interval_words,
    sentence,
    standard_words,
    value_words,
)
from nhsind.release.telling import TOO_COARSE


def tell_rounded(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """What is counted, the verdict, the plan, the changes, England."""
    yield _what(evidence, figure, about)
    before = [*tell_rounded_aims(evidence, figure, about)]
    before += tell_changes(evidence, figure, about)
    yield from before
    is_coarse = any(TOO_COARSE in text or sentence(TOO_COARSE) in text for text in before)
    yield from _england(evidence, figure, about, again=is_coarse)


def _what(evidence: Evidence, figure: Figure, about: Subject) -> str:
    line = evidence.line
    numerator, denominator = figure.pair
    assert denominator is not None
    value = figure_told(line, figure)
    parts = f"roughly {counted(numerator, line.within_in_words, line.unit)}"
    whole = counted(denominator, line.waiting_in_words, line.unit)
    of = whole if line.denominator is not None and line.denominator.public else f"roughly {whole}"
    return value_told(
        evidence,
        about,
        value=value,
        counts=(parts, of),
        is_one=False,
        beside=say(
            "beside", rounded=True, interval=interval_words(line, figure.lower, figure.upper)
        ),
    )


def tell_rounded_aims(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """One sentence: whether standard and plan are met by the exact figure, or if that is told."""
    line, told = evidence.line, []
    standard = line.standard(evidence.period, about.level)
    if standard is not None and not isnan(figure.standard):
        limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
        words = standard_words(line, standard, limit)
        goal = goal_words(line, words, is_own=standard.is_own)
        told.append(_met(goal, figure.meets_standard))
    if not isnan(figure.plan):
        goal = goal_words(line, value_words(line, Fraction(str(figure.plan))), is_plan=True)
        if figure.meets_plan is not None or line.polarity in DIRECTIONS:
            is_same = bool(told) and is_same_aim(evidence, figure, about)
            told.append(
                say("rounded_goal", same=True) if is_same else _met(goal, figure.meets_plan)
            )
    if told:
        yield f"{sentence('; '.join(told))}."


def _met(goal: str, verdict: bool | None) -> str:
    coarse = TOO_COARSE if verdict is None else ""
    return say("rounded_goal", goal=goal, met=verdict, coarse=coarse)


def _england(evidence: Evidence, figure: Figure, about: Subject, *, again: bool) -> Iterator[str]:
    """The interval of many beside England's value, whatever the counts of both are."""
    line, england = evidence.line, evidence.figure(ENGLAND)
    if england is None or not england.is_whole or about.code == ENGLAND or isnan(figure.upper):
        return
    if england.is_rounded:
        lowest, highest = england.lowest, england.highest
    else:
        lowest = highest = float(value_of(*england.pair, line.per))
    named = f"{about.everyone} ({figure_told(line, england)})"
    is_beyond = figure.wide_lower > highest or figure.wide_upper < lowest
    is_alike = figure.wide_lower_most <= lowest and highest <= figure.wide_upper_least
    is_inside = figure.lower <= lowest and highest <= figure.upper
    side = 1 if figure.wide_lower > highest else -1
    way = DIRECTIONS.get(line.polarity, 0)
    beyond = ("better" if side == way else "worse") if way else ("higher", "lower")[side < 0]
    told = say(
        "rounded_comparison",
        relation=relation_words(beyond if is_beyond else SIMILAR if is_inside else NEARLY, named),
        whom=named,
        coarse="" if is_beyond or is_alike else TOO_COARSE,
        again=again,
        beyond=is_beyond,
        wide=WIDE,
    )
    yield sentence(told)
