"""Sentences: each says what the released figures say, on each side of its limits."""

from __future__ import annotations

import re

import pytest
from released_figures import (
    ADMITTED,
    HIDES,
    HOSTILE,
    MARCH,
    NEW,
    NON_ADMITTED,
    WITHIN,
    Figure,
    figures,
    parsed,
    waiting,
    words,
)

from nhsind.definitions.standards import Standard
from nhsind.narrative.interpretation import interpret
from nhsind.release.policies import rule_words
from nhsind.release.results import Results
from nhsind.tables.kinds import table


def said(found: Results) -> str:
    return interpret(found).paragraphs[0]


def test_met() -> None:
    text = said(waiting(A=(950, 1000)))
    assert text.startswith(
        "On 31 March 2018, 95.0% of CCG A’s 1,000 incomplete pathways were within 18 weeks "
        "(95% interval 93.5% to 96.2%)."
    )
    assert "The standard of 92% was met by 3.0 percentage points." in text
    assert "would have met" not in text


def test_not_met_says_how_many_more() -> None:
    text = said(waiting(A=(400, 500)))
    assert "The standard of 92% was not met, by 12.0 percentage points" in text
    assert "(60 more pathways within 18 weeks would have met it)." in text


def test_one_more_is_one_pathway() -> None:
    assert "(1 more pathway within 18 weeks would have met it)." in said(waiting(A=(459, 500)))


def test_exactly_at_the_standard_is_met() -> None:
    assert "The standard of 92% was met exactly." in said(waiting(A=(92, 100)))


def test_exactly_at_a_standard_of_more_than_is_not_met() -> None:
    found = figures((WITHIN, "A", MARCH, 92, 100), standard=Standard(">", "0.92", "month"))
    exactly = "was not met: the figure is exactly 92%, not more than 92%, and 1 more pathway"
    assert exactly in said(found)


def test_lower_is_better_counts_how_many_fewer() -> None:
    found = figures((WITHIN, "A", MARCH, 10, 100), standard=Standard("<=", "0.04", "month"))
    assert (
        "The standard of 4% was not met, by 6.0 percentage points "
        "(6 fewer pathways within 18 weeks would have met it)."
    ) in said(found)


def test_a_value_shown_at_the_standard_can_still_miss_it() -> None:
    found = figures((WITHIN, "A", MARCH, 2374, 2500), standard=Standard(">=", "0.95", "month"))
    text = said(found)
    assert "95.0% of CCG A’s 2,500" in text
    assert "The standard of 95% was not met, by less than 0.1 percentage points" in text
    assert "1 more pathway within" in text
    row = table("result", found, WITHIN).rows[0]
    assert (row[3], row[-1]) == ("95.0%", "not met")


def test_shown_percentages_are_rounded_half_up() -> None:
    # 1/16 is 6.25%, 13/16 is 81.25%: both go up.
    for numerator, expected in ((1, "6.3%"), (13, "81.3%"), (15, "93.8%")):
        assert f" {expected} of CCG A’s 16 " in said(waiting(A=(numerator, 16)))


def test_no_cases() -> None:
    text = said(waiting(A=(0, 0), B=(5, 9)))
    assert "CCG A had no incomplete pathways in March 2018, so there is no percentage." in text
    assert "standard" not in text


@pytest.mark.parametrize("pair", [(3, 100), (97, 100), (2, 4)])
def test_a_suppressed_figure_has_no_sentence_with_a_number(pair: tuple[int, int]) -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, *pair), (ADMITTED, "A", MARCH, 2, None)]
    rows += [(WITHIN, "A", "2018-02", 80, 100), (WITHIN, "B", MARCH, 80, 100)]
    *paragraphs, rule = interpret(figures(*rows, policy=HIDES)).paragraphs
    assert rule == rule_words(HIDES)
    told = " ".join(paragraphs)
    assert "suppressed" in told
    assert not re.search(r"\d", told.replace("within 18 weeks", ""))
    assert not re.search(r"\b(met|above|below|ranked|higher|lower)\b", told, re.IGNORECASE)


def test_no_change_is_told_from_a_suppressed_month() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 80, 100), (WITHIN, "A", "2018-02", 3, 100)]
    assert "period before" not in said(figures(*rows, policy=HIDES))


@pytest.mark.parametrize(("denominator", "is_small"), [(1, True), (49, True), (50, False)])
def test_a_small_denominator_is_a_caution(denominator: int, is_small: bool) -> None:
    text = said(waiting(A=(denominator, denominator)))
    assert ("small numbers: each one moves it by" in text) == is_small
    if denominator == 49:
        assert "small numbers: each one moves it by 2.0 points)" in text


def test_one_is_singular() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 1, 1), (ADMITTED, "A", MARCH, 1, None)]
    rows.append((NEW, "A", MARCH, 1, None))
    text = " ".join(interpret(figures(*rows)).paragraphs)
    assert not re.search(r"\b1 (more |\w+ |completed |admitted |new )*pathways", text), text


def test_ranks_and_ties() -> None:
    others = {f"B{step}": (10 + step, 100) for step in range(8)}
    found = waiting(A=(90, 100), C=(95, 100), **others)
    assert "number 2 of 10 organisations (highest first; one interval overlaps its own)" in said(
        found
    )
    tied = waiting(A=(90, 100), C=(45, 50), **others)
    assert "one of 2 that share place 1 of 10 organisations (highest first; one" in said(tied)


def test_england_is_no_rival() -> None:
    others = {f"B{step}": (10 + step, 100) for step in range(9)}
    text = said(waiting(A=(90, 100), ENGLAND=(265, 300), **others))
    assert (
        "It is not clearly different from England (88.3%), and number 1 of 10 organisations" in text
    )


@pytest.mark.parametrize(("numerator", "place"), [(950, "better than"), (700, "worse than")])
def test_an_interval_beside_england(numerator: int, place: str) -> None:
    text = said(waiting(A=(numerator, 1000), ENGLAND=(8600, 10000)))
    assert f"It is {place} England (86.0%)." in text


def test_a_single_organisation_without_a_past() -> None:
    text = said(waiting(A=(90, 100)))
    assert not re.search(r"number|than|England|clear", text)


def test_change_beyond_and_within_chance() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 900, 1000), (WITHIN, "A", "2018-02", 895, 1000)]
    rows.append((WITHIN, "A", "2017-03", 800, 1000))
    text = said(figures(*rows))
    assert "It is 10.0 percentage points higher than in March 2017 (80.0%; an improv" in text
    assert "; there is no clear change from February 2018 (89.5%)." in text


def test_counts_and_their_change_in_a_year() -> None:
    rows: list[Figure] = [
        (ADMITTED, "A", MARCH, 1500, None),
        (NON_ADMITTED, "A", MARCH, 1000, None),
        (NEW, "A", MARCH, 0, None),
        (ADMITTED, "A", "2017-03", 1000, None),
        (NON_ADMITTED, "A", "2017-03", 1001, None),
        (NEW, "A", "2017-03", 40, None),
    ]
    text = said(figures(*rows))
    assert text.startswith(
        "In March 2018 there were 1,500 completed admitted pathways, 1,000 completed non-admitted "
        "pathways and 0 new pathways."
    )
    assert (
        "Compared with March 2017, which had 2 working days more, there were 50.0% more completed "
        "admitted pathways (1,000) and 100.0% fewer new pathways (40), and there is no clear "
        "change in completed non-admitted pathways (1,001)."
    ) in text


def test_sentences_are_escaped_and_one_paragraph_each() -> None:
    names = {"A": HOSTILE[0]}
    found = interpret(figures((WITHIN, "A", MARCH, 90, 100), names=names))
    page = parsed(found._repr_html_())
    assert [element.tag for element in page] == ["p"] and HOSTILE[0] in words(page)
    assert repr(found) == "\n\n".join(found.paragraphs)
