"""Synthetic referral requests: most written by GPs, a few more each year, fewer in August."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import calendar_of, season
from nhsind.synthetic.draws import counts, normal, one_of, place_of, spread_out
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers

# Requests of an average CCG in a month: 1.8 million general and acute ones in England (MAR by
# commissioner, 2017), and those that are not counted.
REQUESTS_IN_MONTH = 10_300
# Between commissioners of a size, GPs' and other referrals each, and from month to month.
BETWEEN_CCGS, MONTHLY_NOISE = 0.15, 0.02
# Each sort of request of a commissioner and month is two rows: most of them, and the rest, of
# which some are for other specialties or from drop-in clinics.
SHARE_OF_ROWS = (0.88, 0.12)
GROWTH_IN_A_YEAR = 0.005
# How busy a working day of each month is, January first (MAR by commissioner, 2017).
SEASON = (1.0, 1.02, 1.02, 0.99, 1.0, 1.0, 0.99, 0.97, 1.0, 1.02, 1.02, 0.97)
# Request type, written, source, share: GPs on paper and by telephone, patients, the responsible
# consultant, colleagues, emergency departments, others.
SORTS = (
    ("01", "yes", "03", 0.50),
    ("01", "yes", "92", 0.06),
    ("01", "no", "03", 0.01),
    ("04", "no", "06", 0.02),
    ("03", "no", "01", 0.03),
    ("03", "yes", "11", 0.04),
    ("03", "no", "10", 0.03),
    ("03", "yes", "05", 0.14),
    ("03", "no", "04", 0.07),
    ("03", "yes", "14", 0.04),
    ("03", "yes", "97", 0.06),
)
DROP_IN_SHARE = 0.08
SHARES_OF_PROVIDERS = (66, 22, 12)
SPECIALTIES = "100 101 110 120 130 140 160 300 301 320 330 340 400 410 420 430 502".split()
OTHER_SPECIALTIES = "501 711 560 720".split()
OTHER_SPECIALTIES_SHARE = 0.25
RECORDED_MONTHS = 1
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `referrals`."""
    rng = world.random("referrals")
    shape = (len(world.ccgs), len(world.months), len(SORTS), len(SHARE_OF_ROWS), world.lots)
    mean = _volume(world)[:, :, None] * np.array([share for *_, share in SORTS])
    mean = mean * _habits(world)[:, None, :]
    mean = mean * (1 + MONTHLY_NOISE * normal(rng.random(mean.shape)))
    mean = mean[..., None, None] * np.array(SHARE_OF_ROWS)[:, None] / world.lots
    count = counts(rng, np.broadcast_to(mean, shape)).ravel()
    ccg, month, sort, part, _ = np.unravel_index(np.arange(count.size), shape)
    most = world.most_in_a_row(ccg, month, RECORDED_MONTHS)
    cell, alike = spread_out(count, most)
    ccg, month, sort, is_rest = ccg[cell], month[cell], sort[cell], part[cell] == 1
    draws = rng.random((5, len(cell)))
    received = calendar_of(world.months).pick(month, draws[0])
    kinds = np.array([row[:3] for row in SORTS], dtype=object)[sort]
    is_other = is_rest & (draws[3] < OTHER_SPECIALTIES_SHARE)
    table = pd.DataFrame(
        {
            "referral_id": identifiers("F", most[cell] == 1),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": world.provider(ccg, place_of(SHARES_OF_PROVIDERS, draws[1]), received),
            "received_date": day_text(received),
            "referral_request_type": kinds[:, 0],
            "written_indicator": kinds[:, 1],
            "source_of_referral": kinds[:, 2],
            "drop_in_clinic": np.where(is_rest & (draws[4] < DROP_IN_SHARE), "yes", "no"),
            "specialty_code": np.where(
                is_other, one_of(OTHER_SPECIALTIES, draws[2]), one_of(SPECIALTIES, draws[2])
            ),
            "count": alike,
        },
    )
    spoiled = spoil(
        table,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("received_date", None),
        set_to("specialty_code", None),
        set_to("referral_request_type", None),
        set_to("written_indicator", None),
        set_to("source_of_referral", None),
        set_to("source_of_referral", "99"),
        set_to("drop_in_clinic", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(specialty_code="301"),
        among=table["referral_id"].notna(),
    )
    return {"referrals": spoiled}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's planned requests of the last twelve months: near what comes, for some below it."""
    planned = _volume(world)[:, -12:] * (0.96 + 0.08 * world.quality[:, None])
    by_gp = np.array([request == "01" or source == "03" for request, _, source, _ in SORTS])
    habits = _habits(world)
    shares = {"E.M.7": 0.85, "E.M.7a": 0.54, "E.M.7b": 0.31}
    of_lines = {
        "E.M.7": habits.mean(axis=1),
        "E.M.7a": habits[:, by_gp].mean(axis=1),
        "E.M.7b": habits[:, ~by_gp].mean(axis=1),
    }
    return {
        line: Trajectory(world.last_year, planned * share * of_lines[line][:, None], 0)
        for line, share in shares.items()
    }


def _volume(world: World) -> np.ndarray:
    """Requests by CCG and month, before what is by chance."""
    years = (np.arange(len(world.months)) - len(world.months) + 1) / 12
    volume = calendar_of(world.months).volume() * season(world.months, SEASON)
    volume = volume * (1 + GROWTH_IN_A_YEAR * years)
    found: np.ndarray = REQUESTS_IN_MONTH * world.sizes(world.months) * volume[None, :]
    return found


def _habits(world: World) -> np.ndarray:
    """How much of each sort a CCG has against others of its size: GPs' and the rest differ."""
    draws = normal(world.random("referrals:habits").random((2, len(world.ccgs))))
    by_gp = np.array([request == "01" for request, _, _, _ in SORTS])
    habits: np.ndarray = 1 + BETWEEN_CCGS * np.where(by_gp, draws[0][:, None], draws[1][:, None])
    return habits
