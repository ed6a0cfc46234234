"""Values that are likely slips of the pen: told, and kept."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from nhsind.definitions.dates import month_number
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.engines.place import ROW, ROWS, Place, one
from nhsind.errors import nearest
from nhsind.sources.findings import ANSWERED_AGAIN, DISAGREES, SEEN_ONCE, Finding
from nhsind.sources.stored import Stored

# A commissioner that is seen once, where a usual one is seen this often, is noted.
USUALLY_SEEN = 1_000
# So many of those whose rows disagree are named.
MOST_NAMED = 5


def seen_once(place: Place, table: RecordTable, raw: Stored) -> list[Finding]:
    """Commissioners that stand in one row only, beside others with thousands.

    They are kept: what is no slip is a small commissioner.
    """
    findings = []
    for column in table.columns.values():
        if column.kind != "commissioner" or column.name not in raw.columns:
            continue
        code = nw.col(column.name)
        typed = place.frame(f"{table.name}_typed").filter(~code.is_null())
        counted = place.rows(typed.group_by(column.name).agg(nw.len().alias(ROWS)))
        seen = sorted((row[ROWS], row[column.name]) for row in counted.to_pylist())
        if not seen or seen[len(seen) // 2][0] < USUALLY_SEEN:
            continue
        once = [name for rows, name in seen if rows == 1]
        if not once:
            continue
        often = [name for rows, name in seen if rows >= USUALLY_SEEN]
        named = [
            f"{name}" + (f" (beside {near})" if (near := nearest(name, often)) else "")
            for name in once
        ]
        about = (
            f"{column.name} {', '.join(named)} is seen once, where others are seen "
            f"{USUALLY_SEEN:,} times and more: a slip? Kept"
        )
        places = _places(place, table, raw=raw, column=column, codes=once)
        findings.append(Finding(raw.place, SEEN_ONCE, about, (), len(once), places, False))
    return findings


def _places(
    place: Place, table: RecordTable, *, raw: Stored, column: Column, codes: list[str]
) -> tuple[str, ...]:
    """Where codes stand that are seen once, in their order."""
    numbered = place.numbered(f"{table.name}_typed")
    if numbered is None:
        return ()
    found = numbered.filter(nw.col(column.name).is_in(codes).fill_null(False))
    rows = place.rows(found.select(column.name, ROW)).to_pylist()
    at = {row[column.name]: row[ROW] for row in rows}
    lines = raw.lines(at.values())
    return tuple(f"{raw.unit} {lines.get(at[code])}" for code in codes)


def disagreeing(place: Place, table: RecordTable, raw: Stored) -> list[Finding]:
    """Rows that disagree on what describes something they share, such as their department."""
    findings = []
    for column in table.columns.values():
        keys = list(column.one_per)
        if not keys or not {column.name, *keys} <= set(raw.columns):
            continue
        known = [~nw.col(name).is_null() for name in (*keys, column.name)]
        pairs = place.frame(f"{table.name}_typed").filter(*known)
        pairs = pairs.group_by(*keys, column.name).agg(nw.len().alias(ROWS))
        told = {"versions": nw.len(), ROWS: nw.col(ROWS).sum()}
        groups = pairs.group_by(*keys).agg(**told).filter(nw.col("versions") > 1)
        counted = one(place, groups.select(nw.len().alias("groups"), nw.col(ROWS).sum()))
        if not counted["groups"]:
            continue
        first = groups.select(*keys).sort(*keys).head(MOST_NAMED)
        shown = place.rows(pairs.join(first, on=keys, how="semi").select(*keys, column.name))
        values: dict[tuple[Any, ...], list[str]] = {}
        for *shared, value in sorted(tuple(row.values()) for row in shown.to_pylist()):
            values.setdefault(tuple(shared), []).append(value)
        named = [f"{' '.join(map(str, key))} ({', '.join(held)})" for key, held in values.items()]
        more = counted["groups"] - MOST_NAMED
        about = (
            f"{column.name} differs within one {' and '.join(keys)}: {', '.join(named)}"
            f"{f' and {more:,} more' if more > 0 else ''}; what most rows say decides"
        )
        rows = int(counted[ROWS])
        findings.append(Finding(raw.place, DISAGREES, about, (), rows, (), False))
    return findings


def answered_again(
    place: Place, table: RecordTable, *, raw: Stored, lines: tuple[str, ...]
) -> list[Finding]:
    """Who answered several times in one month, or one survey, of whom the last answer counts.

    Of a table of returns whose rows are told apart by the day of the answer.
    """
    day, who = table.labelled_by, table.identifier
    if not day or not who or day not in table.identified_with or not {day, who} <= set(raw.columns):
        return []
    survey = table.columns[day].last_of
    named = nw.col(survey) if survey in raw.columns else nw.lit(None, dtype=nw.String)
    known = (~nw.col(name).is_null() for name in (day, who))
    days = (
        place.frame(f"{table.name}_typed")
        .filter(*known)
        .select(
            who,
            day,
            survey=named.fill_null(""),
            month=nw.when(named.is_null()).then(month_number(nw.col(day))).otherwise(0),
        )
    )
    of = (who, "survey", "month")
    told = {ROWS: nw.len(), "last": nw.col(day).max()}
    again = days.unique().group_by(*of).agg(**told).filter(nw.col(ROWS) > 1)
    counted = one(place, again.select(nw.len().alias("groups"), nw.col(ROWS).sum()))
    if not counted["groups"]:
        return []
    first = place.rows(again.sort(*of).head(MOST_NAMED)).to_pylist()
    named_of = [f"{row[who]} ({row['survey'] or format(row['last'], '%Y-%m')})" for row in first]
    more = counted["groups"] - MOST_NAMED
    about = (
        f"{who} has answers of several days for one month or one survey: {', '.join(named_of)}"
        f"{f' and {more:,} more' if more > 0 else ''}; the last counts"
    )
    return [Finding(raw.place, ANSWERED_AGAIN, about, lines, int(counted[ROWS]), (), False)]
