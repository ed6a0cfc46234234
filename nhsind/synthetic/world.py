"""The invented world of a sample: who there is, how large, how well each does, which months."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhsind.periods import Period, parse_period
from nhsind.synthetic.organisations import geography, providers_of, stps_of

LAST_MONTH = parse_period("2018-03")


@dataclass(frozen=True)
class World:
    """The invented organisations and the months that the sample covers.

    `size` (mean 1) and `quality` (0 to 1) give each CCG a character that all families share.
    """

    ccgs: list[str]
    providers_of: dict[str, list[str]]
    size: np.ndarray
    quality: np.ndarray
    months: list[Period]
    scale: float
    seed: int
    geography: pd.DataFrame

    def random(self, family: str) -> np.random.Generator:
        """A stream of its own for each family, so that one never changes another."""
        digest = hashlib.sha256(f"{self.seed}:{family}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def make_world(seed: int, ccgs: int, months: int, scale: float) -> World:
    """Invent the organisations; with two or more CCGs the last two merge in April 2018."""
    rng = np.random.Generator(np.random.PCG64(seed))
    codes = [f"ZX{number:03d}" for number in range(1, ccgs + 1)]
    stp_of = stps_of(codes)
    providers = providers_of(stp_of)
    draws = rng.random((ccgs, 2))
    size = np.exp(1.1 * (draws[:, 0] - 0.5)) * np.where(draws[:, 0] < 0.04, 0.3, 1.0)
    return World(
        ccgs=codes,
        providers_of=providers,
        size=size / size.mean(),
        quality=draws[:, 1],
        months=[LAST_MONTH.shift(step) for step in range(1 - months, 1)],
        scale=scale,
        seed=seed,
        geography=geography(codes, stp_of, providers),
    )
