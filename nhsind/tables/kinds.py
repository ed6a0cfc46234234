"""The kinds of tables that a notebook asks for, from released figures only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nhsind.errors import UsageError, unknown
from nhsind.narrative.no_figures import told_of
from nhsind.release.policies import rule_in_short
from nhsind.release.results import Results
from nhsind.tables.figures import activity_table, result_table
from nhsind.tables.records import provenance_table, quality_table
from nhsind.tables.small_table import Table, sentences_alone
from nhsind.tables.steps import attrition_table

KINDS = ("result", "attrition", "activity", "quality", "provenance")


def table(kind: str, results: Results, *codes: str) -> Table:
    """A table of a family's released figures.

    `kind`: `result` (one line or several), `attrition` (one line), `activity` (several counts),
    `quality` or `provenance`. Of lines that have no figures it says why. Raises UsageError for an
    unknown kind or line, a missing one, and lines that the kind cannot show.
    """
    if kind not in KINDS:
        raise unknown("table", kind, KINDS)
    held, why_none = told_of(results, codes)
    if kind == "provenance":
        return provenance_table(results)
    if why_none and not held:
        return sentences_alone(why_none)
    made = with_rule(with_variants(_of_kind(kind, results, held), results, held), results)
    return replace(made, without=why_none)


def _of_kind(kind: str, results: Results, codes: Sequence[str]) -> Table:
    if kind == "quality":
        return quality_table(results)
    if not codes:
        raise UsageError(f"the table {kind} needs a line, such as E.B.3")
    if kind == "activity":
        return activity_table(results, codes)
    if kind == "result":
        return result_table(results, *codes)
    if len(codes) > 1:
        raise UsageError(f"the table {kind} shows one line, not {len(codes)}")
    return attrition_table(results, codes[0])


def variants_told(results: Results, codes: Sequence[str]) -> tuple[str, ...]:
    """In what those lines differ that are variants, a sentence each."""
    lines = map(results.line, codes)
    return tuple(f"{line.code} is {line.variant_words}." for line in lines if line.differs)


def with_variants(table: Table, results: Results, codes: Sequence[str]) -> Table:
    """The table with what its lines differ in, where they are variants."""
    told = variants_told(results, codes)
    return replace(table, notes=(*table.notes, *told)) if told else table


def with_rule(table: Table, results: Results) -> Table:
    """The table with what holds of its figures under their policy, where they are not exact."""
    words = rule_in_short(results.figures.policy)
    return replace(table, notes=(*table.notes, words)) if words else table
