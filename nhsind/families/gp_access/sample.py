"""Synthetic survey answers: two surveys a year, more practices with extended access each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nhsind.periods import Period
from nhsind.synthetic.draws import whole
from nhsind.synthetic.spoiling import repeated, set_to, spoil
from nhsind.synthetic.trajectories import Trajectory
from nhsind.synthetic.world import World
from nhsind.synthetic.writing import numbered, only_where

# Practices of an average CCG, at scale 1.
PRACTICES = 36
SURVEY_MONTHS = (3, 9)
DAYS = np.array(["mon", "tue", "wed", "thu", "fri"], dtype=object)
FAULTS_OF_A_KIND = 3
SILENT = 0.05


def make(world: World) -> dict[str, pd.DataFrame]:
    """The tables `survey` and `practices`."""
    rng = world.random("gp_access")
    number = np.maximum(2, whole(rng, world.size * PRACTICES * world.scale))
    ccg = np.repeat(np.arange(len(number)), number)
    practices = _practices(world, ccg, rng)
    surveys = _surveys(world)
    answers = [
        _answers(
            world, ccg, practices=practices, day=survey.start.replace(day=15), step=step, rng=rng
        )
        for step, survey in enumerate(surveys)
    ]
    survey = pd.concat(answers, ignore_index=True) if answers else _nothing()
    wanted = max(1, round(FAULTS_OF_A_KIND * world.scale))
    survey = spoil(
        survey,
        rng,
        wanted,
        set_to("survey_date", None),
        set_to("practice_code", None),
        repeated(),
        repeated(q1="true", q6="false", q2="true"),
    )
    return {"survey": survey, "practices": practices}


def _practices(world: World, ccg: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    draws = rng.random((2, len(ccg)))
    closed = np.where(draws[0] < 0.5, "2017-10-31", "2018-01-31")
    return pd.DataFrame(
        {
            "practice_code": numbered("ZG", len(ccg), 5),
            "ccg_code": np.array(world.ccgs, dtype=object)[ccg],
            "open_date": np.where(draws[1] < 0.01, "2017-07-01", "1990-04-01"),
            "close_date": only_where(draws[0] < 0.02, closed),
        },
        dtype=object,
    )


def _answers(
    world: World,
    ccg: np.ndarray,
    *,
    practices: pd.DataFrame,
    day: Any,
    step: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One survey: a practice with access everywhere, most of it through its group, or gaps."""
    draws = rng.random((14, len(ccg)))
    # Practices join together: a commissioner has hardly any of them, or nearly all.
    share = 0.09 * step - 0.25 + 0.85 * world.quality[ccg]
    offers = draws[0] < share.clip(0.03, 0.98)
    weekend = np.where(offers[:, None], draws[1:3].T < 1.1, draws[1:3].T < 0.35)
    by_group = draws[3] < 0.6
    evening = offers | (draws[4] < 0.7)
    early = draws[5] < 0.4
    ticked = np.where(offers[:, None], draws[6:11].T < 1.1, draws[6:11].T < 0.6)
    days = [" ".join(DAYS[row]) for row in ticked]
    some = [" ".join(DAYS[row]) for row in draws[6:11].T < 0.3]
    table = {
        "practice_code": practices["practice_code"],
        "survey_date": str(day),
        "q1": weekend[:, 0] & ~by_group,
        "q2": weekend[:, 1] & ~by_group,
        "q3": early,
        "q4": evening & ~by_group,
        "q6": weekend[:, 0] & by_group,
        "q7": weekend[:, 1] & by_group,
        "q8": np.zeros(len(ccg), dtype=bool),
        "q9": evening & by_group,
        "q3a": only_where(early, some),
        "q4a": only_where(evening & ~by_group, days),
        "q8a": only_where(np.zeros(len(ccg), dtype=bool), days),
        "q9a": only_where(evening & by_group, days),
    }
    for name in ("q1", "q2", "q3", "q4", "q6", "q7", "q8", "q9"):
        table[name] = np.where(table[name], "yes", "no")
    answered = draws[11] >= SILENT
    answers: pd.DataFrame = pd.DataFrame(table, dtype=object)[answered]
    return answers


def _nothing() -> pd.DataFrame:
    names = "practice_code survey_date q1 q2 q3 q4 q6 q7 q8 q9 q3a q4a q8a q9a".split()
    return pd.DataFrame(columns=names, dtype=object)


def plans(world: World) -> dict[str, Trajectory]:
    """Each CCG's own trajectory: towards all practices by 2020."""
    surveys = _surveys(world)
    first = np.datetime64(world.months[0].start)
    years = [float((np.datetime64(month.start) - first).astype(int)) / 365.25 for month in surveys]
    values = 0.2 + 0.4 * world.quality[:, None] + 0.1 * np.array(years)[None, :]
    return {"E.D.14": Trajectory(surveys, values, 2)}


def _surveys(world: World) -> list[Period]:
    return [month for month in world.months if month.start.month in SURVEY_MONTHS]
