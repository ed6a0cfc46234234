"""A second formulation of the audit: all truths that would be published alike, one by one.

It knows no relations, bounds or programs. It lists every set of base counts, adds them up as the
definitions do, hides and rounds each cell, and keeps the sets that look like what was published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from tests.unit.release.test_release import suppress
from tests.unit.release.test_suppression import is_withheld, tables_of

Counts = np.ndarray
Cell = tuple[str, str, str]
LOW_RULES = [
    suppress(2, 3),
    suppress(2, 3, hide_zeros=True),
    suppress(2, 3, hide_zeros=True, exempt_england=True),
    suppress(3, 2, exempt_england=True),
]
# Base counts that are drawn, and those that an attacker tries: higher ones, for what is withheld.
HIGHEST, TRIED = 6, 11


@dataclass(frozen=True)
class World:
    """A few base counts, and the published cells that are sums of them."""

    family: str
    bases: int
    cells: dict[Cell, tuple[int, ...]]
    above: dict[tuple[str, str, str], dict[str, str]]
    levels: dict[str, str]


NOW = "2017-18-Q4"
WORLDS = {
    "sums of lines and England": World(
        "phb",
        4,
        {
            ("E.N.1_1", "A", NOW): (0,),
            ("E.N.1_2", "A", NOW): (1,),
            ("E.N.1_3", "A", NOW): (0, 1),
            ("E.N.1_1", "B", NOW): (2,),
            ("E.N.1_2", "B", NOW): (3,),
            ("E.N.1_3", "B", NOW): (2, 3),
            ("E.N.1_1", "ENGLAND", NOW): (0, 2),
            ("E.N.1_2", "ENGLAND", NOW): (1, 3),
            ("E.N.1_3", "ENGLAND", NOW): (0, 1, 2, 3),
        },
        {},
        {},
    ),
    "months and their quarter": World(
        "sus",
        3,
        {
            ("E.M.10", "A", "2018-01"): (0,),
            ("E.M.10", "A", "2018-02"): (1,),
            ("E.M.10", "A", "2018-03"): (2,),
            ("E.M.10", "A", NOW): (0, 1, 2),
        },
        {},
        {},
    ),
    "partnerships, region and England": World(
        "ld_inpatients",
        3,
        {
            ("E.K.1a", "A", NOW): (0,),
            ("E.K.1a", "B", NOW): (1,),
            ("E.K.1a", "C", NOW): (2,),
            ("E.K.1a", "T1", NOW): (0, 1),
            ("E.K.1a", "T2", NOW): (2,),
            ("E.K.1a", "S2", NOW): (1, 2),
            ("E.K.1a", "ENGLAND", NOW): (0, 1, 2),
        },
        {
            ("ccg", "A", NOW): {"tcp": "T1"},
            ("ccg", "B", NOW): {"tcp": "T1", "stp": "S2"},
            ("ccg", "C", NOW): {"tcp": "T2", "stp": "S2"},
        },
        {"T1": "tcp", "T2": "tcp", "S2": "stp"},
    ),
}


def as_shown(counts: Counts, policy: Disclosure, is_exact: bool) -> Counts:
    """The rule, said once more: -1 is hidden."""
    if is_exact:
        return counts
    low = 0 if policy.hide_zeros else 1
    rounded = (counts + policy.base // 2) // policy.base * policy.base
    return np.where((low <= counts) & (counts <= policy.threshold), -1, rounded)


def narrowed(world: World, truth: list[int], table: pd.DataFrame, policy: Disclosure) -> list[str]:
    """The cells of which somebody who lists all truths knows more than the rule leaves."""
    tried = np.indices((TRIED,) * world.bases).reshape(world.bases, -1)
    fits = np.ones(tried.shape[1], dtype=bool)
    for (_, row), (cell, of) in zip(table.iterrows(), world.cells.items(), strict=True):
        if not is_withheld(row, "numerator"):
            is_exact = cell[1] == "ENGLAND" and policy.exempt_england
            published = -1 if pd.isna(row["numerator"]) else int(row["numerator"])
            fits &= as_shown(tried[list(of)].sum(axis=0), policy, is_exact) == published
    found = []
    for (_, row), (cell, of) in zip(table.iterrows(), world.cells.items(), strict=True):
        is_exact = cell[1] == "ENGLAND" and policy.exempt_england
        values = np.arange(TRIED * world.bases)
        mine = as_shown(np.array([sum(truth[each] for each in of)]), policy, is_exact)[0]
        rule = set(values[as_shown(values, policy, is_exact) == mine].tolist())
        left = set(tried[list(of)].sum(axis=0)[fits].tolist())
        if mine != -1:
            is_less = len(left) < min(3, len(rule))
        else:
            is_less = len(left) < len(rule) if is_withheld(row, "numerator") else not rule <= left
        found += [" ".join(cell)] if is_less else []
    return found


def published(world: World, truth: list[int], policy: Disclosure) -> pd.DataFrame:
    rows = [(*cell, sum(truth[each] for each in of), None) for cell, of in world.cells.items()]
    table = tables_of(world.family, *rows)
    table["org_level"] = [
        world.levels.get(code, level)
        for code, level in zip(table["org_code"], table["org_level"], strict=True)
    ]
    family = load_family(world.family)
    return release(Raw(table), family, policy=policy, above=world.above).frame


def as_ruled(world: World, truth: list[int], policy: Disclosure) -> pd.DataFrame:
    """What would be published were nothing withheld."""
    table = published(world, truth, policy)
    for row, (cell, of) in enumerate(world.cells.items()):
        is_exact = cell[1] == "ENGLAND" and policy.exempt_england
        count = as_shown(np.array([sum(truth[each] for each in of)]), policy, is_exact)[0]
        table.loc[row, "numerator"] = pd.NA if count == -1 else count
        table.loc[row, "numerator_mark"] = "[c]" if count == -1 else ""
    return table.assign(note="")


FEW = settings(
    max_examples=15, deadline=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)


@pytest.mark.parametrize("name", WORLDS)
@FEW
@given(data=st.data(), policy=st.sampled_from(LOW_RULES))
def test_no_list_of_all_truths_narrows_a_count(
    name: str, data: st.DataObject, policy: Disclosure
) -> None:
    world = WORLDS[name]
    counts = st.lists(st.integers(0, HIGHEST), min_size=world.bases, max_size=world.bases)
    truth = data.draw(counts)
    assert narrowed(world, truth, published(world, truth, policy), policy) == []


@pytest.mark.parametrize("name", WORLDS)
def test_where_nothing_is_withheld_the_list_narrows_many(name: str) -> None:
    world = WORLDS[name]
    found = [
        narrowed(world, truth, as_ruled(world, truth, LOW_RULES[0]), LOW_RULES[0])
        for truth in (
            [1, 0, 3, 3][: world.bases],
            [2, 3, 1, 5][: world.bases],
            [3, 1, 0, 2][: world.bases],
        )
    ]
    assert any(found)
