"""What is counted: the value with its denominator and interval, or why there is none."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from nhsind.definitions.statuses import Mark, Status
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.numbers import half_up
from nhsind.narrative.subjects import Subject
from nhsind.narrative.values import figure_told
from nhsind.narrative.wording import (
    counted,
    figure_words,
    interval_words,
    listed,
    one,
    per_words,
    when_words,
    whose,
)
from nhsind.sources.findings import UNUSUAL

# Below this many units a percentage moves by 2 points or more with each one.
SMALL_DENOMINATOR = 50
RECORDS = "Of the records of all organisations together some are"
# Of fewer, a mean's interval says nothing.
FEWEST_OF_A_MEAN = 5


def tell_what(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """The value with its denominator and interval, as its kind of line is read."""
    line = evidence.line
    numerator, denominator = figure.pair
    assert denominator is not None
    value = figure_words(line, numerator, denominator)
    of = counted(denominator, line.waiting_in_words, line.unit)
    whole = f"{whose(about.name)} {of}"
    if line.kind == "mean":
        what, unit = line.within_in_words, f" {line.unit}"
        if line.unit.split(" ")[-1] in what.split(" "):
            what, unit = f"number of {what}", ""
        said = f"the mean {what} of {whole} was {value}{unit}"
    elif line.kind == "rate":
        numerators = counted(numerator, line.within_in_words, line.unit)
        said = (
            f"{about.name} had {value} {line.within_in_words} {per_words(line.per)} "
            f"{line.waiting_in_words}: {numerators} for {of}"
        )
    elif not line.is_share:
        numerators = counted(numerator, line.within_in_words, line.unit)
        said = (
            f"{about.name} had {value} {line.within_in_words} for each "
            f"{one(line.waiting_in_words, line.unit)}: {numerators} and {of}"
        )
    else:
        was = "was" if denominator == 1 else "were"
        said = f"{value} of {whole} {was} {line.within_in_words}"
    interval = interval_words(line, figure.lower, figure.upper)
    is_too_few = line.kind == "mean" and denominator < FEWEST_OF_A_MEAN
    beside = [f"95% interval {interval}"] if interval and not is_too_few else []
    beside += [caution] if (caution := _caution(evidence, figure)) else []
    bracket = f" ({'; '.join(beside)})" if beside else ""
    return f"{when_words(evidence.period, line)}, {said}{bracket}."


def tell_no_value(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """Why a figure is no whole: suppressed, no cases, no denominator, not covered, a part."""
    line = evidence.line
    if figure.status == Status.SUPPRESSED and figure.note == Mark.SUPPRESSED.meaning:
        small = "is suppressed, because a count behind it is small"
        return f"{line.title}: the figure of {about.name} {small}."
    if figure.status == Status.SUPPRESSED and figure.note:
        return f"{line.title}: the figure of {about.name} is not shown: {figure.note}."
    if figure.status == Status.NO_CASES:
        nothing = "percentage" if line.is_share else line.kind
        return (
            f"{line.title}: {about.name} had no {line.waiting_in_words} in "
            f"{evidence.period.words}, so there is no {nothing}."
        )
    if figure.status == Status.NO_DENOMINATOR:
        return (
            f"{line.title}: {whose(about.name)} number of {line.waiting_in_words} is not known, "
            "so there is no value."
        )
    because = f": {figure.note}" if figure.note else ""
    if figure.status == Status.NOT_COVERED:
        return f"{line.title}: the data do not cover {evidence.period.words}{because}."
    if figure.is_known:
        value = figure_told(line, figure)
        return (
            f"{line.title}: only a part of {whose(about.name)} figure is known, {value}{because}. "
            "It is not judged or compared."
        )
    return f"{line.title}: the figure of {about.name} is not available{because}."


def _caution(evidence: Evidence, figure: Figure) -> str:
    """How much each unit of a small denominator weighs, or that a mean is of too few."""
    line, denominator = evidence.line, figure.denominator
    if line.kind == "mean" and denominator is not None and denominator < FEWEST_OF_A_MEAN:
        return "too few to say how far chance moves it"
    if line.kind != "proportion" or denominator is None or denominator >= SMALL_DENOMINATOR:
        return ""
    return f"small numbers: each one moves it by {half_up(100 / Fraction(denominator), 1)} points"


def tell_quality(found: pd.DataFrame) -> tuple[str, ...]:
    """One paragraph on records that no figure counts, which the table of data quality lists."""
    if "rows" not in found or found.empty:
        return ()
    left_out = found[found["fault"] != UNUSUAL]
    if left_out.empty:
        return ()
    reasons = counted(len(left_out), "reasons")
    # A row may be left out for several reasons, so that their numbers have no sum.
    return (f"{RECORDS} left out or counted once, for {reasons}: data quality lists them.",)


def tell_unusual(found: pd.DataFrame, organisation: str) -> tuple[str, ...]:
    """The organisation's own months that are far from what is usual for it, in one paragraph."""
    if "rows" not in found or found.empty:
        return ()
    about = found.loc[found["fault"] == UNUSUAL, "about"].astype(str)
    own = list(about[about.str.startswith(f"{organisation} ")])
    return (f"{listed(own)}.",) if own else ()
