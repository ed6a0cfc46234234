"""What is counted: the value with its denominator and interval, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark, Status
from nhsind.derivation.standards import Number
from nhsind.derivation.values import NO_CASES
from nhsind.narrative.evidence import Evidence, Figure, Unusually
from nhsind.narrative.numbers import half_up
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import (
    counted,
    figure_words,
    interval_words,
    listed,
    number_words,
    one,
    per_words,
    when_words,
    whose,
)
from nhsind.periods import parse_period
from nhsind.release.confidential import Released
from nhsind.sources.findings import GAP, NOT_LEFT_OUT, UNUSUAL
from nhsind.sources.unusual_findings import MOST_NAMED
from nhsind.sources.usual_numbers import who_has

# How reasons begin that are a rule for small numbers.
SUPPRESSED = "suppressed"
# Below this many units a percentage moves by 2 points or more with each one.
SMALL_DENOMINATOR = 50
# Of fewer, a mean's interval says nothing.
FEWEST_OF_A_MEAN = 5


def tell_what(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """The value with its denominator and interval, as its kind of line is read."""
    line = evidence.line
    numerator, denominator = figure.pair
    assert denominator is not None
    return value_told(
        evidence,
        about,
        value=figure_words(line, numerator, denominator),
        counts=(
            counted(numerator, line.within_in_words, line.unit),
            counted(denominator, line.waiting_in_words, line.unit),
        ),
        is_one=denominator == 1,
        beside=say(
            "beside",
            interval=interval_words(line, figure.lower, figure.upper),
            few=line.kind == "mean" and denominator < FEWEST_OF_A_MEAN,
            move=_weight(line, denominator),
        ),
    )


def value_told(
    evidence: Evidence,
    about: Subject,
    *,
    value: str,
    counts: tuple[str, str],
    is_one: bool,
    beside: str,
) -> str:
    """The sentence of a value: `counts` are numerator and denominator with what they count."""
    line = evidence.line
    within, unit = line.within_in_words, line.unit
    if line.kind == "mean" and line.unit.split(" ")[-1] in within.split(" "):
        within, unit = f"number of {within}", ""
    return say(
        "value",
        when=when_words(evidence.period, line),
        name=about.name,
        whose=whose(about.name),
        value=value,
        of=counts[1],
        each=one(line.waiting_in_words, line.unit),
        base=line.waiting_in_words,
        within=within,
        numerators=counts[0],
        per=per_words(line.per),
        unit=unit,
        beside=beside,
        mean=line.kind == "mean",
        rate=line.kind == "rate",
        ratio=not line.is_share,
        one=is_one,
    )


def tell_no_value(evidence: Evidence, figure: Figure, about: Subject, *, title: str = "") -> str:
    """Why a figure is no whole: suppressed, no cases, no denominator, not covered, a part.

    `title`: of several lines that lack the same; empty: the line's own.
    """
    line, status, note = evidence.line, figure.status, figure.note
    is_hidden = status == Status.SUPPRESSED
    return say(
        "no_value",
        title=title or line.title,
        name=about.name,
        whose=whose(about.name),
        base=line.waiting_in_words,
        nothing="percentage" if line.is_share else line.kind,
        period=evidence.period.words,
        value=figure_told(line, figure) if figure.is_known else "",
        why=note.removeprefix(NO_CASES).removeprefix(": "),
        small=is_hidden and note == Mark.SUPPRESSED.meaning,
        suppressed=is_hidden and note.startswith(SUPPRESSED),
        hidden=is_hidden and bool(note),
        no_cases=status == Status.NO_CASES,
        no_denominator=status == Status.NO_DENOMINATOR,
        not_covered=status == Status.NOT_COVERED,
        part=figure.is_known,
    )


def _weight(line: Indicator, denominator: Number) -> str:
    """How many points each unit of a small denominator weighs; empty of one that is not small."""
    if line.kind != "proportion" or denominator >= SMALL_DENOMINATOR:
        return ""
    return str(half_up(100 / Fraction(denominator), 1))


def tell_quality(quality: Released) -> tuple[str, ...]:
    """One paragraph on records that no figure counts, which the table of data quality lists."""
    found = quality.frame
    if "rows" not in found or found.empty:
        return ()
    left_out = found[~found["fault"].isin(NOT_LEFT_OUT)]
    if left_out.empty:
        return ()
    reasons = counted(len(left_out), "reasons")
    # A row may be left out for several reasons, so that their numbers have no sum.
    return (say("quality", reasons=reasons),)


def tell_gaps(found: pd.DataFrame, code: str = "") -> tuple[str, ...]:
    """What snapshots lack, because the records have a gap, in a sentence for each.

    `code`: only what is about this line.
    """
    if not {"fault", "lines"} <= set(found):
        return ()
    gaps = found[found["fault"] == GAP]
    told = zip(gaps["about"].astype(str), gaps["lines"].astype(str), strict=True)
    return tuple(f"{about}." for about, lines in told if not code or code in lines.split())


def tell_unusual(found: pd.DataFrame, organisation: str) -> tuple[str, ...]:
    """The organisation's own months that are far from what is usual for it, in one paragraph."""
    told = unusual_of(found, [organisation])
    return (told[organisation],) if told else ()


def unusual_of(found: pd.DataFrame, organisations: Iterable[str]) -> dict[str, str]:
    """The same of each organisation that has such months."""
    if "rows" not in found or found.empty:
        return {}
    about = found.loc[found["fault"] == UNUSUAL, "about"].astype(str).tolist()
    own = {code: [each for each in about if each.startswith(f"{code} ")] for code in organisations}
    return {code: f"{listed(months)}." for code, months in own.items() if months}


def tell_in_doubt(found: pd.DataFrame, line: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Of whom a line's numbers are far from usual, a sentence for each way and month.

    `names`: of organisations by code, in place of which the code stands.
    """
    alike: dict[Unusually, list[str]] = {}
    for code, unusually in in_doubt(found, line).items():
        alike.setdefault(unusually, []).append(names.get(code) or code)
    told = []
    for unusually, who in sorted(alike.items()):
        others = len(who) - MOST_NAMED
        named = who[:MOST_NAMED] + ([f"{number_words(others)} more"] if others > 0 else [])
        told.append(f"{listed(named)} {'has' if len(who) == 1 else 'have'} {unusually.words}.")
    return tuple(told)


def in_doubt(found: pd.DataFrame, line: str) -> dict[str, Unusually]:
    """Of whom numbers that a line's figure rests on are far from usual; of several the last."""
    if not {"fault", "lines"} <= set(found):
        return {}
    unusual = found[found["fault"] == UNUSUAL]
    told = zip(unusual["about"].astype(str), unusual["lines"].astype(str), strict=True)
    who = (who_has(about) for about, lines in told if line in lines.split())
    return {each[0]: Unusually(each[1][0], parse_period(each[1][1])) for each in who if each}
