"""What a run publishes, family by family: reports to make, tables, pages of lines, series."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from nhsind.derivation.organisations_asked import unknown_organisation
from nhsind.errors import (
    DisclosureError,
    InputError,
    Problem,
    UsageError,
)
from nhsind.geography import ENGLAND
from nhsind.progress import steps
from nhsind.release.results import Results
from nhsind.release.shown_cells import REFUSED_NOTE
from nhsind.report.figure_pages import dictionary_file, figure_pages
from nhsind.report.log import RunLog
from nhsind.report.manifest import INDEX, NAME, Manifest
from nhsind.report.paths import organisation_page_path
from nhsind.report.plan import Plan
from nhsind.report.preparing import Report, prepare
from nhsind.report.publishing import (
    refuse_outside,
)
from nhsind.report.revisions import Revisions
from nhsind.report.series import Series, series_files, take
from nhsind.report.store import StoredResults, Told, refused_lines
from nhsind.report.summary import Summary

WHAT_TO_DO = "a plan may sign a policy for the family, or name another ledger"


def assemble(
    stores: Callable[[Callable[[str], None]], Generator[StoredResults, None, None]],
    plan: Plan,
    *,
    runner: str,
    out: Path,
    work: Path,
    manifest: Manifest,
    revisions: Revisions,
    log: RunLog,
    summary: Summary,
    told: Told,
    due: bool,
) -> tuple[list[Report], dict[str, bytes]]:
    """The reports to make, and the tables and pages of lines, which enter the manifest.

    Nothing, where nothing that is `due` is covered.
    """
    reports: list[Report] = []
    tables: dict[str, bytes] = {}
    present: set[str] = set()
    levels: dict[str, None] = {}
    linked = {entry.organisation for entry in manifest.reports()}
    series: dict[str, Series] = {}
    with steps() as step, closing(stores(step)) as derived:
        for stored in derived:
            found = stored.found
            log(
                "derived" if stored.is_new else "kept",
                figures=f"{found.family.code} {found.period}",
            )
            summary.notes += [note for note in stored.notes if note not in summary.notes]
            _tell_refused(found, manifest=manifest, summary=summary)
            levels |= {found.level: None}
            own = set(found.figures.frame["org_code"]) - {ENGLAND}
            present |= own | {code for code, above in found.contained.items() if above in own}
            made, csv, entry = prepare(
                stored,
                plan,
                runner=runner,
                out=out,
                work=work,
                manifest=manifest,
                revisions=revisions,
            )
            reports += made
            tables[entry.path] = csv
            manifest.entries[entry.path] = entry
            if plan.mode == "publish":
                take(series, found, manifest, out)
            linked |= {report.entry.organisation for report in made}
            for about, page in figure_pages(
                found, entry, manifest=manifest, linked=linked, out=out
            ):
                tables[about.path] = page
                manifest.entries[about.path] = about
    for each in told.refused:
        manifest.refuse(each.family, each.period, each.reason)
        summary.refused[f"{each.family} {each.period}"] = each.reason
    if told.refused and not present:
        raise DisclosureError("\n  ".join(f"{w}: {why}" for w, why in summary.refused.items()))
    if due and not present:
        return [], {}
    if not told.refused:  # an organisation of a family that is refused may be in no other
        _refuse_unknown(plan, present, told.waiting, levels=list(levels), any_report=bool(reports))
    for about, content in (dictionary_file(), *series_files(series.values(), manifest, out)):
        tables[about.path] = content
        manifest.entries[about.path] = about
    pages = [*map(organisation_page_path, linked), *(report.entry.path for report in reports)]
    refuse_outside(out, [INDEX, NAME, *tables, *pages])
    return reports, tables


def _tell_refused(found: Results, *, manifest: Manifest, summary: Summary) -> None:
    """Note the lines of a family and period that are not published."""
    lines = refused_lines(found)
    reason = ""
    if lines:
        reason = f"{', '.join(lines)}: {REFUSED_NOTE}; {WHAT_TO_DO}"
        summary.refused[f"{found.family.code} {found.period}"] = reason
    manifest.refuse(found.family.code, str(found.period), reason)


def _refuse_unknown(
    plan: Plan,
    present: set[str],
    waiting: list[Problem],
    *,
    levels: list[str],
    any_report: bool,
) -> None:
    """Raise InputError for a plan of which nothing is covered, UsageError for one that has no
    report, or an organisation of no family."""
    if not present and waiting:
        raise InputError(waiting)
    if not present:
        asked = ", ".join(str(period) for period in plan.periods)
        raise UsageError(f"no line of {', '.join(plan.families)} has a figure for {asked}")
    if plan.within and not any_report:
        level, code = plan.within
        kind = "STP" if level == "stp" else level
        raise UsageError(f"no organisation of these data is in the {kind} {code}")
    for code in plan.organisations or []:
        if code not in present:
            raise unknown_organisation(code, present, levels)
