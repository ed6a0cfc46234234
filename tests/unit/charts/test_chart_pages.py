"""Charts: described, the same figures as a table, nothing of what is suppressed."""

from __future__ import annotations

import re
import warnings
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest
from released_figures import (
    ADMITTED,
    HIDES,
    HOSTILE,
    NAMES,
    WITHIN,
    page_of_charts,
    parsed,
    three_months,
    waiting,
    words,
)

import nhsind
from nhsind.charts import chart
from nhsind.errors import UsageError
from nhsind.narrative.interpretation import interpret
from nhsind.release.confidential import Raw
from nhsind.tables.kinds import table


@cache
def exact_charts() -> list[Any]:
    return page_of_charts(three_months())


def texts(svg: str) -> list[str]:
    return [words(item).strip() for item in ET.fromstring(svg).iter() if item.tag.endswith("}text")]


def test_charts_are_described_images_with_the_same_figures_as_a_table() -> None:
    for drawn in exact_charts():
        svg = ET.fromstring(drawn.svg)
        assert svg.get("role") == "img" and svg.get("aria-label") == drawn.alt
        assert "March 2018" in drawn.alt and len(drawn.alt) > 60
        html = parsed(drawn._repr_html_())
        assert words(html.find("figure/figcaption")) == drawn.caption
        assert html.find("details/div/table/caption") is not None
        assert drawn.alt in repr(drawn) and drawn.table.caption in repr(drawn)


def test_the_description_holds_the_numbers_of_the_table() -> None:
    for drawn in exact_charts():
        told = re.sub(r"18 weeks|\d{4}|Standard \d+%|: \d organisations", "", drawn.alt)
        numbers = set(re.findall(r"\d[\d,.]*\d%?|\d", told))
        shown = {cell for row in drawn.table.rows for cell in row[1:]}
        assert numbers and numbers <= shown, numbers - shown


def test_percentages_in_a_description_are_rounded_half_up() -> None:
    drawn = exact_charts()[1]
    assert "Own CCG: from 81.3% in January 2018 to 81.3% in March 2018" in drawn.alt


def test_charts_on_one_page_cannot_take_each_others_parts() -> None:
    seen: set[str] = set()
    others = page_of_charts(replace(three_months(), organisation="B"))
    for svg in {drawn.svg for drawn in (*exact_charts(), *others)}:
        items = list(ET.fromstring(svg).iter())
        own = [name for item in items if (name := item.get("id"))]
        assert own and len(set(own)) == len(own) and not seen & set(own)
        seen |= set(own)
        used = {item.get("href") for item in items} - {None}
        assert used <= {f"#{name}" for name in own}
        for item in items:
            assert item.tag.split("}")[1] != "style" and "style" not in item.attrib
            assert not [value for value in item.attrib.values() if "url(" in value]


def test_charts_hold_no_date_no_creator_and_are_the_same_twice() -> None:
    first, again = exact_charts(), page_of_charts(three_months())
    assert first == again
    for drawn in first:
        assert not re.search(r"<metadata|dc:|Matplotlib|<\?xml|<!|20(?!1[78])\d\d-", drawn.svg)


@pytest.mark.parametrize("name", [*HOSTILE, "$5 off $", "$\\frac$", "100% \\LaTeX_{x}^2"])
def test_a_hostile_name_is_drawn_as_it_stands(name: str) -> None:
    found = three_months(names=NAMES | {"A": name})
    for drawn in page_of_charts(found):
        svg = ET.fromstring(drawn.svg)
        assert svg.get("aria-label") == drawn.alt
        for item in svg.iter():
            assert item.tag.split("}")[1] not in ("script", "a", "image", "foreignObject")
            assert not [key for key in item.attrib if key.lower().startswith("on")]
        parsed(drawn._repr_html_())
    assert name in chart("ranked", found, WITHIN).alt
    label = next(text for text in texts(chart("ranked", found, WITHIN).svg) if text[:4] == name[:4])
    assert name.startswith(label.rstrip("…"))


@pytest.mark.parametrize("name", ["Ymddiriedolaeth Ŵ ŷ", "信託", "CCG 😀"])
def test_a_name_in_any_script_is_drawn_without_a_warning(name: str) -> None:
    """A warning goes to stderr, and a report that writes there fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = page_of_charts(three_months(names=NAMES | {"A": name}))
    assert name in texts(drawn[0].svg)


@pytest.mark.parametrize("character", ["\x0b", "\x00", "\x1b", "\ufffe"])
def test_a_name_with_a_character_that_no_drawing_may_hold_is_drawn(character: str) -> None:
    drawn = chart("ranked", three_months(names=NAMES | {"A": f"Own{character}CCG"}), WITHIN)
    assert any(text.startswith("Own") for text in texts(drawn.svg))


def test_a_ranked_chart_of_many_shows_those_around_the_organisation() -> None:
    many = {f"Z{number:02d}": (500 + 10 * number, 1000) for number in range(40)}
    drawn = chart("ranked", waiting(A=(655, 1000), **many), WITHIN)
    named = [text for text in texts(drawn.svg) if text.startswith("CCG ")]
    assert "CCG A" in named and len(named) == 16
    assert any(row[0] == "CCG A (this report)" for row in drawn.table.rows)


def test_one_period_is_no_trend() -> None:
    drawn = chart("trend", waiting(A=(90, 100)), WITHIN)
    assert drawn.svg == "" and "no trend" in drawn.caption
    assert parsed(drawn._repr_html_()).find("p") is not None


@pytest.mark.parametrize("organisation", ["D", "E"])
def test_a_suppressed_organisation_never_appears_with_a_number(organisation: str) -> None:
    found = replace(three_months(HIDES), organisation=organisation)
    name = found.name
    ranked, trend, _ = page_of_charts(found)
    assert all(name not in text for text in texts(ranked.svg))
    assert f"{name} is at" not in ranked.alt and f"{name}: from" not in trend.alt
    for drawn in (ranked, trend):
        rows = [row for row in drawn.table.rows if row[0].startswith(name)]
        assert not [cell for row in rows for cell in row[1:] if re.search(r"\d", cell)]
    place = trend.table.headings.index(name)
    assert {row[place] for row in trend.table.rows} == {"[c]"}
    beside = chart("ranked", three_months(HIDES), WITHIN)
    assert name not in beside.alt and all(name not in text for text in texts(beside.svg))


CONFIDENTIAL = Raw(pd.DataFrame({"value": [73_519]}))


@pytest.mark.parametrize(
    "given",
    [
        CONFIDENTIAL,
        pd.DataFrame({"value": [73_519]}),
        replace(waiting(A=(90, 100)), figures=CONFIDENTIAL),
        replace(waiting(A=(90, 100)), figures=pd.DataFrame({"value": [73_519]})),
    ],
    ids=["raw", "frame", "results of raw", "results of a frame"],
)
@pytest.mark.parametrize(
    "show",
    [
        lambda given: chart("ranked", given, WITHIN),
        lambda given: chart("trend", given, WITHIN),
        lambda given: table("result", given, WITHIN),
        lambda given: table("activity", given, ADMITTED),
        interpret,
    ],
)
def test_only_released_figures_are_shown(given: Any, show: Any) -> None:
    with pytest.raises((TypeError, AttributeError, UsageError)) as refused:
        show(given)
    assert "73" not in str(refused.value)


def test_without_a_code_a_chart_is_of_the_first_judged_line() -> None:
    found = three_months()
    assert nhsind.chart("trend", found, org="A") == nhsind.chart("trend", found, WITHIN, org="A")
