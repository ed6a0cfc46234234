"""Synthetic IAPT referrals: waits, sessions, scores at first and at last.

A row stands for the referrals of one commissioner and month that go the same way, with the
appointments of one of them; where records are wanted, for one referral. Each has an identifier,
by which its appointments are found.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.reference.iapt_scores import ANXIETY, PHQ9
from nhsind.synthetic.days import calendar_of, season
from nhsind.synthetic.draws import Array, counts, evenly, exponential, normal, powers, spread_out
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers, numbered, only_where


class Way(NamedTuple):
    """How a referral goes: its share of its kind, days to the first session, sessions, outcome."""

    kind: str
    share: float
    shortest: int
    longest: int
    sessions: int
    outcome: str


# Referrals of an average CCG in a month: 1.44 million in 2017-18 in England (IAPT annual data).
REFERRALS_IN_MONTH = 580
GROWTH_IN_A_YEAR = 0.03
BUSY = (1.06, 1.04, 1.02, 0.97, 1.0, 0.99, 0.98, 0.94, 1.01, 1.03, 1.04, 0.92)
MONTHLY_NOISE = 0.03
DAYS_IN_MONTH = 30.44
# Referrals are made from this long before the first month, so that its entries and ends are whole.
MONTHS_BEFORE_FIRST = 10
# Of those referred, at least one session; of those, at least two.
TREATED_SHARE, COURSE_SHARE = 0.69, 0.56
# Of those treated, later than 6 and later than 18 weeks at a median commissioner, and how many
# times as many one standard deviation makes; more of them after Christmas.
LATE_6, TIMES_6, LATE_18, TIMES_18 = 0.082, 2.1, 0.006, 2.8
SLOW = (1.1, 1.05, 1.0, 1.0, 1.0, 0.95, 0.95, 1.0, 1.0, 0.95, 0.95, 1.05)
# Of the cases, recovered at a median commissioner, one standard deviation, and from month to month.
RECOVERY, BETWEEN_CCGS, NOISE = 0.512, 0.047, 0.015
NO_CASE_SHARE, SCORE_MISSING_SHARE = 0.066, 0.03
# Those who recover and those who do not take as long: else who ends in a quarter would decide it.
WAYS = (
    Way("untreated", 1.0, 0, 0, 0, "none"),
    Way("one", 0.93, 3, 42, 1, "none"),
    Way("one", 0.07, 43, 126, 1, "none"),
    *[Way("soon recovered", 0.5, 3, 42, sessions, "recovered") for sessions in (3, 7)],
    *[Way("soon not", 0.5, 3, 42, sessions, "not recovered") for sessions in (3, 7)],
    Way("soon no case", 1.0, 3, 42, 3, "no case"),
    Way("later recovered", 1.0, 43, 126, 4, "recovered"),
    Way("later not", 1.0, 43, 126, 4, "not recovered"),
    Way("later no case", 1.0, 43, 126, 3, "no case"),
    Way("last recovered", 1.0, 127, 200, 4, "recovered"),
    Way("last not", 1.0, 127, 200, 3, "not recovered"),
)
PHQ9_CUT_OFF, GAD7_CUT_OFF = 10, 8
PHQ9_MOST, GAD7_MOST = PHQ9, ANXIETY["gad7"]
SPECIFIC_MEASURES = {
    name: (case, ANXIETY[name]) for name, case in {"oci": 40, "spin": 19, "pswq": 45}.items()
}
SPECIFIC_SHARE = 0.03
# Entrants of a year as a share of prevalence, one standard deviation between commissioners.
ACCESS, BETWEEN_ACCESS = 0.168, 0.018
PREVALENCE_GROWTH = 0.006
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `referrals`, `appointments` and `prevalence`."""
    rng = world.random("iapt")
    months = world.months_from(MONTHS_BEFORE_FIRST)
    mean = _referrals(world, months, rng)
    count = counts(rng, np.repeat(mean[..., None], world.lots, axis=-1) / world.lots)
    ccg, month, way, lot = np.unravel_index(np.arange(count.size), count.shape)
    most = world.most_in_a_row(ccg, month, len(months))
    cell, alike = spread_out(count.ravel(), most)
    is_single = most[cell] == 1
    ccg, month, way, lot = ccg[cell], month[cell], way[cell], lot[cell]
    draws = _timing(rng, len(world.ccgs), ccg=ccg, way=way + lot, alone=is_single)
    received = calendar_of(months).pick(month, draws[0])
    shortest, longest, usual = (
        np.array([getattr(each, name) for each in WAYS])[way]
        for name in ("shortest", "longest", "sessions")
    )
    # Single courses are a session or two longer or shorter.
    more = np.where((usual > 1) & is_single, np.floor(draws[1] * 4).astype(int) - 1, 0)
    sessions = np.where(usual > 1, np.maximum(2, usual + more), usual)
    wait = shortest + np.floor((longest - shortest + 1) * draws[2]).astype(int)
    gap = 7 * (1 + np.floor(draws[3] * draws[3] * 3).astype(int))
    first_gap = np.minimum(7 + np.floor(exponential(draws[4]) * 21).astype(int), 140)
    # A referral ends some weeks after its last session, or without one.
    last = wait + np.where(sessions > 1, first_gap + (sessions - 2) * gap, 0)
    closed = 7 + np.floor(draws[5] * 28).astype(int)
    # A large row ends in whole months from the middle of its own: each month has its share of ends.
    whole_months = np.floor((last + 7) / DAYS_IN_MONTH + 1) * DAYS_IN_MONTH
    end = received + np.where(is_single, last + closed, np.floor(whole_months).astype(int))
    last_day = np.datetime64(world.months[-1].end)
    ended = end <= last_day
    scored = ended & (sessions >= 1)
    referrals = pd.DataFrame(
        {
            "referral_id": numbered("R", len(cell), 5),
            "person_id": only_where(is_single, numbered("N", len(cell), 5)),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "referral_received_date": day_text(received),
            "referral_end_date": only_where(ended, day_text(end)),
        }
        | _scores(rng, np.array([each.outcome for each in WAYS])[way], scored, alike)
        | {"count": alike},
    )
    # An extract from the first month on: what ended before it is not there.
    kept = np.flatnonzero(end >= np.datetime64(world.months[0].start))
    kept = kept[np.argsort(received[kept], kind="stable")]
    names = referrals["referral_id"].to_numpy()
    appointments = _appointments(
        rng,
        names[kept],
        sessions=sessions[kept],
        received=received[kept],
        wait=wait[kept],
        gap=gap[kept],
        first_gap=first_gap[kept],
    )
    appointments = appointments[appointments["day"] <= last_day].reset_index(drop=True)
    appointments["appointment_date"] = day_text(appointments.pop("day"))
    # With `count`, an appointment needs no identifier.
    appointments["count"] = 1
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    first = world.months[0].start
    alone = is_single[kept]
    referrals = referrals.iloc[kept].reset_index(drop=True)
    of_single = appointments["referral_id"].isin(referrals.loc[alone, "referral_id"]).to_numpy()
    appointments.insert(0, "appointment_id", identifiers("A", of_single, 5))
    return {
        "referrals": _spoiled_referrals(referrals, rng, wanted=wanted, first=first, among=alone),
        "appointments": _spoiled_appointments(appointments, rng, wanted, of_single),
        "prevalence": _prevalence(world),
    }


def plans(world: World) -> dict[str, Trajectory]:
    """Trajectories of E.A.3 (4.2% in the last quarter), E.A.S.2, E.H.1_A1 and E.H.2_A2."""
    quarters = quarters_of(world.last_year)
    number, quality = len(quarters), world.quality
    return {
        "E.A.3": Trajectory(quarters, in_steps(world, np.full(len(quality), 0.039), 0.042, number)),
        "E.A.S.2": Trajectory(quarters, in_steps(world, 0.47 + 0.06 * quality, 0.5, number)),
        "E.H.1_A1": Trajectory(quarters, in_steps(world, 0.75 + 0.1 * quality, 0.8, number)),
        "E.H.2_A2": Trajectory(
            quarters, in_steps(world, np.full(len(quality), 0.95), 0.95, number)
        ),
    }


def _timing(rng: np.random.Generator, ccgs: int, *, ccg: Array, way: Array, alone: Array) -> Array:
    """Six draws for each row: when in its month it is received, and how it goes on.

    Large rows are received in the middle of their month, and those of a CCG and way go on alike:
    else the few rows of a month would come together or stay away by chance.
    """
    own = rng.random((6, len(ccg)))
    alike = rng.random((6, ccgs))[:, ccg] + evenly(way)
    alike = alike - np.floor(alike)
    alike[0] = 0.4 + 0.2 * alike[0]
    return np.where(alone, own, alike)


def _referrals(world: World, months: list[Period], rng: np.random.Generator) -> Array:
    """Mean referrals of each way, by CCG and month."""
    years = (np.arange(len(months)) - len(months) + 1) / 12
    volume = calendar_of(months).volume() * season(months, BUSY) * (1 + GROWTH_IN_A_YEAR * years)
    referred = REFERRALS_IN_MONTH * world.sizes(months) * volume[None, :]
    referred = referred * (1 + MONTHLY_NOISE * normal(rng.random(referred.shape)))
    waiting = world.standing("iapt waits", months)
    slow = season(months, SLOW)[None, :]
    late = (LATE_6 * powers(TIMES_6, -waiting) * slow).clip(0, 0.6)
    very_late = np.minimum(late / 2, LATE_18 * powers(TIMES_18, -waiting) * slow)
    recovery = RECOVERY + BETWEEN_CCGS * world.standing("iapt", [each.shift(3) for each in months])
    recovery = (recovery + NOISE * normal(rng.random(recovery.shape))).clip(0.2, 0.8)
    in_course = referred * TREATED_SHARE * COURSE_SHARE
    cases = in_course * (1 - NO_CASE_SHARE)
    no_case = in_course * NO_CASE_SHARE
    kinds = {
        "untreated": referred * (1 - TREATED_SHARE),
        "one": referred * TREATED_SHARE * (1 - COURSE_SHARE),
        "soon recovered": cases * (1 - late) * recovery,
        "soon not": cases * (1 - late) * (1 - recovery),
        "soon no case": no_case * (1 - late),
        "later recovered": cases * (late - very_late) * recovery,
        "later not": cases * (late - very_late) * (1 - recovery),
        "later no case": no_case * late,
        "last recovered": cases * very_late * recovery,
        "last not": cases * very_late * (1 - recovery),
    }
    return np.stack([kinds[each.kind] * each.share for each in WAYS], axis=-1)


def _appointments(
    rng: np.random.Generator,
    names: Array,
    *,
    sessions: Array,
    received: Array,
    wait: Array,
    gap: Array,
    first_gap: Array,
) -> pd.DataFrame:
    """Sessions, an assessment before some, some missed, reviews after some; in order of day."""
    of = np.repeat(np.arange(len(sessions)), sessions)
    number = np.arange(len(of)) - np.repeat(np.cumsum(sessions) - sessions, sessions)
    later = np.where(number > 0, first_gap[of] + (number - 1) * gap[of], 0)
    draws = rng.random(len(of))
    kinds = np.where(number == 0, np.where(draws < 0.6, "03", "02"), "02")
    kinds = np.where((number > 3) & (draws < 0.1), "05", kinds).astype(object)
    parts = [{"of": of, "day": received[of] + wait[of] + later, "type": kinds, "came": "1"}]
    more = rng.random((3, len(sessions)))
    assessed, missed = np.flatnonzero(more[0] < 0.1), np.flatnonzero(more[1] < 0.1)
    followed = np.flatnonzero((more[2] < 0.04) & (sessions >= 2))
    half = received + wait // 2
    last = received + wait + first_gap + np.maximum(sessions - 2, 0) * gap
    parts += [
        {"of": assessed, "day": half[assessed], "type": "01", "came": "1"},
        {"of": missed, "day": half[missed], "type": "02", "came": "0"},
        {"of": followed, "day": last[followed] + 28, "type": "06", "came": "1"},
    ]
    table = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    table = table.iloc[np.argsort(table["day"].to_numpy(), kind="stable")]
    return pd.DataFrame(
        {
            "referral_id": names[table["of"].to_numpy()],
            "day": table["day"].to_numpy(),
            "appointment_type": table["type"].to_numpy(),
            "attended": table["came"].to_numpy(),
        }
    )


def _scores(
    rng: np.random.Generator, outcome: Array, scored: Array, alike: Array
) -> dict[str, Array]:
    """First and last scores of those treated: most are cases, about half recover."""
    draws = rng.random((9, len(outcome)))
    measures = np.full(len(outcome), "gad7", dtype=object)
    cut_off, most = np.full(len(outcome), GAD7_CUT_OFF), np.full(len(outcome), GAD7_MOST)
    for place, (name, (case, highest)) in enumerate(SPECIFIC_MEASURES.items()):
        low = place * SPECIFIC_SHARE
        chosen = (draws[0] >= low) & (draws[0] < low + SPECIFIC_SHARE)
        measures[chosen], cut_off[chosen], most[chosen] = name, case, highest
    is_case, recovers = outcome != "no case", outcome != "not recovered"
    # Of the cases, one in ten each by depression or anxiety alone.
    low_depression = draws[3] < 0.1
    low_anxiety = (draws[3] >= 0.1) & (draws[3] < 0.2)
    values = {
        "first_phq9": _score(draws[4], is_case & ~low_depression, PHQ9_CUT_OFF, PHQ9_MOST),
        "last_phq9": _score(draws[5], ~recovers, PHQ9_CUT_OFF, PHQ9_MOST),
        "first_anxiety": _score(draws[6], is_case & ~low_anxiety, cut_off, most),
        "last_anxiety": _score(draws[7], ~recovers & (draws[8] < 0.8), cut_off, most),
    }
    # Only few referrals at a time lack a score.
    lacking = (rng.random((len(values), len(outcome))) < SCORE_MISSING_SHARE) & (alike < 5)
    scores = {
        name: only_where(scored & ~lacking[place], value.astype(str).astype(object))
        for place, (name, value) in enumerate(values.items())
    }
    return scores | {"anxiety_measure": only_where(scored, measures)}


def _score(draws: Array, is_high: Array, cut_off: Array | int, most: Array | int) -> Array:
    """A score from the cut-off up where high, else below it; lower ones are more frequent."""
    high = cut_off + np.floor(draws * np.sqrt(draws) * (most - cut_off + 1)).astype(int)
    score: Array = np.where(is_high, high, np.floor(draws * cut_off).astype(int))
    return score


def _prevalence(world: World) -> pd.DataFrame:
    """People with depression or anxiety disorders, by the places that enter treatment."""
    standing = world.standing("iapt access", world.months[:1])[:, 0]
    access = (ACCESS + BETWEEN_ACCESS * standing).clip(0.12)
    people = REFERRALS_IN_MONTH * 12 * world.sizes(world.months)[:, 0] * TREATED_SHARE / access
    years = sorted({month.financial_year for month in world.months})
    return pd.DataFrame(
        [
            (code, str(year), f"{number * (1 + PREVALENCE_GROWTH * step):.1f}")
            for code, number in zip(world.ccgs, people, strict=True)
            for step, year in enumerate(years)
        ],
        columns=["ccg_code", "financial_year", "prevalence"],
        dtype=object,
    )


def _spoiled_referrals(
    table: pd.DataFrame, rng: np.random.Generator, *, wanted: int, first: date, among: Array
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
        among=among,
    )


def _spoiled_appointments(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int, among: Array
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
        among=among,
    )
