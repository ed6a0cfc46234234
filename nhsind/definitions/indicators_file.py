"""What `indicators.toml` of a family may hold: its keys, their types and choices."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from nhsind.definitions import code_lists, limits, written_relations

Kind = Literal["proportion", "count", "rate", "mean", "ratio"]
Polarity = Literal["higher", "lower", "lower growth", "neutral", "activity", "monitor"]
Frequency = Literal["monthly", "quarterly", "annual", "quarter only", "survey month"]
Level = Literal["ccg", "provider", "tcp", "stp", "region", "england"]
PeriodKind = Literal["month", "quarter", "year"]
# Figures that are no whole numbers are summed as whole billionths, so that sums are exact.
Parts = Literal["wholes", "thousandths", "billionths"]

Text = Annotated[str, Meta(min_length=1, description="text")]
Name = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="a name in lower case: a_name")
]
Code = Annotated[
    str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9._]*$", description="a line's code: E.B.3, CARTLeu01")
]
ReadingCode = Annotated[
    str, Meta(pattern=r"^([a-z][a-z0-9_]*|A\d\d)$", description="A01, or a name in lower case")
]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a day as YYYY-MM-DD")]
WrittenLimit = Annotated[
    str,
    Meta(pattern=f"^({limits.WRITTEN}|{limits.WITH_PARTS})$", description=limits.ALLOWED),
]
CodeEntry = Annotated[str, Meta(pattern=f"^({code_lists.ENTRY})$", description=code_lists.ALLOWED)]
WrittenPeriod = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d{2}(-Q[1-4])?$",
        description="a month as 2017-06, a quarter as 2017-18-Q1 or a year as 2017-18",
    ),
]
WrittenValue = Annotated[
    str,
    Meta(
        pattern=r"^(\d+(\.\d+)?|\d+/[1-9]\d*|[a-z][a-z0-9_]*)$",
        description="a number as text (0.92, 2/3) or the name of a function of rules.py",
    ),
]
WrittenSum = Annotated[
    str,
    Meta(
        pattern=written_relations.SUM,
        description="a line as a sum of lines (A = B + C; B @-1 of the period before, B @Q1)",
    ),
]
WrittenWithin = Annotated[
    str,
    Meta(
        pattern=written_relations.WITHIN,
        description="lines that lie in others (A <= B, A @-1 + B denominator <= C @Q1, A @year)",
    ),
]
Whole = Annotated[int, Meta(ge=0, description="a whole number, 0 or more")]
Positive = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A block of a file, which holds the keys that it names and no others."""


class AboutFamily(Strict, frozen=True, kw_only=True):
    """What the family is."""

    code: Name
    title: Text
    about: Text
    document: Text
    level: Level
    default_units: Name


class DisclosureRow(Strict, frozen=True, kw_only=True):
    """The family's disclosure rule: `suppress`, or `none` where counts are published exactly."""

    rule: Literal["suppress", "none"]
    reason: Text
    source: Text
    checked_on: Day
    threshold: Whole = 0
    base: Positive = 1
    hide_zeros: bool = False
    exempt_england: bool = False
    fewest_contributors: Whole = 0
    dominance: Positive = 50


class MeasureRow(Strict, frozen=True, kw_only=True):
    """What is summed: over which units, if they pass which clauses."""

    units: Name | None = None
    clauses: tuple[Name, ...] = ()
    quantity: Name = "count"
    parts: Parts = field(name="in", default="wholes")
    public: bool = False
    apart: bool = False
    returned_by: Name = ""


class StandardRow(Strict, frozen=True, kw_only=True):
    """One dated value that the line is tested against, or compared with."""

    operator: Literal[">=", ">", "<=", "<"]
    value: WrittenValue
    per: PeriodKind | tuple[PeriodKind, ...]
    kind: Literal["standard", "trajectory", "ambition"] = "standard"
    first: WrittenPeriod | None = field(name="from", default=None)
    last: WrittenPeriod | None = field(name="to", default=None)
    level: Level | None = None
    note: str = ""


class ChoiceRow(Strict, frozen=True, kw_only=True):
    """Another reading: what of the lines that name the reading is different under it.

    `clauses` and `faults`: those that stand in the place of one. `units`: the unit table in the
    place of one. `limits` and `codes`: other values. `standards`: in place of those that give a
    verdict. `words`: by line, its texts that differ.
    """

    reading: Text
    clauses: dict[Name, tuple[Name, ...]] = field(default_factory=dict)
    faults: dict[Name, tuple[Name, ...]] = field(default_factory=dict)
    units: dict[Name, Name] = field(default_factory=dict)
    limits: dict[Name, WrittenLimit] = field(default_factory=dict)
    codes: dict[Name, tuple[CodeEntry, ...]] = field(default_factory=dict)
    standards: tuple[StandardRow, ...] = ()
    words: dict[Code, dict[Name, Text]] = field(default_factory=dict)


class ReadingRow(Strict, frozen=True, kw_only=True):
    """How an ambiguous sentence of the source is read, and what another reading would change.

    `taken` names nhsind's own reading where others can be chosen, which `choices` describe.
    """

    question: Text
    reading: Text
    changes: str = ""
    otherwise: str = ""
    taken: Name = ""
    choices: dict[Name, ChoiceRow] = field(default_factory=dict)


class IndicatorRow(Strict, frozen=True, kw_only=True):
    """One line."""

    title: Text
    sentence: Text
    pages: Text
    kind: Kind
    unit: Text
    polarity: Polarity
    frequency: Frequency
    period_rule: Literal["flow", "snapshot"]
    period_rule_in_words: Text
    numerator_in_words: Text
    denominator_in_words: Text | None = None
    within_in_words: Text
    waiting_in_words: Text
    limits: dict[Name, WrittenLimit] = field(default_factory=dict)
    codes: dict[Name, tuple[CodeEntry, ...]] = field(default_factory=dict)
    numerator: MeasureRow
    denominator: MeasureRow | None = None
    standard_from: dict[Name, MeasureRow] = field(default_factory=dict)
    faults: tuple[Name, ...] = ()
    remarks: tuple[Name, ...] = ()
    standards: tuple[StandardRow, ...] = ()
    readings: tuple[ReadingCode, ...] = ()
    data_source: Text
    rationale: Text
    version: Text
    reviewed: Day
    per: Positive = 1
    has_interval: bool = True
    looks_back_to: Name = ""
    looks_across: Name = ""
    needs_columns: dict[Name, tuple[Name, ...]] = field(default_factory=dict)
    counted_at: Literal["end", "beginning"] = "end"
    only_months_of: Annotated[
        str, Meta(pattern=r"^[a-z_]+\.[a-z_]+$", description="a table and its column: survey.day")
    ] = ""


class SupportingRow(Strict, frozen=True, kw_only=True):
    """A line that only reconciliation derives; it counts the rows that `counted_as` counts."""

    title: Text
    counted_as: Code
    kind: Kind
    limits: dict[Name, WrittenLimit] = field(default_factory=dict)
    codes: dict[Name, tuple[CodeEntry, ...]] = field(default_factory=dict)
    numerator: MeasureRow
    denominator: MeasureRow | None = None


class RelationsRow(Strict, frozen=True, kw_only=True):
    """What adds up among the lines beyond what their clauses say; release audits by it.

    `least_of_each`: of a mean's line, the least that each of its units has.
    `units_counted_by`: of a line that adds up shares of units, the lines that count these units.
    """

    sums: tuple[WrittenSum, ...] = ()
    within: tuple[WrittenWithin, ...] = ()
    least_of_each: dict[Code, Positive] = field(default_factory=dict)
    units_counted_by: dict[Code, tuple[Code, ...]] = field(default_factory=dict)


class IndicatorsFile(Strict, frozen=True, kw_only=True):
    """Everything in an `indicators.toml`."""

    family: AboutFamily
    indicators: dict[Code, IndicatorRow]
    disclosure: DisclosureRow | None = None
    relations: RelationsRow = field(default_factory=RelationsRow)
    supporting: dict[Code, SupportingRow] = field(default_factory=dict)
    readings: dict[ReadingCode, ReadingRow] = field(default_factory=dict)


KINDS: tuple[str, ...] = get_args(Kind)
