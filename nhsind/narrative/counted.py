"""What is counted: the value with its denominator and interval, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from nhsind.definitions.statuses import Mark, Status
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.numbers import half_up
from nhsind.narrative.rounded import figure_told
from nhsind.narrative.subjects import Subject
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
    bracket = f" (95% interval {interval})" if interval else ""
    return f"{when_words(evidence.period, line)}, {said}{bracket}."


def tell_no_value(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """Why a figure is no whole: suppressed, no cases, no denominator, not covered, a part."""
    line = evidence.line
    if figure.status == Status.SUPPRESSED and figure.note == Mark.SUPPRESSED.meaning:
        return f"{line.title}: the figure of {about.name} is suppressed, because it is small."
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


def tell_caution(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """How much each unit of a small denominator weighs."""
    line, denominator = evidence.line, figure.denominator
    if line.kind != "proportion" or denominator is None or denominator >= SMALL_DENOMINATOR:
        return
    yield (
        f"With {counted(denominator, line.waiting_in_words, line.unit)} the figure moves by "
        f"{half_up(100 / Fraction(denominator), 1)} percentage points for each one."
    )


def tell_quality(found: pd.DataFrame) -> tuple[str, ...]:
    """One paragraph on records that no figure counts, one on unusual numbers; or none."""
    if "rows" not in found or found.empty:
        return ()
    unusual = found["fault"] == UNUSUAL
    told = [f"{listed(list(found.loc[unusual, 'about']))}."] if unusual.any() else []
    found = found[~unusual]
    if found.empty:
        return tuple(told)
    parts = []
    for about, rows, mark in zip(found["about"], found["rows"], found["rows_mark"], strict=True):
        number = "number suppressed" if mark == Mark.SUPPRESSED else counted(int(rows), "rows")
        parts.append(f"{str(about).rstrip('.')} ({number})")
    return (
        f"Records of all organisations together that are left out or counted once: "
        f"{'; '.join(parts)}.",
        *told,
    )
