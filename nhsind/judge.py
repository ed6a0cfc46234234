"""The judged number: against its standard and its plan, by exact arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from nhsind.definition import Indicator, Standard

COMPARISONS = {
    ">=": Fraction.__ge__,
    ">": Fraction.__gt__,
    "<=": Fraction.__le__,
    "<": Fraction.__lt__,
}


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


def meets(numerator: int, denominator: int, standard: Standard) -> bool:
    """Whether numerator / denominator meets the standard, exactly; equality decides by operator."""
    return bool(COMPARISONS[standard.operator](Fraction(numerator, denominator), standard.exact))


def judge(numerator: int, denominator: int, standard: Standard) -> Verdict:
    """The verdict with its gap: value minus standard, and how many units too few (or too many).

    `units_short` is how many more units in the numerator (fewer, for a lower-is-better line)
    would have met the standard with the same denominator; 0 if it is met.
    """
    value, limit = Fraction(numerator, denominator), standard.exact
    passed = meets(numerator, denominator, standard)
    needed = limit * denominator
    short = 0
    if not passed:
        short = {
            ">=": ceil(needed) - numerator,
            ">": floor(needed) + 1 - numerator,
            "<=": numerator - floor(needed),
            "<": numerator - (ceil(needed) - 1),
        }[standard.operator]
    return Verdict(standard, passed, value - limit, short)


def meets_plan(indicator: Indicator, value: float, plan: float) -> bool | None:
    """Whether a value meets the organisation's own plan; None for lines without a direction."""
    if indicator.polarity == "higher":
        return value >= plan
    if indicator.polarity in ("lower", "lower growth"):
        return value <= plan
    return None


def half_up(value: Fraction, places: int) -> Decimal:
    """An exact ratio rounded half up (away from zero) to `places` decimal places."""
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    shown = Decimal(whole).scaleb(-places)
    quantum = Decimal(1).scaleb(-places)
    return (-shown if value < 0 and whole else shown).quantize(quantum, ROUND_HALF_UP)


def percentage(numerator: int, denominator: int, places: int = 1) -> str:
    """`93.1%`, rounded half up from the exact ratio."""
    return f"{half_up(Fraction(numerator, denominator) * 100, places)}%"
