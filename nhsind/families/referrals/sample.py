"""Synthetic referral requests: most written by GPs, a few more each year, fewer in August."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text

# Requests of an average CCG in a month, at scale 1.
REQUESTS_IN_MONTH = 1300
# Each sort of request of a commissioner and month is two rows: most of them, and the rest, of
# which some are for other specialties or from drop-in clinics.
SHARE_OF_ROWS = (0.88, 0.12)
GROWTH_IN_A_YEAR = 0.03
# Weight of each month's days, April first.
SEASON = np.array([0.97, 1.0, 1.03, 1.01, 0.93, 1.02, 1.05, 1.06, 0.88, 1.03, 0.99, 1.03])
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
SPECIALTIES = "100 101 110 120 130 140 160 300 301 320 330 340 400 410 420 430 502".split()
OTHER_SPECIALTIES = "501 711 560 720".split()
OTHER_SPECIALTIES_SHARE = 0.25
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `referrals`."""
    rng = world.random("referrals")
    months = len(world.months)
    shape = (len(world.ccgs), months, len(SORTS), len(SHARE_OF_ROWS))
    cell = np.arange(np.prod(shape))
    ccg, month, sort, part = np.unravel_index(cell, shape)
    draws = rng.random((len(cell), 9))
    shares = np.array([share for *_, share in SORTS])
    mean = world.size[ccg] * REQUESTS_IN_MONTH * world.scale * _volume(world)[month]
    mean = mean * shares[sort] * np.array(SHARE_OF_ROWS)[part]
    # The sum of three uniform draws has a standard deviation of a half.
    normal = 2 * (draws[:, :3].sum(axis=1) - 1.5)
    alike = np.floor(mean + normal * np.sqrt(mean) + draws[:, 3]).clip(0).astype(int)
    first_days = np.array([np.datetime64(each.start) for each in world.months])
    lengths = np.array([(each.end - each.start).days + 1 for each in world.months])
    received = first_days[month] + np.floor(draws[:, 4] * lengths[month]).astype(int)
    kinds = np.array([row[:3] for row in SORTS], dtype=object)[sort]
    providers = np.array([world.providers_of[code] for code in world.ccgs], dtype=object)
    is_rest = part == 1
    specialty = np.array(SPECIALTIES, dtype=object)[
        np.floor(draws[:, 6] * len(SPECIALTIES)).astype(int)
    ]
    other = np.array(OTHER_SPECIALTIES, dtype=object)[
        np.floor(draws[:, 6] * len(OTHER_SPECIALTIES)).astype(int)
    ]
    is_other = is_rest & (draws[:, 7] < OTHER_SPECIALTIES_SHARE)
    table = pd.DataFrame(
        {
            "referral_id": [f"F{number:07d}" for number in range(1, len(cell) + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": providers[ccg, np.floor(draws[:, 5] ** 2 * 3).astype(int)],
            "received_date": day_text(received),
            "referral_request_type": kinds[:, 0],
            "written_indicator": kinds[:, 1],
            "source_of_referral": kinds[:, 2],
            "drop_in_clinic": np.where(is_rest & (draws[:, 8] < DROP_IN_SHARE), "yes", "no"),
            "specialty_code": np.where(is_other, other, specialty),
            "count": alike.astype(str),
        },
        dtype=object,
    )
    table = table[alike > 0]
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
        repeated(specialty_code="301", count="1"),
    )
    return {"referrals": spoiled}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's planned requests of the last twelve months: near what comes, for some below it."""
    volume = _volume(world)[-12:]
    planned = REQUESTS_IN_MONTH * world.scale * volume
    rows = []
    for code, size, quality in zip(world.ccgs, world.size, world.quality, strict=True):
        for month, weight in zip(world.months[-12:], planned, strict=True):
            for line, share in (("E.M.7", 0.85), ("E.M.7a", 0.54), ("E.M.7b", 0.31)):
                plan = size * weight * share * (0.95 + 0.1 * quality)
                rows.append((line, code, str(month), float(np.rint(plan))))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _volume(world: World) -> np.ndarray:
    """How much each month has, against the mean of the last year."""
    steps = np.arange(1 - len(world.months), 1)
    season = SEASON[[(month.start.month - 4) % 12 for month in world.months]]
    volume: np.ndarray = season * (1 + GROWTH_IN_A_YEAR * steps / 12)
    return volume
