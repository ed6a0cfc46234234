"""Funnel limits, places and quantile groups, against published tables and formulas by hand.

The published numbers are the test tables of PHEindicatormethods (tests/testthat, testdata_funnel_*
files): limits at 95% and 99.8%, and the significance it gives to primary care trusts.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nhsind.statistics.funnel_limits import expected_limits, proportion_limits, rate_limits
from nhsind.statistics.funnels import funnel, place
from nhsind.statistics.quantile_groups import quantiles

# Population, lower and upper 95%, lower and upper 99.8%: around 80.642448%.
PROPORTIONS = """
1      3.204264  100       0         100
14     59.946223 100       48.011163 100
18     62.390093 98.894803 51.864359 100
37     67.911689 93.373207 60.570139 100
41     68.548635 92.73626  61.574398 99.710497
1008   78.203374 83.081521 76.796814 84.488082
110000 80.408963 80.875933 80.274317 81.010578
"""
# Observed; expected where it is low and high at 95%, then at 99.8%. Found by bisection there.
EXPECTED = """
1   5.571644585 0.025317898 9.233410143 0.001000547
2   7.224687515 0.242209467 11.22886836 0.04540199
9   17.08479966 4.11537405  22.65737951 2.452425215
10  18.39035799 4.795387629 24.13397235 2.960519925
100 121.6268111 81.36400699 134.9243187 71.92139974
716 770.4222128 664.5083011 802.60414   636.1521174
"""
# Events; one year's population and the rate per 100,000, low and high at 95%, then at 99.8%:
# around 116.1720835 per 100,000 in three years of data.
RATES = """
10   5276.757672 63.17010446 1375.943768 242.2579623 6924.776769 48.13632908 849.4639547 392.4043292
46   17605.36664 87.09465496 9663.186088 158.6778232 20389.1375  75.20344267 7990.771589 191.8880194
1360 411529.9259 110.158048  369759.5622 122.6021934 424043.2424 106.9073359 358342.3275 126.5084525
"""
# Registered and eligible people of trusts, and the published significance.
TRUSTS = [
    ("New Forest", 35078.4880, 41980, "above 99.8%"),
    ("Norwich", 24803.6256, 31824, "below 99.8%"),
    ("South Gloucestershire", 50050.7443, 61921, "inside"),
    ("West Norfolk", 26789.2380, 33012, "above 95%"),
    ("North Devon", 30277.5312, 37828, "below 95%"),
    ("Heywood and Middleton", 14493.3552, 17964, "inside"),
    ("North Tees", 36850.0492, 45449, "above 95%"),
]


def rows(table: str) -> list[list[float]]:
    return [[float(cell) for cell in line.split()] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(PROPORTIONS), ids=lambda row: f"n={row[0]:.0f}")
def test_published_proportion_limits(row: list[float]) -> None:
    size, *published = row
    found = [
        100 * float(limit)
        for level in (0.95, 0.998)
        for limit in proportion_limits(0.80642448, size, level)
    ]
    assert found == pytest.approx(published, abs=2e-6)


def test_the_published_formula_is_the_short_one() -> None:
    """The quadratic of PHEindicatormethods' `sigma_adjustment`, written out."""
    for average in (0.02, 0.5, 0.93):
        for size in (40, 1234, 987_654):
            for level in (0.95, 0.998):
                z2 = stats.norm.ppf(0.5 + level / 2) ** 2
                first = average * (size / z2 + 1)
                root = math.sqrt(
                    (-8 * first) ** 2
                    - 64
                    * (1 / z2 + 1 / size)
                    * average
                    * (size * (average * (size / z2 + 2) - 1) + z2 * (average - 1))
                )
                both = [(first + sign * root / 8) / (1 / z2 + 1 / size) / size for sign in (-1, 1)]
                expected = [min(max(limit, 0), 1) for limit in both]
                assert proportion_limits(average, size, level) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("row", rows(EXPECTED), ids=lambda row: f"O={row[0]:.0f}")
def test_published_expected_counts(row: list[float]) -> None:
    observed, *published = row
    found = [end for level in (0.95, 0.998) for end in expected_limits(observed, level)]
    # Theirs stops when v, in (1 + O) v / (1 - v), is known to 6e-8.
    for ours, theirs in zip(found, published, strict=True):
        steepness = (1 + observed + theirs) ** 2 / (1 + observed)
        assert ours == pytest.approx(theirs, abs=1.3e-7 * steepness)


@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("observed", [0, 1, 2.5, 9, 10, 250, 100_000])
def test_expected_counts_are_chi_square_quantiles(observed: float, level: float) -> None:
    low, high = expected_limits(observed, level)
    assert low == pytest.approx(stats.chi2.ppf(0.5 + level / 2, 2 * (observed + 1)) / 2, rel=1e-10)
    above = stats.chi2.ppf(0.5 - level / 2, 2 * observed) / 2 if observed else 0.0
    assert high == pytest.approx(above, rel=1e-10)


@pytest.mark.parametrize("row", rows(RATES), ids=lambda row: f"events={row[0]:.0f}")
def test_published_rate_limits_at_the_published_populations(row: list[float]) -> None:
    average = 116.1720835
    for start, side, level in ((1, 0, 0.95), (3, 1, 0.95), (5, 0, 0.998), (7, 1, 0.998)):
        people, published = 3 * row[start], row[start + 1]
        limit = rate_limits(average / 1e5, people, level)[side]
        assert 1e5 * float(limit) == pytest.approx(published, rel=2e-6)


def test_rate_limits_and_expected_counts_are_inverse() -> None:
    for level in (0.95, 0.998):
        for observed in (1, 4, 30, 5000):
            low, high = expected_limits(observed, level)
            assert rate_limits(0.01, low / 0.01, level)[0] == pytest.approx(0.01 * observed / low)
            assert rate_limits(0.01, high / 0.01, level)[1] == pytest.approx(0.01 * observed / high)


def test_published_significance_of_trusts() -> None:
    names, counts, sizes, published = zip(*TRUSTS, strict=True)
    assert place(counts, sizes, average=0.80642448).tolist() == list(published), names


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize(
    ("step", "level", "inner", "outer"),
    [(1, 0.95, "inside", "% 95%"), (1, 0.998, "% 95%", "% 99.8%")],
)
def test_on_each_side_of_each_limit(
    kind: str, step: int, level: float, inner: str, outer: str
) -> None:
    """The last whole count within a limit, and the next."""
    average, size = 0.2, 1000
    limits = (proportion_limits if kind == "proportion" else rate_limits)(average, size, level)
    for side, word in ((0, "below"), (1, "above")):
        edge = float(limits[side]) * size
        within = math.ceil(edge) if side == 0 else math.floor(edge)
        beyond = within - step if side == 0 else within + step
        found = place([within, beyond], [size, size], kind=kind, average=average).tolist()
        assert found == [inner.replace("%", word, 1), outer.replace("%", word, 1)]


def test_a_value_on_a_limit_is_inside() -> None:
    assert place([0, 10], [10, 10], average=0).tolist() == ["inside", "above 99.8%"]
    assert place([10, 9], [10, 10], average=1).tolist() == ["inside", "below 99.8%"]
    for level, words in ((0.95, "95%"), (0.998, "99.8%")):
        low, high = expected_limits(7, level)
        for edge, beyond, word in ((low, math.inf, "below"), (high, 0.0, "above")):
            on = place([7], [1.0], kind="ratio", average=edge)[0]
            past = place([7], [1.0], kind="ratio", average=math.nextafter(edge, beyond))[0]
            assert past == f"{word} {words}"
            assert on == ("inside" if level == 0.95 else f"{word} 95%")


def test_the_two_rules_for_rates_differ_where_byar_does() -> None:
    """9 events: both exact. 10 and more: one of them by Byar's approximation."""
    for events in (9, 10, 12):
        exact = stats.chi2.ppf(0.025, 2 * events) / 2
        byar = (
            events * (1 - 1 / (9 * events) - stats.norm.ppf(0.975) / (3 * math.sqrt(events))) ** 3
        )
        between = (exact + byar) / 2
        words = [
            place([events], [1.0], kind="ratio", average=between, rules=rules)[0]
            for rules in ("chi-square", "byar-from-10")
        ]
        if events < 10:
            assert exact != byar and words[0] == words[1]
        else:
            assert words == (["inside", "above 95%"] if between < byar else ["above 95%", "inside"])


def test_a_funnel_carries_average_values_places_and_method() -> None:
    found = funnel([10, 50, 900, 0, None], [20, 60, 1000, 0, 5], labels=list("abcde"))
    assert found.average == pytest.approx(960 / 1080)
    assert found.table["value"].tolist()[:3] == [0.5, 50 / 60, 0.9]
    assert found.table["place"].tolist() == ["below 99.8%", "inside", "inside", None, None]
    assert found.table.loc["d"].drop("place").isna().tolist() == [False] + 5 * [True]
    assert found.levels == (0.95, 0.998)
    assert "binomial" in found.method
    expected = proportion_limits(960 / 1080, 60, 0.998)
    assert (found.table.loc["b", "lower_998"], found.table.loc["b", "upper_998"]) == expected


def test_rates_are_in_their_own_unit() -> None:
    found = funnel([30, 40], [20_000, 60_000], kind="rate", per=100_000)
    assert found.average == pytest.approx(100_000 * 70 / 80_000)
    assert found.table["value"].tolist() == pytest.approx([150, 100_000 * 40 / 60_000])
    plain = funnel([30, 40], [20_000, 60_000], kind="rate")
    for name in ("lower_95", "upper_95", "lower_998", "upper_998"):
        assert found.table[name].to_numpy() == pytest.approx(1e5 * plain.table[name].to_numpy())
    assert found.table["place"].tolist() == plain.table["place"].tolist()
    assert "chi-square" in found.method
    assert "Byar" in funnel([1], [2], kind="rate", rules="byar-from-10").method


def test_a_curve_passes_through_the_limits_of_the_organisations() -> None:
    for kind in ("proportion", "ratio"):
        found = funnel([8, 30, 90], [10, 50, 300], kind=kind)
        names = ["lower_95", "upper_95", "lower_998", "upper_998"]
        at = found.curve([300, 10, 50])
        assert at["denominator"].tolist() == [10, 50, 300]
        assert at[names].to_numpy() == pytest.approx(found.table[names].to_numpy())
        drawn = found.curve()
        assert len(drawn) == 100
        assert drawn["denominator"].iloc[[0, -1]].tolist() == pytest.approx([10, 300])


def test_nobody_to_compare() -> None:
    for counts, sizes in (([], []), ([0], [0]), ([None], [5])):
        found = funnel(counts, sizes)
        assert math.isnan(found.average)
        assert found.table["place"].tolist() == [None] * len(counts)
    assert funnel([], []).curve().empty


def test_half_units_and_missing_of_every_kind() -> None:
    halves = pd.array([10.5, None], dtype="Float64")
    assert funnel(halves, [21, 21]).table["value"].iloc[0] == 0.5
    assert funnel(pd.array([1, None], dtype="Int64"), [2, 2]).table["place"].tolist()[1] is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel([1], [2], kind="mean"), "a funnel is of"),
        (lambda: funnel([1, 2], [2]), "one denominator per"),
        (lambda: funnel([-1], [2]), "negative"),
        (lambda: funnel([1], [-2]), "negative"),
        (lambda: funnel([3], [2]), "no greater"),
        (lambda: funnel([3], [2], kind="rate", rules="normal"), "rules must be"),
        (lambda: quantiles([1, 2], 1), "two groups"),
    ],
)
def test_what_cannot_be_compared_is_an_error(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]


def test_a_ratio_may_pass_1() -> None:
    assert funnel([3], [2], kind="ratio").table["value"].tolist() == [1.5]


def quantiles_by_hand(values: list[float], groups: int, inverted: bool) -> list[int]:
    """The formula of phe_quantile, in floating point as R computes it."""
    highest = max(values)
    adjusted = [highest - value if inverted else value for value in values]
    size = len(values)
    found = []
    for value in adjusted:
        rank = 1 + sum(other < value for other in adjusted)
        group = math.floor((groups + 1) - math.ceil((size + 1 - rank) / (size / groups)))
        found.append(1 if group == 0 else group)
    return found


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("groups", [2, 3, 4, 5, 10])
def test_quantiles_are_the_published_formula(groups: int, inverted: bool) -> None:
    generator = np.random.default_rng(groups)
    for size in range(groups, 60):
        values = [float(value) for value in generator.integers(0, 30, size)]
        got = quantiles(values, groups, inverted)
        assert got is not None
        assert got.tolist() == quantiles_by_hand(values, groups, inverted)


def test_quantiles_worked_by_hand() -> None:
    """Ten values, four groups: (11 - rank) / 2.5 is 4, 3.6, 3.2, 2.8, 2.4, 2, 1.6, 1.2, .8, .4."""
    got = quantiles(range(1, 11), 4)
    assert got is not None
    assert got.tolist() == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4]


def test_missing_values_have_no_quantile_and_do_not_count() -> None:
    got = quantiles([None, 3, 1, math.nan, 2, 4], 2)
    assert got is not None
    assert got[[1, 2, 4, 5]].tolist() == [2, 1, 1, 2]
    assert np.isnan(got[[0, 3]]).all()
    assert quantiles([1, None, 2, 3], 4) is None
    assert quantiles([1, 4, 2, 3], 4) is not None
