"""Single cells of published files: each rule on both of its sides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nhsind.sources import cells
from nhsind.sources.totals import is_total


@pytest.mark.parametrize(
    ("word", "month"),
    [
        ("February", "February"),
        ("feb", "February"),
        ("Sept", "September"),
        ("Feburary", "February"),  # letters out of place
        ("Janurary", "January"),  # a letter too many
        ("Agust", "August"),  # one missing
        ("Octember", None),  # like two of them
        ("Smarch", None),  # like March, but begins with another letter
        ("Mayo", None),  # too short to tell
        ("Total", None),
    ],
)
def test_a_month_s_name_may_be_misspelt_but_not_guessed(word: str, month: str | None) -> None:
    assert cells.month_name(word) == month


@pytest.mark.parametrize(
    ("column", "days"),
    [
        (["30/04/2017", "31/05/2017"], [date(2017, 4, 30), date(2017, 5, 31)]),
        (["4/30/2017", "5/31/2017"], [date(2017, 4, 30), date(2017, 5, 31)]),
        (["01/04/2017", "01/05/2017"], [date(2017, 4, 1), date(2017, 5, 1)]),
        # The first of January or the second: the column does not say.
        (["2/3/2017"], [None]),
        # One way of reading makes the first a day, the other way the second.
        (["13/04/2017", "04/13/2017"], [date(2017, 4, 13), None]),
    ],
)
def test_a_column_s_days_are_read_one_way(column: list[str], days: list[date | None]) -> None:
    assert list(cells.days(column).values()) == days


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,080", 1080),
        ("10,80", None),
        ("80.0", 80),
        ("80.5", None),
        (80.0, 80),
        ("-1", None),
        (True, None),
        (float("inf"), None),
    ],
)
def test_whole_numbers_as_they_are_printed(cell: Any, number: int | None) -> None:
    read = cells.number(cell, {}, 1)
    assert read == (None if number is None else (number, ""))


def test_halves_are_halves_and_marks_have_meanings() -> None:
    assert cells.number("80.5", {}, 2) == (Decimal("80.5"), "")
    assert cells.number("80.25", {}, 2) is None
    assert cells.number("-", {"-": cells.NOTHING}, 1) == (0, "")
    assert cells.number("*", {"*": cells.SUPPRESSED}, 1) == (None, cells.SUPPRESSED)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Total", True),
        ("ENGLAND (provisional)", True),
        ("All providers", True),
        ("-", True),
        ("NHS England", False),
        ("Total Healthcare Trust", False),
        ("00A", False),
        ("", False),
    ],
)
def test_a_total_is_told_by_its_words(text: str, is_one: bool) -> None:
    assert is_total(text) is is_one


@pytest.mark.parametrize("text", ["100%", "1.000", "12.345.678", "１０００", "-5", "1 000", "5*"])
def test_what_is_no_count(text: str) -> None:
    assert cells.number(text, {}, 1) is None
    assert cells.number(text, {}, 2) is None


@pytest.mark.parametrize(
    ("text", "found"), [("1,000", 1000), ("80.0", 80), ("1000.00", 1000), (" 7 ", 7)]
)
def test_what_is_a_count(text: str, found: int) -> None:
    assert cells.number(text, {}, 1) == (found, "")


def test_a_share_may_have_its_sign_and_three_places() -> None:
    assert cells.number("92.5%", {}, None) == (Decimal("92.5"), "")
    assert cells.number("1.000", {}, None) == (1, "")
