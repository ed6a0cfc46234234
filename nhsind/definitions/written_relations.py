"""Relations between a family's lines as `[relations]` of `indicators.toml` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nhsind.periods import Period

# A line, and of which period if not of the same: `E.H.10 @-1` of the one before, `E.N.1_2 @Q1` of
# the first quarter of the year, `E.H.9_1A @year` of years alone.
LINE, WHEN = r"[A-Za-z][A-Za-z0-9._]*", r"(?: @(?:-\d+|Q[1-4]|year))?"
TERM = LINE + WHEN
# The same, or the denominator of it.
FIGURE = f"{LINE}(?: denominator)?{WHEN}"
SUM = rf"^{TERM} = {TERM}(?: \+ {TERM})*$"
WITHIN = rf"^{FIGURE}(?: \+ {FIGURE})* <= {FIGURE}(?: \+ {FIGURE})*$"


@dataclass(frozen=True)
class Term:
    """A line, of the same period, of one `back` periods earlier, or of a `quarter` of the year.

    `is_yearly`: of years alone.
    """

    line: str
    back: int = 0
    quarter: int = 0
    figure: str = "numerator"
    is_yearly: bool = False

    def of(self, period: Period) -> Period:
        """The period that the term is of where the relation is of `period`."""
        if self.quarter:
            return period.financial_year.quarter.shift(self.quarter - 1)
        return period.shift(-self.back)

    def relation_at(self, period: Period) -> Period | None:
        """The period of the relation where the term is of `period`; None where it is of none."""
        if self.is_yearly and period.kind != "year":
            return None
        if self.quarter:
            is_it = period.kind == "quarter" and self.of(period) == period
            return period if is_it else None
        return period.shift(self.back)


@dataclass(frozen=True)
class Sum:
    """The numerator of `total` is the sum of those of `parts`; the denominators, where all have."""

    total: Term
    parts: tuple[Term, ...]


@dataclass(frozen=True)
class WithinWhole:
    """The units of some figures together are no more than those of others together.

    As `parts` of one count some of the units that the one whole counts.
    """

    parts: tuple[Term, ...]
    wholes: tuple[Term, ...]


def read_relations(
    sums: Iterable[str], within: Iterable[str]
) -> tuple[tuple[Sum, ...], tuple[WithinWhole, ...]]:
    """Relations as they are written: `E.N.1_3 = E.N.1_1 + E.N.1_2`, `E.H.1_A1 <= E.H.2_A2`,
    `CARTLeu02 denominator <= CARTLeu02 + CARTLeu09`."""
    added = [re.split(r" = | \+ ", text) for text in sums]
    compared = [text.split(" <= ") for text in within]
    return (
        tuple(Sum(_term(first), tuple(map(_term, rest))) for first, *rest in added),
        tuple(WithinWhole(_terms(parts), _terms(wholes)) for parts, wholes in compared),
    )


def _terms(text: str) -> tuple[Term, ...]:
    return tuple(map(_term, text.split(" + ")))


def _term(text: str) -> Term:
    name, _, when = text.partition(" @")
    line, _, figure = name.partition(" ")
    figure = figure or "numerator"
    if when.startswith("Q"):
        return Term(line, quarter=int(when[1:]), figure=figure)
    if when == "year":
        return Term(line, figure=figure, is_yearly=True)
    return Term(line, back=-int(when or 0), figure=figure)


def lines_in(text: str) -> Iterator[str]:
    """The lines that a written relation names."""
    for term in re.split(r" = | <= | \+ ", text):
        yield term.partition(" ")[0]
