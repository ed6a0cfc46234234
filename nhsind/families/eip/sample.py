"""Synthetic EIP referrals: a few a month, most treated within two weeks, improving slowly."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.synthetic.draws import counts, exponential
from nhsind.synthetic.spoiling import day_after, repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, numbered, only_where

# Referrals of an average CCG in a month, at scale 1.
REFERRALS_IN_MONTH = 6.6
# Referrals are made from this long before the first month, so that its starts are complete.
WARM_UP_DAYS = 180
# Share treated within two weeks, at a median commissioner in the last month, one standard
# deviation, and what a year brings (EIP waiting times, 2017-18: 75% of England).
IN_TIME, BETWEEN_CCGS, GAIN_IN_A_YEAR = 0.78, 0.16, 0.03
# Christmas and August slow the first appointment, January first.
SLOW_SEASONS = (0.0, 0.03, 0.03, 0.0, 0.0, 0.02, 0.0, -0.05, -0.02, 0.03, 0.02, -0.05)
WITHIN_DAYS = 14
MEAN_DAYS_BEYOND = 21
ARMS_SHARE = 0.18
# Referrals that end without treatment, and so never start it.
UNTREATED_SHARE = 0.25
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `referrals`."""
    rng = world.random("eip")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = counts(rng, world.size * REFERRALS_IN_MONTH * world.scale * days / 30.4)
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, wanted))
    total = len(ccg)
    draws = rng.random((5, total))
    received = np.floor(draws[0] * days).astype(int)
    months = world.months_from(WARM_UP_DAYS // 28)
    share = IN_TIME + BETWEEN_CCGS * world.standing("eip", months)
    share = share + np.array([SLOW_SEASONS[month.end.month - 1] for month in months])
    first_month = np.datetime64(months[0].start, "M")
    month = ((np.datetime64(first) + received).astype("datetime64[M]") - first_month).astype(int)
    in_time = share[ccg, month] - GAIN_IN_A_YEAR * (days - received) / 365.25
    soon = np.floor(draws[2] * (WITHIN_DAYS + 1)).astype(int)
    late = WITHIN_DAYS + 1 + np.floor(exponential(draws[2]) * MEAN_DAYS_BEYOND).astype(int)
    treated = received + np.where(draws[1] < in_time, soon, late)
    has_started = (treated < days) & (draws[3] >= UNTREATED_SHARE)
    origin = np.datetime64(first)
    table = pd.DataFrame(
        {
            "referral_id": numbered("E", total),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "pathway": np.where(draws[4] < ARMS_SHARE, "arms", "fep"),
            "referral_received_date": day_text(origin + received),
            "treatment_start_date": only_where(has_started, day_text(origin + treated)),
        },
        dtype=object,
    )
    # Only what was waiting when the first month began, or came later, is in the records.
    shown = origin + treated >= np.datetime64(world.months[0].start)
    in_order = np.argsort(received, kind="stable")
    table = table.iloc[in_order][shown[in_order]].reset_index(drop=True)
    started = table["treatment_start_date"].notna()
    spoiled = spoil(
        table[started],
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        day_after("referral_received_date", "treatment_start_date"),
        set_to("referral_received_date", None),
        set_to("pathway", None),
        set_to("ccg_code", None),
        set_to("referral_id", None),
        repeated(),
        repeated(referral_received_date=str(first)),
    )
    return {"referrals": pd.concat([spoiled, table[~started]], ignore_index=True)}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.H.4: 50%, and more for those that are there already."""
    quarters = quarters_of(world.last_year)
    first = 0.5 + 0.2 * world.quality
    return {"E.H.4": Trajectory(quarters, in_steps(world, first, first + 0.03, len(quarters)))}
