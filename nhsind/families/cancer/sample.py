"""Synthetic cancer records: referrals seen, first treatments by three routes, later treatments."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.sample import World, day_text, only_where, repeated, set_to, spoil

# Rows of an average CCG in a month, at scale 1.
ROWS_IN_MONTH = 14
# A row beyond its limit stands for one patient, one within it for this many in the mean: so a
# small file has the shares of a large one.
ALIKE = 10
WARM_UP_DAYS = 120
# What a row is, and how often.
SEEN_SUSPECTED, SEEN_BREAST, GP_TREATED, SCREENED, UPGRADED, OTHER_TREATED, LATER = range(7)
SHARES = (0.46, 0.07, 0.09, 0.03, 0.03, 0.08, 0.24)
SOURCES = (
    "gp_urgent_suspected",
    "breast_symptomatic",
    "gp_urgent_suspected",
    "screening",
    "other",
    "other",
    "other",
)
# Share beyond the limits of 14, 31 and 62 days, of the weakest and the strongest commissioner.
BEYOND_14, BEYOND_31, BEYOND_62 = (0.12, 0.02), (0.07, 0.005), (0.27, 0.08)
# Waits of 62 days have grown longer from year to year; those of 14 are longest after holidays.
GROWTH_OF_62, HOLIDAYS = 0.02, 0.02
MEAN_DAYS_BEYOND = 9
ADJUSTED = 0.04
FIRST_MODALITIES = "surgery surgery surgery chemotherapy teletherapy hormone_therapy other".split()
LATER_MODALITIES = (
    "surgery surgery chemotherapy chemotherapy immunotherapy hormone_therapy other_drug "
    "teletherapy teletherapy teletherapy brachytherapy chemoradiotherapy other"
).split()
DIAGNOSES = "C50.9 C509 C61X C61 C34.1 C18.7 C20 C43.5 C67.9 C82.9 D05.1 D04.9".split()
FAULTS_OF_A_KIND = 5


def make(world: World) -> dict[str, pd.DataFrame]:
    """The table `pathways`."""
    rng = world.random("cancer")
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = world.size * ROWS_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, np.rint(wanted).astype(int)))
    total = len(ccg)
    draws = rng.random((total, 10))
    kind = np.searchsorted(np.cumsum(SHARES), draws[:, 0], side="right").clip(0, LATER)
    start = np.floor(draws[:, 1] * days).astype(int)
    years_left = (days - start) / 365.25
    weak = 1 - world.quality[ccg]

    def wait(limit: int, beyond: tuple[float, float], more: float | np.ndarray) -> np.ndarray:
        share = np.clip(beyond[1] + (beyond[0] - beyond[1]) * weak + more, 0, 1)
        of_rows = ALIKE * share / (1 - share + ALIKE * share)
        late = limit + 1 + np.floor(-np.log1p(-draws[:, 3]) * MEAN_DAYS_BEYOND)
        # Most waits within a limit end in its second half.
        soon = np.floor(limit * (1 - 0.6 * draws[:, 3] ** 1.5))
        return np.where(draws[:, 2] < of_rows, late, soon).astype(int)

    holidays = HOLIDAYS * np.cos(4 * np.pi * (years_left - 0.2))
    is_seen = kind <= SEEN_BREAST
    is_timed = (kind >= GP_TREATED) & (kind <= UPGRADED)
    treated_after = np.where(
        is_timed,
        wait(62, BEYOND_62, -GROWTH_OF_62 * years_left),
        wait(31, BEYOND_31, 0.0),
    )
    decided = np.where(is_timed, start + treated_after * 2 // 3, start)
    stop = start + np.where(is_seen, wait(14, BEYOND_14, holidays), treated_after)
    limit = np.where(is_seen, 14, np.where(is_timed, 62, 31))
    alike = np.where(stop - start > limit, 1, 1 + np.floor(draws[:, 9] * (2 * ALIKE - 1)))
    done = stop < days
    is_treated = ~is_seen & done
    is_first = is_treated & (kind != LATER)
    origin = np.datetime64(first)
    providers = np.array([world.providers_of[code] for code in world.ccgs], dtype=object)
    pick = draws[:, 5]
    modality = np.where(
        kind == LATER,
        np.array(LATER_MODALITIES, dtype=object)[
            np.floor(pick * len(LATER_MODALITIES)).astype(int)
        ],
        np.array(FIRST_MODALITIES, dtype=object)[
            np.floor(pick * len(FIRST_MODALITIES)).astype(int)
        ],
    )
    diagnosis = np.array(DIAGNOSES, dtype=object)[
        np.floor(draws[:, 6] ** 1.3 * len(DIAGNOSES)).astype(int)
    ]
    # The adjustment is one that the wait has room for.
    adjustment = np.minimum(1 + np.floor(draws[:, 7] * 14).astype(int), stop - start)
    is_adjusted = done & (draws[:, 8] < ADJUSTED) & (kind != UPGRADED)
    table = pd.DataFrame(
        {
            "record_id": [f"C{number:07d}" for number in range(1, total + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "provider_code": providers[ccg, np.floor(draws[:, 4] ** 2 * 3).astype(int)],
            "referral_source": np.array(SOURCES, dtype=object)[kind],
            "suspected_cancer": np.where(np.isin(kind, (SEEN_BREAST, UPGRADED)), "no", "yes"),
            "referral_received_date": only_where(
                kind != LATER, day_text(origin + start - np.where(kind == UPGRADED, 20, 0))
            ),
            "date_first_seen": only_where(is_seen & done, day_text(origin + stop)),
            "upgrade_date": only_where(kind == UPGRADED, day_text(origin + start)),
            "decision_to_treat_date": only_where(is_treated, day_text(origin + decided)),
            "treatment_date": only_where(is_treated, day_text(origin + stop)),
            "treatment_event": only_where(is_treated, np.where(is_first, "first", "subsequent")),
            "modality": only_where(is_treated, modality),
            "icd10": only_where(is_treated, diagnosis),
            "first_seen_adjustment_days": only_where(is_adjusted & is_seen, adjustment.astype(str)),
            "treatment_adjustment_days": only_where(
                is_adjusted & is_treated & (kind == LATER), adjustment.astype(str)
            ),
        },
        dtype=object,
    )
    table["count"] = alike.astype(int).astype(str)
    table = table.iloc[np.argsort(start, kind="stable")].reset_index(drop=True)
    wanted_faults = max(1, round(FAULTS_OF_A_KIND * world.scale))
    seen = table["date_first_seen"].notna()
    firsts = table["treatment_event"].eq("first").fillna(False)
    before = str(first - timedelta(days=60))
    seen_rows = spoil(
        table[seen],
        rng,
        wanted_faults,
        set_to("date_first_seen", before),
        set_to("referral_received_date", None),
        set_to("referral_source", None),
        set_to("first_seen_adjustment_days", "400"),
        set_to("ccg_code", None),
        repeated(),
        repeated(referral_received_date=before),
    )
    first_rows = spoil(
        table[firsts],
        rng,
        wanted_faults,
        set_to("treatment_date", before),
        set_to("decision_to_treat_date", None),
        set_to("treatment_event", None),
        set_to("icd10", None),
    )
    return {
        "pathways": pd.concat([seen_rows, first_rows, table[~seen & ~firsts]], ignore_index=True)
    }


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own trajectory for E.B.12: the standard, which the weaker reach in steps."""
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, month in enumerate(world.months[-12:]):
            plan = 0.85 if quality >= 0.5 else 0.80 + 0.05 * step / 11
            rows.append(("E.B.12", code, str(month), round(plan, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])
