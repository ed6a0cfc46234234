"""What is read first of a family, from released results: judged figures, what needs attention."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from released_figures import ADMITTED, HIDES, MARCH, NEW, ROUNDS, WITHIN, Figure, figures

import nhsind
from nhsind.charts.first_read import MOST_CONCERNS, InShort, in_short
from nhsind.charts.key_figures import KeyFigure, most_pressing
from nhsind.charts.small_control import Small
from nhsind.narrative.attention import NOT_JUDGED, NOTHING, NOTHING_UNCHARTED, Concern
from nhsind.periods import parse_period
from nhsind.report.glance import UNJUDGED, glance_of
from nhsind.sources.findings import UNUSUAL
from nhsind.tables.kinds import table

MISSING = float("nan")
HIDDEN = "suppressed, because the number is small"


def months(*numerators: int, line: str = WITHIN) -> list[Figure]:
    """Months up to March 2018, of 1,000 units each."""
    last = parse_period(MARCH)
    return [
        (line, "A", str(last.shift(place + 1 - len(numerators))), number, 1000)
        for place, number in enumerate(numerators)
    ]


@pytest.mark.parametrize(
    ("numerator", "met", "verdict"),
    [
        (920, "met", "Standard of at least 92%: met"),
        (919, "not met", "Standard of at least 92%: not met"),
    ],
)
def test_a_judged_figure(numerator: int, met: str, verdict: str) -> None:
    found = figures((WITHIN, "A", MARCH, numerator, 1000), (ADMITTED, "A", MARCH, 7, None))
    (figure,) = in_short(found).figures
    assert (figure.code, figure.met, figure.verdict) == (WITHIN, met, verdict)
    assert figure.value == f"{numerator / 10:.1f}%"
    assert figure.counts == f"{numerator} of 1,000 incomplete pathways"
    concerns = [(WITHIN, "standard of at least 92% not met (91.9%)")] if met == "not met" else []
    assert [(each.code, each.words) for each in in_short(found).concerns] == concerns


@pytest.mark.parametrize(
    ("before", "told"),
    [(9_954_900, "(by less than the digits show)"), (9_955_100, "(99.6%)")],
)
def test_a_change_smaller_than_the_digits_is_said_to_be_so(before: int, told: str) -> None:
    rows = [(WITHIN, "A", "2018-02", before, 10**7), (WITHIN, "A", MARCH, 9_945_100, 10**7)]
    (concern,) = in_short(figures(*rows)).concerns
    aim = "standard of at least 92% met (99.5%), but"
    assert concern.words == f"{aim} clearly worse than in February 2018 {told}"


def test_a_hidden_figure_says_so_and_has_no_verdict_and_no_chart() -> None:
    found = in_short(figures((WITHIN, "A", MARCH, 3, 30), policy=HIDES))
    (figure,) = found.figures
    assert (figure.value, figure.counts, figure.met, figure.chart) == ("[c]", HIDDEN, "", "")
    assert figure.verdict == "Standard of at least 92%: no verdict, since the figure is hidden"
    # Nothing that is shown is missed, and what is hidden may be.
    assert found.concerns == () and found.nothing == (
        f"{NOT_JUDGED} 1 line, whose figure is hidden or too coarse, has no verdict on a "
        "standard or plan."
    )
    assert found.nothing in found._repr_html_() and found.nothing in repr(found)
    shown = in_short(figures((WITHIN, "A", MARCH, 950, 1000), policy=HIDES))
    assert shown.nothing == NOTHING_UNCHARTED


def test_control_charts_are_spoken_of_where_there_are_some() -> None:
    months = [f"2017-{month:02d}" for month in range(1, 13)] + ["2018-01", "2018-02", MARCH]
    steady = [(WITHIN, "A", month, 950 + place % 2, 1000) for place, month in enumerate(months)]
    assert in_short(figures(*steady)).nothing == NOTHING
    assert in_short(figures(*steady[-10:])).nothing == NOTHING_UNCHARTED


def test_the_card_of_unusual_numbers_says_so() -> None:
    found = figures((WITHIN, "A", "2017-03", 950, 1000), (WITHIN, "A", MARCH, 99, 100))
    assert "usual" not in in_short(found).figures[0].said
    found.quality.frame.loc[0, ["fault", "about"]] = [
        UNUSUAL,
        "A has far less in 2018-01 than is usual",
    ]
    found.quality.frame["lines"] = WITHIN
    (figure,) = in_short(replace(found)).figures
    assert figure.met == "met"
    assert figure.said.endswith(
        "Far less in January 2018 than is usual: data may be missing, or there twice."
    )


def test_a_change_of_counts_names_the_working_days_of_a_year_before() -> None:
    """Good Friday fell in March in 2018, and in April in 2017."""
    found = figures((NEW, "A", "2017-03", 500, None), (NEW, "A", MARCH, 700, None))
    told = in_short(found).figures[0].said
    assert "Up 200 new pathways from 500 in March 2017 (2 working days more)." in told
    # A cell of a page of all lines has no room for it.
    change = glance_of(found, "").lines[0].figures["A"].change
    assert change == "up 200 new pathways from 500 in March 2017"


def test_a_figure_too_coarse_for_a_value_is_not_said_to_be_small() -> None:
    (figure,) = in_short(figures((WITHIN, "A", MARCH, 11, 14), policy=ROUNDS)).figures
    assert " to " in figure.value
    assert figure.counts == "roughly 10 of roughly 15 incomplete pathways"


def test_who_has_no_figure_has_none_to_say() -> None:
    found = figures((WITHIN, "A", "2018-02", 9, 10), (WITHIN, "B", MARCH, 9, 10))
    assert in_short(found).figures == ()


def test_what_is_not_met_comes_first_and_three_are_said() -> None:
    verdicts = ["met", "", "not met", "met", "not met"]
    given = [KeyFigure(str(n), "", "", "", met, "") for n, met in enumerate(verdicts)]
    assert [each.code for each in most_pressing(given)] == ["2", "4", "0"]


def test_what_a_control_chart_signals_needs_attention_though_the_standard_is_met() -> None:
    steady = [960, 962, 959, 961, 960, 963, 958, 960, 961, 959, 962, 960, 961, 959]
    assert in_short(figures(*months(*steady, 960))).concerns == ()
    (concern,) = in_short(figures(*months(*steady, 940))).concerns
    assert concern.reasons[0].endswith(
        "met (94.0%), but a special cause of concern (below the lower limit)"
    )
    (figure,) = in_short(figures(*months(*steady, 940))).figures
    assert "Special cause of concern, low values" in figure.said
    assert figure.chart.startswith("<svg") and "Control chart of" in figure.chart


def test_of_rounded_figures_there_is_no_small_chart() -> None:
    (figure,) = in_short(figures(*months(960, 940), policy=ROUNDS)).figures
    assert figure.chart == ""
    assert figure.said == (
        "Lower than before; the published counts are too coarse to tell whether by more than "
        "chance (before: 96%)."
    )


def test_of_many_concerns_the_rest_is_counted() -> None:
    concerns = tuple(Concern(str(n), "Line", ("why",), 0) for n in range(MOST_CONCERNS + 2))
    points = InShort((), concerns).points
    assert len(points) == MOST_CONCERNS + 1
    assert points[-1] == ("And", "Line (5) and Line (6), each in its part of the page")
    assert len(InShort((), concerns[:MOST_CONCERNS]).points) == MOST_CONCERNS


def test_a_small_chart_has_each_known_point_once_and_breaks_at_gaps() -> None:
    drawn = Small([1, 2, MISSING, 4, 3], meanings=["", "", "", "concern", ""]).drawn("w & w")
    line = re.search(r'<path d="([^"]*)" fill="none"[^>]*stroke-width="1.6"', drawn)
    assert line and line[1].count("M") == 2 and line[1].count("L") == 2
    assert drawn.count("m-3.6-3.6") == 1 and drawn.count("m-2.6 0") == 3
    assert 'aria-label="w &amp; w"' in drawn
    assert Small([1, MISSING]).drawn("") == ""


def test_a_figure_stands_beside_england() -> None:
    rows = [*months(960, 940), (WITHIN, "ENGLAND", MARCH, 900, 1000)]
    (figure,) = in_short(figures(*rows)).figures
    assert (figure.counts, figure.beside) == ("940 of 1,000 incomplete pathways", "England 90.0%")
    shown = in_short(figures(*rows))._repr_html_()
    assert "<div>940 of 1,000 incomplete pathways; England 90.0%</div>" in shown
    (alone,) = in_short(figures(*months(960, 940))).figures
    assert alone.beside == ""
    (national,) = in_short(figures(*rows).for_england()).figures
    assert national.beside == ""


def test_without_a_standard_what_a_plan_judges_is_read_first() -> None:
    found = figures((ADMITTED, "A", MARCH, 90, None), (NEW, "A", MARCH, 70, None))
    frame = found.figures.frame
    new = frame["indicator"] == NEW
    frame.loc[new, "plan"], frame.loc[new, "meets_plan"] = 60.0, False
    (figure,) = in_short(found).figures
    assert (figure.code, figure.met, figure.verdict) == (NEW, "not met", "Plan of 60: not met")
    assert figure.beside == ""
    (concern,) = in_short(found).concerns
    assert concern.words == "plan of 60 not met (70)"


def test_a_standard_and_a_plan_that_are_missed_are_told_together() -> None:
    found = figures((WITHIN, "A", MARCH, 900, 1000))
    frame = found.figures.frame
    frame["plan"], frame["meets_plan"] = 0.92, False
    (concern,) = in_short(found).concerns
    assert concern.words == "standard of at least 92% and plan of 92.0% not met (90.0%)"


def test_a_period_that_is_not_covered_keeps_its_standard() -> None:
    """The records begin with 2018: who waited before is not in them."""
    days = pd.date_range("2018-01-01", "2018-03-31").strftime("%Y-%m-%d")
    frame = pd.DataFrame({"clock_start_date": [*days, *days], "ccg_code": "00A"})
    frame["pathway_id"] = frame.index.astype(str)
    found = nhsind.results(
        "rtt", period=MARCH, data=frame.assign(clock_stop_date=None, stop_type=None)
    )
    (figure,) = in_short(found).figures
    assert (figure.code, figure.met) == (WITHIN, "")
    told = "Standard of at least 92%: no verdict, since the data do not cover the period"
    assert figure.verdict == told
    (line, *others) = glance_of(found, "").lines
    assert (line.figures["00A"].verdict, line.figures["00A"].standard) == ("[x]", "at least 92%")
    assert {each.figures["00A"].verdict for each in others} == {UNJUDGED}
    row = table("result", found, WITHIN).rows[0]
    assert list(row[-2:]) == ["at least 92%", "[x]"]
