"""The organisations that plans are for: of the geography or of the data, or a slip."""

from __future__ import annotations

from collections.abc import Iterator

from nhsind.errors import InputError
from nhsind.geography import ALWAYS_KNOWN, ENGLAND, LEVELS
from nhsind.sources.checked_input import Input
from nhsind.sources.plans import unknown_in_plans


def refuse_unknown_plans(source: Input) -> None:
    """Raise InputError for plans of the family's lines for organisations that are nowhere known.

    Looked for in the geography, then in the family's own tables or files, then in those of the
    folder's other families: an organisation without events may be in none of its own.
    """
    codes = source.family.indicators
    known = {ENGLAND, *ALWAYS_KNOWN}
    problems = unknown_in_plans(source.plans, codes, known)
    for more in _known(source) if problems else ():
        known |= more
        problems = unknown_in_plans(source.plans, codes, known)
        if not problems:
            return
    problems = [each for each in problems if not source.neighbours.have({str(each.value)})]
    if problems:
        raise InputError(problems)


def _known(source: Input) -> Iterator[set[str]]:
    """The organisations of each place, the cheapest first."""
    if source.geography is not None:
        yield {code for level in LEVELS for code in source.geography.known(level)}
    if source.counts is not None:
        yield set(source.counts["org_code"].astype(str))
    for name in source.tables:
        for column in source.family.tables[name].organisations.values():
            if column in source.columns(name):
                held = source.place.frame(f"{name}_typed").select(column).unique()
                yield {str(row[column]) for row in source.place.rows(held).to_pylist()}
