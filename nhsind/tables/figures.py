"""Tables of figures: the result, activity, organisations side by side, periods one by one."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark, Status
from nhsind.geography import ENGLAND
from nhsind.narrative import wording
from nhsind.periods import Period
from nhsind.release.hidden import mark_of
from nhsind.release.results import Results, Row, lacks
from nhsind.tables.cells import (
    count_words,
    interval_words,
    plan_verdict_words,
    plan_words,
    standard_words,
    value_words,
    verdict_words,
)
from nhsind.tables.small_table import Table, marks_explained, sentence_case

# A mark does not say what these figures lack.
NOT_WHOLE = (Status.NOT_COVERED, Status.NOT_AVAILABLE, Status.NO_DENOMINATOR, Status.PARTIAL)


def result_table(results: Results, *codes: str) -> Table:
    """The organisation and England: figures, value, interval, standard and plan with verdicts.

    Of one line, under the names of its two figures; of several, with a row for each.
    """
    lines = [results.line(code) for code in codes]
    shown = [
        (line, results.names.get(organisation) or organisation, row)
        for line in lines
        for organisation in (results.organisation, ENGLAND)
        if (row := results.figure(line.code, organisation)) is not None
    ]
    rows = [row for _, _, row in shown]
    single = lines[0] if len(lines) == 1 else None
    columns: dict[str, list[str]] = {}
    if single is None:
        columns["Line"] = [f"{line.code} {line.title}" for line, _, _ in shown]
    columns["Organisation"] = [name for _, name, _ in shown]
    if single is None or not single.is_count:
        top, bottom = ("Numerator", "Denominator") if single is None else _figure_names(single)
        for heading, name in ((top, "numerator"), (bottom, "denominator")):
            columns[heading] = [count_words(row[name], mark_of(row, name)) for row in rows]
    columns["Value"] = [value_words(row) for row in rows]
    columns["95% interval"] = [interval_words(row) for row in rows]
    columns["Standard"] = [
        standard_words(line.standard(results.period_of(line.code), str(row["org_level"])), row)
        for line, _, row in shown
    ]
    columns["Standard met?"] = [verdict_words(row) for row in rows]
    if any(not lacks(row, "plan") for row in rows):
        columns["Plan"] = [plan_words(line, row) for line, _, row in shown]
        columns["Plan met?"] = [plan_verdict_words(line, row) for line, _, row in shown]
    cells = tuple(zip(*columns.values(), strict=True))
    words = {"Organisation", "Standard", "Standard met?", "Plan met?"}
    in_words = frozenset(place for place, name in enumerate(columns) if place and name in words)
    title = single.title if single else results.family.title
    period = results.period_of(codes[0]).words
    notes = (*marks_explained(cells), *_notes_of([(name, row) for _, name, row in shown]))
    return Table(f"{title}, {period}", tuple(columns), cells, notes, in_words)


def _notes_of(shown: Sequence[tuple[str, Row]]) -> tuple[str, ...]:
    """What is behind figures that are not whole, in words, each once."""
    told = [
        f"{name[0].upper()}{name[1:]}: {row['note']}."
        for name, row in shown
        if row["status"] in NOT_WHOLE and not lacks(row, "note") and row["note"]
    ]
    return tuple(dict.fromkeys(told))


def _figure_names(line: Indicator) -> tuple[str, str]:
    return sentence_case(line.within_in_words), sentence_case(line.waiting_in_words)


def activity_table(results: Results, codes: Sequence[str]) -> Table:
    """Counts of several lines: this period, the one before, the same a year before."""
    period = results.period
    held = set(results.periods())
    earlier = dict.fromkeys([period.previous, period.year_before])
    shown = [period, *(each for each in earlier if each in held)]
    rows = []
    for code in codes:
        figures = [results.figure(code, period=each) for each in shown]
        if figures[0] is None:
            continue  # the data do not hold this line
        cells = [
            Mark.NOT_AVAILABLE
            if row is None
            else count_words(row["numerator"], mark_of(row, "numerator"))
            for row in figures
        ]
        rows.append((results.line(code).title, cells[0], interval_words(figures[0]), *cells[1:]))
    names = [wording.short_words(each) for each in shown]
    headings = ("Line", names[0], f"95% interval, {names[0]}", *names[1:])
    return Table(f"Activity of {results.name}", headings, tuple(rows), marks_explained(rows))


def comparison_table(results: Results, code: str, organisations: Sequence[str]) -> Table:
    """Several organisations, highest value first, with their intervals."""
    line = results.line(code)
    rows = []
    for organisation in organisations:
        row = results.figure(code, organisation)
        if row is None:
            continue
        name = results.names.get(organisation) or organisation
        own = " (this report)" if organisation == results.organisation else ""
        rows.append((f"{name}{own}", value_words(row), interval_words(row), verdict_words(row)))
    caption = f"{line.title}, {results.period_of(code).words}, by organisation"
    headings = ("Organisation", "Value", "95% interval", "Standard met?")
    return Table(caption, headings, tuple(rows), marks_explained(rows), frozenset({3}))


def trend_table(results: Results, codes: Sequence[str], beside_england: bool) -> Table:
    """One row per period, one column per series."""
    series = [(code, results.organisation) for code in codes]
    if beside_england:
        series += [(code, ENGLAND) for code in codes]
    rows = []
    for period in results.periods(codes[0]):
        cells = []
        for code, organisation in series:
            row = results.figure(code, organisation, period)
            cells.append(Mark.NOT_AVAILABLE if row is None else value_words(row))
        rows.append((_short(period), *cells))
    several = len(codes) > 1
    headings = [
        results.line(code).title if several else (results.names.get(org) or org)
        for code, org in series
    ]
    title = results.family.title if several else results.line(codes[0]).title
    return Table(
        f"{title}, by {results.period.kind}",
        ("Period", *headings),
        tuple(rows),
        marks_explained(rows),
    )


def _short(period: Period) -> str:
    return period.words if period.kind != "month" else f"{period.start:%b %Y}"
