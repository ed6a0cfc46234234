"""Synthetic wheelchair episodes: children and adults, long waits in the weaker commissioners."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# Episodes of an average CCG that begin in a month, at scale 1.
EPISODES_IN_MONTH = 7
# Episodes are made from this long before the first month, so that its closures are complete.
WARM_UP_DAYS = 420
CHILDREN = 0.62
WITHIN_DAYS = 126
# Share of the weakest and the strongest commissioner within 18 weeks, and its gain in a year.
LOWEST_SHARE, HIGHEST_SHARE, GAIN_IN_A_YEAR = 0.62, 0.99, 0.05
MODIFICATION, NOT_PRESCRIBED = 0.2, 0.08
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `episodes`."""
    rng = world.random("wheelchairs")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = world.size * EPISODES_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, np.rint(wanted).astype(int)))
    total = len(ccg)
    draws = rng.random((total, 7))
    referred = np.floor(draws[:, 0] * days).astype(int)
    share = LOWEST_SHARE + (HIGHEST_SHARE - LOWEST_SHARE) * np.sqrt(world.quality[ccg])
    share = share - GAIN_IN_A_YEAR * (days - referred) / 365.25
    soon = np.floor((WITHIN_DAYS + 1) * np.sqrt(draws[:, 2])).astype(int)
    late = WITHIN_DAYS + 1 + np.floor(-np.log1p(-draws[:, 2]) * 60).astype(int)
    wait = np.where(draws[:, 1] < share, soon, late)
    closed = referred + wait
    age = np.where(draws[:, 3] < CHILDREN, 1.5 + 16.9 * draws[:, 4], 19 + 70 * draws[:, 4])
    outcome = np.where(draws[:, 5] < MODIFICATION, "modification", "equipment_delivered")
    outcome = np.where(draws[:, 5] > 1 - NOT_PRESCRIBED, "not_prescribed", outcome)
    prescribed = referred + np.floor(wait * (0.2 + 0.5 * draws[:, 6])).astype(int)
    is_prescribed = (prescribed < days) & (outcome != "not_prescribed")
    origin = np.datetime64(first)
    table = pd.DataFrame(
        {
            "episode_id": [f"W{number:06d}" for number in range(1, total + 1)],
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
        _closed_too_early,
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


def _closed_too_early(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
    day_after = np.array(table.loc[rows, "closed_date"], dtype="datetime64[D]") + 1
    table.loc[rows, "referral_date"] = day_text(day_after)
    return table.iloc[:0]


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.O.1, towards 90% in the last quarter."""
    quarters = sorted({month.quarter for month in world.months[-12:]})
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for quarter in quarters:
            left = quarters[-1].start.toordinal() - quarter.start.toordinal()
            plan = 0.9 - 0.15 * (1 - float(quality)) * left / 365
            rows.append(("E.O.1", code, str(quarter), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])
