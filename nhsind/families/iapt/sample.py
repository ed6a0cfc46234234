"""Synthetic IAPT referrals: waits, up to fourteen sessions, scores at first and at last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# Referrals of an average CCG in a month, at scale 1.
REFERRALS_IN_MONTH = 7
# Referrals are made from this long before the first month, so that its entries and ends are whole.
WARM_UP_DAYS = 240
# Of those referred, at least one session; of those, at least two.
TREATED_SHARE, COURSE_SHARE = 0.62, 0.62
MOST_SESSIONS = 14
# Mean days to the first session, of the weakest and the strongest commissioner; some wait long.
LONGEST_MEAN_WAIT, SHORTEST_MEAN_WAIT, LONG_WAIT = 34.0, 12.0, 110.0
LONG_WAIT_SHARE = 0.06
CHRISTMAS = 0.15
# Recovery rates of the weakest and the strongest commissioner.
LOWEST_RECOVERY, HIGHEST_RECOVERY = 0.40, 0.60
NO_CASE_SHARE, SCORE_MISSING_SHARE = 0.07, 0.03
PHQ9_CUT_OFF, PHQ9_MOST, GAD7_CUT_OFF, GAD7_MOST = 10, 27, 8, 21
SPECIFIC_MEASURES = {"oci": (40, 168), "spin": (19, 68), "pswq": (45, 80)}
SPECIFIC_SHARE = 0.03
# Entrants of a year as a share of prevalence, of the weakest and the strongest commissioner.
LOWEST_ACCESS, HIGHEST_ACCESS = 0.145, 0.195
PREVALENCE_GROWTH = 0.006
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6

Array = np.ndarray[Any, Any]


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `referrals`, `appointments` and `prevalence`."""
    rng = world.random("iapt")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    per_ccg = world.size * REFERRALS_IN_MONTH * world.scale * days / 30.4
    per_ccg = np.maximum(1, np.rint(per_ccg).astype(int))
    ccg = np.repeat(np.arange(len(world.ccgs)), per_ccg)
    draws = rng.random((len(ccg), 12))
    received = np.floor(draws[:, 0] * days).astype(int)
    wait = _waits(draws, world.quality[ccg], received, first)
    sessions = _sessions(draws)
    gap = 7 * (1 + np.floor(draws[:, 4] * draws[:, 4] * 6).astype(int))
    first_gap = np.where(draws[:, 5] < 0.25, 3 * gap, gap)
    # A referral ends some weeks after its last session, or without one.
    last = received + wait + np.maximum(sessions - 1, 0) * gap + first_gap - gap
    end = last + 7 + np.floor(draws[:, 6] * 28).astype(int)
    ended = end < days
    origin = np.datetime64(first)
    identifiers = np.array([f"R{number:06d}" for number in range(1, len(ccg) + 1)], dtype=object)
    referrals = pd.DataFrame(
        {
            "referral_id": identifiers,
            "person_id": [
                f"N{number:06d}" for number in np.floor(draws[:, 7] * 9 * len(ccg)).astype(int)
            ],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "referral_received_date": day_text(origin + received),
            "referral_end_date": only_where(ended, day_text(origin + end)),
        }
        | _scores(world, rng, ccg, ended & (sessions >= 1)),
        dtype=object,
    )
    appointments = _appointments(
        rng, identifiers, sessions, received, wait, gap, first_gap, first, days
    )
    # An extract from the first month on: what ended before it is not there.
    kept = np.flatnonzero(end >= (world.months[0].start - first).days)
    order = kept[np.argsort(received[kept], kind="stable")]
    referrals = referrals.iloc[order].reset_index(drop=True)
    there = appointments["referral_id"].isin(referrals["referral_id"])
    appointments = appointments[there].reset_index(drop=True)
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    return {
        "referrals": _spoiled_referrals(referrals, rng, wanted, world.months[0].start),
        "appointments": _spoiled_appointments(appointments, rng, wanted),
        "prevalence": _prevalence(world, per_ccg / (days / 365.25), rng),
    }


def make_plans(world: World) -> pd.DataFrame:
    """Trajectories of E.A.3 (4.2% in the last quarter), E.A.S.2, E.H.1_A1 and E.H.2_A2."""
    quarters = sorted({month.quarter for month in world.months[-12:]})
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, quarter in enumerate(quarters):
            plans = {
                "E.A.3": 0.0375 + 0.0045 * (step + 1) / len(quarters),
                "E.A.S.2": 0.47 + 0.06 * float(quality),
                "E.H.1_A1": 0.75 + 0.1 * float(quality),
                "E.H.2_A2": 0.95,
            }
            rows += [(line, code, str(quarter), round(plan, 4)) for line, plan in plans.items()]
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _waits(draws: Array, quality: Array, received: Array, first: date) -> Array:
    """Days from referral to the first session, longer around Christmas."""
    mean = LONGEST_MEAN_WAIT - (LONGEST_MEAN_WAIT - SHORTEST_MEAN_WAIT) * quality
    turn_of_year = 2 * np.pi * (first.timetuple().tm_yday + received) / 365.25
    mean = mean * (1 + CHRISTMAS * np.cos(turn_of_year))
    mean = np.where(draws[:, 1] < LONG_WAIT_SHARE * (1.5 - quality), LONG_WAIT, mean)
    return np.floor(-np.log1p(-draws[:, 2]) * mean).astype(int)


def _sessions(draws: Array) -> Array:
    """How many treatment sessions each referral has in all: none, one, or a course."""
    course = np.minimum(2 + np.floor(-np.log1p(-draws[:, 8]) * 3.6).astype(int), MOST_SESSIONS)
    treated = np.where(draws[:, 3] < TREATED_SHARE * COURSE_SHARE, course, 1)
    return np.where(draws[:, 3] < TREATED_SHARE, treated, 0)


def _appointments(
    rng: np.random.Generator,
    identifiers: Array,
    sessions: Array,
    received: Array,
    wait: Array,
    gap: Array,
    first_gap: Array,
    first: date,
    days: int,
) -> pd.DataFrame:
    """Sessions up to the last day, an assessment before some, some missed, reviews after some."""
    of = np.repeat(np.arange(len(sessions)), sessions)
    number = np.arange(len(of)) - np.repeat(np.cumsum(sessions) - sessions, sessions)
    later = np.where(number > 0, first_gap[of] + (number - 1) * gap[of], 0)
    draws = rng.random(len(of))
    kinds = np.where(number == 0, np.where(draws < 0.6, "03", "02"), "02")
    kinds = np.where((number > 3) & (draws < 0.1), "05", kinds).astype(object)
    sessions_held = pd.DataFrame(
        {"of": of, "day": received[of] + wait[of] + later, "type": kinds, "came": "true"}
    )
    more = rng.random((len(identifiers), 3))
    assessed, missed = np.flatnonzero(more[:, 0] < 0.2), np.flatnonzero(more[:, 1] < 0.15)
    followed = np.flatnonzero((more[:, 2] < 0.05) & (sessions >= 2))
    half = received + wait // 2
    last = received + wait + first_gap + np.maximum(sessions - 2, 0) * gap
    others = [
        pd.DataFrame({"of": assessed, "day": half[assessed], "type": "01", "came": "true"}),
        pd.DataFrame({"of": missed, "day": half[missed], "type": "02", "came": "false"}),
        pd.DataFrame({"of": followed, "day": last[followed] + 28, "type": "06", "came": "true"}),
    ]
    table = pd.concat([sessions_held, *others], ignore_index=True)
    table = table[table["day"] < days].sort_values("day", kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "appointment_id": [f"A{number:06d}" for number in range(1, len(table) + 1)],
            "referral_id": identifiers[table["of"].to_numpy()],
            "appointment_date": day_text(np.datetime64(first) + table["day"].to_numpy()),
            "appointment_type": table["type"],
            "attended": table["came"],
        },
        dtype=object,
    )


def _scores(world: World, rng: np.random.Generator, ccg: Array, scored: Array) -> dict[str, Array]:
    """First and last scores of those treated: most are cases, about half recover."""
    draws = rng.random((len(ccg), 9))
    measures = np.full(len(ccg), "gad7", dtype=object)
    cut_off, most = np.full(len(ccg), GAD7_CUT_OFF), np.full(len(ccg), GAD7_MOST)
    for place, (name, (case, highest)) in enumerate(SPECIFIC_MEASURES.items()):
        low = place * SPECIFIC_SHARE
        chosen = (draws[:, 0] >= low) & (draws[:, 0] < low + SPECIFIC_SHARE)
        measures[chosen], cut_off[chosen], most[chosen] = name, case, highest
    recovery = LOWEST_RECOVERY + (HIGHEST_RECOVERY - LOWEST_RECOVERY) * world.quality[ccg]
    is_case, recovers = draws[:, 1] >= NO_CASE_SHARE, draws[:, 2] < recovery
    # Of the cases, one in ten each by depression or anxiety alone.
    low_depression = draws[:, 3] < 0.1
    low_anxiety = (draws[:, 3] >= 0.1) & (draws[:, 3] < 0.2)
    values = {
        "first_phq9": _score(draws[:, 4], is_case & ~low_depression, PHQ9_CUT_OFF, PHQ9_MOST),
        "last_phq9": _score(draws[:, 5], ~recovers, PHQ9_CUT_OFF, PHQ9_MOST),
        "first_anxiety": _score(draws[:, 6], is_case & ~low_anxiety, cut_off, most),
        "last_anxiety": _score(draws[:, 7], ~recovers & (draws[:, 8] < 0.8), cut_off, most),
    }
    lacking = rng.random((len(ccg), len(values))) < SCORE_MISSING_SHARE
    scores = {
        name: only_where(scored & ~lacking[:, place], value.astype(str).astype(object))
        for place, (name, value) in enumerate(values.items())
    }
    return scores | {"anxiety_measure": only_where(scored, measures)}


def _score(draws: Array, is_high: Array, cut_off: Any, most: Any) -> Array:
    """A score from the cut-off up where high, else below it; lower ones are more frequent."""
    high = cut_off + np.floor(draws**1.5 * (most - cut_off + 1)).astype(int)
    score: Array = np.where(is_high, high, np.floor(draws * cut_off).astype(int))
    return score


def _prevalence(world: World, referrals_in_year: Array, rng: np.random.Generator) -> pd.DataFrame:
    access = LOWEST_ACCESS + (HIGHEST_ACCESS - LOWEST_ACCESS) * rng.random(len(world.ccgs))
    people = referrals_in_year * TREATED_SHARE / access
    years = sorted({month.financial_year for month in world.months})
    return pd.DataFrame(
        [
            (code, str(year), f"{number * (1 + PREVALENCE_GROWTH) ** step:.1f}")
            for code, number in zip(world.ccgs, people, strict=True)
            for step, year in enumerate(years)
        ],
        columns=["ccg_code", "financial_year", "prevalence"],
        dtype=object,
    )


def _spoiled_referrals(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int, first: date
) -> pd.DataFrame:
    return spoil(
        table,
        rng,
        wanted,
        set_to("referral_end_date", str(first)),
        set_to("referral_received_date", None),
        set_to("ccg_code", None),
        set_to("referral_id", None),
        repeated(),
        repeated(referral_received_date=str(first)),
    )


def _spoiled_appointments(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int
) -> pd.DataFrame:
    return spoil(
        table,
        rng,
        wanted,
        set_to("referral_id", None),
        set_to("appointment_date", None),
        set_to("appointment_type", None),
        set_to("appointment_type", "99"),
        set_to("attended", None),
        set_to("appointment_id", None),
        repeated(),
        repeated(appointment_type="06"),
    )
