"""Who counts in the IAPT lines (JTD pages 6-7, 10-11 and 33-36)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, remark, wait
from nhsind.definitions.dates import days_between
from nhsind.definitions.limits import Codes, Limit
from nhsind.definitions.record_tables import BILLIONTHS
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, sound, units
from nhsind.reference import iapt_scores

# The measure of a referral that names none.
UNNAMED = "gad7"
SCORES = ("first_phq9", "last_phq9", "first_anxiety", "last_anxiety")


@units("referrals", "appointments")
def referrals(tables: Tables, periods: Frame, treatment_types: Codes) -> Frame:
    """One row per referral and period, with its first and second treatment session."""
    held = tables["referrals"]
    absent = {*SCORES, "anxiety_measure"} - set(held.collect_schema().names())
    # The columns of scores may be absent: then every score is missing.
    held = held.with_columns(_missing(name).alias(name) for name in sorted(absent))
    found = held.join(
        treatment(tables["appointments"], treatment_types), on="referral_id", how="left"
    )
    found = found.with_columns(nw.col("sessions").fill_null(0).cast(nw.Int64))
    found = found.with_columns(sessions_in_all=nw.col("sessions") * nw.col("count"))
    return by_period(found, periods)


def treatment(appointments: Frame, types: Codes) -> Frame:
    """Per referral with treatment: first_treatment, second_treatment, sessions (how many).

    Two sessions on one day are the first and the second, in whichever order: both dates are that
    day. So the dates are found day by day, and no order within a day is needed.
    """
    attended = sound(
        appointments,
        appointment_without_referral(),
        appointment_date_missing(),
        appointment_type_missing(),
        attendance_missing(),
    ).filter(nw.col("attended"), types.holds(nw.col("appointment_type")), nw.col("count") > 0)
    days = attended.group_by("referral_id", "appointment_date").agg(
        nw.col("count").sum().alias("in_a_day")
    )
    first = days.group_by("referral_id").agg(
        nw.col("appointment_date").min().alias("first_treatment"),
        nw.col("in_a_day").sum().alias("sessions"),
    )
    is_second = (nw.col("appointment_date") > nw.col("first_treatment")) | (nw.col("in_a_day") > 1)
    second = (
        days.join(first, on="referral_id", how="inner")
        .filter(is_second)
        .group_by("referral_id")
        .agg(nw.col("appointment_date").min().alias("second_treatment"))
    )
    return first.with_columns(nw.col("sessions").cast(nw.Int64)).join(
        second, on="referral_id", how="left"
    )


@units("referrals", "appointments")
def referrals_of_people(tables: Tables, periods: Frame, treatment_types: Codes) -> Frame:
    """The same, with whether a referral is its person's first of the period (A03).

    `first_of_person`: of those first treated in the period; `second_of_person`: of those with
    their second session in it. On one day the first by identifier; who is not named is alone.
    """
    placed = referrals(tables, periods, treatment_types)
    if "person_id" not in placed.collect_schema().names():
        placed = placed.with_columns(person_id=nw.lit(None, dtype=nw.String))
    placed = _first_of_person(placed, "first_treatment", "first_of_person")
    return _first_of_person(placed, "second_treatment", "second_of_person")


def _first_of_person(placed: Frame, date: str, name: str) -> Frame:
    """Adds the identifier of each person's first referral whose date lies in the period."""
    by_person = ["person_id", "period"]
    sound_ones = placed.filter(
        nw.col("record_fault").is_null(),
        ~nw.col("person_id").is_null(),
        ~nw.col("referral_id").is_null(),
        in_the_period(date),
    )
    day = sound_ones.group_by(*by_person).agg(first_day=nw.col(date).min())
    first = (
        sound_ones.join(day, on=by_person, how="inner")
        .filter(nw.col(date) == nw.col("first_day"))
        .group_by(*by_person)
        .agg(nw.col("referral_id").min().alias(name))
    )
    return placed.join(first, on=by_person, how="left")


@units("referrals", "appointments")
def scored_referrals(
    tables: Tables,
    periods: Frame,
    treatment_types: Codes,
    gad7_case_from: Limit,
    oci_case_from: Limit,
    spin_case_from: Limit,
    ies_r_case_from: Limit,
    pdss_case_from: Limit,
    mi_case_from: Limit,
    hai_case_from: Limit,
    pswq_case_from: Limit,
) -> Frame:
    """The same as `referrals`, with the cut-off of the anxiety measure that was scored.

    `anxiety_case_from`: in billionths, as scores are; of GAD-7 where no measure is named.
    """
    placed = referrals(tables, periods, treatment_types)
    cut_off = nw.lit(_billionths(gad7_case_from))
    for measure, score in {
        "oci": oci_case_from,
        "spin": spin_case_from,
        "ies_r": ies_r_case_from,
        "pdss": pdss_case_from,
        "mi": mi_case_from,
        "hai": hai_case_from,
        "pswq": pswq_case_from,
    }.items():
        named = (nw.col("anxiety_measure") == measure).fill_null(False)
        cut_off = nw.when(named).then(nw.lit(_billionths(score))).otherwise(cut_off)
    return placed.with_columns(anxiety_case_from=cut_off)


@units("prevalence")
def prevalence(tables: Tables, periods: Frame) -> Frame:
    """One row per estimate and period; a clause keeps those of the period's financial year."""
    return by_period(tables["prevalence"], periods)


@fault("referrals")
def ended_before_received() -> nw.Expr:
    """The referral ends before it was received, so one of the dates is wrong."""
    return (col("referral_end_date") < col("referral_received_date")).fill_null(False)


@fault("referrals")
def referral_received_date_missing() -> nw.Expr:
    """The day the referral was received is missing."""
    return col("referral_received_date").is_null()


@fault("referrals")
def score_impossible() -> nw.Expr:
    """A score is higher than its measure can give."""
    depression = [col(name) > iapt_scores.PHQ9 * BILLIONTHS for name in SCORES[:2]]
    measure = col("anxiety_measure").fill_null(UNNAMED)
    anxiety = [
        (measure == name).fill_null(False) & (col(score) > most * BILLIONTHS)
        for name, most in iapt_scores.ANXIETY.items()
        for score in SCORES[2:]
    ]
    return nw.any_horizontal(*depression, *anxiety, ignore_nulls=True).fill_null(False)


@remark("referrals", *SCORES)
def no_score() -> nw.Expr:
    """The referral ended without any score: where a course was finished it stays in the
    denominator, and recovery is not known (A07).
    """
    return ~col("referral_end_date").is_null() & ~_some_score()


@remark("referrals", *SCORES)
def some_scores_missing() -> nw.Expr:
    """The referral ended with some of its four scores missing: it stays in the denominator unless
    both first scores are there and below their cut-offs, and has recovered only if the others
    show it (A07).
    """
    lacking = nw.any_horizontal(*(col(name).is_null() for name in SCORES), ignore_nulls=True)
    return ~col("referral_end_date").is_null() & _some_score() & lacking


def _some_score() -> nw.Expr:
    return nw.any_horizontal(*(~col(name).is_null() for name in SCORES), ignore_nulls=True)


@fault("appointments")
def appointment_without_referral() -> nw.Expr:
    """The appointment does not say which referral it belongs to."""
    return col("referral_id").is_null()


@fault("appointments")
def appointment_date_missing() -> nw.Expr:
    """The day of the appointment is missing."""
    return col("appointment_date").is_null()


@fault("appointments")
def appointment_type_missing() -> nw.Expr:
    """The type of the appointment is missing."""
    return col("appointment_type").is_null()


@fault("appointments")
def attendance_missing() -> nw.Expr:
    """Whether the appointment was attended is missing."""
    return col("attended").is_null()


@fault("prevalence")
def financial_year_missing() -> nw.Expr:
    """The year that the prevalence is for is missing."""
    return col("financial_year").is_null()


@fault("prevalence")
def prevalence_missing() -> nw.Expr:
    """The number of people with depression or an anxiety disorder is missing."""
    return col("prevalence").is_null()


@clause
def of_the_financial_year() -> nw.Expr:
    """The estimate is for the financial year that the period lies in."""
    return (col("financial_year") == col("financial_year_end")).fill_null(False)


@clause
def first_treated_in_the_period() -> nw.Expr:
    """The first treatment session falls in the period, its first and last day included."""
    return in_the_period("first_treatment")


@clause
def second_treated_in_the_period() -> nw.Expr:
    """The second treatment session falls in the period, its first and last day included."""
    return in_the_period("second_treatment")


@clause
def first_treated_of_the_person() -> nw.Expr:
    """It is the person's only referral first treated in the period, or the first of them (A03)."""
    return _is_the_persons("first_of_person")


@clause
def second_treated_of_the_person() -> nw.Expr:
    """It is the person's only referral with a second treatment session in the period, or the
    first of them (A03).
    """
    return _is_the_persons("second_of_person")


def _is_the_persons(first: str) -> nw.Expr:
    """A referral of which no person is known counts by itself."""
    same = (col("referral_id") == col(first)).fill_null(False)
    return same | col("person_id").is_null() | col("referral_id").is_null()


@clause
def ended_in_the_period() -> nw.Expr:
    """The referral ends in the period, its first and last day included."""
    return in_the_period("referral_end_date")


@clause
def at_least_two_sessions(fewest_sessions: Limit) -> nw.Expr:
    """At least {fewest_sessions} treatment sessions were attended: a course, whatever the reason
    it ended.
    """
    return (col("sessions") >= fewest_sessions.number).fill_null(False)


@clause
def at_least_one_session() -> nw.Expr:
    """At least one treatment session was attended (A25)."""
    return (col("sessions") >= 1).fill_null(False)


@clause
def exactly_one_session() -> nw.Expr:
    """Exactly one treatment session was attended."""
    return (col("sessions") == 1).fill_null(False)


@clause
def not_treated_before_received() -> nw.Expr:
    """The first treatment session is not before the day the referral was received; where it is,
    one of the dates is wrong.
    """
    return (col("first_treatment") >= col("referral_received_date")).fill_null(False)


@clause
def within_6_weeks(longest_wait: Limit) -> nw.Expr:
    """From referral to first treatment session is {longest_wait} or less (A23)."""
    return _within("referral_received_date", "first_treatment", longest_wait)


@clause
def within_18_weeks(longest_wait: Limit) -> nw.Expr:
    """From referral to first treatment session is {longest_wait} or less (A23)."""
    return _within("referral_received_date", "first_treatment", longest_wait)


@clause
def within_28_days(longest_wait: Limit) -> nw.Expr:
    """From first to second treatment session is {longest_wait} or less (A26)."""
    return _within("first_treatment", "second_treatment", longest_wait)


@clause
def within_90_days(longest_wait: Limit) -> nw.Expr:
    """From first to second treatment session is {longest_wait} or less (A26)."""
    return _within("first_treatment", "second_treatment", longest_wait)


@wait(within_6_weeks, within_18_weeks)
def days_to_first_treatment() -> nw.Expr:
    """Days from referral to first treatment session."""
    return days_between(col("referral_received_date"), col("first_treatment"))


@wait(within_28_days, within_90_days)
def days_to_second_treatment() -> nw.Expr:
    """Days from first to second treatment session."""
    return days_between(col("first_treatment"), col("second_treatment"))


@clause
def less_than_28_days(longest_wait: Limit) -> nw.Expr:
    """From first to second treatment session is less than {longest_wait} (A26)."""
    return _sooner("first_treatment", "second_treatment", longest_wait)


@clause
def less_than_90_days(longest_wait: Limit) -> nw.Expr:
    """From first to second treatment session is less than {longest_wait} (A26)."""
    return _sooner("first_treatment", "second_treatment", longest_wait)


@clause
def first_scores_known() -> nw.Expr:
    """Both first scores are there (A07)."""
    return ~col("first_phq9").is_null() & ~col("first_anxiety").is_null()


@clause
def not_below_caseness_at_first(phq9_case_from: Limit) -> nw.Expr:
    """Not both first scores are there and below their cut-offs ({phq9_case_from} of PHQ-9,
    {gad7_case_from} of GAD-7); a missing score keeps the referral in (A07).
    """
    return ~_both_below("first", phq9_case_from)


@clause
def case_at_first(phq9_case_from: Limit) -> nw.Expr:
    """A first score is at or above its cut-off ({phq9_case_from} of PHQ-9, {gad7_case_from} of
    GAD-7); where one is missing and none is, no case is known (A07).
    """
    depressed = (col("first_phq9") >= _billionths(phq9_case_from)).fill_null(False)
    anxious = (col("first_anxiety") >= col("anxiety_case_from")).fill_null(False)
    return depressed | anxious


@clause
def last_scores_known() -> nw.Expr:
    """Both last scores are there; without them recovery is not known (A07)."""
    return ~col("last_phq9").is_null() & ~col("last_anxiety").is_null()


@clause
def below_caseness_at_last(phq9_case_from: Limit) -> nw.Expr:
    """Both last scores are below their cut-offs ({phq9_case_from} of PHQ-9, {gad7_case_from} of
    GAD-7), whichever made the case.
    """
    return _both_below("last", phq9_case_from)


def _missing(column: str) -> nw.Expr:
    # pandas can make no missing whole number.
    return nw.lit(None, dtype=nw.Float64 if column in SCORES else nw.String)


def _within(start: str, stop: str, wait: Limit) -> nw.Expr:
    return (col(stop) <= wait.after(start)).fill_null(False)


def _sooner(start: str, stop: str, wait: Limit) -> nw.Expr:
    return (col(stop) < wait.after(start)).fill_null(False)


def _both_below(which: str, phq9_case_from: Limit) -> nw.Expr:
    depression = (col(f"{which}_phq9") < _billionths(phq9_case_from)).fill_null(False)
    anxiety = (col(f"{which}_anxiety") < col("anxiety_case_from")).fill_null(False)
    return depression & anxiety


def _billionths(score: Limit) -> int:
    return int(score.exact * BILLIONTHS)
