"""What may be told of rounded counts: value, interval and verdicts, each true of the exact figure.

A shown pair of counts stands for all true pairs that the policy would show like it. A verdict is
told where all of them agree, or where each verdict that there could be leaves enough of them; a
value is printed to as many digits as leave enough, and else is the range that the counts allow.
Whether something is told depends on the shown counts alone, so that its absence tells nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.derivation.figures import as_exact, as_floats
from nhsind.release.aims import Aim, plans_of, standards_of
from nhsind.release.possible import COARSEST_PLACES, FINEST_PLACES
from nhsind.release.sets import Sets, Truth, Whole, sets_behind
from nhsind.statistics.intervals import LEVEL_OF_MANY, poisson, proportion_of_many, wilson

TOO_COARSE = "the published counts are too coarse to tell"
# What a released row says further of a rounded figure. `value_places`: the digits after the point
# that its value is read with (a share as a percentage); `value_lowest`, `value_highest`: the range
# that the counts allow, rounded outwards; `ci_lower_most`, `ci_upper_least`: what lies inside the
# interval whatever the counts are, as the interval lies inside `ci_lower` to `ci_upper`; `wide_`:
# the same of the interval of one of many (`intervals.LEVEL_OF_MANY`).
PRECISION = (
    "value_places",
    "value_lowest",
    "value_highest",
    "ci_lower_most",
    "ci_upper_least",
    "wide_lower",
    "wide_upper",
    "wide_lower_most",
    "wide_upper_least",
)
# The digits after the point of a range.
PLACES_OF_A_RANGE = 1

# How a note tells the range of a value.
LIES_BETWEEN = "the value, which lies between"
RANGE = re.compile(rf"{LIES_BETWEEN} (.+?) and (.+?)(?:, or |; |$)")

Numbers = NDArray[np.float64]


def range_told(note: str) -> str:
    """`53.4% to 55.0%`: the range of a value that a released row's note tells; else empty."""
    found = RANGE.search(note)
    return f"{found[1]} to {found[2]}" if found else ""


def with_what_may_be_told(
    shown: pd.DataFrame,
    true: pd.DataFrame,
    *,
    line: Indicator,
    policy: Disclosure,
    is_close: Truth,
) -> pd.DataFrame:
    """The released rows of a line, those with rounded counts with what may be told of them.

    `shown`: with values and verdicts of the shown counts, which stand where nothing is rounded;
    `true`: the same rows with their true counts. `is_close`: the rows from which a hidden count
    would be worked out, of which only what all pairs agree on is told.
    """
    shown = shown.assign(**dict.fromkeys(PRECISION, np.nan))
    known = shown["status"].isin([Status.OK, Status.PARTIAL]) & shown["numerator"].notna()
    if line.denominator is not None:
        known &= shown["denominator"].notna()
    if policy.rule != "suppress" or line.numerator.public or not known.any():
        return shown
    sets = sets_behind(shown[known], line, policy, is_close[known.to_numpy()])
    rounded = shown.index[known][~sets.is_exact]
    if not len(rounded):
        return shown
    told = _told(
        shown.loc[rounded],
        true.loc[rounded],
        sets=sets.of(~sets.is_exact),
        line=line,
        policy=policy,
    )
    for name in told:
        shown.loc[rounded, name] = told[name]
    return shown


def _told(
    rows: pd.DataFrame, true: pd.DataFrame, *, sets: Sets, line: Indicator, policy: Disclosure
) -> pd.DataFrame:
    """What stands in rounded rows in place of what their shown counts would give."""
    actual = _true_values(true, line)
    told = pd.DataFrame(index=rows.index)
    beside: list[Whole] = []
    coarse: list[list[str]] = [[] for _ in actual]
    both = [standards_of(rows, true, line, policy), plans_of(rows, line)]
    for name, aims in zip(("standard", "plan"), both, strict=True):
        answers, may_tell = _verdicts(sets, aims, beside)
        beside.append(answers)
        verdicts = [
            aim.is_met_by(value) if aim is not None and may else pd.NA
            for aim, value, may in zip(aims, actual, may_tell, strict=True)
        ]
        told[f"meets_{name}"] = pd.array(verdicts, dtype="boolean")
        for place, aim in enumerate(aims):
            if aim is not None and not may_tell[place]:
                coarse[place].append(f"whether the {name} is met")
    values, places = _values(rows, actual, sets=sets, line=line, beside=beside, aims=both)
    lowest, highest, words = _ranges(sets, line)
    for place in np.flatnonzero(np.isnan(values)).tolist():
        coarse[place].insert(0, f"{LIES_BETWEEN} {words[place]}")
    least, most = _intervals(rows, sets, line)
    wide_least, wide_most = _intervals(rows, sets, line, of_many=True)
    # A part of a figure is told with its value or not at all.
    lacking = np.isnan(values) & (rows["status"] == Status.PARTIAL).to_numpy()
    for each in (*least, *most, *wide_least, *wide_most, lowest, highest):
        each[lacking] = np.nan
    return told.assign(
        value=values,
        ci_lower=least[0],
        ci_upper=most[1],
        ci_lower_most=most[0],
        ci_upper_least=least[1],
        wide_lower=wide_least[0],
        wide_upper=wide_most[1],
        wide_lower_most=wide_most[0],
        wide_upper_least=wide_least[1],
        value_places=places,
        value_lowest=lowest,
        value_highest=highest,
        status=rows["status"].mask(np.isnan(values), Status.SUPPRESSED),
        note=[
            "; ".join(filter(None, (note, f"{TOO_COARSE} {', or '.join(what)}" if what else "")))
            for note, what in zip(rows["note"], coarse, strict=True)
        ],
    )


def _verdicts(sets: Sets, aims: list[Aim | None], beside: list[Whole]) -> tuple[Whole, Truth]:
    """Whether each possible pair meets its row's aim, and the rows of which the true one is told.

    A limit that is itself not known exactly is met where its highest value is. Of rows without an
    aim, and of those of which nothing is told, all answers are alike.
    """
    answers = np.zeros(sets.valid.shape, dtype=np.int64)
    may_tell = np.zeros(len(aims), dtype=bool)
    for operator in {aim.operator for aim in aims if aim is not None}:
        mine = np.array([aim is not None and aim.operator == operator for aim in aims])
        of, own = sets.of(mine), [aim for aim in aims if aim and aim.operator == operator]
        low, high = (
            of.meets([getattr(aim, end) for aim in own], operator) for end in ("lowest", "highest")
        )
        is_fixed = np.array([aim.lowest == aim.highest for aim in own])
        # Where the limit is not known, all pairs must agree on either side of it.
        alike = of.agrees(low) & of.agrees(high) & (of.first(low) == of.first(high))
        told = np.where(is_fixed, of.may_tell(*(each[mine] for each in beside), low), alike)
        may_tell[mine] = told
        answers[mine] = np.where(told[:, None, None], low, 0)
    return answers, may_tell


def _values(
    rows: pd.DataFrame,
    actual: list[Fraction],
    *,
    sets: Sets,
    line: Indicator,
    beside: list[Whole],
    aims: list[list[Aim | None]],
) -> tuple[Numbers, Numbers]:
    """The values as finely as they may be told, and the digits after their points; or missing.

    A count is what is shown. Where the shown counts say better what the value is, their range is
    told instead (`_denied`): 220 of 5,036.8 is 4.3% to 4.5%, not 4%, which is below a standard
    of 4.2% that is met. Not of a part of a figure: it has no verdict, and is told with its
    value or not at all.
    """
    if line.is_count:
        return as_floats(rows["numerator"]), np.zeros(len(rows))
    values, places = np.full((2, len(rows)), np.nan)
    is_whole = (rows["status"] != Status.PARTIAL).to_numpy()
    for digits in range(FINEST_PLACES, COARSEST_PLACES - 1, -1):
        steps = 10**digits * _scale(line)
        answers = sets.rounded(steps)
        may_tell = np.isnan(values) & sets.may_tell(*beside, answers)
        whole = may_tell & is_whole
        where = np.flatnonzero(whole)
        if digits < PLACES_OF_A_RANGE and where.size:  # a range holds what has its own digits
            own = [[of[place] for of in aims] for place in where]
            may_tell[whole] = ~_denied(
                sets.of(whole), answers[whole], steps=steps, line=line, aims=own
            )
        for place in np.flatnonzero(may_tell):
            values[place] = float(Fraction(_half_up(actual[place] * steps), steps))
            places[place] = digits
    return values, places


def _denied(
    sets: Sets, answers: Whole, *, steps: int, line: Indicator, aims: list[list[Aim | None]]
) -> Truth:
    """The rows whose shown counts deny a value that could be told in steps of 1/`steps`.

    All their pairs round to one value, which their range does not hold; or all of them meet a limit
    that a value which some round to does not, or the other way round. `aims`: of each row.
    """
    of_range = 10**PLACES_OF_A_RANGE * _scale(line)
    lowest, highest = (each[:, None, None] for each in sets.range_of(of_range))
    told = answers * (of_range // steps)
    is_outside = ((told < lowest) | (told > highest)) & sets.valid
    denied = np.asarray(is_outside.any(axis=(1, 2)))
    of_one = sets.agrees(answers)
    for place in np.flatnonzero(denied & ~of_one).tolist():
        fixed = [aim for aim in aims[place] if aim is not None and aim.lowest == aim.highest]
        denied[place] = bool(fixed) and _are_denied(
            sets.of(np.arange(len(denied)) == place), answers[[place]], steps, fixed
        )
    return denied


def _are_denied(one: Sets, answers: Whole, steps: int, aims: list[Aim]) -> bool:
    """Whether all pairs of a row give a verdict on an aim that a value of some denies."""
    values = [Fraction(each, steps) for each in np.unique(answers[one.valid]).tolist()]
    met = [(aim, one.meets([aim.exact], aim.operator)) for aim in aims]
    verdicts = [(aim, bool(one.first(each)[0])) for aim, each in met if one.agrees(each).all()]
    return any(aim.is_met_by(value) != verdict for aim, verdict in verdicts for value in values)


def _ranges(sets: Sets, line: Indicator) -> tuple[Numbers, Numbers, list[str]]:
    """The lowest and the highest value that the shown counts allow, and both in words."""
    digits = 0 if line.is_count else PLACES_OF_A_RANGE
    steps = 10**digits * _scale(line)
    lowest, highest = sets.range_of(steps)
    sign = "%" if line.is_share else ""
    words = [
        " and ".join(f"{end / 10**digits:,.{digits}f}{sign}" for end in ends)
        for ends in zip(lowest.tolist(), highest.tolist(), strict=True)
    ]
    return lowest / steps, highest / steps, words


def _intervals(
    rows: pd.DataFrame, sets: Sets, line: Indicator, *, of_many: bool = False
) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """Over all possible pairs, the least lower and upper limit of the interval, and the most.

    `of_many`: of the interval for many comparisons. None of a mean, whose spread is not released.
    """
    if not line.has_interval or line.kind == "mean":
        nothing = np.full((4, len(rows)), np.nan)
        return (nothing[0], nothing[1]), (nothing[2], nothing[3])
    if line.kind == "proportion":
        parts, wholes = np.broadcast_arrays(sets.numerators, sets.denominators)
        interval = proportion_of_many if of_many else wilson
        ends = interval(np.where(sets.valid, parts, 0), np.where(sets.valid, wholes, 1))
    else:
        level = LEVEL_OF_MANY if of_many else 0.95
        lower, upper = poisson(np.maximum(sets.numerators, 0), level)
        times = (sets.times / sets.over).astype(float)
        ends = np.nan_to_num(lower) * times, upper * times
    return (
        (_least(ends[0], sets.valid), _least(ends[1], sets.valid)),
        (_most(ends[0], sets.valid), _most(ends[1], sets.valid)),
    )


def _least(values: Numbers, valid: Truth) -> Numbers:
    return np.asarray(np.where(valid, values, np.inf).min(axis=(1, 2)))


def _most(values: Numbers, valid: Truth) -> Numbers:
    return np.asarray(np.where(valid, values, -np.inf).max(axis=(1, 2)))


def _true_values(true: pd.DataFrame, line: Indicator) -> list[Fraction]:
    numerators = [as_exact(value) * line.per for value in true["numerator"]]
    if line.denominator is None:
        return numerators
    return [
        part / as_exact(whole) for part, whole in zip(numerators, true["denominator"], strict=True)
    ]


def _scale(line: Indicator) -> int:
    """What a value is multiplied by to be read."""
    return 100 if line.is_share else 1


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
