"""Synthetic wheelchair episodes: children and adults, long waits in the weaker commissioners."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.synthetic.draws import counts, exponential
from nhsind.synthetic.spoiling import day_after, repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, numbered, only_where

# Episodes of an average CCG that begin in a month, at scale 1, and how many are children's.
EPISODES_IN_MONTH, CHILDREN = 14.4, 0.89
# Episodes are made from this long before the first month, so that its closures are complete.
WARM_UP_DAYS = 300
WITHIN_DAYS = 126
# Share within 18 weeks at a median commissioner in the last month, one standard deviation, and its
# gain in a year (NHS England's wheelchair data of 2017-18: 82% of children).
IN_TIME, BETWEEN_CCGS, GAIN_IN_A_YEAR = 0.84, 0.11, 0.03
MODIFICATION, NOT_PRESCRIBED = 0.2, 0.08
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `episodes`."""
    rng = world.random("wheelchairs")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = counts(rng, world.size * EPISODES_IN_MONTH * world.scale * days / 30.4)
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, wanted))
    total = len(ccg)
    draws = rng.random((7, total))
    referred = np.floor(draws[0] * days).astype(int)
    months = world.months_from(WARM_UP_DAYS // 28)
    share = IN_TIME + BETWEEN_CCGS * world.standing("wheelchairs", months)
    first_month = np.datetime64(months[0].start, "M")
    month = ((np.datetime64(first) + referred).astype("datetime64[M]") - first_month).astype(int)
    in_time = share[ccg, month].clip(0.3, 0.995)
    in_time = in_time - GAIN_IN_A_YEAR * (days - referred) / 365.25
    soon = np.floor((WITHIN_DAYS + 1) * np.sqrt(draws[2])).astype(int)
    late = WITHIN_DAYS + 1 + np.floor(exponential(draws[2]) * 60).astype(int)
    wait = np.where(draws[1] < in_time, soon, late)
    closed = referred + wait
    age = np.where(draws[3] < CHILDREN, 1.5 + 16.9 * draws[4], 19 + 70 * draws[4])
    outcome = np.where(draws[5] < MODIFICATION, "modification", "equipment_delivered")
    outcome = np.where(draws[5] > 1 - NOT_PRESCRIBED, "not_prescribed", outcome)
    prescribed = referred + np.floor(wait * (0.2 + 0.5 * draws[6])).astype(int)
    is_prescribed = (prescribed < days) & (outcome != "not_prescribed")
    origin = np.datetime64(first)
    table = pd.DataFrame(
        {
            "episode_id": numbered("W", total, 6),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "date_of_birth": day_text(origin + referred - np.floor(age * 365.25).astype(int)),
            "referral_date": day_text(origin + referred),
            "prescription_date": only_where(is_prescribed, day_text(origin + prescribed)),
            "closed_date": only_where(closed < days, day_text(origin + closed)),
            "outcome": only_where(closed < days, outcome),
        },
        dtype=object,
    )
    # Only what was open when the first month began, or came later, is in the records.
    shown = origin + closed >= np.datetime64(world.months[0].start)
    in_order = np.argsort(referred, kind="stable")
    table = table.iloc[in_order][shown[in_order]].reset_index(drop=True)
    is_closed = table["closed_date"].notna()
    spoiled = spoil(
        table[is_closed],
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        day_after("referral_date", "closed_date"),
        set_to("date_of_birth", str(world.months[-1].end + timedelta(days=1))),
        set_to("referral_date", None),
        set_to("date_of_birth", None),
        set_to("outcome", None),
        set_to("ccg_code", None),
        set_to("episode_id", None),
        repeated(),
        repeated(outcome="not_prescribed"),
    )
    return {"episodes": pd.concat([spoiled, table[~is_closed]], ignore_index=True)}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.O.1, towards 90% in the last quarter."""
    quarters = quarters_of(world.last_year)
    first = 0.9 - 0.12 * (1 - world.quality)
    return {"E.O.1": Trajectory(quarters, in_steps(world, first, 0.9, len(quarters)))}
