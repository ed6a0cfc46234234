"""A line: its prose, its measures, and the names of its clauses, faults and readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nhsind.definitions.limits import Limits, in_words
from nhsind.definitions.standards import Standard
from nhsind.periods import Period

# A line answers its own frequency and longer ones (contract, section 1).
ANSWERS = {
    "monthly": ("month", "quarter", "year"),
    "quarterly": ("quarter", "year"),
    "annual": ("year",),
    "quarter only": ("quarter",),
    "survey month": ("month",),
}
# Ends the code of a variant.
STAR = "*"
# The texts of a line that state its limits.
WORDED = (
    "title",
    "period_rule_in_words",
    "numerator_in_words",
    "denominator_in_words",
    "within_in_words",
    "waiting_in_words",
)


@dataclass(frozen=True)
class Measure:
    """A quantity summed over the units that pass every clause.

    `quantity`: the column summed, in whole parts of 1/`scale`. `public`: the sum is a published
    figure (a population, an estimate) and no count of patients, so nothing of it is suppressed.
    `returned_by`: of a table of returns, the clause that tells a unit of which there is one; an
    organisation without such a unit has not returned anything, and its sum is not known.
    """

    units: str
    clauses: tuple[str, ...]
    quantity: str = "count"
    scale: int = 1
    public: bool = False
    returned_by: str = ""

    @property
    def adds_up_shares(self) -> bool:
        """Whether units have shares of their own in the sum, such as days, and no count of 1."""
        return self.quantity != "count" and not self.public


@dataclass(frozen=True)
class Choice:
    """Another reading of an ambiguous sentence: what of a line is different under it.

    `clauses`, `faults`: by the name of one, those that stand in its place (none: it is left out).
    `units`: by the name of a unit table, the one in its place. `limits`: by name, another value.
    `standards`: in place of those that give a verdict (empty: they stay). `words`: by line, its
    texts that differ.
    """

    name: str
    reading: str
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    standards: tuple[Standard, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """How an ambiguous sentence of the source is read.

    `code`: its number in the register of ambiguities (A01..A69), or a short name of nhsind's own.
    `changes`: what the choice changes; `otherwise`: how to choose otherwise. `taken`: the name of
    nhsind's own reading where there are others to choose; `choices`: those others, by name.
    """

    code: str
    question: str
    reading: str
    changes: str = ""
    otherwise: str = ""
    taken: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True)
class Indicator:
    """One line: its prose, its measures and the names of its clauses, faults, remarks and readings.

    `needs_columns`: by record table, columns that other lines can do without and this one cannot.
    `templates`: its texts before its limits were written into them. `looks_back_to`: the limit
    that begins the months which a figure is made of, or `financial_year`, where that is before
    its own period; `looks_across`: the clause by which the other months of its quarters decide too
    who counts. `variant_of`: of a variant, the line's code; `differs`: in what it differs.
    """

    code: str
    family: str
    title: str
    sentence: str
    pages: str
    kind: str
    unit: str
    polarity: str
    frequency: str
    period_rule: str
    period_rule_in_words: str
    numerator_in_words: str
    denominator_in_words: str | None
    within_in_words: str
    waiting_in_words: str
    numerator: Measure
    denominator: Measure | None
    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    limits: Limits
    standards: tuple[Standard, ...]
    readings: tuple[Reading, ...]
    data_source: str
    rationale: str
    version: str
    reviewed: str
    counted_as: str | None = None
    per: int = 1
    has_interval: bool = True
    numerator_is_apart: bool = False
    counted_at: str = "end"
    only_months_of: str = ""
    looks_back_to: str = ""
    looks_across: str = ""
    needs_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standard_from: dict[str, Measure] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict, repr=False)
    variant_of: str = ""
    differs: tuple[str, ...] = ()

    def with_limits(self, limits: Limits) -> Indicator:
        """The line with these limits, in its clauses and in its words.

        Raises ValueError where a text names a limit that is not there.
        """
        words: dict[str, Any] = {
            name: in_words(text, limits) for name, text in self.templates.items()
        }
        return replace(self, limits=limits, **words)

    @property
    def own_code(self) -> str:
        """The code of the line itself, of which this may be a variant."""
        return self.variant_of or self.code

    @property
    def variant_words(self) -> str:
        """`a variant of E.B.3: ... instead of ...`; empty for the line itself."""
        return f"a variant of {self.variant_of}: {'; '.join(self.differs)}" if self.differs else ""

    @property
    def place_in_document(self) -> str:
        """`pages 15-16`, `page 12`, or the words that say where else in the document it stands."""
        if not self.pages[0].isdigit():
            return self.pages
        return f"page {self.pages}" if self.pages.isdigit() else f"pages {self.pages}"

    @property
    def looks_across_quarters(self) -> bool:
        """Whether the other months of a quarter decide too who counts in one of them.

        A variant without the clause that looks there does not.
        """
        return any(self.looks_across in part.clauses for part in self.measures.values())

    def counts_as(self, other: Indicator) -> bool:
        """Whether the same units count in both: they differ, if at all, in standards and words."""
        mine, theirs = (
            (line.measures, line.limits, line.faults, line.period_rule) for line in (self, other)
        )
        return mine == theirs

    @property
    def is_count(self) -> bool:
        """Whether the line has a numerator only."""
        return self.denominator is None

    @property
    def is_inside(self) -> bool:
        """Whether the numerator's units are some of the denominator's."""
        return (
            self.denominator is not None
            and self.numerator.units == self.denominator.units
            and not self.numerator_is_apart
        )

    @property
    def measures(self) -> dict[str, Measure]:
        """What is summed for the line, by the column that holds the sum."""
        named = {"numerator": self.numerator}
        if self.denominator is not None:
            named["denominator"] = self.denominator
        return named | {f"standard_{name}": part for name, part in self.standard_from.items()}

    @property
    def unit_of_value(self) -> str:
        """What the value is in: `proportion`, `ratio`, or the unit counted."""
        if self.kind == "proportion":
            return "proportion"
        # The one ratio without an interval (E.H.3_C1) is of two counts, not a share.
        return "ratio" if self.kind == "ratio" and self.has_interval else self.unit

    @property
    def is_rolling(self) -> bool:
        """Whether a period is a window that overlaps with those beside it."""
        return self.own_code.endswith("_rolling")

    @property
    def is_share(self) -> bool:
        """Whether people read the value as a percentage."""
        return self.unit_of_value in ("proportion", "ratio")

    def answers(self, period: Period) -> bool:
        """Whether the line has a figure for a period of this kind."""
        return period.kind in ANSWERS[self.frequency]

    def months_of(self, period: Period) -> list[Period]:
        """The months whose figures make up a period's: its last for a snapshot, else all."""
        months = period.split_months()
        return months[-1:] if self.period_rule == "snapshot" else months

    def standard(self, period: Period, level: str) -> Standard | None:
        """The standard that gives a verdict for `period` at `level`, if any."""
        return next((row for row in self.standards if row.applies(period, level)), None)
