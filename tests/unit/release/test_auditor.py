"""What linear programs find that bounds carried one relation at a time do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from nhsind.release import auditor
from nhsind.release.auditor import exposed
from nhsind.release.system import Rows, System

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
    return System(*ranges, need[0], need[1], by_width, Rows.of(len(low), rows))


def test_three_sums_of_three_counts_tell_one_of_them() -> None:
    # 10 + 10 less the third sum is twice the count: of 12 to 18 it is 1 to 4.
    assert exposed(system((12, 18))) == {}
    cut = system((12, 17))
    low, high, _ = cut.propagated()
    assert not cut.narrowed(low, high).any(), "one relation at a time does not tell"
    assert set(exposed(cut)) == {0}, "of 17 at most, 1 is ruled out"
    assert set(exposed(system((13, 18)))) == {0}, "of 13 at least, 4 is"


@pytest.mark.parametrize("most_together", [19, 18])
def test_a_large_table_falls_into_organisations_that_are_judged_alike(
    most_together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = system((12, 17), (12, 18), (13, 18))
    assert len(together.low) == 19
    monkeypatch.setattr(auditor, "MOST_TOGETHER", most_together)
    monkeypatch.setattr(auditor, "MOST_TERMS", 3)
    assert set(exposed(together)) == {0, 12}


def test_what_is_cleared_is_not_looked_at_again_and_nothing_else_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auditor, "MOST_TOGETHER", 1)
    monkeypatch.setattr(auditor, "MOST_TERMS", 3)
    together = system((12, 17), (12, 18), (12, 18))
    cleared: set[bytes] = set()
    first = exposed(together, cleared)
    assert set(first) == {0} and len(cleared) == 1, "two that are equal are one"
    assert exposed(together, cleared) == first and len(cleared) == 1
