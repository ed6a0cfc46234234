"""Dispersion and its limits: by hand on few numbers, by simulation, and where limits end."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhsind.statistics.overdispersion import CQC, SHMI, dispersion

Z95, Z998 = 1.959963984540054, 3.090232306167813


def test_a_proportion_by_hand() -> None:
    """Three organisations: the outer two are drawn in to the tenths' edges."""
    x, n = [20, 50, 90], [100, 100, 100]
    middle = math.asin(math.sqrt(160 / 300))
    z = [(math.asin(math.sqrt(a / 100)) - middle) / (1 / 20) for a in x]
    low, high = z[0] + 0.2 * (z[1] - z[0]), z[2] - 0.2 * (z[2] - z[1])
    phi = (low**2 + z[1] ** 2 + high**2) / 3
    weight = 400.0
    tau_squared = (3 * phi - 2) / (3 * weight - weight)
    found = dispersion(x, n)
    assert found.phi == pytest.approx(phi, rel=1e-12)
    assert found.tau_squared == pytest.approx(tau_squared, rel=1e-12)
    lower, upper = found.limits([100], 0.95)
    half = Z95 * math.sqrt(1 / 400 + tau_squared)
    assert lower[0] == pytest.approx(math.sin(max(0, middle - half)) ** 2, abs=1e-12)
    assert upper[0] == pytest.approx(math.sin(min(math.pi / 2, middle + half)) ** 2, abs=1e-12)


def test_a_ratio_by_hand_with_truncation() -> None:
    """Twenty observed counts over expected: the tenths at either end are left out."""
    expected = np.full(20, 100.0)
    observed = np.array([60, 70, *range(82, 114, 2), 150, 180], dtype=float)
    average = observed.sum() / expected.sum()
    z = np.log(observed / (average * expected)) * np.sqrt(average * expected)
    rank = np.arange(1, 21)
    kept = (np.floor(rank * 10 / 21) > 0) & (np.floor(rank * 10 / 21) < 9)
    found = dispersion(observed, expected, "ratio", method=SHMI)
    assert found.counted == kept.sum() == 16
    assert found.phi == pytest.approx((z[kept] ** 2).mean(), rel=1e-12)
    size, weight = 16, average * 100
    tau_squared = max(0.0, (size * found.phi - size + 1) / (size * weight - weight))
    assert found.tau_squared == pytest.approx(tau_squared, rel=1e-12)
    lower, upper = found.limits([100], 0.998)
    half = Z998 * math.sqrt(1 / weight + tau_squared)
    assert lower[0] == pytest.approx(average * math.exp(-half))
    assert upper[0] == pytest.approx(average * math.exp(half))


@pytest.mark.parametrize("method", [CQC, SHMI])
@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_without_a_difference_chance_explains_all(kind: str, method: str) -> None:
    rng = np.random.default_rng(16)
    phis, taus = [], []
    for _ in range(300):
        n = rng.integers(200, 2000, 150)
        x = rng.binomial(n, 0.3) if kind == "proportion" else rng.poisson(0.3 * n)
        found = dispersion(x, n, kind, method=method)
        phis.append(found.phi)
        taus.append(found.tau_squared)
    # The variance of a normal distribution that is left when its outer tenths are trimmed.
    left = {CQC: 0.679, SHMI: 0.438}[method]
    assert np.mean(phis) == pytest.approx(left, rel=0.05)
    assert np.mean(np.array(taus) == 0) > 0.9


def test_a_variance_between_organisations_is_found() -> None:
    rng = np.random.default_rng(17)
    sizes = rng.integers(2000, 20000, 400)
    true = np.sin(np.clip(np.arcsin(np.sqrt(0.5)) + rng.normal(0, 0.05, 400), 0, np.pi / 2)) ** 2
    found = dispersion(rng.binomial(sizes, true), sizes)
    # Drawn in to its tenths' edges a normal distribution keeps two thirds of its variance.
    assert 0.5 * 0.05**2 < found.tau_squared < 0.75 * 0.05**2
    plain = dispersion(rng.binomial(sizes, 0.5), sizes)
    lower, upper = found.limits(sizes, 0.998)
    narrow, wide = plain.limits(sizes, 0.998)
    assert np.all(lower < narrow) and np.all(upper > wide)


def test_a_limit_beyond_all_is_all_and_folds_only_when_asked() -> None:
    """Where most are at 100%, FunnelPlotR's upper limit turns back below 100%."""
    n = np.full(40, 5000)
    x = np.where(np.arange(40) < 15, 5000, 3500)
    found = dispersion(x, n)
    _, upper = found.limits(n, 0.998)
    assert np.all(upper == 1)
    _, folded = found.limits(n, 0.998, folded=True)
    assert np.all(folded < 1)


def test_missing_figures_and_denominators_of_nothing_are_left_out() -> None:
    with_gaps = dispersion([20, None, 50, 90, 7], [100, 10, 100, 100, 0])
    assert with_gaps == dispersion([20, 50, 90], [100, 100, 100])
    lower, upper = with_gaps.limits([0, 100])
    assert np.isnan(lower[0]) and np.isnan(upper[0]) and upper[1] > lower[1]


def test_one_organisation_and_none() -> None:
    assert dispersion([5], [10]).tau_squared == 0
    assert np.isnan(dispersion([], []).phi)


@pytest.mark.parametrize(
    ("x", "n", "options"),
    [
        ([5], [4], {}),
        ([-1], [4], {}),
        ([1, 2], [4], {}),
        ([1], [4], {"kind": "mean"}),
        ([1], [4], {"method": "NHS"}),
    ],
)
def test_what_makes_no_sense_is_refused(x: object, n: object, options: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        dispersion(x, n, **options)  # type: ignore[arg-type]
