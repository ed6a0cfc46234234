"""Charts: what is drawn is what the figures are, and every mark has its words."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import pytest
from released_figures import (
    ADMITTED,
    EXACT,
    HIDES,
    HOSTILE,
    MARCH,
    NEW,
    NON_ADMITTED,
    ROUNDS,
    RTT,
    SMALL,
    WITHIN,
    derived,
    figures,
    parsed,
    waiting,
    words,
)

from nhsind.charts import KINDS, board, chart, make_national_layers, national, prepare
from nhsind.charts.axis import apart, axis
from nhsind.charts.base import missing_words
from nhsind.charts.control_signs import BRIEFLY
from nhsind.charts.funnel_plot import funnel_of_all
from nhsind.charts.lettering import clean, fit, in_a_sentence, width_of, wrap
from nhsind.charts.style import WIDTH
from nhsind.charts.svg import whole
from nhsind.definitions.standards import Standard
from nhsind.errors import UsageError
from nhsind.periods import parse_period
from nhsind.release.results import Results
from nhsind.release.shown_cells import WITHHELD_NOTE
from nhsind.report.page import refuse_active
from nhsind.statistics.adjustments import Adjustments
from nhsind.statistics.control_chart import VARIATION
from nhsind.statistics.funnels import funnel
from nhsind.statistics.shewhart import spc
from nhsind.statistics.signals import FLAGS

Point = tuple[float, float]
NUMBER = r"(?<![\w.,])-?\d+(?:,\d{3})*(?:\.\d+)?%?"
# A tenth of a pixel, to which coordinates are rounded, and what rounding ticks adds.
NEAR = 0.11


# Data --------------------------------------------------------------------------------------------


def months(number: int) -> list[str]:
    last = parse_period(MARCH)
    return [str(last.shift(-step)) for step in range(number - 1, -1, -1)]


def over_time(shares: list[float | None], policy: Any = EXACT, of: int = 1000) -> Results:
    """E.B.3 of one organisation by month; None is a month without a figure."""
    rows = [
        (WITHIN, "A", month, round(share * of), of)
        for month, share in zip(months(len(shares)), shares, strict=True)
        if share is not None
    ]
    return figures(*rows, policy=policy)


def counts_over_time(counts: list[int]) -> Results:
    dated = zip(months(len(counts)), counts, strict=True)
    return figures(*[(ADMITTED, "A", month, count, None) for month, count in dated])


@cache
def country(number: int, names: tuple[tuple[str, str], ...] = ()) -> Results:
    """E.B.3 of some organisations and England."""
    chance = random.Random(number)
    pairs = {}
    for place in range(number):
        size = int(chance.lognormvariate(7, 0.8)) + 1
        share = min(1.0, max(0.0, chance.gauss(0.9, 0.015)))
        pairs["A" if place == 0 else f"Z{place:03d}"] = (int(size * share), size)
    total = (sum(n for n, _ in pairs.values()), sum(d for _, d in pairs.values()))
    rows = [(WITHIN, code, MARCH, *pair) for code, pair in (pairs | {"ENGLAND": total}).items()]
    given = {code: f"NHS {code} and Somewhere CCG" for code in pairs} | dict(names)
    return figures(*rows, names=given | {"ENGLAND": "England"})


# A shift, a point outside the limits, a trend and a quiet end, with a gap.
EVENTFUL: list[float | None] = [
    *(0.90 + 0.004 * (place % 3 - 1) for place in range(9)),
    None,
    *(0.93 + 0.003 * (place % 2) for place in range(9)),
    *(0.905 - 0.006 * place for place in range(8)),
    0.97,
    *(0.90 + 0.004 * (place % 3 - 1) for place in range(5)),
]


# Reading a drawing -------------------------------------------------------------------------------


@cache
def leaves(svg: str) -> list[ET.Element]:
    """What is painted, in order, with what its groups say of it; marks are where they stand."""
    root = ET.fromstring(svg)
    defined = {item.get("id"): item for item in root.iter() if item.get("id")}
    found: list[ET.Element] = []

    def walk(item: ET.Element, said: dict[str, str]) -> None:
        kind = item.tag.split("}")[1]
        if kind == "defs":
            return
        own = said | {key: value for key, value in item.attrib.items() if key != "class"}
        own["class"] = " ".join([said.get("class", ""), item.get("class", "")]).strip()
        if kind in ("g", "svg"):
            for child in item:
                walk(child, own)
            return
        if kind == "use":
            own |= {"outline": defined[own["href"][1:]].get("d") or ""}
        leaf = ET.Element(item.tag, own)
        leaf.text = item.text
        found.append(leaf)

    walk(root, {})
    return found


def elements(svg: str, name: str = "") -> list[ET.Element]:
    return [item for item in leaves(svg) if not name or name in (item.get("class") or "").split()]


def texts(svg: str, name: str = "") -> list[str]:
    return [words(item) for item in elements(svg, name) if item.tag.endswith("}text")]


def corners(item: ET.Element) -> list[list[Point]]:
    """The points of each part of a path of straight lines."""
    steps = item.get("d") or ""
    assert steps and not re.search(r"[^ML0-9. z-]", steps), steps
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", part)]
        for part in steps.split("M")
        if part
    ]


def middle(item: ET.Element) -> Point:
    """Where a mark stands."""
    if item.get("outline"):
        return float(item.get("x") or ""), float(item.get("y") or "")
    xs, ys = zip(*corners(item)[0], strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def marks(svg: str, name: str = "point") -> list[ET.Element]:
    """The marks of a name from left to right."""
    return sorted(elements(svg, name), key=middle)


def shape(item: ET.Element) -> str:
    """A mark's outline, wherever it stands: what is left of a mark in grey."""
    steps = item.get("outline") or item.get("d") or ""
    if "C" in steps:
        return "circle"
    points = re.findall(r"(-?[\d.]+) (-?[\d.]+)", steps)
    across = [round(float(a[0]) - float(b[0])) for a, b in pairwise(points)]
    return f"{len(points)} corners {across} {item.get('fill') == '#ffffff'}"


def transform(svg: str, side: str) -> Callable[[float], float]:
    """From pixels to values, as a reader takes them from the lines and numbers of an axis."""
    ticks = []
    named = iter(elements(svg, f"{side}-tick"))
    for line, number in zip(named, named, strict=True):
        place = middle(line)[side == "y"]
        ticks.append((float(words(number).replace(",", "")), place))
    (low, start), (high, stop) = ticks[0], ticks[-1]
    return lambda pixel: low + (pixel - start) / (stop - start) * (high - low)


def pixels(svg: str, side: str) -> float:
    """How many values a pixel is."""
    read = transform(svg, side)
    return abs(read(1.0) - read(0.0))


# Control charts ----------------------------------------------------------------------------------


@cache
def eventful() -> tuple[Results, Any, Any]:
    found = over_time(EVENTFUL)
    values = [
        float("nan")
        if (row := found.figure(WITHIN, period=parse_period(month))) is None
        else row["value"]
        for month in months(len(EVENTFUL))
    ]
    return found, chart("spc", found, WITHIN), spc(values, target=0.92)


def test_points_of_a_control_chart_stand_at_their_values() -> None:
    _, drawn, expected = eventful()
    read, near = transform(drawn.svg, "y"), NEAR * pixels(drawn.svg, "y")
    shown = [read(middle(item)[1]) for item in marks(drawn.svg)]
    assert shown == pytest.approx([100 * v for v in expected.value if v == v], abs=near)
    (line,) = elements(drawn.svg, "series")
    along = [read(y) for part in corners(line) for _, y in part]
    assert along == pytest.approx([100 * v for v in expected.value if v == v], abs=near)


def test_mean_limits_and_standard_stand_at_their_values() -> None:
    _, drawn, expected = eventful()
    read, near = transform(drawn.svg, "y"), NEAR * pixels(drawn.svg, "y")
    for name, values in (
        ("mean", expected.mean),
        ("lower", expected.lower_limit),
        ("upper", expected.upper_limit),
        ("target", expected.target),
    ):
        (line,) = elements(drawn.svg, name)
        heights = [read(y) for part in corners(line) for _, y in part]
        assert heights == pytest.approx([100 * values[0]] * len(heights), abs=near), name
    assert {text.split()[0] for text in texts(drawn.svg, "label")} == {
        "Mean",
        "Lower",
        "Upper",
        "Standard",
    }
    assert f"Mean {100 * expected.mean[-1]:.1f}%" in texts(drawn.svg, "label")


def test_points_of_a_control_chart_stand_at_equal_steps_with_a_gap() -> None:
    _, drawn, expected = eventful()
    x = [middle(item)[0] for item in marks(drawn.svg)]
    steps = [b - a for a, b in pairwise(x)]
    assert max(steps) == pytest.approx(2 * min(steps), abs=0.3)
    (line,) = elements(drawn.svg, "series")
    parts = corners(line)
    assert [len(part) for part in parts] == [9, len(EVENTFUL) - 10]
    assert len(x) == sum(value == value for value in expected.value)


def test_every_special_cause_has_its_words_over_it_in_the_table_and_in_the_description() -> None:
    _, drawn, expected = eventful()
    points = iter(marks(drawn.svg))
    (bracket,) = elements(drawn.svg, "bracket")
    brackets = corners(bracket)
    signs = {
        (sign[0][0], sign[-1][0]): text
        for sign, text in zip(brackets, texts(drawn.svg, "signal"), strict=True)
    }
    kinds = set()
    for place, (label, meaning) in enumerate(zip(expected.labels, expected.meanings, strict=True)):
        if expected.value[place] != expected.value[place]:
            continue
        mark = next(points)
        x = middle(mark)[0]
        over = [text for (start, end), text in signs.items() if start < x < end]
        cell = drawn.table.rows[place][-1]
        if not label:
            assert not over and cell == "none" and "common" in mark.get("class", "")
            continue
        (text,) = over
        kinds.add(label)
        assert (
            BRIEFLY[label] in text and text.endswith(meaning) and meaning in mark.get("class", "")
        )
        assert cell == f"{FLAGS[label]}: {meaning}"
        assert f"{FLAGS[label]} ({meaning})" in drawn.alt
    assert {"improvement", "concern"} <= set(expected.meanings) and len(kinds) >= 3


def test_words_above_a_control_chart_cover_neither_each_other_nor_the_edges() -> None:
    _, drawn, _ = eventful()
    taken = []
    for item in elements(drawn.svg, "signal"):
        half, y = width_of(words(item)) / 2, float(item.get("y") or "")
        start, end = float(item.get("x") or "") - half, float(item.get("x") or "") + half
        assert start >= -0.1 and end <= WIDTH + 0.1 and y > 20
        assert all(end < a or b < start for a, b, other in taken if other == y)
        taken.append((start, end, y))
    assert len({y for *_, y in taken}) > 1


def test_variation_and_assurance_are_words_in_drawing_page_and_description() -> None:
    _, drawn, _ = eventful()
    for sentence in (
        f"Latest, March 2018: {VARIATION['common_cause']}.",
        "Standard: may meet or miss the target, which lies between the limits.",
    ):
        assert sentence in texts(drawn.svg)
        assert sentence in [words for _, words in drawn.below] and sentence not in drawn.caption
        assert sentence in drawn.alt and sentence in drawn.table.notes


@pytest.mark.parametrize(
    ("last", "says"),
    [(0.86, "may meet or miss the target"), (0.999, "consistently meets the target")],
)
def test_limits_beside_a_special_cause_may_be_outdated_and_say_so_uncut(
    last: float, says: str
) -> None:
    steady = [0.955, 0.965] * 12 if last > 0.9 else [0.915, 0.925] * 12
    drawn = chart("spc", over_time([*steady, last]), WITHIN)
    sentence = f"Standard: by limits that this may have outdated, {says}."
    assert sentence in texts(drawn.svg) and sentence in drawn.alt


def test_a_chart_without_any_signal_says_that_nothing_changed() -> None:
    shares = [0.9, 0.904, 0.901, 0.905, 0.902, 0.904, 0.903, 0.905] * 2
    drawn = chart("spc", over_time([*shares]), WITHIN)
    said = " ".join(words for _, words in drawn.below)
    assert "Latest, March 2018: common cause variation: no significant" in said
    assert "Earlier" not in said


@pytest.mark.parametrize("rules", ["mdc-sql-2.5", "mdc-2023", "ptd-0.2"])
def test_the_caption_names_the_setting(rules: str) -> None:
    found, drawn, _ = eventful()
    drawn = chart("spc", found, WITHIN, rules=rules)
    assert f"rules {rules} (" in drawn.caption and "higher is better" in drawn.caption
    left_out = "left out" if rules == "ptd-0.2" else "kept"
    assert f"outlying moving ranges {left_out}" in drawn.caption


def test_recalculated_limits_are_marked_and_their_reason_is_told() -> None:
    found, _, _ = eventful()
    # Months before the chart and after it are for other charts of the same plan.
    asked = {"2017-01": "a second ward\x0b", "2010-01": "too early", "2030-01": "to come"}
    drawn = chart("spc", found, WITHIN, adjustments=Adjustments(asked))
    (mark,) = elements(drawn.svg, "recalculated")
    at = months(len(EVENTFUL)).index("2017-01")
    x = [middle(item)[0] for item in marks(drawn.svg)]
    between = (x[at - 2] + x[at - 1]) / 2  # one month has no point
    assert corners(mark)[0][0][0] == pytest.approx(between, abs=2 * NEAR)
    (mean,) = elements(drawn.svg, "mean")
    assert len(corners(mean)) == 2
    assert "limits recalculated, Jan 2017" in texts(drawn.svg, "signal")
    sentence = "Limits were recalculated from January 2017: a second ward."
    assert sentence in drawn.caption and sentence in drawn.alt and sentence in drawn.table.notes
    assert "too early" not in drawn.alt and "to come" not in drawn.alt
    assert drawn == chart(
        "spc", found, WITHIN, adjustments=Adjustments(dict(reversed(asked.items())))
    )


def test_few_points_have_no_limits_and_the_caption_says_so() -> None:
    drawn = chart("spc", over_time([0.9, 0.91] * 7), WITHIN)
    assert not elements(drawn.svg, "upper") and not elements(drawn.svg, "lower")
    assert "Points with a value: 14; limits, signals and icons need 15." in drawn.caption
    assert "Latest, " not in drawn.alt


def test_limits_where_no_value_can_be_are_told_and_not_drawn() -> None:
    high = chart("spc", over_time([0.96, 1.0, 0.99, 0.98] * 5), WITHIN)
    assert not elements(high.svg, "upper") and len(elements(high.svg, "lower")) == 1
    assert "The upper limit lies above 100%, where it is not drawn." in high.alt
    low = chart("spc", counts_over_time([0, 4, 2, 1] * 5), ADMITTED)
    assert not elements(low.svg, "lower") and len(elements(low.svg, "upper")) == 1
    assert "The lower limit lies below 0, where it is not drawn." in low.caption


def test_a_line_without_a_direction_has_neither_improvement_nor_concern() -> None:
    drawn = chart("spc", counts_over_time([100, 104, 98, 101, 97] * 3 + [130] * 8), ADMITTED)
    assert elements(drawn.svg, "neutral") and not re.search("improvement|concern", drawn.alt)
    assert any("run below mean" in text for text in texts(drawn.svg, "signal"))
    assert "where neither direction is better" in drawn.below[0][1]


def test_marks_of_meanings_differ_in_shape() -> None:
    _, drawn, _ = eventful()
    neutral = chart("spc", counts_over_time([100, 104, 98, 101, 97] * 3 + [130] * 8), ADMITTED)
    shapes = {
        name: {shape(item) for item in elements(svg, name)}
        for name, svg in (
            ("common", drawn.svg),
            ("improvement", drawn.svg),
            ("concern", drawn.svg),
            ("neutral", neutral.svg),
        )
    }
    assert shapes["common"] == {"circle"}
    assert all(len(found) == 1 for found in shapes.values())
    assert len(set.union(*shapes.values())) == 4


def test_suppressed_months_are_gaps_in_words() -> None:
    shares: list[float | None] = [0.9, 0.91, 0.003, 0.9, 0.92, 0.9] * 3
    for kind in ("spc", "trend"):
        drawn = chart(kind, over_time(shares, HIDES), WITHIN)
        assert len(elements(drawn.svg, "point")) == 15
        assert len(corners(elements(drawn.svg, "series")[0])) == 4
        sentence = "CCG A has no figure for December 2016, June 2017 and December 2017: suppressed"
        assert sentence in drawn.caption and sentence in drawn.alt
        assert [row[1] for row in drawn.table.rows].count("[c]") == 3


def test_many_gaps_are_counted() -> None:
    drawn = chart("trend", over_time([0.9, 0.003] * 6, HIDES), WITHIN)
    assert "no figure for 6 of 12 periods: suppressed" in drawn.caption


# Trends ------------------------------------------------------------------------------------------


def test_points_of_a_trend_stand_at_their_values_beside_england_and_the_standard() -> None:
    shares = [0.9, 0.91, 0.87, 0.95]
    rows = [
        (WITHIN, "A", month, round(1000 * s), 1000)
        for month, s in zip(months(4), shares, strict=True)
    ]
    rows += [(WITHIN, "ENGLAND", month, 8800 + step, 10000) for step, month in enumerate(months(4))]
    drawn = chart("trend", figures(*rows), WITHIN)
    read, near = transform(drawn.svg, "y"), NEAR * pixels(drawn.svg, "y")
    england, own = elements(drawn.svg, "series")
    assert [read(y) for _, y in corners(own)[0]] == pytest.approx([90, 91, 87, 95], abs=near)
    assert [read(y) for _, y in corners(england)[0]] == pytest.approx(
        [88, 88.01, 88.02, 88.03], abs=near
    )
    (standard,) = elements(drawn.svg, "standard")
    assert read(corners(standard)[0][0][1]) == pytest.approx(92, abs=near)
    assert set(texts(drawn.svg, "label")) == {"95.0% CCG A", "88.0% England", "Standard 92%"}
    assert texts(drawn.svg, "x-tick") == ["Dec 2017", "Jan 2018", "Feb 2018", "Mar 2018"]


def test_several_lines_differ_in_mark_and_dash_and_start_at_nought() -> None:
    rows = [
        (code, "A", month, 900 + 100 * place + 7 * step, None)
        for place, code in enumerate((ADMITTED, NON_ADMITTED, NEW))
        for step, month in enumerate(months(6))
    ]
    drawn = chart("trend", figures(*rows), ADMITTED, NON_ADMITTED, NEW)
    series = elements(drawn.svg, "series")
    assert len({item.get("stroke-dasharray") for item in series}) == 3
    points = elements(drawn.svg, "point")
    assert len(points) == 18
    for first in (0, 6, 12):
        assert len({shape(item) for item in points[first : first + 6]}) == 1
    assert len({shape(item) for item in points}) == 3
    assert texts(drawn.svg, "label") == [
        "1,135 new pathways",
        "1,035 completed non-admitted",
        "pathways",
        "935 completed admitted pathways",
    ], "none is cut"
    assert texts(drawn.svg, "y-tick")[0] == "0"
    assert "axis starts" not in " ".join(texts(drawn.svg))


def test_an_axis_that_does_not_start_at_nought_says_so() -> None:
    drawn = chart("trend", over_time([0.9, 0.91, 0.95]), WITHIN)
    low = texts(drawn.svg, "y-tick")[0]
    assert f"% of incomplete pathways within 18 weeks (the axis starts at {low})" in texts(
        drawn.svg
    )
    full = chart("trend", over_time([0.02, 0.5, 0.95]), WITHIN)
    assert texts(full.svg, "y-tick")[0] == "0" and "axis starts" not in full.svg


@pytest.mark.parametrize(
    ("periods", "ticks"),
    [
        (["2017-18-Q3", "2017-18-Q4", "2017-18-Q2"], ["Q2 2017/18", "Q3 2017/18", "Q4 2017/18"]),
        (["2016-17", "2017-18"], ["2016/17", "2017/18"]),
    ],
)
def test_quarters_and_years_stand_on_the_axis(periods: list[str], ticks: list[str]) -> None:
    rows = [(WITHIN, "A", period, 90 + place, 100) for place, period in enumerate(periods)]
    found = replace(figures(*rows), period=parse_period(sorted(periods)[-1]))
    for kind in ("trend", "spc"):
        assert texts(chart(kind, found, WITHIN).svg, "x-tick") == ticks


# Rankings ----------------------------------------------------------------------------------------


def test_dots_and_intervals_of_a_ranking_stand_at_their_values() -> None:
    found = waiting(A=(900, 1000), B=(850, 1000), C=(960, 1000), ENGLAND=(2710, 3000))
    drawn = chart("ranked", found, WITHIN)
    read, near = transform(drawn.svg, "x"), NEAR * pixels(drawn.svg, "x")
    (own,) = elements(drawn.svg, "own")
    assert read(middle(own)[0]) == pytest.approx(90, abs=2 * near)
    others = [read(middle(item)[0]) for item in elements(drawn.svg, "other")]
    assert others == pytest.approx([96, 85], abs=2 * near)
    order = [middle(item)[1] for item in [*elements(drawn.svg, "other"), own]]
    assert order[0] < order[2] < order[1], "highest at the top"
    ends = {
        y: [read(x) for x, _ in part]
        for item in elements(drawn.svg, "interval")
        for part in corners(item)
        for y in [part[0][1]]
    }
    expected = [
        [100 * row["ci_lower"], 100 * row["ci_upper"]]
        for code in "CAB"
        if (row := found.figure(WITHIN, code)) is not None
    ]
    for (y, drawn_ends), interval, at in zip(
        sorted(ends.items()), expected, sorted(order), strict=True
    ):
        assert drawn_ends == pytest.approx(interval, abs=near) and y == at
    lines = [read(corners(item)[0][0][0]) for item in elements(drawn.svg, "reference")]
    assert lines == pytest.approx([100 * 2710 / 3000, 92], abs=near)
    assert texts(drawn.svg, "value") == ["96.0%", "90.0%", "85.0%"]


def test_the_organisation_is_marked_by_shape_weight_and_words() -> None:
    drawn = chart("ranked", waiting(A=(900, 1000), B=(850, 1000)), WITHIN)
    own, other = elements(drawn.svg, "own")[0], elements(drawn.svg, "other")[0]
    assert shape(own) != shape(other) == "circle"
    bold = [words(item) for item in elements(drawn.svg) if item.get("font-weight") == "700"]
    assert bold == ["CCG A", "90.0%"]
    assert "CCG A (diamond)" in drawn.caption


def test_a_count_has_no_england_beside_it() -> None:
    rows = [(ADMITTED, "A", MARCH, 5, None), (ADMITTED, "ENGLAND", MARCH, 900, None)]
    assert not elements(chart("ranked", figures(*rows), ADMITTED).svg, "reference")


def test_others_without_a_value_are_counted_and_the_own_is_named() -> None:
    found = figures(
        (WITHIN, "A", MARCH, 900, 1000),
        (WITHIN, "B", MARCH, 2, 50),
        (WITHIN, "C", MARCH, 0, 0),
        policy=HIDES,
    )
    drawn = chart("ranked", found, WITHIN)
    assert "1 other has no value: suppressed, because the number is small." in drawn.caption
    assert "1 other has no value: no cases." in drawn.alt
    assert "CCG B has no value: suppressed" in chart("ranked", found, WITHIN, org="B").caption


# Funnels -----------------------------------------------------------------------------------------


def positions(svg: str) -> list[Point]:
    """Where all organisations stand: round dots and squares."""
    return [middle(item) for name in ("others", "outside") for item in elements(svg, name)]


@pytest.mark.parametrize("number", [1, 3, 200, 400])
def test_every_organisation_of_a_funnel_stands_at_its_size_and_value(number: int) -> None:
    found = country(number)
    drawn = chart("funnel", found, WITHIN)
    across, up = transform(drawn.svg, "x"), transform(drawn.svg, "y")
    rows = [row for row in national.figures_of(found, WITHIN) if row["org_code"] != "ENGLAND"]
    expected = sorted((int(row["denominator"]), 100 * row["value"]) for row in rows)
    shown = sorted((across(x), up(y)) for x, y in positions(drawn.svg))
    assert len(shown) == number
    wide, high = 2 * pixels(drawn.svg, "x") * NEAR, 2 * pixels(drawn.svg, "y") * NEAR
    for size, value in expected:
        assert any(abs(a - size) < wide and abs(b - value) < high for a, b in shown), (size, value)
    (own,) = elements(drawn.svg, "own")
    row = found.figure(WITHIN)
    assert row is not None
    assert across(middle(own)[0]) == pytest.approx(int(row["denominator"]), abs=wide)
    assert up(middle(own)[1]) == pytest.approx(100 * row["value"], abs=high)


def test_limits_and_average_of_a_funnel_stand_at_their_values() -> None:
    found = country(200)
    drawn = chart("funnel", found, WITHIN)
    across, up = transform(drawn.svg, "x"), transform(drawn.svg, "y")
    rows = [row for row in national.figures_of(found, WITHIN) if row["org_code"] != "ENGLAND"]
    made = funnel(
        [row["numerator"] for row in rows], [row["denominator"] for row in rows], limits="auto"
    )
    (average,) = elements(drawn.svg, "average")
    high = 3 * NEAR * pixels(drawn.svg, "y")
    assert up(corners(average)[0][0][1]) == pytest.approx(100 * made.average, abs=high)
    for name in ("lower_998", "lower_95", "upper_95", "upper_998"):
        (line,) = elements(drawn.svg, name.replace("_", "-"))
        points = corners(line)[0]
        assert len(points) > 20
        x, y = points[-1]
        limit = made.curve([across(x)])[name].iloc[0]
        assert up(y) == pytest.approx(100 * limit, abs=high), name
    assert {"95% limits", "99.8% limits"} <= set(texts(drawn.svg))
    assert f"Average {100 * made.average:.1f}%" in texts(drawn.svg)


def test_squares_are_those_outside_the_outer_limits_and_only_few_have_names() -> None:
    found = country(200)
    drawn = chart("funnel", found, WITHIN)
    rows = [row for row in national.figures_of(found, WITHIN) if row["org_code"] != "ENGLAND"]
    made = funnel(
        [row["numerator"] for row in rows], [row["denominator"] for row in rows], limits="auto"
    )
    outside = int(made.table["place"].str.contains("99.8").sum())
    between = int(made.table["place"].str.endswith("95%").sum())
    assert len(elements(drawn.svg, "outside")) == outside > 4
    sentence = (
        f"{outside} organisations outside the 99.8% limits, {between} more outside the 95% limits."
    )
    assert sentence in drawn.alt and sentence in drawn.table.notes
    named = [text for text in texts(drawn.svg) if text.startswith("NHS Z")]
    assert 0 < len(named) <= 4
    places = [row[-1] for row in drawn.table.rows[1:-1]]
    assert places == sorted(places, key=lambda place: "99.8" not in place)
    assert (
        len(places) <= 20
        and f"{199 - len(places)} organisations not in this table." in drawn.table.notes
    )


def test_the_own_organisation_is_named_with_its_value_and_place() -> None:
    drawn = chart("funnel", waiting(A=(500, 1000), B=(9000, 10000), C=(8900, 10000)), WITHIN)
    assert "50.0% CCG A" in texts(drawn.svg)
    assert "CCG A is at 50.0% of 1,000, below the 99.8% limits" in drawn.alt
    assert drawn.table.rows[0][0] == "CCG A (this report)"
    assert (
        drawn.table.rows[0][1:3] == ("1,000", "50.0%") and drawn.table.rows[0][-1] == "below 99.8%"
    )


def test_who_is_outside_england_has_no_part_in_a_funnel() -> None:
    with_it = waiting(A=(900, 1000), B=(850, 1000), NONC=(1, 1000))
    without = waiting(A=(900, 1000), B=(850, 1000))
    assert chart("funnel", with_it, WITHIN) == chart("funnel", without, WITHIN)
    drawn = chart("funnel", with_it, WITHIN, org="NONC")
    assert "outside England" in drawn.caption and not elements(drawn.svg, "own")


def test_a_suppressed_organisation_is_not_in_a_funnel() -> None:
    rows = [(WITHIN, code, MARCH, 900, 1000) for code in "ABC"] + [(WITHIN, "D", MARCH, 3, 700)]
    found = figures(*rows, policy=HIDES)
    assert len(positions(chart("funnel", found, WITHIN).svg)) == 3
    drawn = chart("funnel", found, WITHIN, org="D")
    assert not elements(drawn.svg, "own") and "CCG D" not in " ".join(texts(drawn.svg))
    assert "CCG D has no value: suppressed, because the number is small." in drawn.alt
    assert not re.search(r"\d", "".join(drawn.table.rows[0][1:]))


# Attrition ---------------------------------------------------------------------------------------


def test_bars_are_as_long_as_what_remains() -> None:
    drawn = chart("attrition", derived(), WITHIN)
    bars, ends = (
        [max(x for x, _ in bar) - min(x for x, _ in bar) for item in found for bar in corners(item)]
        for found in (elements(drawn.svg, "step"), elements(drawn.svg, "end"))
    )
    remaining = [int(row[2].replace(",", "")) for row in drawn.table.rows]
    scale = max(ends) / max(remaining)
    assert sorted([*bars, *ends]) == pytest.approx(sorted(scale * n for n in remaining), abs=NEAR)
    shown = texts(drawn.svg, "value")
    assert [text.split()[0] for text in shown] == [row[2] for row in drawn.table.rows]
    assert "3 left out" in drawn.alt


def test_suppressed_steps_are_words_and_no_drawing() -> None:
    drawn = chart("attrition", derived(HIDES, SMALL), WITHIN)
    assert drawn.svg == "" and "suppressed" in drawn.caption
    assert not re.search(r"\d", drawn.alt.replace("18 weeks", "").replace("March 2018", ""))


# Every kind --------------------------------------------------------------------------------------


def cases() -> dict[str, Callable[[], Any]]:
    """Charts of every kind, of ordinary and of odd figures."""
    huge = [
        (ADMITTED, "A", month, 3 * 10**15 + step, None) for step, month in enumerate(months(16))
    ]
    ends = [(WITHIN, "A", month, 0, 40) for month in months(16)]
    ends += [(WITHIN, "B", month, 40, 40) for month in months(16)]
    found: dict[str, Callable[[], Any]] = {}
    for kind in ("spc", "trend"):
        found[f"{kind} eventful"] = lambda kind=kind: chart(kind, eventful()[0], WITHIN)  # type: ignore[misc]
        found[f"{kind} huge"] = lambda kind=kind: chart(kind, figures(*huge), ADMITTED)  # type: ignore[misc]
        found[f"{kind} 0%"] = lambda kind=kind: chart(kind, figures(*ends), WITHIN)  # type: ignore[misc]
        found[f"{kind} 100%"] = lambda kind=kind: chart(kind, figures(*ends), WITHIN, org="B")  # type: ignore[misc]
    for kind in ("ranked", "funnel"):
        # One alone has nobody to be ranked with.
        for number in (1 if kind == "funnel" else 2, 3, 400):
            found[f"{kind} {number}"] = lambda kind=kind, n=number: chart(kind, country(n), WITHIN)  # type: ignore[misc]
        found[f"{kind} 0 and 100%"] = lambda kind=kind: chart(kind, figures(*ends), WITHIN)  # type: ignore[misc]
    found["ranked huge"] = lambda: chart("ranked", figures(*huge), ADMITTED)
    found["attrition"] = lambda: chart("attrition", derived(), WITHIN)
    found["attrition of a count"] = lambda: chart("attrition", derived(), ADMITTED)
    return found


CASES = cases()


@cache
def case(name: str) -> Any:
    return CASES[name]()


@pytest.mark.parametrize("name", CASES)
def test_the_description_has_the_numbers_of_the_table(name: str) -> None:
    drawn = case(name)
    told = re.sub(
        r"\b\d{4}\b|18 weeks|99\.8%|95%|12[67] days|\(A\d\d\)|above 100%|below 0\b"
        r"|: \d+ organisations?|the 16 nearest in rank of \d+|for \d+ of \d+ periods",
        "",
        drawn.alt,
    )
    cells = " ".join(
        [
            *(cell for row in drawn.table.rows for cell in row),
            *drawn.table.notes,
            drawn.table.caption,
        ]
    )
    numbers = set(re.findall(NUMBER, told))
    held = set(re.findall(NUMBER, cells))
    assert numbers and numbers <= held, numbers - held


@pytest.mark.parametrize("name", CASES)
def test_no_text_leaves_the_drawing_or_is_small(name: str) -> None:
    texts_stay_inside(case(name).svg)


def texts_stay_inside(svg: str) -> None:
    root = ET.fromstring(svg)
    height = float(root.get("height") or "")
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    # 12 pixels are 9 points where a page shows a drawing as wide as it is.
    assert float(root.get("width") or "") <= 736 and float(root.get("font-size") or "") >= 12
    assert svg.count("font-size") == 1
    for item in elements(svg):
        if not item.tag.endswith("}text"):
            continue
        wide = width_of(words(item), item.get("font-weight") == "700")
        x, y = float(item.get("x") or ""), float(item.get("y") or "")
        left = x - {None: 0.0, "middle": wide / 2, "end": wide}[item.get("text-anchor")]
        assert left >= -1 and left + wide <= WIDTH + 1 and 12 < y < height - 3, words(item)


@pytest.mark.parametrize("name", CASES)
def test_no_mark_leaves_the_drawing(name: str) -> None:
    svg = case(name).svg
    height = float(ET.fromstring(svg).get("height") or "")
    for item in elements(svg):
        steps = item.get("d") or ""
        assert "nan" not in steps and "inf" not in steps
        places = re.findall(r"[ML] (-?[\d.]+) (-?[\d.]+)", steps)
        if item.get("outline"):
            assert "nan" not in f"{item.attrib}"
            places = [middle(item)]
        for x, y in places:
            assert 0 <= float(x) <= WIDTH and 0 <= float(y) <= height


@pytest.mark.parametrize("name", CASES)
def test_a_drawing_is_light_and_made_of_what_a_page_may_hold(name: str) -> None:
    svg = case(name).svg
    assert len(svg.encode()) < 27_000
    tags = {item.tag.split("}")[1] for item in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "defs", "path", "use", "text"}
    refuse_active(case(name)._repr_html_())
    parsed(case(name)._repr_html_())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "attrition"])
@pytest.mark.parametrize(
    "name",
    [
        *HOSTILE,
        *(f"Own{control}CCG" for control in "\x00\x0b\x1b\x85\ufffe\u202e\u2066"),
        "$5 \\frac{a}{b} $",
        "مفوضية الصحة",
        "CCG 😀👩‍⚕️",
        "An authority with a very long name indeed " * 5,
        "\n\t",
    ],
)
def test_any_name_is_drawn_safely(kind: str, name: str) -> None:
    rows = [(WITHIN, "A", month, 900 + step, 1000) for step, month in enumerate(months(16))]
    rows += [(WITHIN, "B", month, 880, 1000) for month in months(16)]
    drawn = chart(kind, figures(*rows, names={"A": name, "B": name}), WITHIN)
    html = drawn._repr_html_()
    parsed(html)
    ET.fromstring(drawn.svg)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e]", html
    )
    assert (clean(name) or "A") in drawn.alt


def test_a_name_that_looks_like_a_part_of_a_drawing_is_drawn_as_it_stands() -> None:
    for name in ('id="@0"', 'href="#@0"', "</defs>", "<defs><clipPath>"):
        drawn = chart("ranked", figures((WITHIN, "A", MARCH, 9, 10), names={"A": name}), WITHIN)
        assert name in texts(drawn.svg)


def test_characters_that_no_text_may_hold_are_left_out() -> None:
    assert (
        clean("A\x00\x0b\x1b\x7f\x85\ud800\ufffe\uffff\u202e\u2068B\tC\r\nD é 😀") == "AB C D é 😀"
    )


def test_a_name_that_runs_right_to_left_leaves_a_sentence_in_order() -> None:
    assert in_a_sentence("مفوضية") == "\u2068مفوضية\u2069"
    assert in_a_sentence("CCG") == "CCG"


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_at_all_is_said_in_words(kind: str) -> None:
    rows = [(WITHIN, code, month, 2, 30) for code in "AB" for month in months(3)]
    drawn = chart(kind, figures(*rows, policy=HIDES), WITHIN)
    assert drawn.svg == "" and "suppressed" in drawn.caption + drawn.alt
    parsed(drawn._repr_html_())


@pytest.mark.parametrize(
    ("kind", "codes", "says"),
    [
        ("funnel", (ADMITTED,), "a funnel needs a proportion"),
        ("trend", (ADMITTED, NON_ADMITTED, NEW, ADMITTED, NEW), "at most 4 lines"),
        ("trend", (WITHIN, ADMITTED), "different units"),
        ("ranked", (WITHIN, ADMITTED), "one line, not 2"),
        ("pie", (WITHIN,), "pie"),
        ("spc", (), "at least one line"),
        ("spc", ("E.X.1",), "E.X.1"),
    ],
)
def test_what_a_chart_cannot_show_is_refused(kind: str, codes: tuple[str, ...], says: str) -> None:
    rows = [(code, "A", MARCH, 5, 10 if code == WITHIN else None) for code in RTT.indicators]
    with pytest.raises(UsageError, match=re.escape(says)):
        chart(kind, figures(*rows), *codes)


def test_an_unknown_rule_set_is_refused() -> None:
    with pytest.raises(UsageError, match="nelson"):
        chart("spc", eventful()[0], WITHIN, rules="nelson")


# The process they are drawn in --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ranked 3", "spc eventful", "funnel 400", "attrition"])
def test_a_drawing_does_not_depend_on_what_was_drawn_before(name: str) -> None:
    before = case(name).svg
    for other in ("ranked 400", "spc huge", "trend eventful", "attrition of a count"):
        CASES[other]()
    assert CASES[name]().svg == before
    board._plot.cache_clear()
    assert CASES[name]().svg == before
    prepare()
    assert CASES[name]().svg == before


def test_a_drawing_does_not_depend_on_the_settings_of_a_notebook() -> None:
    before = case("spc eventful").svg
    board._plot.cache_clear()
    own = {"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "axes.grid": True}
    own |= {"lines.linewidth": 9, "text.parse_math": True, "figure.autolayout": True}
    with mpl.rc_context(own):
        assert CASES["spc eventful"]().svg == before
        assert mpl.rcParams["font.size"] == 30
    board._plot.cache_clear()


def test_a_drawing_that_failed_leaves_nothing_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    before = case("spc eventful").svg
    with monkeypatch.context() as patch:
        patch.setattr(board.Board, "drawn", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            CASES["spc huge"]()
    assert CASES["spc eventful"]().svg == before


def test_threads_draw_one_at_a_time() -> None:
    names = ["spc eventful", "trend eventful", "ranked 3", "spc huge"]
    before = [case(name).svg for name in names]
    with ThreadPoolExecutor(4) as threads:
        assert [drawn.svg for drawn in threads.map(lambda name: CASES[name](), names)] == before


def test_drawing_imports_no_window_system() -> None:
    """A report is made where there is none."""
    script = (
        "import sys, nhsind.charts; nhsind.charts.prepare(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# National layers ---------------------------------------------------------------------------------


def test_charts_are_the_same_bytes_from_a_stored_layer_and_a_new_one() -> None:
    found = country(60)
    make_national_layers(found)
    stored = json.dumps(found.layers)
    again = replace(found, figures=replace(found.figures, frame=found.figures.frame.copy()))
    anew = replace(found, figures=replace(found.figures, frame=found.figures.frame.copy()))
    again.layers.update(json.loads(stored))
    for org in ("A", "Z007", "Z059"):
        for kind in ("funnel", "ranked"):
            assert chart(kind, again, WITHIN, org=org) == chart(kind, anew, WITHIN, org=org)


def test_a_layer_is_made_once_and_used() -> None:
    found = country(20)
    make_national_layers(found)
    layers = json.loads(json.dumps(found.layers))
    again = replace(found, figures=replace(found.figures, frame=found.figures.frame.copy()))
    layers[f"funnel {WITHIN} {MARCH}"]["average"] = "12.3%"
    again.layers.update(layers)
    assert "Their average is 12.3%" in chart("funnel", again, WITHIN, org="Z007").alt
    assert "12.3%" not in chart("funnel", found, WITHIN).alt


def test_layers_are_of_every_line_that_has_figures() -> None:
    rows = [(WITHIN, "A", MARCH, 5, 10), (ADMITTED, "A", MARCH, 5, None)]
    found = figures(*rows)
    make_national_layers(found)
    assert set(found.layers) == {
        f"ranked {WITHIN} {MARCH}",
        f"funnel {WITHIN} {MARCH}",
        f"ranked {ADMITTED} {MARCH}",
    }


def test_layers_are_of_the_figures_they_were_made_from_and_of_no_others() -> None:
    found = waiting(A=(5, 10), B=(6, 10))
    chart("ranked", found.for_organisation("B"), WITHIN)
    assert list(found.layers) == [f"ranked {WITHIN} {MARCH}"]  # shared by views of the same figures
    assert replace(found, figures=replace(found.figures, frame=found.figures.frame)).layers == {}


# Parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "is_percentage", "ticks"),
    [
        ([91.0, 95.2], True, ["90", "92", "94", "96"]),
        ([0.0, 100.0], True, ["0", "20", "40", "60", "80", "100"]),
        ([100.0], True, ["98.0", "98.5", "99.0", "99.5", "100.0"]),
        ([0.0], False, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ([3.0, 4.0], False, ["0", "1", "2", "3", "4"]),
        ([-3.0, 4.0], False, ["-4", "-2", "0", "2", "4"]),
        ([-30.0, -10.0], False, ["-30", "-20", "-10", "0"]),
        (
            [5e11, 1e12],
            False,
            ["0", "0.2 trillion", "0.4 trillion", "0.6 trillion", "0.8 trillion", "1.0 trillion"],
        ),
        ([0.0004, 0.001], False, ["0", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"]),
    ],
)
def test_an_axis_ends_at_round_numbers(
    values: list[float], is_percentage: bool, ticks: list[str]
) -> None:
    made = axis(values, is_percentage)
    assert made.words == ticks
    assert all(made.low <= value <= made.high for value in values)


def test_an_axis_of_counts_has_no_parts_of_one() -> None:
    assert axis([0, 2], whole=True).ticks == (0, 1, 2)


def test_labels_move_apart_and_stay_inside() -> None:
    assert apart([50, 52, 51], 10, 0, 100) == [50, 70, 60]
    assert apart([99, 98, 20], 10, 0, 100) == [100, 90, 20]
    assert apart([], 10, 0, 100) == []


def test_text_is_cut_wrapped_and_measured_on_the_safe_side() -> None:
    assert fit("short", 100) == "short"
    cut = fit("A name that is too long", 80)
    assert cut.endswith("…") and width_of(cut) <= 80
    lines = wrap("The clock still runs at the close of the last day", 150, 2)
    assert len(lines) == 2 and all(width_of(line) <= 150 for line in lines)
    assert " ".join(wrap("a few words only", 60, 9)) == "a few words only"
    assert wrap("", 100, 2) == []
    # Widths in Arial at 13 pixels, from the font.
    for text, wide in (("Sample CCG Amber Avocet", 162), ("England 93.3%", 88), ("WWW MMM", 73)):
        assert wide <= width_of(text) < 1.2 * wide


# Kinds of lines ----------------------------------------------------------------------------------

RATE = replace(
    RTT.indicators[WITHIN], kind="rate", per=100_000, unit="per 100,000 population", standards=()
)
RATIO = replace(RTT.indicators[WITHIN], kind="ratio", standards=(), numerator_is_apart=True)


def of_line(line: Any, monkeypatch: pytest.MonkeyPatch) -> Results:
    """Sixteen months of three organisations, of a line of another kind."""
    import released_figures

    family = replace(RTT, indicators=RTT.indicators | {WITHIN: line})
    monkeypatch.setattr(released_figures, "RTT", family)
    monkeypatch.setattr("nhsind.tables.cells.all_indicators", lambda: family.indicators)
    rows = [
        (WITHIN, code, month, 1100 + 30 * place + step % 3, 1000)
        for place, code in enumerate(["A", "B", "C", "ENGLAND"])
        for step, month in enumerate(months(16))
    ]
    return figures(*rows)


@pytest.mark.parametrize("kind", ["spc", "funnel", "ranked", "trend"])
def test_a_rate_is_drawn_in_its_unit_from_nought(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = chart(kind, of_line(RATE, monkeypatch), WITHIN)
    side = "x" if kind == "ranked" else "y"
    ticks = texts(drawn.svg, f"{side}-tick")
    assert (
        ticks[0] == "0"
        and ticks[-1].replace(",", "").isdigit()
        and int(ticks[-1].replace(",", "")) >= 110_000
    )
    assert "Per 100,000 population" in texts(drawn.svg)
    assert "110,000.0 per 100,000 population" in drawn.alt
    texts_stay_inside(drawn.svg)


@pytest.mark.parametrize("kind", ["spc", "funnel", "ranked", "trend"])
def test_a_ratio_above_one_is_a_percentage_above_100(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = chart(kind, of_line(RATIO, monkeypatch), WITHIN)
    ticks = texts(drawn.svg, f"{'x' if kind == 'ranked' else 'y'}-tick")
    assert ticks[0] == "0" and float(ticks[-1]) > 110
    assert "110.0%" in drawn.alt and "% of incomplete pathways within 18 weeks" in texts(drawn.svg)
    texts_stay_inside(drawn.svg)


@pytest.mark.parametrize(("kind", "name"), [("spc", "target"), ("trend", "standard")])
@pytest.mark.parametrize("first", ["2017-06", MARCH])
def test_a_standard_is_drawn_over_the_periods_it_holds_for(
    kind: str, name: str, first: str
) -> None:
    later = Standard(">=", "0.92", "month", first=parse_period(first))
    rows = [(WITHIN, "A", month, 900 + step, 1000) for step, month in enumerate(months(18))]
    drawn = chart(kind, figures(*rows, standard=later), WITHIN)
    x = [middle(item)[0] for item in marks(drawn.svg)]
    (line,) = elements(drawn.svg, name)
    (points,) = corners(line)
    at = months(18).index(first)
    half = (x[1] - x[0]) / 2 if first == MARCH else 0
    assert points[0][0] == pytest.approx(x[at] - half, abs=0.3)
    assert points[-1][0] == pytest.approx(x[-1] + half, abs=0.3)
    read = transform(drawn.svg, "y")
    assert [read(y) for _, y in points] == pytest.approx([92] * len(points), abs=0.1)


def test_quarters_have_short_names_in_sentences() -> None:
    quarters = [str(parse_period("2017-18-Q4").shift(-step)) for step in range(3)]
    rows = [(WITHIN, "A", quarter, 90, 100) for quarter in quarters]
    found = replace(figures(*rows), period=parse_period("2017-18-Q4"))
    for kind in ("spc", "trend"):
        assert "Q2 2017/18 to Q4 2017/18" in chart(kind, found, WITHIN).caption


def test_a_funnel_of_all_marks_nobody() -> None:
    rows = [(WITHIN, code, MARCH, 90 + place, 100) for place, code in enumerate("ABCDEF")]
    found = figures(*rows)
    own, everyone = chart("funnel", found, WITHIN), funnel_of_all(found, WITHIN)
    assert 'class="own"' in own.svg and "(diamond) among" in own.caption
    assert 'class="own"' not in everyone.svg and "diamond" not in everyone.caption
    assert "this report" not in str(everyone.table) and "CCG A is at" not in everyone.alt


def test_a_trend_begins_with_its_first_figure_be_it_hidden() -> None:
    months = [f"2017-{month:02}" for month in range(1, 13)]
    counts = [(5, 0), (5, 0), (2, 10), (50, 100), (60, 100), (70, 100)]
    rows = [(WITHIN, "A", month, *pair) for month, pair in zip(months, counts, strict=False)]
    drawn = chart("trend", figures(*rows, (WITHIN, "A", MARCH, 80, 100)), WITHIN)
    assert drawn.table.rows[0][0] == "Mar 2017" and "January" not in drawn.caption
    hidden = chart("trend", figures(*rows, (WITHIN, "A", MARCH, 80, 100), policy=HIDES), WITHIN)
    assert hidden.table.rows[0] == ("Jan 2017", "[c]")  # of 5 and 0 the 5 is hidden


def test_a_line_is_named_at_its_latest_figure_be_it_a_range_or_of_an_earlier_month() -> None:
    rows = [
        (WITHIN, "A", "2018-01", 60_000, 100_000),
        (WITHIN, "A", "2018-02", 70_000, 100_000),
        (WITHIN, "A", MARCH, 9, 11),  # of 10 of 10, which are rounded, a range
    ]
    rows += [(WITHIN, "ENGLAND", month, 88_000, 100_000) for month in ("2018-01", "2018-02")]
    drawn = chart("trend", figures(*rows, policy=ROUNDS), WITHIN)
    labels = texts(drawn.svg, "label")
    assert "88.0% England (Feb 2018)" in labels
    own = " ".join(each for each in labels if "England" not in each and "Standard" not in each)
    assert own == "66.6% to 100.0% CCG A"
    dashes = {item.get("stroke-dasharray") for item in elements(drawn.svg, "leader")}
    assert dashes == {None, "1,3"}, "no leader looks like a line of figures"


def test_a_figure_withheld_for_another_is_not_said_to_be_small() -> None:
    row = {"value_mark": "[c]", "value_lowest": None, "note": WITHHELD_NOTE}
    assert missing_words(row) == WITHHELD_NOTE
    assert missing_words(row | {"note": ""}) == "suppressed, because the number is small"


def test_a_long_unit_takes_two_lines_and_none_is_cut() -> None:
    long = replace(RTT.indicators[WITHIN], within_in_words="within 18 weeks, " + "or more " * 12)
    found = over_time([0.9, 0.91, 0.95] * 6)
    lines = found.family.indicators | {WITHIN: long}
    found = replace(found, family=replace(found.family, indicators=lines))
    for kind in ("trend", "spc", "ranked", "spread", "funnel"):
        drawn = chart(kind, found, WITHIN)
        assert "…" not in drawn.svg
        texts_stay_inside(drawn.svg)


def test_a_page_shows_the_plot_and_the_verdicts_as_text_and_the_file_holds_both() -> None:
    _, drawn, _ = eventful()
    shown = drawn.figure
    assert "xMidYMin slice" in shown and "xMidYMin slice" not in drawn.svg
    assert whole(shown[shown.index("<svg") : shown.index("</svg>") + 6]) == drawn.svg
    for _, said in drawn.below:
        assert said in shown.partition("<ul class='verdicts'>")[2]
    lowest = max(float(each.get("y") or 0) for each in elements(drawn.svg, "x-tick"))
    first = min(
        float(each.get("y") or 0)
        for each in elements(drawn.svg)
        if words(each).startswith("Latest")
    )
    assert lowest < drawn.plot_height < first
