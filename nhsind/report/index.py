"""The index page of an output folder: every report by family and period, and its table."""

from __future__ import annotations

from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from nhsind.definition import load_family
from nhsind.errors import UsageError
from nhsind.periods import parse_period
from nhsind.report.manifest import Entry, Manifest
from nhsind.report.page import render_index

DEFAULT_TITLE = "NHS performance indicators: reports"


def index_page(manifest: Manifest, title: str | None) -> str:
    """The index of all that the manifest names; failed and stale reports are named, not linked."""
    reports = sorted(manifest.reports(), key=_group)
    tables = manifest.tables()
    return render_index(
        title=title or DEFAULT_TITLE,
        groups=[
            _heading(list(entries), tables.get(group[-1]))
            for group, entries in groupby(reports, key=_group)
        ],
        count=len(reports),
        missing=[entry for entry in reports if entry.sha256 is None],
        stale=manifest.stale(),
        explore=manifest.mode == "explore",
    )


def _group(entry: Entry) -> tuple[str, str, str]:
    return entry.family, entry.period, entry.folder


def _heading(entries: list[Entry], table: Entry | None) -> dict[str, Any]:
    first = entries[0]
    return {
        "id": first.folder.lower().replace("/", "-"),
        "heading": f"{_title(first.family)}, {_period_words(first.period)}",
        "csv": table.path if table else "",
        "csv_name": PurePosixPath(table.path).name if table else "",
        "entries": entries,
    }


# Another version of nhsind may have published families and periods that this one does not know.


def _title(family: str) -> str:
    try:
        return load_family(family).title
    except UsageError:
        return family


def _period_words(period: str) -> str:
    try:
        return parse_period(period).words
    except UsageError:
        return period
