"""Synthetic inpatients: few, long stays, fewer each year, more in some areas than in others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.draws import exponential, whole
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, numbered, only_where

# Inpatients of an average CCG on any day, at scale 1 (2,600 in England), and adults of all people.
INPATIENTS = 19
ADULTS = 0.79
CCG_SHARE = 0.42
# Stays that began this long before the first month may still last.
WARM_UP_DAYS = 4 * 365
MEAN_STAY_DAYS = 540.0
FALL_IN_A_YEAR = 0.08
FAULTS_OF_A_KIND = 3
SECURITY = {"ccg": ("none", "none", "none", "low"), "nhse": ("low", "medium", "high", "none")}


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `inpatients` and `population`."""
    rng = world.random("ld_inpatients")
    first = np.datetime64(world.months[0].start) - WARM_UP_DAYS
    days = int((np.datetime64(world.months[-1].end) - first).astype(int)) + 1
    need = world.size * (1.4 - 0.8 * world.quality) * world.scale
    per_ccg = whole(rng, need * INPATIENTS * days / MEAN_STAY_DAYS)
    ccg = np.repeat(np.arange(len(world.ccgs)), per_ccg)
    draws = rng.random((5, len(ccg)))
    start = np.floor(draws[0] * days).astype(int)
    kept = draws[4] < 1 - FALL_IN_A_YEAR * start / 365.25
    stay = np.floor(exponential(draws[1]) * MEAN_STAY_DAYS).astype(int)
    # Of the stays before the first month only those that still last are on record.
    kept &= start + stay >= WARM_UP_DAYS
    ccg, draws, start, stay = ccg[kept], draws[:, kept], start[kept], stay[kept]
    by_ccg = draws[2] < CCG_SHARE
    secure = np.floor(draws[3] * 4).astype(int)
    inpatients = pd.DataFrame(
        {
            "person_id": numbered("LD", len(ccg), 6),
            "origin_ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "bed_commissioner": np.where(by_ccg, "ccg", "nhse"),
            "ward_security": np.where(
                by_ccg, np.array(SECURITY["ccg"])[secure], np.array(SECURITY["nhse"])[secure]
            ),
            "admission_date": day_text(first + start),
            "discharge_date": only_where(start + stay < days, day_text(first + start + stay)),
        },
        dtype=object,
    )
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    inpatients = spoil(
        inpatients,
        rng,
        wanted,
        set_to("origin_ccg_code", None),
        set_to("admission_date", None),
        set_to("bed_commissioner", None),
        set_to("discharge_date", "2009-01-01"),
        repeated(),
        repeated(ward_security="unknown"),
    )
    return {"inpatients": inpatients, "population": _population(world)}


def _population(world: World) -> pd.DataFrame:
    """Adults on GP lists at the end of each quarter, growing by about 1% a year."""
    rows = []
    for quarter in sorted({month.quarter for month in world.months}):
        years = (quarter.end - world.months[0].start).days / 365.25
        for code, people in zip(world.ccgs, world.people.tolist(), strict=True):
            adults = round(people * ADULTS * (1 + 0.01 * years))
            rows.append((code, str(quarter), adults))
    return pd.DataFrame(rows, columns=["ccg_code", "period", "population"])


def plans(world: World) -> dict[str, Trajectory]:
    """Plans of the counts, a little fewer each quarter of the last year."""
    quarters = quarters_of(world.last_year)
    people = world.size * (1.4 - 0.8 * world.quality) * INPATIENTS
    falling = in_steps(world, people * 0.9, people * 0.84, len(quarters))
    return {
        "E.K.1a": Trajectory(quarters, falling * CCG_SHARE, 0),
        "E.K.1b": Trajectory(quarters, falling * (1 - CCG_SHARE), 0),
    }
