"""Laws that the SUS activity figures obey for any set of spells and attendances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

FEW = ["2017-06", "2017-18-Q1"]
ALL = ["2017-04", "2017-05", "2017-06", "2017-18-Q1", "2017-18"]
# The first and last days of months, and those beside them.
DAYS = [date(2017, 3, 31), date(2017, 4, 1), date(2017, 5, 31), date(2017, 6, 1), date(2017, 6, 30)]
DAYS += [date(2017, 7, 1), date(2018, 3, 31), date(2018, 4, 1)]
CCGS = ("A", "A", "B", "NONC", None)
PURCHASERS = ["CCG", "CCG", "CCG", "NHSE", None]
FUNCTIONS = ["100", "300", "812", "501", "424", "711", "650", "199", "ABC", None]
ACUTE = {"100", "300", "812"}


class Spell(NamedTuple):
    spell_id: str
    ccg_code: str | None
    responsible_purchaser_type: str | None
    admission_date: date | None
    discharge_date: date | None
    admission_method: str | None
    patient_classification: str | None
    intended_management: str | None
    discharge_treatment_function_code: str | None
    count: int


class Appointment(NamedTuple):
    attendance_id: str
    ccg_code: str | None
    responsible_purchaser_type: str | None
    appointment_date: date | None
    first_attendance: str | None
    attendance_status: str | None
    main_specialty_code: str | None
    treatment_function_code: str | None
    count: int


class Arrival(NamedTuple):
    attendance_id: str
    ccg_code: str | None
    responsible_purchaser_type: str | None
    arrival_date: date | None
    attendance_category: str | None
    count: int


Records = tuple[list[Spell], list[Appointment], list[Arrival]]
Place = st.SearchStrategy[tuple[str | None, str | None]]
COUNT = st.sampled_from([1, 1, 2, 30])
DAY = st.sampled_from([*DAYS, None])


@st.composite
def spell(draw: st.DrawFn, identifier: str, place: Place) -> Spell:
    discharged = draw(DAY)
    nights = draw(st.sampled_from([0, 0, 1, 1, 2, 400, -1, None]))
    admitted = None
    if nights is not None:
        admitted = (discharged or date(2017, 6, 1)) - timedelta(days=nights)
    return Spell(
        identifier,
        *draw(place),
        admitted,
        discharged,
        draw(st.sampled_from(["11", "12", "13", "13", "21", "2A", "31", "81", "99", None])),
        draw(st.sampled_from(["1", "2", "3", "4", "8", None])),
        draw(st.sampled_from(["1", "2", "3", None])),
        draw(st.sampled_from([*["100"] * 8, *FUNCTIONS])),
        draw(COUNT),
    )


@st.composite
def records(draw: st.DrawFn, codes: Codes, name: str = "r") -> Records:
    place = st.tuples(st.sampled_from(codes), st.sampled_from(PURCHASERS))
    spells = [draw(spell(f"{name}s{number}", place)) for number in range(draw(st.integers(10, 40)))]
    spells += draw(st.lists(st.sampled_from(spells), max_size=2))
    appointments = [
        Appointment(
            f"{name}o{number}",
            *draw(place),
            draw(DAY),
            draw(st.sampled_from(["1", "2", "3", "4", "5", None])),
            draw(st.sampled_from(["5", "5", "6", "7", "2", None])),
            draw(st.sampled_from(["100", "560", "950", "960", "900", None])),
            draw(st.sampled_from(["100", *FUNCTIONS])),
            draw(COUNT),
        )
        for number in range(draw(st.integers(5, 25)))
    ]
    arrivals = [
        Arrival(
            f"{name}e{number}",
            *draw(place),
            draw(DAY),
            draw(st.sampled_from(["1", "2", "3", "9", None])),
            draw(COUNT),
        )
        for number in range(draw(st.integers(3, 12)))
    ]
    return spells, appointments, arrivals


def frames(rows: Records) -> dict[str, pd.DataFrame]:
    named = zip(("spells", "outpatients", "ae_attendances"), rows, strict=True)
    return {name: table_of(type(part[0]), part) for name, part in named}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    """Where nobody names a purchaser all count, so that a stranger who does would change that."""
    purchasers_known = records(codes, name).filter(lambda rows: all(named(part) for part in rows))
    return purchasers_known.map(frames)


SUS = Family(
    "sus",
    tables,
    FEW,
    examples=2,
    made_of={"2017-18-Q1": ["2017-04", "2017-05", "2017-06"]},
    counted={
        "spells": "spell_id",
        "outpatients": "attendance_id",
        "ae_attendances": "attendance_id",
    },
)
TestCommonLaws = common_laws(SUS)


@lawful(6)
@given(records(CCGS))
def test_a_plain_loop_gives_the_same_figures(rows: Records) -> None:
    found = figures_of(derive("sus", frames(rows), ALL))
    expected = looped(rows)
    for key, (figure, _) in found.items():
        assert figure == expected[key], key


# The same definitions written once more, without a data frame. --------------------------------


def kind_of(row: Spell) -> str:
    """Der_Management_Type by the table of the field dictionary, step by step."""
    method = (row.admission_method or " ")[0]
    nights = (row.discharge_date - row.admission_date).days  # type: ignore[operator]
    if method == "2":
        return "EM"
    if method in "38":
        return "NE"
    if method != "1" or row.patient_classification is None:
        return "UNK"
    if row.patient_classification == "3":
        return "EL" if nights else "RDA"
    if row.patient_classification == "4":
        return {0: "RDA", 1: "RNA"}.get(nights, "EL")
    if row.intended_management == "1":
        return "EL"
    if row.intended_management == "2":
        return "EL" if nights else "DC"
    return {"1": "EL", "2": "UNK" if nights else "DC"}.get(row.patient_classification, "UNK")


def looped(rows: Records) -> Counter[tuple[str, str, str]]:
    """The figure by line, commissioner and period."""
    found: Counter[tuple[str, str, str]] = Counter()

    def add(line: str, row: Spell | Appointment | Arrival, day: date, number: int) -> None:
        for text in ALL:
            if row.ccg_code and parse_period(text).contains(day):
                found[line, row.ccg_code, text] += number

    spells, appointments, arrivals = (
        # Where nobody names a purchaser, all count.
        [r for r in dict.fromkeys(part) if r.responsible_purchaser_type == "CCG" or not named(part)]
        for part in rows
    )
    for row in spells:
        if not row.discharge_date or not row.admission_date:
            continue
        if row.discharge_date < row.admission_date:
            continue
        kind = kind_of(row)
        if row.discharge_treatment_function_code not in ACUTE:
            continue
        if kind in ("DC", "EL"):
            add("E.M.10", row, row.discharge_date, row.count)
        if kind in ("EM", "NE"):
            add("E.M.11", row, row.discharge_date, row.count)
        if kind in ("DC", "EL", "EM", "NE"):
            nights = (row.discharge_date - row.admission_date).days
            add("E.J.3", row, row.discharge_date, nights * row.count)
    for visit in appointments:
        seen = visit.attendance_status in ("5", "6") and visit.appointment_date is not None
        led = visit.main_specialty_code not in ("560", "950", "960")
        if not (seen and led and visit.treatment_function_code in ACUTE):
            continue
        if visit.first_attendance in ("1", "3"):
            add("E.M.8", visit, visit.appointment_date, visit.count)
        if visit.first_attendance in ("2", "4"):
            add("E.M.9", visit, visit.appointment_date, visit.count)
    for arrival in arrivals:
        if arrival.arrival_date and arrival.attendance_category != "2":
            add("E.M.12", arrival, arrival.arrival_date, arrival.count)
    return found


def named(part: Sequence[Spell | Appointment | Arrival]) -> bool:
    return any(row.responsible_purchaser_type for row in part)
