"""Laws that control charts obey for any series.

The series are noise with climbs, falls, levels, leaps and gaps in it, so that every rule is met and
nearly met. One law is that a plain reading of the rules in exact fractions, point by point, finds
the same. NHSIND_EXAMPLES=500 tries more of them, at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from common_laws import lawful
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.shewhart import p_chart, spc
from nhsind.statistics.signals import FLAGS, RULES

Series = list[Fraction | None]
MIRRORED = {
    "above_limits": "below_limits",
    "trend_up": "trend_down",
    "two_of_three_high": "two_of_three_low",
    "shift_high": "shift_low",
}
MIRRORED |= {low: high for high, low in MIRRORED.items()}
SWAPPED = {"improvement": "concern", "concern": "improvement", "": ""}

rule_sets = st.sampled_from(list(RULES))
# Multiples that floating point cannot hold, and shifts far from the values.
scales = st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(7), Fraction(10**6)])
shifts = st.sampled_from([Fraction(0), Fraction(1, 7), Fraction(-50), Fraction(10**5)])


@st.composite
def series(draw: st.DrawFn, gaps: bool = True) -> Series:
    """Fourteen points or more: noise, and pieces that the rules look for."""
    values: Series = []
    span, points = draw(st.sampled_from([2, 4, 20])), draw(st.integers(14, 30))
    kinds = [
        "noise",
        "noise",
        "noise",
        "climb",
        "fall",
        "level",
        "leap",
        *(["gap"] if gaps else []),
    ]
    while len(values) < points:
        length, base = draw(st.integers(3, 8)), draw(st.integers(0, span))
        match draw(st.sampled_from(kinds)):
            case "climb":
                piece = [base + step for step in range(length)]
            case "fall":
                piece = [base - step for step in range(length)]
            case "level":
                piece = [base + step % 2 for step in range(length)]
            case "leap":
                piece = [draw(st.sampled_from([-2, 2, 3])) * span for _ in range(length - 2)]
            case "gap":
                values.append(None)
                continue
            case _:
                piece = draw(st.lists(st.integers(0, span), min_size=length, max_size=length))
        values += map(Fraction, piece)
    return values


recalculations = st.lists(st.integers(1, 13), max_size=2, unique=True).map(sorted)


def drawn(
    values: Series,
    rules: str,
    starts: Sequence[int] = (),
    scale: Fraction = Fraction(1),
    shift: Fraction = Fraction(0),
    polarity: str = "higher",
    conflict: str = "improvement",
    screen: bool | None = None,
) -> ControlChart:
    moved = [None if value is None else float(value * scale + shift) for value in values]
    return spc(
        moved,
        None,
        polarity=polarity,
        rules=rules,
        exclude_outliers=screen,
        recalculate_at=starts,
        conflict=conflict,
    )


# A plain reading of the rules -------------------------------------------------------------------


def plain_lines(
    values: Series, rules: str, screen: bool, starts: Sequence[int]
) -> list[tuple[Fraction | None, Fraction | None]]:
    """Mean and half width of the limits at each point."""
    lines: list[tuple[Fraction | None, Fraction | None]] = []
    for start, end in zip([0, *starts], [*starts, len(values)], strict=True):
        part = values[start:end]
        pairs = zip([None, *part[:-1]], part, strict=True)
        ranges = [None if a is None or b is None else abs(b - a) for a, b in pairs]
        limit = Fraction("3.267") * (average(ranges) or 0)
        keeps = [True] * len(part)
        if screen and limit:
            on = rules == "ptd-0.2"
            keeps = [r is None or r < limit or (r == limit and not on) for r in ranges]
        kept = average([r for r, keep in zip(ranges, keeps, strict=True) if keep])
        if rules == "ptd-0.2":
            keeps = [True] * len(part)
        mean = average([v for v, keep in zip(part, keeps, strict=True) if keep])
        width = None if kept is None else Fraction("2.66") * kept
        lines += [(mean, width)] * len(part)
    return lines


def average(values: Series) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def plain_flags(
    values: Series, rules: str, screen: bool, starts: Sequence[int]
) -> list[tuple[str, ...]]:
    """The flags of each point, by looking at every window that it is in."""
    lines = plain_lines(values, rules, screen, starts)
    part = [sum(start <= place for start in starts) for place in range(len(values))]
    side, zone = [0] * len(values), [0] * len(values)
    for place, (value, (mean, width)) in enumerate(zip(values, lines, strict=True)):
        if value is not None and mean is not None:
            side[place] = (value > mean) - (value < mean)
            if width is not None:
                away = abs(value - mean)
                zone[place] = 3 if away > width else 2 if 3 * away > 2 * width else 1
    far = (2, 3) if rules == "mdc-2023" else (2,)
    found: list[set[str]] = [set() for _ in values]
    for first in range(len(values)):
        if zone[first] == 3:
            found[first].add("above_limits" if side[first] > 0 else "below_limits")
        three, seven = range(first, first + 3), range(first, first + 7)
        if three[-1] < len(values) and len({part[at] for at in three}) == 1:
            together = {side[at] for at in three} in ({1}, {-1})
            if together and sum(zone[at] in far for at in three) >= 2:
                name = "two_of_three_high" if side[first] > 0 else "two_of_three_low"
                for at in three:
                    found[at] |= {name} if zone[at] in far else set()
        if seven[-1] < len(values):
            apart = len({part[at] for at in seven}) > 1
            if not apart and {side[at] for at in seven} in ({1}, {-1}):
                name = "shift_high" if side[first] > 0 else "shift_low"
                for at in seven:
                    found[at].add(name)
            window = [value for value in values[first : first + 7] if value is not None]
            if len(window) == 7 and not (apart and rules == "ptd-0.2"):
                for name, ordered in (("trend_up", window), ("trend_down", window[::-1])):
                    if all(a < b for a, b in pairwise(ordered)):
                        for at in seven:
                            found[at].add(name)
    if sum(value is not None for value in values) < 15:
        return [()] * len(values)
    return [tuple(flag for flag in FLAGS if flag in flags) for flags in found]


@lawful(60)
@given(series(), rule_sets, st.booleans(), recalculations, scales, shifts)
def test_a_plain_reading_finds_the_same(
    values: Series,
    rules: str,
    screen: bool,
    starts: list[int],
    scale: Fraction,
    shift: Fraction,
) -> None:
    chart = drawn(values, rules, starts, scale, shift, screen=screen)
    assert list(chart.flags) == plain_flags(values, rules, screen, starts)
    lines = plain_lines(values, rules, screen, starts)
    means = [np.nan if mean is None else float(mean * scale + shift) for mean, _ in lines]
    np.testing.assert_allclose(chart.mean, means, rtol=1e-12, atol=1e-9)
    if chart.known.size >= 15:
        upper = [
            np.nan if mean is None or width is None else float((mean + width) * scale + shift)
            for mean, width in lines
        ]
        np.testing.assert_allclose(chart.upper_limit, upper, rtol=1e-12, atol=1e-9)


def test_every_flag_is_met_by_some_series() -> None:
    """The series are worth their name: none of the rules goes untried, nor a point with several."""
    met: set[str] = set()
    crowded = 0

    @settings(lawful(60), database=None, derandomize=True, max_examples=100)
    @given(series(), rule_sets)
    def look(values: Series, rules: str) -> None:
        nonlocal crowded
        chart = drawn(values, rules)
        met.update(flag for flags in chart.flags for flag in flags)
        crowded += sum(len(flags) > 1 for flags in chart.flags)

    look()
    assert met == set(FLAGS)
    assert crowded


# Laws -------------------------------------------------------------------------------------------


@lawful(60)
@given(series(), rule_sets, recalculations, scales, shifts)
def test_limits_move_with_the_series_and_flags_stay(
    values: Series, rules: str, starts: list[int], scale: Fraction, shift: Fraction
) -> None:
    chart, moved = drawn(values, rules, starts), drawn(values, rules, starts, scale, shift)
    assert moved.flags == chart.flags
    assert moved.labels == chart.labels
    for name in ("mean", "lower_limit", "upper_limit"):
        line = getattr(chart, name) * float(scale) + float(shift)
        np.testing.assert_allclose(getattr(moved, name), line, rtol=1e-11, atol=1e-9)


@lawful(60)
@given(series(), rule_sets, recalculations)
def test_upside_down_high_is_low(values: Series, rules: str, starts: list[int]) -> None:
    chart = drawn(values, rules, starts)
    turned = drawn(values, rules, starts, Fraction(-1), polarity="lower")
    mirrored = [{MIRRORED[flag] for flag in flags} for flags in turned.flags]
    assert mirrored == [set(flags) for flags in chart.flags]
    assert turned.meanings == chart.meanings


@lawful(60)
@given(series(), rule_sets, recalculations)
def test_the_other_polarity_swaps_improvement_and_concern(
    values: Series, rules: str, starts: list[int]
) -> None:
    for conflict, other in (("improvement", "concern"), ("label", "label")):
        chart = drawn(values, rules, starts, conflict=conflict)
        turned = drawn(values, rules, starts, polarity="lower", conflict=other)
        assert turned.flags == chart.flags
        assert turned.meanings == tuple(SWAPPED[meaning] for meaning in chart.meanings)
    neutral = drawn(values, rules, starts, polarity="neutral")
    assert neutral.meanings == tuple("neutral" if flags else "" for flags in neutral.flags)


@lawful(60)
@given(series(), rule_sets)
def test_backwards_rises_are_falls_and_the_rest_stays(values: Series, rules: str) -> None:
    # The mean of a screened part leaves out where a range ends, and ends change places.
    chart = drawn(values, rules, screen=False)
    back = drawn(values[::-1], rules, screen=False)
    swapped = {"trend_up": "trend_down", "trend_down": "trend_up"}
    turned = [{swapped.get(flag, flag) for flag in flags} for flags in back.flags[::-1]]
    assert turned == [set(flags) for flags in chart.flags]


@lawful(60)
@given(series(gaps=False), rule_sets, st.data())
def test_a_missing_month_never_makes_a_signal(
    values: Series, rules: str, data: st.DataObject
) -> None:
    """Wherever it is put in, it has no flag, and no run or trend is there that was not before.

    It takes a moving range away, so an XmR chart's limits change; those of a p-chart do not, and
    none of its flags may be new.
    """
    at = data.draw(st.integers(0, len(values)), label="where")
    gapped = [*values[:at], None, *values[at:]]
    before, after = drawn(values, rules), drawn(gapped, rules)
    assert after.flags[at] == ()
    for place, flags in enumerate(after.flags[:at] + after.flags[at + 1 :]):
        runs = {flag for flag in flags if flag.startswith(("shift", "trend"))}
        assert runs <= set(before.flags[place])

    x = [int(value) + 1000 for value in values if value is not None]
    whole = p_chart(x, [2000] * len(x), rules=rules)
    holed = p_chart([*x[:at], None, *x[at:]], [2000] * (len(x) + 1), rules=rules)
    for flags, those in zip(holed.flags[:at] + holed.flags[at + 1 :], whole.flags, strict=True):
        assert set(flags) <= set(those)


@lawful(60)
@given(series(), rule_sets, st.integers(0, 3), st.integers(0, 3))
def test_missing_months_at_the_ends_change_nothing(
    values: Series, rules: str, before: int, after: int
) -> None:
    chart = drawn(values, rules)
    longer = drawn([None] * before + values + [None] * after, rules)
    inner = slice(before, before + len(values))
    assert longer.flags[inner] == chart.flags
    assert (longer.variation, longer.assurance) == (chart.variation, chart.assurance)
    np.testing.assert_array_equal(longer.upper_limit[inner], chart.upper_limit)


@lawful(60)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=14, max_size=30),
    rule_sets,
    recalculations,
)
def test_the_share_of_the_others_is_the_mirror_image(
    counts: list[tuple[int, int]], rules: str, starts: list[int]
) -> None:
    x, others = ([count[part] for count in counts] for part in (0, 1))
    n = [a + b for a, b in counts]
    chart = p_chart(x, n, target=0.5, polarity="higher", rules=rules, recalculate_at=starts)
    turned = p_chart(others, n, target=0.5, polarity="lower", rules=rules, recalculate_at=starts)
    assert [{MIRRORED[flag] for flag in flags} for flags in turned.flags] == [
        set(flags) for flags in chart.flags
    ]
    assert (turned.variation, turned.assurance) == (chart.variation, chart.assurance)
    np.testing.assert_allclose(turned.upper_limit, 1 - chart.lower_limit, atol=1e-12)


@lawful(60)
@given(st.lists(st.integers(0, 100), min_size=15, max_size=30), rule_sets)
def test_a_p_chart_is_drawn_from_its_sums(x: list[int], rules: str) -> None:
    assume(0 < sum(x) < 100 * len(x))
    share = Fraction(sum(x), 100 * len(x))
    chart = p_chart(x, [100] * len(x), rules=rules)
    for place, count in enumerate(x):
        # Squared, three sigma of a proportion are a fraction: outside is decided exactly.
        away = Fraction(count, 100) - share
        outside = away**2 > 9 * share * (1 - share) / 100
        name = "above_limits" if away > 0 else "below_limits"
        assert (name in chart.flags[place]) == outside


@pytest.mark.parametrize("rules", RULES)
def test_a_thousand_points_are_no_harder(rules: str) -> None:
    """Rounding adds up with length, and stays far below what counts as equal."""
    values = [0.1, 0.3] * 500 + [0.2] * 6
    chart = spc(values, rules=rules)
    assert not any(chart.flags)
