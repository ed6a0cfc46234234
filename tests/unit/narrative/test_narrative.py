"""Sentences of every kind of line and polarity, from released figures, as they are read aloud."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import Standard
from nhsind.narrative.attention import attention
from nhsind.narrative.gathering import gather
from nhsind.narrative.interpretation import _hidden, interpret, interpret_all
from nhsind.narrative.wording import counted, listed, number_words, one, whose
from nhsind.periods import parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.policies import rule_words
from nhsind.release.results import Results
from nhsind.release.shown_cells import WITHHELD_NOTE
from nhsind.sources.findings import UNUSUAL

RTT = load_family("rtt")
EXACT = Disclosure("none", "a test", "a test", "2026-11-22")
HIDES = replace(EXACT, rule="suppress", threshold=5)
ROUNDS = replace(EXACT, rule="suppress", threshold=4, base=5, hide_zeros=True)
WITHIN, ADMITTED, NON_ADMITTED, NEW = RTT.indicators
MARCH = "2018-03"
LAST, YEAR = parse_period(MARCH), parse_period("2017-18")
TEST = "(chi-square test of a weighted line, 99.8%)"
Row = tuple[str, str, int, int | None]


def line(**changed: Any) -> Indicator:
    """A line of another kind, made of E.B.3's or (counts) E.M.18's."""
    like = RTT.indicators[ADMITTED if changed.get("kind") == "count" else WITHIN]
    return replace(like, **({"standards": ()} | changed))


WAITS = line(
    code="E.B.4",
    title="Diagnostic waits of six weeks or more",
    polarity="lower",
    unit="waits",
    within_in_words="six weeks or more",
    waiting_in_words="waits",
    standards=(Standard("<", "0.01", "month"),),
)
BUDGETS = line(
    code="E.N.1",
    title="Personal health budgets",
    kind="rate",
    per=100_000,
    unit="budgets",
    within_in_words="personal health budgets",
    waiting_in_words="registered patients",
    period_rule="flow",
)
STAYS = line(
    code="CARTLeu07",
    title="Mean admission",
    kind="mean",
    polarity="lower",
    unit="days",
    within_in_words="length of stay",
    waiting_in_words="admissions",
    period_rule="flow",
)
COURSES = line(
    code="E.H.3_C1",
    title="Courses to single appointments",
    kind="ratio",
    polarity="monitor",
    has_interval=False,
    unit="courses",
    within_in_words="finished courses",
    waiting_in_words="single appointments",
    period_rule="flow",
)
DIAGNOSED = line(
    code="E.A.S.1",
    title="Dementia diagnosis rate",
    kind="ratio",
    unit="people",
    within_in_words="diagnosed",
    waiting_in_words="people with dementia",
    standards=(Standard(">=", "0.667", "month"),),
)
INPATIENTS = line(
    code="E.K.1a",
    title="Inpatients",
    kind="count",
    polarity="lower",
    unit="inpatients",
    waiting_in_words="inpatients",
    within_in_words="in hospital",
    period_rule="snapshot",
)


def results(
    *rows: tuple[Any, ...],
    lines: tuple[Indicator, ...] = (RTT.indicators[WITHIN],),
    policy: Disclosure = EXACT,
    plans: dict[tuple[str, str], float] | None = None,
    squares: dict[str, float] | None = None,
    groups: dict[str, tuple[str, str]] | None = None,
    quality: list[tuple[str, int]] | None = None,
    organisation: str = "A",
    period: str = MARCH,
) -> Results:
    """Results of (organisation, period, numerator, denominator) of the first line, released.

    A fifth item is the code of another line. `plans`: by organisation and period. `squares`: a
    mean's sums of squares by period.
    """
    table = [(*row, lines[0].code) if len(row) == 4 else row for row in rows]
    columns = ["org_code", "period", "numerator", "denominator", "indicator"]
    frame = pd.DataFrame(table, columns=columns).assign(family="rtt", comparator=None)
    kinds = {each.code: each.kind for each in lines}
    frame["kind"] = frame["indicator"].map(kinds)
    frame["org_level"] = ["england" if code == "ENGLAND" else "ccg" for code in frame["org_code"]]
    frame["org_name"] = [f"CCG {code}" for code in frame["org_code"]]
    keys = zip(frame["org_code"], frame["period"], strict=True)
    frame["plan"] = [(plans or {}).get(key, float("nan")) for key in keys]
    if squares:
        frame["squares"] = frame["period"].map(squares)
    for name in ("numerator", "denominator"):
        whole = all(value is None or value == int(value) for value in frame[name].astype(object))
        frame[name] = frame[name].astype("Int64") if whole else frame[name].astype(object)
    family = replace(RTT, indicators={each.code: each for each in lines})
    found = pd.DataFrame(quality or [], columns=["about", "rows"])
    found["fault"] = ""
    return Results(
        family=family,
        organisation=organisation,
        period=parse_period(period),
        level="ccg",
        figures=release(Raw(frame), family, policy=policy),
        steps=Released(pd.DataFrame(), policy),
        quality=Released(found, policy),
        groups=groups or {},
        source="Records: a test",
        publication={},
    )


def said(*rows: tuple[Any, ...], **more: Any) -> str:
    return interpret(results(*rows, **more)).paragraphs[0]


def months(values: list[tuple[int, int | None]], code: str = "A") -> list[tuple[Any, ...]]:
    """One row per month, the last in March 2018."""
    return [
        (code, str(LAST.shift(step + 1 - len(values))), *pair) for step, pair in enumerate(values)
    ]


# What is counted, by kind -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "pair", "expected"),
    [
        (
            RTT.indicators[WITHIN],
            (950, 1000),
            "On 31 March 2018, 95.0% of CCG A’s 1,000 incomplete pathways were within 18 weeks "
            "(95% interval 93.5% to 96.2%).",
        ),
        (
            WAITS,
            (55, 4210),
            "On 31 March 2018, 1.3% of CCG A’s 4,210 waits were six weeks or more "
            "(95% interval 1.0% to 1.7%).",
        ),
        (WAITS, (1, 1), "100.0% of CCG A’s 1 wait was six weeks or more"),
        (
            BUDGETS,
            (45, 363_000),
            "In March 2018, CCG A had 12.4 personal health budgets per 100,000 registered "
            "patients: 45 personal health budgets for 363,000 registered patients "
            "(95% interval 9.0 to 16.6).",
        ),
        (BUDGETS, (1, 100_000), "patients: 1 personal health budget for 100,000 registered"),
        (
            COURSES,
            (1234, 534),
            "In March 2018, CCG A had 2.3 finished courses for each single appointment: "
            "1,234 finished courses and 534 single appointments.",
        ),
        (
            DIAGNOSED,
            (700, 1000),
            "On 31 March 2018, 70.0% of CCG A’s 1,000 people with dementia were diagnosed "
            "(95% interval 64.9% to 75.4%).",
        ),
    ],
)
def test_what_is_counted(of: Indicator, pair: tuple[int, int], expected: str) -> None:
    assert expected in said(("A", MARCH, *pair), lines=(of,))


def test_a_mean_with_and_without_its_spread() -> None:
    row = ("A", MARCH, 480, 40)
    known = said(row, lines=(STAYS,), squares={MARCH: 480 * 12 + 39 * 25})
    # s = 5: 12 ± 2.0227 x 5 / √40.
    assert known.startswith(
        "In March 2018, the mean length of stay of CCG A’s 40 admissions was 12.0 days "
        "(95% interval 10.4 to 13.6)."
    )
    assert "of CCG A’s 40 admissions was 12.0 days." in said(row, lines=(STAYS,))
    days = replace(STAYS, within_in_words="days in hospital")
    text = said(row, lines=(days,))
    assert "the mean number of days in hospital of CCG A’s 40 admissions was 12.0." in text


def test_estimates_keep_their_half() -> None:
    from decimal import Decimal

    rows = [("A", MARCH, Decimal(700), Decimal("1000.5"))]
    assert "70.0% of CCG A’s 1,000.5 people with dementia" in said(*rows, lines=(DIAGNOSED,))


@pytest.mark.parametrize(
    ("of", "pair", "expected"),
    [
        (WAITS, (0, 0), "CCG A had no waits in March 2018, so there is no percentage."),
        (BUDGETS, (0, 0), "CCG A had no registered patients in March 2018, so there is no rate."),
        (STAYS, (0, 0), "CCG A had no admissions in March 2018, so there is no mean."),
        (
            DIAGNOSED,
            (5, None),
            "CCG A’s number of people with dementia is not known, so there is no value.",
        ),
    ],
)
def test_no_value(of: Indicator, pair: tuple[int, int | None], expected: str) -> None:
    text = said(("A", MARCH, *pair), lines=(of,))
    assert text == f"{of.title}: {expected}"


# Verdict ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "pair", "expected"),
    [
        (
            WAITS,
            (42, 4200),
            "The standard of 1% was not met: the figure is exactly 1%, not less than 1%, and 1 ",
        ),
        (WAITS, (42, 4200), "1 fewer wait that was six weeks or more would have met it."),
        (WAITS, (41, 4200), "The standard of 1% was met by less than 0.1 percentage points."),
        (
            WAITS,
            (84, 4200),
            "The standard of 1% was not met, by 1.0 percentage points (43 fewer waits that were "
            "six weeks or more would have met it).",
        ),
        (DIAGNOSED, (600, 1000), "(67 more people who were diagnosed would have met it)."),
        (DIAGNOSED, (666, 1000), "(1 more person who was diagnosed would have met it)."),
        (
            replace(BUDGETS, standards=(Standard(">=", "40", "month"),)),
            (45, 363_000),
            "The standard of 40 was not met, by 27.6 per 100,000 (101 more personal health budgets "
            "would have met it).",
        ),
        (
            replace(STAYS, standards=(Standard("<=", "10", "month"),)),
            (480, 40),
            "The standard of 10 was not met, by 2.0 days.",
        ),
        (
            replace(DIAGNOSED, within_in_words="entering care"),
            (600, 1000),
            "(67 more people entering care would have met it).",
        ),
        (
            replace(BUDGETS, per=10**6, standards=(Standard("<=", "15", "month"),)),
            (40, 10**6),
            "The standard of 15 was not met, by 25.0 per million (25 fewer personal health budgets "
            "would have met it).",
        ),
    ],
)
def test_verdicts_in_the_lines_own_unit(
    of: Indicator, pair: tuple[int, int], expected: str
) -> None:
    assert expected in said(("A", MARCH, *pair), lines=(of,))


def test_of_a_mean_no_units_would_have_met_it() -> None:
    of = replace(STAYS, standards=(Standard("<=", "10", "month"),))
    assert "would have met" not in said(("A", MARCH, 480, 40), lines=(of,))


def test_a_count_with_a_standard_names_itself() -> None:
    strict = replace(INPATIENTS, standards=(Standard("<=", "15", "month"),))
    text = said(("A", MARCH, 20, None), lines=(strict,))
    assert (
        "On 31 March 2018 there were 20 inpatients. The standard for inpatients of 15 was not met, "
        "by 5 inpatients (5 fewer inpatients would have met it)."
    ) in text


# Plan ---------------------------------------------------------------------------------------------


def test_plans_of_a_line_with_a_direction() -> None:
    values = [(900 + step, 1000) for step in range(14)]
    plans = {("A", str(LAST.shift(step - 13))): 0.905 for step in range(14)}
    text = said(*months(values), plans=plans)
    assert (
        "the plan of 90.5% was met by 0.8 percentage points "
        "(met in 9 of the last 12 months with a plan)."
    ) in text
    del plans["A", "2018-02"]
    assert "(met in 8 of the last 11 months with a plan)." in said(*months(values), plans=plans)


def test_all_none_and_a_single_plan() -> None:
    values, plans = [(900, 1000)] * 3, {("A", str(LAST.shift(-step))): 0.9 for step in range(3)}
    text = said(*months(values), plans=plans)
    assert (
        "; the plan of 90.0% was met exactly (met in all of the last 3 months with a plan" in text
    )
    plans = dict.fromkeys(plans, 0.91)
    none = said(*months(values), plans=plans)
    assert (
        "the plan of 91.0% was not met, by 1.0 percentage points (met in none of the last 3" in none
    )
    two = {("A", MARCH): 0.9, ("A", "2018-01"): 0.9}
    assert "(met in all of the last 2 months with a plan" in said(*months(values), plans=two)
    alone = said(*months(values), plans={("A", MARCH): 0.9})
    assert "the plan of 90.0% was met exactly." in alone and "of the last" not in alone
    only = said(("A", MARCH, 9, 10), lines=(line(),), plans={("A", MARCH): 0.8})
    assert "The plan of 80.0% was met by 10.0 percentage points." in only


def test_plans_of_activity_have_no_verdict() -> None:
    of = (RTT.indicators[ADMITTED],)
    text = said(("A", MARCH, 1500, None), lines=of, plans={("A", MARCH): 1400})
    assert "That is 100 more (7.1%) than the plan for completed admitted pathways of 1,400." in text
    fewer = said(("A", MARCH, 1399, None), lines=of, plans={("A", MARCH): 1400})
    assert "That is 1 fewer (0.1%) than the plan" in fewer and " met" not in fewer
    exact = said(("A", MARCH, 1400, None), lines=of, plans={("A", MARCH): 1400})
    assert "That is exactly the plan for completed admitted pathways of 1,400." in exact


def test_plans_of_several_counts_are_one_sentence() -> None:
    of = (RTT.indicators[ADMITTED], RTT.indicators[NEW])
    rows = [("A", MARCH, 1500, None, ADMITTED), ("A", MARCH, 900, None, NEW)]
    text = said(*rows, lines=of, plans={("A", MARCH): 1400})
    assert (
        "That is 100 more (7.1%) than the plan for completed admitted pathways of 1,400; "
        "500 fewer (35.7%) than the plan for new pathways of 1,400."
    ) in text


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        (20, "; nor was the plan of 1.0%."),
        (5, "The standard of 1% was met by 0.5 percentage points; so was the plan of 1.0%."),
    ],
)
def test_a_plan_that_is_met_or_missed_by_as_much_is_told_in_short(waits: int, says: str) -> None:
    """The standard asks for less than 1%, the plan for no more than 1%: not the same."""
    plans = {("A", MARCH): 0.01}
    assert says in said(("A", MARCH, waits, 1000), lines=(WAITS,), plans=plans)


# Change -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "good"), [(RTT.indicators[WITHIN], True), (WAITS, False)])
def test_change_follows_its_interval_and_is_judged_by_polarity(of: Indicator, good: bool) -> None:
    rows = [("A", MARCH, 900, 1000), ("A", "2018-02", 895, 1000), ("A", "2017-03", 800, 1000)]
    text = said(*rows, lines=(of,))
    assert (
        "It is 10.0 percentage points higher than in March 2017 (80.0%; "
        f"{'an improvement' if good else 'a deterioration'}); there is no clear change from "
        "February 2018 (89.5%)."
    ) in text
    both = said(rows[0], ("A", "2018-02", 600, 1000), rows[2], lines=(of,))
    assert "higher than in February 2018 (60.0%; " in both
    assert ") and 10.0 percentage points higher than in March 2017 (80.0%; " in both
    neither = said(*rows[:2], ("A", "2017-03", 899, 1000), lines=(of,))
    assert "There is no clear change from February 2018 (89.5%) and March 2017 (89.9%)." in neither


def test_without_a_better_direction_a_change_is_not_judged() -> None:
    rows = [("A", MARCH, 900, 1000), ("A", "2017-03", 800, 1000)]
    text = said(*rows, lines=(replace(WAITS, polarity="neutral"),))
    assert "higher than in March 2017 (80.0%)." in text


def test_rates_and_ratios_change_relatively() -> None:
    rows = [("A", MARCH, 60, 1000), ("A", "2017-03", 40, 1000)]
    # The count comparison of 60 and 40: +0.8% to +123.2%.
    assert (
        "It is 2,000.0 per 100,000 higher than in March 2017 (4,000.0; an improvement)."
    ) in said(*rows, lines=(BUDGETS,))
    assert "2.0 percentage points higher than in March 2017 (4.0%; an" in said(
        *rows, lines=(DIAGNOSED,)
    )
    assert "March 2017" not in said(*rows, lines=(COURSES,)), "it has no interval"
    fewer = [rows[0], ("A", "2017-03", 41, 1000)]
    # 60 and 41: −1.5% to +118%.
    assert "There is no clear change from March 2017 (4,100.0)." in said(*fewer, lines=(BUDGETS,))


def test_means_change_by_their_intervals() -> None:
    rows = [("A", MARCH, 480, 40), ("A", "2017-03", 400, 40)]
    squares = {MARCH: 480 * 12 + 39 * 25.0, "2017-03": 400 * 10 + 39 * 25.0}
    # 2 ± 1.9908 x √(25/40 + 25/40).
    assert "There is no clear change from March 2017 (10.0)." in said(
        *rows, lines=(STAYS,), squares=squares
    )
    more = [("A", MARCH, 500, 40), rows[1]]
    squares[MARCH] = 500 * 12.5 + 39 * 25.0
    # 2.5 ± 2.2: +0.3 to +4.7.
    assert "It is 2.5 days higher than in March 2017 (10.0; a deterioration)." in said(
        *more, lines=(STAYS,), squares=squares
    )
    assert "March 2017" not in said(*rows, lines=(STAYS,))


def test_years_have_one_period_before() -> None:
    rows = [("A", "2017-18", 900, 1000), ("A", "2016-17", 800, 1000)]
    text = said(*rows, period="2017-18")
    assert "higher than in 2016/17 (80.0%; an improvement)." in text
    assert text.count("2016/17") == 1


def test_counts_change_after_their_interval() -> None:
    rows = [
        ("A", MARCH, 1500, None, ADMITTED),
        ("A", "2017-03", 1000, None, ADMITTED),
        ("A", "2018-02", 1490, None, ADMITTED),
        ("A", MARCH, 1000, None, NON_ADMITTED),
        ("A", "2017-03", 1001, None, NON_ADMITTED),
        ("A", MARCH, 7, None, NEW),
        ("A", "2017-03", 0, None, NEW),
    ]
    of = tuple(RTT.indicators[code] for code in (ADMITTED, NON_ADMITTED, NEW))
    text = said(*rows, lines=of)
    assert text.startswith(
        "In March 2018 there were 1,500 completed admitted pathways, 1,000 completed non-admitted "
        "pathways and 7 new pathways."
    )
    assert (
        "Compared with March 2017, which had 2 working days more, there were 50.0% more completed "
        "admitted pathways (1,000), and there is no clear change in completed non-admitted "
        "pathways (1,001)."
    ) in text
    assert "February" not in text, "months differ in length"
    assert "new pathways (" not in text, "from nothing there is no relative change"


def test_counts_of_one_day_are_compared_with_the_month_before() -> None:
    rows = [("A", MARCH, 60, None), ("A", "2018-02", 20, None), ("A", "2017-03", 59, None)]
    text = said(*rows, lines=(INPATIENTS,))
    assert (
        "Compared with February 2018 there were 200.0% more inpatients (20; a deterioration). "
        "Compared with March 2017 there is no clear change in inpatients (59)."
    ) in text


def test_windows_that_overlap_are_not_compared_or_charted() -> None:
    rolling = replace(WAITS, code="E.H.10_rolling", standards=())
    values = [(700 + step, 1000) for step in [*NOISE, 299]]
    text = said(*months(values), lines=(rolling,))
    assert "February" not in text and "control chart" not in text
    assert "It is 29.7 percentage points higher than in March 2017" in text


def test_of_one_there_was() -> None:
    of = tuple(RTT.indicators[code] for code in (ADMITTED, NEW))
    one_first = [("A", MARCH, 1, None, ADMITTED), ("A", MARCH, 2, None, NEW)]
    text = said(*one_first, lines=of)
    assert text == "In March 2018 there was 1 completed admitted pathway and 2 new pathways."
    two_first = [("A", MARCH, 2, None, ADMITTED), ("A", MARCH, 1, None, NEW)]
    assert "there were 2 completed admitted pathways and 1 new pathway." in said(
        *two_first, lines=of
    )


def test_quarters_are_named_without_their_months_in_passing() -> None:
    quarters = ["2017-18-Q4", "2017-18-Q3", "2016-17-Q4", "2017-18-Q2", "2017-18-Q1"]
    text = said(*[("A", each, 900, 1000) for each in quarters], period=quarters[0])
    assert text.startswith("On 31 March 2018, 90.0%")
    assert "no clear change from Q3 of 2017/18 (90.0%) and Q4 of 2016/17 (90.0%)." in text
    assert "trend" not in text


def test_fewer_is_better_for_a_count_of_which_less_is_better() -> None:
    rows = [("A", MARCH, 20, None), ("A", "2017-03", 60, None)]
    assert "there were 66.7% fewer inpatients (60; an improvement)." in said(
        *rows, lines=(INPATIENTS,)
    )


# Comparison ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "above", "below"),
    [
        (RTT.indicators[WITHIN], "better than", "worse than"),
        (WAITS, "worse than", "better than"),
        (replace(WAITS, polarity="monitor"), "above", "below"),
    ],
)
def test_beside_england(of: Indicator, above: str, below: str) -> None:
    england = ("ENGLAND", MARCH, 8600, 10_000)
    assert f"It is {above} England (86.0%)." in said(("A", MARCH, 950, 1000), england, lines=(of,))
    assert f"It is {below} England (86.0%)." in said(("A", MARCH, 700, 1000), england, lines=(of,))
    same = said(("A", MARCH, 860, 1000), england, lines=(of,))
    assert "It is not clearly different from England (86.0%)." in same


@pytest.mark.parametrize(("numerator", "is_clear"), [(893, False), (894, True)])
def test_many_are_compared_so_a_difference_is_clear_beyond_a_wide_interval(
    numerator: int, is_clear: bool
) -> None:
    # Wilson's 95% intervals of both begin above 86.0%, the 99.8% interval of the second alone.
    text = said(("A", MARCH, numerator, 1000), ("ENGLAND", MARCH, 8600, 10_000))
    assert ("It is better than England" in text) == is_clear
    by_which = ", by the 99.8% interval that is used where many are compared"
    assert (f"It is not clearly different from England (86.0%){by_which}." in text) != is_clear


def test_nobody_is_compared_with_who_is_smaller() -> None:
    text = said(("A", MARCH, 950, 1000), ("ENGLAND", MARCH, 86, 100))
    assert "England" not in text


def test_the_interval_of_a_mean_is_as_wide_as_its_units_allow() -> None:
    england = ("ENGLAND", MARCH, 20_000, 2000)
    squares = {MARCH: 600 * 15 + 39 * 25.0}
    # 15 ± 3.2 x 5/√40 begins above 10; of four units nothing is said.
    text = said(("A", MARCH, 600, 40), england, lines=(STAYS,), squares=squares)
    assert "It is worse than England (10.0)." in text
    few = said(("A", MARCH, 60, 4), england, lines=(STAYS,), squares={MARCH: 60 * 15 + 3.0})
    assert "too few to say how far chance moves it" in few and "England" not in few
    alike = said(("A", MARCH, 600, 40), england, lines=(STAYS,), squares={MARCH: 600 * 15.0})
    assert "England" not in alike, "without a spread there is no interval"


def test_england_is_not_beside_itself() -> None:
    found = results(("A", MARCH, 950, 1000), ("ENGLAND", MARCH, 8600, 10_000))
    told = interpret_all(found, ["ENGLAND"])["ENGLAND"].paragraphs[0]
    assert "CCG ENGLAND’s 10,000" in told and "England (" not in told


GROUPS = {"A": ("S1", "The STP"), "B": ("S1", "The STP"), "C": ("S2", "Another")}


def test_beside_its_group_which_is_summed() -> None:
    rows = [("A", MARCH, 950, 1000), ("B", MARCH, 700, 2000), ("C", MARCH, 1, 9000)]
    text = said(*rows, groups=GROUPS)
    assert "It is better than The STP as a whole (55.0%)." in text
    alone = said(*rows, groups=GROUPS, organisation="C")
    assert "as a whole" not in alone, "the group is the organisation itself"


def test_a_group_with_a_hidden_or_missing_member_is_not_summed() -> None:
    rows = [("A", MARCH, 950, 1000), ("B", MARCH, 3, 2000), ("C", MARCH, 500, 900)]
    assert "as a whole" not in said(*rows, groups=GROUPS, policy=HIDES)
    assert "as a whole" in said(*rows, groups=GROUPS)
    earlier = ("B", "2018-02", 700, 2000)
    assert "as a whole" not in said(rows[0], earlier, rows[2], groups=GROUPS)


def test_ranks_are_by_the_better_direction() -> None:
    rows = [("A", MARCH, 100, 1000)]
    rows += [(f"B{step}", MARCH, 110 + 100 * step, 1000) for step in range(9)]
    text = said(*rows, lines=(WAITS,))
    assert "number 1 of 10 organisations (lowest first; one interval overlaps its own)." in text
    assert "number 10 of 10 organisations (highest first; one interval overlaps its" in said(*rows)
    assert "number" not in said(*rows, lines=(replace(WAITS, polarity="neutral"),))
    assert "number" not in said(*rows[:9]), "of nine there is no ranking"
    assert "number" not in said(*rows[:9], ("ENGLAND", MARCH, 500, 10_000))


def test_a_rank_says_how_many_cannot_be_told_from_it() -> None:
    apart = [("A", MARCH, 500, 1000)]
    apart += [(f"B{step}", MARCH, 100 * step, 1000) for step in (1, 2, 3, 7, 8, 9)]
    near = [(f"C{step}", MARCH, 500 + step, 1000) for step in (1, 2, 40)]
    assert "the intervals of 3 others overlap its own" in said(*apart, *near)
    alone = [*apart, *[(f"C{step}", MARCH, step, 1000) for step in (1, 2, 3)]]
    assert "number 4 of 10 organisations (highest first; no interval overlaps" in said(*alone)
    few = [("A", MARCH, 5, 10), *[(f"B{step}", MARCH, step % 9 + 1, 10) for step in range(9)]]
    assert (
        "and without a place among 10 organisations that can be told (the intervals of all "
        "others overlap its own)."
    ) in said(*few, ("ENGLAND", MARCH, 50, 100))


@pytest.mark.parametrize(
    ("pair", "england", "relation"),
    [
        # By Wilson's 99.8% interval worse, by chance in 6 and 0.12 of a hundred.
        ((1, 2), (9700, 10_000), "not clearly different from"),
        ((0, 3), (8950, 10_000), "not clearly different from"),
        ((0, 4), (8950, 10_000), "worse than"),
        ((9, 10), (100, 1000), "better than"),
        ((40, 100), (600, 1000), "worse than"),
    ],
)
def test_few_units_are_worse_only_where_chance_seldom_makes_them_so(
    pair: tuple[int, int], england: tuple[int, int], relation: str
) -> None:
    assert f"It is {relation} England" in said(("A", MARCH, *pair), ("ENGLAND", MARCH, *england))


# Patterns in time ---------------------------------------------------------------------------------

RISING = [(800 + 20 * step, 1000) for step in range(5)]


def years(values: list[tuple[int, int | None]]) -> list[tuple[Any, ...]]:
    """One row per financial year, the last 2017/18."""
    return [("A", str(YEAR.shift(step + 1 - len(values))), *v) for step, v in enumerate(values)]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (RTT.indicators[WITHIN], "increasing and getting better"),
        (WAITS, "increasing and getting worse"),
        (replace(WAITS, polarity="activity"), "increasing"),
    ],
)
def test_recent_trends_are_of_years(of: Indicator, expected: str) -> None:
    text = said(*years(RISING), lines=(of,), period=str(YEAR))
    assert f"Over the five years to 2017/18 the recent trend is {expected} {TEST}." in text
    assert "trend" not in said(*months(RISING), lines=(of,)), "months have their control chart"


def test_no_recent_trend_and_none_that_can_be_told() -> None:
    flat = said(*years([(800, 1000)] * 5), period=str(YEAR))
    assert f"Over the five years to 2017/18 there is no significant recent trend {TEST}." in flat
    assert "recent trend" not in said(*years(RISING[1:]), period=str(YEAR))
    gap = years([(700, 1000), *RISING])
    del gap[3]
    assert "recent trend" not in said(*gap, period=str(YEAR)), "the points are not the years"


def test_significant_is_only_written_with_its_test() -> None:
    for values in (RISING, [(800, 1000)] * 5):
        text = said(*years(values), ("ENGLAND", str(YEAR), 1, 2), period=str(YEAR))
        for sentence in re.split(r"(?<=\.) (?=[A-Z])", text):
            assert "significant" not in sentence or "chi-square test" in sentence


NOISE = [0, 9, 3, 11, 2, 8, 5, 12, 1, 7, 4, 10, 6, 9, 3, 11]


def test_a_control_chart_needs_fifteen_points() -> None:
    quiet = [(800 + step, 1000) for step in NOISE]
    text = said(*months(quiet[:15]))
    assert (
        "On the control chart of 15 months to March 2018 the latest month is within chance; unless "
        "something changes it will consistently miss the standard." in text
    )
    assert "control chart" not in said(*months(quiet[:14]))
    without = months(quiet)
    del without[4]
    assert "On the control chart of 15 months to March 2018" in said(*without)
    assert "control chart" not in said(*months([*quiet, (0, 0)]))


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (RTT.indicators[WITHIN], "a special cause of improvement"),
        (replace(WAITS, standards=()), "a special cause of concern"),
        (replace(WAITS, polarity="neutral", standards=()), "a special cause"),
    ],
)
def test_special_causes_are_judged_by_polarity(of: Indicator, word: str) -> None:
    values = [(700 + step, 1000) for step in [*NOISE, 99]]
    text = said(*months(values), lines=(of,))
    assert f"the latest month is {word} (above the upper limit)" in text


@pytest.mark.parametrize(
    ("spikes", "said_of_them"),
    [
        ({4: 290}, "December 2015 (above the upper limit) signalled improvement"),
        (
            {4: 290, 16: 290},
            "December 2015 and December 2016 (above the upper limit) signalled improvement",
        ),
        (
            {4: 290, 16: -290},
            "December 2015 (above the upper limit) signalled improvement and December 2016 (below "
            "the lower limit) signalled concern",
        ),
        (
            {4: 290, 12: -290, 20: 290},
            "August 2016 (below the lower limit) signalled concern and April 2017 (above the upper "
            "limit) signalled improvement (earlier months signalled too)",
        ),
    ],
)
def test_earlier_signals_are_told_beside_a_latest_month_within_chance(
    spikes: dict[int, int], said_of_them: str
) -> None:
    steady = [0, 60, 10, 50] * 8
    values = [(600 + step + spikes.get(at, 0), 1000) for at, step in enumerate(steady)]
    text = said(*months(values))
    assert f"the latest month is within chance; {said_of_them}; unless something" in text


OUTDATED = "by the limits, which the special cause may have outdated,"


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ([950, 951] * 10, "unless something changes it will consistently meet the standard."),
        (
            [950, 951] * 6 + [910] + [950, 951] * 4,
            f"{OUTDATED} it would consistently meet the standard; it missed it in 1 of 21 months.",
        ),
        (
            [899, 900] * 6 + [925] + [899, 900] * 4,
            f"{OUTDATED} it would consistently miss the standard; it met it in 1 of 21 months.",
        ),
        ([950, 951] * 9 + [951, 965], f"{OUTDATED} it would consistently meet the standard."),
        (
            [930] * 8 + [915, 905, 918, 903, 917, 904, 919],
            f"{OUTDATED} it may meet or miss the standard; it missed it in each of the last 7 "
            "months.",
        ),
        (
            [930] * 9 + [915, 905, 918, 903, 917, 904],
            f"{OUTDATED} it may meet or miss the standard; it missed it in 6 of 15 months.",
        ),
    ],
)
def test_what_limits_promise_is_told_with_what_the_months_were(
    values: list[int], ending: str
) -> None:
    text = said(*months([(value, 1000) for value in values]))
    assert ending in text


def test_assurance_from_the_plan_where_there_is_no_standard() -> None:
    values = [(900 + step, 1000) for step in NOISE]
    plans = {("A", str(LAST.shift(-step))): 0.5 for step in range(16)}
    text = said(*months(values), lines=(line(),), plans=plans)
    assert "; unless something changes it will consistently meet the plan." in text
    plans = dict.fromkeys(plans, 0.906)
    text = said(*months(values), lines=(line(),), plans=plans)
    assert "it may meet or miss the plan; it missed it in 7 of 16 months." in text


def test_counts_without_a_pattern_share_a_sentence() -> None:
    of = (RTT.indicators[ADMITTED], RTT.indicators[NEW])
    rows = [(*row, ADMITTED) for row in months([(500 + step, None) for step in NOISE])]
    rows += [(*row, NEW) for row in months([(500 + step, None) for step in NOISE[::-1]])]
    text = said(*rows, lines=of)
    both = "completed admitted pathways and new pathways"
    assert (
        f"The control charts of {both} of 16 months to March 2018 show no more than chance" in text
    )


# Caution ------------------------------------------------------------------------------------------


def test_a_suppressed_count_is_named_and_no_more() -> None:
    of = (RTT.indicators[ADMITTED], RTT.indicators[NEW])
    rows = [("A", MARCH, 3, None, ADMITTED), ("A", MARCH, 800, None, NEW)]
    rows += [("A", "2018-02", 500, None, ADMITTED)]
    text = said(*rows, lines=of, policy=HIDES)
    assert text == (
        "In March 2018 there were 800 new pathways. Suppressed, because they are small: "
        "completed admitted pathways."
    )


def test_a_count_withheld_for_another_is_not_said_to_be_small() -> None:
    withheld = SimpleNamespace(status="suppressed", note=WITHHELD_NOTE)
    small = SimpleNamespace(status="suppressed", note="suppressed, because the number is small")
    counts = [
        (SimpleNamespace(line=RTT.indicators[code]), figure)
        for code, figure in ((ADMITTED, withheld), (NEW, small))
    ]
    assert list(_hidden(counts)) == [  # type: ignore[arg-type]
        "Withheld, because it would tell a number that is hidden or rounded: completed admitted "
        "pathways.",
        "Suppressed, because they are small: new pathways.",
    ]


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (
            (90, 100),
            (80, 100),
            "It is lower than in February 2018 (86.2% to 93.9%), but the published counts are "
            "too coarse to tell whether by more than chance.",
        ),
        (
            (80, 100),
            (90, 100),
            "It is higher than in February 2018 (76.4% to 83.7%), but the published counts are "
            "too coarse to tell whether by more than chance.",
        ),
        (
            (85, 100),
            (80, 100),
            "The published counts are too coarse to tell whether it changed from February 2018 "
            "(81.3% to 88.8%).",
        ),
    ],
)
def test_ranges_that_do_not_overlap_tell_which_way(
    before: tuple[int, int], now: tuple[int, int], says: str
) -> None:
    text = said(("A", "2018-02", *before), ("A", MARCH, *now), policy=ROUNDS)
    assert says in text


@pytest.mark.parametrize(
    ("numerator", "says"),
    [
        (520, "It is not clearly different from England (50.0%)."),
        (
            540,  # outside the 95% interval, whatever the exact count is
            "It is not clearly different from England (50.0%), by the 99.8% interval that is used "
            "where many are compared.",
        ),
        (
            550,
            "The published counts are too coarse to tell whether it differs from England (50.0%).",
        ),
        (560, "It is better than England (50.0%), by its whole 99.8% interval."),
        (440, "It is worse than England (50.0%), by its whole 99.8% interval."),
    ],
)
def test_rounded_counts_are_compared_by_the_same_interval_as_exact_ones(
    numerator: int, says: str
) -> None:
    rows = ("A", MARCH, numerator, 1000), ("ENGLAND", MARCH, 5000, 10_000)
    assert said(*rows, policy=ROUNDS).endswith(says)


def test_suppressed_months_carry_no_change_trend_or_plan() -> None:
    values = [*RISING[:4], (3, 1000)]
    plans = {("A", str(LAST.shift(-step))): 0.5 for step in range(5)}
    hidden = interpret(results(*months(values), policy=HIDES, plans=plans))
    assert hidden.paragraphs == (
        f"{RTT.indicators[WITHIN].title}: the figure of CCG A is suppressed, because a count "
        "behind it is small.",
        rule_words(HIDES),
    )
    rows = months([*RISING[:3], (3, 1000), RISING[4]])
    text = said(*rows, policy=HIDES, plans=plans)
    assert "control chart" not in text and "February" not in text
    assert "met in all of the last 4 months with a plan" in text


def test_records_left_out_are_a_paragraph_at_the_end() -> None:
    some = "Of the records of all organisations together some are left out or counted once"
    quality = [("The clock stops before it starts.", 3)]
    told = interpret(results(("A", MARCH, 900, 1000), quality=quality)).paragraphs
    assert told[-1] == f"{some}, for 1 reason: data quality lists them."
    assert len(interpret(results(("A", MARCH, 900, 1000))).paragraphs) == 1


def test_an_organisation_is_told_of_its_own_unusual_months() -> None:
    about = [f"{code} has far less in 2018-03 than is usual" for code in ("A", "B", "AB")]
    found = results(("A", MARCH, 9, 10), ("B", MARCH, 9, 10), quality=[(x, 1) for x in about])
    found.quality.frame["fault"] = UNUSUAL
    for code, words in zip("AB", about, strict=False):
        assert interpret(found, code).paragraphs[1:] == (f"{words}.",)


@pytest.mark.parametrize(
    ("now", "way", "judged"),
    [
        (900, "less", "an improvement if no data are missing"),
        (500, "more", "a deterioration if no data are there twice"),
    ],
)
def test_a_change_of_unusual_numbers_is_judged_on_a_condition(
    now: int, way: str, judged: str
) -> None:
    rows = [(code, when, n, 1000) for code in "AB" for when, n in (("2017-03", 700), (MARCH, now))]
    found = results(*rows, quality=[(f"A has far {way} in 2018-03 than is usual", 1)])
    found.quality.frame["fault"] = UNUSUAL
    found.quality.frame["lines"] = f"{WITHIN} E.X.1"
    assert f"(70.0%; {judged})" in str(interpret(found, "A").paragraphs)
    other = str(interpret(found, "B").paragraphs)
    assert judged.split(" if")[0] in other and "if no data" not in other
    (concern,) = attention(gather(found, ["A"]), "A", "ccg")
    assert ("if no data are there twice" in concern.words) == (way == "more")


def test_small_denominators_of_other_kinds_are_no_caution() -> None:
    small = "small numbers: each one moves it by 10.0 points)."
    assert small in said(("A", MARCH, 5, 10), lines=(WAITS,))
    assert "small numbers" not in said(("A", MARCH, 5, 10), lines=(BUDGETS,))


@pytest.mark.parametrize("of", [RTT.indicators[WITHIN], WAITS, BUDGETS, DIAGNOSED, STAYS])
def test_a_line_has_at_most_five_sentences(of: Indicator) -> None:
    values = [(300 + step, 400) for step in NOISE] + [(200, 400)]
    rows = [*months(values), ("ENGLAND", MARCH, 8600, 10_000)]
    rows += [(f"B{step}", MARCH, 310 + step, 400) for step in range(10)]
    plans = {("A", str(LAST.shift(-step))): 0.5 for step in range(14)}
    squares = {str(LAST.shift(-step)): 1000.0 for step in range(30)}
    text = said(*rows, lines=(of,), plans=plans, squares=squares, groups=GROUPS)
    assert 2 <= len(re.findall(r"\.(?= [A-Z]|$)", text)) <= 5, text


# Many organisations -------------------------------------------------------------------------------


def test_all_at_once_are_each_alone() -> None:
    rows = months(RISING) + months(RISING[::-1], "B") + [("ENGLAND", MARCH, 5, 9)]
    found = results(*rows, groups=GROUPS)
    together = interpret_all(found)
    assert list(together) == ["A", "B"]
    for code, narrative in together.items():
        assert narrative == interpret(found, code)
    assert together["A"] != together["B"]


# Words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plural", "unit", "singular"),
    [
        ("incomplete pathways", "pathways", "incomplete pathway"),
        ("courses of treatment", "courses", "course of treatment"),
        ("people with dementia", "people", "person with dementia"),
        ("deliveries", "", "delivery"),
        ("bed days", "bed days", "bed day"),
        ("access", "", "access"),
        ("branches", "", "branch"),
        ("losses", "", "loss"),
        ("young people", "young people", "young person"),
        ("treatment in progress", "cases", "treatment in progress"),
        (
            "inpatients in beds commissioned by CCGs",
            "per million",
            "inpatient in beds commissioned by CCGs",
        ),
        (
            "finished courses not known to begin below caseness",
            "referrals",
            "finished course not known to begin below caseness",
        ),
        ("A&E attendances within 4 hours", "attendances", "A&E attendance within 4 hours"),
        ("children's wheelchairs", "", "children's wheelchair"),
        ("status reports", "", "status report"),
        ("boxes", "", "box"),
        ("emergency services calls", "calls", "emergency services call"),
    ],
)
def test_the_words_for_one(plural: str, unit: str, singular: str) -> None:
    assert one(plural, unit) == singular
    assert counted(1, plural, unit) == f"1 {singular}"
    assert counted(2, plural, unit) == f"2 {plural}"


def test_whose() -> None:
    assert [whose(x) for x in ("CCG A", "NHS St Helens")] == ["CCG A’s", "NHS St Helens’"]


def test_numbers_in_words() -> None:
    from decimal import Decimal

    assert [number_words(x) for x in (0, 1234567, Decimal("10.50"), Decimal("3.0"))] == [
        *("0", "1,234,567", "10.5", "3")
    ]
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c")
    ]
