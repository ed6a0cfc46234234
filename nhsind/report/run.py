"""A run: derive once, release, make every report of the plan, publish them all, index last."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from nhsind.charts.pixels import refuse_unpainted
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.derivation.schedule import periods_due
from nhsind.errors import (
    NhsindError,
    UsageError,
    unknown,
)
from nhsind.periods import Period, month_of
from nhsind.progress import steps
from nhsind.release.ledger import Ledger, ledger_path
from nhsind.release.results import own_kind
from nhsind.report.assembling import assemble
from nhsind.report.cluster import make_on
from nhsind.report.deriving import derive_families
from nhsind.report.embargo import under_embargo
from nhsind.report.finishing import publish
from nhsind.report.log import RunLog, logging_to
from nhsind.report.manifest import mode_of, read_manifest
from nhsind.report.plan import Plan
from nhsind.report.plan_file import PNG
from nhsind.report.pool import make_here
from nhsind.report.preparing import Report, is_current
from nhsind.report.publishing import (
    STAGED,
    holding,
    private_folder,
    take_back,
)
from nhsind.report.revisions import DEFAULT_EDITIONS, read_revisions
from nhsind.report.store import FamilyTask, StoredResults, Told, keep_only, refuse_changed
from nhsind.report.summary import Summary
from nhsind.report.task import RUNNERS
from nhsind.report.word import refuse_unwritten
from nhsind.sources.inputs import Data

CUT_SHORT = (
    "the run before was cut short while it published: what it had replaced was put back first"
)


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
    if PNG in plan.charts:
        refuse_unpainted("charts as PNG", PNG)
    if plan.word:
        refuse_unwritten()
    at_a_time = jobs or os.cpu_count() or 1
    if editions < 0:
        raise UsageError("--keep-editions must be 0 or more")
    if plan.mode == "publish":
        plan = replace(plan, publication=under_embargo(plan.publication, before_release))
    wanted = _wanted(plan, (as_of or date.today()) if due else None)
    summary = Summary(out)
    with _told_in_a_line(out), holding(out) as work:
        if take_back(work, out):
            summary.notes.append(CUT_SHORT)
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
                root, told, read = private / "released", Told(), list[StoredResults]()
                families = [
                    FamilyTask(plan, data, described_as, family.code, periods, strict, root)
                    for family, periods in wanted
                ]

                def stores(step: Callable[[str], None]) -> Generator[StoredResults, None, None]:
                    for stored in derive_families(families, ledger, told, step, jobs=at_a_time):
                        read.append(stored)
                        yield stored
                    keep_only({stored.folder for stored in read}, root)

                reports, tables = assemble(
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


def _wanted(plan: Plan, as_of: date | None) -> list[tuple[Family, list[Period]]]:
    """The families and periods of a run: the plan's, or what is due on a day."""
    families = [load_family(code) for code in plan.families]
    if as_of is None:
        return [(family, _periods_of(family, plan.periods)) for family in families]
    return [(family, periods_due(family.code, as_of)) for family in families]


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
