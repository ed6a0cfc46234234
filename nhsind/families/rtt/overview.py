"""Reads the overview time series: England's pathways, month by month since April 2007."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.geography import ENGLAND
from nhsind.sources.headings import plain
from nhsind.sources.printed import NOT_AVAILABLE, Printed, below, once
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.recognising import sheet_head, sheet_named
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

SHEET = "Full Time Series"
WITHIN, ALL_PATHWAYS = "No. within 18 weeks", "No. of pathways (all)"
MONTH = "Month"
# By line: the group and heading of its numerator and of its denominator.
LINES: dict[str, tuple[tuple[str, str], ...]] = {
    "E.B.3": (("Incomplete", WITHIN), ("Incomplete", "Total waiting")),
    "E.M.18": (("Admitted (unadjusted)", ALL_PATHWAYS),),
    "E.M.19": (("Non-Admitted", ALL_PATHWAYS),),
    "E.M.20": (("New RTT", "No. of new"),),
}
SHARE = ("Incomplete", "% within 18 weeks")
# What stands where a month's figure was not collected.
NOT_COLLECTED = {"": NOT_AVAILABLE, "-": NOT_AVAILABLE}
# One printed count carries binary noise in its seventh decimal.
LARGEST_NOISE = 1e-4
# Stands between a group's title and a heading below it.
OF = ": "


def is_overview(path: Path) -> bool:
    """Whether a workbook has the sheet of the series."""
    is_there = sheet_named(path, SHEET) is not None
    return is_there and "referral to treatment" in sheet_head(path, SHEET, 14).lower()


def read_overview(path: Path) -> PublishedFile:
    """The overview time series: England's numerators and denominators, month by month.

    Raises InputError for headings that are missing, months that are none or stand twice, and cells
    that are no counts.
    """
    table = _opened(path)
    months = table.months(MONTH)
    table.refuse_repeated(months)
    base = pd.DataFrame(
        {"org_level": "england", "org_code": ENGLAND, "period": months, "place": table.places()}
    )
    counts, cells = [], []
    for line, columns in LINES.items():
        numbers = [_counts(table, OF.join(column)) for column in columns]
        known = numbers[0].notna().to_numpy()
        rows = base[known].assign(indicator=line, numerator=numbers[0][known].map(round))
        cells.append(printed_cells(rows, "numerator", numbers[0][known]))
        if len(numbers) > 1:
            only_one = known != numbers[1].notna().to_numpy()
            text = "stands in a row that has only one of a count and its total"
            table.refuse(only_one, OF.join(columns[1]), text, "both, or neither")
            rows["denominator"] = numbers[1][known].map(round)
            cells.append(printed_cells(rows, "denominator", numbers[1][known]))
            shares = table.where(known).shares(OF.join(SHARE), percent=False, marks=())
            cells.append(printed_cells(rows, "value", shares))
        counts.append(rows)
    return PublishedFile(
        place=str(path),
        counts=pd.concat(counts, ignore_index=True),
        names={"england": {ENGLAND: "England"}},
        answers=[Answers(pd.concat(cells, ignore_index=True))],
    )


def _opened(path: Path) -> Printed:
    """The rows of months; each heading has the title of its group before it.

    Notes stand below, one cell a row.
    """
    place = f"{path.name}, sheet {SHEET},"
    rows = sheet(open_workbook(path), SHEET, str(path))
    top = header_row(rows, [WITHIN, ALL_PATHWAYS], place=place)
    headed: Rows = [*rows[:top], _headings(rows[top - 1 : top + 1]), *rows[top + 1 :]]
    table = once(below(headed, top, place=place)).without_remarks()
    columns = [column for columns in LINES.values() for column in columns]
    table.require(MONTH, *(OF.join(column) for column in (*columns, SHARE)))
    return table


def _headings(rows: Rows) -> list[str]:
    """Groups' titles stand above their first column only; the month has no heading below it."""
    groups, names = ([tidy(cell) for cell in row] for row in rows)
    wanted = [SHARE, *(column for columns in LINES.values() for column in columns)]
    found, group = [], ""
    for at, name in enumerate(names):
        group = (groups[at] if at < len(groups) else "") or group
        # Both are longer than they are called here.
        own = plain(group), plain(name)
        known = [both for both in wanted if all(map(str.startswith, own, map(plain, both)))]
        found.append(OF.join(known[0] if known else (group, name)) if name else group)
    return found


def _counts(table: Printed, heading: str) -> pd.Series[Any]:
    """A column of counts, as printed; None where a month's was not collected."""
    (column,) = table.numbers(heading, marks=NOT_COLLECTED, parts="decimal")
    noise = np.abs(column.floats - np.round(column.floats))
    table.refuse(noise > LARGEST_NOISE, heading, "is not a whole number", "a count or -")
    return column.values
