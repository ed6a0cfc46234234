"""Printed values and verdicts are information: what they leave of counts, shown and hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import relations_of
from nhsind.release.auditor import exposed
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from nhsind.release.printed import left_by_what_is_printed
from nhsind.release.shown_cells import cells_released
from nhsind.release.telling import PRECISION
from nhsind.release.unknowns import Unknowns
from tests.unit.release.test_release import BY_NAME, RTT, output_table, suppress
from tests.unit.release.test_suppression import tables_of

PRINTED = ["numerator", "denominator", "value", "meets_standard", "meets_plan", "value_places"]
ROUNDING = ["4/5/zeros/england", "7/5/england"]


@pytest.mark.parametrize("name", ROUNDING)
def test_what_is_left_is_what_trying_all_pairs_leaves(name: str) -> None:
    """All pairs that are printed alike, and no others."""
    pairs = [(n, d) for d in range(8, 34) for n in range(8, d + 1)]
    rows = [(f"O{place}", n, d) for place, (n, d) in enumerate(pairs)]
    table = release(Raw(output_table(*rows, plan=0.75)), RTT, policy=BY_NAME[name]).frame
    true = pd.DataFrame(pairs, columns=["n", "d"])
    alike = true.groupby([table[each].astype(object).fillna("none") for each in PRINTED])
    # Rows at the end of those tried may stand for others beyond.
    inner = (table["denominator"] > 10) & (table["denominator"] < 30)
    inner &= (table["numerator"] > 10).fillna(False)
    left = left_by_what_is_printed(table, RTT, BY_NAME[name])
    tells = 0
    for figure, one in (("numerator", "n"), ("denominator", "d")):
        low, high = left[figure]
        told = inner.to_numpy() & ~np.isnan(low)
        tells += int(told.sum())
        assert (low[told] == alike[one].transform("min").to_numpy()[told]).all()
        assert (high[told] == alike[one].transform("max").to_numpy()[told]).all()
        assert (np.isnan(low) | ((low <= true[one]) & (true[one] <= high))).all()
    assert tells > 100, "most values and verdicts tell something"


@pytest.mark.parametrize("name", ROUNDING)
def test_without_the_digits_the_true_pair_still_fits(name: str) -> None:
    """A published CSV says 0.92 of 92% and of 92.0%."""
    pairs = [(n, d) for d in range(8, 60) for n in range(8, d + 1)]
    rows = [(f"O{place}", n, d) for place, (n, d) in enumerate(pairs)]
    table = release(Raw(output_table(*rows, plan=0.75)), RTT, policy=BY_NAME[name]).frame
    as_published = table.drop(columns=[*PRECISION])
    left = left_by_what_is_printed(as_published, RTT, BY_NAME[name])
    for place, figure in enumerate(("numerator", "denominator")):
        low, high = left[figure]
        true = np.array([pair[place] for pair in pairs])
        assert (np.isnan(low) | ((low <= true) & (true <= high))).all()
    assert (~np.isnan(left["numerator"][0])).sum() > 100


def test_a_percentage_of_a_hidden_count_tells_it() -> None:
    """12.5% of about 25, of which the part is hidden, is 3 of 24."""
    policy = suppress(4, 5)
    table = release(Raw(output_table(("A", 3, 24))), RTT, policy=policy).frame
    assert np.isnan(left_by_what_is_printed(table, RTT, policy)["numerator"][0][0])
    unsafe = table.assign(value=0.125, value_places=np.nan)
    left = left_by_what_is_printed(unsafe, RTT, policy)
    assert [float(end[0]) for end in left["numerator"]] == [3, 3]
    assert [float(end[0]) for end in left["denominator"]] == [24, 24]


CYP = load_family("cyp")


def left_exposed(table: pd.DataFrame, policy: Disclosure) -> int:
    """How many hidden counts all that a released table prints narrows."""
    relations = relations_of(CYP)
    cells = cells_released(table, policy, relations).assign(edition=0)
    system = Unknowns(cells, relations, {}).system(np.zeros(len(cells), dtype=bool))
    return len(exposed(system).left)


PAIR = st.sampled_from(
    [(0, 1), (1, 1), (2, 2), (0, 6), (8, 8), (9, 10), (10, 10), (9, 11), (12, 12), (20, 20)]
)


@settings(max_examples=30, deadline=None, derandomize=True)
@example([[(1, 1), (9, 10), (20, 20)]], 0.9078, True)
@example([[(20, 20), (1, 1), (9, 10)], [(12, 12), (20, 20), (20, 20)]], 0.9078, True)
@given(
    quarters=st.lists(st.lists(PAIR, min_size=3, max_size=3), min_size=1, max_size=3),
    plan=st.sampled_from([0.75, 0.9078]),
    hides_zeros=st.booleans(),
)
def test_no_hidden_count_is_narrowed_by_what_is_printed(
    quarters: list[list[tuple[int, int]]], plan: float, hides_zeros: bool
) -> None:
    """Quarters and their windows, of organisations and England, with values and plans."""
    assert CYP.disclosure is not None
    policy = replace(CYP.disclosure, hide_zeros=hides_zeros)
    everyone = {f"O{place}": pairs for place, pairs in enumerate(quarters)}
    total = [
        (sum(n for n, _ in each), sum(d for _, d in each)) for each in zip(*quarters, strict=True)
    ]
    cells = []
    for code, pairs in [*everyone.items(), ("ENGLAND", total)]:
        for place, (n, d) in enumerate(pairs, 2):
            cells.append(("E.H.10", code, f"2017-18-Q{place}", n, d))
            if place > 2:
                before = pairs[place - 3]
                window = (n + before[0], d + before[1])
                cells.append(("E.H.10_rolling", code, f"2017-18-Q{place}", *window))
    table = tables_of("cyp", *cells).assign(plan=plan)
    assert left_exposed(release(Raw(table), CYP, policy=policy).frame, policy) == 0


def windows_of(quarters: dict[str, tuple[tuple[int, int], tuple[int, int]]]) -> pd.DataFrame:
    """Two quarters and their window of some organisations, released, with a plan of 90.78%."""
    cells = []
    for code, (before, now) in quarters.items():
        window = (before[0] + now[0], before[1] + now[1])
        cells += [
            ("E.H.10", code, "2017-18-Q3", *before),
            ("E.H.10", code, "2017-18-Q4", *now),
            ("E.H.10_rolling", code, "2017-18-Q4", *window),
        ]
    assert CYP.disclosure is not None
    table = tables_of("cyp", *cells).assign(plan=0.9078)
    return release(Raw(table), CYP, policy=CYP.disclosure).frame


def test_whether_a_plan_is_told_does_not_depend_on_whether_it_is_met() -> None:
    """Met, it would tell nothing of the quarter before; that it is not told would say that."""
    met = windows_of({"A": ((1, 1), (10, 10))})
    missed = windows_of({"A": ((1, 1), (9, 10))})
    pd.testing.assert_frame_equal(met, missed)


def test_a_plan_that_is_missed_does_not_tell_the_quarter_before() -> None:
    """10 of 10 that miss 90.78% are no 8 of 8: of 8 to 12 in two quarters the other had under 4.

    All others of the same line and period, between which nothing stands, are told.
    """
    found = windows_of({"A": ((1, 1), (9, 10)), "B": ((20, 20), (9, 10))})
    assert CYP.disclosure is not None
    assert left_exposed(found, CYP.disclosure) == 0
    rows = found.set_index(["indicator", "org_code", "period"])
    a, b = (rows.loc[("E.H.10", code, "2017-18-Q4")] for code in "AB")
    assert [a["numerator"], a["denominator"]] == [b["numerator"], b["denominator"]] == [10, 10]
    assert pd.isna(a["meets_plan"]) and "whether the plan is met" in a["note"]
    assert not pd.isna(b["meets_plan"]) and not b["meets_plan"]
    unsafe = found.copy()
    unsafe.loc[found["numerator"].eq(10) & found["org_code"].eq("A"), "meets_plan"] = False
    assert left_exposed(unsafe, CYP.disclosure) > 0, "as it was told before"


def test_many_percentages_do_not_tell_what_their_total_hides() -> None:
    """22 of 8 to 10 by their plans and a hidden count are 222: that is not 0 or 1.

    A total of so many blurs mostly; where it does not, what narrows it is not told.
    """
    policy = suppress(4, 5, hide_zeros=True, exempt_england=True)
    rows = [(f"O{place}", 10, 22) for place in range(22)]
    table = output_table(("A", 2, 40), *rows, ("ENGLAND", 2 + 220, 40 + 22 * 22), plan=0.5)
    found = release(Raw(table), RTT, policy=policy).frame
    relations = relations_of(RTT)
    cells = cells_released(found, policy, relations).assign(edition=0)
    assert not exposed(Unknowns(cells, relations, {}).system(np.zeros(len(cells), bool))).left
