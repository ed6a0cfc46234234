"""The end of a run: reports, tables, pages and manifest moved into place together, index last."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from nhsind.report.data_package import package_file
from nhsind.report.index import DEFAULT_TITLE, index_page
from nhsind.report.manifest import CHART, INDEX, NAME, WORD, Entry, Manifest
from nhsind.report.organisation_pages import glances, organisation_pages
from nhsind.report.plan import Plan
from nhsind.report.preparing import Report
from nhsind.report.publishing import publish_together, sha256, stage
from nhsind.report.revision_page import revision_files
from nhsind.report.revisions import Revisions, keep_editions
from nhsind.report.summary import Summary
from nhsind.report.take_away import chart_files, charts_beside


def publish(
    reports: list[Report],
    tables: dict[str, bytes],
    *,
    manifest: Manifest,
    revisions: Revisions,
    editions: int,
    plan: Plan,
    out: Path,
    staged: Path,
    summary: Summary,
) -> None:
    """Move everything into place: reports, tables, pages, manifest, index.

    All is rendered and written before the first file moves: what fails leaves what was there.
    """
    charts: list[str] = []
    dropped: list[str] = []
    for report in reports:
        manifest.entries[report.entry.path] = replace(
            report.entry, sha256=_hash_of(report, manifest, summary)
        )
        if report.task.staged.is_file():
            made = _stage_charts(report, plan.charts, manifest, staged)
            dropped += _drop_charts(report, made, manifest)
            charts += made
    kept, gone = keep_editions(revisions, manifest, editions)
    tables |= kept
    for about, content in revision_files(revisions, manifest):
        tables[about.path] = content
        manifest.entries[about.path] = about
    known = glances(manifest, tables, out)
    pages = organisation_pages(manifest, known, out, plan.word)
    # All Word files are made with the pages, or none is asked for any longer.
    dropped += [path for path, entry in manifest.entries.items() if entry.kind == WORD]
    manifest.entries = {
        path: entry for path, entry in manifest.entries.items() if entry.kind != WORD
    }
    for entry, page in pages:
        tables[entry.path] = page
        manifest.entries[entry.path] = entry
    title = plan.publication.get("title")
    about, described = package_file(manifest, tables, out, title or DEFAULT_TITLE)
    tables[about.path] = described
    manifest.entries[about.path] = about
    page = index_page(manifest, known, title).encode("utf-8")
    digest = hashlib.sha256(page).hexdigest()
    manifest.entries[INDEX] = Entry(INDEX, "", "", "", "", "", digest, kind="index")
    moves = [report.entry.path for report in reports if report.task.staged.is_file()] + charts
    for path, content in (tables | {NAME: manifest.text.encode("utf-8"), INDEX: page}).items():
        if not (out / path).is_file() or (out / path).read_bytes() != content:
            stage(staged / path, content)
            moves.append(path)
    publish_together(moves, staged, out)
    for path in {*gone, *dropped} - set(manifest.entries):
        (out / path).unlink(missing_ok=True)
    summary.revised = revisions.added
    if stale := manifest.stale():
        summary.notes.append(
            f"stale, and not linked, because the table beside them has other figures: {len(stale)} "
            "reports of other runs; run their plans again"
        )


def _stage_charts(
    report: Report, kinds: tuple[str, ...], manifest: Manifest, staged: Path
) -> list[str]:
    """Take the charts of a report that was made out of its page; gives their paths."""
    page = report.task.staged.read_text("utf-8")
    like = report.entry
    made = []
    for chart in chart_files(page, like.path, kinds):
        stage(staged / chart.path, chart.content)
        digest = hashlib.sha256(chart.content).hexdigest()
        manifest.entries[chart.path] = replace(
            like,
            path=chart.path,
            sha256=digest,
            summary=chart.title,
            kind=CHART,
            stands_for="",
        )
        made.append(chart.path)
    return made


def _drop_charts(report: Report, made: list[str], manifest: Manifest) -> list[str]:
    """The charts that an earlier edition of a report had and this one has not."""
    known = (entry.path for entry in charts_beside(report.entry.path, manifest))
    gone = [path for path in known if path not in made]
    for path in gone:
        del manifest.entries[path]
    return gone


def _hash_of(report: Report, manifest: Manifest, summary: Summary) -> str | None:
    """The SHA-256 of a report as it will be published; None if it failed."""
    if report.task.staged.is_file():
        return sha256(report.task.staged)
    if report.entry.path in summary.failed:
        return None
    return manifest.entries[report.entry.path].sha256
