"""Synthetic A&E attendances: major and smaller departments, a trend, a winter, some faults.

An attendance of every patient would fill hundreds of megabytes, so a row stands for `count` equal
attendances: those of one commissioner, department and month that stayed one length of time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World

# Attendances that an average CCG pays for in a month.
ATTENDANCES_IN_MONTH = 8_500
# Where a CCG's patients go among the providers of its STP.
SHARES_OF_PROVIDERS = np.array([0.62, 0.28, 0.10])
# Share of attendances that stay longer than 4 hours, by quality, and what changes it.
SHORTEST_SHARE_OVER, LONGEST_SHARE_OVER = 0.02, 0.115
TREND_IN_A_YEAR = 0.05
WINTER = 0.3
MONTHLY_NOISE = 0.03
SHARE_OF_PLANNED_FOLLOW_UPS = 0.012
SHARE_WITHOUT_DEPARTURE = 0.0006
# Name, type, how it is entered, which share of providers has it, its share of attendances, and by
# how much fewer of its patients stay long.
DEPARTMENTS = (
    ("ED", "1", "walk_in", 1.0, 0.72, 1.0),
    ("EYE", "2", "walk_in", 0.15, 0.05, 0.2),
    ("MIU", "3", "walk_in", 0.7, 0.20, 0.03),
    ("UCC", "3", "appointment", 0.12, 0.04, 0.03),
    ("WIC", "4", "walk_in", 0.25, 0.08, 0.02),
    # Open, but with too few attendances to count as an A&E department.
    ("COT", "3", "walk_in", 0.1, 0.003, 0.02),
)
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `attendances`."""
    rng = world.random("ae")
    cells = _cells(world, rng)
    groups = [
        _rows(cells, cells["within"], "1", rng, longest=240),
        _rows(cells, cells["over"], "1", rng, longest=900, shortest=241),
        _rows(cells, cells["planned"], "2", rng, longest=200),
        _rows(cells, cells["without_departure"], "3", rng, longest=0),
    ]
    table = pd.concat(groups, ignore_index=True)
    table.insert(0, "attendance_id", [f"A{number:07d}" for number in range(1, len(table) + 1)])
    ways = (
        set_to("arrival_datetime", None),
        set_to("department_id", None),
        set_to("ccg_code", None),
        set_to("attendance_id", None),
        _leave_before_arrival,
        repeated(),
        repeated(attendance_category="3"),
    )
    # Small rows are spoilt, so that a fault does not take hundreds of attendances with it.
    small = table["count"] < 40
    spoiled = spoil(table[small], rng, max(1, round(FAULTS_OF_A_KIND * world.scale)), *ways)
    return {"attendances": pd.concat([table[~small], spoiled], ignore_index=True)}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.B.5: weaker ones reach the standard by the last month."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, month in enumerate(world.months[-12:]):
            start = 0.95 if quality >= 0.5 else 0.90 + 0.1 * quality
            rows.append(("E.B.5", code, str(month), round(start + (0.95 - start) * step / 11, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _cells(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """One row per commissioner, department, month and lot, with how many attendances of each kind.

    A scale above 1 splits each month into more lots; below 1 a month is one lot.
    """
    departments = _departments(world, rng)
    lots = max(1, round(world.scale))
    pairs = pd.DataFrame(
        [
            (place, code, provider, SHARES_OF_PROVIDERS[step])
            for place, code in enumerate(world.ccgs)
            for step, provider in enumerate(world.providers_of[code])
        ],
        columns=["ccg", "ccg_code", "provider_code", "share_of_provider"],
    ).merge(departments, on="provider_code")
    cells = pairs.merge(
        pd.DataFrame({"month": np.repeat(np.arange(len(world.months)), lots)}), how="cross"
    )
    draws = rng.random((len(cells), 5))
    months = cells["month"].to_numpy()
    calendar = np.array([month.end.month for month in world.months])[months]
    winter = np.cos(2 * np.pi * (calendar - 1) / 12)
    years = (months - len(world.months)) / 12
    ccg = cells["ccg"].to_numpy()
    share = cells["share_of_provider"] * cells["share_of_department"]
    mean = ATTENDANCES_IN_MONTH * world.size[ccg] * share / lots
    mean = mean * (1 + 0.02 * years) * (1 - 0.04 * winter)
    attended = np.rint(mean * (0.96 + 0.08 * draws[:, 0])).astype(int)
    quality = world.quality[ccg]
    over = LONGEST_SHARE_OVER - (LONGEST_SHARE_OVER - SHORTEST_SHARE_OVER) * quality
    over = over * (1 + TREND_IN_A_YEAR * years) * (1 + WINTER * (winter - 0.3)) * cells["slowness"]
    over = np.clip(over + MONTHLY_NOISE * (draws[:, 1] - 0.5) * cells["slowness"], 0.0005, 0.6)
    cells["planned"] = np.floor(attended * SHARE_OF_PLANNED_FOLLOW_UPS * 2 * draws[:, 2] ** 2)
    cells["without_departure"] = np.floor(attended * SHARE_WITHOUT_DEPARTURE * 4 * draws[:, 3] ** 3)
    cells["over"] = np.floor(attended * over + draws[:, 4])
    cells["within"] = attended - cells["over"]
    cells["first_day"] = np.array([np.datetime64(month.start) for month in world.months])[months]
    cells["days"] = np.array([month.end.day for month in world.months])[months]
    return cells


def _departments(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """The departments of each provider: all have a major one."""
    providers = sorted({code for codes in world.providers_of.values() for code in codes})
    drawn = rng.random((len(providers), len(DEPARTMENTS)))
    rows = [
        (provider, f"{provider}-{name}", kind, access, share, slowness)
        for provider, chances in zip(providers, drawn, strict=True)
        for chance, (name, kind, access, had_by, share, slowness) in zip(
            chances, DEPARTMENTS, strict=True
        )
        if chance < had_by
    ]
    names = "provider_code department_id department_type access share_of_department slowness"
    return pd.DataFrame(rows, columns=names.split())


def _rows(
    cells: pd.DataFrame,
    counts: pd.Series[int],
    category: str,
    rng: np.random.Generator,
    longest: int,
    shortest: int = 5,
) -> pd.DataFrame:
    """The attendances of one kind; `longest` 0 is a departure that nobody wrote down."""
    chosen = (counts > 0).to_numpy()
    some = cells[chosen]
    draws = rng.random((len(some), 3))
    day = np.floor(draws[:, 0] * some["days"].to_numpy()).astype(int)
    arrival = some["first_day"].to_numpy().astype("datetime64[m]") + (
        day * 1440 + np.floor(1440 * draws[:, 1]).astype(int)
    ).astype("timedelta64[m]")
    stay = shortest + np.floor((longest - shortest + 1) * draws[:, 2]).astype(int)
    departure = None if longest == 0 else _times(arrival + stay.astype("timedelta64[m]"))
    columns = {
        name: some[name].to_numpy()
        for name in "ccg_code provider_code department_id department_type access".split()
    }
    return pd.DataFrame(
        columns
        | {
            "attendance_category": category,
            "arrival_datetime": _times(arrival),
            "departure_datetime": departure,
            "count": counts[chosen].to_numpy().astype(int),
        }
    ).astype(dict.fromkeys((*columns, "departure_datetime"), object))


def _times(minutes: np.ndarray) -> np.ndarray:
    """Times as YYYY-MM-DDTHH:MM:SS."""
    return minutes.astype("datetime64[s]").astype(str).astype(object)


def _leave_before_arrival(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    arrival = table.loc[rows, "arrival_datetime"].to_numpy().astype("datetime64[s]")
    table.loc[rows, "departure_datetime"] = _times(arrival - np.timedelta64(2, "h"))
    return table.iloc[:0]
