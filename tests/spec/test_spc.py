"""Control charts follow their rules on short series, under every rule set."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spc_series import LETTERS, SPECS, SeriesSpec

from nhsind.errors import UsageError
from nhsind.statistics.chart_choice import ChartChoice
from nhsind.statistics.chart_making import Asked
from nhsind.statistics.control_chart import ASSURANCE, VARIATION, ControlChart
from nhsind.statistics.shewhart import p_chart, spc, suited_charts, xmr_charts
from nhsind.statistics.signals import FLAGS, RULES

SQL, NEW, R = RULES
SPEC = {spec.title: spec for spec in SPECS}
CALM = [9.0, 11.0] * 8  # mean 10, limits 4.68 and 15.32
CLIMB = SPEC["improvement and concern in one point"].values
ON_LIMITS = SPEC["points on the limits"].values  # mean 10, limits 3 and 17


def drawn(spec: SeriesSpec, rules: str, scale: float = 1, shift: float = 0) -> ControlChart:
    values = [None if value is None else value * scale + shift for value in spec.values]
    settings = dict(spec.settings)
    if "target" in settings:
        settings["target"] = settings["target"] * scale + shift
    return spc(values, rules=rules, **settings)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("spec", SPECS, ids=str)
class TestSpecifications:
    def test_each_point_has_its_flags(self, spec: SeriesSpec, rules: str) -> None:
        chart = drawn(spec, rules)
        assert list(chart.flags) == spec.flags(rules)
        names = [flags[0] if flags else "" for flags in spec.flags(rules)]
        if spec.title == "where a trend turns":
            names[spec.values.index(13)] = "trend_down"
        assert chart.table["flag"].tolist() == names

    def test_each_part_has_its_limits(self, spec: SeriesSpec, rules: str) -> None:
        table = drawn(spec, rules).table
        lines = table[["mean", "lower_limit", "upper_limit"]].drop_duplicates()
        if spec.lines(rules):
            np.testing.assert_allclose(lines, spec.lines(rules), rtol=1e-13)

    def test_the_last_point_has_its_icons(self, spec: SeriesSpec, rules: str) -> None:
        chart = drawn(spec, rules)
        assert (chart.variation, chart.assurance) == (spec.variation, spec.assurance)

    # Neither tenths nor thirds can be stored exactly, and the mean of a series far from 0 rounds.
    @pytest.mark.parametrize(
        ("scale", "shift"), [(0.1, 0), (1 / 3, 0.7), (1e6, 0.1), (1e-9, 0), (1, 1e5)]
    )
    def test_rounding_changes_nothing(
        self, spec: SeriesSpec, rules: str, scale: float, shift: float
    ) -> None:
        chart = drawn(spec, rules, scale, shift)
        assert list(chart.flags) == spec.flags(rules)
        assert (chart.variation, chart.assurance) == (spec.variation, spec.assurance)


def test_every_specification_has_its_own_name() -> None:
    assert len(SPEC) == len(SPECS)


def test_every_flag_occurs_or_its_mirror_image() -> None:
    met = {
        flag for spec in SPECS for rules in RULES for point in spec.flags(rules) for flag in point
    }
    assert set(LETTERS.values()) == set(FLAGS)
    assert set(FLAGS) - met == {"below_limits"}, "the property tests turn the series upside down"


# Verdicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("polarity", "target", "expected"),
    [
        ("higher", 2.9, "pass"),
        ("higher", 3, "pass"),
        ("higher", 3.1, "hit_or_miss"),
        ("higher", 10, "hit_or_miss"),
        ("higher", 16.9, "hit_or_miss"),
        ("higher", 17, "fail"),
        ("higher", 17.1, "fail"),
        ("lower", 17.1, "pass"),
        ("lower", 17, "pass"),
        ("lower", 16.9, "hit_or_miss"),
        ("lower", 3.1, "hit_or_miss"),
        ("lower", 3, "fail"),
        ("lower", 2.9, "fail"),
        ("neutral", 3, None),
        ("higher", None, None),
        ("higher", float("nan"), None),
    ],
)
@pytest.mark.parametrize("scale", [1, 0.1])
def test_equality_with_the_target_decides(
    polarity: str, target: float | None, expected: str | None, scale: float
) -> None:
    values = [value * scale for value in ON_LIMITS]
    target = None if target is None else target * scale
    assert spc(values, target, polarity=polarity).assurance == expected


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("polarity", ["higher", "lower"])
@pytest.mark.parametrize("value", [100, 1.0, 0.1, 0, 2 / 3])
def test_what_never_moves_meets_a_target_it_equals(value: float, polarity: str, rules: str) -> None:
    chart = spc([value] * 15, value, polarity=polarity, rules=rules)
    assert chart.assurance == "pass"
    assert chart.variation == "common_cause"
    assert set(chart.mean) == set(chart.upper_limit) == set(chart.lower_limit) == {value}


def test_the_target_is_that_of_the_last_point() -> None:
    targets = [0.0] * 15 + [20.0]
    assert spc(CALM, targets).assurance == "fail"
    # The last point with a value: a missing month does not bring its target into force.
    assert spc([*CALM, None], [*[0.0] * 16, 20.0]).assurance == "pass"


@pytest.mark.parametrize(
    ("polarity", "conflict", "expected"),
    [
        ("higher", "improvement", "improvement"),
        ("higher", "concern", "concern"),
        ("higher", "label", "improvement"),  # rising comes before being below the mean
        ("lower", "improvement", "improvement"),
        ("lower", "concern", "concern"),
        ("lower", "label", "concern"),
        ("neutral", "improvement", "neutral"),
        ("neutral", "concern", "neutral"),
    ],
)
@pytest.mark.parametrize("rules", RULES)
def test_the_rule_for_conflicts_decides(
    polarity: str, conflict: str, expected: str, rules: str
) -> None:
    chart = spc(CLIMB, polarity=polarity, conflict=conflict, rules=rules)
    assert chart.variation == expected
    assert chart.meanings == ("",) * 13 + (expected,) * 7
    told = f"the last point is improvement and concern: shown as {expected}"
    assert (told in chart.warnings) == (polarity != "neutral")


@pytest.mark.parametrize(
    ("last", "polarity", "expected"),
    [
        (40, "higher", "improvement"),
        (40, "lower", "concern"),
        (-20, "higher", "concern"),
        (-20, "lower", "improvement"),
        (40, "neutral", "neutral"),
        (10, "higher", "common_cause"),
        (10, "neutral", "common_cause"),
    ],
)
def test_polarity_says_what_a_signal_means(last: float, polarity: str, expected: str) -> None:
    chart = spc([*CALM, last], polarity=polarity)
    assert chart.variation == expected
    assert chart.meanings[-1] == ("" if expected == "common_cause" else expected)
    assert spc([*CALM, last, None, None], polarity=polarity).variation == expected


def test_fifteen_points_have_limits_and_fourteen_have_none() -> None:
    enough, few = spc([9.0] * 14 + [30.0], 9), spc([9.0] * 13 + [30.0], 9)
    assert enough.table["flag"].iloc[-1] == "above_limits"
    assert (enough.variation, enough.assurance) == ("improvement", "hit_or_miss")
    assert few.table[["lower_limit", "upper_limit"]].isna().all(axis=None)
    assert few.table["mean"].notna().all()
    assert set(few.table["flag"]) == {""}
    assert (few.variation, few.assurance) == (None, None)
    assert few.warnings == ("points with a value: 14; limits, signals and icons need 15",)
    # The fifteen are those of the series: parts may be shorter, and are warned of.
    assert spc(CALM, recalculate_at=(8,)).variation == "common_cause"


def test_a_part_of_fewer_than_twelve_points_is_warned_of() -> None:
    months = pd.period_range("2016-04", periods=26, freq="M").astype(str)
    series = pd.Series([9.0, 11.0] * 13, index=months)
    series.iloc[20] = np.nan
    chart = spc(series, recalculate_at=["2017-04", "2017-05"])
    assert chart.recalculated_at == (12, 13)
    assert chart.warnings == (
        "points with a value from 2017-04 to 2017-04: 1; fewer than 12, so there are no limits",
    )
    assert "limits recalculated from 2017-04, 2017-05" in chart.setting
    one_more = spc(series, recalculate_at=["2017-06"]).warnings
    assert one_more == (
        "points with a value from 2017-06 to 2018-05: 11; "
        "fewer than 12, so the limits are provisional",
    )


def test_a_single_point_has_a_mean_and_no_limits() -> None:
    chart = spc([*CALM, 30.0], 5, recalculate_at=(16,))
    assert chart.mean[-1] == 30
    assert np.isnan(chart.upper_limit[-1])
    assert (chart.variation, chart.assurance) == (None, None)


# p-charts -------------------------------------------------------------------------------------


def test_a_p_chart_has_limits_by_denominator() -> None:
    x = [50, 50, 200, 50, 50, 65, 35, 50, 50, 50, 66, 34, 50, 50, 230, 170]
    n = [100, 100, 400, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 400, 400]
    chart = p_chart(x, n, target=0.35)
    widths = [0.15 if size == 100 else 0.075 for size in n]
    assert set(chart.mean) == {0.5}
    np.testing.assert_allclose(chart.upper_limit, [0.5 + w for w in widths], rtol=1e-13)
    np.testing.assert_allclose(chart.lower_limit, [0.5 - w for w in widths], rtol=1e-13)
    # 0.65 and 0.35 of 100, 230 and 170 of 400 are on their limits, or on no limit at all.
    assert [place for place, flags in enumerate(chart.flags) if flags] == [10, 11]
    assert chart.labels[10:12] == ("above_limits", "below_limits")
    assert (chart.variation, chart.assurance) == ("common_cause", "pass")
    assert chart.exclude_outliers is None
    assert chart.setting.startswith("p chart; rules mdc-sql-2.5 (NHS England")


def test_the_mean_of_a_p_chart_is_weighted_by_its_denominators() -> None:
    chart = p_chart([9, 30] * 8, [10, 90] * 8)
    assert set(chart.mean) == {0.39}


def test_the_limits_of_a_p_chart_lie_within_0_and_1() -> None:
    high = p_chart([99] * 15 + [98, 100], [100] * 17)
    assert set(high.upper_limit) == {1.0}
    assert not any(high.flags)
    low = p_chart([1] * 15 + [2, 0], [100] * 17)
    assert set(low.lower_limit) == {0.0}


@pytest.mark.parametrize(("x", "target"), [(40, 1.0), (0, 0.0)])
def test_a_p_chart_at_its_end_meets_a_target_there(x: int, target: float) -> None:
    chart = p_chart([x] * 15, [40] * 15, target=target)
    assert chart.assurance == "pass"
    assert set(chart.upper_limit) == set(chart.lower_limit) == {target}


def test_a_month_without_denominator_is_missing() -> None:
    x, n = [30, 31] * 8, [60] * 16
    whole = p_chart(x, n)
    chart = p_chart([*x[:8], 0, None, *x[8:]], [*n[:8], 0, 60, *n[8:]])
    assert np.isnan(chart.value[8:10]).all()
    assert np.isnan(chart.upper_limit[8:10]).all()
    assert set(chart.mean) == set(whole.mean)
    assert chart.known.size == 16


def test_the_parts_of_a_p_chart_are_summed_apart() -> None:
    chart = p_chart([10] * 12 + [30, 20] * 6, [40] * 24, recalculate_at=(12,))
    assert chart.mean.tolist() == [0.25] * 12 + [0.625] * 12


@pytest.mark.parametrize(
    ("x", "n", "message"),
    [
        ([1, 2], [1], "1 denominators do not fit 2 points"),
        ([2], [1], "0 <= numerator <= denominator"),
        ([-1], [1], "numbers of 0 or more"),
        (pd.Series([1], index=["a"]), pd.Series([1], index=["b"]), "only one of them has a, b"),
    ],
)
def test_what_is_no_proportion_is_refused(x: Any, n: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        p_chart(x, n)


# The object and what it is made from ------------------------------------------------------------


def test_the_table_keeps_the_index() -> None:
    months = pd.period_range("2016-04", periods=16, freq="M")
    table = spc(pd.Series(CALM, index=months)).table
    assert list(table.columns) == ["value", "mean", "lower_limit", "upper_limit", "flag"]
    assert table.index.equals(months)
    assert table["value"].tolist() == CALM
    assert spc(CALM).table.index.tolist() == list(range(16))


def test_a_chart_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        spc(CALM).polarity = "lower"  # type: ignore[misc]


def test_a_chart_states_its_setting() -> None:
    assert spc(CALM, polarity="lower").setting == (
        "XmR chart; rules mdc-sql-2.5 (NHS England Making Data Count, SQL tool 2.5); "
        "outlying moving ranges kept; lower is better"
    )
    assert spc(CALM, polarity="neutral", rules=R).setting == (
        "XmR chart; rules ptd-0.2 (NHSRplotthedots 0.2); "
        "outlying moving ranges left out; neither direction is better"
    )
    assert spc(CALM, 5, polarity="neutral").warnings == (
        "the target is not judged: neither direction is better",
    )


@pytest.mark.parametrize(
    ("rules", "asked", "done"),
    [(SQL, None, False), (NEW, None, False), (R, None, True)]
    + [(rules, asked, asked) for rules in RULES for asked in (True, False)],
)
def test_screening_is_the_rule_sets_own_unless_asked(
    rules: str, asked: bool | None, done: bool
) -> None:
    chart = spc(SPEC["no screening"].values, rules=rules, exclude_outliers=asked)
    assert chart.exclude_outliers is done
    assert (chart.upper_limit[0] < 6) == done


def test_there_are_words_for_every_verdict() -> None:
    assert set(VARIATION) == {"common_cause", "improvement", "concern", "neutral"}
    assert set(ASSURANCE) == {"pass", "fail", "hit_or_miss"}


@pytest.mark.parametrize(
    "values",
    [
        [Decimal("9.1"), Decimal("11.1")] * 8,
        [Fraction(91, 10), Fraction(111, 10)] * 8,
        np.array([9.1, 11.1] * 8),
        pd.Series([9.1, 11.1] * 8, dtype="Float64"),
        (value for value in [9.1, 11.1] * 8),
    ],
    ids=["decimals", "fractions", "array", "nullable", "generator"],
)
def test_any_kind_of_number_will_do(values: Any) -> None:
    assert spc(values).value.tolist() == [9.1, 11.1] * 8


@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA, np.nan, Decimal("NaN")])
def test_any_kind_of_missing_value_will_do(gap: Any) -> None:
    chart = spc([*CALM, gap])
    assert np.isnan(chart.value[-1])
    assert chart.known.size == 16


@pytest.mark.parametrize("values", [[], [None] * 20, [5]])
def test_a_series_of_nothing_has_nothing_to_say(values: list[Any]) -> None:
    chart = spc(values, 5)
    assert len(chart.table) == len(values)
    assert (chart.variation, chart.assurance) == (None, None)


@pytest.mark.parametrize(
    ("values", "settings", "message"),
    [
        (["9", "11"], {}, '"9" is not a number'),
        ([9, "eleven"], {}, "is not a number"),
        ([9, True, None], {}, '"True" is not a number'),
        ([9, float("inf")], {}, "infinite"),
        ([9, 10**400], {}, "infinite"),
        ([1j], {}, "is not a number"),
        ([pd.Timestamp("2017-04-01")], {}, "is not a number"),
        (np.array(["2017-04"], dtype="M8[M]"), {}, "is not a number"),
        (5, {}, "a sequence of numbers"),
        ([[1, 2], [3]], {}, "a sequence of numbers"),
        (np.ones((2, 2)), {}, "1 dimension"),
        (CALM, {"polarity": "hihger"}, 'Did you mean "higher"'),
        (CALM, {"polarity": None}, '"None" is not a known polarity'),
        (CALM, {"rules": "mdc"}, "not a known rule set"),
        (CALM, {"conflict": "both"}, "not a known rule for conflicts"),
        (CALM, {"target": [1, 2]}, "2 targets do not fit 16 points"),
        (CALM, {"target": "9"}, '"9" is not a number'),
        (CALM, {"target": float("inf")}, "infinite"),
        (CALM, {"target": pd.Series(CALM, index=range(1, 17))}, "the index of the targets"),
        (pd.Series(CALM, pd.period_range("2016-04", periods=16)[::-1]), {}, "not in order of time"),
    ],
)
def test_what_cannot_be_charted_is_refused(
    values: Any, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        spc(values, **settings)


MONTHS = pd.period_range("2016-04", periods=16, freq="M")
INDEXES = {
    "months": MONTHS,
    "days": MONTHS.to_timestamp(),
    "text": MONTHS.astype(str),
    "numbers from 1": pd.RangeIndex(1, 17),
}


@pytest.mark.parametrize(
    ("index", "points", "expected"),
    [
        ("months", ["2017-02"], (10,)),
        ("months", [MONTHS[10], 5], (5, 10)),
        ("days", ["2017-02"], (10,)),
        ("days", [pd.Timestamp("2017-02-01")], (10,)),
        ("text", ["2017-02", 10, "2016-04"], (10,)),
        ("text", "2017-02", (10,)),
        ("text", 10, (10,)),
        ("numbers from 1", [12], (11,)),
        ("text", [], ()),
    ],
)
def test_a_recalculation_is_a_label_or_a_position(
    index: str, points: Any, expected: tuple[int, ...]
) -> None:
    assert spc(pd.Series(CALM, INDEXES[index]), recalculate_at=points).recalculated_at == expected


@pytest.mark.parametrize(
    ("index", "point"),
    [
        ("months", "2019-01"),
        ("days", "2017"),
        ("text", "2017"),
        ("text", 16),
        ("text", -1),
        ("text", 1.5),
        ("text", True),
        ("text", [1]),
        ("numbers from 1", 0),
    ],
)
def test_a_recalculation_outside_the_series_is_refused(index: str, point: Any) -> None:
    with pytest.raises(UsageError, match="it is no point of the series"):
        spc(pd.Series(CALM, INDEXES[index]), recalculate_at=[point])


# Many at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", RULES)
def test_many_charts_are_each_as_one(rules: str) -> None:
    rng = np.random.default_rng(1)
    matrix = pd.DataFrame(
        rng.integers(0, 12, (40, 24)).astype(float), [f"Q{row}" for row in range(40)]
    ).mask(rng.random((40, 24)) < 0.1)
    targets = rng.integers(0, 12, (40, 24)).astype(float)
    asked = Asked(targets, polarity="lower", rules=rules, recalculate_at=(12,))
    charts = xmr_charts(matrix, asked)
    for place, (code, chart) in enumerate(zip(matrix.index, charts, strict=True)):
        one = spc(
            matrix.loc[code], targets[place], polarity="lower", rules=rules, recalculate_at=(12,)
        )
        pd.testing.assert_frame_equal(chart.table, one.table)
        assert (chart.flags, chart.meanings) == (one.flags, one.meanings)
        assert (chart.variation, chart.assurance) == (one.variation, one.assurance)


NONE = np.full((2, len(CALM)), np.nan)


def test_two_series_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="the same label"):
        twice = pd.DataFrame([CALM, CALM], index=["Q1", "Q1"])
        suited_charts(twice, (NONE, NONE), [ChartChoice("XmR", "")] * 2, asked=Asked())
