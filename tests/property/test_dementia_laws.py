"""Laws that the dementia diagnosis rate obeys for any register and population."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import pandas as pd
from common_laws import (
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

PERIODS = ["2018-02", "2018-03", "2017-18-Q4"]
MONTHS = st.sampled_from(["2018-02", "2018-03", "2018-03", "2018-04", None])
OLD = ["65-69", "70-74", "75-79", "80-84", "85-89", "90+"]
# In thousandths, as the source prints them.
FEMALES, MALES = (18, 25, 62, 95, 181, 350), (12, 30, 52, 106, 128, 171)
PATIENTS = st.sampled_from([None, 0, 1, 7, 1000, 12345])
ESTIMATES = st.sampled_from([None, "0", "0.000000001", "12.5", "1234.123456789"])


class Row(NamedTuple):
    ccg_code: str | None
    month: str | None
    age: int | None
    age_band: str | None
    count: int | None


class Group(NamedTuple):
    ccg_code: str | None
    month: str | None
    age_band: str | None
    sex: str | None
    registered_patients: int | None


class Estimate(NamedTuple):
    ccg_code: str | None
    month: str | None
    estimated_prevalence: str | None


class Case(NamedTuple):
    register: list[Row]
    population: list[Group]
    estimates: list[Estimate]


@st.composite
def cases(draw: st.DrawFn, ccgs: Codes) -> Case:
    ccg = st.sampled_from(ccgs)
    age = st.sampled_from([None, 0, 64, 65, 66, 99])
    band = st.sampled_from([None, "0-64", "60-64", "65+", *OLD])
    count = st.sampled_from([None, 0, 1, 30])
    rows = st.builds(Row, ccg, MONTHS, age, band, count)
    group = st.sampled_from([None, "0-64", "90-94", "95+", *OLD])
    groups = st.builds(Group, ccg, MONTHS, group, st.sampled_from(["F", "M", None]), PATIENTS)
    estimates = st.builds(Estimate, ccg, MONTHS, ESTIMATES)
    return Case(
        # Always one row and one estimate that count.
        [Row(ccgs[0], "2018-03", 65, None, 1), *draw(st.lists(rows, max_size=12))],
        draw(st.lists(groups, max_size=12)),
        [Estimate(ccgs[0], "2018-03", "9"), *draw(st.lists(estimates, max_size=6))],
    )


def frames(case: Case) -> dict[str, pd.DataFrame]:
    kinds = {"register": Row, "population": Group, "estimates": Estimate}
    return {name: table_of(kinds[name], rows) for name, rows in case._asdict().items()}


def tables(codes: Codes, _name: str) -> st.SearchStrategy[Tables]:
    return cases(codes).map(frames)


DEMENTIA = Family(
    "dementia",
    tables,
    PERIODS,
    examples=5,
    made_of={"2017-18-Q4": ["2018-02", "2018-03"]},
)
TestCommonLaws = common_laws(DEMENTIA)


@lawful(5)
@given(cases(("A", "B")))
def test_persons_and_their_counts_agree(case: Case) -> None:
    # A row of nobody is a register all the same, which no row of a person could be.
    case = case._replace(register=[row for row in case.register if row.count != 0])
    persons = [
        row._replace(count=None)
        for row in case.register
        for _ in range(1 if row.count is None else row.count)
    ]
    expected = derive("dementia", frames(case), PERIODS)
    found = derive("dementia", frames(case._replace(register=persons)), PERIODS)
    assert_frame_equal(expected, found, check_dtype=False)


@lawful(5)
@given(cases(("A", "B")))
def test_the_estimate_may_be_given_instead_of_the_population(case: Case) -> None:
    """Estimates calculated by hand, in the place of the population, give the same rates."""
    by_hand = [
        Estimate(code, month, f"{float(total):.3f}")
        for (code, month), total in calculated(case.population).items()
    ]
    expected = derive("dementia", frames(case._replace(estimates=[])), PERIODS)
    found = derive("dementia", frames(case._replace(population=[], estimates=by_hand)), PERIODS)
    codes = set(found["org_code"])
    expected = expected[expected["org_code"].isin(codes)].reset_index(drop=True)
    assert_frame_equal(expected, found, check_dtype=False)


@lawful(20)
@given(cases(("A", "B", "NONC", None)))
def test_a_plain_loop_over_rows_gives_the_same_figures(case: Case) -> None:
    found = figures_of(derive("dementia", frames(case), PERIODS))
    rows = [*case.register, *case.population, *case.estimates]
    estimates = estimated(case)
    expected = {}
    for code in {row.ccg_code for row in rows if row.ccg_code}:
        for period in PERIODS:
            month = "2018-03" if "Q" in period else period
            mine = [row for row in case.register if row.ccg_code == code and row.month == month]
            diagnosed = sum(1 if row.count is None else row.count for row in mine if is_old(row))
            # Without a usable row of the month there is no register, not one without people.
            numerator = diagnosed if any(map(ages_said, mine)) else None
            expected["E.A.S.1", code, period] = (numerator, estimates.get((code, month)))
    assert set(found) == set(expected)
    for key, (numerator, denominator) in found.items():
        exact = None if denominator is None else Fraction(str(denominator))
        assert (numerator, exact) == expected[key], key


# The same definition written once more, without a data frame. ---------------------------------


def is_old(row: Row) -> bool:
    return ages_said(row) == {True}


def ages_said(row: Row) -> set[bool]:
    """Whether the patient is 65 or older, by each column that tells."""
    said = set()
    if row.age is not None:
        said.add(row.age >= 65)
    if row.age_band is not None:
        said.add(row.age_band in ("65+", *OLD))
    return said


def calculated(population: Sequence[Group]) -> dict[tuple[str, str], Fraction]:
    """By commissioner and month: patients times rates."""
    totals: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in population:
        band = {"90-94": "90+", "95+": "90+"}.get(row.age_band or "", row.age_band)
        if row.ccg_code is None or row.month is None or row.sex is None or band not in OLD:
            continue
        if row.registered_patients is not None:
            rates = FEMALES if row.sex == "F" else MALES
            rate = Fraction(rates[OLD.index(band)], 1000)
            totals[row.ccg_code, row.month] += rate * row.registered_patients
    return dict(totals)


def estimated(case: Case) -> dict[tuple[str, str], Fraction]:
    """The calculated estimates, and those given where there is none."""
    given_rows = defaultdict(set)
    for row in case.estimates:
        if row.ccg_code is not None and row.month is not None:
            given_rows[row.ccg_code, row.month].add(row.estimated_prevalence)
    given = {
        key: Fraction(value)
        for key, values in given_rows.items()
        if len(values) == 1 and (value := next(iter(values))) is not None
    }
    return given | calculated(case.population)
