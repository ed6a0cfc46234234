"""A run: derive once, release, make every report of the plan, publish them all, index last."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.derivation.schedule import periods_due
from nhsind.errors import (
    DisclosureError,
    InputError,
    NhsindError,
    Problem,
    UsageError,
    unknown,
)
from nhsind.geography import ENGLAND
from nhsind.periods import Period, month_of
from nhsind.progress import steps
from nhsind.release.ledger import Ledger, ledger_path
from nhsind.release.results import Results, own_kind
from nhsind.release.shown_cells import REFUSED_NOTE
from nhsind.report.cluster import make_on
from nhsind.report.deriving import derive_families
from nhsind.report.embargo import under_embargo
from nhsind.report.figure_pages import dictionary_file, figure_pages
from nhsind.report.finishing import publish
from nhsind.report.log import RunLog, logging_to
from nhsind.report.manifest import INDEX, NAME, Manifest, mode_of, read_manifest
from nhsind.report.paths import organisation_page_path
from nhsind.report.plan import Plan
from nhsind.report.pool import make_here
from nhsind.report.preparing import Report, is_current, prepare
from nhsind.report.publishing import (
    STAGED,
    holding,
    private_folder,
    refuse_outside,
)
from nhsind.report.revisions import DEFAULT_EDITIONS, Revisions, read_revisions
from nhsind.report.series import Series, series_files, take
from nhsind.report.store import FamilyTask, Stored, Told, keep_only, refuse_changed, refused_lines
from nhsind.report.summary import Summary
from nhsind.report.worker import RUNNERS
from nhsind.sources.inputs import Data

WHAT_TO_DO = "a plan may sign a policy for the family, or name another ledger"


def run(
    plan: Plan,
    data: Data,
    out: Path = Path("reports"),
    *,
    described_as: str | None = None,
    jobs: int | None = None,
    runner: str | None = None,
    force: bool = False,
    strict: bool = False,
    scheduler: str | None = None,
    due: bool = False,
    as_of: date | None = None,
    before_release: bool = False,
    editions: int = DEFAULT_EDITIONS,
) -> Summary:
    """Publish the reports of a plan; see `nhsind run --help`.

    `data`: what to read, the plan's or other; `described_as`: what pages say of them; None: their
    kind and the names of the files. Everything is checked, derived and released before the first
    report runs, every report is made before the first is published, and data that changed meanwhile
    end the run with nothing published. `scheduler`: the address of a Dask cluster that makes them.
    `due`: of each family the periods that are due on `as_of` (None: today) in place of the plan's;
    what the data do not cover waits. `before_release`: for those who may see figures under embargo;
    `editions`: how many earlier ones of each table stay. Raises InputError (plan or data),
    UsageError, DisclosureError, HeldError, and NhsindError where the system does not let it write;
    nothing published is then touched. A report that fails is named in the summary and the index.
    """
    began = time.monotonic()
    chosen = runner or ("fork" if hasattr(os, "fork") else "kernel")
    if chosen not in RUNNERS:
        raise unknown("runner", chosen, RUNNERS)
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs must be 1 or more")
    at_a_time = jobs or os.cpu_count() or 1
    if editions < 0:
        raise UsageError("--keep-editions must be 0 or more")
    if plan.mode == "publish":
        plan = replace(plan, publication=under_embargo(plan.publication, before_release))
    wanted = _wanted(plan, (as_of or date.today()) if due else None)
    summary = Summary(out)
    with _told_in_a_line(out), holding(out) as work:
        _refuse_other_mode(out, plan.mode)
        private = private_folder(out)
        summary.private = private / "failed"
        # What a killed run had made is not this run's to publish.
        for folder in (summary.private, private / "working", work / STAGED):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        with logging_to(private) as log:
            log("run began", plan=plan.name, out=str(out.resolve()), families=plan.families)
            try:
                manifest = replace(read_manifest(out), mode=plan.mode)
                revisions = read_revisions(manifest, out)
                ledger = Ledger(ledger_path(plan.ledger), _source(data, described_as))
                root, told, read = private / "released", Told(), list[Stored]()
                families = [
                    FamilyTask(plan, data, described_as, family.code, periods, strict, root)
                    for family, periods in wanted
                ]

                def stores(step: Callable[[str], None]) -> Generator[Stored, None, None]:
                    for stored in derive_families(families, ledger, told, step, jobs=at_a_time):
                        read.append(stored)
                        yield stored
                    keep_only({stored.folder for stored in read}, root)

                reports, tables = _prepare_all(
                    stores,
                    plan,
                    runner=chosen,
                    out=out,
                    work=work,
                    manifest=manifest,
                    revisions=revisions,
                    log=log,
                    summary=summary,
                    told=told,
                    due=due,
                )
                summary.notes += [str(each) for each in told.waiting]
                if due and not tables:
                    summary.notes.append("nothing that is due is covered: nothing was published")
                    log("run ended", **summary.counts)
                    return summary
                todo = [report for report in reports if force or not is_current(report, manifest)]
                summary.up_to_date = len(reports) - len(todo)
                _make(todo, at_a_time, scheduler=scheduler, summary=summary, log=log)
                for code, of_data in {
                    each.found.family.code: each.of_data for each in read
                }.items():
                    refuse_changed(data, load_family(code), of_data)
                ledger.write()
                publish(
                    reports,
                    tables,
                    manifest=manifest,
                    revisions=revisions,
                    editions=editions,
                    plan=plan,
                    out=out,
                    staged=work / STAGED,
                    summary=summary,
                )
                summary.seconds = time.monotonic() - began
                log("run ended", **summary.counts)
            except BaseException as error:
                log("run stopped", error=type(error).__name__)
                raise
            finally:
                for folder in (private / "working", work / STAGED):
                    shutil.rmtree(folder, ignore_errors=True)
                if plan.mode == "explore":
                    shutil.rmtree(private / "released", ignore_errors=True)
    return summary


def _source(data: Data, described_as: str | None) -> str:
    """Which data a ledger's releases are of: the user's, or one edition of the sample."""
    if described_as is None:
        return "own data"
    return f"{described_as} {Path(str(data)).name}"


def _prepare_all(
    stores: Callable[[Callable[[str], None]], Generator[Stored, None, None]],
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
        _refuse_unknown(plan, present, told.waiting, any_report=bool(reports))
    for about, content in (dictionary_file(), *series_files(series.values())):
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


def _wanted(plan: Plan, as_of: date | None) -> list[tuple[Family, list[Period]]]:
    """The families and periods of a run: the plan's, or what is due on a day."""
    families = [load_family(code) for code in plan.families]
    if as_of is None:
        return [(family, _periods_of(family, plan.periods)) for family in families]
    return [(family, periods_due(family.code, as_of)) for family in families]


def _refuse_unknown(
    plan: Plan, present: set[str], waiting: list[Problem], *, any_report: bool
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
            raise unknown("organisation of these data", code, sorted(present))


@contextmanager
def _told_in_a_line(out: Path) -> Iterator[None]:
    """What the system does not let a run do ends it with one message."""
    try:
        yield
    except OSError as error:
        where = error.filename or f"the run to {out}"
        what = os.strerror(error.errno) if error.errno else str(error)
        raise NhsindError(f"{where}: {what}; nothing was published") from error


def _refuse_other_mode(out: Path, mode: str) -> None:
    """Raise UsageError if a folder would mix what is published with what must not be."""
    known = mode_of(out)
    if known in (None, mode):
        return
    if mode == "explore":
        raise UsageError(f"{out} holds published reports: explore with another --out")
    raise UsageError(f"{out} holds reports that are not for publication: publish to another --out")


def _periods_of(family: Family, periods: list[Period]) -> list[Period]:
    """The periods that a family has reports of.

    Those that some line answers; of several that end on the same day only the one of the family's
    own kind, so that a plan of all families gives a month, its quarter and its year, and each
    family takes the one that it is published for.
    """
    own = {each.end: own_kind(family, month_of(each.end)) for each in periods}
    answered = [
        each for each in periods if any(line.answers(each) for line in family.indicators.values())
    ]
    return [each for each in answered if each == own[each.end] or own[each.end] not in answered]


def _make(
    reports: list[Report], jobs: int, *, scheduler: str | None, summary: Summary, log: RunLog
) -> None:
    """Make reports here or on a cluster, and note what became of each."""
    if not reports:
        return
    tasks = [report.task for report in reports]
    paths = {id(report.task): report.entry.path for report in reports}
    made = make_on(scheduler, tasks) if scheduler else make_here(tasks, jobs)
    with steps(len(reports)) as step:
        for task, reason in made:
            path = paths[id(task)]
            if reason is None:
                summary.made += 1
                log("made", report=path)
            else:
                summary.failed[path] = reason
                # What a cell said could hold a figure: it stays in the report's own log.
                log("failed", report=path, error=reason.split(":")[0])
            step(path)
