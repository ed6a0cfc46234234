"""The cells of a released table: one count each, and what an outsider knows of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import Relations
from nhsind.definitions.statuses import WITHHOLDS, Mark, Status
from nhsind.release.printed import left_by_what_is_printed
from nhsind.release.protection import HIDDEN, Array, protect

# What is shown of a cell.
SHOWN, SMALL, WITHHELD = "shown", "small", "withheld"
WITHHELD_NOTE = f"withheld, because {WITHHOLDS}"
# Of every count of a line that nothing withheld now would protect.
REFUSED_NOTE = "not published, because with what was released before it would tell a small number"
# Levels whose organisations the records name; the figures of the others are sums of theirs.
BASE_LEVELS = ("ccg", "provider")
FIGURES = ("numerator", "denominator")
# The columns of a table of cells; see `cells_of`.
COLUMNS = (
    "line figure level code period state count low high need_low need_high in_totals apart"
).split()


class Cell(NamedTuple):
    """What relations need of a cell; see `cells_of`."""

    edition: int
    line: str
    figure: str
    level: str
    code: str
    period: str
    apart: str
    state: str
    in_totals: bool
    low: float
    high: float


def each_of(cells: pd.DataFrame) -> list[Cell]:
    """The rows of a table of cells that says of which `edition` each is."""
    columns: list[list[Any]] = [cells[name].tolist() for name in Cell._fields]
    return [Cell(*row) for row in zip(*columns, strict=True)]


def cells_of(
    table: pd.DataFrame, is_whole: Array, policy: Disclosure, relations: Relations
) -> pd.DataFrame:
    """The cells of a table whose counts are protected, a row each.

    `is_whole`: the rows that have all their figures for the whole period. Columns: `row` (the
    table's index), `line`, `figure`, `level`, `code`, `period`, `state`, `count` (missing unless
    shown), `low` and `high` (what an outsider knows of it: of a hidden sum that it may be any),
    `need_low` and `need_high` (of a small count), `in_totals` (totals above it hold it), and
    `apart` (a partial total is a figure of its line's own).
    """
    parts = []
    is_base = table["org_level"].isin(BASE_LEVELS).to_numpy()
    for figure in FIGURES:
        marked = table[f"{figure}_mark"] == Mark.SUPPRESSED
        counted = {line for line, name in relations.counted if name == figure}
        there = table["indicator"].isin(counted) & (marked | table[figure].notna())
        rows = table[there]
        other = "denominator" if figure == "numerator" else None
        national = (rows["org_level"] == "england").to_numpy()
        inside = (rows["kind"] == "proportion").to_numpy() & (other is not None)
        part = pd.DataFrame(
            {
                "row": rows.index,
                "line": rows["indicator"],
                "figure": figure,
                "level": rows["org_level"],
                "code": rows["org_code"],
                "period": rows["period"],
                "state": np.where(marked[there], SMALL, SHOWN),
                "count": rows[figure].astype("Int64"),
                "in_totals": (is_whole | ~is_base)[there.to_numpy()],
                "apart": np.where((is_whole | is_base)[there.to_numpy()], "", rows["indicator"]),
            }
        ).reset_index(drop=True)
        whole = rows["denominator"] if other else rows[figure]
        of_sums = {line for line in counted if relations.counted[line, figure].is_sum}
        parts.append(
            pd.concat(
                [
                    part,
                    _ranges(
                        part,
                        whole,
                        inside=inside,
                        national=national,
                        is_sum=part["line"].isin(of_sums).to_numpy(),
                        policy=policy,
                    ),
                ],
                axis=1,
            )
        )
    return pd.concat(parts, ignore_index=True)


def cells_released(frame: pd.DataFrame, policy: Disclosure, relations: Relations) -> pd.DataFrame:
    """The cells of a released table, which says of hidden counts which are withheld.

    What is known of a count is also what its row's value and verdicts leave of it.
    """
    if "mark" in frame:
        is_whole = frame["mark"].fillna("") == ""
    else:
        is_whole = frame["status"] != Status.PARTIAL
    hidden = (frame[[f"{name}_mark" for name in FIGURES]] == Mark.SUPPRESSED).to_numpy()
    there = frame[list(FIGURES)].notna().to_numpy() | hidden
    there[:, 1] |= (frame["kind"] == "count").to_numpy()
    cells = cells_of(
        frame.reset_index(drop=True), is_whole.to_numpy() & there.all(axis=1), policy, relations
    )
    notes = frame["note"].fillna("").to_numpy()[cells["row"]]
    withheld = np.array(
        [
            state == SMALL and is_said_withheld(note, figure)
            for state, note, figure in zip(cells["state"], notes, cells["figure"], strict=True)
        ],
        dtype=bool,
    )
    printed = left_by_what_is_printed(frame, relations.family, policy)
    for figure, (low, high) in printed.items():
        mine = (cells["figure"] == figure).to_numpy()
        rows = cells.loc[mine, "row"].to_numpy()
        cells.loc[mine, "low"] = np.fmax(cells.loc[mine, "low"], low[rows])
        cells.loc[mine, "high"] = np.fmin(cells.loc[mine, "high"], high[rows])
    # Which of the withheld are small is not said.
    return cells.assign(
        state=cells["state"].mask(withheld, WITHHELD),
        need_low=cells["need_low"].mask(withheld),
        need_high=cells["need_high"].mask(withheld),
    )


def is_said_withheld(note: str, figure: str) -> bool:
    """Whether a row's note says of a hidden figure that it is withheld, not that it is small."""
    return note in (WITHHELD_NOTE, REFUSED_NOTE) or f"{figure} {WITHHELD_NOTE}" in note


def _ranges(
    part: pd.DataFrame,
    whole: pd.Series[int],
    *,
    inside: Array,
    national: Array,
    is_sum: Array,
    policy: Disclosure,
) -> pd.DataFrame:
    """What an outsider knows of each cell, and what a small one must keep."""
    counts = part["count"].fillna(HIDDEN).to_numpy(dtype=np.int64)
    none, nothing = np.full(len(counts), -1), np.zeros(len(counts), dtype=bool)
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    for step in range(-policy.base, policy.base + 1):
        tried = np.maximum(counts + step, 0)
        given, _ = protect(tried, none, policy=policy, is_national=national, inside=nothing)
        fits = given == counts
        low = np.where(fits, np.minimum(low, tried), low)
        high = np.where(fits, np.maximum(high, tried), high)
    small = counts == HIDDEN
    least = 0.0 if policy.hide_zeros else 1.0
    low = np.where(small, least, low)
    most = np.full(len(counts), float(policy.threshold))
    if policy.base == 1:
        # Beside an exact whole a small rest hides the part as well.
        wholes = whole.fillna(policy.threshold).to_numpy(dtype=float)
        is_part = inside & small
        low = np.where(is_part, np.minimum(low, wholes - policy.threshold).clip(0), low)
        most = np.where(is_part, np.maximum(most, wholes - least), most)
    high = np.where(small, most, high)
    return pd.DataFrame(
        {
            "low": low,
            "high": np.where(small & is_sum, np.inf, high),
            "need_low": np.where(small, low, np.nan),
            "need_high": np.where(small, high, np.nan),
        }
    )
