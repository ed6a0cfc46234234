"""Synthetic ambulance calls: growing numbers, a winter, more of them closed by telephone.

A row stands for `count` equal calls of one commissioner and month; incidents with several calls
have a row for each call.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World

# Emergency calls of an average CCG in a month, answered or not.
CALLS_IN_MONTH = 3_300
GROWTH_IN_A_YEAR = 0.03
# Share of answered calls closed by telephone, and of those met at the scene not taken to a major
# department: in the first month, by quality, and how much both grow in a year.
LEAST_BY_TELEPHONE, MOST_BY_TELEPHONE = 0.06, 0.13
LEAST_ELSEWHERE, MOST_ELSEWHERE = 0.36, 0.52
TREND_IN_A_YEAR = 0.04
# One incident in so many CCG-months has three calls that are written down one by one.
MONTHS_WITH_AN_INCIDENT_OF_THREE = 4
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
    table.insert(0, "call_id", [f"C{number:07d}" for number in range(1, len(table) + 1)])
    # Small rows are spoilt, so that a fault does not take hundreds of calls with it.
    small = table["count"] < 60
    spoiled = spoil(
        table[small],
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
    )
    return {"calls": pd.concat([table[~small], spoiled], ignore_index=True)}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory: a little more in each month of the last year."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, month in enumerate(world.months[-12:]):
            for line, least, most in (
                ("E.B.17", LEAST_BY_TELEPHONE, MOST_BY_TELEPHONE),
                ("E.B.18", LEAST_ELSEWHERE, MOST_ELSEWHERE),
            ):
                plan = (least + (most - least) * quality) * (1 + 0.05 * step / 11)
                rows.append((line, code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _calls(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """One row per commissioner, month, lot and kind of call.

    A scale above 1 splits each month into more lots; below 1 a month is one lot.
    """
    lots = max(1, round(world.scale))
    cells = pd.DataFrame({"ccg": np.arange(len(world.ccgs))}).merge(
        pd.DataFrame({"month": np.repeat(np.arange(len(world.months)), lots)}), how="cross"
    )
    draws = rng.random((len(cells), 3))
    ccg, month = cells["ccg"].to_numpy(), cells["month"].to_numpy()
    years = (month - len(world.months)) / 12
    calendar = np.array([period.end.month for period in world.months])[month]
    winter = np.cos(2 * np.pi * (calendar - 1) / 12)
    mean = CALLS_IN_MONTH * world.size[ccg] * (1 + GROWTH_IN_A_YEAR * years) / lots
    calls = mean * (1 + 0.06 * winter) * (0.95 + 0.1 * draws[:, 0])
    quality, trend = world.quality[ccg], 1 + TREND_IN_A_YEAR * years
    telephone = LEAST_BY_TELEPHONE + (MOST_BY_TELEPHONE - LEAST_BY_TELEPHONE) * quality
    elsewhere = LEAST_ELSEWHERE + (MOST_ELSEWHERE - LEAST_ELSEWHERE) * quality
    telephone = telephone * trend + 0.02 * (draws[:, 1] - 0.5)
    elsewhere = elsewhere * trend + 0.03 * (draws[:, 2] - 0.5)
    cells["telephone"] = calls * telephone
    cells["elsewhere"] = calls * (1 - telephone) * elsewhere
    cells["major"] = calls * (1 - telephone) * (1 - elsewhere)
    cells["aside"] = calls
    kinds = pd.DataFrame(KINDS, columns=[*CALL, "group", "share"], dtype=object)
    rows = cells.merge(kinds, how="cross")
    number = np.select(
        [rows["group"] == group for group in ("telephone", "elsewhere", "major")],
        [rows[group] for group in ("telephone", "elsewhere", "major")],
        rows["aside"],
    )
    rows["count"] = np.floor(
        number.astype(float) * rows["share"].astype(float) + rng.random(len(rows))
    ).astype(int)
    rows = rows[rows["count"] > 0].reset_index(drop=True)
    return _placed(world, rows, rng)


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
        part["call_datetime"] = (called + np.timedelta64(minutes, "m")).astype(str).astype(object)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _placed(world: World, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows with a commissioner and a time of day in their month."""
    draws = rng.random((len(rows), 2))
    month = rows["month"].to_numpy()
    first = np.array([period.start for period in world.months], dtype="datetime64[D]")[month]
    days = np.array([period.end.day for period in world.months])[month]
    # Not in the last hour of a day, so that an incident's calls lie in one month.
    minute = np.floor(draws[:, 0] * days) * 1440 + np.floor(draws[:, 1] * 1380)
    called = first.astype("datetime64[m]") + minute.astype("timedelta64[m]")
    placed = rows.assign(
        ccg_code=np.array(world.ccgs, dtype=object)[rows["ccg"].to_numpy()],
        call_datetime=called.astype("datetime64[s]").astype(str).astype(object),
    )
    for name in ("incident_id", *CALL):
        if name not in placed:
            placed[name] = None
    return placed[["incident_id", "ccg_code", "call_datetime", *CALL, "count"]].astype(
        dict.fromkeys(["incident_id", *CALL], object)
    )
