"""The figure beside England's, its group's and all organisations', in one sentence.

Where the geography has groups of organisations that are alike, its own stands for England: a total
of walk-in centres and major departments is a measure of neither.

Every organisation has a page, so many are compared: better, worse, above and below are said where
the whole 99.8% interval lies beyond the other's value. By chance alone that is one comparison in
five hundred. Where the other's value lies outside the 95% interval that stands beside the figure,
the sentence says by which it is not clearly different.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import numpy as np
from scipy import special

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import Number, compare, value_of
from nhsind.geography import ENGLAND, LEVELS
from nhsind.narrative.counted import FEWEST_OF_A_MEAN
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.wording import listed, number_words, sentence, value_words
from nhsind.statistics.intervals import LEVEL_OF_MANY, poisson, proportion_of_many

WIDE = f"{100 * LEVEL_OF_MANY:g}%"
SIMILAR = "similar"
# Similar by the interval of many, and outside the one that is shown.
NEARLY = "nearly"
# Fewer organisations make no ranking.
FEWEST_RANKED = 10


def tell_comparison(evidence: Evidence, figure: Figure, about: Subject) -> Iterator[str]:
    """England's and its group's value, and the place among all; never beside itself."""
    england = None if about.peers else evidence.figure(ENGLAND)
    if england is not None and england.is_known and not england.is_whole and about.code != ENGLAND:
        yield say("no_comparison", everyone=sentence(about.everyone), why=england.note)
    found: dict[str, list[str]] = {}
    for name, pair in _benchmarks(evidence, figure, about):
        value = value_of(*pair, evidence.line.per)
        relation = _relation(evidence, figure, float(value))
        if relation is not None:
            named = f"{name} ({value_words(evidence.line, value)})"
            found.setdefault(relation, []).append(named)
    said = [relation_words(relation, listed(names)) for relation, names in found.items()]
    told = say("comparison", relations=listed(said), rank=_rank(evidence, figure, about))
    if told:
        yield told


def _relation(evidence: Evidence, figure: Figure, value: float) -> str | None:
    """What the whole interval says of a value, and whether the shown one would say otherwise."""
    polarity = evidence.line.polarity
    relation = compare(*wide_interval(evidence, figure), benchmark=value, polarity=polarity)
    is_outside = not figure.lower <= value <= figure.upper
    return NEARLY if relation == SIMILAR and is_outside else relation


def relation_words(relation: str, whom: str) -> str:
    """`better than England (87.4%)`: a relation of `compare` to somebody."""
    return say("relation", **{relation: True, "whom": whom, "wide": WIDE})


def wide_interval(evidence: Evidence, figure: Figure) -> tuple[float, float]:
    """The 99.8% interval of a figure, by the method of its 95% one; missing where there is none.

    A mean's needs five units and a spread.
    """
    line, (numerator, denominator) = evidence.line, figure.pair
    missing = (float("nan"), float("nan"))
    if isnan(figure.upper) or not denominator:
        return missing
    if line.kind == "proportion":
        lower, upper = proportion_of_many(float(numerator), float(denominator))
        return float(lower), float(upper)
    if line.kind == "mean":
        if denominator < FEWEST_OF_A_MEAN or figure.upper <= figure.lower:
            return missing
        freedom = float(denominator) - 1
        wider = special.stdtrit(freedom, (1 + LEVEL_OF_MANY) / 2) / special.stdtrit(freedom, 0.975)
        half = (figure.upper - figure.lower) / 2 * float(wider)
        return figure.value - half, figure.value + half
    lower, upper = poisson(float(numerator), LEVEL_OF_MANY)
    # Byar's lower limit is missing where it would be negative.
    lower = 0.0 if np.isnan(lower) else lower
    per = line.per / float(denominator)
    return float(lower) * per, float(upper) * per


def _benchmarks(
    evidence: Evidence, figure: Figure, about: Subject
) -> Iterator[tuple[str, tuple[Number, Number]]]:
    """Whom the figure is compared with, each larger than it is: none is itself alone."""
    own = figure.denominator or 0
    if about.peers and len(about.peers[1]) > 1:
        alike = evidence.together(about.peers[1])
        if alike is not None and alike[1] > own:
            yield f"its peer group {about.peers[0]}", alike
    england = None if about.peers else evidence.figure(ENGLAND)
    if england is not None and england.is_whole and about.code != ENGLAND:
        numerator, denominator = england.pair
        if denominator is not None and denominator > own:
            yield about.everyone, (numerator, denominator)
    if about.group and len(about.members) > 1:
        group = evidence.together(about.members)
        if group is not None and group[1] > own:
            yield f"{about.group[1] or about.group[0]} as a whole", group


def _rank(evidence: Evidence, figure: Figure, about: Subject) -> str:
    """The place by value, with how many cannot be told from it; only where one way is better.

    Below the family's own level there is none.
    """
    line: Indicator = evidence.line
    if LEVELS.index(about.level) < LEVELS.index(load_family(line.family).level):
        return ""
    values, whom = evidence.values, "organisations"
    if about.peers:
        values = {code: values[code] for code in about.peers[1] if code in values}
        whom = f"organisations of its peer group {about.peers[0]}"
    if line.polarity not in ("higher", "lower") or len(values) < FEWEST_RANKED:
        return ""
    if about.code not in values or isnan(figure.upper):
        return ""
    own = values[about.code]
    is_highest_first = line.polarity == "higher"
    ahead = sum(value > own if is_highest_first else value < own for value in values.values())
    others = evidence.overlapping(about.code, values)
    level = sum(value == own for value in values.values())
    return say(
        "rank",
        place=str(ahead + 1),
        all=f"{len(values)} {whom}",
        level=number_words(level) if level > 1 else "",
        first="highest" if is_highest_first else "lowest",
        others=number_words(others) if others > 1 else "",
        one=others == 1,
        everyone=others == len(values) - 1,
    )
