"""Plans: the organisation's own trajectories, compared with the derived values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import all_indicators
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import Problem, UsageError, nearest
from nhsind.periods import ACCEPTED, parse_period
from nhsind.sources.arrow_tables import brief

# Where a table of plans lies, in its `attrs`.
PLACE = "place"
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
    problems += _that_cannot_be(plans, place)
    plans.attrs[PLACE] = place
    keys = ["indicator", "org_code", "period"]
    differing = plans.drop_duplicates()[keys].duplicated(keep="first")
    problems += [
        Problem(
            place, "has two different plans", index + 2, "plan", " ".join(texts.loc[index, keys])
        )
        for index in differing[differing].index
    ]
    return plans, problems


def _that_cannot_be(plans: pd.DataFrame, place: str) -> list[Problem]:
    """Plans of no line, of periods that a line has no figure of, below 0, and of more than all.

    What cannot be read is named already, and passed over here.
    """
    lines = {code.upper(): line for code, line in all_indicators().items()}
    problems = []
    pairs = zip(plans["indicator"], plans["period"], strict=True)
    named = {pair: _misnamed(lines, *pair, place=place) for pair in set(pairs)}
    for at, pair in enumerate(zip(plans["indicator"], plans["period"], strict=True), start=2):
        if found := named[pair]:
            problems.append(replace(found, line=at))
    of_share = plans["indicator"].isin(_shares(lines))
    for at, (plan, is_share) in enumerate(zip(plans["plan"], of_share, strict=True), start=2):
        told = f"{plan:.12g}"
        if plan < 0:
            problems.append(Problem(place, "is below 0", at, "plan", told, "a number of 0 or more"))
        elif plan > 1 and is_share:
            text = "is more than all, as the line is a share"
            problems.append(Problem(place, text, at, "plan", told, "a number from 0 to 1"))
    return sorted(problems, key=lambda problem: problem.line or 0)


def _misnamed(
    lines: Mapping[str, Indicator], code: str, text: str, *, place: str
) -> Problem | None:
    """What is wrong with the line of a plan, or with its period."""
    line, period = lines.get(code), _period(text)
    if line is None:
        near = nearest(code, list(lines))
        return Problem(
            place, "is not a known indicator", column="indicator", value=code, nearest=near
        )
    if period is not None and not line.answers(parse_period(period)):
        words = f"is no period of {line.code}, which is {line.frequency}"
        return Problem(place, words, column="period", value=text)
    return None


def _shares(lines: Mapping[str, Indicator]) -> list[str]:
    return [code for code, line in lines.items() if line.kind == "proportion"]


def unknown_in_plans(plans: Plans, codes: Collection[str], known: Collection[str]) -> list[Problem]:
    """Organisations that lines of these codes have plans for and that are not among the known."""
    if plans is None:
        return []
    upper = {code.upper() for code in known}
    is_own = plans["indicator"].isin({code.upper() for code in codes})
    strange: dict[str, int] = {}
    for at, (code, own) in enumerate(zip(plans["org_code"], is_own, strict=True), start=2):
        if own and code not in upper:
            strange.setdefault(code, at)
    text, place = "is no organisation of the data or the geography", plans.attrs[PLACE]
    return [
        Problem(place, text, at, "org_code", code, nearest=nearest(code, sorted(upper)))
        for code, at in strange.items()
    ]


def _period(text: str) -> str | None:
    try:
        return str(parse_period(text))
    except UsageError:
        return None
