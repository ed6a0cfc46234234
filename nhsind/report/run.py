"""A run: derive once, release, make every report of the plan, publish them all, index last."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.resources import files
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import Any

import papermill

from nhsind.api import refuse_if_strict
from nhsind.charts import national_layers
from nhsind.definition import Family, load_family
from nhsind.errors import (
    EXIT_DIFFERENCES,
    EXIT_DONE,
    DisclosureError,
    InputError,
    NhsindError,
    Problem,
    UsageError,
    unknown,
)
from nhsind.family_results import LAYERS, Results, compute, own_kind, save
from nhsind.geography import ENGLAND
from nhsind.inputs import Data, open_input
from nhsind.output import without_formulas
from nhsind.periods import Period, month_of
from nhsind.progress import steps
from nhsind.report.index import index_page
from nhsind.report.manifest import INDEX, NAME, Entry, Manifest, mode_of, read_manifest
from nhsind.report.plan import ORGANISATION_CODE, Plan, read_plan
from nhsind.report.publishing import (
    STAGED,
    holding,
    private_folder,
    publish_together,
    refuse_outside,
    sha256,
    write_whole,
)
from nhsind.report.worker import RUNNERS, Task, make_report
from nhsind.tables import value_words, verdict_words
from nhsind.version import __version__

SECONDS_PER_REPORT = 300
SECONDS_TO_END = 10
PUBLICATION_WORDS = {
    "title": "Publication",
    "release_datetime": "Published",
    "contact": "Contact",
    "methodology": "Methodology",
    "revisions": "Revisions",
    "next_release": "Next release",
}


@dataclass
class Summary:
    """What a run did."""

    out: Path
    made: int = 0
    up_to_date: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    private: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0, or 1 if a report failed."""
        return EXIT_DIFFERENCES if self.failed else EXIT_DONE

    @property
    def words(self) -> str:
        """For the person or the log that started the run."""
        lines = [*self.notes]
        lines.append(f"{self.made} reports made, {self.up_to_date} were up to date")
        if self.failed:
            lines.append(f"{len(self.failed)} reports failed; notebooks and logs: {self.private}")
            lines += [f"  {name}: {reason}" for name, reason in self.failed.items()]
        lines.append(f"the reports are in {self.out / INDEX}")
        return "\n".join(lines)


@dataclass
class _Report:
    """One report of the run, before and after it is made."""

    task: Task
    entry: Entry
    final: Path


@dataclass
class _Running:
    """A report's process. It ends, with all that it started, when `lives` is closed."""

    report: _Report
    process: Any
    lives: Any
    limit: float


def run(
    parameters: Path,
    data: Data | None = None,
    out: Path = Path("reports"),
    jobs: int | None = None,
    runner: str | None = None,
    force: bool = False,
    strict: bool = False,
) -> Summary:
    """Publish the reports of a plan; see `nhsind run --help`.

    `data` replaces the plan's. Everything is checked, derived and released before the first
    report runs, and every report is made before the first is published. Raises InputError (plan
    or data), UsageError, DisclosureError, HeldError, and NhsindError where the system does not let
    it write; nothing published is then touched. A report that fails is named in the summary and
    the index.
    """
    plan = read_plan(parameters)
    chosen = runner or ("fork" if hasattr(os, "fork") else "kernel")
    if chosen not in RUNNERS:
        raise unknown("runner", chosen, RUNNERS)
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs must be 1 or more")
    summary = Summary(out)
    with _told_in_a_line(out), holding(out) as work:
        _refuse_other_mode(out, plan.mode)
        private = private_folder(out)
        summary.private = private / "failed"
        staged = work / STAGED
        # What a killed run had made is not this run's to publish.
        for folder in (private, staged):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        try:
            manifest = replace(read_manifest(out), mode=plan.mode)
            reports: list[_Report] = []
            tables: dict[str, bytes] = {}
            with steps() as step:
                present: set[str] = set()
                for found in _derive(plan, data, strict, summary, step):
                    present |= set(found.figures.frame["org_code"]) - {ENGLAND}
                    made, csv, entry = _prepare(found, plan, chosen, out, work, private)
                    reports += made
                    tables[entry.path] = csv
                    manifest.entries[entry.path] = entry
            _refuse_unknown(plan, present)
            refuse_outside(out, [INDEX, NAME, *tables, *(report.entry.path for report in reports)])
            todo = [report for report in reports if force or not _is_current(report, manifest)]
            summary.up_to_date = len(reports) - len(todo)
            _make(todo, jobs or os.cpu_count() or 1, summary)
            _publish(reports, tables, manifest, plan, out, staged, summary)
        finally:
            for folder in (private / "released", private / "working", staged):
                shutil.rmtree(folder, ignore_errors=True)
    return summary


def _refuse_unknown(plan: Plan, present: set[str]) -> None:
    """Raise UsageError for a plan that has no report, or an organisation of no family."""
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


def _derive(
    plan: Plan, data: Data | None, strict: bool, summary: Summary, step: Any
) -> Iterator[Results]:
    for code in plan.families:
        family = load_family(code)
        step(f"reading {code}")
        opened = open_input(family, data if data is not None else plan.data, level=plan.level)
        if strict:
            refuse_if_strict(opened.findings, family.indicators)
        summary.notes += opened.notes
        for period in _periods_of(family, plan.periods):
            step(f"deriving {code} {period}")
            yield compute(
                opened,
                period,
                plan.level or opened.own_level,
                history=plan.history,
                explore=plan.mode == "explore",
                publication=plan.publication,
            )


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
    found: Results,
    plan: Plan,
    runner: str,
    out: Path,
    work: Path,
    private: Path,
) -> tuple[list[_Report], bytes, Entry]:
    """The tasks of one family and period, their released store, and its table of results."""
    publish = plan.mode == "publish"
    if publish and not found.figures.publishable:
        raise DisclosureError(
            f"{found.family.code} has no disclosure policy with a source, so it cannot be published"
        )
    folder = f"{found.family.code}/{found.period.in_paths}"
    store = private / "released" / folder
    save(found, store, check=publish)
    (store / LAYERS).write_text(json.dumps(national_layers(found)), "utf-8")
    notebook = notebook_of(found.family.code)
    released = _released(found)
    digest = _digest(found, notebook, released)
    present = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    wanted = [code for code in plan.organisations or present if code in present]
    # A code becomes a file name, so one from the data is checked like one from the plan.
    strange = [code for code in wanted if not ORGANISATION_CODE.fullmatch(code)]
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
            "released": str(store.resolve()),
        }
        heading = {
            "organisation": name or code,
            "code": code,
            "period": found.period.words,
            "home": "../../index.html",
            "explore": not publish,
            "publication": [
                (words, plan.publication[key])
                for key, words in PUBLICATION_WORDS.items()
                if key in plan.publication
            ],
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
    content = without_formulas(rows).to_csv(index=False, lineterminator="\n").encode("utf-8")
    name = f"{folder.replace('/', '-')}.csv"
    path = f"{folder}/{name if publish else f'not-for-publication-{name}'}"
    digest = hashlib.sha256(content).hexdigest()
    code, period = found.family.code, str(found.period)
    entry = Entry(path, code, period, "", "", "", digest, kind="table", released=released)
    return content, entry


def notebook_of(family: str) -> Path:
    """The family's notebook: packaged, or in the repository that nhsind is installed from."""
    packaged = Path(str(files("nhsind"))) / "notebooks" / f"{family}.ipynb"
    beside = Path(str(files("nhsind"))).parent / "notebooks" / f"{family}.ipynb"
    for path in (packaged, beside):
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
    digest.update(json.dumps(found.groups, sort_keys=True).encode())
    return digest.hexdigest()


def _digest(found: Results, notebook: Path, released: str) -> str:
    """What a report is made from: library, notebook, released figures. No confidential input."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(str(files("nhsind")))
    for ending in ("*.py", "*.toml", "*.j2", "*.css"):
        for path in sorted(package.rglob(ending)):
            digest.update(path.read_bytes())
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


def _make(reports: list[_Report], jobs: int, summary: Summary) -> None:
    """Run one process per report, `jobs` at a time; whatever a report starts ends with it."""
    method = "forkserver" if hasattr(os, "fork") else "spawn"
    context: Any = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["nhsind.report.worker"])
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    running: dict[Any, _Running] = {}
    waiting = list(reversed(reports))
    try:
        with steps(len(reports)) as step:
            while waiting or running:
                while waiting and len(running) < jobs:
                    answer, started = _start(waiting.pop(), context)
                    running[answer] = started
                soonest = min(each.limit for each in running.values())
                ready = wait(list(running), timeout=max(0.0, soonest - time.monotonic()))
                now = time.monotonic()
                late = [answer for answer, each in running.items() if each.limit <= now]
                for answer in {*ready, *late}:
                    path = running[answer].report.entry.path
                    reason = _answer(answer, running[answer], answer in ready)
                    del running[answer]
                    if reason is not None:
                        summary.failed[path] = reason
                    else:
                        summary.made += 1
                    step(path)
    finally:
        for each in running.values():
            each.lives.close()
        for each in running.values():
            _end(each)


def _start(report: _Report, context: Any) -> tuple[Any, _Running]:
    """Start a report's process; gives the pipe that its answer comes by."""
    report.task.staged.unlink(missing_ok=True)
    answer, theirs = context.Pipe(duplex=False)
    watched, lives = context.Pipe(duplex=False)  # closed with this process, however it ends
    process = context.Process(target=make_report, args=(report.task, theirs, watched))
    with _without_main():
        process.start()
    theirs.close()
    watched.close()
    return answer, _Running(report, process, lives, time.monotonic() + SECONDS_PER_REPORT)


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes must not run the caller's script again, whether or not it guards its main part."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _answer(answer: Any, running: _Running, is_ready: bool) -> str | None:
    """Why a report failed, or None if it was made. Raises NhsindError if it cannot be written."""
    state, reason = "failed", f"took longer than {SECONDS_PER_REPORT} seconds"
    if is_ready:
        try:
            state, reason = answer.recv()
            running.process.join(SECONDS_TO_END)
        except EOFError:
            running.process.join(SECONDS_TO_END)
            reason = f"its process ended with status {running.process.exitcode}"
    _end(running)
    if state == "unwritable":
        raise NhsindError(f"{reason}; nothing was published")
    return None if state == "done" else reason


def _end(running: _Running) -> None:
    """End a report's process with everything it started."""
    running.lives.close()
    process = running.process
    process.join(SECONDS_TO_END)
    if process.exitcode is None:
        with suppress(ProcessLookupError):
            process.kill()
        process.join()


def _publish(
    reports: list[_Report],
    tables: dict[str, bytes],
    manifest: Manifest,
    plan: Plan,
    out: Path,
    staged: Path,
    summary: Summary,
) -> None:
    """Move everything into place: reports, tables, manifest, index.

    All is rendered and written before the first file moves: what fails leaves what was there.
    """
    for report in reports:
        manifest.entries[report.entry.path] = replace(
            report.entry, sha256=_hash_of(report, manifest, summary)
        )
    page = index_page(manifest, plan.publication.get("title")).encode("utf-8")
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
