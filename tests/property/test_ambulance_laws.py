"""Laws that the ambulance figures obey for any set of calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    HERE,
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    records_and_their_counts_agree,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

FEW = ["2017-06", "2017-18-Q1"]
ALL = ["2017-04", "2017-05", "2017-06", "2017-18-Q1", "2017-18"]
SECOND = timedelta(seconds=1)
CCGS = ("A", "B", "A", "A", "NONC", None)
TIMES = [
    datetime(2017, 4, 1) - SECOND,
    datetime(2017, 4, 1),
    datetime(2017, 5, 31, 12),
    datetime(2017, 6, 1),
    datetime(2017, 6, 15, 10),
    datetime(2017, 7, 1) - SECOND,
    datetime(2017, 7, 1),
    datetime(2018, 4, 1),
    None,
]


class Call(NamedTuple):
    call_id: str
    incident_id: str | None
    ccg_code: str | None
    call_datetime: datetime | None
    call_source: str | None
    urgency: str | None
    exclusion_reason: str | None
    face_to_face: bool | None
    resolved_by_telephone: bool | None
    stop_code: str | None
    outcome: str | None
    destination_type: str | None
    count: int


@st.composite
def calls(draw: st.DrawFn, codes: Codes, name: str = "c") -> list[Call]:
    """Few incidents, so that many have several calls."""
    flags = st.sampled_from([True, False, True, False, None])
    rows = [
        Call(
            f"{name}{number:02d}",
            draw(st.sampled_from([*(f"{name}/{incident}" for incident in range(4)), None, None])),
            draw(st.sampled_from(codes)),
            draw(st.sampled_from(TIMES)),
            draw(st.sampled_from(["999", "999", "999", "nhs111", "hcp", None])),
            draw(st.sampled_from([*["emergency"] * 5, "urgent", None])),
            draw(st.sampled_from([None, None, None, "hoax", "duplicate"])),
            draw(flags),
            draw(flags),
            draw(st.sampled_from([None, None, "cancelled", "other"])),
            draw(st.sampled_from(["treated_at_scene", "conveyed", "conveyed", None])),
            draw(st.sampled_from(["1", "2", "3", "other", None])),
            draw(st.sampled_from([1, 1, 1, 8])),
        )
        for number in range(draw(st.integers(6, 30)))
    ]
    twice = draw(st.lists(st.sampled_from(rows), max_size=2))
    other = draw(st.lists(st.sampled_from(rows), max_size=2))
    return rows + twice + [row._replace(ccg_code=codes[1 % len(codes)]) for row in other]


def frame(rows: Sequence[Call]) -> dict[str, pd.DataFrame]:
    table = table_of(Call, rows)
    table["call_datetime"] = [None if pd.isna(t) else t.isoformat() for t in table["call_datetime"]]
    return {"calls": table}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return calls(codes, name).map(frame)


MONTHS = ["2017-04", "2017-05", "2017-06"]
AMBULANCE = Family("ambulance", tables, FEW, made_of={"2017-18-Q1": MONTHS})
TestCommonLaws = common_laws(AMBULANCE)


@lawful(3)
@given(calls(HERE))
def test_calls_of_no_incident_and_their_counts_agree(rows: list[Call]) -> None:
    """Calls of one incident are no equal units: the first stands for it."""
    alone = frame([row._replace(incident_id=None) for row in rows])
    records_and_their_counts_agree(replace(AMBULANCE, counted={"calls": "call_id"}), alone)


@lawful(12)
@given(calls(CCGS))
def test_a_plain_loop_gives_the_same_figures(rows: list[Call]) -> None:
    found = figures_of(derive("ambulance", frame(rows), ALL))
    expected = looped(rows)
    for key, figures in found.items():
        assert figures == expected[key], key


# The same definitions written once more, without a data frame. --------------------------------


def looped(rows: Sequence[Call]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Numerator and denominator by line, commissioner and period."""
    versions = defaultdict(set)
    for row in rows:
        versions[row.call_id].add(row)
    single = [next(iter(same)) for same in versions.values() if len(same) == 1]
    emergencies = [
        row
        for row in single
        if row.ccg_code and row.call_datetime and row.urgency == "emergency"
        if row.call_source in ("999", "nhs111")
    ]
    responses = defaultdict(list)
    for row in single:
        if row.incident_id and row.call_datetime and row.face_to_face and row.count > 0:
            responses[row.incident_id].append((row.call_datetime, row.call_id))
    counted = defaultdict(lambda: [0, 0])
    for row in emergencies:
        if row.call_source != "999" or row.exclusion_reason or row.face_to_face is None:
            continue
        response = min(responses[row.incident_id]) if responses[row.incident_id] else None
        if response and (row.call_datetime, row.call_id) > response:
            continue
        advised = row.resolved_by_telephone and row.stop_code not in ("duplicate", "cancelled")
        if row.face_to_face or advised:
            add(counted, "E.B.17", row, bool(advised and not row.face_to_face))
    incidents = defaultdict(list)
    for row in emergencies:
        incidents[row.incident_id or row.call_id].append(row)
    for journeys in incidents.values():
        first = min(journeys, key=lambda row: (row.call_datetime, row.call_id))
        seen = [row for row in journeys if row.face_to_face]
        if not seen:
            continue
        told = [
            row
            for row in seen
            if row.outcome == "treated_at_scene" or (row.outcome and row.destination_type)
        ]
        major = [
            row
            for row in journeys
            if row.outcome == "conveyed" and row.destination_type in ("1", "2")
        ]
        add(counted, "E.B.18", first, bool(told and not major))
    return defaultdict(lambda: (0, 0), {key: (n, d) for key, (n, d) in counted.items()})


def add(
    counted: dict[tuple[str, str, str], list[int]], line: str, row: Call, success: bool
) -> None:
    for text in ALL:
        if parse_period(text).contains(row.call_datetime.date()):
            figures = counted[line, row.ccg_code, text]
            figures[0] += row.count * success
            figures[1] += row.count
