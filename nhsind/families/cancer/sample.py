"""Synthetic cancer records: patients first seen, first treatments by all routes, later ones."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where


class Kind(NamedTuple):
    """What a record is: patients of an average CCG in a month, and how often they wait too long.

    `weakest` and `strongest`: the share beyond the limit at the worst and the best commissioner.
    """

    patients: float
    source: str
    event: str | None
    limit: int
    weakest: float
    strongest: float
    modalities: str = ""


ANY = "surgery surgery chemotherapy teletherapy hormone_therapy other"
KINDS = (
    Kind(36, "gp_urgent_suspected", None, 14, 0.11, 0.02),
    Kind(7, "breast_symptomatic", None, 14, 0.12, 0.02),
    Kind(12, "gp_urgent_suspected", "first", 62, 0.25, 0.08),
    Kind(3, "screening", "first", 62, 0.18, 0.04),
    Kind(4, "other", "first", 62, 0.22, 0.06),
    Kind(12, "other", "first", 31, 0.05, 0.005),
    Kind(8, "other", "subsequent", 31, 0.09, 0.01, "surgery"),
    Kind(13, "other", "subsequent", 31, 0.03, 0.002, "chemotherapy immunotherapy other_drug"),
    Kind(9, "other", "subsequent", 31, 0.08, 0.01, "teletherapy brachytherapy chemoradiotherapy"),
)
UPGRADED = 4
# The share beyond 62 days grows from year to year; that beyond 14 is highest after holidays.
GROWTH_OF_62, HOLIDAYS = 0.02, 0.02
MEAN_DAYS_BEYOND = 9
ADJUSTED = 0.03
DIAGNOSES = "C50.9 C509 C61X C61 C34.1 C18.7 C20 C43.5 C67.9 C82.9 D05.1 D04.9".split()
# Days from referral to upgrade.
BEFORE_UPGRADE = 20
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `pathways`.

    A row stands for one patient who waited too long, or for all of a commissioner, month and kind
    who did not: so a small file has the figures of a large one.
    """
    rng = world.random("cancer")
    patients, late = _counts(world, rng)
    cells = np.arange(patients.size)
    within = (patients - late).ravel()
    cell = np.concatenate([cells[within > 0], np.repeat(cells, late.ravel())])
    is_late = np.arange(len(cell)) >= (within > 0).sum()
    count = np.where(is_late, 1, within[cell])
    ccg, month, kind = np.unravel_index(cell, patients.shape)
    draws = rng.random((len(cell), 7))

    limit = np.array([row.limit for row in KINDS])[kind]
    event = np.array([row.event for row in KINDS], dtype=object)[kind]
    is_seen = event == None  # noqa: E711
    beyond = limit + 1 + np.floor(-np.log1p(-draws[:, 0]) * MEAN_DAYS_BEYOND)
    # Most waits within a limit end in its second half.
    wait = np.where(is_late, beyond, np.floor(limit * (1 - 0.6 * draws[:, 0] ** 1.5))).astype(int)
    # An adjusted wait is longer by what is taken off.
    is_adjusted = draws[:, 1] < ADJUSTED
    adjustment = 1 + np.floor(draws[:, 2] * 10).astype(int)
    first_days = np.array([np.datetime64(each.start) for each in world.months])
    lengths = np.array([(each.end - each.start).days + 1 for each in world.months])
    stop = first_days[month] + np.floor(draws[:, 3] * lengths[month]).astype(int)
    start = stop - wait - np.where(is_adjusted, adjustment, 0)
    is_timed = limit == 62
    # The decision to treat comes within the last month of a wait of 62 days.
    decided = np.where(is_timed, stop - np.minimum(wait // 3, 31), start)
    is_upgraded = kind == UPGRADED
    received = np.where(is_upgraded, start - BEFORE_UPGRADE, start)
    providers = np.array([world.providers_of[code] for code in world.ccgs], dtype=object)
    table = pd.DataFrame(
        {
            "record_id": [f"C{number:07d}" for number in range(1, len(cell) + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": providers[ccg, np.floor(draws[:, 4] ** 2 * 3).astype(int)],
            "referral_source": np.array([row.source for row in KINDS], dtype=object)[kind],
            "suspected_cancer": np.where((kind == 1) | is_upgraded, "no", "yes"),
            "referral_received_date": only_where(event != "subsequent", day_text(received)),
            "date_first_seen": only_where(is_seen, day_text(stop)),
            "upgrade_date": only_where(is_upgraded, day_text(start)),
            "decision_to_treat_date": only_where(~is_seen, day_text(decided)),
            "treatment_date": only_where(~is_seen, day_text(stop)),
            "treatment_event": event,
            "modality": only_where(~is_seen, _modality(kind, draws[:, 5])),
            # Only single patients have a diagnosis that is not counted.
            "icd10": only_where(
                ~is_seen,
                np.array(DIAGNOSES, dtype=object)[
                    np.floor(draws[:, 6] * (len(DIAGNOSES) - 1 + is_late)).astype(int)
                ],
            ),
            "first_seen_adjustment_days": only_where(
                is_adjusted & (is_seen | is_timed), adjustment.astype(str)
            ),
            "treatment_adjustment_days": only_where(
                is_adjusted & (limit == 31), adjustment.astype(str)
            ),
            "count": count.astype(str),
        },
        dtype=object,
    )
    table = table.iloc[np.argsort(month * 1000 + ccg, kind="stable")].reset_index(drop=True)
    return {"pathways": _with_faults(world, table, rng)}


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.B.12: the standard, which the weaker reach in steps."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, month in enumerate(world.months[-12:]):
            plan = 0.85 if quality >= 0.5 else 0.80 + 0.05 * step / 11
            rows.append(("E.B.12", code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _counts(world: World, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Patients, and those who wait too long, by commissioner, month and kind."""
    shape = (len(world.ccgs), len(world.months), len(KINDS))
    years_left = (np.arange(shape[1] - 1, -1, -1) / 12)[None, :, None]
    weak = (1 - world.quality)[:, None, None]
    weakest = np.array([row.weakest for row in KINDS])
    strongest = np.array([row.strongest for row in KINDS])
    limits = np.array([row.limit for row in KINDS])
    share = strongest + (weakest - strongest) * weak
    share = share - np.where(limits == 62, GROWTH_OF_62, 0) * years_left
    share = share + np.where(limits == 14, HOLIDAYS, 0) * np.cos(4 * np.pi * (years_left - 0.2))
    share = share.clip(0, 1)
    mean = world.size[:, None, None] * np.array([row.patients for row in KINDS]) * world.scale
    patients = _near(rng, np.broadcast_to(mean, shape), 1.0)
    late = np.minimum(patients, _near(rng, patients * share, 1 - share))
    return patients, late


def _near(rng: np.random.Generator, mean: np.ndarray, spread: float | np.ndarray) -> np.ndarray:
    """Whole numbers around a mean, about as far apart as chance makes them."""
    # The sum of three uniform draws has a standard deviation of a half.
    normal = 2 * (rng.random((3, *mean.shape)).sum(axis=0) - 1.5)
    whole: np.ndarray = np.floor(mean + normal * np.sqrt(mean * spread) + rng.random(mean.shape))
    return whole.clip(0).astype(int)


def _modality(kind: np.ndarray, draw: np.ndarray) -> np.ndarray:
    chosen = np.empty(len(kind), dtype=object)
    for number, row in enumerate(KINDS):
        names = np.array((row.modalities or ANY).split(), dtype=object)
        mine = kind == number
        chosen[mine] = names[np.floor(draw[mine] * len(names)).astype(int)]
    return chosen


def _with_faults(world: World, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Spoil a few records of single patients in each way that `check` reports."""
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    before = str(world.months[0].start - timedelta(days=200))
    single = table["count"] == "1"
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
