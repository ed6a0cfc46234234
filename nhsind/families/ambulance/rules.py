"""Who counts in the two ambulance lines (JTD pages 24-29)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, remark
from nhsind.definitions.dates import month_number
from nhsind.definitions.limits import Codes
from nhsind.definitions.unit_tables import Frame, Tables, by_period, of_the_day, units

# What calls say beside their time and commissioner, and by what they may be told apart.
_CHOICES = (
    "call_source",
    "urgency",
    "exclusion_reason",
    "stop_code",
    "outcome",
    "destination_type",
)
_FLAGS = ("face_to_face", "resolved_by_telephone")
_KEYS = ("call_id", "incident_id", "ccg_code", "call_datetime", "count", "record_fault")
_TOLD_APART_BY = frozenset((*_KEYS, *_CHOICES, *_FLAGS))


@units("calls", has_days=True)
def calls(tables: Tables, periods: Frame) -> Frame:
    """One row per call and period, with the first response to its incident.

    `responded_at`, `responded_to`: time and identifier of the incident's first call to which a
    resource arrived; missing where none did, or the call names no incident.
    """
    records = with_call_id(tables["calls"])
    known = records.filter(
        nw.col("record_fault").is_null(),
        ~nw.col("incident_id").is_null(),
        ~nw.col("call_datetime").is_null(),
        _yes("face_to_face"),
        nw.col("count") > 0,
    )
    time = known.group_by("incident_id").agg(responded_at=nw.col("call_datetime").min())
    first = (
        known.join(time, on="incident_id", how="inner")
        .filter(nw.col("call_datetime") == nw.col("responded_at"))
        .group_by("incident_id")
        .agg(responded_to=nw.col("call_id").min())
    )
    responses = time.join(first, on="incident_id", how="left")
    return _by_month(records.join(responses, on="incident_id", how="left"), periods)


def with_call_id(records: Frame) -> Frame:
    """The calls, also where their identifier is absent because they are counted."""
    if "call_id" in records.collect_schema().names():
        return records
    return records.with_columns(call_id=nw.lit(None, dtype=nw.String))


@units("calls", identifier="incident_id", has_days=True)
def incidents(tables: Tables, periods: Frame, major_departments: Codes) -> Frame:
    """One row per incident and period: its first call, and what all its calls tell of it.

    First stand the calls that can count, then the others, each by time and identifier; of rows
    that share these, the first by all else. A call without an incident is its own. Of all calls
    that can count, `face_to_face` tells whether a resource arrived for any, and two flags what is
    known of the patients.
    """
    records = with_call_id(tables["calls"])
    incident = nw.coalesce(nw.col("incident_id"), nw.col("call_id"))
    return _incidents(records.with_columns(incident_id=incident), periods, major_departments)


@units("calls", identifier="incident_id", has_days=True)
def journeys(tables: Tables, periods: Frame, major_departments: Codes) -> Frame:
    """One row per call and period, each an incident of its own (A19)."""
    records = with_call_id(tables["calls"])
    alone = records.with_columns(incident_id=nw.col("call_id"))
    return _incidents(alone, periods, major_departments)


def _incidents(records: Frame, periods: Frame, major_departments: Codes) -> Frame:
    """The first call of each incident, and what all its calls tell of it."""
    others = sorted({*records.collect_schema().names()} - _TOLD_APART_BY)
    records = records.with_columns(other=_flag(~_can_count()), said=_said())
    seen = _yes("face_to_face")
    records = records.with_columns(
        seen=_flag(_can_count() & seen),
        told=_flag(_can_count() & seen & _outcome_told()),
        major=_flag(_can_count() & _conveyed_to(major_departments)),
    )
    order = ["other", "call_datetime", "call_id", "ccg_code", "said", *others]
    alone = nw.col("incident_id").is_null()
    # Counted is a column that is not in the order: pandas would order wrongly by it.
    turn = nw.col("count").cum_count().over("incident_id", order_by=order)
    told = {name: nw.col(name).max().over("incident_id") for name in ("seen", "told", "major")}
    records = records.with_columns(
        turn=nw.when(alone).then(1).otherwise(turn),
        **{name: nw.when(alone).then(nw.col(name)).otherwise(most) for name, most in told.items()},
    )
    first = records.filter(nw.col("turn") == 1).with_columns(
        face_to_face=nw.when(nw.col("seen") == 1).then(True).otherwise(nw.col("face_to_face"))
    )
    return _by_month(first, periods)


def _by_month(records: Frame, periods: Frame) -> Frame:
    """One row per record and period, with the month of the call and those of the period."""
    months = periods.with_columns(
        first_month=month_number(nw.col("period_start")),
        last_month=month_number(nw.col("period_end")),
    )
    return by_period(records.with_columns(month=month_number(nw.col("call_datetime"))), months)


def _said() -> nw.Expr:
    """What a row says that may share its identifier with others, or has none; else missing.

    One text, and of few rows, so that ordering all by it costs little.
    """
    yes, no = nw.lit("1"), nw.lit("0")
    texts = [nw.col(name).fill_null("") for name in _CHOICES]
    flags = [
        nw.when(_yes(name)).then(yes).when(_no(name)).then(no).otherwise(nw.lit(""))
        for name in _FLAGS
    ]
    number = nw.col("count").cast(nw.String)
    shared = nw.col("call_id").is_null() | ~nw.col("record_fault").is_null()
    return nw.when(shared).then(
        nw.concat_str(*texts, *flags, number, separator=" ", ignore_nulls=True)
    )


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(1).otherwise(0)


def _yes(column: str) -> nw.Expr:
    """Said to be so; the cast is for pandas, whose flags with gaps are no booleans."""
    return col(column).fill_null(False).cast(nw.Boolean)


def _no(column: str) -> nw.Expr:
    """Said not to be so."""
    return ~col(column).fill_null(True).cast(nw.Boolean)


def _can_count() -> nw.Expr:
    """A complete emergency call that is not from a healthcare professional."""
    missing = call_time_missing() | call_source_missing() | col("ccg_code").is_null()
    sound = col("record_fault").is_null() & ~missing
    return sound & emergency_call() & not_from_a_professional()


def _outcome_told() -> nw.Expr:
    """Treated at the scene, or conveyed to somewhere that is named."""
    treated = (col("outcome") == "treated_at_scene").fill_null(False)
    conveyed = (col("outcome") == "conveyed").fill_null(False)
    return treated | (conveyed & ~col("destination_type").is_null())


def _conveyed_to(departments: Codes) -> nw.Expr:
    conveyed = (col("outcome") == "conveyed").fill_null(False)
    return conveyed & departments.holds(col("destination_type"))


@fault("calls")
def call_time_missing() -> nw.Expr:
    """The time of the call is missing."""
    return col("call_datetime").is_null()


@fault("calls")
def call_source_missing() -> nw.Expr:
    """Who called is missing."""
    return col("call_source").is_null()


@fault("calls")
def urgency_missing() -> nw.Expr:
    """Whether the call was an emergency is missing."""
    return col("urgency").is_null()


@fault("calls")
def response_missing() -> nw.Expr:
    """Whether a resource arrived at the scene is missing, and no reason leaves the call out."""
    return col("face_to_face").is_null() & col("exclusion_reason").is_null()


@fault("calls")
def resolution_missing() -> nw.Expr:
    """No resource arrived, and whether the call was resolved by telephone is missing."""
    nobody = _no("face_to_face")
    unknown = col("resolved_by_telephone").is_null()
    return nobody & unknown & col("exclusion_reason").is_null()


@remark("calls", "outcome", "destination_type")
def outcome_missing() -> nw.Expr:
    """A resource arrived for an emergency call, and what became of the patient, or where they were
    conveyed, is missing: unless another call of the incident tells it, the incident counts in the
    denominator alone.
    """
    answerable = emergency_call() & not_from_a_professional() & not_excluded()
    return answerable & _yes("face_to_face") & ~_outcome_told()


@clause
def called_in_the_period() -> nw.Expr:
    """The call is made in the period, its first and last day included."""
    month = col("month")
    within = (month >= col("first_month")) & (month <= col("last_month"))
    return of_the_day(within.fill_null(False), "call_datetime")


@clause
def emergency_call() -> nw.Expr:
    """It is an emergency call and not an urgent one."""
    return (col("urgency") == "emergency").fill_null(False)


@clause
def called_by_the_public() -> nw.Expr:
    """The call is not passed on by NHS 111 and not made by a healthcare professional."""
    return (col("call_source") == "999").fill_null(False)


@clause
def not_from_a_professional() -> nw.Expr:
    """The call is not made by a healthcare professional; those passed on by NHS 111 are in."""
    return ~(col("call_source") == "hcp").fill_null(False)


@clause
def not_excluded() -> nw.Expr:
    """No reason leaves the call out, such as a duplicate, a hoax or a caller who hangs up."""
    return col("exclusion_reason").is_null()


@clause
def not_after_a_response() -> nw.Expr:
    """No resource has arrived for an earlier call of the incident; of calls at one time the first
    by identifier is the earlier.
    """
    unresponded = col("responded_at").is_null()
    earlier = (col("call_datetime") < col("responded_at")).fill_null(False)
    same = (col("call_datetime") == col("responded_at")).fill_null(False)
    unnamed = col("call_id").is_null() | col("responded_to").is_null()
    is_first = (col("call_id") <= col("responded_to")).fill_null(False)
    return unresponded | earlier | (same & (unnamed | is_first))


@clause
def answered(not_resolved: Codes) -> nw.Expr:
    """A resource arrived at the scene, or the call was resolved by telephone and not stood down
    with {not_resolved} (A18).
    """
    return _yes("face_to_face") | _resolved(not_resolved)


@clause
def resolved_by_telephone_alone(not_resolved: Codes) -> nw.Expr:
    """The call was resolved by telephone, not stood down with {not_resolved}, and no resource
    arrived at the scene.
    """
    return _resolved(not_resolved) & ~_yes("face_to_face")


@clause
def answered_or_stood_down() -> nw.Expr:
    """A resource arrived at the scene, or the call is said to be resolved by telephone, stood down
    or not (A18).
    """
    return _yes("face_to_face") | _yes("resolved_by_telephone")


@clause
def resolved_or_stood_down() -> nw.Expr:
    """The call is said to be resolved by telephone, stood down or not, and no resource arrived at
    the scene (A18).
    """
    return _yes("resolved_by_telephone") & ~_yes("face_to_face")


@clause
def response_at_the_scene() -> nw.Expr:
    """A resource arrived at the scene for one of the incident's emergency calls."""
    return _yes("face_to_face")


@clause
def outcome_recorded() -> nw.Expr:
    """What became of the patients is recorded, and where they were conveyed if they were."""
    return (col("told") == 1).fill_null(False)


@clause
def not_taken_to_a_major_department(major_departments: Codes) -> nw.Expr:
    """No call of the incident ends in conveyance to an A&E department of type {major_departments}
    (A19).
    """
    return (col("major") == 0).fill_null(False)


def _resolved(not_resolved: Codes) -> nw.Expr:
    """Resolved by telephone, and not stood down for a reason that says otherwise."""
    return _yes("resolved_by_telephone") & ~not_resolved.holds(col("stop_code"))
