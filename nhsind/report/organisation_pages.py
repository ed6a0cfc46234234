"""The pages of organisations: every family and period at a glance, whichever run published it.

They are made from what lies in the output folder; only what the manifest vouches for is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from nhsind.charts.first_read import sign_of
from nhsind.charts.grid import Placed, briefly, grid, icons_of
from nhsind.charts.lettering import clean
from nhsind.charts.sparkline import sparkline
from nhsind.definitions.statuses import mark_notes
from nhsind.geography import ENGLAND
from nhsind.narrative.wording import listed, sentence
from nhsind.release.telling import TOO_COARSE
from nhsind.report.glance import (
    MET,
    NOT_MET,
    UNJUDGED,
    Glance,
    GlanceFigure,
    GlanceLine,
    NamedOrganisation,
    read_glance,
)
from nhsind.report.kept import Made, kept, published
from nhsind.report.linked import Linked, linked_reports, report_state
from nhsind.report.manifest import GLANCE, PAGE, WORD, Entry, Manifest
from nhsind.report.organisation_words import OF_CHANGES, Doubt, doubts, verdicts_words
from nhsind.report.page import render_site_page
from nhsind.report.paths import line_page_path, organisation_page_path, word_path
from nhsind.report.publications import banners_of, publications
from nhsind.report.word import document
from nhsind.version import library_digest

COARSE = "too coarse to tell"
NO_REPORT = "There is no report of this organisation."


@dataclass(frozen=True)
class _Line:
    """A line of an organisation at a glance, as its page shows it."""

    id: str
    code: str
    title: str
    period: str
    page: str
    england: str
    figure: GlanceFigure
    standard: str
    verdict: str
    spark: Markup
    icons: Markup
    standing: str
    sign: Markup


@dataclass(frozen=True)
class _Section:
    """A family on an organisation's page; `report`: its path, or `gap`: why there is none.

    `beside`: what the total is called that stands beside its figures; empty where none does.
    """

    id: str
    folder: str
    title: str
    words: str
    period: str
    lines: tuple[_Line, ...]
    report: str
    gap: str
    rule: str
    unusual: tuple[Doubt, ...]
    beside: str

    @property
    def notes(self) -> tuple[str, ...]:
        """An explanation of each mark that stands in the section."""
        return mark_notes(
            cell
            for line in self.lines
            for cell in (line.figure.value, line.verdict, line.figure.change)
            + ((line.england,) if self.beside else ())
        )


def _rules(sections: Sequence[_Section]) -> Iterator[str]:
    """How counts are shown, with the parts of the page that this is so of."""
    of: dict[str, list[str]] = {}
    for section in sections:
        if section.rule:
            of.setdefault(section.rule, []).append(section.title)
    for rule, parts in of.items():
        yield f"{listed(list(dict.fromkeys(parts)))}: {rule[0].lower()}{rule[1:]}"


def glances(manifest: Manifest, new: dict[str, bytes], out: Path) -> dict[str, Glance]:
    """Every family and period at a glance, by folder: of this run (`new`), else as published."""
    found = {}
    for entry in sorted(manifest.entries.values(), key=lambda each: each.path):
        if entry.kind != GLANCE:
            continue
        content = new.get(entry.path) or published(entry, out)
        try:
            if content is not None:
                found[entry.folder] = read_glance(content.decode("utf-8"))
        except ValueError:
            continue  # of another version of nhsind, or none: as good as not there
    return found


def organisation_pages(
    manifest: Manifest, known: dict[str, Glance], out: Path, word: bool = False
) -> list[Made]:
    """The page of every organisation that has a report, from all that is published.

    `word`: also as Word files. What was published from the same things is kept.
    """
    explore = manifest.mode == "explore"
    word = word and not explore  # figures that are not released are not handed on
    reports = sorted(manifest.reports(), key=lambda entry: entry.organisation)
    stale = {entry.path for entry in manifest.stale()}
    newest = sorted(
        known.items(), key=lambda item: (item[1].when.end, item[1].when.months), reverse=True
    )
    told = [
        (folder, each.released, hashlib.sha256(each.text.encode("utf-8")).hexdigest())
        for folder, each in newest
    ]
    linked = linked_reports(manifest)
    pages = []
    owned = [
        (code, list(held)) for code, held in groupby(reports, key=lambda entry: entry.organisation)
    ]
    if has_national(known.values()):
        owned.append((ENGLAND, []))
    for code, mine in owned:
        path = organisation_page_path(code)
        states = [(entry.path, report_state(entry, stale)["gap"]) for entry in mine]
        parts = [library_digest(), explore, word, [entry.name for entry in mine[-1:]], states, told]
        parts += [sorted(linked.items())] if code == ENGLAND else []
        fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        wanted = {path: PAGE} | ({word_path(code): WORD} if word else {})
        held = {each: kept(each, fingerprint, manifest, out) for each in wanted}
        if None in held.values():
            shown = _organisation_content(
                code, mine, stale=stale, newest=newest, linked=linked, word=word
            )
            page = render_site_page("organisation.html.j2", explore, **shown)
            held = {path: page.encode("utf-8")}
            if word:
                held[word_path(code)] = document(shown)
        for each, content in held.items():
            assert content is not None
            digest = hashlib.sha256(content).hexdigest()
            entry = Entry(each, "", "", code, "", fingerprint, digest, kind=wanted[each])
            pages.append((entry, content))
    return pages


def has_national(known: Iterable[Glance]) -> bool:
    """Whether any line has a figure of England, or of all organisations in the data."""
    return any(line.national is not None for glance in known for line in glance.lines)


def _holds(glance: Glance, code: str) -> bool:
    return any(line.of(code) is not None for line in glance.lines)


def _organisation_content(
    code: str,
    reports: list[Entry],
    *,
    stale: set[str],
    newest: list[tuple[str, Glance]],
    linked: Linked,
    word: bool,
) -> dict[str, Any]:
    """What the page of an organisation holds, by the names of its template."""
    entries = {entry.folder: entry for entry in reports}
    shown = [(folder, each) for folder, each in newest if _holds(each, code)]
    place = _place(code, reports, [each for _, each in shown])
    by_family: dict[str, list[tuple[str, Glance]]] = {}
    for folder, glance in shown:
        by_family.setdefault(glance.family, []).append((folder, glance))
    sections = [
        _section(code, each, entries, stale=stale, linked=linked) for each in by_family.values()
    ]
    sections.sort(key=lambda section: section.words)
    own = {section.folder for section in sections}
    placed = [
        Placed(line.code, line.title, line.figure.standing)
        for section in sections
        for line in section.lines
    ]
    board = grid(clean(place.name), placed, "line")
    lines = [line for section in sections for line in section.lines]
    judged = [line for line in lines if line.figure.verdict in (MET, NOT_MET)]
    # The worst first: what is missed, then what its control chart signals.
    pressing = sorted(
        (line for line in lines if line.figure.concerns),
        key=lambda line: line.figure.gravity,
    )
    others = [entry for folder, entry in entries.items() if folder not in own]
    words = {folder: glance.words for folder, glance in newest}
    missed = sum(line.figure.verdict == NOT_MET for line in judged)
    open_ = sum(line.figure.verdict != UNJUDGED for line in lines) - len(judged)
    return {
        "title": f"{place.name[0].upper()}{place.name[1:]}: all indicators",
        "name": place.name,
        "code": code,
        "areas": [area for area in (place.group, place.region) if area],
        "as_of": max((glance.when.end for _, glance in shown), default=date.min),
        "word": word_path(code).rpartition("/")[2] if word else "",
        "verdicts": verdicts_words(len(judged), missed, others=open_, is_pressing=bool(pressing)),
        "of_changes": OF_CHANGES,
        "pressing": pressing,
        "unusual": [each for section in sections for each in section.unusual],
        "is_national": code == ENGLAND,
        "notes": [
            *dict.fromkeys(note for section in sections for note in section.notes),
            *_rules(sections),
        ],
        "grid": Markup(board.figure) if placed else "",
        "sections": sections,
        "others": [
            {"words": words.get(entry.folder, entry.folder)} | report_state(entry, stale)
            for entry in others
        ],
        "publications": publications(each for _, each in shown),
        "banners": banners_of(each for _, each in shown),
    }


def _place(code: str, reports: list[Entry], shown: list[Glance]) -> NamedOrganisation:
    """What an organisation is called and where it is."""
    if code == ENGLAND:
        return NamedOrganisation(next((each.everyone for each in shown), "England"))
    known = (each.organisations[code] for each in shown if code in each.organisations)
    return next(known, None) or NamedOrganisation(reports[-1].name or code)


def _section(
    code: str,
    shown: list[tuple[str, Glance]],
    entries: dict[str, Entry],
    *,
    stale: set[str],
    linked: Linked,
) -> _Section:
    """A family's section, from its publications, the newest first: each line from the newest."""
    folder, newest = shown[0]
    entry = entries.get(folder)
    state = {"report": "", "gap": "" if code == ENGLAND else NO_REPORT}
    if entry is not None:
        state = report_state(entry, stale)
        state["gap"] = f"The report is {state['gap']}." if state["gap"] else ""
    lines: dict[str, _Line] = {}
    unusual = []
    for place, glance in shown:
        new = {
            line.code: _line(line, figure, glance)
            for line in glance.lines
            if line.code not in lines and (figure := line.of(code))
        }
        lines |= new
        if new:
            unusual += doubts(glance, code, place, linked)
    name = folder.lower().replace("/", "-")
    return _Section(
        name,
        folder,
        newest.title,
        newest.words,
        newest.when.words,
        tuple(lines.values()),
        **state,
        rule=newest.rule,
        unusual=tuple(unusual),
        beside="" if code == ENGLAND else _beside(newest),
    )


def _beside(glance: Glance) -> str:
    """What the total of all organisations is called; empty without one, and of one alone."""
    is_itself = len(glance.organisations) == 1 and all(
        line.england == each.value for line in glance.lines for each in line.figures.values()
    )
    return "" if is_itself or not has_national([glance]) else sentence(glance.everyone)


def _line(line: GlanceLine, figure: GlanceFigure, glance: Glance) -> _Line:
    words = f"Trend of {line.title}, {figure.trend_words}."
    if figure.limit is not None:
        words += f" The standard is {figure.standard}."
    aims = [figure.standard] if figure.verdict != UNJUDGED else []
    verdicts = [figure.verdict] if aims else []
    if figure.plan:
        aims.append(f"plan {figure.plan}")
        verdicts.append(f"plan {figure.plan_verdict}" if figure.plan_verdict else "plan not judged")
    # What it is of counts that are coarse, the note below says.
    figure = replace(figure, change=figure.change.replace(TOO_COARSE, COARSE))
    return _Line(
        f"line-{line.code}",
        line.code,
        line.title,
        line.period_words,
        line_page_path(line.code, glance.when),
        line.england,
        figure,
        "; ".join(aims) or "none",
        "; ".join(verdicts) or figure.verdict,
        Markup(sparkline(figure.trend, figure.limit, words)),
        Markup("".join(each.svg for each in icons_of(figure.standing))),
        briefly(figure.standing).replace(sentence(TOO_COARSE), sentence(COARSE)),
        Markup(sign_of(NOT_MET if figure.is_missed else figure.verdict)),
    )
