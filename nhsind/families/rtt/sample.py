"""Synthetic RTT pathways: lists of a real size, slowly growing longer, with a slow winter.

A row stands for the pathways of one commissioner that start in one week and wait about as long;
where records are wanted, for one pathway.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.synthetic.days import OFFICE_HOURS, season, to_working_day, weekday
from nhsind.synthetic.draws import (
    Array,
    evenly,
    exponential,
    fading,
    normal,
    one_of,
    place_of,
    spread_out,
    whole,
)
from nhsind.synthetic.spoiling import day_after, repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import MANY_IN_A_ROW, World
from nhsind.synthetic.writing import day_text, identifiers, only_where

# Pathways of an average CCG that start in a week: 1.6 million a month in England (RTT overview).
STARTS_IN_WEEK = 1_900
# Pathways are made from this long before the first month, so that its waiting list is complete.
MONTHS_BEFORE_FIRST = 14
# Share of those waiting who wait 18 weeks or less, in the last month, of an average CCG; how much
# one standard deviation between CCGs is; what a year takes from it (RTT overview: 91.6% in April
# 2016, 87.2% in March 2018).
USUAL_SHARE, BETWEEN_CCGS, LOSS_IN_A_YEAR = 0.884, 0.034, 0.021
MONTHLY_NOISE = 0.0035
WINTER = (-0.006, -0.007, -0.004, 0.002, 0.005, 0.005, 0.003, 0.001, 0.0, 0.003, 0.002, -0.004)
WITHIN_DAYS = 126
# Waits of each kind in days, and of a hundred who wait so long how many stop by admission.
WAITS = ((0, 41, 11), (42, 83, 20), (84, 125, 29), (126, 167, 36), (168, 320, 43))
SHORT_WAITS = 3
RECORDED_MONTHS = 3
FUNCTIONS = "100 101 110 120 130 140 150 160 300 301 320 330 340 400 410 430 502 X01".split()
# How much of a list each function has, in thousandths (RTT workbooks, incomplete pathways).
WEIGHTS = (60, 65, 130, 75, 110, 45, 15, 40, 15, 60, 55, 70, 40, 35, 30, 5, 65, 185)
SHARES_OF_PROVIDERS = (66, 22, 12)
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 8


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `pathways`."""
    rng = world.random("rtt")
    months = world.months_from(MONTHS_BEFORE_FIRST)
    monday = _mondays(months)
    shape = (len(world.ccgs), len(monday), len(WAITS), 2, world.lots)
    count = _pathways(world, months, monday=monday, rng=rng, shape=shape)
    # What a list's share within 18 weeks hangs on, and the most frequent kind, start week by week,
    # the rest every other week.
    rest = count.reshape(*shape[:2], len(WAITS) * 2, world.lots)[:, :, 1 : 2 * SHORT_WAITS]
    rest[:, :-1:2] += rest[:, 1::2]
    rest[:, 1::2] = 0
    ccg, week, wait, admitted, lot = np.unravel_index(np.arange(count.size), shape)
    # Those that stop, or still wait, in the last months are written one by one.
    stops_in = len(world.months) - 1 - (monday[-1] - monday[week]).astype(int) // 30
    stops_in = stops_in + np.array([low for low, _, _ in WAITS])[wait] // 30
    most = world.most_in_a_row(ccg, stops_in, RECORDED_MONTHS)
    cell, alike = spread_out(count.ravel(), most)
    draws = rng.random((5, len(cell)))
    ccg, week, wait, admitted, lot = (each[cell] for each in (ccg, week, wait, admitted, lot))
    is_single, is_large = most[cell] == 1, most[cell] == MANY_IN_A_ROW
    # Large rows stop evenly spread over their weeks: else a month would have too many or too few.
    turn = evenly(week * 7 + ccg * 3 + wait * 5 + admitted * 2 + lot)
    part = np.where(is_large, turn, draws[0])
    weeks = np.where((wait < SHORT_WAITS) & (wait + admitted > 0), 2, 1)
    working_day = weeks * 5 * np.where(is_large, 1 - turn, draws[1])
    start = monday[week] + np.floor(working_day).astype(int) + 2 * (working_day >= 5)
    low, high, _ = np.array(WAITS).T
    stop = start + (low[wait] + np.floor(part * (high - low + 1)[wait])).astype(int)
    stop = to_working_day(stop)
    last = np.datetime64(world.months[-1].end)
    kept = stop >= np.datetime64(world.months[0].start)
    stopped = (stop <= last)[kept]
    table = pd.DataFrame(
        {
            "pathway_id": identifiers("P", is_single[kept], 8),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg[kept]],
            "provider_code": world.provider(
                ccg[kept], place_of(SHARES_OF_PROVIDERS, draws[2, kept]), start[kept]
            ),
            "treatment_function_code": one_of(FUNCTIONS, draws[3, kept], WEIGHTS),
            "clock_start_date": day_text(start[kept]),
            "clock_stop_date": only_where(stopped, day_text(stop[kept])),
            "stop_type": only_where(
                stopped, np.where(admitted[kept] == 1, "admitted", "non_admitted")
            ),
            "count": alike[kept],
        },
    )
    table = table.iloc[np.argsort(start[kept], kind="stable")].reset_index(drop=True)
    spoiled = spoil(
        table,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        day_after("clock_start_date", "clock_stop_date"),
        set_to("clock_start_date", None),
        set_to("stop_type", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(stop_type="admitted", treatment_function_code="100"),
        among=table["pathway_id"].notna() & table["clock_stop_date"].notna(),
    )
    return {"pathways": spoiled}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.B.3: the standard, reached by the weaker ones in steps."""
    first = np.where(world.quality >= 0.6, 0.92, 0.87 + 0.04 * world.quality)
    return {
        "E.B.3": Trajectory(world.last_year, in_steps(world, first, 0.92, len(world.last_year)))
    }


def _mondays(months: list[Period]) -> Array:
    first = np.datetime64(months[0].start)
    first = first + (4 - first.astype(np.int64)) % 7
    return np.arange(first, np.datetime64(months[-1].end) + 1, 7)


def _pathways(
    world: World,
    months: list[Period],
    *,
    monday: Array,
    rng: np.random.Generator,
    shape: tuple[int, ...],
) -> Array:
    """How many pathways, by CCG, week of start, kind of wait, admitted or not, and lot."""
    first_month = np.datetime64(months[0].start, "M")
    month = (monday.astype("datetime64[M]") - first_month).astype(int)
    # Who starts now decides the list of two months from now.
    later = [each.shift(2) for each in months]
    years_left = np.arange(len(months) - 1, -1, -1) / 12
    share = USUAL_SHARE + BETWEEN_CCGS * world.standing("rtt", later)
    share = share + LOSS_IN_A_YEAR * years_left + season(later, WINTER)
    share = share + MONTHLY_NOISE * normal(rng.random(share.shape))
    mean_wait = WITHIN_DAYS / exponential(share.clip(0.7, 0.985))
    # The calendar weighs each week: few referrals come in the weeks of bank holidays.
    days = np.array(OFFICE_HOURS)[weekday(np.arange(monday[0], monday[-1] + 7))]
    weight = days.reshape(-1, 7).sum(axis=1) / sum(OFFICE_HOURS)
    starts = STARTS_IN_WEEK * world.sizes(months)[:, month] * weight[None, :]
    starts = starts * (0.97 + 0.06 * rng.random(starts.shape)) / world.lots
    edges = np.array([*(low for low, _, _ in WAITS), WAITS[-1][1] + 1])
    left = fading(edges[None, None, :] / mean_wait[:, month, None])
    in_kind = left[..., :-1] - left[..., 1:]
    by_admission = np.array([hundredths for _, _, hundredths in WAITS]) / 100
    both = np.stack([1 - by_admission, by_admission], axis=-1)
    mean = starts[:, :, None, None] * in_kind[..., None] * both
    return whole(rng, np.repeat(mean[..., None], world.lots, axis=-1)).reshape(shape)
