"""Findings: records that read but cannot be true, or lack what a line needs, counted and placed."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.place import ROW, Frame, Place, totals
from nhsind.sources.stored import Stored

MOST_ROWS_LISTED = 5
# By name: the condition, what it means in words, the lines that leave such rows out.
Faults = dict[str, tuple[nw.Expr, str, tuple[str, ...]]]
# The row counted from 1, in SQL.
SQL_ROW = f"row_number() OVER () AS {ROW}"

REPEATED = "repeated"
# Values within the signs of a spreadsheet.
UNWRAPPED = "unwrapped"
IDENTIFIER_DISAGREES = "identifier_disagrees"
IDENTIFIER_MISSING = "identifier_missing"
UNUSUAL = "unusual_number"
# What a snapshot lacks, because its records have a gap.
GAP = "gap"
# Organisations' periods with figures of some groups only.
GROUPS_MISSING = "groups_missing"
# Codes outside an open list, and codes that are likely slips.
CODE_NOT_LISTED = "code_not_listed"
SEEN_ONCE = "code_seen_once"
# Rows of one thing that describe it differently; several answers of one month.
DISAGREES = "rows_disagree"
ANSWERED_AGAIN = "answered_again"
# Findings that leave no record out.
NOT_LEFT_OUT = (
    *(UNUSUAL, GAP, GROUPS_MISSING),
    *(CODE_NOT_LISTED, SEEN_ONCE, DISAGREES, ANSWERED_AGAIN),
    UNWRAPPED,
)
# Findings that number, or name the owners of, rows that are counted all the same: where counts are
# hidden they are told to whoever has the records, and on no page.
TELL_OF_COUNTED_ROWS = (UNWRAPPED, SEEN_ONCE)
RECORD_FAULTS = {
    REPEATED: "Rows that repeat an identifier and agree: counted once",
    IDENTIFIER_DISAGREES: "Rows that share an identifier and disagree: all left out",
    IDENTIFIER_MISSING: "Rows without an identifier: left out",
}


@dataclass(frozen=True)
class Finding:
    """Records that read but cannot be true, or lack what a line needs.

    `detail`: what is said of them besides where records are looked at, and on no page: values.
    """

    table: str
    fault: str
    about: str
    lines: tuple[str, ...]
    rows: int
    places: tuple[str, ...]
    left_out: bool = True
    detail: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether strict checking refuses it: what is left out of figures, or not as usual."""
        return self.left_out or self.fault == UNUSUAL

    def __str__(self) -> str:
        """One line for people: how many, why, out of which lines, where the first ones are."""
        noun = "row" if self.rows == 1 else "rows"
        effect = f"out of {', '.join(self.lines)}" if self.lines and self.left_out else ""
        where = f"; first at {', '.join(self.places)}" if self.places else ""
        number = "" if self.fault in (UNUSUAL, GROUPS_MISSING) else f" {self.rows:,} {noun}:"
        text = f"{self.table}:{number} {self.about}"
        return text + (f" ({effect})" if effect else "") + where


def find(
    place: Place,
    table: RecordTable,
    *,
    raw: Stored,
    relation: str,
    faults: Faults,
    left_out: bool = True,
) -> list[Finding]:
    """The findings for the rows of `relation` that fulfil conditions.

    `faults`: by name, the condition, what it means in words, the lines that leave such rows out
    (not `left_out`: that count them all the same). One look counts them; others, only if there
    are any, find the first of each.
    """
    if not faults:
        return []
    held = place.at_hand(relation)
    frame = place.frame(relation) if held is None else held
    counts = totals(place, frame, {name: faults[name][0] for name in faults})
    present = {name: count for name, count in counts.items() if count}
    numbered = place.numbered(relation) if present and held is None else held
    return [
        finding(
            place,
            table,
            raw=raw,
            fault=name,
            about=faults[name][1],
            lines=faults[name][2],
            count=count,
            found=None if numbered is None else numbered.filter(faults[name][0]),
            left_out=left_out,
        )
        for name, count in present.items()
    ]


def finding(
    place: Place,
    table: RecordTable,
    *,
    raw: Stored,
    fault: str,
    about: str,
    lines: tuple[str, ...],
    count: int,
    found: Frame | None,
    left_out: bool = True,
) -> Finding:
    """A finding of `count` rows; `found`: those rows with their numbers, where they have some."""
    places: tuple[str, ...] = ()
    if found is not None:
        named = table.identifier if table.identifier in raw.columns else None
        identifier = nw.col(named) if named else nw.lit(None, dtype=nw.String)
        first = found.select(ROW, ident=identifier).sort(ROW).head(MOST_ROWS_LISTED)
        rows = place.rows(first).to_pylist()
        at = raw.lines(row[ROW] for row in rows)
        places = tuple(
            f"{raw.unit} {at.get(row[ROW])}"
            + (f" ({table.identifier} {row['ident']})" if row["ident"] else "")
            for row in rows
        )
    return Finding(raw.place, fault, about, lines, count, places, left_out and fault != REPEATED)
