"""What is read first: the gravest misses, what limits no longer promise, signals of one unit."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from released_figures import MARCH, NEW, WITHIN, figures

from nhsind.charts.icons import assurance_icon, by_limits
from nhsind.charts.key_figures import key_figures
from nhsind.definitions.catalogue import load_family
from nhsind.narrative.attention import attention, misses_words, signal_words, worse_words
from nhsind.narrative.evidence import Evidence
from nhsind.narrative.gathering import gather
from nhsind.narrative.interpretation import interpret
from nhsind.narrative.patterns import run_words
from nhsind.narrative.standing import by_most, standing
from nhsind.narrative.wording import when_words
from nhsind.periods import parse_period
from nhsind.release.results import Results
from nhsind.statistics.shewhart import spc

MONTHS = pd.period_range("2016-04", MARCH, freq="M").astype(str)


def of_months(counts: list[tuple[int, int]]) -> Results:
    rows = [(WITHIN, "A", month, *pair) for month, pair in zip(MONTHS, counts, strict=True)]
    return figures(*rows, (WITHIN, "ENGLAND", MARCH, 900, 1000))


def told_of(counts: list[tuple[int, int]]) -> tuple[Results, dict[str, Evidence]]:
    found = of_months(counts)
    return found, gather(found, ["A"])


@pytest.mark.parametrize(
    ("polarity", "values", "target", "promise"),
    [
        ("higher", [80, 81] * 10, 92, "fail"),
        ("higher", [*[80, 81] * 10, 93], 92, "broken"),
        ("higher", [*[80, 81] * 10, 92], 92, "fail"),  # exactly on it
        ("higher", [*[95, 96] * 10, 91.9], 92, "broken"),
        ("higher", [*[95, 96] * 10, 92], 92, "pass"),
        ("lower", [*[80, 81] * 10, 69], 70, "broken"),
        ("lower", [*[60, 61] * 10, 71], 70, "broken"),
        ("lower", [60, 61] * 10, 70, "pass"),
        ("higher", [80, 100] * 10, 90, "hit_or_miss"),
    ],
)
def test_limits_promise_nothing_that_the_latest_value_broke(
    polarity: str, values: list[float], target: float, promise: str
) -> None:
    chart = spc(values, target, polarity=polarity)
    assert chart.promise == promise
    # The method's own word stays what it is.
    assert chart.assurance == (promise if promise != "broken" else chart.assurance)
    assert chart.promise == "broken" or chart.promise == chart.assurance


def test_a_page_does_not_say_that_figures_consistently_miss_what_the_latest_met() -> None:
    found, known = told_of([*[(80, 100), (81, 100)] * 11, (80, 100), (93, 100)])
    how = standing(known[WITHIN], "A")
    assert how.assurance == "broken"
    icon = assurance_icon(how.assurance)
    assert "consistently" not in icon.words and by_limits(how.variation, how.assurance) == ""
    assert not attention(known, "A", "ccg")
    row = found.figure(WITHIN)
    assert row is not None and row["meets_standard"]


def test_what_outdated_limits_say_is_hedged_wherever_it_is_told() -> None:
    assert misses_words("plan", "common_cause") == "by its limits it consistently misses its plan"
    told = misses_words("", "concern")
    assert told == "by limits that this may have outdated, it consistently misses it"


def test_a_signal_that_rests_on_one_says_so() -> None:
    found, known = told_of([*[(17, 17)] * 11, (16, 17), *[(17, 17)] * 11, (16, 17)])
    told = signal_words(known[WITHIN], "A")
    assert told.endswith("(below the lower limit; one more of 17 would be within it)")
    assert "one more of 17 would be within it)" in " ".join(interpret(found, "A").paragraphs)
    _, known = told_of([*[(17, 17)] * 11, (16, 17), *[(17, 17)] * 11, (12, 17)])
    assert signal_words(known[WITHIN], "A").endswith("(below the lower limit)")
    _, known = told_of([(90, 100), (91, 100)] * 12)
    assert signal_words(known[WITHIN], "A") == ""


def test_a_worse_count_names_the_working_days_of_the_year_before() -> None:
    found = figures((NEW, "A", "2017-03", 500, None), (NEW, "A", MARCH, 700, None))
    evidence = gather(found, ["A"])[NEW]
    assert worse_words(evidence, "A") == ""
    worse = replace(evidence, line=replace(evidence.line, polarity="lower"))
    told = "clearly worse than in March 2017 (500, with 2 working days more)"
    assert worse_words(worse, "A") == told


def test_a_card_says_what_was_so_in_each_of_the_last_months() -> None:
    swinging = [*[(97, 100), (91, 100)] * 3, *[(75, 100), (91, 100)] * 9]
    found, known = told_of(swinging)
    assert run_words(known[WITHIN], "A") == "missed in each of the last 19 months"
    assert "Missed in each of the last 19 months." in key_figures(found, known)[0].said
    _, known = told_of([*swinging[:-6], *[(75, 100), (97, 100)] * 3])
    assert run_words(known[WITHIN], "A") == ""


def test_the_gravest_miss_comes_first() -> None:
    beyond, more, within = (0.92, 0.5, 0.4, 0.6), (0.92, 0.3, 0.2, 0.4), (0.92, 0.2, 0.0, 0.95)
    unknown = (0.92, math.nan, math.nan, math.nan)
    order = sorted([unknown, within, beyond, more], key=lambda each: by_most(*each))
    assert order == [more, beyond, within, unknown]
    # Where lower is better, above is as far as below.
    assert by_most(10, 20, 15, 25) < by_most(10, 12, 11, 13) < by_most(10, 30, 5, 60)


def test_a_count_at_the_beginning_is_dated_there() -> None:
    quarter = parse_period("2017-18-Q4")
    lines = load_family("phb").indicators
    assert when_words(quarter, lines["E.N.1_1"]) == "On 1 January 2018"
    assert when_words(quarter, lines["E.N.1_2"]) == "In Q4 of 2017/18"
    rtt = load_family("rtt").indicators[WITHIN]
    assert when_words(parse_period(MARCH), rtt) == "On 31 March 2018"
    estimate = next(
        line for line in load_family("cyp").indicators.values()
        if line.kind == "count" and line.numerator.public
    )  # fmt: skip
    assert when_words(quarter, estimate).startswith("In ")
