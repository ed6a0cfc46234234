"""NHS England's RTT files: which layouts there are, and how each is recognised."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.families.rtt.by_organisation import (
    FUNCTION,
    SHEETS,
    is_by_organisation,
    read_by_organisation,
)
from nhsind.families.rtt.extract import (
    COMMISSIONER,
    MONTH,
    PART,
    PROVIDER,
    TOTAL,
    is_full_extract,
    read_full_extract,
)
from nhsind.families.rtt.workbook import is_commissioner_workbook, read_commissioner_workbook
from nhsind.periods import month_of
from nhsind.sources.printed import sheet_head, sheet_names
from nhsind.sources.published import Answers, PublishedFile, Reader
from nhsind.sources.workbooks import column, header_row, open_workbook, sheet, tidy

NOT_COLLECTED = ("", "-")
# One printed count carries binary noise in its seventh decimal.
LARGEST_NOISE = 1e-4


def read_overview(path: Path) -> PublishedFile:
    """The overview time series: England's numerators and denominators, month by month."""
    place = f"{path.name}, sheet Full Time Series,"
    rows = sheet(open_workbook(path), "Full Time Series", str(path))
    top = header_row(rows, ["No. within 18 weeks", "No. of pathways (all)"], place=place)
    groups = _filled([tidy(cell) for cell in rows[top - 1]])
    headings = [tidy(cell) for cell in rows[top]]

    def at(group: str, heading: str) -> int:
        for index, pair in enumerate(zip(groups, headings, strict=False)):
            if pair[0].startswith(group) and pair[1].startswith(heading):
                return index
        raise InputError(Problem(place, f"has no column {group} / {heading}", top + 1, unit="row"))

    within = at("Incomplete", "No. within 18 weeks")
    share = at("Incomplete", "% within 18 weeks")
    total = at("Incomplete", "Total waiting")
    numbers = {
        "E.M.18": at("Admitted (unadjusted)", "No. of pathways (all)"),
        "E.M.19": at("Non-Admitted", "No. of pathways (all)"),
        "E.M.20": at("New RTT", "No. of new"),
    }
    month = column([tidy(cell) for cell in rows[top - 1]], "Month")
    counts: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for index, row in enumerate(rows[top + 1 :], start=top + 2):
        if not isinstance(row[month], date):
            continue
        period = str(month_of(row[month]))
        where = f"{place} row {index}"
        figures = {"E.B.3": (row[within], row[total])}
        figures |= {line: (row[cell], None) for line, cell in numbers.items()}
        for line, cells_of_line in figures.items():
            numerator, denominator = (_count(cell, where) for cell in cells_of_line)
            share_of = line == "E.B.3"
            if share_of and len({numerator is None, denominator is None}) > 1:
                raise InputError(Problem(where, "has only one of a count and its total"))
            if numerator is None:
                continue  # not collected in that month
            if share_of and not isinstance(row[share], int | float):
                raise InputError(Problem(where, "is not a percentage", value=str(row[share])))
            base = {
                "indicator": line,
                "org_level": "england",
                "org_code": "ENGLAND",
                "period": period,
            }
            counts.append(base | {"numerator": numerator, "denominator": denominator})
            printed = {"numerator": cells_of_line[0]}
            if denominator is not None:
                printed |= {"denominator": cells_of_line[1], "value": row[share]}
            cells += [
                base | {"figure": figure, "printed": float(number), "place": where}
                for figure, number in printed.items()
            ]
    return PublishedFile(
        place=str(path),
        counts=pd.DataFrame(counts),
        names={"england": {"ENGLAND": "England"}},
        answers=[Answers(pd.DataFrame(cells))],
    )


def _count(cell: Any, where: str) -> int | None:
    """A printed count, or None for the mark of a month that was not collected."""
    if cell is None or tidy(cell) in NOT_COLLECTED:
        return None
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if not is_number or cell < 0 or abs(cell - round(cell)) > LARGEST_NOISE:
        raise InputError(Problem(where, "is not a count", None, None, str(cell), "a count or -"))
    count: int = round(cell)
    return count


def _filled(cells: list[str]) -> list[str]:
    """Group headings stand above their first column only."""
    filled, last = [], ""
    for cell in cells:
        last = cell or last
        filled.append(last)
    return filled


def _is_workbook_with(path: Path, sheet_name: str, word: str) -> bool:
    return sheet_name in sheet_names(path) and word in sheet_head(path, sheet_name, 14)


READERS = (
    Reader(
        "rtt-commissioner",
        "RTT commissioner workbook of 2014-15 (.xls) with a sheet Commissioner",
        is_commissioner_workbook,
        read_commissioner_workbook,
        headings=(("Commissioner", "CCG Code", "CCG Name", FUNCTION, ">0-1", ">51-52"),),
    ),
    Reader(
        "rtt-organisations",
        "RTT workbook by commissioner or provider with a sheet Sub-ICB, Commissioner or Provider",
        is_by_organisation,
        read_by_organisation,
        headings=tuple((name, *titles, FUNCTION, ">0-1") for name, (*_, titles) in SHEETS.items()),
    ),
    Reader(
        "rtt-full",
        "RTT full extract (.csv, or a .zip of it) with a column RTT Part Type",
        is_full_extract,
        read_full_extract,
        headings=((MONTH, PROVIDER, COMMISSIONER, PART, FUNCTION, TOTAL),),
    ),
    Reader(
        "rtt-overview",
        "RTT overview time series (.xlsx) with a sheet Full Time Series",
        lambda path: _is_workbook_with(path, "Full Time Series", "Referral to Treatment"),
        read_overview,
        totals_only=True,
        headings=(("Full Time Series", "No. within 18 weeks", "No. of pathways (all)"),),
    ),
)
