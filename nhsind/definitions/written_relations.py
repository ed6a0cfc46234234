"""Relations between a family's lines as `[relations]` of `indicators.toml` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nhsind.periods import Period

# A line, and of which period if not of the same: `E.H.10 @-1` of the one before, `E.N.1_2 @Q1` of
# the first quarter of the year.
TERM = r"[A-Za-z][A-Za-z0-9._]*(?: @(?:-\d+|Q[1-4]))?"
SUM = rf"^{TERM} = {TERM}(?: \+ {TERM})*$"
WITHIN = rf"^{TERM} <= {TERM}$"


@dataclass(frozen=True)
class Term:
    """A line, of the same period, of one `back` periods earlier, or of a `quarter` of the year."""

    line: str
    back: int = 0
    quarter: int = 0

    def of(self, period: Period) -> Period:
        """The period that the term is of where the relation is of `period`."""
        if self.quarter:
            return period.financial_year.quarter.shift(self.quarter - 1)
        return period.shift(-self.back)


@dataclass(frozen=True)
class Sum:
    """The numerator of `total` is the sum of those of `parts`; the denominators, where all have."""

    total: Term
    parts: tuple[Term, ...]


@dataclass(frozen=True)
class WithinWhole:
    """The numerator of `part` counts some of the units that the numerator of `whole` counts."""

    part: Term
    whole: Term


def read_relations(
    sums: Iterable[str], within: Iterable[str]
) -> tuple[tuple[Sum, ...], tuple[WithinWhole, ...]]:
    """Relations as they are written: `E.N.1_3 = E.N.1_1 + E.N.1_2`, `E.H.1_A1 <= E.H.2_A2`."""
    added = [re.split(r" = | \+ ", text) for text in sums]
    compared = [text.split(" <= ") for text in within]
    return (
        tuple(Sum(_term(first), tuple(map(_term, rest))) for first, *rest in added),
        tuple(WithinWhole(_term(part), _term(whole)) for part, whole in compared),
    )


def _term(text: str) -> Term:
    line, _, when = text.partition(" @")
    if when.startswith("Q"):
        return Term(line, quarter=int(when[1:]))
    return Term(line, back=-int(when or 0))


def lines_in(text: str) -> Iterator[str]:
    """The lines that a written relation names."""
    for term in re.split(r" = | <= | \+ ", text):
        yield term.partition(" @")[0]
