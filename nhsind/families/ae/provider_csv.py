"""Reads A&E figures of providers as CSV: the monthly file, and the long table of 2016 to 2018."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.families.ae.departments import (
    TYPES,
    cells_of,
    counts_of,
    field_test,
    left_out,
    without_waits,
)
from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, NOTHING, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import refuse_totals, says_total, totals_in, wrong_totals

# Attendances, and those over 4 hours, of major, single specialty and other departments.
Headings = tuple[tuple[str, str, str], tuple[str, str, str]]
NOW: Headings = (
    (
        "A&E attendances Type 1",
        "A&E attendances Type 2",
        "A&E attendances Other A&E Department",
    ),
    (
        "Attendances over 4hrs Type 1",
        "Attendances over 4hrs Type 2",
        "Attendances over 4hrs Other Department",
    ),
)
# Until August 2020; booked attendances are printed since.
UNTIL_2020: Headings = (
    (
        "Number of A&E attendances Type 1",
        "Number of A&E attendances Type 2",
        "Number of A&E attendances Other A&E Department",
    ),
    (
        "Number of attendances over 4hrs Type 1",
        "Number of attendances over 4hrs Type 2",
        "Number of attendances over 4hrs Other A&E Department",
    ),
)
BOOKED: Headings = (
    (
        "A&E attendances Booked Appointments Type 1",
        "A&E attendances Booked Appointments Type 2",
        "A&E attendances Booked Appointments Other Department",
    ),
    (
        "Attendances over 4hrs Booked Appointments Type 1",
        "Attendances over 4hrs Booked Appointments Type 2",
        "Attendances over 4hrs Booked Appointments Other Department",
    ),
)
IDENTITY = ("Period", "Org Code", "Org name")
LONG = ("period", "org_code", "type", "attendances", "breaches")
MONTH = "MSitAE-{}"
BY_TYPE = ("department_type",)


def is_provider_csv(path: Path) -> bool:
    """Whether a file's header is that of the monthly file or of the long table."""
    attended = (name for seen, _ in (NOW, UNTIL_2020) for name in seen)
    return _is_long(path) or any(csv_has(path, "Org Code", name) for name in attended)


def read_provider_csv(path: Path) -> PublishedFile:
    """The monthly file of providers, or the long table of one row per provider and type.

    Attendances are those not booked and those booked together, and so are those over 4 hours; who
    is not over is within. The row TOTAL is England's answer and is not counted. A provider whose
    waits exceed its attendances is left out and noted. A total without a month is of the month
    above it.
    """
    return _read_long(path) if _is_long(path) else _read_monthly(path)


def _is_long(path: Path) -> bool:
    return csv_has(path, "org_code", "attendances", "breaches")


def _read_long(path: Path) -> PublishedFile:
    table = read_csv(path, "org_code", "attendances").without_remarks()
    table.require(*LONG)
    kinds, months = table.texts("type").str.lower(), table.months("period")
    table.refuse_repeated(months, "org_code", "type")
    refuse_totals(table, "org_code")
    table.refuse(~kinds.isin(TYPES), "type", "is not a type of department", ", ".join(TYPES))
    seen, over = (item.values for item in table.numbers("attendances", "breaches"))
    rows = _rows(table, months, "org_code").assign(department_type=list(kinds))
    rows["attendances"], rows["within"] = list(seen), list(seen - over)
    rows["timed"] = rows["attendances"]
    rows["contradicts"] = list(over > seen)
    return _file(path, rows)


def _read_monthly(path: Path) -> PublishedFile:
    table = read_csv(path, "Period", "Org Code")
    wording = UNTIL_2020 if table.has(UNTIL_2020[0][0]) else NOW
    pairs = [wording]
    if any("booked" in name for name in table.plain):
        pairs.append(BOOKED)
    table.require(*IDENTITY, *(name for pair in pairs for names in pair for name in names))
    table = table.without_remarks()
    parent = ("Parent Org",) if table.has("Parent Org") else ()
    is_total = totals_in(table, ("Org Code",), ("Period", "Org name", *parent))
    months = _months(table, is_total)
    providers, totals = table.where(~is_total), table.where(is_total)
    providers.refuse_repeated(months[~is_total], "Org Code")
    totals.refuse_repeated(months[is_total])
    headings = [name for pair in pairs for names in pair for name in names]
    counts = dict(zip(headings, table.numbers(*headings, marks={"-": NOTHING}), strict=True))
    told = wrong_totals(table, is_total, codes=("Org Code",), keys=(months,), counts=counts)
    rows = _by_type(providers, months[~is_total], pairs)
    file = _file(path, rows, told)
    codes = providers.codes("Org Code")
    file.names["provider"] = dict(zip(codes, providers.texts("Org name"), strict=True))
    if parent:
        regions = zip(codes, providers.texts("Parent Org"), strict=True)
        file.groups.update({code: (region, region) for code, region in regions if region})
    if len(totals.cells):
        england = _by_type(totals, months[is_total], pairs).drop(columns="contradicts")
        england = england.assign(org_level="england", org_code=ENGLAND)
        if rows["within"].isna().any():
            # Everyone's attendances and not everyone's waits: the shares cannot be told.
            england = england.assign(within=None, timed=None)
        file.answers.append(Answers(cells_of(england), BY_TYPE))
    return file


def _months(table: Printed, is_total: Any) -> pd.Series[Any]:
    """The month of each row; a total that names none is of the rows since the total above it.

    Raises InputError for one that stands below rows of several months.
    """
    unnamed = is_total & says_total(table, "Period")
    months = pd.Series("", index=table.cells.index, dtype=object)
    months[~unnamed] = table.where(~unnamed).months("Period", MONTH)
    block = pd.Series(is_total, months.index).cumsum().shift(fill_value=0)
    of_block = months[~is_total].groupby(block[~is_total]).agg(["first", "nunique"])
    above = block.map(of_block["nunique"]).fillna(0)
    allowed = "a total below the rows of its month, and a file of a month each"
    table.refuse(unnamed & (above != 1), "Period", "names no one month for its total", allowed)
    return months.where(~unnamed, block.map(of_block["first"]))


def _rows(table: Printed, months: pd.Series[Any], code: str) -> pd.DataFrame:
    """The organisations and months of a table's rows."""
    codes = table.codes(code)
    table.refuse(codes == "", code, "is missing", "a provider's code")
    columns = {"org_code": list(codes), "period": list(months), "place": table.places()}
    return pd.DataFrame({"org_level": "provider"} | columns)


def _by_type(table: Printed, months: pd.Series[Any], pairs: list[Headings]) -> pd.DataFrame:
    """One row per row of the table and type of department."""
    base = _rows(table, months, "Org Code")
    found = []
    for place, kind in enumerate(TYPES):
        attended = table.numbers(*(seen[place] for seen, _ in pairs), marks={"-": NOTHING})
        over = table.numbers(*(late[place] for _, late in pairs), marks={"-": NOT_AVAILABLE})
        seen = [list(row) for row in zip(*(item.values for item in attended), strict=True)]
        late = [list(row) for row in zip(*(item.values for item in over), strict=True)]
        within = [list(map(_within, *row)) for row in zip(seen, late, strict=True)]
        rows = base.assign(department_type=kind, attendances=list(map(sum, seen)))
        rows["within"] = pd.Series([_sum(values) for values in within], dtype=object)
        rows["timed"] = rows["attendances"].where(rows["within"].notna(), None)
        rows["contradicts"] = [any((value or 0) < 0 for value in values) for values in within]
        found.append(rows)
    return pd.concat(found, ignore_index=True)


def _within(attendances: int, over: int | None) -> int | None:
    """Who is not over is within; without attendances there is no wait to lack."""
    if over is None:
        return None if attendances else 0
    return attendances - over


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _file(path: Path, rows: pd.DataFrame, told: Iterable[str] = ()) -> PublishedFile:
    """The counts of the rows that can be, and notes on the others."""
    rows, left = left_out(
        rows.drop(columns="contradicts"),
        rows["contradicts"].to_numpy(),
        "more attendances over 4 hours are printed than attendances",
    )
    rows, lacking = without_waits(rows)
    return PublishedFile(
        place=str(path),
        counts=counts_of(rows),
        names={"england": {ENGLAND: "England"}},
        left_out=left,
        notes=[*told, *lacking, *field_test(rows)],
    )
