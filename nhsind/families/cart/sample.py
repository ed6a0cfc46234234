"""Synthetic CAR-T patients: few per centre, most alive after a year, some complications."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nhsind.synthetic.draws import Array, exponential
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, numbered, only_where

# Every fourth of the sample's providers treats CAR-T patients.
CENTRE_EVERY = 12
FEWEST_A_YEAR, MOST_A_YEAR = 8, 30
# Cohorts of two years before the first year of the sample are needed.
YEARS_BEFORE = 2
MONTHS_BEFORE = 12 * YEARS_BEFORE
FAULTS_OF_A_KIND = 1


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `patients`, `events`, `admissions` and `transfers`."""
    rng = world.random("cart")
    centres = np.array(world.providers[::CENTRE_EVERY], dtype=object)
    first = np.datetime64(world.months[0].start) - 365 * YEARS_BEFORE - 1
    last = np.datetime64(world.months[-1].end)
    days = int((last - first).astype(int))
    in_year = FEWEST_A_YEAR + (MOST_A_YEAR - FEWEST_A_YEAR) * rng.random(len(centres))
    each = np.maximum(1, np.rint(in_year * world.scale * days / 365.25).astype(int))
    skill = np.repeat(rng.random(len(centres)), each)
    centre = np.repeat(np.arange(len(centres)), each)
    draws = rng.random((12, len(centre)))
    infused = first + np.floor(draws[0] * days).astype(int)
    lives = np.floor(exponential(draws[1]) * (900 + 900 * skill)).astype(int) + 6
    stay = np.floor(8 + exponential(draws[2]) * 9).astype(int)
    identifiers = numbered("C", len(centre), 5)
    died = infused + lives
    left = np.minimum(infused + stay, died)
    lost = draws[3] < 0.04
    seen = np.where(lost, infused + 40, last - np.floor(draws[4] * 25).astype(int))
    patients = pd.DataFrame(
        {
            "patient_id": identifiers,
            "provider_code": centres[centre],
            "first_infusion_date": day_text(infused),
            "infusion_date": day_text(infused),
            "treatment_completed_date": day_text(infused),
            "death_date": only_where((died <= last) & ~lost, day_text(died)),
            "last_follow_up_date": day_text(np.minimum(np.minimum(seen, died), last)),
            "discharge_date": only_where(left <= last, day_text(left)),
        },
        dtype=object,
    )
    syndromes = _syndromes(identifiers, infused, draws)
    tables = {
        "patients": patients,
        "events": syndromes,
        "admissions": _stays(identifiers, infused, left=left, last=last, draws=draws),
        "transfers": _transfers(identifiers, infused, skill, draws),
    }
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    ways: dict[str, list[Any]] = {
        "patients": [set_to("provider_code", None), set_to("first_infusion_date", None)],
        "events": [set_to("grade", None), set_to("patient_id", "C99999"), repeated()],
        "admissions": [set_to("admission_date", None), set_to("discharge_date", "2009-01-01")],
        "transfers": [set_to("minutes_to_itu", None), repeated(minutes_to_itu="999")],
    }
    return {name: spoil(table, rng, wanted, *ways[name]) for name, table in tables.items()}


def _syndromes(identifiers: Array, infused: Array, draws: Array) -> pd.DataFrame:
    """CRS in most patients within days, CRES in some; a few need intensive care."""
    parts = []
    for place, (name, share, after) in enumerate((("CRS", 0.75, 3), ("CRES", 0.32, 6))):
        has = draws[5 + place] < share
        grade = 1 + np.floor(4 * (draws[5 + place] / share) ** 2).astype(int)
        intensive = (grade >= 2) & (draws[7] < 0.4)
        table = pd.DataFrame(
            {
                "patient_id": identifiers,
                "event": name,
                "grade": np.minimum(grade, 4),
                "onset_date": day_text(infused + after),
                "level3_or_picu": np.where(intensive, "yes", "no"),
            },
            dtype=object,
        )
        parts.append(table[has])
    events: pd.DataFrame = pd.concat(parts, ignore_index=True)
    events.insert(0, "event_id", numbered("V", len(events), 5))
    return events


def _stays(
    identifiers: Array, infused: Array, *, left: Array, last: Any, draws: Array
) -> pd.DataFrame:
    """One stay per patient, from a few days before the infusion."""
    grades = [
        1 + np.floor(4 * (draws[5] / 0.75) ** 2),
        1 + np.floor(4 * (draws[6] / 0.32) ** 2),
    ]
    has = [draws[5] < 0.75, draws[6] < 0.32]
    return pd.DataFrame(
        {
            "admission_id": numbered("A", len(identifiers), 5),
            "patient_id": identifiers,
            "admission_date": day_text(infused - 6),
            "discharge_date": only_where(left <= last, day_text(left)),
            "crs_grade_2plus": np.where(has[0] & (grades[0] >= 2), "yes", "no"),
            "cres_grade_2plus": np.where(has[1] & (grades[1] >= 2), "yes", "no"),
        },
        dtype=object,
    )


def _transfers(identifiers: Array, infused: Array, skill: Array, draws: Array) -> pd.DataFrame:
    """A third of the patients go to intensive care, most within the hour."""
    goes = draws[8] < 0.33
    minutes = np.floor(15 + exponential(draws[9]) * (30 - 14 * skill)).astype(int)
    table = pd.DataFrame(
        {
            "transfer_id": numbered("T", len(identifiers), 5),
            "patient_id": identifiers,
            "from_ward": np.where(draws[10] < 0.9, "yes", "no"),
            "transfer_date": day_text(infused + 4),
            "minutes_to_itu": minutes.astype(str).astype(object),
        },
        dtype=object,
    )
    chosen: pd.DataFrame = table[goes].reset_index(drop=True)
    return chosen
