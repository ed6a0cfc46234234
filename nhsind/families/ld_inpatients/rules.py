"""Who counts in the lines on inpatients with a learning disability or autism (JTD pages 50-51)."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.unit_tables import Frame, Tables, by_period, stock, units


@units("inpatients")
def stays(tables: Tables, periods: Frame) -> Frame:
    """One row per stay and period, with the day on which the person's latest open stay began."""
    placed = by_period(tables["inpatients"], periods)
    # A stay that no line can use does not stand for the person.
    usable = nw.col("record_fault").is_null() & ~bed_commissioner_missing()
    usable = usable & ~nw.col("origin_ccg_code").is_null() & ~nw.col("person_id").is_null()
    is_open = admitted_by_the_last_day() & not_discharged_by_the_last_day()
    latest = (
        placed.filter(is_open, usable)
        .group_by("person_id", "period")
        .agg(latest_open_admission=nw.col("admission_date").max())
    )
    return placed.join(latest, on=["person_id", "period"], how="left")


@units("population")
def populations(tables: Tables, periods: Frame) -> Frame:
    """One row per population figure of a period's last day."""
    return stock(tables["population"], periods, "period")


@fault("inpatients")
def admission_date_missing() -> nw.Expr:
    """The day of admission is missing."""
    return col("admission_date").is_null()


@fault("inpatients")
def discharged_before_admitted() -> nw.Expr:
    """The discharge lies before the admission, so one of the dates is wrong."""
    return (col("discharge_date") < col("admission_date")).fill_null(False)


@fault("inpatients")
def bed_commissioner_missing() -> nw.Expr:
    """Who commissions the bed is missing."""
    return col("bed_commissioner").is_null()


@fault("population")
def population_missing() -> nw.Expr:
    """The population figure is missing."""
    return col("population").is_null()


@clause
def admitted_by_the_last_day() -> nw.Expr:
    """The person was admitted by the last day of the period, or on it."""
    return (col("admission_date") <= col("period_end")).fill_null(False)


@clause
def not_discharged_by_the_last_day() -> nw.Expr:
    """Still an inpatient at the close of the last day; a discharge on it ends the stay (A39)."""
    stays_on = col("discharge_date").is_null()
    return stays_on | (col("discharge_date") > col("period_end")).fill_null(False)


@clause
def latest_stay_of_the_person() -> nw.Expr:
    """Where stays of one person overlap, only the one that began last is counted."""
    only = col("latest_open_admission").is_null()
    return only | (col("admission_date") >= col("latest_open_admission")).fill_null(False)


@clause
def bed_commissioned_by_a_ccg() -> nw.Expr:
    """The bed is commissioned by a CCG, whatever the security of the ward (A39)."""
    return (col("bed_commissioner") == "ccg").fill_null(False)


@clause
def bed_commissioned_by_nhs_england() -> nw.Expr:
    """The bed is commissioned by NHS England, whatever the security of the ward (A39)."""
    return (col("bed_commissioner") == "nhse").fill_null(False)
