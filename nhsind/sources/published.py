"""Published files: what a reader gives, and which reader a file belongs to.

A family's `published.py` lists `READERS`. Each knows one layout by its header, turns banded
counts into rows of the family's table (the clauses judge them), or printed numerators and
denominators into `counts`, and keeps what the publisher printed as `answers` to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from nhsind.definitions.family import Family
from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.sources.databases import is_database, no_table_named
from nhsind.sources.files import WORKBOOKS, content, kind_of
from nhsind.sources.mapping_advice import for_own_files
from nhsind.sources.nearest_layouts import nearest_layouts
from nhsind.sources.printed_organisations import refuse_no_organisations
from nhsind.sources.recognising import csv_head
from nhsind.sources.repeated_rows import equal_rows_once
from nhsind.sources.workbooks import open_workbook

WORKBOOK_ENDINGS = (".xls", ".xlsx", ".xlsm")
UNKNOWN_LAYOUT = "is of no layout known here"
LARGEST_FILE = 200 * 1024 * 1024
# One row per line, organisation, period and breakdown that a publisher printed. `mark`:
# suppressed or not_available where it printed no number; a slack is how far its rounding may have
# moved the number (2.5 where it rounds to 5).
COUNT_COLUMNS = (
    "indicator org_level org_code period numerator denominator mark numerator_slack "
    "denominator_slack place"
).split()


@dataclass(frozen=True)
class Answers:
    """What a publisher printed, for comparison.

    `cells`: one row per printed number: indicator, org_level, org_code, period, the file's own
    breakdown columns (named in `keys`), `figure` (numerator, denominator or value), `printed`,
    `place` (file, sheet, row) and, where the publisher rounds, `rounding`: how far that may move
    the number. A cell whose first key is `total` stands for all of them. `complete`: what is not
    among the cells was not printed because it is nothing, so that a derived figure without a cell
    is a difference; otherwise it is not compared. `adds_up`: at a level above the file's own, the
    cells are compared with the sum of the organisations below (of the level named, where a file
    prints several), not with counts of that level.
    """

    cells: pd.DataFrame
    keys: tuple[str, ...] = ()
    total: str | None = None
    complete: bool = True
    adds_up: bool | str = False


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Printed counts with every column of `COUNT_COLUMNS`: no mark and no rounding unless given."""
    table = rows.copy()
    for name, value in (("denominator", None), ("mark", ""), ("place", "")):
        if name not in table:
            table[name] = pd.Series([value] * len(table), index=table.index, dtype=object)
    for name in ("numerator_slack", "denominator_slack"):
        if name not in table:
            table[name] = 0.0
    breakdown = [name for name in table.columns if name not in COUNT_COLUMNS]
    return table[[*COUNT_COLUMNS, *breakdown]].reset_index(drop=True)


@dataclass(frozen=True)
class LeftOut:
    """A row of a published file that a reader could not use, and what it would have told.

    `place`: where the row stands (file, sheet, row); `why`: in words, without the place.
    `organisation` and its `level`: whose figures lack the row; empty: any organisation of the
    file. `lines`: the codes of the lines that it would have told of; empty: any of the family.
    `periods`: as they are printed (2018-03, 2017-18-Q4); empty: any that the file holds. `rows`:
    how many such rows there are, the first at `place`. `detail`: what of the reason is of this row
    alone, such as its numbers.

    A figure of the organisation, line and period is then no whole: it is `not_available`, and the
    totals that it belongs to are `partial`.
    """

    place: str
    why: str
    organisation: str = ""
    level: str = ""
    lines: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    rows: int = 1
    detail: str = ""


def rows_left_out(
    rows: pd.DataFrame, why: Iterable[str], details: Sequence[str] | None = None
) -> list[LeftOut]:
    """Rows with the columns of printed counts, each with its reason in words, as left out."""
    columns = ["place", "org_code", "org_level", "indicator", "period"]
    return [
        LeftOut(place, words, code, level, (line,), (period,), detail=detail)
        for (place, code, level, line, period), words, detail in zip(
            rows[columns].astype(str).itertuples(index=False, name=None),
            why,
            details if details is not None else [""] * len(rows),
            strict=True,
        )
    ]


@dataclass
class PublishedFile:
    """What a reader took from one file.

    `tables`: rows of the family's tables; those of banded counts have `counts_for` and
    `counts_in`. `counts`: printed numerators and denominators (`COUNT_COLUMNS`, and breakdowns).
    `groups` gives the code and name of the group (area team, region) that the file prints beside
    an organisation. `costly_answers`: more of them, which only a comparison should pay for.
    `left_out`: the rows that could not be used. `notes`: what else is to be said of the file.
    `layout`: the source name of the reader. `years`: by record table the financial years that the
    file says it is of.
    """

    place: str
    tables: dict[str, pa.Table] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: list[Answers] = field(default_factory=list)
    costly_answers: Callable[[], list[Answers]] | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    layout: str = ""
    years: dict[str, list[Period]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.counts is not None:
            self.counts = counted(self.counts)

    def printed_answers(self) -> list[Answers]:
        """What the publisher printed, to compare with."""
        return self.answers + (self.costly_answers() if self.costly_answers else [])


@dataclass(frozen=True)
class Reader:
    """One layout: its `--source` name, how to recognise it, how to read it.

    `headings`: those (and the names of sheets) that tell it, in each of its spellings: with them a
    file that is not quite of the layout is told what differs.
    `totals_only`: beside files of organisations it serves as answers; alone it is derived from.
    `records`: it gives record tables, which may stand beside others; nothing in it is an answer.
    """

    name: str
    about: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], PublishedFile]
    totals_only: bool = False
    records: bool = False
    headings: tuple[tuple[str, ...], ...] = ()


def read_file(reader: Reader, path: Path, *, equal_once: bool = False) -> PublishedFile:
    """What a reader takes from a file. `equal_once`: rows that are alike in all count once.

    Raises InputError for what cannot be read, and for totals that are taken for organisations.
    """
    said: list[str] = []
    if equal_once:
        with equal_rows_once() as said:
            found = reader.read(path)
    else:
        found = reader.read(path)
    refuse_no_organisations(found.place, found.counts, found.tables)
    found.layout = reader.name
    found.notes = [*found.notes, *said]
    return found


def printed_cells(rows: pd.DataFrame, figure: str, printed: Any, rounding: Any = 0.0) -> Any:
    """Answers' cells from rows that have the columns of an organisation, period and breakdown."""
    own = {"numerator", "denominator", "mark", "numerator_slack", "denominator_slack"}
    base = rows[[name for name in rows.columns if name not in own]].reset_index(drop=True)
    numbers = [float("nan") if pd.isna(value) else float(value) for value in printed]
    return base.assign(figure=figure, printed=numbers, rounding=rounding)


def readers(family: Family) -> dict[str, Reader]:
    """The family's readers by source name."""
    module = family.module("published")
    return {reader.name: reader for reader in module.READERS} if module else {}


def recognise(family: Family, path: Path, source: str | None = None) -> Reader:
    """The reader for a file: the one named, or the one that knows its header.

    Raises InputError for a file that is empty, too large, damaged or of no known layout.
    """
    known = readers(family)
    if not is_of_a_size_to_read(path):
        raise InputError(not_known(path, known.values()))
    if source is not None:
        return known[source]
    stat = path.stat()
    found = _reader_of(tuple(known.values()), path, stat.st_mtime_ns, stat.st_size)
    if found is None:
        raise InputError(not_known(path, known.values()))
    return found


@lru_cache(maxsize=256)
def _reader_of(known: tuple[Reader, ...], path: Path, changed: int, size: int) -> Reader | None:
    """The first reader that knows a file; a comparison asks for it more than once."""
    return next((reader for reader in known if reader.recognises(path)), None)


def is_of_a_size_to_read(path: Path) -> bool:
    """Whether a file is neither empty nor larger than any that is published."""
    return 0 < path.stat().st_size <= LARGEST_FILE


def not_known(path: Path, known: Iterable[Reader]) -> Problem:
    """What is wrong with a file that no reader recognises, and the layouts nearest to it."""
    if is_database(path):
        return no_table_named(path)
    layouts = {reader.name: reader.headings for reader in known}
    why = _why_unknown(path)
    if not layouts:
        advice = for_own_files(path.parent)
        return Problem(str(path), why, allowed="record tables only", advice=advice)
    if not why.startswith(UNKNOWN_LAYOUT):
        return Problem(str(path), why)
    near = nearest_layouts(path, layouts)
    words = "; ".join(near) if near else f"none; those known are {', '.join(layouts)}"
    return Problem(
        str(path),
        why,
        allowed=f"nearest of the known layouts: {words}",
        advice=for_own_files(path.parent),
    )


def not_to_be_opened(path: Path) -> str:
    """Why a file cannot be opened at all, and what to do about it; empty where it can."""
    if not is_of_a_size_to_read(path):
        is_empty = path.stat().st_size == 0
        return (
            "the file is empty" if is_empty else f"the file is larger than {LARGEST_FILE:,} bytes"
        )
    try:
        if _is_workbook(path):
            open_workbook(path)
    except InputError as error:
        return error.problems[0].message
    return ""


def _why_unknown(path: Path) -> str:
    """Its size, damage, or its layout."""
    if closed := not_to_be_opened(path):
        return closed
    if _is_workbook(path):
        names = ", ".join(open_workbook(path).sheet_names)
        return f"{UNKNOWN_LAYOUT}; its sheets are {names[:300]}"
    head = next((line for line in csv_head(path).splitlines() if line.strip()), "")
    return f"{UNKNOWN_LAYOUT}; it begins with {head[:300]}" if head else "is no table"


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in WORKBOOK_ENDINGS or kind_of(content(path)) in WORKBOOKS
