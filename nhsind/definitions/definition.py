"""What an indicator is: loads the families' definitions, checks them, and finds them by code.

A family is a folder of `nhsind/families` with `indicators.toml` (prose, clauses by name,
standards), `tables.toml` (its record tables), `rules.py` (the clauses), `sample.py` and, where
figures are published, `published.py`. Nothing else lists families.
"""

from __future__ import annotations

import importlib
import importlib.util
import tomllib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

from nhsind.definitions.clauses import Rule, rules_of
from nhsind.definitions.record_tables import Table, load_tables
from nhsind.definitions.unit_tables import UnitTable, unit_tables_of
from nhsind.errors import UsageError, nearest, unknown
from nhsind.periods import Period, parse_period

KINDS = ("proportion", "count", "rate", "mean", "ratio")
POLARITIES = ("higher", "lower", "lower growth", "neutral", "activity", "monitor")
# A line answers its own frequency and longer ones (contract, section 1).
ANSWERS = {
    "monthly": ("month", "quarter", "year"),
    "quarterly": ("quarter", "year"),
    "annual": ("year",),
    "quarter only": ("quarter",),
    "survey month": ("month",),
}
# Figures that are no whole numbers are summed as whole billionths, so that sums are exact.
UNITS_OF_QUANTITY = {"wholes": 1, "thousandths": 10**3, "billionths": 10**9}
RULES = ("suppress", "none", "public", "explore")
OPERATORS = {
    ">=": "at least",
    ">": "more than",
    "<=": "no more than",
    "<": "less than",
}


@dataclass(frozen=True)
class Measure:
    """A quantity summed over the units that pass every clause.

    `quantity`: the column summed, in whole parts of 1/`scale`. `public`: the sum is a published
    figure (a population, an estimate) and no count of patients, so nothing of it is suppressed.
    """

    units: str
    clauses: tuple[str, ...]
    quantity: str = "count"
    scale: int = 1
    public: bool = False


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

    @property
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
        return f"{float(exact * 100):g}%" if exact <= 1 else f"{float(exact):g}"


@dataclass(frozen=True)
class Reading:
    """How an ambiguous sentence of the source is read.

    `code`: its number in the register of ambiguities (A01..A69), or a short name of nhsind's own.
    `changes`: what the choice changes; `otherwise`: how to choose otherwise.
    """

    code: str
    question: str
    reading: str
    changes: str = ""
    otherwise: str = ""


@dataclass(frozen=True)
class Indicator:
    """One line: its prose, its measures and the names of its clauses, faults and readings."""

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
    limits: dict[str, str]
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
    only_months_of: str = ""
    standard_from: dict[str, Measure] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Disclosure:
    """What may be shown of a family's record-level figures, and on whose word.

    `rule`: "suppress"; "none" leaves counts exact; "public" and "explore" are not a family's own.

    `threshold`: counts from 1 (from 0 if `hide_zeros`) up to it are suppressed; `base`: others
    are rounded to the nearest multiple.
    """

    rule: str
    reason: str
    source: str
    checked_on: str
    threshold: int = 0
    base: int = 1
    hide_zeros: bool = False
    exempt_england: bool = False

    def __post_init__(self) -> None:
        if self.rule not in RULES or self.threshold < 0 or self.base < 1:
            raise ValueError(f"not a disclosure policy: {self}")


@dataclass(frozen=True)
class Family:
    """A group of indicators that share tables, rules and a notebook."""

    code: str
    title: str
    about: str
    document: str
    level: str
    indicators: dict[str, Indicator]
    supporting: dict[str, Indicator]
    tables: dict[str, Table]
    units: dict[str, UnitTable]
    readings: tuple[Reading, ...]
    disclosure: Disclosure | None
    rules: ModuleType = field(repr=False)
    clauses: dict[str, Rule] = field(repr=False)
    faults: dict[str, Rule] = field(repr=False)

    def tables_missing(self, line: Indicator, held: list[str]) -> list[str]:
        """The record tables that a line needs and `held` lacks; `a or b` where either would do."""
        parts = [self.units[part.units].missing(held) for part in line.measures.values()]
        return list(dict.fromkeys(name for part in parts for name in part))

    def tables_of(self, line: Indicator) -> list[str]:
        """The record tables that a line can need, either of a choice included."""
        return [name for name in self.tables if line.code in self.lines_of(name)]

    def lines_of(self, table: str) -> tuple[str, ...]:
        """The lines that a record table is needed for."""
        return tuple(
            code
            for code, line in self.indicators.items()
            if any(
                table in choice
                for part in line.measures.values()
                for choice in self.units[part.units].needs
            )
        )

    def identifier(self, units: str) -> str | None:
        """The column that identifies a unit; a figure is told by its commissioner."""
        made = self.units[units]
        return made.identifier or next(iter(self.tables[made.of].key), None)

    def organisations(self, units: str) -> dict[str, str]:
        """The columns that place a unit, by level."""
        made = self.units[units]
        return made.organisations or self.tables[made.of].organisations

    def faults_of(self, line: Indicator, units: str) -> list[str]:
        """The faults that put a unit's own record out of a line."""
        of = self.units[units].of
        return [name for name in line.faults if self.faults[name].table == of]  # type: ignore[attr-defined]

    def module(self, name: str) -> ModuleType | None:
        """The family's `published` or `sample` module, or None if it has none."""
        full = f"nhsind.families.{self.code}.{name}"
        if importlib.util.find_spec(full) is None:
            return None
        return importlib.import_module(full)


def family_codes() -> list[str]:
    """The families there are, in alphabetical order."""
    folder = files("nhsind") / "families"
    return sorted(item.name for item in folder.iterdir() if (item / "indicators.toml").is_file())


@cache
def load_family(code: str) -> Family:
    """The family's definition, checked: every clause it names exists, and none is left over."""
    if code not in family_codes():
        raise unknown("family", code, family_codes())
    folder = files("nhsind") / "families" / code
    text = tomllib.loads((folder / "indicators.toml").read_text("utf-8"))
    rules = importlib.import_module(f"nhsind.families.{code}.rules")
    about = text["family"]
    readings = {number: Reading(number, **row) for number, row in text.get("readings", {}).items()}
    indicators = {
        line: _indicator(line, row, about, readings) for line, row in text["indicators"].items()
    }
    supporting = {
        line: _supporting(line, row, indicators[row["counted_as"]], about["default_units"])
        for line, row in text.get("supporting", {}).items()
    }
    family = Family(
        code=code,
        supporting=supporting,
        title=about["title"],
        about=about["about"],
        document=about["document"],
        level=about["level"],
        indicators=indicators,
        tables=load_tables(code, tomllib.loads((folder / "tables.toml").read_text("utf-8"))),
        units=unit_tables_of(rules),
        readings=tuple(readings.values()),
        disclosure=Disclosure(**text["disclosure"]) if "disclosure" in text else None,
        rules=rules,
        clauses=rules_of(rules, "clause"),
        faults=rules_of(rules, "fault"),
    )
    _check(family)
    return family


def find(code: str) -> Indicator:
    """The indicator with this code, in any case; UsageError with the nearest if there is none."""
    lines = {line.upper(): line for line in all_indicators()}
    wanted = code.strip().upper()
    if wanted not in lines:
        close = nearest(code, list(lines.values()))
        hint = f' Did you mean "{close}"?' if close else ""
        raise UsageError(
            f'"{code}" is not a known indicator or family.{hint} `nhsind list` shows them all'
        )
    return all_indicators()[lines[wanted]]


def select(selectors: str | list[str] | tuple[str, ...]) -> dict[str, list[str]]:
    """Indicator codes by family for a list of codes and family names."""
    chosen: dict[str, list[str]] = {}
    for selector in [selectors] if isinstance(selectors, str) else selectors:
        if selector.lower() in family_codes():
            family = load_family(selector.lower())
            codes = list(family.indicators)
        else:
            indicator = find(selector)
            family, codes = load_family(indicator.family), [indicator.code]
        known = chosen.setdefault(family.code, [])
        known.extend(code for code in codes if code not in known)
    return chosen


@cache
def all_indicators() -> dict[str, Indicator]:
    """Every indicator of every family, by code."""
    return {
        code: indicator
        for family in family_codes()
        for code, indicator in load_family(family).indicators.items()
    }


def _supporting(code: str, row: dict[str, Any], like: Indicator, default_units: str) -> Indicator:
    """A line that only reconciliation derives; it counts the rows that `like` counts."""

    return replace(
        like,
        code=code,
        title=row["title"],
        kind=row["kind"],
        numerator=_measure(row["numerator"], default_units),
        denominator=_measure(row["denominator"], default_units) if "denominator" in row else None,
        standards=(),
        counted_as=row["counted_as"],
    )


def _indicator(
    code: str, row: dict[str, Any], about: dict[str, Any], readings: dict[str, Reading]
) -> Indicator:
    row = dict(row)
    units = about["default_units"]
    standards = tuple(
        Standard(
            operator=item["operator"],
            value=item["value"],
            per=per,
            kind=item.get("kind", "standard"),
            first=parse_period(item["from"]) if "from" in item else None,
            last=parse_period(item["to"]) if "to" in item else None,
            level=item.get("level"),
            note=item.get("note", ""),
        )
        for item in row.pop("standards", [])
        for per in ([item["per"]] if isinstance(item["per"], str) else item["per"])
    )
    numerator = row.pop("numerator")
    denominator = row.pop("denominator", None)
    standard_from = row.pop("standard_from", {})
    return Indicator(
        code=code,
        family=about["code"],
        numerator=_measure(numerator, units),
        numerator_is_apart=numerator.get("apart", False),
        denominator=_measure(denominator, units) if denominator else None,
        standard_from={name: _measure(part, units) for name, part in standard_from.items()},
        standards=standards,
        readings=tuple(readings[number] for number in row.pop("readings", [])),
        faults=tuple(row.pop("faults", [])),
        limits=row.pop("limits", {}),
        denominator_in_words=row.pop("denominator_in_words", None),
        **row,
    )


def _measure(part: dict[str, Any], default_units: str) -> Measure:
    return Measure(
        units=part.get("units", default_units),
        clauses=tuple(part.get("clauses", ())),
        quantity=part.get("quantity", "count"),
        scale=UNITS_OF_QUANTITY[part.get("in", "wholes")],
        public=part.get("public", False),
    )


def _check(family: Family) -> None:
    named_units: set[str] = set()
    named_clauses: set[str] = set()
    named_faults: set[str] = set()
    for line in (family.indicators | family.supporting).values():
        if line.kind not in KINDS or line.polarity not in POLARITIES:
            raise ValueError(f"{line.code}: unknown kind or polarity")
        if line.frequency not in ANSWERS:
            raise ValueError(f"{line.code}: unknown frequency {line.frequency}")
        for measure in line.measures.values():
            named_clauses.update(measure.clauses)
            named_units.add(measure.units)
        named_faults.update(line.faults)
        for standard in line.standards:
            if standard.is_own and not hasattr(family.rules, standard.value):
                raise ValueError(f"{line.code}: no function {standard.value} in the rules")
    for kind, named, defined in (
        ("unit table", named_units, set(family.units)),
        ("clause", named_clauses, set(family.clauses)),
        ("fault", named_faults, set(family.faults)),
    ):
        if named != defined:
            raise ValueError(
                f"{family.code}: {kind} named but not defined: {sorted(named - defined)}; "
                f"defined but not named: {sorted(defined - named)}"
            )
