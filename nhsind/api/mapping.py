"""A proposal of how someone's own files map to the tables."""

from __future__ import annotations

from pathlib import Path

from nhsind.sources.proposing import as_toml, propose


def proposed_mapping(folder: str | Path) -> tuple[str, int]:
    """A `mapping.toml` for the files of a folder, and how many questions it asks.

    Raises InputError for a folder without files to map, or with files that cannot be read.
    """
    proposals, remarks = propose(Path(folder))
    asked = len(remarks) + sum(len(each.questions) for each in proposals)
    return as_toml(proposals, remarks), asked
