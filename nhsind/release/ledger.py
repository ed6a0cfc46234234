"""The private ledger of all that was released: what an outsider may have kept.

One file of JSON lines, which is added to and never changed: of each release the cells of the
lines and periods of which it says what is not in it yet. It holds what was shown, no true counts;
it is private all the same, as it lists what was withheld. One process at a time reads and writes
it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import platformdirs
from filelock import FileLock

from nhsind.errors import InputError, Problem
from nhsind.release.pieces import PIECE
from nhsind.release.shown_cells import BASE_LEVELS, COLUMNS
from nhsind.release.unknowns import Above

VARIABLE = "NHSIND_LEDGER"
# What tells two cells apart; the same cell shown again says nothing new.
TOLD_BY = ["line", "figure", "level", "code", "period", "state", "count", "apart"]


@dataclass(frozen=True)
class Earlier:
    """What was released before: cells, with the `edition` each is of, and who is in whom."""

    cells: pd.DataFrame
    above: Above

    @property
    def editions(self) -> int:
        """How many releases there are."""
        return int(self.cells["edition"].max()) + 1 if len(self.cells) else 0


NOTHING = Earlier(pd.DataFrame(columns=[*COLUMNS, "edition"]), {})


@dataclass(frozen=True)
class _Written:
    """The entries of a file, as of its size and the time it was last written."""

    stamp: tuple[int, int, int]
    entries: list[dict[str, Any]]


@dataclass
class Ledger:
    """The releases in a file, and those of this run that wait for it to publish.

    `source`: which data they are of; releases of other data are not looked at.
    """

    path: Path
    source: str
    waiting: list[dict[str, Any]] = field(default_factory=list)
    _read: _Written | None = field(default=None, init=False, repr=False, compare=False)

    def earlier(self, family: str, before: str = "") -> Earlier:
        """What was released of a family, this run's own included.

        `before`: the name of a release; only what there was when it was last made. All where it
        never was.
        """
        parts: list[pd.DataFrame] = []
        above: dict[tuple[str, str, str], dict[str, str]] = {}
        entries = self._entries(family)
        for edition, entry in enumerate(entries[: _place(entries, before)]):
            cells = pd.DataFrame(entry["cells"], columns=COLUMNS)
            cells["count"] = cells["count"].astype("Int64")
            # JSON has no number without end, which a hidden sum may be up to.
            cells["high"] = cells["high"].astype(float).fillna(np.inf)
            if len(cells):
                parts.append(cells.assign(edition=edition))
            for key, within in entry["above"].items():
                level, code, period = key.split("|")
                above[level, code, period] = within
        if not parts:
            return NOTHING
        return Earlier(pd.concat(parts, ignore_index=True), above)

    def knows(self, family: str, name: str) -> bool:
        """Whether a release of this name was made."""
        entries = self._entries(family)
        return _place(entries, name) < len(entries)

    def add(self, family: str, cells: pd.DataFrame, above: Above, name: str = "") -> None:
        """Note a release; `write` keeps it. What the ledger has already adds nothing.

        `name`: of what was released, the same for the same data and the same question.
        """
        known = set(map(tuple, _told(self.earlier(family).cells)))
        is_new = [told not in known for told in map(tuple, _told(cells))]
        # With all that stands beside what is new: a total is of who is in its release.
        of = pd.MultiIndex.from_frame(cells[["line", "period"]])
        new = cells[of.isin(of[is_new])]
        if len(new) or (name and not self.knows(family, name)):
            rows = json.loads(new[COLUMNS].to_json(orient="values"))
            places = set(zip(new["level"], new["code"], new["period"], strict=True))
            periods = set(new["period"])
            places |= {key for key in above if key[0] == PIECE and key[2] in periods}
            within = {"|".join(key): dict(above[key]) for key in sorted(places & set(above))}
            entry = {"source": self.source, "family": family, "above": within, "cells": rows}
            self.waiting.append(entry | ({"name": name} if name else {}))

    def holds(self, family: str, cells: pd.DataFrame) -> bool:
        """Whether a release of these cells would add nothing."""
        return set(map(tuple, _told(cells))) <= set(map(tuple, _told(self.earlier(family).cells)))

    def write(self) -> None:
        """Add what waits to the file, on the disk before anything is published."""
        if not self.waiting:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(), open(_opened(self.path), "a", encoding="utf-8") as file:
            for entry in self.waiting:
                file.write(f"{json.dumps(entry)}\n")
            file.flush()
            os.fsync(file.fileno())
        self.waiting.clear()

    def _entries(self, family: str) -> list[dict[str, Any]]:
        return [
            *(e for e in self._written() if (e["family"], e["source"]) == (family, self.source)),
            *(e for e in self.waiting if e["family"] == family),
        ]

    def _written(self) -> list[dict[str, Any]]:
        """What the file holds, read again only where it has changed."""
        if not self.path.exists():
            return []
        with self._locked():
            told = self.path.stat()
            stamp = (told.st_ino, told.st_size, told.st_mtime_ns)
            if self._read is not None and self._read.stamp == stamp:
                return self._read.entries
            lines = self.path.read_text("utf-8").splitlines()
        entries = []
        for place, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                entry["family"], entry["source"]
            except (ValueError, KeyError, TypeError) as error:
                problem = Problem(str(self.path), "is not a line of a ledger", place)
                raise InputError(problem) from error
            entries.append(entry)
        self._read = _Written(stamp, entries)
        return entries

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with FileLock(f"{self.path}.lock", mode=0o600):
            yield


def _place(entries: list[dict[str, Any]], name: str) -> int:
    """Where the last release of a name stands; after all of them where there is none."""
    places = [place for place, entry in enumerate(entries) if name and entry.get("name") == name]
    return places[-1] if places else len(entries)


def ledger_path(planned: Path | None) -> Path:
    """Where the ledger lies: the plan's, else NHSIND_LEDGER's, else in the state folder."""
    if planned is not None:
        return planned
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(platformdirs.user_state_dir("nhsind")) / "ledger.jsonl"


def _opened(path: Path) -> int:
    """A file that only its owner may read."""
    return os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)


def _told(cells: pd.DataFrame) -> list[list[Any]]:
    table = cells[TOLD_BY].assign(of=_of_whom(cells))
    values = table.to_numpy(object, copy=True)
    values[table.isna().to_numpy()] = None
    return values.tolist()


def _of_whom(cells: pd.DataFrame) -> pd.Series[str]:
    """The organisations that stand beside each total: of others it is another number."""
    keys = ["line", "figure", "period", *(["edition"] if "edition" in cells else [])]
    is_base = cells["level"].isin(BASE_LEVELS)
    codes = cells[is_base & cells["in_totals"].astype(bool)].groupby(keys)["code"]
    of = codes.agg(lambda each: " ".join(sorted(each))).rename("of").reset_index()
    found = cells[keys].merge(of, on=keys, how="left")["of"].set_axis(cells.index)
    return found.where(~is_base).fillna("")
