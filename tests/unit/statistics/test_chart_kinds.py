"""p', u', T and G charts beside published numbers, and the rule that chooses among the kinds.

Sources: patients of English A&E departments seen within four hours in twenty weeks, and the limits
of their p' and u' charts: M. A. Mohammed, D. Laney, Overdispersion in health care performance data:
Laney's approach, Quality and Safety in Health Care 15, 2006, as the R package qicharts2 gives them
(`nhs_accidents`); limits to four decimals, and those of T and G charts of days and discharges
between infections (`cdi`-like series): tests of PowerBI-SPC, Department of Health WA, made with
qicharts2. Formulas and the series of days between events: NHS England, SPC charts SQL query 2.4,
steps 3b (M6, M7) and 4e.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from nhsind.errors import UsageError
from nhsind.statistics.adjustments import kind_of_figures
from nhsind.statistics.chart_choice import KINDS, kind_named
from nhsind.statistics.shewhart import p_chart, spc

SEEN = [266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320]
SEEN += [267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989]
CAME = [280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529]
CAME += [279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772]
UPPER = [96.567, 96.5753, 96.5421, 96.5326, 96.5627, 96.5775, 96.5593, 96.5345, 96.5579, 96.5623]
UPPER += [96.5689, 96.5591, 96.5996, 96.5961, 96.5753, 96.5877, 96.6012, 96.583, 96.5713, 96.5824]
LOWER = [94.013, 94.0046, 94.0378, 94.0473, 94.0173, 94.0025, 94.0207, 94.0454, 94.022, 94.0177]
LOWER += [94.0111, 94.0208, 93.9803, 93.9839, 94.0046, 93.9923, 93.9788, 93.9969, 94.0087, 93.9975]
# Days, and discharges, between infections.
DAYS = [16, 20, 5, 13, 1, 26, 46, 12, 12, 5, 19, 4, 3, 15, 14, 9, 8, 15, 21, 6, 3, 1, 56, 117, 1]
DAYS += [33, 9, 9, 19, 12, 1, 16, 13, 18, 1, 35, 16, 5, 21, 38, 3, 25, 3, 11, 13, 20, 9, 3, 8, 21]
DAYS += [24, 38, 8, 13, 9, 1, 30, 23, 3, 7, 22, 19, 11, 31, 6, 1, 1]
CASES = [23, 39, 15, 34, 1, 49, 98, 29, 27, 13, 45, 7, 10, 27, 24, 14, 20, 38, 44, 11, 10, 3, 113]
CASES += [183, 3, 47, 18, 18, 33, 15, 2, 38, 27, 27, 1, 52, 23, 7, 26, 82, 5, 49, 5, 17, 24, 44]
CASES += [26, 2, 27, 46, 55, 97, 22, 22, 20, 4, 60, 51, 7, 21, 66, 36, 25, 72, 15, 5, 3]
# The SQL tool's own series of days of events (M6), and of other events between them (M7).
EVENTS = (
    "2019-01-12 2019-02-24 2019-05-08 2019-06-13 2019-08-10 2019-09-16 2019-10-19 2019-12-04 "
    "2020-01-19 2020-02-16 2020-03-08 2020-05-07 2020-06-19 2020-08-25 2020-10-28 2020-11-30 "
    "2021-02-17 2021-04-01 2021-04-11 2021-06-16"
).split()
BETWEEN = [5, 15, 9, 12, 9, 8, 16, 12, 7, 6, 27, 22, 22, 32, 17, 51, 22, 14, 30]


def test_laneys_p_prime_is_the_published_one() -> None:
    chart = spc(SEEN, 0.95, denominators=CAME, kind="p'")
    np.testing.assert_allclose(100 * chart.upper_limit, UPPER, atol=5.1e-5)
    np.testing.assert_allclose(100 * chart.lower_limit, LOWER, atol=5.1e-5)
    assert not any(chart.flags) and chart.assurance == "hit_or_miss"
    # By counting alone nearly every week would be a special cause.
    alone = p_chart(SEEN, CAME)
    outside = (alone.value > alone.upper_limit) | (alone.value < alone.lower_limit)
    assert outside.sum() == 16


def test_laneys_u_prime_is_the_published_one_and_a_rate_is_for_any_number() -> None:
    chart = spc(SEEN, denominators=CAME, kind="u'")
    np.testing.assert_allclose(chart.upper_limit, [each / 100 for each in UPPER], atol=5.1e-5)
    np.testing.assert_allclose(chart.lower_limit, [each / 100 for each in LOWER], atol=5.1e-5)
    thousand = spc(SEEN, denominators=CAME, kind="u'", per=1000)
    np.testing.assert_allclose(thousand.upper_limit, 1000 * chart.upper_limit, rtol=1e-12)
    assert thousand.flags == chart.flags


def test_a_u_chart_has_the_limits_of_counting() -> None:
    chart = spc([9, 16] * 8, denominators=[100, 400] * 8, kind="u")
    assert set(chart.mean) == {0.05}
    np.testing.assert_allclose(
        chart.upper_limit[:2], [0.05 + 3 * math.sqrt(0.0005), 0.05 + 3 * math.sqrt(0.000125)]
    )
    assert chart.lower_limit[0] == 0
    assert chart.exclude_outliers is None and chart.setting.startswith("u chart; ")


def test_a_t_chart_is_the_published_one_and_that_of_the_sql_tool() -> None:
    published = spc(DAYS, kind="T", rules="ptd-0.2", exclude_outliers=True)
    # qicharts2 has 3 / 1.128 for the SQL tool's 2.66, 0.02% less.
    assert published.upper_limit[0] == pytest.approx(97.268, rel=5e-4)
    assert published.lower_limit[0] == pytest.approx(0.0221, abs=2e-4)
    gaps = [(b - a).days for a, b in pairwise(map(date.fromisoformat, EVENTS))]
    roots = [gap ** (1 / 3.6) for gap in gaps]
    mean = sum(roots) / len(roots)
    width = 2.66 * sum(abs(b - a) for a, b in pairwise(roots)) / (len(roots) - 1)
    for given in (EVENTS, pd.to_datetime(EVENTS), gaps):
        chart = spc(given, kind="T")  # type: ignore[arg-type]
        assert chart.value.tolist() == gaps
        assert chart.mean[0] == pytest.approx(mean**3.6, rel=1e-12)
        assert chart.upper_limit[0] == pytest.approx((mean + width) ** 3.6, rel=1e-12)
        assert chart.lower_limit[0] == pytest.approx((mean - width) ** 3.6, rel=1e-12)
    assert spc(EVENTS, kind="T").index[0] == "2019-02-24"
    assert spc(EVENTS, kind="T").variation == "common_cause"


def test_where_a_t_charts_limit_would_be_below_nought_there_is_none() -> None:
    chart = spc([1, 60] * 8, kind="T")
    assert np.isnan(chart.lower_limit).all() and chart.upper_limit[0] > 60
    assert chart.variation == "common_cause"


def test_a_g_chart_is_the_published_one_and_that_of_the_sql_tool() -> None:
    assert spc(CASES, kind="G").upper_limit[0] == pytest.approx(128.17, abs=0.005)
    chart, mean = spc(BETWEEN, kind="G"), sum(BETWEEN) / len(BETWEEN)
    assert chart.mean[0] == pytest.approx(0.693 * mean, rel=1e-12)
    assert chart.upper_limit[0] == pytest.approx(mean + 3 * math.sqrt(mean * (mean + 1)))
    assert np.isnan(chart.lower_limit).all()
    assert set(filter(None, chart.labels)) == {"shift_high"}
    (outside,) = (place for place, flag in enumerate(spc(CASES, kind="G").labels) if flag)
    assert CASES[outside] == 183


@pytest.mark.parametrize("kind", ["T", "G"])
def test_no_target_of_gaps_is_judged(kind: str) -> None:
    chart = spc(BETWEEN, 5, kind=kind)
    assert chart.assurance is None
    assert chart.warnings == (f"the target is not judged: a {kind} chart has none",)


def test_few_gaps_have_no_limits() -> None:
    assert np.isnan(spc(BETWEEN[:14], kind="T").upper_limit).all()
    assert spc(BETWEEN[:14], kind="G").variation is None
    assert not np.isnan(spc(BETWEEN[:15], kind="G").upper_limit).any()


def test_parts_and_ghosts_are_those_of_every_kind() -> None:
    x, n = [30, 32] * 12 + [60, 66] * 12, [100, 110] * 24
    chart = spc(x, denominators=n, kind="p'", recalculate_at=[24], ghost=[3])
    first, second = (spc(x[a:b], denominators=n[a:b], kind="p'") for a, b in ((0, 24), (24, 48)))
    np.testing.assert_allclose(chart.upper_limit[24:], second.upper_limit)
    assert chart.mean[0] != first.mean[0] and chart.mean[3] == chart.mean[0]
    held = spc(BETWEEN, kind="T", baseline=12)
    assert held.upper_limit[-1] == spc([*BETWEEN[:12], None, None, *BETWEEN[:12]], kind="T",
                                       recalculate_at=[12]).upper_limit[0]  # fmt: skip


# Which suits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "n", "kind", "why"),
    [
        # A quarter above the average is alike, a unit more is not.
        ([50] * 24 + [60, 40], [100] * 24 + [125, 75], "XmR", "within 25% of their average"),
        ([50] * 24 + [60, 40], [100] * 24 + [126, 74], "p'", "up to 26% from their average"),
        # Five of either side on average are enough, fewer are not.
        ([5] * 24, [100, 40] * 12, "p'", "up to 43%"),
        ([5] * 23 + [4], [100, 40] * 12, "XmR", "fewer than 5 a point"),
        ([95, 35] * 11 + [95, 36], [100, 40] * 12, "XmR", "fewer than 5 a point"),
        ([500] * 24, [100, 40] * 12, "u'", "up to 43%"),
    ],
)
def test_the_kind_that_suits_is_chosen_and_the_chart_says_why(
    x: list[int], n: list[int], kind: str, why: str
) -> None:
    chart = spc(x, denominators=n)
    assert chart.kind == kind
    assert why in chart.why and f"{kind} chart ({chart.why})" in chart.setting


def test_of_denominators_alike_both_kinds_have_the_same_limits() -> None:
    x = np.random.default_rng(5).binomial(1000, 0.9, 30)
    prime, plain = (spc(x, denominators=[1000] * 30, kind=kind) for kind in ("p'", "XmR"))
    # 3 / 1.128 beside 2.66.
    np.testing.assert_allclose(prime.upper_limit, plain.upper_limit, rtol=1e-5)


def test_a_kind_has_several_spellings() -> None:
    assert [kind_named(word) for word in ("p-prime", "U’", "xmr", " g ", "P'")] == [
        "p'", "u'", "XmR", "G", "p'"]  # fmt: skip
    with pytest.raises(UsageError, match="single events"):
        kind_of_figures("T")
    assert [kind_of_figures(kind) for kind in KINDS[:5]] == list(KINDS[:5])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "p'"}, "needs denominators"),
        ({"kind": "T", "denominators": [1] * 16}, "has no denominators"),
        ({"kind": "q"}, '"q" is not a known control chart'),
        ({"kind": "G", "exclude_outliers": True}, "no moving ranges"),
        ({"kind": "u", "denominators": [9] * 16, "exclude_outliers": True}, "no moving ranges"),
        ({"kind": "u", "denominators": [9] * 15}, "do not fit"),
        ({"kind": "p", "denominators": [0.5] * 16}, "0 <= numerator <= denominator"),
    ],
)
def test_what_a_kind_cannot_be_made_of_is_refused(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        spc([1] * 16, **settings)  # type: ignore[arg-type]


def test_events_out_of_order_and_gaps_below_nought_are_refused() -> None:
    with pytest.raises(UsageError, match="not in order of time: 2019-02-24 comes after 2019-05-08"):
        spc(["2019-05-08", "2019-02-24"], kind="T")
    with pytest.raises(UsageError, match="no day"):
        spc(["2019-05-08", "soon"], kind="T")
    with pytest.raises(UsageError, match="0 or more"):
        spc([3, -1], kind="G")
