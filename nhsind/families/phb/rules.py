"""Who counts in the personal health budget lines (JTD pages 70-72)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import (
    Frame,
    Tables,
    by_period,
    in_the_period,
    sound,
    stock,
    units,
)


@units("budgets")
def budgets(tables: Tables, periods: Frame) -> Frame:
    """One row per record and period; the first record of a combination stands for all of it.

    A combination is one person's records that start on one day: it lasts as long as its longest.
    """
    return _budgets(tables, periods, ("person_id", "start_date"))


@units("budgets")
def budgets_by_commissioner(tables: Tables, periods: Frame) -> Frame:
    """The same where only records of one commissioner are a combination (phb_combination)."""
    return _budgets(tables, periods, ("person_id", "start_date", "ccg_code"))


@units("budgets")
def records_as_budgets(tables: Tables, periods: Frame) -> Frame:
    """The same where each record is a budget (phb_combination)."""
    return _budgets(tables, periods, ("person_id", "start_date", "phb_id"))


def _budgets(tables: Tables, periods: Frame, alike: tuple[str, ...]) -> Frame:
    """One row per record and period; records `alike` in some columns are one budget."""
    table = tables["budgets"]
    # Rows that give their count need no identifier.
    if "phb_id" not in table.collect_schema().names():
        table = table.with_columns(phb_id=nw.lit(None, dtype=nw.String))
    usable = sound(table, start_date_missing(), end_before_start())
    named = usable.filter(
        *[~nw.col(name).is_null() for name in ("person_id", "phb_id", "ccg_code")]
    )
    parts = named.with_columns(running=nw.when(nw.col("end_date").is_null()).then(1).otherwise(0))
    parts = parts.with_columns(identifier=nw.col("phb_id"))
    combined = parts.group_by(*alike).agg(
        stands_for_it=nw.col("identifier").min(),
        last_end=nw.col("end_date").max(),
        running=nw.col("running").max(),
    )
    table = table.join(combined, on=list(alike), how="left")
    # A record that is in no combination is its own budget.
    own_end = nw.when(nw.col("stands_for_it").is_null()).then(nw.col("end_date"))
    lasting_end = nw.when(nw.col("running") == 0).then(nw.col("last_end"))
    return by_period(table.with_columns(ends_on=nw.coalesce(own_end, lasting_end)), periods)


@fault("budgets")
def start_date_missing() -> nw.Expr:
    """The first day of the budget is missing."""
    return col("start_date").is_null()


@fault("budgets")
def end_before_start() -> nw.Expr:
    """The budget ends before it starts, so one of the dates is wrong."""
    return (col("end_date") < col("start_date")).fill_null(False)


@clause
def first_of_its_combination() -> nw.Expr:
    """It is the person's only record that starts on its day, or the first by identifier."""
    return (col("phb_id") == col("stands_for_it")).fill_null(False) | col("stands_for_it").is_null()


@clause
def began_before_the_period() -> nw.Expr:
    """The budget began before the first day of the period; on that day it would be new (A50)."""
    return (col("start_date") < col("period_start")).fill_null(False)


@clause
def began_in_the_period() -> nw.Expr:
    """The budget began in the period, its first and last day included (A50)."""
    return in_the_period("start_date")


@clause
def began_by_the_last_day() -> nw.Expr:
    """The budget began before the period, or in it."""
    return (col("start_date") <= col("period_end")).fill_null(False)


@clause
def not_ended_before_the_period() -> nw.Expr:
    """The budget had not ended before the first day of the period; a last day on it is in (A50)."""
    return col("ends_on").is_null() | (col("ends_on") >= col("period_start")).fill_null(False)


@clause
def not_ended_before_the_four_quarters(start_of_four_quarters: Limit) -> nw.Expr:
    """The budget had not ended before the first day of the earliest of the four quarters (A50)."""
    still_on = (col("ends_on") >= start_of_four_quarters.day).fill_null(False)
    return col("ends_on").is_null() | still_on


@units("population")
def population(tables: Tables, periods: Frame) -> Frame:
    """One row per commissioner and period: the population of the quarter that ends with it."""
    return stock(tables["population"], periods, "period")


@fault("population")
def population_missing() -> nw.Expr:
    """The GP registered population is missing."""
    return col("gp_registered_population").is_null()
