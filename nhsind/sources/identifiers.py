"""Rows that share an identifier: those that agree stand once, those that disagree are marked."""

from __future__ import annotations

from collections.abc import Collection

import narwhals.stable.v2 as nw

from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.place import ROW, ROWS, Frame, Place, one
from nhsind.sources.findings import (
    IDENTIFIER_DISAGREES,
    IDENTIFIER_MISSING,
    RECORD_FAULTS,
    REPEATED,
    Faults,
    Finding,
    find,
    finding,
)
from nhsind.sources.stored import Stored

FAULT, VERSIONS = "record_fault", "nhsind_versions"
NOTHING = nw.lit(None, dtype=nw.String)
# So many rows that share identifiers are kept once they are settled, so that no question reads the
# table three times; more would take much memory.
MOST_SETTLED = 1_000_000


def mark_identifiers(
    place: Place,
    table: RecordTable,
    *,
    raw: Stored,
    typed: str,
    given_count: bool,
    also: Collection[str] = (),
) -> list[Finding]:
    """Let `table.name` be the typed table in which each identifier stands once or is marked.

    `also`: columns carried along, which are not compared; of rows that agree the first by them
    stands.
    """
    frame = place.frame(typed)
    if not table.key or table.key[0] not in raw.columns:
        # An absent identifier is one that is blank throughout.
        blank = {table.key[0]: NOTHING} if table.key else {}
        place.put(table.name, frame.with_columns(**blank, **{FAULT: NOTHING}))
        return []
    # A row that gives its count stands for many units, and needs no identifier.
    is_needed = table.identifier and not given_count
    missing = nw.col(table.key[0]).is_null() if is_needed else nw.lit(False)
    fault = nw.when(missing).then(nw.lit(IDENTIFIER_MISSING)).otherwise(NOTHING)
    marked = frame.with_columns(**{FAULT: fault})
    findings: list[Finding] = []
    held = place.sharing(typed, table.key)
    if held is not None:
        versions = place.keep(f"{table.name}_versions", _versions(held, table, raw))
        counts = _rows_of(place, versions)
    # Some may only look as if they shared one.
    if held is not None and any(counts.values()):
        names = marked.collect_schema().names()
        settled = _settled(held.with_columns(**{FAULT: NOTHING}), versions, table.key, also)
        settled = settled.select(*names)
        if sum(counts.values()) <= MOST_SETTLED:
            settled = place.keep(f"{table.name}_settled", settled)
        others = marked.join(versions, on=list(table.key), how="anti")
        marked = nw.concat([others.select(*names), settled])
        findings += _findings(place, table, raw=raw, held=held, versions=versions, counts=counts)
    place.put(table.name, marked)
    about = RECORD_FAULTS[IDENTIFIER_MISSING]
    faults: Faults = {IDENTIFIER_MISSING: (missing, about, ())} if is_needed else {}
    return findings + find(place, table, raw=raw, relation=typed, faults=faults)


def _versions(held: Frame, table: RecordTable, raw: Stored) -> Frame:
    """Of each repeated key how many rows have it, and how many that differ from each other."""
    compared = [name for name in table.columns if name in raw.columns]
    alike = held.group_by(*dict.fromkeys((*table.key, *compared))).agg(nw.len().alias(ROWS))
    versions = alike.group_by(*table.key).agg(nw.col(ROWS).sum(), nw.len().alias(VERSIONS))
    return versions.filter(nw.col(ROWS) > 1)


def _rows_of(place: Place, versions: Frame) -> dict[str, int]:
    """How many rows are repeats of others, and how many disagree with others."""
    alike, rows = nw.col(VERSIONS) == 1, nw.col(ROWS)
    counts = versions.select(
        **{
            REPEATED: nw.when(alike).then(rows - 1).otherwise(0),
            IDENTIFIER_DISAGREES: nw.when(alike).then(0).otherwise(rows),
        }
    )
    counted = one(place, counts.select(nw.col(REPEATED, IDENTIFIER_DISAGREES).sum()))
    return {name: int(rows) for name, rows in counted.items()}


def _settled(marked: Frame, versions: Frame, key: tuple[str, ...], also: Collection[str]) -> Frame:
    """Of rows that share a key and agree the first, of those that do not all, with their fault."""
    names = marked.collect_schema().names()
    alike, unlike = (
        versions.filter(is_so) for is_so in (nw.col(VERSIONS) == 1, nw.col(VERSIONS) > 1)
    )
    agreeing = marked.join(alike, on=list(key), how="semi")
    disagreeing = marked.join(unlike, on=list(key), how="semi")
    parts = [
        agreeing.unique(subset=list(key), keep="first", order_by=[*also, *key]),
        disagreeing.with_columns(**{FAULT: nw.lit(IDENTIFIER_DISAGREES)}),
    ]
    return nw.concat([part.select(*names) for part in parts])


def _findings(
    place: Place,
    table: RecordTable,
    *,
    raw: Stored,
    held: Frame,
    versions: Frame,
    counts: dict[str, int],
) -> list[Finding]:
    alike, key = nw.col(VERSIONS) == 1, list(table.key)
    is_numbered = ROW in held.collect_schema().names()
    rows = held.join(versions, on=key, how="inner") if is_numbered else None
    later = nw.col(ROW) > nw.col(ROW).min().over(*key)
    found = {
        REPEATED: rows and rows.filter(alike).filter(later),
        IDENTIFIER_DISAGREES: rows and rows.filter(~alike),
    }
    return [
        finding(
            place,
            table,
            raw=raw,
            fault=fault,
            about=RECORD_FAULTS[fault],
            lines=(),
            count=counts[fault],
            found=rows_found,
        )
        for fault, rows_found in found.items()
        if counts[fault]
    ]
