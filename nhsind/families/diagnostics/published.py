"""NHS England's diagnostic waits (DM01): waits by test and week, of commissioners or providers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.families.diagnostics import extract
from nhsind.families.diagnostics.bands import DAYS, LINE, WEEKS, waits
from nhsind.sources.banded import Banded, month_ends, read_bands
from nhsind.sources.headings import COMMISSIONER_CODE
from nhsind.sources.printed import Printed, printed_period, read_csv, read_sheet
from nhsind.sources.published import Answers, PublishedFile, Reader, printed_cells
from nhsind.sources.recognising import csv_has, sheet_has, sheet_named
from nhsind.sources.totals import totals_in, wrong_totals
from nhsind.sources.workbooks import label, open_workbook, sheet

MONTH, TEST, TOTAL = "Reporting Period", "Diagnostic ID", "Total Waiting List"
SIX_WEEKS, SHARE = "Number waiting 6+ Weeks", "Percentage waiting 6+ Weeks"
TEST_NAME = "Diagnostic Test Name"
# The file is of commissioners or of providers: the heading of the code, the level, the column.
ORGANISATIONS = {
    **dict.fromkeys(COMMISSIONER_CODE, ("ccg", "ccg_code")),
    "ICB Code": ("ccg", "ccg_code"),
    "Provider Code": ("provider", "provider_code"),
}
# Of workbooks, the most detailed first.
SHEETS = (
    *("Sub ICB by Test", "Sub-ICB by Test", "Commissioner by Test", "CCG by Test"),
    *("ICB by Test", "Provider by Test"),
)
REGION = "Regional Team Code"
BANDS = ("0 <01 weeks", *(f"{week:02d} <{week + 1:02d} weeks" for week in range(1, WEEKS)))
OPEN_BAND = f"{WEEKS}+ weeks"
# With a nought before a number of one digit, in some files.
SPELLINGS = {
    name: (name, name.replace("6+", "06+").replace("0 <", "00 <"))
    for name in (SIX_WEEKS, SHARE, BANDS[0])
}
THREE_DECIMALS = 1000


def read_dm01(path: Path) -> PublishedFile:
    """The monthly return: one row per month, organisation and test, as CSV or a workbook's sheet.

    Rows whose bands do not add up to the waiting list are left out and listed; totals over tests
    or organisations are checked and not counted. Raises InputError for missing columns, cells that
    are no numbers or months, and rows that stand twice.
    """
    table, months = _opened(path)
    organisation = _organisation(table)
    table.require(organisation, TEST, TOTAL, SIX_WEEKS, SHARE, *BANDS, OPEN_BAND)
    level, column = ORGANISATIONS[organisation]
    named = organisation.replace("Code", "Name")
    codes = (organisation, TEST_NAME if table.has(TEST_NAME) else TEST)
    totals = totals_in(table, codes, (named,) if table.has(named) else ())
    counts = dict(zip((TOTAL, SIX_WEEKS), table.numbers(TOTAL, SIX_WEEKS), strict=True))
    told = wrong_totals(table, totals, codes=codes, keys=(months,), counts=counts)
    table, months = table.where(~totals), months[~totals]
    orgs, tests = table.codes(organisation), table.texts(TEST).str.removesuffix(".0")
    tests = tests.str.lstrip("0")
    table.refuse(orgs == "", organisation, "is missing", "the code of an organisation")
    table.refuse(tests == "", TEST, "is missing", "the number of a test")
    table.refuse_repeated(months, orgs, tests)
    banded = read_bands(table, [*BANDS, OPEN_BAND], TOTAL)
    rows = pd.DataFrame(
        {
            "indicator": LINE,
            "org_level": level,
            "org_code": orgs,
            "period": months,
            "test": tests,
            "place": table.places(),
        }
    )
    names = dict(zip(orgs, table.texts(named), strict=True)) if table.has(named) else {}
    return PublishedFile(
        place=str(path),
        tables={"waits": waits(banded, rows, rows["org_code"], {column: "org_code"})},
        names={level: names},
        groups=_regions(table, orgs),
        answers=[
            Answers(_totals(banded, rows), ("test",)),
            Answers(_bands(banded, rows), ("test", "clock_start_date")),
        ],
        left_out=banded.left_out(rows),
        notes=told,
    )


def _opened(path: Path) -> tuple[Printed, pd.Series[Any]]:
    """The rows of a return, and the month of each: its own, or the one that its sheet names."""
    name = _sheet(path)
    if name is None:
        table = replace(read_csv(path, MONTH, TEST, TOTAL).without_remarks(), spellings=SPELLINGS)
        return table, table.months(MONTH)
    table = replace(read_sheet(path, name, TEST, TOTAL).without_remarks(), spellings=SPELLINGS)
    named = label(sheet(open_workbook(path), name, str(path)), "Period:")
    month = printed_period(named, table.place)
    return table, pd.Series(str(month), index=table.cells.index, dtype=object)


def _sheet(path: Path) -> str | None:
    """A workbook's sheet of organisations and tests: the most detailed one; None where none is."""
    return sheet_named(path, *SHEETS)


def _organisation(table: Printed) -> str:
    return next((name for name in ORGANISATIONS if table.has(name)), "ICB Code")


def _totals(banded: Banded, rows: pd.DataFrame) -> pd.DataFrame:
    """Waits, those of six weeks or more, and their percentage, where anybody waits."""
    (six_weeks,) = banded.table.numbers(SIX_WEEKS)
    shares = banded.table.shares(SHARE, percent=False)
    rounded = np.allclose(shares * THREE_DECIMALS, np.round(shares * THREE_DECIMALS), atol=1e-9)
    rounding = 0.5 / THREE_DECIMALS if rounded else 0.0
    someone = banded.totals > 0
    parts = [
        printed_cells(rows, "numerator", six_weeks.values),
        printed_cells(rows, "denominator", banded.totals),
        printed_cells(rows[someone], "value", shares[someone], rounding),
    ]
    cells: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return cells


def _bands(banded: Banded, rows: pd.DataFrame) -> pd.DataFrame:
    """The waits band by band, a band being the clock start that it stands for."""
    ends, counts = month_ends(rows["period"]), banded.counts
    parts = [
        printed_cells(
            rows[banded.adds_up].assign(clock_start_date=(ends - days)[banded.adds_up].astype(str)),
            "denominator",
            counts[banded.adds_up, band],
        )
        for band, days in enumerate(DAYS)
    ]
    cells: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return cells


def _regions(table: Printed, codes: pd.Series[str]) -> dict[str, tuple[str, str]]:
    """The commissioning region of an organisation, by its code; NHS England is in none."""
    if not table.has(REGION):
        return {}
    pairs = zip(codes, table.codes(REGION), strict=True)
    return {code: (region, "") for code, region in pairs if region not in ("", code)}


def _is_dm01(path: Path) -> bool:
    name = _sheet(path)
    return sheet_has(path, name, TEST, TOTAL) if name else csv_has(path, TEST, TOTAL)


READERS = (
    Reader(
        "dm01",
        "diagnostic waits DM01 (.csv, or a workbook with a sheet such as Provider by Test) with "
        "columns Diagnostic ID and Total Waiting List",
        _is_dm01,
        read_dm01,
        headings=((MONTH, TEST, TOTAL, SIX_WEEKS, SHARE, BANDS[0]),),
    ),
    Reader(
        "dm01-extract",
        "diagnostic waits DM01 by provider and commissioner (.csv, or a .zip of it) with columns "
        "Diagnostic Tests Sort Order and Total WL",
        extract.is_extract,
        extract.read_extract,
        headings=(
            (extract.MONTH, extract.PROVIDER, extract.COMMISSIONER, extract.TEST, extract.TOTAL),
        ),
    ),
)
