"""Sums over units, such as days of stay: which of them tell of few units, or of one or two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.derivation.figures import as_floats
from nhsind.release.protection import Array

# Why such a sum is not shown. Which of the two it is would tell more of it.
TELLING = "suppressed, because the sum is over few, or one or two may make up most of it"


def telling_sums(true: pd.DataFrame, family: Family, policy: Disclosure) -> Array:
    """The rows (a mask) of true figures whose sum of shares of units must not be shown.

    All that is known of single shares is the sum of their squares. The square of the sum over it
    is how many equal shares would be as unlike: there are at least so many units, and two of them
    hold no more than the root of 2 over it. Where the squares are not known, nothing is shown.
    """
    lines = {code for code, line in family.indicators.items() if line.numerator.adds_up_shares}
    is_exempt = (true["org_level"] == "england") & policy.exempt_england
    protects = true["indicator"].isin(lines) & ~is_exempt & (policy.rule == "suppress")
    total, units = as_floats(true["numerator"]), as_floats(true["denominator"])
    squares = as_floats(true["squares"]) if "squares" in true else np.full(len(true), np.nan)
    least = max(policy.fewest_contributors, policy.threshold + 1)
    is_spread = total**2 >= least * squares
    is_spread &= 100 * np.sqrt(2 * squares) < policy.dominance * total
    is_few = (units >= (0 if policy.hide_zeros else 1)) & (units < least)
    found: Array = protects.to_numpy() & (is_few | ((total > 0) & ~is_spread))
    return found
