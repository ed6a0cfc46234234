"""Statuses and marks: the words of the contract, their precedence, and their explanations."""

from __future__ import annotations

from itertools import combinations

import pytest

from nhsind.definitions.output_columns import COLUMNS
from nhsind.definitions.statuses import Mark, Status, first_of, mark_notes

# The contract's order where several apply.
PRECEDENCE = "not_covered suppressed not_available no_denominator partial no_cases ok".split()


def test_statuses_stand_in_their_order_of_precedence() -> None:
    assert [*Status] == PRECEDENCE


@pytest.mark.parametrize(("first", "second"), [*combinations(PRECEDENCE, 2)])
def test_of_two_statuses_the_first_in_precedence_stands(first: str, second: str) -> None:
    assert first_of([second, first]) == first_of([first, second]) == first


def test_a_row_to_which_no_status_applies_is_ok() -> None:
    assert first_of([]) is Status.OK


def test_the_data_dictionary_lists_every_status() -> None:
    (column,) = [column for column in COLUMNS if column.name == "status"]
    assert column.allowed.split(", ") == PRECEDENCE[::-1]


def test_marks_are_explained_once_and_in_one_order() -> None:
    assert mark_notes(["1", "[c]", "[c]"]) == (
        "[c] means suppressed, because the number is small, is made of one that is, or is made up "
        "by few.",
    )
    assert mark_notes(["[c] (withheld)"]) == (
        "[c] (withheld) means hidden, because it would tell a number that is hidden or rounded.",
    )
    assert mark_notes(["[z]", "[x]", "met"]) == (
        "[x] means not available.",
        "[z] means not applicable.",
    )
    assert len(mark_notes(Mark)) == len(Mark)
