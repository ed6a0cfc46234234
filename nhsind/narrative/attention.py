"""What of an organisation's figures needs attention first, a line of words for each.

Standards and plans that are missed, control charts that signal concern or a target out of reach,
clear deteriorations, and figures that are not whole. What may be told of hidden and rounded figures
is what the sentences of the line tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isnan
from typing import NamedTuple

from nhsind.definitions.statuses import Status
from nhsind.derivation.standards import DIRECTIONS
from nhsind.narrative.changes import IF, change_told, compared_with, working_days_words
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.patterns import why_special
from nhsind.narrative.standing import by_most
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import listed, number_words, short_words, value_words
from nhsind.periods import Period

# Beside figures with control charts, and without any.
NOTHING = (
    "Of what can be judged, no standard or plan is missed, no control chart signals concern, and "
    "no figure is clearly worse than before."
)
NOTHING_UNCHARTED = (
    "Of what can be judged, no standard or plan is missed and no figure is clearly worse than "
    "before; there is no control chart to judge."
)
NOT_JUDGED = "None of the figures can be judged by a standard, a plan, a control chart or a change."
# Where release lets nobody tell, a missed standard would not be seen.
NOT_TOLD = "{lines}, whose figure is hidden or too coarse, {have} no verdict on a standard or plan."
# What a figure lacks that is no verdict on the organisation.
NOT_WHOLE = (Status.NOT_COVERED, Status.NOT_AVAILABLE, Status.NO_DENOMINATOR, Status.PARTIAL)
MISSED, SIGNALLED, NOT_KNOWN = range(3)


class Concern(NamedTuple):
    """A line that needs attention, and why, the gravest first.

    `rank`: 0 is the gravest; `place`: the order among those that miss what they should be.
    """

    code: str
    title: str
    reasons: tuple[str, ...]
    rank: int
    place: tuple[bool, float] = (True, 0.0)

    @property
    def words(self) -> str:
        """`standard not met; a special cause of concern (below the lower limit)`."""
        return "; ".join(self.reasons)


def attention(known: Mapping[str, Evidence], organisation: str, level: str) -> tuple[Concern, ...]:
    """The lines of an organisation that need attention: what is missed, then what is signalled.

    `level`: of the organisation, which its standards are for.
    """
    found = []
    for evidence in known.values():
        figure = evidence.figure(organisation)
        if figure is None:
            continue
        reasons = sorted(_reasons(evidence, figure, organisation, level), key=lambda each: each[0])
        if reasons:
            words = tuple(text for _, text in reasons)
            line = evidence.line
            if figure.meets_standard and reasons[0][0] == SIGNALLED:
                aim = _aim(evidence, level)
                words = (f"{met_words(aim, figure_told(line, figure))} {words[0]}", *words[1:])
            aim_of = figure.standard if figure.meets_standard is False else figure.plan
            of = (aim_of, figure.value, figure.lower, figure.upper)
            rank = reasons[0][0]
            place = by_most(*of) if rank == MISSED else (True, 0.0)
            found.append(Concern(line.code, line.title, words, rank, place))
    return tuple(sorted(found, key=lambda each: (each.rank, each.place)))


def nothing_words(known: Mapping[str, Evidence], organisation: str, level: str) -> str:
    """What is said where no line needs attention, with how many lines nobody can tell of."""
    charts = (each.charts.get(organisation) for each in known.values())
    nothing = NOT_JUDGED
    if any(chart and chart.variation for chart in charts):
        nothing = NOTHING
    elif any(_is_judged(each, organisation) for each in known.values()):
        nothing = NOTHING_UNCHARTED
    figures = ((each, each.figure(organisation)) for each in known.values())
    untold = sum(figure is not None and _is_untold(each, figure, level) for each, figure in figures)
    if not untold:
        return nothing
    lines = f"{number_words(untold)} {'line' if untold == 1 else 'lines'}"
    return f"{nothing} {NOT_TOLD.format(lines=lines, have='has' if untold == 1 else 'have')}"


def _is_judged(evidence: Evidence, organisation: str) -> bool:
    """Whether a verdict or a change of the figure is told."""
    figure = evidence.figure(organisation)
    if figure is None or not figure.is_known:
        return False
    told = (change_told(evidence, since, organisation) for since in compared_with(evidence))
    verdicts = (figure.meets_standard, figure.meets_plan)
    return verdicts != (None, None) or any(each and not each.is_coarse for each in told)


def _is_untold(evidence: Evidence, figure: Figure, level: str) -> bool:
    """Whether release keeps back what the figure is beside its standard or plan."""
    if figure.status != Status.SUPPRESSED and not figure.is_rounded:
        return False
    line = evidence.line
    has_standard = line.standard(evidence.period, level) is not None
    has_plan = not isnan(figure.plan) and line.polarity in DIRECTIONS
    return (has_standard and figure.meets_standard is None) or (
        has_plan and figure.meets_plan is None
    )


def _reasons(
    evidence: Evidence, figure: Figure, organisation: str, level: str
) -> Iterator[tuple[int, str]]:
    if figure.status in NOT_WHOLE:
        yield NOT_KNOWN, figure.note or "the figure is not whole"
    told = figure_told(evidence.line, figure) if figure.is_known else ""
    goals = []
    aim = _aim(evidence, level)
    planned = "" if isnan(figure.plan) else value_words(evidence.line, _exact(figure.plan))
    if figure.meets_standard is False:
        goals.append(aim)
    if figure.meets_plan is False:
        goals.append(f"plan of {planned}")
    if goals:
        yield MISSED, f"{' and '.join(goals)} not met ({told})"
    chart = evidence.charts.get(organisation)
    if chart is not None and figure.is_known:
        if said := signal_words(evidence, organisation):
            yield SIGNALLED, said
        # A special cause of improvement has left such limits behind.
        if chart.promise == "fail" and chart.variation != "improvement":
            aimed_at = f"plan of {planned}" if isnan(figure.standard) and planned else aim
            yield (
                SIGNALLED,
                misses_words("" if aimed_at in goals else aimed_at, chart.variation or ""),
            )
    if worse := worse_words(evidence, organisation):
        yield SIGNALLED, worse


def signal_words(evidence: Evidence, organisation: str) -> str:
    """`a special cause of concern (below the lower limit)`; empty where the latest is none."""
    chart, figure = evidence.charts.get(organisation), evidence.figure(organisation)
    if chart is None or figure is None or chart.variation != "concern":
        return ""
    because = why_special(evidence, chart, organisation)
    return f"a special cause of concern{f' ({because})' if because else ''}"


def met_words(aim: str, told: str = "") -> str:
    """What stands before a signal of a line that meets its standard."""
    return f"{aim} met{f' ({told})' if told else ''}, but"


def misses_words(goal: str, variation: str) -> str:
    """What the limits of a control chart promise; without a goal, of that just named."""
    limits = "its limits" if variation == "common_cause" else "limits that this may have outdated,"
    return f"by {limits} it consistently misses {f'its {goal}' if goal else 'it'}"


def worse_words(evidence: Evidence, organisation: str) -> str:
    """`clearly worse than in March 2017 (93.2%)`; empty where nothing tells so."""
    line, now = evidence.line, evidence.figure(organisation)
    told = figure_told(line, now) if now is not None and now.is_known else ""
    since = [
        f"{short_words(period)} ({_before(evidence, period, change.before, told)})"
        for period in compared_with(evidence)
        if (change := change_told(evidence, period, organisation)) is not None
        and change.is_worse(line)
    ]
    if not since:
        return ""
    unusually = evidence.in_doubt.get(organisation)
    doubt = f", {IF[unusually.way]}" if unusually else ""
    return f"clearly worse than in {' and '.join(since)}{doubt}"


def _before(evidence: Evidence, period: Period, figure: Figure, now: str) -> str:
    """`93.2%`, or of a count `560, with 2 working days more`: an earlier figure."""
    line = evidence.line
    before = figure_told(line, figure)
    more = working_days_words(line, period, evidence.period) if line.kind == "count" else ""
    words = before if before != now else "by less than the digits show"
    return f"{words}, with {more}" if more else words


def _aim(evidence: Evidence, level: str) -> str:
    standard = evidence.line.standard(evidence.period, level)
    required = "its required number" if standard is None or standard.is_own else standard.words
    return f"standard of {required.split(' (')[0]}"


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def others_words(others: Sequence[Concern]) -> str:
    """`62 days: screening (E.B.13) and two weeks (E.B.6), each in its part of the page`."""
    names = listed([f"{each.title} ({each.code})" for each in others])
    return f"{names}, {'each ' if len(others) > 1 else ''}in its part of the page"
