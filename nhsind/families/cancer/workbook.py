"""Reads the provider workbooks of 2015-16: one quarter, a sheet for each standard.

The sheets of all cancers give the counts. England's rows, the percentages and the sums over the
sheets by cancer are answers. The sheet of rarer cancers belongs to no line: its patients are in
the 62-day sheets too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.geography import ENGLAND
from nhsind.periods import Period, parse_period
from nhsind.sources.printed import Printed, below
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

# Each line's sheet of all cancers, and the days in its headings.
SHEETS = {
    "E.B.6": ("TWO WEEK WAIT-ALL CANCER", 14),
    "E.B.7": ("TWO WEEK WAIT-BREAST SYMPTOMS", 14),
    "E.B.8": ("31-DAY FIRST TREAT (ALL CANCER)", 31),
    "E.B.9": ("31-DAY SUB TREAT (SURGERY)", 31),
    "E.B.10": ("31-DAY SUB TREAT (DRUGS)", 31),
    "E.B.11": ("31-DAY SUB TREAT (RADIOTHERAPY)", 31),
    "E.B.12": ("62-DAY (ALL CANCER)", 62),
    "E.B.13": ("62-DAY (SCREENING)", 62),
    "E.B.14": ("62-DAY (CONSULTANT UPGRADE)", 62),
}
# The same patients by cancer.
BY_CANCER = {
    "E.B.6": ("TWO WEEK WAIT-BY CANCER", 14),
    "E.B.8": ("31-DAY FIRST TREAT (BY CANCER)", 31),
    "E.B.12": ("62-DAY (BY CANCER)", 62),
}
CANCER = ("SUSPECTED TYPE OF CANCER", "CANCER TYPE")
PROVIDER = ("PROVIDER", "ACCOUNTABLE PROVIDER")
# A patient of a 62-day standard whom two trusts share counts as a half in each.
COUNTED_IN = {14: "whole", 31: "whole", 62: "halves"}
# Part A is admitted care, part B other care, part C both; the two week waits have no parts.
PART, ALL_CARE = re.compile(r"PART [A-Z]\b", re.I), re.compile(r"PART C\b", re.I)
WITHOUT_PARTS = 14
ENGLAND_ROW = "ALL ENGLISH PROVIDERS"
NO_PERCENTAGE = ("", "-", "N/A", "#DIV/0!")
QUARTER = re.compile(r"\bQ(?:UARTER)?\s*([1-4]|ONE|TWO|THREE|FOUR)\W+(\d{4})\s*[-/]\s*\d\d", re.I)
NUMBERED = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4}
KEYS = ["indicator", "org_level", "org_code", "period"]


def read_workbook(path: Path) -> PublishedFile:
    """A provider workbook: patients and those in time, by provider and standard.

    Raises InputError for a layout that is not known, naming what is missing, for cells that are
    no numbers, and for providers that stand twice in a sheet.
    """
    workbook = open_workbook(path)
    names = {sheet_key(name): name for name in workbook.sheet_names}
    missing = [name for name, _ in SHEETS.values() if sheet_key(name) not in names]
    if missing:
        raise InputError(
            Problem(path.name, f'has no sheet "{name}"', allowed=", ".join(names.values()))
            for name in missing
        )
    sheets = {key: sheet(workbook, name, str(path)) for key, name in names.items()}
    period = str(_quarter(sheets, path))

    def table(line: str, name: str, days: int, *kind: str) -> pd.DataFrame:
        rows, place = sheets[sheet_key(name)], f"{path.name}, sheet {names[sheet_key(name)]},"
        return _sheet_rows(rows, place, days, *kind).assign(indicator=line, period=period)

    rows = pd.concat([table(line, *each) for line, each in SHEETS.items()], ignore_index=True)
    by_cancer = [
        _added_up(table(line, *each, "cancer"))
        for line, each in BY_CANCER.items()
        if sheet_key(each[0]) in names
    ]
    is_england = rows["org_level"] == "england"
    providers = rows[~is_england]
    adds_up = providers["numerator"] + providers["later"] == providers["denominator"]
    counts = providers.loc[adds_up, [*KEYS, "numerator", "denominator", "place"]]
    return PublishedFile(
        place=str(path),
        counts=counts,
        names={
            "provider": dict(zip(providers["org_code"], providers["name"], strict=True)),
            "england": {ENGLAND: "England"},
        },
        answers=[
            Answers(_cells(rows, "numerator", "denominator", "share")),
            *[Answers(_cells(sums, "numerator", "denominator")) for sums in by_cancer],
        ],
        notes=[
            f"{row.place}: {row.numerator} in time and {row.later} later do not add up to "
            f"{row.denominator}; the row is left out"
            for row in providers[~adds_up].itertuples()
        ],
    )


def sheet_key(name: str) -> str:
    """A sheet's name without blanks, signs and case."""
    return re.sub(r"[^A-Z0-9]", "", str(name).upper())


def _quarter(sheets: dict[str, Rows], path: Path) -> Period:
    """The quarter that the standards' sheets name, else the front page; InputError if not one."""
    standards = [sheets[sheet_key(name)] for name, _ in SHEETS.values()]
    quarters = _quarters_named(standards) or _quarters_named(list(sheets.values()))
    if len(quarters) != 1:
        several = f"names several quarters: {', '.join(map(str, sorted(quarters)))}"
        text = several if quarters else "names no quarter"
        raise InputError(Problem(path.name, text, allowed="a title such as Q1 2015-2016"))
    return quarters.pop()


def _quarters_named(sheets: list[Rows]) -> set[Period]:
    """The quarters in the titles of sheets."""
    titles = [tidy(row[0]) for rows in sheets for row in rows[:10] if row]
    found = {(match[1].upper(), match[2]) for title in titles if (match := QUARTER.search(title))}
    return {
        parse_period(f"{year}-{(int(year) + 1) % 100:02d}-Q{NUMBERED.get(number, number)}")
        for number, year in found
    }


def _sheet_rows(rows: Rows, place: str, days: int, *kind: str) -> pd.DataFrame:
    """A sheet's rows: organisation, name, in time, later, both, percentage and place.

    `kind`: the sheet has a row for each cancer.
    """
    printed = _columns(rows, place, days)
    within, after = f"WITHIN {days} DAYS", f"AFTER {days} DAYS"
    provider = next((name for name in PROVIDER if printed.has(name)), PROVIDER[0])
    numbered = pd.concat([printed.texts(name) for name in ("TOTAL", within, after)], axis=1)
    named = pd.concat([printed.texts(name) for name in ("ODS CODE", provider)], axis=1)
    # The source and the notes below the table are texts without numbers.
    table = printed.where((numbered != "").any(axis=1) | (named != "").all(axis=1))
    if table.cells.empty:
        raise InputError(Problem(place, "has no rows below the headings", table.top, unit="row"))
    # Trusts have ENGLAND in their names too.
    is_england = table.texts(provider).str.upper().str.startswith(ENGLAND_ROW)
    nameless = ~is_england & (table.texts("ODS CODE") == "")
    table.refuse(nameless, "ODS CODE", "is missing", "the code of a provider")
    cancer = [name for name in CANCER if kind and table.has(name)][:1]
    table.where(~is_england).refuse_repeated("ODS CODE", *cancer)
    total, in_time, later = table.numbers("TOTAL", within, after, parts=COUNTED_IN[days])
    return pd.DataFrame(
        {
            "org_level": is_england.map({True: "england", False: "provider"}),
            "org_code": table.codes("ODS CODE").mask(is_england, ENGLAND),
            "name": table.texts(provider),
            "numerator": in_time.values,
            "later": later.values,
            "denominator": total.values,
            "share": table.shares("PERCENTAGE", percent=False, marks=NO_PERCENTAGE),
            "place": table.places(),
        }
    )


def _columns(rows: Rows, place: str, days: int) -> Printed:
    """The table of a sheet, of its part C where it has parts; InputError for another layout."""
    start, end = (0, len(rows)) if days == WITHOUT_PARTS else _all_care(rows, place)
    counts = ["TOTAL", f"WITHIN {days} DAYS", f"AFTER {days} DAYS"]
    wanted = ["ODS CODE", *counts]
    inside: Rows = [[]] * start + rows[start:end]
    top = header_row(inside, wanted, place, within=start + 40)
    # The cell that heads the percentages is empty: their heading stands in the row above.
    above = rows[top - 1] if top else []
    headings = [tidy(cell) for cell in rows[top]]
    for at, cell in enumerate(above[: len(headings)]):
        headings[at] = headings[at] or tidy(cell)
    printed = below([*inside[:top], headings, *inside[top + 1 :]], top, place)
    printed.require(*wanted, "PERCENTAGE")
    order = [printed.position(name) for name in (*counts, "PERCENTAGE")]
    if order != sorted(order):
        # The bands at the right have headings like those of the counts.
        text = f"the columns are not in the order {', '.join(counts)}, percentage"
        raise InputError(Problem(place, text, printed.top, unit="row"))
    return printed


def _all_care(rows: Rows, place: str) -> tuple[int, int]:
    """Where part C begins and ends; InputError if there is none."""
    titles = [tidy(row[0]) if row else "" for row in rows]
    parts = [at for at, title in enumerate(titles) if PART.match(title)]
    for number, at in enumerate(parts):
        if ALL_CARE.match(titles[at]):
            return at, [*parts, len(rows)][number + 1]
    found = ", ".join(titles[at] for at in parts)
    raise InputError(Problem(place, "has no part C: all care", allowed=f"the parts are {found}"))


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    """The sums over the cancers; the place is that of the first."""
    grouped = rows.groupby(KEYS, as_index=False)
    added: pd.DataFrame = grouped[["numerator", "denominator"]].sum()
    added["place"] = grouped["place"].first()["place"] + ", all cancers added up"
    return added


def _cells(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The printed figures of the columns named."""
    figures = {"numerator": "numerator", "denominator": "denominator", "share": "value"}
    base = rows[[*KEYS, "place"]]
    cells: pd.DataFrame = pd.concat(
        [printed_cells(base, figures[name], rows[name]) for name in columns], ignore_index=True
    )
    return cells
