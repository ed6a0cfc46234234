"""Tables of records: what is wrong with some, where all come from, what became of examples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from nhsind.definitions.catalogue import find, load_family
from nhsind.definitions.examples import examples_of
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.statuses import Mark
from nhsind.definitions.unit_tables import UnitTable
from nhsind.definitions.variant_text import read_variant
from nhsind.derivation.examples import fate_of, is_expected, units_by_name
from nhsind.derivation.flags import why
from nhsind.derivation.tracing import trace_line
from nhsind.errors import unknown
from nhsind.periods import Period, parse_period, parse_periods
from nhsind.release.examples import worked_once
from nhsind.release.results import Results, provenance
from nhsind.sources.findings import GAP, UNUSUAL
from nhsind.sources.unusual_findings import MOST_NAMED
from nhsind.tables.cells import count_words
from nhsind.tables.small_table import Table, marks_explained, sentence_case

# A table of fates: caption, headings, rows, notes.
Parts = tuple[str, list[str], list[list[str]], list[str]]


def quality_table(results: Results) -> Table:
    """What is wrong with records of all organisations together: left out, counted once, unusual."""
    found = _put_together(results.quality.frame, first=results.organisation)
    rows = [
        (
            str(item.about).rstrip("."),
            str(item.lines).replace(" ", ", "),
            str(Mark.NOT_APPLICABLE)  # what is unusual or lacks is counted as it is
            if item.fault in (UNUSUAL, GAP) or pd.isna(rows)
            else count_words(rows),
        )
        for item, rows in zip(found.itertuples(), found.get("rows", ()), strict=True)
    ]
    caption = "What is wrong with the records of all organisations together"
    hides = results.quality.policy.rule == "suppress"
    if not rows:
        nothing = "None of more than a few records" if hides else "None: every record could be used"
        rows = [(nothing, "", "" if hides else "0")]
    return Table(
        caption,
        ("What is wrong", "Lines", "Rows left out or counted once"),
        tuple(rows),
        (*marks_explained(rows), *(("Faults of few records are not listed.",) if hides else ())),
        frozenset({1}),
    )


def _put_together(found: pd.DataFrame, first: str) -> pd.DataFrame:
    """What is unusual of more than three organisations alike is one row: three, and how many more.

    `first`: the organisation that is named before others. Theirs together is no number of one.
    """
    if "rows" not in found or found.empty:
        return found
    code, words = (found["about"].astype(str).str.split(" ", n=1).str[at] for at in (0, 1))
    rows = found.assign(own=(code != first).astype(int), code=code, words=words)
    unusual = rows[rows["fault"] == UNUSUAL].sort_values("own", kind="stable")
    for (said, _), alike in unusual.groupby(["words", "lines"], sort=False):
        more = len(alike) - MOST_NAMED
        if more > 0:
            named = ", ".join(alike["code"].head(MOST_NAMED))
            at = alike.index.min()
            rows = rows.drop(index=[each for each in alike.index if each != at])
            rows.loc[at, "about"] = f"Each of {named} and {more:,} more {said}"
            rows.loc[at, "rows"] = pd.NA
    return rows


def provenance_table(results: Results) -> Table:
    """Where the figures come from."""
    rows = tuple((name, text) for name, text in provenance(results).items())
    return Table("Where these figures come from", ("What", "Which"), rows, words=frozenset({1}))


def fate_table(
    code: str | Indicator,
    records: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    period: str | Period,
    results: Results | None = None,
) -> Table:
    """Example records with the fate of each, as `trace` tells it: how a definition is taught.

    `records`: one table, or tables by name; shown are the columns of the table that the line's
    units are rows of, for each unit that is traced. `results`: of the notebook that shows them;
    the reports of a run then work them out once.
    """
    line = results.line(code) if results and isinstance(code, str) else find(code)
    tables = records if isinstance(records, Mapping) else {_units_of(line).of: records}
    # What is kept is by code, which variants share.
    kept_in = None if results is None or line.differs else results.kept_in
    parts = worked_once(
        kept_in,
        lambda: [line.code, str(period), {name: each.to_csv() for name, each in tables.items()}],
        partial(_fates, line, tables, period=period, expected={}),
    )
    return _table_of_fates(*parts)


def _table_of_fates(
    caption: str, headings: list[str], rows: list[list[str]], notes: list[str]
) -> Table:
    shown = tuple(tuple(row) for row in rows)
    return Table(caption, tuple(headings), shown, tuple(notes), frozenset(range(1, len(headings))))


def example_table(results: Results, name: str, code: str = "") -> Table:
    """Records that the family's definition carries as an example, with the fate of each.

    `name`: of the example. `code`: the line, where the example has fates of several. One that has
    another fate than it should says so.
    """
    is_varied = any(line.differs for line in results.lines())
    parts = worked_once(
        None if is_varied else results.kept_in,
        lambda: ["example", name, code],
        partial(_example, results, name, code),
    )
    return _table_of_fates(*parts)


def _example(results: Results, name: str, code: str) -> Parts:
    examples = examples_of(results.family)
    if name not in examples:
        raise unknown(f"example of {results.family.code}", name, list(examples))
    example = examples[name]
    written = code or next(iter(example.fates))
    if code and code not in example.fates:
        raise unknown(f"line of the example {name}", code, list(example.fates))
    is_line = written in {line.own_code for line in results.lines()}
    line = results.line(written) if is_line else read_variant(written)
    # Of a line they are not what a variant in its place does.
    expected = {} if is_line and line.differs else example.fates[written]
    return _fates(line, example.records, period=example.period, expected=expected)


def _fates(
    line: Indicator,
    tables: Mapping[str, pd.DataFrame],
    *,
    period: str | Period,
    expected: Mapping[str, str],
) -> Parts:
    """Of each example record its fate in words and its columns; `expected`: what it should be."""
    family, units = load_family(line.family), _units_of(line)
    # First, since it is what refuses tables and columns that are not as they must be.
    traced = trace_line(line, dict(tables), periods=parse_periods(period), columns=())
    fates = units_by_name(traced, line)
    given = tables[units.of]
    organisation = [*family.tables[units.of].organisations.values()]
    identifier = family.identifier(_measure(line).units)
    heading = (identifier or "organisation").removesuffix("_id").replace("_", " ")
    # What nothing identifies is told by its organisation.
    name_of = identifier or next(name for name in organisation if name in given.columns)
    hidden = {name_of, *organisation}
    shown = [name for name in given.columns if name not in hidden and given[name].notna().any()]
    first_of = given.drop_duplicates(name_of).set_index(name_of)
    rows = []
    for record in first_of.index:
        if (fate := fates.get(str(record))) is None:
            continue
        cells = [_cell(first_of.loc[record, name]) for name in shown]
        words = _fate_words(line, family, fate)
        wanted = expected.get(str(record))
        if wanted and not is_expected(fate_of(fate), wanted):
            words += f" Expected: {wanted}."
        rows.append([str(record), words, *cells])
    headings = [
        sentence_case(heading),
        "Fate",
        *(sentence_case(name.replace("_", " ")) for name in shown),
    ]
    caption = f"{line.code}: example records and their fate, {parse_period(str(period)).words}"
    notes = [f"{line.code} is {line.variant_words}."] if line.differs else []
    return caption, headings, rows, notes


def _measure(line: Indicator) -> Measure:
    """What a line's traced units are of."""
    return line.denominator if line.is_inside and line.denominator else line.numerator


def _units_of(line: Indicator) -> UnitTable:
    return load_family(line.family).units[_measure(line).units]


def _cell(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _fate_words(line: Indicator, family: Family, fate: Mapping[Any, Any]) -> str:
    if fate["in_numerator"]:
        return f"Counted: {line.within_in_words}"
    reason = fate["excluded_because"]
    said = why(family, line, reason) if reason else "It is of the denominator."
    if not pd.isna(fate["in_denominator"]) and bool(fate["in_denominator"]):
        return f"In the denominator only. It fails: {said}"
    return f"Left out. {'It fails: ' if reason in family.clauses else ''}{said}"
