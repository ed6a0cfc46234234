"""The picture of any series' control chart, its icons, and what it refuses."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhsind as ind
from nhsind.charts.icons import assurance_icon, variation_icon
from nhsind.errors import UsageError
from nhsind.report.page import refuse_active
from nhsind.statistics.control_chart import ASSURANCE, VARIATION

MONTHS = pd.period_range("2016-04", periods=24, freq="M")
CALM = [31.0, 30, 33, 29, 30, 34, 31, 30, 32, 29, 31, 33]
RAISED = pd.Series([*CALM, 30, 32, 31, 34, *[44.0] * 8], index=MONTHS)
PNG = b"\x89PNG\r\n\x1a\n"


def test_the_picture_has_the_labels_of_the_index_the_points_and_the_verdicts() -> None:
    drawn = ind.spc(RAISED, target=40, polarity="lower").chart(title="Waits", unit="Days")
    ET.fromstring(drawn.svg)
    assert ">Mar 2018</text>" in drawn.svg and ">Target 40</text>" in drawn.svg
    assert ">Days</text>" in drawn.svg
    assert "Control chart of Waits, April 2016 to March 2018." in drawn.caption
    assert "Latest, March 2018: special cause of concern" in drawn.alt
    assert drawn.svg.count("<use") >= 24
    assert [row[0] for row in drawn.table.rows][-1] == "March 2018"
    assert drawn.table.rows[-1][1] == "44"
    refuse_active(drawn._repr_html_())


@pytest.mark.parametrize(
    ("index", "first"),
    [
        (MONTHS, "April 2016"),
        (MONTHS.to_timestamp(), "April 2016"),
        (MONTHS.to_timestamp(how="end").normalize(), "April 2016"),
        (pd.date_range("2018-01-01", periods=24, freq="7D"), "1 January 2018"),
        (pd.Index([f"ward {n}" for n in range(24)]), "ward 0"),
        (pd.RangeIndex(2000, 2024), "point 2000"),
    ],
)
def test_labels_are_named_as_people_write_them(index: pd.Index[Any], first: str) -> None:
    drawn = ind.spc(pd.Series(RAISED.to_numpy(), index=index)).chart()
    assert drawn.table.rows[0][0] == first
    assert f"Control chart, {first} to " in drawn.caption


def test_it_is_written_as_svg_and_as_png_and_nothing_else(tmp_path: Path) -> None:
    made = ind.spc(RAISED, target=40)
    made.chart(tmp_path / "a.svg")
    made.chart(str(tmp_path / "a.png"))
    ET.parse(tmp_path / "a.svg")
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(PNG) and int.from_bytes(picture[16:20]) == 2 * 736
    assert made.chart().png == picture, "the same every time"
    with pytest.raises(UsageError, match=r"Allowed: \.svg, \.png"):
        made.chart(tmp_path / "a.pdf")
    with pytest.raises(UsageError, match="cannot be written"):
        made.chart(tmp_path / "nowhere" / "a.svg")
    with pytest.raises(UsageError, match="nothing to draw"):
        ind.spc([None] * 16).chart(tmp_path / "b.svg")
    assert not (tmp_path / "b.svg").exists()


def test_in_a_notebook_the_result_is_its_picture() -> None:
    made = ind.spc(RAISED)
    assert made._repr_html_() == made.chart()._repr_html_()
    assert ind.p_chart([9] * 16, [10] * 16)._repr_html_().count("<svg") == 2, "chart and icon"


def test_reasons_stand_in_the_picture_its_words_and_its_table() -> None:
    made = ind.spc(
        RAISED,
        recalculate_at={"2017-08": "a second ward"},
        baseline={12: "before the rota"},
        ghost={"2016-12": "snow"},
    )
    drawn = made.chart(annotations={"2017-03": "new rota"})
    for sentence in (
        "Limits were recalculated from August 2017: a second ward.",
        "Limits are those of the first 12 points: before the rota.",
        "December 2016 is shown but left out of everything else: snow.",
    ):
        assert sentence in drawn.caption and sentence in drawn.alt
        assert sentence in drawn.table.notes
    for words in ("limits recalculated, Aug 2017", "limits from the first 12 points", "new rota"):
        assert f">{words}</text>" in drawn.svg
    assert drawn.svg.count('class="ghosted"') == 1
    assert drawn.table.rows[8][1:] == ("32", *drawn.table.rows[7][2:5], "left out: snow")


def test_further_lines_and_shares() -> None:
    shares = pd.Series(np.r_[[0.9, 0.92] * 12], index=MONTHS)
    made = ind.spc(shares, target=0.95)
    drawn = made.chart(percent=True, lines={"Plan": np.linspace(0.9, 0.95, 24), "Floor": 0.85})
    assert ">Plan 95%</text>" in drawn.svg and ">Floor 85%</text>" in drawn.svg
    assert drawn.table.headings[5:8] == ("Target", "Plan", "Floor")
    assert drawn.table.rows[0][1] == "90%"
    with pytest.raises(UsageError, match='"Plan" is no number for each of 24 points'):
        made.chart(lines={"Plan": [1, 2]})
    with pytest.raises(UsageError, match='nothing can be noted at "2030-01"'):
        made.chart(annotations={"2030-01": "to come"})


def test_gaps_are_told() -> None:
    drawn = ind.spc(RAISED.where(RAISED.index != MONTHS[3])).chart()
    assert "There is no value for July 2016." in drawn.alt
    many = ind.spc(RAISED.where(np.arange(24) % 2 == 0)).chart()
    assert "12 of 24 points have no value." in many.caption


def test_both_sides_of_a_conflict_are_told() -> None:
    """A rise that is still below the mean."""
    values = [50.0, 52, 49, 51, 50, 53, 48, 51, 40, 41, 42, 43, 44, 45, 46]
    made = ind.spc(values)
    assert made.is_conflict and made.direction == "high"
    words = "Rules disagree on the latest point: seven or more points rising and seven or more"
    assert words in made.chart().alt
    assert ind.spc(values, conflict="concern").direction == "low"


# Icons ------------------------------------------------------------------------------------------


def test_every_verdict_has_an_icon_of_its_own_with_words() -> None:
    drawn = [variation_icon(name, way) for name in VARIATION for way in ("high", "low")]
    drawn += [assurance_icon(name) for name in ASSURANCE]
    by_words = {each.words: each.svg for each in drawn}
    assert len(by_words) == 10 == len(set(by_words.values()))
    for words, svg in by_words.items():
        root = ET.fromstring(svg)
        assert (root.get("role"), root.get("aria-label")) == ("img", words)
        refuse_active(svg)


def test_in_grey_no_two_icons_are_alike() -> None:
    """Without colours some differ by their letter, the others by what is filled."""

    def grey(svg: str) -> str:
        for colour in ("#F46A25", "#801650", "#595959"):
            svg = svg.replace(colour, "#777777")
        return svg.split("aria-label")[0] + svg.partition("viewBox")[2]

    of = [
        variation_icon(name, way) for name in ("improvement", "concern") for way in ("high", "low")
    ]
    of += [variation_icon("common_cause"), *map(assurance_icon, ASSURANCE)]
    assert len({grey(each.svg) for each in of}) == len(of)


@pytest.mark.parametrize(
    ("polarity", "last", "words"),
    [
        ("higher", 45.0, "special cause of improvement, high values"),
        ("higher", 15.0, "special cause of concern, low values"),
        ("lower", 45.0, "special cause of concern, high values"),
        ("lower", 15.0, "special cause of improvement, low values"),
        ("neutral", 45.0, "special cause, neither better nor worse, high values"),
        ("neutral", 15.0, "special cause, neither better nor worse, low values"),
        ("higher", 31.0, "common cause variation"),
    ],
)
def test_the_icon_speaks_of_the_latest_point(polarity: str, last: float, words: str) -> None:
    made = ind.spc([*CALM, 30, 32, 31, last], polarity=polarity)
    assert str(made.icon) == words
    assert made.assurance_icon is None
    # Points before it change nothing.
    assert str(ind.spc([*CALM, 60, 32, 31, 31], polarity=polarity).icon) == "common cause variation"


def test_without_limits_there_is_no_icon() -> None:
    assert ind.spc(CALM, target=30).icon is None
    assert ind.spc(CALM, target=30).assurance_icon is None


# Baselines and ghosts ---------------------------------------------------------------------------


def test_a_baseline_holds_the_limits_of_its_points() -> None:
    fixed, own = ind.spc(RAISED, baseline=12), ind.spc(RAISED[:12])
    assert set(fixed.table["mean"]) == {own.table["mean"].iloc[0]} == {np.mean(CALM)}
    moving = np.abs(np.diff(CALM)).mean()
    assert fixed.table["upper_limit"].to_numpy() == pytest.approx(np.mean(CALM) + 2.66 * moving)
    assert list(fixed.table["flag"][-8:]) == ["above_limits"] * 8
    again = ind.spc(RAISED, baseline=12, recalculate_at=["2017-08"]).table["mean"]
    assert again["2017-08"] == RAISED["2017-08":].mean() and again["2017-07"] == np.mean(CALM)
    for wrong in (1, 25, 1.5, True, "12", {}, {2: "a", 3: "b"}):
        with pytest.raises(UsageError, match="a baseline is a number of first points, 2 to 24"):
            ind.spc(RAISED, baseline=wrong)
    assert ind.spc(RAISED, baseline=24).table.equals(ind.spc(RAISED).table)
    assert not ind.spc(RAISED, baseline=12).warnings
    assert "10; fewer than 12" not in str(ind.spc(RAISED, baseline=11).warnings)
    assert "11; fewer than 12" in str(ind.spc(RAISED, baseline=11).warnings)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=16, max_size=30),
    st.sets(st.integers(0, 15), max_size=4),
)
def test_a_ghost_is_as_a_missing_value_but_shown(values: list[int], ghosts: set[int]) -> None:
    absent = [None if at in ghosts else value for at, value in enumerate(values)]
    ghosted, missing = ind.spc(values, ghost=sorted(ghosts)), ind.spc(absent)
    assert ghosted.table["value"].tolist() == values
    columns = ["mean", "lower_limit", "upper_limit", "flag"]
    pd.testing.assert_frame_equal(ghosted.table[columns], missing.table[columns])
    assert (ghosted.variation, ghosted.direction) == (missing.variation, missing.direction)


def test_a_ghost_that_is_no_point_is_refused() -> None:
    with pytest.raises(UsageError, match='nothing can be ghosted at "2030-01": it is no point'):
        ind.spc(RAISED, ghost=["2030-01"])


def test_every_kind_is_drawn_and_named() -> None:
    gaps = [5, 15, 9, 12, 9, 8, 16, 12, 7, 6, 27, 22, 22, 32, 17, 51]
    for chart in (
        ind.spc(gaps, denominators=[60, 90] * 8, kind="p'"),
        ind.spc(gaps, kind="T"),
        ind.spc(gaps, kind="G"),
    ):
        drawn = chart.chart()
        assert drawn.svg.count('class="upper"') == 1
        assert drawn.svg.count('class="lower"') == (chart.kind != "G")
        assert f"Setting: {chart.kind} chart" in drawn.caption
        assert "nan" not in drawn.alt
