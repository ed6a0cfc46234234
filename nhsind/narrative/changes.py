"""The figure beside those of earlier periods, each change with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import isinf

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.change import Change, change
from nhsind.derivation.standards import DIRECTIONS
from nhsind.narrative.aims import more_words
from nhsind.narrative.evidence import A_YEAR_BEFORE, Evidence, Figure, earlier_periods
from nhsind.narrative.numbers import half_up
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import listed, number_words, sentence, short_words
from nhsind.periods import Period
from nhsind.reference.working_days import working_days
from nhsind.release.telling import TOO_COARSE

IMPROVEMENT, DETERIORATION = "an improvement", "a deterioration"
# Where numbers are far less, or far more, than is usual.
IF = {"less": "if no data are missing", "more": "if no data are there twice"}


@dataclass(frozen=True)
class Changes:
    """Changes in words: clear ones, those that are not, those that rounded counts cannot tell.

    `seen`: of the last, those of which the counts tell the way, not whether it is beyond chance.
    """

    clear: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    coarse: list[str] = field(default_factory=list)

    def said(self, part: str, when: str = "") -> str:
        """What there is of each, as a part of the sentences puts it."""
        return say(
            part,
            when=when,
            clear=listed(self.clear),
            unclear=listed(self.unclear),
            untold=listed(self.coarse),
            coarse=TOO_COARSE,
        )


def tell_changes(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """One sentence on the period before and the same period a year before."""
    line, changes = evidence.line, Changes()
    for earlier in compared_with(evidence):
        told = change_told(evidence, earlier, about.code)
        if told is None:
            continue
        then = f"{short_words(earlier)} ({_beside(line, told)})"
        if told.is_coarse and (way := way_seen(told.before, figure)):
            changes.seen.append(f"{way} than in {then}")
        elif told.way is None:
            (changes.coarse if told.is_coarse else changes.unclear).append(then)
        else:
            more = more_words(line, told.size) if told.size is not None else told.higher
            changes.clear.append(f"{more} than in {then}")
    seen = listed(changes.seen)
    way = say("change_seen", seen=seen, coarse=TOO_COARSE) if seen else ""
    if clauses := [each for each in (changes.said("change"), way) if each]:
        yield f"{sentence('; '.join(clauses))}."


def tell_changes_of_counts(known: list[Evidence], about: Subject) -> Iterator[str]:
    """One sentence for each earlier period on the counts that are compared with it."""
    for earlier in dict.fromkeys(period for each in known for period in compared_with(each)):
        changes = Changes()
        for evidence in known:
            line = evidence.line
            told = change_told(evidence, earlier, about.code)
            if told is None or earlier not in compared_with(evidence):
                continue
            then = f"{line.waiting_in_words} ({_beside(line, told)})"
            if told.way is None:
                (changes.coarse if told.is_coarse else changes.unclear).append(then)
                continue
            share = ""
            if told.size is not None:
                of = abs(told.size) * 100 / Fraction(told.before.pair[0])
                share = f"{half_up(of, 1)}% "
            more = "more" if told.way > 0 else "fewer"
            changes.clear.append(f"{share}{more} {then}")
        when = _when(known[0].line, earlier, known[0].period)
        if said := changes.said("change_of_counts", sentence(when)):
            yield f"{said}."


def way_seen(before: Figure, now: Figure) -> str:
    """Which way a figure went whatever the exact counts are; empty where its ranges overlap."""
    low, high = _ends(now)
    lowest, highest = _ends(before)
    return "higher" if low > highest else "lower" if high < lowest else ""


def _ends(figure: Figure) -> tuple[float, float]:
    """The range of a figure's value; the value itself where it is exact."""
    if figure.is_rounded:
        return figure.lowest, figure.highest
    return figure.value, figure.value


def _when(line: Indicator, earlier: Period, now: Period) -> str:
    """`compared with March 2017, which had 2 working days more,`: what a count depends on too."""
    return say("when", earlier=short_words(earlier), more=working_days_words(line, earlier, now))


def working_days_words(line: Indicator, earlier: Period, now: Period) -> str:
    """`2 working days more`: what an earlier period had; nothing of snapshots and of as many."""
    more = 0
    if line.period_rule == "flow":
        more = working_days(earlier.start, earlier.end) - working_days(now.start, now.end)
    days = "working day" if abs(more) == 1 else "working days"
    return f"{number_words(abs(more))} {days} {'more' if more > 0 else 'fewer'}" if more else ""


def _beside(line: Indicator, told: ChangeTold) -> str:
    """`86.1%; a deterioration`: the earlier figure, and what a clear change from it is."""
    return "; ".join(filter(None, [figure_told(line, told.before), told.judged(line)]))


@dataclass(frozen=True)
class ChangeTold:
    """What may be told of a change: `way` 1 or -1, None where it is not clear; `size` if exact.

    `doubt`: on what condition it holds, where the numbers are unusual.
    """

    before: Figure
    way: int | None
    size: Fraction | None
    is_coarse: bool
    doubt: str = ""

    @property
    def higher(self) -> str:
        """`higher` or `lower`."""
        return "higher" if self.way == 1 else "lower"

    def judged(self, line: Indicator) -> str:
        """Whether it is an improvement, for lines of which one direction is better.

        Of unusual numbers `an improvement if no data are missing`.
        """
        better = DIRECTIONS.get(line.polarity, 0)
        if not better or self.way is None:
            return ""
        found = DETERIORATION if self.is_worse(line) else IMPROVEMENT
        return f"{found} {self.doubt}" if self.doubt else found

    def is_worse(self, line: Indicator) -> bool:
        """Whether a clear change is a deterioration."""
        better = DIRECTIONS.get(line.polarity, 0)
        return bool(better) and self.way == -better


def change_told(evidence: Evidence, earlier: Period, organisation: str) -> ChangeTold | None:
    """The change since an earlier figure; None without both or without an interval.

    Clear where the 95% interval leaves out no change; of rounded figures, where those of all counts
    that they could be do.
    """
    unusually = evidence.in_doubt.get(organisation)
    doubt = IF[unusually.way] if unusually else ""
    before = evidence.figure(organisation, earlier)
    spread = evidence.spreads[earlier].get(organisation)
    if spread is not None and before is not None:
        if not before.is_whole:
            return None
        way = (1 if spread.ends[0] > 0 else -1) if spread.is_clear else None
        return ChangeTold(before, way, None, not spread.is_clear and not spread.is_none, doubt)
    changed = change_since(evidence, earlier, organisation)
    if changed is None:
        return None
    found, before = changed
    way = (1 if found.difference > 0 else -1) if found.beyond_chance else None
    return ChangeTold(before, way, found.difference, False, doubt)


def compared_with(evidence: Evidence) -> list[Period]:
    """The earlier periods that a line's figure may be compared with.

    Counts of what happens in a month grow with its days, so they are compared with the same month
    a year before alone. Of a rolling window the period before holds half of the same days.
    """
    line = evidence.line
    periods = earlier_periods(evidence.period)
    is_flow = line.kind == "count" and line.period_rule == "flow"
    if is_flow or line.is_rolling:
        return [periods[A_YEAR_BEFORE]]
    return list(periods.values())


def change_since(
    evidence: Evidence, since: Period, organisation: str
) -> tuple[Change, Figure] | None:
    """The change since an earlier figure, and that; None without both or without an interval."""
    line, ends = evidence.line, evidence.changes[since].get(organisation)
    now, before = evidence.figure(organisation), evidence.figure(organisation, since)
    if ends is None or now is None or before is None or not (now.is_whole and before.is_whole):
        return None
    found = change(line.kind, now.pair, before=before.pair, per=line.per, ends=ends)
    # From nothing there is no relative change.
    return None if found is None or isinf(found.upper) else (found, before)
