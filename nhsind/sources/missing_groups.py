"""Tables of figures by group, of which an organisation's period lacks some: told, and kept."""

from __future__ import annotations

from itertools import product
from math import prod

import narwhals.stable.v2 as nw

from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.place import Place
from nhsind.sources.findings import GROUPS_MISSING, Finding
from nhsind.sources.stored import Stored

# So many organisations and periods are named, each with so many of what it lacks.
MOST_NAMED = 5


def lacking_groups(
    place: Place, table: RecordTable, *, raw: Stored, lines: tuple[str, ...]
) -> list[Finding]:
    """Who has figures of a period for some only of the groups that `each_has` names.

    A sum over groups that are there is too small where others were forgotten. They are kept: a
    group without a row may have nobody in it. `lines`: those that the figures count in. One
    finding of all organisations and periods, or none.
    """
    groups, label = table.each_has, table.labelled_by
    columns = [column for column in table.organisations.values() if column in raw.columns]
    if not groups or not label or not columns or not {*groups, label} <= set(raw.columns):
        return []
    of = [columns[0], label]
    named = place.frame(f"{table.name}_typed").filter(
        *(~nw.col(name).is_null() for name in of),
        *(nw.col(name).is_in(list(values)).fill_null(False) for name, values in groups.items()),
    )
    held: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for row in place.rows(named.select(*of, *groups).unique()).to_pylist():
        key = row[columns[0]], f"{row[label]:%Y-%m}"
        held.setdefault(key, set()).add(tuple(row[name] for name in groups))
    everything = list(product(*groups.values()))
    lacking = {
        key: [group for group in everything if group not in found]
        for key, found in sorted(held.items())
        if len(found) < len(everything)
    }
    if not lacking:
        return []
    number = prod(map(len, groups.values()))
    about = (
        f"{columns[0]} and {label} lack some of the {number} groups of "
        f"{' and '.join(groups)}, which count as nobody: {_words(lacking)}"
    )
    return [Finding(raw.place, GROUPS_MISSING, about, lines, len(lacking), (), left_out=False)]


def _words(lacking: dict[tuple[str, str], list[tuple[str, ...]]]) -> str:
    """The first few that lack groups, and what they lack."""
    parts = [
        f"{code} {period} without {_first(groups)}"
        for (code, period), groups in list(lacking.items())[:MOST_NAMED]
    ]
    rest = len(lacking) - MOST_NAMED
    return "; ".join([*parts, *([f"and {rest:,} more"] if rest > 0 else [])])


def _first(groups: list[tuple[str, ...]]) -> str:
    names = [" ".join(group) for group in groups]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
