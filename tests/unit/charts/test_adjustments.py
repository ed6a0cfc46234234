"""What a plan asks of control charts, in drawings, sentences and grids, and as it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from released_figures import MARCH, WITHIN, figures

from nhsind.charts import chart
from nhsind.errors import UsageError
from nhsind.narrative.interpretation import interpret
from nhsind.periods import parse_period
from nhsind.release.keeping import load, save
from nhsind.release.results import Results
from nhsind.statistics.adjustments import Adjustments

LAST = parse_period(MARCH)
PERIODS = [LAST.shift(step - 23) for step in range(24)]
LOW = [900, 905, 898, 903, 901, 904, 899, 902, 906, 897, 903, 900]
HIGH = [each + 50 for each in LOW]
ASKED = Adjustments(
    {"2017-04": "a second ward"},
    (10, "before the rota"),
    {"2016-12..2017-01": "snow"},
    ("XmR", "as before"),
)


def raised(adjustments: Adjustments | None = None) -> Results:
    rows = [
        (WITHIN, "A", str(period), hits, 1000)
        for period, hits in zip(PERIODS, [*LOW, *HIGH], strict=True)
    ]
    asked = {} if adjustments is None else {WITHIN: adjustments}
    return replace(figures(*rows), adjustments=asked)


def test_positions_of_what_lies_in_a_chart() -> None:
    asked = Adjustments(
        {"2017-04": "a", "2010-01": "b", "2030-01": "c"}, (99, "d"), {"2016-17": "e"}
    )
    assert asked.on(PERIODS) == {
        "recalculate_at": {12: "a"},
        "ghost": dict.fromkeys(range(12), "e"),
        "baseline": {24: "d"},
    }
    assert Adjustments(baseline=(12, "d")).on(PERIODS[:1])["baseline"] is None
    with pytest.raises(UsageError, match="snow"):
        Adjustments(ghost={"snow": "e"}).on(PERIODS)


def test_a_step_that_is_known_of_is_no_signal() -> None:
    assert "signalled" in str(interpret(raised()))
    told = str(interpret(raised(Adjustments({"2017-04": "a second ward"}))))
    assert "signalled" not in told and "special cause" not in told
    assert "limits recalculated from April 2017 (a second ward)" in told


def test_every_reason_stands_under_the_chart_and_in_its_sentence() -> None:
    drawn = chart("spc", raised(ASKED), WITHIN)
    told = str(interpret(raised(ASKED)))
    for reason in ("a second ward", "before the rota", "snow"):
        assert reason in drawn.caption and reason in drawn.alt and reason in told
    assert drawn.svg.count('class="ghosted"') == 1 and 'class="recalculated"' in drawn.svg
    # What is asked of one chart stands before what the plan asks.
    other = chart("spc", raised(ASKED), WITHIN, adjustments=Adjustments({"2017-06": "another"}))
    assert "another" in other.caption and "snow" not in other.caption


def test_the_kind_asked_for_is_drawn_and_told_with_its_reason() -> None:
    plain = chart("spc", raised(), WITHIN)
    assert "Setting: XmR chart (denominators within 25% of their average); " in plain.caption
    asked = chart("spc", raised(Adjustments(kind=("p'", "as the region draws it"))), WITHIN)
    assert "Setting: p' chart (as the region draws it); " in asked.caption


def test_denominators_that_differ_have_limits_of_their_own() -> None:
    sizes = [600 if place % 2 else 1400 for place in range(24)]
    rows = [
        (WITHIN, "A", str(period), size * 9 // 10 + place % 5, size)
        for place, (period, size) in enumerate(zip(PERIODS, sizes, strict=True))
    ]
    drawn = chart("spc", figures(*rows), WITHIN)
    assert "Setting: p' chart (denominators up to 40% from their average" in drawn.caption
    assert len({row[4] for row in drawn.table.rows}) == 2


def test_england_has_a_control_chart_and_no_place_among_organisations() -> None:
    rows = [(WITHIN, code, str(each), 900, 1000) for code in ("A", "ENGLAND") for each in PERIODS]
    found = figures(*rows)
    assert chart("spc", found, WITHIN, org="England").caption.startswith(
        "Control chart of Incomplete RTT pathways within 18 weeks, CCG ENGLAND, April 2016"
    )
    with pytest.raises(UsageError, match="ENGLAND"):
        chart("ranked", found, WITHIN, org="ENGLAND")


def test_what_was_asked_is_kept_with_the_figures(tmp_path: Path) -> None:
    found = raised(ASKED)
    save(found, tmp_path, check=False)
    assert load(tmp_path).adjustments == {WITHIN: ASKED}
    assert chart("spc", load(tmp_path), WITHIN) == chart("spc", found, WITHIN)
