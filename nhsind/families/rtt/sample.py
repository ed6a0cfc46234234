"""Synthetic RTT pathways: steady arrivals, exponential waits, a trend, a winter, some faults."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# Pathways of an average CCG in a month, at scale 1.
STARTS_IN_MONTH = 45
# Pathways are made from this long before the first month, so that its waiting list is complete.
WARM_UP_DAYS = 365
# Mean days to a clock stop: at 50 days about 92% of those waiting are within 18 weeks.
SHORTEST_MEAN_WAIT, LONGEST_MEAN_WAIT = 38.0, 62.0
TREND_IN_A_YEAR = 0.06
WINTER = 0.08
ADMITTED_SHARE = 0.27
FUNCTIONS = "100 101 110 120 130 140 150 160 300 301 320 330 340 400 410 430 502 X01".split()
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 8


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `pathways`."""
    rng = world.random("rtt")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    last = world.months[-1].end
    days = (last - first).days + 1
    per_ccg = np.maximum(
        1, np.rint(world.size * STARTS_IN_MONTH * world.scale * days / 30.4).astype(int)
    )
    ccg = np.repeat(np.arange(len(world.ccgs)), per_ccg)
    total = len(ccg)
    draws = rng.random((total, 5))
    start = np.floor(draws[:, 0] * days).astype(int)
    year_fraction = start / 365.25
    mean_wait = LONGEST_MEAN_WAIT - (LONGEST_MEAN_WAIT - SHORTEST_MEAN_WAIT) * world.quality[ccg]
    mean_wait = mean_wait * (1 + TREND_IN_A_YEAR * (year_fraction - days / 365.25))
    mean_wait = mean_wait * (
        1 + WINTER * np.cos(2 * np.pi * (_day_of_year(first) / 365.25 + year_fraction))
    )
    wait = np.floor(-np.log1p(-draws[:, 1]) * mean_wait).astype(int)
    stop = start + wait
    stopped = stop < days
    origin = np.datetime64(first)
    table = pd.DataFrame(
        {
            "pathway_id": [f"P{number:08d}" for number in range(1, total + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": np.array(
                [world.providers_of[code] for code in world.ccgs], dtype=object
            )[ccg, np.floor(draws[:, 2] ** 2 * 3).astype(int)],
            "treatment_function_code": np.array(FUNCTIONS, dtype=object)[
                np.floor(draws[:, 3] * len(FUNCTIONS)).astype(int)
            ],
            "clock_start_date": day_text(origin + start),
            "clock_stop_date": only_where(stopped, day_text(origin + stop)),
            "stop_type": only_where(
                stopped, np.where(draws[:, 4] < ADMITTED_SHARE, "admitted", "non_admitted")
            ),
        },
        dtype=object,
    )
    table = table.iloc[np.argsort(start, kind="stable")].reset_index(drop=True)
    return {"pathways": _with_faults(table, rng, world.scale)}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.B.3: the standard, reached by the weaker ones in steps."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for month in world.months[-12:]:
            step = world.months.index(month) - len(world.months) + 12
            plan = 0.92 if quality >= 0.4 else 0.88 + 0.04 * step / 11
            rows.append(("E.B.3", code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _with_faults(table: pd.DataFrame, rng: np.random.Generator, scale: float) -> pd.DataFrame:
    """Spoil a few records in each way that `check` reports."""
    wanted = max(1, round(FAULTS_OF_A_KIND * scale))
    stopped = np.flatnonzero(table["clock_stop_date"].notna())
    if len(stopped) < 7 * wanted:
        return table
    chosen = rng.permutation(stopped)[: 7 * wanted].reshape(7, wanted)
    earlier = chosen[0]
    table.loc[earlier, "clock_stop_date"] = [
        str(date.fromisoformat(text) - timedelta(days=3))
        for text in table.loc[earlier, "clock_start_date"]
    ]
    table.loc[chosen[1], "clock_start_date"] = None
    table.loc[chosen[2], "stop_type"] = None
    table.loc[chosen[3], "ccg_code"] = None
    table.loc[chosen[4], "pathway_id"] = None
    agreeing, disagreeing = table.loc[chosen[5]], table.loc[chosen[6]].copy()
    disagreeing["stop_type"] = [
        "admitted" if kind == "non_admitted" else "non_admitted"
        for kind in disagreeing["stop_type"]
    ]
    spoiled: pd.DataFrame = pd.concat([table, agreeing, disagreeing], ignore_index=True)
    return spoiled


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday
