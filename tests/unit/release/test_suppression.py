"""Withheld cells: whoever knows the rule, the totals, the periods and the lines learns no count.

The attackers here know the policy, what adds up and everything released. The small tables are
attacked by trying all whole numbers; the families' tables by an attack written for each relation.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import relations_of
from nhsind.definitions.statuses import Mark
from nhsind.release.confidential import Raw
from nhsind.release.contributions import TELLING
from nhsind.release.gate import release
from nhsind.release.possible import FEWEST_VALUES_OF_A_ROUNDED_COUNT
from nhsind.release.shown_cells import cells_of
from nhsind.release.suppression import WITHHELD_NOTE
from nhsind.release.unknowns import Unknowns
from tests.unit.release.test_release import (
    BY_NAME,
    COUNT,
    Pair,
    Row,
    output_table,
    policies,
    released,
    shown,
    suppress,
)

FIGURES = ("numerator", "denominator")
SMALL_NOTE = Mark.SUPPRESSED.meaning
FEW = settings(
    max_examples=8, deadline=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)
# True counts of these tests are below it, with room for what an attacker must think possible.
MOST = 40


def is_withheld(row: pd.Series, figure: str) -> bool:
    """Whether the row says that a figure is withheld, and not that it is small."""
    if row[f"{figure}_mark"] != Mark.SUPPRESSED:
        return False
    return row["note"] == WITHHELD_NOTE or f"{figure} {WITHHELD_NOTE}" in row["note"]


# What an attacker can list ----------------------------------------------------------------------


@cache
def possible(
    given: Pair, free: tuple[bool, bool], policy: Disclosure, is_england: bool
) -> np.ndarray:
    """The true pairs that would be shown as `given`, as a grid; of a free figure any."""
    is_count = given[1] is None
    grid = np.zeros((MOST, 1 if is_count else MOST), dtype=bool)
    for n in range(MOST):
        for d in range(1 if is_count else MOST):
            if is_count or n <= d:
                pair = shown((n, None if is_count else d), policy, is_england)
                grid[n, d] = all(
                    any_value or one == other
                    for any_value, one, other in zip(free, pair, given, strict=True)
                )
    return grid


def grids_of(table: pd.DataFrame, policy: Disclosure) -> list[np.ndarray]:
    grids = []
    for _, row in table.iterrows():
        is_count = row["kind"] == "count"
        figures = [row[name] for name in FIGURES]
        pair = tuple(-1 if pd.isna(value) else int(value) for value in figures)
        given = (pair[0], None) if is_count else pair
        free = tuple(is_withheld(row, name) for name in FIGURES)
        grids.append(possible(given, free, policy, row["org_code"] == "ENGLAND"))
    return grids


def added(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return convolve2d(one.astype(int), other.astype(int))[:MOST, :MOST] > 0


def what_is_left(table: pd.DataFrame, policy: Disclosure) -> list[np.ndarray]:
    """By row of the organisations: the pairs that fit England's row, which is the last."""
    *own, total = grids_of(table, policy)
    left = []
    for place, grid in enumerate(own):
        others = np.zeros_like(grid)
        others[0, 0] = True
        for other in own[:place] + own[place + 1 :]:
            others = added(others, other)
        fits = np.zeros_like(grid)
        for n, d in zip(*np.nonzero(grid), strict=True):
            rest = total[n:, d:]
            fits[n, d] = (others[: rest.shape[0], : rest.shape[1]] & rest).any()
        left.append(fits)
    return left


def narrowed(rows: list[Row], table: pd.DataFrame, policy: Disclosure) -> list[str]:
    """The hidden counts that are left less than the rule leaves them, or, if it is not said that
    they are small, fewer values than the rule does; and rounded ones left fewer than three."""
    found = []
    for (code, *pair), grid, (_, row) in zip(
        rows, what_is_left(table, policy), table.iterrows(), strict=False
    ):
        alone = possible(shown((pair[0], pair[1]), policy), (False, False), policy, False)
        for axis, name in enumerate(FIGURES):
            left, rule = (set(np.nonzero(each.any(axis=1 - axis))[0]) for each in (grid, alone))
            if shown((pair[0], pair[1]), policy)[axis] != -1:
                is_less = len(left) < min(FEWEST_VALUES_OF_A_ROUNDED_COUNT, len(rule))
            else:
                is_less = len(left) < len(rule) if is_withheld(row, name) else not rule <= left
            found += [f"{code} {name}"] if is_less else []
    return found


def with_england(pairs: list[Pair]) -> list[Row]:
    rows = [(f"O{place}", *pair) for place, pair in enumerate(pairs)]
    total = [None if column[0] is None else sum(column) for column in zip(*pairs, strict=True)]
    return [*rows, ("ENGLAND", *total)]


COUNTS = st.lists(st.tuples(st.integers(0, 12), st.none()), min_size=1, max_size=3)
SMALL_PAIR = st.integers(1, 12).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


@policies
@FEW
@given(pairs=COUNTS)
def test_no_hidden_count_is_narrowed_by_the_total(policy: Disclosure, pairs: list[Pair]) -> None:
    rows = with_england(pairs)
    assert narrowed(rows, released(*rows, policy=policy, line=COUNT), policy) == []


@policies
@FEW
@given(pairs=st.lists(SMALL_PAIR, min_size=1, max_size=3))
def test_no_hidden_part_of_a_percentage_is_narrowed_by_the_total(
    policy: Disclosure, pairs: list[Pair]
) -> None:
    rows = with_england(pairs)
    assert narrowed(rows, released(*rows, policy=policy), policy) == []


@policies
@FEW
@given(pairs=COUNTS)
def test_nothing_is_withheld_where_nothing_is_narrowed(
    policy: Disclosure, pairs: list[Pair]
) -> None:
    rows = with_england(pairs)
    as_ruled = [
        [None if value == -1 else value for value in shown(row[1:], policy, row[0] == "ENGLAND")]
        for row in rows
    ]
    table = output_table(*rows, line=COUNT)
    table["numerator"] = pd.array([pair[0] for pair in as_ruled], dtype="Int64")
    table["numerator_mark"] = ["[c]" if pair[0] is None else "" for pair in as_ruled]
    table = table.assign(denominator_mark="", note="")
    if not narrowed(rows, table, policy):
        found = released(*rows, policy=policy, line=COUNT)
        assert not any(is_withheld(row, "numerator") for _, row in found.iterrows())


@pytest.mark.parametrize("pair", [(3, 50), (48, 50), (3, 4)])
def test_under_an_exact_total_a_single_hidden_count_takes_the_total_with_it(
    pair: tuple[int, int],
) -> None:
    rows: list[Row] = [("A", *pair), ("B", 20, 40), ("ENGLAND", pair[0] + 20, pair[1] + 40)]
    table = released(*rows, policy=suppress(5, exempt_england=True)).set_index("org_code")
    england = table.loc["ENGLAND"]
    assert is_withheld(england, "numerator") and england["status"] == "suppressed"
    assert table.loc["B", "numerator"] == 20 and table.loc["A", "note"] == SMALL_NOTE


@pytest.mark.parametrize(
    ("policy", "counts"),
    [
        # Zeros are shown, so a shown 0 is exactly 0, and the total is the hidden count.
        (suppress(7, 5, exempt_england=True), (7, 0, 0)),
        # A shown 5 is 5, 6 or 7, never 3 or 4, which are hidden: the rest of 10 is 0.
        (suppress(4, 5, hide_zeros=True, exempt_england=True), (0, 5, 5)),
    ],
)
def test_rounding_does_not_hide_what_the_rule_tells(
    policy: Disclosure, counts: tuple[int, ...]
) -> None:
    rows = with_england([(n, None) for n in counts])
    table = released(*rows, policy=policy, line=COUNT)
    assert is_withheld(table.iloc[-1], "numerator") and narrowed(rows, table, policy) == []


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        # England is 9 of 12 and B has 8 to 12: A has at most 4, so 2, 3 or 4 of them within.
        ("7/5/england", [(2, 2), (7, 10)]),
        ("4/5/zeros/england", [(2, 5), (9, 9)]),
        ("7/1/zeros/england", [(0, 1), (1, 2), (8, 8)]),
    ],
)
def test_a_numerator_that_lies_in_its_denominator_tells_too(name: str, pairs: list[Pair]) -> None:
    rows = with_england(pairs)
    table = released(*rows, policy=BY_NAME[name])
    assert any(is_withheld(row, "numerator") for _, row in table.iterrows())
    assert narrowed(rows, table, BY_NAME[name]) == []


def test_commissioners_outside_england_are_in_no_total() -> None:
    policy = suppress(5, exempt_england=True)
    rows: list[Row] = [("NONC", 3, 50), ("A", 20, 40), ("ENGLAND", 20, 40)]
    assert released(*rows, policy=policy).iloc[-1]["numerator"] == 20
    # Nor do they blur it: the hidden count of B is England's less A's.
    rows = [("NONC", 3, 50), ("A", 20, 40), ("B", 2, 40), ("ENGLAND", 22, 80)]
    assert is_withheld(released(*rows, policy=policy).iloc[-1], "numerator")


@pytest.mark.parametrize("code", ["X24", "UNKNOWN"])
def test_the_special_codes_in_england_are_in_its_total(code: str) -> None:
    rows: list[Row] = [(code, 3, 50), ("A", 20, 40), ("ENGLAND", 23, 90)]
    table = released(*rows, policy=suppress(5, exempt_england=True))
    assert is_withheld(table.iloc[-1], "numerator")


def test_a_total_that_holds_more_than_the_rows_still_holds_them() -> None:
    """One record without a place: the parts do not add up, and everybody sees that."""
    policy = suppress(5, exempt_england=True)
    table = released(("A", 20, 40), ("B", 30, 60), ("ENGLAND", 51, 101), policy=policy)
    assert table["numerator"].tolist() == [20, 30, 51]
    # Whether it does is not asked of hidden counts: here the sum fails by one, unseen.
    rows: list[Row] = [("A", 3, 50), ("B", 20, 40), ("ENGLAND", 24, 91)]
    assert is_withheld(released(*rows, policy=policy).iloc[-1], "numerator")


@policies
@FEW
@given(pairs=st.lists(SMALL_PAIR, min_size=2, max_size=3), data=st.data())
def test_what_is_withheld_depends_on_what_is_shown_alone(
    policy: Disclosure, pairs: list[Pair], data: st.DataObject
) -> None:
    """Two truths that the rule shows alike, total included, are withheld alike."""
    rows = with_england(pairs)
    others = [
        pair
        for n in range(MOST)
        for d in range(n, MOST)
        for pair in [(n, d)]
        if shown(pair, policy) == shown(pairs[0], policy)
        and shown((rows[-1][1] + n - pairs[0][0], rows[-1][2] + d - pairs[0][1]), policy, True)
        == shown(rows[-1][1:], policy, True)
    ]
    twin = with_england([data.draw(st.sampled_from(others)), *pairs[1:]])
    first, second = (released(*each, policy=policy) for each in (rows, twin))
    marks = ["numerator_mark", "denominator_mark", "note", "numerator", "denominator"]
    pd.testing.assert_frame_equal(first[marks], second[marks])


# Windows, years, lines --------------------------------------------------------------------------


def tables_of(family: str, *cells: tuple[str, str, str, int, int | None]) -> pd.DataFrame:
    """An output table of (line, organisation, period, numerator, denominator)."""
    lines = load_family(family).indicators
    table = output_table(*[(code, n, d) for _, code, _, n, d in cells])
    return table.assign(
        family=family,
        indicator=[cell[0] for cell in cells],
        period=[cell[2] for cell in cells],
        kind=[lines[cell[0]].kind for cell in cells],
        unit=[lines[cell[0]].unit_of_value for cell in cells],
    )


def freed(family: str, table: pd.DataFrame) -> pd.DataFrame:
    """Released under a rule that shows noughts, which are what most of these attacks live on."""
    known = load_family(family)
    assert known.disclosure is not None
    threshold = 7 if family == "sus" else 4
    policy = replace(known.disclosure, hide_zeros=False, threshold=threshold)
    found = release(Raw(table), known, policy=policy).frame
    return found.set_index(["indicator", "org_code", "period"])


def as_published(family: str, table: pd.DataFrame) -> pd.DataFrame:
    """Released under the family's own rule."""
    known = load_family(family)
    assert known.disclosure is not None
    return release(Raw(table), known, policy=known.disclosure).frame


def hidden_in(table: pd.DataFrame) -> list[str]:
    """Of each row whether its numerator is shown, small or withheld."""
    return [
        "" if row["numerator_mark"] == "" else "withheld" * is_withheld(row, "numerator") or "small"
        for _, row in table.iterrows()
    ]


def test_a_quarter_and_six_months_do_not_tell_the_quarter_before() -> None:
    """4 and 8 to 12 in six months, of which 8 to 12: the other quarter has 0 to 4."""
    cells = [
        ("E.H.10", "A", "2017-18-Q3", 8, 8),
        ("E.H.10", "A", "2017-18-Q4", 2, 2),
        ("E.H.10_rolling", "A", "2017-18-Q4", 10, 10),
    ]
    table = freed("cyp", tables_of("cyp", *cells))
    assert table["numerator"].fillna(-1).tolist() == [10, -1, 10]
    # 5 to 7 in six months, of which 5 to 7 in the first three, leave the others 0 to 2.
    cells = [
        ("E.H.10", "A", "2017-18-Q3", 5, 5),
        ("E.H.10", "A", "2017-18-Q4", 2, 2),
        ("E.H.10_rolling", "A", "2017-18-Q4", 7, 7),
    ]
    table = freed("cyp", tables_of("cyp", *cells))
    assert hidden_in(table) == ["", "small", "withheld"]


def test_two_small_quarters_do_not_say_that_their_window_is_small() -> None:
    cells = [
        ("E.H.10", "A", "2017-18-Q3", 1, 2),
        ("E.H.10", "A", "2017-18-Q4", 1, 1),
        ("E.H.10_rolling", "A", "2017-18-Q4", 2, 3),
    ]
    table = freed("cyp", tables_of("cyp", *cells))
    rolling = table.loc[("E.H.10_rolling", "A", "2017-18-Q4")]
    assert all(is_withheld(rolling, name) for name in FIGURES)
    assert table.loc["E.H.10", "note"].tolist() == [SMALL_NOTE] * 2


def test_a_window_does_not_tell_a_quarter_by_the_one_before_that_nothing_shows() -> None:
    """4 of England's 110 of two quarters began late, so of A's 5 to 7 in the last at most 4."""
    family = load_family("cyp")
    assert family.disclosure is not None
    cells = [
        ("E.H.11", "A", "2016-17-Q3", 3, 5),
        *(("E.H.11", code, "2016-17-Q3", each, each) for code, each in (("B", 20), ("C", 30))),
        ("E.H.11_rolling", "A", "2016-17-Q3", 6, 10),
        *(
            ("E.H.11_rolling", code, "2016-17-Q3", each, each)
            for code, each in (("B", 40), ("C", 60))
        ),
        ("E.H.11_rolling", "ENGLAND", "2016-17-Q3", 106, 110),
    ]
    found = release(Raw(tables_of("cyp", *cells)), family, policy=family.disclosure).frame
    england = found[found["org_code"] == "ENGLAND"].iloc[0]
    assert found.loc[0, "note"] == SMALL_NOTE or is_withheld(found.loc[0], "numerator")
    assert is_withheld(england, "numerator") or is_withheld(england, "denominator")


def test_three_quarters_and_the_year_do_not_tell_the_fourth() -> None:
    """5 to 7 in the year, of which 5 to 7 in the last quarter: the third has 0 to 2."""
    quarters = [(f"2017-18-Q{place}", count) for place, count in enumerate((0, 0, 1, 5), 1)]
    cells = [("E.H.9_1A", "A", period, count, None) for period, count in quarters]
    table = freed("cyp", tables_of("cyp", *cells, ("E.H.9_1A", "A", "2017-18", 6, None)))
    year = table.loc[("E.H.9_1A", "A", "2017-18")]
    assert is_withheld(year, "numerator")
    assert table["numerator"].fillna(-1).tolist() == [0, 0, -1, 5, -1]


def test_months_and_their_quarter_do_not_tell_a_month() -> None:
    months = [("2018-01", 0), ("2018-02", 6), ("2018-03", 12)]
    cells = [("E.M.10", "A", period, count, None) for period, count in months]
    table = freed("sus", tables_of("sus", *cells, ("E.M.10", "A", "2017-18-Q4", 18, None)))
    assert is_withheld(table.loc[("E.M.10", "A", "2017-18-Q4")], "numerator")


def test_a_line_that_is_the_sum_of_two_does_not_tell_one() -> None:
    cells = [
        ("E.N.1_1", "A", "2017-18-Q4", 5, None),
        ("E.N.1_2", "A", "2017-18-Q4", 2, None),
        ("E.N.1_3", "A", "2017-18-Q4", 7, None),
    ]
    table = freed("phb", tables_of("phb", *cells))
    # 5 to 7 in all, of which 5 to 7: of the second there were at most 2.
    assert hidden_in(table) == ["", "small", "withheld"]


def test_what_counts_the_same_in_two_lines_is_withheld_in_both() -> None:
    """5 to 7 in England, of which 5 to 7 in B: A has at most 2, by whichever line says so."""
    per = {"A": 100_000, "B": 100_000, "ENGLAND": 200_000}
    counts = {"A": 2, "B": 5, "ENGLAND": 7}
    cells = [("E.K.1a", code, "2017-18-Q4", n, None) for code, n in counts.items()]
    rates = [("E.K.1a_rate", code, "2017-18-Q4", n, per[code]) for code, n in counts.items()]
    table = freed("ld_inpatients", tables_of("ld_inpatients", *cells, *rates))
    assert hidden_in(table) == ["small", "", "withheld"] * 2
    # The parts stand in one line, their total in the other.
    table = freed("ld_inpatients", tables_of("ld_inpatients", *cells[:2], rates[2]))
    assert is_withheld(table.loc[("E.K.1a_rate", "ENGLAND", "2017-18-Q4")], "numerator")


def test_sums_of_the_same_parts_are_withheld_in_all_lines_or_in_none() -> None:
    """Budgets of a quarter are one count in two lines, and of a year and four quarters in two."""
    family = load_family("phb")
    assert family.disclosure is not None

    def withheld(*cells: tuple[str, str, str, int, int | None]) -> set[bool]:
        table = release(Raw(tables_of("phb", *cells)), family, policy=family.disclosure).frame
        totals = table[~table["indicator"].isin(["E.N.1_1", "E.N.1_2"])]
        return {is_withheld(row, "numerator") for _, row in totals.iterrows()}

    # 38 to 42 and 0 to 7 are not 38 to 42, unless the second is 4 at most.
    parts = [("E.N.1_1", "A", "2017-18-Q1", 39, None), ("E.N.1_2", "A", "2017-18-Q1", 3, None)]
    quarter = [("E.N.1_3", "A", "2017-18-Q1", 42, None), ("E.N.1", "A", "2017-18-Q1", 42, 100_000)]
    assert withheld(*parts, *quarter) == withheld(*parts, quarter[1]) == {True}
    parts += [("E.N.1_2", "A", f"2017-18-Q{each}", 0, None) for each in (2, 3, 4)]
    year = [("E.N.1_annual", "A", "2017-18", 42, 100_000)]
    year += [("E.N.1_rolling", "A", "2017-18-Q4", 42, 100_000)]
    assert withheld(*parts, *year) == withheld(*parts, year[1]) == {True}
    assert withheld(*parts[:1], *year) == {False}
    cells = tables_of("phb", *parts, *quarter, *year).assign(numerator=40)
    cells = cells.assign(numerator_mark="", denominator_mark="")
    relations, is_whole = relations_of(family), np.ones(len(cells), dtype=bool)
    held = cells_of(cells, is_whole, family.disclosure, relations).assign(edition=0)
    of = held.assign(one=Unknowns(held, relations, {}).of_cell).query("figure == 'numerator'")
    assert of["one"].tolist()[-4:] == [5, 5, 6, 6], "two counts, each in two lines"


def test_who_scored_is_among_who_finished() -> None:
    """5 finished, one course is missing in England's: the scores of A are of 4 or more."""
    cells = [(code, 100, 100) for code in "BCD"]
    scored = [("E.A.S.2", code, "2017-18-Q4", n, d) for code, n, d in [*cells, ("A", 4, 4)]]
    ended = [("E.H.3_C1", code, "2017-18-Q4", n, 900) for code, n, _ in [*cells, ("A", 5, 5)]]
    totals = [
        ("E.A.S.2", "ENGLAND", "2017-18-Q4", 304, 304),
        ("E.H.3_C1", "ENGLAND", "2017-18-Q4", 305, 3600),
    ]
    found = as_published("iapt", tables_of("iapt", *scored, *ended, *totals))
    england = found[(found["org_code"] == "ENGLAND") & (found["indicator"] == "E.A.S.2")]
    assert england["denominator_mark"].tolist() == ["[c]"]


@pytest.mark.parametrize(
    ("when", "tells"), [("2017-18-Q1", True), ("2017-18-Q2", False), ("2017-18", True)]
)
def test_who_is_new_in_a_year_was_treated_in_it(when: str, tells: bool) -> None:
    """Treated 5, and 304 of 305 new in England's: all but one of A's are new, or 4.

    Who is new in a later quarter may have been treated in the one before.
    """
    counts = {"A": (4, 5), **dict.fromkeys("BCD", (100, 100)), "ENGLAND": (304, 305)}
    cells = [("E.H.9_1A", code, when, new, None) for code, (new, _) in counts.items()]
    cells += [("E.H.9_2A", code, when, all_of, None) for code, (_, all_of) in counts.items()]
    table = tables_of("cyp", *cells).assign(standard_need=np.nan, standard_baseline=np.nan)
    found = as_published("cyp", table)
    marks = found[found["org_code"] == "ENGLAND"].set_index("indicator")["numerator_mark"]
    assert (marks == "[c]").any() == tells


def test_deaths_within_three_months_are_held_against_survival() -> None:
    def withholds(*cells: tuple[str, str, str, int, int | None]) -> bool:
        table = as_published("cart", tables_of("cart", *cells))
        return any(is_withheld(row, figure) for _, row in table.iterrows() for figure in FIGURES)

    # 13 or more patients of whom up to 7 are alive on day 28: 6 or more died in three months.
    survival, deaths = ("CARTLeu02", "A", "2017-18", 7, 13), ("CARTLeu09", "A", "2017-18", 6, 13)
    assert withholds(survival, deaths) and not withholds(survival) and not withholds(deaths)
    # All are alive a year later: few died in three months.
    later, deaths = ("CARTLeu03", "A", "2017-18", 10, 10), ("CARTLeu09", "A", "2016-17", 0, 10)
    assert withholds(later, deaths) and not withholds(later) and not withholds(deaths)


def test_that_days_of_stay_are_shown_does_not_tell_how_many_stays_are_hidden() -> None:
    """Nine stays in all are spread enough: each of the two kinds would be 2 or more."""

    def marks(days: int, elective: int, other: int, squares: float) -> list[str]:
        lines = {"E.J.3": days, "E.M.10": elective, "E.M.11": other}
        table = tables_of("sus", *((code, "A", "2018-03", n, None) for code, n in lines.items()))
        shown = as_published("sus", table.assign(squares=[squares, np.nan, np.nan]))
        return [str(each) for each in shown["numerator_mark"]]

    assert marks(27, 2, 7, squares=81.0) == ["[c]"] * 3
    assert marks(900, 7, 293, squares=2700.0)[:2] == ["[c]", "[c]"]
    assert marks(900, 8, 292, squares=2700.0) == ["", "", ""]
    assert marks(60, 10, 10, squares=180.0) == [""] * 3


def test_baselines_of_totals_are_not_shown_beside_those_of_organisations() -> None:
    """96 in England and 88 to 92 of one: the other has 4 to 8, and is hidden with 4 or less."""
    counts = {"A": 100, "B": 100, "ENGLAND": 200}
    cells = [("E.H.9_2A", code, "2017-18", n, None) for code, n in counts.items()]
    own = {"standard_baseline": [4, 92, 96], "standard_need": [10, 100, 110]}
    found = as_published("cyp", tables_of("cyp", *cells).assign(**own))
    assert found["standard_baseline"].isna().tolist() == [True, False, True]
    assert found["standard"].notna().tolist() == [False, True, False]


def test_sessions_of_courses_do_not_tell_how_many_courses() -> None:
    """Each course has two sessions or more, so 5 to 7 sessions were of 3 courses at most."""
    cells = [("E.H.3_C2", "A", "2017-18-Q4", 6, 3), ("E.H.3_C1", "A", "2017-18-Q4", 3, 9)]
    table = freed("iapt", tables_of("iapt", *cells))
    sessions = table.loc[("E.H.3_C2", "A", "2017-18-Q4")]
    assert (sessions["numerator_mark"], sessions["note"]) == (
        "[c]",
        f"numerator {TELLING}; denominator {SMALL_NOTE}",
    )


def test_a_row_says_which_of_its_counts_is_small_and_which_is_withheld() -> None:
    policy = BY_NAME["4/5/zeros/england"]
    note = released(*with_england([(0, 3), (0, 8)]), policy=policy).iloc[0]["note"]
    assert note == f"numerator {WITHHELD_NOTE}; denominator {SMALL_NOTE}"
    assert not re.search(r"\d", note)
