"""A run: derive once, release, make every report of the plan, publish them all, index last."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import papermill

from nhsind.api import refuse_if_strict
from nhsind.definition import load_family
from nhsind.errors import (
    EXIT_DIFFERENCES,
    EXIT_DONE,
    DisclosureError,
    InputError,
    Problem,
    UsageError,
    unknown,
)
from nhsind.family_results import Results, compute, save
from nhsind.geography import ENGLAND
from nhsind.inputs import Data, open_input
from nhsind.output import without_formulas
from nhsind.periods import parse_period
from nhsind.progress import steps
from nhsind.report.manifest import Entry, Manifest, read_manifest, write_manifest
from nhsind.report.page import render_index
from nhsind.report.plan import ORGANISATION_CODE, Plan, read_plan
from nhsind.report.publishing import (
    holding,
    move_into_place,
    private_folder,
    sha256,
    write_whole,
)
from nhsind.report.worker import RUNNERS, Task, make_report
from nhsind.tables import value_words, verdict_words
from nhsind.version import __version__

SECONDS_PER_REPORT = 300
PUBLICATION_WORDS = {
    "title": "Publication",
    "release_datetime": "Published",
    "contact": "Contact",
    "methodology": "Methodology",
    "revisions": "Revisions",
    "next_release": "Next release",
}
INDEX = "index.html"


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
    or data), UsageError, DisclosureError, HeldError; nothing published is then touched. A report
    that fails is named in the summary and the index.
    """
    plan = read_plan(parameters)
    chosen = runner or ("fork" if hasattr(os, "fork") else "kernel")
    if chosen not in RUNNERS:
        raise unknown("runner", chosen, RUNNERS)
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs must be 1 or more")
    summary = Summary(out)
    with holding(out) as work:
        private = private_folder(out)
        summary.private = private / "failed"
        shutil.rmtree(summary.private, ignore_errors=True)
        stores = private / "released"
        shutil.rmtree(stores, ignore_errors=True)
        try:
            # What a killed run had made is not this run's to publish.
            shutil.rmtree(work / "staged", ignore_errors=True)
            manifest = read_manifest(out)
            reports: list[_Report] = []
            tables: dict[str, bytes] = {}
            with steps() as step:
                for found in _derive(plan, data, strict, summary, step):
                    made, csv = _prepare(found, plan, chosen, out, work, private, stores)
                    reports += made
                    tables |= csv
            todo = [report for report in reports if force or not _is_current(report, manifest)]
            summary.up_to_date = len(reports) - len(todo)
            _make(todo, jobs or os.cpu_count() or 1, summary)
            _publish(reports, tables, manifest, plan, out, summary)
        finally:
            shutil.rmtree(stores, ignore_errors=True)
            shutil.rmtree(work / "staged", ignore_errors=True)
    return summary


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
        for period in plan.periods:
            step(f"deriving {code} {period}")
            yield compute(
                opened,
                period,
                plan.level or family.level,
                history=plan.history,
                explore=plan.mode == "explore",
                publication=plan.publication,
            )


def _prepare(
    found: Results,
    plan: Plan,
    runner: str,
    out: Path,
    work: Path,
    private: Path,
    stores: Path,
) -> tuple[list[_Report], dict[str, bytes]]:
    """The tasks of one family and period, their released store, and its table of results."""
    publish = plan.mode == "publish"
    if publish and not found.figures.publishable:
        raise DisclosureError(
            f"{found.family.code} has no disclosure policy with a source, so it cannot be published"
        )
    folder = f"{found.family.code}/{found.period.in_paths}"
    store = stores / folder
    save(found, store, check=publish)
    notebook = notebook_of(found.family.code)
    digest = _digest(found, notebook)
    present = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    wanted = plan.organisations or present
    missing = [code for code in wanted if code not in present]
    if missing:
        raise unknown(f"organisation of {found.family.code} {found.period}", missing[0], present)
    # A code becomes a file name, so one from the data is checked like one from the plan.
    strange = [code for code in wanted if not ORGANISATION_CODE.fullmatch(code)]
    if strange or not wanted:
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
            (work / "staged" / path).resolve(),
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
        )
        reports.append(_Report(task, entry, out / path))
    figures = found.figures.frame
    rows = figures[figures["period"] == str(found.period)]
    text = without_formulas(rows).to_csv(index=False, lineterminator="\n")
    csv_path = f"{folder}/{folder.replace('/', '-')}.csv"
    return reports, {csv_path: text.encode("utf-8")}


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


def _digest(found: Results, notebook: Path) -> str:
    """What a report is made from: library, notebook, released figures. No confidential input."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(str(files("nhsind")))
    for ending in ("*.py", "*.toml", "*.j2", "*.css"):
        for path in sorted(package.rglob(ending)):
            digest.update(path.read_bytes())
    digest.update(notebook.read_bytes())
    for table in (found.figures, found.steps, found.quality):
        digest.update(table.frame.to_csv(index=False).encode())
    digest.update(json.dumps(found.groups, sort_keys=True).encode())
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
    running: dict[Any, tuple[_Report, Any, float]] = {}
    waiting = list(reversed(reports))
    try:
        with steps(len(reports)) as step:
            while waiting or running:
                while waiting and len(running) < jobs:
                    report = waiting.pop()
                    report.task.staged.unlink(missing_ok=True)
                    here, there = context.Pipe(duplex=False)
                    theirs, ours = context.Pipe(duplex=False)
                    process = context.Process(target=make_report, args=(report.task, there, theirs))
                    with _without_main():
                        process.start()
                    there.close()
                    theirs.close()
                    process.runner_lives = ours  # closed with this process, however it ends
                    running[here] = (report, process, time.monotonic() + SECONDS_PER_REPORT)
                soonest = min(limit for _, _, limit in running.values())
                ready = wait(list(running), timeout=max(0.0, soonest - time.monotonic()))
                late = [
                    pipe for pipe, (_, _, limit) in running.items() if limit <= time.monotonic()
                ]
                for pipe in {*ready, *late}:
                    report, process, _ = running.pop(pipe)
                    reason = _answer(pipe, process, pipe in ready)
                    if reason is not None:
                        summary.failed[report.entry.path] = reason
                    else:
                        summary.made += 1
                    step(report.entry.path)
    finally:
        for _, process, _ in running.values():
            _end(process)


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes must not run the caller's script again, whether or not it guards its main part."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _answer(pipe: Any, process: Any, is_ready: bool) -> str | None:
    """Why a report failed, or None if it was made."""
    if not is_ready:
        _end(process)
        return f"took longer than {SECONDS_PER_REPORT} seconds"
    try:
        state, reason = pipe.recv()
    except EOFError:
        process.join()
        _end(process)
        return f"its process ended with status {process.exitcode}"
    process.join(timeout=10)
    _end(process)
    return None if state == "done" else str(reason)


def _end(process: Any) -> None:
    """End a report's process with everything it started."""
    if process.pid is None:
        return
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.join()


def _publish(
    reports: list[_Report],
    tables: dict[str, bytes],
    manifest: Manifest,
    plan: Plan,
    out: Path,
    summary: Summary,
) -> None:
    """Move every made report into place, then the tables, then manifest and index."""
    for report in reports:
        entry = report.entry
        if report.task.staged.is_file():
            digest = sha256(report.task.staged)
            move_into_place(report.task.staged, report.final)
        elif entry.path in summary.failed:
            digest = None
        else:
            digest = manifest.entries[entry.path].sha256
        manifest.entries[entry.path] = Entry(**{**entry.__dict__, "sha256": digest})
    for path, content in tables.items():
        if not (out / path).is_file() or (out / path).read_bytes() != content:
            write_whole(out / path, content)
        family, period = path.split("/")[:2]
        manifest.entries[path] = Entry(
            path, family, period, "", "", "", hashlib.sha256(content).hexdigest(), kind="table"
        )
    page = _index(manifest, plan)
    encoded = page.encode("utf-8")
    manifest.entries[INDEX] = Entry(
        INDEX, "", "", "", "", "", hashlib.sha256(encoded).hexdigest(), kind="index"
    )
    write_manifest(out, manifest)
    write_whole(out / INDEX, encoded)


def _index(manifest: Manifest, plan: Plan) -> str:
    groups = []
    rows = pd.DataFrame([entry.__dict__ for entry in manifest.reports()])
    entries = manifest.reports()
    for family, period in rows[["family", "period"]].drop_duplicates().itertuples(index=False):
        folder = f"{family}/{parse_period(period).in_paths}"
        name = f"{folder.replace('/', '-')}.csv"
        groups.append(
            {
                "id": f"{family}-{period}".lower().replace("/", "-"),
                "heading": f"{load_family(family).title}, {_period_words(period)}",
                "csv": f"{folder}/{name}",
                "csv_name": name,
                "entries": [
                    entry for entry in entries if (entry.family, entry.period) == (family, period)
                ],
            }
        )
    title = plan.publication.get("title") or "NHS performance indicators: reports"
    missing = [entry for entry in entries if entry.sha256 is None]
    return render_index(
        title=title,
        groups=groups,
        count=len(entries),
        missing=missing,
        explore=plan.mode == "explore",
    )


def _period_words(text: str) -> str:
    return parse_period(text).words
