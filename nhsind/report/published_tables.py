"""The tables of a published folder, read as anybody could: CSV, JSON, and the recent past."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import all_indicators
from nhsind.definitions.statuses import Mark, Status
from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import LEVELS
from nhsind.periods import parse_period
from nhsind.release.results import own_period
from nhsind.report.glance import Glance, read_glance
from nhsind.report.manifest import EDITION, mode_of, read_manifest
from nhsind.sources.belonging import is_there

FIGURES = ("numerator", "denominator")
NEEDED = ["indicator", "org_level", "org_code", "period", *FIGURES]
NUMBERS = [*FIGURES, "value", "standard", "plan"]
VERDICTS = ["meets_standard", "meets_plan"]
TEXTS = ["status", "note", *(f"{name}_mark" for name in FIGURES)]
IS_NONE = "is no folder of published tables"


@dataclass(frozen=True)
class PublishedTable:
    """A table of released figures; `policy`: as the manifest names it, else empty."""

    family: str
    frame: pd.DataFrame
    policy: str = ""


@dataclass(frozen=True)
class PublishedFolder:
    """What a folder publishes: tables, and every family and period at a glance."""

    tables: list[PublishedTable]
    glances: list[Glance]

    def groups_of(self, family: str, organisation: str) -> dict[str, str]:
        """By level above, the organisation that pages say another is in, where a table has it."""
        names = {}
        for glance in self.glances:
            place = glance.organisations.get(organisation)
            if glance.family == family and place is not None:
                names = {"stp": place.group, "region": place.region}
        return {
            level: self._codes[level, name]
            for level, name in names.items()
            if (level, name) in self._codes
        }

    @cached_property
    def _codes(self) -> dict[tuple[str, str], str]:
        """By level and name, the codes of the organisations of tables."""
        frames = [table.frame for table in self.tables if "org_name" in table.frame]
        return {
            (level, name): code
            for frame in frames
            for level, name, code in zip(
                frame["org_level"], frame["org_name"], frame["org_code"], strict=True
            )
        }


def read_publication(folder: Path) -> PublishedFolder:
    """Every output table in a folder. Raises InputError where there is none, or one is damaged."""
    if not (is_there(folder) and folder.is_dir()):
        raise InputError(Problem(str(folder)[:200], "is no folder"))
    if mode_of(folder) == "explore":
        raise InputError(Problem(str(folder), f"{IS_NONE}: its figures are exploratory"))
    entries = read_manifest(folder).entries
    policies = {path: entry.policy for path, entry in entries.items()}
    # Of a table that was revised, its latest edition says what is published.
    replaced = {path for path, entry in entries.items() if entry.kind == EDITION}
    problems: list[Problem] = []
    tables: list[PublishedTable] = []
    glances: list[Glance] = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix not in (".csv", ".json") or is_hidden or not path.is_file():
            continue
        if inside.as_posix() in replaced:
            continue
        try:
            found = _read(path)
        except (ValueError, OSError) as error:
            problems.append(Problem(str(path), f"cannot be read: {error}"))
            continue
        if isinstance(found, Glance):
            glances.append(found)
        elif found is not None:
            tables += _checked(found, path, policies.get(inside.as_posix(), ""), problems)
    if problems:
        raise InputError(problems)
    if not tables:
        raise InputError(Problem(str(folder), IS_NONE, allowed=f"columns {', '.join(NEEDED)}"))
    levels = {
        (table.family, code): level
        for table in tables
        for code, level in zip(table.frame["org_code"], table.frame["org_level"], strict=True)
    }
    policy_of = {table.family: table.policy for table in tables}
    for glance in glances:
        past = _past(glance, levels)
        if len(past):
            policy = policy_of.get(glance.family, "")
            tables.append(PublishedTable(glance.family, _completed(past), policy))
    return PublishedFolder(tables, glances)


def _read(path: Path) -> pd.DataFrame | Glance | None:
    """An output table as texts, or what a page of the site shows of one; else None."""
    text = path.read_text("utf-8-sig")
    if path.suffix == ".csv":
        header = text.partition("\n")[0].strip().split(",")
        if not set(NEEDED) <= set(header):
            return None
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    content = json.loads(text)
    if isinstance(content, dict) and {"lines", "organisations", "released"} <= set(content):
        return read_glance(text)
    is_table = isinstance(content, list) and content and isinstance(content[0], dict)
    if not is_table or not set(NEEDED) <= set(content[0]):
        return None
    rows = [{name: _as_text(value) for name, value in row.items()} for row in content]
    return pd.DataFrame(rows).fillna("")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(
    table: pd.DataFrame, path: Path, policy: str, problems: list[Problem]
) -> Iterator[PublishedTable]:
    """The table by family, its texts as what they are; what is wrong goes to `problems`."""
    known = all_indicators()

    def named(column: str, wrong: Any, message: str) -> None:
        for place in np.flatnonzero(np.asarray(wrong, dtype=bool)).tolist():
            value = str(table[column].iloc[place])
            problems.append(Problem(str(path), message, place + 2, column, value))

    before = len(problems)
    named("indicator", ~table["indicator"].isin(known), "is no indicator")
    named("org_level", ~table["org_level"].isin(LEVELS), "is no level")
    named("period", [not _is_period(text) for text in table["period"]], "is no period")
    found = table.copy()
    for name in (each for each in found if each in NUMBERS or str(each).startswith("standard_")):
        found[name] = pd.to_numeric(table[name].replace("", None), errors="coerce")
        named(str(name), found[name].isna() & table[name].ne(""), "is no number")
    if len(problems) > before:
        return
    for name in (each for each in VERDICTS if each in found):
        words = table[name].str.lower().map({"true": True, "false": False})
        found[name] = words.astype("boolean")
    families = found["indicator"].map({code: line.family for code, line in known.items()})
    for family, rows in found.groupby(families, sort=False):
        yield PublishedTable(str(family), _completed(rows.reset_index(drop=True)), policy)


def _is_period(text: str) -> bool:
    try:
        parse_period(text)
    except UsageError:
        return False
    return True


def _completed(rows: pd.DataFrame) -> pd.DataFrame:
    """With the columns of released figures that a table may lack."""
    known = all_indicators()
    frame = rows.copy()
    frame["kind"] = frame["indicator"].map({code: line.kind for code, line in known.items()})
    for name in (each for each in NUMBERS if each not in frame):
        frame[name] = np.nan
    for name in (each for each in VERDICTS if each not in frame):
        frame[name] = pd.array([pd.NA] * len(frame), dtype="boolean")
    for name in (each for each in TEXTS if each not in frame):
        frame[name] = ""
        if name.endswith("_mark"):
            hidden = frame[name.removesuffix("_mark")].isna() & frame["status"].eq(
                Status.SUPPRESSED
            )
            if name.startswith("denominator"):
                hidden &= frame["kind"] != "count"
            frame[name] = np.where(hidden, Mark.SUPPRESSED, "")
    return frame


def _past(glance: Glance, levels: dict[tuple[str, str], str]) -> pd.DataFrame:
    """The counts of the periods before, which pages draw of lines that are counts."""
    known = all_indicators()
    rows: dict[str, list[Any]] = defaultdict(list)
    for line in glance.lines:
        own = known.get(line.code)
        if own is None or not own.is_count:
            continue
        last = own_period(own, glance.when)
        for code, figure in line.figures.items():
            level = levels.get((glance.family, code))
            for back, value in enumerate(reversed(figure.trend)):
                if back and value is not None and level is not None and value == int(value):
                    rows["indicator"].append(line.code)
                    rows["org_level"].append(level)
                    rows["org_code"].append(code)
                    rows["period"].append(str(last.shift(-back)))
                    rows["numerator"].append(int(value))
                    rows["denominator"].append(np.nan)
    return pd.DataFrame(rows)
