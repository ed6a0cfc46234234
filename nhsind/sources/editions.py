"""Several published files as one: parts given twice, and later editions of the same months."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nhsind.errors import InputError, Problem
from nhsind.periods import month_of
from nhsind.sources.published import COUNT_COLUMNS, Answers, PublishedFile

# Of the organisations that an edition changes the first so many are named.
MOST_NAMED = 10
# What a part is of: its line, the level where a file prints totals, and the period.
Part = tuple[str, str, str]


def refuse_repeated(contents: list[PublishedFile]) -> None:
    """Raise InputError where two files hold the same part: it would be counted twice."""
    seen: dict[Part, str] = {}
    problems = []
    for item in contents:
        again = [part for part in parts(item) if part in seen]
        if again:
            more = f" and {len(again) - 1:,} other parts" if len(again) > 1 else ""
            text = f"holds {_words(again[0])}{more}, which {seen[again[0]]} holds too; give one"
            advice = "both with --revisions, the later edition last"
            problems.append(Problem(item.place, text, allowed=advice))
        for part in parts(item):
            seen.setdefault(part, item.place)
    problems += [problem for item in contents for problem in _repeated_rows(item)]
    if problems:
        raise InputError(problems)


def latest(contents: list[PublishedFile]) -> list[PublishedFile]:
    """The files, in the order of their editions, without the parts that a later one prints again.

    The last of them carries a note on each part that was replaced: how many organisations differ
    and by how much.
    """
    kept: list[PublishedFile] = []
    for item in map(_alike_once, contents):
        mine = set(parts(item))
        notes: list[str] = []
        earlier = []
        for other in kept:
            again = [part for part in parts(other) if part in mine]
            notes += [_change(part, other, item) for part in again]
            earlier.append(_without(other, set(again)) if again else other)
        kept = [*earlier, replace(item, notes=[*item.notes, *notes])]
    return kept


def _alike_once(item: PublishedFile) -> PublishedFile:
    """A file without the counts that it prints twice alike, which are noted."""
    if item.counts is None:
        return item
    again = item.counts.drop(columns="place").astype(str).duplicated()
    if not again.any():
        return item
    places = item.counts.loc[again, "place"]
    text = f"{places.iloc[0] or item.place}: stands twice alike, counted once"
    more = f" ({again.sum():,} counts)" if again.sum() > 1 else ""
    return replace(item, counts=item.counts[~again], notes=[*item.notes, text + more])


def once(contents: list[PublishedFile]) -> list[PublishedFile]:
    """The files of a folder without the parts that an earlier of them holds alike, which are noted.

    Parts that differ stay, and are refused as repeated. What is printed to compare with stays too.
    """
    kept: list[PublishedFile] = []
    for item in contents:
        holders = {part: other for other in kept for part in parts(other)}
        alike = [
            part
            for part in parts(item)
            if part in holders and _gaps(part, holders[part], item)[0].empty
        ]
        notes = []
        if alike:
            more = f" and {len(alike) - 1:,} other parts" if len(alike) > 1 else ""
            other = Path(holders[alike[0]].place).name
            text = f"holds {_words(alike[0])}{more} as {other} does: counted once"
            notes = [f"{Path(item.place).name} {text}"]
        reduced = _without(item, set(alike))
        kept.append(
            replace(item, counts=reduced.counts, tables=reduced.tables, notes=[*item.notes, *notes])
        )
    return kept


def parts(item: PublishedFile) -> list[Part]:
    """The lines, levels and periods that a file holds figures of."""
    found: dict[Part, None] = {}
    if item.counts is not None and len(item.counts):
        keys = item.counts[["indicator", "org_level", "period"]].drop_duplicates()
        found |= dict.fromkeys(keys.itertuples(index=False, name=None))
    for table in item.tables.values():
        if "counts_for" in table.column_names:
            pairs = table.select(["counts_for", "counts_in"]).group_by(["counts_for", "counts_in"])
            rows = pairs.aggregate([]).to_pylist()
            found |= {(row["counts_for"], "", _period(row["counts_in"])): None for row in rows}
    return sorted(found)


def _period(day: Any) -> str:
    return str(month_of(day))


def _words(part: Part) -> str:
    line, level, period = part
    return f"{line} {period}" + (f" at level {level}" if level else "")


def _repeated_rows(item: PublishedFile) -> list[Problem]:
    """One organisation, period and breakdown printed twice in a file."""
    if item.counts is None or item.counts.empty:
        return []
    apart = {"org_level", "org_code", "indicator", "period"}
    keys = [name for name in item.counts.columns if name not in set(COUNT_COLUMNS) - apart]
    again = item.counts.duplicated(keys)
    return [
        Problem(place or item.place, f"stands twice: {' '.join(map(str, key))}")
        for place, *key in item.counts.loc[again, ["place", *keys]].head(20).itertuples(index=False)
    ]


def _without(item: PublishedFile, dropped: set[Part]) -> PublishedFile:
    counts = item.counts
    if counts is not None:
        keys = counts[["indicator", "org_level", "period"]].itertuples(index=False, name=None)
        counts = counts[[key not in dropped for key in keys]]
    tables = {name: _table_without(table, dropped) for name, table in item.tables.items()}
    pairs = {(line, period) for line, _, period in dropped}
    answers = [
        Answers(cells, answer.keys, answer.total, answer.complete, answer.adds_up)
        for answer in item.printed_answers()
        if len(cells := _cells_without(answer.cells, pairs))
    ]
    return replace(item, counts=counts, tables=tables, answers=answers, costly_answers=None)


def _table_without(table: pa.Table, dropped: set[Part]) -> pa.Table:
    if "counts_for" not in table.column_names:
        return table
    keep = np.ones(table.num_rows, dtype=bool)
    for line, _, period in dropped:
        month_end = [d for d in pc.unique(table["counts_in"]).to_pylist() if _period(d) == period]
        of_line = pc.equal(table["counts_for"], line)
        same = pc.and_(of_line, pc.is_in(table["counts_in"], pa.array(month_end, pa.date32())))
        keep &= ~same.to_numpy(zero_copy_only=False)
    return table.filter(pa.array(keep))


def _cells_without(cells: pd.DataFrame, pairs: set[tuple[str, str]]) -> pd.DataFrame:
    keys = cells[["indicator", "period"]].itertuples(index=False, name=None)
    return cells[[key not in pairs for key in keys]]


def _gaps(part: Part, earlier: PublishedFile, later: PublishedFile) -> tuple[pd.Series[Any], int]:
    """By how much the units of a part differ, where they do; and how many counts there are."""
    before, after = _totals(earlier, part), _totals(later, part)
    both = before.align(after, join="outer", fill_value=0)
    return (both[1] - both[0])[lambda gap: gap != 0], len(both[0])


def _change(part: Part, earlier: PublishedFile, later: PublishedFile) -> str:
    gaps, number = _gaps(part, earlier, later)
    words = f"{_words(part)}: {later.place} replaces {earlier.place}; "
    if gaps.empty:
        return words + "their counts agree"
    named = ", ".join(f"{code} {gap:+,g}" for code, gap in gaps.head(MOST_NAMED).items())
    more = f" and {len(gaps) - MOST_NAMED:,} more" if len(gaps) > MOST_NAMED else ""
    return f"{words}{len(gaps):,} of {number:,} counts differ ({named}{more})"


def _totals(item: PublishedFile, part: Part) -> pd.Series[Any]:
    """A part's units by organisation and figure."""
    line, level, period = part
    if level and item.counts is not None:
        rows = item.counts
        rows = rows[
            (rows["indicator"] == line) & (rows["org_level"] == level) & (rows["period"] == period)
        ]
        long = rows.melt("org_code", ["numerator", "denominator"], "figure", "units")
        long["units"] = [np.nan if pd.isna(value) else float(value) for value in long["units"]]
        keys = long["org_code"].astype(str) + " " + long["figure"]
        sums: pd.Series[Any] = long["units"].groupby(keys).sum()
        return sums
    totals: pd.Series[Any] = pd.Series(dtype=float)
    for table in item.tables.values():
        if "counts_for" not in table.column_names:
            continue
        place = next(name for name in table.column_names if name in ("ccg_code", "provider_code"))
        frame = table.select([place, "counts_for", "counts_in", "count"]).to_pandas()
        of_part = (frame["counts_for"] == line) & (frame["counts_in"].map(_period) == period)
        found = frame[of_part].groupby(place)["count"].sum().astype(float)
        totals = totals.add(found, fill_value=0) if len(totals) else found
    return totals
