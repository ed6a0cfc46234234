"""Printed counts: numerators and denominators of a publisher, by organisation and period.

Counted files enter here, past the rules. What a publisher suppressed or left out stays so: a sum
that lacks a part is no number, and its `mark` says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.errors import InputError, Problem
from nhsind.geography import LEVELS
from nhsind.periods import Period
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED

FIGURES = ["numerator", "denominator"]
SLACKS = ["numerator_slack", "denominator_slack"]
# Whose figures are added up to a level above them: the most detailed that are printed.
ADDED_UP = tuple(LEVELS[:-1])
# From rows and the level that they are printed at to rows of the organisations asked for.
Placing = Callable[[pd.DataFrame, str], pd.DataFrame]
# What a publisher hides outweighs what it lacks.
MARKS = (SUPPRESSED, NOT_AVAILABLE)


def levels_printed(counts: pd.DataFrame, indicator: Indicator | None = None) -> list[str]:
    """The levels that counts (of a line) are printed at, the most detailed first."""
    rows = counts if indicator is None else counts[counts["indicator"] == indicator.own_code]
    held = set(rows["org_level"].unique())
    return [level for level in LEVELS if level in held]


def printed_counts(
    counts: pd.DataFrame,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    place: str,
    placed: Placing,
    also_by: tuple[str, ...] = (),
    adds_up: bool | str = False,
) -> tuple[pd.DataFrame, list[str], str]:
    """Counts of the level asked, or of one below it, with the organisations and level found.

    `placed` gives rows of a level the organisations that they are added up to. `adds_up`: of a
    level below, or of the one named, also where the level itself is printed. Raises InputError
    where no level will do.
    """
    held = levels_printed(counts, indicator)
    below = [] if level in ("ccg", "provider") else ADDED_UP[: LEVELS.index(level)]
    wanted: list[str] = [*below, level] if adds_up else [level, *below]
    wanted = [adds_up, level] if isinstance(adds_up, str) else wanted
    given = next((name for name in wanted if name in held), None)
    if given is None:
        text = f"has no figures of {indicator.code} at level {level}"
        raise InputError(Problem(place, text, allowed=", ".join(held)))
    rows = counts[counts["org_level"] == given]
    mine = rows[rows["indicator"] == indicator.own_code]
    keys = ["org_code", *also_by]
    held_as_asked = {str(period) for period in periods} & set(mine["period"].unique())
    # Most are printed as they are asked for: those are taken at once.
    chosen = placed(mine[mine["period"].isin(held_as_asked)], given)
    parts = [sum_marked(chosen, [*keys, "period"])]
    parts += [
        _of_period(
            mine, indicator, period=period, keys=keys, placed=lambda rows: placed(rows, given)
        )
        for period in periods
        if str(period) not in held_as_asked
    ]
    present = sorted(rows["org_code"].unique())
    return pd.concat(parts, ignore_index=True), present, given


def parts_held(held: set[str], indicator: Indicator, period: Period) -> list[str] | None:
    """The printed periods that make up a period: itself, its months, or its quarters; or None."""
    months = indicator.months_of(period)
    ways = [[period], months]
    # A snapshot is taken at one day: its quarter is its last month's or nothing.
    if indicator.period_rule != "snapshot" and period.kind == "year":
        ways.append(list(dict.fromkeys(month.quarter for month in months)))
    for way in ways:
        names = [str(part) for part in way]
        if all(name in held for name in names):
            return names
    return None


def sum_marked(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums of printed counts by `keys`; one that lacks a part is missing, and marked."""
    if not rows.duplicated(keys).any():
        return rows[[*keys, *FIGURES, "mark", *SLACKS]].reset_index(drop=True)
    grouped = rows.groupby(keys, as_index=False, sort=True)
    added = grouped[SLACKS].sum()
    for name in FIGURES:
        added[name] = grouped[name].agg(_whole_sum)[name]
    added["mark"] = grouped["mark"].agg(_worst)["mark"]
    return added[[*keys, *FIGURES, "mark", *SLACKS]]


def _of_period(
    rows: pd.DataFrame,
    indicator: Indicator,
    *,
    period: Period,
    keys: list[str],
    placed: Callable[[pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:
    """The printed counts of a period, added up from what it is printed in."""
    names = parts_held(set(rows["period"].unique()), indicator, period) or []
    chosen = rows[rows["period"].isin(names)]
    chosen = placed(chosen.assign(part=chosen["period"], period=str(period)))
    added = sum_marked(chosen, keys)
    if len(names) > 1:
        # An organisation that is not printed in every part has no figure of the whole; the one
        # above it has: a provider that opens or closes within a year is no gap in England.
        printed_in = chosen.groupby("org_code")["part"].nunique()
        partly = added["org_code"].map(printed_in) < len(names)
        added.loc[partly, "mark"] = added.loc[partly, "mark"].replace("", NOT_AVAILABLE)
        added.loc[partly, FIGURES] = None
    return added.assign(period=str(period))


def _whole_sum(values: pd.Series[Any]) -> Any:
    """The exact sum of whole numbers and Decimals; missing if one is."""
    total: Any = 0
    for value in values:
        if pd.isna(value):
            return None
        total += value
    return total


def _worst(marks: pd.Series[Any]) -> str:
    return next((mark for mark in MARKS if (marks == mark).any()), "")
