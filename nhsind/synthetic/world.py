"""The invented world of a sample: who there is, how large, how well each does, and what happens.

Sizes are those of the 207 commissioners of 2017-18. Three of them are told as stories: ZX001 does
well, ZX003 misses its standards and gets worse, ZX120 is small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nhsind.periods import Period, parse_period
from nhsind.synthetic.draws import Array, normal
from nhsind.synthetic.organisations import geography, providers_of, stps_of

LAST_MONTH = parse_period("2018-03")
# People registered with a commissioner, at each tenth of the way from the smallest to the largest:
# as the general practices of 207 CCGs of 2017-18 share 58 million out.
PEOPLE = (70, 122, 150, 176, 202, 230, 261, 299, 352, 465, 1200)
MEAN_PEOPLE = 283_000
# Told as stories: people, and how well it does (0 to 1).
GOOD, FAILING, SMALL = "ZX001", "ZX003", "ZX120"
STORIES = {GOOD: (190, 0.92), FAILING: (165, 0.12), SMALL: (72, 0.55)}
# Their last months are written record by record; before, a row stands for at most so many of them,
# so that chance is as small as it is in life. A row of the others stands for any number.
FEW_IN_A_ROW, MANY_IN_A_ROW = 50, 10**9
# How alike the families of one commissioner do, beside what is each family's own.
SHARED, OWN = 0.6, 0.8
# Of the commissioners, these have a lasting change in a family, of this size, up or down.
CHANGED, SIZE_OF_CHANGE = 0.06, 1.4
# The failing one loses this much in a year, and as much again at once.
DECLINE, FALL_FROM = 0.7, parse_period("2017-11")
# Practices moved from one commissioner to its neighbour, and one provider took another over.
BOUNDARY_CHANGE = ("ZX101", "ZX102", 0.14, date(2017, 4, 1))
PROVIDER_MERGER = ("ZP050", "ZP049", date(2017, 10, 1))


@dataclass(frozen=True)
class World:
    """The invented organisations and the months that the sample covers.

    `people`: registered with each CCG. `size`: the same as a share of the mean of real ones, so
    that an average CCG has 1. `quality` (0 to 1): how well each does, in all families. `scale`:
    how many times the usual number of records.
    """

    ccgs: list[str]
    providers_of: dict[str, list[str]]
    people: Array
    quality: Array
    months: list[Period]
    scale: float
    seed: int
    geography: pd.DataFrame

    def random(self, family: str) -> np.random.Generator:
        """A stream of its own for each family, so that one never changes another."""
        digest = hashlib.sha256(f"{self.seed}:{family}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))

    @property
    def size(self) -> Array:
        """People of each CCG against the mean of real ones."""
        return np.asarray(self.people / MEAN_PEOPLE)

    @property
    def lots(self) -> int:
        """Into how many rows what one row would stand for is split: the scale, at least one."""
        return max(1, round(self.scale))

    @property
    def last_year(self) -> list[Period]:
        """The last twelve months, for which commissioners have plans."""
        return self.months[-12:]

    def months_from(self, earlier: int) -> list[Period]:
        """The months of the sample and so many before them."""
        return [self.months[0].shift(step) for step in range(-earlier, 0)] + self.months

    def sizes(self, months: Sequence[Period]) -> Array:
        """Sizes by CCG and month: practices move from one commissioner to another.

        Below a scale of 1, where no row can be split into fewer, they are so much smaller.
        """
        sizes = np.repeat(self.size[:, None] * min(1.0, self.scale), len(months), axis=1)
        giving, taking, share, day = BOUNDARY_CHANGE
        if {giving, taking} <= set(self.ccgs):
            gone = np.array([month.start >= day for month in months])
            moved = sizes[self.ccgs.index(giving)] * share * gone
            sizes[self.ccgs.index(giving)] -= moved
            sizes[self.ccgs.index(taking)] += moved
        return sizes

    def standing(self, family: str, months: Sequence[Period]) -> Array:
        """How well each CCG does in each month: about standard normal over the CCGs.

        What all families share, what is the family's own, a lasting change in a few commissioners,
        and a decline in the failing one.
        """
        shared = normal(self.quality)
        return _paths(self, self.ccgs, shared=shared, name=f"{family}:standing", months=months)

    def provider_standing(self, family: str, months: Sequence[Period]) -> Array:
        """The same for providers, in the order of their codes: like the CCGs that they are main
        provider of.
        """
        codes = self.providers
        shared = normal(self.random("providers").random(len(codes)))
        for code, quality in zip(self.ccgs, self.quality, strict=True):
            if code in STORIES:
                shared[codes.index(self.providers_of[code][0])] = normal(np.array([quality]))[0]
        return _paths(self, codes, shared=shared, name=f"{family}:provider standing", months=months)

    @property
    def providers(self) -> list[str]:
        """All providers."""
        return sorted({code for codes in self.providers_of.values() for code in codes})

    def provider(self, ccg: Array, place: Array, day: Array) -> Array:
        """The provider at a place (0: the main one) among a CCG's providers, on a day."""
        names = np.array([self.providers_of[code] for code in self.ccgs], dtype=object)
        chosen = names[ccg, place]
        gone, successor, since = PROVIDER_MERGER
        chosen[(chosen == gone) & (day >= np.datetime64(since))] = successor
        return np.asarray(chosen)

    def most_in_a_row(self, ccg: Array, month: Array, recorded: int) -> Array:
        """How many units that are alike a row may stand for, by CCG and month.

        One where records are wanted: of the commissioners that are told as stories, in so many of
        the last months; a few in their earlier months; any number elsewhere. `month`: its place
        among the sample's months.
        """
        told = np.isin(np.array(self.ccgs, dtype=object), list(STORIES))[ccg]
        lately = month >= len(self.months) - recorded
        return np.asarray(np.where(told, np.where(lately, 1, FEW_IN_A_ROW), MANY_IN_A_ROW))


def make_world(seed: int, ccgs: int, months: int, scale: float) -> World:
    """Invent the organisations."""
    rng = np.random.Generator(np.random.PCG64(seed))
    codes = [f"ZX{number:03d}" for number in range(1, ccgs + 1)]
    draws = rng.random((ccgs, 2))
    people = np.round(_people(draws[:, 0]))
    quality = draws[:, 1]
    for code, (thousands, how_well) in STORIES.items():
        if code in codes:
            people[codes.index(code)] = thousands * 1000
            quality[codes.index(code)] = how_well
    stp_of = stps_of(codes)
    return World(
        ccgs=codes,
        providers_of=providers_of(stp_of),
        people=people,
        quality=quality,
        months=[LAST_MONTH.shift(step) for step in range(1 - months, 1)],
        scale=scale,
        seed=seed,
        geography=geography(stp_of),
    )


def _people(draw: Array) -> Array:
    """People at a place from the smallest (0) to the largest commissioner (1)."""
    table = np.array(PEOPLE) * 1000.0
    place = draw * (len(table) - 1)
    low = np.floor(place).astype(int)
    # The largest are few: the last step rises late.
    part = np.where(low == len(table) - 2, (place - low) * (place - low), place - low)
    return np.asarray(table[low] + part * (table[low + 1] - table[low]))


def _paths(world: World, codes: list[str], *, shared: Array, name: str, months: Any) -> Array:
    rng = world.random(name)
    draws = rng.random((4, len(codes)))
    told = {code for code in STORIES if code in codes} | {
        world.providers_of[code][0] for code in STORIES if code in world.ccgs
    }
    is_told = np.array([code in told for code in codes])
    level = np.where(is_told, shared, SHARED * shared + OWN * normal(draws[0]))
    # The change comes in the middle of the sample; a story has none but its own.
    since = len(world.months) // 3 + np.floor(draws[1] * (len(world.months) // 2))
    change = np.where(draws[3] < 0.5, -SIZE_OF_CHANGE, SIZE_OF_CHANGE)
    change = np.where((draws[2] < CHANGED) & ~is_told, change, 0.0)
    place = np.array([_months_between(world.months[0], month) for month in months])
    paths = level[:, None] + change[:, None] * (place[None, :] >= since[:, None])
    if FAILING in world.ccgs:
        for code in (FAILING, world.providers_of[FAILING][0]):
            if code in codes:
                left = np.array([_months_between(month, LAST_MONTH) for month in months])
                fallen = np.array([month.start >= FALL_FROM.start for month in months])
                paths[codes.index(code)] += DECLINE * (left / 12 - fallen)
    return np.asarray(paths)


def _months_between(first: Period, second: Period) -> int:
    return (second.end.year - first.end.year) * 12 + second.end.month - first.end.month
