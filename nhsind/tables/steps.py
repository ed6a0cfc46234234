"""From all records to the figure: how many units each rule leaves out, how many remain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.statuses import WITHHELD, Mark, Status
from nhsind.derivation.flags import ORGANISATION_MISSING
from nhsind.release.hidden import mark_of
from nhsind.release.results import Results, reason_words
from nhsind.sources.findings import RECORD_FAULTS
from nhsind.tables.cells import count_words
from nhsind.tables.small_table import Table, marks_explained


@dataclass(frozen=True)
class Step:
    """A rule, or an end that rules lead to: all records, a denominator, a numerator.

    `remaining`, and of a rule `left`: numbers of units; missing, with their `mark`, where they are
    not to be shown or not known.
    """

    words: str
    remaining: Any
    left: Any = None
    mark: str = ""
    is_end: bool = False

    @property
    def left_words(self) -> str:
        """How many units the rule leaves out; nothing at an end."""
        return "" if self.is_end else count_words(self.left, self.mark)

    @property
    def remaining_words(self) -> str:
        """How many units remain, or why that is not shown."""
        return count_words(self.remaining, self.mark)


@dataclass(frozen=True)
class Walk:
    """The steps from all records to a line's figure, for an organisation and period."""

    caption: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether every step has its numbers."""
        return not any(pd.isna(step.remaining) for step in self.steps)

    @property
    def table(self) -> Table:
        """The steps as a table."""
        rows = tuple((step.words, step.left_words, step.remaining_words) for step in self.steps)
        headings = ("Step: what must hold", "Left out", "Remaining")
        return Table(self.caption, headings, rows, (*self.notes, *marks_explained(rows)))


def attrition_table(results: Results, code: str) -> Table:
    """The derivation step by step: how many units each rule leaves out, how many remain."""
    return walk(results, code).table


def walk(results: Results, code: str) -> Walk:
    """The derivation step by step; without numbers of rules where a policy suppresses."""
    line = results.line(code)
    about = f"{code}, {results.name}, {results.period_of(code).words}"
    if results.steps.policy.rule == "suppress":
        return Walk(f"{about}: the rules", tuple(_withheld(results, line, WITHHELD)))
    steps = results.steps.frame
    if not (steps["indicator"] == code).any():
        known = tuple(_withheld(results, line, Mark.NOT_AVAILABLE))
        return Walk(f"{about}: the rules", known, (_why_no_steps(results, code),))
    mine = steps[
        (steps["indicator"] == code)
        & (steps["org_code"] == results.organisation)
        & (steps["period"] == str(results.period_of(code)))
    ]
    return Walk(f"{about}: from records to the figure", tuple(_counted(results, line, mine)))


def _why_no_steps(results: Results, code: str) -> str:
    row = results.figure(code)
    if row is not None and row["status"] == Status.NOT_COVERED:
        return f"The data do not cover {results.period_of(code).words}."
    return "The publisher printed counts: what each rule left out of them is not known."


def _counted(results: Results, line: Indicator, mine: pd.DataFrame) -> Iterator[Step]:
    """One walk where numerator and denominator are of the same units, else one to each."""
    if line.is_inside and line.denominator is not None:
        yield from _through(
            results, line, counted=mine, measure=line.denominator, inner=line.numerator
        )
    elif line.denominator is not None and line.numerator.units == line.denominator.units:
        yield from _through(results, line, counted=mine, measure=line.numerator)
    else:
        for part, measure in (("denominator", line.denominator), ("numerator", line.numerator)):
            if measure is not None:
                yield from _through(
                    results, line, counted=mine[mine["part"] == part], measure=measure
                )


def _through(
    results: Results,
    line: Indicator,
    *,
    counted: pd.DataFrame,
    measure: Measure,
    inner: Measure | None = None,
) -> Iterator[Step]:
    """One walk through the rules of a measure, and on to one that lies inside it."""
    units = counted.groupby(counted["excluded_because"].fillna(""))["units"].sum()
    remaining = int(counted["units"].sum())
    noun = measure.units.replace("_", " ")
    yield Step(f"All {noun} of the records", remaining, is_end=True)
    faults = [*RECORD_FAULTS, ORGANISATION_MISSING, *results.family.faults_of(line, measure.units)]
    said = {
        each: f"Left out: {reason_words(results, line, each)}" for each in faults if units.get(each)
    }
    said |= {each: reason_words(results, line, each) for each in measure.clauses}
    ends = {"Numerator" if measure is line.numerator else "Denominator": said}
    if inner is not None:
        ends["Numerator"] = {each: reason_words(results, line, each) for each in inner.clauses}
    for end, rules in ends.items():
        for reason, words in rules.items():
            left = int(units.get(reason, 0))
            remaining -= left
            yield Step(words, remaining, left)
        what = line.within_in_words if end == "Numerator" else line.waiting_in_words
        yield Step(f"{end}: {what}", remaining, is_end=True)


def _withheld(results: Results, line: Indicator, mark: str) -> Iterator[Step]:
    """The rules and the released ends only: the steps would undo suppression, or are not known."""
    row = results.figure(line.code)
    parts = [("Denominator", line.denominator, line.waiting_in_words)] if line.denominator else []
    parts.append(("Numerator", line.numerator, line.within_in_words))
    for name, measure, words in parts:
        for reason in measure.clauses:
            yield Step(reason_words(results, line, reason), pd.NA, pd.NA, mark)
        key = name.lower()
        shown = (pd.NA, Mark.NOT_AVAILABLE) if row is None else (row[key], mark_of(row, key))
        yield Step(f"{name}: {words}", shown[0], mark=shown[1], is_end=True)
