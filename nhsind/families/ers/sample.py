"""Synthetic e-RS bookings and MAR returns: use rises from half of all referrals to nearly all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import calendar_of
from nhsind.synthetic.draws import Array, normal, one_of, spread_out, whole
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers

# GP referrals of an average CCG in a month (1.15 million in England, MAR by commissioner, 2017).
REFERRALS_IN_MONTH = 5_550
MONTHLY_NOISE = 0.025
# Use of e-RS at the end of the sample at a median commissioner, one standard deviation, what a year
# has brought, and from month to month (England, e-RS: 62% in April 2017, over 80% in spring 2018).
USE, BETWEEN_CCGS, GAIN_IN_A_YEAR, NOISE_OF_USE = 0.82, 0.11, 0.16, 0.012
OUTSIDE_ENGLAND, DENTAL = 0.004, 0.055
# Type, specialty, new, previously booked, converted, and how many of those that are counted (and,
# of those that are not, in addition) are of the sort; None is any specialty.
SORTS = (
    *[("First Outpatient", None, "yes", "no", "no", 0.195)] * 4,
    ("First Outpatient", "2WW", "yes", "no", "no", 0.13),
    ("Assessment", "2WW", "yes", "no", "no", 0.03),
    ("Assessment", None, "no", "yes", "yes", 0.06),
    ("Assessment", None, "yes", "no", "no", 0.09),
    ("First Outpatient", None, "no", "yes", "no", 0.07),
    ("Follow Up", None, "yes", "no", "no", 0.03),
)
SPECIALTIES = "100 110 120 130 300 320 330 340 502".split()
RECORDED_MONTHS = 1
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `bookings` and `mar`."""
    rng = world.random("ers")
    codes, months = np.array(world.ccgs, dtype=object), len(world.months)
    volume = calendar_of(world.months).volume()[None, :]
    referrals = REFERRALS_IN_MONTH * world.sizes(world.months) * volume
    referrals = referrals * (1 + MONTHLY_NOISE * normal(rng.random(referrals.shape)))
    referrals = np.maximum(1, np.rint(referrals).astype(int))
    years_left = np.arange(months - 1, -1, -1) / 12
    use = USE + BETWEEN_CCGS * world.standing("ers", world.months) - GAIN_IN_A_YEAR * years_left
    use = (use + NOISE_OF_USE * normal(rng.random(use.shape))).clip(0.1, 1.08)
    outside = np.rint(referrals * OUTSIDE_ENGLAND).astype(int)
    dental = np.round(DENTAL * (0.7 + 0.6 * world.quality), 3)
    estimate = (referrals - outside) * (1 - dental[:, None])
    bookings = _bookings(world, estimate * use, rng)
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
    bookings = spoil(
        bookings,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("booking_date", None),
        set_to("appt_type", None),
        set_to("new_booking", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(appt_type="Follow Up"),
        among=bookings["booking_id"].notna(),
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


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.P.1: 80% from September 2017, on the way to 100%."""
    steps = np.arange(len(world.last_year))[None, :]
    values = np.repeat(0.7 + 0.02 * steps, len(world.ccgs), axis=0)
    return {"E.P.1": Trajectory(world.last_year, values)}


def _bookings(world: World, counted: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Bookings of each sort, of the numbers that are counted by CCG and month; and some others."""
    shares = np.array([share for *_, share in SORTS])
    mean = counted[:, :, None, None] * shares[:, None] / world.lots
    count = whole(rng, np.repeat(mean, world.lots, axis=-1))
    ccg, month, sort, _ = np.unravel_index(np.arange(count.size), count.shape)
    most = world.most_in_a_row(ccg, month, RECORDED_MONTHS)
    cell, alike = spread_out(count.ravel(), most)
    draws = rng.random((2, len(cell)))
    kinds = np.array([row[:5] for row in SORTS], dtype=object)[sort[cell]]
    return pd.DataFrame(
        {
            "booking_id": identifiers("B", most[cell] == 1),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg[cell]],
            "booking_date": day_text(calendar_of(world.months).pick(month[cell], draws[0])),
            "appt_type": kinds[:, 0],
            "specialty": np.where(kinds[:, 1] == "2WW", "2WW", one_of(SPECIALTIES, draws[1])),
            "new_booking": kinds[:, 2],
            "previously_booked": kinds[:, 3],
            "converted_from_assessment": kinds[:, 4],
            "count": alike,
        }
    )
