"""Rows that share an identifier and disagree: their order and the engine change no trace."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nhsind as ind
from nhsind.engines.embedded import INSTALLED

OF = {"period": "2018-02", "covers": "2018-02"}
CALL: dict[str, Any] = {
    "call_id": "1",
    "incident_id": "i",
    "ccg_code": "A",
    "call_datetime": "2018-02-01T10:00:00",
    "call_source": "999",
    "urgency": "emergency",
    "exclusion_reason": None,
    "face_to_face": True,
    "resolved_by_telephone": None,
    "stop_code": None,
    "outcome": "conveyed",
    "destination_type": "1",
    "crew": "b",
}
DISAGREE = [CALL, CALL | {"urgency": "urgent"}, CALL | {"urgency": "urgent", "crew": "a"}]
# Several rows of counts for one incident: one of them stands for it.
COUNTED = [CALL | {"call_id": None, "count": count} for count in (10, 2)]


def shown(code: str, rows: list[dict[str, Any]], engine: str) -> list[tuple[object, ...]]:
    """What a trace tells of rows, in its order, if in all of theirs it is the same."""
    columns = ["urgency", "crew"]
    traces = {
        tuple(
            ind.trace(code, pd.DataFrame(each), engine=engine, columns=columns, **OF)[
                ["excluded_because", "count", *columns]
            ].itertuples(index=False, name=None)
        )
        for each in (rows, rows[::-1])
    }
    (only,) = traces
    return list(only)


@pytest.mark.parametrize("engine", INSTALLED)
def test_one_of_them_stands_for_an_incident(engine: str) -> None:
    told = shown("E.B.18", DISAGREE, engine)
    assert told == [("identifier_disagrees", 1, "emergency", "b")]
    told = shown("E.B.18", COUNTED, engine)
    assert [count for _, count, *_ in told] == [10]


@pytest.mark.parametrize("engine", INSTALLED)
def test_all_of_them_are_in_order(engine: str) -> None:
    assert shown("E.B.17", DISAGREE, engine) == [
        ("identifier_disagrees", 1, "emergency", "b"),
        ("identifier_disagrees", 1, "urgent", "a"),
        ("identifier_disagrees", 1, "urgent", "b"),
    ]
