"""The gate between confidential and published numbers.

`Raw` holds figures derived from records and cannot be printed or written. `release` applies the
family's disclosure policy and gives `Released`, the only thing that charts, tables, sentences
and files take. Every derived number (value, interval, verdict) is computed anew from the
released counts, so nothing shown says more than they do.

Each number is in one of four states: a number, `[c]` suppressed, `[x]` not available, `[z]` not
applicable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from nhsind.definition import Disclosure, Family
from nhsind.errors import DisclosureError
from nhsind.geography import ENGLAND, OUTSIDE_ENGLAND
from nhsind.measure import judge_table, value_table

SUPPRESSED, NOT_AVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
MARKS = {
    SUPPRESSED: "suppressed, because the number is small",
    NOT_AVAILABLE: "not available",
    NOT_APPLICABLE: "not applicable",
}
# A hidden count must stay compatible with at least this many values, whoever looks.
FEWEST_POSSIBLE_VALUES = 4

ALREADY_PUBLIC = Disclosure(
    rule="public",
    reason="The figures come from files that the publisher has already released.",
    source="The published files named under provenance",
    checked_on="",
)
# For a family without a policy: the strictest rule in use in the field, and never publishable.
STRICTEST = Disclosure(
    rule="suppress",
    reason="The family has no disclosure policy, so the strictest is applied.",
    source="",
    checked_on="",
    threshold=7,
    base=5,
    hide_zeros=True,
)
# Exploring on one's own data: everything is shown, and nothing of it can be published.
EXPLORING = Disclosure(
    rule="explore",
    reason="Exploratory figures straight from the data: not for publication.",
    source="",
    checked_on="",
)


class Raw:
    """A table of confidential figures: it shows its size and nothing else.

    Printing gives `<confidential 195x6>`; formatting, pickling and writing raise. Only `release`
    looks inside.
    """

    __slots__ = ("__frame",)

    def __init__(self, frame: pd.DataFrame) -> None:
        self.__frame = frame

    def __repr__(self) -> str:
        rows, columns = self.__frame.shape
        return f"<confidential {rows}x{columns}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise DisclosureError("confidential figures cannot be pickled or copied")

    def __iter__(self) -> NoReturn:
        raise DisclosureError("confidential figures cannot be read: release them first")

    def _open(self) -> pd.DataFrame:
        return self.__frame


@dataclass(frozen=True)
class Released:
    """Figures that may be shown, and the policy they were released under."""

    frame: pd.DataFrame
    policy: Disclosure

    @property
    def publishable(self) -> bool:
        """Whether a page of these figures may leave: exploration and unnamed policies may not."""
        return self.policy.rule != "explore" and bool(self.policy.source)


def policy_for(family: Family, is_published: bool, explore: bool = False) -> Disclosure:
    """The policy for a family's figures: public sources, its own, or the strictest."""
    if is_published:
        return ALREADY_PUBLIC
    if explore:
        return EXPLORING
    return family.disclosure or STRICTEST


def release(raw: Raw, family: Family, policy: Disclosure) -> Released:
    """Release an output table (contract, section 4) under a policy.

    Counts are suppressed and rounded; value, interval, standard and plan verdicts are computed
    from what is left, and are `[c]` (status `suppressed`) where a count is hidden. Adds the
    columns `numerator_mark`, `denominator_mark`, `value_mark`. Raises DisclosureError where a
    hidden count could still be worked out from the total that contains it.
    """
    table = raw._open().copy().reset_index(drop=True)
    is_national = (table["org_level"] == "england").to_numpy()
    hidden = {}
    for name in ("numerator", "denominator"):
        table[name], hidden[name] = _protect(table[name], policy, is_national)
    if policy.rule == "suppress" and policy.base == 1:
        hidden["numerator"] |= _small_rest(raw._open(), policy, is_national)
    for name, cells in hidden.items():
        table.loc[cells, name] = pd.NA
        table[f"{name}_mark"] = np.where(cells, SUPPRESSED, "")
    if policy.rule == "suppress":
        _refuse_recoverable(raw._open(), hidden, policy)
    is_count = (table["kind"] == "count").to_numpy()
    table.loc[is_count, "denominator_mark"] = NOT_APPLICABLE
    any_hidden = hidden["numerator"] | (hidden["denominator"] & ~is_count)
    parts = []
    for code, rows in table.groupby("indicator", sort=False):
        part = rows.copy()
        line = family.indicators[str(code)]
        value_table(part, line)
        judge_table(part, line)
        parts.append(part)
    table = pd.concat(parts).sort_index() if parts else table
    table.loc[any_hidden, "status"] = "suppressed"
    no_value = (table["status"] != "ok").to_numpy()
    for name in ("value", "ci_lower", "ci_upper"):
        table.loc[no_value, name] = np.nan
    table.loc[no_value, ["meets_standard", "meets_plan"]] = pd.NA
    table["value_mark"] = np.select(
        [any_hidden, (table["status"] == "no_cases").to_numpy(), no_value],
        [SUPPRESSED, NOT_APPLICABLE, NOT_AVAILABLE],
        "",
    )
    return Released(table, policy)


def release_counts(raw: Raw, columns: list[str], policy: Disclosure) -> Released:
    """Release a table of plain counts (attrition, data quality): hidden ones become missing."""
    table = raw._open().copy()
    for name in columns:
        table[name], hidden = _protect(table[name], policy, np.zeros(len(table), dtype=bool))
        table.loc[hidden, name] = pd.NA
        table[f"{name}_mark"] = np.where(hidden, SUPPRESSED, "")
    return Released(table, policy)


def _protect(
    counts: pd.Series[Any], policy: Disclosure, is_national: np.ndarray[Any, Any]
) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
    """Counts rounded to the policy's base, and which of them are to be hidden."""
    numbers = counts.astype("Int64")
    nothing = np.zeros(len(numbers), dtype=bool)
    if policy.rule != "suppress":
        return numbers, nothing
    lowest = 0 if policy.hide_zeros else 1
    present = numbers.notna().to_numpy()
    values = numbers.fillna(0).to_numpy(dtype=np.int64)
    exempt = is_national if policy.exempt_england else nothing
    hidden = present & (values >= lowest) & (values <= policy.threshold) & ~exempt
    # Whole numbers never tie between two multiples of an odd base; of an even one, half goes up.
    rounded = (2 * values + policy.base) // (2 * policy.base) * policy.base
    shown = pd.Series(np.where(exempt, values, rounded), index=numbers.index, dtype="Int64")
    return shown.where(numbers.notna()), hidden


def _small_rest(
    table: pd.DataFrame, policy: Disclosure, is_national: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Numerators that leave a small rest of their denominator, which would be as telling."""
    numerator = table["numerator"].astype("Int64")
    rest = (table["denominator"].astype("Int64") - numerator).fillna(-1).to_numpy(dtype=np.int64)
    inside = table["kind"].isin(["proportion"]).to_numpy()
    exempt = is_national if policy.exempt_england else np.zeros(len(table), dtype=bool)
    return inside & (rest >= 1) & (rest <= policy.threshold) & ~exempt


def _refuse_recoverable(
    table: pd.DataFrame, hidden: dict[str, np.ndarray[Any, Any]], policy: Disclosure
) -> None:
    """Every hidden count must keep enough possible values, given its total for England."""
    reasons: list[str] = []
    work = table.reset_index(drop=True)
    for name, cells in hidden.items():
        for key, rows in work.groupby(["indicator", "period"]):
            national = rows[rows["org_code"] == ENGLAND]
            below = rows[(rows["org_level"] != "england") & ~rows["org_code"].isin(OUTSIDE_ENGLAND)]
            if national.empty or not cells[below.index].any() or national[name].isna().all():
                continue
            lows, highs = _possible(below, name, cells, policy)
            total_low, total_high = _possible(national, name, cells, policy)
            slack_low = total_low.sum() - (highs.sum() - highs)
            slack_high = total_high.sum() - (lows.sum() - lows)
            width = np.minimum(highs, slack_high) - np.maximum(lows, slack_low) + 1
            exposed = cells[below.index] & (width < FEWEST_POSSIBLE_VALUES)
            reasons += [f"{key[0]} {key[1]} {code} {name}" for code in below["org_code"][exposed]]
    if reasons:
        raise DisclosureError(
            "suppressed counts could be worked out from England's total; released nothing. "
            f"Cells: {'; '.join(reasons)}"
        )


def _possible(
    rows: pd.DataFrame, name: str, cells: np.ndarray[Any, Any], policy: Disclosure
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The lowest and highest count that each released cell could stand for."""
    values = rows[name].astype("Int64").fillna(0).to_numpy(dtype=np.int64)
    exempt = (rows["org_level"] == "england").to_numpy() & policy.exempt_england
    rounded = (2 * values + policy.base) // (2 * policy.base) * policy.base
    reach = (policy.base - 1) // 2
    low = np.where(exempt, values, np.maximum(0, rounded - reach))
    high = np.where(exempt, values, rounded + reach)
    is_hidden = cells[rows.index]
    is_small = is_hidden & (values <= policy.threshold)
    low = np.where(is_small, 0 if policy.hide_zeros else 1, low)
    high = np.where(is_small, policy.threshold, high)
    # A numerator hidden for its small rest lies just below its denominator.
    whole = rows["denominator"].astype("Int64").fillna(0).to_numpy(dtype=np.int64)
    low = np.where(is_hidden & ~is_small, whole - policy.threshold, low)
    high = np.where(is_hidden & ~is_small, whole - 1, high)
    return low, high
