"""Which table of nhsind's a file of someone's own is most like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.record_tables import RecordTable
from nhsind.errors import unknown
from nhsind.sources.likely_codes import parts, told_by_values
from nhsind.sources.likely_columns import assigned
from nhsind.sources.looked_at import OwnFile

# A file is of a table if it has this share of its required columns.
LIKELY_TABLE_FROM = 0.5
# What a column tells of a file's table, against one that is needed; and the family's own name.
OF_OPTIONAL, OF_MISSING, OF_NAME = 0.5, 0.75, 1.0
# A table that is less like by no more than a needed column that is missing is named too.
NAMED_WITHIN = OF_MISSING


@dataclass(frozen=True)
class LikelyTable:
    """A table, how like a file is to it, and how many of the columns it needs the file has."""

    table: RecordTable
    score: float
    found: int
    needed: int

    @property
    def name(self) -> str:
        """Its name with its family's."""
        return f"{self.table.family}.{self.table.name}"


def likely_tables(file: OwnFile, among: Sequence[RecordTable] = ()) -> list[LikelyTable]:
    """The tables that a file is like, the likeliest first.

    `among`: the tables of which it must be one, however little it is like them.
    """
    tables = list(among) or [
        table for code in family_codes() for table in load_family(code).tables.values()
    ]
    likely = [_likely(file, table) for table in tables]
    least = 0.0 if among else LIKELY_TABLE_FROM
    return sorted(
        (each for each in likely if each.found >= max(1, least * each.needed)),
        key=lambda each: -each.score,
    )


def _likely(file: OwnFile, table: RecordTable) -> LikelyTable:
    named = {word for name in (file.path.stem, *file.values) for word in parts(name)}
    needed = set(table.required(set()))
    taken, between = assigned(table, file.dates)
    told = {*taken, *between}
    found = told | set(told_by_values(table, file.values, told, set(taken.values())))
    score = len(found & needed) + OF_OPTIONAL * len(found - needed)
    score -= OF_MISSING * len(needed - found)
    is_named = table.family in named or table.family == file.path.parent.name.lower()
    return LikelyTable(table, score + OF_NAME * is_named, len(found & needed), len(needed))


def tables_named(names: Sequence[str]) -> list[RecordTable]:
    """The tables that are named, as `rtt.pathways` or by their family; UsageError for another."""
    found: list[RecordTable] = []
    for name in names:
        code, _, table = name.strip().lower().partition(".")
        if code not in family_codes():
            raise unknown("family", code, family_codes())
        tables = load_family(code).tables
        if table and table not in tables:
            raise unknown("table", name, [f"{code}.{each}" for each in tables])
        found += [tables[table]] if table else tables.values()
    return found
