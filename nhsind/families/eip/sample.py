"""Synthetic EIP referrals: a few a month, most treated within two weeks, improving slowly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# Referrals of an average CCG in a month, at scale 1.
REFERRALS_IN_MONTH = 6
# Referrals are made from this long before the first month, so that its starts are complete.
WARM_UP_DAYS = 180
# Share treated within two weeks, of the weakest and the strongest commissioner.
LOWEST_SHARE, HIGHEST_SHARE = 0.45, 0.9
GAIN_IN_A_YEAR = 0.04
# Christmas and August slow the first appointment.
SLOW_SEASONS = 0.05
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
    wanted = world.size * REFERRALS_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, np.rint(wanted).astype(int)))
    total = len(ccg)
    draws = rng.random((total, 5))
    received = np.floor(draws[:, 0] * days).astype(int)
    years_left = (days - received) / 365.25
    share = LOWEST_SHARE + (HIGHEST_SHARE - LOWEST_SHARE) * world.quality[ccg]
    share = share - GAIN_IN_A_YEAR * years_left
    share = share + SLOW_SEASONS * np.cos(4 * np.pi * (years_left - 0.2))
    soon = np.floor(draws[:, 2] * (WITHIN_DAYS + 1)).astype(int)
    late = WITHIN_DAYS + 1 + np.floor(-np.log1p(-draws[:, 2]) * MEAN_DAYS_BEYOND).astype(int)
    treated = received + np.where(draws[:, 1] < share, soon, late)
    has_started = (treated < days) & (draws[:, 3] >= UNTREATED_SHARE)
    origin = np.datetime64(first)
    table = pd.DataFrame(
        {
            "referral_id": [f"E{number:07d}" for number in range(1, total + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "pathway": np.where(draws[:, 4] < ARMS_SHARE, "arms", "fep"),
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
        _treated_too_early,
        set_to("referral_received_date", None),
        set_to("pathway", None),
        set_to("ccg_code", None),
        set_to("referral_id", None),
        repeated(),
        repeated(referral_received_date=str(first)),
    )
    return {"referrals": pd.concat([spoiled, table[~started]], ignore_index=True)}


def _treated_too_early(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
    day_after = np.array(table.loc[rows, "treatment_start_date"], dtype="datetime64[D]") + 1
    table.loc[rows, "referral_received_date"] = day_text(day_after)
    return table.iloc[:0]


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.H.4: 50%, and more for those that are there already."""
    quarters = sorted({month.quarter for month in world.months[-12:]})
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, quarter in enumerate(quarters):
            plan = 0.5 + 0.2 * float(quality) + 0.01 * step
            rows.append(("E.H.4", code, str(quarter), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])
