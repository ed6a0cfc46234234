"""The figures of a released row as people read them: value, interval, verdict, standard, plan."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from nhsind.definitions.catalogue import all_indicators
from nhsind.definitions.indicators import STAR, Indicator
from nhsind.definitions.standards import OPERATORS, Standard
from nhsind.definitions.statuses import Mark, Status
from nhsind.derivation.figures import as_exact
from nhsind.derivation.standards import DIRECTIONS
from nhsind.narrative import wording
from nhsind.periods import parse_period
from nhsind.release.hidden import mark_of
from nhsind.release.results import Row, lacks

# Stands before a count that is rounded.
ROUGHLY = "roughly "
# In place of a verdict that rounded counts leave open.
TOO_COARSE = "too coarse to tell"


def count_words(value: Any, mark: Any = "") -> str:
    """A released count with thousands separated, or its mark; parts of one to one place."""
    if pd.isna(value):
        return str(mark or Mark.NOT_AVAILABLE)
    return wording.number_words(as_exact(value))


def value_words(row: Row) -> str:
    """A released value as people read it, rounded half up from the exact figures, or its mark.

    `92.1%`, `1,203`, `41.2 per 100,000`, `12.3 days`.
    """
    line = _line_of(row)
    if lacks(row, "value"):
        if not is_rounded(row):
            return mark_of(row)
        return _with_unit(
            line, wording.range_words(line, row["value_lowest"], row["value_highest"])
        )
    if row["kind"] == "count":
        return count_words(row["numerator"])
    if is_rounded(row):
        return _with_unit(line, wording.told_words(line, row["value"], row["value_places"]))
    exact = as_exact(row["numerator"]) * line.per / as_exact(row["denominator"])
    return shown_as(line, exact)


def told_words(row: Row) -> str:
    """The value as it is told away from its table: a count that is rounded says so itself."""
    is_rough = row["kind"] == "count" and is_rounded(row)
    return f"{ROUGHLY if is_rough else ''}{value_words(row)}"


def _line_of(row: Row) -> Indicator:
    """The line of a row; of a variant the line itself, whose unit it has."""
    return all_indicators()[str(row["indicator"]).removesuffix(STAR)]


def shown_as(line: Indicator, value: Fraction) -> str:
    """A value of a line in its own unit."""
    return _with_unit(line, wording.value_words(line, value))


def _with_unit(line: Indicator, words: str) -> str:
    return f"{words} {line.unit}" if line.kind in ("rate", "mean") else words


def is_rounded(row: Row) -> bool:
    """Whether the counts of a row with shown counts are rounded."""
    return not lacks(row, "value_lowest")


def interval_words(row: Row) -> str:
    """The 95% interval in the value's own unit, or why there is none."""
    if lacks(row, "ci_upper"):
        return mark_of(row) or Mark.NOT_APPLICABLE
    line = _line_of(row)
    # Byar's lower limit is missing where it would be negative.
    lower = 0.0 if lacks(row, "ci_lower") else row["ci_lower"]
    return wording.interval_words(line, lower, row["ci_upper"])


def has_standard(row: Row) -> bool:
    """Whether a standard judges a row, or would if the data covered its period."""
    if not lacks(row, "standard") or row["status"] != Status.NOT_COVERED:
        return not lacks(row, "standard")
    standard = _line_of(row).standard(parse_period(str(row["period"])), str(row["org_level"]))
    return standard is not None and not standard.is_own


def lacks_its_own(standard: Standard | None, row: Row) -> bool:
    """Whether a row has a standard of its own that is hidden, or made of what is not known."""
    is_own = standard is not None and standard.is_own
    return is_own and lacks(row, "standard") and row["status"] != Status.NOT_COVERED


def verdict_words(row: Row) -> str:
    """`met`, `not met`, or that there is no verdict."""
    no_verdict = TOO_COARSE if is_rounded(row) else mark_of(row) or Mark.NOT_AVAILABLE
    return met_words(
        row["meets_standard"], no_verdict if has_standard(row) else Mark.NOT_APPLICABLE
    )


def plan_verdict_words(line: Indicator, row: Row) -> str:
    """`met`, `not met`, or why there is no verdict: a plan with a hidden figure has one, hidden."""
    if lacks(row, "plan") or line.polarity not in DIRECTIONS:
        return met_words(row["meets_plan"], Mark.NOT_APPLICABLE)
    no_verdict = TOO_COARSE if is_rounded(row) else mark_of(row) or Mark.NOT_AVAILABLE
    return met_words(row["meets_plan"], no_verdict)


def met_words(verdict: Any, without: str) -> str:
    """`met` or `not met`; without a verdict, what stands in its place."""
    if pd.isna(verdict):
        return without
    return "met" if verdict else "not met"


def standard_words(standard: Standard | None, row: Row) -> str:
    """`at least 92%`; where each organisation has its own, with its number."""
    if lacks_its_own(standard, row):
        return "its own, which is not shown"
    if standard is None or not has_standard(row):
        return "none"
    if standard.is_own:
        return f"{OPERATORS[standard.operator]} {row['standard']:,.1f}".removesuffix(".0")
    return standard.words.split(" (")[0]


def plan_words(line: Indicator, row: Row) -> str:
    """The plan in the value's own unit, or that there is none."""
    if lacks(row, "plan"):
        return Mark.NOT_APPLICABLE
    return shown_as(line, Fraction(str(row["plan"])))
