"""Synthetic contacts of children and young people, estimates of need, eating disorder referrals.

A row of `people` stands for those of one commissioner and month who are seen as often, with the
contacts of one of them; where records are wanted, for one person. Each has an identifier, by which
the contacts are found.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.synthetic.days import calendar_of, season, to_working_day
from nhsind.synthetic.draws import (
    counts,
    exponential,
    normal,
    one_of,
    spread_out,
)
from nhsind.synthetic.spoiling import day_after, repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory, in_steps, quarters_of
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers, numbered, only_where

# People of an average CCG whose referral begins in a month.
PEOPLE_IN_MONTH = 250
# People begin from this long before the first month, so that courses that run on are there too.
MONTHS_BEFORE_FIRST = 7
# Growth in a year of a median commissioner, and one standard deviation; 7% is asked for.
GROWTH, BETWEEN_GROWTH = 0.09, 0.09
# Schools refer less in August and around Christmas.
SCHOOL_YEAR = (1.02, 1.08, 1.1, 1.0, 1.08, 1.06, 0.98, 0.78, 0.95, 1.05, 1.08, 0.82)
MONTHLY_NOISE = 0.03
# How many contacts people have, and how many in a hundred of a median commissioner have so many.
CONTACTS = ((1, 33), (2, 23), (3, 16), (4, 13), (7, 15))
MEAN_DAYS_BETWEEN = 24
AGES = (4.0, 18.3)
# Of all contacts: indirect, missed, written.
INDIRECT, MISSED, WRITTEN = 0.12, 0.08, 0.04
MEDIA = ("01", "01", "01", "01", "01", "01", "02", "02", "03", "98")
# Those treated in 2016/17 were about this share of those in need, and one standard deviation.
ACCESS, BETWEEN_ACCESS = 0.265, 0.025
AGAIN = 0.08
# Eating disorder referrals of an average CCG in a month, at scale 1.
EATING_DISORDERS_IN_MONTH = 3.4
ED_WARM_UP_DAYS = 200
URGENT, EMERGENCY = 0.25, 0.03
# Started in time, of a median commissioner in the last month, one standard deviation, and what a
# year brings (eating disorder waits, England, quarter 4 of 2017-18: 80% routine, 79% urgent).
IN_TIME, BETWEEN_IN_TIME, GAIN_IN_A_YEAR = 0.82, 0.10, 0.06
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `people`, `contacts`, `estimates` and `eating_disorders`."""
    rng = world.random("cyp")
    people, contacts = _treatment(world, rng)
    estimates = _estimates(world, people, contacts)
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    alone = (people["count"] == 1).to_numpy()
    of_single = contacts["person_id"].isin(people.loc[alone, "person_id"]).to_numpy()
    return {
        "people": spoil(
            people,
            rng,
            wanted,
            set_to("date_of_birth", None),
            set_to("ccg_code", None),
            repeated(),
            repeated(date_of_birth="2006-01-01"),
            among=alone,
        ),
        "contacts": spoil(
            contacts,
            rng,
            wanted,
            set_to("contact_date", None),
            set_to("contact_type", None),
            set_to("medium", None),
            set_to("attended", None),
            set_to("referral_id", None),
            repeated(),
            among=of_single,
        ),
        "estimates": estimates,
        "eating_disorders": _eating_disorders(world, rng, wanted),
    }


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own quarterly trajectories."""
    quarters = quarters_of(world.last_year)
    number = len(quarters)
    routine = 0.75 + 0.15 * world.quality
    treated = np.full(len(world.ccgs), 0.075)
    return {
        "E.H.9": Trajectory(quarters, in_steps(world, treated, 0.075, number)),
        "E.H.10": Trajectory(quarters, in_steps(world, routine, routine + 0.03, number)),
        "E.H.11": Trajectory(quarters, in_steps(world, routine - 0.1, routine - 0.07, number)),
    }


def _treatment(world: World, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People, each with one referral of one to seven contacts, some with a second referral."""
    months = world.months_from(MONTHS_BEFORE_FIRST)
    years = (np.arange(len(months)) - len(months) + 1) / 12
    volume = calendar_of(months).volume() * season(months, SCHOOL_YEAR)
    growth = GROWTH + BETWEEN_GROWTH * world.standing("cyp", months[:1])
    begun = PEOPLE_IN_MONTH * world.sizes(months) * volume[None, :] * (1 + growth * years[None, :])
    begun = begun * (1 + MONTHLY_NOISE * normal(rng.random(begun.shape)))
    hundredths = np.array([share for _, share in CONTACTS])
    mean = begun[:, :, None, None] * hundredths[:, None] / 100 / world.lots
    count = counts(rng, np.repeat(mean, world.lots, axis=-1))
    ccg, month, often, _ = np.unravel_index(np.arange(count.size), count.shape)
    cell, alike = spread_out(count.ravel(), world.most_in_a_row(ccg, month, len(months)))
    ccg, month, often = ccg[cell], month[cell], often[cell]
    total = len(cell)
    draws = rng.random((4, total))
    start = calendar_of(months).pick(month, draws[0])
    age = AGES[0] + (AGES[1] - AGES[0]) * np.sqrt(draws[1])
    people = pd.DataFrame(
        {
            "person_id": numbered("Y", total, 5),
            "date_of_birth": day_text(start - np.floor(age * 365.25).astype(int)),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "count": alike,
        },
    )
    again = np.flatnonzero(draws[2] < AGAIN)
    person = np.concatenate([np.arange(total), again])
    starts = np.concatenate(
        [start, start[again] + 90 + np.floor(250 * draws[3, again]).astype(int)]
    )
    usual = np.array([number for number, _ in CONTACTS])[often]
    number = np.concatenate([usual, np.full(len(again), 2)])
    row = np.repeat(np.arange(len(person)), number)
    of_referral = np.concatenate([[0], np.cumsum(number)[:-1]])
    step = np.arange(len(row)) - of_referral[row]
    more = rng.random((5, len(row)))
    gaps = 1 + np.floor(exponential(more[0]) * MEAN_DAYS_BETWEEN).astype(int)
    since = np.cumsum(np.where(step == 0, 0, gaps))
    day = to_working_day(starts[row] + since - since[of_referral[row]])
    # A large row's contacts are those that count, so that chance spares none of its people.
    alone = (alike == 1)[person[row]]
    indirect = more[1] < INDIRECT
    written = (more[3] < WRITTEN) & alone
    medium = np.where(written, one_of(("05", "06"), more[2]), one_of(MEDIA, more[2]))
    missed = (more[4] < MISSED) & alone
    kept = (day <= np.datetime64(world.months[-1].end)).nonzero()[0]
    kept = kept[np.argsort(day[kept], kind="stable")]
    contacts = pd.DataFrame(
        {
            "person_id": people["person_id"].to_numpy()[person[row[kept]]],
            "referral_id": numbered("F", len(person), 5)[row[kept]],
            "contact_id": identifiers("K", alone[kept], 5),
            "contact_date": day_text(day[kept]),
            "contact_type": np.where(indirect, "indirect", "direct")[kept],
            "medium": only_where(~indirect, medium)[kept],
            "attended": only_where(~indirect, np.where(missed, "no", "yes"))[kept],
            # With `count`, a contact needs no identifier.
            "count": 1,
        },
    )
    return people, contacts


def _estimates(world: World, people: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Need and baseline of each CCG, made from roughly how many it treated in 2016/17."""
    years = sorted({month.financial_year for month in world.months})
    # Children seen on two or more days of 2016/17, or of the first year there is.
    first_year = years[0]
    in_year = contacts["contact_date"].between(str(first_year.start), str(first_year.end))
    times = contacts[in_year].groupby("person_id").size()
    seen = people[people["person_id"].isin(times[times >= 2].index)]
    treated = seen.groupby("ccg_code")["count"].sum().reindex(world.ccgs, fill_value=0)
    # About this share of them also pass the finer rules.
    baseline = np.rint(treated.to_numpy() * 0.95).astype(int)
    access = ACCESS + BETWEEN_ACCESS * world.standing("cyp access", world.months[:1])[:, 0]
    need = np.rint(np.maximum(baseline, 1) / access).astype(int)
    rows = [
        (code, _name(year), need[at] + need[at] // 200 * step, baseline[at])
        for at, code in enumerate(world.ccgs)
        for step, year in enumerate(years)
    ]
    columns = ["ccg_code", "financial_year", "diagnosable_cyp", "baseline_2a"]
    table = pd.DataFrame(rows, columns=columns).astype(object)
    if len(world.ccgs) > 20:
        table.loc[table.index[-1], "diagnosable_cyp"] = None
    return table


def _name(year: Period) -> str:
    return f"{year.start.year}-{year.end.year % 100:02d}"


def _eating_disorders(world: World, rng: np.random.Generator, wanted: int) -> pd.DataFrame:
    first = world.months[0].start - timedelta(days=ED_WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    number = counts(rng, world.size * EATING_DISORDERS_IN_MONTH * world.scale * days / 30.4)
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, number))
    total = len(ccg)
    draws = rng.random((5, total))
    received = np.floor(draws[0] * days).astype(int)
    urgent = draws[1] < URGENT + EMERGENCY
    limit = np.where(urgent, 7, 28)
    standing = world.standing("eating disorders", world.months)[:, -1]
    share = IN_TIME + BETWEEN_IN_TIME * standing[ccg] - GAIN_IN_A_YEAR * (days - received) / 365.25
    share = share - np.where(urgent, 0.05, 0.0)
    late = limit + 1 + np.floor(exponential(draws[3]) * limit).astype(int)
    wait = np.where(draws[2] < share, np.floor(draws[3] * (limit + 1)).astype(int), late)
    treated = received + wait
    origin = np.datetime64(first)
    ages = np.floor(10 + 9.4 * np.sqrt(draws[4])).astype(int)
    table = pd.DataFrame(
        {
            "referral_id": numbered("D", total, 6),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "priority": np.where(
                draws[1] < EMERGENCY, "emergency", np.where(urgent, "urgent", "routine")
            ),
            "age_at_referral": ages.astype(str),
            "referral_received_date": day_text(origin + received),
            "treatment_start_date": only_where(treated < days, day_text(origin + treated)),
        },
        dtype=object,
    )
    # Only what was waiting when the first month began, or came later, is in the records.
    shown = origin + treated >= np.datetime64(world.months[0].start)
    in_order = np.argsort(received, kind="stable")
    table = table.iloc[in_order][shown[in_order]].reset_index(drop=True)
    return spoil(
        table,
        rng,
        wanted,
        day_after("referral_received_date", "treatment_start_date"),
        set_to("referral_received_date", None),
        set_to("priority", None),
        set_to("age_at_referral", None),
        set_to("referral_id", None),
        repeated(priority="urgent"),
    )
