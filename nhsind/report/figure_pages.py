"""The pages of a family and period: as a workbook, at a glance, and one for each line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from markupsafe import Markup

from nhsind.charts import Chart, chart
from nhsind.charts.funnel_plot import funnel_of_all
from nhsind.charts.grid import Placed, grid, standing_words
from nhsind.charts.key_figures import counts_of
from nhsind.charts.lettering import clean
from nhsind.charts.ranking import Ranked, ranking
from nhsind.definitions.catalogue import definition_digest, family_codes, load_family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.output_columns import data_dictionary
from nhsind.definitions.statuses import Mark, Status, mark_notes
from nhsind.geography import ENGLAND
from nhsind.narrative.counted import tell_gaps, tell_in_doubt
from nhsind.output import as_csv
from nhsind.release.policies import rule_words
from nhsind.release.results import Results
from nhsind.report.embargo import banners
from nhsind.report.glance import MET, NOT_MET, UNJUDGED, Glance, glance_of, read_glance
from nhsind.report.kept import Made, entry_of, kept
from nhsind.report.manifest import DICTIONARY, GLANCE, PAGE, WORKBOOK, Entry, Manifest
from nhsind.report.page import publication_block, render_site_page
from nhsind.report.paths import (
    DICTIONARY_NAME,
    line_page_path,
    organisation_page_path,
    workbook_path,
)
from nhsind.report.workbook import workbook
from nhsind.sources.findings import GAP, UNUSUAL
from nhsind.statistics.funnels import KINDS as FUNNEL_KINDS
from nhsind.tables.cells import TOO_COARSE, interval_words, standard_words, told_words
from nhsind.version import library_digest


@dataclass(frozen=True)
class _Row:
    """An organisation in the table of a line: its name, its page if it has one, its figures."""

    name: str
    page: str
    place: str
    value: str
    interval: str
    verdict: str
    standing: str


def figure_pages(
    found: Results, table: Entry, *, manifest: Manifest, linked: set[str], out: Path
) -> list[Made]:
    """The family and period as a workbook and at a glance, and the page of each of its lines.

    `table`: the entry of the CSV beside them. `linked`: the organisations that have a page. What
    was published from the same figures is kept.
    """
    explore = manifest.mode == "explore"
    parts = [
        library_digest(),
        definition_digest(found.family.code),
        table.released,
        sorted(found.publication.items()),
        sorted(linked),
        repr((found.adjustments, found.peers)),
        _not_counted(found),
    ]
    fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    held = set(found.figures.frame["indicator"])
    path = f"{table.path.removesuffix('.csv')}.json"
    glance = kept(path, fingerprint, manifest, out)
    if glance is None:
        glance = glance_of(found, table.released).text.encode("utf-8")
    made = [(entry_of(path, GLANCE, content=glance, like=table, fingerprint=fingerprint), glance)]
    path = workbook_path(table.path)
    book = kept(path, fingerprint, manifest, out)
    if book is None:
        book = workbook(found, explore)
    made.append((entry_of(path, WORKBOOK, content=book, like=table, fingerprint=fingerprint), book))
    shown: Glance | None = None
    for line in found.family.indicators.values():
        if line.code not in held:
            continue
        path = line_page_path(line.code, found.period)
        page = kept(path, fingerprint, manifest, out)
        if page is None:
            shown = shown or read_glance(glance.decode("utf-8"))
            page = _line_page(found, line, shown, csv=table.path, linked=linked, explore=explore)
        made.append((entry_of(path, PAGE, content=page, like=table, fingerprint=fingerprint), page))
    return made


def _not_counted(found: Results) -> list[list[str]]:
    """What pages say of the records beside their figures: what is unusual, and what is missing."""
    frame = found.quality.frame
    if not {"fault", "about", "lines"} <= set(frame):
        return []
    rows = frame.loc[frame["fault"].isin([UNUSUAL, GAP]), ["about", "lines"]]
    return sorted(rows.astype(str).to_numpy().tolist())


def dictionary_file() -> Made:
    """What the columns of all tables hold; the same in every folder."""
    families = [load_family(code) for code in family_codes()]
    content = as_csv(data_dictionary(families)).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    return Entry(DICTIONARY_NAME, "", "", "", "", "", digest, kind=DICTIONARY), content


def _line_page(
    found: Results,
    line: Indicator,
    glance: Glance,
    *,
    csv: str,
    linked: set[str],
    explore: bool,
) -> bytes:
    """All organisations by one line: the spread and the grid, and every figure as a table."""
    period = found.period_of(line.code)
    national = found.figure(line.code, ENGLAND)
    drawn = chart("spread", found, line.code)
    # By its size each organisation may differ from the others by chance, some groups apart.
    by_size = _funnels(found, line)
    over_time = chart("spc", replace(found, organisation=ENGLAND), line.code) if national else None
    everyone, _ = ranking(found, line.code)
    # As sentences rank them: the best first, where one way is better.
    first = "lowest" if line.polarity == "lower" else "highest"
    if first == "lowest":
        everyone = _lowest_first(everyone)
    # Ranges of rounded counts have no order: organisations stand in that of their codes.
    is_ordered = not any(each.span for each in everyone)
    places = _places(found, everyone)
    standard = line.standard(period, found.level)
    example = found.figure(line.code, everyone[0].org) if everyone else None
    words = "none"
    if standard is not None and standard.is_own:
        words = "each organisation has its own"
    elif example is not None:
        words = standard_words(standard, example)
    figures = next(each.figures for each in glance.lines if each.code == line.code)
    placed = [
        Placed(code, clean(found.names.get(code) or code), each.standing)
        for code, each in figures.items()
    ]
    board = grid(f"{line.title}, {period.words}", placed, "organisation")
    rows = [
        _Row(
            clean(found.names.get(each.org) or "") or each.org,
            organisation_page_path(each.org) if each.org in linked else "",
            place,
            each.value_words,
            each.interval_words,
            UNJUDGED if words == "none" else each.verdict,
            standing_words(figures[each.org].standing) if each.org in figures else "none",
        )
        for each, place in zip(everyone, places, strict=True)
    ]
    verdicts = [row.verdict for row in rows]
    rule = filter(None, [rule_words(found.figures.policy)])
    judged = verdicts.count(MET) + verdicts.count(NOT_MET)
    page = render_site_page(
        "indicator.html.j2",
        explore,
        title=f"{line.title}, {period.words}",
        code=line.code,
        counted=_counted(line),
        gaps=tell_gaps(found.quality.frame, line.code),
        unusual=tell_in_doubt(found.quality.frame, line.code, found.names),
        england="" if national is None else _england_words(found, line),
        standard=words,
        met=verdicts.count(MET),
        judged=judged,
        unjudged=len(rows) - judged,
        coarse=verdicts.count(TOO_COARSE),
        is_ordered=is_ordered,
        has_places=any(place != Mark.NOT_APPLICABLE for place in places),
        figure=Markup(drawn.figure),
        grid=Markup(board.figure),
        funnels=[Markup(each.figure) for each in by_size],
        everyone=found.everyone,
        over_time=Markup(over_time.figure) if over_time else "",
        table=f"{drawn.table.caption}{f', {first} value first' if is_ordered else ''}",
        first=first,
        rows=rows,
        notes=(*mark_notes(cell for row in rows for cell in astuple(row)), *rule),
        csv=csv,
        csv_name=csv.rpartition("/")[2],
        workbook=workbook_path(csv),
        dictionary=DICTIONARY_NAME,
        publication=publication_block(found.publication),
        banners=banners(found.publication),
    )
    return page.encode("utf-8")


def _lowest_first(everyone: Sequence[Ranked]) -> list[Ranked]:
    """Those with a value from the lowest to the highest, then the others."""
    known = [each for each in everyone if each.value is not None]
    return [*reversed(known), *(each for each in everyone if each.value is None)]


def _funnels(found: Results, line: Indicator) -> list[Chart]:
    """All organisations by size, each group of peers with limits of its own; none of counts."""
    if line.kind not in FUNNEL_KINDS:
        return []
    held = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    groups = {
        found.peers.get(code, "") for code in held if found.figure(line.code, code) is not None
    }
    drawn = [funnel_of_all(found, line.code, group) for group in sorted(groups)]
    return [each for each in drawn if each.svg]


def _counted(line: Indicator) -> list[tuple[str, str]]:
    """What the line's figures are, in its own words."""
    if line.denominator_in_words is None:
        return [("Count", line.numerator_in_words)]
    return [("Numerator", line.numerator_in_words), ("Denominator", line.denominator_in_words)]


def _england_words(found: Results, line: Indicator) -> str:
    row = found.figure(line.code, ENGLAND)
    assert row is not None
    interval, value = interval_words(row), told_words(row)
    # The interval of a whole country may be no wider than its last digit.
    is_told = not interval.startswith("[") and interval != f"{value} to {value}"
    beside = [counts_of(line, row), f"95% interval {interval}" if is_told else ""]
    known = "; ".join(filter(None, beside))
    # A total of a part says of whom it is, and who is missing.
    part = f", {row['note']}" if row["status"] == Status.PARTIAL and row["note"] else ""
    return f"{value}{f' ({known})' if known else ''}{part}"


def _places(found: Results, everyone: Sequence[Ranked]) -> list[str]:
    """The place of each by value; those of the same value share one, those without have none.

    None has a place by rounded values, whose order is not that of the exact ones.
    """
    if found.figures.policy.rule == "suppress":
        return [Mark.NOT_APPLICABLE] * len(everyone)
    places: list[str] = []
    first: dict[float, int] = {}
    for place, each in enumerate(everyone, 1):
        if each.value is None:
            places.append(Mark.NOT_APPLICABLE)
            continue
        places.append(str(first.setdefault(each.value, place)))
    return places
