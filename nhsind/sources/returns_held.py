"""What the tables of returns hold: the labels of their rows, and the organisations that lack any.

A table that says of each row which month, period or year it is of covers the labels it holds. An
organisation without a row of one of them lacks it, and is in no total of it.
"""

from __future__ import annotations

from datetime import date

import narwhals.stable.v2 as nw

from nhsind.periods import Period, listed, month_of
from nhsind.sources.checked_input import Input

# Of the organisations that lack something the first so many are named.
MOST_NAMED = 3


def returns_held(source: Input) -> list[str]:
    """One line per table of returns, or tables of which either will do: what it covers, who lacks
    something of it."""
    return [] if source.is_published else [_held(source, tables) for tables in _choices(source)]


def not_given(source: Input) -> list[str]:
    """At most one line: which commissioners the geography lists and no table of the family has.

    Of those that are open on the last day of the last month that has rows. They have no row of
    their own in any figure.
    """
    geography = source.geography
    if source.is_published or source.record_level != "ccg" or geography is None:
        return []
    days = [
        months[-1].month.end
        for known in source.coverages()
        if (months := source.monthly(known.table, known.column).months)
    ]
    if not days:
        held = [_labels_held(source, tables) for tables in _choices(source)]
        days = [label.end for each in held for labels in each.values() for label in labels]
    lacking = sorted(geography.open_on("ccg", max(days)) - source.commissioners) if days else []
    if not lacking:
        return []
    rest = len(lacking) - MOST_NAMED
    named = ", ".join([*lacking[:MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])])
    return [f"no table of {source.family.code} has {named}, listed in {geography.place}"]


def _choices(source: Input) -> list[tuple[str, ...]]:
    """The tables of returns that the input has; in one tuple those of which either will do."""
    choices = {
        tuple(name for name in choice if _is_held(source, name)): None
        for units in source.family.units.values()
        for choice in units.needs
    }
    return [tables for tables in choices if tables]


def _is_held(source: Input, table: str) -> bool:
    """Whether it is a table of returns by organisation that the input has."""
    known = source.family.tables[table]
    is_labelled = bool(known.labelled_by) and source.record_level in known.organisations
    return is_labelled and table in source.tables


def _labels_held(source: Input, tables: tuple[str, ...]) -> dict[str, set[Period]]:
    """By organisation the labels of the rows that tables of returns have of it between them."""
    held: dict[str, set[Period]] = {
        each: set() for each in sorted(filter(None, source.commissioners))
    }
    for table in tables:
        known = source.family.tables[table]
        label, code = known.labelled_by or "", known.organisations[source.record_level]
        frame = source.place.frame(table).select(code=nw.col(code), day=nw.col(label)).unique()
        for row in source.place.rows(frame.drop_nulls()).to_pylist():
            label_of_row = _period(known.columns[label].kind, row["day"])
            held.setdefault(row["code"], set()).add(label_of_row)
    return held


def _held(source: Input, tables: tuple[str, ...]) -> str:
    """What tables of returns cover between them, in words."""
    held = _labels_held(source, tables)
    labels = set().union(*held.values())
    lacking = {each: missing for each in held if (missing := _missing(source, each, labels, held))}
    named = [f"{each} ({listed(lacking[each])})" for each in list(lacking)[:MOST_NAMED]]
    rest = len(lacking) - MOST_NAMED
    words = ", ".join([*named, *([f"{rest} more"] if rest > 0 else [])])
    place = " or ".join(f"{source.family.code}/{table}" for table in tables)
    text = f"{place} covers {listed(labels) or 'nothing'}: as its rows are labelled"
    return text + (f"; not of {words}" if words else "")


def _missing(
    source: Input, code: str, labels: set[Period], held: dict[str, set[Period]]
) -> set[Period]:
    """The labels that an organisation has no row of while it is open."""
    known, level = source.geography, source.record_level
    return {
        each
        for each in labels - held[code]
        if known is None or not known.is_closed(level, code, month_of(each.end))
    }


def _period(kind: str, day: date) -> Period:
    """The label of a row, from its last day; of quarters and years alike by the quarter."""
    month = month_of(day)
    if kind == "financial_year":
        return month.financial_year
    return month if kind == "month" else month.quarter
