"""The grid: who stands where, and that nothing hidden or rounded has a place."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from released_figures import (
    ADMITTED,
    EXACT,
    HIDES,
    HOSTILE,
    MARCH,
    NEW,
    ROUNDS,
    WITHIN,
    figures,
)

import nhsind as ind
from nhsind.charts.grid import (
    COLUMNS,
    MOST_LINES,
    ROWS,
    Placed,
    briefly,
    grid,
    icons_of,
    standing_words,
)
from nhsind.errors import UsageError
from nhsind.narrative.gathering import gather
from nhsind.narrative.standing import Standing, standing
from nhsind.periods import parse_period
from nhsind.report.page import refuse_active
from nhsind.statistics.shewhart import spc

CALM = [950, 940, 955, 945, 950, 948, 952, 944, 951, 947, 949, 953, 946, 950]
SERIES = {
    "A": [*CALM, 948],  # within limits, always over 92%
    "B": [*CALM, 870],  # a fall, and so the target lies between the limits
    "C": [each - 60 for each in CALM] + [895],  # always under 92%
    "D": [*CALM, 985],
}


def months(number: int) -> list[str]:
    last = parse_period(MARCH)
    return [str(last.shift(step - number + 1)) for step in range(number)]


def over_time(series: dict[str, list[int]], policy: Any = EXACT, of: int = 1000) -> Any:
    rows = [
        (WITHIN, code, month, hits, of)
        for code, values in series.items()
        for month, hits in zip(months(len(values)), values, strict=True)
    ]
    return figures(*rows, policy=policy)


def test_a_line_over_all_organisations() -> None:
    drawn = ind.grid(over_time(SERIES), WITHIN)
    ET.fromstring(drawn.svg)
    refuse_active(drawn.figure)
    rows = {row[0].partition(" ")[0]: row[1:] for row in drawn.table.rows}
    for code, values in SERIES.items():
        made = spc([each / 1000 for each in values], 0.92)
        assert made.variation is not None
        expected = Standing(made.variation, made.direction, made.assurance or "")
        assert rows[code] == tuple(each.words for each in icons_of(expected)), code
    assert "Consistently meets the target, common cause: 1 organisation." in drawn.alt
    assert "Consistently misses the target, common cause: 1 organisation." in drawn.alt
    assert "special cause: concern: 1 organisation." in drawn.alt


def test_an_organisation_over_all_lines_and_families() -> None:
    rows = [
        (WITHIN, "A", month, hits, 1000)
        for month, hits in zip(months(15), SERIES["B"], strict=True)
    ]
    rows += [(NEW, "A", month, 300 + 7 * (step % 3), None) for step, month in enumerate(months(15))]
    rows += [(ADMITTED, "A", month, 300, None) for month in months(3)]
    drawn = ind.grid(figures(*rows))
    assert [row[0].split(" ")[0] for row in drawn.table.rows] == [WITHIN, ADMITTED, NEW]
    assert drawn.table.rows[1][1:] == ("fewer than 15 points with a figure", "none")
    assert drawn.table.rows[2][1:] == ("common cause variation", "no target")
    assert "Not in the grid: 1 (fewer than 15 points with a figure)." in drawn.caption
    twice = ind.grid([figures(*rows), figures(*rows)])
    assert len(twice.table.rows) == 6


@pytest.mark.parametrize("policy", [ROUNDS, HIDES])
def test_what_is_rounded_or_hidden_has_no_place_and_no_icon(policy: Any) -> None:
    # The last figure's numerator is hidden under both.
    found = over_time({"A": [*CALM, 948], "B": [*CALM, 3]}, policy)
    evidence = gather(found, ["A", "B"])[WITHIN]
    hidden = standing(evidence, "B")
    assert not hidden.variation and not hidden.assurance and not icons_of(hidden)
    assert "hidden" in hidden.why_none or "too coarse to tell" in hidden.why_none
    shown = standing(evidence, "A")
    if policy is ROUNDS:
        assert shown == Standing(why_none="the published counts are too coarse to tell")
        drawn = ind.grid(found, WITHIN)
        assert not drawn.svg and "nothing to show" in drawn.caption
    else:
        assert shown.variation == "common_cause"


def test_two_true_data_sets_with_one_released_view_have_one_grid() -> None:
    """The hidden month may be 1 or 4, the grid is the same bytes."""
    drawn = [
        ind.grid(over_time({"A": [*CALM[:7], low, *CALM[7:], 948]}, HIDES), WITHIN)
        for low in (1, 4)
    ]
    assert drawn[0] == drawn[1]


def test_a_figure_that_is_not_of_the_period_has_no_place() -> None:
    rows = [
        (WITHIN, "A", month, hits, 1000)
        for month, hits in zip(months(16)[:-1], SERIES["A"], strict=True)
    ]
    rows.append((WITHIN, "B", MARCH, 948, 1000))
    evidence = gather(figures(*rows, organisation="B"), ["A", "B"])[WITHIN]
    assert standing(evidence, "A") == Standing(why_none="no figure for March 2018")


def test_every_cell_of_the_grid_is_drawn_with_its_names() -> None:
    placed = [
        Placed(f"{column} {row}", "title", Standing(column, "high", row))
        for column in COLUMNS
        for row in ROWS
    ]
    drawn = grid("all", placed, "line")
    texts = [
        item.text or "" for item in ET.fromstring(drawn.svg).iter() if item.tag.endswith("text")
    ]
    assert texts.count("1 line") == len(COLUMNS) * len(ROWS)
    assert len(drawn.table.rows) == len(placed)
    few = grid("few", [Placed("a", "a", Standing("common_cause", "", "pass"))], "line")
    assert "neither" in drawn.svg and "neither" not in few.svg
    assert "No target" in drawn.svg and "No target" not in few.svg


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    drawn = grid(name, [Placed(name, name, Standing("concern", "low", "fail"))], "organisation")
    ET.fromstring(drawn.svg)
    refuse_active(drawn.figure)


def test_what_a_grid_cannot_be_made_of_is_refused() -> None:
    found = over_time(SERIES)
    for arguments, message in (
        (((), None), "at least one family"),
        (((found, found), WITHIN), "a line is of one family"),
        ((found, "E.X.1"), "E.X.1"),
    ):
        with pytest.raises(UsageError, match=message):
            ind.grid(*arguments)
    with pytest.raises(UsageError, match="not both"):
        ind.grid(found, WITHIN, org="A")


def test_words_of_a_standing() -> None:
    assert standing_words(Standing("concern", "low", "fail")) == (
        "Special cause of concern, low values; by limits that this may have outdated, consistently "
        "misses the target"
    )
    assert standing_words(Standing("common_cause", "", "pass")) == (
        "Common cause variation; consistently meets the target"
    )
    assert standing_words(Standing("concern", "low")) == "Special cause of concern, low values"
    assert standing_words(Standing(why_none="no figure")) == "No figure"
    assert briefly(Standing("concern", "low", "pass")) == (
        "Concern (low); by limits that this may have outdated, meets the target"
    )
    assert briefly(Standing("common_cause", "", "hit_or_miss")) == (
        "Common cause; may meet or miss the target"
    )


def test_a_full_cell_holds_whole_names_and_how_many_more_there_are() -> None:
    how = Standing("common_cause", "pass", "", "")
    names = [f"ZX{number:03}" for number in range(98)]
    drawn = grid("a line", [Placed(name, name, how) for name in names], "organisation").svg
    told = [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn) if "ZX" in text]
    assert len(told) <= MOST_LINES and "…" not in drawn
    *whole, last = ", ".join(each.rstrip(",") for each in told).split(", ")
    shown, _, more = last.partition(" and ")
    assert [*whole, shown] == names[: len(whole) + 1]
    assert more == f"{98 - len(whole) - 1} more"
