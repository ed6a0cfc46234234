"""What a line is tested against: dated standards, trajectories and ambitions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from nhsind.periods import Period

OPERATORS = {
    ">=": "at least",
    ">": "more than",
    "<=": "no more than",
    "<": "less than",
}


@dataclass(frozen=True)
class Standard:
    """One dated row of what an indicator is tested against.

    `first` and `last` bound the periods it holds for (None: open). `level` None is every level.
    `value` is a number as text, or the name of a function of the family's rules that gives an
    organisation's own from the measures of `standard_from`.
    """

    operator: str
    value: str
    per: str
    kind: str = "standard"
    first: Period | None = None
    last: Period | None = None
    level: str | None = None
    note: str = ""

    @property
    def is_own(self) -> bool:
        """Whether each organisation has its own value, made by a function of the rules."""
        return self.value.isidentifier()

    @cached_property
    def exact(self) -> Fraction:
        """The value as an exact fraction; ValueError where each organisation has its own."""
        return Fraction(self.value)

    def applies(self, period: Period, level: str) -> bool:
        """Whether the row is a verdict for `period` at `level`."""
        return (
            self.kind == "standard"
            and self.per == period.kind
            and (self.level is None or self.level == level)
            and (self.first is None or self.first.start <= period.start)
            and (self.last is None or period.end <= self.last.end)
        )

    @property
    def words(self) -> str:
        """`at least 92% (monthly figure)`, with its dates."""
        dates = ""
        if self.first or self.last:
            dates = f", from {self.first}" if self.first else ""
            dates += f" to {self.last}" if self.last else ""
        every = {"month": "monthly", "quarter": "quarterly", "year": "annual"}[self.per]
        also = "" if self.kind == "standard" else f"; {self.kind}, no verdict"
        return f"{OPERATORS[self.operator]} {self.value_words} ({every} figure{dates}{also})"

    @property
    def value_words(self) -> str:
        """The value as a percentage where it is a fraction, else as printed."""
        if self.is_own:
            return f"the {self.value.replace('_', ' ')}"
        if "/" in self.value:
            return self.value
        exact = self.exact
        # Nothing is nothing of any unit; what else is 1 or less is a share.
        return f"{float(exact * 100):g}%" if 0 < exact <= 1 else f"{float(exact):g}"
