"""Plans: the organisation's own trajectories, compared with the derived values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import Problem, UsageError
from nhsind.periods import ACCEPTED, parse_period
from nhsind.sources.arrow_tables import brief

PLAN_COLUMNS = ["indicator", "org_code", "period", "plan"]
Plans = pd.DataFrame | None


def read_plans(path: Path | None) -> tuple[Plans, list[Problem]]:
    """The organisation's own trajectories: indicator, org_code, period, plan."""
    if path is None:
        return None, []
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        return None, [Problem(str(path), f"is not a readable CSV file ({brief(error)})")]
    return check_plans(frame, str(path))


def check_plans(frame: pd.DataFrame, place: str) -> tuple[Plans, list[Problem]]:
    """The plans in a table, codes and periods as nhsind prints them, or every problem in it."""
    frame = frame.reset_index(drop=True)
    frame.columns = [str(name).strip(BLANKS).lower() for name in frame.columns]
    missing = [name for name in PLAN_COLUMNS if name not in frame.columns]
    if missing:
        return None, [Problem(place, "the column is missing", 1, name) for name in missing]
    texts = frame[PLAN_COLUMNS].astype("string").fillna("")
    for name in PLAN_COLUMNS:
        texts[name] = texts[name].str.strip(BLANKS)
    values = pd.to_numeric(texts["plan"], errors="coerce").astype("float64")
    values = values.where(np.isfinite(values))
    problems = [
        Problem(place, "is not a number", line, "plan", text, "a number")
        for line, (text, value) in enumerate(zip(texts["plan"], values, strict=True), start=2)
        if pd.isna(value)
    ]
    for name in ("indicator", "org_code"):
        texts[name] = texts[name].str.upper()
    read = {text: _period(text) for text in texts["period"].unique()}
    problems += [
        Problem(place, "is not a period", line, "period", text, ACCEPTED)
        for line, text in enumerate(texts["period"], start=2)
        if read[text] is None
    ]
    texts["period"] = [read[text] or text for text in texts["period"]]
    plans = texts.assign(plan=values)
    keys = ["indicator", "org_code", "period"]
    differing = plans.drop_duplicates()[keys].duplicated(keep="first")
    problems += [
        Problem(
            place, "has two different plans", index + 2, "plan", " ".join(texts.loc[index, keys])
        )
        for index in differing[differing].index
    ]
    return plans, problems


def _period(text: str) -> str | None:
    try:
        return str(parse_period(text))
    except UsageError:
        return None
