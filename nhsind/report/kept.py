"""Files beside the reports with their entries, kept where they were made from the same things."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nhsind.report.manifest import Entry, Manifest

# A page and the manifest's entry for it.
Made = tuple[Entry, bytes]


def kept(path: str, fingerprint: str, manifest: Manifest, out: Path) -> bytes | None:
    """A published file that was made from the same things and is still as it was."""
    known = manifest.entries.get(path)
    if known is None or known.fingerprint != fingerprint:
        return None
    return published(known, out)


def published(entry: Entry, out: Path) -> bytes | None:
    """A published file as the manifest vouches for it."""
    try:
        content = (out / entry.path).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == entry.sha256 else None


def entry_of(path: str, kind: str, *, content: bytes, like: Entry, fingerprint: str) -> Entry:
    """The manifest's entry of a file that is made from the same figures as another."""
    digest = hashlib.sha256(content).hexdigest()
    return Entry(
        path, like.family, like.period, "", "", fingerprint, digest, "", kind, like.released
    )
