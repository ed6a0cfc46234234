"""Tables that a notebook shows, from released figures only: accessible HTML, or plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from nhsind.checking import RECORD_FAULTS
from nhsind.definition import Indicator
from nhsind.derivation import ORGANISATION_MISSING
from nhsind.errors import UsageError, unknown
from nhsind.family_results import Results, provenance, reason_words
from nhsind.geography import ENGLAND
from nhsind.judge import percentage
from nhsind.periods import Period, parse_period
from nhsind.release import MARKS, NOT_APPLICABLE

KINDS = ("result", "attrition", "activity", "quality", "provenance")


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
                f"<td {self._align(place)}>{escape(text)}</td>"
                for place, text in enumerate(row)
                if place
            )
            body.append(f"<tr><th scope='row' {self._align(0)}>{escape(row[0])}</th>{cells}</tr>")
        label = escape(self.caption, quote=True)
        notes = "".join(f"<p class='note'>{escape(note)}</p>" for note in self.notes)
        return (
            f"<div class='table' role='region' tabindex='0' aria-label=\"{label}\"><table>"
            f"<caption style='text-align: left'>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{notes}"
        )

    def __repr__(self) -> str:
        frame = pd.DataFrame(self.rows, columns=list(self.headings))
        lines = [self.caption, frame.to_string(index=False), *self.notes]
        return "\n".join(lines)

    def _align(self, place: int) -> str:
        """On the cell itself: JupyterLab would set all columns to the right."""
        if place == 0 or place in self.words:
            return "style='text-align: left'"
        return "class='number' style='text-align: right'"


def count_words(value: Any, mark: Any = "") -> str:
    """A released count with thousands separated, or its mark."""
    if pd.isna(value):
        return str(mark or "[x]")
    return f"{int(value):,}"


def value_words(row: pd.Series[Any]) -> str:
    """A released value: a percentage to one place, rounded half up, or a count, or its mark."""
    if pd.isna(row["value"]):
        return str(row["value_mark"])
    if row["kind"] == "count":
        return count_words(row["numerator"])
    return percentage(int(row["numerator"]), int(row["denominator"]))


def interval_words(row: pd.Series[Any]) -> str:
    """The 95% interval in the value's own unit, or nothing."""
    if pd.isna(row["ci_lower"]):
        return str(row["value_mark"]) or "[x]"
    if row["kind"] == "count":
        return f"{row['ci_lower']:,.0f} to {row['ci_upper']:,.0f}"
    return f"{100 * row['ci_lower']:.1f}% to {100 * row['ci_upper']:.1f}%"


def verdict_words(row: pd.Series[Any]) -> str:
    """`met`, `not met`, or that there is no verdict."""
    if pd.isna(row["meets_standard"]):
        no_verdict = str(row["value_mark"]) or "[x]"
        return NOT_APPLICABLE if pd.isna(row["standard"]) else no_verdict
    return "met" if row["meets_standard"] else "not met"


def result_table(results: Results, code: str) -> Table:
    """The organisation and England: counts, value, interval, standard, verdict."""
    line = results.line(code)
    standard = line.standard(results.period, results.level)
    rows = []
    for organisation in (results.organisation, ENGLAND):
        row = results.figure(code, organisation)
        if row is None:
            continue
        name = results.names.get(organisation) or organisation
        rows.append(
            (
                name,
                count_words(row["numerator"], row["numerator_mark"]),
                count_words(row["denominator"], row["denominator_mark"]),
                value_words(row),
                interval_words(row),
                standard.words.split(" (")[0] if standard else "none",
                verdict_words(row),
            )
        )
    headings = (
        "Organisation",
        line.within_in_words.capitalize(),
        line.waiting_in_words.capitalize(),
        "Value",
        "95% interval",
        "Standard",
        "Standard met?",
    )
    caption = f"{line.title}, {results.period.words}"
    return Table(caption, headings, tuple(rows), _mark_notes(rows), frozenset({5, 6}))


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
            "[x]" if row is None else count_words(row["numerator"], row["numerator_mark"])
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
    steps = results.steps.frame
    mine = steps[
        (steps["indicator"] == code)
        & (steps["org_code"] == results.organisation)
        & (steps["period"] == str(results.period))
    ]
    names = [*RECORD_FAULTS, ORGANISATION_MISSING, *line.faults]
    inside = list(line.denominator.clauses) if line.denominator else []
    last = list(line.numerator.clauses)
    if results.steps.policy.rule == "suppress":
        return _steps_withheld(results, line)
    left = {
        reason: int(mine.loc[mine["excluded_because"] == reason, "units"].sum())
        for reason in [*names, *inside, *last]
    }
    remaining = int(mine["units"].sum())
    rows = [(f"All {line.unit} of the records", "", f"{remaining:,}")]
    for reason in names:
        if left[reason]:
            remaining -= left[reason]
            rows.append(
                (
                    f"Left out: {reason_words(results, reason)}",
                    f"{left[reason]:,}",
                    f"{remaining:,}",
                )
            )
    for reason in inside:
        remaining -= left[reason]
        rows.append((reason_words(results, reason), f"{left[reason]:,}", f"{remaining:,}"))
    if inside:
        rows.append((f"Denominator: {line.waiting_in_words}", "", f"{remaining:,}"))
    for reason in last:
        remaining -= left[reason]
        rows.append((reason_words(results, reason), f"{left[reason]:,}", f"{remaining:,}"))
    rows.append((f"Numerator: {line.within_in_words}", "", f"{remaining:,}"))
    caption = f"{line.code}, {results.name}, {results.period.words}: from all records to the figure"
    headings = ("Step: what must hold", f"{line.unit.capitalize()} left out", "Remaining")
    return Table(caption, headings, tuple(rows))


def _steps_withheld(results: Results, line: Indicator) -> Table:
    """The rules and the released ends only: what each step leaves out would undo suppression."""
    row = results.figure(line.code)
    rows = []
    parts = [("Denominator", line.denominator, line.waiting_in_words)] if line.denominator else []
    parts.append(("Numerator", line.numerator, line.within_in_words))
    for name, measure, words in parts:
        rows += [(reason_words(results, reason), "[c]", "[c]") for reason in measure.clauses]
        key = name.lower()
        shown = "[x]" if row is None else count_words(row[key], row[f"{key}_mark"])
        rows.append((f"{name}: {words}", "", shown))
    caption = f"{line.code}, {results.name}, {results.period.words}: from all records to the figure"
    headings = ("Step: what must hold", f"{line.unit.capitalize()} left out", "Remaining")
    return Table(caption, headings, tuple(rows), _mark_notes(rows))


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
    caption = f"{line.title}, {results.period.words}, by organisation"
    headings = ("Organisation", "Value", "95% interval", "Standard met?")
    return Table(caption, headings, tuple(rows), _mark_notes(rows), frozenset({3}))


def trend_table(results: Results, codes: Sequence[str], beside_england: bool) -> Table:
    """One row per period, one column per series."""
    series = [(code, results.organisation) for code in codes]
    if beside_england:
        series += [(code, ENGLAND) for code in codes]
    rows = []
    for period in results.periods():
        cells = []
        for code, organisation in series:
            row = results.figure(code, organisation, period)
            cells.append("[x]" if row is None else value_words(row))
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


def fate_table(code: str, records: pd.DataFrame, period: str | Period) -> Table:
    """Example records with the fate of each, as `trace` tells it: how a definition is taught."""
    from nhsind.api import trace
    from nhsind.definition import find, load_family
    from nhsind.derivation import why

    line = find(code)
    family = load_family(line.family)
    identifier = next(iter(family.tables.values())).identifier or "record_id"
    traced = trace(code, data=records, period=period).set_index("record_id")
    shown = [name for name in records.columns if name not in (identifier, "ccg_code")]
    rows = []
    for record in records.to_dict("records"):
        fate = traced.loc[record[identifier]]
        if fate["in_numerator"]:
            words = f"Counted: {line.within_in_words}"
        elif bool(fate["in_denominator"]) and not pd.isna(fate["in_denominator"]):
            words = f"In the denominator only. It fails: {why(family, fate['excluded_because'])}"
        else:
            reason = fate["excluded_because"]
            fails = "It fails: " if reason in family.clauses else ""
            words = f"Left out. {fails}{why(family, reason)}"
        cells = ["" if pd.isna(record[name]) else str(record[name]) for name in shown]
        rows.append((str(record[identifier]), *cells, words))
    headings = ("Record", *(name.replace("_", " ").capitalize() for name in shown), "Fate")
    caption = f"{code}: example records and their fate, {parse_period(str(period)).words}"
    return Table(caption, headings, tuple(rows), words=frozenset(range(1, len(headings))))


def table(kind: str, results: Results, *codes: str) -> Table:
    """A table of a family's released figures.

    `kind`: `result`, `attrition` (one line each), `activity` (several counts), `quality` or
    `provenance`. Raises UsageError for an unknown kind or line, or a missing one.
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
    return (result_table if kind == "result" else attrition_table)(results, codes[0])


def _short(period: Period) -> str:
    return period.words if period.kind != "month" else f"{period.start:%b %Y}"


def _mark_notes(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """An explanation of each mark that stands in the table."""
    cells = {cell for row in rows for cell in row}
    return tuple(f"{mark} means {words}." for mark, words in MARKS.items() if mark in cells)
