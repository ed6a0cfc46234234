"""Synthetic diagnostic waits: steady requests, most tests within six weeks, a slow winter."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# Rows of an average CCG in a month, at scale 1.
ROWS_IN_MONTH = 18
# A row stands for one long wait, or for this many usual ones: a real list is too long for a sample.
FEWEST_ALIKE, MOST_ALIKE = 16, 36
# Requests are made from this long before the first month, so that its waiting list is complete.
WARM_UP_DAYS = 120
# How the requests share out over the fifteen tests, in the order of DM01.
SHARE_OF_TESTS = (18, 27, 40, 1, 4, 8, 11, 1, 2, 1, 1, 4, 2, 2, 5)
# Most tests come evenly within this many days of the request.
USUAL_DAYS = 41
# Long waits, as a share of the rows of the weakest and of the strongest commissioner, go on beyond
# that for this many days in the mean.
LARGEST_SLOW_SHARE, SMALLEST_SLOW_SHARE = 0.36, 0.07
MEAN_DAYS_BEYOND = 16
GROWTH_IN_A_YEAR = 0.03
WINTER = 0.05
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `waits`."""
    rng = world.random("diagnostics")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = world.size * ROWS_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, np.rint(wanted).astype(int)))
    draws = rng.random((len(ccg), 6))
    start = np.floor(draws[:, 0] * days).astype(int)
    years_left = (days - start) / 365.25
    slow = LARGEST_SLOW_SHARE - (LARGEST_SLOW_SHARE - SMALLEST_SLOW_SHARE) * world.quality[ccg]
    # The sample ends in March, so whole years before its end are winters too.
    slow = slow + WINTER * np.cos(2 * np.pi * (years_left - 0.1)) - GROWTH_IN_A_YEAR * years_left
    beyond = USUAL_DAYS + 1 + np.floor(-np.log1p(-draws[:, 2]) * MEAN_DAYS_BEYOND)
    is_slow = draws[:, 1] < slow
    wait = np.where(is_slow, beyond, np.floor(draws[:, 2] * (USUAL_DAYS + 1)))
    tested = start + wait.astype(int)
    alike = FEWEST_ALIKE + np.floor(draws[:, 5] * (MOST_ALIKE - FEWEST_ALIKE + 1)).astype(int)
    shares = np.cumsum(SHARE_OF_TESTS) / sum(SHARE_OF_TESTS)
    origin = np.datetime64(first)
    providers = np.array([world.providers_of[code] for code in world.ccgs], dtype=object)
    table = pd.DataFrame(
        {
            "wait_id": [f"D{number:08d}" for number in range(1, len(ccg) + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": providers[ccg, np.floor(draws[:, 3] ** 2 * 3).astype(int)],
            "test": (np.searchsorted(shares, draws[:, 4], side="right") + 1).astype(str),
            "clock_start_date": day_text(origin + start),
            "test_date": only_where(tested < days, day_text(origin + tested)),
            "count": np.where(is_slow, 1, alike).astype(str),
        },
        dtype=object,
    )
    table = table.iloc[np.argsort(start, kind="stable")].reset_index(drop=True)
    done = table["test_date"].notna()
    spoiled = spoil(
        table[done],
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("test_date", str(first - timedelta(days=1))),
        set_to("clock_start_date", None),
        set_to("test", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(clock_start_date=str(first)),
    )
    return {"waits": pd.concat([spoiled, table[~done]], ignore_index=True)}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.B.4: the weaker ones reach the standard in steps."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, month in enumerate(world.months[-12:]):
            plan = 0.0099 if quality >= 0.5 else 0.02 - 0.0101 * step / 11
            rows.append(("E.B.4", code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])
