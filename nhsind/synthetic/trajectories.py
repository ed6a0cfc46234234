"""Commissioners' own plans for the last year of a sample, from what each family says of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.synthetic.draws import Array
from nhsind.synthetic.world import World

COLUMNS = ["indicator", "org_code", "period", "plan"]


@dataclass(frozen=True)
class Trajectory:
    """The plans of one line: a value for each CCG (rows) and period (columns)."""

    periods: Sequence[Period]
    values: Array
    decimals: int = 4


def quarters_of(months: Sequence[Period]) -> list[Period]:
    """The quarters that the months lie in."""
    return sorted({month.quarter for month in months})


def in_steps(world: World, first: Array, last: Array | float, number: int) -> Array:
    """Values that go from each CCG's first to its last in so many equal steps."""
    way = np.arange(number) / max(1, number - 1)
    begin = np.broadcast_to(first, (len(world.ccgs),))[:, None]
    end = np.broadcast_to(last, (len(world.ccgs),))[:, None]
    return np.asarray(begin + (end - begin) * way[None, :])


def plan_table(world: World, plans: Mapping[str, Trajectory]) -> pd.DataFrame:
    """The plans as rows of `plans.csv`, by line, commissioner and period."""
    parts = [
        pd.DataFrame(
            {
                "indicator": line,
                "org_code": np.repeat(np.array(world.ccgs, dtype=object), len(plan.periods)),
                "period": np.tile(
                    np.array([str(each) for each in plan.periods], dtype=object), len(world.ccgs)
                ),
                "plan": [
                    str(round(value, plan.decimals) if plan.decimals else round(value))
                    for value in np.asarray(plan.values, dtype=float).ravel().tolist()
                ],
            },
            dtype=object,
        )
        for line, plan in plans.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
