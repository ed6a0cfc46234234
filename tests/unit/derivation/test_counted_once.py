"""Records are asked once for all levels, and for each variant of a line by itself."""

from __future__ import annotations

import pandas as pd

import nhsind as ind
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.organisation_sums import sums
from nhsind.derivation.sums import count_units, counted_once, counted_with_and_without
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import open_input


def pathways() -> Input:
    starts = ["2017-11-01", "2017-11-20", "2017-12-20", "2018-03-01"]
    rows = [(f"P{at}", "A", day, None, None) for at, day in enumerate(starts)]
    columns = "pathway_id ccg_code clock_start_date clock_stop_date stop_type".split()
    return open_input(load_family("rtt"), pd.DataFrame(rows, columns=columns))


def numerators(source: Input, line: Indicator, level: str) -> list[int]:
    found = sums(source, line, periods=[parse_period("2018-03")], level=level)
    return found["numerator"].tolist()


def test_england_is_added_up_from_what_was_counted() -> None:
    source, line = pathways(), ind.variant("E.B.3")
    own = numerators(source, line, "ccg")
    asked = source.place.fetched.questions
    assert numerators(source, line, "england") == own == [2]
    assert source.place.fetched.questions == asked


def test_variants_of_one_code_are_counted_apart() -> None:
    source = pathways()
    sooner, later = (
        ind.variant("E.B.3", limits={"longest_wait_within": days}) for days in ("-50d", "-140d")
    )
    assert sooner.code == later.code
    assert [numerators(source, line, "ccg") for line in (sooner, later)] == [[1], [3]]


def test_a_line_with_and_without_a_clause_is_counted_in_one_look() -> None:
    """As each is counted by itself; the line's own sums need no other look."""
    columns = "ccg_code provider_code department_id department_type arrival_datetime".split()
    rows = [
        (code, "RAA", department, "1", "2018-03-05T10:00:00", "2018-03-05T12:00:00", count)
        for code in ("00A", "00B")
        for department, count in (("small", 2), ("busy", 700))
    ]
    table = pd.DataFrame(rows, columns=[*columns, "departure_datetime", "count"])
    for code in ("E.B.5", "E.B.5_1"):
        line = load_family("ae").indicators[code]
        without = ind.variant(code, without=[line.looks_across])
        asked = {"periods": [parse_period("2018-03")], "level": "ccg", "engine": "duckdb"}
        source = open_input(load_family("ae"), table)
        before = source.place.fetched.questions
        mine, others = counted_with_and_without(
            source, line, without, clause=line.looks_across, **asked
        )
        assert counted_once(source, line, **asked) is mine
        assert source.place.fetched.questions == before + 1
        fresh = open_input(load_family("ae"), table)
        pd.testing.assert_frame_equal(mine, count_units(fresh, line, **asked))
        whole = count_units(fresh, without, **asked)[others.columns]
        pd.testing.assert_frame_equal(others, whole)
        assert (mine["numerator"].tolist(), others["numerator"].tolist()) == ([700] * 2, [702] * 2)
