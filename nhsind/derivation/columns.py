"""The columns of a line's units: those that there are, and those that its clauses read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import Clause, Fault
from nhsind.definitions.column_sql import quote
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.limits import Limit
from nhsind.definitions.record_tables import OF_ANY_TABLE, Column, carried
from nhsind.definitions.unit_tables import Frame
from nhsind.derivation.units import units_of
from nhsind.engines.connections import connected
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

# Which columns units have is the same in every period.
_ANY_MONTH = Period(date(2018, 3, 1), 1)
# Columns that nhsind puts beside those of a table.
_OWN = ("nhsind ",)
_MARKS = frozenset(column.name for column in OF_ANY_TABLE)

_LITERAL = re.compile(r"'(?:[^']|'')*'")
# Not the name of a function.
_NAME = re.compile(r'"((?:[^"]|"")+)"|\b([A-Za-z_]\w*)\b(?!\s*\()')
# The text that the query is asked of, so that it can be told from the columns.
_ASKED_OF, _HOLDS = "nhsind_units", "nhsind_holds"


def columns_of(source: Input, line: Indicator, measure: Measure) -> dict[str, str]:
    """The columns given that the units of a measure have, and under which name they have them.

    A column that a mapping took is there under the heading of the user's own file too.
    """
    frame = units_of(source, line, [_ANY_MONTH], "duckdb")[measure.units]
    return columns_among(source, measure, frame.collect_schema().names())


def columns_among(source: Input, measure: Measure, names: Collection[str]) -> dict[str, str]:
    """Those of the columns given that are among the names of a measure's units."""
    given = [name for table in _tables(source, measure) for name in sorted(source.given[table])]
    held = {name: carried(name) if carried(name) in names else name for name in given}
    there = {name: held[name] for name in held if held[name] in names and name not in _MARKS}
    own = {
        heading.lower(): there[column]
        for table in _tables(source, measure)
        if table in source.stored
        for column, heading in source.stored[table].headings.items()
        if column in there
    }
    return own | there


def columns_there(source: Input, measures: Iterable[Measure], but: str) -> list[str]:
    """The columns that one could ask for of the tables that measures count, but for one."""
    tables = {source.family.units[measure.units].of for measure in measures}
    given = {name for table in tables for name in source.given.get(table, ())}
    return sorted(name for name in given - {but} - _MARKS if not name.startswith(_OWN))


def columns_described(source: Input, measure: Measure) -> dict[str, Column]:
    """What the columns of the family's own hold, by name."""
    found: dict[str, Column] = {}
    for table in _tables(source, measure):
        columns = source.family.tables[table].columns
        headings = source.stored[table].headings if table in source.stored else {}
        own = {heading.lower(): columns[name] for name, heading in headings.items()}
        found = own | dict(columns) | found
    return found


def _tables(source: Input, measure: Measure) -> list[str]:
    """The tables held of those that a measure's units are made from, their own first."""
    needs = source.family.units[measure.units].needs
    return [name for choice in needs for name in choice if name in source.given]


def columns_read(source: Input, line: Indicator, measure: Measure, units: Frame) -> list[str]:
    """The columns of a unit table that decide on a unit of a measure, in the table's order.

    The text of each condition tells, as DuckDB writes it for a table of the same columns.
    """
    also = line.numerator.clauses if measure.units == line.numerator.units else ()
    clauses = [source.family.clauses[name] for name in dict.fromkeys((*measure.clauses, *also))]
    faults = [source.family.faults[name] for name in source.family.faults_of(line, measure.units)]
    judged = [(clause, tuple(line.limits[name] for name in clause.limits)) for clause in clauses]
    asked = (*judged, *((fault, ()) for fault in faults))
    return list(_columns_of_conditions(asked, tuple(units.collect_schema().items())))


@lru_cache(maxsize=1000)
def _columns_of_conditions(
    asked: tuple[tuple[Clause | Fault, tuple[Limit, ...]], ...],
    schema: tuple[tuple[str, nw.dtypes.DType], ...],
) -> tuple[str, ...]:
    """Found once for the same rules, limits and columns."""
    empty = ", ".join(f"NULL::{_sql_type(kind)} AS {quote(name)}" for name, kind in schema)
    con = connected()
    con.execute(f"CREATE TEMP TABLE {_ASKED_OF} AS SELECT {empty} LIMIT 0")
    frame = nw.from_native(con.table(_ASKED_OF)).lazy()
    read: set[str] = set()
    for rule, limits in asked:
        query = frame.select(rule(*limits).alias(_HOLDS)).to_native().sql_query()
        read |= _names_in(query)
    return tuple(name for name, _ in schema if name in read)


def _sql_type(kind: nw.dtypes.DType) -> str:
    if isinstance(kind, nw.Datetime):
        return "TIMESTAMP"
    if kind.is_numeric():
        return "BIGINT"
    return {nw.Date: "DATE", nw.Boolean: "BOOLEAN"}.get(type(kind), "VARCHAR")


def _names_in(query: str) -> set[str]:
    bare = _LITERAL.sub(" ", query)
    return {(quoted or plain).replace('""', '"') for quoted, plain in _NAME.findall(bare)}
