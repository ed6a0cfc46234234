"""Figures that other tools print of data that they print too, to the digits that they give.

Sources, each named where it is used. The results of PHEindicatormethods' own tests of standardised
rates, Byar's and Wilson's intervals lie in workbooks that cannot be read here; its inputs are in
its R files and `isr_sheet.csv`, and what they must give was computed with PHStatsMethods 0.1.16,
the Department of Health and Social Care's Python edition of the package, which its authors test
against the same workbooks.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

import nhsind as ind
from nhsind.errors import NumberError
from nhsind.statistics.funnels import funnel
from nhsind.statistics.intervals import byar, exact_poisson, wilson
from nhsind.statistics.overdispersion import dispersion

# PHEindicatormethods, R/isr_sheet.csv: events, people, the reference's events and people, and the
# events expected, in nineteen age bands.
BANDS = """
127 636 10303 50520 129.7052257
25  558 2824  57173 27.56182114
18  609 3225  60213 32.61795626
21  543 3615  54659 35.91256701
12  384 3641  44345 31.52878566
27  594 3490  50128 41.35533035
48  669 3789  62163 40.77732735
27  843 3213  67423 40.17262655
29  660 3031  62899 31.80432121
32  576 2771  55463 28.7776716
32  606 3089  60479 30.95180145
34  522 3490  49974 36.45455637
45  426 3595  44140 34.69574082
65  273 4745  40888 31.68130014
38  300 5514  37239 44.42117135
68  288 7125  30819 66.58230312
74  153 5694  18136 48.03606087
82  123 6210  15325 49.84208809
91  207 5757  13918 85.62286248
"""
EVENTS, PEOPLE, REFERENCE, REFERENCE_PEOPLE, EXPECTED = np.array(
    [[float(each) for each in line.split()] for line in BANDS.strip().splitlines()]
).T
# The European Standard Population of 2013 (`esp2013`), by the same bands.
ESP2013 = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500]
ESP2013 += [5000, 4000, 2500, 1500, 1000]
OF_REFERENCE = {"reference_events": REFERENCE, "reference_population": REFERENCE_PEOPLE}

# FunnelPlotR, tests/testthat/test-classes_methods.R.
OBSERVED, PREDICTED = [100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220]
# Its README: days in 54 hospitals of Arizona in 1991 (`medpar` of Hilbe's R package COUNT), and
# those that its Poisson model predicts (los ~ hmo + died + age80 + factor(type)).
DAYS = [406, 642, 46, 764, 82, 201, 193, 569, 404, 134, 614, 491, 501, 131, 274, 124, 456, 48]
DAYS += [429, 14, 369, 8, 37, 128, 145, 493, 104, 6, 308, 34, 7, 935, 134, 339, 458, 22, 2, 160]
DAYS += [87, 55, 252, 174, 43, 228, 210, 321, 631, 543, 105, 389, 92, 1012, 283, 95]
MODELLED = """
523.696 612.979 53.791 763.718 120.937 250.186 155.492 484.715 362.222 188.927 554.385 616.738
360.147 245.613 263.565 154.662 475.016 38.934 445.097 28.797 347.536 7.561 73.206 118.114 273.338
449.793 172.379 19.196 321.858 36.563 19.964 851.716 198.941 302.393 410.163 45.865 9.667 212.345
38.922 31.738 285.636 186.656 33.982 255.655 242.026 279.476 619.264 626.13 145.675 413.862 111.263
685.586 181.108 24.806
"""

# PHEindicatormethods, tests/testthat/DSR_testdata.csv: people, rate and its 95% limits in fifths of
# deprivation, and of each year the slope index and the relative index that its vignette "Worked
# examples for phe_sii function" prints (example 2), with the simulated interval of the slope.
FIFTHS = {
    2010: (
        [1434002, 1450590, 1453827, 1440980, 1457780],
        [150.2200205, 131.0221747, 127.4954973, 130.494241, 135.4664241],
        [147.3194185, 128.3676972, 125.0421198, 128.2469515, 133.2469515],
        [153.1498241, 133.7051129, 129.975513, 132.7657553, 137.8657553],
        (-14.848683, 0.8956758, -18.94895, -10.767618),
    ),
    2012: (
        [1456919, 1482837, 1486250, 1467811, 1457780],
        [146.3620464, 130.836935, 123.9613632, 129.1611122, 135.4664241],
        [143.5339285, 128.2283616, 121.5935782, 126.9843883, 133.2469515],
        [149.218782, 133.4731892, 126.3549356, 131.361204, 137.8657553],
        (-11.680045, 0.9159389, -15.71630, -7.668494),
    ),
    2015: (
        [1508923, 1538008, 1538564, 1509602, 1457780],
        [143.8177637, 127.2058426, 122.4106945, 126.3922397, 135.4664241],
        [141.0941843, 124.7351196, 120.1654081, 124.3450367, 133.2469515],
        [146.568661, 129.7026732, 124.6801651, 128.4613495, 137.8657553],
        (-9.042367, 0.9332670, -12.97108, -5.145767),
    ),
}


@pytest.mark.parametrize(
    ("level", "lower", "upper"),
    [
        (0.95, 9717.709067985685, 11178.940915479252),
        (0.998, 9323.287880219905, 11620.595999522062),
    ],
)
def test_a_directly_standardised_rate(level: float, lower: float, upper: float) -> None:
    found = ind.direct_rate(EVENTS, PEOPLE, standard_population=ESP2013, level=level)
    assert found.observed == 895
    assert found.value == pytest.approx(10430.247991469425, rel=1e-12)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-12)


def test_expected_events_are_those_printed() -> None:
    by_band = [
        ind.indirect_ratio(
            [x], [n], reference_events=[reference], reference_population=[people]
        ).expected
        for x, n, reference, people in zip(EVENTS, PEOPLE, REFERENCE, REFERENCE_PEOPLE, strict=True)
    ]
    assert by_band == pytest.approx(list(EXPECTED), rel=5e-9)


@pytest.mark.parametrize(
    ("level", "ratio", "rate"),
    [
        (0.95, (0.964093779316, 1.100297342289), (9369.13481261878, 10692.771133936563)),
        (0.998, (0.927329202101, 1.141464660231), (9011.853926002746, 11092.838181295587)),
    ],
)
def test_an_indirectly_standardised_ratio_and_rate(
    level: float, ratio: tuple[float, float], rate: tuple[float, float]
) -> None:
    found = ind.indirect_ratio(EVENTS, PEOPLE, **OF_REFERENCE, level=level)
    assert found.expected == pytest.approx(868.501517486468, rel=1e-12)
    assert found.value == pytest.approx(1.030510577103, rel=1e-12)
    assert (found.lower, found.upper) == pytest.approx(ratio, rel=1e-11)
    as_rate = ind.indirect_rate(EVENTS, PEOPLE, **OF_REFERENCE, level=level)
    assert as_rate.value == pytest.approx(10014.578176786838, rel=1e-12)
    assert (as_rate.lower, as_rate.upper) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(
    ("level", "lower", "upper"),
    [(0.95, 0.003976771609, 0.01814986952), (0.998, 0.002269211834, 0.024359425677)],
)
def test_a_ratio_of_fewer_than_ten_events(level: float, lower: float, upper: float) -> None:
    found = ind.indirect_ratio(8, PEOPLE, **OF_REFERENCE, level=level)
    assert found.method == "exact Poisson"
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-9)


@pytest.mark.parametrize(
    ("count", "level", "limits"),
    [
        # tests/testthat/testByars.R asks for these counts.
        (10, 0.95, (4.787449913967563, 18.391458605756473)),
        (10, 0.998, (2.916318374695686, 24.19372492788055)),
        (65, 0.95, (50.16318771045943, 82.84913854593984)),
        (65, 0.998, (42.8802614714802, 94.000290844318)),
        (1045, 0.95, (982.5932018073325, 1110.33121298565)),
        (1045, 0.998, (947.9407035610374, 1148.806160988033)),
    ],
)
def test_byars_interval(count: int, level: float, limits: tuple[float, float]) -> None:
    assert byar(count, level) == pytest.approx(limits, rel=1e-12)


def test_wilsons_and_the_exact_interval() -> None:
    assert wilson(65, 100) == pytest.approx((0.5525444329688797, 0.7363575175690247), rel=1e-12)
    assert wilson(65, 100, level=0.998) == pytest.approx(
        (0.4954946574070431, 0.7783540614089697), rel=1e-12
    )
    assert wilson(0, 10) == pytest.approx((0, 0.2775327998628892), rel=1e-12)
    assert exact_poisson(9) == pytest.approx((4.115373097378334, 17.084803451419166), rel=1e-10)
    assert exact_poisson(1, 0.998) == pytest.approx(
        (0.0010005003335835346, 9.233413476451585), rel=1e-10
    )


@pytest.mark.parametrize("year", FIFTHS)
def test_the_slope_index_of_the_vignette(year: int) -> None:
    people, rates, lower, upper, printed = FIFTHS[year]
    found = ind.slope_index(rates, people, lower=lower, upper=upper)
    assert found.value == pytest.approx(printed[0], abs=6e-7)
    assert found.relative == pytest.approx(printed[1], abs=6e-8)
    # The vignette draws rates from log-normal errors, which moves an end by a few hundredths.
    assert (found.lower, found.upper) == pytest.approx(printed[2:], abs=0.04)


def test_the_dispersion_that_funnelplotr_prints() -> None:
    """Its ratios are of events over those expected, around 1."""
    found = dispersion(OBSERVED, PREDICTED, "ratio", method="SHMI", average=1)
    assert round(found.phi, 6) == 2.948033
    assert funnel(OBSERVED, PREDICTED, kind="ratio", limits="SHMI", average=1).average == 1


def test_the_hospitals_of_funnelplotr() -> None:
    """Nine of 54 are outside the widened limits; 25 outside those of chance, as it draws them.

    It takes the exact limits of the count that was expected, here they are those of the count that
    was observed, by which two hospitals on the edge are inside.
    """
    modelled = np.array([float(each) for each in MODELLED.split()])
    widened = funnel(DAYS, modelled, kind="ratio", limits="SHMI", average=1).table["place"]
    assert len(DAYS) == 54 and widened.str.endswith("99.8%").sum() == 9
    by_chance = funnel(DAYS, modelled, kind="ratio", average=1).table
    far = by_chance["place"].str.endswith("99.8%")
    assert far.sum() == 23
    tail, ratio = 0.001, np.array(DAYS) / modelled
    low = special.gammaincinv(modelled, tail) / modelled
    high = special.gammaincinv(modelled + 1, 1 - tail) / modelled
    as_drawn_there = (ratio < low) | (ratio > high)
    assert as_drawn_there.sum() == 25 and not (far & ~as_drawn_there).any()


@pytest.mark.parametrize(
    ("kind", "average"),
    [("proportion", 1.1), ("ratio", 0), ("rate", -1), ("ratio", math.nan), ("ratio", math.inf)],
)
def test_an_average_that_cannot_be_is_refused(kind: str, average: float) -> None:
    for limits in ("normal", "SHMI", "auto"):
        with pytest.raises(NumberError, match="average"):
            funnel([1, 2], [4, 4], kind=kind, limits=limits, average=average)
