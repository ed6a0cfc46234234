"""Synthetic e-RS bookings and MAR returns: use rises from half of all referrals to nearly all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text

# Referrals of an average CCG in a month, at scale 1, and the rows that stand for its bookings.
REFERRALS_IN_MONTH = 1500
ROWS_IN_MONTH = 14
# So many of them are new first outpatient bookings, so that no month is without.
FIRST_ROWS = 3
# Use at the end of the sample, of the weakest and the strongest commissioner; it has grown.
LOWEST_USE, HIGHEST_USE = 0.62, 1.04
GAIN_IN_A_YEAR = 0.14
OUTSIDE_ENGLAND, DENTAL = 0.004, 0.055
# Type, specialty, new, previously booked, converted, share; None is any specialty.
SORTS = (
    ("First Outpatient", None, "yes", "no", "no", 0.66),
    ("First Outpatient", "2WW", "yes", "no", "no", 0.10),
    ("Assessment", "2WW", "yes", "no", "no", 0.03),
    ("Assessment", None, "yes", "no", "no", 0.08),
    ("Assessment", None, "no", "yes", "yes", 0.04),
    ("First Outpatient", None, "no", "yes", "no", 0.06),
    ("Follow Up", None, "yes", "no", "no", 0.03),
)
SPECIALTIES = "100 110 120 130 300 320 330 340 502".split()
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `bookings` and `mar`."""
    rng = world.random("ers")
    months = len(world.months)
    codes = np.array(world.ccgs, dtype=object)
    cells = rng.random((len(codes), months, 2))
    years_left = np.arange(months - 1, -1, -1) / 12
    referrals = world.size[:, None] * REFERRALS_IN_MONTH * world.scale * (0.9 + 0.2 * cells[..., 0])
    referrals = np.maximum(1, np.rint(referrals)).astype(int)
    use = LOWEST_USE + (HIGHEST_USE - LOWEST_USE) * world.quality[:, None]
    use = use - GAIN_IN_A_YEAR * years_left[None, :] + 0.04 * (cells[..., 1] - 0.5)
    outside = np.rint(referrals * OUTSIDE_ENGLAND).astype(int)
    dental = np.round(DENTAL * (0.7 + 0.6 * world.quality), 3)
    estimate = (referrals - outside) * (1 - dental[:, None])

    cell = np.repeat(np.arange(len(codes) * months), ROWS_IN_MONTH)
    ccg, month = cell // months, cell % months
    draws = rng.random((len(cell), 4))
    shares = np.cumsum([share for *_, share in SORTS])
    sort = np.searchsorted(shares, draws[:, 0] * shares[-1], side="right").clip(0, len(SORTS) - 1)
    sort = np.where(np.arange(len(cell)) % ROWS_IN_MONTH < FIRST_ROWS, 0, sort)
    counted = np.isin(sort, (0, 1, 2, 4))
    counted_in_cell = np.bincount(cell, weights=counted)
    alike = (estimate * use).ravel()[cell] / counted_in_cell[cell]
    lengths = np.array([(each.end - each.start).days + 1 for each in world.months])
    first_days = np.array([np.datetime64(each.start) for each in world.months])
    kinds = np.array([row[:5] for row in SORTS], dtype=object)[sort]
    pick = np.floor(draws[:, 1] * len(SPECIALTIES)).astype(int)
    bookings = pd.DataFrame(
        {
            "booking_id": [f"B{number:07d}" for number in range(1, len(cell) + 1)],
            "ccg_code": codes[ccg],
            "booking_date": day_text(
                first_days[month] + np.floor(draws[:, 2] * lengths[month]).astype(int)
            ),
            "appt_type": kinds[:, 0],
            "specialty": np.where(
                kinds[:, 1] == "2WW", "2WW", np.array(SPECIALTIES, dtype=object)[pick]
            ),
            "new_booking": kinds[:, 2],
            "previously_booked": kinds[:, 3],
            "converted_from_assessment": kinds[:, 4],
            "count": np.maximum(1, np.rint(alike)).astype(int).astype(str),
        },
        dtype=object,
    )
    returns = pd.DataFrame(
        {
            "ccg_code": np.repeat(codes, months),
            "month": np.tile([str(each) for each in world.months], len(codes)),
            "mar_gp_referrals_all": referrals.ravel().astype(str),
            "non_english": outside.ravel().astype(str),
            "dental_share": np.repeat([f"{share:.3f}" for share in dental], months),
        },
        dtype=object,
    )
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    bookings = spoil(
        bookings,
        rng,
        wanted,
        set_to("booking_date", None),
        set_to("appt_type", None),
        set_to("new_booking", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(appt_type="Follow Up"),
    )
    returns = spoil(
        returns,
        rng,
        1,
        set_to("non_english", None),
        set_to("dental_share", "1.5"),
        repeated(),
        repeated(non_english="0"),
    )
    return {"bookings": bookings, "mar": returns}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.P.1: 80% from September 2017, on the way to 100%."""
    rows = []
    for code in world.ccgs:
        for step, month in enumerate(world.months[-12:]):
            plan = 0.7 + 0.02 * step
            rows.append(("E.P.1", code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])
