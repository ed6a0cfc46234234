"""The figure beside those of earlier periods, each change with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.change import Change, change
from nhsind.derivation.standards import DIRECTIONS
from nhsind.narrative.aims import more_words
from nhsind.narrative.evidence import Evidence, Figure, earlier_periods
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import figure_words, scale, short_words, signed, unit_words
from nhsind.periods import Period

IMPROVEMENT, DETERIORATION = ", an improvement", ", a deterioration"


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
        yield f"{interval}: {more_words(line, found.difference)} than {then}{judged(line, found)}."


def change_since(
    evidence: Evidence, since: Period, organisation: str
) -> tuple[Change, Figure] | None:
    """The change since an earlier figure, and that; None without both or without an interval."""
    line, ends = evidence.line, evidence.changes[since].get(organisation)
    now, before = evidence.figure(organisation), evidence.figure(organisation, since)
    if ends is None or now is None or before is None or not (now.is_whole and before.is_whole):
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
