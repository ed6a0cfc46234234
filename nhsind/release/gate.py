"""The gate between confidential and published numbers.

`Raw` holds figures derived from records and cannot be printed or written. `release` applies the
family's disclosure policy and gives `Released`, the only thing that charts, tables, sentences
and files take. Of a rounded count only what is true of the exact figure is told, and only what the
shown counts allow to be told (`telling`).

Each number is a number, or a mark (`definitions.statuses.Mark`) stands in its place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.statuses import Mark, Status
from nhsind.derivation.figures import whole_if_all_are
from nhsind.derivation.values import NO_CASES, value_columns, verdict_columns
from nhsind.release.confidential import Raw, Released
from nhsind.release.contributions import telling_sums
from nhsind.release.ledger import NOTHING, Earlier
from nhsind.release.printed import left_by_what_is_printed
from nhsind.release.protection import HIDDEN, Array, protect
from nhsind.release.shown_cells import BASE_LEVELS
from nhsind.release.suppression import protect_together, with_notes
from nhsind.release.telling import PRECISION, with_what_may_be_told
from nhsind.release.unknowns import Above

FIGURES = ("numerator", "denominator")
# The columns of what organisations' own standards are made of begin so.
OWN_STANDARD = "standard_"
# Marks of figures of which the data hold no number.
NOTHING_HELD = (Status.NOT_AVAILABLE, Status.NOT_COVERED)
HIDES_OR_LACKS = (Mark.SUPPRESSED, Mark.NOT_AVAILABLE)


def release(
    raw: Raw,
    family: Family,
    *,
    policy: Disclosure,
    above: Above | None = None,
    earlier: Earlier = NOTHING,
) -> Released:
    """Release an output table (contract, section 4) under a policy.

    `above`: who is in whom; `earlier`: what was released before (`suppression`).

    Counts are suppressed and rounded, and further ones withheld where they would tell a small one
    (`suppression`); value, interval, standard and plan verdicts are what may be told of what is
    left (`telling`); the value is `[c]` (status `suppressed`) where a count is hidden or the counts
    are too coarse for it. Adds the columns `numerator_mark`, `denominator_mark`, `value_mark` and
    those of `telling.PRECISION`.
    """
    true = raw._open().reset_index(drop=True)
    shown = _with_shown_counts(true, family, policy)
    is_close = np.zeros(len(true), dtype=bool)
    if policy.rule != "suppress":
        exact = _with_no_denominators(shown)
        return Released(
            _with_values(exact, true, family=family, policy=policy, is_close=is_close), policy
        )
    together = protect_together(
        shown, _is_whole(true), family=family, policy=policy, above=above or {}, earlier=earlier
    )
    shown = _with_no_denominators(together.table)
    # What is printed of rounded counts is looked at like them: close to a hidden one nothing is
    # told that any of the counts denies, and what still narrows one is not told either.
    is_close |= together.is_close
    while True:
        table = _with_values(shown, true, family=family, policy=policy, is_close=is_close)
        telling = together.telling_rows(left_by_what_is_printed(table, family, policy))
        if not (telling & ~is_close).any():
            break
        is_close |= telling
    sums = telling_sums(true, family, policy)
    return Released(with_notes(table, together.withheld, sums, together.refused), policy)


def _with_shown_counts(true: pd.DataFrame, family: Family, policy: Disclosure) -> pd.DataFrame:
    """The counts that a policy shows, and the marks of those that it or the publisher hides."""
    suppresses = policy.rule == "suppress"
    # The spread of a mean is no released figure.
    table = true.drop(columns="squares", errors="ignore") if suppresses else true
    shown = _protected(true, family, policy) if suppresses else {}
    by_publisher = true.get("mark", pd.Series("", index=true.index)).fillna("")
    marks = {}
    for name in FIGURES:
        values, hidden = shown.get(name, (true[name], np.zeros(len(true), dtype=bool)))
        missing = values.isna().to_numpy()
        hidden = hidden | (missing & (by_publisher == Status.SUPPRESSED).to_numpy())
        lacking = missing & by_publisher.isin(NOTHING_HELD).to_numpy()
        marks[f"{name}_mark"] = np.select([hidden, lacking], [*HIDES_OR_LACKS], "")
    own = _own_standards(true, family, policy) if suppresses else {}
    return table.assign(**{name: values for name, (values, _) in shown.items()}, **own, **marks)


def _protected(
    true: pd.DataFrame, family: Family, policy: Disclosure
) -> dict[str, tuple[pd.Series[Any], Array]]:
    """Each figure as a suppressing policy shows it, and where it is hidden."""
    public = {name: _is_public(true, family, name) for name in FIGURES}
    numerators, denominators = (_whole(true[name].mask(public[name])) for name in FIGURES)
    pair = protect(
        numerators,
        denominators,
        policy=policy,
        is_national=(true["org_level"] == "england").to_numpy(),
        inside=(true["kind"] == "proportion").to_numpy(),
    )
    found = {}
    for name, counts in zip(FIGURES, pair, strict=True):
        kept = true[name].isna().to_numpy() | public[name]
        hidden = (counts == HIDDEN) & ~kept
        if name == "numerator":
            hidden |= telling_sums(true, family, policy)
        shown = pd.Series(counts, index=true.index, dtype="Int64").mask(hidden)
        found[name] = whole_if_all_are(shown.astype(object).where(~kept, true[name])), hidden
    return found


def _own_standards(
    true: pd.DataFrame, family: Family, policy: Disclosure
) -> dict[str, pd.Series[Any]]:
    """Counts of patients that standards are made of and printed with, hidden and rounded too.

    Only organisations' own: of totals nothing is told, since no audit holds them against these.
    """
    found = {}
    no = np.zeros(len(true), dtype=bool)
    is_national = (true["org_level"] == "england").to_numpy()
    for name in (each for each in true.columns if each.startswith(OWN_STANDARD)):
        public = _is_public(true, family, name)
        is_total = ~true["org_level"].isin(BASE_LEVELS).to_numpy() & ~public
        # A count of patients in parts of one is as telling as the nearest whole one.
        nearest = [pd.NA if pd.isna(value) else round(value) for value in true[name].mask(public)]
        counts = _whole(pd.Series(nearest, index=true.index, dtype="Int64"))
        values, _ = protect(
            counts, np.full(len(true), -1), policy=policy, is_national=is_national, inside=no
        )
        shown = pd.Series(values, index=true.index, dtype="Int64").mask((values < 0) | is_total)
        found[name] = whole_if_all_are(shown.astype(object).where(~public, true[name]))
    return found


def _with_no_denominators(table: pd.DataFrame) -> pd.DataFrame:
    """With the mark that a count has no denominator."""
    is_count = table["kind"] == "count"
    marks = table["denominator_mark"].mask(is_count, Mark.NOT_APPLICABLE)
    return table.assign(denominator_mark=marks)


def _with_values(
    table: pd.DataFrame, true: pd.DataFrame, *, family: Family, policy: Disclosure, is_close: Array
) -> pd.DataFrame:
    """With the values, intervals and verdicts that may be told, and the value's mark.

    `is_close`: the rows of which only what all counts behind them agree on is told.
    """
    parts = []
    for code, rows in table.groupby("indicator", sort=False):
        part = rows.copy()
        line = family.indicators[str(code)]
        part = part.assign(**value_columns(part, line))
        part = part.assign(**verdict_columns(part, line))
        parts.append(
            with_what_may_be_told(
                part,
                true.loc[part.index],
                line=line,
                policy=policy,
                is_close=is_close[part.index],
            )
        )
    nothing_told = dict.fromkeys(PRECISION, np.nan)
    table = pd.concat(parts).sort_index() if parts else table.assign(**nothing_told)
    is_coarse = table["status"] == Status.SUPPRESSED
    hidden = (table[[f"{name}_mark" for name in FIGURES]] == Mark.SUPPRESSED).any(axis="columns")
    table.loc[hidden, "status"] = Status.SUPPRESSED
    if policy.rule == "suppress":
        # Why there is nothing may tell how many records there are.
        table.loc[table["note"].str.startswith(NO_CASES), "note"] = NO_CASES
    # That there is nothing to divide by would say that a hidden count is 0.
    says_nothing_of_it = (table["note"] == "") | table["note"].str.startswith(NO_CASES)
    table.loc[hidden & says_nothing_of_it, "note"] = Mark.SUPPRESSED.meaning
    no_value = ~table["status"].isin([Status.OK, Status.PARTIAL])
    # Rounded counts can be too coarse for the value, and still tell an interval or a verdict.
    nothing = no_value & ~is_coarse
    table.loc[nothing, ["value", "ci_lower", "ci_upper"]] = np.nan
    table.loc[nothing, ["meets_standard", "meets_plan"]] = pd.NA
    table["value_mark"] = np.select(
        [hidden | is_coarse, table["status"] == Status.NO_CASES, no_value],
        [Mark.SUPPRESSED, Mark.NOT_APPLICABLE, Mark.NOT_AVAILABLE],
        "",
    )
    return table


def release_faults(raw: Raw, policy: Disclosure) -> Released:
    """Release the rows that are left out, by fault, without those of few.

    That a fault stands there with a hidden number would say that the number is not 0.
    """
    table = raw._open().copy()
    no = np.zeros(len(table), dtype=bool)
    counts = _whole(table["rows"])
    values, _ = protect(counts, np.full(len(table), -1), policy=policy, is_national=no, inside=no)
    table["rows"] = pd.Series(values, index=table.index, dtype="Int64")
    return Released(table[values != HIDDEN].reset_index(drop=True), policy)


def release_steps(raw: Raw, policy: Disclosure) -> Released:
    """Release the units that each rule leaves out: all, or none where the policy suppresses.

    Steps add up to numerator and denominator, so any of them would help to undo a suppression, and
    which rules left anybody out tells of single people: there is then no row either.
    """
    table = raw._open().copy()
    if not shows_steps(policy):
        table = table.iloc[:0]
    return Released(table.assign(units_mark=""), policy)


def shows_steps(policy: Disclosure) -> bool:
    """Whether a policy lets the units be shown that each rule leaves out."""
    return policy.rule != "suppress"


def _is_whole(true: pd.DataFrame) -> Array:
    """The rows that have all their figures for the whole period."""
    is_whole = true["numerator"].notna()
    if "mark" in true:
        is_whole &= true["mark"].fillna("") == ""
    found: Array = (is_whole & ((true["kind"] == "count") | true["denominator"].notna())).to_numpy()
    return found


def _is_public(table: pd.DataFrame, family: Family, name: str) -> Array:
    """The cells that hold a published figure, such as a population, and no count of patients."""
    public = {
        code: name in line.measures and line.measures[name].public
        for code, line in family.indicators.items()
    }
    return table["indicator"].map(public).to_numpy(dtype=bool)


def _whole(counts: pd.Series[Any]) -> Array:
    return counts.astype("Int64").fillna(-1).to_numpy(dtype=np.int64)
