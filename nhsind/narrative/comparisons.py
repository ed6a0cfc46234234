"""The figure beside England's, its group's and all organisations'."""

from __future__ import annotations

from collections.abc import Iterator

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import Number, compare, value_of
from nhsind.geography import ENGLAND, LEVELS
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import value_words

# Fewer organisations make no ranking.
FEWEST_RANKED = 3


def tell_benchmarks(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The interval beside England's value and its group's; never beside itself."""
    line = evidence.line
    england = evidence.figure(ENGLAND)
    if england is not None and england.is_known and about.code != ENGLAND:
        pair = england.pair
        everyone = about.everyone[0].upper() + about.everyone[1:]
        if not england.is_whole:
            yield f"{everyone} cannot be compared with, as only a part is known: {england.note}."
        elif pair[1] is not None:
            yield from _beside(line, figure, everyone, (pair[0], pair[1]))
    if about.group and len(about.members) > 1:
        group = evidence.together(about.members)
        if group is not None:
            name = about.group[1] or about.group[0]
            yield from _beside(line, figure, f"{name} as a whole", group)


def _beside(
    line: Indicator, figure: Figure, name: str, benchmark: tuple[Number, Number]
) -> Iterator[str]:
    value = value_of(*benchmark, line.per)
    found = compare(figure.lower, figure.upper, float(value), line.polarity)
    if found is None:
        return
    stood = f"{name} stood at {value_words(line, value)}"
    if found == "similar":
        yield f"{stood}, within the interval: similar."
        return
    side = "above" if figure.lower > float(value) else "below"
    judged = f" That is {found}." if found in ("better", "worse") else ""
    yield f"{stood}; the whole interval lies {side} it.{judged}"


def tell_rank(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """The organisation's place by value, where one direction is better.

    Not below the level that its family is about: the numbers are too small to rank by.
    """
    line = evidence.line
    if LEVELS.index(about.level) < LEVELS.index(load_family(line.family).level):
        return
    values = evidence.values()
    if line.polarity not in ("higher", "lower") or len(values) < FEWEST_RANKED:
        return
    if about.code not in values:
        return
    own = values[about.code]
    highest_first = line.polarity == "higher"
    ahead = sum(value > own if highest_first else value < own for value in values.values())
    level = sum(value == own for value in values.values()) - 1
    shared = f", level with {level} others" if level > 1 else ", level with one other"
    yield (
        f"Ranked by value, it is number {ahead + 1} of {len(values)} organisations, "
        f"{'highest' if highest_first else 'lowest'} first{shared if level else ''}."
    )
