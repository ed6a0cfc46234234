"""Which reports the pages around them may link: those that were made and are not stale."""

from __future__ import annotations

from nhsind.report.manifest import Entry, Manifest

# Reports that are linked: their paths by folder and organisation.
Linked = dict[tuple[str, str], str]

MISSING = "missing: the report could not be made"
STALE = "stale: the report shows other figures than the file beside it"


def linked_reports(manifest: Manifest) -> Linked:
    """The reports that pages may link, by their folder and organisation."""
    stale = {entry.path for entry in manifest.stale()}
    found = ((entry, report_state(entry, stale)["report"]) for entry in manifest.reports())
    return {(entry.folder, entry.organisation): report for entry, report in found if report}


def report_state(entry: Entry, stale: set[str]) -> dict[str, str]:
    """The path of a report to be linked, or why it is not."""
    if entry.sha256 is None:
        return {"report": "", "gap": MISSING}
    if entry.path in stale:
        return {"report": "", "gap": STALE}
    return {"report": entry.path, "gap": ""}
