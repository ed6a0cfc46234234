"""Laws that the CAR-T figures obey for any set of patients."""

from __future__ import annotations

from calendar import monthrange
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
def patients(draw: st.DrawFn, codes: Codes, name: str = "c", most: int = 15) -> list[Patient]:
    rows = []
    for number in range(draw(st.integers(3, most))):
        first = draw(DATES)

        def later(first: date = first) -> date | None:
            days = draw(AFTER)
            return None if days is None else first + timedelta(days=days)

        rows.append(
            Patient(
                f"{name}{number}",
                draw(st.sampled_from(codes)),
                first,
                draw(st.sampled_from([None, first, first + timedelta(days=3)])),
                draw(st.sampled_from([first, first + timedelta(days=3), None])),
                later(),
                later(),
                later(),
            )
        )
    return rows


def frame(rows: Sequence[Patient]) -> dict[str, pd.DataFrame]:
    return {"patients": table_of(Patient, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return patients(codes, name).map(frame)


TestCommonLaws = common_laws(
    Family("cart", tables, YEARS, examples=2, counted={"patients": "patient_id"})
)


def months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def year_of(day: date) -> str:
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


@lawful(5)
@given(patients(("R1", "R2"), most=45))
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
    assert figures_of(derive("cart", frame(rows), YEARS)) == {
        key: tuple(value) for key, value in expected.items()
    }
