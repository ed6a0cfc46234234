"""Laws of the figures on children and young people's mental health, for any records.

The strongest: the definitions of treatment, written once more as plain loops over people and
contacts, give the same figures as the package's joins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    QUARTERS,
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    edges,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.periods import Period, parse_period

BOTH_YEARS = [*(f"2016-17-Q{number}" for number in (1, 2, 3, 4)), *QUARTERS]
ALL = [*BOTH_YEARS, "2016-17", "2017-18", "2018-19"]
FEW = ["2016-17-Q4", "2017-18-Q1", "2017-18"]
EDGES = edges(BOTH_YEARS, (-1, 0))
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2015, 10, 1), date(2018, 6, 30)))
GAPS = st.sampled_from([0, 1, 7, 41, 42, 43, 100, 200, 366])


class Person(NamedTuple):
    person_id: str
    date_of_birth: date | None
    ccg_code: str | None


class Contact(NamedTuple):
    person_id: str | None
    referral_id: str | None
    contact_date: date | None
    contact_type: str | None
    medium: str | None
    attended: str | None


class Referral(NamedTuple):
    referral_id: str
    ccg_code: str | None
    priority: str | None
    age_at_referral: int | None
    referral_received_date: date | None
    treatment_start_date: date | None


class Estimate(NamedTuple):
    ccg_code: str
    financial_year: str
    diagnosable_cyp: int
    baseline_2a: int | None


@st.composite
def people(draw: st.DrawFn, ccgs: Codes, name: str = "p") -> tuple[list[Person], list[Contact]]:
    """People with up to three referrals of up to five contacts, some of them no treatment."""
    persons, contacts = [], []
    for number in range(draw(st.integers(4, 12))):
        first = draw(DATES)
        # Most are children; some are 18 within days of a contact.
        eighteen = first + timedelta(days=draw(st.sampled_from([-1, 0, 1, 43, 400, 3000])))
        month, day = eighteen.month, eighteen.day
        is_leap_day = (month, day) == (3, 1) and draw(st.booleans())
        born = date(2000, 2, 29) if is_leap_day else date(eighteen.year - 18, month, min(day, 28))
        code = f"{name}{number}"
        persons.append(Person(code, draw(st.sampled_from([born] * 9 + [None])), draw(
            st.sampled_from(ccgs)
        )))  # fmt: skip
        for referral in range(draw(st.integers(1, 3))):
            on = first + timedelta(days=draw(st.sampled_from([0, 0, 30, 300])))
            for _ in range(draw(st.integers(1, 5))):
                kind = draw(st.sampled_from(["direct"] * 4 + ["indirect", None]))
                medium = draw(st.sampled_from(["01", "02", "98", "01", "05", "06", None]))
                attended = draw(st.sampled_from(["yes", "yes", "yes", "yes", "no", None]))
                when = draw(st.sampled_from([on] * 9 + [None]))
                contacts.append(Contact(code, f"r{referral}", when, kind, medium, attended))
                on += timedelta(days=draw(GAPS))
    return persons, contacts


@st.composite
def eating_disorders(draw: st.DrawFn, ccgs: Codes, name: str = "d") -> list[Referral]:
    rows = []
    for number in range(draw(st.integers(4, 15))):
        treated, wait = draw(st.none() | DATES), draw(st.sampled_from([-1, 0, 7, 8, 28, 29, None]))
        received = None if wait is None or not treated else treated - timedelta(days=wait)
        rows.append(
            Referral(
                f"{name}{number}",
                draw(st.sampled_from(ccgs)),
                draw(st.sampled_from(["routine", "routine", "urgent", "emergency", None])),
                draw(st.sampled_from([0, 12, 18, 18, 19, None])),
                received,
                treated,
            )
        )
    return rows


Treated = tuple[list[Person], list[Contact]]


def frames(
    treated: Treated, referrals: Sequence[Referral], codes: Codes = ("A", "B")
) -> dict[str, pd.DataFrame]:
    estimates = [("A", "2016-17", 40, 3), ("A", "2017-18", 50, 3), ("B", "2017-18", 10, None)]
    return {
        "people": table_of(Person, treated[0]),
        "contacts": table_of(Contact, treated[1]),
        "eating_disorders": table_of(Referral, referrals),
        "estimates": table_of(Estimate, [row for row in estimates if row[0] in codes]),
    }


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return st.builds(frames, people(codes, name), eating_disorders(codes, name), st.just(codes))


TestCommonLaws = common_laws(
    Family(
        "cyp",
        tables,
        FEW,
        examples=2,
        made_of={"2017-18": QUARTERS},
        of_a_stock=["E.H.9"],
        counted={"contacts": None, "eating_disorders": "referral_id"},
    )
)


@lawful(6)
@given(people(("A", "B", None)), eating_disorders(("A", None)))
def test_plain_loops_give_the_same_figures(treated: Treated, referrals: list[Referral]) -> None:
    found = figures_of(derive("cyp", frames(treated, referrals), ALL))
    persons, contacts = treated
    need = {("A", "2016-17"): 40, ("A", "2017-18"): 50, ("B", "2017-18"): 10}
    for text in ALL:
        period = parse_period(text)
        for ccg in ("A", "B"):
            mine = [p for p in persons if p.ccg_code == ccg and p.date_of_birth]
            individuals = sum(
                day is not None and period.contains(day)
                for day in (placed_2a(p, contacts, period.financial_year) for p in mine)
            )
            new = sum(
                day is not None and period.contains(day)
                for day in (placed_1a(p, contacts) for p in mine)
            )
            estimate = need.get((ccg, str(period.financial_year)))
            assert found["E.H.9_2A", ccg, text] == (individuals, None)
            assert found["E.H.9_1A", ccg, text] == (new, None)
            assert found["E.H.9", ccg, text] == (individuals, estimate)
            assert found["E.H.9_2B", ccg, text] == (estimate, None)
            disorders = [r for r in referrals if r.ccg_code == ccg]
            for line, wait, kinds in (
                ("E.H.10", 28, ("routine",)),
                ("E.H.11", 7, ("urgent", "emergency")),
            ):
                assert found[line, ccg, text] == waits(disorders, [period], wait, kinds)
                if period.kind == "quarter":
                    two = [period.previous, period]
                    assert found[f"{line}_rolling", ccg, text] == waits(disorders, two, wait, kinds)


def test_only_the_rolling_lines_have_no_year() -> None:
    for code, line in load_family("cyp").indicators.items():
        assert line.answers(parse_period("2017-18-Q4"))
        assert line.answers(parse_period("2017-18")) == (not code.endswith("_rolling"))
        assert not line.answers(parse_period("2018-03"))


# The same definitions written once more, without a data frame. --------------------------------


def contact_days(person: Person, contacts: Sequence[Contact]) -> list[list[date]]:
    """The days of a person's contacts that are treatment, in order, one list per referral."""
    days: dict[str, list[date]] = {}
    for c in contacts:
        is_direct = c.contact_type == "direct" and c.attended == "yes"
        is_direct = is_direct and c.medium in ("01", "02", "98")
        if c.person_id != person.person_id or not c.contact_date or not c.referral_id:
            continue
        if is_direct or c.contact_type == "indirect":
            days.setdefault(c.referral_id, []).append(c.contact_date)
    return [sorted(of_one) for of_one in days.values()]


def age(person: Person, on: date) -> int:
    born = person.date_of_birth
    assert born is not None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def placed_2a(person: Person, contacts: Sequence[Contact], year: Period) -> date | None:
    """The earliest second contact that brings the person in, in a financial year."""
    found = []
    for days in contact_days(person, contacts):
        within = [day for day in days if year.contains(day)]
        if len(days) > 1 and year.contains(days[1]) and age(person, days[0]) < 18:
            found.append(days[1])
        if len(within) > 1 and age(person, within[0]) < 18:
            found.append(within[1])
    return min(found, default=None)


def placed_1a(person: Person, contacts: Sequence[Contact]) -> date | None:
    """The earliest second contact in the planning period, at most 42 days after the first."""
    found = [
        days[1]
        for days in contact_days(person, contacts)
        if len(days) > 1
        and date(2017, 4, 1) <= days[1] <= date(2019, 3, 31)
        and (days[1] - days[0]).days <= 42
        and age(person, days[0]) < 18
    ]
    return min(found, default=None)


def waits(
    referrals: Sequence[Referral], periods: Sequence[Period], longest: int, kinds: tuple[str, ...]
) -> tuple[int, int]:
    inside = late = 0
    for row in referrals:
        received, treated = row.referral_received_date, row.treatment_start_date
        if received is None or treated is None or treated < received:
            continue
        if row.priority not in kinds or row.age_at_referral is None or row.age_at_referral > 18:
            continue
        if any(period.contains(treated) for period in periods):
            inside += 1
            late += (treated - received).days > longest
    return inside - late, inside
