"""Numbers written for people, rounded half up from the exact figures."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

from nhsind.derivation.standards import Number, value_of


def half_up(value: Fraction, places: int) -> Decimal:
    """An exact ratio rounded half up (away from zero) to `places` decimal places."""
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    shown = Decimal(whole).scaleb(-places)
    quantum = Decimal(1).scaleb(-places)
    return (-shown if value < 0 and whole else shown).quantize(quantum, ROUND_HALF_UP)


def percentage(numerator: Number, denominator: Number, places: int = 1) -> str:
    """`93.1%`, rounded half up from the exact ratio."""
    return f"{half_up(value_of(numerator, denominator, 100), places)}%"
