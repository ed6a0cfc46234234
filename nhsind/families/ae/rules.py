"""Who counts in the A&E four hour lines (JTD pages 15-16)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, remark, wait
from nhsind.definitions.dates import minutes_between, month_number
from nhsind.definitions.limits import Codes, Limit
from nhsind.definitions.unit_tables import Frame, Tables, by_period, of_the_day, sound, units

MONTHS_IN_QUARTER = 3
DEPARTMENT = ("provider_code", "department_id")


@units("attendances", has_days=True)
def attendances(tables: Tables, periods: Frame, arranged_access: Codes) -> Frame:
    """One row per attendance and period, with how busy its department was in its quarter.

    `department_attendances`: all attendances of the department in the financial quarter of the
    arrival, whatever the commissioner or the category; `department_arranged` and
    `department_walked_in`: those of them said to be arranged, and not. `months_held`: of how many
    of that quarter's months the data hold attendances, at any department.
    """
    records = tables["attendances"].with_columns(month=month_number(nw.col("arrival_datetime")))
    placed = records.join(
        _departments(records, arranged_access), on=[*DEPARTMENT, "month"], how="left"
    )
    months = periods.with_columns(
        first_month=month_number(nw.col("period_start")),
        last_month=month_number(nw.col("period_end")),
    )
    return by_period(placed, months)


def _departments(records: Frame, arranged_access: Codes) -> Frame:
    """One row per department and month, with the figures of the month's quarter."""
    # A department that cannot be told is in no total, and matches none.
    counted = sound(records, department_missing(), arrival_missing())
    arranged, known = arranged_access.holds(col("access")), ~col("access").is_null()
    counted = counted.with_columns(
        arranged=nw.when(arranged).then(nw.col("count")).otherwise(0),
        walked_in=nw.when(known & ~arranged).then(nw.col("count")).otherwise(0),
    )
    entries = [nw.col(name).sum() for name in ("count", "arranged", "walked_in")]
    by_month = counted.group_by(*DEPARTMENT, "month").agg(*entries)
    # Financial quarters are calendar quarters.
    by_month = by_month.with_columns(quarter=nw.col("month") // MONTHS_IN_QUARTER)
    held = {
        f"held_{step}": nw.when(nw.col("month") == nw.col("quarter") * MONTHS_IN_QUARTER + step)
        .then(1)
        .otherwise(0)
        for step in range(MONTHS_IN_QUARTER)
    }
    by_month = by_month.with_columns(**held)
    return by_month.select(
        *DEPARTMENT,
        "month",
        department_attendances=nw.col("count").sum().over(*DEPARTMENT, "quarter"),
        department_arranged=nw.col("arranged").sum().over(*DEPARTMENT, "quarter"),
        department_walked_in=nw.col("walked_in").sum().over(*DEPARTMENT, "quarter"),
        months_held=nw.sum_horizontal(nw.col(name).max().over("quarter") for name in held),
    )


@fault("attendances")
def arrival_missing() -> nw.Expr:
    """The time of arrival is missing."""
    return col("arrival_datetime").is_null()


@fault("attendances")
def department_missing() -> nw.Expr:
    """The department or its provider is missing, so whether it is busy enough cannot be told."""
    return col("department_id").is_null() | col("provider_code").is_null()


@fault("attendances")
def departure_before_arrival() -> nw.Expr:
    """The patient leaves before arriving, so one of the times is wrong."""
    return (col("departure_datetime") < col("arrival_datetime")).fill_null(False)


@fault("attendances")
def departure_missing() -> nw.Expr:
    """The time of departure is missing, so the attendance is not counted as within 4 hours."""
    return col("departure_datetime").is_null()


@clause
def arrived_in_the_period() -> nw.Expr:
    """The patient arrives in the period, its first and last day included (A13)."""
    return _in_the_period(col("month"), "arrival_datetime")


@clause
def departed_in_the_period() -> nw.Expr:
    """The patient leaves in the period, its first and last day included (A13)."""
    return _in_the_period(month_number(col("departure_datetime")), "departure_datetime")


def _in_the_period(month: nw.Expr, time: str) -> nw.Expr:
    within = (month >= col("first_month")) & (month <= col("last_month"))
    return of_the_day(within.fill_null(False), time)


@clause
def department_busy_enough(attendances_a_month: Limit) -> nw.Expr:
    """The department averages more than {attendances_a_month} attendances a month over the
    quarter of the arrival.
    """
    enough = attendances_a_month.number * col("months_held")
    return (col("department_attendances") > enough).fill_null(False)


@clause
def entered_without_appointment(types_by_access: Codes) -> nw.Expr:
    """The department is of another type than {types_by_access}, or not mainly entered by
    {arranged_access}.
    """
    other = types_by_access.holds(col("department_type"))
    arranged = (col("department_arranged") > col("department_walked_in")).fill_null(False)
    return ~(other & arranged)


@clause
def not_a_planned_follow_up(planned_follow_ups: Codes) -> nw.Expr:
    """The attendance is not recorded as a planned follow-up, category {planned_follow_ups}
    (A13).
    """
    return ~planned_follow_ups.holds(col("attendance_category"))


@remark("attendances", "attendance_category")
def attendance_category_missing() -> nw.Expr:
    """The attendance has no category, and counts as no planned follow-up (A13)."""
    return col("attendance_category").is_null()


@clause
def departure_recorded() -> nw.Expr:
    """The time of departure is recorded."""
    return ~col("departure_datetime").is_null()


@clause
def within_4_hours(longest_stay: Limit) -> nw.Expr:
    """From arrival to departure is {longest_stay} or less, to the second (A14)."""
    latest = longest_stay.after("arrival_datetime")
    return (col("departure_datetime") <= latest).fill_null(False)


@wait(within_4_hours, unit="minutes")
def minutes_in_the_department() -> nw.Expr:
    """Whole minutes from arrival to departure."""
    return minutes_between(col("arrival_datetime"), col("departure_datetime"))
