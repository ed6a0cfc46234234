"""Synthetic ambulance calls: growing numbers, a winter, more of them closed by telephone.

A row stands for `count` equal calls of one commissioner and month, or for one call where records
are wanted; incidents with several calls have a row for each call.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import EMERGENCIES, calendar_of, season
from nhsind.synthetic.draws import Array, normal, place_of, spread_out, whole
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import STORIES, World
from nhsind.synthetic.writing import identifiers, time_text

# Emergency calls of an average CCG in a month, answered or not: 0.7 million in England.
CALLS_IN_MONTH = 3_600
GROWTH_IN_A_YEAR = 0.03
# How busy a day of each month is, January first (AmbSYS).
BUSY = (1.03, 1.015, 0.99, 0.975, 0.985, 0.99, 0.985, 0.965, 0.985, 0.995, 1.02, 1.065)
MONTHLY_NOISE = 0.02
# Share of answered calls closed by telephone, and of those met at the scene not taken to a major
# department, in the last month of an average CCG; one standard deviation; growth in a year (AmbSYS,
# March 2018: 5.7% and 37.5% of England; 4.0 to 7.6% and 33 to 42% of the services).
BY_TELEPHONE, BETWEEN_BY_TELEPHONE = 0.052, 0.0105
ELSEWHERE, BETWEEN_ELSEWHERE = 0.385, 0.032
TREND_IN_A_YEAR, NOISE = 0.03, 0.03
# How alike the commissioners of one service do, beside what is each one's own.
OF_THE_SERVICE, OF_THE_CCG = 0.9, 0.45
# Calls in each hour of the day, from midnight.
HOURS = (
    34,
    31,
    28,
    26,
    25,
    25,
    28,
    34,
    43,
    50,
    53,
    54,
    54,
    53,
    52,
    52,
    52,
    52,
    52,
    51,
    48,
    45,
    42,
    37,
)
# One incident in so many CCG-months has three calls that are written down one by one.
MONTHS_WITH_AN_INCIDENT_OF_THREE = 4
RECORDED_MONTHS = 2
FAULTS_OF_A_KIND = 5

# Each kind of call: source, urgency, reason to leave it out, face to face, resolved, stop code,
# outcome, destination; its group, and its share of the group.
KINDS = (
    ("999", "emergency", None, "no", "yes", None, None, None, "telephone", 0.93),
    ("999", "emergency", None, "no", "yes", "other", None, None, "telephone", 0.07),
    ("999", "emergency", None, "yes", "no", None, "treated_at_scene", None, "elsewhere", 0.70),
    ("nhs111", "emergency", None, "yes", "no", None, "treated_at_scene", None, "elsewhere", 0.16),
    ("999", "emergency", None, "yes", "no", None, "conveyed", "other", "elsewhere", 0.09),
    ("999", "emergency", None, "yes", "no", None, "conveyed", "3", "elsewhere", 0.05),
    ("999", "emergency", None, "yes", "no", None, "conveyed", "1", "major", 0.86),
    ("nhs111", "emergency", None, "yes", "no", None, "conveyed", "1", "major", 0.13),
    ("999", "emergency", None, "yes", "no", None, "conveyed", "2", "major", 0.01),
    ("999", "emergency", None, "yes", "no", None, None, None, "aside", 0.004),
    ("999", "emergency", None, "no", "yes", "cancelled", None, None, "aside", 0.02),
    ("hcp", "urgent", None, "yes", "no", None, "conveyed", "1", "aside", 0.09),
    ("999", "emergency", "duplicate", "no", "no", None, None, None, "aside", 0.06),
    ("999", "emergency", "hang_up", "no", "no", None, None, None, "aside", 0.03),
)
CALL = (
    "call_source urgency exclusion_reason face_to_face resolved_by_telephone stop_code outcome "
    "destination_type"
).split()


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `calls`."""
    rng = world.random("ambulance")
    table = pd.concat([_calls(world, rng), _incidents(world, rng)], ignore_index=True)
    is_single = (table["count"] == 1).to_numpy()
    table.insert(0, "call_id", identifiers("C", is_single))
    spoiled = spoil(
        table,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("call_datetime", None),
        set_to("call_source", None),
        set_to("urgency", None),
        set_to("face_to_face", None),
        set_to("resolved_by_telephone", None),
        set_to("ccg_code", None),
        repeated(),
        repeated(urgency="urgent"),
        among=is_single & table["incident_id"].isna(),
    )
    return {"calls": spoiled}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory: a little more in each month of the last year."""
    telephone = BY_TELEPHONE + BETWEEN_BY_TELEPHONE * (world.quality - 0.5)
    elsewhere = ELSEWHERE + BETWEEN_ELSEWHERE * (world.quality - 0.5)
    return {
        "E.B.17": Trajectory(
            world.last_year, in_steps(world, telephone - 0.004, telephone, len(world.last_year))
        ),
        "E.B.18": Trajectory(
            world.last_year, in_steps(world, elsewhere - 0.01, elsewhere, len(world.last_year))
        ),
    }


def _calls(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Calls of each kind by commissioner, month and lot.

    A scale above 1 splits each month into more lots; below 1 a month is one lot.
    """
    shape = (len(world.ccgs), len(world.months), world.lots, len(KINDS))
    years = ((np.arange(shape[1]) - shape[1] + 1) / 12)[None, :]
    volume = calendar_of(world.months, EMERGENCIES).volume() * season(world.months, BUSY)
    calls = CALLS_IN_MONTH * world.sizes(world.months) * volume[None, :]
    calls = calls * (1 + GROWTH_IN_A_YEAR * years)
    calls = calls * (1 + MONTHLY_NOISE * normal(rng.random(calls.shape)))
    trend = (1 + TREND_IN_A_YEAR * years) * (1 + NOISE * normal(rng.random(calls.shape)))
    telephone = _standing(world, "ambulance telephone") * BETWEEN_BY_TELEPHONE
    telephone = ((BY_TELEPHONE + telephone) * trend).clip(0.01, 0.4)
    trend = (1 + TREND_IN_A_YEAR * years) * (1 + NOISE / 2 * normal(rng.random(calls.shape)))
    elsewhere = _standing(world, "ambulance") * BETWEEN_ELSEWHERE
    elsewhere = ((ELSEWHERE + elsewhere) * trend).clip(0.1, 0.8)
    groups = {
        "telephone": calls * telephone,
        "elsewhere": calls * (1 - telephone) * elsewhere,
        "major": calls * (1 - telephone) * (1 - elsewhere),
        "aside": calls,
    }
    mean = np.stack([groups[kind[-2]] * kind[-1] for kind in KINDS], axis=-1)[:, :, None, :]
    count = whole(rng, np.broadcast_to(mean / world.lots, shape)).ravel()
    ccg, month, _, kind = np.unravel_index(np.arange(count.size), shape)
    cell, alike = spread_out(count, world.most_in_a_row(ccg, month, RECORDED_MONTHS))
    values = np.array([row[: len(CALL)] for row in KINDS], dtype=object)[kind[cell]]
    rows = pd.DataFrame(values, columns=CALL, dtype=object)
    rows = rows.assign(ccg=ccg[cell], month=month[cell], count=alike)
    return _placed(world, rows, rng)


def _standing(world: World, name: str) -> Array:
    """How well each CCG does in each month: mostly as the ambulance service of its region does."""
    own = world.standing(name, world.months)
    is_told = np.isin(np.array(world.ccgs, dtype=object), list(STORIES))
    region_of = dict(zip(world.geography["ccg_code"], world.geography["region_code"], strict=True))
    regions, region = np.unique([region_of[code] for code in world.ccgs], return_inverse=True)
    service = normal(world.random(f"{name} by service").random(len(regions)))
    shared = OF_THE_SERVICE * service[region][:, None] + OF_THE_CCG * own
    return np.where(is_told[:, None], own, shared)


def _incidents(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Incidents of three calls: a duplicate, a patient treated at the scene, another conveyed."""
    number = max(1, len(world.ccgs) * len(world.months) // MONTHS_WITH_AN_INCIDENT_OF_THREE)
    draws = rng.random((number, 2))
    first = pd.DataFrame(
        {
            "ccg": np.floor(draws[:, 0] * len(world.ccgs)).astype(int),
            "month": np.floor(draws[:, 1] * len(world.months)).astype(int),
            "incident_id": [f"I{place:06d}" for place in range(1, number + 1)],
            "count": 1,
        }
    )
    first = _placed(world, first, rng)
    parts = []
    for minutes, kind in ((2, KINDS[12]), (0, KINDS[2]), (1, KINDS[6])):
        part = first.assign(**dict(zip(CALL, kind[: len(CALL)], strict=True)))
        called = part["call_datetime"].to_numpy().astype("datetime64[s]")
        part["call_datetime"] = time_text(called + np.timedelta64(minutes, "m"))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _placed(world: World, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows with a commissioner and a time of day in their month."""
    draws = rng.random((3, len(rows)))
    day = calendar_of(world.months, EMERGENCIES).pick(rows["month"].to_numpy(), draws[0])
    # Not in the last minutes of an hour, so that an incident's calls lie in one month.
    minute = place_of(HOURS, draws[1]) * 60 + np.floor(draws[2] * 57).astype(int)
    called = day.astype("datetime64[m]") + minute.astype("timedelta64[m]")
    placed = rows.assign(
        ccg_code=np.array(world.ccgs, dtype=object)[rows["ccg"].to_numpy()],
        call_datetime=time_text(called),
    )
    for name in ("incident_id", *CALL):
        if name not in placed:
            placed[name] = None
    return placed[["incident_id", "ccg_code", "call_datetime", *CALL, "count"]].astype(
        dict.fromkeys(["incident_id", *CALL], object)
    )
