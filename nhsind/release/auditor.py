"""Whether a suppressed count could be worked out from what is shown beside it.

Each pair of counts is the set of pairs that the policy would show as it is shown; what adds up
narrows the sets, and every hidden count must keep enough possible values.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.statuses import Mark, Status
from nhsind.errors import DisclosureError
from nhsind.geography import OUTSIDE_ENGLAND
from nhsind.release.protection import HIDDEN, Array, protect

# A hidden count must stay compatible with at least this many values, whoever looks.
FEWEST_POSSIBLE_VALUES = 4


def refuse_recoverable(table: pd.DataFrame, true: pd.DataFrame, policy: Disclosure) -> None:
    """Every hidden count must keep enough possible values for whoever knows the rule.

    Each pair of counts could be any that the policy shows as it is shown; the organisations'
    counts add up to England's, unless England's hold more than is shown.
    """
    enough = min(FEWEST_POSSIBLE_VALUES, policy.threshold + (1 if policy.hide_zeros else 0))
    exposed: list[str] = []
    for key, rows in table.groupby(["indicator", "period"]):
        national = rows[rows["org_level"] == "england"]
        below = rows[(rows["org_level"] != "england") & ~rows["org_code"].isin(OUTSIDE_ENGLAND)]
        if "status" in rows and (national["status"] == Status.PARTIAL).any():
            # What a partial total leaves out adds up to nothing.
            below = below[below["status"].isin([Status.OK, Status.NO_CASES])]
        sets = [_possible(row, policy) for row in below.itertuples()]
        total = [_possible(row, policy) for row in national.itertuples()]
        figures = ["numerator", "denominator"]
        parts = true.loc[below.index, figures].fillna(0).sum()
        whole = true.loc[national.index, figures].fillna(0).sum()
        if sets and total and (parts == whole).all():
            *sets, total[0] = _consistent([*sets, total[0]])
        everyone = [*below.itertuples(), *national.itertuples()]
        for row, pairs in zip(everyone, [*sets, *total], strict=True):
            exposed += _exposed(row, pairs, enough, key)
    if exposed:
        raise DisclosureError(
            "suppressed counts could be worked out from what is shown; released nothing. "
            f"Cells: {'; '.join(exposed)}"
        )


def _consistent(sets: list[Array]) -> list[Array]:
    """Possible pairs of the parts and, last, of their total, without those that cannot add up.

    Repeats until nothing more falls out: what narrows one part narrows the others.
    """
    sizes: list[int] = []
    while sizes != [len(pairs) for pairs in sets]:
        sizes = [len(pairs) for pairs in sets]
        lows = np.array([pairs.min(axis=0) for pairs in sets])
        highs = np.array([pairs.max(axis=0) for pairs in sets])
        low, high = lows[:-1].sum(axis=0), highs[:-1].sum(axis=0)
        for place, pairs in enumerate(sets[:-1]):
            least = lows[-1] - (high - highs[place])
            most = highs[-1] - (low - lows[place])
            sets[place] = pairs[((pairs >= least) & (pairs <= most)).all(axis=1)]
        sets[-1] = sets[-1][((sets[-1] >= low) & (sets[-1] <= high)).all(axis=1)]
    return sets


def _exposed(row: Any, pairs: Array, enough: int, key: Any) -> list[str]:
    """The hidden counts of a row that too few values are left for."""
    return [
        f"{key[0]} {key[1]} {row.org_code} {name}"
        for place, name in enumerate(("numerator", "denominator"))
        if getattr(row, f"{name}_mark") == Mark.SUPPRESSED and len(set(pairs[:, place])) < enough
    ]


def _possible(row: Any, policy: Disclosure) -> Array:
    """The true numerators, denominators and rests that would be shown as a row is."""
    shown = tuple(
        HIDDEN
        if getattr(row, f"{name}_mark") == Mark.SUPPRESSED
        else -1
        if pd.isna(getattr(row, name))
        else int(getattr(row, name))
        for name in ("numerator", "denominator")
    )
    return _pairs_shown_as(
        shown[0], shown[1], policy, row.org_level == "england", row.kind == "proportion"
    )


@lru_cache(maxsize=100_000)
def _pairs_shown_as(
    numerator: int, denominator: int, policy: Disclosure, is_national: bool, inside: bool
) -> Array:
    below, above = range(policy.threshold + 1), 2 * policy.base
    wholes = np.array(
        list(below)
        if denominator == HIDDEN
        else [-1]
        if denominator == -1
        else range(max(0, denominator - above), denominator + above + 1)
    )
    parts: set[int] = set(below) if numerator == HIDDEN else set()
    if numerator == HIDDEN and inside:
        parts |= {int(whole) - rest for whole in wholes for rest in below}
    elif numerator != HIDDEN:
        parts = set(range(max(0, numerator - above), numerator + above + 1))
    grid = np.array([(part, whole) for part in sorted(parts) if part >= 0 for whole in wholes])
    if inside:
        grid = grid[grid[:, 0] <= grid[:, 1]]
    national, within = np.full(len(grid), is_national), np.full(len(grid), inside)
    shown = protect(grid[:, 0], grid[:, 1], policy, national, within)
    found: Array = grid[(shown[0] == numerator) & (shown[1] == denominator)]
    # Without a denominator there is nothing to add up: 0 keeps sums and comparisons true.
    found[:, 1] = np.maximum(found[:, 1], 0)
    # The rests add up as well, and narrow numerators through denominators that are hidden.
    rest = found[:, 1] - found[:, 0] if inside else np.zeros(len(found), dtype=np.int64)
    return np.column_stack([found, rest])
