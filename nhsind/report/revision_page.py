"""The page of what has changed since it was published, and the list that it leads to."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import Any

from nhsind.definitions.catalogue import load_family
from nhsind.periods import parse_period
from nhsind.report.embargo import release_words
from nhsind.report.kept import Made
from nhsind.report.manifest import EDITION, PAGE, Entry, Manifest
from nhsind.report.page import render_site_page
from nhsind.report.paths import REVISIONS_NAME, REVISIONS_PAGE
from nhsind.report.revisions import Revisions

TITLE = "Revisions and corrections"


def revision_files(revisions: Revisions, manifest: Manifest) -> list[Made]:
    """The list of changes and its page; nothing where nothing has changed."""
    made = revisions.file()
    if made is None:
        return []
    page = render_site_page(
        "revisions.html.j2",
        manifest.mode == "explore",
        title=TITLE,
        list=REVISIONS_NAME,
        editions=list(reversed(_editions(revisions, manifest))),
    ).encode("utf-8")
    digest = hashlib.sha256(page).hexdigest()
    return [made, (Entry(REVISIONS_PAGE, "", "", "", "", "", digest, kind=PAGE), page)]


def _editions(revisions: Revisions, manifest: Manifest) -> list[dict[str, Any]]:
    """What the page says of each edition, in the order in which they were made."""
    kept = {
        (entry.family, entry.period, int(path.removesuffix(".csv").rpartition("-")[2])): path
        for path, entry in manifest.entries.items()
        if entry.kind == EDITION
    }
    named = ("family", "published_for", "edition", "release", "reason")
    found = []
    for about, held in groupby(revisions.rows, key=lambda row: tuple(row[name] for name in named)):
        family, period, edition, release, reason = about
        rows = list(held)
        found.append(
            {
                "words": f"{load_family(family).title}, {parse_period(period).words}",
                "edition": int(edition),
                "release": release_words(release) if release else "",
                "reason": reason,
                "figures": len(rows),
                "organisations": len({row["org_code"] for row in rows}),
                "before": kept.get((family, period, int(edition) - 1), ""),
            }
        )
    return found
