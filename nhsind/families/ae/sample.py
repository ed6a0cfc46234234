"""Synthetic A&E attendances: major and smaller departments, hard winters, some faults.

A row stands for `count` equal attendances, those of one commissioner, department and month that
stayed one length of time; where records are wanted, for one attendance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import EMERGENCIES, calendar_of, season
from nhsind.synthetic.draws import Array, counts, normal, parts, place_of, spread_out
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import identifiers, only_where, time_text

# Attendances that an average CCG pays for in a month: 2.0 million in England.
ATTENDANCES_IN_MONTH = 8_900
GROWTH_IN_A_YEAR = 0.012
# How busy a day of each month is, January first (A&E by provider, 2016-18).
BUSY = (0.965, 0.975, 1.01, 0.99, 1.03, 1.025, 1.035, 0.965, 0.995, 1.005, 1.0, 0.985)
MONTHLY_NOISE = 0.025
# Where a CCG's patients go among the providers of its STP: its main one, its neighbours' ones.
SHARES_OF_PROVIDERS = np.array([0.68, 0.22, 0.10])
# Share of the attendances at major departments that last longer than 4 hours, January first; how
# much it grows in a year; one standard deviation between providers and from month to month, of it.
OVER = (0.228, 0.208, 0.186, 0.158, 0.156, 0.146, 0.150, 0.143, 0.154, 0.163, 0.176, 0.219)
GROWTH_OF_OVER, BETWEEN_PROVIDERS, NOISE_OF_OVER = 0.10, 0.48, 0.1
LEAST_OVER = 0.015
# Planned follow-ups come to major departments alone.
SHARE_OF_PLANNED_FOLLOW_UPS, SHARE_WITHOUT_DEPARTURE = 0.012, 0.00002
# Name, type, how it is entered, which share of providers has it, its weight, and how many of its
# patients stay long against a major department.
DEPARTMENTS = (
    ("ED", "1", "walk_in", 1.0, 0.68, 1.0),
    ("EYE", "2", "walk_in", 0.2, 0.09, 0.06),
    ("MIU", "3", "walk_in", 0.7, 0.33, 0.04),
    ("UCC", "3", "appointment", 0.12, 0.12, 0.03),
    ("WIC", "4", "walk_in", 0.25, 0.11, 0.02),
    # Open, but with too few attendances to count as an A&E department.
    ("COT", "3", "walk_in", 0.1, 0.003, 0.02),
)
# Arrivals in each hour of the day from midnight, and shares of all stays, in steps of 20 minutes.
HOURS = (
    25,
    20,
    17,
    15,
    14,
    15,
    20,
    31,
    47,
    60,
    67,
    68,
    66,
    65,
    64,
    63,
    62,
    62,
    62,
    60,
    54,
    48,
    41,
    33,
)
STAYS = (3, 5, 7, 9, 10, 11, 12, 13, 14, 16, 19, 26)
STEP, LIMIT, LONGEST = 20, 240, 900
RECORDED_MONTHS = 1
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `attendances`."""
    rng = world.random("ae")
    cells = _cells(world, rng)
    groups = [
        _rows(world, cells, kind="within", category="1", rng=rng),
        _rows(world, cells, kind="over", category="1", rng=rng),
        _rows(world, cells, kind="planned", category="2", rng=rng),
        _rows(world, cells, kind="without_departure", category="3", rng=rng),
    ]
    table = pd.concat(groups, ignore_index=True)
    table.insert(0, "attendance_id", identifiers("A", table["is_single"]))
    spoiled = spoil(
        table,
        rng,
        max(1, round(FAULTS_OF_A_KIND * world.scale)),
        set_to("arrival_datetime", None),
        set_to("department_id", None),
        set_to("ccg_code", None),
        _leave_before_arrival,
        repeated(),
        repeated(attendance_category="3"),
        among=table["is_single"] & table["departure_datetime"].notna(),
    )
    return {"attendances": spoiled.drop(columns="is_single")}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.B.5: weaker ones reach the standard by the last month."""
    first = np.where(world.quality >= 0.8, 0.95, 0.88 + 0.06 * world.quality)
    return {
        "E.B.5": Trajectory(world.last_year, in_steps(world, first, 0.95, len(world.last_year)))
    }


def _cells(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """One row per commissioner, department, month and lot, with how many attendances of each kind.

    A scale above 1 splits each month into more lots; below 1 a month is one lot.
    """
    departments = _departments(world, rng)
    places = pd.DataFrame(
        [
            (place, step, code)
            for place, codes in enumerate(world.providers_of.values())
            for step, code in enumerate(codes)
        ],
        columns=["ccg", "step", "provider_code"],
    ).merge(departments, on="provider_code")
    months = np.repeat(np.arange(len(world.months)), world.lots)
    cells = places.merge(pd.DataFrame({"month": months}), how="cross")
    ccg, month = cells["ccg"].to_numpy(), cells["month"].to_numpy()
    years = (np.arange(len(world.months)) - len(world.months)) / 12
    volume = calendar_of(world.months, EMERGENCIES).volume() * season(world.months, BUSY)
    volume = volume * (1 + GROWTH_IN_A_YEAR * years)
    share = SHARES_OF_PROVIDERS[cells["step"]] * cells["share"].to_numpy()
    noise = 1 + MONTHLY_NOISE * normal(rng.random(len(cells)))
    mean = ATTENDANCES_IN_MONTH * world.sizes(world.months)[ccg, month] * share * volume[month]
    attended = counts(rng, mean * noise / world.lots)
    standing = world.provider_standing("ae", world.months)
    over = season(world.months, OVER) * (1 + GROWTH_OF_OVER * years)
    over = over[None, :] * (1 - BETWEEN_PROVIDERS * standing)
    over = (over * (1 + NOISE_OF_OVER * normal(rng.random(over.shape)))).clip(LEAST_OVER, 0.6)
    share_over = over[cells["provider"].to_numpy(), month] * cells["slowness"].to_numpy()
    cells["over"] = parts(rng, attended, share_over)
    cells["within"] = attended - cells["over"]
    followed_up = np.where(cells["department"] == "ED", SHARE_OF_PLANNED_FOLLOW_UPS, 0.0)
    cells["planned"] = parts(rng, attended, followed_up)
    cells["without_departure"] = parts(rng, attended, SHARE_WITHOUT_DEPARTURE)
    return cells


def _departments(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """The departments of each provider: all have a major one."""
    drawn = rng.random((len(world.providers), len(DEPARTMENTS)))
    rows = [
        (place, provider, name, kind, access, weight, slowness)
        for place, (provider, chances) in enumerate(zip(world.providers, drawn, strict=True))
        for chance, (name, kind, access, had_by, weight, slowness) in zip(
            chances, DEPARTMENTS, strict=True
        )
        if chance < had_by
    ]
    names = "provider provider_code department type access weight slowness".split()
    table = pd.DataFrame(rows, columns=names)
    usual = sum(had_by * weight for *_, had_by, weight, _ in DEPARTMENTS)
    return table.assign(share=table["weight"] / usual)


def _rows(
    world: World, cells: pd.DataFrame, *, kind: str, category: str, rng: np.random.Generator
) -> pd.DataFrame:
    """The attendances of one kind."""
    ccg, month = cells["ccg"].to_numpy(), cells["month"].to_numpy()
    most = world.most_in_a_row(ccg, month, RECORDED_MONTHS)
    cell, alike = spread_out(cells[kind].to_numpy(), most)
    some = cells.iloc[cell]
    draws = rng.random((5, len(cell)))
    day = calendar_of(world.months, EMERGENCIES).pick(month[cell], draws[0])
    minute = place_of(HOURS, draws[1]) * 60 + np.floor(60 * draws[2]).astype(int)
    arrival = day.astype("datetime64[m]") + minute.astype("timedelta64[m]")
    stay = _stay(kind, draws[3], draws[4])
    provider = world.provider(ccg[cell], some["step"].to_numpy(), day)
    known = np.full(len(cell), kind != "without_departure")
    return pd.DataFrame(
        {
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg[cell]],
            "provider_code": provider,
            "department_id": provider + "-" + some["department"].to_numpy().astype(object),
            "department_type": some["type"].to_numpy(),
            "access": some["access"].to_numpy(),
            "attendance_category": category,
            "arrival_datetime": time_text(arrival),
            "departure_datetime": only_where(
                known, time_text(arrival + stay.astype("timedelta64[m]"))
            ),
            "count": alike,
            "is_single": most[cell] == 1,
        }
    )


def _stay(kind: str, draw: Array, other: Array) -> Array:
    """Minutes: many leave just within four hours, few stay very long."""
    if kind == "over":
        return np.asarray(LIMIT + 1 + np.floor((LONGEST - LIMIT) * draw * draw).astype(int))
    step = place_of(STAYS, draw)
    return np.asarray(np.maximum(5, STEP * step + np.floor((STEP + 1) * other).astype(int)))


def _leave_before_arrival(table: pd.DataFrame, rows: Array) -> pd.DataFrame:
    arrival = table.loc[rows, "arrival_datetime"].to_numpy().astype("datetime64[s]")
    table.loc[rows, "departure_datetime"] = time_text(arrival - np.timedelta64(2, "h"))
    return table.iloc[:0]
