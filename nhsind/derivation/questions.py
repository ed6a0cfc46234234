"""A question put to an input: lines, periods, organisations; and whether the input can answer it.

What cannot be answered is an error where a line was asked for by its code, and a note where it
was asked for with its family. Nothing is taken for 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.judged_on_part import judged_on_part
from nhsind.errors import (
    InputError,
    NotAnsweredError,
    NotHeldError,
    Problem,
    unknown,
)
from nhsind.geography import LEVELS
from nhsind.periods import Period, listed, month_of
from nhsind.sources.checked_input import Input
from nhsind.sources.coverage import (
    MONTHS_BACK,
    Coverage,
    Span,
    months_between,
    months_looked_at,
    reaches_back_to,
)
from nhsind.sources.findings import Finding
from nhsind.sources.lacking import lacking, what_it_gives
from nhsind.sources.lost_months import lost_by, lost_months, lost_of
from nhsind.sources.unusual_findings import in_short

# What a gap beside a period means for its figures.
MISSING = "those of that time are missing from"
LATER = "what happened then is not known to"
BEFORE = "what began before is not in"
LOST = "what is lost is missing from"
FEWER = "fewer months decide who counts in"


@dataclass
class Notes:
    """What a call has to say beside its result: findings, and lines or periods left out."""

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The notes as text, one a line."""
        return in_short(self.findings) + self.remarks


def refuse_unknown_level(level: str | None) -> None:
    """Raise UsageError for a level that is none."""
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)


def refuse_unanswered(
    lines: Sequence[Indicator], periods: Sequence[Period], by_code: Collection[str], notes: Notes
) -> None:
    """Raise NotAnsweredError for a line of `by_code` that has no figures for such a period."""
    for line in lines:
        strange = [period for period in periods if not line.answers(period)]
        if not strange:
            continue
        text = (
            f"{line.code} is {line.frequency} and has no figure for "
            f"{', '.join(str(period) for period in strange)}"
        )
        if line.code in by_code:
            raise NotAnsweredError(text)
        notes.remarks.append(f"{text}: left out")


def held_lines(
    opened: Input, lines: Sequence[Indicator], by_code: Collection[str], notes: Notes
) -> list[Indicator]:
    """The lines whose tables are there, or whose figures are printed.

    Raises NotHeldError where one of `by_code` is not among them.
    """
    asked = [line for line in lines if line.code in by_code]
    if problems := not_held(opened, asked):
        raise NotHeldError(problems)
    notes.remarks += [f"{opened.description} {words}: left out" for words in lacking(opened, lines)]
    return [line for line in lines if opened.holds(line)]


def not_held(opened: Input, lines: Sequence[Indicator]) -> list[Problem]:
    """One problem per reason why an input does not hold lines, with what it gives."""
    gives = what_it_gives(opened)
    return [Problem(opened.description, f"{words}; {gives}") for words in lacking(opened, lines)]


def refuse_no_survey(
    opened: Input,
    lines: Sequence[Indicator],
    *,
    periods: Sequence[Period],
    by_code: Collection[str],
    notes: Notes,
) -> None:
    """Raise NotAnsweredError for a line of `by_code` and a month without its survey."""
    for line in lines:
        months = opened.months_of_events(line)
        strange = [str(each) for each in periods if months is not None and each not in months]
        if not strange or not months:
            continue
        held = ", ".join(str(month) for month in months)
        text = f"{line.code} has figures only for the months of its survey: {held}"
        if line.code in by_code:
            raise NotAnsweredError(text)
        notes.remarks.append(f"{text}; left out for {', '.join(strange)}")


def not_covered(
    opened: Input, lines: Sequence[Indicator], periods: Sequence[Period]
) -> list[Problem]:
    """One problem per reason: which lines and periods are not covered, and what is."""
    reasons: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for line in lines:
        for period in periods:
            reason = line.answers(period) and opened.not_covered_because(line, period)
            if reason:
                codes, names = reasons.setdefault(reason, ({}, {}))
                codes[line.code] = None
                names[str(period)] = None
    return [
        Problem(
            opened.description,
            f"does not cover {', '.join(names)} for {', '.join(codes)}: {reason}",
        )
        for reason, (codes, names) in reasons.items()
    ]


def overlooked(opened: Input, lines: Sequence[Indicator], periods: Sequence[Period]) -> list[str]:
    """What periods that are covered lack all the same, in words (see `gaps_beside`)."""
    asked = [(line, period) for line in lines for period in periods]
    return [words for words, _ in gaps_beside(opened, asked)]


def gaps_beside(
    opened: Input, asked: Iterable[tuple[Indicator, Period]], *, by_numbers: bool = True
) -> list[tuple[str, tuple[str, ...]]]:
    """What a period that is covered lacks all the same.

    Of a snapshot: who began to wait in a month before its own and could still wait (see
    `whole_from`). Of a flow: months of the year to its end that are lost by another date of its
    records (pathways that started then and stop now, sessions of courses that end now), and records
    that begin less than a year before, by such a date. Of a line that looks across a quarter: its
    other months. `by_numbers`: also what the number of records alone tells, which nobody may read
    where small counts are hidden: declared months of which hardly a row is there (its own, those it
    looks back at, those of its quarter), and what a rule leaves out that is judged on a part of
    England. `asked`: lines and periods. Gives what is said, and the lines that it is about.
    """
    asked = list(asked)
    lacking: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for line, period in asked:
        if line.answers(period) and opened.covers(line, period):
            dates, months, effect = _looked_back_at(opened, line, period)
            found = [(gap, effect) for gap in _gaps(opened, dates, months)]
            found += [(start, BEFORE) for start in _late_beginnings(opened, line, period)]
            placed, beside = opened.family.placed_by(line), _beside_in_quarters(line, period)
            found += [(gap, FEWER) for gap in _gaps(opened, placed, beside, outside=True)]
            if by_numbers:
                found += [(gap, LOST) for gap in lost_of(opened, line, period)]
                found += [(gap, effect) for gap in _lost_before(opened, line, period)]
                found += [(gap, FEWER) for gap in lost_by(opened, placed, beside)]
            for gap in found:
                codes, names = lacking.setdefault(gap, ({}, {}))
                codes[line.code] = None
                names[str(period)] = None
    told = [
        (f"{gap}: {effect} {', '.join(codes)} of {', '.join(names)}", tuple(codes))
        for (gap, effect), (codes, names) in lacking.items()
    ]
    return told + (judged_on_part(opened, asked) if by_numbers else [])


def _looked_back_at(
    opened: Input, line: Indicator, period: Period
) -> tuple[list[tuple[str, str]], list[Period], str]:
    """By which dates rows of which months a figure may lack, and what that means for it.

    Of a snapshot the months before that it may hold somebody of; of a flow the year to its end, by
    dates that place none of its units.
    """
    last = month_of(period.end)
    reach = reaches_back_to(line, period)
    if reach is not None:
        return opened.family.placed_by(line), months_between(month_of(reach), last), MISSING
    months = months_between(last.shift(-MONTHS_BACK), last)
    return opened.family.other_dates_of(line), months, LATER


def _lost_before(opened: Input, line: Indicator, period: Period) -> list[str]:
    """Which of these months are hardly there, but for those that the figure itself lacks."""
    dates, months, _ = _looked_back_at(opened, line, period)
    placed, own = opened.family.placed_by(line), months_looked_at(line, period)
    found = []
    for date in dates:
        same = [each for each in placed if each[0] == date[0] and each[0] in opened.tables]
        lost = {month for each in same for month in lost_months(opened, *each) if month in own}
        told = own if date in placed else lost
        found += lost_by(opened, [date], [month for month in months if month not in told])
    return found


def _beside_in_quarters(line: Indicator, period: Period) -> list[Period]:
    """The other months of a period's quarters, where these decide who counts in it."""
    if not line.looks_across_quarters:
        return []
    own = period.split_months()
    return sorted({month for each in own for month in each.quarter.split_months()} - set(own))


def _late_beginnings(opened: Input, line: Indicator, period: Period) -> list[str]:
    """Which tables begin within a year before a flow, by dates that come before its own.

    By their month: a day would be that of somebody's record.
    """
    if line.period_rule == "snapshot":
        return []
    since = month_of(period.start).shift(-MONTHS_BACK)
    return [
        f"{opened.family.code}/{known.table} begins with {month_of(known.earliest)} by "
        f"{known.column}"
        for known, _ in _with_spans(opened, opened.family.first_dates_of(line))
        if known.earliest and since <= month_of(known.earliest)
    ]


def _gaps(
    opened: Input,
    dates: Iterable[tuple[str, str]],
    months: Sequence[Period],
    *,
    outside: bool = False,
) -> list[str]:
    """Which tables have gaps in some months, by these dates.

    Between the first and the last month that they cover; `outside`: or before and after them.
    """
    found = []
    for known, spans in _with_spans(opened, dates):
        first, last = spans[0][0], spans[-1][1]
        looked_at = [month for month in months if outside or first <= month <= last]
        gaps = listed(month for month in looked_at if not known.covers([month]))
        if gaps:
            name = f"{opened.family.code}/{known.table}"
            found.append(f"{name} does not cover {gaps} by {known.column}")
    return found


def _with_spans(
    opened: Input, dates: Iterable[tuple[str, str]]
) -> Iterator[tuple[Coverage, tuple[Span, ...]]]:
    """What the record tables that are held cover by some dates, where that is some months."""
    for table, column in dates if not opened.is_published else ():
        known = opened.coverage(table, column) if table in opened.tables else None
        if known and known.spans:
            yield known, known.spans


def any_covered(opened: Input, lines: Sequence[Indicator], periods: Sequence[Period]) -> bool:
    """Whether the input covers any of the periods for any of the lines."""
    return any(
        line.answers(period) and opened.covers(line, period) for line in lines for period in periods
    )


def refuse_if_strict(findings: Sequence[Finding], codes: Collection[str]) -> None:
    """Records left out of one of the lines, and unusual numbers, are an error; rows that agree are
    only reported."""
    refused = [item for item in findings if item.is_refused and set(item.lines) & set(codes)]
    if refused:
        raise InputError(as_problems(refused))


def as_problems(findings: Sequence[Finding]) -> list[Problem]:
    """Findings as the problems of an InputError."""
    return [
        Problem(
            item.table,
            item.about + (f"; first at {', '.join(item.places)}" if item.places else ""),
            rows=item.rows,
        )
        for item in findings
    ]
