"""Records that lack what a line would like to know and count all the same: told, and kept."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from nhsind.definitions.clauses import Remark
from nhsind.engines.place import ROWS, one
from nhsind.sources.checked_input import Input
from nhsind.sources.findings import Finding, find


def remark_findings(source: Input) -> list[Finding]:
    """What lines remark of the records of an input, one finding a remark.

    Where a whole column that it reads is absent, the remark is of the table: the rule that reads it
    leaves nothing out.
    """
    family = source.family
    lines: dict[str, list[str]] = {}
    for line in family.indicators.values():
        for name in line.remarks if source.holds(line) else ():
            lines.setdefault(name, []).append(line.code)
    remarked: dict[str, list[Remark]] = {}
    findings: list[Finding] = []
    for name in lines:
        remark = family.remarks[name]
        given = source.given.get(remark.table, frozenset())
        absent = [column for column in remark.columns if column not in given]
        if remark.table not in source.stored:
            continue
        if not absent:
            remarked.setdefault(remark.table, []).append(remark)
        elif "counts_for" not in given:  # what publishers count is counted already
            findings.append(_of_no_column(source, remark, absent, lines[name]))
    return findings + [
        finding
        for table, remarks in remarked.items()
        for finding in _of_table(source, table, remarks, lines)
    ]


def _of_no_column(source: Input, remark: Remark, absent: list[str], lines: list[str]) -> Finding:
    """A remark on records of which none can have what it asks for."""
    frame = source.place.frame(f"{remark.table}_typed")
    rows = int(one(source.place, frame.select(nw.len().alias(ROWS)))[ROWS])
    noun = "column" if len(absent) == 1 else "columns"
    about = f"there is no {noun} {', '.join(absent)}, so of every record: {remark.says}"
    place = source.stored[remark.table].place
    return Finding(place, remark.name, about, tuple(lines), rows, (), False)


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
