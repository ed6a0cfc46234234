"""Sentences of rounded figures: only what is true whatever the exact counts are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isnan

from nhsind.derivation.standards import DIRECTIONS, value_of
from nhsind.geography import ENGLAND
from nhsind.narrative.changes import tell_changes
from nhsind.narrative.comparisons import RELATIONS
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import (
    counted,
    interval_words,
    one,
    per_words,
    sentence,
    standard_words,
    value_words,
    when_words,
    whose,
)
from nhsind.release.telling import TOO_COARSE


def tell_rounded(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """What is counted, the verdict, the plan, the changes, England."""
    yield _what(evidence, figure, about)
    yield from tell_rounded_aims(evidence, figure, about)
    yield from tell_changes(evidence, figure, about)
    yield from _england(evidence, figure, about)


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


def tell_rounded_aims(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """One sentence: whether standard and plan are met by the exact figure, or if that is told."""
    line = evidence.line
    of = f" for {line.waiting_in_words}" if line.kind == "count" else ""
    clauses = []
    standard = line.standard(evidence.period, about.level)
    if standard is not None and not isnan(figure.standard):
        limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
        kind = "required standard" if standard.is_own else "standard"
        goal = f"the {kind}{of} of {standard_words(line, standard, limit)}"
        clauses.append(_met(goal, figure.meets_standard))
    if not isnan(figure.plan):
        goal = f"the plan{of} of {value_words(line, Fraction(str(figure.plan)))}"
        if figure.meets_plan is not None or line.polarity in DIRECTIONS:
            clauses.append(_met(goal, figure.meets_plan))
    if clauses:
        yield f"{sentence('; '.join(clauses))}."


def _met(goal: str, verdict: bool | None) -> str:
    if verdict is None:
        return f"{TOO_COARSE} whether {goal} was met"
    return f"{goal} was {'met' if verdict else 'not met'}, by the exact figure"


def _england(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The interval beside England's value, whatever the counts of both are."""
    line, england = evidence.line, evidence.figure(ENGLAND)
    if england is None or not england.is_whole or about.code == ENGLAND or isnan(figure.upper):
        return
    if england.is_rounded:
        lowest, highest = england.lowest, england.highest
    else:
        lowest = highest = float(value_of(*england.pair, line.per))
    named = f"{about.everyone} ({figure_told(line, england)})"
    if figure.lower > highest or figure.upper < lowest:
        side = 1 if figure.lower > highest else -1
        way = DIRECTIONS.get(line.polarity, 0)
        relation = ("better" if side == way else "worse") if way else ("higher", "lower")[side < 0]
        yield f"It is {RELATIONS[relation]} {named}, by its whole 95% interval."
    elif figure.lower_most <= lowest and highest <= figure.upper_least:
        yield f"It is {RELATIONS['similar']} {named}."
    else:
        yield f"{sentence(TOO_COARSE)} whether it differs from {named}."
