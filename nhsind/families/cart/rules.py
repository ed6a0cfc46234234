"""Who counts in the CAR-T leukaemia dashboard (CARTLeu01 to CARTLeu10)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, remark
from nhsind.definitions.dates import days_between, has_come, has_gone
from nhsind.definitions.limits import Limit
from nhsind.definitions.record_tables import BILLIONTHS
from nhsind.definitions.unit_tables import (
    Frame,
    Tables,
    between,
    by_period,
    in_the_period,
    sound,
    units,
)

BY_PROVIDER = {"provider": "provider_code"}


@units("patients")
def patients(tables: Tables, periods: Frame) -> Frame:
    """One row per patient and year, with the days from treatment to discharge."""
    return _patients(tables, periods, nw.coalesce(col("infusion_date"), col("first_infusion_date")))


@units("patients")
def patients_by_first_infusion(tables: Tables, periods: Frame) -> Frame:
    """The same where all follow-up begins at the first infusion (A61)."""
    return _patients(tables, periods, nw.coalesce(col("first_infusion_date"), col("infusion_date")))


def _patients(tables: Tables, periods: Frame, treated_on: nw.Expr) -> Frame:
    stay = days_between(col("treatment_completed_date"), col("discharge_date"))
    treated = tables["patients"].with_columns(
        treated_on=treated_on,
        stay_after_treatment=(stay * col("count")).fill_null(0),
    )
    return by_period(treated, periods)


@units("events", "patients", organisations=BY_PROVIDER)
def incidences(tables: Tables, periods: Frame) -> Frame:
    """One row per incidence and year, with the patient's provider."""
    return by_period(_with_provider(tables["events"], tables), periods)


@units("admissions", "patients", organisations=BY_PROVIDER)
def stays(tables: Tables, periods: Frame) -> Frame:
    """One row per stay and year, with the patient's provider and the days of the stay."""
    days = days_between(col("admission_date"), col("discharge_date"))
    measured = tables["admissions"].with_columns(days=(days * col("count")).fill_null(0))
    return by_period(_with_provider(measured, tables), periods)


@units("transfers", "patients", organisations=BY_PROVIDER)
def transfers(tables: Tables, periods: Frame) -> Frame:
    """One row per transfer and year; a patient's first from a ward in the year is marked."""
    placed = by_period(_with_provider(tables["transfers"], tables), periods)
    from_a_ward = placed.filter(
        nw.col("record_fault").is_null(),
        ~nw.col("patient_id").is_null(),
        ~nw.col("transfer_id").is_null(),
        ~transfer_incomplete(),
        transferred_in_the_period(),
        from_ward(),
    )
    by_patient = ["patient_id", "period"]
    day = from_a_ward.group_by(*by_patient).agg(first_day=nw.col("transfer_date").min())
    first = (
        from_a_ward.join(day, on=by_patient, how="inner")
        .filter(nw.col("transfer_date") == nw.col("first_day"))
        .group_by(*by_patient)
        .agg(first_transfer=nw.col("transfer_id").min())
    )
    return placed.join(first, on=by_patient, how="left")


def _with_provider(records: Frame, tables: Tables) -> Frame:
    """The records with the provider of their patient; a patient who is not listed has none."""
    known = sound(tables["patients"]).filter(~nw.col("patient_id").is_null())
    listed = known.select(nw.col("patient_id"), "provider_code")
    return records.join(listed.unique(subset="patient_id"), on="patient_id", how="left")


@fault("patients")
def infusion_date_missing() -> nw.Expr:
    """No infusion date is given."""
    first = col("first_infusion_date").is_null()
    return first & col("infusion_date").is_null()


@fault("patients")
def first_infusion_date_missing() -> nw.Expr:
    """The date of the first infusion is missing."""
    return col("first_infusion_date").is_null()


@fault("patients")
def died_before_treatment() -> nw.Expr:
    """The death lies before the infusion or before treatment was complete: a date is wrong."""
    infused = (col("death_date") < col("first_infusion_date")).fill_null(False)
    return infused | (col("death_date") < col("treatment_completed_date")).fill_null(False)


@remark("patients", "death_date", "last_follow_up_date")
def follow_up_missing() -> nw.Expr:
    """Neither a death nor a day of last follow-up is given: whether the patient was alive is not
    known, and the patient is in no rate of survival or death whose horizon no discharge shows
    (A69).
    """
    return col("death_date").is_null() & col("last_follow_up_date").is_null()


@remark("patients", "discharge_date")
def discharge_missing() -> nw.Expr:
    """The day of discharge is missing: the length of the stay is not known, and the patient is
    not in its mean (A65).
    """
    return col("discharge_date").is_null()


@fault("events")
def onset_date_missing() -> nw.Expr:
    """The day on which the syndrome began is missing."""
    return col("onset_date").is_null()


@fault("events")
def grade_or_setting_missing() -> nw.Expr:
    """The syndrome, its grade or the level of care it needed is missing."""
    return col("event").is_null() | col("grade").is_null() | col("level3_or_picu").is_null()


@fault("admissions")
def admission_date_missing() -> nw.Expr:
    """The day of admission is missing."""
    return col("admission_date").is_null()


@fault("admissions")
def discharged_before_admitted() -> nw.Expr:
    """The discharge lies before the admission, so one of the dates is wrong."""
    return (col("discharge_date") < col("admission_date")).fill_null(False)


@fault("transfers")
def transfer_incomplete() -> nw.Expr:
    """The day of the transfer, its minutes, or whether it was from a ward is missing."""
    missing = col("transfer_date").is_null() | col("minutes_to_itu").is_null()
    return missing | col("from_ward").is_null()


@clause
def transferred_in_the_period() -> nw.Expr:
    """The transfer was in the year, its first and last day included."""
    return in_the_period("transfer_date")


@clause
def from_ward() -> nw.Expr:
    """The transfer was from a ward: an inpatient unit or an oncology day ward."""
    return col("from_ward").fill_null(False)


@clause
def first_of_the_patient() -> nw.Expr:
    """It is the patient's first transfer from a ward in the year (A63)."""
    same = (col("transfer_id") == col("first_transfer")).fill_null(False)
    return same | col("transfer_id").is_null()


@clause
def within_60_minutes(longest_transfer: Limit) -> nw.Expr:
    """The transfer took {longest_transfer} or less."""
    minutes = longest_transfer.number * (60 if longest_transfer.unit == "hour" else 1)
    return (col("minutes_to_itu") <= minutes * BILLIONTHS).fill_null(False)


@clause
def completed_in_the_period() -> nw.Expr:
    """Treatment was complete in the year, its first and last day included."""
    return in_the_period("treatment_completed_date")


@clause
def completed_a_year_earlier(one_year_earlier_start: Limit, one_year_earlier_end: Limit) -> nw.Expr:
    """Treatment was complete in the year before, so that one year of follow-up is over (A64)."""
    first, last = one_year_earlier_start.name, one_year_earlier_end.name
    return between("treatment_completed_date", first, last)


@clause
def completed_two_years_earlier(
    two_years_earlier_start: Limit, two_years_earlier_end: Limit
) -> nw.Expr:
    """Treatment was complete two years before, so that two years of follow-up are over (A64)."""
    first, last = two_years_earlier_start.name, two_years_earlier_end.name
    return between("treatment_completed_date", first, last)


@clause
def known_at_28_days(alive_after: Limit) -> nw.Expr:
    """It is known whether the patient was alive {alive_after} after infusion (A69)."""
    known = _known_at("treated_on", alive_after)
    return known | _reaches("discharge_date", "treated_on", alive_after)


@clause
def alive_at_28_days(alive_after: Limit) -> nw.Expr:
    """The patient was alive {alive_after} after infusion; a death on that day is not (A61)."""
    return _alive_at("treated_on", alive_after)


@clause
def alive_on_day_28(alive_after: Limit) -> nw.Expr:
    """The patient was alive {alive_after} after infusion, or died on that day (A61)."""
    return _alive_on("treated_on", alive_after)


@clause
def known_at_1_year(alive_after: Limit) -> nw.Expr:
    """It is known whether the patient was alive {alive_after:letters} after the first infusion
    (A69).
    """
    return _known_at("first_infusion_date", alive_after)


@clause
def alive_at_1_year(alive_after: Limit) -> nw.Expr:
    """The patient was alive {alive_after:letters} after the first infusion, by the calendar
    (A61).
    """
    return _alive_at("first_infusion_date", alive_after)


@clause
def known_at_2_years(alive_after: Limit) -> nw.Expr:
    """It is known whether the patient was alive {alive_after:letters} after the first infusion
    (A69).
    """
    return _known_at("first_infusion_date", alive_after)


@clause
def alive_at_2_years(alive_after: Limit) -> nw.Expr:
    """The patient was alive {alive_after:letters} after the first infusion, by the calendar
    (A61).
    """
    return _alive_at("first_infusion_date", alive_after)


@clause
def alive_on_the_anniversary(alive_after: Limit) -> nw.Expr:
    """The patient was alive {alive_after:letters} after the first infusion, or died on that day
    (A61).
    """
    return _alive_on("first_infusion_date", alive_after)


@clause
def known_at_3_months(died_within: Limit) -> nw.Expr:
    """It is known whether the patient died within {died_within:letters} of completing treatment
    (A69).
    """
    return _known_at("treatment_completed_date", died_within)


@clause
def died_within_3_months(died_within: Limit) -> nw.Expr:
    """The patient died within {died_within:letters} of completing treatment, by the calendar
    (A62).
    """
    completed, died = "treatment_completed_date", "death_date"
    both = ~col(completed).is_null() & ~col(died).is_null()
    return both & ~_outlasts(died, completed, died_within)


def _reaches(day: str, since: str, wait: Limit) -> nw.Expr:
    """A day is the last of a follow-up or later; in calendar months where it is of months."""
    if wait.unit == "day":
        return (days_between(col(since), col(day)) >= wait.number).fill_null(False)
    return has_come(col(day), col(since), _months(wait)).fill_null(False)


def _outlasts(day: str, since: str, wait: Limit) -> nw.Expr:
    """A day is later than the last of a follow-up."""
    if wait.unit == "day":
        return (days_between(col(since), col(day)) > wait.number).fill_null(False)
    return has_gone(col(day), col(since), _months(wait)).fill_null(False)


def _months(wait: Limit) -> int:
    return wait.number * (12 if wait.unit == "year" else 1)


def _known_at(since: str, wait: Limit) -> nw.Expr:
    """A death settles the status; otherwise the patient must be followed up to the horizon."""
    return ~col("death_date").is_null() | _reaches("last_follow_up_date", since, wait)


def _alive_at(since: str, wait: Limit) -> nw.Expr:
    return col("death_date").is_null() | _outlasts("death_date", since, wait)


def _alive_on(since: str, wait: Limit) -> nw.Expr:
    return col("death_date").is_null() | _reaches("death_date", since, wait)


@clause
def stay_after_treatment_is_known() -> nw.Expr:
    """The patient was discharged on the day of completing treatment or later (A65)."""
    return (col("discharge_date") >= col("treatment_completed_date")).fill_null(False)


@clause
def began_in_the_period() -> nw.Expr:
    """The syndrome began in the year, its first and last day included."""
    return in_the_period("onset_date")


@clause
def is_cytokine_release() -> nw.Expr:
    """It is cytokine-release syndrome (CRS)."""
    return (col("event") == "crs").fill_null(False)


@clause
def is_encephalopathy() -> nw.Expr:
    """It is CAR-T cell-related encephalopathy syndrome (CRES)."""
    return (col("event") == "cres").fill_null(False)


@clause
def grade_2_or_above(lowest_grade: Limit) -> nw.Expr:
    """Its grade is {lowest_grade} or above."""
    return (col("grade") >= lowest_grade.number).fill_null(False)


@clause
def needed_intensive_care() -> nw.Expr:
    """It needed level 3 critical care or paediatric intensive care."""
    return col("level3_or_picu").fill_null(False)


@clause
def discharged_in_the_period() -> nw.Expr:
    """The stay ended in the year, its first and last day included (A60)."""
    return in_the_period("discharge_date")


@clause
def with_cytokine_release() -> nw.Expr:
    """Cytokine-release syndrome of grade 2 or above occurred during the stay."""
    return col("crs_grade_2plus").fill_null(False)


@clause
def with_encephalopathy() -> nw.Expr:
    """Encephalopathy syndrome of grade 2 or above occurred during the stay."""
    return col("cres_grade_2plus").fill_null(False)
