"""Who counts in the referral lines of the Monthly Activity Return (JTD pages 52-56)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.limits import Codes
from nhsind.definitions.unit_tables import Frame, Tables, by_period, in_the_period, units
from nhsind.reference.source_of_referral import BY_THE_CONSULTANT

FROM_A_GP, FROM_THE_PATIENT = "01", "04"


@units("referrals", has_days=True)
def referrals(tables: Tables, periods: Frame) -> Frame:
    """One row per referral request and period."""
    return by_period(tables["referrals"], periods)


def _type_is(code: str) -> nw.Expr:
    return (col("referral_request_type") == code).fill_null(False)


def _says(column: str, answer: bool) -> nw.Expr:
    return (col(column) == nw.lit(answer)).fill_null(False)


def _written_by_a_gp() -> nw.Expr:
    return _type_is(FROM_A_GP) & _says("written_indicator", True)


def _by_the_consultant() -> nw.Expr:
    return col("source_of_referral").is_in(tuple(BY_THE_CONSULTANT)).fill_null(False)


def _may_be_other() -> nw.Expr:
    """Neither a GP's written request nor the patient's own, as far as is known."""
    return ~_written_by_a_gp() & ~_type_is(FROM_THE_PATIENT)


@fault("referrals")
def received_date_missing() -> nw.Expr:
    """The day the request was received is missing."""
    return col("received_date").is_null()


@fault("referrals")
def specialty_missing() -> nw.Expr:
    """The specialty is missing."""
    return col("specialty_code").is_null()


@fault("referrals")
def request_type_missing() -> nw.Expr:
    """Whether a GP, the patient or somebody else made the request is missing."""
    return col("referral_request_type").is_null()


@fault("referrals")
def written_indicator_missing() -> nw.Expr:
    """Whether a GP's request was written is missing."""
    return _type_is(FROM_A_GP) & col("written_indicator").is_null()


@fault("referrals")
def source_missing() -> nw.Expr:
    """The source of a request that is not a GP's written one, nor the patient's, is missing."""
    return _may_be_other() & col("source_of_referral").is_null()


@fault("referrals")
def drop_in_clinic_missing() -> nw.Expr:
    """Whether a request that may be counted as other began in a drop-in clinic is missing."""
    return _may_be_other() & ~_by_the_consultant() & col("drop_in_clinic").is_null()


@clause
def received_in_the_period() -> nw.Expr:
    """The request was received in the period, its first and last day included."""
    return in_the_period("received_date")


@clause
def general_and_acute(specialties: Codes) -> nw.Expr:
    """The specialty is one of {specialties} (A41)."""
    return specialties.holds(col("specialty_code"))


@clause
def request_is_from_a_gp() -> nw.Expr:
    """The request type is 01: made by a GP, whether doctor or dentist."""
    return _type_is(FROM_A_GP)


@clause
def request_is_written() -> nw.Expr:
    """The request was written."""
    return _says("written_indicator", True)


@clause
def not_written_by_a_gp() -> nw.Expr:
    """It is no written request of a GP, as E.M.7a counts; a verbal one counts here (A40)."""
    return ~_written_by_a_gp()


@clause
def not_by_the_patient() -> nw.Expr:
    """The request type is not 04: the patient did not make it."""
    return ~_type_is(FROM_THE_PATIENT)


@clause
def not_a_verbal_request_of_a_gp() -> nw.Expr:
    """It is no request of a GP that is not written (A40)."""
    return ~_type_is(FROM_A_GP) | _says("written_indicator", True)


@clause
def not_by_the_consultant() -> nw.Expr:
    """The source is not 01, 02, 10 or 11: the responsible consultant did not begin it (A42)."""
    return ~_by_the_consultant()


@clause
def not_from_a_drop_in_clinic() -> nw.Expr:
    """It did not begin with a visit to a drop-in clinic without appointment."""
    return ~_says("drop_in_clinic", True)


@clause
def written_by_a_gp_or_not_by_the_consultant() -> nw.Expr:
    """A GP wrote it, or the responsible consultant did not begin it (A42)."""
    return _written_by_a_gp() | ~_by_the_consultant()


@clause
def written_by_a_gp_or_not_from_a_drop_in_clinic() -> nw.Expr:
    """A GP wrote it, or it did not begin in a drop-in clinic."""
    return _written_by_a_gp() | ~_says("drop_in_clinic", True)
