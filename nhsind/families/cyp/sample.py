"""Synthetic contacts of children and young people, estimates of need, eating disorder referrals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, only_where

# People of an average CCG whose referral begins in a month, at scale 1.
PEOPLE_IN_MONTH = 5
# People begin from this long before the first month, so that courses that run on are there too.
WARM_UP_DAYS = 200
# Growth in a year, roughly, of the weakest and the strongest commissioner; 7% is asked for.
LEAST_GROWTH, MOST_GROWTH = 0.02, 0.34
# Schools refer less in August and around Christmas.
SCHOOL_YEAR = 0.15
MOST_CONTACTS = 5
MEAN_DAYS_BETWEEN = 24
AGES = (4.0, 18.6)
# Of all contacts: indirect, missed, written.
INDIRECT, MISSED, WRITTEN = 0.12, 0.1, 0.04
MEDIA = np.array(["01", "01", "01", "01", "01", "01", "02", "02", "03", "98"], dtype=object)
# Those treated in 2016/17 were about this share of those in need (national trajectory: 28%).
LOWEST_ACCESS, HIGHEST_ACCESS = 0.24, 0.33
# Eating disorder referrals of an average CCG in a month, at scale 1.
EATING_DISORDERS_IN_MONTH = 3.0
URGENT, EMERGENCY = 0.25, 0.03
# Of each kind of faulty record, at scale 1.
FAULTS_OF_A_KIND = 6


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `people`, `contacts`, `estimates` and `eating_disorders`."""
    rng = world.random("cyp")
    people, contacts = _treatment(world, rng)
    estimates = _estimates(world, people, contacts)
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    return {
        "people": spoil(
            people,
            rng,
            wanted,
            set_to("date_of_birth", None),
            set_to("ccg_code", None),
            repeated(),
            repeated(date_of_birth="2006-01-01"),
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
        ),
        "estimates": estimates,
        "eating_disorders": _eating_disorders(world, rng, wanted),
    }


def make_plans(world: World) -> pd.DataFrame:
    """Each CCG's own quarterly trajectories."""
    quarters = sorted({month.quarter for month in world.months[-12:]})
    rows = []
    for code, quality in zip(world.ccgs, world.quality, strict=True):
        for step, quarter in enumerate(quarters):
            routine = 0.75 + 0.15 * float(quality) + 0.01 * step
            rows.append(("E.H.9", code, str(quarter), 0.075))
            rows.append(("E.H.10", code, str(quarter), round(routine, 4)))
            rows.append(("E.H.11", code, str(quarter), round(routine - 0.1, 4)))
    return pd.DataFrame(rows, columns=["indicator", "org_code", "period", "plan"])


def _treatment(world: World, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People, each with one referral of one to five contacts, some with a second referral."""
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    wanted = world.size * PEOPLE_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(2, np.rint(wanted).astype(int)))
    total = len(ccg)
    draws = rng.random((total, 5))
    growth = LEAST_GROWTH + (MOST_GROWTH - LEAST_GROWTH) * world.quality[ccg]
    # More begin later, by the growth of a year; fewer in the school holidays.
    begins = draws[:, 0] + 1.1 * growth * draws[:, 0] * (1 - draws[:, 0])
    since_april = first.timetuple().tm_yday / 365.25 - 0.25 + begins * days / 365.25
    begins = begins + SCHOOL_YEAR / 40 * np.sin(4 * np.pi * since_april)
    start = np.clip(np.floor(begins * days), 0, days - 1).astype(int)
    age = AGES[0] + (AGES[1] - AGES[0]) * np.sqrt(draws[:, 1])
    origin = np.datetime64(first)
    people = pd.DataFrame(
        {
            "person_id": [f"Y{number:07d}" for number in range(1, total + 1)],
            "date_of_birth": day_text(origin + start - np.floor(age * 365.25).astype(int)),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
        },
        dtype=object,
    )
    # Better commissioners keep more of those they see; one contact is no treatment.
    chance = 0.55 + 0.2 * world.quality[ccg]
    how_many = 1 + np.floor(np.log1p(-draws[:, 2]) / np.log(chance)).astype(int)
    how_many = np.clip(how_many, 1, MOST_CONTACTS)
    again = np.flatnonzero(draws[:, 3] < 0.08)
    person = np.concatenate([np.arange(total), again])
    starts = np.concatenate(
        [start, start[again] + 90 + np.floor(250 * draws[again, 4]).astype(int)]
    )
    number = np.concatenate([how_many, np.full(len(again), 2)])
    row = np.repeat(np.arange(len(person)), number)
    of_referral = np.concatenate([[0], np.cumsum(number)[:-1]])
    step = np.arange(len(row)) - of_referral[row]
    more = rng.random((len(row), 5))
    gaps = np.where(step == 0, 0, 1 + np.floor(-np.log1p(-more[:, 0]) * MEAN_DAYS_BETWEEN))
    since = np.cumsum(gaps)
    day = (starts[row] + since - since[of_referral[row]]).astype(int)
    indirect = more[:, 1] < INDIRECT
    medium = MEDIA[np.floor(more[:, 2] * len(MEDIA)).astype(int)]
    medium = np.where(more[:, 3] < WRITTEN, np.where(more[:, 2] < 0.5, "05", "06"), medium)
    contacts = pd.DataFrame(
        {
            "person_id": people["person_id"].to_numpy()[person[row]],
            "referral_id": np.char.add("F", np.char.zfill(row.astype(str), 6)).astype(object),
            "contact_id": np.char.add("K", np.char.zfill(np.arange(len(row)).astype(str), 7)),
            "contact_date": day_text(origin + day),
            "contact_type": np.where(indirect, "indirect", "direct"),
            "medium": only_where(~indirect, medium),
            "attended": only_where(~indirect, np.where(more[:, 4] < MISSED, "no", "yes")),
        },
        dtype=object,
    )
    contacts = contacts[day < days]
    in_order = np.argsort(day[day < days], kind="stable")
    return people, contacts.iloc[in_order].reset_index(drop=True)


def _estimates(world: World, people: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Need and baseline of each CCG, made from roughly how many it treated in 2016/17."""
    years = sorted({month.financial_year for month in world.months})
    # Children seen on two or more days of 2016/17, or of the first year there is.
    first_year = years[0]
    seen = contacts[
        contacts["contact_date"].between(str(first_year.start), str(first_year.end))
    ].merge(people[["person_id", "ccg_code"]], on="person_id")
    times = seen.groupby(["ccg_code", "person_id"]).size()
    treated = (times >= 2).groupby("ccg_code").sum().reindex(world.ccgs, fill_value=0)
    # About this share of them also pass the finer rules.
    baseline = np.rint(treated.to_numpy() * 0.93).astype(int)
    access = LOWEST_ACCESS + (HIGHEST_ACCESS - LOWEST_ACCESS) * world.quality
    need = np.rint(np.maximum(baseline, 1) / access).astype(int)
    rows = [
        (code, _name(year), need[at] + 5 * step, baseline[at])
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
    first = world.months[0].start - timedelta(days=WARM_UP_DAYS)
    days = (world.months[-1].end - first).days + 1
    number = world.size * EATING_DISORDERS_IN_MONTH * world.scale * days / 30.4
    ccg = np.repeat(np.arange(len(world.ccgs)), np.maximum(1, np.rint(number).astype(int)))
    total = len(ccg)
    draws = rng.random((total, 5))
    received = np.floor(draws[:, 0] * days).astype(int)
    urgent = draws[:, 1] < URGENT + EMERGENCY
    limit = np.where(urgent, 7, 28)
    share = 0.62 + 0.3 * world.quality[ccg] - 0.06 * (days - received) / 365.25
    share = share - np.where(urgent, 0.08, 0.0)
    late = limit + 1 + np.floor(-np.log1p(-draws[:, 3]) * limit).astype(int)
    wait = np.where(draws[:, 2] < share, np.floor(draws[:, 3] * (limit + 1)).astype(int), late)
    treated = received + wait
    origin = np.datetime64(first)
    ages = np.floor(10 + 9.4 * np.sqrt(draws[:, 4])).astype(int)
    table = pd.DataFrame(
        {
            "referral_id": [f"D{number:06d}" for number in range(1, total + 1)],
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "priority": np.where(
                draws[:, 1] < EMERGENCY, "emergency", np.where(urgent, "urgent", "routine")
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
        _treated_too_early,
        set_to("referral_received_date", None),
        set_to("priority", None),
        set_to("age_at_referral", None),
        set_to("referral_id", None),
        repeated(priority="urgent"),
    )


def _treated_too_early(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
    treated = table.loc[rows, "treatment_start_date"]
    rows = rows[treated.notna().to_numpy()]
    day_after = np.array(table.loc[rows, "treatment_start_date"], dtype="datetime64[D]") + 1
    table.loc[rows, "referral_received_date"] = day_text(day_after)
    return table.iloc[:0]
