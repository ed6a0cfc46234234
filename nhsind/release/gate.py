"""The gate between confidential and published numbers.

`Raw` holds figures derived from records and cannot be printed or written. `release` applies the
family's disclosure policy and gives `Released`, the only thing that charts, tables, sentences
and files take. Every derived number (value, interval, verdict) is computed anew from the
released counts, so nothing shown says more than they do.

Each number is a number, or a mark (`definitions.statuses.Mark`) stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from nhsind.definitions.definition import Disclosure, Family
from nhsind.definitions.statuses import Mark, Status
from nhsind.derivation.values import judge_table, value_table, whole_if_all_are
from nhsind.errors import DisclosureError
from nhsind.geography import OUTSIDE_ENGLAND

Array = np.ndarray[Any, Any]
# Stands for a suppressed count in an array; never shown, written or added.
HIDDEN = -9
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
    inside = (table["kind"] == "proportion").to_numpy()
    hidden = {name: np.zeros(len(table), dtype=bool) for name in ("numerator", "denominator")}
    if policy.rule == "suppress":
        public = {name: _is_public(table, family, name) for name in hidden}
        counts = [_whole(table[name].mask(public[name])) for name in hidden]
        shown = protect(counts[0], counts[1], policy, is_national, inside)
        for name, values in zip(hidden, shown, strict=True):
            missing = table[name].isna().to_numpy() | public[name]
            hidden[name] = (values == HIDDEN) & ~missing
            protected = pd.Series(values, dtype="Int64").mask(hidden[name])
            table[name] = protected.astype(object).where(~missing, table[name])
            table[name] = whole_if_all_are(table[name])
        # The spread of a mean is no released figure.
        table = table.drop(columns="squares", errors="ignore")
    by_publisher = table.get("mark", pd.Series("", index=table.index)).fillna("")
    for name, cells in hidden.items():
        missing = table[name].isna().to_numpy()
        cells |= missing & (by_publisher == Status.SUPPRESSED).to_numpy()
        table[f"{name}_mark"] = np.select(
            [cells, missing & (by_publisher == Status.NOT_AVAILABLE).to_numpy()],
            [Mark.SUPPRESSED, Mark.NOT_AVAILABLE],
            "",
        )
    if policy.rule == "suppress":
        _refuse_recoverable(*_of_patients(table, raw._open(), family), policy)
    is_count = (table["kind"] == "count").to_numpy()
    table.loc[is_count, "denominator_mark"] = Mark.NOT_APPLICABLE
    any_hidden = hidden["numerator"] | (hidden["denominator"] & ~is_count)
    parts = []
    for code, rows in table.groupby("indicator", sort=False):
        part = rows.copy()
        line = family.indicators[str(code)]
        value_table(part, line)
        judge_table(part, line)
        parts.append(part)
    table = pd.concat(parts).sort_index() if parts else table
    table.loc[any_hidden, "status"] = Status.SUPPRESSED
    no_value = (table["status"] != Status.OK).to_numpy()
    for name in ("value", "ci_lower", "ci_upper"):
        table.loc[no_value, name] = np.nan
    table.loc[no_value, ["meets_standard", "meets_plan"]] = pd.NA
    table["value_mark"] = np.select(
        [any_hidden, (table["status"] == Status.NO_CASES).to_numpy(), no_value],
        [Mark.SUPPRESSED, Mark.NOT_APPLICABLE, Mark.NOT_AVAILABLE],
        "",
    )
    return Released(table, policy)


def release_counts(raw: Raw, columns: list[str], policy: Disclosure) -> Released:
    """Release a table of plain counts (attrition, data quality): hidden ones become missing."""
    table = raw._open().copy()
    for name in columns:
        no = np.zeros(len(table), dtype=bool)
        counts = _whole(table[name])
        values, _ = protect(counts, np.full(len(table), -1), policy, no, no)
        hidden = values == HIDDEN
        table[name] = pd.Series(values, index=table.index, dtype="Int64").mask(hidden)
        table[f"{name}_mark"] = np.where(hidden, Mark.SUPPRESSED, "")
    return Released(table, policy)


def release_steps(raw: Raw, policy: Disclosure) -> Released:
    """Release the units that each rule leaves out: all, or none where the policy suppresses.

    Steps add up to numerator and denominator, so any of them would help to undo a suppression.
    """
    table = raw._open().copy()
    if policy.rule == "suppress":
        table["units"] = pd.array([pd.NA] * len(table), dtype="Int64")
    table["units_mark"] = Mark.SUPPRESSED if policy.rule == "suppress" else ""
    return Released(table, policy)


def protect(
    numerator: Array, denominator: Array, policy: Disclosure, is_national: Array, inside: Array
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


def _of_patients(
    shown: pd.DataFrame, true: pd.DataFrame, family: Family
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The shown and the true table with counts of patients only: the rest is known to all."""
    shown, true = shown.copy(), true.reset_index(drop=True)
    for name in ("numerator", "denominator"):
        public = _is_public(shown, family, name)
        for table in (shown, true):
            table[name] = table[name].mask(public).astype("Int64")
    counted = shown["numerator"].notna() | (shown["numerator_mark"] == Mark.SUPPRESSED)
    return shown[counted], true[counted]


def _is_public(table: pd.DataFrame, family: Family, name: str) -> Array:
    """The cells that hold a published figure, such as a population, and no count of patients."""
    public = {
        code: name in line.measures and line.measures[name].public
        for code, line in family.indicators.items()
    }
    return table["indicator"].map(public).to_numpy(dtype=bool)


def _whole(counts: pd.Series[Any]) -> Array:
    return counts.astype("Int64").fillna(-1).to_numpy(dtype=np.int64)


def _refuse_recoverable(table: pd.DataFrame, true: pd.DataFrame, policy: Disclosure) -> None:
    """Every hidden count must keep enough possible values for whoever knows the rule.

    Each pair of counts could be any that the policy shows as it is shown; the organisations'
    counts add up to England's, unless England's hold more than is shown.
    """
    enough = min(FEWEST_POSSIBLE_VALUES, policy.threshold + (1 if policy.hide_zeros else 0))
    exposed: list[str] = []
    for key, rows in table.groupby(["indicator", "period"]):
        national = rows[rows["org_level"] == "england"]
        below = rows[(rows["org_level"] != "england") & ~rows["org_code"].isin(OUTSIDE_ENGLAND)]
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
