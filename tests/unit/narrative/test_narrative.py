"""Sentences of every kind of line and polarity, from released figures, as they are read aloud."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import Standard
from nhsind.narrative.interpretation import interpret, interpret_all
from nhsind.narrative.wording import counted, listed, number_words, one, signed, whose
from nhsind.periods import parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.policies import rule_words
from nhsind.release.results import Results

RTT = load_family("rtt")
EXACT = Disclosure("none", "a test", "a test", "2026-11-22")
HIDES = replace(EXACT, rule="suppress", threshold=5)
WITHIN, ADMITTED, NON_ADMITTED, NEW = RTT.indicators
MARCH = "2018-03"
LAST = parse_period(MARCH)
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
    quality: list[tuple[str, int, str]] | None = None,
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
    found = pd.DataFrame(quality or [], columns=["about", "rows", "rows_mark"])
    found["fault"] = ""
    return Results(
        family=family,
        organisation=organisation,
        period=parse_period(period),
        level="ccg",
        figures=release(Raw(frame), family, policy),
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
            "exactly at the standard of 1%: the standard was not met. 1 fewer wait ",
        ),
        (WAITS, (42, 4200), "that was six weeks or more would have met it, since it asks for less"),
        (WAITS, (41, 4200), "below the standard of 1% by less than 0.1 percentage points: the "),
        (
            WAITS,
            (84, 4200),
            "above the standard of 1% by 1.0 percentage points: the standard was n",
        ),
        (WAITS, (84, 4200), "43 fewer waits that were six weeks or more would have met it."),
        (DIAGNOSED, (600, 1000), "67 more people who were diagnosed would have met it."),
        (DIAGNOSED, (666, 1000), "1 more person who was diagnosed would have met it."),
        (
            replace(BUDGETS, standards=(Standard(">=", "40", "month"),)),
            (45, 363_000),
            "That is below the standard of 40 by 27.6 per 100,000: the standard was not met. "
            "101 more personal health budgets would have met it.",
        ),
        (
            replace(STAYS, standards=(Standard("<=", "10", "month"),)),
            (480, 40),
            "That is above the standard of 10 by 2.0 days: the standard was not met.",
        ),
        (
            replace(DIAGNOSED, within_in_words="entering care"),
            (600, 1000),
            "67 more people entering care would have met it.",
        ),
        (
            replace(BUDGETS, per=10**6, standards=(Standard("<=", "15", "month"),)),
            (40, 10**6),
            "That is above the standard of 15 by 25.0 per million: the standard was not met. "
            "25 fewer personal health budgets would have met it.",
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
        "On 31 March 2018 there were 20 inpatients. The number of inpatients is above the standard "
        "of 15 by 5 inpatients: the standard was not met. 5 fewer inpatients would have met it."
    ) in text


# Plan ---------------------------------------------------------------------------------------------


def test_plans_of_a_line_with_a_direction() -> None:
    values = [(900 + step, 1000) for step in range(14)]
    plans = {("A", str(LAST.shift(step - 13))): 0.905 for step in range(14)}
    text = said(*months(values), plans=plans)
    assert (
        "The plan was 90.5%: 0.8 percentage points higher than planned, so the plan was met. "
        "Of the last 12 months with a plan, 9 met theirs."
    ) in text
    del plans["A", "2018-02"]
    assert "Of the last 11 months with a plan, 8 met theirs." in said(*months(values), plans=plans)


def test_all_none_and_a_single_plan() -> None:
    values, plans = [(900, 1000)] * 3, {("A", str(LAST.shift(-step))): 0.9 for step in range(3)}
    text = said(*months(values), plans=plans)
    assert "The plan was 90.0%: exactly as planned, so the plan was met." in text
    assert "Of the last 3 months with a plan, all met theirs." in text
    plans = dict.fromkeys(plans, 0.91)
    assert "with a plan, none met theirs." in said(*months(values), plans=plans)
    assert "so the plan was not met." in said(*months(values), plans=plans)
    two = {("A", MARCH): 0.9, ("A", "2018-01"): 0.9}
    assert "Of the last 2 months with a plan, all met" in said(*months(values), plans=two)
    alone = said(*months(values), plans={("A", MARCH): 0.9})
    assert "so the plan was met." in alone and "Of the last" not in alone


def test_plans_of_activity_have_no_verdict() -> None:
    of = (RTT.indicators[ADMITTED],)
    text = said(("A", MARCH, 1500, None), lines=of, plans={("A", MARCH): 1400})
    assert (
        "The plan for completed admitted pathways was 1,400: 100 more than planned (7.1%)." in text
    )
    fewer = said(("A", MARCH, 1399, None), lines=of, plans={("A", MARCH): 1400})
    assert "1 fewer than planned (0.1%)." in fewer and " met" not in fewer


# Change -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "good"), [(RTT.indicators[WITHIN], True), (WAITS, False)])
def test_change_follows_its_interval_and_is_judged_by_polarity(of: Indicator, good: bool) -> None:
    rows = [("A", MARCH, 900, 1000), ("A", "2018-02", 895, 1000), ("A", "2017-03", 800, 1000)]
    text = said(*rows, lines=(of,))
    assert (
        "The 95% interval of the change is −2.2 to +3.2 percentage points: not clearly different "
        "from the period before (89.5% in February 2018)."
    ) in text
    assert (
        "The 95% interval of the change is +6.9 to +13.1 percentage points: 10.0 percentage points "
        "higher than a year before (80.0% in March 2017), "
        f"{'an improvement' if good else 'a deterioration'}."
    ) in text


def test_without_a_better_direction_a_change_is_not_judged() -> None:
    rows = [("A", MARCH, 900, 1000), ("A", "2017-03", 800, 1000)]
    text = said(*rows, lines=(replace(WAITS, polarity="neutral"),))
    assert "higher than a year before (80.0% in March 2017)." in text


def test_rates_and_ratios_change_relatively() -> None:
    rows = [("A", MARCH, 60, 1000), ("A", "2017-03", 40, 1000)]
    # The count comparison of 60 and 40: +0.8% to +123.2%.
    assert (
        "The 95% interval of the relative change is +0.8% to +123.2%: 2,000.0 per 100,000 higher "
        "than a year before (4,000.0 in March 2017), an improvement."
    ) in said(*rows, lines=(BUDGETS,))
    assert "2.0 percentage points higher than a year before (4.0% in March 2017)" in said(
        *rows, lines=(DIAGNOSED,)
    )
    assert "year before" not in said(*rows, lines=(COURSES,)), "it has no interval"


def test_means_change_by_their_intervals() -> None:
    rows = [("A", MARCH, 480, 40), ("A", "2017-03", 400, 40)]
    squares = {MARCH: 480 * 12 + 39 * 25.0, "2017-03": 400 * 10 + 39 * 25.0}
    # 2 ± 1.9908 x √(25/40 + 25/40).
    assert (
        "The 95% interval of the change is −0.2 to +4.2 days: not clearly different from a year "
        "before (10.0 in March 2017)."
    ) in said(*rows, lines=(STAYS,), squares=squares)
    assert "year before" not in said(*rows, lines=(STAYS,))


def test_years_have_one_period_before() -> None:
    rows = [("A", "2017-18", 900, 1000), ("A", "2016-17", 800, 1000)]
    text = said(*rows, period="2017-18")
    assert "than a year before (80.0% in 2016/17)" in text and "the period before" not in text


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
        "The 95% interval of the change is +38.5% to +62.5%: 50.0% more completed admitted "
        "pathways than a year before (1,000)."
    ) in text
    none = "With a 95% interval of the change that includes none, not clearly different from"
    assert f"{none} a year before: completed non-admitted pathways (1,001)." in text
    assert f"{none} the period before: completed admitted pathways (1,490)." in text
    assert "new pathways than" not in text, "from nothing there is no relative change"


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
    assert "the period before (90.0% in Q3 of 2017/18)." in text
    assert "Over the five quarters to Q4 of 2017/18 there is no significant" in text


def test_fewer_is_better_for_a_count_of_which_less_is_better() -> None:
    rows = [("A", MARCH, 20, None), ("A", "2017-03", 60, None)]
    assert "66.7% fewer inpatients than a year before (60), an improvement." in said(
        *rows, lines=(INPATIENTS,)
    )


# Comparison ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "above", "below"),
    [
        (RTT.indicators[WITHIN], " That is better.", " That is worse."),
        (WAITS, " That is worse.", " That is better."),
        (replace(WAITS, polarity="monitor"), "", ""),
    ],
)
def test_beside_england(of: Indicator, above: str, below: str) -> None:
    england = ("ENGLAND", MARCH, 8600, 10_000)
    high = said(("A", MARCH, 950, 1000), england, lines=(of,))
    assert f"England stood at 86.0%; the whole interval lies above it.{above}" in high
    low = said(("A", MARCH, 700, 1000), england, lines=(of,))
    assert f"England stood at 86.0%; the whole interval lies below it.{below}" in low
    for text in (high, low):
        assert ("That is better" in text) + ("That is worse" in text) == bool(above)
    same = said(("A", MARCH, 860, 1000), england, lines=(of,))
    assert "England stood at 86.0%, within the interval: similar." in same


def test_england_is_not_beside_itself() -> None:
    found = results(("A", MARCH, 950, 1000), ("ENGLAND", MARCH, 8600, 10_000))
    told = interpret_all(found, ["ENGLAND"])["ENGLAND"].paragraphs[0]
    assert "CCG ENGLAND’s 10,000" in told and "England stood" not in told


GROUPS = {"A": ("S1", "The STP"), "B": ("S1", "The STP"), "C": ("S2", "Another")}


def test_beside_its_group_which_is_summed() -> None:
    rows = [("A", MARCH, 950, 1000), ("B", MARCH, 700, 2000), ("C", MARCH, 1, 9000)]
    text = said(*rows, groups=GROUPS)
    assert "The STP as a whole stood at 55.0%; the whole interval lies above it. That is" in text
    alone = said(*rows, groups=GROUPS, organisation="C")
    assert "as a whole" not in alone, "the group is the organisation itself"


def test_a_group_with_a_hidden_or_missing_member_is_not_summed() -> None:
    rows = [("A", MARCH, 950, 1000), ("B", MARCH, 3, 2000), ("C", MARCH, 500, 900)]
    assert "as a whole" not in said(*rows, groups=GROUPS, policy=HIDES)
    assert "as a whole" in said(*rows, groups=GROUPS)
    earlier = ("B", "2018-02", 700, 2000)
    assert "as a whole" not in said(rows[0], earlier, rows[2], groups=GROUPS)


def test_ranks_are_by_the_better_direction() -> None:
    rows = [("A", MARCH, 10, 100), ("B", MARCH, 20, 100), ("C", MARCH, 30, 100)]
    assert "it is number 1 of 3 organisations, lowest first." in said(*rows, lines=(WAITS,))
    assert "it is number 3 of 3 organisations, highest first." in said(*rows)
    assert "Ranked" not in said(*rows, lines=(replace(WAITS, polarity="neutral"),))
    assert "Ranked" not in said(*rows[:2])
    assert "Ranked" not in said(*rows[:2], ("ENGLAND", MARCH, 50, 100))


# Patterns in time ---------------------------------------------------------------------------------

RISING = [(800 + 20 * step, 1000) for step in range(5)]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (RTT.indicators[WITHIN], "increasing and getting better"),
        (WAITS, "increasing and getting worse"),
        (replace(WAITS, polarity="activity"), "increasing"),
    ],
)
def test_recent_trends(of: Indicator, expected: str) -> None:
    text = said(*months(RISING), lines=(of,))
    assert f"Over the five months to March 2018 the recent trend is {expected} {TEST}." in text


def test_no_recent_trend_and_none_that_can_be_told() -> None:
    flat = said(*months([(800, 1000)] * 5))
    assert (
        f"Over the five months to March 2018 there is no significant recent trend {TEST}." in flat
    )
    assert "recent trend" not in said(*months(RISING[1:]))
    gap = months([(700, 1000), *RISING])
    del gap[3]
    assert "recent trend" not in said(*gap), "the five points are not the five months"
    rolling = replace(WAITS, code="E.H.10_rolling")
    assert "recent trend" not in said(*months(RISING), lines=(rolling,)), "its periods overlap"


def test_significant_is_only_written_with_its_test() -> None:
    for values in (RISING, [(800, 1000)] * 5):
        text = said(*months(values), ("ENGLAND", MARCH, 1, 2))
        for sentence in re.split(r"(?<=\.) (?=[A-Z])", text):
            assert "significant" not in sentence or "chi-square test" in sentence


NOISE = [0, 9, 3, 11, 2, 8, 5, 12, 1, 7, 4, 10, 6, 9, 3, 11]


def test_a_control_chart_needs_fifteen_points() -> None:
    quiet = [(800 + step, 1000) for step in NOISE]
    text = said(*months(quiet[:15]))
    assert (
        "Over 15 months to March 2018 the control chart shows common cause variation only; by its "
        "limits the line consistently misses the standard." in text
    )
    assert "control chart" not in said(*months(quiet[:14]))
    without = months(quiet)
    del without[4]
    assert "Over 15 months to March 2018 the control chart" in said(*without)
    assert "control chart" not in said(*months([*quiet, (0, 0)]))


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (RTT.indicators[WITHIN], "special cause variation: improvement"),
        (replace(WAITS, standards=()), "special cause variation: concern"),
        (replace(WAITS, polarity="neutral", standards=()), "special cause variation"),
    ],
)
def test_special_causes_are_judged_by_polarity(of: Indicator, word: str) -> None:
    values = [(700 + step, 1000) for step in [*NOISE, 99]]
    text = said(*months(values), lines=(of,))
    assert f"the control chart shows {word} (the last is above the upper limit)" in text


def test_assurance_from_the_plan_where_there_is_no_standard() -> None:
    values = [(900 + step, 1000) for step in NOISE]
    plans = {("A", str(LAST.shift(-step))): 0.5 for step in range(16)}
    text = said(*months(values), lines=(line(),), plans=plans)
    assert "by its limits the line consistently meets the plan." in text
    plans = dict.fromkeys(plans, 0.906)
    text = said(*months(values), lines=(line(),), plans=plans)
    assert "may either meet or miss the plan." in text


def test_counts_without_a_pattern_share_a_sentence() -> None:
    of = (RTT.indicators[ADMITTED], RTT.indicators[NEW])
    rows = [(*row, ADMITTED) for row in months([(500 + step, None) for step in NOISE])]
    rows += [(*row, NEW) for row in months([(500 + step, None) for step in NOISE[::-1]])]
    text = said(*rows, lines=of)
    both = "completed admitted pathways and new pathways"
    assert f"there is no significant recent trend in {both} {TEST}." in text
    assert f"Over 16 months to March 2018 the control charts of {both} show common cause" in text


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


def test_suppressed_months_carry_no_change_trend_or_plan() -> None:
    values = [*RISING[:4], (3, 1000)]
    plans = {("A", str(LAST.shift(-step))): 0.5 for step in range(5)}
    hidden = interpret(results(*months(values), policy=HIDES, plans=plans))
    assert hidden.paragraphs == (
        f"{RTT.indicators[WITHIN].title}: the figure of CCG A is suppressed, because it is small.",
        rule_words(HIDES),
    )
    rows = months([*RISING[:3], (3, 1000), RISING[4]])
    text = said(*rows, policy=HIDES, plans=plans)
    assert "recent trend" not in text and "period before" not in text
    assert "Of the last 4 months with a plan, all met theirs." in text


def test_records_left_out_are_a_paragraph_at_the_end() -> None:
    quality = [("The clock stops before it starts.", 3, ""), ("No start.", 0, "[c]")]
    told = interpret(results(("A", MARCH, 900, 1000), quality=quality)).paragraphs
    assert told[-1] == (
        "Records of all organisations together that are left out or counted once: The clock stops "
        "before it starts (3 rows); No start (number suppressed)."
    )
    assert len(interpret(results(("A", MARCH, 900, 1000))).paragraphs) == 1


def test_small_denominators_of_other_kinds_are_no_caution() -> None:
    assert "moves by 10.0 percentage points" in said(("A", MARCH, 5, 10), lines=(WAITS,))
    assert "moves by" not in said(("A", MARCH, 5, 10), lines=(BUDGETS,))


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
    assert [signed(x) for x in (3.24, -3.26, 0.0, 1234.5)] == ["+3.2", "−3.3", "+0.0", "+1,234.5"]
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c")
    ]
