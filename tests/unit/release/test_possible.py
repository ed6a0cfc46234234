"""What shown counts could be: nobody is pinned and nothing untrue is told, over all pairs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhsind.definitions.disclosure import Disclosure
from nhsind.release.possible import Counts, Possible, possible, share, told
from nhsind.release.protection import HIDDEN, protect

HES = Disclosure("suppress", "r", "s", "2026-01-01", threshold=7, base=5)
MHSDS = Disclosure("suppress", "r", "s", "2026-01-01", threshold=4, base=5, hide_zeros=True)
EXACT = Disclosure("none", "r", "s", "2026-01-01")
POLICIES = [HES, MHSDS]


def shown_as(numerator: int, denominator: int, policy: Disclosure) -> tuple[int | None, int | None]:
    one = np.array([True]), np.array([False])
    pair = protect(
        np.array([numerator]),
        np.array([denominator]),
        policy=policy,
        is_national=one[1],
        inside=one[0],
    )
    first, second = (None if count[0] == HIDDEN else int(count[0]) for count in pair)
    return first, second


def meets(standard: Fraction):  # type: ignore[no-untyped-def]
    def answer(numerators: Counts, denominators: Counts) -> Counts:
        met = numerators * standard.denominator >= denominators * standard.numerator
        return met.astype(np.int64)

    return answer


def everyone(largest: int, policy: Disclosure) -> dict[tuple[int | None, int | None], set]:  # type: ignore[type-arg]
    """All pairs up to `largest` by the pair that they are shown as, from the rule itself."""
    grid = np.array([(n, d) for d in range(largest + 1) for n in range(d + 1)])
    no, yes = np.zeros(len(grid), dtype=bool), np.ones(len(grid), dtype=bool)
    shown = protect(grid[:, 0], grid[:, 1], policy=policy, is_national=no, inside=yes)
    classes: dict[tuple[int | None, int | None], set] = {}  # type: ignore[type-arg]
    for pair, n, d in zip(grid.tolist(), *(s.tolist() for s in shown), strict=True):
        key = (None if n == HIDDEN else n, None if d == HIDDEN else d)
        classes.setdefault(key, set()).add(tuple(pair))
    return classes


@pytest.mark.parametrize("policy", POLICIES)
def test_the_set_is_what_the_rule_shows_alike(policy: Disclosure) -> None:
    for key, pairs in everyone(130, policy).items():
        if key[1] is not None and key[1] > 120:
            continue
        assert set(map(tuple, possible(*key, policy).pairs.tolist())) == pairs, key


def test_an_exact_policy_leaves_one_pair() -> None:
    found = possible(46, 50, policy=EXACT)
    assert found.is_exact and found.pairs.tolist() == [[46, 50]]
    assert share(found, (46, 50)).value == Fraction(920, 1000)
    assert told(found, meets(Fraction(92, 100)), (46, 50)) == 1


def test_a_pair_that_the_rule_never_shows_is_refused() -> None:
    with pytest.raises(ValueError):
        possible(3, 50, policy=HES)
    with pytest.raises(ValueError):
        possible(60, 50, policy=HES)


@pytest.mark.parametrize("standard", ["1/2", "53/100", "92/100"])
@pytest.mark.parametrize("policy", POLICIES)
def test_no_verdict_pins_a_count(policy: Disclosure, standard: str) -> None:
    """Every pair up to 500: each verdict that could be told leaves enough values."""
    answer = meets(Fraction(standard))
    published = withheld = 0
    for key in shown_pairs(500):
        try:
            found = possible(*key, policy)
        except ValueError:
            continue  # a pair of multiples that the rule never shows
        answers = answer(found.pairs[:, 0], found.pairs[:, 1])
        if not found.may_tell(answers):
            withheld += 1
            continue
        published += 1
        if len(set(answers.tolist())) > 1:
            for verdict in (True, False):
                assert_enough(found, found.pairs[answers == verdict])
    assert published > 1000 and withheld > 0


def shown_pairs(largest: int) -> list[tuple[int | None, int | None]]:
    counts = [None, *range(0, largest + 1, 5)]
    return [(n, d) for d in counts for n in counts if n is None or d is None or n <= d]


def assert_enough(found: Possible, left: Counts) -> None:
    for place in (0, 1):
        values = set(left[:, place].tolist())
        whole = set(found.pairs[:, place].tolist())
        if found.hidden[place]:
            assert values == whole
        elif found.rounded[place]:
            assert len(values) >= min(3, len(whole))


@pytest.mark.parametrize("policy", POLICIES)
def test_no_percentage_pins_a_count(policy: Disclosure) -> None:
    """Whoever reads the percentage beside the shown counts is left enough values of each."""
    sizes = {d: range(0, d + 1, 5) for d in (10, 15, 40, 100)}
    sizes |= {d: range(d // 2, d // 2 + 25, 5) for d in (300, 600, 1000, 3000, 20_000)}
    kinds = {1: 0, 0: 0, None: 0}
    for d, n in [(d, n) for d, parts in sizes.items() for n in (None, *parts)]:
        try:
            found = possible(n, d, policy=policy)
        except ValueError:
            continue
        printed: dict[object, list[list[int]]] = {}
        for pair in found.pairs.tolist():
            said = share(found, tuple(pair))
            kinds[said.places] += 1
            assert said.lowest <= Fraction(*pair) <= said.highest
            if said.value is not None:
                assert said.places is not None
                half = Fraction(1, 2 * 100 * 10**said.places)
                assert -half < said.value - Fraction(*pair) <= half
            printed.setdefault((said.places, said.value), []).append(pair)
        assert len({key[0] for key in printed}) == 1  # decided by the shown counts alone
        if len(printed) > 1:
            for left in printed.values():
                assert_enough(found, np.array(left))
    assert all(kinds.values()), kinds


def test_nine_of_eleven_is_not_all_of_ten() -> None:
    """Shown as 10 of 10 it could be 8 of 12: no 100%, and the true verdict or none."""
    assert shown_as(9, 11, HES) == (10, 10)
    found = possible(10, 10, policy=HES)
    assert told(found, meets(Fraction(92, 100)), (9, 11)) == 0
    said = share(found, (9, 11))
    assert said.value is None and said.lowest == Fraction(8, 12) and said.highest == 1


def test_what_is_told_side_by_side_is_tested_together() -> None:
    """A verdict that is safe alone can pin a count beside a percentage, which then gives way."""
    standard = meets(Fraction(924, 1000))  # a hair from where 92% becomes 93%
    finer = coarser = 0
    for shown in [(n, d) for d in (600, 1000, 2000) for n in range(d * 9 // 10, d * 94 // 100, 5)]:
        found = possible(*shown, HES)
        answers = standard(found.pairs[:, 0], found.pairs[:, 1])
        if not found.may_tell(answers):
            continue
        alone, beside = share(found, shown), share(found, shown, standard)
        if alone.places != beside.places:
            finer += 1
            continue
        coarser += 1
        if beside.places is not None:
            true = [(n, d) for n, d in found.pairs.tolist()]
            told_places = {share(found, pair, standard).places for pair in true}
            assert told_places == {beside.places}
    assert finer and coarser


@given(st.integers(0, 3000), st.integers(1, 3000), st.sampled_from(POLICIES))
@settings(max_examples=200)
def test_the_true_pair_is_always_possible(n: int, d: int, policy: Disclosure) -> None:
    pair = (min(n, d), d)
    found = possible(*shown_as(*pair, policy), policy)
    assert list(pair) in found.pairs.tolist()
