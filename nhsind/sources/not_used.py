"""What of published files is in no figure: rows that a reader left out, numbers not printed."""

from __future__ import annotations

from collections.abc import Iterable

from nhsind.definitions.family import Family
from nhsind.definitions.statuses import Status
from nhsind.sources.findings import MOST_ROWS_LISTED, Finding
from nhsind.sources.published import LeftOut, PublishedFile

ROW_LEFT_OUT, NOT_PRINTED = "row_left_out", "suppressed_by_publisher"


def not_used(family: Family, contents: Iterable[PublishedFile]) -> list[Finding]:
    """The findings of published files, as those of records."""
    return [each for item in contents for each in (*_left_out(family, item), *_hidden(item))]


def _left_out(family: Family, item: PublishedFile) -> list[Finding]:
    """One finding per reason for which rows were left out."""
    reasons: dict[tuple[str, tuple[str, ...]], list[LeftOut]] = {}
    for row in item.left_out:
        reasons.setdefault((row.why, row.lines or tuple(family.indicators)), []).append(row)
    return [
        Finding(
            item.place,
            ROW_LEFT_OUT,
            why,
            lines,
            sum(row.rows for row in rows),
            tuple(dict.fromkeys(map(_place, rows[: 2 * MOST_ROWS_LISTED])))[:MOST_ROWS_LISTED],
        )
        for (why, lines), rows in reasons.items()
    ]


def _place(row: LeftOut) -> str:
    return f"{row.place} ({row.detail})" if row.detail else row.place


def _hidden(item: PublishedFile) -> list[Finding]:
    """The numbers that the publisher suppressed."""
    if item.counts is None:
        return []
    rows = item.counts[item.counts["mark"] == Status.SUPPRESSED]
    if rows.empty:
        return []
    about = "numbers that the publisher suppressed: their figures and the totals lack them"
    places = tuple(str(place) for place in rows["place"].unique()[:MOST_ROWS_LISTED] if place)
    return [
        Finding(
            item.place, NOT_PRINTED, about, tuple(rows["indicator"].unique()), len(rows), places
        )
    ]
