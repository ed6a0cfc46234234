"""Periods: every accepted spelling, printing, ends, neighbours, ranges, refusals."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhsind.errors import UsageError
from nhsind.periods import Period, month_of, parse_period, parse_periods

FIRST_YEAR, LAST_YEAR = 1990, 2040
MONTHS = [Period(date(y, m, 1), 1) for y in range(FIRST_YEAR, LAST_YEAR + 1) for m in range(1, 13)]
QUARTERS = [
    Period(date(year, month, 1), 3)
    for year in range(FIRST_YEAR, LAST_YEAR + 1)
    for month in (1, 4, 7, 10)
]
YEARS = [Period(date(year, 4, 1), 12) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
ANY = st.sampled_from(MONTHS + QUARTERS + YEARS)


@pytest.mark.parametrize(
    ("period", "printed"),
    [
        (pd.Period("2018-03", "M"), "2018-03"),
        (pd.Period("2018Q1", "Q"), "2017-18-Q4"),
        (pd.Period("2018", "Y-MAR"), "2017-18"),
    ],
)
def test_a_period_of_pandas_is_the_same_period(period: pd.Period, printed: str) -> None:
    assert str(parse_period(period)) == printed
    assert parse_periods([period]) == parse_periods(period) == [parse_period(printed)]


@pytest.mark.parametrize("period", [pd.Period("2018", "Y"), pd.Period("2018-03-01", "D")])
def test_a_period_of_pandas_of_another_length_is_refused(period: pd.Period) -> None:
    with pytest.raises(UsageError, match="is not a period"):
        parse_period(period)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2017-06", "2017-06"),
        ("Jun 2017", "2017-06"),
        ("June 2017", "2017-06"),
        ("JUNE 2017", "2017-06"),
        ("jun-2017", "2017-06"),
        ("Sept 2017", "2017-09"),
        ("May 2017", "2017-05"),
        ("2017-01", "2017-01"),
        ("2017-12", "2017-12"),
        ("2017-18-Q1", "2017-18-Q1"),
        ("2017-18-q4", "2017-18-Q4"),
        ("2017/18 Q1", "2017-18-Q1"),
        ("2017/18-Q1", "2017-18-Q1"),
        ("2017-18 Q1", "2017-18-Q1"),
        ("2017/18Q1", "2017-18-Q1"),
        ("2017-2018-Q3", "2017-18-Q3"),
        ("2011-12-Q3", "2011-12-Q3"),
        ("2017-18", "2017-18"),
        ("2017/18", "2017-18"),
        ("2017-2018", "2017-18"),
        ("2017/2018", "2017-18"),
        ("2012-13", "2012-13"),
        ("1999-00", "1999-00"),
        ("1999/2000", "1999-00"),
        ("2099/00", "2099-00"),
        ("  2017-06 ", "2017-06"),
        ("2017/18   Q1", "2017-18-Q1"),
        ("Jun\u00a02017", "2017-06"),
    ],
)
def test_every_accepted_spelling_is_printed_in_the_first_form(text: str, printed: str) -> None:
    assert str(parse_period(text)) == printed


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2011-12", "month", date(2011, 12, 1), date(2011, 12, 31)),
        ("2011/12", "year", date(2011, 4, 1), date(2012, 3, 31)),
        ("2000-01", "month", date(2000, 1, 1), date(2000, 1, 31)),
        ("2000/01", "year", date(2000, 4, 1), date(2001, 3, 31)),
        ("2011-2012", "year", date(2011, 4, 1), date(2012, 3, 31)),
        ("2012-13", "year", date(2012, 4, 1), date(2013, 3, 31)),
    ],
)
def test_names_that_a_month_and_a_year_share(text: str, kind: str, start: date, end: date) -> None:
    period = parse_period(text)
    assert (period.kind, period.start, period.end) == (kind, start, end)


@given(ANY)
def test_what_is_printed_is_read_back(period: Period) -> None:
    assert parse_period(str(period)) == period
    assert parse_period(str(period)).kind == period.kind


def test_no_two_periods_print_alike() -> None:
    everything = MONTHS + QUARTERS + YEARS
    assert len({str(period) for period in everything}) == len(everything)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2016-02", date(2016, 2, 29)),
        ("2017-02", date(2017, 2, 28)),
        ("2000-02", date(2000, 2, 29)),
        ("1900-02", date(1900, 2, 28)),
        ("2017-04", date(2017, 4, 30)),
        ("2017-12", date(2017, 12, 31)),
        ("2017-18-Q1", date(2017, 6, 30)),
        ("2017-18-Q2", date(2017, 9, 30)),
        ("2017-18-Q3", date(2017, 12, 31)),
        ("2017-18-Q4", date(2018, 3, 31)),
        ("2017-18", date(2018, 3, 31)),
    ],
)
def test_ends(text: str, end: date) -> None:
    assert parse_period(text).end == end


@pytest.mark.parametrize(
    ("text", "previous", "year_before"),
    [
        ("2018-01", "2017-12", "2017-01"),
        ("2016-02", "2016-01", "2015-02"),
        ("2017-18-Q1", "2016-17-Q4", "2016-17-Q1"),
        ("2017-18-Q4", "2017-18-Q3", "2016-17-Q4"),
        ("2017-18", "2016-17", "2016-17"),
    ],
)
def test_neighbours(text: str, previous: str, year_before: str) -> None:
    period = parse_period(text)
    assert str(period.previous) == previous
    assert str(period.year_before) == year_before


@given(ANY, st.integers(-50, 50))
def test_periods_of_a_kind_adjoin_and_shifting_back_returns(period: Period, steps: int) -> None:
    assert period.previous.end + timedelta(days=1) == period.start
    assert period.shift(steps).shift(-steps) == period
    assert period.year_before.start == period.start.replace(year=period.start.year - 1)


@given(ANY)
def test_months_tile_a_period_and_its_year_contains_it(period: Period) -> None:
    months = period.split_months()
    assert (months[0].start, months[-1].end) == (period.start, period.end)
    assert all(a.shift(1) == b for a, b in pairwise(months))
    assert len(months) == {"month": 1, "quarter": 3, "year": 12}[period.kind]
    year = period.financial_year
    assert year.kind == "year"
    assert year.start <= period.start <= period.end <= year.end


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_a_day_lies_in_its_month_quarter_and_year_only(day: date) -> None:
    month = month_of(day)
    for period in (month, month.quarter, month.financial_year):
        assert period.contains(day)
        assert not period.previous.contains(day)
        assert not period.shift(1).contains(day)


def test_first_and_last_day_are_in_the_period() -> None:
    june = parse_period("2017-06")
    days = [date(2017, 5, 31), date(2017, 6, 1), date(2017, 6, 30), date(2017, 7, 1)]
    assert [june.contains(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2017-06", "June 2017"),
        ("2017-18-Q1", "Q1 of 2017/18 (April to June 2017)"),
        ("2017-18-Q4", "Q4 of 2017/18 (January to March 2018)"),
        ("2017-18", "2017/18"),
        ("1999-00", "1999/00"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert parse_period(text).words == words


@pytest.mark.parametrize(
    ("given_periods", "expected"),
    [
        ("2017-11..2018-02", ["2017-11", "2017-12", "2018-01", "2018-02"]),
        (" 2017-06 .. 2017-07 ", ["2017-06", "2017-07"]),
        ("2017-06..2017-06", ["2017-06"]),
        ("2017-18-Q4..2018-19-Q1", ["2017-18-Q4", "2018-19-Q1"]),
        ("2010/11..2012-13", ["2010/11", "2011/12", "2012-13"]),
        (["2017-07", "2017-05..2017-07", "Jun 2017"], ["2017-05", "2017-06", "2017-07"]),
        (parse_period("2017-06"), ["2017-06"]),
        ([parse_period("2017-06"), "2017-05"], ["2017-05", "2017-06"]),
        (("2017-18", "2017-18-Q1", "2017-04"), ["2017-04", "2017-18-Q1", "2017-18"]),
    ],
)
def test_ranges_and_lists_come_in_order_without_repeats(
    given_periods: object, expected: list[str]
) -> None:
    assert [str(period) for period in parse_periods(given_periods)] == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "2017", "17-06", "201706", "2017-6", "2017-00", "2017-19", "2016-2018"),
        *("2017/06", "2017-13", "2017-06-01", "2017-18-Q0", "2017-18-Q5", "2017-06-Q1"),
        *("Q1 2017/18", "Ju 2017", "mayo 2017", "June17", "June", "2017–18", "2017-06..2017-08"),
        *("None", "nan", "2017-06\n2017-07", "-2017-06", "2017-06 x"),
    ],
)
def test_what_is_no_period_is_refused_naming_the_accepted_spellings(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_period(text)
    message = str(refusal.value)
    assert f'"{text}"' in message
    for accepted in ("2017-06", "Jun 2017", "2017-18-Q1", "2017/18 Q1", "2017-18", "2017/18"):
        assert accepted in message


@pytest.mark.parametrize(
    "text", ["0000-01", "0000/01", "Jun 0000", "0001-01", "9999-12", "9999/00"]
)
def test_years_at_the_ends_of_the_calendar_are_read_or_refused(text: str) -> None:
    _assert_read_or_refused(text)


@given(st.from_regex(r"[0-9]{4}[-/][0-9]{2}([- ]Q[0-9])?", fullmatch=True))
def test_whatever_looks_like_a_period_is_read_or_refused(text: str) -> None:
    _assert_read_or_refused(text)


def _assert_read_or_refused(text: str) -> None:
    """A text is a period with an end, a printed form and a range of itself, or a UsageError."""
    try:
        (period,) = parse_periods(f"{text}..{text}")
    except UsageError:
        return
    assert period.end > period.start
    assert parse_period(str(period)) == period


@pytest.mark.parametrize(
    "text",
    [
        *("2017-06..2017-05", "2017-06..2017-18", "2017-18-Q1..2017-06", "2017-06..", "..2017-06"),
        *("..", "2017-04..2017-05..2017-06", "2011-12..2013-14"),
    ],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_periods(text)


def test_no_period_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="no period"):
        parse_periods([])


def test_order_is_by_first_day_then_by_length() -> None:
    shuffled = ["2017-18-Q2", "2017-18", "2017-05", "2017-04", "2017-18-Q1"]
    expected = ["2017-04", "2017-18-Q1", "2017-18", "2017-05", "2017-18-Q2"]
    assert [str(period) for period in sorted(map(parse_period, shuffled))] == expected
