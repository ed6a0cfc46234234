"""The figure beside its standard and its plan, the gap, and what would have met it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import isnan

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import judge, plan_gap, plans_met, value_of
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.numbers import half_up
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import (
    number_words,
    periods_words,
    size_words,
    standard_words,
    strict_words,
    units_short_words,
    value_words,
)


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
        text += f"{more_words(line, gap)} than planned"
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


def more_words(line: Indicator, gap: Fraction) -> str:
    """`12 more`, `3.0 percentage points lower`, from the sign of a difference."""
    if line.kind == "count":
        return f"{number_words(abs(gap))} {'more' if gap > 0 else 'fewer'}"
    return f"{size_words(line, gap)} {'higher' if gap > 0 else 'lower'}"
