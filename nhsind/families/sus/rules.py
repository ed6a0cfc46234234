"""Who counts in the SUS activity lines (JTD pages 48-49, 57-66 and appendix A, pages 77-78)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, remark
from nhsind.definitions.dates import days_between
from nhsind.definitions.limits import Codes
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units
from nhsind.reference import admission_methods as methods
from nhsind.reference import first_attendances
from nhsind.reference import intended_managements as intended
from nhsind.reference import patient_classifications as classifications
from nhsind.reference.ae_attendance_categories import NOT_PLANNED
from nhsind.reference.main_specialties import NOT_CONSULTANT_LED

CCG = "CCG"
# Main specialties that the warehouse's staff type takes for no consultant's, beside the three.
NOT_BY_STAFF_TYPE = ("900", "901", "902", "903", "904")


@units("spells", has_days=True)
def spells(tables: Tables, periods: Frame) -> Frame:
    """One row per spell and period, with its bed days (those of all that it counts)."""
    records = _with_purchasers(tables["spells"]).with_columns(
        treatment_function=nw.col("discharge_treatment_function_code")
    )
    stay = days_between(nw.col("admission_date"), nw.col("discharge_date"))
    ended = (nw.col("discharge_date") >= nw.col("admission_date")).fill_null(False)
    records = records.with_columns(
        bed_days=nw.when(ended).then(stay).otherwise(0).cast(nw.Int64) * nw.col("count"),
    )
    return by_period(records, periods)


@units("outpatients", has_days=True)
def outpatients(tables: Tables, periods: Frame) -> Frame:
    """One row per outpatient appointment and period."""
    records = _with_purchasers(tables["outpatients"]).with_columns(
        treatment_function=nw.col("treatment_function_code")
    )
    return by_period(records, periods)


@units("ae_attendances", has_days=True)
def ae_attendances(tables: Tables, periods: Frame) -> Frame:
    """One row per A&E attendance and period."""
    return by_period(_with_purchasers(tables["ae_attendances"]), periods)


# Der_Management_Type (day case DC, ordinary elective EL, emergency EM, other non-elective NE,
# regular day and night attender RDA and RNA, unknown UNK) as four questions. A text with the type
# would be made anew for each comparison, and take twice the time. Source: NHS England's field
# dictionary, SEM CSV UPLOAD.csv of 31/08/2017, https://github.com/nhsengland/NCDR-reference-library.


def admitted_electively() -> nw.Expr:
    """DC, EL, RDA, RNA: an admission method that begins with 1."""
    return _is(col("admission_method").str.slice(0, 1), methods.ELECTIVE)


def admitted_otherwise() -> nw.Expr:
    """EM and NE: a method that begins with 2, or with 3 or 8; nothing else matters."""
    first = col("admission_method").str.slice(0, 1)
    return first.is_in([methods.EMERGENCY, methods.MATERNITY, methods.OTHER]).fill_null(False)


def regular_attender() -> nw.Expr:
    """RDA and RNA: class 3 or 4 without a night, or class 4 with one; who stays longer is EL."""
    one_night = _is(col("discharge_date"), col("admission_date").dt.offset_by("1d"))
    by_day = _classified(classifications.REGULAR_DAY) & _left_on_the_day()
    by_night = _classified(classifications.REGULAR_NIGHT) & (_left_on_the_day() | one_night)
    return by_day | by_night


def kind_told() -> nw.Expr:
    """Not UNK: what an elective spell was intended to be tells DC from EL, else its class does.

    Classes 1, 3 and 4 do; class 2 only of a patient who left on the day.
    """
    clear = (
        classifications.ORDINARY,
        classifications.REGULAR_DAY,
        classifications.REGULAR_NIGHT,
    )
    aims = (intended.A_NIGHT, intended.NO_NIGHT)
    by_class = col("patient_classification").is_in(clear).fill_null(False)
    by_aim = col("intended_management").is_in(aims).fill_null(False)
    day_case = _classified(classifications.DAY_CASE) & _left_on_the_day()
    return by_class | (by_aim & ~col("patient_classification").is_null()) | day_case


def _elective() -> nw.Expr:
    return admitted_electively() & kind_told() & ~regular_attender()


def _kind_told_by_class() -> nw.Expr:
    """The same where class 2 tells it always: who stays the night is EL (class_2)."""
    return kind_told() | _classified(classifications.DAY_CASE)


def _elective_by_class() -> nw.Expr:
    return admitted_electively() & _kind_told_by_class() & ~regular_attender()


def _classified(code: str) -> nw.Expr:
    return _is(col("patient_classification"), code)


def _left_on_the_day() -> nw.Expr:
    return _is(col("discharge_date"), col("admission_date"))


def _with_purchasers(records: Frame) -> Frame:
    """The records, with how many of all name a purchaser: where none does, nobody is left out."""
    named = records.select(purchasers_named=nw.col("responsible_purchaser_type").count())
    return records.join(named, how="cross")


def _is(value: nw.Expr, wanted: nw.Expr | str) -> nw.Expr:
    """Equal, and neither missing."""
    return (value == wanted).fill_null(False)


@fault("spells")
def discharge_before_admission() -> nw.Expr:
    """The patient is discharged before being admitted, so one of the dates is wrong."""
    return (col("discharge_date") < col("admission_date")).fill_null(False)


@fault("spells")
def admission_date_missing() -> nw.Expr:
    """The day of admission is missing, so the length of stay is not known."""
    return col("admission_date").is_null()


@fault("spells")
def management_type_unknown() -> nw.Expr:
    """The spell has ended, but its method, classification or intention do not tell its type."""
    told = admitted_otherwise() | (admitted_electively() & kind_told())
    return ~col("discharge_date").is_null() & ~told


@fault("spells")
def management_type_unknown_by_class() -> nw.Expr:
    """The spell has ended, but its method and classification do not tell its type (class_2)."""
    told = admitted_otherwise() | (admitted_electively() & _kind_told_by_class())
    return ~col("discharge_date").is_null() & ~told


@fault("spells")
def discharge_function_missing() -> nw.Expr:
    """The spell has ended, but the treatment function at discharge is missing."""
    ended = ~col("discharge_date").is_null()
    return ended & col("discharge_treatment_function_code").is_null()


@fault("outpatients")
def appointment_date_missing() -> nw.Expr:
    """The day of the appointment is missing."""
    return col("appointment_date").is_null()


@fault("outpatients")
def first_attendance_missing() -> nw.Expr:
    """Whether the appointment was a first one or a follow-up is missing."""
    return col("first_attendance").is_null()


@fault("outpatients")
def attendance_status_missing() -> nw.Expr:
    """Whether the patient attended is missing."""
    return col("attendance_status").is_null()


@fault("outpatients")
def treatment_function_missing() -> nw.Expr:
    """The treatment function is missing."""
    return col("treatment_function_code").is_null()


@fault("ae_attendances")
def arrival_date_missing() -> nw.Expr:
    """The day of arrival is missing."""
    return col("arrival_date").is_null()


@clause
def purchased_by_a_ccg() -> nw.Expr:
    """The responsible purchaser is a CCG, where the records say who it is."""
    return (col("purchasers_named") == 0) | _is(col("responsible_purchaser_type"), CCG)


@clause
def discharged_in_the_period() -> nw.Expr:
    """The patient is discharged in the period, its first and last day included."""
    return in_the_period("discharge_date")


@clause
def elective() -> nw.Expr:
    """The spell is a day case or an ordinary elective one (management type DC or EL)."""
    return _elective()


@clause
def non_elective() -> nw.Expr:
    """The spell is an emergency or another non-elective one (management type EM or NE)."""
    return admitted_otherwise()


@clause
def elective_or_non_elective() -> nw.Expr:
    """The spell is elective or non-elective (management type DC, EL, EM or NE)."""
    return _elective() | admitted_otherwise()


@clause
def elective_by_class() -> nw.Expr:
    """The spell is a day case or an ordinary elective one, as class 2 always is (class_2)."""
    return _elective_by_class()


@clause
def elective_by_class_or_non_elective() -> nw.Expr:
    """The spell is elective, as class 2 always is, or non-elective (class_2)."""
    return _elective_by_class() | admitted_otherwise()


@clause
def specific_acute(treatment_functions: Codes) -> nw.Expr:
    """The treatment function is one of {treatment_functions}; of a spell, the one at discharge."""
    return treatment_functions.holds(col("treatment_function"))


@clause
def appointment_in_the_period() -> nw.Expr:
    """The appointment lies in the period, its first and last day included."""
    return in_the_period("appointment_date")


@clause
def attended(attended_statuses: Codes) -> nw.Expr:
    """The patient attended and was seen (status {attended_statuses}), and the record is no
    administrative event.
    """
    came = attended_statuses.holds(col("attendance_status"))
    return came & ~_is(col("first_attendance"), first_attendances.ADMINISTRATIVE)


@clause
def first_appointment(first_kinds: Codes) -> nw.Expr:
    """It is a first attendance: kind {first_kinds}, where 3 is by telephone (A43)."""
    return first_kinds.holds(col("first_attendance"))


@clause
def follow_up_appointment(follow_up_kinds: Codes) -> nw.Expr:
    """It is a follow-up attendance: kind {follow_up_kinds}, where 4 is by telephone (A43)."""
    return follow_up_kinds.holds(col("first_attendance"))


@clause
def first_face_to_face() -> nw.Expr:
    """It is a first attendance face to face (A43)."""
    return _is(col("first_attendance"), first_attendances.FIRST_FACE_TO_FACE)


@clause
def follow_up_face_to_face() -> nw.Expr:
    """It is a follow-up attendance face to face (A43)."""
    return _is(col("first_attendance"), first_attendances.FOLLOW_UP_FACE_TO_FACE)


@clause
def led_by_a_consultant_by_staff_type() -> nw.Expr:
    """The main specialty is given and not midwifery, nursing, an allied profession or one of 900 to
    904 (A56).
    """
    others = (*NOT_CONSULTANT_LED, *NOT_BY_STAFF_TYPE)
    return ~col("main_specialty_code").is_in(others).fill_null(True)


@clause
def led_by_a_consultant(not_consultant_led: Codes) -> nw.Expr:
    """The main specialty is none of {not_consultant_led} (midwifery, nursing and allied
    professions are 560, 950 and 960); a missing one counts (A56).
    """
    return ~not_consultant_led.holds(col("main_specialty_code"))


@clause
def arrived_in_the_period() -> nw.Expr:
    """The patient arrives in the period, its first and last day included."""
    return in_the_period("arrival_date")


@clause
def not_a_planned_follow_up(planned_follow_ups: Codes) -> nw.Expr:
    """The attendance is not recorded as a planned follow-up, category {planned_follow_ups}
    (A47).
    """
    return ~planned_follow_ups.holds(col("attendance_category"))


@remark("ae_attendances", "attendance_category")
def attendance_category_missing() -> nw.Expr:
    """The attendance has no category, and counts as no planned follow-up (A47)."""
    return col("attendance_category").is_null()


@clause
def category_known_and_no_follow_up(planned_follow_ups: Codes) -> nw.Expr:
    """The attendance has a category, and not that of a planned follow-up, {planned_follow_ups}
    (A47).
    """
    return not_a_planned_follow_up(planned_follow_ups) & ~col("attendance_category").is_null()


@clause
def first_or_unplanned() -> nw.Expr:
    """The attendance is recorded as a first or an unplanned follow-up one, 1 or 3 (A47)."""
    return col("attendance_category").is_in(NOT_PLANNED).fill_null(False)
