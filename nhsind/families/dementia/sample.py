"""Synthetic dementia registers: registered patients by age and sex, and those with a diagnosis."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.reference.cfas2 import AGE_GROUPS, PER_CENT
from nhsind.synthetic.days import season
from nhsind.synthetic.draws import Array, normal
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import World

# Registered patients of 65 and over of an average CCG by age group, each half of either sex.
PATIENTS = (15_000, 12_500, 9_000, 6_800, 4_200, 2_300)
PATIENTS_UNDER_65 = 233_000
GROWTH_IN_A_YEAR = 0.012
# Diagnosed of those estimated, at a median commissioner in the last month, one standard deviation,
# what a year brings; registers are tidied before the year ends (England, March 2018: 67.5%).
DIAGNOSED, BETWEEN_CCGS, GAIN_IN_A_YEAR = 0.672, 0.052, 0.004
SEASON = (0.0, 0.002, 0.004, -0.002, -0.001, -0.001, 0.0, 0.001, 0.002, 0.002, 0.002, 0.001)
MONTHLY_NOISE = 0.0015
YOUNG_SHARE = 0.035
# These give only the total of 65 and over, and these only the estimate.
ONLY_TOTALS, ONLY_ESTIMATES = 0.2, 0.1
# Of each kind of faulty row, at scale 1.
FAULTS_OF_A_KIND = 3


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `register`, `population` and `estimates`."""
    rng = world.random("dementia")
    months = [str(month) for month in world.months]
    ccgs = len(world.ccgs)
    years_left = np.arange(len(months))[::-1] / 12
    growth = 1 - GROWTH_IN_A_YEAR * years_left
    # Some places are older than others.
    ageing = 1 + 0.17 * normal(rng.random(ccgs))
    base = world.size[:, None] * ageing[:, None] * np.array(PATIENTS)[None, :] / 2 * world.scale
    female_share = np.array([1.04, 1.06, 1.09, 1.14, 1.26, 1.44])
    shares = np.stack([female_share, 2 - female_share])
    # Axes: commissioner, month, sex, age group.
    patients = np.rint(base[:, None, None, :] * growth[None, :, None, None] * shares[None, None])
    patients = patients.astype(np.int64)
    rates = np.array([[float(PER_CENT[sex][band]) / 100 for band in AGE_GROUPS] for sex in "fm"])
    expected = (patients * rates).sum(axis=2)
    rate = DIAGNOSED + BETWEEN_CCGS * world.standing("dementia", world.months)
    rate = rate - GAIN_IN_A_YEAR * years_left[None, :] + season(world.months, SEASON)[None, :]
    rate = rate + MONTHLY_NOISE * normal(rng.random(rate.shape))
    diagnosed = np.rint(expected * rate[:, :, None]).astype(np.int64)
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    kind = rng.random(ccgs)
    by_total, by_estimate = kind < ONLY_TOTALS, kind > 1 - ONLY_ESTIMATES
    return {
        "register": _spoiled(_register(world, months, diagnosed, by_total), rng, wanted),
        "population": _population(
            world,
            months,
            patients=patients,
            growth=growth,
            chosen=~by_estimate,
            rng=rng,
            wanted=wanted,
        ),
        "estimates": _estimates(world, months, expected.sum(axis=2), by_estimate),
    }


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's trajectory: two thirds, reached by the weaker ones in steps."""
    short = np.maximum(0.0, 0.06 - 0.1 * world.quality)
    return {
        "E.A.S.1": Trajectory(
            world.last_year, in_steps(world, 0.667 - short, 0.667, len(world.last_year))
        )
    }


def _register(world: World, months: list[str], diagnosed: Array, by_total: Array) -> pd.DataFrame:
    """Rows by age group, or of 65+ in one; those under 65 apart."""
    ccgs, codes = len(world.ccgs), np.array(world.ccgs, dtype=object)
    total = diagnosed.sum(axis=2)
    young = np.rint(total * YOUNG_SHARE).astype(np.int64)
    parts = []
    for band, counts, chosen in [
        *[(band, diagnosed[:, :, place], ~by_total) for place, band in enumerate(AGE_GROUPS)],
        ("65+", total, by_total),
        ("0-64", young, np.ones(ccgs, dtype=bool)),
    ]:
        ccg, month = np.meshgrid(np.flatnonzero(chosen), np.arange(len(months)), indexing="ij")
        parts.append(
            pd.DataFrame(
                {
                    "ccg_code": codes[ccg.ravel()],
                    "month": np.array(months, dtype=object)[month.ravel()],
                    "age_band": band,
                    "count": counts[chosen].ravel(),
                },
                dtype=object,
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["month", "ccg_code"], kind="stable", ignore_index=True)


def _population(
    world: World,
    months: list[str],
    *,
    patients: Array,
    growth: Array,
    chosen: Array,
    rng: np.random.Generator,
    wanted: int,
) -> pd.DataFrame:
    ccgs = np.flatnonzero(chosen)
    codes, named = np.array(world.ccgs, dtype=object), np.array(months, dtype=object)
    young = world.size[:, None] * growth[None, :] * PATIENTS_UNDER_65 / 2 * world.scale
    counts = np.concatenate(
        [np.repeat(np.rint(young)[:, :, None, None], 2, axis=2), patients], axis=3
    )
    bands = np.array(["0-64", *AGE_GROUPS], dtype=object)
    sexes = np.array(["F", "M"], dtype=object)
    month, ccg, sex, band = np.meshgrid(
        np.arange(len(months)), ccgs, np.arange(2), np.arange(len(bands)), indexing="ij"
    )
    table = pd.DataFrame(
        {
            "ccg_code": codes[ccg.ravel()],
            "month": named[month.ravel()],
            "age_band": bands[band.ravel()],
            "sex": sexes[sex.ravel()],
            "registered_patients": counts[ccg, month, sex, band].ravel().astype(np.int64),
        },
        dtype=object,
    )
    # Only of children and the young, or of the first month: no estimate of the last year suffers.
    early = np.flatnonzero((table["month"] == months[0]) & (table["age_band"] != "0-64"))
    spoiled = rng.permutation(early)[: 2 * wanted]
    table.loc[spoiled[:wanted], "registered_patients"] = None
    table.loc[spoiled[wanted:], "sex"] = None
    return table


def _estimates(world: World, months: list[str], expected: Array, chosen: Array) -> pd.DataFrame:
    """Published estimates have one decimal place."""
    ccg, month = np.meshgrid(np.flatnonzero(chosen), np.arange(len(months)), indexing="ij")
    return pd.DataFrame(
        {
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg.ravel()],
            "month": np.array(months, dtype=object)[month.ravel()],
            "estimated_prevalence": [f"{number:.1f}" for number in expected[chosen].ravel()],
        },
        dtype=object,
    )


def _spoiled(table: pd.DataFrame, rng: np.random.Generator, wanted: int) -> pd.DataFrame:
    """A few rows without month, age group or commissioner; they are small: people under 65."""
    young = np.flatnonzero(table["age_band"] == "0-64")
    chosen = rng.permutation(young)[: 3 * wanted]
    for column, place in (("month", 0), ("age_band", 1), ("ccg_code", 2)):
        table.loc[chosen[place::3], column] = None
    return table
