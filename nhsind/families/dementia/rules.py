"""Who counts in the dementia diagnosis rate, and how many there should be (JTD pages 8-9)."""

from __future__ import annotations

from decimal import Decimal

import narwhals.stable.v2 as nw
import narwhals.stable.v2.selectors as ncs

from nhsind.definitions.clauses import clause, col, fault
from nhsind.definitions.record_tables import BILLIONTHS
from nhsind.definitions.unit_tables import Frame, Tables, by_period, sound, units
from nhsind.reference import cfas2

OLD_AGE = 65
OLD_BANDS = ("65+", *cfas2.AGE_GROUPS)


@units("register")
def register(tables: Tables, periods: Frame) -> Frame:
    """One row per row of the register and period."""
    rows = tables["register"]
    names = rows.collect_schema().names()
    if "age" not in names:
        # pandas can make no missing whole number.
        rows = rows.with_columns(age=nw.lit(None, dtype=nw.Float64))
    if "age_band" not in names:
        rows = rows.with_columns(age_band=nw.lit(None, dtype=nw.String))
    return by_period(rows, periods)


@units("estimates|population")
def estimates(tables: Tables, periods: Frame) -> Frame:
    """One row per commissioner, month and period: the estimate calculated, else as given."""
    given = [name for name in ("population", "estimates") if name in tables]
    parts = [
        _calculated(tables[name]) if name == "population" else _given(tables[name])
        for name in given
    ]
    if len(parts) == 2:
        month = ["ccg_code", "month"]
        parts[1] = parts[1].join(parts[0].select(*month), on=month, how="anti")
    return by_period(nw.concat(parts), periods)


def _calculated(population: Frame) -> Frame:
    """Patients times prevalence, added up over the age groups and sexes that there are."""
    counted = sound(
        population,
        population_month_missing(),
        population_group_missing(),
        registered_patients_missing(),
    ).filter(~nw.col("ccg_code").is_null(), nw.col("age_band").is_in(cfas2.AGE_GROUPS))
    expected = nw.col("registered_patients") * _prevalence() * nw.col("count")
    added = (
        counted.with_columns(expected=expected)
        .group_by("ccg_code", "month")
        .agg(nw.col("expected").sum())
    )
    return added.select(
        "ccg_code",
        "month",
        nw.col("expected").cast(nw.Int64).alias("estimated_prevalence"),
        nw.lit(1, dtype=nw.Int64).alias("count"),
        nw.lit(None, dtype=nw.String).alias("record_fault"),
    )


def _given(estimates: Frame) -> Frame:
    return estimates.select(
        "ccg_code",
        "month",
        "estimated_prevalence",
        nw.lit(1, dtype=nw.Int64).alias("count"),
        "record_fault",
    )


def _prevalence() -> nw.Expr:
    """The CFAS II rate of a group, in billionths."""
    rate: nw.Expr = nw.lit(0)
    for sex, groups in cfas2.PER_CENT.items():
        for band, per_cent in groups.items():
            is_group = (nw.col("sex") == sex) & (nw.col("age_band") == band)
            billionths = int(Decimal(per_cent) / 100 * BILLIONTHS)
            rate = nw.when(is_group.fill_null(False)).then(nw.lit(billionths)).otherwise(rate)
    return rate


@fault("register")
def register_month_missing() -> nw.Expr:
    """The month of the register is missing."""
    return col("month").is_null()


@fault("register")
def age_missing() -> nw.Expr:
    """Both the age and the age group are missing."""
    # Either column may be absent.
    return nw.all_horizontal(ncs.matches("^age(_band)?$").is_null(), ignore_nulls=False)


@fault("population")
def population_month_missing() -> nw.Expr:
    """The month of the population is missing."""
    return col("month").is_null()


@fault("population")
def population_group_missing() -> nw.Expr:
    """The age group is missing, or of a group of 65 or over the sex."""
    is_old = col("age_band").is_in(cfas2.AGE_GROUPS).fill_null(False)
    return col("age_band").is_null() | (is_old & col("sex").is_null())


@fault("population")
def registered_patients_missing() -> nw.Expr:
    """The number of registered patients is missing."""
    return col("registered_patients").is_null()


@fault("estimates")
def estimate_month_missing() -> nw.Expr:
    """The month of the estimate is missing."""
    return col("month").is_null()


@fault("estimates")
def estimate_missing() -> nw.Expr:
    """The estimated number of people with dementia is missing."""
    return col("estimated_prevalence").is_null()


@clause
def of_the_last_month() -> nw.Expr:
    """The figure is of the month whose last day ends the period."""
    return (col("month") == col("period_end")).fill_null(False)


@clause
def age_and_band_agree() -> nw.Expr:
    """Where both an age and an age group are given, both are under 65 or neither is."""
    either_missing = col("age").is_null() | col("age_band").is_null()
    return either_missing | ~(_is_old_by_age() ^ _is_old_by_band())


@clause
def aged_65_or_over() -> nw.Expr:
    """The age is 65 or over, or the age group lies at 65 and over."""
    return _is_old_by_age() | _is_old_by_band()


def _is_old_by_age() -> nw.Expr:
    return (col("age") >= OLD_AGE).fill_null(False)


def _is_old_by_band() -> nw.Expr:
    return col("age_band").is_in(OLD_BANDS).fill_null(False)
