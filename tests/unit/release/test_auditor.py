"""What linear programs find that bounds carried one relation at a time do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from operator import mul
from unittest.mock import Mock, patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhsind.release import auditor, witnesses
from nhsind.release.auditor import Exposed, exposed
from nhsind.release.protection import Array
from nhsind.release.system import Rows, System
from nhsind.release.witnesses import Witnesses

FIVE = 5
# A hidden count of 1 to 4 with two others: of the three sums of two, the first two are 10.
HIDDEN = (1, 4)


def system(*thirds: tuple[int, int]) -> System:
    """An organisation for each range of its third sum, and a total of all their hidden counts."""
    low: list[float] = []
    high: list[float] = []
    rows: list[tuple[Sequence[tuple[int, int]], bool, bool]] = []
    for third in thirds:
        one = len(low)
        ranges = [HIDDEN, (0, 20), (0, 20), (10, 10), (10, 10), third]
        low += [each[0] for each in ranges]
        high += [each[1] for each in ranges]
        pairs = ((0, 1, 3), (0, 2, 4), (1, 2, 5))
        rows += [(((one + a, 1), (one + b, 1), (one + c, -1)), True, False) for a, b, c in pairs]
    hidden = list(range(0, len(low), 6))
    rows.append(((*((one, 1) for one in hidden), (len(low), -1)), True, False))
    low, high = [*low, 0], [*high, 100]
    need = np.full((2, len(low)), np.nan)
    need[0, hidden], need[1, hidden] = HIDDEN
    by_width = np.zeros(len(low), dtype=bool)
    ranges = np.array(low, dtype=float), np.array(high, dtype=float)
    return System(*ranges, *need, by_width, by_width, by_width, Rows.of(len(low), rows))


def test_three_sums_of_three_counts_tell_one_of_them() -> None:
    # 10 + 10 less the third sum is twice the count: of 12 to 18 it is 1 to 4.
    assert exposed(system((12, 18))).left == {}
    cut = system((12, 17))
    low, high, _ = cut.propagated()
    assert not cut.narrowed(low, high).any(), "one relation at a time does not tell"
    assert exposed(cut).left == {0: (2, 4)}, "of 17 at most, 1 is ruled out"
    assert exposed(system((13, 18))).left == {0: (1, 3)}, "of 13 at least, 4 is"
    assert set(exposed(cut).by(0)) >= {3, 4, 5}, "by the three sums"


@pytest.mark.parametrize("most_together", [19, 18])
def test_a_large_table_falls_into_organisations_that_are_judged_alike(
    most_together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = system((12, 17), (12, 18), (13, 18))
    assert len(together.low) == 19
    monkeypatch.setattr(auditor, "MOST_TOGETHER", most_together)
    monkeypatch.setattr(auditor, "MOST_TERMS", 3)
    assert set(exposed(together).left) == {0, 12}


def test_what_is_cleared_is_not_looked_at_again_and_nothing_else_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auditor, "MOST_TOGETHER", 1)
    monkeypatch.setattr(auditor, "MOST_TERMS", 3)
    # Of 12 to 18 nothing would be left to look at.
    monkeypatch.setattr(System, "essential", lambda self: self)
    together = system((12, 17), (12, 18), (12, 18))
    cleared: set[bytes] = set()
    first = exposed(together, cleared)
    assert set(first.left) == {0} and len(cleared) == 1, "two that are equal are one"
    assert exposed(together, cleared).left == first.left and len(cleared) == 1


@st.composite
def some_systems(draw: st.DrawFn) -> System:
    """Sums and parts of five counts, some known, some hidden, some shown within a range."""
    truth = [draw(st.integers(0, 6)) for _ in range(FIVE)]
    rows: list[tuple[Sequence[tuple[int, int]], bool, bool]] = []
    for _ in range(draw(st.integers(1, 4))):
        picked = draw(st.permutations(range(FIVE)))[: draw(st.integers(2, 4))]
        terms = [(one, draw(st.sampled_from([1, 1, 1, 2]))) for one in picked]
        is_equal = draw(st.booleans())
        room = 0 if is_equal else draw(st.integers(0, 3))
        truth.append(sum(weight * truth[one] for one, weight in terms) + room)
        rows.append(((*terms, (len(truth) - 1, -1)), is_equal, False))
    spread = [draw(st.sampled_from([0, 1, 4, 4, 30])) for _ in truth]
    low = [
        max(0, each - draw(st.integers(0, wide))) for each, wide in zip(truth, spread, strict=False)
    ]
    high = [each + wide for each, wide in zip(low, spread, strict=False)]
    need = np.full((2, len(truth)), np.nan)
    for one in (one for one in range(FIVE) if spread[one] == 4):
        need[0, one], need[1, one] = low[one], high[one]
    bounds = np.array(low, dtype=float), np.array(high, dtype=float)
    no = np.zeros(len(truth), dtype=bool)
    return System(*bounds, *need, no, no, no, Rows.of(len(truth), rows))


def hidden_values(system: System) -> set[tuple[int, ...]]:
    """What the hidden counts could be together, by trying all whole numbers."""
    low, high = system.low.astype(int).tolist(), system.high.astype(int).tolist()
    hidden = np.flatnonzero(system.is_hidden).tolist()
    weights = system.rows.weights.toarray().astype(int)
    rows = [
        (weights[row, :FIVE].tolist(), total, is_equal)
        for row, is_equal in enumerate(system.rows.is_equal.tolist())
        for total in np.flatnonzero(weights[row, FIVE:]) + FIVE
    ]
    found = set()
    for values in product(*(range(low[one], high[one] + 1) for one in range(FIVE))):
        sums = [
            (sum(map(mul, weighed, values)), total, is_equal) for weighed, total, is_equal in rows
        ]
        if all(
            each <= high[total] and (each >= low[total] or not is_equal)
            for each, total, is_equal in sums
        ):
            found.add(tuple(values[one] for one in hidden))
    return found


def test_in_a_large_table_no_count_has_a_program_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(System, "essential", lambda self: self)
    together = system(*[(12, 18)] * 20)
    # One number, so that few counts are at an end at once.
    together.low[-1] = together.high[-1] = 50
    programs = Mock(side_effect=witnesses.least_cost)
    monkeypatch.setattr(witnesses, "least_cost", programs)
    kept = Witnesses._note

    def noted(self: Witnesses, found: Array) -> None:
        assert not (self.weights @ found).any(), "it fits all relations, not those near alone"
        assert (self.low <= found).all() and (found <= self.high).all()
        kept(self, found)

    monkeypatch.setattr(Witnesses, "_note", noted)
    assert exposed(together).left == {} and programs.call_count > 20
    programs.reset_mock()
    monkeypatch.setattr(witnesses, "MOST_TOGETHER", 40)
    assert exposed(together).left == {} and programs.call_count < 6


MANY = settings(max_examples=150, deadline=None, derandomize=True)
FEW = settings(max_examples=20, deadline=None, derandomize=True)


@MANY
@given(tried=some_systems())
def test_what_is_exposed_is_what_trying_all_whole_numbers_finds(tried: System) -> None:
    judge(tried, exposed(tried))


@FEW
@given(tried=some_systems())
def test_what_is_looked_for_nearby_is_found_or_looked_for_everywhere(tried: System) -> None:
    with patch.object(witnesses, "MOST_TOGETHER", 2):
        judge(tried, exposed(tried))


def judge(tried: System, found: Exposed) -> None:
    """That what is found exposed is what trying all whole numbers finds."""
    possible = hidden_values(tried)
    hidden = np.flatnonzero(tried.is_hidden).tolist()
    left = {one: {each[place] for each in possible} for place, one in enumerate(hidden)}
    expected = {one for one in hidden if {tried.low[one], tried.high[one]} - left[one]}
    # What one relation alone tells comes first; the rest is told when that is withheld.
    assert bool(found.left) == bool(expected) and set(found.left) <= expected
    assert not found.named or set(found.left) == expected


@MANY
@given(tried=some_systems())
def test_relations_that_say_nothing_are_left_out_and_no_others(tried: System) -> None:
    low, high, _ = tried.propagated()
    bounded = replace(tried, low=low, high=high)
    assert hidden_values(bounded.essential()) == hidden_values(bounded)
