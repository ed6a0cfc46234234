"""Laws that the IAPT figures obey for any set of referrals and appointments.

The last of them writes the ten lines down once more, as loops over plain records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
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

from nhsind.periods import Period, parse_period

LINES = "E.A.3 E.A.S.2 E.H.1_A1 E.H.2_A2 E.H.1_B1 E.H.2_B2 E.H.3_C1 E.H.3_C2 E.H.3_C3 E.H.3_C4"
ALL = [*QUARTERS, "2017-18"]
FEW = ["2017-18-Q2", "2017-18"]
EDGES = edges(QUARTERS)
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2017, 3, 1), date(2018, 4, 30)))
WAITS = st.sampled_from([-1, 0, 1, 27, 28, 29, 41, 42, 43, 89, 90, 91, 125, 126, 127])
PHQ9 = st.sampled_from([None, "0", "9", "10", "10", "27"])
ANXIETY = st.sampled_from([None, "0", "2.2", "2.3", "7", "8", "8", "18", "39", "40"])
PEOPLE = [("A", "2017-18", "812.5"), ("B", "2017-18", "0.3"), ("A", "2016-17", "7")]
PEOPLE += [("OTHER", "2017-18", "5")]
CUT_OFFS = {None: "8", "gad7": "8", "oci": "40", "mi": "2.3", "hai": "18"}
MOST = {None: "21", "gad7": "21", "oci": "168", "mi": "5", "hai": "54"}


class Referral(NamedTuple):
    referral_id: str
    ccg_code: str | None
    referral_received_date: date | None
    referral_end_date: date | None
    first_phq9: str | None
    last_phq9: str | None
    first_anxiety: str | None
    last_anxiety: str | None
    anxiety_measure: str | None


class Appointment(NamedTuple):
    referral_id: str | None
    appointment_date: date | None
    appointment_type: str | None
    attended: bool | None


Case = tuple[list[Referral], list[Appointment]]


@st.composite
def cases(draw: st.DrawFn, ccgs: Codes, name: str = "r") -> Case:
    """Referrals with up to four sessions, at distances on every limit."""
    referrals, appointments = [], []
    for number in range(draw(st.integers(8, 24))):
        identifier = f"{name}{number}"
        day = draw(DATES)
        received = draw(st.sampled_from([day - timedelta(days=draw(WAITS)), None]))
        for _ in range(draw(st.integers(0, 4))):
            kind = draw(st.sampled_from(["02", "03", "05", "02", "03", "5", "01", "04", None]))
            came = draw(st.sampled_from([True, True, True, True, False, None]))
            when = draw(st.sampled_from([day, day, day, day, None]))
            appointments.append(Appointment(identifier, when, kind, came))
            day += timedelta(days=draw(st.sampled_from([-1, 0, 1, 28, 29, 90, 91])))
        referrals.append(
            Referral(
                identifier,
                draw(st.sampled_from(ccgs)),
                received,
                draw(st.none() | DATES),
                draw(PHQ9),
                draw(PHQ9),
                draw(ANXIETY),
                draw(ANXIETY),
                draw(st.sampled_from(list(CUT_OFFS))),
            )
        )
    referrals += draw(st.lists(st.sampled_from(referrals), max_size=2))
    appointments.append(Appointment(None, date(2017, 7, 1), "02", True))
    case = (referrals, appointments)
    return with_a_course_and_a_single_session(case) if "A" in ccgs else case


def with_a_course_and_a_single_session(case: Case) -> Case:
    """The case and, in each quarter, one of the two that E.H.3_C1 sets against each other."""
    referrals, appointments = list(case[0]), list(case[1])
    for quarter in QUARTERS:
        day = parse_period(quarter).start
        for sessions in (1, 2):
            identifier = f"sure {quarter} {sessions}"
            referrals.append(Referral(identifier, "A", day, day, "20", "0", "20", "0", None))
            appointments += [Appointment(identifier, day, "02", True)] * sessions
    return referrals, appointments


def frames(case: Case, codes: Codes = ("A", "B")) -> dict[str, pd.DataFrame]:
    referrals, appointments = case
    columns = ["ccg_code", "financial_year", "prevalence"]
    prevalence = [row for row in PEOPLE if row[0] in codes]
    return {
        "referrals": table_of(Referral, referrals),
        "appointments": table_of(Appointment, appointments),
        "prevalence": pd.DataFrame(prevalence, columns=columns, dtype=object),
    }


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return st.builds(frames, cases(codes, name), st.just(codes))


IAPT = Family(
    "iapt",
    tables,
    FEW,
    examples=2,
    made_of={"2017-18": QUARTERS},
    of_a_stock=["E.A.3"],
)
TestCommonLaws = common_laws(IAPT)


@lawful(2)
@given(cases(("A", "B", None)), st.integers(2, 5))
def test_a_row_for_several_referrals_is_as_good_as_several_rows(case: Case, times: int) -> None:
    referrals, appointments = list(dict.fromkeys(case[0])), case[1]
    once = frames((referrals, appointments))
    once["referrals"] = once["referrals"].assign(count=times)
    several = [
        row._replace(referral_id=f"{row.referral_id}.{copy}")
        for row in referrals
        for copy in range(times)
    ]
    sessions = [
        row._replace(referral_id=f"{row.referral_id}.{copy}")
        for row in appointments
        if row.referral_id
        for copy in range(times)
    ]
    expected = derive("iapt", frames((several, sessions)), FEW)
    found = derive("iapt", once, FEW)
    pd.testing.assert_frame_equal(expected, found)


@lawful(6)
@given(cases(("A", "B", "NONC", None)))
def test_a_plain_loop_over_referrals_gives_the_same_figures(case: Case) -> None:
    found = figures_of(derive("iapt", frames(case), ALL))
    codes = {row.ccg_code for row in case[0] if row.ccg_code} | {"A", "B"}
    expected = {
        (line, code, period): looped(line, code, parse_period(period), case)
        for line in LINES.split()
        for code in codes
        for period in ALL
    }
    assert set(found) == set(expected)
    for key, (numerator, denominator) in found.items():
        exact = None if denominator is None else Fraction(str(denominator))
        assert (numerator, exact) == expected[key], key


def test_the_random_referrals_hold_every_trouble() -> None:
    """The laws would prove little if the sets were tame."""
    seen: Counter[str] = Counter()

    @lawful(80)
    @given(cases(("A", "B", None)))
    def look(case: Case) -> None:
        for row in case[0]:
            days, start = sessions_of(row, case[1]), row.referral_received_date
            if days and start:
                seen[f"wait {(days[0] - start).days}"] += 1
            if len(days) > 1:
                seen[f"gap {(days[1] - days[0]).days}"] += 1
            seen[f"sessions {len(days)}"] += 1
            end = row.referral_end_date
            seen["backwards"] += start is not None and end is not None and end < start
        seen["repeated"] += len(set(case[0])) < len(case[0])

    look()
    waits = [f"wait {days}" for days in (-1, 0, 42, 43, 126, 127)]
    others = ["gap 0", "gap 28", "gap 29", "gap 90", "gap 91", "sessions 0", "sessions 1"]
    wanted = [*waits, *others, "sessions 2", "backwards", "repeated"]
    assert not [name for name in wanted if not seen[name]]


# The same definitions written once more, without a data frame. --------------------------------


def sessions_of(row: Referral, appointments: Sequence[Appointment]) -> list[date]:
    """The days of the attended treatment sessions, in order."""
    return sorted(
        item.appointment_date
        for item in appointments
        if item.referral_id == row.referral_id
        and item.appointment_date is not None
        and item.appointment_type in ("02", "03", "05", "5")
        and item.attended is True
    )


def below(phq9: str | None, anxiety: str | None, measure: str | None) -> tuple[bool, bool]:
    """Whether both scores are known to be below, and whether one is known not to be."""
    cut_off = Decimal(CUT_OFFS[measure])
    scores = [(phq9, Decimal(10)), (anxiety, cut_off)]
    lower = [score is not None and Decimal(score) < limit for score, limit in scores]
    higher = [score is not None and Decimal(score) >= limit for score, limit in scores]
    return all(lower), any(higher)


def is_possible(row: Referral) -> bool:
    """Whether no score lies above what its questions can add up to."""
    most = Decimal(MOST[row.anxiety_measure])
    scores = [(row.first_phq9, Decimal(27)), (row.last_phq9, Decimal(27))]
    scores += [(row.first_anxiety, most), (row.last_anxiety, most)]
    return all(score is None or Decimal(score) <= limit for score, limit in scores)


def looped(line: str, code: str, period: Period, case: Case) -> tuple[int, Fraction | None]:
    """Numerator and denominator of a line for a commissioner and period."""
    numerator, denominator = 0, Fraction(0)
    for row in dict.fromkeys(case[0]):
        if row.ccg_code == code:
            inside, quantity, below_line = judged(line, row, sessions_of(row, case[1]), period)
            numerator += quantity if inside else 0
            denominator += below_line
    if line == "E.A.3":
        return numerator, {"A": Fraction("812.5"), "B": Fraction("0.3")}.get(code)
    return numerator, denominator


def judged(line: str, row: Referral, days: list[date], period: Period) -> tuple[bool, int, bool]:
    """Whether a referral is in the numerator, as how many, and whether in the denominator."""
    start, end = row.referral_received_date, row.referral_end_date
    first, second = [*days, None, None][:2]
    in_order = start is None or end is None or start <= end
    ended = end is not None and period.contains(end) and in_order
    if line == "E.A.3":
        return first is not None and period.contains(first), 1, False
    if line in ("E.H.3_C3", "E.H.3_C4"):
        entered = second is not None and period.contains(second)
        limit = 28 if line == "E.H.3_C3" else 90
        return entered and (second - first).days <= limit, 1, entered  # type: ignore[operator]
    if line == "E.H.3_C1":
        return ended and len(days) >= 2, 1, ended and len(days) == 1
    course = ended and len(days) >= 2
    if line == "E.H.3_C2":
        return course, len(days), course
    if line == "E.A.S.2":
        no_case, case = below(row.first_phq9, row.first_anxiety, row.anxiety_measure)
        well, _ = below(row.last_phq9, row.last_anxiety, row.anxiety_measure)
        course = course and is_possible(row)
        return course and case and well, 1, course and not no_case
    if line in ("E.H.1_B1", "E.H.2_B2"):
        course = first is not None and period.contains(first) and in_order
    judgeable = course and start is not None and first >= start  # type: ignore[operator]
    limit = 42 if line.startswith("E.H.1") else 126
    return judgeable and (first - start).days <= limit, 1, judgeable  # type: ignore[operator]
