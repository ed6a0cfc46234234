"""The figure beside its standard and its plan, the gap, and what would have met it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import isnan

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import judge, plan_gap, plans_met, value_of
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.numbers import half_up
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
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
    told = (_standard(evidence, figure, about), _plan(evidence, figure, about))
    if clauses := [each for each in told if each]:
        yield f"{sentence('; '.join(clauses))}."


def tell_aims_of_counts(counts: Iterable[tuple[Evidence, Figure]], about: Subject) -> Iterator[str]:
    """The same of counts that share a paragraph, in one sentence for all."""
    told: list[str] = []
    is_again = False
    for evidence, figure in counts:
        standard = _standard(evidence, figure, about)
        plan = _plan(evidence, figure, about, again=is_again)
        told += [each for each in (standard, plan) if each]
        # Another's standard or verdict in between would be taken for what the plan is of.
        is_again = bool(plan) and figure.meets_plan is None
    if told:
        yield f"{sentence('; '.join(told))}."


def goal_words(line: Indicator, limit: str, *, is_plan: bool = False, is_own: bool = False) -> str:
    """What a standard or plan is called; of counts, which, as several share a paragraph."""
    base = line.waiting_in_words if line.kind == "count" else ""
    return say("goal", limit=limit, base=base, plan=is_plan, own=is_own)


def _standard(evidence: Evidence, figure: Figure, about: Subject) -> str:
    line = evidence.line
    standard = line.standard(evidence.period, about.level)
    if standard is None or figure.meets_standard is None:
        return ""
    limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
    exact = replace(standard, value=str(limit))
    words = standard_words(line, standard, limit)
    verdict = judge(*figure.pair, exact, line.per)
    more = standard.operator in (">=", ">")
    is_counted = line.kind != "mean" and not figure.meets_standard
    return say(
        "standard",
        goal=goal_words(line, words, is_own=standard.is_own),
        by=size_words(line, verdict.gap) if verdict.gap else "",
        limit=words,
        asked=strict_words(standard, words),
        needed=units_short_words(line, verdict.units_short, more) if is_counted else "",
        met=figure.meets_standard,
    )


def _plan(evidence: Evidence, figure: Figure, about: Subject, *, again: bool = False) -> str:
    """The plan, the gap, and how many of the last twelve periods met theirs.

    `again`: that of another count, where neither direction is better, was told just before.
    """
    line = evidence.line
    if isnan(figure.plan):
        return ""
    plan = Fraction(str(figure.plan))
    gap = plan_gap(value_of(*figure.pair, line.per), figure.plan)
    share = f" ({half_up(abs(gap / plan) * 100, 1)}%)" if line.kind == "count" and plan else ""
    return say(
        "plan",
        goal=goal_words(line, value_words(line, plan), is_plan=True),
        by=f"{size_words(line, gap)}{share}" if gap else "",
        way=f"{more_words(line, gap)}{share} than" if gap else "",
        history=_history(evidence, about) if figure.meets_plan is not None else "",
        same=figure.meets_standard is not None and is_same_aim(evidence, figure, about),
        also=bool(gap) and _is_alike(evidence, figure, about, size_words(line, gap)),
        again=again,
        judged=figure.meets_plan is not None,
        met=figure.meets_plan,
    )


def _is_alike(evidence: Evidence, figure: Figure, about: Subject, by: str) -> bool:
    """Whether the standard has the plan's verdict, and by as much in words."""
    line = evidence.line
    standard = line.standard(evidence.period, about.level)
    if standard is None or None in (figure.meets_standard, figure.meets_plan):
        return False
    limit = Fraction(str(figure.standard)) if standard.is_own else standard.exact
    gap = judge(*figure.pair, replace(standard, value=str(limit)), line.per).gap
    return figure.meets_plan == figure.meets_standard and bool(gap) and size_words(line, gap) == by


def is_same_aim(evidence: Evidence, figure: Figure, about: Subject) -> bool:
    """Whether standard and plan ask for the same, so that one verdict is that of both."""
    standard = evidence.line.standard(evidence.period, about.level)
    asks_alike = standard is not None and standard.operator in (">=", "<=")
    return (
        asks_alike
        and figure.plan == figure.standard
        and (figure.meets_plan == figure.meets_standard)
    )


def _history(evidence: Evidence, about: Subject) -> str:
    met, planned = plans_met(evidence.plan_verdicts(about.code))
    if planned < 2:
        return ""
    return say(
        "plan_history",
        met=number_words(met),
        periods=f"{number_words(planned)} {periods_words(evidence.period)}",
        all=met == planned,
        none=met == 0,
    )


def more_words(line: Indicator, gap: Fraction) -> str:
    """`12 more`, `3.0 percentage points lower`, from the sign of a difference."""
    if line.kind == "count":
        return f"{number_words(abs(gap))} {'more' if gap > 0 else 'fewer'}"
    return f"{size_words(line, gap)} {'higher' if gap > 0 else 'lower'}"
