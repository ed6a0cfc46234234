"""What a disclosure policy shows of pairs of counts: suppressed small ones, rounded others."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhsind.definitions.disclosure import Disclosure

Array = np.ndarray[Any, Any]
# Stands for a suppressed count in an array; never shown, written or added.
HIDDEN = -9


def protect(
    numerator: Array, denominator: Array, *, policy: Disclosure, is_national: Array, inside: Array
) -> tuple[Array, Array]:
    """What a policy shows of pairs of counts: rounded, or HIDDEN.

    A negative denominator is none. `inside`: the numerator is a part of the denominator, so that
    without rounding a small rest tells as much as a small part and hides the numerator too.
    """
    if policy.rule != "suppress":
        return numerator.copy(), denominator.copy()
    lowest = 0 if policy.hide_zeros else 1
    exempt = is_national & policy.exempt_england
    rest = denominator - numerator
    is_small_rest = inside & (rest >= lowest) & (rest <= policy.threshold) & (policy.base == 1)
    pair = []
    for counts, also in ((numerator, is_small_rest), (denominator, np.zeros_like(inside))):
        # Whole numbers never tie between two multiples of an odd base; of an even one, half up.
        rounded = (2 * counts + policy.base) // (2 * policy.base) * policy.base
        small = (counts >= lowest) & (counts <= policy.threshold)
        values = np.where(small | also, HIDDEN, rounded)
        pair.append(np.where(exempt | (counts < 0), counts, values))
    return pair[0], pair[1]
