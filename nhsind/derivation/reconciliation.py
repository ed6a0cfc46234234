"""Compares what nhsind derives from published files with what the publisher printed beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.figures import as_floats
from nhsind.derivation.left_out import codes_left_out, rows_left_out_of
from nhsind.derivation.organisation_sums import sums
from nhsind.derivation.printed_answers import put_together
from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import parse_period
from nhsind.sources.belonging import is_paths, is_there
from nhsind.sources.checked_input import Input
from nhsind.sources.counts import SLACKS
from nhsind.sources.folders import is_of_publishers, look_into
from nhsind.sources.inputs import Data, open_input
from nhsind.sources.published import Answers, read_file, recognise
from nhsind.sources.reference_files import is_reference_file

# A ratio printed in full is a binary floating-point number: 15 digits are certain, 12 suffice.
LARGEST_ROUNDING = 1e-12

HIDDEN = "the publisher hides or lacks a count that they are made of"
ROWS_LEFT_OUT = "rows that they are made of were left out"
OTHER_PERIOD = "the data hold nothing of their line and period"
OTHER_LEVEL = "the data have no figures at their level"
OTHER_GEOGRAPHY = "the geography has other organisations at their level, as of another time"

CELL_COLUMNS = (
    "indicator org_level org_code period breakdown figure printed derived difference equal place"
).split()


@dataclass(frozen=True)
class Reconciliation:
    """Every compared cell, and notes on rows that the readers left out.

    `cells`: indicator, org_level, org_code, period, breakdown, figure (numerator, denominator,
    value), printed, derived, difference, equal, place.
    """

    cells: pd.DataFrame
    notes: list[str]

    @property
    def summary(self) -> pd.DataFrame:
        """One row per line, level, period and figure: compared, equal, different, worst."""
        keys = ["indicator", "org_level", "period", "figure"]
        return (
            self.cells.groupby(keys)
            .agg(
                compared=("equal", "size"),
                equal=("equal", "sum"),
                different=("equal", lambda equal: int((~equal).sum())),
                worst=("difference", lambda gaps: float(np.nanmax(np.abs(gaps), initial=0.0))),
            )
            .reset_index()
        )

    @property
    def differences(self) -> pd.DataFrame:
        """The cells that differ beyond what the publisher's rounding allows."""
        return self.cells[~self.cells["equal"]].reset_index(drop=True)

    @property
    def agrees(self) -> bool:
        """Whether every compared cell is equal."""
        return bool(self.cells["equal"].all())


def reconcile(
    family: Family,
    data: Data,
    *,
    source: str | None = None,
    published: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    revisions: bool = False,
    covers: str | None = None,
    tolerance: str | float | None = None,
) -> Reconciliation:
    """Derive from published files and compare every cell that the publisher printed.

    `data`: the files to derive from; those that hold only printed totals (an overview series)
    serve as further answers, as does `published`. `revisions`, `covers`, `tolerance`: as for
    `open_input`. Raises InputError where nothing can be compared.
    """
    say = progress or (lambda step: None)
    given = [data] if isinstance(data, str | Path) else data
    if not is_paths(given):
        raise UsageError("only published files can be reconciled: give their paths")
    paths = [Path(item) for item in given]
    say("reading")
    derived_from, totals_only = _split(family, paths, source)
    totals_only += _answers_in(family, paths, source)
    totals_only += [Path(published)] if published is not None else []
    opened = open_input(
        family,
        derived_from,
        source=source,
        revisions=revisions,
        covers=covers,
        tolerance=tolerance,
    )
    answers = list(opened.answers)
    said = opened.said_of_files
    for path in totals_only:
        found = read_file(recognise(family, path), path, equal_once=revisions)
        answers += found.printed_answers()
        said += [*found.notes, *(f"{row.place} {row.why}: left out" for row in found.left_out)]
    together = put_together(answers)
    if not together:
        raise InputError(Problem(opened.description, "prints no answers to compare with"))
    compared = []
    for item in together:
        say("comparing")
        compared.append(_compare(opened, item))
    cells = pd.concat(compared, ignore_index=True)
    # Answers that nothing is derived for have no cells, and no type.
    cells["equal"] = cells["equal"].astype(bool)
    apart = cells["apart"].value_counts().drop("", errors="ignore")
    cells = cells.loc[cells["apart"] == "", CELL_COLUMNS].reset_index(drop=True)
    told = [f"{number:,} printed figures are not compared: {why}" for why, number in apart.items()]
    if cells.empty:
        text = "shares no line, level and period with the published answers"
        raise InputError(Problem(opened.description, words) for words in (text, *told))
    return Reconciliation(cells, [*dict.fromkeys(said), *told])


def _answers_in(family: Family, paths: list[Path], source: str | None) -> list[Path]:
    """The files of folders of publishers' files that print totals beside other files."""
    folders = [path for path in paths if is_there(path) and path.is_dir()]
    found = [look_into(path, family, source) for path in folders if is_of_publishers(path, family)]
    return [path for folder in found for path in folder.answers]


def _split(family: Family, paths: list[Path], source: str | None) -> tuple[list[Path], list[Path]]:
    """Files to derive from, and files that only print totals (which else are derived from)."""
    if source is not None:
        return paths, []
    totals_only = [
        path
        for path in paths
        if is_there(path)
        and path.is_file()
        and path.stem != "geography"
        and not is_reference_file(path)
        and recognise(family, path).totals_only
    ]
    banded = [path for path in paths if path not in totals_only]
    return (banded, totals_only) if banded else (paths, [])


def _compare(opened: Input, answers: Answers) -> pd.DataFrame:
    """The printed cells beside what is derived, and why some are not compared (`apart`)."""
    parts = []
    for key, of_line in answers.cells.groupby(["indicator", "org_level"], sort=True):
        code, level = map(str, key)
        line = _line(opened.family, code)
        covered = {
            text for text in of_line["period"].unique() if opened.covers(line, parse_period(text))
        }
        is_covered = of_line["period"].isin(covered)
        parts.append(_not_compared(of_line[~is_covered], OTHER_PERIOD))
        printed = of_line[is_covered]
        if not _is_placed(opened, level, printed):
            parts.append(_not_compared(printed, OTHER_GEOGRAPHY))
            continue
        periods = [parse_period(text) for text in sorted(covered)]
        for also_by, rows in _by_breakdown(answers, printed):
            if rows.empty:
                continue
            lacking = [name for name in also_by if not _has_column(opened, name)]
            if lacking:
                why = f"the data do not have their {' and '.join(lacking)}"
                parts.append(_not_compared(rows, why))
                continue
            try:
                derived = sums(
                    opened,
                    line,
                    periods=periods,
                    level=level,
                    also_by=also_by,
                    adds_up=answers.adds_up,
                )
            except InputError:
                parts.append(_not_compared(rows, OTHER_LEVEL))
                continue
            joined = _join(rows, derived, ["org_code", "period", *also_by], answers)
            parts.append(_set_apart(opened, line, level, joined))
    found = [part for part in parts if len(part)]
    empty = pd.DataFrame(columns=[*CELL_COLUMNS, "apart"])
    return pd.concat(found, ignore_index=True) if found else empty


def _is_placed(opened: Input, level: str, printed: pd.DataFrame) -> bool:
    """Whether the geography knows all that is printed of a level that it adds up to.

    Regions of another year share some codes with those that it has, and not their commissioners.
    """
    if opened.geography is None or level in ("england", opened.base_level(level)):
        return True
    return set(printed["org_code"]) <= opened.geography.known(level)


def _has_column(opened: Input, name: str) -> bool:
    if not opened.tables:
        return opened.counts is not None and name in opened.counts
    return any(name in opened.columns(table) for table in opened.tables)


def _not_compared(printed: pd.DataFrame, why: str) -> pd.DataFrame:
    """Printed cells that nothing is derived for."""
    rows = printed.assign(breakdown="", derived=np.nan, difference=np.nan, equal=False, apart=why)
    return rows[[*CELL_COLUMNS, "apart"]]


def _set_apart(opened: Input, line: Indicator, level: str, joined: pd.DataFrame) -> pd.DataFrame:
    """Say why cells are not compared: their counts are hidden, or rows of them were left out.

    A cell that is equal all the same is compared.
    """
    if not opened.left_out and not joined["marked"].any():
        return joined.drop(columns="marked").assign(apart="")
    of_rows = pd.Series(False, index=joined.index)
    for period in joined["period"].unique() if opened.left_out else ():
        lacks = joined["period"] == period
        if level in ("ccg", "provider"):
            lacks &= joined["org_code"].isin(codes_left_out(opened, line, level, period))
        elif not rows_left_out_of(opened, line, period):
            continue
        of_rows |= lacks
    of_rows &= joined["marked"] | ~joined["equal"]
    joined["apart"] = np.where(of_rows, ROWS_LEFT_OUT, np.where(joined["marked"], HIDDEN, ""))
    return joined.drop(columns="marked")


def _by_breakdown(
    answers: Answers, printed: pd.DataFrame
) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Rows of the breakdown, and rows that are its total."""
    if not answers.keys:
        return [((), printed)]
    if answers.total is None:
        return [(answers.keys, printed)]
    total = printed[answers.keys[0]] == answers.total
    return [(answers.keys, printed[~total]), ((), printed[total])]


def _join(
    printed: pd.DataFrame, derived: pd.DataFrame, keys: list[str], answers: Answers
) -> pd.DataFrame:
    long = _figures(derived, keys)
    # Both directions: a derived figure that the publisher does not print is a difference too.
    long = long[long["figure"].isin(printed["figure"].unique())]
    for key in keys:
        printed = printed.assign(**{key: printed[key].astype(str)})
        long[key] = long[key].astype(str)
    printed = printed.assign(rounding=printed.get("rounding", 0.0))
    how: Literal["outer", "left"] = "outer" if answers.complete else "left"
    joined = printed.merge(long, on=[*keys, "figure"], how=how)
    is_extra = joined["place"].isna()
    joined = joined[~is_extra | (joined["derived"].fillna(0) != 0)].reset_index(drop=True)
    for name in ("indicator", "org_level"):
        joined[name] = printed[name].iloc[0]
    joined["place"] = joined["place"].fillna("not printed")
    joined["marked"] = joined["mark"].fillna("") != ""
    # No units of a combination is a count of 0, and no value.
    is_count = joined["figure"] != "value"
    nothing = is_count & ~joined["marked"]
    for name in ("derived", "lowest", "highest"):
        joined.loc[nothing, name] = joined.loc[nothing, name].fillna(0)
    joined["difference"] = joined["derived"] - joined["printed"]
    both_missing = joined["derived"].isna() & joined["printed"].isna()
    allowed = joined["rounding"].fillna(0) + LARGEST_ROUNDING * np.where(
        is_count, 0, np.maximum(1, np.abs(joined["printed"]))
    )
    # The true figure lies between lowest and highest, and within the printed one's rounding.
    near = (joined["printed"] + allowed >= joined["lowest"]) & (
        joined["printed"] - allowed <= joined["highest"]
    )
    joined["equal"] = near | both_missing
    joined["breakdown"] = _words(joined, answers.keys)
    return joined[[*CELL_COLUMNS, "marked"]]


def _words(rows: pd.DataFrame, keys: tuple[str, ...]) -> pd.Series[str]:
    """The breakdown of each row in words: what its columns hold, one after the other."""
    words = pd.Series("", index=rows.index, dtype="str")
    for place, name in enumerate(keys):
        words = words + (" " if place else "") + rows[name].astype("str").fillna("nan")
    return words


def _figures(derived: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row per organisation and figure: derived, and what it may be where counts are rounded."""
    numerator, denominator = as_floats(derived["numerator"]), as_floats(derived["denominator"])
    slack = {
        name: derived.get(name, pd.Series(0.0, index=derived.index)).fillna(0).to_numpy(dtype=float)
        for name in SLACKS
    }
    around = {
        name: (np.maximum(figures - slack[f"{name}_slack"], 0), figures + slack[f"{name}_slack"])
        for name, figures in (("numerator", numerator), ("denominator", denominator))
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        around["value"] = (
            np.where(denominator > 0, around["numerator"][0] / around["denominator"][1], np.nan),
            np.where(denominator > 0, around["numerator"][1] / around["denominator"][0], np.nan),
        )
        value = np.where(denominator > 0, numerator / denominator, np.nan)
    mark = derived.get("mark", "")
    base = derived[keys].assign(mark=mark)
    return pd.concat(
        [
            base.assign(
                figure=name, derived=figures, lowest=around[name][0], highest=around[name][1]
            )
            for name, figures in (
                ("numerator", numerator),
                ("denominator", denominator),
                ("value", value),
            )
        ],
        ignore_index=True,
    )


def _line(family: Family, code: str) -> Indicator:
    return (family.indicators | family.supporting)[code]
