"""Standardised rates and ratios: comparing areas whose people differ in age.

Direct: the area's own rates by age, weighted by a standard population; interval by Dobson's
method from Byar's limits of the total count. Indirect: the events observed against those expected
at a reference population's rates; interval exact below 10 events and Byar's from 10. As
PHEindicatormethods computes them (`calculate_dsr`, `calculate_ISRate`, `calculate_ISRatio`).
References: Dobson and others 1991, Statistics in Medicine 10:457-462; Breslow and Day 1987.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhsind.errors import NumberError
from nhsind.statistics.given import paired
from nhsind.statistics.intervals import (
    BYAR_FROM,
    byar,
    finite,
    multiple,
    poisson,
)
from nhsind.statistics.intervals import (
    multiplier as normal_multiplier,
)

Array = NDArray[np.float64]
DOBSON, EXACT, BYAR = "Dobson", "exact Poisson", "Byar"


@dataclass(frozen=True)
class Standardised:
    """A standardised figure with its interval.

    `value`, `lower`, `upper`: in units of the multiplier (missing where too few events carry
    them). `observed`: events; `expected`: of an indirect figure the events expected at the
    reference's rates, else None. `method` and `level` of the interval travel with it.
    """

    value: float
    lower: float
    upper: float
    observed: float
    expected: float | None
    method: str
    level: float


def direct_rate(
    events: ArrayLike,
    population: ArrayLike,
    *,
    standard_population: ArrayLike,
    multiplier: float = 100_000,
    level: float = 0.95,
) -> Standardised:
    """The directly standardised rate of an area.

    `events`, `population`, `standard_population`: one number per age band, in one order; Series are
    paired by their labels; a missing count of events is 0. `multiplier`: what the rate is per.
    `level`: of the interval. With fewer than 10 events in all the rate is missing. Raises
    NumberError for numbers of unlike length, Series of other labels, negative or infinite numbers,
    or a population of 0 or missing.

    Examples
    --------
    >>> round(direct_rate([12, 30], [4000, 3000], standard_population=[5000, 5000]).value)
    650
    """
    bands = paired(events, population, standard_population)
    count, people, standard = (finite(item) for item in bands)
    _alike(count, people, standard)
    multiplier = multiple(multiplier, "multiplier")
    normal_multiplier(level)
    count = np.nan_to_num(count)
    if np.any(count < 0):
        raise NumberError("a count of events cannot be negative")
    if not np.all(people > 0) or not np.all(standard >= 0) or standard.sum() <= 0:
        raise NumberError("every population must be above 0")
    total = float(count.sum())
    if total < BYAR_FROM:
        return Standardised(np.nan, np.nan, np.nan, total, None, DOBSON, level)
    weights = standard / standard.sum()
    rate = float((weights * count / people).sum())
    variance = float((count * (weights / people) ** 2).sum())
    low, high = byar(total, level)
    scale = np.sqrt(variance / total)
    lower, upper = (float((rate + scale * (end - total)) * multiplier) for end in (low, high))
    return Standardised(rate * multiplier, lower, upper, total, None, DOBSON, level)


def indirect_ratio(
    events: ArrayLike,
    population: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    multiplier: float = 1,
    level: float = 0.95,
) -> Standardised:
    """Events observed over those expected at the reference's rates by age (1 is the reference).

    `events`: one number per age band, or the total alone; `population`, `reference_events` and
    `reference_population` one number per age band, in one order; Series are paired by their labels;
    missing events and populations of the area's bands are 0. `multiplier`: 100 where the reference
    is to be 100. `level`: of the interval. Raises NumberError for numbers of unlike length, Series
    of other labels, negative or infinite numbers, events that are missing in every band, a
    reference population of 0, or nothing expected.

    Examples
    --------
    >>> reference = {"reference_events": [200, 900], "reference_population": [100_000, 90_000]}
    >>> found = indirect_ratio([12, 30], [4000, 3000], **reference)
    >>> found.observed, found.expected, round(found.value, 3)
    (42.0, 38.0, 1.105)
    """
    total_alone = np.ndim(events) == 0 and not isinstance(events, Mapping)
    bands = paired(population, reference_events, reference_population)
    count = finite(events if total_alone else paired(population, events)[1])
    if np.isnan(count).all():
        raise NumberError("how many events there were is missing")
    people, reference, reference_people = (finite(item) for item in bands)
    count, people, reference = (np.nan_to_num(item) for item in (count, people, reference))
    _alike(people, reference, reference_people)
    multiplier = multiple(multiplier, "multiplier")
    if np.ndim(count) and count.shape != people.shape:
        raise NumberError("events are one number per age band, or their total alone")
    if np.any(count < 0) or np.any(people < 0) or np.any(reference < 0):
        raise NumberError("counts and populations cannot be negative")
    if not np.all(reference_people > 0):
        raise NumberError("every reference population must be above 0")
    observed = float(count.sum())
    expected = float((reference / reference_people * people).sum())
    if expected <= 0:
        raise NumberError("nothing is expected at the reference's rates")
    low, high = poisson(observed, level)
    scale = multiplier / expected
    method = EXACT if observed < BYAR_FROM else BYAR
    return Standardised(
        observed * scale, low * scale, high * scale, observed, expected, method, level
    )


def indirect_rate(
    events: ArrayLike,
    population: ArrayLike,
    *,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    multiplier: float = 100_000,
    level: float = 0.95,
) -> Standardised:
    """The indirectly standardised rate: `indirect_ratio` times the reference's crude rate.

    `events`, `population`, `reference_events`, `reference_population` and `level`: as there.
    `multiplier`: what the rate is per. Raises NumberError as `indirect_ratio` does.

    Examples
    --------
    >>> reference = {"reference_events": [200, 900], "reference_population": [100_000, 90_000]}
    >>> round(indirect_rate([12, 30], [4000, 3000], **reference).value)
    640
    """
    people = finite(reference_population)
    if not np.all(people > 0) or not np.size(people):
        raise NumberError("every reference population must be above 0")
    crude = np.nan_to_num(finite(reference_events)).sum() / people.sum()
    return indirect_ratio(
        events,
        population,
        reference_events=reference_events,
        reference_population=reference_population,
        multiplier=float(crude) * multiple(multiplier, "multiplier"),
        level=level,
    )


def _alike(*given: Array) -> None:
    if len({item.shape for item in given}) > 1 or any(item.ndim != 1 for item in given):
        raise NumberError("give one number per age band, the same bands in the same order")
