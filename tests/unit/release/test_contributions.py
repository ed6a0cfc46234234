"""Sums of shares of units, such as days of stay: none tells of few, or of one or two.

The attackers know their own days, the rule, what adds up and everything shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.release.contributions import TELLING
from nhsind.release.shown_cells import WITHHELD_NOTE
from tests.unit.release.test_telling import HES, released

CART, SUS = load_family("cart"), load_family("sus")


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ([4] * 7, False),  # as many as are suppressed
        ([4] * 8, False),  # by their squares alone two of them could hold half
        ([4] * 9, True),
        ([1] * 8 + [8], False),  # one holds half of the sum
        ([1] * 12 + [6, 6], False),  # two do
        ([1] * 20 + [3, 3], True),
    ],
)
def test_a_sum_over_few_or_of_one_is_hidden_and_its_mean_with_it(
    days: list[int], shown: bool
) -> None:
    row = released(
        [(sum(days), len(days))],
        HES,
        "CARTLeu07",
        CART,
        plan=np.nan,
        period="2017-18",
        squares=pd.array([sum(day**2 for day in days)], dtype="Int64"),
        note="",
    ).iloc[0]
    assert (row["numerator_mark"] == "") == shown == pd.notna(row["numerator"])
    assert pd.isna(row["value"]) or shown
    assert shown or (row["status"], row["value_mark"]) == ("suppressed", "[c]")
    assert shown or row["note"].removeprefix("numerator ").startswith(TELLING)


@pytest.mark.parametrize("hidden", [0, 1, 2])
def test_a_total_does_not_tell_the_one_sum_that_is_hidden(hidden: int) -> None:
    """The days of three patients are the total's less the others'; of two they are not."""
    units = [3] * hidden + [50, 60]
    pairs = [(18 * each, each) for each in units]
    total = (18 * sum(units), sum(units))
    table = released(
        [*pairs, total],
        HES,
        "CARTLeu07",
        CART,
        plan=np.nan,
        period="2017-18",
        squares=pd.array([18 * 18 * each for each in [*units, sum(units)]], dtype="Int64"),
        org_level=["provider"] * len(units) + ["england"],
        org_code=[*"ABCD"[: len(units)], "ENGLAND"],
        note="",
    )
    last = table.iloc[-1]
    assert (WITHHELD_NOTE in last["note"]) == pd.isna(last["numerator"]) == (hidden == 1)


def bed_days(*stays: list[int], above: list[int] | None = None, **more: object) -> pd.DataFrame:
    """E.J.3 of commissioners with these stays, in days, and of all of them or of `above`."""
    every = above or [day for each in stays for day in each]
    of = [*stays, every]
    return released(
        [(sum(each), None) for each in of],
        HES,
        "E.J.3",
        SUS,
        plan=np.nan,
        period="2018-03",
        squares=pd.array([sum(day**2 for day in each) for each in of], dtype="Int64"),
        org_level=["ccg"] * len(stays) + ["england"],
        org_code=[*(f"O{place}" for place in range(len(stays))), "ENGLAND"],
        note="",
        **more,
    )


@pytest.mark.parametrize("beside", [[], [1] * 3, [0] * 30])
def test_who_knows_own_days_learns_not_those_of_the_other(beside: list[int]) -> None:
    """40 days of one patient; the sum less them would be the other's 31."""
    many = [9] * 40
    table = bed_days([40, 31, *beside], many)
    own, others, total = table["numerator"].astype("Float64").to_numpy(float, na_value=np.nan)
    # Of the sum as it is shown, and of the total less what is shown of the others.
    guesses = np.array([own - 40, total - others - 40])
    assert np.isnan(guesses).all(), guesses
    assert table["note"].tolist() == [TELLING, "", WITHHELD_NOTE]
    assert others == 360


def test_a_total_of_many_sums_does_not_tell_one_of_two_patients() -> None:
    """So many are rounded that the hidden sum may be half of what it is, or twice."""
    table = bed_days([40, 31], *[[9] * 40] * 40)
    assert table["numerator"].isna().tolist() == [True] + [False] * 41


def test_months_and_their_quarter_do_not_tell_the_days_of_one_patient() -> None:
    months = {"2018-01": [9] * 40, "2018-02": [9] * 30, "2018-03": [40, 31]}
    of = [*months.values(), [day for each in months.values() for day in each]]
    table = released(
        [(sum(each), None) for each in of],
        HES,
        "E.J.3",
        SUS,
        plan=np.nan,
        period=[*months, "2017-18-Q4"],
        squares=pd.array([sum(day**2 for day in each) for each in of], dtype="Int64"),
        org_code="A",
        note="",
    )
    assert table["note"].tolist() == ["", "", TELLING, WITHHELD_NOTE]


def test_a_sum_of_which_the_squares_are_not_known_is_not_shown() -> None:
    row = released([(400, None)], HES, "E.J.3", SUS, plan=np.nan, note="").iloc[0]
    assert (row["numerator_mark"], row["note"]) == ("[c]", TELLING)
