"""The public manifest: which files are published, their hashes, and what each was made from.

It holds no clock, no path outside the folder and no hash of confidential input: fingerprints are
of released figures, notebook, library and parameters.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nhsind.report.publishing import sha256, write_whole
from nhsind.version import __version__

NAME = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One published file. A failed report has no `sha256` and is linked nowhere."""

    path: str
    family: str
    period: str
    organisation: str
    name: str
    fingerprint: str
    sha256: str | None
    summary: str = ""
    kind: str = "report"


@dataclass
class Manifest:
    """The entries of an output folder by path."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def reports(self) -> list[Entry]:
        """The reports, published or failed, by family, period and organisation."""
        found = [entry for entry in self.entries.values() if entry.kind == "report"]
        return sorted(found, key=lambda entry: (entry.family, entry.period, entry.name, entry.path))


def read_manifest(out: Path) -> Manifest:
    """The manifest of an output folder; empty where there is none, or none that can be read.

    Without it every report is made again, which is also how a damaged one is repaired.
    """
    return _read(out) or Manifest()


def _read(out: Path) -> Manifest | None:
    try:
        content = json.loads((out / NAME).read_text("utf-8"))
        return Manifest({row["path"]: Entry(**row) for row in content["files"]})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Write the manifest whole, entries in order of their path."""
    files = [asdict(manifest.entries[path]) for path in sorted(manifest.entries)]
    content = {"made_by": f"nhsind {__version__}", "files": files}
    write_whole(out / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def verify(out: Path) -> list[str]:
    """What is not as the manifest says: files missing, changed, or published without an entry."""
    manifest = _read(out)
    if manifest is None:
        return [f"{out} has no {NAME} that can be read"]
    problems = []
    for path, entry in sorted(manifest.entries.items()):
        if entry.sha256 is None:
            problems.append(f"{path}: the report of {entry.name or entry.organisation} failed")
        elif not (out / path).is_file():
            problems.append(f"{path}: is missing")
        elif sha256(out / path) != entry.sha256:
            problems.append(f"{path}: has been changed since it was published")
    published = {
        str(path.relative_to(out))
        for ending in ("*.html", "*.csv")
        for path in out.rglob(ending)
        if not any(part.startswith(".") for part in path.relative_to(out).parts)
    }
    problems += [
        f"{path}: is not in the manifest" for path in sorted(published - set(manifest.entries))
    ]
    return problems
