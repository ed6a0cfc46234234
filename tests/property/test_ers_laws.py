"""Laws that the figures of the use of e-RS obey for any bookings and returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import pandas as pd
from common_laws import (
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    table_of,
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


Case = tuple[list[Booking], list[Return]]


@st.composite
def cases(draw: st.DrawFn, ccgs: Codes, name: str = "b") -> Case:
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


def frame(rows: Case) -> dict[str, pd.DataFrame]:
    bookings, returns = rows
    return {
        "bookings": table_of(Booking, bookings),
        "mar": table_of(Return, returns),
    }


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return cases(codes, name).map(frame)


ERS = Family(
    "ers",
    tables,
    ALL,
    examples=5,
    made_of={"2017-18-Q4": MONTHS},
    counted={"bookings": "booking_id"},
)
TestCommonLaws = common_laws(ERS)


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
@given(cases(("A", "B", "NONC")))
def test_a_plain_loop_over_bookings_and_returns_gives_the_same_figures(
    rows: Case,
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
