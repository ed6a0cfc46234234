"""What a page says first: the figures of an organisation that a standard judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark
from nhsind.release.results import Results, Row, lacks
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.cells import (
    count_words,
    is_rounded,
    met_words,
    standard_words,
    value_words,
)

# A reader takes in three; the rest stand in the page.
MOST_FIGURES = 3
IN_ORDER = ("not met", "met", "")


class KeyFigure(NamedTuple):
    """A figure in words: value, `n of N`, `met`, `not met` or nothing, and the verdict as said."""

    code: str
    title: str
    value: str
    counts: str
    met: str
    verdict: str


def key_figures(found: Results, organisation: str) -> list[KeyFigure]:
    """Up to three figures of an organisation: those not met first, then as they are defined.

    Of a family without standards, its first figures that are no counts.
    """
    return most_pressing(_figures(found, organisation))


def most_pressing(figures: Iterable[KeyFigure]) -> list[KeyFigure]:
    """The few that a reader takes in: not met, then met, then those without a verdict."""
    return sorted(figures, key=lambda each: IN_ORDER.index(each.met))[:MOST_FIGURES]


def _figures(found: Results, organisation: str) -> Iterator[KeyFigure]:
    rows = [
        (line, row)
        for line in found.family.indicators.values()
        if (row := found.figure(line.code, organisation)) is not None
    ]
    judged = [(line, row) for line, row in rows if not lacks(row, "standard")]
    for line, row in judged or [(line, row) for line, row in rows if not line.is_count]:
        met = met_words(row["meets_standard"], "")
        yield KeyFigure(
            line.code,
            line.title,
            value_words(row),
            _counts(line, row),
            met,
            _verdict(found, line, row, met),
        )


def _counts(line: Indicator, row: Row) -> str:
    """`7,864 of 8,510 incomplete pathways`; nothing where a value is hidden or is no share."""
    if line.kind != "proportion" or lacks(row, "value"):
        return ""
    above, below = (count_words(row[name]) for name in ("numerator", "denominator"))
    roughly = "roughly " if is_rounded(row) else ""
    return f"{roughly}{above} of {roughly}{below} {line.waiting_in_words}"


def _verdict(found: Results, line: Indicator, row: Row, met: str) -> str:
    """`Standard of at least 92%: met`, or why there is no verdict."""
    if lacks(row, "standard"):
        return "No standard for this period"
    standard = standard_words(line.standard(found.period_of(line.code), found.level), row)
    if met:
        return f"Standard of {standard}: {met}"
    if is_rounded(row):
        return f"Standard of {standard}: {TOO_COARSE}"
    if str(row["value_mark"]) == Mark.SUPPRESSED:
        return f"Standard of {standard}: no verdict, since the figure is hidden"
    return f"Standard of {standard}: no verdict"
