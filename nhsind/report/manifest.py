"""The public manifest: which files are published, their hashes, and what each was made from.

It holds no clock, no path outside the folder and no hash of confidential input: fingerprints are
of released figures, notebook, library and parameters.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import Any

from nhsind.periods import parse_period
from nhsind.report.publishing import sha256
from nhsind.version import __version__

NAME = "manifest.json"
INDEX = "index.html"
# Kinds of files: a family and period at a glance (JSON), and a page of the site beside the reports.
GLANCE, PAGE = "glance", "page"
# A table of results as an accessible workbook, and what the columns of all tables hold.
WORKBOOK, DICTIONARY = "workbook", "dictionary"
# What is not published of a family and period, and why (`summary`): no file.
REFUSED = "refused"
# A table of results as CSV, and what all of them are, for programs.
TABLE, PACKAGE = "table", "package"
# An earlier edition of a table, and the list of all figures that have changed.
EDITION, REVISIONS = "edition", "revisions"
# All periods of a family in one table.
SERIES = "series"
# A chart of a report, to take away.
CHART = "chart"
# The page of an organisation as a Word file.
WORD = "word"
# The endings of what is published, all of which the manifest names.
PUBLISHED = ("*.html", "*.csv", "*.json", "*.xlsx", "*.parquet", "*.svg", "*.png", "*.docx")
# What an entry may name: a file below the folder, none that is hidden.
PATH_INSIDE = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*")


@dataclass(frozen=True)
class Entry:
    """One published file. A failed report has no `sha256` and is linked nowhere.

    `released` is the SHA-256 of the released results that a report or a table shows. `stands_for`:
    the organisations of the plan that it contains, where they are below the level of the family.
    `policy`: the name of the disclosure policy of a table (`release.policies`).
    """

    path: str
    family: str
    period: str
    organisation: str
    name: str
    fingerprint: str
    sha256: str | None
    summary: str = ""
    kind: str = "report"
    released: str = ""
    stands_for: str = ""
    policy: str = ""

    @property
    def folder(self) -> str:
        """The folder of one family and period, which a table shares with its reports."""
        return str(PurePosixPath(self.path).parent)


@dataclass
class Manifest:
    """The entries of an output folder by path, and the mode of the runs that made them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    mode: str = "publish"

    def reports(self) -> list[Entry]:
        """The reports, published or failed, by family, period and organisation."""
        found = [entry for entry in self.entries.values() if entry.kind == "report"]
        return sorted(found, key=lambda entry: (entry.family, entry.period, entry.name, entry.path))

    def refused(self) -> list[Entry]:
        """What is not published, because it would tell what is hidden."""
        found = [entry for entry in self.entries.values() if entry.kind == REFUSED]
        return sorted(found, key=lambda entry: (entry.family, entry.period))

    def refuse(self, family: str, period: str, reason: str) -> None:
        """Note why something of a family and period is not published; '': all of it is."""
        path = f"{family}/{parse_period(period).in_paths}/not-published"
        self.entries.pop(path, None)
        if reason:
            self.entries[path] = Entry(path, family, period, "", "", "", None, reason, kind=REFUSED)

    def tables(self) -> dict[str, Entry]:
        """The table of results of each folder."""
        return {entry.folder: entry for entry in self.entries.values() if entry.kind == TABLE}

    def stale(self) -> list[Entry]:
        """The reports that show other released results than the table beside them."""
        tables = self.tables()
        return [
            entry
            for entry in self.reports()
            if entry.sha256 is not None
            and entry.folder in tables
            and tables[entry.folder].released != entry.released
        ]

    @property
    def text(self) -> str:
        """The manifest as it is written, entries in order of their path."""
        entries = [asdict(self.entries[path]) for path in sorted(self.entries)]
        content = {"made_by": f"nhsind {__version__}", "mode": self.mode, "files": entries}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_manifest(out: Path) -> Manifest:
    """The manifest of an output folder; empty where there is none, or none that can be read.

    Without it every report is made again, which is also how a damaged one is repaired.
    """
    return _read(out) or Manifest()


def mode_of(out: Path) -> str | None:
    """The mode of the runs that made what a folder holds; None where it holds nothing.

    What has lost its manifest is taken for published.
    """
    known = _read(out)
    if known is not None:
        return known.mode
    return Manifest().mode if (out / INDEX).exists() or (out / NAME).exists() else None


def _read(out: Path) -> Manifest | None:
    try:
        content = json.loads((out / NAME).read_text("utf-8"))
        entries = [_entry(row) for row in content["files"]]
        return Manifest(
            {entry.path: entry for entry in entries}, str(content.get("mode", "publish"))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _entry(row: dict[str, Any]) -> Entry:
    """An entry as any version of nhsind wrote it; what only others know is left out."""
    known = {each.name: row[each.name] for each in fields(Entry) if each.name in row}
    for name, value in known.items():
        if not isinstance(value, str) and not (name == "sha256" and value is None):
            raise ValueError(f"{name} is not a text")
    if not PATH_INSIDE.fullmatch(known["path"]):
        raise ValueError(f"{known['path']} is not a path in the folder")
    return Entry(**known)


def verify(out: Path) -> list[str]:
    """What is not as the manifest says: files missing, changed, stale, or without an entry."""
    manifest = _read(out)
    if manifest is None:
        return [f"{out} has no {NAME} that can be read"]
    problems = []
    for path, entry in sorted(manifest.entries.items()):
        if entry.kind == REFUSED:
            continue
        if entry.sha256 is None:
            problems.append(f"{path}: the report of {entry.name or entry.organisation} failed")
        elif not (out / path).is_file():
            problems.append(f"{path}: is missing")
        elif sha256(out / path) != entry.sha256:
            problems.append(f"{path}: has been changed since it was published")
    problems += [
        f"{entry.path}: shows other released results than the table beside it"
        for entry in manifest.stale()
    ]
    published = {
        str(path.relative_to(out))
        for ending in PUBLISHED
        for path in out.rglob(ending)
        if path != out / NAME
        and not any(part.startswith(".") for part in path.relative_to(out).parts)
    }
    problems += [
        f"{path}: is not in the manifest" for path in sorted(published - set(manifest.entries))
    ]
    return problems
