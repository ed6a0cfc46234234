"""What a derivation asks of its engine: as much of 24 periods as of one, and repeats once."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from nhsind.definitions.catalogue import find, load_family
from nhsind.derivation.sums import count_units
from nhsind.engines.embedded import Embedded
from nhsind.engines.place import Frame
from nhsind.periods import Period, parse_period
from nhsind.sources.inputs import open_input

COLUMNS = "pathway_id ccg_code clock_start_date clock_stop_date stop_type".split()
PATHWAYS = pd.DataFrame(
    [
        ("a", "00A", "2016-04-01", None, None),
        ("b", "00A", "2017-06-01", None, None),
        ("b", "00A", "2017-06-01", None, None),
        ("c", "00A", "2017-06-01", None, None),
        ("c", "00A", "2017-06-02", None, None),
    ],
    columns=COLUMNS,
)
MONTHS = [parse_period("2016-04").shift(step) for step in range(24)]


def asked(
    periods: list[Period], monkeypatch: pytest.MonkeyPatch, line: str = "E.B.3"
) -> tuple[list[str], int]:
    """The operators of the plans that sum a line for some periods, and how many rows come back."""
    opened = open_input(load_family("rtt"), {"pathways": PATHWAYS})
    place = opened.place
    assert isinstance(place, Embedded)
    plans: list[str] = []
    rows = place.rows

    def noted(frame: Frame) -> object:
        plans.append(frame.to_native().explain())
        return rows(frame)

    monkeypatch.setattr(place, "rows", noted)
    before = place.fetched.rows
    counted = count_units(opened, find(line), periods=periods, level="ccg")
    assert len(counted) == place.fetched.rows - before
    return re.findall(r"[A-Z]\w+(?: [A-Z]\w+)*", "\n".join(plans)), place.fetched.rows - before


def test_one_query_for_all_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots of 24 month ends: the plan of one, whose answer has a row per month."""
    one, of_one = asked(MONTHS[:1], monkeypatch)
    many, of_many = asked(MONTHS, monkeypatch)
    assert any("Join" in each for each in one) and sorted(one) == sorted(many)
    assert (of_one, of_many) == (1, 24)


def test_months_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """New pathways by the month of their start: no record is compared with each of 24 months.

    Quarters are, which are few; and who still waits is compared with each, having no one month.
    """
    plans = {
        "months": asked(MONTHS, monkeypatch, "E.M.20")[0],
        "quarters": asked([parse_period("2017-18-Q1")], monkeypatch, "E.M.20")[0],
        "snapshots": asked(MONTHS, monkeypatch)[0],
    }
    compared = {name: any("Nl Join" in each for each in plan) for name, plan in plans.items()}
    assert compared == {"months": False, "quarters": True, "snapshots": True}


def test_rows_that_share_an_identifier_are_settled_once() -> None:
    """Records are then read in one place of a plan, as if there were no repeats."""
    opened = open_input(load_family("rtt"), {"pathways": PATHWAYS})
    assert isinstance(opened.place, Embedded)
    plan = opened.place.con.table("pathways").explain()
    kept = opened.place.con.table("pathways_settled").fetchall()
    assert sorted(row[0] for row in kept) == ["b", "c", "c"]
    assert "Window" not in plan
