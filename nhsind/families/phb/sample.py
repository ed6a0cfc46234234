"""Synthetic personal health budgets: steady growth, some combinations, quarterly populations."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.synthetic.draws import counts, exponential
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, numbered, only_where

POPULATION_GROWTH = 0.008
# Budgets of an average CCG that begin in a month, at scale 1; and how much faster in a year.
BUDGETS_IN_MONTH = 4.4
GROWTH_IN_A_YEAR = 0.45
# Between commissioners of a size: one standard deviation.
BETWEEN_CCGS = 0.45
# Budgets are made from this long before the first month, so that those in place are there.
WARM_UP_DAYS = 730
MEAN_DAYS = 420
COMBINATIONS = 0.07
# Many budgets begin on the first of a month.
ON_THE_FIRST = 0.4
TYPES = np.array(["NOTIONAL", "NOTIONAL", "THIRD_PARTY", "DIRECT_PAYMENT"], dtype=object)
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `budgets` and `population`."""
    rng = world.random("phb")
    budgets = spoil(
        _budgets(world, rng),
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("start_date", None),
        set_to("end_date", "2009-12-31"),
        set_to("ccg_code", None),
        set_to("person_id", None),
        set_to("phb_id", None),
        repeated(),
        repeated(type="OTHER"),
    )
    return {"budgets": budgets, "population": _population(world)}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for the quarterly rate, rising by a tenth a quarter."""
    quarters = quarters_of(world.last_year)
    first = 18 + 14 * world.quality
    return {"E.N.1": Trajectory(quarters, in_steps(world, first, first * 1.3, len(quarters)), 1)}


def _budgets(world: World, rng: np.random.Generator) -> pd.DataFrame:
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    standing = world.standing("phb", world.months[-1:])[:, 0]
    wanted = world.size * BUDGETS_IN_MONTH * (1 + BETWEEN_CCGS * standing).clip(0.4) * world.scale
    number = np.maximum(1, counts(rng, wanted * days / 30.4))
    ccg = np.repeat(np.arange(len(world.ccgs)), number)
    people = len(ccg)
    draws = rng.random((5, people))
    growth = GROWTH_IN_A_YEAR * days / 730
    position = draws[0] + growth / 2 * draws[0] * (1 - draws[0])
    origin = np.datetime64(first)
    start = origin + np.clip(np.floor(position * days), 0, days - 1).astype(int)
    start = np.where(draws[1] < ON_THE_FIRST, start.astype("datetime64[M]"), start)
    start = np.maximum(start.astype("datetime64[D]"), origin)
    end = start + np.floor(exponential(draws[2]) * MEAN_DAYS).astype(int)
    combined = np.flatnonzero(draws[3] < COMBINATIONS)
    person = np.concatenate([np.arange(people), combined])
    type_of = np.floor(draws[4] * len(TYPES)).astype(int)
    type_of = np.concatenate([type_of, (type_of[combined] + 1) % len(TYPES)])
    has_ended = end[person] <= np.datetime64(world.months[-1].end)
    table = pd.DataFrame(
        {
            "phb_id": numbered("B", len(person), 6),
            "person_id": numbered("H", people, 6)[person],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg[person]],
            "start_date": day_text(start[person]),
            "end_date": only_where(has_ended, day_text(end[person])),
            "type": TYPES[type_of],
        },
        dtype=object,
    )
    # An extract from the first month on: what ended before it is not there.
    in_order = np.argsort(start[person], kind="stable")
    shown = end[person] >= np.datetime64(world.months[0].start)
    kept: pd.DataFrame = table.iloc[in_order[shown[in_order]]].reset_index(drop=True)
    return kept


def _population(world: World) -> pd.DataFrame:
    before = [world.months[0].shift(-step) for step in range(1, WARM_UP_DAYS // 30 + 1)]
    quarters = sorted({month.quarter for month in [*before, *world.months]})
    rows = []
    for code, people in zip(world.ccgs, world.people.tolist(), strict=True):
        for step, quarter in enumerate(quarters):
            rows.append((code, str(quarter), round(people * (1 + POPULATION_GROWTH * step / 4))))
    columns = ["ccg_code", "period", "gp_registered_population"]
    table = pd.DataFrame(rows, columns=columns).astype(object)
    if len(world.ccgs) > 20:
        table.loc[table.index[-1], "gp_registered_population"] = None
    return table
