"""Sums over units, such as days of stay: which of them tell of few units or of a single one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.statuses import Mark
from nhsind.derivation.figures import as_floats
from nhsind.release.shown_cells import BASE_LEVELS

FEW = "suppressed, because the sum is over few"
DOMINATED = "suppressed, because one may make up much of the sum"
OF_ONE = "withheld, because it would tell a sum that is suppressed"


def telling_sums(true: pd.DataFrame, policy: Disclosure) -> pd.Series[str]:
    """Why the sum behind a mean is not shown, for each row of true figures; empty where it is.

    No unit's share of a sum can pass the root of the sum of squares over the sum, which is all
    that is known of single contributions.
    """
    units, total = as_floats(true["denominator"]), as_floats(true["numerator"])
    squares = as_floats(true["squares"]) if "squares" in true else np.full(len(true), np.nan)
    least = max(policy.fewest_contributors, policy.threshold + 1)
    is_few = (units >= (0 if policy.hide_zeros else 1)) & (units < least)
    is_dominated = (total > 0) & (100 * np.sqrt(squares) >= policy.dominance * total)
    exempt = (true["org_level"] == "england").to_numpy() & policy.exempt_england
    protects = (true["kind"] == "mean").to_numpy() & ~exempt & (policy.rule == "suppress")
    reasons = np.select([protects & is_few, protects & is_dominated], [FEW, DOMINATED], "")
    found = pd.Series(reasons, index=true.index, dtype=object)
    # Where one organisation's sum alone is hidden, the total less the others' is that sum.
    is_total = ~true["org_level"].isin(BASE_LEVELS) & (true["kind"] == "mean")
    hidden = found.ne("") & ~is_total
    number = hidden.groupby([true["indicator"], true["period"]]).transform("sum")
    return found.mask(is_total & found.eq("") & (number == 1), OF_ONE)


def without(shown: pd.DataFrame, reasons: pd.Series[str]) -> pd.DataFrame:
    """The released rows without the sums that there are reasons to hide."""
    hidden = reasons.ne("")
    return shown.assign(
        numerator=shown["numerator"].mask(hidden),
        numerator_mark=shown["numerator_mark"].mask(hidden, Mark.SUPPRESSED),
    )
