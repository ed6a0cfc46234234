"""Reads the DM01 extract (CSV): one month, provider x commissioner x test.

It prints the waits by week and their total; the row of all tests (number 16) is the publisher's
sum and compared with, not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.families.diagnostics.bands import LINE, WEEKS, waits
from nhsind.sources.banded import read_bands
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import Answers, LeftOut, PublishedFile, printed_cells
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import is_total, totals_in, wrong_totals

MONTH, TEST, TEST_NAME = "Period", "Diagnostic Tests Sort Order", "Diagnostic Tests"
PROVIDER, COMMISSIONER = "Provider Org Code", "Commissioner Org Code"
NAMES = {"provider": "Provider Org Name", "ccg": "Commissioner Org Name"}
TOTAL = "Total WL"
BANDS = (
    "00 < 01 Week",
    *(f"{week:02d} < {week + 1:02d} Weeks" for week in range(1, WEEKS)),
    f"{WEEKS}+ Weeks",
)


def is_extract(path: Path) -> bool:
    """Whether a file has the headings of the extract."""
    return csv_has(path, TEST, TOTAL)


def read_extract(path: Path) -> PublishedFile:
    """The extract: waits by provider, commissioner and test.

    Rows whose bands do not add up to their total are left out and listed. Raises InputError for
    missing columns, cells that are no numbers or months, and rows that stand twice.
    """
    table = read_csv(path, MONTH, TEST, TOTAL).without_remarks()
    table.require(MONTH, PROVIDER, COMMISSIONER, *NAMES.values(), TEST, TEST_NAME, *BANDS, TOTAL)
    months = table.months(MONTH, "DM01-{}")
    tests = table.texts(TEST).str.removesuffix(".0").str.lstrip("0")
    of_all_tests = table.texts(TEST_NAME).map(is_total).to_numpy(dtype=bool)
    counts = dict(zip((TOTAL, *BANDS), table.numbers(TOTAL, *BANDS), strict=True))
    totals = totals_in(table, (PROVIDER, COMMISSIONER), tuple(NAMES.values()))
    told = wrong_totals(
        table, totals, codes=(PROVIDER, COMMISSIONER), keys=(months, tests), counts=counts
    )
    kept = table.where(~totals)
    for heading in (PROVIDER, COMMISSIONER):
        kept.refuse(kept.codes(heading) == "", heading, "is missing", "an organisation's code")
    kept.refuse_repeated(months[~totals], PROVIDER, COMMISSIONER, tests[~totals])
    parts, sums = table.where(~totals & ~of_all_tests), table.where(~totals & of_all_tests)
    banded = read_bands(parts, BANDS, TOTAL)
    rows = _rows(parts, months, tests)
    of_provider = rows.assign(org_level="provider", org_code=rows["provider_code"])
    who = rows["org_code"] + " " + rows["provider_code"]
    return PublishedFile(
        place=str(path),
        tables={
            "waits": waits(
                banded, rows, who, {"ccg_code": "org_code", "provider_code": "provider_code"}
            )
        },
        names={
            level: dict(zip(kept.codes(code), kept.texts(NAMES[level]), strict=True))
            for level, code in (("provider", PROVIDER), ("ccg", COMMISSIONER))
        },
        answers=[
            Answers(_totals(sums, months, tests), ("provider_code",)),
            Answers(_cells(rows, banded.totals), ("provider_code", "test")),
        ],
        left_out=banded.left_out(rows) + _again(banded.left_out(of_provider)),
        notes=told,
    )


def _rows(table: Printed, months: pd.Series[Any], tests: pd.Series[Any]) -> pd.DataFrame:
    """What each row is of."""
    return pd.DataFrame(
        {
            "indicator": LINE,
            "org_level": "ccg",
            "org_code": table.codes(COMMISSIONER),
            "provider_code": table.codes(PROVIDER),
            "period": months[table.cells.index],
            "test": tests[table.cells.index],
            "place": table.places(),
        }
    )


def _totals(table: Printed, months: pd.Series[Any], tests: pd.Series[Any]) -> pd.DataFrame:
    """The publisher's sums over all tests."""
    (total,) = table.numbers(TOTAL)
    return _cells(_rows(table, months, tests).drop(columns="test"), total.values)


def _cells(rows: pd.DataFrame, totals: Any) -> pd.DataFrame:
    cells: pd.DataFrame = printed_cells(rows, "denominator", totals)
    return cells


def _again(items: Iterable[LeftOut]) -> list[LeftOut]:
    """The same rows once more, as others' figures lack them: they are counted once."""
    return [replace(item, rows=0) for item in items]
