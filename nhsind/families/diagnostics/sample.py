"""Synthetic diagnostic waits: most tests within six weeks, a few late ones, more of them in winter.

A row stands for the waits of one commissioner for one test that begin in one month and last as
long; where records are wanted, for one wait.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import calendar_of, season, to_working_day
from nhsind.synthetic.draws import (
    Array,
    counts,
    evenly,
    exponential,
    normal,
    parts,
    place_of,
    powers,
    spread_out,
)
from nhsind.synthetic.spoiling import day_after, repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import MANY_IN_A_ROW, World
from nhsind.synthetic.writing import day_text, identifiers, only_where

# Requests of an average CCG in a month: at three weeks' wait, about 4,500 are on the list.
REQUESTS_IN_MONTH = 6_800
GROWTH_IN_A_YEAR = 0.03
# Requests are made from this long before the first month, so that its waiting list is complete.
MONTHS_BEFORE_FIRST = 4
# How the requests share out over the fifteen tests, in the order of DM01.
SHARE_OF_TESTS = (18, 27, 40, 1, 4, 8, 11, 1, 2, 1, 1, 4, 2, 2, 5)
# Usual waits are at most so many days; late ones go on beyond the limit of 42 days by about these.
USUAL_DAYS, LIMIT_DAYS, MEAN_DAYS_BEYOND, MOST_DAYS_BEYOND = 41, 42, 17, 100
# Late waits as a share of all requests: of a median CCG in the last month, and how many times as
# many one standard deviation more or less makes (2% of those waiting, England, 2017-18).
USUAL_LATE, TIMES, NOISE = 0.0175, 2.3, 0.12
GROWTH_OF_LATE = 0.1
WINTER = (1.15, 0.95, 0.85, 0.95, 1.0, 0.95, 0.95, 1.1, 1.0, 0.9, 0.9, 1.2)
SHARES_OF_PROVIDERS = (66, 22, 12)
RECORDED_MONTHS = 3
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `waits`."""
    rng = world.random("diagnostics")
    months = world.months_from(MONTHS_BEFORE_FIRST)
    usual, late = _waits(world, rng)
    shape = usual.shape
    kinds = np.concatenate([usual.ravel(), late.ravel()])
    at = np.unravel_index(np.arange(usual.size), shape)
    ccg, month, test, lot = (np.concatenate([each, each]) for each in at)
    is_late = np.arange(len(kinds)) >= usual.size
    since = month - MONTHS_BEFORE_FIRST
    most = world.most_in_a_row(ccg, since, RECORDED_MONTHS)
    cell, alike = spread_out(kinds, most)
    ccg, month, test, lot = (each[cell] for each in (ccg, month, test, lot))
    is_late, most = is_late[cell], most[cell]
    is_single, is_even = most == 1, (most == MANY_IN_A_ROW) & ~is_late
    draws = rng.random((4, len(cell)))
    # Waits of large rows are evenly spread, so that a list has as many of each length as it should.
    turn = evenly(test * 8 + month * 5 + ccg * 3 + lot)
    part = np.where(is_even, turn, draws[0])
    asked = evenly(test * 3 + month * 7 + ccg * 5 + lot)
    day = calendar_of(months).pick(month, np.where(is_even, asked, draws[1]))
    beyond = LIMIT_DAYS + np.floor(exponential(part) * MEAN_DAYS_BEYOND)
    beyond = np.minimum(beyond, LIMIT_DAYS + MOST_DAYS_BEYOND)
    wait = np.where(is_late, beyond, np.floor(part * (USUAL_DAYS + 1))).astype(int)
    tested = np.where(is_late, day + wait, np.maximum(to_working_day(day + wait), day))
    tested = np.where(is_late | (tested - day <= np.timedelta64(USUAL_DAYS)), tested, day + wait)
    kept = tested >= np.datetime64(world.months[0].start)
    done = (tested <= np.datetime64(world.months[-1].end))[kept]
    table = pd.DataFrame(
        {
            "wait_id": identifiers("D", is_single[kept], 8),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg[kept]],
            "provider_code": world.provider(
                ccg[kept], place_of(SHARES_OF_PROVIDERS, draws[2, kept]), day[kept]
            ),
            "test": (test[kept] + 1).astype(str).astype(object),
            "clock_start_date": day_text(day[kept]),
            "test_date": only_where(done, day_text(tested[kept])),
            "count": alike[kept],
        }
    )
    table = table.iloc[np.argsort(day[kept], kind="stable")].reset_index(drop=True)
    spoiled = spoil(
        table,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        day_after("clock_start_date", "test_date"),
        set_to("clock_start_date", None),
        set_to("test", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(clock_start_date=str(world.months[0].start)),
        among=table["wait_id"].notna() & table["test_date"].notna(),
    )
    return {"waits": spoiled}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.B.4: the weaker ones reach the standard in steps."""
    first = np.where(world.quality >= 0.5, 0.0099, 0.02)
    return {
        "E.B.4": Trajectory(world.last_year, in_steps(world, first, 0.0099, len(world.last_year)))
    }


def _waits(world: World, rng: np.random.Generator) -> tuple[Array, Array]:
    """Usual and late waits by CCG, month of request, test and lot."""
    months = world.months_from(MONTHS_BEFORE_FIRST)
    # Who is late at a month's end asked two months before.
    later = [month.shift(1) for month in months]
    years = (np.arange(len(months)) - len(months) + 1) / 12
    standing = world.standing("diagnostics", later)
    level = USUAL_LATE * season(later, WINTER) * (1 + GROWTH_OF_LATE * years)
    times = powers(TIMES, -standing)
    late_share = level[None, :] * times * (1 + NOISE * normal(rng.random(standing.shape)))
    late_share = late_share.clip(0, 0.25)
    mean = REQUESTS_IN_MONTH * world.sizes(months) * calendar_of(months).volume()[None, :]
    mean = mean * (1 + GROWTH_IN_A_YEAR * years)
    of_tests = np.array(SHARE_OF_TESTS) / sum(SHARE_OF_TESTS)
    # A commissioner's late waits are for a few tests of its own.
    own = rng.random((len(world.ccgs), 1, len(of_tests)))
    of_late = of_tests * own * own * own
    of_late = of_late / of_late.sum(axis=2, keepdims=True)
    both = (len(world.ccgs), len(months), len(of_tests), world.lots)
    requests = (mean[:, :, None] * of_tests)[..., None] / world.lots
    requests_made = counts(rng, np.broadcast_to(requests, both))
    wait_long = (mean * late_share)[:, :, None] * of_late
    share_late = (wait_long / (mean[:, :, None] * of_tests)).clip(0, 0.8)
    late = parts(rng, requests_made, np.broadcast_to(share_late[..., None], both))
    return requests_made - late, late
