"""Laws that the A&E figures obey for any set of attendances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
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
from pandas.testing import assert_frame_equal

from nhsind.periods import Period, parse_period

FEW = ["2017-06", "2017-18-Q1", "2017-18"]
ALL = ["2017-04", "2017-05", "2017-06", "2017-07", "2017-18-Q1", "2017-18-Q2", "2017-18"]
SECOND = timedelta(seconds=1)
# The first and last seconds of months, and one time inside; a quarter begins in July.
ARRIVALS = [
    datetime(2017, 4, 1),
    datetime(2017, 5, 1) - SECOND,
    datetime(2017, 5, 31, 12),
    datetime(2017, 6, 30, 23, 59, 59),
    datetime(2017, 7, 1),
    datetime(2018, 4, 1) - SECOND,
    datetime(2018, 4, 1),
    None,
]
STAYS = [-SECOND, 0 * SECOND, timedelta(hours=4), timedelta(hours=4) + SECOND, None]
ACCESS = ["walk_in", "walk_in", "walk_in", "appointment", "referral", "primary_care", None]
CCGS = ("A", "A", "B", "NONC", None)


class Attendance(NamedTuple):
    attendance_id: str
    ccg_code: str | None
    provider_code: str | None
    department_id: str | None
    department_type: str | None
    attendance_category: str | None
    access: str | None
    arrival_datetime: datetime | None
    departure_datetime: datetime | None
    count: int


@st.composite
def attendances(draw: st.DrawFn, codes: Codes, name: str = "a") -> list[Attendance]:
    """Few departments, each row many attendances, so that some lie around the 200 a month."""
    rows = []
    for number in range(draw(st.integers(4, 22))):
        arrival, stay = draw(st.sampled_from(ARRIVALS)), draw(st.sampled_from(STAYS))
        leaves = arrival + stay if arrival is not None and stay is not None else None
        rows.append(
            Attendance(
                f"{name}{number}",
                draw(st.sampled_from(codes)),
                draw(st.sampled_from([f"P{name}", f"P{name}", f"P{name}", "Q" + name, None])),
                draw(st.sampled_from(["D", "D", "D", "E", None])),
                draw(st.sampled_from(["1", "2", "3", "4", None])),
                draw(st.sampled_from(["1", "1", "2", "3", "9", None])),
                draw(st.sampled_from(ACCESS)),
                arrival,
                leaves,
                draw(st.sampled_from([1, 1, 99, 100, 200, 201, 301])),
            )
        )
    rows += draw(st.lists(st.sampled_from(rows), max_size=2))
    twice = draw(st.lists(st.sampled_from(rows), max_size=2))
    return rows + [row._replace(department_id="E") for row in twice]


def frame(rows: Sequence[Attendance]) -> dict[str, pd.DataFrame]:
    table = table_of(Attendance, rows)
    for name in ("arrival_datetime", "departure_datetime"):
        table[name] = [None if pd.isna(t) else t.isoformat() for t in table[name]]
    return {"attendances": table}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return attendances(codes, name).map(lambda rows: frame([*rows, *one_a_month(codes, name)]))


def one_a_month(codes: Codes, name: str) -> list[Attendance]:
    """An attendance in each month: a department's 200 a month are of the months that data hold."""
    months = dict.fromkeys((day.year, day.month) for day in ARRIVALS if day)
    seen = ["1", "1", "walk_in"]
    return [
        Attendance(f"{name}{month}", codes[0], f"P{name}", "E", *seen, first, first, 1)
        for month in months
        for first in [datetime(*month, 1)]
    ]


AE = Family(
    "ae",
    tables,
    FEW,
    made_of={"2017-18-Q1": ["2017-04", "2017-05", "2017-06"]},
    counted={"attendances": "attendance_id"},
)
TestCommonLaws = common_laws(AE)


@lawful(3)
@given(attendances(CCGS))
def test_single_records_and_rows_with_counts_agree(rows: list[Attendance]) -> None:
    kept = [row for row in rows if row.attendance_id in unrepeated(rows)]
    # A twentieth of each row, so that few records reach the 200 a month less often.
    few = [row._replace(count=max(1, row.count // 20)) for row in kept]
    few += [row._replace(attendance_id=f"more{row.attendance_id}", count=601) for row in few[:1]]
    single = [
        row._replace(attendance_id=f"{row.attendance_id}-{n}")
        for row in few
        for n in range(row.count)
    ]
    whole = frame(few)["attendances"]
    singly = frame(single)["attendances"].drop(columns="count")
    expected = derive("ae", {"attendances": whole}, FEW)
    assert_frame_equal(expected, derive("ae", {"attendances": singly}, FEW))


@lawful(8)
@given(attendances(CCGS))
def test_a_plain_loop_gives_the_same_figures(rows: list[Attendance]) -> None:
    found = figures_of(derive("ae", frame(rows), ALL))
    expected = looped(rows)
    assert set(found) == set(expected)
    for key, figures in expected.items():
        assert found[key] == figures, key


# The same definitions written once more, without a data frame. --------------------------------


def unrepeated(rows: Sequence[Attendance]) -> dict[str, Attendance]:
    """Each identifier whose rows agree, once."""
    versions = defaultdict(set)
    for row in rows:
        versions[row.attendance_id].add(row)
    return {name: next(iter(same)) for name, same in versions.items() if len(same) == 1}


def quarter(moment: datetime) -> tuple[int, int]:
    return moment.year, (moment.month - 1) // 3


def looped(rows: Sequence[Attendance]) -> dict[tuple[str, str, str], tuple[object, object]]:
    """Numerator and denominator by line, commissioner and period."""
    known = list(unrepeated(rows).values())
    placed = [r for r in known if r.arrival_datetime and r.department_id and r.provider_code]
    months, totals, entries = defaultdict(set), Counter(), Counter()
    for row in placed:
        key = quarter(row.arrival_datetime)
        months[key].add(row.arrival_datetime.month)
        totals[row.provider_code, row.department_id, key] += row.count
        if row.access:
            way = 1 if row.access == "walk_in" else -1
            entries[row.provider_code, row.department_id, key] += way * row.count
    counted = []
    for row in placed:
        key = quarter(row.arrival_datetime)
        department = row.provider_code, row.department_id, key
        busy = totals[department] > 200 * len(months[key])
        arranged = entries[department] < 0 and row.department_type in ("3", "4")
        if busy and not arranged and row.attendance_category != "2":
            counted.append(row)
    found: dict[tuple[str, str, str], tuple[object, object]] = {}
    for code in {row.ccg_code for row in rows} - {None}:
        for text in ALL:
            period = parse_period(text)
            mine = [r for r in counted if r.ccg_code == code and inside(r, period)]
            sound = [r for r in mine if stay(r) is None or stay(r) >= 0 * SECOND]
            within = [r for r in sound if stay(r) is not None and stay(r) <= timedelta(hours=4)]
            attended, short = (sum(r.count for r in part) for part in (sound, within))
            found["E.B.5", code, text] = short, attended
            found["E.B.5_1", code, text] = attended, None
            found["E.B.5_2", code, text] = short, None
    return found


def inside(row: Attendance, period: Period) -> bool:
    return period.start <= row.arrival_datetime.date() <= period.end


def stay(row: Attendance) -> timedelta | None:
    return row.departure_datetime - row.arrival_datetime if row.departure_datetime else None
