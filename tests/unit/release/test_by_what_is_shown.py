"""What is told of a whole table depends on the shown counts alone, whatever the true ones are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from tests.unit.release.test_release import shown
from tests.unit.release.test_suppression import tables_of

Cell = tuple[str, str, str, int, int | None]
QUARTERS = ("2017-18-Q2", "2017-18-Q3", "2017-18-Q4")
LINES = {"eip": ["E.H.4"], "cyp": ["E.H.10", "E.H.11"], "phb": ["E.N.1_1", "E.N.1_2", "E.N.1_3"]}
# What is true of the exact figure, and so may differ; that it is told may not.
TRUE = ["value", "meets_standard", "meets_plan"]


def cells_of(family: str, rng: np.random.Generator) -> list[Cell]:
    """Small and larger counts of six organisations, and of England, which has them all; not of
    eip's, so that nothing hangs together there and values and verdicts are told."""
    cells: list[Cell] = []
    is_count = family == "phb"
    for line in LINES[family]:
        for quarter in QUARTERS:
            wholes = rng.permutation([0, 2, 6, 14, 400, 900]) + rng.integers(0, 3, size=6)
            parts = wholes if is_count else rng.binomial(wholes, 0.8)
            for code, part, whole in zip("ABCDEF", parts, wholes, strict=True):
                cells.append((line, code, quarter, int(part), None if is_count else int(whole)))
            whole = None if is_count else int(wholes.sum())
            if family != "eip":
                cells.append((line, "ENGLAND", quarter, int(parts.sum()), whole))
    return cells


def alike(
    part: int, whole: int | None, policy: Disclosure, is_england: bool
) -> list[tuple[int, int | None]]:
    """The true pairs that are shown like one."""
    beside = range(-policy.base, policy.base + 1)
    wholes = [None] if whole is None else [whole + step for step in beside]
    found = []
    for n, d in product([part + step for step in beside if part + step >= 0], wholes):
        is_pair = d is None or n <= d
        if is_pair and shown((n, d), policy, is_england) == shown(
            (part, whole), policy, is_england
        ):
            found.append((n, d))
    return found


@pytest.mark.parametrize("family", LINES)
def test_what_is_told_depends_on_the_shown_counts_alone(family: str) -> None:
    known, rng = load_family(family), np.random.default_rng(15)
    policy = known.disclosure
    assert policy is not None
    cells = cells_of(family, rng)
    others: list[Cell] = []
    for line, code, quarter, part, whole in cells:
        same = alike(part, whole, policy, code == "ENGLAND")
        others.append((line, code, quarter, *same[rng.integers(len(same))]))
    one, other = (
        release(Raw(tables_of(family, *each)), known, policy=policy).frame
        for each in (cells, others)
    )
    assert sum(a != b for a, b in zip(cells, others, strict=True)) > len(cells) / 3
    assert (one["numerator_mark"] == "[c]").any() and one["numerator"].notna().any()
    assert family != "eip" or one[TRUE[:2]].notna().any().all(), "some are told"
    pd.testing.assert_frame_equal(one.drop(columns=TRUE), other.drop(columns=TRUE))
    assert (one[TRUE].isna() == other[TRUE].isna()).all(axis=None)
