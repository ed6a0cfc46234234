"""Tables that a notebook shows, from released figures only: accessible HTML, or plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from html import escape
from itertools import chain
from typing import Any

import pandas as pd

from nhsind.definitions.definition import (
    OPERATORS,
    Family,
    Indicator,
    Measure,
    Standard,
    all_indicators,
    find,
    load_family,
)
from nhsind.definitions.statuses import Mark, mark_notes
from nhsind.derivation.flags import ORGANISATION_MISSING, why
from nhsind.derivation.tracing import trace_line
from nhsind.derivation.values import as_exact
from nhsind.errors import UsageError, unknown
from nhsind.geography import ENGLAND
from nhsind.narrative import wording
from nhsind.periods import Period, parse_period, parse_periods
from nhsind.release.examples import worked_once
from nhsind.release.results import Results, Row, lacks, provenance, reason_words
from nhsind.sources.findings import RECORD_FAULTS

KINDS = ("result", "attrition", "activity", "quality", "provenance")


# A day, or a time of a day, as the data write it.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T][\d:]+)?")
# A table of more columns sets a text longer than this in a column of its own breadth.
FEW_COLUMNS, LONG_TEXT = 4, 40


def scroller(label: str, content: str) -> str:
    """What may be wider than a phone, as a region that is scrolled by touch, mouse or key."""
    named = escape(label, quote=True)
    return f"<div class='wide' role='region' tabindex='0' aria-label=\"{named}\">{content}</div>"


@dataclass(frozen=True)
class Table:
    """A small table: caption, headings, rows whose first cell names the row, notes below."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    words: frozenset[int] = frozenset()

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th scope='col' {self._align(place)}>{escape(text)}</th>"
            for place, text in enumerate(self.headings)
        )
        body = []
        for row in self.rows:
            cells = "".join(
                f"<td {self._align(place, self._room(text))}>{escape(text)}</td>"
                for place, text in enumerate(row)
                if place
            )
            name = f"<th scope='row' {self._align(0, self._room(row[0]))}>{escape(row[0])}</th>"
            body.append(f"<tr>{name}{cells}</tr>")
        notes = "".join(f"<p class='note'>{escape(note)}</p>" for note in self.notes)
        content = (
            f"<table><caption style='text-align: left'>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )
        return scroller(self.caption, content) + notes

    def __repr__(self) -> str:
        frame = pd.DataFrame(self.rows, columns=list(self.headings))
        lines = [self.caption, frame.to_string(index=False), *self.notes]
        return "\n".join(lines)

    def _align(self, place: int, room: str = "") -> str:
        """On the cell itself: JupyterLab would set all columns to the right."""
        if place == 0 or place in self.words:
            return f"style='text-align: left{room}'"
        return f"class='number' style='text-align: right{room}'"

    def _room(self, text: str) -> str:
        """Style that keeps a date on its line, and among many columns a sentence off a thin one."""
        if DAY.fullmatch(text):
            return "; white-space: nowrap"
        is_thin = len(self.headings) > FEW_COLUMNS and len(text) > LONG_TEXT
        return "; min-width: 14rem" if is_thin else ""


def count_words(value: Any, mark: Any = "") -> str:
    """A released count with thousands separated, or its mark; parts of one to one place."""
    if pd.isna(value):
        return str(mark or Mark.NOT_AVAILABLE)
    return wording.number_words(as_exact(value))


def value_words(row: Row) -> str:
    """A released value as people read it, rounded half up from the exact figures, or its mark.

    `92.1%`, `1,203`, `41.2 per 100,000`, `12.3 days`.
    """
    if lacks(row, "value"):
        return str(row["value_mark"])
    if row["kind"] == "count":
        return count_words(row["numerator"])
    line = all_indicators()[row["indicator"]]
    exact = as_exact(row["numerator"]) * line.per / as_exact(row["denominator"])
    return shown_as(line, exact)


def shown_as(line: Indicator, value: Fraction) -> str:
    """A value of a line in its own unit."""
    words = wording.value_words(line, value)
    return f"{words} {line.unit}" if line.kind in ("rate", "mean") else words


def interval_words(row: Row) -> str:
    """The 95% interval in the value's own unit, or why there is none."""
    if lacks(row, "ci_upper"):
        return str(row["value_mark"]) or Mark.NOT_APPLICABLE
    line = all_indicators()[row["indicator"]]
    scale, places, sign = (100, 1, "%") if line.is_share else (1, 1, "")
    if line.kind == "count":
        places = 0
    # Byar's lower limit is missing where it would be negative.
    lower = 0.0 if lacks(row, "ci_lower") else scale * row["ci_lower"]
    return f"{lower:,.{places}f}{sign} to {scale * row['ci_upper']:,.{places}f}{sign}"


def verdict_words(row: Row) -> str:
    """`met`, `not met`, or that there is no verdict."""
    no_verdict = str(row["value_mark"]) or Mark.NOT_AVAILABLE
    return _met_words(
        row["meets_standard"], Mark.NOT_APPLICABLE if lacks(row, "standard") else no_verdict
    )


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
        columns[top] = [count_words(row["numerator"], row["numerator_mark"]) for row in rows]
        columns[bottom] = [count_words(row["denominator"], row["denominator_mark"]) for row in rows]
    columns["Value"] = [value_words(row) for row in rows]
    columns["95% interval"] = [interval_words(row) for row in rows]
    columns["Standard"] = [
        standard_words(line.standard(results.period_of(line.code), str(row["org_level"])), row)
        for line, _, row in shown
    ]
    columns["Standard met?"] = [verdict_words(row) for row in rows]
    if any(not lacks(row, "plan") for row in rows):
        columns["Plan"] = [plan_words(line, row) for line, _, row in shown]
        columns["Plan met?"] = [_met_words(row["meets_plan"], Mark.NOT_APPLICABLE) for row in rows]
    cells = tuple(zip(*columns.values(), strict=True))
    words = {"Organisation", "Standard", "Standard met?", "Plan met?"}
    in_words = frozenset(place for place, name in enumerate(columns) if place and name in words)
    title = single.title if single else results.family.title
    period = results.period_of(codes[0]).words
    return Table(f"{title}, {period}", tuple(columns), cells, _mark_notes(cells), in_words)


def _figure_names(line: Indicator) -> tuple[str, str]:
    return _sentence_case(line.within_in_words), _sentence_case(line.waiting_in_words)


def _met_words(verdict: Any, without: str) -> str:
    if pd.isna(verdict):
        return without
    return "met" if verdict else "not met"


def standard_words(standard: Standard | None, row: Row) -> str:
    """`at least 92%`; where each organisation has its own, with its number."""
    if standard is None or lacks(row, "standard"):
        return "none"
    if standard.is_own:
        return f"{OPERATORS[standard.operator]} {row['standard']:,.1f}".removesuffix(".0")
    return standard.words.split(" (")[0]


def plan_words(line: Indicator, row: Row) -> str:
    """The plan in the value's own unit, or that there is none."""
    if lacks(row, "plan"):
        return Mark.NOT_APPLICABLE
    return shown_as(line, Fraction(str(row["plan"])))


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
            else count_words(row["numerator"], row["numerator_mark"])
            for row in figures
        ]
        rows.append((results.line(code).title, cells[0], interval_words(figures[0]), *cells[1:]))
    headings = (
        "Line",
        period.words,
        f"95% interval, {period.words}",
        *(each.words for each in shown[1:]),
    )
    return Table(f"Activity of {results.name}", headings, tuple(rows), _mark_notes(rows))


def attrition_table(results: Results, code: str) -> Table:
    """The derivation step by step: how many units each rule leaves out, how many remain."""
    line = results.line(code)
    if results.steps.policy.rule == "suppress":
        return _steps_withheld(results, line, Mark.SUPPRESSED)
    steps = results.steps.frame
    if not (steps["indicator"] == code).any():
        note = "The publisher printed counts: what each rule left out of them is not known."
        return _steps_withheld(results, line, Mark.NOT_AVAILABLE, note)
    mine = steps[
        (steps["indicator"] == code)
        & (steps["org_code"] == results.organisation)
        & (steps["period"] == str(results.period_of(code)))
    ]
    rows: list[tuple[str, str, str]] = []
    if line.is_inside and line.denominator is not None:
        rows += _steps(results, line, mine, line.denominator, line.numerator)
    elif line.denominator is not None and line.numerator.units == line.denominator.units:
        rows += _steps(results, line, mine, line.numerator)
    else:
        for part, measure in (("denominator", line.denominator), ("numerator", line.numerator)):
            if measure is not None:
                rows += _steps(results, line, mine[mine["part"] == part], measure)
    caption = f"{code}, {results.name}, {results.period_of(code).words}: from records to the figure"
    headings = ("Step: what must hold", "Left out", "Remaining")
    return Table(caption, headings, tuple(rows))


def _steps(
    results: Results,
    line: Indicator,
    counted: pd.DataFrame,
    measure: Measure,
    inner: Measure | None = None,
) -> list[tuple[str, str, str]]:
    """One walk through the rules of a measure, and on to one that lies inside it."""
    faults = [*RECORD_FAULTS, ORGANISATION_MISSING, *results.family.faults_of(line, measure.units)]
    units = counted.groupby(counted["excluded_because"].fillna(""))["units"].sum()
    remaining = int(counted["units"].sum())
    noun = measure.units.replace("_", " ")
    rows = [(f"All {noun} of the records", "", f"{remaining:,}")]

    def leave_out(reason: str, words: str) -> None:
        nonlocal remaining
        left = int(units.get(reason, 0))
        remaining -= left
        rows.append((words, f"{left:,}", f"{remaining:,}"))

    for reason in faults:
        if units.get(reason, 0):
            leave_out(reason, f"Left out: {reason_words(results, reason)}")
    for reason in measure.clauses:
        leave_out(reason, reason_words(results, reason))
    part = "Numerator" if measure is line.numerator else "Denominator"
    words = line.within_in_words if measure is line.numerator else line.waiting_in_words
    rows.append((f"{part}: {words}", "", f"{remaining:,}"))
    if inner is not None:
        for reason in inner.clauses:
            leave_out(reason, reason_words(results, reason))
        rows.append((f"Numerator: {line.within_in_words}", "", f"{remaining:,}"))
    return rows


def _steps_withheld(results: Results, line: Indicator, mark: str, *notes: str) -> Table:
    """The rules and the released ends only: the steps would undo suppression, or are not known."""
    row = results.figure(line.code)
    rows = []
    parts = [("Denominator", line.denominator, line.waiting_in_words)] if line.denominator else []
    parts.append(("Numerator", line.numerator, line.within_in_words))
    for name, measure, words in parts:
        rows += [(reason_words(results, reason), mark, mark) for reason in measure.clauses]
        key = name.lower()
        shown = Mark.NOT_AVAILABLE if row is None else count_words(row[key], row[f"{key}_mark"])
        rows.append((f"{name}: {words}", "", shown))
    caption = f"{line.code}, {results.name}, {results.period_of(line.code).words}: the rules"
    headings = ("Step: what must hold", "Left out", "Remaining")
    return Table(caption, headings, tuple(rows), (*notes, *_mark_notes(rows)))


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
    return Table(caption, headings, tuple(rows), _mark_notes(rows), frozenset({3}))


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
        f"{title}, by {results.period.kind}", ("Period", *headings), tuple(rows), _mark_notes(rows)
    )


def quality_table(results: Results) -> Table:
    """Records of all organisations together that lines leave out, by fault."""
    found = results.quality.frame
    rows = [
        (
            str(item.about).rstrip("."),
            str(item.lines).replace(" ", ", "),
            count_words(item.rows, item.rows_mark),
        )
        for item in found.itertuples()
    ]
    caption = "Records left out or counted once, in all organisations' records together"
    if not rows:
        rows = [("None: every record could be used", "", "0")]
    return Table(
        caption,
        ("What is wrong", "Lines that leave them out", "Rows"),
        tuple(rows),
        _mark_notes(rows),
        frozenset({1}),
    )


def provenance_table(results: Results) -> Table:
    """Where the figures come from."""
    rows = tuple((name, text) for name, text in provenance(results).items())
    return Table("Where these figures come from", ("What", "Which"), rows, words=frozenset({1}))


def fate_table(
    code: str,
    records: pd.DataFrame | Mapping[str, pd.DataFrame],
    period: str | Period,
    results: Results | None = None,
) -> Table:
    """Example records with the fate of each, as `trace` tells it: how a definition is taught.

    `records`: one table, or tables by name; shown are the columns of the table that the line's
    units are rows of, for each unit that is traced. `results`: of the notebook that shows them;
    the reports of a run then work them out once.
    """
    line = find(code)
    family = load_family(line.family)
    measure = line.denominator if line.is_inside and line.denominator else line.numerator
    units = family.units[measure.units]
    tables = records if isinstance(records, Mapping) else {units.of: records}
    kept_in = None if results is None else results.kept_in
    headings, rows = worked_once(
        kept_in,
        line.code,
        tables,
        str(period),
        partial(_fates, line, family, measure, tables, period),
    )
    caption = f"{code}: example records and their fate, {parse_period(str(period)).words}"
    shown = tuple(tuple(row) for row in rows)
    return Table(caption, tuple(headings), shown, words=frozenset(range(1, len(headings))))


def _fates(
    line: Indicator,
    family: Family,
    measure: Measure,
    tables: Mapping[str, pd.DataFrame],
    period: str | Period,
) -> tuple[list[str], list[list[str]]]:
    """Headings, and for each example record its fate in words and its columns."""
    units = family.units[measure.units]
    identifier = family.identifier(measure.units) or "record_id"
    given = tables[units.of]
    hidden = {identifier, *family.tables[units.of].organisations.values()}
    shown = [name for name in given.columns if name not in hidden and given[name].notna().any()]
    first_of = given.drop_duplicates(identifier).set_index(identifier)
    rows = []
    traced = trace_line(line.code, dict(tables), periods=parse_periods(period))
    traced = traced[traced["record_id"].isin(first_of.index)].set_index("record_id")
    for record in first_of.index:
        if record not in traced.index:
            continue
        fate = traced.loc[[record]].iloc[0]
        cells = [_cell(first_of.loc[record, name]) for name in shown]
        rows.append([str(record), _fate_words(line, family, fate), *cells])
    headings = [
        _sentence_case(identifier.removesuffix("_id").replace("_", " ")),
        "Fate",
        *(_sentence_case(name.replace("_", " ")) for name in shown),
    ]
    return headings, rows


def _cell(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _fate_words(line: Indicator, family: Family, fate: pd.Series[Any]) -> str:
    if fate["in_numerator"]:
        return f"Counted: {line.within_in_words}"
    reason = fate["excluded_because"]
    said = why(family, reason) if reason else "It is of the denominator."
    if not pd.isna(fate["in_denominator"]) and bool(fate["in_denominator"]):
        return f"In the denominator only. It fails: {said}"
    return f"Left out. {'It fails: ' if reason in family.clauses else ''}{said}"


def table(kind: str, results: Results, *codes: str) -> Table:
    """A table of a family's released figures.

    `kind`: `result` (one line or several), `attrition` (one line), `activity` (several counts),
    `quality` or `provenance`. Raises UsageError for an unknown kind or line, a missing one, and
    lines that the kind cannot show.
    """
    if kind not in KINDS:
        raise unknown("table", kind, KINDS)
    for code in codes:
        results.line(code)
    if kind == "quality":
        return quality_table(results)
    if kind == "provenance":
        return provenance_table(results)
    if not codes:
        raise UsageError(f"the table {kind} needs a line, such as E.B.3")
    if kind == "activity":
        return activity_table(results, codes)
    if kind == "result":
        return result_table(results, *codes)
    if len(codes) > 1:
        raise UsageError(f"the table {kind} shows one line, not {len(codes)}")
    return attrition_table(results, codes[0])


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(period: Period) -> str:
    return period.words if period.kind != "month" else f"{period.start:%b %Y}"


def _mark_notes(rows: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """An explanation of each mark that stands in the table."""
    return mark_notes(chain.from_iterable(rows))
