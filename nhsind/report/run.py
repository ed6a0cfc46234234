"""A run: derive once, release, make every report of the plan, publish them all, index last."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path

import papermill

from nhsind.definitions.catalogue import family_folders, load_family
from nhsind.definitions.family import Family
from nhsind.derivation.schedule import periods_due
from nhsind.errors import (
    EXIT_DIFFERENCES,
    EXIT_DONE,
    InputError,
    NhsindError,
    Problem,
    UsageError,
    unknown,
)
from nhsind.geography import ENGLAND
from nhsind.output import as_csv, without_formulas
from nhsind.periods import Period, month_of
from nhsind.progress import steps
from nhsind.release.results import Results, own_kind
from nhsind.report.cluster import make_on
from nhsind.report.figure_pages import dictionary_file, figure_pages
from nhsind.report.index import index_page
from nhsind.report.log import LOG, RunLog, logging_to
from nhsind.report.manifest import INDEX, NAME, Entry, Manifest, mode_of, read_manifest
from nhsind.report.organisation_pages import glances, organisation_pages
from nhsind.report.page import publication_block
from nhsind.report.paths import organisation_page_path
from nhsind.report.plan import Plan
from nhsind.report.plan_file import CODE_PATTERN
from nhsind.report.pool import make_here
from nhsind.report.publishing import (
    STAGED,
    holding,
    private_folder,
    publish_together,
    refuse_outside,
    sha256,
    write_whole,
)
from nhsind.report.store import Stored, derive_families
from nhsind.report.worker import RUNNERS, SECONDS_PER_CELL, Task
from nhsind.sources.inputs import Data
from nhsind.tables.cells import value_words, verdict_words
from nhsind.version import library_digest


@dataclass
class Summary:
    """What a run did."""

    out: Path
    made: int = 0
    up_to_date: int = 0
    seconds: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    private: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0, or 1 if a report failed."""
        return EXIT_DIFFERENCES if self.failed else EXIT_DONE

    @property
    def counts(self) -> dict[str, float]:
        """How many reports were made, left as they were, and failed, and how long it took."""
        return {
            "made": self.made,
            "up_to_date": self.up_to_date,
            "failed": len(self.failed),
            "seconds": round(self.seconds, 1),
        }

    @property
    def words(self) -> str:
        """For the person or the log that started the run."""
        lines = [*self.notes]
        lines.append(
            f"{self.made} reports made, {self.up_to_date} were up to date, in {self.seconds:.0f} s"
        )
        if self.failed:
            lines.append(f"{len(self.failed)} reports failed; notebooks and logs: {self.private}")
            lines += [f"  {name}: {reason}" for name, reason in self.failed.items()]
        lines.append(f"the reports are in {self.out / INDEX}")
        if self.private is not None:
            lines.append(f"the log is {self.private.parent / LOG}")
        return "\n".join(lines)


@dataclass
class _Report:
    """One report of the run, before and after it is made."""

    task: Task
    entry: Entry
    final: Path


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
) -> Summary:
    """Publish the reports of a plan; see `nhsind run --help`.

    `data`: what to read, the plan's or other; `described_as`: what pages say of them; None: their
    kind and the names of the files. Everything is checked, derived and released before the first
    report runs, and every report is made before the first is published. `scheduler`: the address
    of a Dask cluster that makes them. `due`: of each family the periods that are due on `as_of`
    (None: today) in place of the plan's; what the data do not cover waits. Raises InputError (plan
    or data), UsageError,
    DisclosureError, HeldError, and NhsindError where the system does not let it write; nothing
    published is then touched. A report that fails is named in the summary and the index.
    """
    began = time.monotonic()
    chosen = runner or ("fork" if hasattr(os, "fork") else "kernel")
    if chosen not in RUNNERS:
        raise unknown("runner", chosen, RUNNERS)
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs must be 1 or more")
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
                waiting: list[Problem] = []
                stores = partial(
                    derive_families,
                    plan,
                    data,
                    described_as,
                    wanted,
                    strict,
                    private / "released",
                    waiting,
                )
                reports, tables = _prepare_all(
                    stores, plan, chosen, out, work, manifest, log, summary, waiting, due
                )
                summary.notes += [str(each) for each in waiting]
                if due and not tables:
                    summary.notes.append("nothing that is due is covered: nothing was published")
                    log("run ended", **summary.counts)
                    return summary
                todo = [report for report in reports if force or not _is_current(report, manifest)]
                summary.up_to_date = len(reports) - len(todo)
                _make(todo, jobs or os.cpu_count() or 1, scheduler, summary, log)
                _publish(reports, tables, manifest, plan, out, work / STAGED, summary)
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


def _prepare_all(
    stores: Callable[[Callable[[str], None]], Iterator[Stored]],
    plan: Plan,
    runner: str,
    out: Path,
    work: Path,
    manifest: Manifest,
    log: RunLog,
    summary: Summary,
    waiting: list[Problem],
    due: bool,
) -> tuple[list[_Report], dict[str, bytes]]:
    """The reports to make, and the tables and pages of lines, which enter the manifest.

    Nothing, where nothing that is `due` is covered.
    """
    reports: list[_Report] = []
    tables: dict[str, bytes] = {}
    present: set[str] = set()
    linked = {entry.organisation for entry in manifest.reports()}
    with steps() as step:
        for stored in stores(step):
            found = stored.found
            log(
                "derived" if stored.is_new else "kept",
                figures=f"{found.family.code} {found.period}",
            )
            summary.notes += [note for note in stored.notes if note not in summary.notes]
            present |= set(found.figures.frame["org_code"]) - {ENGLAND}
            made, csv, entry = _prepare(stored, plan, runner, out, work)
            reports += made
            tables[entry.path] = csv
            manifest.entries[entry.path] = entry
            linked |= {report.entry.organisation for report in made}
            for about, page in figure_pages(found, entry, manifest, linked, out):
                tables[about.path] = page
                manifest.entries[about.path] = about
    if due and not present:
        return [], {}
    _refuse_unknown(plan, present, waiting)
    about, dictionary = dictionary_file()
    tables[about.path] = dictionary
    manifest.entries[about.path] = about
    pages = [*map(organisation_page_path, linked), *(report.entry.path for report in reports)]
    refuse_outside(out, [INDEX, NAME, *tables, *pages])
    return reports, tables


def _wanted(plan: Plan, as_of: date | None) -> list[tuple[Family, list[Period]]]:
    """The families and periods of a run: the plan's, or what is due on a day."""
    families = [load_family(code) for code in plan.families]
    if as_of is None:
        return [(family, _periods_of(family, plan.periods)) for family in families]
    return [(family, periods_due(family.code, as_of)) for family in families]


def _refuse_unknown(plan: Plan, present: set[str], waiting: list[Problem]) -> None:
    """Raise InputError for a plan of which nothing is covered, UsageError for one that has no
    report, or an organisation of no family."""
    if not present and waiting:
        raise InputError(waiting)
    if not present:
        asked = ", ".join(str(period) for period in plan.periods)
        raise UsageError(f"no line of {', '.join(plan.families)} has a figure for {asked}")
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


def _prepare(
    stored: Stored,
    plan: Plan,
    runner: str,
    out: Path,
    work: Path,
) -> tuple[list[_Report], bytes, Entry]:
    """The tasks of one family and period, and its table of results."""
    publish = plan.mode == "publish"
    private = private_folder(out)
    found = stored.found
    folder = f"{found.family.code}/{found.period.in_paths}"
    notebook = notebook_of(found.family.code)
    released = _released(found)
    digest = _digest(found, notebook, released)
    present = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    wanted = [code for code in plan.organisations or present if code in present]
    # A code becomes a file name, so one from the data is checked like one from the plan.
    strange = [code for code in wanted if not re.fullmatch(CODE_PATTERN, code)]
    if strange or not present:
        raise InputError(
            Problem(found.source, "is not a code that a report can be named by", None, None, code)
            for code in strange or [ENGLAND]
        )
    reports = []
    for code in wanted:
        name = found.names.get(code) or ""
        path = f"{folder}/{code}.html"
        parameters: dict[str, str | None] = {
            "organisation": code,
            "period": str(found.period),
            "data": None,
            "released": str(stored.folder.resolve()),
        }
        heading = {
            "organisation": name or code,
            "code": code,
            "period": found.period.words,
            "home": "../../index.html",
            "explore": not publish,
            "publication": publication_block(plan.publication),
        }
        _refuse_undeclared(notebook, parameters)
        task = Task(
            notebook,
            parameters,
            heading,
            (work / STAGED / path).resolve(),
            private / "working",
            private / "failed" / folder / code,
            runner,
            SECONDS_PER_CELL,
        )
        fingerprint = hashlib.sha256(
            json.dumps([digest, code, heading, plan.publication], sort_keys=True).encode()
        ).hexdigest()
        entry = Entry(
            path,
            found.family.code,
            str(found.period),
            code,
            name,
            fingerprint,
            None,
            _in_short(found, code),
            released=released,
        )
        reports.append(_Report(task, entry, out / path))
    return reports, *_table(found, folder, released, publish)


def _table(found: Results, folder: str, released: str, publish: bool) -> tuple[bytes, Entry]:
    """The released results of the period as CSV, which says by its name if it is exploratory."""
    figures = found.figures.frame
    own = {line: str(found.period_of(line)) for line in figures["indicator"].unique()}
    rows = figures[figures["period"] == figures["indicator"].map(own)]
    content = as_csv(without_formulas(rows)).encode("utf-8")
    name = f"{folder.replace('/', '-')}.csv"
    path = f"{folder}/{name if publish else f'not-for-publication-{name}'}"
    digest = hashlib.sha256(content).hexdigest()
    code, period = found.family.code, str(found.period)
    entry = Entry(path, code, period, "", "", "", digest, kind="table", released=released)
    return content, entry


def notebook_of(family: str) -> Path:
    """The family's notebook: in its folder, packaged, or in the repository of the installation."""
    own = family_folders()[family].folder / "notebook.ipynb"
    packaged = Path(str(files("nhsind"))) / "notebooks" / f"{family}.ipynb"
    beside = Path(str(files("nhsind"))).parent / "notebooks" / f"{family}.ipynb"
    for path in (own, packaged, beside):
        if path.is_file():
            return path
    raise UsageError(f"there is no notebook for {family}")


def _refuse_undeclared(notebook: Path, parameters: dict[str, str | None]) -> None:
    """A parameter becomes code: only names that the notebook declares may be given."""
    declared = _declared(notebook)
    strange = [name for name in parameters if name not in declared]
    if strange:
        raise UsageError(f"{notebook.name} declares no parameter {', '.join(strange)}")


_DECLARED: dict[Path, set[str]] = {}


def _declared(notebook: Path) -> set[str]:
    if notebook not in _DECLARED:
        _DECLARED[notebook] = set(papermill.inspect_notebook(str(notebook)))
    return _DECLARED[notebook]


def _released(found: Results) -> str:
    """The SHA-256 of the released results: the figures with their history, steps, quality."""
    digest = hashlib.sha256()
    for table in (found.figures, found.steps, found.quality):
        digest.update(table.frame.to_csv(index=False).encode())
    digest.update(json.dumps([found.groups, found.regions], sort_keys=True).encode())
    return digest.hexdigest()


def _digest(found: Results, notebook: Path, released: str) -> str:
    """What a report is made from: library, notebook, released figures. No confidential input."""
    digest = hashlib.sha256(library_digest().encode())
    digest.update(notebook.read_bytes())
    digest.update(released.encode())
    digest.update(found.source.encode())
    return digest.hexdigest()


def _in_short(found: Results, organisation: str) -> str:
    """The first judged line of the family, for the index."""
    for code, line in found.family.indicators.items():
        row = found.figure(code, organisation)
        if row is None or line.kind == "count":
            continue
        verdict = verdict_words(row)
        ending = f", standard {verdict}" if verdict in ("met", "not met") else ""
        return f"{line.title}: {value_words(row)}{ending}"
    return ""


def _is_current(report: _Report, manifest: Manifest) -> bool:
    """Whether the published report was made from the same things and is still as it was."""
    known = manifest.entries.get(report.entry.path)
    return (
        known is not None
        and known.fingerprint == report.entry.fingerprint
        and known.sha256 is not None
        and report.final.is_file()
        and sha256(report.final) == known.sha256
    )


def _make(
    reports: list[_Report], jobs: int, scheduler: str | None, summary: Summary, log: RunLog
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


def _publish(
    reports: list[_Report],
    tables: dict[str, bytes],
    manifest: Manifest,
    plan: Plan,
    out: Path,
    staged: Path,
    summary: Summary,
) -> None:
    """Move everything into place: reports, tables, pages, manifest, index.

    All is rendered and written before the first file moves: what fails leaves what was there.
    """
    for report in reports:
        manifest.entries[report.entry.path] = replace(
            report.entry, sha256=_hash_of(report, manifest, summary)
        )
    known = glances(manifest, tables, out)
    for entry, page in organisation_pages(manifest, known, out):
        tables[entry.path] = page
        manifest.entries[entry.path] = entry
    page = index_page(manifest, known, plan.publication.get("title")).encode("utf-8")
    digest = hashlib.sha256(page).hexdigest()
    manifest.entries[INDEX] = Entry(INDEX, "", "", "", "", "", digest, kind="index")
    moves = [report.entry.path for report in reports if report.task.staged.is_file()]
    for path, content in (tables | {NAME: manifest.text.encode("utf-8"), INDEX: page}).items():
        if not (out / path).is_file() or (out / path).read_bytes() != content:
            write_whole(staged / path, content)
            moves.append(path)
    publish_together(moves, staged, out)
    if stale := manifest.stale():
        summary.notes.append(
            f"stale, and not linked, because the table beside them has other figures: {len(stale)} "
            "reports of other runs; run their plans again"
        )


def _hash_of(report: _Report, manifest: Manifest, summary: Summary) -> str | None:
    """The SHA-256 of a report as it will be published; None if it failed."""
    if report.task.staged.is_file():
        return sha256(report.task.staged)
    if report.entry.path in summary.failed:
        return None
    return manifest.entries[report.entry.path].sha256
