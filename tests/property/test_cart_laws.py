"""Laws that the CAR-T figures obey for any set of patients."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pandas as pd
from common_laws import figures_of, lawful
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.api import Notes

YEARS = ["2016-17", "2017-18", "2018-19"]
LINES = ["CARTLeu02", "CARTLeu03", "CARTLeu04", "CARTLeu09", "CARTLeu10"]
STARTS = [date(2016, 2, 29), date(2017, 3, 31), date(2017, 4, 1), date(2017, 11, 30)]
DATES = st.one_of(st.sampled_from(STARTS), st.dates(date(2015, 3, 1), date(2018, 4, 30)))
AFTER = st.sampled_from([-1, 0, 27, 28, 29, 89, 90, 91, 92, 364, 365, 366, 730, 731, 732, None])


class Patient(NamedTuple):
    patient_id: str
    provider_code: str
    first_infusion_date: date
    infusion_date: date | None
    treatment_completed_date: date | None
    death_date: date | None
    last_follow_up_date: date | None
    discharge_date: date | None


@st.composite
def patients(draw: st.DrawFn) -> list[Patient]:
    rows = []
    for number in range(draw(st.integers(3, 15))):
        first = draw(DATES)

        def later(first: date = first) -> date | None:
            days = draw(AFTER)
            return None if days is None else first + timedelta(days=days)

        rows.append(
            Patient(
                f"c{number}",
                draw(st.sampled_from(["R1", "R2"])),
                first,
                draw(st.sampled_from([None, first, first + timedelta(days=3)])),
                draw(st.sampled_from([first, first + timedelta(days=3), None])),
                later(),
                later(),
                later(),
            )
        )
    return rows


def derived(rows: Sequence[Patient]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=Patient._fields, dtype=object)
    return ind.derive(LINES, {"patients": table}, YEARS, notes=Notes())


def months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def year_of(day: date) -> str:
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


@lawful(3)
@given(patients(), st.randoms(use_true_random=False))
def test_order_changes_nothing(rows: list[Patient], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert_frame_equal(derived(rows), derived(shuffled))


@lawful(12)
@given(patients())
def test_a_plain_loop_over_patients_gives_the_same_figures(rows: list[Patient]) -> None:
    expected = {
        (line, code, year): [0, 0]
        for line in LINES
        for code in {row.provider_code for row in rows}
        for year in YEARS
    }

    def count(line: str, row: Patient, lag: int, horizon: date, alive: bool) -> None:
        done, died, seen = row.treatment_completed_date, row.death_date, row.last_follow_up_date
        if done is None or (died and (died < row.first_infusion_date or died < done)):
            return
        if died is None and (seen is None or seen < horizon):
            return
        year = year_of(done)
        shown = f"{int(year[:4]) + lag}-{(int(year[:4]) + lag + 1) % 100:02d}"
        if (line, row.provider_code, shown) in expected:
            is_alive = died is None or died > horizon
            expected[line, row.provider_code, shown][0] += is_alive == alive
            expected[line, row.provider_code, shown][1] += 1

    for row in rows:
        first, done = row.first_infusion_date, row.treatment_completed_date
        treated = row.infusion_date or first
        count("CARTLeu02", row, 0, treated + timedelta(days=28), True)
        count("CARTLeu03", row, 1, months_on(first, 12), True)
        count("CARTLeu04", row, 2, months_on(first, 24), True)
        if done is None:
            continue
        count("CARTLeu09", row, 0, months_on(done, 3), False)
        key = ("CARTLeu10", row.provider_code, year_of(done))
        if row.discharge_date and row.discharge_date >= done and key in expected:
            expected[key][0] += (row.discharge_date - done).days
            expected[key][1] += 1
    assert figures_of(derived(rows)) == {key: tuple(value) for key, value in expected.items()}
