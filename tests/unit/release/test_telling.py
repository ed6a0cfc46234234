"""What is told of rounded counts is true, and leaves enough values of each, over all pairs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.standards import Standard
from nhsind.definitions.statuses import Status
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from nhsind.release.possible import FEWEST_VALUES_OF_A_ROUNDED_COUNT, possible, share, told
from nhsind.release.telling import PRECISION, TOO_COARSE
from nhsind.statistics.intervals import wilson

RTT, PHB, CYP, IAPT = (load_family(code) for code in ("rtt", "phb", "cyp", "iapt"))
HES = Disclosure("suppress", "r", "s", "2026-01-01", threshold=7, base=5)
MHSDS = Disclosure("suppress", "r", "s", "2026-01-01", threshold=4, base=5, hide_zeros=True)
TENS = Disclosure("suppress", "r", "s", "2026-01-01", threshold=4, base=10)
policies = pytest.mark.parametrize("policy", [HES, MHSDS, TENS], ids=["HES", "MHSDS", "tens"])
# What is told, and may differ between pairs that are shown alike.
TOLD = ["value", "meets_standard", "meets_plan"]


def released(
    pairs: list[tuple[int, Any]],
    policy: Disclosure,
    line: str = "E.B.3",
    family: Any = RTT,
    plan: float = 0.5,
    period: str = "2018-03",
    **more: Any,
) -> pd.DataFrame:
    numerators, denominators = zip(*pairs, strict=True)
    table = pd.DataFrame(
        {
            "family": family.code,
            "indicator": line,
            "org_level": "ccg",
            "org_code": [f"O{place}" for place in range(len(pairs))],
            "org_name": "An organisation",
            "period": period,
            "kind": family.indicators[line].kind,
            "unit": family.indicators[line].unit_of_value,
            "numerator": pd.array(numerators, dtype="Int64"),
            "denominator": pd.array(denominators, dtype="Int64"),
            "plan": plan,
        }
    ).assign(**more)
    return release(Raw(table), family, policy=policy).frame


def all_pairs() -> list[tuple[int, int]]:
    """Every pair up to 60, and every numerator of the denominators that are shown as 300."""
    sizes = [*range(1, 61), *range(295, 305)]
    return [(part, whole) for whole in sizes for part in range(whole + 1)]


@cache
def all_released(policy: Disclosure) -> pd.DataFrame:
    return released(all_pairs(), policy)


@policies
def test_whatever_is_told_is_true_and_leaves_enough(policy: Disclosure) -> None:
    pairs = all_pairs()
    table = all_released(policy).assign(n=[n for n, _ in pairs], d=[d for _, d in pairs])
    shown = table[(table["numerator_mark"] == "") & (table["denominator_mark"] == "")]
    meets = {
        "meets_standard": [n * 25 >= d * 23 for n, d in zip(shown["n"], shown["d"], strict=True)],
        "meets_plan": [n * 2 >= d for n, d in zip(shown["n"], shown["d"], strict=True)],
    }
    for name, true in meets.items():
        is_told = shown[name].notna().to_numpy()
        assert (shown[name][is_told].astype(bool) == np.array(true)[is_told]).all()
        assert is_told.any() and not is_told.all()
    valued = shown[shown["value"].notna()]
    steps = 100 * 10 ** valued["value_places"].astype(int)
    for row, each in zip(valued.itertuples(), steps, strict=True):
        nearest = Fraction(round(row.value * each), int(each))
        assert abs(nearest - Fraction(row.n, row.d)) <= Fraction(1, 2 * int(each))
    lower, upper = wilson(shown["n"], shown["d"])
    assert (shown["ci_lower"] <= lower + 1e-12).all() and (shown["ci_upper"] >= upper - 1e-12).all()
    assert (shown["ci_lower_most"] >= lower - 1e-12).all()
    assert (shown["ci_upper_least"] <= upper + 1e-12).all()
    values = shown["n"] / shown["d"]
    assert (shown["value_lowest"] <= values + 1e-12).all()
    assert (shown["value_highest"] >= values - 1e-12).all()
    # Of these denominators every pair that is shown so is there.
    whole_classes = shown[(shown["denominator"] <= 50) | (shown["denominator"] == 300)]
    several = 0
    for _, alike in whole_classes.groupby(["numerator", "denominator"]):
        assert len(alike[TOLD].notna().drop_duplicates()) == 1  # decided by what is shown
        answers = alike.groupby(TOLD, dropna=False)
        several += answers.ngroups > 1
        for count in ("n", "d") if answers.ngroups > 1 else ():
            every = alike[count].nunique()
            left = answers[count].nunique()
            assert (left >= min(FEWEST_VALUES_OF_A_ROUNDED_COUNT, every)).all()
    assert several > 10


@policies
def test_two_truths_that_are_shown_alike_differ_in_nothing_else(policy: Disclosure) -> None:
    table = all_released(policy).drop(columns=["org_code"])
    others = table.drop(columns=TOLD)
    for _, alike in others.groupby(["numerator", "denominator"], dropna=True):
        assert len(alike.astype(str).drop_duplicates()) == 1
    hidden = table[table["numerator_mark"] == "[c]"]
    assert hidden[[*TOLD, *PRECISION]].isna().all(axis=None) and len(hidden) > 10


@policies
def test_many_at_once_are_told_as_one_by_one(policy: Disclosure) -> None:
    """`possible` lists the pairs of one row by trying all; the arrays must find the same."""
    rows = zip(all_pairs(), all_released(policy).itertuples(), strict=True)
    for pair, row in islice(rows, 0, None, 7):
        if row.numerator_mark or row.denominator_mark:
            continue
        found = possible(int(row.numerator), int(row.denominator), policy=policy)
        standard = lambda n, d: n * 25 >= d * 23  # noqa: E731
        plan = lambda n, d: n * 2 >= d  # noqa: E731
        verdict = told(found, standard, pair)
        assert (None if pd.isna(row.meets_standard) else row.meets_standard) == verdict
        if verdict is None or pd.isna(row.meets_plan):
            continue
        said = share(found, pair, standard, plan)
        assert (said.places is None) == pd.isna(row.value)
        if said.value is not None:
            assert (row.value, row.value_places) == (float(said.value), said.places)


def test_nine_of_eleven_is_not_all_of_ten() -> None:
    row = released([(9, 11)], HES).iloc[0]
    assert (row["numerator"], row["denominator"], row["status"]) == (10, 10, "suppressed")
    assert pd.isna(row["value"]) and row["value_mark"] == "[c]"
    assert (row["value_lowest"], row["value_highest"]) == (0.666, 1.0)
    assert row["note"] == (
        f"{TOO_COARSE} the value, which lies between 66.6% and 100.0%, or whether the standard is "
        "met"
    ) or row["meets_standard"] in (True, False)
    assert row["meets_plan"]


def test_a_value_is_of_the_true_counts_and_to_its_digits() -> None:
    row = released([(437, 1002)], HES).iloc[0]
    assert (row["numerator"], row["denominator"]) == (435, 1000)
    assert (row["value"], row["value_places"]) == (0.44, 0)
    row = released([(43_702, 100_002)], HES).iloc[0]
    assert (row["value"], row["value_places"]) == (0.437, 1)


@pytest.mark.parametrize(
    ("line", "pairs", "shown", "ends", "met"),
    [
        ("E.A.S.2", [(419, 851), (422, 848)], (420, 850), (0.49, 0.498), False),
        ("E.H.3_C1", [(460, 320), (458, 322)], (460, 320), (1.4, 1.5), None),
    ],
    ids=["50% of at least 50%, not met", "1 session of 1.4"],
)
def test_where_the_shown_counts_deny_a_value_their_range_is_told(
    line: str,
    pairs: list[tuple[int, int]],
    shown: tuple[int, int],
    ends: tuple[float, float],
    met: bool | None,
) -> None:
    """Whichever the true ones are: that it is not told says nothing of them."""
    rows = released(pairs, MHSDS, line, IAPT, plan=np.nan, period="2017-18-Q4")
    for row in rows.to_dict("records"):
        assert (row["numerator"], row["denominator"]) == shown and pd.isna(row["value"])
        assert (row["value_lowest"], row["value_highest"]) == ends
        assert (None if pd.isna(row["meets_standard"]) else row["meets_standard"]) is met


def test_a_part_of_a_figure_keeps_its_value() -> None:
    """It has no verdict that the value could deny; without a value nothing said that it is one."""
    more = {"plan": np.nan, "period": "2017-18-Q4", "mark": Status.PARTIAL, "note": "of A alone"}
    (row,) = released([(460, 320)], MHSDS, "E.H.3_C1", IAPT, **more).to_dict("records")
    assert (row["value"], row["status"], row["note"]) == (1, Status.PARTIAL, "of A alone")
    assert pd.isna(row["meets_standard"])


def test_a_count_is_what_is_shown_and_its_verdict_the_true_one() -> None:
    counts = [(count, None) for count in range(8, 60)]
    table = released(counts, HES, "E.M.18", plan=30.0)
    assert (table["value"] == table["numerator"]).all() and (table["value"] % 5 == 0).all()
    assert table["meets_plan"].isna().all()  # activity has no better direction
    rows = released(counts, HES, "E.N.1_1", PHB, plan=30.0, period="2017-18-Q4")
    is_told = rows["meets_plan"].notna().to_numpy()
    true = np.array([count >= 30 for count, _ in counts])
    assert (rows["meets_plan"][is_told].astype(bool) == true[is_told]).all()
    # 30 stands for 28 to 32, of which 28 and 29 alone would be two values.
    assert (rows["numerator"][~is_told] == 30).all() and (~is_told).sum() == 5


def test_a_rate_of_a_known_population_pins_no_count() -> None:
    """15 people of 100,000 more or less: a rate to one place would tell each count."""
    counts = range(28, 63)
    table = released(
        [(n, 100_000) for n in counts], HES, "E.N.1_annual", PHB, plan=np.nan, period="2018-19"
    ).assign(n=counts)
    assert table["value"].isna().all() and (table["value_highest"] > table["value_lowest"]).all()
    big = released(
        [(n, 10_000_000) for n in counts], HES, "E.N.1_annual", PHB, plan=np.nan, period="2018-19"
    ).assign(n=counts)
    for _, alike in big.groupby(["numerator", "value"]):
        assert alike["n"].nunique() >= 3
    assert big["value"].notna().any()


def with_a_baseline(treated: int, baseline: int) -> pd.Series:
    """The released row of a year's treated people, whose standard is made of the year before's."""
    return released(
        [(treated, None)],
        HES,
        "E.H.9_2A",
        CYP,
        plan=np.nan,
        period="2017-18",
        standard_need=pd.array([10], dtype="Int64"),
        standard_baseline=pd.array([baseline], dtype="Int64"),
    ).iloc[0]


@pytest.mark.parametrize(("treated", "met"), [(90, False), (107, None), (130, True)])
def test_an_own_standard_made_of_a_count_is_rounded_and_its_verdict_true(
    treated: int, met: bool | None
) -> None:
    """107% of 98 treated a year before is 104.86; shown is 107% of 100."""
    row = with_a_baseline(treated, 98)
    assert row["standard_baseline"] == 100 and row["standard"] == 107.0
    assert (None if pd.isna(row["meets_standard"]) else bool(row["meets_standard"])) is met
    assert (TOO_COARSE in row["note"]) == (met is None)


def test_a_small_baseline_is_hidden_and_with_it_the_required_number() -> None:
    row = with_a_baseline(100, 6)
    assert pd.isna(row["standard_baseline"]) and pd.isna(row["standard"])
    assert pd.isna(row["meets_standard"])


def test_a_strict_standard_is_told_by_its_own_operator() -> None:
    strict = replace(
        RTT.indicators["E.B.3"],
        standards=(Standard(">", "1/2", "month"),),
    )
    family = replace(RTT, indicators=RTT.indicators | {"E.B.3": strict})
    pairs = [(n, 1000) for n in range(450, 550)]
    table = released(pairs, HES, family=family, plan=np.nan)
    is_told = table["meets_standard"].notna().to_numpy()
    true = np.array([n > 500 for n, _ in pairs])
    assert (table["meets_standard"][is_told].astype(bool) == true[is_told]).all()
    assert is_told.mean() > 0.5


def test_a_rule_that_rounds_to_nought_what_it_shows_is_no_policy() -> None:
    with pytest.raises(ValueError, match="threshold=1"):
        replace(HES, threshold=1)
    assert replace(HES, threshold=2).threshold == 2
