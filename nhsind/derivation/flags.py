"""Which unit of which period is in a line's numerator and denominator, and why one is not.

The same clauses in the same order make the conditions that `sums` filters by and the columns that
`fates` shows, so a trace adds up to its figure.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

import narwhals.stable.v2 as nw

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.unit_tables import Frame
from nhsind.sources.findings import RECORD_FAULTS

ORGANISATION_MISSING = "organisation_missing"


def why(family: Family, line: Indicator, reason: str) -> str:
    """The name of a fault, or of a clause of the line, in words from where it is defined."""
    if reason == ORGANISATION_MISSING:
        return "The organisation's code is missing."
    if reason in RECORD_FAULTS:
        return RECORD_FAULTS[reason]
    return family.words(reason, line.limits)


def with_flags(
    frame: Frame, family: Family, *, indicator: Indicator, measure: Measure, org: str
) -> Frame:
    """The columns in_denominator, in_numerator and excluded_because, of one measure's units."""
    shares = (
        indicator.denominator is not None
        and indicator.numerator.units == indicator.denominator.units
    )
    if shares and indicator.numerator_is_apart:
        assert indicator.denominator is not None
        conditions = each_holds(family, indicator, indicator.denominator.clauses)
        other = reduce(and_, conditions, is_sound(family, indicator, measure, org))
        frame = _with_reason(
            frame, family, indicator=indicator, measure=indicator.numerator, org=org, also=()
        )
        passed = nw.col("excluded_because").is_null()
        return frame.with_columns(in_denominator=other, in_numerator=passed)
    inside = indicator.denominator is not None and measure is indicator.denominator
    also = indicator.numerator.clauses if inside and shares else ()
    frame = _with_reason(frame, family, indicator=indicator, measure=measure, org=org, also=also)
    because = nw.col("excluded_because")
    passed = because.is_null()
    if not inside:
        return frame.with_columns(in_denominator=nw.lit(False), in_numerator=passed)
    missed = [name for name in also if name not in measure.clauses]
    in_denominator = passed | because.is_in(missed).fill_null(False) if missed else passed
    return frame.with_columns(
        in_denominator=in_denominator, in_numerator=passed if shares else nw.lit(False)
    )


def _with_reason(
    frame: Frame,
    family: Family,
    *,
    indicator: Indicator,
    measure: Measure,
    org: str,
    also: tuple[str, ...],
) -> Frame:
    """The first fault or clause that a unit fails, in the order of the definition."""
    steps = [(name, family.faults[name]()) for name in family.faults_of(indicator, measure.units)]
    named = (*measure.clauses, *also)
    steps += [(name, ~family.clauses[name].of(indicator.limits)) for name in named]
    # From the last to the first, so that each rule stands in the expression once.
    reason: nw.Expr = nw.lit(None, dtype=nw.String)
    for name, failed in reversed(steps):
        reason = nw.when(failed).then(nw.lit(name)).otherwise(reason)
    fault = nw.col("record_fault")
    reason = nw.when(fault.is_null()).then(reason).otherwise(fault)
    reason = nw.when(nw.col(org).is_null()).then(nw.lit(ORGANISATION_MISSING)).otherwise(reason)
    return frame.with_columns(excluded_because=reason)


def is_sound(family: Family, indicator: Indicator, measure: Measure, org: str) -> nw.Expr:
    """Whether a unit has an organisation and no fault that the line asks of its units."""
    conditions = [~nw.col(org).is_null(), nw.col("record_fault").is_null()]
    faults = family.faults_of(indicator, measure.units)
    conditions += [~family.faults[name]() for name in faults]
    return reduce(and_, conditions)


def each_holds(family: Family, line: Indicator, clauses: tuple[str, ...]) -> list[nw.Expr]:
    """The conditions of some clauses with the line's limits, one for each."""
    return [family.clauses[name].of(line.limits) for name in clauses]
