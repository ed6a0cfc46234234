"""Published files: what a reader gives, and which reader a file belongs to.

A family's `published.py` lists `READERS`. Each knows one layout by its header, turns banded
counts into rows of the family's table (the clauses judge them), or printed numerators and
denominators into `counts`, and keeps what the publisher printed as `answers` to compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from nhsind.definition import Family
from nhsind.errors import InputError, Problem

LARGEST_FILE = 200 * 1024 * 1024


@dataclass(frozen=True)
class Answers:
    """What a publisher printed, for comparison.

    `cells`: one row per printed number: indicator, org_level, org_code, period, the file's own
    breakdown columns (named in `keys`), `figure` (numerator, denominator or value), `printed`
    and `place` (file, sheet, row). A cell whose first key is `total` stands for all of them.
    """

    cells: pd.DataFrame
    keys: tuple[str, ...] = ()
    total: str | None = None


@dataclass
class PublishedFile:
    """What a reader took from one file.

    `parts` name what it holds, so that none counts twice; `groups` gives the code and name of the
    group (area team, region) that the file prints beside an organisation.
    """

    place: str
    parts: list[str]
    tables: dict[str, pa.Table] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: list[Answers] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """One layout: its `--source` name, how to recognise it, how to read it.

    `totals_only`: it prints numerators and denominators and no rows to derive from.
    """

    name: str
    about: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], PublishedFile]
    totals_only: bool = False


def readers(family: Family) -> dict[str, Reader]:
    """The family's readers by source name."""
    module = family.module("published")
    return {reader.name: reader for reader in module.READERS} if module else {}


def recognise(family: Family, path: Path, source: str | None = None) -> Reader:
    """The reader for a file: the one named, or the one that knows its header.

    Raises InputError for a file that is empty, too large, damaged or of no known layout.
    """
    known = readers(family)
    size = path.stat().st_size
    if size == 0:
        raise InputError(Problem(str(path), "the file is empty"))
    if size > LARGEST_FILE:
        raise InputError(Problem(str(path), f"the file is larger than {LARGEST_FILE:,} bytes"))
    if source is not None:
        return known[source]
    for reader in known.values():
        if reader.recognises(path):
            return reader
    raise InputError(
        Problem(
            str(path),
            "is of no layout known here, or is damaged",
            allowed="; ".join(f"{reader.name}: {reader.about}" for reader in known.values())
            or "record tables only",
        )
    )
