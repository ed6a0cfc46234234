"""Laws that the extended access figures obey for any answers of any practices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
from common_laws import (
    EVERYWHERE,
    HERE,
    Codes,
    Family,
    Figures,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

LAST_DAYS = {"2018-03": date(2018, 3, 31), "2018-09": date(2018, 9, 30)}
SURVEYED = [date(2018, 3, 1), date(2018, 3, 1), date(2018, 3, 20), date(2018, 3, 31)]
SURVEYED += [date(2018, 9, 1), date(2018, 9, 30), date(2018, 4, 1)]
# On, before and after the last days of the two surveys' months.
OPENED = [None, None, date(2018, 3, 31), date(2018, 4, 1), date(2018, 9, 30), date(2018, 10, 1)]
CLOSED = [None, None, date(2018, 3, 30), date(2018, 3, 31), date(2018, 9, 29), date(2018, 9, 30)]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_WEEK = " ".join(WEEKDAYS)
TICKED = [ALL_WEEK, ALL_WEEK, "mon tue", "wed thu fri", "tue wed thu fri", "mon tue wed thu", None]
ANSWERS = st.sampled_from([True, True, True, False, None])


class Practice(NamedTuple):
    practice_code: str
    ccg_code: str | None
    open_date: date | None
    close_date: date | None


class Answer(NamedTuple):
    practice_code: str
    survey_date: date | None
    q1: bool | None
    q2: bool | None
    q3: bool | None
    q4: bool | None
    q6: bool | None
    q7: bool | None
    q8: bool | None
    q9: bool | None
    q3a: str | None
    q4a: str | None
    q8a: str | None
    q9a: str | None
    survey: str | None


Case = tuple[list[Practice], list[Answer]]


@st.composite
def practices(draw: st.DrawFn, codes: Codes, name: str) -> list[Practice]:
    """Practices, some of which moved to another commissioner or stand in two rows."""
    rows = [
        Practice(
            f"{name}{number}",
            draw(st.sampled_from(codes)),
            draw(st.sampled_from(OPENED)),
            draw(st.sampled_from(CLOSED)),
        )
        for number in range(draw(st.integers(4, 16)))
    ]
    again = draw(st.lists(st.sampled_from(rows), max_size=3))
    changes = [{}, {"close_date": date(2018, 9, 30)}, {"ccg_code": codes[0]}]
    return rows + [row._replace(**draw(st.sampled_from(changes))) for row in again]


@st.composite
def answer(draw: st.DrawFn, practice: str, survey: str) -> Answer:
    yes_or_no = [draw(ANSWERS) for _ in range(8)]
    days = [draw(st.sampled_from(TICKED)) for _ in range(4)]
    day, named = draw(st.sampled_from([*SURVEYED, None])), draw(st.sampled_from([survey, None]))
    return Answer(practice, day, *yes_or_no, *days, named)


@st.composite
def cases(draw: st.DrawFn, codes: Codes, name: str = "g") -> Case:
    """Most practices answer, some twice; a few answers are repeated or contradicted."""
    listed = draw(practices(codes, name))
    answers = [
        draw(answer(row.practice_code, f"{name} spring"))
        for row in dict.fromkeys(listed)
        for _ in range(draw(st.sampled_from([0, 1, 1, 2])))
    ]
    # Always one answer in each month, so that each is a survey's.
    answers += [
        draw(answer(listed[0].practice_code, ""))._replace(survey_date=day, survey=None)
        for day in LAST_DAYS.values()
    ]
    again = draw(st.lists(st.sampled_from(answers), max_size=3))
    return listed, answers + [
        row._replace(q1=draw(st.sampled_from([row.q1, True]))) for row in again
    ]


def frames(case: Case) -> dict[str, pd.DataFrame]:
    listed, answers = case
    return {"practices": table_of(Practice, listed), "survey": table_of(Answer, answers)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return cases(codes, name).map(frames)


TestCommonLaws = common_laws(Family("gp_access", tables, list(LAST_DAYS), examples=4))


@lawful(4)
@given(cases(HERE))
def test_the_order_of_a_lists_days_changes_nothing(case: Case) -> None:
    """Days are read whichever comes first, weekends and repeated days among them."""
    turned = [
        row._replace(
            **{
                name: f"sun {' '.join(reversed(days.split()))} {days.split()[0]}"
                for name in ("q3a", "q4a", "q8a", "q9a")
                if (days := getattr(row, name)) is not None
            }
        )
        for row in case[1]
    ]
    expected = derive("gp_access", frames(case), list(LAST_DAYS))
    assert_frame_equal(expected, derive("gp_access", frames((case[0], turned)), list(LAST_DAYS)))


@lawful(4)
@given(cases(HERE))
def test_the_group_is_as_good_as_the_practice(case: Case) -> None:
    """Q6 to Q9 ask of the group what Q1 to Q4 ask of the practice."""
    swapped = [
        Answer(*row[:2], *row[6:10], *row[2:6], *row[12:14], *row[10:12], row.survey)
        for row in case[1]
    ]
    expected = derive("gp_access", frames(case), list(LAST_DAYS))
    assert_frame_equal(expected, derive("gp_access", frames((case[0], swapped)), list(LAST_DAYS)))


@lawful(25)
@given(cases(EVERYWHERE))
def test_a_plain_loop_over_practices_gives_the_same_figures(case: Case) -> None:
    found = figures_of(derive("gp_access", frames(case), list(LAST_DAYS)))
    assert found == looped(case)


# The same definition written once more, without a data frame. ---------------------------------


def looped(case: Case) -> Figures:
    """Numerator and denominator by commissioner and survey's month.

    Where none of his practices answered, the commissioner's survey is missing, and not 0.
    """
    listed, answers = case
    found = {
        ("E.D.14", code, month): [0, 0, 0]
        for code in {row.ccg_code for row in listed} - {None}
        for month in LAST_DAYS
    }
    for practice in undisputed(listed):
        for month, last in LAST_DAYS.items():
            if practice.ccg_code is not None and is_open(practice, last):
                given_answer = last_answer(practice.practice_code, month, answers)
                figures = found["E.D.14", practice.ccg_code, month]
                figures[0] += given_answer is not None and is_extended(given_answer)
                figures[1] += 1
                figures[2] += given_answer is not None
    return {
        key: (extended if answered else None, practices)
        for key, (extended, practices, answered) in found.items()
    }


def undisputed(listed: Sequence[Practice]) -> list[Practice]:
    """Each practice of a commissioner once; none of which two rows of his say different days."""
    versions = defaultdict(set)
    for row in listed:
        versions[row.practice_code, row.ccg_code].add(row)
    return [next(iter(same)) for same in versions.values() if len(same) == 1]


def is_open(practice: Practice, day: date) -> bool:
    """Open on a day; its first and its last day are open days."""
    opened, closed = practice.open_date, practice.close_date
    if opened and closed and closed < opened:
        return False
    return (opened is None or opened <= day) and (closed is None or day <= closed)


def last_answer(practice: str, month: str, answers: Sequence[Answer]) -> Answer | None:
    """A practice's last answer of a month, of the days on which it does not contradict itself.

    Where the answers name their survey, they are of the month of its last day.
    """
    by_day = defaultdict(set)
    for row in answers:
        if row.survey_date is not None:
            by_day[row.practice_code, row.survey_date].add(row)
    sound = [next(iter(same)) for same in by_day.values() if len(same) == 1]
    mine = [row for row in sound if row.practice_code == practice]
    of_month = [row for row in mine if f"{placing_day(row, sound):%Y-%m}" == month]
    return max(of_month, key=lambda row: row.survey_date, default=None)


def placing_day(row: Answer, sound: Sequence[Answer]) -> date:
    """The answer's own day, or the last of the survey that it names."""
    if row.survey is None:
        return row.survey_date
    return max(other.survey_date for other in sound if other.survey == row.survey)


def is_extended(row: Answer) -> bool:
    """Saturday, Sunday and each weekday, at the practice or through its group."""
    offered = set()
    for question, days in (
        (row.q3, row.q3a),
        (row.q8, row.q8a),
        (row.q4, row.q4a),
        (row.q9, row.q9a),
    ):
        if question:
            offered |= set((days or "").split())
    return bool((row.q1 or row.q6) and (row.q2 or row.q7) and offered >= set(WEEKDAYS))
