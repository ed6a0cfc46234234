"""The checks of a family's record tables: each table's own, its faults, which table lists which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import narwhals.stable.v2 as nw

from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import BLANKS, Column, RecordTable, canonical
from nhsind.engines.place import ROWS, Place, one
from nhsind.errors import InputError, Problem
from nhsind.geography import Geography
from nhsind.sources.findings import CODE_NOT_LISTED, Finding, find, finding
from nhsind.sources.identifiers import mark_identifiers
from nhsind.sources.mapping_advice import for_a_value
from nhsind.sources.missing_groups import lacking_groups
from nhsind.sources.slips import answered_again, disagreeing, seen_once
from nhsind.sources.stored import Stored

# So many codes outside an open list are named.
MOST_CODES = 5


@dataclass(frozen=True)
class Typed:
    """A table after typing: what is wrong with it, else its typed columns as `NAME_typed`.

    `carried`: the columns of the user's own that go along.
    """

    raw: Stored
    problems: list[Problem]
    findings: list[Finding]
    given_count: bool = False
    carried: Collection[str] = ()


# How a place types a table, of which it is given how it lies there.
Typing = Callable[[RecordTable, Stored, Geography | None, Collection[str]], Typed]


def check_tables(
    family: Family,
    place: Place,
    typing: Typing,
    *,
    raws: dict[str, Stored],
    geography: Geography | None,
    problems: list[Problem],
    level: str | None,
    also: Collection[str] = (),
) -> list[Finding]:
    """Check and type the tables of a family, and find the records that some lines leave out.

    Makes, for each, the table of its name. `typing`: how the place types a table. `also`: columns
    of the user's own to carry along. Raises InputError with `problems` and every problem of every
    table.
    """
    findings: list[Finding] = []
    for name, raw in list(raws.items()):
        table = family.tables[name]
        typed = typing(table, raw, geography, also)
        raw = raws[name] = typed.raw
        findings += typed.findings
        problems += [_in_own_words(each, table, raw) for each in typed.problems]
        if typed.problems:
            continue
        marked = mark_identifiers(
            place,
            table,
            raw=raw,
            typed=f"{name}_typed",
            given_count=typed.given_count,
            also=typed.carried,
        )
        findings += [replace(item, lines=family.lines_of(name)) for item in marked]
        findings += _rule_findings(family, place, name=name, raw=raw, level=level)
        findings += [] if geography else seen_once(place, table, raw)
        findings += disagreeing(place, table, raw)
        findings += answered_again(place, table, raw=raw, lines=family.lines_of(name))
        findings += lacking_groups(place, table, raw=raw, lines=family.lines_of(name))
    if problems:
        raise InputError(problems)
    for name, raw in raws.items():
        findings += _unlisted(family, place, name=name, raw=raw, raws=raws)
    return findings


def _in_own_words(problem: Problem, table: RecordTable, raw: Stored) -> Problem:
    """A problem of a mapped table with the heading of the user's file, and what mends it."""
    heading = raw.headings.get(problem.column or "")
    if heading is None:
        return problem
    advice = problem.advice or for_a_value(table, raw.mapping, raw.totals)
    return replace(problem, heading=heading, advice=advice)


def _unlisted(
    family: Family, place: Place, *, name: str, raw: Stored, raws: Mapping[str, Stored]
) -> list[Finding]:
    """The records that belong to an identifier which its own table does not have."""
    table = family.tables[name]
    findings: list[Finding] = []
    for column in table.columns.values():
        there = column.listed_in
        identifier = family.tables[there].identifier if there else None
        if not identifier or column.name not in raw.columns or there not in raws:
            continue
        if identifier not in raws[there].columns:
            continue
        listed = place.frame(there).select(**{column.name: nw.col(identifier)})
        listed = listed.filter(~nw.col(column.name).is_null())
        known = ~nw.col(column.name).is_null()
        missing = place.frame(f"{name}_typed").filter(known)
        missing = missing.join(listed, on=column.name, how="anti")
        count = one(place, missing.select(nw.len().alias(ROWS)))[ROWS]
        if not count:
            continue
        numbered = place.numbered(f"{name}_typed")
        findings.append(
            finding(
                place,
                table,
                raw=raw,
                fault=f"{column.name}_not_listed",
                about=(
                    f"{column.name} is not in the table {there}, so the record belongs to nobody"
                ),
                lines=family.lines_of(name),
                count=count,
                found=numbered and numbered.filter(known).join(listed, on=column.name, how="anti"),
            )
        )
    return findings


def _rule_findings(
    family: Family, place: Place, *, name: str, raw: Stored, level: str | None
) -> list[Finding]:
    """The findings of the family's own faults and of missing organisations."""
    table = family.tables[name]
    faults = {key: rule for key, rule in family.faults.items() if rule.table == name}
    lines = {
        key: tuple(code for code, line in family.indicators.items() if key in line.faults)
        for key in faults
    }
    listed = {
        column.name: _not_listed(column, family, name)
        for column in table.columns.values()
        if column.known and column.name in raw.columns and not _all_listed(column, raw)
    }
    conditions = {
        key: (_may_count(raw, rule(), lines[key]), rule.says, lines[key])
        for key, rule in faults.items()
        if lines[key]  # others are of a choice that no line takes
    }
    places = table.organisations
    base = level if level in ("ccg", "provider") else family.record_level
    column = places.get(base) if places.get(base) in raw.columns else places.get("provider")
    if column in raw.columns:
        conditions["organisation_missing"] = (
            nw.col(column).is_null(),
            f"{column} is missing",
            family.lines_of(name),
        )
    typed = f"{name}_typed"
    found = find(place, table, raw=raw, relation=typed, faults=conditions | listed)
    return [item for item in found if item.fault not in listed] + [
        replace(
            item,
            left_out=False,
            detail=_commonest(place, typed, table.columns[item.fault]),
            fault=CODE_NOT_LISTED,
        )
        for item in found
        if item.fault in listed
    ]


def _all_listed(column: Column, raw: Stored) -> bool:
    """Whether the distinct values of a column were looked at and all are in its open list."""
    values = raw.seen.get(column.name)
    if values is None:
        return False
    return all(canonical(column, value) in column.known for value in values if value.strip(BLANKS))


def _not_listed(column: Column, family: Family, table: str) -> tuple[nw.Expr, str, tuple[str, ...]]:
    """Codes outside an open list: kept, judged as none of those listed, and counted."""
    about = f"{column.name} holds a code that is not in its list: kept, and counts as none of those"
    return _is_strange(column), about, family.lines_of(table)


def _is_strange(column: Column) -> nw.Expr:
    code = nw.col(column.name)
    return ~code.is_null() & ~code.is_in(list(column.known)).fill_null(False)


def _commonest(place: Place, relation: str, column: Column) -> str:
    """The commonest codes outside an open list, with their rows."""
    strange = place.frame(relation).filter(_is_strange(column))
    counted = strange.group_by(column.name).agg(nw.len().alias(ROWS))
    rows = place.rows(counted).to_pylist()
    first = sorted(rows, key=lambda row: (-row[ROWS], row[column.name]))[:MOST_CODES]
    named = ", ".join(f'"{row[column.name]}" ({row[ROWS]:,})' for row in first)
    more = len(rows) - len(first)
    return f"the commonest are {named}" + (f" and {more:,} more" if more > 0 else "")


def _may_count(raw: Stored, condition: nw.Expr, lines: tuple[str, ...]) -> nw.Expr:
    """A fault of a row that counts for one line only matters if that line leaves it out."""
    if "counts_for" not in raw.columns:
        return condition
    only = nw.col("counts_for")
    codes = [code.upper() for code in lines]
    return condition & (only.is_null() | only.is_in(codes).fill_null(False))
