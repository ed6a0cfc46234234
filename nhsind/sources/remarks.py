"""Records that lack what a line would like to know and count all the same: told, and kept."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import Remark
from nhsind.sources.checked_input import Input
from nhsind.sources.findings import Finding, find


def remark_findings(source: Input) -> list[Finding]:
    """What lines remark of the records of an input, one finding a remark.

    Only where all columns that it reads are given: of a whole column that is absent nothing can be
    said of a record.
    """
    family = source.family
    lines: dict[str, list[str]] = {}
    for line in family.indicators.values():
        for name in line.remarks if source.holds(line) else ():
            lines.setdefault(name, []).append(line.code)
    remarked: dict[str, list[Remark]] = {}
    for name in lines:
        remark = family.remarks[name]
        if set(remark.columns) <= source.given.get(remark.table, frozenset()):
            remarked.setdefault(remark.table, []).append(remark)
    return [
        finding
        for table, remarks in remarked.items()
        if table in source.stored
        for finding in _of_table(source, table, remarks, lines)
    ]


def _of_table(
    source: Input, table: str, remarks: list[Remark], lines: dict[str, list[str]]
) -> list[Finding]:
    relation = f"{table}_remarks"
    flagged = source.place.frame(f"{table}_typed")
    source.place.put(relation, flagged.with_columns(**{each.name: each() for each in remarks}))
    return find(
        source.place,
        source.family.tables[table],
        raw=source.stored[table],
        relation=relation,
        faults={
            each.name: (nw.col(each.name), each.says, tuple(lines[each.name])) for each in remarks
        },
        left_out=False,
    )
