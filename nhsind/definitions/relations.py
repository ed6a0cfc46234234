"""What adds up among a family's lines: who knows some of the figures can work out others.

Most of it follows from the definition: two lines that count the same units by the same clauses
hold the same figure, more clauses count a part, a flow's months make its quarters and years, and a
proportion's numerator lies in its denominator. `[relations]` of `indicators.toml` adds what only
the meaning of the clauses tells: lines that are sums of others, and windows of several periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nhsind.definitions.clauses import Clause
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import ANSWERS, Indicator
from nhsind.definitions.written_relations import Sum, WithinWhole

# The figures of a line that are counted.
FIGURES = ("numerator", "denominator")


@dataclass(frozen=True)
class Counted:
    """What a figure counts: the same for two figures means that they are one.

    `clauses` with the limits that each takes; `faults` put a unit out.
    """

    units: str
    quantity: str
    clauses: frozenset[tuple[str, ...]]
    limits: tuple[str, ...]
    faults: frozenset[str]

    @property
    def is_sum(self) -> bool:
        """Whether it adds up shares of units, such as days, and does not count them."""
        return self.quantity != "count"

    def lies_within(self, other: Counted) -> bool:
        """Whether it counts only units that `other` counts too, by the clauses alone."""
        return (
            self != other
            and self.quantity == other.quantity == "count"
            and (self.units, self.limits) == (other.units, other.limits)
            and self.clauses >= other.clauses
            and self.faults >= other.faults
        )


@dataclass(frozen=True)
class Relations:
    """Everything that adds up among the lines of a family."""

    family: Family
    sums: tuple[Sum, ...]
    within: tuple[WithinWhole, ...]

    @cached_property
    def counted(self) -> dict[tuple[str, str], Counted]:
        """What each figure counts, by line and name; published figures count nobody."""
        return {
            (code, name): _counted(self.family, line, name)
            for code, line in self.family.indicators.items()
            for name in FIGURES
            if name in line.measures and not line.measures[name].public
        }

    @cached_property
    def parts(self) -> list[tuple[Counted, Counted]]:
        """What counts a part of what, in one organisation and period."""
        different = list(dict.fromkeys(self.counted.values()))
        found = {(one, other) for one in different for other in different if one.lies_within(other)}
        for code, line in self.family.indicators.items():
            ends = [self.counted.get((code, name)) for name in FIGURES]
            if line.kind == "proportion" and ends[0] and ends[1]:
                found.add((ends[0], ends[1]))
        return sorted(found, key=lambda pair: [different.index(each) for each in pair])

    @cached_property
    def over_time(self) -> dict[Counted, str]:
        """How shorter periods make longer ones, of what is counted for both: `flow`, the sum of
        all, or `snapshot`, the last alone."""
        return {
            what: self.family.indicators[code].period_rule
            for (code, _), what in self.counted.items()
            if len(ANSWERS[self.family.indicators[code].frequency]) > 1
        }

    def figures_of(self, found: Sum) -> list[str]:
        """The figures that a sum is of: denominators where every line counts one."""
        lines = [found.total.line, *(part.line for part in found.parts)]
        return [name for name in FIGURES if all((line, name) in self.counted for line in lines)]


def relations_of(family: Family) -> Relations:
    """What adds up among the lines of a family."""
    return Relations(family, family.sums, family.within)


def _counted(family: Family, line: Indicator, name: str) -> Counted:
    measure = line.measures[name]
    clauses = [*measure.clauses]
    if name == "numerator" and line.is_inside and line.denominator is not None:
        clauses += line.denominator.clauses
    return Counted(
        units=measure.units,
        quantity=measure.quantity,
        clauses=frozenset(_with_limits(family.clauses[each], line) for each in clauses),
        limits=tuple(line.limits[each].written for each in family.units[measure.units].limits),
        faults=frozenset(family.faults_of(line, measure.units)),
    )


def _with_limits(clause: Clause, line: Indicator) -> tuple[str, ...]:
    return clause.name, *(line.limits[name].written for name in clause.limits)
