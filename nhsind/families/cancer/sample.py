"""Synthetic cancer records: patients first seen, first treatments by all routes, later ones."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from nhsind.synthetic.days import calendar_of, season
from nhsind.synthetic.draws import (
    Array,
    counts,
    exponential,
    normal,
    one_of,
    parts,
    place_of,
    powers,
    spread_out,
)
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers, only_where


class Kind(NamedTuple):
    """What a record is: patients of an average CCG in a month, and how often they wait too long.

    `late`: the share beyond the limit at a median commissioner in 2017-18, and how many times as
    many one standard deviation makes.
    """

    patients: float
    source: str
    event: str | None
    limit: int
    late: float
    times: float
    modalities: str = ""


ANY = "surgery surgery chemotherapy teletherapy hormone_therapy other"
# A 207th of England's patients and shares (Cancer Waiting Times, monthly data, 2017-18).
KINDS = (
    Kind(780, "gp_urgent_suspected", None, 14, 0.052, 1.5),
    Kind(78, "breast_symptomatic", None, 14, 0.055, 1.9),
    Kind(60, "gp_urgent_suspected", "first", 62, 0.17, 1.4),
    Kind(8, "screening", "first", 62, 0.085, 1.7),
    Kind(12, "other", "first", 62, 0.115, 1.6),
    Kind(40, "other", "first", 31, 0.062, 1.6),
    Kind(22, "other", "subsequent", 31, 0.040, 1.9, "surgery"),
    Kind(37, "other", "subsequent", 31, 0.006, 1.9, "chemotherapy immunotherapy other_drug"),
    Kind(39, "other", "subsequent", 31, 0.026, 1.9, "teletherapy brachytherapy chemoradiotherapy"),
)
UPGRADED = 4
GROWTH_IN_A_YEAR = 0.03
MONTHLY_NOISE, NOISE_OF_LATE = 0.03, 0.1
# The share beyond 62 and 31 days grows from year to year; waits are long after holidays.
GROWTH_OF_LATE = 0.04
HOLIDAYS = (1.15, 0.95, 1.0, 1.08, 1.0, 1.0, 1.0, 1.08, 1.0, 0.92, 0.9, 0.92)
MEAN_DAYS_BEYOND = {14: 6, 31: 10, 62: 24}
ADJUSTED = 0.03
DIAGNOSES = "C50.9 C509 C61X C61 C34.1 C18.7 C20 C43.5 C67.9 C82.9 D05.1 D04.9".split()
SHARES_OF_PROVIDERS = (66, 22, 12)
# Days from referral to upgrade.
BEFORE_UPGRADE = 20
RECORDED_MONTHS = 3
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `pathways`.

    A row stands for all patients of a commissioner, month and kind who were in time, or for all who
    were late; where records are wanted, and for treatments too late in the last quarter, for one.
    """
    rng = world.random("cancer")
    patients, late = _counts(world, rng)
    count = np.concatenate([(patients - late).ravel(), late.ravel()])
    at = np.unravel_index(np.arange(patients.size), patients.shape)
    ccg, month, kind, _ = (np.concatenate([each, each]) for each in at)
    beyond_limit = np.arange(len(count)) >= patients.size
    is_treated = np.array([row.event is not None for row in KINDS])[kind]
    lately = month >= len(world.months) - RECORDED_MONTHS
    most = world.most_in_a_row(ccg, month, RECORDED_MONTHS)
    most = np.where(beyond_limit & is_treated & lately, 1, most)
    cell, alike = spread_out(count, most)
    ccg, month, kind, is_late = ccg[cell], month[cell], kind[cell], beyond_limit[cell]
    is_single = most[cell] == 1
    draws = rng.random((7, len(cell)))

    limit = np.array([row.limit for row in KINDS])[kind]
    event = np.array([row.event for row in KINDS], dtype=object)[kind]
    is_seen = ~is_treated[cell]
    mean_beyond = np.array([MEAN_DAYS_BEYOND[row.limit] for row in KINDS])[kind]
    beyond = limit + 1 + np.floor(exponential(draws[0]) * mean_beyond)
    # Most waits within a limit end in its second half.
    wait = np.where(is_late, beyond, np.floor(limit * (1 - 0.7 * draws[0] * draws[0])))
    wait = wait.astype(int)
    # An adjusted wait is longer by what is taken off.
    is_adjusted = (draws[1] < ADJUSTED) & is_single
    adjustment = 1 + np.floor(draws[2] * 10).astype(int)
    stop = calendar_of(world.months).pick(month, draws[3])
    start = stop - wait - np.where(is_adjusted, adjustment, 0)
    is_timed = limit == 62
    # The decision to treat comes within the last month of a wait of 62 days.
    decided = np.where(is_timed, stop - np.minimum(wait // 3, 31), start)
    is_upgraded = kind == UPGRADED
    received = np.where(is_upgraded, start - BEFORE_UPGRADE, start)
    table = pd.DataFrame(
        {
            "record_id": identifiers("C", is_single),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": world.provider(ccg, place_of(SHARES_OF_PROVIDERS, draws[4]), stop),
            "referral_source": np.array([row.source for row in KINDS], dtype=object)[kind],
            "suspected_cancer": np.where((kind == 1) | is_upgraded, "no", "yes"),
            "referral_received_date": only_where(event != "subsequent", day_text(received)),
            "date_first_seen": only_where(is_seen, day_text(stop)),
            "upgrade_date": only_where(is_upgraded, day_text(start)),
            "decision_to_treat_date": only_where(~is_seen, day_text(decided)),
            "treatment_date": only_where(~is_seen, day_text(stop)),
            "treatment_event": event,
            "modality": only_where(~is_seen, _modality(kind, draws[5])),
            # Only single patients have a diagnosis that is not counted.
            "icd10": only_where(
                ~is_seen,
                np.array(DIAGNOSES, dtype=object)[
                    np.floor(draws[6] * (len(DIAGNOSES) - 1 + is_single)).astype(int)
                ],
            ),
            "first_seen_adjustment_days": only_where(
                is_adjusted & (is_seen | is_timed), adjustment.astype(str)
            ),
            "treatment_adjustment_days": only_where(
                is_adjusted & (limit == 31), adjustment.astype(str)
            ),
            "count": alike,
        },
    )
    table = table.iloc[np.argsort(month * 1000 + ccg, kind="stable")].reset_index(drop=True)
    return {"pathways": _with_faults(world, table, rng)}


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory for E.B.12: the standard, which the weaker reach in steps."""
    first = np.where(world.quality >= 0.6, 0.85, 0.78 + 0.1 * world.quality)
    return {
        "E.B.12": Trajectory(world.last_year, in_steps(world, first, 0.85, len(world.last_year)))
    }


def _counts(world: World, rng: np.random.Generator) -> tuple[Array, Array]:
    """Patients, and those who wait too long, by commissioner, month, kind and lot."""
    shape = (len(world.ccgs), len(world.months), len(KINDS), world.lots)
    years = (np.arange(shape[1]) - shape[1] + 1) / 12
    volume = calendar_of(world.months).volume() * (1 + GROWTH_IN_A_YEAR * years)
    mean = (world.sizes(world.months) * volume[None, :])[:, :, None]
    mean = mean * np.array([row.patients for row in KINDS])
    mean = mean * (1 + MONTHLY_NOISE * normal(rng.random(mean.shape)))
    patients = counts(rng, np.repeat(mean[..., None], world.lots, axis=-1) / world.lots)
    shares = []
    for place, row in enumerate(KINDS):
        standing = world.standing(f"cancer {place}", world.months)
        share = row.late * powers(row.times, -standing)
        share = share * (1 + NOISE_OF_LATE * normal(rng.random(share.shape)))
        if row.limit == 14:
            share = share * season(world.months, HOLIDAYS)[None, :]
        else:
            share = share * (1 + GROWTH_OF_LATE * years)[None, :]
        shares.append(share.clip(0, 0.75))
    late = parts(rng, patients, np.stack(shares, axis=2)[..., None])
    return patients, late


def _modality(kind: Array, draw: Array) -> Array:
    chosen = np.empty(len(kind), dtype=object)
    for number, row in enumerate(KINDS):
        mine = kind == number
        chosen[mine] = one_of((row.modalities or ANY).split(), draw[mine])
    return chosen


def _with_faults(world: World, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Spoil a few records of single patients in each way that `check` reports."""
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    before = str(world.months[0].start - timedelta(days=200))
    single = table["record_id"].notna()
    is_seen = single & table["date_first_seen"].notna()
    is_first = single & (table["treatment_event"] == "first")
    seen = spoil(
        table[is_seen],
        rng,
        wanted,
        set_to("date_first_seen", before),
        set_to("referral_received_date", None),
        set_to("referral_source", None),
        set_to("first_seen_adjustment_days", "4000"),
        set_to("ccg_code", None),
        repeated(),
        repeated(referral_received_date=before),
    )
    first = spoil(
        table[is_first],
        rng,
        wanted,
        set_to("treatment_date", before),
        set_to("decision_to_treat_date", None),
        set_to("treatment_event", None),
        set_to("icd10", None),
        set_to("referral_received_date", None),
    )
    return pd.concat([seen, first, table[~is_seen & ~is_first]], ignore_index=True)
