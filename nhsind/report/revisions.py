"""What has changed since it was published: earlier editions of tables, and a list of all changes.

A table that is published again with other figures is a new edition. The one before stays in the
folder for as many editions as are asked for; each figure that changed is a row of `revisions.csv`,
which keeps them all.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pandas as pd

from nhsind.output import as_csv, without_formulas
from nhsind.report.embargo import CORRECTION, RELEASE
from nhsind.report.kept import Made, published
from nhsind.report.manifest import EDITION, REVISIONS, Entry, Manifest
from nhsind.report.paths import REVISIONS_NAME

KEY = ("indicator", "org_level", "org_code", "period")
# What a reader would call another figure; the rest of a row follows from these.
FIGURES = ("numerator", "denominator", "value", "meets_standard", "plan", "meets_plan", "status")
COLUMNS = (
    *("family", "published_for", "edition", "release", "reason"),
    *(*KEY, "org_name", "column", "was", "now"),
)
DEFAULT_EDITIONS = 5
EARLIER = "earlier"


@dataclass
class Revisions:
    """The changes of a folder, and the earlier editions of its tables that this run replaces.

    `added`: how many of the changes this run adds.
    """

    rows: list[dict[str, str]] = field(default_factory=list)
    replaced: dict[str, tuple[Entry, bytes]] = field(default_factory=dict)
    added: int = 0

    def of(self, family: str, period: str, organisation: str) -> int:
        """How many figures of an organisation in a table have changed."""
        return sum(
            (row["family"], row["published_for"], row["org_code"]) == (family, period, organisation)
            for row in self.rows
        )

    def take(self, entry: Entry, content: bytes, before: bytes, why: Mapping[str, str]) -> None:
        """Note that a table replaces another, if any figure differs; `why`: of the publication."""
        found = list(changes(before, content))
        if not found:
            return
        editions = [
            int(row["edition"])
            for row in self.rows
            if (row["family"], row["published_for"]) == (entry.family, entry.period)
        ]
        edition = max(editions, default=1) + 1
        about = {
            "family": entry.family,
            "published_for": entry.period,
            "edition": str(edition),
            "release": why.get(RELEASE, ""),
            "reason": why.get(CORRECTION, ""),
        }
        self.rows += [about | row for row in found]
        self.added += len(found)
        path = PurePosixPath(entry.path)
        name = path.parent / EARLIER / f"{path.stem}-edition-{edition - 1}.csv"
        digest = hashlib.sha256(before).hexdigest()
        old = Entry(str(name), entry.family, entry.period, "", "", "", digest, kind=EDITION)
        self.replaced[old.path] = old, before

    def file(self) -> Made | None:
        """The list of all changes; None where nothing has changed yet."""
        if not self.rows:
            return None
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        content = as_csv(without_formulas(table)).encode("utf-8")
        digest = hashlib.sha256(content).hexdigest()
        return Entry(REVISIONS_NAME, "", "", "", "", "", digest, kind=REVISIONS), content


def read_revisions(manifest: Manifest, out: Path) -> Revisions:
    """The changes that a folder lists, as its manifest vouches for them."""
    entry = manifest.entries.get(REVISIONS_NAME)
    content = published(entry, out) if entry else None
    if content is None:
        return Revisions()
    return Revisions(list(csv.DictReader(io.StringIO(content.decode("utf-8")))))


def changes(before: bytes, after: bytes) -> Iterator[dict[str, str]]:
    """Each figure that differs between two editions of a table, with both; by line and place."""
    was, now = (_by_key(content) for content in (before, after))
    for key in sorted(was.keys() | now.keys()):
        row = now.get(key) or was[key]
        about = dict(zip(KEY, key, strict=True)) | {"org_name": row.get("org_name", "")}
        if key not in was or key not in now:
            words = ("no row", "a row") if key in now else ("a row", "no row")
            yield {**about, "column": "row", "was": words[0], "now": words[1]}
            continue
        for name in FIGURES:
            pair = tuple(_shown(each[key], name) for each in (was, now))
            if pair[0] != pair[1]:
                yield {**about, "column": name, "was": pair[0], "now": pair[1]}


def _shown(row: Mapping[str, str], name: str) -> str:
    """A figure, or the mark that stands in its place."""
    return row.get(name, "") or row.get(f"{name}_mark", "")


def _by_key(content: bytes) -> dict[tuple[str, ...], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    return {tuple(row.get(name, "") for name in KEY): row for row in rows}


def keep_editions(
    revisions: Revisions, manifest: Manifest, keep: int
) -> tuple[dict[str, bytes], list[str]]:
    """The earlier editions to write, and those to remove: of each table the last `keep` stay.

    The manifest then names those that stay.
    """
    manifest.entries.update({path: entry for path, (entry, _) in revisions.replaced.items()})
    held: dict[tuple[str, str], list[str]] = {}
    for entry in manifest.entries.values():
        if entry.kind == EDITION:
            held.setdefault((entry.family, entry.period), []).append(entry.path)
    gone = []
    for paths in held.values():
        newest = sorted(paths, key=lambda path: -int(path.removesuffix(".csv").rpartition("-")[2]))
        gone += newest[keep:]
    for path in gone:
        del manifest.entries[path]
    new = {path: content for path, (_, content) in revisions.replaced.items() if path not in gone}
    return new, gone
