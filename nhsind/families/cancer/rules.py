"""Who counts in the cancer waiting time lines (JTD pages 17-23)."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import narwhals.stable.v2.selectors as ncs

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import day_number, days_between, months_later
from nhsind.definitions.limits import Codes, Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units

FIRST_SEEN_ADJUSTMENT = "first_seen_adjustment_days"
TREATMENT_ADJUSTMENT = "treatment_adjustment_days"
ADJUSTMENTS = (FIRST_SEEN_ADJUSTMENT, TREATMENT_ADJUSTMENT)
# A treatment of another kind than those that a line counts.
OTHER = "other"


@units("pathways", has_days=True)
def pathways(tables: Tables, periods: Frame) -> Frame:
    """One row per record and period."""
    records = tables["pathways"]
    given = [name for name in ADJUSTMENTS if name in records.collect_schema().names()]
    if given:
        records = records.with_columns(nw.col(*given).fill_null(0).cast(nw.Int64))
    return by_period(records, periods)


def _given(column: str) -> nw.Expr:
    return ~col(column).is_null()


def _is(column: str, *values: str) -> nw.Expr:
    return col(column).is_in(values).fill_null(False)


def _says_suspected() -> nw.Expr:
    """The referral is flagged as of suspected cancer; a blank is not."""
    return (col("suspected_cancer") == nw.lit(True)).fill_null(False)


def _treated(event: str) -> nw.Expr:
    """The row carries a treatment, the first or a subsequent one."""
    return _given("treatment_date") & _is("treatment_event", event)


def _wait(start: str, stop: str, *adjustments: str) -> nw.Expr:
    """Days from one date to another, less the adjustments; missing where a date is.

    An adjustment that is missing, or whose column is not there at all, is none.
    """
    days = [ncs.matches(f"^{name}$") for name in adjustments]
    return days_between(col(start), col(stop)) - nw.sum_horizontal(nw.lit(0), *days)


def _wait_from_upgrade() -> nw.Expr:
    """Days from upgrade to treatment, less the adjustments that fall into them.

    Days before the patient was first seen can be taken off only if that was on or after the
    upgrade: before it the clock had not started.
    """
    wait = _wait("upgrade_date", "treatment_date", TREATMENT_ADJUSTMENT)
    seen_since = (col("date_first_seen") >= col("upgrade_date")).fill_null(False)
    before_seen = nw.sum_horizontal(nw.lit(0), ncs.matches(f"^{FIRST_SEEN_ADJUSTMENT}$"))
    return wait - nw.when(seen_since).then(before_seen).otherwise(0)


def _is_within(wait: nw.Expr, start: str, longest: Limit) -> nw.Expr:
    """A wait in adjusted days is no longer than the limit; months are as long as from the start."""
    if longest.unit == "month":
        allowed = months_later(col(start), longest.number) - day_number(col(start))
        return (wait <= allowed).fill_null(False)
    return (wait <= longest.number).fill_null(False)


def _is_negative(start: str, stop: str, *adjustments: str) -> nw.Expr:
    """The stop lies before the start, or more days are taken off the wait than it has."""
    return (_wait(start, stop, *adjustments) < 0).fill_null(False)


# Faults of the two week waits ---------------------------------------------------------------------


@fault("pathways")
def first_seen_without_source() -> nw.Expr:
    """The patient has been seen, but how the patient was referred is missing."""
    return _given("date_first_seen") & col("referral_source").is_null()


@fault("pathways")
def first_seen_without_referral_date() -> nw.Expr:
    """Seen after an urgent referral, but the day it was received is missing."""
    urgent = _is("referral_source", "gp_urgent_suspected", "breast_symptomatic")
    return _given("date_first_seen") & urgent & col("referral_received_date").is_null()


@fault("pathways")
def first_seen_wait_negative() -> nw.Expr:
    """First seen before the referral, or more days are taken off the wait than it has."""
    return _is_negative("referral_received_date", "date_first_seen", FIRST_SEEN_ADJUSTMENT)


# Faults of the treatment waits --------------------------------------------------------------------


@fault("pathways")
def treatment_event_missing() -> nw.Expr:
    """The patient has been treated, but whether it was the first treatment is missing."""
    return _given("treatment_date") & col("treatment_event").is_null()


@fault("pathways")
def diagnosis_missing() -> nw.Expr:
    """The first treatment has no diagnosis."""
    return _treated("first") & col("icd10").is_null()


@fault("pathways")
def modality_missing() -> nw.Expr:
    """A subsequent treatment does not say what it is."""
    return _treated("subsequent") & col("modality").is_null()


@fault("pathways")
def first_decision_missing() -> nw.Expr:
    """The first treatment lacks the day of the decision to treat."""
    return _treated("first") & col("decision_to_treat_date").is_null()


@fault("pathways")
def subsequent_decision_missing() -> nw.Expr:
    """A subsequent treatment of a kind that is counted lacks the day of the decision to treat."""
    counted = _given("modality") & ~_is("modality", OTHER)
    return _treated("subsequent") & counted & col("decision_to_treat_date").is_null()


@fault("pathways")
def decision_wait_negative() -> nw.Expr:
    """Treated before the decision to treat, or more days are taken off the wait than it has."""
    return _is_negative("decision_to_treat_date", "treatment_date", TREATMENT_ADJUSTMENT)


@fault("pathways")
def first_treatment_without_source() -> nw.Expr:
    """The first treatment does not say how the patient was referred."""
    return _treated("first") & col("referral_source").is_null()


@fault("pathways")
def first_treatment_without_referral_date() -> nw.Expr:
    """First treated after an urgent or screening referral whose day of receipt is missing."""
    timed = _is("referral_source", "gp_urgent_suspected", "screening")
    return _treated("first") & timed & col("referral_received_date").is_null()


@fault("pathways")
def referral_wait_negative() -> nw.Expr:
    """First treated before the referral, or more days are taken off the wait than it has."""
    negative = _is_negative("referral_received_date", "treatment_date", *ADJUSTMENTS)
    return _treated("first") & negative


@fault("pathways")
def upgrade_date_missing() -> nw.Expr:
    """First treated after a consultant's upgrade whose day is missing."""
    return _treated("first") & _is("referral_source", "upgrade") & col("upgrade_date").is_null()


@fault("pathways")
def upgrade_wait_negative() -> nw.Expr:
    """First treated before the upgrade, or more days are taken off the wait than it has."""
    return _treated("first") & (_wait_from_upgrade() < 0).fill_null(False)


@fault("pathways")
def breast_symptoms_with_suspected_cancer() -> nw.Expr:
    """Referred for breast symptoms and flagged as suspected cancer, of which only one can be."""
    return _is("referral_source", "breast_symptomatic") & _says_suspected()


# Two week waits -----------------------------------------------------------------------------------


@clause
def gp_urgent_with_suspected_cancer() -> nw.Expr:
    """Referred urgently with suspected cancer by a GP, a dentist or an optometrist."""
    return _is("referral_source", "gp_urgent_suspected")


@clause
def urgent_for_breast_symptoms() -> nw.Expr:
    """Referred urgently for breast symptoms, by primary or secondary care."""
    return _is("referral_source", "breast_symptomatic")


@clause
def cancer_not_suspected() -> nw.Expr:
    """Cancer was not suspected at referral; a blank is read so."""
    return ~_says_suspected()


@clause
def first_seen_in_the_period() -> nw.Expr:
    """First seen in the period, its first and last day included (A15)."""
    return in_the_period("date_first_seen")


@clause
def received_in_the_period_and_seen() -> nw.Expr:
    """Referred in the period, its first and last day included, and seen since (A15)."""
    return in_the_period("referral_received_date") & _given("date_first_seen")


@clause
def seen_within_14_days(longest_wait: Limit) -> nw.Expr:
    """From the referral's receipt to being first seen is {longest_wait} or less, after
    adjustment.
    """
    wait = _wait("referral_received_date", "date_first_seen", FIRST_SEEN_ADJUSTMENT)
    return _is_within(wait, "referral_received_date", longest_wait)


# 31 days ------------------------------------------------------------------------------------------


@clause
def first_treatment() -> nw.Expr:
    """It is the first definitive treatment."""
    return _is("treatment_event", "first")


@clause
def subsequent_treatment() -> nw.Expr:
    """It is a subsequent treatment, of a recurrent cancer too."""
    return _is("treatment_event", "subsequent")


@clause
def treated_in_the_period() -> nw.Expr:
    """The treatment starts in the period, its first and last day included."""
    return in_the_period("treatment_date")


@clause
def diagnosis_is_counted(diagnoses: Codes) -> nw.Expr:
    """The diagnosis is one of {diagnoses}, whatever the fourth character (A17)."""
    return diagnoses.holds(col("icd10").str.slice(0, 3))


@clause
def treatment_is_surgery(modalities: Codes) -> nw.Expr:
    """The treatment is one of {modalities}."""
    return modalities.holds(col("modality"))


@clause
def treatment_is_a_drug(modalities: Codes) -> nw.Expr:
    """The treatment is one of {modalities}."""
    return modalities.holds(col("modality"))


@clause
def treatment_is_radiotherapy(modalities: Codes) -> nw.Expr:
    """The treatment is one of {modalities}."""
    return modalities.holds(col("modality"))


@clause
def treated_within_31_days(longest_wait: Limit) -> nw.Expr:
    """From the decision to treat to the treatment is {longest_wait} or less, after adjustment
    (A16).
    """
    wait = _wait("decision_to_treat_date", "treatment_date", TREATMENT_ADJUSTMENT)
    return _is_within(wait, "decision_to_treat_date", longest_wait)


# 62 days ------------------------------------------------------------------------------------------


@clause
def referred_by_screening() -> nw.Expr:
    """Referred by an NHS cancer screening service."""
    return _is("referral_source", "screening")


@clause
def cancer_suspected_by_screening() -> nw.Expr:
    """The screening service did not say that cancer was not suspected; a blank is read so."""
    return ~(col("suspected_cancer") == nw.lit(False)).fill_null(False)


@clause
def treated_within_62_days_of_referral(longest_wait: Limit) -> nw.Expr:
    """From the referral's receipt to first treatment is {longest_wait} or less, after
    adjustments.
    """
    wait = _wait("referral_received_date", "treatment_date", *ADJUSTMENTS)
    return _is_within(wait, "referral_received_date", longest_wait)


@clause
def priority_was_upgraded() -> nw.Expr:
    """A consultant decided to upgrade the patient's priority, on a day that is known."""
    return _given("upgrade_date")


@clause
def not_gp_urgent_with_suspected_cancer() -> nw.Expr:
    """The GP's referral was not an urgent one for suspected cancer."""
    return ~_is("referral_source", "gp_urgent_suspected")


@clause
def not_screening_with_suspected_cancer() -> nw.Expr:
    """No screening service referred the patient with suspected cancer; a routine one may have."""
    routine = (col("suspected_cancer") == nw.lit(False)).fill_null(False)
    return ~_is("referral_source", "screening") | routine


@clause
def diagnosis_is_counted_or_blank(diagnoses: Codes) -> nw.Expr:
    """The diagnosis, where it is given, is one of {diagnoses} (A17)."""
    return col("icd10").is_null() | diagnosis_is_counted(diagnoses)


@clause
def treated_within_62_days_of_upgrade(longest_wait: Limit) -> nw.Expr:
    """From the upgrade to first treatment is {longest_wait} or less, after adjustments."""
    return _is_within(_wait_from_upgrade(), "upgrade_date", longest_wait)


@wait(seen_within_14_days)
def days_to_being_seen() -> nw.Expr:
    """Days from the referral's receipt to being first seen, after adjustment."""
    return _wait("referral_received_date", "date_first_seen", FIRST_SEEN_ADJUSTMENT)


@wait(treated_within_31_days)
def days_from_the_decision() -> nw.Expr:
    """Days from the decision to treat to the treatment, after adjustment."""
    return _wait("decision_to_treat_date", "treatment_date", TREATMENT_ADJUSTMENT)


@wait(treated_within_62_days_of_referral)
def days_from_the_referral() -> nw.Expr:
    """Days from the referral's receipt to first treatment, after adjustments."""
    return _wait("referral_received_date", "treatment_date", *ADJUSTMENTS)


@wait(treated_within_62_days_of_upgrade)
def days_from_the_upgrade() -> nw.Expr:
    """Days from the upgrade to first treatment, after adjustments."""
    return _wait_from_upgrade()


# The combined standards of 2023, only compared with published totals ------------------------------


def _referred_urgently() -> nw.Expr:
    """Urgently for suspected cancer or breast symptoms, or by a screening service."""
    return _is("referral_source", "gp_urgent_suspected", "breast_symptomatic", "screening")


@clause
def referred_urgently_or_upgraded() -> nw.Expr:
    """Referred urgently or by a screening service, or a consultant upgraded the priority."""
    return _referred_urgently() | _given("upgrade_date")


@clause
def treated_within_62_days_of_referral_or_upgrade(longest_wait: Limit) -> nw.Expr:
    """From an urgent referral, else from the upgrade, to first treatment is {longest_wait} or
    less.
    """
    return (_referred_urgently() & treated_within_62_days_of_referral(longest_wait)) | (
        ~_referred_urgently() & treated_within_62_days_of_upgrade(longest_wait)
    )
