"""The pages around the reports: one for each organisation, one for each line and period.

A run makes the pages of its own lines from the released figures, and the pages of organisations
from what lies in the output folder: every family and period at a glance, whichever run published
it. Only what the manifest vouches for is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from nhsind.charts import chart
from nhsind.charts.lettering import clean
from nhsind.charts.national import layer
from nhsind.charts.ranked import ranked_layer
from nhsind.charts.sparkline import sparkline
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.output_columns import data_dictionary
from nhsind.definitions.statuses import Mark, mark_notes
from nhsind.geography import ENGLAND
from nhsind.output import as_csv
from nhsind.periods import Period
from nhsind.release.results import Results
from nhsind.report.glance import (
    MET,
    NOT_MET,
    UNJUDGED,
    Glance,
    GlanceFigure,
    GlanceLine,
    Place,
    glance_of,
    read_glance,
)
from nhsind.report.manifest import DICTIONARY, GLANCE, PAGE, WORKBOOK, Entry, Manifest
from nhsind.report.page import publication_block, render_site_page
from nhsind.report.workbook import workbook
from nhsind.tables.cells import interval_words, standard_words, value_words
from nhsind.version import library_digest

MISSING = "missing: the report could not be made"
DICTIONARY_NAME = "data-dictionary.csv"
STALE = "stale: the report shows other figures than the file beside it"
# A page and the manifest's entry for it.
Made = tuple[Entry, bytes]


def organisation_page_path(code: str) -> str:
    """Where the page of an organisation lies in the output folder."""
    return f"organisations/{code}.html"


def line_page_path(code: str, period: Period) -> str:
    """Where the page of a line lies for the period that its family is published for."""
    return f"indicators/{code}/{period.in_paths}.html"


def workbook_path(table: str) -> str:
    """Where the workbook lies whose figures are also in a CSV."""
    return f"{table.removesuffix('.csv')}.xlsx"


# The pages of a family and period ----------------------------------------------------------------


def figure_pages(
    found: Results, table: Entry, manifest: Manifest, linked: set[str], out: Path
) -> list[Made]:
    """The family and period as a workbook and at a glance, and the page of each of its lines.

    `table`: the entry of the CSV beside them. `linked`: the organisations that have a page. What
    was published from the same figures is kept.
    """
    explore = manifest.mode == "explore"
    parts = [library_digest(), table.released, sorted(found.publication.items()), sorted(linked)]
    fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    held = set(found.figures.frame["indicator"])
    path = f"{table.path.removesuffix('.csv')}.json"
    glance = _kept(path, fingerprint, manifest, out)
    if glance is None:
        glance = glance_of(found, table.released).text.encode("utf-8")
    made = [(_entry(path, GLANCE, glance, table, fingerprint), glance)]
    path = workbook_path(table.path)
    book = _kept(path, fingerprint, manifest, out)
    if book is None:
        book = workbook(found, explore)
    made.append((_entry(path, WORKBOOK, book, table, fingerprint), book))
    for line in found.family.indicators.values():
        if line.code not in held:
            continue
        path = line_page_path(line.code, found.period)
        page = _kept(path, fingerprint, manifest, out)
        if page is None:
            page = _line_page(found, line, table.path, linked, explore)
        made.append((_entry(path, PAGE, page, table, fingerprint), page))
    return made


def dictionary_file() -> Made:
    """What the columns of all tables hold; the same in every folder."""
    families = [load_family(code) for code in family_codes()]
    content = as_csv(data_dictionary(families)).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    return Entry(DICTIONARY_NAME, "", "", "", "", "", digest, kind=DICTIONARY), content


def _kept(path: str, fingerprint: str, manifest: Manifest, out: Path) -> bytes | None:
    """A published file that was made from the same things and is still as it was."""
    known = manifest.entries.get(path)
    if known is None or known.fingerprint != fingerprint:
        return None
    return _published(known, out)


def _published(entry: Entry, out: Path) -> bytes | None:
    """A published file as the manifest vouches for it."""
    try:
        content = (out / entry.path).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == entry.sha256 else None


def _entry(path: str, kind: str, content: bytes, like: Entry, fingerprint: str) -> Entry:
    digest = hashlib.sha256(content).hexdigest()
    return Entry(
        path, like.family, like.period, "", "", fingerprint, digest, "", kind, like.released
    )


def _line_page(found: Results, line: Indicator, csv: str, linked: set[str], explore: bool) -> bytes:
    """All organisations by one line: the spread as a chart, and every figure as a table."""
    period = found.period_of(line.code)
    drawn = chart("spread", found, line.code)
    entries = layer(found, "ranked", line.code, ranked_layer)["entries"]
    rows = [
        {
            "name": clean(found.names.get(each["org"]) or "") or each["org"],
            "page": organisation_page_path(each["org"]) if each["org"] in linked else "",
            "place": place,
            "value": each["cells"][0],
            "interval": each["cells"][1],
            "verdict": each["cells"][2],
        }
        for each, place in zip(entries, _places(entries), strict=True)
    ]
    national = found.figure(line.code, ENGLAND)
    standard = line.standard(period, found.level)
    first = found.figure(line.code, entries[0]["org"]) if entries else None
    words = "none"
    if standard is not None and standard.is_own:
        words = "each organisation has its own"
    elif first is not None:
        words = standard_words(standard, first)
    if words == "none":
        for row in rows:
            row["verdict"] = UNJUDGED
    verdicts = [row["verdict"] for row in rows]
    page = render_site_page(
        "indicator.html.j2",
        explore,
        title=f"{line.title}, {period.words}",
        code=line.code,
        counted=_counted(line),
        england=Mark.NOT_AVAILABLE if national is None else _england_words(found, line),
        standard=words,
        met=verdicts.count(MET),
        judged=verdicts.count(MET) + verdicts.count(NOT_MET),
        figure=Markup(drawn.figure),
        table=f"{drawn.table.caption}, highest value first",
        rows=rows,
        notes=mark_notes(cell for row in rows for cell in row.values()),
        csv=csv,
        csv_name=csv.rpartition("/")[2],
        workbook=workbook_path(csv),
        dictionary=DICTIONARY_NAME,
        publication=publication_block(found.publication),
    )
    return page.encode("utf-8")


def _counted(line: Indicator) -> list[tuple[str, str]]:
    """What the line's figures are, in its own words."""
    if line.denominator_in_words is None:
        return [("Count", line.numerator_in_words)]
    return [("Numerator", line.numerator_in_words), ("Denominator", line.denominator_in_words)]


def _england_words(found: Results, line: Indicator) -> str:
    row = found.figure(line.code, ENGLAND)
    assert row is not None
    interval = interval_words(row)
    known = interval if not interval.startswith("[") else ""
    return f"{value_words(row)}{f' (95% interval {known})' if known else ''}"


def _places(entries: Sequence[dict[str, Any]]) -> list[str]:
    """The place of each by value; those of the same value share one, those without have none."""
    places: list[str] = []
    first: dict[float, int] = {}
    for place, each in enumerate(entries, 1):
        if each["value"] is None:
            places.append(Mark.NOT_APPLICABLE)
            continue
        places.append(str(first.setdefault(each["value"], place)))
    return places


# The pages of organisations -----------------------------------------------------------------------


def glances(manifest: Manifest, new: dict[str, bytes], out: Path) -> dict[str, Glance]:
    """Every family and period at a glance, by folder: of this run (`new`), else as published."""
    found = {}
    for entry in sorted(manifest.entries.values(), key=lambda each: each.path):
        if entry.kind != GLANCE:
            continue
        content = new.get(entry.path) or _published(entry, out)
        try:
            if content is not None:
                found[entry.folder] = read_glance(content.decode("utf-8"))
        except ValueError:
            continue  # of another version of nhsind, or none: as good as not there
    return found


def organisation_pages(manifest: Manifest, known: dict[str, Glance], out: Path) -> list[Made]:
    """The page of every organisation that has a report, from all that is published.

    What was published from the same things is kept.
    """
    explore = manifest.mode == "explore"
    reports = sorted(manifest.reports(), key=lambda entry: entry.organisation)
    stale = {entry.path for entry in manifest.stale()}
    newest = sorted(
        known.items(), key=lambda item: (item[1].when.end, item[1].when.months), reverse=True
    )
    pages = []
    for code, entries in groupby(reports, key=lambda entry: entry.organisation):
        mine = list(entries)
        path = organisation_page_path(code)
        states = [(entry.path, report_state(entry, stale)["gap"]) for entry in mine]
        shown = [(folder, each.released, each.publication) for folder, each in newest]
        parts = [library_digest(), explore, mine[-1].name, states, shown]
        fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        content = _kept(path, fingerprint, manifest, out)
        if content is None:
            content = _organisation_page(code, mine, stale, newest, explore).encode("utf-8")
        digest = hashlib.sha256(content).hexdigest()
        pages.append((Entry(path, "", "", code, "", fingerprint, digest, kind=PAGE), content))
    return pages


def _organisation_page(
    code: str,
    reports: list[Entry],
    stale: set[str],
    newest: list[tuple[str, Glance]],
    explore: bool,
) -> str:
    entries = {entry.folder: entry for entry in reports}
    shown = [(folder, each) for folder, each in newest if code in each.organisations]
    place = shown[0][1].organisations[code] if shown else Place(reports[-1].name or code)
    sections: dict[str, dict[str, Any]] = {}
    lines: dict[str, set[str]] = {}
    for folder, glance in shown:
        section = sections.setdefault(glance.family, _section(folder, glance, entries, stale))
        held = lines.setdefault(glance.family, set())
        for line in glance.lines:
            if code in line.figures and line.code not in held:
                held.add(line.code)
                section["lines"].append(_row(line, line.figures[code], glance))
    ordered = sorted(sections.values(), key=lambda section: str(section["words"]))
    for section in ordered:
        section["notes"] = mark_notes(
            cell
            for line in section["lines"]
            for cell in (line["figure"].value, line["verdict"], line["figure"].change)
        )
    own = {section["folder"] for section in ordered}
    rows = [line for section in ordered for line in section["lines"]]
    judged = [line for line in rows if line["figure"].verdict in (MET, NOT_MET)]
    others = [entry for folder, entry in entries.items() if folder not in own]
    words = {folder: glance.words for folder, glance in newest}
    return render_site_page(
        "organisation.html.j2",
        explore,
        title=f"{place.name}: all indicators",
        name=place.name,
        code=code,
        areas=[area for area in (place.group, place.region) if area],
        judged=len(judged),
        missed=[line for line in judged if line["figure"].verdict == NOT_MET],
        sections=ordered,
        others=[
            {"words": words.get(entry.folder, entry.folder)} | report_state(entry, stale)
            for entry in others
        ],
        publications=publications(each for folder, each in shown),
    )


def _section(
    folder: str, glance: Glance, entries: dict[str, Entry], stale: set[str]
) -> dict[str, Any]:
    entry = entries.get(folder)
    state = {"report": "", "gap": "There is no report of this organisation."}
    if entry is not None:
        state = report_state(entry, stale)
        state["gap"] = f"The report is {state['gap']}." if state["gap"] else ""
    return {
        "id": folder.lower().replace("/", "-"),
        "folder": folder,
        "words": glance.words,
        "period": glance.when.words,
        "lines": [],
        **state,
    }


def report_state(entry: Entry, stale: set[str]) -> dict[str, str]:
    """The path of a report to be linked, or why it is not."""
    if entry.sha256 is None:
        return {"report": "", "gap": MISSING}
    if entry.path in stale:
        return {"report": "", "gap": STALE}
    return {"report": entry.path, "gap": ""}


def _row(line: GlanceLine, figure: GlanceFigure, glance: Glance) -> dict[str, Any]:
    words = f"Trend of {line.title}, {figure.trend_words}."
    if figure.limit is not None:
        words += f" The standard is {figure.standard}."
    aims = [figure.standard] if figure.verdict != UNJUDGED else []
    verdicts = [figure.verdict] if aims else []
    if figure.plan:
        aims.append(f"plan {figure.plan}")
        verdicts.append(f"plan {figure.plan_verdict}" if figure.plan_verdict else "plan not judged")
    return {
        "id": f"line-{line.code}",
        "code": line.code,
        "title": line.title,
        "period": line.period_words,
        "page": line_page_path(line.code, glance.when),
        "england": line.england,
        "figure": figure,
        "standard": "; ".join(aims) or "none",
        "verdict": "; ".join(verdicts) or figure.verdict,
        "spark": Markup(sparkline(figure.trend, figure.limit, words)),
    }


def publications(
    found: Iterable[Glance],
) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """What the publications on a page say of themselves, each with the families it holds."""
    blocks: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for glance in found:
        key = json.dumps(sorted(glance.publication.items()))
        titles, _ = blocks.setdefault(key, ([], publication_block(glance.publication)))
        if glance.words not in titles:
            titles.append(glance.words)
    return [(sorted(titles), block) for titles, block in blocks.values() if block]
