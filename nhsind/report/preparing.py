"""The reports of one family and period before they are made: tasks, fingerprints, the table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.definitions.catalogue import definition_digest, family_folders
from nhsind.definitions.statuses import Status
from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import ENGLAND
from nhsind.output import as_csv, without_formulas
from nhsind.release.policies import policy_name
from nhsind.release.results import Results
from nhsind.release.telling import PRECISION
from nhsind.report.embargo import banners
from nhsind.report.glance import TREND_PERIODS
from nhsind.report.kept import published
from nhsind.report.manifest import TABLE, Entry, Manifest
from nhsind.report.page import publication_block
from nhsind.report.paths import (
    DICTIONARY_NAME,
    ROOT,
    line_page_path,
    organisation_page_path,
    series_path,
    workbook_path,
)
from nhsind.report.plan import Plan
from nhsind.report.plan_file import CODE_PATTERN
from nhsind.report.publishing import STAGED, private_folder, sha256
from nhsind.report.revisions import Revisions
from nhsind.report.store import StoredResults
from nhsind.report.take_away import charts_beside
from nhsind.report.task import SECONDS_PER_CELL, Task
from nhsind.tables.cells import told_words, verdict_words
from nhsind.version import library_digest

# A name that is given a value, with or without its type.
PARAMETER = re.compile(r"^(\w+)\s*(?::[^=\n]*)?=", re.MULTILINE)


@dataclass
class Report:
    """One report of the run, before and after it is made."""

    task: Task
    entry: Entry
    out: Path

    @property
    def final(self) -> Path:
        """Where it is published."""
        return self.out / self.entry.path


def prepare(
    stored: StoredResults,
    plan: Plan,
    *,
    runner: str,
    out: Path,
    work: Path,
    manifest: Manifest,
    revisions: Revisions,
) -> tuple[list[Report], bytes, Entry]:
    """The tasks of one family and period, and its table of results, whose changes are noted."""
    publish = plan.mode == "publish"
    private = private_folder(out)
    found = stored.found
    folder = f"{found.family.code}/{found.period.in_paths}"
    notebook = notebook_of(found.family.code)
    released = _released(found)
    digest = _digest(found, notebook, released)
    present = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    stand_for: dict[str, list[str]] = {}
    for code in _asked(found, plan, present):
        stand_for.setdefault(found.standing_for(code), []).append(code)
    wanted = [code for code in stand_for if code in present]
    # A code becomes a file name, so one from the data is checked like one from the plan.
    strange = [code for code in wanted if not re.fullmatch(CODE_PATTERN, code)]
    if strange or not present:
        raise InputError(
            Problem(found.source, "is not a code that a report can be named by", None, None, code)
            for code in strange or [ENGLAND]
        )
    declared = parameters_of(notebook)
    content, table = _table(found, folder, released, publish)
    known = manifest.entries.get(table.path)
    before = published(known, out) if known and publish else None
    if before is not None:
        revisions.take(table, content, before, plan.publication)
    beside = _links(found, table.path, publish)
    own = _own(found)
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
        # A parameter becomes code: only names that the notebook declares may be given.
        if strange := [name for name in parameters if name not in declared]:
            raise UsageError(f"{notebook.name} declares no parameter {', '.join(strange)}")
        heading = {
            "organisation": name or code,
            "code": code,
            "period": found.period.words,
            "links": {
                name or code: [
                    (f"{ROOT}{organisation_page_path(code)}", "all indicators"),
                    (f"{ROOT}{organisation_page_path(code)}#reports", "reports of other periods"),
                ],
                **beside,
            },
            "home": "../../index.html",
            "explore": not publish,
            "publication": publication_block(plan.publication),
            "banners": banners(plan.publication),
            "revised": revisions.of(found.family.code, str(found.period), code),
            "charts": (path, plan.charts),
        }
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
            json.dumps(
                [
                    digest,
                    code,
                    heading,
                    plan.publication,
                    own(code),
                    repr((found.adjustments, found.peers, found.lacking)),
                ],
                sort_keys=True,
            ).encode()
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
            stands_for=", ".join(each for each in stand_for[code] if each != code),
        )
        reports.append(Report(task, entry, out))
    return reports, content, table


def _links(found: Results, table: str, publish: bool) -> dict[str, list[tuple[str, str]]]:
    """Where a report leads to besides its organisation, by kind: files and lines."""
    held = set(found.figures.frame["indicator"])
    periods = series_path(found.family.code)
    series = [
        (periods, "all periods as CSV"),
        (workbook_path(periods), "all periods as a workbook (XLSX)"),
    ]
    files = [
        (table, "all organisations as CSV"),
        (workbook_path(table), "as a workbook (XLSX)"),
        *(series if publish else []),
        (DICTIONARY_NAME, "what the columns hold"),
    ]
    lines = [
        (line_page_path(line.code, found.period), f"{line.title} ({line.code})")
        for line in found.family.indicators.values()
        if line.code in held
    ]
    return {
        "Figures": [(f"{ROOT}{path}", words) for path, words in files],
        "All organisations by indicator": [(f"{ROOT}{path}", words) for path, words in lines],
    }


def _asked(found: Results, plan: Plan, present: list[str]) -> list[str]:
    """The organisations that get a report: those named, those within another, or all."""
    if plan.within is None:
        return plan.organisations or present
    level, code = plan.within
    parents = {each: group[0] for each, group in found.groups.items()}
    above = parents if level == "stp" else found.region_codes
    return [each for each in present if above.get(each) == code]


def _table(found: Results, folder: str, released: str, publish: bool) -> tuple[bytes, Entry]:
    """The released results of the period as CSV, which says by its name if it is exploratory."""
    figures = found.figures.frame
    own = {line: str(found.period_of(line)) for line in figures["indicator"].unique()}
    rows = shown_figures(figures[figures["period"] == figures["indicator"].map(own)])
    content = as_csv(without_formulas(rows)).encode("utf-8")
    name = f"{folder.replace('/', '-')}.csv"
    path = f"{folder}/{name if publish else f'not-for-publication-{name}'}"
    digest = hashlib.sha256(content).hexdigest()
    code, period = found.family.code, str(found.period)
    policy = policy_name(found.figures.policy, found.family)
    entry = Entry(
        path, code, period, "", "", "", digest, kind=TABLE, released=released, policy=policy
    )
    return content, entry


def shown_figures(figures: pd.DataFrame) -> pd.DataFrame:
    """Released figures as a table of results has them."""
    # `status` says what the mark behind it made of a figure, `note` what rounding leaves open.
    shown = figures.drop(columns=["mark", *PRECISION], errors="ignore")
    # A note says what is behind a status that is not ok; pages say what else is to be said.
    return shown.assign(note=shown["note"].where(shown["status"] != Status.OK, ""))


def notebook_of(family: str) -> Path:
    """The family's notebook: in its folder, packaged, or in the repository of the installation."""
    own = family_folders()[family].folder / "notebook.ipynb"
    packaged = Path(str(files("nhsind"))) / "notebooks" / f"{family}.ipynb"
    beside = Path(str(files("nhsind"))).parent / "notebooks" / f"{family}.ipynb"
    for path in (own, packaged, beside):
        if path.is_file():
            return path
    raise UsageError(f"there is no notebook for {family}")


def parameters_of(notebook: Path) -> set[str]:
    """The names that a notebook's cell of parameters gives values to."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    tagged = (cell for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
    return set(PARAMETER.findall("".join(next(tagged, {"source": ""})["source"])))


def _released(found: Results) -> str:
    """The SHA-256 of what the pages of all organisations show: figures, recent ones, quality.

    Nothing else: a hash of figures that are not published would let anybody try them all.
    """
    figures = found.figures.frame
    shown = {
        (code, str(period))
        for code in found.family.indicators
        for period in found.periods(code)[-TREND_PERIODS:]
    }
    keys = zip(figures["indicator"], figures["period"], strict=True)
    digest = hashlib.sha256()
    for table in (figures[[key in shown for key in keys]], found.quality.frame):
        digest.update(table.to_csv(index=False).encode())
    digest.update(json.dumps([found.groups, found.regions], sort_keys=True).encode())
    return digest.hexdigest()


def _own(found: Results) -> Callable[[str], str]:
    """What only an organisation's own report shows: its whole history, and England's; its steps."""
    found.look_ahead(found.names.keys())
    england = repr(found.rows(ENGLAND))
    steps: dict[str, list[Any]] = {}
    for row in found.steps.frame.to_dict("records"):
        steps.setdefault(row["org_code"], []).append(row)
    return lambda code: f"{found.rows(code)}{england}{steps.get(code)}"


def _digest(found: Results, notebook: Path, released: str) -> str:
    """What a report is made from: library, definition, notebook, released figures.

    No confidential input.
    """
    digest = hashlib.sha256(library_digest().encode())
    digest.update(definition_digest(found.family.code).encode())
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
        return f"{line.title}: {told_words(row)}{ending}"
    return ""


def is_current(report: Report, manifest: Manifest) -> bool:
    """Whether the published report was made from the same things and is still as it was."""
    known = manifest.entries.get(report.entry.path)
    return (
        known is not None
        and known.fingerprint == report.entry.fingerprint
        and known.sha256 is not None
        and report.final.is_file()
        and sha256(report.final) == known.sha256
        and all(
            (report.out / chart.path).is_file() and sha256(report.out / chart.path) == chart.sha256
            for chart in charts_beside(report.entry.path, manifest)
        )
    )
