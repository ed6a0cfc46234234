"""Laws that the figures of the use of e-RS obey for any bookings and returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from random import Random
from typing import NamedTuple

import pandas as pd
from common_laws import (
    derive,
    england_is_the_sum,
    figures_of,
    lawful,
    order_and_other_columns_change_nothing,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

MONTHS = ["2018-01", "2018-02", "2018-03"]
ALL = [*MONTHS, "2017-18-Q4"]
DATES = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 2, 28), date(2018, 3, 31), None]
ANSWERS = (None, "yes", "no")
MONTHS_HELD: list[list[str | None]] = [[*MONTHS], [*MONTHS], [*MONTHS[:2]], [MONTHS[0], None]]


class Booking(NamedTuple):
    booking_id: str
    ccg_code: str | None
    booking_date: date | None
    appt_type: str | None
    specialty: str | None
    new_booking: str | None
    previously_booked: str | None
    converted_from_assessment: str | None


class Return(NamedTuple):
    ccg_code: str | None
    month: str | None
    mar_gp_referrals_all: int | None
    non_english: int | None
    dental_share: str | None


@st.composite
def tables(
    draw: st.DrawFn, ccgs: Sequence[str | None], name: str = "b"
) -> tuple[list[Booking], list[Return]]:
    answer = st.sampled_from(ANSWERS)
    bookings = [
        Booking(
            f"{name}{number}",
            draw(st.sampled_from(ccgs)),
            draw(st.sampled_from(DATES)),
            draw(st.sampled_from(["First Outpatient", "first outpatient ", "Assessment", None])),
            draw(st.sampled_from(["2WW", "100", None])),
            draw(st.sampled_from(["yes", *ANSWERS])),
            draw(st.sampled_from(["no", *ANSWERS])),
            draw(answer),
        )
        for number in range(draw(st.integers(5, 30)))
    ]
    bookings += draw(st.lists(st.sampled_from(bookings), max_size=2))
    returns = [
        Return(
            code,
            month,
            draw(st.sampled_from([0, 1, 7, 1000, 123456, None])),
            draw(st.sampled_from([0, 0, 1, 7, None])),
            draw(st.sampled_from(["0", "0.05", "0.123456789", "1", "1.1", None])),
        )
        for code in ccgs
        for month in draw(st.sampled_from(MONTHS_HELD))
    ]
    returns += draw(st.lists(st.sampled_from(returns), max_size=2))
    return bookings, returns


def frame(rows: tuple[list[Booking], list[Return]]) -> dict[str, pd.DataFrame]:
    bookings, returns = rows
    return {
        "bookings": pd.DataFrame(bookings, columns=Booking._fields, dtype=object),
        "mar": pd.DataFrame(returns, columns=Return._fields, dtype=object),
    }


@lawful(5)
@given(tables(("A", "B", None)), st.randoms(use_true_random=False))
def test_order_and_other_columns_change_nothing(
    rows: tuple[list[Booking], list[Return]], random: Random
) -> None:
    order_and_other_columns_change_nothing("ers", frame(rows), ALL, random)


@lawful(5)
@given(tables(("A", "B", "X24", "NONC")))
def test_england_is_the_sum_of_its_commissioners(
    rows: tuple[list[Booking], list[Return]],
) -> None:
    england_is_the_sum("ers", frame(rows), ALL)


@lawful(5)
@given(tables(("A", "B")), tables(("OTHER",), "s"))
def test_unrelated_organisations_change_nothing(
    rows: tuple[list[Booking], list[Return]], others: tuple[list[Booking], list[Return]]
) -> None:
    mine, theirs = frame(rows), frame(others)
    both = {name: pd.concat([mine[name], theirs[name]], ignore_index=True) for name in mine}
    together = figures_of(derive("ers", both, ALL))
    assert figures_of(derive("ers", mine, ALL)) == {
        key: figures for key, figures in together.items() if key[1] != "OTHER"
    }


def counts(row: Booking) -> bool:
    """Whether a booking counts whatever its missing answers may be, by trying them all."""

    def possible(value: str | None, others: Sequence[str]) -> Sequence[str]:
        return others if value is None else (value,)

    return all(
        ((new == "yes" and before == "no") or converted == "yes")
        and (kind.strip().upper() == "FIRST OUTPATIENT" or specialty == "2WW" or converted == "yes")
        for kind, specialty, new, before, converted in product(
            possible(row.appt_type, ("First Outpatient", "Assessment")),
            possible(row.specialty, ("2WW", "100")),
            possible(row.new_booking, ("yes", "no")),
            possible(row.previously_booked, ("yes", "no")),
            possible(row.converted_from_assessment, ("yes", "no")),
        )
    )


def estimate(row: Return) -> Fraction | None:
    """The estimate of a return, None where it cannot be made."""
    total, outside, dental = row.mar_gp_referrals_all, row.non_english, row.dental_share
    if total is None or outside is None or dental is None:
        return None
    if outside > total or Fraction(dental) > 1:
        return None
    return (total - outside) * (1 - Fraction(dental))


@lawful(15)
@given(tables(("A", "B", "NONC")))
def test_a_plain_loop_over_bookings_and_returns_gives_the_same_figures(
    rows: tuple[list[Booking], list[Return]],
) -> None:
    bookings, returns = rows
    expected: dict[tuple[str, str, str], tuple[object, object]] = {}
    for code in {row.ccg_code for row in bookings} | {row.ccg_code for row in returns}:
        by_month = {
            month: {row for row in returns if (row.ccg_code, row.month) == (code, month)}
            for month in MONTHS
        }
        estimates = {
            month: estimate(next(iter(held))) if len(held) == 1 else None
            for month, held in by_month.items()
        }
        for text in ALL:
            numerator = sum(
                counts(row)
                for row in dict.fromkeys(bookings)
                if row.ccg_code == code
                and row.booking_date
                and parse_period(text).contains(row.booking_date)
            )
            wanted = [estimates[month] for month in (MONTHS if text == ALL[-1] else [text])]
            known = [part for part in wanted if part is not None]
            denominator = sum(known) if len(known) == len(wanted) else None
            expected["E.P.1", str(code), text] = (numerator, denominator)
    derived = figures_of(derive("ers", frame(rows), ALL))
    found = {
        key: (top, None if bottom is None else Fraction(str(bottom)))
        for key, (top, bottom) in derived.items()
    }
    assert found == expected
