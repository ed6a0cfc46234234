"""Which practices offer extended access (JTD pages 30-32)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.unit_tables import Frame, Tables, between, by_period, sound, units

ANSWERS = ("q1", "q2", "q3", "q4", "q6", "q7", "q8", "q9", "q3a", "q4a", "q8a", "q9a")
# The question that a list of days belongs to.
DAYS_OF = {"q3": "q3a", "q8": "q8a", "q4": "q4a", "q9": "q9a"}


@units("practices", "survey")
def practices(tables: Tables, periods: Frame) -> Frame:
    """One row per practice and month, with its last answer of the month, if it gave one."""
    listed = by_period(tables["practices"], periods)
    answers = by_period(_placed(sound(tables["survey"], survey_date_missing())), periods)
    answers = answers.filter(between("survey_ends", "period_start", "period_end"))
    last = answers.group_by("practice_code", "period").agg(last_answer=nw.col("survey_date").max())
    answers = answers.join(last, on=["practice_code", "period"], how="inner")
    answers = answers.filter(nw.col("survey_date") == nw.col("last_answer"))
    answers = answers.select("practice_code", "period", "last_answer", *ANSWERS)
    return listed.join(answers, on=["practice_code", "period"], how="left")


def _placed(answers: Frame) -> Frame:
    """The answers with the day that places them: their own, or the last of the survey they name."""
    named = answers.filter(~nw.col("survey").is_null())
    ends = named.group_by("survey").agg(last_of_survey=nw.col("survey_date").max())
    return answers.join(ends, on="survey", how="left").with_columns(
        survey_ends=nw.coalesce(nw.col("last_of_survey"), nw.col("survey_date"))
    )


@fault("practices")
def closed_before_opened() -> nw.Expr:
    """The practice closed before it opened, so one of the dates is wrong."""
    if_both = col("close_date") < col("open_date")
    return if_both.fill_null(False)


@fault("survey")
def survey_date_missing() -> nw.Expr:
    """The day of the survey is missing."""
    return col("survey_date").is_null()


@clause
def opened_by_the_last_day() -> nw.Expr:
    """The practice had opened by the last day of the survey's month, or on it (A21)."""
    always = col("open_date").is_null()
    return always | (col("open_date") <= col("period_end")).fill_null(False)


@clause
def not_closed_before_the_last_day() -> nw.Expr:
    """The practice was still open on the last day of the survey's month (A21)."""
    never = col("close_date").is_null()
    return never | (col("close_date") >= col("period_end")).fill_null(False)


@clause
def answered() -> nw.Expr:
    """The practice answered the survey; one that did not does not meet the definition (A21)."""
    return ~col("last_answer").is_null()


@clause
def open_on_saturdays() -> nw.Expr:
    """Part 1: Saturday appointments, at the practice (Q1) or through its group (Q6)."""
    return _yes("q1") | _yes("q6")


@clause
def open_on_sundays() -> nw.Expr:
    """Part 2: Sunday appointments, at the practice (Q2) or through its group (Q7)."""
    return _yes("q2") | _yes("q7")


@clause
def extended_on_mondays() -> nw.Expr:
    """Part 3: Monday before 8.00am or after 6.30pm, at the practice or through its group (A22)."""
    return _offered_on("mon")


@clause
def extended_on_tuesdays() -> nw.Expr:
    """Part 4: Tuesday before 8.00am or after 6.30pm, at the practice or through its group (A22)."""
    return _offered_on("tue")


@clause
def extended_on_wednesdays() -> nw.Expr:
    """Part 5: Wednesday before 8.00am or after 6.30pm, there or through its group (A22)."""
    return _offered_on("wed")


@clause
def extended_on_thursdays() -> nw.Expr:
    """Part 6: Thursday before 8.00am or after 6.30pm, there or through its group (A22)."""
    return _offered_on("thu")


@clause
def extended_on_fridays() -> nw.Expr:
    """Part 7: Friday before 8.00am or after 6.30pm, at the practice or through its group (A22)."""
    return _offered_on("fri")


def _yes(question: str) -> nw.Expr:
    return col(question).fill_null(False)


def _offered_on(day: str) -> nw.Expr:
    """A ticked day counts only where its question is answered yes."""
    offers = [
        _yes(question) & col(days).str.contains(day, literal=True).fill_null(False)
        for question, days in DAYS_OF.items()
    ]
    return offers[0] | offers[1] | offers[2] | offers[3]
