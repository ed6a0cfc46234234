"""Synthetic hospital activity: spells, outpatients and A&E, growing, with a winter and faults.

A row of each table stands for `count` equal records of one commissioner and month, so that the
figures have the size of real ones and the files do not; in the last month, where records are
wanted, for one record.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhsind.synthetic.days import EMERGENCIES, OFFICE_HOURS, calendar_of, season
from nhsind.synthetic.draws import Array, normal, one_of, place_of, spread_out, whole
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import day_text, identifiers, only_where

# Of an average CCG in a month.
ELECTIVE_IN_MONTH, NON_ELECTIVE_IN_MONTH = 3_500, 2_500
FIRST_IN_MONTH, FOLLOW_UPS_IN_MONTH, AE_IN_MONTH = 8_300, 17_500, 8_900
GROWTH_IN_A_YEAR = 0.02
# How much more each month of winter brings where winter does, January first.
WINTER = (0.06, 0.04, 0.02, -0.02, -0.03, -0.03, -0.02, -0.06, -0.02, 0.0, 0.02, 0.04)
# Between commissioners of a size, and from month to month: one standard deviation.
BETWEEN_CCGS, MONTHLY_NOISE = 0.12, 0.02
SHARES_OF_PROVIDERS = (66, 22, 12)
RECORDED_MONTHS = 1
FAULTS_OF_A_KIND = 5

# Each kind of spell: admission method, classification, intended management, how many in a month,
# shortest and longest stay in days, whether a winter brings more (1) or fewer (-1), its treatment
# functions, its purchaser. The large kinds stand on several rows, so that no row is most of a
# figure.
SPELLS = (
    *[("12", "2", "2", 0.20 * ELECTIVE_IN_MONTH, 0, 0, -1, "surgery", "CCG")] * 2,
    ("11", "2", "2", 0.22 * ELECTIVE_IN_MONTH, 0, 1, -1, "surgery", "CCG"),
    ("11", "1", "1", 0.10 * ELECTIVE_IN_MONTH, 1, 2, -1, "surgery", "CCG"),
    ("11", "1", "1", 0.07 * ELECTIVE_IN_MONTH, 4, 6, -1, "surgery", "CCG"),
    ("13", "3", "2", 0.16 * ELECTIVE_IN_MONTH, 0, 0, 0, "medicine", "CCG"),
    ("11", "2", "2", 0.03 * ELECTIVE_IN_MONTH, 0, 0, 0, "other", "CCG"),
    ("11", "1", "1", 0.02 * ELECTIVE_IN_MONTH, 2, 6, 0, "surgery", "NHSE"),
    ("21", "1", "8", 0.40 * NON_ELECTIVE_IN_MONTH, 0, 1, 1, "medicine", "CCG"),
    ("21", "1", "8", 0.18 * NON_ELECTIVE_IN_MONTH, 2, 4, 1, "medicine", "CCG"),
    ("21", "1", "8", 0.12 * NON_ELECTIVE_IN_MONTH, 7, 10, 1, "medicine", "CCG"),
    ("28", "1", "8", 0.12 * NON_ELECTIVE_IN_MONTH, 1, 3, 1, "surgery", "CCG"),
    ("28", "1", "8", 0.04 * NON_ELECTIVE_IN_MONTH, 18, 26, 1, "medicine", "CCG"),
    ("31", "1", "8", 0.08 * NON_ELECTIVE_IN_MONTH, 1, 3, 0, "maternity", "CCG"),
    ("81", "1", "8", 0.02 * NON_ELECTIVE_IN_MONTH, 6, 14, 0, "medicine", "CCG"),
    ("21", "1", "8", 0.03 * NON_ELECTIVE_IN_MONTH, 3, 30, 0, "other", "CCG"),
)
SURGERY = "100 101 110 120 130 140 150 160 170 502".split()
MEDICINE = "300 301 320 330 340 370 400 410 420 430".split()
# What is not counted: therapies, mental health, well babies.
OTHER_FUNCTIONS = "650 711 424".split()
FUNCTIONS = {
    "surgery": SURGERY,
    "medicine": MEDICINE,
    "acute": [*SURGERY, *MEDICINE],
    "maternity": ["501"],
    "other": OTHER_FUNCTIONS,
}
NOT_CONSULTANTS = "560 950 960".split()

# Each kind of appointment: first attendance, attendance status, how many in a month, its treatment
# functions, who leads it.
APPOINTMENTS = (
    *[("1", "5", 0.20 * FIRST_IN_MONTH, "acute", "consultant")] * 4,
    ("3", "5", 0.05 * FIRST_IN_MONTH, "acute", "consultant"),
    ("1", "6", 0.09 * FIRST_IN_MONTH, "acute", "consultant"),
    ("1", "3", 0.08 * FIRST_IN_MONTH, "acute", "consultant"),
    ("1", "5", 0.06 * FIRST_IN_MONTH, "other", "consultant"),
    *[("2", "5", 0.20 * FOLLOW_UPS_IN_MONTH, "acute", "consultant")] * 4,
    ("4", "5", 0.08 * FOLLOW_UPS_IN_MONTH, "acute", "consultant"),
    ("2", "5", 0.07 * FOLLOW_UPS_IN_MONTH, "acute", "nurse"),
    ("2", "4", 0.06 * FOLLOW_UPS_IN_MONTH, "acute", "consultant"),
    ("5", "5", 0.01 * FOLLOW_UPS_IN_MONTH, "acute", "consultant"),
)
# Each category of A&E attendance, and how many in a month.
CATEGORIES = (
    ("1", 0.93 * AE_IN_MONTH),
    ("2", 0.015 * AE_IN_MONTH),
    ("3", 0.05 * AE_IN_MONTH),
    ("9", 0.004 * AE_IN_MONTH),
    (None, 0.001 * AE_IN_MONTH),
)


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `spells`, `outpatients` and `ae_attendances`."""
    rng = world.random("sus")
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    spells, outpatients = _spells(world, rng), _outpatients(world, rng)
    ae_attendances = _ae_attendances(world, rng)
    return {
        "spells": spoil(
            spells,
            rng,
            wanted,
            set_to("admission_date", None),
            set_to("admission_method", None),
            set_to("discharge_treatment_function_code", None),
            set_to("ccg_code", None),
            _discharge_before_admission,
            repeated(),
            repeated(admission_method="22"),
            among=spells["spell_id"].notna(),
        ),
        "outpatients": spoil(
            outpatients,
            rng,
            wanted,
            set_to("appointment_date", None),
            set_to("first_attendance", None),
            set_to("attendance_status", None),
            set_to("treatment_function_code", None),
            set_to("treatment_function_code", "ZZZ"),
            set_to("main_specialty_code", None),
            repeated(attendance_status="7"),
            among=outpatients["attendance_id"].notna(),
        ),
        "ae_attendances": spoil(
            ae_attendances,
            rng,
            wanted,
            set_to("arrival_date", None),
            repeated(),
            among=ae_attendances["attendance_id"].notna(),
        ),
    }


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's planned activity for the last year: the usual of its size."""
    usual = {
        "E.M.8": FIRST_IN_MONTH * 0.94,
        "E.M.9": FOLLOW_UPS_IN_MONTH * 0.88,
        "E.M.10": ELECTIVE_IN_MONTH * 0.79,
        "E.M.11": NON_ELECTIVE_IN_MONTH * 0.88,
        "E.M.12": AE_IN_MONTH * 0.985,
        "E.J.3": 9_300,
    }
    size = world.sizes(world.last_year)
    # Emergencies come every day, the rest on working days.
    volume = {
        line: calendar_of(
            world.last_year, EMERGENCIES if line in ("E.M.11", "E.M.12") else OFFICE_HOURS
        ).volume()
        for line in usual
    }
    return {
        line: Trajectory(world.last_year, number * size * volume[line][None, :], 0)
        for line, number in usual.items()
    }


def _spells(world: World, rng: np.random.Generator) -> pd.DataFrame:
    names = "method classified intended number shortest longest winter functions purchaser"
    cells = _cells(world, pd.DataFrame(SPELLS, columns=names.split()), rng, EMERGENCIES)
    draws = rng.random((3, len(cells)))
    longest = (cells["longest"] - cells["shortest"] + 1).to_numpy()
    stay = cells["shortest"].to_numpy() + np.floor(longest * draws[0]).astype(int)
    discharged = cells["day"].to_numpy()
    admitted = discharged - stay.astype("timedelta64[D]")
    # A few patients are still in hospital when the data end.
    late = np.floor(draws[2] * 1.2).astype("timedelta64[D]")
    is_out = discharged < np.datetime64(world.months[-1].end) - late
    functions = _functions(cells, draws[1])
    return pd.DataFrame(
        {
            "spell_id": identifiers("S", cells["is_single"]),
            "ccg_code": cells["ccg_code"],
            "provider_code": cells["provider_code"],
            "responsible_purchaser_type": cells["purchaser"],
            "admission_date": day_text(admitted),
            "discharge_date": only_where(is_out, day_text(discharged)),
            "admission_method": cells["method"],
            "patient_classification": cells["classified"],
            "intended_management": cells["intended"],
            "discharge_treatment_function_code": only_where(is_out, functions),
            "count": cells["count"],
        }
    )


def _outpatients(world: World, rng: np.random.Generator) -> pd.DataFrame:
    names = "first status number functions led"
    kinds = pd.DataFrame(APPOINTMENTS, columns=names.split()).assign(winter=0)
    cells = _cells(world, kinds, rng, OFFICE_HOURS)
    draws = rng.random(len(cells))
    function = _functions(cells, draws)
    specialty = np.where(cells["led"] == "nurse", one_of(NOT_CONSULTANTS, draws), function)
    return pd.DataFrame(
        {
            "attendance_id": identifiers("O", cells["is_single"]),
            "ccg_code": cells["ccg_code"],
            "provider_code": cells["provider_code"],
            "appointment_date": day_text(cells["day"]),
            "first_attendance": cells["first"],
            "attendance_status": cells["status"],
            "main_specialty_code": specialty,
            "treatment_function_code": function,
            "count": cells["count"],
        }
    )


def _ae_attendances(world: World, rng: np.random.Generator) -> pd.DataFrame:
    kinds = pd.DataFrame(CATEGORIES, columns=["category", "number"]).assign(winter=-1)
    cells = _cells(world, kinds, rng, EMERGENCIES)
    return pd.DataFrame(
        {
            "attendance_id": identifiers("E", cells["is_single"]),
            "ccg_code": cells["ccg_code"],
            "provider_code": cells["provider_code"],
            "arrival_date": day_text(cells["day"]),
            "attendance_category": cells["category"],
            "count": cells["count"],
        }
    )


def _cells(
    world: World, kinds: pd.DataFrame, rng: np.random.Generator, weights: tuple[int, ...]
) -> pd.DataFrame:
    """The rows of each commissioner, month, lot and kind: a day, a provider and how many records.

    `weights`: how much happens on each weekday. A scale above 1 splits each month into more lots;
    below 1 a month is one lot.
    """
    shape = (len(world.ccgs), len(world.months), world.lots, len(kinds))
    calendar = calendar_of(world.months, weights)
    years = (np.arange(shape[1]) - shape[1] + 1) / 12
    volume = calendar.volume() * (1 + GROWTH_IN_A_YEAR * years)
    mean = world.sizes(world.months) * volume[None, :]
    mean = mean * (1 + MONTHLY_NOISE * normal(rng.random(mean.shape)))
    habit = 1 + BETWEEN_CCGS * normal(rng.random((len(world.ccgs), 1, len(kinds))))
    winter = season(world.months, WINTER)[:, None] * kinds["winter"].to_numpy()[None, :]
    mean = mean[:, :, None] * kinds["number"].to_numpy() * habit * (1 + winter)[None]
    count = whole(rng, np.repeat(mean[:, :, None, :], world.lots, axis=2) / world.lots).ravel()
    ccg, month, _, kind = np.unravel_index(np.arange(count.size), shape)
    most = world.most_in_a_row(ccg, month, RECORDED_MONTHS)
    cell, alike = spread_out(count, most)
    draws = rng.random((2, len(cell)))
    day = calendar.pick(month[cell], draws[0])
    return (
        kinds.iloc[kind[cell]]
        .reset_index(drop=True)
        .assign(
            ccg_code=np.array(world.ccgs, dtype=object)[ccg[cell]],
            day=day,
            provider_code=world.provider(ccg[cell], place_of(SHARES_OF_PROVIDERS, draws[1]), day),
            count=alike,
            is_single=most[cell] == 1,
        )
    )


def _functions(cells: pd.DataFrame, draws: Array) -> Array:
    """A treatment function of each row's group."""
    chosen = np.full(len(cells), None, dtype=object)
    for group, codes in FUNCTIONS.items():
        mine = (cells["functions"] == group).to_numpy()
        chosen[mine] = one_of(codes, draws[mine])
    return chosen


def _discharge_before_admission(table: pd.DataFrame, rows: Array) -> pd.DataFrame:
    admitted = table.loc[rows, "admission_date"].to_numpy().astype("datetime64[D]")
    table.loc[rows, "discharge_date"] = day_text(admitted - np.timedelta64(2, "D"))
    return table.iloc[:0]
