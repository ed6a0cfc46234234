"""A value against a standard, a plan and a benchmark, by exact arithmetic. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, isnan

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import Standard

Number = int | Decimal | Fraction

COMPARISONS = {
    ">=": Fraction.__ge__,
    ">": Fraction.__gt__,
    "<=": Fraction.__le__,
    "<": Fraction.__lt__,
}
# Which way is better; lines of other polarities (neutral, activity, monitor) have no better.
DIRECTIONS = {"higher": 1, "lower": -1, "lower growth": -1}


@dataclass(frozen=True)
class Verdict:
    """A value against one standard."""

    standard: Standard
    meets: bool
    gap: Fraction
    units_short: int

    @property
    def words(self) -> str:
        """`standard met` or `standard not met`."""
        return "standard met" if self.meets else "standard not met"


def value_of(numerator: Number, denominator: Number | None, per: Number = 1) -> Fraction:
    """The exact value: numerator / denominator times `per`; of a count, the numerator."""
    if denominator is None:
        return Fraction(numerator)
    if isinstance(numerator, int) and isinstance(denominator, int) and isinstance(per, int):
        return Fraction(numerator * per, denominator)  # reduced once
    return Fraction(numerator) * Fraction(per) / Fraction(denominator)


def meets(
    numerator: Number, denominator: Number | None, standard: Standard, per: Number = 1
) -> bool:
    """Whether a value meets the standard, exactly; equality decides by the operator.

    `denominator` None: a count. `per`: what a rate's value is multiplied by.
    """
    value = value_of(numerator, denominator, per)
    return bool(COMPARISONS[standard.operator](value, standard.exact))


def judge(
    numerator: Number, denominator: Number | None, standard: Standard, per: Number = 1
) -> Verdict:
    """The verdict with its gap: value minus standard, and how many units too few (or too many).

    `units_short` is how many more whole units in the numerator (fewer, for a lower-is-better
    line) would have met the standard with the same denominator; 0 if it is met.
    """
    value, limit = value_of(numerator, denominator, per), standard.exact
    passed = meets(numerator, denominator, standard, per)
    needed = limit if denominator is None else limit * Fraction(denominator) / Fraction(per)
    missing = needed - Fraction(numerator)
    short = 0
    if not passed:
        short = {
            ">=": ceil(missing),
            ">": floor(missing) + 1,
            "<=": ceil(-missing),
            "<": floor(-missing) + 1,
        }[standard.operator]
    return Verdict(standard, passed, value - limit, short)


def meets_plan(indicator: Indicator, value: Fraction, plan: float) -> bool | None:
    """Whether a value meets the organisation's own plan; None for lines without a direction."""
    direction = DIRECTIONS.get(indicator.polarity)
    return None if direction is None else plan_gap(value, plan) * direction >= 0


def plan_gap(value: Fraction, plan: float) -> Fraction:
    """Value minus plan, exactly: the plan is the decimal number that was written down."""
    return value - _as_written(plan)


@lru_cache(maxsize=10_000)
def _as_written(plan: float) -> Fraction:
    return Fraction(str(plan))


def plans_met(verdicts: Iterable[bool | None]) -> tuple[int, int]:
    """How many periods met their plan, of how many that had a verdict."""
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known), len(known)


def compare(
    lower: float, upper: float, benchmark: float, polarity: str, *, itself: bool = False
) -> str | None:
    """An organisation's interval against a benchmark's value.

    `better` or `worse` if the whole interval lies strictly beyond it and the line has a better,
    `higher` or `lower` if it has none, else `similar`. None where a number is missing, or for the
    benchmark `itself`.
    """
    if itself or any(map(isnan, (lower, upper, benchmark))):
        return None
    side = (lower > benchmark) - (upper < benchmark)
    if not side:
        return "similar"
    direction = DIRECTIONS.get(polarity, 0)
    if not direction:
        return "higher" if side > 0 else "lower"
    return "better" if side == direction else "worse"
