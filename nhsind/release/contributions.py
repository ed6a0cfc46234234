"""Sums over units, such as days of stay: which of them tell of few units, or of one or two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.derivation.figures import as_floats
from nhsind.release.protection import HIDDEN, Array, protect

# Why such a sum is not shown. Which of the two it is would tell more of it.
TELLING = (
    "suppressed, because the sum is over few, or over some whose number is hidden, or one or two "
    "may make up most of it"
)


def telling_sums(true: pd.DataFrame, family: Family, policy: Disclosure) -> Array:
    """The rows (a mask) of true figures whose sum of shares of units must not be shown.

    All that is known of single shares is the sum of their squares. The square of the sum over it
    is how many equal shares would be as unlike: there are at least so many units, and two of them
    hold no more than the root of 2 over it. Where the squares are not known, nothing is shown.
    That a sum is shown says that its units are not few, so it is not where one of the lines that
    count them is hidden (`units_counted_by`).
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
    is_counted = _is_counted_by_hidden(true, family, policy)
    found: Array = protects.to_numpy() & (is_few | is_counted | ((total > 0) & ~is_spread))
    return found


def _is_counted_by_hidden(true: pd.DataFrame, family: Family, policy: Disclosure) -> Array:
    """The rows (a mask) of sums some of whose units are a count that is hidden beside them."""
    found = np.zeros(len(true), dtype=bool)
    places = pd.MultiIndex.from_frame(true[["org_level", "org_code", "period"]])
    for sum_line, lines in family.units_counted_by.items():
        counts = true["numerator"].mask(~true["indicator"].isin(lines))
        given = counts.astype("Int64").fillna(-1).to_numpy(dtype=np.int64)
        shown, _ = protect(
            given,
            np.full(len(true), -1),
            policy=policy,
            is_national=(true["org_level"] == "england").to_numpy(),
            inside=np.zeros(len(true), dtype=bool),
        )
        small = places[(shown == HIDDEN) & (given >= 0)]
        found |= (true["indicator"] == sum_line).to_numpy() & places.isin(small)
    return found
