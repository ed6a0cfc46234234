"""Unusual periods where counts are hidden or rounded: told from what is shown alone."""

from __future__ import annotations

from math import inf

import pytest
from released_figures import ADMITTED, HIDES, MARCH, NEW, ROUNDS, RTT, WITHIN, figures

from nhsind.definitions.relations import relations_of
from nhsind.periods import parse_period
from nhsind.release.unusual_figures import far_from_usual, unusual_figures

LAST = parse_period(MARCH)
BEFORE = [str(LAST.shift(-step)) for step in range(12, 0, -1)]


def told(now: int, *before: int, policy: object = ROUNDS) -> list[tuple[str, str]]:
    counts = [*zip(BEFORE[-len(before) :], before, strict=True), (MARCH, now)]
    rows = [(WITHIN, "A", month, count // 2, count) for month, count in counts]
    found = figures(*rows, policy=policy)  # type: ignore[arg-type]
    return unusual_figures(
        found.figures.frame,
        found.figures.policy,
        relations_of(RTT),
        periods={WITHIN: LAST},
        tolerance=0.5,
    )


@pytest.mark.parametrize(
    ("now", "before", "far"),
    [
        ((44, 48), [(98, 102)] * 6, "less"),
        ((45, 49), [(98, 102)] * 6, ""),  # 49 may be half
        ((206, 210), [(98, 102)] * 6, "more"),
        ((203, 207), [(98, 102)] * 6, ""),
        ((1, 7), [(98, 102)] * 6, "less"),  # hidden because it is small, which is shown
        ((0, inf), [(98, 102)] * 6, ""),
        ((400, 400), [(98, 102), (0, inf), (0, inf), (98, 102)], ""),  # the median may be anything
    ],
)
def test_a_range_is_unusual_where_all_of_it_is(
    now: tuple[float, float], before: list[tuple[float, float]], far: str
) -> None:
    assert far_from_usual(now, before, 0.5) == far


def test_it_says_whose_and_what_without_a_number() -> None:
    ((words, line),) = told(100, *[400] * 8)
    assert line == WITHIN and words == (
        "A has far less in 2018-03 than is usual, by the published counts of incomplete pathways: "
        "data may be missing, or there twice"
    )
    ((words, _),) = told(1000, *[400] * 8)
    assert words.startswith("A has far more")


def test_an_organisation_is_told_of_once() -> None:
    lines = [WITHIN, ADMITTED, NEW]
    counts = [*zip(BEFORE, [400] * 12, strict=True), (MARCH, 100)]
    rows = [
        (line, code, month, number, None if line == NEW else number)
        for line in lines
        for code in ("B", "A")
        for month, number in counts
    ]
    found = figures(*rows, policy=ROUNDS)
    told = unusual_figures(
        found.figures.frame,
        found.figures.policy,
        relations_of(RTT),
        periods=dict.fromkeys(lines, LAST),
        tolerance=0.5,
    )
    assert [of.split() for _, of in told] == [sorted(lines)] * 2
    words = [each for each, _ in told]
    assert [each[0] for each in words] == ["A", "B"] and words[0][1:] == words[1][1:]
    assert words[0].count(" and ") == 1 and "pathways and new pathways: data may" in words[0]


def test_too_few_periods_before_tell_nothing() -> None:
    assert told(100, *[400] * 5) == [] and told(100, *[400] * 6)


@pytest.mark.parametrize("policy", [ROUNDS, HIDES])
def test_what_is_shown_alike_is_told_alike(policy: object) -> None:
    """Twins: true counts that differ, released counts that do not."""
    usual = [400] * 8
    small = [told(now, *usual, policy=policy) for now in (2, 4)]
    assert small[0] == small[1]
    rounded = [told(now, *usual, policy=ROUNDS) for now in (198, 199, 200, 201, 202)]
    assert rounded == [[]] * 5  # by the true counts two of them are under half
    assert told(180, *usual, policy=ROUNDS)
