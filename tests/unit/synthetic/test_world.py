"""The parts that a sample is made of: days, draws, sizes, and the files that they become."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period
from nhsind.reference.working_days import bank_holidays
from nhsind.synthetic.data_set import write_sample
from nhsind.synthetic.days import calendar_of
from nhsind.synthetic.draws import counts, fading, parts, spread_out
from nhsind.synthetic.world import BOUNDARY_CHANGE, MANY_IN_A_ROW, make_world

DAYS = {
    2016: "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
    2017: "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
}


@pytest.mark.parametrize("year", DAYS)
def test_bank_holidays_are_englands(year: int) -> None:
    assert sorted(bank_holidays(year)) == [
        date.fromisoformat(f"{year}-{day}") for day in DAYS[year].split()
    ]


def test_no_office_is_open_on_a_sunday_or_bank_holiday() -> None:
    """Of every place in April 2017: 18 working days, and Saturdays now and then."""
    calendar = calendar_of([parse_period("2017-04")])
    draws = (np.arange(10_000) + 0.5) / 10_000
    picked = calendar.pick(np.zeros(len(draws), dtype=int), draws)
    days = {day.astype(object) for day in np.unique(picked)}
    assert not {date(2017, 4, 14), date(2017, 4, 17)} & days
    assert len([day for day in days if day.weekday() < 5]) == 18
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize("mean", [0.5, 5.0, 11.9, 12.1, 400.0])
def test_counts_are_as_far_apart_as_chance_makes_them(mean: float) -> None:
    drawn = counts(np.random.default_rng(1), np.full(200_000, mean))
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert drawn.var() == pytest.approx(mean, rel=0.06)


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(1, 60))
def test_rows_stand_for_every_unit_and_none_for_too_many(count: list[int], most: int) -> None:
    units = np.array(count, dtype=int)
    cell, alike = spread_out(units, np.full(len(units), most))
    assert np.bincount(cell, weights=alike, minlength=len(units)).tolist() == count
    assert not len(alike) or (alike.min() >= 1 and alike.max() <= most)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=30), st.floats(0, 1))
def test_a_part_is_never_more_than_the_whole(whole: list[int], share: float) -> None:
    number = np.array(whole, dtype=int)
    found = parts(np.random.default_rng(2), number, share)
    assert (found >= 0).all() and (found <= number).all()


def test_fading_is_the_exponential_to_three_places() -> None:
    times = np.linspace(0, 6, 61)
    assert np.abs(fading(times) - np.exp(-times)).max() < 5e-4


def test_people_who_move_are_in_one_commissioner_or_the_other() -> None:
    world = make_world(seed=3, ccgs=110, months=24, scale=1.0)
    sizes = world.sizes(world.months)
    giving, taking, share, day = BOUNDARY_CHANGE
    gave, took = (sizes[world.ccgs.index(code)] for code in (giving, taking))
    place = [month.start for month in world.months].index(day)
    assert np.allclose(sizes.sum(axis=0), sizes[:, 0].sum())
    assert gave[place] == pytest.approx(gave[place - 1] * (1 - share))
    assert took[place] > took[place - 1]


@pytest.mark.parametrize(("scale", "size", "lots"), [(0.1, 0.1, 1), (1, 1, 1), (3, 1, 3)])
def test_below_a_scale_of_1_there_are_fewer_units_above_it_more_rows(
    scale: float, size: float, lots: int
) -> None:
    world = make_world(seed=3, ccgs=5, months=3, scale=scale)
    assert np.allclose(world.sizes(world.months)[:, 0], world.size * size)
    assert world.lots == lots


def test_records_are_wanted_of_the_stories_last_months_alone() -> None:
    world = make_world(seed=3, ccgs=3, months=12, scale=1.0)
    most = world.most_in_a_row(np.array([0, 0, 1]), np.array([11, 8, 11]), recorded=3)
    assert most[0] == 1 < most[1] < most[2] == MANY_IN_A_ROW


def test_a_sample_declares_what_its_tables_of_events_cover(tmp_path: Path) -> None:
    """Every table but those whose rows carry their month, period or year."""
    write_sample(tmp_path / "made", ccgs=2, months=3, scale=0.05)
    covered = pd.read_csv(tmp_path / "made" / "coverage.csv", dtype=str)
    declared = {*zip(covered["family"], covered["table"], strict=True)}
    labelled = {"month", "period", "financial_year"}
    for path in (tmp_path / "made").glob("*/*.csv"):
        columns = set(pd.read_csv(path, nrows=0).columns)
        assert ((path.parent.name, path.stem) in declared) != bool(labelled & columns), path
    flows = covered[covered["family"] != "cart"]
    assert set(flows["from"]) == {"2018-01"} and set(covered["to"]) == {"2018-03"}
