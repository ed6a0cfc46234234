"""The release gate: Raw shows its size only; what is released says no more than its policy allows.

`shown` is the policy said a second time, for one pair of counts; the attacks below know it, the
totals and everything released, and nothing else.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.errors import DisclosureError
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release, release_faults
from nhsind.release.policies import ALREADY_PUBLIC, EXPLORING, STRICTEST, policy_for
from nhsind.statistics.intervals import wilson

RTT = load_family("rtt")
PERCENTAGE, COUNT = "E.B.3", "E.M.18"
Row = tuple[str, int, int | None]
Pair = tuple[int | None, ...]


def suppress(
    threshold: int, base: int = 1, hide_zeros: bool = False, exempt_england: bool = False
) -> Disclosure:
    return Disclosure(
        rule="suppress",
        reason="a test",
        source="a test",
        checked_on="2026-11-22",
        threshold=threshold,
        base=base,
        hide_zeros=hide_zeros,
        exempt_england=exempt_england,
    )


def output_table(*rows: Row, line: str = PERCENTAGE, plan: float = 0.5) -> pd.DataFrame:
    """An output table with the true values in it, which must not survive release."""
    definition = RTT.indicators[line]
    true = [n if d is None else n / d if d else np.nan for _, n, d in rows]
    return pd.DataFrame(
        {
            "family": "rtt",
            "indicator": line,
            "org_level": ["england" if code == "ENGLAND" else "ccg" for code, _, _ in rows],
            "org_code": [code for code, _, _ in rows],
            "org_name": [f"Name of {code}" for code, _, _ in rows],
            "period": "2018-03",
            "kind": definition.kind,
            "numerator": pd.array([n for _, n, _ in rows], dtype="Int64"),
            "denominator": pd.array([d for _, _, d in rows], dtype="Int64"),
            "value": true,
            "ci_lower": true,
            "ci_upper": true,
            "unit": definition.unit_of_value,
            "standard": 0.92,
            "comparator": ">=",
            "meets_standard": pd.array([True] * len(rows), dtype="boolean"),
            "plan": plan,
            "meets_plan": pd.array([True] * len(rows), dtype="boolean"),
            "status": "ok",
        }
    )


def released(*rows: Row, policy: Disclosure, line: str = PERCENTAGE) -> pd.DataFrame:
    return release(Raw(output_table(*rows, line=line)), RTT, policy=policy).frame


def one_count(value: int, policy: Disclosure, code: str = "A") -> int | str:
    row = released((code, value, None), policy=policy, line=COUNT).iloc[0]
    return str(row["numerator_mark"]) if pd.isna(row["numerator"]) else int(row["numerator"])


# Raw ---------------------------------------------------------------------------------------------

SECRET = 73_519
RAW = Raw(pd.DataFrame({"numerator": [SECRET, 2], "name": ["hidden", "words"]}))


@pytest.mark.parametrize(
    "text",
    [
        repr(RAW),
        str(RAW),
        f"{RAW}",
        f"{RAW:>40}",
        f"{RAW!r:<40}",
        "%s %r" % (RAW, RAW),  # noqa: UP031
        repr([RAW]),
        str({"figures": RAW}),
        repr(np.array([RAW], dtype=object)),
        repr(pd.Series([RAW])),
        logging.LogRecord("x", 1, "x", 1, "%s", (RAW,), None).getMessage(),
        json.dumps({"figures": RAW}, default=str),
    ],
)
def test_raw_shows_its_size_wherever_it_is_printed(text: str) -> None:
    assert "<confidential 2x2>" in text
    assert str(SECRET) not in text and "hidden" not in text


def test_raw_shows_its_size_in_a_notebook() -> None:
    data, metadata = DisplayFormatter().format(RAW)
    assert data == {"text/plain": "<confidential 2x2>"} and metadata == {}


@pytest.mark.parametrize(
    "attempt",
    [
        *(lambda protocol=protocol: pickle.dumps(RAW, protocol) for protocol in range(6)),
        lambda: copy.copy(RAW),
        lambda: copy.deepcopy(RAW),
        lambda: list(RAW),
        lambda: pd.DataFrame(RAW),
        lambda: dict(RAW),
        lambda: SECRET in RAW,
    ],
)
def test_raw_cannot_be_copied_or_read(attempt: Any) -> None:
    with pytest.raises(DisclosureError):
        attempt()


def test_raw_has_no_writer_and_no_way_in() -> None:
    ways = (
        "to_csv to_json to_html to_parquet to_excel to_string to_numpy to_dict to_pickle "
        "_repr_html_ _repr_latex_ _repr_mimebundle_ _repr_pretty_ _ipython_display_ __array__ "
        "__dataframe__ __arrow_c_stream__ __len__ __getitem__ __dict__ frame values items keys"
    ).split()
    assert [way for way in ways if hasattr(RAW, way)] == []


# Policies, at their boundaries -------------------------------------------------------------------

NONE = Disclosure("none", "a test", "a test", "2026-11-22")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (NONE, {0: 0, 1: 1, 7: 7, 8: 8}),
        (ALREADY_PUBLIC, {0: 0, 1: 1, 7: 7, 8: 8}),
        (suppress(7), {0: 0, 1: "[c]", 7: "[c]", 8: 8, 9: 9}),
        (suppress(7, hide_zeros=True), {0: "[c]", 1: "[c]", 7: "[c]", 8: 8}),
        (suppress(7, 5), {0: 0, 1: "[c]", 7: "[c]", 8: 10, 12: 10, 13: 15}),
        (suppress(4, 5, True), {0: "[c]", 1: "[c]", 4: "[c]", 5: 5, 7: 5, 8: 10}),
        (suppress(4, 10), {0: 0, 4: "[c]", 5: 10, 14: 10, 15: 20}),
        (STRICTEST, {0: "[c]", 7: "[c]", 8: 10}),
    ],
    ids=lambda item: f"{item.rule}-{item.threshold}" if isinstance(item, Disclosure) else "",
)
def test_what_each_policy_shows(policy: Disclosure, expected: dict[int, int | str]) -> None:
    assert {value: one_count(value, policy) for value in expected} == expected
    # One count alone does not say where it stands: England's is treated the same unless exempt.
    assert {value: one_count(value, policy, "ENGLAND") for value in expected} == expected


@pytest.mark.parametrize("value", [0, 1, 7, 8, 12, 13])
def test_an_exempt_england_is_exact(value: int) -> None:
    policy = suppress(7, 5, hide_zeros=True, exempt_england=True)
    assert one_count(value, policy, "ENGLAND") == value
    assert one_count(value, policy) == one_count(value, replace(policy, exempt_england=False))


@pytest.mark.parametrize(
    ("numerator", "expected"),
    [(0, 0), (1, "[c]"), (5, "[c]"), (6, 6), (94, 94), (95, "[c]"), (99, "[c]"), (100, 100)],
)
def test_a_small_rest_is_as_telling_as_a_small_count(numerator: int, expected: int | str) -> None:
    row = released(("A", numerator, 100), policy=suppress(5)).iloc[0]
    assert (row["numerator_mark"] or row["numerator"]) == expected


def test_where_zeros_are_hidden_a_rest_of_zero_is_too() -> None:
    row = released(("A", 100, 100), policy=suppress(5, hide_zeros=True)).iloc[0]
    assert row["numerator_mark"] == "[c]"


def test_a_rule_that_nobody_knows_shows_nothing_small() -> None:
    """A policy is data, and data have misprints: they must not open the gate."""
    with pytest.raises(ValueError, match="supress"):
        replace(suppress(7), rule="supress")


# What follows from the counts --------------------------------------------------------------------


def test_verdicts_are_of_the_true_counts_and_intervals_cover_all_that_are_shown_so() -> None:
    row = released(("A", 80, 103), policy=suppress(7, 5)).iloc[0]
    assert (row["numerator"], row["denominator"]) == (80, 105)
    assert row["ci_lower"] == wilson(78, 107)[0] and row["ci_upper"] == wilson(82, 103)[1]
    assert not row["meets_standard"] and row["meets_plan"]
    # Truly 97 of 105 (92.4%), and shown as 95 of 105: met, if it can be told at all.
    assert released(("A", 97, 105), policy=suppress(7, 5)).iloc[0]["meets_standard"] is not False


@pytest.mark.parametrize("pair", [(3, 50), (48, 50), (3, 5)])
def test_a_hidden_count_hides_all_that_follows_from_it(pair: tuple[int, int]) -> None:
    row = released(("A", *pair), policy=suppress(5)).iloc[0]
    assert row["status"] == "suppressed"
    assert (row["numerator_mark"], row["value_mark"]) == ("[c]", "[c]")
    derived = ["numerator", "value", "ci_lower", "ci_upper", "meets_standard", "meets_plan"]
    assert row[derived].isna().all()


def test_a_hidden_denominator_hides_the_value_of_a_shown_zero() -> None:
    row = released(("A", 0, 4), policy=suppress(7, 5)).iloc[0]
    assert (row["numerator"], row["denominator_mark"]) == (0, "[c]")
    assert (row["status"], row["value_mark"]) == ("suppressed", "[c]") and pd.isna(row["value"])


def test_no_cases_is_not_applicable_and_not_suppressed() -> None:
    row = released(("A", 0, 0), policy=suppress(5)).iloc[0]
    assert (row["status"], row["value_mark"], row["denominator"]) == ("no_cases", "[z]", 0)
    assert released(("A", 0, 0), policy=STRICTEST).iloc[0]["status"] == "suppressed"


def test_a_count_has_no_denominator_to_mark() -> None:
    row = released(("A", 20, None), policy=suppress(5), line=COUNT).iloc[0]
    assert (row["denominator_mark"], row["value"], row["status"]) == ("[z]", 20, "ok")


def test_figures_already_public_are_left_as_they_are() -> None:
    rows: list[Row] = [("A", 1, 2), ("B", 0, 9), ("C", 0, 0), ("ENGLAND", 1, 11)]
    found = release(Raw(output_table(*rows)), RTT, policy=policy_for(RTT, is_published=True))
    assert [*zip(found.frame["numerator"], found.frame["denominator"], strict=True)] == [
        row[1:] for row in rows
    ]
    assert found.publishable and not (found.frame["numerator_mark"] == "[c]").any()


def test_release_leaves_the_raw_figures_alone() -> None:
    table = output_table(("A", 3, 50), ("B", 30, 50))
    before = table.copy()
    release(Raw(table), RTT, policy=suppress(5))
    pd.testing.assert_frame_equal(table, before)


def test_a_fault_of_few_records_is_not_there_and_tells_not_that_there_are_some() -> None:
    table = pd.DataFrame({"fault": list("abcd"), "rows": [0, 3, 8, 13]})
    found = release_faults(Raw(table), STRICTEST).frame
    assert found.values.tolist() == [["c", 10], ["d", 15]]
    found = release_faults(Raw(table), replace(STRICTEST, hide_zeros=False)).frame
    assert found["fault"].tolist() == ["a", "c", "d"], "a nought that the rule shows"
    assert release_faults(Raw(table), ALREADY_PUBLIC).frame["rows"].tolist() == [0, 3, 8, 13]


def test_nothing_to_divide_by_is_not_said_of_a_hidden_nought() -> None:
    note = "nothing to take a share, a rate or a mean of"
    notes = [
        release(Raw(output_table(("A", *pair)).assign(note=said)), RTT, policy=STRICTEST).frame
        for pair, said in (((0, 0), note), ((0, 3), ""))
    ]
    pd.testing.assert_frame_equal(*notes)
    shown = release(Raw(output_table(("A", 0, 0)).assign(note=note)), RTT, policy=suppress(7, 5))
    assert shown.frame["note"].tolist() == [note]


# Who may publish ---------------------------------------------------------------------------------


def test_a_family_without_a_policy_gets_the_strictest_and_is_not_published() -> None:
    policy = policy_for(replace(RTT, disclosure=None), is_published=False)
    assert policy == STRICTEST
    assert not Released(pd.DataFrame(), policy).publishable
    assert (policy.threshold, policy.base, policy.hide_zeros) == (7, 5, True)
    assert not policy.exempt_england


def test_exploring_shows_everything_and_is_not_published() -> None:
    policy = policy_for(RTT, is_published=False, explore=True)
    found = release(Raw(output_table(("A", 1, 2))), RTT, policy=policy)
    assert policy == EXPLORING and not found.publishable
    assert found.frame.iloc[0]["numerator"] == 1


def test_a_policy_without_a_source_is_not_published() -> None:
    assert not Released(pd.DataFrame(), replace(suppress(5), source="")).publishable
    assert Released(pd.DataFrame(), suppress(5)).publishable


def test_every_family_may_be_published() -> None:
    assert policy_for(RTT, is_published=False).source


# Attacks -----------------------------------------------------------------------------------------

MOST = 30
FEW = settings(
    max_examples=8, deadline=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)
# Policies as published series have them: HES, IAPT and MHSDS with England exact or rounded, FFT.
POLICIES = [
    suppress(7, 5),
    suppress(7, 5, exempt_england=True),
    suppress(4, 5, True, True),
    suppress(4, 5, True),
    suppress(4),
    suppress(5, exempt_england=True),
    suppress(7, hide_zeros=True, exempt_england=True),
    STRICTEST,
]
BY_NAME = {
    f"{p.threshold}/{p.base}{'/zeros' * p.hide_zeros}{'/england' * p.exempt_england}": p
    for p in POLICIES
}
policies = pytest.mark.parametrize("policy", BY_NAME.values(), ids=BY_NAME)


def shown(pair: Pair, policy: Disclosure, is_england: bool = False) -> Pair:
    """A numerator and denominator (None: a plain count) as released; -1 is `[c]`."""
    numerator, denominator = pair
    if is_england and policy.exempt_england:
        return pair
    lowest = 0 if policy.hide_zeros else 1

    def count(value: int | None) -> int | None:
        if value is None:
            return None
        if lowest <= value <= policy.threshold:
            return -1
        return (value + policy.base // 2) // policy.base * policy.base

    first, second = count(numerator), count(denominator)
    if numerator is not None and denominator is not None and policy.base == 1:
        small_rest = lowest <= denominator - numerator <= policy.threshold
        first = -1 if small_rest else first
    return first, second


@cache
def alike(policy: Disclosure, is_england: bool, is_count: bool) -> dict[Pair, list[Pair]]:
    """All true pairs by what is released of them: what an attacker can list."""
    found: dict[Pair, list[Pair]] = {}
    pairs: list[Pair] = [
        (n, None if is_count else d)
        for d in range(1 if is_count else 3 * MOST)
        for n in range(3 * MOST if is_count else d + 1)
    ]
    for pair in pairs:
        found.setdefault(shown(pair, policy, is_england), []).append(pair)
    return found


@policies
def test_release_shows_what_the_policy_says(policy: Disclosure) -> None:
    pairs = [(n, d) for d in range(MOST) for n in range(d + 1)]
    table = released(*[(f"O{i}", *pair) for i, pair in enumerate(pairs)], policy=policy)
    for name, place in (("numerator", 0), ("denominator", 1)):
        expected = [shown(pair, policy)[place] for pair in pairs]
        assert table[name].fillna(-1).tolist() == expected
        assert (table[f"{name}_mark"] == "[c]").tolist() == [value == -1 for value in expected]


@policies
@FEW
@given(data=st.data())
def test_two_truths_with_the_same_counts_shown_are_released_alike(
    policy: Disclosure, data: st.DataObject
) -> None:
    groups = [pairs for pairs in alike(policy, False, False).values() if len(pairs) > 1]
    chosen = data.draw(st.lists(st.sampled_from(groups), min_size=1, max_size=5))
    first, second = (
        released(
            *[(f"O{i}", *data.draw(st.sampled_from(pairs))) for i, pairs in enumerate(chosen)],
            policy=policy,
        )
        for _ in range(2)
    )
    # A value and verdicts may be the true ones; whether they are there, what is shown decides.
    told = ["value", "meets_standard", "meets_plan"]
    pd.testing.assert_frame_equal(first.drop(columns=told), second.drop(columns=told))
    pd.testing.assert_frame_equal(first[told].isna(), second[told].isna())
