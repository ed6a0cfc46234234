"""What printed values and verdicts leave of the counts behind them.

A percentage, a rate, a mean and whether a standard or plan is met are of the true counts: they
rule out some of the counts that the rule would show like the printed ones. Ranges and intervals are
made of the shown counts alone and rule out nothing.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.derivation.figures import as_floats
from nhsind.release.aims import plans_of, standards_of
from nhsind.release.possible import FINEST_PLACES
from nhsind.release.protection import Array, protect
from nhsind.release.sets import Sets, Truth, Whole, ratio_of, sets_behind

FIGURES = ("numerator", "denominator")
# By figure: the least and the most that each row's count can be; NaN where nothing is ruled out.
Left = dict[str, tuple[Array, Array]]
# More digits than a value is ever printed with, and a count that is higher than any hidden one.
MOST_PLACES = 6
HIGHEST_HIDDEN = 2_000


def left_by_what_is_printed(frame: pd.DataFrame, family: Family, policy: Disclosure) -> Left:
    """The counts of a table of released figures that fit its values and verdicts.

    A row that fits nothing was not printed by the rule, and is left alone.
    """
    none = np.full((2, len(FIGURES), len(frame)), np.nan)
    low, high = none
    if policy.rule == "suppress":
        frame = frame.reset_index(drop=True)
        says = frame[["value", "meets_standard", "meets_plan"]].notna().any(axis="columns")
        for code, rows in frame[says].groupby("indicator", sort=False):
            line = family.indicators[str(code)]
            if not line.numerator.public:
                for some, sets in _sets_of(rows, line, policy):
                    fits = sets.valid & _fits(sets, some, line, policy)
                    _leave(low, high, some, sets=sets, fits=fits)
    return {name: (low[place], high[place]) for place, name in enumerate(FIGURES)}


def _leave(low: Array, high: Array, rows: pd.DataFrame, *, sets: Sets, fits: Truth) -> None:
    """Note the least and the most of each row's counts in the pairs that fit."""
    tells = fits.any(axis=(1, 2)) & (fits != sets.valid).any(axis=(1, 2))
    for place, counts in enumerate((sets.numerators, sets.denominators)):
        if place and counts.max() < 0:
            continue  # no denominator, or a published one, in which nobody is counted
        every = np.broadcast_to(counts, fits.shape)
        at = rows.index[tells]
        low[place, at] = np.where(fits, every, np.inf).min(axis=(1, 2))[tells]
        high[place, at] = np.where(fits, every, -np.inf).max(axis=(1, 2))[tells]


def _sets_of(
    rows: pd.DataFrame, line: Indicator, policy: Disclosure
) -> list[tuple[pd.DataFrame, Sets]]:
    """The pairs behind the rows whose counts are shown; and behind each other row by itself."""
    shown = rows["numerator"].notna()
    if line.denominator is not None:
        shown &= rows["denominator"].notna()
    found = [(rows[shown], sets_behind(rows[shown], line, policy))] if shown.any() else []
    hidden = rows[~shown]
    alone = [hidden.iloc[[place]] for place in range(len(hidden))]
    return found + [(row, _sets_behind_hidden(row, line, policy)) for row in alone]


def _sets_behind_hidden(row: pd.DataFrame, line: Indicator, policy: Disclosure) -> Sets:
    """The pairs behind a row of which a count is hidden or withheld: any number, within reason."""
    has_whole = line.denominator is not None and not line.denominator.public
    part, whole = (row[name].iloc[0] for name in FIGURES)
    parts = _around(part, policy)
    wholes = _around(whole, policy) if has_whole else np.array([-1])
    numerators, denominators = parts[None, :, None], wholes[None, None, :]
    shape = (1, len(parts), len(wholes))
    every = [np.broadcast_to(each, shape).ravel() for each in (numerators, denominators)]
    given = protect(
        *every,
        policy=policy,
        is_national=np.full(every[0].size, row["org_level"].iloc[0] == "england"),
        inside=np.full(every[0].size, line.kind == "proportion"),
    )
    valid = np.ones(shape, dtype=bool)
    for count, counts in ((part, given[0]), (whole if has_whole else None, given[1])):
        if not pd.isna(count):
            valid &= (counts == int(count)).reshape(shape)
    if line.kind == "proportion" and has_whole:
        valid &= numerators <= denominators
    close = np.zeros(1, dtype=bool)
    return Sets(numerators, denominators, valid, *ratio_of(row, line, denominators), close)


def _around(count: object, policy: Disclosure) -> Whole:
    if pd.isna(count):  # type: ignore[call-overload]
        return np.arange(HIGHEST_HIDDEN)
    shown = int(count)  # type: ignore[call-overload]
    return np.arange(max(0, shown - policy.base), shown + policy.base + 1)


def _fits(sets: Sets, rows: pd.DataFrame, line: Indicator, policy: Disclosure) -> Truth:
    """Which of the pairs behind each row would be printed with its value and verdicts."""
    fits = np.ones(sets.valid.shape, dtype=bool)
    judged = rows.assign(status=Status.OK)
    if any(f"standard_{name}" not in rows for name in line.standard_from):
        # What an organisation's own standard is made of is not printed.
        judged = judged.assign(standard=np.nan)
    beside: list[Whole] = []
    for name, aims in (
        ("meets_standard", standards_of(judged, judged, line, policy)),
        ("meets_plan", plans_of(judged, line)),
    ):
        verdicts = rows[name].astype("boolean")
        told = [
            None if pd.isna(verdict) else aim for aim, verdict in zip(aims, verdicts, strict=True)
        ]
        answers = np.zeros(sets.valid.shape, dtype=np.int64)
        for operator in {aim.operator for aim in told if aim is not None}:
            mine = np.array([aim is not None and aim.operator == operator for aim in told])
            of, own = sets.of(mine), [aim for aim in told if aim and aim.operator == operator]
            low, high = (
                of.meets([getattr(aim, end) for aim in own], operator)
                for end in ("lowest", "highest")
            )
            met = verdicts[mine].to_numpy(dtype=bool)[:, None, None]
            fits[mine] &= (low == met) | (high == met)
            answers[mine] = low
        beside.append(answers)
    return fits if line.is_count else fits & _valued(sets, rows, line, beside)


def _valued(sets: Sets, rows: pd.DataFrame, line: Indicator, beside: list[Whole]) -> Truth:
    """Which of the pairs behind each row round to its printed value."""
    fits = np.ones(sets.valid.shape, dtype=bool)
    scale = 100 if line.is_share else 1
    values = as_floats(rows["value"])
    printed = [
        None if np.isnan(value) else Fraction(str(value)) * scale for value in values.tolist()
    ]
    places = np.array([_places_of(value) for value in printed])
    # Whole ones may be printed with a nought after the point: as finely as may be told.
    finest = 10**FINEST_PLACES * scale
    whole = np.array([value is not None for value in printed]) & (places == 0)
    if "value_places" in rows:
        known = as_floats(rows["value_places"])
        places = np.where(np.isnan(known), places, np.maximum(known, places)).astype(int)
    elif whole.any():
        of = sets.of(whole)
        finer = of.may_tell(*(each[whole] for each in beside), of.rounded(finest))
        places[whole] = np.where(finer & ~of.agrees(of.rounded(scale)), FINEST_PLACES, 0)
    for digits in set(places.tolist()):
        mine = (places == digits) & np.array([value is not None for value in printed])
        if mine.any():
            steps = 10**digits
            wanted = [round(value * steps) for value in printed if value is not None]
            at = np.cumsum([value is not None for value in printed])[mine] - 1
            given = sets.of(mine).rounded(steps * scale)
            fits[mine] &= given == np.array(wanted, dtype=np.int64)[at][:, None, None]
    return fits


def _places_of(value: Fraction | None) -> int:
    """The digits after the point that a value is printed with at least."""
    if value is None:
        return 0
    return next((n for n in range(MOST_PLACES) if (value * 10**n).denominator == 1), MOST_PLACES)
