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
    sentence,
    size_words,
    standard_words,
    strict_words,
    units_short_words,
    value_words,
)


def tell_aims(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """One sentence: the standard and the plan, met or not, by how much, what would have met it."""
    clauses = [*_standard(evidence, figure, about), *_plan(evidence, figure, about)]
    if clauses:
        yield f"{sentence('; '.join(clauses))}."


def _standard(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    line = evidence.line
    standard = line.standard(evidence.period, about.level)
    if standard is None or figure.meets_standard is None:
        return
    limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
    exact = replace(standard, value=str(limit))
    words = standard_words(line, standard, limit)
    verdict = judge(*figure.pair, exact, line.per)
    own = "required standard" if standard.is_own else "standard"
    goal = f"the {own}{_of_counts(line)} of {words}"
    by = f"by {size_words(line, verdict.gap)}" if verdict.gap else "exactly"
    if figure.meets_standard:
        yield f"{goal} was met {by}"
        return
    if verdict.gap:
        text = f"{goal} was not met, {by}"
    else:
        asked = strict_words(standard, words)
        text = f"{goal} was not met: the figure is exactly {words}, not {asked}"
    if line.kind != "mean":
        more = standard.operator in (">=", ">")
        text += f"{' (' if verdict.gap else ', and '}"
        text += f"{units_short_words(line, verdict.units_short, more)} would have met it"
        text += ")" if verdict.gap else ""
    yield text


def _plan(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The plan, the gap, and how many of the last twelve periods met theirs."""
    line = evidence.line
    if isnan(figure.plan):
        return
    plan = Fraction(str(figure.plan))
    gap = plan_gap(value_of(*figure.pair, line.per), figure.plan)
    goal = f"the plan{_of_counts(line)} of {value_words(line, plan)}"
    share = f" ({half_up(abs(gap / plan) * 100, 1)}%)" if line.kind == "count" and plan else ""
    if figure.meets_plan is None:
        way = f"{more_words(line, gap)}{share} than" if gap else "exactly"
        yield f"that is {way} {goal}"
        return
    by = f"by {size_words(line, gap)}{share}" if gap else "exactly"
    text = f"{goal} was met {by}" if figure.meets_plan else f"{goal} was not met, {by}"
    met, planned = plans_met(evidence.plan_verdicts(about.code))
    if planned > 1:
        periods = f"{number_words(planned)} {periods_words(evidence.period)}"
        how_many = {0: "none", planned: "all"}.get(met, number_words(met))
        text += f" ({how_many} of the last {periods} with a plan met theirs)"
    yield text


def _of_counts(line: Indicator) -> str:
    """Which count is meant, where several share a paragraph."""
    return f" for {line.waiting_in_words}" if line.kind == "count" else ""


def more_words(line: Indicator, gap: Fraction) -> str:
    """`12 more`, `3.0 percentage points lower`, from the sign of a difference."""
    if line.kind == "count":
        return f"{number_words(abs(gap))} {'more' if gap > 0 else 'fewer'}"
    return f"{size_words(line, gap)} {'higher' if gap > 0 else 'lower'}"
