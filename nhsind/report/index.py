"""The index page of an output folder: every organisation with its reports, every line, every file.

A plain list, which a script of the page's own can narrow. Failed and stale reports are named, and
not linked.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.statuses import mark_notes
from nhsind.errors import UsageError
from nhsind.geography import ENGLAND
from nhsind.narrative.attention import NOTHING
from nhsind.periods import Period, parse_period
from nhsind.report.glance import MET, NOT_MET, Glance
from nhsind.report.linked import Linked, linked_reports, report_state
from nhsind.report.manifest import SERIES, Entry, Manifest
from nhsind.report.organisation_pages import has_national
from nhsind.report.organisation_words import Doubt, doubts
from nhsind.report.page import render_index
from nhsind.report.paths import (
    DICTIONARY_NAME,
    PACKAGE_NAME,
    REVISIONS_PAGE,
    line_page_path,
    organisation_page_path,
    workbook_path,
)
from nhsind.report.publications import banners_of, publications
from nhsind.tables.cells import ROUGHLY

# So that the page stays quick; where there are more, each family's latest period is listed.
MOST_LISTED = 5_000
DEFAULT_TITLE = "NHS performance indicators: reports"
# What the verdict of a report begins with, which is what the filter looks for.
ALL_MET, SOME_MISSED, NO_VERDICT = "all standards met", "standard not met", "no verdict"
NO_STANDARD = "without a standard"
NONE_KNOWN_MISSED = "no standard known to be missed"
# Behind the verdict of a report that tells of a month far from usual.
UNUSUAL = "; unusual numbers"
VERDICTS = (SOME_MISSED, ALL_MET, NONE_KNOWN_MISSED, NO_VERDICT, NO_STANDARD, "missing", "stale")


def index_page(manifest: Manifest, known: dict[str, Glance], title: str | None) -> str:
    """The index of all that the manifest names; `known`: families and periods at a glance."""
    reports = manifest.reports()
    stale = manifest.stale()
    folders = sorted({entry.folder for entry in reports}, key=_newest_first(reports))
    words = {entry.folder: _words(entry) for entry in reports}
    listed = reports
    if len(reports) > MOST_LISTED:
        latest = {folder.split("/")[0]: folder for folder in reversed(folders)}
        listed = [entry for entry in reports if latest[entry.family] == entry.folder]
    organisations = _organisations(listed, {entry.path for entry in stale}, known, words)
    held = [report["verdict"] for each in organisations for report in each["reports"]]
    families = {entry.family: _title(entry.family) for entry in reports}
    periods = {entry.folder.split("/")[-1]: _period_words(entry.period) for entry in listed}
    tables = manifest.tables()
    return render_index(
        explore=manifest.mode == "explore",
        title=title or DEFAULT_TITLE,
        count=len(reports),
        listed=len(listed),
        organisations=organisations,
        families=_families(known),
        national=_national(known),
        nothing=NOTHING,
        doubts=_doubts(known, linked_reports(manifest)),
        everyone=next((each.everyone for each in known.values()), "England"),
        national_page=organisation_page_path(ENGLAND) if has_national(known.values()) else "",
        files=[
            (tables[folder].path, _workbook(tables[folder], manifest), words[folder])
            for folder in folders
            if folder in tables
        ],
        series=[
            (
                path,
                book if (book := workbook_path(path)) in manifest.entries else "",
                f"{path.removesuffix('.csv')}.parquet",
                _title(entry.family),
            )
            for path, entry in sorted(manifest.entries.items())
            if entry.kind == SERIES and path.endswith(".csv")
        ],
        dictionary=DICTIONARY_NAME if DICTIONARY_NAME in manifest.entries else "",
        package=PACKAGE_NAME,
        missing=[entry for entry in reports if entry.sha256 is None],
        stale=stale,
        refused=[(_words(entry), entry.summary) for entry in manifest.refused()],
        choices={
            "families": sorted(families.items(), key=lambda item: item[1]),
            "periods": sorted(periods.items(), reverse=True),
            "regions": sorted({each["region"] for each in organisations} - {""}),
            "groups": sorted({each["group"] for each in organisations} - {""}),
            "verdicts": [each for each in VERDICTS if any(map(_begins(each), held))],
        },
        publications=publications(known.values()),
        banners=banners_of(known.values()),
        revisions=REVISIONS_PAGE if REVISIONS_PAGE in manifest.entries else "",
    )


def _workbook(table: Entry, manifest: Manifest) -> str:
    """The workbook of the same figures; earlier versions of nhsind made none."""
    path = workbook_path(table.path)
    return path if path in manifest.entries else ""


def _begins(start: str) -> Any:
    return lambda text: text.startswith(start)


def _newest_first(reports: list[Entry]) -> Any:
    """Folders by family, the latest period first."""
    ends = {entry.folder: _period(entry.period) for entry in reports}

    def key(folder: str) -> tuple[str, int, str]:
        period = ends[folder]
        return folder.split("/")[0], -(period.end.toordinal() if period else 0), folder

    return key


def _organisations(
    reports: list[Entry], stale: set[str], known: dict[str, Glance], words: dict[str, str]
) -> list[dict[str, Any]]:
    order = _newest_first(reports)
    found = []
    for code, entries in groupby(
        sorted(reports, key=lambda entry: (entry.organisation, order(entry.folder))),
        key=lambda entry: entry.organisation,
    ):
        mine = list(entries)
        places = [
            glance.organisations[code]
            for entry in mine
            if (glance := known.get(entry.folder)) and code in glance.organisations
        ]
        found.append(
            {
                "code": code,
                "name": next((entry.name for entry in mine if entry.name), code),
                "group": next((place.group for place in places if place.group), ""),
                "region": next((place.region for place in places if place.region), ""),
                "page": organisation_page_path(code),
                "reports": [
                    _report(entry, stale, known.get(entry.folder), words) for entry in mine
                ],
            }
        )
    return sorted(found, key=lambda each: (each["name"], each["code"]))


def _report(
    entry: Entry, stale: set[str], glance: Glance | None, words: dict[str, str]
) -> dict[str, str]:
    state = report_state(entry, stale)
    return {
        "path": state["report"],
        "folder": entry.folder,
        "words": words[entry.folder],
        "verdict": (state["gap"] or _verdict(glance, entry.organisation))
        + (UNUSUAL if glance and entry.organisation in glance.unusual else "")
        + _stands_for(entry),
    }


def _stands_for(entry: Entry) -> str:
    """The organisations of the plan for which this one, which contains them, stands."""
    return f"; it contains {entry.stands_for}, which the plan names" if entry.stands_for else ""


def _verdict(glance: Glance | None, organisation: str) -> str:
    """`standard not met (2 of 5 lines)`, `all standards met (5 lines)`, `without a standard`.

    Where lines with a standard have none: `no verdict (1 line)`, or
    `no standard known to be missed (4 lines met, 1 without a verdict)`.
    """
    if glance is None:
        return NO_VERDICT
    judged = glance.judged(organisation)
    verdicts = [each for each in judged if each in (MET, NOT_MET)]
    others, missed = len(judged) - len(verdicts), verdicts.count(NOT_MET)
    if missed:
        without = f"; {others} without a verdict" if others else ""
        return f"{SOME_MISSED} ({missed} of {_lines(len(verdicts))}{without})"
    if not verdicts:
        return f"{NO_VERDICT} ({_lines(others)})" if others else NO_STANDARD
    if others:
        return f"{NONE_KNOWN_MISSED} ({_lines(len(verdicts))} met, {others} without a verdict)"
    return f"{ALL_MET} ({_lines(len(verdicts))})"


def _lines(number: int) -> str:
    return f"{number} {'line' if number == 1 else 'lines'}"


def _national(known: dict[str, Glance]) -> list[dict[str, Any]]:
    """The lines that need attention nationally, of each family's latest period, the worst first."""
    found = []
    for _, newest in _newest(known):
        for line in newest.lines:
            figure, missed = line.national, line.count(NOT_MET)
            if figure is None or not figure.concerns:
                continue
            judged = missed + line.count(MET)
            found.append(
                {
                    "gravity": figure.gravity,
                    "title": line.title,
                    "code": line.code,
                    "period": line.period_words,
                    "page": line_page_path(line.code, newest.when),
                    "value": figure.value,
                    "concerns": "; ".join(figure.concerns),
                    "missed": _missed_words(missed, judged, line.without_verdict),
                }
            )
    return sorted(found, key=lambda each: each["gravity"])


def _doubts(known: dict[str, Glance], linked: Linked) -> list[Doubt]:
    """Of whose latest period records are missing or unusual: which, of what, where, what of it."""
    return [
        each
        for folder, newest in _newest(known)
        if newest.lines
        for each in doubts(newest, ENGLAND, folder, linked)
    ]


def _newest(known: dict[str, Glance]) -> list[tuple[str, Glance]]:
    """Each family's latest period, with its folder."""
    newest: dict[str, tuple[str, Glance]] = {}
    for folder, each in sorted(known.items(), key=lambda item: _when(item[1])):
        newest[each.family] = (folder, each)
    return [newest[family] for family in sorted(newest)]


def _when(glance: Glance) -> tuple[date, int]:
    return glance.when.end, glance.when.months


def _families(known: dict[str, Glance]) -> list[dict[str, Any]]:
    """The lines of each family, by line and from the latest period to the first."""
    found = []
    ordered = sorted(known.values(), key=lambda each: (each.title, each.family))
    for _, of_family in groupby(ordered, key=lambda each: (each.title, each.family)):
        mine = sorted(of_family, key=lambda each: each.when.end, reverse=True)
        lines: list[dict[str, Any]] = [
            {
                "title": line.title,
                "code": line.code,
                "period": line.period_words,
                "repeated": len(mine) > 1,
                "page": line_page_path(line.code, glance.when),
                "england": line.england,
                "met": _met_words(line.count(MET), line.count(NOT_MET), line.without_verdict),
            }
            for glance in mine
            for line in glance.lines
        ]
        places = {code: place for place, code in enumerate(dict.fromkeys(x["code"] for x in lines))}
        lines.sort(key=lambda line: places[line["code"]])
        notes = [*mark_notes(line["england"] for line in lines), *_rules(mine)]
        periods = {line["period"] for line in lines}
        found.append(
            {
                "words": mine[0].title,
                "period": periods.pop() if len(periods) == 1 else "",
                "lines": lines,
                "notes": notes,
            }
        )
    return found


def _rules(mine: list[Glance]) -> list[str]:
    """How counts are shown of a family some of whose national ones are rounded."""
    told = [each.rule for each in mine for line in each.lines if line.england.startswith(ROUGHLY)]
    return list(dict.fromkeys(told))


def _missed_words(missed: int, judged: int, others: int) -> str:
    """`7 of 10 organisations miss it; 2 have no verdict`: of them nobody knows."""
    return f"{missed:,} of {judged:,} organisations miss it{_others(others)}" if judged else ""


def _met_words(met: int, missed: int, others: int) -> str:
    if not met + missed:
        return "none has a verdict" if others else "no standard"
    return f"{met:,} of {met + missed:,}{_others(others)}"


def _others(number: int) -> str:
    has = "has" if number == 1 else "have"
    return f"; {number:,} {has} no verdict" if number else ""


# Another version of nhsind may have published families and periods that this one does not know.


def _title(family: str) -> str:
    try:
        return load_family(family).title
    except UsageError:
        return family


def _period(text: str) -> Period | None:
    try:
        return parse_period(text)
    except UsageError:
        return None


def _period_words(text: str) -> str:
    period = _period(text)
    return period.words if period else text


def _words(entry: Entry) -> str:
    return f"{_title(entry.family)}, {_period_words(entry.period)}"
