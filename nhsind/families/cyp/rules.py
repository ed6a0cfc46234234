"""Who counts in the lines on children and young people's mental health (JTD pages 40-47)."""

from __future__ import annotations

from fractions import Fraction

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import clause, col, fault, wait
from nhsind.definitions.dates import days_between
from nhsind.definitions.limits import Codes, Limit
from nhsind.definitions.unit_tables import (
    Frame,
    Tables,
    between,
    by_period,
    in_the_period,
    sound,
    stock,
    units,
)
from nhsind.periods import Period

# 1A counts a person once in the two years that were planned together (dates as numbers).
PLANNING_STARTS, PLANNING_ENDS = 2017_04_01, 2019_03_31
# The required number of individuals: growth on 2016/17, and the share of those in need by year.
GROWTH = Fraction(107, 100)
SHARE_OF_NEED = {"2017-18": Fraction(30, 100), "2018-19": Fraction(32, 100)}

PERSON = "person_id"
REFERRAL = (PERSON, "referral_id")
ROUTE = (*REFERRAL, "year", "first_contact", "second_contact")


# Contacts ----------------------------------------------------------------------------------------


@fault("contacts")
def contact_person_missing() -> nw.Expr:
    """The contact does not say whose it is."""
    return col(PERSON).is_null()


@fault("contacts")
def contact_referral_missing() -> nw.Expr:
    """The contact does not say which referral it belongs to."""
    return col("referral_id").is_null()


@fault("contacts")
def contact_date_missing() -> nw.Expr:
    """The day of the contact is missing."""
    return col("contact_date").is_null()


@fault("contacts")
def contact_type_missing() -> nw.Expr:
    """Whether the contact was direct or indirect is missing."""
    return col("contact_type").is_null()


@fault("contacts")
def attendance_missing() -> nw.Expr:
    """Whether a direct contact took place is missing."""
    return (col("contact_type") == "direct").fill_null(False) & col("attended").is_null()


@fault("contacts")
def medium_missing() -> nw.Expr:
    """The medium of a direct contact is missing."""
    return (col("contact_type") == "direct").fill_null(False) & col("medium").is_null()


def treatment_days(tables: Tables, written_media: Codes) -> Frame:
    """One row per person, referral and day with contacts that are treatment, and how many.

    A direct contact is treatment if it was attended and by none of the written media (A33); an
    indirect one always is, whatever its medium.
    """
    faults = (
        contact_person_missing(),
        contact_referral_missing(),
        contact_date_missing(),
        contact_type_missing(),
        attendance_missing(),
        medium_missing(),
    )
    indirect = (col("contact_type") == "indirect").fill_null(False)
    written = written_media.holds(col("medium"))
    direct = col("attended").fill_null(False) & ~written
    # A row may stand for many contacts, or for none.
    contacts = sound(tables["contacts"], *faults)
    treatment = _after_birth(contacts, tables["people"]).filter(indirect | direct, col("count") > 0)
    days = treatment.group_by(*REFERRAL, "contact_date").agg(contacts=nw.col("count").sum())
    return days.with_columns(year=financial_year_of("contact_date"))


def _after_birth(contacts: Frame, people: Frame) -> Frame:
    """Without contacts before their person's birth: such a date cannot be true, so it is none."""
    born = sound(people).filter(~nw.col(PERSON).is_null()).select(PERSON, born="date_of_birth")
    known = contacts.join(born, on=PERSON, how="left")
    return known.filter(~(nw.col("contact_date") < nw.col("born")).fill_null(False)).drop("born")


def financial_year_of(date_column: str) -> nw.Expr:
    """The calendar year in which the financial year of a date ends."""
    after_march = nw.when(col(date_column).dt.month() > 3).then(1).otherwise(0)
    return col(date_column).dt.year().cast(nw.Int64) + after_march


def first_two_contacts(days: Frame, *within: str) -> Frame:
    """First and second contact of each group that has two; both may be on one day."""
    first = days.group_by(*within).agg(first_contact=nw.col("contact_date").min())
    later = (col("contact_date") > col("first_contact")) | (col("contacts") > 1)
    followed = days.join(first, on=list(within), how="inner").filter(later)
    return followed.group_by(*within, "first_contact").agg(
        second_contact=nw.col("contact_date").min()
    )


def with_birthdays(pairs: Frame, people: Frame, age_below: Limit) -> Frame:
    """Adds whether the first of two contacts was below an age in years, and after birth."""
    born = people.filter(~nw.col(PERSON).is_null()).select(PERSON, "date_of_birth")
    # The difference of dates written as numbers is the age in completed years, times 10,000: so
    # who is born on 29 February is 18 on 1 March of a common year.
    age = as_number("first_contact") - as_number("date_of_birth")
    return pairs.join(born, on=PERSON, how="inner").with_columns(
        began_young=((age >= 0) & (age < age_below.number * 10_000)).fill_null(False)
    )


def as_number(date_column: str) -> nw.Expr:
    """A date as the number YYYYMMDD."""
    day = col(date_column).dt
    # Floating point holds such numbers exactly; whole numbers have no missing value in pandas.
    year, month = day.year().cast(nw.Float64), day.month().cast(nw.Float64)
    return year * 10_000 + month * 100 + day.day().cast(nw.Float64)


# 2A: individuals treated, once in a financial year ------------------------------------------------


@units("people", "contacts")
def treated_people(tables: Tables, periods: Frame, age_below: Limit, written_media: Codes) -> Frame:
    """One row per person and period, placed at the year's first second contact.

    In a financial year a referral brings its person in at (a) its second contact ever, if that is
    in the year, or (b) the second of its contacts in the year; the first of each two decides on
    age.
    """
    routes = _routes(treatment_days(tables, written_media))
    return _treated_people(tables, periods, routes, age_below)


@units("people", "contacts")
def treated_people_once(
    tables: Tables, periods: Frame, age_below: Limit, written_media: Codes
) -> Frame:
    """The same where a referral brings its person in at its second contact ever alone (A32)."""
    routes = _second_ever(treatment_days(tables, written_media))
    return _treated_people(tables, periods, routes, age_below)


@units("people", "contacts")
def treated_people_begun_young(
    tables: Tables, periods: Frame, age_below: Limit, written_media: Codes
) -> Frame:
    """The same where the referral's first contact ever decides on age (A34)."""
    days = treatment_days(tables, written_media)
    began = days.group_by(*REFERRAL).agg(began_on=nw.col("contact_date").min())
    routes = _routes(days).join(began, on=list(REFERRAL), how="left")
    routes = routes.with_columns(first_contact=nw.col("began_on"))
    return _treated_people(tables, periods, routes, age_below)


def _routes(days: Frame) -> Frame:
    """The contacts that bring people in: by referral and year the first and second of each two."""
    in_year = first_two_contacts(days, *REFERRAL, "year")
    return nw.concat([_second_ever(days), in_year.select(*ROUTE)])


def _second_ever(days: Frame) -> Frame:
    """By referral its first two contacts ever, in the year of the second."""
    ever = first_two_contacts(days, *REFERRAL)
    return ever.with_columns(year=financial_year_of("second_contact")).select(*ROUTE)


def _treated_people(tables: Tables, periods: Frame, routes: Frame, age_below: Limit) -> Frame:
    """One row per person and period, placed at the first second contact of the year's routes."""
    routes = with_birthdays(routes, tables["people"], age_below).with_columns(
        begun_young_on=nw.when(col("began_young")).then(col("second_contact"))
    )
    placed = routes.group_by(PERSON, "year").agg(
        treated_on=nw.col("second_contact").min(), placed_on=nw.col("begun_young_on").min()
    )
    years = periods.with_columns(
        year=nw.col("financial_year_end").dt.year().cast(nw.Int64),
    )
    return by_period(tables["people"], years).join(placed, on=[PERSON, "year"], how="left")


@fault("people")
def date_of_birth_missing() -> nw.Expr:
    """The date of birth is missing."""
    return col("date_of_birth").is_null()


@clause
def treated_in_the_year() -> nw.Expr:
    """A referral has its second contact ever, or a second of the year, in the financial year."""
    return ~col("treated_on").is_null()


@clause
def began_before_18(age_below: Limit) -> nw.Expr:
    """The first of the two contacts was below {age_below} of age (A34)."""
    return ~col("placed_on").is_null()


@clause
def counted_in_the_period() -> nw.Expr:
    """The first such second contact, at which the person is counted once, lies in the period."""
    return in_the_period("placed_on")


# 1A: new individuals, once in the planning period -------------------------------------------------


@units("people", "contacts")
def new_people(
    tables: Tables, periods: Frame, longest_gap: Limit, age_below: Limit, written_media: Codes
) -> Frame:
    """One row per person and period, placed at the planning period's first second contact."""
    days = treatment_days(tables, written_media)
    placed = _placed_as_new(tables, longest_gap, age_below, days, PERSON)
    return by_period(tables["people"], periods).join(placed, on=PERSON, how="left")


@units("people", "contacts")
def new_people_of_the_year(
    tables: Tables, periods: Frame, longest_gap: Limit, age_below: Limit, written_media: Codes
) -> Frame:
    """The same where a person is new once in each financial year of the planning period."""
    days = treatment_days(tables, written_media)
    years = periods.with_columns(year=nw.col("financial_year_end").dt.year().cast(nw.Int64))
    placed = _placed_as_new(tables, longest_gap, age_below, days, PERSON, "year")
    return by_period(tables["people"], years).join(placed, on=[PERSON, "year"], how="left")


def _placed_as_new(
    tables: Tables, longest_gap: Limit, age_below: Limit, days: Frame, *once_per: str
) -> Frame:
    """When people are new, once per person (and year): in time, and in time and young enough."""
    pairs = first_two_contacts(days, *REFERRAL)
    pairs = pairs.with_columns(year=financial_year_of("second_contact"))
    second = as_number("second_contact")
    pairs = pairs.filter(second >= PLANNING_STARTS, second <= PLANNING_ENDS)
    # A31: the second contact may be on the limit's last day after the first.
    soon = col("second_contact") <= longest_gap.after("first_contact")
    pairs = with_birthdays(pairs, tables["people"], age_below).with_columns(
        soon_on=nw.when(soon).then(col("second_contact")),
        soon_and_young_on=nw.when(soon & col("began_young")).then(col("second_contact")),
    )
    return pairs.group_by(*once_per).agg(
        planned_on=nw.col("second_contact").min(),
        soon_on=nw.col("soon_on").min(),
        placed_on=nw.col("soon_and_young_on").min(),
    )


@clause
def treated_in_the_planning_period() -> nw.Expr:
    """A referral has its second contact in the planning period, April 2017 to March 2019."""
    return ~col("planned_on").is_null()


@clause
def within_six_weeks() -> nw.Expr:
    """The referral's first two contacts are {longest_gap} apart or less (A31)."""
    return ~col("soon_on").is_null()


# 2B and the baseline ------------------------------------------------------------------------------


@units("estimates")
def estimates(tables: Tables, periods: Frame) -> Frame:
    """One row per commissioner and period: the figures of the period's financial year, whole."""
    return stock(tables["estimates"], periods, "financial_year", "financial_year_end")


@units("estimates|people")
def estimates_if_given(tables: Tables, periods: Frame) -> Frame:
    """Those that agree, for the required number; none where no estimates are given at all."""
    if "estimates" in tables:
        return sound(estimates(tables, periods))
    nobody = tables["people"].filter(nw.col("count") < 0)
    return by_period(nobody, periods).with_columns(
        diagnosable_cyp=_nothing(), baseline_2a=_nothing()
    )


def _nothing() -> nw.Expr:
    """A missing whole number; pandas has none of its own type."""
    return nw.when(nw.col("count") < 0).then(nw.col("count"))


@fault("estimates")
def estimate_missing() -> nw.Expr:
    """The estimated number of under 18s in need is missing."""
    return col("diagnosable_cyp").is_null()


@clause
def need_is_known() -> nw.Expr:
    """The estimated number of under 18s in need is known."""
    return ~col("diagnosable_cyp").is_null()


@clause
def baseline_is_known() -> nw.Expr:
    """The number treated in 2016/17 is known."""
    return ~col("baseline_2a").is_null()


def required_number(period: Period, need: Fraction, baseline: Fraction) -> Fraction:
    """The greater of 107% of those treated in 2016/17 and the year's share of those in need."""
    return max(GROWTH * baseline, SHARE_OF_NEED[str(period)] * need)


def required_number_compound(period: Period, need: Fraction, baseline: Fraction) -> Fraction:
    """The same with growth of 7% in each year, compared to the year before (A30)."""
    years = list(SHARE_OF_NEED).index(str(period)) + 1
    return max(GROWTH**years * baseline, SHARE_OF_NEED[str(period)] * need)


# Eating disorders ---------------------------------------------------------------------------------


@units("eating_disorders")
def eating_disorders(tables: Tables, periods: Frame) -> Frame:
    """One row per referral and period."""
    return by_period(tables["eating_disorders"], periods)


@fault("eating_disorders")
def treated_before_referral() -> nw.Expr:
    """Treatment starts before the referral was received, so one of the dates is wrong."""
    return (col("treatment_start_date") < col("referral_received_date")).fill_null(False)


@fault("eating_disorders")
def referral_date_missing() -> nw.Expr:
    """The day the referral was received is missing."""
    return col("referral_received_date").is_null()


@fault("eating_disorders")
def priority_missing() -> nw.Expr:
    """The priority of the referral is missing."""
    return col("priority").is_null()


@fault("eating_disorders")
def age_missing() -> nw.Expr:
    """The age at referral is missing."""
    return col("age_at_referral").is_null()


@clause
def treatment_started_in_the_period() -> nw.Expr:
    """Treatment starts in the period, its first and last day included."""
    return in_the_period("treatment_start_date")


@clause
def treatment_started_in_the_two_quarters(start_of_two_quarters: Limit) -> nw.Expr:
    """Treatment starts in the quarter or in the one before."""
    return between("treatment_start_date", start_of_two_quarters.name, "period_end")


@clause
def under_19(age_below: Limit) -> nw.Expr:
    """The age at referral is below {age_below} (A35)."""
    return (col("age_at_referral") < age_below.number).fill_null(False)


@clause
def routine() -> nw.Expr:
    """The referral is routine."""
    return (col("priority") == "routine").fill_null(False)


@clause
def urgent() -> nw.Expr:
    """The referral is urgent, or an emergency (A36)."""
    return col("priority").is_in(("urgent", "emergency")).fill_null(False)


@clause
def routine_or_emergency() -> nw.Expr:
    """The referral is routine, or an emergency (A36)."""
    return col("priority").is_in(("routine", "emergency")).fill_null(False)


@clause
def urgent_alone() -> nw.Expr:
    """The referral is urgent; an emergency is not (A36)."""
    return (col("priority") == "urgent").fill_null(False)


@clause
def within_4_weeks(longest_wait: Limit) -> nw.Expr:
    """From referral to the start of treatment is {longest_wait} or less (A35)."""
    return _started_within(longest_wait)


@clause
def within_1_week(longest_wait: Limit) -> nw.Expr:
    """From referral to the start of treatment is {longest_wait} or less (A35)."""
    return _started_within(longest_wait)


def _started_within(wait: Limit) -> nw.Expr:
    latest_start = wait.after("referral_received_date")
    return (col("treatment_start_date") <= latest_start).fill_null(False)


@wait(within_4_weeks, within_1_week)
def days_to_treatment() -> nw.Expr:
    """Days from referral to the start of treatment."""
    return days_between(col("referral_received_date"), col("treatment_start_date"))
