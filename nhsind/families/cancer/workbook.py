"""Reads the workbooks of cancer waits: a quarter's or month's, by provider or by commissioner.

The tables of all cancers give the counts. England's rows, the percentages, and the sums over
cancers and treatments are answers.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.families.cancer.standards import (
    ALL_CARE,
    CountedTable,
    WorkbookLayout,
    layout_of,
    sheet_key,
)
from nhsind.families.cancer.titles import (
    first_text,
    is_by_commissioner,
    part_title,
    period_of,
)
from nhsind.geography import ENGLAND
from nhsind.sources.printed import Printed, below, once
from nhsind.sources.published import Answers, PublishedFile, printed_cells, rows_left_out
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

# What the columns are called over the years, footnote numbers aside.
CODE = ("ODS CODE", "CCG CODE", "ORG CODE", "ICB CODE")
NAME = (
    "PROVIDER",
    "ACCOUNTABLE PROVIDER",
    "CLINICAL COMMISSIONING GROUP",
    "INTEGRATED CARE BOARD",
    "SUB ICB LOCATION",
    "COMMISSIONER",
    "CCG",
)
PROVIDERS, BOARD = NAME[:2], "INTEGRATED CARE BOARD"
SHARE = ("PERCENTAGE", "TREATED WITHIN", "SEEN WITHIN")
# A patient of a 62-day standard whom two trusts share counts as a half in each.
COUNTED_IN = {14: "whole", 31: "whole", 62: "halves"}
# Trusts have ENGLAND in their names too.
ENGLAND_ROW = re.compile(r"ALL ENGLISH \w+|(ENGLAND|NATIONAL)?( ?TOTAL)?", re.I)
NO_PERCENTAGE = ("", "-", "N/A", "#DIV/0!")
KEYS = ["indicator", "org_level", "org_code", "period"]


def read_workbook(path: Path) -> PublishedFile:
    """A workbook: patients and those in time, by organisation and standard.

    Raises InputError for a layout that is not known, naming what is missing, for cells that are
    no numbers, and for organisations that stand twice in a table.
    """
    workbook = open_workbook(path)
    names = {sheet_key(name): name for name in workbook.sheet_names}
    layout = _layout(path, names)
    sheets = {key: sheet(workbook, name, str(path)) for key, name in names.items()}
    period = str(period_of([sheets[sheet_key(name)] for name in layout.sheets], sheets, path))
    by_commissioner = is_by_commissioner([*sheets.values()])

    def rows_of(table: CountedTable) -> pd.DataFrame:
        key = sheet_key(table.sheet)
        place = f"{path.name}, sheet {names[key]},"
        rows = _rows(sheets[key], place, table, by_commissioner)
        return rows.assign(indicator=table.line, period=period)

    held = [table for table in layout.counted if sheet_key(table.sheet) in names]
    rows = pd.concat([rows_of(table) for table in held], ignore_index=True)
    again = [rows_of(table) for table in layout.again if sheet_key(table.sheet) in names]
    organisations = rows[rows["org_level"] != "england"]
    adds_up = organisations["numerator"] + organisations["later"] == organisations["denominator"]
    contradicting = organisations[~adds_up]
    why = [
        f"{row.numerator} in time and {row.later} later do not add up to {row.denominator}"
        for row in contradicting.itertuples()
    ]
    is_printed = rows["share"].notna() | (rows["denominator"] == 0)
    return PublishedFile(
        place=str(path),
        counts=organisations.loc[adds_up, [*KEYS, "numerator", "denominator", "place"]],
        names=_names(organisations),
        answers=[
            Answers(_cells(rows, "numerator", "denominator")),
            Answers(_cells(rows[is_printed], "share"), complete=False),
            *[Answers(_cells(sums, "numerator", "denominator")) for sums in again],
        ],
        left_out=rows_left_out(contradicting, why),
    )


def _layout(path: Path, names: dict[str, str]) -> WorkbookLayout:
    """The workbook's layout; InputError naming the sheets that it lacks."""
    layout = layout_of([*names.values()])
    wanted = layout.sheets if layout else ["62-DAY (ALL CANCER)"]
    missing = [name for name in wanted if sheet_key(name) not in names]
    if layout is None or missing:
        raise InputError(
            Problem(path.name, f'has no sheet "{name}"', allowed=", ".join(names.values()))
            for name in missing or wanted
        )
    return layout


def _names(rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    names = {
        str(level): dict(zip(part["org_code"], part["name"], strict=True))
        for level, part in rows.groupby("org_level")
    }
    return names | {"england": {ENGLAND: "England"}}


def _rows(rows: Rows, place: str, table: CountedTable, by_commissioner: bool) -> pd.DataFrame:
    """A table's rows: organisation, name, in time, later, both, percentage and place."""
    printed = _columns(rows, place, table)
    code, name = _one_of(printed, CODE), _one_of(printed, NAME)
    within = f"WITHIN {table.days} DAYS"
    counts = ["TOTAL", within, *_behind(printed, table)]
    numbered = pd.concat([printed.texts(*_first(heading)) for heading in counts], axis=1)
    named = pd.concat([printed.texts(heading) for heading in (code, name)], axis=1)
    # The source and the notes below the table are texts without numbers.
    printed = printed.where((numbered != "").any(axis=1) | (named != "").all(axis=1))
    divided_by = [_one_of(printed, table.divided_by)] if table.divided_by else []
    if table.only is not None:
        printed = printed.where(printed.codes(divided_by[0]) == table.only)
    if printed.cells.empty:
        raise InputError(Problem(place, "has no rows below the headings", printed.top, unit="row"))
    codes, titles = printed.codes(code), printed.texts(name)
    is_england = (codes == "") & titles.str.fullmatch(ENGLAND_ROW)
    nameless = (codes == "") & ~is_england
    printed.refuse(nameless, code, "is missing", "the code of an organisation")
    refuse_totals(printed, code, name, known=is_england)
    printed.where(~is_england).refuse_repeated(code, *divided_by)
    columns = [_first(heading) for heading in counts]
    total, in_time, *behind = printed.numbers(*columns, parts=COUNTED_IN[table.days])
    level = _level(name, by_commissioner)
    found = pd.DataFrame(
        {
            "org_level": is_england.map({True: "england", False: level}),
            "org_code": codes.mask(is_england, ENGLAND),
            "name": titles,
            "numerator": in_time.values,
            "later": sum(column.values for column in behind),
            "denominator": total.values,
            "share": _shares(printed),
            "place": printed.places(),
        }
    )
    return _added_up(found) if table.added else found


def _one_of(printed: Printed, names: tuple[str, ...]) -> str:
    """The first of several headings that is there; InputError if none is."""
    found = next((name for name in names if printed.has(name)), names[0])
    printed.require(found)
    return found


def _level(name: str, by_commissioner: bool) -> str:
    """Whose codes stand in a table: providers', boards', or (former) CCGs'.

    A commissioner's workbook may call its column PROVIDER; then the titles tell.
    """
    if name in PROVIDERS and not by_commissioner:
        return "provider"
    return "stp" if name == BOARD else "ccg"


def _columns(rows: Rows, place: str, table: CountedTable) -> Printed:
    """The rows of a table's part with its headings; InputError for another layout."""
    start, end = (0, len(rows)) if table.part is None else _part(rows, table.part, place)
    wanted = ["TOTAL", f"WITHIN {table.days} DAYS"]
    inside: Rows = [[]] * start + rows[start:end]
    top = header_row(inside, wanted, place=place, within=start + 40)
    # The cell that heads the percentages may be empty: then their heading stands in the row above.
    above = rows[top - 1] if top else []
    headings = [tidy(cell) for cell in rows[top]]
    for at, cell in enumerate(above[: len(headings)]):
        headings[at] = headings[at] or tidy(cell)
    printed = once(below([*inside[:top], headings, *inside[top + 1 :]], top, place=place))
    wanted += [] if table.in_bands else [f"AFTER {table.days} DAYS", _one_of(printed, SHARE)]
    printed.require(_one_of(printed, CODE), *wanted)
    order = [printed.position(*_first(name)) for name in wanted]
    if order != sorted(order):
        text = f"the columns are not in the order {', '.join(wanted)}"
        raise InputError(Problem(place, text, printed.top, unit="row"))
    return printed


def _first(heading: str) -> tuple[str, int | None]:
    """A heading, and which of several: the first band at the right is headed as who was in time."""
    return heading, 0 if heading.startswith("WITHIN") else None


def _part(rows: Rows, part: str, place: str) -> tuple[int, int]:
    """Where a part begins and ends; InputError if there is none. A single one has no letter."""
    parts = {at: part_title(first_text(row)) for at, row in enumerate(rows)}
    starts = [at for at, (letter, words) in parts.items() if letter or words == part]
    for at, end in pairwise([*starts, len(rows)]):
        letter, words = parts[at]
        if words.startswith(part) or (part == ALL_CARE and letter == "C"):
            return at, end
    found = ", ".join(first_text(rows[at]) for at in starts) or "none"
    text = f"has no part {'C: ' if part == ALL_CARE else ''}{part.lower()}"
    raise InputError(Problem(place, text, allowed=f"the parts are {found}"))


def _behind(printed: Printed, table: CountedTable) -> list[str]:
    """The columns of those who waited longer: one, or the bands right of those in time."""
    if not table.in_bands:
        return [f"AFTER {table.days} DAYS"]
    first = printed.position(*_first(f"WITHIN {table.days} DAYS")) + 1
    return [name for name in printed.headings[first:] if name]


def _shares(printed: Printed) -> Any:
    """The printed percentages; none where there is no such column."""
    heading = next((name for name in SHARE if printed.has(name)), None)
    return printed.shares(heading, percent=False, marks=NO_PERCENTAGE) if heading else float("nan")


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    """The sums over what divides the patients; the place is that of the first."""
    grouped = rows.groupby(["org_level", "org_code"], as_index=False, sort=False)
    added: pd.DataFrame = grouped[["numerator", "later", "denominator"]].sum()
    first = grouped[["name", "place"]].first()
    place = first["place"] + ", all added up"
    return added.assign(name=first["name"], place=place, share=float("nan"))


def _cells(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The printed figures of the columns named."""
    figures = {"numerator": "numerator", "denominator": "denominator", "share": "value"}
    base = rows[[*KEYS, "place"]]
    cells: pd.DataFrame = pd.concat(
        [printed_cells(base, figures[name], rows[name]) for name in columns], ignore_index=True
    )
    return cells
