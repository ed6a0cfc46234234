"""Reads Ambulance Systems Indicators (AmbSYS): trusts, regions and England, month by month.

These items came with the Ambulance Response Programme. Incidents closed by telephone (A17) over
all incidents (A7) stand for E.B.17, and those with a face-to-face response that were conveyed
elsewhere (A54) or not at all (A55), over all of them (A56), for E.B.18. They do not leave out
calls of healthcare professionals and of NHS 111 in quite the way that the definitions do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.geography import ENGLAND
from nhsind.sources.headings import plain_cells
from nhsind.sources.printed import NOT_AVAILABLE, Printed, read_csv, read_sheet
from nhsind.sources.published import (
    Answers,
    LeftOut,
    PublishedFile,
    Reader,
    printed_cells,
    rows_left_out,
)
from nhsind.sources.recognising import first_rows, first_rows_of, sheet_names
from nhsind.sources.totals import refuse_totals

IDENTITY = ("Year", "Month", "Region", "Org Code", "Org Name")
ITEMS = ("A7", "A17", "A53", "A54", "A55", "A56")
MARKS = dict.fromkeys((".", "-", ""), NOT_AVAILABLE)
# By line: the items of its numerator, its denominator, and which items make up the latter.
LINES = {
    "E.B.17": (("A17",), "A7", ("A17", "A56")),
    "E.B.18": (("A54", "A55"), "A56", ("A53", "A54", "A55")),
}
ENGLAND_PRINTED, REGION = ("ENG", "ENGLAND", "E92000001"), re.compile(r"Y\d\d")
BY_REGION = ("region_code",)
FIRST_YEAR, LAST_YEAR, MONTHS = 2000, 2199, 12
Number = int | Decimal | None
Items = dict[str, Number]


def is_ambsys(path: Path) -> bool:
    """Whether a file's header has a year, a month, an organisation and numbered items."""
    return any(map(_has_items, first_rows(path))) or _sheet(path) is not None


def _sheet(path: Path) -> str | None:
    """The sheet of a workbook that holds the table; None where there is none."""
    for name in sheet_names(path):
        if any(map(_has_items, first_rows_of(path, name))):
            return name
    return None


def _has_items(row: Iterable[Any]) -> bool:
    """Whether a row of cells is the table's header."""
    names = set(plain_cells(row))
    has_items = any(re.fullmatch(r"a\d+", name) for name in names)
    return has_items and len(names & {"year", "month", "org code"}) > 1


def read_ambsys(path: Path) -> PublishedFile:
    """The rows of trusts, regions and England as counts of their own levels.

    Regions and England are answers, too, for the sums of trusts; where a trust lacks an item there
    is no sum to compare. A trust's row whose items contradict each other is left out of the line
    that they make, and noted. In a row of several trusts one item may cover fewer of them than
    another (A7 while some trusts report none): it is taken as printed, and noted.
    """
    name = _sheet(path)
    wanted = (*IDENTITY[:2], "Org Code")
    table = read_sheet(path, name, *wanted) if name else read_csv(path, *wanted)
    table = table.without_remarks()
    table.require(*IDENTITY, *ITEMS)
    codes = table.codes("Org Code")
    table.refuse(codes == "", "Org Code", "is missing", "a trust, a region or Eng")
    is_england = codes.isin(ENGLAND_PRINTED)
    codes = codes.mask(is_england, ENGLAND)
    table.refuse_repeated("Year", "Month", codes)
    refuse_totals(table, "Org Code", "Org Name", "Region", known=is_england)
    base = pd.DataFrame(
        {
            "org_level": codes.map(_level),
            "org_code": codes,
            "region_code": table.codes("Region"),
            "period": _months(table),
            "place": table.places(),
        }
    )
    columns = [column.values for column in table.numbers(*ITEMS, marks=MARKS)]
    items = [dict(zip(ITEMS, row, strict=True)) for row in zip(*columns, strict=True)]
    parts = [_line(line, base, items) for line in LINES]
    rows = pd.concat([found for found, _, _ in parts], ignore_index=True)
    names = _names(base, table)
    regions = names["region"]
    return PublishedFile(
        place=str(path),
        counts=rows,
        names=names,
        groups={
            code: (region, regions.get(region, region))
            for code, region in zip(base["org_code"], base["region_code"], strict=True)
            if code in names["provider"]
        },
        answers=_answers(rows),
        left_out=[row for _, rows, _ in parts for row in rows],
        notes=[note for _, _, notes in parts for note in notes],
    )


def _line(
    line: str, base: pd.DataFrame, items: list[Items]
) -> tuple[pd.DataFrame, list[LeftOut], list[str]]:
    """A line's counts, the rows whose items contradict each other, and notes on other rows."""
    above, below, _ = LINES[line]
    pairs = [(_sum(row, above), row[below]) for row in items]
    marks = [NOT_AVAILABLE if None in pair else "" for pair in pairs]
    figures = [(None, None) if mark else pair for mark, pair in zip(marks, pairs, strict=True)]
    rows = base.assign(indicator=line, mark=marks)
    for name, column in zip(("numerator", "denominator"), zip(*figures, strict=True), strict=True):
        rows[name] = pd.Series(column, index=rows.index, dtype=object)
    wrong = pd.Series([_contradiction(line, row) for row in items], index=rows.index)
    parts = pd.Series([_parts_apart(line, row) for row in items], index=rows.index)
    of_several = rows["org_level"] != "provider"
    left_out = (wrong != "") | ((parts != "") & ~of_several)
    said = [why or apart for why, apart in zip(wrong, parts, strict=True)]
    notes = [
        f"{row.place}, {row.org_code} {row.period}: {why}; {line} is of the trusts that report it"
        for row, why, out in zip(rows.itertuples(), said, left_out, strict=True)
        if why and not out
    ]
    reasons = [why for why, out in zip(said, left_out, strict=True) if out]
    return rows[~left_out], rows_left_out(rows[left_out], reasons), notes


def _contradiction(line: str, row: Items) -> str:
    """More of something than there is of it in all, in words."""
    above, below, _ = LINES[line]
    total, part = row[below], _sum(row, above)
    if total is None or part is None or part <= total:
        return ""
    return f"{' and '.join(above)} is {part:,}, more than {below}, {total:,}"


def _parts_apart(line: str, row: Items) -> str:
    """Parts that do not add up to their whole, in words."""
    _, below, made_of = LINES[line]
    total, added = row[below], _sum(row, made_of)
    if total is None or added is None or added == total:
        return ""
    return f"{' and '.join(made_of)} add up to {added:,} and {below} says {total:,}"


def _sum(row: Items, names: tuple[str, ...]) -> Number:
    """The sum of items; missing where one is."""
    numbers = [row[name] for name in names]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _answers(rows: pd.DataFrame) -> list[Answers]:
    """England's and the regions' rows, to be compared with the sums of trusts."""
    england = rows[rows["org_level"] == "england"].drop(columns="region_code")
    regions = rows[rows["org_level"] == "region"]
    regions = regions.assign(org_level="england", region_code=regions["org_code"], org_code=ENGLAND)
    # Not every trust's region is printed.
    return [
        Answers(_cells(england), adds_up=True),
        Answers(_cells(regions), BY_REGION, complete=False, adds_up=True),
    ]


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    known = rows[rows["mark"] == ""]
    figures = ("numerator", "denominator")
    parts: list[pd.DataFrame] = [printed_cells(known, name, known[name]) for name in figures]
    return pd.concat(parts, ignore_index=True)


def _level(code: str) -> str:
    if code == ENGLAND:
        return "england"
    return "region" if REGION.fullmatch(code) else "provider"


def _names(base: pd.DataFrame, table: Printed) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {"provider": {}, "region": {}, "england": {}}
    titles = table.texts("Org Name")
    for level, code, title in zip(base["org_level"], base["org_code"], titles, strict=True):
        names[level][code] = title
    return names


def _months(table: Printed) -> pd.Series[Any]:
    """The month of each row, from two columns of numbers."""
    years, months = (column.values for column in table.numbers("Year", "Month"))
    allowed = f"a year from {FIRST_YEAR}"
    table.refuse(~years.between(FIRST_YEAR, LAST_YEAR), "Year", "is not a year", allowed)
    table.refuse(~months.between(1, MONTHS), "Month", "is not a month", "1 to 12")
    texts = [f"{year}-{month:02d}" for year, month in zip(years, months, strict=True)]
    return pd.Series(texts, index=table.cells.index, dtype=object)


READERS = (
    Reader(
        "ambsys",
        "Ambulance Systems Indicators (.csv, .xlsx): Year, Month, Region, Org Code, Org Name, A7, "
        "A17, A53 to A56",
        is_ambsys,
        read_ambsys,
        headings=((*IDENTITY, *ITEMS),),
    ),
)
